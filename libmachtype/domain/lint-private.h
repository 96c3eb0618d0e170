/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

#include "compat/compat-private.h"
#include "domain/lint-place-private.h"
#include "domain/lint-words-private.h"

/* Shared by the parts of lint: a domain is read (lint-read.c), its parts are checked one by one
 * against the rules of compat and what the host offers (lint.c), and conditions of more than one
 * thing by checks (lint-checks.c). */

/* The number of children of <devices> that are checked. */
typedef enum {
  MT_LINT_DISK,
  MT_LINT_CONTROLLER,
  MT_LINT_INTERFACE,
  MT_LINT_VIDEO,
  MT_LINT_INPUT,
  MT_LINT_WATCHDOG,
  MT_LINT_TPM,
  MT_LINT_IOMMU,
  MT_LINT_SOUND,
  MT_LINT_PANIC,
  MT_LINT_SERIAL,
  MT_LINT_CONSOLE,
  MT_LINT_PARALLEL,
  MT_LINT_CHANNEL,
  MT_LINT_MEMORY,
  MT_LINT_MEMBALLOON,
  MT_LINT_RNG,
  MT_LINT_HOSTDEV,
  MT_LINT_REDIRDEV,
  MT_LINT_HUB,
  MT_LINT_SMARTCARD,
  MT_LINT_FILESYSTEM,
  MT_LINT_VSOCK,
  MT_LINT_SHMEM,
  MT_LINT_NVRAM,
  MT_LINT_GRAPHICS,
  MT_LINT_LAST = MT_LINT_GRAPHICS
} MtLintElement;

/* Strings are NULL and numbers -1 if the document does not have them. */
typedef struct {
  guint8 element; /* MtLintElement */
  guint8 kind;    /* MtDeviceKind; MT_KIND_NONE: it takes more than the element */
  guint number;   /* its number among its kind, from 1 */
  const char *type, *device, *bus;
  const char *version; /* of a TPM's backend */
  const char *model;   /* or the type of <model> */
  const char *target, *target_type;
  const char *target_model;                       /* of a serial port */
  const char *serial;                             /* of a disk or controller */
  gboolean has_wwn, has_translation, is_readonly; /* a disk */
  const char *address;                            /* its type */
  int index;                                      /* of a controller */
  int slot, pci_bus;                              /* of the address */
  int controller;                                 /* of the address */
  MtLintAddress at;
  MtLintController settings; /* of a controller */
} MtLintDevice;

/* Something that is not a device: a feature, a timer. */
typedef struct {
  guint8 kind; /* MtDeviceKind */
  const char *value;
  const char *subject;
} MtLintThing;

typedef struct {
  GStringChunk *strings;
  GArray *devices; /* MtLintDevice */
  GArray *things;  /* MtLintThing */
  MtLintWords words;
  const char *type, *arch_text, *machine, *emulator;
  MachtypeArch arch;
  MtMachineClass class; /* not set by the reader */
  guint64 memory_kib;
  guint64 vcpus;
  guint threads; /* of a core; 0: not given */
  gboolean has_eim, has_x2apic, has_numa, has_max_memory, has_kernel, has_loader, smm_off,
      has_hotplug_vcpus;
  gboolean has_smbios, has_bios_serial;
  guint numa_cells;
  guint64 tseg_bytes;
  gboolean ps2_off, vmport_on, has_pci_root;
  const char *cpu_mode, *cpu_model;
  const char *qemu_cpu;        /* passed to QEMU directly, past libvirt */
  const char *qemu_machine;    /* the same; it replaces that of <os> */
  const char *unread_argument; /* names a machine type in a form that QEMU refuses */
  const char *gic;             /* version; empty: not given; NULL: no gic */
  const MachtypeHost *host;    /* not set by the reader; NULL: none */
  MtVersionRanges versions;    /* the same: what is known of them */
} MtLintDomain;

/* A domain that is checked. */
typedef struct {
  MtLintDomain *domain;
  MachtypeHost *host;               /* NULL: none */
  const MtDomainCapabilities *caps; /* NULL: none */
  GPtrArray *findings;              /* what was found */
} MtLint;

MtLintDomain *mt_lint_read (const char *xml, gssize length, GError **error);
void mt_lint_free (MtLintDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MtLintDomain, mt_lint_free)

