# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where Nova and machtype may differ: each rule has the number of one of Nova's defects.

A rule explains one difference of one case: of a fact, "we refuse" (Nova makes a guest of it) or "we
accept" (Nova does not). It says of which architecture, which property and which value it speaks, and
what both say, so that nothing else hides behind it. For a refusal what Nova says is the name of its
exception, and what we say is our message.
"""

X86 = ("x86_64", "i686")
MIPS = ("mips", "mipsel", "mips64", "mips64el")
FALSE = ("False",)
# What a board has or has not, by the property that asks for it.
DEVICES = ("hw_disk_bus", "hw_cdrom_bus", "hw_scsi_model", "hw_video_model", "hw_vif_model",
           "hw_input_bus", "hw_pointer_model", "hw_tpm_model", "hw:tpm_model", "hw_tpm_version",
           "hw:tpm_version", "hw_viommu_model", "hw:viommu_model", "hw_time_hpet",
           "hw_watchdog_action", "hw:watchdog_action")
FLAGS = ("hw_qemu_guest_agent", "hw_boot_menu", "hw_time_hpet", "hw_ipxe_boot", "hw_pmu",
         "hw_locked_memory", "hw_mem_encryption", "hw_vif_multiqueue_enabled",
         "img_hide_hypervisor_id")
BUILTIN = {"x86_64": "pc-i440fx-7.2", "i686": "pc-i440fx-7.2", "aarch64": "virt-7.2",
           "armv7l": "virt-7.2", "s390x": "s390-ccw-virtio-7.2", "ppc64le": "pseries-7.2"}


# What is one value in several spellings.
SPELLINGS = {"lsilogicsas": "lsisas1068", "paravirtual": "vmpvscsi", "LSILOGIC": "lsilogic",
             "VirtualE1000": "e1000", "VIRTIO": "virtio"}


class Rule:
    def __init__(self, number, what, when, why):
        self.number, self.what, self.when, self.why = number, what, when, why
        self.uses, self.example = 0, None

    def explains(self, case, nova, ours):
        return bool(self.when(case, nova, ours))

    def used(self, case):
        self.uses += 1
        # The shortest says it best.
        if self.example is None or len(str(case)) < len(self.example):
            self.example = str(case)


def named(case, message, names):
    """The property among names that the message blames, with the value that the case gives it."""
    for name in names:
        value = case.get(name)
        if value is not None and any(
                words in message for words in (f"{name}={SPELLINGS.get(value, value)}",
                                               f"{name} cannot be '{value}'")):
            return name
    return None


def unnamed_foreign(case):
    return (case.machine is None and case.placement == "hw_emulation_architecture"
            and BUILTIN[case.arch] != BUILTIN[case.host_arch])


RULES = [
    Rule(8, "machine",
         lambda case, nova, ours: unnamed_foreign(case) and nova == BUILTIN[case.host_arch]
         and ours == BUILTIN[case.arch],
         "the default of the host's architecture instead of the guest's"),
    Rule(8, "we accept",
         lambda case, nova, ours: unnamed_foreign(case) and nova == "InternalError"
         and (case.arch == "aarch64" or case.get("hw_firmware_type") == "uefi"),
         "firmware is looked for by a machine type that the architecture does not have"),
    Rule(9, "cdrom",
         lambda case, nova, ours: case.get("hw_cdrom_bus") is None
         and case.placement == "hw_emulation_architecture"
         and case.arch in ("aarch64", "armv7l", "s390x", "ppc64", "ppc64le")
         and nova == "ide" and ours == "scsi",
         "the CD-ROM's bus is chosen by the host's architecture: the board has no IDE"),
    Rule(9, "cdrom",
         lambda case, nova, ours: case.get("hw_cdrom_bus") is None
         and case.placement == "hw_emulation_architecture" and case.arch == "x86_64"
         and nova == "scsi" and ours in ("ide", "sata"),
         "the CD-ROM's bus is chosen by the host's architecture: not what the board has"),
    Rule(9, "cdrom",
         lambda case, nova, ours: case.get("hw_cdrom_bus") is None and case.arch == "armv7l"
         and not case.placement == "hw_emulation_architecture" and nova == "ide" and ours == "scsi",
         "32-bit Arm is given IDE even natively"),
    Rule(10, "tablet",
         lambda case, nova, ours: case.arch == "s390x" and case.get("hw_input_bus") is None
         and case.get("hw_pointer_model") is None and nova == "usb" and ours == "virtio",
         "s390x has no USB"),
    Rule(10, "watchdog_model",
         lambda case, nova, ours: case.arch == "s390x" and nova == "i6300esb" and ours == "diag288",
         "s390x has no PCI watchdog"),
    Rule(10, "we refuse",
         lambda case, nova, ours: case.arch == "s390x"
         and named(case, ours, ("hw_serial_port_count", "hw:serial_port_count")),
         "only the first console of s390x can be a serial port"),
    Rule(12, "ioapic",
         lambda case, nova, ours: case.arch == "aarch64" and nova == "qemu" and ours is None
         and (case.get("hw_viommu_model") or case.get("hw:viommu_model")),
         "an I/O APIC on Arm is refused by libvirt"),
    Rule(20, "domain_type",
         lambda case, nova, ours: case.arch == "i686" and case.host_arch == "x86_64"
         and nova == "qemu" and ours == "kvm",
         "KVM of x86_64 runs i686"),
    Rule(26, "we accept",
         lambda case, nova, ours: case.machine == "" and nova == "InvalidMachineType",
         "an empty machine type is none"),
    Rule(27, "we accept",
         lambda case, nova, ours: nova == "ValidationError"
         and any(case.get("hw:cpu_max_" + kind) for kind in ("sockets", "cores", "threads")),
         "the names that are read are refused"),
    Rule(28, "we accept",
         lambda case, nova, ours: nova == "ValidationError"
         and case.get("os:secure_boot") == "optional",
         "optional is known everywhere but in the flavor's check"),
    Rule(29, "we refuse",
         lambda case, nova, ours: named(case, ours, ("os_secure_boot", "os:secure_boot"))
         and "required" in (case.get("os_secure_boot"), case.get("os:secure_boot"))
         and case.get("hw_firmware_type") != "uefi",
         "Secure Boot that is required is left out in silence without UEFI"),
    Rule(30, "we refuse",
         lambda case, nova, ours: case.get(named(case, ours, FLAGS)) == "perhaps",
         "a word that is no boolean is taken for false"),
    Rule(31, "rng_rate",
         lambda case, nova, ours: case.get("hw_rng:rate_bytes") == "2048"
         and case.get("hw_rng:rate_period") in (None, "0") and nova is None and ours == (2048, 1000),
         "a rate without a period is dropped; libvirt's period is a second"),
    Rule(33, "hidden",
         lambda case, nova, ours: case.get("img_hide_hypervisor_id") == "true" and nova is True
         and ours is False
         and FALSE[0] in (case.get("hw:hide_hypervisor_id"), case.get("hide_hypervisor_id"))
         and "true" not in (case.get("hw:hide_hypervisor_id"), case.get("hide_hypervisor_id")),
         "the flavor's false does not override the image"),
    Rule(33, "vendor_id",
         lambda case, nova, ours: case.get("img_hide_hypervisor_id") == "true"
         and nova is not None and ours is None
         and FALSE[0] in (case.get("hw:hide_hypervisor_id"), case.get("hide_hypervisor_id"))
         and "true" not in (case.get("hw:hide_hypervisor_id"), case.get("hide_hypervisor_id")),
         "the flavor's false does not override the image"),
    Rule(34, "we refuse",
         lambda case, nova, ours: named(case, ours, DEVICES) and "cannot have that" in ours,
         "a device or a bus that the board does not have"),
]

# Not Nova's defects: what the issue lets us refuse with an explanation.
ALLOWED = [
    Rule("encryption", "we refuse",
         lambda case, nova, ours: case.get(named(case, ours, ("hw_mem_encryption",
                                                              "hw:mem_encryption"))) == "true",
         "memory encryption"),
]
