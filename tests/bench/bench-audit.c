/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An audit of a million records, without their domains: which of them a host does not offer.
 * Through the library, and by SQLite's own calls on the same file, which know what to look for:
 * they count the classes, and list the records of one machine type. */

#include "turns.h"

#include <malloc.h>
#include <string.h>

#include <glib/gstdio.h>
#include <machtype/audit.h>
#include <sqlite3.h>

#define HOSTS 50
#define CELLS 2
#define VERIFIED_RECORDS 5000

/* One record in this many has a machine type that the target does not offer. */
#define UNFIT_EVERY 1000
#define UNFIT "pc-q35-8.0"

static const char *const machines[] = { "pc-q35-5.2", "pc-q35-6.2", "pc-q35-7.2", "pc-i440fx-6.2",
                                        "pc-i440fx-7.2" };
static const char *const states[] = { "active", "stopped", "shelved" };
static const char *const properties[][2] = {
  { "hw_disk_bus", "virtio" },
  { "hw_cdrom_bus", "scsi" },
  { "hw_video_model", "virtio" },
  { "hw_vif_model", "virtio" },
};

static guint n_records;
static char *folder, *path;
static MachtypeStore *store;
static MachtypeHost *target;
static sqlite3 *raw;

/* What an audit has found. */
typedef struct {
  guint64 n, sum; /* of the last digits of UUIDs */
  char last[40];
} Found;

/* The numbers are independent of each other: each host has records of all machine types. */
static MachtypeRecord *
make_record (guint i, MachtypeProperties *of_all)
{
  g_autofree char *uuid = g_strdup_printf ("%08x-0000-4000-8000-%012x", i, i % 7919);
  g_autofree char *name = g_strdup_printf ("instance-%06u", i);
  g_autofree char *host = g_strdup_printf ("compute-%02u", i % HOSTS);
  const char *machine =
      i % UNFIT_EVERY == UNFIT_EVERY / 2 ? UNFIT : machines[i / HOSTS % G_N_ELEMENTS (machines)];
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  GError *error = NULL;

  builder = machtype_record_builder_new (uuid, &error);
  bench_check_done (
      builder != NULL && machtype_record_builder_set_name (builder, name, &error) &&
          machtype_record_builder_set_host (builder, host, NULL, &error) &&
          machtype_record_builder_set_cell (builder, i % CELLS == 0 ? "cell1" : "cell2", &error) &&
          machtype_record_builder_set_state (
              builder, states[i / HOSTS / G_N_ELEMENTS (machines) % G_N_ELEMENTS (states)],
              &error) &&
          machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, &error) &&
          machtype_record_builder_set_machine (builder, machine, NULL, MACHTYPE_SOURCE_IMAGE,
                                               &error) &&
          machtype_record_builder_set_properties (builder, of_all, &error),
      &error);
  machtype_record_builder_set_versions (builder, 7002000, 9000000);
  return machtype_record_builder_end (builder);
}

static MachtypeProperties *
make_properties (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (properties); i++)
    bench_check_done (
        machtype_properties_builder_add_image (builder, properties[i][0], properties[i][1], &error),
        &error);
  return machtype_properties_builder_end (builder);
}

static void
fill (void)
{
  g_autoptr (MachtypeProperties) of_all = make_properties ();
  GError *error = NULL;
  guint i;

  bench_check_done (machtype_store_begin (store, &error), &error);
  for (i = 0; i < n_records; i++) {
    g_autoptr (MachtypeRecord) record = make_record (i, of_all);
    g_autoptr (MachtypeRecord) added = machtype_store_add (store, record, NULL, &error);

    bench_check_done (added != NULL, &error);
  }
  bench_check_done (machtype_store_commit (store, &error), &error);
}

static gboolean
on_entry (MachtypeAuditEntry *entry, gpointer data)
{
  const char *uuid = machtype_audit_entry_get_uuid (entry);
  Found *found = data;

  g_assert (strcmp (found->last, uuid) < 0);
  g_strlcpy (found->last, uuid, sizeof found->last);
  g_assert (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_NOT_OFFERED));
  found->n++;
  found->sum += (guint64)uuid[35];
  return TRUE;
}

static void
audit (MachtypeStore *of, Found *found)
{
  g_autoptr (MachtypeAudit) run = machtype_audit_new (of);
  GError *error = NULL;

  *found = (Found){ 0 };
  machtype_audit_set_target (run, target);
  bench_check_done (machtype_audit_set_flags (run, MACHTYPE_AUDIT_FINDINGS_ONLY, &error) &&
                        machtype_audit_check_records (run, on_entry, found, &error),
                    &error);
}

static void
run_library (gpointer data)
{
  audit (store, data);
}

