#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""untouched.py MACHTYPE

Domains that name programs, files, sockets and hosts, in every place where libvirt has one. lint asks
libvirt about them, embedded and as a daemon, as root and under strace: nothing that is named is
executed, opened, made or contacted. As a check of the check, two of them are given to libvirt as they
are: that is seen.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

import virt

# By its device, or by what is next to <devices>. FILE, SCRIPT, SOCKET, FOLDER and NEW are below a
# directory that has "canary" in its name, HOST is a name that contains it, PORT is listened on.
DEVICES = {
    # Network interfaces
    'script': "<interface type='ethernet'><script path='SCRIPT'/></interface>",
    'script-bridge': "<interface type='bridge'><source bridge='canary0'/><script path='SCRIPT'/>"
                     "</interface>",
    'downscript': "<interface type='ethernet'><downscript path='SCRIPT'/></interface>",
    'tap': "<interface type='ethernet'><target dev='canarytap' managed='no'/></interface>",
    'tap-made': "<interface type='ethernet'><target dev='canarytap'/></interface>",
    'backend': "<interface type='ethernet'><backend tap='FILE' vhost='FILE'/><model type='virtio'/>"
               "</interface>",
    'passt': "<interface type='user'><backend type='passt' logFile='NEW'/>"
             "<source dev='canary0'/></interface>",
    'vhostuser': "<interface type='vhostuser'><source type='unix' path='SOCKET' mode='client'/>"
                 "<model type='virtio'/></interface>",
    'vhostuser-server': "<interface type='vhostuser'><source type='unix' path='NEW' mode='server'/>"
                        "<model type='virtio'/></interface>",
    'vdpa': "<interface type='vdpa'><source dev='FILE'/></interface>",
    'interface-server': "<interface type='server'><source address='127.0.0.1' port='PORT'/>"
                        "</interface>",
    'interface-client': "<interface type='client'><source address='HOST' port='PORT'/></interface>",
    'interface-udp': "<interface type='udp'><source address='127.0.0.1' port='PORT'>"
                     "<local address='127.0.0.1' port='PORT'/></source></interface>",
    'interface-network': "<interface type='network'><source network='canary'/></interface>",
    'interface-direct': "<interface type='direct'><source dev='canary0' mode='vepa'/></interface>",
    'interface-hostdev': "<interface type='hostdev'><source><address type='pci' domain='0' bus='0' "
                         "slot='31' function='7'/></source></interface>",
    'interface-filter': "<interface type='user'><filterref filter='canary'/></interface>",
    'interface-rom': "<interface type='user'><rom file='FILE'/></interface>",
    # Disks
    'file': "<disk type='file' device='disk'><source file='FILE'/>TARGET</disk>",
    'file-new': "<disk type='file' device='disk'><source file='NEW'/>TARGET</disk>",
    'qcow2': "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
             "<source file='FILE'/>TARGET</disk>",
    'block': "<disk type='block' device='disk'><source dev='FILE'/>TARGET</disk>",
    'dir': "<disk type='dir' device='disk'><driver type='fat'/><source dir='FOLDER'/><readonly/>"
           "TARGET</disk>",
    'volume': "<disk type='volume' device='disk'><source pool='canary' volume='canary'/>TARGET</disk>",
    'nbd': "<disk type='network' device='disk'><source protocol='nbd' name='canary'>"
           "<host name='127.0.0.1' port='PORT'/></source>TARGET</disk>",
    'nbd-unix': "<disk type='network' device='disk'><source protocol='nbd'>"
                "<host transport='unix' socket='SOCKET'/></source>TARGET</disk>",
    'nbd-tls': "<disk type='network' device='disk'><source protocol='nbd' tls='yes' "
               "tlsHostname='HOST'><host name='HOST'/></source>TARGET</disk>",
    'iscsi': "<disk type='network' device='disk'><source protocol='iscsi' name='iqn.canary/1'>"
             "<host name='HOST' port='PORT'/></source>TARGET</disk>",
    'iscsi-no-host': "<disk type='network' device='disk'><source protocol='iscsi' "
                     "name='iqn.canary/1'/>TARGET</disk>",
    'rbd': "<disk type='network' device='disk'><auth username='canary'><secret type='ceph' "
           "usage='canary'/></auth><source protocol='rbd' name='a/b'><host name='HOST'/>"
           "<config file='FILE'/></source>TARGET</disk>",
    'gluster': "<disk type='network' device='disk'><source protocol='gluster' name='a/b'>"
               "<host name='HOST'/></source>TARGET</disk>",
    'http': "<disk type='network' device='cdrom'><source protocol='http' name='canary'>"
            "<host name='127.0.0.1' port='PORT'/><cookies><cookie name='a'>b</cookie></cookies>"
            "</source>CDROM</disk>",
    'ssh': "<disk type='network' device='disk'><source protocol='ssh' name='canary'>"
           "<host name='HOST'/></source>TARGET</disk>",
    'nfs': "<disk type='network' device='disk'><source protocol='nfs' name='canary'>"
           "<host name='HOST'/><identity user='root' group='root'/></source>TARGET</disk>",
    'sheepdog': "<disk type='network' device='disk'><source protocol='sheepdog' name='canary'>"
                "<host name='HOST' port='PORT'/></source>TARGET</disk>",
    'vxhs': "<disk type='network' device='disk'><source protocol='vxhs' name='canary'>"
            "<host name='HOST' port='PORT'/></source>TARGET</disk>",
    'disk-vhostuser': "<disk type='vhostuser' device='disk'><source type='unix' path='SOCKET'>"
                      "<reconnect enabled='yes' timeout='1'/></source>TARGET</disk>",
    'nvme': "<disk type='nvme' device='disk'><source type='pci' managed='yes' namespace='1'>"
            "<address domain='0' bus='0' slot='31' function='7'/></source>TARGET</disk>",
    'lun': "<disk type='block' device='lun' sgio='unfiltered' rawio='yes'><source dev='FILE'>"
           "<reservations managed='no'><source type='unix' path='SOCKET' mode='client'/>"
           "</reservations></source><target dev='sda' bus='scsi'/></disk>",
    'backing': "<disk type='file' device='disk'><driver type='qcow2'/><source file='FILE'/>"
               "<backingStore type='file'><format type='raw'/><source file='FILE'/><backingStore/>"
               "</backingStore>TARGET</disk>",
    'backing-host': "<disk type='file' device='disk'><driver type='qcow2'/><source file='FILE'/>"
                    "<backingStore type='network'><format type='raw'/><source protocol='nbd'>"
                    "<host name='127.0.0.1' port='PORT'/></source></backingStore>TARGET</disk>",
    'mirror': "<disk type='file' device='disk'><source file='FILE'/><mirror type='file' job='copy'>"
              "<format type='raw'/><source file='NEW'/></mirror>TARGET</disk>",
    'slices': "<disk type='file' device='disk'><driver type='raw'/><source file='FILE'><slices>"
              "<slice type='storage' offset='1' size='2'/></slices></source>TARGET</disk>",
    'encryption': "<disk type='file' device='disk'><source file='FILE'><encryption format='luks'>"
                  "<secret type='passphrase' uuid='UUID'/></encryption></source>TARGET</disk>",
    'transient': "<disk type='file' device='disk'><driver type='raw'/><source file='FILE'/>"
                 "<transient shareBacking='yes'/>TARGET</disk>",
    'floppy': "<disk type='file' device='floppy'><source file='FILE'/>"
              "<target dev='fda' bus='fdc'/></disk>",
    'cdrom-file': "<disk type='file' device='cdrom'><source file='FILE' startupPolicy='optional'/>"
                  "CDROM</disk>",
    'metadata-cache': "<disk type='file' device='disk'><driver type='qcow2'><metadata_cache>"
                      "<max_size unit='bytes'>1024</max_size></metadata_cache></driver>"
                      "<source file='FILE'/>TARGET</disk>",
    # Backends of character devices
    'tpm': "<tpm model='tpm-tis'><backend type='passthrough'><device path='FILE'/></backend></tpm>",
    'tpm-external': "<tpm model='tpm-crb'><backend type='external'><source type='unix' mode='connect' "
                    "path='SOCKET'/></backend></tpm>",
    'tpm-emulator': "<tpm model='tpm-crb'><backend type='emulator' version='2.0' "
                    "persistent_state='yes'><encryption secret='UUID'/></backend></tpm>",
    'rng': "<rng model='virtio'><backend model='random'>FILE</backend></rng>",
    'rng-egd': "<rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='HOST' "
               "service='PORT'/></backend></rng>",
    'rng-egd-unix': "<rng model='virtio'><backend model='egd' type='unix'><source mode='connect' "
                    "path='SOCKET'/></backend></rng>",
    'rng-egd-file': "<rng model='virtio'><backend model='egd' type='dev'><source path='FILE'/>"
                    "</backend></rng>",
    'smartcard': "<smartcard mode='host-certificates'><certificate>canary1</certificate>"
                 "<certificate>canary2</certificate><certificate>canary3</certificate>"
                 "<database>FOLDER</database></smartcard>",
    'smartcard-tcp': "<smartcard mode='passthrough' type='tcp'><source mode='bind' host='127.0.0.1' "
                     "service='PORT'/></smartcard>",
    # Whole devices of the host
    'hostdev-usb': "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/>"
                   "<product id='0xbeef'/></source></hostdev>",
    'hostdev-pci': "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' "
                   "bus='0' slot='31' function='7'/></source><rom file='FILE'/></hostdev>",
    'hostdev-scsi': "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host99'/>"
                    "<address bus='0' target='0' unit='0'/></source></hostdev>",
    'hostdev-iscsi': "<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' "
                     "name='iqn.canary/1'><host name='HOST' port='PORT'/></source></hostdev>",
    'hostdev-iscsi-no-host': "<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' "
                             "name='iqn.canary/1'/></hostdev>",
    'hostdev-vhost': "<hostdev mode='subsystem' type='scsi_host' rawio='yes'><source protocol='vhost' "
                     "wwpn='naa.5123456789abcde0'/></hostdev>",
    'hostdev-mdev': "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>"
                    "<address uuid='UUID'/></source></hostdev>",
    'hostdev-storage': "<hostdev mode='capabilities' type='storage'><source><block>FILE</block>"
                       "</source></hostdev>",
    'hostdev-misc': "<hostdev mode='capabilities' type='misc'><source><char>FILE</char></source>"
                    "</hostdev>",
    'redirdev': "<redirdev bus='usb' type='tcp'><source mode='connect' host='127.0.0.1' "
                "service='PORT'/></redirdev>",
    'redirdev-unix': "<redirdev bus='usb' type='unix'><source mode='connect' path='SOCKET'/></redirdev>",
    # File systems, memory, and the rest
    'filesystem': "<filesystem type='mount'><source dir='FOLDER'/><target dir='canary'/></filesystem>",
    'filesystem-virtiofs': "<filesystem type='mount'><driver type='virtiofs'/><binary path='SCRIPT'/>"
                           "<source dir='FOLDER'/><target dir='canary'/></filesystem>",
    'filesystem-socket': "<filesystem type='mount'><driver type='virtiofs'/><source socket='SOCKET'/>"
                         "<target dir='canary'/></filesystem>",
    'filesystem-handle': "<filesystem type='mount'><driver type='handle'/><source dir='FOLDER'/>"
                         "<target dir='canary'/></filesystem>",
    'shmem': "<shmem name='canary'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
    'shmem-server': "<shmem name='canary'><model type='ivshmem-doorbell'/><server path='SOCKET'/>"
                    "<msi vectors='2'/></shmem>",
    'nvdimm': "<memory model='nvdimm'><source><path>FILE</path></source><target>"
              "<size unit='MiB'>256</size></target></memory>",
    'pmem': "<memory model='virtio-pmem'><source><path>FILE</path></source><target>"
            "<size unit='MiB'>256</size></target></memory>",
    'vsock': "<vsock model='virtio'><cid auto='no' address='1797'/></vsock>",
    'evdev': "<input type='evdev'><source dev='FILE' grab='all'/></input>",
    'input': "<input type='passthrough' bus='virtio'><source evdev='FILE'/></input>",
    'video': "<video><model type='virtio'><acceleration accel3d='yes' rendernode='FILE'/></model>"
             "</video>",
    'video-vhostuser': "<video><driver name='vhostuser'/><model type='virtio'/></video>",
    'audio-file': "<audio id='1' type='file' path='NEW'/><sound model='ich9'><audio id='1'/></sound>",
    'audio-oss': "<audio id='1' type='oss'><input dev='FILE'/><output dev='FILE'/></audio>"
                 "<sound model='ich9'/>",
    'audio-pulse': "<audio id='1' type='pulseaudio' serverName='HOST'/><sound model='ich9'/>",
    'vnc': "<graphics type='vnc' port='PORT' autoport='no' listen='HOST' passwd='canary'/>",
    'vnc-socket': "<graphics type='vnc' socket='NEW'/>",
    'spice': "<graphics type='spice' autoport='yes'><listen type='socket' socket='NEW'/>"
             "<gl enable='yes' rendernode='FILE'/></graphics>",
    'egl': "<graphics type='egl-headless'><gl rendernode='FILE'/></graphics>",
    'dbus': "<graphics type='dbus' address='unix:path=SOCKET'><gl enable='yes' rendernode='FILE'/>"
            "</graphics>",
    'sdl': "<graphics type='sdl' display=':17' xauth='FILE'/>",
    'rdp': "<graphics type='rdp' port='PORT' listen='HOST'/>",
    'lease': "<lease><lockspace>canary</lockspace><key>canary</key><target path='FILE'/></lease>",
    'alias': "<memballoon model='virtio'><alias name='ua-canary'/></memballoon>",
    'emulator': "<emulator>SCRIPT</emulator>",
    'emulator-file': "<emulator>FILE</emulator>",
}

