#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""create.py MACHTYPE CREATE CREATE.PY GUARD AUDIT.PY: the examples that create, guard and audit guests.

create records a guest, then defines it. It is killed at every message to and from libvirt, and at
every sync of the store: there is never a domain without a record, and what is found is healed by
running it again, even after the operator has changed the default. The store is not locked while
libvirt defines. What libvirt refuses is not recorded; what it may have defined is.
"""

import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import CALL, DEFINE, REPLY, Proxy
from virt import HANG_LIMIT, Run, World, domain, require, uuid_of

GUEST = uuid_of(1)
BEFORE, AFTER = 'pc-i440fx-7.2', 'pc-q35-7.2'
# Before the last messages the host is only asked what it offers.
LAST = 12
FOUND = ('nothing', 'record', 'both')


class Tool:
    """One of the two programs, on a daemon."""

    def __init__(self, world, daemon, command):
        self.world, self.daemon, self.command = world, daemon, command
        self.target = os.path.join(daemon.path, 'sock', 'libvirt-sock')
        self.label = os.path.basename(command[-1])

    def set_default(self, machine):
        self.world.configure('store = {}\ndefaults = x86_64={}\n'.format(self.world.store, machine))

    def reset(self):
        for end in ('', '-wal', '-shm'):
            if os.path.exists(self.world.store + end):
                os.unlink(self.world.store + end)
        self.daemon.virsh('undefine', 'web')
        self.set_default(BEFORE)

    def arguments(self, uri, name='web', uuid=GUEST, arch='x86_64'):
        return self.command + [uri, name, uuid, arch]

    def start(self, arguments):
        return subprocess.Popen(arguments, env=self.world.env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def run(self, *options, uri=None):
        return Run(self.arguments(uri or self.daemon.uri, *options), env=self.world.env)

    def look(self):
        """The machine types that are recorded and defined."""
        found = self.world.plain('get-machine-type', '--json', GUEST)
        recorded = json.loads(found.out)['machine'] if found.status == 0 else None
        there = self.daemon.virsh('dumpxml', 'web').status == 0
        return recorded, self.daemon.machine('web', '--inactive') if there else None

    def judge(self, label):
        """What an interruption left, and that running it again heals it. Returns which of FOUND."""
        recorded, defined = self.look()
        assert recorded in (None, BEFORE) and defined in (None, recorded), (label, recorded, defined)
        found = FOUND[(recorded is not None) + (defined is not None)]
        self.set_default(AFTER)
        self.run().expect(0)
        wanted = AFTER if recorded is None else BEFORE
        assert self.look() == (wanted, wanted), (label, found, self.look())
        print(self.label, label, 'left', found)
        return found

    def through(self, at):
        """One run through a proxy. Returns its status and the number of messages."""
        run = []
        proxy = Proxy(os.path.join(self.world.dir, 'proxy'), self.target,
                      lambda *message: at(run[0], *message))
        run.append(self.start(self.arguments(proxy.uri)))
        _, err = run[0].communicate(timeout=HANG_LIMIT)
        proxy.close()
        return run[0].returncode, err.decode(), proxy.counts


def check_whole(tool):
    tool.reset()
    tool.run().expect(0)
    assert tool.look() == (BEFORE, BEFORE), tool.look()
    revision = tool.world.record(GUEST)['revision']
    tool.set_default(AFTER)
    tool.run().expect(0)
    assert tool.look() == (BEFORE, BEFORE), tool.look()
    assert tool.world.record(GUEST)['revision'] == revision
    tool.world.run('history', GUEST).expect(0, r'\tadd \(config\)\t-\t' + BEFORE + '\t[^-]')


def kill(run):
    """Neither a call nor a reply arrives any more."""
    run.kill()
    run.wait()
    return 'cut'


def check_messages(tool):
    tool.reset()
    counts = tool.through(lambda *_: None)[2]
    found = set()
    for direction in (CALL, REPLY):
        for index in range(max(1, counts[direction] - LAST), counts[direction] + 1):
            def at(run, way, count, _procedure, index=index, direction=direction):
                return kill(run) if (way, count) == (direction, index) else None
            tool.reset()
            status = tool.through(at)[0]
            label = 'killed at {} {}'.format(('call', 'reply')[direction], index)
            assert status == -signal.SIGKILL, (label, status)
            found.add(tool.judge(label))
    return found


def check_syncs(tool):
    """At every sync of the store; a run that ends before the signal is the last one."""
    found = set()
    log = os.path.join(tool.world.dir, 'strace')
    for index in range(1, 100):
        tool.reset()
        run = tool.start(['strace', '-f', '-o', log, '-e', 'trace=fdatasync', '-e',
                          'inject=fdatasync:signal=SIGKILL:when={}'.format(index)] +
                         tool.arguments(tool.daemon.uri))
        run.communicate(timeout=HANG_LIMIT)
        with open(log, encoding='utf-8') as file:
            if 'SIGKILL' not in file.read():
                assert run.returncode == 0 and index > 1, (index, run.returncode)
                break
        found.add(tool.judge('killed at sync {}'.format(index)))
    return found


def check_unlocked(tool):
    """While libvirt defines the guest, others write to the store."""
    def at(_run, direction, _count, procedure):
        if (direction, procedure) == (CALL, DEFINE):
            other = tool.world.run('instance', 'add', uuid_of(2))
            statuses.append(other.status)
    statuses = []
    tool.reset()
    status, err, _ = tool.through(at)
    assert (status, statuses) == (0, [0]), (status, err, statuses)


def check_refused(tool):
    """Another guest has the name: nothing is recorded. The next run decides anew."""
    tool.reset()
    tool.daemon.define(domain('web', uuid_of(3), 'x86_64', AFTER))
    run = tool.run()
    run.expect(1, 'already')
    assert tool.look()[0] is None, tool.look()
    tool.daemon.virsh('undefine', 'web').expect(0)
    tool.judge('refused')
    for options, words in ((('web', GUEST, 'x86-64bit'), 'arch'), (('web', 'x', 'x86_64'), 'UUID')):
        tool.reset()
        tool.run(*options).expect(1, words)
        assert tool.look() == (None, None), options


def check_cut(tool):
    """libvirt has defined it, and its answer is lost: the record stays."""
    def at(_run, direction, _count, procedure):
        return 'gone' if (direction, procedure) == (REPLY, DEFINE) else None
    tool.reset()
    status, err, _ = tool.through(at)
    assert status == 1, (status, err)
    assert tool.judge('answer lost') == 'both'


def check_given_up(tool):
    """Killed before libvirt was asked, and never run again: the record is removed by hand."""
    tool.reset()
    tool.through(lambda run, direction, _count, procedure:
                 kill(run) if (direction, procedure) == (CALL, DEFINE) else None)
    assert tool.look() == (BEFORE, None), tool.look()
    tool.world.run('instance', 'delete', GUEST).expect(0)
    assert tool.look() == (None, None), tool.look()


def check_arches(tool):
    for arch, machine in (('s390x', 's390-ccw-virtio-'), ('x86_64', BEFORE)):
        tool.reset()
        tool.run('web', GUEST, arch).expect(0)
        recorded, defined = tool.look()
        assert recorded == defined and recorded.startswith(machine), (arch, recorded, defined)


# The new machine type, the exit status, what is printed.
GUARDED = (
    ('pc-i440fx-7.2', 0, 'machine="pc-i440fx-7.2"'), ('pc-i440fx-6.2', 1, 'reason: .*older'),
    ('virt', 1, 'reason: '), ('pc-i440fx-99.1', 1, 'reason: '), ('not a name', 1, 'reason: '),
)


def check_guard(world, daemon, guard):
    daemon.define(domain('old', uuid_of(4), 'x86_64', 'pc-i440fx-7.0'))
    for machine, status, words in GUARDED:
        Run([guard, daemon.uri, 'old', machine], env=world.env).expect(status, words)
    Run([guard, daemon.uri, 'other', 'pc'], env=world.env).expect(2, 'guard: .*other')
    converted = Run([guard, daemon.uri, 'old', 'pc-i440fx-7.2'], env=world.env).expect(0).out
    daemon.define(converted)
    assert daemon.machine('old', '--inactive') == 'pc-i440fx-7.2'
    daemon.virsh('start', 'old').expect(0)
    Run([guard, daemon.uri, 'old', 'pc-i440fx-7.2'], env=world.env).expect(0)
    Run([guard, daemon.uri, 'old', 'pc-i440fx-7.1'], env=world.env).expect(1, 'reason: .*only while')
    daemon.virsh('managedsave', 'old').expect(0)
    Run([guard, daemon.uri, 'old', 'pc-i440fx-7.1'], env=world.env).expect(1, 'reason: .*saved')
    daemon.virsh('managedsave-remove', 'old').expect(0)


def check_audit(tool, audit):
    """Of the guests there, with and without a record, one is as it should be."""
    tool.reset()
    tool.run().expect(0)
    run = Run(audit + [tool.daemon.uri], env=tool.world.env).expect(1)
    assert run.out == 'old: pc-i440fx-7.2; recorded: None; offered: yes\n', run.out
    tool.world.run('record', '--connect', tool.daemon.uri).expect(0)
    run = Run(audit + [tool.daemon.uri], env=tool.world.env).expect(0)
    assert run.out == '', run.out
    tool.daemon.define(domain('old', uuid_of(4), 'x86_64', 'pc-i440fx-7.1'))
    run = Run(audit + [tool.daemon.uri], env=tool.world.env).expect(1)
    assert run.out == 'old: pc-i440fx-7.1; recorded: pc-i440fx-7.2; offered: yes\n', run.out
    tool.daemon.virsh('undefine', 'old').expect(0)


def main():
    program, create, create_py, guard, audit = sys.argv[1:]
    require('strace', 'qemu-system-x86_64')
    python = ['/usr/bin/python3']
    with World(program) as world:
        daemon = world.daemon('d')
        for command in ([create], python + [create_py]):
            tool = Tool(world, daemon, command)
            check_whole(tool)
            check_arches(tool)
            check_refused(tool)
            check_cut(tool)
            check_unlocked(tool)
            check_given_up(tool)
            found = check_messages(tool) | check_syncs(tool)
            assert found == set(FOUND), found
        check_guard(world, daemon, guard)
        check_audit(tool, python + [audit])


main()
