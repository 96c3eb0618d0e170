#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-libraries.py MACHTYPE: a command loads only the libraries that it needs.

The dynamic linker lists them (LD_DEBUG=libs, ld.so(8)), those of modules included. What only prints JSON
does not load json-glib, and with it GIO and GModule; what opens no store does not load SQLite. What reads
JSON, and what opens a store, does, so that the list is not just empty. Prints TAP.
"""

import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
from tap import end, skip, tell  # pylint: disable=wrong-import-position

READER = {"libjson-glib-1.0.so.0", "libgio-2.0.so.0", "libgmodule-2.0.so.0"}
STORE = {"libsqlite3.so.0"}
UNWANTED = {"libvirt.so.0", "libpq.so.5"} | READER | STORE

# Command line, standard input, which of the unwanted ones are loaded.
CASES = [
    (["compare", "pc-q35-6.2", "pc-q35-7.2"], "", set()),
    (["parse", "pc-q35-6.2"], "", set()),
    (["check-change", "pc-q35-6.2", "pc-q35-7.2"], "", set()),
    (["check-change", "pc", "q35", "-p", "hw_disk_bus=ide", "--host-arch", "x86_64"], "", set()),
    (["compare", "-"], "pc-q35-6.2\tpc-q35-7.2\n", set()),
    (["parse", "-"], "pc-q35-6.2\n", set()),
    (["check-change", "-"], "pc-q35-6.2\tpc-q35-7.2\n", set()),
    (["resolve", "--host-arch", "x86_64"], "", set()),
    (["domain-xml", "--host-arch", "x86_64"], "", set()),
    (["--help"], "", set()),
    (["resolve", "-", "--host-arch", "x86_64"], "{}\n", READER),
    (["import", "-"], '{"uuid":"6f1d4b5e-0000-4000-8000-000000000001"}\n', READER | STORE),
    (["list"], "", STORE),
]


def list_libraries(program, arguments, stdin, conf):
    """The names of the shared libraries that a run loads; those of its modules, too."""
    run = subprocess.run([program, *arguments], input=stdin, capture_output=True, check=False, text=True,
                         env={**os.environ, "LD_DEBUG": "libs", "MACHTYPE_CONF": conf})
    return {os.path.basename(path) for path in re.findall(r"calling init: (\S+)", run.stderr)}, run


def check(program, conf):
    for arguments, stdin, wanted in CASES:
        for options in ([], ["--json"]) if "--help" not in arguments else ([],):
            libraries, run = list_libraries(program, arguments + options, stdin, conf)
            tell(run.returncode in (0, 1) and "libmachtype.so.0" in libraries and
                 libraries & UNWANTED == wanted, f"libraries of {' '.join(arguments + options)}",
                 libraries & UNWANTED, run.returncode)


def main():
    program = os.path.abspath(sys.argv[1])
    if os.environ.get("MESON_EXE_WRAPPER"):
        skip("the program is of another architecture: the emulator, not the linker, is started")
    # The store is named there, so that it alone does not load it.
    with tempfile.TemporaryDirectory() as folder:
        conf = os.path.join(folder, "machtype.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(f"[machtype]\nstore = {folder}/records.db\n")
        check(program, conf)
    end()


main()
