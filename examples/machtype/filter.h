/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"

/* Which guests are wanted, as an operator says it: the options of list and audit, and of the
 * commands that change several guests. */
typedef struct {
  gboolean unpinned, differs, unrecorded, deprecated;
  char *removed_in;
  int not_seen; /* days; -1: not given */
  char *arch, *host, *cell, *state, *machine, *name;
  gboolean only_current;              /* --state and --machine are not filters */
  guint removed_major, removed_minor; /* what filter_read has read of removed_in */
} GuestFilter;

void filter_add (GOptionContext *context, GuestFilter *filter);

/* The same for a command in which --state and --machine are something else: only their other names,
 * --current-state and --current-machine, which every command has, are filters. */
void filter_add_current (GOptionContext *context, GuestFilter *filter);
void filter_clear (GuestFilter *filter);

/* Whether anything is given. */
gboolean filter_is_set (const GuestFilter *filter);

/* An empty option, such as a variable that is not set, is an error: for a command that changes
 * guests, it must not mean all of them. */
gboolean filter_check_given (const GuestFilter *filter, GError **error);

/* Reads and checks the options. The query has what a store can answer; filter_wants the rest, of
 * what an audit reports. NULL: the error is set. */
MachtypeRecordQuery *filter_read (GuestFilter *filter, GError **error);
gboolean filter_wants (const GuestFilter *filter, const MachtypeAuditEntry *entry);
