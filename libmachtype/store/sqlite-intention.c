/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intentions in an SQLite database. */

#include "store/sqlite-private.h"

#include "arch-private.h"
#include "error-private.h"

/* Numbers of an intention's texts. */
typedef struct {
  gint64 who, host_name, host_uuid, uri, definition, old_machine, machine, asked, properties;
} Ids;

static gboolean
get_ids (MtSqliteStore *store, const MachtypeIntention *intention, Ids *ids, GError **error)
{
  return mt_dictionary_get_text_id (store, intention->who, &ids->who, error) &&
         mt_dictionary_get_text_id (store, intention->host_name, &ids->host_name, error) &&
         mt_dictionary_get_text_id (store, intention->host_uuid, &ids->host_uuid, error) &&
         mt_dictionary_get_text_id (store, intention->uri, &ids->uri, error) &&
         mt_dictionary_get_text_id (store, intention->definition, &ids->definition, error) &&
         mt_dictionary_get_text_id (store, intention->old_machine, &ids->old_machine, error) &&
         mt_dictionary_get_text_id (store, intention->machine, &ids->machine, error) &&
         mt_dictionary_get_text_id (store, intention->asked, &ids->asked, error) &&
         mt_dictionary_get_properties_id (store, intention->properties, &ids->properties, error);
}

/* Columns 1 to 18, as INTENTION_COLUMNS of sqlite.c has them. */
static void
bind_intention (MtSqliteStore *store, sqlite3_stmt *statement, const MachtypeIntention *intention,
                const Ids *ids)
{
  mt_sqlite_bind_uuid (store, statement, intention->uuid.text);
  sqlite3_bind_int64 (statement, 2, (gint64)intention->revision);
  sqlite3_bind_int64 (statement, 3, (gint64)intention->token);
  sqlite3_bind_int64 (statement, 4, intention->started_at);
  mt_sqlite_bind_id (statement, 5, ids->who);
  sqlite3_bind_int (statement, 6, (int)intention->action);
  sqlite3_bind_int (statement, 7, intention->forced);
  sqlite3_bind_int64 (statement, 8, (gint64)intention->undoes);
  mt_sqlite_bind_id (statement, 9, ids->host_name);
  mt_sqlite_bind_id (statement, 10, ids->host_uuid);
  mt_sqlite_bind_id (statement, 11, ids->uri);
  mt_sqlite_bind_id (statement, 12, ids->definition);
  mt_sqlite_bind_id (statement, 13, ids->old_machine);
  mt_sqlite_bind_id (statement, 14, ids->machine);
  mt_sqlite_bind_id (statement, 15, ids->asked);
  sqlite3_bind_int (statement, 16, (int)intention->source);
  sqlite3_bind_int (statement, 17, (int)intention->arch);
  mt_sqlite_bind_id (statement, 18, ids->properties);
}

gboolean
mt_sqlite_add_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement;
  Ids ids;

  if (!mt_sqlite_check_transaction (store, error))
    return FALSE;
  statement = mt_sqlite_prepare (store, MT_SQL_ADD_INTENTION, error);
  if (statement == NULL || !get_ids (store, intention, &ids, error))
    return FALSE;
  bind_intention (store, statement, intention, &ids);
  return mt_sqlite_run (store, statement, "keeping an intention", error);
}

gboolean
mt_sqlite_remove_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement;

  if (!mt_sqlite_check_transaction (store, error))
    return FALSE;
  statement = mt_sqlite_prepare (store, MT_SQL_DELETE_INTENTION, error);
  if (statement == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (store, statement, intention->uuid.text);
  return mt_sqlite_run (store, statement, "removing an intention", error);
}

