# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two builds of the program, the questions that both are asked, and the differences between their
answers."""

import collections
import concurrent.futures
import itertools
import os
import subprocess
import threading

from mask import mask_answer

# The time in seconds after which a run counts as hanging; it does not depend on speed.
HANG_LIMIT = 3600

# The number of lines that one process answers; its output is held in memory.
LINES_AT_ONCE = 4000

# An answer to a run; an answer to a line has None for what only a run has.
Answer = collections.namedtuple("Answer", "status out err")


def find_modules(program):
    """The directory of the modules in the build tree of a program; None: it is installed."""
    folder = os.path.dirname(os.path.realpath(program))
    while folder != "/":
        modules = os.path.join(folder, "libmachtype")
        if os.path.exists(os.path.join(modules, "libmachtype-libvirt.so")):
            return modules
        folder = os.path.dirname(folder)
    return None


class Program:
    """One of the two, with its own directory to run in. Questions name files in it by relative
    paths, so that both print the same."""

    def __init__(self, path, folder):
        self.path = os.path.abspath(path)
        self.folder = folder
        os.makedirs(folder)
        # Without --store the machine's stores are not searched for.
        configuration = os.path.join(folder, "machtype.conf")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write("[machtype]\nstore = /nonexistent/records.db\n")
        self.env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb",
                    "HOME": folder, "XDG_DATA_HOME": folder, "MACHTYPE_CONF": configuration,
                    "LIBVIRT_DEBUG": "4", "G_DEBUG": "fatal-criticals"}
        modules = find_modules(path)
        if modules is not None:
            self.env["MACHTYPE_MODULE_DIR"] = modules

    def ask(self, arguments, stdin=b"", **env):
        done = subprocess.run([self.path, *arguments], input=stdin, capture_output=True,
                              cwd=self.folder, env={**self.env, **env}, timeout=HANG_LIMIT,
                              check=False)
        # A store is named by its whole path; nothing else depends on the directory.
        folder = os.fsencode(self.folder)
        return Answer(done.returncode, done.stdout.replace(folder, b"FOLDER"),
                      done.stderr.replace(folder, b"FOLDER"))


def describe(arguments, stdin=None):
    """A question as one would type it."""
    words = " ".join(a if a and a.isprintable() and not set(a) & set(" '\"$\\") else repr(a)
                     for a in arguments)
    return f"machtype {words}" + (f" <<< {stdin!r}" if stdin is not None else "")


def show_difference(old, new):
    """The differences, by stream, from the first line that differs."""
    for name in Answer._fields:
        mine, others = getattr(old, name), getattr(new, name)
        if mine == others:
            continue
        if not isinstance(mine, bytes):
            yield f"  {name}: old {mine}, new {others}"
            continue
        pairs = itertools.zip_longest(mine.splitlines(), others.splitlines(), fillvalue=b"(nothing)")
        number, (left, right) = next(((n, pair) for n, pair in enumerate(pairs, 1)
                                      if pair[0] != pair[1]), (0, (mine, others)))
        at = len(os.path.commonprefix([left, right]))
        start = max(0, at - 60)
        for label, text in (("old", left), ("new", right)):
            yield (f"  {name}, line {number}, {label}: {'...' if start else ''}"
                   f"{text[start:at + 140].decode(errors='backslashreplace')}")


class Judge:
    """Asks both, counts, and keeps the differences."""

    def __init__(self, old, new, *, jobs, every, shown, masked=False):
        self.programs = (old, new)
        self.jobs, self.every, self.shown, self.masked = jobs, every, shown, masked
        self.counts = collections.Counter()
        self.differences = 0
        self.shapes = None  # what guests.py finds out of the old program
        self.lock = threading.Lock()

    @property
    def old(self):
        return self.programs[0]

    def differ(self, kind, question, old, new):
        with self.lock:
            self.differences += 1
            if self.differences > self.shown:
                return
            print(f"DIFFERENCE {self.differences} ({kind}): {question}", flush=True)
            for line in show_difference(old, new):
                print(line, flush=True)

    def differs(self, arguments, old, new):
        """Whether two answers differ; masked, by more than their words."""
        if old == new or not self.masked:
            return old != new
        return mask_answer(arguments, old) != mask_answer(arguments, new)

    def show(self, kind, arguments, question, answers):
        """Shows the differences, masked if that is what differs."""
        if self.masked:
            answers = [mask_answer(arguments, answer) for answer in answers]
        self.differ(kind, question, *answers)

    def judge(self, kind, arguments, question, answers):
        """Counts a question; answers has the results of old and new."""
        with self.lock:
            self.counts[kind] += 1
        if self.differs(arguments, *answers):
            self.show(kind, arguments, question, answers)

    def sample(self, items):
        return itertools.islice(items, 0, None, self.every)

    def ask(self, kind, questions):
        """A run for each question: its arguments, or (arguments, standard input)."""
        def ask_both(question):
            arguments, stdin = question if question and isinstance(question[0], tuple) else (question, None)
            answers = [program.ask(arguments, stdin or b"") for program in self.programs]
            self.judge(kind, arguments, describe(arguments, stdin), answers)

        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            waiting = collections.deque()
            for question in self.sample(questions):
                waiting.append(pool.submit(ask_both, question))
                if len(waiting) > 1000:
                    waiting.popleft().result()
            for future in waiting:
                future.result()

    def ask_lines(self, kind, arguments, lines):
        """Questions that one process answers, one per line, from standard input."""
        lines = self.sample(lines)
        while chunk := list(itertools.islice(lines, LINES_AT_ONCE)):
            stdin = "".join(line + "\n" for line in chunk).encode()
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda p: p.ask(arguments, stdin), self.programs))
            with self.lock:
                self.counts[kind] += len(chunk)
            self.judge_lines(kind, arguments, chunk, answers)

    def judge_lines(self, kind, arguments, chunk, answers):
        old, new = answers
        if old.out.count(b"\n") != len(chunk):
            raise SystemExit(f"same: {describe(arguments)}: {len(chunk)} lines are asked, and "
                             f"{old.out.count(10)} answered: {old.err[:300]!r}")
        others = [answer._replace(out=b"") for answer in answers]
        if self.differs(arguments, *others):
            self.show(kind, arguments, f"{describe(arguments)}, {len(chunk)} lines", others)
        if old.out == new.out:
            return
        for line, mine, others in itertools.zip_longest(chunk, old.out.splitlines(),
                                                        new.out.splitlines(), fillvalue=b"(nothing)"):
            pair = Answer(None, mine, None), Answer(None, others, None)
            if self.differs(arguments, *pair):
                self.show(kind, arguments, describe(arguments, line), pair)

    def ask_in_order(self, kind, steps, normalise):
        """Steps that depend on one another, (arguments, standard input, environment): each program
        executes all of them, in its own directory."""
        def run(program):
            return [normalise(program.ask(step[0], step[1], **step[2])) for step in steps]

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            old, new = pool.map(run, self.programs)
        for step, *answers in zip(steps, old, new):
            self.judge(kind, step[0], describe(step[0], step[1] or None), answers)
