#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same questions to two builds of the program: see run.sh, which cleans the environment."""

import argparse
import os
import resource
import shutil
import signal
import sys
import tempfile

import daemon
import documents
import guests
import names
import stores
import usage
from judge import Judge, Program
from words import Words

PARTS = ["names", "resolve", "domain-xml", "documents", "mutations", "usage", "stores", "daemon"]


def read_options():
    parser = argparse.ArgumentParser(prog="tests/same/run.sh", description="Asks two builds of the program the "
                                     "same questions. Exit status: 0 the same answers, 1 differences, 2 usage.")
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    parser.add_argument("--only", metavar="PART,...", default=",".join(PARTS),
                        help="some of " + ", ".join(PARTS))
    parser.add_argument("--files", metavar="FOLDER", action="append", default=[],
                        help="a folder with more XML; also the environment variable MACHTYPE_SAME_FILES")
    parser.add_argument("--without-daemon", action="store_true", help="leave out what needs a libvirtd")
    parser.add_argument("--full", action="store_true",
                        help="all operations with all architectures and all values; takes hours")
    parser.add_argument("--every", metavar="N", type=int, default=1,
                        help="only each Nth question, but for stores and daemon")
    parser.add_argument("--jobs", metavar="N", type=int, default=os.cpu_count())
    parser.add_argument("--masked", action="store_true",
                        help="compare all but words: messages, remedies, help texts")
    parser.add_argument("--show", metavar="N", type=int, default=20, help="differences to show (20)")
    options = parser.parse_args()
    options.only = options.only.split(",")
    unknown = set(options.only) - set(PARTS)
    if unknown or options.every < 1 or options.jobs < 1:
        parser.error(f"unknown part: {', '.join(sorted(unknown))}" if unknown else "N is 1 or more")
    if os.environ.get("MACHTYPE_SAME_FILES"):
        options.files.append(os.environ["MACHTYPE_SAME_FILES"])
    return options


def leave_out_daemon(options):
    """The part is skipped only if that was requested."""
    if "daemon" not in options.only:
        return
    if options.without_daemon:
        options.only.remove("daemon")
        print("WARNING: the part 'daemon' is left out: nothing is asked about a live libvirt")
        return
    missing = daemon.check_requirements()
    if missing is not None:
        print(f"same: {missing}; --without-daemon leaves that part out", file=sys.stderr)
        sys.exit(2)


def ask_all(judge, words, work, options):
    parts = {
        "names": lambda: names.ask(judge, words),
        "resolve": lambda: guests.ask_resolve(judge, words, options.full),
        "domain-xml": lambda: guests.ask_domain_xml(judge, words, options.full),
        "documents": lambda: documents.ask(judge, words, work, options.files),
        "mutations": lambda: documents.ask_mutations(judge, words, work),
        "usage": lambda: usage.ask(judge, words),
        "stores": lambda: stores.ask(judge, words, work),
        "daemon": lambda: daemon.ask(judge),
    }
    for part in PARTS:
        if part in options.only:
            before = sum(judge.counts.values())
            parts[part]()
            print(f"== {part}: {sum(judge.counts.values()) - before} questions, "
                  f"{count_seconds():.0f} s of CPU so far", flush=True)


def count_seconds():
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in usages)


def report(judge):
    for kind, count in judge.counts.items():
        print(f"{count:8} {kind}")
    print(f"{sum(judge.counts.values())} questions, {judge.differences} differences")
    return 1 if judge.differences else 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = read_options()
    leave_out_daemon(options)
    # In memory: stores wait for the disk at every change.
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    work = tempfile.mkdtemp(prefix="machtype-same-", dir=os.environ.get("TMPDIR", shm))
    try:
        old = Program(options.old, os.path.join(work, "old"))
        new = Program(options.new, os.path.join(work, "new"))
        judge = Judge(old, new, jobs=options.jobs, every=options.every, shown=options.show, masked=options.masked)
        ask_all(judge, Words(judge.programs), work, options)
        sys.exit(report(judge))
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
