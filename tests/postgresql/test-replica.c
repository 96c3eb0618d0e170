/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server's store with a replica in a file, while the server is away, and others write to it. What
 * all stores do is tested by the programs of tests/unit. */

#include "test.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "store-kinds.h"
#include "store/store-private.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n

typedef struct {
  char *dir, *file;
  char *server, *both; /* places */
} Fleet;

static MachtypeStore *
open_store (const char *place, MachtypeStoreOpenFlags flags)
{
  GError *error = NULL;
  MachtypeStore *store = machtype_store_open (place, flags, 1000, &error);

  g_assert_no_error (error);
  return store;
}

static void
add (const char *place, const char *uuid)
{
  g_autoptr (MachtypeStore) store = open_store (place, MACHTYPE_STORE_OPEN_CREATE);
  GError *error = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, &error);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL;

  g_assert_true (machtype_record_builder_set_state (builder, "stopped", &error));
  g_assert_true (machtype_record_builder_set_machine (builder, "pc-q35-6.2", NULL,
                                                      MACHTYPE_SOURCE_DOMAIN, &error));
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, NULL, &error);
  g_assert_no_error (error);
}

/* Another machine type for a record, as it is read from this store. */
static gboolean
update (MachtypeStore *store, const char *uuid, const char *machine, GError **error)
{
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, NULL);
  g_autoptr (MachtypeChange) change = NULL;
  g_autoptr (MachtypeRecord) updated = NULL;

  g_assert_nonnull (record);
  change =
      machtype_change_check (machtype_record_get_machine (record), machine, MACHTYPE_ARCH_X86_64,
                             NULL, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, NULL);
  updated = machtype_store_update_machine (store, record, change, "alice", error);
  return updated != NULL;
}

static void
update_at (const char *place, const char *uuid, const char *machine)
{
  g_autoptr (MachtypeStore) store = open_store (place, 0);
  GError *error = NULL;

  update (store, uuid, machine, &error);
  g_assert_no_error (error);
}

static void
assert_machine (MachtypeStore *store, const char *uuid, const char *machine, guint n_changes)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, &error);
  g_autoptr (GPtrArray) history = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_machine (record), ==, machine);
  history = machtype_store_list_history (store, uuid, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, n_changes);
}

/* A place can be that of the file alone. */
static void
assert_machine_at (const char *place, const char *uuid, const char *machine, guint n_changes)
{
  g_autoptr (MachtypeStore) store = open_store (place, MACHTYPE_STORE_OPEN_READ_ONLY);

  assert_machine (store, uuid, machine, n_changes);
}

