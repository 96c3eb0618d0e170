/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What many records have in common. */

#include "store/store-private.h"

#include <string.h>

#include "json/json-private.h"
#include "properties/properties-private.h"

G_DEFINE_BOXED_TYPE (MachtypeRecordClass, machtype_record_class, machtype_record_class_ref,
                     machtype_record_class_unref)

MachtypeRecordClass *
mt_record_class_alloc (void)
{
  MachtypeRecordClass *record_class = g_new0 (MachtypeRecordClass, 1);

  g_atomic_ref_count_init (&record_class->refs);
  return record_class;
}

MachtypeRecordClass *
mt_record_class_copy (const MachtypeRecordClass *record_class)
{
  MachtypeRecordClass *copy = mt_record_class_alloc ();

  *copy = *record_class;
  g_atomic_ref_count_init (&copy->refs);
  mt_ref_string_dup (copy->host_name);
  mt_ref_string_dup (copy->host_uuid);
  mt_ref_string_dup (copy->cell);
  mt_ref_string_dup (copy->state);
  mt_ref_string_dup (copy->machine);
  machtype_properties_ref (copy->properties);
  return copy;
}

MachtypeRecordClass
mt_record_class_view (const MachtypeRecord *record)
{
  return (MachtypeRecordClass){
    .arch = record->arch,
    .host_name = record->host_name,
    .host_uuid = record->host_uuid,
    .cell = record->cell,
    .state = record->state,
    .machine = record->machine,
    .properties = record->properties,
    .qemu_version = record->qemu_version,
    .libvirt_version = record->libvirt_version,
  };
}

/**
 * machtype_record_class_new:
 * @record: one of the records; must not be %NULL
 * @count: how many there are
 *
 * Creates the class that a record belongs to, for implementations of stores. Thread-safe.
 *
 * Returns: (transfer full): the class
 * Since: 1.0
 */
MachtypeRecordClass *
machtype_record_class_new (MachtypeRecord *record, guint64 count)
{
  MachtypeRecordClass *record_class, view;

  g_return_val_if_fail (record != NULL, NULL);

  view = mt_record_class_view (record);
  record_class = mt_record_class_copy (&view);
  record_class->count = count;
  return record_class;
}

/**
 * machtype_record_class_ref:
 * @record_class: a class of records; must not be %NULL
 *
 * Increases the reference count of @record_class. Thread-safe.
 *
 * Returns: (transfer full): @record_class
 * Since: 1.0
 */
MachtypeRecordClass *
machtype_record_class_ref (MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, NULL);

  g_atomic_ref_count_inc (&record_class->refs);
  return record_class;
}

/**
 * machtype_record_class_unref:
 * @record_class: (transfer full) (nullable): a class of records; %NULL does nothing
 *
 * Decreases the reference count of @record_class; frees it when the count reaches zero.
 * Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_record_class_unref (MachtypeRecordClass *record_class)
{
  if (record_class == NULL || !g_atomic_ref_count_dec (&record_class->refs))
    return;
  mt_ref_string_set (&record_class->host_name, NULL);
  mt_ref_string_set (&record_class->host_uuid, NULL);
  mt_ref_string_set (&record_class->cell, NULL);
  mt_ref_string_set (&record_class->state, NULL);
  mt_ref_string_set (&record_class->machine, NULL);
  machtype_properties_unref (record_class->properties);
  g_free (record_class);
}

gboolean
mt_record_class_is_same (const MachtypeRecordClass *a, const MachtypeRecordClass *b)
{
  return a->arch == b->arch && a->qemu_version == b->qemu_version &&
         a->libvirt_version == b->libvirt_version &&
         mt_ref_string_equal (a->host_name, b->host_name) &&
         mt_ref_string_equal (a->host_uuid, b->host_uuid) &&
         mt_ref_string_equal (a->cell, b->cell) && mt_ref_string_equal (a->state, b->state) &&
         mt_ref_string_equal (a->machine, b->machine) &&
         mt_properties_equal (a->properties, b->properties);
}

/**
 * machtype_record_class_equal:
 * @a: a class of records; must not be %NULL
 * @b: another class, or the same; must not be %NULL
 *
 * Checks whether two classes are equal, the number of their records included. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_record_class_equal (const MachtypeRecordClass *a, const MachtypeRecordClass *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return a->count == b->count && mt_record_class_is_same (a, b);
}

static guint
hash_text (const char *text)
{
  return text != NULL ? g_str_hash (text) : 0;
}

/**
 * machtype_record_class_hash:
 * @record_class: a class of records; must not be %NULL
 *
 * Computes a hash value, the same for classes that differ only in the number of their records.
 * Thread-safe.
 *
 * Returns: the hash value
 * Since: 1.0
 */
guint
machtype_record_class_hash (const MachtypeRecordClass *record_class)
{
  guint hash;

  g_return_val_if_fail (record_class != NULL, 0);

  hash = hash_text (record_class->host_name);
  hash = hash * 31 + hash_text (record_class->machine);
  hash = hash * 31 + hash_text (record_class->state);
  hash = hash * 31 + (guint)record_class->arch;
  return hash * 31 + mt_properties_hash (record_class->properties);
}

