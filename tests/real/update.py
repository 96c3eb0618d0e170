#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""update.py MACHTYPE

Really changes a machine type: record and definition together, or neither; the guest boots with the new
one; undo restores both.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from virt import World, domain, require, skip, uuid_of

GUEST = uuid_of(1)
SECRET = "<graphics type='vnc' port='-1' autoport='yes' passwd='s3cr3t'/>"


def read(path):
    """A console; empty until QEMU has created it."""
    if not os.path.exists(path):
        return ''
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read()


def wait_for(daemon, path, pattern):
    """The first match in what the console prints while the guest runs, however slowly."""
    while True:
        runs = daemon.virsh('domstate', 'guest').out.strip() == 'running'
        text = read(path)
        found = re.search(pattern, text)
        if found:
            return found.group(0)
        if not runs:
            sys.exit('FAIL: the console did not say {!r}:\n{}'.format(pattern, text[-3000:]))
        time.sleep(0.5)


def make_guest(world, daemon, log):
    kernels = os.path.join(os.environ['MACHTYPE_GUESTS'], 'x86_64')
    made = world.run('domain-xml', '--connect', daemon.uri, '--instance', GUEST, '--record',
                     '--name', 'guest', '--memory', '512', '--domain-type', 'qemu',
                     '--property', 'hw_machine_type=pc-q35-6.2', '--graphics', 'none',
                     '--kernel', kernels + '/kernel', '--initrd', kernels + '/initrd.gz',
                     '--cmdline', 'console=ttyS0 boot.then=idle', '--console-log', log).expect(0)
    daemon.define(made.out.replace('</devices>', SECRET + '</devices>'))
    world.run('record', '--connect', daemon.uri).expect(0)


def boot(daemon, log, machine):
    if os.path.exists(log):
        os.unlink(log)
    daemon.virsh('start', 'guest').expect(0)
    print('booted:', wait_for(daemon, log, 'FACT machine [^\r\n]*' + re.escape(machine)))


def both(world, daemon, machine):
    """Record and definition agree."""
    record, defined = world.record(GUEST)['machine'], daemon.machine('guest', '--inactive')
    assert (record, defined) == (machine, machine), (record, defined, machine)


def update(world, daemon, machine, *options):
    return world.run('update-machine-type', GUEST, machine, '--connect', daemon.uri, *options)


def changed_lines(diff):
    """Those of a unified diff, without their indentation."""
    assert diff.startswith('--- guest'), diff
    return [line[0] + line[1:].strip() for line in diff.splitlines()[2:] if line[0] in '+-']


DIFFERENCE = [sign + "<type arch='x86_64' machine='pc-q35-{}'>hvm</type>" for sign in '-+']


def check_dry_run(world, daemon):
    """The guest is named as virsh names it. Nothing is written, not even its state."""
    record = world.record(GUEST)
    assert record['state'] != 'stopped', record
    command = ['update-machine-type', 'guest', 'pc-q35-7.2', '--connect', daemon.uri, '--dry-run']
    world.run(*command).expect(0, 'Would update instance .* to pc-q35-7.2 .previously pc-q35-6.2')
    run = world.run(*command, '--diff').expect(0)
    diff, answer = run.out.rstrip('\n').rsplit('\n', 1)
    assert answer.startswith('Would update'), run.out
    assert changed_lines(diff) == [DIFFERENCE[0].format('6.2'), DIFFERENCE[1].format('7.2')], diff
    assert 's3cr3t' not in diff, diff
    world.run(*command[:1], 'geust', *command[2:]).expect(2, "named 'geust'; did you mean 'guest'")
    both(world, daemon, 'pc-q35-6.2')
    assert world.record(GUEST) == record


def check_dry_undo(world, daemon):
    record = world.record(GUEST)
    command = ['undo', 'guest', '--connect', daemon.uri, '--dry-run', '--diff']
    diff, answer = world.run(*command).expect(0).out.rstrip('\n').rsplit('\n', 1)
    assert re.match('Would undo .* is pc-q35-6.2 .previously pc-q35-7.2', answer), answer
    assert changed_lines(diff) == [DIFFERENCE[0].format('7.2'), DIFFERENCE[1].format('6.2')], diff
    both(world, daemon, 'pc-q35-7.2')
    assert world.record(GUEST) == record


