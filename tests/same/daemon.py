# SPDX-License-Identifier: LGPL-2.1-or-later
"""A live libvirt: guests recorded, changed and undone on a private daemon, by one program after the
other, each on a daemon in the same directory; the resulting definitions in libvirt are compared
as well."""

import os
import re
import shutil
import sys
import tempfile

from clock import Clock
from guests import uuid_of
from judge import Answer, describe
from words import TESTS

sys.path.insert(0, os.path.join(TESTS, "real"))
import virt  # pylint: disable=wrong-import-position

STORE = "daemon.db"
EXTRA = "<sound model='ich9'/><video><model type='vga'/></video>"
# name, architecture, machine, devices
GUESTS = [("plain", "x86_64", "pc-i440fx-6.2", ""), ("modern", "x86_64", "pc-q35-6.2", EXTRA),
          ("old", "x86_64", "pc-i440fx-2.11", ""), ("alias", "x86_64", "q35", ""), ("none", "x86_64", "", ""),
          ("arm", "aarch64", "virt-6.2", ""), ("z", "s390x", "s390-ccw-virtio-6.2", ""),
          ("power", "ppc64le", "pseries-6.2", ""), ("mips", "mips64el", "malta", ""),
          ("risc", "riscv64", "virt", ""), ("thirty-two", "i686", "pc-i440fx-7.0", "")]
UPDATES = ["pc-i440fx-7.2", "pc-q35-7.2", "pc-q35-7.0", "virt-7.2", "q35", "nonsense", "pc-q35-99.0"]


def check_requirements():
    """What is missing; None: nothing."""
    if os.getuid() != 0:
        return "a private libvirtd needs root"
    if not os.path.isdir(os.environ.get("MACHTYPE_LIBVIRT_CACHE", "")):
        return "MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt"
    for tool in ("libvirtd", "virsh", "unshare", "nsenter", "qemu-system-x86_64"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    return None


def host_steps(uri, folder):
    """Commands that only read."""
    for arch in ("x86_64", "aarch64", "s390x", "ppc64le", "mips64el", "riscv64", "i686", "armv7l"):
        yield ("host", "--connect", uri, "--arch", arch)
        yield ("resolve", "--connect", uri, "--explain", "-p", f"hw_architecture={arch}")
        for more in ((), ("-p", "hw_firmware_type=uefi"), ("-p", "hw_disk_bus=ide", "--mirror"),
                     ("-p", "hw_video_model=qxl", "-p", "hw_watchdog_action=reset")):
            yield ("domain-xml", "--connect", uri, "-p", f"hw_architecture={arch}", "--memory", "2048", *more)
    yield ("host", "--connect", uri)
    yield ("host", "--connect", uri, "--json")
    for old, new in (("pc", "pc-i440fx-7.2"), ("q35", "pc-q35-7.2"), ("pc-q35-6.2", "pc-q35-99.0")):
        for options in ((), ("--pin",), ("--require-offered",)):
            yield ("check-change", "--connect", uri, *options, old, new)
    for name in sorted(os.listdir(folder)):
        yield ("lint", "--connect", uri, "--json", os.path.join(folder, name))
        yield ("convert", "--connect", uri, "-m", "q35", "--force", os.path.join(folder, name))


def change_steps(uri):
    """Commands that change records and definitions."""
    connect = ("--connect", uri, "--store", STORE)
    yield ("upgrade-check", *connect)
    for options in (("--dry-run",), ("--json",), (), ("--mirror",), ("--follow", "--cell", "c")):
        yield ("record", *connect, *options)
    yield ("upgrade-check", *connect)
    yield ("upgrade-check", "--json", *connect)
    for number in range(1, len(GUESTS) + 2):
        yield ("get-machine-type", "--json", uuid_of(number), "--store", STORE)
        for new in UPDATES:
            yield ("update-machine-type", uuid_of(number), new, *connect)
        yield ("image-property", "set", uuid_of(number), "-p", "hw_disk_bus=scsi", *connect)
        yield ("update-machine-type", uuid_of(number), UPDATES[number % 4], "--force", *connect)
        yield ("undo", uuid_of(number), *connect)
        yield ("update-machine-type", uuid_of(number), UPDATES[number % 3], "--record-only", "--json", *connect)
        yield ("undo", uuid_of(number), "--record-only", *connect)
        yield ("undo", uuid_of(number), "--force", *connect)
        yield ("resolve", "--instance", uuid_of(number), "--explain", *connect)
        yield ("domain-xml", "--instance", uuid_of(number), "--operation", "hard-reboot", *connect)
        yield ("history", "--json", uuid_of(number), "--store", STORE)
    yield ("export", "--store", STORE)
    yield ("record", *connect)
    yield ("list-unset-machine-type", "--store", STORE)


class Session:
    """A program's daemon, from its start to its end."""

    def __init__(self, program, folder, clock):
        self.program, self.folder, self.clock = program, folder, clock
        self.questions, self.answers = [], []
        self.host_uuid = b""

    def put(self, arguments, answer, question=None):
        """The host's UUID, which libvirtd generates at its start if the machine has none, is not an
        answer of the program."""
        self.questions.append((arguments, question or describe(arguments)))
        answer = self.clock.normalise(answer)
        self.answers.append(answer._replace(out=answer.out.replace(self.host_uuid, b"HOST-UUID"),
                                            err=answer.err.replace(self.host_uuid, b"HOST-UUID")))

    def learn_host(self, daemon):
        capabilities = daemon.virsh("capabilities").expect(0).out
        self.host_uuid = re.search(r"<uuid>([0-9a-f-]{36})</uuid>", capabilities).group(1).encode()

    def ask(self, steps, stdin=b""):
        for arguments in steps:
            self.put(arguments, self.program.ask(arguments, stdin))

    def look(self, daemon, *arguments):
        """What libvirt has."""
        run = daemon.virsh(*arguments)
        words = ("virsh", *arguments)
        self.put(words, Answer(run.status, run.out.encode(), run.err.encode()), " ".join(words))

    def carry_over(self):
        """The export, imported elsewhere."""
        out = self.program.ask(("export", "--store", STORE)).out
        self.ask([("import", "-", "--store", "copy.db"), ("import", "-", "--store", "copy.db")], out)
        self.ask([("export", "--store", "copy.db")])

    def run(self, documents):
        daemon = virt.Daemon(self.folder)
        try:
            self.learn_host(daemon)
            for number, (name, arch, machine, extra) in enumerate(GUESTS, 1):
                daemon.define(virt.domain(name, uuid_of(number), arch, machine, extra))
            self.ask(host_steps(daemon.uri, documents))
            daemon.virsh("start", "--paused", "plain").expect(0)
            self.ask(change_steps(daemon.uri))
            for guest in GUESTS:
                self.look(daemon, "dumpxml", "--inactive", guest[0])
            self.carry_over()
        finally:
            daemon.stop()
            shutil.rmtree(self.folder)


def ask(judge):
    documents = os.path.join(TESTS, "data", "guests")
    clock = Clock()
    sessions = []
    # Short: libvirt creates sockets below it.
    with tempfile.TemporaryDirectory(prefix="mt.", dir="/tmp") as work:
        for program in judge.programs:
            session = Session(program, os.path.join(work, "d"), clock)
            session.run(documents)
            sessions.append(session)
    for (arguments, question), *answers in zip(sessions[0].questions, *(s.answers for s in sessions)):
        judge.judge("daemon", arguments, question, answers)
