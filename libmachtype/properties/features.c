/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a flavor and an image ask for together: precedence and conflicts. Sources:
 * nova/virt/hardware.py (get_*_constraint) and nova/virt/libvirt/driver.py. Messages begin with the
 * name of the exception that Nova raises: operators look for it. */

#include "properties/features-private.h"

#include <string.h>

#include "error-private.h"
#include "machine-class-private.h"
#include "string-private.h"

#define IMAGE(property) mt_properties_get (properties, MT_PROPERTY_##property)
#define FLAVOR(spec) mt_properties_get_spec (properties, MT_SPEC_##spec)

/* The default of hw_rng:rate_period, libvirt's own. */
#define RNG_PERIOD_MS 1000

static MtSwitch
get_switch (const char *checked)
{
  if (checked == NULL)
    return MT_UNSET;
  return mt_is_word (checked, "yes") ? MT_YES : MT_NO;
}

static guint
get_number (const char *checked)
{
  return checked != NULL ? (guint)g_ascii_strtoull (checked, NULL, 10) : 0;
}

/* Nova takes a negative number of an image, and makes nonsense of it. */
static gboolean
get_count (const MachtypeProperties *properties, MtProperty property, guint *count, GError **error)
{
  const char *checked = mt_properties_get (properties, property);

  *count = 0;
  if (checked != NULL && *checked == '-')
    return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                    "image property %s cannot be '%s'; it takes a whole number, 0 or "
                    "more",
                    mt_property_name (property), checked);
  *count = get_number (checked);
  return TRUE;
}

/* One of both, or the same in both. */
static gboolean
agree (const MachtypeProperties *properties, MtProperty property, MtSpec spec,
       const char *exception, const char **value, const char **by, GError **error)
{
  const char *image = mt_properties_get (properties, property);
  const char *flavor = mt_properties_get_spec (properties, spec);

  *value = flavor != NULL ? flavor : image;
  *by = flavor != NULL ? mt_spec_name (spec) : mt_property_name (property);
  if (image == NULL || flavor == NULL || mt_is_word (image, flavor))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT,
                  "%s: extra spec %s=%s conflicts with image property %s=%s", exception,
                  mt_spec_name (spec), flavor, mt_property_name (property), image);
}

/* The image, else the flavor. */
static const char *
prefer_image (const MachtypeProperties *properties, MtProperty property, MtSpec spec,
              const char **by)
{
  const char *image = mt_properties_get (properties, property);

  *by = image != NULL ? mt_property_name (property) : mt_spec_name (spec);
  return image != NULL ? image : mt_properties_get_spec (properties, spec);
}

static void
decide_watchdog (const MachtypeProperties *properties, MtFeatures *features)
{
  const char *action = prefer_image (properties, MT_PROPERTY_WATCHDOG_ACTION,
                                     MT_SPEC_WATCHDOG_ACTION, &features->watchdog_by);

  if (action != NULL && !mt_is_word (action, "disabled"))
    features->watchdog = action;
}

/* Bytes without a period are honoured: libvirt's period is a second. */
static void
decide_rng (const MachtypeProperties *properties, MtFeatures *features)
{
  features->no_rng = get_switch (FLAVOR (RNG_ALLOWED)) == MT_NO;
  features->rng_bytes = get_number (FLAVOR (RNG_RATE_BYTES));
  features->rng_period = get_number (FLAVOR (RNG_RATE_PERIOD));
  if (features->rng_period == 0)
    features->rng_period = RNG_PERIOD_MS;
}

/* The flavor overrides the image, also with a no; either of its names is enough for a yes. */
static void
decide_hidden (const MachtypeProperties *properties, MtFeatures *features)
{
  MtSwitch named = get_switch (FLAVOR (HIDE_HYPERVISOR));
  MtSwitch old = get_switch (FLAVOR (HIDE_HYPERVISOR_OLD));
  MtSwitch image = get_switch (IMAGE (HIDE_HYPERVISOR));

  features->hidden_by =
      mt_spec_name (named == MT_YES ? MT_SPEC_HIDE_HYPERVISOR : MT_SPEC_HIDE_HYPERVISOR_OLD);
  features->hidden = named == MT_YES || old == MT_YES;
  if (named != MT_UNSET || old != MT_UNSET)
    return;
  features->hidden = image == MT_YES;
  features->hidden_by = mt_property_name (MT_PROPERTY_HIDE_HYPERVISOR);
}

