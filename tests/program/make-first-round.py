#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""make-first-round.py MACHTYPE: how tests/data/first-round was created, once, with the program of
commit 969a9fe. It is not regenerated: it represents what users have written down."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import first_round
from first_round import FOLDER, run_case, uuid_of
from judge import find_modules

HOST = ("--capabilities", "inputs/x86_64.xml")
ALL_HOST = (*HOST, "--domain-capabilities", "inputs/domcaps-q35.xml", "--host-arch", "x86_64", "--timeout", "9")
STORE = ("--store", "records.db")
CONF = {"full": "[machtype]\nstore = records.db\npin = false\ndefaults = x86_64=pc-q35-6.2; aarch64=virt-6.2\n"
                "host = compute-1\ncell = cell1\n",
        "comments": "# of the operator\n\n[machtype]\n# pin\npin=true\n  defaults=AMD64=q35,arm64=virt\n",
        "odd": "[machtype]\ncolour=red\ndefaults=bad;x86_64=pc\nstore=\n[other]\na=b\n",
        "empty": "", "broken": "[machtype\npin", "wrong": "[machtype]\npin=maybe\n",
        "nova": "[DEFAULT]\ndebug = true\n[libvirt]\nhw_machine_type = x86_64=pc-q35-5.2, aarch64=virt-5.2\n"}
DOMAIN = """<domain type='test'><name>{}</name><uuid>{}</uuid><memory>65536</memory><os><type arch='{}'
 machine='{}'>hvm</type></os><devices><video><model type='vga'/></video></devices></domain>"""
ARCHES = ["x86_64", "i686", "aarch64", "armv7l", "ppc64le", "ppc64", "s390x", "mips", "mipsel", "mips64el",
          "riscv64", "loongarch64", "sparc64", "alpha"]
STATES = ["active", "building", "paused", "suspended", "stopped", "rescued", "resized", "soft-delete",
          "deleted", "error", "shelved", "shelved_offloaded"]


def life():
    """Creates the store life.db."""
    u = uuid_of
    yield ("instance", "add", u(1), "--name", "web", "--host", "h1", "--host-uuid", u(901), "--cell", "c1",
           "--arch", "x86_64", "--state", "stopped", "--machine", "pc-q35-6.2", "-p", "hw_disk_bus=sata",
           "-p", "hw_machine_type=q35", "-p", "os_command_line=a\u00fc b=c\\d")
    yield ("instance", "add", u(2), "--name", "db", "--host", "h2", "--cell", "c1", "--state", "active",
           "--arch", "x86_64", "--machine", "pc")
    yield ("instance", "add", u(3), "--state", "stopped", "--host", "h1")
    yield ("instance", "add", u(4), "--state", "stopped", "--arch", "aarch64", "--machine", "virt-6.2")
    yield ("instance", "add", u(5))
    yield ("update-machine-type", u(1), "pc-q35-7.0")
    yield ("update-machine-type", u(1), "pc-q35-7.2")
    yield ("undo", u(1))
    yield ("update-machine-type", u(2), "pc-i440fx-6.2", "--force")
    yield ("image-property", "set", u(1), "-p", "hw_disk_bus=scsi", "-p", "hw_video_model=virtio")
    yield ("image-property", "set", u(1), "--unset", "os_command_line")
    yield ("instance", "set", u(4), "--host", "h3", "--name", "arm")
    yield ("domain-xml", "--instance", u(6), "--record", "--host-arch", "s390x", "-p", "hw_cdrom_bus=scsi")
    yield ("domain-xml", "--instance", u(6), "--record", "--operation", "rebuild", "--host-arch", "aarch64")
    yield ("resolve", "--instance", u(7), "--record", *HOST, "-p", "hw_machine_type=q35")
    yield ("instance", "add", u(8), "--machine", "pc")
    yield ("instance", "delete", u(8))


def import_lines():
    for number, arch in enumerate(ARCHES, 20):
        yield {"uuid": uuid_of(number), "name": f"g\u00e4st {number}", "host": f"h{number % 3}",
               "cell": f"c{number % 2}", "arch": arch, "state": STATES[number % 12],
               "machine": f"pc-q35-{number % 8}.1", "asked": "q35",
               "source": ["recorded", "image", "config", "builtin", "domain", "import"][number % 6],
               "qemu_version": 7002000 + number, "libvirt_version": 9000000, "recorded_at": 1700000000 + number,
               "seen_at": 1700000100 + number, "properties": {"own": "x", "hw_disk_bus": "virtio"}}
    yield {"uuid": uuid_of(40)}
    yield {"uuid": uuid_of(41), "state": "active", "host": "h1"}


