/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The shortest time of all turns. With a stretch, the shortest of each so many turns, and of these
 * the mean: for work whose shortest time is a matter of luck, because it waits for a disk, is done
 * while a file is still small, or is a whole process. */
typedef struct {
  gsize stretch; /* 0: all turns are one */

  /* The state. */
  gsize turns, stretches;
  double last, sum; /* the shortest of the last stretch; of all */
} BenchShortest;

void bench_shortest_add (BenchShortest *shortest, double ns);
double bench_shortest_get (const BenchShortest *shortest);
