#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-screens.py MACHTYPE DATA: what a person sees at a terminal.

Each screen is compared with a file in DATA/screens. Colors are words in braces there. No line may be
wider than the terminal, and nothing but known colors may reach it. A pipe gets none of this, whatever
the environment says. MACHTYPE_TEST_UPDATE=1 writes the files: read the difference before you commit
it. Prints TAP.
"""

import fcntl
import os
import re
import select
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import end, tell  # pylint: disable=wrong-import-position

COLORS = {"\033[0m": "{}", "\033[1m": "{name}", "\033[2m": "{dim}", "\033[31m": "{bad}",
          "\033[32m": "{good}", "\033[33m": "{warning}"}

PROGRAM = shlex.split(os.environ.get("MESON_EXE_WRAPPER", "")) + [os.path.abspath(sys.argv[1])]
DATA = os.path.abspath(sys.argv[2])

HOST = "--capabilities", "screens/host.xml"
SMALL_HOST = "--capabilities", "hosts/x86_64.xml"
DOMCAPS = "--domain-capabilities", "hosts/domcaps-q35.xml"
STORE = "--store", "STORE"
FLEET = "--store", "FLEET"


def uuid(number):
    return f"3f7b9d20-1c5e-4e8d-8b6a-9c0d1e2f3a{number:02}"


# Name of the screen, columns, arguments. The stores have what fill_store() and fill_fleet() write.
SCREENS = [
    ("host", 80, ("host", *HOST)),
    ("host-all", 80, ("host", "--all", *HOST)),
    ("host-narrow", 40, ("host", *HOST)),
    ("host-missing", 80, ("host", "--capabilities", "hosts/x86_64.xml", "--domain-capabilities",
                          "hosts/domcaps-virt.xml")),
    ("host-x86_64", 80, ("host", "--arch", "x86_64", *HOST)),
    ("host-x86_64-wide", 120, ("host", "--arch", "x86_64", *HOST)),
    ("host-x86_64-narrow", 40, ("host", "--arch", "x86_64", *HOST)),
    ("host-x86_64-all", 80, ("host", "--arch", "x86_64", "--all", *HOST)),
    ("host-aarch64", 80, ("host", "--arch", "aarch64", *HOST)),
    ("host-riscv64", 80, ("host", "--arch", "riscv64", *HOST)),
    ("host-none", 80, ("host", "--arch", "armv7l", *HOST)),
    ("resolve", 80, ("resolve", "-p", "hw_architecture=aarch64", *SMALL_HOST)),
    ("resolve-explain", 80, ("resolve", "--explain", "-p", "hw_architecture=aarch64", *SMALL_HOST)),
    ("resolve-explain-image", 80, ("resolve", "--explain", "-p", "hw_machine_type=q35", "-p",
                                   "hw_disk_bus=ide", "--host-arch", "x86_64")),
    ("resolve-explain-narrow", 40, ("resolve", "--explain", *SMALL_HOST)),
    ("check-change", 80, ("check-change", "pc-i440fx-2.4", "pc-i440fx-7.2")),
    ("check-change-narrow", 40, ("check-change", "pc-i440fx-2.4", "pc-i440fx-7.2")),
    ("check-change-refused", 80, ("check-change", "pc", "pc-q35-7.2")),
    ("check-change-forced", 80, ("check-change", "--force", "pc-q35-6.1", "pc-q35-6.0")),
    ("check-change-first", 80, ("check-change", "", "q35")),
    ("check-change-broken", 80, ("check-change", "pc-i440fx-6.2", "pc-q35-7.2", "--force", "-p",
                                 "hw_disk_bus=ide", "--arch", "x86_64")),
    ("lint", 80, ("lint", "convert/odd.xml", "guests/q35.xml", "guests/absent.xml")),
    ("lint-wide", 120, ("lint", "convert/odd.xml")),
    ("lint-narrow", 40, ("lint", "convert/odd.xml", "guests/q35.xml")),
    ("lint-ok", 80, ("lint", "guests/q35.xml")),
    ("history", 80, ("history", uuid(1), *STORE)),
    ("history-narrow", 40, ("history", uuid(1), *STORE)),
    ("list", 80, ("list", *STORE)),
    ("list-narrow", 40, ("list", *STORE)),
    ("list-wide", 120, ("list", "--wide", "--sort", "removed-in", *STORE)),
    ("list-on", 120, ("list", *STORE, "--on", "debian-13", "--on", "qemu-11.1")),
    ("list-on-narrow", 80, ("list", *STORE, "--on", "debian-13", "--on", "qemu-11.1")),
    ("list-forecast", 120, ("list", *STORE, "--forecast", "--on", "debian-12")),
    ("list-forecast-narrow", 80, ("list", *STORE, "--forecast", "--on", "ubuntu-24.04")),
    ("list-none", 80, ("list", *STORE, "--arch", "s390x")),
    ("audit", 80, ("audit", *STORE, *SMALL_HOST)),
    ("audit-narrow", 40, ("audit", *STORE, *SMALL_HOST)),
    ("audit-wide", 120, ("audit", *STORE, *SMALL_HOST)),
    ("audit-clean", 80, ("audit", *STORE, "--host", "h2", *SMALL_HOST)),
    ("audit-fleet", 80, ("audit", *FLEET, *SMALL_HOST)),
    ("audit-fleet-narrow", 40, ("audit", *FLEET, *SMALL_HOST)),
    ("upgrade-check-fleet", 80, ("upgrade-check", *FLEET, *SMALL_HOST)),
    ("upgrade-check", 80, ("upgrade-check", *STORE, *SMALL_HOST, *DOMCAPS)),
    ("upgrade-check-narrow", 40, ("upgrade-check", *STORE, *SMALL_HOST, *DOMCAPS)),
    ("upgrade-check-ok", 80, ("upgrade-check", *STORE, "--host", "h2", *SMALL_HOST)),
    ("update-refused", 80, ("update-machine-type", uuid(1), "pc-q35-6.2", *STORE)),
    ("update", 80, ("update-machine-type", uuid(2), "pc-q35-7.2", *STORE)),
    ("update-several", 80, ("update-machine-type", uuid(1), uuid(6), "pc-q35-8.0", "--dry-run", *STORE)),
    ("undo", 80, ("undo", uuid(2), *STORE)),
    ("image-property-refused", 80, ("image-property", "set", uuid(1), "-p", "hw_disk_bus=ide",
                                    "-p", "hw_cdrom_bus=ide", *STORE)),
    ("unknown-narrow", 40, ("resolve", "-p", "hw_machine_type=pc-q35-99.0", *SMALL_HOST)),
    ("record", 80, ("record", "--connect", "test:///default", *STORE)),
    ("record-again", 80, ("record", "--connect", "test:///default", *STORE)),
    ("record-verbose", 80, ("record", "-v", "--connect", "test:///default", *STORE)),
    ("record-narrow", 40, ("record", "-v", "--connect", "test:///default", *STORE)),
]

COLORED = "audit", "list", "host-x86_64", "check-change", "check-change-refused", "check-change-forced", "lint", \
    "resolve-explain", "upgrade-check"


def columns_of(line):
    return sum(0 if unicodedata.combining(character) else
               2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def set_size(descriptor, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def read_all(descriptors):
    """What comes out of each; the last one who closes a terminal makes that an error."""
    texts = {descriptor: b"" for descriptor in descriptors}
    left = set(descriptors)
    while left:
        for descriptor in select.select(left, [], [])[0]:
            try:
                chunk = os.read(descriptor, 65536)
            except OSError:
                chunk = b""
            texts[descriptor] += chunk
            if not chunk:
                left.remove(descriptor)
                os.close(descriptor)
    return [texts[descriptor].decode().replace("\r\n", "\n") for descriptor in descriptors]


def run(arguments, store, streams, columns=80, **env):
    """streams says what standard output and standard error are: (t)erminal or (p)ipe; "t" alone is
    one terminal for both. Returns what came out of each, and the status."""
    pairs = [os.openpty() if stream == "t" else os.pipe() for stream in streams]
    for stream, (ours, _) in zip(streams, pairs):
        if stream == "t":
            set_size(ours, columns)
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("COLUMNS", "NO_COLOR")}
    environment.update({"TERM": "xterm", "LC_ALL": "C.UTF-8", **env})
    stores = {"STORE": store, "FLEET": store + ".fleet"}
    command = [stores.get(argument, argument) for argument in arguments]
    with subprocess.Popen(PROGRAM + command, cwd=DATA, env=environment, stdin=subprocess.DEVNULL,
                          stdout=pairs[0][1], stderr=pairs[-1][1]) as process:
        for _, theirs in pairs:
            os.close(theirs)
        texts = read_all([ours for ours, _ in pairs])
    return texts, process.returncode


def settle(text):
    """Without what differs from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-01-02 03:04", text)
    # A line that is written over while it waits.
    return re.sub(r"^[^\n]*\r", "", re.sub(r" +\S+ \(uid \d+\)", "  USER", text), flags=re.M)


