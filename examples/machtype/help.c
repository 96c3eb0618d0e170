/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The help of one command: its options by group, its exit statuses, an example. GLib's own help
 * calls all of them "Application Options" and hides other groups behind --help-all. */

#include "machtype-program.h"

#include <string.h>

/* Options that are wider than this have their description on the next line. */
#define COLUMN_MAX 26

static const char *const groups[] = { "Options", "Guest", "Instance", "Selection",
                                      "Target",  "Host",  "Store",    "Output" };

typedef struct {
  const char *group;
  GOptionEntry entry;
} HelpOption;

/* The running command; all of its texts are constants. */
static struct {
  const char *arguments, *summary, *notes;
  GArray *options; /* of HelpOption */
} help;

void
help_begin (const char *arguments, const char *summary, const char *notes)
{
  help.arguments = arguments;
  help.summary = summary;
  help.notes = notes;
  g_clear_pointer (&help.options, g_array_unref);
  help.options = g_array_new (FALSE, FALSE, sizeof (HelpOption));
}

void
help_add (const char *group, const GOptionEntry *entry)
{
  const HelpOption option = { group, *entry };

  g_array_append_val (help.options, option);
}

/* "-c, --connect=URI" */
static char *
dup_option (const GOptionEntry *entry)
{
  GString *text = g_string_new (NULL);

  if (entry->short_name != '\0')
    g_string_append_printf (text, "-%c, ", entry->short_name);
  g_string_append_printf (text, "--%s", entry->long_name);
  if (entry->arg_description != NULL)
    g_string_append_printf (text, "=%s", entry->arg_description);
  return g_string_free (text, FALSE);
}

static int
get_column (void)
{
  gsize column = 0;
  guint i;

  for (i = 0; i < help.options->len; i++) {
    g_autofree char *text = dup_option (&g_array_index (help.options, HelpOption, i).entry);
    gsize width = strlen (text);

    if (width <= COLUMN_MAX)
      column = MAX (column, width);
  }
  return (int)column;
}

static void
print_option (const GOptionEntry *entry, int column)
{
  g_autofree char *text = dup_option (entry);

  if (strlen (text) <= (gsize)column)
    g_print ("  %-*s  %s\n", column, text, entry->description);
  else
    g_print ("  %s\n  %*s  %s\n", text, column, "", entry->description);
}

static void
print_group (const char *group, int column)
{
  gboolean has_title = FALSE;
  guint i;

  for (i = 0; i < help.options->len; i++) {
    const HelpOption *option = &g_array_index (help.options, HelpOption, i);

    if (strcmp (option->group, group) != 0)
      continue;
    if (!has_title)
      g_print ("\n%s:\n", group);
    has_title = TRUE;
    print_option (&option->entry, column);
  }
}

char *
help_dup_similar (const char *option)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  guint i;

  for (i = 0; i < help.options->len; i++)
    g_strv_builder_add (builder, g_array_index (help.options, HelpOption, i).entry.long_name);
  g_strv_builder_add (builder, "color");
  names = g_strv_builder_end (builder);
  return machtype_text_dup_similar (option, (const char *const *)names);
}

void
help_print (void)
{
  int column = get_column ();
  gsize i;

  g_print ("Usage:\n  %s [OPTION...]%s%s\n\n%s\n", g_get_prgname (),
           help.arguments != NULL ? " " : "", help.arguments != NULL ? help.arguments : "",
           help.summary);
  for (i = 0; i < G_N_ELEMENTS (groups); i++)
    print_group (groups[i], column);
  g_print ("\n%s\n", help.notes);
}
