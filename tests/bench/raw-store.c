/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "raw-store.h"

#include <string.h>
#include <time.h>

#include <machtype/store.h>

/* Numbers are assigned in turn, from 1; a benchmark has few. */
#define NAMES_MAX 256

#define COLUMNS                                                                                    \
  "uuid, revision, machine, asked, source, arch, state, host, cell, name, properties, "            \
  "recorded_at, seen_at, unknown, transient"

typedef enum {
  RAW_BEGIN,
  RAW_COMMIT,
  RAW_INSERT,
  RAW_GET,
  RAW_UPDATE,
  RAW_INSERT_HISTORY,
  RAW_UNSET,
  RAW_CLASSES,
  RAW_N
} RawStatement;

/* Those of the library. */
static const char *const statements[] = {
  [RAW_BEGIN] = "BEGIN IMMEDIATE",
  [RAW_COMMIT] = "COMMIT",
  [RAW_INSERT] = "INSERT INTO record (" COLUMNS ") "
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
  [RAW_GET] = "SELECT " COLUMNS " FROM record WHERE uuid = ?1",
  [RAW_UPDATE] = "UPDATE record SET revision = ?2, machine = ?3, asked = ?4, source = ?5, "
                 "arch = ?6, state = ?7, host = ?8, cell = ?9, name = ?10, properties = ?11, "
                 "recorded_at = ?12, seen_at = ?13, unknown = ?14, transient = ?15 "
                 "WHERE uuid = ?1 AND revision = ?16 AND machine IS ?17 AND asked IS ?18 "
                 "AND source = ?19 AND arch = ?20 AND state IS ?21 AND host IS ?22 "
                 "AND cell IS ?23 AND name IS ?24 AND properties IS ?25 AND seen_at = ?26 "
                 "AND unknown IS ?27 AND transient = ?28",
  [RAW_INSERT_HISTORY] = "INSERT INTO history (uuid, revision, changed_at, who, action, forced, "
                         "undoes, old_machine, new_machine, old_asked, old_source, "
                         "old_properties, old_arch, accepted, old_definition, new_definition) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
                         "?14, ?15, ?16)",
  [RAW_UNSET] = "SELECT uuid FROM record WHERE machine IS NULL AND (state IS NULL OR "
                "(state IS NOT (SELECT id FROM text WHERE text = 'building') AND "
                "state IS NOT (SELECT id FROM text WHERE text = 'deleted'))) "
                "ORDER BY uuid",
  [RAW_CLASSES] = ("SELECT host, machine, arch, state, cell, properties, count(*) FROM record "
                   "GROUP BY host, machine, arch, state, cell, properties"),
};

G_STATIC_ASSERT (G_N_ELEMENTS (statements) == RAW_N);

typedef struct {
  char *name, *uuid;
  gint64 qemu_version, libvirt_version;
} RawHost;

struct _RawStore {
  char *path;
  sqlite3 *db;
  sqlite3_stmt *statements[RAW_N];
  char *texts[NAMES_MAX], *properties[NAMES_MAX];
  RawHost hosts[NAMES_MAX];
};

static sqlite3_stmt *
prepare (RawStore *store, const char *sql)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v3 (store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
      SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (store->db));
  return statement;
}

/* A new connection: it has read the schema, but no records. */
static void
open_file (RawStore *store)
{
  gsize i;

  if (sqlite3_open_v2 (store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK)
    g_error ("%s: %s", store->path, sqlite3_errmsg (store->db));
  raw_store_run (store, "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON");
  for (i = 0; i < G_N_ELEMENTS (statements); i++)
    store->statements[i] = prepare (store, statements[i]);
}

static void
close_file (RawStore *store)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (statements); i++)
    sqlite3_finalize (store->statements[i]);
  if (sqlite3_close (store->db) != SQLITE_OK)
    g_error ("%s: %s", store->path, sqlite3_errmsg (store->db));
}

RawStore *
raw_store_open (const char *path)
{
  RawStore *store = g_new0 (RawStore, 1);
  g_autoptr (GError) error = NULL;
  MachtypeStore *maker = machtype_store_open (path, MACHTYPE_STORE_OPEN_CREATE, 0, &error);

  if (maker == NULL)
    g_error ("%s", error->message);
  g_object_unref (maker);
  store->path = g_strdup (path);
  open_file (store);
  return store;
}

