/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records in an SQLite database. */

#include "store/sqlite-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"

G_DEFINE_FINAL_TYPE (MtSqliteStore, mt_sqlite_store, MACHTYPE_TYPE_STORE)

#define COLUMNS                                                                                    \
  "uuid, revision, machine, asked, source, arch, state, host, cell, name, properties, "            \
  "recorded_at, seen_at"

#define INTENTION_COLUMNS                                                                          \
  "uuid, revision, token, started_at, who, action, forced, undoes, host_name, host_uuid, uri, "    \
  "definition, old_machine, machine, asked, source, arch, properties"

/* Of one cell and of one host, each only where it is given. */
#define FILTER                                                                                     \
  "(?1 IS NULL OR cell = (SELECT id FROM text WHERE text = ?1)) "                                  \
  "AND (?2 IS NULL OR host IN (SELECT id FROM host WHERE name = ?2))"

/* What is there must be all that was read: see machtype_record_equal. */
#define EXPECTED                                                                                   \
  "uuid = ?1 AND revision = ?14 AND machine IS ?15 AND asked IS ?16 AND source = ?17 "             \
  "AND arch = ?18 AND state IS ?19 AND host IS ?20 AND cell IS ?21 AND name IS ?22 "               \
  "AND properties IS ?23 AND seen_at = ?24"

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
  [MT_SQL_GET] = "SELECT " COLUMNS " FROM record WHERE uuid = ?1",
  [MT_SQL_INSERT] = "INSERT INTO record (" COLUMNS ") "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
  [MT_SQL_UPDATE] = "UPDATE record SET revision = ?2, machine = ?3, asked = ?4, source = ?5, "
                    "arch = ?6, state = ?7, host = ?8, cell = ?9, name = ?10, properties = ?11, "
                    "recorded_at = ?12, seen_at = ?13 "
                    "WHERE " EXPECTED,
  [MT_SQL_DELETE] = "DELETE FROM record WHERE " EXPECTED,
  [MT_SQL_DELETE_HISTORY] = "DELETE FROM history WHERE uuid = ?1",
  [MT_SQL_INSERT_HISTORY] = "INSERT INTO history (uuid, revision, changed_at, who, action, forced, "
                            "undoes, old_machine, new_machine, old_asked, old_source, "
                            "old_properties, old_arch) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
  [MT_SQL_LIST_HISTORY] = "SELECT revision, changed_at, who, action, forced, undoes, old_machine, "
                          "new_machine, old_asked, old_source, old_properties, old_arch "
                          "FROM history WHERE uuid = ?1 ORDER BY revision",
  [MT_SQL_ADD_INTENTION] = "INSERT INTO intention (" INTENTION_COLUMNS ") "
                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
                           "?15, ?16, ?17, ?18)",
  [MT_SQL_DELETE_INTENTION] = "DELETE FROM intention WHERE uuid = ?1",
  [MT_SQL_GET_INTENTION] = "SELECT " INTENTION_COLUMNS " FROM intention WHERE uuid = ?1",
  [MT_SQL_ALL_INTENTIONS] = "SELECT " INTENTION_COLUMNS " FROM intention ORDER BY uuid",
  [MT_SQL_ALL] = "SELECT " COLUMNS " FROM record WHERE " FILTER " ORDER BY uuid",
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
mt_sqlite_set_error (MtSqliteStore *store, const char *doing, GError **error)
{
  int code = store->db != NULL ? sqlite3_errcode (store->db) : SQLITE_NOMEM;
  /* It may quote the file, whoever has written that. */
  g_autofree char *said =
      mt_quoting_message (store->db != NULL ? sqlite3_errmsg (store->db) : "out of memory");
  gboolean busy = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
  const char *why = mt_sqlite_explain (store, code);

  if ((code & 0xff) == SQLITE_ERROR && mt_sqlite_set_newer (store, error))
    return FALSE;
  return mt_fail (error, busy ? MACHTYPE_ERROR_BUSY : MACHTYPE_ERROR_STORE,
                  "the store %s: %s: %s%s%s%s", store->path, doing, said, why != NULL ? ": " : "",
                  why != NULL ? why : "", busy ? "; somebody else is using it, try again" : "");
}

