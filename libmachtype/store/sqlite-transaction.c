/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transactions on an SQLite database of records, and the state of the store if one cannot be rolled
 * back. */

#include "store/sqlite-store-private.h"

#include "error-private.h"

static gboolean
run (MtSqliteStore *store, MtSql which, const char *doing, GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (&store->sqlite, which, error);

  return statement != NULL && mt_sqlite_run (&store->sqlite, statement, doing, error);
}

/* What could not be rolled back must not be read, nor be taken as written when it is repeated, nor
 * prevent others from writing: closing the handle ends it, whatever resource SQLite lacks. */
static void
give_up (MtSqliteStore *store)
{
  store->sqlite.broken = TRUE;
  mt_sqlite_close (&store->sqlite);
  mt_dictionary_forget (&store->dictionary);
}

static gboolean
is_in_transaction (const MtSqliteStore *store)
{
  return store->sqlite.db != NULL && mt_sqlite->get_autocommit (store->sqlite.db) == 0;
}

void
mt_sqlite_rollback (MachtypeStore *base)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);

  /* After a full disk SQLite has done it automatically. */
  if (is_in_transaction (store))
    run (store, MT_SQL_ROLLBACK, "rolling back", NULL);
  if (is_in_transaction (store))
    give_up (store);
}

static gboolean
begin (MachtypeStore *base, MtSql which, const char *doing, GError **error)
{
  if (run (mt_sqlite_store_of (base), which, doing, error))
    return TRUE;
  mt_sqlite_rollback (base);
  return FALSE;
}

gboolean
mt_sqlite_begin (MachtypeStore *base, GError **error)
{
  return begin (base, MT_SQL_BEGIN, "beginning a write transaction", error);
}

gboolean
mt_sqlite_begin_read (MachtypeStore *base, GError **error)
{
  return begin (base, MT_SQL_BEGIN_READ, "beginning a read transaction", error);
}

void
mt_sqlite_end_read (MachtypeStore *base)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);

  if (is_in_transaction (store) && !run (store, MT_SQL_COMMIT, "ending a read transaction", NULL))
    mt_sqlite_rollback (base);
}

/* A transaction that was begun and no longer exists must not count as committed. */
static gboolean
check_transaction (const MtSqliteStore *store, GError **error)
{
  if (!mt_sqlite_check_usable (&store->sqlite, error))
    return FALSE;
  if (is_in_transaction (store))
    return TRUE;
  return mt_fail (
      error, MACHTYPE_ERROR_STORE,
      "the store %s: the transaction was rolled back after a failure, nothing was written",
      store->sqlite.path);
}

gboolean
mt_sqlite_commit (MachtypeStore *base, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);

  if (check_transaction (store, error) && run (store, MT_SQL_COMMIT, "writing", error))
    return TRUE;
  mt_sqlite_rollback (base);
  return FALSE;
}

sqlite3_stmt *
mt_sqlite_prepare_write (MtSqliteStore *store, MtSql which, GError **error)
{
  return check_transaction (store, error) ? mt_sqlite_prepare (&store->sqlite, which, error) : NULL;
}