void
raw_store_close (RawStore *store)
{
  gsize i;

  close_file (store);
  for (i = 0; i < NAMES_MAX; i++) {
    g_free (store->texts[i]);
    g_free (store->properties[i]);
    g_free (store->hosts[i].name);
    g_free (store->hosts[i].uuid);
  }
  g_free (store->path);
  g_free (store);
}

void
raw_store_run (RawStore *store, const char *sql)
{
  if (sqlite3_exec (store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (store->db));
}

/* Runs a statement that returns one number. */
static gint64
answer (RawStore *store, sqlite3_stmt *statement)
{
  gint64 number;

  if (sqlite3_step (statement) != SQLITE_ROW)
    g_error ("%s: %s", sqlite3_sql (statement), sqlite3_errmsg (store->db));
  number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return number;
}

gint64
raw_store_query (RawStore *store, const char *sql)
{
  return answer (store, prepare (store, sql));
}

gint64
raw_store_find (RawStore *store, const char *sql, const char *text)
{
  sqlite3_stmt *statement = prepare (store, sql);

  sqlite3_bind_text (statement, 1, text, -1, SQLITE_STATIC);
  return answer (store, statement);
}

static void
attach (RawStore *store, const char *path)
{
  char *sql = sqlite3_mprintf ("ATTACH %Q AS other", path);

  raw_store_run (store, sql);
  sqlite3_free (sql);
}

static gint64
get_slot (sqlite3_stmt *statement)
{
  gint64 id = sqlite3_column_int64 (statement, 0);

  g_assert (id > 0 && id < NAMES_MAX);
  return id;
}

static void
learn_names (RawStore *store, const char *sql, char **names)
{
  sqlite3_stmt *statement = prepare (store, sql);

  while (sqlite3_step (statement) == SQLITE_ROW)
    names[get_slot (statement)] = g_strdup ((const char *)sqlite3_column_text (statement, 1));
  sqlite3_finalize (statement);
}

static void
learn_hosts (RawStore *store)
{
  sqlite3_stmt *statement =
      prepare (store, "SELECT id, name, uuid, qemu_version, libvirt_version FROM host");

  while (sqlite3_step (statement) == SQLITE_ROW) {
    RawHost *host = &store->hosts[get_slot (statement)];

    host->name = g_strdup ((const char *)sqlite3_column_text (statement, 1));
    host->uuid = g_strdup ((const char *)sqlite3_column_text (statement, 2));
    host->qemu_version = sqlite3_column_int64 (statement, 3);
    host->libvirt_version = sqlite3_column_int64 (statement, 4);
  }
  sqlite3_finalize (statement);
}

void
raw_store_copy_names (RawStore *store, const char *path)
{
  attach (store, path);
  raw_store_run (store, "INSERT INTO main.text SELECT * FROM other.text;"
                        "INSERT INTO main.host SELECT * FROM other.host;"
                        "INSERT INTO main.property_set SELECT * FROM other.property_set;"
                        "DETACH other");
  learn_names (store, "SELECT id, text FROM text", store->texts);
  learn_names (store, "SELECT id, properties FROM property_set", store->properties);
  learn_hosts (store);
}

static void
check_table (RawStore *store, const char *columns, const char *table)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT (SELECT count(*) FROM (SELECT %s FROM main.%s EXCEPT SELECT %s FROM other.%s)) +"
      "       (SELECT count(*) FROM (SELECT %s FROM other.%s EXCEPT SELECT %s FROM main.%s))",
      columns, table, columns, table, columns, table, columns, table);
  gint64 different = raw_store_query (store, sql);

  if (different != 0)
    g_error ("%s: %" G_GINT64_FORMAT " rows differ", table, different);
}

void
raw_store_check_equal (RawStore *store, const char *path)
{
  attach (store, path);
  check_table (store, "*", "text");
  check_table (store, "*", "host");
  check_table (store, "*", "property_set");
  check_table (store, "*", "record");
  check_table (store,
               "uuid, revision, who, action, forced, undoes, old_machine, new_machine, old_asked, "
               "old_source, old_properties, old_arch, accepted, old_definition, new_definition",
               "history");
  raw_store_run (store, "DETACH other");
}

