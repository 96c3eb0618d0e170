/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intentions in an SQLite database. */

#include "store/sqlite-store-private.h"

#include <string.h>

#include "store/encoding-private.h"

/* Numbers of an intention's strings. */
typedef struct {
  gint64 author, host_name, host_uuid, uri, definition, old_machine, machine, requested, properties;
} Ids;

static gboolean
get_ids (MtSqliteStore *store, const MachtypeIntention *intention, Ids *ids, GError **error)
{
  return mt_sqlite_get_text_id (store, intention->author, &ids->author, error) &&
         mt_sqlite_get_text_id (store, intention->host_name, &ids->host_name, error) &&
         mt_sqlite_get_text_id (store, intention->host_uuid, &ids->host_uuid, error) &&
         mt_sqlite_get_text_id (store, intention->uri, &ids->uri, error) &&
         mt_sqlite_get_text_id (store, intention->definition, &ids->definition, error) &&
         mt_sqlite_get_text_id (store, intention->old_machine, &ids->old_machine, error) &&
         mt_sqlite_get_text_id (store, intention->machine, &ids->machine, error) &&
         mt_sqlite_get_text_id (store, intention->requested, &ids->requested, error) &&
         mt_sqlite_get_properties_id (store, intention->properties, &ids->properties, error);
}

/* Columns 1 to 19, as in INTENTION_COLUMNS of sqlite-statement.c. */
static void
bind_intention (MtSqliteStore *store, sqlite3_stmt *statement, const MachtypeIntention *intention,
                const Ids *ids)
{
  mt_sqlite_bind_uuid (&store->sqlite, statement, intention->uuid.text);
  mt_sqlite->bind_int64 (statement, 2, (gint64)intention->revision);
  mt_sqlite->bind_int64 (statement, 3, (gint64)intention->token);
  mt_sqlite->bind_int64 (statement, 4, intention->started_at);
  mt_sqlite_bind_id (statement, 5, ids->author);
  mt_sqlite->bind_int (statement, 6, (int)intention->action);
  mt_sqlite->bind_int (statement, 7, intention->forced);
  mt_sqlite->bind_int64 (statement, 8, (gint64)intention->undoes);
  mt_sqlite_bind_id (statement, 9, ids->host_name);
  mt_sqlite_bind_id (statement, 10, ids->host_uuid);
  mt_sqlite_bind_id (statement, 11, ids->uri);
  mt_sqlite_bind_id (statement, 12, ids->definition);
  mt_sqlite_bind_id (statement, 13, ids->old_machine);
  mt_sqlite_bind_id (statement, 14, ids->machine);
  mt_sqlite_bind_id (statement, 15, ids->requested);
  mt_sqlite->bind_int (statement, 16, (int)intention->source);
  mt_sqlite->bind_int (statement, 17, (int)intention->arch);
  mt_sqlite_bind_id (statement, 18, ids->properties);
  mt_sqlite_bind_text (statement, 19, intention->old_xml);
}

gboolean
mt_sqlite_add_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  sqlite3_stmt *statement = mt_sqlite_prepare_write (store, MT_SQL_ADD_INTENTION, error);
  Ids ids;

  if (statement == NULL || !get_ids (store, intention, &ids, error))
    return FALSE;
  bind_intention (store, statement, intention, &ids);
  return mt_sqlite_run (&store->sqlite, statement, "keeping an intention", error);
}

gboolean
mt_sqlite_remove_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  sqlite3_stmt *statement = mt_sqlite_prepare_write (store, MT_SQL_DELETE_INTENTION, error);

  if (statement == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (&store->sqlite, statement, intention->uuid.text);
  return mt_sqlite_run (&store->sqlite, statement, "removing an intention", error);
}

static gboolean
read_texts (MtSqliteStore *store, sqlite3_stmt *row, MachtypeIntention *intention, GError **error)
{
  return mt_sqlite_read_text (store, row, 4, &intention->author, error) &&
         mt_sqlite_read_text (store, row, 8, &intention->host_name, error) &&
         mt_sqlite_read_text (store, row, 9, &intention->host_uuid, error) &&
         mt_sqlite_read_text (store, row, 10, &intention->uri, error) &&
         mt_sqlite_read_text (store, row, 11, &intention->definition, error) &&
         mt_sqlite_read_text (store, row, 12, &intention->old_machine, error) &&
         mt_sqlite_read_text (store, row, 13, &intention->machine, error) &&
         mt_sqlite_read_text (store, row, 14, &intention->requested, error);
}

