#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""status.py MACHTYPE TEST-STATUS

What the domains of a host really are: guests that are shut off, run, are paused, are saved, and have
snapshots, on a private daemon with real QEMU, each part with a machine type of its own.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import CALL, DEFINITION, Proxy
from virt import Run, World, domain, require, types, uuid_of

PROGRAM = sys.argv[-1]
MIRROR = 'urn:libmachtype:record:1'
require('qemu-system-x86_64')
NEW, OLD = types('pc-q35')[:2]
ODD = 'a&#9;b <1> "2" \u202e\u00e9 $(x)'


def ask(uri, *options):
    return Run([PROGRAM] + list(options) + [uri])


def statuses(uri, *options):
    """By UUID; the number of each domain, for short."""
    lines = ask(uri, *options).expect(0).out.splitlines()
    found = {json.loads(line)['uuid']: json.loads(line) for line in lines}
    assert len(found) == len(lines), lines
    return {int(uuid[-12:]): status for uuid, status in found.items()}


def check(got, wanted, what):
    if got != wanted:
        sys.exit('FAIL: {}\n{!r}\nwanted {!r}'.format(what, got, wanted))
    print('ok:', what)


def machines(status):
    """What each part has: 'definition running saved metadata'."""
    return ' '.join(status.get(part, {}).get('machine', '-')
                    for part in ('definition', 'running', 'saved', 'metadata'))


def disk(path):
    return ("<disk type='file'><driver name='qemu' type='qcow2'/><source file='{}'/>"
            "<target dev='vda' bus='virtio'/></disk>".format(path))


def guest(number, machine=OLD, extra='', name=None):
    return domain(name or 'guest{}'.format(number), uuid_of(number), 'x86_64', machine, extra)


def redefine(daemon, number, **options):
    daemon.define(guest(number, NEW, **options))


def make_disk(path):
    """An empty image of 1 MiB: the header, a table and a block of reference counts, and a table of
    clusters, in a cluster each. Source: QEMU docs/interop/qcow2.txt."""
    cluster = 65536
    header = struct.pack('>4sIQIIQIIQQIIQ', b'QFI\xfb', 2, 0, 0, 16, 1 << 20, 0, 1, 3 * cluster,
                         cluster, 1, 0, 0)
    clusters = (header, struct.pack('>Q', 2 * cluster), struct.pack('>4H', 1, 1, 1, 1), b'')
    write(path, b''.join(each.ljust(cluster, b'\0') for each in clusters))


def redefine_snapshot(daemon, number, name, content):
    """As another libvirt has written it."""
    with tempfile.NamedTemporaryFile('w', suffix='.xml') as file:
        file.write('<domainsnapshot><name>{}</name><creationTime>1</creationTime>{}'
                   '</domainsnapshot>'.format(name, content))
        file.flush()
        daemon.virsh('snapshot-create', 'guest{}'.format(number), file.name, '--redefine').expect(0)


def make_snapshots(world, daemon):
    """One of a guest that is shut off, one with RAM, one of its disks alone."""
    path = os.path.join(world.dir, 'disk.qcow2')
    make_disk(path)
    daemon.define(guest(6, extra=disk(path)))
    redefine_snapshot(daemon, 6, 'off', '<state>shutoff</state>' + guest(6, extra=disk(path)))
    daemon.virsh('start', '--paused', 'guest6').expect(0)
    redefine(daemon, 6, extra=disk(path))
    daemon.virsh('snapshot-create-as', 'guest6', 'ram').expect(0)
    daemon.virsh('snapshot-create-as', 'guest6', 'disks', '--disk-only').expect(0)
    daemon.virsh('destroy', 'guest6').expect(0)


def make_guests(world, daemon):
    daemon.define(guest(1))
    daemon.define(guest(2))
    daemon.virsh('start', 'guest2').expect(0)
    redefine(daemon, 2)
    daemon.define(guest(3), create=['--paused'])
    daemon.define(guest(4))
    daemon.virsh('start', 'guest4').expect(0)
    daemon.virsh('managedsave', 'guest4').expect(0)
    redefine(daemon, 4)
    daemon.define(guest(5, name=ODD.replace('<', '&lt;')))
    daemon.virsh('metadata', uuid_of(5), MIRROR, '--config', '--key', 'machtype', '--set',
                 "<record machine='{}' asked='q35' source='image' arch='x86_64'/>".format(NEW)).expect(0)
    make_snapshots(world, daemon)