static void
assert_absent (const char *place, const char *uuid)
{
  g_autoptr (MachtypeStore) store = open_store (place, MACHTYPE_STORE_OPEN_READ_ONLY);
  GError *error = NULL;

  g_assert_null (machtype_store_read_record (store, uuid, &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, uuid);
}

static void
assert_unknown (MachtypeStore *store, const char *uuid)
{
  GError *error = NULL;

  g_assert_null (machtype_store_read_record (store, uuid, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "is not in ");
  g_assert_null (machtype_store_list_history (store, uuid, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "is not in ");
}

/* UUID (1) is recorded by this host and updated, the other one is not this host's. */
static void
fleet_init (Fleet *fleet)
{
  const StoreKind kind = { "fleet", POSTGRESQL_SCHEME };
  g_autofree char *database = NULL;

  fleet->dir = store_dir_make ();
  database = store_database_make (&kind, fleet->dir);
  fleet->file = g_build_filename (fleet->dir, "replica.db", NULL);
  fleet->server = g_strconcat (POSTGRESQL_SCHEME, database, NULL);
  fleet->both = g_strconcat (fleet->file, ", ", fleet->server, NULL);
  add (fleet->both, UUID (1));
  update_at (fleet->both, UUID (1), "pc-q35-7.2");
  add (fleet->server, UUID (9));
}

static void
fleet_clear (Fleet *fleet)
{
  store_dir_remove (fleet->dir);
  g_free (fleet->dir);
  g_free (fleet->file);
  g_free (fleet->server);
  g_free (fleet->both);
}

static void
control (const char *action)
{
  g_autofree char *command =
      g_strdup_printf ("'%s/ctl' %s", g_getenv ("MACHTYPE_TEST_POSTGRESQL"), action);
  char sh[] = "sh", option[] = "-c";
  char *argv[] = { sh, option, command, NULL };
  GError *error = NULL;
  int status = 0;

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  (void)record;
  (void)data;
  return TRUE;
}

static void
test_away (void)
{
  g_autoptr (MachtypeStore) before = NULL, after = NULL, writing = NULL;
  GError *error = NULL;
  Fleet fleet;

  fleet_init (&fleet);
  before = open_store (fleet.both, MACHTYPE_STORE_OPEN_READ_ONLY);
  control ("-m fast stop");
  after = open_store (fleet.both, MACHTYPE_STORE_OPEN_READ_ONLY);
  assert_machine (before, UUID (1), "pc-q35-7.2", 1);
  assert_machine (after, UUID (1), "pc-q35-7.2", 1);
  assert_unknown (before, UUID (9));
  assert_unknown (after, UUID (9));
  g_assert_false (machtype_store_foreach (after, NULL, NULL, on_record, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "");
  writing = machtype_store_open (fleet.both, 0, 1000, &error);
  g_assert_null (writing);
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "");
  control ("start");
  assert_machine (after, UUID (9), "pc-q35-6.2", 0);
  /* It was only read. */
  assert_absent (fleet.file, UUID (9));
  fleet_clear (&fleet);
}

/* Between the beginning and the end of reading, neither store changes. */
static void
test_reading (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Fleet fleet;

  fleet_init (&fleet);
  store = open_store (fleet.both, MACHTYPE_STORE_OPEN_READ_ONLY);
  machtype_store_begin_read (store, &error);
  g_assert_no_error (error);
  assert_machine (store, UUID (1), "pc-q35-7.2", 1);
  assert_machine (store, UUID (9), "pc-q35-6.2", 0);
  update_at (fleet.both, UUID (1), "pc-q35-8.0");
  update_at (fleet.server, UUID (9), "pc-q35-8.0");
  assert_machine (store, UUID (1), "pc-q35-7.2", 1);
  assert_machine (store, UUID (9), "pc-q35-6.2", 0);
  machtype_store_end_read (store);
  assert_machine (store, UUID (1), "pc-q35-8.0", 2);
  assert_machine (store, UUID (9), "pc-q35-8.0", 1);
  fleet_clear (&fleet);
}

/* The server decides: a change that is based on what another host has changed is refused once. */
static void
test_conflict (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Fleet fleet;

  fleet_init (&fleet);
  update_at (fleet.server, UUID (1), "pc-q35-8.0");
  store = open_store (fleet.both, 0);
  assert_machine (store, UUID (1), "pc-q35-7.2", 1);
  g_assert_false (update (store, UUID (1), "pc-q35-9.0", &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, UUID (1));
  assert_machine_at (fleet.file, UUID (1), "pc-q35-8.0", 2);
  g_assert_true (update (store, UUID (1), "pc-q35-9.0", &error));
  assert_machine_at (fleet.file, UUID (1), "pc-q35-9.0", 3);
  assert_machine_at (fleet.server, UUID (1), "pc-q35-9.0", 3);
  fleet_clear (&fleet);
}

/* Records a guest as it is in another store, or in the same one. */
static void
record_again (MachtypeStore *store, MachtypeStore *from, const char *uuid)
{
  GError *error = NULL;
  MachtypeStoreOutcome outcome;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (from, uuid, &error);
  g_autoptr (MachtypeRecord) kept = machtype_store_record (store, record, NULL, &outcome, &error);

  g_assert_no_error (error);
  g_assert_nonnull (kept);
}

/* What is recorded again is up to date, even if nothing changes. */
static void
test_record_again (void)
{
  g_autoptr (MachtypeStore) store = NULL, server = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;
  Fleet fleet;

  fleet_init (&fleet);
  store = open_store (fleet.both, 0);
  server = open_store (fleet.server, 0);
  record_again (store, server, UUID (9));
  assert_machine_at (fleet.file, UUID (9), "pc-q35-6.2", 0);
  record = machtype_store_read_record (server, UUID (9), &error);
  g_assert_true (machtype_store_remove (server, record, &error));
  assert_machine (store, UUID (9), "pc-q35-6.2", 0);
  g_assert_false (machtype_store_remove (store, record, &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (9));
  assert_absent (fleet.file, UUID (9));
  fleet_clear (&fleet);
}

static void
intend (MachtypeStore *store, const char *uuid)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, &error);
  g_autoptr (MachtypeRecord) next = mt_record_as_revision (record, record->revision);
  const MtStoreChange change = { .action = MACHTYPE_HISTORY_ACTION_UPDATE };
  const MtIntentionPlace place = { "a", NULL, "test:///default", "pc-q35-7.2" };
  g_autoptr (MachtypeIntention) intention = mt_intention_new (record, next, &change, &place);

  g_assert_true (mt_store_intend (store, record, intention, &error));
  g_assert_no_error (error);
}

static void
assert_pending (const char *place, const char *uuid, gboolean is_pending)
{
  g_autoptr (MachtypeStore) store = open_store (place, MACHTYPE_STORE_OPEN_READ_ONLY);
  GError *error = NULL;
  g_autoptr (MachtypeIntention) intention = machtype_store_find_intention (store, uuid, &error);

  g_assert_no_error (error);
  g_assert_cmpint (intention != NULL, ==, is_pending);
}

/* A change that was interrupted here, and settled by another host: what writes asks the server, and
 * what reads knows it once the guest is recorded again. */
static void
test_settled (void)
{
  g_autoptr (MachtypeStore) store = NULL, server = NULL;
  g_autoptr (MachtypeIntention) intention = NULL, seen = NULL;
  GError *error = NULL;
  Fleet fleet;

  fleet_init (&fleet);
  store = open_store (fleet.both, 0);
  server = open_store (fleet.server, 0);
  intend (store, UUID (1));
  assert_pending (fleet.file, UUID (1), TRUE);
  intention = machtype_store_find_intention (server, UUID (1), &error);
  g_assert_nonnull (intention);
  g_assert_true (machtype_store_begin (server, &error));
  g_assert_true (mt_store_remove_intention (server, intention, &error));
  g_assert_true (machtype_store_commit (server, &error));
  seen = machtype_store_find_intention (store, UUID (1), &error);
  g_assert_null (seen);
  assert_pending (fleet.both, UUID (1), TRUE);
  record_again (store, server, UUID (1));
  assert_pending (fleet.both, UUID (1), FALSE);
  assert_machine_at (fleet.file, UUID (1), "pc-q35-7.2", 1);
  fleet_clear (&fleet);
}

/* What cannot be removed from the replica is not changed at all. */
static void
test_locked (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  sqlite3 *file = NULL;
  Fleet fleet;

  fleet_init (&fleet);
  store = open_store (fleet.both, 0);
  g_assert_cmpint (sqlite3_open (fleet.file, &file), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (file, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_false (update (store, UUID (1), "pc-q35-8.0", &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, fleet.file);
  assert_machine_at (fleet.server, UUID (1), "pc-q35-7.2", 1);
  sqlite3_close (file);
  g_assert_true (update (store, UUID (1), "pc-q35-8.0", &error));
  assert_machine_at (fleet.server, UUID (1), "pc-q35-8.0", 2);
  assert_machine_at (fleet.file, UUID (1), "pc-q35-8.0", 2);
  fleet_clear (&fleet);
}

static void
run_sql (const Fleet *fleet, const char *sql)
{
  sqlite3 *file = NULL;

  g_assert_cmpint (sqlite3_open (fleet->file, &file), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (file, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (file);
}

/* Another process has begun a change, and may commit it after the server was read. */
static void
test_changing (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;
  Fleet fleet;

  fleet_init (&fleet);
  store = open_store (fleet.both, 0);
  run_sql (&fleet, "DELETE FROM history; DELETE FROM record;"
                   "INSERT INTO changing VALUES ('" UUID (1) "', 'another')");
  record_again (store, store, UUID (1));
  assert_absent (fleet.file, UUID (1));
  assert_machine (store, UUID (1), "pc-q35-7.2", 1);
  g_assert_true (update (store, UUID (1), "pc-q35-8.0", &error));
  assert_machine_at (fleet.file, UUID (1), "pc-q35-8.0", 2);
  fleet_clear (&fleet);
}

/* A file with records of its own, and one of another server. */
static void
test_other_file (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autofree char *own = NULL, *both = NULL;
  GError *error = NULL;
  Fleet fleet, other;

  fleet_init (&fleet);
  fleet_init (&other);
  own = g_build_filename (fleet.dir, "own.db", NULL);
  both = g_strconcat (own, ", ", fleet.server, NULL);
  add (own, UUID (2));
  update_at (own, UUID (2), "pc-q35-8.0");
  store = machtype_store_open (both, MACHTYPE_STORE_OPEN_CREATE, 1000, &error);
  g_assert_null (store);
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "is not a replica");
  assert_machine_at (own, UUID (2), "pc-q35-8.0", 1);
  assert_machine_at (both, UUID (1), "pc-q35-7.2", 1);
  assert_absent (both, UUID (2));
  g_free (both);
  both = g_strconcat (fleet.file, ", ", other.server, NULL);
  update_at (other.server, UUID (1), "pc-q35-8.0");
  assert_machine_at (both, UUID (1), "pc-q35-8.0", 2);
  update_at (both, UUID (9), "pc-q35-8.0");
  assert_machine_at (both, UUID (1), "pc-q35-8.0", 2);
  assert_absent (fleet.file, UUID (1));
  fleet_clear (&fleet);
  fleet_clear (&other);
}

/* Without a file that can be read, the server is asked; nothing is written past a damaged one. */
static void
test_no_file (void)
{
  static const struct {
    const char *content; /* NULL: there is no file */
    MachtypeError code;  /* of what writes; MACHTYPE_ERROR_INVALID_ARGUMENT: none */
  } rows[] = {
    { NULL, MACHTYPE_ERROR_INVALID_ARGUMENT },
    { "This is a text, not a database, and long enough for the header of a database: "
      "0123456789012345",
      MACHTYPE_ERROR_STORE },
  };
  Fleet fleet;
  gsize i;

  fleet_init (&fleet);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeStore) store = NULL;
    GError *error = NULL;

    test_row_text (rows[i].content != NULL ? rows[i].content : "(none)");
    g_assert_cmpint (g_remove (fleet.file), ==, 0);
    if (rows[i].content != NULL)
      g_assert_true (g_file_set_contents_full (fleet.file, rows[i].content, -1,
                                               G_FILE_SET_CONTENTS_NONE, 0600, &error));
    assert_machine_at (fleet.both, UUID (1), "pc-q35-7.2", 1);
    store = machtype_store_open (fleet.both, 0, 1000, &error);
    if (rows[i].code == MACHTYPE_ERROR_INVALID_ARGUMENT) {
      g_assert_no_error (error);
      continue;
    }
    g_assert_null (store);
    test_assert_error (&error, rows[i].code, fleet.file);
  }
  fleet_clear (&fleet);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replica/away", test_away);
  g_test_add_func ("/replica/reading", test_reading);
  g_test_add_func ("/replica/conflict", test_conflict);
  g_test_add_func ("/replica/record-again", test_record_again);
  g_test_add_func ("/replica/settled", test_settled);
  g_test_add_func ("/replica/locked", test_locked);
  g_test_add_func ("/replica/changing", test_changing);
  g_test_add_func ("/replica/other-file", test_other_file);
  g_test_add_func ("/replica/no-file", test_no_file);
  return g_test_run ();
}
