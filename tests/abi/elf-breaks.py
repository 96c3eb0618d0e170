#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""elf-breaks.py SOURCE BUILD BASELINE: links broken copies of the library, which the guards must
detect.

Each break is one that a careless change could make: in a copy of the map, of a header, of the linker's
options, or by an additional object. The guard for it has to fail, and to report it.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

OPTIONS = ["-Wl,-soname,libmachtype.so.0", "-Wl,--no-undefined-version", "-Wl,-Bsymbolic-functions",
           "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,nodelete", "-Wl,--as-needed"]
PACKAGES = ["glib-2.0", "gobject-2.0", "libxml-2.0"]


def pkg_config(option):
    return subprocess.run(["pkg-config", option, *PACKAGES], capture_output=True, text=True,
                          check=True).stdout.split()


class Copy:
    """The library's parts: what a break changes before it is linked."""

    def __init__(self, source, build, folder):
        self.source, self.build, self.folder = source, build, folder
        self.options = list(OPTIONS)
        self.objects = sorted((build / "libmachtype/libmachtype-core.a.p").glob("*.o"))
        shutil.copytree(source / "include", folder / "include")
        shutil.copytree(source / "libmachtype", folder / "libmachtype",
                        ignore=shutil.ignore_patterns("modules"))
        self.map = folder / "libmachtype/libmachtype.map"

    def edit(self, path, pattern, replacement):
        """A change that finds nothing to change would prove nothing."""
        path = self.folder / path
        text, count = re.subn(pattern, replacement, path.read_text(), flags=re.S)
        assert count > 0, f"{pattern} is not in {path}"
        path.write_text(text)

    def compile(self, path, replaces=None):
        result = self.folder / (pathlib.Path(path).stem + ".o")
        subprocess.run(["gcc", "-std=gnu11", "-g", "-O2", "-fPIC", "-fvisibility=hidden", "-w",
                        # An error in a break's code is an error from gcc 14 on.
                        "-Wno-incompatible-pointer-types", "-DMACHTYPE_COMPILATION", f"-I{self.folder}/include",
                        f"-I{self.folder}/libmachtype", f"-I{self.build}/include",
                        f"-I{self.build}/libmachtype", "-c", "-o", result,
                        self.folder / path, *pkg_config("--cflags")], check=True)
        if replaces:
            before = len(self.objects)
            self.objects = [o for o in self.objects if o.name != replaces]
            assert len(self.objects) == before - 1, f"no object {replaces}"
        self.objects.append(result)

    def add(self, code):
        (self.folder / "more.c").write_text(code)
        self.compile("more.c")

    def link(self):
        library = self.folder / "libmachtype.so"
        subprocess.run(["gcc", "-shared", "-o", library, f"-Wl,--version-script,{self.map}",
                        *self.options, *self.objects, *pkg_config("--libs")], check=True)
        return library


def nothing(_):
    pass


def remove_symbol(copy):
    copy.edit("libmachtype/libmachtype.map", r"    machtype_resolve;\n", "")


def move_symbol(copy):
    copy.edit("libmachtype/libmachtype.map", r"    machtype_resolve;\n", "")
    copy.edit("libmachtype/libmachtype.map", r"\Z",
              "LIBMACHTYPE_1.1 { global: machtype_resolve; } LIBMACHTYPE_1.0;\n")


def undeclare(copy):
    copy.edit("include/machtype/change.h",
              r"MACHTYPE_AVAILABLE_IN_1_0\nconst char \*machtype_verdict_to_string[^;]*;\n", "")


def retype_parameter(copy):
    for path in ("include/machtype/lifecycle.h", "libmachtype/lifecycle.c"):
        copy.edit(path, r"(machtype_lifecycle_get_removed \(const MachtypeName \*name, )guint ",
                  r"\1guint64 ")
    copy.compile("libmachtype/lifecycle.c", "lifecycle.c.o")