def check_parts(found):
    check(sorted(found), [1, 2, 3, 4, 5, 6], 'each domain once')
    check({number: machines(status) for number, status in found.items()}, {
        1: OLD + ' - - -',
        2: NEW + ' ' + OLD + ' - -',
        3: '- ' + OLD + ' - -',
        4: NEW + ' - ' + OLD + ' -',
        5: OLD + ' - - ' + NEW,
        6: NEW + ' - - -',
    }, 'each part has its own machine type')
    check({number: (status['state'], status['persistent'], status['has_saved_state'])
           for number, status in found.items()}, {
               1: ('stopped', True, False),
               2: ('active', True, False),
               3: ('paused', False, False),
               4: ('stopped', True, True),
               5: ('stopped', True, False),
               6: ('stopped', True, False),
           }, 'state, definition, saved RAM')
    check(found[5]['name'], 'a\tb <1> "2" \u202e\u00e9 $(x)', 'an odd name')
    check(found[5]['metadata'], {'arch': 'x86_64', 'machine': NEW, 'requested': 'q35',
                                 'source': 'image'}, 'the record in the metadata')
    check(found[1]['definition'], {'arch': 'x86_64', 'machine': OLD, 'domain_type': 'qemu'},
          'a definition')
    check([status.get('problems') for status in found.values()], [None] * 6, 'no problems')


def check_snapshots(found):
    shown = {each['name']: (each['memory'], each['machine'],
                            each.get('inactive', {}).get('machine'))
             for each in found[6]['snapshots']}
    check(shown, {'off': (False, OLD, None), 'ram': (True, OLD, NEW), 'disks': (False, OLD, NEW)},
          'snapshots')


def check_options(daemon, found):
    uri = daemon.uri
    check(statuses(uri, '--read-only'), found, 'the same over a read-only connection')
    check(statuses(uri.replace('libvirt-sock', 'libvirt-sock-ro'), '--read-only'), found,
          'the same over the read-only socket')
    for number in found:
        check(json.loads(Run([PROGRAM, uri, uuid_of(number)]).expect(0).out), found[number],
              'guest {} alone'.format(number))
    check(Run([PROGRAM, uri, uuid_of(9)]).expect(1).err.split(':')[0], 'not-found', 'no domain')
    bare = statuses(uri, '--no-saved')
    check([('saved' in status, 'snapshots' in status, status['has_saved_state'])
           for status in bare.values()], [(False, False, False)] * 6, 'without what is saved')
    devices = statuses(uri, '--devices')
    check(devices[6]['definition']['devices'], {'hw_disk_bus': 'virtio'}, 'devices')
    check(len(ask(uri, '--stop', '2').expect(0).out.splitlines()), 2, 'stopped')


def damage(daemon, number, change):
    """Changes the file with the saved RAM."""
    path = os.path.join(daemon.path, 'lib/libvirt/qemu/save/guest{}.save'.format(number))
    with open(path, 'rb') as file:
        content = file.read()
    with open(path, 'wb') as file:
        file.write(change(content))
    return lambda: write(path, content)


def write(path, content):
    with open(path, 'wb') as file:
        file.write(content)


# The header: 16 bytes that say what it is, then the version, four bytes. Source: libvirt
# src/qemu/qemu_saveimage.h.
DAMAGES = (
    ('another file as a save image', lambda content: b'x' * len(content)),
    ('a save image that ends early', lambda content: content[:100]),
    ('an empty save image', lambda content: b''),
    ('a save image of another libvirt', lambda content: content[:16] + b'\x63' + content[17:]),
    ('a save image of another guest', lambda content: content.replace(
        uuid_of(4).encode(), uuid_of(8).encode())),
)


def check_damages(daemon, found):
    for what, change in DAMAGES:
        restore = damage(daemon, 4, change)
        for options in ([], ['--read-only']):
            now = statuses(daemon.uri, *options)
            problems = now[4].pop('problems')
            print('    ', problems)
            check([(each['part'], 'snapshot' in each) for each in problems], [('saved', False)], what)
            check(now[4].get('saved'), None, 'its machine type is not known')
            check(now[4]['has_saved_state'], True, 'but it is saved')
            now[4]['saved'] = found[4]['saved']
            check(now, found, 'nothing else changes')
        restore()
    check(statuses(daemon.uri), found, 'as before')


def check_old_snapshot(daemon):
    """libvirt before 0.9.5 wrote snapshots without the domain; a later one reads them."""
    daemon.stop()
    folder = os.path.join(daemon.path, 'lib/libvirt/qemu/snapshot/guest1')
    os.makedirs(folder)
    write(os.path.join(folder, 'old.xml'), '<domainsnapshot><name>old</name><state>running</state>'
          '<creationTime>1</creationTime><domain><uuid>{}</uuid></domain><active>0</active>'
          '</domainsnapshot>'.format(uuid_of(1)).encode())
    daemon.start()
    found = statuses(daemon.uri)[1]
    check(found['snapshots'], [{'name': 'old', 'memory': True}], 'a snapshot without its domain')
    check([(each['part'], each['snapshot'], each['error']) for each in found['problems']],
          [('snapshot', 'old', 'invalid-xml')], 'and that is a problem')
    check(machines(found), OLD + ' - - -', 'the definition is still known')


