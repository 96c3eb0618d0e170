#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""starts.py MACHTYPE HOOK [--few]: whoever starts a guest, it is recorded.

Fifty starts on a private libvirtd with the hook: guests that run, are paused, transient, restored from
a file or a managed save, migrated in; made by virsh, by virt-install, and as XML. Each is recorded with
the machine type that QEMU was started with, which QEMU itself is asked for. --few: one start.
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from virt_hook import HookWorld, Run, domain, require, uuid_of  # noqa: E402  pylint: disable=wrong-import-position

MACHINES = [("x86_64", machine) for machine in
            ("pc-q35-7.2", "pc-q35-6.2", "pc-q35-4.2", "q35", "pc", "pc-i440fx-7.2", "pc-i440fx-5.2",
             "pc-i440fx-2.9", "microvm", "isapc")] + \
           [("aarch64", "virt-7.2"), ("aarch64", "virt"), ("s390x", "s390-ccw-virtio-6.2"),
            ("ppc64", "pseries-6.1"), ("riscv64", "virt"), ("mips", "malta"), ("armv7l", "virt-6.0")]
# These cannot be saved and migrated, or have no versions of their own.
MOVABLE = [("x86_64", machine) for machine in ("pc-q35-7.2", "q35", "pc", "pc-i440fx-6.2", "pc-q35-5.1")]


class Starts:
    def __init__(self, world):
        self.world = world
        self.here = world.hook_daemon("a", 1)
        self.there = None
        self.started = {}
        self.count = 0

    def define(self, arch, machine, create=None):
        self.count += 1
        name = f"guest{self.count}"
        self.here.define(domain(name, uuid_of(self.count), arch, machine), create=create)
        return name

    def note(self, name, daemon=None):
        """What QEMU says that it is; the guest then ends."""
        daemon = daemon or self.here
        self.started[name] = daemon.running_machine(name)
        daemon.virsh("destroy", name).expect(0)

    def run_by_virsh(self):
        for arch, machine in MACHINES:
            name = self.define(arch, machine)
            self.here.virsh("start", name, *(["--paused"] if self.count % 2 else [])).expect(0)
            self.note(name)

    def create(self):
        """Transient, from XML alone."""
        for arch, machine in MACHINES[:10]:
            self.note(self.define(arch, machine, ["--paused"] if self.count % 2 else []))

    def install(self):
        """virt-install, of persistent and of transient guests."""
        for number, (machine, more) in enumerate((("q35", []), ("pc", []), ("pc-q35-6.2", []), ("pc-i440fx-7.0", []),
                                                  ("pc-q35-7.1", ["--transient"]), ("pc", ["--transient"]),
                                                  ("pc-i440fx-6.1", ["--transient"]), ("", []))):
            name = f"install{number}"
            words = ["virt-install", "--connect", self.here.uri, "--name", name, "--memory", "64", "--virt-type", "qemu",
                     "--import", "--disk", "none", "--network", "none", "--graphics", "none", "--noautoconsole",
                     "--osinfo", "detect=off,require=off", "--controller", "type=usb,model=none", *more]
            words += ["--machine", machine] if machine else []
            Run(words).expect(0)
            self.note(name)

    def restore(self):
        for number, (arch, machine) in enumerate(MOVABLE):
            name = self.define(arch, machine)
            self.here.virsh("start", name).expect(0)
            if number % 2:
                self.here.virsh("managedsave", name).expect(0)
                self.forget(name)
                self.here.virsh("start", name).expect(0)
            else:
                path = os.path.join(self.world.dir, name + ".save")
                self.here.virsh("save", name, path).expect(0)
                self.forget(name)
                self.here.virsh("restore", path).expect(0)
            self.note(name)

    def forget(self, name):
        """What its first start has left: only the restored one is then to be recorded."""
        uuid = self.here.virsh("domuuid", name).expect(0).out.strip()
        for file in self.here.spooled():
            path = os.path.join(self.here.spool, file)
            with open(path, encoding="utf-8") as xml:
                found = uuid in xml.read()
            if found:
                os.unlink(path)

    def migrate(self):
        self.there = self.world.hook_daemon("b", 2)
        for number, (arch, machine) in enumerate(MOVABLE * 2):
            name = self.define(arch, machine, ["--paused"] if number % 2 else None)
            if not number % 2:
                self.here.virsh("start", name).expect(0)
            self.here.virsh("migrate", "--live", *(["--persistent", "--undefinesource"] if not number % 2 else []),
                            name, self.there.uri, "--migrateuri", f"unix://{self.world.dir}/migrate{number}").expect(0)
            self.note(name, self.there)

    def check(self):
        """Both stores together: those that were migrated in are in the other one."""
        recorded = {}
        for daemon in filter(None, (self.here, self.there)):
            run, files = self.world.take(daemon)
            assert run.status == 0 and not daemon.spooled(), (run.out, run.err, daemon.spooled())
            assert all("error" not in file for file in files), files
            for name, record in self.world.recorded(daemon).items():
                if daemon is self.there or name not in recorded:
                    recorded[name] = record
        wrong = {name: (machine, recorded.get(name, {}).get("machine")) for name, machine in self.started.items()
                 if recorded.get(name, {}).get("machine") != machine}
        print(f"{len(self.started)} starts, {len(wrong)} not recorded as QEMU has them")
        assert not wrong, wrong
        there = self.world.recorded(self.there) if self.there else {}
        assert not self.there or len(there) == len(MOVABLE) * 2, there
        aliases = [machine for machine in self.started.values() if not re.search(r"\d", machine)]
        print("without a version:", sorted(set(aliases)))


def main():
    require(*([] if "--few" in sys.argv else ["virt-install"]))
    with HookWorld(*map(os.path.abspath, sys.argv[1:3])) as world:
        starts = Starts(world)
        if "--few" in sys.argv:
            starts.note(starts.define("x86_64", "q35", []))
            starts.check()
            return
        for part in (starts.run_by_virsh, starts.create, starts.install, starts.restore, starts.migrate):
            part()
        starts.check()
        assert len(starts.started) == 50, len(starts.started)


main()
