#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""migration.py MACHTYPE [ARCH...]

Migrates guests for real, and holds against each outcome what check-migration said before. The other
libvirt and QEMU are those of debian-12-backports in MACHTYPE_TEST_CACHE, as root.sh makes it; between
this machine's QEMU, that one, and that one with QEMU_DELETE_MACHINES (the types that QEMU has announced
to remove are gone) guests go in all directions: each type of x86_64 and aarch64, of other architectures
the oldest, the newest and every fourth of the rest. They do not boot: TCG, paused. They go over unix
sockets.

A guest is started once, on each of the hosts in turn, and travels from host to host until it has tried
each way; those that are at the same place are asked about together.
"""

import collections
import concurrent.futures
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)
# pylint: disable=wrong-import-position
from sides import RootSide, Side, run
from tap import end, skip, tell

# What each architecture's emulator is called, the families of its types, and between which hosts its
# guests go. libvirt 9.0 gives those of aarch64 an option (-no-acpi) that QEMU 10.0 does not have.
Arch = collections.namedtuple("Arch", "emulator families sides features")
ARCHS = {
    "x86_64": Arch("x86_64", ("pc-i440fx", "pc-q35"), ("here", "other", "deleted"), "<acpi/>"),
    "aarch64": Arch("aarch64", ("virt",), ("here", "other-new", "deleted-new"), ""),
    # TCG has no transactional memory, which its oldest types have.
    "ppc64": Arch("ppc64", ("pseries",), ("here", "other-new", "deleted-new"), "<htm state='off'/>"),
    "s390x": Arch("s390x", ("s390-ccw-virtio",), ("here", "other-new", "deleted-new"), ""),
}
OTHER = "platforms/debian-12-backports"
# Of these, every type.
WHOLE = "x86_64", "aarch64"
DOMAIN = """<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory>
<os><type arch='{arch}' machine='{machine}'>hvm</type></os><features>{features}</features>
<devices><emulator>/usr/bin/qemu-system-{emulator}</emulator>
<controller type='usb' model='none'/><memballoon model='none'/></devices></domain>"""
# Guests that exist at the same time, and what is done at once.
BATCH, AT_ONCE = 12, 2


class Guest:
    """A guest on its way."""

    def __init__(self, arch, machine, offering, targets, features=None):
        self.arch, self.machine, self.offering = arch, machine, offering
        self.cells = {(source, target) for source in offering for target in targets
                      if target is not source}
        self.features = ARCHS[arch].features if features is None else features
        self.name = f"{arch}-{machine}" + ("" if features is None else "-odd")
        self.place = None

    def __str__(self):
        return f"{self.arch} {self.machine}" + (
            "" if self.features == ARCHS[self.arch].features else f", features '{self.features}'")

    def list_targets(self, source):
        """Where it has still to go from there."""
        return [target for place, target in self.cells if place is source]

    def choose_target(self):
        """The one that it can go on from."""
        return max(sorted(self.list_targets(self.place), key=lambda side: side.name),
                   key=lambda side: len(self.list_targets(side)))

    def start(self, folder):
        """Starts it where it has still to go from. What fails is said, and has no cells."""
        sources = [side for side in self.offering if self.list_targets(side)]
        xml = os.path.join(folder, self.name + ".xml")
        with open(xml, "w", encoding="utf-8") as file:
            file.write(DOMAIN.format(name=self.name, arch=self.arch, machine=self.machine,
                                     emulator=ARCHS[self.arch].emulator, features=self.features))
        good, said = sources[0].virsh("create", "--paused", xml)
        if good:
            self.place = sources[0]
            return None
        self.cells = {cell for cell in self.cells if cell[0] is not sources[0]}
        return f"{self}: it does not start on {sources[0].name}: {said}"

    def end(self):
        """Ends it, if it has nowhere to go."""
        if self.place is not None and not self.list_targets(self.place):
            self.place.virsh("destroy", self.name)
            self.place = None

    def migrate(self, folder):
        """Whether it arrives, and what is said of it."""
        source, target = self.place, self.choose_target()
        self.cells.remove((source, target))
        arrived, said = source.virsh("migrate", "--live", "--undefinesource", self.name, target.uri,
                                     "--migrateuri", f"unix://{folder}/{self.name}.sock")
        if not arrived:
            # QEMU sends the state of a paused guest only once.
            source.virsh("destroy", self.name)
        self.place = target if arrived else None
        return arrived, said


def version(machine):
    """To sort by."""
    family, numbers = machine.rsplit("-", 1)
    return family, [int(number) for number in numbers.split(".")]


def choose(arch, types):
    """Those that are migrated."""
    chosen = []
    for family in ARCHS[arch].families:
        line = sorted((name for name in types if name.rsplit("-", 1)[0] == family), key=version)
        some = line[:1] + line[1:-1][3::4] + line[1:][-1:]
        chosen += line if arch in WHOLE else some
    return chosen


def predict(program, source, target):
    """What check-migration says of the guests that are there: name and answer, or what is wrong."""
    _, said = run(program, "check-migration", source.uri, target.uri, "--json")
    answers = {}
    for line in said.split("\n"):
        try:
            answer = json.loads(line)
            answers[answer["name"]] = answer["live"], line
        except (ValueError, KeyError):
            answers[None] = None, line
    return answers


class Journeys:
    """All that is migrated, and what came of it."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        self.counts = {True: 0, False: 0}

    def _each(self, function, *lists):
        return list(self.pool.map(function, *lists))

    def _place(self, guests):
        """Starts those that are nowhere. Those that have still to go somewhere."""
        self._each(Guest.end, guests)
        while True:
            waiting = [guest for guest in guests if guest.place is None and guest.cells]
            if not waiting:
                return [guest for guest in guests if guest.place is not None]
            for failure in self._each(lambda guest: guest.start(self.folder), waiting):
                if failure is not None:
                    tell(False, failure)

    def _predict(self, guests):
        ways = sorted({(guest.place, guest.choose_target()) for guest in guests},
                      key=lambda way: (way[0].name, way[1].name))
        answers = dict(zip(ways, self._each(lambda way: predict(self.program, *way), ways)))
        return [(guest, *(way := (guest.place, guest.choose_target())),
                 answers[way].get(guest.name) or answers[way].get(None, (None, "nothing")))
                for guest in guests]

    def travel(self, guests):
        """Until each has tried each way."""
        while True:
            moving = self._place(guests)
            if not moving:
                return
            said = self._predict(moving)
            done = self._each(lambda guest: guest.migrate(self.folder), moving)
            for (guest, source, target, (answer, why)), (arrived, message) in zip(said, done):
                self.counts[arrived] += 1
                tell(answer == ("yes" if arrived else "no"),
                     f"{guest}, {source.name} to {target.name}: {answer}", why, message)


