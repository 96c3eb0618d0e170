/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads SQLite, with its module, before the first store in a file is opened. */

#include "store/sqlite-private.h"

const MtSqliteModule *mt_sqlite = NULL;

gboolean
mt_sqlite_load (GError **error)
{
  static GMutex mutex;
  gboolean loaded;

  g_mutex_lock (&mutex);
  /* Written once: whoever has a store reads it without the lock. */
  if (mt_sqlite == NULL)
    mt_sqlite = (const MtSqliteModule *)mt_module_load ("sqlite", sizeof *mt_sqlite, error);
  loaded = mt_sqlite != NULL;
  g_mutex_unlock (&mutex);
  return loaded;
}