def rename_library(copy):
    copy.options[0] = "-Wl,-soname,libmachtype.so.1"


def add_constructor(copy):
    copy.add("__attribute__ ((constructor)) static void at_load (void) { __asm__ (\"\"); }\n")


def add_writable_table(copy):
    copy.add("__attribute__ ((used)) static int table[] = { 1, 2, 3, 4 };\n")


def add_pointer_table(copy):
    words = ", ".join(f'"w{n}"' for n in range(20))
    copy.add(f"__attribute__ ((used)) static const char *const table[] = {{ {words} }};\n")


def leave_calls_open(copy):
    copy.options.remove("-Wl,-Bsymbolic-functions")


def leave_data_writable(copy):
    copy.options[copy.options.index("-Wl,-z,relro")] = "-Wl,-z,norelro"


def bind_late(copy):
    copy.options[copy.options.index("-Wl,-z,now")] = "-Wl,-z,lazy"


def let_it_unload(copy):
    copy.options.remove("-Wl,-z,nodelete")


def look_elsewhere(copy):
    copy.options.append("-Wl,-rpath,/opt/lib")


def link_libvirt(copy):
    copy.options.append("-Wl,--no-as-needed,-lvirt,--as-needed")


# The guard, and what it has to report.
BREAKS = [
    (nothing, "symbols", None),
    (nothing, "elf", None),
    (nothing, "abi", None),
    (remove_symbol, "symbols", "> machtype_resolve LIBMACHTYPE_1.0"),
    (remove_symbol, "abi", "MachtypeResolution* machtype_resolve("),
    (move_symbol, "symbols", "< machtype_resolve LIBMACHTYPE_1.1"),
    (move_symbol, "abi", "machtype_resolve"),
    (undeclare, "symbols", "< machtype_verdict_to_string LIBMACHTYPE_1.0"),
    (retype_parameter, "abi", "machtype_lifecycle_get_removed"),
    (rename_library, "elf", "the soname is ['libmachtype.so.1']"),
    (rename_library, "abi", "libmachtype.so.1"),
    (add_constructor, "elf", "a constructor"),
    (add_writable_table, "elf", "a table that is not const"),
    (add_pointer_table, "elf", "a table of pointers?"),
    (leave_calls_open, "elf", "machtype_name_new is called so that others can intercept it"),
    (leave_data_writable, "elf", "no RELRO"),
    (bind_late, "elf", "no BIND_NOW"),
    (let_it_unload, "elf", "no NODELETE"),
    (look_elsewhere, "elf", "it has RUNPATH"),
    (link_libvirt, "elf", "libvirt.so.0 is needed"),
]


def guard(name, copy, library, baseline):
    here = pathlib.Path(__file__).resolve().parent
    return {
        "symbols": ["sh", here / "symbols.sh", library, copy.folder, copy.build],
        "elf": [sys.executable, here / "elf.py", library,
                copy.build / "include/machtype/enum-types.c"],
        "abi": ["sh", here / "abi.sh", library, baseline, copy.folder / "include/machtype",
                copy.build / "include/machtype"],
    }[name]


def is_seen(break_it, name, words, source, build, baseline):
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(source, build, pathlib.Path(folder) / "copy")
        break_it(copy)
        env = {key: value for key, value in os.environ.items() if key != "MACHTYPE_TEST_UPDATE"}
        told = subprocess.run(guard(name, copy, copy.link(), baseline), capture_output=True,
                              text=True, env=env, check=False)
    if words is None:
        seen = told.returncode == 0
    else:
        seen = told.returncode == 1 and words in told.stdout
    print(f"{break_it.__name__}: {name}: {'as it should' if seen else 'NOT SO: ' + told.stdout[-900:]}")
    return seen


def main():
    source, build, baseline = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    seen = [is_seen(*row, source, build, baseline) for row in BREAKS]
    return 0 if all(seen) else 1


sys.exit(main())
