# SPDX-License-Identifier: LGPL-2.1-or-later
"""The output for guests: resolve and domain-xml, for every architecture, operation, image property
and extra spec."""

import itertools
import json
import os

from words import HOSTS, X86_HOST, list_hosts, names_in

# From the most informative to what every guest supports; the first that the program accepts is
# used.
DEVICES = [
    ("--disk", "/d.qcow2", "--cdrom", "/c.iso", "--network", "user", "--vcpus", "4"),
    ("--disk", "/d.qcow2", "--cdrom", "/c.iso", "--network", "user"),
    ("--disk", "/d.qcow2", "--network", "user"),
    (),
]
MEMORY = ("--memory", "2048")

# Machine types in addition to the default of the architecture. At least one of each kind of board.
VARIANTS = [("x86_64", "q35"), ("x86_64", "pc-i440fx-2.0"), ("x86_64", "isapc"), ("x86_64", "pc-q35-10.1"),
            ("x86_64", "microvm"), ("x86_64", "pc-q35-rhel8.2.0"), ("aarch64", "virt-2.6"),
            ("ppc64le", "pseries-2.1"), ("s390x", "s390-ccw-virtio-2.4"), ("i686", "xenfv")]

# Hosts, with what their domain capabilities say.
HOST_OPTIONS = [
    ("--capabilities", X86_HOST, "-p", "hw_machine_type=q35"),
    ("--capabilities", X86_HOST, "-p", "hw_machine_type=q35", "-p", "hw_firmware_type=uefi",
     "--domain-capabilities", os.path.join(HOSTS, "domcaps-q35-secure.xml")),
    ("--capabilities", X86_HOST, "--domain-capabilities", os.path.join(HOSTS, "domcaps-i440fx.xml")),
    ("--capabilities", X86_HOST, "-p", "hw_emulation_architecture=aarch64", "-p", "hw_firmware_type=uefi",
     "--domain-capabilities", os.path.join(HOSTS, "domcaps-virt.xml")),
]

# What is requested for a guest in addition to its properties, at limits and beyond.
REQUESTS = [
    (), ("--mirror",), ("--json",), ("--graphics", "none"), ("--graphics", "spice"), ("--graphics", "sdl"),
    ("--memory", "1"), ("--memory", "0"), ("--memory", "-1"), ("--memory", "99999999"), ("--vcpus", "0"),
    ("--vcpus", "2"), ("--vcpus", "255"), ("--vcpus", "256"), ("--vcpus", "5000"), ("--name", "a/b"),
    ("--name", "\u00e4<&>"), ("--uuid", "6f1d4b5e-0000-4000-8000-000000000001"), ("--uuid", "x"),
    ("--kernel", "/k"), ("--kernel", "/k", "--initrd", "/i", "--cmdline", "a b"), ("--initrd", "/i"),
    ("--console-log", "/log"), ("--rng-device", "/dev/hwrng"), ("--network", "network=default"),
    ("--network", "bridge=br0,mac=52:54:00:00:00:01"), ("--network", "user,mac=x"), ("--network", "tap"),
    ("--floppy", "/f.img"), ("--floppy", "/f.img", "--floppy", "/g.img", "--floppy", "/h.img"),
    ("--domain-type", "kvm"), ("--domain-type", "xen"), ("--default", "x86_64=q35"), ("--follow",),
] + [("--disk", f"/d,bus={bus}", "--cdrom", "/c") for bus in
     ("virtio", "scsi", "ide", "sata", "usb", "fdc", "xen", "nvme")] + [
         ("--disk", "/d") * count for count in (2, 4, 5, 8, 27, 33)] + [
             ("--cdrom", "/c") * count for count in (2, 5)] + [
                 ("--network", "user") * count for count in (2, 9, 33)]

STORE = "guests.db"


class Shape:
    """The devices that an architecture's guests support; machine is None for the default."""

    def __init__(self, program, arch, machine=None):
        self.arch, self.machine = arch, machine
        self.options = ("--host-arch", arch)
        if machine is not None:
            self.options += ("--property", f"hw_machine_type={machine}")
        for self.devices in DEVICES:
            self.answers = program.ask(("domain-xml", *self.options, *MEMORY, *self.devices)).status == 0
            if self.answers:
                break

    def ask_xml(self, *more):
        return ("domain-xml", *self.options, *MEMORY, *self.devices, *more)


def list_shapes(judge, words):
    """One of every architecture, and the variants; determined once."""
    if judge.shapes is None:
        judge.shapes = list(find_shapes(judge, words))
    return judge.shapes


def find_shapes(judge, words):
    for arch in words.arches:
        shape = Shape(judge.old, arch)
        if not shape.answers:
            machines = words.machines_of(arch, 3) or [None]
            shape = next((s for s in (Shape(judge.old, arch, machine) for machine in machines)
                          if s.answers), shape)
        yield shape
    for arch, machine in VARIANTS:
        yield Shape(judge.old, arch, machine)


def floppy_for(name):
    return ("--floppy", "/f.img") if "floppy" in name else ()


def uuid_of(number):
    return f"6f1d4b5e-0000-4000-8000-{number:012d}"


