/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intentions in a PostgreSQL database. */

#include "store/postgresql-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "store/encoding-private.h"

static void
add_values (MtPgValues *values, const MachtypeIntention *intention, const char *properties)
{
  mt_pg_add_text (values, intention->uuid.text);
  mt_pg_add_int (values, (gint64)intention->revision);
  mt_pg_add_int (values, (gint64)intention->token);
  mt_pg_add_int (values, intention->started_at);
  mt_pg_add_text (values, intention->author);
  mt_pg_add_text (values, machtype_history_action_to_string (intention->action));
  mt_pg_add_boolean (values, intention->forced);
  mt_pg_add_int (values, (gint64)intention->undoes);
  mt_pg_add_text (values, intention->host_name);
  mt_pg_add_text (values, intention->host_uuid);
  mt_pg_add_text (values, intention->uri);
  mt_pg_add_text (values, intention->definition);
  mt_pg_add_text (values, intention->old_machine);
  mt_pg_add_text (values, intention->machine);
  mt_pg_add_text (values, intention->requested);
  mt_pg_add_text (values, machtype_source_to_string (intention->source));
  mt_pg_add_text (values, machtype_arch_to_string (intention->arch));
  mt_pg_add_text (values, properties);
  mt_pg_add_text (values, intention->old_xml);
}

static gboolean
write_it (MtPgStore *store, MtPgSql which, const MtPgValues *values, const char *doing,
          GError **error)
{
  MtPgBatch batch = { .n = 0 };
  gboolean ok;

  mt_pg_batch_add (&batch, which, values);
  ok = mt_pg_run (store, &batch, doing, error);
  mt_pg_batch_clear (store, &batch);
  return ok;
}

static gboolean
add_again (MtPgStore *store, const MtPgStep *step, GError **error)
{
  g_autofree char *properties = mt_properties_encode (step->intention->properties);
  MtPgValues values = { .n = 0 };

  add_values (&values, step->intention, properties);
  return write_it (store, MT_PG_ADD_INTENTION, &values, "keeping an intention", error);
}

gboolean
mt_pg_add_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  const MtPgStep step = { .again = add_again, .intention = intention };

  if (!add_again (store, &step, error))
    return FALSE;
  store->has_written = TRUE;
  mt_pg_remember (store, &step);
  return TRUE;
}

static gboolean
remove_again (MtPgStore *store, const MtPgStep *step, GError **error)
{
  MtPgValues values = { .n = 0 };

  mt_pg_add_text (&values, step->intention->uuid.text);
  return write_it (store, MT_PG_DELETE_INTENTION, &values, "removing an intention", error);
}

gboolean
mt_pg_remove_intention (MachtypeStore *base, MachtypeIntention *intention, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  const MtPgStep step = { .again = remove_again, .intention = intention };

  if (!remove_again (store, &step, error))
    return FALSE;
  store->has_written = TRUE;
  mt_pg_remember (store, &step);
  return TRUE;
}

/* A row of INTENTION_COLUMNS. */
typedef struct {
  const MtPgStore *store;
  gpointer result;
  int row;
} Row;

static const char *
get (const Row *row, int column)
{
  return row->store->module->get_value (row->result, row->row, column);
}

static gboolean
read_texts (const Row *row, MachtypeIntention *intention)
{
  return mt_pg_take_long_text (&intention->author, get (row, 4)) &&
         mt_pg_take_long_text (&intention->host_name, get (row, 8)) &&
         mt_pg_take_long_text (&intention->host_uuid, get (row, 9)) &&
         mt_pg_take_long_text (&intention->uri, get (row, 10)) &&
         mt_pg_take_long_text (&intention->definition, get (row, 11)) &&
         mt_pg_take_long_text (&intention->old_machine, get (row, 12)) &&
         mt_pg_take_long_text (&intention->machine, get (row, 13)) &&
         mt_pg_take_long_text (&intention->requested, get (row, 14));
}

static gboolean
read_old_xml (const Row *row, MachtypeIntention *intention)
{
  const char *xml = get (row, 18);

  if (xml != NULL && (strlen (xml) > MT_DEFINITION_MAX_SIZE || !g_utf8_validate (xml, -1, NULL)))
    return FALSE;
  mt_ref_string_assign (&intention->old_xml, xml);
  return TRUE;
}

