/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "facts.h"

#include <string.h>

/* If there are more rows than this, they are not shown individually. */
#define SHOWN_MAX 20

void
facts_add (GString *text, ...)
{
  const char *column, *separator = "";
  va_list columns;

  va_start (columns, text);
  while ((column = va_arg (columns, const char *)) != NULL) {
    g_string_append_printf (text, "%s%s", separator, *column != '\0' ? column : "-");
    separator = "\t";
  }
  va_end (columns);
  g_string_append_c (text, '\n');
}

/* Where the rows start: after the comments. */
static const char *
skip_comments (const char *text)
{
  while (*text == '#') {
    text += strcspn (text, "\n");
    text += *text == '\n' ? 1 : 0;
  }
  return text;
}

static char *
read_file (const char *name)
{
  g_autofree char *path = g_build_filename ("facts", name, NULL);

  return test_read (path, NULL);
}

/* The comments that a file has; those of a new file are to be completed by hand. */
static char *
dup_comments (const char *path)
{
  g_autofree char *text = NULL, *program = g_path_get_basename (g_get_prgname ());

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup_printf ("# SPDX-License-Identifier: LGPL-2.1-or-later\n"
                            "# Written by the unit test `%s` (MACHTYPE_TEST_UPDATE=1).\n",
                            program + strlen ("test-"));
  return g_strndup (text, (gsize)(skip_comments (text) - text));
}

static void
update (const char *name, const char *text)
{
  g_autofree char *path = test_data ("facts", name), *comments = dup_comments (path);
  g_autofree char *whole = g_strconcat (comments, text, NULL);
  GError *error = NULL;

  g_file_set_contents (path, whole, -1, &error);
  g_assert_no_error (error);
}

static guint
compare_rows (const char *name, char **wanted, char **found)
{
  guint i, different = 0;

  for (i = 0; wanted[i] != NULL && found[i] != NULL; i++) {
    if (strcmp (wanted[i], found[i]) == 0)
      continue;
    if (++different > SHOWN_MAX)
      continue;
    ROW ("%s, row %u", name, i + 1);
    ROW ("  wanted: %s", wanted[i]);
    ROW ("  found:  %s", found[i]);
  }
  return different;
}

void
facts_check (const char *name, const char *text)
{
  g_autofree char *golden = NULL;
  g_auto (GStrv) wanted = NULL, found = NULL;

  if (g_getenv ("MACHTYPE_TEST_UPDATE") != NULL) {
    update (name, text);
    return;
  }
  golden = read_file (name);
  wanted = g_strsplit (skip_comments (golden), "\n", -1);
  found = g_strsplit (text, "\n", -1);
  ROW ("%s: %u rows", name, g_strv_length (wanted) - 1);
  g_assert_cmpuint (compare_rows (name, wanted, found), ==, 0);
  g_assert_cmpuint (g_strv_length (found), ==, g_strv_length (wanted));
}

char **
facts_read_keys (const char *name)
{
  g_autofree char *text = read_file (name);
  char **rows = g_strsplit (skip_comments (g_strchomp (text)), "\n", -1);
  gsize i;

  for (i = 0; rows[i] != NULL; i++)
    rows[i][strcspn (rows[i], "\t")] = '\0';
  return rows;
}

char *
facts_dup_version (const MachtypeName *name, FactsGetVersion get)
{
  guint major = 0, minor = 0;

  return get (name, &major, &minor) ? g_strdup_printf ("%u.%u", major, minor) : g_strdup ("-");
}

MachtypeArch
facts_next_arch (MachtypeArch arch)
{
  const MachtypeArch next = (MachtypeArch)(arch + 1);

  return strcmp (machtype_arch_to_string (next), "unknown") != 0 ? next : MACHTYPE_ARCH_UNKNOWN;
}

char *
facts_dup_findings (const GPtrArray *findings)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < findings->len; i++) {
    const MachtypeFinding *f = findings->pdata[i];
    const char *remedy = machtype_finding_get_remedy (f);
    const char *source = machtype_finding_get_source (f);

    g_string_append_printf (
        text, "%s%s, %s: %s%s%s%s%s%s", i != 0 ? " | " : "", machtype_finding_get_code (f),
        machtype_authority_to_string (machtype_finding_get_authority (f)),
        machtype_finding_get_message (f), remedy != NULL ? "; " : "", remedy != NULL ? remedy : "",
        source != NULL ? " [" : "", source != NULL ? source : "", source != NULL ? "]" : "");
  }
  return g_string_free (text, FALSE);
}

char *
facts_dup_difference (const char *usual, const char *text)
{
  g_auto (GStrv) before = g_strsplit (usual, "\n", -1), after = g_strsplit (text, "\n", -1);
  GString *news = g_string_new (NULL);
  gsize i;

  for (i = 0; after[i] != NULL; i++) {
    if (!g_strv_contains ((const char *const *)before, after[i]))
      g_string_append_printf (news, "%s ", g_strchug (after[i]));
  }
  g_string_append_printf (news, "%+d", (int)i - (int)g_strv_length (before));
  return g_string_free (news, FALSE);
}
