/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Backups of stores. */

#include "store/store-private.h"

#include "error-private.h"

/**
 * machtype_store_backup:
 * @store: a store; must not be %NULL
 * @path: the file to create; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Copies everything, including histories, to a new file that [func@Machtype.Store.open] can open.
 * Others can write to the store in the meantime: the copy is a snapshot of the store as it is now
 * or, between [method@Machtype.Store.begin_read] and [method@Machtype.Store.end_read], as it was at
 * the former. The file is accessible only to its owner (mode 0600) and gets its name when it is
 * completely on disk, so it is complete or absent whenever the process ends. A process that is
 * killed leaves a file next to it whose name continues with `.part-`; delete it. May block.
 *
 * Raises %MACHTYPE_ERROR_EXISTS if the name exists, even as a symbolic link; %MACHTYPE_ERROR_STORE
 * if it cannot be written, or everyone can replace files in its directory; %MACHTYPE_ERROR_BUSY if
 * others kept the store locked for too long; %MACHTYPE_ERROR_INVALID_ARGUMENT for a URI, for a path
 * that is not valid UTF-8 or has control characters, and inside a transaction that writes;
 * %MACHTYPE_ERROR_UNSUPPORTED for a store that is not a file.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_backup (MachtypeStore *store, const char *path, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  if (!mt_store_check_place (path, error))
    return FALSE;
  if (mt_store_scheme_length (path) != 0)
    return mt_store_set_uri (path, error);
  if (!mt_store_is_writing (store))
    return mt_store_backup (store, path, error);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "the store is in a transaction: a backup would contain only part of it");
}
