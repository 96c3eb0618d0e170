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
from virt import World, domain, require, skip, uuid_of

GUEST = uuid_of(1)
OLD, NEW = 'pc-i440fx-7.2', 'pc-q35-7.2'
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
    guest.undo_both('--force').expect(0)
    assert guest.read('--security-info') == before


def check_records(guest):
    """The record is that of this guest, or nothing happens."""
    world, daemon = guest.world, guest.daemon
    before = guest.read('--security-info')
    world.run('update-machine-type', 'guest', 'pc-i440fx-8.0', '--force').expect(0)
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
    run = world.run('convert', '--domain', 'guest', '--machine', OLD, '--connect', guest.daemon.uri,
                    '--diff', '--apply').expect(0)
    assert '@@' not in run.out, run.out
    run = world.run('convert', '--domain', 'guest', '--machine', 'pc', '--connect',
                    guest.daemon.uri, '--pin', '--diff', '--apply').expect(0)
    assert '@@' not in run.out, run.out
    guest.both(OLD)
    guest.undo_both().expect(0)
    guest.undo_both().expect(1, 'no change to undo')
    assert guest.read('--security-info') == before


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
    require('qemu-system-x86_64')
    if not os.path.exists(os.environ.get('MACHTYPE_GUESTS', '') + '/x86_64/kernel'):
        skip('MACHTYPE_GUESTS names no folder of guest kernels')
    with World(sys.argv[1]) as world:
        guest = Guest(world, world.daemon('a'))
        check_preview(guest)
        check_apply(guest)
        check_state(guest)
        check_edited(guest)
        check_records(guest)
        check_mirror(guest)
        check_recorded(guest)
        check_same(guest)
        check_backup(guest)


if __name__ == '__main__':
    main()
