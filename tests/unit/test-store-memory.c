/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that runs out while a store is written: what was reported has to be true. A separate
 * program, because SQLite takes its allocator only once, before anything else has used it. */

#include "test.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "store/sqlite-store-private.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n

/* Replaces the C library's functions: nothing here is about the disk, and there are very many
 * calls. */
int
fdatasync (int fd)
{
  (void)fd;
  return 0;
}

int
fsync (int fd)
{
  (void)fd;
  return 0;
}

/* The allocation from which on all fail, counted from 1; 0: none does. */
static guint fail_from, n_allocations;
static sqlite3_mem_methods real;

/* For each counted allocation, the number of the statement that is being prepared: the first is 1;
 * 0: none. NULL: not needed. */
static GArray *prepared_for; /* of guint */
static guint prepared, n_prepared;

static gboolean
is_out (void)
{
  n_allocations++;
  if (prepared_for != NULL)
    g_array_append_val (prepared_for, prepared);
  return fail_from != 0 && n_allocations >= fail_from;
}

/* Before SQLite's own. */
int
sqlite3_prepare_v3 (sqlite3 *db, const char *sql, int length, unsigned int flags,
                    sqlite3_stmt **statement, const char **tail)
{
  static int (*next) (sqlite3 *, const char *, int, unsigned int, sqlite3_stmt **, const char **);
  int code;

  if (next == NULL)
    next = dlsym (RTLD_NEXT, "sqlite3_prepare_v3");
  prepared = ++n_prepared;
  code = next (db, sql, length, flags, statement, tail);
  prepared = 0;
  return code;
}

static void *
failing_malloc (int size)
{
  return is_out () ? NULL : real.xMalloc (size);
}

static void *
failing_realloc (void *block, int size)
{
  return is_out () ? NULL : real.xRealloc (block, size);
}

/* Without lookaside every allocation is counted here. */
static void
take_over_memory (void)
{
  sqlite3_mem_methods failing;

  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &real), ==, SQLITE_OK);
  failing = real;
  failing.xMalloc = failing_malloc;
  failing.xRealloc = failing_realloc;
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_MALLOC, &failing), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0), ==, SQLITE_OK);
}

static MachtypeRecord *
make_record (const char *uuid, const char *machine, const char *state, const char *bus)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);

  if (machine != NULL)
    machtype_record_builder_set_machine (builder, machine, NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
  machtype_record_builder_set_state (builder, state, NULL);
  machtype_record_builder_set_host (builder, "compute-1", NULL, NULL);
  if (bus != NULL)
    machtype_record_builder_set_property (builder, "hw_disk_bus", bus, NULL);
  return machtype_record_builder_end (builder);
}

/* The calls that write. Each changes UUID (1) as it is found, or adds another instance. */

static gboolean
is_done (MachtypeRecord *written)
{
  if (written != NULL)
    machtype_record_unref (written);
  return written != NULL;
}

static gboolean
add (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record (UUID (3), "virt-7.2", "active", "scsi");

  (void)there;
  return is_done (machtype_store_add (store, record, NULL, error));
}

static gboolean
record_new (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record (UUID (3), "virt-7.2", "active", "scsi");

  (void)there;
  return is_done (machtype_store_record (store, record, "me", NULL, error));
}

static gboolean
record_filled (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record (UUID (2), "pc-q35-5.2", "paused", "ide");

  (void)there;
  return is_done (machtype_store_record (store, record, "me", NULL, error));
}

static gboolean
record_refreshed (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record (UUID (1), NULL, "active", NULL);

  (void)there;
  return is_done (machtype_store_record (store, record, "me", NULL, error));
}

static gboolean
fill (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record (UUID (2), "pc-q35-5.2", "paused", "ide");

  (void)there;
  return is_done (machtype_store_record_missing (store, record, "me", NULL, error));
}

static gboolean
update (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  const char *old = machtype_record_get_machine (there);
  g_autoptr (MachtypeChange) change =
      machtype_change_check (old, "pc-q35-7.2", MACHTYPE_ARCH_UNKNOWN, NULL, MACHTYPE_STATE_STOPPED,
                             MACHTYPE_CHANGE_NONE, NULL, NULL);

  return is_done (machtype_store_update_machine (store, there, change, "me", error));
}

