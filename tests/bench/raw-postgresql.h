/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The peer of MachtypeStore on a server: libpq's own calls on the same tables, as a good C
 * programmer would write them for this one job. Statements are prepared, independent ones are in a
 * pipeline, a change is one round trip, the ids of classes are known in advance, and nothing is
 * checked that the job does not need. A failure aborts. */

#define RAW_ID_SIZE 37

typedef struct _RawServer RawServer;

/* All texts are borrowed. */
typedef struct {
  char uuid[RAW_ID_SIZE];
  char name[32];
  const char *class_id;
  const char *machine; /* NULL: none */
} RawGuest;

typedef struct {
  const RawGuest *guest;
  const char *machine, *class_id; /* the new ones */
} RawUpdate;

/* A database that was created by opening it as a MachtypeStore; or one without our tables. */
RawServer *raw_server_open (const char *database);
RawServer *raw_server_open_empty (const char *database);
void raw_server_close (RawServer *server);

/* Runs a statement; with a result, its first value. */
char *raw_server_query (RawServer *server, const char *sql);

/* Learns the classes of another database of ours; they are added where they are needed. */
void raw_server_learn_classes (RawServer *server, const char *database);

/* The id of the class of a host and a machine type (NULL: none). Owned by the server. */
const char *raw_server_find_class (RawServer *server, const char *host, const char *machine);

/* Adds records in one transaction that was begun, by COPY, with classes that are new. */
void raw_server_copy (RawServer *server, const RawGuest *guests, guint n);

/* Reads records, and adds up what is in them: the revision, the time when it was recorded, the last
 * characters of name, machine type and host. In a pipeline; by arrays; or one after the other. */
guint64 raw_server_get_piped (RawServer *server, const char *const *uuids, guint n);
guint64 raw_server_get_by_arrays (RawServer *server, const char *const *uuids, guint n);
guint64 raw_server_get_one_by_one (RawServer *server, const char *const *uuids, guint n);
guint64 raw_server_sum_all (RawServer *server);

/* Changes a machine type, with an entry in the history, unless a change is pending. */
void raw_server_update (RawServer *server, const RawUpdate *update, const char *author);

guint64 raw_server_sum_unset (RawServer *server);

/* Adds up the number of each class times the last characters of its host and machine type. */
guint64 raw_server_sum_classes (RawServer *server);

/* The last character of a text; 0 for NULL. */
guint64 raw_server_get_end (const char *text);