/* What a unit of strutils.string_to_bytes stands for, in its IEC system: K is 1024, with or without
 * an i, and a small b a bit. 0: it is none. */
static double
get_unit_bytes (const char *unit)
{
  static const char prefixes[] = "KMGT";
  const char *at = strchr (prefixes, g_ascii_toupper (*unit));
  double bytes = 1;

  if (*unit != '\0' && at != NULL) {
    bytes = (double)(G_GUINT64_CONSTANT (1) << (10 * (at - prefixes + 1)));
    unit += unit[1] == 'i' ? 2 : 1;
  }
  if (mt_is_word (unit, "B"))
    return bytes;
  return mt_is_word (unit, "b") || mt_is_word (unit, "bit") ? bytes / 8 : 0;
}

static gboolean
read_page_size (const char *name, const char *text, MtFeatures *features, GError **error)
{
  const double most_kib = 1ull << 40; /* nobody has a PiB */
  g_autofree char *shown = NULL;
  char *unit = NULL;
  double kib = 0;
  guint64 number;

  features->pages = mt_is_word (text, "large")   ? MT_PAGES_LARGE
                    : mt_is_word (text, "small") ? MT_PAGES_SMALL
                    : mt_is_word (text, "any")   ? MT_PAGES_ANY
                                                 : MT_PAGES_SIZE;
  if (features->pages != MT_PAGES_SIZE)
    return TRUE;
  number = g_ascii_isdigit (*text) ? g_ascii_strtoull (text, &unit, 10) : 0;
  if (number != 0)
    kib = (double)number * (*unit == '\0' ? 1024 : get_unit_bytes (unit)) / 1024;
  if (kib >= 1 && kib <= most_kib) {
    features->page_kib = (guint64)kib;
    return TRUE;
  }
  shown = mt_shown (text);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "MemoryPageSizeInvalid: %s=%s is no page size; it is large, small, "
                  "any, a number of KiB, or has a unit as 2MB",
                  name, shown);
}

static gboolean
decide_pages (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const char *image = IMAGE (MEM_PAGE_SIZE), *flavor = FLAVOR (MEM_PAGE_SIZE);

  if (flavor != NULL && *flavor == '\0')
    flavor = NULL;
  if (image != NULL && *image == '\0')
    image = NULL;
  if (flavor != NULL &&
      !read_page_size (mt_spec_name (MT_SPEC_MEM_PAGE_SIZE), flavor, features, error))
    return FALSE;
  if (image == NULL)
    return TRUE;
  if (flavor == NULL && !features->flavor_known)
    return read_page_size (mt_property_name (MT_PROPERTY_MEM_PAGE_SIZE), image, features, error);
  if (flavor == NULL || (features->pages != MT_PAGES_ANY && features->pages != MT_PAGES_LARGE)) {
    g_autofree char *asked = mt_shown (image),
                    *given = mt_shown (flavor != NULL ? flavor : "unset");

    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                    "MemoryPageSizeForbidden: image property hw_mem_page_size=%s needs "
                    "extra spec hw:mem_page_size=any or large, which is %s",
                    asked, given);
  }
  return read_page_size (mt_property_name (MT_PROPERTY_MEM_PAGE_SIZE), image, features, error);
}

static gboolean
decide_encryption (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const char *firmware = IMAGE (FIRMWARE_TYPE), *value;

  if (!agree (properties, MT_PROPERTY_MEM_ENCRYPTION, MT_SPEC_MEM_ENCRYPTION, "FlavorImageConflict",
              &value, &features->encryption_by, error))
    return FALSE;
  features->encryption = get_switch (value) == MT_YES;
  if (!features->encryption || (firmware != NULL && mt_is_word (firmware, "uefi")))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT,
                  "FlavorImageConflict: %s=yes needs image property "
                  "hw_firmware_type=uefi",
                  features->encryption_by);
}

