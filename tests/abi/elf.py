#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""elf.py LIBRARY ENUM_TYPES: what loading the library costs every program that links it, and what else it loads.

Reads the ELF file with readelf: name and needed libraries, no code that runs at load time, no writable
tables, few relocations, calls inside the library that cannot be interposed.
"""

import bisect
import re
import subprocess
import sys

# What a program that links us loads. SQLite, libvirt and libpq are loaded by modules, at the first call.
NEEDED = {"libglib-2.0.so.0", "libgobject-2.0.so.0", "libxml2.so.2", "libc.so.6"}
SONAME = "libmachtype.so.0"
# Each value of an enumeration has two pointers. The others in tables are mostly functions, in the
# lists of checks: 150 in 1.0. What the compiler puts between the tables, such as pairs of functions
# that it copies at once, differs by compiler (49 with gcc 12, 76 with 14) and is not counted.
VALUE = re.compile(r"\{ C_(?:ENUM|FLAGS) \(")
MAX_OTHERS = 160
# What the compiler's start files add: one pointer each, and __dso_handle.
MAX_SIZES = {".init_array": 8, ".fini_array": 8, ".data": 8}


def readelf(option, library):
    return subprocess.run(["readelf", "-W", option, library], capture_output=True, text=True,
                          check=True).stdout


def section_sizes(library):
    for line in readelf("-S", library).splitlines():
        found = re.match(r"\s*\[ *\d+\] (\S+)\s+\S+\s+\S+ \S+ (\S+)", line)
        if found:
            yield found.group(1), int(found.group(2), 16)


def judge_dynamic(library):
    text = readelf("-d", library)
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", text))
    for name in sorted(needed ^ NEEDED):
        yield f"{name} is {'needed' if name in needed else 'no longer needed'}"
    soname = re.findall(r"\(SONAME\).*\[(.*)\]", text)
    if soname != [SONAME]:
        yield f"the soname is {soname}, not {SONAME}"
    for tag in ("RPATH", "RUNPATH", "TEXTREL"):
        if f"({tag})" in text:
            yield f"it has {tag}"
    if "BIND_NOW" not in text:
        yield "it is not bound at load time: no BIND_NOW"
    if "NODELETE" not in text:
        yield "it can be unloaded, and GObject keeps its types: no NODELETE"


def judge_sections(library):
    sizes = dict(section_sizes(library))
    for name, most in MAX_SIZES.items():
        if sizes.get(name, 0) > most:
            yield f"{name} has {sizes[name]} bytes, {most} are expected: " + (
                "a table that is not const" if name == ".data" else "a constructor or destructor")
    if ".ctors" in sizes or ".preinit_array" in sizes:
        yield "it has constructors"
    headers = readelf("-l", library)
    if "GNU_RELRO" not in headers:
        yield "relocated data stays writable: no RELRO"
    if re.search(r"GNU_STACK.*RWE", headers):
        yield "its stack is executable"


def list_tables(library):
    """Start and end of each object that has a name."""
    for line in readelf("-s", library).splitlines():
        found = re.match(r"\s*\d+: (\w+)\s+(\w+) OBJECT ", line)
        if found:
            start = int(found.group(1), 16)
            yield start, start + int(found.group(2), 0)


def count_pointers(library, relocations):
    """Those in tables: a program that loads the library writes each of them."""
    tables = sorted(list_tables(library))
    starts = [start for start, _ in tables]
    places = [int(place, 16) for place in re.findall(r"^(\w+) .*_RELATIVE", relocations, re.M)]
    nearest = [(place, bisect.bisect(starts, place) - 1) for place in places]
    return sum(1 for place, i in nearest if i >= 0 and place < tables[i][1])


def judge_relocations(library, enumerations):
    text = readelf("-r", library)
    with open(enumerations, encoding="utf-8") as source:
        values = len(VALUE.findall(source.read()))
    others = count_pointers(library, text) - 2 * values
    print(f"{values} values of enumerations, {others} pointers in other tables")
    if not 0 < others <= MAX_OTHERS or values < 100:
        yield f"{others} pointers in tables, {MAX_OTHERS} are the most: a table of pointers?"
    for name in sorted(set(re.findall(r"\b(machtype_\w+)", text))):
        yield f"{name} is called so that others can intercept it: no -Bsymbolic-functions"


def main():
    library, enumerations = sys.argv[1:]
    wrong = [*judge_dynamic(library), *judge_sections(library),
             *judge_relocations(library, enumerations)]
    print("\n".join(wrong) if wrong else "it loads as it should")
    return 1 if wrong else 0


sys.exit(main())
