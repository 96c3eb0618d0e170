/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/postgresql-module.h"
#include "store/store-private.h"

/* The version of the tables that this library writes. A step that only adds leaves "oldest", the
 * oldest version whose libraries can go on writing, as it is: hosts are not updated together. */
#define MT_PG_VERSION 1

/* The schema with our tables, and what they say that they are of. */
#define MT_PG_SCHEMA "machtype"
#define MT_PG_PROGRAM "libmachtype"

/* A record; see postgresql-record.c. The last one names the columns of a newer release that have a
 * value. */
#define MT_PG_RECORD_COLUMNS                                                                       \
  "r.uuid, r.revision, r.class, r.requested, r.source, r.name, r.recorded_at, r.seen_at, "         \
  "r.transient, r.unknown"

/* The UUIDs of records without a machine type: see mt_store_reports_state. Few classes have none.
 */
#define MT_PG_UNSET                                                                                \
  "SELECT r.uuid FROM " MT_PG_SCHEMA ".class AS c JOIN " MT_PG_SCHEMA ".record AS r "              \
  "ON r.class = c.id WHERE c.machine IS NULL "                                                     \
  "AND (c.state IS NULL OR c.state NOT IN ('building', 'deleted'))"
#define MT_PG_IN_ORDER " ORDER BY r.uuid"

/* The rows of a part of a listing: of records, and of what is shorter. */
#define MT_PG_RECORDS_PART 500
#define MT_PG_SHORT_PART 4096

#define MT_PG_VALUES_MAX 40
#define MT_PG_BATCH_MAX 12

/* A statement that is prepared at its first use on a connection. Those that need the name of the
 * columns that a newer release has added, in place of "@", come first. */
typedef enum {
  MT_PG_GET,
  MT_PG_GET_LOCKED,
  MT_PG_GET_SEVERAL,
  MT_PG_UPDATE,
  MT_PG_UPDATE_WITH_HISTORY,
  MT_PG_UPDATE_ALONE,
  MT_PG_DELETE,
  MT_PG_INSERT,
  MT_PG_INSERT_HISTORY,
  MT_PG_LIST_HISTORY,
  MT_PG_DELETE_HISTORY,
  MT_PG_ADD_CLASS,
  MT_PG_GET_CLASSES,
  MT_PG_ADD_INTENTION,
  MT_PG_DELETE_INTENTION,
  MT_PG_LOCK,
  MT_PG_GET_INTENTION,
  MT_PG_ALL_INTENTIONS,
  MT_PG_LIST_UNSET,
  MT_PG_N
} MtPgSql;

/* The parameters of a statement. Texts are borrowed; numbers are kept here. */
typedef struct {
  int n;
  const char *values[MT_PG_VALUES_MAX];
  char numbers[MT_PG_VALUES_MAX][24];
} MtPgValues;

/* Statements that are sent together. */
typedef struct {
  int n;
  MtPgStatement statements[MT_PG_BATCH_MAX];
  gpointer results[MT_PG_BATCH_MAX];
  int own[MT_PG_BATCH_MAX]; /* MtPgSql; -1: not prepared */
  char names[MT_PG_BATCH_MAX][32];
} MtPgBatch;

/* A class of records, as the database has it: see postgresql-class.c. */
typedef struct {
  MtUuid id;
  MachtypeRecordClass *record_class;
  char *arch_word;    /* GRefString; NULL: the library knows the architecture */
  gboolean is_stored; /* committed */
  gboolean is_added;  /* by this transaction */
} MtPgClass;

#define MT_TYPE_POSTGRESQL_STORE (mt_postgresql_store_get_type ())
G_DECLARE_FINAL_TYPE (MtPostgresqlStore, mt_postgresql_store, MT, POSTGRESQL_STORE, MachtypeStore)
typedef MtPostgresqlStore MtPgStore;

/* One step of a transaction, to repeat it: the function fails as the first time, or with
 * MACHTYPE_ERROR_CONFLICT if it finds something else than it did. */
typedef struct _MtPgStep MtPgStep;
typedef gboolean (*MtPgStepFunc) (MtPgStore *store, const MtPgStep *step, GError **error);
struct _MtPgStep {
  MtPgStepFunc again;
  MtUuid uuid;
  MachtypeRecord *old_record, *record;
  MachtypeHistoryEntry *entry;
  MachtypeIntention *intention;
};

struct _MtPostgresqlStore {
  MachtypeStore parent_instance;
  const MtPgModule *module;
  gpointer connection; /* NULL: lost */
  char *conninfo;
  char *shown; /* the place in messages, without a password */
  MachtypeStoreOpenFlags flags;
  int timeout_ms; /* -1: no timeout */

  guint32 prepared;    /* bits of MtPgSql, on this connection */
  guint generation;    /* of their names */
  int version;         /* of the tables */
  char *newer_columns; /* an expression that names those with a value; NULL: there are none */

