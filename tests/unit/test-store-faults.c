/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SQLite runs out of memory at each of its allocations in turn: every operation either succeeds or
 * reports an error, and then nothing has changed. */

#include "test.h"

#include <sqlite3.h>
#include <string.h>

#include "store-place.h"
#include "store/sqlite-private.h"

#define UUID "00000000-0000-4000-8000-000000000001"
#define WHO "operator"

/* No operation needs more allocations than this. */
#define ALLOCATIONS_MAX 20000

static sqlite3_mem_methods usual;
static guint countdown; /* 1: the next allocation fails; 0: none does */

static gboolean
is_denied (void)
{
  return countdown != 0 && --countdown == 0;
}

static void *
deny_malloc (int size)
{
  return is_denied () ? NULL : usual.xMalloc (size);
}

static void *
deny_realloc (void *memory, int size)
{
  return is_denied () ? NULL : usual.xRealloc (memory, size);
}

static void
configure (void)
{
  sqlite3_mem_methods methods;

  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &usual), ==, SQLITE_OK);
  methods = usual;
  methods.xMalloc = deny_malloc;
  methods.xRealloc = deny_realloc;
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_MALLOC, &methods), ==, SQLITE_OK);
  /* Otherwise small allocations would come from a separate pool. */
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0), ==, SQLITE_OK);
}

/* A record all of whose strings differ for each suffix. */
static MachtypeRecord *
make_record (const char *suffix, const char *machine)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID, NULL);
  g_autofree char *name = g_strconcat ("guest-", suffix, NULL);
  g_autofree char *host = g_strconcat ("host-", suffix, NULL);
  g_autofree char *cell = g_strconcat ("cell-", suffix, NULL);
  g_autofree char *requested = g_strconcat ("q35-", suffix, NULL);

  g_assert_true (machtype_record_builder_set_name (builder, name, NULL));
  g_assert_true (machtype_record_builder_set_host (builder, host, NULL, NULL));
  g_assert_true (machtype_record_builder_set_cell (builder, cell, NULL));
  g_assert_true (machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, NULL));
  g_assert_true (machtype_record_builder_set_state (builder, "stopped", NULL));
  g_assert_true (machtype_record_builder_set_machine (builder, machine, requested,
                                                      MACHTYPE_SOURCE_DOMAIN, NULL));
  g_assert_true (machtype_record_builder_set_property (builder, "hw_disk_bus", "virtio", NULL));
  g_assert_true (machtype_record_builder_set_property (builder, "os_distro", suffix, NULL));
  return machtype_record_builder_end (builder);
}

static MachtypeRecord *
read_record (MachtypeStore *store)
{
  return machtype_store_read_record (store, UUID, NULL);
}

static guint
count_history (MachtypeStore *store)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) history = machtype_store_list_history (store, UUID, &error);

  g_assert_no_error (error);
  return history->len;
}

/* An operation on a store that has the record "old". TRUE: it succeeded. */
static gboolean
do_add (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record ("new", "pc-q35-7.2"), added = NULL;

  if (!machtype_store_begin (store, error))
    return FALSE;
  if (machtype_store_remove (store, old_record, error))
    added = machtype_store_add (store, record, NULL, error);
  if (added != NULL && machtype_store_commit (store, error))
    return TRUE;
  machtype_store_rollback (store);
  return FALSE;
}

static gboolean
do_record (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record ("new", "pc-q35-7.2"), recorded = NULL;

  (void)old_record;
  recorded = machtype_store_record (store, record, WHO, NULL, error);
  return recorded != NULL;
}

static gboolean
do_fill (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record ("new", "pc-q35-7.2"), recorded = NULL;

  (void)old_record;
  recorded = machtype_store_record_missing (store, record, WHO, NULL, error);
  return recorded != NULL;
}

static gboolean
do_replace (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record ("new", "pc-q35-6.2"), replaced = NULL;

  replaced = machtype_store_replace (store, old_record, record, WHO, error);
  return replaced != NULL;
}

/* The expected record has strings that the store has never had: it is another one. */
static gboolean
do_replace_another (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) other = make_record ("other", "pc-q35-5.1");
  g_autoptr (MachtypeRecord) record = make_record ("old", "pc-q35-5.1"), replaced = NULL;

  (void)old_record;
  replaced = machtype_store_replace (store, other, record, WHO, error);
  return replaced != NULL;
}