gboolean
mt_sqlite_set_damaged (MtSqliteStore *store, const char *what, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s is damaged: %s", store->path, what);
}

gboolean
mt_sqlite_check_usable (const MtSqliteStore *store, GError **error)
{
  if (store->frozen && !mt_sqlite_is_as_frozen (store))
    return mt_fail (error, MACHTYPE_ERROR_BUSY,
                    "the store %s was changed while it was read; open it again", store->path);
  if (!store->broken)
    return TRUE;
  return mt_fail (
      error, MACHTYPE_ERROR_STORE,
      "the store %s is broken, because a failed change could not be undone; open it again",
      store->path);
}

const char *
mt_sqlite_get_sql (MtSql which)
{
  return statements[which];
}

sqlite3_stmt *
mt_sqlite_prepare (MtSqliteStore *store, MtSql which, GError **error)
{
  sqlite3_stmt **statement = &store->statements[which];

  if (!mt_sqlite_check_usable (store, error))
    return NULL;
  if (*statement != NULL) {
    sqlite3_reset (*statement);
    return *statement;
  }
  if (sqlite3_prepare_v3 (store->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, statement,
                          NULL) == SQLITE_OK)
    return *statement;
  mt_sqlite_set_error (store, "reading its tables", error);
  return NULL;
}

gboolean
mt_sqlite_run (MtSqliteStore *store, sqlite3_stmt *statement, const char *doing, GError **error)
{
  int status = sqlite3_step (statement);
  gboolean ok = status == SQLITE_DONE || status == SQLITE_ROW;

  if (!ok)
    mt_sqlite_set_error (store, doing, error);
  sqlite3_reset (statement);
  return ok;
}

static gboolean
run (MtSqliteStore *store, MtSql which, const char *doing, GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (store, which, error);

  return statement != NULL && mt_sqlite_run (store, statement, doing, error);
}

void
mt_sqlite_forget_numbers (gpointer store)
{
  mt_dictionary_clear (&MT_SQLITE_STORE (store)->dictionary);
}

/* A listing that is under way keeps its own statement, and with it the handle, until it ends. */
void
mt_sqlite_close (MtSqliteStore *store)
{
  gsize i;

  if (store->db != NULL)
    sqlite3_rollback_hook (store->db, NULL, NULL);
  for (i = 0; i < G_N_ELEMENTS (store->statements); i++)
    g_clear_pointer (&store->statements[i], sqlite3_finalize);
  g_clear_pointer (&store->db, sqlite3_close_v2);
}

/* What could not be taken back must not be read, nor pass for written once it is done again, nor
 * keep others from writing: closing the handle ends it, whatever SQLite lacks. */
static void
give_up (MtSqliteStore *store)
{
  store->broken = TRUE;
  mt_sqlite_close (store);
  mt_dictionary_clear (&store->dictionary);
}

static gboolean
is_in_transaction (const MtSqliteStore *store)
{
  return store->db != NULL && sqlite3_get_autocommit (store->db) == 0;
}

static void
sqlite_rollback (MachtypeStore *base)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);

  /* After a full disk SQLite has done it by itself. */
  if (is_in_transaction (store))
    run (store, MT_SQL_ROLLBACK, "rolling back", NULL);
  if (is_in_transaction (store))
    give_up (store);
}

static gboolean
begin (MtSqliteStore *store, MtSql which, const char *doing, GError **error)
{
  if (run (store, which, doing, error))
    return TRUE;
  sqlite_rollback (MACHTYPE_STORE (store));
  return FALSE;
}

static gboolean
sqlite_begin (MachtypeStore *base, GError **error)
{
  return begin (MT_SQLITE_STORE (base), MT_SQL_BEGIN, "beginning to write", error);
}

