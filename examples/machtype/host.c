/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machtype-program.h"

#include <string.h>

#include "terminal.h"

MachineAge
machine_get_age (const MachtypeMachine *machine, MachtypeArch arch)
{
  g_autoptr (MachtypeName) name =
      machtype_name_new (machtype_machine_get_name (machine), arch, NULL);
  MachineAge age = { FALSE, NULL, NULL, NULL };
  guint major, minor;

  age.deprecated = machtype_machine_get_deprecated (machine) == MACHTYPE_ANSWER_YES;
  if (machtype_machine_get_deprecated_in (machine, &major, &minor))
    age.deprecated_in = g_strdup_printf ("%u.%u", major, minor);
  if (name != NULL && machtype_lifecycle_get_removed (name, &major, &minor))
    age.removed_in = g_strdup_printf ("%u.%u", major, minor);
  age.text = machtype_machine_dup_lifecycle (machine);
  return age;
}

void
machine_age_clear (MachineAge *age)
{
  g_free (age->deprecated_in);
  g_free (age->removed_in);
  g_free (age->text);
}

static int
collate (gconstpointer a, gconstpointer b)
{
  return machtype_machine_collate (*(MachtypeMachine *const *)a, *(MachtypeMachine *const *)b);
}

GPtrArray *
list_machines (MachtypeHost *host, MachtypeArch arch)
{
  GPtrArray *machines = machtype_host_list_machines (host, arch, NULL);

  g_ptr_array_sort (machines, collate);
  return machines;
}

gboolean
next_arch (MachtypeArch *arch)
{
  *arch = (MachtypeArch)(*arch + 1);
  return strcmp (machtype_arch_to_string (*arch), "unknown") != 0;
}

static void
print_machine (const MachtypeMachine *machine, MachtypeArch arch)
{
  const char *canonical = machtype_machine_get_canonical (machine);
  g_autoptr (GString) line = g_string_new (machtype_machine_get_name (machine));
  MachineAge age = machine_get_age (machine, arch);

  if (canonical != NULL)
    g_string_append_printf (line, " -> %s", canonical);
  if (age.deprecated_in != NULL && age.removed_in != NULL)
    g_string_append_printf (line, ", deprecated %s QEMU %s, removed in %s",
                            age.deprecated ? "since" : "from", age.deprecated_in, age.removed_in);
  else if (age.text != NULL)
    g_string_append_printf (line, ", %s", age.text);
  print_line ("  %s", line->str);
  machine_age_clear (&age);
}

static void
print_missing (MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (GPtrArray) missing = machtype_host_list_missing (host, arch);
  guint i;

  for (i = 0; i < missing->len; i++) {
    g_autofree char *text = finding_to_text (missing->pdata[i], FINDING_REMEDY);

    print_line ("  missing: %s", text);
  }
}

const char *
host_get_emulator (const MachtypeHost *host, MachtypeArch arch)
{
  const char *emulator = machtype_host_get_emulator (host, arch, NULL);

  if (emulator == NULL)
    emulator = machtype_host_get_platform (host);
  return emulator != NULL ? emulator : "no emulator";
}

/* One architecture: everything if it was requested, otherwise a summary. */
static void
print_arch (MachtypeHost *host, MachtypeArch arch, gboolean all)
{
  g_autoptr (GPtrArray) machines = list_machines (host, arch);
  g_auto (GStrv) types = machtype_host_dup_domain_types (host, arch);
  g_autofree char *joined = g_strjoinv (", ", types), *summary = NULL;
  guint i;

  if (types[0] != NULL)
    summary = g_strdup_printf (" domain types %s; %u machine types; %s", joined, machines->len,
                               host_get_emulator (host, arch));
  print_line ("%s%s:%s", machtype_arch_to_string (arch),
              arch == machtype_host_get_arch (host) ? " (the host's own)" : "",
              summary != NULL ? summary : "");
  for (i = 0; i < machines->len; i++) {
    if (all || machtype_machine_get_canonical (machines->pdata[i]) != NULL)
      print_machine (machines->pdata[i], arch);
  }
  print_missing (host, arch);
}

/* Whether an architecture is listed if none was requested: the host runs it, or the library can
 * generate guests for it and the operator may want to know what to install. */
static gboolean
is_interesting (MachtypeHost *host, MachtypeArch arch)
{
  g_auto (GStrv) types = machtype_host_dup_domain_types (host, arch);

  return types[0] != NULL || machtype_guest_can_generate (arch, NULL);
}

static int
print_host (MachtypeHost *host, const char *arch_text, gboolean json, gboolean all, GError **error)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  MachtypeArch each = MACHTYPE_ARCH_UNKNOWN;

  if (arch_text != NULL) {
    arch = machtype_arch_from_string (arch_text, error);
    if (arch == MACHTYPE_ARCH_UNKNOWN)
      return STATUS_USAGE;
  }
  if (!json && terminal_is_screen (stdout)) {
    if (arch != MACHTYPE_ARCH_UNKNOWN)
      host_print_arch (host, arch, all);
    else
      host_print (host, all);
    return STATUS_DONE;
  }
  while (next_arch (&each)) {
    if (arch != MACHTYPE_ARCH_UNKNOWN ? each != arch : !is_interesting (host, each))
      continue;
    if (json)
      json_print (machtype_host_arch_to_json (host, each));
    else
      print_arch (host, each, arch != MACHTYPE_ARCH_UNKNOWN);
  }
  return STATUS_DONE;
}

int
command_host (int argc, char **argv)
{
  g_autofree char *arch = NULL;
  HostOptions options = { 0 };
  gboolean json = FALSE, all = FALSE;
  const GOptionEntry entries[] = {
    { "arch", 0, 0, G_OPTION_ARG_STRING, &arch, "only this architecture, with all machine types",
      "ARCH" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, "list everything, also on a terminal", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Shows what a host offers for each architecture (machine types, aliases, and\n"
      "when QEMU deprecates and removes them) and what is missing. Without --connect,\n"
      "--capabilities and --on it is the host in LIBVIRT_DEFAULT_URI, or\n"
      "qemu:///system.",
      "Exit status: 0 done, 2 bad input or usage, 3 libvirt or a file failed.\n\n"
      "Example:\n"
      "  machtype host --connect qemu:///system --arch aarch64\n"
      "  machtype host --on debian-13 --arch x86_64");
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_host (context, &options);
  options_add_output (context, &json, "print JSON, one object per architecture");
  if (options_parse (context, &argc, &argv, 0, 0, &status)) {
    if (!host_options_have_host (&options) && options.domain_capabilities == NULL)
      options.connect = g_strdup (get_default_uri ());
    host = host_options_open (&options, &error);
    if (host != NULL && machtype_host_has_capabilities (host))
      status = print_host (host, arch, json, all, &error);
    else if (error == NULL && options.platform != NULL)
      set_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s: the version of its QEMU is unknown",
                 options.platform);
    else if (error == NULL)
      set_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "no host given; use --connect URI or --capabilities FILE");
  }
  if (error != NULL)
    status = report_answer (error, json);
  host_options_clear (&options);
  return status;
}
