#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rooms.py SOURCE: every room in its place.

The rooms and their order are those of the table in CONTRIBUTING.md, "The shape". This fails when

- a file belongs to no room, or a room has no file;
- a file includes a header of a room after its own, or uses a function or table that is defined
  there;
- a header declares a function that another room defines, or that nothing defines;
- files need one another in a circle, by what they use or by what they include;
- a function of the library or the programs has more than 60 lines, a file more than 1,000. (Tests
  are mostly tables: tree.sh limits their files.)

Sources are read by their layout, which clang-format decides: what is defined begins in the first
column, and so does the brace that ends it. A subclass is reached through its class, which is not a use
of its file. After the tree is checked, each rule is broken once on purpose, in a copy, and has to
be seen.
"""

import collections
import functools
import os
import re
import sys

FUNCTION_MAX = 60
FILE_MAX = 1000

# Other names than those of their rooms: libmachtype/STEM.c, STEM-private.h.
STEMS = {"string": "text", "xml-input": "xml", "xml-reader": "xml", "xml-scan": "xml", "xml-tree": "xml",
         "xml-writer": "xml", "postgresql": "store", "sqlite": "store"}

# All the headers at once, for programs: not a part of any room.
UMBRELLA = {"machtype.h", "enum-types.h"}

COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                             re.DOTALL)
INCLUDE = re.compile(r'^#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)
NAME = re.compile(r"\b(?:mt|machtype)_[a-z0-9_]+\b")
FUNCTION = re.compile(r"^([a-z_][a-z0-9_]*) \(", re.MULTILINE)
TYPE = re.compile(r"^G_DEFINE_\w*TYPE\w*\s*\(\s*\w+,\s*(\w+)", re.MULTILINE)
TABLE = re.compile(r"^(?:const )?\w+ \**(mt_\w+)(?:\[[^\]]*\])* =", re.MULTILINE)
DECLARED = re.compile(r"^(?:extern )?[\w \*]+?[ \*]((?:mt|machtype)_\w+) \(", re.MULTILINE)
DECLARED_TABLE = re.compile(r"^extern [\w \*]+?[ \*](mt_\w+)(?:\[|;)", re.MULTILINE)

Function = collections.namedtuple("Function", "name line length is_static")
File = collections.namedtuple("File", "path lines includes functions symbols declared uses")
Wrong = collections.namedtuple("Wrong", "rule text")


def blank(match):
    """A comment or literal without its letters, so that line numbers are kept."""
    return re.sub(r"[^\n]", " ", match.group(0))


def find_functions(code):
    """Those with a body: in the first column a name, later an opening brace, then a closing one."""
    for match in FUNCTION.finditer(code):
        body = re.compile(r"\)\s*\n\{\n").search(code, match.end())
        end = code.find(";", match.end())
        if body is None or -1 < end < body.start():
            continue
        close = code.find("\n}", body.end() - 1)
        head = code.rfind("\n\n", 0, match.start()) + 2
        line = code.count("\n", 0, match.start()) + 1
        yield Function(match.group(1), line, code.count("\n", match.start(), close) + 2,
                       "static" in code[head:match.start()].split())


@functools.lru_cache(maxsize=None)
def read_file(path, text):
    code = COMMENT_OR_TEXT.sub(blank, text)
    functions = list(find_functions(code))
    symbols = {function.name for function in functions
               if not function.is_static or path.endswith(".h")}
    symbols.update(name + "_get_type" for name in TYPE.findall(code))
    symbols.update(TABLE.findall(code))
    declared = set()
    if path.endswith(".h"):
        declared = {*DECLARED.findall(re.sub(r"\n +", " ", code)), *DECLARED_TABLE.findall(code)}
        declared -= symbols
    uses = set(NAME.findall(code)) - declared
    return File(path, text.count("\n"), INCLUDE.findall(text), functions, symbols, declared, uses)


def read_order(guide):
    shape = guide.partition("## The shape")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([a-z][a-z, -]*) \|", shape, re.MULTILINE)
    return [room.replace(" ", "-") for row in rows[1:] for room in row.split(", ")]


def get_room(path):
    """The room of include/machtype/ROOM.h, libmachtype/ROOM/..., libmachtype/ROOM(-private).[ch]
    and libmachtype/modules/ROOM..., or None: a program or a test."""
    parts = path.split("/")
    if parts[0] == "include":
        return None if parts[-1] in UMBRELLA else parts[-1].partition(".")[0]
    if parts[0] != "libmachtype":
        return None
    if len(parts) > 2 and parts[1] != "modules":
        return parts[1]
    stem = re.sub(r"(-private|-module)?\.[ch]$", "", parts[-1])
    return STEMS.get(stem, stem)


def find_header(files, name):
    """The file that an #include names, or None: it is not ours."""
    path = ("include/" if name.startswith("machtype/") else "libmachtype/") + name
    return path if path in files else None


