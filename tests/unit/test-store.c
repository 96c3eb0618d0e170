/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all stores do: one set of tests, run on each of them. */

#include "test.h"

#include <string.h>

#include "store-kinds.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n

typedef struct {
  const char *uuid, *name, *host, *cell, *state, *machine, *properties;
} Row;

static MachtypeRecord *
make_record (const Row *row)
{
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeProperties) properties = test_make_properties (row->properties);
  GError *error = NULL;

  builder = machtype_record_builder_new (row->uuid, &error);
  g_assert_no_error (error);
  g_assert_true (machtype_record_builder_set_name (builder, row->name, &error));
  g_assert_true (machtype_record_builder_set_host (builder, row->host, NULL, &error));
  g_assert_true (machtype_record_builder_set_cell (builder, row->cell, &error));
  g_assert_true (machtype_record_builder_set_state (builder, row->state, &error));
  g_assert_true (machtype_record_builder_set_machine (builder, row->machine, NULL,
                                                      MACHTYPE_SOURCE_DOMAIN, &error));
  if (properties != NULL)
    g_assert_true (machtype_record_builder_set_properties (builder, properties, &error));
  machtype_record_builder_set_recorded_at (builder, 1800000000);
  g_assert_no_error (error);
  return machtype_record_builder_end (builder);
}

static MachtypeRecord *
add (MachtypeStore *store, const Row *row)
{
  g_autoptr (MachtypeRecord) record = make_record (row);
  GError *error = NULL;
  MachtypeRecord *added = machtype_store_add (store, record, NULL, &error);

  g_assert_no_error (error);
  return added;
}

static MachtypeRecord *
get (MachtypeStore *store, const char *uuid)
{
  GError *error = NULL;
  MachtypeRecord *record = machtype_store_read_record (store, uuid, &error);

  g_assert_no_error (error);
  return record;
}

static MachtypeRecord *
update (MachtypeStore *store, MachtypeRecord *record, const char *machine,
        MachtypeChangeFlags flags, GError **error)
{
  g_autoptr (MachtypeChange) change = NULL;

  change = machtype_change_check (machtype_record_get_machine (record), machine,
                                  machtype_record_get_arch (record), NULL,
                                  machtype_record_get_change_state (record), flags, NULL, NULL);
  g_assert_nonnull (change);
  return machtype_store_update_machine (store, record, change, "op (uid 0)", error);
}

static void
assert_same (const MachtypeRecord *a, const MachtypeRecord *b)
{
  g_auto (GStrv) names = machtype_properties_dup_image_names (machtype_record_get_properties (a));
  gsize i;

  g_assert_cmpstr (machtype_record_get_uuid (a), ==, machtype_record_get_uuid (b));
  g_assert_cmpstr (machtype_record_get_name (a), ==, machtype_record_get_name (b));
  g_assert_cmpstr (machtype_record_get_host_name (a), ==, machtype_record_get_host_name (b));
  g_assert_cmpstr (machtype_record_get_host_uuid (a), ==, machtype_record_get_host_uuid (b));
  g_assert_cmpuint (machtype_record_get_qemu_version (a), ==, machtype_record_get_qemu_version (b));
  g_assert_cmpuint (machtype_record_get_libvirt_version (a), ==,
                    machtype_record_get_libvirt_version (b));
  g_assert_cmpstr (machtype_record_get_cell (a), ==, machtype_record_get_cell (b));
  g_assert_cmpint (machtype_record_get_arch (a), ==, machtype_record_get_arch (b));
  g_assert_cmpstr (machtype_record_get_state (a), ==, machtype_record_get_state (b));
  g_assert_cmpstr (machtype_record_get_machine (a), ==, machtype_record_get_machine (b));
  g_assert_cmpstr (machtype_record_get_requested (a), ==, machtype_record_get_requested (b));
  g_assert_cmpint (machtype_record_get_source (a), ==, machtype_record_get_source (b));
  g_assert_cmpuint (machtype_record_get_revision (a), ==, machtype_record_get_revision (b));
  g_assert_cmpint (machtype_record_get_recorded_at (a), ==, machtype_record_get_recorded_at (b));
  g_assert_cmpint (machtype_record_get_seen_at (a), ==, machtype_record_get_seen_at (b));
  for (i = 0; names[i] != NULL; i++)
    g_assert_cmpstr (machtype_properties_get_image (machtype_record_get_properties (a), names[i]),
                     ==,
                     machtype_properties_get_image (machtype_record_get_properties (b), names[i]));
}

/* Everything in a record is returned, even if it is hostile. */
static void
test_add (MachtypeStore *store)
{
  static const Row rows[] = {
    { UUID (1), "web", "h1", "c1", "active", "pc-q35-7.2", "hw_disk_bus=virtio" },
    { UUID (2), NULL, NULL, NULL, NULL, NULL, NULL },
    { UUID (3), "'; DROP TABLE record; --", "h\"1", "c'1", "stopped", "pc", "own==\\=a" },
    { UUID (4), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "h1", "c1", "error", "virt-7.2", NULL },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecord) record = make_record (&rows[i]), added = NULL, found = NULL;
    g_autoptr (MachtypeRecord) twice = NULL;
    GError *error = NULL;

    ROW ("%s", rows[i].uuid);
    g_assert_null (machtype_store_read_record (store, rows[i].uuid, &error));
    test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, rows[i].uuid);
    added = machtype_store_add (store, record, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (machtype_record_get_revision (record), ==, 0);
    g_assert_cmpuint (machtype_record_get_revision (added), ==, 1);
    found = get (store, rows[i].uuid);
    assert_same (added, found);
    assert_same (found, added);
    twice = machtype_store_add (store, record, NULL, &error);
    g_assert_null (twice);
    test_assert_error (&error, MACHTYPE_ERROR_EXISTS, rows[i].uuid);
  }
}

