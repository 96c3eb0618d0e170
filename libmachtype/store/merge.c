/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records an instance that may already have a record: existing values are kept, and missing ones
 * are filled in. */

#include "store/store-private.h"

#include <string.h>

#include "error-private.h"
#include "json/json-private.h"
#include "properties/properties-private.h"
#include "string-private.h"

static void
take_known (char **slot, char *text)
{
  if (text != NULL)
    mt_ref_string_set (slot, text);
}

/* A host's name, UUID and versions belong together. A name alone is the same host's, provided that
 * the name is the same. */
static void
take_host (MachtypeRecord *record, const MachtypeRecord *from)
{
  gboolean same = mt_ref_string_equal (record->host_name, from->host_name);

  if (from->host_name == NULL && from->host_uuid == NULL)
    return;
  if (!same || from->host_uuid != NULL)
    mt_ref_string_set (&record->host_uuid, from->host_uuid);
  if (!same || from->qemu_version != 0)
    record->qemu_version = from->qemu_version;
  if (!same || from->libvirt_version != 0)
    record->libvirt_version = from->libvirt_version;
  record->is_transient = from->is_transient;
  take_known (&record->host_name, from->host_name);
}

void
mt_record_take_place (MachtypeRecord *record, const MachtypeRecord *from)
{
  take_host (record, from);
  take_known (&record->name, from->name);
  take_known (&record->cell, from->cell);
  take_known (&record->state, from->state);
  record->seen_at = MAX (record->seen_at, from->seen_at);
}

/* The same for members that this release does not know. */
static gboolean
merge_members (const MachtypeRecord *there, const MachtypeRecord *record, MachtypeRecord *merged,
               GError **error)
{
  g_autofree char *all = NULL;
  char *kept;

  if (there->unknown_members == NULL || record->unknown_members == NULL ||
      mt_ref_string_equal (there->unknown_members, record->unknown_members)) {
    mt_ref_string_set (&merged->unknown_members, there->unknown_members != NULL
                                                     ? there->unknown_members
                                                     : record->unknown_members);
    return TRUE;
  }
  all = mt_json_merge_members (there->unknown_members, record->unknown_members, error);
  if (all == NULL)
    return FALSE;
  kept = g_ref_string_new (all);
  mt_ref_string_set (&merged->unknown_members, kept);
  g_ref_string_release (kept);
  return TRUE;
}

/* Existing values are kept, and missing ones are filled in. With refresh, what describes only where
 * the instance is now is updated; without, it is kept as well. */
static MachtypeRecord *
merge (const MachtypeRecord *there, const MachtypeRecord *record, gboolean refresh, GError **error)
{
  g_autoptr (MachtypeProperties) properties =
      mt_properties_fill (there->properties, record->properties, error);
  g_autoptr (MachtypeRecord) merged = NULL;

  if (properties == NULL || !mt_record_check_properties (properties, error))
    return NULL;
  merged = mt_record_copy (refresh ? there : record);
  if (!merge_members (there, record, merged, error))
    return NULL;
  mt_record_take_place (merged, refresh ? record : there);
  merged->revision = there->revision;
  merged->recorded_at = there->recorded_at;
  merged->arch = there->arch != MACHTYPE_ARCH_UNKNOWN ? there->arch : record->arch;
  merged->source = there->machine != NULL ? there->source : record->source;
  mt_ref_string_set (&merged->machine, there->machine != NULL ? there->machine : record->machine);
  mt_ref_string_set (&merged->requested,
                     there->machine != NULL ? there->requested : record->requested);
  mt_properties_set (&merged->properties, properties);
  return g_steal_pointer (&merged);
}

static MachtypeStoreOutcome
compare_merged (const MachtypeRecord *there, const MachtypeRecord *merged)
{
  if (!mt_ref_string_equal (there->machine, merged->machine) ||
      !mt_properties_equal (there->properties, merged->properties))
    return MACHTYPE_STORE_OUTCOME_FILLED;
  return mt_record_is_same_choice (there, merged) && mt_record_is_same_place (there, merged)
             ? MACHTYPE_STORE_OUTCOME_UNCHANGED
             : MACHTYPE_STORE_OUTCOME_REFRESHED;
}

