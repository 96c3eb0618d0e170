/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a replica of a server's store has in addition to the tables of every file: of which server
 * it is, and for which instances a change is on its way to that server. Only a file with this table
 * is a replica, so that the records of another one are never replaced. */

#include "store/sqlite-store-private.h"

#include <string.h>

#include "error-private.h"
#include "store/replica-private.h"

#define CREATE                                                                                     \
  "CREATE TABLE replica (server TEXT NOT NULL) STRICT;"                                            \
  "CREATE TABLE changing (uuid TEXT PRIMARY KEY, token TEXT NOT NULL) STRICT"

/* In the order in which they refer to each other. */
#define CLEAR                                                                                      \
  "DELETE FROM replica; DELETE FROM changing; DELETE FROM intention; DELETE FROM history; "        \
  "DELETE FROM record"

gboolean
mt_sqlite_create_replica (sqlite3 *db)
{
  return mt_sqlite->exec (db, CREATE, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
clear (sqlite3 *db)
{
  return mt_sqlite->exec (db, CLEAR, NULL, NULL, NULL) == SQLITE_OK;
}

/* Runs a statement with one text or two. *value: what it returns; NULL: nothing. */
static gboolean
run (MtSqliteStore *store, const char *sql, const char *first, const char *second, char **value,
     GError **error)
{
  sqlite3_stmt *statement = NULL;
  int code = mt_sqlite->prepare_v2 (store->sqlite.db, sql, -1, &statement, NULL);

  if (code == SQLITE_OK) {
    mt_sqlite->bind_text (statement, 1, first, -1, SQLITE_STATIC);
    if (second != NULL)
      mt_sqlite->bind_text (statement, 2, second, -1, SQLITE_STATIC);
    code = mt_sqlite->step (statement);
    if (code == SQLITE_ROW && value != NULL)
      *value = g_strdup ((const char *)mt_sqlite->column_text (statement, 0));
  }
  mt_sqlite->finalize (statement);
  return code == SQLITE_ROW || code == SQLITE_DONE ||
         mt_sqlite_set_error (&store->sqlite, "marking a replica", error);
}

static char *
dup_server (MtSqliteStore *store)
{
  return mt_sqlite_query_text (store->sqlite.db, "SELECT server FROM replica");
}

gboolean
mt_sqlite_is_replica_of (MachtypeStore *base, const char *server)
{
  g_autofree char *there = dup_server (mt_sqlite_store_of (base));

  return g_strcmp0 (there, server) == 0;
}

static gboolean
claim (MtSqliteStore *store, const char *server, GError **error)
{
  g_autofree char *there = dup_server (store);
  g_autofree char *records =
      mt_sqlite_query_text (store->sqlite.db, "SELECT uuid IS NOT NULL FROM record");

  if (g_strcmp0 (there, server) == 0)
    return TRUE;
  if (there == NULL && records != NULL)
    return mt_fail (error, MACHTYPE_ERROR_STORE,
                    "%s has records, and is not a replica of a server's: use another path; "
                    "'machtype store copy' copies its records to the server",
                    store->sqlite.path);
  if (!(there == NULL ? mt_sqlite_create_replica (store->sqlite.db) : clear (store->sqlite.db)))
    return mt_sqlite_set_error (&store->sqlite, "marking a replica", error);
  return run (store, "INSERT INTO replica VALUES (?1)", server, NULL, NULL, error);
}

gboolean
mt_sqlite_claim_replica (MachtypeStore *base, const char *server, GError **error)
{
  if (mt_sqlite_is_replica_of (base, server))
    return TRUE;
  if (!machtype_store_begin (base, error))
    return FALSE;
  if (claim (mt_sqlite_store_of (base), server, error))
    return machtype_store_commit (base, error);
  machtype_store_rollback (base);
  return FALSE;
}

gboolean
mt_sqlite_begin_change (MachtypeStore *base, const char *uuid, const char *token, GError **error)
{
  return run (mt_sqlite_store_of (base), "INSERT OR REPLACE INTO changing VALUES (?1, ?2)", uuid,
              token, NULL, error);
}

gboolean
mt_sqlite_end_change (MachtypeStore *base, const char *uuid, const char *token, gboolean *is_last,
                      GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  g_autofree char *there = NULL;

  if (!run (store, "SELECT token FROM changing WHERE uuid = ?1", uuid, NULL, &there, error))
    return FALSE;
  *is_last = there == NULL || strcmp (there, token) == 0;
  return there == NULL || !*is_last ||
         run (store, "DELETE FROM changing WHERE uuid = ?1", uuid, NULL, NULL, error);
}