static gboolean
do_rebuild (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) record = make_record ("new", "pc-q35-7.2"), rebuilt = NULL;

  rebuilt = machtype_store_rebuild (store, old_record, record, WHO, error);
  return rebuilt != NULL;
}

static gboolean
update (MachtypeStore *store, MachtypeRecord *record, const char *old_machine,
        const char *new_machine, GError **error)
{
  g_autoptr (MachtypeChange) change =
      machtype_change_check (old_machine, new_machine, MACHTYPE_ARCH_X86_64, NULL,
                             MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, NULL);
  g_autoptr (MachtypeRecord) updated =
      machtype_store_update_machine (store, record, change, WHO, error);

  return updated != NULL;
}

static gboolean
do_update (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  return update (store, old_record, "pc-q35-6.2", "pc-q35-8.0", error);
}

static gboolean
do_undo (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) undone =
      machtype_store_undo (store, old_record, MACHTYPE_CHANGE_FORCE, WHO, error);

  return undone != NULL;
}

static gboolean
do_remove (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  return machtype_store_remove (store, old_record, error);
}

static gboolean
do_list_intentions (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (GPtrArray) intentions = machtype_store_list_intentions (store, error);

  (void)old_record;
  if (intentions == NULL)
    return FALSE;
  g_assert_cmpuint (intentions->len, ==, 0);
  return TRUE;
}

static gboolean
count_record (MachtypeRecord *record, gpointer count)
{
  (void)record;
  ++*(guint *)count;
  return TRUE;
}

static gboolean
do_list (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  guint count = 0;

  (void)old_record;
  if (!machtype_store_foreach (store, "cell-old", "host-old", count_record, &count, error))
    return FALSE;
  g_assert_cmpuint (count, ==, 1);
  return TRUE;
}

/* Each condition is set, and met. */
static MachtypeRecordQuery *
make_query (MachtypeRecord *record)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  g_autoptr (MachtypeRecordClass) record_class = machtype_record_class_new (record, 1);

  g_assert_true (machtype_record_query_builder_set_cell (builder, "cell-old", NULL));
  g_assert_true (machtype_record_query_builder_set_host (builder, "host-old", NULL));
  g_assert_true (machtype_record_query_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, NULL));
  g_assert_true (machtype_record_query_builder_set_state (builder, "stopped", NULL));
  g_assert_true (machtype_record_query_builder_set_machine_pattern (builder, "pc-*", NULL));
  machtype_record_query_builder_set_class (builder, record_class);
  return machtype_record_query_builder_end (builder);
}

static gboolean
do_list_matching (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecordQuery) of_class = make_query (old_record), query = NULL;
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  guint count = 0;

  g_assert_true (machtype_record_query_builder_set_name_pattern (builder, "guest-*", NULL));
  machtype_record_query_builder_set_seen_before (builder, G_MAXINT64);
  query = machtype_record_query_builder_end (builder);
  if (!machtype_store_foreach_matching (store, of_class, count_record, &count, error) ||
      !machtype_store_foreach_matching (store, query, count_record, &count, error))
    return FALSE;
  g_assert_cmpuint (count, ==, 2);
  return TRUE;
}

static gboolean
do_list_classes (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecordQuery) query = make_query (old_record);
  g_autoptr (GPtrArray) all = machtype_store_list_classes (store, NULL, error), found = NULL;

  if (all == NULL)
    return FALSE;
  g_assert_cmpuint (all->len, ==, 1);
  found = machtype_store_list_classes (store, query, error);
  if (found == NULL)
    return FALSE;
  g_assert_cmpuint (found->len, ==, 1);
  return TRUE;
}

static gboolean
do_list_history (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (GPtrArray) history = machtype_store_list_history (store, UUID, error);

  (void)old_record;
  if (history == NULL)
    return FALSE;
  g_assert_cmpuint (history->len, >=, 1);
  return TRUE;
}

static gboolean
do_read (MachtypeStore *store, MachtypeRecord *old_record, GError **error)
{
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, UUID, error);

  if (record == NULL)
    return FALSE;
  g_assert_true (machtype_record_equal (record, old_record));
  return TRUE;
}

typedef gboolean (*Operation) (MachtypeStore *store, MachtypeRecord *old_record, GError **error);

