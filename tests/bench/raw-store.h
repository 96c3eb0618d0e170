/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* The peer of MachtypeStore: SQLite's own calls on the same tables, as a good C programmer would
 * write them for this one job. Numbers of names are known in advance, statements are kept, nothing
 * is checked. A failure aborts. */

#define RAW_UUID_BYTES 16

/* Strings are numbers; 0 means none. */
typedef struct {
  guint8 uuid[RAW_UUID_BYTES];
  gint64 revision, machine, requested, source, arch, state, host, cell, properties;
  gint64 recorded_at, seen_at, transient;
  const char *name, *unknown;
} RawRecord;

/* The result of a lookup. Everything except the last two is borrowed from the store. */
typedef struct {
  guint8 uuid[RAW_UUID_BYTES];
  gint64 revision, source, arch, recorded_at, seen_at, transient, qemu_version, libvirt_version;
  const char *machine, *requested, *state, *cell, *host_name, *host_uuid, *properties;
  char *name, *unknown;
} RawFound;

typedef struct _RawStore RawStore;

/* Creates the file by opening it as a MachtypeStore once. */
RawStore *raw_store_open (const char *path);
void raw_store_close (RawStore *store);

void raw_store_run (RawStore *store, const char *sql);
gint64 raw_store_query (RawStore *store, const char *sql);

/* The number of a name, by a statement with one parameter. */
gint64 raw_store_find (RawStore *store, const char *sql, const char *text);

/* Copies the names of another store of ours, with their numbers, and learns them. */
void raw_store_copy_names (RawStore *store, const char *path);

/* Aborts if the files have different contents, except times of changes, which come from the clock.
 */
void raw_store_check_equal (RawStore *store, const char *path);

/* Closes the file, which writes its log back, and opens it again. Names stay known, and statements
 * are prepared. */
void raw_store_start_anew (RawStore *store);

void raw_store_begin (RawStore *store);
void raw_store_commit (RawStore *store);
void raw_store_insert (RawStore *store, const RawRecord *record);
void raw_store_get (RawStore *store, const guint8 *uuid, RawFound *found);

/* Replaces a record, with an entry in the history. */
void raw_store_update (RawStore *store, const RawRecord *old_record, const RawRecord *record,
                       gint64 author);

/* Sums up the last digit, as a character, of the UUID of each record without a machine type. */
guint64 raw_store_sum_unset (RawStore *store);

/* Counts the records that have host, machine type, architecture, state, cell and properties in
 * common, and sums up the number of each class times the last characters of their names. */
guint64 raw_store_sum_classes (RawStore *store);

/* The last character of a name; 0 for none. */
guint64 raw_store_get_end (const char *name);
