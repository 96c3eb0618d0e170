/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/compat.h>

#include "host/host-private.h"
#include "machine-class-private.h"
#include "name/name-private.h"
#include "properties/device-kinds.h"
#include "properties/features-private.h"

/* Versions of libvirt and QEMU; 0.0: unknown. */
typedef struct {
  MtQemuVersion qemu, libvirt;
} MtVersions;

/* From one version on, before another; 0.0: no limit. */
typedef struct {
  MtQemuVersion from, before;
} MtVersionRange;

/* One thing that a domain can have: what it needs of a machine (MT_HAS_*, all of them), by the
 * authority that refuses it where that is missing, and the machines (MT_ON_*) on which it is known
 * to fail or to work. On all others it is untested: it is not generated, and not linted. The first
 * that applies counts, in the order of the members. */
typedef struct {
  guint8 kind;
  char value[20];
  guint32 needs;            /* otherwise libvirt refuses to define it */
  guint32 define;           /* the same on these machines */
  guint32 needs_to_start;   /* otherwise it is defined, but libvirt or QEMU refuses to start it */
  guint32 start;            /* the same on these */
  guint32 guest;            /* it starts, but is dead or harmful in the guest */
  guint32 needs_for_effect; /* otherwise it starts, but has no effect */
  guint32 ignored;          /* the same on these */
  guint32 works;            /* it works on these, but with UEFI only on those: */
  guint32 uefi;             /* without it, libvirt refuses to define it */
  /* The versions it applies to. Rows of one value for different versions are adjacent. */
  MtVersionRange qemu, libvirt;
  char why[100];   /* a reason that is not obvious; empty: none */
  char source[56]; /* empty: that of the authority */
} MtRule;

/* Whether it needs newer versions than the oldest that guests are generated for. */
static inline gboolean
mt_rule_is_new (const MtRule *rule)
{
  return rule->qemu.from.major != 0;
}

/* An unknown version is within every range. */
gboolean mt_version_is_within (MtQemuVersion version, const MtVersionRange *range);

/* Returns the next rule of a kind that applies, one for each value, the best first; NULL: no more.
 * at is advanced; start with 0. A table is ordered by kind. versions: if they are unknown, all
 * rules apply; NULL: none is known. */
const MtRule *mt_rule_next (const MtRule *table, gsize count, gsize *at, MtDeviceKind kind,
                            const MtVersions *versions);

/* Returns the rule for a value; NULL: nothing is known about it. */
const MtRule *mt_rule_find_in (const MtRule *table, gsize count, MtDeviceKind kind,
                               const char *value, const MtVersions *versions);

/* The same with our rules, whatever the versions. */
const MtRule *mt_rule_find (MtDeviceKind kind, const char *value);

/* The authority that says that a machine of a class with these (MT_HAS_*) does not support it. */
MachtypeAuthority mt_rule_judge (const MtRule *rule, MtMachineClass class, guint32 has);

/* The authority that says that machines of the class do not support it; MACHTYPE_AUTHORITY_NONE:
 * they do. */
MachtypeAuthority mt_rule_ask (const MtRule *rule, MtMachineClass class);

/* The same for a value that may be unknown; nothing is generated for it. */
MachtypeAuthority mt_compat_ask (MtDeviceKind kind, const char *value, MtMachineClass class);

/* "virtio, scsi, sata": what machines of the class support, the best first; NULL: nothing. */
char *mt_compat_dup_possible (MtDeviceKind kind, MtMachineClass class);

/* Whether there are several values, so that another one may fit. */
gboolean mt_kind_is_choice (MtDeviceKind kind);

/* "disk bus" */
const char *mt_kind_get_label (MtDeviceKind kind);

/* "disk-bus": the code of a finding is this, a dash and the value. */
const char *mt_kind_get_code (MtDeviceKind kind);

/* Where a domain says of what kind and value a device is: an attribute of the element, or of a
 * child of it. */
typedef enum { MT_UNFIT_KEPT, MT_UNFIT_REPLACED, MT_UNFIT_REMOVED } MtUnfit;

