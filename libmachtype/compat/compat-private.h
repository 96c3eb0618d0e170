/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/compat.h>

#include "host/host-private.h"
#include "properties/features-private.h"

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
  MT_KIND_TPM_VERSION,
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
  MT_KIND_CPU_TOPOLOGY,
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
  guint32 unproven; /* started, and nobody has seen a guest use it: not generated, not linted */
  guint32 uefi;     /* with UEFI only, or else define refuses it */
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

/* Whether it is one of several: another value may fit. */
gboolean mt_kind_is_choice (MtKind kind);

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

/* The same in other words: asked is what the message begins with, more goes behind who says so, and
 * remedy is taken over (NULL: that of the kind). */
MachtypeFinding *mt_compat_new_finding_of (MtKind kind, const char *value,
                                           MachtypeAuthority authority, const char *subject,
                                           const char *asked, MachtypeArch arch,
                                           const char *machine, const char *more, char *remedy);

/* The best that machines of the class can have; NULL: nothing. uefi: whether the guest has it. */
const char *mt_compat_get_best (MtKind kind, MtClass class, gboolean uefi);

/* What domain capabilities call a kind: an element and an enumeration in it. FALSE: nothing. */
gboolean mt_kind_get_capability (MtKind kind, const char **device, const char **name);

/* Guests of the class have UEFI where nothing is said of firmware. */
gboolean mt_class_prefers_uefi (MtClass class);

/* Whether the memory of such guests can be encrypted, on hosts that can. */
gboolean mt_class_can_encrypt (MtClass class);

/* How many serial ports they can have. */
guint mt_class_get_serial_ports (MtClass class);

/* Something that a property asks for. */
typedef struct {
  const char *name;  /* of the image property or extra spec; NULL: nobody's, it is the default */
  const char *value; /* as it was given */
  MtKind kind;
  const char *wanted; /* of the kind */
} MtWish;

#define MT_WISHES_MAX 24

/* All that properties ask of a machine. Texts are borrowed from properties or are constants. */
typedef struct {
  MtWish list[MT_WISHES_MAX];
  guint count;
  gboolean uefi;
  const char *watchdog, *tpm, *iommu; /* models; NULL: none is asked for */
} MtWishes;

/* properties may be NULL; features are theirs. */
void mt_wishes_collect (const MachtypeProperties *properties, const MtFeatures *features,
                        MtClass class, MtWishes *wishes);

/* Findings on what the machine or the host cannot carry, added to *findings, which is made with the
 * first where it is NULL. host and caps may be NULL: nothing is known of it. */
void mt_wishes_judge (const MtWishes *wishes, const MachtypeProperties *properties,
                      const MtFeatures *features, MachtypeArch arch, const char *machine,
                      const MachtypeHost *host, const MtDomainCapabilities *caps,
                      GPtrArray **findings);

/* All rules, for those who go through them (tests). */
const MtRule *mt_rules_get (gsize *count);
