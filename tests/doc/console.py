#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""console.py [--host] MACHTYPE GUIDE...

Runs the `console` blocks of guides and compares their output with what they show. All blocks of a guide
are one session of sh in an empty directory, on a terminal. `...` matches anything; alone on a line, any
lines. A command has to succeed unless its status is checked (`echo $?`). What the reader already has
(guests, for example) is created by blocks of the same form in comments: `<!-- console`.

MACHTYPE_TEST_UPDATE=1 writes the output into the guides: read the difference before you commit it.

--host: a private libvirtd serves as qemu:///system; without it a guide must not need one.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
import termios
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "real"))
# pylint: disable=wrong-import-position
import virt  # noqa: E402

# Separates commands, and never occurs in the output of programs.
MARK = "\036"

# What belongs to the reader; in a test something else stands for each.
NAMES = "qemu:///system", "/etc/machtype.conf", "/var/lib/machtype"


def blocks(guide):
    with open(guide, encoding="utf-8") as file:
        text = file.read()
    for match in re.finditer(r"^(?:```|<!-- )console\n(.*?)^(?:```|-->)$", text,
                             re.DOTALL | re.MULTILINE):
        yield text[:match.start()].count("\n") + 2, match.group(1)


def commands(guide):
    """(line, command, what it shows)"""
    found = []
    for first, block in blocks(guide):
        more, began = False, len(found)
        for number, line in enumerate(block.splitlines(), first):
            if more:
                found[-1][1] += "\n" + line
            elif line.startswith("$ "):
                # A blank line before a command is only for legibility.
                if len(found) > began:
                    found[-1][2] = re.sub(r"(^|\n)\n$", r"\1", found[-1][2])
                found.append([number, line[2:], ""])
            elif len(found) == began:
                sys.exit(f"{guide}:{number}: output without a command")
            else:
                found[-1][2] += line + "\n"
            more = (more or line.startswith("$ ")) and line.endswith("\\")
    return found


def terminal():
    """Programs that are line-buffered on a terminal show both streams in order."""
    ours, theirs = os.openpty()
    mode = termios.tcgetattr(theirs)
    mode[1] &= ~termios.OPOST
    termios.tcsetattr(theirs, termios.TCSANOW, mode)
    return ours, theirs


def read_all(descriptor):
    """When the last process closes the terminal, that is an error."""
    text = b""
    try:
        while chunk := os.read(descriptor, 65536):
            text += chunk
    except OSError:
        pass
    return text.decode()


def session(script, folder, env):
    ours, theirs = terminal()
    with subprocess.Popen(["sh", "-c", script], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          stdout=theirs, stderr=theirs) as shell:
        os.close(theirs)
        timer = threading.Timer(virt.HANG_LIMIT, shell.kill)
        timer.start()
        text = read_all(ours)
        timer.cancel()
    os.close(ours)
    # A line that was overwritten is no longer there.
    return re.sub(rf"[^\n{MARK}]*\r(?:\033\[K)?", "", text)


def run(guide, machtype, folder, uri):
    """Pairs of what a guide shows and the actual output and status."""
    wanted = commands(guide)
    names = dict(zip(NAMES, (uri or "none:///", f"{folder}/machtype.conf", folder)))
    env = dict(os.environ, MACHTYPE_CONF=f"{folder}/machtype.conf", LC_ALL="C.UTF-8", HOME=folder,
               LIBVIRT_DEFAULT_URI=uri or "none:///", TZ="UTC",
               VIRSH_DEFAULT_CONNECT_URI=uri or "none:///", COLUMNS="80",
               PATH=f"{os.path.dirname(os.path.abspath(machtype))}:{os.environ['PATH']}")
    with open(env["MACHTYPE_CONF"], "w", encoding="utf-8") as file:
        file.write(f"[machtype]\nstore = {folder}/records.db\n")
    script = "".join(f"{command}\n_s=$?; printf '{MARK}%d{MARK}' $_s; (exit $_s)\n"
                     for _, command, _ in wanted)
    for name, ours in names.items():
        script = script.replace(name, ours)
    text = session(script, os.path.join(folder, "work"), env)
    for name, ours in names.items():
        text = text.replace(ours, name)
    parts = text.split(MARK)
    if len(parts) != 2 * len(wanted) + 1:
        sys.exit(f"{guide}: only {len(parts) // 2} of {len(wanted)} commands were run:\n{text}")
    return wanted, list(zip(parts[0::2], map(int, parts[1::2])))


def matches(shown, seen):
    if any(name in seen for name in NAMES):
        # What stood for it has another length, so that a terminal's lines end elsewhere.
        shown, seen = (re.sub(r"\s+", " ", text) for text in (shown, seen))
    pattern = "".join("(?:.*\n)*" if line == "...\n" else
                      ".*".join(re.escape(part) for part in line.split("..."))
                      for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, seen) is not None


def update(guide, wanted, seen):
    """What was shown correctly is kept, with its `...`."""
    with open(guide, encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    for (number, command, shown), (text, _) in reversed(list(zip(wanted, seen))):
        start = number + command.count("\n")
        if not matches(shown, text):
            lines[start:start + shown.count("\n")] = text.splitlines(keepends=True)
    with open(guide, "w", encoding="utf-8") as file:
        file.write("".join(lines))


def compare(guide, wanted, seen):
    wrong = 0
    asked = [command.startswith("echo $?") for _, command, _ in wanted[1:]] + [False]
    for (number, command, shown), (text, status), is_asked in zip(wanted, seen, asked):
        if not matches(shown, text):
            wrong += 1
            print(f"{guide}:{number}: $ {command}")
            print("".join(difflib.unified_diff(shown.splitlines(True), text.splitlines(True),
                                               "shown", "seen")))
        elif status != 0 and not is_asked:
            wrong += 1
            print(f"{guide}:{number}: $ {command}: status {status}")
    if wrong and os.environ.get("MACHTYPE_TEST_UPDATE"):
        update(guide, wanted, seen)
    print(f"{guide}: {len(wanted)} commands, {wrong} of them other than shown")
    return wrong if wanted else 1


def check(guide, machtype, needs_host):
    with tempfile.TemporaryDirectory(prefix="mt.", dir="/tmp") as folder:
        os.mkdir(os.path.join(folder, "work"))
        if not needs_host:
            return compare(guide, *run(guide, machtype, folder, None))
        with virt.World(machtype) as world:
            daemon = world.daemon("host")
            return compare(guide, *run(guide, machtype, folder, daemon.uri))


def main():
    arguments = sys.argv[1:]
    needs_host = arguments[0] == "--host"
    machtype, *guides = arguments[needs_host:]
    if needs_host:
        virt.require()
    return 1 if sum([check(guide, machtype, needs_host) for guide in guides]) else 0


sys.exit(main())
