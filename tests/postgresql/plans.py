#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""plans.py MACHTYPE: what selects records uses an index.

Run by cluster.sh. The server writes the plan of every statement that the program sends into its log
(auto_explain); there are 100,000 records of 200 hosts. A statement that needs every row may read the
whole table; all others must not.
"""

import json
import os
import re
import subprocess
import sys

FOLDER = os.environ["MACHTYPE_TEST_POSTGRESQL"]
MACHTYPE = sys.argv[1]
STORE = ("--store", "postgresql:dbname=plans")
UUID = "%08x-0000-4000-8000-%012d"
N_RECORDS, N_HOSTS = 100000, 200

# A command, and whether it needs all records.
COMMANDS = [
    (("list", "--host", "host7"), False),
    (("list", "--cell", "west"), False),
    (("list", "--name", "guest77777"), False),
    (("list", "--machine", "pc-q35-7.*", "--host", "host7"), False),
    (("list", "--state", "paused"), False),
    (("list-unset-machine-type",), False),
    (("list-unset-machine-type", "--host", "host7"), False),
    (("get-machine-type", "guest77777"), False),
    (("get-machine-type", UUID % (77777, 77777)), False),
    (("history", "guest77777"), False),
    (("update-machine-type", "--force", "guest77777", "pc-q35-7.2"), False),
    (("undo", "--force", "guest77777"), False),
    (("instance", "set", "guest77777", "--state", "stopped"), False),
    (("instance", "delete", "guest77778"), False),
    (("list",), True),
    (("audit",), True),
    (("export",), True),
    (("store", "info"), True),
]


def query(sql, database="plans"):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], check=True,
                          capture_output=True, text=True).stdout


def make_record(i):
    record = {"uuid": UUID % (i, i), "name": f"guest{i}",
              "host": f"host{i % N_HOSTS}"}
    if i % 1000 != 7:
        record["machine"] = f"pc-q35-{5 + i // N_HOSTS % 3}.0"
    if i % N_HOSTS == 11:
        record |= {"cell": "west", "state": "paused"}
    return json.dumps(record)


def read_plans(command):
    """The plans of the statements that the program sends meanwhile: their texts, with the statement."""
    with open(FOLDER + "/log", encoding="utf-8", errors="replace") as log:
        log.seek(0, os.SEEK_END)
        process = subprocess.run([MACHTYPE, *command, *STORE], capture_output=True, text=True, check=False)
        # The server has written the plan of a statement before its answer.
        text = log.read()
    # list-unset-machine-type has exit statuses of its own.
    if process.returncode not in (0, 1, 3) or (process.returncode and process.stderr):
        raise SystemExit(f"{command}: {process.returncode} {process.stderr}")
    parts = re.split(r"(?m)^\d{4}-\d\d-\d\d .*?(?:LOG|DETAIL|STATEMENT|ERROR):  ", text)
    return [part for part in parts if "plan:" in part and "Query Text:" in part]


def find_scans(plan):
    """Whole tables; an index that is read from its beginning to its end counts as one. Intentions are
    few, and are all read."""
    return re.findall(r"Seq Scan on (record|history)\b|"
                      r"Scan using (record|history)_\w+ on (?!.*\n\s+Index Cond)", plan)


def check(command, needs_all):
    plans = read_plans(command)
    wrong = [plan for plan in plans if find_scans(plan)]
    print(" ".join(command), f"{len(plans)} plans, {len(wrong)} read a whole table")
    if not plans:
        raise SystemExit("there are no plans")
    if wrong and not needs_all:
        print("\n".join(wrong))
    return bool(wrong) and not needs_all


def main():
    query("CREATE DATABASE plans", "postgres")
    for setting in ("session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0"):
        query(f"ALTER DATABASE plans SET {setting}", "postgres")
    subprocess.run([MACHTYPE, "import", "-", *STORE], text=True, check=True, stdout=subprocess.DEVNULL,
                   input="".join(make_record(i) + "\n" for i in range(N_RECORDS)))
    query("VACUUM ANALYZE")
    # What finds nothing wrong must be able to.
    subprocess.run([MACHTYPE, "list", *STORE], check=True, stdout=subprocess.DEVNULL)
    wrong = [command for command, needs_all in COMMANDS if check(command, needs_all)]
    query("DROP INDEX machtype.record_name")
    if not check(("get-machine-type", "guest77777"), False):
        raise SystemExit("without an index, nothing is noticed")
    if wrong:
        raise SystemExit(f"these read whole tables: {wrong}")


main()
