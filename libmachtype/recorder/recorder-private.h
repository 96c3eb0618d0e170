/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/recorder.h>

struct _MachtypeRecorder {
  gatomicrefcount refs;
  MachtypeStore *store;
  MachtypePolicy *policy; /* NULL: none */
  char *host_name;        /* NULL: the name that the host reports */
  char *cell;             /* NULL: unknown */
  char *author;           /* NULL: unknown */
  GPtrArray *only;        /* names and UUIDs of domains; NULL: all */
  MachtypeRecorderFlags flags;
  gboolean dry_run;
};

/* Leaves the domains that were asked for, of MachtypeDomainStatus, sorted by UUID. Raises
 * MACHTYPE_ERROR_NOT_FOUND for a name that the host does not have. */
gboolean mt_recorder_select (const MachtypeRecorder *recorder, GPtrArray *statuses,
                             const char *host_name, GError **error);

/* A file of a spool; or, of an instance of a host, only how many there are. */
typedef struct {
  const char *file; /* its name; NULL: none */
  const char *uuid;
  gint64 time;                  /* seconds */
  MachtypeDomainStatus *status; /* of a guest that started; NULL: record is set */
  MachtypeRecord *record;
  guint n_done, n_total;
} MtSpooled;

/* When a guest has last started, in seconds, as a spool knows it from a file that waits or was
 * taken; 0: it knows of none. seen (names) and starts (of gint64, by UUID) keep what was read: a
 * file is read once. Raises what machtype_recorder_take_spool() does of a spool. */
gboolean mt_spool_find_start (const char *directory, GHashTable *seen, GHashTable *starts,
                              const char *uuid, gint64 *time, GError **error);

/* Inside a transaction, unless it is a dry run: records it. NULL: neither can others be recorded.
 */
MachtypeRecordResult *mt_recorder_store_spooled (const MachtypeRecorder *recorder,
                                                 const MtSpooled *entry, GError **error);
