/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records in a PostgreSQL database. */

#include "store/postgresql-private.h"

#include <string.h>

#include "error-private.h"
#include "store/encoding-private.h"

/* How many records are read by one statement. */
#define SEVERAL_MAX 500

static void
take_class (MachtypeRecord *record, const MtPgClass *class)
{
  const MachtypeRecordClass *one = class->record_class;

  record->arch = one->arch;
  record->host_name = mt_ref_string_dup (one->host_name);
  record->host_uuid = mt_ref_string_dup (one->host_uuid);
  record->cell = mt_ref_string_dup (one->cell);
  record->state = mt_ref_string_dup (one->state);
  record->machine = mt_ref_string_dup (one->machine);
  record->qemu_version = one->qemu_version;
  record->libvirt_version = one->libvirt_version;
  record->properties = machtype_properties_ref (one->properties);
  record->arch_word = mt_ref_string_dup (class->arch_word);
}

/* Most are requested by the name that was recorded. */
static gboolean
take_requested (MachtypeRecord *record, const char *text)
{
  if (text != NULL && record->machine != NULL && strcmp (text, record->machine) == 0) {
    record->requested = g_ref_string_acquire (record->machine);
    return TRUE;
  }
  return mt_pg_take_text (&record->requested, text);
}

static gboolean
take_unknown (MachtypeRecord *record, const char *members)
{
  if (members == NULL)
    return TRUE;
  if (!mt_members_check (members))
    return FALSE;
  record->unknown_members = g_ref_string_new (members);
  return TRUE;
}

static gboolean
take_source (MachtypeRecord *record, const char *word)
{
  return machtype_source_from_string (word, &record->source, NULL) ||
         mt_pg_take_text (&record->source_word, word);
}

MachtypeRecord *
mt_pg_read_record (MtPgStore *store, gpointer result, int row, GError **error)
{
  const MtPgModule *module = store->module;
  const MtPgClass *class = mt_pg_find_class (store, module->get_value (result, row, 2), error);
  g_autoptr (MachtypeRecord) record = NULL;

  if (class == NULL)
    return NULL;
  record = mt_record_new ();
  take_class (record, class);
  g_strlcpy (record->uuid.text, module->get_value (result, row, 0), sizeof record->uuid.text);
  record->revision = g_ascii_strtoull (module->get_value (result, row, 1), NULL, 10);
  record->recorded_at = g_ascii_strtoll (module->get_value (result, row, 6), NULL, 10);
  record->seen_at = g_ascii_strtoll (module->get_value (result, row, 7), NULL, 10);
  record->is_transient = *module->get_value (result, row, 8) == 't';
  if (record->revision != 0 && (gint64)record->revision > 0 &&
      take_requested (record, module->get_value (result, row, 3)) &&
      take_source (record, module->get_value (result, row, 4)) &&
      mt_pg_take_text (&record->name, module->get_value (result, row, 5)) &&
      take_unknown (record, module->get_value (result, row, 9)) &&
      mt_pg_take_text (&record->newer, module->get_value (result, row, 10)))
    return g_steal_pointer (&record);
  mt_pg_set_damaged (store, "invalid record", error);
  return NULL;
}

/* Finds the record, and locks it in a transaction that writes. NULL without an error: there is
 * none.
 */
static MachtypeRecord *
find (MtPgStore *store, const char *uuid, GError **error)
{
  MachtypeRecord *record = NULL;
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };

  mt_pg_add_text (&values, uuid);
  mt_pg_batch_add (&batch, store->is_writing ? MT_PG_GET_LOCKED : MT_PG_GET, &values);
  if (mt_pg_run (store, &batch, "reading a record", error) &&
      store->module->get_n_rows (batch.results[0]) == 1)
    record = mt_pg_read_record (store, batch.results[0], 0, error);
  mt_pg_batch_clear (store, &batch);
  return record;
}

/* What was read once must be there again. */
static gboolean
find_again (MtPgStore *store, const MtPgStep *step, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeRecord) record = find (store, step->uuid.text, &why);

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (record == NULL ? step->old_record == NULL
                     : step->old_record != NULL && machtype_record_equal (record, step->old_record))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_CONFLICT,
                  "the record of instance %s was changed concurrently; check it and try again",
                  step->uuid.text);
}

