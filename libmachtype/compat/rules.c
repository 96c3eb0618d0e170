/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which machines cannot carry what, and who says so. The only place that knows: guests are
 * generated, properties judged and domains linted by this table.
 *
 * Sources of the columns:
 *   define    libvirt 9.0, virDomainDefineXML: src/qemu/qemu_validate.c and, for addresses and
 *             controllers, src/qemu/qemu_domain_address.c. The suite tests/real asks libvirt again.
 *   start     QEMU 7.2: `qemu-system-ARCH -machine M -device help`, and what the process says when
 *             libvirt starts it. The suite "slow" asks it again.
 *   guest     guests that were booted with it (tests/boot).
 *   ignored   started, and nothing in the guest differs.
 * For loongarch64, which libvirt 9.0 does not know, define is what libvirt 11.3 documents. */

#include "compat/class-sets.h"

#include <string.h>

#include "arch-private.h"
#include "finding-private.h"
#include "name/name-private.h"
#include "string-private.h"

/* What a class is: its architectures, and the family or, without one, the board. */
typedef struct {
  guint64 archs;
  guint8 family;
  char machine[16]; /* the alias of the family, or the board */
  gboolean uefi;    /* unless something else is asked for: there is no other firmware */
  gboolean encrypts;
  guint8 serial_ports;
} Class;

#define A(arch) MT_ARCH_BIT (MACHTYPE_ARCH_##arch)

/* Nova's limit, which all but s390x have (QEMU hw/char/sclpconsole.c). */
#define PORTS 3

static const Class classes[] = {
  [MT_CLASS_I440FX] = { A (X86_64), MACHTYPE_FAMILY_PC_I440FX, "pc", FALSE, FALSE, PORTS },
  [MT_CLASS_Q35] = { A (X86_64), MACHTYPE_FAMILY_PC_Q35, "q35", FALSE, TRUE, PORTS },
  [MT_CLASS_I440FX_32] = { A (I686), MACHTYPE_FAMILY_PC_I440FX, "pc", FALSE, FALSE, PORTS },
  [MT_CLASS_Q35_32] = { A (I686), MACHTYPE_FAMILY_PC_Q35, "q35", FALSE, FALSE, PORTS },
  [MT_CLASS_ISAPC] = { A (X86_64) | A (I686), MACHTYPE_FAMILY_NONE, "isapc", FALSE, FALSE, PORTS },
  [MT_CLASS_MICROVM] = { A (X86_64) | A (I686), MACHTYPE_FAMILY_NONE, "microvm", FALSE, FALSE,
                         PORTS },
  [MT_CLASS_AARCH64_VIRT] = { A (AARCH64), MACHTYPE_FAMILY_VIRT, "virt", TRUE, FALSE, PORTS },
  [MT_CLASS_ARM_VIRT] = { A (ARMV7L) | A (ARMV6L), MACHTYPE_FAMILY_VIRT, "virt", FALSE, FALSE,
                          PORTS },
  [MT_CLASS_S390X] = { A (S390X) | A (S390), MACHTYPE_FAMILY_S390_CCW_VIRTIO, "s390-ccw-virtio",
                       FALSE, FALSE, 1 },
  [MT_CLASS_PSERIES] = { A (PPC64) | A (PPC64LE), MACHTYPE_FAMILY_PSERIES, "pseries", FALSE, FALSE,
                         PORTS },
  [MT_CLASS_MALTA] = { A (MIPS) | A (MIPSEL) | A (MIPS64), MACHTYPE_FAMILY_NONE, "malta", FALSE,
                       FALSE, PORTS },
  [MT_CLASS_MALTA_64EL] = { A (MIPS64EL), MACHTYPE_FAMILY_NONE, "malta", FALSE, FALSE, PORTS },
  [MT_CLASS_RISCV_VIRT] = { A (RISCV64) | A (RISCV32), MACHTYPE_FAMILY_NONE, "virt", FALSE, FALSE,
                            PORTS },
  [MT_CLASS_LOONGARCH_VIRT] = { A (LOONGARCH64), MACHTYPE_FAMILY_NONE, "virt", FALSE, FALSE,
                                PORTS },
  [MT_CLASS_M68K_VIRT] = { A (M68K), MACHTYPE_FAMILY_VIRT, "virt", FALSE, FALSE, PORTS },
};

