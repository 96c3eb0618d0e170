/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was chosen for one instance, as a value. */

#include "record/record-private.h"

#include <string.h>

#include "properties/properties-private.h"

G_DEFINE_BOXED_TYPE (MachtypeRecord, machtype_record, machtype_record_ref, machtype_record_unref)

void
mt_ref_string_set (char **slot, char *text)
{
  char *old = *slot;

  *slot = mt_ref_string_dup (text);
  if (old != NULL)
    g_ref_string_release (old);
}

void
mt_ref_string_assign (char **slot, const char *text)
{
  char *copy = text != NULL ? g_ref_string_new (text) : NULL;

  mt_ref_string_set (slot, copy);
  if (copy != NULL)
    g_ref_string_release (copy);
}

MachtypeRecord *
mt_record_new (void)
{
  MachtypeRecord *record = g_new0 (MachtypeRecord, 1);

  g_atomic_ref_count_init (&record->refs);
  return record;
}

MachtypeRecord *
mt_record_copy (const MachtypeRecord *record)
{
  MachtypeRecord *copy = g_new (MachtypeRecord, 1);

  *copy = *record;
  g_atomic_ref_count_init (&copy->refs);
  copy->lender = NULL;
  copy->name = mt_ref_string_dup (record->name);
  copy->host_name = mt_ref_string_dup (record->host_name);
  copy->host_uuid = mt_ref_string_dup (record->host_uuid);
  copy->cell = mt_ref_string_dup (record->cell);
  copy->state = mt_ref_string_dup (record->state);
  copy->machine = mt_ref_string_dup (record->machine);
  copy->requested = mt_ref_string_dup (record->requested);
  copy->unknown_members = mt_ref_string_dup (record->unknown_members);
  copy->source_word = mt_ref_string_dup (record->source_word);
  copy->arch_word = mt_ref_string_dup (record->arch_word);
  copy->newer = mt_ref_string_dup (record->newer);
  copy->properties = machtype_properties_ref (record->properties);
  return copy;
}

MachtypeRecord *
mt_record_as_revision (MachtypeRecord *record, guint64 revision)
{
  MachtypeRecord *other = g_new (MachtypeRecord, 1);

  *other = *record;
  g_atomic_ref_count_init (&other->refs);
  other->lender = machtype_record_ref (record->lender != NULL ? record->lender : record);
  other->revision = revision;
  return other;
}

/**
 * machtype_record_ref:
 * @record: a record; must not be %NULL
 *
 * Increases the reference count of @record. Thread-safe.
 *
 * Returns: (transfer full): @record
 * Since: 1.0
 */
MachtypeRecord *
machtype_record_ref (MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);

  g_atomic_ref_count_inc (&record->refs);
  return record;
}

static void
release_texts (MachtypeRecord *record)
{
  mt_ref_string_set (&record->name, NULL);
  mt_ref_string_set (&record->host_name, NULL);
  mt_ref_string_set (&record->host_uuid, NULL);
  mt_ref_string_set (&record->cell, NULL);
  mt_ref_string_set (&record->state, NULL);
  mt_ref_string_set (&record->machine, NULL);
  mt_ref_string_set (&record->requested, NULL);
  mt_ref_string_set (&record->unknown_members, NULL);
  mt_ref_string_set (&record->source_word, NULL);
  mt_ref_string_set (&record->arch_word, NULL);
  mt_ref_string_set (&record->newer, NULL);
  machtype_properties_unref (record->properties);
}