def check_update(world, daemon, log):
    both(world, daemon, 'pc-q35-6.2')
    boot(daemon, log, 'pc-q35-6.2')
    # The store still has it as shut off; libvirt knows better.
    assert world.record(GUEST)['state'] == 'stopped'
    update(world, daemon, 'pc-q35-7.2').expect(3, 'in vm_state active')
    assert world.record(GUEST)['state'] == 'active'
    both(world, daemon, 'pc-q35-6.2')
    daemon.virsh('suspend', 'guest').expect(0)
    update(world, daemon, 'pc-q35-7.2').expect(3, 'in vm_state paused')
    daemon.virsh('destroy', 'guest').expect(0)

    before = daemon.virsh('dumpxml', '--inactive', '--security-info', 'guest').expect(0).out
    check_dry_run(world, daemon)
    update(world, daemon, 'pc-q35-7.2').expect(0, 'to pc-q35-7.2 .previously pc-q35-6.2')
    both(world, daemon, 'pc-q35-7.2')
    after = daemon.virsh('dumpxml', '--inactive', '--security-info', 'guest').expect(0).out
    assert 's3cr3t' in before and after == before.replace('pc-q35-6.2', 'pc-q35-7.2'), after
    boot(daemon, log, 'pc-q35-7.2')
    daemon.virsh('destroy', 'guest').expect(0)
    check_dry_undo(world, daemon)
    world.run('undo', GUEST, '--apply', '--connect', daemon.uri).expect(0, 'is pc-q35-6.2')
    both(world, daemon, 'pc-q35-6.2')
    assert daemon.virsh('dumpxml', '--inactive', '--security-info', 'guest').out == before


def check_refusals(world, daemon):
    update(world, daemon, 'pc').expect(4, 'Cannot update machine type pc-q35-6.2 to pc.')
    update(world, daemon, 'nonsense').expect(5, 'nonsense is not supported')
    update(world, daemon, 'pc-q35-99.0').expect(5, 'not supported')
    update(world, daemon, 'pc-q35-99.0', '--force').expect(1, 'defining the domain')
    world.run('update-machine-type', uuid_of(77), 'pc', '--apply', '--connect',
              daemon.uri).expect(2, 'could not be found')
    # Another family: forced, but libvirt does not define PCI Express on that board. Then nothing is
    # changed.
    update(world, daemon, 'pc', '--force').expect(1, 'defining the domain')
    both(world, daemon, 'pc-q35-6.2')
    world.run('instance', 'add', uuid_of(78), '--state', 'stopped', '--machine', 'pc').expect(0)
    world.run('update-machine-type', uuid_of(78), 'pc-i440fx-7.2', '--apply', '--connect',
              daemon.uri).expect(2, 'no domain')
    world.run('update-machine-type', GUEST, 'pc-q35-7.2', '--apply', '--connect',
              'qemu+unix:///system?socket=/nonexistent').expect(1, 'opening')
    both(world, daemon, 'pc-q35-6.2')


def check_force(world, daemon):
    daemon.virsh('start', '--paused', 'guest').expect(0)
    update(world, daemon, 'pc-q35-6.1', '--force').expect(0, "likely break the guest ABI")
    both(world, daemon, 'pc-q35-6.1')
    assert daemon.machine('guest') == 'pc-q35-6.2'
    world.run('undo', GUEST, '--apply', '--connect', daemon.uri).expect(1, 'is paused')
    both(world, daemon, 'pc-q35-6.1')
    world.run('undo', GUEST, '--apply', '--force', '--connect', daemon.uri).expect(0)
    both(world, daemon, 'pc-q35-6.2')
    daemon.virsh('destroy', 'guest').expect(0)
    world.run('record', '--connect', daemon.uri).expect(0, '1 refreshed')
    world.run('update-machine-type', GUEST, 'pc', '--force').expect(0, 'Forcing update')
    assert world.record(GUEST)['machine'] == 'pc'
    world.run('undo', GUEST).expect(0)
    both(world, daemon, 'pc-q35-6.2')


