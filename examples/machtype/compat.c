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

char *
dup_property_hint (const char *name, gboolean is_spec)
{
  g_auto (GStrv) names =
      is_spec ? machtype_extra_spec_dup_names () : machtype_image_property_dup_names ();
  gboolean known =
      is_spec ? machtype_extra_spec_is_known (name) : machtype_image_property_is_known (name);

  return known ? g_strdup ("") : dup_hint (name, (const char *const *)names);
}

void
warn_of_unknown_names (const char *label, const MachtypeProperties *properties)
{
  g_autoptr (GPtrArray) unknown = machtype_properties_list_unknown (properties);

  findings_warn (label, unknown, FINDING_MESSAGE);
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