static gboolean
sqlite_begin_read (MachtypeStore *base, GError **error)
{
  return begin (MT_SQLITE_STORE (base), MT_SQL_BEGIN_READ, "beginning to read", error);
}

static void
sqlite_end_read (MachtypeStore *base)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);

  if (is_in_transaction (store) && !run (store, MT_SQL_COMMIT, "ending to read", NULL))
    sqlite_rollback (base);
}

/* What was begun and is no longer there must not pass for written. */
gboolean
mt_sqlite_check_transaction (MtSqliteStore *store, GError **error)
{
  if (!mt_sqlite_check_usable (store, error))
    return FALSE;
  if (is_in_transaction (store))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s: the transaction was given up after a failure, nothing was "
                  "written",
                  store->path);
}

static gboolean
sqlite_commit (MachtypeStore *base, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);

  if (mt_sqlite_check_transaction (store, error) && run (store, MT_SQL_COMMIT, "writing", error))
    return TRUE;
  sqlite_rollback (base);
  return FALSE;
}

void
mt_sqlite_bind_id (sqlite3_stmt *statement, int at, gint64 id)
{
  if (id != 0)
    sqlite3_bind_int64 (statement, at, id);
  else
    sqlite3_bind_null (statement, at);
}

void
mt_sqlite_bind_uuid (MtSqliteStore *store, sqlite3_stmt *statement, const char *text)
{
  MtUuid uuid;

  memcpy (uuid.text, text, sizeof uuid.text);
  mt_uuid_to_bytes (&uuid, store->bound_uuid);
  sqlite3_bind_blob (statement, 1, store->bound_uuid, sizeof store->bound_uuid, SQLITE_STATIC);
}

static void
bind_name (sqlite3_stmt *statement, int at, const char *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, at, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, at);
}

/* Numbers of a record's texts. */
typedef struct {
  gint64 machine, asked, state, host, cell, properties;
} Ids;

/* What was asked for is what is recorded, but for aliases. */
static gboolean
get_asked_id (MtSqliteStore *store, const MachtypeRecord *record, Ids *ids, GError **error)
{
  ids->asked = ids->machine;
  return mt_ref_string_equal (record->asked, record->machine) ||
         mt_dictionary_get_text_id (store, record->asked, &ids->asked, error);
}

static gboolean
get_ids (MtSqliteStore *store, const MachtypeRecord *record, Ids *ids, GError **error)
{
  return mt_dictionary_get_text_id (store, record->machine, &ids->machine, error) &&
         get_asked_id (store, record, ids, error) &&
         mt_dictionary_get_text_id (store, record->state, &ids->state, error) &&
         mt_dictionary_get_text_id (store, record->cell, &ids->cell, error) &&
         mt_dictionary_get_host_id (store, record, &ids->host, error) &&
         mt_dictionary_get_properties_id (store, record->properties, &ids->properties, error);
}

/* Columns 1 to 13, as COLUMNS has them. */
static gboolean
bind_record (MtSqliteStore *store, sqlite3_stmt *statement, const MachtypeRecord *record,
             GError **error)
{
  Ids ids;

  if (!get_ids (store, record, &ids, error))
    return FALSE;
  mt_sqlite_bind_uuid (store, statement, record->uuid.text);
  sqlite3_bind_int64 (statement, 2, (gint64)record->revision);
  mt_sqlite_bind_id (statement, 3, ids.machine);
  mt_sqlite_bind_id (statement, 4, ids.asked);
  sqlite3_bind_int (statement, 5, (int)record->source);
  sqlite3_bind_int (statement, 6, (int)record->arch);
  mt_sqlite_bind_id (statement, 7, ids.state);
  mt_sqlite_bind_id (statement, 8, ids.host);
  mt_sqlite_bind_id (statement, 9, ids.cell);
  bind_name (statement, 10, record->name);
  mt_sqlite_bind_id (statement, 11, ids.properties);
  sqlite3_bind_int64 (statement, 12, record->recorded_at);
  sqlite3_bind_int64 (statement, 13, record->seen_at);
  return TRUE;
}

