/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which properties a machine and a host do not support, for the commands that check it. */

#include "machtype-program.h"
#include "terminal.h"

#include <string.h>

GPtrArray *
list_incompatible (MachtypeProperties *properties, MachtypeArch arch, const char *machine,
                   MachtypeHost *host)
{
  if (properties == NULL || machine == NULL)
    return NULL;
  return machtype_compat_check (properties, arch, NULL, machine, host);
}

static gboolean
has_any (const MachtypeProperties *properties)
{
  g_auto (GStrv) names = machtype_properties_dup_image_names (properties);

  return *names != NULL;
}

GPtrArray *
list_broken (MachtypeProperties *properties, MachtypeArch arch, const char *old_machine,
             const char *new_machine, MachtypeHost *host)
{
  if (properties == NULL)
    return NULL;
  if (arch != MACHTYPE_ARCH_UNKNOWN)
    return machtype_compat_compare (properties, arch, NULL, old_machine, host, new_machine, host);
  if (has_any (properties))
    g_printerr ("warning: the architecture is unknown: the image properties were not checked\n");
  return NULL;
}

void
warn_of_broken (GPtrArray *findings)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  guint i;

  for (i = 0; findings != NULL && i < findings->len; i++) {
    if (!finding_has_code (findings->pdata[i], "machine-unknown"))
      g_ptr_array_add (known, findings->pdata[i]);
  }
  if (terminal_is_screen (stderr))
    findings_print (stderr, "Not supported", known, FINDING_REMEDY, '!');
  else
    findings_warn ("warning", known, FINDING_REMEDY);
}

/* Names of NUMA nodes end with a number. */
static gboolean
is_known (const char *name, gboolean is_spec)
{
  if (is_spec)
    return machtype_extra_spec_is_known (name);
  return machtype_image_property_is_known (name) || g_str_has_prefix (name, "hw_numa_cpus.") ||
         g_str_has_prefix (name, "hw_numa_mem.");
}

char *
dup_property_hint (const char *name, gboolean is_spec)
{
  g_auto (GStrv) names =
      is_spec ? machtype_extra_spec_dup_names () : machtype_image_property_dup_names ();

  return is_known (name, is_spec) ? g_strdup ("") : dup_hint (name, (const char *const *)names);
}

/* Images have many properties of other programs, and flavors extra specs of other services. Nova
 * has namespaces for its own properties, all of which are known. */
static gboolean
is_novas (const char *name, gboolean is_spec)
{
  return !is_spec && (g_str_has_prefix (name, "hw_") || g_str_has_prefix (name, "img_"));
}

GPtrArray *
list_unknown_names (const MachtypeProperties *properties)
{
  g_auto (GStrv) names = machtype_properties_dup_unused_names (properties);
  GPtrArray *messages = g_ptr_array_new_with_free_func (g_free);
  char **name;

  for (name = names; *name != NULL; name++) {
    gboolean is_spec = machtype_properties_get_image (properties, *name) == NULL;
    g_autofree char *hint = dup_property_hint (*name, is_spec), *shown = dup_shown (*name);

    if (!is_known (*name, is_spec) && (*hint != '\0' || is_novas (*name, is_spec)))
      g_ptr_array_add (messages, g_strdup_printf ("%s is not a known %s%s", shown,
                                                  is_spec ? "extra spec" : "image property", hint));
  }
  return messages;
}

void
warn_of_unknown_names (const MachtypeProperties *properties)
{
  g_autoptr (GPtrArray) messages = list_unknown_names (properties);
  guint i;

  for (i = 0; i < messages->len; i++)
    g_printerr ("warning: %s\n", (const char *)messages->pdata[i]);
}

gboolean
check_possible (const char *machine, GError **error)
{
  g_autoptr (MachtypeName) name = machtype_name_new (machine, MACHTYPE_ARCH_UNKNOWN, NULL);
  g_autofree char *intended = name != NULL ? machtype_name_dup_intended (name) : NULL;

  return intended == NULL ||
         set_error (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "no QEMU has a machine type %s; did you mean '%s'?", machine, intended);
}

void
warn_of_impossible (const char *label, const char *machine, MachtypeArch arch, MachtypeHost *host)
{
  g_autoptr (GError) error = NULL;

  if (host != NULL && arch == MACHTYPE_ARCH_UNKNOWN)
    arch = machtype_host_get_arch (host);
  if ((host == NULL || machtype_host_offers (host, arch, NULL, machine) != MACHTYPE_ANSWER_YES) &&
      !check_possible (machine, &error))
    g_printerr ("%s: %s\n", label, error->message);
}