def list_guests(arch, sides, number):
    """Each type, and all ways from the hosts that have it."""
    families = ARCHS[arch].families
    types = {side: choose(arch, side.list_types(arch, families)) for side in sides}
    for side in sides:
        tell(types[side], f"{side.name} offers types of {arch}")
    guests = []
    for machine in sorted(set().union(*types.values()), key=version):
        turn = (number + len(guests)) % len(sides)
        offering = [side for side in sides[turn:] + sides[:turn]
                    if machine in side.list_types(arch, families)]
        guests.append(Guest(arch, machine, offering, sides))
    return guests


def list_odd(sides):
    """Guests between both releases of libvirt; and those without ACPI, which libvirt 9.0 cannot start
    with QEMU 10.0."""
    here, old, new = sides["here"], sides["other"], sides["other-new"]
    guests = []
    for arch, offering, features in ("x86_64", [here, new], "<acpi/><apic/>"), ("x86_64", [here, new], ""), (
            "aarch64", [new], ""):
        newest = choose(arch, here.list_types(arch, ARCHS[arch].families))[-1]
        guests.append(Guest(arch, newest, offering, [here, new] + ([] if features else [old]), features))
        guests[-1].name += str(len(guests))
    return guests


def check(program, sides, archs, folder):
    """Every pair in both directions."""
    journeys = Journeys(program, folder)
    guests = []
    for arch in archs:
        guests += list_guests(arch, [sides[name] for name in ARCHS[arch].sides], len(guests))
    guests += list_odd(sides)
    for start in range(0, len(guests), BATCH):
        journeys.travel(guests[start:start + BATCH])
    counts = journeys.counts
    tell(counts[True] and counts[False], f"{counts[True]} guests arrived, {counts[False]} did not")


def check_rows(program, sides):
    """What "host" says of each side and a row of the table of platforms."""
    for name, platform, differs in (("here", "qemu-7.2", 0), ("other", "qemu-10.0", 0),
                                    ("deleted", "qemu-10.0", 1)):
        good, said = run(program, "host", "--connect", sides[name].uri, "--on", platform, "--arch",
                         "x86_64")
        tell(good == (not differs) and ("type pc-q35-2.12" in said) == bool(differs),
             f"{name} is {'not ' if differs else ''}as {platform} says", said)


def make_sides(folder, root):
    """All hosts, by name."""
    emulators = [arch.emulator for arch in ARCHS.values()]
    return {side.name: side for side in (
        Side(folder, "here", 1, emulators), Side(folder, "other", 2, emulators, root),
        Side(folder, "deleted", 3, emulators, root, True),
        RootSide(folder, "other-new", 4, emulators, root),
        RootSide(folder, "deleted-new", 5, emulators, root, True))}


def main():
    program = os.path.abspath(sys.argv[1])
    root = os.path.join(os.environ.get("MACHTYPE_TEST_CACHE") or "/nonexistent", OTHER)
    archs = sys.argv[2:] or list(ARCHS)
    if os.geteuid() != 0 or not os.path.exists(root + "/usr/bin/qemu-system-x86_64"):
        skip("this needs root, and another QEMU")
    os.environ.update(LC_ALL="C.UTF-8", MACHTYPE_CONF="")
    with tempfile.TemporaryDirectory(prefix="mtm.", dir="/tmp") as folder:
        sides = make_sides(folder, os.path.realpath(root))
        try:
            for side in sides.values():
                side.start()
            check_rows(program, sides)
            check(program, sides, archs, folder)
        finally:
            for side in sides.values():
                side.stop()
    end()


main()
