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
import json
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
from nova.virt.libvirt import blockinfo, driver, host as libvirt_host, imagebackend  # noqa: E402

import nova_shared  # noqa: E402

objects.register_all()
CONF = conf.CONF

INSTANCE = "6e6f7661-0000-4000-8000-000000000042"

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


def loader(arch, machines, features):
    kind = "secure" if "secure-boot" in features else "plain"
    return {
        "interface-types": ["uefi"], "features": features, "tags": [],
        "mapping": {"device": "flash",
                    "executable": {"filename": f"/firmware/{arch}.{kind}.fd", "format": "raw"},
                    "nvram-template": {"filename": f"/firmware/{arch}.vars.fd", "format": "raw"}},
        "targets": [{"architecture": arch, "machines": machines}],
    }


class Refused(Exception):
    """The exception that Nova raised, and where."""

    def __init__(self, by, error):
        super().__init__(str(error))
        self.answer = nova_shared.Answer(error=type(error).__name__, message=str(error), by=by)


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
    libvirt, qemu = (nova_shared.number_of(version)
                     for version in nova_shared.VERSIONS[nova_shared.RELEASE])
    connection.getLibVersion = lambda self: libvirt
    connection.getVersion = lambda self: qemu
    connection.getDomainCapabilities = (
        lambda self, emulator, arch, machine, virt_type, flags:
        nova_shared.domain_capabilities(arch, machine, virt_type))
    connection.getCPUMap = lambda self: (nova_shared.CPUS, [True] * nova_shared.CPUS,
                                            nova_shared.CPUS)
    connection.baselineCPU = lambda self, cpu, flags: None
    driver.libvirt_utils.get_instance_path = lambda instance, relative=False: "/instances/it"
    for patch in patches():
        patch.start()


def patches():
    """What would look at this machine."""
    if hasattr(libvirt_host.Host, "loaders"):
        # Newer releases leave firmware to libvirt.
        loaders = mock.PropertyMock(return_value=[loader(*each) for each in LOADERS])
        yield mock.patch("nova.virt.libvirt.host.Host.loaders", new_callable=lambda: loaders)
    # It would bind sockets to find a free port.
    yield mock.patch("nova.console.serial.acquire_port", return_value=10000)
    # It would read the disk's file.
    yield mock.patch.object(imagebackend.Image, "resolve_driver_format",
                            imagebackend.Image._get_driver_format)
    if nova_shared.RELEASE > 26:
        # It would read what the kernel of this machine says of its processor.
        yield mock.patch.object(libvirt_host.Host, "_kernel_supports_amd_sev", return_value=True)


def network():
    """One NIC on a bridge, of Linux or, since Nova refuses that, of Open vSwitch."""
    kind = (network_model.VIF_TYPE_BRIDGE if nova_shared.RELEASE <= 26
            else network_model.VIF_TYPE_OVS)
    subnet = network_model.Subnet(cidr="192.0.2.0/24", ips=[], routes=[], dns=[],
                                  gateway=network_model.IP(address="192.0.2.1", type="gateway"))
    bridged = network_model.Network(id=INSTANCE, bridge="br0", label="it", subnets=[subnet],
                                    bridge_interface="eth0", vlan=0)
    return network_model.NetworkInfo([network_model.VIF(
        id=INSTANCE, address="52:54:00:00:00:01", network=bridged, type=kind, devname="tap0",
        vnic_type=network_model.VNIC_TYPE_NORMAL, ovs_interfaceid=INSTANCE)])


class Oracle:
    """Nova on a host. One at a time: Nova asks the operating system for the host's architecture."""

    set_up = False

    def __init__(self, host_arch, capabilities=None):
        if not Oracle.set_up:
            set_up_nova()
            Oracle.set_up = True
        self.host_arch = host_arch
        self.capabilities = capabilities or nova_shared.capabilities_of(host_arch)
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
    def configured(self, graphics, console, tb_cache):
        """tb_cache: in MiB, or None. Nova has it with virt_type=qemu only."""
        CONF.set_override("enabled", graphics == "vnc", group="vnc")
        CONF.set_override("enabled", graphics == "spice", group="spice")
        CONF.set_override("enabled", console == "tcp", group="serial_console")
        CONF.set_override("virt_type", "kvm" if tb_cache is None else "qemu", group="libvirt")
        if tb_cache is not None:
            CONF.set_override("tb_cache_size", int(tb_cache), group="libvirt")
        yield

    def ask(self, properties, extra_specs, vcpus=1, memory_mib=1024, graphics="vnc", console="tcp",
            tb_cache=None, check_extra_specs=True):
        """check_extra_specs: whether the API, which checks the specs of a new flavor, comes first.
        """
        try:
            with self.on_the_host(), self.configured(graphics, console, tb_cache):
                if check_extra_specs:
                    self.check_extra_specs(extra_specs)
                return nova_shared.Answer(xml=self.boot(properties, extra_specs, vcpus, memory_mib))
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
        if hasattr(hardware, "get_packed_virtqueue_constraint"):
            hardware.get_packed_virtqueue_constraint(flavor, image)
        return hardware.numa_get_constraints(flavor, image)

    def schedule(self, image):
        """ImagePropertiesFilter: does the host have the architecture and the VM mode."""
        host = types.SimpleNamespace(
            cpu_info={"maxphysaddr": {"mode": "emulate", "bits": 52}},
            supported_instances=self.driver._get_instance_capabilities(),
            hypervisor_version=nova_shared.number_of(
                nova_shared.VERSIONS[nova_shared.RELEASE][1]))
        request = types.SimpleNamespace(image=image)
        if not image_props_filter.ImagePropertiesFilter().host_passes(host, request):
            raise exception.NoValidHost(reason="the image's properties")

    def claim(self, numa):
        """Page sizes become a NUMA cell, and the host chooses which of its pages it gets."""
        if numa is None:
            return None
        newer = () if nova_shared.RELEASE <= 26 else (None,)
        fitted = hardware.numa_fit_instance_to_host(self.pages, numa, *newer)
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


def serve():
    """Answers questions, each a line of JSON with the arguments of Oracle and of ask(), until there are
    no more. For a Nova that another program cannot import."""
    nova_shared.select(int(sys.argv[1]))
    oracles = {}
    for line in sys.stdin:
        question = json.loads(line)
        host_arch = question.pop("host_arch")
        if host_arch not in oracles:
            oracles[host_arch] = Oracle(host_arch)
        print(json.dumps(vars(oracles[host_arch].ask(**question))), flush=True)


if __name__ == "__main__":
    serve()
