#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""audit.py MACHTYPE

Two hosts with a guest for each code of the audit, and a clean one of each architecture: the audit names
exactly those. Then the remedy of each finding is carried out as it is written, and the audit is clean.
"""

import json
import os
import re
import shlex
import shutil
import sqlite3
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import DEFINE, REPLY, Proxy
from virt import Run, World, domain, require, types, uuid_of

EMULATORS = ('x86_64', 'aarch64', 's390x', 'ppc64', 'mips', 'mips64', 'riscv64')
require(*['qemu-system-' + emulator for emulator in EMULATORS])
SAME, OLDER, LEFT_OUT = types('pc-q35')[:3]

# Clean guests, each with the newest type of a family: architecture, family, emulator; and those without
# versions.
CLEAN = [('x86_64', 'pc-q35', 'x86_64'), ('x86_64', 'pc-i440fx', 'x86_64'),
         ('i686', 'pc-i440fx', 'x86_64'), ('aarch64', 'virt', 'aarch64'), ('armv7l', 'virt', 'aarch64'),
         ('s390x', 's390-ccw-virtio', 's390x'), ('ppc64le', 'pseries', 'ppc64'),
         ('ppc64', 'pseries', 'ppc64')]
# Big endian: libvirt 12.9 has no others with QEMU 11.1.
UNVERSIONED = [('mips', 'malta'), ('mips64', 'malta'), ('riscv64', 'virt')]

# What the audit finds, by the name of the guest; filled by those who make the guests.
WANTED = {}


class Fleet:
    """The store, two hosts, and the capabilities of a third."""

    def __init__(self, world):
        self.world = world
        self.a, self.b = world.daemon('a'), world.daemon('b')
        self.target = os.path.join(world.dir, 'next.xml')
        self.deprecated = self.removed = None
        self.count = 0

    def next(self, name, *codes):
        """The UUID of a new guest, and what is going to be found."""
        self.count += 1
        WANTED[name] = sorted(codes)
        return uuid_of(self.count)

    def record(self):
        self.world.run('record', '--connect', self.a.uri).expect(0)

    def audit(self, *options):
        """The exit status, and the entries by name."""
        run = self.world.run('audit', '--connect', self.a.uri, '--connect', self.b.uri,
                             '--capabilities', self.target, '--json', *options)
        entries = [json.loads(line) for line in run.out.splitlines()]
        return run.status, entries, run


def codes_of(entries):
    found = {}
    for entry in entries:
        found.setdefault(entry['name'], []).extend(each['code'] for each in entry['findings'])
    return {name: sorted(codes) for name, codes in found.items()}


def version_of(machine):
    return tuple(map(int, re.search(r'(\d+)\.(\d+)', machine).groups()))


def next_version():
    """Of QEMU after an upgrade: a year later, and at least 9.2, which deprecates types by their age."""
    major, minor = version_of(SAME)
    return max((9, 2), (major + 1, minor))


def life(fleet, machine):
    """(deprecated, removed), each a version of QEMU or none."""
    found = json.loads(fleet.world.plain('parse', '--json', '--arch', 'x86_64', machine).expect(0).out)
    return tuple(found[event] and tuple(map(int, found[event].split('.')))
                 for event in ('deprecated_in', 'removed_in'))


def write_target(fleet):
    """This host after an upgrade of QEMU: its types, of which the oldest are gone, and new ones. One
    was left out by whoever built it. The newest ones that are deprecated and removed there are for
    guests.
    Source: QEMU 9.2 qemu-system-x86_64 -M help deprecates the types before 7.0, and has none before
    pc-i440fx-2.4; 10.1 and later remove by age (libmachtype/data/lifecycle.tsv)."""
    version = next_version()
    deprecated, removed = [], []

    def change(match):
        machine = match.group('name')
        old, gone = life(fleet, machine)
        if machine == LEFT_OUT:
            return ''
        if gone and gone <= version:
            removed.append(machine)
            return ''
        if old and old <= version:
            deprecated.append(machine)
            return match.group(0).replace('<machine', "<machine deprecated='yes'")
        return match.group(0)

    text = fleet.a.virsh('capabilities').expect(0).out.replace(" deprecated='yes'", '')
    text = re.sub(r"<machine[^>]*>(?P<name>pc-(?:q35|i440fx)-[\d.]+)</machine>\n", change, text)
    newest = 'pc-q35-{}.{}'.format(*version)
    text = re.sub("(<machine [^>]*>){}(</machine>)".format(re.escape(SAME)),
                  r'\g<0>\g<1>{}\2'.format(newest), text)
    text = text.replace("canonical='{}'".format(SAME), "canonical='{}'".format(newest))
    assert newest + '<' in text and "canonical='" + newest in text and LEFT_OUT + '<' not in text
    with open(fleet.target, 'w', encoding='utf-8') as file:
        file.write(text)
    fleet.deprecated = max((machine for machine in deprecated if 'q35' in machine), key=version_of)
    fleet.removed = max(removed, key=version_of)


def make_clean(fleet):
    for arch, family, emulator in CLEAN:
        machine = types(family, emulator)[0]
        name = 'clean-{}-{}'.format(arch, machine)
        fleet.a.define(domain(name, fleet.next(name), arch, machine))
        del WANTED[name]
    for arch, machine in UNVERSIONED:
        name = 'board-' + arch
        fleet.a.define(domain(name, fleet.next(name, 'unversioned'), arch, machine))


def make_recorded(fleet):
    """Guests that a record of the host makes."""
    def define(name, machine, *codes):
        uuid = fleet.next(name, *codes)
        fleet.a.define(domain(name, uuid, 'x86_64', machine))
        return uuid

    define('gone', SAME, 'no-domain')
    define('edited', OLDER, 'differs')
    define('newer', OLDER, 'differs')
    define('deprecated', fleet.deprecated, 'deprecated')
    define('removed', fleet.removed, 'removed')
    define('left-out', LEFT_OUT, 'not-offered')
    define('two', SAME)
    define('runs', SAME, 'differs-running')


def write_qcow2(path):
    """An empty disk of 1 MiB that can contain snapshots. Source: QEMU docs/interop/qcow2.txt: header,
    refcount table, refcount block and L1 table, a cluster each, with one reference to each."""
    cluster = 65536
    header = struct.pack('>4sIQIIQIIQQIIQ', b'QFI\xfb', 2, 0, 0, 16, 1 << 20, 0, 1, 3 * cluster,
                         cluster, 1, 0, 0)
    table = struct.pack('>Q', 2 * cluster)
    block = struct.pack('>4H', 1, 1, 1, 1)
    with open(path, 'wb') as file:
        for part in header, table, block, b'':
            file.write(part.ljust(cluster, b'\0'))


def make_saved(fleet):
    """Saved RAM and snapshots with RAM of an older machine type."""
    uuid = fleet.next('saved', 'saved-state')
    fleet.a.define(domain('saved', uuid, 'x86_64', OLDER))
    fleet.a.virsh('start', 'saved').expect(0)
    fleet.a.virsh('managedsave', 'saved').expect(0)
    fleet.a.define(domain('saved', uuid, 'x86_64', SAME))

    uuid = fleet.next('snapshot', 'snapshot-state')
    disk = os.path.join(fleet.world.dir, 'disk.qcow2')
    write_qcow2(disk)
    os.chmod(fleet.world.dir, 0o755)
    extra = "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>" \
        "<source file='{}'/><target dev='vda' bus='virtio'/></disk>".format(disk)
    fleet.a.define(domain('snapshot', uuid, 'x86_64', OLDER, extra))
    fleet.a.virsh('start', '--paused', 'snapshot').expect(0)
    fleet.a.virsh('snapshot-create-as', 'snapshot', 'before').expect(0)
    fleet.a.virsh('destroy', 'snapshot').expect(0)
    fleet.a.define(domain('snapshot', uuid, 'x86_64', SAME, extra))


def make_imported(fleet):
    """Guests whose records came from elsewhere."""
    alias = fleet.next('alias', 'alias')
    unfit = fleet.next('unfit', 'property-unfit')
    offloaded = fleet.next('offloaded')
    del WANTED['offloaded']
    host = fleet.a.virsh('hostname').out.strip()
    lines = [{'uuid': alias, 'name': 'alias', 'machine': 'q35'},
             {'uuid': unfit, 'name': 'unfit', 'machine': SAME,
              'properties': {'hw_disk_bus': 'ide'}},
             {'uuid': offloaded, 'name': 'offloaded', 'machine': SAME, 'host': host,
              'state': 'shelved_offloaded'}]
    path = os.path.join(fleet.world.dir, 'import.jsonl')
    with open(path, 'w', encoding='utf-8') as file:
        for line in lines:
            file.write(json.dumps(dict({'arch': 'x86_64', 'state': 'stopped'}, **line)) + '\n')
    fleet.world.run('import', path).expect(0)
    fleet.a.define(domain('alias', alias, 'x86_64', SAME))
    fleet.a.define(domain('unfit', unfit, 'x86_64', SAME))


def change_afterwards(fleet):
    """What happens to guests after they were recorded."""
    uuid = find(fleet, 'gone')
    fleet.a.virsh('undefine', 'gone').expect(0)
    with sqlite3.connect(fleet.world.store) as store:  # long ago, for prune
        key, past = bytes.fromhex(uuid.replace('-', '')), 40 * 24 * 60 * 60
        store.execute('UPDATE record SET seen_at = seen_at - ?, recorded_at = recorded_at - ? '
                      'WHERE uuid = ?', (past, past, key))
        store.execute('UPDATE history SET changed_at = changed_at - ? WHERE uuid = ?', (past, key))
    store.close()
    fleet.a.define(domain('edited', find(fleet, 'edited'), 'x86_64', fleet.deprecated))
    fleet.a.define(domain('newer', find(fleet, 'newer'), 'x86_64', SAME))
    # It runs with what it was defined with for a moment.
    fleet.a.define(domain('runs', find(fleet, 'runs'), 'x86_64', OLDER))
    fleet.a.virsh('start', 'runs').expect(0)
    fleet.a.define(domain('runs', find(fleet, 'runs'), 'x86_64', SAME))
    fleet.b.define(domain('two', find(fleet, 'two'), 'x86_64', types('pc-i440fx')[0]))
    WANTED['two'] = ['differs', 'twice']
    fleet.a.define(domain('forgotten', fleet.next('forgotten', 'unrecorded'), 'x86_64', SAME))


def find(fleet, name):
    run = fleet.world.run('list', '--connect', fleet.a.uri, '--name', name, '--json').expect(0)
    return json.loads(run.out)['uuid']


def find_state(fleet, name):
    run = fleet.world.run('list', '--connect', fleet.a.uri, '--name', name, '--json').expect(0)
    return json.loads(run.out)['state']


def interrupt(fleet):
    """A change whose host disappears when it has just defined the domain."""
    uuid = find(fleet, 'interrupted')
    proxy = Proxy(os.path.join(fleet.world.dir, 'proxy'),
                  os.path.join(fleet.a.path, 'sock', 'libvirt-sock'),
                  lambda direction, _count, procedure:
                  'gone' if (direction, procedure) == (REPLY, DEFINE) else None)
    fleet.world.run('update-machine-type', uuid, SAME, '--connect', proxy.uri).expect(75)
    proxy.close()
    WANTED['interrupted'] = ['differs', 'pending']


def carry_out(fleet, finding, which=0):
    """One of the alternatives of a remedy, as it is written."""
    remedy = finding['remedy'].split(', or ')[which].split('; if ')[0]
    commands = re.findall(r"'((?:machtype|virsh) [^']*)'", remedy)
    assert commands, finding
    if remedy.startswith('shut the guest down, then '):
        uuid = re.search(r'[0-9a-f-]{36}', commands[0]).group(0)
        fleet.a.virsh('destroy', uuid)
    for command in commands:
        words = shlex.split(command)
        print('$', command)
        if words[0] == 'machtype':
            fleet.world.run(*words[1:]).expect(0)
        elif words[3] == 'snapshot-delete' and shutil.which('qemu-img') is None:
            # Without it, libvirt lets the guest's own QEMU delete a snapshot.
            Run(words[:3] + ['start', '--paused', words[4]]).expect(0)
            Run(words).expect(0)
            Run(words[:3] + ['destroy', words[4]]).expect(0)
        else:
            Run(words).expect(0)
        # There is no system in these guests that would react.
        if words[0] == 'virsh' and words[3] == 'shutdown':
            Run(words[:3] + ['destroy', words[4]]).expect(0)


def check_found(fleet):
    status, entries, run = fleet.audit()
    found = codes_of(entries)
    assert found == WANTED, ({name: found.get(name) for name in set(found) | set(WANTED)
                              if found.get(name) != WANTED.get(name)}, WANTED)
    assert status == 2, (status, run.err)
    codes = {code for each in found.values() for code in each}
    print('found:', ' '.join(sorted(codes)))
    return entries


def check_nova(fleet):
    """What Nova's commands report of the same host."""
    run = fleet.world.run('list-unset-machine-type').expect(0)
    run = fleet.world.run('list-unset-machine-type', '--connect', fleet.a.uri).expect(3)
    assert run.out.split() == [find(fleet, 'forgotten')], run.out
    run = fleet.world.run('upgrade-check', '--connect', fleet.a.uri).expect(2)
    assert 'Result: Failure' in run.out and '1 not recorded' in re.sub(r'[\s|]+', ' ', run.out), run.out
    for name, machine, code in (('edited', OLDER, 'defined with'), ('runs', SAME, 'runs with'),
                                ('forgotten', SAME, 'no record'), ('saved', SAME, 'saved RAM'),
                                ('snapshot', SAME, 'snapshot'), ('gone', SAME, 'no domain')):
        # Each line names the guest, its machine type and the remedy.
        line = re.search(r"^[0-9a-f-]{{36}} \({}\).*: .*{}.*; .*'(machtype|virsh) .*".format(name, code),
                         run.err, re.M)
        assert line and machine in line.group(0), (name, run.err)
    lines = [json.loads(line) for line in
             fleet.world.run('upgrade-check', '--connect', fleet.a.uri, '--json').expect(2).out.splitlines()]
    assert any(each['name'] == 'edited' and each['findings'][0]['code'] == 'differs'
               for line in lines for each in line.get('instances', []) if 'findings' in each), lines


