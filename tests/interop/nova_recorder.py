#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""nova_recorder.py FILE|DESCRIPTOR MODULE...

Runs Nova's own unit tests, from its package, and writes down what they ask and what Nova answers: a
line of JSON for each call of the functions that decide about machine types, image properties and
flavors. Nothing of Nova's data is in this file. It runs where python3-nova and what its tests need are
installed: see root.sh.
"""

import functools
import importlib.metadata
import inspect
import json
import os
import sys
import unittest
import warnings
from unittest import mock

os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
# Nova's tests run on eventlet, or since it can do without, on threads.
if int(importlib.metadata.version("nova").partition(".")[0]) >= 33:
    os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "1"

# Nova's tests set up its configuration, and this has to come first.
import nova.tests.unit  # noqa: E402, F401  pylint: disable=unused-import,wrong-import-position
# pylint: disable=wrong-import-position
from nova import conf, context as nova_context, objects  # noqa: E402
from nova.api.validation.extra_specs import validators  # noqa: E402
from nova.cmd import manage  # noqa: E402
from nova.virt import hardware  # noqa: E402
from nova.virt.libvirt import driver, host as libvirt_host, machine_type_utils
from nova.virt.libvirt import utils as libvirt_utils  # noqa: E402

CONF = conf.CONF
# What a host has, and whether Nova looks at it.
HOST_HAS = ("has_min_version", "supports_secure_boot", "supports_uefi",
            "_check_secure_boot_support")
# What decides, from a flavor and an image.
CONSTRAINTS = [
    "get_number_of_serial_ports", "get_best_cpu_topology", "get_mem_encryption_constraint",
    "_get_numa_pagesize_constraint", "get_locked_memory_constraint", "get_pmu_constraint",
    "get_vif_multiqueue_constraint", "get_packed_virtqueue_constraint", "get_vtpm_constraint",
    "get_tpm_secret_security_constraint", "get_secure_boot_constraint",
    "get_stateless_firmware_constraint", "get_maxphysaddr_mode", "get_sound_model", "get_usb_model", "get_redirected_usb_ports",
]
# Of the configuration, what changes a guest's XML.
SETTINGS = [("libvirt", "virt_type"), ("libvirt", "hw_machine_type"), ("libvirt", "cpu_mode"),
            ("libvirt", "cpu_models"), ("libvirt", "num_pcie_ports"), ("libvirt", "tb_cache_size"),
            ("libvirt", "swtpm_enabled"), ("libvirt", "use_default_aio_mode_for_volumes"),
            ("vnc", "enabled"), ("spice", "enabled"), ("spice", "agent_enabled"),
            ("serial_console", "enabled"), (None, "pointer_model"),
            ("libvirt", "mem_stats_period_seconds")]


def plain(value):
    """As JSON: what a caller would have written."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(getattr(value, "model", None), str):
        # What encrypts a guest's memory.
        return value.model
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if hasattr(value, "fields") and hasattr(value, "obj_attr_is_set"):
        return {name: plain(getattr(value, name)) for name in value.fields
                if value.obj_attr_is_set(name)}
    return f"<{type(value).__name__}>"


def is_fake(value):
    return isinstance(value, mock.NonCallableMock)


def outcome_of(fake):
    """What a mock is going to answer; None: this is not a mock."""
    if not is_fake(fake):
        return None
    effect = fake.side_effect
    if isinstance(effect, BaseException) or inspect.isclass(effect):
        return {"raises": effect.__name__ if inspect.isclass(effect) else type(effect).__name__,
                "about": plain(getattr(effect, "kwargs", {}))}
    return {"returns": instance_of(fake.return_value)}


def instance_of(value):
    """An instance by what a record has of it; another value as it is."""
    if isinstance(value, objects.Instance) and not is_fake(value):
        return {name: plain(getattr(value, name)) for name in ("uuid", "vm_state", "system_metadata")
                if value.obj_attr_is_set(name)}
    if isinstance(value, list):
        return [instance_of(item) for item in value]
    if is_fake(value):
        # A test's own fake of an instance.
        return {"uuid": value.uuid} if isinstance(vars(value).get("uuid"), str) else "<fake>"
    return plain(value)


def specs_of(flavor):
    return plain(flavor.get("extra_specs", {})) if "extra_specs" in flavor else {}


def number_of(flavor, name):
    value = flavor.get(name) if name in flavor else None
    return value if isinstance(value, int) else None


def request_of(flavor, image):
    """What the flavor and the image ask for."""
    asked = {"properties": plain(image.properties), "extra_specs": specs_of(flavor),
             "vcpus": number_of(flavor, "vcpus"), "memory_mb": number_of(flavor, "memory_mb")}
    if image.obj_attr_is_set("disk_format"):
        asked["disk_format"] = image.disk_format
    return asked


