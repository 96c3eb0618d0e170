/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members of a record that a later release wrote and this one does not know: a store keeps them. */

#include "test.h"

#include <string.h>

#include "store-kinds.h"
#include "store/sqlite-store-private.h"

#define UUID "00000000-0000-4000-8000-000000000001"
#define PLAIN                                                                                      \
  "\"uuid\":\"" UUID "\",\"name\":\"web\",\"arch\":\"x86_64\",\"state\":\"stopped\","              \
  "\"machine\":\"pc-q35-6.2\",\"requested\":\"q35\",\"source\":\"image\","                         \
  "\"recorded_at\":\"2026-11-30T22:30:00Z\""

static MachtypeRecord *
read_record (const char *members)
{
  g_autofree char *json =
      g_strdup_printf ("{\"format\":2," PLAIN "%s%s}", *members != '\0' ? "," : "", members);
  GError *error = NULL;
  MachtypeRecord *record =
      machtype_record_new_from_json (json, -1, MACHTYPE_JSON_READ_NONE, &error);

  g_assert_no_error (error);
  return record;
}

/* Asserts which members, besides those that the library knows, the stored record has. */
static void
assert_members (MachtypeStore *store, const char *members)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, UUID, &error);
  g_autofree char *json = NULL,
                  *end = g_strconcat (*members != '\0' ? "," : "", members, "}", NULL);

  g_assert_no_error (error);
  json = machtype_record_to_json (record);
  ROW ("%s", json);
  g_assert_true (g_str_has_suffix (json, end));
  g_assert_cmpint (*members != '\0', ==, strstr (json, "later") != NULL);
}

static gboolean
keep (MachtypeRecord *record, gpointer data)
{
  g_assert_null (*(MachtypeRecord **)data);
  *(MachtypeRecord **)data = machtype_record_ref (record);
  return TRUE;
}

/* Members of every type, as they are written: in the order of their names. */
static const struct {
  const char *given, *kept;
} members[] = {
  { "", "" },
  { "\"later\":1", "\"later\":1" },
  { "\"later\":null", "\"later\":null" },
  { "\"later\":{}", "\"later\":{}" },
  { "\"later\":[]", "\"later\":[]" },
  { "\"later\":\"\"", "\"later\":\"\"" },
  { "\"later\":\"a\\\\\\\"\\n\\u202e\xc3\xa9'\"",
    "\"later\":\"a\\\\\\\"\\u000a\\u202e\xc3\xa9'\"" },
  { "\"later_b\": [1, {\"x\": -2.5}],\n \"later_a\": true",
    "\"later_a\":true,\"later_b\":[1,{\"x\":-2.5}]" },
  { "\"later\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "\"later\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]" },
  { "\"later\":[1e9,1e300,9223372036854775807,0.1]",
    "\"later\":[1000000000,1.0000000000000001e+300,9223372036854775807,0.10000000000000001]" },
};

/* What is added comes back, in every way of reading and from a store that is opened again. */
static void
test_round_trip (gconstpointer data)
{
  const StoreKind *kind = data;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (members); i++) {
    g_autoptr (MachtypeRecord) record = read_record (members[i].given), added = NULL, all = NULL;
    g_autoptr (MachtypeRecord) found = NULL, matching = NULL, again = NULL;
    g_autofree char *dir = store_dir_make ();
    MachtypeStore *store = store_kind_open (kind, dir);
    GError *error = NULL;

    ROW ("%s", members[i].given);
    added = machtype_store_add (store, record, NULL, &error);
    g_assert_no_error (error);
    found = machtype_store_read_record (store, UUID, &error);
    g_assert_no_error (error);
    g_assert_true (machtype_record_equal (found, added));
    assert_members (store, members[i].kept);
    if (kind->scheme != NULL) {
      g_object_unref (store);
      store = store_kind_open (kind, dir);
      assert_members (store, members[i].kept);
    }
    g_assert_true (machtype_store_foreach (store, NULL, NULL, keep, &all, &error));
    g_assert_true (machtype_store_foreach_matching (store, NULL, keep, &matching, &error));
    g_assert_no_error (error);
    g_assert_true (machtype_record_equal (all, added));
    g_assert_true (machtype_record_equal (matching, added));
    g_assert_true (machtype_store_remove (store, found, &error));
    again = machtype_store_add (store, found, NULL, &error);
    g_assert_no_error (error);
    assert_members (store, members[i].kept);
    g_object_unref (store);
    store_dir_remove (dir);
  }
}

