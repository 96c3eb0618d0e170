#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""record.py MACHTYPE

What recording a host says of guests that are not what is recorded, which devices it records, and what
it does about instances without a domain: on a private daemon with guests that run, are saved, and were
defined again while they ran; and on the test driver.
"""

import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from virt import World, domain, require, uuid_of

CDROM = "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"
ELEMENT = 'urn:libmachtype:record:1'
# More than the library reads, and less than libvirt does.
DEEP = 140


def q35(number, version, extra=''):
    return domain('guest{}'.format(number), uuid_of(number), 'x86_64', 'pc-q35-' + version, extra)


def domains_of(run):
    """What is reported of each domain, by UUID; the last line is the host's."""
    *items, host = map(json.loads, run.out.splitlines())
    check('the domains of ' + host['uri'], len(items), host['domains'])
    return {item['uuid']: item for item in items}


def record(world, daemon, status, *options):
    """What is reported, by UUID; the exit status is the wanted one."""
    return domains_of(
        world.run('record', '--json', '--connect', daemon.uri, *options).expect(status))


def lines(world, daemon, status, *options):
    run = world.run('record', '--connect', daemon.uri, *options).expect(status)
    return {line.split('\t')[1]: line.split('\t')[0] for line in run.out.splitlines()}, run.err


def codes(line):
    return [warning['code'] for warning in line['warnings']]


def check(what, wanted, found):
    print('{}: {}'.format(what, found))
    if wanted != found:
        sys.exit('FAIL: {}: wanted {}'.format(what, wanted))


def summary(line):
    return (line.get('outcome'), line.get('machine'), line.get('definition'), line.get('running'),
            codes(line))


def check_dry_run(world, daemon):
    daemon.define(q35(1, '6.2'))
    found, err = lines(world, daemon, 0, '--dry-run')
    check('a dry run', 'would be recorded', found[uuid_of(1)])
    assert '1 would be recorded' in err and 'nothing was written' in err, err
    assert not os.path.exists(world.store)
    line = record(world, daemon, 0, '--dry-run')[uuid_of(1)]
    check('a dry run in JSON', ('recorded', True), (line['outcome'], line['dry_run']))
    record(world, daemon, 0)
    check('unchanged in a dry run', 'unchanged', lines(world, daemon, 0, '--dry-run')[0][uuid_of(1)])


def check_definition(world, daemon):
    """Shut off, and defined again with another machine type."""
    daemon.define(q35(1, '7.2'))
    wanted = ('differs', 'pc-q35-6.2', 'pc-q35-7.2', None, ['definition-differs'])
    check('another definition', wanted, summary(record(world, daemon, 1)[uuid_of(1)]))
    check('again', wanted, summary(record(world, daemon, 1)[uuid_of(1)]))
    found, err = lines(world, daemon, 1, '--dry-run')
    check('in a dry run', 'differs', found[uuid_of(1)])
    assert 'defined with pc-q35-7.2, but pc-q35-6.2 is recorded' in err and '1 differs' in err, err
    found, err = lines(world, daemon, 1, '--quiet')
    check('with --quiet, a warning', (0, 1),
          (len(found), err.count('defined with pc-q35-7.2, but pc-q35-6.2 is recorded')))
    run = world.run('record', '--json', '--quiet', '--connect', daemon.uri).expect(1)
    check('with --quiet, in JSON', [(uuid_of(1), 'differs')],
          [(line['uuid'], line['outcome']) for line in map(json.loads, run.out.splitlines())])
    daemon.define(q35(1, '6.2'))
    check('put back', 'unchanged', record(world, daemon, 0)[uuid_of(1)]['outcome'])


def check_running(world, daemon):
    """Defined again while it runs: what runs is recorded, and counts."""
    daemon.define(q35(2, '6.2'))
    daemon.virsh('start', '--paused', 'guest2').expect(0)
    daemon.define(q35(2, '7.2'))
    check('recorded while it runs',
          ('recorded', 'pc-q35-6.2', 'pc-q35-7.2', 'pc-q35-6.2', ['definition-differs']),
          summary(record(world, daemon, 1)[uuid_of(2)]))
    check('recorded before',
          ('differs', 'pc-q35-6.2', 'pc-q35-7.2', 'pc-q35-6.2', ['definition-differs']),
          summary(record(world, daemon, 1)[uuid_of(2)]))
    # Now only what runs is another one.
    world.run('update-machine-type', uuid_of(2), 'pc-q35-7.2', '--force').expect(0)
    check('only what runs differs',
          ('differs', 'pc-q35-7.2', 'pc-q35-7.2', 'pc-q35-6.2', ['running-differs']),
          summary(record(world, daemon, 1)[uuid_of(2)]))
    daemon.virsh('destroy', 'guest2').expect(0)
    check('shut off', ('refreshed', 'pc-q35-7.2', 'pc-q35-7.2', None, []),
          summary(record(world, daemon, 0)[uuid_of(2)]))


