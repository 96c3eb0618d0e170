/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Backups of stores. */

#include "store/store-private.h"

#include "error-private.h"

/**
 * machtype_store_backup:
 * @store: a store; must not be %NULL
 * @path: the file to make; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Copies everything, histories included, into a new file that [func@Machtype.Store.open] can open.
 * Others may write to the store meanwhile: the copy is of one instant, between
 * [method@Machtype.Store.begin_read] and [method@Machtype.Store.end_read] of the instant that was
 * begun with. The file is made for its owner alone (mode 0600), and gets its name once all of it is
 * on the disk: it is there as a whole or not at all, whenever the process ends. A process that is
 * killed meanwhile leaves a file beside it whose name goes on with `.part-`, to be deleted. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_EXISTS if there is something of that name, be it a symbolic link;
 * %MACHTYPE_ERROR_STORE if it cannot be written, or everybody may replace files in its folder;
 * %MACHTYPE_ERROR_BUSY if others did not let the store be read in time;
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for a path that is no text or a URI, and inside a transaction
 * that writes; %MACHTYPE_ERROR_UNSUPPORTED for a store that is kept in no file.
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
                  "the store is inside a transaction: a backup would have half of it");
}