/* They are part of what was read: a record with others is not the one that is stored. */
static void
test_conflict (gconstpointer data)
{
  static const char *const others[] = { "", "\"later\":2", "\"later\":1,\"later_b\":1",
                                        "\"later\":\"1\"" };
  g_autoptr (MachtypeRecord) record = read_record ("\"later\":1"), added = NULL;
  g_autofree char *dir = store_dir_make ();
  MachtypeStore *store = store_kind_open (data, dir);
  GError *error = NULL;
  gsize i;

  added = machtype_store_add (store, record, NULL, &error);
  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (MachtypeRecord) other = read_record (others[i]), replaced = NULL;
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (other);
    g_autoptr (MachtypeRecord) stale = NULL;

    ROW ("%s", others[i]);
    machtype_record_builder_set_revision (builder, 1);
    stale = machtype_record_builder_end (builder);
    g_assert_false (machtype_store_remove (store, stale, &error));
    test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, UUID);
    replaced = machtype_store_replace (store, stale, stale, NULL, &error);
    g_assert_null (replaced);
    test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, UUID);
  }
  assert_members (store, "\"later\":1");
  g_assert_true (machtype_store_remove (store, added, &error));
  g_assert_no_error (error);
  g_object_unref (store);
  store_dir_remove (dir);
}

static MachtypeRecord *
update (MachtypeStore *store, MachtypeRecord *record)
{
  g_autoptr (MachtypeChange) change = NULL;
  GError *error = NULL;
  MachtypeRecord *updated;

  change = machtype_change_check ("pc-q35-6.2", "pc-q35-7.2", MACHTYPE_ARCH_X86_64, NULL,
                                  MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, &error);
  g_assert_no_error (error);
  updated = machtype_store_update_machine (store, record, change, "me", &error);
  g_assert_no_error (error);
  return updated;
}

/* Changes of something else. */
static void
test_changes (gconstpointer data)
{
  g_autoptr (MachtypeRecord) record = read_record ("\"later\":[1]"), added = NULL, updated = NULL;
  g_autoptr (MachtypeRecord) undone = NULL, changed = NULL, replaced = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autofree char *dir = store_dir_make ();
  MachtypeStore *store = store_kind_open (data, dir);
  GError *error = NULL;

  added = machtype_store_add (store, record, NULL, &error);
  updated = update (store, added);
  assert_members (store, "\"later\":[1]");
  undone = machtype_store_undo (store, updated, MACHTYPE_CHANGE_NONE, "me", &error);
  g_assert_no_error (error);
  assert_members (store, "\"later\":[1]");
  builder = machtype_record_builder_new_from (undone);
  g_assert_true (machtype_record_builder_set_property (builder, "hw_disk_bus", "scsi", &error));
  changed = machtype_record_builder_end (builder);
  replaced = machtype_store_replace (store, undone, changed, "me", &error);
  g_assert_no_error (error);
  assert_members (store, "\"later\":[1]");
  g_object_unref (store);
  store_dir_remove (dir);
}

/* What is recorded stays, and what is missing is filled in, whichever function does it. */
static const struct {
  const char *there, *given, *merged;
  MachtypeStoreOutcome outcome;
} merges[] = {
  { "", "", "", MACHTYPE_STORE_OUTCOME_UNCHANGED },
  { "\"later\":1", "", "\"later\":1", MACHTYPE_STORE_OUTCOME_UNCHANGED },
  { "", "\"later\":1", "\"later\":1", MACHTYPE_STORE_OUTCOME_REFRESHED },
  { "\"later\":1", "\"later\":1", "\"later\":1", MACHTYPE_STORE_OUTCOME_UNCHANGED },
  { "\"later\":1", "\"later\":2", "\"later\":1", MACHTYPE_STORE_OUTCOME_UNCHANGED },
  { "\"later\":null", "\"later\":2", "\"later\":null", MACHTYPE_STORE_OUTCOME_UNCHANGED },
  { "\"later_b\":1", "\"later_a\":2", "\"later_a\":2,\"later_b\":1",
    MACHTYPE_STORE_OUTCOME_REFRESHED },
  { "\"later_b\":{\"x\":1}", "\"later_a\":2,\"later_b\":{\"y\":2}",
    "\"later_a\":2,\"later_b\":{\"x\":1}", MACHTYPE_STORE_OUTCOME_REFRESHED },
};

static void
test_merges (gconstpointer data)
{
  MachtypeRecord *(*const functions[]) (MachtypeStore *, MachtypeRecord *, const char *,
                                        MachtypeStoreOutcome *, GError **) = {
    machtype_store_record,
    machtype_store_record_missing,
  };
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (merges); i++) {
    for (j = 0; j < G_N_ELEMENTS (functions); j++) {
      g_autoptr (MachtypeRecord) there = read_record (merges[i].there), added = NULL;
      g_autoptr (MachtypeRecord) given = read_record (merges[i].given), merged = NULL;
      g_autofree char *dir = store_dir_make ();
      MachtypeStore *store = store_kind_open (data, dir);
      MachtypeStoreOutcome outcome = MACHTYPE_STORE_OUTCOME_NONE;
      GError *error = NULL;

      ROW ("function %" G_GSIZE_FORMAT ": {%s}, {%s}", j, merges[i].there, merges[i].given);
      added = machtype_store_add (store, there, NULL, &error);
      merged = functions[j](store, given, NULL, &outcome, &error);
      g_assert_no_error (error);
      assert_members (store, merges[i].merged);
      g_assert_cmpint (outcome, ==, merges[i].outcome);
      g_assert_cmpuint (machtype_record_get_revision (merged), ==, 1);
      g_object_unref (store);
      store_dir_remove (dir);
    }
  }
}

