/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "store/store-private.h"

/* More problems than anyone reads are not listed. */
#define MT_STORE_PROBLEMS_MAX 1000

/* What can be wrong with a store. */
typedef enum {
  MT_STORE_DAMAGED,
  MT_STORE_UNREADABLE,
  MT_STORE_SCHEMA,
  MT_STORE_ORPHAN,
  MT_STORE_REVISION,
  MT_STORE_OLD_VERSION,
} MtStoreProblem;

/* Takes ownership of the message. uuid can be NULL: not about one instance. */
void mt_store_add_problem (GPtrArray *problems, MtStoreProblem problem, const char *uuid,
                           char *message);

/* One record and its history; the pending changes. FALSE: the store does not answer. */
gboolean mt_store_check_record (MachtypeStore *store, const char *uuid, GPtrArray *problems,
                                GError **error);
gboolean mt_store_check_intentions (MachtypeStore *store, GPtrArray *problems, GError **error);
