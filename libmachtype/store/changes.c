/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of an existing record, each compared with what was read, and added to its history. */

#include "store/store-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "guest/guest-private.h"
#include "machine-class-private.h"
#include "properties/properties-private.h"

/* The change that a caller wants, to a record that may since have been seen elsewhere: the host and
 * state that were seen last are kept; everything else must be as it was read. */
static MachtypeRecord *
rebase (MachtypeStore *store, const MachtypeRecord *expected, MachtypeRecord *record,
        MachtypeRecord **there, GError **error)
{
  g_autoptr (MachtypeRecord) rebased = NULL;
  g_autoptr (MachtypeRecord) current = mt_store_get (store, expected->uuid.text, error);

  if (current == NULL)
    return NULL;
  if (!mt_record_is_same_choice (current, expected) ||
      (!mt_record_is_same_place (expected, record) &&
       !mt_record_is_same_place (expected, current))) {
    mt_store_set_conflict (expected, error);
    return NULL;
  }
  rebased = mt_record_copy (record);
  if (mt_record_is_same_place (expected, record))
    mt_record_take_place (rebased, current);
  rebased->seen_at = current->seen_at;
  *there = g_steal_pointer (&current);
  return g_steal_pointer (&rebased);
}

/* Inside a transaction. change can be NULL: no new revision, no history entry. Returns the stored
 * record. */
static MachtypeRecord *
replace_inside (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                const MtStoreChange *change, GError **error)
{
  g_autoptr (MachtypeRecord) there = NULL, rebased = NULL;
  g_autoptr (GError) why = NULL;

  if (!mt_store_check_settled (store, old_record->uuid.text, error))
    return NULL;
  if (mt_store_put (store, old_record, record, change, &why))
    return machtype_record_ref (record);
  if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  rebased = rebase (store, old_record, record, &there, error);
  if (rebased == NULL || !mt_store_put (store, there, rebased, change, error))
    return NULL;
  return g_steal_pointer (&rebased);
}

static MachtypeRecord *
write_change (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
              const MtStoreChange *change, GError **error)
{
  g_autoptr (MachtypeRecord) written = NULL;
  gboolean own, is_done;

  if (!mt_store_put_alone (store, old_record, record, change, &is_done, error))
    return NULL;
  if (is_done)
    return machtype_record_ref (record);
  if (!mt_store_begin_own (store, &own, error))
    return NULL;
  written = replace_inside (store, old_record, record, change, error);
  return mt_store_end_own (store, own, written != NULL, error) ? g_steal_pointer (&written) : NULL;
}

static gboolean
check_change (const MachtypeRecord *record, const MachtypeChange *change, GError **error)
{
  const char *judged = machtype_change_get_old_machine (change);

  if (!mt_ref_string_equal (judged, record->machine)) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
             "the change was checked for %s, but instance %s has %s recorded",
             judged != NULL ? judged : "no machine type", record->uuid.text,
             record->machine != NULL ? record->machine : "none");
    return FALSE;
  }
  if (machtype_change_is_permitted (change))
    return TRUE;
  mt_fail (error, MACHTYPE_ERROR_REFUSED, "Cannot update machine type %s to %s: %s",
           judged != NULL ? judged : "none", machtype_change_get_new_machine (change),
           machtype_verdict_to_string (machtype_change_get_verdict (change)));
  return FALSE;
}

/* Another machine gives its guests other devices: what is recorded only as a default is of the old
 * one. */
static gboolean
renew_defaults (MachtypeRecord *record, const char *old_machine, GError **error)
{
  g_autoptr (MachtypeProperties) requested = NULL, defaults = NULL, renewed = NULL;
  const MtRecipe *recipe;
  MtMachineClass class;

  if (old_machine == NULL || !mt_properties_has_defaults (record->properties))
    return TRUE;
  class = mt_class_find (record->arch, record->machine);
  if (mt_class_find (record->arch, old_machine) == class)
    return TRUE;
  requested = mt_properties_dup_requested (record->properties);
  recipe = mt_recipe_find (record->arch, class);
  if (recipe != NULL)
    defaults = mt_recipe_dup_devices (recipe, requested, 0);
  renewed = mt_properties_renew_defaults (record->properties, defaults, error);
  if (renewed == NULL || !mt_record_check_properties (renewed, error))
    return FALSE;
  mt_properties_set (&record->properties, renewed);
  return TRUE;
}

