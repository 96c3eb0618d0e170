#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""domain-xml.py MACHTYPE [--suite SUITE] [--seed N] [--case JSON] [--self-test]

Compares machtype domain-xml with Nova's own driver: every row of Nova's image properties and flavor
extra specs on every architecture, all pairs of their values, and all combinations of those that are
about one thing. In each case the facts are equal, or both refuse it, or the difference is one of Nova's
numbered defects (nova_defects.py). A rule that explains nothing fails the test: it is no longer true.

--suite SUITE    not with this host's Nova, but with that of a Debian of SUITE (sid): what Nova has got
                 since 26 (Zed), and what that is about
--seed N         the order in which pairs are joined to cases; MACHTYPE_TEST_SEED does the same
--case JSON      one case, as a failure prints it, with both answers
--self-test      breaks our side of some cases, fact by fact, and sees that each is reported
"""

import argparse
import collections
import contextlib
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time

# The modules next to this file are read from the source tree, which may not be trusted.
sys.dont_write_bytecode = True

import guest_facts
import nova_cases
import nova_defects
import nova_purposes
import nova_root
import nova_shared
import pairwise

SECRET = "6e6f7661-0000-4000-8000-00000000005e"
# Of each kind of difference; all are counted.
SHOWN = 3
# Compared if it is requested: otherwise Nova leaves it to libvirt's default, and we write it.
WHEN_ASKED = {"keyboard": ("hw_input_bus",), "scsi": ("hw_scsi_model",)}
ACCEPTS, REFUSES = "we accept", "we refuse"
# Python's, not Nova's: there is no common name.
NAMELESS = ("ValueError", "TypeError", "ValidationError", "KeyError")


class Machtype:
    """The program, and the files that it reads."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.env = dict(os.environ, MACHTYPE_CONF="")

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        return path

    def host(self, case):
        """What Nova also gets."""
        words = ["--capabilities", self.file(case.host_arch + ".xml",
                                             nova_shared.capabilities_of(case.host_arch))]
        virt_type = nova_shared.domain_type(case.arch, case.host_arch)
        for alias, canonical, _ in nova_shared.MACHINES[case.arch]:
            machine = canonical or alias
            content = nova_shared.domain_capabilities(case.arch, machine, virt_type)
            words += ["--domain-capabilities",
                      self.file(f"{case.arch}-{machine}-{virt_type}.xml", content)]
        return words

    @staticmethod
    def options(case):
        """For what Nova takes from its configuration, and the secret that it has created."""
        words = ["--graphics", case.options["graphics"]] if "graphics" in case.options else []
        if case.options.get("console") == "tcp":
            ports = case.get("hw_serial_port_count") or "1"
            words += ["--tcp-console", "127.0.0.1:10000"] * int(ports)
        if "tb_cache" in case.options:
            words += ["--domain-type", "qemu", "--tb-cache", case.options["tb_cache"]]
        if nova_shared.RELEASE > 26 and any(case.get(name) for name in (
                "hw_tpm_version", "hw:tpm_version")):
            words += ["--tpm-secret", SECRET]
        return words

    def arguments(self, case):
        words = [self.program, "domain-xml", "--json", "--vcpus", str(case.vcpus), "--disk",
                 "/disk.img", "--cdrom", "/config.iso", "--network", "bridge=br0"] + self.host(case)
        words += self.options(case)
        for name, value in case.properties.items():
            words += ["--property", f"{name}={value}"]
        for name, value in case.extra_specs.items():
            words += ["--extra-spec", f"{name}={value}"]
        return words

    def ask(self, case):
        run = subprocess.run(self.arguments(case), env=self.env, capture_output=True, text=True,
                             check=False)
        try:
            said = json.loads(run.stdout)
        except ValueError:
            raise SystemExit(f"{case}\nmachtype: status {run.returncode}, {run.stdout!r}, {run.stderr}")
        if run.returncode not in (0, 1, 2):
            raise SystemExit(f"{case}\nmachtype: status {run.returncode}: {said}")
        return nova_shared.Answer(xml=said.get("xml"), error=said.get("error"),
                                  message=said.get("message"))