def check_lengths(files):
    for file in files.values():
        if file.path.startswith("tests/"):
            continue
        if file.lines > FILE_MAX:
            yield Wrong("file length", f"{file.path}: {file.lines} lines, split it")
        for function in file.functions:
            if function.length > FUNCTION_MAX:
                yield Wrong("function length", f"{file.path}:{function.line}: {function.name} has "
                            f"{function.length} lines, split it")


def check_includes(files, rank):
    for file in files.values():
        for name in file.includes:
            header = find_header(files, name)
            there = get_room(header) if header is not None else None
            if there is not None and rank[there] > rank[get_room(file.path)]:
                yield Wrong("include", f"{file.path}: includes {name}, of a room after its own")


def check_uses(files, rank, where):
    for file in files.values():
        for name in sorted(file.uses & where.keys()):
            there = get_room(where[name])
            if rank[there] > rank[get_room(file.path)]:
                yield Wrong("use", f"{file.path}: uses {name} of {where[name]}, a room after its "
                            "own")


def check_declarations(files, where):
    for file in files.values():
        for name in sorted(file.declared):
            if name not in where:
                yield Wrong("undefined", f"{file.path}: declares {name}, which nothing defines")
            elif get_room(where[name]) != get_room(file.path):
                yield Wrong("declaration", f"{file.path}: declares {name} of {where[name]}, "
                            "another room")


