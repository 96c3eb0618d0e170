/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A million records in an SQLite file: through the library, and by SQLite's own calls in a second
 * file with the same tables and settings. Both files are compared in between: they have the same
 * contents after equal work. */

#include "turns.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <machtype/store.h>

#include "raw-store.h"

#define UUID_LENGTH 36
#define IMPORT_BATCH 100
#define GET_BATCH 500
#define UPDATE_BATCH 100
/* Batches of which the shortest counts, see shortest.h. */
#define IMPORT_STRETCH 10
#define UPDATE_STRETCH 10
#define DURABLE_STRETCH 50
/* Enough for a stretch of batches, and for some without a machine type. */
#define VERIFIED_RECORDS 1000
/* One in this many has no machine type. */
#define UNSET_EVERY 100

static const char *const machines[] = { "pc-q35-5.2", "pc-q35-6.0", "pc-q35-6.1", "pc-q35-6.2",
                                        "pc-q35-7.0" };
static const char *const states[] = { "active", "stopped", "shelved" };
static const char *const defaults[][2] = {
  { "hw_disk_bus", "virtio" },         { "hw_cdrom_bus", "sata" },     { "hw_input_bus", "usb" },
  { "hw_pointer_model", "usbtablet" }, { "hw_video_model", "virtio" }, { "hw_vif_model", "virtio" },
};

#define HOSTS 50
#define CELLS 2
#define NEW_MACHINE "pc-q35-7.2"
#define WHO "operator"
#define SOURCE MACHTYPE_SOURCE_IMAGE

/* What both contestants know about the records at the start. */
static struct {
  guint n;
  guint8 *uuids; /* sorted */
  guint *order;  /* of those with a machine type, at random: each is updated at most once */
  guint n_order;
  char *folder, *library_path, *raw_path;
  MachtypeProperties *properties;
  MachtypeChange *changes[G_N_ELEMENTS (machines)]; /* to NEW_MACHINE */
  gint64 machine_ids[G_N_ELEMENTS (machines)], new_machine_id, who_id, properties_id;
  gint64 state_ids[G_N_ELEMENTS (states)], host_ids[HOSTS], cell_ids[CELLS];
} world;

/* The inputs of one batch, and the progress of a contestant. */
typedef struct {
  guint next, count;
  MachtypeRecord **records; /* the library's */
  char (*texts)[UUID_LENGTH + 1];
  const guint *indices;
  RawRecord *raw, *raw_new; /* the other's */
  char (*names)[32];
  guint64 sum;
} Batch;

static MachtypeStore *library, *small;
static RawStore *raw;

static void
begin_library (MachtypeStore *store)
{
  GError *error = NULL;

  bench_check_done (machtype_store_begin (store, &error), &error);
}

static void
commit_library (MachtypeStore *store)
{
  GError *error = NULL;

  bench_check_done (machtype_store_commit (store, &error), &error);
}

static MachtypeStore *
open_library (const char *path)
{
  GError *error = NULL;

  return bench_check (machtype_store_open (path, MACHTYPE_STORE_OPEN_CREATE, 1000, &error), &error);
}

/* The records */

static int
compare_uuids (const void *a, const void *b)
{
  return memcmp (a, b, RAW_UUID_BYTES);
}

static void
make_uuids (GRand *random)
{
  gsize i, size = (gsize)world.n * RAW_UUID_BYTES;

  world.uuids = g_malloc (size);
  for (i = 0; i < size; i++)
    world.uuids[i] = (guint8)g_rand_int (random);
  qsort (world.uuids, world.n, RAW_UUID_BYTES, compare_uuids);
}

static gboolean
is_unset (guint i, guint every)
{
  return i % every == every / 2;
}

static void
make_order (GRand *random)
{
  guint i;

  world.order = g_new (guint, world.n);
  for (i = 0; i < world.n; i++) {
    if (!is_unset (i, UNSET_EVERY))
      world.order[world.n_order++] = i;
  }
  bench_shuffle (world.order, world.n_order, random);
}

