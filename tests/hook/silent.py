#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""silent.py MACHTYPE HOOK: the audit says of which guests the hook was not told, and of no others.

On a private libvirtd that was started before the hook was installed, and so does not call it until it
is reloaded; and which, once it is restarted, calls it for the guests that run.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from virt_hook import HookWorld, domain, require, uuid_of  # noqa: E402  pylint: disable=wrong-import-position


class Silence:
    def __init__(self, world):
        self.world = world
        self.daemon = world.hook_daemon("a", has_hook=False)
        os.makedirs(self.daemon.state, 0o700)
        self.count = 0

    def start(self, name):
        self.count += 1
        self.daemon.define(domain(name, uuid_of(self.count), "x86_64", "pc-q35-7.2"))
        self.daemon.virsh("start", "--paused", name).expect(0)

    def audit(self, *words):
        """Those that it names; where the daemon's machine has its files."""
        run = self.daemon.inside(self.world.program, *words, "--connect", self.daemon.uri, "--store", self.daemon.store,
                                 "--json")
        assert run.status in (0, 1), (run.status, run.err)
        found = {}
        for guest in map(json.loads, run.out.splitlines()):
            for finding in guest["findings"]:
                if finding["code"] == "hook-silent":
                    assert run.status == (1 if words[0] == "audit" else 0) and finding["severity"] == "warning", run
                    found[guest["name"]] = finding["remedy"]
        return found

    def expect(self, what, *names):
        found = self.audit("audit")
        assert sorted(found) == sorted(names), (what, found)
        assert sorted(self.audit("list")) == sorted(names), what
        assert all("systemctl restart libvirtd" in remedy for remedy in found.values()), found
        print(f"{what}: {', '.join(names) or 'none'}")

    def take(self):
        run, files = self.world.take(self.daemon)
        assert run.status == 0 and not self.daemon.spooled(), (run.out, run.err)
        return [file["name"] for file in files]

    def check(self):
        self.start("before")
        self.expect("no hook")
        self.daemon.install(self.world.hook)
        self.expect("a guest that runs already")
        self.start("unseen")
        assert not self.daemon.spooled(), self.daemon.spooled()
        self.expect("libvirt was not reloaded", "unseen")
        self.daemon.reload()
        self.start("seen")
        self.expect("reloaded: one waits in the spool", "unseen")
        assert self.take() == ["seen"]
        self.expect("and is taken", "unseen")
        self.daemon.virsh("destroy", "seen").expect(0)
        self.expect("and has ended", "unseen")

    def check_restart(self):
        """libvirt says which guests run."""
        self.daemon.restart("unseen")
        kept = self.daemon.spooled()
        assert len(kept) == 2 and all(".reconnect." in name for name in kept), kept
        self.expect("restarted")
        assert sorted(self.take()) == ["before", "unseen"]
        self.expect("and taken")
        records = self.world.recorded(self.daemon)
        assert sorted(records) == ["before", "seen", "unseen"], records
        for name in ("before", "unseen"):
            assert records[name]["machine"] == self.daemon.running_machine(name), records[name]


def main():
    require()
    with HookWorld(*map(os.path.abspath, sys.argv[1:3])) as world:
        silence = Silence(world)
        silence.check()
        silence.check_restart()


main()
