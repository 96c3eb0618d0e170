/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_STORE_H
#define MACHTYPE_STORE_H

#include <machtype/change.h>
#include <machtype/record.h>

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * MachtypeHistoryAction:
 * @MACHTYPE_HISTORY_ACTION_RECORD: a machine type was recorded for an instance that had none
 * @MACHTYPE_HISTORY_ACTION_UPDATE: the machine type was changed
 * @MACHTYPE_HISTORY_ACTION_PROPERTIES: image properties were changed
 * @MACHTYPE_HISTORY_ACTION_UNDO: a change was taken back
 * @MACHTYPE_HISTORY_ACTION_REBUILD: the instance became a new guest under its old name
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
  MACHTYPE_HISTORY_ACTION_REBUILD = 4
} MachtypeHistoryAction;

/**
 * MachtypeStoreOutcome:
 * @MACHTYPE_STORE_OUTCOME_NONE: none: it was not recorded
 * @MACHTYPE_STORE_OUTCOME_UNCHANGED: all that was to be recorded was so already
 * @MACHTYPE_STORE_OUTCOME_ADDED: the instance had no record
 * @MACHTYPE_STORE_OUTCOME_FILLED: machine type or properties that were absent were recorded
 * @MACHTYPE_STORE_OUTCOME_REFRESHED: state, host or the like were brought up to date
 *
 * What recording an instance did.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_STORE_OUTCOME_NONE = 0,
  MACHTYPE_STORE_OUTCOME_UNCHANGED = 1,
  MACHTYPE_STORE_OUTCOME_ADDED = 2,
  MACHTYPE_STORE_OUTCOME_FILLED = 3,
  MACHTYPE_STORE_OUTCOME_REFRESHED = 4
} MachtypeStoreOutcome;

/**
 * MachtypeStoreOpenFlags:
 * @MACHTYPE_STORE_OPEN_NONE: the store must be there
 * @MACHTYPE_STORE_OPEN_CREATE: make it if it is not there, for its owner alone (mode 0600)
 * @MACHTYPE_STORE_OPEN_READ_ONLY: write no records; works on full and read-only disks as well
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
 * One change of a record. Immutable and reference-counted; any thread may read it.
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
 * Keeps records. Abstract: a program's own subclass implements the virtual functions of
 * `MachtypeStoreClass`. For one thread at a time; several stores, also of several
 * processes, may be open on the same database.
 *
 * Since: 1.0
 */
MACHTYPE_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (MachtypeStore, machtype_store, MACHTYPE, STORE, GObject)

/**
 * MachtypeRecordFunc:
 * @record: a record
 * @user_data: what was given with the function
 *
 * Is called with one record after the other.
 *
 * Returns: %TRUE to go on, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeRecordFunc) (MachtypeRecord *record, gpointer user_data);

/**
 * MachtypeUuidFunc:
 * @uuid: the UUID of an instance, in lower case, valid during the call
 * @user_data: what was given with the function
 *
 * Is called with one instance after the other.
 *
 * Returns: %TRUE to go on, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeUuidFunc) (const char *uuid, gpointer user_data);

/**
 * MachtypeHistoryFunc:
 * @entry: a change of a record
 * @user_data: what was given with the function
 *
 * Is called with one change after the other.
 *
 * Returns: %TRUE to go on, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeHistoryFunc) (MachtypeHistoryEntry *entry, gpointer user_data);

/**
 * MachtypeIntention:
 *
 * A change of record and definition that is under way, or was interrupted: see
 * [struct@Machtype.Updater]. Immutable and reference-counted; any thread may read it.
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
 * @user_data: what was given with the function
 *
 * Is called with one pending change after the other.
 *
 * Returns: %TRUE to go on, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeIntentionFunc) (MachtypeIntention *intention, gpointer user_data);

/**
 * MachtypeStoreClass::get:
 * @store: the store
 * @uuid: the UUID of an instance, in lower case
 * @error: return location for an error
 *
 * Looks a record up. Raises %MACHTYPE_ERROR_NOT_FOUND where there is none.
 *
 * Returns: (transfer full): the record, its revision included, or %NULL on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::insert:
 * @store: the store
 * @record: a record, its revision 1
 * @error: return location for an error
 *
 * Adds a record. Raises %MACHTYPE_ERROR_EXISTS where the instance has one. Is only called inside a
 * transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::swap:
 * @store: the store
 * @old_record: the record that the caller has seen
 * @record: the record that is to be in its place; of a higher revision if there is an entry
 * @entry: (nullable): what to add to the history; %NULL for nothing
 * @error: return location for an error
 *
 * Puts a record in the place of the one that is there. Raises %MACHTYPE_ERROR_NOT_FOUND where there
 * is none, and %MACHTYPE_ERROR_CONFLICT where it is not equal to the old record
 * ([method@Machtype.Record.equal]). Is only called inside a transaction.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::foreach_history:
 * @store: the store
 * @uuid: the UUID of an instance, in lower case
 * @func: (scope call) (closure user_data): what to call with each entry
 * @user_data: what to hand to @func
 * @error: return location for an error
 *
 * Goes through the history of an instance, the oldest change first, until the function returns
 * %FALSE. It has nothing to call it with where the instance has no record.
 *
 * Returns: %TRUE, also if @func has stopped it, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::add_intention:
 * @store: the store
 * @intention: the intention
 * @error: return location for an error
 *
 * Keeps an intention. The store has none of this instance. Is only called inside a transaction.
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
 * Removes an intention. Is only called inside a transaction.
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
 * Looks an intention up.
 *
 * Returns: (transfer full) (nullable): the intention; %NULL without an error if there is none
 * Since: 1.0
 */

