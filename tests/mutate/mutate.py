# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mutates the library in a clone, builds it, and runs tests until one fails. See run.sh."""

import collections
import difflib
import os
import random
import subprocess
import sys
import tempfile

from cmutations import find_code_sites, find_table_sites, find_tsv_sites

HERE = os.path.dirname(os.path.abspath(__file__))
# A test that takes this long hangs.
HANG_S = 300
# Only the suite real covers what needs a live libvirt.
REAL_ONLY = ("libmachtype/modules/", "libmachtype/connection/", "libmachtype/libvirt/",
             "libmachtype/module/", "libmachtype/host/open.c", "libmachtype/recorder.c",
             "libmachtype/recorder/", "libmachtype/recording.c", "libmachtype/settlement.c",
             "libmachtype/updater.c", "libmachtype/updater/")
# They take longest, and cover one room each.
LAST = ("xml", "xml-memory", "xml-threads", "corpus", "store-file", "store-sqlite", "store-memory")

Mutation = collections.namedtuple("Mutation", "path kind start end text")


def fail(message):
    print(f"mutate: {message}", file=sys.stderr)
    sys.exit(2)


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, **more)


class Tree:
    """The clone with its build."""

    def __init__(self, folder):
        self.root = os.path.join(folder, "tree")
        self.build = os.path.join(folder, "build")
        source = os.path.dirname(os.path.dirname(HERE))
        if not os.path.isdir(self.root):
            self.must(["git", "clone", "-q", source, self.root])
        self.must(["git", "-C", self.root, "fetch", "-q", source, "HEAD"])
        self.must(["git", "-C", self.root, "reset", "-q", "--hard", "FETCH_HEAD"])
        if not os.path.isdir(self.build):
            self.must(["meson", "setup", self.build, self.root, "-Dintrospection=disabled",
                       "-Doptimization=0", "-Ddebug=false", "-Dwerror=false"])
        self.must(self.ninja("all"))
        self.tests = self.list_tests()

    @staticmethod
    def must(command):
        done = run(command)
        if done.returncode != 0:
            fail(f"{' '.join(command)}:\n{done.stdout[-4000:]}")

    def ninja(self, *targets):
        return ["ninja", "-j2", "-C", self.build, *targets]

    def list_tests(self):
        done = run(["ninja", "-C", self.build, "-t", "targets", "all"])
        names = [line.split(":")[0] for line in done.stdout.splitlines()]
        return sorted(n[len("tests/unit/test-"):] for n in names
                      if n.startswith("tests/unit/test-") and "." not in n)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def write(self, path, text):
        with open(os.path.join(self.root, path), "w", encoding="utf-8") as file:
            file.write(text)

    def order_tests(self, path):
        """Those that are likely to notice come first: by words of the path, facts, the others."""
        words = set(path.replace("/", " ").replace(".", " ").replace("-", " ").split())

        def rank(name):
            near = len(words.intersection(name.split("-"))) - (1 if name in LAST else 0)
            return (-near, not name.startswith("facts"), name in LAST, name)
        return sorted(self.tests, key=rank)

    def run_unit(self, name):
        environment = dict(
            os.environ, G_TEST_SRCDIR=os.path.join(self.root, "tests"),
            G_TEST_BUILDDIR=os.path.join(self.build, "tests"), G_DEBUG="fatal-criticals",
            HOME=os.path.join(self.build, "home"), LANGUAGE="en", MALLOC_PERTURB_="113",
            MACHTYPE_MODULE_DIR=os.path.join(self.build, "libmachtype"), MACHTYPE_CONF="",
            LIBVIRT_DEFAULT_URI="", MACHTYPE_TEST_SHORT="1")
        for variable in ("MACHTYPE_TEST_UPDATE", "SUDO_USER", "SUDO_UID"):
            environment.pop(variable, None)
        program = os.path.join(self.build, "tests/unit/test-" + name)
        try:
            return run([program], env=environment, timeout=HANG_S,
                       cwd=os.path.join(self.build, "tests")).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def find_killer(self, path):
        """None: nothing noticed. "": it does not build."""
        if run(self.ninja("libmachtype/libmachtype-core.a")).returncode != 0:
            return ""
        for name in self.order_tests(path):
            if run(self.ninja("tests/unit/test-" + name)).returncode != 0:
                return ""
            if not self.run_unit(name):
                return "unit " + name
        if run(self.ninja("all")).returncode != 0:
            return ""
        done = run(["meson", "test", "-C", self.build, "--no-rebuild", "--suite", "program"])
        return "program" if done.returncode != 0 else None


def list_files(tree):
    done = run(["git", "-C", tree.root, "ls-files", "libmachtype"])
    files = [f for f in done.stdout.split() if f.endswith((".c", ".tsv"))
             or f.endswith("-sets.h")]
    if os.environ.get("MACHTYPE_MUTATE_ALL"):
        return files
    return [f for f in files if not f.startswith(REAL_ONLY)]


