#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-hosts.py MACHTYPE DATA

Many hosts: their list, their order, hosts that accept a connection and never answer, very many hosts and
domains, interrupts. Healthy hosts are libvirt's test driver, each with a file of its own. Prints TAP.

Nothing here measures time: a host that never answers costs its whole limit (LIMIT), which a healthy one
does not come near.
"""

import collections
import contextlib
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
# pylint: disable=wrong-import-position
from tap import end, skip, tell

PROGRAM, DATA = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
WRAPPER = shlex.split(os.environ.get("MESON_EXE_WRAPPER", ""))
LIMIT = "10"
NEVER = "86400"
SAME, OTHER = "pc-q35-7.2", "pc-q35-7.1"


def find_preload():
    """AddressSanitizer has functions of XDR of its own, which call those that it finds when the program
    starts; libvirt's come later, with the module."""
    libraries = subprocess.run(["ldd", PROGRAM], stdout=subprocess.PIPE, check=False, text=True).stdout
    found = re.search(r"=> (\S*libasan\S*)", libraries)
    return {"LD_PRELOAD": found.group(1) + " libtirpc.so.3"} if found else {}


PRELOAD = find_preload()
Answer = collections.namedtuple("Answer", "status out err")


def uuid_of(number):
    return f"6f1d4b5e-0000-4000-8000-{number:012}"


class World:
    """Hosts, and the program that asks them."""

    def __init__(self, folder):
        self.folder = folder
        self.sockets = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def healthy(self, name, guests):
        """A host with these guests, (number, machine) each."""
        domains = "".join(
            f"<domain type='test'><name>g{number}</name><uuid>{uuid_of(number)}</uuid><memory>8192</memory>"
            f"<os><type arch='x86_64' machine='{machine}'>hvm</type></os></domain>"
            for number, machine in guests)
        return "test://" + self.write(f"{name}.xml", f"<node>{domains}</node>")

    def frozen(self, name):
        """A host that accepts and never answers: the kernel accepts, and no process reads."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.path(name))
        listener.listen(64)
        self.sockets.append(listener)
        return "qemu+unix:///system?socket=" + self.path(name)

    def start(self, *words, store="records.db", stdin=subprocess.DEVNULL, patience="3"):
        command = [*WRAPPER, PROGRAM, *words, "--store", self.path(store)]
        return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=dict(os.environ, MACHTYPE_PATIENCE=patience, **PRELOAD))

    @staticmethod
    def accept(listener, process):
        """The program's connection to a host; a program that has ended makes none."""
        listener.settimeout(1)
        while process.poll() is None:
            with contextlib.suppress(TimeoutError):
                return listener.accept()[0]
        sys.exit(f"the program has ended: {process.communicate()}")

    @staticmethod
    def finish(process, stdin=None):
        out, err = process.communicate(stdin)
        return Answer(process.returncode, out.decode(), err.decode())

    def run(self, *words, stdin=None, store="records.db"):
        return self.finish(self.start(*words, store=store, stdin=subprocess.PIPE), stdin)

    def hosts(self, name, uris):
        return ["--hosts", self.write(name, "# hosts\n\n" + "\n".join(uris) + "\n")]


def fields(answer, n):
    return [line.split("\t")[n] for line in answer.out.splitlines()]


def objects(answer):
    return [json.loads(line) for line in answer.out.splitlines()]


def split_waiting(err):
    """What was waited for, and the other lines."""
    lines = err.splitlines()
    waiting = [line for line in lines if "still waiting for" in line]
    return waiting, [line for line in lines if line not in waiting]


# Forty hosts of which ten never answer

def make_forty(world):
    """URIs, and the number of the guest of each healthy one."""
    uris, guests = [], []
    for i in range(40):
        if i % 4 == 1:
            uris.append(world.frozen(f"frozen-{i}"))
        else:
            uris.append(world.healthy(f"host-{i}", [(i + 1, SAME)]))
            guests.append(uuid_of(i + 1))
    return uris, guests