/* refusal: the error even if no allocation fails; -1: none. */
static const struct {
  const char *name;
  Operation run;
  int refusal;
} operations[] = {
  { "add", do_add, -1 },
  { "record", do_record, -1 },
  { "fill", do_fill, MACHTYPE_ERROR_EXISTS },
  { "replace", do_replace, -1 },
  { "replace-another", do_replace_another, MACHTYPE_ERROR_CONFLICT },
  { "rebuild", do_rebuild, -1 },
  { "update", do_update, -1 },
  { "undo", do_undo, -1 },
  { "remove", do_remove, -1 },
  { "list", do_list, -1 },
  { "list-matching", do_list_matching, -1 },
  { "list-classes", do_list_classes, -1 },
  { "list-history", do_list_history, -1 },
  { "list-intentions", do_list_intentions, -1 },
  { "read", do_read, -1 },
};

/* A store whose record "old" has been updated once. */
static MachtypeStore *
create (Place *place)
{
  g_autoptr (MachtypeRecord) record = make_record ("old", "pc-q35-5.2"), added = NULL;
  MachtypeStore *store;
  GError *error = NULL;

  place_init (place);
  store = place_create (place);
  added = machtype_store_add (store, record, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (update (store, added, "pc-q35-5.2", "pc-q35-6.2", NULL));
  return store;
}

/* With the given allocation failing. TRUE: there were fewer allocations. */
static gboolean
run_once (MachtypeStore *store, gsize operation, guint number, gboolean *done)
{
  g_autoptr (MachtypeRecord) before = read_record (store), after = NULL;
  const guint history = count_history (store);
  GError *error = NULL;
  guint left;

  g_assert_nonnull (before);
  countdown = number;
  *done = operations[operation].run (store, before, &error);
  left = countdown;
  countdown = 0;
  if (error != NULL && error->code == operations[operation].refusal) {
    g_clear_error (&error);
    *done = TRUE;
  }
  if (*done) {
    g_assert_no_error (error);
    return left != 0;
  }
  ROW ("  %u: %s", number, error != NULL ? error->message : "no error");
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "memory");
  after = read_record (store);
  g_assert_nonnull (after);
  g_assert_true (machtype_record_equal (before, after));
  g_assert_cmpuint (count_history (store), ==, history);
  return FALSE;
}

static void
test_operation (gconstpointer data)
{
  const gsize operation = GPOINTER_TO_SIZE (data);
  MachtypeStore *store = NULL;
  gboolean done = TRUE, is_over = FALSE;
  guint number, failed = 0;
  Place place;

  for (number = 1; !is_over; number++) {
    if (store == NULL)
      store = create (&place);
    g_assert_cmpuint (number, <, ALLOCATIONS_MAX);
    is_over = run_once (store, operation, number, &done);
    failed += done ? 0 : 1;
    if (!done && !is_over)
      continue;
    g_clear_object (&store);
    place_clear (&place);
  }
  g_test_message ("%u of %u failed", failed, number - 1);
  g_assert_cmpuint (failed, >, 0);
}

/* The same while a store whose tables are older is opened for reading: they are updated in memory.
 */
static void
test_open_old (void)
{
  gboolean is_over = FALSE;
  guint number, failed = 0;
  sqlite3 *db = NULL;
  Place place;

  place_init (&place);
  g_assert_true (mt_sqlite_load (NULL));
  g_assert_cmpint (sqlite3_open (place.path, &db), ==, SQLITE_OK);
  g_assert_true (mt_sqlite_migrate (db, 1, NULL));
  sqlite3_close (db);
  for (number = 1; !is_over; number++) {
    g_autoptr (MachtypeStore) store = NULL;
    GError *error = NULL;

    g_assert_cmpuint (number, <, ALLOCATIONS_MAX);
    countdown = number;
    store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
    is_over = countdown != 0;
    countdown = 0;
    failed += store == NULL;
    if (store == NULL)
      test_assert_error (&error, MACHTYPE_ERROR_STORE, "memory");
    else
      g_assert_null (read_record (store));
  }
  g_test_message ("%u of %u failed", failed, number - 1);
  g_assert_cmpuint (failed, >, 0);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  gsize i;

  g_test_init (&argc, &argv, NULL);
  configure ();
  for (i = 0; i < G_N_ELEMENTS (operations); i++) {
    g_autofree char *path = g_strconcat ("/store-faults/", operations[i].name, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_operation);
  }
  g_test_add_func ("/store-faults/open-old", test_open_old);
  return g_test_run ();
}
