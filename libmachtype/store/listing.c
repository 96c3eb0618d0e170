/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listing the records that a query wants, and their classes. */

#include "store/store-private.h"

typedef struct {
  const MachtypeRecordQuery *query;
  MachtypeRecordFunc func;
  gpointer data;
} MatchingCall;

static gboolean
call_if_matching (MachtypeRecord *record, gpointer user_data)
{
  const MatchingCall *call = user_data;

  return !machtype_record_query_matches (call->query, record) || call->func (record, call->data);
}

gboolean
mt_store_foreach_matching_slowly (MachtypeStore *store, MachtypeRecordQuery *query,
                                  MachtypeRecordFunc func, gpointer user_data, GError **error)
{
  MatchingCall call = { query, func, user_data };

  if (query == NULL)
    return mt_store_foreach (store, NULL, NULL, func, user_data, error);
  return mt_store_foreach (store, query->cell, query->host, call_if_matching, &call, error);
}

gboolean
mt_store_finds_classes (MachtypeStore *store)
{
  return MACHTYPE_STORE_GET_CLASS (store)->foreach_matching != mt_store_foreach_matching_slowly;
}

static gboolean
is_same (gconstpointer a, gconstpointer b)
{
  return mt_record_class_is_same (a, b);
}

static guint
hash (gconstpointer record_class)
{
  return machtype_record_class_hash (record_class);
}

static gboolean
count (MachtypeRecord *record, gpointer user_data)
{
  GHashTable *classes = user_data;
  MachtypeRecordClass *new = machtype_record_class_new (record, 1), *there;

  there = g_hash_table_lookup (classes, new);
  if (there == NULL)
    g_hash_table_add (classes, new);
  else {
    there->count++;
    machtype_record_class_unref (new);
  }
  return TRUE;
}

gboolean
mt_store_foreach_class_slowly (MachtypeStore *store, MachtypeRecordQuery *query,
                               MachtypeRecordClassFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GHashTable) classes = NULL;
  GHashTableIter iter;
  gpointer record_class;

  classes =
      g_hash_table_new_full (hash, is_same, (GDestroyNotify)machtype_record_class_unref, NULL);
  if (!mt_store_foreach_matching (store, query, count, classes, error))
    return FALSE;
  g_hash_table_iter_init (&iter, classes);
  while (g_hash_table_iter_next (&iter, &record_class, NULL)) {
    if (!func (record_class, user_data))
      break;
  }
  return TRUE;
}

/**
 * machtype_store_foreach_matching:
 * @store: a store; must not be %NULL
 * @query: (nullable): the records that are wanted; %NULL for all
 * @func: (scope call) (closure user_data): the function to call for each record; must not be %NULL,
 *   and must not write to the store
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Calls a function for each record that a query wants, ordered by UUID, one at a time: memory does
 * not grow with their number. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed; @func may already have been called.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_foreach_matching (MachtypeStore *store, MachtypeRecordQuery *query,
                                 MachtypeRecordFunc func, gpointer user_data, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  return mt_store_foreach_matching (store, query, func, user_data, error);
}

/**
 * machtype_store_foreach_class:
 * @store: a store; must not be %NULL
 * @query: (nullable): the records that are wanted; %NULL for all
 * @func: (scope call) (closure user_data): the function to call for each class; must not be %NULL,
 *   and must not write to the store
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Calls a function once for each class of the records that a query wants, in any order. A store in
 * a database counts the records there: this takes less time than reading them, and memory does not
 * grow with the number of classes. To read the records of a class, use
 * [method@Machtype.RecordQueryBuilder.set_class]. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed; @func may already have been called.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_foreach_class (MachtypeStore *store, MachtypeRecordQuery *query,
                              MachtypeRecordClassFunc func, gpointer user_data, GError **error)
{
  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);
  return mt_store_foreach_class (store, query, func, user_data, error);
}

static gboolean
keep_class (MachtypeRecordClass *record_class, gpointer user_data)
{
  g_ptr_array_add (user_data, machtype_record_class_ref (record_class));
  return TRUE;
}

/* What is unknown comes first. */
static int
compare_classes (gconstpointer a, gconstpointer b)
{
  const MachtypeRecordClass *left = *(MachtypeRecordClass *const *)a;
  const MachtypeRecordClass *right = *(MachtypeRecordClass *const *)b;
  int order = g_strcmp0 (left->cell, right->cell);

  if (order == 0)
    order = g_strcmp0 (left->host_name, right->host_name);
  if (order == 0)
    order = (int)left->arch - (int)right->arch;
  if (order == 0)
    order = g_strcmp0 (left->machine, right->machine);
  if (order == 0)
    order = g_strcmp0 (left->state, right->state);
  return order;
}

/**
 * machtype_store_list_classes:
 * @store: a store; must not be %NULL
 * @query: (nullable): the records that are wanted; %NULL for all
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the classes of the records that a query wants, as machtype_store_foreach_class() finds
 * them, ordered by cell, host, architecture, machine type and state. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE if the database failed.
 *
 * Returns: (transfer container) (element-type MachtypeRecordClass): the classes, an empty array if
 *   there are no such records, or %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_store_list_classes (MachtypeStore *store, MachtypeRecordQuery *query, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_class_unref);
  if (!mt_store_foreach_class (store, query, keep_class, list, error))
    return NULL;
  g_ptr_array_sort (list, compare_classes);
  return g_steal_pointer (&list);
}
