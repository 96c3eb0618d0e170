/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sqlite3.h>
#include <sys/stat.h>

#include "store/sqlite-module.h"
#include "store/store-private.h"

/* The version of the tables that this library writes (PRAGMA user_version), and the mark of our
 * databases (PRAGMA application_id): "mtyp". */
#define MT_SQLITE_VERSION 8
#define MT_SQLITE_APPLICATION 0x6d747970

/* A record, in the order in which sqlite-record.c binds and reads it. */
#define MT_SQLITE_COLUMNS "uuid, " MT_SQLITE_CONTENTS
#define MT_SQLITE_CONTENTS                                                                         \
  "revision, machine, asked, source, arch, state, host, cell, name, properties, recorded_at, "     \
  "seen_at, unknown, transient"

/* The message if others did not let us in. */
#define MT_SQLITE_BUSY "another process is using it, try again"

/* A statement, prepared at its first use and kept as long as the store. */
typedef enum {
  MT_SQL_BEGIN,
  MT_SQL_BEGIN_READ,
  MT_SQL_COMMIT,
  MT_SQL_ROLLBACK,
  MT_SQL_GET,
  MT_SQL_INSERT,
  MT_SQL_UPDATE,
  MT_SQL_UPDATE_ALONE,
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

/* A database of records: its file, its handle and its statements. */
typedef struct {
  char *path;
  sqlite3 *db;
  int timeout_ms;  /* -1: no timeout */
  int old_version; /* of the tables in the file, if an updated copy of it is read; 0: no copy */
  char *old_mode;  /* the journal mode of that file; NULL: no copy */
  gboolean broken; /* permanently; db is NULL then */
  gboolean frozen; /* read without locks, in the state that the files had then */
  struct stat frozen_as, frozen_log;
  sqlite3_stmt *statements[MT_SQL_N];
  guint8 bound_uuid[MT_UUID_BYTES]; /* the data of running statements */
} MtSqlite;

/* sqlite-load.c */

/* SQLite's functions. Set by mt_sqlite_load, and not changed after that. */
extern G_GNUC_INTERNAL const MtSqliteModule *mt_sqlite;

/* Loads SQLite. mt_sqlite_open calls it; all else needs a database that was opened. FALSE: the
 * error is MACHTYPE_ERROR_MODULE. Thread-safe. */
gboolean mt_sqlite_load (GError **error);

/* sqlite-file.c */

/* The path of a file in a resolved directory, where not everyone can replace files. NULL: the error
 * is set. */
char *mt_sqlite_resolve (const char *path, GError **error);

/* Creates the file if the flags say so, and checks that no other user can have written it. Returns
 * a descriptor that only identifies it (O_PATH), or -1 on error. */
int mt_sqlite_find_file (const MtSqlite *sqlite, MachtypeStoreOpenFlags flags, GError **error);

/* Whether SQLite has opened the file of the descriptor, and the helper files next to it can be
 * trusted like the file. */
gboolean mt_sqlite_check_opened (const MtSqlite *sqlite, int fd, GError **error);

/* Makes a store that is about to be read without locks detect when it is written. FALSE: there is a
 * journal, which cannot be ignored. */
gboolean mt_sqlite_freeze (MtSqlite *sqlite, int fd);

/* Whether a frozen store has a log, which contains what the store itself does not. */
gboolean mt_sqlite_has_log (const MtSqlite *sqlite);

/* Whether the files of a frozen store are unchanged. */
gboolean mt_sqlite_is_as_frozen (const MtSqlite *sqlite);

/* Whether the user may read the log of the store, and nothing has to be undone first. */
gboolean mt_sqlite_check_readable (const MtSqlite *sqlite, GError **error);

/* Why the operating system prevents SQLite from doing what failed with the code; NULL: it does not.
 */
const char *mt_sqlite_explain (const MtSqlite *sqlite, int code);

/* Whether files of this kind (statfs (2)) are on another machine, where SQLite's shared memory is
 * not shared. */
gboolean mt_is_network_file_system (guint64 type);

/* sqlite-statement.c */

/* Whether a code of SQLite's means that others are using the database. */
gboolean mt_sqlite_is_busy (int code);

/* Raises SQLite's last error, as busy or as a failure. Always FALSE. */
gboolean mt_sqlite_set_error (const MtSqlite *sqlite, const char *doing, GError **error);

/* Raises an error: a row contains what we never write. Always FALSE. */
gboolean mt_sqlite_set_damaged (const MtSqlite *sqlite, const char *what, GError **error);

/* Raises an error: a newer library has written tables of that version. Always FALSE. */
gboolean mt_sqlite_set_newer (const MtSqlite *sqlite, gint64 version, GError **error);

/* Whether the store can be used: not after a change that could not be rolled back, and not if it is
 * frozen and others have written. */
gboolean mt_sqlite_check_usable (const MtSqlite *sqlite, GError **error);

/* The first value of a statement's first row, as text; NULL: there is no row, or it failed. */
char *mt_sqlite_query_text (sqlite3 *db, const char *sql);

const char *mt_sqlite_get_sql (MtSql which);

/* NULL: the error is set. The statement is reset; its previous bindings remain, so every parameter
 * has to be bound. */
sqlite3_stmt *mt_sqlite_prepare (MtSqlite *sqlite, MtSql which, GError **error);

/* Binds the number of a string, host or properties; 0 means "none". */
void mt_sqlite_bind_id (sqlite3_stmt *statement, int at, gint64 id);

/* Binds a string, which can be NULL and must remain valid until the statement has run. */
void mt_sqlite_bind_text (sqlite3_stmt *statement, int at, const char *text);

/* Binds a UUID to parameter 1, without a copy by SQLite: no statement with a UUID is still running
 * when the next one is bound. */
void mt_sqlite_bind_uuid (MtSqlite *sqlite, sqlite3_stmt *statement, const char *text);

/* Runs a statement that returns no row. */
gboolean mt_sqlite_run (const MtSqlite *sqlite, sqlite3_stmt *statement, const char *doing,
                        GError **error);

/* Steps to the row of a statement that returns at most one. The caller resets the statement after
 * reading. */
gboolean mt_sqlite_fetch (const MtSqlite *sqlite, sqlite3_stmt *statement, gboolean *found,
                          const char *doing, GError **error);

/* Reads a UUID from column 0. */
gboolean mt_sqlite_read_uuid (const MtSqlite *sqlite, sqlite3_stmt *row, MtUuid *uuid,
                              GError **error);

/* A separate statement for a listing, which mt_sqlite_for_each_row ends: the callback for a row can
 * start another listing. */
sqlite3_stmt *mt_sqlite_prepare_listing (MtSqlite *sqlite, const char *sql, GError **error);

/* Called for each row; *more is TRUE, and FALSE ends the listing. Returns FALSE on error. */
typedef gboolean (*MtSqliteRowFunc) (sqlite3_stmt *row, gpointer data, gboolean *more,
                                     GError **error);

gboolean mt_sqlite_for_each_row (const MtSqlite *sqlite, sqlite3_stmt *listing,
                                 MtSqliteRowFunc func, gpointer data, GError **error);

/* Closes the database, whatever is in progress. */
void mt_sqlite_close (MtSqlite *sqlite);

/* sqlite-open.c */

/* Opens the file, and creates or migrates the tables in it. */
gboolean mt_sqlite_open (MtSqlite *sqlite, const char *path, MachtypeStoreOpenFlags flags,
                         int timeout_ms, GError **error);

/* sqlite-migrate.c */

/* Migrates the tables, or creates them, up to a version. message can be NULL. */
gboolean mt_sqlite_migrate (sqlite3 *db, int to, char **message);

/* sqlite-old.c */

/* Prevents what is in a file from running with our privileges. */
gboolean mt_sqlite_harden (const MtSqlite *sqlite, GError **error);

/* Replaces the database, which was opened to be read and has older tables, by a copy in memory. */
gboolean mt_sqlite_read_old (MtSqlite *sqlite, int fd, int version, GError **error);

/* sqlite-backup.c */

/* Copies all pages in one step, which reads a snapshot while others continue to write. Returns
 * SQLite's code. */
int mt_sqlite_copy_pages (sqlite3 *from, sqlite3 *to);

/* Copies the store to a new file, completely or not at all. */
gboolean mt_sqlite_backup (const MtSqlite *sqlite, const char *path, GError **error);
