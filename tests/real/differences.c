/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "differences.h"

static guint count;

void
difference (const char *where, const char *says, const char *happens)
{
  g_autofree char *line = g_strdup_printf ("%s: %s: %s: %s", g_test_get_path (), where, says,
                                           happens != NULL ? happens : "accepted");

  count++;
  /* One line, whatever libvirt says. */
  g_printerr ("# DIFFERS: %s\n", g_strdelimit (line, "\n\t", ' '));
}

guint
difference_count (void)
{
  return count;
}

void
difference_end (void)
{
  const guint found = count;

  count = 0;
  if (found != 0)
    g_test_fail_printf ("%u differences", found);
}
