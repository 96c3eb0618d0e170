/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "turns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURNS_MAX 8

typedef struct {
  char *name;
  const char *unit; /* NULL: a contestant */
  double value;     /* nanoseconds of a contestant */
  double allocations;
  double ratio, total_ratio; /* 0: nothing to compare */
  double limit;              /* 0: no goal */
} Row;

struct _BenchTable {
  const char *name;
  gint seed, rounds;
  gboolean verify;
  GRand *random;
  char *json;
  GArray *rows; /* of Row */
};

static void
row_clear (gpointer data)
{
  g_free (((Row *)data)->name);
}

/* --ms is for benchmarks that repeat themselves; run.sh passes the same options to all programs. */
static void
read_options (BenchTable *table, const GOptionEntry *entries, int argc, char **argv)
{
  gdouble ms = 0;
  const GOptionEntry usual[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT, &table->seed, "repeat this run", "N" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &table->rounds, "rounds", "N" },
    { "ms", 0, 0, G_OPTION_ARG_DOUBLE, &ms, "without effect here", "MS" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &table->json, "write the results there", "FILE" },
    { "verify", 0, 0, G_OPTION_ARG_NONE, &table->verify,
      "once, without goals: do all contestants do equal work?", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, usual, NULL);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  bench_read_options (context, &table->rounds, &argc, &argv);
}

BenchTable *
bench_table_new (const char *name, gint rounds, const GOptionEntry *entries, int argc, char **argv)
{
  BenchTable *table = g_new0 (BenchTable, 1);

  table->name = name;
  table->seed = (gint)(g_random_int () & G_MAXINT);
  table->rounds = rounds;
  table->json = g_strdup (g_getenv ("MACHTYPE_BENCH_JSON"));
  read_options (table, entries, argc, argv);
  if (table->verify)
    table->rounds = 1;
  table->random = g_rand_new_with_seed ((guint32)table->seed);
  table->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_array_set_clear_func (table->rows, row_clear);
  return table;
}

gint
bench_table_get_rounds (const BenchTable *table)
{
  return table->rounds;
}

gboolean
bench_table_is_verified (const BenchTable *table)
{
  return table->verify;
}

GRand *
bench_table_get_random (const BenchTable *table)
{
  return table->random;
}

void
bench_shuffle (guint *numbers, gsize n, GRand *random)
{
  gsize i;

  for (i = n; i > 1; i--) {
    gsize other = (gsize)g_rand_int_range (random, 0, (gint32)i);
    guint swapped = numbers[i - 1];

    numbers[i - 1] = numbers[other];
    numbers[other] = swapped;
  }
}

gpointer
bench_check (gpointer result, GError *const *error)
{
  if (result == NULL)
    g_error ("%s", (*error)->message);
  return result;
}

void
bench_check_done (gboolean ok, GError *const *error)
{
  if (!ok)
    g_error ("%s", (*error)->message);
}

static void
take_turn (BenchTurn *turn)
{
  guint64 allocations;
  double ns;

  if (turn->prepare != NULL)
    turn->prepare (turn->data);
  allocations = bench_allocations ();
  ns = bench_now_ns ();
  turn->run (turn->data);
  ns = bench_now_ns () - ns;
  turn->allocations += bench_allocations () - allocations;
  turn->total_ns += ns;
  bench_shortest_add (&turn->shortest, ns / (double)turn->operations);
}

void
bench_take_turns (BenchTable *table, BenchTurn *turns, gsize n, guint batches)
{
  gsize order[TURNS_MAX], i, other, swapped;

  g_assert (n <= TURNS_MAX);
  for (i = 0; i < n; i++)
    order[i] = i;
  for (; batches > 0; batches--) {
    for (i = n; i > 1; i--) {
      other = (gsize)g_rand_int_range (table->random, 0, (gint32)i);
      swapped = order[i - 1];
      order[i - 1] = order[other];
      order[other] = swapped;
    }
    for (i = 0; i < n; i++)
      take_turn (&turns[order[i]]);
  }
}

static double
count_operations (const BenchTurn *turn)
{
  return (double)(turn->shortest.turns * turn->operations);
}

void
bench_table_add (BenchTable *table, const char *name, const BenchTurn *turn,
                 const BenchTurn *subject, double limit)
{
  Row row = { g_strdup (name), NULL, bench_shortest_get (&turn->shortest), 0, 0, 0, limit };

  row.allocations = (double)turn->allocations / count_operations (turn);
  if (subject != NULL) {
    row.ratio = bench_shortest_get (&subject->shortest) / row.value;
    row.total_ratio =
        subject->total_ns / count_operations (subject) / (turn->total_ns / count_operations (turn));
  }
  g_array_append_val (table->rows, row);
}

void
bench_table_add_value (BenchTable *table, const char *name, double value, const char *unit,
                       double limit)
{
  Row row = { g_strdup (name), unit, value, 0, 0, 0, limit };

  g_array_append_val (table->rows, row);
}

