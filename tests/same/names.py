# SPDX-License-Identifier: LGPL-2.1-or-later
"""Machine type names: parse, compare, check-change."""

import itertools

from words import FAMILIES, VENDORS, X86_HOST, list_hosts, names_in, read_vectors

# Changes with every kind of verdict.
CHANGES = [("pc-q35-5.2", "pc-q35-7.2"), ("pc-q35-7.2", "pc-q35-5.2"), ("pc", "q35"), ("pc", "pc"),
           ("pc", "pc-i440fx-7.2"), ("pc-q35-4.2", "pc-q35-rhel8.2.0"), ("", "q35"), ("pc", ""),
           ("pc-q35-jammy", "pc-q35-jammy-hpb"), ("pc-q35-7.2", "pc-q35-7.2.1.1"), ("", "virt"),
           ("pc-q35-7.2", "pc-q35-7.2"), ("virt-6.2", "virt-7.2"), ("nonsense", "pc"),
           ("pc", "nonsense"), ("pseries-2.12", "pseries-2.12-sxxm"), ("isapc", "microvm")]
BROKEN = [("pc-i440fx-7.2", "pc-q35-7.2"), ("pc-q35-7.2", "pc-i440fx-7.2"), ("q35", "isapc"),
          ("pc-q35-2.4", "pc-q35-2.4"), ("virt-7.2", "virt-8.0"), ("q35", "microvm")]


def made_names():
    """Names that may be unknown: versions around those in tables."""
    for shape in FAMILIES:
        for major, minor in itertools.product(range(14), range(14)):
            yield shape.format(major, minor)
    for shape in VENDORS:
        for major, minor in itertools.product(range(5, 12), range(11)):
            yield shape.format(major, minor)


def near_names(names):
    """Text that is almost one of these names."""
    for name in names:
        yield from (name + "x", name[:-1], name.upper(), name + "-hpb", name.replace("-", "_"), name + ".1")


def family_pairs(words):
    families = sorted({family for _, _, family in words.names} - {"-"})
    for family in families:
        names = [name for name, _, other in words.names if other == family]
        yield from itertools.product(names, names)


def has_separator(text):
    """Such names cannot be in a line."""
    return bool(set("\n\t\0") & set(text))


def other_pairs(words):
    """Boards against their neighbors and one of each family, families against one another, and the
    vectors."""
    boards = [name for name, _, family in words.names if family == "-"]
    families = sorted({family for _, _, family in words.names} - {"-"})
    firsts = [next(name for name, _, other in words.names if other == family) for family in families]
    firsts += ["pc", "q35", "virt", "pseries-7.2", "pc-q35-7.2", "s390-ccw-virtio-4.0", "none", "x-y"]
    yield from itertools.product(firsts, firsts)
    yield from itertools.product(boards, firsts)
    yield from itertools.product(firsts, boards)
    yield from zip(boards, boards[1:])
    yield from ((a, b) for a, b, _ in read_vectors() if not has_separator(a + b))


def ask_names(judge, words):
    names = [name for name, _, _ in words.names]
    for arch in [None] + words.arches:
        options = ("--arch", arch) if arch else ()
        judge.ask_lines("parse", ("parse", "--json", *options, "-"), names)
    judge.ask_lines("parse", ("parse", "--json", "-"), made_names())
    judge.ask_lines("parse", ("parse", "-"), itertools.chain(names, made_names(), near_names(names)))
    judge.ask("parse", (("parse", "--", name) for name in names))
    for pairs in (family_pairs, other_pairs):
        lines = [f"{a}\t{b}" for a, b in pairs(words)]
        judge.ask_lines("compare", ("compare", "--json", "-"), lines)
    judge.ask_lines("compare", ("compare", "-"), (f"{a}\t{b}" for a, b in zip(names, near_names(names))))
    for arch in words.arches:
        mine = [name for name, arches, _ in words.names if arch in arches]
        judge.ask_lines("compare", ("compare", "--json", "--arch", arch, "-"),
                        (f"{a}\t{b}" for a, b in itertools.chain(zip(mine, mine[1:]), zip(mine[1:], mine))))
    judge.ask("compare", (("compare", "--", a, b) for a, b in zip(names, names[1:])))
    judge.ask("compare", (("compare", "--json", *(("--arch", arch) if arch else ()), "--", a, b)
                          for a, b, arch in read_vectors() if "\0" not in a + b))


def state_lines(words):
    for old, new in CHANGES:
        for state, force in itertools.product(words.states, ("force", "-")):
            yield f"{old}\t{new}\t{state}\t{force}"
    for (old, new), arch in itertools.product(CHANGES, words.arches + ["pdp11", ""]):
        yield f"{old}\t{new}\tstopped\t-\t{arch}"


def host_pairs(words, path):
    """What a host offers, against the names of its families."""
    families = {name: family for name, _, family in words.names}
    for name in names_in(path):
        family = families.get(name, "-")
        others = [other for other in families if family != "-" and families[other] == family]
        for other in (others or list(families)[::20]) + ["pc", "q35", "virt", name]:
            yield from ((name, other), (other, name))


def ask_changes(judge, words):
    for pairs in (family_pairs, other_pairs):
        lines = [f"{a}\t{b}" for a, b in pairs(words)]
        judge.ask_lines("check-change", ("check-change", "--json", "-"), lines)
        judge.ask_lines("check-change", ("check-change", "--pin", "--capabilities", X86_HOST, "-"), lines)
        judge.ask_lines("check-change", ("check-change", "--require-offered", "--capabilities", X86_HOST,
                                         "-"), lines)
    for path in list_hosts():
        lines = [f"{a}\t{b}" for a, b in host_pairs(words, path)]
        for options in ((), ("--pin",), ("--require-offered",)):
            judge.ask_lines("check-change", ("check-change", "--json", *options, "--capabilities", path,
                                             "-"), lines)
    for options in ((), ("--json",), ("--json", "--pin", "--capabilities", X86_HOST)):
        judge.ask_lines("check-change", ("check-change", *options, "-"), state_lines(words))
    names = [name for name, _, _ in words.names]
    judge.ask("check-change", (("check-change", *options, "--", a, b) for a, b in zip(names, names[1:])
                               for options in ((), ("--capabilities", X86_HOST))))
    judge.ask("check-change", broken_questions(words))


def broken_questions(words):
    """What a change of the type would break."""
    for number, (option, name, value) in enumerate(words.guest_options()):
        for step, (old, new) in enumerate(BROKEN):
            arch = "aarch64" if old.startswith("virt") else "x86_64"
            host = ("--capabilities", X86_HOST) if (number + step) % 2 else ()
            json = ("--json",) if step % 3 == 0 else ()
            yield ("check-change", "--arch", arch, option, f"{name}={value}", *host, *json, old, new)


def ask(judge, words):
    ask_names(judge, words)
    ask_changes(judge, words)
