/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies a store with its histories to another one, of whatever kind. */

#include "store/store-private.h"

#include <string.h>

#include "error-private.h"

/* Each transaction has so many records: an interrupted copy has lost no more. */
#define PART 1000

typedef struct {
  MachtypeStore *from, *to;
  guint64 n_copied, n_present;
  guint n_part;
  gboolean is_checking; /* everything has been copied */
  GError *error;
} Copy;

/* The history of a record in both stores. */
static gboolean
is_same_history (GPtrArray *a, GPtrArray *b)
{
  guint i;

  if (a->len != b->len)
    return FALSE;
  for (i = 0; i < a->len; i++) {
    g_autofree char *left = machtype_history_entry_to_json (a->pdata[i]);
    g_autofree char *right = machtype_history_entry_to_json (b->pdata[i]);

    if (strcmp (left, right) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
set_different (const char *uuid, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_EXISTS,
                  "the stores have different records of instance %s, or different histories: what "
                  "is there is not replaced",
                  uuid);
}

static gboolean
check_present (const Copy *copy, MachtypeRecord *record, MachtypeRecord *there, GError **error)
{
  const char *uuid = record->uuid.text;
  g_autoptr (GPtrArray) old_history = machtype_store_list_history (copy->from, uuid, error);
  g_autoptr (GPtrArray) history =
      old_history != NULL ? machtype_store_list_history (copy->to, uuid, error) : NULL;

  if (history == NULL)
    return FALSE;
  if (machtype_record_equal (record, there) && record->recorded_at == there->recorded_at &&
      is_same_history (old_history, history))
    return TRUE;
  return set_different (uuid, error);
}

/* Writes the record as if it had been changed step by step, because that is how a store keeps a
 * history: the record itself is the last one from the beginning on. */
static gboolean
write_steps (MachtypeStore *to, MachtypeRecord *record, GPtrArray *history, GError **error)
{
  MachtypeHistoryEntry *first = history->len != 0 ? history->pdata[0] : NULL;
  const gboolean has_first = first != NULL && first->revision == 1;
  g_autoptr (MachtypeRecord) last =
      mt_record_as_revision (record, history->len != 0 ? 1 : record->revision);
  guint i;

  if (!mt_store_insert (to, last, has_first ? first : NULL, error))
    return FALSE;
  for (i = has_first ? 1 : 0; i < history->len; i++) {
    MachtypeHistoryEntry *entry = history->pdata[i];
    MachtypeRecord *next = mt_record_as_revision (record, entry->revision);
    const gboolean ok = mt_store_swap (to, last, next, entry, error);

    machtype_record_unref (last);
    last = next;
    if (!ok)
      return FALSE;
  }
  return last->revision == record->revision || mt_store_swap (to, last, record, NULL, error);
}

static gboolean
check_words (const MachtypeRecord *record, GPtrArray *history, GError **error)
{
  gboolean is_newer = mt_record_is_newer (record);
  guint i;

  for (i = 0; i < history->len; i++)
    is_newer |= ((MachtypeHistoryEntry *)history->pdata[i])->is_newer;
  return !is_newer || mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                               "instance %s: a newer libmachtype has written it, with words that "
                               "this one does not know; copy the store with that one",
                               record->uuid.text);
}

gboolean
mt_store_copy_record (MachtypeStore *from, MachtypeStore *to, MachtypeRecord *record,
                      GError **error)
{
  const char *uuid = record->uuid.text;
  g_autoptr (GPtrArray) history = machtype_store_list_history (from, uuid, error);
  g_autoptr (MachtypeIntention) intention = NULL;
  g_autoptr (GError) why = NULL;

  if (history == NULL || !check_words (record, history, error) ||
      !write_steps (to, record, history, error))
    return FALSE;
  intention = mt_store_get_intention (from, uuid, &why);
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  return intention == NULL || mt_store_add_intention (to, intention, error);
}

static gboolean
next_part (Copy *copy, GError **error)
{
  if (++copy->n_part % PART != 0)
    return TRUE;
  return machtype_store_commit (copy->to, error) && machtype_store_begin (copy->to, error);
}

static gboolean
copy_one (Copy *copy, MachtypeRecord *record, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeRecord) there = mt_store_get (copy->to, record->uuid.text, &why);

  if (there != NULL) {
    copy->n_present += !copy->is_checking;
    return check_present (copy, record, there, error);
  }
  if (copy->is_checking || !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  copy->n_copied++;
  return mt_store_copy_record (copy->from, copy->to, record, error) && next_part (copy, error);
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  Copy *copy = data;

  return copy_one (copy, record, &copy->error);
}

static gboolean
for_each (Copy *copy, GError **error)
{
  if (!mt_store_foreach (copy->from, NULL, NULL, on_record, copy, error)) {
    g_clear_error (&copy->error);
    return FALSE;
  }
  if (copy->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&copy->error));
  return FALSE;
}

/* What was committed remains: the next run goes on after it. */
static gboolean
write_all (Copy *copy, GError **error)
{
  if (!machtype_store_begin (copy->to, error))
    return FALSE;
  if (for_each (copy, error))
    return machtype_store_commit (copy->to, error);
  machtype_store_rollback (copy->to);
  return FALSE;
}

/**
 * machtype_store_copy:
 * @from: the store to copy; must not be %NULL
 * @to: the store that gets the records, opened for writing; must not be %NULL
 * @n_copied: (out) (optional): return location for the number of records that were copied, or %NULL
 * @n_present: (out) (optional): return location for the number of those that were there, or %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Copies all records of a store with their histories and pending changes, and then compares both
 * stores. Records that @to has already, and that are the same, are left as they are: after an
 * interruption, call it again. The state of @from at the beginning is copied, while others go on
 * writing to it. Other records of @to remain. May block.
 *
 * Raises %MACHTYPE_ERROR_EXISTS for an instance of which @to has another record or another history,
 * %MACHTYPE_ERROR_UNSUPPORTED for a record that a newer release has written,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for a store and itself and inside a transaction, and
 * %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE. Up to 1,000 records are written together; after
 * an error, those before are there.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_copy (MachtypeStore *from, MachtypeStore *to, guint64 *n_copied, guint64 *n_present,
                     GError **error)
{
  Copy copy = { .from = from, .to = to };
  gboolean ok;

  g_return_val_if_fail (MACHTYPE_IS_STORE (from), FALSE);
  g_return_val_if_fail (MACHTYPE_IS_STORE (to), FALSE);

  if (from == to)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "a store cannot be copied to itself");
  if (!machtype_store_begin_read (from, error))
    return FALSE;
  ok = write_all (&copy, error);
  copy.is_checking = TRUE;
  ok = ok && for_each (&copy, error);
  machtype_store_end_read (from);
  if (n_copied != NULL)
    *n_copied = copy.n_copied;
  if (n_present != NULL)
    *n_present = copy.n_present;
  return ok;
}
