/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/compat.h>

#include "host/host-private.h"
#include "machine-class-private.h"
#include "name/name-private.h"
#include "properties/device-kinds.h"
#include "properties/features-private.h"

/* Versions of what runs a guest; 0.0: not known. */
typedef struct {
  MtQemuVersion qemu, libvirt;
} MtVersions;

/* From one version on, before another; 0.0: without end. */
typedef struct {
  MtQemuVersion from, before;
} MtVersionRange;

/* One thing that a domain can have: what it needs of a machine (MT_HAS_*, all of them), by who says
 * no where that is lacking, and the machines (MT_ON_*) on which it is known to fail or to work. On
 * any other nobody has seen it: it is not generated, and not linted. The first that applies counts,
 * in the order of the members. */
typedef struct {
  guint8 kind;
  char value[20];
  guint32 needs;            /* or libvirt's define refuses it */
  guint32 define;           /* the same on these machines */
  guint32 needs_to_start;   /* or it is defined, and libvirt or QEMU refuses to start it */
  guint32 start;            /* the same on these */
  guint32 guest;            /* started, and dead or harmful in the guest */
  guint32 needs_for_effect; /* or it is started, and without any effect */
  guint32 ignored;          /* the same on these */
  guint32 works;            /* on these it does, but with UEFI only on those: */
  guint32 uefi;             /* without, define refuses it */
  /* Where it holds. Rows of one value that hold for different versions stand together. */
  MtVersionRange qemu, libvirt;
  char why[100];   /* what a reader would miss; empty: the obvious */
  char source[56]; /* empty: that of the authority */
} MtRule;

/* The next rule of a kind that holds, one for each value, the best first; NULL: no more. at is
 * moved on; start with 0. A table is in the order of kinds. versions: for those that are not known
 * all rules hold; NULL: none is known. */
const MtRule *mt_rule_next (const MtRule *table, gsize count, gsize *at, MtDeviceKind kind,
                            const MtVersions *versions);

/* The one of a value; NULL: nothing is known of it. */
const MtRule *mt_rule_find_in (const MtRule *table, gsize count, MtDeviceKind kind,
                               const char *value, const MtVersions *versions);

/* The same of our rules, whatever the versions. */
const MtRule *mt_rule_find (MtDeviceKind kind, const char *value);

/* Who says that a machine of a class which has these (MT_HAS_*) cannot have it. */
MachtypeAuthority mt_rule_judge (const MtRule *rule, MtMachineClass class, guint32 has);

/* Who says that machines of the class cannot have it; MACHTYPE_AUTHORITY_NONE: they can. */
MachtypeAuthority mt_rule_ask (const MtRule *rule, MtMachineClass class);

/* The same for a value that may be unknown, which nothing is generated of. */
MachtypeAuthority mt_compat_ask (MtDeviceKind kind, const char *value, MtMachineClass class);

/* "virtio, scsi, sata": what machines of the class can have, the best first; NULL: nothing. */
char *mt_compat_dup_possible (MtDeviceKind kind, MtMachineClass class);

/* Whether it is one of several: another value may fit. */
gboolean mt_kind_is_choice (MtDeviceKind kind);

/* "disk bus" */
const char *mt_kind_get_label (MtDeviceKind kind);

/* "disk-bus": the code of findings is this, a dash and the value. */
const char *mt_kind_get_code (MtDeviceKind kind);

/* What to do instead: the others that are possible, or a text for the kind. */
char *mt_compat_dup_remedy (MtDeviceKind kind, MtMachineClass class);

/* What somebody says of a value that a machine cannot carry. subject: the property or element that
 * asks for it; machine: as it is to be shown. */
MachtypeFinding *mt_compat_new_finding (MtDeviceKind kind, const char *value,
                                        MachtypeAuthority authority, const char *subject,
                                        MachtypeArch arch, const char *machine);

/* The same in other words: asked is what the message begins with, more goes behind who says so, and
 * remedy is taken over (NULL: that of the kind). */
MachtypeFinding *mt_compat_new_finding_of (MtDeviceKind kind, const char *value,
                                           MachtypeAuthority authority, const char *subject,
                                           const char *requested, MachtypeArch arch,
                                           const char *machine, const char *more, char *remedy);

/* The best that machines of the class can have; NULL: nothing. uefi: whether the guest has it. */
const char *mt_compat_get_best (MtDeviceKind kind, MtMachineClass class, gboolean uefi);

/* What domain capabilities call a kind: an element and an enumeration in it. FALSE: nothing. */
gboolean mt_kind_get_capability (MtDeviceKind kind, const char **device, const char **name);

/* Something that a property asks for. */
typedef struct {
  const char *name;  /* of the image property or extra spec; NULL: nobody's, it is the default */
  const char *value; /* as it was given */
  MtDeviceKind kind;
  const char *wanted; /* of the kind */
} MtDeviceRequest;

#define MT_DEVICE_REQUESTS_MAX 24

/* All that properties ask of a machine. Texts are borrowed from properties or are constants. */
typedef struct {
  MtDeviceRequest list[MT_DEVICE_REQUESTS_MAX];
  guint count;
  gboolean uefi;
} MtDeviceRequests;

void mt_device_requests_collect (const MtFeatures *features, MtMachineClass class,
                                 MtDeviceRequests *requests);

/* What is wanted of a kind, as "i6300esb"; NULL: nothing is. */
const char *mt_device_requests_get (const MtDeviceRequests *requests, MtDeviceKind kind);

/* Findings on what the machine or the host cannot carry, added to *findings, which is made with the
 * first where it is NULL. host and caps may be NULL: nothing is known of it. */
void mt_device_requests_check (const MtDeviceRequests *requests,
                               const MachtypeProperties *properties, const MtFeatures *features,
                               MachtypeArch arch, const char *machine, const MachtypeHost *host,
                               const MtDomainCapabilities *caps, GPtrArray **findings);

/* All rules, for those who go through them (tests). */
const MtRule *mt_rules_get (gsize *count);
