/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_STORE_H
#define MACHTYPE_STORE_H

#include <machtype/change.h>
#include <machtype/record.h>

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MachtypeHistoryAction:
 * @MACHTYPE_HISTORY_ACTION_RECORD: a machine type was recorded for an instance that had none; in an
 *   entry of revision 1: the record was added
 * @MACHTYPE_HISTORY_ACTION_UPDATE: the machine type was changed
 * @MACHTYPE_HISTORY_ACTION_PROPERTIES: image properties were changed
 * @MACHTYPE_HISTORY_ACTION_UNDO: a change was undone
 * @MACHTYPE_HISTORY_ACTION_REBUILD: the instance became a new guest under its old name
 * @MACHTYPE_HISTORY_ACTION_ACCEPT: the machine type that the domain was defined with was taken over
 *
 * What was done to a record.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_HISTORY_ACTION_RECORD = 0,
  MACHTYPE_HISTORY_ACTION_UPDATE = 1,
  MACHTYPE_HISTORY_ACTION_PROPERTIES = 2,
  MACHTYPE_HISTORY_ACTION_UNDO = 3,
  MACHTYPE_HISTORY_ACTION_REBUILD = 4,
  MACHTYPE_HISTORY_ACTION_ACCEPT = 5
} MachtypeHistoryAction;

/**
 * MachtypeStoreOutcome:
 * @MACHTYPE_STORE_OUTCOME_NONE: none: the instance was not recorded
 * @MACHTYPE_STORE_OUTCOME_UNCHANGED: everything was already recorded
 * @MACHTYPE_STORE_OUTCOME_ADDED: a record was added: the instance had none
 * @MACHTYPE_STORE_OUTCOME_FILLED: a missing machine type or missing properties were recorded
 * @MACHTYPE_STORE_OUTCOME_REFRESHED: state, host or the like were updated
 * @MACHTYPE_STORE_OUTCOME_DIFFERS: the recorded machine type was kept, although the domain is
 *   defined or runs with another one; only a [struct@Machtype.Recorder] compares them
 * @MACHTYPE_STORE_OUTCOME_ACCEPTED: the recorded machine type was replaced by that of the domain;
 *   only by a [struct@Machtype.Recorder], as the next one
 * @MACHTYPE_STORE_OUTCOME_RENEWED: the recorded devices were replaced by those of the domain
 *
 * The outcome of recording an instance.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_STORE_OUTCOME_NONE = 0,
  MACHTYPE_STORE_OUTCOME_UNCHANGED = 1,
  MACHTYPE_STORE_OUTCOME_ADDED = 2,
  MACHTYPE_STORE_OUTCOME_FILLED = 3,
  MACHTYPE_STORE_OUTCOME_REFRESHED = 4,
  MACHTYPE_STORE_OUTCOME_DIFFERS = 5,
  MACHTYPE_STORE_OUTCOME_ACCEPTED = 6,
  MACHTYPE_STORE_OUTCOME_RENEWED = 7
} MachtypeStoreOutcome;

/**
 * MachtypeStoreOpenFlags:
 * @MACHTYPE_STORE_OPEN_NONE: the store must exist
 * @MACHTYPE_STORE_OPEN_CREATE: create the store if it does not exist, accessible only to its owner
 *   (mode 0600)
 * @MACHTYPE_STORE_OPEN_READ_ONLY: do not write records; works wherever the file can be read
 *
 * How to open a store.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_STORE_OPEN_NONE = 0,
  MACHTYPE_STORE_OPEN_CREATE = 1 << 0,
  MACHTYPE_STORE_OPEN_READ_ONLY = 1 << 1
} MachtypeStoreOpenFlags;

/**
 * MachtypeHistoryEntry:
 *
 * One change of a record. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeHistoryEntry MachtypeHistoryEntry;

/**
 * MACHTYPE_TYPE_HISTORY_ENTRY:
 *
 * The boxed type of [struct@Machtype.HistoryEntry].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_HISTORY_ENTRY (machtype_history_entry_get_type ())

/**
 * MACHTYPE_TYPE_STORE:
 *
 * The type of [class@Machtype.Store].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_STORE (machtype_store_get_type ())

/**
 * MachtypeStore:
 *
 * Keeps records. Abstract: a program can implement its own store as a subclass with the virtual
 * functions of `MachtypeStoreClass`. Use it from one thread at a time; several stores, in one or
 * more processes, can be open on the same database.
 *
 * Since: 1.0
 */
