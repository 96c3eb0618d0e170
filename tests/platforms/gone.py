#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gone.py MACHTYPE

A host whose machine types went while it had guests with them: QEMU from 9.1 on can delete the types that
are more than six years old, with QEMU_DELETE_MACHINES=1 (include/hw/boards.h); 10.1 and later always do.
The guests were recorded before. With a QEMU that has no such switch there is nothing to test.
"""

import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, 'real'))
# pylint: disable=wrong-import-position
from virt import Run, World, domain, require, types, uuid_of

EMULATOR = '/usr/bin/qemu-system-x86_64'
SWITCH = 'QEMU_DELETE_MACHINES'
YEARS = 6


def listed(**env):
    text = subprocess.run([EMULATOR, '-machine', 'help'], check=True, stdout=subprocess.PIPE,
                          env=dict(os.environ, **env)).stdout.decode()
    return set(re.findall(r'^(pc-(?:q35|i440fx)-[\d.]+) ', text, re.M))


def version_of(machine):
    return tuple(map(int, re.search(r'(\d+)\.(\d+)', machine).groups()))


def expect_age(gone, kept):
    """The switch does what the library's tables say of 10.1."""
    qemu = version_of(types('pc-q35')[0])
    for machine in sorted(gone | kept):
        major, minor = version_of(machine)
        assert ((major + YEARS, minor) <= qemu) == (machine in gone), machine


def replace_emulator(folder):
    """libvirt clears the environment of emulators. This one finds its files where it always does."""
    os.makedirs(os.path.join(folder, 'bin'))
    real = shutil.copy(EMULATOR, os.path.join(folder, 'bin'))
    for name in 'share', 'lib':
        os.symlink('/usr/' + name, os.path.join(folder, name))
    wrapper = os.path.join(folder, 'wrapper')
    with open(wrapper, 'w', encoding='utf-8') as file:
        file.write('#!/bin/sh\nexport {}=1\nexec {} "$@"\n'.format(SWITCH, real))
    os.chmod(wrapper, 0o755)
    # This process has mounts of its own.
    Run(['mount', '--bind', wrapper, EMULATOR]).expect(0)


class Guest:
    def __init__(self, world, daemon, number, machine):
        self.world, self.daemon, self.machine = world, daemon, machine
        self.uuid, self.name = uuid_of(number), 'guest{}'.format(number)
        daemon.define(domain(self.name, self.uuid, 'x86_64', machine))

    def connect(self, *command):
        return self.world.run(*command, '--connect', self.daemon.uri)

    def ask(self, *command):
        """Without the store."""
        return self.world.plain(*command, '--connect', self.daemon.uri)

    def findings(self, command):
        """The audit has only the guests of which something is found."""
        run = self.connect(command, '--json', '--name', self.name)
        found = [json.loads(line) for line in run.out.splitlines()]
        assert len(found) == 1 or (command == 'audit' and (found, run.status) == ([], 0)), (run.out, run.err)
        return found[0]['findings'] if found else []

    def codes(self, command):
        return [finding['code'] for finding in self.findings(command)]


def check_before(guests):
    for guest in guests:
        assert 'removed' not in guest.codes('audit'), guest.findings('audit')
        guest.connect('resolve', '--instance', guest.uuid).expect(0, guest.machine)


def check_gone(guest, newest):
    """Each command says it, and what to do is done."""
    for command in 'audit', 'list':
        assert guest.codes(command) == ['removed'], guest.findings(command)
    finding = guest.findings('audit')[0]
    assert 'does not have the recorded machine type {} any more'.format(guest.machine) in finding['message'], finding
    assert finding['severity'] == 'error', finding
    why = 'does not offer machine type {} for x86_64 guests of domain type [a-z]*: QEMU removes it from 10.1 on'.format(guest.machine)
    guest.connect('resolve', '--instance', guest.uuid).expect(1, why)
    run = guest.connect('upgrade-check')
    assert re.search('^{} .*{}: QEMU removes it from'.format(guest.uuid, guest.machine), run.err, re.M), run.err
    guest.ask('check-change', newest, guest.machine, '--arch', 'x86_64').expect(1, 'not-offered: .*: QEMU removes it from')
    assert guest.machine not in [
        machine['name'] for machine in
        json.loads(guest.ask('host', '--json', '--arch', 'x86_64').expect(0).out)['machines']]
    commands = re.findall("'machtype ([^']*)'", finding['remedy'])
    assert len(commands) == 1 and commands[0].startswith('update-machine-type'), finding
    guest.world.run(*commands[0].split()).expect(0)
    assert guest.codes('audit') == [], guest.findings('audit')
    guest.daemon.virsh('start', '--paused', guest.name).expect(0)
    guest.daemon.virsh('destroy', guest.name).expect(0)


def main():
    require('qemu-system-x86_64')
    kept = listed(**{SWITCH: '1'})
    gone = listed() - kept
    if not gone:
        print('this QEMU deletes no types, or always does')
        return
    expect_age(gone, kept)
    with World(sys.argv[1]) as world:
        os.chmod(world.dir, 0o755)
        daemon = world.daemon('a')
        newest = types('pc-q35')[0]
        names = [max(sorted(name for name in gone if family in name), key=version_of)
                 for family in ('q35', 'i440fx')]
        oldest_kept = min((name for name in kept if 'q35' in name), key=version_of)
        guests = [Guest(world, daemon, number, machine)
                  for number, machine in enumerate(names + [oldest_kept, newest], 1)]
        world.run('record', '--connect', daemon.uri).expect(0)
        check_before(guests)
        daemon.stop()
        replace_emulator(os.path.join(world.dir, 'qemu'))
        daemon.start()
        check_before(guests[len(names):])
        for guest in guests[:len(names)]:
            print('gone:', guest.machine)
            check_gone(guest, newest)
    print('PASS')


if __name__ == '__main__':
    if sys.argv[-1] != '--inside':
        os.execvp('unshare', ['unshare', '--mount', '--propagation', 'private', sys.executable] + sys.argv + ['--inside'])
    sys.argv.pop()
    main()