/* What is said of a kind: how it is called, and what helps where nothing else is possible. */
typedef struct {
  char code[20];
  char label[28];
  gboolean is_choice; /* one of several: another value may fit */
  char remedy[64];
  char device[12], name[12]; /* in domain capabilities; empty: they do not speak of it */
} Kind;

static const Kind kinds[] = {
  [MT_KIND_DISK_BUS] = { "disk-bus", "disk bus", TRUE, "", "disk", "bus" },
  [MT_KIND_CDROM_BUS] = { "cdrom-bus", "CD-ROM bus", TRUE, "", "disk", "bus" },
  [MT_KIND_FLOPPY_BUS] = { "floppy-bus", "floppy bus", TRUE, "leave the floppy away", "disk",
                           "bus" },
  [MT_KIND_SCSI_MODEL] = { "scsi-model", "SCSI controller", TRUE, "", "", "" },
  [MT_KIND_VIF_MODEL] = { "vif-model", "network interface model", TRUE, "", "", "" },
  [MT_KIND_VIDEO_MODEL] = { "video-model", "video model", TRUE, "", "video", "modelType" },
  [MT_KIND_INPUT_BUS] = { "input-bus", "input bus", TRUE, "", "", "" },
  [MT_KIND_WATCHDOG_MODEL] = { "watchdog-model", "watchdog", TRUE, "leave the watchdog away", "",
                               "" },
  [MT_KIND_TPM_MODEL] = { "tpm-model", "TPM", TRUE, "leave the TPM away", "tpm", "model" },
  [MT_KIND_TPM_VERSION] = { "tpm-version", "TPM version", TRUE, "leave the TPM away", "", "" },
  [MT_KIND_IOMMU_MODEL] = { "iommu-model", "vIOMMU", TRUE, "leave the vIOMMU away", "", "" },
  [MT_KIND_SOUND_MODEL] = { "sound-model", "sound device", TRUE, "leave the sound device away", "",
                            "" },
  [MT_KIND_USB_CONTROLLER] = { "usb-controller", "USB controller", TRUE, "model none", "", "" },
  [MT_KIND_PCI_ROOT] = { "pci-root", "PCI root", TRUE, "leave the PCI controllers to libvirt", "",
                         "" },
  [MT_KIND_PCI_CONTROLLER] = { "pci-controller", "PCI controller", TRUE,
                               "leave the PCI controllers to libvirt", "", "" },
  [MT_KIND_ADDRESS_TYPE] = { "address-type", "address type", FALSE, "leave the address to libvirt",
                             "", "" },
  [MT_KIND_SERIAL_TARGET] = { "serial-target", "serial port", TRUE, "leave the target to libvirt",
                              "", "" },
  [MT_KIND_CONSOLE_TARGET] = { "console-target", "console", FALSE, "use a serial port", "", "" },
  [MT_KIND_PARALLEL] = { "parallel", "parallel port", FALSE, "leave the parallel port away", "",
                         "" },
  [MT_KIND_PANIC_MODEL] = { "panic-model", "panic device", TRUE, "leave the panic device away", "",
                            "" },
  [MT_KIND_FIRMWARE] = { "firmware", "firmware", FALSE, "leave the firmware away", "os",
                         "firmware" },
  [MT_KIND_FEATURE] = { "feature", "feature", FALSE, "leave the feature away", "", "" },
  [MT_KIND_TIMER] = { "timer", "timer", FALSE, "leave the timer away", "", "" },
  [MT_KIND_CPU_MODE] = { "cpu-mode", "CPU mode", TRUE, "leave <cpu> away", "", "" },
  [MT_KIND_CPU_TOPOLOGY] = { "cpu", "CPU", FALSE, "leave the topology away", "", "" },
  [MT_KIND_MEMORY_MODEL] = { "memory-model", "memory device", FALSE,
                             "give the guest its memory at start", "", "" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == MT_KIND_LAST + 1);

#define NO_PCI_HERE "libvirt finds no PCI bus on this board"
#define NEEDS_USB "there is no USB on this machine"
#define NO_FIRMWARE "QEMU brings the firmware, or there is none"
#define NO_SUCH_FEATURE "it belongs to another architecture or machine"
#define X86_ONLY_CPU "it is a property of x86 CPUs"
#define COMMAND "libvirt src/qemu/qemu_command.c"
#define CPU_DRIVER "libvirt src/cpu/cpu.c"

/* By kind, the best value first. */
static const MtRule rules[] = {
  { MT_KIND_DISK_BUS, "virtio", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_DISK_BUS, "scsi", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_DISK_BUS, "sata", .define = S390X | NO_PCI, .guest = MALTAS, .unproven = LOONG },
  { MT_KIND_DISK_BUS, "ide", .define = NOT (I440FXS | MALTAS) },
  { MT_KIND_DISK_BUS, "usb", .define = S390X | NO_PCI, .why = NEEDS_USB },
  { MT_KIND_DISK_BUS, "sd", .start = ALL, .why = "these boards have no SD slot" },

  { MT_KIND_CDROM_BUS, "scsi", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_CDROM_BUS, "sata", .define = S390X | NO_PCI, .guest = MALTAS, .unproven = LOONG },
  { MT_KIND_CDROM_BUS, "ide", .define = NOT (I440FXS | MALTAS) },
  { MT_KIND_CDROM_BUS, "usb", .define = S390X | NO_PCI, .guest = NOT (S390X | NO_PCI),
    .why = "the guest sees a hard disk, not a CD-ROM drive" },
  { MT_KIND_CDROM_BUS, "virtio", .define = ALL, .why = "virtio has no removable media" },

  { MT_KIND_FLOPPY_BUS, "fdc", .start = NO_ISA, .unproven = B (MICROVM),
    .why = "domain capabilities list it, but the emulator has no floppy drive" },

  { MT_KIND_SCSI_MODEL, "virtio-scsi", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_SCSI_MODEL, "lsilogic", .define = S390X | NO_PCI, .guest = PSERIES, .unproven = LOONG,
    .why = "on pseries the guest hangs while it loads the driver" },
  { MT_KIND_SCSI_MODEL, "lsisas1068", .define = S390X | NO_PCI,
    .unproven = PSERIES | MALTAS | LOONG },
  { MT_KIND_SCSI_MODEL, "lsisas1078", .define = S390X | NO_PCI,
    .unproven = PSERIES | MALTAS | LOONG },
  { MT_KIND_SCSI_MODEL, "vmpvscsi", .define = S390X | NO_PCI,
    .unproven = PSERIES | MALTAS | LOONG },
  { MT_KIND_SCSI_MODEL, "ibmvscsi", .start = NOT (PSERIES) },

  { MT_KIND_VIF_MODEL, "virtio", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_VIF_MODEL, "e1000", .define = NO_PCI, .start = S390X },
  { MT_KIND_VIF_MODEL, "e1000e", .define = NO_PCI, .start = S390X | B (MALTA),
    .unproven = B (MALTA_64EL) },
  { MT_KIND_VIF_MODEL, "rtl8139", .define = NO_PCI, .start = S390X },
  { MT_KIND_VIF_MODEL, "pcnet", .define = NO_PCI, .start = S390X, .unproven = MALTAS | LOONG,
    .why = "on malta it would need slot 0x0b" },
  { MT_KIND_VIF_MODEL, "ne2k_pci", .define = NO_PCI, .start = S390X, .unproven = LOONG },
  { MT_KIND_VIF_MODEL, "vmxnet3", .define = NO_PCI, .start = S390X,
    .unproven = PSERIES | MALTAS | RISCV | LOONG },
  { MT_KIND_VIF_MODEL, "spapr-vlan", .start = NOT (PSERIES) },
  { MT_KIND_VIF_MODEL, "igb", .define = NO_PCI, .unproven = NOT (NO_PCI),
    .why = "QEMU has it from 8.0" },
  { MT_KIND_VIF_MODEL, "ne2k_isa", .define = NO_PCI, .start = NOT (NO_PCI),
    .why = "libvirt puts it on PCI" },
  { MT_KIND_VIF_MODEL, "lan9118", .define = NO_PCI, .start = NOT (NO_PCI) },
  { MT_KIND_VIF_MODEL, "smc91c111", .define = NO_PCI, .start = NOT (NO_PCI) },

  { MT_KIND_VIDEO_MODEL, "virtio", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_VIDEO_MODEL, "vga", .define = S390X | NO_PCI, .unproven = LOONG },
  { MT_KIND_VIDEO_MODEL, "cirrus", .define = S390X | NO_PCI, .guest = PSERIES, .unproven = LOONG,
    .why = "on pseries the guest hangs soon after it loads the driver" },
  { MT_KIND_VIDEO_MODEL, "bochs", .define = S390X | NO_PCI, .unproven = LOONG },
  { MT_KIND_VIDEO_MODEL, "qxl", .define = NOT (PCS) },
  { MT_KIND_VIDEO_MODEL, "vmvga", .define = S390X | NO_PCI,
    .unproven = NOT (S390X | NO_PCI | PCS) },
  { MT_KIND_VIDEO_MODEL, "ramfb", .define = S390X | PSERIES | MALTAS | M68K, .start = RISCV,
    .unproven = NOT (S390X | PSERIES | MALTAS | M68K | RISCV) },
  { MT_KIND_VIDEO_MODEL, "xen", .define = ALL },
  { MT_KIND_VIDEO_MODEL, "gop", .define = ALL },
  { MT_KIND_VIDEO_MODEL, "none", .define = 0 },

  { MT_KIND_INPUT_BUS, "usb", .define = S390X | NO_PCI, .why = NEEDS_USB },
  { MT_KIND_INPUT_BUS, "virtio", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_INPUT_BUS, "ps2", .define = ARM | S390X | RISCV | LOONG | M68K },

  { MT_KIND_WATCHDOG_MODEL, "i6300esb", .define = NO_PCI, .start = S390X },
  { MT_KIND_WATCHDOG_MODEL, "diag288", .define = NOT (S390X) },
  { MT_KIND_WATCHDOG_MODEL, "ib700", .start = NO_ISA,
    .unproven = MALTAS | B (ISAPC) | B (MICROVM) },
  { MT_KIND_WATCHDOG_MODEL, "itco", .define = NOT (Q35S), .unproven = Q35S,
    .why = "part of the q35 chipset; libvirt knows it from 9.1" },

  /* QEMU 7.2 writes RISC-V's device tree before there is a TPM: no guest was seen to find it. */
  { MT_KIND_TPM_MODEL, "tpm-tis", .define = S390X | PSERIES | MALTAS | LOONG | M68K, .guest = RISCV,
    .unproven = B (ISAPC) | B (MICROVM) },
  { MT_KIND_TPM_MODEL, "tpm-crb", .define = NOT (X86), .unproven = B (ISAPC) | B (MICROVM) },
  { MT_KIND_TPM_MODEL, "tpm-spapr", .define = NOT (PSERIES) },

  { MT_KIND_TPM_VERSION, "2.0", .define = S390X | MALTAS | LOONG | M68K },
  { MT_KIND_TPM_VERSION, "1.2", .define = ARM | PSERIES | S390X | MALTAS | LOONG | M68K },

  { MT_KIND_IOMMU_MODEL, "virtio", .define = NOT (Q35S | ARM), .unproven = B (ARM_VIRT),
    .uefi = B (AARCH64_VIRT), .why = "it needs ACPI" },
  { MT_KIND_IOMMU_MODEL, "intel", .define = NOT (Q35S) },
  { MT_KIND_IOMMU_MODEL, "smmuv3", .define = NOT (ARM), .unproven = B (ARM_VIRT) },

  { MT_KIND_SOUND_MODEL, "ich9", .define = S390X | NO_PCI },
  { MT_KIND_SOUND_MODEL, "ich6", .define = NO_PCI, .start = S390X },
  { MT_KIND_SOUND_MODEL, "ac97", .define = NO_PCI, .start = S390X },
  { MT_KIND_SOUND_MODEL, "es1370", .define = NO_PCI, .start = S390X },
  { MT_KIND_SOUND_MODEL, "usb", .define = S390X | NO_PCI, .why = NEEDS_USB },
  { MT_KIND_SOUND_MODEL, "sb16", .start = NO_ISA | B (MICROVM) },
  { MT_KIND_SOUND_MODEL, "pcspk", .start = ALL, .why = "QEMU from 7.1 has no -soundhw" },

  { MT_KIND_USB_CONTROLLER, "qemu-xhci", .define = NO_PCI, .start = S390X, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "nec-xhci", .define = NO_PCI, .start = S390X, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "piix3-uhci", .define = NO_PCI, .start = S390X, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "piix4-uhci", .define = NO_PCI, .start = S390X, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "ehci", .define = NO_PCI, .start = S390X, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "ich9-ehci1", .define = NO_PCI, .start = S390X, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "pci-ohci", .define = NO_PCI, .start = S390X, .source = COMMAND },

  { MT_KIND_PCI_ROOT, "pci-root", .define = PCIE, .ignored = NO_PCI },
  { MT_KIND_PCI_ROOT, "pcie-root", .define = NOT (PCIE | NO_PCI), .ignored = NO_PCI },
  { MT_KIND_PCI_CONTROLLER, "pcie-root-port", .define = NOT (PCIE) },
  { MT_KIND_PCI_CONTROLLER, "dmi-to-pci-bridge", .define = NOT (PCIE) },
  { MT_KIND_PCI_CONTROLLER, "pcie-to-pci-bridge", .define = NOT (PCIE) },
  { MT_KIND_PCI_CONTROLLER, "pci-expander-bus", .define = NOT (I440FXS) },
  { MT_KIND_PCI_CONTROLLER, "pcie-expander-bus", .define = NOT (Q35S | ARM) },

  { MT_KIND_ADDRESS_TYPE, "pci", .define = NO_PCI, .why = NO_PCI_HERE },
  { MT_KIND_ADDRESS_TYPE, "ccw", .define = NOT (S390X) },
  { MT_KIND_ADDRESS_TYPE, "virtio-mmio", .start = NOT (ARM | RISCV | B (MICROVM) | M68K),
    .unproven = B (MICROVM) | M68K },

  { MT_KIND_SERIAL_TARGET, "isa-serial", .define = 0 },
  { MT_KIND_SERIAL_TARGET, "system-serial", .start = NOT (ARM | RISCV | LOONG) },
  { MT_KIND_SERIAL_TARGET, "spapr-vio-serial", .define = NOT (PSERIES) },
  { MT_KIND_SERIAL_TARGET, "sclp-serial", .define = NOT (S390X) },
  { MT_KIND_SERIAL_TARGET, "pci-serial", .define = NO_PCI, .start = S390X },
  { MT_KIND_SERIAL_TARGET, "usb-serial", .define = S390X | NO_PCI, .why = NEEDS_USB },

  { MT_KIND_CONSOLE_TARGET, "sclp", .define = NOT (S390X) },
  { MT_KIND_CONSOLE_TARGET, "sclplm", .define = NOT (S390X) },

  { MT_KIND_PARALLEL, "isa-parallel", .define = S390X | PSERIES,
    .start = ARM | RISCV | LOONG | M68K },

  { MT_KIND_PANIC_MODEL, "isa", .define = NOT (X86) },
  { MT_KIND_PANIC_MODEL, "hyperv", .define = NOT (X86) },
  { MT_KIND_PANIC_MODEL, "pseries", .define = NOT (PSERIES) },
  { MT_KIND_PANIC_MODEL, "s390", .define = NOT (S390X) },

  { MT_KIND_FIRMWARE, "efi",
    .start = S390X | PSERIES | MALTAS | RISCV | M68K | B (ISAPC) | B (MICROVM),
    .why = NO_FIRMWARE },
  { MT_KIND_FIRMWARE, "secure-boot", .define = NOT (B (Q35)),
    .why = "it needs System Management Mode, which only q35 of x86_64 protects" },
  { MT_KIND_FIRMWARE, "pflash", .start = S390X | PSERIES | MALTAS | NO_PCI,
    .why = "the board has no flash memory" },

  { MT_KIND_FEATURE, "acpi", .ignored = S390X | PSERIES | MALTAS | RISCV | M68K,
    .why = "libvirt 9.0 ignores it, later ones refuse it on some machines" },
  { MT_KIND_FEATURE, "apic", .ignored = NOT (X86) },
  { MT_KIND_FEATURE, "pae", .ignored = NOT (X86) },
  { MT_KIND_FEATURE, "hap", .ignored = ALL, .why = "it is Xen's" },
  { MT_KIND_FEATURE, "viridian", .ignored = ALL, .why = "it is Xen's" },
  { MT_KIND_FEATURE, "privnet", .ignored = ALL, .why = "it is for containers" },
  { MT_KIND_FEATURE, "smm", .start = NOT (X86), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "tseg", .define = NOT (Q35S), .why = "only q35 has such memory" },
  { MT_KIND_FEATURE, "gic", .define = NOT (ARM), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "gic-3", .define = NOT (ARM), .start = B (ARM_VIRT) },
  { MT_KIND_FEATURE, "hyperv", .define = NOT (X86 | ARM), .start = ARM, .why = X86_ONLY_CPU },
  { MT_KIND_FEATURE, "kvm-hidden", .start = NOT (X86), .why = X86_ONLY_CPU },
  { MT_KIND_FEATURE, "pmu-on", .start = S390X | MALTAS | RISCV | M68K, .unproven = LOONG,
    .why = "the CPU has no such switch" },
  { MT_KIND_FEATURE, "pmu-off", .define = PSERIES, .start = S390X | MALTAS | RISCV | M68K,
    .unproven = LOONG, .why = "the CPU has no such switch" },
  { MT_KIND_FEATURE, "vmcoreinfo", .define = S390X | PSERIES | MALTAS | M68K, .start = RISCV,
    .unproven = LOONG },
  { MT_KIND_FEATURE, "ioapic", .define = NOT (X86), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "vmport", .define = NOT (X86) | B (MICROVM), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "pvspinlock", .define = NOT (X86), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "hpt", .define = NOT (PSERIES), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "htm", .define = NOT (PSERIES), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "nested-hv", .define = NOT (PSERIES), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "cfpc", .define = NOT (PSERIES), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "sbbc", .define = NOT (PSERIES), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "ibs", .define = NOT (PSERIES), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "ccf-assist", .define = NOT (PSERIES), .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "genid", .define = NOT (X86) },

  { MT_KIND_TIMER, "hpet", .define = NOT (X86) },
  { MT_KIND_TIMER, "tsc", .define = NOT (X86) },
  { MT_KIND_TIMER, "hypervclock", .define = NOT (X86) },
  { MT_KIND_TIMER, "kvmclock", .start = NOT (X86), .why = X86_ONLY_CPU },
  { MT_KIND_TIMER, "rtc-catchup", .start = MALTAS, .why = "QEMU's clock of this board cannot" },

  { MT_KIND_CPU_MODE, "custom", .start = NO_CPU_DRIVER, .source = CPU_DRIVER },
  { MT_KIND_CPU_MODE, "maximum", .define = PSERIES | NO_CPU_DRIVER, .unproven = LOONG },
  { MT_KIND_CPU_MODE, "host-model", .start = NO_CPU_DRIVER, .source = CPU_DRIVER },
  { MT_KIND_CPU_MODE, "host-passthrough", .start = NO_CPU_DRIVER, .source = CPU_DRIVER },

  { MT_KIND_CPU_TOPOLOGY, "topology", .start = RISCV, .ignored = MALTAS,
    .why = "libvirt 9.0 has no CPU driver for it", .source = CPU_DRIVER },

  { MT_KIND_MEMORY_MODEL, "dimm", .define = S390X | MALTAS | RISCV | M68K, .start = B (ISAPC) },
};

MtClass
mt_class_find (MachtypeArch arch, const char *machine)
{
  MtName parsed;
  gsize i;

  if (!mt_name_parse (machine, strlen (machine), arch, &parsed))
    return MT_CLASS_NONE;
  for (i = 1; i < G_N_ELEMENTS (classes); i++) {
    if ((classes[i].archs & mt_arch_bit (arch)) == 0 || classes[i].family != parsed.family)
      continue;
    if (classes[i].family != MACHTYPE_FAMILY_NONE || mt_is_word (classes[i].machine, machine))
      return (MtClass)i;
  }
  return MT_CLASS_NONE;
}

const char *
mt_class_get_machine (MtClass class)
{
  return classes[class].machine;
}

gboolean
mt_kind_is_choice (MtKind kind)
{
  return kinds[kind].is_choice;
}

const char *
mt_kind_get_label (MtKind kind)
{
  return kinds[kind].label;
}

const char *
mt_kind_get_code (MtKind kind)
{
  return kinds[kind].code;
}

const MtRule *
mt_rules_get (gsize *count)
{
  *count = G_N_ELEMENTS (rules);
  return rules;
}

const MtRule *
mt_rule_find (MtKind kind, const char *value)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (rules[i].kind == kind && strcmp (rules[i].value, value) == 0)
      return &rules[i];
  }
  return NULL;
}

