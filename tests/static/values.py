#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""values.py MAP: every value can be compared for equality, hashed and printed; every enumeration has
words, in both directions.

A value is a reference-counted type, except builders. MAP is the library's list of symbols.
"""

import re
import sys

# Other types, and why they are not values.
OTHERS = {
    "audit": "does something",
    "connection": "an open connection",
    "recorder": "does something",
    "updater": "does something",
    "record_result": "a report of progress",
    "domain_problem": "a part of a domain status, which is compared as a whole",
    "domain_snapshot": "a part of a domain status, which is compared as a whole",
}
# What prints a value, and values that only have parts to print.
TEXTS = ("to_json", "to_string", "get_text", "get_name", "get_xml")
PARTS = ("config", "definition_check", "intention", "settlement")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        symbols = set(re.findall(r"^ +machtype_(\w+);", file.read(), re.MULTILINE))
    status, values = 0, 0
    for name in sorted(each[:-len("_get_type")] for each in symbols if each.endswith("_get_type")):
        if name.endswith("_builder") or name.endswith("_flags") or name in OTHERS or name == "store":
            continue
        wanted = ["equal", "hash"] if f"{name}_ref" in symbols else ["to_string", "from_string"]
        values += 1
        for each in wanted:
            if f"{name}_{each}" not in symbols:
                print(f"there is no machtype_{name}_{each}")
                status = 1
        if f"{name}_ref" in symbols and name not in PARTS and \
                not any(f"{name}_{text}" in symbols for text in TEXTS):
            print(f"nothing prints a machtype_{name}")
            status = 1
    print(f"{values} values and enumerations")
    return status


sys.exit(main())
