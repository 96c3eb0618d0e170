#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hosts.py MACHTYPE

Guests of two daemons change in one call: each where it is. A daemon that does not answer makes its
guests failures, and hides nothing of the others.
"""

import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import CALL, Proxy
from virt import World, domain, require, uuid_of

OLD, NEW, PC = 'pc-q35-6.2', 'pc-q35-7.2', 'pc-i440fx-7.2'
GUESTS = {'web': (0, OLD), 'data': (1, OLD), 'mail': (1, OLD), 'old': (0, PC), 'twin': (0, PC),
          'other': (1, PC)}


class Fleet:
    """Two daemons on one machine, which have the same name, and their guests."""

    def __init__(self, world):
        self.world = world
        self.daemons = [world.daemon('a'), world.daemon('b')]
        self.connects = [word for daemon in self.daemons for word in ('--connect', daemon.uri)]
        self.uuids = {name: uuid_of(i + 1) for i, name in enumerate(GUESTS)}
        for name, (at, machine) in GUESTS.items():
            self.daemons[at].define(domain(name, self.uuids[name], 'x86_64', machine))
        world.run('record', *self.connects).expect(0)

    def run(self, *arguments):
        return self.world.run(*arguments, *self.connects)

    def xml(self):
        return {name: self.daemons[at].virsh('dumpxml', '--inactive', name).expect(0).out
                for name, (at, _) in GUESTS.items()}

    def state(self):
        return self.xml(), self.world.run('export').expect(0).out

    def machines(self, *names):
        """Record and definition, where each is."""
        return {(self.world.record(self.uuids[name])['machine'],
                 self.daemons[GUESTS[name][0]].machine(name, '--inactive')) for name in names}


def lines(run):
    return {fields[4]: fields[0] for fields in (line.split('\t') for line in run.out.splitlines())
            if len(fields) == 5}


def check_update(fleet):
    before = fleet.state()
    update = ['update-machine-type', '--machine', OLD]
    run = fleet.run(*update, '--dry-run', NEW).expect(0, '3 guests: 3 would be updated')
    assert lines(run) == dict.fromkeys(('web', 'data', 'mail'), 'would be updated'), run.out
    run = fleet.run(*update, '--dry-run', '--diff', NEW).expect(0)
    assert re.findall('^--- (.*), as defined', run.out, re.M) == ['web', 'data', 'mail'], run.out
    assert fleet.state() == before
    run = fleet.run(*update, NEW).expect(0, '3 guests: 3 updated')
    assert lines(run) == dict.fromkeys(('web', 'data', 'mail'), 'updated'), run.out
    assert fleet.machines('web', 'data', 'mail') == {(NEW, NEW)}
    assert fleet.machines('old', 'twin', 'other') == {(PC, PC)}
    # By name, wherever each is.
    fleet.run('undo', 'mail', 'web', 'nail').expect(1, "named 'nail'; did you mean 'mail'")
    fleet.run('undo', 'mail', '--dry-run').expect(0, 'Would undo .* is ' + OLD)
    run = fleet.run('undo', 'mail', 'web').expect(0, '2 guests: 2 undone')
    assert list(lines(run)) == ['mail', 'web'], run.out
    fleet.run('undo', 'data').expect(0, 'Undid .* is ' + OLD)
    assert fleet.xml() == before[0]


def check_convert(fleet):
    before = fleet.xml()
    convert = ['convert', '--current-machine', PC, '--machine', NEW, '--force']
    fleet.run('convert', '--domain', 'old', '--machine', NEW, '--force').expect(2, 'several hosts need')
    run = fleet.run(*convert, '--dry-run').expect(0, '3 guests: 3 would be converted')
    assert fleet.xml() == before
    run = fleet.run(*convert, '--apply').expect(0, '3 guests: 3 converted')
    assert lines(run) == dict.fromkeys(('old', 'twin', 'other'), 'converted'), run.out
    assert fleet.machines('old', 'twin', 'other') == {(NEW, NEW)}
    fleet.run('undo', '--machine', NEW).expect(0, '3 guests: 3 undone')
    assert fleet.xml() == before


def check_names(fleet):
    """A name that two hosts have is that of no guest; a UUID is one."""
    second = fleet.daemons[1]
    second.define(domain('twin', uuid_of(50), 'x86_64', PC))
    run = fleet.run('undo', 'twin').expect(1, 'several domains are named .twin')
    assert all(uuid in run.err for uuid in (fleet.uuids['twin'], uuid_of(50))), run.err
    fleet.run('update-machine-type', fleet.uuids['twin'], 'pc-i440fx-99.0', '--dry-run').expect(
        5, 'refused-not-offered')
    second.virsh('undefine', 'twin').expect(0)
    fleet.world.run('instance', 'add', uuid_of(51), '--arch', 'x86_64', '--machine', OLD, '--state',
                    'stopped').expect(0)
    away = ['update-machine-type', uuid_of(51), NEW]
    fleet.run(*away).expect(2, 'none of the hosts has the domain .*--record-only')
    fleet.run(*away, '--record-only').expect(0, 'warning: no-domain')
    fleet.world.run('instance', 'delete', '--yes', uuid_of(51)).expect(0)


def redefine(fleet, machine, *names):
    for name in names:
        fleet.daemons[GUESTS[name][0]].define(domain(name, fleet.uuids[name], 'x86_64', machine))


def recorded(fleet, *names):
    return [fleet.world.record(fleet.uuids[name])['machine'] for name in names]


def check_accept(fleet):
    """Named domains are recorded where they are; one that is unknown, or on both, keeps all as they are."""
    accept = ['record', '--accept']
    redefine(fleet, NEW, 'web', 'data', 'mail')
    before = fleet.state()
    fleet.run(*accept, 'web', 'data', 'dat').expect(1, "none of the hosts has domain 'dat'")
    fleet.daemons[0].define(domain('mail', uuid_of(52), 'x86_64', OLD))
    run = fleet.run(*accept, 'web', 'mail').expect(1, "several hosts have domain 'mail': ")
    assert all(daemon.uri in run.err for daemon in fleet.daemons), run.err
    fleet.daemons[0].virsh('undefine', 'mail').expect(0)
    fleet.run(*accept, '--dry-run', 'web', 'data').expect(0, 'would be accepted')
    assert fleet.state() == before
    fleet.run(*accept, 'web', fleet.uuids['data'].upper()).expect(0, '1 accepted(.|\n)*1 accepted')
    assert recorded(fleet, 'web', 'data', 'mail') == [NEW, NEW, OLD]
    fleet.run('undo', 'web').expect(0)
    fleet.daemons[1].stop()
    run = fleet.run(*accept, 'web', 'mail').expect(3, "no host that has answered has domain 'mail'")
    assert run.err.count('Failed to connect') == 1, run.err
    assert recorded(fleet, 'web', 'data', 'mail') == [NEW, NEW, OLD]
    fleet.daemons[1].start()
    fleet.run('undo', 'web', 'data').expect(0)
    redefine(fleet, OLD, 'web', 'data', 'mail')


def check_silent(fleet):
    """The second host is away: its guests are failures, those of the first change."""
    before = fleet.xml()
    fleet.daemons[1].stop()
    update = ['update-machine-type', '--machine', OLD, NEW]
    for options in ['--dry-run'], []:
        run = fleet.run(*update, *options).expect(1, '3 guests: 1 .*, 2 refused or failed; 1 host could not')
        done = 'would be updated' if options else 'updated'
        assert lines(run) == {'web': done, 'data': 'libvirt', 'mail': 'libvirt'}, run.out
        assert fleet.daemons[1].uri in run.err, run.err
    answers = fleet.run('undo', '--dry-run', '--json', 'web', 'data').expect(3).out.splitlines()
    host, web, data = map(json.loads, answers)
    assert host['uri'] == fleet.daemons[1].uri and host['error'] == 'libvirt', host
    assert (web['uuid'], web['new']) == (fleet.uuids['web'], OLD), web
    assert (data['uuid'], data['error']) == (fleet.uuids['data'], 'libvirt'), data
    fleet.run('undo', 'web').expect(0, 'is ' + OLD)
    # None of the first host is selected: what the other one has is not known.
    fleet.run('undo', '--name', 'none*').expect(3, '0 guests: 0 undone; 1 host could not be asked')
    fleet.run('undo', 'data').expect(3, 'no host that has answered has its domain; ')
    # What the store says of a guest does not count where a host says otherwise.
    fleet.daemons[0].virsh('start', '--paused', 'twin').expect(0)
    run = fleet.run('update-machine-type', '--machine', PC, '--state', 'stopped', NEW).expect(1)
    assert lines(run) == {'old': 'refused-family', 'other': 'libvirt'}, run.out
    fleet.daemons[0].virsh('destroy', 'twin').expect(0)
    fleet.daemons[1].start()
    assert fleet.xml() == before


def check_frozen(fleet):
    """One that stops to answer is waited for once."""
    before = fleet.xml()
    fleet.daemons[1].freeze()
    run = fleet.run('update-machine-type', '--all', NEW, '--timeout', '2', '--dry-run').expect(
        1, '1 host could not be asked')
    assert lines(run)['web'] == 'would be updated' and lines(run)['data'] == 'timeout', run.out
    fleet.daemons[1].resume()
    assert fleet.xml() == before


def check_freezing(fleet):
    """One that stops to answer while its guests are looked at: they fail, and the others go on."""
    before = fleet.xml()
    first, second = fleet.daemons
    socket = os.path.join(fleet.world.dir, 'proxy')
    target = os.path.join(second.path, 'sock', 'libvirt-sock')
    command = ['update-machine-type', '--dry-run', '--timeout', '3', '--connect', first.uri, '--connect']
    proxy = Proxy(socket, target)
    fleet.world.run(*command, proxy.uri, '--name', 'none*', NEW).expect(2)
    counts = proxy.counts
    proxy.close()
    for offset in 1, 3, 5, 7:
        def freeze(direction, count, _procedure, at=counts[CALL] + offset):
            return 'freeze' if (direction, count) == (CALL, at) else None
        proxy = Proxy(socket, target, freeze)
        run = fleet.world.run(*command, proxy.uri, '--all', NEW).expect(1, '1 host could not be asked')
        proxy.close()
        found = lines(run)
        assert [found[name] for name in ('web', 'old', 'twin')] == [
            'would be updated', 'refused-family', 'refused-family'], (offset, run.out)
        assert {found[name] for name in ('data', 'mail', 'other')} == {'timeout'}, (offset, run.out)
    assert fleet.xml() == before


def check_hosts_file(fleet):
    path = os.path.join(fleet.world.dir, 'hosts')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('# two\n' + ''.join(daemon.uri + '\n' for daemon in fleet.daemons))
    fleet.world.run('update-machine-type', '--machine', OLD, '--hosts', path, '--dry-run', NEW).expect(
        0, '3 guests: 3 would be updated')
    fleet.run('update-machine-type', '--all', '--hosts', path, NEW).expect(64, 'cannot be combined')


def main():
    require()
    with World(os.path.abspath(sys.argv[1])) as world:
        fleet = Fleet(world)
        check_update(fleet)
        check_convert(fleet)
        check_names(fleet)
        check_hosts_file(fleet)
        check_accept(fleet)
        check_silent(fleet)
        check_frozen(fleet)
        check_freezing(fleet)


if __name__ == '__main__':
    main()