def collect(tree, in_tables):
    """Sites by kind."""
    kinds = collections.defaultdict(list)
    for path in list_files(tree):
        text = tree.read(path)
        if path.endswith(".tsv"):
            sites = find_tsv_sites(text) if in_tables else []
        else:
            sites = find_table_sites(text) if in_tables else find_code_sites(text)
        for kind, start, end, make in sites:
            kinds[kind].append((path, start, end, make))
    return kinds


def draw(rng, kinds, seen):
    """A mutation that was not drawn before: a kind, then a place for it."""
    while True:
        kind = rng.choice(sorted(kinds))
        path, start, end, make = rng.choice(kinds[kind])
        text = make(rng)
        if text is not None and (path, start, end, text) not in seen:
            seen.add((path, start, end, text))
            return Mutation(path, kind, start, end, text)


def show(mutation, old, new):
    line = old.count("\n", 0, mutation.start) + 1
    return f"{mutation.path}:{line} ({mutation.kind})", "".join(difflib.unified_diff(
        old.splitlines(True), new.splitlines(True), mutation.path, mutation.path, n=1))


def attempt(tree, mutation):
    """The result of find_killer, the place, the difference."""
    old = tree.read(mutation.path)
    new = old[:mutation.start] + mutation.text + old[mutation.end:]
    place, difference = show(mutation, old, new)
    tree.write(mutation.path, new)
    try:
        return tree.find_killer(mutation.path), place, difference
    finally:
        tree.write(mutation.path, old)


def report(survivors, killed, count):
    for place, difference in survivors:
        print(f"\nsurvived: {place}\n{difference}", end="")
    print(f"\n{killed} of {count} killed")
    return 0 if killed == count else 1


def read_equivalent():
    """Mutations that were found to change nothing: lines before and after."""
    with open(os.path.join(HERE, "equivalent.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line[0] not in "#\n"]
    return {(before, after) for before, after, _ in rows}


def is_equivalent(tree, mutation, equivalent):
    """Whether it changes one line in a way that is listed."""
    old = tree.read(mutation.path)
    new = old[:mutation.start] + mutation.text + old[mutation.end:]
    changed = [(a.strip(), b.strip()) for a, b in zip(old.split("\n"), new.split("\n")) if a != b]
    return len(changed) == 1 and changed[0] in equivalent


def run_random(tree, seed, count):
    rng = random.Random(seed)
    pools = [collect(tree, True), collect(tree, False)]
    seen, survivors, done = set(), [], 0
    equivalent = read_equivalent()
    print(f"seed {seed}, {count} mutations of "
          f"{sum(len(sites) for pool in pools for sites in pool.values())} places", flush=True)
    while done < count:
        mutation = draw(rng, pools[done % 2], seen)
        if is_equivalent(tree, mutation, equivalent):
            print(f"   -  equivalent: {mutation.path} ({mutation.kind})", flush=True)
            continue
        killer, place, difference = attempt(tree, mutation)
        if killer == "":
            print(f"   -  does not build: {place}", flush=True)
            continue
        done += 1
        print(f"{done:4}  {'killed by ' + killer if killer else 'SURVIVED'}: {place}", flush=True)
        if killer is None:
            survivors.append((place, difference))
    return report(survivors, count - len(survivors), count)


def read_named():
    with open(os.path.join(HERE, "named.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line[0] not in "#\n"]
    return [[cell.replace("\\t", "\t") for cell in row] for row in rows]


def run_named(tree):
    rows, survivors = read_named(), []
    for name, path, old, new in rows:
        text = tree.read(path)
        if text.count(old) != 1:
            fail(f"named.tsv: {name}: {text.count(old)} places in {path}; has it moved?")
        start = text.index(old)
        killer, place, difference = attempt(
            tree, Mutation(path, name, start, start + len(old), new))
        if killer == "":
            fail(f"named.tsv: {name}: it does not build")
        print(f"{'killed by ' + killer if killer else 'SURVIVED'}: {place}", flush=True)
        if killer is None:
            survivors.append((place, difference))
    return report(survivors, len(rows) - len(survivors), len(rows))


def main(arguments):
    named = arguments == ["--named"]
    try:
        seed, count = [int(n) for n in (arguments + ["1", "40"][len(arguments):])] \
            if not named else (0, 0)
    except ValueError:
        fail("usage: run.sh [SEED] [COUNT] | --named")
    with tempfile.TemporaryDirectory(prefix="machtype-mutate-") as folder:
        tree = Tree(os.environ.get("MACHTYPE_MUTATE_WORK", folder))
        return run_named(tree) if named else run_random(tree, seed, count)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
