# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shared by the tests of the bindings: the namespace, or a loud skip, and values of its types."""

import os
import sys

try:
    import gi
    gi.require_version("Machtype", "1.0")
    from gi.repository import GLib, Machtype
except (ImportError, ValueError) as error:
    print(f"SKIP: no introspection in Python: {error}")
    sys.exit(1 if os.environ.get("MACHTYPE_TEST_REQUIRE") else 77)

UUID = "6f1d4b5e-0000-4000-8000-000000000001"
DOMAIN = ("<domain type='qemu'><name>a</name><os><type arch='x86_64' machine='pc-q35-6.2'>hvm</type>"
          "</os><features><acpi/></features></domain>")


def make_status():
    builder = Machtype.DomainStatusBuilder.new(UUID, Machtype.DomainReadFlags.NONE)
    builder.set_definition(DOMAIN, -1)
    builder.add_snapshot("<domainsnapshot><name>s</name></domainsnapshot>", -1)
    return builder


def make_audit():
    audit = Machtype.Audit.new(None)
    audit.begin_host("a", None, None)
    return audit


def make_properties(**images):
    builder = Machtype.PropertiesBuilder.new()
    for name, value in images.items():
        builder.add_image(name, value)
    return builder.end()


def make_host(arch=Machtype.Arch.X86_64):
    builder = Machtype.HostBuilder.new()
    builder.set_arch(arch)
    return builder.end()


def make_record(machine="pc-q35-6.2", uuid=UUID):
    builder = Machtype.RecordBuilder.new(uuid)
    builder.set_arch(Machtype.Arch.X86_64)
    builder.set_machine(machine, "q35", Machtype.Source.IMAGE)
    builder.set_state("stopped")
    return builder.end()


def check_change(old, new):
    return Machtype.Change.check(old, new, Machtype.Arch.X86_64, None, Machtype.State.STOPPED,
                                 Machtype.ChangeFlags.NONE, None)
