#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-hook.py HOOK PLACE: what libvirt's hook does with what libvirt hands it.

HOOK is the hook, built with a spool, a configuration and a program below PLACE. Whatever happens, it
exits with 0 and prints nothing, unless the program refuses the guest.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

HOOK, PLACE = map(os.path.abspath, sys.argv[1:])
PARENT = os.path.join(PLACE, "machtype")
SPOOL = os.path.join(PARENT, "spool")
CONF = os.path.join(PLACE, "hook.conf")
PROGRAM = os.path.join(PLACE, "program")
NAME = re.compile(r"^[0-9]+\.[0-9]{9}-[0-9]+\.(prepare|restore|migrate|reconnect)\.xml$")
XML = b"<domain type='qemu'><name>web</name></domain>\n"
SILENT = (0, b"", b"")


def reset():
    shutil.rmtree(PLACE, ignore_errors=True)
    os.makedirs(PLACE)


def run(*words, xml=XML, **more):
    done = subprocess.run([HOOK, *words], input=xml, capture_output=True, check=False, **more)
    return done.returncode, done.stdout, done.stderr


def spooled():
    """The contents of the spool's files, in the order of their names."""
    found = {}
    for name in sorted(os.listdir(SPOOL)) if os.path.isdir(SPOOL) else []:
        with open(os.path.join(SPOOL, name), "rb") as file:
            found[name] = file.read()
    return found


def configure(text, program=None):
    with open(CONF, "w", encoding="utf-8") as file:
        file.write(text)
    if program is not None:
        with open(PROGRAM, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + program)
        os.chmod(PROGRAM, 0o755)


def check_operations():
    for operation in ("prepare", "restore", "migrate", "reconnect"):
        reset()
        answer, files = run("web", operation, "begin", "-"), spooled()
        name = next(iter(files), "")
        tap.tell(answer == SILENT and list(files.values()) == [XML] and NAME.match(name) and
                 f".{operation}." in name, operation, answer, files)
        tap.tell(all(os.stat(path).st_mode & 0o077 == 0 for path in
                     (PARENT, SPOOL, *(os.path.join(SPOOL, file) for file in files))),
                 f"{operation}: for its owner alone")
    for words in (("web", "started", "begin", "-"), ("web", "release", "end", "-"), ("web", "unheard-of"),
                  ("web", ""), ("web",), ()):
        reset()
        answer = run(*words)
        tap.tell(answer == SILENT and not spooled(), f"nothing to do: {words}", answer, spooled())


def check_contents():
    for what, xml in (("nothing", b""), ("zeros", bytes(5000)), ("no XML", b"</domain>\xff\xfe<!ENTITY"),
                      ("8 MiB", b"x" * (8 << 20)), ("4 MiB", b"<a>" * (4 << 20 >> 2))):
        reset()
        answer = run("web", "prepare", "begin", "-", xml=xml)
        tap.tell(answer == SILENT and list(spooled().values()) == [xml], f"{what}: kept as it is", answer)
    reset()
    answer = run("web", "prepare", "begin", "-", xml=b"x" * ((8 << 20) + 1))
    tap.tell(answer == SILENT and not spooled(), "larger than 8 MiB: nothing", answer)
    reset()
    for name in ("../../etc", "a" * 5000, "%s%n", "web\n"):
        run(name, "prepare", "begin", "-")
    tap.tell(len(spooled()) == 4 and all(map(NAME.match, spooled())), "a guest's name names no file", spooled())
    reset()
    for number in range(20):
        run("web", "prepare", xml=b"%d" % number)
    tap.tell([int(xml) for xml in spooled().values()] == list(range(20)), "in order", spooled())


def check_no_input():
    """Standard input is closed, or a folder."""
    reset()
    answer = subprocess.run(["sh", "-c", '"$0" web prepare <&-', HOOK], capture_output=True, check=False)
    tap.tell((answer.returncode, answer.stdout, answer.stderr) == SILENT and not spooled(), "no input", answer)
    folder = os.open("/", os.O_RDONLY)
    answer = subprocess.run([HOOK, "web", "prepare"], stdin=folder, capture_output=True, check=False)
    tap.tell((answer.returncode, answer.stdout, answer.stderr) == SILENT and not spooled(), "a folder", answer)
    os.close(folder)