def find_circles(needs):
    """The strongly connected components of more than one file (Tarjan)."""
    index, low, stack, circles = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(needs[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                circles.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(needs):
        if node not in index:
            visit(node)
    return circles


def check_circles(files, where):
    """Of sources, and of headers that have functions: what they use is defined in another file. To
    name the type of a class is not a use: its parts do, and are reached through it."""
    where = {name: path for name, path in where.items() if not name.endswith("_get_type")}
    needs = {file.path: {where[name] for name in file.uses & where.keys()} - {file.path}
             for file in files.values()}
    for circle in find_circles(needs):
        links = [f"{path}: {name} of {where[name]}" for path in circle
                 for name in sorted(files[path].uses & where.keys())
                 if where[name] in circle and where[name] != path]
        yield Wrong("circle", f"{', '.join(circle)} need one another:\n  " + "\n  ".join(links))
    included = {path: {find_header(files, name) for name in file.includes} - {None, path}
                for path, file in files.items()}
    for circle in find_circles(included):
        yield Wrong("circle", f"{', '.join(circle)} include one another")


def check(texts):
    """Everything that is wrong with a tree: {path: text}."""
    order = read_order(texts["CONTRIBUTING.md"])
    rank = {room: number for number, room in enumerate(order)}
    every = {path: read_file(path, text) for path, text in texts.items()
             if path.endswith((".c", ".h"))}
    library = {path: file for path, file in every.items() if get_room(path) is not None}
    homeless = [path for path in library if get_room(path) not in rank]
    if homeless:
        return [Wrong("no room", f"{path}: there is no room {get_room(path)} in the table of "
                      "CONTRIBUTING.md") for path in homeless]
    where = {name: file.path for file in library.values() for name in file.symbols}
    empty = [Wrong("empty room", f"CONTRIBUTING.md: room {room} has no files")
             for room in order if room not in map(get_room, library)]
    return [*empty, *check_lengths(every), *check_includes(library, rank),
            *check_uses(library, rank, where), *check_declarations(library, where),
            *check_circles(library, where)]


def load(source):
    texts = {}
    with open(os.path.join(source, "CONTRIBUTING.md"), encoding="utf-8") as file:
        texts["CONTRIBUTING.md"] = file.read()
    for top in ("include", "libmachtype", "examples", "tests"):
        for folder, _, names in os.walk(os.path.join(source, top)):
            for name in names:
                if name.endswith((".c", ".h")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        texts[os.path.relpath(path, source)] = file.read()
    return texts


def replace(path, old, new):
    """A copy of the tree with one replacement."""
    def change(texts):
        if old not in texts[path]:
            sys.exit(f"rooms.py: {path} does not have what is to be broken: {old!r}")
        return {**texts, path: texts[path].replace(old, new, 1)}
    return change


def append(path, text):
    return lambda texts: {**texts, path: texts.get(path, "") + text}


def call(name):
    return f"\nvoid\nmt_broken (void)\n{{\n  {name} ();\n}}\n"


def long_function(lines):
    return "\nvoid\nmt_long (void)\n{\n" + "  ;\n" * (lines - 3) + "}\n"


def long_file(lines):
    return lambda texts: append("libmachtype/version.c",
                                "\n" * (lines - texts["libmachtype/version.c"].count("\n")))(texts)


GUIDE, ARCH, PROGRAM = "CONTRIBUTING.md", "libmachtype/arch.c", "examples/machtype/machtype.c"

# What is broken, how, and the rule that has to detect it; None: it is correct, and none may.
BREAKS = [
    ("file of no room", append("libmachtype/attic.c", "\n"), "no room"),
    ("folder of no room", append("libmachtype/attic/arch.c", "\n"), "no room"),
    ("public header of no room", append("include/machtype/attic.h", "\n"), "no room"),
    ("room without a file", replace(GUIDE, "| arch |", "| attic, arch |"), "empty room"),
    ("room not in the table", replace(GUIDE, "| version, text, error |", "| version, error |"),
     "no room"),
    ("other order", lambda texts: replace(GUIDE, "| arch |", "| host |")(
        replace(GUIDE, "| host |", "| arch |")(texts)), "include"),
    ("include", append(ARCH, '#include "host/host-private.h"\n'), "include"),
    ("include of a public header", append(ARCH, "#include <machtype/host.h>\n"), "include"),
    ("include by a public header",
     append("include/machtype/arch.h", "#include <machtype/host.h>\n"), "include"),
    ("include by a module",
     append("libmachtype/modules/libvirt.c", '#include "host/host-private.h"\n'), "include"),
    ("call", append(ARCH, call("mt_host_find_guest")), "use"),
    ("call of a public function", append(ARCH, call("machtype_host_get_arch")), "use"),
    ("call of what a macro defines", append(ARCH, call("machtype_host_get_type")), "use"),
    ("call by an inline function",
     append("libmachtype/arch-private.h", call("mt_host_find_guest")), "use"),
    ("call of an inline function", append(ARCH, call("mt_host_text")), "use"),
    ("address", append(ARCH, "\nvoid *broken[] = { mt_host_find_guest };\n"), "use"),
    ("table", lambda texts: append(ARCH, call("mt_broken_table"))(
        append("libmachtype/host/scan.c", "\nconst guint8 mt_broken_table[] = { 1 };\n")(texts)),
     "use"),
    ("comment", append(ARCH, "/* mt_host_find_guest (), \"mt_host_text\" */\n"), None),
    ("text", append(ARCH, 'const char broken[] = "\\"mt_host_find_guest ()";\n'), None),
    ("declaration", append("libmachtype/connection/connection-private.h",
                           "gboolean mt_broken (void);\nMachtypeHost *mt_host_read (int a,\n"
                           "                            int b);\n"), "declaration"),
    ("declaration of nothing",
     append("libmachtype/arch-private.h", "gboolean mt_broken (void);\n"), "undefined"),
    ("declaration of another's table", append("libmachtype/arch-private.h",
                                              "extern const MtClassFacts mt_class_facts[];\n"),
     "declaration"),
    ("circle of files", append("libmachtype/host/scan.c", call("mt_host_index_find")), "circle"),
    ("circle of three",
     append("libmachtype/host/domain-type.c", call("mt_host_index_find")), "circle"),
    ("circle of headers", append("libmachtype/module-private.h", '#include "libvirt/module.h"\n'),
     "circle"),
    ("call within the room", append("libmachtype/host/scan.c", call("mt_host_scan_guest")), None),
    ("type of a class", append("libmachtype/host/scan.c", call("machtype_host_get_type")), None),
    ("function of 61 lines", append(ARCH, long_function(61)), "function length"),
    ("function of 60 lines", append(ARCH, long_function(60)), None),
    ("function of a program", append(PROGRAM, long_function(61)), "function length"),
    ("file of 1,001 lines", long_file(FILE_MAX + 1), "file length"),
    ("file of 1,000 lines", long_file(FILE_MAX), None),
]


def find_unseen(texts):
    """The breaks of a correct tree that are not detected, or not by the right rule."""
    for what, change, rule in BREAKS:
        rules = sorted({one.rule for one in check(change(texts))})
        if (rule is None and rules) or (rule is not None and rule not in rules):
            yield (f"broken on purpose: {what}: expected {rule or 'nothing'}, "
                   f"saw {rules or 'nothing'}")


def main():
    texts = load(sys.argv[1])
    wrong = [one.text for one in check(texts)] or list(find_unseen(texts))
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
