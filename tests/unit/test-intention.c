/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How stores keep changes of record and definition that are in progress: run on each store. */

#include "test.h"

#include <sqlite3.h>

#include "arch-private.h"
#include "store-kinds.h"
#include "store/store-private.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" G_STRINGIFY (n)

typedef struct {
  char *dir;
  MachtypeStore *store;
  MachtypeRecord *record; /* of UUID (1): pc-q35-6.2, stopped */
} Place;

static MachtypeRecord *
add (MachtypeStore *store, const char *uuid)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, &error);
  g_autoptr (MachtypeRecord) record = NULL;
  MachtypeRecord *added;

  g_assert_true (machtype_record_builder_set_state (builder, "stopped", &error));
  g_assert_true (machtype_record_builder_set_machine (builder, "pc-q35-6.2", NULL,
                                                      MACHTYPE_SOURCE_DOMAIN, &error));
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, NULL, &error);
  g_assert_no_error (error);
  return added;
}

static void
place_init (Place *place, const StoreKind *kind)
{
  place->dir = store_dir_make ();
  place->store = store_kind_open (kind, place->dir);
  place->record = add (place->store, UUID (1));
}

static void
place_clear (Place *place)
{
  g_clear_object (&place->store);
  machtype_record_unref (place->record);
  store_dir_remove (place->dir);
  g_free (place->dir);
}

static MachtypeChange *
judge (const MachtypeRecord *record, const char *machine)
{
  GError *error = NULL;
  MachtypeChange *change =
      machtype_change_check (machtype_record_get_machine (record), machine, MACHTYPE_ARCH_UNKNOWN,
                             NULL, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, &error);

  g_assert_no_error (error);
  return change;
}

static MachtypeIntention *
make (MachtypeRecord *record, const char *host_uuid)
{
  const MtIntentionPlace where = { "host-1", host_uuid, "qemu:///system", "pc-q35-6.1" };
  g_autoptr (MachtypeChange) change = judge (record, "pc-q35-7.2");
  MtStoreChange made = { 0 };
  GError *error = NULL;
  g_autoptr (MachtypeRecord) changed = mt_store_make_update (record, change, &made, &error);

  g_assert_no_error (error);
  made.author = "op (uid 0)";
  return mt_intention_new (record, changed, &made, &where);
}

static void
intend (const Place *place, MachtypeIntention *intention)
{
  GError *error = NULL;

  g_assert_true (mt_store_intend (place->store, place->record, intention, &error));
  g_assert_no_error (error);
}

static void
assert_intention (const MachtypeIntention *a, const MachtypeIntention *b)
{
  g_assert_cmpstr (machtype_intention_get_uuid (a), ==, machtype_intention_get_uuid (b));
  g_assert_cmpint (machtype_intention_get_action (a), ==, machtype_intention_get_action (b));
  g_assert_cmpstr (machtype_intention_get_old_machine (a), ==,
                   machtype_intention_get_old_machine (b));
  g_assert_cmpstr (machtype_intention_get_new_machine (a), ==,
                   machtype_intention_get_new_machine (b));
  g_assert_cmpstr (machtype_intention_get_old_definition (a), ==,
                   machtype_intention_get_old_definition (b));
  g_assert_cmpstr (machtype_intention_get_host_name (a), ==, machtype_intention_get_host_name (b));
  g_assert_cmpstr (machtype_intention_get_uri (a), ==, machtype_intention_get_uri (b));
  g_assert_cmpint (machtype_intention_get_started_at (a), ==,
                   machtype_intention_get_started_at (b));
  g_assert_cmpstr (machtype_intention_get_author (a), ==, machtype_intention_get_author (b));
  g_assert_cmpstr (a->host_uuid, ==, b->host_uuid);
  g_assert_cmpuint (a->revision, ==, b->revision);
  g_assert_cmpuint (a->token, ==, b->token);
  g_assert_cmpint (a->forced, ==, b->forced);
  g_assert_cmpuint (a->undoes, ==, b->undoes);
  g_assert_cmpstr (a->requested, ==, b->requested);
  g_assert_cmpint (a->source, ==, b->source);
  g_assert_cmpint (a->arch, ==, b->arch);
}

static void
assert_machine (const Place *place, const char *machine, guint64 revision)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (place->store, UUID (1), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_machine (record), ==, machine);
  g_assert_cmpuint (machtype_record_get_revision (record), ==, revision);
}

static void
assert_pending (const Place *place, guint n)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) list = machtype_store_list_intentions (place->store, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, n);
}

