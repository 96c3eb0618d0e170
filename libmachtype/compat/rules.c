/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each thing needs of a machine, on which machines it is known to fail or to work, and on
 * whose authority. This table is the only place for that: it is used to generate guests, to check
 * properties and to lint domains. What machines have is in machine-class.c.
 *
 * Sources of the columns:
 *   define    libvirt 9.0, virDomainDefineXML: src/qemu/qemu_validate.c and, for addresses and
 *             controllers, src/qemu/qemu_domain_address.c. The suite tests/real checks it.
 *   start     QEMU 7.2: `qemu-system-ARCH -machine M -device help`, and the output of the process
 *             when libvirt starts it. The suite "slow" checks it.
 *   guest     guests that were booted with it (tests/boot).
 *   ignored   it starts, and nothing in the guest differs.
 *   works     none of these, and guests that use it, or their relatives, were booted. MT_ON_TRIED
 *             is every class that existed when the value was tested; a later one is added by name.
 * For loongarch64, which libvirt 9.0 does not support, define is what libvirt 11.3 documents. */

#include "compat/compat-private.h"

#include "arch-private.h"
#include "finding-private.h"
#include "string-private.h"

/* The texts about a kind: its name, and the remedy if nothing else is possible. */
typedef struct {
  char code[20];
  char label[28];
  gboolean is_choice; /* one of several: another value may fit */
  char remedy[64];
  char device[12], name[12]; /* in domain capabilities; empty: they do not mention it */
} Kind;