static void
make_properties (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (defaults); i++)
    bench_check_done (
        machtype_properties_builder_add_image (builder, defaults[i][0], defaults[i][1], &error),
        &error);
  world.properties = machtype_properties_builder_end (builder);
}

static void
make_changes (void)
{
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    world.changes[i] = bench_check (
        machtype_change_check (machines[i], NEW_MACHINE, MACHTYPE_ARCH_X86_64, NULL,
                               MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_NONE, NULL, &error),
        &error);
    g_assert (machtype_change_is_permitted (world.changes[i]));
  }
}

static void
format_uuid (guint i, char *text)
{
  const guint8 *u = world.uuids + (gsize)i * RAW_UUID_BYTES;

  g_snprintf (text, UUID_LENGTH + 1,
              "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1],
              u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14],
              u[15]);
}

static void
set_place (MachtypeRecordBuilder *builder, guint i, const char *cell)
{
  g_autofree char *name = g_strdup_printf ("instance-%06u", i);
  g_autofree char *host = g_strdup_printf ("compute-%02u", i % HOSTS);
  g_autofree char *uuid = g_strdup_printf ("00000000-0000-4000-8000-%012u", i % HOSTS);
  GError *error = NULL;

  machtype_record_builder_set_versions (builder, 7002000, 9000000);
  bench_check_done (
      machtype_record_builder_set_name (builder, name, &error) &&
          machtype_record_builder_set_host (builder, host, uuid, &error) &&
          machtype_record_builder_set_cell (builder, cell, &error) &&
          machtype_record_builder_set_state (builder, states[i % G_N_ELEMENTS (states)], &error),
      &error);
}

static MachtypeRecord *
make_record (guint i, const char *machine, const char *cell)
{
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  char uuid[UUID_LENGTH + 1];
  GError *error = NULL;

  format_uuid (i, uuid);
  builder = bench_check (machtype_record_builder_new (uuid, &error), &error);
  set_place (builder, i, cell);
  machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, NULL);
  machtype_record_builder_set_recorded_at (builder, 1700000000 + i);
  machtype_record_builder_set_seen_at (builder, 1750000000 + i % HOSTS);
  bench_check_done (machtype_record_builder_set_machine (builder, machine, NULL, SOURCE, &error) &&
                        machtype_record_builder_set_properties (builder, world.properties, &error),
                    &error);
  return machtype_record_builder_end (builder);
}

static const char *
get_cell (guint i)
{
  return i % HOSTS % CELLS == 0 ? "cell1" : "cell2";
}

static MachtypeRecord *
make_usual_record (guint i, guint unset_every)
{
  return make_record (i, is_unset (i, unset_every) ? NULL : machines[i % G_N_ELEMENTS (machines)],
                      get_cell (i));
}

static void
make_raw (guint i, RawRecord *record, char *name)
{
  gint64 machine = is_unset (i, UNSET_EVERY) ? 0 : world.machine_ids[i % G_N_ELEMENTS (machines)];

  g_snprintf (name, 32, "instance-%06u", i);
  memcpy (record->uuid, world.uuids + (gsize)i * RAW_UUID_BYTES, RAW_UUID_BYTES);
  record->revision = 1;
  record->machine = record->requested = machine;
  record->source = machine != 0 ? SOURCE : MACHTYPE_SOURCE_NONE;
  record->arch = MACHTYPE_ARCH_X86_64;
  record->state = world.state_ids[i % G_N_ELEMENTS (states)];
  record->host = world.host_ids[i % HOSTS];
  record->cell = world.cell_ids[i % HOSTS % CELLS];
  record->properties = world.properties_id;
  record->recorded_at = 1700000000 + i;
  record->seen_at = 1750000000 + i % HOSTS;
  record->name = name;
}

/* The names */

/* Adds a record permanently, for its names only. */
static void
teach (MachtypeRecord *record)
{
  g_autoptr (MachtypeRecord) added = NULL;
  GError *error = NULL;

  added = bench_check (machtype_store_add (library, record, NULL, &error), &error);
  bench_check_done (machtype_store_remove (library, added, &error), &error);
  machtype_record_unref (record);
}

