# SPDX-License-Identifier: LGPL-2.1-or-later
"""Private daemons of this machine's libvirt, and of another Debian's in a root."""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TESTS, "real"))
# pylint: disable=wrong-import-position
from virt import Daemon, Run

DESCRIPTORS = "usr/share/qemu/firmware"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def leave_network():
    """Starts this program again where every port is free; stopped, it still stops its daemon."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if os.environ.get("MACHTYPE_OWN_NETWORK"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            request = struct.pack("16sh14x", b"lo", 0)
            flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
        return
    os.environ["MACHTYPE_OWN_NETWORK"] = "1"
    os.execvp("unshare", ["unshare", "--net", "--", sys.executable, *sys.argv])


def describe_firmware(root, folder):
    """The descriptors of a system, and for all UEFI without Secure Boot another one that says that it
    needs no file for its variables: Debian has none."""
    shutil.copytree(os.path.join(root, DESCRIPTORS), folder)
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            firmware = json.load(file)
        flash = firmware["mapping"]
        if "secure-boot" in firmware["features"] or flash["device"] != "flash":
            continue
        flash["mode"] = "stateless"
        del flash["nvram-template"]
        with open(os.path.join(folder, "90-stateless-" + name), "w", encoding="utf-8") as file:
            json.dump(firmware, file)


class Libvirt:
    """A daemon with a folder for the files of guests, which it sees under the name inside."""

    has_client = False  # of SPICE

    def __init__(self):
        self.qemu, self.libvirt = self.versions()

    def virsh(self, *words):
        return Run(["virsh", "-q", "-c", self.uri, *words])

    def versions(self):
        """Of QEMU and of libvirt, as lists of numbers."""
        out = self.virsh("version", "--daemon").expect(0).out
        return [[int(word) for word in re.search(pattern, out).group(1).split(".")]
                for pattern in (r"hypervisor: QEMU (\d+\.\d+)", r"against daemon: (\d+\.\d+)")]

    def inside(self, path):
        """The name by which the daemon knows a file of its folder."""
        return path


class Own(Libvirt):
    """This machine's."""

    def __init__(self):
        # Short: libvirt creates sockets below it.
        self.top = tempfile.mkdtemp(prefix="mt.", dir="/tmp")
        self.folder = os.path.join(self.top, "files")
        os.mkdir(self.folder)
        describe_firmware("/", os.path.join(self.top, "d/firmware"))
        self.daemon = Daemon(os.path.join(self.top, "d"))
        self.uri = self.daemon.uri
        super().__init__()

    def stop(self):
        self.daemon.stop()
        shutil.rmtree(self.top)


class Foreign(Libvirt):
    """That of another Debian, which tests/emulators/root.sh has made. The daemon ends with the
    processes of its namespace, when nothing holds their input any more."""

    has_client = True
    # Without /sys, libvirt starts no guest.
    START = ("mount -t sysfs sysfs /sys && sh /srv/private-libvirtd.sh start /srv/d /srv/warm && cat")

    def __init__(self, root):
        self.root = root
        # Short again: the root's own name may be long.
        self.top = tempfile.mkdtemp(prefix="mt.", dir="/tmp")
        os.symlink(root, os.path.join(self.top, "r"))
        self.lock = os.open(os.path.join(root, "srv/lock"), os.O_CREAT | os.O_RDWR)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.folder = os.path.join(root, "srv/files")
        self.clean()
        os.mkdir(self.folder)
        describe_firmware(root, os.path.join(root, "srv/d/firmware"))
        shutil.copy(os.path.join(TESTS, "real/private-libvirtd.sh"), os.path.join(root, "srv"))
        shutil.copy(os.path.join(HERE, "client.py"), os.path.join(root, "srv"))
        self.process = self.run("sh", "-c", self.START, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline().decode().strip()
        if not line:
            sys.exit(f"FAIL: no libvirtd in {root}")
        self.uri = line.replace("socket=", f"socket={self.top}/r")
        self.virsh("capabilities").expect(0)
        self.keep_answers()
        super().__init__()

    def keep_answers(self):
        """What every emulator answered, for the next time."""
        cache, warm = (os.path.join(self.root, "srv", name) for name in ("d/cache/libvirt", "warm"))
        if not os.path.isdir(warm):
            subprocess.run(["cp", "-Rp", cache, warm], check=True)

    def clean(self):
        for name in ("d", "files"):
            shutil.rmtree(os.path.join(self.root, "srv", name), ignore_errors=True)

    def inside(self, path):
        return path[len(self.root):]

    def run(self, *words, **options):
        return subprocess.Popen(
            ["sh", os.path.join(TESTS, "install/debian-root.sh"), "run", self.root, *words], **options)

    def connect_client(self, name, path):
        """Of SPICE: a process that connects a file as a USB drive of the guest."""
        uri = self.virsh("domdisplay", name).expect(0).out.strip()
        return self.run("python3", "/srv/client.py", uri, path)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.clean()
        os.close(self.lock)
        shutil.rmtree(self.top)
