/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store in memory: for the tests of tools, and for decisions that are then discarded. */

#include "store/info-private.h"

#include <string.h>

/* Not exported: it has no functions beyond those of every store. */
#define MT_TYPE_MEMORY_STORE (mt_memory_store_get_type ())
G_DECLARE_FINAL_TYPE (MtMemoryStore, mt_memory_store, MT, MEMORY_STORE, MachtypeStore)

/* The data of one instance. */
typedef struct {
  MachtypeRecord *record;
  GPtrArray *history;           /* of MachtypeHistoryEntry */
  MachtypeIntention *intention; /* NULL: none */
} Kept;

/* What one write of a transaction replaced, for rolling back. */
typedef struct {
  char *uuid;
  Kept *kept; /* NULL: there was none */
} Step;

struct _MtMemoryStore {
  MachtypeStore parent_instance;
  GTree *records; /* UUID to Kept, ordered */
  GPtrArray *steps;
};

G_DEFINE_FINAL_TYPE (MtMemoryStore, mt_memory_store, MACHTYPE_TYPE_STORE)

static Kept *
kept_new (MachtypeRecord *record)
{
  Kept *kept = g_new0 (Kept, 1);

  kept->record = machtype_record_ref (record);
  kept->history = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_history_entry_unref);
  return kept;
}

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  if (kept == NULL)
    return;
  machtype_record_unref (kept->record);
  g_ptr_array_unref (kept->history);
  machtype_intention_unref (kept->intention);
  g_free (kept);
}

static Kept *
kept_copy (const Kept *kept)
{
  Kept *copy = kept_new (kept->record);
  guint i;

  for (i = 0; i < kept->history->len; i++)
    g_ptr_array_add (copy->history, machtype_history_entry_ref (kept->history->pdata[i]));
  if (kept->intention != NULL)
    copy->intention = machtype_intention_ref (kept->intention);
  return copy;
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->uuid);
  kept_free (step->kept);
  g_free (step);
}

static gboolean
memory_begin (MachtypeStore *store, GError **error)
{
  (void)error;
  g_ptr_array_set_size (MT_MEMORY_STORE (store)->steps, 0);
  return TRUE;
}

static gboolean
memory_commit (MachtypeStore *store, GError **error)
{
  (void)error;
  g_ptr_array_set_size (MT_MEMORY_STORE (store)->steps, 0);
  return TRUE;
}

static void
memory_rollback (MachtypeStore *store)
{
  MtMemoryStore *memory = MT_MEMORY_STORE (store);
  guint i;

  for (i = memory->steps->len; i-- > 0;) {
    Step *step = memory->steps->pdata[i];

    if (step->kept == NULL)
      g_tree_remove (memory->records, step->uuid);
    else
      g_tree_replace (memory->records, g_strdup (step->uuid), g_steal_pointer (&step->kept));
  }
  g_ptr_array_set_size (memory->steps, 0);
}

static void
remember (MtMemoryStore *memory, const char *uuid, const Kept *kept)
{
  Step *step = g_new (Step, 1);

  step->uuid = g_strdup (uuid);
  step->kept = kept != NULL ? kept_copy (kept) : NULL;
  g_ptr_array_add (memory->steps, step);
}

static MachtypeRecord *
memory_get (MachtypeStore *store, const char *uuid, GError **error)
{
  const Kept *kept = g_tree_lookup (MT_MEMORY_STORE (store)->records, uuid);

  if (kept != NULL)
    return machtype_record_ref (kept->record);
  mt_store_set_not_found (uuid, error);
  return NULL;
}

static gboolean
memory_insert (MachtypeStore *store, MachtypeRecord *record, MachtypeHistoryEntry *entry,
               GError **error)
{
  MtMemoryStore *memory = MT_MEMORY_STORE (store);
  Kept *kept;

  if (g_tree_lookup (memory->records, record->uuid.text) != NULL)
    return mt_store_set_exists (record->uuid.text, error);
  remember (memory, record->uuid.text, NULL);
  kept = kept_new (record);
  if (entry != NULL)
    g_ptr_array_add (kept->history, machtype_history_entry_ref (entry));
  g_tree_insert (memory->records, g_strdup (record->uuid.text), kept);
  return TRUE;
}

/* The stored data, if it is still what was read. */
static Kept *
find_expected (MtMemoryStore *memory, const MachtypeRecord *expected, GError **error)
{
  Kept *kept = g_tree_lookup (memory->records, expected->uuid.text);

  if (kept == NULL)
    mt_store_set_not_found (expected->uuid.text, error);
  else if (!machtype_record_equal (kept->record, expected))
    mt_store_set_conflict (expected, error);
  else
    return kept;
  return NULL;
}

static gboolean
memory_swap (MachtypeStore *store, MachtypeRecord *old_record, MachtypeRecord *record,
             MachtypeHistoryEntry *entry, GError **error)
{
  MtMemoryStore *memory = MT_MEMORY_STORE (store);
  Kept *kept = find_expected (memory, old_record, error);

  if (kept == NULL)
    return FALSE;
  remember (memory, record->uuid.text, kept);
  machtype_record_unref (kept->record);
  kept->record = machtype_record_ref (record);
  if (entry != NULL)
    g_ptr_array_add (kept->history, machtype_history_entry_ref (entry));
  return TRUE;
}

