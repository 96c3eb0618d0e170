#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-json.py MACHTYPE DATA: every command with --json, and a failure of each.

validated.py, which runs this, validates what is printed. Here: no command is without --json, without a
case, or without its definition in the schema; each prints objects and nothing else; doc/json.md has
every member. Prints TAP.
"""

import json
import os
import subprocess
import sys
import tempfile

import first_round
import schema

sys.path.insert(0, os.path.join(first_round.HERE, os.pardir))
from tap import end, tell  # pylint: disable=wrong-import-position

GUIDE = os.path.join(os.path.dirname(schema.PATH), "json.md")


def uuid_of(number):
    return f"6f1d4b5e-0000-4000-8000-{number:012d}"


NONE = uuid_of(999)
NODE = ("<node><domain type='test'><name>web</name><uuid>" + uuid_of(5) + "</uuid><memory>65536</memory><os>"
        "<type arch='i686'>hvm</type></os></domain></node>")
LINES = ('{"uuid":"' + uuid_of(3) + '","machine":"q35","arch":"x86_64","properties":{"hw_disk_bus":"ide"}}\n'
         '{"uuid":"' + uuid_of(4) + '","asked":null}\n')
BAD_LINES = '{"uuid":"' + uuid_of(6) + '"}\nnot JSON\n{"uuid":"' + uuid_of(6) + '","machin":null}\n'

# Command, arguments, standard input, exit status, number of objects, what they contain. In this order:
# {s} is the store, {d} the data, {t} the folder of this test, {n} a host of libvirt's test driver.
CASES = [
    ("instance add", ["1", "--name", "web", "--machine", "pc-q35-6.2", "--arch", "x86_64", "--state", "stopped",
                      "-p", "hw_disk_bus=virtio", "{s}"], "", 0, 1, '"machine":"pc-q35-6.2"'),
    ("instance add", ["1", "{s}"], "", 1, 1, '"error":"exists"'),
    ("instance add", ["2", "{s}"], "", 0, 1, '"revision":1'),
    ("instance set", ["2", "--state", "active", "--host", "h1", "{s}"], "", 0, 1, '"state":"active"'),
    ("instance set", ["999", "--state", "active", "{s}"], "", 1, 1, '"error":"not-found"'),
    ("import", ["-", "{s}"], LINES, 0, 1, '"lines":2,"recorded":2,'),
    ("import", ["-", "{s}"], BAD_LINES, 1, 3, '"line":3,"error":"invalid-argument","message":"\'machin\''),
    ("import", ["{t}/absent", "{s}"], "", 3, 0, ""),
    ("export", ["{s}"], "", 0, 4, '"machine":"q35"'),
    ("export", ["--host", "none", "{s}"], "", 2, 1, '"error":"invalid-argument"'),
    ("list-unset-machine-type", ["{s}"], "", 3, 2, '{"format":2,"uuid":"' + uuid_of(2) + '"}'),
    ("list-unset-machine-type", ["--host", "none", "{s}"], "", 2, 1, '"error":"not-found"'),
    ("get-machine-type", ["1", "{s}"], "", 0, 1, '"machine":"pc-q35-6.2"'),
    ("get-machine-type", ["2", "{s}"], "", 3, 1, '"host":"h1"'),
    ("get-machine-type", ["999", "{s}"], "", 2, 1, '"error":"not-found"'),
    ("update-machine-type", ["1", "pc-q35-7.2", "{s}"], "", 0, 1, '"record":"pc-q35-7.2","verdict":"allowed"'),
    ("update-machine-type", ["1", "pc", "{s}"], "", 4, 1, '"new":"pc","verdict":"refused-'),
    ("update-machine-type", ["2", "{s}"], "", 2, 1, '"error":"not-found"'),
    ("history", ["1", "{s}"], "", 0, 2, '"action":"update","old":"pc-q35-6.2","new":"pc-q35-7.2","author":'),
    ("history", ["2", "{s}"], "", 0, 1, '"action":"add"'),
    ("history", ["999", "{s}"], "", 1, 1, '"error":"not-found"'),
    ("undo", ["1", "{s}"], "", 0, 1, '"old":"pc-q35-7.2","new":"pc-q35-6.2","warnings":[]'),
    ("undo", ["2", "{s}"], "", 1, 1, '"error":"not-found"'),
    ("image-property show", ["1", "hw_disk_bus", "{s}"], "", 0, 1, '"name":"hw_disk_bus","value":"virtio"'),
    ("image-property show", ["1", "hw_disk", "{s}"], "", 3, 1, '"error":"not-found"'),
    ("image-property set", ["1", "-p", "hw_disk_bus=scsi", "{s}"], "", 0, 1, '"hw_disk_bus":"scsi"'),
    ("image-property set", ["1", "-p", "hw_disk_bus=ide", "{s}"], "", 6, 1, '"error":"unsupported"'),
    ("image-property set", ["1", "-p", "hw_disk_bus", "{s}"], "", 4, 1, '"error":"invalid-argument"'),
    ("image-property set", ["1", "-p", "hw_disc=x", "{s}"], "", 5, 1, '"error":"invalid-property"'),
    ("image-property set", ["1", "-p", "hw_disk_bus=x", "{s}"], "", 6, 1, '"error":"invalid-property"'),
    ("image-property set", ["2", "-p", "hw_disk_bus=ide", "{s}"], "", 3, 1, '"error":"refused"'),
    ("list", ["{s}"], "", 0, 4, '"recorded":"pc-q35-6.2","removed_in":"12.2","findings":[]'),
    ("list", ["{s}", "--capabilities", "{t}/absent"], "", 3, 1, '"error":"file"'),
    ("audit", ["{s}"], "", 2, 3, '"code":"alias","severity":"warning"'),
    ("audit", ["{s}", "--capabilities", "{t}/absent"], "", 3, 1, '"error":"file"'),
    ("upgrade-check", ["{s}", "--capabilities", "{d}/hosts/x86_64.xml"], "", 2, 3, '"result":"Failure"'),
    ("upgrade-check", ["--host", "none", "{s}"], "", 255, 1, '"error":"not-found"'),
    ("store backup", ["{t}/copy.db", "{s}"], "", 0, 1, '/copy.db"'),
    ("store backup", ["{t}/copy.db", "{s}"], "", 1, 1, '"error":"exists"'),
    ("prune", ["{s}", "-c", "{n}"], "", 2, 1, '"error":"invalid-argument"'),
    ("store copy", ["{t}/copy.db", "{t}/other.db"], "", 0, 1, '"present":0'),
    ("store copy", ["{t}/absent.db", "{t}/other.db"], "", 3, 1, '"error":"store"'),
    ("store check", ["{s}"], "", 0, 1, '"clean":true,"findings":[]'),
    ("store check", ["--store", "{t}/absent"], "", 3, 1, '"error":"store"'),
    ("store info", ["{s}"], "", 0, 1, '"kind":"sqlite","path":"'),
    ("store info", ["--store", "{t}/absent"], "", 3, 1, '"error":"store"'),
    ("instance delete", ["2", "{s}"], "", 0, 1, '"uuid":"' + uuid_of(2)),
    ("instance delete", ["2", "{s}"], "", 1, 1, '"error":"not-found"'),
    ("parse", ["pc-q35-rhel9.4.0"], "", 0, 1, '"vendor":"rhel"'),
    ("parse", ["-"], "q35\nvirt-6.2\n\nx y\n", 0, 3, '"error":"invalid-name"'),
    ("parse", ["pc", "--arch", "z80"], "", 2, 1, '"error":"unknown-arch"'),
    ("compare", ["pc-q35-2.9", "pc-q35-2.10"], "", 0, 1, '"order":"lt","a_upstream_base":"2.9"'),
    ("compare", ["a b", ""], "", 1, 1, '"order":"invalid"'),
    ("check-change", ["pc-q35-6.2", "pc-q35-8.0", "-p", "hw_disk_bus=ide"], "", 0, 1, '"verdict":"allowed"'),
    ("check-change", ["-"], "pc\tq35\n\tq35\npc\n", 0, 3, '"verdict":"refused-family"'),
    ("check-change", ["pc", "q35", "--capabilities", "{t}/absent"], "", 3, 1, '"error":"file"'),
    ("resolve", ["--host-arch", "x86_64", "-p", "hw_machine_type=q35"], "", 0, 1, '"source":"image"'),
    ("resolve", ["-", "--host-arch", "x86_64"], '{"recorded":"pc"}\n{"machin":null}\n', 0, 2, "unknown member 'machin'"),
    ("resolve", ["--host-arch", "z80"], "", 2, 1, '"error":"unknown-arch"'),
    ("domain-xml", ["--host-arch", "x86_64", "-p", "own=1", "-p", "hw_disk_buss=ide"], "", 0, 1,
     '"code":"property-unused","severity":"warning","message":"own has no effect on the domain","subject":"own"'),
    ("domain-xml", ["--host-arch", "z80"], "", 2, 1, '"error":"unknown-arch"'),
    ("convert", ["{d}/guests/q35.xml", "-m", "pc-q35-8.0"], "", 0, 1, '"record":"pc-q35-8.0","verdict":"allowed"'),
    ("convert", ["{d}/guests/q35.xml", "-m", "virt-8.0"], "", 1, 1, '"verdict":"refused-unsupported"'),
    ("convert", ["{t}/absent", "-m", "pc-q35-8.0"], "", 3, 1, '"error":"file"'),
    ("lint", ["{d}/guests/q35.xml", "{d}/convert/odd.xml"], "", 1, 2, '"findings":[{'),
    ("lint", ["{t}/absent"], "", 3, 1, '"error":"file"'),
    ("host", ["--capabilities", "{d}/hosts/x86_64.xml", "--arch", "x86_64"], "", 0, 1, '"deprecated":true'),
    ("host", ["--on", "debian-13"], "", 0, None, '"canonical":"pc-q35-10.0"'),
    ("host", ["--on", "debian-99"], "", 2, 1, '"error":"invalid-argument"'),
    ("platforms", [], "", 0, None, '"platform":"debian-13"'),
    ("host", ["--capabilities", "{d}/hosts/x86_64.xml"], "", 0, None, '"code":"emulator-missing"'),
    ("host", ["--capabilities", "{d}/guests/q35.xml"], "", 2, 1, '"error":"invalid-xml"'),
    ("check-migration", ["debian-12", "rhel-10", "{s}"], "", 1, None, '"live":"no","cold":"no","findings":[{'),
    ("check-migration", ["debian-12", "debian-99", "{s}"], "", 2, 1, '"error":"invalid-argument"'),
    ("record", ["{s}", "-c", "{n}"], "", 0, 2, '"outcome":"recorded"'),
    ("record", ["{s}", "-c", "{n}", "--changed"], "", 0, 1, '"domains":1,"counts":{"recorded":0,'),
    ("record", ["{s}", "-c", "{n}/absent"], "", 3, 1, '"error":"libvirt"'),
]


def needs_libvirt(arguments):
    return "-c" in arguments


def has_libvirt():
    return os.path.exists(os.path.join(os.environ.get("MACHTYPE_MODULE_DIR", ""), "libmachtype-libvirt.so"))


def fill(word, folder, data):
    if word.isdigit():
        return [uuid_of(int(word))]
    if word == "{s}":
        return ["--store", os.path.join(folder, "records.db")]
    return [word.format(t=folder, d=data, n=f"test://{folder}/node.xml")]


def ask(program, folder, data, case):
    command, arguments, stdin = case[:3]
    words = [part for word in arguments for part in fill(word, folder, data)]
    return subprocess.run([*first_round.WRAPPER, program, *command.split(), "--json", *words], input=stdin,
                          capture_output=True, check=False, text=True)


def check_case(program, folder, data, case):
    status, count, text = case[3:]
    run = ask(program, folder, data, case)
    lines = run.stdout.splitlines()
    objects = [json.loads(line) for line in lines] if all(line[:1] == "{" for line in lines) else None
    tell(run.returncode == status and objects is not None and all(item["format"] == 2 for item in objects) and
         (len(objects) == count if count is not None else len(objects) > 1) and text in run.stdout,
         f"{case[0]} --json {' '.join(case[1])[:60]}", case[3:], run)


def check_commands(program):
    commands = set(first_round.list_commands(program))
    tell(len(commands) > 20, "help lists the commands", commands)
    for command in sorted(commands):
        tell("json" in first_round.list_options(program, command), f"{command} takes --json")
    tell({case[0] for case in CASES} == commands, "each has a case", {case[0] for case in CASES} ^ commands)
    # Only a damaged table of the system makes the other one fail.
    tell({case[0] for case in CASES if '"error"' in case[5]} == commands - {"compare", "platforms"},
         "each has a failure")
    defined = schema.list_commands(schema.read_schema())
    tell(defined == {command.replace(" ", "-") for command in commands}, "each is in the schema", defined)


def list_members(part):
    """The members that a definition names, at any depth."""
    if isinstance(part, list):
        return {name for item in part for name in list_members(item)}
    if not isinstance(part, dict):
        return set()
    members = part.get("properties", {})
    others = [item for name, item in part.items() if name != "properties"]
    return set(members).union(*(list_members(item) for item in (*members.values(), *others)))


def check_guide():
    with open(GUIDE, encoding="utf-8") as file:
        guide = file.read()
    definitions = schema.read_schema()["$defs"]
    for name, part in definitions.items():
        if name != "properties":
            missing = {member for member in list_members(part) if f"`{member}`" not in guide}
            tell(not missing, f"doc/json.md has the members of {name}", missing)
    for name in definitions:
        if name.startswith("command-"):
            tell(f"`{name[len('command-'):].replace('-', ' ')}`" in guide.replace("-", " "), f"doc/json.md has {name}")


def check_refused(validator):
    """The validator refuses what it should: a member too many, one too few, a null, a wrong type."""
    good = {"format": 2, "a": "pc", "b": "q35", "order": "incomparable"}
    for what, value in (("an unknown member", {**good, "c": 1}), ("a null", {**good, "a_upstream_base": None}),
                        ("a type", {**good, "a": 1}), ("the form", {**good, "format": 1}),
                        ("a word", {**good, "order": "less"}),
                        ("a missing member", {name: good[name] for name in ("format", "a", "order")})):
        tell(validator.check_line("command-compare", json.dumps(value)) is not None, f"the schema refuses {what}", value)
    tell(validator.check_line("command-compare", json.dumps(good)) is None, "the schema accepts an answer")
    change = {"format": 2, "new": "pc", "verdict": "refused-family", "reasons": [], "warnings": [], "effects": []}
    for what, value in (("a refused change that is recorded", {**change, "record": "pc"}),
                        ("an allowed change that is not", {**change, "verdict": "allowed"}),
                        ("a finding without a code", {**change, "reasons": [{"message": "x"}]})):
        tell(validator.check_line("change", json.dumps(value)) is not None, f"the schema refuses {what}", value)
    tell(validator.check_line("change", json.dumps(change)) is None, "the schema accepts a change")
    tell(validator.check(["lists", "--json"], '{"format":2}') != [], "an unknown command is not accepted")
    tell(validator.check(["parse", "--json"], "text") != [], "text is not accepted")


def main():
    program, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    os.environ.update(MACHTYPE_CONF="", LC_ALL="C.UTF-8")
    check_commands(program)
    check_guide()
    if schema.jsonschema is not None:
        check_refused(schema.Validator())
    with tempfile.TemporaryDirectory() as folder:
        first_round.write_file(os.path.join(folder, "node.xml"), NODE.encode())
        for case in CASES:
            if has_libvirt() or not needs_libvirt(case[1]):
                check_case(program, folder, data, case)
    end()


main()
