/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeStore: what every store does alike. Rules are here; a subclass only keeps. */

#include "store/store-private.h"

#include <string.h>

#include "error-private.h"
#include "properties/properties-private.h"

typedef struct {
  gboolean in_transaction; /* that the caller began */
} MachtypeStorePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MachtypeStore, machtype_store, G_TYPE_OBJECT)

gboolean
mt_store_set_not_found (const char *uuid, GError **error)
{
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND, "Instance %s could not be found.",
               uuid);
  return FALSE;
}

gboolean
mt_store_set_exists (const char *uuid, GError **error)
{
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_EXISTS, "instance %s has a record already",
               uuid);
  return FALSE;
}

gboolean
mt_store_set_conflict (const MachtypeRecord *expected, GError **error)
{
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT,
               "the record of instance %s was changed by somebody else after it was read "
               "(revision %" G_GUINT64_FORMAT "); look at it and try again",
               expected->uuid.text, expected->revision);
  return FALSE;
}

/* Source: nova/virt/libvirt/machine_type_utils.py, get_instances_without_type. */
gboolean
mt_store_reports_state (const char *state)
{
  return state == NULL || (strcmp (state, "building") != 0 && strcmp (state, "deleted") != 0);
}

typedef struct {
  MachtypeUuidFunc func;
  gpointer data;
} UnsetCall;

static gboolean
call_if_unset (MachtypeRecord *record, gpointer data)
{
  const UnsetCall *call = data;

  if (record->machine != NULL || !mt_store_reports_state (record->state))
    return TRUE;
  return call->func (record->uuid.text, call->data);
}

static gboolean
foreach_unset_slowly (MachtypeStore *store, const char *cell, const char *host,
                      MachtypeUuidFunc func, gpointer data, GError **error)
{
  UnsetCall call = { func, data };

  return machtype_store_foreach (store, cell, host, call_if_unset, &call, error);
}

static void
machtype_store_class_init (MachtypeStoreClass *class)
{
  class->foreach_unset = foreach_unset_slowly;
}

static void
machtype_store_init (MachtypeStore *store)
{
  (void)store;
}

static MachtypeStorePrivate *
get_private (MachtypeStore *store)
{
  return machtype_store_get_instance_private (store);
}

/**
 * machtype_store_begin:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Starts a transaction: what is written until [method@Machtype.Store.commit] is there as a whole or
 * not at all, and nobody else writes meanwhile. Without one, every call that writes is a
 * transaction of its own. May block until others have finished, as long as the store was opened to
 * wait.
 *
 * Raises %MACHTYPE_ERROR_BUSY if others did not finish in time, %MACHTYPE_ERROR_STORE if the
 * database failed or cannot be written, %MACHTYPE_ERROR_INVALID_ARGUMENT inside a transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_begin (MachtypeStore *store, GError **error)
{
  MachtypeStorePrivate *private;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);

  private = get_private (store);
  if (private->in_transaction) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "the store is inside a transaction already");
    return FALSE;
  }
  private->in_transaction = MACHTYPE_STORE_GET_CLASS (store)->begin (store, error);
  return private->in_transaction;
}

/**
 * machtype_store_commit:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Ends a transaction: when the call returns %TRUE, what was written is on the disk. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed: nothing was written then, and the
 * transaction is over; %MACHTYPE_ERROR_INVALID_ARGUMENT outside a transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_commit (MachtypeStore *store, GError **error)
{
  MachtypeStorePrivate *private;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);

  private = get_private (store);
  if (!private->in_transaction) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "the store is inside no transaction");
    return FALSE;
  }
  private->in_transaction = FALSE;
  return MACHTYPE_STORE_GET_CLASS (store)->commit (store, error);
}

/**
 * machtype_store_rollback:
 * @store: a store; must not be %NULL
 *
 * Ends a transaction: nothing of it was written. Outside a transaction it does nothing.
 *
 * Since: 1.0
 */
void
machtype_store_rollback (MachtypeStore *store)
{
  MachtypeStorePrivate *private;

  g_return_if_fail (MACHTYPE_IS_STORE (store));

  private = get_private (store);
  if (!private->in_transaction)
    return;
  private->in_transaction = FALSE;
  MACHTYPE_STORE_GET_CLASS (store)->rollback (store);
}

