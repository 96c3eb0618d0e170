/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a store is whole, and what is in it: stores of each kind, and damaged databases. */

#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store-kinds.h"
#include "store-place.h"
#include "store/check-private.h"
#include "store/info-private.h"
#include "store/postgresql-private.h"
#include "store/sqlite-private.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n
#define HOST "9b4f5f2e-5a4b-4f0e-8d3c-0a1b2c3d4e5f"

static MachtypeRecord *
make_record (const char *uuid, const char *host, gint64 at)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, &error);

  g_assert_no_error (error);
  g_assert_true (machtype_record_builder_set_host (builder, host, HOST, &error));
  g_assert_true (machtype_record_builder_set_state (builder, "stopped", &error));
  g_assert_true (machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, &error));
  g_assert_true (machtype_record_builder_set_machine (builder, "pc-q35-6.2", NULL,
                                                      MACHTYPE_SOURCE_DOMAIN, &error));
  g_assert_true (machtype_record_builder_set_property (builder, "hw_disk_bus", "virtio", &error));
  machtype_record_builder_set_recorded_at (builder, at);
  return machtype_record_builder_end (builder);
}

static void
add (MachtypeStore *store, const char *uuid, const char *host, gint64 at, const char *author)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = make_record (uuid, host, at);
  g_autoptr (MachtypeRecord) added = machtype_store_add (store, record, author, &error);

  g_assert_no_error (error);
  g_assert_nonnull (added);
}

static void
update (MachtypeStore *store, const char *uuid)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, &error);
  g_autoptr (MachtypeChange) change =
      machtype_change_check ("pc-q35-6.2", "pc-q35-7.2", MACHTYPE_ARCH_X86_64, NULL,
                             MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, &error);
  g_autoptr (MachtypeRecord) updated =
      machtype_store_update_machine (store, record, change, "alice", &error);

  g_assert_no_error (error);
  g_assert_nonnull (updated);
}

static void
assert_codes (MachtypeStore *store, const char *expected)
{
  GError *error = NULL;
  GPtrArray *problems = machtype_store_check (store, &error);
  g_autofree char *codes = NULL;

  g_assert_no_error (error);
  codes = test_join_codes (problems);
  g_assert_cmpstr (codes, ==, expected);
}

/* Nothing is wrong with a store that only the library has written. */
static void
test_whole (gconstpointer data)
{
  const StoreKind *kind = data;
  g_autofree char *dir = store_dir_make ();
  MachtypeStore *store = store_kind_open (kind, dir);
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;

  assert_codes (store, "");
  add (store, UUID (1), "a", 100, "alice");
  add (store, UUID (2), "b", 50, NULL);
  update (store, UUID (1));
  assert_codes (store, "");
  record = machtype_store_read_record (store, UUID (1), &error);
  g_assert_true (machtype_store_remove (store, record, &error));
  assert_codes (store, "");
  g_object_unref (store);
  store_dir_remove (dir);
}

/* What only a database has. */
static const struct {
  const char *kind;
  guint table_version;
  const char *journal_mode;
} databases[] = {
  { "memory", 0, NULL },
  { "sqlite", MT_SQLITE_VERSION, "wal" },
  { "postgresql", MT_PG_VERSION, NULL },
};

/* A replica describes what it is of. */
static const char *
get_server_kind (const StoreKind *kind)
{
  return strcmp (kind->name, "replica") == 0 ? "postgresql" : kind->name;
}

static void
assert_database (const StoreKind *kind, const MachtypeStoreInfo *info)
{
  gsize i = 0;

  while (strcmp (databases[i].kind, get_server_kind (kind)) != 0)
    g_assert_cmpuint (++i, <, G_N_ELEMENTS (databases));
  g_assert_cmpuint (machtype_store_info_get_table_version (info), ==, databases[i].table_version);
  g_assert_cmpstr (machtype_store_info_get_journal_mode (info), ==, databases[i].journal_mode);
}

