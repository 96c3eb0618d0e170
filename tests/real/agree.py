#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""agree.py MACHTYPE CREATE CREATE.PY SYSCONFDIR: programs on one host answer alike.

A program in C, one in Python, and machtype itself run on a host whose operator has a configuration
and drop-ins. Each decides the same machine types, and finds what the others have recorded.
"""

import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from virt import Run, World, require, skip, uuid_of

FILES = {
    'machtype.conf': 'store = {dir}/first.db\npin = false\ndefaults = x86_64=q35; aarch64=virt-6.1\n',
    'machtype.conf.d/10-defaults.conf': 'defaults = x86_64=pc-i440fx-6.2; s390x=s390-ccw-virtio\n',
    'machtype.conf.d/20-store.conf': 'store = {dir}/second.db\npin = true\n',
    'machtype.conf.d/30-off.conf.disabled': 'defaults = x86_64=isapc\n',
}
# By the last file that says so: the operator's default, pinned to what this host has.
WANTED = {'x86_64': 'pc-i440fx-6.2', 'aarch64': 'virt-6.1', 's390x': 's390-ccw-virtio-{newest}',
          'mips': 'malta'}


class Host:
    """Commands that see the configuration. Other processes do not."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        self.etc = os.path.join(world.dir, 'etc')
        shutil.copytree(folder, self.etc, symlinks=True, ignore_dangling_symlinks=True)
        for name, text in FILES.items():
            path = os.path.join(self.etc, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write('[machtype]\n' + text.format(dir=world.dir))
        self.env = {name: value for name, value in world.env.items() if name != 'MACHTYPE_CONF'}

    def run(self, *command):
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        return Run(['unshare', '--mount', 'sh', '-c', script, 'sh', self.etc, self.folder] +
                   list(command), env=self.env)

    def recorded(self, uuid):
        run = self.run(self.world.program, 'get-machine-type', '--json', uuid).expect(0)
        return json.loads(run.out)['machine']


def check(world, daemon, host, tools):
    number = 0
    newest = Run(['qemu-system-s390x', '--version']).expect(0, r'version \d+\.\d').out
    newest = re.search(r'version (\d+\.\d+)', newest).group(1)
    for arch, wanted in WANTED.items():
        wanted = wanted.format(newest=newest)
        resolved = host.run(world.program, 'resolve', '--json', '--connect', daemon.uri,
                            '--property', 'hw_architecture=' + arch).expect(0)
        answers = {'machtype': json.loads(resolved.out)['record']}
        for command in tools:
            number += 1
            name = 'guest-{}'.format(number)
            host.run(*command, daemon.uri, name, uuid_of(number), arch).expect(0)
            assert host.recorded(uuid_of(number)) == daemon.machine(name, '--inactive')
            answers[os.path.basename(command[-1])] = host.recorded(uuid_of(number))
        print(arch, answers)
        assert set(answers.values()) == {wanted}, (arch, wanted, answers)
    assert number == len(WANTED) * len(tools)
    assert os.path.exists(os.path.join(world.dir, 'second.db'))
    assert not os.path.exists(os.path.join(world.dir, 'first.db'))


def main():
    program, create, create_py, folder = sys.argv[1:]
    require('qemu-system-s390x', 'qemu-system-aarch64', 'qemu-system-mips')
    if not os.path.isdir(folder):
        skip('there is no ' + folder)
    with World(program) as world:
        check(world, world.daemon('d'), Host(world, folder),
              [[os.path.abspath(create)], ['/usr/bin/python3', os.path.abspath(create_py)]])


main()