# Serial ports, consoles and channels of every type.
BEHIND = {
    'file': "type='file'><source path='NEW' append='on'/>",
    'dev': "type='dev'><source path='FILE'/>",
    'pipe': "type='pipe'><source path='FILE'/>",
    'unix': "type='unix'><source mode='connect' path='SOCKET'/>",
    'unix-bind': "type='unix'><source mode='bind' path='NEW'/>",
    'tcp': "type='tcp'><source mode='connect' host='127.0.0.1' service='PORT'/>"
           "<protocol type='telnet'/>",
    'tcp-bind': "type='tcp'><source mode='bind' host='127.0.0.1' service='PORT' tls='yes'/>",
    'udp': "type='udp'><source mode='bind' host='127.0.0.1' service='PORT'/>"
           "<source mode='connect' host='HOST' service='PORT'/>",
    'log': "type='pty'><source path='FILE'/><log file='NEW' append='on'/>",
    'spiceport': "type='spiceport'><source channel='canary'/>",
    'nmdm': "type='nmdm'><source master='FILE' slave='FILE'/>",
}
PORTS = {
    'serial': "<target port='0'/>",
    'parallel': "<target port='0'/>",
    'console': "<target type='virtio'/>",
    'channel': "<target type='virtio' name='org.canary.0'/>",
    'channel-forward': "<target type='guestfwd' address='10.0.2.1' port='PORT'/>",
}

