#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""prune.py MACHTYPE

Which records prune shows and removes, and which never, one for each reason: on two private daemons of
one machine, and on hosts of libvirt's test driver. Then it is killed at each of its writes: each record
is in the store, in the file, or in both.
"""

import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import DEFINE, REPLY, Proxy
from virt import Run, World, domain, require, uuid_of

DAY = 24 * 60 * 60
MACHINE = 'pc-q35-7.2'
SILENT = 'qemu+unix:///system?socket=/nonexistent'


def check(what, wanted, found):
    print('{}: {}'.format(what, found))
    if wanted != found:
        sys.exit('FAIL: {}: wanted {}'.format(what, wanted))


class Fleet:
    def __init__(self, world):
        self.world = world
        self.a, self.b = world.daemon('a'), world.daemon('b')
        self.count = 0
        self.names = {}

    def define(self, name, daemon=None, **options):
        self.count += 1
        self.names[name] = uuid_of(self.count)
        (daemon or self.a).define(domain(name, uuid_of(self.count), 'x86_64', MACHINE), **options)

    def record(self, *daemons):
        for daemon in daemons:
            self.world.run('record', '--connect', daemon.uri).expect(0)

    def gone(self, name):
        """Recorded on a, and undefined; not seen and not changed for forty days."""
        self.define(name)
        self.record(self.a)
        self.a.virsh('undefine', name).expect(0)
        self.age(name, 40)

    def sql(self, text, *values):
        with sqlite3.connect(self.world.store) as store:
            store.execute(text, values)
        store.close()

    def key(self, name):
        return bytes.fromhex(self.names[name].replace('-', ''))

    def age(self, name, days):
        past = days * DAY
        self.sql('UPDATE record SET seen_at = seen_at - ?, recorded_at = recorded_at - ? '
                 'WHERE uuid = ?', past, past, self.key(name))
        self.sql('UPDATE history SET changed_at = changed_at - ? WHERE uuid = ?', past, self.key(name))

    def prune(self, *options, uris=None, older='30'):
        words = [word for uri in (uris if uris is not None else [self.a.uri]) for word in ('--connect', uri)]
        return self.world.run('prune', '--older-than', older, *words, *options)

    def shown(self, status, *options, **others):
        """The names, and how each is shown."""
        run = self.prune(*options, **others).expect(status)
        lines = [line.split('\t') for line in run.out.splitlines()]
        return {line[1]: line[0] for line in lines}

    def has(self, name):
        return self.world.run('get-machine-type', self.names[name]).status == 0

    def set_host(self, name, host=None, uuid=None, qemu=None):
        """As another host would have recorded it."""
        self.sql('INSERT INTO host (name, uuid, qemu_version, libvirt_version) SELECT ifnull (?, name), '
                 'ifnull (?, uuid), ifnull (?, qemu_version), libvirt_version FROM host WHERE id = '
                 '(SELECT host FROM record WHERE uuid = ?)', host, uuid, qemu, self.key(name))
        self.sql('UPDATE record SET host = (SELECT max (id) FROM host) WHERE uuid = ?', self.key(name))


def check_usage(fleet):
    fleet.world.run('prune', '--connect', fleet.a.uri).expect(2, '--older-than DAYS')
    fleet.prune('--save', '/nonexistent/file').expect(2, '--save needs --yes')
    fleet.world.configure('')
    fleet.world.run('prune', '--older-than', '30').expect(2, 'which hosts')
    run = fleet.prune()
    run.expect(0, 'nothing to prune')


def check_shown(fleet):
    """Only what is gone and old; and nothing is changed."""
    fleet.gone('gone')
    fleet.define('here')
    fleet.record(fleet.a)
    fleet.age('here', 40)
    check('gone, and one that is here', {'gone': 'prune'}, fleet.shown(1))
    check('not changed', True, fleet.has('gone') and fleet.has('here'))
    check('not old enough', {}, fleet.shown(0, older='41'))
    fleet.age('gone', -41)
    check('0 days, and the clock was ahead', {'gone': 'prune'}, fleet.shown(1, older='0'))
    check('no age yet', {}, fleet.shown(0, older='1'))
    fleet.age('gone', 41)
    check('the hosts of machtype.conf', {'gone': 'prune'}, shown_by_conf(fleet))
    run = fleet.prune('--json').expect(1)
    line = json.loads(run.out)
    check('in JSON', ('gone', True, MACHINE), (line['name'], line['prune'], line['machine']))
    run = fleet.prune('--color=always').expect(1, 'gone')
    assert 'repeat the command with --yes' in run.err, run.err


def shown_by_conf(fleet):
    fleet.world.configure('hosts = {}\n'.format(fleet.a.uri))
    found = fleet.shown(1, uris=[])
    fleet.world.env['MACHTYPE_CONF'] = ''
    return found


def check_seen(fleet):
    """A change counts as being seen: an operator has looked at it."""
    fleet.gone('changed')
    fleet.world.run('image-property', 'set', fleet.names['changed'], '--property',
                    'os_distro=x').expect(0)
    check('changed today', {'gone': 'prune'}, fleet.shown(1))
    fleet.age('changed', 40)
    check('changed long ago', {'gone': 'prune', 'changed': 'prune'}, fleet.shown(1))


def check_never(fleet):
    """One of each kind that is never shown."""
    wanted = {'gone': 'prune', 'changed': 'prune'}
    fleet.gone('offloaded')
    fleet.world.run('instance', 'set', fleet.names['offloaded'], '--state', 'shelved_offloaded').expect(0)
    check('shelved_offloaded', wanted, fleet.shown(1))

    fleet.gone('elsewhere')
    fleet.set_host('elsewhere', host='another-host')
    check('recorded on a host that was not asked', wanted, fleet.shown(1))

    fleet.gone('namesake')
    fleet.set_host('namesake', uuid='11111111-2222-4333-8444-555555555555', qemu=6002000)
    check('recorded on another host of the same name', wanted, fleet.shown(1))

    fleet.gone('moved')
    fleet.b.define(domain('moved', fleet.names['moved'], 'x86_64', MACHINE))
    check('another host has it, and is asked', wanted,
          fleet.shown(1, uris=[fleet.a.uri, fleet.b.uri]))
    check('in the other order', wanted, fleet.shown(1, uris=[fleet.b.uri, fleet.a.uri]))
    fleet.record(fleet.b)
    fleet.b.virsh('undefine', 'moved').expect(0)
    fleet.define_again('moved')

    fleet.gone('silent')
    check('its host answers', dict(wanted, silent='prune'), fleet.shown(1))
    run = fleet.prune(uris=[SILENT]).expect(3, '/nonexistent')
    check('its host does not', '', run.out)
    run = fleet.prune(uris=[SILENT, fleet.a.uri]).expect(3, '/nonexistent')
    check('another host of its machine does not', '', run.out)
    run = fleet.prune('--yes', uris=[fleet.a.uri, SILENT]).expect(3, '/nonexistent')
    check('not removed', True, fleet.has('silent') and fleet.has('gone'))
    remove(fleet, 'silent')


def define_again(fleet, name):
    fleet.a.define(domain(name, fleet.names[name], 'x86_64', MACHINE))


def remove(fleet, name):
    fleet.world.run('instance', 'delete', fleet.names[name]).expect(0)


def check_partial(fleet):
    """A host that stops to answer while it is read."""
    proxy = Proxy(os.path.join(fleet.world.dir, 'proxy'),
                  os.path.join(fleet.a.path, 'sock', 'libvirt-sock'),
                  lambda direction, count, _procedure: 'gone' if direction == REPLY and count > 6 else None)
    run = fleet.prune(uris=[proxy.uri]).expect(3)
    check('half an answer', '', run.out)
    proxy.close()


def check_pending(fleet):
    fleet.define('pending')
    fleet.a.virsh('undefine', 'pending').expect(0)
    fleet.a.define(domain('pending', fleet.names['pending'], 'x86_64', 'pc-q35-6.2'))
    fleet.record(fleet.a)
    proxy = Proxy(os.path.join(fleet.world.dir, 'proxy'),
                  os.path.join(fleet.a.path, 'sock', 'libvirt-sock'),
                  lambda direction, _count, procedure:
                  'gone' if (direction, procedure) == (REPLY, DEFINE) else None)
    fleet.world.run('update-machine-type', fleet.names['pending'], MACHINE, '--connect',
                    proxy.uri).expect(75)
    proxy.close()
    fleet.a.virsh('undefine', 'pending').expect(0)
    fleet.age('pending', 40)
    assert 'pending' not in fleet.shown(1)
    print('pending: never')
    fleet.sql('DELETE FROM intention')
    check('settled', 'prune', fleet.shown(1).get('pending'))
    remove(fleet, 'pending')


def check_transient(fleet):
    """It may be started again: listed apart."""
    fleet.define('transient', create=['--paused'])
    fleet.record(fleet.a)
    fleet.a.virsh('destroy', 'transient').expect(0)
    fleet.age('transient', 40)
    wanted = {'gone': 'prune', 'changed': 'prune', 'transient': 'transient'}
    check('transient', wanted, fleet.shown(1))
    run = fleet.prune('--color=always').expect(1)
    before, after = run.out.split('Transient domains')
    assert 'gone' in before and fleet.names['transient'] in after, run.out
    assert fleet.names['gone'] not in after and 'changed' not in after, run.out
    check('with --transient', dict(wanted, transient='prune'), fleet.shown(1, '--transient'))


def records_of(text):
    """By UUID; an import begins a new history."""
    records = {line['uuid']: line for line in map(json.loads, text.splitlines())}
    for record in records.values():
        del record['revision']
    return records


def check_removed(fleet):
    """What was shown, after it was written; import brings it back."""
    path = os.path.join(fleet.world.dir, 'pruned.jsonl')
    before = fleet.world.run('export').expect(0).out
    with open(path, 'w', encoding='utf-8') as file:
        file.write('another one\n')
    fleet.prune('--yes', '--save', path).expect(1, 'pruned.jsonl already exists, and is not overwritten')
    fleet.prune('--yes', '--save', os.path.join(fleet.world.dir, 'absent', 'file')).expect(3, 'absent')
    check('nothing was removed', True, before == fleet.world.run('export').expect(0).out)
    with open(path, encoding='utf-8') as file:
        check('not overwritten', 'another one\n', file.read())
    os.unlink(path)

    run = fleet.prune('--yes', '--save', path).expect(0, '2 records were removed; .*brings back the records, without')
    with open(path, encoding='utf-8') as file:
        check('in the file', {'gone', 'changed'}, {json.loads(line)['name'] for line in file})
    check('removed', [False, False, True, True, True],
          [fleet.has(name) for name in ('gone', 'changed', 'transient', 'here', 'offloaded')])
    check('mode', 0o600, os.stat(path).st_mode & 0o777)
    assert fleet.world.run('history', fleet.names['gone']).status == 1
    fleet.prune('--yes').expect(0, 'nothing to prune')
    check('no file for nothing', [], glob.glob(fleet.world.store + '.pruned-*'))
    fleet.world.run('store', 'check').expect(0)
    assert "machtype import {}".format(path) in run.err, run.err
    fleet.world.run('import', path).expect(0)
    check('the same records', True, records_of(before) == records_of(fleet.world.run('export').out))

    # By default next to the store, each time in another file.
    for name in ('gone', 'changed'):
        fleet.age(name, 40)
        remove(fleet, name)
        fleet.gone(name + '-again')
        run = fleet.prune('--yes', '--json').expect(0)
        line = json.loads(run.out.splitlines()[-1])
        check('how many', 1, line['pruned'])
        assert os.path.exists(line['file']) and line['file'].startswith(fleet.world.store + '.pruned-')
    check('files', 2, len(glob.glob(fleet.world.store + '.pruned-*.jsonl')))


def check_concurrent(fleet):
    """A record that changes after it was read stays."""
    fleet.gone('busy')
    fleet.gone('idle')
    path = os.path.join(fleet.world.dir, 'concurrent.jsonl')
    store = sqlite3.connect(fleet.world.store, isolation_level=None)
    # Another process writes: prune waits for it, when its file is on disk and nothing is removed yet.
    store.execute('BEGIN IMMEDIATE')
    prune = subprocess.Popen(
        [fleet.world.program, 'prune', '--older-than', '30', '--connect', fleet.a.uri, '--yes',
         '--save', path, '--store', fleet.world.store], env=fleet.world.env, stderr=subprocess.PIPE)
    while len(read_names(path)) < 2:
        time.sleep(0.01)
    store.execute("UPDATE record SET name = 'renamed' WHERE uuid = ?", (fleet.key('busy'),))
    store.execute('COMMIT')
    store.close()
    _, err = prune.communicate()
    check('changed meanwhile', (75, True, False),
          (prune.returncode, fleet.has('busy'), fleet.has('idle')))
    assert b'1 record was removed' in err and b'not removed: ' in err, err
    remove(fleet, 'busy')


def read_names(path):
    if not os.path.exists(path):
        return set()
    with open(path, encoding='utf-8') as file:
        text = file.read()
    return {json.loads(line)['name'] for line in text.splitlines() if line.endswith('}')}


def check_killed(fleet):
    """At each write, sync, and removal of a file. A half-written line is of a record that is in the
    store."""
    names = ['killed{}'.format(i) for i in range(5)]
    for name in names:
        fleet.gone(name)
    kept = fleet.world.store + '.kept'
    fleet.world.run('store', 'backup', kept).expect(0)
    path = os.path.join(fleet.world.dir, 'killed.jsonl')
    calls = 'write,pwrite64,fsync,fdatasync,ftruncate'
    count, step, status = 1, 10, None
    while status != 0:
        for old in [fleet.world.store + suffix for suffix in ('', '-wal', '-shm')] + [path]:
            if os.path.exists(old):
                os.unlink(old)
        shutil.copy(kept, fleet.world.store)
        status = Run(['strace', '-f', '-o', '/dev/null', '-e', 'trace=' + calls, '-e',
                      'inject={}:signal=KILL:when={}'.format(calls, count), fleet.world.program,
                      'prune', '--older-than', '30', '--connect', fleet.a.uri, '--yes', '--save', path,
                      '--store', fleet.world.store], env=fleet.world.env).status
        stored = {json.loads(line)['name'] for line in fleet.world.run('export').expect(0).out.splitlines()}
        lost = set(names) - stored - read_names(path)
        if lost:
            sys.exit('FAIL: killed at call {}: {} is lost'.format(count, lost))
        fleet.world.run('store', 'check').expect(0)
        # Before there is a file, little can happen.
        if step == 10 and os.path.exists(path):
            count, step, status = count - 10, 1, None
        count += step
    check('after {} calls'.format(count - 1), set(names), read_names(path))
    check('removed', set(), set(names) & stored)


def main():
    require('qemu-system-x86_64', 'strace')
    Fleet.define_again = define_again
    with World(sys.argv[1]) as world:
        fleet = Fleet(world)
        check_usage(fleet)
        check_shown(fleet)
        check_seen(fleet)
        check_never(fleet)
        check_partial(fleet)
        check_pending(fleet)
        check_transient(fleet)
        check_removed(fleet)
        check_concurrent(fleet)
        check_killed(fleet)


main()
