/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/store.h>

#include "record/record-private.h"

#define MT_HISTORY_ACTION_LAST MACHTYPE_HISTORY_ACTION_ACCEPT

/* Strings are GRefStrings. The record after the change is in the next entry or in the record
 * itself, except the machine type, which every caller uses. */
struct _MachtypeHistoryEntry {
  gatomicrefcount refs;
  MachtypeHistoryAction action;
  gboolean forced;
  guint64 revision; /* that the change created */
  guint64 undoes;   /* 0: it undoes nothing */
  gint64 changed_at;
  char *author; /* NULL: unknown */
  char *old_machine, *new_machine, *old_requested;
  MachtypeSource old_source;
  MachtypeArch old_arch;
  MachtypeProperties *old_properties; /* never NULL */
  char
      *old_definition; /* the domain's XML before the change, without secrets; NULL: not replaced */
  char *new_definition;  /* the checksum of the one after it; NULL: not replaced */
  char *unknown_members; /* of the JSON that it was read from, as an object; NULL: none */
  char *action_word;     /* of a newer release; NULL: action is what was done */
  gboolean is_newer;     /* there is a word of a newer release: it cannot be undone */
};

/* Of a definition that is kept in a history. libvirt's are of a few KiB. */
#define MT_DEFINITION_MAX_SIZE (1 << 20)

/* Whether texts from outside can be the two definitions of an entry. */
gboolean mt_history_check_definitions (const char *old_definition, const char *new_definition,
                                       GError **error);

MachtypeHistoryEntry *mt_history_entry_alloc (void);

/* Strings are GRefStrings; NULL: unknown. */
struct _MachtypeRecordClass {
  gatomicrefcount refs;
  MachtypeArch arch;
  char *host_name, *host_uuid;
  char *cell;
  char *state;
  char *machine;
  MachtypeProperties *properties; /* never NULL */
  guint64 qemu_version, libvirt_version;
  guint64 count;
};

MachtypeRecordClass *mt_record_class_alloc (void);
MachtypeRecordClass *mt_record_class_copy (const MachtypeRecordClass *record_class);

/* The class of a record, to compare it with others: without references to anything. */
MachtypeRecordClass mt_record_class_view (const MachtypeRecord *record);

/* Whether two classes are the same, whatever the number of their records. */
gboolean mt_record_class_is_same (const MachtypeRecordClass *a, const MachtypeRecordClass *b);

/* The members of a class, in a JSON object that was begun. */
void mt_record_class_write (GString *json, const MachtypeRecordClass *record_class);

/* Strings are GRefStrings; NULL: any. */
struct _MachtypeRecordQuery {
  gatomicrefcount refs;
  MachtypeArch arch; /* MACHTYPE_ARCH_UNKNOWN: any */
  char *cell;
  char *host;
  char *state;
  char *machine_pattern, *name_pattern;
  char *name;
  gint64 seen_before;                /* 0: whenever */
  MachtypeRecordClass *record_class; /* NULL: any */
};

/* The same query, for records of one class. query can be NULL: any record. */
MachtypeRecordQuery *mt_record_query_of_class (const MachtypeRecordQuery *query,
                                               MachtypeRecordClass *record_class);

/* Whether a store finds the records of a class without reading all others. */
gboolean mt_store_finds_classes (MachtypeStore *store);

/* Whether the whole text matches a pattern: '*' is any number of characters, '?' one. Takes at most
 * the product of their lengths. */
gboolean mt_pattern_matches (const char *pattern, const char *text);

/* What a subclass has by default for listing. */
gboolean mt_store_foreach_matching_slowly (MachtypeStore *store, MachtypeRecordQuery *query,
                                           MachtypeRecordFunc func, gpointer user_data,
                                           GError **error);
gboolean mt_store_foreach_class_slowly (MachtypeStore *store, MachtypeRecordQuery *query,
                                        MachtypeRecordClassFunc func, gpointer user_data,
                                        GError **error);

/* And for looking up several. */
GPtrArray *mt_store_get_several_slowly (MachtypeStore *store, const char *const *uuids,
                                        GError **error);

/* How the history describes a change. */
typedef struct {
  MachtypeHistoryAction action;
  gboolean forced;
  const char *author; /* NULL: unknown */
  guint64 undoes;     /* 0: it undoes nothing */
  /* See MachtypeHistoryEntry; NULL: the definition is not replaced. */
  const char *old_definition, *new_definition;
} MtStoreChange;

/* What a record will become once libvirt has defined the domain accordingly. Strings are
 * GRefStrings. */