MachtypeRecord *
mt_pg_get (MachtypeStore *base, const char *uuid, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  MtPgStep step = { .again = find_again };
  g_autoptr (GError) why = NULL;
  MachtypeRecord *record;

  if (mt_pg_is_behind_end (store, uuid)) {
    mt_store_set_not_found (uuid, error);
    return NULL;
  }
  record = find (store, uuid, &why);
  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  g_strlcpy (step.uuid.text, uuid, sizeof step.uuid.text);
  step.old_record = record;
  mt_pg_remember (store, &step);
  if (record == NULL)
    mt_store_set_not_found (uuid, error);
  return record;
}

/* Adds the records that there are to found, by their UUIDs. */
static gboolean
find_part (MtPgStore *store, const char *const *uuids, guint n, GHashTable *found, GError **error)
{
  g_autofree char *array = mt_pg_make_array (uuids, n);
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  gboolean ok;
  int i;

  mt_pg_add_text (&values, array);
  mt_pg_batch_add (&batch, MT_PG_GET_SEVERAL, &values);
  ok = mt_pg_run (store, &batch, "reading records", error) &&
       mt_pg_learn_classes (store, batch.results[0], 2, error);
  for (i = 0; ok && i < store->module->get_n_rows (batch.results[0]); i++) {
    MachtypeRecord *record = mt_pg_read_record (store, batch.results[0], i, error);

    ok = record != NULL;
    if (ok)
      g_hash_table_replace (found, record->uuid.text, record);
  }
  mt_pg_batch_clear (store, &batch);
  return ok;
}

/* A transaction that writes locks each of them, and finds it again. */
GPtrArray *
mt_pg_get_several (MachtypeStore *base, const char *const *uuids, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  g_autoptr (GHashTable) found = NULL;
  g_autoptr (GPtrArray) records = NULL;
  guint n = 0, i;

  if (store->is_writing)
    return mt_store_get_several_slowly (base, uuids, error);
  found =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)machtype_record_unref);
  records = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_unref);
  while (uuids[n] != NULL)
    n++;
  for (i = 0; i < n; i += SEVERAL_MAX) {
    if (!find_part (store, uuids + i, MIN (n - i, SEVERAL_MAX), found, error))
      return NULL;
  }
  for (i = 0; i < n; i++) {
    MachtypeRecord *record = g_hash_table_lookup (found, uuids[i]);

    if (record != NULL)
      g_ptr_array_add (records, machtype_record_ref (record));
  }
  return g_steal_pointer (&records);
}

static const char *
get_source_word (const MachtypeRecord *record)
{
  return record->source_word != NULL ? record->source_word
                                     : machtype_source_to_string (record->source);
}

/* From revision on, in the order of MT_PG_INSERT and MT_PG_UPDATE. */
static void
add_record (MtPgValues *values, const MachtypeRecord *record, const char *class_id,
            gboolean with_recorded)
{
  mt_pg_add_int (values, (gint64)record->revision);
  mt_pg_add_text (values, class_id);
  mt_pg_add_text (values, record->requested);
  mt_pg_add_text (values, get_source_word (record));
  mt_pg_add_text (values, record->name);
  if (with_recorded)
    mt_pg_add_int (values, record->recorded_at);
  mt_pg_add_int (values, record->seen_at);
  mt_pg_add_boolean (values, record->is_transient);
  mt_pg_add_text (values, record->unknown_members);
}

static gboolean
write_entry (MtPgStore *store, const MtPgStep *step, GError **error)
{
  g_autofree char *properties = mt_properties_encode (step->entry->old_properties);
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  gboolean ok;

  mt_pg_add_entry (&values, step->uuid.text, step->entry, properties);
  mt_pg_batch_add (&batch, MT_PG_INSERT_HISTORY, &values);
  ok = mt_pg_run (store, &batch, "writing the history", error);
  mt_pg_batch_clear (store, &batch);
  return ok;
}

/* Does a step, and remembers it. */
static gboolean
do_step (MtPgStore *store, MtPgStep *step, const MtUuid *uuid, GError **error)
{
  step->uuid = *uuid;
  if (!step->again (store, step, error))
    return FALSE;
  store->has_written = TRUE;
  mt_pg_remember (store, step);
  return TRUE;
}

/* The entry of a change is a step of its own: if the connection is lost before it, the change is
 * repeated. entry can be NULL. */
static gboolean
do_with_entry (MtPgStore *store, MtPgStep *step, const MtUuid *uuid, MachtypeHistoryEntry *entry,
               GError **error)
{
  MtPgStep second = { .again = write_entry, .entry = entry };

  return do_step (store, step, uuid, error) &&
         (entry == NULL || do_step (store, &second, uuid, error));
}

