/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of the properties a machine and a host cannot carry, for the commands that ask. */

#include "machtype-program.h"

#include <string.h>

/* Contradictions are told by an error: nothing more can be said of such properties. */
static void
tell_contradiction (const GError *error)
{
  g_printerr ("warning: %s\n", error->message);
}

GPtrArray *
list_incompatible (MachtypeProperties *properties, MachtypeArch arch, const char *machine,
                   MachtypeHost *host)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *findings;

  if (properties == NULL || machine == NULL)
    return NULL;
  findings = machtype_compat_check (properties, arch, machine, host, &error);
  if (findings == NULL)
    tell_contradiction (error);
  return findings;
}

GPtrArray *
list_broken (MachtypeProperties *properties, MachtypeArch arch, const char *old_machine,
             const char *new_machine, MachtypeHost *host)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *findings;

  if (properties == NULL || arch == MACHTYPE_ARCH_UNKNOWN)
    return NULL;
  findings =
      machtype_compat_compare (properties, arch, old_machine, host, new_machine, host, &error);
  if (findings == NULL)
    tell_contradiction (error);
  return findings;
}

void
warn_of_findings (GPtrArray *findings)
{
  guint i;

  for (i = 0; findings != NULL && i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];
    const char *remedy = machtype_finding_get_remedy (finding);

    if (strcmp (machtype_finding_get_code (finding), "machine-unknown") != 0)
      g_printerr ("warning: %s%s%s\n", machtype_finding_get_message (finding),
                  remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
  }
}
