/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a flavor and an image request together: precedence and conflicts. Sources:
 * nova/virt/hardware.py (get_*_constraint) and nova/virt/libvirt/driver.py. Messages begin with the
 * name of the exception that Nova raises: operators search for it. */

#include "properties/features-private.h"

#include <string.h>

#include "error-private.h"
#include "machine-class-private.h"
#include "string-private.h"

/* The default of hw_rng:rate_period, libvirt's own. */
#define RNG_PERIOD_MS 1000

/* The exception that Nova raises unless the table names another. */
#define USUAL_CONFLICT "FlavorImageConflict"

static guint
get_number (const char *checked)
{
  return checked != NULL ? (guint)g_ascii_strtoull (checked, NULL, 10) : 0;
}

static const char *
get_image (const MachtypeProperties *properties, MtProperty property)
{
  return mt_properties_get (properties, property);
}

static const char *
get_flavor (const MachtypeProperties *properties, MtProperty property)
{
  return mt_properties_get_spec (properties, (MtSpec)mt_schema_get (property)->flavor.spec);
}

/* The image's value, or the flavor's if that wins. */
static MtRequested
merge (const MachtypeProperties *properties, MtProperty property)
{
  const MtSchema *row = mt_schema_get (property);
  const char *image = get_image (properties, property);
  const char *flavor = get_flavor (properties, property);
  gboolean image_wins = row->winner == MT_WINNER_IMAGE || row->winner == MT_WINNER_LIMIT;

  if (flavor != NULL && (image == NULL || !image_wins))
    return (MtRequested){ flavor, row->flavor.name };
  return (MtRequested){ image, row->image };
}

static const char *
get_conflict (const MtSchema *row)
{
  return row->conflict[0] != '\0' ? row->conflict : USUAL_CONFLICT;
}

/* The value of either, or the same in both. */
static gboolean
check_agreement (const MachtypeProperties *properties, MtProperty property, GError **error)
{
  const MtSchema *row = mt_schema_get (property);
  const char *image = get_image (properties, property);
  const char *flavor = get_flavor (properties, property);

  if (image == NULL || flavor == NULL || mt_is_word (image, flavor))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT,
                  "%s: extra spec %s=%s conflicts with image property %s=%s", get_conflict (row),
                  row->flavor.name, flavor, row->image, image);
}

/* Nova accepts a negative number from an image, with meaningless results. */
static gboolean
get_count (const MachtypeProperties *properties, MtProperty property, guint *count, GError **error)
{
  const char *checked = get_image (properties, property);

  *count = 0;
  if (checked != NULL && *checked == '-')
    return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                    "image property %s cannot be '%s'; it must be a whole number, 0 or more",
                    mt_property_name (property), checked);
  *count = get_number (checked);
  return TRUE;
}

/* Bytes without a period are accepted: libvirt's period is a second. */
static void
decide_rng (MtFeatures *features)
{
  features->rng_bytes = get_number (features->requested[MT_PROPERTY_RNG_RATE_BYTES].value);
  features->rng_period = get_number (features->requested[MT_PROPERTY_RNG_RATE_PERIOD].value);
  if (features->rng_period == 0)
    features->rng_period = RNG_PERIOD_MS;
}

/* A yes of the image or of either extra spec is enough. Source: nova/virt/libvirt/driver.py,
 * _set_features. */
static void
decide_hidden (const MachtypeProperties *properties, MtFeatures *features)
{
  const MtSchema *row = mt_schema_get (MT_PROPERTY_HIDE_HYPERVISOR);
  const MtRequested requests[] = {
    { get_flavor (properties, MT_PROPERTY_HIDE_HYPERVISOR), row->flavor.name },
    { mt_properties_get_spec (properties, (MtSpec)row->old.spec), row->old.name },
    { get_image (properties, MT_PROPERTY_HIDE_HYPERVISOR), row->image },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (requests); i++) {
    features->requested[MT_PROPERTY_HIDE_HYPERVISOR] = requests[i];
    if (requests[i].value != NULL && mt_is_word (requests[i].value, "yes"))
      return;
  }
}

/* The value of a unit of strutils.string_to_bytes in its IEC system: K is 1024, with or without an
 * i, and a small b is a bit. 0: not a unit. */
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
  const double most_kib = 1ull << 40; /* no host has a PiB */
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
  shown = mt_escape_for_message (text);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "MemoryPageSizeInvalid: %s=%s is not a valid page size; use large, small, any, a "
                  "number of KiB, or a unit, as in 2MB",
                  name, shown);
}

/* Empty counts as unset. */
static const char *
get_set (const char *value)
{
  return value != NULL && *value != '\0' ? value : NULL;
}