static gboolean
insert (MtPgStore *store, const MtPgStep *step, GError **error)
{
  const MachtypeRecord *record = step->record;
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 }, class_values = { .n = 0 };
  const MtPgClass *class = mt_pg_get_class_of (store, record, &batch, &class_values);
  gboolean ok;

  mt_pg_add_text (&values, record->uuid.text);
  add_record (&values, record, class->id.text, TRUE);
  mt_pg_batch_add (&batch, MT_PG_INSERT, &values);
  ok = mt_pg_run (store, &batch, "adding a record", error);
  if (ok && mt_pg_get_n_changed (store, batch.results[batch.n - 1]) != 1)
    ok = mt_store_set_exists (record->uuid.text, error);
  mt_pg_batch_clear (store, &batch);
  return ok;
}

gboolean
mt_pg_insert (MachtypeStore *base, MachtypeRecord *record, MachtypeHistoryEntry *entry,
              GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  MtPgStep step = { .again = insert, .record = record };

  if (!mt_pg_start_appending (store, error))
    return FALSE;
  if (mt_pg_is_behind_end (store, record->uuid.text))
    return mt_pg_append (store, record, entry, error);
  return do_with_entry (store, &step, &record->uuid, entry, error);
}

static gboolean
set_newer (const MachtypeRecord *record, GError **error)
{
  g_autofree char *what = NULL;
  g_autofree char *shown = NULL;

  if (record->source_word != NULL)
    what = g_strconcat ("the source '", record->source_word, "'", NULL);
  else if (record->arch_word != NULL)
    what = g_strconcat ("the architecture '", record->arch_word, "'", NULL);
  else
    what = g_strconcat ("the column '", record->newer, "'", NULL);
  shown = mt_quoting_message (what);
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "instance %s: a newer libmachtype has recorded %s, which this one does not know; "
                  "change it with that one",
                  record->uuid.text, shown);
}

/* A write that changed no row: does the record no longer exist, or is it another one, or one that
 * this release must not change? */
static gboolean
set_missed (MtPgStore *store, const MachtypeRecord *expected, GError **error)
{
  g_autoptr (MachtypeRecord) there = mt_pg_get (MACHTYPE_STORE (store), expected->uuid.text, error);

  if (there == NULL)
    return FALSE;
  if (there->newer != NULL && expected->newer == NULL && there->revision == expected->revision)
    return set_newer (there, error);
  return mt_store_set_conflict (expected, error);
}

/* The parameters of an expected record: uuid, and those of add_record. */
static void
add_expected (MtPgValues *values, const MachtypeRecord *expected, const char *class_id)
{
  mt_pg_add_text (values, expected->uuid.text);
  add_record (values, expected, class_id, FALSE);
}

/* The id of the class that a record had when it was read. */
static void
get_old_class_id (MtPgStore *store, const MachtypeRecord *record, MtUuid *id)
{
  const MachtypeRecordClass view = mt_record_class_view (record);
  const MtPgClass *class =
      record->arch_word == NULL ? g_hash_table_lookup (store->classes, &view) : NULL;

  if (class != NULL)
    *id = class->id;
  else
    mt_pg_make_class_id (&view, record->arch_word, id);
}

/* The step has an entry if the change gets one. */
static gboolean
swap (MtPgStore *store, const MtPgStep *step, GError **error)
{
  const MachtypeRecord *record = step->record;
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 }, class_values = { .n = 0 };
  const MtPgClass *class = mt_pg_get_class_of (store, record, &batch, &class_values);
  MtUuid old_class;
  gboolean ok, is_there;

  get_old_class_id (store, step->old_record, &old_class);
  add_expected (&values, step->old_record, old_class.text);
  add_record (&values, record, class->id.text, TRUE);
  mt_pg_batch_add (&batch, step->entry != NULL ? MT_PG_UPDATE_WITH_HISTORY : MT_PG_UPDATE, &values);
  ok = mt_pg_run (store, &batch, "changing a record", error);
  is_there = ok && mt_pg_get_n_changed (store, batch.results[batch.n - 1]) == 1;
  mt_pg_batch_clear (store, &batch);
  return is_there || (ok && set_missed (store, step->old_record, error));
}

gboolean
mt_pg_swap (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
            MachtypeHistoryEntry *entry, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  MtPgStep step = { .again = swap, .old_record = old_record, .record = record, .entry = entry };

  if (entry != NULL && mt_record_is_newer (old_record))
    return set_newer (old_record, error);
  return do_with_entry (store, &step, &record->uuid, entry, error);
}

