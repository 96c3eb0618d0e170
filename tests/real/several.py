#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""several.py MACHTYPE [SEED]

200 guests on two hosts change in one call for each host, selected by a filter: a dry run first, then
the change itself, killed at 20 random messages to or from libvirt and run again each time. Then all of
it is undone. The seed is printed; with it, the points are the same.
"""

import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import CALL, REPLY, Proxy
from virt import HANG_LIMIT, World, domain, require, uuid_of

OLD, NEW, OTHER = 'pc-q35-6.2', 'pc-q35-7.2', 'pc-i440fx-6.2'
N_HOSTS, N_GUESTS, N_OTHERS, N_KILLS = 2, 98, 2, 20
# A run is killed at one of these messages, counted from the last one before the first guest changes. Each
# guest takes more than 12 in each direction, so that some are left for the last run.
FIRST, LAST = -2, 110
SELECTED = ['--machine', 'pc-q35-6.*', '--state', 'stopped']


class Host:
    """A daemon, the guests on it that are to change, and others that are not."""

    def __init__(self, world, number):
        self.world = world
        self.daemon = world.daemon('host{}'.format(number))
        first = number * 1000
        self.guests = {uuid_of(first + i): 'guest-{}-{}'.format(number, i) for i in range(N_GUESTS)}
        self.others = {uuid_of(first + 500 + i): 'other-{}-{}'.format(number, i)
                       for i in range(N_OTHERS)}
        for uuid, name in self.guests.items():
            self.daemon.define(domain(name, uuid, 'x86_64', OLD))
        for uuid, name in self.others.items():
            self.daemon.define(domain(name, uuid, 'x86_64', OTHER))
        self.socket = os.path.join(world.dir, 'proxy{}'.format(number))
        self.target = os.path.join(self.daemon.path, 'sock', 'libvirt-sock')

    def run(self, uri, command, *options):
        return self.world.run(command, '--connect', uri, *options)

    def xml(self):
        """What is defined, byte by byte."""
        names = list(self.guests.values()) + list(self.others.values())
        return {name: self.daemon.virsh('dumpxml', '--inactive', '--security-info', name).expect(0).out
                for name in names}

    def list(self, uri):
        """What is recorded and what is defined, by UUID. The others are the other host's."""
        answer = self.run(uri, 'list', '--json').expect(0)
        return {entry['uuid']: (entry.get('recorded'), entry.get('defined'))
                for entry in map(json.loads, answer.out.splitlines())
                if entry['uuid'] in self.guests or entry['uuid'] in self.others}


def kill_at(run, direction, number):
    def at(given, count, _procedure):
        if (given, count) == (direction, number):
            run[0].kill()
    return at


def count_messages(host):
    """How many pass before the first guest changes."""
    proxy = Proxy(host.socket, host.target)
    host.run(proxy.uri, 'update-machine-type', *SELECTED, '--name', 'none-*', NEW).expect(2)
    proxy.close()
    return proxy.counts


def kill_once(host, chance, before):
    """One run that is killed. Returns how many guests had changed before that."""
    direction = chance.choice((CALL, REPLY))
    number = before[direction] + chance.randint(FIRST, LAST)
    run = []
    proxy = Proxy(host.socket, host.target, kill_at(run, direction, number))
    arguments = [host.world.program, 'update-machine-type', *SELECTED, NEW, '--connect', proxy.uri,
                 '--store', host.world.store]
    run.append(subprocess.Popen(arguments, env=host.world.env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE))
    out, err = run[0].communicate(timeout=HANG_LIMIT)
    proxy.close()
    assert run[0].returncode == -9, (direction, number, run[0].returncode, out, err)
    # At most the one that was being changed is pending, and what is recorded is old or new.
    guests = host.list(host.daemon.uri)
    differ = [uuid for uuid in host.guests if guests[uuid][0] != guests[uuid][1]]
    assert len(differ) <= 1 and {guests[uuid][0] for uuid in host.guests} <= {OLD, NEW}, differ
    changed = sum(guests[uuid][1] == NEW for uuid in host.guests)
    print('killed at {} {}: {} of {} changed, {} pending'.format(
        ('call', 'reply')[direction], number, changed, len(host.guests), len(differ)))


def finish(host):
    """What the killed runs left."""
    proxy = Proxy(host.socket, host.target)
    run = host.run(proxy.uri, 'update-machine-type', *SELECTED, NEW).expect(0)
    proxy.close()
    assert {line.split('\t')[0] for line in run.out.splitlines()} <= {'updated', 'unchanged'}, run.out


def check_updated(host):
    """Each has changed once, in its record and its definition; the others have not."""
    guests = host.list(host.daemon.uri)
    assert guests == {**{uuid: (NEW, NEW) for uuid in host.guests},
                      **{uuid: (OTHER, OTHER) for uuid in host.others}}, guests
    history = host.world.run('history', *host.guests, '--json').expect(0)
    entries = [json.loads(line) for line in history.out.splitlines()]
    for uuid in host.guests:
        actions = [entry['action'] for entry in entries if entry['uuid'] == uuid]
        assert actions == ['add', 'update'], (uuid, actions)


def check_dry_run(host, before):
    run = host.run(host.daemon.uri, 'update-machine-type', *SELECTED, '--dry-run', NEW).expect(0)
    lines = [line.split('\t') for line in run.out.splitlines()]
    assert lines == [['would be updated', uuid, OLD, NEW, name]
                     for uuid, name in sorted(host.guests.items())], run.out
    assert host.xml() == before
    assert set(host.list(host.daemon.uri).values()) == {(OLD, OLD), (OTHER, OTHER)}


def check_undo(host, before):
    run = host.run(host.daemon.uri, 'undo', '--name', 'guest-*').expect(0)
    lines = [line.split('\t')[:4] for line in run.out.splitlines()]
    assert lines == [['undone', uuid, NEW, OLD] for uuid in sorted(host.guests)], run.out
    assert host.xml() == before
    assert set(host.list(host.daemon.uri).values()) == {(OLD, OLD), (OTHER, OTHER)}


def main():
    require()
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print('seed', seed)
    chance = random.Random(seed)
    with World(os.path.abspath(sys.argv[1])) as world:
        hosts = [Host(world, number) for number in range(N_HOSTS)]
        before = [host.xml() for host in hosts]
        for host in hosts:
            host.run(host.daemon.uri, 'record').expect(0)
        for host, xml in zip(hosts, before):
            check_dry_run(host, xml)
        counts = [count_messages(host) for host in hosts]
        for i in range(N_KILLS):
            kill_once(hosts[i % N_HOSTS], chance, counts[i % N_HOSTS])
        for host in hosts:
            finish(host)
        for host in hosts:
            check_updated(host)
        for host, xml in zip(hosts, before):
            check_undo(host, xml)


if __name__ == '__main__':
    main()