def check_alias(world, daemon):
    """The type that an alias resolves to on the host is recorded, and defined [5]."""
    daemon.define(domain('plain', uuid_of(2), 'x86_64', 'pc-i440fx-6.2'))
    world.run('instance', 'add', uuid_of(6), '--state', 'stopped', '--machine', 'pc').expect(0)
    world.run('update-machine-type', uuid_of(6), 'q35').expect(4, 'machine type pc to q35')
    world.run('instance', 'add', uuid_of(2), '--state', 'stopped', '--arch', 'x86_64').expect(0)
    world.run('update-machine-type', uuid_of(2), 'pc', '--apply', '--connect', daemon.uri).expect(0)
    machine = world.record(uuid_of(2))['machine']
    assert machine == daemon.machine('plain') and machine.startswith('pc-i440fx-'), machine
    assert world.record(uuid_of(2))['requested'] == 'pc'
    # A record that follows: libvirt defines the type that the alias resolves to, and that agrees.
    daemon.define(domain('follows', uuid_of(4), 'x86_64', 'pc-q35-6.2'))
    world.run('instance', 'add', uuid_of(4), '--state', 'stopped', '--arch', 'x86_64', '--machine',
              'q35').expect(0)
    newest = world.run('update-machine-type', uuid_of(4), 'pc-q35-7.2', '--apply', '--force',
                       '--connect', daemon.uri).expect(0)
    assert daemon.machine('follows') == 'pc-q35-7.2', newest.out
    world.run('undo', uuid_of(4), '--apply', '--connect', daemon.uri).expect(0, 'is q35')
    world.run('update-machine-type', uuid_of(4), 'q35', '--apply', '--follow', '--connect',
              daemon.uri).expect(0)
    assert daemon.machine('follows').startswith('pc-q35-'), daemon.machine('follows')


def check_other_definition(world, daemon):
    """The guest's machine type is in its definition: a record that differs neither changes it while
    it runs, nor downgrades it."""
    daemon.define(domain('differs', uuid_of(5), 'x86_64', 'pc-q35-7.2'))
    world.run('instance', 'add', uuid_of(5), '--state', 'stopped', '--arch', 'x86_64', '--machine',
              'pc-q35-6.2').expect(0)
    command = ['update-machine-type', uuid_of(5), 'pc-q35-6.2', '--apply', '--connect', daemon.uri]
    world.run(*command).expect(4, 'Cannot update machine type pc-q35-7.2 to pc-q35-6.2')
    daemon.virsh('start', '--paused', 'differs').expect(0)
    world.run(*command).expect(3, 'vm_state paused')
    assert daemon.machine('differs', '--inactive') == 'pc-q35-7.2'
    daemon.virsh('destroy', 'differs').expect(0)
    world.run('record', '--connect', daemon.uri).expect(
        1, 'the domain is defined with pc-q35-7.2, but pc-q35-6.2 is recorded')
    world.run('image-property', 'set', uuid_of(5), '--property', 'os_type=linux').expect(0)
    world.run('undo', uuid_of(5), '--apply', '--connect', daemon.uri).expect(0)
    assert daemon.machine('differs', '--inactive') == 'pc-q35-7.2'
    world.run(*command, '--force').expect(0, "likely break the guest ABI")
    assert daemon.machine('differs', '--inactive') == 'pc-q35-6.2'