# In <os>, and next to it.
OS = {
    'loader': "<loader readonly='yes' type='pflash'>FILE</loader><nvram template='FILE'>NEW</nvram>",
    'nvram-source': "<loader readonly='yes' type='pflash'>FILE</loader><nvram type='network'>"
                    "<source protocol='nbd'><host name='127.0.0.1' port='PORT'/></source></nvram>",
    'loader-rom': "<loader type='rom'>FILE</loader>",
    'kernel': "<kernel>FILE</kernel><initrd>FILE</initrd><cmdline>root=/canary</cmdline>"
              "<dtb>FILE</dtb>",
    'acpi-table': "<acpi><table type='slic'>FILE</table></acpi>",
    'smbios': "<smbios mode='sysinfo'/>",
}
TOP = {
    'hook-arguments': "<qemu:commandline xmlns:qemu='QEMU'><qemu:arg value='-drive'/>"
                      "<qemu:arg value='file=FILE'/><qemu:env name='LD_PRELOAD' value='FILE'/>"
                      "</qemu:commandline>",
    'hook-override': "<qemu:override xmlns:qemu='QEMU'><qemu:device alias='canary'><qemu:frontend>"
                     "<qemu:property name='canary' type='string' value='FILE'/></qemu:frontend>"
                     "</qemu:device></qemu:override>",
    'hook-deprecation': "<qemu:deprecation xmlns:qemu='QEMU' behavior='crash'/>",
    'sysinfo': "<sysinfo type='fwcfg'><entry name='opt/canary' file='FILE'/></sysinfo>",
    'memory-file': "<memoryBacking><source type='file'/><access mode='shared'/></memoryBacking>",
    'hugepages': "<memoryBacking><hugepages><page size='2' unit='M' nodeset='0'/></hugepages>"
                 "</memoryBacking>",
    'sev': "<launchSecurity type='sev'><policy>0x3</policy><cbitpos>47</cbitpos>"
           "<reducedPhysBits>1</reducedPhysBits><dhCert>canary</dhCert><session>canary</session>"
           "</launchSecurity>",
    'resource': "<resource><partition>/canary</partition><fibrechannel appid='canary'/></resource>",
    'seclabel': "<seclabel type='static' model='dac' relabel='yes'><label>+canary:+canary</label>"
                "</seclabel>",
    'numatune': "<numatune><memory mode='strict' nodeset='0'/></numatune>",
    'cputune': "<cputune><vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='0'/></cputune>",
    'blkiotune': "<blkiotune><device><path>FILE</path><weight>200</weight></device></blkiotune>",
    'bootloader': "<bootloader>SCRIPT</bootloader>",
    'metadata': "<metadata><canary xmlns='urn:canary'>FILE</canary></metadata>",
    'clock': "<clock offset='timezone' timezone='canary'/>",
    'perf': "<perf><event name='cmt' enabled='yes'/></perf>",
    'idmap': "<idmap><uid start='0' target='1000' count='10'/><gid start='0' target='1000' "
             "count='10'/></idmap>",
}