MachtypeAuthority
mt_rule_ask (const MtRule *rule, MtClass class)
{
  const guint32 bit = MT_CLASS_BIT (class);

  if ((rule->define & bit) != 0)
    return MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
  if ((rule->start & bit) != 0)
    return MACHTYPE_AUTHORITY_QEMU;
  if ((rule->guest & bit) != 0)
    return MACHTYPE_AUTHORITY_GUEST;
  if ((rule->ignored & bit) != 0)
    return MACHTYPE_AUTHORITY_IGNORED;
  if ((rule->unproven & bit) != 0)
    return MACHTYPE_AUTHORITY_LIBMACHTYPE;
  return MACHTYPE_AUTHORITY_NONE;
}

MachtypeAuthority
mt_compat_ask (MtKind kind, const char *value, MtClass class)
{
  const MtRule *rule = mt_rule_find (kind, value);

  return rule != NULL ? mt_rule_ask (rule, class) : MACHTYPE_AUTHORITY_LIBMACHTYPE;
}

const char *
mt_compat_get_best (MtKind kind, MtClass class, gboolean uefi)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (rules[i].kind == kind && mt_rule_ask (&rules[i], class) == MACHTYPE_AUTHORITY_NONE &&
        (uefi || (rules[i].uefi & MT_CLASS_BIT (class)) == 0))
      return rules[i].value;
  }
  return NULL;
}