/* Inside the caller's transaction this does nothing: the caller ends it. */
static gboolean
begin_own (MachtypeStore *store, gboolean *own, GError **error)
{
  *own = !get_private (store)->in_transaction;
  return !*own || machtype_store_begin (store, error);
}

static gboolean
end_own (MachtypeStore *store, gboolean own, gboolean ok, GError **error)
{
  if (!own)
    return ok;
  if (ok)
    return machtype_store_commit (store, error);
  machtype_store_rollback (store);
  return FALSE;
}

/**
 * machtype_store_get_record:
 * @store: a store; must not be %NULL
 * @uuid: the instance's UUID; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Looks the record of an instance up. May block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if it has none, %MACHTYPE_ERROR_INVALID_ARGUMENT for a text that
 * is no UUID, %MACHTYPE_ERROR_STORE if the database failed.
 *
 * Returns: (transfer full): the record, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_get_record (MachtypeStore *store, const char *uuid, GError **error)
{
  MtUuid parsed;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error))
    return NULL;
  return MACHTYPE_STORE_GET_CLASS (store)->get (store, parsed.text, error);
}

/**
 * machtype_store_add:
 * @store: a store; must not be %NULL
 * @record: a record; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds the first record of an instance. Many are added fastest in one transaction, in the order of
 * their UUIDs. May block.
 *
 * Raises %MACHTYPE_ERROR_EXISTS if the instance has one, %MACHTYPE_ERROR_BUSY and
 * %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, of revision 1, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_add (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  g_autoptr (MachtypeRecord) added = NULL;
  gboolean own, ok;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  if (record->revision == 1)
    added = machtype_record_ref (record);
  else {
    added = mt_record_copy (record);
    added->revision = 1;
  }
  if (!begin_own (store, &own, error))
    return NULL;
  ok = MACHTYPE_STORE_GET_CLASS (store)->insert (store, added, error);
  return end_own (store, own, ok, error) ? g_steal_pointer (&added) : NULL;
}

static MachtypeHistoryEntry *
entry_new (MachtypeRecord *old_record, MachtypeRecord *record, MachtypeHistoryAction action,
           gboolean forced, const char *who, guint64 undoes, GError **error)
{
  return machtype_history_entry_new (old_record, record, action, forced, who,
                                     g_get_real_time () / G_TIME_SPAN_SECOND, undoes, error);
}

/* Writes a record in the place of another one, as the next revision, with its entry. */
static gboolean
write_change (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
              MachtypeHistoryAction action, gboolean forced, const char *who, guint64 undoes,
              GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  gboolean own, ok;

  record->revision = old_record->revision + 1;
  entry = entry_new (old_record, record, action, forced, who, undoes, error);
  if (entry == NULL || !begin_own (store, &own, error))
    return FALSE;
  ok = MACHTYPE_STORE_GET_CLASS (store)->replace (store, old_record, record, entry, error);
  return end_own (store, own, ok, error);
}

static gboolean
is_same_place (const MachtypeRecord *a, const MachtypeRecord *b)
{
  return mt_ref_string_equal (a->name, b->name) &&
         mt_ref_string_equal (a->host_name, b->host_name) &&
         mt_ref_string_equal (a->host_uuid, b->host_uuid) &&
         mt_ref_string_equal (a->cell, b->cell) && mt_ref_string_equal (a->state, b->state) &&
         a->arch == b->arch && a->qemu_version == b->qemu_version &&
         a->libvirt_version == b->libvirt_version;
}

static void
take_known (char **slot, char *text)
{
  if (text != NULL)
    mt_ref_string_set (slot, text);
}

/* What is recorded stays; what is absent is filled in; what only tells where the instance is now is
 * brought up to date. */