static gboolean
write_merged (MachtypeStore *store, MachtypeRecord *there, MachtypeRecord *merged,
              const char *author, MachtypeStoreOutcome outcome, GError **error)
{
  MtStoreChange change = { .action = MACHTYPE_HISTORY_ACTION_PROPERTIES, .author = author };

  if (outcome == MACHTYPE_STORE_OUTCOME_FILLED) {
    if (!mt_ref_string_equal (there->machine, merged->machine))
      change.action = MACHTYPE_HISTORY_ACTION_RECORD;
    return mt_store_check_settled (store, there->uuid.text, error) &&
           mt_store_put (store, there, merged, &change, error);
  }
  if (outcome == MACHTYPE_STORE_OUTCOME_UNCHANGED && there->seen_at == merged->seen_at)
    return TRUE;
  return mt_store_put (store, there, merged, NULL, error);
}

/* *there: owned by the caller; NULL if the instance has no record. */
static gboolean
find (MachtypeStore *store, const MtUuid *uuid, MachtypeRecord **there, GError **error)
{
  g_autoptr (GError) why = NULL;

  *there = mt_store_get (store, uuid->text, &why);
  if (*there != NULL || g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

MachtypeRecord *
mt_store_preview (MachtypeStore *store, MachtypeRecord *record, MachtypeStoreOutcome *outcome,
                  GError **error)
{
  g_autoptr (MachtypeRecord) there = NULL;
  MachtypeRecord *merged;

  if (!find (store, &record->uuid, &there, error))
    return NULL;
  if (there == NULL) {
    *outcome = MACHTYPE_STORE_OUTCOME_ADDED;
    return machtype_record_ref (record);
  }
  merged = merge (there, record, TRUE, error);
  if (merged != NULL)
    *outcome = compare_merged (there, merged);
  return merged;
}

/* A machine type that contradicts the recorded one must be resolved by an operator. */
static gboolean
check_agreed (const MachtypeRecord *there, const MachtypeRecord *record, GError **error)
{
  if (there->machine == NULL || record->machine == NULL ||
      mt_ref_string_equal (there->machine, record->machine))
    return TRUE;
  mt_fail (error, MACHTYPE_ERROR_EXISTS, "instance %s has machine type %s recorded, not %s",
           there->uuid.text, there->machine, record->machine);
  return FALSE;
}

static MachtypeRecord *
write_over (MachtypeStore *store, MachtypeRecord *there, MachtypeRecord *record, gboolean refresh,
            const char *author, MachtypeStoreOutcome *outcome, GError **error)
{
  g_autoptr (MachtypeRecord) merged = NULL;

  if (there == NULL) {
    *outcome = MACHTYPE_STORE_OUTCOME_ADDED;
    return machtype_store_add (store, record, author, error);
  }
  if (!refresh && !check_agreed (there, record, error))
    return NULL;
  merged = merge (there, record, refresh, error);
  if (merged == NULL)
    return NULL;
  *outcome = compare_merged (there, merged);
  return write_merged (store, there, merged, author, *outcome, error) ? g_steal_pointer (&merged)
                                                                      : NULL;
}

MachtypeRecord *
mt_store_record_over (MachtypeStore *store, MachtypeRecord *there, MachtypeRecord *record,
                      const char *author, MachtypeStoreOutcome *outcome, GError **error)
{
  g_autoptr (GError) why = NULL;
  MachtypeRecord *stored = write_over (store, there, record, TRUE, author, outcome, &why);

  if (stored != NULL)
    return stored;
  if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_EXISTS) ||
      g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT) ||
      g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return machtype_store_record (store, record, author, outcome, error);
  g_propagate_error (error, g_steal_pointer (&why));
  return NULL;
}

