/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

typedef struct {
  int major, minor, micro; /* relative to the version of the headers */
  gboolean expected;
} Row;

/* Rows with a negative part are omitted: which ones depends on the version. */
static const Row rows[] = {
  { 0, 0, 0, TRUE },   { 0, 0, 1, FALSE },  { 0, 1, 0, FALSE },  { 1, 0, 0, FALSE },
  { 0, 0, -1, TRUE },  { 0, -1, 0, TRUE },  { -1, 0, 0, TRUE },  { 0, -1, 99, TRUE },
  { -1, 99, 0, TRUE }, { 0, 1, -1, FALSE }, { 1, -1, 0, FALSE }, { 1, -1, -1, FALSE },
};

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    gint64 major = MACHTYPE_MAJOR_VERSION + (gint64)rows[i].major;
    gint64 minor = MACHTYPE_MINOR_VERSION + (gint64)rows[i].minor;
    gint64 micro = MACHTYPE_MICRO_VERSION + (gint64)rows[i].micro;

    if (major < 0 || minor < 0 || micro < 0)
      continue;
    ROW ("%d.%d.%d", (int)major, (int)minor, (int)micro);
    g_assert_cmpint (machtype_check_version ((guint)major, (guint)minor, (guint)micro), ==,
                     rows[i].expected);
    g_assert_cmpint (MACHTYPE_CHECK_VERSION (major, minor, micro), ==, rows[i].expected);
  }
  g_assert_true (machtype_check_version (0, 0, 0));
  g_assert_false (machtype_check_version (G_MAXUINT, G_MAXUINT, G_MAXUINT));
}

static void
test_string (void)
{
  g_autofree char *text = g_strdup_printf ("%d.%d.%d", MACHTYPE_MAJOR_VERSION,
                                           MACHTYPE_MINOR_VERSION, MACHTYPE_MICRO_VERSION);

  g_assert_cmpstr (text, ==, MACHTYPE_VERSION_STRING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/version/rows", test_rows);
  g_test_add_func ("/version/string", test_string);
  return g_test_run ();
}