def check_vanished(world, daemon, found):
    """A domain that is undefined between the list and its turn is omitted."""
    direct = ['virsh', '-q', '-c', daemon.uri]

    def act(direction, _number, procedure):
        if direction == CALL and procedure == DEFINITION and not gone:
            gone.append(subprocess.run(direct + ['undefine', 'guest1'], check=True,
                                       capture_output=True))

    gone = []
    proxy = Proxy(os.path.join(world.dir, 'proxy'), os.path.join(daemon.path, 'sock/libvirt-sock'), act)
    now = statuses(proxy.uri)
    proxy.close()
    check(len(gone), 1, 'it was undefined meanwhile')
    check(now, {number: status for number, status in found.items() if number != 1},
          'a domain that vanishes is omitted, the others are there')
    daemon.define(guest(1))


def check_broken(world, daemon):
    """The connection breaks, or the host hangs, in the middle: an error, not many problems."""
    for action, error in (('cut', 'libvirt'), ('freeze', 'timeout')):
        proxy = Proxy(os.path.join(world.dir, 'proxy'),
                      os.path.join(daemon.path, 'sock/libvirt-sock'),
                      lambda direction, _number, procedure, how=action: how
                      if direction == CALL and procedure == DEFINITION and seen.append(1) is None
                      and len(seen) == 3 else None)
        seen = []
        got = ask(proxy.uri, '--timeout', '3000').expect(1)
        proxy.close()
        check(got.err.split(':')[0], error, 'a connection: ' + action)
        check('problems' in got.out, False, 'not the problem of a domain')
        check(len(got.out.splitlines()) < 6, True, 'not all domains')


def check_hang(daemon, found):
    daemon.freeze()
    got = ask(daemon.uri, '--timeout', '1000').expect(1)
    daemon.resume()
    check(got.err.split(':')[0], 'timeout', 'a host that hangs')
    check(statuses(daemon.uri), found, 'and answers again')


def lint(world, daemon, *options, status=0):
    """With newer QEMU, a machine type is deprecated, which is a finding."""
    run = world.plain('lint', '--json', '--connect', daemon.uri, *options)
    answers = [json.loads(line) for line in run.out.splitlines()]
    found = any(finding['severity'] != 'note' for answer in answers for finding in answer.get('findings', []))
    run.expect(max(status, int(found)))
    return answers


def check_lint(world, daemon):
    """The definition of each domain, by name; of a transient one, what runs."""
    answers = lint(world, daemon, '--all')
    names = {number: 'guest{}'.format(number) for number in range(1, 7)}
    names[5] = 'a\tb <1> "2" \u202e\u00e9 $(x)'
    check([(each['domain'], each['uuid']) for each in answers],
          sorted((name, uuid_of(number)) for number, name in names.items()), 'lint of all')
    check({'file' in each for each in answers}, {False}, 'none is a file')
    check({each['document'] for each in answers}, {'domain'}, 'each is a domain')
    check([each['domain'] for each in answers if '/domain/@id' in each['libvirt_not_asked']],
          ['guest3'], 'only the transient one as it runs')
    for text in (names[5], uuid_of(5), uuid_of(5).upper()):
        check(lint(world, daemon, '--domain', text),
              [each for each in answers if each['domain'] == names[5]], 'lint of ' + ascii(text))
    check([each['domain'] for each in lint(world, daemon, '--domain', 'guest3', '--domain', 'guest1')],
          ['guest3', 'guest1'], 'in the order of the options')
    missing = lint(world, daemon, '--domain', 'guest9', '--domain', 'guest1', status=2)
    check([(each['domain'], each.get('error')) for each in missing],
          [('guest9', 'not-found'), ('guest1', None)], 'a domain that is not there')
    text = world.plain('lint', '--connect', daemon.uri, '--all').expect(0).out
    check(sorted({line.split(': ')[0] for line in text.splitlines()})[0],
          'a\\tb <1> "2" \\u{202e}\u00e9 $(x)', 'an odd name is one field')
    broken = world.plain('lint', '--json', '--connect', 'test:///default', '--all').expect(3)
    check([(json.loads(line)['domain'], json.loads(line)['document'], json.loads(line)['error'])
           for line in broken.out.splitlines()], [('test', 'domain', 'libvirt')],
          'a domain about which libvirt cannot be asked')


def check_test_driver():
    lines = ask('test:///default').expect(0).out.splitlines()
    check([(json.loads(line)['name'], json.loads(line)['state']) for line in lines],
          [('test', 'active')], 'the test driver')
    status = json.loads(lines[0])
    check(status['definition'], status['running'], 'its guest runs')


def main():
    with World(sys.argv[1]) as world:
        daemon = world.daemon('a')
        make_guests(world, daemon)
        found = statuses(daemon.uri)
        check_parts(found)
        check_snapshots(found)
        check_lint(world, daemon)
        check_options(daemon, found)
        check_damages(daemon, found)
        check_vanished(world, daemon, found)
        check_broken(world, daemon)
        check_hang(daemon, statuses(daemon.uri))
        check_old_snapshot(daemon)
        check_test_driver()
    print('PASS')


if __name__ == '__main__':
    main()
