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

void
host_print_machine (const MachtypeMachine *machine, MachtypeArch arch)
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
      host_print_machine (machines->pdata[i], arch);
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

/* FALSE: the text is not an architecture. NULL: all. */
static gboolean
read_arch (const char *text, MachtypeArch *arch, GError **error)
{
  *arch = MACHTYPE_ARCH_UNKNOWN;
  if (text != NULL)
    *arch = machtype_arch_from_string (text, error);
  return text == NULL || *arch != MACHTYPE_ARCH_UNKNOWN;
}

static void
print_host (MachtypeHost *host, MachtypeArch arch, gboolean json, gboolean all)
{
  MachtypeArch each = MACHTYPE_ARCH_UNKNOWN;

  if (!json && terminal_is_screen (stdout)) {
    if (arch != MACHTYPE_ARCH_UNKNOWN)
      host_print_arch (host, arch, all);
    else
      host_print (host, all);
    return;
  }
  while (next_arch (&each)) {
    if (arch != MACHTYPE_ARCH_UNKNOWN ? each != arch : !is_interesting (host, each))
      continue;
    if (json)
      json_print (machtype_host_arch_to_json (host, each));
    else
      print_arch (host, each, arch != MACHTYPE_ARCH_UNKNOWN);
  }
}

typedef struct {
  HostOptions host; /* what is said of each */
  char **connects, **platforms;
  char *arch;
  gboolean json, all, common, compare;
} ShowOptions;

static void
show_options_clear (ShowOptions *options)
{
  host_options_clear (&options->host);
  g_strfreev (options->connects);
  g_strfreev (options->platforms);
  g_free (options->arch);
}

/* With capabilities; the options name one host. */
static gboolean
add_host (GPtrArray *hosts, const HostOptions *options, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeHost) host = host_options_open (options, &why);

  if (host != NULL && machtype_host_has_capabilities (host)) {
    g_ptr_array_add (hosts, g_steal_pointer (&host));
    return TRUE;
  }
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else if (options->platform != NULL)
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s: the version of its QEMU is unknown",
               options->platform);
  else
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "no host given; use --connect URI or --capabilities FILE");
  return FALSE;
}

static guint
count (char **list)
{
  return list != NULL ? g_strv_length (list) : 0;
}

/* One after the other: those of --capabilities, of --connect, of --on. */
static gboolean
open_hosts (const ShowOptions *o, GPtrArray *hosts, GError **error)
{
  g_autofree char *uri = g_strdup (get_default_uri ());
  HostOptions one = o->host;
  guint i;

  if (one.capabilities != NULL || one.domain_capabilities != NULL) {
    if (!add_host (hosts, &one, error))
      return FALSE;
  }
  one.capabilities = NULL;
  one.domain_capabilities = NULL;
  for (i = 0; i < count (o->connects); i++) {
    one.connect = o->connects[i];
    if (!add_host (hosts, &one, error))
      return FALSE;
  }
  one.connect = NULL;
  for (i = 0; i < count (o->platforms); i++) {
    one.platform = o->platforms[i];
    if (!add_host (hosts, &one, error))
      return FALSE;
  }
  one.platform = NULL;
  one.connect = uri;
  return hosts->len != 0 || add_host (hosts, &one, error);
}

/* Where only one host can be named. */
static gboolean
check_single (const ShowOptions *o, GError **error)
{
  HostOptions one = o->host;

  one.connect = o->connects != NULL ? o->connects[0] : NULL;
  one.platform = o->platforms != NULL ? o->platforms[0] : NULL;
  return host_options_check (&one, error);
}

static gboolean
check_number (const ShowOptions *o, GError **error)
{
  const gboolean has_file = o->host.capabilities != NULL || o->host.domain_capabilities != NULL;
  const guint given = count (o->connects) + count (o->platforms) + (has_file ? 1 : 0);

  if (o->common && given < 2)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--common needs several of --connect, --on and --capabilities");
  if (o->common || given <= 1)
    return TRUE;
  return check_single (o, error) &&
         set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "several hosts need --common");
}