/* After pages, encryption and realtime, which imply it. */
static gboolean
decide_locked_memory (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const char *value, *by, *flavor = FLAVOR (MEM_PAGE_SIZE);

  if (!agree (properties, MT_PROPERTY_LOCKED_MEMORY, MT_SPEC_LOCKED_MEMORY,
              "FlavorImageLockedMemoryConflict", &value, &by, error))
    return FALSE;
  features->locked_memory = get_switch (value) == MT_YES;
  if (features->flavor_known && features->locked_memory && (flavor == NULL || *flavor == '\0'))
    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                    "LockMemoryForbidden: %s=yes needs extra spec hw:mem_page_size, "
                    "which is unset",
                    by);
  features->locked_memory |= features->encryption || features->realtime;
  return TRUE;
}

/* An empty mask counts as unset. What it may be made of is checked here, what it means for so many
 * vCPUs where these are known. */
static gboolean
decide_realtime (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const char *mask = IMAGE (CPU_REALTIME_MASK);
  g_autofree char *shown = NULL;

  features->realtime = get_switch (FLAVOR (CPU_REALTIME)) == MT_YES;
  features->realtime_mask_by = mt_property_name (MT_PROPERTY_CPU_REALTIME_MASK);
  if (mask == NULL || *mask == '\0') {
    mask = FLAVOR (CPU_REALTIME_MASK);
    features->realtime_mask_by = mt_spec_name (MT_SPEC_CPU_REALTIME_MASK);
  }
  if (!features->realtime || mask == NULL || *mask == '\0')
    return TRUE;
  features->realtime_mask = mask;
  if (mask[strspn (mask, "0123456789,-^ ")] == '\0')
    return TRUE;
  shown = mt_shown (mask);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "RealtimeMaskNotFoundOrInvalid: %s=%s names no vCPUs; it takes numbers "
                  "and ranges, as 0-3,^1 or ^0",
                  features->realtime_mask_by, shown);
}

/* 0 counts as unset in both. The image may ask for fewer than the flavor. */
static gboolean
decide_serial_ports (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const guint most = MT_NOVA_SERIAL_PORTS;
  guint flavor = get_number (FLAVOR (SERIAL_PORT_COUNT)), image;

  if (!get_count (properties, MT_PROPERTY_SERIAL_PORT_COUNT, &image, error))
    return FALSE;
  features->serial_ports = image != 0 ? image : flavor;
  features->serial_ports_by = image != 0 ? mt_property_name (MT_PROPERTY_SERIAL_PORT_COUNT)
                                         : mt_spec_name (MT_SPEC_SERIAL_PORT_COUNT);
  if (flavor != 0 && image > flavor)
    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                    "ImageSerialPortNumberExceedFlavorValue: image property "
                    "hw_serial_port_count=%u is more than extra spec "
                    "hw:serial_port_count=%u",
                    image, flavor);
  if (features->serial_ports <= most)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "SerialPortNumberLimitExceeded: %s=%u is more than a guest can have, "
                  "%u",
                  features->serial_ports_by, features->serial_ports, most);
}

static gboolean
decide_video_ram (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  guint most = get_number (FLAVOR (VIDEO_RAM_MAX));

  if (!get_count (properties, MT_PROPERTY_VIDEO_RAM, &features->video_ram_mib, error))
    return FALSE;
  if (features->video_ram_mib <= most || !features->flavor_known)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                  "RequestedVRamTooHigh: image property hw_video_ram=%u is more than "
                  "extra spec hw_video:ram_max_mb permits, %u",
                  features->video_ram_mib, most);
}

/* The flavor wins. */
static void
decide_iommu (const MachtypeProperties *properties, MtFeatures *features)
{
  features->iommu = FLAVOR (VIOMMU_MODEL);
  features->iommu_by = mt_spec_name (MT_SPEC_VIOMMU_MODEL);
  if (features->iommu != NULL)
    return;
  features->iommu = IMAGE (VIOMMU_MODEL);
  features->iommu_by = mt_property_name (MT_PROPERTY_VIOMMU_MODEL);
}