static gboolean
read_numbers (MtSqliteStore *store, sqlite3_stmt *row, MachtypeIntention *intention, GError **error)
{
  gint64 revision = mt_sqlite->column_int64 (row, 1);

  intention->revision = (guint64)revision;
  intention->token = (guint64)mt_sqlite->column_int64 (row, 2);
  intention->started_at = mt_sqlite->column_int64 (row, 3);
  intention->forced = mt_sqlite->column_int (row, 6) != 0;
  intention->undoes = (guint64)mt_sqlite->column_int64 (row, 7);
  if (revision > 0 && mt_action_decode (mt_sqlite->column_int (row, 5), &intention->action) &&
      mt_source_decode (mt_sqlite->column_int (row, 15), &intention->source) &&
      mt_arch_decode (mt_sqlite->column_int (row, 16), &intention->arch))
    return TRUE;
  return mt_sqlite_set_damaged (&store->sqlite, "a number is out of range", error);
}

/* The columns that are NOT NULL can still refer to text 0, which means none. */
static gboolean
check_texts (MtSqliteStore *store, const MachtypeIntention *intention, GError **error)
{
  if (intention->host_name != NULL && intention->uri != NULL && intention->definition != NULL &&
      intention->machine != NULL)
    return TRUE;
  return mt_sqlite_set_damaged (&store->sqlite, "a text of an intention is missing", error);
}

static gboolean
read_old_xml (MtSqliteStore *store, sqlite3_stmt *row, MachtypeIntention *intention, GError **error)
{
  const char *xml = (const char *)mt_sqlite->column_text (row, 18);

  if (xml == NULL)
    return TRUE;
  if (strlen (xml) > MT_DEFINITION_MAX_SIZE || !g_utf8_validate (xml, -1, NULL))
    return mt_sqlite_set_damaged (&store->sqlite, "invalid definition of an intention", error);
  intention->old_xml = g_ref_string_new (xml);
  return TRUE;
}

/* A row of INTENTION_COLUMNS. */
static MachtypeIntention *
read_intention (MtSqliteStore *store, sqlite3_stmt *row, GError **error)
{
  g_autoptr (MachtypeIntention) intention = mt_intention_alloc ();

  if (!mt_sqlite_read_properties (store, row, 17, &intention->properties, error) ||
      !mt_sqlite_read_uuid (&store->sqlite, row, &intention->uuid, error) ||
      !read_numbers (store, row, intention, error) || !read_texts (store, row, intention, error) ||
      !check_texts (store, intention, error) || !read_old_xml (store, row, intention, error))
    return NULL;
  return g_steal_pointer (&intention);
}

MachtypeIntention *
mt_sqlite_get_intention (MachtypeStore *base, const char *uuid, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  sqlite3_stmt *statement = mt_sqlite_prepare (&store->sqlite, MT_SQL_GET_INTENTION, error);
  MachtypeIntention *intention;
  gboolean found;

  if (statement == NULL)
    return NULL;
  mt_sqlite_bind_uuid (&store->sqlite, statement, uuid);
  if (!mt_sqlite_fetch (&store->sqlite, statement, &found, "reading an intention", error) || !found)
    return NULL;
  intention = read_intention (store, statement, error);
  mt_sqlite->reset (statement);
  return intention;
}

/* The callback for each row. */
typedef struct {
  MtSqliteStore *store;
  MachtypeIntentionFunc func;
  gpointer data;
} IntentionCall;

static gboolean
call_with_intention (sqlite3_stmt *row, gpointer data, gboolean *more, GError **error)
{
  const IntentionCall *call = data;
  g_autoptr (MachtypeIntention) intention = read_intention (call->store, row, error);

  if (intention == NULL)
    return FALSE;
  *more = call->func (intention, call->data);
  return TRUE;
}

gboolean
mt_sqlite_foreach_intention (MachtypeStore *base, MachtypeIntentionFunc func, gpointer user_data,
                             GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  IntentionCall call = { store, func, user_data };
  sqlite3_stmt *listing =
      mt_sqlite_prepare_listing (&store->sqlite, mt_sqlite_get_sql (MT_SQL_ALL_INTENTIONS), error);

  return listing != NULL &&
         mt_sqlite_for_each_row (&store->sqlite, listing, call_with_intention, &call, error);
}
