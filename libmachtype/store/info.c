/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a store is, and how much is in it. */

#include "store/info-private.h"

#include <string.h>

#include "error-private.h"
#include "json/json-private.h"

G_DEFINE_BOXED_TYPE (MachtypeStoreInfo, machtype_store_info, machtype_store_info_ref,
                     machtype_store_info_unref)

MachtypeStoreInfo *
mt_store_info_alloc (const char *kind)
{
  MachtypeStoreInfo *info = g_new0 (MachtypeStoreInfo, 1);

  g_atomic_ref_count_init (&info->refs);
  info->kind = g_strdup (kind);
  return info;
}

/**
 * machtype_store_info_ref:
 * @info: a description of a store; must not be %NULL
 *
 * Increases the reference count of @info. Thread-safe.
 *
 * Returns: (transfer full): @info
 * Since: 1.0
 */
MachtypeStoreInfo *
machtype_store_info_ref (MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, NULL);

  g_atomic_ref_count_inc (&info->refs);
  return info;
}

/**
 * machtype_store_info_unref:
 * @info: (transfer full) (nullable): a description of a store; %NULL does nothing
 *
 * Decreases the reference count of @info; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_store_info_unref (MachtypeStoreInfo *info)
{
  if (info == NULL || !g_atomic_ref_count_dec (&info->refs))
    return;
  g_free (info->kind);
  g_free (info->path);
  g_free (info->journal_mode);
  g_free (info);
}

/**
 * machtype_store_info_to_json:
 * @info: a description of a store; must not be %NULL
 *
 * Writes a description of a store as a JSON object on one line. What is unknown is absent.
 * `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_store_info_to_json (const MachtypeStoreInfo *info)
{
  GString *json;

  g_return_val_if_fail (info != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "kind", info->kind);
  mt_json_text (json, "path", info->path);
  if (info->table_version != 0)
    mt_json_uint (json, "table_version", info->table_version);
  mt_json_text (json, "journal_mode", info->journal_mode);
  if (info->size != 0)
    mt_json_uint (json, "size", info->size);
  mt_json_uint (json, "records", info->n_records);
  mt_json_uint (json, "hosts", info->n_hosts);
  mt_json_uint (json, "changes", info->n_changes);
  mt_json_uint (json, "pending", info->n_pending);
  if (info->n_records != 0) {
    mt_json_time (json, "first_change", info->first_change);
    mt_json_time (json, "last_change", info->last_change);
  }
  return mt_json_end_value (json);
}

/**
 * machtype_store_info_equal:
 * @a: a description of a store; must not be %NULL
 * @b: another one; must not be %NULL
 *
 * Compares two descriptions. Thread-safe.
 *
 * Returns: %TRUE if they are equal
 * Since: 1.0
 */
gboolean
machtype_store_info_equal (const MachtypeStoreInfo *a, const MachtypeStoreInfo *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return a == b || mt_json_equal (machtype_store_info_to_json (a), machtype_store_info_to_json (b));
}

/**
 * machtype_store_info_hash:
 * @info: a description of a store; must not be %NULL
 *
 * Computes a hash for a hash table whose keys are compared with machtype_store_info_equal().
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_store_info_hash (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return mt_json_hash (machtype_store_info_to_json (info));
}

/**
 * machtype_store_info_get_kind:
 * @info: a description of a store; must not be %NULL
 *
 * Gets the kind of store: `sqlite`, `memory`, or the name of the type of another subclass.
 * Thread-safe.
 *
 * Returns: (transfer none): the kind, valid as long as @info
 * Since: 1.0
 */
const char *
machtype_store_info_get_kind (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, NULL);
  return info->kind;
}

/**
 * machtype_store_info_get_path:
 * @info: a description of a store; must not be %NULL
 *
 * Gets where the store is, without symbolic links. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the path, valid as long as @info; %NULL for a store that is
 *   not a file
 * Since: 1.0
 */
const char *
machtype_store_info_get_path (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, NULL);
  return info->path;
}

/**
 * machtype_store_info_get_table_version:
 * @info: a description of a store; must not be %NULL
 *
 * Gets the version of the store's tables. A store that is only read keeps an older version; one
 * that is opened for writing gets the current one. Thread-safe.
 *
 * Returns: the version; 0 for a store without tables
 * Since: 1.0
 */
guint
machtype_store_info_get_table_version (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->table_version;
}

/**
 * machtype_store_info_get_journal_mode:
 * @info: a description of a store; must not be %NULL
 *
 * Gets how an SQLite database makes its changes safe (`PRAGMA journal_mode`,
 * https://sqlite.org/pragma.html#pragma_journal_mode): `wal`, once it was opened for writing.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the mode, valid as long as @info; %NULL for other stores
 * Since: 1.0
 */
