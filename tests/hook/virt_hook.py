# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shared by the tests of the hook on private daemons: daemons that have it, and what QEMU says."""

import json
import os
import shutil
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "real"))
from virt import Daemon, Run, World, domain, require, uuid_of  # noqa: E402,F401  pylint: disable=unused-import,wrong-import-position


class HookDaemon(Daemon):
    """A libvirtd whose hook is there from its first start; its spool and store are below its path."""

    def __init__(self, path, hook, host_uuid, *, program, has_hook=True):
        self.host_uuid = host_uuid
        self.program = os.path.abspath(program)
        self.hooks = os.path.join(path, "etc", "hooks", "qemu.d")
        self.conf = os.path.join(path, "etc", "machtype-hook.conf")
        self.state = os.path.join(path, "lib", "machtype")
        self.spool = os.path.join(self.state, "spool")
        self.store = os.path.join(self.state, "records.db")
        os.makedirs(self.hooks)
        self.set_program(path=path)
        if has_hook:
            self.install(hook, path)
        super().__init__(path)

    def set_program(self, path=None, **env):
        """What the hook asks: the program, which is not installed, with these variables. libvirt's do not have the
        folder of the modules."""
        env = {"MACHTYPE_MODULE_DIR": os.environ["MACHTYPE_MODULE_DIR"], **env}
        place = os.path.join(path or self.path, "etc", "machtype")
        with open(place, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n")
            file.writelines(f"export {name}='{value}'\n" for name, value in env.items())
            file.write(f'exec \'{self.program}\' "$@"\n')
        os.chmod(place, 0o755)

    def install(self, hook, path=None):
        """As the Debian package has it: elsewhere, and a link to it."""
        there = os.path.join(path or self.path, "hook")
        shutil.copy(hook, there)
        os.symlink(there, os.path.join(self.hooks, "50-machtype"))

    def start(self):
        os.environ["HOST_UUID"] = self.host_uuid
        super().start()

    def pid(self):
        with open(os.path.join(self.path, "run", "libvirtd.pid"), encoding="ascii") as file:
            return int(file.read())

    def inside(self, *command, member=None):
        """Where libvirtd sees its files; member: a process of it, if it does not run itself."""
        return Run(["nsenter", "--mount", "--target", str(member or self.pid()), *command])

    def reload(self):
        os.kill(self.pid(), signal.SIGHUP)

    def restart(self, guest):
        """The daemon alone. The guest runs on, and with it the namespace."""
        with open(os.path.join(self.path, "run", "libvirt", "qemu", guest + ".pid"), encoding="ascii") as file:
            member = int(file.read())
        pid = self.pid()
        os.kill(pid, signal.SIGTERM)
        while os.path.exists(f"/proc/{pid}"):
            time.sleep(0.05)
        self.inside("env", "-i", "PATH=" + os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL=C",
                    f"LIBVIRT_DRIVER_DIR={self.path}/drivers", "libvirtd", "--daemon", "--config",
                    "/etc/libvirt/libvirtd.conf", "--pid-file", "/run/libvirtd.pid", member=member).expect(0)
        # It finds its guests in threads, each of which has the guest until then.
        for name in self.virsh("list", "--name").expect(0).out.split():
            self.virsh("domstate", name).expect(0)

    def qmp(self, name, command, **arguments):
        text = json.dumps({"execute": command, "arguments": arguments})
        return json.loads(self.virsh("qemu-monitor-command", name, text).expect(0).out)["return"]

    def running_machine(self, name):
        """What QEMU was started with, by its own word."""
        return self.qmp(name, "qom-get", path="/machine", property="type").removesuffix("-machine")

    def spooled(self):
        if not os.path.isdir(self.spool):
            return []
        return sorted(entry for entry in os.listdir(self.spool) if entry.endswith(".xml"))


class HookWorld(World):
    def __init__(self, program, hook):
        super().__init__(program)
        self.hook = hook
        os.chmod(self.dir, 0o755)

    def hook_daemon(self, name, number=1, **more):
        daemon = HookDaemon(os.path.join(self.dir, name), self.hook, uuid_of(900 + number), program=self.program,
                            **more)
        self.daemons.append(daemon)
        return daemon

    def take(self, daemon, *words):
        """What "record --spool" says of each file, in JSON."""
        run = Run([self.program, "record", "--spool", daemon.spool, "--store", daemon.store, "--json", *words], env=self.env)
        return run, [line for line in map(json.loads, run.out.splitlines()) if "file" in line]

    def recorded(self, daemon):
        run = Run([self.program, "export", "--store", daemon.store], env=self.env).expect(0)
        return {line["name"]: line for line in map(json.loads, run.out.splitlines()) if "uuid" in line}
