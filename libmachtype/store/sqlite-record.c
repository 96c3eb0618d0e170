/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records in an SQLite database. */

#include "store/sqlite-store-private.h"

#include <string.h>

#include "error-private.h"
#include "store/encoding-private.h"

/* Numbers of a record's strings. */
typedef struct {
  gint64 machine, requested, state, host, cell, properties;
} Ids;

/* The requested machine type is the recorded one, except for aliases. */
static gboolean
get_asked_id (MtSqliteStore *store, const MachtypeRecord *record, Ids *ids, GError **error)
{
  ids->requested = ids->machine;
  return mt_ref_string_equal (record->requested, record->machine) ||
         mt_sqlite_get_text_id (store, record->requested, &ids->requested, error);
}

static gboolean
get_ids (MtSqliteStore *store, const MachtypeRecord *record, Ids *ids, GError **error)
{
  return mt_sqlite_get_text_id (store, record->machine, &ids->machine, error) &&
         get_asked_id (store, record, ids, error) &&
         mt_sqlite_get_text_id (store, record->state, &ids->state, error) &&
         mt_sqlite_get_text_id (store, record->cell, &ids->cell, error) &&
         mt_sqlite_get_host_id (store, record, &ids->host, error) &&
         mt_sqlite_get_properties_id (store, record->properties, &ids->properties, error);
}

/* Binds from revision to properties, in the order of MT_SQLITE_COLUMNS and EXPECTED, to parameters
 * from first on. */
static gboolean
bind_shared (MtSqliteStore *store, sqlite3_stmt *statement, int first, const MachtypeRecord *record,
             GError **error)
{
  Ids ids;

  if (!get_ids (store, record, &ids, error))
    return FALSE;
  mt_sqlite->bind_int64 (statement, first, (gint64)record->revision);
  mt_sqlite_bind_id (statement, first + 1, ids.machine);
  mt_sqlite_bind_id (statement, first + 2, ids.requested);
  mt_sqlite->bind_int (statement, first + 3, (int)record->source);
  mt_sqlite->bind_int (statement, first + 4, (int)record->arch);
  mt_sqlite_bind_id (statement, first + 5, ids.state);
  mt_sqlite_bind_id (statement, first + 6, ids.host);
  mt_sqlite_bind_id (statement, first + 7, ids.cell);
  mt_sqlite_bind_text (statement, first + 8, record->name);
  mt_sqlite_bind_id (statement, first + 9, ids.properties);
  return TRUE;
}

/* Columns 1 to 14 of MT_SQLITE_COLUMNS; the last one is parameter 27. */
static gboolean
bind_record (MtSqliteStore *store, sqlite3_stmt *statement, const MachtypeRecord *record,
             GError **error)
{
  if (!bind_shared (store, statement, 2, record, error))
    return FALSE;
  mt_sqlite_bind_uuid (&store->sqlite, statement, record->uuid.text);
  mt_sqlite->bind_int64 (statement, 12, record->recorded_at);
  mt_sqlite->bind_int64 (statement, 13, record->seen_at);
  mt_sqlite_bind_text (statement, 14, record->unknown_members);
  mt_sqlite->bind_int (statement, 27, record->is_transient);
  return TRUE;
}

static gboolean
insert (MachtypeStore *base, MachtypeRecord *record, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  sqlite3_stmt *statement = mt_sqlite_prepare_write (store, MT_SQL_INSERT, error);
  int status;

  if (statement == NULL || !bind_record (store, statement, record, error))
    return FALSE;
  status = mt_sqlite->step (statement);
  if (status == SQLITE_CONSTRAINT_PRIMARYKEY)
    mt_store_set_exists (record->uuid.text, error);
  else if (status != SQLITE_DONE)
    mt_sqlite_set_error (&store->sqlite, "adding a record", error);
  mt_sqlite->reset (statement);
  return status == SQLITE_DONE;
}

gboolean
mt_sqlite_insert (MachtypeStore *base, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                  GError **error)
{
  if (!insert (base, record, error))
    return FALSE;
  if (entry == NULL ||
      mt_sqlite_add_history (mt_sqlite_store_of (base), record->uuid.text, entry, error))
    return TRUE;
  mt_sqlite_rollback (base);
  return FALSE;
}

static gboolean
read_name (MtSqliteStore *store, sqlite3_stmt *row, int column, char **name, GError **error)
{
  const char *text = (const char *)mt_sqlite->column_text (row, column);

  if (text == NULL)
    return TRUE;
  if (!mt_check_text ("name", text, MACHTYPE_RECORD_MAX_TEXT, NULL))
    return mt_sqlite_set_damaged (&store->sqlite, "invalid instance name", error);
  *name = g_ref_string_new_len (text, mt_sqlite->column_bytes (row, column));
  return TRUE;
}

static gboolean
read_unknown (MtSqliteStore *store, sqlite3_stmt *row, int column, char **members, GError **error)
{
  const char *text = (const char *)mt_sqlite->column_text (row, column);

  if (text == NULL)
    return TRUE;
  if (strlen (text) != (gsize)mt_sqlite->column_bytes (row, column) || !mt_members_check (text))
    return mt_sqlite_set_damaged (&store->sqlite, "invalid members of a record", error);
  *members = g_ref_string_new (text);
  return TRUE;
}