typedef struct {
  const MachtypeHistoryEntry *wanted;
  gboolean is_there;
} SameEntry;

static gboolean
find_same_entry (MachtypeHistoryEntry *entry, gpointer user_data)
{
  SameEntry *same = user_data;
  const MachtypeHistoryEntry *wanted = same->wanted;

  if (entry->revision != wanted->revision)
    return TRUE;
  same->is_there = entry->changed_at == wanted->changed_at && entry->action == wanted->action &&
                   mt_ref_string_equal (entry->author, wanted->author) &&
                   mt_ref_string_equal (entry->new_machine, wanted->new_machine);
  return FALSE;
}

/* After a lost connection the change was made again, and changed nothing: was that because it had
 * been made before? */
static gboolean
check_not_made (MtPgStore *store, const char *uuid, const MachtypeHistoryEntry *entry,
                GError **error)
{
  SameEntry same = { .wanted = entry };
  g_autoptr (GError) why = NULL;

  if (!mt_pg_foreach_history (MACHTYPE_STORE (store), uuid, find_same_entry, &same, &why))
    return mt_pg_set_unknown (store, why->message, error);
  return !same.is_there || mt_pg_set_unknown (store, "its history has this change by now", error);
}

gboolean
mt_pg_swap_alone (MachtypeStore *base, MachtypeRecord *old_record, MachtypeRecord *record,
                  MachtypeHistoryEntry *entry, gboolean *is_done, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  g_autofree char *properties = mt_properties_encode (entry->old_properties);
  MtPgBatch batch = { .n = 0 };
  MtPgValues lock = { .n = 0 }, values = { .n = 0 }, class_values = { .n = 0 };
  const MtPgClass *class;
  gboolean ok, was_lost;
  MtUuid old_class;

  if (store->n_listings != 0 || (store->flags & MACHTYPE_STORE_OPEN_READ_ONLY) != 0 ||
      mt_record_is_newer (old_record))
    return TRUE;
  mt_pg_add_text (&lock, record->uuid.text);
  mt_pg_batch_add (&batch, MT_PG_LOCK, &lock);
  class = mt_pg_get_class_of (store, record, &batch, &class_values);
  get_old_class_id (store, old_record, &old_class);
  add_expected (&values, old_record, old_class.text);
  add_record (&values, record, class->id.text, TRUE);
  mt_pg_add_entry (&values, record->uuid.text, entry, properties);
  mt_pg_add_int (&values, store->version);
  mt_pg_batch_add (&batch, MT_PG_UPDATE_ALONE, &values);
  ok = mt_pg_run_alone (store, &batch, "changing a record", &was_lost, error);
  *is_done = ok && mt_pg_get_n_changed (store, batch.results[batch.n - 1]) == 1;
  mt_pg_batch_clear (store, &batch);
  if (ok && !*is_done && was_lost)
    return check_not_made (store, record->uuid.text, entry, error);
  return ok;
}

static gboolean
delete_history (MtPgStore *store, const MtPgStep *step, GError **error)
{
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  gboolean ok;

  mt_pg_add_text (&values, step->uuid.text);
  mt_pg_batch_add (&batch, MT_PG_DELETE_HISTORY, &values);
  ok = mt_pg_run (store, &batch, "removing a history", error);
  mt_pg_batch_clear (store, &batch);
  return ok;
}

static gboolean delete (MtPgStore *store, const MtPgStep *step, GError **error)
{
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  gboolean ok, is_there;
  MtUuid class;

  get_old_class_id (store, step->old_record, &class);
  add_expected (&values, step->old_record, class.text);
  mt_pg_batch_add (&batch, MT_PG_DELETE, &values);
  ok = mt_pg_run (store, &batch, "removing a record", error);
  is_there = ok && mt_pg_get_n_changed (store, batch.results[0]) == 1;
  mt_pg_batch_clear (store, &batch);
  return is_there || (ok && set_missed (store, step->old_record, error));
}

gboolean
mt_pg_remove (MachtypeStore *base, MachtypeRecord *record, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  MtPgStep step = { .again = delete, .old_record = record };
  MtPgStep second = { .again = delete_history };

  if (mt_record_is_newer (record))
    return set_newer (record, error);
  return do_step (store, &step, &record->uuid, error) &&
         do_step (store, &second, &record->uuid, error);
}
