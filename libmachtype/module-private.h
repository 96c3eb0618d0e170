/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* A module links what most programs do not need. It has one symbol, a table of functions that
 * begins with this. Private: library and module come from the same build, and version must be
 * exactly the library's. */
typedef struct {
  guint32 size; /* of the table */
  char version[20];
} MtModuleHead;

/* Loads libmachtype-NAME.so, permanently: its code stays. Returns the table machtype_NAME_module,
 * which has size bytes, or NULL with MACHTYPE_ERROR_MODULE. Thread-safe. */
const MtModuleHead *mt_module_load (const char *name, gsize size, GError **error);
