#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the results of meson's test logs: one line per run, then the sum."""

import json
import os
import sys

GOOD = {"OK", "EXPECTEDFAIL"}
total = {"passed": 0, "failed": 0, "skipped": 0}
complete = True

for path in sys.argv[1:]:
    count = dict.fromkeys(total, 0)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as log:
            for line in log:
                result = json.loads(line)["result"]
                kind = "passed" if result in GOOD else "skipped" if result == "SKIP" else "failed"
                count[kind] += 1
    # A run without a test has tested nothing.
    if not any(count.values()):
        complete = False
    for kind in total:
        total[kind] += count[kind]
    run = os.path.basename(path).rsplit(".", 1)[0]
    # meson appends the name of a set-up, which is the run's.
    half = len(run) // 2
    if run[:half] == run[half + 1:]:
        run = run[:half]
    print(f"{run:12} " + ", ".join(f"{count[kind]} {kind}" for kind in total))

print(", ".join(f"{total[kind]} {kind}" for kind in total))
sys.exit(0 if complete and total["failed"] == 0 and total["skipped"] == 0 else 1)