static gint64
find_text (const char *text)
{
  return raw_store_find (raw, "SELECT id FROM text WHERE text = ?1", text);
}

static void
learn_ids (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (machines); i++)
    world.machine_ids[i] = find_text (machines[i]);
  for (i = 0; i < G_N_ELEMENTS (states); i++)
    world.state_ids[i] = find_text (states[i]);
  for (i = 0; i < CELLS; i++)
    world.cell_ids[i] = find_text (get_cell (i));
  for (i = 0; i < HOSTS; i++) {
    g_autofree char *name = g_strdup_printf ("compute-%02u", i);

    world.host_ids[i] = raw_store_find (raw, "SELECT id FROM host WHERE name = ?1", name);
  }
  world.new_machine_id = find_text (NEW_MACHINE);
  world.who_id = find_text (WHO);
  world.properties_id = raw_store_query (raw, "SELECT id FROM property_set");
}

/* The same names get the same numbers in both files. All strings are in one table, whatever they
 * are for; the states that listing omits are included as they would be in use. */
static void
set_names_up (void)
{
  guint i;

  begin_library (library);
  for (i = 0; i < HOSTS; i++)
    teach (make_record (i, machines[i % G_N_ELEMENTS (machines)], get_cell (i)));
  teach (make_record (0, NEW_MACHINE, WHO));
  teach (make_record (0, NEW_MACHINE, "building"));
  teach (make_record (0, NEW_MACHINE, "deleted"));
  commit_library (library);
  raw_store_copy_names (raw, world.library_path);
  learn_ids ();
}

/* Import */

static void
prepare_import (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++) {
    machtype_record_unref (batch->records[i]);
    batch->records[i] = make_usual_record (batch->next++, UNSET_EVERY);
  }
}

static void
import_library (gpointer data)
{
  Batch *batch = data;
  GError *error = NULL;
  guint i;

  for (i = 0; i < batch->count; i++)
    machtype_record_unref (
        bench_check (machtype_store_add (library, batch->records[i], NULL, &error), &error));
}

static void
prepare_raw_import (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++)
    make_raw (batch->next++, &batch->raw[i], batch->names[i]);
}

static void
import_raw (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++)
    raw_store_insert (raw, &batch->raw[i]);
}

static Batch *
batch_new (guint count)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->count = count;
  batch->indices = world.order;
  batch->records = g_new0 (MachtypeRecord *, count);
  batch->texts = g_malloc0 (sizeof *batch->texts * count);
  batch->names = g_malloc0 (sizeof *batch->names * count);
  batch->raw = g_new0 (RawRecord, count);
  batch->raw_new = g_new0 (RawRecord, count);
  return batch;
}

static void
batch_free (Batch *batch)
{
  guint i;

  for (i = 0; i < batch->count; i++)
    machtype_record_unref (batch->records[i]);
  g_free (batch->records);
  g_free (batch->texts);
  g_free (batch->names);
  g_free (batch->raw);
  g_free (batch->raw_new);
  g_free (batch);
}

/* The library, and its peer. */
typedef struct {
  Batch *batches[2];
  BenchTurn turns[2];
} Pair;

static void
pair_init (Pair *pair, guint count, void (*prepare) (gpointer), void (*run) (gpointer),
           void (*prepare_raw) (gpointer), void (*run_raw) (gpointer))
{
  const BenchTurn turns[] = { { .prepare = prepare, .run = run, .operations = count },
                              { .prepare = prepare_raw, .run = run_raw, .operations = count } };
  guint i;

  for (i = 0; i < 2; i++) {
    pair->batches[i] = batch_new (count);
    pair->turns[i] = turns[i];
    pair->turns[i].data = pair->batches[i];
  }
}

static void
pair_set_stretch (Pair *pair, gsize stretch)
{
  pair->turns[0].shortest.stretch = pair->turns[1].shortest.stretch = stretch;
}