def check_order(what, answer, uris, guests, column):
    tell(answer.status == 3, f"{what}: exit status 3", answer)
    tell(fields(answer, column) == guests, f"{what}: thirty results in the order of hosts", answer)
    waiting, lines = split_waiting(answer.err)
    failed = [line for line in lines if "did not answer within" in line]
    wanted = [uri for uri in uris if "frozen" in uri]
    tell(len(failed) == 10 and all(uri in line for uri, line in zip(wanted, failed)),
         f"{what}: ten failures, each with its host, in order", lines)
    tell(waiting and all("/frozen-" in line and "/host-" not in line for line in waiting),
         f"{what}: who waits reads for whom", waiting)


PATIENCE = [
    # MACHTYPE_PATIENCE, is a message seen before the host's time is up, a warning
    ("1", True, None),
    ("", True, None),
    ("0", False, None),
    ("86400", False, None),
    ("86401", True, "MACHTYPE_PATIENCE: '86401' is not a number of seconds from 0 to 86400; 3 is used"),
    ("-1", True, "MACHTYPE_PATIENCE: '-1' is not a number of seconds from 0 to 86400; 3 is used"),
    ("1s", True, "MACHTYPE_PATIENCE: '1s' is not a number of seconds from 0 to 86400; 3 is used"),
]


def check_patience(world):
    frozen = world.frozen("patience")
    running = [world.start("record", "--connect", frozen, "--timeout", "30", patience=patience)
               for patience, _, _ in PATIENCE]
    for (patience, is_seen, warning), process in zip(PATIENCE, running):
        waiting, lines = split_waiting(world.finish(process).err)
        warned = [line for line in lines if warning and line.startswith(f"warning: {warning}")]
        tell(bool(waiting) == is_seen and bool(warned) == (warning is not None),
             f"MACHTYPE_PATIENCE={patience}", waiting + lines)
        tell(len(lines) == 1 + len(warned), f"MACHTYPE_PATIENCE={patience}: the error, and no other line", lines)
    waits_twice = world.finish(world.start("lint", "--all", "--connect", world.healthy("twice", [(1, SAME)]),
                                           patience="x")).err
    tell(waits_twice.count("MACHTYPE_PATIENCE") == 1, "a command that waits twice warns once", waits_twice)


def check_json(what, answer, uris):
    found = objects(answer)
    failed = [item["uri"] for item in found if item.get("error") == "timeout"]
    tell(answer.status == 3 and failed == [uri for uri in uris if "frozen" in uri],
         f"{what}: an object for each failure", answer)
    return found


def check_forty(world):
    uris, guests = make_forty(world)
    everything = [*world.hosts("forty", uris), "--timeout", LIMIT, "--jobs"]
    healthy = world.hosts("thirty", [uri for uri in uris if "frozen" not in uri])
    tell(world.run("record", *healthy).status == 0, "the healthy ones are recorded")
    # All at once: each waits two limits.
    running = {
        "record": world.start("record", *everything, "8", store="new.db"),
        "list": world.start("list", *everything, "8"),
        "audit": world.start("audit", *everything, "8", "--unpinned", "--capabilities",
                             os.path.join(DATA, "hosts", "x86_64.xml")),
        "unset": world.start("list-unset-machine-type", *everything, "40", store="none.db"),
        "record --json": world.start("record", *everything, "40", "--json", store="json.db"),
        "list --json": world.start("list", *everything, "40", "--json"),
        "record --quiet": world.start("record", *everything, "40", "--quiet", store="quiet.db"),
    }
    answers = {name: world.finish(process) for name, process in running.items()}

    check_order("record", answers["record"], uris, guests, 1)
    _, lines = split_waiting(answers["record"].err)
    tell(len(lines) == 40 and all(uri in line for uri, line in zip(uris, lines)),
         "record: one line for each host, in their order", lines)
    tell(set(fields(answers["record"], 5)) == set(fields(answers["list"], 2)) != {"-"},
         "record: each line has the host, as in list", answers["record"])
    check_order("list", answers["list"], uris, guests, 1)
    tell(answers["audit"].status == 3 and answers["audit"].out == "" and
         answers["audit"].err.count("did not answer within") == 10, "audit: ten failures", answers["audit"])
    unset = answers["unset"]
    tell(unset.status == 1 and unset.out.split() == guests and
         unset.err.count("did not answer within") == 10, "list-unset: those of the others, status 1", unset)

    found = check_json("record --json", answers["record --json"], uris)
    order = [item["uri"] for item in found if "counts" in item or "error" in item]
    tell(order == uris, "record --json: one result for each host, in their order", order)
    tell(all(item["domains"] == 1 and item["counts"]["recorded"] == 1 and item["host"]
             for item in found if "counts" in item), "record --json: what was done on each host", found)
    found = check_json("list --json", answers["list --json"], uris)
    tell([item["uuid"] for item in found if "uuid" in item] == guests, "list --json: thirty guests", found)
    quiet = answers["record --quiet"]
    _, lines = split_waiting(quiet.err)
    tell(quiet.status == 3 and quiet.out == "" and len(lines) == 10 and
         all("did not answer within" in line for line in lines), "record --quiet: only the failures", quiet)