/* "disk" */
const char *mt_lint_get_element (const MtLintDevice *device);

/* An XPath to a device: "/domain/devices/disk[target/@dev='hda']", "/domain/devices/video[1]". */
char *mt_lint_dup_subject (const MtLintDevice *device);

/* Whether the domain has a thing that is not a device. */
gboolean mt_lint_has (const MtLintDomain *domain, MtDeviceKind kind, const char *value);

/* The bus of a drive: as written, otherwise as libvirt derives it from the target's name. */
const char *mt_lint_get_bus (const MtLintDevice *device);

/* Adds findings about words that libvirt does not know (lint-word-findings.c); caps NULL: the
 * host's are unknown. */
void mt_lint_words_check (const MtLintDomain *domain, const MtDomainCapabilities *caps,
                          GPtrArray *findings);
/* Adds a finding; takes ownership of message and remedy. */
void mt_lint_add (MtLint *lint, const char *code, MachtypeAuthority authority, const char *subject,
                  const char *source, char *message, char *remedy);

/* The parts of a check, in this order (lint-machine.c, lint-values.c). */
void mt_lint_check_hypervisor (MtLint *lint);
void mt_lint_check_arguments (MtLint *lint);
gboolean mt_lint_check_arch (MtLint *lint); /* FALSE: it is unknown */
void mt_lint_check_host (MtLint *lint);
void mt_lint_check_machine (MtLint *lint); /* finds its class */
void mt_lint_check_values (MtLint *lint);
void mt_lint_note_lifecycle (MtLint *lint);

/* The first device of a kind that fits; type NULL: any. NULL: none. */
const MtLintDevice *mt_lint_find_device (const MtLintDomain *domain, MtLintElement element,
                                         const char *type);

/* Whether the guest is not accelerated. */
gboolean mt_lint_is_emulated (const MtLintDomain *domain);

/* Whether the guest has UEFI. */
gboolean mt_lint_has_uefi (const MtLintDomain *domain);

/* Whether it can have a device on USB: there is a controller, or libvirt adds one. */
gboolean mt_lint_can_have_usb (const MtLintDomain *domain);

/* Whether it can have a CPU mode that its machine supports: some need acceleration. */
gboolean mt_lint_can_have_cpu_mode (const MtLintDomain *domain, const char *mode);

/* A condition of more than one thing. */
typedef struct MtLintCheck MtLintCheck;

struct MtLintCheck {
  char code[28];
  /* For machines that have all of these and lack one of those (MT_HAS_*), but not for these; and
   * for these whatever they have. */
  guint32 has, lacks, not_on, on;
  MtVersionRanges versions; /* to which it applies */
  guint8 authority;
  MtQemuVersion define_from; /* the libvirt that refuses to define it, instead; 0.0: none does */
  char message[92];
  char remedy[128]; /* empty: dup_remedy returns it */
  char source[60];
  /* Returns the subject of the problem; NULL: there is none. *detail can be set to additional
   * information for the reader. */
  char *(*find) (const MtLintDomain *domain, char **detail);
  /* The same for each device, instead of find. */
  gboolean (*find_device) (const MtLintDomain *domain, const MtLintDevice *device);
  char *(*dup_remedy) (const MtLintDomain *domain);
};

/* The table of a group, from 0; NULL: there is no such group. */
const MtLintCheck *mt_lint_checks_get (guint group, gsize *count);

const MtLintCheck *mt_lint_device_checks_get (gsize *count);
const MtLintCheck *mt_lint_cpu_checks_get (gsize *count);

/* Whether machines of the class are checked; MT_CLASS_NONE: any that nothing is known about. */
gboolean mt_lint_check_is_for (const MtLintCheck *check, MtMachineClass class);

/* Adds the findings of the check. */
void mt_lint_check_run (const MtLintCheck *check, const MtLintDomain *domain, GPtrArray *findings);

/* Adds findings about addresses and controllers. */
void mt_lint_places_check (MtLintDomain *domain, GPtrArray *findings);

/* Whether the board has the controller, so that libvirt ignores what is written as its address. */
gboolean mt_lint_is_board_controller (const MtLintDomain *domain, const MtLintDevice *device);
