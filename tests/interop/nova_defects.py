# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where Nova and machtype can differ: each rule has the number of one of Nova's defects.

A rule explains one difference of one case: of a fact, "we refuse" (Nova generates a guest) or "we
accept" (Nova does not). It names the architecture, the property and the value, and what both answer, so
that nothing else is hidden by it. For a refusal Nova's answer is the name of its exception, and ours is
our message.
"""

import re

import nova_shared

X86 = ("x86_64", "i686")
NO_IDE = ("aarch64", "armv7l", "s390x", "ppc64", "ppc64le")
WINDOWS = ("windows", "Windows")
FLAGS = ("hw_qemu_guest_agent", "hw_boot_menu", "hw_time_hpet", "hw_ipxe_boot", "hw_pmu",
         "hw_locked_memory", "hw_mem_encryption", "hw_vif_multiqueue_enabled",
         "img_hide_hypervisor_id", "hw_firmware_stateless", "hw_virtio_packed_ring")
CPU_KINDS = ("sockets", "cores", "threads")
CPU = [f"{prefix}{kind}" for kind in CPU_KINDS
       for prefix in ("hw_cpu_", "hw_cpu_max_", "hw:cpu_", "hw:cpu_max_", "hw:max_cpu_")]
CPU_MAX = {f"hw:max_cpu_{kind}": f"hw:cpu_max_{kind}" for kind in CPU_KINDS}
# Different spellings of one value, and the spelling in our messages.
SPELLINGS = {"lsilogicsas": "lsisas1068", "paravirtual": "vmpvscsi", "LSILOGIC": "lsilogic",
             "VirtualE1000": "e1000", "VIRTIO": "virtio", "true": "yes", "False": "no"}

# What the boards do not support: libvirt 9.0 refuses to define it, QEMU 7.2 does not start with it,
# or it starts and is dead or hangs the guest. By the property that requests it.
NOT_X86 = {"virt": ["true"], "s390": ["true"], "pseries": ["true"], "malta": ["true"]}
NO_CD = ["fdc", "usb", "virtio"]
LACKS = {
    "hw_disk_bus": {
        "pc": ["fdc"], "q35": ["fdc", "ide"], "virt": ["fdc", "ide"], "pseries": ["fdc", "ide"],
        "malta": ["fdc", "sata"], "s390": ["fdc", "ide", "sata", "usb"]},
    "hw_cdrom_bus": {
        "pc": NO_CD, "q35": NO_CD + ["ide"], "virt": NO_CD + ["ide"], "pseries": NO_CD + ["ide"],
        "malta": NO_CD + ["sata"], "s390": NO_CD + ["ide", "sata"]},
    "hw_floppy_bus": {
        "pc": ["virtio"], "q35": ["virtio"], "malta": ["virtio"], "virt": ["fdc", "virtio"],
        "pseries": ["fdc", "virtio"], "s390": ["fdc", "virtio"]},
    "hw_scsi_model": {
        "pc": ["ibmvscsi"], "q35": ["ibmvscsi"], "virt": ["ibmvscsi"], "malta": ["ibmvscsi"],
        "pseries": ["lsilogic"],
        "s390": ["ibmvscsi", "lsilogic", "lsisas1068", "lsisas1078", "vmpvscsi"]},
    "hw_video_model": {
        "pc": ["gop", "xen"], "q35": ["gop", "xen"], "virt": ["gop", "xen", "qxl"],
        "malta": ["gop", "xen", "qxl"], "pseries": ["gop", "xen", "qxl", "cirrus"],
        "s390": ["gop", "xen", "qxl", "cirrus", "bochs", "vga", "vmvga"]},
    "hw_vif_model": {
        "pc": ["spapr-vlan"], "q35": ["spapr-vlan"], "virt": ["spapr-vlan"],
        "malta": ["spapr-vlan", "e1000e"],
        "s390": ["spapr-vlan", "e1000", "e1000e", "ne2k_pci", "pcnet", "rtl8139", "vmxnet3"]},
    "hw_time_hpet": NOT_X86,
    "img_hide_hypervisor_id": NOT_X86, "hw:hide_hypervisor_id": NOT_X86,
    "hide_hypervisor_id": NOT_X86,
    "hw_pmu": {"malta": ["true", "False"], "s390": ["true", "False"], "pseries": ["False"]},
    "hw_tpm_version": {"malta": ["1.2", "2.0"], "s390": ["1.2", "2.0"], "virt": ["1.2"],
                       "pseries": ["1.2"]},
    "hw_tpm_model": {"virt": ["tpm-crb"], "pseries": ["tpm-tis", "tpm-crb"],
                     "malta": ["tpm-tis", "tpm-crb"], "s390": ["tpm-tis", "tpm-crb"]},
    "hw_viommu_model": {"q35": ["smmuv3"], "virt": ["intel"]},
    "hw_sound_model": {
        "pc": ["pcspk"], "q35": ["pcspk"], "malta": ["pcspk"], "virt": ["pcspk", "sb16"],
        "pseries": ["pcspk", "sb16"],
        "s390": ["pcspk", "sb16", "ac97", "es1370", "ich6", "ich9", "usb", "virtio"]},
    "hw_usb_model": {"s390": ["nec-xhci", "qemu-xhci"]},
    "hw_redirected_usb_ports": {"s390": ["1", "15"]},
}
for one, other in (("hw:pmu", "hw_pmu"), ("hw:tpm_version", "hw_tpm_version"),
                   ("hw:tpm_model", "hw_tpm_model"), ("hw:sound_model", "hw_sound_model"),
                   ("hw:usb_model", "hw_usb_model"),
                   ("hw:redirected_usb_ports", "hw_redirected_usb_ports"),
                   ("hw:viommu_model", "hw_viommu_model")):
    LACKS[one] = LACKS[other]
# What is untested: refused until it is tested.
UNSEEN = {
    "hw_scsi_model": {
        "pc": ["buslogic"], "q35": ["buslogic"], "virt": ["buslogic"], "s390": ["buslogic"],
        "malta": ["buslogic", "lsisas1068", "lsisas1078", "vmpvscsi"],
        "pseries": ["buslogic", "lsisas1068", "lsisas1078", "vmpvscsi"]},
    "hw_video_model": {"virt": ["vmvga"], "malta": ["vmvga"], "pseries": ["vmvga"]},
    "hw_vif_model": {"malta": ["pcnet", "vmxnet3", "e1000e", "igb"], "pseries": ["vmxnet3", "igb"],
                     "pc": ["igb"], "s390": ["igb"]},
    "hw_sound_model": {"malta": ["virtio"]},
}
UNSEEN["hw:sound_model"] = UNSEEN["hw_sound_model"]


class Rule:
    """mended: another way to put the case to Nova, to which the defect does not apply; it must then
    agree with us."""

    def __init__(self, number, what, when, why, mended=None):
        self.number, self.what, self.when, self.why = number, what, when, why
        # Whether it must explain something.
        self.expected = True
        self.mended, self.uses, self.example = mended, 0, None

    def explains(self, case, nova, ours):
        return bool(self.when(case, nova, ours))

    def used(self, case):
        self.uses += 1
        # The shortest one is the clearest.
        if self.example is None or len(str(case)) < len(self.example):
            self.example = str(case)


def named(case, message, names):
    """The property among those that the message names, with its value in the case."""
    for name in names:
        value = case.get(name)
        words = "|".join(re.escape(word) for word in {value, SPELLINGS.get(value, value)} - {None})
        blamed = rf"(?<![\w:]){name}(=({words})(?![\w.-])| cannot be '{re.escape(value or '')}')"
        if value is not None and re.search(blamed, message):
            return name
    return None


def board_lacks(table, case, message):
    name = named(case, message, table)
    value = case.get(name)
    return name is not None and (SPELLINGS.get(value, value) if value not in ("true", "False")
                                 else value) in table[name].get(case.board, ())


def builtin(arch):
    """What Nova's and our default resolves to: the first of the host."""
    return nova_shared.MACHINES[arch][0][1]