def start_few(world):
    """The frozen one is the first, the last, the only one; one job."""
    frozen = world.frozen("alone")
    a, b = world.healthy("a", [(101, SAME)]), world.healthy("b", [(102, SAME)])
    orders = {"first": [frozen, a, b], "last": [a, b, frozen], "only": [frozen]}
    return frozen, {(name, command): world.start(command, *(f"--connect={uri}" for uri in uris), "--timeout", LIMIT,
                                                 "--jobs=1", store="few.db")
                    for name, uris in orders.items() for command in ("list", "audit")}


def check_few(world, frozen, running):
    for (name, command), process in running.items():
        answer = world.finish(process)
        wanted = [] if name == "only" else [uuid_of(101), uuid_of(102)]
        found = list(dict.fromkeys(fields(answer, 1 if command == "list" else 2)))
        tell(answer.status == 3 and found == wanted and answer.err.count(frozen + " did not answer within") == 1,
             f"{command}, one job, the silent host is {name}", answer)


# How many are asked at a time: what is expected to come is waited for, however long that takes

def refuse(listener, connection):
    """A host that goes away: the program goes on with the next one."""
    listener.close()
    connection.close()


def is_asked(listener):
    listener.setblocking(False)
    try:
        listener.accept()[0].close()
        return True
    except BlockingIOError:
        return False
    finally:
        listener.setblocking(True)


def end_now(process):
    process.terminate()
    return World.finish(process)


def check_side_by_side(world):
    """Three jobs: three hosts are asked, and the fourth as soon as one of them has failed."""
    uris = [world.frozen(f"side-{i}") for i in range(4)]
    listeners = world.sockets[-4:]
    process = world.start("record", *world.hosts("side", uris), "--jobs", "3", "--timeout", NEVER, store="side.db")
    connections = [world.accept(listener, process) for listener in listeners[:3]]
    tell(not is_asked(listeners[3]), "three jobs ask three hosts")
    refuse(listeners[1], connections[1])
    connections.append(world.accept(listeners[3], process))
    tell(True, "one that fails makes room for another, though the first does not answer")
    answer = end_now(process)
    tell(answer.status == -signal.SIGTERM and answer.out == "", "nothing is printed before its turn", answer)


def check_window(world):
    """A silent host, and after it more than may wait for their turn: when it has failed, all are asked."""
    first = world.frozen("window-first")
    last = world.frozen("window-last")
    uris = [first, *(world.healthy(f"window-{i}", [(i, SAME)]) for i in range(300)), last]
    listener, after = world.sockets[-2:]
    process = world.start("record", *world.hosts("window", uris), "--timeout", NEVER, store="window.db")
    refuse(listener, world.accept(listener, process))
    lines = [process.stdout.readline().decode() for _ in range(300)]
    tell([line.split("\t")[1] for line in lines] == [uuid_of(i) for i in range(300)],
         "those that waited come out in order", lines[:3])
    world.accept(after, process)
    tell(True, "and the last one is asked")
    end_now(process)


# Very many

