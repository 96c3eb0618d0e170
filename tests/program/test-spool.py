#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-spool.py MACHTYPE: "machtype record --spool" takes what waits in a spool into the store.

Spools as libvirt's hook and other writers make them (doc/spool.md), damaged and hostile ones.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

MACHTYPE = sys.argv[1]
WORK = tempfile.mkdtemp()
SPOOL = os.path.join(WORK, "spool")
STORE = os.path.join(WORK, "records.db")
XML = ("<domain type='qemu'><name>{}</name><uuid>{}</uuid><memory>65536</memory>"
       "<os><type arch='x86_64' machine='{}'>hvm</type></os></domain>\n")


def uuid_of(number):
    return f"00000000-0000-0000-0000-{number:012x}"


def reset():
    shutil.rmtree(WORK)
    os.makedirs(SPOOL, 0o700)


def put(name, text):
    path = os.path.join(SPOOL, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def start(number, machine, seconds, operation="prepare", name="web"):
    put(f"{seconds}.000000000-7.{operation}.xml", XML.format(name, uuid_of(number), machine))


def run(*words):
    done = subprocess.run([MACHTYPE, *words, "--store", STORE], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def take(*words, spool=SPOOL):
    """Status, the objects of files, the object of the spool, messages."""
    status, out, err = run("record", "--spool", spool, "--host", "here", "--json", *words)
    lines = [json.loads(line) for line in out.splitlines()]
    files = [line for line in lines if "counts" not in line and ("file" in line or "uri" in line)]
    return status, files, [line for line in lines if "counts" in line], err


def recorded():
    lines = map(json.loads, run("export")[1].splitlines())
    return {line["uuid"]: line for line in lines if "uuid" in line}


def history(number):
    return [line for line in run("history", uuid_of(number), "--json")[1].splitlines() if line]


def left():
    return sorted(name for name in os.listdir(SPOOL) if name not in ("damaged", "started"))


def aside():
    folder = os.path.join(SPOOL, "damaged")
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def check_taken():
    reset()
    start(1, "pc-q35-7.2", 1000000000)
    start(2, "pc-i440fx-6.2", 1000000001, "restore")
    put("1000000002.5-8.json", json.dumps({"format": 1, "uuid": uuid_of(3), "name": "db", "arch": "s390x",
                                          "machine": "s390-ccw-virtio-7.2", "source": "domain"}))
    status, files, counts, err = take()
    tap.tell(status == 0 and [(file["outcome"], file["machine"], file["host"]["name"] if "host" in file and
                               isinstance(file["host"], dict) else file.get("host")) for file in files][:2] ==
             [("recorded", "pc-q35-7.2", "here"), ("recorded", "pc-i440fx-6.2", "here")] and len(files) == 3 and
             counts[0]["counts"]["recorded"] == 3, "three starts are recorded", status, files, counts, err)
    records = recorded()
    tap.tell(not left() and not aside() and records[uuid_of(1)]["state"] == "active" and
             records[uuid_of(1)]["seen_at"].startswith("2001-09-09T01:46:40") and
             records[uuid_of(3)]["machine"] == "s390-ccw-virtio-7.2", "and removed from the spool", records, left())
    started = os.path.join(SPOOL, "started", uuid_of(1))
    tap.tell(os.stat(started).st_mtime == 1000000000 and os.path.getsize(started) == 0, "the start is marked")
    start(1, "pc-q35-7.2", 900000000)
    take()
    tap.tell(not left() and os.stat(started).st_mtime == 1000000000, "an older start does not mark an earlier one")
    start(1, "pc-q35-7.2", 1000000009)
    take()
    tap.tell(os.stat(started).st_mtime == 1000000009, "a newer one does")
    tap.tell(take()[:2] == (0, []), "nothing is left")
    status, out, err = run("record", "--spool", SPOOL)
    tap.tell((status, out) == (0, "") and f"{SPOOL}: 0 starts" in err, "for a person", status, out, err)


def check_order():
    """The first start decides, whatever the names' order in the folder."""
    reset()
    start(1, "pc-q35-7.2", 1000000010)
    start(1, "pc-q35-6.2", 999999999)
    start(1, "pc-q35-6.2", 2000000000, "reconnect")
    status, files, _, err = take()
    tap.tell(status == 1 and [(file["outcome"], file["machine"]) for file in files] ==
             [("recorded", "pc-q35-6.2"), ("differs", "pc-q35-6.2"), ("unchanged", "pc-q35-6.2")] and
             "runs with pc-q35-7.2, but pc-q35-6.2 is recorded" in err and len(history(1)) == 1,
             "the first one decides, a later one differs", status, files, err, history(1))
    for early, late in (("999999999.5-5", "1000000000.4-4"), ("1000000000.9-5", "1000000000.10-4"),
                        ("1000000000.5-9", "1000000000.5-10")):
        reset()
        put(early + ".prepare.xml", XML.format("web", uuid_of(1), "pc-q35-6.2"))
        put(late + ".prepare.xml", XML.format("web", uuid_of(1), "pc-q35-7.2"))
        status, files, _, _ = take()
        tap.tell(status == 1 and [file["machine"] for file in files] == ["pc-q35-6.2"] * 2, f"{early} before {late}", files)
    reset()
    for number in range(300):
        start(number, "pc-q35-7.2", 1000000000 + number)
    status, files, counts, err = take()
    tap.tell(status == 0 and [file["uuid"] for file in files] == [uuid_of(number) for number in range(300)] and
             counts[0]["domains"] == 300 and not left(), "more than one transaction", status, counts, err)


def check_again():
    """As after an interruption between the store and the spool."""
    reset()
    start(1, "pc-q35-7.2", 1000000000)
    take()
    before = recorded()
    start(1, "pc-q35-7.2", 1000000000)
    status, files, _, err = take()
    tap.tell(status == 0 and files[0]["outcome"] == "unchanged" and recorded() == before and len(history(1)) == 1,
             "taken again: once in the store", status, files, err)
    run("instance", "set", uuid_of(1), "--host", "there", "--state", "stopped")
    start(1, "pc-q35-7.2", 1000000000 - 5)
    status, files, _, err = take()
    now = recorded()[uuid_of(1)]
    tap.tell(status == 0 and files[0]["outcome"] == "unchanged" and now["state"] == "stopped" and
             now["seen_at"] == before[uuid_of(1)]["seen_at"],
             "what the store has seen later stays", status, files, now, err)
    start(1, "pc-q35-6.2", 1000000000 - 5)
    status, files, _, _ = take()
    tap.tell(status == 1 and files[0]["outcome"] == "differs" and recorded()[uuid_of(1)] == now,
             "but a difference is reported", status, files)


def put_record(number, machine, seconds):
    put(f"{seconds}.5-8.json", json.dumps({"format": 1, "uuid": uuid_of(number), "name": "db", "arch": "x86_64",
                                          "machine": machine, "source": "domain"}))


def check_kept():
    """What a start does not say, or says too late."""
    reset()
    given = {"format": 2, "uuid": uuid_of(1), "arch": "x86_64", "machine": "pc-q35-7.2", "source": "domain",
             "transient": True, "seen_at": "2001-09-09T01:46:40Z"}
    subprocess.run([MACHTYPE, "import", "-", "--store", STORE], input=json.dumps(given), text=True, check=True,
                   capture_output=True)
    start(1, "pc-q35-7.2", 1000000000 - 5)
    before = recorded()
    status, files, _, err = take("--dry-run")
    tap.tell(status == 0 and len(files) == 1 and recorded() == before and "name" not in before[uuid_of(1)],
             "an old start, dry run", status, files, err)
    take()
    start(1, "pc-q35-7.2", 1000000000 + 5)
    status, files, _, err = take()
    now = recorded()[uuid_of(1)]
    tap.tell(status == 0 and now["transient"] and now["name"] == "web", "a transient guest stays one", now, err)
    put_record(1, "pc-q35-6.2", 1000000010)
    status, files, _, err = take()
    tap.tell(status == 1 and files[0]["outcome"] == "differs" and "had pc-q35-6.2, but pc-q35-7.2 is recorded" in err and
             recorded()[uuid_of(1)]["machine"] == "pc-q35-7.2", "a record that differs", status, files, err)


def check_started_link():
    """A mark is a file of the spool, wherever a link leads."""
    reset()
    start(1, "pc-q35-7.2", 1000000000)
    target = os.path.join(WORK, "target")
    os.mkdir(os.path.join(SPOOL, "started"))
    with open(target, "w", encoding="utf-8"):
        pass
    os.symlink(target, os.path.join(SPOOL, "started", uuid_of(1)))
    before = os.stat(target).st_mtime_ns
    status, files, _, err = take()
    tap.tell(status == 0 and len(files) == 1 and os.stat(target).st_mtime_ns == before, "a link in place of a mark", err)


def check_dry_run():
    reset()
    start(1, "pc-q35-7.2", 1000000000)
    put("1000000001.000000000-7.prepare.xml", "<domain>")
    names = os.listdir(SPOOL)
    status, files, _, err = take("--dry-run")
    tap.tell(status == 1 and files[0]["outcome"] == "recorded" and files[0]["dry_run"] and
             not os.path.exists(STORE) and os.listdir(SPOOL) == names, "a dry run", status, files, err)


def check_damaged():
    reset()
    good = XML.format("good", uuid_of(9), "pc-q35-7.2")
    cases = {
        "1.0-1.prepare.xml": b"",
        "2.0-1.prepare.xml": good[:-20],
        "3.0-1.prepare.xml": b"\0" * 4096,
        "4.0-1.prepare.xml": "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + good.replace("good", "&x;"),
        "5.0-1.prepare.xml": good.replace(uuid_of(9), "no-uuid"),
        "6.0-1.prepare.xml": "<domain type='qemu'><name>a</name></domain>",
        "7.0-1.prepare.xml": good.replace(" machine='pc-q35-7.2'", ""),
        "8.0-1.prepare.xml": good.replace("pc-q35-7.2", "a b"),
        "9.0-1.prepare.xml": b"<a>" * (1 << 20),
        "10.0-1.prepare.xml": b" " * ((8 << 20) + 1),
        "11.0-1.json": "[]",
        "12.0-1.json": '{"format": 1}',
        "13.0-1.json": "",
        "name.xml": good,
        "1.0.xml": good,
        "14.0-1..xml": good,
        "15.0-1.prepare.xml.gz": good,
        "99999999999999999999.0-1.prepare.xml": good,
        "\x1b[2J\n": good,
    }
    for name, text in cases.items():
        put(name, text)
    elsewhere = os.path.join(WORK, "elsewhere.xml")
    with open(elsewhere, "w", encoding="utf-8") as file:
        file.write(good.replace(uuid_of(9), uuid_of(8)))
    os.symlink(elsewhere, os.path.join(SPOOL, "16.0-1.prepare.xml"))
    os.mkfifo(os.path.join(SPOOL, "17.0-1.prepare.xml"))
    os.mkdir(os.path.join(SPOOL, "18.0-1.prepare.xml"))
    start(1, "pc-q35-7.2", 1000000000)
    status, files, counts, err = take()
    bad = {file["file"]: file for file in files if "error" in file}
    tap.tell(status == 1 and len(files) == len(cases) + 4 and len(bad) == len(cases) + 3 and
             counts[0]["counts"]["failed"] == len(bad) and all(file["message"] for file in bad.values()),
             "each damaged file is reported", status, len(files), sorted(bad), err)
    tap.tell("larger than 8388608 bytes" in bad.get("10.0-1.prepare.xml", {}).get("message", "") and
             all("empty" in bad.get(name, {}).get("message", "") for name in ("1.0-1.prepare.xml", "13.0-1.json")),
             "with what is wrong", bad)
    tap.tell(aside() == sorted(bad) and not left(), "and put aside", aside(), left())
    tap.tell(list(recorded()) == [uuid_of(1)], "the others are recorded", recorded())
    tap.tell("\x1b" not in err and "root:" not in err, "nothing of them reaches a terminal, or is read", err)
    with open(os.path.join(SPOOL, "damaged", "2.0-1.prepare.xml"), encoding="utf-8") as file:
        tap.tell(file.read() == good[:-20], "as it was")
    status, files, _, err = take()
    tap.tell((status, files) == (0, []), "and reported once", status, files, err)


def check_hidden():
    """Of a writer that was killed, after an hour."""
    reset()
    old, new = put(".1.0-1.prepare.xml", "<dom"), put(".2.0-1.prepare.xml", "<dom")
    os.utime(old, (1, 1))
    status, files, _, err = take()
    tap.tell((status, files) == (0, []) and not os.path.exists(old) and os.path.exists(new),
             "what is being written", status, files, err)


def check_directory():
    reset()
    status, _, _, err = take(spool=SPOOL + "/none")
    tap.tell(status == 3 and "there is no spool" in err or status == 1, "no spool", status, err)
    os.chmod(SPOOL, 0o777)
    start(1, "pc-q35-7.2", 1000000000)
    status, files, _, err = take()
    tap.tell(status != 0 and not files and "can be written by others" in err and left() != [], "a spool of all",
             status, files, err)
    os.chmod(SPOOL, 0o700)
    if os.geteuid() == 0:
        os.chown(SPOOL, 12345, 0)
        status, files, _, err = take()
        tap.tell(status != 0 and not files and "user 12345" in err and left() != [], "a spool of another user", status,
                 files, err)
        os.chown(SPOOL, 0, 0)
    status, _, err = run("record", "--spool", SPOOL, "another")
    tap.tell(status == 2 and "names of domains" in err, "two directories", status, err)
    status, _, err = run("record", "--spool", SPOOL, "--accept")
    tap.tell(status == 2 and "--accept" in err, "--accept", status, err)
    status, _, err = run("record", "--configured", "--connect", "test:///default")
    tap.tell(status == 2 and "--configured" in err, "--configured", status, err)


def check_store():
    """Without a store that can be written, everything stays."""
    reset()
    start(1, "pc-q35-7.2", 1000000000)
    with open(STORE, "wb") as file:
        file.write(b"not a database" * 100)
    status, files, _, err = take()
    tap.tell(status == 3 and not files and len(left()) == 1, "no store", status, files, err)
    os.unlink(STORE)
    status, files, _, err = take()
    tap.tell(status == 0 and len(files) == 1 and not left(), "later", status, files, err)


def interrupt_change(number, machine):
    """Of the record, as a command leaves it that was killed between the record and the definition."""
    with sqlite3.connect(STORE) as store:
        def text(value):
            store.execute("INSERT OR IGNORE INTO text (text) VALUES (?)", (value,))
            return store.execute("SELECT id FROM text WHERE text = ?", (value,)).fetchone()[0]

        store.execute("INSERT INTO intention (uuid, revision, token, started_at, action, forced, undoes, host_name, uri, "
                      "definition, machine, source, arch) SELECT uuid, revision, 7, 1, 1, 0, 0, ?, ?, ?, ?, source, arch "
                      "FROM record WHERE uuid = ?", (text("here"), text("test:///default"), text("pc-q35-6.2"),
                                                     text(machine), bytes.fromhex(uuid_of(number).replace("-", ""))))


def check_pending():
    """Whether it differs is not known before the change is settled."""
    for machine in ("pc-q35-6.2", "pc-q35-7.2"):
        reset()
        run("instance", "add", uuid_of(1), "--machine", "pc-q35-6.2", "--arch", "x86_64", "--name", "web")
        interrupt_change(1, "pc-q35-7.2")
        start(1, machine, 1000000000)
        start(2, "pc-q35-7.2", 1000000001)
        before = recorded()[uuid_of(1)]
        status, files, _, err = take()
        tap.tell(status == 1 and [file.get("outcome") for file in files] == [None, "recorded"] and "pending" in err and
                 len(left()) == 1 and not aside() and recorded()[uuid_of(1)] == before,
                 f"a pending change: {machine} stays", status, files, left(), err)
        with sqlite3.connect(STORE) as store:
            store.execute("DELETE FROM intention")
        status, files, _, err = take()
        tap.tell(len(files) == 1 and files[0]["outcome"] == ("filled" if machine == "pc-q35-6.2" else "differs") and
                 not left(), f"and then {machine} is taken", status, files, err)


def check_module():
    """What cannot be read here and now says nothing about the file."""
    reset()
    put_record(3, "pc-q35-7.2", 1000000002)
    # The one for the store is there.
    os.symlink(os.path.join(os.environ["MACHTYPE_MODULE_DIR"], "libmachtype-sqlite.so"),
               os.path.join(WORK, "libmachtype-sqlite.so"))
    done = subprocess.run([MACHTYPE, "record", "--spool", SPOOL, "--store", STORE], capture_output=True, text=True,
                          check=False, env={**os.environ, "MACHTYPE_MODULE_DIR": WORK})
    tap.tell(done.returncode != 0 and "json module" in done.stderr and len(left()) == 1 and not aside(), "without its module",
             done, left(), aside())
    status, files, _, err = take()
    tap.tell(status == 0 and len(files) == 1 and not left(), "with it", status, files, err)


def check_connection():
    """The spool first, then the host."""
    reset()
    start(1, "pc-q35-7.2", 1000000000)
    status, files, counts, err = take("--connect", "test:///default")
    tap.tell([file.get("file", file.get("uri")) for file in files] ==
             ["1000000000.000000000-7.prepare.xml", "test:///default"] and len(counts) == 2, "spool and host",
             status, files, counts, err)


check_taken()
check_order()
check_again()
check_kept()
check_started_link()
check_dry_run()
check_damaged()
check_hidden()
check_directory()
check_store()
check_pending()
check_module()
check_connection()
shutil.rmtree(WORK)
tap.end()