gboolean
mt_kind_get_capability (MtKind kind, const char **device, const char **name)
{
  *device = kinds[kind].device;
  *name = kinds[kind].name;
  return kinds[kind].device[0] != '\0';
}

gboolean
mt_class_can_encrypt (MtClass class)
{
  return classes[class].encrypts;
}

guint
mt_class_get_serial_ports (MtClass class)
{
  return classes[class].serial_ports;
}

gboolean
mt_class_prefers_uefi (MtClass class)
{
  return classes[class].uefi;
}

char *
mt_compat_dup_possible (MtKind kind, MtClass class)
{
  GString *list = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rules); i++) {
    if (rules[i].kind == kind && mt_rule_ask (&rules[i], class) == MACHTYPE_AUTHORITY_NONE)
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "", rules[i].value);
  }
  return g_string_free (list, list->len == 0);
}

char *
mt_compat_dup_remedy (MtKind kind, MtClass class)
{
  g_autofree char *possible = NULL;

  if (kinds[kind].is_choice)
    possible = mt_compat_dup_possible (kind, class);
  if (possible != NULL)
    return g_strconcat ("possible: ", possible, NULL);
  return kinds[kind].remedy[0] != '\0' ? g_strdup (kinds[kind].remedy) : NULL;
}

static const char *
get_source (const MtRule *rule, MachtypeAuthority authority)
{
  static const char sources[][44] = {
    [MACHTYPE_AUTHORITY_NONE] = "",
    [MACHTYPE_AUTHORITY_LIBMACHTYPE] = "libmachtype/compat/rules.c",
    [MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES] = "virConnectGetDomainCapabilities",
    [MACHTYPE_AUTHORITY_LIBVIRT_DEFINE] = "libvirt src/qemu/qemu_validate.c",
    [MACHTYPE_AUTHORITY_QEMU] = "the emulator's -device help",
    [MACHTYPE_AUTHORITY_GUEST] = "guests booted with it",
    [MACHTYPE_AUTHORITY_IGNORED] = "libvirt src/qemu/qemu_command.c",
  };

  if (rule != NULL && rule->source[0] != '\0' &&
      authority != MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES)
    return rule->source;
  return sources[authority];
}