static gboolean
decide_pages (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const MtSchema *row = mt_schema_get (MT_PROPERTY_MEM_PAGE_SIZE);
  const char *image = get_set (get_image (properties, MT_PROPERTY_MEM_PAGE_SIZE));
  const char *flavor = get_set (get_flavor (properties, MT_PROPERTY_MEM_PAGE_SIZE));
  gboolean open;

  if (flavor != NULL && !read_page_size (row->flavor.name, flavor, features, error))
    return FALSE;
  if (image == NULL)
    return TRUE;
  open = flavor != NULL ? features->pages == MT_PAGES_ANY || features->pages == MT_PAGES_LARGE
                        : !features->flavor_known;
  if (!open) {
    g_autofree char *requested = mt_escape_for_message (image),
                    *given = mt_escape_for_message (flavor != NULL ? flavor : "unset");

    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                    "%s: image property %s=%s requires extra spec %s=any or large, which is %s",
                    row->conflict, row->image, requested, row->flavor.name, given);
  }
  return read_page_size (row->image, image, features, error);
}

/* Nova's default first. Sources: nova/virt/hardware.py, the subclasses of MemEncryptionConfig;
 * nova/virt/libvirt/driver.py, _guest_configure_tdx_mem_encryption; nova/virt/libvirt/host.py,
 * supports_intel_tdx. */
static const MtEncryption encryptions[] = {
  { "amd-sev", MT_ENCRYPTION_SEV, .locks_memory = TRUE },
  { "amd-sev-es", MT_ENCRYPTION_SEV_ES, .locks_memory = TRUE },
  { "amd-sev-snp", MT_ENCRYPTION_SEV_SNP, .needs_stateless = TRUE },
  { "intel-tdx", MT_ENCRYPTION_TDX, .needs_stateless = TRUE, .needs_no_video = TRUE, .is_rom = TRUE,
    .cpu_mode = "host-passthrough" },
};

static const MtEncryption *
find_encryption (const MtFeatures *features)
{
  const char *model = features->requested[MT_PROPERTY_MEM_ENCRYPTION_MODEL].value;
  gsize i = 0;

  while (model != NULL && !mt_is_word (encryptions[i].model, model))
    i++;
  return &encryptions[i];
}

/* Nova requires the property even of a guest without a graphical console. */
static gboolean
check_encrypted (const MtFeatures *features, GError **error)
{
  const MtRequested *model = &features->requested[MT_PROPERTY_MEM_ENCRYPTION_MODEL];

  if (features->encryption->needs_stateless &&
      !mt_features_has (features, MT_PROPERTY_FIRMWARE_STATELESS, "yes"))
    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT,
                    "StatelessFirmwareRequired: %s=%s requires image property "
                    "hw_firmware_stateless=yes",
                    model->by, model->value);
  if (features->encryption->needs_no_video &&
      !mt_features_has (features, MT_PROPERTY_VIDEO_MODEL, "none"))
    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT,
                    "InvalidVideoMode: %s=%s requires image property hw_video_model=none",
                    model->by, model->value);
  return TRUE;
}

/* Without encryption, a model has no effect. */
static gboolean
decide_encryption (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  if (!check_agreement (properties, MT_PROPERTY_MEM_ENCRYPTION, error))
    return FALSE;
  if (!mt_features_has (features, MT_PROPERTY_MEM_ENCRYPTION, "yes"))
    return TRUE;
  if (!check_agreement (properties, MT_PROPERTY_MEM_ENCRYPTION_MODEL, error))
    return FALSE;
  if (!mt_features_has (features, MT_PROPERTY_FIRMWARE_TYPE, "uefi"))
    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_IMAGE_CONFLICT,
                    "FlavorImageConflict: %s=yes requires image property hw_firmware_type=uefi",
                    features->requested[MT_PROPERTY_MEM_ENCRYPTION].by);
  features->encryption = find_encryption (features);
  return check_encrypted (features, error);
}

/* 0 counts as unset in both. */
static gboolean
decide_usb_ports (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const MtSchema *row = mt_schema_get (MT_PROPERTY_REDIRECTED_USB_PORTS);
  guint flavor = get_number (get_flavor (properties, MT_PROPERTY_REDIRECTED_USB_PORTS)), image;
  MtRequested *requested = &features->requested[MT_PROPERTY_REDIRECTED_USB_PORTS];

  if (!get_count (properties, MT_PROPERTY_REDIRECTED_USB_PORTS, &image, error))
    return FALSE;
  if (image > MT_NOVA_USB_PORTS)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                    "Invalid: image property %s=%u: there are at most %d redirected USB ports",
                    row->image, image, MT_NOVA_USB_PORTS);
  if (image != 0 && flavor != 0 &&
      !check_agreement (properties, MT_PROPERTY_REDIRECTED_USB_PORTS, error))
    return FALSE;
  features->usb_ports = flavor != 0 ? flavor : image;
  if (features->usb_ports == 0)
    requested->value = NULL;
  else if (flavor == 0)
    *requested =
        (MtRequested){ get_image (properties, MT_PROPERTY_REDIRECTED_USB_PORTS), row->image };
  return TRUE;
}

