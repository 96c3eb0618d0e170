# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shared by the tests with private daemons: the program, the daemons, handwritten guests."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

# The time in seconds after which a command counts as hanging; it does not depend on speed.
HANG_LIMIT = 3600

HERE = os.path.dirname(os.path.abspath(__file__))


def skip(reason):
    """Like tests/skip.sh: nothing may be skipped where it is required."""
    print('SKIP: ' + reason)
    sys.exit(1 if os.environ.get('MACHTYPE_TEST_REQUIRE') else 77)


def require(*tools):
    if os.getuid() != 0:
        skip('a private libvirtd needs root')
    if not os.path.isdir(os.environ.get('MACHTYPE_LIBVIRT_CACHE', '')):
        skip('MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt')
    path = os.environ['PATH'] + ':/usr/sbin:/sbin'
    for tool in ('libvirtd', 'virsh', 'unshare', 'nsenter') + tools:
        if shutil.which(tool, path=path) is None:
            skip(tool + ' is not installed')


class Run:
    """The result of a command."""

    def __init__(self, arguments, **options):
        done = subprocess.run(arguments, capture_output=True, timeout=HANG_LIMIT, **options)
        self.arguments = arguments
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def expect(self, status, pattern=None):
        """Fails unless the status is this one and the output matches the pattern."""
        both = self.out + self.err
        if self.status != status or (pattern and not re.search(pattern, both)):
            sys.exit('FAIL: {}\nstatus {}, wanted {} and {!r}\n{}{}'.format(
                ' '.join(self.arguments), self.status, status, pattern, self.out, self.err))
        return self


def types(family, emulator='x86_64'):
    """What this host's QEMU has of a family, newest first, without the types that it deprecates. For
    tests: none of them stands for a version of QEMU."""
    text = Run(['qemu-system-' + emulator, '-machine', 'help']).expect(0).out
    found = re.findall(r'^({}-(\d+)\.(\d+)) (?!.*\(deprecated\)$)'.format(re.escape(family)), text, re.M)
    return [name for name, _, _ in sorted(found, key=lambda each: (-int(each[1]), -int(each[2])))]


class World:
    """A directory for everything, daemons that are stopped at the end, and the program."""

    def __init__(self, program):
        self.program = program
        self.dir = tempfile.mkdtemp(prefix='mt.', dir='/tmp')
        self.daemons = []
        self.store = os.path.join(self.dir, 'records.db')
        self.env = dict(os.environ, MACHTYPE_CONF='', LC_ALL='C.UTF-8')

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        return self

    def __exit__(self, *_):
        for daemon in self.daemons:
            daemon.resume()
            daemon.stop()
        shutil.rmtree(self.dir)

    def daemon(self, name):
        daemon = Daemon(os.path.join(self.dir, name))
        self.daemons.append(daemon)
        return daemon

    def configure(self, text):
        """machtype.conf of the operator."""
        path = os.path.join(self.dir, 'machtype.conf')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('[machtype]\n' + text)
        self.env['MACHTYPE_CONF'] = path

    def plain(self, *arguments, **options):
        return Run([self.program] + list(arguments), env=self.env, **options)

    def run(self, *arguments, **options):
        """The program with the store."""
        return self.plain(*arguments, '--store', self.store, **options)

    def record(self, uuid):
        return json.loads(self.run('get-machine-type', '--json', uuid).out)


class Daemon:
    def __init__(self, path):
        self.path = path
        self.script = os.path.join(HERE, 'private-libvirtd.sh')
        self.start()

    def start(self):
        self.uri = Run(['sh', self.script, 'start', self.path,
                        os.environ['MACHTYPE_LIBVIRT_CACHE']]).expect(0).out.strip()

    def stop(self):
        Run(['sh', self.script, 'stop', self.path]).expect(0)

    def _signal(self, number):
        mark = os.stat(os.path.join(self.path, 'run'))
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                seen = os.stat('/proc/{}/root/run'.format(pid))
                if (seen.st_dev, seen.st_ino) == (mark.st_dev, mark.st_ino):
                    os.kill(int(pid), number)
            except OSError:
                continue

    def freeze(self):
        self._signal(signal.SIGSTOP)

    def kill(self):
        self._signal(signal.SIGKILL)

    def resume(self):
        self._signal(signal.SIGCONT)

    def virsh(self, *arguments):
        return Run(['virsh', '-q', '-c', self.uri] + list(arguments))

    def define(self, xml, *, create=None):
        """Defines a domain; or creates it, transient, with the options of virsh create."""
        with tempfile.NamedTemporaryFile('w', suffix='.xml', encoding='utf-8') as file:
            file.write(xml)
            file.flush()
            if create is None:
                self.virsh('define', file.name).expect(0)
            else:
                self.virsh('create', file.name, *create).expect(0)

    def machine(self, name, *options):
        xml = self.virsh('dumpxml', *options, name).expect(0).out
        return re.search(r"<type [^>]*machine='([^']*)'", xml).group(1)


def domain(name, uuid, arch, machine, extra=''):
    """A handwritten guest, from before anything was recorded."""
    attribute = " machine='{}'".format(machine) if machine else ''
    return '''<domain type='qemu'>
  <name>{}</name>
  <uuid>{}</uuid>
  <memory unit='MiB'>64</memory>
  <os><type arch='{}'{}>hvm</type></os>
  <devices><controller type='usb' model='none'/><memballoon model='none'/>{}</devices>
</domain>'''.format(name, uuid, arch, attribute, extra)


def uuid_of(number):
    return '6f1d4b5e-0000-4000-8000-{:012d}'.format(number)