static void
pair_end (Pair *pair, BenchTable *table, const char *name, double limit)
{
  bench_table_add (table, name, &pair->turns[0], NULL, 0);
  bench_table_add (table, "  raw SQLite", &pair->turns[1], &pair->turns[0], limit);
  g_assert (pair->batches[0]->sum == pair->batches[1]->sum);
  batch_free (pair->batches[0]);
  batch_free (pair->batches[1]);
}

static void
begin_both (void)
{
  begin_library (library);
  raw_store_begin (raw);
}

/* The time of the commits, in seconds. */
static void
commit_both (double *seconds)
{
  double start = bench_now_ns (), between;

  commit_library (library);
  between = bench_now_ns ();
  raw_store_commit (raw);
  seconds[0] = (between - start) / 1e9;
  seconds[1] = (bench_now_ns () - between) / 1e9;
}

/* Closing a file writes its log back: neither contestant pays for earlier writes, or gains from
 * pages that it has read. */
static void
start_anew (void)
{
  g_object_unref (library);
  raw_store_start_anew (raw);
  library = open_library (world.library_path);
}

static double
get_file_size (const char *path)
{
  struct stat file;

  if (stat (path, &file) != 0)
    g_error ("%s", path);
  return (double)file.st_size;
}

/* The goal is 1.6 s for a million if SQLite itself is as fast as that. */
static void
add_import_values (BenchTable *table, const Pair *pair, const double *commits)
{
  double goal = 1.6e-6 * world.n, seconds[2];
  gsize i;

  for (i = 0; i < 2; i++)
    seconds[i] = pair->turns[i].total_ns / 1e9 + commits[i];
  bench_table_add_value (table, "  all of them, with the commit", seconds[0], "s",
                         seconds[1] <= goal ? goal : 0);
  bench_table_add_value (table, "  all of them, raw SQLite", seconds[1], "s", 0);
  bench_table_add_value (table, "  a record in the file",
                         get_file_size (world.library_path) / world.n, "bytes", 0);
}

static void
bench_import (BenchTable *table)
{
  double commits[2];
  Pair pair;

  pair_init (&pair, IMPORT_BATCH, prepare_import, import_library, prepare_raw_import, import_raw);
  pair_set_stretch (&pair, IMPORT_STRETCH);
  begin_both ();
  bench_take_turns (table, pair.turns, 2, world.n / IMPORT_BATCH);
  commit_both (commits);
  pair_end (&pair, table, "add, sorted, in one transaction", 1.2);
  raw_store_check_equal (raw, world.library_path);
  start_anew ();
  add_import_values (table, &pair, commits);
}

/* Get */

static void
prepare_get (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++)
    format_uuid (batch->indices[batch->next++ % world.n_order], batch->texts[i]);
}

static void
get_library (gpointer data)
{
  Batch *batch = data;
  GError *error = NULL;
  guint i;

  for (i = 0; i < batch->count; i++) {
    MachtypeRecord *record =
        bench_check (machtype_store_read_record (library, batch->texts[i], &error), &error);

    batch->sum += (guint64)machtype_record_get_recorded_at (record) +
                  (guint64)machtype_record_get_name (record)[9] +
                  strlen (machtype_record_get_machine (record));
    machtype_record_unref (record);
  }
}

static void
get_raw (gpointer data)
{
  Batch *batch = data;
  RawFound found;
  guint i;

  for (i = 0; i < batch->count; i++) {
    gsize index = batch->indices[batch->next++ % world.n_order];

    raw_store_get (raw, world.uuids + index * RAW_UUID_BYTES, &found);
    batch->sum +=
        (guint64)found.recorded_at + (guint64)found.name[9] + (guint64)strlen (found.machine);
    g_free (found.name);
    g_free (found.unknown);
  }
}

/* Turns of a few milliseconds, and many, so that other work does not reach into all of them. */
static void
bench_get (BenchTable *table)
{
  guint rounds = 60 * (guint)bench_table_get_rounds (table);
  Pair pair;

  pair_init (&pair, MIN (world.n, GET_BATCH), prepare_get, get_library, NULL, get_raw);
  bench_take_turns (table, pair.turns, 2, rounds);
  pair_end (&pair, table, "get_record, at random, a read each", 1.15);
}

