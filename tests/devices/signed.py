#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""signed.py MACHTYPE [--root NAME]

Guests with Secure Boot start a signed kernel from a disk, as their firmware allows nothing else, and
see that it is on; without Secure Boot the same disk starts with it off.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
# pylint: disable=wrong-import-position
from devices import Guest, check_requirements, find_root, tell
from fat import Disk
from libvirts import Foreign, Own, Run, leave_network
from tap import end, skip

# What the guest reports; firmware without Secure Boot need not have the variable.
ON, OFF = [["secureboot 1"]], [["secureboot 0"], []]
# Architecture, console, UEFI's suffix of names, options, and what the guest sees.
GUESTS = [
    ("aarch64", "ttyAMA0", "aa64", "-p os_secure_boot=required", ON),
    ("aarch64", "ttyAMA0", "aa64", "-p os_secure_boot=optional", ON),
    ("aarch64", "ttyAMA0", "aa64", "-p os_secure_boot=disabled", OFF),
    ("x86_64", "ttyS0", "x64", "-p hw_machine_type=q35 -p hw_firmware_type=uefi -p os_secure_boot=required",
     ON),
    ("x86_64", "ttyS0", "x64", "-p hw_machine_type=q35 -p hw_firmware_type=uefi -p os_secure_boot=optional",
     ON),
    ("x86_64", "ttyS0", "x64", "-p hw_machine_type=q35 -p hw_firmware_type=uefi", OFF),
]
GRUB = """linux /kernel console={} no_timer_check boot.then=idle
initrd /initrd
boot
"""


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


class SignedGuest(Guest):
    """One that starts from its disk."""

    def __init__(self, program, libvirt, row):
        arch, console, self.suffix, options, self.seen = row
        wish = re.search(r"os_secure_boot=(\w+)", options)
        super().__init__(program, libvirt, {
            "guest": f"{arch}-{wish.group(1) if wish else 'default'}", "arch": arch, "console": console,
            "options": options, "has": ""})

    def prepare(self):
        guests, arch = os.environ["MACHTYPE_GUESTS"], self.row["arch"]
        signed = os.path.join(os.environ["MACHTYPE_TEST_CACHE"], "signed", arch)
        os.mkdir(self.folder)
        Disk({
            f"EFI/BOOT/BOOT{self.suffix}.EFI": read(signed, "shim.efi"),
            f"EFI/BOOT/GRUB{self.suffix}.EFI": read(signed, "grub.efi"),
            "EFI/DEBIAN/GRUB.CFG": GRUB.format(self.row["console"]).encode(),
            "KERNEL": read(guests, arch, "kernel"),
            "INITRD": read(guests, arch, "initrd.gz"),
        }).write(os.path.join(self.folder, "disk.raw"))

    def check(self):
        self.prepare()
        try:
            run = Run([self.program, "domain-xml", "--connect", self.libvirt.uri, "--domain-type", "qemu",
                       "-p", "hw_emulation_architecture=" + self.row["arch"], *self.row["options"].split(),
                       "--name", self.name, "--memory", "1024", "--disk", self.path("disk.raw"),
                       "--console-log", self.path("console")])
            tell(run.status == 0, f"{self.name}: it is generated", run.err)
            with open(self.xml, "w", encoding="utf-8") as file:
                file.write(run.out)
            if run.status == 0 and self.start():
                text = self.wait()
                facts = re.findall(r"FACT (secureboot [^\r\n]*)", text)
                tell("FACT firmware efi" in text and facts in self.seen,
                     f"{self.name}: the guest sees {self.seen}", facts)
        finally:
            self.end()


def main():
    program, root = sys.argv[1], None
    check_requirements()
    if not os.path.isdir(os.path.join(os.environ.get("MACHTYPE_TEST_CACHE", "/nonexistent"), "signed")):
        skip("MACHTYPE_TEST_CACHE has no signed programs (tests/devices/fetch.sh)")
    if sys.argv[2:3] == ["--root"]:
        root = find_root(sys.argv[3])
    leave_network()
    libvirt = Foreign(root) if root else Own()
    try:
        for row in GUESTS:
            SignedGuest(program, libvirt, row).check()
    finally:
        libvirt.stop()
    end()


if __name__ == "__main__":
    main()
