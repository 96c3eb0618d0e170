/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype: the operator program, built only on the public API of libmachtype. */

#include "machtype-program.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "terminal.h"

#define COMMAND(group, name, arguments, summary, run, write_error_status)                          \
  { group, name, arguments, summary, run, write_error_status },
static const Command commands[] = {
#include "commands.h"
};
#undef COMMAND

/* The first words of names of two words, and of Nova's spellings. */
static const char *const first_words[] = { "instance", "image-property", "store",
                                           "libvirt",  "upgrade",        NULL };

/* The spelling in Nova's documents. */
static const struct {
  const char *first, *second;
  const char *name;
} spellings[] = {
  { "libvirt", "get-machine-type", "get-machine-type" },
  { "libvirt", "update-machine-type", "update-machine-type" },
  { "libvirt", "list-unset-machine-type", "list-unset-machine-type" },
  { "upgrade", "check", "upgrade-check" },
};

/* A first word alone: what can follow it. FALSE: no name begins with it. */
static gboolean
print_second_words (const char *first)
{
  gsize length = strlen (first), i;

  if (!g_strv_contains (first_words, first))
    return FALSE;
  g_print ("Usage: machtype %s COMMAND [OPTION...] [ARGUMENT...]\n\n", first);
  for (i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (strncmp (commands[i].name, first, length) == 0 && commands[i].name[length] == ' ')
      g_print ("  %-23s  %s\n", commands[i].name, commands[i].summary);
  }
  for (i = 0; i < G_N_ELEMENTS (spellings); i++) {
    g_autofree char *spelling = g_strconcat (first, " ", spellings[i].second, NULL);

    if (strcmp (spellings[i].first, first) == 0)
      g_print ("  %-31s  the same as %s\n", spelling, spellings[i].name);
  }
  g_print ("\n'machtype help COMMAND' shows the options of a command.\n");
  return TRUE;
}

/* In the order of CommandGroup. */
static const char *const titles[] = { "Guests", "Hosts", "New guests",
                                      "Names",  "Store", "Nova's names" };

static void
print_commands (CommandGroup group)
{
  gsize i;

  g_print ("\n%s\n", titles[group]);
  for (i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (commands[i].group == group)
      g_print ("  %-23s  %s\n", commands[i].name, commands[i].summary);
  }
}

static void
print_help (void)
{
  int group;

  g_print ("Usage: machtype COMMAND [OPTION...] [ARGUMENT...]\n"
           "       machtype help [COMMAND]\n"
           "       machtype --color=WHEN COMMAND ...\n"
           "       machtype --help | --version\n\n"
           "Decides, records, checks and writes the QEMU machine type of libvirt guests.\n\n"
           "Start with: machtype record --connect qemu:///system\n");
  for (group = 0; group < (int)G_N_ELEMENTS (titles); group++)
    print_commands ((CommandGroup)group);
  g_print ("\n'machtype help COMMAND' shows the options of a command. Every command\n"
           "also accepts --color=auto|always|never.\n\n"
           "Exit status: 0 done, 1 the answer is no, 2 bad input or usage, 3 libvirt, a\n"
           "database or a file failed, 75 changed concurrently: try again. The commands\n"
           "with Nova's names, image-property and upgrade-check have Nova's statuses.\n");
}

/* Nova spells its commands with underscores. */
static gboolean
is_word (const char *word, gsize length, const char *given)
{
  g_autofree char *dashed = NULL;

  if (given == NULL || strlen (given) != length)
    return FALSE;
  dashed = g_strdelimit (g_strdup (given), "_", '-');
  return memcmp (word, dashed, length) == 0;
}

/* The number of arguments that the command's name takes; 0: it is another one. */
static int
match (const char *name, char **argv)
{
  gsize first = strcspn (name, " ");

  if (!is_word (name, first, argv[1]))
    return 0;
  if (name[first] == '\0')
    return 1;
  return is_word (name + first + 1, strlen (name) - first - 1, argv[2]) ? 2 : 0;
}

const Command *
command_get (gsize i)
{
  return i < G_N_ELEMENTS (commands) ? &commands[i] : NULL;
}

const Command *
command_find (char **argv, int *n)
{
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (commands); i++) {
    *n = match (commands[i].name, argv);
    if (*n != 0)
      return &commands[i];
  }
  *n = 2;
  for (i = 0; i < G_N_ELEMENTS (spellings); i++) {
    if (!is_word (spellings[i].first, strlen (spellings[i].first), argv[1]) ||
        !is_word (spellings[i].second, strlen (spellings[i].second), argv[2]))
      continue;
    for (j = 0; j < G_N_ELEMENTS (commands); j++) {
      if (strcmp (commands[j].name, spellings[i].name) == 0)
        return &commands[j];
    }
  }
  return NULL;
}

/* Whether messages of libvirt, GLib and the system can be in another language than English. */
static gboolean
is_translated (void)
{
  const char *name = g_getenv ("LANGUAGE");

  if (name != NULL && *name != '\0')
    return TRUE;
  name = g_getenv ("LC_ALL");
  if (name == NULL || *name == '\0')
    name = g_getenv ("LC_MESSAGES");
  if (name == NULL || *name == '\0')
    name = g_getenv ("LANG");
  return name != NULL && *name != '\0' && strcmp (name, "C") != 0 && strcmp (name, "POSIX") != 0 &&
         !g_str_has_prefix (name, "C.");
}

