#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-first-round.py MACHTYPE: what users wrote with the program at the end of the first round can be
read, and means the same.

Stores, exports, configurations and command lines are in tests/data/first-round, with the answers of
that program: standard output and exit status, and the records afterwards. JSON can have more members
than it had, and has the form of today (form.py); the words of messages are not compared. Intentional changes since then are in
changes.json, each with its reason; one that is no longer needed also fails. Prints TAP.
"""

import gzip
import json
import os
import re
import sqlite3
import sys
import tempfile

import first_round
from form import modernize

sys.path.insert(0, os.path.join(first_round.HERE, os.pardir))
from mask import mask_stream  # pylint: disable=wrong-import-position
from tap import end, tell  # pylint: disable=wrong-import-position

# The last version of the tables in the first round.
TABLES = 3

# These depend on the version of libvirt.
LIBVIRTS = {"libvirt_version", "qemu_version", "properties"}


def read_cases():
    with gzip.open(first_round.CASES, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return lines[0]["options"], lines[1:]


def read_changes():
    with open(os.path.join(first_round.FOLDER, "changes.json"), encoding="utf-8") as file:
        return json.load(file)


def includes(new, old):
    """Everything is still there, with the same value; objects can have more members."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and includes(new[name], value) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(includes, new, old))
    return type(old) is type(new) and old == new


def parse(text):
    """Objects, one per line; None: something else."""
    if not text.startswith("{"):
        return None
    return [json.loads(line) for line in text.splitlines()]


def asks_libvirt(case):
    return any(word.startswith("test:///") for word in case["arguments"])


def without_libvirts(value):
    if isinstance(value, list):
        return [without_libvirts(item) for item in value]
    if isinstance(value, dict):
        return {name: item for name, item in value.items() if name not in LIBVIRTS}
    return value


def as_unchanged(text):
    """A record that another libvirt was asked for is refreshed: that version is newer."""
    text = re.sub(r'"refreshed": (\d+), "unchanged": (\d+)',
                  lambda match: f'"refreshed": 0, "unchanged": {int(match[1]) + int(match[2])}', text)
    return re.sub(r'(?:would be )?refreshed(?!":)', "unchanged", text)


def same_output(case, old, new):
    if asks_libvirt(case) and case["arguments"][0] != "record":
        # The answer depends on this machine's libvirt.
        return bool(old) == bool(new)
    if "--help" in case["arguments"]:
        # Other words, but everything is still listed.
        return all(set(re.findall(pattern, old, re.M)) <= set(re.findall(pattern, new, re.M))
                   for pattern in (r"--[a-z-]+", r"^  [a-z-]+(?: [a-z-]+)?(?=  )"))
    if case["arguments"][:1] == ["complete"]:
        # More options are offered, and described in other words.
        return {line.split("\t")[0] for line in old.splitlines()} <= {line.split("\t")[0] for line in new.splitlines()}
    old, new = mask_stream(old.encode()), mask_stream(new.encode())
    if asks_libvirt(case):
        old, new = map(as_unchanged, (old, new))
    objects = parse(old)
    if objects is None:
        return new == old
    objects = [modernize(item, case["arguments"][0]) for item in objects]
    if asks_libvirt(case):
        objects = without_libvirts(objects)
    return includes(parse(new), objects)


def same_records(case, answer):
    if "records" not in case:
        return "records" not in answer
    wanted = {**first_round.read_export(case["store"]), **case["records"]}
    wanted = {uuid: record for uuid, record in wanted.items() if record is not None}
    wanted = {uuid: modernize(record) for uuid, record in wanted.items()}
    if asks_libvirt(case):
        wanted = {uuid: without_libvirts(record) for uuid, record in wanted.items()}
    # A dry run made a store; without one, there are no records.
    found = answer.get("records", {} if "--dry-run" in case["arguments"] else None)
    return found is not None and set(found) == set(wanted) and includes(found, wanted)


def apply_changes(case, changes, used):
    """The case with the answer that is expected today."""
    case = dict(case)
    line = " ".join(case["arguments"])
    for number, change in enumerate(changes):
        if (not re.search(change["arguments"], line) or change.get("store", case["store"]) != case["store"]
                or change.get("conf", case.get("conf")) != case.get("conf")):
            continue
        for stream in ("out", "status"):
            if stream in change and case[stream] == change[stream][0]:
                case[stream] = change[stream][1]
                used.add(number)
        for old, new in change.get("replace", []):
            if old in case["out"]:
                case["out"] = case["out"].replace(old, new)
                used.add(number)
    return case


def ask(program, case):
    with tempfile.TemporaryDirectory() as work:
        answer = first_round.answer_case(program, work, case)
        if first_round.OLD_TABLES in answer["err"]:
            # Reading the records has migrated the tables.
            answer = first_round.answer_case(program, work, case, prepared=True)
    return answer


def leave_out_libvirt(cases, changes):
    """If there is no module for it, as on other architectures."""
    module = os.path.join(os.environ.get("MACHTYPE_MODULE_DIR", ""), "libmachtype-libvirt.so")
    if os.path.exists(module) and not first_round.WRAPPER:
        return cases, changes
    kept = [case for case in cases if not asks_libvirt(case)]
    print(f"# no libvirt module: {len(cases) - len(kept)} cases are left out")
    return kept, [change for change in changes if "test:///" not in change["arguments"]]


def leave_out_own_architecture(program, cases):
    """What asks for the machine's own architecture was answered on x86_64."""
    with tempfile.TemporaryDirectory() as work:
        own = first_round.run_case(program, work, {"arguments": ["resolve", "--json"], "store": None})
    if parse(own["out"]) and parse(own["out"])[0]["arch"] == "x86_64":
        return cases
    kept = [case for case in cases
            if case["arguments"][0] != "resolve" or any(re.match("--(host-arch|capabilities|property|instance)|-p", word)
                                                        for word in case["arguments"])]
    print(f"# not on x86_64: {len(cases) - len(kept)} cases are left out")
    return kept


def check_cases(program, cases, changes):
    used = set()
    for case in cases:
        wanted = apply_changes(case, changes, used)
        answer = ask(program, case)
        what = f"{case['store'] or '-'} {case.get('conf') or '-'}: {' '.join(case['arguments'])[:100]!r}"
        tell(answer["status"] == wanted["status"] and same_output(case, wanted["out"], answer["out"]) and
             same_records(case, answer), what, wanted, answer)
    for number, change in enumerate(changes):
        tell(number in used, f"still a change: {change['why'][:80]}")


def check_tables(name):
    """No frozen store has been migrated."""
    with tempfile.TemporaryDirectory() as work:
        first_round.copy_store(name, work)
        connection = sqlite3.connect(os.path.join(work, "records.db"))
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        count = connection.execute("SELECT count(*) FROM record").fetchone()[0]
        connection.close()
    tell(version == TABLES and count > 0, f"{name} is of version {TABLES}", version, count)


def main():
    options, cases = read_cases()
    tell(len(options) > 20 and len(cases) > 400 and not first_round.list_missing(options, cases), "every option is in a case")
    for name in ("life", "imported", "recorded", "journal"):
        check_tables(name)
    program = os.path.abspath(sys.argv[1])
    cases, changes = leave_out_libvirt(cases, read_changes())
    check_cases(program, leave_out_own_architecture(program, cases), changes)
    end()


main()
