/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypePlatform: a row of the table of platforms, or a release of QEMU. */

#include "platform/platform-private.h"

#include <string.h>

#include "error-private.h"
#include "json/json-private.h"
#include "lifecycle-private.h"

#define FILE_NAME "platforms.tsv"

/* "qemu-11.1" */
#define QEMU_PREFIX "qemu-"

/* What the tables of boards begin with. */
static const MtQemuVersion first_qemu = { 4, 0 };

G_DEFINE_BOXED_TYPE (MachtypePlatform, machtype_platform, machtype_platform_ref,
                     machtype_platform_unref)

MtPlatformTable *
mt_platform_load_table (GError **error)
{
  const char *const paths[] = { MACHTYPE_SYSCONFDIR "/machtype/" FILE_NAME,
                                MACHTYPE_DATADIR "/machtype/" FILE_NAME, NULL };

  return mt_platform_table_load (paths, error);
}

MachtypePlatform *
mt_platform_new (MtPlatformTable *table, const MtPlatformRow *row)
{
  MachtypePlatform *platform = g_new0 (MachtypePlatform, 1);

  g_atomic_ref_count_init (&platform->refs);
  platform->table = mt_platform_table_ref (table);
  platform->row = row;
  return platform;
}

/* TRUE: the name is that of a QEMU release, which is set if there was or will be one. */
static gboolean
parse_qemu (const char *name, MtQemuVersion *version)
{
  g_autofree char *type = NULL;
  MtName parsed;

  *version = (MtQemuVersion){ 0, 0 };
  if (!g_str_has_prefix (name, QEMU_PREFIX))
    return FALSE;
  type = g_strdup_printf ("%s-%s", mt_family_info (MACHTYPE_FAMILY_PC_Q35)->name,
                          name + strlen (QEMU_PREFIX));
  if (mt_name_parse (type, strlen (type), MACHTYPE_ARCH_UNKNOWN, &parsed) &&
      parsed.vendor == MACHTYPE_VENDOR_UPSTREAM && parsed.version[2] == 0 && parsed.variant == 0 &&
      mt_lifecycle_may_exist (&parsed))
    mt_name_upstream_base (&parsed, version);
  return TRUE;
}

MachtypePlatform *
mt_platform_new_for_qemu (MtPlatformTable *table, MtQemuVersion version)
{
  static const MtDistribution distribution = { "qemu", "QEMU", MACHTYPE_VENDOR_UPSTREAM,
                                               G_MAXUINT64, FALSE };
  MachtypePlatform *platform = mt_platform_new (table, NULL);

  platform->own.distribution = &distribution;
  platform->own.name = g_strdup_printf (QEMU_PREFIX "%u.%u", version.major, version.minor);
  platform->own.release = platform->own.name + strlen (QEMU_PREFIX);
  platform->own.evidence = "read";
  platform->own.qemu = version;
  platform->own.source = g_strdup ("QEMU's lifecycle of machine types (libmachtype/data)");
  platform->row = &platform->own;
  return platform;
}

static MachtypePlatform *
find_qemu (MtPlatformTable *table, const char *name, MtQemuVersion version, GError **error)
{
  g_autofree char *shown = NULL;

  if (mt_qemu_version_compare (version, first_qemu) >= 0)
    return mt_platform_new_for_qemu (table, version);
  shown = mt_escape_for_message (name);
  mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
           "unknown platform '%s': there is no such release of QEMU, or it is older than %u.%u",
           shown, first_qemu.major, first_qemu.minor);
  return NULL;
}

/**
 * machtype_platform_new:
 * @name: the name of a platform, such as `debian-13`, `debian-12/backports`, `rhel-10` (the newest
 *   minor release in the table) or `qemu-11.1`; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a platform by its name. The table of platforms is the newest of three, by its date: the one
 * in the library, `machtype/platforms.tsv` in the system's configuration directory, and the same in
 * its data directory. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown platform, with similar names, and
 * %MACHTYPE_ERROR_INVALID_CONFIG for a table that is damaged or for a later release.
 *
 * Source: `libmachtype/data/platforms.tsv`, whose rows name theirs.
 *
 * Returns: (transfer full): the platform, or %NULL on error
 * Since: 1.0
 */
MachtypePlatform *
machtype_platform_new (const char *name, GError **error)
{
  g_autoptr (MtPlatformTable) table = NULL;
  const MtPlatformRow *row;
  MtQemuVersion version;

  g_return_val_if_fail (name != NULL, NULL);

  table = mt_platform_load_table (error);
  if (table == NULL)
    return NULL;
  if (parse_qemu (name, &version))
    return find_qemu (table, name, version, error);
  row = mt_platform_table_find (table, name);
  if (row != NULL)
    return mt_platform_new (table, row);
  mt_platform_table_set_unknown (table, name, error);
  return NULL;
}

