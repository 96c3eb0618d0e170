#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""accept.py MACHTYPE

Taking over what is defined (record --accept), and renewing what is recorded of devices (record
--refresh, and a change to another kind of machine): on a private daemon with guests that are shut off,
run, and are saved.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import DEFINE, REPLY, Proxy
from virt import World, domain, require, uuid_of

CDROM = "<disk type='file' device='cdrom'><target dev='sda' bus='{}'/><readonly/></disk>"


def guest(number, machine, extra=''):
    return domain('guest{}'.format(number), uuid_of(number), 'x86_64', machine, extra)


def check(what, wanted, found):
    print('{}: {}'.format(what, found))
    if wanted != found:
        sys.exit('FAIL: {}: wanted {}'.format(what, wanted))


class Host:
    def __init__(self, world):
        self.world = world
        self.daemon = world.daemon('a')

    def record(self, status, *options):
        """The objects that are printed, by UUID."""
        run = self.world.run('record', '--json', '--connect', self.daemon.uri, *options).expect(status)
        return {line['uuid']: line for line in map(json.loads, run.out.splitlines()) if 'uuid' in line}

    def text(self, status, *options):
        return self.world.run('record', '--connect', self.daemon.uri, *options).expect(status)

    def machine(self, number):
        return self.world.record(uuid_of(number)).get('machine')

    def history(self, number):
        run = self.world.run('history', '--json', uuid_of(number)).expect(0)
        return [json.loads(line) for line in run.out.splitlines()]

    def actions(self, number):
        return [entry['action'] for entry in self.history(number)]

    def xml(self, number):
        return self.daemon.virsh('dumpxml', '--inactive', 'guest{}'.format(number)).expect(0).out

    def undo(self, number, *options):
        return self.world.run('undo', uuid_of(number), *options)


def check_nothing(host):
    host.daemon.define(guest(1, 'pc-q35-7.2'))
    run = host.text(1, '--accept', 'guest1')
    assert 'no machine type is recorded' in run.err, run.err
    assert host.world.run('get-machine-type', uuid_of(1)).status != 0
    host.record(0)
    before = host.world.record(uuid_of(1))
    run = host.text(0, '--accept', 'guest1')
    assert 'nothing to accept: pc-q35-7.2 is recorded' in run.err, run.err
    assert run.out.startswith('unchanged\t'), run.out
    check('nothing was written', before, host.world.record(uuid_of(1)))
    run = host.text(2, '--accept')
    assert 'name the domains' in run.err, run.err
    run = host.text(1, '--accept', 'gest1')
    assert "no domain 'gest1'; did you mean 'guest1'?" in run.err, run.err
    run = host.text(1, '--accept', uuid_of(99))
    assert 'no domain' in run.err, run.err
    # Of several hosts, the one that has it.
    run = host.text(0, '--accept', 'guest1', '--connect', 'test:///default')
    assert run.out.startswith('unchanged') and run.out.count('\n') == 1, run.out


def check_accepted(host):
    """Only those that are named, by name or UUID; each effect is shown; undo takes it back."""
    for number in (1, 2, 3):
        host.daemon.define(guest(number, 'pc-q35-7.2'))
    host.record(0)
    host.daemon.define(guest(1, 'pc-q35-6.2'))
    host.daemon.define(guest(2, 'pc-i440fx-7.2', CDROM.format('ide')))
    host.daemon.define(guest(3, 'pc-q35-6.2'))
    xml = {number: host.xml(number) for number in (1, 2, 3)}

    run = host.text(0, '--accept', '--dry-run', 'guest1', uuid_of(2))
    assert 'would be accepted\t' in run.out and 'would accept pc-q35-6.2' in run.err, run
    assert 'refused-downgrade' in run.err and 'effect: ' in run.err, run.err
    check('after a dry run', ['pc-q35-7.2', 'pc-q35-7.2'], [host.machine(1), host.machine(2)])

    found = host.record(0, '--accept', 'guest1', uuid_of(2))
    check('those that are named', [uuid_of(1), uuid_of(2)], sorted(found))
    line = found[uuid_of(1)]
    check('accepted', ('accepted', 'pc-q35-6.2', 'pc-q35-6.2', 'domain', 'forced', 'pc-q35-7.2', []),
          (line['outcome'], line['machine'], line['definition'], line['source'],
           line['change']['verdict'], line['change']['old'], line['warnings']))
    assert line['change']['effects'], line
    line = found[uuid_of(2)]
    check('with its devices', ('pc-i440fx-7.2', 'ide', False, True),
          (line['machine'], line['properties']['hw_cdrom_bus'], 'hw_cdrom_bus' in line['defaults'],
           'hw_disk_bus' in line['defaults']))
    check('the other one', 'pc-q35-7.2', host.machine(3))
    check('its history', ['add', 'accept'], host.actions(1))
    entry = host.history(1)[-1]
    check('says what', ('pc-q35-7.2', 'pc-q35-6.2', True),
          (entry['old'], entry['new'], entry['forced']))
    assert entry['author'], entry
    check('again', 'unchanged', host.record(0, '--accept', 'guest1')[uuid_of(1)]['outcome'])

    # With --connect, too, it takes back the record alone: the definition was not changed.
    host.undo(1).expect(0)
    run = host.undo(2, '--connect', host.daemon.uri, '--diff').expect(0)
    check('no diff of the definition', False, '@@' in run.out)
    check('undone', ['pc-q35-7.2', 'pc-q35-7.2'], [host.machine(1), host.machine(2)])
    check('the same definitions', True, xml == {number: host.xml(number) for number in (1, 2, 3)})
    found = host.record(1)
    check('they differ again', ['differs'] * 3, [found[uuid_of(number)]['outcome'] for number in (1, 2, 3)])
    host.record(0, '--accept', 'guest1', 'guest2', 'guest3')
    host.record(0)
    # What an update would allow is not forced.
    host.daemon.define(guest(1, 'pc-q35-7.2'))
    check('newer', 'allowed', host.record(0, '--accept', 'guest1')[uuid_of(1)]['change']['verdict'])
    check('not forced', False, host.history(1)[-1]['forced'])