static MachtypePlatform *
open_platform (const ShowOptions *o, MachtypeConnection *connection, const char *uri,
               GError **error)
{
  if (o->platforms != NULL)
    return machtype_platform_new (o->platforms[0], error);
  if (uri_is_local (uri))
    return platform_open_local (machtype_connection_get_qemu_version (connection), error);
  set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
             "%s: it is unknown what this host runs; name it with --on PLATFORM", uri);
  return NULL;
}

/* The one place where --connect and --on are given together. */
static gboolean
is_comparison (const ShowOptions *o)
{
  return o->compare || (!o->common && count (o->connects) == 1 && count (o->platforms) == 1 &&
                        o->host.capabilities == NULL && o->host.domain_capabilities == NULL);
}

static int
compare (const ShowOptions *o, MachtypeArch arch, GError **error)
{
  g_autofree char *uri = g_strdup (o->connects != NULL ? o->connects[0] : get_default_uri ());
  g_autoptr (MachtypeConnection) connection = NULL;
  g_autoptr (MachtypePlatform) platform = NULL;
  g_autoptr (MachtypeHost) live = NULL;
  g_autoptr (GError) why = NULL;

  if (count (o->connects) > 1 || count (o->platforms) > 1 || o->common ||
      o->host.capabilities != NULL) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "--compare needs one live host, and at most one --on");
    return -1;
  }
  if (!check_uri (uri, error) || !check_timeout (o->host.timeout, error))
    return -1;
  connection = open_connection_to_read (uri, o->host.timeout, error);
  if (connection != NULL)
    platform = open_platform (o, connection, uri, error);
  if (platform != NULL)
    live = read_host_of (connection, uri, error);
  if (live == NULL)
    return -1;
  if (host_compare (connection, live, platform, arch, o->json, &why))
    return STATUS_DONE;
  if (pass_on (error, &why))
    return STATUS_NO;
  return -1;
}

static int
show (const ShowOptions *o, GError **error)
{
  g_autoptr (GPtrArray) hosts =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_host_unref);
  MachtypeArch arch;

  if (!read_arch (o->arch, &arch, error))
    return -1;
  if (is_comparison (o))
    return compare (o, arch, error);
  if (!check_number (o, error) || !open_hosts (o, hosts, error))
    return -1;
  if (o->common)
    host_print_common (hosts, arch, o->json);
  else
    print_host (hosts->pdata[0], arch, o->json, o->all);
  return STATUS_DONE;
}

int
command_host (int argc, char **argv)
{
  ShowOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "arch", 0, 0, G_OPTION_ARG_STRING, &o.arch, "only this architecture, with all machine types",
      "ARCH" },
    { "all", 0, 0, G_OPTION_ARG_NONE, &o.all, "list everything, also on a terminal", NULL },
    { "common", 0, 0, G_OPTION_ARG_NONE, &o.common, "list what several hosts have in common",
      NULL },
    { "compare", 0, 0, G_OPTION_ARG_NONE, &o.compare, "compare a host with its platform", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Shows what a host offers for each architecture (machine types, aliases, and\n"
      "when QEMU deprecates and removes them) and what is missing. Without --connect,\n"
      "--capabilities and --on it is the host in LIBVIRT_DEFAULT_URI, or\n"
      "qemu:///system. With --common, these options can be repeated: it lists the\n"
      "machine types that all of the hosts offer. With --connect and --on, or with\n"
      "--compare, it says where the host is not as the table of platforms says.",
      "Exit status: 0 done, 1 the host differs from the platform, 2 bad input or\n"
      "usage, 3 libvirt or a file failed.\n\n"
      "Example:\n"
      "  machtype host --connect qemu:///system --arch aarch64\n"
      "  machtype host --on debian-13 --arch x86_64\n"
      "  machtype host --common --on debian-12 --on debian-13");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_hosts (context, &o.host, &o.connects, &o.platforms);
  options_add_output (context, &o.json, "print JSON, one object per architecture");
  if (options_parse (context, &argc, &argv, 0, 0, &status)) {
    status = show (&o, &error);
    if (status < 0)
      status = report_answer (error, o.json);
  }
  show_options_clear (&o);
  return status;
}