static void
test_backup (void)
{
  g_autoptr (MachtypeRecord) record = read_record ("\"later\":1"), added = NULL;
  g_autofree char *dir = store_dir_make (), *path = g_build_filename (dir, "copy.db", NULL);
  MachtypeStore *store = store_kind_open (&store_kinds[1], dir), *copy;
  GError *error = NULL;

  added = machtype_store_add (store, record, NULL, &error);
  g_assert_true (machtype_store_backup (store, path, &error));
  copy = machtype_store_open (path, MACHTYPE_STORE_OPEN_READ_ONLY, 0, &error);
  g_assert_no_error (error);
  assert_members (copy, "\"later\":1");
  g_object_unref (copy);
  g_object_unref (store);
  store_dir_remove (dir);
}

static void
set_unknown (MachtypeStore *store, const char *value)
{
  g_autofree char *sql = g_strconcat ("UPDATE record SET unknown = ", value, NULL);

  g_assert_cmpint (sqlite3_exec (MT_SQLITE_STORE (store)->sqlite.db, sql, NULL, NULL, NULL), ==,
                   SQLITE_OK);
}

/* What a database can have there that we have not written. */
static void
test_damaged (void)
{
  static const char *const values[] = {
    "''",
    "'1'",
    "'[1]'",
    "'{}'",
    "'{\"a\":1'",
    "'{\"a\":1} '",
    "' {\"a\":1}'",
    "'{\"a\":1}{\"a\":1}'",
    "'{\"a\":' || char (10) || '1}'",
    "'{\"a\":\"' || char (27) || '\"}'",
    "'{\"a\":\"' || char (155) || '\"}'",
    "CAST (x'7b2261223a22ff227d' AS TEXT)",
    "'{\"a\":1}' || char (0)",
    "'{\"a\":' || replace (hex (zeroblob (40)), '00', '[') || '}'",
  };
  g_autoptr (MachtypeRecord) record = read_record (""), added = NULL;
  g_autofree char *dir = store_dir_make ();
  MachtypeStore *store = store_kind_open (&store_kinds[1], dir);
  GError *error = NULL;
  gsize i;

  added = machtype_store_add (store, record, NULL, &error);
  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    ROW ("%s", values[i]);
    set_unknown (store, values[i]);
    g_assert_null (machtype_store_read_record (store, UUID, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "damaged members");
  }
  set_unknown (store, "NULL");
  assert_members (store, "");
  g_object_unref (store);
  store_dir_remove (dir);
}

/* A character that another release, with another version of Unicode, wrote as it is: here it is
 * escaped, but the record stays the one that is stored. */
static void
test_invisible (void)
{
  g_autoptr (MachtypeRecord) record = read_record (""), added = NULL, found = NULL;
  g_autofree char *dir = store_dir_make ();
  MachtypeStore *store = store_kind_open (&store_kinds[1], dir);
  GError *error = NULL;

  added = machtype_store_add (store, record, NULL, &error);
  set_unknown (store, "'{\"later\":\"' || char (8238, 233, 917505) || '\"}'");
  assert_members (store, "\"later\":\"\\u202e\xc3\xa9\\udb40\\udc01\"");
  found = machtype_store_read_record (store, UUID, &error);
  g_assert_true (machtype_store_remove (store, found, &error));
  g_assert_no_error (error);
  g_object_unref (store);
  store_dir_remove (dir);
}

static const struct {
  const char *name;
  GTestDataFunc run;
} tests[] = {
  { "round-trip", test_round_trip },
  { "conflict", test_conflict },
  { "changes", test_changes },
  { "merges", test_merges },
};

int
main (int argc, char **argv)
{
  gsize i, j;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    for (j = 0; j < G_N_ELEMENTS (tests); j++) {
      g_autofree char *path =
          g_strdup_printf ("/store-members/%s/%s", store_kinds[i].name, tests[j].name);

      g_test_add_data_func (path, &store_kinds[i], tests[j].run);
    }
  }
  g_test_add_func ("/store-members/backup", test_backup);
  g_test_add_func ("/store-members/damaged", test_damaged);
  g_test_add_func ("/store-members/invisible", test_invisible);
  return g_test_run ();
}