def check_alias(world, daemon):
    """A recorded alias stands for every type of its family, and for no other."""
    world.run('instance', 'add', uuid_of(3), '--machine', 'q35', '--arch', 'x86_64').expect(0)
    daemon.define(q35(3, '6.2'))
    check('an older type of the alias', ('q35', 'pc-q35-6.2', []),
          summary(record(world, daemon, 0)[uuid_of(3)])[1:3] + ([],))
    check('again', 'unchanged', record(world, daemon, 0)[uuid_of(3)]['outcome'])
    daemon.virsh('undefine', 'guest3').expect(0)
    daemon.define(domain('guest3', uuid_of(3), 'x86_64', 'pc-i440fx-7.2'))
    check('another family', ('differs', 'q35', 'pc-i440fx-7.2', None, ['definition-differs']),
          summary(record(world, daemon, 1)[uuid_of(3)]))
    daemon.virsh('undefine', 'guest3').expect(0)
    world.run('instance', 'delete', uuid_of(3)).expect(0)


def check_alias_defined(world):
    """The test driver keeps an alias in a definition; nothing says what it stands for there."""
    path = os.path.join(world.dir, 'alias.xml')
    node = ("<node><domain type='test'><name>g</name><uuid>{}</uuid><memory>65536</memory>"
            "<os><type arch='x86_64' machine='{}'>hvm</type></os></domain></node>")
    for number, recorded, defined, status, outcome in (
            (60, 'pc-q35-6.2', 'q35', 0, 'filled'), (61, 'pc-q35-6.2', 'pc', 1, 'differs'),
            (62, 'q35', 'q35', 0, 'filled'), (63, 'q35', 'pc', 1, 'differs'),
            (64, 'own-board', 'own-board', 0, 'refreshed'),
            (65, 'own-board', 'own-board-2', 1, 'differs')):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(node.format(uuid_of(number), defined))
        world.run('instance', 'add', uuid_of(number), '--machine', recorded).expect(0)
        run = world.run('record', '--json', '--connect', 'test://' + path).expect(status)
        check('{} recorded, {} defined'.format(recorded, defined), outcome,
              domains_of(run)[uuid_of(number)]['outcome'])


def check_saved(world, daemon):
    """A saved guest is shut off, and its definition is compared."""
    daemon.define(q35(4, '6.2'))
    record(world, daemon, 0)
    daemon.virsh('start', '--paused', 'guest4').expect(0)
    daemon.virsh('managedsave', 'guest4').expect(0)
    check('saved', ('pc-q35-6.2', 'pc-q35-6.2', None, []),
          summary(record(world, daemon, 0)[uuid_of(4)])[1:])
    daemon.define(q35(4, '7.2'))
    check('saved, and defined again',
          ('differs', 'pc-q35-6.2', 'pc-q35-7.2', None, ['definition-differs']),
          summary(record(world, daemon, 1)[uuid_of(4)]))
    daemon.define(q35(4, '6.2'))
    daemon.virsh('managedsave-remove', 'guest4').expect(0)


def check_transient(world, daemon):
    daemon.define(q35(5, '6.2'), create=['--paused'])
    check('transient', ('recorded', 'pc-q35-6.2', None, 'pc-q35-6.2', []),
          summary(record(world, daemon, 0)[uuid_of(5)]))
    daemon.virsh('destroy', 'guest5').expect(0)
    daemon.define(q35(5, '7.2'), create=['--paused'])
    check('transient, made anew',
          ('differs', 'pc-q35-6.2', None, 'pc-q35-7.2', ['running-differs']),
          summary(record(world, daemon, 1)[uuid_of(5)]))
    daemon.virsh('destroy', 'guest5').expect(0)


def element(daemon, name):
    """What the element in the definition's metadata says; None: there is none."""
    xml = daemon.virsh('dumpxml', '--inactive', name).expect(0).out
    found = re.search('<machtype:record [^>]*machine=["\']([^"\']*)', xml)
    assert (found is None) == (ELEMENT not in xml), xml
    return found.group(1) if found else None


