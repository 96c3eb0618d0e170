#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""clocks.py SOURCE BUILD: no test measures time.

A machine can be a hundred times slower than another one, or busy. So a time-out is only for what hangs
(hang_limit in tests/meson.build), and no test reads a clock; speed is covered by tests/bench.
"""

import json
import os
import re
import subprocess
import sys

LEAST = 7200
CLOCKS = re.compile(r"g_get_monotonic_time|g_get_real_time|g_timer_|clock_gettime|gettimeofday|"
                    r"time\.(time|monotonic|perf_counter|process_time)\b|\btimeit\b|\btimeout=\d|"
                    r"\bSECONDS\b|date \+%s|(^|[;&|]\s*)timeout \d|/usr/bin/time\b", re.MULTILINE)

# They report how long something took, or guard against what hangs, and compare nothing.
ALLOWED = {"tests/run.sh", "tests/interop/nova-export.sh", "tests/interop/domain-xml.py",
           "tests/boot/boot-domain.c", "tests/boot/init", "tests/portability/exchange.py",
           "tests/same/clock.py", "tests/static/clocks.py"}


def short_limits(build):
    tests = json.loads(subprocess.run(["meson", "introspect", "--tests", build],
                                      stdout=subprocess.PIPE, check=True).stdout)
    for test in tests:
        if 0 < test["timeout"] < LEAST:
            yield f"test {test['name']}: timeout {test['timeout']}, use hang_limit"


def clocks(source):
    for folder, folders, names in os.walk(os.path.join(source, "tests")):
        folders[:] = [name for name in folders if name not in ("bench", "data", "__pycache__")]
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), source)
            if path in ALLOWED or path.endswith(".abi"):
                continue
            with open(os.path.join(source, path), encoding="utf-8") as file:
                text = file.read()
            for match in CLOCKS.finditer(text):
                line = text[:match.start()].count("\n") + 1
                yield f"{path}:{line}: {match.group(0).strip()}: a test measures no time"


def main():
    source, build = sys.argv[1:]
    wrong = [*short_limits(build), *clocks(source)]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


sys.exit(main())
