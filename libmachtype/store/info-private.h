/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/store-private.h"

struct _MachtypeStoreInfo {
  gatomicrefcount refs;
  char *kind;
  char *path;         /* NULL: not a file */
  char *journal_mode; /* NULL: not SQLite */
  guint table_version;
  guint64 size;
  guint64 n_records, n_hosts, n_changes, n_pending;
  gint64 first_change, last_change; /* seconds; 0 without records */
};

MachtypeStoreInfo *mt_store_info_alloc (const char *kind);
