#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-answers.py MACHTYPE: when a run that reads standard input writes its answers.

A file of questions is answered in few writes. A program that waits for an answer before it asks
again gets it, and so does one that has sent a part of its next question. A complaint stands behind
the answers before it. Prints TAP.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
from tap import end, skip, tell  # pylint: disable=wrong-import-position

LINES = 50000
ENVIRONMENT = {**os.environ, "MACHTYPE_CONF": ""}
# Arguments, a question, its answer, the most writes for all lines: one for 64 KiB and some more.
RUNS = [
    (["compare", "-"], "pc-q35-2.9\tpc-q35-2.10", "lt", 100),
    (["compare", "--json", "-"], "pc-q35-2.9\tpc-q35-2.10", '"order":"lt"', 200),
    (["parse", "-"], "pc-q35-7.2", "\tversioned\t", 200),
    (["parse", "--json", "-"], "pc-q35-7.2", '"version":"7.2"', 500),
    (["check-change", "-"], "pc-q35-5.2\tpc-q35-7.2\tstopped\t-\tx86_64", "allowed", 100),
    (["resolve", "-"], '{"host_arch":"x86_64"}', '"machine"', 1000),
]


def count_writes(program, arguments, question):
    """The writes to standard output, and the lines in it."""
    with open("questions", "w", encoding="utf-8") as questions:
        questions.write((question + "\n") * LINES)
    environment = {**ENVIRONMENT, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
    with open("questions", encoding="utf-8") as questions:
        done = subprocess.run(["strace", "-o", "writes.log", "-e", "trace=write", program, *arguments],
                              stdin=questions, env=environment, capture_output=True, check=False)
    with open("writes.log", encoding="utf-8", errors="replace") as calls:
        writes = len(re.findall(r"^write\(1, ", calls.read(), re.M))
    for name in "questions", "writes.log":
        os.unlink(name)
    return writes, done.stdout.count(b"\n"), done.stderr[:200]


def converse(program, arguments, question, answer):
    """Asks, waits for the answer, and asks again; each time, a part of the next question comes along."""
    with subprocess.Popen([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=ENVIRONMENT) as process:
        heard = []
        first, rest = question[:3], question[3:] + "\n"
        process.stdin.write(first.encode())
        for _ in range(20):
            process.stdin.write((rest + first).encode())
            process.stdin.flush()
            heard.append(process.stdout.readline().decode())
        process.stdin.write(rest.encode())
        process.stdin.close()
        last = process.stdout.read().decode()
    tell(all(answer in line for line in heard + [last]) and last.count("\n") == 1,
         f"each answer before the next question: {' '.join(arguments)}", heard, last)


def check_order(program):
    """An answer, and the complaint that ends the run, in one pipe. The file is never waited for."""
    with open("questions", "wb") as questions:
        questions.write(b"pc-q35-5.2\tpc-q35-7.2\n")
        questions.truncate(129 << 20)
    with open("questions", "rb") as questions:
        done = subprocess.run([program, "compare", "-"], stdin=questions, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=ENVIRONMENT, check=False)
    os.unlink("questions")
    tell(re.fullmatch(rb"lt\nmachtype: .* longer than 128 MiB\n", done.stdout) is not None,
         "answers stand before the complaint that ends the run", done.stdout[:200])


def main():
    program = os.path.abspath(sys.argv[1])
    for arguments, question, answer, _ in RUNS:
        converse(program, arguments, question, answer)
    check_order(program)
    if os.environ.get("MESON_EXE_WRAPPER") or shutil.which("strace") is None:
        skip("the program cannot be traced")
        end()
        return
    for arguments, question, _, most in RUNS:
        writes, answers, complaints = count_writes(program, arguments, question)
        tell(answers == LINES and writes < most, f"few writes for many answers: {' '.join(arguments)}",
             f"{answers} answers in {writes} writes", complaints)
    end()


main()