/* What a newer release intends, it settles itself. */
static gboolean
read_words (const Row *row, MachtypeIntention *intention, GError **error)
{
  g_autofree char *shown = NULL;

  if (machtype_history_action_from_string (get (row, 5), &intention->action, NULL) &&
      machtype_source_from_string (get (row, 15), &intention->source, NULL)) {
    intention->arch = machtype_arch_from_string (get (row, 16), NULL);
    if (intention->arch != MACHTYPE_ARCH_UNKNOWN ||
        g_strcmp0 (get (row, 16), machtype_arch_to_string (MACHTYPE_ARCH_UNKNOWN)) == 0)
      return TRUE;
  }
  shown = mt_quoting_message (get (row, 5));
  return mt_fail (error, MACHTYPE_ERROR_PENDING,
                  "pending: a change of instance %s on host %s was interrupted (%s), and a newer "
                  "libmachtype has begun it: settle it with that one",
                  intention->uuid.text, intention->host_name, shown);
}

static MachtypeIntention *
read_intention (const Row *row, GError **error)
{
  g_autoptr (MachtypeIntention) intention = mt_intention_alloc ();

  g_strlcpy (intention->uuid.text, get (row, 0), sizeof intention->uuid.text);
  intention->revision = g_ascii_strtoull (get (row, 1), NULL, 10);
  intention->token = (guint64)g_ascii_strtoll (get (row, 2), NULL, 10);
  intention->started_at = g_ascii_strtoll (get (row, 3), NULL, 10);
  intention->forced = *get (row, 6) == 't';
  intention->undoes = g_ascii_strtoull (get (row, 7), NULL, 10);
  intention->properties = mt_properties_decode (get (row, 17));
  if (intention->properties == NULL || !read_texts (row, intention) ||
      !read_old_xml (row, intention)) {
    mt_pg_set_damaged (row->store, "invalid intention", error);
    return NULL;
  }
  return read_words (row, intention, error) ? g_steal_pointer (&intention) : NULL;
}

/* In a transaction that writes, the record is locked first: who has just added an intention has
 * locked it, too. */
static MachtypeIntention *
find (MtPgStore *store, const char *uuid, GError **error)
{
  MachtypeIntention *intention = NULL;
  MtPgBatch batch = { .n = 0 };
  MtPgValues values = { .n = 0 };
  Row row = { store, NULL, 0 };

  mt_pg_add_text (&values, uuid);
  if (store->is_writing)
    mt_pg_batch_add (&batch, MT_PG_LOCK, &values);
  mt_pg_batch_add (&batch, MT_PG_GET_INTENTION, &values);
  if (mt_pg_run (store, &batch, "reading an intention", error)) {
    row.result = batch.results[batch.n - 1];
    if (store->module->get_n_rows (row.result) == 1)
      intention = read_intention (&row, error);
  }
  mt_pg_batch_clear (store, &batch);
  return intention;
}

static gboolean
find_again (MtPgStore *store, const MtPgStep *step, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeIntention) there = find (store, step->uuid.text, &why);

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (there == NULL ? step->intention == NULL
                    : step->intention != NULL && there->token == step->intention->token)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_CONFLICT,
                  "a change of instance %s was begun concurrently; check it and try again",
                  step->uuid.text);
}

MachtypeIntention *
mt_pg_get_intention (MachtypeStore *base, const char *uuid, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  MtPgStep step = { .again = find_again };
  g_autoptr (GError) why = NULL;
  MachtypeIntention *intention = find (store, uuid, &why);

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  g_strlcpy (step.uuid.text, uuid, sizeof step.uuid.text);
  step.intention = intention;
  mt_pg_remember (store, &step);
  return intention;
}

/* They are few. */
gboolean
mt_pg_foreach_intention (MachtypeStore *base, MachtypeIntentionFunc func, gpointer user_data,
                         GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  MtPgBatch batch = { .n = 0 };
  gboolean ok, more = TRUE;
  Row row = { store, NULL, 0 };

  mt_pg_batch_add (&batch, MT_PG_ALL_INTENTIONS, NULL);
  ok = mt_pg_run (store, &batch, "listing intentions", error);
  if (ok)
    row.result = batch.results[0];
  for (; ok && more && row.row < store->module->get_n_rows (row.result); row.row++) {
    g_autoptr (MachtypeIntention) intention = read_intention (&row, error);

    ok = intention != NULL;
    more = ok && func (intention, user_data);
  }
  mt_pg_batch_clear (store, &batch);
  return ok;
}