static const Kind kinds[] = {
  [MT_KIND_DISK_BUS] = { "disk-bus", "disk bus", TRUE, "", "disk", "bus" },
  [MT_KIND_CDROM_BUS] = { "cdrom-bus", "CD-ROM bus", TRUE, "", "disk", "bus" },
  [MT_KIND_FLOPPY_BUS] = { "floppy-bus", "floppy bus", TRUE, "remove the floppy drive", "disk",
                           "bus" },
  [MT_KIND_SCSI_MODEL] = { "scsi-model", "SCSI controller", TRUE, "", "", "" },
  [MT_KIND_VIF_MODEL] = { "vif-model", "network interface model", TRUE, "", "", "" },
  [MT_KIND_VIDEO_MODEL] = { "video-model", "video model", TRUE, "", "video", "modelType" },
  [MT_KIND_INPUT_BUS] = { "input-bus", "input bus", TRUE, "", "", "" },
  [MT_KIND_WATCHDOG_MODEL] = { "watchdog-model", "watchdog", TRUE, "remove the watchdog", "", "" },
  [MT_KIND_TPM_MODEL] = { "tpm-model", "TPM", TRUE, "remove the TPM", "tpm", "model" },
  [MT_KIND_TPM_VERSION] = { "tpm-version", "TPM version", TRUE, "remove the TPM", "", "" },
  [MT_KIND_IOMMU_MODEL] = { "iommu-model", "vIOMMU", TRUE, "remove the vIOMMU", "", "" },
  [MT_KIND_SOUND_MODEL] = { "sound-model", "sound device", TRUE, "remove the sound device", "",
                            "" },
  [MT_KIND_USB_CONTROLLER] = { "usb-controller", "USB controller", TRUE, "use model='none'", "",
                               "" },
  [MT_KIND_PCI_ROOT] = { "pci-root", "PCI root", TRUE, "let libvirt add the PCI controllers", "",
                         "" },
  [MT_KIND_PCI_CONTROLLER] = { "pci-controller", "PCI controller", FALSE,
                               "remove it: libvirt adds the PCI controllers", "", "" },
  [MT_KIND_ADDRESS_TYPE] = { "address-type", "address type", FALSE,
                             "let libvirt assign the address", "", "" },
  [MT_KIND_SERIAL_TARGET] = { "serial-target", "serial port", TRUE, "let libvirt choose the target",
                              "", "" },
  [MT_KIND_CONSOLE_TARGET] = { "console-target", "console", FALSE, "use a serial port", "", "" },
  [MT_KIND_PARALLEL] = { "parallel", "parallel port", FALSE, "remove the parallel port", "", "" },
  [MT_KIND_PANIC_MODEL] = { "panic-model", "panic device", TRUE, "remove the panic device", "",
                            "" },
  [MT_KIND_FIRMWARE] = { "firmware", "firmware", FALSE, "remove the firmware setting", "os",
                         "firmware" },
  [MT_KIND_FEATURE] = { "feature", "feature", FALSE, "remove the feature", "", "" },
  [MT_KIND_TIMER] = { "timer", "timer", FALSE, "remove the timer", "", "" },
  [MT_KIND_CPU_MODE] = { "cpu-mode", "CPU mode", TRUE, "remove <cpu>", "", "" },
  [MT_KIND_CPU_TOPOLOGY] = { "cpu", "CPU", FALSE, "remove <topology>", "", "" },
  [MT_KIND_MEMORY_MODEL] = { "memory-model", "memory device", FALSE, "increase <memory> instead",
                             "", "" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == MT_KIND_LAST + 1);

static const MtKindPlace kind_places[MT_KIND_LAST + 1] = {
  [MT_KIND_VIF_MODEL] = { "interface", "model", "type", MT_UNFIT_KEPT },
  [MT_KIND_VIDEO_MODEL] = { "video", "model", "type", MT_UNFIT_REPLACED },
  [MT_KIND_INPUT_BUS] = { "input", "", "bus", MT_UNFIT_REPLACED },
  /* q35's itco comes and goes with the chipset, not with the user's wish. */
  [MT_KIND_WATCHDOG_MODEL] = { "watchdog", "", "model", MT_UNFIT_REMOVED },
  [MT_KIND_TPM_MODEL] = { "tpm", "", "model", MT_UNFIT_REMOVED },
  [MT_KIND_IOMMU_MODEL] = { "iommu", "", "model", MT_UNFIT_REMOVED },
  [MT_KIND_SOUND_MODEL] = { "sound", "", "model", MT_UNFIT_REMOVED },
  [MT_KIND_SERIAL_TARGET] = { "serial", "target", "type", MT_UNFIT_KEPT },
  [MT_KIND_CONSOLE_TARGET] = { "console", "target", "type", MT_UNFIT_KEPT },
  [MT_KIND_PARALLEL] = { "parallel", "target", "type", MT_UNFIT_KEPT },
  [MT_KIND_PANIC_MODEL] = { "panic", "", "model", MT_UNFIT_REMOVED },
  [MT_KIND_MEMORY_MODEL] = { "memory", "", "model", MT_UNFIT_KEPT },
};

#define NO_PCI_HERE "libvirt finds no PCI bus on this machine"
#define NEEDS_USB "this machine has no USB"
#define NO_NIC "QEMU warns that it was not created: the guest has no network interface"
#define NO_FIRMWARE "QEMU supplies the firmware, or there is none"
#define MT_ON_NO_FIRMWARE                                                                          \
  (MT_ON (ISAPC) | MT_ON (MICROVM) | MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS |              \
   MT_ON (M68K_VIRT))
#define FIRMWARE_OF_DEFINE "libvirt NEWS, 9.2.0: selected when it is defined"
#define MT_ON_NO_ACPI (MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT))
#define NO_SUCH_FEATURE "it belongs to another architecture or machine"
#define X86_ONLY_CPU "only x86 CPUs have it"
#define COMMAND "libvirt src/qemu/qemu_command.c"
#define CPU_DRIVER "libvirt src/cpu/cpu.c"

/* Sources: libvirt's NEWS.rst and QEMU's changelogs, if they say when; otherwise the newest version
 * that was tried before the change. */
#define BEFORE(what, major, minor) .versions = { .what = { .before = { major, minor } } }
#define FROM(what, major, minor) .versions = { .what = { .from = { major, minor } } }

/* Tried with libvirt 9.0 and QEMU 7.2, and otherwise with libvirt 11.3 and QEMU 10.0. */
#define AS_OF_LIBVIRT_9_0 BEFORE (libvirt, 9, 1)
#define AFTER_LIBVIRT_9_0 FROM (libvirt, 9, 1)
#define AS_OF_QEMU_7_2 BEFORE (qemu, 8, 0)
#define AFTER_QEMU_7_2 FROM (qemu, 8, 0)
/* The same before libvirt 12.9 and QEMU 11.1. */
#define AS_OF_LIBVIRT_11_3 BEFORE (libvirt, 11, 4)
#define AFTER_LIBVIRT_11_3 FROM (libvirt, 11, 4)

/* Both: a range of QEMU, then one of libvirt. */
#define BOTH(qemu_range, libvirt_range)                                                            \
  .versions = { .qemu = { qemu_range }, .libvirt = { libvirt_range } }
#define UNTIL(major, minor) .before = { major, minor }
#define SINCE(major, minor) .from = { major, minor }

/* Ordered by kind, the best value first. */
static const MtRule rules[] = {
  { MT_KIND_DISK_BUS, "virtio", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_DISK_BUS, "scsi", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_DISK_BUS, "sata", .needs = MT_HAS_PCI, .define = MT_ON (S390X), .guest = MT_ON_MALTAS,
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_DISK_BUS, "ide", .needs = MT_HAS_IDE, .works = MT_ON_TRIED },
  { MT_KIND_DISK_BUS, "usb", .needs = MT_HAS_USB, .works = MT_ON_TRIED },
  { MT_KIND_DISK_BUS, "nvme", .needs = MT_HAS_PCI,
    .works = MT_ON_PCS | MT_ON_ARM | MT_ON (S390X) | MT_ON (PSERIES) | MT_ON (RISCV_VIRT),
    FROM (libvirt, 11, 5) },
  { MT_KIND_DISK_BUS, "nvme", .needs = MT_HAS_NEVER, BEFORE (libvirt, 11, 5) },
  { MT_KIND_DISK_BUS, "sd", .needs_to_start = MT_HAS_SD, .why = "these machines have no SD slot" },

  { MT_KIND_CDROM_BUS, "scsi", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_CDROM_BUS, "sata", .needs = MT_HAS_PCI, .define = MT_ON (S390X), .guest = MT_ON_MALTAS,
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_CDROM_BUS, "ide", .needs = MT_HAS_IDE, .works = MT_ON_TRIED },
  { MT_KIND_CDROM_BUS, "usb", .needs = MT_HAS_USB, .guest = MT_ON_TRIED, BEFORE (libvirt, 11, 5),
    .why = "the guest sees a hard disk, not a CD-ROM drive" },
  { MT_KIND_CDROM_BUS, "usb", .needs = MT_HAS_USB, .works = MT_ON_TRIED, FROM (libvirt, 11, 5) },
  { MT_KIND_CDROM_BUS, "virtio", .needs = MT_HAS_NEVER,
    .why = "virtio does not support removable media" },

  { MT_KIND_FLOPPY_BUS, "fdc", .needs_to_start = MT_HAS_ISA, .start = MT_ON (MICROVM),
    .works = MT_ON_TRIED, BEFORE (libvirt, 11, 4),
    .why = "domain capabilities list it, but the emulator has no floppy controller" },
  { MT_KIND_FLOPPY_BUS, "fdc", .needs = MT_HAS_ISA, .start = MT_ON (MICROVM), .works = MT_ON_TRIED,
    FROM (libvirt, 11, 4), .why = "the emulator has no floppy controller",
    .source = "libvirt NEWS, 11.4.0" },

  { MT_KIND_SCSI_MODEL, "virtio-scsi", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_SCSI_MODEL, "lsilogic", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .guest = MT_ON (PSERIES), .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)),
    .why = "the guest hangs while loading the driver", .why_on = MT_ON (PSERIES) },
  { MT_KIND_SCSI_MODEL, "lsisas1068", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_SCSI_MODEL, "lsisas1078", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_SCSI_MODEL, "vmpvscsi", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_SCSI_MODEL, "ibmvscsi", .needs_to_start = MT_HAS_PAPR, .works = MT_ON_TRIED },

  { MT_KIND_VIF_MODEL, "virtio", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_VIF_MODEL, "e1000", .needs = MT_HAS_PCI, .start = MT_ON (S390X), .works = MT_ON_TRIED },
  { MT_KIND_VIF_MODEL, "e1000e", .needs = MT_HAS_PCI, .start = MT_ON (S390X) | MT_ON (MALTA),
    .works = MT_ON_TRIED_BUT (MT_ON (MALTA_64EL)), AS_OF_QEMU_7_2 },
  { MT_KIND_VIF_MODEL, "e1000e", .needs = MT_HAS_PCI, .start = MT_ON (MALTA), AFTER_QEMU_7_2,
    .works = MT_ON_TRIED },
  { MT_KIND_VIF_MODEL, "rtl8139", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED },
  { MT_KIND_VIF_MODEL, "pcnet", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON_MALTAS | MT_ON (LOONGARCH_VIRT)),
    .why = "it would need slot 0x0b", .why_on = MT_ON_MALTAS },
  { MT_KIND_VIF_MODEL, "ne2k_pci", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_VIF_MODEL, "vmxnet3", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (RISCV_VIRT) |
                              MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_VIF_MODEL, "spapr-vlan", .needs_to_start = MT_HAS_PAPR, .works = MT_ON_TRIED,
    AS_OF_QEMU_7_2 },
  { MT_KIND_VIF_MODEL, "spapr-vlan", .start = MT_ON_TRIED_BUT (MT_ON (PSERIES) | MT_ON_ARM),
    .guest = MT_ON_ARM, .works = MT_ON_TRIED, AFTER_QEMU_7_2, .why = NO_NIC, .why_on = MT_ON_ARM },
  { MT_KIND_VIF_MODEL, "igb", .needs = MT_HAS_PCI, .start = MT_ON_MALTAS,
    .works = MT_ON_PCS | MT_ON_ARM | MT_ON (S390X) | MT_ON (PSERIES) | MT_ON (RISCV_VIRT),
    BOTH (SINCE (8, 0), SINCE (9, 3)), .source = "QEMU hw/net/igb.c; libvirt NEWS, 9.3.0" },
  { MT_KIND_VIF_MODEL, "igb", .needs = MT_HAS_PCI, .needs_to_start = MT_HAS_NEVER,
    BEFORE (qemu, 8, 0), .why = "added in QEMU 8.0" },
  { MT_KIND_VIF_MODEL, "ne2k_isa", .needs = MT_HAS_PCI, .needs_to_start = MT_HAS_NEVER,
    .why = "libvirt places it on PCI" },
  { MT_KIND_VIF_MODEL, "lan9118", .needs = MT_HAS_PCI, .needs_to_start = MT_HAS_NEVER,
    BOTH (UNTIL (10, 1), UNTIL (11, 4)) },
  { MT_KIND_VIF_MODEL, "lan9118", .define = MT_ON (M68K_VIRT),
    .start = MT_ON_TRIED_BUT (MT_ON (M68K_VIRT)), BOTH (UNTIL (10, 1), SINCE (11, 4)) },
  { MT_KIND_VIF_MODEL, "lan9118", .needs = MT_HAS_PCI,
    .start = MT_ON_TRIED_BUT (MT_ON_ARM | MT_ON (ISAPC) | MT_ON (MICROVM) | MT_ON (M68K_VIRT)),
    .guest = MT_ON_ARM, BOTH (SINCE (10, 1), UNTIL (11, 4)), .why = NO_NIC, .why_on = MT_ON_ARM },
  { MT_KIND_VIF_MODEL, "lan9118", .define = MT_ON (M68K_VIRT),
    .start = MT_ON_TRIED_BUT (MT_ON_ARM | MT_ON (M68K_VIRT)), .guest = MT_ON_ARM,
    BOTH (SINCE (10, 1), SINCE (11, 4)), .why = NO_NIC, .why_on = MT_ON_ARM },
  { MT_KIND_VIF_MODEL, "smc91c111", .needs = MT_HAS_PCI, .needs_to_start = MT_HAS_NEVER },

  { MT_KIND_VIDEO_MODEL, "virtio", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_VIDEO_MODEL, "vga", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_VIDEO_MODEL, "cirrus", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .guest = MT_ON (PSERIES), .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)),
    .why = "the guest hangs soon after loading the driver", .why_on = MT_ON (PSERIES) },
  { MT_KIND_VIDEO_MODEL, "bochs", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_VIDEO_MODEL, "qxl", .needs = MT_HAS_X86 | MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_VIDEO_MODEL, "vmvga", .needs = MT_HAS_PCI, .define = MT_ON (S390X), .works = MT_ON_PCS,
    AS_OF_QEMU_7_2 },
  { MT_KIND_VIDEO_MODEL, "vmvga", .needs = MT_HAS_PCI,
    .define =
        MT_ON (S390X) | MT_ON_ARM | MT_ON (PSERIES) | MT_ON (RISCV_VIRT) | MT_ON (LOONGARCH_VIRT),
    .works = MT_ON_PCS, AFTER_QEMU_7_2 },
  { MT_KIND_VIDEO_MODEL, "ramfb",
    .define = MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .start = MT_ON (RISCV_VIRT) | MT_ON (ISAPC), AS_OF_QEMU_7_2 },
  { MT_KIND_VIDEO_MODEL, "ramfb",
    .define = MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .start = MT_ON (ISAPC), AFTER_QEMU_7_2 },
  { MT_KIND_VIDEO_MODEL, "xen", .needs = MT_HAS_NEVER },
  { MT_KIND_VIDEO_MODEL, "gop", .needs = MT_HAS_NEVER },
  { MT_KIND_VIDEO_MODEL, "none", .works = MT_ON_TRIED },

  { MT_KIND_INPUT_BUS, "usb", .needs = MT_HAS_USB, .works = MT_ON_TRIED },
  { MT_KIND_INPUT_BUS, "virtio", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_INPUT_BUS, "ps2", .needs = MT_HAS_PS2, .works = MT_ON_TRIED, .added = MT_ON (MICROVM),
    BEFORE (libvirt, 11, 3) },
  { MT_KIND_INPUT_BUS, "ps2", .needs = MT_HAS_PS2,
    .define = MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (MICROVM), .works = MT_ON_TRIED,
    FROM (libvirt, 11, 3) },

  { MT_KIND_WATCHDOG_MODEL, "i6300esb", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED },
  { MT_KIND_WATCHDOG_MODEL, "diag288", .needs = MT_HAS_CHANNELS, .works = MT_ON_TRIED },
  { MT_KIND_WATCHDOG_MODEL, "ib700", .needs_to_start = MT_HAS_ISA, .works = MT_ON_PCS,
    BEFORE (libvirt, 9, 3) },
  { MT_KIND_WATCHDOG_MODEL, "ib700", .define = MT_ON_TRIED_BUT (MT_ON_I440FXS),
    .works = MT_ON_I440FXS, FROM (libvirt, 9, 3) },
  { MT_KIND_WATCHDOG_MODEL, "itco", .needs = MT_HAS_ICH9, .works = MT_ON_Q35S, .added = MT_ON_Q35S,
    FROM (libvirt, 9, 1), .why = "part of the q35 chipset" },
  { MT_KIND_WATCHDOG_MODEL, "itco", .needs = MT_HAS_NEVER, BEFORE (libvirt, 9, 1) },

  /* QEMU 7.2 writes RISC-V's device tree before there is a TPM: no guest was seen to find it. */
  { MT_KIND_TPM_MODEL, "tpm-tis",
    .define = MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .guest = MT_ON (RISCV_VIRT), .works = MT_ON_PCS | MT_ON_ARM, AS_OF_QEMU_7_2 },
  { MT_KIND_TPM_MODEL, "tpm-tis",
    .define = MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .works = MT_ON_PCS | MT_ON_ARM | MT_ON (RISCV_VIRT), AFTER_QEMU_7_2 },
  { MT_KIND_TPM_MODEL, "tpm-crb", .needs = MT_HAS_X86, .works = MT_ON_PCS },
  { MT_KIND_TPM_MODEL, "tpm-spapr", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED },

  { MT_KIND_TPM_VERSION, "2.0", .define = MT_ON (S390X) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)) },
  { MT_KIND_TPM_VERSION, "1.2",
    .define = MT_ON_ARM | MT_ON (PSERIES) | MT_ON (S390X) | MT_ON_MALTAS | MT_ON (LOONGARCH_VIRT) |
              MT_ON (M68K_VIRT),
    .works = MT_ON_TRIED, BEFORE (libvirt, 11, 3) },
  { MT_KIND_TPM_VERSION, "1.2",
    .define = MT_ON_ARM | MT_ON (PSERIES) | MT_ON (S390X) | MT_ON_MALTAS | MT_ON (RISCV_VIRT) |
              MT_ON (LOONGARCH_VIRT) | MT_ON (M68K_VIRT),
    .works = MT_ON_TRIED, FROM (libvirt, 11, 3) },

  { MT_KIND_IOMMU_MODEL, "virtio", .define = MT_ON_TRIED_BUT (MT_ON_Q35S | MT_ON_ARM),
    .works = MT_ON_Q35S | MT_ON (AARCH64_VIRT), .uefi = MT_ON (AARCH64_VIRT),
    .why = "it needs ACPI" },
  { MT_KIND_IOMMU_MODEL, "intel", .needs = MT_HAS_X86 | MT_HAS_PCIE, .works = MT_ON_TRIED },
  { MT_KIND_IOMMU_MODEL, "smmuv3", .needs = MT_HAS_GIC, .guest = MT_ON (ARM_VIRT),
    .works = MT_ON (AARCH64_VIRT), .why = "32-bit kernels have no driver, and use no PCI device",
    .why_on = MT_ON (ARM_VIRT) },
  { MT_KIND_IOMMU_MODEL, "amd", .needs = MT_HAS_X86 | MT_HAS_PCIE, FROM (libvirt, 11, 5) },
  { MT_KIND_IOMMU_MODEL, "amd", .needs = MT_HAS_NEVER, BEFORE (libvirt, 11, 5) },

  { MT_KIND_SOUND_MODEL, "ich9", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED },
  { MT_KIND_SOUND_MODEL, "ich6", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED },
  { MT_KIND_SOUND_MODEL, "ac97", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED },
  { MT_KIND_SOUND_MODEL, "es1370", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED },
  { MT_KIND_SOUND_MODEL, "virtio", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_PCS | MT_ON_ARM | MT_ON (RISCV_VIRT) | MT_ON (PSERIES),
    BOTH (SINCE (8, 2), SINCE (10, 4)), .source = "QEMU hw/audio/virtio-snd-pci.c; libvirt NEWS" },
  { MT_KIND_SOUND_MODEL, "virtio", .needs = MT_HAS_NEVER, BEFORE (libvirt, 10, 4) },
  { MT_KIND_SOUND_MODEL, "virtio", .needs_to_start = MT_HAS_NEVER,
    BOTH (UNTIL (8, 2), SINCE (10, 4)) },
  { MT_KIND_SOUND_MODEL, "usb", .needs = MT_HAS_USB, .works = MT_ON_TRIED },
  { MT_KIND_SOUND_MODEL, "sb16", .needs_to_start = MT_HAS_ISA, .start = MT_ON (MICROVM),
    .works = MT_ON_TRIED },
  { MT_KIND_SOUND_MODEL, "pcspk", .needs_to_start = MT_HAS_X86, .start = MT_ON (MICROVM),
    .works = MT_ON_PCS | MT_ON (ISAPC), FROM (libvirt, 9, 6) },
  { MT_KIND_SOUND_MODEL, "pcspk", .needs_to_start = MT_HAS_NEVER, BEFORE (libvirt, 9, 6),
    .why = "QEMU 7.1 removed -soundhw" },

  { MT_KIND_USB_CONTROLLER, "qemu-xhci", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED, AS_OF_QEMU_7_2, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "qemu-xhci", .needs = MT_HAS_PCI, .works = MT_ON_TRIED, AFTER_QEMU_7_2,
    .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "nec-xhci", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "nec-xhci", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },
  { MT_KIND_USB_CONTROLLER, "piix3-uhci", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "piix3-uhci", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },
  { MT_KIND_USB_CONTROLLER, "piix4-uhci", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "piix4-uhci", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },
  { MT_KIND_USB_CONTROLLER, "ehci", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "ehci", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },
  { MT_KIND_USB_CONTROLLER, "ich9-ehci1", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "ich9-ehci1", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },
  { MT_KIND_USB_CONTROLLER, "pci-ohci", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3, .source = COMMAND },
  { MT_KIND_USB_CONTROLLER, "pci-ohci", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },

  { MT_KIND_PCI_ROOT, "pci-root",
    .define = MT_ON_Q35S | MT_ON_ARM | MT_ON (RISCV_VIRT) | MT_ON (LOONGARCH_VIRT),
    .needs_for_effect = MT_HAS_PCI, .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3 },
  { MT_KIND_PCI_ROOT, "pci-root",
    .define = MT_ON_Q35S | MT_ON_ARM | MT_ON (RISCV_VIRT) | MT_ON (LOONGARCH_VIRT) | MT_ON (ISAPC) |
              MT_ON (MICROVM),
    .needs_for_effect = MT_HAS_PCI, .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },
  { MT_KIND_PCI_ROOT, "pcie-root",
    .define = MT_ON_I440FXS | MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS,
    .needs_for_effect = MT_HAS_PCI, .works = MT_ON_TRIED, AS_OF_LIBVIRT_11_3 },
  { MT_KIND_PCI_ROOT, "pcie-root",
    .define = MT_ON_I440FXS | MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (ISAPC) |
              MT_ON (MICROVM),
    .needs_for_effect = MT_HAS_PCI, .works = MT_ON_TRIED, AFTER_LIBVIRT_11_3 },
  { MT_KIND_PCI_CONTROLLER, "pcie-root-port", .needs = MT_HAS_PCIE, .works = MT_ON_TRIED },
  { MT_KIND_PCI_CONTROLLER, "dmi-to-pci-bridge", .needs = MT_HAS_PCIE, .works = MT_ON_TRIED },
  { MT_KIND_PCI_CONTROLLER, "pcie-to-pci-bridge", .needs = MT_HAS_PCIE, .works = MT_ON_TRIED },
  { MT_KIND_PCI_CONTROLLER, "pci-expander-bus", .define = MT_ON_TRIED_BUT (MT_ON_I440FXS),
    .works = MT_ON_TRIED },
  { MT_KIND_PCI_CONTROLLER, "pcie-expander-bus", .define = MT_ON_TRIED_BUT (MT_ON_Q35S | MT_ON_ARM),
    .works = MT_ON_TRIED },

  { MT_KIND_ADDRESS_TYPE, "pci", .needs = MT_HAS_PCI, .works = MT_ON_TRIED },
  { MT_KIND_ADDRESS_TYPE, "ccw", .needs = MT_HAS_CHANNELS, .works = MT_ON_TRIED },
  { MT_KIND_ADDRESS_TYPE, "virtio-mmio", .needs_to_start = MT_HAS_VIRTIO_MMIO,
    .works = MT_ON_ARM | MT_ON (RISCV_VIRT) },

  { MT_KIND_SERIAL_TARGET, "isa-serial", .works = MT_ON_TRIED },
  { MT_KIND_SERIAL_TARGET, "system-serial", .needs_to_start = MT_HAS_BOARD_UART,
    .works = MT_ON_TRIED },
  { MT_KIND_SERIAL_TARGET, "spapr-vio-serial", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED },
  { MT_KIND_SERIAL_TARGET, "sclp-serial", .needs = MT_HAS_CHANNELS, .works = MT_ON_TRIED },
  { MT_KIND_SERIAL_TARGET, "pci-serial", .needs = MT_HAS_PCI, .start = MT_ON (S390X),
    .works = MT_ON_TRIED },
  { MT_KIND_SERIAL_TARGET, "usb-serial", .needs = MT_HAS_USB, .works = MT_ON_TRIED },

  { MT_KIND_CONSOLE_TARGET, "sclp", .needs = MT_HAS_CHANNELS, .works = MT_ON_TRIED },
  { MT_KIND_CONSOLE_TARGET, "sclplm", .needs = MT_HAS_CHANNELS, .works = MT_ON_TRIED },

  { MT_KIND_PARALLEL, "isa-parallel", .define = MT_ON (S390X) | MT_ON (PSERIES),
    .needs_to_start = MT_HAS_ISA, .works = MT_ON_TRIED },

  { MT_KIND_PANIC_MODEL, "isa", .needs = MT_HAS_X86, .works = MT_ON_TRIED },
  { MT_KIND_PANIC_MODEL, "hyperv", .needs = MT_HAS_X86, .works = MT_ON_TRIED },
  { MT_KIND_PANIC_MODEL, "pseries", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED },
  { MT_KIND_PANIC_MODEL, "s390", .needs = MT_HAS_CHANNELS, .works = MT_ON_TRIED },
  { MT_KIND_PANIC_MODEL, "pvpanic", .needs = MT_HAS_PCI, .define = MT_ON (S390X),
    .works = MT_ON_PCS | MT_ON_ARM | MT_ON (PSERIES) | MT_ON (RISCV_VIRT), FROM (libvirt, 9, 1) },
  { MT_KIND_PANIC_MODEL, "pvpanic", .needs = MT_HAS_NEVER, BEFORE (libvirt, 9, 1) },

  { MT_KIND_FIRMWARE, "efi", .needs_to_start = MT_HAS_UEFI, .works = MT_ON_TRIED,
    BOTH (UNTIL (8, 1), UNTIL (9, 2)), .why = NO_FIRMWARE },
  { MT_KIND_FIRMWARE, "efi", .define = MT_ON_NO_FIRMWARE, .needs_to_start = MT_HAS_UEFI,
    .works = MT_ON_TRIED, BOTH (UNTIL (8, 1), SINCE (9, 2)), .why = NO_FIRMWARE,
    .source = FIRMWARE_OF_DEFINE },
  { MT_KIND_FIRMWARE, "efi", .start = MT_ON_NO_FIRMWARE, .works = MT_ON_TRIED,
    BOTH (SINCE (8, 1), UNTIL (9, 2)), .why = NO_FIRMWARE },
  { MT_KIND_FIRMWARE, "efi", .define = MT_ON_NO_FIRMWARE, .works = MT_ON_TRIED,
    BOTH (SINCE (8, 1), SINCE (9, 2)), .why = NO_FIRMWARE, .source = FIRMWARE_OF_DEFINE },
  { MT_KIND_FIRMWARE, "secure-boot", .needs = MT_HAS_SMM, .works = MT_ON_TRIED,
    .why = "it needs System Management Mode, which only x86_64 q35 protects" },
  { MT_KIND_FIRMWARE, "pflash", .needs_to_start = MT_HAS_FLASH, .works = MT_ON_TRIED,
    .why = "this machine has no flash memory" },

  { MT_KIND_FEATURE, "acpi", .needs_for_effect = MT_HAS_ACPI, .works = MT_ON_TRIED,
    BEFORE (qemu, 8, 0), .why = "newer versions of libvirt and QEMU refuse it" },
  { MT_KIND_FEATURE, "acpi", .ignored = MT_ON_NO_ACPI, .works = MT_ON_TRIED,
    BOTH (SINCE (8, 0), UNTIL (9, 1)), .why = "newer versions of libvirt refuse it" },
  { MT_KIND_FEATURE, "acpi", .define = MT_ON_NO_ACPI, .works = MT_ON_TRIED,
    BOTH (SINCE (8, 0), SINCE (9, 1)), .why = "QEMU says that this machine has no ACPI" },
  { MT_KIND_FEATURE, "apic", .needs_for_effect = MT_HAS_X86, .works = MT_ON_TRIED },
  { MT_KIND_FEATURE, "pae", .needs_for_effect = MT_HAS_X86, .works = MT_ON_TRIED },
  { MT_KIND_FEATURE, "hap", .needs_for_effect = MT_HAS_NEVER, .why = "for Xen only" },
  { MT_KIND_FEATURE, "viridian", .needs_for_effect = MT_HAS_NEVER, .why = "for Xen only" },
  { MT_KIND_FEATURE, "privnet", .needs_for_effect = MT_HAS_NEVER, .why = "for containers only" },
  { MT_KIND_FEATURE, "smm", .needs_to_start = MT_HAS_X86, .works = MT_ON_TRIED,
    .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "tseg", .needs = MT_HAS_ICH9, .works = MT_ON_TRIED,
    .why = "this machine has no TSEG" },
  { MT_KIND_FEATURE, "gic", .needs = MT_HAS_GIC, .works = MT_ON_TRIED, .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "gic-3", .needs = MT_HAS_GIC, .start = MT_ON (ARM_VIRT),
    .works = MT_ON_TRIED },
  { MT_KIND_FEATURE, "hyperv", .define = MT_ON_TRIED_BUT (MT_ON_X86 | MT_ON_ARM),
    .needs_to_start = MT_HAS_X86, .works = MT_ON_TRIED, .why = X86_ONLY_CPU },
  { MT_KIND_FEATURE, "kvm-hidden", .needs_to_start = MT_HAS_X86, .works = MT_ON_TRIED,
    .why = X86_ONLY_CPU },
  { MT_KIND_FEATURE, "pmu-on",
    .start = MT_ON (S390X) | MT_ON_MALTAS | MT_ON (RISCV_VIRT) | MT_ON (LOONGARCH_VIRT) |
             MT_ON (M68K_VIRT),
    .works = MT_ON_TRIED, .why = "the CPU has no PMU property" },
  { MT_KIND_FEATURE, "pmu-off", .define = MT_ON (PSERIES),
    .start = MT_ON (S390X) | MT_ON_MALTAS | MT_ON (RISCV_VIRT) | MT_ON (LOONGARCH_VIRT) |
             MT_ON (M68K_VIRT),
    .works = MT_ON_TRIED, .why = "the CPU has no PMU property" },
  { MT_KIND_FEATURE, "vmcoreinfo",
    .define = MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .start = MT_ON (RISCV_VIRT), .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)),
    AS_OF_QEMU_7_2 },
  { MT_KIND_FEATURE, "vmcoreinfo",
    .define = MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)), AFTER_QEMU_7_2 },
  { MT_KIND_FEATURE, "ioapic", .needs = MT_HAS_X86, .works = MT_ON_TRIED, .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "vmport", .needs = MT_HAS_X86, .define = MT_ON (MICROVM), .works = MT_ON_TRIED,
    .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "pvspinlock", .needs = MT_HAS_X86, .works = MT_ON_TRIED,
    .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "hpt", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED, .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "htm", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED, .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "nested-hv", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED,
    .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "cfpc", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED, .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "sbbc", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED, .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "ibs", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED, .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "ccf-assist", .needs = MT_HAS_PAPR, .works = MT_ON_TRIED,
    .why = NO_SUCH_FEATURE },
  { MT_KIND_FEATURE, "genid", .needs = MT_HAS_X86, .works = MT_ON_TRIED },

  { MT_KIND_TIMER, "hpet", .needs = MT_HAS_X86, .works = MT_ON_TRIED },
  { MT_KIND_TIMER, "tsc", .needs = MT_HAS_X86, .works = MT_ON_TRIED },
  { MT_KIND_TIMER, "hypervclock", .needs = MT_HAS_X86, .works = MT_ON_TRIED },
  { MT_KIND_TIMER, "kvmclock", .needs_to_start = MT_HAS_X86, .works = MT_ON_TRIED,
    .why = X86_ONLY_CPU },
  { MT_KIND_TIMER, "rtc-catchup", .start = MT_ON_MALTAS, .works = MT_ON_TRIED,
    .why = "the RTC of this machine does not support it" },

  { MT_KIND_CPU_MODE, "custom", .needs_to_start = MT_HAS_CPU_DRIVER, .works = MT_ON_TRIED,
    AS_OF_LIBVIRT_9_0, .source = CPU_DRIVER },
  { MT_KIND_CPU_MODE, "custom", .start = MT_ON_MALTAS | MT_ON (M68K_VIRT), .works = MT_ON_TRIED,
    .added = MT_ON (RISCV_VIRT), AFTER_LIBVIRT_9_0, .source = CPU_DRIVER },
  { MT_KIND_CPU_MODE, "maximum", .needs = MT_HAS_CPU_DRIVER, .define = MT_ON (PSERIES),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)), AS_OF_LIBVIRT_9_0 },
  { MT_KIND_CPU_MODE, "maximum", .define = MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (M68K_VIRT),
    .works = MT_ON_TRIED_BUT (MT_ON (LOONGARCH_VIRT)), AFTER_LIBVIRT_9_0 },
  { MT_KIND_CPU_MODE, "host-model", .needs_to_start = MT_HAS_CPU_DRIVER, .works = MT_ON_TRIED,
    .source = CPU_DRIVER },
  { MT_KIND_CPU_MODE, "host-passthrough", .needs_to_start = MT_HAS_CPU_DRIVER, .works = MT_ON_TRIED,
    .source = CPU_DRIVER },

  { MT_KIND_CPU_TOPOLOGY, "topology", .start = MT_ON (RISCV_VIRT), .ignored = MT_ON_MALTAS,
    .works = MT_ON_TRIED, AS_OF_LIBVIRT_9_0, .why = "libvirt 9.0 has no driver for this CPU",
    .source = CPU_DRIVER },
  { MT_KIND_CPU_TOPOLOGY, "topology", .ignored = MT_ON_MALTAS, .works = MT_ON_TRIED,
    AFTER_LIBVIRT_9_0 },

  { MT_KIND_MEMORY_MODEL, "dimm",
    .define = MT_ON (S390X) | MT_ON_MALTAS | MT_ON (RISCV_VIRT) | MT_ON (M68K_VIRT),
    .start = MT_ON (ISAPC), .works = MT_ON_TRIED },
};

