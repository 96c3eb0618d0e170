/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sqlite3.h>

#include "module-private.h"

/* The interface between the library and its SQLite module: SQLite's own functions, without the
 * prefix. Programs that only compare names do not load SQLite. The library's code calls the table
 * as it would call SQLite, so that the store has no second layer. */
#define MT_SQLITE_FUNCTIONS(FUNCTION)                                                              \
  FUNCTION (backup_finish)                                                                         \
  FUNCTION (backup_init)                                                                           \
  FUNCTION (backup_step)                                                                           \
  FUNCTION (bind_blob)                                                                             \
  FUNCTION (bind_int)                                                                              \
  FUNCTION (bind_int64)                                                                            \
  FUNCTION (bind_null)                                                                             \
  FUNCTION (bind_text)                                                                             \
  FUNCTION (busy_timeout)                                                                          \
  FUNCTION (changes)                                                                               \
  FUNCTION (close)                                                                                 \
  FUNCTION (close_v2)                                                                              \
  FUNCTION (column_blob)                                                                           \
  FUNCTION (column_bytes)                                                                          \
  FUNCTION (column_int)                                                                            \
  FUNCTION (column_int64)                                                                          \
  FUNCTION (column_text)                                                                           \
  FUNCTION (create_function_v2)                                                                    \
  FUNCTION (db_config)                                                                             \
  FUNCTION (db_readonly)                                                                           \
  FUNCTION (errcode)                                                                               \
  FUNCTION (errmsg)                                                                                \
  FUNCTION (errstr)                                                                                \
  FUNCTION (exec)                                                                                  \
  FUNCTION (file_control)                                                                          \
  FUNCTION (finalize)                                                                              \
  FUNCTION (free)                                                                                  \
  FUNCTION (get_autocommit)                                                                        \
  FUNCTION (last_insert_rowid)                                                                     \
  FUNCTION (open_v2)                                                                               \
  FUNCTION (prepare_v2)                                                                            \
  FUNCTION (prepare_v3)                                                                            \
  FUNCTION (reset)                                                                                 \
  FUNCTION (result_error_nomem)                                                                    \
  FUNCTION (result_int)                                                                            \
  FUNCTION (rollback_hook)                                                                         \
  FUNCTION (step)                                                                                  \
  FUNCTION (system_errno)                                                                          \
  FUNCTION (value_text)                                                                            \
  FUNCTION (value_type)

typedef struct {
  MtModuleHead head;
#define MT_DECLARE_FUNCTION(name) __typeof__ (sqlite3_##name) *name;
  MT_SQLITE_FUNCTIONS (MT_DECLARE_FUNCTION)
#undef MT_DECLARE_FUNCTION
} MtSqliteModule;
