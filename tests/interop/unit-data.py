#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""unit-data.py MACHTYPE SUITE [--record FILE] [--replay FILE] [--show]

Runs Nova's own unit tests in a Debian of SUITE (nova_recorder.py does), and asks machtype the same: what
each test asks, machtype is asked, and what Nova answers, machtype must answer. The only differences are
those on purpose (nova_purposes.py), each with a paragraph in doc/from-nova.md. One that explains nothing
with the newest Nova is no longer true.

--record FILE  keeps what was recorded
--replay FILE  compares that, without Nova
--show         shows each difference, and not only their number
"""

import argparse
import collections
import os
import subprocess
import sys
import tempfile

# The modules next to this file are read from the source tree, which may not be trusted.
sys.dont_write_bytecode = True

import nova_calls
import nova_purposes
import nova_root

# Nova's tests about what machtype decides.
MODULES = ["virt.libvirt.test_machine_type_utils", "virt.libvirt.test_utils", "virt.test_hardware",
           "virt.libvirt.test_driver.LibvirtConnTestCase", "cmd.test_manage",
           "api.validation.extra_specs.test_validators"]
# Fewer are a sign that Nova's tests did not run, and not that there is less to ask.
LEAST = 400
SHOWN = 5


def record(suite, path):
    """Runs Nova's tests in the root, which stays as it is."""
    names = ["nova.tests.unit." + name for name in MODULES]
    with open(path, "w", encoding="utf-8") as calls:
        process = nova_root.start(suite, ["nova_recorder"], str(calls.fileno()), *names,
                                  stdin=subprocess.DEVNULL, pass_fds=[calls.fileno()])
        if process.wait() != 0:
            raise SystemExit(f"Nova's tests cannot run: status {process.returncode}")


class Report:
    """Counts, and what nothing explains."""

    def __init__(self, show):
        self.show = show
        self.agree, self.differ = collections.Counter(), collections.Counter()
        self.outside, self.wrong = collections.Counter(), []
        self.purposes = collections.Counter()

    def add(self, call, differences):
        if not differences:
            self.agree[call.function] += 1
            return
        self.differ[call.function] += 1
        for what, nova, ours in differences:
            purpose = nova_purposes.explain(call, what, nova, ours)
            if purpose is None:
                self.wrong.append((call, what, nova, ours))
            else:
                self.purposes[purpose] += 1
                if self.show:
                    print(f"{purpose}: {call}: {what}: Nova {nova!r}, machtype {ours!r}")

    def print(self):
        for function in sorted(set(self.agree) | set(self.differ)):
            print(f"{function}: {self.agree[function]} agree, {self.differ[function]} differ")
        for reason, number in sorted(self.outside.items()):
            print(f"not compared: {number}: {reason}")
        for purpose, number in sorted(self.purposes.items()):
            print(f"on purpose: {number}: {purpose}")
        kinds = collections.defaultdict(list)
        for wrong in self.wrong:
            kinds[(wrong[0].function, wrong[1])].append(wrong)
        for (function, what), wrongs in kinds.items():
            print(f"NOT EXPLAINED: {len(wrongs)} of {function}, {what}")
            for call, _, nova, ours in wrongs[:None if self.show else SHOWN]:
                print(f"  {call}\n    Nova {nova!r}\n    machtype {ours!r}")


def compare(machtype, path, release, show):
    report = Report(show)
    with open(path, encoding="utf-8") as file, tempfile.TemporaryDirectory() as folder:
        program = nova_calls.Program(machtype, folder)
        for line in file:
            call = nova_calls.Call(line, release)
            try:
                report.add(call, call.compare(program))
            except nova_calls.NotCompared as reason:
                report.outside[f"{call.function}: {reason}"] += 1
    report.print()
    return report


def print_dead(report, release):
    """What explains nothing. Each is of some release; the newest has them all."""
    dead = [name for name in nova_purposes.PURPOSES if name not in report.purposes]
    for name in dead if release == nova_purposes.NEWEST else ():
        print(f"EXPLAINS NOTHING: {name}")
    return release == nova_purposes.NEWEST and bool(dead)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("machtype")
    parser.add_argument("suite", choices=nova_root.RELEASES)
    parser.add_argument("--record")
    parser.add_argument("--replay")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    release = nova_root.RELEASES[options.suite]
    with tempfile.TemporaryDirectory() as folder:
        path = options.replay or options.record or os.path.join(folder, "calls")
        if options.replay is None:
            record(options.suite, path)
        report = compare(options.machtype, path, release, options.show)
    total = sum(report.agree.values()) + sum(report.differ.values())
    print(f"{total} compared, {sum(report.differ.values())} differ, {len(report.wrong)} of the "
          "differences are not on purpose")
    missing = nova_purposes.undocumented()
    for purpose in missing:
        print(f"NOT IN doc/from-nova.md: {purpose}")
    dead = print_dead(report, release)
    if total < LEAST:
        print(f"TOO FEW: Nova's tests ask more than {LEAST}")
    return 1 if report.wrong or missing or dead or total < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