DOMAIN = """<domain type='qemu'><name>canary-NAME</name><memory unit='MiB'>256</memory>%s
<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>%s</os><features><acpi/></features>
<devices>%s</devices></domain>"""

SYSCALLS = '%file,%network,%process'


class Canaries:
    """What the domains name. It can be executed, opened and contacted, and nothing should."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, 'canary')
        os.mkdir(self.folder)
        self.proof = os.path.join(folder, 'proof')
        self.calls = 0
        for name, text in (('file', 'canary'), ('script', '#!/bin/sh\necho ran >>' + self.proof)):
            with open(os.path.join(self.folder, name), 'w', encoding='utf-8') as file:
                file.write(text + '\n')
        os.chmod(os.path.join(self.folder, 'script'), 0o755)
        os.mkdir(os.path.join(self.folder, 'folder'))
        local = socket.socket(socket.AF_UNIX)
        local.bind(os.path.join(self.folder, 'socket'))
        remote = socket.socket()
        remote.bind(('127.0.0.1', 0))
        self.port = remote.getsockname()[1]
        for listener in (local, remote):
            listener.listen()
            threading.Thread(target=self.listen, args=(listener,), daemon=True).start()
        self.before = self.state()

    def listen(self, listener):
        while True:
            listener.accept()
            self.calls += 1

    def state(self):
        """Names, times and modes; and the network's devices."""
        files = sorted((name, os.lstat(os.path.join(self.folder, name)).st_mtime_ns,
                        os.lstat(os.path.join(self.folder, name)).st_mode,
                        os.lstat(os.path.join(self.folder, name)).st_uid)
                       for name in os.listdir(self.folder))
        return files, [n for n in os.listdir('/sys/class/net') if 'canary' in n]

    def fill(self, text):
        for word, value in (('SCRIPT', 'script'), ('SOCKET', 'socket'), ('FOLDER', 'folder'),
                            ('FILE', 'file'), ('NEW', 'new')):
            text = text.replace(word, os.path.join(self.folder, value))
        for word, value in (('HOST', 'host.canary.invalid'), ('PORT', str(self.port)),
                            ('UUID', virt.uuid_of(17)),
                            ('QEMU', 'http://libvirt.org/schemas/domain/qemu/1.0'),
                            ('TARGET', "<target dev='vda' bus='virtio'/>"),
                            ('CDROM', "<target dev='sda' bus='sata'/>")):
            text = text.replace(word, value)
        return text

    def touches(self, trace):
        """Everything that would show it."""
        with open(trace, encoding='utf-8', errors='replace') as file:
            seen = [line.rstrip() for line in file
                    if 'canary' in line or re.search(r'htons\({}\)'.format(self.port), line)]
        if os.path.exists(self.proof):
            seen.append('a script ran')
            os.unlink(self.proof)
        if self.calls:
            seen.append('{} calls were taken'.format(self.calls))
        if self.state() != self.before:
            seen.append('changed: {}'.format(self.state()))
        return seen


