#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""convert-domain.py MACHTYPE

A domain of a host becomes another machine: defined, recorded, booted, and undone to the last byte.
"""

import contextlib
import json
import os
import re
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from virt import World, domain, require, skip, types, uuid_of

GUEST = uuid_of(1)
require('qemu-system-x86_64')
# The newest of both families, and the one before it.
(OLD, OLD_BEFORE), (NEW, NEW_BEFORE) = types('pc-i440fx')[:2], types('pc-q35')[:2]
DEVICES = """<emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>
<serial type='file'><source path='{log}'/></serial>
<graphics type='vnc' port='-1' autoport='yes' passwd='s3cr3t'/>
<graphics type='spice' passwd='0ther'/>
<video><model type='cirrus'/></video>"""
BOOT = """<os><type arch='x86_64' machine='{machine}'>hvm</type><kernel>{kernels}/kernel</kernel>
<initrd>{kernels}/initrd.gz</initrd><cmdline>console=ttyS0 boot.then=idle</cmdline></os>
<features><acpi/></features>"""


class Guest:
    def __init__(self, world, daemon):
        self.world, self.daemon = world, daemon
        self.log = os.path.join(world.dir, 'console')
        xml = domain('guest', GUEST, 'x86_64', OLD, DEVICES.format(log=self.log))
        kernels = os.path.join(os.environ['MACHTYPE_GUESTS'], 'x86_64')
        xml = re.sub('<os>.*</os>', BOOT.format(machine=OLD, kernels=kernels), xml)
        daemon.define(xml.replace("<memory unit='MiB'>64<", "<memory unit='MiB'>512<"))
        world.run('record', '--connect', daemon.uri).expect(0)

    def read(self, *options):
        return self.daemon.virsh('dumpxml', '--inactive', *options, 'guest').expect(0).out

    def convert(self, *options):
        return self.world.run('convert', '--domain', 'guest', '--machine', NEW, '--connect',
                              self.daemon.uri, *options)

    def undo(self, *options):
        return self.world.run('undo', 'guest', *options)

    def undo_both(self, *options):
        return self.undo('--connect', self.daemon.uri, *options)

    def both(self, machine):
        found = self.world.record(GUEST)['machine'], self.daemon.machine('guest', '--inactive')
        assert found == (machine, machine), (found, machine)

    def properties(self):
        lines = self.world.run('export').expect(0).out.splitlines()
        return next(json.loads(line)['properties'] for line in lines if GUEST in line)

    def boot(self, machine):
        """What the guest itself says about its board."""
        with open(self.log, 'w', encoding='utf-8'):
            pass
        self.daemon.virsh('start', 'guest').expect(0)
        found = None
        while found is None:
            runs = self.daemon.virsh('domstate', 'guest').out.strip() == 'running'
            with open(self.log, encoding='utf-8', errors='replace') as file:
                text = file.read()
            found = re.search('FACT machine [^\r\n]*' + re.escape(machine), text)
            assert found or runs, text[-3000:]
            time.sleep(0.5)
        print('booted:', found.group(0))
        self.daemon.virsh('destroy', 'guest').expect(0)


def check_preview(guest):
    """Nothing is changed, and the diff has no passwords; the XML has them, and can be defined."""
    before = guest.read('--security-info')
    run = guest.convert('--force', '--diff').expect(0, 'effect: board')
    assert run.out.startswith('--- guest ' + OLD + '\n+++ guest ' + NEW + '\n@@ '), run.out
    assert re.search('^-.*' + OLD, run.out, re.M) and re.search(r'^\+.*' + NEW, run.out, re.M)
    assert re.search('^   <os>$', run.out, re.M), 'lines that stay are context'
    assert 's3cr3t' not in run.out + run.err
    screen = re.sub('\033\\[[0-9]*m', '', guest.convert('--force', '--diff', '--color=always').expect(0).out)
    assert max(map(len, run.out.splitlines())) > 80 and screen == run.out, screen
    run = guest.convert('--force', '--json').expect(0)
    assert 's3cr3t' not in run.out and json.loads(run.out)['verdict'] == 'forced', run.out
    run = guest.convert('--force').expect(0)
    assert 's3cr3t' in run.out and NEW in run.out
    guest.convert('--diff').expect(1, 'refused-family')
    guest.convert('--apply').expect(1, 'refused-family')
    assert guest.read('--security-info') == before
    guest.both(OLD)


def check_colors(plain, run):
    """On a terminal the same lines, whole, those that change in color."""
    colored = re.findall('\033\\[[0-9;]*m([-+].*?)\033\\[', run.expect(0).out)
    diff = plain[plain.index('--- '):].splitlines()
    assert [line for line in diff if line[0] in '-+'] == colored, (diff, colored)


def check_apply(guest):
    before, kept = guest.read('--security-info'), guest.properties()
    assert kept['hw_cdrom_bus'] == 'ide', kept
    run = guest.convert('--force', '--apply').expect(0, 'effect: board')
    assert re.match('Converted instance ' + GUEST, run.out), run.out
    assert 's3cr3t' not in run.out + run.err
    guest.both(NEW)
    after = guest.read('--security-info')
    assert "passwd='s3cr3t'" in after and "passwd='0ther'" in after
    assert guest.properties()['hw_cdrom_bus'] == 'sata', guest.properties()
    guest.world.run('audit', '--connect', guest.daemon.uri, '--name', 'guest').expect(0)
    guest.world.run('history', 'guest').expect(0, r'convert \(forced\)\t' + OLD + '\t' + NEW)
    guest.boot(NEW)
    guest.convert('--force', '--apply').expect(0)
    assert guest.read('--security-info') == after
    # libvirt writes what it added in another order once it was restarted.
    guest.daemon.stop()
    guest.daemon.start()
    guest.undo().expect(1, 'connection to its host')
    guest.undo_both('--record-only').expect(1, 'connection to its host')
    run = guest.undo_both('--dry-run', '--diff').expect(0, 'would be|Would')
    assert re.search(r"^\+ .*<controller type='ide'", run.out, re.M), run.out
    check_colors(run.out, guest.undo_both('--dry-run', '--diff', '--color=always'))
    assert guest.read('--security-info').replace('\n', '') != before.replace('\n', '')
    guest.undo_both().expect(0, 'is ' + OLD)
    guest.both(OLD)
    assert guest.read('--security-info') == before
    assert guest.properties() == kept, (guest.properties(), kept)
    guest.boot(OLD)


def check_state(guest):
    """Force is for the family; a guest that runs, or whose RAM is saved, is refused with it, too."""
    before = guest.read('--security-info')
    guest.daemon.virsh('start', '--paused', 'guest').expect(0)
    guest.convert('--force', '--apply').expect(1, 'refused-state')
    guest.convert('--force', '--diff').expect(0, 'warning: state: ')
    guest.daemon.virsh('managedsave', 'guest').expect(0)
    guest.convert('--force', '--apply').expect(1, 'refused-state(.|\n)*saved-state')
    guest.daemon.virsh('managedsave-remove', 'guest').expect(0)
    assert guest.read('--security-info') == before
    guest.both(OLD)


def edit(guest, pattern, text):
    guest.daemon.define(re.sub(pattern, text, guest.read('--security-info'), count=1))


def check_edited(guest):
    """What was changed since the conversion is lost only by force; a password is not."""
    before = guest.read('--security-info')
    guest.convert('--force', '--apply').expect(0)
    edit(guest, 's3cr3t', 'newer')
    guest.undo_both().expect(0)
    assert guest.read('--security-info') == before.replace('s3cr3t', 'newer')
    edit(guest, 'newer', 's3cr3t')
    guest.convert('--force', '--apply').expect(0)
    edit(guest, '</uuid>', '</uuid><title>changed</title>')
    edited = guest.read('--security-info')
    guest.undo_both().expect(1, 'definition-changed: .*force')
    assert guest.read('--security-info') == edited
    guest.both(NEW)
    guest.world.run('update-machine-type', 'guest', NEW_BEFORE, '--force').expect(0)
    guest.undo().expect(0)
    edit(guest, NEW, NEW_BEFORE)
    guest.daemon.virsh('start', '--paused', 'guest').expect(0)
    guest.daemon.virsh('managedsave', 'guest').expect(0)
    forced = 'saved-state', 'definition-differs', 'definition-changed'
    run = guest.undo_both('--force', '--dry-run').expect(0)
    assert tuple(re.findall('^forced: ([a-z-]*): ', run.err, re.M)) == forced, run.err
    run = guest.undo_both('--force', '--dry-run', '--json').expect(0)
    assert tuple(each['code'] for each in json.loads(run.out)['forced']) == forced, run.out
    guest.daemon.virsh('managedsave-remove', 'guest').expect(0)
    edit(guest, NEW_BEFORE, NEW)
    run = guest.undo('--force', '--dry-run').expect(0)
    assert re.findall('^forced: ([a-z-]*): ', run.err, re.M) == ['definition-replaced'], run.err
    guest.undo_both('--force').expect(0, 'forced: definition-changed: ')
    guest.world.run('history', 'guest').expect(0, r'undo \(forced\)')
    assert guest.read('--security-info') == before
    guest.convert('--force', '--apply').expect(0)
    run = guest.undo_both('--force').expect(0)
    assert 'forced:' not in run.err, run.err


def check_renamed(guest):
    """A guest that was renamed after the conversion keeps its new name, and nothing else of it."""
    before, name = guest.read('--security-info'), 'new & <name>'
    named = before.replace('<name>guest<', '<name>new &amp; &lt;name&gt;<')
    guest.convert('--force', '--apply').expect(0)
    guest.daemon.virsh('domrename', 'guest', name).expect(0)
    run = guest.undo_both('--dry-run', '--diff').expect(0, 'would be|Would')
    assert not re.search('^[-+].*<name>', run.out, re.M), run.out
    assert re.search("^[+] .*<controller type='ide'", run.out, re.M), run.out
    guest.undo_both().expect(0, 'is ' + OLD)
    assert guest.daemon.virsh('dumpxml', '--inactive', '--security-info', name).expect(0).out == named
    guest.daemon.virsh('domrename', name, 'guest').expect(0)
    guest.convert('--force', '--apply').expect(0)
    edit(guest, '</uuid>', '</uuid><title>changed</title>')
    guest.daemon.virsh('domrename', 'guest', name).expect(0)
    guest.undo_both().expect(1, 'definition-changed: .*force')
    guest.undo_both('--force').expect(0)
    guest.daemon.virsh('domrename', name, 'guest').expect(0)
    assert guest.read('--security-info') == before


def check_records(guest):
    """The record is that of this guest, or nothing happens."""
    world, daemon = guest.world, guest.daemon
    before = guest.read('--security-info')
    update = ['update-machine-type', 'guest', OLD_BEFORE, '--force', '--connect', daemon.uri,
              '--dry-run', '--diff']
    check_colors(world.run(*update).expect(0).out, world.run(*update, '--color=always'))
    world.run('update-machine-type', 'guest', OLD_BEFORE, '--force').expect(0)
    guest.convert('--force', '--apply').expect(1, 'definition-differs')
    guest.undo().expect(0)
    world.run('convert', '--domain', 'none', '--machine', NEW, '--connect', daemon.uri,
              '--apply').expect(1, 'No instance is named .none')
    daemon.define(domain('alone', uuid_of(2), 'x86_64', OLD))
    world.run('convert', '--domain', 'alone', '--machine', NEW, '--force', '--connect', daemon.uri,
              '--apply').expect(1, 'machtype record')
    assert daemon.machine('alone') == OLD
    daemon.virsh('undefine', 'alone').expect(0)
    assert guest.read('--security-info') == before


def check_backup(guest):
    """A copy of the store brings the definition back as well; one of another guest is not defined."""
    world, before = guest.world, guest.read('--security-info')
    guest.convert('--force', '--apply').expect(0)
    assert '<domain' not in world.run('export').expect(0).out
    copy = os.path.join(world.dir, 'copy.db')
    world.run('store', 'backup', copy).expect(0)
    store, world.store = world.store, copy
    with contextlib.closing(sqlite3.connect(copy)) as database:
        database.execute('UPDATE history SET old_definition = replace (old_definition, ?, ?)',
                         (GUEST, uuid_of(9)))
        database.commit()
    guest.undo_both().expect(1, 'not one of domain ' + GUEST)
    guest.both(NEW)
    with contextlib.closing(sqlite3.connect(copy)) as database:
        database.execute('UPDATE history SET old_definition = replace (old_definition, ?, ?)',
                         (uuid_of(9), GUEST))
        database.commit()
    guest.undo_both().expect(0)
    world.store = store
    assert guest.read('--security-info') == before


def check_recorded(guest):
    """Undoing brings the definition back if an alias was recorded, which no definition has. Without a
    recorded machine type it could not."""
    world, before = guest.world, guest.read('--security-info')
    world.run('instance', 'delete', '--yes', GUEST).expect(0)
    world.run('instance', 'add', GUEST, '--name', 'guest', '--arch', 'x86_64').expect(0)
    guest.convert('--force', '--apply').expect(1, 'unrecorded: .*record it first')
    world.run('update-machine-type', 'guest', 'pc', '--follow').expect(0)
    guest.convert('--force', '--apply').expect(0)
    guest.undo_both('--dry-run').expect(0)
    guest.undo_both().expect(0)
    assert guest.read('--security-info') == before
    assert world.record(GUEST)['machine'] == 'pc'
    world.run('instance', 'delete', '--yes', GUEST).expect(0)
    world.run('record', '--connect', guest.daemon.uri).expect(0)


def check_same(guest):
    """Only what was asked for changes: that can be undone, too."""
    world, before = guest.world, guest.read('--security-info')
    count = len(world.run('history', 'guest').expect(0).out.splitlines())
    for options in ['--diff', '--apply'], ['--diff', '--dry-run']:
        run = world.run('convert', '--domain', 'guest', '--machine', OLD, '--connect',
                        guest.daemon.uri, *options).expect(0)
        assert run.out == 'Unchanged instance {}: machine type is {}\n'.format(GUEST, OLD), run.out
    assert len(world.run('history', 'guest').expect(0).out.splitlines()) == count
    run = world.run('convert', '--domain', 'guest', '--machine', 'pc', '--connect',
                    guest.daemon.uri, '--pin', '--diff', '--apply').expect(0)
    assert '@@' not in run.out, run.out
    guest.both(OLD)
    guest.undo_both().expect(0)
    guest.undo_both().expect(1, 'no change to undo')
    assert guest.read('--security-info') == before


def check_offered(guest):
    """What the host does not offer is refused, also by force, which every other family needs."""
    before, newer = guest.read('--security-info'), 'pc-q35-12.2'
    options = ['convert', '--domain', 'guest', '--machine', newer, '--connect', guest.daemon.uri]
    for change in ['--apply'], ['--dry-run']:
        run = guest.world.run(*options, '--force', *change).expect(1, 'refused-not-offered')
        assert 'does not offer ' + newer in run.err and 'use force' not in run.err, run.err
        guest.world.run(*options, *change).expect(1, 'refused-family(.|\n)*refused-not-offered')
    guest.world.run(*options, '--force', '--diff').expect(0, 'warning: not-offered')
    assert guest.read('--security-info') == before
    guest.both(OLD)


class Several:
    """Guests on one host: two that can be converted, one that runs, one with another machine type, one
    that is not recorded."""

    def __init__(self, world, daemon):
        self.world, self.daemon = world, daemon
        machines = {'web': OLD, 'data': OLD, 'busy': OLD, 'new': NEW_BEFORE, 'stray': OLD}
        self.uuids = {name: uuid_of(40 + i) for i, name in enumerate(machines)}
        for name, machine in machines.items():
            if name == 'stray':
                world.run('record', '--connect', daemon.uri).expect(0)
            daemon.define(domain(name, self.uuids[name], 'x86_64', machine, SECRET))
        daemon.virsh('start', '--paused', 'busy').expect(0)

    def convert(self, *options):
        return self.world.run('convert', '--machine', NEW, '--force', '--connect', self.daemon.uri,
                              *options)

    def lines(self, run):
        return {fields[4]: fields[0] for fields in (line.split('\t') for line in run.out.splitlines())
                if len(fields) == 5}

    def state(self):
        """What is defined, byte by byte, and what is recorded."""
        xml = {name: self.daemon.virsh('dumpxml', '--inactive', '--security-info', name).expect(0).out
               for name in self.uuids}
        return xml, self.world.run('export').expect(0).out

    def machines(self, *names):
        return {(self.world.record(self.uuids[name])['machine'],
                 self.daemon.machine(name, '--inactive')) for name in names}


SECRET = "<graphics type='vnc' port='-1' autoport='yes' passwd='s3cr3t'/>"


def check_selectors(several):
    """A preview of each selector: nothing is written, and no password is printed."""
    before = several.state()
    would = 'would be converted'
    for status, options, wanted in (
            (0, ['--domain', 'web', '--domain', several.uuids['data']], {'web': would, 'data': would}),
            (0, ['--current-machine', 'pc-i440fx-*', '--current-state', 'stopped'],
             {'web': would, 'data': would}),
            (0, ['--name', 'w*', '--arch', 'x86_64'], {'web': would}),
            (1, ['--current-state', 'paused'], {'busy': 'refused-state'}),
            (1, ['--all'], {'web': would, 'data': would, 'busy': 'refused-state', 'new': would})):
        run = several.convert('--dry-run', *options).expect(status, 'nothing was written')
        assert several.lines(run) == wanted, (options, run.out)
        answers = several.convert('--dry-run', '--json', *options).expect(status)
        answers = {answer['uuid']: answer for answer in map(json.loads, answers.out.splitlines())}
        assert sorted(answers) == sorted(several.uuids[name] for name in wanted), answers
        assert all(answer['dry_run'] for answer in answers.values()), answers
        assert 's3cr3t' not in run.out + run.err + json.dumps(answers)
    run = several.convert('--dry-run', '--diff', '--current-machine', OLD, '--current-state', 'stopped').expect(0, 'effect|notice')
    assert re.findall(r'^--- (\S*) ' + OLD, run.out, re.M) == ['web', 'data'], run.out
    assert 's3cr3t' not in run.out, run.out
    several.convert('--all').expect(2, 'several guests need --dry-run')
    several.convert('--domain', 'web', '--domain', 'data').expect(2, 'several guests need --dry-run')
    several.convert('--name', 'none*', '--apply').expect(1, 'No guest with a record is selected')
    several.convert('--domain', 'web', '--domain', 'wbe', '--apply').expect(
        1, "named 'wbe'; did you mean 'web'")
    assert several.state() == before
    run = several.convert('--domain', 'web', '--dry-run').expect(0, 'effect: board')
    assert run.out == 'Would convert instance {}: machine type is {} (previously {})\n'.format(
        several.uuids['web'], NEW, OLD), run.out
    assert several.state() == before


def check_several(several):
    """Each is converted or left alone; of the others nothing is done. Undoing all brings all back."""
    before = several.state()
    several.world.run('update-machine-type', 'data', OLD_BEFORE, '--force').expect(0)
    for options in ['--dry-run'], ['--apply']:
        run = several.convert('--all', *options).expect(1, 'definition-differs')
        lines = several.lines(run)
        assert (lines['data'], lines['busy']) == ('refused', 'refused-state'), run.out
    assert several.machines('web', 'new') == {(NEW, NEW)}
    assert several.machines('busy') == {(OLD, OLD)} and several.daemon.machine('data') == OLD
    several.world.run('undo', 'data').expect(0)
    run = several.convert('--domain', 'web', '--domain', 'data', '--domain', 'stray',
                          '--apply').expect(1, 'stray|' + several.uuids['stray'])
    lines = several.lines(run)
    assert (lines['web'], lines['data']) == ('unchanged', 'converted'), run.out
    assert 'machtype record --connect' in run.err and several.daemon.machine('stray') == OLD, run.err
    several.world.run('undo', '--connect', several.daemon.uri, 'web', 'data', 'new').expect(0)
    xml, _ = several.state()
    assert xml == before[0]
    run = several.convert('--current-state', 'stopped', '--apply').expect(0, '3 guests: 3 converted')
    several.world.run('undo', '--connect', several.daemon.uri, '--machine', NEW).expect(0)
    assert several.state()[0] == before[0]


def check_mirror(guest):
    """machtype's own copy of the record in the metadata does not count as a change."""
    world, before = guest.world, guest.read('--security-info')
    guest.convert('--force', '--apply').expect(0)
    world.run('record', '--connect', guest.daemon.uri, '--mirror').expect(0)
    assert 'urn:libmachtype:record:1' in guest.read()
    guest.undo_both().expect(0)
    assert guest.read('--security-info') == before
    world.run('record', '--connect', guest.daemon.uri, '--mirror').expect(0)
    guest.convert('--force', '--apply').expect(0)
    world.run('record', '--connect', guest.daemon.uri, '--mirror').expect(0)
    edit(guest, '<metadata>', '<metadata><x:x xmlns:x="urn:x"/>')
    guest.undo_both().expect(1, 'definition-changed')
    guest.undo_both('--force').expect(0)
    edit(guest, '(?s) *<metadata>.*</metadata>\n', '')
    assert guest.read('--security-info') == before


def main():
    if not os.path.exists(os.environ.get('MACHTYPE_GUESTS', '') + '/x86_64/kernel'):
        skip('MACHTYPE_GUESTS names no folder of guest kernels')
    with World(sys.argv[1]) as world:
        guest = Guest(world, world.daemon('a'))
        check_preview(guest)
        check_apply(guest)
        check_state(guest)
        check_edited(guest)
        check_renamed(guest)
        check_records(guest)
        check_mirror(guest)
        check_recorded(guest)
        check_same(guest)
        check_offered(guest)
        check_backup(guest)
        several = Several(world, world.daemon('b'))
        check_selectors(several)
        check_several(several)


if __name__ == '__main__':
    main()
