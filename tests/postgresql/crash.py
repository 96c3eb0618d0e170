#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""crash.py WRITER TEST [ARGUMENT...]: what was acknowledged is there, once, and nothing else is.

Run by cluster.sh. Each change has an author of its own, so the histories say which were made.

writers N UPDATES      N processes change one record: each loser gets a conflict, revisions are consecutive
immediate STOPS        the server is stopped at once (pg_ctl stop -m immediate) and started again,
                       that many times, under load
cut                    the connection is cut at each message of an update, in both directions
"""

import collections
import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading

FOLDER = os.environ["MACHTYPE_TEST_POSTGRESQL"]
UUID = "00000000-0000-4000-8000-%012d"
TOLD = collections.namedtuple("Told", "ok conflict unknown failed")


def query(sql, database):
    return subprocess.run(["psql", "-XAtq", "-d", database, "-c", sql], check=True,
                          capture_output=True, text=True).stdout.split()


def make_database(name, writer, n_records):
    query(f"CREATE DATABASE {name}", "postgres")
    for i in range(n_records):
        subprocess.run([writer, f"postgresql:dbname={name}", "add", UUID % i], check=True)


def start(writer, place, uuid, n, author, *more):
    return subprocess.Popen([writer, place, "update", uuid, str(n), author, *more], text=True,
                            stdout=subprocess.PIPE)


def read(process, told):
    out = process.communicate()[0]
    if process.returncode != 0:
        raise SystemExit(f"a writer ended with {process.returncode}")
    for line in out.splitlines():
        what, author = line.replace(":", " ").split()[:2]
        getattr(told, what).append(author)
        if what == "failed":
            print(line)


def check(database, told):
    """The histories against what the writers have reported."""
    made = collections.Counter(query("SELECT author FROM machtype.history", database))
    twice = [author for author, n in made.items() if n > 1]
    lost = [author for author in told.ok if author not in made]
    ghosts = [author for author in told.conflict + told.failed if author in made]
    gaps = query("SELECT r.uuid FROM machtype.record AS r LEFT JOIN machtype.history AS h USING (uuid) "
                 "GROUP BY r.uuid, r.revision HAVING count(h.uuid) <> r.revision - 1 OR "
                 "max(h.revision) <> r.revision", database)
    unknown_made = sum(author in made for author in told.unknown)
    print(f"{len(told.ok)} acknowledged, {len(told.conflict)} conflicts, {len(told.failed)} failed, "
          f"{len(told.unknown)} unknown, of which {unknown_made} were made; {sum(made.values())} in the histories")
    for name, found in (("twice", twice), ("lost", lost), ("made although refused", ghosts),
                        ("revisions not consecutive", gaps)):
        if found:
            raise SystemExit(f"{name}: {found[:10]}")
    if len(told.ok) + unknown_made != sum(made.values()):
        raise SystemExit("the histories have other changes")


def test_writers(writer, n, updates):
    make_database("writers", writer, 1)
    told = TOLD([], [], [], [])
    processes = [start(writer, "postgresql:dbname=writers", UUID % 0, updates, f"w{i}")
                 for i in range(n)]
    for process in processes:
        read(process, told)
    check("writers", told)
    if told.failed or told.unknown or len(told.ok) + len(told.conflict) != n * updates:
        raise SystemExit("some reported something else")
    if not told.conflict or len(told.ok) < updates:
        raise SystemExit("they did not meet")


def server(*arguments):
    subprocess.run([FOLDER + "/ctl", *arguments], check=True, stdout=subprocess.DEVNULL)


def read_line(process, told, acknowledged):
    """Reads what a writer prints; a change with a higher number than before is added to acknowledged."""
    line = process.stdout.readline()
    match = re.match(r"(\w+) ([^: ]+-(\d+))", line)
    if not match:
        raise SystemExit(f"a writer ended: {line!r}")
    getattr(told, match[1]).append(match[2])
    if match[1] == "failed":
        print(line, end="")
    if match[1] == "ok":
        acknowledged.append(int(match[3]))


def wait_for_load(process, told, n):
    """Until a writer has made this many changes more."""
    acknowledged = []
    while len(acknowledged) < n:
        read_line(process, told, acknowledged)


def wait_for_load_after(process, told, database, name):
    """Until a writer has made a change after those that the server has now."""
    made = query(f"SELECT author FROM machtype.history WHERE author LIKE '{name}-%'", database)
    last = max((int(author.rsplit("-", 1)[1]) for author in made), default=-1)
    acknowledged = []
    while not acknowledged or acknowledged[-1] <= last:
        read_line(process, told, acknowledged)


def test_immediate(writer, stops):
    make_database("immediate", writer, 4)
    told = TOLD([], [], [], [])
    for stop in range(stops):
        # The round has its own authors; four writers share two records, the others have one each.
        name, end = f"r{stop}", f"{FOLDER}/end-{stop}"
        processes = [start(writer, "postgresql:dbname=immediate", UUID % record, 1000000,
                           f"{name}w{i}", end) for i, record in enumerate((0, 0, 1, 1, 2, 3))]
        # The last one is alone with its record: nothing but the server stops it.
        alone = processes[-1]
        wait_for_load(alone, told, random.randrange(1, 300))
        server("stop", "-m", "immediate")
        server("start")
        wait_for_load_after(alone, told, "immediate", f"{name}w{len(processes) - 1}")
        with open(end, "w", encoding="utf-8"):
            pass
        for process in processes:
            read(process, told)
    check("immediate", told)
    if len(told.ok) < stops:
        raise SystemExit("there was no load")


class Proxy(threading.Thread):
    """Passes messages on between its clients and the server, and cuts the first connection after
    a number of messages: what was sent up to then arrives."""

    def __init__(self, after):
        super().__init__(daemon=True)
        self.folder = FOLDER + "/proxy"
        os.makedirs(self.folder, exist_ok=True)
        path = self.folder + "/.s.PGSQL.5432"
        if os.path.exists(path):
            os.unlink(path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(8)
        self.left, self.has_cut, self.lock = after, False, threading.Lock()

    def run(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            up = socket.socket(socket.AF_UNIX)
            up.connect(FOLDER + "/.s.PGSQL.5432")
            for args in ((client, up, True), (up, client, False)):
                threading.Thread(target=self.pump, args=args, daemon=True).start()

    def may_pass(self):
        with self.lock:
            if self.has_cut:
                return True
            self.left -= 1
            self.has_cut = self.left < 0
            return not self.has_cut

    def pump(self, source, sink, is_client):
        """One direction of a connection. The first message of a client has no type."""
        has_type = not is_client
        data = b""
        try:
            while True:
                part = source.recv(65536)
                if not part:
                    break
                data += part
                while True:
                    at = 1 if has_type else 0
                    if len(data) < at + 4:
                        break
                    length = at + struct.unpack("!I", data[at:at + 4])[0]
                    if len(data) < length:
                        break
                    if not self.may_pass():
                        raise OSError
                    sink.sendall(data[:length])
                    data, has_type = data[length:], True
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def test_cut(writer):
    make_database("cut", writer, 1)
    told = TOLD([], [], [], [])
    cuts = 0
    for after in range(1000):
        proxy = Proxy(after)
        proxy.start()
        process = start(writer, f"postgresql:host={proxy.folder} dbname=cut", UUID % 0, 2,
                        f"c{after}", FOLDER + "/never")
        read(process, told)
        proxy.close()
        if not proxy.has_cut:
            break
        cuts += 1
    check("cut", told)
    print(f"cut at {cuts} messages")
    if cuts < 20 or not told.unknown:
        raise SystemExit("no commit was cut")


def main():
    writer, test, *arguments = sys.argv[1:]
    {"writers": test_writers, "immediate": test_immediate,
     "cut": test_cut}[test](writer, *map(int, arguments))


main()
