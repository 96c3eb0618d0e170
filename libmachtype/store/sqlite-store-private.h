/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/dictionary-private.h"
#include "store/sqlite-private.h"

#define MT_TYPE_SQLITE_STORE (mt_sqlite_store_get_type ())
G_DECLARE_FINAL_TYPE (MtSqliteStore, mt_sqlite_store, MT, SQLITE_STORE, MachtypeStore)

struct _MtSqliteStore {
  MachtypeStore parent_instance;
  MtSqlite sqlite;
  MtDictionary dictionary;
};

/* The store for which one of our virtual functions is called. Not MT_SQLITE_STORE: the class
 * consists of these functions, they need not know it. */
static inline MtSqliteStore *
mt_sqlite_store_of (MachtypeStore *base)
{
  return (MtSqliteStore *)base;
}

/* sqlite-dictionary.c */

/* Numbers of strings, hosts and properties, which are assigned one if they have none. NULL is
 * number 0. */
gboolean mt_sqlite_get_text_id (MtSqliteStore *store, const char *text, gint64 *id, GError **error);
gboolean mt_sqlite_get_host_id (MtSqliteStore *store, const MachtypeRecord *record, gint64 *id,
                                GError **error);
gboolean mt_sqlite_get_properties_id (MtSqliteStore *store, MachtypeProperties *properties,
                                      gint64 *id, GError **error);

/* The host for a number, borrowed; NULL: the error is set. */
const MtDictionaryHost *mt_sqlite_get_host (MtSqliteStore *store, gint64 id, GError **error);

/* Read what a column refers to by number; the caller owns the result. */
gboolean mt_sqlite_read_text (MtSqliteStore *store, sqlite3_stmt *row, int column, char **text,
                              GError **error);
gboolean mt_sqlite_read_properties (MtSqliteStore *store, sqlite3_stmt *row, int column,
                                    MachtypeProperties **properties, GError **error);

/* sqlite-transaction.c */

/* Runs a statement that writes. Raises an error that the transaction has ended, if SQLite has ended
 * it after a failure. */
sqlite3_stmt *mt_sqlite_prepare_write (MtSqliteStore *store, MtSql which, GError **error);

/* The virtual functions, by file. */
gboolean mt_sqlite_begin (MachtypeStore *base, GError **error);
gboolean mt_sqlite_commit (MachtypeStore *base, GError **error);
void mt_sqlite_rollback (MachtypeStore *base);
gboolean mt_sqlite_begin_read (MachtypeStore *base, GError **error);
void mt_sqlite_end_read (MachtypeStore *base);

/* sqlite-history.c */
gboolean mt_sqlite_add_history (MtSqliteStore *store, const char *uuid,
                                const MachtypeHistoryEntry *entry, GError **error);
gboolean mt_sqlite_delete_history (MtSqliteStore *store, const char *uuid, GError **error);
gboolean mt_sqlite_foreach_history (MachtypeStore *base, const char *uuid, MachtypeHistoryFunc func,
                                    gpointer user_data, GError **error);

/* sqlite-record.c */
MachtypeRecord *mt_sqlite_get (MachtypeStore *base, const char *uuid, GError **error);
gboolean mt_sqlite_insert (MachtypeStore *base, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                           GError **error);
gboolean mt_sqlite_swap (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
                         MachtypeHistoryEntry *entry, GError **error);
gboolean mt_sqlite_swap_alone (MachtypeStore *base, MachtypeRecord *old_record,
                               MachtypeRecord *record, MachtypeHistoryEntry *entry,
                               gboolean *is_done, GError **error);
gboolean mt_sqlite_remove (MachtypeStore *base, MachtypeRecord *record, GError **error);
gboolean mt_sqlite_foreach (MachtypeStore *base, const char *cell, const char *host,
                            MachtypeRecordFunc func, gpointer user_data, GError **error);
gboolean mt_sqlite_foreach_unset (MachtypeStore *base, const char *cell, const char *host,
                                  MachtypeUuidFunc func, gpointer user_data, GError **error);

/* The callback for a row of MT_SQLITE_COLUMNS, an MtSqliteRowFunc for a call. */
typedef struct {
  MtSqliteStore *store;
  MachtypeRecordFunc func;
  gpointer data;
} MtSqliteRecordCall;

gboolean mt_sqlite_call_with_record (sqlite3_stmt *row, gpointer call, gboolean *more,
                                     GError **error);

/* sqlite-listing.c */

/* Adds the functions that its statements use. */
gboolean mt_sqlite_add_functions (const MtSqlite *sqlite, GError **error);

gboolean mt_sqlite_foreach_matching (MachtypeStore *base, MachtypeRecordQuery *query,
                                     MachtypeRecordFunc func, gpointer user_data, GError **error);
gboolean mt_sqlite_foreach_class (MachtypeStore *base, MachtypeRecordQuery *query,
                                  MachtypeRecordClassFunc func, gpointer user_data, GError **error);

/* sqlite-intention.c */
gboolean mt_sqlite_add_intention (MachtypeStore *base, MachtypeIntention *intention,
                                  GError **error);
gboolean mt_sqlite_remove_intention (MachtypeStore *base, MachtypeIntention *intention,
                                     GError **error);
MachtypeIntention *mt_sqlite_get_intention (MachtypeStore *base, const char *uuid, GError **error);
gboolean mt_sqlite_foreach_intention (MachtypeStore *base, MachtypeIntentionFunc func,
                                      gpointer user_data, GError **error);

/* sqlite-replica.c */

/* Creates the tables that only a replica has. */
gboolean mt_sqlite_create_replica (sqlite3 *db);

/* sqlite-check.c */
gboolean mt_sqlite_check (MachtypeStore *base, GPtrArray *problems, GError **error);

/* sqlite-info.c */
MachtypeStoreInfo *mt_sqlite_read_info (MachtypeStore *base, GError **error);