  gboolean is_writing; /* the caller has begun a transaction */
  gboolean is_reading; /* the caller reads in one state of the store */
  gboolean is_begun;   /* the server has begun it */
  gboolean has_written;
  gboolean is_failed;      /* nothing more can be done in it */
  GError *why;             /* it has failed first; NULL: it has not */
  gboolean is_repeating;   /* after it has failed */
  gboolean was_in_the_way; /* what failed last: another transaction, or no server */
  gboolean is_outdated;    /* a newer release has changed the tables */
  GPtrArray *steps;        /* of MtPgStep; NULL: they cannot be repeated */

  guint n_listings;    /* in progress, one in the other */
  gboolean is_listing; /* the transaction is that of a listing */
  gpointer *awaited;   /* where the result of what was sent goes; NULL: nothing was */

  GHashTable *class_ids;  /* id to MtPgClass */
  GHashTable *classes;    /* MachtypeRecordClass to MtPgClass */
  GPtrArray *new_classes; /* of this transaction, borrowed */
  char *new_properties;   /* of the last one, until it is sent */

  /* Records that are added to a store that was empty, and not sent yet: see postgresql-append.c. */
  gboolean is_appending, was_asked;
  MtUuid last_uuid;
  GString *records, *history;

  /* Files further down. */
  gboolean (*flush) (MtPgStore *store, GError **error);
  gboolean (*learn) (MtPgStore *store, GError **error);
};

static inline MtPgStore *
mt_pg_store_of (MachtypeStore *base)
{
  return (MtPgStore *)base;
}

/* postgresql-connect.c */

/* What the server or libpq has said. */
char *mt_pg_dup_message (const MtPgStore *store, const MtPgFailure *failure);

/* Raises that. Always FALSE. */
gboolean mt_pg_set_error (const MtPgStore *store, const MtPgFailure *failure, const char *doing,
                          GError **error);

/* Raises an error: a row contains what we never write. Always FALSE. */
gboolean mt_pg_set_damaged (const MtPgStore *store, const char *what, GError **error);

/* Connects, and prepares the session. */
gboolean mt_pg_connect (MtPgStore *store, GError **error);
void mt_pg_disconnect (MtPgStore *store);

/* How long to wait for an answer. */
int mt_pg_get_patience (const MtPgStore *store);

/* postgresql-run.c */

void mt_pg_add_text (MtPgValues *values, const char *text);
void mt_pg_add_int (MtPgValues *values, gint64 number);
void mt_pg_add_boolean (MtPgValues *values, gboolean value);

/* An array of PostgreSQL's, of UUIDs. */
char *mt_pg_make_array (const char *const *uuids, guint n);

/* Copies a text of a row into an empty slot, which stays NULL for NULL. FALSE: the text is invalid.
 * Those of records have their limit, long ones that of JSON. */
gboolean mt_pg_take_text (char **slot, const char *text);
gboolean mt_pg_take_long_text (char **slot, const char *text);

/* Makes the server prepare all statements again. */
void mt_pg_forget_prepared (MtPgStore *store);

/* Appends a statement to a batch; values must remain until it has run. */
void mt_pg_batch_add (MtPgBatch *batch, MtPgSql which, const MtPgValues *values);
void mt_pg_batch_add_sql (MtPgBatch *batch, const char *sql, const MtPgValues *values);
void mt_pg_batch_clear (const MtPgStore *store, MtPgBatch *batch);

/* Runs a batch, in the transaction if there is one. Repeats the transaction up to here after a
 * conflict with another one. The caller clears the batch, also after an error. */
gboolean mt_pg_run (MtPgStore *store, MtPgBatch *batch, const char *doing, GError **error);

/* Runs a batch as a transaction of its own, in one round trip; with others in the way it runs
 * again. *was_lost: a connection was lost before its answer came, so the batch may have been run
 * before. An error then says that. */
gboolean mt_pg_run_alone (MtPgStore *store, MtPgBatch *batch, const char *doing, gboolean *was_lost,
                          GError **error);

/* Raises an error: only the server knows whether a change has been made. Always FALSE. */
gboolean mt_pg_set_unknown (const MtPgStore *store, const char *said, GError **error);

/* Whether there is a transaction, or will be with the first statement. */
gboolean mt_pg_is_in_transaction (const MtPgStore *store);

/* Sends a statement; *result is set by the next call, or by mt_pg_await. */
gboolean mt_pg_send (MtPgStore *store, const char *sql, gpointer *result, GError **error);
gboolean mt_pg_await (MtPgStore *store, const char *doing, GError **error);

/* Sends COPY with its data, inside the transaction. */
gboolean mt_pg_copy (MtPgStore *store, const char *sql, const GString *data, GError **error);

