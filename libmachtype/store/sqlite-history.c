/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Histories in an SQLite database. */

#include "store/sqlite-store-private.h"

#include "store/encoding-private.h"

/* An update that took over what was defined. */
static MachtypeHistoryAction
get_stored_action (const MachtypeHistoryEntry *entry)
{
  return entry->action == MACHTYPE_HISTORY_ACTION_ACCEPT ? MACHTYPE_HISTORY_ACTION_UPDATE
                                                         : entry->action;
}

gboolean
mt_sqlite_add_history (MtSqliteStore *store, const char *uuid, const MachtypeHistoryEntry *entry,
                       GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (&store->sqlite, MT_SQL_INSERT_HISTORY, error);
  gint64 author, old_machine, new_machine, old_requested, old_properties;

  if (statement == NULL || !mt_sqlite_get_text_id (store, entry->author, &author, error) ||
      !mt_sqlite_get_text_id (store, entry->old_machine, &old_machine, error) ||
      !mt_sqlite_get_text_id (store, entry->new_machine, &new_machine, error) ||
      !mt_sqlite_get_text_id (store, entry->old_requested, &old_requested, error) ||
      !mt_sqlite_get_properties_id (store, entry->old_properties, &old_properties, error))
    return FALSE;
  mt_sqlite_bind_uuid (&store->sqlite, statement, uuid);
  mt_sqlite->bind_int64 (statement, 2, (gint64)entry->revision);
  mt_sqlite->bind_int64 (statement, 3, entry->changed_at);
  mt_sqlite_bind_id (statement, 4, author);
  mt_sqlite->bind_int (statement, 5, (int)get_stored_action (entry));
  mt_sqlite->bind_int (statement, 6, entry->forced);
  mt_sqlite->bind_int64 (statement, 7, (gint64)entry->undoes);
  mt_sqlite_bind_id (statement, 8, old_machine);
  mt_sqlite_bind_id (statement, 9, new_machine);
  mt_sqlite_bind_id (statement, 10, old_requested);
  mt_sqlite->bind_int (statement, 11, (int)entry->old_source);
  mt_sqlite_bind_id (statement, 12, old_properties);
  mt_sqlite->bind_int (statement, 13, (int)entry->old_arch);
  mt_sqlite->bind_int (statement, 14, entry->action == MACHTYPE_HISTORY_ACTION_ACCEPT);
  mt_sqlite_bind_text (statement, 15, entry->old_definition);
  mt_sqlite_bind_text (statement, 16, entry->new_definition);
  return mt_sqlite_run (&store->sqlite, statement, "writing the history", error);
}

gboolean
mt_sqlite_delete_history (MtSqliteStore *store, const char *uuid, GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (&store->sqlite, MT_SQL_DELETE_HISTORY, error);

  if (statement == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (&store->sqlite, statement, uuid);
  return mt_sqlite_run (&store->sqlite, statement, "deleting the history", error);
}

/* FALSE: only an update can be marked. */
static gboolean
read_accepted (sqlite3_stmt *row, MachtypeHistoryEntry *entry)
{
  if (mt_sqlite->column_int (row, 12) == 0)
    return TRUE;
  if (entry->action != MACHTYPE_HISTORY_ACTION_UPDATE)
    return FALSE;
  entry->action = MACHTYPE_HISTORY_ACTION_ACCEPT;
  return TRUE;
}

static gboolean
read_numbers (MtSqliteStore *store, sqlite3_stmt *row, MachtypeHistoryEntry *entry, GError **error)
{
  entry->revision = (guint64)mt_sqlite->column_int64 (row, 0);
  entry->changed_at = mt_sqlite->column_int64 (row, 1);
  entry->forced = mt_sqlite->column_int (row, 4) != 0;
  entry->undoes = (guint64)mt_sqlite->column_int64 (row, 5);
  if (mt_action_decode (mt_sqlite->column_int (row, 3), &entry->action) &&
      read_accepted (row, entry) &&
      mt_source_decode (mt_sqlite->column_int (row, 9), &entry->old_source) &&
      mt_arch_decode (mt_sqlite->column_int (row, 11), &entry->old_arch))
    return TRUE;
  return mt_sqlite_set_damaged (&store->sqlite, "a number is out of range", error);
}

static gboolean
read_definitions (MtSqliteStore *store, sqlite3_stmt *row, MachtypeHistoryEntry *entry,
                  GError **error)
{
  const char *before = (const char *)mt_sqlite->column_text (row, 13);
  const char *after = (const char *)mt_sqlite->column_text (row, 14);

  if (!mt_history_check_definitions (before, after, NULL))
    return mt_sqlite_set_damaged (&store->sqlite, "invalid definition in a history", error);
  mt_ref_string_assign (&entry->old_definition, before);
  mt_ref_string_assign (&entry->new_definition, after);
  return TRUE;
}

static MachtypeHistoryEntry *
read_entry (MtSqliteStore *store, sqlite3_stmt *row, GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = mt_history_entry_alloc ();

  if (!mt_sqlite_read_properties (store, row, 10, &entry->old_properties, error) ||
      !mt_sqlite_read_text (store, row, 2, &entry->author, error) ||
      !mt_sqlite_read_text (store, row, 6, &entry->old_machine, error) ||
      !mt_sqlite_read_text (store, row, 7, &entry->new_machine, error) ||
      !mt_sqlite_read_text (store, row, 8, &entry->old_requested, error) ||
      !read_numbers (store, row, entry, error) || !read_definitions (store, row, entry, error))
    return NULL;
  return g_steal_pointer (&entry);
}

/* The callback for each row. */
typedef struct {
  MtSqliteStore *store;
  MachtypeHistoryFunc func;
  gpointer data;
} EntryCall;

static gboolean
call_with_entry (sqlite3_stmt *row, gpointer data, gboolean *more, GError **error)
{
  const EntryCall *call = data;
  g_autoptr (MachtypeHistoryEntry) entry = read_entry (call->store, row, error);

  if (entry == NULL)
    return FALSE;
  *more = call->func (entry, call->data);
  return TRUE;
}

gboolean
mt_sqlite_foreach_history (MachtypeStore *base, const char *uuid, MachtypeHistoryFunc func,
                           gpointer user_data, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  EntryCall call = { store, func, user_data };
  sqlite3_stmt *listing =
      mt_sqlite_prepare_listing (&store->sqlite, mt_sqlite_get_sql (MT_SQL_LIST_HISTORY), error);

  if (listing == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (&store->sqlite, listing, uuid);
  return mt_sqlite_for_each_row (&store->sqlite, listing, call_with_entry, &call, error);
}
