/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "shortest.h"

void
bench_shortest_add (BenchShortest *shortest, double ns)
{
  gsize place = shortest->stretch != 0 ? shortest->turns % shortest->stretch : shortest->turns;

  shortest->turns++;
  if (place == 0) {
    shortest->stretches++;
    shortest->sum += ns;
    shortest->last = ns;
  } else if (ns < shortest->last) {
    shortest->sum += ns - shortest->last;
    shortest->last = ns;
  }
}

double
bench_shortest_get (const BenchShortest *shortest)
{
  g_assert (shortest->turns > 0);
  return shortest->sum / (double)shortest->stretches;
}
