/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype: the operator program, built on the public API of libmachtype alone. */

#include "machtype-program.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const char *name;
  const char *arguments;
  const char *summary;
  int (*run) (int argc, char **argv);
} Command;

static const Command commands[] = {
  { "parse", "NAME|-", "take a machine type name apart", command_parse },
  { "compare", "A B|-", "lt, eq, gt, incomparable or invalid", command_compare },
  { "check-change", "OLD NEW|-", "may a machine type become another", command_check_change },
  { "resolve", "[-]", "which machine type, and why", command_resolve },
  { "domain-xml", "", "the libvirt domain XML of a guest", command_domain_xml },
  { "host", "", "what a host offers, and what is missing", command_host },
};

static void
print_help (void)
{
  gsize i;

  g_print ("Usage: machtype COMMAND [OPTION...]\n\n"
           "Decides, checks and emits the QEMU machine type of libvirt guests.\n\n"
           "Commands:\n");
  for (i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-13s %-10s %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
  g_print ("\n'machtype COMMAND --help' tells a command's options.\n"
           "Exit status: 0 done, 1 the answer is no, 2 bad input or usage, 3 libvirt or a file "
           "failed.\n");
}

/* Nova spells its commands with underscores. */
static gboolean
is_command (const char *name, const char *given)
{
  g_autofree char *dashed = g_strdelimit (g_strdup (given), "_", '-');

  return strcmp (name, dashed) == 0;
}

/* All text here is UTF-8, whatever the locale: GLib would otherwise convert arguments and output,
 * and spoil XML and JSON where a service runs without one. */
static void
set_locale (void)
{
  setlocale (LC_ALL, "");
  if (!g_get_charset (NULL))
    setlocale (LC_CTYPE, "C.UTF-8");
}

/* A full disk must not pass for an answer. */
static int
check_output (int status)
{
  if (fflush (stdout) == 0 && ferror (stdout) == 0)
    return status;
  g_printerr ("machtype: standard output cannot be written\n");
  return STATUS_BELOW;
}

static int
run (int argc, char **argv)
{
  gsize i;

  if (argc < 2) {
    g_printerr ("machtype: no command given; 'machtype --help' lists them\n");
    return STATUS_USAGE;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 ||
      strcmp (argv[1], "help") == 0) {
    print_help ();
    return STATUS_DONE;
  }
  if (strcmp (argv[1], "--version") == 0) {
    g_print ("machtype %s\n", MACHTYPE_VERSION_STRING);
    return STATUS_DONE;
  }
  for (i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (is_command (commands[i].name, argv[1])) {
      g_autofree char *name = g_strconcat ("machtype ", commands[i].name, NULL);

      g_set_prgname (name); /* the usage line starts with it */
      return commands[i].run (argc - 1, argv + 1);
    }
  }
  g_printerr ("machtype: unknown command '%s'; 'machtype --help' lists them\n", argv[1]);
  return STATUS_USAGE;
}

int
main (int argc, char **argv)
{
  set_locale ();
  return check_output (run (argc, argv));
}