/* What is read is what was stored, in the list and individually. */
static void
test_keep (gconstpointer kind)
{
  static const char *const host_uuids[] = { NULL, "11111111-1111-4111-8111-111111111111" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (host_uuids); i++) {
    g_autoptr (MachtypeIntention) intention = NULL, found = NULL;
    g_autoptr (GPtrArray) list = NULL;
    GError *error = NULL;
    Place place;

    ROW ("%s", host_uuids[i]);
    place_init (&place, kind);
    intention = make (place.record, host_uuids[i]);
    g_assert_null (machtype_store_find_intention (place.store, UUID (1), &error));
    g_assert_no_error (error);
    intend (&place, intention);
    found = machtype_store_find_intention (place.store, UUID (1), &error);
    g_assert_no_error (error);
    assert_intention (found, intention);
    list = machtype_store_list_intentions (place.store, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (list->len, ==, 1);
    assert_intention (list->pdata[0], intention);
    g_assert_null (machtype_store_find_intention (place.store, UUID (2), &error));
    g_assert_no_error (error);
    g_assert_null (machtype_store_find_intention (place.store, "x", &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "x");
    place_clear (&place);
  }
}

/* Every other change of the instance is refused, and the message has both values. Host and state
 * can still be updated. */
static void
test_gate (gconstpointer kind)
{
  g_autoptr (MachtypeIntention) intention = NULL, second = NULL;
  g_autoptr (MachtypeChange) change = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) seen = NULL, stored = NULL, other = NULL, updated = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place, kind);
  intention = make (place.record, NULL);
  second = make (place.record, NULL);
  change = judge (place.record, "pc-q35-7.1");
  intend (&place, intention);

  g_assert_null (machtype_store_update_machine (place.store, place.record, change, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_PENDING,
                     "pending pc-q35-6.2 pc-q35-7.2 host-1 "
                     "qemu:///system");
  g_assert_null (machtype_store_replace (place.store, place.record, place.record, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_PENDING, "pending");
  g_assert_null (machtype_store_rebuild (place.store, place.record, place.record, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_PENDING, "pending");
  g_assert_false (machtype_store_remove (place.store, place.record, &error));
  test_assert_error (&error, MACHTYPE_ERROR_PENDING, "pending");
  g_assert_false (mt_store_intend (place.store, place.record, second, &error));
  test_assert_error (&error, MACHTYPE_ERROR_PENDING, "pending");
  assert_machine (&place, "pc-q35-6.2", 1);

  builder = machtype_record_builder_new_from (place.record);
  g_assert_true (machtype_record_builder_set_state (builder, "active", &error));
  seen = machtype_record_builder_end (builder);
  stored = machtype_store_record (place.store, seen, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_state (stored), ==, "active");

  /* Other instances are not affected. */
  other = add (place.store, UUID (2));
  updated = machtype_store_update_machine (place.store, other, change, NULL, &error);
  g_assert_no_error (error);
  place_clear (&place);
}

/* Completed: the record is what was intended, as one entry of the history by the author of the
 * intention, and what was seen since is kept. */
static void
test_fulfil (gconstpointer kind)
{
  g_autoptr (MachtypeIntention) intention = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) seen = NULL, stored = NULL, written = NULL;
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place, kind);
  intention = make (place.record, NULL);
  intend (&place, intention);
  builder = machtype_record_builder_new_from (place.record);
  g_assert_true (machtype_record_builder_set_state (builder, "active", &error));
  seen = machtype_record_builder_end (builder);
  stored = machtype_store_record (place.store, seen, NULL, NULL, &error);
  g_assert_no_error (error);

  g_assert_true (machtype_store_begin (place.store, &error));
  written = mt_store_fulfil (place.store, intention, &error);
  g_assert_no_error (error);
  g_assert_true (machtype_store_commit (place.store, &error));
  assert_machine (&place, "pc-q35-7.2", 2);
  assert_pending (&place, 0);
  g_assert_cmpstr (machtype_record_get_state (written), ==, "active");
  g_assert_cmpint (machtype_record_get_source (written), ==, MACHTYPE_SOURCE_OPERATOR);
  history = machtype_store_list_history (place.store, UUID (1), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, 1);
  g_assert_cmpstr (machtype_history_entry_get_author (history->pdata[0]), ==, "op (uid 0)");
  g_assert_cmpint (machtype_history_entry_get_action (history->pdata[0]), ==,
                   MACHTYPE_HISTORY_ACTION_UPDATE);

  /* Once is enough. */
  g_assert_true (machtype_store_begin (place.store, &error));
  g_assert_null (mt_store_fulfil (place.store, intention, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "settled by another process");
  machtype_store_rollback (place.store);
  place_clear (&place);
}

/* After a rollback, an intention that was completed is pending again. */
static void
test_fulfil_and_roll_back (gconstpointer kind)
{
  g_autoptr (MachtypeIntention) intention = NULL;
  g_autoptr (MachtypeRecord) written = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place, kind);
  intention = make (place.record, NULL);
  intend (&place, intention);
  g_assert_true (machtype_store_begin (place.store, &error));
  written = mt_store_fulfil (place.store, intention, &error);
  g_assert_no_error (error);
  machtype_store_rollback (place.store);
  assert_machine (&place, "pc-q35-6.2", 1);
  assert_pending (&place, 1);
  place_clear (&place);
}

/* Dropped, and confirmed: neither works with another intention of the same instance. */
static void
test_abandon (gconstpointer kind)
{
  g_autoptr (MachtypeIntention) intention = NULL, second = NULL;
  GError *error = NULL;
  Place place;

  place_init (&place, kind);
  intention = make (place.record, NULL);
  second = make (place.record, NULL);
  intend (&place, intention);
  g_assert_true (mt_store_confirm_intention (place.store, intention, &error));
  g_assert_no_error (error);
  assert_pending (&place, 1);
  g_assert_true (machtype_store_drop_intention (place.store, intention, &error));
  g_assert_no_error (error);
  assert_pending (&place, 0);
  assert_machine (&place, "pc-q35-6.2", 1);
  intend (&place, second);
  g_assert_false (machtype_store_drop_intention (place.store, intention, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "settled by another process");
  g_assert_false (mt_store_confirm_intention (place.store, intention, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "settled by another process");
  assert_pending (&place, 1);
  place_clear (&place);
}

/* The record is not the one that was read: no intention is added. */
static void
test_overtaken (gconstpointer kind)
{
  static const char *const states[] = { NULL, "active" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (MachtypeIntention) intention = NULL;
    g_autoptr (MachtypeChange) change = NULL;
    g_autoptr (MachtypeRecordBuilder) builder = NULL;
    g_autoptr (MachtypeRecord) changed = NULL, stored = NULL;
    GError *error = NULL;
    Place place;

    ROW ("%s", states[i] != NULL ? states[i] : "another machine type");
    place_init (&place, kind);
    intention = make (place.record, NULL);
    if (states[i] == NULL) {
      change = judge (place.record, "pc-q35-7.0");
      stored = machtype_store_update_machine (place.store, place.record, change, NULL, &error);
    } else {
      builder = machtype_record_builder_new_from (place.record);
      g_assert_true (machtype_record_builder_set_state (builder, states[i], &error));
      changed = machtype_record_builder_end (builder);
      stored = machtype_store_replace (place.store, place.record, changed, NULL, &error);
    }
    g_assert_no_error (error);
    g_assert_false (mt_store_intend (place.store, place.record, intention, &error));
    test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "changed");
    assert_pending (&place, 0);
    place_clear (&place);
  }
}

/* Rows that we never write. */
/* For a store whose only intention has been changed by SQL. */
static gboolean
can_list (const char *sql, GError **error)
{
  static const StoreKind sqlite = { "sqlite", "" };
  g_autoptr (MachtypeIntention) intention = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *path = NULL;
  sqlite3 *db = NULL;
  Place place;

  ROW ("%s", sql);
  place_init (&place, &sqlite);
  intention = make (place.record, NULL);
  intend (&place, intention);
  g_clear_object (&place.store);
  path = g_build_filename (place.dir, "records.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (db), ==, 1);
  sqlite3_close (db);
  place.store = machtype_store_open (path, MACHTYPE_STORE_OPEN_NONE, 0, NULL);
  list = machtype_store_list_intentions (place.store, error);
  place_clear (&place);
  return list != NULL;
}

static void
test_damaged (void)
{
  static const char *const statements[] = {
    "UPDATE intention SET revision = 0",   "UPDATE intention SET action = 99",
    "UPDATE intention SET action = -1",    "UPDATE intention SET source = 99",
    "UPDATE intention SET arch = 255",     "UPDATE intention SET host_name = 0",
    "UPDATE intention SET uri = 0",        "UPDATE intention SET definition = 0",
    "UPDATE intention SET machine = 0",    "UPDATE intention SET machine = 999",
    "UPDATE intention SET properties = 9", "UPDATE intention SET uuid = x'00'",
  };
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (statements); i++) {
    g_assert_false (can_list (statements[i], &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged");
  }
}

/* The numbers of enumerations, up to the last and one more. */
static void
test_last_numbers (void)
{
  static const struct {
    const char *column;
    int last;
  } columns[] = { { "action", MACHTYPE_HISTORY_ACTION_REBUILD },
                  { "source", MT_SOURCE_LAST },
                  { "arch", MT_ARCH_LAST } };
  gsize i;
  int step;

  for (i = 0; i < G_N_ELEMENTS (columns); i++) {
    for (step = 0; step <= 1; step++) {
      g_autofree char *sql = g_strdup_printf ("UPDATE intention SET %s = %d", columns[i].column,
                                              columns[i].last + step);
      GError *error = NULL;

      g_assert_cmpint (can_list (sql, &error), ==, step == 0);
      if (step != 0)
        test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged out of range");
    }
  }
}

static const struct {
  const char *name;
  void (*run) (gconstpointer kind);
} behaviours[] = {
  { "keep", test_keep },       { "gate", test_gate },
  { "fulfil", test_fulfil },   { "fulfil-and-roll-back", test_fulfil_and_roll_back },
  { "abandon", test_abandon }, { "overtaken", test_overtaken },
};

int
main (int argc, char **argv)
{
  gsize i, j;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    for (j = 0; j < G_N_ELEMENTS (behaviours); j++) {
      g_autofree char *path =
          g_strdup_printf ("/intention/%s/%s", store_kinds[i].name, behaviours[j].name);

      g_test_add_data_func (path, &store_kinds[i], behaviours[j].run);
    }
  }
  g_test_add_func ("/intention/damaged", test_damaged);
  g_test_add_func ("/intention/last-numbers", test_last_numbers);
  return g_test_run ();
}
