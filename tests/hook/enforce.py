#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""enforce.py MACHTYPE HOOK: with "enforce = yes", a guest whose machine type changed does not start.

On a private libvirtd: those that are unchanged, or have no record, start; and so does every guest if the
store does not answer, or cannot be read.
"""

import os
import socket
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from virt_hook import HookWorld, domain, require, uuid_of  # noqa: E402  pylint: disable=wrong-import-position

GUESTS = (("x86_64", "pc-q35-7.2"), ("x86_64", "pc"), ("x86_64", "q35"), ("s390x", "s390-ccw-virtio-6.2"), ("aarch64", "virt"))


def start(daemon, name):
    run = daemon.virsh("start", "--paused", name)
    if run.status == 0:
        daemon.virsh("destroy", name).expect(0)
    return run


def define(daemon, number, machine, arch="x86_64"):
    daemon.define(domain(f"guest{number}", uuid_of(number), arch, machine))


def refused(run, told):
    assert run.status == 1, (run.status, run.out, run.err)
    assert "machtype: guest" in run.err and told in run.err, run.err


def started(run):
    assert run.status == 0, run.err


def check_refusals(world, daemon):
    for number, (arch, machine) in enumerate(GUESTS):
        define(daemon, number, machine, arch)
        started(start(daemon, f"guest{number}"))
    world.take(daemon)[0].expect(0)
    with open(daemon.conf, "w", encoding="utf-8") as file:
        file.write("enforce = yes\n")
    for number in range(len(GUESTS)):
        started(start(daemon, f"guest{number}"))
    print("unchanged guests start")
    define(daemon, 0, "pc-q35-6.2")
    refused(start(daemon, "guest0"), "would start with pc-q35-6.2, but pc-q35-7.2 is recorded for it")
    assert all("pc-q35-6.2" not in open(os.path.join(daemon.spool, file), encoding="utf-8").read()
               for file in daemon.spooled()), "a start that was refused was kept"
    define(daemon, 1, "pc-i440fx-6.2")
    refused(start(daemon, "guest1"), "pc-i440fx-6.2")
    # The same by creating it, transient.
    run = daemon.virsh("create", write(world, domain("guest3", uuid_of(3), "s390x", "s390-ccw-virtio-7.2")))
    refused(run, "s390-ccw-virtio-6.2 is recorded for it")
    print("changed guests do not, and virsh says why")
    define(daemon, 20, "pc-q35-5.2")
    started(start(daemon, "guest20"))
    print("a guest without a record starts")


def write(world, xml):
    path = os.path.join(world.dir, "guest.xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(xml)
    return path


def check_silence(daemon):
    """Guest 0 is still another one than its record."""
    lock = sqlite3.connect(daemon.store, isolation_level=None)
    lock.execute("PRAGMA locking_mode = EXCLUSIVE")
    lock.execute("BEGIN EXCLUSIVE")
    lock.execute("CREATE TABLE held (x)")
    started(start(daemon, "guest0"))
    lock.execute("ROLLBACK")
    lock.close()
    print("a store that does not answer: the guest starts")
    refused(start(daemon, "guest0"), "pc-q35-7.2")
    kept = daemon.store + ".kept"
    os.rename(daemon.store, kept)
    started(start(daemon, "guest0"))
    with open(daemon.store, "wb") as file:
        file.write(b"no database" * 1000)
    started(start(daemon, "guest0"))
    os.unlink(daemon.store)
    os.mkfifo(daemon.store)
    started(start(daemon, "guest0"))
    os.unlink(daemon.store)
    print("no store, or none that can be read: the guest starts")
    os.rename(kept, daemon.store)
    refused(start(daemon, "guest0"), "pc-q35-7.2")


class SilentServer:
    """It takes connections and what is said to it, and never answers."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"postgresql://127.0.0.1:{self.listener.getsockname()[1]}/machtype"
        self.heard = []
        self.open = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            connection = self.listener.accept()[0]
            self.heard.append(connection.recv(8))
            self.open.append(connection)


def check_server(world, daemon):
    """Guest 0 is still another one than its record, which cannot be asked for."""
    modules = os.environ["MACHTYPE_MODULE_DIR"]
    if not os.path.exists(os.path.join(modules, "libmachtype-postgresql.so")):
        print("built without PostgreSQL")
        return
    server = SilentServer()
    conf = os.path.join(world.dir, "server.conf")
    with open(conf, "w", encoding="utf-8") as file:
        file.write(f"[machtype]\nstore = {server.place}\n")
    daemon.set_program(MACHTYPE_CONF=conf)
    before = len(daemon.spooled())
    started(start(daemon, "guest0"))
    # The first thing that a client of PostgreSQL sends has its length, and a code.
    assert server.heard and all(len(word) == 8 and word[:3] == b"\0\0\0" for word in server.heard), server.heard
    assert len(daemon.spooled()) == before + 1, "a guest that starts unchecked is kept"
    daemon.set_program()
    refused(start(daemon, "guest0"), "pc-q35-7.2")
    print("a PostgreSQL server that never answers: the guest starts")


def main():
    require()
    with HookWorld(*map(os.path.abspath, sys.argv[1:3])) as world:
        daemon = world.hook_daemon("a")
        check_refusals(world, daemon)
        check_silence(daemon)
        check_server(world, daemon)
        world.take(daemon)
        os.unlink(daemon.conf)
        started(start(daemon, "guest0"))
        run, files = world.take(daemon)
        assert [(file["outcome"], file["running"]) for file in files] == [("differs", "pc-q35-6.2")], (run.out, run.err)
        print("without enforcement it starts, and differs")


main()
