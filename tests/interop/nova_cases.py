# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a guest can request: the factors of the pairwise test, and a case of them.

Every row of Nova's image properties and flavor extra specs that affects a guest's XML, with the values
that it takes, some representative numbers and texts, and one or two invalid values. None is "unset".
"""

BUSES = ["fdc", "ide", "sata", "scsi", "usb", "virtio", "xen", "lxc", "uml", "nvme"]
# Some of the words for true and false; image-properties.py has them all.
FLAGS = ["true", "False", "perhaps"]
COUNTS = ["1", "2", "3"]
PAGES = ["small", "large", "any", "4", "2048", "1GB", "2M", "big"]
WATCHDOGS = ["none", "pause", "poweroff", "reset", "disabled", "Reset"]
IOMMUS = ["intel", "smmuv3", "virtio", "auto", "amd"]

# The architecture, and the machine type if the image names one. Without one only if Nova has a
# default. "" is a machine type that is set, and empty.
GUESTS = [
    ("x86_64", "q35"), ("x86_64", "pc"), ("i686", "pc"), ("i686", "q35"), ("aarch64", "virt"),
    ("armv7l", "virt"), ("s390x", "s390-ccw-virtio"), ("ppc64le", "pseries"), ("ppc64", "pseries"),
    ("mips", "malta"), ("mipsel", "malta"), ("mips64", "malta"), ("mips64el", "malta"),
    ("x86_64", None), ("i686", None), ("aarch64", None), ("armv7l", None), ("s390x", None),
    ("ppc64le", None), ("x86_64", "pc-i440fx-7.2"), ("aarch64", "virt-7.2"), ("x86_64", ""),
]
# One of every kind of board.
UNLIKE_GUESTS = [("x86_64", "q35"), ("aarch64", "virt"), ("s390x", "s390-ccw-virtio"),
                 ("ppc64le", "pseries"), ("mips", "malta")]

# What the configuration of a host decides, and options of ours: the words of domain-xml for each.
OPTIONS = {}
# On a host of the same architecture, or of another one, and then by which property.
PLACEMENTS = ["native", "hw_architecture", "hw_emulation_architecture"]

IMAGE = {
    "hw_firmware_type": ["uefi", "bios", "coreboot"],
    "os_secure_boot": ["required", "disabled", "optional", "on"],
    "hw_disk_bus": BUSES,
    "hw_cdrom_bus": BUSES,
    "hw_floppy_bus": ["fdc", "virtio", "nvme"],
    "hw_rescue_bus": ["virtio", "usb", "nvme"],
    "hw_rescue_device": ["cdrom", "disk", "floppy", "fs", "lun", "tape"],
    "hw_scsi_model": ["buslogic", "ibmvscsi", "lsilogic", "lsisas1068", "lsisas1078", "virtio-scsi",
                      "vmpvscsi", "lsilogicsas", "paravirtual", "LSILOGIC", "megasas"],
    "hw_video_model": ["cirrus", "qxl", "vga", "vmvga", "xen", "virtio", "gop", "none", "bochs",
                       "ramfb"],
    "hw_video_ram": ["0", "16", "64", "much"],
    "hw_vif_model": ["virtio", "ne2k_pci", "pcnet", "rtl8139", "e1000", "e1000e", "netfront",
                     "spapr-vlan", "lan9118", "sriov", "vmxnet", "vmxnet3", "VirtualE1000", "VIRTIO",
                     "igb"],
    "hw_input_bus": ["usb", "virtio", "ps2"],
    "hw_pointer_model": ["usbtablet", "mouse"],
    "hw_qemu_guest_agent": FLAGS,
    "hw_boot_menu": FLAGS,
    "hw_time_hpet": FLAGS,
    "hw_ipxe_boot": FLAGS,
    "hw_pmu": FLAGS,
    "hw_locked_memory": FLAGS,
    "hw_mem_encryption": FLAGS,
    "hw_vif_multiqueue_enabled": FLAGS,
    "img_hide_hypervisor_id": FLAGS,
    "hw_watchdog_action": WATCHDOGS,
    "hw_rng_model": ["virtio", "egd"],
    "hw_serial_port_count": ["0", "1", "2", "3", "4", "two"],
    "hw_cpu_sockets": COUNTS + ["many"],
    "hw_cpu_cores": COUNTS,
    "hw_cpu_threads": COUNTS,
    "hw_cpu_max_sockets": COUNTS,
    "hw_cpu_max_cores": COUNTS,
    "hw_cpu_max_threads": COUNTS,
    "hw_mem_page_size": PAGES,
    "hw_viommu_model": IOMMUS,
    "hw_tpm_model": ["tpm-tis", "tpm-crb", "tpm-spapr"],
    "hw_tpm_version": ["1.2", "2.0", "3.0"],
    "hw_vm_mode": ["hvm", "HVM", "xen", "uml", "exe", "pv", "vz"],
    "os_type": ["linux", "windows", "Windows", "bsd"],
    "hw_unheard_of": ["yes"],
}
FLAVOR = {
    "hw:watchdog_action": WATCHDOGS,
    "hw_rng:allowed": FLAGS,
    "hw_rng:rate_bytes": ["0", "2048", "-1", "lots"],
    "hw_rng:rate_period": ["0", "250", "-1"],
    "hw:pmu": FLAGS,
    "hw:locked_memory": FLAGS,
    "hw:hide_hypervisor_id": FLAGS,
    "hide_hypervisor_id": FLAGS,
    "hw:boot_menu": FLAGS,
    "hw:vif_multiqueue_enabled": FLAGS,
    "hw:mem_encryption": FLAGS,
    "hw:mem_page_size": PAGES,
    "hw_video:ram_max_mb": ["0", "16", "64", "-1"],
    "hw:serial_port_count": ["0", "1", "2", "3", "4", "-1"],
    "hw:cpu_sockets": COUNTS + ["0"],
    "hw:cpu_cores": COUNTS,
    "hw:cpu_threads": COUNTS,
    "hw:max_cpu_sockets": COUNTS + ["0"],
    "hw:max_cpu_cores": COUNTS,
    "hw:max_cpu_threads": COUNTS,
    "hw:cpu_max_sockets": COUNTS,
    "hw:cpu_max_cores": COUNTS,
    "hw:cpu_max_threads": COUNTS,
    "os:secure_boot": ["required", "disabled", "optional", "on"],
    "hw:viommu_model": IOMMUS,
    "hw:tpm_model": ["tpm-tis", "tpm-crb", "tpm-spapr"],
    "hw:tpm_version": ["1.2", "2.0", "3.0"],
    "hw:unheard_of": ["yes"],
    "elsewhere:unheard_of": ["yes"],
}
# Those about one thing: all combinations of each group, not only all pairs.
GROUPS = [
    ["hw_firmware_type", "os_secure_boot", "os:secure_boot"],
    ["hw_video_ram", "hw_video:ram_max_mb", "hw_video_model"],
    ["hw_pmu", "hw:pmu"],
    ["hw_boot_menu", "hw:boot_menu"],
    ["hw_watchdog_action", "hw:watchdog_action"],
    ["hw_rng:allowed", "hw_rng:rate_bytes", "hw_rng:rate_period"],
    ["hw_mem_page_size", "hw:mem_page_size"],
    ["hw_locked_memory", "hw:locked_memory", "hw:mem_page_size"],
    ["hw_locked_memory", "hw_mem_page_size"],
    ["hw_vif_multiqueue_enabled", "hw:vif_multiqueue_enabled", "vcpus", "hw_vif_model"],
    ["img_hide_hypervisor_id", "hw:hide_hypervisor_id", "hide_hypervisor_id", "os_type"],
    ["hw_serial_port_count", "hw:serial_port_count"],
    ["hw_viommu_model", "hw:viommu_model"],
    ["hw_tpm_model", "hw_tpm_version", "hw:tpm_model", "hw:tpm_version"],
    ["hw_input_bus", "hw_pointer_model"],
    ["hw_disk_bus", "hw_scsi_model"],
    ["vcpus", "hw_cpu_sockets", "hw_cpu_cores", "hw_cpu_threads"],
    ["vcpus", "hw:cpu_sockets", "hw:cpu_cores", "hw_cpu_cores"],
    ["vcpus", "hw_cpu_max_sockets", "hw_cpu_sockets", "hw:cpu_sockets"],
    ["vcpus", "hw_cpu_max_sockets", "hw:cpu_max_sockets", "hw:max_cpu_sockets"],
]

FACTORS = {"guest": GUESTS, "placement": PLACEMENTS, "vcpus": ["1", "2", "4"]}
FACTORS.update({name: [None] + levels for name, levels in {**IMAGE, **FLAVOR}.items()})

# What is refused alone, but not with others: by value, the factors that it depends on. Without them
# it would be excluded permanently, and never be seen where it works.
NEEDS = {("hw_mem_page_size", level): ["hw:mem_page_size"] for level in PAGES}
NEEDS.update({(name, level): ["hw_video:ram_max_mb"]
              for name, level in (("hw_video_ram", "16"), ("hw_video_ram", "64"))})
NEEDS.update({(name, "true"): ["hw:mem_page_size"]
              for name in ("hw_locked_memory", "hw:locked_memory")})
NEEDS.update({(name, "true"): ["hw_firmware_type"]
              for name in ("hw_mem_encryption", "hw:mem_encryption")})
NEEDS.update({(name, "required"): ["hw_firmware_type", "placement"]
              for name in ("os_secure_boot", "os:secure_boot")})

# These boards have one CPU, which does not depend on properties.
ONE_CPU = ("mips", "mipsel", "mips64", "mips64el")
# Nova supports pages of a chosen size only on hosts of these architectures.
PAGED_HOSTS = ("x86_64", "i686", "aarch64", "ppc64", "ppc64le")


def foreign_host(arch):
    return "aarch64" if arch == "x86_64" else "x86_64"


def outside():
    """Combinations that are not tried: hardware that does not exist, whatever is requested."""
    for guest in GUESTS:
        if guest[0] in ONE_CPU:
            yield [("guest", guest), ("vcpus", "2")]
            yield [("guest", guest), ("vcpus", "4")]
        if guest[0] not in PAGED_HOSTS:
            for name in ("hw_mem_page_size", "hw:mem_page_size"):
                for level in PAGES:
                    yield [("guest", guest), ("placement", "native"), (name, level)]


# The properties that Nova got after 26 (Zed), and those that they are about.
NEWER_IMAGE = {
    "hw_firmware_type": ["uefi", "bios"],
    "hw_firmware_stateless": FLAGS,
    "os_secure_boot": ["required", "optional"],
    "hw_mem_encryption": FLAGS,
    "hw_mem_encryption_model": ["amd-sev", "amd-sev-es", "amd-sev-snp", "intel-tdx", "arm-cca"],
    "hw_sound_model": ["sb16", "es1370", "pcspk", "ac97", "ich6", "ich9", "usb", "virtio", "ich7"],
    "hw_usb_model": ["none", "piix3-uhci", "piix4-uhci", "ehci", "ich9-ehci1", "vt82c686b-uhci",
                     "pci-ohci", "nec-xhci", "qemu-xhci", "qusb1", "uhci"],
    "hw_redirected_usb_ports": ["0", "1", "15", "16", "-3", "two"],
    "hw_virtio_packed_ring": FLAGS,
    "hw_maxphysaddr_mode": ["emulate", "passthrough", "both"],
    "hw_maxphysaddr_bits": ["42", "0", "-1", "many"],
    "hw_vif_model": ["virtio", "e1000", "igb"],
    "hw_vif_multiqueue_enabled": ["true"],
    "hw_tpm_version": ["1.2", "2.0"],
    "hw_tpm_model": ["tpm-tis", "tpm-crb"],
    "hw_video_model": ["none"],
    "hw_input_bus": ["virtio"],
    "hw_qemu_guest_agent": ["true"],
    "hw_serial_port_count": ["2"],
}
NEWER_FLAVOR = {
    "hw:mem_encryption": ["true", "False"],
    "hw:mem_encryption_model": ["amd-sev", "amd-sev-es", "amd-sev-snp", "intel-tdx", "arm-cca"],
    "hw:sound_model": ["ich6", "ich9", "usb", "virtio", "ich7"],
    "hw:usb_model": ["none", "nec-xhci", "qemu-xhci", "piix3-uhci", "uhci"],
    "hw:redirected_usb_ports": ["0", "1", "15", "16", "-3", "two"],
    "hw:virtio_packed_ring": ["true", "False"],
    "hw:maxphysaddr_mode": ["emulate", "passthrough"],
    "hw:maxphysaddr_bits": ["42", "0"],
    "hw:tpm_version": ["2.0"],
    "hw:tpm_secret_security": ["user", "host", "deployment", "anywhere"],
    "hw:locked_memory": ["true"],
    "hw:mem_page_size": ["large"],
}
NEWER_OPTIONS = {"graphics": ["vnc", "spice"], "console": ["pty", "tcp"], "tb_cache": [None, "64"]}
NEWER_GUESTS = [("x86_64", "q35"), ("x86_64", "pc"), ("i686", "q35"), ("aarch64", "virt"),
                ("armv7l", "virt"), ("s390x", "s390-ccw-virtio"), ("ppc64le", "pseries"),
                ("mipsel", "malta"), ("x86_64", None), ("aarch64", None)]
NEWER_GROUPS = [
    ["hw_mem_encryption", "hw_mem_encryption_model", "hw_firmware_type", "hw_firmware_stateless",
     "hw_video_model"],
    ["hw_mem_encryption", "hw:mem_encryption_model", "hw_mem_encryption_model", "hw_firmware_type",
     "hw_firmware_stateless"],
    ["hw:mem_encryption", "hw_mem_encryption", "hw_firmware_type"],
    ["hw_firmware_type", "hw_firmware_stateless", "os_secure_boot"],
    ["hw_sound_model", "hw:sound_model"],
    ["hw_usb_model", "hw:usb_model"],
    ["hw_usb_model", "hw_input_bus", "hw_sound_model"],
    ["hw_redirected_usb_ports", "hw:redirected_usb_ports", "graphics"],
    ["hw_redirected_usb_ports", "hw_usb_model", "graphics"],
    ["hw_virtio_packed_ring", "hw:virtio_packed_ring", "hw_vif_model"],
    ["hw_virtio_packed_ring", "hw_vif_multiqueue_enabled", "vcpus", "hw_vif_model"],
    ["hw_maxphysaddr_mode", "hw_maxphysaddr_bits", "hw:maxphysaddr_mode", "hw:maxphysaddr_bits"],
    ["hw_tpm_version", "hw_tpm_model", "hw:tpm_version", "hw:tpm_secret_security"],
    ["graphics", "console", "hw_serial_port_count"],
]


def select(release):
    """Before anything else is asked: what this Nova can be asked."""
    if release <= 26:
        return
    for kept, newer in ((IMAGE, NEWER_IMAGE), (FLAVOR, NEWER_FLAVOR), (OPTIONS, NEWER_OPTIONS)):
        kept.clear()
        kept.update(newer)
    GUESTS[:], GROUPS[:] = NEWER_GUESTS, NEWER_GROUPS
    FACTORS.clear()
    FACTORS.update({"guest": GUESTS, "placement": PLACEMENTS, "vcpus": ["1", "2"]}, **OPTIONS)
    FACTORS.update({name: [None] + levels for name, levels in {**IMAGE, **FLAVOR}.items()})
    # What works only with others, which have to be chosen together.
    NEEDS.clear()
    for names, level, needed in NEWER_NEEDS:
        NEEDS.update({(name, level): needed for name in names})


NEWER_NEEDS = [
    (("hw_mem_encryption", "hw:mem_encryption"), "true", ["hw_firmware_type", "placement"]),
    (("hw_redirected_usb_ports", "hw:redirected_usb_ports"), "1", ["graphics"]),
    (("hw_redirected_usb_ports", "hw:redirected_usb_ports"), "15", ["graphics"]),
    (("os_secure_boot",), "required", ["hw_firmware_type", "placement"]),
    (("hw_maxphysaddr_mode",), "emulate", ["hw_maxphysaddr_bits", "hw:maxphysaddr_bits"]),
    (("hw:maxphysaddr_mode",), "emulate", ["hw_maxphysaddr_bits", "hw:maxphysaddr_bits"]),
    (("hw_tpm_model",), "tpm-tis", ["hw_tpm_version", "hw:tpm_version"]),
    (("hw_tpm_model",), "tpm-crb", ["hw_tpm_version", "hw:tpm_version"]),
    (("hw:locked_memory",), "true", ["hw:mem_page_size"]),
]


class Case:
    """What is requested, and in which words."""

    def __init__(self, levels):
        self.levels = levels
        self.arch, self.machine = levels["guest"]
        self.placement = levels["placement"]
        self.emulated = self.placement != "native"
        self.vcpus = int(levels["vcpus"])
        self.host_arch = foreign_host(self.arch) if self.emulated else self.arch
        self.properties = {name: levels[name] for name in IMAGE if levels.get(name) is not None}
        self.extra_specs = {name: levels[name] for name in FLAVOR if levels.get(name) is not None}
        self.options = {name: levels[name] for name in OPTIONS if levels.get(name) is not None}
        if self.emulated:
            self.properties[self.placement] = self.arch
        if self.machine is not None:
            self.properties["hw_machine_type"] = self.machine

    def renamed(self, names):
        """The same case with other names for its extra specs."""
        case = Case(self.levels)
        case.extra_specs = {names.get(name, name): value for name, value in self.extra_specs.items()}
        return case

    @property
    def board(self):
        """The kind of machine, whatever names it."""
        if self.arch in ("x86_64", "i686"):
            return "q35" if self.machine == "q35" else "pc"
        return {"aarch64": "virt", "armv7l": "virt", "s390x": "s390", "ppc64": "pseries",
                "ppc64le": "pseries"}.get(self.arch, "malta")

    def get(self, name):
        return self.properties.get(name, self.extra_specs.get(name))

    def unusual(self):
        """The levels that are not the default ones, to name the case by."""
        return {name: level for name, level in self.levels.items()
                if level != FACTORS[name][0] or name == "guest"}

    def asked(self):
        """name=value of everything that was set."""
        return {**self.properties, **self.extra_specs}

    def __str__(self):
        words = [f"{name}={value}" for name, value in {**self.asked(), **self.options}.items()]
        return f"{self.arch} on {self.host_arch}, {self.vcpus} vCPUs: " + " ".join(words)
