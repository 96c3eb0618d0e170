/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records on a PostgreSQL server: through the library, and by libpq's own calls in a second
 * database with the same tables. Both are compared in between: they have the same contents after
 * equal work. The program runs itself with a server of its own (tests/postgresql/cluster.sh), which
 * shares one CPU with it: a ratio is then of work, not of where the kernel puts two processes that
 * wake each other. */

#include "turns.h"

#include <malloc.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <machtype/store.h>

#include "raw-postgresql.h"

#define IMPORT_BATCHES 20
#define GET_BATCH 2000
#define SINGLE_BATCH 500
/* Short ones, and many: each must find a moment without other work. */
#define UPDATE_BATCH 25
#define UPDATE_ROUNDS 8 /* for each of the others */
#define VERIFIED_RECORDS 1000
/* One in this many has no machine type. */
#define UNSET_EVERY 1000
#define HOSTS 150
#define NEW_MACHINE "pc-q35-7.2"
#define WHO "operator"

static const char *const machines[] = { "pc-q35-5.2", "pc-q35-6.0", "pc-q35-6.1", "pc-q35-6.2",
                                        "pc-q35-7.0" };

static struct {
  guint n;
  guint *order; /* of those with a machine type, at random: each is updated at most once */
  guint n_order;
  MachtypeChange *changes[G_N_ELEMENTS (machines)]; /* to NEW_MACHINE */
  double memory;                                    /* the most that an import has taken, in MiB */
} world;

static MachtypeStore *library;
static RawServer *raw;

/* The inputs of one batch, and the progress of a contestant. */
typedef struct {
  guint next, count;
  const guint *indices;
  MachtypeRecord **records; /* the library's */
  RawGuest *guests;         /* the other's */
  RawUpdate *updates;
  const char **uuids; /* NULL at the end */
  guint64 sum;
} Batch;

/* The records, in the order of their UUIDs. */

static const char *
get_machine (guint i)
{
  return i % UNSET_EVERY == UNSET_EVERY / 2 ? NULL : machines[i / HOSTS % G_N_ELEMENTS (machines)];
}

static void
make_host (guint i, char *host, gsize size)
{
  g_snprintf (host, size, "compute-%03u", i % HOSTS);
}

static void
make_guest (guint i, RawGuest *guest)
{
  char host[32];

  make_host (i, host, sizeof host);
  g_snprintf (guest->uuid, sizeof guest->uuid, "%08x-1f0e-4000-8000-%012x",
              (guint32)((guint64)i * G_MAXUINT32 / world.n), i * 2654435761u);
  g_snprintf (guest->name, sizeof guest->name, "instance-%06u", i);
  guest->machine = get_machine (i);
  guest->class_id = raw_server_find_class (raw, host, guest->machine);
}

static MachtypeRecord *
make_record (const char *uuid, const char *name, const char *host, const char *machine)
{
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  GError *error = NULL;

  builder = bench_check (machtype_record_builder_new (uuid, &error), &error);
  machtype_record_builder_set_name (builder, name, NULL);
  machtype_record_builder_set_host (builder, host, NULL, NULL);
  machtype_record_builder_set_state (builder, "stopped", NULL);
  machtype_record_builder_set_recorded_at (builder, 1800000000);
  machtype_record_builder_set_seen_at (builder, 1800000000);
  if (machine != NULL)
    bench_check_done (machtype_record_builder_set_machine (builder, machine, NULL,
                                                           MACHTYPE_SOURCE_DOMAIN, &error),
                      &error);
  return machtype_record_builder_end (builder);
}

static void
make_order (GRand *random)
{
  guint i;

  world.order = g_new (guint, world.n);
  for (i = 0; i < world.n; i++) {
    if (get_machine (i) != NULL)
      world.order[world.n_order++] = i;
  }
  bench_shuffle (world.order, world.n_order, random);
}

static void
make_changes (void)
{
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    world.changes[i] = bench_check (
        machtype_change_check (machines[i], NEW_MACHINE, MACHTYPE_ARCH_UNKNOWN, NULL,
                               MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, &error),
        &error);
    g_assert (machtype_change_is_permitted (world.changes[i]));
  }
}

/* The databases */

static MachtypeStore *
open_library (const char *database)
{
  g_autofree char *place = g_strdup_printf ("postgresql:dbname=%s", database);
  GError *error = NULL;

  return bench_check (machtype_store_open (place, MACHTYPE_STORE_OPEN_CREATE, 1000, &error),
                      &error);
}