/**
 * machtype_platform_list:
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the platforms of the table that [ctor@Machtype.Platform.new] uses. Releases of QEMU are not
 * among them. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_CONFIG for a table that is damaged or for a later release.
 *
 * Returns: (transfer container) (element-type MachtypePlatform): the platforms, by distribution and
 *   from the oldest release to the newest, in the order of the table; %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_platform_list (GError **error)
{
  g_autoptr (MtPlatformTable) table = mt_platform_load_table (error);
  GPtrArray *list;
  guint i;

  if (table == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_platform_unref);
  for (i = 0; i < table->platforms->len; i++)
    g_ptr_array_add (list, mt_platform_new (table, table->platforms->pdata[i]));
  return list;
}

/**
 * machtype_platform_ref:
 * @platform: a platform; must not be %NULL
 *
 * Increases the reference count of @platform. Thread-safe.
 *
 * Returns: (transfer full): @platform
 * Since: 1.0
 */
MachtypePlatform *
machtype_platform_ref (MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);

  g_atomic_ref_count_inc (&platform->refs);
  return platform;
}

/**
 * machtype_platform_unref:
 * @platform: (transfer full) (nullable): a platform; %NULL does nothing
 *
 * Decreases the reference count of @platform; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_platform_unref (MachtypePlatform *platform)
{
  if (platform == NULL || !g_atomic_ref_count_dec (&platform->refs))
    return;
  g_free (platform->own.name);
  g_free (platform->own.source);
  mt_platform_table_unref (platform->table);
  g_free (platform);
}

/**
 * machtype_platform_get_name:
 * @platform: a platform; must not be %NULL
 *
 * Gets the name of a platform: the distribution, a dash, its release, and a slash and the stack if
 * it is not the release's own. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @platform
 * Since: 1.0
 */
const char *
machtype_platform_get_name (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->row->name;
}

/**
 * machtype_platform_get_label:
 * @platform: a platform; must not be %NULL
 *
 * Gets what people call the distribution, such as `Red Hat Enterprise Linux`. Thread-safe.
 *
 * Returns: (transfer none): the label, valid as long as @platform
 * Since: 1.0
 */
const char *
machtype_platform_get_label (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->row->distribution->label;
}

/**
 * machtype_platform_get_release:
 * @platform: a platform; must not be %NULL
 *
 * Gets the release of the distribution, as `VERSION_ID` in its `os-release` gives it. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the release, valid as long as @platform; %NULL for a
 *   distribution without releases
 * Since: 1.0
 */
const char *
machtype_platform_get_release (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->row->release;
}

/**
 * machtype_platform_get_stack:
 * @platform: a platform; must not be %NULL
 *
 * Gets which of several sets of packages of the release it is, such as `backports` or `hwe`.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the stack, valid as long as @platform; %NULL for the
 *   release's own
 * Since: 1.0
 */
const char *
machtype_platform_get_stack (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->row->stack;
}

static void
store (MtQemuVersion version, guint *major, guint *minor)
{
  if (major != NULL)
    *major = version.major;
  if (minor != NULL)
    *minor = version.minor;
}

/**
 * machtype_platform_get_qemu:
 * @platform: a platform; must not be %NULL
 * @major: (out) (optional): major version of QEMU, or %NULL
 * @minor: (out) (optional): minor version of QEMU, or %NULL
 *
 * Gets the version of a platform's QEMU. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_platform_get_qemu (const MachtypePlatform *platform, guint *major, guint *minor)
{
  g_return_if_fail (platform != NULL);
  store (platform->row->qemu, major, minor);
}

/**
 * machtype_platform_get_libvirt:
 * @platform: a platform; must not be %NULL
 * @major: (out) (optional): major version of libvirt, or %NULL
 * @minor: (out) (optional): minor version of libvirt, or %NULL
 *
 * Gets the version of a platform's libvirt. Thread-safe.
 *
 * Returns: %TRUE if it is known; otherwise the numbers are not set
 * Since: 1.0
 */
gboolean
machtype_platform_get_libvirt (const MachtypePlatform *platform, guint *major, guint *minor)
{
  g_return_val_if_fail (platform != NULL, FALSE);

  if (!mt_qemu_version_is_set (platform->row->libvirt))
    return FALSE;
  store (platform->row->libvirt, major, minor);
  return TRUE;
}

