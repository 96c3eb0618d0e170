/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An audit of records by their classes: it reports what an audit of each record would, and reads
 * only the records that it reports. */

#include "test.h"

#include <sqlite3.h>
#include <string.h>

#include "audit-run.h"
#include "store-kinds.h"

/* Records with numbers for UUIDs, on each kind of store. */
typedef struct {
  char *dir;
  MachtypeStore *stores[G_N_ELEMENTS (store_kinds)];
} Stores;

static void
stores_init (Stores *stores)
{
  gsize i;

  stores->dir = store_dir_make ();
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    GError *error = NULL;

    stores->stores[i] = store_kind_open (&store_kinds[i], stores->dir);
    machtype_store_begin (stores->stores[i], &error);
    g_assert_no_error (error);
  }
}

static void
stores_add (Stores *stores, guint number, const Stored *stored)
{
  g_autofree char *uuid = g_strdup_printf ("%08x-0000-4000-8000-000000000000", number);
  Stored numbered = *stored;
  gsize i;

  numbered.uuid = uuid;
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++)
    run_store_record (stores->stores[i], &numbered);
}

static void
stores_commit (Stores *stores)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    GError *error = NULL;

    machtype_store_commit (stores->stores[i], &error);
    g_assert_no_error (error);
  }
}

static void
stores_clear (Stores *stores)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++)
    g_object_unref (stores->stores[i]);
  store_dir_remove (stores->dir);
  g_free (stores->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stores, stores_clear)

static gboolean
append_entry (MachtypeAuditEntry *entry, gpointer data)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_findings (entry);
  g_autofree char *json = machtype_audit_entry_to_json (entry);

  if (findings->len != 0)
    g_string_append_printf (data, "%s\n", json);
  return TRUE;
}

/* The entries with findings, as JSON. */
static char *
dup_report (MachtypeStore *store, MachtypeHost *target, MachtypeRecordQuery *query,
            MachtypeAuditFlags flags)
{
  g_autoptr (MachtypeAudit) audit = machtype_audit_new (store);
  GString *report = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  machtype_audit_set_target (audit, target);
  machtype_audit_set_query (audit, query);
  g_assert_true (machtype_audit_set_flags (audit, flags, &error));
  machtype_audit_check_records (audit, append_entry, report, &error);
  g_assert_no_error (error);
  return g_string_free (report, FALSE);
}

static void
add_random (Stores *stores, guint n)
{
  static const char *const machines[] = { "pc-q35-7.2", "pc-q35-6.2", "q35",
                                          "pc-q35-8.0", NULL,         "pc-i440fx-2.3" };
  static const char *const states[] = { "active", "stopped", "building", NULL };
  static const char *const hosts[] = { "a", "b", "c", NULL };
  static const char *const names[] = { "web", "db", NULL };
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint i;

#define ANY(list) list[g_rand_int_range (random, 0, G_N_ELEMENTS (list))]
  for (i = 0; i < n; i++) {
    const Stored stored = { .name = ANY (names),
                            .host = ANY (hosts),
                            .state = ANY (states),
                            .arch =
                                g_rand_int_range (random, 0, 9) == 0 ? MACHTYPE_ARCH_UNKNOWN : X86,
                            .machine = ANY (machines),
                            .properties = g_rand_boolean (random) ? "hw_disk_bus=ide" : NULL,
                            .qemu = g_rand_boolean (random) ? 6002000 : 10000000 };

    stores_add (stores, g_rand_int (random), &stored);
  }
#undef ANY
}

static MachtypeRecordQuery *
make_query (guint number)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  g_autoptr (GError) error = NULL;

  if ((number & 1) != 0)
    machtype_record_query_builder_set_host (builder, "b", &error);
  if ((number & 2) != 0)
    machtype_record_query_builder_set_name_pattern (builder, "w*", &error);
  if ((number & 4) != 0)
    machtype_record_query_builder_set_state (builder, "active", &error);
  g_assert_no_error (error);
  return number != 0 ? machtype_record_query_builder_end (builder) : NULL;
}