def check_unwritable():
    reset()
    with open(PARENT, "w", encoding="utf-8"):
        pass
    tap.tell(run("web", "prepare") == SILENT, "a file where the spool should be")
    reset()
    os.symlink("/nonexistent/spool", PARENT)
    tap.tell(run("web", "prepare") == SILENT, "a link to nowhere")
    reset()
    os.makedirs(SPOOL)
    limit = ["prlimit", "--fsize=100", HOOK, "web", "prepare"]
    answer = subprocess.run(limit, input=b"x" * 5000, capture_output=True, check=False)
    tap.tell((answer.returncode, answer.stdout, answer.stderr) == SILENT and not spooled(),
             "a limit on the size of files: nothing is left of it", answer, spooled())
    limit[1] = "--nofile=4"
    answer = subprocess.run(limit, input=XML, capture_output=True, check=False)
    tap.tell((answer.returncode, answer.stdout, answer.stderr) == SILENT, "a limit on open files", answer)


def check_killed():
    """Its writer is killed: the hook itself, for which libvirt waits, goes on."""
    reset()
    os.makedirs(SPOOL)
    process = subprocess.Popen([HOOK, "web", "prepare"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    children = f"/proc/{process.pid}/task/{process.pid}/children"
    stopped = []

    def hunt():
        while process.poll() is None:
            try:
                with open(children, encoding="ascii") as file:
                    for child in map(int, file.read().split()):
                        os.kill(child, signal.SIGKILL)
                        stopped.append(child)
            except (OSError, ValueError):
                return

    hunter = threading.Thread(target=hunt)
    hunter.start()
    out, err = process.communicate(XML)
    hunter.join()
    tap.tell((process.returncode, out, err) == SILENT, "its writer is killed", process.returncode, out, err, stopped)
    tap.tell(all(xml == XML for name, xml in spooled().items() if NAME.match(name)), "what is there is whole")
    process = subprocess.Popen([HOOK, "web", "prepare"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        process.stdin.write(b"x")
        process.stdin.flush()
        while b"SigBlk:\t0000000000000000" in open(f"/proc/{process.pid}/status", "rb").read():
            pass
        process.send_signal(number)
    process.communicate()
    tap.tell(process.returncode == 0 and b"xxx" in spooled().values(), "signals to end it are ignored")


def check_enforce():
    told = os.path.join(PLACE, "told")
    refuse = f'echo "$*" >"{told}"; cat >>"{told}"; echo out; echo "no: it differs" >&2; exit 1\n'
    reset()
    configure("# enforce = yes\n#\nenforce = no\n", refuse)
    tap.tell(run("web", "prepare") == SILENT and len(spooled()) == 1, "not enforcing")
    configure("# a comment\n  enforce = yes  \n", refuse)
    answer = run("-web", "prepare", "begin", "-")
    tap.tell(answer == (1, b"", b"no: it differs\n") and len(spooled()) == 1,
             "refused, with the program's words, and not spooled", answer, spooled())
    with open(told, "rb") as file:
        text = file.read()
    tap.tell(text == b"enforce -- -web\n" + XML, "the program gets the guest and its XML", text)
    for operation in ("restore", "migrate", "reconnect"):
        tap.tell(run("web", operation) == SILENT, f"not asked at {operation}")
    answer = run("web", "prepare", xml=b"x" * (4 << 20))
    tap.tell(answer[0] == 1, "refused with 4 MiB of XML", answer)
    configure("enforce = yes\n", "printf 'a\\033[2Jb\\n' >&2; exit 1\n")
    answer = run("web", "prepare")
    tap.tell(answer == (1, b"", b"a?[2Jb\n"), "the program's words, escaped", answer)


def check_without_answer():
    for what, program in (("allowed", "exit 0\n"), ("bad input", "echo bad >&2; exit 2\n"), ("no store", "exit 3\n"),
                          ("killed", "kill -9 $$\n"), ("no interpreter", None), ("hangs", "exec sleep 1000\n"),
                          ("its child hangs", "sleep 1000 & echo $! >$0.pid; wait\n")):
        reset()
        configure("enforce = yes\n", program)
        answer = run("web", "prepare")
        tap.tell(answer == SILENT and list(spooled().values()) == [XML], f"starts: {what}", answer)
        if os.path.exists(PROGRAM + ".pid"):
            with open(PROGRAM + ".pid", encoding="ascii") as file:
                os.kill(int(file.read()), signal.SIGKILL)


os.umask(0o022)
check_operations()
check_contents()
check_no_input()
check_unwritable()
check_killed()
check_enforce()
check_without_answer()
tap.end()
