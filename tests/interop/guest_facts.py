# SPDX-License-Identifier: LGPL-2.1-or-later
"""The facts of a domain XML that image properties and flavor extra specs decide.

facts_of(xml) is a dictionary with the same keys for every domain, so that two can be compared. What
only one generator writes and libvirt would add itself (the console that mirrors a serial port, a
topology of one core per socket) is the same fact with and without it.
"""

import xml.etree.ElementTree as ElementTree

# What an alias resolves to is the host's choice, and not a difference between guests.
CANONICAL = {"pc": "pc-i440fx-7.2", "q35": "pc-q35-7.2", "virt": "virt-7.2", "pseries": "pseries-7.2",
             "s390-ccw-virtio": "s390-ccw-virtio-7.2"}
KIB = {"b": 1 / 1024, "bytes": 1 / 1024, "KiB": 1, "k": 1, "K": 1, "MiB": 1024, "M": 1024,
       "GiB": 1048576, "G": 1048576}


def attribute(domain, path, name):
    element = domain.find(path)
    return None if element is None else element.get(name)


def present(domain, path):
    return domain.find(path) is not None


def boot_facts(domain):
    kind = domain.find("os/type")
    pflash = attribute(domain, "os/loader", "type") == "pflash"
    efi = domain.find("os").get("firmware") == "efi" or pflash
    feature = domain.find("os/firmware/feature[@name='secure-boot']")
    secure = attribute(domain, "os/loader", "secure") == "yes" or (
        feature is not None and feature.get("enabled") == "yes")
    return {
        "domain_type": domain.get("type"), "arch": kind.get("arch"), "os_type": kind.text,
        "machine": CANONICAL.get(kind.get("machine"), kind.get("machine")),
        "firmware": "efi" if efi else "bios", "secure_boot": secure,
        "boot_menu": attribute(domain, "os/bootmenu", "enable") == "yes",
    }


def enlightenments(domain):
    """The names of what is enabled, with its values; except the vendor id, a separate fact."""
    found = domain.find("features/hyperv")
    if found is None:
        return None
    return tuple(sorted(
        child.tag + "".join(f" {name}={value}" for name, value in sorted(child.attrib.items())
                            if name != "state")
        for child in found if child.tag != "vendor_id" and child.get("state") == "on"))


def feature_facts(domain):
    return {
        "pmu": attribute(domain, "features/pmu", "state"),
        "hidden": attribute(domain, "features/kvm/hidden", "state") == "on",
        "hyperv": enlightenments(domain),
        "vendor_id": attribute(domain, "features/hyperv/vendor_id", "value"),
        "ioapic": attribute(domain, "features/ioapic", "driver"),
        "clock": attribute(domain, "clock", "offset"),
        "hpet": attribute(domain, "clock/timer[@name='hpet']", "present"),
        "hypervclock": attribute(domain, "clock/timer[@name='hypervclock']", "present"),
    }


def page_sizes(domain):
    """None, "default" (the host's), or a tuple of KiB."""
    huge = domain.find("memoryBacking/hugepages")
    if huge is None:
        return None
    pages = huge.findall("page")
    return tuple(int(page.get("size")) * KIB[page.get("unit", "KiB")] for page in pages) or "default"


def topology(domain):
    found, vcpus = domain.find("cpu/topology"), int(domain.findtext("vcpu"))
    if found is None:
        return (vcpus, 1, 1)
    return tuple(int(found.get(name)) for name in ("sockets", "cores", "threads"))


def resource_facts(domain):
    return {
        "locked": present(domain, "memoryBacking/locked"),
        "private_pages": present(domain, "memoryBacking/nosharepages"),
        "huge_pages": page_sizes(domain),
        "topology": topology(domain),
    }


def disk_bus(domain, device):
    return attribute(domain, f"devices/disk[@device='{device}']/target", "bus")


def serial_ports(domain):
    """libvirt also shows the first serial port as a console."""
    consoles = [console for console in domain.findall("devices/console")
                if attribute(console, "target", "type") != "serial"]
    return len(domain.findall("devices/serial")) + len(consoles)


def rate(domain):
    found = domain.find("devices/rng/rate")
    return None if found is None else (int(found.get("bytes")), int(found.get("period", 1000)))


def tpm(domain):
    found = domain.find("devices/tpm")
    return None if found is None else (found.get("model"), attribute(found, "backend", "version"))


def iommu_driver(domain):
    found = domain.find("devices/iommu/driver")
    return None if found is None else dict(found.attrib)


def device_facts(domain):
    agent = "devices/channel/target[@name='org.qemu.guest_agent.0']"
    ram = attribute(domain, "devices/video/model", "vram")
    return {
        "agent": attribute(domain, agent, "type"),
        "watchdog": attribute(domain, "devices/watchdog", "action"),
        "watchdog_model": attribute(domain, "devices/watchdog", "model"),
        "rng": attribute(domain, "devices/rng", "model"), "rng_rate": rate(domain),
        "video": attribute(domain, "devices/video/model", "type"),
        "video_ram": None if ram is None else int(ram),
        "tablet": attribute(domain, "devices/input[@type='tablet']", "bus"),
        "keyboard": attribute(domain, "devices/input[@type='keyboard']", "bus"),
        "disk": disk_bus(domain, "disk"), "cdrom": disk_bus(domain, "cdrom"),
        "scsi": attribute(domain, "devices/controller[@type='scsi']", "model"),
        "nic": attribute(domain, "devices/interface/model", "type"),
        "queues": attribute(domain, "devices/interface/driver", "queues"),
        "serial_ports": serial_ports(domain),
        "iommu": attribute(domain, "devices/iommu", "model"), "iommu_driver": iommu_driver(domain),
        "tpm": tpm(domain),
    }


def facts_of(text):
    domain = ElementTree.fromstring(text)
    facts = {}
    for part in (boot_facts, feature_facts, resource_facts, device_facts):
        facts.update(part(domain))
    return facts