def check_domains(world):
    """5,000 domains on one host, before and after some of them changed."""
    before = world.healthy("many-before", [(number, SAME) for number in range(5000)])
    after = world.healthy("many-after", [(number, OTHER if number % 500 == 0 else SAME)
                                         for number in range(5, 5007)])
    target = ["--capabilities", os.path.join(DATA, "hosts", "x86_64.xml")]
    answer = world.run("record", "-c", before, "--json", store="many.db")
    tell(answer.status == 0 and objects(answer)[-1]["counts"]["recorded"] == 5000, "5,000 domains: record",
         answer.err, answer.out[-300:])
    answer = world.run("list", "-c", before, store="many.db")
    tell(answer.status == 0 and len(set(fields(answer, 1))) == 5000, "5,000 domains: list", answer.err)
    answer = world.run("audit", "-c", before, *target, store="many.db")
    tell(answer.status == 0 and answer.out == "", "5,000 domains: audit", answer.status, answer.out[:300])
    answer = world.run("audit", "-c", after, *target, store="many.db")
    counts = collections.Counter(fields(answer, 1))
    # Number 5000 is new, and has the type that the target lacks.
    tell(answer.status == 2 and counts == {"differs": 9, "differs-running": 9, "unrecorded": 7, "no-domain": 5,
                                           "not-offered": 1},
         "5,000 domains: audit of those that changed", counts)