def settings():
    found = {}
    for group, name in SETTINGS:
        try:
            found[name if name != "enabled" else f"{group}_{name}"] = plain(
                getattr(CONF if group is None else getattr(CONF, group), name))
        except AttributeError:
            # This Nova does not have it.
            continue
    return found


class Recorder:
    """Writes each different call once, and counts the calls that cannot be described."""

    def __init__(self, path):
        # pylint: disable=consider-using-with
        self.file = open(int(path) if path.isdigit() else path, "w", encoding="utf-8")
        self.seen, self.test, self.skipped = set(), None, 0
        # What a recorded function calls itself is part of its answer.
        self.busy = False

    def write(self, function, asked, answer):
        call = {"function": function, "asked": asked, "answer": answer}
        key = json.dumps(call, sort_keys=True, default=repr)
        if key in self.seen:
            return
        self.seen.add(key)
        self.file.write(json.dumps({**call, "test": self.test}, sort_keys=True) + "\n")

    def call(self, function, asked, original, *args, **kwargs):
        """Calls Nova's function, and records what it answers."""
        if self.busy:
            return original(*args, **kwargs)
        self.busy = True
        try:
            return self.outermost(function, asked, original, *args, **kwargs)
        finally:
            self.busy = False

    def outermost(self, function, asked, original, *args, **kwargs):
        """Calls Nova's function, and records what it answers. A test whose arguments cannot be
        described (a mock instead of a flavor) is counted."""
        try:
            described = asked(*args, **kwargs)
        except Exception:  # pylint: disable=broad-except
            described = None
        if described is None:
            self.skipped += 1
            return original(*args, **kwargs)
        try:
            result = original(*args, **kwargs)
        except Exception as error:
            self.write(function, described,
                       {"raises": type(error).__name__, "message": str(error)})
            raise
        try:
            if not is_fake(result):
                self.write(function, described, {"returns": self.describe(result)})
        except Exception:  # pylint: disable=broad-except
            # A guest with mocks inside.
            self.skipped += 1
        return result

    @staticmethod
    def describe(result):
        if hasattr(result, "to_xml"):
            xml = result.to_xml()
            return xml.decode() if isinstance(xml, bytes) else xml
        return instance_of(result) if isinstance(result, list) else plain(result)

    def wrap(self, owner, name, asked):
        original = getattr(owner, name, None)
        if original is None:
            # This Nova does not have it.
            return
        label = name if inspect.ismodule(owner) else f"{owner.__name__}.{name}"

        @functools.wraps(original)
        def wrapper(*args, **kwargs):
            return self.call(label, asked, original, *args, **kwargs)
        setattr(owner, name, wrapper)


def asked_constraint(flavor, image_meta=None, machine_type=None, mach_type=None, **_):
    if image_meta is None:
        image_meta = objects.ImageMeta.from_dict({})
    return {**request_of(flavor, image_meta), "machine_type": plain(machine_type or mach_type)}


def asked_topology(flavor, image_meta, allow_threads=True):
    return {**request_of(flavor, image_meta), "allow_threads": allow_threads}


def asked_image(image_meta):
    return {"properties": plain(image_meta.properties), "extra_specs": {}, "vcpus": None}


def asked_image_type(image_meta):
    """Not where the test has replaced what would decide."""
    if is_fake(libvirt_utils.get_default_machine_type):
        return None
    return {"properties": plain(image_meta.properties), "arch": libvirt_utils.get_arch(image_meta),
            "configured": plain(CONF.libvirt.hw_machine_type)}


def asked_default_type(arch):
    return {"arch": plain(arch), "configured": plain(CONF.libvirt.hw_machine_type)}


def asked_update(_context, instance_uuid, machine_type, force=False):
    """Not where the test has replaced what would decide."""
    inner = [machine_type_utils._check_machine_type_support,  # pylint: disable=protected-access
             machine_type_utils._check_update_to_existing_type]  # pylint: disable=protected-access
    if any(is_fake(each) for each in inner):
        return None
    found = outcome_of(objects.Instance.get_by_uuid)
    return {"instance": found, "machine_type": machine_type, "force": force, "uuid": instance_uuid}


def asked_unset(context, cell_uuid=None):
    """Every instance of every cell."""
    cells = {}
    for cell in objects.CellMappingList.get_all(context):
        if cell.is_cell0():
            continue
        with nova_context.target_cell(context, cell) as inside:
            inside = inside.elevated(read_deleted="yes")
            found = objects.InstanceList.get_all(inside, expected_attrs=["system_metadata"])
            cells[cell.uuid] = [{"uuid": each.uuid, "deleted": bool(each.deleted),
                                 "system_metadata": plain(each.system_metadata)} for each in found]
    return {"cells": cells, "cell": cell_uuid}


def asked_command(*names):
    """The arguments, and what the mocks below the command answer."""
    def asked(_self, **arguments):
        inner = {name: outcome_of(functools.reduce(getattr, name.split("."), scope))
                 for scope, name in names}
        given = {name: instance_of(value) for name, value in arguments.items()}
        return {"arguments": given, "inner": {name: value for name, value in inner.items() if value}}
    return asked


