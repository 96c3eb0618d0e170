/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recording all domains of a host in a store, over libvirt's socket: through the library, and by a
 * bare loop that lists them, fetches the XML of each, parses nothing, and inserts the same number
 * of rows. */

#include "turns.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>
#include <libvirt/libvirt.h>
#include <machtype/recorder.h>

#include "raw-store.h"

#define TIMEOUT_MS 60000

/* One contestant's store; the bare loop has none. */
typedef struct {
  MachtypeStore *store;
  MachtypeRecorder *recorder;
  char *path;
} Kept;

static char *uri, *folder;
static guint n_domains;
static virConnect *bare;
static MachtypeConnection *connection;
static RawStore *raw;
static RawRecord model; /* what all records have in common */

static gpointer
check (gpointer result, GError *error)
{
  if (result == NULL)
    g_error ("%s", error->message);
  return result;
}

static void
check_done (gboolean ok, GError *error)
{
  if (!ok)
    g_error ("%s", error->message);
}

static void
kept_open (Kept *kept, const char *name)
{
  GError *error = NULL;

  kept->path = g_build_filename (folder, name, NULL);
  kept->store =
      check (machtype_store_open (kept->path, MACHTYPE_STORE_OPEN_CREATE, 0, &error), error);
  kept->recorder = machtype_recorder_new (kept->store, NULL);
}

static void
kept_close (Kept *kept)
{
  machtype_recorder_unref (kept->recorder);
  g_object_unref (kept->store);
  g_unlink (kept->path);
  g_free (kept->path);
}

static void
run_recorder (gpointer data)
{
  const Kept *kept = data;
  GError *error = NULL;

  check_done (machtype_recorder_run (kept->recorder, connection, NULL, NULL, &error), error);
}

static gboolean
add_record (MachtypeRecord *record, gpointer data)
{
  g_ptr_array_add (data, machtype_record_ref (record));
  return TRUE;
}

static GPtrArray *
list_records (MachtypeStore *store)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_unref);
  GError *error = NULL;

  check_done (machtype_store_foreach (store, NULL, NULL, add_record, records, &error), error);
  g_assert (records->len == n_domains);
  return records;
}

static void
make_older (MachtypeStore *store, MachtypeRecord *record)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (record);
  g_autoptr (MachtypeRecord) older = NULL, stored = NULL;
  GError *error = NULL;

  machtype_record_builder_set_seen_at (builder, 1);
  older = machtype_record_builder_end (builder);
  stored = check (machtype_store_replace (store, record, older, NULL, &error), error);
}

/* Otherwise there would be nothing to write within the same second. */
static void
prepare_known (gpointer data)
{
  const Kept *kept = data;
  g_autoptr (GPtrArray) records = list_records (kept->store);
  GError *error = NULL;
  guint i;

  check_done (machtype_store_begin (kept->store, &error), error);
  for (i = 0; i < records->len; i++)
    make_older (kept->store, records->pdata[i]);
  check_done (machtype_store_commit (kept->store, &error), error);
}

/* The last one stays: it contains the identity of the host, so that its capabilities need not be
 * read. */
static void
prepare_new (gpointer data)
{
  const Kept *kept = data;
  g_autoptr (GPtrArray) records = list_records (kept->store);
  GError *error = NULL;
  guint i;

  check_done (machtype_store_begin (kept->store, &error), error);
  for (i = 0; i + 1 < records->len; i++)
    check_done (machtype_store_remove (kept->store, records->pdata[i], &error), error);
  make_older (kept->store, records->pdata[i]);
  check_done (machtype_store_commit (kept->store, &error), error);
}

static void
prepare_fresh (gpointer data)
{
  kept_close (data);
  kept_open (data, "fresh.db");
}

static void
prepare_bare (gpointer data)
{
  (void)data;
  g_assert (raw_store_query (raw, "SELECT count(*) FROM record") == n_domains);
  raw_store_run (raw, "DELETE FROM record");
}

static void
insert_bare (virDomain *domain)
{
  RawRecord record = model;

  record.name = virDomainGetName (domain);
  if (virDomainGetUUID (domain, record.uuid) < 0)
    g_error ("a domain has no UUID");
  raw_store_insert (raw, &record);
}

static void
run_bare (gpointer data)
{
  virDomain **domains = NULL;
  int i, n = virConnectListAllDomains (bare, &domains, 0);

  (void)data;
  g_assert (n == (int)n_domains);
  for (i = 0; i < n; i++) {
    char *xml = virDomainGetXMLDesc (domains[i], 0);

    g_assert (xml != NULL);
    free (xml);
  }
  raw_store_begin (raw);
  for (i = 0; i < n; i++) {
    insert_bare (domains[i]);
    virDomainFree (domains[i]);
  }
  raw_store_commit (raw);
  free (domains);
}