def measure_list(world, hosts):
    """The most memory that list had while it asked these hosts, one after the other, in KiB."""
    process = subprocess.Popen([PROGRAM, "list", *hosts, "--jobs", "1", "--store", world.path("memory.db")],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    tell(process.returncode == 0, "many domains: list", process.returncode)
    return usage.ru_maxrss


def check_memory(world):
    """Domains of at most five of these hosts are in memory, however many hosts there are."""
    if WRAPPER or PRELOAD:
        return
    uris = [world.healthy(f"memory-{i}", [(i * 5000 + j, SAME) for j in range(5000)]) for i in range(12)]
    few, many = (measure_list(world, world.hosts(f"memory-{n}", uris[:n])) for n in (5, 12))
    tell(many < 1.5 * few, "the domains of hosts whose turn is over are not kept in memory", few, many)


def check_hosts(world):
    """A thousand hosts, more than wait for their turn."""
    uris = [world.healthy(f"many-{i}", [(i, SAME)]) for i in range(1000)]
    answer = world.run("record", *world.hosts("thousand", uris), "--jobs", "32", store="thousand.db")
    tell(answer.status == 0 and fields(answer, 1) == [uuid_of(i) for i in range(1000)],
         "1,000 hosts: record in their order", answer.status, answer.err[-300:])
    answer = world.run("list", *world.hosts("thousand", uris), store="thousand.db")
    tell(answer.status == 0 and fields(answer, 1) == [uuid_of(i) for i in range(1000)],
         "1,000 hosts: list in their order", answer.status, answer.err[-300:])


# Options and files

COMMANDS = {"list": 2, "audit": 64, "record": 2, "list-unset-machine-type": 64}

BAD_JOBS = [("0", "--jobs must be between 1 and 256"), ("257", "--jobs must be between 1 and 256"),
            ("1000", "--jobs must be between 1 and 256"), ("-1", "--jobs must be between 1 and 256"),
            ("text", "--jobs: 'text' is not a decimal number"), ("", "--jobs: '' is not a decimal number"),
            ("8.5", "--jobs: '8.5' is not a decimal number"), ("99999999999", "--jobs: 99999999999 is out of range")]

# A file, and what is wrong with it.
BAD_FILES = [
    (b"", "names no host"),
    (b"# only\n\n   \n#\n", "names no host"),
    (b"test:///default\n\nqemu:///system x\n", ":3: 'qemu:///system x': not one URI"),
    (b"qemu:///system;test:///default\n", ":1: 'qemu:///system;test:///default': not one URI"),
    (b"qemu:///system,test:///default", ":1: 'qemu:///system,test:///default': not one URI"),
    (b"# c\ncompute-1.example.org\n", ":2: 'compute-1.example.org': not a libvirt URI"),
    (b":///system\n", ":1: ':///system': not a libvirt URI"),
    (b"qemu:\n", ":1: 'qemu:': not a libvirt URI"),
    (b"1qemu:///system\n", ":1: '1qemu:///system': not a libvirt URI"),
    (b"qemu+ssh\n", ":1: 'qemu+ssh': not a libvirt URI"),
    (b"test:///a\x01b\n", ":1: 'test:///a\\001b': a control character"),
    (b"test:///a\xff\n", ":1: 'test:///a\\377': not valid UTF-8"),
    (b"test:///a\0b\n", "contains a NUL byte"),
]

# Lines around a URI that is {}.
GOOD_FILES = ["{}", "{}\n", "  {}\t\r\n", "# a\n\n{} # b\n#c", "{}\t#c\n\r\n"]


def check_jobs(world):
    uri = world.healthy("one", [(1, SAME)])
    for command, status in COMMANDS.items():
        for jobs, message in BAD_JOBS:
            answer = world.run(command, f"--jobs={jobs}", "-c", uri)
            tell(answer.status == status and answer.out == "" and message in answer.err,
                 f"{command} --jobs={jobs}: {status}", answer)
    for jobs in "1", "2", "256":
        answer = world.run("list", f"--jobs={jobs}", "-c", uri)
        tell(answer.status == 0 and fields(answer, 1) == [uuid_of(1)], f"list --jobs={jobs}", answer)


def check_files(world):
    uri = world.healthy("one", [(1, SAME)])
    for command, status in COMMANDS.items():
        for content, message in BAD_FILES:
            path = world.write("bad", content)
            answer = world.run(command, "--hosts", path)
            tell(answer.status == status and answer.out == "" and path + (message if message[0] == ":" else ": ")
                 in answer.err and message in answer.err, f"{command} --hosts with {content!r}: {status}", answer)
        answer = world.run(command, "--hosts", world.path("absent"))
        tell(answer.status == (1 if status == 64 and command != "audit" else 3) and "absent: No such file" in answer.err,
             f"{command} --hosts without a file", answer)
        answer = world.run(command, "--hosts", world.write("good", uri), "-c", uri)
        tell(answer.status == status and "--connect cannot be combined with --hosts" in answer.err,
             f"{command} --hosts and --connect", answer)
    for content in GOOD_FILES:
        content = content.format(uri)
        answer = world.run("list", "--hosts", world.write("good", content))
        tell(answer.status == 0 and fields(answer, 1) == [uuid_of(1)], f"list --hosts with {content!r}", answer)
    answer = world.run("list", "--hosts", "-", stdin=b"# c\n" + uri.encode())
    tell(answer.status == 0 and fields(answer, 1) == [uuid_of(1)], "list --hosts -", answer)
    answer = world.run("list", "--hosts", "-", stdin=b"\n a b")
    tell(answer.status == 2 and "standard input:2: 'a b': not one URI" in answer.err, "list --hosts - with a bad line",
         answer)
    answer = world.run("list", "--hosts", world.write("good", "unknown:///x\ntest:///absent#x\n" + uri))
    tell(answer.status == 3 and fields(answer, 1) == [uuid_of(1)] and "unknown:///x" in answer.err and
         "test:///absent#x" in answer.err, "hosts that cannot be opened are named, the other is listed", answer)


def check_twice(world):
    """Asked once, so that nothing is counted twice."""
    a, b = world.healthy("twice-a", [(1, SAME)]), world.healthy("twice-b", [(2, SAME)])
    ways = {"--connect": ["-c", a, "-c", b, "-c", a], "--hosts": world.hosts("twice", [a, b, a])}
    for way, words in ways.items():
        answer = world.run("list", *words, store="twice.db")
        tell(answer.status == 0 and fields(answer, 1) == [uuid_of(1), uuid_of(2)] and
             answer.err.count(f"warning: {a} is named twice; it is asked once") == 1, f"the same host twice, {way}",
             answer)
    answer = world.run("record", *ways["--connect"], "--host", "h", store="twice.db")
    tell(answer.status == 2 and "--host cannot be combined with several hosts" in answer.err,
         "record --host with several", answer)
    answer = world.run("record", "-c", a, "-c", a, "--host", "h", store="twice.db")
    tell(answer.status == 0 and fields(answer, 5) == ["h"], "record --host with the same one", answer)


def check_configured(world):
    """The hosts of machtype.conf, unless the command line names others."""
    a, b, c = (world.healthy(f"conf-{i}", [(i, SAME)]) for i in (1, 2, 3))
    world.write("machtype.conf", f"[machtype]\nhosts = {b}; {a}\n")
    os.environ["MACHTYPE_CONF"] = world.path("machtype.conf")
    answer = world.run("list", store="conf.db")
    tell(fields(answer, 1) == [uuid_of(2), uuid_of(1)], "the hosts of machtype.conf", answer)
    answer = world.run("list", *world.hosts("others", [c]), store="conf.db")
    tell(fields(answer, 1) == [uuid_of(3)], "--hosts instead of them", answer)
    os.environ["MACHTYPE_CONF"] = ""


def check_shown(world):
    """What --changed and --quiet print: one new, one unchanged, one that differs."""
    first = world.healthy("shown", [(1, SAME), (2, SAME)])
    later = world.healthy("shown-later", [(1, SAME), (2, OTHER), (3, SAME)])
    world.run("record", "-c", first, store="shown.db")
    rows = [((), ["unchanged", "differs", "recorded"], 1), (("--changed",), ["differs", "recorded"], 1),
            (("--quiet",), [], 0), (("--quiet", "--changed"), [], 0)]
    for options, wanted, summaries in rows:
        answer = world.run("record", "-c", later, "--dry-run", *options, store="shown.db")
        found = [word.replace("would be ", "") for word in fields(answer, 0)]
        tell(answer.status == 1 and found == wanted and answer.err.count(": 3 domains: ") == summaries and
             f"{uuid_of(2)}: the domain is defined with {OTHER}" in answer.err, f"record {options}", answer)
    answer = world.run("record", "-c", later, "--json", "--quiet", store="shown.db")
    tell(answer.status == 1 and [item["outcome"] for item in objects(answer)] == ["differs"],
         "record --json --quiet", answer)
    answer = world.run("record", "-c", first, "--json", "--changed", store="shown.db")
    tell(answer.status == 0 and [item.get("counts", {}).get("unchanged") for item in objects(answer)] == [2],
         "record --json --changed: only the host", answer)
    answer = world.run("record", "-c", first, "--quiet", store="shown.db")
    tell(answer == Answer(0, "", ""), "record --quiet, when all is well", answer)


# Interrupts

def check_interrupt(world, number):
    """While a host does not answer: the program ends at once, although the limit is a day, and what was
    recorded before stays."""
    frozen = world.frozen(f"interrupt-{number}")
    uris = [world.healthy("before", [(1, SAME)]), frozen, world.healthy("after", [(2, SAME)])]
    store = f"interrupt-{number}.db"
    process = world.start("record", *world.hosts("interrupt", uris), "--timeout", NEVER, store=store)
    line = process.stdout.readline().decode()
    connection = world.accept(world.sockets[-1], process)
    tell(uuid_of(1) in line, "the host before the silent one is printed at once", line)
    process.send_signal(number)
    answer = world.finish(process)
    tell(answer.status == -number, f"{number.name} ends it", answer)
    connection.close()
    with contextlib.closing(sqlite3.connect(world.path(store))) as database:
        tell(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the store is whole")
    answer = world.run("record", "-c", uris[0], "-c", uris[2], store=store)
    tell(answer.status == 0 and fields(answer, 0) == ["unchanged", "recorded"], "and the next run goes on", answer)


def main():
    module = os.path.join(os.environ.get("MACHTYPE_MODULE_DIR", ""), "libmachtype-libvirt.so")
    if not os.path.exists(module):
        skip("built without libvirt")
    os.environ.update(MACHTYPE_CONF="", LC_ALL="C.UTF-8")
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        check_jobs(world)
        check_files(world)
        check_twice(world)
        check_configured(world)
        check_shown(world)
        for number in signal.SIGINT, signal.SIGTERM:
            check_interrupt(world, number)
        check_side_by_side(world)
        check_window(world)
        check_patience(world)
        few = start_few(world)
        check_forty(world)
        check_few(world, *few)
        check_domains(world)
        check_hosts(world)
        check_memory(world)
    end()


main()
