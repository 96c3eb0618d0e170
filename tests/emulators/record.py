#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""record.py FOLDER [ROOT]

Asks every emulator of this system, or of the Debian in ROOT (root.sh), for its machine types, and
writes what they answer into FOLDER: machines-X.Y.tsv; facts-X.Y.tsv, what else is new in versions of
their types; and compat-X.Y.tsv if they tell their compatibility properties (from QEMU 9.1 on). X.Y is
their version."""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ENTER = os.path.join(HERE, "..", "install", "debian-root.sh")
PREFIX = "qemu-system-"
FAMILY = re.compile(r"(pc-i440fx|pc-q35|virt|pseries|s390-ccw-virtio)-(\d+)\.(\d+)$")
# What the answer has besides names and properties, and a guest can see.
FACTS = ["cpu-max", "default-cpu-type", "hotpluggable-cpus", "numa-mem-supported"]
# The CPUs of i386 are called as those of x86_64.
CPU = "x86_64-cpu."
HEADER = "# SPDX-License-Identifier: LGPL-2.1-or-later\n"


def list_emulators(root):
    """Each program once: the others are links, or QEMU without some devices."""
    folder = os.path.join(root, "usr/bin")
    return sorted(name[len(PREFIX):] for name in os.listdir(folder)
                  if name.startswith(PREFIX) and not os.path.islink(os.path.join(folder, name))
                  and not name.endswith("-microvm"))


def converse(program, commands):
    """The answers. The emulator leaves when its input ends, so that has to wait for them."""
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as emulator:
        answers = []
        for command in commands:
            emulator.stdin.write(json.dumps(command) + "\n")
            emulator.stdin.flush()
            for answer in map(json.loads, emulator.stdout):
                if "return" in answer or "error" in answer:
                    answers.append(answer)
                    break
    return answers


def ask(root, emulator, arguments):
    """The version and the machine types; None: this QEMU does not know the arguments."""
    enter = ["sh", ENTER, "run", root] if root != "/" else []
    answers = converse(
        [*enter, f"/usr/bin/{PREFIX}{emulator}", "-machine", "none", "-nodefaults", "-display",
         "none", "-S", "-qmp", "stdio"],
        [{"execute": "qmp_capabilities"}, {"execute": "query-version"},
         {"execute": "query-machines", "arguments": arguments}, {"execute": "quit"}])
    if len(answers) < 4:
        sys.exit(f"record.py: {PREFIX}{emulator} has not answered")
    if "error" in answers[2]:
        return None
    version = answers[1]["return"]["qemu"]
    return f"{version['major']}.{version['minor']}", answers[2]["return"]


def ask_all(root):
    """The version, and by emulator its machine types; whether they have their properties."""
    versions, machines, properties = set(), {}, True
    for emulator in list_emulators(root):
        answer = ask(root, emulator, {"compat-props": True})
        if answer is None:
            properties = False
            answer = ask(root, emulator, {})
        versions.add(answer[0])
        machines[emulator] = answer[1]
    if len(versions) != 1:
        sys.exit(f"record.py: the emulators are of versions {sorted(versions)}")
    return versions.pop(), machines, properties


def join(rows):
    """One row for all that say the same, in a last column."""
    joined = {}
    for *key, last in rows:
        joined.setdefault(tuple(key), {})[last] = None
    return [(*key, " ".join(sorted(last))) for key, last in joined.items()]


def list_machines(machines):
    for emulator, all_of_it in machines.items():
        for machine in all_of_it:
            deprecated = "deprecated" if machine.get("deprecated") else "-"
            yield machine["name"], "-", deprecated, emulator
            if "alias" in machine:
                yield machine["alias"], machine["name"], "-", emulator


def list_families(machines):
    """Emulator, family, and its types by version."""
    for emulator, all_of_it in machines.items():
        families = {}
        for machine in all_of_it:
            found = FAMILY.match(machine["name"])
            if found:
                families.setdefault(found[1], {})[(int(found[2]), int(found[3]))] = machine
        for family, types in families.items():
            yield emulator, family, types


def list_facts(machines):
    """What a type has otherwise than the next older one."""
    for emulator, family, types in list_families(machines):
        older = None
        for version, machine in sorted(types.items()):
            for fact in FACTS:
                value = machine.get(fact, "-")
                if older is not None and value != older.get(fact, "-"):
                    yield family, version, f"{fact}={value}", emulator
            older = machine


def list_properties(machines):
    """What a type has that the next newer one has not: QEMU appends each version's own."""
    for emulator, family, machines_by_version in list_families(machines):
        types = {version: [
            f"{one['qom-type']}.{one['property']}={one['value']}".replace("i386-cpu.", CPU)
            for one in machine["compat-props"]] for version, machine in machines_by_version.items()}
        newer = None
        for version in sorted(types, reverse=True):
            added = types[version][len(newer or []):]
            if newer is not None and types[version] != newer + added:
                sys.exit(f"record.py: {family}-{version} does not have what newer types have")
            for one in added if newer is not None else []:
                yield family, version, one, emulator
            newer = types[version]


def join_families(rows):
    """The same, then also one row for the families that it is said of."""
    joined = join((version, one, emulators, family) for family, version, one, emulators in join(rows))
    return [("%u.%u" % version, one, families, emulators)
            for version, one, emulators, families in sorted(joined)]


def write(folder, name, columns, rows):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
        out.write(HEADER)
        out.writelines("\t".join(row) + "\n" for row in [columns, *rows])
    print(f"{name}: {len(rows)} rows")


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit("usage: record.py FOLDER [ROOT]")
    version, machines, properties = ask_all(arguments[1] if len(arguments) == 2 else "/")
    write(arguments[0], f"machines-{version}.tsv", 
          ["name", "stands_for", "deprecated", "emulators"], sorted(join(list_machines(machines))))
    write(arguments[0], f"facts-{version}.tsv", ["since", "fact", "families", "emulators"],
          join_families(list_facts(machines)))
    if properties:
        write(arguments[0], f"compat-{version}.tsv", ["last", "property", "families", "emulators"],
              join_families(list_properties(machines)))


main(sys.argv[1:])
