#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kinds.py SOURCE: each kind of tests/kinds.tsv has the tests that it names.

Then a row without its test, and one without tests, are added to a copy, and have to be found.
"""

import os
import sys


def read(source):
    with open(os.path.join(source, "tests/kinds.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return rows[1:]


def has_test(source, test):
    name, _, text = test.partition(":")
    path = os.path.join(source, name)
    if not text:
        return os.path.exists(path)
    if not os.path.isfile(path):
        return False
    with open(path, encoding="utf-8") as file:
        return text.replace("_", " ").replace(" ", "") in file.read().replace("_", " ").replace(" ", "")


def list_wrong(source, rows):
    seen = set()
    for row in rows:
        if len(row) != 2 or not row[1].split() or row[0] in seen:
            yield f"{row[0]}: no tests, or twice"
            continue
        seen.add(row[0])
        yield from (f"{row[0]}: there is no {test}" for test in row[1].split() if not has_test(source, test))


def main():
    source = sys.argv[1]
    rows = read(source)
    wrong = list(list_wrong(source, rows))
    print("\n".join(wrong) or f"{len(rows)} kinds have their tests")
    planted = (["a", "tests/unit/test-name.c:/name/absent"], ["b", "tests/absent.c"], ["c", " "], ["d"], rows[0])
    missed = [row for row in planted if not list(list_wrong(source, [rows[0], row]))]
    for row in missed:
        print(f"not found: {row}")
    return 1 if wrong or missed or len(rows) < 20 else 0


sys.exit(main())