def check_running(host):
    """A guest that has two machine types has none that could be accepted."""
    host.daemon.define(guest(4, 'pc-q35-7.2'))
    host.record(0)
    host.daemon.virsh('start', '--paused', 'guest4').expect(0)
    host.daemon.define(guest(4, 'pc-q35-6.2'))
    before = host.history(4)
    run = host.text(1, '--accept', 'guest4')
    assert 'refused-state: the domain is defined with pc-q35-6.2, but the guest runs with ' \
        'pc-q35-7.2' in run.err, run.err
    line = host.record(1, '--accept', 'guest4')[uuid_of(4)]
    check('refused', ('refused', 'pc-q35-7.2', before), (line['error'], host.machine(4), host.history(4)))
    # One refusal hides nothing of the others.
    host.daemon.define(guest(1, 'pc-q35-6.2'))
    found = host.record(1, '--accept', 'guest4', 'guest1')
    check('the other one', 'accepted', found[uuid_of(1)]['outcome'])
    # It was started with what it is defined with: only the record is old.
    host.daemon.virsh('destroy', 'guest4').expect(0)
    host.daemon.virsh('start', '--paused', 'guest4').expect(0)
    check('runs with it', 'accepted', host.record(0, '--accept', 'guest4')[uuid_of(4)]['outcome'])
    check('recorded', 'pc-q35-6.2', host.machine(4))
    host.daemon.virsh('destroy', 'guest4').expect(0)


def check_saved(host):
    host.daemon.define(guest(5, 'pc-q35-7.2'))
    host.record(0)
    host.daemon.virsh('start', '--paused', 'guest5').expect(0)
    host.daemon.virsh('managedsave', 'guest5').expect(0)
    host.daemon.define(guest(5, 'pc-q35-6.2'))
    run = host.text(1, '--accept', 'guest5')
    assert 'saved-state: ' in run.err and 'saved RAM is of pc-q35-7.2' in run.err, run.err
    check('with saved RAM', 'pc-q35-7.2', host.machine(5))
    host.daemon.virsh('managedsave-remove', 'guest5').expect(0)
    check('without', 'accepted', host.record(0, '--accept', 'guest5')[uuid_of(5)]['outcome'])


def check_transient(host):
    """It has no definition: what runs is what it is."""
    host.daemon.define(guest(6, 'pc-q35-6.2'), create=['--paused'])
    check('transient', True, host.record(0)[uuid_of(6)].get('transient'))
    host.daemon.virsh('destroy', 'guest6').expect(0)
    host.daemon.define(guest(6, 'pc-q35-7.2'), create=['--paused'])
    check('made anew', 'accepted', host.record(0, '--accept', 'guest6')[uuid_of(6)]['outcome'])
    check('recorded', 'pc-q35-7.2', host.machine(6))
    host.daemon.virsh('destroy', 'guest6').expect(0)
    host.daemon.define(guest(6, 'pc-q35-7.2'))
    assert 'transient' not in host.record(0)[uuid_of(6)]


