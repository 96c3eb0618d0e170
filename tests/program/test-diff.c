/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The unified diff of --diff: rows, and a property on generated texts: the new text comes out when
 * the diff is applied to the old one, and no shorter diff exists. */

#include "diff.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "--- a\n+++ b\n"
#define NO_NEWLINE "\\ No newline at end of file\n"

static const struct {
  const char *what, *old_text, *new_text, *diff;
} rows[] = {
  { "the same", "1\n2\n", "1\n2\n", "" },
  { "both empty", "", "", "" },
  { "added to nothing", "", "1\n", HEAD "@@ -0,0 +1 @@\n+1\n" },
  { "all removed", "1\n2\n", "", HEAD "@@ -1,2 +0,0 @@\n-1\n-2\n" },
  { "one line", "1\n", "2\n", HEAD "@@ -1 +1 @@\n-1\n+2\n" },
  { "three lines of context", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
    HEAD "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
  { "six lines between changes: one hunk", "a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
    HEAD "@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n" },
  { "seven: two hunks", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
    HEAD "@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n" },
  { "no newline at the end of the old text", "1", "1\n",
    HEAD "@@ -1 +1 @@\n-1\n" NO_NEWLINE "+1\n" },
  { "nor at that of the new one", "1\n", "1", HEAD "@@ -1 +1 @@\n-1\n+1\n" NO_NEWLINE },
};

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *diff = diff_new_unified (rows[i].old_text, "a", rows[i].new_text, "b");

    g_test_message ("%s", rows[i].what);
    g_assert_cmpstr (diff, ==, rows[i].diff);
  }
}

static char *
generate (GRand *random, int n, int words)
{
  GString *text = g_string_new (NULL);

  for (; n > 0; n--)
    g_string_append_printf (text, "%d\n", g_rand_int_range (random, 0, words));
  if (text->len != 0 && g_rand_int_range (random, 0, 5) == 0)
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

/* Lines that end with their newline; the last may have none. */
static GPtrArray *
split (const char *text)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  while (*text != '\0') {
    const char *end = strchr (text, '\n');
    gsize length = end != NULL ? (gsize)(end - text) + 1 : strlen (text);

    g_ptr_array_add (lines, g_strndup (text, length));
    text += length;
  }
  return lines;
}

/* Copies lines of the old text up to the one where the hunk begins. */
static void
copy_until (GString *result, const GPtrArray *lines, guint *at, const char *head)
{
  guint start = (guint)strtoul (head + strlen ("@@ -"), NULL, 10);
  const char *length = strchr (head, ' ') + 1;

  /* "-4,0" is after line 4, "-4" and "-4,2" begin with it. */
  if (strncmp (length + strcspn (length, ", "), ",0 ", 3) != 0)
    start--;
  g_assert_cmpuint (start, >=, *at);
  for (; *at < start; (*at)++)
    g_string_append (result, g_ptr_array_index (lines, *at));
}

static char *
apply (const char *text, const char *diff)
{
  g_autoptr (GPtrArray) lines = split (text), edits = split (diff);
  GString *result = g_string_new (NULL);
  guint at = 0, i;

  for (i = 2; i < edits->len; i++) {
    const char *edit = edits->pdata[i], *next = i + 1 < edits->len ? edits->pdata[i + 1] : "";
    g_autofree char *line =
        g_strndup (edit + 1, strlen (edit + 1) - (*next == '\\' ? strlen ("\n") : 0));

    if (*edit == '@')
      copy_until (result, lines, &at, edit);
    if (*edit == ' ' || *edit == '-')
      g_assert_cmpstr (line, ==, lines->pdata[at++]);
    if (*edit == ' ' || *edit == '+')
      g_string_append (result, line);
  }
  for (; at < lines->len; at++)
    g_string_append (result, lines->pdata[at]);
  return g_string_free (result, FALSE);
}

static guint
count_changes (const char *diff)
{
  g_autoptr (GPtrArray) lines = split (diff);
  guint i, n = 0;

  for (i = 2; i < lines->len; i++)
    n += strchr ("-+", *(const char *)lines->pdata[i]) != NULL;
  return n;
}

/* By the longest common subsequence. */
static guint
count_least_changes (const char *old_text, const char *new_text)
{
  g_autoptr (GPtrArray) a = split (old_text), b = split (new_text);
  const guint width = b->len + 1;
  g_autofree guint *longest = g_new0 (guint, (gsize)(a->len + 1) * width);
  guint i, j;

  for (i = 1; i <= a->len; i++) {
    for (j = 1; j <= b->len; j++) {
      const guint *above = &longest[(i - 1) * width + j];

      longest[i * width + j] = strcmp (a->pdata[i - 1], b->pdata[j - 1]) == 0
                                   ? above[-1] + 1
                                   : MAX (*above, longest[i * width + j - 1]);
    }
  }
  return a->len + b->len - 2 * longest[a->len * width + b->len];
}

static void
test_generated (void)
{
  guint32 seed;

  for (seed = 0; seed < 3000; seed++) {
    g_autoptr (GRand) random = g_rand_new_with_seed (seed);
    const int words = g_rand_int_range (random, 2, 30);
    g_autofree char *old_text = generate (random, g_rand_int_range (random, 0, 40), words);
    g_autofree char *new_text = generate (random, g_rand_int_range (random, 0, 40), words);
    g_autofree char *diff = diff_new_unified (old_text, "a", new_text, "b");
    g_autofree char *result = apply (old_text, diff);

    g_test_message ("seed %u", seed);
    g_assert_cmpstr (result, ==, new_text);
    g_assert_cmpuint (count_changes (diff), ==, count_least_changes (old_text, new_text));
  }
}

/* More differences than are searched for. */
static void
test_too_many (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autofree char *old_text = generate (random, 5000, 1000000);
  g_autofree char *new_text = generate (random, 5000, 1000000);
  g_autofree char *diff = diff_new_unified (old_text, "a", new_text, "b");
  g_autofree char *result = apply (old_text, diff);

  g_assert_cmpstr (result, ==, new_text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diff/rows", test_rows);
  g_test_add_func ("/diff/generated", test_generated);
  g_test_add_func ("/diff/too-many", test_too_many);
  return g_test_run ();
}
