#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""replica-killed.py MACHTYPE: a writer that is killed leaves no record in the replica that is out of date.

Run by cluster.sh. The writer is killed at each call that writes to the file or sends to the server,
one after the other, until it has no such call left.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

UUID = "00000000-0000-4000-8000-000000000001"
CALLS = ["pwrite64", "fdatasync", "sendto"]
TYPES = ["pc-q35-7.2", "pc-q35-8.0"]
EXPORT = {"format": 2, "uuid": UUID, "state": "stopped", "arch": "x86_64", "machine": TYPES[0],
          "source": "domain"}


def run(machtype, *args, stdin=None):
    return subprocess.run([machtype, *args], input=stdin, capture_output=True, text=True, check=False)


def read(machtype, store):
    """The record and its history; None: the store does not have it."""
    told = run(machtype, "history", UUID, "--json", "--store", store)
    record = run(machtype, "get-machine-type", UUID, "--json", "--store", store)
    if "could not be found" in record.stderr:
        return None
    if told.returncode != 0 or record.returncode != 0:
        raise SystemExit(f"{store}: {told.stderr}{record.stderr}")
    return json.loads(record.stdout), told.stdout


def update(machtype, both, machine, call, n):
    """Whether the writer was killed."""
    done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                           f"inject={call}:signal=KILL:when={n}", machtype, "update-machine-type",
                           UUID, machine, "--record-only", "--force", "--store", both],
                          capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, -signal.SIGKILL, 128 + signal.SIGKILL):
        raise SystemExit(f"{call} {n}: {done.returncode}: {done.stderr}")
    return done.returncode not in (0, 1)


def check(machtype, both, file, server, call):
    n = kills = absent = 0
    while True:
        n += 1
        old = read(machtype, server)
        machine = TYPES[old[0]["machine"] == TYPES[0]]
        killed = update(machtype, both, machine, call, n)
        kept, decided = read(machtype, file), read(machtype, server)
        if kept is not None and kept != decided:
            raise SystemExit(f"not ok - {call} {n}: the replica has {kept}, the server {decided}")
        if read(machtype, both) != decided:
            raise SystemExit(f"not ok - {call} {n}: both read something else than the server has")
        kills += killed
        absent += kept is None
        if not killed:
            break
    if kills == 0:
        raise SystemExit(f"not ok - {call}: the writer was never killed")
    print(f"ok - {call}: killed {kills} times, then the replica lacked the record {absent} times")


def main():
    machtype = sys.argv[1]
    if not shutil.which("strace"):
        raise SystemExit("strace is not installed")
    subprocess.run(["psql", "-Xq", "-c", "CREATE DATABASE killed"], check=True)
    with tempfile.TemporaryDirectory() as work:
        file, server = os.path.join(work, "replica.db"), "postgresql:dbname=killed"
        both = f"{file}, {server}"
        done = run(machtype, "import", "-", "--store", both, stdin=json.dumps(EXPORT) + "\n")
        if done.returncode != 0 or read(machtype, file) is None:
            raise SystemExit(f"import: {done.stderr}")
        for call in CALLS:
            check(machtype, both, file, server, call)


main()
