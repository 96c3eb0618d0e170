/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statements on an SQLite database of records: their text, running them, and their errors. */

#include "store/sqlite-private.h"

#include <string.h>

#include "error-private.h"

#define INTENTION_COLUMNS                                                                          \
  "uuid, revision, token, started_at, who, action, forced, undoes, host_name, host_uuid, uri, "    \
  "definition, old_machine, machine, asked, source, arch, properties, old_xml"

/* For one cell and for one host, each only if it is given. */
#define FILTER                                                                                     \
  "(?1 IS NULL OR cell = (SELECT id FROM text WHERE text = ?1)) "                                  \
  "AND (?2 IS NULL OR host IN (SELECT id FROM host WHERE name = ?2))"

/* The stored record must be everything that was read: see machtype_record_equal. */
#define EXPECTED                                                                                   \
  "uuid = ?1 AND revision = ?15 AND machine IS ?16 AND asked IS ?17 AND source = ?18 "             \
  "AND arch = ?19 AND state IS ?20 AND host IS ?21 AND cell IS ?22 AND name IS ?23 "               \
  "AND properties IS ?24 AND seen_at = ?25 AND unknown IS ?26 "                                    \
  "AND transient = ?28"

#define UPDATE                                                                                     \
  "UPDATE record SET revision = ?2, machine = ?3, asked = ?4, source = ?5, arch = ?6, "            \
  "state = ?7, host = ?8, cell = ?9, name = ?10, properties = ?11, recorded_at = ?12, "            \
  "seen_at = ?13, unknown = ?14, transient = ?27 WHERE " EXPECTED

/* See mt_store_reports_state. Each number is looked up once; a set of them would be searched for
 * every row. */
#define REPORTED                                                                                   \
  "machine IS NULL AND (state IS NULL OR "                                                         \
  "(state IS NOT (SELECT id FROM text WHERE text = 'building') AND "                               \
  "state IS NOT (SELECT id FROM text WHERE text = 'deleted')))"

static const char *const statements[] = {
  [MT_SQL_BEGIN] = "BEGIN IMMEDIATE",
  [MT_SQL_BEGIN_READ] = "BEGIN DEFERRED",
  [MT_SQL_COMMIT] = "COMMIT",
  [MT_SQL_ROLLBACK] = "ROLLBACK",
  /* For columns with the numbers of MT_SQLITE_COLUMNS, without a copy of the UUID. */
  [MT_SQL_GET] = "SELECT NULL, " MT_SQLITE_CONTENTS " FROM record WHERE uuid = ?1",
  [MT_SQL_INSERT] = "INSERT INTO record (" MT_SQLITE_COLUMNS ") "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?27)",
  [MT_SQL_UPDATE] = UPDATE,
  [MT_SQL_UPDATE_ALONE] = UPDATE " AND NOT EXISTS (SELECT 1 FROM intention WHERE uuid = ?1)",
  [MT_SQL_DELETE] = "DELETE FROM record WHERE " EXPECTED,
  [MT_SQL_DELETE_HISTORY] = "DELETE FROM history WHERE uuid = ?1",
  [MT_SQL_INSERT_HISTORY] = "INSERT INTO history (uuid, revision, changed_at, who, action, forced, "
                            "undoes, old_machine, new_machine, old_asked, old_source, "
                            "old_properties, old_arch, accepted, old_definition, new_definition) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
                            "?14, ?15, ?16)",
  [MT_SQL_LIST_HISTORY] = "SELECT revision, changed_at, who, action, forced, undoes, old_machine, "
                          "new_machine, old_asked, old_source, old_properties, old_arch, accepted, "
                          "old_definition, new_definition "
                          "FROM history WHERE uuid = ?1 ORDER BY revision",
  [MT_SQL_ADD_INTENTION] = "INSERT INTO intention (" INTENTION_COLUMNS ") "
                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
                           "?15, ?16, ?17, ?18, ?19)",
  [MT_SQL_DELETE_INTENTION] = "DELETE FROM intention WHERE uuid = ?1",
  [MT_SQL_GET_INTENTION] = "SELECT " INTENTION_COLUMNS " FROM intention WHERE uuid = ?1",
  [MT_SQL_ALL_INTENTIONS] = "SELECT " INTENTION_COLUMNS " FROM intention ORDER BY uuid",
  [MT_SQL_ALL] = "SELECT " MT_SQLITE_COLUMNS " FROM record WHERE " FILTER " ORDER BY uuid",
  [MT_SQL_UNSET] = "SELECT uuid FROM record WHERE " REPORTED " ORDER BY uuid",
  [MT_SQL_UNSET_OF] = "SELECT uuid FROM record WHERE " REPORTED " AND " FILTER " ORDER BY uuid",
  [MT_SQL_FIND_TEXT] = "SELECT id FROM text WHERE text = ?1",
  [MT_SQL_ADD_TEXT] = "INSERT INTO text (text) VALUES (?1)",
  [MT_SQL_GET_TEXT] = "SELECT text FROM text WHERE id = ?1",
  [MT_SQL_FIND_HOST] = "SELECT id FROM host WHERE name IS ?1 AND uuid IS ?2 AND qemu_version = ?3 "
                       "AND libvirt_version = ?4",
  [MT_SQL_ADD_HOST] = "INSERT INTO host (name, uuid, qemu_version, libvirt_version) "
                      "VALUES (?1, ?2, ?3, ?4)",
  [MT_SQL_GET_HOST] = "SELECT name, uuid, qemu_version, libvirt_version FROM host WHERE id = ?1",
  [MT_SQL_FIND_PROPERTIES] = "SELECT id FROM property_set WHERE properties = ?1",
  [MT_SQL_ADD_PROPERTIES] = "INSERT INTO property_set (properties) VALUES (?1)",
  [MT_SQL_GET_PROPERTIES] = "SELECT properties FROM property_set WHERE id = ?1",
};

