/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copying a store of each kind to one of each kind. */

#include "test.h"

#include <string.h>

#include "store-kinds.h"
#include "store/store-private.h"

#define N_RECORDS 2100
#define N_KINDS G_N_ELEMENTS (store_kinds)

static char *
make_uuid (guint i)
{
  return g_strdup_printf ("00000000-0000-4000-8000-%012u", i);
}

static MachtypeRecord *
add (MachtypeStore *store, guint i, const char *author)
{
  g_autofree char *uuid = make_uuid (i);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);
  g_autoptr (MachtypeRecord) record = NULL;
  MachtypeRecord *added;
  GError *error = NULL;

  machtype_record_builder_set_machine (builder, "pc-q35-6.2", NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
  machtype_record_builder_set_state (builder, i % 2 == 0 ? "stopped" : "active", NULL);
  machtype_record_builder_set_host (builder, "h1", NULL, NULL);
  machtype_record_builder_set_property (builder, "hw_disk_bus", "a=b\n\\", NULL);
  machtype_record_builder_set_recorded_at (builder, 1800000000 + i);
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, author, &error);
  g_assert_no_error (error);
  return added;
}

static MachtypeRecord *
change (MachtypeStore *store, MachtypeRecord *record, const char *machine)
{
  g_autoptr (MachtypeChange) change =
      machtype_change_check (machtype_record_get_machine (record), machine, MACHTYPE_ARCH_X86_64,
                             NULL, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, NULL);
  GError *error = NULL;
  MachtypeRecord *changed =
      machtype_store_update_machine (store, record, change, "op\xc3\xa9", &error);

  g_assert_no_error (error);
  return changed;
}

/* Records without a history, with one entry, with several, and an undone change. */
static void
fill (MachtypeStore *store)
{
  GError *error = NULL;
  guint i;

  g_assert_true (machtype_store_begin (store, &error));
  for (i = 0; i < N_RECORDS; i++) {
    g_autoptr (MachtypeRecord) record = add (store, i, i % 3 == 0 ? "alice" : NULL);
    g_autoptr (MachtypeRecord) changed = NULL, again = NULL, undone = NULL;

    if (i % 100 != 0)
      continue;
    changed = change (store, record, "pc-q35-7.2");
    again = change (store, changed, "pc-q35-8.0");
    undone = machtype_store_undo (store, again, MACHTYPE_CHANGE_FORCE, "bob", &error);
    g_assert_no_error (error);
  }
  g_assert_true (machtype_store_commit (store, &error));
  g_assert_no_error (error);
}

static gboolean
append_json (MachtypeRecord *record, gpointer data)
{
  g_autofree char *json = machtype_record_to_json (record);

  g_string_append (data, json);
  g_string_append_c (data, '\n');
  return TRUE;
}

/* Everything in a store, as text. */
static char *
dump (MachtypeStore *store)
{
  GString *text = g_string_new (NULL);
  GError *error = NULL;
  guint i, j;

  g_assert_true (machtype_store_foreach (store, NULL, NULL, append_json, text, &error));
  g_assert_no_error (error);
  for (i = 0; i < N_RECORDS; i++) {
    g_autofree char *uuid = make_uuid (i);
    g_autoptr (GPtrArray) history = machtype_store_list_history (store, uuid, &error);

    g_assert_no_error (error);
    for (j = 0; j < history->len; j++) {
      g_autofree char *json = machtype_history_entry_to_json (history->pdata[j]);

      g_string_append (text, json);
      g_string_append_c (text, '\n');
    }
  }
  return g_string_free (text, FALSE);
}

static void
test_copy (void)
{
  gsize i, j;

  for (i = 0; i < N_KINDS; i++) {
    g_autofree char *from_dir = store_dir_make (), *before = NULL;
    MachtypeStore *from = store_kind_open (&store_kinds[i], from_dir);

    fill (from);
    before = dump (from);
    for (j = 0; j < N_KINDS; j++) {
      g_autofree char *to_dir = store_dir_make (), *after = NULL;
      MachtypeStore *to = store_kind_open (&store_kinds[j], to_dir);
      guint64 n_copied = 0, n_present = 0;
      GError *error = NULL;

      ROW ("%s to %s", store_kinds[i].name, store_kinds[j].name);
      g_assert_true (machtype_store_copy (from, to, &n_copied, &n_present, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (n_copied, ==, N_RECORDS);
      g_assert_cmpuint (n_present, ==, 0);
      after = dump (to);
      g_assert_cmpstr (before, ==, after);
      /* Again: nothing is left to do. */
      g_assert_true (machtype_store_copy (from, to, &n_copied, &n_present, &error));
      g_assert_cmpuint (n_copied, ==, 0);
      g_assert_cmpuint (n_present, ==, N_RECORDS);
      g_object_unref (to);
      store_dir_remove (to_dir);
    }
    g_object_unref (from);
    store_dir_remove (from_dir);
  }
}

/* What was interrupted goes on; what differs is reported, and nothing is replaced. */
static void
test_resume (void)
{
  gsize i;

  for (i = 0; i < N_KINDS; i++) {
    g_autofree char *dir = store_dir_make (), *last = make_uuid (N_RECORDS - 1);
    g_autoptr (MachtypeStore) from = machtype_store_open_memory ();
    g_autoptr (MachtypeRecord) other = NULL, record = NULL, changed = NULL;
    MachtypeStore *to = store_kind_open (&store_kinds[i], dir);
    guint64 n_copied = 0, n_present = 0;
    GError *error = NULL;

    ROW ("%s", store_kinds[i].name);
    fill (from);
    other = add (to, N_RECORDS - 1, "another operator");
    g_assert_false (machtype_store_copy (from, to, &n_copied, &n_present, &error));
    test_assert_error (&error, MACHTYPE_ERROR_EXISTS, last);
    /* Whole parts are there. */
    g_assert_true (machtype_store_remove (to, other, &error));
    g_assert_true (machtype_store_copy (from, to, &n_copied, &n_present, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (n_present, ==, 2000);
    g_assert_cmpuint (n_copied, ==, N_RECORDS - 2000);
    record = machtype_store_read_record (to, last, &error);
    changed = change (to, record, "pc-q35-7.0");
    g_assert_false (machtype_store_copy (from, to, NULL, NULL, &error));
    test_assert_error (&error, MACHTYPE_ERROR_EXISTS, last);
    g_object_unref (to);
    store_dir_remove (dir);
  }
}

static void
test_refused (void)
{
  g_autoptr (MachtypeStore) store = machtype_store_open_memory ();
  g_autoptr (MachtypeStore) other = machtype_store_open_memory ();
  GError *error = NULL;

  g_assert_false (machtype_store_copy (store, store, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "itself");
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_false (machtype_store_copy (store, other, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "already in a transaction");
  g_assert_false (machtype_store_copy (other, store, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "already in a transaction");
  machtype_store_rollback (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-copy/copy", test_copy);
  g_test_add_func ("/store-copy/resume", test_resume);
  g_test_add_func ("/store-copy/refused", test_refused);
  return g_test_run ();
}