static gboolean
sqlite_insert (MachtypeStore *base, MachtypeRecord *record, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement;
  int status;

  if (!mt_sqlite_check_transaction (store, error))
    return FALSE;
  statement = mt_sqlite_prepare (store, MT_SQL_INSERT, error);
  if (statement == NULL || !bind_record (store, statement, record, error))
    return FALSE;
  status = sqlite3_step (statement);
  if (status == SQLITE_CONSTRAINT_PRIMARYKEY)
    mt_store_set_exists (record->uuid.text, error);
  else if (status != SQLITE_DONE)
    mt_sqlite_set_error (store, "adding a record", error);
  sqlite3_reset (statement);
  return status == SQLITE_DONE;
}

gboolean
mt_sqlite_read_text (MtSqliteStore *store, sqlite3_stmt *statement, int column, char **text,
                     GError **error)
{
  return mt_dictionary_get_text (store, sqlite3_column_int64 (statement, column), text, error);
}

static gboolean
read_name (MtSqliteStore *store, sqlite3_stmt *statement, int column, char **name, GError **error)
{
  const char *text = (const char *)sqlite3_column_text (statement, column);

  if (text == NULL)
    return TRUE;
  if (!mt_check_text ("name", text, MACHTYPE_RECORD_MAX_TEXT, NULL))
    return mt_sqlite_set_damaged (store, "the name of an instance is none", error);
  *name = g_ref_string_new_len (text, sqlite3_column_bytes (statement, column));
  return TRUE;
}

static gboolean
read_host (MtSqliteStore *store, gint64 id, MachtypeRecord *record, GError **error)
{
  const MtSqliteHost *host;

  if (id == 0)
    return TRUE;
  host = mt_dictionary_get_host (store, id, error);
  if (host == NULL)
    return FALSE;
  record->host_name = mt_ref_string_dup (host->name);
  record->host_uuid = mt_ref_string_dup (host->uuid);
  record->qemu_version = host->qemu_version;
  record->libvirt_version = host->libvirt_version;
  return TRUE;
}

gboolean
mt_sqlite_read_uuid (MtSqliteStore *store, sqlite3_stmt *statement, MtUuid *uuid, GError **error)
{
  const guint8 *bytes = sqlite3_column_blob (statement, 0);

  if (bytes == NULL || sqlite3_column_bytes (statement, 0) != MT_UUID_BYTES)
    return mt_sqlite_set_damaged (store, "a UUID is none", error);
  mt_uuid_from_bytes (bytes, uuid);
  return TRUE;
}

static gboolean
read_numbers (MtSqliteStore *store, sqlite3_stmt *statement, MachtypeRecord *record, GError **error)
{
  gint64 source = sqlite3_column_int64 (statement, 4), arch = sqlite3_column_int64 (statement, 5);
  gint64 revision = sqlite3_column_int64 (statement, 1);

  record->revision = (guint64)revision;
  record->recorded_at = sqlite3_column_int64 (statement, 11);
  record->seen_at = sqlite3_column_int64 (statement, 12);
  if (revision <= 0 || source < 0 || source > MT_SOURCE_LAST || arch < 0 || arch > MT_ARCH_LAST)
    return mt_sqlite_set_damaged (store, "a number is out of range", error);
  record->source = (MachtypeSource)source;
  record->arch = (MachtypeArch)arch;
  return TRUE;
}

/* A row of COLUMNS. */
static MachtypeRecord *
read_record (MtSqliteStore *store, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MachtypeRecord) record = mt_record_new ();

  record->properties =
      mt_dictionary_get_properties (store, sqlite3_column_int64 (statement, 10), error);
  if (record->properties == NULL || !mt_sqlite_read_uuid (store, statement, &record->uuid, error) ||
      !read_numbers (store, statement, record, error) ||
      !mt_sqlite_read_text (store, statement, 2, &record->machine, error) ||
      !mt_sqlite_read_text (store, statement, 3, &record->asked, error) ||
      !mt_sqlite_read_text (store, statement, 6, &record->state, error) ||
      !mt_sqlite_read_text (store, statement, 8, &record->cell, error) ||
      !read_name (store, statement, 9, &record->name, error) ||
      !read_host (store, sqlite3_column_int64 (statement, 7), record, error))
    return NULL;
  return g_steal_pointer (&record);
}

