/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shortest.h"

#define CONTESTANTS_MAX 20
#define ROUNDS 300
#define ROUND_MS 4.0
/* Too many steps for a branch predictor to learn. */
#define ORDER_LENGTH 65536

typedef struct {
  gsize count;            /* operations in a round */
  BenchShortest shortest; /* per operation */
  double allocations;
} Result;

typedef struct {
  const Bench *bench;
  GRand *random;
  guint16 order[ORDER_LENGTH];
  Result results[CONTESTANTS_MAX];
} State;

static struct {
  gint seed, rounds;
  gdouble ms;
  char *json;
  gboolean verify;
} options;

/* Results are stored here, so that the compiler has to compute them. */
static volatile guint64 sink;

double
bench_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double
time_run (const State *state, BenchRun run, gsize count)
{
  double start = bench_now_ns ();

  for (; count > ORDER_LENGTH; count -= ORDER_LENGTH)
    sink += run (state->order, ORDER_LENGTH);
  sink += run (state->order, count);
  return bench_now_ns () - start;
}

/* The work that all must have in common: that of the first one that answers. */
static void
check_answers (const Bench *bench, guint input)
{
  g_autofree char *expected = NULL;
  gsize i;

  for (i = 0; i < bench->n_contestants; i++) {
    const BenchContestant *contestant = &bench->contestants[i];
    g_autofree char *answer = NULL;

    if (contestant->run == NULL || contestant->answer == NULL)
      continue;
    answer = contestant->answer (input);
    if (expected == NULL)
      expected = g_strdup (answer);
    else if (g_strcmp0 (expected, answer) != 0)
      g_error ("%s: input %u: %s answers '%s', not '%s'", bench->name, input, contestant->name,
               answer, expected);
  }
}

/* Every contestant on every input, once, without timing. */
static void
verify (const Bench *bench)
{
  gsize compared = 0, i;
  guint16 input;

  for (i = 0; i < bench->n_contestants; i++)
    compared += bench->contestants[i].run != NULL && bench->contestants[i].answer != NULL;
  if (compared < 2)
    g_error ("%s: no answers are compared", bench->name);
  for (input = 0; input < bench->inputs; input++) {
    check_answers (bench, input);
    for (i = 0; i < bench->n_contestants; i++) {
      if (bench->contestants[i].run != NULL)
        sink += bench->contestants[i].run (&input, 1);
    }
  }
  printf ("%s: %u inputs, %" G_GSIZE_FORMAT " contestants do equal work\n", bench->name,
          bench->inputs, compared);
}

static void
count_allocations (const State *state, BenchRun run, Result *result)
{
  const gsize count = MIN (result->count, 1000);
  guint64 before = bench_allocations ();

  sink += run (state->order, count);
  result->allocations = (double)(bench_allocations () - before) / (double)count;
}

/* The number of operations that fill a round, given the time of some. */
static gsize
fill_round (gsize count, double ns)
{
  return MAX (count, (gsize)((double)count * options.ms * 1e6 / ns));
}

/* Estimates what fills a round. */
static void
calibrate (const State *state, BenchRun run, Result *result)
{
  double ns = time_run (state, run, 1);

  result->count = 1;
  while (ns < options.ms * 1e6 / 2) {
    result->count *= 2;
    ns = time_run (state, run, result->count);
  }
  result->count = fill_round (result->count, ns);
  count_allocations (state, run, result);
}

/* A contestant that was interrupted during the estimate has too few operations in a round, each of
 * them cold: rounds that turn out short are filled up. */
static void
take_turn (const State *state, BenchRun run, Result *result)
{
  double ns = time_run (state, run, result->count);

  bench_shortest_add (&result->shortest, ns / (double)result->count);
  if (ns < options.ms * 1e6 / 2)
    result->count = fill_round (result->count, ns);
}