def fill_store(store):
    records = [(1, "web-01", "h1", "pc-q35-6.2", ()), (2, "db-02", "h1", "pc-q35-2.4", ()),
               (3, "db-03", "h1", "pc-q35-2.4", ()), (4, "cad-04", "h1", "pc-q35-2.4", ()),
               (5, None, "h1", None, ()), (6, "scan-06", "h1", "pc-q35-7.2", ("hw_video_model=qxl",)),
               (7, "ci-07", "h2", "pc-q35-7.2", ())]
    for number, name, host, machine, properties in records:
        run(("instance", "add", uuid(number), *(("--name", name) if name else ()), "--host", host,
             "--arch", "x86_64", "--state", "stopped", *(("--machine", machine) if machine else ()),
             *(word for pair in properties for word in ("-p", pair)), *STORE), store, "pp")
    run(("update-machine-type", uuid(1), "pc-q35-7.2", *STORE), store, "pp")


def fill_fleet(store):
    """More guests of one kind than a screen lists, not in the order of their names."""
    for number in range(30, 44):
        run(("instance", "add", uuid(number), "--name", f"build-{73 - number}", "--host",
             f"h{number % 3}", "--arch", "x86_64", "--state", "stopped", "--machine", "q35", *FLEET), store, "pp")
    for number, name, machine in ((50, "erp", "pc-i440fx-1.7"), (51, None, "pc-q35-8.0"),
                                  (52, "accounting-of-the-branch-offices", "pc-q35-8.0"),
                                  (53, "shop", "pc")):
        run(("instance", "add", uuid(number), *(("--name", name) if name else ()), "--arch", "x86_64",
             "--state", "stopped", "--machine", machine, *FLEET), store, "pp")


