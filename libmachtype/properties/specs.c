/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Image properties and extra specs for which nothing is generated. */

#include "properties/properties-private.h"

#include <string.h>

#include "string-private.h"

/* Features of Nova that require a placement on the host, which a domain's XML alone does not
 * provide: a guest generated without them would not be what was requested. */
typedef struct {
  char name[36];   /* of an image property or extra spec; ending in '*': all with this prefix */
  char except[12]; /* a value that requests nothing; empty: there is none */
  char what[24];
} Refusal;

static const Refusal refusals[] = {
  { "hw_numa_*", "", "NUMA" },
  { "hw:numa_*", "", "NUMA" },
  { "hw_pci_numa_affinity_policy", "", "NUMA" },
  { "hw:pci_numa_affinity_policy", "", "NUMA" },
  { "hw_cpu_policy", "shared", "pinning" },
  { "hw:cpu_policy", "shared", "pinning" },
  { "hw_cpu_thread_policy", "prefer", "pinning" },
  { "hw:cpu_thread_policy", "prefer", "pinning" },
  { "hw:cpu_dedicated_mask", "", "pinning" },
  { "hw:emulator_threads_policy", "share", "pinning" },
  { "pci_passthrough:*", "", "PCI passthrough" },
  { "resources*:VGPU", "0", "vGPU" },
  { "hw:pmem", "", "persistent memory" },
  { "hw_mem_encryption_model", "amd-sev", "memory encryption" },
  { "hw:mem_encryption_model", "amd-sev", "memory encryption" },
  { "hw_vm_mode", "hvm", "guests of this mode" },
  { "hw_ephemeral_encryption", "no", "disk encryption" },
  { "hw:ephemeral_encryption", "no", "disk encryption" },
};

/* One '*' matches anything. */
static gboolean
is_like (const char *pattern, const char *name)
{
  gsize before = strcspn (pattern, "*");

  if (pattern[before] == '\0')
    return strcmp (pattern, name) == 0;
  return strncmp (pattern, name, before) == 0 &&
         g_str_has_suffix (name + before, pattern + before + 1);
}

/* The value as written, or as validated: False is "no". */
static gboolean
is_except (const Refusal *refusal, const char *name, const char *value)
{
  g_autofree char *checked = NULL;
  int row = mt_schema_find (name);
  MachtypeArch unused;

  if (mt_is_word (refusal->except, value))
    return TRUE;
  if (row < 0)
    checked = mt_boolean_dup_checked (value);
  else if (!mt_schema_check (row, value, &checked, &unused, NULL))
    return FALSE;
  return checked != NULL && mt_is_word (refusal->except, checked);
}

const char *
mt_property_get_refusal (const char *name, const char *value)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (refusals); i++) {
    if (!is_like (refusals[i].name, name))
      continue;
    return is_except (&refusals[i], name, value) ? NULL : refusals[i].what;
  }
  return NULL;
}