/**
 * machtype_platform_get_vendor:
 * @platform: a platform; must not be %NULL
 *
 * Gets whose rule names the machine types of a platform: distributions without types of their own
 * have those of QEMU. Thread-safe.
 *
 * Returns: the vendor
 * Since: 1.0
 */
MachtypeVendor
machtype_platform_get_vendor (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, MACHTYPE_VENDOR_UNKNOWN);
  return platform->row->distribution->vendor;
}

/**
 * machtype_platform_get_released:
 * @platform: a platform; must not be %NULL
 *
 * Gets when a platform was released, as year and month, or year, month and day: `2025-08-09`.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the date, valid as long as @platform; %NULL if it is unknown
 * Since: 1.0
 */
const char *
machtype_platform_get_released (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->row->released;
}

/**
 * machtype_platform_get_end_of_life:
 * @platform: a platform; must not be %NULL
 *
 * Gets until when the distribution supports a platform, in the same form as
 * [method@Machtype.Platform.get_released]. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the date, valid as long as @platform; %NULL if it is unknown
 * Since: 1.0
 */
const char *
machtype_platform_get_end_of_life (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->row->end;
}

/**
 * machtype_platform_was_run:
 * @platform: a platform; must not be %NULL
 *
 * Checks whether the library's tests asked the QEMU of this platform which machine types it has, so
 * that the answers are not read from documents alone. Thread-safe.
 *
 * Returns: %TRUE if they did
 * Since: 1.0
 */
gboolean
machtype_platform_was_run (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, FALSE);
  return strcmp (platform->row->evidence, "run") == 0;
}

/**
 * machtype_platform_get_source:
 * @platform: a platform; must not be %NULL
 *
 * Gets the source of the facts about a platform, with the date on which it was read. Thread-safe.
 *
 * Returns: (transfer none): the source, valid as long as @platform
 * Since: 1.0
 */
const char *
machtype_platform_get_source (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->row->source;
}

/**
 * machtype_platform_get_table_date:
 * @platform: a platform; must not be %NULL
 *
 * Gets the date of the table that a platform is from. Thread-safe.
 *
 * Returns: (transfer none): the date, valid as long as @platform
 * Since: 1.0
 */
const char *
machtype_platform_get_table_date (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, NULL);
  return platform->table->date;
}

static void
write_version (GString *json, const char *member, MtQemuVersion version)
{
  g_autofree char *text = g_strdup_printf ("%u.%u", version.major, version.minor);

  if (mt_qemu_version_is_set (version))
    mt_json_text (json, member, text);
}

/**
 * machtype_platform_to_json:
 * @platform: a platform; must not be %NULL
 *
 * Writes a platform as a JSON object on one line. What is unknown is absent. `doc/json.md`
 * documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_platform_to_json (const MachtypePlatform *platform)
{
  const MtPlatformRow *row;
  GString *json;

  g_return_val_if_fail (platform != NULL, NULL);

  row = platform->row;
  json = mt_json_begin_value ();
  mt_json_text (json, "platform", row->name);
  mt_json_text (json, "label", row->distribution->label);
  mt_json_text (json, "release", row->release);
  mt_json_text (json, "stack", row->stack);
  write_version (json, "qemu", row->qemu);
  write_version (json, "libvirt", row->libvirt);
  mt_json_text (json, "vendor", mt_vendor_info (row->distribution->vendor)->word);
  mt_json_text (json, "released", row->released);
  mt_json_text (json, "end_of_life", row->end);
  mt_json_text (json, "evidence", row->evidence);
  mt_json_text (json, "source", row->source);
  mt_json_text (json, "table_date", platform->table->date);
  return mt_json_end_value (json);
}

/**
 * machtype_platform_equal:
 * @a: a platform; must not be %NULL
 * @b: another one; must not be %NULL
 *
 * Compares two platforms: whether they have the same name, and the same is known about them.
 * Thread-safe.
 *
 * Returns: %TRUE if they are equal
 * Since: 1.0
 */
gboolean
machtype_platform_equal (const MachtypePlatform *a, const MachtypePlatform *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return a == b || mt_json_equal (machtype_platform_to_json (a), machtype_platform_to_json (b));
}

/**
 * machtype_platform_hash:
 * @platform: a platform; must not be %NULL
 *
 * Computes a hash for a hash table whose keys are compared with machtype_platform_equal().
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_platform_hash (const MachtypePlatform *platform)
{
  g_return_val_if_fail (platform != NULL, 0);
  return g_str_hash (platform->row->name);
}