def make_domains(canaries, folder):
    """The path of each, without what is searched for in it."""
    bodies = {name: ('', '', device) for name, device in DEVICES.items()}
    for port, target in PORTS.items():
        element = port.partition('-')[0]
        bodies.update({port + '-' + name: ('', '', '<{} {}{}</{}>'.format(element, source, target,
                                                                          element))
                       for name, source in BEHIND.items()})
    bodies.update({name: ('', os_part, '') for name, os_part in OS.items()})
    bodies.update({name: (top, '', '') for name, top in TOP.items()})
    os.mkdir(folder)
    paths = {}
    for name, parts in bodies.items():
        paths[name] = os.path.join(folder, name + '.xml')
        with open(paths[name], 'w', encoding='utf-8') as file:
            file.write(canaries.fill((DOMAIN % parts).replace('NAME', name)))
    return paths


class Attached:
    """strace of a daemon, for the duration of a block."""

    def __init__(self, trace, pid):
        self.arguments = ['strace', '-f', '-qq', '-s', '512', '-e', 'trace=' + SYSCALLS, '-o', trace,
                          '-p', str(pid)]
        self.trace = trace
        self.pid = pid

    def __enter__(self):
        self.strace = subprocess.Popen(self.arguments)
        # It has begun when the kernel says so, in each thread.
        while any(self.tracer(task) != self.strace.pid
                  for task in os.listdir('/proc/{}/task'.format(self.pid))):
            if self.strace.poll() is not None:
                virt.skip('strace may not look at a process')

    def tracer(self, task):
        with open('/proc/{}/task/{}/status'.format(self.pid, task), encoding='utf-8') as file:
            return int(re.search(r'TracerPid:\s+(\d+)', file.read()).group(1))

    def __exit__(self, *_):
        self.strace.send_signal(signal.SIGINT)
        self.strace.wait()


