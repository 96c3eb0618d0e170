#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-enforce.py MACHTYPE: which guests "machtype enforce" refuses, as libvirt's hook asks it.

Only a status of 1 refuses; tests/hook/enforce.py has the hook and libvirt around it.
"""

import hashlib
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
STORE = os.path.join(WORK, "records.db")
UUID = "00000000-0000-0000-0000-00000000000{}"
XML = ("<domain type='qemu'><name>web</name><uuid>{}</uuid><memory>65536</memory>"
       "<os><type arch='x86_64' machine='{}'>hvm</type></os>{}</domain>\n")
SAME = XML.format(UUID.format(1), "pc-q35-7.2", "")
LARGE = "<description>" + "x" * (4 << 20) + "</description>"

# what, the XML of the guest, the exit status, a part of the message
GUESTS = (
    ("the recorded type", SAME, 0, ""),
    ("another one", SAME.replace("7.2", "6.2"), 1, "guest web would start with pc-q35-6.2, but pc-q35-7.2 is recorded for it"),
    ("another one, 4 MiB", XML.format(UUID.format(1), "pc-q35-6.2", LARGE), 1, "pc-q35-7.2 is recorded"),
    ("no record", XML.format(UUID.format(9), "pc-q35-6.2", ""), 0, ""),
    ("a record without a type", XML.format(UUID.format(3), "pc-q35-6.2", ""), 0, ""),
    ("a removed type, as recorded", XML.format(UUID.format(2), "pc-q35-2.4", ""), 0, ""),
    ("no UUID", "<domain type='qemu'><name>web</name></domain>", 2, "the domain has no UUID"),
    ("no XML", "web\n", 2, ""),
    ("nothing", "", 2, ""),
    ("half of it", SAME[:-20], 2, ""),
    ("an invalid UUID", SAME.replace(UUID.format(1), "web"), 2, ""),
    ("more than 8 MiB", SAME + " " * (8 << 20), 2, "larger than 8388608 bytes"),
)


def run(*words, xml=None, store=STORE):
    done = subprocess.run([MACHTYPE, *words, "--store", store], input=xml, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def digest():
    with open(STORE, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def check_guests():
    for number, machine in ((1, "pc-q35-7.2"), (2, "pc-q35-2.4"), (3, None)):
        words = ["--machine", machine] if machine else []
        assert run("instance", "add", UUID.format(number), "--arch", "x86_64", *words)[0] == 0
    before = digest()
    for what, xml, status, told in GUESTS:
        got, out, err = run("enforce", "web", xml=xml)
        tap.tell(got == status and not out and told in err and bool(err) == (status != 0), what, got, out, err)
    tap.tell(digest() == before, "the store is as it was")


def check_stores():
    """What cannot be read refuses nothing, and is not made."""
    none = os.path.join(WORK, "none.db")
    garbage = os.path.join(WORK, "garbage.db")
    with open(garbage, "wb") as file:
        file.write(b"no database" * 1000)
    newer = os.path.join(WORK, "newer.db")
    shutil.copy(STORE, newer)
    with sqlite3.connect(newer) as store:
        store.execute("PRAGMA user_version = 9999")
    for what, store in (("no store", none), ("garbage", garbage), ("a newer store", newer), ("a folder", WORK), ("no folder", none + "/x.db"),
                        ("no server", f"postgresql:host={WORK}")):
        got, out, err = run("enforce", "web", xml=SAME.replace("7.2", "6.2"), store=store)
        tap.tell(got == 3 and not out and err and not os.path.exists(none), what, got, out, err)
    got, out, err = run("enforce", xml=SAME)
    tap.tell(got == 2 and not out and err, "no guest is named", got, out, err)


check_guests()
check_stores()
shutil.rmtree(WORK)
tap.end()
