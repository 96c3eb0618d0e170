/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/audit.h>

#include "platform/platform-private.h"

#define MT_AUDIT_CODE_LAST MACHTYPE_AUDIT_CODE_HOOK_SILENT

/* What a code means, and what to do. In a remedy, {WORD} is replaced by a value or, if that is not
 * known, by the word; {FORCE} by --force, if a change needs that. */
typedef struct {
  char word[20];
  guint8 severity; /* MachtypeSeverity */
  gboolean stops;  /* the remedy needs a guest that is shut off */
  char meaning[120];
  char remedy[280]; /* empty: none */
  char other[120];  /* of an instance that is on no host, if that is another; empty: the same */
} MtAuditRow;

const MtAuditRow *mt_audit_row (MachtypeAuditCode code);

/* A snapshot with RAM. */
typedef struct {
  const char *name;
  const char *machine; /* NULL: not known */
} MtAuditSnapshot;

/* Everything that is known of one guest. Strings and values are borrowed. NULL: not known, or not
 * there. */
typedef struct {
  const char *uuid, *name, *host_name, *cell, *state;
  const char *uri; /* of the host that was asked */
  MachtypeArch arch;
  MachtypeHost *own;
  const GPtrArray *targets; /* of MachtypeHost, that it is judged against; NULL: its own */
  MachtypeHost *target;     /* the one of them that is being asked; NULL: its own */
  const char *place;        /* what that is called; NULL: "its host" */
  gint64 seen_at;

  gboolean has_record;
  const MachtypeRecord *record;   /* NULL, too, if a class of records is judged */
  const char *recorded;           /* the machine type in it */
  MachtypeProperties *properties; /* of the record */
  guint64 qemu_version;           /* of the record's host */
  const MachtypeIntention *pending;

  gboolean is_offloaded; /* the instance is shelved, and removed from its host by intention */
  gboolean is_missing;   /* the record's host was asked, and has no such domain */
  gboolean has_domain;
  gboolean is_off; /* the domain does not run */
  const char *defined, *running, *saved;
  gboolean has_saved; /* RAM, whatever its machine type */
  GArray *snapshots;  /* of MtAuditSnapshot */
  GPtrArray *unread;  /* of MachtypeDomainProblem */

  const char *twice_on;      /* the other host that has a domain of this UUID */
  const char *twice_machine; /* and its machine type there, which is another */

  gboolean is_hook_silent; /* the hook has kept nothing of its start */
} MtAuditGuest;

/* Values for a remedy. NULL: not known. */
typedef struct {
  const char *type, *snapshot, *property, *value;
  gboolean needs_force; /* to change the guest to the type */
} MtAuditValues;

/* The host that the guest is judged against; NULL: none. */
MachtypeHost *mt_audit_get_host (const MtAuditGuest *guest);

/* Adds a finding. Takes ownership of the message. values can be NULL: none. */
void mt_audit_add (GPtrArray *findings, MachtypeAuditCode code, const MtAuditGuest *guest,
                   const MtAuditValues *values, char *message);

/* The same with another severity, subject and remedy, the last of which can be NULL. Takes
 * ownership of message and remedy. */
void mt_audit_add_of (GPtrArray *findings, MachtypeAuditCode code, MachtypeSeverity severity,
                      const char *subject, char *message, char *remedy);

/* The remedy of a code. NULL: none. */
char *mt_audit_dup_remedy (MachtypeAuditCode code, const MtAuditGuest *guest,
                           const MtAuditValues *values);

/* The machine type that counts for the guest: the recorded one, otherwise the defined one or, of a
 * transient domain, what runs. */
const char *mt_audit_get_machine (const MtAuditGuest *guest);

/* The type that an alias stands for on a host; NULL: not an alias there, or not known. */
const char *mt_audit_get_canonical (MachtypeHost *host, const MtAuditGuest *guest,
                                    const char *machine);

/* Whether the change is refused otherwise, on the guest's own host. */
gboolean mt_audit_needs_force (const MtAuditGuest *guest, const char *from, const char *to);

/* The machine type, on the target or, without one, on the guest's own host. */
void mt_audit_judge_machine (GPtrArray *findings, const MtAuditGuest *guest);

/* The recorded image properties, there. */
void mt_audit_judge_properties (GPtrArray *findings, const MtAuditGuest *guest);

/* The record against the domain. */
void mt_audit_judge_domain (GPtrArray *findings, const MtAuditGuest *guest);

/* Whether it is wanted; query can be NULL: all are. A domain that was just read was seen now. */
gboolean mt_audit_matches (const MtAuditGuest *guest, const MachtypeRecordQuery *query);

/* What is found of a guest on one target. */
typedef struct {
  char *platform; /* NULL: the target is not one */
  MachtypeAnswer offers, deprecated;
  GPtrArray *findings;
} MtAuditTarget;

/* An array of them that owns them. */
GPtrArray *mt_audit_targets_new (void);

/* The findings alone, and whether there would be any: for many guests that are alike. targets: an
 * array of MtAuditTarget to add to; NULL: not needed. */
GPtrArray *mt_audit_judge (const MtAuditGuest *guest, GPtrArray *targets);

/* Until when guests can stay as they are. */
typedef struct MtAuditForecast MtAuditForecast;

/* For hosts that run this platform. */
MtAuditForecast *mt_audit_forecast_new (MachtypePlatform *platform);
void mt_audit_forecast_free (MtAuditForecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MtAuditForecast, mt_audit_forecast_free)

/* What it says of one machine type. All are NULL if that is unknown, or there is none. */
typedef struct {
  MachtypePlatform *platform; /* that the guest's host runs */
  MachtypePlatform *end;      /* the first release that does not start it */
  MachtypePlatform *unsure;   /* the first one before that of which it is unknown */
  const char *newest;         /* the type that it could have now */
} MtAuditFuture;

/* What it returns is valid as long as the forecast; newest as long as the guest's hosts. */
MtAuditFuture mt_audit_forecast_get (MtAuditForecast *forecast, const MtAuditGuest *guest);

/* Takes ownership of the findings and the targets. future can be NULL. */
MachtypeAuditEntry *mt_audit_entry_new (const MtAuditGuest *guest, GPtrArray *findings,
                                        GPtrArray *targets, const MtAuditFuture *future);