/* Update */

/* As it was read and judged before. */
static void
prepare_update (gpointer data)
{
  Batch *batch = data;
  GError *error = NULL;
  guint i;

  for (i = 0; i < batch->count; i++) {
    char uuid[UUID_LENGTH + 1];

    format_uuid (batch->indices[batch->next++], uuid);
    machtype_record_unref (batch->records[i]);
    batch->records[i] = bench_check (machtype_store_read_record (library, uuid, &error), &error);
  }
}

static void
update_library (gpointer data)
{
  Batch *batch = data;
  guint i, first = batch->next - batch->count;
  GError *error = NULL;

  for (i = 0; i < batch->count; i++) {
    guint machine = batch->indices[first + i] % G_N_ELEMENTS (machines);

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
  RawFound found;
  guint i;

  for (i = 0; i < batch->count; i++) {
    RawRecord *old = &batch->raw[i], *new = &batch->raw_new[i];

    make_raw (batch->indices[batch->next++], old, batch->names[i]);
    raw_store_get (raw, old->uuid, &found);
    g_free (found.name);
    g_free (found.unknown);
    *new = *old;
    new->revision++;
    new->machine = new->requested = world.new_machine_id;
    new->source = MACHTYPE_SOURCE_OPERATOR;
  }
}

static void
update_raw (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++)
    raw_store_update (raw, &batch->raw[i], &batch->raw_new[i], world.who_id);
}

static void
update_raw_durably (gpointer data)
{
  Batch *batch = data;
  guint i;

  for (i = 0; i < batch->count; i++) {
    raw_store_begin (raw);
    raw_store_update (raw, &batch->raw[i], &batch->raw_new[i], world.who_id);
    raw_store_commit (raw);
  }
}

static void
bench_update (BenchTable *table)
{
  guint rounds = UPDATE_STRETCH * (guint)bench_table_get_rounds (table);
  guint count = MIN (UPDATE_BATCH, world.n_order / 2 / rounds);
  double commits[2];
  Pair pair;

  pair_init (&pair, count, prepare_update, update_library, prepare_raw_update, update_raw);
  pair_set_stretch (&pair, UPDATE_STRETCH);
  begin_both ();
  bench_take_turns (table, pair.turns, 2, rounds);
  commit_both (commits);
  pair_end (&pair, table, "update_machine, at random, in one transaction", 1.25);
  start_anew ();
}

/* At the other end of the order, so that none is updated twice. Many turns of one update each,
 * because disks vary. */
static void
bench_durable_update (BenchTable *table)
{
  guint rounds = MIN (800 * (guint)bench_table_get_rounds (table), world.n_order / 2);
  guint first = world.n_order - rounds;
  Pair pair;

  pair_init (&pair, 1, prepare_update, update_library, prepare_raw_update, update_raw_durably);
  pair_set_stretch (&pair, DURABLE_STRETCH);
  pair.batches[0]->indices += first;
  pair.batches[1]->indices += first;
  bench_take_turns (table, pair.turns, 2, rounds);
  pair_end (&pair, table, "update_machine, a durable transaction each", 1.05);
  raw_store_check_equal (raw, world.library_path);
  start_anew ();
}

/* Listing */

static gboolean
sum_uuid (const char *uuid, gpointer data)
{
  *(guint64 *)data += (guint64)uuid[UUID_LENGTH - 1];
  return TRUE;
}

static guint64
sum_unset (MachtypeStore *store)
{
  GError *error = NULL;
  guint64 sum = 0;

  bench_check_done (machtype_store_foreach_unset (store, NULL, NULL, sum_uuid, &sum, &error),
                    &error);
  return sum;
}

static void
list_library (gpointer data)
{
  *(guint64 *)data = sum_unset (library);
}

static void
list_small (gpointer data)
{
  *(guint64 *)data = sum_unset (small);
}

static void
list_raw (gpointer data)
{
  *(guint64 *)data = raw_store_sum_unset (raw);
}

