/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several hosts have in common: guests with one of these machine types can be moved between
 * all of them. */

#include "machtype-program.h"

#include <string.h>

/* Whether all offer it and, if it is an alias, for the same type. */
static gboolean
is_common (const GPtrArray *hosts, MachtypeArch arch, const MachtypeMachine *machine)
{
  const char *name = machtype_machine_get_name (machine);
  const char *canonical = machtype_machine_get_canonical (machine);
  guint i;

  for (i = 1; i < hosts->len; i++) {
    const char *other = machtype_host_get_canonical (hosts->pdata[i], arch, NULL, name);

    if (other == NULL || strcmp (other, canonical != NULL ? canonical : name) != 0)
      return FALSE;
  }
  return TRUE;
}

/* Of the first host, in the order of display: by family, the newest first. */
static GPtrArray *
list_common (const GPtrArray *hosts, MachtypeArch arch)
{
  g_autoptr (GPtrArray) machines = list_machines (hosts->pdata[0], arch);
  GPtrArray *common = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_machine_unref);
  guint i;

  for (i = 0; i < machines->len; i++) {
    if (is_common (hosts, arch, machines->pdata[i]))
      g_ptr_array_add (common, machtype_machine_ref (machines->pdata[i]));
  }
  return common;
}

static gboolean
all_have (const GPtrArray *hosts, MachtypeArch arch)
{
  guint i;

  for (i = 0; i < hosts->len; i++) {
    g_auto (GStrv) types = machtype_host_dup_domain_types (hosts->pdata[i], arch);

    if (types[0] == NULL)
      return FALSE;
  }
  return TRUE;
}

static void
print_arch (const GPtrArray *hosts, MachtypeArch arch, gboolean as_json)
{
  g_autoptr (GPtrArray) machines = list_common (hosts, arch);
  GString *json;
  guint i;

  if (as_json) {
    json = json_begin ();
    json_text (json, "arch", machtype_arch_to_string (arch));
    json_open (json, "common", '[');
    for (i = 0; i < machines->len; i++)
      json_text (json, NULL, machtype_machine_get_name (machines->pdata[i]));
    json_close (json, ']');
    json_end (json);
    return;
  }
  print_line ("%s: %u machine types in common", machtype_arch_to_string (arch), machines->len);
  for (i = 0; i < machines->len; i++)
    host_print_machine (machines->pdata[i], arch);
}

void
host_print_common (const GPtrArray *hosts, MachtypeArch arch, gboolean json)
{
  MachtypeArch each = MACHTYPE_ARCH_UNKNOWN;

  while (next_arch (&each)) {
    if (arch != MACHTYPE_ARCH_UNKNOWN ? each == arch : all_have (hosts, each))
      print_arch (hosts, each, json);
  }
}
