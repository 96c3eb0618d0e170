# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores: what is written, changed, undone, imported, exported, and the effect of a configuration.

Each program has its own stores; their final exports are compared as well."""

import itertools
import json
import os

from clock import Clock
from guests import uuid_of
from names import CHANGES
from words import DATA, X86_HOST

# Machine types on which image properties are set.
CARRIERS = [("x86_64", "pc-q35-6.2"), ("x86_64", "pc-i440fx-6.2"), ("aarch64", "virt-6.2"),
            ("s390x", "s390-ccw-virtio-6.2"), ("ppc64le", "pseries-6.2"), ("x86_64", "isapc")]

FULL = {"uuid": uuid_of(1), "name": "g\u00e4st", "host": "h1", "host_uuid": uuid_of(901), "cell": "c1",
        "arch": "x86_64", "state": "stopped", "machine": "pc-q35-6.2", "asked": "q35", "source": "image",
        "qemu_version": 7002000, "libvirt_version": 9000000, "recorded_at": 1700000000,
        "seen_at": 1700000001, "revision": 3, "properties": {"hw_disk_bus": "sata", "own": "x"}}

NODE = """<node>{}</node>"""
DOMAIN = """<domain type='test'><name>{0}</name><uuid>{1}</uuid><memory>65536</memory><os><type arch='{2}'
 {3}>hvm</type></os><devices>{4}</devices></domain>"""


def step(*arguments, stdin=b"", **env):
    return (arguments, stdin, env)


def on(store, steps):
    """The same with this store."""
    return [((*arguments, "--store", store), stdin, env) for arguments, stdin, env in steps]


def life():
    """An instance from its first record to the end, and what can prevent it."""
    u = uuid_of
    host = ("--capabilities", X86_HOST)
    yield step("export")
    yield step("get-machine-type", u(1))
    yield step("instance", "add", u(1), "--name", "web", "--host", "h1", "--cell", "c1", "--arch", "x86_64",
               "--state", "shut off", "--machine", "pc-q35-6.2", "-p", "hw_disk_bus=sata")
    yield step("instance", "add", u(1), "--machine", "pc")
    yield step("instance", "add", u(2), "--host", "h2", "--host-uuid", u(901))
    yield step("instance", "add", u(3), "--state", "building")
    yield step("instance", "add", u(4), "--state", "shelved_offloaded", "-p", "hw_machine_type=q35")
    for number in (1, 2, 3, 4, 9):
        yield step("get-machine-type", u(number))
        yield step("get-machine-type", "--json", u(number))
    for new in ("pc-q35-7.2", "pc-q35-7.2", "pc-q35-6.2", "q35", "pc", "nonsense", "", "virt", "pc-q35-99.0"):
        for options in ((), ("--json",), host, (*host, "--require-offered"), (*host, "--pin"),
                        ("--force",), ("--follow", *host), ("--apply",), ("--record-only",)):
            yield step("update-machine-type", u(1), new, *options)
            yield step("get-machine-type", u(1))
        yield step("undo", u(1))
    for number in (2, 3, 4, 9):
        yield step("update-machine-type", u(number))
        yield step("update-machine-type", u(number), "pc-q35-7.2")
        yield step("undo", u(number))
        yield step("undo", u(number), "--force")
    for state, host_name in itertools.product(("active", "stopped", "shelved", "asleep"), ("h2", "h3")):
        yield step("instance", "set", u(2), "--state", state, "--host", host_name)
        yield step("update-machine-type", u(2), "pc")
    for number in (1, 2, 3, 4, 9):
        yield step("history", u(number))
        yield step("history", "--json", u(number))
    yield from checks()
    yield step("store", "backup", "backup.db")
    yield step("store", "backup", "backup.db")
    for number in (1, 2, 9):
        yield step("instance", "delete", u(number))


def checks():
    """Commands that only read."""
    places = [(), ("--cell", "c1"), ("--cell", "none"), ("--host", "h1"), ("--host", "none"),
              ("--cell-uuid", "c1"), ("--cell", "c1", "--host", "h1")]
    for place in places:
        yield step("export", *place[:2] if place[:1] != ("--cell-uuid",) else ())
        yield step("list-unset-machine-type", *place)
        for host in ((), ("--capabilities", X86_HOST), ("--host-arch", "aarch64")):
            yield step("upgrade-check", *place, *host)
            yield step("upgrade-check", "--json", *place, *host)


def changes(words):
    """Every kind of change in every state, from an import."""
    lines = []
    for number, ((old, _), state) in enumerate(itertools.product(CHANGES, words.states), 1):
        lines.append({"uuid": uuid_of(number), "arch": "x86_64", "state": state, "machine": old or None})
    for line in lines:
        yield step("import", "-", stdin=json.dumps(line).encode())
    cases = list(enumerate(itertools.product(CHANGES, words.states), 1))
    for number, ((_, new), _) in cases:
        yield step("update-machine-type", uuid_of(number), new, *(("--force",) if number % 5 == 0 else ()),
                   *(("--json",) if number % 2 else ()),
                   *(("--capabilities", X86_HOST) if number % 3 == 0 else ()))
    for number, _ in cases:
        yield step("undo", uuid_of(number), *(("--force",) if number % 2 else ()))


def properties(words):
    """Every value of every image property, stored for machine types that support it or not."""
    carriers = [uuid_of(number) for number in range(1, 1 + len(CARRIERS))]
    for carrier, (arch, machine) in zip(carriers, CARRIERS):
        yield step("instance", "add", carrier, "--arch", arch, "--machine", machine, "--state", "stopped")
    known = set(words.guest_options())
    for number, (option, name, value) in enumerate(words.guest_options(odd=True), 100):
        if option != "--property":
            continue
        yield step("instance", "add", uuid_of(number), "-p", f"{name}={value}")
        for at in (0, 1 + number % (len(carriers) - 1)) if (option, name, value) in known else (0,):
            carrier = carriers[at]
            host = ("--capabilities", X86_HOST) if (number + at) % 4 == 0 else ()
            yield step("image-property", "set", carrier, "-p", f"{name}={value}", *host)
        yield step("image-property", "show", carriers[number % len(carriers)], name)
        if number % 7 == 0:
            yield step("undo", carriers[number % len(carriers)])
            yield step("image-property", "set", carriers[1], "--unset", name)
    yield step("image-property", "set", carriers[0], "-p", "hw_disk_bus")
    yield step("image-property", "set", carriers[0], "-p", "hw_unheard_of=1")
    yield from checks()


def imports():
    """Lines that are valid, and lines that are invalid in one place."""
    yield step("import", "-", stdin=json.dumps(FULL).encode())
    for number, (name, value) in enumerate(itertools.product(
            [*FULL, "other", "format", "pending"],
            [None, "", "x", "q 35", 0, -1, 1.5, 2 ** 63, True, [], {}, {"hw_disk_bus": "nvme"},
             {"hw_disk_bus": 1}, "\u0007", "x" * 2000]), 1000):
        line = {**FULL, "uuid": uuid_of(number), name: value}
        yield step("import", "-", *(("--skip-bad",) if number % 2 else ()),
                   *(("--dry-run",) if number % 5 == 0 else ()), stdin=json.dumps(line).encode())
    for text in (b"", b"\n", b"{", b"[]", b"{}", b"null", b'{"uuid":1}', b'{"a":1,"a":2}', b"\xff", b"\0",
                 json.dumps(FULL).encode() * 2, b"[" * 5000):
        yield step("import", "-", stdin=text)
        yield step("import", "-", "--skip-bad", stdin=text + b"\n" + json.dumps(FULL).encode())
    yield step("import", os.path.join(DATA, "corpus.json"))
    yield step("export")


def decisions(words):
    """What resolve and domain-xml record."""
    number = 5000
    for arch, operation in itertools.product(("x86_64", "aarch64", "s390x"), words.operations):
        for command in ("resolve", "domain-xml"):
            number += 1
            common = ("--instance", uuid_of(number), "--host-arch", arch, "--record")
            yield step(command, *common, "--operation", operation)
            yield step(command, *common, "-p", "hw_disk_bus=virtio")
            yield step(command, *common, "-p", "hw_disk_bus=scsi", "-p", "hw_machine_type=virt", "--operation",
                       operation)
            yield step("history", "--json", uuid_of(number))
    yield step("export")


def configurations(folder):
    """(name, text) of machtype.conf, and what is asked with each."""
    texts = ["", "[machtype]\n", "[machtype]\nstore=conf.db\npin=false\ndefaults=x86_64=q35; aarch64=virt-6.2\n",
             "[machtype]\nstore=conf.db\npin=true\nhost=h9\ncell=c9\n", "[machtype]\npin=maybe\n",
             "[machtype]\nstore=conf.db\ndefaults=bad,x86_64=pc-q35-7.2\nfrob=1\n[other]\na=b\n", "pin=true\n",
             "[machtype]\nstore=\npin=\n", "[machtype", "# only a comment\n", "[machtype]\nhost=\x01\n"]
    for number, text in enumerate(texts):
        path = os.path.join(folder, f"conf{number}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for arguments in (("resolve", "--explain"), ("resolve", "--json", "--capabilities", X86_HOST),
                          ("resolve", "--pin", "--capabilities", X86_HOST), ("resolve", "--follow"),
                          ("domain-xml", "--host-arch", "aarch64"),
                          ("instance", "add", uuid_of(7000 + number), "--state", "stopped"),
                          ("record", "--connect", "test:///default"), ("export",), ("upgrade-check",)):
            if not text.count("conf.db") and arguments[0] in ("instance", "record", "export", "upgrade-check"):
                continue
            yield step(*arguments, MACHTYPE_CONF=path)
        for line in ("[libvirt]\nhw_machine_type=x86_64=pc-q35-6.2,aarch64=virt-6.2\n", "[libvirt\n",
                     "[DEFAULT]\nhw_machine_type=a=b\n"):
            nova = os.path.join(folder, f"nova{len(line)}.conf")
            with open(nova, "w", encoding="utf-8") as file:
                file.write(line)
            yield step("resolve", "--explain", "--config", nova, MACHTYPE_CONF=path)


def recorded(folder):
    """Domains of libvirt's test driver."""
    rows = [("a", 1, "i686", "", ""), ("b", 2, "x86_64", "machine='pc-q35-6.2'", "<sound model='ich9'/>"),
            ("c&lt;", 3, "aarch64", "machine='virt'", ""), ("d", 4, "x86_64", "machine='q 35'", "")]
    node = os.path.join(folder, "node.xml")
    with open(node, "w", encoding="utf-8") as file:
        file.write(NODE.format("".join(DOMAIN.format(name, uuid_of(number), *rest)
                                       for name, number, *rest in rows)))
    uris = ["test:///default", "test://" + node, "test:///nonexistent", "nonsense://x"]
    for uri, options in itertools.product(uris, ((), ("--dry-run",), ("--json",), ("--mirror",),
                                                 ("--follow", "--cell", "c7", "--host", "h7"))):
        yield step("record", "--connect", uri, *options)
    yield step("record", *itertools.chain(*(("--connect", uri) for uri in uris)), "--default", "i686=q35")
    for command in (("update-machine-type", uuid_of(2), "pc-q35-7.2"), ("undo", uuid_of(2)),
                    ("image-property", "set", uuid_of(2), "-p", "os_type=linux"), ("upgrade-check",),
                    ("resolve", "--instance", uuid_of(2)), ("instance", "delete", uuid_of(3))):
        for options in ((), ("--connect", "test://" + node), ("--connect", "test:///default")):
            yield step(*command, *options)
    for number in (1, 2, 3, 4):
        yield step("history", "--json", uuid_of(number))
    yield step("export")


def ask(judge, words, work):
    """Small stores, and the final export of each."""
    folder = os.path.join(work, "inputs")
    os.makedirs(folder)
    runs = {"life": life(), "changes": changes(words), "properties": properties(words),
            "imports": imports(), "decisions": decisions(words), "recorded": recorded(folder)}
    clock = Clock()
    for name, steps in runs.items():
        ending = [step("export"), step("list-unset-machine-type"), step("upgrade-check", "--json")]
        judge.ask_in_order("stores", on(f"{name}.db", [*steps, *ending]), clock.normalise)
    backup = on("backup.db", [step("export"), step("history", "--json", uuid_of(1))])
    judge.ask_in_order("stores", backup + list(configurations(folder)), clock.normalise)