/* Sources: libvirt src/qemu/qemu_validate.c, qemuValidateDomainDefCpu; QEMU target/i386/cpu.c. */
#define ADDRESS_BITS_MIN 32
#define ADDRESS_BITS_MAX 52

/* Without a mode, bits have no effect. 0 counts as unset. */
static gboolean
decide_address_bits (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const MtRequested *mode = &features->requested[MT_PROPERTY_MAXPHYSADDR_MODE];
  const MtRequested *bits = &features->requested[MT_PROPERTY_MAXPHYSADDR_BITS];
  guint image;

  if (!get_count (properties, MT_PROPERTY_MAXPHYSADDR_BITS, &image, error))
    return FALSE;
  if (mode->value == NULL)
    return TRUE;
  features->address_bits = get_number (bits->value);
  if (features->address_bits == 0)
    return mt_is_word (mode->value, "passthrough") || !features->flavor_known ||
           mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                    "%s=emulate requires a number of bits (hw_maxphysaddr_bits or "
                    "hw:maxphysaddr_bits)",
                    mode->by);
  if (mt_is_word (mode->value, "passthrough"))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                    "%s=%u: with %s=passthrough, the number of bits is the host's", bits->by,
                    features->address_bits, mode->by);
  if (features->address_bits >= ADDRESS_BITS_MIN && features->address_bits <= ADDRESS_BITS_MAX)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "%s=%u: physical addresses have %d to %d bits", bits->by, features->address_bits,
                  ADDRESS_BITS_MIN, ADDRESS_BITS_MAX);
}

/* After pages, encryption and realtime, which imply it. */
static gboolean
decide_locked_memory (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  if (!check_agreement (properties, MT_PROPERTY_LOCKED_MEMORY, error))
    return FALSE;
  features->locked_memory = mt_features_has (features, MT_PROPERTY_LOCKED_MEMORY, "yes");
  if (features->flavor_known && features->locked_memory &&
      get_set (get_flavor (properties, MT_PROPERTY_MEM_PAGE_SIZE)) == NULL)
    return mt_fail (
        error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
        "LockMemoryForbidden: %s=yes requires extra spec hw:mem_page_size, which is unset",
        features->requested[MT_PROPERTY_LOCKED_MEMORY].by);
  features->locked_memory |= (features->encryption != NULL && features->encryption->locks_memory) ||
                             mt_features_has (features, MT_PROPERTY_CPU_REALTIME, "yes");
  return TRUE;
}

/* An empty mask counts as unset. Its syntax is checked here; its meaning for a number of vCPUs is
 * checked where that is known. */
static gboolean
decide_realtime (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const MtSchema *row = mt_schema_get (MT_PROPERTY_CPU_REALTIME_MASK);
  MtRequested *mask = &features->requested[MT_PROPERTY_CPU_REALTIME_MASK];
  g_autofree char *shown = NULL;

  *mask =
      (MtRequested){ get_set (get_image (properties, MT_PROPERTY_CPU_REALTIME_MASK)), row->image };
  if (mask->value == NULL)
    *mask = (MtRequested){ get_set (get_flavor (properties, MT_PROPERTY_CPU_REALTIME_MASK)),
                           row->flavor.name };
  if (!mt_features_has (features, MT_PROPERTY_CPU_REALTIME, "yes"))
    mask->value = NULL;
  if (mask->value == NULL || mask->value[strspn (mask->value, "0123456789,-^ ")] == '\0')
    return TRUE;
  shown = mt_escape_for_message (mask->value);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "RealtimeMaskNotFoundOrInvalid: %s=%s selects no vCPUs; use numbers and ranges, "
                  "such as 0-3,^1 or ^0",
                  mask->by, shown);
}

/* 0 counts as unset in both. The image can request fewer than the flavor. */
static gboolean
decide_serial_ports (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const guint most = MT_NOVA_SERIAL_PORTS;
  const MtSchema *row = mt_schema_get (MT_PROPERTY_SERIAL_PORT_COUNT);
  guint flavor = get_number (get_flavor (properties, MT_PROPERTY_SERIAL_PORT_COUNT)), image;
  MtRequested *requested = &features->requested[MT_PROPERTY_SERIAL_PORT_COUNT];

  if (!get_count (properties, MT_PROPERTY_SERIAL_PORT_COUNT, &image, error))
    return FALSE;
  features->serial_ports = image != 0 ? image : flavor;
  requested->by = image != 0 ? row->image : row->flavor.name;
  if (flavor != 0 && image > flavor)
    return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                    "%s: image property %s=%u exceeds extra spec %s=%u", row->conflict, row->image,
                    image, row->flavor.name, flavor);
  if (features->serial_ports <= most)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "SerialPortNumberLimitExceeded: %s=%u exceeds the limit of %u", requested->by,
                  features->serial_ports, most);
}

