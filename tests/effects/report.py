# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a guest saw: the archive that `look` made, and the tools that decode it.

Each source is a text, in which a row of steps.tsv searches a pattern:

    pci          lspci -vvvn of the configuration space of every PCI device
    pci DEVICE   of those whose first line, "00:02.0 0200: 1af4:1000 (rev 00)", contains it
    config DEV   the configuration space of VENDOR:DEVICE: "100: 01 00 ..."
    bars         the size of each region: "00:02.0 1af4:1000 region 0: 32"
    dmi          dmidecode
    acpi SIG     a table, disassembled; DSDT includes the SSDTs
    fdt          the device tree, as source
    virtio TYPE  the features of each device of a type: "features: 0 1 28 "
    cpuid        of the first CPU: "0000000b: eax=00000000 ..."
    files        "path:value" of small files of /sys
    names        lists of folders of /sys
    cpuinfo, dmesg, interrupts, iomem, ioports, meminfo
    start        "started", or what QEMU says instead
"""

import os
import re
import struct
import subprocess
import tarfile
import tempfile

# What decodes a source.
TOOLS = {"pci": "lspci", "dmi": "dmidecode", "acpi": "iasl", "fdt": "dtc"}
# Where dmidecode expects the table in a file.
TABLE_AT = 32


def decode(command, files):
    """What the command prints in a folder with these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stderr.decode()}")
        written = [name for name in sorted(os.listdir(folder)) if name.endswith(".dsl")]
        text = done.stdout.decode(errors="replace")
        for name in written:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                text += file.read()
    return text


def checksum(data, at):
    """Sets the byte that makes the sum 0."""
    data[at] = 0
    data[at] = -sum(data) % 256


def dump_of(entry, table):
    """A file for dmidecode --from-dump: the entry point, with the table at 32."""
    entry = bytearray(entry)
    if entry.startswith(b"_SM3_"):
        struct.pack_into("<Q", entry, 0x10, TABLE_AT)
        checksum(entry, 5)
    else:
        struct.pack_into("<I", entry, 0x18, TABLE_AT)
        part = entry[0x10:0x1f]
        checksum(part, 5)
        entry[0x10:0x1f] = part
        checksum(entry, 4)
    return bytes(entry).ljust(TABLE_AT, b"\0") + table


def hex_of(config):
    """A configuration space, as lspci -x prints it."""
    return "".join(f"{at:02x}: {config[at:at + 16].hex(' ')}\n" for at in range(0, len(config), 16))


class Report:
    """Of one guest. What failed to start has an error alone."""

    def __init__(self, archive, error=None):
        self.error = error
        self.text = {}
        self.binary = {}
        self.cache = {}
        if error is None:
            with tarfile.open(archive) as tar:
                self._read(tar)

    def _read(self, tar):
        for name in tar.getnames():
            file = tar.extractfile(name) if tar.getmember(name).isfile() else None
            if file is not None and name != "report/binary":
                self.text[name.split("/", 1)[1]] = file.read()
        with tarfile.open(fileobj=tar.extractfile("report/binary")) as inner:
            for name in inner.getnames():
                if inner.getmember(name).isfile():
                    self.binary[name] = inner.extractfile(name).read()

    def source(self, name, item):
        """The text of a source."""
        key = name, item
        if key not in self.cache:
            if name == "start":
                self.cache[key] = self.error or "started"
            elif self.error is not None:
                raise RuntimeError(f"QEMU does not start: {self.error}")
            elif name in self.text:
                self.cache[key] = self.text[name].decode(errors="replace")
            else:
                self.cache[key] = getattr(self, "_get_" + name)(*([item] if item else []))
        return self.cache[key]

    def find(self, name, item, pattern):
        """The matches of a pattern, each once, or "-"."""
        found = re.finditer(pattern, self.source(name, item), re.MULTILINE)
        words = [" ".join(match.groups()) if match.groups() else match.group() for match in found]
        return " | ".join(dict.fromkeys(words)) or "-"

    def _devices(self):
        for path, config in sorted(self.binary.items()):
            match = re.search(r"/pci/devices/(.*)/config$", path)
            if match:
                yield match.group(1), config

    def _get_pci(self, device=""):
        dump = "".join(f"{slot} x\n{hex_of(config)}\n" for slot, config in self._devices())
        text = decode(["lspci", "-F", "dump", "-vvvn"], {"dump": dump.encode()})
        blocks = [block for block in text.split("\n\n") if block]
        return "\n\n".join(block for block in blocks if device in block.split("\n")[0])

    def _get_config(self, device):
        return "\n".join(hex_of(config) for _, config in self._devices()
                         if device == "%04x:%04x" % struct.unpack_from("<HH", config))

    def _get_bars(self):
        text = self.source("files", "")
        lines = []
        for slot, config in self._devices():
            ids = "%04x:%04x" % struct.unpack_from("<HH", config)
            path = f"/sys/bus/pci/devices/{slot}/resource:"
            rows = [line[len(path):].split() for line in text.split("\n") if line.startswith(path)]
            for number, (first, last, flags) in enumerate(rows[:6]):
                if int(flags, 16):
                    size = int(last, 16) - int(first, 16) + 1
                    lines.append(f"{slot[5:]} {ids} region {number}: {size}")
        return "\n".join(lines)

    def _get_dmi(self):
        folder = "sys/firmware/dmi/tables/"
        dump = dump_of(self.binary[folder + "smbios_entry_point"], self.binary[folder + "DMI"])
        return decode(["dmidecode", "--from-dump", "dump"], {"dump": dump})

    def _get_acpi(self, signature):
        folder = "sys/firmware/acpi/tables/"
        wanted = "[DS]SDT" if signature == "DSDT" else signature
        files = {path.replace("/", "-"): data for path, data in self.binary.items()
                 if path.startswith(folder) and re.match(wanted, path[len(folder):])}
        return decode(["iasl", "-vs", "-d", *files], files) if files else "no such table"

    def _get_fdt(self):
        return decode(["dtc", "-q", "-I", "dtb", "-O", "dts", "tree"],
                      {"tree": self.binary["sys/firmware/fdt"]})

    def _get_virtio(self, kind):
        text = self.source("files", "")
        folder = "/sys/bus/virtio/devices/"
        lines = []
        for device in re.findall(f"^{folder}(.*)/device:0x0*{int(kind):x}$", text, re.MULTILINE):
            bits = re.search(f"^{folder}{device}/features:(.*)$", text, re.MULTILINE).group(1)
            offered = [str(number) for number, bit in enumerate(bits) if bit == "1"]
            lines.append("features: " + " ".join(offered) + " ")
        return "\n".join(lines)

    def _get_cpuid(self):
        lines = []
        for name in sorted(self.text):
            if not name.startswith("cpuid-"):
                continue
            first, data = int(name[6:], 16), self.text[name]
            for number, registers in enumerate(struct.iter_unpack("<4I", data)):
                words = zip(("eax", "ebx", "ecx", "edx"), registers)
                lines.append(f"{first + number:08x}: "
                             + " ".join(f"{word}={value:08x}" for word, value in words))
        return "\n".join(lines)