/* The others are also words for other things (an address), or there are too many. */
gboolean
mt_kind_is_complete (MtDeviceKind kind)
{
  static const guint32 complete =
      1u << MT_KIND_DISK_BUS | 1u << MT_KIND_CDROM_BUS | 1u << MT_KIND_FLOPPY_BUS |
      1u << MT_KIND_SCSI_MODEL | 1u << MT_KIND_VIF_MODEL | 1u << MT_KIND_VIDEO_MODEL |
      1u << MT_KIND_INPUT_BUS | 1u << MT_KIND_WATCHDOG_MODEL | 1u << MT_KIND_TPM_MODEL |
      1u << MT_KIND_IOMMU_MODEL | 1u << MT_KIND_SOUND_MODEL | 1u << MT_KIND_PANIC_MODEL |
      1u << MT_KIND_MEMORY_MODEL;

  return (complete & 1u << kind) != 0;
}

gboolean
mt_kind_is_choice (MtDeviceKind kind)
{
  return kinds[kind].is_choice;
}

const char *
mt_kind_get_label (MtDeviceKind kind)
{
  return kinds[kind].label;
}

const char *
mt_kind_get_code (MtDeviceKind kind)
{
  return kinds[kind].code;
}

const MtRule *
mt_rules_get (gsize *count)
{
  *count = G_N_ELEMENTS (rules);
  return rules;
}

