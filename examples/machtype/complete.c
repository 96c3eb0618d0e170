/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype complete: candidates for the last word of a command line. Shells call this, so that all
 * of them offer the same, and the same as the commands' own tables of options. It writes nothing,
 * reports no errors, and contacts a host only if the line names one. */

#include "complete.h"

#include <stdio.h>
#include <string.h>

/* More than this is not useful. */
#define OFFERED_MAX 2000

typedef struct {
  const char *option;
  const char *value;
} Given;

gboolean
line_has (const Line *line, const char *option)
{
  guint i;

  for (i = 0; i < line->given->len; i++) {
    if (strcmp (((const Given *)line->given->pdata[i])->option, option) == 0)
      return TRUE;
  }
  return FALSE;
}

const char *
line_get (const Line *line, const char *option)
{
  guint i;

  for (i = line->given->len; i-- > 0;) {
    const Given *given = line->given->pdata[i];

    if (strcmp (given->option, option) == 0)
      return given->value;
  }
  return NULL;
}

const char *
line_get_property (const Line *line, const char *name)
{
  gsize length = strlen (name);
  guint i;

  for (i = line->given->len; i-- > 0;) {
    const Given *given = line->given->pdata[i];

    if (strcmp (given->option, "property") == 0 && given->value != NULL &&
        strncmp (given->value, name, length) == 0 && given->value[length] == '=')
      return given->value + length + 1;
  }
  return NULL;
}

/* A tab or a newline would split a candidate in two, and an escape sequence cannot be typed. */
static gboolean
is_printable (const char *text)
{
  g_autofree char *escaped = machtype_text_escape_message (text);

  return strcmp (escaped, text) == 0;
}

static void
offer (Line *line, const char *value, const char *end, const char *description)
{
  g_autofree char *word = NULL;

  if (!g_str_has_prefix (value, line->value) || line->n_offered >= OFFERED_MAX)
    return;
  word = g_strconcat (line->before, value, end, NULL);
  if (!is_printable (word))
    return;
  if (g_hash_table_contains (line->offered, word))
    return;
  line->n_offered++;
  g_print ("%s", word);
  if (description != NULL && is_printable (description))
    g_print ("\t%s", description);
  g_print ("\n");
  g_hash_table_add (line->offered, g_steal_pointer (&word));
}

void
line_offer (Line *line, const char *value, const char *description)
{
  offer (line, value, "", description);
}

void
line_offer_name (Line *line, const char *name, const char *description)
{
  offer (line, name, "=", description);
}

void
line_advance (Line *line, gsize n)
{
  g_autofree char *before = line->before;

  line->before = g_strdup_printf ("%s%.*s", before, (int)n, line->value);
  line->value += n;
}

void
line_offer_files (Line *line, const char *kind)
{
  if (!is_printable (line->before))
    return;
  line->n_offered++;
  g_print ("\t%s\t%s\n", kind, line->before);
}

static gboolean
takes_value (const GOptionEntry *entry)
{
  return entry->arg != G_OPTION_ARG_NONE;
}

static gboolean
is_repeatable (const GOptionEntry *entry)
{
  return entry->arg == G_OPTION_ARG_STRING_ARRAY || entry->arg == G_OPTION_ARG_FILENAME_ARRAY;
}

/* "--connect", "--connect=..." or "-c"; NULL: there is no such option. */
static const GOptionEntry *
find_option (const Line *line, const char *word)
{
  gsize length = strcspn (word, "=");
  guint i;

  for (i = 0; i < line->options->len; i++) {
    const GOptionEntry *entry = &g_array_index (line->options, GOptionEntry, i);

    if (entry->short_name != '\0' && word[1] == entry->short_name && word[2] == '\0')
      return entry;
    if (word[1] == '-' && length - 2 == strlen (entry->long_name) &&
        strncmp (word + 2, entry->long_name, length - 2) == 0)
      return entry;
  }
  return NULL;
}

static void
add_given (Line *line, const char *option, const char *value)
{
  Given *given = g_new (Given, 1);

  given->option = option;
  given->value = value;
  g_ptr_array_add (line->given, given);
}

/* Reads the words before the last. Returns the option that the last word is the value of, or NULL.
 */