/* A model without a version asks for nothing. */
static gboolean
decide_tpm (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const char *model, *model_by;

  if (!agree (properties, MT_PROPERTY_TPM_VERSION, MT_SPEC_TPM_VERSION, "FlavorImageConflict",
              &features->tpm_version, &features->tpm_version_by, error))
    return FALSE;
  features->tpm_by = features->tpm_version_by;
  features->tpm_unversioned =
      features->tpm_version == NULL && (IMAGE (TPM_MODEL) != NULL || FLAVOR (TPM_MODEL) != NULL);
  if (features->tpm_version == NULL)
    return TRUE;
  if (!agree (properties, MT_PROPERTY_TPM_MODEL, MT_SPEC_TPM_MODEL, "FlavorImageConflict", &model,
              &model_by, error))
    return FALSE;
  features->tpm_model = model;
  if (model != NULL)
    features->tpm_by = model_by;
  if (model == NULL || !mt_is_word (model, "tpm-crb") || mt_is_word (features->tpm_version, "2.0"))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "Invalid: %s=tpm-crb needs TPM version 2.0, not %s", model_by,
                  features->tpm_version);
}

/* Those on which both may not differ. */
static gboolean
decide_agreed (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const char *value;

  if (!agree (properties, MT_PROPERTY_PMU, MT_SPEC_PMU, "FlavorImageConflict", &value,
              &features->pmu_by, error))
    return FALSE;
  features->pmu = get_switch (value);
  return agree (properties, MT_PROPERTY_SECURE_BOOT, MT_SPEC_SECURE_BOOT, "FlavorImageConflict",
                &features->secure_boot, &features->secure_boot_by, error);
}

gboolean
mt_features_decide_queues (const MachtypeProperties *properties, gboolean *multiqueue,
                           GError **error)
{
  const char *value, *by;

  *multiqueue = FALSE;
  if (!mt_properties_has_features (properties))
    return TRUE;
  if (!agree (properties, MT_PROPERTY_MULTIQUEUE, MT_SPEC_MULTIQUEUE, "FlavorImageConflict", &value,
              &by, error))
    return FALSE;
  *multiqueue = get_switch (value) == MT_YES;
  return TRUE;
}

gboolean
mt_features_decide (const MachtypeProperties *properties, gboolean flavor_known,
                    MtFeatures *features, GError **error)
{
  const char *os_type, *by;

  memset (features, 0, sizeof *features);
  features->rng_period = RNG_PERIOD_MS;
  features->flavor_known = flavor_known;
  if (!mt_properties_has_features (properties))
    return TRUE;
  features->agent = get_switch (IMAGE (GUEST_AGENT)) == MT_YES;
  os_type = IMAGE (OS_TYPE);
  features->windows = os_type != NULL && mt_is_word (os_type, "windows");
  features->hpet = get_switch (IMAGE (HPET));
  features->boot_menu = get_switch (prefer_image (properties, MT_PROPERTY_BOOT_MENU,
                                                  MT_SPEC_BOOT_MENU, &by)) == MT_YES;
  decide_watchdog (properties, features);
  decide_rng (properties, features);
  decide_hidden (properties, features);
  decide_iommu (properties, features);
  return decide_realtime (properties, features, error) &&
         decide_agreed (properties, features, error) &&
         decide_pages (properties, features, error) &&
         decide_encryption (properties, features, error) &&
         decide_locked_memory (properties, features, error) &&
         decide_serial_ports (properties, features, error) &&
         decide_video_ram (properties, features, error) &&
         decide_tpm (properties, features, error) &&
         mt_topology_decide (properties, features, error);
}

/**
 * machtype_properties_check:
 * @properties: properties; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Checks whether the image properties and the extra specs go together: a flavor and an image that
 * are each well can contradict one another. What only matters to guests of several vCPUs is
 * checked, too. What a machine can carry is another question
 * ([func@Machtype.compat_check]). Messages begin with the name of the exception that Nova raises.
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT, %MACHTYPE_ERROR_FLAVOR_FORBIDS, and
 * %MACHTYPE_ERROR_INVALID_PROPERTY for what no guest can have.
 *
 * Source: nova/virt/hardware.py.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_properties_check (const MachtypeProperties *properties, GError **error)
{
  MtFeatures features;
  gboolean multiqueue;

  g_return_val_if_fail (properties != NULL, FALSE);
  return mt_features_decide (properties, TRUE, &features, error) &&
         mt_features_decide_queues (properties, &multiqueue, error);
}