class Nova:
    """This host's: one oracle for each host architecture, created at its first use."""

    def __init__(self):
        try:
            # pylint: disable=import-outside-toplevel
            import nova_oracle
        except ImportError as error:
            print(f"SKIP: python3-nova is not installed ({error})")
            sys.exit(1 if os.environ.get("MACHTYPE_TEST_REQUIRE") else 77)
        self.create, self.oracles = nova_oracle.Oracle, {}

    def ask(self, case, check_extra_specs=True):
        if case.host_arch not in self.oracles:
            self.oracles[case.host_arch] = self.create(case.host_arch)
        return self.oracles[case.host_arch].ask(case.properties, case.extra_specs, vcpus=case.vcpus,
                                                check_extra_specs=check_extra_specs)


class OtherNova:
    """That of another release of Debian, which answers lines."""

    def __init__(self, suite):
        # Shown only if it ends: it also says what newer Pythons think of Nova.
        self.errors = tempfile.TemporaryFile("w+")  # pylint: disable=consider-using-with
        self.process = nova_root.start(suite, ["nova_oracle", "nova_shared"],
                                       str(nova_shared.RELEASE), stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def ask(self, case, check_extra_specs=True):
        question = {"properties": case.properties, "extra_specs": case.extra_specs,
                    "vcpus": case.vcpus, "host_arch": case.host_arch,
                    "check_extra_specs": check_extra_specs, **case.options}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.errors.seek(0)
            raise SystemExit(f"{case}\nNova ended: {status}\n{self.errors.read()[-2000:]}")
        return nova_shared.Answer(**json.loads(line))


def same_choice_of_host(case, facts):
    """Pages "large" and "any" are the host's choice when the guest is placed: Nova writes its
    choice, we leave it to the host."""
    flavor, image = case.get("hw:mem_page_size"), case.get("hw_mem_page_size")
    wanted = image if image is not None and flavor in ("large", "any") else flavor
    if wanted == "any":
        facts["huge_pages"] = "any"
    elif wanted == "large":
        facts["huge_pages"] = "large" if facts["huge_pages"] else None


def facts_of(case, answer):
    facts = guest_facts.facts_of(answer.xml, nova_shared.RELEASE)
    same_choice_of_host(case, facts)
    if case.options.get("console") == "pty":
        # Nova counts only those on TCP.
        facts.pop("serial_ports")
    if "tb_cache" in case.options:
        # With virt_type=qemu Nova writes no timers, and one queue.
        facts.pop("hpet")
        facts.pop("queues")
    for fact, names in WHEN_ASKED.items():
        if all(case.get(name) is None for name in names):
            facts.pop(fact)
    return facts


class Judge:
    """Compares, explains, and collects what it could not explain."""

    def __init__(self, machtype, nova):
        self.machtype, self.nova = machtype, nova
        self.rules = nova_defects.rules_of(nova_shared.RELEASE)
        self.counts = collections.Counter()
        self.names = collections.defaultdict(collections.Counter)
        self.unlike = {}
        self.wrong = []
        # Both sides' facts of cases that both accept, to be altered.
        self.accepted = []
        self.refused = []
        # The answers to the last case, which is often answered and then judged.
        self.last = (None, None, None)

    def answers(self, case):
        if self.last[0] != case.levels:
            self.last = (case.levels, self.nova.ask(case), self.machtype.ask(case))
        return self.last[1:]

    def explain(self, case, what, nova, ours):
        return next((rule for rule in self.rules
                     if rule.what == what and rule.explains(case, nova, ours)
                     and self.mended(rule, case, what, ours)), None)

    def mended(self, rule, case, what, ours):
        """Whether Nova agrees with us if the case is put so that its defect does not apply."""
        if rule.mended is None:
            return True
        nova = self.nova.ask(case.renamed(rule.mended), check_extra_specs=False)
        if what == REFUSES:
            return nova.error is not None and ours.startswith(nova.error + ":")
        return nova.xml is not None and facts_of(case, nova)[what] == ours

    def difference(self, case, what, nova, ours):
        """Whether a rule explains it."""
        rule = self.explain(case, what, nova, ours)
        if rule is not None:
            rule.used(case)
            return True
        self.wrong.append((case, what, nova, ours))
        return False

    def both_accept(self, case, nova, ours):
        nova_facts, our_facts = facts_of(case, nova), facts_of(case, ours)
        for fact, value in nova_facts.items():
            if value != our_facts[fact]:
                self.difference(case, fact, value, our_facts[fact])
        self.accepted.append((case, nova_facts, our_facts))

    def both_refuse(self, case, nova, ours):
        """For a reason that we name, by Nova's name if it has one."""
        if not any(name in ours.message for name in case.asked()):
            self.wrong.append((case, "a refusal that names no property", nova.error, ours.message))
        if nova.error not in NAMELESS:
            same = ours.message.startswith(nova.error + ":")
            self.names[nova.error][same] += 1
            if not same:
                self.unlike.setdefault(nova.error, (case, nova.message, ours.message))
        self.refused.append((case, nova, ours))

    def only_nova_refuses(self, case, nova, ours):
        if not self.difference(case, ACCEPTS, nova.error, None) or nova.by != "flavor":
            return
        # What the driver does with a flavor that the check should have refused.
        nova = self.nova.ask(case, check_extra_specs=False)
        if nova.xml is not None:
            self.both_accept(case, nova, ours)
        else:
            self.difference(case, ACCEPTS, nova.error, None)

    def judge(self, levels):
        """Whether Nova accepts it, and whether we do."""
        case = nova_cases.Case(levels)
        nova, ours = self.answers(case)
        kind = (nova.xml is not None, ours.xml is not None)
        self.counts[kind] += 1
        if kind == (True, True):
            self.both_accept(case, nova, ours)
        elif kind == (False, False):
            self.both_refuse(case, nova, ours)
        elif kind == (True, False):
            self.difference(case, REFUSES, None, ours.message)
        else:
            self.only_nova_refuses(case, nova, ours)
        return kind

    def answer(self, levels):
        """Who refuses it, and Nova's name for that."""
        return self.outcome(levels) + (self.answers(nova_cases.Case(levels))[0].error,)

    def outcome(self, levels):
        """Who refuses it, without a judgment."""
        return tuple(answer.xml is not None for answer in self.answers(nova_cases.Case(levels)))


class Campaign:
    """The cases: each value on each guest, groups, pairs."""

    def __init__(self, judge, seed):
        self.judge, self.pairs = judge, pairwise.Pairwise(nova_cases.FACTORS, seed,
                                                         nova_cases.NEEDS)
        self.judged = {}
        for combination in nova_cases.outside():
            self.pairs.avoid(combination)

    def run(self, items):
        """One case with these levels, all others unset; if either refuses it, the minimal refused
        part is excluded from further combinations. Returns who accepts it; None if more than the
        part is refused."""
        levels = self.pairs.case(items)
        key = tuple(levels.items())
        if key not in self.judged:
            if not self.may(levels):
                return None
            self.judged[key] = self.judge.judge(levels)
            if self.judged[key] != (True, True):
                self.pairs.avoid(items)
        return self.judged[key]

    def may(self, levels):
        """Whether it is a case that is not known to be refused."""
        chosen = {}
        for item in levels.items():
            chosen[item[0]] = item[1]
            if not self.pairs.allowed(chosen, item):
                return False
        return True

    def each_value(self):
        for guest in nova_cases.GUESTS:
            self.run([("guest", guest)])
            for placement in nova_cases.PLACEMENTS[1:]:
                self.run([("guest", guest), ("placement", placement)])
            for name, levels in list(nova_cases.FACTORS.items())[3:]:
                for level in levels[1:]:
                    self.run([("guest", guest), (name, level)])
        self.pairs.give_up()

    def groups(self):
        guest = ("guest", nova_cases.GUESTS[0])
        for names in nova_cases.GROUPS:
            for levels in itertools.product(*(nova_cases.FACTORS[name] for name in names)):
                items = [item for item in zip(names, levels)
                         if item[1] != self.pairs.usual(item[0])]
                if len(items) > 1:
                    self.run([guest] + items)

    def least(self, levels):
        """The minimal part of a case for which both give the same answers as for the case."""
        wanted = self.judge.answer(levels)
        guest = ("guest", levels["guest"])
        items = [item for item in self.pairs.unusual(levels) if item[0] != "guest"]

        def still(part):
            fewer = self.pairs.case([guest] + part)
            return self.may(fewer) and self.judge.answer(fewer) == wanted

        # The properties that the messages name are mostly all of it.
        said = " ".join(answer.message or "" for answer in self.judge.answers(nova_cases.Case(levels)))
        blamed = [item for item in items if item[0] in said or item[0] in ("placement", "vcpus")]
        return [guest] + pairwise.shrink(blamed if still(blamed) else items, still)

    def refused(self, levels):
        """The minimal part that is refused, on this guest and on all others; tried first on some
        that differ most, which may show that the guest does not matter."""
        guest, *rest = self.least(levels)
        self.run([guest] + rest)
        self.pairs.avoid([guest] + rest)
        kinds = {self.run([("guest", other)] + rest) for other in nova_cases.UNLIKE_GUESTS}
        # None: not tried there.
        if kinds - {None} == {self.judge.outcome(self.pairs.case([guest] + rest))}:
            self.pairs.avoid(rest)
            return
        for other in nova_cases.GUESTS:
            self.run([("guest", other)] + rest)

    def get_on(self, levels):
        """Whatever was learned from a refused case, it is not tried again."""
        if self.may(levels):
            self.pairs.avoid(self.pairs.unusual(levels), exactly=True)

    def all_pairs(self):
        while True:
            levels = self.pairs.next_case()
            if levels is None:
                return
            if self.judge.outcome(levels) == (True, True):
                self.judge.judge(levels)
                self.pairs.cover(levels)
            else:
                self.refused(levels)
                self.get_on(levels)


def shortest(judge, wrong):
    """The minimal part of a case that still differs in the same way."""
    case, what, nova, ours = wrong
    cases = pairwise.Pairwise(nova_cases.FACTORS, 0)

    def still(items):
        # One that collects nothing, and whose rules were not used.
        fresh = Judge(judge.machtype, judge.nova)
        fresh.judge(cases.case([("guest", case.levels["guest"])] + items))
        return any(other[1:3] == (what, nova) for other in fresh.wrong)

    items = [item for item in cases.unusual(case.levels) if item[0] != "guest"]
    if what not in (ACCEPTS, REFUSES) and still(items):
        items = pairwise.shrink(items, still)
    return nova_cases.Case(cases.case([("guest", case.levels["guest"])] + items))


def show_wrong(judge):
    """Some of each kind, in a form that can be repeated."""
    kinds = collections.defaultdict(list)
    for wrong in judge.wrong:
        kinds[wrong[1]].append(wrong)
    for what, wrongs in sorted(kinds.items(), key=lambda kind: len(kind[1])):
        print(f"NOT EXPLAINED: {len(wrongs)} of {what!r}")
        for wrong in wrongs[:SHOWN]:
            case = shortest(judge, wrong)
            print(f"  Nova {wrong[2]!r}, machtype {wrong[3]!r}\n    {case}\n"
                  f"    --case '{json.dumps(case.unusual())}'")


def show_rules(judge):
    print("defect  uses  what            why; an example")
    for rule in judge.rules:
        print(f"{rule.number!s:>6} {rule.uses:5}  {rule.what:15} {rule.why}; {rule.example}")
    return [rule for rule in judge.rules if rule.uses == 0 and rule.expected]


def show_names(judge):
    same = sum(counts[True] for counts in judge.names.values())
    total = sum(sum(counts.values()) for counts in judge.names.values())
    print(f"both refuse: our message begins with Nova's name in {same} of {total}")
    for name, counts in sorted(judge.names.items()):
        print(f"  {name}: {counts[True]} of {sum(counts.values())}")
        if name in judge.unlike:
            case, nova, ours = judge.unlike[name]
            print(f"    {case}\n    Nova: {nova}\n    machtype: {ours}")


def other_value(value):
    """Another value of a possible kind."""
    if isinstance(value, bool):
        return not value
    return "broken" if value is None or value == "absent" else None


def self_test(judge, seed):
    """Each fact of some cases altered on our side: nothing may explain it."""
    missed, broken = [], 0
    sample = random.Random(seed).sample(judge.accepted, min(len(judge.accepted), 400))
    for case, nova, ours in sample:
        for fact, value in nova.items():
            if value == ours[fact]:
                broken += 1
                if judge.explain(case, fact, value, other_value(value)) is not None:
                    missed.append((case, fact, value))
        broken += 1
        if judge.explain(case, REFUSES, None, "image property hw_pmu=true: broken") is not None:
            missed.append((case, REFUSES, None))
    for case, nova, ours in judge.refused:
        # If both have their own reason, a rule can be about Nova's.
        if not ours.message.startswith(nova.error + ":"):
            continue
        broken += 1
        if judge.explain(case, ACCEPTS, nova.error, None) is not None:
            missed.append((case, ACCEPTS, nova.error))
    print(f"self-test: {broken} answers broken, {len(missed)} of them not seen")
    for case, what, value in missed[:10 * SHOWN]:
        print(f"NOT SEEN: {what} broken, Nova {value!r}\n    {case}")
    return missed


def one_case(judge, text):
    levels = pairwise.Pairwise(nova_cases.FACTORS, 0).case(
        {name: tuple(level) if isinstance(level, list) else level
         for name, level in json.loads(text).items()})
    case = nova_cases.Case(levels)
    for who in (judge.nova, judge.machtype):
        answer = who.ask(case)
        print(answer.xml or f"{answer.error}: {answer.message}")
    print(" ".join(judge.machtype.arguments(case)))
    judge.judge(levels)
    show_wrong(judge)
    return bool(judge.wrong)


def everything(judge, seed, quick):
    campaign, started = Campaign(judge, seed), time.monotonic()
    for step in (campaign.each_value, campaign.groups) + (() if quick else (campaign.all_pairs,)):
        step()
        print(f"{step.__name__}: {sum(judge.counts.values())} cases, "
              f"{time.monotonic() - started:.0f} s", flush=True)
    pairs = campaign.pairs
    print(f"pairs: {pairs.total}; with a value that is refused on every guest {pairs.hopeless}, "
          f"refused as a pair {pairs.refused}, left {len(pairs.wanted)}")
    for (nova, ours), number in sorted(judge.counts.items()):
        print(f"Nova {'accepts' if nova else 'refuses'}, machtype {'accepts' if ours else 'refuses'}: "
              f"{number}")
    show_names(judge)
    dead = show_rules(judge)
    missed = self_test(judge, seed)
    show_wrong(judge)
    for rule in dead if not quick else ():
        print(f"DEAD RULE: {rule.number} {rule.what}: {rule.why}")
    unnamed = nova_purposes.undocumented(sorted({rule.number for rule in nova_defects.NEWER
                                                 if isinstance(rule.number, str)}))
    for name in unnamed:
        print(f"NOT IN doc/from-nova.md: {name}")
    return bool(judge.wrong or missed or unnamed or (dead and not quick))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("machtype")
    parser.add_argument("--suite", choices=nova_root.RELEASES)
    parser.add_argument("--seed", type=int,
                        default=int(os.environ.get("MACHTYPE_TEST_SEED") or random.randrange(1 << 32)))
    parser.add_argument("--case")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}: --seed or MACHTYPE_TEST_SEED repeats this run", flush=True)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        if options.suite:
            nova_shared.select(nova_root.RELEASES[options.suite])
            nova_cases.select(nova_shared.RELEASE)
        nova = OtherNova(options.suite) if options.suite else Nova()
        judge = Judge(Machtype(options.machtype, folder), nova)
        if options.case:
            return one_case(judge, options.case)
        return everything(judge, options.seed, options.self_test)


if __name__ == "__main__":
    sys.exit(main())
