# SPDX-License-Identifier: LGPL-2.1-or-later
"""XML: the output of host, lint and convert for every available document, and for mutations."""

import os

from guests import generate
from mutate import COUNT, write_mutations
from words import HOSTS, TESTS, X86_HOST

TARGETS = ["pc", "q35", "pc-q35-7.2", "pc-i440fx-7.2", "pc-i440fx-2.0", "virt", "pseries-7.2", "nonsense", ""]
SECURE = ("--capabilities", X86_HOST, "--domain-capabilities", os.path.join(HOSTS, "domcaps-q35-secure.xml"))


def find_documents(*folders):
    for folder in folders:
        for path, _, names in sorted(os.walk(folder)):
            yield from (os.path.join(path, name) for name in sorted(names) if name.endswith(".xml"))


def questions(path):
    """Everything that takes a document."""
    caps = ("--capabilities", X86_HOST)
    yield ("host", "--capabilities", path)
    yield ("host", "--json", "--capabilities", path)
    yield ("host", *caps, "--domain-capabilities", path)
    yield ("host", "--json", *caps, "--domain-capabilities", path)
    for arch in ("x86_64", "aarch64", "i686", "ppc64le", "s390x"):
        yield ("host", "--arch", arch, "--capabilities", path)
    yield ("domain-xml", "--capabilities", path)
    yield ("resolve", "--explain", "--capabilities", path)
    yield ("resolve", "--explain", *caps, "--domain-capabilities", path)
    for host in ((), caps, SECURE):
        yield ("lint", *host, path)
        yield ("lint", "--json", *host, path)
    yield ("lint", path, X86_HOST, path)
    yield ("lint", "--host-arch", "aarch64", path)
    for target in TARGETS:
        yield ("convert", "-m", target, path)
        yield ("convert", "-m", target, "--force", path)
        yield ("convert", "-m", target, "--force", "--json", *caps, path)
    yield ("convert", "-m", "q35", "--pin", *caps, path)
    yield ("convert", "-m", "pc-q35-7.1", "--force", "--require-offered", *caps, path)


def piped(path):
    with open(path, "rb") as file:
        text = file.read()
    yield (("lint", "-"), text)
    yield (("convert", "-m", "q35", "--force", "-"), text)


def ask(judge, words, work, files):
    # Those of all boards; with other devices they are mutated.
    generated = generate(judge, words, os.path.join(work, "generated"))[::5]
    paths = [*find_documents(TESTS, *files), *generated]
    judge.ask("documents", (question for path in paths for question in questions(path)))
    judge.ask("documents", (question for path in paths for question in piped(path)))


def mutation_questions(paths):
    for number, path in enumerate(paths):
        yield ("lint", "--json", path)
        yield ("convert", "--force", "-m", TARGETS[number % 6], path)
        if number % 4 == 0:
            yield ("lint", *SECURE, path)
            yield ("convert", "--force", "--json", "--pin", *SECURE, "-m", TARGETS[number % 5], path)


def ask_mutations(judge, words, work):
    bases = generate(judge, words, os.path.join(work, "bases"))
    # The first ones, for questions about a few.
    paths = list(write_mutations(bases, os.path.join(work, "mutations"), max(COUNT // judge.every, 20)))
    judge.ask("mutations", mutation_questions(paths))
