#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hook.py HOOK PLACE COPY: what libvirt's hook costs before a guest starts.

The minimum time of a process that keeps 8 KiB of XML, the hook's and that of a program that only copies
them; they take turns. HOOK has its spool below PLACE (tests/hook). The goal is twice as long: the
hook writes in a process of its own. Exit status 1 if it is missed.
"""

import os
import shutil
import sys
import tempfile
import time

ROUNDS, GOAL = 500, 2.0


def take_time(command, xml):
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 0, xml, os.O_RDONLY, 0)])
    _, status = os.waitpid(pid, 0)
    end = time.perf_counter()
    if status:
        sys.exit(f"{command[0]}: {status}")
    return end - start


def main():
    hook, place, copy = map(os.path.abspath, sys.argv[1:])
    spool = os.path.join(place, "machtype", "spool")
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(spool)
    # The same file system, and as many files.
    with tempfile.TemporaryDirectory(dir=place) as folder:
        xml = os.path.join(folder, "xml")
        with open(xml, "wb") as file:
            file.write(b"<domain/>" + b" " * (8192 - 9))
        times = {"hook": [], "copy": []}
        for number in range(ROUNDS):
            times["hook"].append(take_time([hook, "web", "prepare", "begin", "-"], xml))
            times["copy"].append(take_time([copy, f"{folder}/.{number}", f"{folder}/{number}"], xml))
    if len(os.listdir(spool)) != ROUNDS:
        sys.exit("the hook has not kept each of them")
    least = {name: min(values) for name, values in times.items()}
    ratio = least["hook"] / least["copy"]
    for name, value in least.items():
        print(f"{value * 1000:8.2f} ms  {name}")
    print(f"{ratio:8.2f} x as long", "(missed)" if ratio > GOAL else "")
    shutil.rmtree(place)
    return ratio > GOAL


sys.exit(main())
