# SPDX-License-Identifier: LGPL-2.1-or-later
"""Domains that are almost those that were generated. The same for the same seed."""

import copy
import os
import random
import re
import xml.etree.ElementTree as ET

SEED = 13
COUNT = 2000

# Possible replacements for an attribute's value, in addition to the values in the other domains.
WORDS = ["virtio", "ide", "sata", "scsi", "usb", "fdc", "none", "yes", "no", "", "x", "0", "1", "255", "256",
         "-1", "pci", "isa", "ccw", "virtio-scsi", "e1000e", "qxl", "tpm-crb", "i6300esb", "spapr-vio"]
MACHINES = ["pc", "q35", "isapc", "microvm", "virt", "pseries", "malta", "s390-ccw-virtio", "pc-i440fx-2.0",
            "pc-q35-7.2", "pc-q35-2.4", "virt-2.6", "xenfv", "none", "pc-q35-rhel8.2.0", "versatilepb"]
DEVICES = ["<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>",
           "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>",
           "<controller type='pci' index='1' model='pcie-root-port'/>",
           "<controller type='usb' model='piix3-uhci'/>", "<controller type='scsi' model='lsilogic'/>",
           "<controller type='virtio-serial' index='0'/>", "<sound model='ich9'/>", "<sound model='sb16'/>",
           "<watchdog model='ib700' action='reset'/>", "<iommu model='intel'/>", "<iommu model='smmuv3'/>",
           "<tpm model='tpm-tis'><backend type='emulator'/></tpm>", "<vsock model='virtio'/>",
           "<input type='tablet' bus='usb'/>", "<input type='mouse' bus='ps2'/>", "<panic model='isa'/>",
           "<memory model='dimm'><target><size>1</size></target></memory>", "<nvram type='x'/>",
           "<parallel type='pty'><target port='0'/></parallel>", "<redirdev bus='usb' type='spicevmc'/>",
           "<serial type='pty'><target type='isa-serial' port='4'/></serial>",
           "<hostdev mode='subsystem' type='pci'><source/></hostdev>", "<rng model='virtio'/>",
           "<interface type='user'><model type='ne2k_pci'/></interface>",
           "<filesystem type='mount'><target dir='t'/></filesystem>", "<video><model type='cirrus'/></video>"]


class Dice:
    """Python guarantees the same numbers only for random() itself."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def below(self, limit):
        return int(self.random.random() * limit)

    def pick(self, items):
        return items[self.below(len(items))]


def list_values(roots):
    """The values of each attribute of each element."""
    values = {}
    for root in roots:
        for element in root.iter():
            for name, value in element.attrib.items():
                values.setdefault((element.tag, name), set()).add(value)
    return {key: sorted(found) for key, found in values.items()}


class Mutator:
    def __init__(self, paths, seed=SEED):
        self.dice = Dice(seed)
        self.texts = []
        for path in paths:
            with open(path, encoding="utf-8") as file:
                self.texts.append(file.read())
        self.roots = [ET.fromstring(text) for text in self.texts]
        self.values = list_values(self.roots)

    def parent_and_child(self, root):
        pairs = [(parent, child) for parent in root.iter() for child in parent]
        return self.dice.pick(pairs)

    def drop(self, root):
        parent, child = self.parent_and_child(root)
        parent.remove(child)

    def double(self, root):
        parent, child = self.parent_and_child(root)
        parent.append(copy.deepcopy(child))

    def drop_attribute(self, root):
        element = self.dice.pick([e for e in root.iter() if e.attrib])
        del element.attrib[self.dice.pick(sorted(element.attrib))]

    def change_attribute(self, root):
        element = self.dice.pick([e for e in root.iter() if e.attrib])
        name = self.dice.pick(sorted(element.attrib))
        known = self.values.get((element.tag, name), WORDS)
        element.set(name, self.dice.pick(known if self.dice.below(2) else WORDS))

    def change_text(self, root):
        element = self.dice.pick([e for e in root.iter() if e.text and e.text.strip()])
        element.text = self.dice.pick(WORDS + ["1000000", "2", "hvm", "linux"])

    def change_machine(self, root):
        for element in root.iter("type"):
            if element.get("machine") is not None:
                element.set("machine", self.dice.pick(MACHINES))

    def add_device(self, root):
        for devices in root.iter("devices"):
            devices.append(ET.fromstring(self.dice.pick(DEVICES)))

    def take_device(self, root):
        """Of another domain."""
        others = self.dice.pick(self.roots).find("devices")
        devices = root.find("devices")
        if devices is not None and others is not None and len(others):
            devices.append(copy.deepcopy(others[self.dice.below(len(others))]))

    def damage(self, text):
        """Text that is not XML, or hardly."""
        at = self.dice.below(len(text))
        return self.dice.pick([text[:at], text[:at] + text[at + 1:], text[:at] + "<" + text[at:],
                               text[:at] + "&x;" + text[at:], text.replace("'", '"'),
                               re.sub(r">\s*<", "><", text), "<?xml version='1.0'?><!-- x -->" + text])

    def mutate(self):
        at = self.dice.below(len(self.texts))
        if self.dice.below(20) == 0:
            return self.damage(self.texts[at])
        root = copy.deepcopy(self.roots[at])
        ways = [self.drop, self.double, self.drop_attribute, self.change_attribute, self.change_attribute,
                self.change_text, self.change_machine, self.add_device, self.add_device, self.take_device]
        for _ in range(1 + self.dice.below(3)):
            self.dice.pick(ways)(root)
        return ET.tostring(root, encoding="unicode")


def write_mutations(paths, folder, count=COUNT):
    os.makedirs(folder, exist_ok=True)
    mutator = Mutator(paths)
    for number in range(count):
        path = os.path.join(folder, f"m{number:04d}.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(mutator.mutate())
        yield path
