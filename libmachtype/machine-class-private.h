/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/arch.h>

#include "name/name-private.h"

/* Machines that support the same devices. */
typedef enum {
  MT_CLASS_NONE, /* nothing is known about it */
  MT_CLASS_I440FX,
  MT_CLASS_Q35,
  MT_CLASS_I440FX_32,
  MT_CLASS_Q35_32,
  MT_CLASS_ISAPC,
  MT_CLASS_MICROVM,
  MT_CLASS_AARCH64_VIRT,
  MT_CLASS_ARM_VIRT, /* 32 bits */
  MT_CLASS_S390X,
  MT_CLASS_PSERIES,
  MT_CLASS_MALTA,
  MT_CLASS_MALTA_64EL,
  MT_CLASS_RISCV_VIRT,
  MT_CLASS_LOONGARCH_VIRT,
  MT_CLASS_M68K_VIRT,
  MT_CLASS_LAST = MT_CLASS_M68K_VIRT
} MtMachineClass;

#define MT_CLASS_BIT(class) (1u << (class))

/* Sets of classes, for tables. */
#define MT_ON(name) MT_CLASS_BIT (MT_CLASS_##name)
#define MT_ON_I440FXS (MT_ON (I440FX) | MT_ON (I440FX_32))
#define MT_ON_Q35S (MT_ON (Q35) | MT_ON (Q35_32))
#define MT_ON_PCS (MT_ON_I440FXS | MT_ON_Q35S)
#define MT_ON_X86 (MT_ON_PCS | MT_ON (ISAPC) | MT_ON (MICROVM))
#define MT_ON_ARM (MT_ON (AARCH64_VIRT) | MT_ON (ARM_VIRT))
#define MT_ON_MALTAS (MT_ON (MALTA) | MT_ON (MALTA_64EL))

/* The classes on which every value of the rules was tested, by the suites real, slow and boot (for
 * loongarch64: read in the sources). It is a list and not "all": a class that is added later is
 * tested value by value. */
#define MT_ON_TRIED                                                                                \
  (MT_ON_X86 | MT_ON_ARM | MT_ON (S390X) | MT_ON (PSERIES) | MT_ON_MALTAS | MT_ON (RISCV_VIRT) |   \
   MT_ON (LOONGARCH_VIRT) | MT_ON (M68K_VIRT))
#define MT_ON_TRIED_BUT(classes) (MT_ON_TRIED & ~(classes))

/* The features of a class, one bit each: the columns of MtClassFacts.has. machine-class.c has the
 * sources. */
enum {
  MT_HAS_PCI = 1 << 0,         /* a PCI root that libvirt finds */
  MT_HAS_PCIE = 1 << 1,        /* it is PCI Express */
  MT_HAS_ISA = 1 << 2,         /* an ISA bus */
  MT_HAS_USB = 1 << 3,         /* a USB controller is possible */
  MT_HAS_OWN_USB = 1 << 4,     /* libvirt adds one automatically, or tries to */
  MT_HAS_IDE = 1 << 5,         /* an IDE controller that libvirt knows */
  MT_HAS_PS2 = 1 << 6,         /* PS/2 ports */
  MT_HAS_VIRTIO_MMIO = 1 << 7, /* slots for virtio devices outside of any bus */
  MT_HAS_PAPR = 1 << 8,        /* the hypervisor interface of POWER, with its virtual I/O bus */
  MT_HAS_CHANNELS = 1 << 9,    /* channel I/O of IBM Z, with its consoles */
  MT_HAS_BOARD_UART = 1 << 10, /* a serial port of the board, libvirt's system-serial */
  MT_HAS_X86 = 1 << 11,        /* an x86 CPU, and the chips that come with it */
  MT_HAS_ICH9 = 1 << 12,       /* the chipset of q35 */
  MT_HAS_GIC = 1 << 13,        /* Arm's interrupt controller, and its IOMMU */
  MT_HAS_CPU_DRIVER = 1 << 14, /* libvirt can write <cpu> */
  MT_HAS_ACPI = 1 << 15,
  MT_HAS_SMBIOS = 1 << 16,
  MT_HAS_FIRMWARE = 1 << 17, /* QEMU includes firmware that boots from disks */
  MT_HAS_UEFI = 1 << 18,
  MT_HAS_FLASH = 1 << 19,       /* flash memory for firmware */
  MT_HAS_SECURE_BOOT = 1 << 20, /* UEFI firmware with Secure Boot */
  MT_HAS_ENCRYPTION = 1 << 21,  /* of memory, on hosts that support it */
  MT_HAS_SD = 1 << 22,          /* a slot for SD cards: none of these has one */
  MT_HAS_NEVER = 1 << 23,       /* what no machine has: removed, or of another hypervisor */
  MT_HAS_SMM = 1 << 24,         /* System Management Mode protects UEFI's variables */
  MT_HAS_LONG_MODE = 1 << 25,   /* an x86 CPU of 64 bits, also if it is emulated */
};

