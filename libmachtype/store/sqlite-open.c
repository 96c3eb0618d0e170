/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens an SQLite database of records: checks that it is ours and that its tables are current. */

#include "store/sqlite-private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch-private.h"
#include "error-private.h"

/* What migrates the tables of one version to the next; the first creates them. A step that has been
 * released is never changed. A step after which an older release would misread the tables, or write
 * what is wrong, renames "record" and "history": a process that has the store open then finds
 * nothing, and reports why. A step that only adds does not need to. "text" is stored in few tables:
 * see sqlite-dictionary.c. The index contains everything that listing uses, including the column
 * that is tested, because otherwise SQLite (3.40) looks up every row. */
static const char *const migrations[] = {
  "CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
  "CREATE TABLE host (id INTEGER PRIMARY KEY, name TEXT, uuid TEXT, qemu_version INTEGER NOT NULL,"
  "  libvirt_version INTEGER NOT NULL) STRICT;"
  "CREATE INDEX host_name ON host (name, uuid);"
  "CREATE TABLE property_set (id INTEGER PRIMARY KEY, properties TEXT NOT NULL UNIQUE) STRICT;"
  "CREATE TABLE record (uuid BLOB PRIMARY KEY, revision INTEGER NOT NULL, machine INTEGER,"
  "  asked INTEGER, source INTEGER NOT NULL, arch INTEGER NOT NULL, state INTEGER, host INTEGER,"
  "  cell INTEGER, name TEXT, properties INTEGER, recorded_at INTEGER NOT NULL,"
  "  seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
  "CREATE INDEX record_unset ON record (machine, uuid, state, cell, host) WHERE machine IS NULL;",

  "CREATE TABLE history (uuid BLOB NOT NULL, revision INTEGER NOT NULL, changed_at INTEGER NOT "
  "NULL,"
  "  who INTEGER, action INTEGER NOT NULL, forced INTEGER NOT NULL, undoes INTEGER NOT NULL,"
  "  old_machine INTEGER, new_machine INTEGER, old_asked INTEGER, old_source INTEGER NOT NULL,"
  "  old_arch INTEGER NOT NULL,"
  "  old_properties INTEGER, PRIMARY KEY (uuid, revision)) STRICT, WITHOUT ROWID;",

  /* Since then 0 is the source without a machine type (MachtypeSource). */
  ("UPDATE record SET source = CASE WHEN machine IS NULL THEN 0 ELSE source + 1 END;"
   "UPDATE history SET old_source = CASE WHEN old_machine IS NULL THEN 0 ELSE old_source + 1 END;"),

  /* Changes of record and definition that are in progress. */
  "CREATE TABLE intention (uuid BLOB PRIMARY KEY, revision INTEGER NOT NULL,"
  "  token INTEGER NOT NULL, started_at INTEGER NOT NULL, who INTEGER, action INTEGER NOT NULL,"
  "  forced INTEGER NOT NULL, undoes INTEGER NOT NULL, host_name INTEGER NOT NULL,"
  "  host_uuid INTEGER, uri INTEGER NOT NULL, definition INTEGER NOT NULL, old_machine INTEGER,"
  "  machine INTEGER NOT NULL, asked INTEGER, source INTEGER NOT NULL, arch INTEGER NOT NULL,"
  "  properties INTEGER) STRICT, WITHOUT ROWID;",

  /* Members of JSON that were not known when the record was written. And what classes have in
   * common: the index contains everything that counting them uses. Since then image properties can
   * be defaults, too: see encoding-private.h. */
  "ALTER TABLE record ADD COLUMN unknown TEXT;"
  "CREATE INDEX record_class ON record (host, machine, arch, state, cell, properties);",
};

G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == MT_SQLITE_VERSION);

/* The numbers that are stored in the tables. An older library treats an unknown one as damage:
 * appending to one of these enumerations requires a migration, even if it only renames tables,
 * which lets the older library report that a newer one has written the store. */
G_STATIC_ASSERT (MT_SQLITE_VERSION == 5 && MT_ARCH_LAST == MACHTYPE_ARCH_XTENSAEB &&
                 MT_SOURCE_LAST == MACHTYPE_SOURCE_IMPORT &&
                 MT_HISTORY_ACTION_LAST == MACHTYPE_HISTORY_ACTION_REBUILD);

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

  if (sqlite3_exec (sqlite->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
    return mt_sqlite_set_error (sqlite, "opening the database", error);
  ok = read_header (sqlite, header, error);
  if (sqlite3_get_autocommit (sqlite->db) == 0)
    sqlite3_exec (sqlite->db, "COMMIT", NULL, NULL, NULL);
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
    if ((mode == NULL && (sqlite3_errcode (sqlite->db) & 0xff) != SQLITE_BUSY) ||
        (sqlite->timeout_ms >= 0 && waited_ms >= sqlite->timeout_ms))
      break;
    g_usleep (step_ms * 1000);
  }
  return mt_sqlite_set_error (sqlite, "enabling its write-ahead log", error);
}