/**
 * MachtypeStoreClass::foreach_intention:
 * @store: the store
 * @func: (scope call) (closure user_data): what to call with each intention
 * @user_data: what to hand to @func
 * @error: return location for an error
 *
 * Goes through the intentions in the order of their UUIDs, until the function returns %FALSE.
 *
 * Returns: %TRUE, also if @func has stopped it, or %FALSE on error
 * Since: 1.0
 */

/**
 * MachtypeStoreClass:
 * @parent_class: the parent
 *
 * What a store has to do:
 *
 * - `begin` starts a transaction that will write; the caller never begins a second one.
 * - `commit` ends it: what was written is there for good; or an error is raised, and it is there
 *   as a whole or not at all.
 * - `rollback` ends it: nothing was written.
 * - `get` looks a record up; raises %MACHTYPE_ERROR_NOT_FOUND. UUIDs are in lower case.
 * - `insert` adds a record; raises %MACHTYPE_ERROR_EXISTS.
 * - `swap` puts a record in the place of the one that is there, and, where there is an entry, adds
 *   it to the history; raises %MACHTYPE_ERROR_NOT_FOUND, and %MACHTYPE_ERROR_CONFLICT if what is
 *   there says anything else than the old record ([method@Machtype.Record.equal]).
 * - `remove` takes a record away, and its history; raises the same.
 * - `foreach` calls the function for every record of the cell and of the host (%NULL: of all), in
 *   the order of their UUIDs, until it returns %FALSE.
 * - `foreach_unset` calls the function for the UUID of every record without a machine type, in the
 *   same way, but not for those that are `building` or `deleted`; the default asks `foreach`.
 * - `foreach_history` calls the function for every entry of one instance, oldest first; for none
 *   where it has no record.
 * - `begin_read` makes everything that is read until `end_read` be of one instant; the default does
 *   nothing.
 * - `end_read` ends it.
 * - `add_intention`, `remove_intention` and `foreach_intention` keep the changes that are under
 * way, at most one for an instance. A store without them can hold records, but not be used with a
 *   [struct@Machtype.Updater]; the default of `foreach_intention` is that there are none.
 * - `get_intention` looks one up; the default asks `foreach_intention`.
 * - `backup` copies everything into a new file, complete or not at all; raises
 *   %MACHTYPE_ERROR_EXISTS. It is never called inside a transaction that writes.
 *
 * What a subclass leaves out raises %MACHTYPE_ERROR_UNSUPPORTED, where no default is named; what
 * fails without an error, %MACHTYPE_ERROR_STORE. What reads may be called inside a transaction and
 * outside; `insert`, `swap`, `remove`, `add_intention` and `remove_intention` are only called
 * inside.
 *
 * Since: 1.0
 */
struct _MachtypeStoreClass {
  GObjectClass parent_class;

  gboolean (*begin) (MachtypeStore *store, GError **error);
  gboolean (*commit) (MachtypeStore *store, GError **error);
  void (*rollback) (MachtypeStore *store);
  MachtypeRecord *(*get) (MachtypeStore *store, const char *uuid, GError **error);
  gboolean (*insert) (MachtypeStore *store, MachtypeRecord *record, GError **error);
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

  /*< private >*/
  gpointer reserved[16];
};

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStore *machtype_store_open_memory (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStore *machtype_store_open (const char *path, MachtypeStoreOpenFlags flags, int timeout_ms,
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
MachtypeRecord *machtype_store_add (MachtypeStore *store, MachtypeRecord *record, GError **error);

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
MachtypeRecord *machtype_store_undo (MachtypeStore *store, MachtypeRecord *record,
                                     MachtypeChangeFlags flags, const char *author, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_remove (MachtypeStore *store, MachtypeRecord *record, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_foreach (MachtypeStore *store, const char *cell, const char *host,
                                 MachtypeRecordFunc func, gpointer user_data, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_foreach_unset (MachtypeStore *store, const char *cell, const char *host,
                                       MachtypeUuidFunc func, gpointer user_data, GError **error);

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
const char *machtype_store_outcome_to_string (MachtypeStoreOutcome outcome);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeIntention, machtype_intention_unref)

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_store_backup (MachtypeStore *store, const char *path, GError **error);

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
MachtypeProperties *machtype_history_entry_get_old_properties (const MachtypeHistoryEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeHistoryEntry, machtype_history_entry_unref)

G_END_DECLS

#endif /* MACHTYPE_STORE_H */