MachtypeRecord *
mt_store_make_update (MachtypeRecord *record, MachtypeChange *change, MtStoreChange *made,
                      GError **error)
{
  g_autoptr (MachtypeRecord) updated = NULL;

  if (!check_change (record, change, error))
    return NULL;
  made->action = MACHTYPE_HISTORY_ACTION_UPDATE;
  made->forced = machtype_change_get_verdict (change) == MACHTYPE_VERDICT_FORCED;
  made->undoes = 0;
  if (machtype_change_get_verdict (change) == MACHTYPE_VERDICT_NOOP)
    return machtype_record_ref (record);
  updated = mt_record_copy (record);
  if (!mt_record_set_machine (updated, machtype_change_get_machine_to_record (change),
                              machtype_change_get_new_machine (change), MACHTYPE_SOURCE_OPERATOR,
                              error) ||
      !renew_defaults (updated, record->machine, error))
    return NULL;
  return g_steal_pointer (&updated);
}

/**
 * machtype_store_update_machine:
 * @store: a store; must not be %NULL
 * @record: the record as it was read and judged; must not be %NULL
 * @change: the judgment of [func@Machtype.Change.check] on the record's machine type and the new
 *   one; must not be %NULL
 * @author: (nullable): who makes the change, for the history; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Changes the recorded machine type, if the judgment permits it and neither the record nor the
 * instance's state was changed since @record was read. If the machine type is already recorded,
 * nothing is written. Devices that are recorded only as defaults
 * ([method@Machtype.Properties.is_default]) become those of the new machine type, if it is of
 * another kind of machine. May block.
 *
 * Raises %MACHTYPE_ERROR_REFUSED if the judgment does not permit it, %MACHTYPE_ERROR_CONFLICT if
 * the record was changed concurrently, %MACHTYPE_ERROR_PENDING if a change is pending,
 * %MACHTYPE_ERROR_NOT_FOUND if the record no longer exists, %MACHTYPE_ERROR_INVALID_ARGUMENT if
 * @change is about something else, %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_update_machine (MachtypeStore *store, MachtypeRecord *record, MachtypeChange *change,
                               const char *author, GError **error)
{
  g_autoptr (MachtypeRecord) changed = NULL;
  MtStoreChange made = { .action = MACHTYPE_HISTORY_ACTION_UPDATE, .author = author };

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL && change != NULL, NULL);

  changed = mt_store_make_update (record, change, &made, error);
  if (changed == NULL || changed == record)
    return g_steal_pointer (&changed);
  return write_change (store, record, changed, &made, error);
}

/**
 * machtype_store_replace:
 * @store: a store; must not be %NULL
 * @old_record: the record as it was read; must not be %NULL
 * @record: the record to replace it with, built with [ctor@Machtype.RecordBuilder.new_from]; must
 *   not be %NULL
 * @author: (nullable): who makes the change, for the history; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Changes anything in a record except its machine type, for which there is
 * [method@Machtype.Store.update_machine]. May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT if UUID or machine type differ, %MACHTYPE_ERROR_CONFLICT
 * if the record was changed concurrently, %MACHTYPE_ERROR_NOT_FOUND if the record no longer exists,
 * %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_replace (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                        const char *author, GError **error)
{
  const MtStoreChange properties = { .action = MACHTYPE_HISTORY_ACTION_PROPERTIES,
                                     .author = author };
  g_autoptr (MachtypeRecord) changed = NULL;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (old_record != NULL && record != NULL, NULL);

  if (strcmp (old_record->uuid.text, record->uuid.text) != 0 ||
      !mt_ref_string_equal (old_record->machine, record->machine)) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
             "the new record is for another instance or machine type; to change a machine type, "
             "use an update, which checks it");
    return NULL;
  }
  if (!mt_store_check_author (author, error))
    return NULL;
  changed = mt_record_copy (record);
  changed->revision = old_record->revision;
  if (mt_properties_equal (old_record->properties, changed->properties))
    return write_change (store, old_record, changed, NULL, error);
  return write_change (store, old_record, changed, &properties, error);
}

/**
 * machtype_store_rebuild:
 * @store: a store; must not be %NULL
 * @old_record: the record as it was read; must not be %NULL
 * @record: what was decided for the rebuilt instance; must not be %NULL
 * @author: (nullable): who makes the change, for the history; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Discards machine type and properties that were recorded for an instance, except its history, and
 * records the new ones: for a rebuild, the one operation that creates a new guest. The host of the
 * instance is kept unless @record sets it. May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT if the UUIDs differ, %MACHTYPE_ERROR_CONFLICT if the
 * record was changed concurrently, %MACHTYPE_ERROR_NOT_FOUND if the record no longer exists,
 * %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_rebuild (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                        const char *author, GError **error)
{
  const MtStoreChange change = { .action = MACHTYPE_HISTORY_ACTION_REBUILD, .author = author };
  g_autoptr (MachtypeRecord) rebuilt = NULL;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (old_record != NULL && record != NULL, NULL);

  if (strcmp (old_record->uuid.text, record->uuid.text) != 0) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the new record is for another instance");
    return NULL;
  }
  rebuilt = mt_record_copy (old_record);
  mt_record_take_place (rebuilt, record);
  mt_ref_string_set (&rebuilt->machine, record->machine);
  mt_ref_string_set (&rebuilt->requested, record->requested);
  rebuilt->source = record->source;
  rebuilt->arch = record->arch;
  mt_properties_set (&rebuilt->properties, record->properties);
  return write_change (store, old_record, rebuilt, &change, error);
}

/* The last change that was not undone; NULL: there is none. That a record was added is not a change
 * of it. */