static gboolean
read_texts (MtSqliteStore *store, sqlite3_stmt *statement, MachtypeIntention *intention,
            GError **error)
{
  return mt_sqlite_read_text (store, statement, 4, &intention->who, error) &&
         mt_sqlite_read_text (store, statement, 8, &intention->host_name, error) &&
         mt_sqlite_read_text (store, statement, 9, &intention->host_uuid, error) &&
         mt_sqlite_read_text (store, statement, 10, &intention->uri, error) &&
         mt_sqlite_read_text (store, statement, 11, &intention->definition, error) &&
         mt_sqlite_read_text (store, statement, 12, &intention->old_machine, error) &&
         mt_sqlite_read_text (store, statement, 13, &intention->machine, error) &&
         mt_sqlite_read_text (store, statement, 14, &intention->asked, error);
}

static gboolean
read_numbers (MtSqliteStore *store, sqlite3_stmt *statement, MachtypeIntention *intention,
              GError **error)
{
  gint64 revision = sqlite3_column_int64 (statement, 1);
  int action = sqlite3_column_int (statement, 5), source = sqlite3_column_int (statement, 15);
  int arch = sqlite3_column_int (statement, 16);

  if (revision <= 0 || action < 0 || action > MT_HISTORY_ACTION_LAST || source < 0 ||
      source > MT_SOURCE_LAST || arch < 0 || arch > MT_ARCH_LAST)
    return mt_sqlite_set_damaged (store, "a number is out of range", error);
  intention->revision = (guint64)revision;
  intention->token = (guint64)sqlite3_column_int64 (statement, 2);
  intention->started_at = sqlite3_column_int64 (statement, 3);
  intention->action = (MachtypeHistoryAction)action;
  intention->forced = sqlite3_column_int (statement, 6) != 0;
  intention->undoes = (guint64)sqlite3_column_int64 (statement, 7);
  intention->source = (MachtypeSource)source;
  intention->arch = (MachtypeArch)arch;
  return TRUE;
}

/* The columns that are NOT NULL may still name text 0, which is none. */
static gboolean
check_texts (MtSqliteStore *store, const MachtypeIntention *intention, GError **error)
{
  if (intention->host_name != NULL && intention->uri != NULL && intention->definition != NULL &&
      intention->machine != NULL)
    return TRUE;
  return mt_sqlite_set_damaged (store, "an intention lacks a text", error);
}

/* A row of INTENTION_COLUMNS. */
static MachtypeIntention *
read_intention (MtSqliteStore *store, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MachtypeIntention) intention = mt_intention_alloc ();

  intention->properties =
      mt_dictionary_get_properties (store, sqlite3_column_int64 (statement, 17), error);
  if (intention->properties == NULL ||
      !mt_sqlite_read_uuid (store, statement, &intention->uuid, error) ||
      !read_numbers (store, statement, intention, error) ||
      !read_texts (store, statement, intention, error) || !check_texts (store, intention, error))
    return NULL;
  return g_steal_pointer (&intention);
}

MachtypeIntention *
mt_sqlite_get_intention (MachtypeStore *base, const char *uuid, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement = mt_sqlite_prepare (store, MT_SQL_GET_INTENTION, error);
  MachtypeIntention *intention = NULL;
  int status;

  if (statement == NULL)
    return NULL;
  mt_sqlite_bind_uuid (store, statement, uuid);
  status = sqlite3_step (statement);
  if (status == SQLITE_ROW)
    intention = read_intention (store, statement, error);
  else if (status != SQLITE_DONE)
    mt_sqlite_set_error (store, "reading an intention", error);
  sqlite3_reset (statement);
  return intention;
}

gboolean
mt_sqlite_foreach_intention (MachtypeStore *base, MachtypeIntentionFunc func, gpointer user_data,
                             GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement = mt_sqlite_prepare_listing (store, MT_SQL_ALL_INTENTIONS, error);
  gboolean ok = TRUE, more = TRUE;
  int status = SQLITE_ROW;

  if (statement == NULL)
    return FALSE;
  while (ok && more && (status = sqlite3_step (statement)) == SQLITE_ROW) {
    g_autoptr (MachtypeIntention) intention = read_intention (store, statement, error);

    ok = intention != NULL;
    more = ok && func (intention, user_data);
  }
  return mt_sqlite_end_listing (store, statement, status, ok, error);
}