def unnamed_foreign(case):
    return (case.machine is None and case.placement == "hw_emulation_architecture"
            and builtin(case.arch) != builtin(case.host_arch))


def default_cdrom(case, arches):
    return case.get("hw_cdrom_bus") is None and case.arch in arches


def emulated(case):
    return case.placement == "hw_emulation_architecture"


def has_uefi(case):
    firmware = case.get("hw_firmware_type")
    return firmware == "uefi" or (firmware is None and case.arch == "aarch64")


def foreign_firmware(case, arch, host_arch):
    return case.arch == arch and case.host_arch == host_arch and has_uefi(case)


def asks_secure_boot(case, word):
    return word in (case.get("os_secure_boot"), case.get("os:secure_boot"))


def iommu(case):
    return case.get("hw:viommu_model") or case.get("hw_viommu_model")


def without_kvm(case, nova, ours):
    return (case.arch in X86 and case.host_arch not in X86 and case.get("os_type") in WINDOWS
            and nova is not None and ours is None)


RULES = [
    Rule(8, "machine",
         lambda case, nova, ours: unnamed_foreign(case) and nova == builtin(case.host_arch)
         and ours == builtin(case.arch),
         "the default of the host's architecture instead of the guest's"),
    Rule(8, "we accept",
         lambda case, nova, ours: unnamed_foreign(case) and nova == "InternalError"
         and has_uefi(case),
         "firmware is looked for by a machine type that the architecture does not have"),
    Rule(9, "cdrom",
         lambda case, nova, ours: default_cdrom(case, NO_IDE) and emulated(case)
         and nova == "ide" and ours == "scsi",
         "chosen by the host's architecture: the board has no IDE"),
    Rule(9, "cdrom",
         lambda case, nova, ours: default_cdrom(case, ("x86_64",)) and emulated(case)
         and nova == "scsi" and ours == ("sata" if case.board == "q35" else "ide"),
         "chosen by the host's architecture: not what the board has"),
    Rule(9, "cdrom",
         lambda case, nova, ours: default_cdrom(case, ("armv7l",)) and not emulated(case)
         and nova == "ide" and ours == "scsi",
         "32-bit Arm is given IDE even natively"),
    Rule(10, "tablet",
         lambda case, nova, ours: case.arch == "s390x" and case.get("hw_input_bus") is None
         and case.get("hw_pointer_model") is None and nova == "usb" and ours == "virtio",
         "s390x has no USB"),
    Rule(10, "we refuse",
         lambda case, nova, ours: case.arch == "s390x"
         and (case.get("hw_input_bus") == "usb" and "hw_input_bus=usb:" in ours
              or case.get("hw_pointer_model") == "usbtablet" and "hw_pointer_model=usbtablet:" in ours),
         "s390x has no USB"),
    Rule(10, "watchdog_model",
         lambda case, nova, ours: case.arch == "s390x" and nova == "i6300esb" and ours == "diag288",
         "s390x has no PCI watchdog"),
    Rule(10, "we refuse",
         lambda case, nova, ours: case.arch == "s390x"
         and case.get(named(case, ours, ("hw_serial_port_count", "hw:serial_port_count")))
         in ("2", "3", "4"),
         "only the first console of s390x can be a serial port"),
    Rule(12, "ioapic",
         lambda case, nova, ours: case.arch == "aarch64" and nova == "qemu" and ours is None
         and iommu(case) in ("virtio", "smmuv3", "auto"),
         "an I/O APIC on Arm is refused by libvirt"),
    Rule(12, "iommu",
         lambda case, nova, ours: case.arch == "aarch64" and case.get("hw_firmware_type") == "bios"
         and iommu(case) == "auto" and nova == "virtio" and ours == "smmuv3",
         "a virtio IOMMU on Arm is found by ACPI, which needs UEFI"),
    Rule(12, "we refuse",
         lambda case, nova, ours: case.arch == "aarch64" and case.get("hw_firmware_type") == "bios"
         and case.get(named(case, ours, ("hw_viommu_model", "hw:viommu_model"))) == "virtio",
         "a virtio IOMMU on Arm is found by ACPI, which needs UEFI"),
    Rule(20, "domain_type",
         lambda case, nova, ours: case.arch == "i686" and case.host_arch == "x86_64"
         and nova == "qemu" and ours == "kvm",
         "KVM of x86_64 runs i686"),
    Rule(22, "secure_boot",
         lambda case, nova, ours: foreign_firmware(case, "aarch64", "x86_64")
         and asks_secure_boot(case, "optional") and nova is True and ours is False,
         "Secure Boot of the host's architecture is taken for the guest's"),
    Rule(22, "secure_boot",
         lambda case, nova, ours: foreign_firmware(case, "x86_64", "aarch64") and case.board == "q35"
         and asks_secure_boot(case, "optional") and nova is False and ours is True,
         "Secure Boot is taken for missing that the host's architecture does not have"),
    Rule(22, "we accept",
         lambda case, nova, ours: foreign_firmware(case, "x86_64", "aarch64") and case.board == "q35"
         and asks_secure_boot(case, "required") and nova == "SecureBootNotSupported",
         "Secure Boot is taken for missing that the host's architecture does not have"),
    Rule(22, "we accept",
         lambda case, nova, ours: case.arch in ("i686", "armv7l") and case.host_arch == "x86_64"
         and has_uefi(case) and asks_secure_boot(case, "optional")
         and nova == "SecureBootNotSupported",
         "an optional Secure Boot of the host's architecture is insisted on"),
    Rule(26, "we accept",
         lambda case, nova, ours: case.machine == "" and nova == "InvalidMachineType",
         "an empty machine type counts as unset"),
    Rule(27, "we accept",
         lambda case, nova, ours: nova == "ValidationError"
         and any(case.get(name) for name in CPU_MAX.values()),
         "the names that are read are refused"),
    Rule(27, "topology",
         lambda case, nova, ours: any(case.get(name) for name in CPU_MAX),
         "the names that are not refused are not read", mended=CPU_MAX),
    Rule(27, "we refuse",
         lambda case, nova, ours: any(case.get(name) for name in CPU_MAX),
         "the names that are not refused are not read", mended=CPU_MAX),
    Rule(28, "we accept",
         lambda case, nova, ours: nova == "ValidationError"
         and case.get("os:secure_boot") == "optional",
         "optional is known everywhere but in the flavor's check"),
    Rule(29, "we refuse",
         lambda case, nova, ours: asks_secure_boot(case, "required") and not has_uefi(case)
         and ours.startswith("SecureBootNotSupported:"),
         "Secure Boot that is required is left out in silence without UEFI"),
    Rule(29, "we refuse",
         lambda case, nova, ours: not has_uefi(case) and ours.startswith("FlavorImageConflict:")
         and None not in (case.get("os_secure_boot"), case.get("os:secure_boot"))
         and "os:secure_boot=" in ours,
         "Secure Boot is not looked at without UEFI, not even for a contradiction"),
    Rule(30, "we refuse",
         lambda case, nova, ours: case.get(named(case, ours, FLAGS)) == "perhaps",
         "an invalid boolean is taken for false"),
    Rule(31, "rng_rate",
         lambda case, nova, ours: case.get("hw_rng:rate_bytes") == "2048"
         and case.get("hw_rng:rate_period") in (None, "0") and nova is None and ours == (2048, 1000),
         "a rate without a period is dropped; libvirt's period is a second"),
    Rule(34, "we refuse", lambda case, nova, ours: board_lacks(LACKS, case, ours),
         "a device or a bus that the board does not have"),
    Rule(34, "we refuse",
         lambda case, nova, ours: board_lacks(UNSEEN, case, ours) and "untested" in ours,
         "a device that is untested on the board"),
    Rule(34, "we refuse",
         lambda case, nova, ours: (case.arch == "s390x" or case.board == "pseries" and case.emulated)
         and "one thread for each core" in ours and any(case.get(name) for name in CPU),
         "s390x has no threads, pseries has them with KVM only"),
    Rule(34, "tpm",
         lambda case, nova, ours: case.arch in ("ppc64", "ppc64le") and nova is not None
         and nova[0] == "tpm-tis" and ours == ("tpm-spapr", nova[1]),
         "pseries has a TPM of its own"),
    Rule(34, "hyperv",
         lambda case, nova, ours: case.arch not in X86 and case.get("os_type") in WINDOWS
         and ours is None,
         "libvirt has the Hyper-V features on x86 only"),
    Rule(34, "hypervclock",
         lambda case, nova, ours: case.arch not in X86 and case.get("os_type") in WINDOWS
         and nova == "yes" and ours is None,
         "libvirt has the Hyper-V features on x86 only"),
    Rule(34, "hyperv", without_kvm, "emulated guests do not start with the Hyper-V features"),
    Rule(34, "vendor_id", without_kvm, "emulated guests do not start with the Hyper-V features"),
    Rule(34, "hypervclock", without_kvm, "emulated guests do not start with the Hyper-V features"),
    Rule(34, "iommu_driver",
         lambda case, nova, ours: iommu(case) in ("virtio", "auto", "smmuv3") and nova is not None
         and ours is None,
         "only Intel's IOMMU has these attributes"),
    Rule(34, "iommu_driver",
         lambda case, nova, ours: case.arch in X86 and case.host_arch not in X86
         and iommu(case) == "intel" and nova.get("eim") == "on"
         and ours == {name: value for name, value in nova.items() if name != "eim"},
         "without KVM there is no extended interrupt mode"),
    Rule(34, "video_ram",
         lambda case, nova, ours: case.get("hw_video_model") == "none" and ours is None,
         "no video device has no video RAM"),
    Rule(34, "ioapic",
         lambda case, nova, ours: case.arch in X86 and iommu(case) in ("virtio", "auto")
         and nova == "qemu" and ours is None,
         "only Intel's IOMMU needs QEMU's I/O APIC"),
]