static gboolean
memory_remove (MachtypeStore *store, MachtypeRecord *record, GError **error)
{
  MtMemoryStore *memory = MT_MEMORY_STORE (store);
  const Kept *kept = find_expected (memory, record, error);

  if (kept == NULL)
    return FALSE;
  remember (memory, record->uuid.text, kept);
  g_tree_remove (memory->records, record->uuid.text);
  return TRUE;
}

static gboolean
memory_foreach (MachtypeStore *store, const char *cell, const char *host, MachtypeRecordFunc func,
                gpointer user_data, GError **error)
{
  GTreeNode *node;

  (void)error;
  for (node = g_tree_node_first (MT_MEMORY_STORE (store)->records); node != NULL;
       node = g_tree_node_next (node)) {
    const Kept *kept = g_tree_node_value (node);

    if ((cell != NULL && !mt_ref_string_equal (kept->record->cell, cell)) ||
        (host != NULL && !mt_ref_string_equal (kept->record->host_name, host)))
      continue;
    if (!func (kept->record, user_data))
      break;
  }
  return TRUE;
}

static gboolean
memory_foreach_history (MachtypeStore *store, const char *uuid, MachtypeHistoryFunc func,
                        gpointer user_data, GError **error)
{
  const Kept *kept = g_tree_lookup (MT_MEMORY_STORE (store)->records, uuid);
  guint i;

  (void)error;
  for (i = 0; kept != NULL && i < kept->history->len; i++) {
    if (!func (kept->history->pdata[i], user_data))
      break;
  }
  return TRUE;
}

/* For an instance that has a record. */
static gboolean
memory_set_intention (MachtypeStore *store, const char *uuid, MachtypeIntention *intention,
                      GError **error)
{
  MtMemoryStore *memory = MT_MEMORY_STORE (store);
  Kept *kept = g_tree_lookup (memory->records, uuid);

  if (kept == NULL)
    return mt_store_set_not_found (uuid, error);
  remember (memory, uuid, kept);
  machtype_intention_unref (kept->intention);
  kept->intention = intention != NULL ? machtype_intention_ref (intention) : NULL;
  return TRUE;
}

static gboolean
memory_add_intention (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  return memory_set_intention (store, intention->uuid.text, intention, error);
}

static gboolean
memory_remove_intention (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  return memory_set_intention (store, intention->uuid.text, NULL, error);
}

static MachtypeStoreInfo *
memory_read_info (MachtypeStore *store, GError **error)
{
  MachtypeStoreInfo *info = mt_store_read_info_slowly (store, error);

  if (info == NULL)
    return NULL;
  g_free (info->kind);
  info->kind = g_strdup ("memory");
  return info;
}

static gboolean
memory_foreach_intention (MachtypeStore *store, MachtypeIntentionFunc func, gpointer user_data,
                          GError **error)
{
  GTreeNode *node;

  (void)error;
  for (node = g_tree_node_first (MT_MEMORY_STORE (store)->records); node != NULL;
       node = g_tree_node_next (node)) {
    const Kept *kept = g_tree_node_value (node);

    if (kept->intention != NULL && !func (kept->intention, user_data))
      break;
  }
  return TRUE;
}

static MachtypeIntention *
memory_get_intention (MachtypeStore *store, const char *uuid, GError **error)
{
  const Kept *kept = g_tree_lookup (MT_MEMORY_STORE (store)->records, uuid);

  (void)error;
  return kept != NULL && kept->intention != NULL ? machtype_intention_ref (kept->intention) : NULL;
}

static int
compare_uuids (gconstpointer a, gconstpointer b, gpointer data)
{
  (void)data;
  return strcmp (a, b);
}

static void
mt_memory_store_finalize (GObject *object)
{
  MtMemoryStore *memory = MT_MEMORY_STORE (object);

  g_ptr_array_unref (memory->steps);
  g_tree_unref (memory->records);
  G_OBJECT_CLASS (mt_memory_store_parent_class)->finalize (object);
}

static void
mt_memory_store_class_init (MtMemoryStoreClass *class)
{
  MachtypeStoreClass *store = MACHTYPE_STORE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = mt_memory_store_finalize;
  store->begin = memory_begin;
  store->commit = memory_commit;
  store->rollback = memory_rollback;
  store->get = memory_get;
  store->insert = memory_insert;
  store->swap = memory_swap;
  store->remove = memory_remove;
  store->foreach = memory_foreach;
  store->foreach_history = memory_foreach_history;
  store->add_intention = memory_add_intention;
  store->remove_intention = memory_remove_intention;
  store->get_intention = memory_get_intention;
  store->foreach_intention = memory_foreach_intention;
  store->read_info = memory_read_info;
}

static void
mt_memory_store_init (MtMemoryStore *memory)
{
  memory->records = g_tree_new_full (compare_uuids, NULL, g_free, kept_free);
  memory->steps = g_ptr_array_new_with_free_func (step_free);
}

/**
 * machtype_store_open_memory:
 *
 * Creates a store that keeps records only in memory, for the tests of tools.
 *
 * Returns: (transfer full): the store
 * Since: 1.0
 */
MachtypeStore *
machtype_store_open_memory (void)
{
  return g_object_new (MT_TYPE_MEMORY_STORE, NULL);
}
