#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""exchange.py MACHTYPE DATA

Compares the program of another architecture with the one of this host, MACHTYPE_TEST_NATIVE: the same
answers, byte for byte, and each reads, changes and migrates the other's stores. Prints TAP.
"""

import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from tap import end, skip, tell  # pylint: disable=wrong-import-position

ARCHES = """aarch64 alpha armv6l armv7b armv7l avr cris i686 ia64 lm32 loongarch64 m68k microblaze
microblazeel mips mipsel mips64 mips64el nios2 or32 parisc parisc64 ppc ppcle ppc64 ppc64le ppcemb
riscv32 riscv64 rx s390 s390x sh4 sh4eb sparc sparc64 tricore unicore32 x86_64 xtensa
xtensaeb""".split()
STATES = """active building paused suspended stopped rescued resized soft-delete deleted error
shelved shelved_offloaded""".split()
SOURCES = ["recorded", "image", "config", "builtin", "domain", "import"]
# More than 32 bits, and more than a double can represent.
NUMBERS = [0, 1, 0x7fffffff, 0x80000000, 0x100000005, 2 ** 53 + 1, 2 ** 63 - 1]
PROPERTIES = {
    "hw_disk_bus": "virtio", "hw_cpu_sockets": "2", "hw_video_ram": "64", "hw_boot_menu": "true",
    "own": "\u00dc\u00df \u65e5\u672c \U0001f600", "a=b\\": "\\n\n=", "empty": "",
    "big": "\1" * 9000}


def uuid(number):
    return f"6f1d4b5e-0000-4000-8000-{number:012d}"


def make_lines():
    """Records with everything that a record can have, and some with almost nothing."""
    yield {"uuid": uuid(1)}
    for i, arch in enumerate(ARCHES, 2):
        number = NUMBERS[i % len(NUMBERS)]
        yield {"uuid": uuid(i), "name": f"g\u00e4st {i}", "host": f"h{i % 3}",
               "host_uuid": uuid(900 + i % 3), "cell": f"c{i % 2}", "arch": arch,
               "state": STATES[i % len(STATES)], "machine": f"pc-q35-{i}.0", "asked": "q35",
               "source": SOURCES[i % len(SOURCES)], "qemu_version": number,
               "libvirt_version": NUMBERS[-1 - i % len(NUMBERS)], "recorded_at": number,
               "seen_at": number, "properties": dict(list(PROPERTIES.items())[:i % 9])}


def write_steps():
    """The operations on a store: (exit status, arguments)."""
    a, b, c = uuid(801), uuid(802), uuid(803)
    return [
        (0, "instance", "add", a, "--state", "stopped", "--arch", "x86_64", "--machine",
         "pc-q35-6.2", "--property", "hw_disk_bus=virtio"),
        (0, "instance", "add", b, "--state", "active", "--name", "\u00e9"),
        (0, "update-machine-type", a, "pc-q35-7.2"),
        (0, "update-machine-type", b, "pc", "--force"),
        (0, "undo", a),
        (0, "image-property", "set", a, "-p", "hw_cpu_sockets=4", "-p", "os_command_line=\u00fc"),
        (0, "instance", "set", b, "--state", "stopped", "--host", "h1", "--cell", "c1"),
        (0, "domain-xml", "--instance", c, "--record", "--host-arch", "s390x"),
        (0, "domain-xml", "--instance", c, "--record", "--operation", "rebuild", "--host-arch",
         "aarch64"),
        (0, "instance", "delete", uuid(2)),
        (4, "update-machine-type", a, "pc-i440fx-7.2"),
    ]


READ_STEPS = [
    ("export",), ("export", "--cell", "c1"), ("list-unset-machine-type",),
    ("upgrade-check", "--json"),
    ("image-property", "show", uuid(801), "hw_cpu_sockets"), ("history", uuid(801)),
    ("resolve", "--json", "--instance", uuid(801), "--operation", "resize", "--host-arch",
     "x86_64"),
    ("domain-xml", "--instance", uuid(801), "--operation", "rescue", "--host-arch", "x86_64"),
] + [("history", "--json", uuid(i)) for i in (1, 2, 9, 801, 802, 803)] + [
    ("get-machine-type", "--json", uuid(i)) for i in (1, 3, 801, 802, 803, 999)]


class Program:
    """One of the two."""

    def __init__(self, name, command):
        self.name = name
        self.command = command
        self.env = dict(os.environ, MACHTYPE_CONF="")

    def run(self, arguments, stdin=b""):
        """Exit status, standard output, standard error."""
        done = subprocess.run([*self.command, *arguments], env=self.env, input=stdin,
                              capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def expect(self, status, arguments, stdin=b""):
        got = self.run(arguments, stdin)
        tell(got[0] == status, f"{self.name}: {' '.join(arguments)[:80]}: {status}", got)

    def write(self, store):
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in make_lines())
        self.expect(0, ("import", "-", "--store", store), lines.encode())
        for status, *arguments in write_steps():
            self.expect(status, (*arguments, "--store", store))

    def read(self, store):
        return [self.run((*step, "--store", store)) for step in READ_STEPS]


def without_now(answers):
    """What two stores that were written one after the other have in common."""
    texts = [b"\0".join((str(status).encode(), out, err)) for status, out, err in answers]
    text = b"\n".join(texts)
    # Of today or yesterday; imported ones are older.
    days = "|".join(time.strftime("%Y-%m-%d", time.gmtime(time.time() - past)) for past in (0, 86400))
    return re.sub(rb"\b(?:" + days.encode() + rb")T\d\d:\d\d:\d\dZ", b"NOW", text)


def tables(store):
    """Its contents, as SQL."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_store(store, os.path.join(folder, "copy.db"))
        connection = sqlite3.connect(copy)
        version = connection.execute("PRAGMA user_version").fetchone()
        dump = "\n".join(connection.iterdump())
        connection.close()
    return version, dump


