#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""convert.py MACHTYPE

Guests are converted from pc to q35, from q35 to pc and back, as they are written and in libvirt's
version of them: libvirt defines the result, against its schema, and QEMU starts it; converted again it
stays the same; and lint finds nothing that it did not find before, except what was named as an effect.
In the other families, to an older version: only the type differs in libvirt's version of it.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from virt import HERE, Run, skip

OTHER = {'pc-i440fx-7.2': 'pc-q35-7.2', 'pc-q35-7.2': 'pc-i440fx-7.2'}

DISK = "<disk type='file' device='{}'><source file='x'/><target dev='{}' bus='{}'/>{}</disk>"
WWN = '<wwn>5000c50015ea71ad</wwn>'
GEOMETRY = "<geometry cyls='16' heads='16' secs='63'{}/>"
NIC = "<interface type='user'><model type='{}'/></interface>"


def disk(target, bus, device='disk', more=''):
    return DISK.format(device, target, bus, more)


def usb_set(index):
    parts = ["<controller type='usb' index='{}' model='ich9-ehci1'/>".format(index)]
    for i in range(3):
        parts.append("<controller type='usb' index='{}' model='ich9-uhci{}'>"
                     "<master startport='{}'/></controller>".format(index, i + 1, 2 * i))
    return ''.join(parts)


# Devices of real guests, on one machine or on both.
BOTH = {
    'nics': ''.join(NIC.format(model) for model in (
        'virtio', 'e1000', 'e1000e', 'rtl8139', 'pcnet', 'ne2k_pci', 'vmxnet3')) +
            "<interface type='user'><model type='virtio'/><acpi index='7'/></interface>",
    'many': ''.join(NIC.format('virtio') for _ in range(24)) + disk('sda', 'sata'),
    'scsi': "<controller type='scsi' index='0' model='lsilogic'/>"
            "<controller type='scsi' index='1' model='virtio-scsi'/>"
            "<controller type='scsi' index='2' model='lsisas1078'/>" +
            disk('sda', 'scsi') + disk('sdh', 'scsi') + disk('sdb', 'scsi', 'cdrom'),
    'floppy': disk('fda', 'fdc', 'floppy') + disk('vda', 'virtio'),
    'usb': usb_set(0) + "<input type='tablet' bus='usb'><address type='usb' bus='0' port='5'/>"
           "</input><hub type='usb'><address type='usb' bus='0' port='6'/></hub>"
           "<input type='keyboard' bus='usb'><address type='usb' bus='0' port='6.1'/></input>"
           "<redirdev bus='usb' type='spicevmc'/><graphics type='spice'/>"
           "<smartcard mode='passthrough' type='spicevmc'/>",
    'usb-two': "<controller type='usb' index='0' model='piix3-uhci'/>" + usb_set(1) +
               "<input type='tablet' bus='usb'><address type='usb' bus='1' port='1'/></input>",
    'sound': "<graphics type='vnc'/>" + ''.join(
        "<sound model='{}'/>".format(model) for model in ('ich6', 'ich9', 'ac97', 'es1370', 'sb16')),
    'serial': "<serial type='pty'/><serial type='pty'><target type='pci-serial' port='1'/></serial>"
              "<parallel type='pty'/><channel type='pty'><target type='virtio' name='a.b'/>"
              "</channel><console type='pty'><target type='virtio' port='1'/></console>",
    'watchdog': "<watchdog model='i6300esb' action='none'/><panic model='isa'/>",
    'others': "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
              "<shmem name='mtconvert'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>"
              "<input type='tablet' bus='virtio'/><memballoon model='none'/>",
    'scsi-wwn': "<controller type='scsi' model='virtio-scsi'/>" + disk(
        'sda', 'scsi', more=WWN + '<vendor>v</vendor>') + disk('sdb', 'scsi', 'cdrom', WWN),
    'geometry': disk('vda', 'virtio', more=GEOMETRY.format('')) + disk(
        'sda', 'sata', more=GEOMETRY.format('') + '<serial>s1</serial>'),
    'passthrough': "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/>"
                   "<product id='0xbeef'/></source></hostdev>",
    'thirty': 30 * NIC.format('e1000'),
    'place': "<video><model type='vga'/><address type='pci' bus='0' slot='9'/></video>",
}
for model in ('vga', 'cirrus', 'bochs', 'vmvga', 'qxl', 'virtio', 'ramfb', 'none'):
    BOTH['video-' + model] = ("<graphics type='vnc'/><video><model type='{}'/></video>"
                              .format(model))
