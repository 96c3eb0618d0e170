#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""console.py [--host] MACHTYPE GUIDE...
console.py --installed GUIDE...

Runs the `console` blocks of guides and compares their output with what they show. All blocks of a guide
are one session of sh in an empty directory, on a terminal. `...` matches anything; alone on a line, any
lines. A command has to succeed unless its status is checked (`echo $?`). A guide is a file of the tree,
or a page of the site.

MACHTYPE_TEST_UPDATE=1 writes the output into the guides: read the difference before you commit it.

--host: a private libvirtd serves as qemu:///system; without it a guide must not need one.
--installed: what is typed changes this machine: its own program, libvirt, configuration and store.

With either of them, guides show a host with QEMU 7.2. With another QEMU, types have other names, ages
and effects. There, each command has to give an answer, and more than half of them the one that is
shown.
"""

import difflib
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
import termios
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "real"))
# pylint: disable=wrong-import-position
import virt  # noqa: E402

# What the guides' hosts have, and the statuses of answers: done, refused, in part, unsuitable. One in
# ten may be that something is not found, where a guest's machine type is gone.
GUIDES_QEMU = "7.2"
ANSWERS = 0, 1, 3, 4
NOT_FOUND = 2

# Separates commands, and never occurs in the output of programs.
MARK = "\036"

# What belongs to the reader; in a private session something else stands for each.
NAMES = "qemu:///system", "/etc/machtype.conf", "/var/lib/machtype"

# On a page of the site, a tab has become blanks.
TAB_SIZE = 4


def is_page(guide):
    return guide.endswith(".html")


def blocks(guide):
    """(line, text)"""
    with open(guide, encoding="utf-8") as file:
        text = file.read()
    pattern = r"<pre>(.*?)</pre>" if is_page(guide) else r"^```console\n(.*?)^```$"
    for match in re.finditer(pattern, text, re.DOTALL | re.MULTILINE):
        block = match.group(1)
        if is_page(guide):
            block = html.unescape(re.sub(r"<[^>]*>", "", block))
            if not block.startswith("$ "):
                continue
        yield text[:match.start(1)].count("\n") + 1, block


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


def private(machtype, folder, uri):
    """What stands for the reader's, and the environment with it."""
    names = dict(zip(NAMES, (uri or "none:///", f"{folder}/machtype.conf", folder)))
    env = dict(MACHTYPE_CONF=f"{folder}/machtype.conf", LIBVIRT_DEFAULT_URI=uri or "none:///",
               VIRSH_DEFAULT_CONNECT_URI=uri or "none:///",
               PATH=f"{os.path.dirname(os.path.abspath(machtype))}:{os.environ['PATH']}")
    with open(env["MACHTYPE_CONF"], "w", encoding="utf-8") as file:
        file.write(f"[machtype]\nstore = {folder}/records.db\n")
    return names, env


def run(guide, folder, names, env):
    """Pairs of what a guide shows and the actual output and status."""
    wanted = commands(guide)
    script = "".join(f"{command}\n_s=$?; printf '{MARK}%d{MARK}' $_s; (exit $_s)\n"
                     for _, command, _ in wanted)
    for name, ours in names.items():
        script = script.replace(name, ours)
    text = session(script, os.path.join(folder, "work"),
                   dict(os.environ, LC_ALL="C.UTF-8", HOME=folder, TZ="UTC", COLUMNS="80", **env))
    for name, ours in names.items():
        text = text.replace(ours, name)
    parts = text.split(MARK)
    if len(parts) != 2 * len(wanted) + 1:
        sys.exit(f"{guide}: only {len(parts) // 2} of {len(wanted)} commands were run:\n{text}")
    if is_page(guide):
        parts = [part.expandtabs(TAB_SIZE) for part in parts]
    return wanted, list(zip(parts[0::2], map(int, parts[1::2])))


def matches(shown, seen, names):
    if any(name in seen for name in names):
        # What stood for it has another length, so that a terminal's lines end elsewhere.
        shown, seen = (re.sub(r"\s+", " ", text) for text in (shown, seen))
    pattern = "".join("(?:.*\n)*" if line == "...\n" else
                      ".*".join(re.escape(part) for part in line.split("..."))
                      for line in shown.splitlines(keepends=True))
    return re.fullmatch(pattern, seen) is not None


def update(guide, names, wanted, seen):
    """What was shown correctly is kept, with its `...`."""
    with open(guide, encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    for (number, command, shown), (text, _) in reversed(list(zip(wanted, seen))):
        start = number + command.count("\n")
        if not matches(shown, text, names):
            lines[start:start + shown.count("\n")] = text.splitlines(keepends=True)
    with open(guide, "w", encoding="utf-8") as file:
        file.write("".join(lines))


def is_guides_host():
    emulator = shutil.which("qemu-system-x86_64")
    if emulator is None:
        return True
    text = subprocess.run([emulator, "--version"], check=True, stdout=subprocess.PIPE).stdout
    return text.decode().startswith(f"QEMU emulator version {GUIDES_QEMU}.")


def check_elsewhere(guide, folder, names, env):
    """On a host with another QEMU."""
    wanted, seen = run(guide, folder, names, env)
    asked = [command.startswith("echo $?") for _, command, _ in wanted[1:]] + [False]
    failed = others = 0
    may_miss = len(wanted) // 10
    for (number, command, shown), (text, status), is_asked in zip(wanted, seen, asked):
        others += not matches(shown, text, names)
        may_miss -= status == NOT_FOUND
        if status not in ANSWERS and not is_asked and (status != NOT_FOUND or may_miss < 0):
            failed += 1
            print(f"{guide}:{number}: $ {command}: status {status}\n{text}")
    print(f"{guide}: {len(wanted)} commands, {others} of them other than with QEMU {GUIDES_QEMU}, "
          f"{failed} failed")
    return failed if 2 * others < len(wanted) else 1


def compare(guide, folder, names, env):
    wanted, seen = run(guide, folder, names, env)
    wrong = 0
    asked = [command.startswith("echo $?") for _, command, _ in wanted[1:]] + [False]
    for (number, command, shown), (text, status), is_asked in zip(wanted, seen, asked):
        if not matches(shown, text, names):
            wrong += 1
            print(f"{guide}:{number}: $ {command}")
            print("".join(difflib.unified_diff(shown.splitlines(True), text.splitlines(True),
                                               "shown", "seen")))
        elif status != 0 and not is_asked:
            wrong += 1
            print(f"{guide}:{number}: $ {command}: status {status}")
    if wrong and os.environ.get("MACHTYPE_TEST_UPDATE") and not is_page(guide):
        update(guide, names, wanted, seen)
    print(f"{guide}: {len(wanted)} commands, {wrong} of them other than shown")
    return wrong if wanted else 1


def check(guide, machtype, needs_host):
    with tempfile.TemporaryDirectory(prefix="mt.", dir="/tmp") as folder:
        os.mkdir(os.path.join(folder, "work"))
        judge = compare if is_guides_host() else check_elsewhere
        if machtype is None:
            return judge(guide, folder, {}, {})
        if not needs_host:
            return compare(guide, folder, *private(machtype, folder, None))
        with virt.World(machtype) as world:
            daemon = world.daemon("host")
            return judge(guide, folder, *private(machtype, folder, daemon.uri))


def main():
    arguments = sys.argv[1:]
    option = arguments.pop(0) if arguments[0].startswith("--") else None
    needs_host = option == "--host"
    machtype = None if option == "--installed" else arguments.pop(0)
    if needs_host:
        virt.require()
    return 1 if sum([check(guide, machtype, needs_host) for guide in arguments]) else 0


sys.exit(main())