static gboolean
are_ascii (char **argv)
{
  for (; *argv != NULL; argv++) {
    if (!g_str_is_ascii (*argv))
      return FALSE;
  }
  return TRUE;
}

/* All text here is UTF-8, whatever the locale: otherwise GLib would convert arguments and output,
 * and damage XML and JSON where a service runs without a locale. Only messages and the encoding
 * depend on the locale, so its other files are not read, and none if it would change nothing: that
 * takes as long as the work of a short command. */
static void
set_locale (char **argv)
{
  if (is_translated ()) {
    setlocale (LC_MESSAGES, "");
    setlocale (LC_CTYPE, "");
  } else if (are_ascii (argv))
    return;
  if (!g_get_charset (NULL))
    setlocale (LC_CTYPE, "C.UTF-8");
}

/* A full disk must not be mistaken for an answer. */
int
check_output (int status, int write_error_status)
{
  if (fflush (stdout) == 0 && ferror (stdout) == 0)
    return status;
  g_printerr ("machtype: cannot write to standard output\n");
  return write_error_status;
}

/* Before the command, "--color WHEN" or "--color=WHEN" applies to all of them. Returns the number
 * of words that it takes; -1: it is invalid, and that is reported. */
static int
take_color (int argc, char **argv)
{
  static const char option[] = "--color";
  g_autoptr (GError) error = NULL;
  const char *when = NULL;
  int n = 0;

  if (argc > 1 && g_str_has_prefix (argv[1], option)) {
    when = argv[1] + strlen (option);
    n = *when == '=' ? 1 : *when == '\0' && argc > 2 ? 2 : 0;
  }
  if (n == 0 || terminal_set_color (n == 1 ? when + 1 : argv[2], &error))
    return n;
  report (error);
  return -1;
}

static gboolean
is_help (const char *word)
{
  return strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0;
}

/* What can be written for a command: the names, and first words. */
static char **
dup_names (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (commands[i].group != COMMANDS_HIDDEN)
      g_strv_builder_add (names, commands[i].name);
  }
  for (i = 0; first_words[i] != NULL; i++)
    g_strv_builder_add (names, first_words[i]);
  g_strv_builder_add (names, "help");
  return g_strv_builder_end (names);
}

/* Whether what was written is a wrong name of two words. */
static gboolean
is_two_words (const char *both, const char *first, const char *const *words)
{
  g_autofree char *similar = machtype_text_dup_similar (both, words);

  return g_strv_contains (first_words, first) || (similar != NULL && strchr (similar, ' ') != NULL);
}

static int
report_unknown (char **argv)
{
  g_auto (GStrv) names = dup_names ();
  const char *const *words = (const char *const *)names;
  g_autofree char *both = NULL, *shown = NULL, *hint = NULL;

  if (argv[2] != NULL)
    both = g_strjoin (" ", argv[1], argv[2], NULL);
  if (both == NULL || !is_two_words (both, argv[1], words)) {
    g_free (both);
    both = g_strdup (argv[1]);
  }
  shown = dup_shown (both);
  hint = dup_hint (both, words);
  if (argv[1][0] == '-')
    g_printerr ("machtype: unknown command '%s'; options follow the command; see 'machtype "
                "--help'\n",
                shown);
  else if (*hint != '\0')
    g_printerr ("machtype: unknown command '%s'%s See 'machtype --help'\n", shown, hint);
  else
    g_printerr ("machtype: unknown command '%s'; see 'machtype --help'\n", shown);
  return STATUS_USAGE;
}

static int
run_command (int argc, char **argv)
{
  g_autofree char *name = NULL, *first = g_strdelimit (g_strdup (argv[1]), "_", '-');
  const Command *command;
  int n;

  command = command_find (argv, &n);
  if (command == NULL && (argc == 2 || is_help (argv[2])) && print_second_words (first))
    return check_output (STATUS_DONE, STATUS_BACKEND);
  if (command == NULL)
    return report_unknown (argv);
  name = g_strconcat ("machtype ", command->name, NULL);
  g_set_prgname (name); /* the usage line starts with it */
  return check_output (command->run (argc - n, argv + n), command->write_error_status);
}

/* machtype help COMMAND: argv[1] is "help". */
static int
help_of (char **argv)
{
  char help_option[] = "--help";
  char *words[] = { argv[0], argv[2], argv[3], NULL, NULL };
  int n;

  if (command_find (words, &n) == NULL && argv[3] != NULL)
    return report_unknown (words);
  if (command_find (words, &n) == NULL)
    n = 1;
  words[n + 1] = help_option;
  return run_command (n + 2, words);
}

static int
run (int argc, char **argv)
{
  if (argc < 2) {
    g_printerr ("machtype: no command given; see 'machtype --help'\n");
    return STATUS_USAGE;
  }
  if (strcmp (argv[1], "help") == 0 && argc > 2 && !is_help (argv[2]))
    return help_of (argv);
  if (is_help (argv[1])) {
    print_help ();
    return check_output (STATUS_DONE, STATUS_BACKEND);
  }
  if (strcmp (argv[1], "--version") == 0 || strcmp (argv[1], "-V") == 0) {
    g_print ("machtype %s\n", MACHTYPE_VERSION_STRING);
    return check_output (STATUS_DONE, STATUS_BACKEND);
  }
  return run_command (argc, argv);
}

int
main (int argc, char **argv)
{
  int n;

  set_locale (argv);
  escape_output ();
  n = take_color (argc, argv);
  if (n < 0)
    return STATUS_USAGE;
  argv[n] = argv[0];
  return run (argc - n, argv + n);
}