static gboolean
replace (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (there);
  g_autoptr (MachtypeRecord) record = NULL;

  machtype_record_builder_set_property (builder, "hw_disk_bus", "sata", NULL);
  record = machtype_record_builder_end (builder);
  return is_done (machtype_store_replace (store, there, record, "me", error));
}

static gboolean
rebuild (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record (UUID (1), "pc-i440fx-7.2", "stopped", "ide");

  return is_done (machtype_store_rebuild (store, there, record, "me", error));
}

static gboolean
undo (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  return is_done (machtype_store_undo (store, there, MACHTYPE_CHANGE_NONE, "me", error));
}

static gboolean
remove_record (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  return machtype_store_remove (store, there, error);
}

/* Calls of a transaction. */

static gboolean
begin (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  (void)there;
  return machtype_store_begin (store, error);
}

static gboolean
begin_and_update (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  return machtype_store_begin (store, error) && update (store, there, error);
}

static gboolean
update_and_commit (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  if (update (store, there, error))
    return machtype_store_commit (store, error);
  machtype_store_rollback (store);
  return FALSE;
}

static gboolean
commit (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  (void)there;
  return machtype_store_commit (store, error);
}

static gboolean
commit_whatever (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  (void)there;
  (void)error;
  machtype_store_commit (store, NULL);
  return FALSE;
}

/* As if it had not been prepared in time. */
static gboolean
begin_unprepared (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_clear_pointer (&MT_SQLITE_STORE (store)->sqlite.statements[MT_SQL_ROLLBACK], sqlite3_finalize);
  return begin (store, there, error);
}

static gboolean
update_unprepared (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  return begin_unprepared (store, there, error) && update (store, there, error);
}

static gboolean
roll_back (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  (void)there;
  (void)error;
  machtype_store_rollback (store);
  return FALSE;
}

static gboolean
begin_read (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  (void)there;
  return machtype_store_begin_read (store, error);
}

static gboolean
begin_read_and_look (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  g_autoptr (MachtypeRecord) record = NULL;

  (void)there;
  if (machtype_store_begin_read (store, error))
    record = machtype_store_read_record (store, UUID (1), error);
  return record != NULL;
}

static gboolean
end_read (MachtypeStore *store, MachtypeRecord *there, GError **error)
{
  (void)there;
  (void)error;
  machtype_store_end_read (store);
  return FALSE;
}

typedef gboolean (*Call) (MachtypeStore *store, MachtypeRecord *there, GError **error);

/* Memory runs out in the middle call. The writes are done when the last call that exists has
 * reported success. */
typedef struct {
  const char *name;
  Call before; /* NULL: nothing */
  Call call;
  Call after;     /* NULL: nothing */
  gboolean quiet; /* the call reports nothing */
  gboolean breaks;
} Row;

static const Row rows[] = {
  { "add", NULL, add, NULL, FALSE, FALSE },
  { "record", NULL, record_new, NULL, FALSE, FALSE },
  { "record-filled", NULL, record_filled, NULL, FALSE, FALSE },
  { "record-refreshed", NULL, record_refreshed, NULL, FALSE, FALSE },
  { "fill", NULL, fill, NULL, FALSE, FALSE },
  { "update", NULL, update, NULL, FALSE, FALSE },
  { "replace", NULL, replace, NULL, FALSE, FALSE },
  { "rebuild", NULL, rebuild, NULL, FALSE, FALSE },
  { "undo", NULL, undo, NULL, FALSE, FALSE },
  { "remove", NULL, remove_record, NULL, FALSE, FALSE },
  { "begin", NULL, begin, update_and_commit, FALSE, FALSE },
  { "inside", begin, update, commit, FALSE, FALSE },
  { "remove-inside", begin, remove_record, commit, FALSE, FALSE },
  { "commit", begin_and_update, commit, NULL, FALSE, FALSE },
  { "rollback", begin_and_update, roll_back, NULL, TRUE, FALSE },
  { "commit-after-failure", begin, update, commit_whatever, FALSE, FALSE },
  { "begin-read", NULL, begin_read, end_read, FALSE, FALSE },
  { "end-read", begin_read_and_look, end_read, NULL, TRUE, FALSE },
  { "inside-unprepared", begin_unprepared, update, commit_whatever, FALSE, TRUE },
  { "rollback-unprepared", update_unprepared, roll_back, NULL, TRUE, TRUE },
};