static MachtypeRecord *
merge (const MachtypeRecord *there, const MachtypeRecord *record, GError **error)
{
  g_autoptr (MachtypeProperties) properties =
      mt_properties_overlay (record->properties, there->properties, error);
  MachtypeRecord *merged;

  if (properties == NULL)
    return NULL;
  merged = mt_record_copy (there);
  if (there->machine == NULL) {
    mt_ref_string_set (&merged->machine, record->machine);
    mt_ref_string_set (&merged->asked, record->asked);
    merged->source = record->source;
  }
  machtype_properties_unref (merged->properties);
  merged->properties = g_steal_pointer (&properties);
  take_known (&merged->name, record->name);
  take_known (&merged->host_name, record->host_name);
  take_known (&merged->host_uuid, record->host_uuid);
  take_known (&merged->cell, record->cell);
  take_known (&merged->state, record->state);
  if (merged->arch == MACHTYPE_ARCH_UNKNOWN)
    merged->arch = record->arch;
  if (record->qemu_version != 0)
    merged->qemu_version = record->qemu_version;
  if (record->libvirt_version != 0)
    merged->libvirt_version = record->libvirt_version;
  merged->seen_at = MAX (merged->seen_at, record->seen_at);
  return merged;
}

static gboolean
write_merged (MachtypeStore *store, MachtypeRecord *there, MachtypeRecord *merged, const char *who,
              MachtypeStoreOutcome *outcome, GError **error)
{
  gboolean machine = !mt_ref_string_equal (there->machine, merged->machine);

  if (machine || !mt_properties_equal (there->properties, merged->properties)) {
    *outcome = MACHTYPE_STORE_FILLED;
    return write_change (store, there, merged,
                         machine ? MACHTYPE_HISTORY_RECORD : MACHTYPE_HISTORY_PROPERTIES, FALSE,
                         who, 0, error);
  }
  *outcome = is_same_place (there, merged) ? MACHTYPE_STORE_UNCHANGED : MACHTYPE_STORE_REFRESHED;
  if (*outcome == MACHTYPE_STORE_UNCHANGED && there->seen_at == merged->seen_at)
    return TRUE;
  return MACHTYPE_STORE_GET_CLASS (store)->replace (store, there, merged, NULL, error);
}

static MachtypeRecord *
record_inside (MachtypeStore *store, MachtypeRecord *record, const char *who,
               MachtypeStoreOutcome *outcome, GError **error)
{
  g_autoptr (MachtypeRecord) there = NULL, merged = NULL;
  g_autoptr (GError) why = NULL;

  there = MACHTYPE_STORE_GET_CLASS (store)->get (store, record->uuid.text, &why);
  if (there == NULL && g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND)) {
    *outcome = MACHTYPE_STORE_ADDED;
    return machtype_store_add (store, record, error);
  }
  if (there == NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  merged = merge (there, record, error);
  if (merged == NULL || !write_merged (store, there, merged, who, outcome, error))
    return NULL;
  return g_steal_pointer (&merged);
}

