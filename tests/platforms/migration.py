#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""migration.py MACHTYPE [ARCH...]

Migrates guests for real, and holds against each outcome what check-migration said before. The other
QEMU is that of debian-12-backports in MACHTYPE_TEST_CACHE, as root.sh makes it; between this machine's QEMU, that one, and that one
with QEMU_DELETE_MACHINES (the types that QEMU has announced to remove are gone) guests go in both
directions: each type of x86_64 and aarch64, of other architectures the oldest, the newest and every
fourth of the rest. They do not boot: TCG, paused. Without ARCH it is x86_64 alone: libvirt 9.0 gives an
aarch64 guest without UEFI an option (-no-acpi) that QEMU 10.0 does not have.

Each side is a libvirtd of its own, with its own UUID and mounts, in which the emulator is a script:
it sets QEMU_MODULE_DIR and -L, without which the other QEMU would take this machine's modules and
firmware. The guests go over unix sockets.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
# pylint: disable=wrong-import-position
from tap import end, skip, tell

PRIVATE = os.path.join(HERE, "../real/private-libvirtd.sh")
# What each architecture's emulator is called, and the families of its types.
ARCHS = {
    "x86_64": ("x86_64", ("pc-i440fx", "pc-q35")),
    "aarch64": ("aarch64", ("virt",)),
    "ppc64": ("ppc64", ("pseries",)),
    "s390x": ("s390x", ("s390-ccw-virtio",)),
}
OTHER = "platforms/debian-12-backports"
# Of these, every type.
WHOLE = "x86_64", "aarch64"
DOMAIN = """<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory>
<os><type arch='{arch}' machine='{machine}'>hvm</type></os>{features}
<devices><emulator>/usr/bin/qemu-system-{emulator}</emulator>
<controller type='usb' model='none'/><memballoon model='none'/></devices></domain>"""
FEATURES = {"x86_64": "<features><acpi/></features>"}
LIMIT = 600


def run(*words, **more):
    """What a command says, and whether it worked."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=LIMIT, check=False, text=True, **more)
    return done.returncode == 0, done.stdout.strip()


class Side:
    """One libvirtd with one QEMU."""

    def __init__(self, folder, name, number, root, deletes):
        self.name, self.folder = name, os.path.join(folder, name)
        self.uuid = f"6f1d4b5e-0000-4000-8000-00000000000{number}"
        self.root, self.deletes = root, deletes
        self.uri = None

    def make_emulator(self, emulator):
        """The script in place of an emulator."""
        library = self.root + "/usr/lib/x86_64-linux-gnu"
        path = os.path.join(self.folder, "qemu-system-" + emulator)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""#!/bin/sh
{'QEMU_DELETE_MACHINES=1; export QEMU_DELETE_MACHINES' if self.deletes else ''}
LD_LIBRARY_PATH={library} QEMU_MODULE_DIR={library}/qemu \\
  exec {self.root}/usr/bin/qemu-system-{emulator} -L {self.root}/usr/share/qemu "$@"
""")
        os.chmod(path, 0o755)
        return path

    def start(self):
        """Starts it in mounts of its own."""
        os.makedirs(self.folder)
        binds = ""
        for emulator, _ in ARCHS.values() if self.root else ():
            binds += f"mount --bind {self.make_emulator(emulator)} /usr/bin/qemu-system-{emulator}\n"
        warm = os.environ.get("MACHTYPE_LIBVIRT_CACHE", "")
        script = f"""set -e
mount --make-rslave /
{binds}exec sh {PRIVATE} start {self.folder}/d {warm}"""
        good, said = run("unshare", "--mount", "sh", "-c", script,
                         env=dict(os.environ, HOST_UUID=self.uuid))
        if not good:
            sys.exit(f"{self.name}: {said}")
        self.uri = said.split("\n")[-1]

    def stop(self):
        """Ends it and its guests."""
        run("sh", PRIVATE, "stop", self.folder + "/d")

    def virsh(self, *words):
        """Asks it."""
        return run("virsh", "-q", "-c", self.uri, *words)

    def list_types(self, arch):
        """The types that it offers, by their families."""
        families = ARCHS[arch][1]
        good, said = self.virsh("capabilities")
        found = re.search(rf"<arch name='{arch}'>.*?</arch>", said, re.DOTALL) if good else None
        names = re.findall(r"<machine[^>]*>([^<]*)</machine>", found.group(0)) if found else []
        return {name for name in names
                if re.fullmatch("(" + "|".join(families) + r")-[\d.]+", name)}


