/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Databases that a store must accept, and those that it must refuse; and what it does with them. */

#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "arch-private.h"
#include "store-place.h"
#include "store/sqlite-store-private.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n

/* Replaces the C library's function: whether the disk confirms writes. */
static gboolean fake_sync_fails = FALSE;

int
fdatasync (int fd)
{
  if (!fake_sync_fails)
    return (int)syscall (SYS_fdatasync, fd);
  errno = EIO;
  return -1;
}

int
fsync (int fd)
{
  if (!fake_sync_fails)
    return (int)syscall (SYS_fsync, fd);
  errno = EIO;
  return -1;
}

static void
test_arguments (void)
{
  static const struct {
    const char *path;
    guint flags;
    int code;
    const char *words;
  } rows[] = {
    { "", 0, MACHTYPE_ERROR_INVALID_ARGUMENT, "path of the store must not be empty" },
    { "/", 1, MACHTYPE_ERROR_STORE, "not a valid file name" },
    { "/nonexistent/records.db", 1, MACHTYPE_ERROR_STORE, "/nonexistent/records.db No such" },
    { "/dev/null", 0, MACHTYPE_ERROR_STORE, "not a regular file" },
    { "/tmp", 0, MACHTYPE_ERROR_STORE, "/tmp" },
    { "a\nb", 1, MACHTYPE_ERROR_INVALID_ARGUMENT, "control" },
    { "\xff", 1, MACHTYPE_ERROR_INVALID_ARGUMENT, "UTF-8" },
    { "x.db", 3, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x3" },
    { "x.db", 4, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x4" },
    { "mysql://db/records", 1, MACHTYPE_ERROR_INVALID_ARGUMENT, "mysql URI path" },
    { "file:///tmp/x.db", 1, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI path" },
    { "://x.db", 1, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI path" },
    { "/nonexistent/a://b", 1, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI path" },
    { "/nonexistent/a:/b", 1, MACHTYPE_ERROR_STORE, "/nonexistent/a:/b No such" },
    { "file:///tmp/x.db", 4, MACHTYPE_ERROR_INVALID_ARGUMENT, "URI path" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;

    test_row_text (rows[i].path);
    g_assert_null (
        machtype_store_open (rows[i].path, (MachtypeStoreOpenFlags)rows[i].flags, 0, &error));
    test_assert_error (&error, rows[i].code, rows[i].words);
  }
}

static void
test_bad_timeout (void)
{
  GError *error = NULL;

  g_assert_null (machtype_store_open ("x.db", MACHTYPE_STORE_OPEN_CREATE, -2, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "timeout -2 -1");
}

static void
test_foreign (void)
{
  static const struct {
    const char *sql; /* on a database of ours */
    const char *words;
  } rows[] = {
    { "PRAGMA application_id = 1", "of another program" },
    { "PRAGMA user_version = 0", "of another program" },
    { "PRAGMA user_version = -1", "of another program" },
    { "PRAGMA user_version = 99", "newer 99" },
    { "DROP TABLE record", "no such table" },
    { "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'nonsense'", "malformed" },
  };
  GError *error = NULL;
  Place place;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeStore) store = NULL;

    ROW ("%s", rows[i].sql);
    place_init (&place);
    place_fill (&place);
    place_run_sql (&place, rows[i].sql);
    store = place_open (&place, MACHTYPE_STORE_OPEN_CREATE, &error);
    if (store != NULL)
      g_assert_null (machtype_store_read_record (store, UUID (1), &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, rows[i].words);
    g_clear_object (&store);
    place_clear (&place);
  }
  place_init (&place);
  place_run_sql (&place, "CREATE TABLE record (uuid TEXT)");
  g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_CREATE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "of another program");
  place_clear (&place);
  place_init (&place);
  g_assert_true (g_file_set_contents (place.path, "no database at all, but long enough", -1, NULL));
  g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_CREATE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "not a database");
  place_clear (&place);
}

/* What a row of ours cannot contain: an error, never a wrong record. */
static void
test_damaged_rows (void)
{
  static const char *const statements[] = {
    "UPDATE record SET machine = 4711",
    "UPDATE record SET state = -1",
    "UPDATE record SET revision = 0",
    "UPDATE record SET revision = -1",
    "UPDATE record SET source = 99",
    "UPDATE record SET arch = 9999",
    "UPDATE record SET arch = -1",
    "UPDATE record SET host = 12",
    "UPDATE record SET name = char (10)",
    "UPDATE record SET properties = 77",
    "UPDATE text SET text = char (7) || text",
    "INSERT INTO property_set (properties) VALUES ('no equals sign');"
    "UPDATE record SET properties = (SELECT id FROM property_set)",
    "INSERT INTO property_set (properties) VALUES ('=x' || char (10));"
    "UPDATE record SET properties = (SELECT id FROM property_set)",
    "INSERT INTO property_set (properties) VALUES ('a=b\\');"
    "UPDATE record SET properties = (SELECT id FROM property_set)",
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (statements); i++) {
    g_autoptr (MachtypeStore) store = NULL;
    GError *error = NULL;
    Place place;

    ROW ("%s", statements[i]);
    place_init (&place);
    place_fill (&place);
    place_run_sql (&place, statements[i]);
    store = place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error);
    g_assert_no_error (error);
    g_assert_null (machtype_store_read_record (store, UUID (1), &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged");
    g_clear_object (&store);
    place_clear (&place);
  }
}

/* The same for classes. */
static void
test_damaged_classes (void)
{
  static const char *const statements[] = {
    "UPDATE record SET machine = 4711",  "UPDATE record SET state = -1",
    "UPDATE record SET cell = 4711",     "UPDATE record SET arch = 9999",
    "UPDATE record SET arch = -1",       "UPDATE record SET host = 12",
    "UPDATE record SET properties = 77", "UPDATE text SET text = char (7) || text",
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (statements); i++) {
    g_autoptr (MachtypeStore) store = NULL;
    GError *error = NULL;
    Place place;

    ROW ("%s", statements[i]);
    place_init (&place);
    place_fill (&place);
    place_run_sql (&place, statements[i]);
    store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
    g_assert_no_error (error);
    g_assert_null (machtype_store_list_classes (store, NULL, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged");
    g_clear_object (&store);
    place_clear (&place);
  }
}

/* The numbers of enumerations, up to the last and one more. Source 0 is that without a machine
 * type. */
static const struct {
  const char *table, *column;
  int last;
} last_numbers[] = {
  { "record", "source", MT_SOURCE_LAST },
  { "record", "arch", MT_ARCH_LAST },
  { "history", "action", MACHTYPE_HISTORY_ACTION_REBUILD },
  { "history", "old_source", MT_SOURCE_LAST },
  { "history", "old_arch", MT_ARCH_LAST },
};

static gboolean
can_read (MachtypeStore *store, gboolean history, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (MachtypeRecord) record = NULL;

  if (!history) {
    record = machtype_store_read_record (store, UUID (1), error);
    return record != NULL;
  }
  entries = machtype_store_list_history (store, UUID (1), error);
  return entries != NULL && entries->len == 1;
}

static void
try_number (const char *table, const char *column, int number, gboolean is_valid)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE %s SET %s = %d", table, column, number);
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Place place;

  ROW ("%s", sql);
  place_init (&place);
  place_fill (&place);
  place_run_sql (&place,
                 "INSERT INTO history SELECT uuid, 1, 0, NULL, 0, 0, 0, machine, machine, NULL, 1, "
                 "0, NULL, 0, NULL, NULL FROM record");
  place_run_sql (&place, sql);
  store = place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (can_read (store, strcmp (table, "history") == 0, &error), ==, is_valid);
  if (!is_valid)
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged out of range");
  g_assert_no_error (error);
  g_clear_object (&store);
  place_clear (&place);
}

static void
test_last_numbers (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (last_numbers); i++) {
    const int last = last_numbers[i].last;

    try_number (last_numbers[i].table, last_numbers[i].column, -1, FALSE);
    try_number (last_numbers[i].table, last_numbers[i].column, last, TRUE);
    try_number (last_numbers[i].table, last_numbers[i].column, last + 1, FALSE);
  }
}

/* SQLite quotes the schema of the file, whoever has written that: invalid UTF-8, escape sequences
 * for a terminal, a second line, right-to-left text. */
static const struct {
  const char *name; /* as SQL has it */
  const char *words;
} schema_rows[] = {
  { "CAST (x'fffefdfc' || '_name' AS TEXT)", "malformed \\377\\376\\375\\374_name" },
  { "char (27) || '[31mOWNED' || char (27, 93) || '0;title' || char (7, 10) || ': all fine'",
    "malformed \\033[31mOWNED\\033]0;title\\007\\n: fine" },
  { "char (8238) || 'gnp.exe' || char (155, 8203)", "malformed \\u{202e}gnp.exe\\u{9b}\\u{200b}" },
};

static void
test_quoted (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (schema_rows); i++) {
    g_autofree char *sql = g_strdup_printf (
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, "
        "sql) VALUES ('index', %s, 'record', 2, 'XXXATE INDEX')",
        schema_rows[i].name);
    GError *error = NULL;
    Place place;

    ROW ("row %u", (guint)i);
    place_init (&place);
    place_fill (&place);
    place_run_sql (&place, sql);
    g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, schema_rows[i].words);
    place_clear (&place);
  }
}

/* Truncated anywhere, or with any block overwritten: an error or the record, never a crash. */
static void
test_damaged_files (void)
{
  g_autofree char *whole = NULL;
  gsize length, at, step;
  Place place;
  guint errors = 0, opened = 0;

  place_init (&place);
  place_fill (&place);
  g_assert_true (g_file_get_contents (place.path, &whole, &length, NULL));
  step = test_is_short () ? 4096 : 256;
  for (at = step; at < 2 * length; at += step) {
    g_autofree char *copy = g_memdup2 (whole, length);
    gsize cut = at < length ? at : length;
    g_autoptr (MachtypeStore) store = NULL;
    g_autoptr (MachtypeRecord) record = NULL;
    GError *error = NULL;

    if (at >= length)
      memset (copy + (at - length), 0x5a, MIN (64, 2 * length - at));
    g_assert_true (g_file_set_contents (place.path, copy, (gssize)cut, NULL));
    store = place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error);
    if (store != NULL)
      record = machtype_store_read_record (store, UUID (1), &error);
    if (record != NULL) {
      g_assert_cmpstr (machtype_record_get_uuid (record), ==, UUID (1));
      opened++;
      continue;
    }
    g_assert_nonnull (error);
    g_assert_cmpint (error->domain, ==, MACHTYPE_ERROR);
    g_clear_error (&error);
    errors++;
  }
  ROW ("%u errors, %u still readable", errors, opened);
  g_assert_cmpuint (errors, >, 10);
  place_clear (&place);
}

static void
assert_source (MachtypeStore *store, const char *uuid, MachtypeSource source)
{
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;

  record = machtype_store_read_record (store, uuid, &error);
  g_assert_no_error (error);
  g_assert_cmpint (machtype_record_get_source (record), ==, source);
}

/* The tables of an older version, with two records. */
static void
make_old (const Place *place, int version)
{
  char *message = NULL;
  sqlite3 *db = NULL;

  g_assert_true (mt_sqlite_load (NULL));
  g_assert_cmpint (sqlite3_open (place->path, &db), ==, SQLITE_OK);
  g_assert_true (mt_sqlite_migrate (db, 1, &message));
  g_assert_cmpint (
      sqlite3_exec (db,
                    "INSERT INTO text (id, text) VALUES (1, 'pc-q35-6.2'), (2, 'stopped');"
                    "INSERT INTO record VALUES (x'00000000000040008000000000000001', 1, 1, 1, 4, 1,"
                    "  2, NULL, NULL, 'web', NULL, 1800000000, 0),"
                    "  (x'00000000000040008000000000000002', 1, NULL, NULL, 5, 1, 2, NULL, NULL,"
                    "  'web', NULL, 1800000000, 0)",
                    NULL, NULL, &message),
      ==, SQLITE_OK);
  g_assert_true (mt_sqlite_migrate (db, version, &message));
  sqlite3_close (db);
}

static void
assert_migrated (MachtypeStore *store)
{
  g_autoptr (GPtrArray) history = NULL, classes = NULL;
  GError *error = NULL;

  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  assert_source (store, UUID (1), MACHTYPE_SOURCE_DOMAIN);
  assert_source (store, UUID (2), MACHTYPE_SOURCE_NONE);
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, 0);
  classes = machtype_store_list_classes (store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (classes->len, ==, 2);
}

/* An older database is migrated to today's tables and loses nothing. */
static void
test_migration (void)
{
  int version;

  for (version = 1; version < MT_SQLITE_VERSION; version++) {
    g_autoptr (MachtypeStore) store = NULL;
    GError *error = NULL;
    Place place;

    ROW ("version %d", version);
    place_init (&place);
    make_old (&place, version);
    store = place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error);
    g_assert_no_error (error);
    assert_migrated (store);
    g_assert_true (place_add (store, UUID (3), "pc", &error));
    g_clear_object (&store);
    store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
    g_assert_no_error (error);
    place_assert_machine (store, UUID (1), "pc-q35-6.2");
    g_clear_object (&store);
    place_clear (&place);
  }
}

/* A newer library migrates the store while this one has it open. */
static void
test_migrated_meanwhile (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  sqlite3 *db = NULL;
  Place place;

  place_init (&place);
  place_fill (&place);
  store = place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error);
  g_assert_no_error (error);
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  g_assert_cmpint (sqlite3_open (place.path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "ALTER TABLE record RENAME TO record_99;"
                                 "ALTER TABLE history RENAME TO history_99;"
                                 "PRAGMA user_version = 99",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_null (machtype_store_read_record (store, UUID (1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "newer 99");
  g_assert_false (place_add (store, UUID (2), "pc", &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "newer 99");
  g_assert_null (machtype_store_list_history (store, UUID (1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "newer 99");
  g_clear_object (&store);
  place_clear (&place);
}

static void
test_read_only (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "No such file");
  place_fill (&place);
  store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  g_assert_false (place_add (store, UUID (2), "pc", &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "readonly");
  g_clear_object (&store);
  place_clear (&place);
}

/* Another process writes and does not end: waiting is bounded, and nothing is lost. */
static void
test_busy (void)
{
  g_autoptr (MachtypeStore) first = NULL, second = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  first = place_create (&place);
  second = place_create (&place);
  g_assert_true (machtype_store_begin (first, &error));
  g_assert_true (place_add (first, UUID (1), "pc", &error));
  g_assert_false (place_add (second, UUID (2), "pc", &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "try again");
  g_assert_null (machtype_store_read_record (second, UUID (1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (1));
  g_assert_true (machtype_store_commit (first, &error));
  place_assert_machine (second, UUID (1), "pc");
  g_assert_true (place_add (second, UUID (2), "pc", &error));
  g_clear_object (&first);
  g_clear_object (&second);
  place_clear (&place);
}

/* A backup while the store's own connection writes: later it would succeed. */
static void
test_backup_busy (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autofree char *copy = NULL;
  GError *error = NULL;
  Place place;
  sqlite3 *db;

  place_init (&place);
  place_fill (&place);
  copy = g_build_filename (place.dir, "copy.db", NULL);
  store = place_create (&place);
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  db = MT_SQLITE_STORE (store)->sqlite.db;
  g_assert_cmpint (
      sqlite3_exec (db, "BEGIN IMMEDIATE; UPDATE record SET seen_at = 1", NULL, NULL, NULL), ==,
      SQLITE_OK);
  g_assert_false (machtype_store_backup (store, copy, &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "records.db try again");
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
  g_assert_cmpint (sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_true (machtype_store_backup (store, copy, &error));
  g_clear_object (&store);
  place_clear (&place);
}

/* One half of a change fails and the other with it, and so does the caller's transaction. */
static void
test_half (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  g_autoptr (MachtypeChange) change = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  place_fill (&place);
  place_run_sql (&place,
                 "INSERT INTO history VALUES (x'00000000000040008000000000000001', 2, 0, NULL, 0, "
                 "0, 0, NULL, NULL, NULL, 0, 0, NULL, 0, NULL, NULL)");
  store = place_create (&place);
  record = machtype_store_read_record (store, UUID (1), &error);
  change = machtype_change_check ("pc-q35-6.2", "pc-q35-7.2", MACHTYPE_ARCH_UNKNOWN, NULL,
                                  MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_null (machtype_store_update_machine (store, record, change, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "history");
  g_assert_false (machtype_store_commit (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "rolled back");
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  g_clear_object (&store);
  place_clear (&place);
}

/* A table that treats different strings as equal is not one of ours. */
static void
test_no_case (void)
{
  static const char *const machines[] = { "Q35", "q35", "Q35" };
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Place place;
  gsize i;

  place_init (&place);
  place_fill (&place);
  place_run_sql (&place,
                 "DROP TABLE text; CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL "
                 "UNIQUE COLLATE NOCASE)");
  store = place_create (&place);
  for (i = 0; i < G_N_ELEMENTS (machines) && error == NULL; i++) {
    g_autofree char *uuid = g_strdup_printf ("20000000-0000-4000-8000-%012" G_GSIZE_FORMAT, i);

    place_add (store, uuid, machines[i], &error);
  }
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged two texts");
  g_clear_object (&store);
  place_clear (&place);
}

/* The machine type, the host's name or the properties are those of exactly this record. */
static void
assert_different (MachtypeRecord *first, MachtypeRecord *second, gsize what)
{
  g_assert_nonnull (second);
  g_assert_cmpstr (machtype_record_get_machine (first), ==, "pc");
  g_assert_cmpstr (machtype_record_get_machine (second), ==, "q35");
  if (what == 1)
    g_assert_cmpstr (machtype_record_get_host_name (second), ==, "b");
  if (what == 2)
    g_assert_cmpstr (machtype_properties_get_image (machtype_record_get_properties (second), "a"),
                     ==, "c");
}

/* Numbers in another program's database may exceed a pointer: then they are refused, and never
 * mistaken for the string whose number they look like. */
static void
test_large_numbers (void)
{
  static const char *const statements[] = {
    "UPDATE text SET id = id + 4294967296 WHERE text = 'q35';"
    "UPDATE record SET machine = machine + 4294967296, asked = asked + 4294967296 WHERE hex (uuid) "
    "LIKE '%2'",
    "INSERT INTO host VALUES (1, 'a', NULL, 0, 0), (4294967297, 'b', NULL, 0, 0);"
    "UPDATE record SET host = iif (hex (uuid) LIKE '%2', 4294967297, 1)",
    "INSERT INTO property_set VALUES (1, 'a=b' || char (10)), (4294967297, 'a=c' || char (10));"
    "UPDATE record SET properties = iif (hex (uuid) LIKE '%2', 4294967297, 1)",
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (statements); i++) {
    g_autoptr (MachtypeStore) store = NULL;
    g_autoptr (MachtypeRecord) first = NULL, second = NULL;
    GError *error = NULL;
    Place place;

    ROW ("%s", statements[i]);
    place_init (&place);
    store = place_create (&place);
    g_assert_true (place_add (store, UUID (1), "pc", NULL) &&
                   place_add (store, UUID (2), "q35", NULL));
    g_clear_object (&store);
    place_run_sql (&place, statements[i]);
    store = place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error);
    g_assert_no_error (error);
    first = machtype_store_read_record (store, UUID (1), &error);
    g_assert_no_error (error);
    second = machtype_store_read_record (store, UUID (2), &error);
    if (GLIB_SIZEOF_SIZE_T == 8)
      assert_different (first, second, i);
    else
      test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged number");
    g_clear_object (&store);
    place_clear (&place);
  }
}

/* What was bound for the previous host is not bound for this one. */
static void
test_host_without_uuid (void)
{
  static const struct {
    const char *instance, *name, *uuid;
  } rows[] = {
    { UUID (1), "a", UUID (9) },
    { UUID (2), "b", NULL },
    { UUID (3), NULL, UUID (8) },
    { UUID (4), "c", NULL },
  };
  g_autoptr (MachtypeStore) store = NULL;
  Place place;
  gsize i;

  place_init (&place);
  store = place_create (&place);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecordBuilder) builder =
        machtype_record_builder_new (rows[i].instance, NULL);
    g_autoptr (MachtypeRecord) record = NULL, added = NULL;
    GError *error = NULL;

    g_assert_true (machtype_record_builder_set_host (builder, rows[i].name, rows[i].uuid, &error));
    record = machtype_record_builder_end (builder);
    added = machtype_store_add (store, record, NULL, &error);
    g_assert_no_error (error);
  }
  g_clear_object (&store);
  store = place_create (&place);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecord) found = machtype_store_read_record (store, rows[i].instance, NULL);

    ROW ("%s", rows[i].instance);
    g_assert_cmpstr (machtype_record_get_host_name (found), ==, rows[i].name);
    g_assert_cmpstr (machtype_record_get_host_uuid (found), ==, rows[i].uuid);
  }
  g_clear_object (&store);
  place_clear (&place);
}

/* Not /proc/self/exe: under valgrind that is another program. */
static char *this_program;

/* Another process opens the store, reads it and closes it. */
static void
visit (const Place *place)
{
  const char *launcher = g_getenv ("MESON_EXE_WRAPPER"); /* of another architecture's */
  g_autofree char *words = g_strdup_printf ("%s %s --visit %s", launcher != NULL ? launcher : "",
                                            this_program, place->path);
  g_auto (GStrv) argv = NULL;
  GError *error = NULL;
  int status;

  g_shell_parse_argv (words, NULL, &argv, &error);
  g_assert_no_error (error);
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}

static int
be_visitor (const char *path)
{
  MachtypeStore *store = machtype_store_open (path, MACHTYPE_STORE_OPEN_NONE, 1000, NULL);
  gboolean ok = store != NULL && place_add (store, UUID (7), "pc", NULL);

  g_clear_object (&store);
  return ok ? 0 : 1;
}

/* A file that is opened and closed a second time removes the locks of the first store (fcntl (2)):
 * the next process would assume that it is alone, and clean up. */
static void
test_second_store (void)
{
  g_autoptr (MachtypeStore) first = NULL, second = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  first = place_create (&place);
  g_assert_true (place_add (first, UUID (1), "pc-q35-6.2", &error));
  second = place_create (&place);
  g_clear_object (&second);
  visit (&place);
  g_assert_true (place_add (first, UUID (2), "pc-q35-7.2", &error));
  g_assert_no_error (error);
  {
    g_autofree char *log = g_strconcat (place.path, "-wal", NULL);

    g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
  }
  g_clear_object (&first);
  first = place_create (&place);
  place_assert_machine (first, UUID (1), "pc-q35-6.2");
  place_assert_machine (first, UUID (2), "pc-q35-7.2");
  place_assert_machine (first, UUID (7), "pc");
  g_clear_object (&first);
  place_clear (&place);
}

/* Reads see a snapshot, whatever others write. */
static void
test_one_instant (void)
{
  g_autoptr (MachtypeStore) reader = NULL, writer = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  reader = place_create (&place);
  writer = place_create (&place);
  g_assert_true (place_add (writer, UUID (1), "pc", &error));
  g_assert_true (machtype_store_begin_read (reader, &error));
  place_assert_machine (reader, UUID (1), "pc");
  g_assert_true (place_add (writer, UUID (2), "q35", &error));
  g_assert_null (machtype_store_read_record (reader, UUID (2), &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (2));
  machtype_store_end_read (reader);
  place_assert_machine (reader, UUID (2), "q35");
  g_clear_object (&reader);
  g_clear_object (&writer);
  place_clear (&place);
}

static gboolean
fill_up (MachtypeStore *store, GError **error)
{
  gboolean ok = TRUE;
  int i;

  for (i = 0; i < 1000 && ok; i++) {
    g_autofree char *uuid = g_strdup_printf ("10000000-0000-4000-8000-%012d", i);

    ok = place_add (store, uuid, "pc-q35-7.2", error);
  }
  return ok;
}

/* A full disk in the middle of a transaction: SQLite aborts it automatically, and what follows must
 * not be written on its own. */
static void
test_full (void)
{
  g_autoptr (MachtypeStore) store = NULL, other = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  store = place_create (&place);
  g_assert_true (place_add (store, UUID (1), "pc-q35-6.2", &error));
  g_assert_cmpint (sqlite3_exec (MT_SQLITE_STORE (store)->sqlite.db, "PRAGMA max_page_count = 14",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_false (fill_up (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "full");
  if (sqlite3_get_autocommit (MT_SQLITE_STORE (store)->sqlite.db) == 0)
    g_assert_cmpint (
        sqlite3_exec (MT_SQLITE_STORE (store)->sqlite.db, "ROLLBACK", NULL, NULL, NULL), ==,
        SQLITE_OK);
  g_assert_false (place_add (store, UUID (2), "pc", &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "rolled back nothing was written");
  g_assert_false (machtype_store_commit (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "rolled back nothing was written");
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  g_assert_null (machtype_store_read_record (store, UUID (2), &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (2));
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_false (fill_up (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "full");
  if (sqlite3_get_autocommit (MT_SQLITE_STORE (store)->sqlite.db) == 0)
    g_assert_cmpint (
        sqlite3_exec (MT_SQLITE_STORE (store)->sqlite.db, "ROLLBACK", NULL, NULL, NULL), ==,
        SQLITE_OK);
  /* The numbers that it had assigned in it now belong to another machine type. */
  other = place_create (&place);
  g_assert_true (place_add (other, UUID (3), "virt-7.2", &error));
  place_assert_machine (store, UUID (3), "virt-7.2");
  machtype_store_rollback (store);
  /* The store continues when there is space. */
  g_assert_cmpint (sqlite3_exec (MT_SQLITE_STORE (store)->sqlite.db, "PRAGMA max_page_count = 1000",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_true (place_add (store, UUID (2), "pc", &error));
  g_clear_object (&store);
  g_clear_object (&other);
  place_clear (&place);
}

/* A disk that does not confirm a commit: it is written or not, and so is its history. */
static void
test_unconfirmed (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeRecord) record = NULL, changed = NULL, found = NULL;
  g_autoptr (MachtypeChange) change = NULL;
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  place_fill (&place);
  store = place_create (&place);
  record = machtype_store_read_record (store, UUID (1), &error);
  change = machtype_change_check ("pc-q35-6.2", "pc-q35-7.2", MACHTYPE_ARCH_UNKNOWN, NULL,
                                  MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (
      place_add (store, UUID (2), "pc", &error)); /* the log exists, and its header is confirmed */
  fake_sync_fails = TRUE;
  changed = machtype_store_update_machine (store, record, change, NULL, &error);
  fake_sync_fails = FALSE;
  g_assert_null (changed);
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "writing I/O");
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  g_clear_object (&store);
  store = place_create (&place);
  found = machtype_store_read_record (store, UUID (1), &error);
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_no_error (error);
  ROW ("the change is %s", history->len == 1 ? "there" : "gone");
  g_assert_cmpuint (history->len, <=, 1);
  g_assert_cmpuint (machtype_record_get_revision (found), ==, 1 + history->len);
  g_assert_cmpstr (machtype_record_get_machine (found), ==,
                   history->len == 1 ? "pc-q35-7.2" : "pc-q35-6.2");
  g_clear_object (&store);
  place_clear (&place);
}

/* Numbers assigned in a transaction that was rolled back are assigned again, to other strings. */
static void
test_rollback_forgets (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  store = place_create (&place);
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_true (place_add (store, UUID (1), "pc-q35-6.2", &error));
  machtype_store_rollback (store);
  g_assert_true (place_add (store, UUID (2), "virt-7.2", &error));
  g_assert_true (place_add (store, UUID (3), "pc-q35-6.2", &error));
  g_clear_object (&store);
  store = place_create (&place);
  place_assert_machine (store, UUID (2), "virt-7.2");
  place_assert_machine (store, UUID (3), "pc-q35-6.2");
  g_clear_object (&store);
  place_clear (&place);
}

/* What a store keeps in memory while it is open must agree with the file. */
static void
test_property_texts (void)
{
  static const struct {
    const char *name, *value;
  } rows[] = {
    { "own", "" },         { "own=", "=" },     { "own\\", "\\" }, { "own\\=", "\\=" },
    { "own\\n", "\\n\n" }, { "=", "a=b\nc=d" }, { "==", "\\\\n" },
  };
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID (1), NULL);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL, found = NULL;
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Place place;
  gsize i;

  place_init (&place);
  for (i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (
        machtype_record_builder_set_property (builder, rows[i].name, rows[i].value, &error));
  record = machtype_record_builder_end (builder);
  store = place_create (&place);
  added = machtype_store_add (store, record, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&store);
  store = place_create (&place);
  found = machtype_store_read_record (store, UUID (1), &error);
  g_assert_no_error (error);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    ROW ("%s", rows[i].name);
    g_assert_cmpstr (
        machtype_properties_get_image (machtype_record_get_properties (found), rows[i].name), ==,
        rows[i].value);
  }
  g_clear_object (&store);
  place_clear (&place);
}

static char *
explain (sqlite3 *db, const char *sql)
{
  g_autofree char *explained = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  GString *plan = g_string_new (NULL);
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_prepare_v2 (db, explained, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_string_append_printf (plan, "%s\n", (const char *)sqlite3_column_text (statement, 3));
  sqlite3_finalize (statement);
  return g_string_free (plan, FALSE);
}

/* Listing must cost what is found, not what is stored (Nova's defect 38): a covering index, without
 * sorting. */
static void
test_plans (void)
{
  static const MtSql listings[] = { MT_SQL_UNSET, MT_SQL_UNSET_OF };
  g_autoptr (MachtypeStore) store = NULL;
  Place place;
  gsize i;

  place_init (&place);
  store = place_create (&place);
  for (i = 0; i < G_N_ELEMENTS (listings); i++) {
    const char *sql = mt_sqlite_get_sql (listings[i]);
    g_autofree char *plan = explain (MT_SQLITE_STORE (store)->sqlite.db, sql);

    ROW ("%s: %s", sql, plan);
    g_assert_nonnull (strstr (plan, "USING COVERING INDEX record_unset"));
    g_assert_null (strstr (plan, "TEMP B-TREE FOR ORDER"));
  }
  g_clear_object (&store);
  place_clear (&place);
}

/* The same for queries, whose statements depend on their conditions: a part of the plan that each
 * must have. Records are never sorted, classes are counted in their index. */
static const struct {
  const char *cell, *host, *machine, *pattern, *name;
  gint64 seen_before;
  gboolean of_class;
  const char *records, *classes;
} plans[] = {
  { NULL, NULL, NULL, NULL, NULL, 0, FALSE, "SCAN record\n",
    "SCAN record USING COVERING INDEX record_class" },
  { "c1", NULL, NULL, NULL, NULL, 0, FALSE, "SCAN record\n",
    "SCAN record USING COVERING INDEX record_class" },
  { NULL, NULL, "pc*", NULL, NULL, 0, FALSE, "SCAN record\n",
    "SCAN record USING COVERING INDEX record_class" },
  { NULL, "h1", NULL, NULL, NULL, 0, FALSE, "SCAN record\n",
    "SEARCH record USING COVERING INDEX record_class (host=?)" },
  { NULL, NULL, NULL, "web*", NULL, 0, FALSE, "SCAN record\n", "SCAN record\n" },
  { NULL, NULL, NULL, NULL, NULL, 5, FALSE, "SCAN record\n", "SCAN record\n" },
  { NULL, NULL, NULL, NULL, "web", 0, FALSE, "SEARCH record USING INDEX record_name (name=?)",
    "SEARCH record USING INDEX record_name (name=?)" },
  { "c1", "h1", "pc*", "w*", "web", 5, FALSE, "SEARCH record USING INDEX record_name (name=?)",
    "SEARCH record USING INDEX record_name (name=?)" },
  { NULL, NULL, NULL, NULL, NULL, 0, TRUE,
    "SEARCH record USING INDEX record_class (host=? AND machine=? AND arch=? AND state=? AND "
    "cell=? "
    "AND properties=?)",
    "SEARCH record USING COVERING INDEX record_class (host=? AND machine=? AND arch=? AND state=? "
    "AND cell=? AND properties=?)" },
};
/* Keeps the statement on records that ran. */
static int
keep_statement (unsigned type, void *kept, void *statement, void *text)
{
  const char *sql = sqlite3_sql (statement);

  (void)type;
  (void)text;
  if (strstr (sql, " FROM record") != NULL) {
    g_assert_null (*(char **)kept);
    *(char **)kept = g_strdup (sql);
  }
  return 0;
}

static gboolean
ignore_record (MachtypeRecord *record, gpointer data)
{
  (void)record;
  (void)data;
  return TRUE;
}

static gboolean
ignore_class (MachtypeRecordClass *record_class, gpointer data)
{
  (void)record_class;
  (void)data;
  return TRUE;
}

/* The plan of the statement for a query. */
static char *
explain_query (MachtypeStore *store, MachtypeRecordQuery *query, gboolean classes)
{
  sqlite3 *db = MT_SQLITE_STORE (store)->sqlite.db;
  g_autofree char *sql = NULL;
  GError *error = NULL;

  sqlite3_trace_v2 (db, SQLITE_TRACE_STMT, keep_statement, &sql);
  if (classes)
    machtype_store_foreach_class (store, query, ignore_class, NULL, &error);
  else
    machtype_store_foreach_matching (store, query, ignore_record, NULL, &error);
  g_assert_no_error (error);
  sqlite3_trace_v2 (db, 0, NULL, NULL);
  return explain (db, sql);
}

static MachtypeRecordQuery *
make_planned (gsize i, MachtypeRecordClass *record_class)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();

  machtype_record_query_builder_set_cell (builder, plans[i].cell, NULL);
  machtype_record_query_builder_set_host (builder, plans[i].host, NULL);
  machtype_record_query_builder_set_machine_pattern (builder, plans[i].machine, NULL);
  machtype_record_query_builder_set_name_pattern (builder, plans[i].pattern, NULL);
  machtype_record_query_builder_set_name (builder, plans[i].name, NULL);
  machtype_record_query_builder_set_seen_before (builder, plans[i].seen_before);
  machtype_record_query_builder_set_class (builder, plans[i].of_class ? record_class : NULL);
  return machtype_record_query_builder_end (builder);
}

static void
test_query_plans (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (GPtrArray) classes = NULL;
  Place place;
  gsize i;

  place_init (&place);
  store = place_create (&place);
  g_assert_true (place_add (store, UUID (1), "pc", NULL));
  classes = machtype_store_list_classes (store, NULL, NULL);
  for (i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_autoptr (MachtypeRecordQuery) query = make_planned (i, classes->pdata[0]);
    g_autofree char *records = explain_query (store, query, FALSE);
    g_autofree char *counted = explain_query (store, query, TRUE);

    ROW ("row %" G_GSIZE_FORMAT ": %s%s", i, records, counted);
    g_assert_nonnull (strstr (records, plans[i].records));
    g_assert_null (strstr (records, "TEMP B-TREE"));
    g_assert_nonnull (strstr (counted, plans[i].classes));
  }
  g_clear_object (&store);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--visit") == 0)
    return be_visitor (argv[2]);
  this_program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-sqlite/one-instant", test_one_instant);
  g_test_add_func ("/store-sqlite/half", test_half);
  g_test_add_func ("/store-sqlite/no-case", test_no_case);
  g_test_add_func ("/store-sqlite/large-numbers", test_large_numbers);
  g_test_add_func ("/store-sqlite/host-without-uuid", test_host_without_uuid);
  g_test_add_func ("/store-sqlite/second-store", test_second_store);
  g_test_add_func ("/store-sqlite/arguments", test_arguments);
  g_test_add_func ("/store-sqlite/bad-timeout", test_bad_timeout);
  g_test_add_func ("/store-sqlite/foreign", test_foreign);
  g_test_add_func ("/store-sqlite/damaged-rows", test_damaged_rows);
  g_test_add_func ("/store-sqlite/damaged-classes", test_damaged_classes);
  g_test_add_func ("/store-sqlite/last-numbers", test_last_numbers);
  g_test_add_func ("/store-sqlite/quoted", test_quoted);
  g_test_add_func ("/store-sqlite/damaged-files", test_damaged_files);
  g_test_add_func ("/store-sqlite/migration", test_migration);
  g_test_add_func ("/store-sqlite/migrated-meanwhile", test_migrated_meanwhile);
  g_test_add_func ("/store-sqlite/read-only", test_read_only);
  g_test_add_func ("/store-sqlite/busy", test_busy);
  g_test_add_func ("/store-sqlite/backup-busy", test_backup_busy);
  g_test_add_func ("/store-sqlite/full", test_full);
  g_test_add_func ("/store-sqlite/unconfirmed", test_unconfirmed);
  g_test_add_func ("/store-sqlite/rollback-forgets", test_rollback_forgets);
  g_test_add_func ("/store-sqlite/property-texts", test_property_texts);
  g_test_add_func ("/store-sqlite/plans", test_plans);
  g_test_add_func ("/store-sqlite/query-plans", test_query_plans);
  return g_test_run ();
}