/* The first row of a kind, or where it would be: the kinds of guests' own devices come first, so
 * striding finds it sooner than a binary search. */
static gsize
find_kind (const MtRule *table, gsize count, MtDeviceKind kind)
{
  const gsize stride = 8;
  gsize i = 0;

  while (i + stride < count && table[i + stride].kind < kind)
    i += stride;
  while (i < count && table[i].kind < kind)
    i++;
  return i;
}

const MtRule *
mt_rule_next (const MtRule *table, gsize count, gsize *at, MtDeviceKind kind,
              const MtVersionRanges *versions)
{
  const MtRule *rule;

  if (*at == 0)
    *at = find_kind (table, count, kind);
  while (*at < count && table[*at].kind == kind) {
    rule = &table[(*at)++];
    if (versions != NULL && !mt_versions_may_apply (&rule->versions, versions))
      continue;
    while (*at < count && table[*at].kind == kind && mt_is_word (table[*at].value, rule->value))
      ++*at;
    return rule;
  }
  return NULL;
}

const MtRule *
mt_rule_find_in (const MtRule *table, gsize count, MtDeviceKind kind, const char *value,
                 const MtVersionRanges *versions)
{
  gsize i;

  for (i = find_kind (table, count, kind); i < count && table[i].kind == kind; i++) {
    if (mt_is_word (table[i].value, value) &&
        (versions == NULL || mt_versions_may_apply (&table[i].versions, versions)))
      return &table[i];
  }
  return NULL;
}

