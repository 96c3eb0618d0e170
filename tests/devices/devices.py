#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""devices.py MACHTYPE [--root NAME] [GUEST...]

Generates the guests of guests.tsv with the devices of devices.tsv, has libvirt define and start them,
boots them, and looks for the devices in them. What QEMU is too old for has to be refused.
"""

import csv
import os
import re
import shlex
import shutil
import socket
import sys
import threading
import time
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)
# pylint: disable=wrong-import-position
from initramfs import pack
from libvirts import Foreign, Own, Run, leave_network
from tap import end, skip, tell

SECRET = "6f1d4b5e-0000-4000-8000-00000000005e"
SECRET_XML = f"""<secret ephemeral='yes' private='yes'>
  <uuid>{SECRET}</uuid>
  <usage type='vtpm'><name>devices</name></usage>
</secret>
"""
PORT = 7001


def read_table(name):
    """The rows of a file in this folder."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def version(text):
    return [int(number) for number in text.split(".")]


def fits(row, guest, *more):
    """Whether a device is one for this guest, which has more than its row says."""
    has = [*guest["has"].split(), *more]
    return all(word[1:] not in has if word[0] == "-" else word in has
               for word in row["needs"].split())


class Port(threading.Thread):
    """Reads what a guest's serial console says on TCP."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.text = b""
        self.start()

    def run(self):
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            self.text += data


class Domain:
    """The XML that is put together of several answers of domain-xml."""

    def __init__(self, text):
        self.text = text
        self.root = ET.fromstring(text)
        self.devices = self.root.find("devices")

    def addresses(self):
        return {(address.get("slot"), address.get("function"))
                for address in self.devices.iterfind("*/address[@type='pci']")}

    def indices(self, element):
        return {other.get("index") for other in self.devices.iterfind(element.tag)
                if other.get("type") == element.get("type")}

    def fit(self, element):
        """It gets the next index, and the next function of its slot."""
        while element.get("index") is not None and element.get("index") in self.indices(element):
            element.set("index", str(int(element.get("index")) + 1))
        address = element.find("address[@type='pci']")
        if address is None:
            return
        while (address.get("slot"), address.get("function")) in self.addresses():
            address.attrib.pop("multifunction", None)
            address.set("function", hex(int(address.get("function"), 16) + 1))

    def take(self, other, path):
        """The elements that a path finds in another domain."""
        found = other.devices.findall(path)
        for element in found:
            self.fit(element)
            self.devices.append(element)
        return bool(found)

    def write(self, path):
        ET.ElementTree(self.root).write(path)


class Guest:
    """A row of guests.tsv on a daemon."""

    def __init__(self, program, libvirt, row):
        self.program, self.libvirt, self.row = program, libvirt, row
        self.name = row["guest"]
        self.folder = os.path.join(libvirt.folder, self.name)
        self.log = os.path.join(self.folder, "console")
        self.xml = os.path.join(self.folder, "domain.xml")
        more = ["client"] if libvirt.has_client else []
        rows = [device for device in read_table("devices.tsv")
                if row["has"] and fits(device, row, *more)]
        self.later = [device for device in rows
                      if device["since"] == "-" or version(device["since"]) > libvirt.qemu]
        self.devices = [device for device in rows if device not in self.later]
        self.port = self.client = None

    def has_client(self):
        return any("client" in device["needs"].split() for device in self.devices)

    def path(self, name):
        """Of a file, as the daemon sees it."""
        return self.libvirt.inside(os.path.join(self.folder, name))

    def prepare(self):
        """What the guest starts from."""
        guests = os.environ["MACHTYPE_GUESTS"]
        os.mkdir(self.folder)
        shutil.copy(os.path.join(guests, self.row["arch"], "kernel"), self.folder)
        shutil.copy(os.path.join(guests, "media/disk1.raw"), self.folder)
        with open(os.path.join(guests, self.row["arch"], "initrd.gz"), "rb") as base, \
                open(os.path.join(HERE, "more"), "rb") as more, \
                open(os.path.join(self.folder, "initrd"), "wb") as initrd:
            initrd.write(base.read() + pack("more", more.read()))

    def options(self):
        """Those of a guest with all devices that are not taken from elsewhere."""
        for device in self.devices:
            if not device["take"]:
                yield from shlex.split(device["options"])

    def generate(self, options):
        cmdline = f"console={self.row['console']} boot.then=idle no_timer_check"
        if "isa" in self.row["has"].split():
            cmdline += " more.sb16=1"
        if self.has_client():
            cmdline += " more.redirected=1"
        return Run([self.program, "domain-xml", "--connect", self.libvirt.uri, "--domain-type", "qemu",
                    "-p", "hw_emulation_architecture=" + self.row["arch"],
                    *shlex.split(self.row["options"]), "--name", self.name, "--memory", "768",
                    "--disk", self.path("disk1.raw"), "--network", "user",
                    "--kernel", self.path("kernel"), "--initrd", self.path("initrd"),
                    "--cmdline", cmdline, "--console-log", self.path("console"),
                    *[word.replace("SECRET", SECRET) for word in options]])

    def check_refusals(self):
        """Of what needs a newer QEMU, or another machine."""
        for device in self.later:
            if not device["options"]:
                continue
            run = self.generate(shlex.split(device["options"]))
            asked = re.findall(r"[=\s](\w[\w.-]*)(?==|\s|$)", device["options"])
            tell(run.status == 1 and any(word in run.err for word in asked),
                 f"{self.name}: {device['device']} is refused: {self.libvirt.qemu}", run.out, run.err)

    def assemble(self):
        """The whole domain; None, if it is refused."""
        run = self.generate(self.options())
        tell(run.status == 0, f"{self.name}: it is generated", run.err)
        if run.status != 0:
            return None
        domain = Domain(run.out)
        for device in self.devices:
            if not device["take"]:
                continue
            run = self.generate(shlex.split(device["options"]))
            taken = run.status == 0 and domain.take(Domain(run.out), device["take"])
            tell(taken, f"{self.name}: {device['device']} is generated", run.err)
        domain.write(self.xml)
        return domain

    def start(self):
        lint = Run([self.program, "lint", self.xml, "--connect", self.libvirt.uri])
        tell(lint.status == 0, f"{self.name}: lint finds nothing", lint.out, lint.err)
        defined = self.libvirt.virsh("define", "--validate", self.xml)
        tell(defined.status == 0, f"{self.name}: libvirt defines it", defined.err)
        if defined.status != 0:
            return False
        started = self.libvirt.virsh("start", self.name)
        tell(started.status == 0, f"{self.name}: it starts", started.err)
        return started.status == 0

    def read(self):
        """What the console says so far."""
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait(self):
        """For the end of the guest's report."""
        while "GUEST-END" not in self.read():
            if self.libvirt.virsh("domstate", self.name).out.strip() != "running":
                break
            if self.client and self.client.poll() is not None:
                break
            time.sleep(1)
        text = self.read()
        tell("GUEST-END" in text, f"{self.name}: it boots", text[-3000:])
        return text

    def boot(self):
        """Whether the guest has reported what it sees."""
        if any("--tcp-console" in device["options"] for device in self.devices):
            self.port = Port()
        if self.has_client():
            self.client = self.libvirt.connect_client(self.name, self.path("disk1.raw"))
        text = self.wait()
        facts = re.findall(r"FACT ([^\r\n]*)", text)
        for device in self.devices:
            kind, what = device["see"].split(" ", 1)
            if kind == "fact":
                seen = [fact for fact in facts if re.match(what, fact)]
                tell(seen, f"{self.name}: {device['device']}: the guest sees {what}", *facts)
            else:
                good, detail = getattr(self, "see_" + what)()
                tell(good, f"{self.name}: {device['device']}: {what}", detail)

    def monitor(self, command):
        return self.libvirt.virsh("qemu-monitor-command", self.name, "--hmp", command).out

    def see_starts(self):
        """The guest cannot see it."""
        return True, ""

    def see_iothreads(self):
        out = self.libvirt.virsh("iothreadinfo", self.name).out
        return [line.split()[0] for line in out.strip().split("\n")] == ["1"], out

    def see_statistics(self):
        """QEMU asks the guest again after the period, and the guest answers."""
        period = self.monitor("qom-get /machine/peripheral/balloon0 guest-stats-polling-interval")
        while period.strip() == "10":
            run = self.libvirt.virsh("dommemstat", self.name)
            if run.status != 0 or re.search(r"usable [1-9]", run.out):
                return run.status == 0, run.err
            time.sleep(1)
        return False, period

    def see_translation_cache(self):
        out = self.monitor("info jit")
        size = re.search(r"gen code size +\d+/(\d+)", out)
        return size and 32 << 20 < int(size.group(1)) <= 64 << 20, out

    def see_tcp(self):
        return b"FACT arch" in self.port.text, self.port.text[-1000:]

    def see_redirected(self):
        out = self.monitor("info qtree")
        return out.count("dev: usb-redir") == 2, out

    def see_stateless(self):
        """No file has the variables."""
        xml = ET.fromstring(self.libvirt.virsh("dumpxml", self.name).expect(0).out)
        return xml.find("os/nvram") is None and xml.find("os/loader") is not None, ET.tostring(xml)

    def see_encrypted(self):
        """swtpm has got a key."""
        uuid = self.libvirt.virsh("domuuid", self.name).out.strip()
        commands = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                    commands.append(file.read().split("\0"))
            except OSError:
                continue
        found = [words for words in commands if words[0].endswith("swtpm")
                 and any(uuid in word for word in words)]
        return len(found) == 1 and "--key" in found[0], found

    def end(self):
        if self.client:
            self.client.kill()
            self.client.wait()
        self.libvirt.virsh("destroy", self.name)
        self.libvirt.virsh("undefine", self.name, "--nvram")
        shutil.rmtree(self.folder)

    def check(self):
        self.prepare()
        try:
            self.check_refusals()
            if self.assemble() is not None and self.start():
                self.boot()
        finally:
            self.end()


