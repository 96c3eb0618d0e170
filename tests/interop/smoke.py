#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""smoke.py MACHTYPE

What the suite interop compares with Nova, without Nova: one call of each kind, in our own words, to which
machtype answers as Nova does; and with another answer of Nova each of them is a difference that nothing
explains. Then the facts of a guest for each property that Nova has got since 26 (Zed).
"""

import json
import sys
import tempfile

# The modules next to this file are read from the source tree, which may not be trusted.
sys.dont_write_bytecode = True

import guest_facts
import nova_calls
import nova_purposes

UUID = "0e0e0e0e-0000-4000-8000-000000000001"
SETTINGS = {"virt_type": "kvm", "hw_machine_type": None, "vnc_enabled": True, "spice_enabled": False,
            "serial_console_enabled": False, "agent_enabled": True, "pointer_model": "usbtablet",
            "mem_stats_period_seconds": 10}
GUEST = {"settings": SETTINGS, "arch": "x86_64", "host_arch": "x86_64", "os_type": None,
         "kernel": False, "numa": False, "lacks": [], "rescue": False, "machine_type": "pc"}


def request(properties=None, extra_specs=None, vcpus=2, **more):
    return {"properties": properties or {}, "extra_specs": extra_specs or {}, "vcpus": vcpus, **more}


def stopped(**metadata):
    return {"returns": {"uuid": UUID, "vm_state": "stopped", "system_metadata": metadata}}


def command(name, arguments, inner, status, prints=""):
    """A command of an instance."""
    return (name, {"arguments": {"instance_uuid": UUID, **arguments}, "inner": inner},
            {"status": status, "prints": prints}, {"status": 99, "prints": prints})


OK, MACHINE = {"returns": None}, "image_hw_machine_type"
UNSUPPORTED, UPDATE = {"raises": "UnsupportedMachineType"}, {"raises": "InvalidMachineTypeUpdate"}
CONFLICT = {"raises": "FlavorImageConflict", "message": "they differ"}
INSTANCE, MAPPING = "Instance.get_by_uuid", "InstanceMapping.get_by_instance_uuid"
# The function, what it is asked, what Nova answers, and what it does not answer.
CALLS = [
    ("_check_machine_type_support", {"machine_type": "pc-q35-8.0"}, OK, UNSUPPORTED),
    ("_check_machine_type_support", {"machine_type": "pc-nothing"}, UNSUPPORTED, OK),
    ("_check_update_to_existing_type", {"existing": "pc-q35-8.0", "machine_type": "pc-q35-8.2"}, OK,
     UPDATE),
    ("_check_update_to_existing_type", {"existing": "pc-q35-8.2", "machine_type": "pc-q35-8.0"},
     UPDATE, OK),
    ("_check_vm_state", {"vm_state": "shelved"}, OK, {"raises": "InstanceInvalidState"}),
    ("_check_vm_state", {"vm_state": "rescued"}, {"raises": "InstanceInvalidState"}, OK),
    ("update_machine_type", {"instance": stopped(**{MACHINE: "pc"}), "machine_type": "q35",
                             "force": True}, {"returns": ["q35", "pc"]}, {"returns": ["virt", "pc"]}),
    ("get_instances_without_type", {"cell": None, "cells": {
        "one": [{"uuid": UUID, "deleted": False, "system_metadata": {}}]}},
     {"returns": [{"uuid": UUID}]}, {"returns": []}),
    ("get_machine_type", {"properties": {"hw_machine_type": "q35"}, "arch": "x86_64",
                          "configured": ["x86_64=pc"]}, {"returns": "q35"}, {"returns": "pc"}),
    ("get_default_machine_type", {"arch": "x86_64", "configured": ["x86_64=q35"]},
     {"returns": "q35"}, {"returns": "pc"}),
    command("LibvirtCommands.get_machine_type", {}, {"get_machine_type": {"returns": "q35"}}, 0,
            "q35"),
    command("LibvirtCommands.get_machine_type", {}, {"get_machine_type": {"returns": None}}, 3),
    command("LibvirtCommands.update_machine_type", {"machine_type": "pc-q35-8.2"},
            {"update_machine_type": {"returns": ["pc-q35-8.2", "pc-q35-8.0"]}}, 0,
            f"Updated instance {UUID} machine type to pc-q35-8.2 (previously pc-q35-8.0)"),
    command("LibvirtCommands.update_machine_type", {"machine_type": "pc-q35-8.2"},
            {"update_machine_type": {"raises": "InstanceNotFound"}}, 2),
    command("LibvirtCommands.list_unset_machine_type", {},
            {"get_instances_without_type": {"returns": [{"uuid": UUID}]}}, 3),
    command("ImagePropertyCommands.show", {"image_property": "hw_disk_bus"},
            {INSTANCE: stopped(image_hw_disk_bus="scsi")}, 0, "scsi"),
    command("ImagePropertyCommands.set", {"image_properties": ["hw_disk_bus=tape"]},
            {INSTANCE: stopped()}, 6),
    command("ImagePropertyCommands.set", {"image_properties": ["hw_disk_bus=scsi"]},
            {MAPPING: {"raises": "InstanceMappingNotFound"}}, 2),
    ("validate", {"name": "hw:pmu", "value": "maybe"}, {"raises": "ValidationError"}, OK),
    ("validate", {"name": "hw:usb_model", "value": "qemu-xhci"}, OK, {"raises": "ValidationError"}),
    ("get_number_of_serial_ports", request(extra_specs={"hw:serial_port_count": "2"}),
     {"returns": 2}, {"returns": 3}),
    ("get_best_cpu_topology", request({"hw_cpu_cores": 2}),
     {"returns": {"sockets": 1, "cores": 2, "threads": 1}},
     {"returns": {"sockets": 2, "cores": 1, "threads": 1}}),
    ("get_mem_encryption_constraint", request({"hw_mem_encryption": True}),
     {"returns": "amd-sev"}, {"returns": None}),
    ("get_mem_encryption_constraint",
     request({"hw_mem_encryption": True, "hw_mem_encryption_model": "amd-sev-es"}),
     {"returns": "amd-sev-es"}, {"returns": "amd-sev"}),
    ("_get_numa_pagesize_constraint", request(extra_specs={"hw:mem_page_size": "2MB"}),
     {"returns": 2048}, {"returns": -2}),
    ("get_locked_memory_constraint",
     request({"hw_locked_memory": True}, {"hw:mem_page_size": "small"}), {"returns": True},
     {"returns": None}),
    ("get_pmu_constraint", request({"hw_pmu": False}), {"returns": False}, {"returns": None}),
    ("get_pmu_constraint", request({"hw_pmu": False}, {"hw:pmu": "yes"}), CONFLICT, OK),
    ("get_vif_multiqueue_constraint", request({"hw_vif_multiqueue_enabled": True}),
     {"returns": True}, {"returns": False}),
    ("get_packed_virtqueue_constraint", request({"hw_virtio_packed_ring": True}), {"returns": True},
     {"returns": False}),
    ("get_vtpm_constraint", request({"hw_tpm_version": "2.0", "hw_tpm_model": "tpm-crb"}),
     {"returns": {"version": "2.0", "model": "tpm-crb"}},
     {"returns": {"version": "2.0", "model": "tpm-tis"}}),
    ("get_tpm_secret_security_constraint", request(extra_specs={"hw:tpm_secret_security": "user"}),
     {"returns": "user"}, {"returns": None}),
    ("get_secure_boot_constraint", request({"os_secure_boot": "required"}),
     {"returns": "required"}, {"returns": "disabled"}),
    ("get_stateless_firmware_constraint",
     request({"hw_firmware_stateless": True, "hw_firmware_type": "uefi"}), {"returns": True},
     {"returns": False}),
    ("get_maxphysaddr_mode", request({"hw_maxphysaddr_mode": "passthrough"}),
     {"returns": "passthrough"}, {"returns": None}),
    ("get_sound_model", request({"hw_sound_model": "ich9"}), {"returns": "ich9"},
     {"returns": "ac97"}),
    ("get_usb_model", request({"hw_usb_model": "nec-xhci"}), {"returns": "nec-xhci"},
     {"returns": None}),
    ("get_redirected_usb_ports", request(extra_specs={"hw:redirected_usb_ports": "3"}),
     {"returns": 3}, {"returns": 2}),
    ("LibvirtDriver._get_guest_config", request({"hw_pmu": True}, {"hw:pmu": "no"}, **GUEST),
     CONFLICT, {"returns": "<domain/>"}),
]
# The properties, the fact, and its value as in the XML of Nova's driver.
FACTS = [
    ("hw_firmware_type=uefi hw_firmware_stateless=yes", "stateless", True),
    ("hw_virtio_packed_ring=yes", "packed", "on"),
    ("hw_maxphysaddr_mode=emulate hw_maxphysaddr_bits=42", "phys_bits",
     {"mode": "emulate", "bits": "42"}),
    ("hw_sound_model=ich9", "sound", "ich9"),
    ("hw_usb_model=nec-xhci", "usb", "nec-xhci"),
    ("hw_tpm_version=2.0", "tpm_secret", True),
    ("", "tpm_secret", False),
    ("", "iothreads", "1"),
    ("", "balloon", ("virtio", "on", "on", "10")),
    ("", "vmcoreinfo", True),
    ("", "spice_agent", None),
    ("hw_firmware_type=uefi hw_mem_encryption=yes", "vmcoreinfo", False),
    ("hw_firmware_type=uefi hw_mem_encryption=yes", "virtio_iommu", 0),
    ("hw_firmware_type=uefi hw_mem_encryption=yes", "launch", ((("type", "sev"),), 0x33)),
]


def differences(program, function, asked, answer):
    """What nothing explains, and all."""
    call = nova_calls.Call(json.dumps({"function": function, "asked": asked, "answer": answer,
                                       "test": "smoke"}), nova_purposes.NEWEST)
    found = call.compare(program)
    return [each for each in found if nova_purposes.explain(call, *each) is None], found


def check_calls(program):
    wrong = 0
    for function, asked, answer, other in CALLS:
        unexplained, found = differences(program, function, asked, answer)
        if found:
            wrong += 1
            print(f"NOT AS NOVA: {function} {asked}: {found}")
        unexplained, found = differences(program, function, asked, other)
        if not unexplained:
            wrong += 1
            print(f"NOT SEEN: {function} {asked}: Nova answers {other}, {found}")
    missing = set(nova_calls.COMPARE) - {row[0] for row in CALLS}
    if missing:
        print(f"NO CALL OF: {sorted(missing)}")
    return wrong + len(missing)


def check_facts(program):
    wrong = 0
    for properties, fact, value in FACTS:
        words = [part for each in properties.split() for part in ("--property", each)]
        secret = ["--tpm-secret", UUID] if "tpm" in properties else []
        said = program.run("domain-xml", "--json", "--host-arch", "x86_64", "--network", "user",
                           "--property", "hw_machine_type=q35", *words, *secret).said
        ours = guest_facts.facts_of(said["xml"], nova_purposes.NEWEST)[fact]
        if ours != value:
            wrong += 1
            print(f"{properties!r}: {fact} is {ours!r}, not {value!r}")
    return wrong


def main():
    with tempfile.TemporaryDirectory() as folder:
        program = nova_calls.Program(sys.argv[1], folder)
        wrong = check_calls(program) + check_facts(program)
    for purpose in nova_purposes.undocumented():
        print(f"NOT IN doc/from-nova.md: {purpose}")
        wrong += 1
    print(f"{len(CALLS)} calls and {len(FACTS)} facts, {wrong} are wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