static gboolean
read_host (MtSqliteStore *store, sqlite3_stmt *row, int column, MachtypeRecord *record,
           GError **error)
{
  gint64 id = mt_sqlite->column_int64 (row, column);
  const MtDictionaryHost *host;

  if (id == 0)
    return TRUE;
  host = mt_sqlite_get_host (store, id, error);
  if (host == NULL)
    return FALSE;
  record->host_name = mt_ref_string_dup (host->name);
  record->host_uuid = mt_ref_string_dup (host->uuid);
  record->qemu_version = host->qemu_version;
  record->libvirt_version = host->libvirt_version;
  return TRUE;
}

static gboolean
read_numbers (MtSqliteStore *store, sqlite3_stmt *row, MachtypeRecord *record, GError **error)
{
  gint64 revision = mt_sqlite->column_int64 (row, 1);

  record->revision = (guint64)revision;
  record->recorded_at = mt_sqlite->column_int64 (row, 11);
  record->seen_at = mt_sqlite->column_int64 (row, 12);
  record->is_transient = mt_sqlite->column_int (row, 14) != 0;
  if (revision > 0 && mt_source_decode (mt_sqlite->column_int64 (row, 4), &record->source) &&
      mt_arch_decode (mt_sqlite->column_int64 (row, 5), &record->arch))
    return TRUE;
  return mt_sqlite_set_damaged (&store->sqlite, "a number is out of range", error);
}

/* A row of MT_SQLITE_COLUMNS, without the UUID. */
static gboolean
read_columns (MtSqliteStore *store, sqlite3_stmt *row, MachtypeRecord *record, GError **error)
{
  return mt_sqlite_read_properties (store, row, 10, &record->properties, error) &&
         read_numbers (store, row, record, error) &&
         mt_sqlite_read_text (store, row, 2, &record->machine, error) &&
         mt_sqlite_read_text (store, row, 3, &record->requested, error) &&
         mt_sqlite_read_text (store, row, 6, &record->state, error) &&
         mt_sqlite_read_text (store, row, 8, &record->cell, error) &&
         read_name (store, row, 9, &record->name, error) &&
         read_host (store, row, 7, record, error) &&
         read_unknown (store, row, 13, &record->unknown_members, error);
}

static MachtypeRecord *
read_record (MtSqliteStore *store, sqlite3_stmt *row, GError **error)
{
  g_autoptr (MachtypeRecord) record = mt_record_new ();

  if (!mt_sqlite_read_uuid (&store->sqlite, row, &record->uuid, error) ||
      !read_columns (store, row, record, error))
    return NULL;
  return g_steal_pointer (&record);
}

/* The row was found by its UUID, which need not be read. */
static MachtypeRecord *
read_record_of (MtSqliteStore *store, sqlite3_stmt *row, const char *uuid, GError **error)
{
  g_autoptr (MachtypeRecord) record = mt_record_new ();

  memcpy (record->uuid.text, uuid, sizeof record->uuid.text);
  return read_columns (store, row, record, error) ? g_steal_pointer (&record) : NULL;
}

MachtypeRecord *
mt_sqlite_get (MachtypeStore *base, const char *uuid, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  sqlite3_stmt *statement = mt_sqlite_prepare (&store->sqlite, MT_SQL_GET, error);
  MachtypeRecord *record;
  gboolean found;

  if (statement == NULL)
    return NULL;
  mt_sqlite_bind_uuid (&store->sqlite, statement, uuid);
  if (!mt_sqlite_fetch (&store->sqlite, statement, &found, "reading a record", error))
    return NULL;
  if (!found) {
    mt_store_set_not_found (uuid, error);
    return NULL;
  }
  record = read_record_of (store, statement, uuid, error);
  mt_sqlite->reset (statement);
  if (record != NULL && !mt_sqlite_check_usable (&store->sqlite, error))
    g_clear_pointer (&record, machtype_record_unref);
  return record;
}

/* A write that matched no row: does the record no longer exist, or is it another one? */
static gboolean
set_missed (MtSqliteStore *store, const MachtypeRecord *expected, GError **error)
{
  g_autoptr (MachtypeRecord) there =
      mt_sqlite_get (MACHTYPE_STORE (store), expected->uuid.text, error);

  return there != NULL && mt_store_set_conflict (expected, error);
}

/* Parameters 15 to 26, and 28: the expected record. */
static gboolean
bind_expected (MtSqliteStore *store, sqlite3_stmt *statement, const MachtypeRecord *expected,
               GError **error)
{
  if (!bind_shared (store, statement, 15, expected, error))
    return FALSE;
  mt_sqlite->bind_int64 (statement, 25, expected->seen_at);
  mt_sqlite_bind_text (statement, 26, expected->unknown_members);
  mt_sqlite->bind_int (statement, 28, expected->is_transient);
  return TRUE;
}