/**
 * machtype_record_class_contains:
 * @record_class: a class of records; must not be %NULL
 * @record: a record; must not be %NULL
 *
 * Checks whether a record belongs to a class. Thread-safe.
 *
 * Returns: %TRUE if it does
 * Since: 1.0
 */
gboolean
machtype_record_class_contains (const MachtypeRecordClass *record_class,
                                const MachtypeRecord *record)
{
  MachtypeRecordClass other;

  g_return_val_if_fail (record_class != NULL && record != NULL, FALSE);

  other = mt_record_class_view (record);
  return mt_record_class_is_same (record_class, &other);
}

void
mt_record_class_write (GString *json, const MachtypeRecordClass *record_class)
{
  mt_json_text (json, "host", record_class->host_name);
  mt_json_text (json, "host_uuid", record_class->host_uuid);
  mt_json_text (json, "cell", record_class->cell);
  if (record_class->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (record_class->arch));
  mt_json_text (json, "state", record_class->state);
  mt_json_text (json, "machine", record_class->machine);
  mt_json_version (json, "qemu_version", record_class->qemu_version);
  mt_json_version (json, "libvirt_version", record_class->libvirt_version);
  mt_properties_write (json, "properties", record_class->properties);
  mt_properties_write_defaults (json, "defaults", record_class->properties);
  mt_json_uint (json, "count", record_class->count);
}

/**
 * machtype_record_class_to_json:
 * @record_class: a class of records; must not be %NULL
 *
 * Writes a class as a JSON object on one line. What is unknown is absent. `doc/json.md` documents
 * the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_record_class_to_json (const MachtypeRecordClass *record_class)
{
  GString *json;

  g_return_val_if_fail (record_class != NULL, NULL);

  json = mt_json_begin_value ();
  mt_record_class_write (json, record_class);
  return mt_json_end_value (json);
}

/**
 * machtype_record_class_get_count:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the number of records. Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint64
machtype_record_class_get_count (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, 0);
  return record_class->count;
}

/**
 * machtype_record_class_get_cell:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the cell of the host. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the cell, valid as long as @record_class; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_class_get_cell (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, NULL);
  return record_class->cell;
}

/**
 * machtype_record_class_get_host_name:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the name of the host where the instances were last seen. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @record_class; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_class_get_host_name (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, NULL);
  return record_class->host_name;
}

/**
 * machtype_record_class_get_host_uuid:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the UUID of the host where the instances were last seen. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @record_class; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_class_get_host_uuid (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, NULL);
  return record_class->host_uuid;
}

/**
 * machtype_record_class_get_qemu_version:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the version of QEMU on the host when the instances were last seen. Thread-safe.
 *
 * Returns: major * 1000000 + minor * 1000 + micro; 0 if unknown
 * Since: 1.0
 */
guint64
machtype_record_class_get_qemu_version (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, 0);
  return record_class->qemu_version;
}

/**
 * machtype_record_class_get_libvirt_version:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the version of libvirt on the host when the instances were last seen. Thread-safe.
 *
 * Returns: major * 1000000 + minor * 1000 + micro; 0 if unknown
 * Since: 1.0
 */
guint64
machtype_record_class_get_libvirt_version (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, 0);
  return record_class->libvirt_version;
}

/**
 * machtype_record_class_get_arch:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the architecture of the guests. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if unknown
 * Since: 1.0
 */
MachtypeArch
machtype_record_class_get_arch (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, MACHTYPE_ARCH_UNKNOWN);
  return record_class->arch;
}

/**
 * machtype_record_class_get_state:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the state of the instances, by Nova's name. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the state, valid as long as @record_class; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_class_get_state (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, NULL);
  return record_class->state;
}

/**
 * machtype_record_class_get_change_state:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the state of the instances, reduced to what matters for a change of their machine type.
 * Thread-safe.
 *
 * Returns: the state; %MACHTYPE_STATE_UNKNOWN if unknown
 * Since: 1.0
 */
MachtypeState
machtype_record_class_get_change_state (const MachtypeRecordClass *record_class)
{
  MachtypeState state = MACHTYPE_STATE_UNKNOWN;

  g_return_val_if_fail (record_class != NULL, MACHTYPE_STATE_UNKNOWN);

  if (record_class->state != NULL)
    mt_state_find (record_class->state, &state);
  return state;
}

/**
 * machtype_record_class_get_machine:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the recorded machine type. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @record_class; %NULL if none is
 *   recorded
 * Since: 1.0
 */
const char *
machtype_record_class_get_machine (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, NULL);
  return record_class->machine;
}

/**
 * machtype_record_class_get_properties:
 * @record_class: a class of records; must not be %NULL
 *
 * Gets the image properties that are recorded for each of the instances. Thread-safe.
 *
 * Returns: (transfer none): the properties, valid as long as @record_class
 * Since: 1.0
 */
MachtypeProperties *
machtype_record_class_get_properties (const MachtypeRecordClass *record_class)
{
  g_return_val_if_fail (record_class != NULL, NULL);
  return record_class->properties;
}
