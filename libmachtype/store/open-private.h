/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/store-private.h"

/* The kinds of stores that can be opened: the scheme of its places with its "://" ("": a path), and
 * the function that opens one. A new kind is its files and a row here. */
#define MT_STORE_KINDS(KIND)                                                                       \
  KIND ("", mt_sqlite_store_open)                                                                  \
  KIND (MT_POSTGRESQL_SCHEME, mt_postgresql_store_open)

/* Opens a store at a place, which is valid text and has the scheme of the kind; flags and
 * timeout_ms are checked. NULL: the error is set. */
typedef MachtypeStore *MtStoreOpenFunc (const char *place, MachtypeStoreOpenFlags flags,
                                        int timeout_ms, GError **error);

/* The place has both: see mt_store_find_server (). */
MtStoreOpenFunc mt_replica_store_open;

#define MT_DECLARE_STORE_KIND(scheme, open) MtStoreOpenFunc open;
MT_STORE_KINDS (MT_DECLARE_STORE_KIND)