def questions():
    """Without a store: (arguments, standard input, configuration)."""
    for name in ("pc-q35-7.2", "pc-i440fx-rhel7.6.0", "pc-q35-jammy-hpb", "virt", "pc-q35-8.1+pve0", "x y", "nobody"):
        yield ("parse", name), "", None
        yield ("parse", "--json", "--arch", "x86_64", name), "", None
    yield ("parse", "-"), "pc\nq35\npc-q35-2.10\n\nx y\n", None
    yield ("compare", "pc-q35-2.9", "pc-q35-2.10"), "", None
    yield ("compare", "--json", "--arch", "x86_64", "pc", "q35"), "", None
    yield ("compare", "-"), "pc\tpc\npc-q35-7.2\tpc-q35-6.2\nbad\n", None
    for options in ((), ("--json",), ("--force",), ("--state", "active"), ("--pin", *HOST),
                    ("--require-offered", *ALL_HOST), ("--arch", "x86_64", "--json", "--property",
                                                       "hw_disk_bus=ide", "--extra-spec", "hw:pmu=yes")):
        for old, new in (("pc-q35-6.2", "pc-q35-7.2"), ("pc", "q35"), ("pc", "pc-i440fx-7.2")):
            yield ("check-change", *options, old, new), "", None
    yield ("check-change", "-"), "pc\tq35\npc-q35-6.2\tpc-q35-7.2\tactive\tforce\tx86_64\nx\n", None
    yield ("check-change", "-c", "test:///default", "pc", "pc"), "", None
    for command in ("resolve", "domain-xml"):
        yield from guest_questions(command)
    yield ("resolve", "-"), '{"properties":{"hw_machine_type":"q35"},"host_arch":"x86_64"}\n{}\n{"x":1}\n', "empty"
    yield ("resolve", "--explain", *HOST, "-"), '{"extra_specs":{"hw:pmu":"no"},"recorded":"pc-q35-5.2"}\n', None
    yield from device_questions()
    yield from document_questions()


def guest_questions(command):
    for conf in [None, *CONF]:
        if conf != "nova":
            yield (command, "--host-arch", "x86_64", "--json"), "", conf
    explain = ("--explain",) if command == "resolve" else ("--mirror",)
    for options in (("--default", "x86_64=q35"), ("--config", "conf/nova.conf"), ("--recorded", "pc-q35-5.2"),
                    ("--domain-type", "qemu"), ("--pin",), ("--follow",), ("--extra-spec", "hw:watchdog_action=reset"),
                    ("--property", "hw_machine_type=pc-q35-7.0"), ("--property", "hw_disk_bus=nvme"),
                    ("--property", "hw_architecture=aarch64"), ("--property", "hw_architecture=pdp11")):
        yield (command, *ALL_HOST, *explain, *options), "", None
    for arch in ARCHES:
        yield (command, "--host-arch", arch), "", None
    yield (command, "--connect", "test:///default"), "", None


def device_questions():
    yield ("domain-xml", "--host-arch", "x86_64", "--name", "n", "--uuid", uuid_of(1), "--memory", "2048",
           "--vcpus", "2", "--disk", "/d.qcow2,bus=scsi", "--disk", "/e,format=raw", "--cdrom", "/c.iso",
           "--floppy", "/f.img", "--network", "user", "--network", "bridge=br0,mac=52:54:00:00:00:01",
           "--network", "network=default", "--kernel", "/k", "--initrd", "/i", "--cmdline", "a b",
           "--console-log", "/log", "--graphics", "spice", "--rng-device", "/dev/hwrng", "--mirror", "--json"), "", None
    for graphics in ("vnc", "none", "sdl"):
        yield ("domain-xml", "--host-arch", "aarch64", "--graphics", graphics), "", None


def document_questions():
    yield ("host", *ALL_HOST), "", None
    yield ("host", *HOST, "--arch", "x86_64", "--json"), "", None
    yield ("host", "--connect", "test:///default", "--timeout", "30", "--arch", "i686"), "", None
    for name in ("pc.xml", "q35.xml", "odd.xml"):
        yield ("lint", f"inputs/{name}"), "", None
        yield ("lint", "--json", *ALL_HOST, f"inputs/{name}"), "", None
        for options in ((), ("--force",), ("--force", "--json", "--pin", *ALL_HOST), ("--require-offered", *HOST)):
            yield ("convert", "-m", "pc-q35-7.2", *options, f"inputs/{name}"), "", None
            yield ("convert", "--machine", "pc", *options, f"inputs/{name}"), "", None
    yield ("lint", "--connect", "test:///default", "--host-arch", "i686", "inputs/pc.xml"), "", None
    yield ("convert", "--connect", "test:///default", "-m", "pc", "inputs/pc.xml"), "", None