const MtRule *
mt_rule_find (MtDeviceKind kind, const char *value)
{
  return mt_rule_find_in (rules, G_N_ELEMENTS (rules), kind, value, NULL);
}

static gboolean
is_for (const MtRule *rule, const MtVersions *versions)
{
  return mt_version_is_within (versions->qemu, &rule->versions.qemu) &&
         mt_version_is_within (versions->libvirt, &rule->versions.libvirt);
}

const MtRule *
mt_rule_choose (MtDeviceKind kind, const char *value, const MtVersions *versions)
{
  const MtRule *first = mt_rule_find (kind, value), *rule;

  if (first == NULL || mt_rule_is_new (first))
    return first;
  for (rule = first; rule < rules + G_N_ELEMENTS (rules) && rule->kind == kind; rule++) {
    if (mt_is_word (rule->value, value) && is_for (rule, versions))
      return rule;
  }
  return first;
}

MachtypeAuthority
mt_rule_judge (const MtRule *rule, MtMachineClass class, guint32 has)
{
  const guint32 bit = MT_CLASS_BIT (class), lacks = ~has;

  if (((rule->needs & lacks) | (rule->define & bit)) != 0)
    return MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
  if (((rule->needs_to_start & lacks) | (rule->start & bit)) != 0)
    return MACHTYPE_AUTHORITY_QEMU;
  if ((rule->guest & bit) != 0)
    return MACHTYPE_AUTHORITY_GUEST;
  if (((rule->needs_for_effect & lacks) | (rule->ignored & bit)) != 0)
    return MACHTYPE_AUTHORITY_IGNORED;
  return (rule->works & bit) != 0 ? MACHTYPE_AUTHORITY_NONE : MACHTYPE_AUTHORITY_LIBMACHTYPE;
}

