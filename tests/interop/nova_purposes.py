# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where machtype differs from Nova's unit tests on purpose. Each has a paragraph in doc/from-nova.md that
begins with its name, and says why."""

import os

GUIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../doc/from-nova.md")

# What machtype says of names that no QEMU has, and of those of another architecture.
UNKNOWN_TYPES = ("no release has machine type", "cannot generate domain XML for",
                 "does not exist for")


def unknown_type(call, what, _nova, ours):
    """Nova takes any name that has the form of one."""
    return what in ("status", "refused", "refusal") and any(text in ours for text in UNKNOWN_TYPES)


# Nova has none for these.
DEFAULTS = {"sparc": "SS-5", "mips": "malta", "mipsel": "malta", "ppc": "g3beige",
            "ppc64": "pseries"}


def another_default(call, what, nova, ours):
    """Architectures for which Nova has none."""
    arch = call.asked.get("arch")
    return what == "machine" and nova is None and call.get("hw_machine_type") is None and (
        DEFAULTS.get(arch) == ours.partition("-1")[0])


def usb_model(_call, what, nova, ours):
    """Nova leaves the model to libvirt if a device needs USB."""
    return what == "usb" and nova == "default" and ours == "qemu-xhci"


def phys_bits(call, what, _nova, ours):
    return what == "refused" and call.get("hw_maxphysaddr_mode") == "emulate" and (
        "requires a number of bits" in ours)


def tablet(call, what, nova, ours):
    """SPICE's agent has a mouse of its own; Nova then leaves out the tablet."""
    spice = call.asked.get("settings", {}).get("spice_enabled")
    return bool(spice) and (what, nova, ours) in (("tablet", None, "usb"),
                                                  ("usb", "none", "qemu-xhci"))


def one_cell(call, what, nova, ours):
    return call.function == "get_instances_without_type" and what == "unset" and (
        call.asked["cell"] is not None and set(ours) < set(nova))


def page_size(call, what, _nova, ours):
    """A page size in the image alone."""
    return what == "refused" and ours.startswith("MemoryPageSizeForbidden:") and (
        call.get("hw_mem_page_size") is not None and call.get("hw:mem_page_size") is None)


def changed_since(call, what, nova, ours):
    """What a newer Nova writes: domain-xml follows the newest."""
    if call.function == "get_stateless_firmware_constraint":
        # Since 33, without UEFI it has no effect.
        return what == "accepted" and nova.startswith("Invalid: Stateless firmware")
    if what == "video":
        # Since 31.
        return (nova, ours) == ("qxl", "virtio")
    if what == "hyperv" and nova and ours:
        # Since 29.
        return set(nova) - set(ours) == {"evmcs", "reenlightenment"} and set(ours) < set(nova)
    # If libvirt is older than 6.5.
    return what == "iommu_driver" and bool(nova and ours) and (
        {**nova, "aw_bits": "48"} == ours)


# By the name of the paragraph: whether it explains a difference of a call.
PURPOSES = {
    "Machine types that no QEMU has": unknown_type,
    "Default machine types": another_default,
    "USB controller": usb_model,
    "Physical addresses": phys_bits,
    "Tablet with SPICE": tablet,
    "One cell": one_cell,
    "Locked memory": page_size,
}
CHANGED, NEWEST = "Nova itself has changed it since", 34
# More would mean that it is not Nova's behaviour any more.
MOST = 8


def explain(call, what, nova, ours):
    """The name of the difference, or None."""
    if call.release < NEWEST and changed_since(call, what, nova, ours):
        return CHANGED
    return next((name for name, when in PURPOSES.items() if when(call, what, nova, ours)), None)


def undocumented(names=tuple(PURPOSES)):
    """The names that the guide does not have, as the beginning of a paragraph."""
    with open(GUIDE, encoding="utf-8") as file:
        guide = file.read()
    return [name for name in names if f"**{name}.**" not in guide] + (
        [f"more than {MOST} differences"] if len(PURPOSES) > MOST else [])