def store_questions():
    """With a store: (name of the store, arguments, standard input, configuration)."""
    u = uuid_of
    for store, count in (("life", range(1, 9)), ("recorded", (51, 52, 53)), ("imported", (20, 25, 33, 40)),
                         ("journal", (1, 2, 3))):
        for number in count:
            yield store, ("history", u(number), *STORE), "", None
            yield store, ("history", "--json", u(number), *STORE), "", None
            yield store, ("get-machine-type", u(number), *STORE), "", None
            yield store, ("get-machine-type", "--json", u(number), *STORE), "", None
        for place in ((), ("--cell", "c1"), ("--host", "h1")):
            yield store, ("export", *place, *STORE), "", None
            yield store, ("list-unset-machine-type", *place, *STORE), "", None
            yield store, ("upgrade-check", *place, *STORE), "", None
            yield store, ("upgrade-check", "--json", *place, *ALL_HOST, *STORE), "", None
        yield store, ("list-unset-machine-type", "--cell-uuid", "c1", *STORE), "", None
        yield store, ("upgrade-check", "--cell-uuid", "c1", *STORE), "", None
        yield store, ("export",), "", "full"
        yield store, ("import", "exports/life.jsonl", *STORE), "", None
        yield store, ("undo", u(count[0]), *STORE), "", None
    yield from change_questions()


def change_questions():
    u = uuid_of
    for options in ((), ("--json",), ("--force",), ("--pin", *HOST), ("--follow", *ALL_HOST), ("--require-offered", *HOST)):
        for new in ("pc-q35-7.2", "pc", "nonsense"):
            yield "life", ("update-machine-type", u(1), new, *options, *STORE), "", None
    yield "life", ("update-machine-type", u(1), *STORE), "", None
    yield "life", ("update-machine-type", u(4), "virt-7.2", "--apply", *STORE), "", None
    yield "recorded", ("update-machine-type", u(51), "pc-q35-7.2", "-c", "test:///default", *STORE), "", None
    yield "life", ("undo", u(2), "--force", *STORE), "", None
    yield "life", ("undo", u(2), "--apply", *STORE), "", None
    yield "life", ("undo", u(3), *ALL_HOST, *STORE), "", None
    yield "recorded", ("undo", u(51), "-c", "test:///default", *STORE), "", None
    yield "life", ("image-property", "show", u(1), "hw_disk_bus", *STORE), "", None
    yield "life", ("image-property", "show", u(1), "hw_machine_type", *STORE), "", None
    yield "life", ("image-property", "set", u(1), "-p", "hw_disk_bus=ide", *STORE), "", None
    yield "life", ("image-property", "set", u(1), "--property", "hw_rng_model=virtio", "--unset", "hw_disk_bus",
                   *ALL_HOST, *STORE), "", None
    yield "recorded", ("image-property", "set", u(51), "-p", "os_type=linux", "-c", "test:///default", *STORE), "", None
    yield "life", ("instance", "add", u(9), "--name", "n", "--host", "h", "--host-uuid", u(902), "--cell", "c",
                   "--arch", "x86_64", "--state", "shut off", "--machine", "pc", "--property", "own=1", *STORE), "", None
    yield "life", ("instance", "set", u(3), "--name", "n", "--host", "h", "--host-uuid", u(902), "--cell", "c",
                   "--arch", "i686", "--state", "running", *STORE), "", None
    yield "life", ("instance", "delete", u(3), *STORE), "", None
    for options in ((), ("--skip-bad",), ("--dry-run",), ("--skip-bad", "--dry-run")):
        yield "life", ("import", *options, "exports/imported.jsonl", *STORE), "", None
        yield None, ("import", *options, "-", *STORE), '{"uuid":"%s","machine":"pc"}\n{"uuid":"x"}\n' % u(70), None
    yield from record_questions()


def record_questions():
    u = uuid_of
    for operation in ("spawn", "hard-reboot", "resize", "revert-resize", "cold-migrate", "live-migrate", "evacuate",
                      "rescue", "unrescue", "shelve", "unshelve", "rebuild"):
        for command in ("resolve", "domain-xml"):
            yield "life", (command, "--instance", u(1), "--operation", operation, "--host-arch", "x86_64",
                           "-p", "hw_video_model=vga", *STORE), "", None
    for command in ("resolve", "domain-xml"):
        yield "life", (command, "--instance", u(1), "--operation", "rebuild", "--record", *ALL_HOST, *STORE), "", None
        yield "life", (command, "--instance", u(60), "--record", "--host-arch", "ppc64le", *STORE), "", None
    for store in (None, "recorded"):
        for options in ((), ("--dry-run",), ("--json",), ("--mirror",), ("--follow",), ("--pin",),
                        ("--cell", "c", "--timeout", "30"), ("--default", "i686=q35"),
                        ("--config", "conf/nova.conf")):
            yield store, ("record", "--connect", "test:///FOLDER/inputs/node.xml", "--host", "h5", *options, *STORE), "", None
    yield None, ("record", "-c", "test:///FOLDER/inputs/node.xml"), "", "full"
    yield "recorded", ("upgrade-check", "--connect", "test:///default", *STORE), "", None


