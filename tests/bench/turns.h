/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* For contestants whose work leaves something behind, so that it cannot be repeated as bench.h
 * does: each works on a file of its own, all take turns batch by batch, in another order each time.
 * The least time of an operation is kept, and that of all. */

typedef struct {
  void (*prepare) (gpointer data); /* not timed; may be NULL */
  void (*run) (gpointer data);     /* one batch */
  gpointer data;
  gsize operations; /* in a batch */

  /* The results. */
  gsize batches;
  double least_ns, total_ns; /* an operation; all of them */
  guint64 allocations;
} BenchTurn;

typedef struct _BenchTable BenchTable;

/* Options are those of bench.h, and those of entries (may be NULL). They all have defaults. */
BenchTable *bench_table_new (const char *name, gint rounds, const GOptionEntry *entries, int argc,
                             char **argv);
gint bench_table_get_rounds (const BenchTable *table);

/* Whether the contestants are only to be checked, with as little work as does it (--verify): one
 * round, and no goal is missed. */
gboolean bench_table_is_verified (const BenchTable *table);
GRand *bench_table_get_random (const BenchTable *table);

double bench_now_ns (void);
void bench_take_turns (BenchTable *table, BenchTurn *turns, gsize n, guint batches);

/* A row: how long one took, and how long the subject took beside it (NULL: it is the subject), at
 * most limit times as long (0: no goal). */
void bench_table_add (BenchTable *table, const char *name, const BenchTurn *turn,
                      const BenchTurn *subject, double limit);

/* A row of something else: a time as a whole, a size. */
void bench_table_add_value (BenchTable *table, const char *name, double value, const char *unit,
                            double limit);

/* Prints it, and gives back the exit status: 1 if a goal is missed. */
int bench_table_end (BenchTable *table);