static void
read_model (void)
{
  model.revision = 1;
  model.source = MACHTYPE_SOURCE_DOMAIN;
  model.arch = MACHTYPE_ARCH_X86_64;
  model.machine = model.requested =
      raw_store_query (raw, "SELECT machine FROM other.record LIMIT 1");
  model.state = raw_store_query (raw, "SELECT state FROM other.record LIMIT 1");
  model.host = raw_store_query (raw, "SELECT host FROM other.record LIMIT 1");
  model.properties = raw_store_query (raw, "SELECT properties FROM other.record LIMIT 1");
  model.recorded_at = raw_store_query (raw, "SELECT recorded_at FROM other.record LIMIT 1");
  model.seen_at = model.recorded_at;
}

/* The bare loop takes everything that it does not determine itself from what the library has
 * recorded: the rows are then the same. */
static void
open_bare (const char *known)
{
  g_autofree char *path = g_build_filename (folder, "bare.db", NULL);
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS other", known);

  bare = virConnectOpen (uri);
  if (bare == NULL)
    g_error ("%s does not answer", uri);
  raw = raw_store_open (path);
  raw_store_copy_names (raw, known);
  raw_store_run (raw, attach);
  read_model ();
  raw_store_run (raw, "DETACH other");
  run_bare (NULL);
  raw_store_check_equal (raw, known);
}

static void
set_up (Kept *stores)
{
  static const char *const names[] = { "known.db", "new.db", "fresh.db" };
  GError *error = NULL;
  gsize i;

  folder = check (g_dir_make_tmp ("bench-record-XXXXXX", &error), error);
  connection = check (
      machtype_connection_open (uri, MACHTYPE_CONNECTION_OPEN_NONE, TIMEOUT_MS, &error), error);
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    kept_open (&stores[i], names[i]);
    run_recorder (&stores[i]);
  }
  open_bare (stores[0].path);
}

static void
tear_down (Kept *stores)
{
  g_autofree char *path = g_build_filename (folder, "bare.db", NULL);
  gsize i;

  raw_store_close (raw);
  g_unlink (path);
  for (i = 0; i < 3; i++)
    kept_close (&stores[i]);
  g_rmdir (folder);
  g_free (folder);
  virConnectClose (bare);
  machtype_connection_unref (connection);
}

/* At a start-up the domains are already recorded. Of new ones the devices are read as well, from
 * the whole document: 18 us of libxml2 for a domain of 3 KB, in two threads (see README.md). */
static void
add_rows (BenchTable *table, const BenchTurn *turns)
{
  bench_table_add (table, "recorder_run, known domains", &turns[0], NULL, 0);
  bench_table_add (table, "  bare list, XML and inserts", &turns[3], &turns[0], 1.15);
  bench_table_add (table, "recorder_run, new domains of a known host", &turns[1], NULL, 0);
  bench_table_add (table, "  bare list, XML and inserts", &turns[3], &turns[1], 1.25);
  bench_table_add (table, "recorder_run, nothing is known", &turns[2], NULL, 0);
  bench_table_add (table, "  bare list, XML and inserts", &turns[3], &turns[2], 0);
}

int
main (int argc, char **argv)
{
  gint domains = 50;
  const GOptionEntry entries[] = { { "uri", 0, 0, G_OPTION_ARG_STRING, &uri, "the host", "URI" },
                                   { "domains", 0, 0, G_OPTION_ARG_INT, &domains, "how many it has",
                                     "N" },
                                   G_OPTION_ENTRY_NULL };
  BenchTable *table = bench_table_new ("record", 50, entries, argc, argv);
  Kept stores[3];
  BenchTurn turns[] = {
    { .prepare = prepare_known, .run = run_recorder, .data = &stores[0] },
    { .prepare = prepare_new, .run = run_recorder, .data = &stores[1] },
    { .prepare = prepare_fresh, .run = run_recorder, .data = &stores[2] },
    { .prepare = prepare_bare, .run = run_bare },
  };
  gsize i;

  g_assert (uri != NULL && domains > 1);
  n_domains = (guint)domains;
  for (i = 0; i < G_N_ELEMENTS (turns); i++)
    turns[i].operations = n_domains;
  set_up (stores);
  bench_take_turns (table, turns, G_N_ELEMENTS (turns), (guint)bench_table_get_rounds (table));
  add_rows (table, turns);
  tear_down (stores);
  g_free (uri);
  return bench_table_end (table);
}
