#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-start.py MACHTYPE: what a short command asks of the system, whose work is as short.

Where messages are not translated it reads no file of a locale, and where they are, it does, so that
there is something to find; what it reports about a change is written at once. Prints TAP.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
from tap import end, skip, tell  # pylint: disable=wrong-import-position

VARIABLES = "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG"

# Variables, arguments, whether the files of a locale are needed. GLib converts the arguments of options
# from the encoding of the locale.
NAME = ["parse", "pc-q35-7.2"]
CASES = [
    ({}, NAME, False),
    ({"LANG": "C"}, NAME, False),
    ({"LANG": "C.UTF-8"}, NAME, False),
    ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "C"}, NAME, False),
    ({"LC_ALL": "POSIX", "LC_MESSAGES": "de_DE.UTF-8"}, NAME, False),
    ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_DE.UTF-8"}, NAME, True),
    ({"LC_MESSAGES": "de_DE.UTF-8", "LANG": "C"}, NAME, True),
    ({"LC_ALL": "C.UTF-8", "LANGUAGE": "de"}, NAME, True),
    ({}, ["check-change", "pc", "q35", "-p", "ü=1"], True),
]


def trace(program, arguments, variables):
    """The system calls of a run, one a line. LeakSanitizer does not work beside strace, and says so."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    log = os.path.abspath("start.log")
    done = subprocess.run(["strace", "-o", log, "-e", "trace=openat,write", program, *arguments],
                          env={**environment, **variables, "MACHTYPE_CONF": ""}, capture_output=True, check=False)
    with open(log, encoding="utf-8", errors="replace") as calls:
        text = calls.read()
    os.unlink(log)
    return done, text


def main():
    program = os.path.abspath(sys.argv[1])
    if os.environ.get("MESON_EXE_WRAPPER"):
        skip("the program is of another architecture")
    if shutil.which("strace") is None:
        skip("no strace")
    for variables, arguments, needed in CASES:
        done, calls = trace(program, arguments, variables)
        tell(done.returncode in (0, 1) and ("/locale/" in calls) == needed,
             f"{'reads' if needed else 'does not read'} a locale: {variables}, {' '.join(arguments)}",
             re.findall(r'".*/locale/.*"', calls), done.stderr)
    done, calls = trace(program, ["check-change", "pc-q35-5.2", "pc-q35-7.2"], {})
    written = re.findall(r"^write\(2, ", calls, re.M)
    tell(len(done.stderr.splitlines()) > 10 and len(written) == 2,
         "warnings in one write, effects in another", written, done.stderr)
    end()


main()
