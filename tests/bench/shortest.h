/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The shortest time of all turns. With a stretch: the mean of the shortest times of all stretches
 * of so many turns. That is for work whose very shortest time is luck: it waits for a disk, it is
 * fastest while a file is small, or it is a whole process. The last stretch can be shorter. */
typedef struct {
  gsize stretch; /* in turns; 0: all turns are one stretch */

  gsize turns, stretches; /* so far */
  double last, sum;       /* the shortest of the last stretch; the sum of these of all stretches */
} BenchShortest;

void bench_shortest_add (BenchShortest *shortest, double ns);
double bench_shortest_get (const BenchShortest *shortest);