def check_remedies(fleet, entries):
    way = Proxy(os.path.join(fleet.world.dir, 'proxy'),
                os.path.join(fleet.a.path, 'sock', 'libvirt-sock'))
    # record exits with 1 as long as a guest differs, so it comes last.
    findings = sorted(((entry['name'], finding) for entry in entries for finding in entry['findings']),
                      key=lambda each: {'pending': 1, 'unrecorded': 2}.get(each[1]['code'], 0))
    for name, finding in findings:
        if finding['code'] == 'unversioned':
            assert 'remedy' not in finding and finding['severity'] == 'note', finding
        elif finding['code'] == 'differs' and name in ('interrupted', 'two'):
            pass  # what is pending is settled, the other one of both is undefined
        elif (finding['code'], name) == ('differs', 'newer'):
            carry_out(fleet, finding, 1)
        else:
            carry_out(fleet, finding)
    way.close()
    status, entries, run = fleet.audit()
    assert status == 0, (codes_of(entries), run.err)
    assert codes_of(entries) == {'board-' + arch: ['unversioned'] for arch, _ in UNVERSIONED}
    status, _, _ = fleet.audit('--fail-on', 'unversioned')
    assert status == 2, status
    fleet.world.run('list-unset-machine-type', '--connect', fleet.a.uri).expect(0)
    run = fleet.world.run('upgrade-check', '--connect', fleet.a.uri)
    assert 'as recorded' not in run.out.replace('what is recorded', ''), run.out


