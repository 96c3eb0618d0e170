/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

void
test_row_text (const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);

  ROW ("\"%s\"", escaped);
}

gboolean
test_is_short (void)
{
  return g_getenv ("MACHTYPE_TEST_SHORT") != NULL;
}

void
test_assert_error (GError **error, int code, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  gsize i;

  g_assert_nonnull (*error);
  ROW ("error %d: %s", (*error)->code, (*error)->message);
  g_assert_error (*error, MACHTYPE_ERROR, code);
  for (i = 0; list[i] != NULL; i++) {
    if (strstr ((*error)->message, list[i]) == NULL)
      g_error ("the message '%s' does not say '%s'", (*error)->message, list[i]);
  }
  g_clear_error (error);
}

char *
test_read (const char *name, gsize *length)
{
  g_autofree char *path = test_data (name);
  GError *error = NULL;
  char *text;

  g_file_get_contents (path, &text, length, &error);
  g_assert_no_error (error);
  return text;
}

void
test_assert_golden (const char *name, const char *text)
{
  g_autofree char *path = test_data (name), *expected = NULL;
  GError *error = NULL;

  if (g_getenv ("MACHTYPE_TEST_UPDATE") != NULL) {
    g_file_set_contents (path, text, -1, &error);
    g_assert_no_error (error);
    return;
  }
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  ROW ("golden %s", name);
  g_assert_cmpstr (text, ==, expected);
}