def wrap_command(recorder, owner, name, *inner):
    """A command: its exit status, and what it prints."""
    original, asked = getattr(owner, name), asked_command(*inner)

    @functools.wraps(original)
    def wrapper(self, **arguments):
        described = asked(self, **arguments)
        before = len(sys.stdout.getvalue())
        status = original(self, **arguments)
        recorder.write(f"{owner.__name__}.{name}", described,
                       {"status": status, "prints": sys.stdout.getvalue()[before:]})
        return status
    setattr(owner, name, wrapper)


def lacking(driver_of_test):
    """What a test says of its host, instead of what the fake of libvirt reports."""
    owners = [vars(libvirt_host.Host), vars(driver.LibvirtDriver), vars(driver_of_test._host)]
    found = [name for name in HOST_HAS if any(is_fake(owner.get(name)) for owner in owners)]
    # Of a property, what it has remembered.
    found += [name for name in HOST_HAS if any(owner.get("_" + name) is False for owner in owners)]
    return sorted(set(found))


def asked_guest(self, instance, _network, image_meta, _disks, rescue=None, **_):
    """The host as the driver sees it, and all that is requested. Not where the test has replaced
    what would decide."""
    if any(is_fake(each) for each in (libvirt_utils.get_default_machine_type,
                                      hardware.get_mem_encryption_constraint)):
        return None
    capabilities = self._host.get_capabilities()  # pylint: disable=protected-access
    return {**request_of(instance.flavor, image_meta), "settings": settings(),
            "kernel": bool(instance.kernel_id) if instance.obj_attr_is_set("kernel_id") else False,
            "numa": bool(instance.numa_topology), "lacks": lacking(self),
            "rescue": rescue is not None, "host_arch": str(capabilities.host.cpu.arch),
            "arch": str(libvirt_utils.get_arch(image_meta)),
            "machine_type": plain(libvirt_utils.get_machine_type(image_meta)),
            "os_type": plain(instance.os_type) if instance.obj_attr_is_set("os_type") else None}


def record(recorder):
    for name in CONSTRAINTS:
        recorder.wrap(hardware, name, {"get_best_cpu_topology": asked_topology,
                                       "get_stateless_firmware_constraint": asked_image}.get(
                                           name, asked_constraint))
    recorder.wrap(libvirt_utils, "get_machine_type", asked_image_type)
    recorder.wrap(libvirt_utils, "get_default_machine_type", asked_default_type)
    recorder.wrap(validators, "validate", lambda name, value: {"name": name, "value": value})
    utils = machine_type_utils
    recorder.wrap(utils, "_check_machine_type_support", lambda mtype: {"machine_type": mtype})
    recorder.wrap(utils, "_check_update_to_existing_type",
                  lambda existing, wanted: {"existing": existing, "machine_type": wanted})
    recorder.wrap(utils, "_check_vm_state", lambda instance: {"vm_state": str(instance.vm_state)})
    recorder.wrap(utils, "update_machine_type", asked_update)
    recorder.wrap(utils, "get_instances_without_type", asked_unset)
    recorder.wrap(driver.LibvirtDriver, "_get_guest_config", asked_guest)
    for name in ("get_machine_type", "update_machine_type", "list_unset_machine_type"):
        wrap_command(recorder, manage.LibvirtCommands, name, (utils, "get_machine_type"),
                     (utils, "update_machine_type"), (utils, "get_instances_without_type"))
    for name in ("show", "set"):
        wrap_command(recorder, manage.ImagePropertyCommands, name,
                     (objects, "Instance.get_by_uuid"),
                     (objects, "InstanceMapping.get_by_instance_uuid"))


class Result(unittest.TestResult):
    """Names the test that is running. Nova's own failures are not ours: a test may need what is not
    packaged."""

    def __init__(self, recorder):
        super().__init__()
        self.recorder = recorder

    def startTest(self, test):  # noqa: N802
        super().startTest(test)
        self.recorder.test = test.id()


def main():
    warnings.simplefilter("ignore")
    recorder = Recorder(sys.argv[1])
    record(recorder)
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:])
    result = Result(recorder)
    suite.run(result)
    wrong = result.errors + result.failures
    print(f"{result.testsRun} of Nova's tests, {len(wrong)} of which fail here; {len(recorder.seen)} "
          f"different calls, {recorder.skipped} without what can be asked", flush=True)
    for test, text in wrong[:5]:
        print(f"  {test.id()}: {text.strip().splitlines()[-1]}")
    # A test that leaves threads behind does not keep this from ending.
    recorder.file.close()
    sys.stdout.flush()
    os._exit(0 if result.testsRun else 1)  # pylint: disable=protected-access


if __name__ == "__main__":
    main()