def check_mirror(world, daemon):
    """The element is written only into a definition that agrees with the record, whichever store
    that is in."""
    daemon.define(q35(6, '6.2'))
    record(world, daemon, 0)
    daemon.define(q35(6, '7.2'))
    record(world, daemon, 1, '--mirror')
    check('no element in another definition', None, element(daemon, 'guest6'))
    daemon.define(q35(6, '6.2'))
    record(world, daemon, 0, '--mirror')
    check('an element', 'pc-q35-6.2', element(daemon, 'guest6'))
    other = os.path.join(world.dir, 'other.db')
    world.plain('instance', 'add', uuid_of(6), '--machine', 'pc-q35-5.2', '--arch', 'x86_64',
                '--store', other).expect(0)
    run = world.plain('record', '--mirror', '--json', '--connect', daemon.uri, '--store',
                      other).expect(1)
    line = domains_of(run)[uuid_of(6)]
    check('in another store', ('differs', 'pc-q35-5.2', 'pc-q35-6.2', None, ['definition-differs']),
          summary(line))
    check('the first store still agrees', 'unchanged',
          record(world, daemon, 0)[uuid_of(6)]['outcome'])
    check('the element of the first store', 'pc-q35-6.2', element(daemon, 'guest6'))
    # Only what runs differs: the definition agrees.
    daemon.define(q35(7, '6.2'))
    daemon.virsh('start', '--paused', 'guest7').expect(0)
    daemon.define(q35(7, '7.2'))
    record(world, daemon, 1)
    world.run('update-machine-type', uuid_of(7), 'pc-q35-7.2', '--force').expect(0)
    record(world, daemon, 1, '--mirror')
    check('an element while another one runs', 'pc-q35-7.2', element(daemon, 'guest7'))
    # A definition that is not known may be another one: its metadata nests too deeply to be read.
    daemon.virsh('metadata', uuid_of(7), 'urn:deep', '--config', '--key', 'deep', '--set',
                 '<a>' * DEEP + '</a>' * DEEP).expect(0)
    daemon.virsh('metadata', uuid_of(7), ELEMENT, '--config', '--remove').expect(0)
    for version, status, wanted in (('6.2', 0, ['definition-not-read']),
                                    ('7.2', 1, ['definition-not-read', 'running-differs'])):
        world.run('update-machine-type', uuid_of(7), 'pc-q35-' + version, '--force').expect(0)
        line = record(world, daemon, status, '--mirror')[uuid_of(7)]
        check('a definition that cannot be read', wanted, codes(line))
        check('no element in it', None, element(daemon, 'guest7'))
    daemon.virsh('destroy', 'guest7').expect(0)
    daemon.define(q35(7, '7.2'))
    record(world, daemon, 0)


def check_devices(world, daemon):
    """Only devices that are there are recorded as such, and they replace defaults."""
    daemon.define(q35(8, '6.2'))
    line = record(world, daemon, 0)[uuid_of(8)]
    check('without devices', ['hw_cdrom_bus', 'hw_disk_bus', 'hw_input_bus', 'hw_pointer_model',
                              'hw_video_model', 'hw_vif_model'], sorted(line['defaults']))
    check('again', 'unchanged', record(world, daemon, 0)[uuid_of(8)]['outcome'])
    daemon.define(q35(8, '6.2', CDROM.replace("'sata'", "'scsi'")))
    line = record(world, daemon, 0)[uuid_of(8)]
    check('with a CD-ROM', ('filled', 'scsi', False),
          (line['outcome'], line['properties']['hw_cdrom_bus'], 'hw_cdrom_bus' in line['defaults']))
    # Of a guest that differs, no devices are recorded.
    daemon.define(q35(8, '7.2', CDROM.replace("'sata'", "'scsi'") +
                      "<interface type='user'><model type='e1000'/></interface>"))
    line = record(world, daemon, 1)[uuid_of(8)]
    check('of another machine type', ('differs', True),
          (line['outcome'], 'hw_vif_model' in line['defaults']))
    daemon.define(q35(8, '6.2'))
    capabilities, device = (os.path.join(world.dir, name) for name in ('c.xml', 'd.xml'))
    with open(capabilities, 'w', encoding='utf-8') as file:
        file.write(daemon.virsh('capabilities').expect(0).out)
    with open(device, 'w', encoding='utf-8') as file:
        xml = daemon.virsh('domcapabilities', '--machine', 'pc-q35-6.2', '--virttype',
                           'qemu').expect(0).out
        file.write(xml.replace('<value>virtio</value>', '', xml.count('<value>virtio</value>')))
    run = world.run('upgrade-check', '--capabilities', capabilities, '--domain-capabilities', device)
    # Its machine type may be deprecated here.
    found = [line for line in run.err.splitlines() if uuid_of(8) in line and 'deprecated' not in line]
    assert not found, run.err
    print('defaults are not checked')


