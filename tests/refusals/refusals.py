#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""refusals.py MACHTYPE GUESTS DEFINE [--full] [--keep FOLDER]

Domains that the library generates are broken, one attribute or element at a time (mutations.py).
libvirt defines each. What it refuses is sorted by its message (messages.py), and lint has to find
it, without a host; what it accepts must have no finding that says that libvirt refuses it. Then
what libvirt accepts is converted from pc to q35 and from q35 to pc, and libvirt has to accept the
result.

With --keep, the refusals that lint does not find and the failures stay in FOLDER, with a summary.
"""

import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
# pylint: disable=wrong-import-position
from messages import sort_message
from mutations import Corpus, Document, Generator, read_schema_words
import tap

SCHEMA = "/usr/share/libvirt/schemas/domaincommon.rng"
# Of each domain as it was generated, and of libvirt's version of it, with all addresses.
FAULTS = {"generated": 2, "full": 4}
# A small part of the domains, for every day.
SMALL = 60
# libvirt's memory does not grow without end.
DEFINED_PER_PROCESS = 4000
LINTED_PER_PROCESS = 500
# The one that gets planted faults, which is among them on every host.
PLAIN = "x86_64-q35-.*-usual.xml$"
MIN_REFUSALS = 3000
MIN_RATIO = 0.9
# Who says that a guest does not work, other than libvirt as it defines it.
ERRORS = ("qemu", "guest", "domain-capabilities")
NO_ANSWER = "no answer"

# What a machine is converted to.
OTHER_MACHINE = {r"pc(-i440fx-.*)?$": "pc-q35-7.2", r"(pc-)?q35(-.*)?$": "pc-i440fx-7.2"}

Case = collections.namedtuple("Case", "path origin what")


class Libvirt:
    """Processes that define; libvirt may crash or hang in them."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.process, self.count = None, 0
        embed = os.path.join(HERE, "..", "boot", "embed-root.sh")
        self.uri = subprocess.run(["sh", embed, folder, os.environ["MACHTYPE_LIBVIRT_CACHE"]],
                                  check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def _start(self):
        self.process = subprocess.Popen([self.program, self.uri, "--dump"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.count = 0

    def stop(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None

    def define(self, path):
        """None: accepted. Else the message; NO_ANSWER if libvirt crashes or hangs."""
        if self.process is None or self.count >= DEFINED_PER_PROCESS:
            self.stop()
            self._start()
        self.count += 1
        try:
            self.process.stdin.write(path + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer.endswith("\n"):
            self.process.wait()
            self.process = None
            return NO_ANSWER
        word, _, message = answer.rstrip("\n").partition(" ")
        return None if word == "accepted" else message.replace(self.folder, "/root-of-libvirt")


class Lint:
    """Findings of many files, offline."""

    def __init__(self, program):
        self.program = program

    def read(self, paths):
        """Findings by path; None: lint refused to read it."""
        answers = {}
        for start in range(0, len(paths), LINTED_PER_PROCESS):
            batch = paths[start:start + LINTED_PER_PROCESS]
            done = subprocess.run([self.program, "lint", "--json", *batch], text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert done.returncode in (0, 1, 2), done
            for path, line in zip(batch, done.stdout.splitlines(), strict=True):
                answers[path] = json.loads(line).get("findings")
        return answers


def fix_random(text, folder):
    """libvirt makes up UUIDs and MAC addresses; the same faults need the same domain."""
    text = re.sub("<uuid>.*?</uuid>", "<uuid>6f1d4b5e-0000-4000-8000-000000000001</uuid>", text)
    count = iter(range(1, 256))
    text = re.sub("<mac address='[^']*'", lambda _: f"<mac address='52:54:00:00:00:{next(count):02x}'",
                  text)
    return text.replace(folder, "/root-of-libvirt")


def read_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def find_machine(path):
    kind = ET.parse(path).getroot().find("os/type")
    return "" if kind is None else kind.get("machine", "")


def codes_of(findings):
    return {(finding["code"], finding["authority"]) for finding in findings or ()}


def is_claim(finding):
    """What only other versions of libvirt refuse is a warning that names them."""
    return finding["authority"] == "libvirt-define" and finding["severity"] == "error"


def is_about(finding, what):
    """Whether it is about an element that was broken, one in it or one around it."""
    subject = re.sub(r"\[[^]]*\]", "", finding["subject"] or "/domain") + "/"
    paths = re.findall(r"/domain[^@: ,]*", re.sub(r"\[[^]]*\]", "", what))
    paths = [path.rstrip("/") + "/" for path in paths]
    return any(path.startswith(subject) or subject.startswith(path) for path in paths)


class Run:
    """All that happened."""

    def __init__(self, programs, folder, full):
        self.machtype, self.guests, define = programs
        self.folder, self.full = folder, full
        self.libvirt = Libvirt(define, os.path.join(folder, "r"))
        self.lint = Lint(self.machtype)
        self.plain = None  # a path of these
        self.originals = []  # paths of what libvirt accepted and lint judged
        self.before = {}  # findings of them
        self.refused = []  # (case, message, findings)
        self.accepted = []  # (case, findings)
        self.unanswered = []  # cases in which libvirt crashed or did not come back
        self.converted = 0
        self.unlinted = []  # (path, what, result, expected codes)
        self.refused_conversions = []  # (path, what, reasons)
        self.bad_conversions = []  # (path, what, why, XML)

    def make_originals(self):
        generated = os.path.join(self.folder, "g")
        os.mkdir(generated)
        subprocess.run([self.guests, self.libvirt.uri, generated], check=True)
        names = sorted(os.listdir(generated))
        plain = next(name for name in names if re.match(PLAIN, name))
        if not self.full:
            names = sorted({plain, *names[::max(1, len(names) // SMALL)]})
        self.plain = os.path.join(generated, plain)
        for name in names:
            path = os.path.join(generated, name)
            message = self.libvirt.define(path)
            assert message is None, (path, message)
            full = path + ".full"
            write_text(full, fix_random(read_text(full), self.libvirt.folder))
            assert self.libvirt.define(full) is None, full
            self.originals += [path, full]
        self.before = self.lint.read(self.originals)

    def make_faults(self):
        """Yields cases, in lots, whose files are in the folder until the next lot."""
        documents = [Document(path, read_text(path)) for path in self.originals]
        generator = Generator(Corpus(documents, read_schema_words(SCHEMA)))
        lot, number = [], 0
        for document in documents:
            kind = "full" if document.name.endswith(".full") else "generated"
            for what, text in generator.make(read_text(document.name), FAULTS[kind]):
                path = os.path.join(self.folder, "f", f"{number:06d}.xml")
                write_text(path, text)
                lot.append(Case(path, document.name, what))
                number += 1
            if len(lot) >= LINTED_PER_PROCESS:
                yield lot
                lot = []
        yield lot

    def judge(self):
        os.mkdir(os.path.join(self.folder, "f"))
        for lot in self.make_faults():
            findings = self.lint.read([case.path for case in lot])
            for case in lot:
                message = self.libvirt.define(case.path)
                if message == NO_ANSWER:
                    self.unanswered.append(case)
                elif message is None:
                    self.accepted.append((case, findings[case.path]))
                else:
                    self.refused.append((case, message, findings[case.path]))

    def convert_all(self):
        """What libvirt accepts, to the other family of machines and back again."""
        os.mkdir(os.path.join(self.folder, "c"))
        for path in self.originals:
            self.convert_there_and_back(path, "", self.before[path])
        for case, findings in self.accepted:
            self.convert_there_and_back(case.path, case.what, findings)
        self.lint_conversions()

    def convert_there_and_back(self, path, what, before):
        machine = find_machine(path)
        family = next((family for family in OTHER_MACHINE if re.match(family, machine)), None)
        if family is None:
            return
        there = self.convert(path, what, OTHER_MACHINE[family], before)
        if there is not None:
            self.convert(there, what + "; and back", machine, before)

    def convert(self, path, what, machine, before):
        """The path of the result; None: there is none that can be converted further."""
        done = subprocess.run([self.machtype, "convert", path, "--machine", machine, "--force", "--json"],
                              text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        answer = json.loads(done.stdout)
        if done.returncode != 0:
            self.refused_conversions.append((path, what, done.stdout))
            return None
        result = os.path.join(self.folder, "c", f"{self.converted:06d}.xml")
        write_text(result, answer["xml"])
        self.converted += 1
        message = self.libvirt.define(result)
        if message is not None:
            self.bad_conversions.append((path, what, message, answer["xml"]))
            return None
        # What is named as an effect is expected, and with newer QEMU that the type is deprecated.
        known = {finding["code"] for finding in [*(before or ()), *answer["effects"]]}
        known.add("machine-deprecated")
        self.unlinted.append((path, what, result, known))
        if len(self.unlinted) >= LINTED_PER_PROCESS:
            self.lint_conversions()
        return result

    def lint_conversions(self):
        findings = self.lint.read([result for _, _, result, _ in self.unlinted])
        for path, what, result, known in self.unlinted:
            new = [finding["code"] for finding in findings[result] if finding["code"] not in known]
            if new:
                self.bad_conversions.append(
                    (path, what, "lint finds: " + ", ".join(new), read_text(result)))
        self.unlinted = []

    def new_findings(self, case, findings):
        """Those that the original does not have."""
        before = codes_of(self.before[case.origin])
        return [f for f in findings or () if (f["code"], f["authority"]) not in before]

    def list_false(self):
        return [(case, finding) for case, findings in self.accepted
                for finding in findings or () if is_claim(finding)]

    def how_found(self, case, findings):
        """"define": lint says that libvirt refuses it. "other": there is another new error about an
        element that was broken. "warning": there is another new finding. "input": lint does not read
        it. "": it finds nothing."""
        if findings is None:
            return "input"
        new = self.new_findings(case, findings)
        if any(is_claim(finding) for finding in findings):
            return "define"
        if any(finding["authority"] in ERRORS and is_about(finding, case.what) for finding in new):
            return "other"
        return "warning" if new else ""


def parse_options(argv):
    options = argv[4:]
    keep = options[options.index("--keep") + 1] if "--keep" in options else None
    return argv[1:4], "--full" in options, keep


def shorten(message):
    """Messages of one kind alike: without numbers, names and values."""
    message = re.sub(r"'[^']*'|\"[^\"]*\"", "'...'", message)
    return re.sub(r"(0x)?\b[0-9a-f]*\d[0-9a-f:.]*\b", "N", message)


def write_summary(run, keep):
    groups = collections.defaultdict(list)
    counts = collections.Counter()
    for case, message, findings in run.refused:
        kind = sort_message(message)
        how = run.how_found(case, findings)
        counts[kind, how] += 1
        groups[kind, shorten(message)].append((how, case, message))
    shutil.rmtree(os.path.join(keep, "missed"), ignore_errors=True)
    os.makedirs(os.path.join(keep, "missed"))
    lines = [f"{len(run.refused)} refused, {len(run.accepted)} accepted"]
    for (kind, how), count in sorted(counts.items()):
        lines.append(f"{kind:8} {how or 'nothing':8} {count}")
    number = 0
    for kind in ("place", "other"):
        lines.append(f"\n== {kind}: total, found as define/other/input/warning/not; message")
        rows = [(sum(how in ("", "warning", "other", "input") for how, _, _ in group), text, group)
                for (k, text), group in groups.items() if k == kind]
        for missed, text, group in sorted(rows, key=lambda row: (-row[0], row[1])):
            hows = collections.Counter(how for how, _, _ in group)
            lines.append(f"{len(group):5} " + "/".join(
                str(hows[how]) for how in ("define", "other", "input", "warning", "")) + f"  {text}")
            shown = 0
            for how, case, message in group:
                if how == "define" or kind != "place" or shown == 6:
                    continue
                shown += 1
                name = f"missed/{number:04d}.xml"
                number += 1
                shutil.copy(case.path, os.path.join(keep, name))
                lines.append(f"          {name} [{how or 'nothing'}] {os.path.basename(case.origin)}\n"
                             f"              {case.what}\n              {message}")
    write_text(os.path.join(keep, "refused.tsv"), "".join(
        f"{sort_message(message)}\t{run.how_found(case, findings)}\t{os.path.basename(case.origin)}\t"
        f"{case.what}\t{message}\n" for case, message, findings in run.refused))
    lines.append("\n== libvirt crashes or hangs")
    lines += [f"{os.path.basename(case.origin)} {case.what}" for case in run.unanswered]
    lines.append("\n== false findings of libvirt-define")
    shutil.rmtree(os.path.join(keep, "false"), ignore_errors=True)
    os.makedirs(os.path.join(keep, "false"))
    for number, (case, finding) in enumerate(run.list_false()):
        name = f"false/{number:04d}.xml"
        shutil.copy(case.path, os.path.join(keep, name))
        lines.append(f"{name} {case.what}\n    {finding['code']}: {finding['message']}")
    write_text(os.path.join(keep, "summary.txt"), "\n".join(lines) + "\n")


def check_refusals(run):
    place = [(case, message, run.how_found(case, findings))
             for case, message, findings in run.refused if sort_message(message) == "place"]
    found = sum(how in ("define", "other") for _, _, how in place)
    by_define = sum(how == "define" for _, _, how in place)
    print(f"# {len(run.refused)} refused, {len(run.accepted)} accepted, {len(run.unanswered)} not "
          f"answered (libvirt crashes or hangs)\n# {len(place)} refusals name a "
          f"machine, controller, address, bus or model: {found} found, {by_define} as libvirt's")
    kinds = collections.defaultdict(list)
    for _, message, how in place:
        kinds[shorten(message)].append(how in ("define", "other"))
    most = sum(2 * sum(good) > len(good) for good in kinds.values())
    print(f"# {len(kinds)} messages, without their values: most are found of {most}")
    false = run.list_false()
    tap.tell(not false, "no finding of libvirt-define where libvirt accepts",
             *[(case.what, finding["code"]) for case, finding in false[:20]])
    if run.full:
        tap.tell(len(run.refused) >= MIN_REFUSALS, f"at least {MIN_REFUSALS} refusals")
        tap.tell(found >= MIN_RATIO * len(place), f"{MIN_RATIO:.0%} of them are found")


# A domain, what is added to its devices, whether libvirt refuses it, the sort of its message and how
# lint finds it.
PLANTED = [
    ("sound", "<input type='tablet' bus='usb'/>", False, None, ""),
    ("its bus", "<input type='tablet' bus='ps2'/>", True, "place", "define"),
    ("its target", "<disk type='file' device='disk'><source file='/x'/></disk>", True, "other", ""),
]


def check_conversions(run):
    print(f"# {run.converted} conversions, {len(run.refused_conversions)} refused")
    tap.tell(not run.bad_conversions, "what libvirt accepts, it accepts converted, and lint finds nothing new",
             *[bad[:3] for bad in run.bad_conversions[:20]])


def write_conversions(run, keep):
    groups = collections.defaultdict(list)
    for path, what, why, xml in run.bad_conversions:
        groups[shorten(why)].append((path, what, why, xml))
    shutil.rmtree(os.path.join(keep, "conversions"), ignore_errors=True)
    os.makedirs(os.path.join(keep, "conversions"))
    lines = [f"{run.converted} conversions, {len(run.refused_conversions)} refused"]
    number = 0
    for text, group in sorted(groups.items(), key=lambda row: -len(row[1])):
        lines.append(f"{len(group):5} {text}")
        for path, what, why, xml in group[:6]:
            name = f"conversions/{number:04d}"
            number += 1
            shutil.copy(path, os.path.join(keep, name + ".xml"))
            write_text(os.path.join(keep, name + "-result.xml"), xml)
            lines.append(f"          {name}.xml -> -result.xml\n              {what}\n              {why}")
    lines.append("== refused")
    reasons = collections.Counter(text for _, _, text in run.refused_conversions)
    lines += [f"{count:5} {text.strip()[:2000]}" for text, count in reasons.most_common(40)]
    write_text(os.path.join(keep, "convert.txt"), "\n".join(lines) + "\n")


def check_planted(run):
    """That the harness notices faults, and findings that are false or missing."""
    origin = run.plain
    for what, device, refused, kind, how in PLANTED:
        path = os.path.join(run.folder, "planted.xml")
        write_text(path, read_text(origin).replace("</devices>", device + "</devices>"))
        message, findings = run.libvirt.define(path), run.lint.read([path])[path]
        case = Case(path, origin, f"plant /domain/devices/input: {what}")
        tap.tell((message is not None) == refused, f"planted: {what}: libvirt", message)
        if message is not None:
            tap.tell(sort_message(message) == kind, f"planted: {what}: sorted", message)
        tap.tell(run.how_found(case, findings) == how, f"planted: {what}: lint", findings)
    false = {"code": "x", "severity": "error", "authority": "libvirt-define", "message": "", "subject": None}
    count = len(run.list_false())
    run.accepted.append((Case("", run.originals[0], ""), [false]))
    tap.tell(len(run.list_false()) == count + 1, "planted: a false finding is one")
    run.accepted.pop()


def main():
    programs, full, keep = parse_options(sys.argv)
    if not os.path.isdir(os.environ.get("MACHTYPE_LIBVIRT_CACHE", "")):
        tap.skip("MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt")
    if not os.path.exists(SCHEMA):
        tap.skip("libvirt's schemas are not installed")
    folder = tempfile.mkdtemp(prefix="mt.", dir="/tmp")
    try:
        run = Run([os.path.abspath(program) for program in programs], folder, full)
        run.make_originals()
        run.judge()
        check_refusals(run)
        check_planted(run)
        if keep:
            write_summary(run, keep)
        run.convert_all()
        check_conversions(run)
        if keep:
            write_conversions(run, keep)
        run.libvirt.stop()
    finally:
        shutil.rmtree(folder)
    tap.end()


if __name__ == "__main__":
    main()
