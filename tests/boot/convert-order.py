#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""convert-order.py MACHTYPE BOOT_DOMAIN

Drives that boot: each has a boot sector that identifies it. After a conversion the BIOS must boot from
the same one as before.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'real'))
# pylint: disable=wrong-import-position
from virt import Run, skip

PC, Q35 = 'pc-i440fx-7.2', 'pc-q35-7.2'

# Machine, boot order in <os>, drives in document order, and which one boots.
CASES = [
    (PC, ['hd'], [('disk', 'hda', 'ide'), ('disk', 'hdb', 'ide')], 'hda'),
    # Alone on SATA, sda would come before what was hdb.
    (PC, ['hd'], [('disk', 'hdb', 'ide'), ('disk', 'sda', 'sata')], 'hdb'),
    # After the CD-ROM on SATA, sda would come before vda.
    (PC, ['hd'], [('cdrom', 'hdc', 'ide'), ('disk', 'vda', 'virtio'), ('disk', 'sda', 'sata')],
     'vda'),
    (PC, [], [('disk', 'sda', 'scsi'), ('disk', 'hda', 'ide')], 'sda'),
    (Q35, ['hd'], [('disk', 'sda', 'sata'), ('disk', 'sdb', 'sata')], 'sda'),
]


def sector(text):
    """Prints the text on the first serial port and halts."""
    code = bytes.fromhex('31c0 8ed8 be217c'              # ds = 0, si = the text
                         'ac 84c0 7412 88c3'             # next: bl = a byte, the last is 0
                         'bafd03 ec a820 74fb'           # until the port is ready
                         '88d8 baf803 ee ebe9'           # out, and the next
                         'f4 ebfd')                      # halted
    return (code + text.encode() + b'\0').ljust(510, b'\0') + b'\x55\xaa'


class Guest:
    def __init__(self, program, boot_domain):
        self.program = program
        self.boot_domain = boot_domain
        self.env = dict(os.environ, LIBVIRT_DEBUG='4', MACHTYPE_CONF='', LC_ALL='C.UTF-8')
        self.dir = tempfile.mkdtemp(prefix='mt.', dir='/tmp')
        self.uri = subprocess.run(
            ['sh', os.path.join(HERE, 'embed-root.sh'), self.dir + '/r',
             os.environ['MACHTYPE_LIBVIRT_CACHE']], check=True, stdout=subprocess.PIPE
        ).stdout.decode().strip()

    def path(self, name):
        return os.path.join(self.dir, name)

    def drive(self, device, target, bus):
        with open(self.path(target), 'wb') as file:
            file.write(sector('GUEST-BOOTED {}\r\n'.format(target)))
            file.truncate(1024 * 1024)
        return ("<disk type='file' device='{}'><source file='{}'/><target dev='{}' bus='{}'/></disk>"
                .format(device, self.path(target), target, bus))

    def domain(self, machine, boots, drives):
        return ("<domain type='qemu'><name>order</name><memory unit='MiB'>64</memory><os>"
                "<type arch='x86_64' machine='{}'>hvm</type>{}</os><features><acpi/></features>"
                "<devices>{}<serial type='file'><source path='{}'/></serial></devices></domain>"
                .format(machine, ''.join("<boot dev='{}'/>".format(boot) for boot in boots),
                        ''.join(self.drive(*drive) for drive in drives), self.path('console')))

    def write(self, xml):
        with open(self.path('domain.xml'), 'w', encoding='utf-8') as file:
            file.write(xml)
        return self.path('domain.xml')

    def define(self, xml):
        done = Run(['virsh', '-q', '-c', self.uri,
                    'define --validate {}; dumpxml order; undefine order'.format(self.write(xml))],
                   env=self.env).expect(0)
        return done.out[:done.out.index('</domain>') + len('</domain>')]

    def boot(self, xml):
        done = Run([self.boot_domain, '--connect', self.uri, '--console-log', self.path('console'),
                    '--timeout', '3600', '--until', 'GUEST-BOOTED', '--print', self.write(xml)],
                   env=self.env).expect(0, 'GUEST-BOOTED')
        return re.search(r'GUEST-BOOTED (\w+)', done.out).group(1)

    def check(self, machine, boots, drives, wanted):
        xml = self.define(self.domain(machine, boots, drives))
        assert self.boot(xml) == wanted
        other = Q35 if machine == PC else PC
        converted = Run([self.program, 'convert', self.write(xml), '--machine', other, '--force'],
                        env=self.env).expect(0)
        booted = self.boot(self.define(converted.out))
        print('{} to {}: {} boots'.format(machine, other, booted), flush=True)
        if booted != wanted:
            sys.exit('FAIL: {} boots, not {}\n{}'.format(booted, wanted, converted.out))


def main():
    if not os.path.isdir(os.environ.get('MACHTYPE_LIBVIRT_CACHE', '')):
        skip('MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt')
    for tool in ('virsh', 'qemu-system-x86_64'):
        if shutil.which(tool) is None:
            skip(tool + ' is not installed')
    guest = Guest(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    try:
        for case in CASES:
            guest.check(*case)
    finally:
        shutil.rmtree(guest.dir)


if __name__ == '__main__':
    main()
