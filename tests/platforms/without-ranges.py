#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""without-ranges.py TREE

Removes all ranges of versions from the rules of lint in a copy of the sources, and prints the code of
each rule that had one: "feature-acpi", "vcpus"."""

import os
import re
import sys

FILES = {
    'libmachtype/compat/rules.c': r'\{ MT_KIND_(\w+), "([^"]+)"',
    'libmachtype/domain/lint-checks.c': r'\{ ()"([a-z0-9-]+)", \.',
    'libmachtype/domain/lint-cpu.c': r'\{ ()"([a-z0-9-]+)", \.',
}
NAMES = r'\b(?:BEFORE|FROM|BOTH|AS_OF_\w+|AFTER_\w+)\b'
MACRO = re.compile(r'^#define (BEFORE|FROM|BOTH)\(([^)]*)\)(?:.*\\\n)*.*$', re.M)
DEFINE = re.compile(r'\.define_from = \{[^}]*\},')
# A row of a table ends where the next one begins.
END = re.compile(r'^  \{|^\};', re.M)


def find_codes(text, start):
    """The codes of the rows that have a range; start: the pattern of their beginnings."""
    codes = []
    for row in re.finditer(start, text):
        after = END.search(text, row.end())
        rest = text[row.end():after.start() if after else len(text)]
        if re.search(NAMES, rest) or DEFINE.search(rest):
            kind = row[1].lower().replace('_', '-')
            codes.append(f'{kind}-{row[2]}' if kind else row[2])
    return codes


def remove(text):
    """The text, in which the macros of ranges are for all versions."""
    text, count = MACRO.subn(r'#define \1(\2) .versions = { .qemu = { .from = { 0, 0 } } }', text)
    if count == 0 or '.versions = {' in MACRO.sub('', text):
        sys.exit('a range is not written with BEFORE, FROM or BOTH')
    return DEFINE.sub('', text)


def main():
    codes = []
    for name, start in FILES.items():
        path = os.path.join(sys.argv[1], name)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        codes += find_codes(text, start)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(remove(text))
    print('\n'.join(sorted(set(codes))))


main()