/* A third database has all classes; each contestant adds them where it meets them. */
static void
fill_classes (MachtypeStore *store)
{
  GError *error = NULL;
  guint i, j;

  bench_check_done (machtype_store_begin (store, &error), &error);
  for (i = 0; i < HOSTS; i++) {
    for (j = 0; j < G_N_ELEMENTS (machines) + 2; j++) {
      g_autofree char *uuid = g_strdup_printf ("%08x-1f0e-4000-8000-%012x", i, j);
      const char *machine = j < G_N_ELEMENTS (machines) ? machines[j] : NULL;
      g_autoptr (MachtypeRecord) record = NULL;
      char host[32];

      make_host (i, host, sizeof host);
      record = make_record (uuid, "x", host, j > G_N_ELEMENTS (machines) ? NEW_MACHINE : machine);
      machtype_record_unref (
          bench_check (machtype_store_add (store, record, NULL, &error), &error));
    }
  }
  bench_check_done (machtype_store_commit (store, &error), &error);
}

static void
set_up (GRand *random)
{
  static const char *const databases[] = { "classes", "library", "raw" };
  RawServer *first = raw_server_open_empty ("postgres");
  g_autoptr (MachtypeStore) store = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (databases); i++) {
    g_autofree char *sql = g_strdup_printf ("CREATE DATABASE %s", databases[i]);

    g_free (raw_server_query (first, sql));
    g_clear_object (&store);
    store = open_library (databases[i]);
    if (i == 0)
      fill_classes (store);
  }
  raw_server_close (first);
  library = open_library ("library");
  raw = raw_server_open ("raw");
  raw_server_learn_classes (raw, "classes");
  make_order (random);
  make_changes ();
}

/* Everything but the times of changes, which come from the clock. */
static void
check_equal (void)
{
  static const char *const queries[] = {
    "SELECT count(*) || ' ' || sum(hashtextextended(r::text, 0)) FROM machtype.record AS r",
    "SELECT count(*) || ' ' || sum(hashtextextended(c::text, 0)) FROM machtype.class AS c",
    "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(row(h.uuid, revision, author, action, "
    "forced, undoes, old_machine, new_machine, old_requested, old_source, old_arch, "
    "old_properties, old_definition, new_definition)::text, 0)), 0) FROM machtype.history AS h",
  };
  RawServer *other = raw_server_open ("library");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autofree char *ours = raw_server_query (other, queries[i]);
    g_autofree char *theirs = raw_server_query (raw, queries[i]);

    if (g_strcmp0 (ours, theirs) != 0)
      g_error ("%s: %s, not %s", queries[i], ours, theirs);
  }
  raw_server_close (other);
}

/* So that no contestant pays for earlier writes. */
static void
settle (void)
{
  RawServer *other = raw_server_open ("library");

  g_free (raw_server_query (other, "VACUUM ANALYZE"));
  g_free (raw_server_query (raw, "VACUUM ANALYZE"));
  g_free (raw_server_query (raw, "CHECKPOINT"));
  raw_server_close (other);
}

/* Pairs */

typedef struct {
  Batch batches[2];
  BenchTurn turns[2];
} Pair;

static void
pair_init (Pair *pair, guint count, void (*prepare) (gpointer), void (*run) (gpointer),
           void (*prepare_raw) (gpointer), void (*run_raw) (gpointer))
{
  guint i;

  memset (pair, 0, sizeof *pair);
  for (i = 0; i < 2; i++) {
    Batch *batch = &pair->batches[i];

    batch->count = count;
    batch->indices = world.order;
    batch->records = g_new0 (MachtypeRecord *, count);
    batch->guests = g_new0 (RawGuest, count);
    batch->updates = g_new0 (RawUpdate, count);
    batch->uuids = g_new0 (const char *, count + 1);
    pair->turns[i] = (BenchTurn){ .prepare = i == 0 ? prepare : prepare_raw,
                                  .run = i == 0 ? run : run_raw,
                                  .data = batch,
                                  .operations = count };
  }
}

static void
pair_clear (Pair *pair)
{
  guint i, j;

  g_assert (pair->batches[0].sum == pair->batches[1].sum);
  for (i = 0; i < 2; i++) {
    Batch *batch = &pair->batches[i];

    for (j = 0; j < batch->count; j++)
      machtype_record_unref (batch->records[j]);
    g_free (batch->records);
    g_free (batch->guests);
    g_free (batch->updates);
    g_free (batch->uuids);
  }
}

