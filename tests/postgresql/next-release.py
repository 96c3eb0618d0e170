#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""next-release.py SOURCE WRITER MODULES: this release and one with more words and columns share a server.

Run by cluster.sh. The next release is built from a copy of the sources: it has one more source, one
more state and one more column, which it adds to the tables while this one writes. Both write to the
same records, and both to records that only the next release knows completely. Nothing that was
acknowledged is lost, and nothing is refused but changes by this release of what it does not know.
"""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

UPDATES = 2500  # of each writer
PLACE = "postgresql:dbname=next"
SHARED = "00000000-0000-4000-8000-00000000000%d"
NEWER = "00000000-0000-4000-8000-00000000010%d"
N_RECORDS = 3

# What the next release changes: file, pattern, replacement.
EDITS = [
    ("include/machtype/record.h", r"MACHTYPE_SOURCE_IMPORT = 7\n", "MACHTYPE_SOURCE_IMPORT = 7,\n  MACHTYPE_SOURCE_CATALOG = 8\n"),
    ("libmachtype/record/record-private.h", r"MT_SOURCE_LAST MACHTYPE_SOURCE_IMPORT", "MT_SOURCE_LAST MACHTYPE_SOURCE_CATALOG"),
    ("libmachtype/record/source.c", r'(\[MACHTYPE_SOURCE_IMPORT\] = "import",)', r'\1 [MACHTYPE_SOURCE_CATALOG] = "catalog",'),
    ("include/machtype/record.h", r"(MACHTYPE_STATE_SAVED = (\d+))\n", r"\1,\n  MACHTYPE_STATE_HIBERNATED = 6\n"),
    ("libmachtype/record/state.c", r'(\[MACHTYPE_STATE_SAVED\] = "saved",)', r'\1 [MACHTYPE_STATE_HIBERNATED] = "hibernated",'),
    ("libmachtype/data/states.tsv", r"(saved\tsaved\tsaved\tvirsh\n)", r"\1hibernated\thibernated\tother\tvirsh\n"),
    ("libmachtype/store/postgresql-private.h", r"#define MT_PG_VERSION 1\b", "#define MT_PG_VERSION 2"),
    ("libmachtype/store/postgresql-schema.c", r'(INSERT INTO machtype\.store \(program[^\n]*",\n)',
     r'\1  "ALTER TABLE machtype.record ADD COLUMN zone text; UPDATE machtype.store SET version = 2",\n'),
    ("libmachtype/store/postgresql-schema.c", r"'transient', 'unknown'", "'transient', 'unknown', 'zone'"),
    ("libmachtype/store/postgresql-run.c", r'transient, unknown\) "\n(\s*"VALUES \([^)]*)\)',
     r'''transient, unknown, zone) "\n\1, CASE WHEN $5 = 'catalog' THEN 'z1' END)'''),
    # Its files of SQLite's would need a migration.
    ("libmachtype/store/sqlite-migrate.c", r"MT_SOURCE_LAST == MACHTYPE_SOURCE_IMPORT", "TRUE"),
    # What it has recorded keeps its source.
    ("libmachtype/store/changes.c", r"MACHTYPE_SOURCE_OPERATOR",
     "record->source == MACHTYPE_SOURCE_CATALOG ? MACHTYPE_SOURCE_CATALOG : MACHTYPE_SOURCE_OPERATOR"),
    ("tests/postgresql/writer.c", r"MACHTYPE_SOURCE_DOMAIN", "MACHTYPE_SOURCE_CATALOG"),
    ("tests/postgresql/writer.c", r'"stopped"', '"hibernated"'),
]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def query(sql):
    return run("psql", "-XAtq", "-d", "next", "-c", sql).split("\n")[:-1]


def build(source, folder):
    """The next release's writer, and the folder of its modules."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".git", "build"))
    for path, pattern, replacement in EDITS:
        text, n = re.subn(pattern, replacement, (folder / path).read_text())
        if n == 0:
            raise SystemExit(f"{path} has no {pattern}")
        (folder / path).write_text(text)
    built = folder / "build"
    run("meson", "setup", built, folder, "-Dtests=false", "-Dprograms=disabled", "-Dhook=disabled",
        "-Dintrospection=disabled", "-Dpython=disabled", "-Dvapi=disabled",
        "-Ddocumentation=disabled", "-Dpostgresql=enabled")
    run("ninja", "-C", built)
    library = built / "libmachtype"
    flags = run("pkg-config", "--cflags", "--libs", "glib-2.0", "gobject-2.0").split()
    run("cc", "-o", built / "writer", folder / "tests/postgresql/writer.c", f"-I{folder}/include",
        f"-I{built}/include", f"-L{library}", "-lmachtype", f"-Wl,-rpath,{library}", *flags)
    return built / "writer", library