gboolean
mt_sqlite_migrate (sqlite3 *db, int to, char **message)
{
  g_autofree char *version = mt_sqlite_query_text (db, "PRAGMA user_version"), *stamp = NULL;
  int from;

  if (version == NULL)
    return FALSE;
  for (from = atoi (version); from < to; from++) {
    if (sqlite3_exec (db, migrations[from], NULL, NULL, message) != SQLITE_OK)
      return FALSE;
  }
  stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d",
                           MT_SQLITE_APPLICATION, to);
  return sqlite3_exec (db, stamp, NULL, NULL, message) == SQLITE_OK;
}

/* Another process may do the same at this moment: what has to be done is checked again once we have
 * exclusive access. */
static gboolean
bring_up_to_date (MtSqlite *sqlite, GError **error)
{
  Header header;
  char *message = NULL;
  gboolean ok;

  if (sqlite3_exec (sqlite->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    return mt_sqlite_set_error (sqlite, "updating its tables", error);
  ok = read_header (sqlite, &header, error) && check_header (sqlite, &header, error);
  if (ok && header.version < MT_SQLITE_VERSION) {
    ok = mt_sqlite_migrate (sqlite->db, MT_SQLITE_VERSION, &message);
    if (!ok)
      mt_sqlite_set_error (sqlite, "updating its tables", error);
    sqlite3_free (message);
  }
  if (ok && sqlite3_exec (sqlite->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
    ok = mt_sqlite_set_error (sqlite, "updating its tables", error);
  if (!ok && sqlite3_get_autocommit (sqlite->db) == 0)
    sqlite3_exec (sqlite->db, "ROLLBACK", NULL, NULL, NULL);
  return ok;
}

/* Nothing in the file's schema can be allowed to run with our privileges. */
static gboolean
harden (MtSqlite *sqlite, GError **error)
{
  sqlite3_db_config (sqlite->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (sqlite->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (sqlite->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (sqlite->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  if (sqlite3_exec (sqlite->db, "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON", NULL,
                    NULL, NULL) == SQLITE_OK)
    return TRUE;
  return mt_sqlite_set_error (sqlite, "opening the database", error);
}

static gboolean
open_tables (MtSqlite *sqlite, gboolean read_only, GError **error)
{
  Header header;

  if (!harden (sqlite, error) || !read_header_at_once (sqlite, &header, error) ||
      !check_header (sqlite, &header, error))
    return FALSE;
  if (!read_only)
    return set_wal (sqlite, error) &&
           (header.version == MT_SQLITE_VERSION || bring_up_to_date (sqlite, error));
  return header.version == MT_SQLITE_VERSION ||
         mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s has tables of version %d, which are updated when it is opened for "
                  "writing",
                  sqlite->path, (int)header.version);
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

  if (sqlite3_db_readonly (sqlite->db, "main") == 0)
    return TRUE;
  why = mt_sqlite_explain (sqlite, SQLITE_READONLY);
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s cannot be written: %s", sqlite->path,
                  why != NULL ? why : "it is read-only");
}

/* How to open a database: read-only by a parameter of SQLite's (https://sqlite.org/uri.html). */
typedef struct {
  gboolean read_only;
  const char *parameter; /* NULL: none */
} Way;

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
  if (sqlite3_open_v2 (name, &sqlite->db, flags, NULL) != SQLITE_OK)
    return mt_sqlite_set_error (sqlite, "opening the database", error);
  sqlite3_busy_timeout (sqlite->db, sqlite->timeout_ms < 0 ? G_MAXINT : sqlite->timeout_ms);
  return way->read_only || check_writable (sqlite, error);
}

/* SQLite opens its helper files only when it reads: they are checked before, and when they are
 * open. */
static gboolean
open_checked (MtSqlite *sqlite, int fd, const Way *way, GError **error)
{
  return open_database (sqlite, way, error) && mt_sqlite_check_opened (sqlite, fd, error) &&
         open_tables (sqlite, way->read_only, error) &&
         mt_sqlite_check_opened (sqlite, fd, error) && prepare_to_end (sqlite, error);
}

/* To read, SQLite creates a file that is shared with writers. If it cannot, as on a full or
 * read-only disk and in another user's directory, an existing one is enough, and only its locks are
 * used: no change is missed. Without one, and without a log, everything is in the store itself,
 * which is read without locks until another process writes to it: see mt_sqlite_freeze. */
static gboolean
open_for_reading (MtSqlite *sqlite, int fd, GError **error)
{
  static const Way ways[] = { { TRUE, NULL }, { TRUE, "readonly_shm=1" }, { TRUE, "immutable=1" } };
  g_autoptr (GError) first = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (GError) why = NULL;

    if (i == G_N_ELEMENTS (ways) - 1 && !mt_sqlite_freeze (sqlite, fd))
      break;
    if (open_checked (sqlite, fd, &ways[i], &why))
      return TRUE;
    mt_sqlite_close (sqlite);
    if (first == NULL)
      first = g_steal_pointer (&why);
    if (!g_error_matches (first, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE))
      break;
  }
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
mt_sqlite_open (MtSqlite *sqlite, const char *path, MachtypeStoreOpenFlags flags, int timeout_ms,
                GError **error)
{
  static const Way writing = { FALSE, NULL };
  gboolean ok;
  int fd;

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