static void
pair_add (Pair *pair, BenchTable *table, const char *name, const char *peer, double limit)
{
  bench_table_add (table, name, &pair->turns[0], NULL, 0);
  bench_table_add (table, peer, &pair->turns[1], &pair->turns[0], limit);
  pair_clear (pair);
}

/* Import. Each batch ends with a look at the server, so that everything has reached it. */

static void
prepare_import (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++) {
    char host[32];

    make_host (batch->next, host, sizeof host);
    make_guest (batch->next++, &batch->guests[i]);
    machtype_record_unref (batch->records[i]);
    batch->records[i] =
        make_record (batch->guests[i].uuid, batch->guests[i].name, host, batch->guests[i].machine);
  }
  malloc_trim (0);
  bench_reset_peak ();
}

static void
import_library (gpointer data)
{
  Batch *batch = data;
  const double before = bench_get_resident_mib ();
  GError *error = NULL;
  guint i;

  for (i = 0; i < batch->count; i++)
    machtype_record_unref (
        bench_check (machtype_store_add (library, batch->records[i], NULL, &error), &error));
  machtype_record_unref (
      bench_check (machtype_store_read_record (library, batch->guests[0].uuid, &error), &error));
  world.memory = MAX (world.memory, bench_get_peak_mib () - before);
}

static void
prepare_raw_import (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++)
    make_guest (batch->next++, &batch->guests[i]);
}

static void
import_raw (gpointer data)
{
  Batch *batch = data;
  const char *uuid = batch->guests[0].uuid;

  raw_server_copy (raw, batch->guests, batch->count);
  raw_server_get_one_by_one (raw, &uuid, 1);
}

static void
bench_import (BenchTable *table)
{
  guint batches = bench_table_is_verified (table) ? 2 : IMPORT_BATCHES;
  GError *error = NULL;
  Pair pair;

  pair_init (&pair, world.n / batches, prepare_import, import_library, prepare_raw_import,
             import_raw);
  bench_check_done (machtype_store_begin (library, &error), &error);
  g_free (raw_server_query (raw, "BEGIN"));
  g_free (raw_server_query (raw, "LOCK TABLE machtype.record IN SHARE ROW EXCLUSIVE MODE"));
  bench_take_turns (table, pair.turns, 2, batches);
  bench_check_done (machtype_store_commit (library, &error), &error);
  g_free (raw_server_query (raw, "COMMIT"));
  pair_add (&pair, table, "add, in the order of UUIDs, in one transaction", "  raw COPY", 1.2);
  bench_table_add_value (table, "  peak memory grows by", world.memory, "MiB", 10);
  settle ();
  check_equal ();
}

/* Get */

static void
prepare_get (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++) {
    make_guest (batch->indices[batch->next++ % world.n_order], &batch->guests[i]);
    batch->uuids[i] = batch->guests[i].uuid;
  }
}

static guint64
sum_record (MachtypeRecord *record)
{
  return machtype_record_get_revision (record) + (guint64)machtype_record_get_recorded_at (record) +
         raw_server_get_end (machtype_record_get_name (record)) +
         raw_server_get_end (machtype_record_get_machine (record)) +
         raw_server_get_end (machtype_record_get_host_name (record));
}

static void
get_library (gpointer data)
{
  Batch *batch = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records =
      bench_check (machtype_store_read_records (library, batch->uuids, &error), &error);
  guint i;

  for (i = 0; i < records->len; i++)
    batch->sum += sum_record (records->pdata[i]);
}

static void
get_one_by_one (gpointer data)
{
  Batch *batch = data;
  GError *error = NULL;
  guint i;

  for (i = 0; i < batch->count; i++) {
    g_autoptr (MachtypeRecord) record =
        bench_check (machtype_store_read_record (library, batch->uuids[i], &error), &error);

    batch->sum += sum_record (record);
  }
}

static void
get_raw_piped (gpointer data)
{
  Batch *batch = data;

  batch->sum += raw_server_get_piped (raw, batch->uuids, batch->count);
}

static void
get_raw_by_arrays (gpointer data)
{
  Batch *batch = data;

  batch->sum += raw_server_get_by_arrays (raw, batch->uuids, batch->count);
}

static void
get_raw_one_by_one (gpointer data)
{
  Batch *batch = data;

  batch->sum += raw_server_get_one_by_one (raw, batch->uuids, batch->count);
}