def add_secret(libvirt):
    path = os.path.join(libvirt.folder, "secret.xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SECRET_XML)
    libvirt.virsh("secret-define", path).expect(0)
    libvirt.virsh("secret-set-value", SECRET, "bGlibWFjaHR5cGU=").expect(0)


def find_root(name):
    root = os.path.join(os.environ.get("MACHTYPE_TEST_CACHE", "/nonexistent"), "emulators", name)
    if not os.path.exists(os.path.join(root, "srv/stamp")):
        skip(f"MACHTYPE_TEST_CACHE has no root {name}")
    return root


def check_requirements():
    if os.getuid() != 0:
        skip("a private libvirtd needs root")
    for name in ("MACHTYPE_GUESTS", "MACHTYPE_LIBVIRT_CACHE"):
        if not os.path.isdir(os.environ.get(name, "")):
            skip(f"{name} names no folder")
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    for tool in ("libvirtd", "virsh", "unshare", "nsenter", "swtpm"):
        if shutil.which(tool, path=path) is None:
            skip(f"{tool} is not installed")


def main():
    program, names, root = sys.argv[1], sys.argv[2:], None
    check_requirements()
    if names[:1] == ["--root"]:
        root, names = find_root(names[1]), names[2:]
    leave_network()
    libvirt = Foreign(root) if root else Own()
    try:
        add_secret(libvirt)
        for row in read_table("guests.tsv"):
            if version(row["since"]) <= libvirt.qemu and (not names or row["guest"] in names):
                Guest(program, libvirt, row).check()
    finally:
        libvirt.stop()
    end()


if __name__ == "__main__":
    main()