static gboolean
is_missed (const Row *row)
{
  return row->limit > 0 && (row->unit != NULL ? row->value : row->ratio) > row->limit;
}

/* "1.25x", or "1/40" for much faster ones. */
static char *
dup_ratio (double ratio, const char *prefix)
{
  if (ratio <= 0)
    return g_strdup ("");
  if (ratio < 0.1)
    return g_strdup_printf ("%s1/%.0f", prefix, 1 / ratio);
  return g_strdup_printf ("%s%.2fx", prefix, ratio);
}

static void
print_value (const Row *row, const char *verdict)
{
  g_autofree char *text = g_strdup_printf ("%.2f %s", row->value, row->unit);
  g_autofree char *goal = row->limit > 0 ? g_strdup_printf ("<= %g", row->limit) : g_strdup ("");

  printf ("%-44s %12s %10s %9s %9s %9s  %s\n", row->name, text, "", goal, "", "", verdict);
}

static void
print_row (const Row *row)
{
  g_autofree char *ratio = dup_ratio (row->ratio, "");
  g_autofree char *goal = dup_ratio (row->limit, "<= ");
  g_autofree char *total = dup_ratio (row->total_ratio, "");
  const char *verdict = is_missed (row) ? "MISSED" : row->limit > 0 ? "met" : "";

  if (row->unit != NULL)
    print_value (row, verdict);
  else
    printf ("%-44s %12.2f %10s %9s %9s %9.2f  %s\n", row->name, row->value, ratio, goal, total,
            row->allocations, verdict);
}

static void
write_json_row (FILE *file, const Row *row)
{
  fprintf (file, "    { \"name\": \"%s\"", row->name);
  if (row->unit != NULL)
    fprintf (file, ", \"value\": %.3f, \"unit\": \"%s\"", row->value, row->unit);
  else
    fprintf (file, ", \"ns\": %.3f, \"allocations\": %.3f", row->value, row->allocations);
  if (row->ratio > 0)
    fprintf (file, ", \"ratio\": %.5f, \"ratio_of_totals\": %.5f", row->ratio, row->total_ratio);
  if (row->limit > 0)
    fprintf (file, ", \"limit\": %.5f, \"met\": %s", row->limit,
             is_missed (row) ? "false" : "true");
  fprintf (file, " }");
}

static void
write_json (const BenchTable *table)
{
  FILE *file = fopen (table->json, "w");
  guint i;

  if (file == NULL)
    g_error ("%s: %s", table->json, g_strerror (errno));
  fprintf (file, "{ \"benchmark\": \"%s\", \"seed\": %d, \"rounds\": %d,\n  \"rows\": [\n",
           table->name, table->seed, table->rounds);
  for (i = 0; i < table->rows->len; i++) {
    write_json_row (file, &g_array_index (table->rows, Row, i));
    fprintf (file, "%s\n", i + 1 < table->rows->len ? "," : "");
  }
  fprintf (file, "  ] }\n");
  if (fclose (file) != 0)
    g_error ("%s: %s", table->json, g_strerror (errno));
}

static void
print_table (const BenchTable *table)
{
  guint i;

  printf ("# %s: seed %d, %d rounds\n", table->name, table->seed, table->rounds);
  printf ("%-44s %12s %10s %9s %9s %9s\n", table->name, "ns/op", "library is", "goal", "of totals",
          "allocs/op");
  for (i = 0; i < table->rows->len; i++)
    print_row (&g_array_index (table->rows, Row, i));
}

int
bench_table_end (BenchTable *table)
{
  int status = 0;
  guint i;

  if (table->verify)
    printf ("%s: all contestants do equal work\n", table->name);
  else
    print_table (table);
  for (i = 0; i < table->rows->len && !table->verify; i++)
    status |= is_missed (&g_array_index (table->rows, Row, i));
  if (table->json != NULL)
    write_json (table);
  g_array_unref (table->rows);
  g_rand_free (table->random);
  g_free (table->json);
  g_free (table);
  return status;
}

double
bench_get_resident_mib (void)
{
  g_autofree char *text = NULL;
  long pages = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%*d %ld", &pages) != 1)
    g_error ("/proc/self/statm");
  return (double)pages * (double)sysconf (_SC_PAGESIZE) / (1024 * 1024);
}

double
bench_get_peak_mib (void)
{
  g_autofree char *text = NULL;
  const char *line;
  long kib = 0;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) ||
      (line = strstr (text, "\nVmHWM:")) == NULL || sscanf (line, "\nVmHWM: %ld", &kib) != 1)
    g_error ("/proc/self/status");
  return (double)kib / 1024;
}

/* See proc (5). */
void
bench_reset_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (file == NULL || fputs ("5", file) < 0 || fclose (file) != 0)
    g_error ("/proc/self/clear_refs");
}