DEVICES = {
    'pc-i440fx-7.2': dict(BOTH, **{
        'ide': disk('hda', 'ide') + disk('hdb', 'ide') + disk('hdc', 'ide', 'cdrom') +
               disk('hdd', 'ide', 'cdrom'),
        'ide-sata': disk('hdc', 'ide', 'cdrom') + disk('vda', 'virtio') + disk('hdb', 'ide') +
                    disk('sda', 'sata') + disk('sdb', 'sata'),
        'ide-sata-scsi': disk('hda', 'ide') + disk('sda', 'scsi') + disk('sdb', 'sata') +
                         disk('sdg', 'usb'),
        'fixed': "<controller type='pci' index='0' model='pci-root'><target hotplug='off'/>"
                 "</controller>",
        'bridges': "<controller type='pci' index='1' model='pci-bridge'/>"
                   "<controller type='pci' index='2' model='pci-expander-bus'/>" +
                   NIC.format('virtio'),
        'wwn': disk('hda', 'ide', more=WWN + '<serial>s1</serial>') + disk(
            'hdc', 'ide', 'cdrom', WWN) + disk('vda', 'virtio'),
        'translation': disk('hda', 'ide', more=GEOMETRY.format(" trans='lba'") + WWN) + disk(
            'hdb', 'ide', more=GEOMETRY.format('')),
        'rotation': disk('hda', 'ide').replace("bus='ide'", "bus='ide' rotation_rate='1'"),
        'ib700': "<watchdog model='ib700' action='reset'/>",
    }),
    'pc-q35-7.2': dict(BOTH, **{
        'sata': ''.join(disk('sd' + letter, 'sata') for letter in 'abcdefg') +
                disk('sdh', 'sata', 'cdrom'),
        'iommu': "<iommu model='intel'/><interface type='user'><model type='virtio'/>"
                 "<driver iommu='on' ats='on'/></interface>"
                 "<controller type='scsi' model='virtio-scsi'><driver iommu='on'/></controller>",
        'iommu-remapping': "<iommu model='intel'><driver caching_mode='on' iotlb='on'/></iommu>",
        'iommu-virtio': "<iommu model='virtio'/>",
        'bridges': "<controller type='pci' index='1' model='dmi-to-pci-bridge'/>"
                   "<controller type='pci' index='2' model='pcie-expander-bus'/>"
                   "<controller type='pci' index='3' model='pcie-switch-upstream-port'/>"
                   "<controller type='pci' index='4' model='pcie-switch-downstream-port'/>" +
                   NIC.format('virtio'),
        'transitional': "<disk type='file' device='disk' model='virtio-transitional'>"
                        "<source file='x'/><target dev='vda' bus='virtio'/></disk>",
    }),
}
HEADS = {
    'no-acpi': '',
    'no-acpi-apic': '<features><apic/></features>',
    'ioapic': "<features><acpi/><ioapic driver='qemu'/></features>",
    'smm': "<features><acpi/><smm state='on'><tseg unit='MiB'>16</tseg></smm></features>",
}


def guest(machine, devices, head='<features><acpi/><apic/></features>'):
    return ("<domain type='qemu'><name>converted</name><memory unit='MiB'>128</memory>"
            "<os><type arch='x86_64' machine='{}'>hvm</type></os>{}<devices>{}</devices></domain>"
            .format(machine, head, devices))