static const GOptionEntry *
read_words (Line *line, char **words, int n)
{
  const GOptionEntry *entry = NULL;
  int i;

  for (i = 0; i < n; i++) {
    if (entry != NULL) {
      add_given (line, entry->long_name, words[i]);
      entry = NULL;
    } else if (line->no_option || words[i][0] != '-' || words[i][1] == '\0')
      g_ptr_array_add (line->others, words[i]);
    else if (strcmp (words[i], "--") == 0)
      line->no_option = TRUE;
    else {
      const char *equals = strchr (words[i], '=');
      const GOptionEntry *found = find_option (line, words[i]);

      if (found != NULL && takes_value (found) && equals == NULL)
        entry = found;
      else if (found != NULL)
        add_given (line, found->long_name, equals != NULL ? equals + 1 : NULL);
    }
  }
  return entry;
}

static void
offer_options (Line *line)
{
  guint i;

  for (i = 0; i < line->options->len; i++) {
    const GOptionEntry *entry = &g_array_index (line->options, GOptionEntry, i);
    g_autofree char *word = g_strconcat ("--", entry->long_name, NULL);

    /* What every command takes is for those who have begun to type it. */
    if ((entry->flags & G_OPTION_FLAG_HIDDEN) != 0 && strlen (line->value) <= strlen ("--"))
      continue;
    if (is_repeatable (entry) || !line_has (line, entry->long_name))
      line_offer (line, word, entry->description);
  }
  line_offer (line, "--help", HELP_DESCRIPTION);
}

/* Instead of naming them. */
static gboolean
selects_guests (const Line *line)
{
  static const char *const options[] = { "all",        "unpinned",      "differs",
                                         "unrecorded", "deprecated",    "arch",
                                         "host",       "cell",          "state",
                                         "machine",    "name",          "removed-in",
                                         "not-seen",   "current-state", "current-machine" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (options); i++) {
    if (line_has (line, options[i]))
      return strcmp (line->command->name, "update-machine-type") == 0;
  }
  return FALSE;
}

/* Such as "[GUEST...] [TYPE]", "OLD NEW|-" or "[FILE...]": "-" alone replaces all of them. */
static void
offer_argument (Line *line)
{
  g_auto (GStrv) names = g_strsplit (line->command->arguments, " ", -1);
  guint n = g_strv_length (names), at = line->others->len;
  char *name;

  /* Guests are not named then. */
  if (line_has (line, "spool")) {
    if (at == 0)
      line_offer_files (line, "folders");
    return;
  }
  if (at == 0 && n > 1 && selects_guests (line))
    at = 1;
  if (n > 0 && at >= n && strstr (line->command->arguments, "...") != NULL)
    at = n - 1;
  if (at >= n || names[0][0] == '-')
    return;
  if (at == 0 && (g_str_has_suffix (names[n - 1], "|-") || g_str_has_suffix (names[n - 1], "|-]") ||
                  (strcmp (names[0], "[-]") == 0 && line->value[0] == '-')))
    line_offer (line, "-", "standard input");
  name = names[at][0] == '[' ? names[at] + 1 : names[at];
  name[strcspn (name, "|].-")] = '\0';
  offer_values (line, NULL, name);
}

static void
offer_word (Line *line, const GOptionEntry *entry)
{
  const char *equals = strchr (line->value, '=');

  if (entry != NULL) {
    offer_values (line, entry->long_name, entry->arg_description);
    return;
  }
  if (!line->no_option && g_str_has_prefix (line->value, "--") && equals != NULL) {
    entry = find_option (line, line->value);
    line_advance (line, (gsize)(equals - line->value) + 1);
    if (entry != NULL && takes_value (entry))
      offer_values (line, entry->long_name, entry->arg_description);
    return;
  }
  if (line->no_option || line->value[0] != '-' || line->value[1] == '\0')
    offer_argument (line);
  if (!line->no_option && (line->n_offered == 0 || line->value[0] == '-'))
    offer_options (line);
}

