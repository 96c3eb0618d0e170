/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machtype-program.h"

#include "terminal.h"

static char *
dup_qemu (const MachtypePlatform *platform)
{
  guint major, minor;

  machtype_platform_get_qemu (platform, &major, &minor);
  return major != 0 ? g_strdup_printf ("%u.%u", major, minor) : NULL;
}

static char *
dup_libvirt (const MachtypePlatform *platform)
{
  guint major, minor;

  return machtype_platform_get_libvirt (platform, &major, &minor)
             ? g_strdup_printf ("%u.%u", major, minor)
             : NULL;
}

static void
print_screen (const GPtrArray *platforms)
{
  static const char *const heads[] = { "PLATFORM", "QEMU",     "LIBVIRT", "RELEASED",
                                       "UNTIL",    "EVIDENCE", NULL };
  g_autoptr (Table) table = table_new (heads);
  guint i;

  for (i = 0; i < platforms->len; i++) {
    const MachtypePlatform *platform = platforms->pdata[i];
    g_autofree char *qemu = dup_qemu (platform), *libvirt = dup_libvirt (platform);

    table_add (table, STYLE_NAME, machtype_platform_get_name (platform));
    table_add (table, STYLE_PLAIN, qemu);
    table_add (table, STYLE_PLAIN, libvirt);
    table_add (table, STYLE_PLAIN, machtype_platform_get_released (platform));
    table_add (table, STYLE_PLAIN, machtype_platform_get_end_of_life (platform));
    table_add (table, STYLE_DIM, machtype_platform_was_run (platform) ? "run" : "read");
  }
  table_print (table, stdout, 0);
}

static void
print_plain (const MachtypePlatform *platform)
{
  g_autofree char *qemu = dup_qemu (platform), *libvirt = dup_libvirt (platform);
  const char *end = machtype_platform_get_end_of_life (platform);

  print_line ("%s: QEMU %s, libvirt %s%s%s, %s", machtype_platform_get_name (platform),
              qemu != NULL ? qemu : "unknown", libvirt != NULL ? libvirt : "unknown",
              end != NULL ? ", until " : "", end != NULL ? end : "",
              machtype_platform_was_run (platform) ? "run" : "read");
}

static void
print_date (const GPtrArray *platforms)
{
  if (platforms->len != 0)
    print_line ("table of %s", machtype_platform_get_table_date (platforms->pdata[0]));
}

static int
print_platforms (gboolean json, GError **error)
{
  g_autoptr (GPtrArray) platforms = machtype_platform_list (error);
  guint i;

  if (platforms == NULL)
    return -1;
  if (!json && terminal_is_screen (stdout)) {
    print_screen (platforms);
    print_date (platforms);
    return STATUS_DONE;
  }
  for (i = 0; i < platforms->len; i++) {
    if (json)
      json_print (machtype_platform_to_json (platforms->pdata[i]));
    else
      print_plain (platforms->pdata[i]);
  }
  if (!json)
    print_date (platforms);
  return STATUS_DONE;
}

int
command_platforms (int argc, char **argv)
{
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Lists the platforms that --on accepts: releases of distributions, the QEMU and\n"
      "libvirt that they have, and whether the tests ran that QEMU or its facts were\n"
      "read. --on also accepts qemu-X.Y, and rhel-10 for the newest minor release.",
      "Exit status: 0 done, 2 bad input or usage.\n\n"
      "Example:\n"
      "  machtype platforms");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_output (context, &json, "print JSON, one object per platform");
  if (!options_parse (context, &argc, &argv, 0, 0, &status))
    return status;
  status = print_platforms (json, &error);
  return status >= 0 ? status : report_answer (error, json);
}