# Not among Nova's numbered defects: what we may refuse with an explanation, and what Nova itself
# has changed since.
ALLOWED = [
    Rule("encryption", "we refuse",
         lambda case, nova, ours: case.get(named(case, ours, ("hw_mem_encryption",
                                                              "hw:mem_encryption"))) == "true",
         "memory encryption"),
    Rule("later", "we accept",
         lambda case, nova, ours: case.arch == "aarch64" and asks_secure_boot(case, "required")
         and nova == "SecureBootNotSupported",
         "only firmware with System Management Mode counts, and UEFI that is not the default"),
    Rule("2023-12", "hyperv",
         lambda case, nova, ours: case.arch in X86 and case.get("os_type") in WINDOWS
         and ours == tuple(name for name in nova if name not in ("evmcs", "reenlightenment")),
         "upstream emits evmcs and reenlightenment no more"),
]

def spice(case):
    return case.options.get("graphics") == "spice"


def usb_models(case):
    requested = {case.get("hw_usb_model"), case.get("hw:usb_model")}
    return {"qemu-xhci", "piix3-uhci"} | requested - {None}


def usb_ports_agree(case):
    """Both are set, and the same; or the flavor's requests nothing."""
    image, flavor = case.get("hw_redirected_usb_ports"), case.get("hw:redirected_usb_ports")
    return None not in (image, flavor) and (image == flavor or flavor == "0")


