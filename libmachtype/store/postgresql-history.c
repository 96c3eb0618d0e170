/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Histories in a PostgreSQL database. */

#include "store/postgresql-private.h"

#include "arch-private.h"
#include "store/encoding-private.h"

void
mt_pg_add_entry (MtPgValues *values, const char *uuid, const MachtypeHistoryEntry *entry,
                 const char *old_properties)
{
  mt_pg_add_text (values, uuid);
  mt_pg_add_int (values, (gint64)entry->revision);
  mt_pg_add_int (values, entry->changed_at);
  mt_pg_add_text (values, entry->author);
  mt_pg_add_text (values, machtype_history_action_to_string (entry->action));
  mt_pg_add_boolean (values, entry->forced);
  mt_pg_add_int (values, (gint64)entry->undoes);
  mt_pg_add_text (values, entry->old_machine);
  mt_pg_add_text (values, entry->new_machine);
  mt_pg_add_text (values, entry->old_requested);
  mt_pg_add_text (values, machtype_source_to_string (entry->old_source));
  mt_pg_add_text (values, machtype_arch_to_string (entry->old_arch));
  mt_pg_add_text (values, old_properties);
  mt_pg_add_text (values, entry->old_definition);
  mt_pg_add_text (values, entry->new_definition);
}

/* A word of a newer release is kept with the entry, which then cannot be undone. */
static gboolean
read_words (const MtPgStore *store, gpointer result, int row, MachtypeHistoryEntry *entry)
{
  const char *action = store->module->get_value (result, row, 3);
  const char *source = store->module->get_value (result, row, 9);
  const char *arch = store->module->get_value (result, row, 10);

  if (!machtype_history_action_from_string (action, &entry->action, NULL) &&
      !mt_pg_take_text (&entry->action_word, action))
    return FALSE;
  entry->is_newer =
      entry->action_word != NULL || !machtype_source_from_string (source, &entry->old_source, NULL);
  entry->old_arch = machtype_arch_from_string (arch, NULL);
  entry->is_newer |= entry->old_arch == MACHTYPE_ARCH_UNKNOWN &&
                     g_strcmp0 (arch, machtype_arch_to_string (MACHTYPE_ARCH_UNKNOWN)) != 0;
  return TRUE;
}

static gboolean
read_definitions (const MtPgStore *store, gpointer result, int row, MachtypeHistoryEntry *entry)
{
  const char *before = store->module->get_value (result, row, 12);
  const char *after = store->module->get_value (result, row, 13);

  if (!mt_history_check_definitions (before, after, NULL))
    return FALSE;
  mt_ref_string_assign (&entry->old_definition, before);
  mt_ref_string_assign (&entry->new_definition, after);
  return TRUE;
}

/* A row of MT_PG_LIST_HISTORY. */
static MachtypeHistoryEntry *
read_entry (MtPgStore *store, gpointer result, int row, GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = mt_history_entry_alloc ();
  const MtPgModule *module = store->module;

  entry->revision = g_ascii_strtoull (module->get_value (result, row, 0), NULL, 10);
  entry->changed_at = g_ascii_strtoll (module->get_value (result, row, 1), NULL, 10);
  entry->forced = *module->get_value (result, row, 4) == 't';
  entry->undoes = g_ascii_strtoull (module->get_value (result, row, 5), NULL, 10);
  entry->old_properties = mt_properties_decode (module->get_value (result, row, 11));
  if (entry->old_properties != NULL && read_words (store, result, row, entry) &&
      mt_pg_take_text (&entry->author, module->get_value (result, row, 2)) &&
      mt_pg_take_text (&entry->old_machine, module->get_value (result, row, 6)) &&
      mt_pg_take_text (&entry->new_machine, module->get_value (result, row, 7)) &&
      mt_pg_take_text (&entry->old_requested, module->get_value (result, row, 8)) &&
      read_definitions (store, result, row, entry))
    return g_steal_pointer (&entry);
  mt_pg_set_damaged (store, "invalid entry of a history", error);
  return NULL;
}

static gboolean
call_for_each (MtPgStore *store, gpointer result, MachtypeHistoryFunc func, gpointer data,
               GError **error)
{
  const int n = store->module->get_n_rows (result);
  gboolean more = TRUE;
  int i;

  for (i = 0; i < n && more; i++) {
    g_autoptr (MachtypeHistoryEntry) entry = read_entry (store, result, i, error);

    if (entry == NULL)
      return FALSE;
    more = func (entry, data);
  }
  return TRUE;
}

gboolean
mt_pg_foreach_history (MachtypeStore *base, const char *uuid, MachtypeHistoryFunc func,
                       gpointer user_data, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  gboolean ok;

  mt_pg_add_text (&values, uuid);
  mt_pg_batch_add (&batch, MT_PG_LIST_HISTORY, &values);
  ok = mt_pg_run (store, &batch, "reading a history", error) &&
       call_for_each (store, batch.results[0], func, user_data, error);
  mt_pg_batch_clear (store, &batch);
  return ok;
}
