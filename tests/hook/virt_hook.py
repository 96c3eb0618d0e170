# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shared by the tests of the hook on private daemons: daemons that have it, and what QEMU says."""

import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "real"))
from virt import Daemon, Run, World, domain, require, uuid_of  # noqa: E402,F401  pylint: disable=unused-import,wrong-import-position


class HookDaemon(Daemon):
    """A libvirtd whose hook is there from its first start; its spool and store are below its path."""

    def __init__(self, path, hook, host_uuid):
        self.host_uuid = host_uuid
        self.hooks = os.path.join(path, "etc", "hooks", "qemu.d")
        self.conf = os.path.join(path, "etc", "machtype-hook.conf")
        self.state = os.path.join(path, "lib", "machtype")
        self.spool = os.path.join(self.state, "spool")
        self.store = os.path.join(self.state, "records.db")
        os.makedirs(self.hooks)
        # As the Debian package has it: elsewhere, and a link to it.
        shutil.copy(hook, os.path.join(path, "hook"))
        os.symlink(os.path.join(path, "hook"), os.path.join(self.hooks, "50-machtype"))
        super().__init__(path)

    def start(self):
        os.environ["HOST_UUID"] = self.host_uuid
        super().start()

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

    def hook_daemon(self, name, number=1):
        daemon = HookDaemon(os.path.join(self.dir, name), self.hook, uuid_of(900 + number))
        self.daemons.append(daemon)
        return daemon

    def take(self, daemon, *words):
        """What "record --spool" says of each file, in JSON."""
        run = Run([self.program, "record", "--spool", daemon.spool, "--store", daemon.store, "--json", *words], env=self.env)
        return run, [line for line in map(json.loads, run.out.splitlines()) if "file" in line]

    def recorded(self, daemon):
        run = Run([self.program, "export", "--store", daemon.store], env=self.env).expect(0)
        return {line["name"]: line for line in map(json.loads, run.out.splitlines()) if "uuid" in line}
