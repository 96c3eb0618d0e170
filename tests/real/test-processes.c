/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many processes on one store: killed at any instant, and racing for one instance. */

#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

#define WRITERS 4
#define INSTANCES 40
#define KILLS 100

#define RACERS 8
#define UPDATES 1000

#define BACKUPS 30

#define TIMEOUT_MS 120000

/* The progress of a writer. A kill counts if it was between BEGIN and the call of COMMIT. */
enum { OUTSIDE, INSIDE, COMMITTING };

/* Shared by all processes. */
typedef struct {
  gint phase[WRITERS];
  gint begun[WRITERS];             /* transactions since it was started */
  guint64 acknowledged[INSTANCES]; /* the revision that a commit has confirmed */
  guint won[RACERS], lost[RACERS];
} Shared;

typedef struct {
  char *dir, *path;
  Shared *shared;
} Place;

static void
place_init (Place *place)
{
  place->dir = g_dir_make_tmp ("machtype-store-XXXXXX", NULL);
  g_assert_nonnull (place->dir);
  place->path = g_build_filename (place->dir, "records.db", NULL);
  place->shared =
      mmap (NULL, sizeof (Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (place->shared != MAP_FAILED);
}

static void
place_clear (Place *place)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (place->path, suffixes[i], NULL);

    g_remove (path);
  }
  g_assert_cmpint (g_rmdir (place->dir), ==, 0);
  munmap (place->shared, sizeof (Shared));
  g_free (place->dir);
  g_free (place->path);
}

static MachtypeStore *
open_store (const Place *place)
{
  GError *error = NULL;
  MachtypeStore *store =
      machtype_store_open (place->path, MACHTYPE_STORE_OPEN_CREATE, TIMEOUT_MS, &error);

  g_assert_no_error (error);
  return store;
}

static char *
dup_uuid (guint i)
{
  return g_strdup_printf ("00000000-0000-4000-8000-%012u", i);
}

static void
add_instances (const Place *place, guint n)
{
  g_autoptr (MachtypeStore) store = open_store (place);
  guint i;

  for (i = 0; i < n; i++) {
    g_autofree char *uuid = dup_uuid (i);
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);
    g_autoptr (MachtypeRecord) record = NULL, added = NULL;
    GError *error = NULL;

    machtype_record_builder_set_state (builder, "stopped", NULL);
    machtype_record_builder_set_machine (builder, "pc-q35-1.0", NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
    machtype_record_builder_set_property (builder, "own", "1", NULL);
    record = machtype_record_builder_end (builder);
    added = machtype_store_add (store, record, NULL, &error);
    g_assert_no_error (error);
  }
}

static MachtypeRecord *
update (MachtypeStore *store, MachtypeRecord *record, const char *machine, GError **error)
{
  g_autoptr (MachtypeChange) change =
      machtype_change_check (machtype_record_get_machine (record), machine, MACHTYPE_ARCH_UNKNOWN,
                             NULL, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, NULL);

  return machtype_store_update_machine (store, record, change, "writer", error);
}

/* Machine type and property change together: half a change would be visible. */
static MachtypeRecord *
write_pair (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  guint64 revision = machtype_record_get_revision (record) + 2;
  g_autofree char *machine = g_strdup_printf ("pc-q35-%" G_GUINT64_FORMAT ".0", revision);
  g_autofree char *own = g_strdup_printf ("%" G_GUINT64_FORMAT, revision);
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) updated = NULL, changed = NULL;

  updated = update (store, record, machine, error);
  if (updated == NULL)
    return NULL;
  builder = machtype_record_builder_new_from (updated);
  machtype_record_builder_set_property (builder, "own", own, NULL);
  changed = machtype_record_builder_end (builder);
  return machtype_store_replace (store, updated, changed, "writer", error);
}

