#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""loongarch64.py MACHTYPE: QEMU itself accepts the guest that libvirt 9.0 does not support.

libvirt supports loongarch64 only from 10.1 on. Until a test host has it, the domain XML is translated
here as libvirt's documents say, device by device, and qemu-system-loongarch64 must accept it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

EMULATOR = "qemu-system-loongarch64"
CONTROLLERS = {"qemu-xhci": "qemu-xhci,id=usb", "virtio-scsi": "virtio-scsi-pci,id=scsi0"}


def skip(why):
    print(f"SKIP: {why}")
    sys.exit(1 if os.environ.get("MACHTYPE_TEST_REQUIRE") else 77)


def smp(domain):
    topology = domain.find("cpu/topology")
    return ",".join([domain.findtext("vcpu")] + [f"{k}={v}" for k, v in topology.attrib.items()])


def arguments(domain, image):
    """The command line for a domain; an unknown element is an error."""
    machine = domain.find("os/type").get("machine")
    yield from (EMULATOR, "-machine", machine, "-nodefaults", "-display", "none", "-S", "-qmp", "stdio")
    assert domain.find("memory").get("unit") == "MiB"
    yield from ("-m", domain.findtext("memory"), "-smp", smp(domain))
    ports = 0
    # libvirt also starts with the controllers.
    for device in sorted(domain.find("devices"), key=lambda device: device.tag != "controller"):
        kind, model = device.tag, device.get("model")
        if kind == "controller" and model == "pcie-root-port":
            ports += 1
            yield from ("-device", f"pcie-root-port,id=port{ports},chassis={ports}")
        elif kind == "controller" and model in CONTROLLERS:
            yield from ("-device", CONTROLLERS[model])
        elif kind == "controller" and device.get("type") == "virtio-serial":
            yield from ("-device", "virtio-serial-pci,id=ports")
        elif kind == "channel":
            name = device.find("target").get("name")
            yield from ("-chardev", "null,id=agent",
                        "-device", f"virtserialport,bus=ports.0,chardev=agent,name={name}")
        elif kind == "watchdog":
            yield from ("-device", model, "-watchdog-action", device.get("action"))
        elif kind == "disk":
            bus, name = device.find("target").get("bus"), device.find("target").get("dev")
            yield from ("-drive", f"if=none,id={name},format=raw,readonly=on,file={image}")
            what = {"virtio": "virtio-blk-pci", "usb": "usb-storage"}.get(bus)
            if bus == "scsi":
                what = "scsi-cd" if device.get("device") == "cdrom" else "scsi-hd"
            yield from ("-device", f"{what},drive={name}")
        elif kind == "interface":
            card = {"virtio": "virtio-net-pci"}.get(device.find("model").get("type"))
            yield from ("-netdev", "user,id=net0", "-device", f"{card},netdev=net0")
        elif kind == "input":
            yield from ("-device", f"usb-{'kbd' if device.get('type') == 'keyboard' else 'tablet'}")
        elif kind == "video":
            yield from ("-device", {"virtio": "virtio-gpu-pci"}[device.find("model").get("type")])
        elif kind in ("memballoon", "rng"):
            yield from ("-device", f"{model}-{kind.removeprefix('mem')}-pci")
        elif kind == "serial" and device.find("target").get("type") == "pci-serial":
            yield from ("-chardev", "null,id=more", "-device", "pci-serial,chardev=more")
        elif kind == "serial":
            assert device.find("target").get("type") == "system-serial"
            yield from ("-serial", "null")
        else:
            assert kind == "graphics" or model in ("pcie-root", "none"), ET.tostring(device)


def main(machtype):
    if shutil.which(EMULATOR) is None:
        skip(f"{EMULATOR} is not installed")
    with tempfile.NamedTemporaryFile() as image:
        image.truncate(1 << 20)
        xml = subprocess.run(
            [machtype, "domain-xml", "--host-arch", "x86_64", "--memory", "2048", "--network", "user",
             "-p", "hw_emulation_architecture=loongarch64", "-p", "hw_qemu_guest_agent=yes",
             "-p", "hw_watchdog_action=reset", "-p", "hw_serial_port_count=2",
             "-p", "hw_cpu_cores=2", "--vcpus", "2", "--disk", image.name,
             "--disk", f"{image.name},bus=scsi", "--cdrom", image.name],
            check=True, capture_output=True, text=True).stdout
        command = list(arguments(ET.fromstring(xml), image.name))
        print(" ".join(command))
        talk = "\n".join(json.dumps({"execute": word})
                         for word in ("qmp_capabilities", "query-status", "query-pci", "quit"))
        qemu = subprocess.run(command, input=talk, capture_output=True, text=True)
    print(qemu.stderr)
    answers = [json.loads(line) for line in qemu.stdout.splitlines()]
    status = [a["return"] for a in answers if isinstance(a.get("return"), dict) and "status" in a["return"]]
    assert qemu.returncode == 0 and status and status[0]["status"] == "prelaunch", qemu.stdout


main(sys.argv[1])
