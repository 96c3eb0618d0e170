#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run.py MACHTYPE GUEST...

Boots guests on both sides of a step of their machine type. What steps.tsv expects, the guest must
see, and the library must list the effect for this step alone, not for the step before.
"""

import csv
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
# pylint: disable=wrong-import-position
from initramfs import pack
from report import Report, TOOLS
from tap import end, skip, tell

# Only for guests that hang.
LIMIT = 3600
# What guests have: the emulator, the console, and the disk that the report goes to.
ARCHS = {
    "x86_64": ("x86_64", "ttyS0", "virtio-blk-pci"),
    "aarch64": ("aarch64", "ttyAMA0", "virtio-blk-pci"),
    "ppc64le": ("ppc64", "hvc0", "virtio-blk-pci"),
    "s390x": ("s390x", "ttysclp0", "virtio-blk-ccw"),
}


def read_table(name):
    """The rows of a file in this folder."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


class Emulators:
    """Of this machine, and of the other Debian releases that tests/emulators/root.sh has made."""

    def __init__(self):
        cache = os.environ.get("MACHTYPE_TEST_CACHE") or "/nonexistent"
        stamps = glob.glob(os.path.join(cache, "emulators/*/srv/stamp"))
        self.roots = [None] + sorted(path[:-len("/srv/stamp")] for path in stamps)
        self.machines = {}

    @staticmethod
    def command(root, words):
        """To run a command of a root."""
        if root is None:
            return words
        return ["sh", os.path.join(HERE, "../install/debian-root.sh"), "run", root, *words]

    def list_machines(self, root, arch):
        """The types that an emulator offers."""
        emulator = "qemu-system-" + ARCHS[arch][0]
        if (root, arch) not in self.machines:
            text = ""
            if os.path.exists(f"{root}/usr/bin/{emulator}") if root else shutil.which(emulator):
                words = self.command(root, [emulator, "-machine", "help"])
                text = subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout.decode()
            self.machines[root, arch] = [line.split(" ")[0] for line in text.split("\n")[1:]]
        return self.machines[root, arch]

    def find(self, arch, machines):
        """The first root that offers all of these machine types, and all that it offers."""
        for root in self.roots:
            offered = self.list_machines(root, arch)
            if all(machine in offered for machine in machines):
                return root, offered
        return None, None


def prepare(folder, kernels):
    """Puts what a guest starts from into a folder."""
    shutil.copy(os.path.join(kernels, "kernel"), folder)
    with open(os.path.join(kernels, "initrd.gz"), "rb") as base, \
            open(os.path.join(HERE, "look"), "rb") as look, \
            open(os.path.join(folder, "initrd"), "wb") as initrd:
        initrd.write(base.read() + pack("look", look.read()))
    with open(os.path.join(folder, "report"), "wb") as report:
        report.truncate(16 << 20)


def command_line(arch, machine, options, folder):
    """To start it."""
    emulator, console, disk = ARCHS[arch]
    return ["qemu-system-" + emulator, "-machine", machine + ",accel=tcg", "-display", "none",
            "-no-reboot", "-kernel", folder + "/kernel", "-initrd", folder + "/initrd", "-append",
            f"console={console} rdinit=/look quiet panic=-1 no_timer_check",
            "-serial", f"file:{folder}/console",
            "-drive", f"file={folder}/report,format=raw,if=none,id=report",
            "-device", f"{disk},drive=report,serial=report", *options]


