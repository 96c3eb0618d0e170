/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stores that are read by users who cannot write: whatever SQLite has left next to them, and
 * whatever the version of their tables. */

#include "test.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "store-place.h"
#include "store/sqlite-store-private.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n
#define UID_NOBODY 65534

/* Only root can act as another user. */
static void
become (uid_t user)
{
  g_assert_true (geteuid () == user ||
                 (seteuid (0) == 0 && setegid (user) == 0 && seteuid (user) == 0));
}

static gboolean
is_root (void)
{
  if (getuid () == 0)
    return TRUE;
  g_test_skip ("only root can become a user who cannot write");
  return FALSE;
}

static void
copy_file (const Place *from, const Place *to, const char *suffix)
{
  g_autofree char *source = g_strconcat (from->path, suffix, NULL);
  g_autofree char *target = g_strconcat (to->path, suffix, NULL);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (source, &contents, &length, NULL));
  g_assert_true (g_file_set_contents_full (target, contents, (gssize)length,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* A store as a writer leaves it that is killed: instance 1 is in the file, 2 only in the log. */
static void
fill_with_log (const Place *place)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autoptr (MachtypeStore) writer = NULL;
  Place written;
  gsize i;

  place_init (&written);
  place_fill (&written);
  writer = place_create (&written);
  g_assert_true (place_add (writer, UUID (2), "pc", NULL));
  for (i = 0; i < G_N_ELEMENTS (suffixes); i++)
    copy_file (&written, place, suffixes[i]);
  g_clear_object (&writer);
  place_clear (&written);
}

/* What is left next to a store: "": nothing; NULL: the writer's own. */
typedef struct {
  const char *name;
  const char *log, *index; /* contents */
  gboolean has_log;        /* instance 2 is found */
  gboolean is_frozen;
} Left;

static const Left lefts[] = {
  { "nothing", "", "", FALSE, TRUE },
  { "log and index", NULL, NULL, TRUE, FALSE },
  { "a log", NULL, "", TRUE, TRUE },
  { "an index", "", NULL, FALSE, TRUE },
  /* Not a log, as after a crash of the disk: SQLite ignores it. */
  { "nonsense as log", "nonsense", "", FALSE, TRUE },
  { "nonsense as index", NULL, "nonsense", TRUE, FALSE },
};

static void
leave (const Place *place, const char *suffix, const char *contents)
{
  g_autofree char *path = g_strconcat (place->path, suffix, NULL);

  if (contents == NULL)
    return;
  g_assert_cmpint (g_remove (path), ==, 0);
  if (*contents != '\0')
    g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

static void
make_left (const Place *place, const Left *left)
{
  fill_with_log (place);
  leave (place, "-wal", left->log);
  leave (place, "-shm", left->index);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* The files of a directory: name, size, mode, time. */
static char *
describe (const Place *place)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GDir *list = g_dir_open (place->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (list)) != NULL) {
    g_autofree char *path = g_build_filename (place->dir, name, NULL);
    struct stat file;

    g_assert_cmpint (lstat (path, &file), ==, 0);
    g_ptr_array_add (lines, g_strdup_printf ("%s %" G_GINT64_FORMAT " %o %" G_GINT64_FORMAT ".%ld",
                                             name, (gint64)file.st_size, file.st_mode,
                                             (gint64)file.st_mtim.tv_sec, file.st_mtim.tv_nsec));
  }
  g_dir_close (list);
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

static void
set_modes (const Place *place, mode_t mode, mode_t folder)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (place->path, suffixes[i], NULL);

    g_assert_true (chmod (path, mode) == 0 || errno == ENOENT);
  }
  g_assert_cmpint (chmod (place->dir, folder), ==, 0);
}

static void
assert_has (MachtypeStore *store, const char *uuid, gboolean has)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, &error);

  if (has) {
    g_assert_no_error (error);
    g_assert_nonnull (record);
  } else
    test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, uuid);
}

static gboolean
count_record (MachtypeRecord *record, gpointer data)
{
  (void)record;
  ++*(guint *)data;
  return TRUE;
}

