#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""api.py GIR SNAPSHOT MAP: the public interface as bindings and compilers see it, against a reviewed copy.

One line for each function, type, number and constant: C types with their const, ownership, what can be
NULL, since when. Whatever is removed, renumbered or retyped is reported; so are additions, until they
are in the copy. MACHTYPE_TEST_UPDATE=1 writes the copy: read the difference before you commit it. Also
reported: whatever has no documentation or no Since, or has another release in the linker's map.
"""

import difflib
import os
import re
import sys
import xml.etree.ElementTree as ET

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
CALLABLES = ("function", "method", "constructor", "virtual-method", "callback", "function-macro")


def c_type(node):
    for tag in ("type", "array"):
        found = node.find(CORE + tag)
        if found is not None:
            inner = [element.get(C + "type") or element.get("name") or ""
                     for element in found.iter(CORE + "type")]
            return (found.get(C + "type") or found.get("name") or "") + \
                (f"<{','.join(inner[1:] if tag == 'type' else inner)}>"
                 if tag == "array" or len(inner) > 1 else "")
    return "..." if node.find(CORE + "varargs") is not None else "?"


def value_line(node):
    words = [c_type(node)]
    for key in ("direction", "transfer-ownership", "scope", "closure", "destroy"):
        if node.get(key) not in (None, "in"):
            words.append(f"{key}={node.get(key)}")
    for key in ("nullable", "allow-none", "optional"):
        if node.get(key) == "1":
            words.append(key)
    return " ".join(words)


def name_of(node):
    return node.get(C + "identifier") or node.get(C + "type") or node.get("name")


def callable_lines(node, owner):
    name = name_of(node) if node.tag != CORE + "virtual-method" else f"{owner}.{node.get('name')}"
    result = node.find(CORE + "return-value")
    kind = node.tag.removeprefix(CORE)
    yield f"{kind} {name} -> {value_line(result) if result is not None else '-'}" \
        f"{' throws' if node.get('throws') == '1' else ''} since={node.get('version')}"
    for parameter in node.iterfind(f"{CORE}parameters/*"):
        yield f"{kind} {name}({parameter.get('name')}): {value_line(parameter)}"


def type_lines(node):
    kind, name = node.tag.removeprefix(CORE), name_of(node)
    yield f"{kind} {name} since={node.get('version')}"
    for member in node.iterfind(CORE + "member"):
        yield f"number {member.get(C + 'identifier')} = {member.get('value')}"
    for position, field in enumerate(node.iterfind(CORE + "field")):
        array = field.find(CORE + "array")
        size = "" if array is None else f" x {array.get('fixed-size')}"
        yield f"field {name}[{position}] {field.get('name')}: {c_type(field)}{size}"


def api_lines(namespace):
    for node in namespace.iter():
        kind = node.tag.removeprefix(CORE)
        if kind in ("enumeration", "bitfield", "record", "class", "alias"):
            yield from type_lines(node)
        elif kind == "constant":
            yield f"constant {node.get(C + 'type')} = {node.get('value')}"
        for child in node:
            if child.tag.removeprefix(CORE) in CALLABLES:
                yield from callable_lines(child, node.get("name"))


def undocumented(namespace):
    """Fields of a class's structure are documented as its virtual functions."""
    for node in namespace.iter():
        for child in node:
            kind = child.tag.removeprefix(CORE)
            if kind not in CALLABLES + ("enumeration", "bitfield", "record", "class", "constant"):
                continue
            if kind in ("virtual-method",) or node.tag == CORE + "field":
                continue
            name = name_of(child)
            if name.endswith(("_get_type",)) or child.get("private") == "1" or name.startswith("_"):
                continue
            if child.find(CORE + "doc") is None:
                yield f"{name}: no documentation"
            if child.get("version") is None:
                yield f"{name}: no Since"


def releases_of_gir(namespace):
    for node in namespace.iter():
        if node.tag.removeprefix(CORE) in ("function", "method", "constructor"):
            yield name_of(node), node.get("version")
        if node.get(GLIB + "get-type"):
            yield node.get(GLIB + "get-type"), node.get("version")


def releases_of_map(path):
    node = None
    with open(path, encoding="utf-8") as file:
        for line in file:
            node = (re.findall(r"^LIBMACHTYPE_([0-9.]+)", line) or [node])[0]
            for name in re.findall(r"^\s+(machtype_\w+);", line):
                yield name, node


def misplaced(namespace, path):
    documented, exported = dict(releases_of_gir(namespace)), dict(releases_of_map(path))
    for name in sorted(documented.keys() | exported.keys()):
        since, node = documented.get(name, "nothing"), exported.get(name, "nothing")
        if since != node:
            yield f"{name}: the introspection data says {since}, the map {node}"


def main():
    gir, snapshot, symbol_map = sys.argv[1:]
    namespace = ET.parse(gir).getroot().find(CORE + "namespace")
    now = sorted(set(api_lines(namespace)))
    if os.environ.get("MACHTYPE_TEST_UPDATE"):
        with open(snapshot, "w", encoding="utf-8") as file:
            file.write("\n".join(now) + "\n")
    with open(snapshot, encoding="utf-8") as file:
        reviewed = file.read().splitlines()
    wrong = [line for line in difflib.unified_diff(reviewed, now, "reviewed", "now", "", "", 0, "")
             if line[0] in "+-" and not line.startswith(("+++", "---"))]
    wrong += [*undocumented(namespace), *misplaced(namespace, symbol_map)]
    print("\n".join(wrong) if wrong else f"{len(now)} lines of the interface are as reviewed")
    return 1 if wrong else 0


sys.exit(main())