def copy_store(store, target):
    for suffix in ("", "-wal"):
        if os.path.exists(store + suffix):
            shutil.copyfile(store + suffix, target + suffix)
    return target


def make_older(store, version):
    """Reverts the migrations of libmachtype/store/sqlite-migrate.c."""
    connection = sqlite3.connect(store)
    connection.execute("DROP INDEX record_class")
    connection.execute("ALTER TABLE record DROP COLUMN unknown")
    if version < 4:
        connection.execute("DROP TABLE intention")
    renumbered = (("record", "source", "machine"), ("history", "old_source", "old_machine"))
    for table, column, machine in renumbered if version < 3 else ():
        connection.execute(f"UPDATE {table} SET {column} = "
                           f"CASE WHEN {machine} IS NULL THEN 5 ELSE {column} - 1 END")
    if version == 1:
        connection.execute("DROP TABLE history")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()


def test_stores(folder, writer, reader):
    """Written by one; read, then changed by the other; read by both."""
    what = f"written by {writer.name}"
    store = os.path.join(folder, f"{writer.name}.db")
    writer.write(store)
    own = writer.read(store)
    tell(len(own[0][1].splitlines()) > len(ARCHES), f"{what}: everything is exported", own[0])
    for step, mine, others in zip(READ_STEPS, own, reader.read(store)):
        tell(mine == others, f"{what}: {' '.join(step)[:70]}", mine, others)
    for arguments in (("update-machine-type", uuid(801), "pc-q35-8.0"), ("undo", uuid(802)),
                      ("instance", "set", uuid(3), "--state", "stopped", "--name", "\u00f8"),
                      ("image-property", "set", uuid(801), "-p", "os_command_line=\u20ac")):
        reader.expect(0, (*arguments, "--store", store))
    tell(writer.read(store) != own, f"{what}: what the other changed is seen")
    for step, mine, others in zip(READ_STEPS, writer.read(store), reader.read(store)):
        tell(mine == others, f"{what}, changed: {' '.join(step)[:70]}", mine, others)
    return own, store


def test_older(folder, store, programs):
    """Stores of earlier versions: migrated in the same way."""
    for version in (1, 2, 3, 4):
        old = copy_store(store, os.path.join(folder, f"v{version}.db"))
        make_older(old, version)
        done = []
        for program in programs:
            mine = copy_store(old, os.path.join(folder, f"v{version}-{program.name}.db"))
            program.expect(0, ("instance", "delete", uuid(4), "--store", mine))
            done.append((tables(mine), [other.read(mine) for other in programs]))
        current = tables(store)[0]
        tell(done[0][0][0] == current, f"version {version} is one of today's", done[0][0][0])
        tell(done[0] == done[1], f"version {version}: alike", *done)


def list_answers(data):
    """Everything that the program answers from files: arguments."""
    def files(pattern):
        return sorted(glob.glob(os.path.join(data, pattern)))

    hosts = [path for path in files("hosts/*.xml") if "domcaps" not in path]
    for arch in ARCHES:
        yield "resolve", "--json", "--host-arch", arch
        yield ("domain-xml", "--host-arch", arch, "--memory", "900000000", "--name", "\u00e4",
               "--disk", "/a.qcow2", "--cdrom", "/b.iso", "--network", "user", "--mirror",
               "-p", "hw_cpu_max_sockets=4", "-p", "hw_mem_page_size=2048",
               "--extra-spec", "hw:mem_page_size=any")
    for path in hosts:
        yield "host", "--json", "--capabilities", path
        yield "domain-xml", "--json", "--capabilities", path, "-p", "hw_firmware_type=uefi"
    for path in files("guests/*.xml"):
        yield "lint", "--json", path
        yield "convert", "--json", "--force", "--machine", "q35", path
    for path in files("convert/*.xml"):
        for machine in ("q35", "pc"):
            yield "convert", "--force", "--machine", machine, path
    yield "compare", "pc-q35-4294967297.0", "pc-q35-1.0"
    yield "compare", "pc-q35-18446744073709551617.0", "pc-q35-1.0"


def test_answers(data, programs):
    spoken = 0
    for arguments in list_answers(data):
        answers = [program.run(arguments) for program in programs]
        spoken += answers[0][0] == 0
        tell(answers[0] == answers[1], " ".join(arguments)[-80:], *answers)
    # Not two that refuse in the same way.
    tell(spoken > 100, f"{spoken} were answers")
    with open(os.path.join(data, "machine-names.tsv"), "rb") as names:
        lines = b"".join(line.split(b"\t")[0] + b"\n" for line in names if line[:1] != b"#")
    answers = [program.run(("parse", "--json", "-"), lines) for program in programs]
    tell(answers[0] == answers[1] and answers[0][1].count(b"\n") > 900, "every name", *answers)


def main():
    native = os.environ.get("MACHTYPE_TEST_NATIVE")
    if not native:
        skip("MACHTYPE_TEST_NATIVE names no program of this host")
    wrapper = os.environ.get("MESON_EXE_WRAPPER", "").split()
    programs = [Program("there", [*wrapper, sys.argv[1]]), Program("here", [native])]
    with open(native, "rb") as one, open(sys.argv[1], "rb") as other:
        tell(one.read(20) != other.read(20), "two architectures")
    with tempfile.TemporaryDirectory() as folder:
        there, _ = test_stores(folder, *programs)
        here, store = test_stores(folder, *reversed(programs))
        tell(without_now(there) == without_now(here), "both wrote the same")
        test_older(folder, store, programs)
    test_answers(sys.argv[2], programs)
    end()


if __name__ == "__main__":
    main()
