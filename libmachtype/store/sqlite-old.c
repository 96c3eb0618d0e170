/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An SQLite database whose tables have an older version, where it is only read: possibly because
 * nothing can be written there. A copy in memory is migrated, and read instead. */

#include "store/sqlite-private.h"

#include "error-private.h"

/* Of the copy: more than three million records. */
#define COPY_MAX (G_GINT64_CONSTANT (1) << 28)

/* Nothing in the file's schema can be allowed to run with our privileges. */
gboolean
mt_sqlite_harden (const MtSqlite *sqlite, GError **error)
{
  mt_sqlite->db_config (sqlite->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  mt_sqlite->db_config (sqlite->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  mt_sqlite->db_config (sqlite->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  mt_sqlite->db_config (sqlite->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  if (mt_sqlite->exec (sqlite->db, "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON", NULL,
                       NULL, NULL) == SQLITE_OK)
    return TRUE;
  return mt_sqlite_set_error (sqlite, "opening the database", error);
}

static gint64
query_number (sqlite3 *db, const char *sql)
{
  g_autofree char *text = mt_sqlite_query_text (db, sql);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
check_size (const MtSqlite *sqlite, int version, GError **error)
{
  gint64 pages = query_number (sqlite->db, "PRAGMA page_count");
  gint64 size = query_number (sqlite->db, "PRAGMA page_size");

  if (size > 0 && pages <= COPY_MAX / size)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s has tables of version %d, and is too large to be updated in memory "
                  "for reading: open it for writing once, or update a copy",
                  sqlite->path, version);
}

/* Replaces the handle by that of a copy, which cannot be written. */
static gboolean
copy (MtSqlite *sqlite, int version, GError **error)
{
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3 *file = g_steal_pointer (&sqlite->db);
  int code = mt_sqlite->open_v2 (":memory:", &sqlite->db, flags, NULL);
  gboolean ok;

  if (code == SQLITE_OK)
    code = mt_sqlite_copy_pages (file, sqlite->db);
  ok = code == SQLITE_OK && query_number (sqlite->db, "PRAGMA user_version") == version &&
       mt_sqlite_migrate (sqlite->db, MT_SQLITE_VERSION, NULL) &&
       mt_sqlite->exec (sqlite->db, "PRAGMA query_only = ON", NULL, NULL, NULL) == SQLITE_OK;
  if (mt_sqlite_is_busy (code))
    mt_fail (error, MACHTYPE_ERROR_BUSY, "the store %s: " MT_SQLITE_BUSY, sqlite->path);
  else if (!ok)
    mt_sqlite_set_error (sqlite, "updating its tables in memory", error);
  mt_sqlite->close_v2 (file);
  return ok && mt_sqlite_harden (sqlite, error);
}

gboolean
mt_sqlite_read_old (MtSqlite *sqlite, int fd, int version, GError **error)
{
  sqlite->old_version = version;
  g_free (sqlite->old_mode);
  sqlite->old_mode = mt_sqlite_query_text (sqlite->db, "PRAGMA journal_mode");
  return check_size (sqlite, version, error) &&
         (mt_sqlite_freeze (sqlite, fd) ||
          mt_sqlite_set_error (sqlite, "reading its tables", error)) &&
         copy (sqlite, version, error) && mt_sqlite_check_usable (sqlite, error);
}
