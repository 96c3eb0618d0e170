/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "bench.h"
#include "shortest.h"

/* For contestants whose work has lasting effects, so that it cannot be repeated as bench.h does:
 * each works on its own file, all take turns batch by batch, in another order each time. The
 * shortest time of an operation is kept, and that of all. */

typedef struct {
  void (*prepare) (gpointer data); /* not timed; can be NULL */
  void (*run) (gpointer data);     /* one batch */
  gpointer data;
  gsize operations; /* in a batch */

  /* The results. */
  BenchShortest shortest; /* per operation; its stretch can be set */
  double total_ns;        /* for all of them */
  guint64 allocations;
} BenchTurn;

typedef struct _BenchTable BenchTable;

/* Options are those of bench.h, and those of entries (can be NULL). They all have defaults. */
BenchTable *bench_table_new (const char *name, gint rounds, const GOptionEntry *entries, int argc,
                             char **argv);
gint bench_table_get_rounds (const BenchTable *table);

/* Whether the contestants are only checked, with as little work as possible (--verify): one round,
 * and no goal is missed. */
gboolean bench_table_is_verified (const BenchTable *table);
GRand *bench_table_get_random (const BenchTable *table);

void bench_take_turns (BenchTable *table, BenchTurn *turns, gsize n, guint batches);

/* In another order. */
void bench_shuffle (guint *numbers, gsize n, GRand *random);

/* End the program with the message of *error if a call has failed. */
gpointer bench_check (gpointer result, GError *const *error);
void bench_check_done (gboolean ok, GError *const *error);

/* A row: the time of one, and the subject's time next to it (NULL: it is the subject), at most
 * limit times as long (0: no goal). */
void bench_table_add (BenchTable *table, const char *name, const BenchTurn *turn,
                      const BenchTurn *subject, double limit);

/* A row for something else: a total time, a size. */
void bench_table_add_value (BenchTable *table, const char *name, double value, const char *unit,
                            double limit);

/* Prints it, and returns the exit status: 1 if a goal is missed. */
int bench_table_end (BenchTable *table);

/* The memory that the process has, and the most that it has had since that was reset. */
double bench_get_resident_mib (void);
double bench_get_peak_mib (void);
void bench_reset_peak (void);
