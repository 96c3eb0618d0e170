#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""audit-input.py MACHTYPE

What list, audit, record and upgrade-check say of what cannot be read: a domain that vanishes meanwhile,
a save image of another libvirt, a snapshot without its domain; and of hostile names, which stay one
field in every form of output.
"""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import CALL, DEFINITION, Proxy
from status import NEW, ODD, OLD, damage, disk, guest, make_disk, redefine_snapshot, write
from virt import World, require, uuid_of

NAME = 'a\tb <1> "2" \u202e\u00e9 $(x)'
# As text from outside is shown, and as a quotation of it.
SHOWN = 'a\\tb <1> "2" \\u{202e}\u00e9 $(x)'

COLOR = re.compile(r'\033\[[0-9;]*m')


def make_guests(world, daemon):
    path = os.path.join(world.dir, 'disk.qcow2')
    make_disk(path)
    for number in 1, 2, 3:
        daemon.define(guest(number, NEW))
    daemon.define(guest(4, NEW))
    daemon.virsh('start', '--paused', 'guest4').expect(0)
    daemon.virsh('managedsave', 'guest4').expect(0)
    daemon.define(guest(6, NEW, extra=disk(path)))
    world.run('record', '--connect', daemon.uri).expect(0)
    world.run('audit', '--connect', daemon.uri).expect(0)


def entries(run):
    return {int(entry['uuid'][-12:]): entry for entry in map(json.loads, run.out.splitlines())}


def findings(run):
    """'code: message' by guest."""
    return {number: ['{code}: {message}'.format(**finding) for finding in entry['findings']]
            for number, entry in entries(run).items()}


def check(got, wanted, what):
    if got != wanted:
        sys.exit('FAIL: {}\n{!r}\nwanted {!r}'.format(what, got, wanted))
    print('ok:', what)


def vanish(world, daemon, *command):
    """The command, while guest 1 is undefined between the list of domains and its turn."""
    def act(direction, _number, procedure):
        if direction == CALL and procedure == DEFINITION and not gone:
            gone.append(subprocess.run(['virsh', '-q', '-c', daemon.uri, 'undefine', 'guest1'],
                                       check=True, capture_output=True))

    gone = []
    proxy = Proxy(os.path.join(world.dir, 'proxy'), os.path.join(daemon.path, 'sock/libvirt-sock'), act)
    run = world.run(*command, '--connect', proxy.uri)
    proxy.close()
    check(len(gone), 1, '{}: it was undefined meanwhile'.format(command[0]))
    daemon.define(guest(1, NEW))
    return run


def check_vanished(world, daemon):
    host = daemon.virsh('hostname').out.strip()
    run = vanish(world, daemon, 'audit', '--json').expect(1)
    check(findings(run), {1: ['no-domain: host {} has no domain of this UUID'.format(host)]},
          'audit: a domain that vanishes is gone, and hides nothing')
    run = vanish(world, daemon, 'list', '--json').expect(0)
    check({number: entry.get('defined') for number, entry in entries(run).items()},
          {1: None, 2: NEW, 3: NEW, 4: NEW, 6: NEW}, 'list: it is not defined any more')
    run = vanish(world, daemon, 'record', '--json').expect(0)
    check([each['uuid'][-1] for each in map(json.loads, run.out.splitlines()) if 'error' in each], [],
          'record: nothing failed')
    run = vanish(world, daemon, 'upgrade-check').expect(1)
    check(bool(re.search(r'^{} \(guest1\), {}: .* no domain .*; .*instance delete'.format(
        uuid_of(1), NEW), run.err, re.M)), True, 'upgrade-check: it is named')
    world.run('audit', '--connect', daemon.uri).expect(0)


def check_save_image(world, daemon):
    """Its version is one that this libvirt does not know."""
    restore = damage(daemon, 4, lambda content: content[:16] + b'\x63' + content[17:])
    for command, status in (('list', 0), ('audit', 1)):
        found = findings(world.run(command, '--json', '--connect', daemon.uri).expect(status))
        check(sorted(number for number in found if found[number]), [4], command + ': only one guest')
        check(bool(re.match('not-checked: its managed save image could not be read: .',
                            ' | '.join(found[4]))), True, command + ': its save image')
    run = world.run('audit', '--connect', daemon.uri, '--fail-on', 'not-checked').expect(2)
    check(len(run.out.splitlines()), 1, 'audit: a line')
    run = world.run('upgrade-check', '--connect', daemon.uri).expect(1)
    check(bool(re.search(r'^{} \(guest4\), {}: its managed save image could not'.format(
        uuid_of(4), NEW), run.err, re.M)), True, 'upgrade-check: a line')
    world.run('record', '--connect', daemon.uri).expect(0)
    restore()
    world.run('audit', '--connect', daemon.uri).expect(0)


def check_old_snapshot(world, daemon):
    """libvirt before 0.9.5 wrote only the UUID."""
    daemon.stop()
    folder = os.path.join(daemon.path, 'lib/libvirt/qemu/snapshot/guest2')
    os.makedirs(folder)
    write(os.path.join(folder, 'old.xml'), '<domainsnapshot><name>old</name><state>running</state>'
          '<creationTime>1</creationTime><domain><uuid>{}</uuid></domain><active>0</active>'
          '</domainsnapshot>'.format(uuid_of(2)).encode())
    daemon.start()
    found = findings(world.run('audit', '--json', '--connect', daemon.uri).expect(1))
    check({number: [each.split(':')[0:2] for each in found[number]] for number in found},
          {2: [['not-checked', " its snapshot 'old' could not be read"]]}, 'a snapshot without its domain')
    daemon.virsh('snapshot-delete', 'guest2', 'old', '--metadata').expect(0)
    world.run('audit', '--connect', daemon.uri).expect(0)


def is_plain(text):
    """Nothing that a terminal acts on, and no text that runs backwards."""
    return not re.search('[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]', text)


def check_lines(what, run, n_fields):
    lines = run.out.splitlines()
    check([len(line.split('\t')) for line in lines], [n_fields] * len(lines), what + ': fields')
    check(is_plain(run.out) and is_plain(run.err), True, what + ': nothing but text')
    check(SHOWN in run.out, True, what + ': the name')


def check_screen(world, *command):
    """What a terminal would show."""
    run = world.run(*command, '--color=always')
    text = COLOR.sub('', run.out + run.err)
    check(is_plain(text) and '\t' not in text, True, ' '.join(command[:1]) + ' on a screen')
    check(SHOWN.split()[0] in text, True, ' '.join(command[:1]) + ' on a screen: the name')


def check_names(world, daemon):
    """Of a domain, and of a snapshot with RAM."""
    daemon.define(guest(5, NEW, name=ODD.replace('<', '&lt;')))
    path = os.path.join(world.dir, 'disk.qcow2')
    redefine_snapshot(daemon, 6, ODD.replace('<', '&lt;'), "<state>running</state><memory snapshot='internal'/>"
                      + guest(6, OLD, extra=disk(path)))
    connect = '--connect', daemon.uri
    check_lines('list', world.run('list', *connect).expect(0), 11)
    run = world.run('audit', *connect).expect(1)
    check_lines('audit', run, 8)
    lines = [line.split('\t') for line in run.out.splitlines()]
    check(sorted(fields[1] for fields in lines), ['snapshot-state', 'unrecorded'], 'audit: both are there')
    for fields in lines:
        if fields[1] == 'snapshot-state':
            check(SHOWN in fields[6] and fields[7].endswith("{} SNAPSHOT'".format(uuid_of(6))), True,
                  'a name that a shell would read is not in the remedy')
    for command in 'list', 'audit':
        found = entries(world.run(command, '--json', *connect))
        check(found[5]['name'], NAME, command + ': the name in JSON')
    run = world.run('upgrade-check', *connect).expect(1)
    check([line.split(': ')[0] for line in run.err.splitlines() if uuid_of(5) in line],
          ['{} ({}), {}'.format(uuid_of(5), SHOWN, NEW)], 'upgrade-check: one line')
    check(is_plain(run.err), True, 'upgrade-check: nothing but text')
    for command in 'list', 'audit', 'upgrade-check', 'record':
        check_screen(world, command, *connect)
    check(json.loads(world.run('list', '--json', *connect, '--name', 'a*').out)['recorded'], NEW,
          'recorded under its name')


def main():
    require('qemu-system-x86_64')
    with World(sys.argv[1]) as world:
        daemon = world.daemon('a')
        make_guests(world, daemon)
        check_vanished(world, daemon)
        check_save_image(world, daemon)
        check_old_snapshot(world, daemon)
        check_names(world, daemon)
    print('PASS')


main()
