#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hosts.py MACHTYPE: how long many hosts take of which some never answer.

Forty hosts, every fourth of which accepts a connection and never answers; the others are libvirt's test
driver with fifty domains each. The unit is the time limit of a host: eight jobs need two of them for ten
silent hosts. The goal is three; exit status 1 if it is missed.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time

HOSTS, DOMAINS, LIMIT, GOAL = 40, 50, 3, 3

DOMAIN = ("<domain type='test'><name>g{0}</name><uuid>6f1d4b5e-0000-4000-8000-{0:012}</uuid><memory>8192</memory>"
          "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>")


def make_hosts(folder):
    """Their URIs, and the sockets of the silent ones."""
    uris, sockets = [], []
    for i in range(HOSTS):
        path = f"{folder}/{i}"
        if i % 4 == 1:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen(64)
            sockets.append(listener)
            uris.append(f"qemu+unix:///system?socket={path}")
        else:
            domains = "".join(map(DOMAIN.format, range(i * DOMAINS, (i + 1) * DOMAINS)))
            with open(path, "w", encoding="ascii") as file:
                file.write(f"<node>{domains}</node>")
            uris.append(f"test://{path}")
    with open(f"{folder}/hosts", "w", encoding="ascii") as file:
        file.write("\n".join(uris))
    return sockets


def measure(program, folder, command):
    """In limits."""
    start = time.perf_counter()
    answer = subprocess.run([program, command, "--hosts", f"{folder}/hosts", "--jobs", "8", "--timeout", str(LIMIT),
                             "--store", f"{folder}/records.db"], capture_output=True, check=False)
    taken = (time.perf_counter() - start) / LIMIT
    lines = answer.stdout.count(b"\n")
    if answer.returncode != 3 or lines != (HOSTS - HOSTS // 4) * DOMAINS:
        sys.exit(f"{command}: status {answer.returncode}, {lines} lines: {answer.stderr.decode()}")
    return taken


def main():
    program = os.path.abspath(sys.argv[1])
    os.environ["MACHTYPE_CONF"] = ""
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        sockets = make_hosts(folder)
        for command in "record", "list":
            taken = measure(program, folder, command)
            missed |= taken > GOAL
            print(f"{taken:8.2f} limits  {command}, {len(sockets)} of {HOSTS} hosts silent, 8 jobs",
                  "(missed)" if taken > GOAL else "")
    return missed


sys.exit(main())