/* In another order each time: what runs before a contestant must not be constant. */
static void
run_round (State *state, guint8 *turns)
{
  gsize n = state->bench->n_contestants, i;

  for (i = n; i > 1; i--) {
    gsize other = (gsize)g_rand_int_range (state->random, 0, (gint32)i);
    guint8 turn = turns[i - 1];

    turns[i - 1] = turns[other];
    turns[other] = turn;
  }
  for (i = 0; i < n; i++) {
    BenchRun run = state->bench->contestants[turns[i]].run;

    if (run != NULL)
      take_turn (state, run, &state->results[turns[i]]);
  }
}

static void
measure (State *state)
{
  guint8 turns[CONTESTANTS_MAX];
  gint round;
  guint i;

  for (i = 0; i < state->bench->inputs; i++)
    check_answers (state->bench, i);
  for (i = 0; i < ORDER_LENGTH; i++)
    state->order[i] = (guint16)g_rand_int_range (state->random, 0, (gint32)state->bench->inputs);
  for (i = 0; i < state->bench->n_contestants; i++) {
    turns[i] = (guint8)i;
    state->results[i].shortest.stretch = state->bench->stretch;
    if (state->bench->contestants[i].run != NULL)
      calibrate (state, state->bench->contestants[i].run, &state->results[i]);
  }
  for (round = 0; round < options.rounds; round++)
    run_round (state, turns);
}

/* The subject's time divided by the contestant's; 0: there is nothing to compare. */
static double
get_ratio (const State *state, gsize i)
{
  const Bench *bench = state->bench;
  const BenchContestant *contestant = &bench->contestants[i];
  gsize subject = 0;

  while (contestant->subject != NULL &&
         strcmp (bench->contestants[subject].name, contestant->subject) != 0)
    subject++;
  if (subject == i || contestant->run == NULL)
    return 0;
  return bench_shortest_get (&state->results[subject].shortest) /
         bench_shortest_get (&state->results[i].shortest);
}

static gboolean
has_goal (const BenchContestant *contestant)
{
  return contestant->run != NULL && (contestant->limit > 0 || contestant->no_allocations);
}