static void
bench_get (BenchTable *table)
{
  static const struct {
    guint count;
    void (*run) (gpointer);
    void (*run_raw) (gpointer);
    const char *name, *peer;
    double limit;
  } ways[] = {
    { GET_BATCH, get_library, get_raw_piped, "read_records, 2,000 at random",
      "  raw, in a pipeline", 1.25 },
    { GET_BATCH, get_library, get_raw_by_arrays, "read_records, the same",
      "  raw, by arrays of 500", 0 },
    { SINGLE_BATCH, get_one_by_one, get_raw_one_by_one, "read_record, a round trip each",
      "  raw, prepared", 1.25 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (ways); i++) {
    Pair pair;

    pair_init (&pair, ways[i].count, prepare_get, ways[i].run, prepare_get, ways[i].run_raw);
    bench_take_turns (table, pair.turns, 2, (guint)bench_table_get_rounds (table));
    pair_add (&pair, table, ways[i].name, ways[i].peer, ways[i].limit);
  }
}

/* Update, each in a transaction of its own */

static void
prepare_update (gpointer data)
{
  Batch *batch = data;
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;
  guint i;

  prepare_get (batch);
  records = bench_check (machtype_store_read_records (library, batch->uuids, &error), &error);
  for (i = 0; i < batch->count; i++) {
    machtype_record_unref (batch->records[i]);
    batch->records[i] = machtype_record_ref (records->pdata[i]);
  }
}

static void
update_library (gpointer data)
{
  Batch *batch = data;
  const guint first = batch->next - batch->count;
  GError *error = NULL;
  guint i;

  for (i = 0; i < batch->count; i++) {
    const guint machine = batch->indices[first + i] / HOSTS % G_N_ELEMENTS (machines);

    machtype_record_unref (
        bench_check (machtype_store_update_machine (library, batch->records[i],
                                                    world.changes[machine], WHO, &error),
                     &error));
  }
}

static void
prepare_raw_update (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++) {
    const guint index = batch->indices[batch->next++];
    char host[32];

    make_host (index, host, sizeof host);
    make_guest (index, &batch->guests[i]);
    batch->updates[i] = (RawUpdate){ &batch->guests[i], NEW_MACHINE,
                                     raw_server_find_class (raw, host, NEW_MACHINE) };
  }
}

static void
update_raw (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++)
    raw_server_update (raw, &batch->updates[i], WHO);
}

static void
bench_update (BenchTable *table)
{
  guint rounds = UPDATE_ROUNDS * (guint)bench_table_get_rounds (table);
  guint count = MIN (UPDATE_BATCH, world.n_order / rounds);
  Pair pair;

  pair_init (&pair, count, prepare_update, update_library, prepare_raw_update, update_raw);
  bench_take_turns (table, pair.turns, 2, rounds);
  pair_add (&pair, table, "update_machine, a transaction each", "  raw, a round trip each", 1.2);
  check_equal ();
  settle ();
}

/* Listings */

static gboolean
sum_uuid (const char *uuid, gpointer data)
{
  *(guint64 *)data += raw_server_get_end (uuid);
  return TRUE;
}

static gboolean
sum_class (MachtypeRecordClass *record_class, gpointer data)
{
  *(guint64 *)data += machtype_record_class_get_count (record_class) *
                      (raw_server_get_end (machtype_record_class_get_host_name (record_class)) +
                       raw_server_get_end (machtype_record_class_get_machine (record_class)));
  return TRUE;
}

static gboolean
sum_each (MachtypeRecord *record, gpointer data)
{
  *(guint64 *)data += sum_record (record);
  return TRUE;
}

static void
list_unset (gpointer data)
{
  GError *error = NULL;

  *(guint64 *)data = 0;
  bench_check_done (machtype_store_foreach_unset (library, NULL, NULL, sum_uuid, data, &error),
                    &error);
}

static void
list_classes (gpointer data)
{
  GError *error = NULL;

  *(guint64 *)data = 0;
  bench_check_done (machtype_store_foreach_class (library, NULL, sum_class, data, &error), &error);
}

static void
list_all (gpointer data)
{
  GError *error = NULL;

  *(guint64 *)data = 0;
  bench_check_done (machtype_store_foreach (library, NULL, NULL, sum_each, data, &error), &error);
}

static void
list_raw_unset (gpointer data)
{
  *(guint64 *)data = raw_server_sum_unset (raw);
}

