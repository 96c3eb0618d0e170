#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-schema.py: every value of the library that is written as JSON is valid by doc/machtype.schema.json.

Values are found through the introspection data: a class with to_json and no sample here fails, and so
does one without its definition. Prints TAP.
"""

import os
import re
import sys

import machtype_samples as samples
from machtype_samples import GLib, Machtype, UUID

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, os.pardir), os.path.join(HERE, os.pardir, "program")]
import schema  # pylint: disable=wrong-import-position
from tap import end, skip, tell  # pylint: disable=wrong-import-position

CAPABILITIES = os.path.join(HERE, os.pardir, "data", "hosts", "x86_64.xml")
GUESTS = os.path.join(HERE, os.pardir, "data", "guests")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def make_host():
    builder = Machtype.HostBuilder.new()
    builder.set_capabilities(read(CAPABILITIES), -1)
    builder.set_versions(7002022, 9000000)
    return builder.end()


def make_record():
    builder = Machtype.RecordBuilder.new(UUID)
    builder.set_name("web \"1\"")
    builder.set_host("compute-1", UUID)
    builder.set_cell("cell1")
    builder.set_state("active")
    builder.set_arch(Machtype.Arch.X86_64)
    builder.set_machine("pc-q35-7.2", "q35", Machtype.Source.IMAGE)
    builder.set_versions(7002022, 9000000)
    builder.set_recorded_at(0)
    builder.set_seen_at(253402300800)
    builder.set_transient(True)
    builder.set_revision(3)
    properties = Machtype.PropertiesBuilder.new()
    properties.add_image("hw_disk_bus", "sata")
    properties.add_image("hw_video_model", "vga")
    properties.mark_default("hw_video_model")
    builder.set_properties(properties.end())
    return builder.end()


def make_entries():
    full, bare = make_record(), Machtype.RecordBuilder.new(UUID).end()
    return [Machtype.HistoryEntry.new(old, new, Machtype.HistoryAction.UPDATE, True, "alice", 0, undoes)
            for old, new, undoes in ((full, bare, 2), (bare, full, 0))]


def make_query():
    builder = Machtype.RecordQueryBuilder.new()
    builder.set_cell("cell1")
    builder.set_host("compute-1")
    builder.set_arch(Machtype.Arch.X86_64)
    builder.set_state("stopped")
    builder.set_machine_pattern("pc-*")
    builder.set_name_pattern("web?")
    builder.set_name("web1")
    builder.set_seen_before(1)
    builder.set_class(Machtype.RecordClass.new(make_record(), 2))
    return builder.end()


def list_changes():
    return [samples.check_change(old, new) for old, new in
            (("pc-q35-6.2", "pc-q35-7.2"), ("pc", "q35"), (None, "a b"), ("q35", "q35"))]


def list_conversions():
    xml = read(os.path.join(GUESTS, "q35.xml"))
    return [Machtype.domain_convert(xml, -1, machine, Machtype.State.STOPPED, Machtype.ChangeFlags.NONE, None)
            for machine in ("pc-q35-8.0", "virt-7.2")]


def list_domains():
    flags = Machtype.DomainReadFlags.DEVICES
    return [Machtype.Domain.new_from_xml(read(os.path.join(GUESTS, name)), -1, flags)
            for name in sorted(os.listdir(GUESTS))]


def list_names():
    texts = ("pc-q35-7.2", "q35", "pc-q35-rhel9.4.0", "pc-i440fx-jammy-v2", "pc-q35-8.1+pve1", "virt", "isapc", "own")
    return [Machtype.Name.new(text, arch) for text in texts for arch in (Machtype.Arch.UNKNOWN, Machtype.Arch.X86_64)]


def list_resolutions():
    return [Machtype.resolve(samples.make_properties(**images), None, make_host(), recorded)
            for images, recorded in (({}, None), ({"hw_machine_type": "q35"}, None), ({}, "pc-q35-5.2"))]


def list_infos():
    empty, full = Machtype.Store.open_memory(), Machtype.Store.open_memory()
    full.add(make_record(), "alice")
    return [store.read_info() for store in (empty, full)]


def list_findings():
    return [finding for change in list_changes()
            for finding in (*change.list_reasons(), *change.list_warnings(), *change.list_effects())]


def list_platforms():
    return [*Machtype.Platform.list(), Machtype.Platform.new("qemu-11.1")]


def list_migrations():
    status, target = samples.make_status().end(), Machtype.Host.new_for_platform("debian-13", Machtype.Arch.X86_64)
    return [Machtype.Migration.check_record(make_record(), None, make_host()),
            Machtype.Migration.check(status, read(os.path.join(GUESTS, "q35.xml")), make_host(), target,
                                     Machtype.Answer.NO)]


VALUES = {
    "Change": list_changes,
    "Conversion": list_conversions,
    "Domain": list_domains,
    "AuditEntry": lambda: [samples.make_audit().check_domain(samples.make_status().end())],
    "DomainStatus": lambda: [samples.make_status().end()],
    "Finding": list_findings,
    "HistoryEntry": make_entries,
    "Host": lambda: [make_host(), samples.make_host()],
    "Migration": list_migrations,
    "Name": list_names,
    "Record": lambda: [make_record(), Machtype.RecordBuilder.new(UUID).end()],
    "RecordClass": lambda: [Machtype.RecordClass.new(make_record(), 2)],
    "RecordQuery": lambda: [make_query(), Machtype.RecordQueryBuilder.new().end()],
    "Resolution": list_resolutions,
    "Platform": list_platforms,
    "StoreInfo": list_infos,
}


def list_classes():
    return {name for name in dir(Machtype) if hasattr(getattr(Machtype, name), "to_json")}


def to_definition(name):
    """HistoryEntry: history-entry."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def check_line(validator, definition, line):
    problem = validator.check_line(definition, line)
    tell(problem is None, f"{definition}: {line[:80]}", problem, line)


def main():
    if schema.jsonschema is None:
        skip("python3-jsonschema is missing")
    validator = schema.Validator()
    tell(list_classes() == set(VALUES), "each class that is written as JSON has values", list_classes() ^ set(VALUES))
    for name, make in sorted(VALUES.items()):
        for value in make():
            check_line(validator, to_definition(name), value.to_json())
    for arch in (Machtype.Arch.X86_64, Machtype.Arch.S390X):
        check_line(validator, "host-arch", make_host().arch_to_json(arch))
    members = GLib.Variant.unpack(Machtype.json_parse('{"a":[null]}', -1))
    tell(members == {"a": [None]}, "a null is None", members)
    end()


main()
