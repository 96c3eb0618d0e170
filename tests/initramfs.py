# SPDX-License-Identifier: LGPL-2.1-or-later
"""For the tests that boot guests: archives that the kernel unpacks after tests/boot's."""

import gzip


def pack(name, content):
    """A compressed archive of one program."""
    def member(name, mode, data):
        fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        head = "070701" + "".join(f"{field:08X}" for field in fields) + name + "\0"
        return head.encode().ljust(-(-len(head) // 4) * 4, b"\0") + data + b"\0" * (-len(data) % 4)
    return gzip.compress(member(name, 0o100755, content) + member("TRAILER!!!", 0, b""), mtime=0)
