# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nova's own code as an oracle: what its libvirt driver makes of an image and a flavor.

    oracle = Oracle("x86_64")
    answer = oracle.ask({"hw_machine_type": "q35"}, {"hw:pmu": "true"}, vcpus=2)
    answer.xml, or answer.error ("FlavorImageConflict") and answer.message

An answer goes through a boot: the API's check of the flavor's extra specs, the image's properties as
objects, the API's check of both together, the scheduler's filter and the host's claim of memory pages,
and then LibvirtDriver._get_guest_config(). Nothing is started and the machine that runs this is not
queried: libvirt is Nova's own fake, which here reports the capabilities that it is given.

Importing this raises ImportError where python3-nova is not installed.
"""

import contextlib
import importlib.machinery
import logging
import os
import sys
import types
from unittest import mock

# Nova patches threads, sockets and time of the whole process when it is imported.
os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "1"
# eventlet would otherwise read the resolver's configuration.
os.environ["EVENTLET_NO_GREENDNS"] = "yes"

import nova  # noqa: E402


def stand_in_for_fixtures():
    """The package nova.tests.fixtures imports what only the test runner has (oslotest, placement,
    wsgi-intercept). Its module libvirt, the fake, does not: it is imported through an empty
    package."""
    name = "nova.tests.fixtures"
    if name not in sys.modules:
        package = types.ModuleType(name)
        package.__path__ = [os.path.join(os.path.dirname(nova.__file__), "tests", "fixtures")]
        package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        sys.modules[name] = package


stand_in_for_fixtures()

from nova import conf, context, exception, objects  # noqa: E402
from nova.api.validation.extra_specs import validators  # noqa: E402
from nova.network import model as network_model  # noqa: E402
from nova.scheduler.filters import image_props_filter  # noqa: E402
from nova.tests.fixtures import libvirt as fake_libvirt  # noqa: E402
from nova.virt import fake, hardware  # noqa: E402
from nova.virt.libvirt import blockinfo, driver, imagebackend  # noqa: E402

objects.register_all()
CONF = conf.CONF

# Of Debian 12. Nova requires 8.3.0 for a virtio IOMMU, and 6.5.0 to widen its addresses.
LIBVIRT_VERSION, QEMU_VERSION = 9000000, 7002000

INSTANCE = "6e6f7661-0000-4000-8000-000000000042"

# What libvirt 9.0 with QEMU 7.2 reports: alias, the type that it resolves to, maximum number of
# vCPUs.
VIRT = [("virt", "virt-7.2", 512)]
MALTA = [("malta", None, 16)]
PSERIES = [("pseries", "pseries-7.2", 1024)]
PC = [("pc", "pc-i440fx-7.2", 255), ("q35", "pc-q35-7.2", 288)]
MACHINES = {
    "aarch64": VIRT, "armv7l": VIRT, "i686": PC, "mips": MALTA, "mips64": MALTA, "mips64el": MALTA,
    "mipsel": MALTA, "ppc64": PSERIES, "ppc64le": PSERIES,
    "s390x": [("s390-ccw-virtio", "s390-ccw-virtio-7.2", 248)], "x86_64": PC,
}
EMULATORS = {"armv7l": "arm", "i686": "i386"}
# The guests that the processor of a host can run itself.
NATIVE = {"x86_64": ["x86_64", "i686"], "aarch64": ["aarch64", "armv7l"],
          "ppc64le": ["ppc64le", "ppc64"], "mips64": ["mips64", "mips"], "mips64el": ["mips64el", "mipsel"]}
# As Nova looks for them: by its own names of architectures. QEMU's own descriptors contain i386 and
# arm, which Nova never finds; these are those of an operator with a workaround.
LOADERS = [
    ("x86_64", ["pc-i440fx-*", "pc-q35-*"], []),
    ("x86_64", ["pc-q35-*"], ["secure-boot", "requires-smm", "enrolled-keys"]),
    ("aarch64", ["virt-*"], []),
    ("aarch64", ["virt-*"], ["secure-boot", "enrolled-keys"]),
    ("i686", ["pc-i440fx-*", "pc-q35-*"], []),
    ("armv7l", ["virt-*"], []),
]
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


def domain_capabilities(arch, machine, virt_type):
    """Firmware for everything, Secure Boot where libvirt has it: Nova reads no more of it, and only
    for the host's own architecture; whether a guest can have them is then determined by the
    loaders."""
    machine = machine or MACHINES[arch][0][0]
    secure = "<value>yes</value>" if arch == "x86_64" and "q35" in machine else ""
    return (f"<domainCapabilities><path>/usr/bin/qemu-system-{EMULATORS.get(arch, arch)}</path>"
            f"<domain>{virt_type}</domain><machine>{machine}</machine><arch>{arch}</arch>"
            "<os supported='yes'><enum name='firmware'><value>efi</value></enum>"
            "<loader supported='yes'><enum name='type'><value>pflash</value></enum>"
            f"<enum name='secure'>{secure}<value>no</value></enum></loader></os>"
            "</domainCapabilities>")


def loader(arch, machines, features):
    kind = "secure" if "secure-boot" in features else "plain"
    return {
        "interface-types": ["uefi"], "features": features, "tags": [],
        "mapping": {"device": "flash",
                    "executable": {"filename": f"/firmware/{arch}.{kind}.fd", "format": "raw"},
                    "nvram-template": {"filename": f"/firmware/{arch}.vars.fd", "format": "raw"}},
        "targets": [{"architecture": arch, "machines": machines}],
    }


class Answer:
    """xml, or error (the name of the exception) and message; by: who refused."""

    def __init__(self, xml=None, error=None, message=None, by=None):
        self.xml, self.error, self.message, self.by = xml, error, message, by


class Refused(Exception):
    """The exception that Nova raised, and where."""

    def __init__(self, by, error):
        super().__init__(str(error))
        self.answer = Answer(error=type(error).__name__, message=str(error), by=by)


@contextlib.contextmanager
def refusals(by):
    # Nova's own exceptions, and the ValueError and TypeError of its field types and of int().
    try:
        yield
    except exception.OrphanedObjectError:
        # Not a refusal: this file lacks what Nova would read from its database.
        raise
    except (exception.NovaException, ValueError, TypeError, KeyError, IndexError) as error:
        raise Refused(by, error) from error


def set_up_nova():
    """Once per process: the fake, and what would query the machine that runs this."""
    logging.disable(logging.CRITICAL)
    CONF([], project="nova", default_config_files=[], version="oracle")
    # What Nova registers when it reads its configuration: here for networks that do not exist.
    conf.neutron.register_dynamic_opts(CONF)
    CONF.set_override("virt_type", "kvm", group="libvirt")
    CONF.set_override("instances_path", "/instances")
    CONF.set_override("enabled", True, group="serial_console")
    fake_libvirt.LibvirtFixture().setUp()
    connection = fake_libvirt.Connection
    connection.getLibVersion = lambda self: LIBVIRT_VERSION
    connection.getVersion = lambda self: QEMU_VERSION
    connection.getDomainCapabilities = (
        lambda self, emulator, arch, machine, virt_type, flags:
        domain_capabilities(arch, machine, virt_type))
    connection.getCPUMap = lambda self: (CPUS, [True] * CPUS, CPUS)
    connection.baselineCPU = lambda self, cpu, flags: None
    loaders = mock.PropertyMock(return_value=[loader(*each) for each in LOADERS])
    driver.libvirt_utils.get_instance_path = lambda instance, relative=False: "/instances/it"
    for patch in (mock.patch("nova.virt.libvirt.host.Host.loaders", new_callable=lambda: loaders),
                  # It would bind sockets to find a free port.
                  mock.patch("nova.console.serial.acquire_port", return_value=10000),
                  # It would read the disk's file.
                  mock.patch.object(imagebackend.Image, "resolve_driver_format",
                                    imagebackend.Image._get_driver_format)):
        patch.start()


def network():
    """One NIC on a bridge."""
    subnet = network_model.Subnet(cidr="192.0.2.0/24", ips=[], routes=[], dns=[],
                                  gateway=network_model.IP(address="192.0.2.1", type="gateway"))
    bridged = network_model.Network(id=INSTANCE, bridge="br0", label="it", subnets=[subnet],
                                    bridge_interface="eth0", vlan=0)
    return network_model.NetworkInfo([network_model.VIF(
        id=INSTANCE, address="52:54:00:00:00:01", network=bridged, type=network_model.VIF_TYPE_BRIDGE,
        devname="tap0", vnic_type=network_model.VNIC_TYPE_NORMAL, ovs_interfaceid=None)])


class Oracle:
    """Nova on a host. One at a time: Nova asks the operating system for the host's architecture."""

    set_up = False

    def __init__(self, host_arch, capabilities=None):
        if not Oracle.set_up:
            set_up_nova()
            Oracle.set_up = True
        self.host_arch = host_arch
        self.capabilities = capabilities or capabilities_of(host_arch)
        self.context = context.get_admin_context()
        with self.on_the_host():
            self.driver = driver.LibvirtDriver(fake.FakeVirtAPI(), False)
            self.pages = self.driver._get_host_numa_topology()

    @contextlib.contextmanager
    def on_the_host(self):
        uname = fake_libvirt.os_uname("Linux", "it", "6.1.0", "#1", self.host_arch)
        told = mock.patch.object(fake_libvirt.Connection, "getCapabilities",
                                 lambda connection: self.capabilities)
        with mock.patch("os.uname", return_value=uname), told:
            yield

    @contextlib.contextmanager
    def configured(self, graphics):
        CONF.set_override("enabled", graphics == "vnc", group="vnc")
        CONF.set_override("enabled", graphics == "spice", group="spice")
        yield

    def ask(self, properties, extra_specs, vcpus=1, memory_mib=1024, graphics="vnc",
            check_extra_specs=True):
        """check_extra_specs: whether the API, which checks the specs of a new flavor, comes first.
        """
        try:
            with self.on_the_host(), self.configured(graphics):
                if check_extra_specs:
                    self.check_extra_specs(extra_specs)
                return Answer(xml=self.boot(properties, extra_specs, vcpus, memory_mib))
        except Refused as refused:
            return refused.answer

    @staticmethod
    def check_extra_specs(extra_specs):
        with refusals("flavor"):
            for name, value in extra_specs.items():
                validators.validate(name, value)

    def boot(self, properties, extra_specs, vcpus, memory_mib):
        flavor = objects.Flavor(name="flavor", flavorid="1", id=1, memory_mb=memory_mib, vcpus=vcpus,
                                swap=0, root_gb=1, ephemeral_gb=0, rxtx_factor=1.0, vcpu_weight=None,
                                extra_specs=dict(extra_specs))
        with refusals("image"):
            image = objects.ImageMeta.from_dict(
                {"id": INSTANCE, "name": "image", "disk_format": "raw", "properties": dict(properties)})
        with refusals("api"):
            numa = self.check_both(flavor, image)
        with refusals("scheduler"):
            self.schedule(image)
            numa = self.claim(numa)
        with refusals("driver"):
            return self.guest(self.instance(flavor, image, numa), image)

    @staticmethod
    def check_both(flavor, image):
        """The same as nova.compute.api.API._validate_flavor_image_numa_pci, whose module takes a
        second to import."""
        hardware.get_mem_encryption_constraint(flavor, image)
        hardware.get_pmu_constraint(flavor, image)
        hardware.get_number_of_serial_ports(flavor, image)
        hardware.get_realtime_cpu_constraint(flavor, image)
        hardware.get_cpu_topology_constraints(flavor, image)
        hardware.get_vif_multiqueue_constraint(flavor, image)
        return hardware.numa_get_constraints(flavor, image)

    def schedule(self, image):
        """ImagePropertiesFilter: does the host have the architecture and the VM mode."""
        host = types.SimpleNamespace(
            supported_instances=self.driver._get_instance_capabilities(),
            hypervisor_version=QEMU_VERSION)
        request = types.SimpleNamespace(image=image)
        if not image_props_filter.ImagePropertiesFilter().host_passes(host, request):
            raise exception.NoValidHost(reason="the image's properties")

    def claim(self, numa):
        """Page sizes become a NUMA cell, and the host chooses which of its pages it gets."""
        if numa is None:
            return None
        fitted = hardware.numa_fit_instance_to_host(self.pages, numa)
        if fitted is None:
            raise exception.MemoryPageSizeNotSupported(pagesize=numa.cells[0].pagesize)
        return fitted

    @staticmethod
    def instance(flavor, image, numa):
        vm_mode = image.properties.get("hw_vm_mode")
        return objects.Instance(
            id=1, uuid=INSTANCE, flavor=flavor, numa_topology=numa, host="host", node="host",
            # If a TPM is requested, the secret is created before the driver is called.
            system_metadata={"vtpm_secret_uuid": INSTANCE},
            os_type=image.properties.get("os_type"), vm_mode=vm_mode, project_id="p", user_id="u",
            display_name="it", image_ref="", kernel_id=None, ramdisk_id=None, config_drive="True",
            ephemeral_key_uuid=None, vcpu_model=None, task_state=None, vm_state=None, metadata={},
            memory_mb=flavor.memory_mb, vcpus=flavor.vcpus, root_gb=1, ephemeral_gb=0,
            pci_devices=objects.PciDeviceList(objects=[]), resources=None, migration_context=None,
            root_device_name="/dev/vda", info_cache=None, trusted_certs=None, launched_at=None)

    def guest(self, instance, image):
        """With a disk, a config drive (which is a CD-ROM) and a NIC."""
        disks = blockinfo.get_disk_info(CONF.libvirt.virt_type, instance, image)
        config = self.driver._get_guest_config(instance, network(), image, disks,
                                               context=self.context)
        xml = config.to_xml()
        return xml.decode() if isinstance(xml, bytes) else xml
