#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""faults.py WRITER MACHTYPE: what the server refuses in the middle of a transaction.

Run by cluster.sh. Failures that another try can overcome are repeated, and are reported as such when
they do not end; others are reported with their first reason. Nothing is lost or half done.
"""

import json
import os
import subprocess
import sys

FOLDER = os.environ["MACHTYPE_TEST_POSTGRESQL"]
UUID = "00000000-0000-4000-8000-%012d"
BUSY, STORE = "16", "18"  # MachtypeError


def query(sql, database):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], check=True,
                          capture_output=True, text=True).stdout.split()


def make_database(name, n_records):
    query(f"CREATE DATABASE {name}", "postgres")
    for i in range(n_records):
        subprocess.run([WRITER, f"postgresql:dbname={name}", "add", UUID % i], check=True)
    return name


def expect(what, found, wanted):
    print(f"{what}: {found}")
    if found != wanted:
        raise SystemExit(f"{what}: {found!r}, not {wanted!r}")


class Writer:
    """A process with a connection, which does one step after the other."""

    def __init__(self, database):
        self.process = subprocess.Popen([WRITER, f"postgresql:dbname={database}", "steps"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def receive(self):
        return self.process.stdout.readline().rstrip("\n")

    def do(self, line):
        self.send(line)
        return self.receive()

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise SystemExit("the writer has failed")


def inject(database, table, state, times):
    """The next changes of a table fail with this SQLSTATE. A sequence is not rolled back."""
    query(f"""
      DROP SEQUENCE IF EXISTS public.tried CASCADE;
      CREATE SEQUENCE public.tried;
      CREATE OR REPLACE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('public.tried') <= {times} THEN
          RAISE EXCEPTION 'injected' USING ERRCODE = '{state}';
        END IF;
        RETURN NEW;
      END $$;
      CREATE OR REPLACE TRIGGER fail BEFORE INSERT OR UPDATE ON machtype.{table}
        FOR EACH ROW EXECUTE FUNCTION public.fail()""", database)


# The table whose change fails, the state, how many times; the code and a part of the message.
INJECTED = [
    ("record", "40001", 3, None, None),
    ("record", "40P01", 3, None, None),
    ("history", "40001", 3, None, None),
    ("record", "40001", 100000, BUSY, "other transactions were in the way"),
    ("history", "40P01", 100000, BUSY, "other transactions were in the way"),
    ("record", "22000", 1, STORE, "injected"),
    ("record", "53100", 1, STORE, "injected; make room on the server's disk"),
]


def test_injected(steps):
    for number, (table, state, times, code, words) in enumerate(INJECTED):
        name = f"injected_{steps}_{number}"
        database = make_database(name, 1)
        inject(database, table, state, times)
        writer = Writer(database)
        told = [writer.do(line) for line in steps_of(steps)]
        writer.close()
        print(name, table, state, times, told)
        made = query("SELECT r.revision, count(h.uuid) FROM machtype.record r "
                     "LEFT JOIN machtype.history h USING (uuid) GROUP BY 1", database)
        if code is None:
            expect("told", told[-1].split()[0], "ok")
            expect("made", made, ["2|1"])
            expect("tried", query("SELECT last_value FROM public.tried", database), [str(times + 1)])
            continue
        said = next(line for line in told if line.startswith("failed"))
        expect("code", said.split(": ")[1], code)
        expect("says", words in said, True)
        expect("made", made, ["1|0"])


def steps_of(steps):
    uuid = UUID % 0
    if steps == "alone":
        return [f"read {uuid}", "update me"]
    return ["begin", f"read {uuid}", "update me", "commit"]


def test_deadlock():
    """Two transactions that each wait for a record of the other one. The server ends ours, because
    it looks for that first."""
    database = make_database("deadlock", 2)
    query("ALTER DATABASE deadlock SET deadlock_timeout = '10ms'", "postgres")
    other = subprocess.Popen(["psql", "-XAtq", "-d", database], text=True, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    lock = "SELECT 'locked' FROM machtype.record WHERE uuid = '%s' FOR UPDATE;\n"
    other.stdin.write("SET deadlock_timeout = '1h';\nBEGIN;\n" + lock % (UUID % 1))
    other.stdin.flush()
    expect("the other one", other.stdout.readline(), "locked\n")
    writer = Writer(database)
    for line in ("begin", f"read {UUID % 0}", "update me"):
        expect(line, writer.do(line).split()[0], "ok")
    other.stdin.write(lock % (UUID % 0) + "COMMIT;\n")
    other.stdin.flush()
    while not query("SELECT 1 FROM pg_locks WHERE NOT granted", database):
        pass
    for line in (f"read {UUID % 1}", "update me", "commit"):
        expect(line, writer.do(line).split()[0], "ok")
    expect("the other one", other.stdout.readline(), "locked\n")
    other.stdin.close()
    other.wait()
    writer.close()
    expect("revisions", query("SELECT revision FROM machtype.record", database), ["2", "2"])
    expect("histories", query("SELECT count(*) FROM machtype.history", database), ["2"])
    expect("deadlocks", query("SELECT pg_stat_force_next_flush(); SELECT deadlocks > 0 FROM "
                              "pg_stat_database WHERE datname = 'deadlock'", database)[-1:], ["t"])


END_OTHERS = ("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
              "WHERE application_name = 'machtype' AND datname = '%s'")


def test_first_reason():
    """A transaction that is repeated finds another record: that is a conflict, not a failure."""
    database = make_database("reason", 1)
    writer = Writer(database)
    for line in ("begin", f"read {UUID % 0}"):
        expect(line, writer.do(line).split()[0], "ok")
    expect("ended", query(END_OTHERS % database, database), ["1"])
    subprocess.run([WRITER, f"postgresql:dbname={database}", "update", UUID % 0, "1", "other"], check=True,
                   stdout=subprocess.DEVNULL)
    expect("told", writer.do("update me"), "conflict update")
    said = writer.do("commit")
    print(said)
    expect("says why", "was changed concurrently" in said and "nothing was written" in said, True)
    writer.close()
    expect("authors", query("SELECT author FROM machtype.history", database), ["other-0"])


def test_changed_in_between():
    """The same when it is found in the middle of a change: another one waits for the record, and is
    first when our transaction fails."""
    database = make_database("between", 1)
    inject(database, "record", "40001", 1)
    writer = Writer(database)
    for line in ("begin", f"read {UUID % 0}"):
        expect(line, writer.do(line).split()[0], "ok")
    other = subprocess.Popen(["psql", "-XAtq", "-d", database, "-c",
                              "UPDATE machtype.record SET revision = 2, name = 'other'"])
    while not query("SELECT 1 FROM pg_locks WHERE NOT granted", database):
        pass
    expect("told", writer.do("update me"), "conflict update")
    said = writer.do("commit")
    print(said)
    expect("says why", "was changed concurrently" in said and "nothing was written" in said, True)
    writer.close()
    expect("the other one", other.wait(), 0)
    expect("made", query("SELECT revision, name FROM machtype.record", database), ["2|other"])


def test_ended_while_idle():
    """Nothing was under way, so nothing is unknown."""
    database = make_database("idle", 1)
    writer = Writer(database)
    expect("read", writer.do(f"read {UUID % 0}"), "ok read")
    expect("ended", query(END_OTHERS % database, database), ["1"])
    expect("update", writer.do("update me"), "ok update")
    writer.close()
    expect("made", query("SELECT revision FROM machtype.record", database), ["2"])


def machtype(*arguments, **more):
    process = subprocess.run([MACHTYPE, *arguments, "--store", "postgresql:dbname=small"], text=True,
                             capture_output=True, check=False, **more)
    print(process.returncode, process.stderr.strip())
    return process


def make_export(first, n):
    return "".join(json.dumps({"uuid": UUID % i, "name": f"guest{i}", "machine": "pc-q35-6.2"}) + "\n"
                   for i in range(first, first + n))


def test_full_disk():
    """A file system of the server that has room for its catalogs and some records."""
    small = FOLDER + "/small"
    if not os.path.ismount(small):
        print("there is no small file system: only root can make one")
        return
    query(f"CREATE TABLESPACE small LOCATION '{small}'", "postgres")
    query("CREATE DATABASE small TABLESPACE small", "postgres")
    expect("some", machtype("import", "-", input=make_export(0, 10)).returncode, 0)
    full = machtype("import", "-", input=make_export(10, 100000))
    expect("full", full.returncode, 3)
    expect("says so", "No space left on device" in full.stderr and
           "make room on the server's disk" in full.stderr, True)
    expect("still there", len(machtype("list").stdout.splitlines()), 10)
    expect("whole", machtype("store", "check").returncode, 0)
    subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
    expect("with room", machtype("import", "-", input=make_export(10, 100)).returncode, 0)
    expect("all there", query("SELECT count(*) FROM machtype.record", "small"), ["110"])


WRITER, MACHTYPE = sys.argv[1:]
test_injected("alone")
test_injected("steps")
test_deadlock()
test_first_reason()
test_changed_in_between()
test_ended_while_idle()
test_full_disk()
