#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""main-job.py IMAGE_PROPERTY=VALUE...: decide, check, record, change and write one guest.

    GI_TYPELIB_PATH=build/libmachtype LD_LIBRARY_PATH=build/libmachtype \\
        python3 examples/python/main-job.py hw_emulation_architecture=aarch64
"""

import sys

import gi

gi.require_version("Machtype", "1.0")
from gi.repository import GLib, Machtype  # noqa: E402

UUID = "6f1d4b5e-0000-4000-8000-000000000001"


def read_image(arguments):
    builder = Machtype.PropertiesBuilder.new()
    for argument in arguments:
        name, _, value = argument.partition("=")
        builder.add_image(name, value)
    return builder.end()


def read_host():
    """Machtype.host_open ("qemu:///system", ...) would ask libvirt; here, only the CPU is known."""
    builder = Machtype.HostBuilder.new()
    builder.set_arch(Machtype.Arch.X86_64)
    return builder.end()


def record(store, resolution, guest):
    builder = Machtype.RecordBuilder.new(UUID)
    builder.set_resolution(resolution)
    builder.set_guest(guest)
    builder.set_state("stopped")
    return store.add(builder.end(), None)


def main(arguments):
    image, host, store = read_image(arguments), read_host(), Machtype.Store.open_memory()

    resolution = Machtype.resolve(image, None, host, None)
    arch, machine = resolution.get_arch(), resolution.get_machine_to_record()
    print(f"{machine}, because {resolution.get_explanation()}")

    for finding in Machtype.compat_check(image, arch, None, machine, host):
        print(f"{finding.get_message()}; {finding.get_remedy()}")
        return 1

    guest = Machtype.GuestBuilder.new(resolution, image, host).end()
    print(next(line.strip() for line in guest.get_xml().splitlines() if "<type " in line))

    kept = record(store, resolution, guest)
    change = Machtype.Change.check(kept.get_machine(), "pc-q35-9.0", arch, None,
                                   Machtype.State.STOPPED, Machtype.ChangeFlags.NONE, host)
    print(Machtype.verdict_to_string(change.get_verdict()))
    for reason in change.list_reasons():
        print(reason.get_message())
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except GLib.Error as error:
        sys.exit(f"main-job: {error.message}")