class Host:
    """The embedded driver, and files for disks."""

    def __init__(self, program):
        self.program = program
        self.env = dict(os.environ, LIBVIRT_DEBUG='4', MACHTYPE_CONF='', LC_ALL='C.UTF-8')
        self.dir = tempfile.mkdtemp(prefix='mt.', dir='/tmp')
        self.uri = subprocess.run(
            ['sh', os.path.join(HERE, '..', 'boot', 'embed-root.sh'), self.dir + '/r',
             os.environ['MACHTYPE_LIBVIRT_CACHE']], check=True, stdout=subprocess.PIPE
        ).stdout.decode().strip()

    def write(self, xml):
        path = os.path.join(self.dir, 'domain.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(xml)
        return path

    def prepare(self, xml):
        """Disks that exist, networks that depend on nothing."""
        root = ET.fromstring(xml)
        root.set('type', 'qemu')
        for number, element in enumerate(root.iter('disk')):
            path = '{}/{}.img'.format(self.dir, number)
            with open(path, 'wb') as file:
                file.truncate(1024 * 1024)
            element.set('type', 'file')
            for source in element.findall('source'):
                source.attrib = {'file': path}
            for driver in element.findall('driver'):
                driver.set('type', 'raw')
        for element in root.iter('interface'):
            element.set('type', 'user')
            for source in element.findall('source'):
                element.remove(source)
        return ET.tostring(root, encoding='unicode')

    def define(self, xml, start):
        """Defines it, starts it if requested, and returns libvirt's version of it."""
        name = re.search('<name>(.*?)</name>', xml).group(1)
        commands = 'define --validate {}; dumpxml --security-info {}; '.format(
            self.write(xml), name)
        if start:
            commands += 'start --paused {0}; destroy {0}; '.format(name)
        done = Run(['virsh', '-q', '-c', self.uri, commands + 'undefine --nvram ' + name],
                   env=self.env)
        if done.status != 0 or done.err:
            sys.exit('FAIL: {}\n{}'.format(done.err, xml))
        return done.out[:done.out.index('</domain>') + len('</domain>')] + '\n'

    def convert(self, xml, machine, status=0):
        run = Run([self.program, 'convert', self.write(xml), '--machine', machine, '--force', '--json'],
                  env=self.env).expect(status)
        return json.loads(run.out)

    def lint(self, xml):
        run = Run([self.program, 'lint', '--json', self.write(xml)], env=self.env)
        return {finding['code'] for finding in json.loads(run.out)['findings']}

    def one_way(self, xml, start):
        """Converts it to the other family, and returns libvirt's version of the result."""
        machine = re.search("machine='(.*?)'", xml).group(1)
        other = OTHER[machine]
        answer = self.convert(xml, other)
        result = answer['xml']
        defined = self.define(result, start)
        assert "machine='{}'>hvm".format(other) in defined
        expected = self.lint(xml) | {effect['code'] for effect in answer['effects']}
        for now in result, defined:
            assert self.lint(now) <= expected, (self.lint(now) - expected, now)
        again = self.convert(result, other)
        assert (again['verdict'], again['xml']) == ('noop', result), again
        back = result.replace('"{}"'.format(other), '"{}"'.format(machine))
        assert self.convert(back, other)['xml'] == result
        return defined

    def there_and_back(self, xml, start):
        """From a family to the other one and back again."""
        self.one_way(xml.replace('"', "'"), False)
        self.one_way(self.one_way(self.define(xml, False), start), start)

    def older(self, xml):
        """Within a family."""
        xml = self.define(xml, False)
        machine = re.search("machine='(.*?)'>hvm", xml).group(1)
        older = machine.replace('7.2', '6.2')
        after = self.define(self.convert(xml, older)['xml'], False)
        assert after == xml.replace(machine, older), after


def golden(host):
    for path in sorted(glob.glob(os.path.join(HERE, '..', 'data', 'guests', '*.xml'))):
        name = os.path.basename(path)
        with open(path, encoding='utf-8') as file:
            xml = host.prepare(file.read())
        if any(word in name for word in ('loongarch64', 'hvf', 'unknown-host', 'vendor')):
            continue  # libvirt 9.0 does not define them here
        print('== ' + name, flush=True)
        if re.search('machine="pc-', xml):
            host.there_and_back(xml, False)
        elif 'malta' not in xml and 'riscv64' not in xml:  # no versions
            host.older(xml)


def main():
    if not os.path.isdir(os.environ.get('MACHTYPE_LIBVIRT_CACHE', '')):
        skip('MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt')
    for tool in ('virsh', 'qemu-system-x86_64'):
        if shutil.which(tool) is None:
            skip(tool + ' is not installed')
    start = len(sys.argv) > 2 and sys.argv[2] == '--start'
    host = Host(os.path.abspath(sys.argv[1]))
    try:
        if not start:
            golden(host)
        for machine, kinds in DEVICES.items():
            for name, devices in kinds.items():
                print('== {} {}'.format(machine, name), flush=True)
                host.there_and_back(host.prepare(guest(machine, devices)), start)
        for name, head in HEADS.items():
            print('== ' + name, flush=True)
            for machine in OTHER:
                if '<tseg' not in head or 'q35' in machine:
                    host.there_and_back(guest(machine, '', head), start)
        print('== Secure Boot', flush=True)
        secure = guest('pc-q35-7.2', '').replace('</os>', "<loader secure='yes'/></os>")
        assert 'xml' not in host.convert(secure, 'pc-i440fx-7.2', 1)
    finally:
        shutil.rmtree(host.dir)


if __name__ == '__main__':
    main()