/* Runs a statement that writes if the expected record is there. */
static gboolean
run_expecting (MtSqliteStore *store, sqlite3_stmt *statement, gboolean *is_done, GError **error)
{
  if (!mt_sqlite_run (&store->sqlite, statement, "changing a record", error))
    return FALSE;
  *is_done = mt_sqlite->changes (store->sqlite.db) == 1;
  return TRUE;
}

static gboolean
run_swap (MtSqliteStore *store, MtSql which, const MachtypeRecord *old_record,
          const MachtypeRecord *record, gboolean *is_done, GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare_write (store, which, error);

  return statement != NULL && bind_record (store, statement, record, error) &&
         bind_expected (store, statement, old_record, error) &&
         run_expecting (store, statement, is_done, error);
}

gboolean
mt_sqlite_swap (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
                MachtypeHistoryEntry *entry, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  gboolean is_done;

  if (!run_swap (store, MT_SQL_UPDATE, old_record, record, &is_done, error))
    return FALSE;
  if (!is_done)
    return set_missed (store, old_record, error);
  if (entry == NULL || mt_sqlite_add_history (store, record->uuid.text, entry, error))
    return TRUE;
  /* A change without its history is incomplete: the caller's transaction is aborted. */
  mt_sqlite_rollback (base);
  return FALSE;
}

gboolean
mt_sqlite_swap_alone (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
                      MachtypeHistoryEntry *entry, gboolean *is_done, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  gboolean ok;

  if (!mt_sqlite_begin (base, error))
    return FALSE;
  ok = run_swap (store, MT_SQL_UPDATE_ALONE, old_record, record, is_done, error) &&
       (!*is_done || mt_sqlite_add_history (store, record->uuid.text, entry, error));
  if (ok && *is_done)
    return mt_sqlite_commit (base, error);
  mt_sqlite_rollback (base);
  return ok;
}

gboolean
mt_sqlite_remove (MachtypeStore *base, MachtypeRecord *record, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  sqlite3_stmt *statement = mt_sqlite_prepare_write (store, MT_SQL_DELETE, error);
  gboolean is_done;

  if (statement == NULL)
    return FALSE;
  mt_sqlite_bind_uuid (&store->sqlite, statement, record->uuid.text);
  if (!bind_expected (store, statement, record, error) ||
      !run_expecting (store, statement, &is_done, error))
    return FALSE;
  if (!is_done)
    return set_missed (store, record, error);
  if (mt_sqlite_delete_history (store, record->uuid.text, error))
    return TRUE;
  mt_sqlite_rollback (base);
  return FALSE;
}

static void
bind_place (sqlite3_stmt *statement, const char *cell, const char *host)
{
  mt_sqlite_bind_text (statement, 1, cell);
  mt_sqlite_bind_text (statement, 2, host);
}

gboolean
mt_sqlite_call_with_record (sqlite3_stmt *row, gpointer data, gboolean *more, GError **error)
{
  const MtSqliteRecordCall *call = data;
  g_autoptr (MachtypeRecord) record = read_record (call->store, row, error);

  if (record == NULL)
    return FALSE;
  *more = call->func (record, call->data);
  return TRUE;
}

gboolean
mt_sqlite_foreach (MachtypeStore *base, const char *cell, const char *host, MachtypeRecordFunc func,
                   gpointer user_data, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  MtSqliteRecordCall call = { store, func, user_data };
  sqlite3_stmt *listing =
      mt_sqlite_prepare_listing (&store->sqlite, mt_sqlite_get_sql (MT_SQL_ALL), error);

  if (listing == NULL)
    return FALSE;
  bind_place (listing, cell, host);
  return mt_sqlite_for_each_row (&store->sqlite, listing, mt_sqlite_call_with_record, &call, error);
}

typedef struct {
  const MtSqlite *sqlite;
  MachtypeUuidFunc func;
  gpointer data;
} UuidCall;

static gboolean
call_with_uuid (sqlite3_stmt *row, gpointer data, gboolean *more, GError **error)
{
  const UuidCall *call = data;
  MtUuid uuid;

  if (!mt_sqlite_read_uuid (call->sqlite, row, &uuid, error))
    return FALSE;
  *more = call->func (uuid.text, call->data);
  return TRUE;
}

gboolean
mt_sqlite_foreach_unset (MachtypeStore *base, const char *cell, const char *host,
                         MachtypeUuidFunc func, gpointer user_data, GError **error)
{
  MtSqlite *sqlite = &mt_sqlite_store_of (base)->sqlite;
  const MtSql which = cell == NULL && host == NULL ? MT_SQL_UNSET : MT_SQL_UNSET_OF;
  UuidCall call = { sqlite, func, user_data };
  sqlite3_stmt *listing = mt_sqlite_prepare_listing (sqlite, mt_sqlite_get_sql (which), error);

  if (listing == NULL)
    return FALSE;
  bind_place (listing, cell, host);
  return mt_sqlite_for_each_row (sqlite, listing, call_with_uuid, &call, error);
}
