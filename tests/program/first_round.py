# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shared by make-first-round.py and test-first-round.py: runs a case in its own folder, with copies of
all frozen files."""

import gzip
import json
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(os.path.dirname(HERE), "data", "first-round")
CASES = os.path.join(FOLDER, "cases.jsonl.gz")
sys.path.insert(0, os.path.join(HERE, os.pardir, "same"))
from clock import Clock  # pylint: disable=wrong-import-position

# Commands that only read do not migrate tables, and say so; the next command that writes does.
OLD_TABLES = "FOLDER/records.db has tables of version 3, which are updated when it is opened for writing"

WRAPPER = shlex.split(os.environ.get("MESON_EXE_WRAPPER", ""))
CLOCK = Clock()


def uuid_of(number):
    return f"6f1d4b5e-0000-4000-8000-{number:012d}"


def write_file(path, data):
    """Not writable by others, whatever the umask is."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)


def read_lines(text):
    """Records of an export, by UUID."""
    return {record["uuid"]: record for record in map(json.loads, text.splitlines())}


def read_export(name):
    """The export of a frozen store, as the first round printed it; None: there is no store yet."""
    if name is None:
        return {}
    with open(os.path.join(FOLDER, "exports", name + ".jsonl"), encoding="utf-8") as file:
        return read_lines(file.read())


def copy_inputs(work):
    for name in ("inputs", "conf", "exports"):
        if os.path.isdir(os.path.join(FOLDER, name)):
            os.mkdir(os.path.join(work, name))
            for file in os.listdir(os.path.join(FOLDER, name)):
                with open(os.path.join(FOLDER, name, file), "rb") as source:
                    write_file(os.path.join(work, name, file), source.read())


def copy_store(name, work):
    for suffix in ("", "-wal"):
        path = os.path.join(FOLDER, "stores", name + ".db" + suffix + ".gz")
        if os.path.exists(path):
            with gzip.open(path) as file:
                write_file(os.path.join(work, "records.db" + suffix), file.read())


def run_case(program, work, case):
    """Status, standard output and standard error, without the folder and the current time."""
    conf = os.path.join(work, "conf", case["conf"] + ".conf") if case.get("conf") else ""
    env = {**os.environ, "MACHTYPE_CONF": conf, "LC_ALL": "C.UTF-8", "HOME": work, "XDG_DATA_HOME": work,
           "SUDO_USER": "", "SUDO_UID": "", "TZ": "UTC"}
    # A URI of the test driver has the whole path.
    arguments = [argument.replace("/FOLDER", work) for argument in case["arguments"]]
    done = subprocess.run([*WRAPPER, program, *arguments], input=case.get("stdin", "").encode(), cwd=work,
                          env=env, capture_output=True, check=False)
    answer = {"status": done.returncode}
    for name, text in (("out", done.stdout), ("err", done.stderr)):
        text = text.replace(os.fsencode(work), b"FOLDER")
        answer[name] = CLOCK.normalise_text(text).decode()
    return answer


def update_tables(program, work):
    """By a command that writes nothing else."""
    run_case(program, work, {"arguments": ["import", "-", "--store", "records.db"]})


def answer_case(program, work, case, *, prepared=False):
    """Like run_case, and the records that are in the store afterwards, if there is one."""
    if not prepared:
        copy_inputs(work)
    if not prepared and case["store"] is not None:
        copy_store(case["store"], work)
    answer = run_case(program, work, case)
    if os.path.exists(os.path.join(work, "records.db")):
        export = run_case(program, work, {"arguments": ["export", "--store", "records.db"]})
        if OLD_TABLES in export["err"]:
            update_tables(program, work)
            export = run_case(program, work, {"arguments": ["export", "--store", "records.db"]})
        answer["records"] = read_lines(export["out"])
    return answer


def list_commands(program):
    out = subprocess.run([program, "--help"], capture_output=True, check=True).stdout.decode()
    return re.findall(r"^  ([a-z-]+(?: [a-z-]+)?) {2,}\S", out, re.M)


def list_options(program, command):
    out = subprocess.run([program, *command.split(), "--help"], capture_output=True, check=True).stdout.decode()
    return re.findall(r"^  (?:-\w, )?--([a-z-]+)", out, re.M)


def list_missing(options, cases):
    """Options that no case has."""
    short = {"-p": "property", "-c": "connect", "-m": "machine"}
    missing = {(command, name) for command, names in options.items() for name in names}
    for case in cases:
        words = list(case["arguments"])
        command = " ".join(words[:2]) if " ".join(words[:2]) in options else (words or [""])[0]
        missing -= {(command, short.get(word, word[2:])) for word in words if word[:1] == "-"}
    return missing