MACHTYPE_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (MachtypeStore, machtype_store, MACHTYPE, STORE, GObject)

/**
 * MachtypeRecordFunc:
 * @record: a record
 * @user_data: the data that was passed with the function
 *
 * Called once for each record.
 *
 * Returns: %TRUE to continue, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeRecordFunc) (MachtypeRecord *record, gpointer user_data);

/**
 * MachtypeRecordClass:
 *
 * What many records have in common: cell, host (its name, UUID and versions), architecture, state,
 * machine type and image properties; and how many there are. It has everything in a record on which
 * a judgment about its machine type depends, so that a million records are judged by a few hundred
 * classes. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecordClass MachtypeRecordClass;

/**
 * MACHTYPE_TYPE_RECORD_CLASS:
 *
 * The boxed type of [struct@Machtype.RecordClass].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORD_CLASS (machtype_record_class_get_type ())

/**
 * MachtypeRecordClassFunc:
 * @record_class: a class of records
 * @user_data: the data that was passed with the function
 *
 * Called once for each class.
 *
 * Returns: %TRUE to continue, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeRecordClassFunc) (MachtypeRecordClass *record_class, gpointer user_data);

/**
 * MachtypeRecordQuery:
 *
 * Which records are wanted. Each condition that is set must be met; without any, all records are
 * wanted. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecordQuery MachtypeRecordQuery;

/**
 * MachtypeRecordQueryBuilder:
 *
 * Builds a [struct@Machtype.RecordQuery]. Use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecordQueryBuilder MachtypeRecordQueryBuilder;

/**
 * MACHTYPE_TYPE_RECORD_QUERY:
 *
 * The boxed type of [struct@Machtype.RecordQuery].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORD_QUERY (machtype_record_query_get_type ())

/**
 * MACHTYPE_TYPE_RECORD_QUERY_BUILDER:
 *
 * The boxed type of [struct@Machtype.RecordQueryBuilder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORD_QUERY_BUILDER (machtype_record_query_builder_get_type ())

/**
 * MachtypeUuidFunc:
 * @uuid: the UUID of an instance, in lower case, valid during the call
 * @user_data: the data that was passed with the function
 *
 * Called once for each instance.
 *
 * Returns: %TRUE to continue, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeUuidFunc) (const char *uuid, gpointer user_data);

/**
 * MachtypeHistoryFunc:
 * @entry: a change of a record
 * @user_data: the data that was passed with the function
 *
 * Called once for each change.
 *
 * Returns: %TRUE to continue, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeHistoryFunc) (MachtypeHistoryEntry *entry, gpointer user_data);

/**
 * MachtypeIntention:
 *
 * A change of record and definition that is in progress or was interrupted: see
 * [struct@Machtype.Updater]. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeIntention MachtypeIntention;

/**
 * MACHTYPE_TYPE_INTENTION:
 *
 * The boxed type of [struct@Machtype.Intention].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_INTENTION (machtype_intention_get_type ())

/**
 * MachtypeIntentionFunc:
 * @intention: a pending change
 * @user_data: the data that was passed with the function
 *
 * Called once for each pending change.
 *
 * Returns: %TRUE to continue, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeIntentionFunc) (MachtypeIntention *intention, gpointer user_data);

/**
 * MachtypeStoreInfo:
 *
 * What a store is, and how much is in it. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeStoreInfo MachtypeStoreInfo;

/**
 * MACHTYPE_TYPE_STORE_INFO:
 *
 * The boxed type of [struct@Machtype.StoreInfo].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_STORE_INFO (machtype_store_info_get_type ())

/**
 * MachtypeStoreClass::get:
 * @store: the store
 * @uuid: the UUID of an instance, in lower case
 * @error: return location for an error
 *
 * Looks up a record. Raises %MACHTYPE_ERROR_NOT_FOUND if there is none.
 *
 * Returns: (transfer full): the record, its revision included, or %NULL on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::insert:
 * @store: the store
 * @record: a record, its revision 1
 * @entry: (nullable): the entry to add to the history; %NULL for none
 * @error: return location for an error
 *
 * Adds a record. Raises %MACHTYPE_ERROR_EXISTS if the instance has one. Called only inside a
 * transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::swap:
 * @store: the store
 * @old_record: the record as the caller has read it
 * @record: the record to replace it with; it has a higher revision if there is an entry
 * @entry: (nullable): the entry to add to the history; %NULL for none
 * @error: return location for an error
 *
 * Replaces a record. Raises %MACHTYPE_ERROR_NOT_FOUND if there is none, and
 * %MACHTYPE_ERROR_CONFLICT if the stored record is not equal to @old_record
 * ([method@Machtype.Record.equal]). Called only inside a transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::foreach_history:
 * @store: the store
 * @uuid: the UUID of an instance, in lower case
 * @func: (scope call) (closure user_data): the function to call for each entry
 * @user_data: data to pass to @func
 * @error: return location for an error
 *
 * Calls a function for each entry in the history of an instance, oldest first, until the function
 * returns %FALSE. If the instance has no record, there are no entries.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::add_intention:
 * @store: the store
 * @intention: the intention
 * @error: return location for an error
 *
 * Adds an intention. The store has none for this instance. Called only inside a transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::remove_intention:
 * @store: the store
 * @intention: the intention, which the store has
 * @error: return location for an error
 *
 * Removes an intention. Called only inside a transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::get_intention:
 * @store: the store
 * @uuid: the UUID of an instance, in lower case
 * @error: return location for an error
 *
 * Looks up an intention.
 *
 * Returns: (transfer full) (nullable): the intention; %NULL without an error if there is none
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::foreach_intention:
 * @store: the store
 * @func: (scope call) (closure user_data): the function to call for each intention
 * @user_data: data to pass to @func
 * @error: return location for an error
 *
 * Calls a function for each intention, ordered by UUID, until the function returns %FALSE.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::foreach_matching:
 * @store: the store
 * @query: (nullable): the records that are wanted; %NULL for all
 * @func: (scope call) (closure user_data): the function to call for each record
 * @user_data: data to pass to @func
 * @error: return location for an error
 *
 * Calls a function for each record that a query wants, ordered by UUID, until the function returns
 * %FALSE.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::foreach_class:
 * @store: the store
 * @query: (nullable): the records that are wanted; %NULL for all
 * @func: (scope call) (closure user_data): the function to call for each class
 * @user_data: data to pass to @func
 * @error: return location for an error
 *
 * Calls a function once for each class of the records that a query wants, in any order, until the
 * function returns %FALSE.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::get_several:
 * @store: the store
 * @uuids: (array zero-terminated=1): UUIDs of instances, in lower case
 * @error: return location for an error
 *
 * Looks up the records of several instances.
 *
 * Returns: (transfer container) (element-type MachtypeRecord): the records in the order of @uuids,
 *   without those of instances that have none, or %NULL on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::find_problems:
 * @store: the store
 * @problems: (element-type MachtypeFinding): the findings, to add to
 * @error: return location for an error
 *
 * Checks whether everything in the store can be read, and belongs together.
 *
 * Returns: %TRUE, even if there are findings; %FALSE if the check failed
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::read_info:
 * @store: the store
 * @error: return location for an error
 *
 * Describes the store.
 *
 * Returns: (transfer full): the description, or %NULL on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass:
 * @parent_class: the parent class
 *
 * The virtual functions of a store:
 *
 * - `begin` starts a transaction that will write. Transactions are never nested.
 * - `commit` ends it and makes everything that was written permanent. If it raises an error, either
 *   everything was written or nothing.
 * - `rollback` ends it and discards everything that was written.
 * - `get`, `insert` and `swap` look up, add and replace a record; UUIDs are in lower case.
 * - `remove` removes a record and its history; raises the errors of `swap`.
 * - `foreach` calls the function for every record of the cell and of the host (%NULL for all),
 *   ordered by UUID, until the function returns %FALSE.
 * - `foreach_unset` does the same for the UUID of every record without a machine type, except those
 *   in state `building` or `deleted`; the default implementation uses `foreach`.
 * - `foreach_history` calls the function for every entry of one instance, oldest first.
 * - `begin_read` makes all reads until `end_read` see the store as it is at that moment; the
 *   default implementation does nothing.
 * - `end_read` ends it.
 * - `add_intention`, `remove_intention` and `foreach_intention` keep the changes that are in
 *   progress, at most one for each instance. A store without them can hold records, but cannot be
 *   used with a [struct@Machtype.Updater]; by default, `foreach_intention` finds none.
 * - `get_intention` looks up an intention; the default implementation uses `foreach_intention`.
 * - `foreach_matching` and `foreach_class` list what a query wants; by default both use `foreach`.
 * - `backup` copies everything to a new file, completely or not at all; raises
 *   %MACHTYPE_ERROR_EXISTS. It is never called inside a transaction that writes.
 * - `get_several` looks up the records of several instances, and leaves out those that have none;
 * the default implementation uses `get`.
 * - `find_problems` and `read_info` are for the library's own stores, whose databases they know;
 * the default implementations read all records, histories and intentions.
 *
 * A function that a subclass does not implement raises %MACHTYPE_ERROR_UNSUPPORTED unless a default
 * is named; one that fails without setting an error raises %MACHTYPE_ERROR_STORE. Functions that
 * read can be called inside and outside a transaction; `insert`, `swap`, `remove`, `add_intention`
 * and `remove_intention` are called only inside.
 *
 * Since: 1.0
 */
