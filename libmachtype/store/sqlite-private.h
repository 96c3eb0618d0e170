/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/store-private.h"

/* The version of the tables that this library writes (PRAGMA user_version), and what marks a
 * database as ours (PRAGMA application_id): "mtyp". */
#define MT_SQLITE_VERSION 4
#define MT_SQLITE_APPLICATION 0x6d747970

/* A statement, prepared when it is first used and kept as long as the store. */
typedef enum {
  MT_SQL_BEGIN,
  MT_SQL_BEGIN_READ,
  MT_SQL_COMMIT,
  MT_SQL_ROLLBACK,
  MT_SQL_GET,
  MT_SQL_INSERT,
  MT_SQL_UPDATE,
  MT_SQL_DELETE,
  MT_SQL_DELETE_HISTORY,
  MT_SQL_INSERT_HISTORY,
  MT_SQL_LIST_HISTORY,
  MT_SQL_ADD_INTENTION,
  MT_SQL_DELETE_INTENTION,
  MT_SQL_GET_INTENTION,
  MT_SQL_ALL_INTENTIONS,
  MT_SQL_ALL,
  MT_SQL_UNSET,
  MT_SQL_UNSET_OF,
  MT_SQL_FIND_TEXT,
  MT_SQL_ADD_TEXT,
  MT_SQL_GET_TEXT,
  MT_SQL_FIND_HOST,
  MT_SQL_ADD_HOST,
  MT_SQL_GET_HOST,
  MT_SQL_FIND_PROPERTIES,
  MT_SQL_ADD_PROPERTIES,
  MT_SQL_GET_PROPERTIES,
  MT_SQL_N
} MtSql;

/* One host as records were made on it: another QEMU is another row. */
typedef struct {
  gint64 id;
  char *name, *uuid; /* GRefStrings; NULL: not known */
  guint64 qemu_version, libvirt_version;
} MtSqliteHost;

/* What rows name by number, as far as it has been met: rows of these tables are never changed nor
 * taken away, so that what was read once stays true. */
typedef struct {
  GHashTable *texts;                   /* id to GRefString */
  GHashTable *text_ids;                /* text to id */
  GHashTable *hosts;                   /* id to MtSqliteHost */
  GHashTable *host_ids;                /* MtSqliteHost to id */
  GHashTable *properties;              /* id to MachtypeProperties */
  GHashTable *property_ids;            /* serialized to id */
  GHashTable *object_ids;              /* MachtypeProperties, those of properties, to id */
  MachtypeProperties *last_properties; /* of a caller; NULL: none yet */
  gint64 last_properties_id;
} MtDictionary;

#define MT_TYPE_SQLITE_STORE (mt_sqlite_store_get_type ())
G_DECLARE_FINAL_TYPE (MtSqliteStore, mt_sqlite_store, MT, SQLITE_STORE, MachtypeStore)

struct _MtSqliteStore {
  MachtypeStore parent_instance;
  char *path;
  sqlite3 *db;
  int timeout_ms;  /* -1: for ever */
  gboolean broken; /* for good; db is NULL then */
  gboolean frozen; /* read without locks, as the file was then */
  struct stat frozen_as;
  sqlite3_stmt *statements[MT_SQL_N];
  guint8 bound_uuid[MT_UUID_BYTES]; /* what statements look at while they run */
  MtDictionary dictionary;
};

/* Raises that a newer library has brought the store up to date, if it has. */
gboolean mt_sqlite_set_newer (MtSqliteStore *store, GError **error);

/* Raises what SQLite last said, as busy or as a failure. Always FALSE. */
gboolean mt_sqlite_set_error (MtSqliteStore *store, const char *doing, GError **error);

/* Raises that a row says what we never write. Always FALSE. */
gboolean mt_sqlite_set_damaged (MtSqliteStore *store, const char *what, GError **error);

/* Whether the store may be asked: not after a change that could not be taken back, and one that is
 * frozen not once others have written. */
gboolean mt_sqlite_check_usable (const MtSqliteStore *store, GError **error);

/* NULL: the error is set. The statement is reset; what it was bound to last is still there, so
 * every parameter has to be bound. */
sqlite3_stmt *mt_sqlite_prepare (MtSqliteStore *store, MtSql which, GError **error);

const char *mt_sqlite_get_sql (MtSql which);

/* Runs a statement that answers no row. */
gboolean mt_sqlite_run (MtSqliteStore *store, sqlite3_stmt *statement, const char *doing,
                        GError **error);

/* Numbers of texts, hosts and properties, which get one if they have none. NULL is number 0. */
gboolean mt_dictionary_get_text_id (MtSqliteStore *store, const char *text, gint64 *id,
                                    GError **error);
gboolean mt_dictionary_get_host_id (MtSqliteStore *store, const MachtypeRecord *record, gint64 *id,
                                    GError **error);
