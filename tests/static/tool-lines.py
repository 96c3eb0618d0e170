#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tool-lines.py SOURCE: what a tool has to write stays short.

Each example here was first written by a tool author without these parts of the interface. The lines are
those of the file after its head comment, blank lines and comments included (`wc -l` of the rest).
"""

import os
import re
import sys

# The file, its lines at first, and how many it may have.
TOOLS = (
    ("examples/create.c", 141, 80),
    ("examples/guard.c", 93, 55),
    ("examples/python/audit.py", 32, 20),
)
HEADS = {".c": r"(?s)\A(?:/\*.*?\*/\n)+", ".py": r'(?s)\A(?:#.*?\n)*""".*?"""\n'}


def count(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head = re.match(HEADS[os.path.splitext(path)[1]], text)
    assert head is not None, path
    return len(text[head.end():].lstrip("\n").splitlines())


def main():
    status = 0
    for name, first, most in TOOLS:
        lines = count(os.path.join(sys.argv[1], name))
        print(f"{name}: {lines} lines of {most}; at first {first}")
        if lines > most:
            status = 1
    return status


sys.exit(main())