static MachtypeHistoryEntry *
find_undoable (GPtrArray *history)
{
  guint i, j;

  for (i = history->len; i-- > 0;) {
    MachtypeHistoryEntry *entry = history->pdata[i];
    gboolean undone = entry->action == MACHTYPE_HISTORY_ACTION_UNDO || entry->revision <= 1;

    for (j = i + 1; j < history->len && !undone; j++)
      undone = ((MachtypeHistoryEntry *)history->pdata[j])->undoes == entry->revision;
    if (!undone)
      return entry;
  }
  return NULL;
}

/**
 * machtype_store_find_undoable:
 * @store: a store; must not be %NULL
 * @uuid: the instance's UUID; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds the change that [method@Machtype.Store.undo] would undo. May block.
 *
 * Raises what [method@Machtype.Store.list_history] raises.
 *
 * Returns: (transfer full) (nullable): the change; %NULL without an error if there is none
 * Since: 1.0
 */
MachtypeHistoryEntry *
machtype_store_find_undoable (MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GPtrArray) history = NULL;
  MachtypeHistoryEntry *entry;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (uuid != NULL, NULL);

  history = machtype_store_list_history (store, uuid, error);
  entry = history != NULL ? find_undoable (history) : NULL;
  return entry != NULL ? machtype_history_entry_ref (entry) : NULL;
}

static gboolean
check_undo (const MachtypeRecord *record, const MachtypeHistoryEntry *entry,
            MachtypeChangeFlags flags, GError **error)
{
  if (entry == NULL)
    return mt_fail (error, MACHTYPE_ERROR_NOT_FOUND, "instance %s has no change to undo",
                    record->uuid.text);
  if (entry->is_newer)
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "instance %s: the last change was made by a newer libmachtype, with words that "
                    "this one does not know; undo it with that one",
                    record->uuid.text);
  if ((flags & MACHTYPE_CHANGE_FORCE) != 0 ||
      mt_state_may_change (machtype_record_get_change_state (record)) ||
      mt_ref_string_equal (record->machine, entry->old_machine))
    return TRUE;
  mt_fail (error, MACHTYPE_ERROR_REFUSED,
           "instance %s is %s: its machine type can change only while it is stopped, shelved or "
           "shelved_offloaded",
           record->uuid.text, record->state != NULL ? record->state : "in an unknown state");
  return FALSE;
}