MachtypeAuthority
mt_rule_ask (const MtRule *rule, MtMachineClass class)
{
  return mt_rule_judge (rule, class, mt_class_get (class)->has);
}

/* Whether any of the versions refuses it. */
static void
add_verdict (MtVerdict *verdict, const MtRule *rule, MtMachineClass class)
{
  MachtypeAuthority authority = mt_rule_ask (rule, class);

  if (authority == MACHTYPE_AUTHORITY_LIBMACHTYPE)
    authority = MACHTYPE_AUTHORITY_NONE;
  verdict->is_known = TRUE;
  if (authority == MACHTYPE_AUTHORITY_NONE)
    verdict->is_partial = TRUE;
  else if (verdict->rule != NULL)
    mt_versions_add (&verdict->versions, &rule->versions);
  else {
    verdict->rule = rule;
    verdict->authority = authority;
    verdict->versions = rule->versions;
  }
}

MtVerdict
mt_rules_judge (const MtRule *table, gsize count, MtDeviceKind kind, const char *value,
                MtMachineClass class, const MtVersionRanges *versions)
{
  MtVerdict verdict = { .kind = kind, .value = value, .authority = MACHTYPE_AUTHORITY_NONE };
  guint32 added = 0;
  gsize i;

  for (i = find_kind (table, count, kind); i < count && table[i].kind == kind; i++) {
    if (!mt_is_word (table[i].value, value) ||
        !mt_versions_may_apply (&table[i].versions, versions))
      continue;
    add_verdict (&verdict, &table[i], class);
    added |= table[i].added;
  }
  verdict.is_partial = verdict.is_partial && verdict.rule != NULL;
  /* Most likely that is where it comes from: then these versions do not refuse it. */
  if (verdict.is_partial && (added & MT_CLASS_BIT (class)) != 0)
    verdict.authority = MACHTYPE_AUTHORITY_NONE;
  return verdict;
}