typedef MachtypeRecord *(*FirstFunc) (MachtypeStore *store, MachtypeRecord *record,
                                      const char *author, GError **error);

static MachtypeRecord *
record_first (MachtypeStore *store, MachtypeRecord *record, const char *author, GError **error)
{
  return machtype_store_record (store, record, author, NULL, error);
}

static MachtypeRecord *
import_first (MachtypeStore *store, MachtypeRecord *record, const char *author, GError **error)
{
  return machtype_store_record_missing (store, record, author, NULL, error);
}

/* Who added a record is the first entry of its history, which undo does not reach, and which ends
 * with the record. Without an author there is no entry. */
static void
test_first_author (MachtypeStore *store)
{
  static const struct {
    FirstFunc add;
    const char *author, *machine; /* author: NULL: unknown */
  } rows[] = {
    { machtype_store_add, "alice", "pc-q35-7.2" }, { machtype_store_add, "alice", NULL },
    { machtype_store_add, NULL, "pc-q35-7.2" },    { record_first, "host boot", "pc-q35-7.2" },
    { record_first, NULL, "pc-q35-7.2" },          { import_first, "import", "pc-q35-7.2" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row row = { UUID (1), "web", NULL, NULL, "stopped", rows[i].machine, "os_type=linux" };
    g_autoptr (MachtypeRecord) record = make_record (&row), added = NULL, undone = NULL;
    g_autoptr (GPtrArray) history = NULL, after = NULL;
    GError *error = NULL;

    ROW ("%" G_GSIZE_FORMAT ": %s, %s", i, rows[i].author, rows[i].machine);
    g_assert_null (rows[i].add (store, record, "a\nb", &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "operator");
    added = rows[i].add (store, record, rows[i].author, &error);
    g_assert_no_error (error);
    history = machtype_store_list_history (store, UUID (1), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (history->len, ==, rows[i].author != NULL);
    if (rows[i].author != NULL) {
      const MachtypeHistoryEntry *entry = history->pdata[0];
      g_auto (GStrv) names =
          machtype_properties_dup_image_names (machtype_history_entry_get_old_properties (entry));

      g_assert_cmpuint (machtype_history_entry_get_revision (entry), ==, 1);
      g_assert_cmpint (machtype_history_entry_get_action (entry), ==,
                       MACHTYPE_HISTORY_ACTION_RECORD);
      g_assert_cmpstr (machtype_history_entry_get_author (entry), ==, rows[i].author);
      g_assert_null (machtype_history_entry_get_old_machine (entry));
      g_assert_cmpstr (machtype_history_entry_get_new_machine (entry), ==, rows[i].machine);
      g_assert_cmpint (machtype_history_entry_get_changed_at (entry), >, 0);
      g_assert_null (names[0]);
    }
    undone = machtype_store_undo (store, added, MACHTYPE_CHANGE_FORCE, NULL, &error);
    test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, "no change to undo");
    g_assert_true (machtype_store_remove (store, added, &error));
    after = machtype_store_list_history (store, UUID (1), &error);
    g_assert_cmpuint (after->len, ==, 0);
  }
}

/* Backslashes, newlines and equals signs are returned unchanged. */
static void
test_property_texts (MachtypeStore *store)
{
  static const char *const values[] = {
    "", "\\", "\\n", "\n", "\\\\n\n\\", "=", "\\=", "a=b\nc=d", "\xe2\x80\xa8", "\t\x7f",
  };
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID (1), NULL);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL, found = NULL;
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *name = g_strdup_printf ("own\\=%" G_GSIZE_FORMAT, i);

    g_assert_true (machtype_record_builder_set_property (builder, name, values[i], &error));
  }
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, NULL, &error);
  g_assert_no_error (error);
  found = get (store, UUID (1));
  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *name = g_strdup_printf ("own\\=%" G_GSIZE_FORMAT, i);

    ROW ("%s", name);
    g_assert_cmpstr (machtype_properties_get_image (machtype_record_get_properties (found), name),
                     ==, values[i]);
  }
}

static const struct {
  Row row;
  MachtypeStoreOutcome outcome;
  const char *machine, *host, *state, *disk, *vif;
  guint64 revision;
} recordings[] = {
  { { UUID (1), "web", "h1", NULL, "stopped", NULL, "hw_vif_model=e1000" },
    MACHTYPE_STORE_OUTCOME_ADDED,
    NULL,
    "h1",
    "stopped",
    NULL,
    "e1000",
    1 },
  { { UUID (1), "web", "h1", NULL, "stopped", NULL, "hw_vif_model=e1000" },
    MACHTYPE_STORE_OUTCOME_UNCHANGED,
    NULL,
    "h1",
    "stopped",
    NULL,
    "e1000",
    1 },
  { { UUID (1), NULL, "h1", NULL, "active", "pc-q35-6.2", "hw_vif_model=virtio hw_disk_bus=sata" },
    MACHTYPE_STORE_OUTCOME_FILLED,
    "pc-q35-6.2",
    "h1",
    "active",
    "sata",
    "e1000",
    2 },
  /* Existing values are never replaced, and missing ones never delete. */
  { { UUID (1), NULL, NULL, NULL, NULL, "pc-q35-7.2", "hw_disk_bus=virtio" },
    MACHTYPE_STORE_OUTCOME_UNCHANGED,
    "pc-q35-6.2",
    "h1",
    "active",
    "sata",
    "e1000",
    2 },
  { { UUID (1), NULL, "h2", "c", "stopped", "pc-q35-7.2", NULL },
    MACHTYPE_STORE_OUTCOME_REFRESHED,
    "pc-q35-6.2",
    "h2",
    "stopped",
    "sata",
    "e1000",
    2 },
  { { UUID (1), NULL, NULL, NULL, NULL, NULL, "hw_video_model=vga" },
    MACHTYPE_STORE_OUTCOME_FILLED,
    "pc-q35-6.2",
    "h2",
    "stopped",
    "sata",
    "e1000",
    3 },
};