MachtypeRecord *
mt_store_make_undo (MachtypeStore *store, MachtypeRecord *record, MachtypeChangeFlags flags,
                    MtStoreChange *made, MachtypeHistoryEntry **undone_entry, GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  g_autoptr (GError) why = NULL;
  MachtypeRecord *undone;

  /* The pending change may be the one to undo. */
  if (!mt_store_check_settled (store, record->uuid.text, error))
    return NULL;
  entry = machtype_store_find_undoable (store, record->uuid.text, &why);
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  if (!check_undo (record, entry, flags, error))
    return NULL;
  undone = mt_record_copy (record);
  mt_ref_string_set (&undone->machine, entry->old_machine);
  mt_ref_string_set (&undone->requested, entry->old_requested);
  undone->source = entry->old_source;
  mt_properties_set (&undone->properties, entry->old_properties);
  undone->arch = entry->old_arch;
  made->action = MACHTYPE_HISTORY_ACTION_UNDO;
  made->forced = !check_undo (record, entry, MACHTYPE_CHANGE_NONE, NULL);
  made->undoes = entry->revision;
  *undone_entry = g_steal_pointer (&entry);
  return undone;
}

gboolean
mt_store_check_undo_alone (const MachtypeRecord *record, const MachtypeHistoryEntry *entry,
                           MachtypeChangeFlags flags, GError **error)
{
  return entry->old_definition == NULL || (flags & MACHTYPE_CHANGE_FORCE) != 0 ||
         mt_fail (
             error, MACHTYPE_ERROR_REFUSED,
             "the change of instance %s replaced the domain's definition as well; undo it with "
             "a connection to its host, or use force to undo it in the record alone",
             record->uuid.text);
}

void
mt_store_add_undo_refusals (const MachtypeRecord *record, const MachtypeHistoryEntry *entry,
                            gboolean alone, GPtrArray *refusals)
{
  if (!check_undo (record, entry, MACHTYPE_CHANGE_NONE, NULL))
    g_ptr_array_add (
        refusals,
        mt_finding_new (
            machtype_verdict_to_string (MACHTYPE_VERDICT_REFUSED_STATE),
            g_strdup_printf ("the instance is %s: a guest that runs, or is resumed, "
                             "has the other machine type until it is shut off",
                             record->state != NULL ? record->state : "in an unknown state"),
            NULL));
  if (alone && !mt_store_check_undo_alone (record, entry, MACHTYPE_CHANGE_NONE, NULL))
    g_ptr_array_add (refusals,
                     mt_finding_new ("definition-replaced",
                                     g_strdup ("the change replaced the domain's definition as "
                                               "well: it is not brought back, and can no longer be "
                                               "undone"),
                                     NULL));
}

/**
 * machtype_store_list_undo_refusals:
 * @store: a store; must not be %NULL
 * @record: the record as it was read; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists everything for which [method@Machtype.Store.undo] refuses to undo the last change without
 * %MACHTYPE_CHANGE_FORCE, and what it causes if it is forced. Nothing is written. Codes:
 * `refused-state`, `definition-replaced`. May block.
 *
 * Raises what [method@Machtype.Store.list_history] raises.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings, in the order of these
 *   codes; empty if undoing needs no force, or there is no change to undo; %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_store_list_undo_refusals (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  g_autoptr (GError) why = NULL;
  GPtrArray *refusals;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  entry = machtype_store_find_undoable (store, record->uuid.text, &why);
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  refusals = mt_findings_new ();
  if (entry != NULL)
    mt_store_add_undo_refusals (record, entry, TRUE, refusals);
  return refusals;
}

/* In the record alone. */
static MachtypeRecord *
make_undo_alone (MachtypeStore *store, MachtypeRecord *record, MachtypeChangeFlags flags,
                 MtStoreChange *made, GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  g_autoptr (MachtypeRecord) undone =
      mt_store_make_undo (store, record, flags, made, &entry, error);

  if (undone == NULL || !mt_store_check_undo_alone (record, entry, flags, error))
    return NULL;
  made->forced |= !mt_store_check_undo_alone (record, entry, MACHTYPE_CHANGE_NONE, NULL);
  return g_steal_pointer (&undone);
}

