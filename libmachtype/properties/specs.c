/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The extra specs that the library does not act on, and those, with image properties, for which
 * nothing is generated. */

#include "properties/properties-private.h"

#include <string.h>

#include "error-private.h"
#include "string-private.h"
#include "text-private.h"

/* An extra spec of Nova. name: ending in '#', all with a number there; in '*', all that begin so.
 */
typedef struct {
  char name[36];
  guint8 type; /* MtValueType */
  char words[40];
} OtherSpec;

#define VMWARE_QUOTA(what)                                                                         \
  { "quota:" what "_limit", MT_VALUE_UNSIGNED, "" },                                               \
      { "quota:" what "_reservation", MT_VALUE_INTEGER, "" },                                      \
      { "quota:" what "_shares_level", MT_VALUE_ENUM, "custom high normal low" },                  \
  {                                                                                                \
    "quota:" what "_shares_share", MT_VALUE_UNSIGNED, ""                                           \
  }

/* Sources: nova/api/validation/extra_specs/, and the values of nova/objects/fields.py. The names of
 * resources, traits and capabilities are those of a deployment: all are accepted. */
static const OtherSpec others[] = {
  { "hw:cpu_policy", MT_VALUE_ENUM, "dedicated shared mixed" },
  { "hw:cpu_thread_policy", MT_VALUE_ENUM, "prefer isolate require" },
  { "hw:cpu_dedicated_mask", MT_VALUE_TEXT, "" },
  { "hw:emulator_threads_policy", MT_VALUE_ENUM, "isolate share" },
  { "hw:ephemeral_encryption", MT_VALUE_BOOLEAN, "" },
  { "hw:ephemeral_encryption_format", MT_VALUE_ENUM, "plain luks luksv2" },
  { "hw:numa_nodes", MT_VALUE_POSITIVE, "" },
  { "hw:numa_cpus.#", MT_VALUE_TEXT, "" },
  { "hw:numa_mem.#", MT_VALUE_POSITIVE, "" },
  { "hw:pci_numa_affinity_policy", MT_VALUE_ENUM, "required preferred legacy socket" },
  { "hw:pmem", MT_VALUE_TEXT, "" },
  { "accel:device_profile", MT_VALUE_TEXT, "" },
  { "aggregate_instance_extra_specs:*", MT_VALUE_TEXT, "" },
  { "capabilities:*", MT_VALUE_TEXT, "" },
  { "group_policy", MT_VALUE_ENUM, "isolate none" },
  { "pci_passthrough:alias", MT_VALUE_TEXT, "" },
  { "quota:cpu_shares", MT_VALUE_UNSIGNED, "" },
  { "quota:cpu_period", MT_VALUE_UNSIGNED, "" },
  { "quota:cpu_quota", MT_VALUE_INTEGER, "" },
  { "quota:disk_read_bytes_sec", MT_VALUE_UNSIGNED, "" },
  { "quota:disk_read_iops_sec", MT_VALUE_UNSIGNED, "" },
  { "quota:disk_write_bytes_sec", MT_VALUE_UNSIGNED, "" },
  { "quota:disk_write_iops_sec", MT_VALUE_UNSIGNED, "" },
  { "quota:disk_total_bytes_sec", MT_VALUE_UNSIGNED, "" },
  { "quota:disk_total_iops_sec", MT_VALUE_UNSIGNED, "" },
  { "quota:vif_inbound_average", MT_VALUE_UNSIGNED, "" },
  { "quota:vif_inbound_peak", MT_VALUE_UNSIGNED, "" },
  { "quota:vif_inbound_burst", MT_VALUE_UNSIGNED, "" },
  { "quota:vif_outbound_average", MT_VALUE_UNSIGNED, "" },
  { "quota:vif_outbound_peak", MT_VALUE_UNSIGNED, "" },
  { "quota:vif_outbound_burst", MT_VALUE_UNSIGNED, "" },
  VMWARE_QUOTA ("cpu"),
  VMWARE_QUOTA ("memory"),
  VMWARE_QUOTA ("disk_io"),
  VMWARE_QUOTA ("vif"),
  { "resources*", MT_VALUE_INTEGER, "" },
  { "trait*", MT_VALUE_ENUM, "required forbidden" },
  { "vmware:hw_version", MT_VALUE_TEXT, "" },
  { "vmware:storage_policy", MT_VALUE_TEXT, "" },
};

/* What comes before the ':' of these names: Nova refuses others of them. */
static const char namespaces[][16] = { "accel",           "hw",    "hw_rng", "hw_video", "os",
                                       "pci_passthrough", "quota", "vmware" };

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

static gboolean
is_other (const OtherSpec *spec, const char *name)
{
  gsize before = strcspn (spec->name, "#*");
  const char *rest = name + before;

  if (strncmp (spec->name, name, before) != 0)
    return FALSE;
  if (spec->name[before] == '#')
    return *rest != '\0' && rest[strspn (rest, "0123456789")] == '\0';
  return spec->name[before] == '*' ? strchr (name, ':') != NULL : *rest == '\0';
}

static const OtherSpec *
find_other (const char *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (others); i++) {
    if (is_other (&others[i], name))
      return &others[i];
  }
  return NULL;
}

MtValueType
mt_other_spec_get_type (const char *name, const char **words)
{
  const OtherSpec *spec = find_other (name);

  *words = spec != NULL ? spec->words : "";
  return spec != NULL ? (MtValueType)spec->type : MT_VALUE_SAME;
}

/**
 * machtype_extra_spec_dup_names:
 *
 * Lists the flavor extra specs that Nova has, older names included. Those that the library acts on
 * come first; for the others, only the values are checked. Names that contain a number, a resource,
 * a trait or a capability are not listed. Thread-safe.
 *
 * Source: nova/api/validation/extra_specs.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, always in the same order
 * Since: 1.0
 */
char **
machtype_extra_spec_dup_names (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gsize j;
  int i;

  for (i = MT_SPEC_NONE + 1; i <= MT_SPEC_LAST; i++)
    g_ptr_array_add (names, g_strdup (mt_spec_name ((MtSpec)i)));
  for (j = 0; j < G_N_ELEMENTS (others); j++) {
    if (strpbrk (others[j].name, "#*") == NULL)
      g_ptr_array_add (names, g_strdup (others[j].name));
  }
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

static gboolean
is_novas (const char *name)
{
  const char *colon = strchr (name, ':');
  gsize i;

  for (i = 0; colon != NULL && i < G_N_ELEMENTS (namespaces); i++) {
    if (strlen (namespaces[i]) == (gsize)(colon - name) &&
        strncmp (namespaces[i], name, (gsize)(colon - name)) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
mt_other_spec_check (const char *name, const char *value, GError **error)
{
  const OtherSpec *spec = find_other (name);
  g_auto (GStrv) names = NULL;
  g_autofree char *shown = NULL, *hint = NULL;

  if (spec != NULL)
    return mt_value_check (name, (MtValueType)spec->type, spec->words, value, error);
  if (!is_novas (name))
    return TRUE;
  names = machtype_extra_spec_dup_names ();
  shown = mt_escape_for_message (name);
  hint = mt_dup_similar_hint (name, (const char *const *)names);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "ValidationError: Nova has no extra spec %s%s", shown, hint);
}
