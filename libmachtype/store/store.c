/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeStore: what all stores share. The rules are here; a subclass only stores. */

#include "store/store-private.h"

#include <string.h>

#include "error-private.h"

typedef struct {
  gboolean in_transaction;     /* started by the caller */
  gboolean in_reading;         /* started by the caller as well */
  MtStoreSwapAlone swap_alone; /* NULL: step by step */
} MachtypeStorePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MachtypeStore, machtype_store, G_TYPE_OBJECT)

gboolean
mt_store_set_not_found (const char *uuid, GError **error)
{
  /* Every instance that is recorded for the first time is looked up first. */
  if (error != NULL) {
    g_autofree char *message = g_strconcat ("Instance ", uuid, " could not be found.", NULL);

    *error = g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND, message);
  }
  return FALSE;
}

gboolean
mt_store_set_exists (const char *uuid, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_EXISTS, "instance %s already has a record", uuid);
}

gboolean
mt_store_set_conflict (const MachtypeRecord *expected, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_CONFLICT,
                  "the record of instance %s was changed concurrently after it was read (revision "
                  "%" G_GUINT64_FORMAT "); check it and try again",
                  expected->uuid.text, expected->revision);
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
call_if_unset (MachtypeRecord *record, gpointer user_data)
{
  const UnsetCall *call = user_data;

  if (record->machine != NULL || !mt_store_reports_state (record->state))
    return TRUE;
  return call->func (record->uuid.text, call->data);
}

static gboolean
foreach_unset_slowly (MachtypeStore *store, const char *cell, const char *host,
                      MachtypeUuidFunc func, gpointer user_data, GError **error)
{
  UnsetCall call = { func, user_data };

  return machtype_store_foreach (store, cell, host, call_if_unset, &call, error);
}

static gboolean
set_unsupported (MachtypeStore *store, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "stores of type %s do not support this operation", G_OBJECT_TYPE_NAME (store));
}

/* For functions that a subclass does not implement. */

static MachtypeRecord *
get_nothing (MachtypeStore *store, const char *uuid, GError **error)
{
  (void)uuid;
  set_unsupported (store, error);
  return NULL;
}

GPtrArray *
mt_store_get_several_slowly (MachtypeStore *store, const char *const *uuids, GError **error)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_unref);

  for (; *uuids != NULL; uuids++) {
    g_autoptr (GError) why = NULL;
    MachtypeRecord *record = mt_store_get (store, *uuids, &why);

    if (record != NULL)
      g_ptr_array_add (records, record);
    else if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  }
  return g_steal_pointer (&records);
}

static gboolean
insert_nothing (MachtypeStore *store, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                GError **error)
{
  (void)record;
  (void)entry;
  return set_unsupported (store, error);
}

static gboolean
remove_nothing (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  (void)record;
  return set_unsupported (store, error);
}

static gboolean
swap_nothing (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
              MachtypeHistoryEntry *entry, GError **error)
{
  (void)old_record;
  (void)record;
  (void)entry;
  return set_unsupported (store, error);
}

static gboolean
foreach_nothing (MachtypeStore *store, const char *cell, const char *host, MachtypeRecordFunc func,
                 gpointer user_data, GError **error)
{
  (void)cell;
  (void)host;
  (void)func;
  (void)user_data;
  return set_unsupported (store, error);
}

static gboolean
foreach_history_nothing (MachtypeStore *store, const char *uuid, MachtypeHistoryFunc func,
                         gpointer user_data, GError **error)
{
  (void)uuid;
  (void)func;
  (void)user_data;
  return set_unsupported (store, error);
}

static gboolean
intend_nothing (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  (void)intention;
  return set_unsupported (store, error);
}

static gboolean
foreach_intention_nothing (MachtypeStore *store, MachtypeIntentionFunc func, gpointer user_data,
                           GError **error)
{
  (void)store;
  (void)func;
  (void)user_data;
  (void)error;
  return TRUE;
}

typedef struct {
  const char *uuid;
  MachtypeIntention *found; /* NULL: not yet */
} IntentionSearch;

static gboolean
find_by_uuid (MachtypeIntention *intention, gpointer user_data)
{
  IntentionSearch *search = user_data;

  if (strcmp (intention->uuid.text, search->uuid) == 0)
    search->found = machtype_intention_ref (intention);
  return search->found == NULL;
}

