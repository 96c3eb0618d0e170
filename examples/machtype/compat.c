/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of the properties a machine and a host cannot carry, for the commands that ask. */

#include "machtype-program.h"

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
    g_printerr ("warning: the architecture is not known: whether properties would break is not "
                "judged\n");
  return NULL;
}

char *
dup_told (const MachtypeFinding *finding)
{
  const char *remedy = machtype_finding_get_remedy (finding);

  return g_strconcat (machtype_finding_get_message (finding), remedy != NULL ? "; " : NULL, remedy,
                      NULL);
}

void
warn_of_findings (GPtrArray *findings)
{
  guint i;

  for (i = 0; findings != NULL && i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];
    g_autofree char *told = dup_told (finding);

    if (strcmp (machtype_finding_get_code (finding), "machine-unknown") != 0)
      g_printerr ("warning: %s\n", told);
  }
}
