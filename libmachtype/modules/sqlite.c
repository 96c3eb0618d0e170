/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module that links SQLite. Loaded when the first store in a file is opened, so that programs
 * that only compare names do not pay for it. */

#include "store/sqlite-module.h"

#include <machtype/version.h>

__attribute__ ((visibility ("default"))) extern const MtSqliteModule machtype_sqlite_module;

#define HEAD                                                                                       \
  {                                                                                                \
    .size = sizeof (MtSqliteModule), .version = MACHTYPE_VERSION_STRING                            \
  }
#define SET(name) .name = sqlite3_##name,

const MtSqliteModule machtype_sqlite_module = { .head = HEAD, MT_SQLITE_FUNCTIONS (SET) };