static void
list_raw_classes (gpointer data)
{
  *(guint64 *)data = raw_server_sum_classes (raw);
}

static void
list_raw_all (gpointer data)
{
  *(guint64 *)data = raw_server_sum_all (raw);
}

static void
bench_listings (BenchTable *table)
{
  static const struct {
    void (*run) (gpointer);
    void (*run_raw) (gpointer);
    guint per_record; /* 0: per one of UNSET_EVERY */
    guint less_often;
    const char *name, *peer;
    double limit;
  } ways[] = {
    { list_unset, list_raw_unset, 0, 1, "foreach_unset, 1 in 1,000, a row found", "  raw, prepared",
      1.25 },
    { list_classes, list_raw_classes, 1, 3, "foreach_class over all, a record", "  raw, prepared",
      1.25 },
    { list_all, list_raw_all, 1, 5, "foreach over all, a record", "  raw, single-row mode", 0 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (ways); i++) {
    guint64 sums[2] = { 0 };
    guint operations = ways[i].per_record != 0 ? world.n : world.n / UNSET_EVERY;
    BenchTurn turns[] = {
      { .run = ways[i].run, .data = &sums[0], .operations = operations },
      { .run = ways[i].run_raw, .data = &sums[1], .operations = operations },
    };

    bench_take_turns (table, turns, 2,
                      MAX (1, (guint)bench_table_get_rounds (table) / ways[i].less_often));
    g_assert (sums[0] == sums[1] && sums[0] != 0);
    bench_table_add (table, ways[i].name, &turns[0], NULL, 0);
    bench_table_add (table, ways[i].peer, &turns[1], &turns[0], ways[i].limit);
  }
}

/* Of a process that does everything, beginning with a new connection. */
static void
bench_memory (BenchTable *table)
{
  double before;
  guint64 sum;

  g_clear_object (&library);
  malloc_trim (0);
  bench_reset_peak ();
  before = bench_get_resident_mib ();
  library = open_library ("library");
  list_all (&sum);
  list_classes (&sum);
  list_unset (&sum);
  bench_table_add_value (table, "all listings, peak memory grows by",
                         bench_get_peak_mib () - before, "MiB", 10);
}

static void
tear_down (void)
{
  gsize i;

  g_object_unref (library);
  raw_server_close (raw);
  for (i = 0; i < G_N_ELEMENTS (machines); i++)
    machtype_change_unref (world.changes[i]);
  g_free (world.order);
}

/* The last one that it may use: the kernel prefers the first for its own work. */
static void
keep_to_one_cpu (void)
{
  cpu_set_t allowed, one;
  int cpu;

  if (sched_getaffinity (0, sizeof allowed, &allowed) != 0)
    g_error ("sched_getaffinity: %m");
  for (cpu = CPU_SETSIZE - 1; !CPU_ISSET (cpu, &allowed); cpu--) {
  }
  CPU_ZERO (&one);
  CPU_SET (cpu, &one);
  if (sched_setaffinity (0, sizeof one, &one) != 0)
    g_error ("sched_setaffinity: %m");
}

/* Replaces the process by one with a server, unless this is that one. */
static void
start_server (char **argv)
{
  g_autoptr (GPtrArray) command = g_ptr_array_new ();
  char sh[] = "sh", script[] = BENCH_CLUSTER;

  if (g_getenv ("MACHTYPE_TEST_POSTGRESQL") != NULL)
    return;
  keep_to_one_cpu ();
  g_ptr_array_add (command, sh);
  g_ptr_array_add (command, script);
  for (; *argv != NULL; argv++)
    g_ptr_array_add (command, *argv);
  g_ptr_array_add (command, NULL);
  execvp (sh, (char **)command->pdata);
  g_error ("%s", script);
}

int
main (int argc, char **argv)
{
  gint records = 100000;
  const GOptionEntry entries[] = { { "records", 0, 0, G_OPTION_ARG_INT, &records,
                                     "records in a database (at least 10000)", "N" },
                                   G_OPTION_ENTRY_NULL };
  BenchTable *table;

  start_server (argv);
  table = bench_table_new ("postgresql", 25, entries, argc, argv);
  world.n = bench_table_is_verified (table) ? VERIFIED_RECORDS : (guint)MAX (records, 10000);
  set_up (bench_table_get_random (table));
  bench_import (table);
  bench_get (table);
  bench_listings (table);
  bench_update (table);
  bench_memory (table);
  tear_down ();
  return bench_table_end (table);
}