/* Whatever the store, the target and the query. */
static void
test_same (void)
{
  static const char *const targets[] = { NULL, "x86_64.xml", "x86_64-10.0.xml" };
  g_auto (Stores) stores;
  guint i, number;
  gsize kind;

  stores_init (&stores);
  add_random (&stores, 500);
  stores_commit (&stores);
  for (i = 0; i < G_N_ELEMENTS (targets); i++) {
    g_autoptr (MachtypeHost) target = test_make_host (targets[i]);

    for (number = 0; number < 8; number++) {
      g_autoptr (MachtypeRecordQuery) query = make_query (number);
      g_autofree char *each = dup_report (stores.stores[0], target, query, MACHTYPE_AUDIT_NONE);

      g_assert_cmpuint (strlen (each), >, 100);
      for (kind = 0; kind < G_N_ELEMENTS (store_kinds); kind++) {
        g_autofree char *report =
            dup_report (stores.stores[kind], target, query, MACHTYPE_AUDIT_FINDINGS_ONLY);

        ROW ("%s, target %s, query %u", store_kinds[kind].name, targets[i], number);
        g_assert_cmpstr (report, ==, each);
      }
    }
  }
}

/* More records than are kept, and more classes than are looked up. */
static void
test_very_many (void)
{
  static const struct {
    guint records, hosts;
  } rows[] = { { 8192, 1 }, { 8193, 1 }, { 1024, 1024 }, { 1025, 1025 } };
  gsize i;
  guint k;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (Stores) stores;
    g_autofree char *kept = NULL, *filed = NULL;

    ROW ("%u records of %u hosts", rows[i].records, rows[i].hosts);
    stores_init (&stores);
    for (k = 0; k < rows[i].records; k++) {
      g_autofree char *host = g_strdup_printf ("host-%u", k % rows[i].hosts);

      /* Not in the order of their UUIDs. */
      stores_add (&stores, k * 2654435761u,
                  &(Stored){ .host = host, .arch = X86, .machine = "q35" });
    }
    stores_add (&stores, G_MAXUINT32, &(Stored){ .arch = X86, .machine = "pc-q35-7.2" });
    stores_commit (&stores);
    kept = dup_report (stores.stores[0], NULL, NULL, MACHTYPE_AUDIT_FINDINGS_ONLY);
    filed = dup_report (stores.stores[1], NULL, NULL, MACHTYPE_AUDIT_FINDINGS_ONLY);
    g_assert_true (strcmp (kept, filed) == 0);
    g_assert_nonnull (strstr (kept, "\"alias\""));
    g_assert_null (strstr (kept, "ffffffff"));
  }
}

/* A record that cannot be read does not matter to an audit that does not read it. */
static void
test_reads_only_wanted (void)
{
  g_auto (Stores) stores;
  g_autofree char *path = NULL, *before = NULL, *after = NULL;
  sqlite3 *db = NULL;
  guint i;

  stores_init (&stores);
  for (i = 0; i < 100; i++)
    stores_add (&stores, i,
                &(Stored){ .arch = X86, .machine = i % 10 == 0 ? "q35" : "pc-q35-7.2" });
  stores_commit (&stores);
  before = dup_report (stores.stores[1], NULL, NULL, MACHTYPE_AUDIT_FINDINGS_ONLY);
  path = g_build_filename (stores.dir, "records.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "UPDATE record SET source = 99 WHERE machine = (SELECT id FROM "
                                 "text WHERE text = 'pc-q35-7.2')",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (db), ==, 90);
  sqlite3_close (db);
  after = dup_report (stores.stores[1], NULL, NULL, MACHTYPE_AUDIT_FINDINGS_ONLY);
  g_assert_cmpstr (before, ==, after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit/classes/same", test_same);
  g_test_add_func ("/audit/classes/very-many", test_very_many);
  g_test_add_func ("/audit/classes/reads-only-wanted", test_reads_only_wanted);
  return g_test_run ();
}