/* Two channels with two drives (QEMU hw/ide/pci.c), two drives of a controller (hw/block/fdc.c,
 * MAX_FD), ports of an AHCI controller (hw/ide/ich.c), functions of a PCI slot (PCI Local Bus
 * Specification 3.0, 6.1). */
#define MT_IDE_DRIVES 4
#define MT_FDC_DRIVES 2
#define MT_AHCI_PORTS 6
#define MT_PCI_FUNCTIONS 8

/* Nova's limit for guests: nova/virt/libvirt/driver.py, ALLOWED_QEMU_SERIAL_PORTS. */
#define MT_NOVA_SERIAL_PORTS 3

/* QEMU include/hw/intc/arm_gic_common.h, GIC_NCPU: version 2 of the controller. */
#define MT_GIC2_VCPUS 8

/* The slots of malta that have an interrupt and accept any device, as messages name them. Source of
 * all: MtClassFacts.interrupt_slots. */
#define MT_MALTA_SLOT 0x12
#define MT_MALTA_NEXT_SLOT 0x13
#define MT_MALTA_LAST_SLOT 0x15

/* The name and the features of a class. */
typedef struct {
  guint64 archs;
  guint8 family;    /* MachtypeFamily; none: machine is the whole name */
  char machine[16]; /* the alias of the family, or the board */
  guint32 has;      /* MT_HAS_* */
  guint8 prefers_uefi;
  guint8 serial_ports;
  guint16 max_vcpus;               /* that work; 0: unknown */
  guint16 define_vcpus;            /* the limit of libvirt, if that is higher; else 0 */
  guint32 max_memory_mib;          /* 0: the board has no limit */
  guint32 min_memory_mib;          /* 0: the board has no limit */
  MtQemuVersion min_memory_before; /* the QEMU that has no such limit any more */
  guint32 interrupt_slots;         /* one bit each, if some of the PCI slots have none; else 0 */
  char narrow_cpus[2][12];         /* 32-bit models on a 64-bit board, QEMU's default first */
} MtClassFacts;

extern const MtClassFacts mt_class_facts[];

static inline const MtClassFacts *
mt_class_get (MtMachineClass class)
{
  return &mt_class_facts[class];
}

/* Whether it has all of these (MT_HAS_*). */
static inline gboolean
mt_class_has (MtMachineClass class, guint32 what)
{
  return (mt_class_facts[class].has & what) == what;
}

MtMachineClass mt_class_find (MachtypeArch arch, const char *machine);

/* The same, of a name that is parsed already, for this architecture. */
MtMachineClass mt_class_find_parsed (MachtypeArch arch, const char *machine, const MtName *parsed);

/* The alias or, without one, the name of a class in messages. */
const char *mt_class_get_machine (MtMachineClass class);

/* Guests of the class have UEFI unless firmware is requested otherwise. */
gboolean mt_class_prefers_uefi (MtMachineClass class);

/* Whether Secure Boot is a matter of the firmware alone: no machine feature protects it. */
gboolean mt_class_boots_signed (MtMachineClass class);

/* Whether the memory of such guests can be encrypted, on hosts that support it. */
gboolean mt_class_can_encrypt (MtMachineClass class);

/* The maximum number of serial ports. */
guint mt_class_get_serial_ports (MtMachineClass class);