def run(words):
    """What QEMU says, and whether it worked."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return "the guest hangs", False
    said = done.stdout.decode(errors="replace").strip()
    return said or f"exit status {done.returncode}", done.returncode == 0


def boot(root, arch, machine, options):
    """What a guest saw, as a Report."""
    outside = root or ""
    with tempfile.TemporaryDirectory(prefix="mt.", dir=outside + "/tmp") as folder:
        prepare(folder, os.path.join(os.environ["MACHTYPE_GUESTS"], arch))
        words = command_line(arch, machine, options, folder[len(outside):])
        said, good = run(Emulators.command(root, words))
        if not good:
            return Report(None, said)
        with open(os.path.join(folder, "console"), encoding="utf-8", errors="replace") as file:
            text = file.read()
        if "LOOKED" not in text:
            return Report(None, f"the guest did not report: {said} {text[-2000:]}")
        return Report(os.path.join(folder, "report"))


def version(machine):
    """The numbers of a machine type, to sort by."""
    return [int(word) for word in re.findall(r"\d+", machine.rsplit("-", 1)[1])]


def neighbours(offered, machine):
    """The types of this family that an emulator offers, oldest first, up to this one."""
    family = machine.rsplit("-", 1)[0]
    line = [name for name in offered if re.fullmatch(re.escape(family) + r"-[\d.]+", name)]
    return [name for name in sorted(line, key=version) if version(name) <= version(machine)]


class Library:
    """What it says about steps."""

    def __init__(self, program):
        self.program = program
        self.known = {}

    def effects(self, arch, before, after):
        """The messages for a step."""
        if (arch, before, after) not in self.known:
            words = [self.program, "check-change", before, after, "--arch", arch, "--json"]
            done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
            self.known[arch, before, after] = [
                effect["message"] for effect in json.loads(done.stdout)["effects"]]
        return self.known[arch, before, after]

    def find(self, arch, before, after, effect):
        """Those that have this in their text."""
        return [message for message in self.effects(arch, before, after) if effect in message]


class Steps:
    """The rows, and what their guests saw."""

    def __init__(self, program):
        self.rows = read_table("steps.tsv")
        self.library = Library(program)
        self.emulators = Emulators()
        self.guests = {row["guest"]: row for row in read_table("guests.tsv")}
        self.reports = {}

    def report(self, root, guest, machine):
        """Of a guest, which is booted once."""
        key = root, guest["guest"], machine
        if key not in self.reports:
            self.reports[key] = boot(root, guest["arch"], machine, shlex.split(guest["options"]))
        return self.reports[key]

    def has_row(self, before, after, effect):
        """Whether the effect is that of another step, too: what has gone came before."""
        return any((row["before"], row["after"], row["effect"]) == (before, after, effect)
                   for row in self.rows)

    def check_library(self, arch, line, row):
        """The effect belongs to this step, and not to the one before it."""
        before, after, effect = row["before"], row["after"], row["effect"]
        number = after.rsplit("-", 1)[1]
        found = self.library.find(arch, before, after, effect)
        tell(line[-2:] == [before, after], f"{before}, {after}: no type is between them", line[-3:])
        starts = f"since {number}: ", f"reverted in {number}: "
        tell(len(found) == 1 and found[0].startswith(starts), f"{before}, {after}: {effect}", found)
        if len(line) > 2:
            wanted = self.has_row(line[-3], before, effect)
            tell(bool(self.library.find(arch, line[-3], before, effect)) == wanted,
                 f"{line[-3]}, {before}: {'also' if wanted else 'not'} {effect}")

    def check_guest(self, root, row, side):
        """What the guest sees."""
        words = shlex.split(row["read"])
        source, item, pattern = words[0], words[1] if len(words) == 3 else "", words[-1]
        guest = self.guests[row["guest"]]
        try:
            seen = self.report(root, guest, row[side]).find(source, item, pattern)
        except (RuntimeError, KeyError, OSError) as error:
            seen = f"nothing: {error}"
        wanted = row[side + " sees"]
        tell(seen == wanted, f"{row[side]}: {row['read']}: {wanted}", seen)

    def check(self, row):
        """All of a row."""
        arch = self.guests[row["guest"]]["arch"]
        root, offered = self.emulators.find(arch, [row["before"], row["after"]])
        if offered is None:
            needed = os.environ.get("MACHTYPE_TEST_REQUIRE")
            tell(not needed, f"{row['after']} # SKIP no QEMU has it")
            return
        self.check_library(arch, neighbours(offered, row["after"]), row)
        self.check_guest(root, row, "before")
        self.check_guest(root, row, "after")


def main():
    """The guests of the arguments."""
    if not os.path.isdir(os.environ.get("MACHTYPE_GUESTS", "")):
        skip("MACHTYPE_GUESTS names no folder of guest kernels")
    steps = Steps(sys.argv[1])
    rows = [row for row in steps.rows if row["guest"] in sys.argv[2:]]
    for tool in sorted({TOOLS.get(row["read"].split(" ")[0], "sh") for row in rows}):
        if shutil.which(tool) is None:
            skip(f"there is no {tool}")
    for row in rows:
        steps.check(row)
    end()


if __name__ == "__main__":
    main()