static MachtypeRecord *
undo_inside (MachtypeStore *store, MachtypeRecord *record, MachtypeChangeFlags flags,
             const char *author, GError **error)
{
  MtStoreChange change = { .action = MACHTYPE_HISTORY_ACTION_UNDO, .author = author };
  g_autoptr (MachtypeRecord) undone = make_undo_alone (store, record, flags, &change, error);

  return undone != NULL ? replace_inside (store, record, undone, &change, error) : NULL;
}

/**
 * machtype_store_undo:
 * @store: a store; must not be %NULL
 * @record: the record as it was read; must not be %NULL
 * @flags: %MACHTYPE_CHANGE_FORCE to change the machine type in any state, and to undo a conversion
 *   in the record alone
 * @author: (nullable): who makes the change, for the history; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Undoes the last change of machine type or properties that has not been undone yet; when run again
 * it goes one step further back. A rebuild can be undone as well: the record is then that of the
 * previous guest, for an instance that was rebuilt by mistake and whose disk still exists. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if there is no such change or no record, %MACHTYPE_ERROR_REFUSED
 * if the machine type would change while the instance is not stopped, shelved or shelved_offloaded,
 * or the change replaced the domain's definition ([method@Machtype.Updater.undo] restores it),
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for other flags, %MACHTYPE_ERROR_CONFLICT if the record was
 * changed concurrently, %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_undo (MachtypeStore *store, MachtypeRecord *record, MachtypeChangeFlags flags,
                     const char *author, GError **error)
{
  g_autoptr (MachtypeRecord) undone = NULL;
  gboolean own;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  if (!mt_check_flags ("undoing a change", flags, MACHTYPE_CHANGE_FORCE, error) ||
      !mt_store_check_author (author, error) || !mt_store_begin_own (store, &own, error))
    return NULL;
  undone = undo_inside (store, record, flags, author, error);
  return mt_store_end_own (store, own, undone != NULL, error) ? g_steal_pointer (&undone) : NULL;
}

/**
 * machtype_store_preview_undo:
 * @store: a store; must not be %NULL
 * @record: the record as it was read; must not be %NULL
 * @flags: %MACHTYPE_CHANGE_FORCE to change the machine type in any state, and to undo a conversion
 *   in the record alone
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds what [method@Machtype.Store.undo] would record, and writes nothing: a store that was opened
 * read-only is enough. The state of @record counts, so that a caller who knows it better can set
 * it. May block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if there is no change to undo, %MACHTYPE_ERROR_REFUSED if the
 * machine type would change while the instance is not stopped, shelved or shelved_offloaded, or the
 * change replaced the domain's definition as well, %MACHTYPE_ERROR_INVALID_ARGUMENT for other
 * flags, %MACHTYPE_ERROR_PENDING, %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it would be, with the revision of @record, or %NULL on
 *   error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_preview_undo (MachtypeStore *store, MachtypeRecord *record,
                             MachtypeChangeFlags flags, GError **error)
{
  MtStoreChange change = { .action = MACHTYPE_HISTORY_ACTION_UNDO };

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  if (!mt_check_flags ("undoing a change", flags, MACHTYPE_CHANGE_FORCE, error))
    return NULL;
  return make_undo_alone (store, record, flags, &change, error);
}

/**
 * machtype_store_remove:
 * @store: a store; must not be %NULL
 * @record: the record as it was read; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Removes the record of an instance and its history, for an instance that no longer exists. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if it has none, %MACHTYPE_ERROR_CONFLICT if it was changed
 * concurrently, %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_remove (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  gboolean own, ok;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (record != NULL, FALSE);

  if (!mt_store_begin_own (store, &own, error))
    return FALSE;
  ok = mt_store_check_settled (store, record->uuid.text, error) &&
       mt_store_remove (store, record, error);
  return mt_store_end_own (store, own, ok, error);
}
