#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""specification.py MACHTYPE

Nova's specification as one test, on real libvirt: guests that existed before anything was recorded are
found, recorded, and keep their machine type through every operation while the operator's default
changes; a new guest gets the new default, and so does a rebuild. Numbers in brackets: Nova's defects
that this library must not have (doc/where-the-documents-are-wrong.md lists them).
"""

import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from virt import World, domain, require, uuid_of

# Name, architecture, machine as requested (None: not at all), its name in the definition.
GUESTS = [
    ('versioned', 'x86_64', 'pc-i440fx-6.2', 'shut off'),
    ('alias', 'x86_64', 'pc', 'shut off'),
    ('unsaid', 'x86_64', None, 'shut off'),
    ('arm', 'aarch64', 'virt-6.2', 'shut off'),
    ('mainframe', 's390x', 's390-ccw-virtio', 'shut off'),
    ('power', 'ppc64le', 'pseries-6.1', 'shut off'),
    ('mips', 'mips', 'malta', 'shut off'),
    ('transient', 'x86_64', 'pc-q35-6.1', 'transient'),
    ('running', 'x86_64', 'pc', 'running'),
    ('paused', 's390x', 's390-ccw-virtio-6.0', 'paused'),
]
OPERATIONS = ['hard-reboot', 'resize', 'revert-resize', 'cold-migrate', 'live-migrate', 'evacuate',
              'rescue', 'unrescue', 'shelve', 'unshelve']
ELSEWHERE = ['cold-migrate', 'live-migrate', 'evacuate', 'unshelve']
STATES = {'shut off': 'stopped', 'transient': 'active', 'running': 'active', 'paused': 'paused'}


def make_guests(daemon):
    for number, (name, arch, machine, how) in enumerate(GUESTS, 1):
        xml = domain(name, uuid_of(number), arch, machine)
        if how == 'transient':
            daemon.define(xml, create=[])
            continue
        daemon.define(xml)
        if how != 'shut off':
            daemon.virsh('start', *(['--paused'] if how == 'paused' else []), name).expect(0)


def import_unset(world):
    """The tool around libvirt knows its instances, but their machine types are unknown."""
    lines = ''.join('{{"uuid":"{}","cell":"c1"}}\n'.format(uuid_of(n))
                    for n in range(1, len(GUESTS) + 1))
    world.run('import', '-', input=lines.encode()).expect(0)


def check_record(world, daemon):
    """What the guests have is recorded, not today's default [4]; every one of them, by the host
    that was asked, whatever it calls itself [36]."""
    found = sorted(world.run('list-unset-machine-type').expect(3).out.split())
    assert found == [uuid_of(n) for n in range(1, len(GUESTS) + 1)], found
    world.run('upgrade-check').expect(1, 'Result: Warning')

    before = [world.record(uuid_of(n)) for n in range(1, len(GUESTS) + 1)]
    world.run('record', '--dry-run', '--connect', daemon.uri).expect(0, '10 would be filled')
    assert before == [world.record(uuid_of(n)) for n in range(1, len(GUESTS) + 1)]
    world.run('record', '--connect', daemon.uri).expect(0, '10 filled')
    world.run('list-unset-machine-type').expect(0)
    world.run('upgrade-check').expect(0, 'Result: Success')
    again = world.run('record', '--connect', daemon.uri).expect(0, '10 unchanged')
    assert all(line.startswith('unchanged\t') for line in again.out.splitlines())

    for number, (name, arch, machine, how) in enumerate(GUESTS, 1):
        record = world.record(uuid_of(number))
        print(name, record['machine'], record['source'], record['state'], record['properties'])
        assert record['machine'] == daemon.machine(name), record
        assert machine is None or machine in record['machine'], record
        assert record['arch'] == arch and record['state'] == STATES[how], record
        assert record['source'] == 'domain' and record['cell'] == 'c1', record
        assert record['host'] and record['host_uuid'] and int(record['qemu_version'].split('.')[0]) >= 7, record
        assert record['properties']['hw_disk_bus'] == 'virtio', record
        assert record['seen_at'] > '2023-11-14T22:13:20Z' and record['revision'] == 2, record
    assert world.record(uuid_of(2))['machine'].startswith('pc-i440fx-')


def check_operations(world, here, there):
    """[1] [2] [3] Each operation creates the domain again, with another image and flavor, and finds
    its machine type."""
    for number, (name, _, _, _) in enumerate(GUESTS, 1):
        uuid = uuid_of(number)
        machine = world.record(uuid)['machine']
        for operation in OPERATIONS:
            daemon = there if operation in ELSEWHERE else here
            made = world.run('domain-xml', '--connect', daemon.uri, '--instance', uuid,
                             '--operation', operation, '--name', name, '--memory', '128',
                             '--domain-type', 'qemu', '--graphics', 'none',
                             '--property', 'hw_machine_type=q35',
                             '--property', 'hw_emulation_architecture=x86_64').expect(0)
            if daemon is here and operation == 'hard-reboot':
                before = here.machine(name)
                assert before == machine, (name, before, machine)
            daemon.virsh('domid', name)
            daemon.define(made.out)
            after = daemon.machine(name, '--inactive')
            assert after == machine, (name, operation, machine, after)
    print('{} guests kept their machine in {} operations'.format(len(GUESTS), len(OPERATIONS)))


def check_new_default(world, daemon):
    new = uuid_of(90)
    made = world.run('domain-xml', '--connect', daemon.uri, '--instance', new, '--record',
                     '--name', 'new', '--domain-type', 'qemu').expect(0)
    daemon.define(made.out)
    assert daemon.machine('new').startswith('pc-q35-'), daemon.machine('new')
    assert world.record(new)['machine'] == daemon.machine('new')
    assert world.record(new)['requested'] == 'q35' and world.record(new)['source'] == 'config'

    uuid = uuid_of(1)
    made = world.run('domain-xml', '--connect', daemon.uri, '--instance', uuid, '--operation',
                     'rebuild', '--record', '--name', 'versioned', '--domain-type', 'qemu',
                     '--property', 'hw_disk_bus=scsi').expect(0)
    daemon.virsh('undefine', 'versioned').expect(0)
    daemon.define(made.out)
    record = world.record(uuid)
    assert record['machine'] == daemon.machine('versioned'), record
    assert record['machine'].startswith('pc-q35-') and record['host'], record
    assert record['properties']['hw_disk_bus'] == 'scsi', record
    world.run('history', uuid).expect(0, 'rebuild\tpc-i440fx-6.2\tpc-q35-')


def check_vanishing(world, daemon):
    """Domains that appear and disappear while they are recorded are not an error."""
    done = threading.Event()

    def come_and_go():
        number = 0
        while not done.is_set():
            number += 1
            daemon.define(domain('fleeting', uuid_of(1000 + number), 's390x', 's390-ccw-virtio'),
                          create=['--paused'])
            daemon.virsh('destroy', 'fleeting').expect(0)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    seen = 0
    for _ in range(15):
        run = world.run('record', '--connect', daemon.uri).expect(0)
        seen += 'fleeting' in run.out
    done.set()
    thread.join()
    print('15 runs, {} of them saw the fleeting domain'.format(seen))


def check_silent_host(world, here, there):
    """A host that does not answer is reported, and the others are still recorded [16]."""
    # Much longer than a host that answers takes, on a machine however busy.
    there.define(domain('last', uuid_of(95), 'mips', 'malta'))
    here.freeze()
    run = world.run('record', '--timeout', '30', '--connect', here.uri, '--connect', there.uri)
    here.resume()
    run.expect(3, 'did not answer within')
    assert world.record(uuid_of(95))['machine'] == 'malta'


def check_test_driver(world):
    """A domain without any machine type: by image property, otherwise default, otherwise built-in.
    """
    uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f'
    world.run('record', '--connect', 'test:///default').expect(0, '1 recorded')
    world.run('record', '--connect', 'test:///default').expect(0, '1 unchanged')
    record = world.record(uuid)
    assert (record['machine'], record['source']) == ('pc', 'builtin'), record
    world.run('instance', 'delete', uuid).expect(0)
    world.run('record', '--connect', 'test:///default', '--default', 'i686=q35').expect(0)
    assert (world.record(uuid)['machine'], world.record(uuid)['source']) == ('q35', 'config')
    world.run('instance', 'delete', uuid).expect(0)
    world.run('instance', 'add', uuid, '--property', 'hw_machine_type=pc-q35-5.2').expect(0)
    world.run('record', '--connect', 'test:///default', '--default', 'i686=q35').expect(0)
    record = world.record(uuid)
    assert (record['machine'], record['source']) == ('pc-q35-5.2', 'image'), record


def check_unreadable(world):
    """A domain that cannot be read is reported, and the others are recorded."""
    path = os.path.join(world.dir, 'node.xml')
    deep = '<a:a xmlns:a="urn:a">' * 140 + '</a:a>' * 140
    with open(path, 'w', encoding='utf-8') as file:
        file.write('<node>{}{}</node>'.format(*[
            "<domain type='test'><name>{}</name><uuid>{}</uuid><memory>65536</memory>"
            "<os><type arch='i686'>hvm</type></os><metadata>{}</metadata></domain>".format(*row)
            for row in [('well', uuid_of(96), ''), ('deep', uuid_of(97), deep)]]))
    world.run('record', '--connect', 'test://' + path).expect(1, '1 recorded.* 1 failed')
    assert world.record(uuid_of(96))['machine'] == 'pc'
    world.run('get-machine-type', uuid_of(97)).expect(2)


def check_mirror(world, daemon):
    world.run('record', '--mirror', '--connect', daemon.uri).expect(0)
    xml = daemon.virsh('dumpxml', 'arm').expect(0).out
    assert 'urn:libmachtype:record:1' in xml and "machine='virt-6.2'" in xml, xml


def main():
    require('qemu-system-x86_64', 'qemu-system-s390x', 'qemu-system-aarch64', 'qemu-system-ppc64',
            'qemu-system-mips')
    with World(sys.argv[1]) as world:
        here, there = world.daemon('a'), world.daemon('b')
        world.configure('defaults = x86_64=pc\n')
        make_guests(here)
        import_unset(world)
        check_record(world, here)
        world.configure('defaults = x86_64=q35\n')
        check_operations(world, here, there)
        check_new_default(world, here)
        check_mirror(world, here)
        check_vanishing(world, here)
        check_silent_host(world, here, there)
        check_test_driver(world)
        check_unreadable(world)


if __name__ == '__main__':
    main()
