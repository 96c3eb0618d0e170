#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""stubs.py GIR: the types of gi.repository.Machtype for mypy and editors, on standard output.

They come from the introspection data; what gi/overrides/Machtype.py adds is below.
"""

import keyword
import sys
import xml.etree.ElementTree as ET

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"

HEAD = """# SPDX-License-Identifier: LGPL-2.1-or-later
# Written by stubs.py from the introspection data.
from contextlib import AbstractContextManager
from typing import Any, Callable, Optional, overload

"""

BASIC = {
    "none": "None", "utf8": "str", "filename": "str", "gboolean": "bool", "gpointer": "Any",
    "gdouble": "float", "GType": "Any", "GLib.Variant": "Any", "GLib.Error": "Any",
    "GLib.Quark": "int",
}
NUMBERS = ("gint", "guint", "gsize", "gssize", "gchar", "guchar", "gunichar", "gint64", "guint64")

ORDERED = """    def __lt__(self, other: Name) -> bool: ...
    def __le__(self, other: Name) -> bool: ...
    def __gt__(self, other: Name) -> bool: ...
    def __ge__(self, other: Name) -> bool: ...
    @staticmethod
    def sort_key(name: Name) -> Any: ...
"""
# What the overrides add, and which methods they replace.
ADDED = {
    "Name": ORDERED,
    "Store": """    def transaction(self) -> AbstractContextManager[Store]: ...
    def foreach(self, cell: Optional[str], host: Optional[str],
                func: Callable[[Record], Optional[bool]]) -> bool: ...
    def foreach_unset(self, cell: Optional[str], host: Optional[str],
                      func: Callable[[str], Optional[bool]]) -> bool: ...
    def foreach_matching(self, query: Optional[RecordQuery],
                         func: Callable[[Record], Optional[bool]]) -> bool: ...
    def foreach_class(self, query: Optional[RecordQuery],
                      func: Callable[[RecordClass], Optional[bool]]) -> bool: ...
""",
    "Connection": """    def foreach_status(self, flags: DomainReadFlags,
                       func: Callable[[DomainStatus], Optional[bool]]) -> bool: ...
""",
}
REPLACED = {"Connection": ("foreach_status",),
            "Store": ("foreach", "foreach_unset", "foreach_matching", "foreach_class")}


def type_of(node):
    """The Python type of a parameter, a return value or an element of an array."""
    array, plain = node.find(CORE + "array"), node.find(CORE + "type")
    if array is not None:
        item = array.find(CORE + "type")
        if item is not None and item.get("name") in ("guint8", "gchar"):
            return "bytes"
        return f"list[{type_of(array)}]"
    if plain is None:
        return "Any"
    name = plain.get("name")
    if name in NUMBERS or name in ("gint32", "guint32"):
        return "int"
    if name.startswith("GLib.") and plain.find(CORE + "type") is not None:
        return f"list[{type_of(plain)}]"
    return BASIC.get(name, name)


def is_optional(node):
    return node.get("nullable") == "1"


def annotation(node):
    kind = type_of(node)
    return f"Optional[{kind}]" if is_optional(node) and kind not in ("None", "Any") else kind


def list_parameters(call):
    found = call.find(CORE + "parameters")
    return [] if found is None else found.findall(CORE + "parameter")


def is_shown(parameter, parameters):
    """PyGObject passes the data of a callback itself."""
    if parameter.get("direction") in ("out",):
        return False
    closures = {p.get("closure") for p in parameters} | {p.get("destroy") for p in parameters}
    return str(parameters.index(parameter)) not in closures and parameter.get("name") != "user_data"


def result_of(call, parameters):
    results = [annotation(call.find(CORE + "return-value"))]
    results += [annotation(p) for p in parameters if p.get("direction") == "out"]
    if len(results) > 1 and results[0] == "None":
        results.pop(0)
    return results[0] if len(results) == 1 else f"tuple[{', '.join(results)}]"


def signature(call, first, without=None):
    """without: the name of a parameter that is left out."""
    parameters = list_parameters(call)
    shown = [first] if first else []
    for parameter in parameters:
        if is_shown(parameter, parameters) and parameter.get("name") != without:
            name = parameter.get("name")
            shown.append(f"{name}_" if keyword.iskeyword(name) else name)
            shown[-1] += f": {annotation(parameter)}"
    return f"({', '.join(shown)}) -> {result_of(call, parameters)}: ..."


def write_calls(node, indent, kind, first, decorator, left_out=()):
    for call in node.findall(CORE + kind):
        # What a subclass implements has a name of its own.
        name = ("do_" if kind == "virtual-method" else "") + call.get("name")
        if call.get("moved-to") or call.get("shadowed-by") or name in left_out:
            continue
        # The length of a text can be left out.
        lengths = [p.get("name") for p in list_parameters(call) if p.get("name") == "length"]
        for without in [None] + lengths:
            if lengths:
                print(f"{indent}@overload")
            if decorator:
                print(f"{indent}{decorator}")
            print(f"{indent}def {name}{signature(call, first, without)}")


def write_type(node):
    name = node.get("name")
    print(f"class {name}:")
    left_out = REPLACED.get(name, ())
    write_calls(node, "    ", "constructor", "cls", "@classmethod")
    write_calls(node, "    ", "method", "self", None, left_out)
    write_calls(node, "    ", "virtual-method", "self", None)
    write_calls(node, "    ", "function", None, "@staticmethod")
    print(ADDED.get(name, ""), end="")
    print("    def __hash__(self) -> int: ...\n")


def write_enumeration(node, base):
    print(f"class {node.get('name')}({base}):")
    for member in node.findall(CORE + "member"):
        print(f"    {member.get('name').upper()}: {node.get('name')}")
    write_calls(node, "    ", "function", None, "@staticmethod")
    print()


def write_callback(node):
    parameters = [p for p in list_parameters(node) if p.get("name") != "user_data"]
    shown = ", ".join(annotation(p) for p in parameters)
    print(f"{node.get('name')} = Callable[[{shown}], {annotation(node.find(CORE + 'return-value'))}]")


def main():
    namespace = ET.parse(sys.argv[1]).getroot().find(CORE + "namespace")
    print(HEAD, end="")
    for node in namespace.findall(CORE + "enumeration"):
        write_enumeration(node, "int")
    for node in namespace.findall(CORE + "bitfield"):
        write_enumeration(node, "int")
    for kind in ("record", "class"):
        for node in namespace.findall(CORE + kind):
            if not node.get(f"{{http://www.gtk.org/introspection/glib/1.0}}is-gtype-struct-for"):
                write_type(node)
    for node in namespace.findall(CORE + "callback"):
        write_callback(node)
    for node in namespace.findall(CORE + "constant"):
        print(f"{node.get('name')}: {type_of(node)}")
    print()
    write_calls(namespace, "", "function", None, None)


main()