struct _MachtypeIntention {
  gatomicrefcount refs;
  MtUuid uuid;
  guint64 revision; /* of the record that will change */
  guint64 token;    /* distinguishes it from others of the same instance */
  gint64 started_at;
  MachtypeHistoryAction action;
  gboolean forced;
  guint64 undoes;
  char *author;                /* NULL: unknown */
  char *host_name, *host_uuid; /* of the host, as it reports them; the UUID can be NULL */
  char *uri;
  char *definition;  /* the machine type that the domain was defined with */
  char *old_machine; /* NULL: none was recorded */
  char *machine, *requested;
  MachtypeSource source;
  MachtypeArch arch;
  MachtypeProperties *properties; /* never NULL */
  char *old_xml;                  /* see old_definition of MachtypeHistoryEntry */
  char *new_definition;           /* the same; known once the domain is defined, and not stored */
};

/* Where the domain is, and the machine type of its definition before the change. */
typedef struct {
  const char *host_name, *host_uuid, *uri, *definition;
} MtIntentionPlace;

MachtypeIntention *mt_intention_alloc (void);
MachtypeIntention *mt_intention_new (const MachtypeRecord *old_record, const MachtypeRecord *record,
                                     const MtStoreChange *change, const MtIntentionPlace *place);

/* Raises MACHTYPE_ERROR_PENDING. Always FALSE. */
gboolean mt_intention_set_pending (const MachtypeIntention *intention, GError **error);

/* Raises MACHTYPE_ERROR_PENDING if a change of the instance is pending. */
gboolean mt_store_check_settled (MachtypeStore *store, const char *uuid, GError **error);

/* Raises MACHTYPE_ERROR_CONFLICT unless the store still has exactly this intention. */
gboolean mt_store_check_intention (MachtypeStore *store, const MachtypeIntention *intention,
                                   GError **error);

/* One transaction each: adds an intention, if the record is still the expected one; writes it
 * again, after a commit that failed: when that has succeeded, nothing of the failed commit can come
 * back, as it could when the log is read at the next opening. */
gboolean mt_store_intend (MachtypeStore *store, const MachtypeRecord *expected,
                          MachtypeIntention *intention, GError **error);
gboolean mt_store_confirm_intention (MachtypeStore *store, MachtypeIntention *intention,
                                     GError **error);

/* Inside a transaction: changes the record to what was intended. Returns it. */
MachtypeRecord *mt_store_fulfil (MachtypeStore *store, MachtypeIntention *intention,
                                 GError **error);

/* The record after an update or an undo, and its description for the history; nothing is written.
 * *undone_entry is the change that is undone, owned by the caller. */
MachtypeRecord *mt_store_make_update (MachtypeRecord *record, MachtypeChange *change,
                                      MtStoreChange *made, GError **error);
MachtypeRecord *mt_store_make_undo (MachtypeStore *store, MachtypeRecord *record,
                                    MachtypeChangeFlags flags, MtStoreChange *made,
                                    MachtypeHistoryEntry **undone_entry, GError **error);

/* Whether a change can be undone in the record alone: not if it replaced a definition. */
gboolean mt_store_check_undo_alone (const MachtypeRecord *record, const MachtypeHistoryEntry *entry,
                                    MachtypeChangeFlags flags, GError **error);

/* Adds findings: what undoing this is refused for without force. alone: it is undone in the record
 * alone. */
void mt_store_add_undo_refusals (const MachtypeRecord *record, const MachtypeHistoryEntry *entry,
                                 gboolean alone, GPtrArray *refusals);

/* Inside a transaction: replaces a record by the next revision, with its entry in the history.
 * change can be NULL: no new revision, no history entry. */
gboolean mt_store_put (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                       const MtStoreChange *change, GError **error);

/* The same in a transaction of its own, for a kind of store that does it at once, with the check
 * that nothing is pending. *is_done: if it is FALSE without an error, nothing was written, and the
 * steps of a transaction will tell why. */
typedef gboolean (*MtStoreSwapAlone) (MachtypeStore *store, MachtypeRecord *old_record,
                                      MachtypeRecord *record, MachtypeHistoryEntry *entry,
                                      gboolean *is_done, GError **error);
void mt_store_set_swap_alone (MachtypeStore *store, MtStoreSwapAlone swap_alone);
gboolean mt_store_put_alone (MachtypeStore *store, MachtypeRecord *old_record,
                             MachtypeRecord *record, const MtStoreChange *change, gboolean *is_done,
                             GError **error);

/* The virtual functions of a store; failures always set an error. */
gboolean mt_store_begin (MachtypeStore *store, GError **error);
gboolean mt_store_commit (MachtypeStore *store, GError **error);
gboolean mt_store_begin_read (MachtypeStore *store, GError **error);
MachtypeRecord *mt_store_get (MachtypeStore *store, const char *uuid, GError **error);
GPtrArray *mt_store_get_several (MachtypeStore *store, const char *const *uuids, GError **error);
gboolean mt_store_insert (MachtypeStore *store, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                          GError **error);
gboolean mt_store_swap (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
                        MachtypeHistoryEntry *entry, GError **error);
