#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""calls.py HOOK PLACE: what the hook costs before a guest starts, a file system without space, and the log."""

import os
import re
import shutil
import socket
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


def read_log(listener):
    """What has been logged, and is not read yet."""
    told = []
    while True:
        try:
            told.append(listener.recv(65536).decode())
        except BlockingIOError:
            return told


def enforce(program):
    with open(os.path.join(PLACE, "hook.conf"), "w", encoding="utf-8") as file:
        file.write("enforce = yes\n")
    with open(os.path.join(PLACE, "program"), "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + program)
    os.chmod(os.path.join(PLACE, "program"), 0o755)


def block_spool():
    os.rmdir(SPOOL)
    with open(SPOOL, "w", encoding="utf-8"):
        pass


def check_log():
    """Each guest that starts unchecked, or of which nothing is kept, is in the log: once, by its name."""
    trace = ["strace", "-f", "-o", "/dev/null", "-e", "trace=renameat", "-e"]
    kill = [*trace, "inject=renameat:signal=SIGKILL:when=1"]
    hang = [*trace, "inject=renameat:delay_enter=6000000:when=1"]
    cases = (("nothing to say", None, [], XML, None),
             ("no spool", block_spool, [], XML, r"guest web \(prepare\): cannot write to .*spool: Not a directory"),
             ("too large", None, [], b"x" * ((8 << 20) + 1), "the XML of the guest is larger than 8388608 bytes"),
             ("the writer is killed", None, kill, XML, r"guest web \(prepare\): killed by signal 9"),
             ("the disk hangs", None, hang, XML, r"guest web \(prepare\): .*spool has not answered in 3 seconds"),
             ("no answer", lambda: enforce("exec sleep 1000\n"), [], XML, "guest web starts unchecked: no answer in 3 seconds"),
             ("no store", lambda: enforce("exit 3\n"), [], XML, r"guest web starts unchecked: .*program has failed"),
             ("allowed", lambda: enforce("exit 0\n"), [], XML, None))
    for what, prepare, prefix, xml, told in cases:
        shutil.rmtree(PLACE)
        os.makedirs(SPOOL)
        devices = os.path.join(PLACE, "dev")
        os.mkdir(devices)
        os.mknod(os.path.join(devices, "null"), 0o20666, os.makedev(1, 3))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.setblocking(False)
            listener.bind(os.path.join(devices, "log"))
            if prepare:
                prepare()
            script = 'mount --bind "$0" /dev && exec "$@"'
            done = subprocess.run(["unshare", "--mount", "sh", "-c", script, devices, *prefix, HOOK, "web", "prepare"],
                                  input=xml, capture_output=True, check=False)
            log = read_log(listener)
        tap.tell(done.returncode == 0 and not done.stdout and len(log) == (told is not None) and
                 (told is None or re.search("machtype-hook.*" + told, log[0])), f"the log: {what}", done, log)


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
check_log()
tap.end()