static void
write_once (MachtypeStore *store, Shared *shared, guint writer, guint instance)
{
  g_autofree char *uuid = dup_uuid (instance);
  g_autoptr (MachtypeRecord) record = NULL, written = NULL;
  GError *error = NULL;
  gboolean ok;

  g_assert_true (machtype_store_begin (store, &error));
  g_atomic_int_set (&shared->phase[writer], INSIDE);
  g_atomic_int_inc (&shared->begun[writer]);
  record = machtype_store_read_record (store, uuid, &error);
  g_assert_no_error (error);
  written = write_pair (store, record, &error);
  g_assert_no_error (error);
  g_atomic_int_set (&shared->phase[writer], COMMITTING);
  ok = machtype_store_commit (store, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  /* Others may have confirmed a later one in the meantime, but of another process only if this
   * one's commit came before: the maximum counts. */
  shared->acknowledged[instance] =
      MAX (shared->acknowledged[instance], machtype_record_get_revision (written));
  g_atomic_int_set (&shared->phase[writer], OUTSIDE);
}

G_GNUC_NORETURN static void
write_for_ever (const Place *place, guint writer, guint seed)
{
  g_autoptr (MachtypeStore) store = open_store (place);
  GRand *rand = g_rand_new_with_seed (seed);

  /* Each writer has its own instances and some that all write. */
  for (;;) {
    guint instance = g_rand_boolean (rand)
                         ? (guint)g_rand_int_range (rand, 0, INSTANCES / WRITERS) * WRITERS + writer
                         : 0;

    write_once (store, place->shared, writer, instance);
  }
}

static pid_t
start_writer (const Place *place, guint writer, guint seed)
{
  pid_t pid;

  place->shared->phase[writer] = OUTSIDE;
  place->shared->begun[writer] = 0;
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    write_for_ever (place, writer, seed);
  return pid;
}

/* A random one that has committed: on a busy machine some may not have started to work, and some
 * wait for the others. */
static guint
choose_victim (const Place *place, GRand *rand)
{
  guint writer = (guint)g_rand_int_range (rand, 0, WRITERS);

  while (g_atomic_int_get (&place->shared->begun[writer]) < 2) {
    writer = (writer + 1) % WRITERS;
    g_usleep (100);
  }
  return writer;
}

/* Kills writers at random until enough kills fell inside a transaction. */
static guint
kill_writers (const Place *place, guint *all)
{
  GRand *rand = g_rand_new_with_seed (20261120);
  pid_t pids[WRITERS];
  guint inside = 0, i;

  for (i = 0; i < WRITERS; i++)
    pids[i] = start_writer (place, i, i);
  for (*all = 0; inside < KILLS; (*all)++) {
    guint victim = choose_victim (place, rand);
    int status;

    g_usleep ((gulong)g_rand_int_range (rand, 500, 8000));
    g_assert_cmpint (kill (pids[victim], SIGKILL), ==, 0);
    g_assert_cmpint (waitpid (pids[victim], &status, 0), ==, pids[victim]);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
    inside += g_atomic_int_get (&place->shared->phase[victim]) == INSIDE;
    pids[victim] = start_writer (place, victim, 1000 + *all);
  }
  for (i = 0; i < WRITERS; i++) {
    kill (pids[i], SIGKILL);
    waitpid (pids[i], NULL, 0);
  }
  g_rand_free (rand);
  return inside;
}

static void
check_integrity (const char *path)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &statement, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *)sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_finalize (statement);
  sqlite3_close (db);
}

/* A complete history, without gaps, that ends with the record. */
static guint64
check_history (MachtypeStore *store, const char *uuid)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, &error);
  g_autoptr (GPtrArray) history = machtype_store_list_history (store, uuid, &error);
  const char *machine = "pc-q35-1.0";
  guint i;

  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, machtype_record_get_revision (record) - 1);
  for (i = 0; i < history->len; i++) {
    const MachtypeHistoryEntry *entry = history->pdata[i];

    g_assert_cmpuint (machtype_history_entry_get_revision (entry), ==, i + 2);
    g_assert_cmpstr (machtype_history_entry_get_old_machine (entry), ==, machine);
    machine = machtype_history_entry_get_new_machine (entry);
  }
  g_assert_cmpstr (machtype_record_get_machine (record), ==, machine);
  return machtype_record_get_revision (record);
}

static void
check_pair (MachtypeStore *store, const char *uuid, guint64 revision)
{
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, NULL);
  g_autofree char *machine = g_strdup_printf ("pc-q35-%" G_GUINT64_FORMAT ".0", revision);
  g_autofree char *own = g_strdup_printf ("%" G_GUINT64_FORMAT, revision);

  g_assert_cmpuint (revision % 2, ==, 1);
  g_assert_cmpstr (machtype_record_get_machine (record), ==, machine);
  g_assert_cmpstr (machtype_properties_get_image (machtype_record_get_properties (record), "own"),
                   ==, own);
}

static void
test_kill (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  guint inside, all, i;
  guint64 written = 0;
  Place place;

  place_init (&place);
  add_instances (&place, INSTANCES);
  inside = kill_writers (&place, &all);
  check_integrity (place.path);
  store = open_store (&place);
  for (i = 0; i < INSTANCES; i++) {
    g_autofree char *uuid = dup_uuid (i);
    guint64 revision = check_history (store, uuid);

    check_pair (store, uuid, revision);
    g_assert_cmpuint (revision, >=, place.shared->acknowledged[i]);
    written += revision / 2;
  }
  ROW ("%u kills, %u of them inside a transaction; %" G_GUINT64_FORMAT " transactions", all, inside,
       written);
  g_assert_cmpuint (inside, >=, KILLS);
  g_assert_cmpuint (written, >=, all);
  g_clear_object (&store);
  place_clear (&place);
}