/* Also for an instance that has no record: nothing must be left behind. */
static gboolean
append_history (GString *text, MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GPtrArray) history = machtype_store_list_history (store, uuid, error);
  guint i;

  for (i = 0; history != NULL && i < history->len; i++) {
    const MachtypeHistoryEntry *entry = history->pdata[i];

    g_string_append_printf (
        text, "  %d %d %s %s\n", (int)machtype_history_entry_get_revision (entry),
        machtype_history_entry_get_action (entry), machtype_history_entry_get_old_machine (entry),
        machtype_history_entry_get_new_machine (entry));
  }
  return history != NULL;
}

typedef struct {
  GString *text;
  MachtypeStore *store;
} Told;

/* Not the instance that the other store has added. */
static gboolean
append_record (MachtypeRecord *record, gpointer data)
{
  const Told *told = data;
  const MachtypeProperties *properties = machtype_record_get_properties (record);

  if (strcmp (machtype_record_get_uuid (record), UUID (9)) == 0)
    return TRUE;
  g_string_append_printf (told->text, "%s %d %s %s %s %s\n", machtype_record_get_uuid (record),
                          (int)machtype_record_get_revision (record),
                          machtype_record_get_machine (record), machtype_record_get_state (record),
                          machtype_record_get_host_name (record),
                          machtype_properties_get_image (properties, "hw_disk_bus"));
  return TRUE;
}

/* Everything that a store returns. */
static char *
tell (MachtypeStore *store, GError **error)
{
  Told told = { g_string_new (NULL), store };
  gboolean ok = machtype_store_foreach (store, NULL, NULL, append_record, &told, error) &&
                append_history (told.text, store, UUID (1), error) &&
                append_history (told.text, store, UUID (2), error);

  return g_string_free (told.text, !ok);
}

static char *
tell_all (MachtypeStore *store)
{
  GError *error = NULL;
  char *told = tell (store, &error);

  g_assert_no_error (error);
  return told;
}

static MachtypeStore *
open_store (const char *path)
{
  GError *error = NULL;
  MachtypeStore *store = machtype_store_open (path, MACHTYPE_STORE_OPEN_CREATE, 0, &error);

  g_assert_no_error (error);
  return store;
}

static MachtypeRecord *
find (MachtypeStore *store)
{
  return machtype_store_read_record (store, UUID (1), NULL);
}

/* A store with two instances, and a change that can be undone; as it is on disk. */
typedef struct {
  char *dir, *path, *content;
  gsize length;
  char *old;
} Place;

static void
place_init (Place *place)
{
  g_autoptr (MachtypeRecord) first = make_record (UUID (1), "pc-q35-6.2", "stopped", "virtio");
  g_autoptr (MachtypeRecord) second = make_record (UUID (2), NULL, "stopped", NULL);
  g_autoptr (MachtypeRecord) there = NULL, bare = NULL;
  MachtypeStore *store;

  place->dir = g_dir_make_tmp ("machtype-store-XXXXXX", NULL);
  g_assert_nonnull (place->dir);
  place->path = g_build_filename (place->dir, "records.db", NULL);
  store = open_store (place->path);
  there = machtype_store_add (store, first, NULL, NULL);
  bare = machtype_store_add (store, second, NULL, NULL);
  g_assert_true (there != NULL && bare != NULL && replace (store, there, NULL));
  place->old = tell_all (store);
  g_object_unref (store);
  g_assert_true (g_file_get_contents (place->path, &place->content, &place->length, NULL));
}

static void
place_clear (Place *place)
{
  g_assert_cmpint (g_remove (place->path), ==, 0);
  g_assert_cmpint (g_rmdir (place->dir), ==, 0);
  g_free (place->dir);
  g_free (place->path);
  g_free (place->content);
  g_free (place->old);
}

