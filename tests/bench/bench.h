/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Contestants of the same work, timed side by side: interleaved round by round in one process, so
 * that the noise of the machine affects each equally. The shortest time of each is kept (see
 * shortest.h), and goals are ratios of these. */

/* Performs count operations, on the inputs that order names, and returns a value derived from the
 * results, so that none is optimized away. */
typedef guint64 (*BenchRun) (const guint16 *order, gsize count);

/* A BenchRun of an expression in i, the input. The loop is inside, because an indirect call for
 * each operation would take longer than the shortest of them. */
#define BENCH_RUN(function, expression)                                                            \
  static guint64 function (const guint16 *order, gsize count)                                      \
  {                                                                                                \
    guint64 sum = 0;                                                                               \
    gsize at;                                                                                      \
                                                                                                   \
    for (at = 0; at < count; at++) {                                                               \
      const guint i = order[at];                                                                   \
                                                                                                   \
      (void)i;                                                                                     \
      sum += (guint64)(expression);                                                                \
    }                                                                                              \
    return sum;                                                                                    \
  }

typedef struct {
  const char *name;
  BenchRun run;                  /* NULL: omitted */
  char *(*answer) (guint input); /* the same text for all; NULL: a floor that does less */
  const char *subject;           /* what it is compared with; NULL: the first contestant */
  double limit;                  /* subject's time / this one's, at most; 0: no goal */
  gboolean no_allocations;       /* a goal */
  const char *note;              /* why it is omitted */
} BenchContestant;

typedef struct {
  const char *name;
  guint inputs;
  guint rounds;  /* 0: the default */
  gsize stretch; /* in rounds, see shortest.h; 0: all rounds are one */
  double ms;     /* of one contestant in one round; 0: the default */
  const BenchContestant *contestants;
  gsize n_contestants;
} Bench;

/* Checks that all do equal work, times them, and prints the table. Returns the exit status: 1 if a
 * goal is missed. Unequal work aborts. With --verify nothing is timed: it only checks. */
int bench_main (const Bench *bench, int argc, char **argv);

double bench_now_ns (void);

/* Reads the command line of a benchmark, whose option --rounds is stored in *rounds. If it is
 * wrong, ends the program with status 2. */
void bench_read_options (GOptionContext *context, const gint *rounds, int *argc, char ***argv);

/* The number of calls of malloc, calloc and realloc so far. */
guint64 bench_allocations (void);