static void
test_info (gconstpointer data)
{
  const StoreKind *kind = data;
  g_autofree char *dir = store_dir_make ();
  MachtypeStore *store = store_kind_open (kind, dir);
  g_autoptr (MachtypeStoreInfo) empty = NULL, info = NULL, again = NULL;
  const gboolean is_kept = kind->scheme != NULL;
  GError *error = NULL;

  empty = machtype_store_read_info (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (machtype_store_info_get_n_records (empty), ==, 0);
  g_assert_cmpint (machtype_store_info_get_first_change (empty), ==, 0);
  g_assert_cmpint (machtype_store_info_get_last_change (empty), ==, 0);
  add (store, UUID (1), "a", 100, "alice");
  add (store, UUID (2), "a", 50, NULL);
  add (store, UUID (3), "b", 70, NULL);
  update (store, UUID (1));
  info = machtype_store_read_info (store, &error);
  again = machtype_store_read_info (store, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_store_info_get_kind (info), ==, get_server_kind (kind));
  g_assert_cmpuint (machtype_store_info_get_n_records (info), ==, 3);
  g_assert_cmpuint (machtype_store_info_get_n_hosts (info), ==, 2);
  g_assert_cmpuint (machtype_store_info_get_n_changes (info), ==, 2);
  g_assert_cmpuint (machtype_store_info_get_n_pending (info), ==, 0);
  g_assert_cmpint (machtype_store_info_get_first_change (info), ==, 50);
  /* Now. */
  g_assert_cmpint (machtype_store_info_get_last_change (info), >, 100);
  assert_database (kind, info);
  g_assert_cmpint (machtype_store_info_get_size (info) != 0, ==, is_kept);
  g_assert_cmpint (machtype_store_info_get_path (info) != NULL, ==, is_kept);
  g_assert_true (machtype_store_info_equal (info, again));
  g_assert_false (machtype_store_info_equal (info, empty));
  g_assert_cmpuint (machtype_store_info_hash (info), ==, machtype_store_info_hash (again));
  g_object_unref (store);
  store_dir_remove (dir);
}

/* Two records, one of them with a history. */
static void
fill (const Place *place)
{
  g_autoptr (MachtypeStore) store = place_create (place);

  add (store, UUID (1), "a", 100, "alice");
  add (store, UUID (2), "b", 50, NULL);
  update (store, UUID (1));
}

/* What others do to the database, and what is found then. */
static const struct {
  const char *sql, *codes, *words;
} changes[] = {
  { "SELECT 1", "", NULL },
  /* As an operator would delete a guest: its history stays. */
  { "DELETE FROM record WHERE uuid = x'00000000000040008000000000000001'", "orphan",
    "history 2 changes no record" },
  { "DELETE FROM history", "", NULL },
  { "DELETE FROM text WHERE text = 'pc-q35-7.2'", "unreadable", "damaged" },
  { "DELETE FROM text WHERE text = 'pc-q35-6.2'", "unreadable unreadable", "damaged" },
  { "DELETE FROM host", "unreadable unreadable", "damaged" },
  { "DELETE FROM property_set", "unreadable unreadable", "damaged" },
  { "UPDATE record SET arch = 999 WHERE uuid = x'00000000000040008000000000000002'", "unreadable",
    "out of range" },
  { "UPDATE history SET action = 99 WHERE revision = 2", "unreadable", "out of range" },
  { "UPDATE record SET uuid = x'01' WHERE uuid = x'00000000000040008000000000000002'", "unreadable",
    "invalid UUID" },
  { "UPDATE record SET revision = 1", "revision", "revision 2 revision 1" },
  { "DROP INDEX record_class", "schema", "record_class missing" },
  { "CREATE TABLE own (id INTEGER)", "schema", "own not libmachtype's" },
  { "DROP INDEX record_unset; CREATE INDEX record_unset ON record (uuid)", "schema",
    "record_unset not as libmachtype has made it" },
  { "CREATE TRIGGER evil AFTER INSERT ON text BEGIN DELETE FROM text; END", "schema",
    "evil not libmachtype's" },
  { "ANALYZE", "", NULL },
  { "INSERT INTO intention SELECT x'00000000000040008000000000000009', 1, 1, 1, NULL, 1, 0, 0, "
    "id, NULL, id, id, NULL, id, NULL, 1, 1, NULL, NULL FROM text WHERE text = 'pc-q35-6.2'",
    "orphan", "pending no record" },
  { "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace (sql, 'forced INTEGER NOT "
    "NULL', 'forced INTEGER') WHERE name = 'history'",
    "schema", "history not as libmachtype has made it" },
};

static void
test_changed (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (MachtypeStore) store = NULL;
    GPtrArray *problems;
    GError *error = NULL;
    Place place;

    ROW ("%s", changes[i].sql);
    place_init (&place);
    fill (&place);
    place_run_sql (&place, changes[i].sql);
    store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
    g_assert_no_error (error);
    problems = machtype_store_check (store, &error);
    g_assert_no_error (error);
    if (changes[i].words != NULL && problems->len != 0) {
      GError *said = g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_STORE,
                                          machtype_finding_get_message (problems->pdata[0]));

      test_assert_error (&said, MACHTYPE_ERROR_STORE, changes[i].words);
    }
    {
      g_autofree char *codes = test_join_codes (problems);

      g_assert_cmpstr (codes, ==, changes[i].codes);
    }
    g_clear_object (&store);
    place_clear (&place);
  }
}

/* The database without its log, which would hide what is done to the file. */
static void
read_file (const Place *place, char **bytes, gsize *length)
{
  GError *error = NULL;

  fill (place);
  place_run_sql (place, "PRAGMA wal_checkpoint(TRUNCATE)");
  g_assert_true (g_file_get_contents (place->path, bytes, length, &error));
  g_assert_no_error (error);
}

static void
write_file (const Place *place, const char *bytes, gsize length)
{
  GError *error = NULL;
  g_autofree char *log = g_strconcat (place->path, "-wal", NULL);
  g_autofree char *shared = g_strconcat (place->path, "-shm", NULL);

  g_remove (log);
  g_remove (shared);
  g_assert_true (g_file_set_contents_full (place->path, bytes, (gssize)length,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error));
  g_assert_no_error (error);
}