/* In every way in which commands read. */
static void
assert_reads (MachtypeStore *store, gboolean has_second)
{
  g_autoptr (GPtrArray) classes = NULL, history = NULL, intentions = NULL;
  GError *error = NULL;
  guint count = 0;

  assert_has (store, UUID (1), TRUE);
  assert_has (store, UUID (2), has_second);
  g_assert_true (machtype_store_begin_read (store, &error));
  g_assert_true (machtype_store_foreach (store, NULL, NULL, count_record, &count, &error));
  g_assert_true (machtype_store_foreach_matching (store, NULL, count_record, &count, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, has_second ? 4 : 2);
  classes = machtype_store_list_classes (store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (classes->len, ==, has_second ? 2 : 1);
  history = machtype_store_list_history (store, UUID (1), &error);
  intentions = machtype_store_list_intentions (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len + intentions->len, ==, 0);
  machtype_store_end_read (store);
}

/* Nothing can be written through a store that is read. */
static void
assert_refuses (MachtypeStore *store)
{
  GError *error = NULL;

  g_assert_false (place_add (store, UUID (3), "pc", &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "readonly");
  assert_has (store, UUID (1), TRUE);
  assert_has (store, UUID (3), FALSE);
}

/* As a user who may only read, in a directory where only root can write: everything is found, no
 * file is created, changed or removed, and opening to write says why that is impossible. */
static void
test_left (void)
{
  gsize i;

  if (!is_root ())
    return;
  for (i = 0; i < G_N_ELEMENTS (lefts); i++) {
    g_autofree char *before = NULL, *after = NULL;
    MachtypeStore *store;
    GError *error = NULL;
    Place place;

    ROW ("%s", lefts[i].name);
    place_init (&place);
    make_left (&place, &lefts[i]);
    set_modes (&place, 0444, 0755);
    before = describe (&place);
    become (UID_NOBODY);
    store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
    g_assert_no_error (error);
    g_assert_cmpint (MT_SQLITE_STORE (store)->sqlite.frozen, ==, lefts[i].is_frozen);
    assert_reads (store, lefts[i].has_log);
    assert_refuses (store);
    g_object_unref (store);
    g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "cannot be written Permission denied");
    become (0);
    after = describe (&place);
    g_assert_cmpstr (after, ==, before);
    place_clear (&place);
  }
}

/* What a user may not read, or what cannot be read without writing. */
static const struct {
  const char *suffix, *contents;
  mode_t mode;
  const char *words;
} refusals[] = {
  { "", NULL, 0600, "records.db Permission denied" },
  { "-wal", NULL, 0600, "records.db-wal cannot be read: Permission denied" },
  { "-journal", "an interrupted transaction", 0644, "records.db-journal interrupted write" },
};

static void
test_refused (void)
{
  gsize i;

  if (!is_root ())
    return;
  for (i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path = NULL;
    GError *error = NULL;
    Place place;

    ROW ("%s of mode %04o", refusals[i].suffix, (guint)refusals[i].mode);
    place_init (&place);
    fill_with_log (&place);
    set_modes (&place, 0444, 0755);
    path = g_strconcat (place.path, refusals[i].suffix, NULL);
    if (refusals[i].contents != NULL) {
      set_modes (&place, 0644, 0755);
      leave (&place, "-wal", "");
      leave (&place, "-shm", "");
      g_assert_true (g_file_set_contents (path, refusals[i].contents, -1, NULL));
    }
    g_assert_cmpint (chmod (path, refusals[i].mode), ==, 0);
    become (UID_NOBODY);
    g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, refusals[i].words);
    become (0);
    place_clear (&place);
  }
}

/* A log that is read without locks, and that another process then writes to, or back. */
static void
test_changed (void)
{
  g_autoptr (MachtypeStore) reader = NULL, writer = NULL;
  GError *error = NULL;
  Place place;

  if (!is_root ())
    return;
  place_init (&place);
  fill_with_log (&place);
  leave (&place, "-shm", "");
  set_modes (&place, 0644, 0755);
  become (UID_NOBODY);
  reader = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  assert_has (reader, UUID (2), TRUE);
  become (0);
  writer = place_create (&place);
  g_assert_true (place_add (writer, UUID (3), "pc", &error));
  become (UID_NOBODY);
  g_assert_null (machtype_store_read_record (reader, UUID (2), &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "changed open it again");
  become (0);
  g_clear_object (&writer);
  become (UID_NOBODY);
  g_assert_null (machtype_store_list_classes (reader, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "changed open it again");
  g_clear_object (&reader);
  reader = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  assert_has (reader, UUID (3), TRUE);
  g_clear_object (&reader);
  become (0);
  place_clear (&place);
}

/* The tables of an older version, with a record. The next version is written by this library. */
static void
make_old (const Place *place, int version)
{
  sqlite3 *db = NULL;

  g_assert_true (mt_sqlite_load (NULL));
  g_assert_cmpint (sqlite3_open (place->path, &db), ==, SQLITE_OK);
  g_assert_true (mt_sqlite_migrate (db, 1, NULL));
  g_assert_cmpint (
      sqlite3_exec (db,
                    "PRAGMA journal_mode = WAL;"
                    "INSERT INTO text (id, text) VALUES (1, 'pc-q35-6.2'), (2, 'stopped');"
                    "INSERT INTO record VALUES (x'00000000000040008000000000000001', 1, 1, 1, 4, 1,"
                    "  2, NULL, NULL, 'web', NULL, 1800000000, 0)",
                    NULL, NULL, NULL),
      ==, SQLITE_OK);
  g_assert_true (mt_sqlite_migrate (db, version, NULL));
  sqlite3_close (db);
}

static char *
read_version (const Place *place)
{
  sqlite3 *db = NULL;
  char *version;

  g_assert_cmpint (sqlite3_open (place->path, &db), ==, SQLITE_OK);
  version = mt_sqlite_query_text (db, "PRAGMA user_version");
  sqlite3_close (db);
  return version;
}

/* Read by its owner, then by a user who cannot write; the file keeps its version. A backup has
 * today's. */
static void
read_old (const Place *place, uid_t user, int version)
{
  g_autofree char *kept = NULL, *made = g_strdup_printf ("%d", version);
  g_autoptr (MachtypeStore) store = NULL, copy = NULL;
  GError *error = NULL;
  Place copies;

  place_init (&copies);
  if (user != getuid ())
    g_assert_cmpint (chown (copies.dir, user, user), ==, 0);
  set_modes (place, 0444, 0755);
  become (user);
  store = place_open (place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  assert_reads (store, FALSE);
  assert_refuses (store);
  g_assert_true (machtype_store_backup (store, copies.path, &error));
  copy = place_open (&copies, MACHTYPE_STORE_OPEN_NONE, &error);
  g_assert_no_error (error);
  assert_reads (copy, FALSE);
  g_assert_true (place_add (copy, UUID (2), "pc", &error));
  become (getuid ());
  kept = read_version (place);
  g_assert_cmpstr (kept, ==, made);
  g_clear_object (&copy);
  place_clear (&copies);
}

static void
test_old (void)
{
  int version;

  for (version = 1; version < MT_SQLITE_VERSION; version++) {
    Place place;

    ROW ("version %d", version);
    place_init (&place);
    make_old (&place, version);
    read_old (&place, getuid (), version);
    if (getuid () == 0)
      read_old (&place, UID_NOBODY, version);
    place_clear (&place);
  }
}

/* Another process, of this library, updates the tables that are read in memory. */
static void
test_old_changed (void)
{
  g_autoptr (MachtypeStore) reader = NULL, writer = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place);
  make_old (&place, MT_SQLITE_VERSION - 1);
  reader = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  assert_has (reader, UUID (1), TRUE);
  writer = place_create (&place);
  g_assert_null (machtype_store_read_record (reader, UUID (1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "changed open it again");
  g_clear_object (&reader);
  g_clear_object (&writer);
  place_clear (&place);
}

/* The header of a file: how many pages it has. */
static void
set_pages (const Place *place, guint32 pages)
{
  const guint8 bytes[] = { (guint8)(pages >> 24), (guint8)(pages >> 16), (guint8)(pages >> 8),
                           (guint8)pages };
  FILE *file = g_fopen (place->path, "r+");

  g_assert_nonnull (file);
  g_assert_cmpint (ftruncate (fileno (file), (off_t)pages * 4096), ==, 0);
  g_assert_cmpint (fseek (file, 28, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (bytes, 1, sizeof bytes, file), ==, sizeof bytes);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* What is copied to memory is bounded. */
static void
test_old_too_large (void)
{
  GError *error = NULL;
  Place place;

  place_init (&place);
  make_old (&place, MT_SQLITE_VERSION - 1);
  set_pages (&place, (1 << 28) / 4096 + 1);
  g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "tables of version too large writing");
  place_clear (&place);
}

/* An empty file is not a store without records: that has tables. */
static void
test_empty (void)
{
  GError *error = NULL;
  Place place;

  place_init (&place);
  g_assert_true (g_file_set_contents (place.path, "", 0, NULL));
  g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "records.db empty file");
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-reading/left", test_left);
  g_test_add_func ("/store-reading/refused", test_refused);
  g_test_add_func ("/store-reading/changed", test_changed);
  g_test_add_func ("/store-reading/old", test_old);
  g_test_add_func ("/store-reading/old-changed", test_old_changed);
  g_test_add_func ("/store-reading/old-too-large", test_old_too_large);
  g_test_add_func ("/store-reading/empty", test_empty);
  return g_test_run ();
}