MtVerdict
mt_compat_judge (MtDeviceKind kind, const char *value, MtMachineClass class,
                 const MtVersionRanges *versions)
{
  return mt_rules_judge (rules, G_N_ELEMENTS (rules), kind, value, class, versions);
}

MachtypeAuthority
mt_compat_ask (MtDeviceKind kind, const char *value, MtMachineClass class)
{
  const MtRule *rule = mt_rule_find (kind, value);

  return rule != NULL ? mt_rule_ask (rule, class) : MACHTYPE_AUTHORITY_LIBMACHTYPE;
}

/* From the rules themselves, whatever the versions. */
static const MtRule *
next_rule (gsize *at, MtDeviceKind kind)
{
  return mt_rule_next (rules, G_N_ELEMENTS (rules), at, kind, NULL);
}

const char *
mt_compat_get_best (MtDeviceKind kind, MtMachineClass class, gboolean uefi)
{
  const MtRule *rule;
  gsize at = 0;

  while ((rule = next_rule (&at, kind)) != NULL) {
    if (mt_rule_ask (rule, class) == MACHTYPE_AUTHORITY_NONE &&
        (uefi || (rule->uefi & MT_CLASS_BIT (class)) == 0))
      return rule->value;
  }
  return NULL;
}

const MtKindPlace *
mt_kind_get_place (MtDeviceKind kind)
{
  return kind_places[kind].element[0] != '\0' ? &kind_places[kind] : NULL;
}

