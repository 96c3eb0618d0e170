#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""nova-instances.py insert|agree NOVA.CONF, check LINES CELL, unset, unset-of-nova, recorded

The instances of nova-export.sh. insert: writes them into a cell through Nova's own objects. agree:
whether Nova itself reads from it what CASES says. check: whether the exported lines are what CASES
says. unset: the UUIDs without a machine type; recorded: UUID and machine type; meanings: UUID, property and value of old names.

The expected values are written by hand, so that the query, Nova and this list check each other.
"""

import json
import sys

LONG = "\u6f22" * 255
# What breaks a query that concatenates its JSON, or a client that escapes or wraps.
HOSTILE = [
    'say "hi"',
    "C:\\new\\table\\u0041\\",
    "two\nlines\r\nand\ta tab",
    "control \x01 \x1f \x7f \x1b[31m",
    "Gr\u00fc\u00dfe \u6f22\u5b57 \u2028 \ufeff \u0301",
    "'; DROP TABLE instances; --",
    "$(id) `id` ${HOME} %s %n :cell :'cell' @cell \\q \\! id",
    '{"a": 1}', "[1]", "null", "true", "12", "1e3", "</x>&amp;", "\\N", "", " ",
    LONG,
]

# What code misses that ignores differences (MariaDB's collation ignores case and trailing blanks,
# LIKE treats _ as a wildcard), what Nova skips, and what is not a property at all.
DISTRACTING = {
    "image_HW_machine_type": "pc",
    "image_hw_machine_type ": "pc",
    "imageXhw_disk_bus": "ide",
    "image_img_mappings": "[]",
    "image_img_block_device_mapping": "[]",
    "image_mappings": "[]",
    "image_block_device_mapping": "[]",
    "image_base_image_ref": "7d1f0000-0000-4000-8000-000000000000",
    "image_min_ram": "0",
    "image_min_disk": "1",
    "image_disk_format": "qcow2",
    "image_container_format": "bare",
    "image_owner_specified.openstack.sha256": "",
    "image_trait:HW_CPU_X86_AVX2": "required",
    "owner_user_name": "alice",
}


# What Glance's images called properties before, with a value, and what that is in Nova now: by the
# class ImageMetaProps of nova/objects/image_meta.py.
OLD = [
    ("architecture", "aarch64", [("hw_architecture", "aarch64")]),
    ("auto_disk_config", "disabled", [("hw_auto_disk_config", "disabled")]),
    ("bdm_v2", "True", [("img_bdm_v2", "True")]),
    ("bittorrent", "False", [("img_bittorrent", "False")]),
    ("cache_in_nova", "True", [("img_cache_in_nova", "True")]),
    ("hypervisor_type", "kvm", [("img_hv_type", "kvm")]),
    ("hypervisor_version_requires", ">=1.0", [("img_hv_requested_version", ">=1.0")]),
    ("ipxe_boot", "False", [("hw_ipxe_boot", "False")]),
    ("owner_id", "p", [("img_owner_id", "p")]),
    ("root_device_name", "/dev/vda", [("img_root_device_name", "/dev/vda")]),
    ("vm_mode", "hvm", [("hw_vm_mode", "hvm")]),
    ("vmware_adaptertype", "lsiLogic", [("hw_disk_bus", "scsi"), ("hw_scsi_model", "lsiLogic")]),
    ("vmware_disktype", "preallocated", [("hw_disk_type", "preallocated")]),
    ("vmware_image_version", "4", [("img_version", "4")]),
    ("vmware_linked_clone", "True", [("img_linked_clone", "True")]),
    ("vmware_ostype", "debian10_64Guest", [("os_distro", "debian10_64Guest")]),
    ("xenapi_device_id", "2", [("hw_device_id", "2")]),
    ("xenapi_image_compression_level", "3", [("img_compression_level", "3")]),
    ("xenapi_skip_agent_inject_files_at_boot", "True",
     [("os_skip_agent_inject_files_at_boot", "True")]),
    ("xenapi_skip_agent_inject_ssh", "True", [("os_skip_agent_inject_ssh", "True")]),
    ("xenapi_use_agent", "True", [("img_use_agent", "True")]),
]


def case(machine=None, arch=None, properties=None, gone=False, unlisted=False, **nova):
    """machine, arch, properties: what the line contains; gone: there is none; nova: what is in it.
    """
    return {"machine": machine, "arch": arch, "properties": properties or {}, "gone": gone,
            "unlisted": unlisted, "nova": nova}


CASES = [
    case(machine="pc-i440fx-7.2", arch="x86_64", architecture="x86_64", host="compute-1",
         properties={"hw_disk_bus": "virtio", "hw_video_model": "virtio", "os_type": "linux",
                     "os_distro": "debian", "img_config_drive": "mandatory"},
         meta={"image_hw_machine_type": "pc-i440fx-7.2", "image_hw_disk_bus": "virtio",
               "image_hw_video_model": "virtio", "image_os_type": "linux",
               "image_os_distro": "debian", "image_img_config_drive": "mandatory"}),
    # set by Nova's alias, on no host
    case(machine="q35", meta={"image_hw_machine_type": "q35"}, vm_state="shelved_offloaded",
         host=None),
    # unset: no key, no metadata at all, a key with NULL, the empty string
    case(properties={"hw_cdrom_bus": "sata"}, meta={"image_hw_cdrom_bus": "sata"}),
    case(meta={}, vm_state="error", host=None),
    case(properties={"hw_vif_model": "e1000"}, vm_state="stopped",
         meta={"image_hw_machine_type": None, "image_hw_disk_bus": None,
               "image_hw_vif_model": "e1000"}),
    case(meta={"image_hw_machine_type": ""}),
    # neither deleted nor building
    case(vm_state=None, meta={}),
    case(vm_state="soft-delete", meta={}),
    # omitted
    case(gone=True, destroyed=True, meta={"image_hw_machine_type": "pc"}),
    case(gone=True, vm_state="building", meta={"image_hw_machine_type": "pc"}),
    # Nova's list of unset ones does not include the hidden half of a resize between cells
    case(gone=True, unlisted=True, hidden=True, meta={}),
    # architectures: the emulated one, then the image's, then the instance's own
    case(machine="virt-7.2", arch="aarch64", architecture="x86_64",
         properties={"hw_emulation_architecture": "aarch64", "hw_architecture": "x86_64",
                     "hw_firmware_type": "uefi"},
         meta={"image_hw_emulation_architecture": "aarch64", "image_hw_architecture": "x86_64",
               "image_hw_machine_type": "virt-7.2", "image_hw_firmware_type": "uefi"}),
    case(machine="s390-ccw-virtio-7.2", arch="s390x", architecture="x86_64",
         properties={"hw_architecture": "s390x"},
         meta={"image_hw_architecture": "s390x", "image_hw_emulation_architecture": None,
               "image_hw_machine_type": "s390-ccw-virtio-7.2"}),
    case(arch="ppc64le", architecture="ppc64le", meta={}),
    case(architecture="", meta={}),
    case(properties={"hw_machine_type ": "pc"}, meta=DISTRACTING),
    case(properties={old: value for old, value, _ in OLD},
         meta={f"image_{old}": value for old, value, _ in OLD}),
    # two rows with one key; a last row with NULL; a row that Nova once soft-deleted
    case(machine="pc-q35-7.2", properties={"hw_disk_bus": "scsi", "hw_rng_model": "virtio"},
         meta={"image_hw_machine_type": "pc", "image_hw_disk_bus": "ide",
               "image_hw_video_model": "vga"},
         rows=[("image_hw_machine_type", "pc-q35-7.2", 0), ("image_hw_disk_bus", "scsi", 0),
               ("image_hw_video_model", None, 0), ("image_hw_rng_model", "virtio", 4711)]),
    # more than fits a row or a group_concat_max_len, and values that are hostile
    case(machine="pc", properties={f"os_many_{n:03}": LONG for n in range(300)},
         meta=dict({f"image_os_many_{n:03}": LONG for n in range(300)},
                   image_hw_machine_type="pc")),
    case(machine="malta", properties={f"os_hostile_{n}": s for n, s in enumerate(HOSTILE)},
         meta=dict({f"image_os_hostile_{n}": s for n, s in enumerate(HOSTILE)},
                   image_hw_machine_type="malta")),
    case(properties={'os_"quoted"\\\n\u00fc{': "yes"},
         meta={'image_os_"quoted"\\\n\u00fc{': "yes"}),
] + [case(display_name=s, meta={}) for s in HOSTILE]

for number, each in enumerate(CASES):
    each["uuid"] = f"6e6f7661-0000-4000-8000-{number:012}"
    each["nova"].setdefault("display_name", f"guest {number}")
    each["nova"].setdefault("host", "compute-2")
    each["nova"].setdefault("vm_state", "active")


def nova_start(conf):
    from nova import config, context, objects
    config.parse_args(["nova-instances", "--config-file", conf])
    objects.register_all()
    return context.get_admin_context(), objects


def insert(conf):
    context, objects = nova_start(conf)
    from nova.db.main import api, models
    for each in CASES:
        nova = dict(each["nova"])
        meta, rows = nova.pop("meta"), nova.pop("rows", [])
        destroyed = nova.pop("destroyed", False)
        instance = objects.Instance(context, uuid=each["uuid"], project_id="p", user_id="u",
                                    system_metadata=meta, **nova)
        instance.create()
        # Nova's objects cannot create these, but its history could.
        with api.get_engine().begin() as connection:
            for key, value, deleted in rows:
                connection.execute(models.InstanceSystemMetadata.__table__.insert().values(
                    instance_uuid=each["uuid"], key=key, value=value, deleted=deleted))
        if destroyed:
            instance.destroy()


def agree(conf):
    """Nova's own answer, through the code that its driver calls for an instance's image."""
    context, objects = nova_start(conf)
    from nova import utils
    read = {}
    for instance in objects.InstanceList.get_all(context, expected_attrs=["system_metadata"]):
        properties = utils.get_image_from_system_metadata(instance.system_metadata)["properties"]
        read[instance.uuid] = {
            "machine": properties.pop("hw_machine_type", None) or None,
            "properties": {key: value for key, value in properties.items()
                           if key.startswith(("hw_", "os_", "img_"))
                           or key in [old for old, _, _ in OLD]},
        }
    for each in CASES:
        if not each["gone"]:
            got = read[each["uuid"]]
            wanted = {"machine": each["machine"], "properties": each["properties"]}
            assert got == wanted, f"{each['uuid']}: Nova reads {got}, not {wanted}"


def no_pair_twice(pairs):
    assert len(dict(pairs)) == len(pairs), f"a member twice: {pairs}"
    return dict(pairs)


def check(path, cell):
    wanted = {each["uuid"]: {
        "uuid": each["uuid"], "name": each["nova"]["display_name"], "host": each["nova"]["host"],
        "cell": cell, "arch": each["arch"], "state": each["nova"]["vm_state"],
        "machine": each["machine"], "properties": each["properties"],
    } for each in CASES if not each["gone"]}
    with open(path, "rb") as file:
        data = file.read()
    assert data.endswith(b"\n"), "no newline at the end"
    # not splitlines(), which splits at U+2028 too
    for number, line in enumerate(data[:-1].split(b"\n"), 1):
        try:
            got = json.loads(line.decode("utf-8"), object_pairs_hook=no_pair_twice)
        except ValueError as error:
            sys.exit(f"line {number}: {error}: {line!r}")
        expected = wanted.pop(got["uuid"], None)
        assert got == expected, f"line {number}: {got}\nexpected: {expected}"
    assert not wanted, f"no line for {wanted}"


def unset(all_of_nova=False):
    for each in CASES:
        # An empty type is set for Nova's list, unset for its other commands.
        listed = each["machine"] is None and not each["gone"]
        if all_of_nova:
            listed = each["unlisted"] or (
                listed and each["nova"]["meta"].get("image_hw_machine_type") != "")
        if listed:
            print(each["uuid"])


def meanings():
    for each in CASES:
        if OLD[0][0] in each["properties"]:
            for _, _, names in OLD:
                for name, value in names:
                    print(each["uuid"], name, value)


def recorded():
    for each in CASES:
        if each["machine"] is not None and not each["gone"]:
            print(each["uuid"], each["machine"])


COMMANDS = {"insert": insert, "agree": agree, "check": check, "unset": unset,
            "unset-of-nova": lambda: unset(True), "recorded": recorded, "meanings": meanings}
COMMANDS[sys.argv[1]](*sys.argv[2:])