static sqlite3_stmt *
prepare (const char *sql)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (raw, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (raw));
  return statement;
}

static guint64
count_classes (void)
{
  sqlite3_stmt *statement =
      prepare ("SELECT host, machine, arch, state, cell, properties, count(*) "
               "FROM record GROUP BY 1, 2, 3, 4, 5, 6");
  guint64 n = 0;

  while (sqlite3_step (statement) == SQLITE_ROW)
    n += (guint64)sqlite3_column_int64 (statement, 6);
  sqlite3_finalize (statement);
  return n;
}

static void
run_raw (gpointer data)
{
  sqlite3_stmt *statement = prepare (
      "SELECT * FROM record WHERE host IN (SELECT id FROM host) AND machine = (SELECT id FROM text "
      "WHERE text = '" UNFIT "') ORDER BY uuid");
  Found *found = data;

  *found = (Found){ 0 };
  g_assert (count_classes () == n_records);
  while (sqlite3_step (statement) == SQLITE_ROW) {
    const guint8 *uuid = sqlite3_column_blob (statement, 0);

    found->n++;
    found->sum += (guint64) "0123456789abcdef"[uuid[15] & 15];
  }
  sqlite3_finalize (statement);
}

/* The goal is 0.15 s for a million if SQLite itself is as fast as that. */
static void
bench_time (BenchTable *table)
{
  const double goal = 0.15e-6 * n_records;
  Found found[2];
  double seconds[2];
  BenchTurn turns[] = { { .run = run_library, .data = &found[0], .operations = n_records },
                        { .run = run_raw, .data = &found[1], .operations = n_records } };
  gsize i;

  bench_take_turns (table, turns, G_N_ELEMENTS (turns), (guint)bench_table_get_rounds (table));
  g_assert (found[0].n == n_records / UNFIT_EVERY);
  g_assert (found[0].n == found[1].n && found[0].sum == found[1].sum);
  bench_table_add (table, "check_records, 1 in 1,000 unfit, a record", &turns[0], NULL, 0);
  bench_table_add (table, "  raw SQLite", &turns[1], &turns[0], 1.25);
  for (i = 0; i < G_N_ELEMENTS (turns); i++)
    seconds[i] = bench_shortest_get (&turns[i].shortest) * n_records / 1e9;
  bench_table_add_value (table, "  all of them", seconds[0], "s", seconds[1] <= goal ? goal : 0);
}

/* With a store of its own, whose memory is counted. */
static void
bench_memory (BenchTable *table)
{
  g_autoptr (MachtypeStore) own = NULL;
  GError *error = NULL;
  double before;
  Found found;

  malloc_trim (0);
  bench_reset_peak ();
  before = bench_get_resident_mib ();
  own = machtype_store_open (path, MACHTYPE_STORE_OPEN_NONE, 1000, &error);
  bench_check_done (own != NULL, &error);
  audit (own, &found);
  g_assert (found.n == n_records / UNFIT_EVERY);
  bench_table_add_value (table, "  peak memory grows by", bench_get_peak_mib () - before, "MiB", 8);
}

static void
set_target (void)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = NULL;
  GError *error = NULL;

  bench_check_done (g_file_get_contents (BENCH_HOST, &xml, NULL, &error) &&
                        machtype_host_builder_set_capabilities (builder, xml, -1, &error),
                    &error);
  target = machtype_host_builder_end (builder);
}

static void
set_up (void)
{
  GError *error = NULL;

  folder = g_dir_make_tmp ("bench-audit-XXXXXX", &error);
  bench_check_done (folder != NULL, &error);
  path = g_build_filename (folder, "records.db", NULL);
  store = machtype_store_open (path, MACHTYPE_STORE_OPEN_CREATE, 1000, &error);
  bench_check_done (store != NULL, &error);
  set_target ();
  fill ();
  if (sqlite3_open_v2 (path, &raw, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (raw));
}

static void
tear_down (void)
{
  sqlite3_close (raw);
  g_object_unref (store);
  machtype_host_unref (target);
  g_unlink (path);
  g_rmdir (folder);
  g_free (folder);
  g_free (path);
}

int
main (int argc, char **argv)
{
  gint records = 1000000;
  const GOptionEntry entries[] = { { "records", 0, 0, G_OPTION_ARG_INT, &records,
                                     "records in the store (at least 10000)", "N" },
                                   G_OPTION_ENTRY_NULL };
  BenchTable *table = bench_table_new ("audit", 50, entries, argc, argv);

  n_records = bench_table_is_verified (table) ? VERIFIED_RECORDS : (guint)MAX (records, 10000);
  set_up ();
  bench_time (table);
  bench_memory (table);
  tear_down ();
  return bench_table_end (table);
}