class Release:
    def __init__(self, name, writer, modules):
        self.name, self.writer = name, writer
        self.env = {**os.environ, "MACHTYPE_MODULE_DIR": str(modules)}
        # Each release has its own library.
        if name == "next":
            self.env.pop("LD_LIBRARY_PATH", None)

    def add(self, uuid):
        run(self.writer, PLACE, "add", uuid, env=self.env)

    def start(self, uuid, group):
        author = f"{self.name}-{group}-{uuid[-1]}"
        return subprocess.Popen([self.writer, PLACE, "update", uuid, str(UPDATES // N_RECORDS + 1), author],
                                env=self.env, text=True, stdout=subprocess.PIPE)


def read(process):
    """The number of each outcome of a writer, and the authors of what it has made."""
    told, made = collections.Counter(), []
    for line in process.communicate()[0].splitlines():
        what, author, *rest = line.split(maxsplit=2)
        if what == "failed" and "newer libmachtype" in rest[0]:
            what = "newer"
        told[what] += 1
        if what == "ok":
            made.append(author)
        elif what not in ("conflict", "newer"):
            print(line)
    if process.returncode != 0:
        raise SystemExit(f"a writer ended with {process.returncode}")
    return told, made


def expect(ok, what):
    print(f"{'ok' if ok else 'not ok'} - {what}")
    return ok


def check(told, made):
    written = collections.Counter(query("SELECT author FROM machtype.history"))
    ok = expect(all(written[author] == 1 for author in made), f"{len(made)} acknowledged updates, each is there once")
    ok &= expect(sum(written.values()) == len(made), "nothing else is there")
    ok &= expect(set(told["this", "shared"]) | set(told["next", "shared"]) == {"ok", "conflict"},
                 f"shared records: {dict(told['this', 'shared'])}, {dict(told['next', 'shared'])}")
    ok &= expect(set(told["next", "newer"]) == {"ok"}, f"the next release's: {dict(told['next', 'newer'])}")
    ok &= expect(set(told["this", "newer"]) == {"newer"}, f"by this release: {dict(told['this', 'newer'])}")
    kept = query("SELECT r.source, c.state, r.zone FROM machtype.record AS r JOIN machtype.class AS c"
                 " ON c.id = r.class WHERE r.source <> 'operator'")
    ok &= expect(kept == ["catalog|hibernated|z1"] * N_RECORDS, f"its words and column are kept: {kept}")
    gaps = query("SELECT uuid FROM machtype.history GROUP BY uuid HAVING count(*) <> max(revision) - min(revision) + 1")
    ok &= expect(not gaps, "revisions are consecutive")
    return ok and expect(sum(sum(t.values()) for t in told.values()) >= 4 * UPDATES, "10,000 updates")


def main():
    source, writer, modules = (pathlib.Path(argument).absolute() for argument in sys.argv[1:])
    this = Release("this", writer, modules)
    run("psql", "-Xq", "-c", "CREATE DATABASE next")
    for i in range(N_RECORDS):
        this.add(SHARED % i)
    with tempfile.TemporaryDirectory() as work:
        newer = Release("next", *build(source, pathlib.Path(work) / "next"))
        running = {("this", "shared", i): this.start(SHARED % i, "shared") for i in range(N_RECORDS)}
        for i in range(N_RECORDS):  # the first one adds the column
            newer.add(NEWER % i)
        running |= {(r.name, group, i): r.start((SHARED if group == "shared" else NEWER) % i, group)
                    for r, group in ((newer, "shared"), (newer, "newer"), (this, "newer"))
                    for i in range(N_RECORDS)}
        told, made = collections.defaultdict(collections.Counter), []
        for (name, group, _), process in running.items():
            counted, authors = read(process)
            told[name, group] += counted
            made += authors
    added = expect(query("SELECT version, oldest FROM machtype.store") == ["2|1"], "the tables have what was added")
    return 0 if check(told, made) and added else 1


sys.exit(main())