struct _MachtypeStoreClass {
  GObjectClass parent_class;

  gboolean (*begin) (MachtypeStore *store, GError **error);
  gboolean (*commit) (MachtypeStore *store, GError **error);
  void (*rollback) (MachtypeStore *store);
  MachtypeRecord *(*get) (MachtypeStore *store, const char *uuid, GError **error);
  gboolean (*insert) (MachtypeStore *store, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                      GError **error);
  gboolean (*swap) (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                    MachtypeHistoryEntry *entry, GError **error);
  gboolean (*remove) (MachtypeStore *store, MachtypeRecord *record, GError **error);
  gboolean (*foreach) (MachtypeStore *store, const char *cell, const char *host,
                       MachtypeRecordFunc func, gpointer user_data, GError **error);
  gboolean (*foreach_unset) (MachtypeStore *store, const char *cell, const char *host,
                             MachtypeUuidFunc func, gpointer user_data, GError **error);
  gboolean (*foreach_history) (MachtypeStore *store, const char *uuid, MachtypeHistoryFunc func,
                               gpointer user_data, GError **error);
  gboolean (*begin_read) (MachtypeStore *store, GError **error);
  void (*end_read) (MachtypeStore *store);
  gboolean (*add_intention) (MachtypeStore *store, MachtypeIntention *intention, GError **error);
  gboolean (*remove_intention) (MachtypeStore *store, MachtypeIntention *intention, GError **error);
  MachtypeIntention *(*get_intention) (MachtypeStore *store, const char *uuid, GError **error);
  gboolean (*foreach_intention) (MachtypeStore *store, MachtypeIntentionFunc func,
                                 gpointer user_data, GError **error);
  gboolean (*backup) (MachtypeStore *store, const char *path, GError **error);
  gboolean (*foreach_matching) (MachtypeStore *store, MachtypeRecordQuery *query,
                                MachtypeRecordFunc func, gpointer user_data, GError **error);
  gboolean (*foreach_class) (MachtypeStore *store, MachtypeRecordQuery *query,
                             MachtypeRecordClassFunc func, gpointer user_data, GError **error);
  gboolean (*find_problems) (MachtypeStore *store, GPtrArray *problems, GError **error);
  MachtypeStoreInfo *(*read_info) (MachtypeStore *store, GError **error);
  GPtrArray *(*get_several) (MachtypeStore *store, const char *const *uuids, GError **error);

