#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""calls.py HOOK PLACE: what the hook costs before a guest starts, and a file system without space."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

HOOK, PLACE = map(os.path.abspath, sys.argv[1:])
SPOOL = os.path.join(PLACE, "machtype", "spool")
MAX_CALLS = 60
XML = b"<domain/>" + b" " * (8192 - 9)


def check_calls():
    """Of all its processes, the loading of libc included; a pipe, as libvirt has one."""
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run(["strace", "-f", "-c", "-o", log.name, HOOK, "web", "prepare", "begin", "-"],
                       input=XML, check=True)
        text = log.read().decode()
    total = re.search(r"^100\.00\s+\S+\s+\S+\s+(\d+)", text, re.MULTILINE)
    tap.tell(total and 20 < int(total[1]) <= MAX_CALLS, f"at most {MAX_CALLS} system calls", text)
    print(f"# {total and total[1]} system calls for 8 KiB")


def check_killed():
    """Its writer, at what only it calls: the process for which libvirt waits goes on."""
    for call in ("fstatfs", "write", "renameat"):
        with tempfile.NamedTemporaryFile() as log:
            done = subprocess.run(["strace", "-f", "-o", log.name, "-e", "trace=" + call, "-e",
                                   f"inject={call}:signal=SIGKILL:when=1", HOOK, "web", "prepare", "begin", "-"],
                                  input=XML, capture_output=True, check=False)
            killed = b"killed by SIGKILL" in log.read()
        tap.tell(killed and (done.returncode, done.stdout, done.stderr) == (0, b"", b""), f"killed at {call}", done)


def check_libraries():
    text = subprocess.run(["readelf", "-d", HOOK], capture_output=True, text=True, check=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
    tap.tell(needed == ["libc.so.6"], "libc alone", needed)


def check_full():
    """The spool is on a small file system: it leaves the rest to others."""
    for what, size in (("little space", "17m"), ("less than it leaves", "8m"), ("read-only", "64m,ro")):
        script = f'mount -t tmpfs -o size={size} none "$2" && "$1" web prepare && ls -A "$2"'
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", HOOK, SPOOL], input=XML,
                              capture_output=True, check=False)
        tap.tell(done.returncode == 0 and not done.stderr and bool(done.stdout) == (what == "little space"), what, done)


if not shutil.which("strace"):
    tap.skip("strace is not installed")
if os.geteuid() != 0:
    tap.skip("only root can mount")
shutil.rmtree(PLACE, ignore_errors=True)
os.makedirs(SPOOL)
check_calls()
check_killed()
check_libraries()
check_full()
tap.end()