def check_saved(world, daemon):
    """A guest whose RAM is saved resumes on its old machine type: it is not stopped."""
    uuid, old, new = uuid_of(8), 'pc-i440fx-6.1', 'pc-i440fx-7.2'
    daemon.define(domain('saved', uuid, 'x86_64', old))
    world.run('record', '--connect', daemon.uri).expect(0)
    daemon.virsh('start', 'saved').expect(0)
    daemon.virsh('managedsave', 'saved').expect(0)
    command = ['update-machine-type', uuid, new, '--connect', daemon.uri]
    for options in [], ['--record-only'], ['--apply']:
        run = world.run(*command, *options).expect(3, 'in vm_state saved')
        assert re.search('reason: saved-state: .*managedsave-remove', run.err), run.err
        assert world.record(uuid)['machine'] == daemon.machine('saved', '--inactive') == old
    answer = json.loads(world.run(*command, '--json').expect(3).out)
    assert answer['verdict'] == 'refused-state', answer
    assert answer['reasons'][0]['code'] == 'saved-state', answer
    # It already has that type, whatever is saved.
    world.run('update-machine-type', uuid, old, '--connect', daemon.uri).expect(0)
    world.run(*command, '--force').expect(0, 'warning: saved-state')
    assert world.record(uuid)['machine'] == daemon.machine('saved', '--inactive') == new
    undo = ['undo', uuid, '--connect', daemon.uri]
    for options in [], ['--record-only'], ['--dry-run']:
        world.run(*undo, *options).expect(1, 'saved-state: .*managedsave-remove')
    assert world.record(uuid)['machine'] == daemon.machine('saved', '--inactive') == new
    world.run(*undo, '--force').expect(0, 'warning: saved-state')
    assert world.record(uuid)['machine'] == daemon.machine('saved', '--inactive') == old
    daemon.virsh('managedsave-remove', 'saved').expect(0)
    run = world.run(*command).expect(0)
    assert 'saved' not in run.err, run.err


def check_snapshots(world, daemon):
    """Snapshots with memory restore the old machine type: they are named."""
    uuid = uuid_of(8)
    memory = os.path.join(world.dir, 'memory')
    daemon.virsh('start', '--paused', 'saved').expect(0)
    daemon.virsh('snapshot-create-as', 'saved', 'before', '--memspec',
                 'file=' + memory + ',snapshot=external').expect(0)
    daemon.virsh('destroy', 'saved').expect(0)
    for options in [], ['--record-only']:
        for command in ['undo', uuid], ['update-machine-type', uuid, 'pc-i440fx-7.2']:
            world.run(*command, '--connect', daemon.uri, *options).expect(
                0, 'warning: memory-snapshots: .*: before')
    daemon.virsh('snapshot-delete', '--metadata', 'saved', 'before').expect(0)


def check_record_only(world, daemon):
    """The record alone, by libvirt's state; the machine type of the definition is reported."""
    both(world, daemon, 'pc-q35-6.2')
    command = ['update-machine-type', GUEST, 'pc-q35-7.0', '--connect', daemon.uri, '--record-only']
    daemon.virsh('start', '--paused', 'guest').expect(0)
    world.run(*command).expect(3, 'in vm_state paused')
    daemon.virsh('destroy', 'guest').expect(0)
    # The record has paused, from a moment ago; libvirt knows better.
    world.run('image-property', 'set', GUEST, '--property', 'os_type=linux').expect(3, 'paused')
    world.run('image-property', 'set', GUEST, '--property', 'os_type=linux', '--connect',
              daemon.uri).expect(0)
    daemon.virsh('start', '--paused', 'guest').expect(0)
    world.run('image-property', 'set', GUEST, '--unset', 'os_type', '--connect',
              daemon.uri).expect(3, 'paused')
    daemon.virsh('destroy', 'guest').expect(0)
    world.run('undo', GUEST, '--connect', daemon.uri).expect(0)
    world.run(*command).expect(0, 'definition-differs: .* still defined with pc-q35-6.2')
    assert world.record(GUEST)['machine'] == 'pc-q35-7.0'
    assert daemon.machine('guest', '--inactive') == 'pc-q35-6.2'
    # What was recorded before is not what the guest had before.
    world.run('undo', GUEST, '--connect', daemon.uri).expect(
        1, 'definition-differs: .* defined with pc-q35-6.2, but pc-q35-7.0 is recorded')
    assert world.record(GUEST)['machine'] == 'pc-q35-7.0'
    # Again, for both: the record is already correct, and the definition follows it.
    update(world, daemon, 'pc-q35-7.0').expect(0)
    both(world, daemon, 'pc-q35-7.0')
    world.run('undo', GUEST, '--record-only', '--connect', daemon.uri).expect(
        0, 'definition-differs: .* still defined with pc-q35-7.0')
    update(world, daemon, 'pc-q35-6.2', '--force').expect(0)
    both(world, daemon, 'pc-q35-6.2')
    # No domain there, as for an instance that is shelved_offloaded.
    world.run('instance', 'add', uuid_of(79), '--state', 'shelved_offloaded', '--arch', 'x86_64',
              '--machine', 'pc-q35-6.2').expect(0)
    away = ['update-machine-type', uuid_of(79), 'pc-q35-7.2', '--connect', daemon.uri]
    world.run(*away).expect(2, 'there is no domain .*use --record-only to change only the record')
    assert world.record(uuid_of(79))['machine'] == 'pc-q35-6.2'
    world.run(*away, '--record-only').expect(0, 'warning: no-domain')
    assert world.record(uuid_of(79))['machine'] == 'pc-q35-7.2'
    world.run('undo', uuid_of(79), '--connect', daemon.uri).expect(1, 'there is no domain')
    world.run('undo', uuid_of(79), '--connect', daemon.uri, '--record-only').expect(0)
    world.run(*away, '--record-only', '--apply').expect(64, 'mutually exclusive')