  /*< private >*/
  gpointer reserved[11];
};

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStore *machtype_store_open_memory (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStore *machtype_store_open (const char *path, MachtypeStoreOpenFlags flags, int timeout_ms,
                                    GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStore *machtype_store_open_default (MachtypeStoreOpenFlags flags, int timeout_ms,
                                            GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_begin (MachtypeStore *store, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_commit (MachtypeStore *store, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_store_rollback (MachtypeStore *store);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_begin_read (MachtypeStore *store, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_store_end_read (MachtypeStore *store);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_read_record (MachtypeStore *store, const char *uuid, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_store_read_records (MachtypeStore *store, const char *const *uuids,
                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_add (MachtypeStore *store, MachtypeRecord *record,
                                    const char *author, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_record (MachtypeStore *store, MachtypeRecord *record,
                                       const char *author, MachtypeStoreOutcome *outcome,
                                       GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_record_missing (MachtypeStore *store, MachtypeRecord *record,
                                               const char *author, MachtypeStoreOutcome *outcome,
                                               GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_update_machine (MachtypeStore *store, MachtypeRecord *record,
                                               MachtypeChange *change, const char *author,
                                               GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_replace (MachtypeStore *store, MachtypeRecord *old_record,
                                        MachtypeRecord *record, const char *author, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_rebuild (MachtypeStore *store, MachtypeRecord *old_record,
                                        MachtypeRecord *record, const char *author, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHistoryEntry *machtype_store_find_undoable (MachtypeStore *store, const char *uuid,
                                                    GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_undo (MachtypeStore *store, MachtypeRecord *record,
                                     MachtypeChangeFlags flags, const char *author, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_store_list_undo_refusals (MachtypeStore *store, MachtypeRecord *record,
                                              GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_store_preview_undo (MachtypeStore *store, MachtypeRecord *record,
                                             MachtypeChangeFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_remove (MachtypeStore *store, MachtypeRecord *record, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_foreach (MachtypeStore *store, const char *cell, const char *host,
                                 MachtypeRecordFunc func, gpointer user_data, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_foreach_unset (MachtypeStore *store, const char *cell, const char *host,
                                       MachtypeUuidFunc func, gpointer user_data, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_foreach_matching (MachtypeStore *store, MachtypeRecordQuery *query,
                                          MachtypeRecordFunc func, gpointer user_data,
                                          GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_foreach_class (MachtypeStore *store, MachtypeRecordQuery *query,
                                       MachtypeRecordClassFunc func, gpointer user_data,
                                       GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_store_list_classes (MachtypeStore *store, MachtypeRecordQuery *query,
                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_store_list_history (MachtypeStore *store, const char *uuid, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeIntention *machtype_store_find_intention (MachtypeStore *store, const char *uuid,
                                                  GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_store_list_intentions (MachtypeStore *store, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_drop_intention (MachtypeStore *store, MachtypeIntention *intention,
                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_intention_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeIntention *machtype_intention_ref (MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_intention_unref (MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_intention_equal (const MachtypeIntention *a, const MachtypeIntention *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_intention_hash (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_intention_get_uuid (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHistoryAction machtype_intention_get_action (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_intention_get_old_machine (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_intention_get_new_machine (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_intention_get_old_definition (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_intention_get_host_name (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_intention_get_uri (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_intention_get_started_at (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_intention_get_author (const MachtypeIntention *intention);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_history_action_to_string (MachtypeHistoryAction action);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_history_action_from_string (const char *text, MachtypeHistoryAction *action,
                                              GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_store_outcome_to_string (MachtypeStoreOutcome outcome);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_outcome_from_string (const char *text, MachtypeStoreOutcome *outcome,
                                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeIntention, machtype_intention_unref)

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_backup (MachtypeStore *store, const char *path, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_copy (MachtypeStore *from, MachtypeStore *to, guint64 *n_copied,
                              guint64 *n_present, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_store_check (MachtypeStore *store, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStoreInfo *machtype_store_read_info (MachtypeStore *store, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_store_info_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStoreInfo *machtype_store_info_ref (MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_store_info_unref (MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_info_equal (const MachtypeStoreInfo *a, const MachtypeStoreInfo *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_store_info_hash (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_store_info_to_json (const MachtypeStoreInfo *info) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_store_info_get_kind (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_store_info_get_path (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_store_info_get_table_version (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_store_info_get_journal_mode (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_store_info_get_size (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_store_info_get_n_records (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_store_info_get_n_hosts (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_store_info_get_n_changes (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_store_info_get_n_pending (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_store_info_get_first_change (const MachtypeStoreInfo *info);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_store_info_get_last_change (const MachtypeStoreInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeStoreInfo, machtype_store_info_unref)

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_history_entry_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHistoryEntry *machtype_history_entry_new (MachtypeRecord *old_record,
                                                  MachtypeRecord *record,
                                                  MachtypeHistoryAction action, gboolean forced,
                                                  const char *author, gint64 seconds,
                                                  guint64 undoes, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHistoryEntry *machtype_history_entry_ref (MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_history_entry_unref (MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHistoryAction machtype_history_entry_get_action (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_history_entry_get_revision (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_history_entry_get_undoes (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_history_entry_get_changed_at (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_history_entry_get_author (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_history_entry_get_forced (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_history_entry_get_old_machine (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_history_entry_get_new_machine (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_history_entry_get_old_requested (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSource machtype_history_entry_get_old_source (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_history_entry_get_old_arch (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_history_entry_get_old_definition (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_history_entry_get_old_properties (const MachtypeHistoryEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_history_entry_to_json (const MachtypeHistoryEntry *entry) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHistoryEntry *machtype_history_entry_new_from_json (const char *json, gssize length,
                                                            MachtypeJsonReadFlags flags,
                                                            GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_history_entry_equal (const MachtypeHistoryEntry *a,
                                       const MachtypeHistoryEntry *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_history_entry_hash (const MachtypeHistoryEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeHistoryEntry, machtype_history_entry_unref)

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_record_class_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordClass *machtype_record_class_new (MachtypeRecord *record, guint64 count);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordClass *machtype_record_class_ref (MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_class_unref (MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_class_equal (const MachtypeRecordClass *a, const MachtypeRecordClass *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_record_class_hash (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_class_contains (const MachtypeRecordClass *record_class,
                                         const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
char *
machtype_record_class_to_json (const MachtypeRecordClass *record_class) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_record_class_get_count (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_class_get_cell (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_class_get_host_name (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_class_get_host_uuid (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_record_class_get_qemu_version (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_record_class_get_libvirt_version (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_record_class_get_arch (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_class_get_state (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeState machtype_record_class_get_change_state (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_class_get_machine (const MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_record_class_get_properties (const MachtypeRecordClass *record_class);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecordClass, machtype_record_class_unref)

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_record_query_builder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordQueryBuilder *machtype_record_query_builder_new (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordQueryBuilder *machtype_record_query_builder_ref (MachtypeRecordQueryBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_query_builder_unref (MachtypeRecordQueryBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_builder_set_cell (MachtypeRecordQueryBuilder *builder,
                                                 const char *cell, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_builder_set_host (MachtypeRecordQueryBuilder *builder,
                                                 const char *name, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_builder_set_arch (MachtypeRecordQueryBuilder *builder,
                                                 MachtypeArch arch, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_builder_set_state (MachtypeRecordQueryBuilder *builder,
                                                  const char *state, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_builder_set_machine_pattern (MachtypeRecordQueryBuilder *builder,
                                                            const char *pattern, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_builder_set_name_pattern (MachtypeRecordQueryBuilder *builder,
                                                         const char *pattern, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_builder_set_name (MachtypeRecordQueryBuilder *builder,
                                                 const char *name, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_query_builder_set_seen_before (MachtypeRecordQueryBuilder *builder,
                                                    gint64 seconds);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_query_builder_set_class (MachtypeRecordQueryBuilder *builder,
                                              MachtypeRecordClass *record_class);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordQuery *machtype_record_query_builder_end (MachtypeRecordQueryBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_record_query_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordQuery *machtype_record_query_ref (MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_query_unref (MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_equal (const MachtypeRecordQuery *a, const MachtypeRecordQuery *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_record_query_hash (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_record_query_to_json (const MachtypeRecordQuery *query) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_query_matches (const MachtypeRecordQuery *query,
                                        const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_query_get_cell (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_query_get_host (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_record_query_get_arch (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_query_get_state (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_query_get_machine_pattern (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_query_get_name_pattern (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_query_get_name (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_record_query_get_seen_before (const MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordClass *machtype_record_query_get_class (const MachtypeRecordQuery *query);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecordQuery, machtype_record_query_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecordQueryBuilder, machtype_record_query_builder_unref)

G_END_DECLS

#endif /* MACHTYPE_STORE_H */
