#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""complete.py MACHTYPE DATA: how long a user waits for completion.

The minimum time of 'machtype complete', one process, also with a store that is too large to be read in
time. The goal is 100 ms; exit status 1 if it is missed.
"""

import os
import subprocess
import sys
import tempfile
import time

RECORDS, ROUNDS, GOAL = 30000, 7, 0.1


def fill(program, store):
    lines = "".join(f'{{"uuid":"6f1d4b5e-0000-4000-8000-{i:012}","machine":"q35","host":"h{i % 9}"}}\n'
                    for i in range(RECORDS))
    subprocess.run([program, "import", "--store", store, "-"], input=lines.encode(),
                   stderr=subprocess.DEVNULL, check=True)


def least_time(command):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    program, data = map(os.path.abspath, sys.argv[1:])
    os.environ["MACHTYPE_CONF"] = ""
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/large.db"
        fill(program, store)
        for words in (["parse", ""], ["resolve", "-p", "hw"],
                      ["check-change", "--capabilities", f"{data}/hosts/x86_64.xml", ""],
                      ["get-machine-type", "--store", store, ""],
                      ["history", "--store", store, "6f1d4b5e-0000-4000-8000-00000003"]):
            least = least_time([program, "complete", "--", *words])
            missed |= least > GOAL
            print(f"{least * 1000:8.1f} ms  complete {words[0]} {words[1]}",
                  "(missed)" if least > GOAL else "")
    return missed


sys.exit(main())