def check_answers(run, paths):
    """Every domain gets an answer, and every one is about less than the domain contains."""
    for name, path in paths.items():
        if not re.search(re.escape(path) + ': libvirt (agrees|refuses|would)', run.out):
            sys.exit('FAIL: no answer about {}\n{}{}'.format(name, run.out, run.err))
        if not re.search(re.escape(path) + ': libvirt did not check: /domain/name, /', run.out):
            sys.exit('FAIL: {}: what is left out is not told\n{}'.format(name, run.out))


def check(what, seen, wanted):
    print('{}: {} touches'.format(what, len(seen)), flush=True)
    if bool(seen) != wanted:
        sys.exit('FAIL: {}\n{}'.format(what, '\n'.join(seen[:40]) or 'nothing was seen'))


def embedded(world, canaries, paths):
    root = os.path.join(world.dir, 'r')
    script = os.path.join(virt.HERE, '..', 'boot', 'embed-root.sh')
    uri = virt.Run(['sh', script, root, os.environ['MACHTYPE_LIBVIRT_CACHE']]).expect(0).out.strip()
    trace = os.path.join(world.dir, 'embedded.trace')
    strace = ['strace', '-f', '-qq', '-s', '512', '-e', 'trace=' + SYSCALLS, '-o', trace]
    run = virt.Run(strace + [world.program, 'lint', '--connect', uri] + list(paths.values()),
                   env=world.env)
    check('embedded', canaries.touches(trace), False)
    check_answers(run, paths)
    # libvirt 11.3 does not execute the script any more.
    touches = []
    for name in ('script', 'emulator'):
        virt.Run(strace + ['virsh', '-c', uri, 'domxml-to-native', 'qemu-argv', paths[name]])
        touches += canaries.touches(trace)
    check('embedded, as they are', touches, True)


def as_daemon(world, canaries, paths):
    daemon = world.daemon('d')
    with open(os.path.join(daemon.path, 'run', 'libvirtd.pid'), encoding='utf-8') as file:
        pid = int(file.read())
    trace = os.path.join(world.dir, 'daemon.trace')
    with Attached(trace, pid):
        run = world.plain('lint', '--connect', daemon.uri, *paths.values())
    check('daemon', canaries.touches(trace), False)
    check_answers(run, paths)
    touches = []
    for name in ('script', 'emulator'):
        with Attached(trace, pid):
            daemon.virsh('domxml-to-native', 'qemu-argv', paths[name])
        touches += canaries.touches(trace)
    check('daemon, as they are', touches, True)


def main():
    virt.require('strace')
    with virt.World(os.path.realpath(sys.argv[1])) as world:
        canaries = Canaries(world.dir)
        paths = make_domains(canaries, os.path.join(world.dir, 'x'))
        print('{} domains'.format(len(paths)))
        embedded(world, canaries, paths)
        as_daemon(world, canaries, paths)


main()