def check_without_domain(world, daemon):
    """On this host, without a domain: by image property, operator's default, built-in default."""
    host = record(world, daemon, 0)[uuid_of(1)]['host']
    rows = (
        (20, ('--property', 'hw_machine_type=pc-q35-5.2'), host, 'stopped', ('pc-q35-5.2', 'image')),
        (21, ('--arch', 'aarch64'), host, 'active', ('virt', 'config')),
        (22, ('--arch', 's390x'), host, 'paused', ('s390-ccw-virtio', 'builtin')),
        (23, ('--property', 'hw_architecture=aarch64'), host, 'error', ('virt', 'config')),
        (24, (), host, 'shelved_offloaded', None),
        (25, (), host, 'shelved', ('pc', 'builtin')),
        (26, (), 'elsewhere', 'stopped', None),
        (27, (), host, 'building', None),
        (28, (), host, 'deleted', None),
    )
    for number, options, where, state, _ in rows:
        world.run('instance', 'add', uuid_of(number), '--host', where, '--state', state,
                  *options).expect(0)
    found = record(world, daemon, 0, '--follow', '--default', 'aarch64=virt', '--dry-run')
    check('what a dry run would do', ('filled', 'pc-q35-5.2'),
          (found[uuid_of(20)]['outcome'], found[uuid_of(20)]['machine']))
    assert world.record(uuid_of(20)).get('machine') is None
    found = record(world, daemon, 0, '--follow', '--default', 'aarch64=virt')
    for number, _, where, state, wanted in rows:
        stored = world.record(uuid_of(number))
        check('instance {}, {}'.format(number, state), wanted,
              (stored['machine'], stored['source']) if 'machine' in stored else None)
        assert (uuid_of(number) in found) == (wanted is not None), found
        assert (stored['host'], stored['state']) == (where, state) and 'seen_at' not in stored, stored
        assert 'properties' not in stored or 'defaults' not in stored, stored
    world.run('list-unset-machine-type').expect(3)
    world.run('instance', 'add', uuid_of(29), '--host', host, '--arch', 'x86_64', '--property',
              'hw_machine_type=pc-q35-99.9').expect(0)
    run = world.run('record', '--connect', daemon.uri).expect(1, uuid_of(29) + '.*pc-q35-99.9')
    assert '1 failed' in run.err, run.err
    world.run('instance', 'delete', uuid_of(29)).expect(0)


def check_pinned(world, daemon):
    """As of a guest, the canonical name is recorded."""
    host = record(world, daemon, 0)[uuid_of(1)]['host']
    world.run('instance', 'add', uuid_of(30), '--host', host, '--arch', 'x86_64').expect(0)
    line = record(world, daemon, 0, '--default', 'x86_64=q35')[uuid_of(30)]
    check('pinned', True, line['machine'].startswith('pc-q35-') and line['requested'] == 'q35')


def check_alias_to_version(world, daemon):
    """The record of an alias becomes what it stands for, with --pin, whatever the command names."""
    newest = daemon.virsh('capabilities').expect(0).out
    newest = re.search(r"canonical='(pc-q35-[^']*)'", newest).group(1)
    for number, wanted in ((40, 'q35'), (41, newest)):
        world.run('instance', 'add', uuid_of(number), '--machine', 'q35', '--arch', 'x86_64',
                  '--state', 'stopped').expect(0)
        run = world.run('update-machine-type', uuid_of(number), wanted, '--pin', '--record-only',
                        '--connect', daemon.uri).expect(0)
        machine = world.record(uuid_of(number))['machine']
        check('q35 to {} --pin'.format(wanted), True, machine.startswith('pc-q35-'))
        assert 'to ' + machine in run.out and 'previously q35' in run.out, run.out


def main():
    require('qemu-system-x86_64', 'qemu-system-s390x', 'qemu-system-aarch64')
    with World(sys.argv[1]) as world:
        daemon = world.daemon('a')
        check_dry_run(world, daemon)
        check_definition(world, daemon)
        check_running(world, daemon)
        check_alias(world, daemon)
        check_alias_defined(world)
        check_saved(world, daemon)
        check_transient(world, daemon)
        check_mirror(world, daemon)
        check_devices(world, daemon)
        check_without_domain(world, daemon)
        check_pinned(world, daemon)
        check_alias_to_version(world, daemon)


main()
