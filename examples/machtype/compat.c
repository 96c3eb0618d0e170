/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which properties a machine and a host do not support, for the commands that check it. */

#include "machtype-program.h"
#include "terminal.h"

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