/* The number of rows that a statement has changed. */
guint64 mt_pg_get_n_changed (const MtPgStore *store, gpointer result);

/* Remembers what a transaction does. Takes no ownership. */
void mt_pg_remember (MtPgStore *store, const MtPgStep *step);

/* The virtual functions, by file. */
gboolean mt_pg_begin (MachtypeStore *base, GError **error);
gboolean mt_pg_commit (MachtypeStore *base, GError **error);
void mt_pg_rollback (MachtypeStore *base);
gboolean mt_pg_begin_read (MachtypeStore *base, GError **error);
void mt_pg_end_read (MachtypeStore *base);

/* Begins a transaction of a listing, unless there is one; the listing ends it. */
void mt_pg_enter_listing (MtPgStore *store);
void mt_pg_leave_listing (MtPgStore *store);

/* postgresql-schema.c */

/* Whether the tables are ours and not too new; creates them if the flags say so. */
gboolean mt_pg_check_schema (MtPgStore *store, GError **error);

/* postgresql-class.c */

void mt_pg_class_free (gpointer class);

/* The class of a record. The batch gets a statement that adds it, unless it is there. values must
 * remain until the batch has run. */
MtPgClass *mt_pg_get_class_of (MtPgStore *store, const MachtypeRecord *record, MtPgBatch *batch,
                               MtPgValues *values);

/* The id of a class that may not exist. */
void mt_pg_make_class_id (const MachtypeRecordClass *record_class, const char *arch_word,
                          MtUuid *id);

/* The class with an id; NULL: the error is set. */
MtPgClass *mt_pg_find_class (MtPgStore *store, const char *id, GError **error);

/* Reads the classes in a column of a result that are not known yet, all at once. */
gboolean mt_pg_learn_classes (MtPgStore *store, gpointer result, int column, GError **error);

/* postgresql-history.c */
void mt_pg_add_entry (MtPgValues *values, const char *uuid, const MachtypeHistoryEntry *entry,
                      const char *old_properties);
gboolean mt_pg_foreach_history (MachtypeStore *base, const char *uuid, MachtypeHistoryFunc func,
                                gpointer user_data, GError **error);

/* postgresql-append.c */

/* Whether a record certainly does not exist yet, because the store was empty, and those that were
 * added since have smaller UUIDs. */
gboolean mt_pg_is_behind_end (MtPgStore *store, const char *uuid);

/* Looks whether the store is empty, at the first record of a transaction that is added. */
gboolean mt_pg_start_appending (MtPgStore *store, GError **error);
gboolean mt_pg_append (MtPgStore *store, const MachtypeRecord *record,
                       const MachtypeHistoryEntry *entry, GError **error);

/* postgresql-record.c */

/* A row of MT_PG_RECORD_COLUMNS. */
MachtypeRecord *mt_pg_read_record (MtPgStore *store, gpointer result, int row, GError **error);
MachtypeRecord *mt_pg_get (MachtypeStore *base, const char *uuid, GError **error);
GPtrArray *mt_pg_get_several (MachtypeStore *base, const char *const *uuids, GError **error);
gboolean mt_pg_swap_alone (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
                           MachtypeHistoryEntry *entry, gboolean *is_done, GError **error);
gboolean mt_pg_insert (MachtypeStore *base, MachtypeRecord *record, MachtypeHistoryEntry *entry,
                       GError **error);
gboolean mt_pg_swap (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
                     MachtypeHistoryEntry *entry, GError **error);
gboolean mt_pg_remove (MachtypeStore *base, MachtypeRecord *record, GError **error);

/* postgresql-listing.c */
gboolean mt_pg_foreach (MachtypeStore *base, const char *cell, const char *host,
                        MachtypeRecordFunc func, gpointer user_data, GError **error);
gboolean mt_pg_foreach_unset (MachtypeStore *base, const char *cell, const char *host,
                              MachtypeUuidFunc func, gpointer user_data, GError **error);
gboolean mt_pg_foreach_matching (MachtypeStore *base, MachtypeRecordQuery *query,
                                 MachtypeRecordFunc func, gpointer user_data, GError **error);
gboolean mt_pg_foreach_class (MachtypeStore *base, MachtypeRecordQuery *query,
                              MachtypeRecordClassFunc func, gpointer user_data, GError **error);

/* postgresql-intention.c */
gboolean mt_pg_add_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error);
gboolean mt_pg_remove_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error);
MachtypeIntention *mt_pg_get_intention (MachtypeStore *base, const char *uuid, GError **error);
gboolean mt_pg_foreach_intention (MachtypeStore *base, MachtypeIntentionFunc func,
                                  gpointer user_data, GError **error);

/* postgresql-info.c */
gboolean mt_pg_check (MachtypeStore *base, GPtrArray *problems, GError **error);
MachtypeStoreInfo *mt_pg_read_info (MachtypeStore *base, GError **error);