/* A tenth of the records, with the same number without a machine type. */
static void
fill_small (void)
{
  GError *error = NULL;
  guint i;

  begin_library (small);
  for (i = 0; i < world.n / 10; i++) {
    g_autoptr (MachtypeRecord) record = make_usual_record (i, UNSET_EVERY / 10);

    machtype_record_unref (bench_check (machtype_store_add (small, record, NULL, &error), &error));
  }
  commit_library (small);
}

static void
bench_unset (BenchTable *table)
{
  guint found = world.n / UNSET_EVERY;
  guint64 sums[3] = { 0 };
  BenchTurn turns[] = { { .run = list_library, .data = &sums[0], .operations = found },
                        { .run = list_raw, .data = &sums[1], .operations = found },
                        { .run = list_small, .data = &sums[2], .operations = found } };

  fill_small ();
  bench_take_turns (table, turns, 3, 16 * (guint)bench_table_get_rounds (table));
  g_assert (sums[0] == sums[1] && sums[0] != 0 && sums[2] != 0);
  bench_table_add (table, "foreach_unset, 1 in 100, a row found", &turns[0], NULL, 0);
  bench_table_add (table, "  raw SQLite", &turns[1], &turns[0], 1.3);
  bench_table_add (table, "  the library, 1 in 10 of a tenth", &turns[2], &turns[0], 0);
}

static gboolean
stop (const char *uuid, gpointer data)
{
  (void)uuid;
  *(double *)data = bench_now_ns ();
  return FALSE;
}

static void
bench_first_row (BenchTable *table)
{
  double least = G_MAXDOUBLE;
  GError *error = NULL;
  gint i;

  for (i = 0; i < bench_table_get_rounds (table); i++) {
    g_autoptr (MachtypeStore) store = open_library (world.library_path);
    double start = bench_now_ns (), end = 0;

    bench_check_done (machtype_store_foreach_unset (store, NULL, NULL, stop, &end, &error), &error);
    least = MIN (least, end - start);
  }
  bench_table_add_value (table, "  its first row after open", least / 1e6, "ms", 1);
}

/* Classes */

static gboolean
sum_class (MachtypeRecordClass *record_class, gpointer data)
{
  guint64 ends = raw_store_get_end (machtype_record_class_get_host_name (record_class)) +
                 machtype_record_class_get_qemu_version (record_class);

  ends += raw_store_get_end (machtype_record_class_get_machine (record_class));
  ends += (guint64)machtype_record_class_get_arch (record_class);
  ends += raw_store_get_end (machtype_record_class_get_state (record_class));
  ends += raw_store_get_end (machtype_record_class_get_cell (record_class));
  ends += machtype_record_class_get_properties (record_class) != NULL;
  *(guint64 *)data += machtype_record_class_get_count (record_class) * ends;
  return TRUE;
}

static guint64
sum_classes (MachtypeStore *store)
{
  GError *error = NULL;
  guint64 sum = 0;

  bench_check_done (machtype_store_foreach_class (store, NULL, sum_class, &sum, &error), &error);
  return sum;
}

static void
count_library (gpointer data)
{
  *(guint64 *)data = sum_classes (library);
}

static void
count_raw (gpointer data)
{
  *(guint64 *)data = raw_store_sum_classes (raw);
}

/* The goal is 0.15 s for a million if SQLite itself is as fast as that. */
static void
bench_classes (BenchTable *table)
{
  const double goal = 0.15e-6 * world.n;
  guint64 sums[2] = { 0 };
  double seconds[2];
  BenchTurn turns[] = { { .run = count_library, .data = &sums[0], .operations = world.n },
                        { .run = count_raw, .data = &sums[1], .operations = world.n } };
  gsize i;

  bench_take_turns (table, turns, 2, (guint)bench_table_get_rounds (table));
  g_assert (sums[0] == sums[1] && sums[0] != 0);
  bench_table_add (table, "foreach_class over all, a record", &turns[0], NULL, 0);
  bench_table_add (table, "  raw SQLite", &turns[1], &turns[0], 1.25);
  for (i = 0; i < 2; i++)
    seconds[i] = bench_shortest_get (&turns[i].shortest) * world.n / 1e9;
  bench_table_add_value (table, "  all of them", seconds[0], "s", seconds[1] <= goal ? goal : 0);
}

