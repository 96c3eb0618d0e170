/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/store-private.h"

/* The marks that a file has as a replica (sqlite-replica.c). The stores are SQLite's. */

/* Whether a file is a replica of this server. */
gboolean mt_sqlite_is_replica_of (MachtypeStore *store, const char *server);

/* Makes a file a replica of this server: it is one, was one of another server, whose records are
 * removed, or is empty. */
gboolean mt_sqlite_claim_replica (MachtypeStore *store, const char *server, GError **error);

/* Inside a transaction: until the change of this token has ended, only that change puts a record of
 * the instance into the file. It takes the place of one that began before. */
gboolean mt_sqlite_begin_change (MachtypeStore *store, const char *uuid, const char *token,
                                 GError **error);

/* Inside a transaction: ends it. *is_last: no other change has begun, so that the record of the
 * instance can be put into the file; also if there was no change. */
gboolean mt_sqlite_end_change (MachtypeStore *store, const char *uuid, const char *token,
                               gboolean *is_last, GError **error);