static void
offer_first_words (Line *line)
{
  const Command *command;
  gsize i;

  for (i = 0; (command = command_get (i)) != NULL; i++) {
    g_autofree char *first = g_strndup (command->name, strcspn (command->name, " "));

    line_offer (line, first, strchr (command->name, ' ') == NULL ? command->summary : NULL);
  }
  line_offer (line, "--help", "list the commands");
  line_offer (line, "--version", "show the version");
  if (strlen (line->value) > strlen ("--"))
    line_offer (line, "--color", COLOR_DESCRIPTION);
}

/* For a command of two words, the second one. Nova's spellings are tried for each. */
static void
offer_second_words (Line *line, char *first)
{
  const Command *command;
  gsize i;

  for (i = 0; (command = command_get (i)) != NULL; i++) {
    const char *space = strchr (command->name, ' '), *word = space != NULL ? space + 1 : NULL;
    g_autofree char *second = g_strdup (word != NULL ? word : command->name);
    char *argv[] = { NULL, first, second, NULL };
    int n;

    if (g_str_has_prefix (second, "upgrade-"))
      memmove (second, second + strlen ("upgrade-"), strlen (second + strlen ("upgrade-")) + 1);
    if (command_find (argv, &n) == command && n == 2)
      line_offer (line, second, command->summary);
  }
}

/* The words after "machtype"; the last one is to be completed. */
static void
complete_command (Line *line, char **words, int n)
{
  g_auto (GStrv) before = g_new0 (char *, (gsize)n + 1); /* as argv */
  const GOptionEntry *entry;
  int i, n_name = 0;

  before[0] = g_strdup ("machtype");
  for (i = 1; i < n; i++)
    before[i] = g_strdup (words[i - 1]);
  if (n == 1) {
    offer_first_words (line);
    return;
  }
  line->command = command_find (before, &n_name);
  if (line->command == NULL) {
    if (n == 2)
      offer_second_words (line, before[1]);
    return;
  }
  options_collect (line->options);
  line->command->run (1, before);
  options_collect (NULL);
  entry = read_words (line, before + 1 + n_name, n - 1 - n_name);
  offer_word (line, entry);
}

/* --color comes before the command as well, as one word or two. */
static void
complete (Line *line, char **words, int n)
{
  static const char option[] = "--color=";
  int taken = g_str_has_prefix (words[0], option) ? 1 : strcmp (words[0], "--color") == 0 ? 2 : 0;

  line->value = words[n - 1];
  if (taken == n) {
    if (taken == 1)
      line_advance (line, strlen (option));
    offer_values (line, "color", "auto|always|never");
    return;
  }
  if (taken > n)
    taken = 0;
  complete_command (line, words + taken, n - taken);
}

static void
line_clear (Line *line)
{
  g_array_unref (line->options);
  g_ptr_array_unref (line->given);
  g_ptr_array_unref (line->others);
  g_hash_table_unref (line->offered);
  g_free (line->before);
  machtype_host_unref (line->host);
}

static int
offer_line (char **words, int n)
{
  Line line = { 0 };

  /* While completing, no messages are wanted. */
  if (freopen ("/dev/null", "we", stderr) == NULL)
    return STATUS_BACKEND;
  line.options = g_array_new (FALSE, FALSE, sizeof (GOptionEntry));
  line.given = g_ptr_array_new_with_free_func (g_free);
  line.others = g_ptr_array_new ();
  line.offered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  line.before = g_strdup ("");
  complete (&line, words, n);
  line_clear (&line);
  return STATUS_DONE;
}

int
command_complete (int argc, char **argv)
{
  g_autoptr (GOptionContext) context =
      options_new ("-- WORD...",
                   "Prints the completions of the last WORD of a command line, for shells. The\n"
                   "words are those after machtype. One per line: the word and, after a tab, what\n"
                   "it is. A line that starts with a tab asks the shell for files or folders, and\n"
                   "shows the part of the word that precedes the path. Errors are not reported.",
                   "Exit status: 0 done, 2 usage.\n\n"
                   "Example:\n"
                   "  machtype complete -- resolve --host");
  int status;

  if (argc > 2 && strcmp (argv[1], "--") == 0)
    return offer_line (argv + 2, argc - 2);
  if (options_parse (context, &argc, &argv, 0, 0, &status)) {
    g_printerr ("machtype: too few arguments; see 'machtype complete --help'\n");
    status = STATUS_USAGE;
  }
  return status;
}