void
raw_store_start_anew (RawStore *store)
{
  close_file (store);
  open_file (store);
}

/* Bindings persist from one use to the next: a missing value has to be bound explicitly. */
static void
bind_id (sqlite3_stmt *statement, int at, gint64 id)
{
  if (id != 0)
    sqlite3_bind_int64 (statement, at, id);
  else
    sqlite3_bind_null (statement, at);
}

static void
bind_uuid (sqlite3_stmt *statement, const guint8 *uuid)
{
  sqlite3_bind_blob (statement, 1, uuid, RAW_UUID_BYTES, SQLITE_STATIC);
}

/* From revision to properties, to parameters from first on. */
static void
bind_shared (sqlite3_stmt *statement, int first, const RawRecord *record)
{
  sqlite3_bind_int64 (statement, first, record->revision);
  bind_id (statement, first + 1, record->machine);
  bind_id (statement, first + 2, record->requested);
  sqlite3_bind_int64 (statement, first + 3, record->source);
  sqlite3_bind_int64 (statement, first + 4, record->arch);
  bind_id (statement, first + 5, record->state);
  bind_id (statement, first + 6, record->host);
  bind_id (statement, first + 7, record->cell);
  sqlite3_bind_text (statement, first + 8, record->name, -1, SQLITE_STATIC);
  bind_id (statement, first + 9, record->properties);
}

static void
bind_record (sqlite3_stmt *statement, const RawRecord *record)
{
  bind_uuid (statement, record->uuid);
  bind_shared (statement, 2, record);
  sqlite3_bind_int64 (statement, 12, record->recorded_at);
  sqlite3_bind_int64 (statement, 13, record->seen_at);
  sqlite3_bind_text (statement, 14, record->unknown, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 15, record->transient);
}

/* Everything that was read must still be there. */
static void
bind_expected (sqlite3_stmt *statement, const RawRecord *old_record)
{
  bind_shared (statement, 16, old_record);
  sqlite3_bind_int64 (statement, 26, old_record->seen_at);
  sqlite3_bind_text (statement, 27, old_record->unknown, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 28, old_record->transient);
}

static void
run_write (RawStore *store, sqlite3_stmt *statement)
{
  if (sqlite3_step (statement) != SQLITE_DONE || sqlite3_changes (store->db) != 1)
    g_error ("%s: %s", sqlite3_sql (statement), sqlite3_errmsg (store->db));
  sqlite3_reset (statement);
}

static void
run_simple (RawStore *store, RawStatement which)
{
  if (sqlite3_step (store->statements[which]) != SQLITE_DONE)
    g_error ("%s: %s", statements[which], sqlite3_errmsg (store->db));
  sqlite3_reset (store->statements[which]);
}

void
raw_store_begin (RawStore *store)
{
  run_simple (store, RAW_BEGIN);
}

void
raw_store_commit (RawStore *store)
{
  run_simple (store, RAW_COMMIT);
}

void
raw_store_insert (RawStore *store, const RawRecord *record)
{
  bind_record (store->statements[RAW_INSERT], record);
  run_write (store, store->statements[RAW_INSERT]);
}

static void
read_found (const RawStore *store, sqlite3_stmt *row, RawFound *found)
{
  const RawHost *host = &store->hosts[sqlite3_column_int64 (row, 7)];

  memcpy (found->uuid, sqlite3_column_blob (row, 0), RAW_UUID_BYTES);
  found->revision = sqlite3_column_int64 (row, 1);
  found->machine = store->texts[sqlite3_column_int64 (row, 2)];
  found->requested = store->texts[sqlite3_column_int64 (row, 3)];
  found->source = sqlite3_column_int64 (row, 4);
  found->arch = sqlite3_column_int64 (row, 5);
  found->state = store->texts[sqlite3_column_int64 (row, 6)];
  found->host_name = host->name;
  found->host_uuid = host->uuid;
  found->qemu_version = host->qemu_version;
  found->libvirt_version = host->libvirt_version;
  found->cell = store->texts[sqlite3_column_int64 (row, 8)];
  found->name = g_strdup ((const char *)sqlite3_column_text (row, 9));
  found->properties = store->properties[sqlite3_column_int64 (row, 10)];
  found->recorded_at = sqlite3_column_int64 (row, 11);
  found->seen_at = sqlite3_column_int64 (row, 12);
  found->unknown = g_strdup ((const char *)sqlite3_column_text (row, 13));
  found->transient = sqlite3_column_int64 (row, 14);
}

