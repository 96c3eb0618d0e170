#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""api-breaks.py API GIR SNAPSHOT MAP: breaks copies of the GIR, one by one, and api.py must name each."""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"


def find(root, tag, key, value):
    for parent in root.iter():
        for node in parent.findall(CORE + tag):
            if node.get(key) == value:
                return parent, node
    raise LookupError(f"no {tag} {value} to break")


def remove_symbol(root):
    parent, node = find(root, "function", C + "identifier", "machtype_resolve")
    parent.remove(node)


def renumber_error(root):
    find(root, "member", C + "identifier", "MACHTYPE_ERROR_NOT_OFFERED")[1].set("value", "99")


def drop_const(root):
    method = find(root, "method", C + "identifier", "machtype_finding_get_code")[1]
    method.find(f"{CORE}return-value/{CORE}type").set(C + "type", "char*")


def take_annotation(root):
    function = find(root, "function", C + "identifier", "machtype_compat_check")[1]
    host = [p for p in function.iter(CORE + "parameter") if p.get("name") == "host"][0]
    del host.attrib["nullable"]


def give_away(root):
    method = find(root, "method", C + "identifier", "machtype_guest_get_xml")[1]
    method.find(CORE + "return-value").set("transfer-ownership", "full")


def take_documentation(root):
    node = find(root, "function", C + "identifier", "machtype_compat_check")[1]
    node.remove(node.find(CORE + "doc"))


def come_later(root):
    find(root, "method", C + "identifier", "machtype_host_get_arch")[1].set("version", "1.2")


def take_since(root):
    del find(root, "method", C + "identifier", "machtype_host_get_arch")[1].attrib["version"]


def swap_fields(root):
    fields = [node for node in root.iter(CORE + "record")
              if node.get(C + "type") == "MachtypeStoreClass"][0]
    begin, commit = (find(root, "field", "name", name)[1] for name in ("begin", "commit"))
    begin.set("name", "commit")
    commit.set("name", "begin")
    assert begin in list(fields)


def shrink_reserve(root):
    field = find(root, "field", "name", "reserved")[1]
    field.find(CORE + "array").set("fixed-size", "3")


def add_symbol(root):
    parent, node = find(root, "function", C + "identifier", "machtype_resolve")
    new = ET.fromstring(ET.tostring(node))
    new.set(C + "identifier", "machtype_resolve_anew")
    parent.append(new)


# The break, and what the guard has to report.
BREAKS = [
    (remove_symbol, "-function machtype_resolve -> "),
    (remove_symbol, "machtype_resolve: the introspection data says nothing, the map 1.0"),
    (come_later, "machtype_host_get_arch: the introspection data says 1.2, the map 1.0"),
    (renumber_error, "+number MACHTYPE_ERROR_NOT_OFFERED = 99"),
    (drop_const, "+method machtype_finding_get_code -> char*"),
    (take_annotation, "+function machtype_compat_check(host): MachtypeHost* transfer-ownership=none"),
    (give_away, "+method machtype_guest_get_xml -> const char* transfer-ownership=full"),
    (take_documentation, "machtype_compat_check: no documentation"),
    (take_since, "machtype_host_get_arch: no Since"),
    (swap_fields, "+field MachtypeStoreClass[1] commit"),
    (shrink_reserve, "] reserved: <gpointer> x 3"),
    (add_symbol, "+function machtype_resolve_anew -> "),
]


def run(api, gir, *reviewed):
    env = {key: value for key, value in os.environ.items() if key != "MACHTYPE_TEST_UPDATE"}
    return subprocess.run([sys.executable, api, gir, *reviewed], capture_output=True, text=True,
                          env=env, check=False)


def main():
    api, gir, *reviewed = sys.argv[1:]
    assert run(api, gir, *reviewed).returncode == 0, "the GIR is not as reviewed to begin with"
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for break_it, words in BREAKS:
            tree = ET.parse(gir)
            break_it(tree.getroot())
            copy = os.path.join(folder, "copy.gir")
            tree.write(copy)
            told = run(api, copy, *reviewed)
            seen = told.returncode == 1 and words in told.stdout
            missed += not seen
            print(f"{break_it.__name__}: {'named' if seen else 'NOT NAMED: ' + told.stdout[:300]}")
    return 1 if missed else 0


sys.exit(main())