def check_transient(world, daemon):
    daemon.define(domain('fleeting', uuid_of(3), 'x86_64', 'pc-q35-6.2'), create=['--paused'])
    world.run('record', '--connect', daemon.uri).expect(0)
    world.run('update-machine-type', uuid_of(3), 'pc-q35-7.2', '--apply', '--force', '--connect',
              daemon.uri).expect(1, 'transient')
    assert world.record(uuid_of(3))['machine'] == 'pc-q35-6.2'
    daemon.virsh('destroy', 'fleeting').expect(0)


def fill(path):
    """Uses up the rest of a disk."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(file, b'x' * 4096)
    except OSError:
        os.close(file)


def check_full_disk(world, daemon):
    """Nothing can be written: record and definition are unchanged."""
    folder = os.path.join(world.dir, 'small')
    os.mkdir(folder)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'small', folder], check=True)
    store, world.store = world.store, os.path.join(folder, 'records.db')
    try:
        world.run('record', '--connect', daemon.uri).expect(0)
        # Opened before, so that only the commit itself needs space.
        holder = sqlite3.connect(world.store)
        holder.execute('SELECT count(*) FROM record').fetchall()
        fill(os.path.join(folder, 'fill'))
        update(world, daemon, 'pc-q35-7.2').expect(1, ': writing: .*disk')
        os.unlink(os.path.join(folder, 'fill'))
        both(world, daemon, 'pc-q35-6.2')
        update(world, daemon, 'pc-q35-7.2').expect(0)
        both(world, daemon, 'pc-q35-7.2')
        holder.close()
        world.run('undo', GUEST, '--apply', '--connect', daemon.uri).expect(0)
        subprocess.run(['mount', '-o', 'remount,ro', folder], check=True)
        update(world, daemon, 'pc-q35-7.2').expect(1, 'Read-only file system')
        assert daemon.machine('guest', '--inactive') == 'pc-q35-6.2'
        subprocess.run(['mount', '-o', 'remount,rw', folder], check=True)
        both(world, daemon, 'pc-q35-6.2')
    finally:
        world.store = store
        subprocess.run(['umount', folder], check=True)


def main():
    require('qemu-system-x86_64')
    if not os.path.exists(os.environ.get('MACHTYPE_GUESTS', '') + '/x86_64/kernel'):
        skip('MACHTYPE_GUESTS names no folder of guest kernels')
    with World(sys.argv[1]) as world:
        daemon = world.daemon('a')
        log = os.path.join(world.dir, 'console')
        make_guest(world, daemon, log)
        check_update(world, daemon, log)
        check_refusals(world, daemon)
        check_force(world, daemon)
        check_alias(world, daemon)
        check_other_definition(world, daemon)
        check_record_only(world, daemon)
        check_saved(world, daemon)
        check_snapshots(world, daemon)
        check_transient(world, daemon)
        check_full_disk(world, daemon)


if __name__ == '__main__':
    main()