void
raw_store_get (RawStore *store, const guint8 *uuid, RawFound *found)
{
  sqlite3_stmt *statement = store->statements[RAW_GET];

  bind_uuid (statement, uuid);
  if (sqlite3_step (statement) != SQLITE_ROW)
    g_error ("a record is gone: %s", sqlite3_errmsg (store->db));
  read_found (store, statement, found);
  sqlite3_reset (statement);
}

static void
add_history (RawStore *store, const RawRecord *old_record, const RawRecord *record, gint64 author)
{
  sqlite3_stmt *statement = store->statements[RAW_INSERT_HISTORY];

  bind_uuid (statement, record->uuid);
  sqlite3_bind_int64 (statement, 2, record->revision);
  sqlite3_bind_int64 (statement, 3, time (NULL));
  bind_id (statement, 4, author);
  sqlite3_bind_int64 (statement, 5, MACHTYPE_HISTORY_ACTION_UPDATE);
  sqlite3_bind_int64 (statement, 6, 0);
  sqlite3_bind_int64 (statement, 7, 0);
  bind_id (statement, 8, old_record->machine);
  bind_id (statement, 9, record->machine);
  bind_id (statement, 10, old_record->requested);
  sqlite3_bind_int64 (statement, 11, old_record->source);
  bind_id (statement, 12, old_record->properties);
  sqlite3_bind_int64 (statement, 13, old_record->arch);
  sqlite3_bind_int64 (statement, 14, FALSE);
  sqlite3_bind_null (statement, 15);
  sqlite3_bind_null (statement, 16);
  run_write (store, statement);
}

void
raw_store_update (RawStore *store, const RawRecord *old_record, const RawRecord *record,
                  gint64 author)
{
  sqlite3_stmt *statement = store->statements[RAW_UPDATE];

  bind_record (statement, record);
  bind_expected (statement, old_record);
  run_write (store, statement);
  add_history (store, old_record, record, author);
}

guint64
raw_store_sum_unset (RawStore *store)
{
  sqlite3_stmt *statement = store->statements[RAW_UNSET];
  guint64 sum = 0;

  while (sqlite3_step (statement) == SQLITE_ROW) {
    const guint8 *uuid = sqlite3_column_blob (statement, 0);

    sum += (guint64) "0123456789abcdef"[uuid[RAW_UUID_BYTES - 1] & 15];
  }
  sqlite3_reset (statement);
  return sum;
}

guint64
raw_store_get_end (const char *name)
{
  return name != NULL ? (guint64)name[strlen (name) - 1] : 0;
}

guint64
raw_store_sum_classes (RawStore *store)
{
  sqlite3_stmt *statement = store->statements[RAW_CLASSES];
  guint64 sum = 0;

  while (sqlite3_step (statement) == SQLITE_ROW) {
    const RawHost *host = &store->hosts[sqlite3_column_int64 (statement, 0)];
    guint64 ends = raw_store_get_end (host->name) + (guint64)host->qemu_version;

    ends += raw_store_get_end (store->texts[sqlite3_column_int64 (statement, 1)]);
    ends += (guint64)sqlite3_column_int64 (statement, 2);
    ends += raw_store_get_end (store->texts[sqlite3_column_int64 (statement, 3)]);
    ends += raw_store_get_end (store->texts[sqlite3_column_int64 (statement, 4)]);
    ends += store->properties[sqlite3_column_int64 (statement, 5)] != NULL;
    sum += (guint64)sqlite3_column_int64 (statement, 6) * ends;
  }
  sqlite3_reset (statement);
  return sum;
}