static MachtypeRecord *
record_or_fill (MachtypeStore *store, MachtypeRecord *record, gboolean refresh, const char *author,
                MachtypeStoreOutcome *outcome, GError **error)
{
  g_autoptr (MachtypeRecord) there = NULL, stored = NULL;
  MachtypeStoreOutcome done;
  gboolean own;

  if (!mt_store_check_author (author, error) || !mt_store_begin_own (store, &own, error))
    return NULL;
  if (find (store, &record->uuid, &there, error))
    stored = write_over (store, there, record, refresh, author, &done, error);
  if (!mt_store_end_own (store, own, stored != NULL, error))
    return NULL;
  if (outcome != NULL)
    *outcome = done;
  return g_steal_pointer (&stored);
}

/**
 * machtype_store_record:
 * @store: a store; must not be %NULL
 * @record: the record; must not be %NULL
 * @author: (nullable): who makes the change, for the history; %NULL if unknown
 * @outcome: (out) (optional): the outcome; not set on error; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Records an instance for life: call it at the instance's first start, and again whenever its host
 * boots. If the instance has no record, this one is added. If it has one, machine type and each
 * image property are only filled in where they are missing, or recorded only as a default; name,
 * host, cell, state, versions and the time when it was last seen are updated. Nothing is ever
 * deleted. May block.
 *
 * Raises %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_STORE, %MACHTYPE_ERROR_TOO_LARGE if there are too
 * many properties, %MACHTYPE_ERROR_INVALID_ARGUMENT for an @author with control characters.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_record (MachtypeStore *store, MachtypeRecord *record, const char *author,
                       MachtypeStoreOutcome *outcome, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);
  return record_or_fill (store, record, TRUE, author, outcome, error);
}

/**
 * machtype_store_record_missing:
 * @store: a store; must not be %NULL
 * @record: what another tool knows about an instance; must not be %NULL
 * @author: (nullable): who makes the change, for the history; %NULL if unknown
 * @outcome: (out) (optional): the outcome; not set on error; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Imports what another tool has recorded, possibly long ago. If the instance has a record, only
 * what is missing is filled in; what is recorded does not change. May block.
 *
 * Raises %MACHTYPE_ERROR_EXISTS if another machine type is recorded, %MACHTYPE_ERROR_BUSY,
 * %MACHTYPE_ERROR_STORE, %MACHTYPE_ERROR_TOO_LARGE if there are too many properties,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for an @author with control characters.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_record_missing (MachtypeStore *store, MachtypeRecord *record, const char *author,
                               MachtypeStoreOutcome *outcome, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);
  return record_or_fill (store, record, FALSE, author, outcome, error);
}

static const char store_outcomes[][12] = {
  [MACHTYPE_STORE_OUTCOME_NONE] = "none",
  [MACHTYPE_STORE_OUTCOME_UNCHANGED] = "unchanged",
  [MACHTYPE_STORE_OUTCOME_ADDED] = "recorded",
  [MACHTYPE_STORE_OUTCOME_FILLED] = "filled",
  [MACHTYPE_STORE_OUTCOME_REFRESHED] = "refreshed",
  [MACHTYPE_STORE_OUTCOME_DIFFERS] = "differs",
  [MACHTYPE_STORE_OUTCOME_ACCEPTED] = "accepted",
  [MACHTYPE_STORE_OUTCOME_RENEWED] = "renewed",
};

/**
 * machtype_store_outcome_to_string:
 * @outcome: an outcome
 *
 * Gets the word for an outcome: `none`, `unchanged`, `recorded` (a record was added), `filled`,
 * `refreshed`, `differs`, `accepted`, `renewed`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_store_outcome_to_string (MachtypeStoreOutcome outcome)
{
  return MT_WORD (store_outcomes, outcome);
}

/**
 * machtype_store_outcome_from_string:
 * @text: the word for an outcome; must not be %NULL
 * @outcome: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an outcome by its word, as machtype_store_outcome_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @outcome is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_outcome_from_string (const char *text, MachtypeStoreOutcome *outcome, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (store_outcomes, "outcome", text, error);
  if (found >= 0 && outcome != NULL)
    *outcome = (MachtypeStoreOutcome)found;
  return found >= 0;
}
