/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flavor extra specs: what values they take, and what nothing is generated of. */

#include "properties/properties-private.h"

#include <string.h>

#include "string-private.h"

/* Sources: nova/api/validation/extra_specs/ (hw.py, hw_rng.py, hw_video.py, os.py, null.py); the
 * driver's spelling of the CPU limits, cpu_max, is nova/virt/hardware.py's, the API knew max_cpu
 * only: both are read. os:secure_boot=optional, which the API of Zed refused, is taken. */
static const MtSchema specs[] = {
  [MT_SPEC_WATCHDOG_ACTION] = { "hw:watchdog_action", MT_VALUE_ENUM,
                                "none pause poweroff reset disabled" },
  [MT_SPEC_RNG_ALLOWED] = { "hw_rng:allowed", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_RNG_RATE_BYTES] = { "hw_rng:rate_bytes", MT_VALUE_UNSIGNED, "" },
  [MT_SPEC_RNG_RATE_PERIOD] = { "hw_rng:rate_period", MT_VALUE_UNSIGNED, "" },
  [MT_SPEC_PMU] = { "hw:pmu", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_HIDE_HYPERVISOR] = { "hw:hide_hypervisor_id", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_HIDE_HYPERVISOR_OLD] = { "hide_hypervisor_id", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_LOCKED_MEMORY] = { "hw:locked_memory", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_MEM_PAGE_SIZE] = { "hw:mem_page_size", MT_VALUE_TEXT, "" },
  [MT_SPEC_MEM_ENCRYPTION] = { "hw:mem_encryption", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_CPU_REALTIME] = { "hw:cpu_realtime", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_CPU_REALTIME_MASK] = { "hw:cpu_realtime_mask", MT_VALUE_TEXT, "" },
  [MT_SPEC_BOOT_MENU] = { "hw:boot_menu", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_MULTIQUEUE] = { "hw:vif_multiqueue_enabled", MT_VALUE_BOOLEAN, "" },
  [MT_SPEC_VIDEO_RAM_MAX] = { "hw_video:ram_max_mb", MT_VALUE_UNSIGNED, "" },
  [MT_SPEC_SERIAL_PORT_COUNT] = { "hw:serial_port_count", MT_VALUE_UNSIGNED, "" },
  [MT_SPEC_CPU_SOCKETS] = { "hw:cpu_sockets", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_CPU_CORES] = { "hw:cpu_cores", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_CPU_THREADS] = { "hw:cpu_threads", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_CPU_MAX_SOCKETS] = { "hw:cpu_max_sockets", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_CPU_MAX_CORES] = { "hw:cpu_max_cores", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_CPU_MAX_THREADS] = { "hw:cpu_max_threads", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_MAX_CPU_SOCKETS] = { "hw:max_cpu_sockets", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_MAX_CPU_CORES] = { "hw:max_cpu_cores", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_MAX_CPU_THREADS] = { "hw:max_cpu_threads", MT_VALUE_POSITIVE, "" },
  [MT_SPEC_SECURE_BOOT] = { "os:secure_boot", MT_VALUE_ENUM, "required disabled optional" },
  [MT_SPEC_VIOMMU_MODEL] = { "hw:viommu_model", MT_VALUE_ENUM, "intel smmuv3 virtio auto" },
  [MT_SPEC_TPM_MODEL] = { "hw:tpm_model", MT_VALUE_ENUM, "tpm-tis tpm-crb" },
  [MT_SPEC_TPM_VERSION] = { "hw:tpm_version", MT_VALUE_ENUM, "1.2 2.0" },
};

/* Features of Nova that take a placement on the host, which a domain's XML alone is not: a guest
 * made without them would not be what was asked for. */
typedef struct {
  char name[36];   /* of an image property or extra spec; ending in '*': all that start so */
  char except[12]; /* a value that asks for nothing; empty: there is none */
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
  { "hw_vm_mode", "hvm", "a guest of this mode" },
  { "hw_ephemeral_encryption", "no", "disk encryption" },
  { "hw:ephemeral_encryption", "no", "disk encryption" },
};

int
mt_spec_find (const char *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (specs); i++) {
    if (strcmp (specs[i].name, name) == 0)
      return (int)i;
  }
  return -1;
}

const char *
mt_spec_name (MtSpec spec)
{
  return specs[spec].name;
}

gboolean
mt_spec_check (int spec, const char *value, char **checked, GError **error)
{
  MachtypeArch unused;

  return mt_schema_check_row (&specs[spec], value, checked, &unused, error);
}

/* One '*' stands for anything. */
static gboolean
is_like (const char *pattern, const char *name)
{
  gsize before = strcspn (pattern, "*");

  if (pattern[before] == '\0')
    return strcmp (pattern, name) == 0;
  return strncmp (pattern, name, before) == 0 &&
         g_str_has_suffix (name + before, pattern + before + 1);
}

/* As the value stands, or as it is checked: False is "no". */
static gboolean
is_except (const Refusal *refusal, const char *name, const char *value)
{
  static const MtSchema boolean = { "", MT_VALUE_BOOLEAN, "" };
  g_autofree char *checked = NULL;
  int row = mt_schema_find (name);
  MachtypeArch unused;
  gboolean valid;

  if (mt_is_word (refusal->except, value))
    return TRUE;
  valid = row >= 0 ? mt_schema_check (row, value, &checked, &unused, NULL)
                   : mt_schema_check_row (&boolean, value, &checked, &unused, NULL);
  return valid && mt_is_word (refusal->except, checked);
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