static gboolean
is_missed (const State *state, gsize i)
{
  const BenchContestant *contestant = &state->bench->contestants[i];

  if (contestant->run == NULL)
    return FALSE;
  return (contestant->limit > 0 && get_ratio (state, i) > contestant->limit) ||
         (contestant->no_allocations && state->results[i].allocations > 0);
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
print_row (const State *state, gsize i)
{
  const BenchContestant *contestant = &state->bench->contestants[i];
  g_autofree char *ratio = dup_ratio (get_ratio (state, i), "");
  g_autofree char *goal = dup_ratio (contestant->limit, "<= ");
  const char *verdict = is_missed (state, i) ? "MISSED" : has_goal (contestant) ? "met" : "";

  if (contestant->run == NULL) {
    printf ("%-40s left out: %s\n", contestant->name, contestant->note);
    return;
  }
  printf ("%-40s %12.2f %10s %9s %9.2f %5s  %s\n", contestant->name,
          bench_shortest_get (&state->results[i].shortest), ratio, goal,
          state->results[i].allocations, contestant->no_allocations ? "<= 0" : "", verdict);
}

static void
print_table (const State *state)
{
  gsize i;

  printf ("# %s: seed %d, %d rounds of %.3g ms\n", state->bench->name, options.seed, options.rounds,
          options.ms);
  printf ("%-40s %12s %10s %9s %9s %5s\n", state->bench->name, "ns/op", "library is", "goal",
          "allocs/op", "goal");
  for (i = 0; i < state->bench->n_contestants; i++)
    print_row (state, i);
}

static void
write_json_row (FILE *file, const State *state, gsize i)
{
  const BenchContestant *contestant = &state->bench->contestants[i];

  fprintf (file, "    { \"name\": \"%s\"", contestant->name);
  if (contestant->run == NULL)
    fprintf (file, ", \"left_out\": \"%s\"", contestant->note);
  else
    fprintf (file, ", \"ns\": %.3f, \"allocations\": %.3f",
             bench_shortest_get (&state->results[i].shortest), state->results[i].allocations);
  if (get_ratio (state, i) > 0)
    fprintf (file, ", \"ratio\": %.5f", get_ratio (state, i));
  if (contestant->limit > 0)
    fprintf (file, ", \"limit\": %.5f", contestant->limit);
  if (contestant->no_allocations)
    fprintf (file, ", \"allocations_limit\": 0");
  if (has_goal (contestant))
    fprintf (file, ", \"met\": %s", is_missed (state, i) ? "false" : "true");
  fprintf (file, " }%s\n", i + 1 < state->bench->n_contestants ? "," : "");
}

static void
write_json (const State *state, const char *path)
{
  FILE *file = fopen (path, "w");
  gsize i;

  if (file == NULL)
    g_error ("%s: %s", path, g_strerror (errno));
  fprintf (file,
           "{ \"benchmark\": \"%s\", \"seed\": %d, \"rounds\": %d, \"ms\": %.3f,\n  \"rows\": [\n",
           state->bench->name, options.seed, options.rounds, options.ms);
  for (i = 0; i < state->bench->n_contestants; i++)
    write_json_row (file, state, i);
  fprintf (file, "  ] }\n");
  if (fclose (file) != 0)
    g_error ("%s: %s", path, g_strerror (errno));
}

void
bench_read_options (GOptionContext *context, const gint *rounds, int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  if (!g_option_context_parse (context, argc, argv, &error)) {
    fprintf (stderr, "%s\n", error->message);
    exit (2);
  }
  if (*rounds < 1) {
    fprintf (stderr, "--rounds: at least 1\n");
    exit (2);
  }
}

static void
read_options (const Bench *bench, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "repeat this run", "N" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &options.rounds, "rounds", "N" },
    { "ms", 0, 0, G_OPTION_ARG_DOUBLE, &options.ms, "of one contestant in a round", "MS" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "write the results there", "FILE" },
    { "verify", 0, 0, G_OPTION_ARG_NONE, &options.verify,
      "time nothing: do all contestants do equal work?", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  options.seed = (gint)(g_random_int () & G_MAXINT);
  options.rounds = bench->rounds != 0 ? (gint)bench->rounds : ROUNDS;
  options.ms = bench->ms > 0 ? bench->ms : ROUND_MS;
  options.json = g_strdup (g_getenv ("MACHTYPE_BENCH_JSON"));
  g_option_context_add_main_entries (context, entries, NULL);
  bench_read_options (context, &options.rounds, argc, argv);
}

/* Otherwise some contestants make the kernel reclaim and clear pages for each operation, and others
 * do not, depending on what is at the end of the heap. */
static void
keep_heap (void)
{
  mallopt (M_MMAP_THRESHOLD, 32 * 1024 * 1024);
  mallopt (M_TRIM_THRESHOLD, 256 * 1024 * 1024);
  mallopt (M_TOP_PAD, 16 * 1024 * 1024);
}

int
bench_main (const Bench *bench, int argc, char **argv)
{
  static State state;
  int status = 0;
  gsize i;

  g_assert (bench->n_contestants <= CONTESTANTS_MAX && bench->inputs <= G_MAXUINT16);
  read_options (bench, &argc, &argv);
  if (options.verify) {
    verify (bench);
    return 0;
  }
  keep_heap ();
  state.bench = bench;
  state.random = g_rand_new_with_seed ((guint32)options.seed);
  measure (&state);
  print_table (&state);
  if (options.json != NULL)
    write_json (&state, options.json);
  for (i = 0; i < bench->n_contestants; i++)
    status |= is_missed (&state, i);
  g_rand_free (state.random);
  g_free (options.json);
  return status;
}