/**
 * machtype_store_record:
 * @store: a store; must not be %NULL
 * @record: what is to be recorded; must not be %NULL
 * @who: (nullable): who does it, for the history; %NULL if not known
 * @outcome: (out) (optional): what was done; %NULL if that does not matter
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Records an instance for life: the one call at its first start, and again at every start-up of its
 * host. An instance without a record gets this one. Of one that has a record, machine type and each
 * image property are only filled in where they are absent; name, host, cell, state, versions and
 * when it was last seen are brought up to date. Nothing is ever deleted. May block.
 *
 * Raises %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_STORE, %MACHTYPE_ERROR_TOO_LARGE if there are too
 * many properties, %MACHTYPE_ERROR_INVALID_ARGUMENT for a @who with control characters.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_record (MachtypeStore *store, MachtypeRecord *record, const char *who,
                       MachtypeStoreOutcome *outcome, GError **error)
{
  g_autoptr (MachtypeRecord) stored = NULL;
  MachtypeStoreOutcome ignored;
  gboolean own;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  if (!begin_own (store, &own, error))
    return NULL;
  stored = record_inside (store, record, who, outcome != NULL ? outcome : &ignored, error);
  return end_own (store, own, stored != NULL, error) ? g_steal_pointer (&stored) : NULL;
}

static gboolean
check_change (const MachtypeRecord *record, const MachtypeChange *change, GError **error)
{
  const char *judged = machtype_change_get_old_type (change);

  if (!mt_ref_string_equal (judged, record->machine)) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "a change of %s was judged, but instance %s has %s recorded",
                 judged != NULL ? judged : "no machine type", record->uuid.text,
                 record->machine != NULL ? record->machine : "none");
    return FALSE;
  }
  if (machtype_change_is_permitted (change))
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_REFUSED,
               "Cannot update machine type %s to %s: %s", judged != NULL ? judged : "none",
               machtype_change_get_new_type (change),
               machtype_verdict_to_string (machtype_change_get_verdict (change)));
  return FALSE;
}

/**
 * machtype_store_update_machine:
 * @store: a store; must not be %NULL
 * @record: the record as it was read and judged; must not be %NULL
 * @change: the judgement of [func@Machtype.Change.check] on the record's machine type and the new
 *   one; must not be %NULL
 * @who: (nullable): who does it, for the history; %NULL if not known
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Changes the recorded machine type, if the judgement permits it and nobody has changed the record
 * or the instance's state since @record was read. What is the same already is not written. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_REFUSED if the judgement does not permit it, %MACHTYPE_ERROR_CONFLICT if
 * somebody was faster, %MACHTYPE_ERROR_NOT_FOUND if the record is gone,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT if something else was judged, %MACHTYPE_ERROR_BUSY and
 * %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_update_machine (MachtypeStore *store, MachtypeRecord *record, MachtypeChange *change,
                               const char *who, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) changed = NULL;
  MachtypeVerdict verdict;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL && change != NULL, NULL);

  if (!check_change (record, change, error))
    return NULL;
  verdict = machtype_change_get_verdict (change);
  if (verdict == MACHTYPE_VERDICT_NOOP)
    return machtype_record_ref (record);
  builder = machtype_record_builder_new_from (record);
  if (!machtype_record_builder_set_machine (builder, machtype_change_get_machine_to_record (change),
                                            machtype_change_get_new_type (change),
                                            MACHTYPE_SOURCE_OPERATOR, error))
    return NULL;
  changed = machtype_record_builder_end (builder);
  if (!write_change (store, record, changed, MACHTYPE_HISTORY_UPDATE,
                     verdict == MACHTYPE_VERDICT_FORCED, who, 0, error))
    return NULL;
  return g_steal_pointer (&changed);
}

/**
 * machtype_store_replace:
 * @store: a store; must not be %NULL
 * @old_record: the record as it was read; must not be %NULL
 * @record: what is to stand in its place, made with [ctor@Machtype.RecordBuilder.new_from]; must
 * not be %NULL
 * @who: (nullable): who does it, for the history; %NULL if not known
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Changes anything of a record but its machine type, for which there is
 * [method@Machtype.Store.update_machine]. May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT if UUID or machine type differ, %MACHTYPE_ERROR_CONFLICT
 * if somebody was faster, %MACHTYPE_ERROR_NOT_FOUND if the record is gone, %MACHTYPE_ERROR_BUSY and
 * %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_replace (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                        const char *who, GError **error)
{
  g_autoptr (MachtypeRecord) changed = NULL;
  gboolean own, ok;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (old_record != NULL && record != NULL, NULL);

  if (strcmp (old_record->uuid.text, record->uuid.text) != 0 ||
      !mt_ref_string_equal (old_record->machine, record->machine)) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "the new record is of another instance or machine type; a machine type is changed "
                 "by an update, which checks it");
    return NULL;
  }
  changed = mt_record_copy (record);
  changed->revision = old_record->revision;
  if (!mt_properties_equal (old_record->properties, changed->properties))
    ok = write_change (store, old_record, changed, MACHTYPE_HISTORY_PROPERTIES, FALSE, who, 0,
                       error);
  else {
    if (!begin_own (store, &own, error))
      return NULL;
    ok = MACHTYPE_STORE_GET_CLASS (store)->replace (store, old_record, changed, NULL, error);
    ok = end_own (store, own, ok, error);
  }
  return ok ? g_steal_pointer (&changed) : NULL;
}

static void
keep (char **slot, char *text)
{
  if (*slot == NULL)
    mt_ref_string_set (slot, text);
}

/* The old name, host and state, where the new record does not say another. */
static void
keep_place (MachtypeRecord *record, const MachtypeRecord *old_record)
{
  keep (&record->name, old_record->name);
  keep (&record->cell, old_record->cell);
  keep (&record->state, old_record->state);
  if (record->host_name == NULL) {
    keep (&record->host_name, old_record->host_name);
    keep (&record->host_uuid, old_record->host_uuid);
    record->qemu_version = old_record->qemu_version;
    record->libvirt_version = old_record->libvirt_version;
  }
  record->seen_at = MAX (record->seen_at, old_record->seen_at);
}

