# SPDX-License-Identifier: LGPL-2.1-or-later
"""The hosts between which migration.py migrates: each is a libvirtd of its own, with its own UUID and
mounts."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.realpath(os.path.join(HERE, "../.."))
PRIVATE = os.path.join(TOP, "tests/real/private-libvirtd.sh")
LIMIT = 600


def run(*words, **more):
    """What a command says, and whether it worked."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=LIMIT, check=False, text=True, **more)
    return done.returncode == 0, done.stdout.strip()


class Side:
    """This machine's libvirt, with its QEMU, or with that of root, a Debian of the same release. For
    the other QEMU the emulator is a script: it sets QEMU_MODULE_DIR and -L, without which QEMU would
    take this machine's modules and firmware."""

    def __init__(self, folder, name, number, emulators, root=None, deletes=False):
        self.name, self.folder = name, os.path.join(folder, name)
        self.uuid = f"6f1d4b5e-0000-4000-8000-00000000000{number}"
        self.emulators, self.root, self.deletes = emulators, root, deletes
        self.uri = None
        self._types = {}

    def _write_emulator(self, emulator, command):
        path = os.path.join(self.folder, "qemu-system-" + emulator)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + ("export QEMU_DELETE_MACHINES=1\n" if self.deletes else "") +
                       f'{command} "$@"\n')
        os.chmod(path, 0o755)
        return path

    def _make_binds(self):
        """Commands that put the scripts in place of the emulators."""
        library = f"{self.root}/usr/lib/x86_64-linux-gnu"
        binds = ""
        for emulator in self.emulators if self.root else ():
            path = self._write_emulator(
                emulator, f"LD_LIBRARY_PATH={library} QEMU_MODULE_DIR={library}/qemu \\\n"
                f"  exec {self.root}/usr/bin/qemu-system-{emulator} -L {self.root}/usr/share/qemu")
            binds += f"mount --bind {path} /usr/bin/qemu-system-{emulator}\n"
        return binds

    def start(self):
        """Starts it in mounts of its own."""
        os.makedirs(self.folder)
        warm = os.environ.get("MACHTYPE_LIBVIRT_CACHE", "")
        script = f"""set -e
mount --make-rslave /
{self._make_binds()}exec sh {PRIVATE} start {self.folder}/d {warm}"""
        good, said = run("unshare", "--mount", "sh", "-c", script,
                         env=dict(os.environ, HOST_UUID=self.uuid))
        if not good:
            sys.exit(f"{self.name}: {said}")
        self.uri = said.split("\n")[-1]

    def stop(self):
        """Ends it and its guests."""
        run("sh", PRIVATE, "stop", self.folder + "/d")

    def virsh(self, *words):
        """Asks it."""
        return run("virsh", "-q", "-c", self.uri, *words)

    def list_types(self, arch, families):
        """The types of these families that it offers."""
        if arch not in self._types:
            good, said = self.virsh("capabilities")
            found = re.search(rf"<arch name='{arch}'>.*?</arch>", said, re.DOTALL) if good else None
            names = re.findall(r"<machine[^>]*>([^<]*)</machine>", found.group(0)) if found else []
            self._types[arch] = {name for name in names
                                 if re.fullmatch("(" + "|".join(families) + r")-[\d.]+", name)}
        return self._types[arch]


class RootSide(Side):
    """libvirt and QEMU of root, run in it. /tmp is this machine's: the sockets are there."""

    process = None

    def _make_binds(self):
        binds = ""
        for emulator in self.emulators if self.deletes else ():
            path = self._write_emulator(emulator, f"exec {self.folder}/real-{emulator}")
            binds += (f"touch {self.folder}/real-{emulator}\n"
                      f"mount --bind /usr/bin/qemu-system-{emulator} {self.folder}/real-{emulator}\n"
                      f"mount --bind {path} /usr/bin/qemu-system-{emulator}\n")
        return binds

    def start(self):
        """Starts it; it ends when its input ends."""
        os.makedirs(self.folder)
        # This shell is the first process there: libvirt waits for ended emulators until it has reaped
        # them, which it does while it waits itself.
        script = f"""set -e
exec 3<&0
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
hostname {self.name}
{self._make_binds()}private=/srv/source/tests/real/private-libvirtd.sh
HOST_UUID={self.uuid} sh $private start {self.folder}/d
cat <&3 >/dev/null &
wait $!
sh $private stop {self.folder}/d"""
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            ["sh", os.path.join(TOP, "tests/install/debian-root.sh"), "run", self.root, "--bind", "/tmp",
             "/tmp", "--show", TOP, "/srv/source", "sh", "-c", script],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.uri = self.process.stdout.readline().strip()
        if not self.uri:
            sys.exit(f"{self.name}: it does not start")

    def stop(self):
        """Ends it and its guests."""
        if self.process is not None:
            self.process.communicate()