def check_pending(host):
    """A change that was interrupted comes first: what is defined may be its own."""
    host.daemon.define(guest(7, 'pc-q35-6.2'))
    host.record(0)
    proxy = Proxy(os.path.join(host.world.dir, 'proxy'),
                  os.path.join(host.daemon.path, 'sock', 'libvirt-sock'),
                  lambda direction, _count, procedure:
                  'gone' if (direction, procedure) == (REPLY, DEFINE) else None)
    host.world.run('update-machine-type', uuid_of(7), 'pc-q35-7.2', '--connect',
                   proxy.uri).expect(75)
    # A dry run settles nothing, and so can accept nothing.
    line = host.record(1, '--accept', '--dry-run', 'guest7')[uuid_of(7)]
    check('pending', 'pending', line['error'])
    proxy.close()
    proxy = Proxy(os.path.join(host.world.dir, 'proxy'),
                  os.path.join(host.daemon.path, 'sock', 'libvirt-sock'))
    run = host.world.run('record', '--connect', proxy.uri, '--accept', 'guest7').expect(0)
    assert 'nothing to accept: pc-q35-7.2 is recorded' in run.err, run.err
    proxy.close()
    check('settled, not accepted', ['add', 'update'], host.actions(7))


def check_refreshed(host):
    """The devices that a guest has, and nothing else of its record."""
    host.daemon.define(guest(8, 'pc-q35-7.2', CDROM.format('sata')))
    host.record(0)
    host.world.run('image-property', 'set', uuid_of(8), '--property', 'os_distro=debian').expect(0)
    check('nothing to renew', 'unchanged', host.record(0, '--refresh', 'guest8')[uuid_of(8)]['outcome'])
    before = host.actions(8)
    host.daemon.define(guest(8, 'pc-q35-7.2', CDROM.format('scsi') +
                             "<interface type='user'><model type='e1000'/></interface>"))
    check('without --refresh', 'sata', host.record(0)[uuid_of(8)]['properties']['hw_cdrom_bus'])
    filled = host.actions(8)
    line = host.record(0, '--refresh', '--dry-run', 'guest8')[uuid_of(8)]
    check('a dry run', ('renewed', 'scsi', 'sata'),
          (line['outcome'], line['properties']['hw_cdrom_bus'],
           host.world.record(uuid_of(8))['properties']['hw_cdrom_bus']))
    line = host.record(0, '--refresh')[uuid_of(8)]
    check('renewed', ('renewed', 'scsi', 'e1000', 'debian', 'pc-q35-7.2'),
          (line['outcome'], line['properties']['hw_cdrom_bus'], line['properties']['hw_vif_model'],
           line['properties']['os_distro'], line['machine']))
    check('its history', filled + ['properties'], host.actions(8))
    check('again', 'unchanged', host.record(0, '--refresh')[uuid_of(8)]['outcome'])
    check('no other entry', filled + ['properties'], host.actions(8))
    assert before == filled[:len(before)]
    host.undo(8).expect(0)
    check('undone', 'sata', host.world.record(uuid_of(8))['properties']['hw_cdrom_bus'])
    # Of one that differs, the devices are those of another machine.
    host.daemon.define(guest(8, 'pc-q35-6.2', CDROM.format('scsi')))
    line = host.record(1, '--refresh', 'guest8')[uuid_of(8)]
    check('one that differs', ('differs', 'sata'),
          (line['outcome'], line['properties']['hw_cdrom_bus']))


def check_defaults(host):
    """A change to another kind of machine: what the guest does not have is that machine's."""
    host.daemon.define(guest(9, 'pc-i440fx-7.2'))
    line = host.record(0, 'guest9')[uuid_of(9)]
    check('of pc', 'ide', line['properties']['hw_cdrom_bus'])
    assert 'hw_cdrom_bus' in line['defaults']
    # libvirt does not define the PCI bus of one kind of machine for another.
    host.world.run('update-machine-type', uuid_of(9), 'pc-q35-7.2', '--force', '--record-only',
                   '--connect', host.daemon.uri).expect(0)
    host.daemon.virsh('undefine', 'guest9').expect(0)
    host.daemon.define(guest(9, 'pc-q35-7.2'))
    record = host.world.record(uuid_of(9))
    check('of q35', ('sata', True), (record['properties']['hw_cdrom_bus'],
                                     'hw_cdrom_bus' in record['defaults']))
    check('and as a record of it', 'unchanged', host.record(0, 'guest9')[uuid_of(9)]['outcome'])
    check('and renewed', 'unchanged', host.record(0, '--refresh', 'guest9')[uuid_of(9)]['outcome'])


def check_named(host):
    """Without --accept, only the named domains are recorded, too."""
    host.daemon.define(guest(10, 'pc-q35-7.2'))
    host.daemon.define(guest(11, 'pc-q35-7.2'))
    check('named', [uuid_of(10)], list(host.record(0, 'guest10')))
    assert host.world.run('get-machine-type', uuid_of(11)).status != 0


def main():
    require('qemu-system-x86_64')
    with World(sys.argv[1]) as world:
        host = Host(world)
        check_nothing(host)
        check_accepted(host)
        check_running(host)
        check_saved(host)
        check_transient(host)
        check_pending(host)
        check_refreshed(host)
        check_defaults(host)
        check_named(host)


main()