/* One racer's updates of the one instance: each succeeds, or fails with a conflict error. */
static void
race (const Place *place, guint racer)
{
  g_autoptr (MachtypeStore) store = open_store (place);
  g_autofree char *uuid = dup_uuid (0);
  guint i;

  for (i = 0; i < UPDATES; i++) {
    g_autofree char *machine = g_strdup_printf ("pc-q35-%u.%u", racer + 2, i);
    g_autoptr (MachtypeRecord) record = NULL, updated = NULL;
    GError *error = NULL;

    record = machtype_store_read_record (store, uuid, &error);
    g_assert_no_error (error);
    updated = update (store, record, machine, &error);
    if (updated != NULL) {
      place->shared->won[racer]++;
      continue;
    }
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT);
    g_clear_error (&error);
    place->shared->lost[racer]++;
  }
}

static void
test_race (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autofree char *uuid = dup_uuid (0);
  guint won = 0, lost = 0, i;
  pid_t pids[RACERS];
  Place place;

  place_init (&place);
  add_instances (&place, 1);
  for (i = 0; i < RACERS; i++) {
    pids[i] = fork ();
    g_assert_cmpint (pids[i], >=, 0);
    if (pids[i] == 0) {
      race (&place, i);
      _exit (0);
    }
  }
  for (i = 0; i < RACERS; i++) {
    int status;

    g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
    g_assert_cmpint (status, ==, 0);
    won += place.shared->won[i];
    lost += place.shared->lost[i];
  }
  ROW ("%u won, %u lost", won, lost);
  store = open_store (&place);
  g_assert_cmpuint (won + lost, ==, RACERS * UPDATES);
  g_assert_cmpuint (check_history (store, uuid), ==, won + 1);
  check_integrity (place.path);
  g_clear_object (&store);
  place_clear (&place);
}

/* Everything that was confirmed before the backup began is in it, and nothing is incomplete. */
static void
check_backup (const char *path, const guint64 *before)
{
  g_autoptr (MachtypeStore) copy = NULL;
  GError *error = NULL;
  guint i;

  check_integrity (path);
  copy = machtype_store_open (path, MACHTYPE_STORE_OPEN_NONE, 0, &error);
  g_assert_no_error (error);
  for (i = 0; i < INSTANCES; i++) {
    g_autofree char *uuid = dup_uuid (i);
    guint64 revision = check_history (copy, uuid);

    check_pair (copy, uuid, revision);
    g_assert_cmpuint (revision, >=, before[i]);
  }
  g_clear_object (&copy);
  g_assert_cmpint (g_remove (path), ==, 0);
}

static guint64
count_acknowledged (const guint64 *revisions)
{
  guint64 all = 0;
  guint i;

  for (i = 0; i < INSTANCES; i++)
    all += revisions[i];
  return all;
}

/* While four write without stopping. */
static void
test_backup (void)
{
  g_autofree char *path = NULL;
  g_autoptr (MachtypeStore) store = NULL;
  pid_t pids[WRITERS];
  guint64 first = 0, last = 0;
  guint i;
  Place place;

  place_init (&place);
  path = g_strconcat (place.path, ".copy", NULL);
  add_instances (&place, INSTANCES);
  for (i = 0; i < WRITERS; i++)
    pids[i] = start_writer (&place, i, i);
  store = open_store (&place);
  for (i = 0; i < BACKUPS || last < first + BACKUPS; i++) {
    guint64 before[INSTANCES];
    GError *error = NULL;

    memcpy (before, place.shared->acknowledged, sizeof before);
    last = count_acknowledged (before);
    first = i == 0 ? last : first;
    g_assert_true (machtype_store_backup (store, path, &error));
    g_assert_no_error (error);
    check_backup (path, before);
  }
  for (i = 0; i < WRITERS; i++) {
    g_assert_cmpint (kill (pids[i], SIGKILL), ==, 0);
    g_assert_cmpint (waitpid (pids[i], NULL, 0), ==, pids[i]);
  }
  ROW ("revisions %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, first, last);
  g_clear_object (&store);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/processes/kill", test_kill);
  g_test_add_func ("/processes/race", test_race);
  g_test_add_func ("/processes/backup", test_backup);
  return g_test_run ();
}