gboolean mt_dictionary_get_properties_id (MtSqliteStore *store, MachtypeProperties *properties,
                                          gint64 *id, GError **error);

/* What a number stands for; the text and host are borrowed, the properties are the caller's. */
gboolean mt_dictionary_get_text (MtSqliteStore *store, gint64 id, char **text, GError **error);
const MtSqliteHost *mt_dictionary_get_host (MtSqliteStore *store, gint64 id, GError **error);
MachtypeProperties *mt_dictionary_get_properties (MtSqliteStore *store, gint64 id, GError **error);

void mt_dictionary_init (MtDictionary *dictionary);
void mt_dictionary_clear (MtDictionary *dictionary);

/* The virtual functions for intentions: sqlite-intention.c. */
gboolean mt_sqlite_add_intention (MachtypeStore *base, MachtypeIntention *intention,
                                  GError **error);
gboolean mt_sqlite_remove_intention (MachtypeStore *base, MachtypeIntention *intention,
                                     GError **error);
MachtypeIntention *mt_sqlite_get_intention (MachtypeStore *base, const char *uuid, GError **error);
gboolean mt_sqlite_foreach_intention (MachtypeStore *base, MachtypeIntentionFunc func,
                                      gpointer user_data, GError **error);

/* Binds a UUID to parameter 1, without a copy of SQLite's own: no statement with a UUID is still
 * running when the next one is bound. */
void mt_sqlite_bind_uuid (MtSqliteStore *store, sqlite3_stmt *statement, const char *text);

/* Binds the number of a text, host or properties; 0 stands for "none". */
void mt_sqlite_bind_id (sqlite3_stmt *statement, int at, gint64 id);

/* Reads a UUID from column 0, and a text that a column names by number. */
gboolean mt_sqlite_read_uuid (MtSqliteStore *store, sqlite3_stmt *statement, MtUuid *uuid,
                              GError **error);
gboolean mt_sqlite_read_text (MtSqliteStore *store, sqlite3_stmt *statement, int column,
                              char **text, GError **error);

/* Raises that the transaction is over, if SQLite has ended it after a failure. */
gboolean mt_sqlite_check_transaction (MtSqliteStore *store, GError **error);

/* A statement for a listing, which the caller ends with the status of its last step: the function
 * that is called may well list something itself. */
sqlite3_stmt *mt_sqlite_prepare_listing (MtSqliteStore *store, MtSql which, GError **error);
gboolean mt_sqlite_end_listing (MtSqliteStore *store, sqlite3_stmt *statement, int status,
                                gboolean ok, GError **error);

/* What SQLite does with the dictionary when it takes a transaction back, also by itself. */
void mt_sqlite_forget_numbers (gpointer store);

/* Opens the file, and makes or brings up to date the tables in it. */
gboolean mt_sqlite_open (MtSqliteStore *store, const char *path, MachtypeStoreOpenFlags flags,
                         int timeout_ms, GError **error);

/* The path of a file in a folder that is resolved, and where not everybody may replace files. NULL:
 * the error is set. */
char *mt_sqlite_resolve (const char *path, GError **error);

/* Copies the store into a new file, which is there as a whole or not at all. */
gboolean mt_sqlite_backup (MtSqliteStore *store, const char *path, GError **error);

/* Makes the file if the flags say so, and checks that nobody else can have written it. Returns a
 * descriptor that only names it (O_PATH), or -1 on error. */
int mt_sqlite_find_file (const MtSqliteStore *store, MachtypeStoreOpenFlags flags, GError **error);

/* Whether SQLite has opened the file of the descriptor, and finds helper files beside it that may
 * be trusted as the file is. */
gboolean mt_sqlite_check_opened (const MtSqliteStore *store, int fd, GError **error);

/* Makes a store that is about to be opened without locks one that notices when it is written.
 * FALSE: there is a log, which cannot be left out. */
gboolean mt_sqlite_freeze (MtSqliteStore *store, int fd);

/* Whether the file of a frozen store is as it was, and all there is. */
gboolean mt_sqlite_is_as_frozen (const MtSqliteStore *store);

/* Why the system does not let SQLite do what failed with the code; NULL: it is not the system. */
const char *mt_sqlite_explain (MtSqliteStore *store, int code);

/* Closes the database, whatever is under way. */
void mt_sqlite_close (MtSqliteStore *store);

/* Raises MACHTYPE_ERROR_STORE. Always FALSE. */
G_GNUC_PRINTF (2, 3)
gboolean mt_set_store_error (GError **error, const char *format, ...);

/* Whether files of this kind (statfs (2)) lie on another machine, where SQLite's shared memory is
 * not shared. */
gboolean mt_is_network_file_system (guint64 type);

/* For the tests: the tables as an older version of the library made them. */
gboolean mt_sqlite_migrate (sqlite3 *db, int to, char **message);
