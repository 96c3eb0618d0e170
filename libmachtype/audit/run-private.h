/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "audit/audit-private.h"

/* A run: audit.c asks hosts, records.c reads the store. */

/* A host that has answered, completely. Several can have one name. */
typedef struct {
  char *name;
  char *uri;          /* NULL: not known */
  char *machine;      /* the machine that its URI names; "" for this one; NULL: not known */
  MachtypeHost *host; /* NULL: not known */
} MtAuditAnswer;

/* libvirt's hook on this machine. */
typedef struct _MtAuditHook MtAuditHook;

MtAuditHook *mt_audit_hook_new (const char *program, const char *spool, const char *runtime);
void mt_audit_hook_free (MtAuditHook *hook);

/* Whether a guest that runs has started since there is the hook, which has kept nothing of that.
 * FALSE, too, if that is not known. */
gboolean mt_audit_hook_is_silent (MtAuditHook *hook, const char *name, const char *uuid);

struct _MachtypeAudit {
  gatomicrefcount refs;
  MachtypeStore *store;       /* NULL: none */
  GPtrArray *targets;         /* of MachtypeHost; empty: each guest's own host */
  MtAuditForecast *forecast;  /* of the hosts that are asked; NULL: none is wanted */
  MachtypeRecordQuery *query; /* NULL: all guests */
  MtAuditHook *hook;          /* NULL: it is not asked for */
  MachtypeAuditFlags flags;
  guint n_hosts;       /* that were asked */
  GPtrArray *answers;  /* of MtAuditAnswer */
  GHashTable *silent;  /* the names of those that have not answered, or not completely */
  GHashTable *failed;  /* the machines of those that could not be opened */
  GHashTable *seen;    /* of Seen, by UUID */
  GHashTable *pending; /* of MachtypeIntention, by UUID; NULL: not read yet */

  /* The host that is being asked. */
  gboolean is_asking;
  char *host_name;    /* a GRefString */
  char *uri;          /* the same; NULL: not known */
  MachtypeHost *host; /* NULL: not known */
};

/* Reporting of entries, while a host or the store is read. */
typedef struct {
  MachtypeAudit *audit;
  MachtypeAuditFunc func; /* NULL: none */
  gpointer user_data;
  GHashTable *wanted; /* of MachtypeRecordClass; NULL: every record */
  guint64 n_wanted;   /* records of these classes */
  GHashTable *judged; /* of MachtypeRecordClass without a place: whether they have findings */
  GError *error;
  gboolean has_stopped;
} MtAuditReport;

/* Reports a guest, if it is wanted. FALSE: the caller wants no more. */
gboolean mt_audit_report (MtAuditReport *r, const MtAuditGuest *guest);

/* What is recorded of a guest. */
void mt_audit_use_record (MtAuditGuest *guest, const MachtypeRecord *record);

/* The pending changes of the store, once. */
gboolean mt_audit_read_pending (MachtypeAudit *audit, GError **error);
const MachtypeIntention *mt_audit_get_pending (const MachtypeAudit *audit, const char *uuid);

/* NULL without an error: there is none. */
MachtypeRecord *mt_audit_find_record (MachtypeAudit *audit, const char *uuid, GError **error);