def check_revert(fleet):
    """A snapshot brings its machine type back: the audit had said so, and says it."""
    fleet.a.virsh('snapshot-revert', 'snapshot', 'before').expect(0)
    _, entries, _ = fleet.audit('--name', 'snapshot')
    assert codes_of(entries) == {'snapshot': ['differs', 'differs-running', 'snapshot-state']}, entries
    by_code = {each['code']: each for each in entries[0]['findings']}
    carry_out(fleet, by_code['differs'])
    _, entries, _ = fleet.audit('--name', 'snapshot')
    assert codes_of(entries) == {'snapshot': ['snapshot-state']}, entries


def check_silent(fleet):
    """A host that does not answer is named, and hides nothing of the others."""
    run = fleet.world.run('audit', '--connect', 'qemu+unix:///system?socket=/nonexistent',
                          '--connect', fleet.a.uri, '--json', '--fail-on', 'unversioned')
    run.expect(3, '/nonexistent')
    lines = [json.loads(line) for line in run.out.splitlines()]
    assert [line['uri'] for line in lines if 'error' in line] == [
        'qemu+unix:///system?socket=/nonexistent'], lines
    assert any(line.get('name') == 'board-mips' for line in lines), lines
    # It may be the one that has the guests.
    for options in [], ['--host', 'elsewhere']:
        fleet.world.run('list', '--connect', 'qemu+unix:///system?socket=/nonexistent', *options).expect(3)


