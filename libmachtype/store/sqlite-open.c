/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens an SQLite database of records: checks that it is ours and that its tables are current. */

#include "store/sqlite-private.h"

#include <string.h>
#include <unistd.h>

#include "error-private.h"

static gboolean
query_number (MtSqlite *sqlite, const char *sql, gint64 *number, GError **error)
{
  g_autofree char *text = mt_sqlite_query_text (sqlite->db, sql);

  if (text == NULL)
    return mt_sqlite_set_error (sqlite, "opening the database", error);
  *number = g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

typedef struct {
  gint64 application, version, tables;
} Header;

static gboolean
read_header (MtSqlite *sqlite, Header *header, GError **error)
{
  return query_number (sqlite, "PRAGMA application_id", &header->application, error) &&
         query_number (sqlite, "PRAGMA user_version", &header->version, error) &&
         query_number (sqlite, "SELECT count(*) FROM sqlite_schema", &header->tables, error);
}

/* A consistent snapshot: another process may just be creating the tables. */
static gboolean
read_header_at_once (MtSqlite *sqlite, Header *header, GError **error)
{
  gboolean ok;

  if (mt_sqlite->exec (sqlite->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
    return mt_sqlite_set_error (sqlite, "opening the database", error);
  ok = read_header (sqlite, header, error);
  if (mt_sqlite->get_autocommit (sqlite->db) == 0)
    mt_sqlite->exec (sqlite->db, "COMMIT", NULL, NULL, NULL);
  return ok;
}

static gboolean
check_header (MtSqlite *sqlite, const Header *header, GError **error)
{
  if (header->application == 0 && header->version == 0 && header->tables == 0)
    return TRUE;
  if (header->application != MT_SQLITE_APPLICATION || header->version < 1)
    return mt_fail (error, MACHTYPE_ERROR_STORE, "%s is a database of another program",
                    sqlite->path);
  if (header->version <= MT_SQLITE_VERSION)
    return TRUE;
  return mt_sqlite_set_newer (sqlite, header->version, error);
}

/* SQLite gives up at once where waiting could be endless, such as when two change the mode at the
 * same time. */
static gboolean
set_wal (MtSqlite *sqlite, GError **error)
{
  const int step_ms = 20;
  int waited_ms;

  for (waited_ms = 0;; waited_ms += step_ms) {
    g_autofree char *mode = mt_sqlite_query_text (sqlite->db, "PRAGMA journal_mode");

    if (g_strcmp0 (mode, "wal") == 0)
      return TRUE;
    g_free (mode);
    mode = mt_sqlite_query_text (sqlite->db, "PRAGMA journal_mode = WAL");
    if (g_strcmp0 (mode, "wal") == 0)
      return TRUE;
    if ((mode == NULL && (mt_sqlite->errcode (sqlite->db) & 0xff) != SQLITE_BUSY) ||
        (sqlite->timeout_ms >= 0 && waited_ms >= sqlite->timeout_ms))
      break;
    g_usleep (step_ms * 1000);
  }
  return mt_sqlite_set_error (sqlite, "enabling its write-ahead log", error);
}

/* Another process may do the same at this moment: what has to be done is checked again once we have
 * exclusive access. */
static gboolean
bring_up_to_date (MtSqlite *sqlite, GError **error)
{
  Header header;
  char *message = NULL;
  gboolean ok;

  if (mt_sqlite->exec (sqlite->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    return mt_sqlite_set_error (sqlite, "updating its tables", error);
  ok = read_header (sqlite, &header, error) && check_header (sqlite, &header, error);
  if (ok && header.version < MT_SQLITE_VERSION) {
    ok = mt_sqlite_migrate (sqlite->db, MT_SQLITE_VERSION, &message);
    if (!ok)
      mt_sqlite_set_error (sqlite, "updating its tables", error);
    mt_sqlite->free (message);
  }
  if (ok && mt_sqlite->exec (sqlite->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
    ok = mt_sqlite_set_error (sqlite, "updating its tables", error);
  if (!ok && mt_sqlite->get_autocommit (sqlite->db) == 0)
    mt_sqlite->exec (sqlite->db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}

/* *version is what they have when they are not updated, because they are only read. */
static gboolean
open_tables (MtSqlite *sqlite, gboolean read_only, int *version, GError **error)
{
  Header header;

  *version = MT_SQLITE_VERSION;

  if (!mt_sqlite_harden (sqlite, error) || !read_header_at_once (sqlite, &header, error) ||
      !check_header (sqlite, &header, error))
    return FALSE;
  if (!read_only)
    return set_wal (sqlite, error) &&
           (header.version == MT_SQLITE_VERSION || bring_up_to_date (sqlite, error));
  *version = (int)header.version;
  return header.version != 0 ||
         mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s is an empty file", sqlite->path);
}

/* A transaction must be ended even if there is no memory left to prepare a statement for that. */
static gboolean
prepare_to_end (MtSqlite *sqlite, GError **error)
{
  return mt_sqlite_prepare (sqlite, MT_SQL_COMMIT, error) != NULL &&
         mt_sqlite_prepare (sqlite, MT_SQL_ROLLBACK, error) != NULL;
}

/* SQLite opens what cannot be written as read-only. */
static gboolean
check_writable (MtSqlite *sqlite, GError **error)
{
  const char *why;

  if (mt_sqlite->db_readonly (sqlite->db, "main") == 0)
    return TRUE;
  why = mt_sqlite_explain (sqlite, SQLITE_READONLY);
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s cannot be written: %s", sqlite->path,
                  why != NULL ? why : "it is read-only");
}

/* How to open a database. */
typedef struct {
  gboolean read_only;
  const char *parameter; /* of SQLite's (https://sqlite.org/uri.html); NULL: none */
  const char *vfs;       /* NULL: the usual one */
  gboolean is_alone;     /* nothing is shared with others, and the log is read as it is */
} Way;

/* A log that is not shared with others is not written back, either. */
static gboolean
set_alone (MtSqlite *sqlite, GError **error)
{
  if (mt_sqlite->db_config (sqlite->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK &&
      mt_sqlite->exec (sqlite->db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) ==
          SQLITE_OK)
    return TRUE;
  return mt_sqlite_set_error (sqlite, "opening the database", error);
}

static gboolean
open_database (MtSqlite *sqlite, const Way *way, GError **error)
{
  int flags = (way->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
              SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  g_autofree char *escaped =
      g_uri_escape_bytes ((const guint8 *)sqlite->path, strlen (sqlite->path), "/");
  g_autofree char *uri =
      g_strconcat ("file://", escaped, "?", way->parameter != NULL ? way->parameter : "", NULL);
  const char *name = way->parameter != NULL ? uri : sqlite->path;

  if (way->parameter != NULL)
    flags |= SQLITE_OPEN_URI;
  /* No locks of SQLite's own: a store is used by one thread at a time, and so is its dictionary. */
  if (mt_sqlite->open_v2 (name, &sqlite->db, flags, way->vfs) != SQLITE_OK)
    return mt_sqlite_set_error (sqlite, "opening the database", error);
  mt_sqlite->busy_timeout (sqlite->db, sqlite->timeout_ms < 0 ? G_MAXINT : sqlite->timeout_ms);
  if (way->is_alone && !set_alone (sqlite, error))
    return FALSE;
  return way->read_only || check_writable (sqlite, error);
}

/* SQLite's message for what cannot be read does not say which file, and why. */
static gboolean
read_tables (MtSqlite *sqlite, int *version, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (open_tables (sqlite, TRUE, version, &why))
    return TRUE;
  if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE) ||
      mt_sqlite_check_readable (sqlite, error))
    g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* SQLite opens its helper files only when it reads: they are checked before, and when they are
 * open. */
static gboolean
open_checked (MtSqlite *sqlite, int fd, const Way *way, GError **error)
{
  int version;

  return open_database (sqlite, way, error) && mt_sqlite_check_opened (sqlite, fd, error) &&
         (way->read_only ? read_tables (sqlite, &version, error)
                         : open_tables (sqlite, FALSE, &version, error)) &&
         mt_sqlite_check_opened (sqlite, fd, error) &&
         (version == MT_SQLITE_VERSION || mt_sqlite_read_old (sqlite, fd, version, error)) &&
         prepare_to_end (sqlite, error);
}

/* To read, SQLite creates a file that is shared with writers. If it cannot, as on a full or
 * read-only disk and in another user's directory, an existing one is enough, and only its locks are
 * used: no change is missed. Without one, the store is read without locks until another process
 * writes to it (see mt_sqlite_freeze): with the log, if there is one, which is indexed in memory
 * (https://sqlite.org/wal.html#noshm). */
static gboolean
open_for_reading (MtSqlite *sqlite, int fd, GError **error)
{
  static const Way with_locks[] = { { TRUE, NULL, NULL, FALSE },
                                    { TRUE, "readonly_shm=1", NULL, FALSE } };
  static const Way without_log = { TRUE, "immutable=1", NULL, FALSE };
  static const Way with_log = { TRUE, NULL, "unix-none", TRUE };
  g_autoptr (GError) first = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (with_locks); i++) {
    g_autoptr (GError) why = NULL;

    if (open_checked (sqlite, fd, &with_locks[i], &why))
      return TRUE;
    mt_sqlite_close (sqlite);
    if (first == NULL)
      first = g_steal_pointer (&why);
    if (!g_error_matches (first, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE))
      break;
  }
  if (i == G_N_ELEMENTS (with_locks) && mt_sqlite_freeze (sqlite, fd)) {
    if (open_checked (sqlite, fd, mt_sqlite_has_log (sqlite) ? &with_log : &without_log, NULL))
      return TRUE;
    mt_sqlite_close (sqlite);
  }
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
mt_sqlite_open (MtSqlite *sqlite, const char *path, MachtypeStoreOpenFlags flags, int timeout_ms,
                GError **error)
{
  static const Way writing = { FALSE, NULL, NULL, FALSE };
  gboolean ok;
  int fd;

  /* Before a file is created. */
  if (!mt_sqlite_load (error))
    return FALSE;
  sqlite->timeout_ms = timeout_ms;
  sqlite->path = mt_sqlite_resolve (path, error);
  if (sqlite->path == NULL)
    return FALSE;
  fd = mt_sqlite_find_file (sqlite, flags, error);
  if (fd < 0)
    return FALSE;
  ok = (flags & MACHTYPE_STORE_OPEN_READ_ONLY) != 0 ? open_for_reading (sqlite, fd, error)
                                                    : open_checked (sqlite, fd, &writing, error);
  close (fd);
  return ok;
}