/* Memory */

static gboolean
count_record (MachtypeRecord *record, gpointer data)
{
  (void)record;
  (*(guint *)data)++;
  return TRUE;
}

/* Memory that was freed before must not be reused unnoticed. */
static void
bench_memory (BenchTable *table)
{
  g_autoptr (MachtypeStore) store = NULL;
  double before, start, seconds;
  GError *error = NULL;
  guint count = 0;

  malloc_trim (0);
  before = bench_get_resident_mib ();
  store = open_library (world.library_path);
  start = bench_now_ns ();
  bench_check_done (machtype_store_foreach (store, NULL, NULL, count_record, &count, &error),
                    &error);
  seconds = (bench_now_ns () - start) / 1e9;
  g_assert (count == world.n);
  bench_table_add_value (table, "foreach over all", seconds, "s", 0);
  bench_table_add_value (table, "  resident memory grows by", bench_get_resident_mib () - before,
                         "MiB", 8);
}

/* At its peak, of an audit that starts with the classes. */
static void
bench_class_memory (BenchTable *table)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (GPtrArray) classes = NULL;
  GError *error = NULL;
  double before;

  malloc_trim (0);
  bench_reset_peak ();
  before = bench_get_resident_mib ();
  store = open_library (world.library_path);
  classes = bench_check (machtype_store_list_classes (store, NULL, &error), &error);
  bench_table_add_value (table, "list_classes, peak memory grows by",
                         bench_get_peak_mib () - before, "MiB", 8);
}

static void
set_up (GRand *random)
{
  g_autofree char *small_path = NULL;
  GError *error = NULL;

  world.folder = bench_check (g_dir_make_tmp ("bench-store-XXXXXX", &error), &error);
  world.library_path = g_build_filename (world.folder, "library.db", NULL);
  world.raw_path = g_build_filename (world.folder, "raw.db", NULL);
  small_path = g_build_filename (world.folder, "small.db", NULL);
  library = open_library (world.library_path);
  small = open_library (small_path);
  raw = raw_store_open (world.raw_path);
  make_uuids (random);
  make_order (random);
  make_properties ();
  make_changes ();
  set_names_up ();
}

static void
remove_folder (void)
{
  GDir *folder = g_dir_open (world.folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *path = g_build_filename (world.folder, name, NULL);

    g_unlink (path);
  }
  g_dir_close (folder);
  g_rmdir (world.folder);
}

static void
tear_down (void)
{
  gsize i;

  g_object_unref (library);
  g_object_unref (small);
  raw_store_close (raw);
  remove_folder ();
  for (i = 0; i < G_N_ELEMENTS (machines); i++)
    machtype_change_unref (world.changes[i]);
  machtype_properties_unref (world.properties);
  g_free (world.uuids);
  g_free (world.order);
  g_free (world.folder);
  g_free (world.library_path);
  g_free (world.raw_path);
}

int
main (int argc, char **argv)
{
  gint records = 1000000;
  const GOptionEntry entries[] = { { "records", 0, 0, G_OPTION_ARG_INT, &records,
                                     "records in a file (at least 10000)", "N" },
                                   G_OPTION_ENTRY_NULL };
  BenchTable *table = bench_table_new ("store", 25, entries, argc, argv);

  world.n = bench_table_is_verified (table) ? VERIFIED_RECORDS : (guint)MAX (records, 10000);
  world.n -= world.n % IMPORT_BATCH; /* all of the batches are full */
  set_up (bench_table_get_random (table));
  bench_import (table);
  bench_get (table);
  bench_unset (table);
  bench_first_row (table);
  bench_classes (table);
  bench_class_memory (table);
  bench_update (table);
  bench_durable_update (table);
  bench_memory (table);
  tear_down ();
  return bench_table_end (table);
}