# The paragraphs of doc/from-nova.md about what Nova has got since.
NEWER = [
    Rule("USB controller", "usb",
         lambda case, nova, ours: nova == "default" and ours in usb_models(case),
         "if a device needs USB, Nova leaves the model to libvirt"),
    Rule("Tablet with SPICE", "tablet",
         lambda case, nova, ours: spice(case) and nova is None and ours in ("usb", "virtio"),
         "SPICE's agent works only where the guest runs it"),
    Rule("Tablet with SPICE", "usb",
         lambda case, nova, ours: spice(case) and nova == "none" and ours in usb_models(case),
         "and it is on USB"),
    Rule("Redirected USB ports", "we refuse",
         lambda case, nova, ours: not spice(case) and "SPICE" in ours
         and "redirected_usb_ports" in ours,
         "libvirt refuses them without SPICE"),
    Rule("Redirected USB ports", "we accept",
         lambda case, nova, ours: nova == "FlavorImageConflict" and usb_ports_agree(case),
         "Nova compares the image's number with the flavor's text"),
    Rule(22, "secure_boot",
         lambda case, nova, ours: case.arch in ("i686", "armv7l") and case.host_arch == "x86_64"
         and asks_secure_boot(case, "optional") and nova is True and ours is False,
         "Secure Boot of the host's architecture is taken for the guest's"),
    Rule(22, "we refuse",
         lambda case, nova, ours: case.arch in ("i686", "armv7l") and case.host_arch == "x86_64"
         and asks_secure_boot(case, "required") and ours.startswith("SecureBootNotSupported:"),
         "Secure Boot of the host's architecture is taken for the guest's"),
    Rule("Physical addresses", "we refuse",
         lambda case, nova, ours: "maxphysaddr_mode" in ours and (
             "requires a number of bits" in ours or "passthrough" in ours),
         "libvirt refuses the mode without bits, or passthrough with them"),
    Rule("Physical addresses", "we refuse",
         lambda case, nova, ours: case.get("hw_maxphysaddr_bits") == "-1"
         and "hw_maxphysaddr_bits cannot be '-1'" in ours,
         "not even with a mode is it a number of bits"),
    Rule("What the guest cannot have", "we refuse",
         lambda case, nova, ours: case.board in ("malta", "pseries", "s390")
         and case.get("hw_firmware_type") == "uefi" and ours.startswith("UEFINotSupported:"),
         "Nova asks whether the host's architecture has UEFI, not whether the guest's has"),
    Rule("USB controller", "usb",
         lambda case, nova, ours: nova == "none" and ours in usb_models(case)
         and "usb" in (case.get("hw_sound_model"), case.get("hw:sound_model")),
         "Nova does not count a sound device on USB"),
    Rule("Physical addresses", "we accept",
         lambda case, nova, ours: nova == "ValidationError" and (
             case.get("hw:maxphysaddr_mode") or case.get("hw:maxphysaddr_bits")),
         "Nova's driver reads them in the flavor, its API refuses them"),
    Rule("What the guest cannot have", "we refuse",
         lambda case, nova, ours: "maxphysaddr_mode=" in ours and (
             case.arch not in X86 and "libvirt refuses to define it" in ours
             or case.arch == "i686" and "is not a 64-bit one" in ours),
         "the width of physical addresses is that of 64-bit x86 processors"),
    Rule("What the guest cannot have", "packed",
         lambda case, nova, ours: nova == "on" and ours is None
         and case.get("hw_vif_model") in ("e1000", "igb"),
         "only virtio has rings"),
    Rule(10, "usb",
         lambda case, nova, ours: case.arch == "s390x" and nova == "default" and ours == "none",
         "s390x has no USB"),
    Rule("Stateless firmware", "stateless",
         lambda case, nova, ours: case.arch == "aarch64" and nova is False and ours is True
         and case.get("hw_firmware_type") is None and case.get("hw_firmware_stateless") == "true",
         "Nova wants the firmware type to be named, even where it is the only one"),
]


def rules_of(release):
    """For a Nova of this release: the numbered defects are those of 26, and the newer cases do not
    touch all of them."""
    if release <= 26:
        return RULES + ALLOWED
    for rule in NEWER + RULES + ALLOWED:
        rule.expected = isinstance(rule.number, str) and rule not in ALLOWED
    return NEWER + RULES + ALLOWED
