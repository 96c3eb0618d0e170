# SPDX-License-Identifier: LGPL-2.1-or-later
"""A disk with a FAT16 file system, from which UEFI starts. Names have 8 and 3 characters at most.

Source: the UEFI specification, 13.3; Microsoft, FAT32 File System Specification 1.03.
"""

import struct

SECTOR, CLUSTER = 512, 4096
FATS, ROOT_ENTRIES = 2, 512
DIRECTORY, ARCHIVE = 0x10, 0x20
END = 0xFFFF


def short_name(name):
    base, _, extension = name.upper().partition(".")
    assert len(base) <= 8 and len(extension) <= 3, name
    return base.ljust(8).encode() + extension.ljust(3).encode()


def entry(name, attribute, first, size):
    return struct.pack("<11sB14xHI", name, attribute, first, size)


class Disk:
    def __init__(self, files):
        """Files by their path."""
        self.table = [0xFFF8, END]
        self.data = []
        tree = {}
        for path, content in files.items():
            *folders, name = path.split("/")
            folder = tree
            for part in folders:
                folder = folder.setdefault(part, {})
            folder[name] = content
        self.root = b"".join(self.add(name, node, 0) for name, node in tree.items())
        assert len(self.root) <= ROOT_ENTRIES * 32

    def allocate(self, length):
        """The first of as many clusters in a row."""
        first, count = len(self.table), max(1, -(-length // CLUSTER))
        self.table += [*range(first + 1, first + count), END]
        self.data += [b""] * count
        return first

    def put(self, first, content):
        for at in range(0, len(content), CLUSTER):
            self.data[first - 2 + at // CLUSTER] = content[at:at + CLUSTER]

    def add(self, name, node, parent):
        """A file or a folder; its entry."""
        if not isinstance(node, dict):
            first = self.allocate(len(node))
            self.put(first, node)
            return entry(short_name(name), ARCHIVE, first, len(node))
        first = self.allocate((len(node) + 2) * 32)
        entries = entry(b".".ljust(11), DIRECTORY, first, 0) + entry(b"..".ljust(11), DIRECTORY, parent, 0)
        entries += b"".join(self.add(child, below, first) for child, below in node.items())
        self.put(first, entries)
        return entry(short_name(name), DIRECTORY, first, 0)

    def write(self, path):
        # Fewer clusters would be FAT12.
        clusters = max(len(self.data) + 16, 8192)
        fat_sectors = -(-(clusters + 2) * 2 // SECTOR)
        reserved, per_cluster = 1, CLUSTER // SECTOR
        total = reserved + FATS * fat_sectors + ROOT_ENTRIES * 32 // SECTOR + clusters * per_cluster
        boot = struct.pack("<3s8sHBHBHHBHHHII", b"\xeb\x3c\x90", b"MACHTYPE", SECTOR, per_cluster,
                           reserved, FATS, ROOT_ENTRIES, 0, 0xF8, fat_sectors, 32, 64, 0, total)
        boot += struct.pack("<BBBI11s8s", 0x80, 0, 0x29, 0x4D540001, b"MACHTYPE".ljust(11), b"FAT16".ljust(8))
        table = struct.pack(f"<{len(self.table)}H", *self.table).ljust(fat_sectors * SECTOR, b"\0")
        with open(path, "wb") as file:
            file.write(boot.ljust(510, b"\0") + b"\x55\xaa")
            file.write(table * FATS)
            file.write(self.root.ljust(ROOT_ENTRIES * 32, b"\0"))
            for cluster in self.data:
                file.write(cluster.ljust(CLUSTER, b"\0"))
            file.truncate(total * SECTOR)
