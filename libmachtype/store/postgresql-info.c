/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a PostgreSQL database of records is, how much is in it, and whether it is whole. */

#include "store/postgresql-private.h"

#include "store/check-private.h"
#include "store/info-private.h"

#define COUNT                                                                                      \
  "SELECT (SELECT count(*) FROM machtype.record), "                                                \
  "(SELECT count(*) FROM (SELECT DISTINCT host_name, host_uuid FROM machtype.class WHERE "         \
  "(host_name IS NOT NULL OR host_uuid IS NOT NULL) AND "                                          \
  "EXISTS (SELECT FROM machtype.record WHERE class = id)) AS hosts), "                             \
  "(SELECT count(*) FROM machtype.history), (SELECT count(*) FROM machtype.intention), "           \
  "(SELECT coalesce(min(recorded_at), 0) FROM machtype.record), "                                  \
  "greatest((SELECT coalesce(max(recorded_at), 0) FROM machtype.record), "                         \
  "(SELECT coalesce(max(changed_at), 0) FROM machtype.history)), "                                 \
  "(SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class "                                \
  "WHERE relnamespace = 'machtype'::regnamespace AND relkind = 'r')"

static guint64
get_number (const MtPgStore *store, gpointer result, int column)
{
  return g_ascii_strtoull (store->module->get_value (result, 0, column), NULL, 10);
}

MachtypeStoreInfo *
mt_pg_read_info (MachtypeStore *base, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  g_autoptr (MachtypeStoreInfo) info = mt_store_info_alloc ("postgresql");
  MtPgBatch batch = { .n = 0 };
  gboolean ok;

  mt_pg_batch_add_sql (&batch, COUNT, NULL);
  ok = mt_pg_run (store, &batch, "counting its contents", error);
  if (ok) {
    gpointer result = batch.results[0];

    info->n_records = get_number (store, result, 0);
    info->n_hosts = get_number (store, result, 1);
    info->n_changes = get_number (store, result, 2);
    info->n_pending = get_number (store, result, 3);
    info->first_change = (gint64)get_number (store, result, 4);
    info->last_change = (gint64)get_number (store, result, 5);
    info->size = get_number (store, result, 6);
    info->path = g_strdup (store->shown);
    info->table_version = (guint)store->version;
  }
  mt_pg_batch_clear (store, &batch);
  return ok ? g_steal_pointer (&info) : NULL;
}

#define ORPHANS                                                                                    \
  "SELECT h.uuid, count(*) FROM machtype.history AS h WHERE NOT EXISTS "                           \
  "(SELECT FROM machtype.record AS r WHERE r.uuid = h.uuid) GROUP BY h.uuid ORDER BY h.uuid "      \
  "LIMIT " G_STRINGIFY (MT_STORE_PROBLEMS_MAX)

static gboolean
check_orphans (MtPgStore *store, GPtrArray *problems, GError **error)
{
  MtPgBatch batch = { .n = 0 };
  gboolean ok;
  int i;

  mt_pg_batch_add_sql (&batch, ORPHANS, NULL);
  ok = mt_pg_run (store, &batch, "checking it", error);
  for (i = 0; ok && i < store->module->get_n_rows (batch.results[0]); i++)
    mt_store_add_problem (
        problems, MT_STORE_ORPHAN, store->module->get_value (batch.results[0], i, 0),
        g_strdup_printf ("a history of %s changes is of an instance that has no record",
                         store->module->get_value (batch.results[0], i, 1)));
  mt_pg_batch_clear (store, &batch);
  return ok;
}

/* Every row is read; whether the server's pages are whole, pg_amcheck and its checksums say. */
gboolean
mt_pg_check (MachtypeStore *base, GPtrArray *problems, GError **error)
{
  return mt_store_check_slowly (base, problems, error) &&
         check_orphans (mt_pg_store_of (base), problems, error);
}