/**
 * machtype_record_unref:
 * @record: (transfer full) (nullable): a record; %NULL does nothing
 *
 * Decreases the reference count of @record; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_record_unref (MachtypeRecord *record)
{
  if (record == NULL || !g_atomic_ref_count_dec (&record->refs))
    return;
  if (record->lender != NULL)
    machtype_record_unref (record->lender);
  else
    release_texts (record);
  g_free (record);
}

gboolean
mt_record_is_same_place (const MachtypeRecord *a, const MachtypeRecord *b)
{
  return mt_ref_string_equal (a->name, b->name) &&
         mt_ref_string_equal (a->host_name, b->host_name) &&
         mt_ref_string_equal (a->host_uuid, b->host_uuid) &&
         mt_ref_string_equal (a->cell, b->cell) && a->qemu_version == b->qemu_version &&
         a->libvirt_version == b->libvirt_version && a->is_transient == b->is_transient;
}

gboolean
mt_record_is_same_choice (const MachtypeRecord *a, const MachtypeRecord *b)
{
  return a->revision == b->revision && a->source == b->source && a->arch == b->arch &&
         mt_ref_string_equal (a->machine, b->machine) &&
         mt_ref_string_equal (a->requested, b->requested) &&
         mt_ref_string_equal (a->state, b->state) &&
         mt_properties_equal (a->properties, b->properties) &&
         mt_ref_string_equal (a->unknown_members, b->unknown_members) &&
         mt_ref_string_equal (a->source_word, b->source_word) &&
         mt_ref_string_equal (a->arch_word, b->arch_word) &&
         mt_ref_string_equal (a->newer, b->newer);
}

/**
 * machtype_record_equal:
 * @a: a record; must not be %NULL
 * @b: another record, or the same; must not be %NULL
 *
 * Checks whether two records are equal, the revision included; the time of the first recording is
 * not compared. The record that a store holds must be equal to the one that its @swap replaces: see
 * `MachtypeStoreClass`. Thread-safe.
 *
 * Returns: %TRUE if they are equal
 * Since: 1.0
 */
gboolean
machtype_record_equal (const MachtypeRecord *a, const MachtypeRecord *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return strcmp (a->uuid.text, b->uuid.text) == 0 && mt_record_is_same_choice (a, b) &&
         mt_record_is_same_place (a, b) && a->seen_at == b->seen_at;
}

/**
 * machtype_record_get_uuid:
 * @record: a record; must not be %NULL
 *
 * Gets the instance's UUID, in lower case. Thread-safe.
 *
 * Returns: (transfer none): the UUID, valid as long as @record
 * Since: 1.0
 */
const char *
machtype_record_get_uuid (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->uuid.text;
}

/**
 * machtype_record_get_name:
 * @record: a record; must not be %NULL
 *
 * Gets the instance's name. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @record; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_get_name (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->name;
}

/**
 * machtype_record_get_host_name:
 * @record: a record; must not be %NULL
 *
 * Gets the name of the host that the instance was last seen on. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the host's name, valid as long as @record; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_get_host_name (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->host_name;
}

/**
 * machtype_record_get_host_uuid:
 * @record: a record; must not be %NULL
 *
 * Gets the UUID of the host that the instance was last seen on, as in libvirt's capabilities.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @record; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_get_host_uuid (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->host_uuid;
}

/**
 * machtype_record_get_qemu_version:
 * @record: a record; must not be %NULL
 *
 * Gets the QEMU version of the host that the instance was last seen on. Thread-safe.
 *
 * Returns: major * 1000000 + minor * 1000 + micro, as libvirt counts; 0 if unknown
 * Since: 1.0
 */
guint64
machtype_record_get_qemu_version (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->qemu_version;
}

/**
 * machtype_record_get_libvirt_version:
 * @record: a record; must not be %NULL
 *
 * Gets the libvirt version of the host that the instance was last seen on. Thread-safe.
 *
 * Returns: major * 1000000 + minor * 1000 + micro; 0 if unknown
 * Since: 1.0
 */
guint64
machtype_record_get_libvirt_version (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->libvirt_version;
}

/**
 * machtype_record_get_cell:
 * @record: a record; must not be %NULL
 *
 * Gets the cell, Nova's word for a part of a fleet. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the cell, valid as long as @record; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_get_cell (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->cell;
}

/**
 * machtype_record_get_arch:
 * @record: a record; must not be %NULL
 *
 * Gets the guest's architecture. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if unknown
 * Since: 1.0
 */
MachtypeArch
machtype_record_get_arch (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, MACHTYPE_ARCH_UNKNOWN);
  return record->arch;
}