def check_read_only(fleet):
    """A user who may only read finds the same; only commands in remedies name another socket."""
    status, entries, _ = fleet.audit()
    run = fleet.world.run(*[word.replace('libvirt-sock', 'libvirt-sock-ro') for word in
                            ('audit', '--connect', fleet.a.uri, '--connect', fleet.b.uri,
                             '--capabilities', fleet.target, '--json')]).expect(status)
    assert codes_of(json.loads(line) for line in run.out.splitlines()) == codes_of(entries), run.out


def check_lists(fleet):
    """list without a store; the hosts of machtype.conf."""
    run = fleet.world.plain('list', '--store', os.path.join(fleet.world.dir, 'none.db'), '--connect',
                            fleet.a.uri, '--arch', 'x86_64', '--state', 'stopped')
    run.expect(0, 'run .machtype record.')
    lines = [line.split('\t') for line in run.out.splitlines()]
    assert lines and all(line[5] == '-' and 'unrecorded' in line[10] for line in lines), lines
    # A host that was asked is known, also without such guests and without records.
    host = fleet.a.virsh('hostname').out.strip()
    for name, status in ((host, 0), (host + 'x', 2)):
        fleet.world.plain('list', '--store', os.path.join(fleet.world.dir, 'none.db'), '--connect',
                          fleet.a.uri, '--name', 'none-such', '--host', name).expect(status)
    fleet.world.configure('hosts = {}\n'.format(fleet.a.uri))
    run = fleet.world.run('list', '--name', 'clean-aarch64*').expect(0)
    machine = types('virt', 'aarch64')[0]
    assert run.out.split('\t')[5:8] == [machine, machine, '-'], run.out


def main():
    with World(sys.argv[1]) as world:
        fleet = Fleet(world)
        write_target(fleet)
        make_clean(fleet)
        make_recorded(fleet)
        make_saved(fleet)
        fleet.a.define(domain('interrupted', fleet.next('interrupted'), 'x86_64', OLDER))
        fleet.record()
        make_imported(fleet)
        change_afterwards(fleet)
        interrupt(fleet)
        entries = check_found(fleet)
        check_read_only(fleet)
        assert find_state(fleet, 'saved') == 'saved' and find_state(fleet, 'runs') == 'active'
        check_nova(fleet)
        check_revert(fleet)
        check_remedies(fleet, entries)
        check_silent(fleet)
        check_lists(fleet)


main()
