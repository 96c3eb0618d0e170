# SPDX-License-Identifier: LGPL-2.1-or-later
"""The words that questions consist of: architectures, states, operations, image properties and extra
specs with their values, machine types.

What the programs themselves offer for completion comes from both of them, so that no list here can
become outdated; names of machine types are those in tests/data.
"""

import json
import os
import re

TESTS = os.path.abspath(os.path.join(os.path.dirname(__file__), os.pardir))
DATA = os.path.join(TESTS, "data")
HOSTS = os.path.join(DATA, "hosts")
X86_HOST = os.path.join(HOSTS, "x86_64.xml")

# Values that most properties and extra specs refuse, for any guest.
ODD = ["", "nvme", "VIRTIO", "Yes", "1"]

# For those without a list of words: at a limit, and one more.
NUMBERS = ["0", "1", "2", "4", "5", "65536", "-1", "01"]
# What is stored, and has no effect on a guest.
INERT = ("img_", "os_", "hw_auto_disk", "hw_device_id", "hw_disk_type")
FREE = {
    "hw_mem_page_size": ["small", "large", "any", "4", "2048", "1GB", "2M", "0", "big", "1048576"],
    "hw_cpu_realtime_mask": ["^0", "^0-1", "0-3", "^0,^2", "^"],
    "hw_rng:rate_bytes": ["0", "1024", "4294967296", "-1"],
    "os_command_line": ["console=ttyS0 quiet", "a\u00fc<&>'\""],
    "os_distro": ["debian11"],
    "img_owner_id": ["6f1d4b5e-0000-4000-8000-000000000001"],
    "hw_ephemeral_encryption_secret_uuid": ["6f1d4b5e-0000-4000-8000-000000000001", "none"],
}

VENDORS = ["pc-q35-rhel{}.{}.0", "pc-i440fx-rhel{}.{}.0", "rhel{}.{}.0", "virt-rhel{}.{}.0",
           "pseries-rhel{}.{}.0", "s390-ccw-virtio-rhel{}.{}.0", "pc-q35-{}.{}+pve0"]
FAMILIES = ["pc-{}.{}", "pc-i440fx-{}.{}", "pc-q35-{}.{}", "virt-{}.{}", "pseries-{}.{}",
            "s390-ccw-virtio-{}.{}", "xenfv-{}.{}", "microvm-{}.{}", "spike-{}.{}", "m68k-{}.{}",
            "pc-q35-{}.{}.1", "pc-i440fx-{}.{}-hpb", "pseries-{}.{}-sxxm"]


def complete(program, *words):
    """The candidates for the last word, without their descriptions."""
    out = program.ask(("complete", "--", *words)).out.decode()
    return [line.split("\t")[0] for line in out.splitlines() if line[:1] != "\t"]


def merge(lists):
    """Every word of all, in order."""
    return list(dict.fromkeys(word for words in lists for word in words if word))


def read_names():
    """Rows of machine-names.tsv: (name, architectures, family)."""
    with open(os.path.join(DATA, "machine-names.tsv"), encoding="utf-8") as table:
        rows = [line.rstrip("\n").split("\t") for line in table if line[:1] != "#"]
    return [(row[0], row[1].split(";") if row[1] != "-" else [], row[2]) for row in rows]


def read_vectors():
    """Pairs of order-vectors.json: (a, b, architecture or None)."""
    with open(os.path.join(DATA, "order-vectors.json"), encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    return [(v["a"], v["b"], v.get("arch")) for v in vectors]


def names_in(path):
    """The machine types of a host's capabilities."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return merge([re.findall(r"<machine[^>]*>([^<\s]+)</machine>", text),
                  re.findall(r"canonical=['\"]([^'\"]+)['\"]", text)])


def list_hosts():
    return sorted(os.path.join(HOSTS, name) for name in os.listdir(HOSTS)
                  if name.endswith(".xml") and not name.startswith("domcaps"))


class Words:
    def __init__(self, programs):
        def offered(*words):
            return merge(complete(program, *words) for program in programs)

        self.arches = offered("parse", "--arch", "")
        self.states = offered("instance", "add", "--state", "")
        self.operations = offered("resolve", "--operation", "")
        self.properties = self._read_values(offered, "--property")
        self.specs = self._read_values(offered, "--extra-spec")
        self.names = read_names()
        counts = [len(words) for words in (self.arches, self.states, self.operations,
                                           self.properties, self.specs)]
        if min(counts) < 10:
            raise SystemExit(f"same: completion offers too few words: {counts}")

    @staticmethod
    def _read_values(offered, option):
        values = {}
        for name in offered("resolve", option, ""):
            name = name.rstrip("=")
            prefix = name + "="
            listed = [word[len(prefix):] for word in offered("resolve", option, prefix)]
            if name in ("hw_machine_type", "hw_architecture", "hw_emulation_architecture"):
                continue
            free = FREE.get(name.replace("hw:", "hw_"), NUMBERS[:2] if name.startswith(INERT) else NUMBERS)
            values[name] = listed or free
        return values

    def guest_options(self, *, odd=False):
        """Every value of every property and extra spec: (option, name, value)."""
        for option, table in (("--property", self.properties), ("--extra-spec", self.specs)):
            for name, values in table.items():
                for value in values + (ODD if odd else []):
                    yield option, name, value

    def machines_of(self, arch, most):
        """Some of an architecture's machine types, of each family the first and the last, then
        boards."""
        mine = [(name, family) for name, arches, family in self.names if arch in arches]
        families = merge([[family for _, family in mine]])
        chosen = []
        for family in families:
            of_family = [name for name, other in mine if other == family]
            chosen += of_family[:most] if family == "-" else [of_family[0], of_family[-1]]
        aliases = [name for name in ("pc", "q35", "virt", "pseries", "malta", "s390-ccw-virtio")
                   if name in dict(mine)]
        return merge([aliases, chosen])[:most]
