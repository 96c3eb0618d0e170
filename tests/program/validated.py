#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""validated.py WATCH MACHTYPE TEST...: runs a test of the program; every object that the program prints
with --json meanwhile must be valid by doc/machtype.schema.json.

TEST is a command line in which the word MACHTYPE stands for the program. The test runs with
watch-json instead, which copies the output of each call with --json. To the TAP of the test, one case
is added. So no test needs to validate, and a command that the schema does not have fails.
"""

import os
import re
import subprocess
import sys
import tempfile

import schema


def read_call(path):
    """The arguments and the output of a call."""
    with open(path, "rb") as file:
        count, _, rest = file.read().partition(b"\0")
    *arguments, output = rest.split(b"\0", int(count))
    return [os.fsdecode(argument) for argument in arguments], output.decode("utf-8", "surrogateescape")


def check_calls(folder):
    """The number of calls, and the problems with their outputs."""
    validator = schema.Validator()
    problems, count = [], 0
    for name in sorted(os.listdir(folder)):
        arguments, output = read_call(os.path.join(folder, name))
        count += 1
        problems += [(arguments, problem) for problem in validator.check(arguments, output)]
    return count, problems


def run_test(watch, program, test, folder):
    """Passes its TAP on, except for the plan. Returns the exit status and the number of cases."""
    env = {**os.environ, "MACHTYPE_WATCHED": os.path.abspath(program), "MACHTYPE_WATCHED_FOLDER": folder}
    words = [os.path.abspath(watch) if word == "MACHTYPE" else word for word in test]
    cases = 0
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            plan = re.fullmatch(rb"1\.\.(\d+)\n", line)
            if plan:
                cases = int(plan.group(1))
            else:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
    return process.returncode, cases


def report(number, count, problems):
    print(f"{'not ok' if problems else 'ok'} {number} - the JSON of {count} calls is valid by the schema")
    for arguments, problem in problems[:20]:
        print(f"# {arguments!r:.300}: {problem}".replace("\n", " "))
    print(f"1..{number}")


def main():
    watch, program, *test = sys.argv[1:]
    if schema.jsonschema is None or os.environ.get("MESON_EXE_WRAPPER"):
        if os.environ.get("MACHTYPE_TEST_REQUIRE") and schema.jsonschema is None:
            sys.exit("python3-jsonschema is missing")
        sys.exit(subprocess.run([program if word == "MACHTYPE" else word for word in test], check=False).returncode)
    with tempfile.TemporaryDirectory() as folder:
        status, cases = run_test(watch, program, test, folder)
        if cases == 0:  # skipped, or it did not end
            print("1..0")
            sys.exit(status or 1)
        count, problems = check_calls(folder)
    report(cases + 1, count, problems)
    sys.exit(status or bool(problems))


main()