MtDeviceKind
mt_kind_of_element (const char *element)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (kind_places); i++) {
    if (mt_is_word (kind_places[i].element, element))
      return (MtDeviceKind)i;
  }
  return MT_KIND_NONE;
}

gboolean
mt_kind_get_capability (MtDeviceKind kind, const char **device, const char **name)
{
  *device = kinds[kind].device;
  *name = kinds[kind].name;
  return kinds[kind].device[0] != '\0';
}

char *
mt_compat_dup_possible_of (MtDeviceKind kind, MtMachineClass class, MtRuleFunc func,
                           gconstpointer data)
{
  GString *list = g_string_new (NULL);
  const MtRule *rule;
  gsize at = 0;

  while ((rule = next_rule (&at, kind)) != NULL) {
    if (mt_rule_ask (rule, class) == MACHTYPE_AUTHORITY_NONE && !mt_rule_is_new (rule) &&
        (func == NULL || func (rule, data)))
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "", rule->value);
  }
  return g_string_free (list, list->len == 0);
}

char *
mt_compat_dup_possible (MtDeviceKind kind, MtMachineClass class)
{
  return mt_compat_dup_possible_of (kind, class, NULL, NULL);
}

char *
mt_compat_dup_remedy_of (MtDeviceKind kind, MtMachineClass class, MtRuleFunc func,
                         gconstpointer data)
{
  g_autofree char *possible = NULL;

  if (kinds[kind].is_choice)
    possible = mt_compat_dup_possible_of (kind, class, func, data);
  if (possible != NULL)
    return g_strconcat ("possible: ", possible, NULL);
  return kinds[kind].remedy[0] != '\0' ? g_strdup (kinds[kind].remedy) : NULL;
}

char *
mt_compat_dup_remedy (MtDeviceKind kind, MtMachineClass class)
{
  return mt_compat_dup_remedy_of (kind, class, NULL, NULL);
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
    [MACHTYPE_AUTHORITY_LIBMACHTYPE] = "it is untested on this machine",
    [MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES] = "the host's domain capabilities do not list it",
    [MACHTYPE_AUTHORITY_LIBVIRT_DEFINE] = "libvirt refuses to define it",
    [MACHTYPE_AUTHORITY_QEMU] = "it can be defined, but the guest does not start",
    [MACHTYPE_AUTHORITY_GUEST] = "it starts, but misbehaves in the guest",
    [MACHTYPE_AUTHORITY_IGNORED] = "it is accepted, but has no effect",
  };

  return words[authority];
}

/* The reason that is the same for everything that needs what the machine lacks; NULL: none. */
static const char *
get_lack (const MtRule *rule, MtMachineClass class)
{
  const guint32 lacks = rule->needs & ~mt_class_get (class)->has;

  if ((lacks & MT_HAS_PCI) != 0)
    return NO_PCI_HERE;
  return (lacks & MT_HAS_USB) != 0 ? NEEDS_USB : NULL;
}

/* The rule's reason does not explain the host's refusal, and if it is untested none is known. */
static const char *
get_why (const MtRule *rule, MachtypeAuthority authority, MtMachineClass class)
{
  const guint32 bit = MT_CLASS_BIT (class);
  const char *lack;

  if (authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES ||
      (authority == MACHTYPE_AUTHORITY_LIBMACHTYPE && (bit & MT_ON_TRIED) == 0))
    return "";
  lack = authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE ? get_lack (rule, class) : NULL;
  if (lack != NULL)
    return lack;
  return rule->why_on == 0 || (rule->why_on & bit) != 0 ? rule->why : "";
}

/* A package may provide what a host lacks. */
static char *
dup_usual_remedy (MtDeviceKind kind, MachtypeAuthority authority, const MtJudgedMachine *machine)
{
  const char *package = mt_arch_get_firmware_package (machine->arch);

  if (authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES && kind == MT_KIND_FIRMWARE &&
      package != NULL)
    return mt_package_dup_remedy (package);
  return mt_compat_dup_remedy (kind, machine->class);
}

/* rule NULL: none. Takes ownership of remedy. */
static MachtypeFinding *
new_finding (const MtRule *rule, MtDeviceKind kind, const char *value, MachtypeAuthority authority,
             const char *subject, const char *requested, const MtJudgedMachine *machine,
             const char *more, char *remedy)
{
  g_autofree char *code = g_strdup_printf ("%s-%s", kinds[kind].code, value);
  const char *why = rule != NULL ? get_why (rule, authority, machine->class) : "";
  char *message = g_strdup_printf ("%s: %s guests on %s cannot have %s %s: %s%s%s%s%s", requested,
                                   machtype_arch_to_string (machine->arch), machine->name,
                                   kinds[kind].label, value, get_words (authority), more,
                                   *why != '\0' ? " (" : "", why, *why != '\0' ? ")" : "");

  return mt_finding_new_of (code, message, remedy, subject, authority,
                            get_source (rule, authority));
}

MachtypeFinding *
mt_compat_new_finding_of (const MtRule *rule, MtDeviceKind kind, const char *value,
                          MachtypeAuthority authority, const char *subject, const char *requested,
                          const MtJudgedMachine *machine, const char *more, char *remedy)
{
  if (remedy == NULL)
    remedy = dup_usual_remedy (kind, authority, machine);
  return new_finding (rule, kind, value, authority, subject, requested, machine, more, remedy);
}

MachtypeFinding *
mt_compat_new_finding (MtDeviceKind kind, const char *value, MachtypeAuthority authority,
                       const char *subject, const MtJudgedMachine *machine)
{
  return mt_compat_new_finding_of (mt_rule_find (kind, value), kind, value, authority, subject,
                                   subject, machine, "", NULL);
}

MachtypeFinding *
mt_verdict_new_finding (const MtVerdict *verdict, const char *subject,
                        const MtJudgedMachine *machine, char *remedy)
{
  g_autofree char *versions =
      verdict->is_partial ? mt_versions_dup_text (&verdict->versions) : NULL;
  g_autofree char *more =
      versions != NULL ? g_strdup_printf (", but only with %s", versions) : g_strdup ("");
  MachtypeFinding *finding =
      new_finding (verdict->rule, verdict->kind, verdict->value, verdict->authority, subject,
                   subject, machine, more, remedy);

  return verdict->is_partial ? mt_finding_lower (finding, MACHTYPE_SEVERITY_WARNING) : finding;
}
