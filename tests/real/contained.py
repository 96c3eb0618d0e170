#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""contained.py MACHTYPE: lint reads the documents of libvirt that contain a domain.

A guest is started, paused, and libvirt itself writes its snapshot, its checkpoint and its status. The
guest lacks ACPI, and its definition for the next start has it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import end, skip, tell  # pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = """<domain type='qemu'><name>web</name><uuid>3d8a5c5e-2f1b-4a56-9c55-0a6b2c1d7e90</uuid>
<memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os><features>{}</features>
<devices><disk device='disk'><driver name='qemu' type='raw'/><source file='{}/disk'/>
<target dev='vda' bus='virtio'/></disk></devices></domain>"""
# A pull backup runs until it is aborted; a push backup of so small a disk may end before it is read.
BACKUP = "<domainbackup mode='pull'><server transport='unix' socket='{0}/nbd'/></domainbackup>"
# The guest that runs, and its definition for the next start. The first has both codes, the second
# only that of its age.
RUNS, NEXT = "<apic/>", "<acpi/>"
CODE, AGE = "acpi-missing", "machine-deprecated"

# Root element, and each domain of it: element, name of the document, whether it lacks ACPI, and words
# of the text.
DOCUMENTS = (
    ("domain", (("domain", None, True, "domain.xml:"),)),
    ("domainsnapshot", (("domain", "before & after", True, "(snapshot before & after, active):"),
                        ("inactiveDomain", "before & after", False,
                         "(snapshot before & after, inactive):"))),
    ("domaincheckpoint", (("domain", "first", True, "(checkpoint first):"),)),
    ("domstatus", (("domain", None, True, "(status):"),)),
)


class Virsh:
    """One virsh for all commands: the guest ends with its connection. virsh must not keep output back."""

    def __init__(self, uri):
        self.uri = uri
        self.process = subprocess.Popen(["stdbuf", "-oL", "virsh", "-q", "-c", uri], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """The guest writes into the folder as long as the connection is open."""
        self.process.communicate()

    def __call__(self, command):
        """What the command prints: all until the answer to the next one, the URI."""
        self.process.stdin.write(f"{command}\nuri\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.strip() == self.uri:
                return "".join(line for line in lines if "virsh #" not in line)
            lines.append(line)
        sys.exit(f"virsh ended: {lines}")


def write_documents(virsh, folder):
    """libvirt's own documents, as files named like their root elements."""
    for name, features in ("runs", RUNS), ("next", NEXT):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(DOMAIN.format(features, folder))
    with open(f"{folder}/backup", "w", encoding="utf-8") as file:
        file.write(BACKUP.format(folder))
    with open(f"{folder}/disk", "wb") as file:
        file.truncate(8 << 20)
    steps = (
        (None, f"define {folder}/runs"),
        (None, "start web --paused"),
        ("domain", "dumpxml web"),
        (None, "define {}/next".format(folder)),
        (None, "snapshot-create-as web 'before & after' --disk-only "
               f"--diskspec vda,file={folder}/overlay"),
        ("domainsnapshot", "snapshot-dumpxml web 'before & after'"),
        (None, "snapshot-delete web 'before & after' --metadata"),
        (None, "checkpoint-create-as web first"),
        ("domaincheckpoint", "checkpoint-dumpxml web first"),
        (None, f"backup-begin web {folder}/backup"),
        ("domainbackup", "backup-dumpxml web"),
    )
    for document, command in steps:
        answer = virsh(command)
        if "error:" in answer:
            sys.exit(f"{command}: {answer}")
        if document is not None:
            with open(f"{folder}/{document}.xml", "w", encoding="utf-8") as file:
                file.write(answer[answer.find("<"):])
    shutil.copy(f"{folder}/r/run/qemu/web.xml", f"{folder}/domstatus.xml")
    virsh("destroy web")


def main():
    program = sys.argv[1]
    cache = os.environ.get("MACHTYPE_LIBVIRT_CACHE", "")
    if not os.path.isdir(cache):
        skip("MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt")
    folder = tempfile.mkdtemp(prefix="mt.", dir="/tmp")
    try:
        root = subprocess.run(["sh", f"{HERE}/../boot/embed-root.sh", f"{folder}/r", cache],
                              check=True, capture_output=True, text=True)
        with Virsh(root.stdout.strip()) as virsh:
            write_documents(virsh, folder)
        check(program, folder)
    finally:
        shutil.rmtree(folder)
    end()


def check(program, folder):
    for document, domains in DOCUMENTS:
        path = f"{folder}/{document}.xml"
        text = subprocess.run([program, "lint", path], capture_output=True, text=True, check=False)
        answer = subprocess.run([program, "lint", "--json", path], capture_output=True, text=True,
                                check=False)
        found = [json.loads(line) for line in answer.stdout.splitlines()]
        tell([(a["document"], a["element"], a.get("document_name"),
               any(finding["code"] == CODE for finding in a["findings"])) for a in found] ==
             [(document, element, name, lacks) for element, name, lacks, _ in domains],
             f"{document}: each domain is linted and named", answer)
        tell(all(text.stdout.count(f"{label} error: {CODE}: ") == lacks and
                 text.stdout.count(f"{label} note: {AGE}: ") == 1 for _, _, lacks, label in domains),
             f"{document}: in text, too", text)
        tell(text.returncode == answer.returncode == 1, f"{document}: the exit status", text, answer)
    backup = subprocess.run([program, "lint", f"{folder}/domainbackup.xml"], capture_output=True,
                            text=True, check=False)
    tell(backup.returncode == 2 and "<domainbackup> contains no domain" in backup.stderr,
         "domainbackup: the message says that it contains none", backup)


main()
