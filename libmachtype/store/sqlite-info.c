/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an SQLite database of records is, and how much is in it. */

#include "store/sqlite-store-private.h"

#include "store/info-private.h"

static gboolean
query_number (const MtSqlite *sqlite, const char *sql, guint64 *number, GError **error)
{
  g_autofree char *text = mt_sqlite_query_text (sqlite->db, sql);

  if (text == NULL)
    return mt_sqlite_set_error (sqlite, "counting its contents", error);
  *number = (guint64)g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

static gboolean
count_all (const MtSqlite *sqlite, MachtypeStoreInfo *info, GError **error)
{
  return query_number (sqlite, "SELECT count(*) FROM record", &info->n_records, error) &&
         query_number (sqlite,
                       "SELECT count(*) FROM (SELECT DISTINCT name, uuid FROM host WHERE id IN "
                       "(SELECT DISTINCT host FROM record))",
                       &info->n_hosts, error) &&
         query_number (sqlite, "SELECT count(*) FROM history", &info->n_changes, error) &&
         query_number (sqlite, "SELECT count(*) FROM intention", &info->n_pending, error);
}

static gboolean
find_times (const MtSqlite *sqlite, MachtypeStoreInfo *info, GError **error)
{
  guint64 first = 0, last = 0;

  if (!query_number (sqlite, "SELECT ifnull(min(recorded_at), 0) FROM record", &first, error) ||
      !query_number (sqlite,
                     "SELECT ifnull(max(at), 0) FROM (SELECT max(recorded_at) AS at FROM record "
                     "UNION ALL SELECT max(changed_at) FROM history)",
                     &last, error))
    return FALSE;
  info->first_change = (gint64)first;
  info->last_change = (gint64)last;
  return TRUE;
}

static guint64
get_size (const char *path)
{
  struct stat file;

  return lstat (path, &file) == 0 ? (guint64)file.st_size : 0;
}

MachtypeStoreInfo *
mt_sqlite_read_info (MachtypeStore *base, GError **error)
{
  const MtSqlite *sqlite = &mt_sqlite_store_of (base)->sqlite;
  g_autoptr (MachtypeStoreInfo) info = mt_store_info_alloc ("sqlite");
  g_autofree char *log = g_strconcat (sqlite->path, "-wal", NULL);

  if (!mt_sqlite_check_usable (sqlite, error) || !count_all (sqlite, info, error) ||
      !find_times (sqlite, info, error))
    return NULL;
  info->path = g_strdup (sqlite->path);
  info->table_version = sqlite->old_version != 0 ? (guint)sqlite->old_version : MT_SQLITE_VERSION;
  info->journal_mode = sqlite->old_version != 0
                           ? g_strdup (sqlite->old_mode)
                           : mt_sqlite_query_text (sqlite->db, "PRAGMA journal_mode");
  info->size = get_size (sqlite->path) + get_size (log);
  return mt_sqlite_check_usable (sqlite, error) ? g_steal_pointer (&info) : NULL;
}