/**
 * machtype_record_get_state:
 * @record: a record; must not be %NULL
 *
 * Gets the state that the instance was last seen in, by Nova's name (`active`, `stopped`).
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the state, valid as long as @record; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_get_state (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->state;
}

/**
 * machtype_record_get_change_state:
 * @record: a record; must not be %NULL
 *
 * Gets the state that the instance was last seen in, reduced to what matters for a change of its
 * machine type. Thread-safe.
 *
 * Returns: the state; %MACHTYPE_STATE_UNKNOWN if none is recorded
 * Since: 1.0
 */
MachtypeState
machtype_record_get_change_state (const MachtypeRecord *record)
{
  MachtypeState state = MACHTYPE_STATE_UNKNOWN;

  g_return_val_if_fail (record != NULL, MACHTYPE_STATE_UNKNOWN);

  if (record->state != NULL)
    mt_state_find (record->state, &state);
  return state;
}

/**
 * machtype_record_get_machine:
 * @record: a record; must not be %NULL
 *
 * Gets the machine type to use in the domain XML. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @record; %NULL if none is
 *   recorded
 * Since: 1.0
 */
const char *
machtype_record_get_machine (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->machine;
}

/**
 * machtype_record_get_requested:
 * @record: a record; must not be %NULL
 *
 * Gets the machine type that was requested, possibly an alias (`q35`). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @record; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_record_get_requested (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->requested;
}

/**
 * machtype_record_get_source:
 * @record: a record; must not be %NULL
 *
 * Gets the source of the recorded machine type. Thread-safe.
 *
 * Returns: the source; %MACHTYPE_SOURCE_NONE if no machine type is recorded
 * Since: 1.0
 */
MachtypeSource
machtype_record_get_source (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, MACHTYPE_SOURCE_NONE);
  return record->source;
}

/**
 * machtype_record_get_revision:
 * @record: a record; must not be %NULL
 *
 * Gets the number of times that machine type or properties were written: 1 for a first record, one
 * more for each change. Thread-safe.
 *
 * Returns: the revision; 0 for a record that is not in a store
 * Since: 1.0
 */
guint64
machtype_record_get_revision (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->revision;
}

/**
 * machtype_record_get_recorded_at:
 * @record: a record; must not be %NULL
 *
 * Gets the time when the instance was first recorded. Thread-safe.
 *
 * Returns: seconds since 1970-01-01 00:00 UTC
 * Since: 1.0
 */
gint64
machtype_record_get_recorded_at (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->recorded_at;
}

/**
 * machtype_record_is_transient:
 * @record: a record; must not be %NULL
 *
 * Checks whether the instance was a transient domain when it was last seen: one that libvirt
 * forgets when it is shut off, so that no host has a domain of it although it may be started again.
 * Thread-safe.
 *
 * Returns: %TRUE for a transient domain; %FALSE for a persistent one, and if it is not known
 * Since: 1.0
 */
gboolean
machtype_record_is_transient (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, FALSE);
  return record->is_transient;
}

/**
 * machtype_record_get_seen_at:
 * @record: a record; must not be %NULL
 *
 * Gets the time when the instance was last seen on its host. Thread-safe.
 *
 * Returns: seconds since 1970-01-01 00:00 UTC; 0 for never
 * Since: 1.0
 */
gint64
machtype_record_get_seen_at (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return record->seen_at;
}

/**
 * machtype_record_get_properties:
 * @record: a record; must not be %NULL
 *
 * Gets the image properties that are stored for the instance: what its image requested, and what
 * was decided with the machine type about its devices (`hw_disk_bus`, `hw_cdrom_bus`,
 * `hw_input_bus`, `hw_pointer_model`, `hw_video_model`, `hw_vif_model`). What was decided about a
 * device that the guest does not have is a default ([method@Machtype.Properties.is_default]).
 * Thread-safe.
 *
 * Returns: (transfer none): the properties, valid as long as @record
 * Since: 1.0
 */
MachtypeProperties *
machtype_record_get_properties (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return record->properties;
}

/**
 * machtype_record_hash:
 * @record: a record; must not be %NULL
 *
 * Computes a hash of a record, for hash tables: equal records have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_record_hash (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, 0);
  return g_str_hash (record->uuid.text);
}