def version(machine):
    """To sort by."""
    family, numbers = machine.rsplit("-", 1)
    return family, [int(number) for number in numbers.split(".")]


def choose(arch, types):
    """Those that are migrated."""
    chosen = []
    for family in ARCHS[arch][1]:
        line = sorted((name for name in types if name.rsplit("-", 1)[0] == family), key=version)
        some = line[:1] + line[1:-1][3::4] + line[1:][-1:]
        chosen += line if arch in WHOLE else some
    return chosen


def predict(program, source, target, name):
    """What check-migration says."""
    good, said = run(program, "check-migration", source.uri, target.uri, name, "--json")
    try:
        answer = json.loads(said.split("\n")[-1])
        return answer["live"], said if not good else ""
    except (ValueError, KeyError):
        return None, said


def migrate(source, target, name, folder):
    """Whether it arrives."""
    sockets = f"unix://{folder}/{name}.sock"
    return source.virsh("migrate", "--live", "--undefinesource", name, target.uri, "--migrateuri", sockets)


def check_type(program, arch, machine, source, target, folder):
    """One cell: what was said, and what happened."""
    name = "m"
    xml = os.path.join(folder, "m.xml")
    with open(xml, "w", encoding="utf-8") as file:
        file.write(DOMAIN.format(name=name, arch=arch, machine=machine, emulator=ARCHS[arch][0],
                                 features=FEATURES.get(arch, "")))
    cell = f"{arch} {machine}, {source.name} to {target.name}"
    good, said = source.virsh("create", "--paused", xml)
    if not good:
        tell(False, cell, "it does not start: " + said)
        return None
    answer, why = predict(program, source, target, name)
    arrived, said = migrate(source, target, name, folder)
    tell(answer == ("yes" if arrived else "no"), f"{cell}: {answer}", why, said)
    (target if arrived else source).virsh("destroy", name)
    return arrived


def check_rows(program, sides):
    """What "host" says of each side and a row of the table of platforms."""
    for side, platform, differs in zip(sides, ("qemu-7.2", "qemu-10.0", "qemu-10.0"), (0, 0, 1)):
        good, said = run(program, "host", "--connect", side.uri, "--on", platform, "--arch", "x86_64")
        tell(good == (not differs) and ("type pc-q35-2.12" in said) == bool(differs),
             f"{side.name} is {'not ' if differs else ''}as {platform} says", said)


def check(program, sides, archs, folder):
    """Every pair in both directions."""
    counts = {True: 0, False: 0, None: 0}
    for arch in archs:
        for source in sides:
            types = choose(arch, source.list_types(arch))
            tell(types, f"{source.name} offers types of {arch}")
            for target in sides:
                for machine in types if target is not source else ():
                    counts[check_type(program, arch, machine, source, target, folder)] += 1
    tell(counts[True] and counts[False], f"{counts[True]} guests arrived, {counts[False]} did not")


def main():
    program = os.path.abspath(sys.argv[1])
    root = os.path.join(os.environ.get("MACHTYPE_TEST_CACHE") or "/nonexistent", OTHER)
    archs = sys.argv[2:] or ["x86_64"]
    if os.geteuid() != 0 or not os.path.exists(root + "/usr/bin/qemu-system-x86_64"):
        skip("this needs root, and another QEMU")
    root = os.path.realpath(root)
    os.environ.update(LC_ALL="C.UTF-8", MACHTYPE_CONF="")
    with tempfile.TemporaryDirectory(prefix="mtm.", dir="/tmp") as folder:
        sides = [Side(folder, "here", 1, None, False), Side(folder, "other", 2, root, False),
                 Side(folder, "deleted", 3, root, True)]
        try:
            for side in sides:
                side.start()
            check_rows(program, sides)
            check(program, sides, archs, folder)
        finally:
            for side in sides:
                side.stop()
    end()


main()
