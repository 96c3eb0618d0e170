/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a PostgreSQL database that has no records, in one transaction and in the order of UUIDs:
 * the records go there by COPY, many at once. Each of them is certain not to exist, because no
 * other process can add any (the table is locked) and those that were added have smaller UUIDs. */

#include "store/postgresql-private.h"

#include <string.h>

#include "arch-private.h"
#include "store/encoding-private.h"
#include "string-private.h"

/* What is collected before it is sent. */
#define PART_SIZE ((gsize)1 << 18)

#define COPY_RECORDS                                                                               \
  "COPY " MT_PG_SCHEMA ".record (uuid, revision, class, requested, source, name, recorded_at, "    \
  "seen_at, transient, unknown) FROM STDIN"
#define COPY_HISTORY                                                                               \
  "COPY " MT_PG_SCHEMA ".history (uuid, revision, changed_at, author, action, forced, undoes, "    \
  "old_machine, new_machine, old_requested, old_source, old_arch, old_properties, "                \
  "old_definition, new_definition) FROM STDIN"

gboolean
mt_pg_is_behind_end (MtPgStore *store, const char *uuid)
{
  return store->is_appending && strcmp (uuid, store->last_uuid.text) > 0;
}

static gboolean
send_part (MtPgStore *store, const char *sql, GString *part, GError **error)
{
  gboolean ok = TRUE;

  if (part->len != 0)
    ok = mt_pg_copy (store, sql, part, error);
  g_string_truncate (part, 0);
  return ok;
}

static gboolean
flush (MtPgStore *store, GError **error)
{
  return send_part (store, COPY_RECORDS, store->records, error) &&
         send_part (store, COPY_HISTORY, store->history, error);
}

static gboolean
is_empty (MtPgStore *store, const char *sql, gboolean *empty, GError **error)
{
  MtPgBatch batch = { .n = 0 };
  gboolean ok;

  if (sql != NULL)
    mt_pg_batch_add_sql (&batch, sql, NULL);
  mt_pg_batch_add_sql (&batch, "SELECT NOT EXISTS (SELECT FROM " MT_PG_SCHEMA ".record)", NULL);
  ok = mt_pg_run (store, &batch, "adding records", error);
  *empty = ok && *store->module->get_value (batch.results[batch.n - 1], 0, 0) == 't';
  mt_pg_batch_clear (store, &batch);
  return ok;
}

gboolean
mt_pg_start_appending (MtPgStore *store, GError **error)
{
  gboolean empty;

  if (store->was_asked || store->is_repeating)
    return TRUE;
  store->was_asked = TRUE;
  if (!is_empty (store, NULL, &empty, error))
    return FALSE;
  if (!empty)
    return TRUE;
  if (!is_empty (store, "LOCK TABLE " MT_PG_SCHEMA ".record IN SHARE ROW EXCLUSIVE MODE", &empty,
                 error))
    return FALSE;
  /* A repeated transaction would not have the lock. */
  if (empty)
    g_clear_pointer (&store->steps, g_ptr_array_unref);
  store->is_appending = empty;
  store->last_uuid.text[0] = '\0';
  store->flush = flush;
  return TRUE;
}

/* A value of COPY's text format. */
static void
append_text (GString *part, const char *text, char end)
{
  if (text == NULL)
    mt_string_append (part, "\\N", 2);
  else if (strpbrk (text, "\\\n\r\t") == NULL)
    mt_string_append (part, text, strlen (text));
  else {
    for (; *text != '\0'; text++) {
      const char *at = strchr ("\\\\\nn\rr\tt", *text);

      if (*text == '\\' || *text == '\n' || *text == '\r' || *text == '\t') {
        g_string_append_c (part, '\\');
        g_string_append_c (part, at[1]);
      } else
        g_string_append_c (part, *text);
    }
  }
  g_string_append_c (part, end);
}

static void
append_number (GString *part, gint64 number)
{
  char digits[24], *at = digits + sizeof digits;
  guint64 left = number < 0 ? -(guint64)number : (guint64)number;

  *--at = '\t';
  do
    *--at = (char)('0' + left % 10);
  while ((left /= 10) != 0);
  if (number < 0)
    *--at = '-';
  mt_string_append (part, at, (gsize)(digits + sizeof digits - at));
}

static void
append_entry (MtPgStore *store, const char *uuid, const MachtypeHistoryEntry *entry)
{
  g_autofree char *properties = mt_properties_encode (entry->old_properties);
  MtPgValues values = { .n = 0 };
  int i;

  mt_pg_add_entry (&values, uuid, entry, properties);
  for (i = 0; i < values.n; i++)
    append_text (store->history, values.values[i], i + 1 < values.n ? '\t' : '\n');
}

static void
append_record (MtPgStore *store, const MachtypeRecord *record, const MtPgClass *class)
{
  GString *part = store->records;

  append_text (part, record->uuid.text, '\t');
  append_number (part, (gint64)record->revision);
  append_text (part, class->id.text, '\t');
  append_text (part, record->requested, '\t');
  append_text (part,
               record->source_word != NULL ? record->source_word
                                           : machtype_source_to_string (record->source),
               '\t');
  append_text (part, record->name, '\t');
  append_number (part, record->recorded_at);
  append_number (part, record->seen_at);
  append_text (part, record->is_transient ? "t" : "f", '\t');
  append_text (part, record->unknown_members, '\n');
}

gboolean
mt_pg_append (MtPgStore *store, const MachtypeRecord *record, const MachtypeHistoryEntry *entry,
              GError **error)
{
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  const MtPgClass *class = mt_pg_get_class_of (store, record, &batch, &values);
  const gboolean ok = batch.n == 0 || mt_pg_run (store, &batch, "adding a class", error);

  mt_pg_batch_clear (store, &batch);
  if (!ok)
    return FALSE;
  append_record (store, record, class);
  if (entry != NULL)
    append_entry (store, record->uuid.text, entry);
  store->last_uuid = record->uuid;
  store->has_written = TRUE;
  g_clear_pointer (&store->steps, g_ptr_array_unref);
  return store->records->len + store->history->len < PART_SIZE || flush (store, error);
}
