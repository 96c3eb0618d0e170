/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "filter.h"
#include "hosts.h"

/* Whose guests (SOURCE), what they are judged against (TARGET), and which of them: the options that
 * list and audit share. */
typedef struct {
  HostsOptions hosts;
  HostOptions target;
  char **platforms;  /* other targets; NULL: none */
  gboolean forecast; /* --on names what the hosts run now, and is not a target */
  StoreOptions store;
  GuestFilter filter;
  gboolean json;
} GuestsOptions;

void guests_options_add (GOptionContext *context, GuestsOptions *options);
void guests_options_clear (GuestsOptions *options);

/* Whose guests alone. */
void guests_options_add_source (GOptionContext *context, GuestsOptions *options);

/* Called for each guest that is wanted. */
typedef void (*GuestFunc) (MachtypeAuditEntry *entry, gpointer data);

/* Counts what was found, and what could not be asked. */
typedef struct {
  guint64 n_guests; /* that were wanted */
  guint n_hosts;    /* that answered */
  gboolean has_failed;
} GuestsResult;

/* Calls the function for each guest. A host or store that cannot be asked is reported, and the
 * others go on. FALSE: the error is set, of the options. */
gboolean guests_run (GuestsOptions *options, MachtypeAuditFlags flags, GuestFunc func,
                     gpointer data, GuestsResult *result, GError **error);

/* "10.1"; NULL: never, or not known. */
char *guest_dup_removed_in (const MachtypeAuditEntry *entry);

/* What is said of the guest on one target: the codes of failures and, without them, "deprecated",
 * "yes" or "unknown". */
char *guest_dup_answer (const MachtypeAuditEntry *entry, guint target);

/* "differs, alias"; NULL: none. */
char *guest_dup_codes (const MachtypeAuditEntry *entry);

/* The same codes without those that the answers contain; NULL: none. */
char *guest_dup_other_codes (const MachtypeAuditEntry *entry);

/* NULL: not known. */
const char *guest_get_arch (const MachtypeAuditEntry *entry);

/* The forecast: the first release that does not start the guest ("unknown" if none is known), when
 * that was or will be released, and the first one before it of which it is unknown. */
const char *guest_get_end (const MachtypeAuditEntry *entry);
const char *guest_get_date (const MachtypeAuditEntry *entry);
const char *guest_get_unsure (const MachtypeAuditEntry *entry);