G_STATIC_ASSERT (G_N_ELEMENTS (statements) == MT_SQL_N);

gboolean
mt_sqlite_is_busy (int code)
{
  return (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
}

char *
mt_sqlite_query_text (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  char *text = NULL;

  if (mt_sqlite->prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK &&
      mt_sqlite->step (statement) == SQLITE_ROW)
    text = g_strdup ((const char *)mt_sqlite->column_text (statement, 0));
  mt_sqlite->finalize (statement);
  return text;
}

gboolean
mt_sqlite_set_newer (const MtSqlite *sqlite, gint64 version, GError **error)
{
  return mt_fail (
      error, MACHTYPE_ERROR_STORE,
      "the store %s was written by a newer libmachtype (table version %d; this one supports %d)",
      sqlite->path, (int)version, MT_SQLITE_VERSION);
}

/* 0: it cannot be read. */
static gint64
read_version (const MtSqlite *sqlite)
{
  g_autofree char *version = mt_sqlite_query_text (sqlite->db, "PRAGMA user_version");

  return version != NULL ? g_ascii_strtoll (version, NULL, 10) : 0;
}

gboolean
mt_sqlite_set_error (const MtSqlite *sqlite, const char *doing, GError **error)
{
  int code = sqlite->db != NULL ? mt_sqlite->errcode (sqlite->db) : SQLITE_NOMEM;
  /* It can quote the file, whoever has written that. */
  g_autofree char *said =
      mt_quoting_message (sqlite->db != NULL ? mt_sqlite->errmsg (sqlite->db) : "out of memory");
  gboolean busy = mt_sqlite_is_busy (code);
  const char *why = mt_sqlite_explain (sqlite, code);
  /* A statement that fits no table: another process has migrated them. */
  gint64 version = (code & 0xff) == SQLITE_ERROR ? read_version (sqlite) : 0;

  if (version > MT_SQLITE_VERSION)
    return mt_sqlite_set_newer (sqlite, version, error);
  return mt_fail (error, busy ? MACHTYPE_ERROR_BUSY : MACHTYPE_ERROR_STORE,
                  "the store %s: %s: %s%s%s%s", sqlite->path, doing, said, why != NULL ? ": " : "",
                  why != NULL ? why : "", busy ? "; " MT_SQLITE_BUSY : "");
}

gboolean
mt_sqlite_set_damaged (const MtSqlite *sqlite, const char *what, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s is damaged: %s", sqlite->path, what);
}

gboolean
mt_sqlite_check_usable (const MtSqlite *sqlite, GError **error)
{
  if (sqlite->frozen && !mt_sqlite_is_as_frozen (sqlite))
    return mt_fail (error, MACHTYPE_ERROR_BUSY,
                    "the store %s was changed while it was being read; open it again",
                    sqlite->path);
  if (!sqlite->broken)
    return TRUE;
  return mt_fail (
      error, MACHTYPE_ERROR_STORE,
      "the store %s is unusable because a failed change could not be rolled back; open it again",
      sqlite->path);
}

const char *
mt_sqlite_get_sql (MtSql which)
{
  return statements[which];
}

sqlite3_stmt *
mt_sqlite_prepare (MtSqlite *sqlite, MtSql which, GError **error)
{
  sqlite3_stmt **statement = &sqlite->statements[which];

  if (!mt_sqlite_check_usable (sqlite, error))
    return NULL;
  if (*statement != NULL) {
    mt_sqlite->reset (*statement);
    return *statement;
  }
  if (mt_sqlite->prepare_v3 (sqlite->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT,
                             statement, NULL) == SQLITE_OK)
    return *statement;
  mt_sqlite_set_error (sqlite, "reading its tables", error);
  return NULL;
}

void
mt_sqlite_bind_id (sqlite3_stmt *statement, int at, gint64 id)
{
  if (id != 0)
    mt_sqlite->bind_int64 (statement, at, id);
  else
    mt_sqlite->bind_null (statement, at);
}

void
mt_sqlite_bind_text (sqlite3_stmt *statement, int at, const char *text)
{
  if (text != NULL)
    mt_sqlite->bind_text (statement, at, text, -1, SQLITE_STATIC);
  else
    mt_sqlite->bind_null (statement, at);
}

void
mt_sqlite_bind_uuid (MtSqlite *sqlite, sqlite3_stmt *statement, const char *text)
{
  MtUuid uuid;

  memcpy (uuid.text, text, sizeof uuid.text);
  mt_uuid_to_bytes (&uuid, sqlite->bound_uuid);
  mt_sqlite->bind_blob (statement, 1, sqlite->bound_uuid, sizeof sqlite->bound_uuid, SQLITE_STATIC);
}

gboolean
mt_sqlite_run (const MtSqlite *sqlite, sqlite3_stmt *statement, const char *doing, GError **error)
{
  int status = mt_sqlite->step (statement);
  gboolean ok = status == SQLITE_DONE || status == SQLITE_ROW;

  if (!ok)
    mt_sqlite_set_error (sqlite, doing, error);
  mt_sqlite->reset (statement);
  return ok;
}

gboolean
mt_sqlite_fetch (const MtSqlite *sqlite, sqlite3_stmt *statement, gboolean *found,
                 const char *doing, GError **error)
{
  int status = mt_sqlite->step (statement);

  *found = status == SQLITE_ROW;
  if (*found)
    return TRUE;
  if (status != SQLITE_DONE)
    mt_sqlite_set_error (sqlite, doing, error);
  mt_sqlite->reset (statement);
  return status == SQLITE_DONE;
}

gboolean
mt_sqlite_read_uuid (const MtSqlite *sqlite, sqlite3_stmt *row, MtUuid *uuid, GError **error)
{
  const guint8 *bytes = mt_sqlite->column_blob (row, 0);

  if (bytes == NULL || mt_sqlite->column_bytes (row, 0) != MT_UUID_BYTES)
    return mt_sqlite_set_damaged (sqlite, "invalid UUID", error);
  mt_uuid_from_bytes (bytes, uuid);
  return TRUE;
}

sqlite3_stmt *
mt_sqlite_prepare_listing (MtSqlite *sqlite, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (!mt_sqlite_check_usable (sqlite, error))
    return NULL;
  if (mt_sqlite->prepare_v2 (sqlite->db, sql, -1, &statement, NULL) == SQLITE_OK)
    return statement;
  mt_sqlite_set_error (sqlite, "reading its tables", error);
  return NULL;
}

gboolean
mt_sqlite_for_each_row (const MtSqlite *sqlite, sqlite3_stmt *listing, MtSqliteRowFunc func,
                        gpointer data, GError **error)
{
  gboolean ok = TRUE, more = TRUE;
  int status = SQLITE_ROW;

  while (ok && more && (status = mt_sqlite->step (listing)) == SQLITE_ROW)
    ok = func (listing, data, &more, error);
  if (ok && status != SQLITE_DONE && status != SQLITE_ROW)
    ok = mt_sqlite_set_error (sqlite, "listing its contents", error);
  mt_sqlite->finalize (listing);
  return ok && mt_sqlite_check_usable (sqlite, error);
}

/* A listing in progress keeps its own statement, and with it the handle, until it ends. */
void
mt_sqlite_close (MtSqlite *sqlite)
{
  gsize i;

  if (sqlite->db != NULL)
    mt_sqlite->rollback_hook (sqlite->db, NULL, NULL);
  for (i = 0; i < G_N_ELEMENTS (sqlite->statements); i++)
    g_clear_pointer (&sqlite->statements[i], mt_sqlite->finalize);
  g_clear_pointer (&sqlite->db, mt_sqlite->close_v2);
}