static void
test_record (MachtypeStore *store)
{
  static const MachtypeHistoryAction actions[] = { MACHTYPE_HISTORY_ACTION_RECORD,
                                                   MACHTYPE_HISTORY_ACTION_RECORD,
                                                   MACHTYPE_HISTORY_ACTION_PROPERTIES };
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (recordings); i++) {
    g_autoptr (MachtypeRecord) record = make_record (&recordings[i].row), stored = NULL,
                               found = NULL;
    MachtypeStoreOutcome outcome;
    MachtypeProperties *properties;

    ROW ("%" G_GSIZE_FORMAT, i);
    stored = machtype_store_record (store, record, "boot", &outcome, &error);
    g_assert_no_error (error);
    g_assert_cmpint (outcome, ==, recordings[i].outcome);
    found = get (store, UUID (1));
    assert_same (stored, found);
    properties = machtype_record_get_properties (found);
    g_assert_cmpstr (machtype_record_get_name (found), ==, "web");
    g_assert_cmpstr (machtype_record_get_machine (found), ==, recordings[i].machine);
    g_assert_cmpstr (machtype_record_get_host_name (found), ==, recordings[i].host);
    g_assert_cmpstr (machtype_record_get_state (found), ==, recordings[i].state);
    g_assert_cmpstr (machtype_properties_get_image (properties, "hw_disk_bus"), ==,
                     recordings[i].disk);
    g_assert_cmpstr (machtype_properties_get_image (properties, "hw_vif_model"), ==,
                     recordings[i].vif);
    g_assert_cmpuint (machtype_record_get_revision (found), ==, recordings[i].revision);
  }
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, G_N_ELEMENTS (actions));
  for (i = 0; i < G_N_ELEMENTS (actions); i++) {
    g_assert_cmpint (machtype_history_entry_get_action (history->pdata[i]), ==, actions[i]);
    g_assert_cmpuint (machtype_history_entry_get_revision (history->pdata[i]), ==, i + 1);
    g_assert_cmpstr (machtype_history_entry_get_author (history->pdata[i]), ==, "boot");
  }
}

