#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-same.py MACHTYPE: run.sh finds no difference where there is none, and each that is planted,
in any of the streams and in the exit status, in single runs and among lines. Prints TAP."""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from tap import end, tell  # pylint: disable=wrong-import-position

# What is altered in the answers to which command: a stream, and how. Each is tested in a part.
PLANTED = [
    ("parse", "out", "s/pc-q35/pc-q36/"),
    ("check-change", "out", "s/refused-alias/allowed/"),
    ("domain-xml", "out", "s/driver name=/driver nane=/"),
    ("resolve", "err", "s/warning/Warning/"),
    ("undo", "status", "s/^2$/3/"),
]
PARTS = "names,resolve,domain-xml,usage"

WRAPPER = """#!/bin/sh
export MACHTYPE_MODULE_DIR={modules}
case $1 in
{cases}
*) exec {program} "$@" ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{program} "$@" >"$work/out" 2>"$work/err"
echo $? >"$work/status"
sed -i "$edit" "$work/$stream"
cat "$work/out"
cat "$work/err" >&2
exit "$(cat "$work/status")"
"""


def run(old, new, *options):
    done = subprocess.run(["sh", os.path.join(HERE, "run.sh"), old, new, "--without-daemon", *options],
                          capture_output=True, check=False)
    text = (done.stdout + done.stderr).decode()
    found = re.search(r"^(\d+) questions, (\d+) differences$", text, re.M)
    return done.returncode, found and tuple(map(int, found.groups())), text


def check_same(program):
    status, found, text = run(program, program, "--every", "500", "--only",
                              "names,resolve,domain-xml,documents,mutations,usage")
    tell(status == 0 and found and found[0] > 1000 and found[1] == 0, "the same program", text)


def write_wrapper(program, folder, planted):
    """A program that alters answers."""
    wrapper = os.path.join(folder, "wrapper")
    cases = "\n".join(f"{command}) stream={stream} edit='{edit}' ;;" for command, stream, edit in planted)
    with open(wrapper, "w", encoding="utf-8") as file:
        file.write(WRAPPER.format(modules=os.environ.get("MACHTYPE_MODULE_DIR", ""), program=program, cases=cases))
    os.chmod(wrapper, 0o755)
    return wrapper


def check_planted(program, folder):
    wrapper = write_wrapper(program, folder, PLANTED)
    status, found, text = run(program, wrapper, "--every", "300", "--only", PARTS, "--show", "1000000")
    tell(status == 1 and found, "there are differences", text)
    # Each command has few of these questions.
    text += run(program, wrapper, "--every", "20", "--only", "usage", "--show", "1000000")[2]
    for command, stream, edit in PLANTED:
        shown = re.search(rf"^DIFFERENCE .*: machtype {command} .*\n  {stream}[,:]", text, re.M)
        tell(shown is not None, f"{command}: {stream}: {edit} is found", text)
    others = set(re.findall(r"^DIFFERENCE .*?: machtype ([a-z-]+)", text, re.M)) - {case[0] for case in PLANTED}
    tell(not others, "and nothing else is", others)


# The words of a finding, and the code before them.
REWORDED = [("lint", "out", "s/: [^:]* \\[/: other words [/")]
RECODED = [("lint", "out", "s/: error: [a-z0-9-]*: /: error: other: /")]


def check_masked(program, folder):
    """Words are masked, codes are not."""
    for name, planted, same in (("words", REWORDED, True), ("codes", RECODED, False)):
        wrapper = write_wrapper(program, folder, planted)
        status, found, text = run(program, wrapper, "--every", "20", "--only", "documents", "--masked")
        tell(found and found[0] > 100 and (found[1] == 0) == same and status == (0 if same else 1),
             f"masked: other {name} are {'not ' if same else ''}found", text)
        status, _, text = run(program, wrapper, "--every", "20", "--only", "documents")
        tell(status == 1, f"not masked: other {name} are found", text)


def main():
    program = os.path.abspath(sys.argv[1])
    check_same(program)
    with tempfile.TemporaryDirectory() as folder:
        check_planted(program, folder)
        check_masked(program, folder)
    status, _, text = run(program, program, "--only", "nothing")
    tell(status == 2 and "unknown part" in text, "a part that is not there", text)
    end()


main()
