/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What real emulators list: as record.py has recorded them in tests/data/emulators, or just now in
 * the folder MACHTYPE_EMULATORS. */

#include "test.h"

#define V(major, minor) ((major) << 8 | (minor))

/* What QEMU X.Y of Debian lists, by emulator: a table of names. */
typedef struct {
  guint version;         /* V (X, Y) */
  GHashTable *emulators; /* name: GHashTable of Machine by name */
} Qemu;

typedef struct {
  char *stands_for; /* NULL: it is not an alias */
  gboolean deprecated;
} Machine;

/* The rows of a table, as their cells, without comments and the names of the columns. */
GPtrArray *recorded_read_rows (const char *path, guint n_columns);

/* The same of the part of a table that a line "%part" begins. */
GPtrArray *recorded_read_part (const char *path, const char *part, guint n_columns);

/* Where the files are. */
char *recorded_dup_folder (void);

/* Every Qemu in that folder. */
GPtrArray *recorded_read_all (void);