static MachtypeRecord *
sqlite_get (MachtypeStore *base, const char *uuid, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement = mt_sqlite_prepare (store, MT_SQL_GET, error);
  MachtypeRecord *record = NULL;
  int status;

  if (statement == NULL)
    return NULL;
  mt_sqlite_bind_uuid (store, statement, uuid);
  status = sqlite3_step (statement);
  if (status == SQLITE_ROW)
    record = read_record (store, statement, error);
  else if (status == SQLITE_DONE)
    mt_store_set_not_found (uuid, error);
  else
    mt_sqlite_set_error (store, "reading a record", error);
  sqlite3_reset (statement);
  if (record != NULL && !mt_sqlite_check_usable (store, error))
    g_clear_pointer (&record, machtype_record_unref);
  return record;
}

/* A write that met no row: is the record gone, or another one? */
static gboolean
set_missed (MtSqliteStore *store, const MachtypeRecord *expected, GError **error)
{
  g_autoptr (MachtypeRecord) there =
      sqlite_get (MACHTYPE_STORE (store), expected->uuid.text, error);

  return there != NULL && mt_store_set_conflict (expected, error);
}

/* Parameters 14 to 24: what must be there. */
static gboolean
bind_expected (MtSqliteStore *store, sqlite3_stmt *statement, const MachtypeRecord *expected,
               GError **error)
{
  Ids ids;

  if (!get_ids (store, expected, &ids, error))
    return FALSE;
  sqlite3_bind_int64 (statement, 14, (gint64)expected->revision);
  mt_sqlite_bind_id (statement, 15, ids.machine);
  mt_sqlite_bind_id (statement, 16, ids.asked);
  sqlite3_bind_int (statement, 17, (int)expected->source);
  sqlite3_bind_int (statement, 18, (int)expected->arch);
  mt_sqlite_bind_id (statement, 19, ids.state);
  mt_sqlite_bind_id (statement, 20, ids.host);
  mt_sqlite_bind_id (statement, 21, ids.cell);
  bind_name (statement, 22, expected->name);
  mt_sqlite_bind_id (statement, 23, ids.properties);
  sqlite3_bind_int64 (statement, 24, expected->seen_at);
  return TRUE;
}

static gboolean
run_expecting (MtSqliteStore *store, sqlite3_stmt *statement, const MachtypeRecord *expected,
               GError **error)
{
  if (!mt_sqlite_run (store, statement, "changing a record", error))
    return FALSE;
  return sqlite3_changes (store->db) == 1 || set_missed (store, expected, error);
}

static gboolean
add_history (MtSqliteStore *store, const char *uuid, const MachtypeHistoryEntry *entry,
             GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (store, MT_SQL_INSERT_HISTORY, error);
  gint64 who, old_machine, new_machine, old_asked, old_properties;

  if (statement == NULL || !mt_dictionary_get_text_id (store, entry->who, &who, error) ||
      !mt_dictionary_get_text_id (store, entry->old_machine, &old_machine, error) ||
      !mt_dictionary_get_text_id (store, entry->new_machine, &new_machine, error) ||
      !mt_dictionary_get_text_id (store, entry->old_asked, &old_asked, error) ||
      !mt_dictionary_get_properties_id (store, entry->old_properties, &old_properties, error))
    return FALSE;
  mt_sqlite_bind_uuid (store, statement, uuid);
  sqlite3_bind_int64 (statement, 2, (gint64)entry->revision);
  sqlite3_bind_int64 (statement, 3, entry->changed_at);
  mt_sqlite_bind_id (statement, 4, who);
  sqlite3_bind_int (statement, 5, (int)entry->action);
  sqlite3_bind_int (statement, 6, entry->forced);
  sqlite3_bind_int64 (statement, 7, (gint64)entry->undoes);
  mt_sqlite_bind_id (statement, 8, old_machine);
  mt_sqlite_bind_id (statement, 9, new_machine);
  mt_sqlite_bind_id (statement, 10, old_asked);
  sqlite3_bind_int (statement, 11, (int)entry->old_source);
  mt_sqlite_bind_id (statement, 12, old_properties);
  sqlite3_bind_int (statement, 13, (int)entry->old_arch);
  return mt_sqlite_run (store, statement, "writing the history", error);
}

