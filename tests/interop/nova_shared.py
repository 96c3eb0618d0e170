# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Nova and machtype are asked with, and how they answer. The hosts that they are asked about have
capabilities as libvirt reports them.

select(release) chooses libvirt and QEMU of the Debian that has this Nova (26) or, for a newer Nova, of one
that has all that it generates.
"""

# By Nova's release: libvirt and QEMU.
VERSIONS = {26: ((9, 0), (7, 2)), 34: ((11, 9), (10, 1))}


class Answer:
    """xml, or error (the name of the exception) and message; by: who refused."""

    def __init__(self, xml=None, error=None, message=None, by=None):
        self.xml, self.error, self.message, self.by = xml, error, message, by


def number_of(version):
    """As libvirt writes it."""
    return version[0] * 1000000 + version[1] * 1000


def machines_of(qemu):
    """By architecture: alias, the type that it resolves to, maximum number of vCPUs."""
    version = f"{qemu[0]}.{qemu[1]}"
    virt, malta = [("virt", "virt-" + version, 512)], [("malta", None, 16)]
    pseries = [("pseries", "pseries-" + version, 1024)]
    pc = [("pc", "pc-i440fx-" + version, 255), ("q35", "pc-q35-" + version, 288)]
    return {
        "aarch64": virt, "armv7l": virt, "i686": pc, "mips": malta, "mips64": malta,
        "mips64el": malta, "mipsel": malta, "ppc64": pseries, "ppc64le": pseries,
        "s390x": [("s390-ccw-virtio", "s390-ccw-virtio-" + version, 248)], "x86_64": pc,
    }


RELEASE = 26
MACHINES = machines_of(VERSIONS[RELEASE][1])


def select(release):
    """Before anything else is asked."""
    global RELEASE  # pylint: disable=global-statement
    RELEASE = release
    MACHINES.update(machines_of(VERSIONS[release][1]))


EMULATORS = {"armv7l": "arm", "i686": "i386"}
# The guests that the processor of a host can run itself.
NATIVE = {"x86_64": ["x86_64", "i686"], "aarch64": ["aarch64", "armv7l"],
          "ppc64le": ["ppc64le", "ppc64"], "mips64": ["mips64", "mips"], "mips64el": ["mips64el", "mipsel"]}
# KiB and number: a host with enough of each, so that none is refused for lack of it.
PAGES = [(4, 1 << 22), (2048, 1 << 12), (1048576, 1 << 4)]
CPUS = 8
MEMORY_KIB = sum(size * number for size, number in PAGES)


def machine_xml(alias, canonical, most):
    if canonical is None:
        return f"<machine maxCpus='{most}'>{alias}</machine>"
    return (f"<machine maxCpus='{most}'>{canonical}</machine>"
            f"<machine canonical='{canonical}' maxCpus='{most}'>{alias}</machine>")


def guest_xml(arch, host_arch):
    machines = "".join(machine_xml(*machine) for machine in MACHINES[arch])
    kvm = "<domain type='kvm'/>" if domain_type(arch, host_arch) == "kvm" else ""
    bits = 64 if "64" in arch or arch == "s390x" else 32
    return (f"<guest><os_type>hvm</os_type><arch name='{arch}'><wordsize>{bits}</wordsize>"
            f"<emulator>/usr/bin/qemu-system-{EMULATORS.get(arch, arch)}</emulator>{machines}"
            f"<domain type='qemu'/>{kvm}</arch></guest>")


def capabilities_of(host_arch):
    """The capabilities of a host, for Nova and for what is compared with it."""
    pages = "".join(f"<pages unit='KiB' size='{size}'>{number}</pages>" for size, number in PAGES)
    cpus = "".join(f"<cpu id='{n}' socket_id='0' core_id='{n}' siblings='{n}'/>" for n in range(CPUS))
    guests = "".join(guest_xml(arch, host_arch) for arch in MACHINES)
    return ("<capabilities><host><uuid>6e6f7661-0000-4000-8000-000000000001</uuid>"
            f"<cpu><arch>{host_arch}</arch><topology sockets='1' dies='1' cores='{CPUS}' threads='1'/>"
            "</cpu>"
            f"<topology><cells num='1'><cell id='0'><memory unit='KiB'>{MEMORY_KIB}</memory>{pages}"
            f"<cpus num='{CPUS}'>{cpus}</cpus></cell></cells></topology></host>{guests}</capabilities>")


def domain_type(arch, host_arch):
    return "kvm" if arch in NATIVE.get(host_arch, [host_arch]) else "qemu"


# A processor that has all of it, AMD's and Intel's.
SEV = ("<features><sev supported='yes'><cbitpos>51</cbitpos><reducedPhysBits>1</reducedPhysBits>"
       "<maxGuests>100</maxGuests><maxESGuests>99</maxESGuests></sev>"
       "<launchSecurity supported='yes'><enum name='sectype'><value>sev</value>"
       "<value>sev-snp</value><value>tdx</value></enum></launchSecurity></features>")


def domain_capabilities(arch, machine, virt_type):
    """Firmware for everything, Secure Boot where libvirt has it: Nova reads no more of it, and only
    for the host's own architecture; whether a guest can have them is then determined by the
    loaders."""
    machine = machine or MACHINES[arch][0][0]
    secure = "<value>yes</value>" if arch == "x86_64" and "q35" in machine else ""
    encryption = SEV if RELEASE > 26 and virt_type == "kvm" and "q35" in machine else ""
    return (f"<domainCapabilities><path>/usr/bin/qemu-system-{EMULATORS.get(arch, arch)}</path>"
            f"<domain>{virt_type}</domain><machine>{machine}</machine><arch>{arch}</arch>"
            "<os supported='yes'><enum name='firmware'><value>efi</value></enum>"
            "<loader supported='yes'><enum name='type'><value>pflash</value></enum>"
            f"<enum name='secure'>{secure}<value>no</value></enum></loader>"
            f"</os>{encryption}</domainCapabilities>")