static void
place_restore (const Place *place)
{
  g_assert_true (g_file_set_contents_full (place->path, place->content, (gssize)place->length,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* The result of the calls of a row, and the allocations of the middle one. */
static char *
tell_done (const Place *place, const Row *row, GArray *allocations)
{
  MachtypeStore *store;
  g_autoptr (MachtypeRecord) there = NULL;
  char *told;

  place_restore (place);
  store = open_store (place->path);
  there = find (store);
  if (row->before != NULL)
    row->before (store, there, NULL);
  prepared_for = allocations;
  row->call (store, there, NULL);
  prepared_for = NULL;
  if (row->after != NULL)
    row->after (store, there, NULL);
  told = tell_all (store);
  g_object_unref (store);
  return told;
}

static gboolean
is_broken (GError **error)
{
  gboolean broken = g_error_matches (*error, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE) &&
                    strstr ((*error)->message, "is unusable") != NULL &&
                    strstr ((*error)->message, "open it again") != NULL;

  g_clear_error (error);
  return broken;
}

static gboolean
stop (const char *uuid, gpointer data)
{
  (void)uuid;
  (void)data;
  return FALSE;
}

/* Every call of a broken store is refused with an error. */
static void
assert_broken (MachtypeStore *store, MachtypeRecord *there)
{
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].before != NULL || rows[i].call == begin || rows[i].call == begin_read)
      continue;
    g_test_message ("%s", rows[i].name);
    g_assert_false (rows[i].call (store, there, &error));
    g_assert_true (is_broken (&error));
  }
  g_assert_false (machtype_store_begin (store, &error));
  g_assert_true (is_broken (&error));
  g_assert_false (machtype_store_begin_read (store, &error));
  g_assert_true (is_broken (&error));
  g_assert_null (machtype_store_read_record (store, UUID (1), &error));
  g_assert_true (is_broken (&error));
  g_assert_null (machtype_store_list_history (store, UUID (1), &error));
  g_assert_true (is_broken (&error));
  g_assert_false (machtype_store_foreach_unset (store, NULL, NULL, stop, NULL, &error));
  g_assert_true (is_broken (&error));
}

/* Memory is available again: the store returns what the other one does, or nothing at all. Returns
 * whether it is broken. */
static gboolean
compare_answers (MachtypeStore *store, MachtypeStore *other, MachtypeRecord *there)
{
  g_autofree char *told = NULL, *told_other = tell_all (other);
  GError *error = NULL;

  told = tell (store, &error);
  if (told == NULL) {
    g_assert_true (is_broken (&error));
    assert_broken (store, there);
    return TRUE;
  }
  g_assert_cmpstr (told, ==, told_other);
  return FALSE;
}

static gboolean
end_row (MachtypeStore *store, const Row *row, MachtypeRecord *there, gboolean ok)
{
  GError *error = NULL;

  if (row->after == NULL)
    return ok;
  /* A store that failed inside a transaction allows the caller to end it. */
  if (row->before != NULL || ok)
    ok = row->after (store, there, &error) && ok;
  g_clear_error (&error);
  machtype_store_rollback (store);
  machtype_store_end_read (store);
  return ok;
}

/* The same again, by the store that has failed. */
static gboolean
try_again (MachtypeStore *store, const Row *row)
{
  g_autoptr (MachtypeRecord) there = find (store);
  gboolean ok = there != NULL && (row->before == NULL || row->before (store, there, NULL)) &&
                row->call (store, there, NULL);

  return end_row (store, row, there, ok);
}

static void
assert_kept (const Place *place, const char *done, gboolean answered)
{
  MachtypeStore *store = open_store (place->path);
  g_autofree char *told = tell_all (store);
  g_autoptr (MachtypeRecord) of_other = machtype_store_read_record (store, UUID (9), NULL);

  g_assert_nonnull (of_other);
  if (answered)
    g_assert_cmpstr (told, ==, done);
  else
    g_assert_true (strcmp (told, done) == 0 || strcmp (told, place->old) == 0);
  g_object_unref (store);
}

typedef struct {
  guint failed, broken;
} Count;

