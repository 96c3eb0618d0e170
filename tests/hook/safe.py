#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""safe.py MACHTYPE HOOK: no guest fails to start because of the hook.

On a private libvirtd: a spool that cannot be written, is full, or read-only; a hook whose writer is
killed at each of its system calls; XML of nearly 4 MiB, which is the most that libvirt takes, and
hostile XML.
"""

import glob
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from virt_hook import HookWorld, domain, require, uuid_of  # noqa: E402  pylint: disable=wrong-import-position

# Those of the writer alone, in its order; libvirt waits for the other process.
CALLS = (("fstatfs", 1), ("write", 1), ("renameat", 1))


def start(daemon, what, name="guest"):
    daemon.virsh("start", "--paused", name).expect(0)
    daemon.virsh("destroy", name).expect(0)
    print("starts:", what)


def check_spool(daemon):
    start(daemon, "a spool that the hook makes")
    assert len(daemon.spooled()) == 1, daemon.spooled()
    for what, options in (("full", "size=1m"), ("read-only", "size=64m,ro")):
        daemon.inside("mount", "-t", "tmpfs", "-o", options, "none", "/var/lib/machtype/spool").expect(0)
        start(daemon, f"a spool that is {what}")
        daemon.inside("umount", "/var/lib/machtype/spool").expect(0)
    shutil.rmtree(daemon.state)
    with open(daemon.state, "w", encoding="utf-8"):
        pass
    start(daemon, "a file where the spool should be")
    os.unlink(daemon.state)
    os.symlink("/proc/self/nothing", daemon.state)
    start(daemon, "a link to nowhere")
    os.unlink(daemon.state)


def check_killed(daemon):
    hook = os.path.join(daemon.hooks, "50-machtype")
    os.rename(hook, os.path.join(daemon.path, "link"))
    for call, number in CALLS:
        with open(hook, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec strace -f -o {daemon.path}/trace.{call}.$$ -e trace={call} '
                       f'-e inject={call}:signal=SIGKILL:when={number} {daemon.path}/hook "$@"\n')
        os.chmod(hook, 0o755)
        start(daemon, f"its writer is killed at {call}")
        killed = 0
        for trace in glob.glob(os.path.join(daemon.path, f"trace.{call}.*")):
            with open(trace, encoding="utf-8") as file:
                killed += "killed by SIGKILL" in file.read()
        assert killed == 1, (call, killed)
    os.unlink(hook)
    os.rename(os.path.join(daemon.path, "link"), hook)


def check_xml(world, daemon):
    """A description, which libvirt keeps as it is: of the size that its protocol takes, and hostile."""
    huge = "x" * (4 * 1024 * 1024 - 4096)
    hostile = "]]&gt;&lt;!ENTITY x SYSTEM 'file:///etc/passwd'&gt;&lt;/domain&gt;%s%n../../&#x202e;&quot;'\\"
    for number, (what, text) in enumerate((("4 MiB", huge), ("hostile", hostile)), 1):
        xml = domain(f"guest{number}", uuid_of(number), "x86_64", "pc-q35-6.2")
        daemon.define(xml.replace("<memory", f"<description>{text}</description><memory", 1))
        start(daemon, f"XML that is {what}", f"guest{number}")
    daemon.define(domain("%s $(reboot) ;'&amp; -x", uuid_of(3), "x86_64", "pc-q35-6.2"))
    start(daemon, "a hostile name", "%s $(reboot) ;'& -x")
    run, files = world.take(daemon)
    run.expect(0)
    names = [file["name"] for file in files if file.get("outcome") == "recorded"]
    assert len(names) >= 3 and "%s $(reboot) ;'& -x" in names, run.out
    assert not os.path.exists(os.path.join(daemon.spool, "damaged")), os.listdir(os.path.join(daemon.spool, "damaged"))


def main():
    require("strace")
    with HookWorld(*map(os.path.abspath, sys.argv[1:3])) as world:
        daemon = world.hook_daemon("a")
        daemon.define(domain("guest", uuid_of(9), "x86_64", "pc-q35-7.2"))
        check_spool(daemon)
        check_killed(daemon)
        check_xml(world, daemon)


main()