def check_width(name, text, columns):
    wide = [line for line in text.split("\n") if columns_of(line) > columns]
    tell(not wide, f"{name}: no line is wider than {columns} columns", wide)


def check_golden(name, text):
    path = os.path.join(DATA, "screens", f"{name}.txt")
    if os.environ.get("MACHTYPE_TEST_UPDATE"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    try:
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
    except FileNotFoundError:
        wanted = None
    tell(text == wanted, f"{name}: as in {os.path.basename(path)}", wanted, text)


def can_record():
    module = os.path.join(os.environ.get("MACHTYPE_MODULE_DIR", ""), "libmachtype-libvirt.so")
    return os.path.exists(module) and len(PROGRAM) == 1


def check_screens(store):
    for name, columns, arguments in SCREENS:
        if arguments[0] == "record" and not can_record():
            continue
        is_colored = name in COLORED
        (text,), _ = run(arguments, store, "t", columns, **({} if is_colored else {"NO_COLOR": "1"}))
        for sequence, word in COLORS.items() if is_colored else ():
            text = text.replace(sequence, word)
        text = settle(text)
        tell("\033" not in text and ("{}" in text) == is_colored, f"{name}: colors", text)
        check_golden(name, text)
        check_width(name, re.sub(r"\{[a-z]*\}", "", text), min(columns, 100))


def check_width_of_all(store):
    """Whatever the width."""
    for columns in (20, 33, 40, 57, 79, 81, 100, 101, 250):
        for name, _, arguments in SCREENS:
            if arguments[0] in ("host", "resolve", "check-change", "lint", "history",
                                "upgrade-check", "list", "audit"):
                (text,), _ = run(arguments, store, "t", columns, NO_COLOR="1")
                check_width(f"{name} at {columns}", text, min(columns, 100))
        for arguments in (("--help",), ("domain-xml", "--help"), ("complete", "--help")):
            (text,), _ = run(arguments, store, "t", columns)
            check_width(f"{' '.join(arguments)} at {columns}", text, min(columns, 100))


def check_colors(store):
    """Who decides on colors, and that they are all that changes."""
    arguments = "check-change", "pc-i440fx-2.4", "pc-i440fx-7.2"
    (plain,), _ = run(arguments, store, "t", NO_COLOR="1")
    (colored,), _ = run(arguments, store, "t")

    def screen(words=(), after=(), streams="t", **env):
        return "".join(run((*words, *arguments, *after), store, streams, **env)[0])

    tell("\033" in colored and re.sub(r"\033\[\d*m", "", colored) == plain,
         "colors change nothing else", colored, plain)
    for what, text, wanted in (
            ("an empty NO_COLOR", screen(NO_COLOR=""), colored),
            ("a dumb terminal", screen(TERM="dumb"), plain),
            ("--color=never", screen(("--color=never",)), plain),
            ("--color never", screen(("--color", "never")), plain),
            ("--color=never after the command", screen(after=("--color=never",)), plain),
            ("--color=auto", screen(("--color=auto",)), colored),
            ("--color=auto and NO_COLOR", screen(("--color=auto",), NO_COLOR="1"), plain),
            ("--color=always and NO_COLOR", screen(("--color=always",), NO_COLOR="1"), colored),
            ("--color=always into a pipe", screen(("--color=always",), streams="pp"), colored),
            ("--color=always into a pipe, COLUMNS",
             screen(("--color=always",), streams="pp", COLUMNS="40"), screen(columns=40)),
            ("COLUMNS before what the terminal says", screen(columns=120, COLUMNS="60"),
             screen(columns=60)),
            ("an invalid COLUMNS", screen(columns=60, COLUMNS="wide"), screen(columns=60)),
            ("a terminal without a width", screen(columns=0), colored)):
        tell(text == wanted, what, text, wanted)
    for words, wanted in ((("--color=red", *arguments), 2), ((*arguments, "--color=red"), 2),
                          (("get-machine-type", "x", "--color=red"), 64), (("--color",), 2),
                          (("--color", "never"), 2), (("--color=never",), 2)):
        texts, status = run(words, store, "pp")
        tell(status == wanted and not texts[0] and texts[1], f"{' '.join(words)}: {wanted}", texts,
             status)


def check_pipes(store):
    """A pipe gets the same whatever a terminal would, and nothing of a screen."""
    for name, _, arguments in SCREENS:
        if arguments[0] in ("record", "update-machine-type", "undo"):
            continue
        usual, status = run(arguments, store, "pp")
        narrow = run(arguments, store, "pp", COLUMNS="30", NO_COLOR="1", TERM="dumb")
        tell((usual, status) == narrow, f"{name}: a pipe knows no width", usual, narrow)
        tell("\033" not in "".join(usual), f"{name}: a pipe has no colors", usual)
        if arguments[0] in ("check-change", "lint"):
            bad = [line for text in usual for line in text.splitlines() if not re.match(
                r"(reason|warning|effect|machtype): |[a-z-]+$|\S+: (error|warning|note): [a-z]", line)]
            tell(not bad, f"{name}: lines of their own in a pipe", bad)


def check_streams(store):
    """Each stream is what it is."""
    arguments = "check-change", "pc", "pc-q35-7.2"
    pipes, _ = run(arguments, store, "pp")
    mixed, _ = run(arguments, store, "pt", NO_COLOR="1")
    tell(mixed[0] == pipes[0] == "refused-family\n", "standard output is a pipe", mixed)
    tell(mixed[1].startswith("Refused because\n"), "and standard error a terminal", mixed)
    mixed, _ = run(arguments, store, "tp", NO_COLOR="1")
    tell(mixed[1] == pipes[1], "standard error is a pipe", mixed, pipes)
    tell(mixed[0].startswith("pc -> pc-q35-7.2: refused "), "and standard output a terminal", mixed)
    arguments = "convert", "--force", "-m", "pc-q35-7.2", "convert/odd.xml"
    (xml, text), _ = run(arguments, store, "pt", NO_COLOR="1")
    tell(xml == run(arguments, store, "pp")[0][0], "the XML is the same")
    check_golden("convert", text)
    check_width("convert", text, 80)
    for arguments in (("host", "--json", *HOST), ("resolve", "--json", "--host-arch", "x86_64"),
                      ("lint", "--json", "convert/odd.xml"), ("history", uuid(1), "--json", *STORE)):
        (terminal, _), _ = run(arguments, store, "tp")
        (pipe, _), _ = run(arguments, store, "pp")
        tell(terminal == pipe, f"JSON is the same at a terminal: {arguments[0]}", terminal, pipe)


def check_hostile(store, folder):
    """What names have in them does not reach the terminal, and wide letters are counted."""
    bad = "\033[31mred\033]0;title\a\u202e\u200b\n\t\x9b"
    wide = "機種" * 30
    path = os.path.join(folder, "bad.xml")
    with open(os.path.join(DATA, "convert/odd.xml"), encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("pc-i440fx-6.2", f"pc-{wide}"))
    for number, name in ((20, wide[:40]), (21, "e\u0301" * 60), (22, "x" * 150)):
        run(("instance", "add", uuid(number), "--name", name, "--machine", "pc-q35-2.4", "--arch",
             "x86_64", "--host", "h3", *STORE), store, "pp")
    for arguments in (("parse", bad), ("check-change", bad, "pc"), ("check-change", "pc", bad),
                      ("check-change", wide, "pc"), ("host", "--arch", bad, *HOST),
                      ("lint", bad), ("lint", path), ("history", uuid(20), *STORE),
                      ("resolve", "--explain", "--host-arch", "x86_64", "-p", f"hw_machine_type={bad}"),
                      ("resolve", "-p", f"hw_disk_bus={wide}"), ("--color=" + bad, "host"),
                      ("upgrade-check", "--host", "h3", *STORE, *SMALL_HOST), (bad,),
                      ("audit", "--host", "h3", *STORE, *SMALL_HOST), ("list", "--host", "h3", *STORE),
                      ("host", "--capabilities", bad)):
        for columns in (80, 40, 21):
            (text,), _ = run(arguments, store, "t", columns)
            rest = re.sub("|".join(map(re.escape, COLORS)), "", text)
            what = f"{arguments[0]!r} {ascii(arguments[1])[:30] if len(arguments) > 1 else ''}"
            tell(not re.search("[^\n -~]", re.sub("[機種é\u0301…‘’]", "", rest)),
                 f"{what}: nothing but text at {columns}", rest)
            check_width(what, rest, columns)


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "records.db")
        fill_store(store)
        fill_fleet(store)
        check_screens(store)
        check_width_of_all(store)
        check_colors(store)
        check_pipes(store)
        check_streams(store)
        check_hostile(store, folder)
    end()


main()
