/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/store-private.h"

/* The version of the tables that this library writes (PRAGMA user_version), and what marks a
 * database as ours (PRAGMA application_id): "mtyp". */
#define MT_SQLITE_VERSION 4
#define MT_SQLITE_APPLICATION 0x6d747970

/* What is said to whom others did not let in. */
#define MT_SQLITE_BUSY "somebody else is using it, try again"

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

/* A database of records: its file, its handle and the statements on it. */
typedef struct {
  char *path;
  sqlite3 *db;
  int timeout_ms;  /* -1: for ever */
  gboolean broken; /* for good; db is NULL then */
  gboolean frozen; /* read without locks, as the file was then */
  struct stat frozen_as;
  sqlite3_stmt *statements[MT_SQL_N];
  guint8 bound_uuid[MT_UUID_BYTES]; /* what statements look at while they run */
} MtSqlite;

/* sqlite-file.c */

/* The path of a file in a folder that is resolved, and where not everybody may replace files. NULL:
 * the error is set. */
char *mt_sqlite_resolve (const char *path, GError **error);

/* Makes the file if the flags say so, and checks that nobody else can have written it. Returns a
 * descriptor that only names it (O_PATH), or -1 on error. */
int mt_sqlite_find_file (const MtSqlite *sqlite, MachtypeStoreOpenFlags flags, GError **error);

/* Whether SQLite has opened the file of the descriptor, and finds helper files beside it that may
 * be trusted as the file is. */
gboolean mt_sqlite_check_opened (const MtSqlite *sqlite, int fd, GError **error);

/* Makes a store that is about to be opened without locks one that notices when it is written.
 * FALSE: there is a log, which cannot be left out. */
gboolean mt_sqlite_freeze (MtSqlite *sqlite, int fd);

/* Whether the file of a frozen store is as it was, and all there is. */
gboolean mt_sqlite_is_as_frozen (const MtSqlite *sqlite);

/* Why the system does not let SQLite do what failed with the code; NULL: it is not the system. */
const char *mt_sqlite_explain (const MtSqlite *sqlite, int code);

/* Whether files of this kind (statfs (2)) lie on another machine, where SQLite's shared memory is
 * not shared. */
gboolean mt_is_network_file_system (guint64 type);

/* sqlite-statement.c */

/* Whether a code of SQLite's says that others are using the database. */
gboolean mt_sqlite_is_busy (int code);

/* Raises what SQLite last said, as busy or as a failure. Always FALSE. */
gboolean mt_sqlite_set_error (const MtSqlite *sqlite, const char *doing, GError **error);

/* Raises that a row says what we never write. Always FALSE. */
gboolean mt_sqlite_set_damaged (const MtSqlite *sqlite, const char *what, GError **error);

/* Raises that a newer library has written tables of that version. Always FALSE. */
gboolean mt_sqlite_set_newer (const MtSqlite *sqlite, gint64 version, GError **error);

/* Whether the store may be asked: not after a change that could not be taken back, and one that is
 * frozen not once others have written. */
gboolean mt_sqlite_check_usable (const MtSqlite *sqlite, GError **error);

/* What a statement answers first, as text; NULL: it answers nothing, or it failed. */
char *mt_sqlite_query_text (sqlite3 *db, const char *sql);

const char *mt_sqlite_get_sql (MtSql which);

/* NULL: the error is set. The statement is reset; what it was bound to last is still there, so
 * every parameter has to be bound. */
sqlite3_stmt *mt_sqlite_prepare (MtSqlite *sqlite, MtSql which, GError **error);

/* Binds the number of a text, host or properties; 0 stands for "none". */
void mt_sqlite_bind_id (sqlite3_stmt *statement, int at, gint64 id);

/* Binds a text, which may be NULL and must stay until the statement has run. */
void mt_sqlite_bind_text (sqlite3_stmt *statement, int at, const char *text);

/* Binds a UUID to parameter 1, without a copy of SQLite's own: no statement with a UUID is still
 * running when the next one is bound. */
void mt_sqlite_bind_uuid (MtSqlite *sqlite, sqlite3_stmt *statement, const char *text);

/* Runs a statement that answers no row. */
gboolean mt_sqlite_run (const MtSqlite *sqlite, sqlite3_stmt *statement, const char *doing,
                        GError **error);

/* Steps to the row of a statement that answers one at most. Who has found it resets the statement
 * after reading. */
gboolean mt_sqlite_fetch (const MtSqlite *sqlite, sqlite3_stmt *statement, gboolean *found,
                          const char *doing, GError **error);

/* Reads a UUID from column 0. */
gboolean mt_sqlite_read_uuid (const MtSqlite *sqlite, sqlite3_stmt *row, MtUuid *uuid,
                              GError **error);

/* A statement of its own for a listing, which mt_sqlite_for_each_row ends: whoever is called with a
 * row may well list something, too. */
sqlite3_stmt *mt_sqlite_prepare_listing (MtSqlite *sqlite, MtSql which, GError **error);

/* Is called with one row after the other; *more is TRUE, and FALSE ends the listing. Returns FALSE
 * on error. */
typedef gboolean (*MtSqliteRowFunc) (sqlite3_stmt *row, gpointer data, gboolean *more,
                                     GError **error);

gboolean mt_sqlite_for_each_row (const MtSqlite *sqlite, sqlite3_stmt *listing,
                                 MtSqliteRowFunc func, gpointer data, GError **error);

/* Closes the database, whatever is under way. */
void mt_sqlite_close (MtSqlite *sqlite);

/* sqlite-open.c */

/* Opens the file, and makes or brings up to date the tables in it. */
gboolean mt_sqlite_open (MtSqlite *sqlite, const char *path, MachtypeStoreOpenFlags flags,
                         int timeout_ms, GError **error);

/* For the tests: the tables as an older version of the library made them. */
gboolean mt_sqlite_migrate (sqlite3 *db, int to, char **message);

/* sqlite-backup.c */

/* Copies the store into a new file, which is there as a whole or not at all. */
gboolean mt_sqlite_backup (const MtSqlite *sqlite, const char *path, GError **error);