static gboolean
decide_video_ram (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const MtSchema *row = mt_schema_get (MT_PROPERTY_VIDEO_RAM);
  guint most = get_number (get_flavor (properties, MT_PROPERTY_VIDEO_RAM));

  if (!get_count (properties, MT_PROPERTY_VIDEO_RAM, &features->video_ram_mib, error))
    return FALSE;
  if (features->video_ram_mib <= most || !features->flavor_known)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                  "%s: image property %s=%u exceeds the limit of extra spec %s, %u", row->conflict,
                  row->image, features->video_ram_mib, row->flavor.name, most);
}

/* A model without a version requests nothing, a version without a model requests the machine's. */
static gboolean
decide_tpm (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  const MtRequested *version = &features->requested[MT_PROPERTY_TPM_VERSION];
  MtRequested *model = &features->requested[MT_PROPERTY_TPM_MODEL];

  if (!check_agreement (properties, MT_PROPERTY_TPM_VERSION, error))
    return FALSE;
  features->tpm_unversioned = version->value == NULL && model->value != NULL;
  if (version->value == NULL || model->value == NULL) {
    *model = *version;
    return TRUE;
  }
  if (!check_agreement (properties, MT_PROPERTY_TPM_MODEL, error))
    return FALSE;
  if (!mt_is_word (model->value, "tpm-crb") || mt_is_word (version->value, "2.0"))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
                  "Invalid: %s=tpm-crb requires TPM version 2.0, not %s", model->by,
                  version->value);
}

/* Those that must agree in both, without further rules. */
static gboolean
check_agreements (const MachtypeProperties *properties, GError **error)
{
  int i;

  for (i = 0; i <= MT_PROPERTY_LAST; i++) {
    const MtSchema *row = mt_schema_get (i);

    if (row->winner == MT_WINNER_BOTH && !row->own &&
        !check_agreement (properties, (MtProperty)i, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
mt_features_decide_queues (const MachtypeProperties *properties, gboolean *multiqueue,
                           GError **error)
{
  const char *value;

  *multiqueue = FALSE;
  if (!mt_properties_has_features (properties))
    return TRUE;
  if (!check_agreement (properties, MT_PROPERTY_MULTIQUEUE, error))
    return FALSE;
  value = merge (properties, MT_PROPERTY_MULTIQUEUE).value;
  *multiqueue = value != NULL && mt_is_word (value, "yes");
  return TRUE;
}

/* The first of several contradictions is raised. */
static gboolean
decide_own (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  decide_rng (features);
  decide_hidden (properties, features);
  return decide_realtime (properties, features, error) && check_agreements (properties, error) &&
         decide_pages (properties, features, error) &&
         decide_encryption (properties, features, error) &&
         decide_locked_memory (properties, features, error) &&
         decide_serial_ports (properties, features, error) &&
         decide_video_ram (properties, features, error) &&
         decide_tpm (properties, features, error) &&
         decide_usb_ports (properties, features, error) &&
         decide_address_bits (properties, features, error) &&
         mt_topology_decide (properties, features, error);
}

gboolean
mt_features_decide (const MachtypeProperties *properties, gboolean flavor_known,
                    MtFeatures *features, GError **error)
{
  gboolean has_features = mt_properties_has_features (properties);
  int i;

  memset (features, 0, sizeof *features);
  features->flavor_known = flavor_known;
  features->last = has_features ? MT_PROPERTY_LAST : MT_PROPERTY_LAST_DEVICE;
  if (properties == NULL)
    return TRUE;
  for (i = 0; i <= features->last; i++)
    features->requested[i] = merge (properties, (MtProperty)i);
  /* The bus decides, if it is given. */
  if (features->requested[MT_PROPERTY_INPUT_BUS].value != NULL)
    features->requested[MT_PROPERTY_POINTER_MODEL].value = NULL;
  return !has_features || decide_own (properties, features, error);
}

/**
 * machtype_properties_check:
 * @properties: properties; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Checks whether the image properties and the extra specs are consistent: a flavor and an image
 * that are each valid can contradict each other. What matters only to guests with several vCPUs is
 * checked as well. Whether a machine type supports them is a separate check
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
