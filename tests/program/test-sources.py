#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-sources.py MACHTYPE SOURCES: what other systems have, printed by examples/sources, is imported."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

MACHTYPE, SOURCES = map(os.path.abspath, sys.argv[1:3])
WORK = tempfile.mkdtemp()


def uuid_of(number):
    return f"00000000-0000-4000-8000-{number:012x}"


def write(name, text):
    path = os.path.join(WORK, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def convert(script, *words, text=None):
    return subprocess.run([os.path.join(SOURCES, script), *words], input=text, capture_output=True, text=True,
                          check=False, env={**os.environ, "HOST": "old-host"})


def imported(what, done, expected):
    """The records of a new store: their names with these members."""
    store = os.path.join(WORK, what + ".db")
    given = subprocess.run([MACHTYPE, "import", "-", "--store", store], input=done.stdout, capture_output=True,
                           text=True, check=False)
    out = subprocess.run([MACHTYPE, "export", "--store", store], capture_output=True, text=True, check=False).stdout
    found = {record["name"]: record for record in map(json.loads, out.splitlines()) if "name" in record}
    seen = {name: tuple(record.get(member) for member in ("uuid", "host", "arch", "machine", "state"))
            for name, record in found.items()}
    tap.tell(given.returncode == 0 and seen == expected, what, done, given, seen)


def check_proxmox():
    folder = os.path.dirname(write("pve/nodes/node1/qemu-server/100.conf", f"""#a comment: with a colon
boot: order=scsi0
machine: pc-q35-7.2+pve1
name: web
smbios1: uuid={uuid_of(1)}

[before]
machine: q35
runningmachine: pc-q35-6.1+pve0
vmstate: local:100/vm-100-state-before.raw

[cold]
machine: pc-q35-5.1
"""))
    write("pve/nodes/node1/qemu-server/101.conf", f"""lock: suspended
machine: q35,viommu=intel
name: asleep
runningmachine: pc-q35-8.1+pve0
smbios1: family=x,uuid={uuid_of(2).upper()}
vmstate: local:101/state
""")
    write("pve/nodes/node1/qemu-server/102.conf", f"smbios1: uuid={uuid_of(3)}\narch: aarch64\nmachine: virt\n")
    write("pve/nodes/node1/qemu-server/103.conf", f"name: old\nsmbios1: uuid={uuid_of(4)}\n")
    write("pve/nodes/node1/qemu-server/104.conf", "name: none\n")
    done = convert("proxmox", folder)
    imported("proxmox", done, {
        "web": (uuid_of(1), "node1", "x86_64", "pc-q35-7.2+pve1", None),
        "asleep": (uuid_of(2), "node1", "x86_64", "pc-q35-8.1+pve0", "suspended"),
        "VM 102": (uuid_of(3), "node1", "aarch64", "virt", None),
        "old": (uuid_of(4), "node1", "x86_64", "pc", None)})
    told = [line.partition(": ")[2] for line in done.stderr.splitlines()]
    tap.tell(told == ["snapshot before has RAM of pc-q35-6.1+pve0", "machine type virt is not pinned",
                      "machine type pc is not pinned", "no UUID (smbios1), skipped"], "proxmox: what it says", told)
    done = convert("proxmox")
    tap.tell(done.returncode == 1 and "/etc/pve" in done.stderr or os.path.isdir("/etc/pve"), "proxmox: elsewhere", done)


def check_kubevirt():
    def vm(name, machine, **more):
        domain = {"machine": {"type": machine}} if machine else {}
        domain.update(more)
        return {"kind": "VirtualMachine", "metadata": {"name": name, "namespace": "prod"},
                "spec": {"template": {"spec": {"domain": domain, "architecture": "amd64"}}}}

    vmi = {"kind": "VirtualMachineInstance", "metadata": {"name": "web", "namespace": "prod"},
           "spec": {"architecture": "arm64", "domain": {"firmware": {"uuid": uuid_of(1)}, "machine": {"type": "virt"}}},
           "status": {"nodeName": "node-2", "machine": {"type": "virt-rhel9.4.0"}}}
    document = {"kind": "List", "items": [vmi, vm("web", "virt", firmware={"uuid": uuid_of(1)}), vm("off", "q35"),
                                          vm("default", None), {"kind": "Pod"}]}

    def made(name):
        return str(uuid.uuid5(uuid.UUID("6a1a24a1-4061-4607-8bf4-a3963d0c5895"), name))

    done = convert("kubevirt", text=json.dumps(document))
    imported("kubevirt", done, {
        "prod/web": (uuid_of(1), "node-2", "aarch64", "virt-rhel9.4.0", "active"),
        "prod/off": (made("off"), None, "x86_64", "q35", None),
        "prod/default": (made("default"), None, "x86_64", None, None)})
    tap.tell(convert("kubevirt", write("one.json", json.dumps(vmi))).stdout.count("\n") == 1, "kubevirt: one, of a file")


def check_libvirt():
    xml = "<!-- made by virsh -->\n<domain type='kvm'><name>{}</name><uuid>{}</uuid>{}</domain>"
    kind = "<os><type arch='x86_64' machine='pc-q35-6.2'>hvm</type></os>"
    folder = os.path.dirname(write("etc/web.xml", xml.format("web", uuid_of(1), kind)))
    write("etc/bad.xml", "<domain>")
    write("etc/other.xml", "<network/>")
    write("etc/entity.xml", "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + xml.format("&e;", uuid_of(2), kind))
    write("etc/networks/default.xml", "<network/>")
    done = convert("etc-libvirt", folder)
    imported("libvirt", done, {"web": (uuid_of(1), "old-host", "x86_64", "pc-q35-6.2", None)})
    tap.tell(done.returncode == 1 and len(done.stderr.splitlines()) == 3 and "root:" not in done.stdout,
             "libvirt: what cannot be read is named", done)


check_proxmox()
check_kubevirt()
check_libvirt()
shutil.rmtree(WORK)
tap.end()
