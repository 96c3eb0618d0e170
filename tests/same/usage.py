# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line itself: help, options, errors in them, completion."""

import os
import re

from words import TESTS, merge

VALUES = ["", "x", "x=y", "-1", "0x10", "/nonexistent", "pc", "x86_64"]
# No run creates a store, or looks for the machine's libvirt.
STORE = ("--store", "/nonexistent/records.db")
VALUES_OF = {"store": STORE[1:], "connect": ["x", "/nonexistent", "test:///nonexistent"]}


def list_commands(program):
    out = program.ask(("--help",)).out.decode()
    return re.findall(r"^  ([a-z-]+(?: [a-z-]+)?) {2,}\S", out, re.M)


def list_options(program, command):
    """(name, whether it takes a value)."""
    out = program.ask((*command.split(), "--help")).out.decode()
    return [(name, bool(takes)) for name, takes in re.findall(r"^  (?:-\w, )?--([a-z-]+)(=)?", out, re.M)]


def command_questions(program, command):
    words = command.split()
    yield (*words, "--help")
    for more in ((), ("-Z",), ("--frobnicate",), ("a",), ("a", "b"), ("a", "b", "c"), ("--", "-a", "-b")):
        yield (*words, *STORE, *more)
        yield (*words, *more, "--host-arch", "x86_64")
    for name, takes in list_options(program, command):
        store = () if name == "store" else STORE
        yield (*words, f"--{name}")
        for arguments in ((), ("pc",), ("pc", "q35")):
            for value in VALUES_OF.get(name, VALUES) if takes else [None]:
                yield (*words, *store, f"--{name}" if value is None else f"--{name}={value}", *arguments)


def completion_questions(program, commands):
    for command in commands:
        words = tuple(command.split())
        yield ("complete", "--", *words)
        for last in ("", "-", "--", "pc-", "q"):
            yield ("complete", "--", *words, *STORE, last)
        for name, takes in list_options(program, command):
            yield ("complete", "--", *words, f"--{name}")
            if takes:
                yield ("complete", "--", *words, f"--{name}", "")
                yield ("complete", "--", *words, f"--{name}=")
                yield ("complete", "--", *words, *STORE, f"--{name}=h")
    with open(os.path.join(TESTS, "completion", "lines.tsv"), encoding="utf-8") as lines:
        for line in lines:
            if line[:1] not in "#@" and "'" not in line and '"' not in line:
                yield ("complete", "--", *line.split("\t")[0].split())


def ask(judge, words):
    commands = merge(list_commands(program) for program in judge.programs)
    if len(commands) < 20:
        raise SystemExit(f"same: --help lists too few commands: {commands}")
    judge.ask("usage", [(), ("--help",), ("-h",), ("help",), ("--version",), ("",), ("frobnicate",),
                        ("libvirt",), ("libvirt", "frobnicate"), ("upgrade",), ("image-property",)])
    judge.ask("usage", (question for command in commands
                        for question in command_questions(judge.old, command)))
    judge.ask("usage", completion_questions(judge.old, commands))
    judge.ask("usage", (("complete", "--", "resolve", option, f"{name}={value[:1]}")
                        for option, name, value in words.guest_options()))