def usage_questions(program):
    yield ("--help",), "", None
    yield ("--version",), "", None
    yield (), "", None
    yield ("frobnicate",), "", None
    for words in ("libvirt get_machine_type", "upgrade check", "update_machine_type", "image_property show"):
        yield (*words.split(), *STORE), "", None
    for words in (("resolve", "--property", "hw_disk_b"), ("resolve", "--property", "hw_disk_bus=vi"), ("ins",),
                  ("instance", "add", "--state", "sh"), ("parse", "--arch", "x86"), ("history", *STORE, "")):
        yield ("complete", "--", *words), "", None
    for command in first_round.list_commands(program):
        yield (*command.split(), "--help"), "", None
        yield (*command.split(), "--frobnicate"), "", None


def write_inputs():
    for folder in ("inputs", "conf", "stores", "exports"):
        os.makedirs(os.path.join(FOLDER, folder))
    data = os.path.dirname(FOLDER)
    for path in ("hosts/x86_64.xml", "hosts/domcaps-q35.xml", "guests/pc.xml", "guests/q35.xml", "convert/odd.xml"):
        shutil.copy(os.path.join(data, path), os.path.join(FOLDER, "inputs"))
    node = "".join(DOMAIN.format(f"d{number}", uuid_of(number), *rest) for number, *rest in
                   ((51, "x86_64", "pc-q35-6.2"), (52, "aarch64", "virt"), (53, "i686", "pc-i440fx-7.0")))
    for name, text in [("inputs/node.xml", f"<node>{node}</node>\n")] + [
            (f"conf/{name}.conf", text) for name, text in CONF.items()]:
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
            file.write(text)


def make_stores(program):
    """Each with its export."""
    lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in import_lines())
    steps = {"life": [(a, "") for a in life()], "imported": [(("import", "-"), lines)],
             "recorded": [(("record", "-c", "test:///FOLDER/inputs/node.xml", "--cell", "c1", "--host", "h5"), "")],
             "journal": [(a, "") for a in life()]}
    for name, commands in steps.items():
        with tempfile.TemporaryDirectory() as work:
            store = os.path.join(work, "records.db")
            first_round.copy_inputs(work)
            holder = None
            for arguments, stdin in commands:
                if name == "journal" and holder is None and os.path.exists(store):
                    # While there is a reader, changes stay in the journal.
                    holder = sqlite3.connect(store)
                    holder.execute("BEGIN")
                    holder.execute("SELECT * FROM record").fetchall()
                answer = run_case(program, work, {"arguments": [*arguments, *STORE], "stdin": stdin})
                assert answer["status"] == 0, (arguments, answer)
            for suffix in ("", "-wal") if holder else ("",):
                with open(store + suffix, "rb") as source:
                    data = gzip.compress(source.read(), mtime=0)
                first_round.write_file(os.path.join(FOLDER, "stores", name + ".db" + suffix + ".gz"), data)
            with open(os.path.join(FOLDER, "exports", name + ".jsonl"), "w", encoding="utf-8") as file:
                subprocess.run([program, "export", "--store", store], stdout=file, check=True)


def without_kept(case, answer):
    """The records that the case has changed; null for deleted ones."""
    before, after = first_round.read_export(case["store"]), answer.get("records")
    if after is not None:
        answer["records"] = {uuid: after.get(uuid) for uuid in {**before, **after}
                             if before.get(uuid) != after.get(uuid)}
    return answer


def main():
    program = os.path.abspath(sys.argv[1])
    os.environ["MACHTYPE_MODULE_DIR"] = find_modules(program)
    write_inputs()
    make_stores(program)
    # From here on, times that are written are not from the stores.
    time.sleep(2)
    first_round.CLOCK = first_round.Clock()
    cases = [{"store": None, "arguments": a, "stdin": s, "conf": c}
             for a, s, c in [*questions(), *usage_questions(program)]]
    cases += [{"store": store, "arguments": a, "stdin": s, "conf": c} for store, a, s, c in store_questions()]
    options = {command: first_round.list_options(program, command) for command in first_round.list_commands(program)}
    lines = [{"options": options}]
    for case in cases:
        with tempfile.TemporaryDirectory() as work:
            answer = first_round.answer_case(program, work, case)
        lines.append({**case, **without_kept(case, answer)})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    first_round.write_file(first_round.CASES, gzip.compress(text.encode(), mtime=0))
    missing = first_round.list_missing(options, cases)
    assert not missing, missing
    print(len(cases), "cases")


main()