gboolean mt_store_remove (MachtypeStore *store, MachtypeRecord *record, GError **error);
gboolean mt_store_foreach (MachtypeStore *store, const char *cell, const char *host,
                           MachtypeRecordFunc func, gpointer user_data, GError **error);
gboolean mt_store_foreach_unset (MachtypeStore *store, const char *cell, const char *host,
                                 MachtypeUuidFunc func, gpointer user_data, GError **error);
gboolean mt_store_foreach_matching (MachtypeStore *store, MachtypeRecordQuery *query,
                                    MachtypeRecordFunc func, gpointer user_data, GError **error);
gboolean mt_store_foreach_class (MachtypeStore *store, MachtypeRecordQuery *query,
                                 MachtypeRecordClassFunc func, gpointer user_data, GError **error);
gboolean mt_store_foreach_history (MachtypeStore *store, const char *uuid, MachtypeHistoryFunc func,
                                   gpointer user_data, GError **error);
gboolean mt_store_add_intention (MachtypeStore *store, MachtypeIntention *intention,
                                 GError **error);
gboolean mt_store_remove_intention (MachtypeStore *store, MachtypeIntention *intention,
                                    GError **error);
/* NULL without an error: there is none. */
MachtypeIntention *mt_store_get_intention (MachtypeStore *store, const char *uuid, GError **error);
gboolean mt_store_foreach_intention (MachtypeStore *store, MachtypeIntentionFunc func,
                                     gpointer user_data, GError **error);

/* A transaction for what one call writes; inside the caller's own transaction they do nothing,
 * because the caller ends it. mt_store_end_own returns whether the call has succeeded. */
gboolean mt_store_begin_own (MachtypeStore *store, gboolean *own, GError **error);
gboolean mt_store_end_own (MachtypeStore *store, gboolean own, gboolean ok, GError **error);

/* Copies host and state of an instance, if they are known. */
void mt_record_take_place (MachtypeRecord *record, const MachtypeRecord *from);

gboolean mt_store_backup (MachtypeStore *store, const char *path, GError **error);
gboolean mt_store_check (MachtypeStore *store, GPtrArray *problems, GError **error);
MachtypeStoreInfo *mt_store_read_info (MachtypeStore *store, GError **error);

/* Inside a transaction of to, which has no record of this instance: copies the record of from with
 * its history and pending change. */
gboolean mt_store_copy_record (MachtypeStore *from, MachtypeStore *to, MachtypeRecord *record,
                               GError **error);

/* What a subclass has by default for both. */
gboolean mt_store_check_slowly (MachtypeStore *store, GPtrArray *problems, GError **error);
MachtypeStoreInfo *mt_store_read_info_slowly (MachtypeStore *store, GError **error);

/* Begins to read, unless the caller has begun a transaction or to read: then *own is FALSE. */
gboolean mt_store_begin_own_read (MachtypeStore *store, gboolean *own, GError **error);

/* Whether the caller has begun a transaction. */
gboolean mt_store_is_writing (MachtypeStore *store);

/* Whether a text can be the place of a store: a path or a URI. */
gboolean mt_store_check_place (const char *place, GError **error);

/* What a place in a PostgreSQL database begins with. */
#define MT_POSTGRESQL_SCHEME "postgresql:"

/* The length of a URI's scheme, with "://", or only with ":" if it is MT_POSTGRESQL_SCHEME; 0: it
 * is a path. */
gsize mt_store_scheme_length (const char *place);

/* The server's place in "PATH, postgresql:...", and the length of the path; NULL: the place has not
 * this form. */
const char *mt_store_find_server (const char *place, gsize *path_length);

/* Raises an error: a URI is not the place of a store. Always FALSE. */
gboolean mt_store_set_uri (const char *place, GError **error);

/* Whether an author's name, which can be NULL, is valid in a history. */
gboolean mt_store_check_author (const char *author, GError **error);

/* What machtype_store_record would do, without doing it. */
MachtypeRecord *mt_store_preview (MachtypeStore *store, MachtypeRecord *record,
                                  MachtypeStoreOutcome *outcome, GError **error);

/* machtype_store_record inside a transaction, for a caller that has just read: there is what was
 * found, NULL for nothing. If that has changed, it starts again. */
MachtypeRecord *mt_store_record_over (MachtypeStore *store, MachtypeRecord *there,
                                      MachtypeRecord *record, const char *author,
                                      MachtypeStoreOutcome *outcome, GError **error);

/* Raise the error for an instance that a store does not have, already has, or that was changed
 * concurrently. Always FALSE. */
gboolean mt_store_set_not_found (const char *uuid, GError **error);
gboolean mt_store_set_exists (const char *uuid, GError **error);
gboolean mt_store_set_conflict (const MachtypeRecord *expected, GError **error);

/* Whether an instance without a machine type is reported: one that is being built has none yet, one
 * that is deleted needs none. state can be NULL. */
gboolean mt_store_reports_state (const char *state);
