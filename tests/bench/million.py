#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""million.py MACHTYPE [GUESTS]: time and memory of the commands that see every guest of a fleet.

Two hundred hosts, libvirt's test driver, with 5,000 domains each are recorded into a store, listed, audited,
exported, and imported into a second store, which must have the same export. The store is an SQLite file;
where PGHOST is set (tests/postgresql/cluster.sh), also a database of that server. No goals: a table.
"""

import os
import subprocess
import sys
import tempfile
import time

HOSTS, GUESTS = 200, 1000000
TYPES = ("pc-q35-7.2", "pc-q35-6.2", "pc-i440fx-5.2", "pc-q35-4.2")

DOMAIN = ("<domain type='test'><name>g{0}</name><uuid>6f1d4b5e-0000-4000-8000-{0:012}</uuid><memory>8192</memory>"
          "<os><type arch='x86_64' machine='{1}'>hvm</type></os></domain>")


def make_hosts(folder, count):
    """Returns the file of their URIs."""
    each = count // HOSTS
    uris = []
    for host in range(HOSTS):
        path = f"{folder}/host-{host:03}"
        with open(path, "w", encoding="ascii") as file:
            file.write("<node>")
            file.writelines(DOMAIN.format(i, TYPES[i % len(TYPES)]) for i in range(host * each, (host + 1) * each))
            file.write("</node>")
        uris.append(f"test://{path}")
    with open(f"{folder}/hosts", "w", encoding="ascii") as file:
        file.write("\n".join(uris))
    return file.name


def measure(folder, command, statuses=(0,), output=None):
    """Seconds, MiB, and the lines of output."""
    lines = f"{folder}/lines" if output is None else output
    start = time.perf_counter()
    with open(lines, "wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        sys.exit(f"{' '.join(command)}: status {process.returncode}")
    with open(lines, "rb") as file:
        count = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return taken, usage.ru_maxrss / 1024, count


def is_same(one, other):
    return subprocess.run(["cmp", "-s", one, other], check=False).returncode == 0


def run(program, folder, hosts, store, second, count):
    """Rows: the command, and what measure returns."""
    first_export, second_export = f"{folder}/first.jsonl", f"{folder}/second.jsonl"

    def machtype(*words, **more):
        return measure(folder, [program, *words], **more)

    yield "record", machtype("record", "--hosts", hosts, "--quiet", "--store", store)
    yield "list", machtype("list", "--store", store)
    yield "list --json", machtype("list", "--json", "--store", store)
    yield "audit --on debian-13", machtype("audit", "--on", "debian-13", "--store", store, statuses=(0, 1, 2))
    exported = machtype("export", "--store", store, output=first_export)
    yield "export", exported
    yield "import", machtype("import", first_export, "--store", second)
    machtype("export", "--store", second, output=second_export)
    if exported[2] != count or not is_same(first_export, second_export):
        sys.exit(f"{store}: {exported[2]} records exported, or an import changes them")


def list_stores(folder):
    yield "SQLite", f"{folder}/first.db", f"{folder}/second.db"
    if "PGHOST" in os.environ:
        for name in ("first", "second"):
            subprocess.run(["psql", "-XAtqc", f"CREATE DATABASE {name}"], check=True)
        yield "PostgreSQL", "postgresql:dbname=first", "postgresql:dbname=second"


def main():
    program = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else GUESTS
    os.environ["MACHTYPE_CONF"] = ""
    with tempfile.TemporaryDirectory() as folder:
        hosts = make_hosts(folder, count)
        print(f"# {count} guests of {HOSTS} hosts")
        print(f"{'store':<12} {'command':<22} {'seconds':>8} {'µs/guest':>9} {'MiB':>7} {'lines':>9}")
        for name, store, second in list_stores(folder):
            for command, (taken, memory, lines) in run(program, folder, hosts, store, second, count):
                print(f"{name:<12} {command:<22} {taken:8.2f} {taken * 1e6 / count:9.2f} {memory:7.1f} {lines:9}",
                      flush=True)


main()
