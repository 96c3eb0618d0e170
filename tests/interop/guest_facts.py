# SPDX-License-Identifier: LGPL-2.1-or-later
"""The facts of a domain XML that image properties and flavor extra specs decide.

facts_of(xml) is a dictionary with the same keys for every domain, so that two can be compared. What
only one generator writes and libvirt would add itself (the console that mirrors a serial port, a
topology of one core per socket) is the same fact with and without it.
"""

import xml.etree.ElementTree as ElementTree

import nova_shared

KIB = {"b": 1 / 1024, "bytes": 1 / 1024, "KiB": 1, "k": 1, "K": 1, "MiB": 1024, "M": 1024,
       "GiB": 1048576, "G": 1048576}


def canonical(machine):
    """What an alias resolves to is the host's choice, and not a difference between guests."""
    names = {alias: name for machines in nova_shared.MACHINES.values() for alias, name, _ in machines}
    return names.get(machine) or machine


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
        "machine": canonical(kind.get("machine")),
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


# What Nova has written since 26 (Zed), by the release that began to.
SINCE = {
    "vmcoreinfo": 34, "virtio_iommu": 34, "stateless": 30, "packed": 29, "phys_bits": 29,
    "sound": 32, "usb": 32, "redirected": 32, "iothreads": 33, "balloon": 32, "tb_cache": 28,
    "launch": 32, "tpm_secret": 33,
}


def launch_security(domain):
    """Of an encrypted guest: the kind, with all of its attributes, and its policy. What libvirt
    reads from the processor (cbitpos, reducedPhysBits) is not requested."""
    found = domain.find("launchSecurity")
    if found is None:
        return None
    policy = found.findtext("policy")
    return (tuple(sorted(found.attrib.items())), None if policy is None else int(policy, 0))


def phys_bits(domain):
    found = domain.find("cpu/maxphysaddr")
    return None if found is None else dict(found.attrib)


def balloon(domain):
    found = domain.find("devices/memballoon")
    if found is None:
        return None
    return (found.get("model"), found.get("autodeflate"), found.get("freePageReporting"),
            attribute(found, "stats", "period"))


def tb_cache(domain):
    found = domain.find("features/tcg/tb-cache")
    return None if found is None else int(found.text) * KIB[found.get("unit", "MiB")]


def usb_controller(domain):
    """"none" if there is none, and "default" if libvirt chooses the model."""
    found = domain.find("devices/controller[@type='usb']")
    return "none" if found is None else found.get("model", "default")


def newer_facts(domain):
    drivers = domain.findall("devices/*/driver[@iommu='on']")
    return {
        "vmcoreinfo": present(domain, "features/vmcoreinfo"),
        "virtio_iommu": len(drivers),
        "stateless": attribute(domain, "os/loader", "stateless") == "yes",
        "packed": attribute(domain, "devices/interface/driver", "packed"),
        "phys_bits": phys_bits(domain),
        "sound": attribute(domain, "devices/sound", "model"),
        "usb": usb_controller(domain),
        "redirected": len(domain.findall("devices/redirdev[@bus='usb'][@type='spicevmc']")),
        "iothreads": domain.findtext("iothreads"),
        "balloon": balloon(domain),
        "tb_cache": tb_cache(domain),
        "launch": launch_security(domain),
        "tpm_secret": present(domain, "devices/tpm/backend/encryption"),
    }


def console_facts(domain):
    """What the configuration of the host decides, and options of ours."""
    ports = domain.findall("devices/serial") + domain.findall("devices/console[@type='tcp']")
    return {
        "graphics": tuple(each.get("type") for each in domain.findall("devices/graphics")),
        "spice_agent": attribute(domain, "devices/channel/target[@name='com.redhat.spice.0']",
                                 "type"),
        "tcp_ports": sum(port.get("type") == "tcp" for port in ports),
    }


def facts_of(text, release=26):
    """Of a Nova of this release."""
    domain = ElementTree.fromstring(text)
    facts = {}
    for part in (boot_facts, feature_facts, resource_facts, device_facts):
        facts.update(part(domain))
    newer = {**newer_facts(domain), **console_facts(domain)} if release > 26 else {}
    facts.update({name: value for name, value in newer.items() if SINCE.get(name, 0) <= release})
    return facts