class Records:
    """A store with, for every architecture, an instance without properties and one with a value of
    each property."""

    def __init__(self, words, arches):
        self.arches = arches
        self.names = [None] + list(words.properties)
        self.lines = []
        for arch, name in itertools.product(arches, self.names):
            line = {"uuid": self.uuid(arch, name), "arch": arch, "state": "stopped"}
            machines = [m for m in words.machines_of(arch, 9) if m[-1].isdigit()]
            if machines:
                line["machine"] = machines[-1]
            if name is not None:
                line["properties"] = {name: words.properties[name][0]}
            self.lines.append(json.dumps(line))

    def uuid(self, arch, name):
        at = self.names.index(name) if name in self.names else 0
        return uuid_of(1000 * (1 + self.arches.index(arch)) + at)

    def make(self, judge):
        for program in judge.programs:
            if os.path.exists(os.path.join(program.folder, STORE)):
                continue
            done = program.ask(("import", "--store", STORE, "-"), "\n".join(self.lines).encode() + b"\n")
            if done.status != 0:
                raise SystemExit(f"same: {program.path}: {done}")

    def questions(self, words, command, full):
        """Every pair of operation, value and architecture; with full, all three together."""
        json_options = ("--explain", "--json") if command == "resolve" else ("--memory", "2048", "--disk", "/d")
        for step, operation in enumerate(words.operations):
            for number, (option, name, value) in enumerate(words.guest_options()):
                turn = (number + 5 * step) % len(self.arches)
                for arch in self.arches if full else [self.arches[turn]]:
                    yield (command, "--store", STORE, "--instance", self.uuid(arch, name), "--operation",
                           operation, "--host-arch", arch, option, f"{name}={value}", *json_options)


def resolve_lines(words, machines):
    for arch in words.arches:
        for machine in [None] + words.machines_of(arch, machines):
            for option, name, value in words.guest_options(odd=machine is None):
                line = {"host_arch": arch, "properties": {}}
                line["properties" if option == "--property" else "extra_specs"] = {name: value}
                if machine is not None:
                    line.setdefault("properties", {})["hw_machine_type"] = machine
                yield json.dumps(line)


def machine_lines(words):
    """Every machine type, requested and recorded, on each of its architectures and on another."""
    for name, arches, _ in words.names:
        for arch in arches[:4] + ["x86_64", "riscv64"]:
            yield json.dumps({"host_arch": arch, "properties": {"hw_machine_type": name}})
            yield json.dumps({"host_arch": arch, "recorded": name})
            yield json.dumps({"host_arch": arch, "defaults": [f"{arch}={name}", "bad"]})


def host_lines(words, path):
    for name in names_in(path) + ["pc", "virt", "pc-q35-99.0", ""]:
        yield json.dumps({"properties": {"hw_machine_type": name}})
        yield json.dumps({"recorded": name})
    for arch in words.arches:
        yield json.dumps({"properties": {"hw_architecture": arch}})
        yield json.dumps({"properties": {"hw_emulation_architecture": arch}})
    for option, name, value in words.guest_options():
        yield json.dumps({"properties" if option == "--property" else "extra_specs": {name: value}})


def ask_resolve(judge, words, full):
    judge.ask_lines("resolve", ("resolve", "--explain", "-"), resolve_lines(words, 2))
    judge.ask_lines("resolve", ("resolve", "--follow", "-"), machine_lines(words))
    for path in list_hosts():
        judge.ask_lines("resolve", ("resolve", "--explain", "--capabilities", path, "-"),
                        host_lines(words, path))
        judge.ask("resolve", (("resolve", *options, "--capabilities", path, "-p", f"hw_architecture={arch}")
                              for arch in words.arches for options in (("--explain",), ("--json",))))
    judge.ask("resolve", (("resolve", "--explain", "--host-arch", arch, option, f"{name}={value}")
                          for number, (option, name, value) in enumerate(words.guest_options(odd=True))
                          for arch in ("x86_64", words.arches[number % len(words.arches)])))
    records = Records(words, words.arches)
    records.make(judge)
    judge.ask("resolve", records.questions(words, "resolve", full))


def value_questions(shapes, words):
    for shape in shapes:
        options = list(words.guest_options())
        # If nothing is generated, the refusal is the same for all.
        for option, name, value in options if shape.answers else options[::60]:
            yield shape.ask_xml(*floppy_for(name), option, f"{name}={value}")


def host_questions(words):
    for host in HOST_OPTIONS:
        for option, name, value in words.guest_options():
            yield ("domain-xml", *host, *MEMORY, *DEVICES[0], *floppy_for(name), option, f"{name}={value}")


def ask_domain_xml(judge, words, full):
    shapes = list_shapes(judge, words)
    judge.ask("domain-xml", value_questions(shapes, words))
    judge.ask("domain-xml", (shape.ask_xml(*request) for shape in shapes if shape.answers
                             for request in REQUESTS))
    judge.ask("domain-xml", host_questions(words))
    judge.ask("domain-xml", (("domain-xml", *request, "--capabilities", path) for path in list_hosts()
                             for request in REQUESTS))
    records = Records(words, words.arches)
    records.make(judge)
    judge.ask("domain-xml", records.questions(words, "domain-xml", full))


def generate(judge, words, folder):
    """Domains that the old program writes, one per file: of every shape, plain and with properties.
    """
    os.makedirs(folder, exist_ok=True)
    made = []
    for shape in list_shapes(judge, words):
        for number, more in enumerate([(), ("--mirror", "--graphics", "spice"),
                                       ("-p", "hw_disk_bus=scsi", "-p", "hw_video_model=virtio"),
                                       ("-p", "hw_firmware_type=uefi", "-p", "hw_watchdog_action=reset"),
                                       ("-p", "hw_cdrom_bus=usb", "-p", "hw_serial_port_count=2")]):
            answer = judge.old.ask(shape.ask_xml(*more))
            if answer.status != 0:
                continue
            path = os.path.join(folder, f"{shape.arch}-{shape.machine or 'default'}-{number}.xml")
            with open(path, "wb") as file:
                file.write(answer.out)
            made.append(path)
    return made