typedef struct {
  char element[12];
  char part[8]; /* empty: the element itself */
  char attribute[8];
  guint8 unfit; /* MtUnfit: what a conversion does with a value that the new machine lacks */
} MtKindPlace;

/* NULL: more than one attribute decides, or it is not a device. */
const MtKindPlace *mt_kind_get_place (MtDeviceKind kind);

/* The kind of the devices of this element; MT_KIND_NONE if mt_kind_get_place () has none. */
MtDeviceKind mt_kind_of_element (const char *element);

/* The remedy: the other values that are possible, or a text for the kind. */
char *mt_compat_dup_remedy (MtDeviceKind kind, MtMachineClass class);

/* The machine that a finding is about, its name for display. */
typedef struct {
  MachtypeArch arch;
  const char *name;
  MtMachineClass class;
} MtJudgedMachine;

/* The finding about a value that a machine does not support. subject: the property or element that
 * requests it. */
MachtypeFinding *mt_compat_new_finding (MtDeviceKind kind, const char *value,
                                        MachtypeAuthority authority, const char *subject,
                                        const MtJudgedMachine *machine);

/* The same in other words: the message begins with asked, more follows the authority, and the
 * function takes ownership of remedy (NULL: that of the kind). */
MachtypeFinding *mt_compat_new_finding_of (MtDeviceKind kind, const char *value,
                                           MachtypeAuthority authority, const char *subject,
                                           const char *requested, const MtJudgedMachine *machine,
                                           const char *more, char *remedy);

/* The best value that machines of the class support; NULL: none. uefi: whether the guest has it. */
const char *mt_compat_get_best (MtDeviceKind kind, MtMachineClass class, gboolean uefi);

/* Gets the names of a kind in domain capabilities: an element and an enumeration in it. FALSE: it
 * has none. */
gboolean mt_kind_get_capability (MtDeviceKind kind, const char **device, const char **name);

/* Whether the host has firmware with Secure Boot for machines of the class. caps can be NULL. */
MachtypeAnswer mt_compat_ask_secure_boot (const MachtypeHost *host,
                                          const MtDomainCapabilities *caps, MtMachineClass class);

/* What is known of the versions on the host: its newest machine type and this one, and otherwise
 * the ones on which everything was tested. host can be NULL. */
MtVersions mt_compat_find_versions (const MachtypeHost *host, MachtypeArch arch,
                                    const char *machine);

/* "QEMU 8.0 and libvirt 9.3": what is needed and missing; NULL: nothing. */
char *mt_compat_dup_missing (const MtVersionRange *qemu, const MtVersionRange *libvirt,
                             const MtVersions *versions);

/* Something that a property requests. */
typedef struct {
  const char *name;  /* of the image property or extra spec; NULL: none, it is the default */
  const char *value; /* as it was given */
  MtDeviceKind kind;
  const char *wanted; /* of the kind */
} MtDeviceRequest;

#define MT_DEVICE_REQUESTS_MAX 24

/* Everything that properties request of a machine. Strings are borrowed from properties or are
 * constants. */
typedef struct {
  MtDeviceRequest list[MT_DEVICE_REQUESTS_MAX];
  guint count;
  gboolean uefi;
} MtDeviceRequests;

void mt_device_requests_collect (const MtFeatures *features, MtMachineClass class,
                                 MtDeviceRequests *requests);

/* The value that is requested for a kind, such as "i6300esb"; NULL: none. */
const char *mt_device_requests_get (const MtDeviceRequests *requests, MtDeviceKind kind);

/* Adds findings about what the machine or the host does not support to *findings, which is created
 * for the first one if it is NULL. host and caps can be NULL: nothing is known about them. */
void mt_device_requests_check (const MtDeviceRequests *requests,
                               const MachtypeProperties *properties, const MtFeatures *features,
                               const MtJudgedMachine *machine, const MachtypeHost *host,
                               const MtDomainCapabilities *caps, GPtrArray **findings);

/* All rules, for tests that iterate over them. */
const MtRule *mt_rules_get (gsize *count);
