/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kind of store that keeps records in a PostgreSQL database, for many hosts. libpq is in a
 * module, which is loaded when the first such store is opened. */

#include "store/postgresql-private.h"

#include <string.h>

#include "error-private.h"
#include "store/open-private.h"

G_DEFINE_FINAL_TYPE (MtPostgresqlStore, mt_postgresql_store, MACHTYPE_TYPE_STORE)

static gboolean
pg_backup (MachtypeStore *base, const char *path, GError **error)
{
  (void)path;
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "the store %s: PostgreSQL makes its own backups (pg_dump); 'machtype store copy' "
                  "copies it to a file",
                  mt_pg_store_of (base)->shown);
}

static void
mt_postgresql_store_finalize (GObject *object)
{
  MtPgStore *store = MT_POSTGRESQL_STORE (object);

  if (store->module != NULL)
    mt_pg_disconnect (store);
  g_free (store->conninfo);
  g_free (store->shown);
  g_free (store->newer_columns);
  g_free (store->new_properties);
  g_clear_error (&store->why);
  g_clear_pointer (&store->steps, g_ptr_array_unref);
  g_ptr_array_unref (store->new_classes);
  g_hash_table_unref (store->classes);
  g_hash_table_unref (store->class_ids);
  g_string_free (store->records, TRUE);
  g_string_free (store->history, TRUE);
  G_OBJECT_CLASS (mt_postgresql_store_parent_class)->finalize (object);
}

static void
mt_postgresql_store_class_init (MtPostgresqlStoreClass *class)
{
  MachtypeStoreClass *store = MACHTYPE_STORE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = mt_postgresql_store_finalize;
  store->begin = mt_pg_begin;
  store->commit = mt_pg_commit;
  store->rollback = mt_pg_rollback;
  store->get = mt_pg_get;
  store->insert = mt_pg_insert;
  store->swap = mt_pg_swap;
  store->remove = mt_pg_remove;
  store->foreach = mt_pg_foreach;
  store->foreach_unset = mt_pg_foreach_unset;
  store->foreach_matching = mt_pg_foreach_matching;
  store->foreach_class = mt_pg_foreach_class;
  store->foreach_history = mt_pg_foreach_history;
  store->begin_read = mt_pg_begin_read;
  store->end_read = mt_pg_end_read;
  store->add_intention = mt_pg_add_intention;
  store->remove_intention = mt_pg_remove_intention;
  store->get_intention = mt_pg_get_intention;
  store->foreach_intention = mt_pg_foreach_intention;
  store->backup = pg_backup;
  store->find_problems = mt_pg_check;
  store->read_info = mt_pg_read_info;
  store->get_several = mt_pg_get_several;
}

static gboolean
flush_nothing (MtPgStore *store, GError **error)
{
  (void)store;
  (void)error;
  return TRUE;
}

static guint
hash_class (gconstpointer record_class)
{
  return machtype_record_class_hash (record_class);
}

static gboolean
is_same_class (gconstpointer a, gconstpointer b)
{
  return mt_record_class_is_same (a, b);
}

static void
mt_postgresql_store_init (MtPostgresqlStore *store)
{
  store->classes = g_hash_table_new (hash_class, is_same_class);
  store->class_ids = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, mt_pg_class_free);
  store->new_classes = g_ptr_array_new ();
  store->records = g_string_new (NULL);
  store->history = g_string_new (NULL);
  store->flush = flush_nothing;
  store->learn = mt_pg_check_schema;
  mt_store_set_swap_alone (MACHTYPE_STORE (store), mt_pg_swap_alone);
}

/* "postgresql://..." is a URI of libpq's; what else follows "postgresql:" is the other form of its
 * connection strings, such as "service=fleet". */
static const char *
get_conninfo (const char *place)
{
  const char *rest = place + strlen (MT_POSTGRESQL_SCHEME);

  return g_str_has_prefix (rest, "//") ? place : rest;
}

static gboolean
describe (MtPgStore *store, GError **error)
{
  MtPgFailure failure = { 0 };
  g_autofree char *said = NULL;

  store->shown = store->module->describe (store->conninfo, &failure);
  if (store->shown != NULL) {
    g_autofree char *raw = g_steal_pointer (&store->shown);

    store->shown = mt_escape_for_message (raw);
    return TRUE;
  }
  said = mt_pg_dup_message (store, &failure);
  g_free (failure.message);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "the place of the store is not a connection string of PostgreSQL: %s; use "
                  "postgresql://HOST/DATABASE or postgresql:service=NAME",
                  said);
}

MachtypeStore *
mt_postgresql_store_open (const char *place, MachtypeStoreOpenFlags flags, int timeout_ms,
                          GError **error)
{
  const MtPgModule *module =
      (const MtPgModule *)mt_module_load ("postgresql", sizeof *module, error);
  g_autoptr (MtPostgresqlStore) store = NULL;

  if (module == NULL)
    return NULL;
  store = g_object_new (MT_TYPE_POSTGRESQL_STORE, NULL);
  store->module = module;
  store->conninfo = g_strdup (get_conninfo (place));
  store->flags = flags;
  store->timeout_ms = timeout_ms;
  if (!describe (store, error) || !mt_pg_connect (store, error) ||
      !mt_pg_check_schema (store, error))
    return NULL;
  return MACHTYPE_STORE (g_steal_pointer (&store));
}
