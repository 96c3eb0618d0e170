/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/arch.h>
#include <machtype/finding.h>

/* Machines that carry the same devices. */
typedef enum {
  MT_CLASS_NONE, /* nothing is known of it */
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
} MtClass;

#define MT_CLASS_BIT(class) (1u << (class))

MtClass mt_class_find (MachtypeArch arch, const char *machine);

/* The alias, else the name, that stands for a class in messages. */
const char *mt_class_get_machine (MtClass class);

/* What a domain can have, by kind. */
typedef enum {
  MT_KIND_DISK_BUS,
  MT_KIND_CDROM_BUS,
  MT_KIND_FLOPPY_BUS,
  MT_KIND_SCSI_MODEL,
  MT_KIND_VIF_MODEL,
  MT_KIND_VIDEO_MODEL,
  MT_KIND_INPUT_BUS,
  MT_KIND_WATCHDOG_MODEL,
  MT_KIND_TPM_MODEL,
  MT_KIND_IOMMU_MODEL,
  MT_KIND_SOUND_MODEL,
  MT_KIND_USB_CONTROLLER,
  MT_KIND_PCI_ROOT,
  MT_KIND_PCI_CONTROLLER,
  MT_KIND_ADDRESS_TYPE,
  MT_KIND_SERIAL_TARGET,
  MT_KIND_CONSOLE_TARGET,
  MT_KIND_PARALLEL,
  MT_KIND_PANIC_MODEL,
  MT_KIND_FIRMWARE,
  MT_KIND_FEATURE,
  MT_KIND_TIMER,
  MT_KIND_CPU_MODE,
  MT_KIND_MEMORY_MODEL,
  MT_KIND_LAST = MT_KIND_MEMORY_MODEL
} MtKind;

/* One thing that a domain can have, and the machines that cannot carry it, by who says so. A
 * machine in no column can. */
typedef struct {
  guint8 kind;
  char value[20];
  guint32 define;   /* libvirt's define refuses it */
  guint32 start;    /* defined, and libvirt or QEMU refuses to start it */
  guint32 guest;    /* started, and dead or harmful in the guest */
  guint32 ignored;  /* started, and without any effect */
  guint32 unproven; /* started, and nobody has seen a guest use it: not generated, not reported */
  char why[100];    /* what a reader would miss; empty: the obvious */
  char source[56];  /* empty: that of the authority */
} MtRule;

/* NULL: nothing is known of it. */
const MtRule *mt_rule_find (MtKind kind, const char *value);

/* Who says that machines of the class cannot have it; MACHTYPE_AUTHORITY_NONE: they can. */
MachtypeAuthority mt_rule_ask (const MtRule *rule, MtClass class);

/* The same for a value that may be unknown, which nothing is generated of. */
MachtypeAuthority mt_compat_ask (MtKind kind, const char *value, MtClass class);

/* "virtio, scsi, sata": what machines of the class can have, the best first; NULL: nothing. */
char *mt_compat_dup_possible (MtKind kind, MtClass class);

/* "disk bus" */
const char *mt_kind_get_label (MtKind kind);

/* "disk-bus": the code of findings is this, a dash and the value. */
const char *mt_kind_get_code (MtKind kind);

/* What to do instead: the others that are possible, or a text for the kind. */
char *mt_compat_dup_remedy (MtKind kind, MtClass class);

/* What somebody says of a value that a machine cannot carry. subject: the property or element that
 * asks for it; machine: as it is to be shown. */
MachtypeFinding *mt_compat_new_finding (MtKind kind, const char *value, MachtypeAuthority authority,
                                        const char *subject, MachtypeArch arch,
                                        const char *machine);

/* All rules, for those who go through them (tests). */
const MtRule *mt_rules_get (gsize *count);
