#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""killed.py MACHTYPE: the reader of the spool is killed, and no guest is lost or recorded twice.

SIGKILL at 100 random system calls, from the opening of the store to the removal of the last file. After
each, every guest is in the spool or in the store, or both; the next run takes what is left.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

MACHTYPE = os.path.abspath(sys.argv[1])
GUESTS = 10
KILLS = 100
WORK = tempfile.mkdtemp()
SPOOL = os.path.join(WORK, "spool")
STORE = os.path.join(WORK, "records.db")
# Those that change something, or read what others have changed.
CALLS = "openat,close,write,pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat,renameat,mkdirat,utimensat,fcntl"
XML = ("<domain type='qemu'><name>guest{0}</name><uuid>00000000-0000-0000-0000-{0:012x}</uuid>"
       "<memory>65536</memory><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>\n")


def reset():
    shutil.rmtree(WORK)
    os.makedirs(SPOOL, 0o700)
    for number in range(GUESTS):
        with open(os.path.join(SPOOL, f"{1000000000 + number}.0-1.prepare.xml"), "w", encoding="utf-8") as file:
            file.write(XML.format(number))


def command():
    return [MACHTYPE, "record", "--spool", SPOOL, "--store", STORE, "--quiet"]


def in_spool():
    return {int(name.partition(".")[0]) - 1000000000 for name in os.listdir(SPOOL) if name.endswith(".xml")}


def in_store():
    if not os.path.exists(STORE):
        return {}
    run = subprocess.run([MACHTYPE, "export", "--store", STORE], capture_output=True, text=True, check=False)
    return {int(line["name"][5:]): line for line in map(json.loads, run.stdout.splitlines()) if "name" in line}


def list_calls():
    """Each as its name, and how often it was called before and now: strace counts so."""
    reset()
    log = os.path.join(WORK, "log")
    subprocess.run(["strace", "-f", "-o", log, "-e", "trace=" + CALLS, *command()], check=True)
    with open(log, encoding="utf-8", errors="replace") as file:
        calls = [line.split("(")[0].split()[-1] for line in file if re.match(r"^\d+ +\w+\(", line)]
    return [(call, calls[:number + 1].count(call)) for number, call in enumerate(calls)]


def check(instant):
    call, number = instant
    reset()
    killed = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=" + CALLS, "-e",
                             f"inject={call}:signal=SIGKILL:when={number}", *command()], capture_output=True, check=False)
    waiting, stored = in_spool(), set(in_store())
    if waiting | stored != set(range(GUESTS)):
        return f"{instant}: lost {set(range(GUESTS)) - waiting - stored}"
    again = subprocess.run(command(), capture_output=True, text=True, check=False)
    records = in_store()
    twice = [number for number, record in records.items() if record["revision"] != 1]
    if again.returncode or in_spool() or set(records) != set(range(GUESTS)) or twice:
        return f"{instant}: {again.returncode} {in_spool()} {sorted(records)} {twice} {again.stderr}"
    if len(os.listdir(os.path.join(SPOOL, "started"))) != GUESTS:
        return f"{instant}: a start is not marked"
    if os.path.isdir(os.path.join(SPOOL, "damaged")):
        return f"{instant}: put aside {os.listdir(os.path.join(SPOOL, 'damaged'))}"
    return killed.returncode not in (0, -9) and f"{instant}: ended with {killed.returncode}" or (
        None if killed.returncode else "whole")


def check_gone():
    """Another reader takes a file between its listing and its opening: neither an error nor a difference."""
    reset()
    log = os.path.join(WORK, "log")
    subprocess.run(["strace", "-f", "-o", log, "-e", "trace=openat", *command()], check=True)
    with open(log, encoding="utf-8", errors="replace") as file:
        calls = [line for line in file if "openat(" in line]
    place = next(number for number, line in enumerate(calls, 1) if '"1000000004.0-1.prepare.xml"' in line)
    reset()
    done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=openat", "-e",
                           f"inject=openat:error=ENOENT:when={place}", *command()], capture_output=True, text=True, check=False)
    tap.tell(done.returncode == 0 and not done.stdout and not done.stderr and len(in_store()) >= GUESTS - 1,
             "a file that another reader takes", done, sorted(in_store()))


def main():
    if not shutil.which("strace"):
        tap.skip("strace is not installed")
    calls = list_calls()
    instants = random.Random(23).sample(calls, KILLS)
    answers = [check(instant) for instant in instants]
    wrong = [answer for answer in answers if answer not in (None, "whole")]
    print(f"# {len(calls)} calls, killed at {answers.count(None)} of {len(instants)}")
    tap.tell(not wrong, f"killed at {KILLS} instants", *wrong)
    tap.tell(answers.count(None) >= KILLS * 9 // 10, "and it was killed", answers.count(None))
    check_gone()
    shutil.rmtree(WORK)
    tap.end()


main()