static void
test_update (MachtypeStore *store)
{
  static const struct {
    const char *state, *machine, *wanted;
    MachtypeChangeFlags flags;
    int code; /* -1: done */
    const char *after;
    guint64 revision;
  } rows[] = {
    { "stopped", "pc-q35-6.2", "pc-q35-7.2", MACHTYPE_CHANGE_NONE, -1, "pc-q35-7.2", 2 },
    { "stopped", NULL, "pc-q35-7.2", MACHTYPE_CHANGE_NONE, -1, "pc-q35-7.2", 2 },
    { "active", "pc-q35-6.2", "pc-q35-6.2", MACHTYPE_CHANGE_NONE, -1, "pc-q35-6.2", 1 },
    { "active", "pc-q35-6.2", "pc-q35-7.2", MACHTYPE_CHANGE_NONE, MACHTYPE_ERROR_REFUSED,
      "pc-q35-6.2", 1 },
    { NULL, "pc-q35-6.2", "pc-q35-7.2", MACHTYPE_CHANGE_NONE, MACHTYPE_ERROR_REFUSED, "pc-q35-6.2",
      1 },
    { "active", "pc-q35-6.2", "pc-q35-7.2", MACHTYPE_CHANGE_FORCE, -1, "pc-q35-7.2", 2 },
    { "shelved", "pc", "q35", MACHTYPE_CHANGE_NONE, MACHTYPE_ERROR_REFUSED, "pc", 1 },
    { "shelved", "pc", "q35", MACHTYPE_CHANGE_FORCE, -1, "q35", 2 },
    { "stopped", "pseries-6.2", "pseries-7.2", MACHTYPE_CHANGE_NONE, -1, "pseries-7.2", 2 },
    { "stopped", "pc", "no-such-type", MACHTYPE_CHANGE_NONE, MACHTYPE_ERROR_REFUSED, "pc", 1 },
    { "stopped", "pc", "q35\n", MACHTYPE_CHANGE_FORCE, MACHTYPE_ERROR_REFUSED, "pc", 1 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *uuid = g_strdup_printf ("00000000-0000-4000-8000-%012" G_GSIZE_FORMAT, i);
    const Row row = { uuid, NULL, NULL, NULL, rows[i].state, rows[i].machine, NULL };
    g_autoptr (MachtypeRecord) record = add (store, &row), updated = NULL, found = NULL;
    g_autoptr (GPtrArray) history = NULL;
    GError *error = NULL;

    ROW ("%s: %s to %s", rows[i].state != NULL ? rows[i].state : "-",
         rows[i].machine != NULL ? rows[i].machine : "none", rows[i].wanted);
    updated = update (store, record, rows[i].wanted, rows[i].flags, &error);
    if (rows[i].code >= 0)
      test_assert_error (&error, rows[i].code, "Cannot update");
    else
      g_assert_no_error (error);
    found = get (store, uuid);
    g_assert_cmpstr (machtype_record_get_machine (found), ==, rows[i].after);
    g_assert_cmpuint (machtype_record_get_revision (found), ==, rows[i].revision);
    if (updated != NULL)
      assert_same (updated, found);
    history = machtype_store_list_history (store, uuid, &error);
    g_assert_cmpuint (history->len, ==, rows[i].revision - 1);
    if (history->len == 0)
      continue;
    g_assert_cmpstr (machtype_history_entry_get_old_machine (history->pdata[0]), ==,
                     rows[i].machine);
    g_assert_cmpstr (machtype_history_entry_get_new_machine (history->pdata[0]), ==, rows[i].after);
    g_assert_cmpint (machtype_history_entry_get_forced (history->pdata[0]), ==,
                     (rows[i].flags & MACHTYPE_CHANGE_FORCE) != 0);
    g_assert_cmpstr (machtype_history_entry_get_author (history->pdata[0]), ==, "op (uid 0)");
    g_assert_cmpint (machtype_history_entry_get_changed_at (history->pdata[0]), >, 1700000000);
  }
}

/* Two callers have read the same: one succeeds, and the other gets a conflict. A state that changed
 * in the meantime counts, because it was judged. */
static void
test_conflict (MachtypeStore *store)
{
  const Row row = { UUID (1), NULL, NULL, NULL, "stopped", "pc-q35-6.2", NULL };
  const Row started = { UUID (1), NULL, NULL, NULL, "active", NULL, NULL };
  g_autoptr (MachtypeRecord) first = add (store, &row), second = get (store, UUID (1));
  g_autoptr (MachtypeRecord) won = NULL, lost = NULL, seen = NULL, stored = NULL, found = NULL;
  g_autoptr (MachtypeRecord) again = NULL;
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;

  won = update (store, first, "pc-q35-7.0", MACHTYPE_CHANGE_NONE, &error);
  g_assert_no_error (error);
  lost = update (store, second, "pc-q35-7.2", MACHTYPE_CHANGE_NONE, &error);
  g_assert_null (lost);
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "concurrently try again");
  g_assert_false (machtype_store_remove (store, second, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "changed concurrently");
  seen = make_record (&started);
  stored = machtype_store_record (store, seen, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (update (store, won, "pc-q35-7.2", MACHTYPE_CHANGE_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "changed concurrently");
  found = get (store, UUID (1));
  g_assert_cmpstr (machtype_record_get_machine (found), ==, "pc-q35-7.0");
  g_assert_true (machtype_store_remove (store, found, &error));
  g_assert_no_error (error);
  g_assert_false (machtype_store_remove (store, found, &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (1));
  g_assert_null (update (store, found, "pc-q35-7.2", MACHTYPE_CHANGE_FORCE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (1));
  /* The history is removed with the record: another one under this UUID starts without one. */
  again = add (store, &row);
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, 0);
}

/* What was only seen elsewhere in the meantime does not prevent a change, and is not undone by it.
 */
static void
test_seen_meanwhile (MachtypeStore *store)
{
  const Row row = { UUID (1), "web", "h1", NULL, "stopped", "pc-q35-6.2", NULL };
  const Row moved = { UUID (1), NULL, "h2", "c2", "stopped", NULL, NULL };
  g_autoptr (MachtypeRecord) read = add (store, &row), seen = make_record (&moved), there = NULL;
  g_autoptr (MachtypeRecord) updated = NULL, found = NULL, wanted = NULL, named = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  GError *error = NULL;

  there = machtype_store_record (store, seen, NULL, NULL, &error);
  g_assert_no_error (error);
  updated = update (store, read, "pc-q35-7.2", MACHTYPE_CHANGE_NONE, &error);
  g_assert_no_error (error);
  found = get (store, UUID (1));
  assert_same (updated, found);
  g_assert_cmpstr (machtype_record_get_machine (found), ==, "pc-q35-7.2");
  g_assert_cmpstr (machtype_record_get_host_name (found), ==, "h2");
  g_assert_cmpstr (machtype_record_get_cell (found), ==, "c2");
  /* If two set the host, the second gets a conflict. */
  builder = machtype_record_builder_new_from (read);
  machtype_record_builder_set_name (builder, "other", NULL);
  wanted = machtype_record_builder_end (builder);
  named = machtype_store_replace (store, read, wanted, NULL, &error);
  g_assert_null (named);
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "changed concurrently");
}

/* Another instance under an old UUID is another one, with the same revision. */
static void
test_made_anew (MachtypeStore *store)
{
  const Row row = { UUID (1), NULL, NULL, NULL, "stopped", "pc-q35-6.2", NULL };
  const Row other = { UUID (1), NULL, NULL, NULL, "stopped", "pc-i440fx-8.0", NULL };
  g_autoptr (MachtypeRecord) read = add (store, &row), anew = NULL, found = NULL;
  GError *error = NULL;

  g_assert_true (machtype_store_remove (store, read, &error));
  anew = add (store, &other);
  g_assert_null (update (store, read, "pc-q35-7.2", MACHTYPE_CHANGE_NONE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "changed concurrently");
  g_assert_false (machtype_store_remove (store, read, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "changed concurrently");
  found = get (store, UUID (1));
  assert_same (found, anew);
}

/* A host's name, UUID and versions belong together. */
static void
test_hosts (MachtypeStore *store)
{
  static const struct {
    const char *name, *uuid;
    guint64 version;
    const char *after, *after_uuid;
    guint64 after_version;
  } rows[] = {
    { "a", UUID (8), 7, "a", UUID (8), 7 }, { "a", NULL, 0, "a", UUID (8), 7 },
    { NULL, NULL, 0, "a", UUID (8), 7 },    { "a", NULL, 8, "a", UUID (8), 8 },
    { "b", NULL, 0, "b", NULL, 0 },         { "b", UUID (9), 9, "b", UUID (9), 9 },
    { "a", UUID (8), 7, "a", UUID (8), 7 }, { "c", NULL, 7, "c", NULL, 7 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID (1), NULL);
    g_autoptr (MachtypeRecord) record = NULL, stored = NULL, found = NULL;
    GError *error = NULL;

    ROW ("%" G_GSIZE_FORMAT, i);
    g_assert_true (machtype_record_builder_set_host (builder, rows[i].name, rows[i].uuid, &error));
    machtype_record_builder_set_versions (builder, rows[i].version, 0);
    record = machtype_record_builder_end (builder);
    stored = machtype_store_record (store, record, NULL, NULL, &error);
    g_assert_no_error (error);
    found = get (store, UUID (1));
    assert_same (found, stored);
    g_assert_cmpstr (machtype_record_get_host_name (found), ==, rows[i].after);
    g_assert_cmpstr (machtype_record_get_host_uuid (found), ==, rows[i].after_uuid);
    g_assert_cmpuint (machtype_record_get_qemu_version (found), ==, rows[i].after_version);
  }
}

/* What another tool knows is filled in, and changes nothing. */
static void
test_fill (MachtypeStore *store)
{
  const Row row = { UUID (1), NULL, "h1", NULL, "active", "pc-q35-6.2", "hw_disk_bus=sata" };
  const Row old = {
    UUID (1), "web", "h0", "c1", "stopped", "pc-q35-6.2", "hw_disk_bus=ide hw_vif_model=e1000"
  };
  const Row other = { UUID (1), "EVIL", "h6", "c6", "deleted", "q35", "hw_video_model=vga" };
  g_autoptr (MachtypeRecord) there = add (store, &row), given = make_record (&old);
  g_autoptr (MachtypeRecord) bad = make_record (&other), filled = NULL, found = NULL, same = NULL;
  MachtypeStoreOutcome outcome = (MachtypeStoreOutcome)99;
  MachtypeProperties *properties;
  GError *error = NULL;

  g_assert_null (machtype_store_record_missing (store, bad, NULL, &outcome, &error));
  test_assert_error (&error, MACHTYPE_ERROR_EXISTS, "pc-q35-6.2 q35");
  g_assert_cmpint (outcome, ==, 99);
  found = get (store, UUID (1));
  assert_same (found, there);
  filled = machtype_store_record_missing (store, given, NULL, &outcome, &error);
  g_assert_no_error (error);
  g_assert_cmpint (outcome, ==, MACHTYPE_STORE_OUTCOME_FILLED);
  properties = machtype_record_get_properties (filled);
  g_assert_cmpstr (machtype_record_get_name (filled), ==, "web");
  g_assert_cmpstr (machtype_record_get_host_name (filled), ==, "h1");
  g_assert_cmpstr (machtype_record_get_cell (filled), ==, "c1");
  g_assert_cmpstr (machtype_record_get_state (filled), ==, "active");
  g_assert_cmpstr (machtype_properties_get_image (properties, "hw_disk_bus"), ==, "sata");
  g_assert_cmpstr (machtype_properties_get_image (properties, "hw_vif_model"), ==, "e1000");
  same = machtype_store_record_missing (store, given, NULL, &outcome, &error);
  g_assert_cmpint (outcome, ==, MACHTYPE_STORE_OUTCOME_UNCHANGED);
  assert_same (same, filled);
}

/* Together, properties must not exceed what one instance can have; and an error sets no outcome. */
static void
test_record_refused (MachtypeStore *store)
{
  g_autofree char *big = g_strnfill (MACHTYPE_PROPERTY_MAX_VALUE, 'x');
  MachtypeStoreOutcome outcome = (MachtypeStoreOutcome)99;
  GError *error = NULL;
  int i;

  for (i = 0; i < 20 && error == NULL; i++) {
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID (1), NULL);
    g_autofree char *name = g_strdup_printf ("own_%d", i);
    g_autoptr (MachtypeRecord) record = NULL, stored = NULL;

    machtype_record_builder_set_property (builder, name, big, NULL);
    record = machtype_record_builder_end (builder);
    outcome = (MachtypeStoreOutcome)99;
    stored = machtype_store_record (store, record, NULL, &outcome, &error);
  }
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "image properties bytes");
  g_assert_cmpint (outcome, ==, 99);
  {
    const Row row = { UUID (2), NULL, NULL, NULL, NULL, "pc", NULL };
    g_autoptr (MachtypeRecord) record = make_record (&row);

    g_assert_null (machtype_store_record (store, record, "a\nb", &outcome, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "operator control");
    g_assert_cmpint (outcome, ==, 99);
    g_assert_null (machtype_store_read_record (store, UUID (2), &error));
    test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (2));
  }
}

/* While the store is being read, nothing is written; afterwards it is as before. */
static void
test_reading (MachtypeStore *store)
{
  const Row first = { UUID (1), NULL, NULL, NULL, "stopped", "pc", NULL };
  const Row second = { UUID (2), NULL, NULL, NULL, "stopped", "pc", NULL };
  g_autoptr (MachtypeRecord) record = add (store, &first), other = make_record (&second);
  g_autoptr (MachtypeRecord) found = NULL, added = NULL;
  GError *error = NULL;

  machtype_store_end_read (store);
  g_assert_true (machtype_store_begin_read (store, &error));
  found = get (store, UUID (1));
  assert_same (found, record);
  g_assert_false (machtype_store_begin_read (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "already in a transaction");
  g_assert_null (machtype_store_add (store, other, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "already in a transaction");
  machtype_store_end_read (store);
  added = machtype_store_add (store, other, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_false (machtype_store_begin_read (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "already in a transaction");
  machtype_store_rollback (store);
}

/* A judgment of another machine type than the recorded one is invalid. */
static void
test_other_change (MachtypeStore *store)
{
  const Row row = { UUID (1), NULL, NULL, NULL, "stopped", "pc-q35-6.2", NULL };
  g_autoptr (MachtypeRecord) record = add (store, &row), changed = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (record);
  g_autoptr (MachtypeChange) change = NULL;
  GError *error = NULL;

  change = machtype_change_check ("pc-q35-6.1", "pc-q35-7.2", MACHTYPE_ARCH_X86_64, NULL,
                                  MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, NULL);
  g_assert_null (machtype_store_update_machine (store, record, change, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "pc-q35-6.1 pc-q35-6.2");
  machtype_record_builder_set_machine (builder, "q35", NULL, MACHTYPE_SOURCE_OPERATOR, NULL);
  changed = machtype_record_builder_end (builder);
  g_assert_null (machtype_store_replace (store, record, changed, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "update");
}

static const struct {
  const char *machine, *disk;
  guint64 undoes;
} undos[] = {
  { "pc-q35-7.2", "sata", 4 },
  { "pc-q35-7.0", "sata", 3 },
  { "pc-q35-6.2", "sata", 2 },
};

/* What undoing would record, and that nothing was written. */
static void
assert_preview (MachtypeStore *store, MachtypeRecord *record, const char *machine, const char *disk)
{
  g_autoptr (MachtypeRecord) there = NULL, preview = NULL;
  GError *error = NULL;

  preview = machtype_store_preview_undo (store, record, MACHTYPE_CHANGE_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_machine (preview), ==, machine);
  g_assert_cmpstr (
      machtype_properties_get_image (machtype_record_get_properties (preview), "hw_disk_bus"), ==,
      disk);
  there = get (store, machtype_record_get_uuid (record));
  assert_same (there, record);
}

/* Both refuse the same. */
static void
assert_no_undo (MachtypeStore *store, MachtypeRecord *record, MachtypeChangeFlags flags,
                MachtypeError code, const char *words)
{
  GError *error = NULL;

  g_assert_null (machtype_store_preview_undo (store, record, flags, &error));
  test_assert_error (&error, code, words);
  g_assert_null (machtype_store_undo (store, record, flags, NULL, &error));
  test_assert_error (&error, code, words);
}

static void
test_undo (MachtypeStore *store)
{
  const Row row = { UUID (1), NULL, NULL, NULL, "stopped", "pc-q35-6.2", "hw_disk_bus=sata" };
  static const char *const machines[] = { "pc-q35-7.0", "pc-q35-7.2" };
  g_autoptr (MachtypeRecord) record = add (store, &row), changed = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;
  gsize i;

  assert_no_undo (store, record, MACHTYPE_CHANGE_PIN, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x2");
  assert_no_undo (store, record, MACHTYPE_CHANGE_NONE, MACHTYPE_ERROR_NOT_FOUND,
                  "no change to undo");
  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    MachtypeRecord *next = update (store, record, machines[i], MACHTYPE_CHANGE_NONE, &error);

    g_assert_no_error (error);
    machtype_record_unref (record);
    record = next;
  }
  builder = machtype_record_builder_new_from (record);
  machtype_record_builder_set_property (builder, "hw_disk_bus", "virtio", NULL);
  changed = machtype_record_builder_end (builder);
  machtype_record_unref (record);
  record = get (store, UUID (1));
  {
    MachtypeRecord *next = machtype_store_replace (store, record, changed, "op", &error);

    g_assert_no_error (error);
    machtype_record_unref (record);
    record = next;
  }
  for (i = 0; i < G_N_ELEMENTS (undos); i++) {
    MachtypeRecord *next;

    assert_preview (store, record, undos[i].machine, undos[i].disk);
    next = machtype_store_undo (store, record, MACHTYPE_CHANGE_NONE, "op", &error);
    ROW ("undo %" G_GSIZE_FORMAT, i);
    g_assert_no_error (error);
    machtype_record_unref (record);
    record = get (store, UUID (1));
    assert_same (next, record);
    machtype_record_unref (next);
    g_assert_cmpstr (machtype_record_get_machine (record), ==, undos[i].machine);
    g_assert_cmpstr (
        machtype_properties_get_image (machtype_record_get_properties (record), "hw_disk_bus"), ==,
        undos[i].disk);
    g_assert_cmpuint (machtype_record_get_revision (record), ==, 5 + i);
  }
  g_assert_cmpint (machtype_record_get_source (record), ==, MACHTYPE_SOURCE_DOMAIN);
  assert_no_undo (store, record, MACHTYPE_CHANGE_NONE, MACHTYPE_ERROR_NOT_FOUND,
                  "no change to undo");
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_cmpuint (history->len, ==, 6);
  for (i = 0; i < G_N_ELEMENTS (undos); i++)
    g_assert_cmpuint (machtype_history_entry_get_undoes (history->pdata[3 + i]), ==,
                      undos[i].undoes);
}

/* A running guest keeps its machine type, even on undo; its properties can be restored. */
static void
test_undo_running (MachtypeStore *store)
{
  const Row row = { UUID (1), NULL, NULL, NULL, "stopped", "pc", NULL };
  const Row started = { UUID (1), NULL, NULL, NULL, "active", NULL, NULL };
  g_autoptr (MachtypeRecord) record = add (store, &row), updated = NULL, seen = NULL;
  g_autoptr (MachtypeRecord) running = NULL, undone = NULL;
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;

  updated = update (store, record, "q35", MACHTYPE_CHANGE_FORCE, &error);
  g_assert_no_error (error);
  seen = make_record (&started);
  running = machtype_store_record (store, seen, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_no_undo (store, running, MACHTYPE_CHANGE_NONE, MACHTYPE_ERROR_REFUSED, "active stopped");
  undone = machtype_store_undo (store, running, MACHTYPE_CHANGE_FORCE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_machine (undone), ==, "pc");
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_true (machtype_history_entry_get_forced (history->pdata[1]));
}

/* A rebuild creates a new guest under the old name: machine type and properties are discarded, its
 * host and its history are not. */
static void
test_rebuild (MachtypeStore *store)
{
  const Row row = { UUID (1), "web", "h1", "c1", "stopped", "pc", "hw_disk_bus=ide own=1" };
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  const Row rebuilt_row = { UUID (1), NULL, NULL, NULL, NULL, "q35", "hw_disk_bus=virtio" };
  const Row other_row = { UUID (2), NULL, NULL, NULL, NULL, "q35", NULL };
  g_autoptr (MachtypeRecord) record = add (store, &row), wanted = make_record (&rebuilt_row);
  g_autoptr (MachtypeRecord) other = make_record (&other_row), rebuilt = NULL, found = NULL;
  g_autoptr (MachtypeRecord) undone = NULL;
  g_autoptr (GPtrArray) history = NULL;
  MachtypeProperties *properties;
  GError *error = NULL;

  builder = machtype_record_builder_new_from (wanted);
  machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_AARCH64, NULL);
  machtype_record_unref (wanted);
  wanted = machtype_record_builder_end (builder);
  g_assert_null (machtype_store_rebuild (store, record, other, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "another instance");
  rebuilt = machtype_store_rebuild (store, record, wanted, "op", &error);
  g_assert_no_error (error);
  found = get (store, UUID (1));
  assert_same (rebuilt, found);
  properties = machtype_record_get_properties (found);
  g_assert_cmpstr (machtype_record_get_machine (found), ==, "q35");
  g_assert_cmpint (machtype_record_get_arch (found), ==, MACHTYPE_ARCH_AARCH64);
  g_assert_cmpstr (machtype_record_get_name (found), ==, "web");
  g_assert_cmpstr (machtype_record_get_host_name (found), ==, "h1");
  g_assert_cmpstr (machtype_record_get_cell (found), ==, "c1");
  g_assert_cmpstr (machtype_record_get_state (found), ==, "stopped");
  g_assert_cmpstr (machtype_properties_get_image (properties, "hw_disk_bus"), ==, "virtio");
  g_assert_null (machtype_properties_get_image (properties, "own"));
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_cmpuint (history->len, ==, 1);
  g_assert_cmpint (machtype_history_entry_get_action (history->pdata[0]), ==,
                   MACHTYPE_HISTORY_ACTION_REBUILD);
  g_assert_null (machtype_store_rebuild (store, record, wanted, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, "changed concurrently");
  undone = machtype_store_undo (store, found, MACHTYPE_CHANGE_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (machtype_record_get_arch (undone), ==, MACHTYPE_ARCH_UNKNOWN);
  g_assert_cmpstr (machtype_record_get_machine (undone), ==, "pc");
  g_assert_cmpstr (machtype_properties_get_image (machtype_record_get_properties (undone), "own"),
                   ==, "1");
}

static gboolean
collect (MachtypeRecord *record, gpointer data)
{
  g_string_append_printf (data, "%c", machtype_record_get_uuid (record)[35]);
  return TRUE;
}

static gboolean
collect_unset (const char *uuid, gpointer data)
{
  GString *list = data;

  g_string_append_printf (list, "%c", uuid[35]);
  return list->len < 3;
}

static void
test_lists (MachtypeStore *store)
{
  static const Row rows[] = {
    { UUID (7), NULL, "h1", "c1", "active", NULL, NULL },
    { UUID (1), NULL, "h1", "c1", "active", NULL, NULL },
    { UUID (2), NULL, "h1", "c2", "stopped", "pc", NULL },
    { UUID (3), NULL, "h2", "c1", "building", NULL, NULL },
    { UUID (4), NULL, "h2", "c2", "deleted", NULL, NULL },
    { UUID (5), NULL, "h2", NULL, "soft-delete", NULL, NULL },
    { UUID (6), NULL, NULL, "c1", NULL, NULL, NULL },
    { UUID (8), NULL, NULL, NULL, "error", "q35", NULL },
  };
  static const struct {
    const char *cell, *host, *all, *unset;
  } lists[] = {
    { NULL, NULL, "12345678", "156" }, /* the function stops after three */
    { "c1", NULL, "1367", "167" },
    { "c2", NULL, "24", "" },
    { NULL, "h1", "127", "17" },
    { NULL, "h2", "345", "5" },
    { "c1", "h1", "17", "17" },
    { "c1", "h2", "3", "" },
    { "c3", NULL, "", "" },
    { NULL, "h3", "", "" },
    { "c1' OR 1=1 --", NULL, "", "" },
  };
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++)
    machtype_record_unref (add (store, &rows[i]));
  for (i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autoptr (GString) all = g_string_new (NULL), unset = g_string_new (NULL);

    ROW ("cell %s, host %s", lists[i].cell != NULL ? lists[i].cell : "-",
         lists[i].host != NULL ? lists[i].host : "-");
    g_assert_true (
        machtype_store_foreach (store, lists[i].cell, lists[i].host, collect, all, &error));
    g_assert_no_error (error);
    g_assert_true (machtype_store_foreach_unset (store, lists[i].cell, lists[i].host, collect_unset,
                                                 unset, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (all->str, ==, lists[i].all);
    g_assert_cmpstr (unset->str, ==, lists[i].unset);
  }
}

static void
test_transactions (MachtypeStore *store)
{
  const Row first = { UUID (1), "one", "h1", "c1", "stopped", "pc-q35-6.2", "hw_disk_bus=sata" };
  const Row second = { UUID (2), "two", "h9", "c9", "error", "pc-q35-6.1", "hw_disk_bus=scsi" };
  g_autoptr (MachtypeRecord) kept = add (store, &first), updated = NULL, other = NULL, again = NULL;
  g_autoptr (GPtrArray) history = NULL;
  GError *error = NULL;

  g_assert_true (machtype_store_begin (store, &error));
  g_assert_false (machtype_store_begin (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "already in a transaction");
  other = add (store, &second);
  updated = update (store, kept, "pc-q35-7.2", MACHTYPE_CHANGE_NONE, &error);
  g_assert_no_error (error);
  machtype_store_rollback (store);
  machtype_store_rollback (store);
  g_assert_null (machtype_store_read_record (store, UUID (2), &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_FOUND, UUID (2));
  {
    g_autoptr (MachtypeRecord) found = get (store, UUID (1));

    assert_same (kept, found);
  }
  history = machtype_store_list_history (store, UUID (1), &error);
  g_assert_cmpuint (history->len, ==, 0);
  g_assert_false (machtype_store_commit (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "not in a transaction");

  /* A failed call does not affect what else is written. */
  g_assert_true (machtype_store_begin (store, &error));
  again = add (store, &second);
  g_assert_null (machtype_store_add (store, kept, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_EXISTS, UUID (1));
  g_assert_true (machtype_store_commit (store, &error));
  g_assert_no_error (error);
  {
    g_autoptr (MachtypeRecord) found = get (store, UUID (2));

    assert_same (again, found);
  }
}

static const StoreBehaviour behaviours[] = {
  { "add", test_add },
  { "property-texts", test_property_texts },
  { "record", test_record },
  { "first-author", test_first_author },
  { "update", test_update },
  { "conflict", test_conflict },
  { "seen-meanwhile", test_seen_meanwhile },
  { "made-anew", test_made_anew },
  { "reading", test_reading },
  { "hosts", test_hosts },
  { "fill", test_fill },
  { "record-refused", test_record_refused },
  { "other-change", test_other_change },
  { "undo", test_undo },
  { "undo-running", test_undo_running },
  { "rebuild", test_rebuild },
  { "lists", test_lists },
  { "transactions", test_transactions },
};

/* A subclass that does not implement everything: an error, no crash. */
typedef struct {
  MachtypeStore parent_instance;
} LazyStore;

typedef struct {
  MachtypeStoreClass parent_class;
} LazyStoreClass;

GType lazy_store_get_type (void);
G_DEFINE_TYPE (LazyStore, lazy_store, MACHTYPE_TYPE_STORE)

static gboolean
lazy_begin (MachtypeStore *store, GError **error)
{
  (void)store;
  (void)error;
  return TRUE;
}

static void
lazy_store_class_init (LazyStoreClass *class)
{
  MACHTYPE_STORE_CLASS (class)->begin = lazy_begin;
}

static void
lazy_store_init (LazyStore *store)
{
  (void)store;
}

static void
test_lazy (void)
{
  const Row row = { UUID (1), NULL, NULL, NULL, "stopped", "pc", NULL };
  g_autoptr (MachtypeStore) store = g_object_new (lazy_store_get_type (), NULL);
  g_autoptr (MachtypeRecord) record = make_record (&row);
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (GPtrArray) intentions = NULL;
  GError *error = NULL;

  g_assert_null (machtype_store_read_record (store, UUID (1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_null (machtype_store_add (store, record, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_null (machtype_store_record (store, record, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_null (update (store, record, "q35", MACHTYPE_CHANGE_FORCE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_false (machtype_store_remove (store, record, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_false (machtype_store_foreach (store, NULL, NULL, collect, list, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_false (machtype_store_foreach_unset (store, NULL, NULL, collect_unset, list, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_null (machtype_store_list_history (store, UUID (1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  intentions = machtype_store_list_intentions (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (intentions->len, ==, 0);
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_false (machtype_store_commit (store, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "LazyStore");
  g_assert_true (machtype_store_begin (store, &error));
  machtype_store_rollback (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  store_add_behaviours ("store", behaviours, G_N_ELEMENTS (behaviours));
  g_test_add_func ("/store/lazy", test_lazy);
  return g_test_run ();
}
