/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/store.h>

#include "record/record-private.h"

#define MT_HISTORY_ACTION_LAST MACHTYPE_HISTORY_ACTION_REBUILD

/* Texts are GRefStrings. What the record was after the change stands in the next entry or in the
 * record itself, but for the machine type, which everybody asks for. */
struct _MachtypeHistoryEntry {
  gatomicrefcount refs;
  MachtypeHistoryAction action;
  gboolean forced;
  guint64 revision; /* that the change led to */
  guint64 undoes;   /* 0: it takes nothing back */
  gint64 changed_at;
  char *who; /* NULL: not known */
  char *old_machine, *new_machine, *old_asked;
  MachtypeSource old_source;
  MachtypeArch old_arch;
  MachtypeProperties *old_properties; /* never NULL */
};

MachtypeHistoryEntry *mt_history_entry_alloc (void);

/* The virtual functions of a store, whose failures always have an error. */
gboolean mt_store_begin (MachtypeStore *store, GError **error);
gboolean mt_store_commit (MachtypeStore *store, GError **error);
gboolean mt_store_begin_read (MachtypeStore *store, GError **error);
MachtypeRecord *mt_store_get (MachtypeStore *store, const char *uuid, GError **error);
gboolean mt_store_insert (MachtypeStore *store, MachtypeRecord *record, GError **error);
gboolean mt_store_swap (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                        MachtypeHistoryEntry *entry, GError **error);
gboolean mt_store_remove (MachtypeStore *store, MachtypeRecord *record, GError **error);
gboolean mt_store_foreach (MachtypeStore *store, const char *cell, const char *host,
                           MachtypeRecordFunc func, gpointer user_data, GError **error);
gboolean mt_store_foreach_unset (MachtypeStore *store, const char *cell, const char *host,
                                 MachtypeUuidFunc func, gpointer user_data, GError **error);
gboolean mt_store_foreach_history (MachtypeStore *store, const char *uuid, MachtypeHistoryFunc func,
                                   gpointer user_data, GError **error);

/* Whether somebody's name, which may be NULL, can stand in a history. */
gboolean mt_store_check_who (const char *who, GError **error);

/* What machtype_store_record would do, without doing it. */
MachtypeRecord *mt_store_preview (MachtypeStore *store, MachtypeRecord *record,
                                  MachtypeStoreOutcome *outcome, GError **error);

/* machtype_store_record inside a transaction, for who has just looked: there is what was found,
 * NULL for nothing. If it is no longer so, everything is done anew. */
MachtypeRecord *mt_store_record_over (MachtypeStore *store, MachtypeRecord *there,
                                      MachtypeRecord *record, const char *who,
                                      MachtypeStoreOutcome *outcome, GError **error);

/* Raise what a store answers for an instance that it does not have, has already, and that somebody
 * else has changed. Always FALSE. */
gboolean mt_store_set_not_found (const char *uuid, GError **error);
gboolean mt_store_set_exists (const char *uuid, GError **error);
gboolean mt_store_set_conflict (const MachtypeRecord *expected, GError **error);

/* Whether an instance without a machine type is to be reported: one that is being built has none
 * yet, one that is deleted needs none. state may be NULL. */
gboolean mt_store_reports_state (const char *state);
