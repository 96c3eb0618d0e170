#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""lists.py SOURCE: the documentation of every function that returns a list says in which order."""

import glob
import os
import re
import sys

LIST = re.compile(r"(?:GPtrArray \*|char \*\*|const char \*const \*)\nmachtype_")
SAYS = re.compile(r"\b(?:order|sorted|ordered|oldest first)\b")


def list_comments(path):
    """The name of each documented function that returns a list, and its comment as one line."""
    with open(path, encoding="utf-8") as file:
        for part in file.read().split("/**\n")[1:]:
            comment, _, code = part.partition("*/\n")
            name = re.match(r" \* (machtype_\w+):", comment)
            if name and LIST.match(code):
                yield name.group(1), re.sub(r"\s*\n \*\s*", " ", comment)


def main():
    count, silent = 0, []
    pattern = os.path.join(sys.argv[1], "libmachtype", "**", "*.c")
    for path in sorted(glob.glob(pattern, recursive=True)):
        for name, comment in list_comments(path):
            count += 1
            if not SAYS.search(comment):
                silent.append(name)
    for name in silent:
        print(f"{name}: in which order?")
    print(f"{count} functions return lists")
    return 1 if silent or count < 30 else 0


sys.exit(main())