/* Returns whether memory has run out at all. */
static gboolean
run_out (const Place *place, const Row *row, const char *done, guint n, Count *count)
{
  MachtypeStore *store, *other;
  g_autoptr (MachtypeRecord) there = NULL, record = make_record (UUID (9), "pc", "active", NULL);
  gboolean ok, reached, broken;
  GError *error = NULL;

  place_restore (place);
  store = open_store (place->path);
  other = open_store (place->path);
  there = find (store);
  g_assert_true (row->before == NULL || row->before (store, there, NULL));
  n_allocations = 0;
  fail_from = n;
  ok = row->call (store, there, &error);
  reached = n_allocations >= n;
  fail_from = 0;
  count->failed += error != NULL;
  g_clear_error (&error);
  ok = end_row (store, row, there, ok);
  broken = compare_answers (store, other, there);
  count->broken += broken;
  g_assert_true (is_done (machtype_store_add (other, record, NULL, &error)));
  g_assert_no_error (error);
  if (!ok && !broken)
    ok = try_again (store, row);
  g_object_unref (store);
  g_object_unref (other);
  assert_kept (place, done, ok);
  return reached;
}

/* Nothing is left of a statement that could not be prepared, and nothing was read or written for
 * it: it does not matter which of its allocations failed. For each statement the first and the last
 * are tried, and some in between. */
static gboolean
is_tried (const GArray *allocations, guint n)
{
  const guint *statement = (const guint *)allocations->data;
  guint at = n - 1;

  if (test_is_short ())
    return at % 37 == 0;
  if (at >= allocations->len || statement[at] == 0)
    return TRUE;
  return at == 0 || statement[at - 1] != statement[at] || at + 1 == allocations->len ||
         statement[at + 1] != statement[at] || at % 13 == 0;
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GArray) allocations = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *done = NULL;
  Count count = { 0, 0 };
  gboolean reached = TRUE;
  guint n, tried = 0;
  Place place;

  place_init (&place);
  done = tell_done (&place, row, allocations);
  /* Up to the first call that does not run out of memory. */
  for (n = 1; n <= allocations->len + 1; n++) {
    if (!is_tried (allocations, n))
      continue;
    ROW ("%s, from allocation %u on", row->name, n);
    reached = run_out (&place, row, done, n, &count);
    tried += reached;
  }
  ROW ("%s: %u of %u allocations, %u failures, %u broken", row->name, tried, allocations->len,
       count.failed, count.broken);
  if (!test_is_short ()) {
    g_assert_false (reached);
    g_assert_true (row->quiet || count.failed == tried);
  }
  g_assert_true (row->breaks ? count.broken > 0 : count.broken == 0);
  place_clear (&place);
}

/* A backup that was not reported as done does not exist. */
static void
test_backup (void)
{
  guint n, step = test_is_short () ? 37 : 1, failures = 0;
  gboolean reached = TRUE;
  g_autofree char *copy = NULL;
  Place place;

  place_init (&place);
  copy = g_build_filename (place.dir, "copy.db", NULL);
  for (n = 1; reached; n += step) {
    MachtypeStore *store;
    g_autofree char *told = NULL;
    gboolean ok;

    ROW ("from allocation %u on", n);
    place_restore (&place);
    store = open_store (place.path);
    n_allocations = 0;
    fail_from = n;
    ok = machtype_store_backup (store, copy, NULL);
    reached = n_allocations >= n;
    fail_from = 0;
    told = tell_all (store);
    g_assert_cmpstr (told, ==, place.old);
    g_object_unref (store);
    failures += !ok;
    g_assert_cmpint (g_file_test (copy, G_FILE_TEST_EXISTS), ==, ok);
    if (ok) {
      g_autofree char *copied = NULL;

      store = open_store (copy);
      copied = tell_all (store);
      g_assert_cmpstr (copied, ==, place.old);
      g_object_unref (store);
      g_assert_cmpint (g_remove (copy), ==, 0);
    }
  }
  ROW ("%u failures", failures);
  g_assert_cmpuint (failures, >, 0);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  gsize i;

  take_over_memory ();
  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat ("/store-memory/", rows[i].name, NULL);

    g_test_add_data_func (path, &rows[i], test_row);
  }
  g_test_add_func ("/store-memory/backup", test_backup);
  return g_test_run ();
}
