/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype: the operator program, built only on the public API of libmachtype. */

#include "machtype-program.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define COMMAND(name, arguments, summary, run, write_error_status)                                 \
  { name, arguments, summary, run, write_error_status },
static const Command commands[] = {
#include "commands.h"
};
#undef COMMAND

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

static void
print_help (void)
{
  gsize i;

  g_print ("Usage: machtype COMMAND [OPTION...]\n\n"
           "Decides, checks and emits the QEMU machine type of libvirt guests.\n\n"
           "Commands:\n");
  for (i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-23s %-13s %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
  g_print (
      "\n'machtype COMMAND --help' tells a command's options.\n"
      "Exit status: 0 done, 1 the answer is no, 2 bad input or usage, 3 libvirt, a database or "
      "a file failed,\n75 somebody else was faster. Nova's commands (get-, update-, "
      "list-unset-machine-type,\nimage-property, upgrade-check) have Nova's: their --help "
      "tells.\n");
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

/* All text here is UTF-8, whatever the locale: otherwise GLib would convert arguments and output,
 * and damage XML and JSON where a service runs without a locale. */
static void
set_locale (void)
{
  setlocale (LC_ALL, "");
  if (!g_get_charset (NULL))
    setlocale (LC_CTYPE, "C.UTF-8");
}

/* A full disk must not be mistaken for an answer. */
static int
check_output (int status, int write_error_status)
{
  if (fflush (stdout) == 0 && ferror (stdout) == 0)
    return status;
  g_printerr ("machtype: standard output cannot be written\n");
  return write_error_status;
}

static int
run (int argc, char **argv)
{
  g_autofree char *shown = NULL;
  const Command *command;
  int n;

  if (argc < 2) {
    g_printerr ("machtype: no command given; 'machtype --help' lists them\n");
    return STATUS_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 ||
      strcmp (argv[1], "help") == 0) {
    print_help ();
    return check_output (STATUS_DONE, STATUS_BACKEND);
  }
  if (strcmp (argv[1], "--version") == 0) {
    g_print ("machtype %s\n", MACHTYPE_VERSION_STRING);
    return check_output (STATUS_DONE, STATUS_BACKEND);
  }
  command = command_find (argv, &n);
  if (command != NULL) {
    g_autofree char *name = g_strconcat ("machtype ", command->name, NULL);

    g_set_prgname (name); /* the usage line starts with it */
    n = command->run (argc - n, argv + n);
    return check_output (n, command->write_error_status);
  }
  shown = dup_shown (argv[1]);
  g_printerr ("machtype: unknown command '%s'; 'machtype --help' lists them\n", shown);
  return STATUS_USAGE;
}

int
main (int argc, char **argv)
{
  set_locale ();
  escape_output ();
  return run (argc, argv);
}