static gboolean
sqlite_swap (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
             MachtypeHistoryEntry *entry, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement;

  if (!mt_sqlite_check_transaction (store, error))
    return FALSE;
  statement = mt_sqlite_prepare (store, MT_SQL_UPDATE, error);
  if (statement == NULL || !bind_record (store, statement, record, error) ||
      !bind_expected (store, statement, old_record, error) ||
      !run_expecting (store, statement, old_record, error))
    return FALSE;
  if (entry == NULL || add_history (store, record->uuid.text, entry, error))
    return TRUE;
  /* A change without its history is half of one: the caller's transaction is over. */
  sqlite_rollback (base);
  return FALSE;
}

static gboolean
delete_history (MtSqliteStore *store, const char *uuid, GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (store, MT_SQL_DELETE_HISTORY, error);

  if (statement == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (store, statement, uuid);
  return mt_sqlite_run (store, statement, "deleting the history", error);
}

static gboolean
sqlite_remove (MachtypeStore *base, MachtypeRecord *record, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement;

  if (!mt_sqlite_check_transaction (store, error))
    return FALSE;
  statement = mt_sqlite_prepare (store, MT_SQL_DELETE, error);
  if (statement == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (store, statement, record->uuid.text);
  if (!bind_expected (store, statement, record, error) ||
      !run_expecting (store, statement, record, error))
    return FALSE;
  if (delete_history (store, record->uuid.text, error))
    return TRUE;
  sqlite_rollback (base);
  return FALSE;
}

sqlite3_stmt *
mt_sqlite_prepare_listing (MtSqliteStore *store, MtSql which, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (!mt_sqlite_check_usable (store, error))
    return NULL;
  if (sqlite3_prepare_v2 (store->db, statements[which], -1, &statement, NULL) == SQLITE_OK)
    return statement;
  mt_sqlite_set_error (store, "reading its tables", error);
  return NULL;
}

static void
bind_place (sqlite3_stmt *statement, const char *cell, const char *host)
{
  bind_name (statement, 1, cell);
  bind_name (statement, 2, host);
}

gboolean
mt_sqlite_end_listing (MtSqliteStore *store, sqlite3_stmt *statement, int status, gboolean ok,
                       GError **error)
{
  if (ok && status != SQLITE_DONE && status != SQLITE_ROW)
    ok = mt_sqlite_set_error (store, "listing what it holds", error);
  sqlite3_finalize (statement);
  return ok && mt_sqlite_check_usable (store, error);
}

static gboolean
sqlite_foreach (MachtypeStore *base, const char *cell, const char *host, MachtypeRecordFunc func,
                gpointer user_data, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement = mt_sqlite_prepare_listing (store, MT_SQL_ALL, error);
  gboolean ok = TRUE, more = TRUE;
  int status = SQLITE_ROW;

  if (statement == NULL)
    return FALSE;
  bind_place (statement, cell, host);
  while (ok && more && (status = sqlite3_step (statement)) == SQLITE_ROW) {
    g_autoptr (MachtypeRecord) record = read_record (store, statement, error);

    ok = record != NULL;
    more = ok && func (record, user_data);
  }
  return mt_sqlite_end_listing (store, statement, status, ok, error);
}

static gboolean
sqlite_foreach_unset (MachtypeStore *base, const char *cell, const char *host,
                      MachtypeUuidFunc func, gpointer user_data, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  gboolean all = cell == NULL && host == NULL, ok = TRUE, more = TRUE;
  sqlite3_stmt *statement =
      mt_sqlite_prepare_listing (store, all ? MT_SQL_UNSET : MT_SQL_UNSET_OF, error);
  int status = SQLITE_ROW;
  MtUuid uuid;

  if (statement == NULL)
    return FALSE;
  bind_place (statement, cell, host);
  while (ok && more && (status = sqlite3_step (statement)) == SQLITE_ROW) {
    ok = mt_sqlite_read_uuid (store, statement, &uuid, error);
    more = ok && func (uuid.text, user_data);
  }
  return mt_sqlite_end_listing (store, statement, status, ok, error);
}

static MachtypeHistoryEntry *
read_entry (MtSqliteStore *store, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = mt_history_entry_alloc ();
  int action = sqlite3_column_int (statement, 3), source = sqlite3_column_int (statement, 9);
  int arch = sqlite3_column_int (statement, 11);

  entry->old_properties =
      mt_dictionary_get_properties (store, sqlite3_column_int64 (statement, 10), error);
  if (entry->old_properties == NULL ||
      !mt_sqlite_read_text (store, statement, 2, &entry->who, error) ||
      !mt_sqlite_read_text (store, statement, 6, &entry->old_machine, error) ||
      !mt_sqlite_read_text (store, statement, 7, &entry->new_machine, error) ||
      !mt_sqlite_read_text (store, statement, 8, &entry->old_asked, error))
    return NULL;
  if (action < 0 || action > MT_HISTORY_ACTION_LAST || source < 0 || source > MT_SOURCE_LAST ||
      arch < 0 || arch > MT_ARCH_LAST) {
    mt_sqlite_set_damaged (store, "a number is out of range", error);
    return NULL;
  }
  entry->revision = (guint64)sqlite3_column_int64 (statement, 0);
  entry->changed_at = sqlite3_column_int64 (statement, 1);
  entry->action = (MachtypeHistoryAction)action;
  entry->forced = sqlite3_column_int (statement, 4) != 0;
  entry->undoes = (guint64)sqlite3_column_int64 (statement, 5);
  entry->old_source = (MachtypeSource)source;
  entry->old_arch = (MachtypeArch)arch;
  return g_steal_pointer (&entry);
}

static gboolean
sqlite_foreach_history (MachtypeStore *base, const char *uuid, MachtypeHistoryFunc func,
                        gpointer user_data, GError **error)
{
  MtSqliteStore *store = MT_SQLITE_STORE (base);
  sqlite3_stmt *statement = mt_sqlite_prepare_listing (store, MT_SQL_LIST_HISTORY, error);
  gboolean ok = TRUE, more = TRUE;
  int status = SQLITE_ROW;

  if (statement == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (store, statement, uuid);
  while (ok && more && (status = sqlite3_step (statement)) == SQLITE_ROW) {
    g_autoptr (MachtypeHistoryEntry) entry = read_entry (store, statement, error);

    ok = entry != NULL;
    more = ok && func (entry, user_data);
  }
  return mt_sqlite_end_listing (store, statement, status, ok, error);
}

static gboolean
sqlite_backup (MachtypeStore *base, const char *path, GError **error)
{
  return mt_sqlite_backup (MT_SQLITE_STORE (base), path, error);
}

static void
mt_sqlite_store_finalize (GObject *object)
{
  MtSqliteStore *store = MT_SQLITE_STORE (object);

  mt_sqlite_close (store);
  mt_dictionary_clear (&store->dictionary);
  g_hash_table_unref (store->dictionary.texts);
  g_hash_table_unref (store->dictionary.text_ids);
  g_hash_table_unref (store->dictionary.hosts);
  g_hash_table_unref (store->dictionary.host_ids);
  g_hash_table_unref (store->dictionary.properties);
  g_hash_table_unref (store->dictionary.property_ids);
  g_hash_table_unref (store->dictionary.object_ids);
  g_free (store->path);
  G_OBJECT_CLASS (mt_sqlite_store_parent_class)->finalize (object);
}

static void
mt_sqlite_store_class_init (MtSqliteStoreClass *class)
{
  MachtypeStoreClass *store = MACHTYPE_STORE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = mt_sqlite_store_finalize;
  store->begin = sqlite_begin;
  store->commit = sqlite_commit;
  store->rollback = sqlite_rollback;
  store->get = sqlite_get;
  store->insert = sqlite_insert;
  store->swap = sqlite_swap;
  store->remove = sqlite_remove;
  store->foreach = sqlite_foreach;
  store->foreach_unset = sqlite_foreach_unset;
  store->foreach_history = sqlite_foreach_history;
  store->begin_read = sqlite_begin_read;
  store->end_read = sqlite_end_read;
  store->add_intention = mt_sqlite_add_intention;
  store->remove_intention = mt_sqlite_remove_intention;
  store->get_intention = mt_sqlite_get_intention;
  store->foreach_intention = mt_sqlite_foreach_intention;
  store->backup = sqlite_backup;
}

static void
mt_sqlite_store_init (MtSqliteStore *store)
{
  mt_dictionary_init (&store->dictionary);
}

/**
 * machtype_store_open:
 * @path: the SQLite database to keep records in, as `/var/lib/machtype/records.db`; must not be
 *   %NULL
 * @flags: how to open it
 * @timeout_ms: how long to wait for others that write, in milliseconds; 0 not at all, -1 for as
 *   long as it takes
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Opens a store in a file. Tables of an older version of the library are brought up to date. May
 * block.
 *
 * Whenever the process ends, what a call or a commit has reported as written is on the disk, and
 * nothing is ever there in part. What was not committed is gone at the next opening. After
 * %MACHTYPE_ERROR_STORE from a commit, or from a call that writes outside a transaction, read
 * again: the change may or may not be there.
 *
 * A store that cannot undo a failed change, as when memory has run out, is broken: it refuses every
 * further call with %MACHTYPE_ERROR_STORE, and others can write. Open it again.
 *
 * With %MACHTYPE_STORE_OPEN_READ_ONLY a store can be read where nothing can be written: on a full
 * or read-only disk, and in a folder of somebody else's. If not even a lock can be had there, calls
 * raise %MACHTYPE_ERROR_BUSY once others have written to it: open it again.
 *
 * A store that exists must belong to the effective user of the process or to root, and must have
 * one hard link; not everybody may be allowed to write to it, nor to replace files in its folder.
 * The message says what to change.
 *
 * Raises %MACHTYPE_ERROR_STORE for a file that is not there, one that others can have written, a
 * symbolic link, another program's, damaged or newer database, and one on a network file system;
 * %MACHTYPE_ERROR_BUSY if others did not finish in time; %MACHTYPE_ERROR_INVALID_ARGUMENT for a
 * path that is no text or a URI, unknown flags and a timeout below -1.
 *
 * Returns: (transfer full): the store, or %NULL on error
 * Since: 1.0
 */
MachtypeStore *
machtype_store_open (const char *path, MachtypeStoreOpenFlags flags, int timeout_ms, GError **error)
{
  const guint known = MACHTYPE_STORE_OPEN_CREATE | MACHTYPE_STORE_OPEN_READ_ONLY;
  g_autoptr (MtSqliteStore) store = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (!mt_store_check_path (path, error) || !mt_check_timeout (timeout_ms, error))
    return NULL;
  if (((guint)flags & ~known) != 0 || (guint)flags == known) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
             "unknown or contradicting flags 0x%x for opening a store", (guint)flags);
    return NULL;
  }
  store = g_object_new (MT_TYPE_SQLITE_STORE, NULL);
  if (!mt_sqlite_open (store, path, flags, timeout_ms, error))
    return NULL;
  return MACHTYPE_STORE (g_steal_pointer (&store));
}
