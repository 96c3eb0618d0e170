/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a store says of itself: whether it is whole, and what is in it. Both see it at one moment.
 */

#include "store/store-private.h"

#include "finding-private.h"

/**
 * machtype_store_check:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads everything in a store, and checks whether it is whole and belongs together. A store that is
 * only read can be checked, too; nothing is changed. Takes longer than reading all records. May
 * block.
 *
 * The codes of the findings ([method@Machtype.Finding.get_code]) are:
 *
 * - `damaged`: the database is damaged (`PRAGMA integrity_check` of SQLite)
 * - `unreadable`: a record or its history, whose UUID is the subject, cannot be read, such as one
 *   that refers to a row that does not exist
 * - `schema`: a table or an index is missing, is another one, or is not the library's
 * - `orphan`: a history, or a pending change, of an instance that has no record
 * - `revision`: a history has a change that is later than its record
 * - `old-version`: only a note: the tables have an older version, and are updated when the store is
 *   opened for writing
 *
 * A store in memory, and a subclass of another program, has only `unreadable`, `orphan` and
 * `revision`.
 *
 * Raises %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_STORE if the check itself failed.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings, at most a thousand,
 * in the order in which they were found: the database, its tables, histories without a record,
 *   records by UUID, pending changes; empty if there are none; %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_store_check (MachtypeStore *store, GError **error)
{
  g_autoptr (GPtrArray) problems = NULL;
  gboolean own, ok;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);

  if (!mt_store_begin_own_read (store, &own, error))
    return NULL;
  problems = mt_findings_new ();
  ok = mt_store_check (store, problems, error);
  if (own)
    machtype_store_end_read (store);
  return ok ? g_steal_pointer (&problems) : NULL;
}

/**
 * machtype_store_read_info:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Describes a store: what it is, where, and how much is in it, as it is at one moment. A store that
 * is only read can be described, too. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed, %MACHTYPE_ERROR_BUSY.
 *
 * Returns: (transfer full): the description, or %NULL on error
 * Since: 1.0
 */
MachtypeStoreInfo *
machtype_store_read_info (MachtypeStore *store, GError **error)
{
  MachtypeStoreInfo *info;
  gboolean own;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);

  if (!mt_store_begin_own_read (store, &own, error))
    return NULL;
  info = mt_store_read_info (store, error);
  if (own)
    machtype_store_end_read (store);
  return info;
}