/**
 * machtype_store_rebuild:
 * @store: a store; must not be %NULL
 * @old_record: the record as it was read; must not be %NULL
 * @record: what was decided for the rebuilt instance; must not be %NULL
 * @who: (nullable): who does it, for the history; %NULL if not known
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Forgets machine type and properties that were recorded for an instance, but for its history, and
 * records what is to hold from now on: for a rebuild, the one operation that makes a new guest.
 * Where the instance is stays, as far as @record does not say it. May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT if the UUIDs differ, %MACHTYPE_ERROR_CONFLICT if somebody
 * was faster, %MACHTYPE_ERROR_NOT_FOUND if the record is gone, %MACHTYPE_ERROR_BUSY and
 * %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_rebuild (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                        const char *who, GError **error)
{
  g_autoptr (MachtypeRecord) rebuilt = NULL;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (old_record != NULL && record != NULL, NULL);

  if (strcmp (old_record->uuid.text, record->uuid.text) != 0) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "the new record is of another instance");
    return NULL;
  }
  rebuilt = mt_record_copy (record);
  rebuilt->recorded_at = old_record->recorded_at;
  keep_place (rebuilt, old_record);
  if (!write_change (store, old_record, rebuilt, MACHTYPE_HISTORY_REBUILD, FALSE, who, 0, error))
    return NULL;
  return g_steal_pointer (&rebuilt);
}

/* The last change that was not taken back; NULL: there is none. */
static MachtypeHistoryEntry *
find_undoable (GPtrArray *history)
{
  guint i, j;

  for (i = history->len; i-- > 0;) {
    MachtypeHistoryEntry *entry = history->pdata[i];
    gboolean undone = entry->action == MACHTYPE_HISTORY_UNDO;

    for (j = i + 1; j < history->len && !undone; j++)
      undone = ((MachtypeHistoryEntry *)history->pdata[j])->undoes == entry->revision;
    if (!undone)
      return entry;
  }
  return NULL;
}

static gboolean
check_undo (const MachtypeRecord *record, const MachtypeHistoryEntry *entry,
            MachtypeChangeFlags flags, GError **error)
{
  if (entry == NULL) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND,
                 "instance %s has no change to take back", record->uuid.text);
    return FALSE;
  }
  if ((flags & MACHTYPE_CHANGE_FORCE) != 0 ||
      machtype_record_get_change_state (record) != MACHTYPE_STATE_OTHER ||
      mt_ref_string_equal (record->machine, entry->old_machine))
    return TRUE;
  g_set_error (
      error, MACHTYPE_ERROR, MACHTYPE_ERROR_REFUSED,
      "instance %s is %s: its machine type can only change while it is stopped, shelved or "
      "shelved_offloaded",
      record->uuid.text, record->state != NULL ? record->state : "in an unknown state");
  return FALSE;
}

static MachtypeRecord *
undo_inside (MachtypeStore *store, MachtypeRecord *record, MachtypeChangeFlags flags,
             const char *who, GError **error)
{
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (MachtypeRecord) undone = NULL;
  const MachtypeHistoryEntry *entry;
  gboolean forced;

  history = machtype_store_list_history (store, record->uuid.text, error);
  if (history == NULL)
    return NULL;
  entry = find_undoable (history);
  if (!check_undo (record, entry, flags, error))
    return NULL;
  undone = mt_record_copy (record);
  mt_ref_string_set (&undone->machine, entry->old_machine);
  mt_ref_string_set (&undone->asked, entry->old_asked);
  undone->source = entry->old_source;
  machtype_properties_unref (undone->properties);
  undone->properties = machtype_properties_ref (entry->old_properties);
  forced = !check_undo (record, entry, MACHTYPE_CHANGE_NONE, NULL);
  if (!write_change (store, record, undone, MACHTYPE_HISTORY_UNDO, forced, who, entry->revision,
                     error))
    return NULL;
  return g_steal_pointer (&undone);
}

