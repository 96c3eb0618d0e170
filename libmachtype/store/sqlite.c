/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kind of store that keeps records in an SQLite database. */

#include "store/sqlite-store-private.h"

#include "store/open-private.h"

G_DEFINE_FINAL_TYPE (MtSqliteStore, mt_sqlite_store, MACHTYPE_TYPE_STORE)

static gboolean
sqlite_backup (MachtypeStore *base, const char *path, GError **error)
{
  return mt_sqlite_backup (&MT_SQLITE_STORE (base)->sqlite, path, error);
}

static void
mt_sqlite_store_finalize (GObject *object)
{
  MtSqliteStore *store = MT_SQLITE_STORE (object);

  mt_sqlite_close (&store->sqlite);
  mt_dictionary_clear (&store->dictionary);
  g_free (store->sqlite.path);
  g_free (store->sqlite.old_mode);
  G_OBJECT_CLASS (mt_sqlite_store_parent_class)->finalize (object);
}

static void
mt_sqlite_store_class_init (MtSqliteStoreClass *class)
{
  MachtypeStoreClass *store = MACHTYPE_STORE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = mt_sqlite_store_finalize;
  store->begin = mt_sqlite_begin;
  store->commit = mt_sqlite_commit;
  store->rollback = mt_sqlite_rollback;
  store->get = mt_sqlite_get;
  store->insert = mt_sqlite_insert;
  store->swap = mt_sqlite_swap;
  store->remove = mt_sqlite_remove;
  store->foreach = mt_sqlite_foreach;
  store->foreach_unset = mt_sqlite_foreach_unset;
  store->foreach_matching = mt_sqlite_foreach_matching;
  store->foreach_class = mt_sqlite_foreach_class;
  store->foreach_history = mt_sqlite_foreach_history;
  store->begin_read = mt_sqlite_begin_read;
  store->end_read = mt_sqlite_end_read;
  store->add_intention = mt_sqlite_add_intention;
  store->remove_intention = mt_sqlite_remove_intention;
  store->get_intention = mt_sqlite_get_intention;
  store->foreach_intention = mt_sqlite_foreach_intention;
  store->backup = sqlite_backup;
  store->find_problems = mt_sqlite_check;
  store->read_info = mt_sqlite_read_info;
}

static void
mt_sqlite_store_init (MtSqliteStore *store)
{
  mt_dictionary_init (&store->dictionary);
  mt_store_set_swap_alone (MACHTYPE_STORE (store), mt_sqlite_swap_alone);
}

/* What SQLite calls when it rolls back a transaction, including automatically. */
static void
forget_numbers (gpointer dictionary)
{
  mt_dictionary_forget (dictionary);
}

MachtypeStore *
mt_sqlite_store_open (const char *path, MachtypeStoreOpenFlags flags, int timeout_ms,
                      GError **error)
{
  g_autoptr (MtSqliteStore) store = g_object_new (MT_TYPE_SQLITE_STORE, NULL);

  if (!mt_sqlite_open (&store->sqlite, path, flags, timeout_ms, error) ||
      !mt_sqlite_add_functions (&store->sqlite, error))
    return NULL;
  mt_sqlite->rollback_hook (store->sqlite.db, forget_numbers, &store->dictionary);
  return MACHTYPE_STORE (g_steal_pointer (&store));
}
