/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hosts.h"

/* Which of several hosts has each of the domains that are named. */
typedef struct {
  char **uris;       /* of the hosts that have any */
  GHashTable *names; /* by URI, those it has: GPtrArray of char *, borrowed, that ends with NULL */
  int status;        /* of hosts that could not be asked, which were reported */
} RecordNames;

void record_names_free (RecordNames *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordNames, record_names_free)

/* NULL: the error is set, and nothing is to be recorded: a domain is on several hosts, or on none
 * of them although all have answered. */
RecordNames *record_names_find (const HostsOptions *hosts, char **uris, char **names, gboolean json,
                                GError **error);

/* Borrowed. */
char **record_names_get (const RecordNames *found, const char *uri);