/* "libvirt refuses to define it", for a message. */
static const char *
get_words (MachtypeAuthority authority)
{
  static const char words[][56] = {
    [MACHTYPE_AUTHORITY_NONE] = "",
    [MACHTYPE_AUTHORITY_LIBMACHTYPE] = "nobody has seen such a guest use it",
    [MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES] = "the host's domain capabilities do not list it",
    [MACHTYPE_AUTHORITY_LIBVIRT_DEFINE] = "libvirt refuses to define it",
    [MACHTYPE_AUTHORITY_QEMU] = "it can be defined, but does not start",
    [MACHTYPE_AUTHORITY_GUEST] = "it starts, but not for the guest's good",
    [MACHTYPE_AUTHORITY_IGNORED] = "it is accepted and has no effect",
  };

  return words[authority];
}

/* What a host lacks a package may bring. */
static char *
dup_usual_remedy (MtKind kind, MachtypeAuthority authority, MachtypeArch arch, const char *machine)
{
  const char *package = mt_arch_get_firmware_package (arch);

  if (authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && kind == MT_KIND_FIRMWARE &&
      package != NULL)
    return mt_package_dup_remedy (package);
  return mt_compat_dup_remedy (kind, mt_class_find (arch, machine));
}

MachtypeFinding *
mt_compat_new_finding_of (MtKind kind, const char *value, MachtypeAuthority authority,
                          const char *subject, const char *asked, MachtypeArch arch,
                          const char *machine, const char *more, char *remedy)
{
  const MtRule *rule = mt_rule_find (kind, value);
  g_autofree char *code = g_strdup_printf ("%s-%s", kinds[kind].code, value);
  /* The rule's reason is no reason of the host's. */
  const char *why =
      rule != NULL && authority != MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES ? rule->why : "";
  char *message = g_strdup_printf ("%s: %s guests on %s cannot have %s %s: %s%s%s%s%s", asked,
                                   machtype_arch_to_string (arch), machine, kinds[kind].label,
                                   value, get_words (authority), more, *why != '\0' ? " (" : "",
                                   why, *why != '\0' ? ")" : "");

  if (remedy == NULL)
    remedy = dup_usual_remedy (kind, authority, arch, machine);
  return mt_finding_new_of (code, message, remedy, subject, authority,
                            get_source (rule, authority));
}

MachtypeFinding *
mt_compat_new_finding (MtKind kind, const char *value, MachtypeAuthority authority,
                       const char *subject, MachtypeArch arch, const char *machine)
{
  return mt_compat_new_finding_of (kind, value, authority, subject, subject, arch, machine, "",
                                   NULL);
}