static MachtypeIntention *
get_intention_slowly (MachtypeStore *store, const char *uuid, GError **error)
{
  IntentionSearch search = { uuid, NULL };

  if (mt_store_foreach_intention (store, find_by_uuid, &search, error))
    return search.found;
  machtype_intention_unref (search.found);
  return NULL;
}

static gboolean
backup_nothing (MachtypeStore *store, const char *path, GError **error)
{
  (void)path;
  return set_unsupported (store, error);
}

static void
rollback_nothing (MachtypeStore *store)
{
  (void)store;
}

static gboolean
begin_nothing (MachtypeStore *store, GError **error)
{
  (void)store;
  (void)error;
  return TRUE;
}

static void
machtype_store_class_init (MachtypeStoreClass *class)
{
  class->begin = set_unsupported;
  class->commit = set_unsupported;
  class->rollback = rollback_nothing;
  class->get = get_nothing;
  class->insert = insert_nothing;
  class->swap = swap_nothing;
  class->remove = remove_nothing;
  class->foreach = foreach_nothing;
  class->foreach_unset = foreach_unset_slowly;
  class->foreach_matching = mt_store_foreach_matching_slowly;
  class->foreach_class = mt_store_foreach_class_slowly;
  class->foreach_history = foreach_history_nothing;
  class->begin_read = begin_nothing;
  class->end_read = rollback_nothing;
  class->add_intention = intend_nothing;
  class->remove_intention = intend_nothing;
  class->get_intention = get_intention_slowly;
  class->foreach_intention = foreach_intention_nothing;
  class->backup = backup_nothing;
  class->find_problems = mt_store_check_slowly;
  class->read_info = mt_store_read_info_slowly;
  class->get_several = mt_store_get_several_slowly;
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

gboolean
mt_store_is_writing (MachtypeStore *store)
{
  return get_private (store)->in_transaction;
}

void
mt_store_set_swap_alone (MachtypeStore *store, MtStoreSwapAlone swap_alone)
{
  get_private (store)->swap_alone = swap_alone;
}

static gboolean
check_outside (const MachtypeStorePrivate *private, GError **error)
{
  return (!private->in_transaction && !private->in_reading) ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the store is already in a transaction");
}

/**
 * machtype_store_begin:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Starts a transaction: what is written until [method@Machtype.Store.commit] is written completely
 * or not at all. In a file, no other process writes in the meantime; in PostgreSQL, others write
 * what this transaction has neither read nor written. Without one, every call that writes is its
 * own transaction. May block until others have finished, up to the timeout that the store
 * was opened with.
 *
 * If a call inside the transaction fails because the database failed, the whole transaction may be
 * lost: [method@Machtype.Store.commit] then raises %MACHTYPE_ERROR_STORE, and nothing was written.
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
  if (!check_outside (private, error))
    return FALSE;
  private->in_transaction = mt_store_begin (store, error);
  return private->in_transaction;
}

/**
 * machtype_store_commit:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Commits a transaction: when the call returns %TRUE, everything that was written is on disk. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed. The transaction has then ended, and this
 * store behaves as if nothing had been written; but when the store is opened again, the whole
 * transaction may be there: if the disk fails to confirm a write, it may still have been done. Read
 * again before you rely on either. The same applies to every call that writes outside a
 * transaction, because it commits by itself. Raises %MACHTYPE_ERROR_INVALID_ARGUMENT outside a
 * transaction.
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
  if (!private->in_transaction)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the store is not in a transaction");
  private->in_transaction = FALSE;
  return mt_store_commit (store, error);
}

/**
 * machtype_store_rollback:
 * @store: a store; must not be %NULL
 *
 * Rolls back a transaction: nothing of it is written. Does nothing outside a transaction.
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

gboolean
mt_store_begin_own (MachtypeStore *store, gboolean *own, GError **error)
{
  *own = !get_private (store)->in_transaction;
  return !*own || machtype_store_begin (store, error);
}

gboolean
mt_store_end_own (MachtypeStore *store, gboolean own, gboolean ok, GError **error)
{
  if (!own)
    return ok;
  if (ok)
    return machtype_store_commit (store, error);
  machtype_store_rollback (store);
  return FALSE;
}

/**
 * machtype_store_begin_read:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Makes all reads until [method@Machtype.Store.end_read] see the store as it is now, whatever
 * others write in the meantime, and makes reading many records faster. Nothing can be written
 * through this store in the meantime. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed, %MACHTYPE_ERROR_INVALID_ARGUMENT inside a
 * transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_begin_read (MachtypeStore *store, GError **error)
{
  MachtypeStorePrivate *private;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);

  private = get_private (store);
  if (!check_outside (private, error))
    return FALSE;
  private->in_reading = mt_store_begin_read (store, error);
  return private->in_reading;
}

gboolean
mt_store_begin_own_read (MachtypeStore *store, gboolean *own, GError **error)
{
  const MachtypeStorePrivate *private = get_private (store);

  *own = !private->in_transaction && !private->in_reading;
  return !*own || machtype_store_begin_read (store, error);
}

/**
 * machtype_store_end_read:
 * @store: a store; must not be %NULL
 *
 * Ends what [method@Machtype.Store.begin_read] started. Does nothing otherwise.
 *
 * Since: 1.0
 */
void
machtype_store_end_read (MachtypeStore *store)
{
  MachtypeStorePrivate *private;

  g_return_if_fail (MACHTYPE_IS_STORE (store));

  private = get_private (store);
  if (!private->in_reading)
    return;
  private->in_reading = FALSE;
  MACHTYPE_STORE_GET_CLASS (store)->end_read (store);
}

/**
 * machtype_store_read_record:
 * @store: a store; must not be %NULL
 * @uuid: the instance's UUID; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Looks up the record of an instance. May block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if it has none, %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid
 * UUID, %MACHTYPE_ERROR_STORE if the database failed.
 *
 * Returns: (transfer full): the record, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_read_record (MachtypeStore *store, const char *uuid, GError **error)
{
  MtUuid parsed;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error))
    return NULL;
  return mt_store_get (store, parsed.text, error);
}

/* NULL: one is invalid. */
static const char **
parse_uuids (const char *const *uuids, MtUuid **parsed, GError **error)
{
  g_autofree const char **texts = NULL;
  g_autofree MtUuid *all = NULL;
  gsize n = 0, i;

  while (uuids[n] != NULL)
    n++;
  all = g_new (MtUuid, n + 1);
  texts = g_new0 (const char *, n + 1);
  for (i = 0; i < n; i++) {
    if (!mt_uuid_parse (uuids[i], &all[i], error))
      return NULL;
    texts[i] = all[i].text;
  }
  *parsed = g_steal_pointer (&all);
  return g_steal_pointer (&texts);
}

/**
 * machtype_store_read_records:
 * @store: a store; must not be %NULL
 * @uuids: (array zero-terminated=1): the instances' UUIDs, in any order; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Looks up the records of several instances at once: from a server, that takes about as long as one
 * of them. Between [method@Machtype.Store.begin_read] and [method@Machtype.Store.end_read], all are
 * of the same moment. Memory grows with their number. May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid UUID, %MACHTYPE_ERROR_STORE if the
 * database failed.
 *
 * Returns: (transfer container) (element-type MachtypeRecord): the records in the order of @uuids,
 *   without those of instances that have none, or %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_store_read_records (MachtypeStore *store, const char *const *uuids, GError **error)
{
  g_autofree const char **texts = NULL;
  g_autofree MtUuid *parsed = NULL;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (uuids != NULL, NULL);

  texts = parse_uuids (uuids, &parsed, error);
  return texts != NULL ? mt_store_get_several (store, texts, error) : NULL;
}

/* The record itself says everything but the author. *entry: NULL if that is unknown. */
static gboolean
make_first_entry (MachtypeRecord *record, const char *author, MachtypeHistoryEntry **entry,
                  GError **error)
{
  if (author == NULL)
    return TRUE;
  *entry = machtype_history_entry_new (NULL, record, MACHTYPE_HISTORY_ACTION_RECORD, FALSE, author,
                                       g_get_real_time () / G_TIME_SPAN_SECOND, 0, error);
  return *entry != NULL;
}

/**
 * machtype_store_add:
 * @store: a store; must not be %NULL
 * @record: a record; must not be %NULL
 * @author: (nullable): who makes the change, for the history; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds the first record of an instance. If the author is known, the history has an entry of
 * revision 1 for it ([method@Machtype.Store.list_history]). To add many, use one transaction and
 * the order of their UUIDs; that is fastest. May block.
 *
 * Raises %MACHTYPE_ERROR_EXISTS if the instance has one, %MACHTYPE_ERROR_INVALID_ARGUMENT and
 * %MACHTYPE_ERROR_TOO_LARGE for an @author that cannot be recorded, %MACHTYPE_ERROR_BUSY and
 * %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, with revision 1, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_store_add (MachtypeStore *store, MachtypeRecord *record, const char *author,
                    GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  g_autoptr (MachtypeRecord) added = NULL;
  gboolean own, ok;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (record != NULL, NULL);

  added = record->revision == 1 ? machtype_record_ref (record) : mt_record_as_revision (record, 1);
  if (!make_first_entry (added, author, &entry, error) || !mt_store_begin_own (store, &own, error))
    return NULL;
  ok = mt_store_insert (store, added, entry, error);
  return mt_store_end_own (store, own, ok, error) ? g_steal_pointer (&added) : NULL;
}

/* The next revision, and its entry. */
static MachtypeHistoryEntry *
make_entry (MachtypeRecord *old_record, MachtypeRecord *record, const MtStoreChange *change,
            GError **error)
{
  MachtypeHistoryEntry *entry;

  record->revision = old_record->revision + 1;
  entry = machtype_history_entry_new (old_record, record, change->action, change->forced,
                                      change->author, g_get_real_time () / G_TIME_SPAN_SECOND,
                                      change->undoes, error);
  if (entry == NULL)
    return NULL;
  mt_ref_string_assign (&entry->old_definition, change->old_definition);
  mt_ref_string_assign (&entry->new_definition, change->new_definition);
  return entry;
}

gboolean
mt_store_put (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
              const MtStoreChange *change, GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;

  if (change == NULL)
    return mt_store_swap (store, old_record, record, NULL, error);
  entry = make_entry (old_record, record, change, error);
  return entry != NULL && mt_store_swap (store, old_record, record, entry, error);
}

gboolean
mt_store_put_alone (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                    const MtStoreChange *change, gboolean *is_done, GError **error)
{
  const MachtypeStorePrivate *private = get_private (store);
  g_autoptr (MachtypeHistoryEntry) entry = NULL;

  *is_done = FALSE;
  if (private->swap_alone == NULL || change == NULL || !check_outside (private, NULL))
    return TRUE;
  entry = make_entry (old_record, record, change, error);
  return entry != NULL && private->swap_alone (store, old_record, record, entry, is_done, error);
}

/**
 * machtype_store_foreach:
 * @store: a store; must not be %NULL
 * @cell: (nullable): only the records of this cell; %NULL for all
 * @host: (nullable): only the records of the host with this name; %NULL for all
 * @func: (scope call) (closure user_data): the function to call for each record; must not be %NULL,
 *   and must not write to the store
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Calls a function for each record, ordered by UUID, one at a time: memory does not grow with their
 * number. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed; @func may already have been called.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_foreach (MachtypeStore *store, const char *cell, const char *host,
                        MachtypeRecordFunc func, gpointer user_data, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  return mt_store_foreach (store, cell, host, func, user_data, error);
}

/**
 * machtype_store_foreach_unset:
 * @store: a store; must not be %NULL
 * @cell: (nullable): only the records of this cell; %NULL for all
 * @host: (nullable): only the records of the host with this name; %NULL for all
 * @func: (scope call) (closure user_data): the function to call for each UUID; must not be %NULL,
 *   and must not write to the store
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Calls a function for each instance without a machine type, except those that are being built or
 * are deleted. The time depends on the number found, not on the number stored. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed; @func may already have been called.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_foreach_unset (MachtypeStore *store, const char *cell, const char *host,
                              MachtypeUuidFunc func, gpointer user_data, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  return mt_store_foreach_unset (store, cell, host, func, user_data, error);
}

static gboolean
keep_entry (MachtypeHistoryEntry *entry, gpointer user_data)
{
  g_ptr_array_add (user_data, machtype_history_entry_ref (entry));
  return TRUE;
}

/**
 * machtype_store_list_history:
 * @store: a store; must not be %NULL
 * @uuid: the instance's UUID; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the changes of a record, by revision, oldest first. If it is known who added the record,
 * the first entry says so: its revision is 1, its action %MACHTYPE_HISTORY_ACTION_RECORD, and undo
 * does not reach it. The record was first recorded at [method@Machtype.Record.get_recorded_at]. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid UUID, %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer container) (element-type MachtypeHistoryEntry): the changes, an empty array if
 *   it has none, or %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_store_list_history (MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  MtUuid parsed;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error))
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_history_entry_unref);
  if (!mt_store_foreach_history (store, parsed.text, keep_entry, list, error))
    return NULL;
  return g_steal_pointer (&list);
}