/* A damaged store is never found to be whole: it cannot be opened, or has findings. */
static void
assert_damaged (const Place *place)
{
  GError *error = NULL;
  g_autoptr (MachtypeStore) store = place_open (place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_autoptr (GPtrArray) problems = NULL;
  guint i;

  if (store == NULL) {
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE);
    ROW ("not opened: %s", error->message);
    test_assert_visible (error->message);
    g_clear_error (&error);
    return;
  }
  problems = machtype_store_check (store, &error);
  g_assert_no_error (error);
  ROW ("%u findings", problems->len);
  g_assert_cmpuint (problems->len, >, 0);
  for (i = 0; i < problems->len; i++)
    test_assert_visible (machtype_finding_get_message (problems->pdata[i]));
}

/* The first bytes of each page say what it is. */
static void
test_overwritten (void)
{
  g_autofree char *bytes = NULL;
  gsize length, at;
  Place place;

  place_init (&place);
  read_file (&place, &bytes, &length);
  g_assert_cmpuint (length, >=, 4 * 4096);
  for (at = 4096; at < length; at += 4096) {
    g_autofree char *damaged = g_memdup2 (bytes, length);

    ROW ("page %u", (guint)(at / 4096) + 1);
    memset (damaged + at, 0xee, 16);
    write_file (&place, damaged, length);
    assert_damaged (&place);
  }
  place_clear (&place);
}

static void
test_truncated (void)
{
  static const gsize sizes[] = { 0, 1, 50, 100, 4095, 4096, 4097, 2 * 4096, 3 * 4096 + 17 };
  g_autofree char *bytes = NULL;
  gsize length, i;
  Place place;

  place_init (&place);
  read_file (&place, &bytes, &length);
  for (i = 0; i < G_N_ELEMENTS (sizes) + 1; i++) {
    const gsize size = i < G_N_ELEMENTS (sizes) ? sizes[i] : length - 4096;

    ROW ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes", size, length);
    write_file (&place, bytes, size);
    assert_damaged (&place);
  }
  place_clear (&place);
}

/* Checking and describing write nothing. */
static void
test_unchanged (void)
{
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (MachtypeStoreInfo) info = NULL;
  MachtypeStore *store;
  gsize length, length_after;
  GError *error = NULL;
  Place place;

  place_init (&place);
  read_file (&place, &before, &length);
  g_assert_cmpint (g_chmod (place.path, 0444), ==, 0);
  store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  assert_codes (store, "");
  info = machtype_store_read_info (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (machtype_store_info_get_n_records (info), ==, 2);
  g_object_unref (store);
  g_assert_true (g_file_get_contents (place.path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length, after, length_after);
  place_clear (&place);
}

/* The tables of an older release: only a note, and the file's own version. */
static void
test_old (void)
{
  int version;

  for (version = 1; version < MT_SQLITE_VERSION; version++) {
    g_autoptr (MachtypeStoreInfo) info = NULL;
    MachtypeStore *store;
    sqlite3 *db = NULL;
    GError *error = NULL;
    Place place;

    ROW ("version %d", version);
    place_init (&place);
    g_assert_true (mt_sqlite_load (NULL));
    g_assert_cmpint (sqlite3_open (place.path, &db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_exec (db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), ==,
                     SQLITE_OK);
    g_assert_true (mt_sqlite_migrate (db, version, NULL));
    sqlite3_close (db);
    store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
    g_assert_no_error (error);
    assert_codes (store, "old-version");
    info = machtype_store_read_info (store, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (machtype_store_info_get_table_version (info), ==, (guint)version);
    g_assert_cmpstr (machtype_store_info_get_journal_mode (info), ==, "wal");
    g_object_unref (store);
    place_clear (&place);
  }
}

/* More than anyone reads. */
static void
test_many (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  fill (&place);
  place_run_sql (&place,
                 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT "
                 "3000) INSERT INTO history SELECT CAST (printf ('%016d', i) AS BLOB), 1, 0, "
                 "NULL, 0, 0, 0, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, NULL FROM n");
  store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  problems = machtype_store_check (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, MT_STORE_PROBLEMS_MAX);
  g_clear_object (&store);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  gsize i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    g_autofree char *whole = g_strconcat ("/store-check/whole/", store_kinds[i].name, NULL);
    g_autofree char *info = g_strconcat ("/store-check/info/", store_kinds[i].name, NULL);

    g_test_add_data_func (whole, &store_kinds[i], test_whole);
    g_test_add_data_func (info, &store_kinds[i], test_info);
  }
  g_test_add_func ("/store-check/changed", test_changed);
  g_test_add_func ("/store-check/overwritten", test_overwritten);
  g_test_add_func ("/store-check/truncated", test_truncated);
  g_test_add_func ("/store-check/unchanged", test_unchanged);
  g_test_add_func ("/store-check/old", test_old);
  g_test_add_func ("/store-check/many", test_many);
  return g_test_run ();
}