/**
 * machtype_store_undo:
 * @store: a store; must not be %NULL
 * @record: the record as it was read; must not be %NULL
 * @flags: %MACHTYPE_CHANGE_FORCE to change the machine type in any state
 * @who: (nullable): who does it, for the history; %NULL if not known
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Takes the last change of machine type or properties back that was not taken back yet; done again
 * it goes one further back. May block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if there is no such change or no record,
 * %MACHTYPE_ERROR_REFUSED if the machine type would change while the instance is not stopped,
 * shelved or shelved_offloaded, %MACHTYPE_ERROR_CONFLICT if somebody was faster,
 * %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_undo (MachtypeStore *store, MachtypeRecord *record, MachtypeChangeFlags flags,
                     const char *who, GError **error)
{
  g_autoptr (MachtypeRecord) undone = NULL;
  gboolean own;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  if (!begin_own (store, &own, error))
    return NULL;
  undone = undo_inside (store, record, flags, who, error);
  return end_own (store, own, undone != NULL, error) ? g_steal_pointer (&undone) : NULL;
}

/**
 * machtype_store_remove:
 * @store: a store; must not be %NULL
 * @record: the record as it was read; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Takes the record of an instance away, and its history: the instance is gone for good. May block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if it has none, %MACHTYPE_ERROR_CONFLICT if somebody has changed
 * it, %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
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

  if (!begin_own (store, &own, error))
    return FALSE;
  ok = MACHTYPE_STORE_GET_CLASS (store)->remove (store, record, error);
  return end_own (store, own, ok, error);
}

/**
 * machtype_store_foreach:
 * @store: a store; must not be %NULL
 * @cell: (nullable): only the records of this cell; %NULL for all
 * @host: (nullable): only the records of the host of this name; %NULL for all
 * @func: (scope call) (closure data): what to call with each record; must not be %NULL, and must
 * not write to the store
 * @data: what to hand to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Goes through records in the order of their UUIDs, one at a time: memory does not grow with their
 * number. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed; @func may have been called before.
 *
 * Returns: %TRUE, also if @func has stopped it, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_foreach (MachtypeStore *store, const char *cell, const char *host,
                        MachtypeRecordFunc func, gpointer data, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  return MACHTYPE_STORE_GET_CLASS (store)->foreach (store, cell, host, func, data, error);
}

/**
 * machtype_store_foreach_unset:
 * @store: a store; must not be %NULL
 * @cell: (nullable): only the records of this cell; %NULL for all
 * @host: (nullable): only the records of the host of this name; %NULL for all
 * @func: (scope call) (closure data): what to call with each UUID; must not be %NULL, and must not
 *   write to the store
 * @data: what to hand to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Goes through the instances without a machine type, but for those that are being built or are
 * deleted. It takes time for those that are found, not for those that are held. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed; @func may have been called before.
 *
 * Returns: %TRUE, also if @func has stopped it, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_foreach_unset (MachtypeStore *store, const char *cell, const char *host,
                              MachtypeUuidFunc func, gpointer data, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  return MACHTYPE_STORE_GET_CLASS (store)->foreach_unset (store, cell, host, func, data, error);
}

/**
 * machtype_store_list_history:
 * @store: a store; must not be %NULL
 * @uuid: the instance's UUID; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the changes of a record, the oldest first. The first recording is no change: its time is
 * [method@Machtype.Record.get_recorded_at]. May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for a text that is no UUID, %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer container) (element-type MachtypeHistoryEntry): the changes; empty if there
 * are none, or %NULL on error Since: 1.0
 */
GPtrArray *
machtype_store_list_history (MachtypeStore *store, const char *uuid, GError **error)
{
  MtUuid parsed;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error))
    return NULL;
  return MACHTYPE_STORE_GET_CLASS (store)->list_history (store, parsed.text, error);
}