const char *
machtype_store_info_get_journal_mode (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, NULL);
  return info->journal_mode;
}

/**
 * machtype_store_info_get_size:
 * @info: a description of a store; must not be %NULL
 *
 * Gets the size of the store's file and of its write-ahead log. Thread-safe.
 *
 * Returns: the size in bytes; 0 for a store that is not a file
 * Since: 1.0
 */
guint64
machtype_store_info_get_size (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->size;
}

/**
 * machtype_store_info_get_n_records:
 * @info: a description of a store; must not be %NULL
 *
 * Gets the number of records. Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint64
machtype_store_info_get_n_records (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->n_records;
}

/**
 * machtype_store_info_get_n_hosts:
 * @info: a description of a store; must not be %NULL
 *
 * Gets the number of hosts, by name and UUID, that records are of. Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint64
machtype_store_info_get_n_hosts (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->n_hosts;
}

/**
 * machtype_store_info_get_n_changes:
 * @info: a description of a store; must not be %NULL
 *
 * Gets the number of entries in the histories of the records
 * ([method@Machtype.Store.list_history]). Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint64
machtype_store_info_get_n_changes (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->n_changes;
}

/**
 * machtype_store_info_get_n_pending:
 * @info: a description of a store; must not be %NULL
 *
 * Gets the number of changes that are in progress or were interrupted
 * ([method@Machtype.Store.list_intentions]). Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint64
machtype_store_info_get_n_pending (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->n_pending;
}

/**
 * machtype_store_info_get_first_change:
 * @info: a description of a store; must not be %NULL
 *
 * Gets when the first of the records was recorded. Thread-safe.
 *
 * Returns: seconds since 1970; 0 if there are no records
 * Since: 1.0
 */
gint64
machtype_store_info_get_first_change (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->first_change;
}

/**
 * machtype_store_info_get_last_change:
 * @info: a description of a store; must not be %NULL
 *
 * Gets when a record was last added or changed. That an instance was seen again is not a change.
 * Thread-safe.
 *
 * Returns: seconds since 1970; 0 if there are no records
 * Since: 1.0
 */
gint64
machtype_store_info_get_last_change (const MachtypeStoreInfo *info)
{
  g_return_val_if_fail (info != NULL, 0);
  return info->last_change;
}

typedef struct {
  MachtypeStore *store;
  MachtypeStoreInfo *info;
  GHashTable *hosts; /* of texts */
  GError *error;
} Count;

static gboolean
count_change (MachtypeHistoryEntry *entry, gpointer data)
{
  MachtypeStoreInfo *info = data;

  info->n_changes++;
  info->last_change = MAX (info->last_change, entry->changed_at);
  return TRUE;
}

static gboolean
count_record (MachtypeRecord *record, gpointer data)
{
  Count *count = data;
  MachtypeStoreInfo *info = count->info;
  const gboolean is_first = info->n_records++ == 0;

  info->first_change =
      is_first ? record->recorded_at : MIN (info->first_change, record->recorded_at);
  info->last_change = is_first ? record->recorded_at : MAX (info->last_change, record->recorded_at);
  if (record->host_name != NULL || record->host_uuid != NULL)
    g_hash_table_add (count->hosts, g_strconcat (record->host_name != NULL ? record->host_name : "",
                                                 "\n", record->host_uuid, NULL));
  if (mt_store_foreach_history (count->store, record->uuid.text, count_change, info, &count->error))
    return TRUE;
  /* A subclass may have no histories. */
  if (!g_error_matches (count->error, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED))
    return FALSE;
  g_clear_error (&count->error);
  return TRUE;
}

static gboolean
count_pending (MachtypeIntention *intention, gpointer data)
{
  (void)intention;
  ((MachtypeStoreInfo *)data)->n_pending++;
  return TRUE;
}

MachtypeStoreInfo *
mt_store_read_info_slowly (MachtypeStore *store, GError **error)
{
  g_autoptr (MachtypeStoreInfo) info = mt_store_info_alloc (G_OBJECT_TYPE_NAME (store));
  g_autoptr (GHashTable) hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Count count = { store, info, hosts, NULL };

  if (!mt_store_foreach (store, NULL, NULL, count_record, &count, error) ||
      !mt_store_foreach_intention (store, count_pending, info, error)) {
    g_clear_error (&count.error);
    return NULL;
  }
  if (count.error != NULL) {
    g_propagate_error (error, count.error);
    return NULL;
  }
  info->n_hosts = g_hash_table_size (hosts);
  return g_steal_pointer (&info);
}
