/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries on a PostgreSQL database of records: the database selects, and counts classes.
 *
 * More rows than a few are fetched from a cursor, a part at a time; the next part is under way
 * while the caller gets the rows of the last one. Unlike in single-row mode, the caller's function
 * can read something else from the store in between, and a listing in a listing sees the same
 * state. */

#include "store/postgresql-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"

/* A listing that is being built: its statement, and the parameters. */
typedef struct {
  int part;
  int class_column; /* of its rows; -1: they have none */
  int prepared;     /* MtPgSql: the same, for at most one part and a row; -1: none */
  GString *sql;
  MtPgValues values;
  char *texts[2]; /* patterns, owned */
  MtUuid class_id;
} Listing;

static void
listing_init (Listing *listing, const char *select, int part, int class_column)
{
  memset (listing, 0, sizeof *listing);
  listing->part = part;
  listing->class_column = class_column;
  listing->prepared = -1;
  listing->sql = g_string_new (select);
  g_string_append (listing->sql, " WHERE TRUE");
}

static void
listing_clear (Listing *listing)
{
  g_string_free (listing->sql, TRUE);
  g_free (listing->texts[0]);
  g_free (listing->texts[1]);
}

/* A condition on the next parameter. */
static void
add_condition (Listing *listing, const char *before, const char *value, const char *after)
{
  if (value == NULL)
    return;
  mt_pg_add_text (&listing->values, value);
  g_string_append_printf (listing->sql, " AND %s$%d%s", before, listing->values.n, after);
}

#define OF_CLASS "r.class IN (SELECT c.id FROM " MT_PG_SCHEMA ".class AS c WHERE "

/* The same pattern for LIKE. */
static char *
make_like (const char *pattern)
{
  GString *like;

  if (pattern == NULL)
    return NULL;
  like = g_string_new (NULL);
  for (; *pattern != '\0'; pattern++) {
    if (*pattern == '*')
      g_string_append_c (like, '%');
    else if (*pattern == '?')
      g_string_append_c (like, '_');
    else {
      if (strchr ("%_\\", *pattern) != NULL)
        g_string_append_c (like, '\\');
      g_string_append_c (like, *pattern);
    }
  }
  return g_string_free (like, FALSE);
}

static void
add_query (Listing *listing, const MachtypeRecordQuery *query)
{
  if (query == NULL)
    return;
  listing->texts[0] = make_like (query->machine_pattern);
  listing->texts[1] = make_like (query->name_pattern);
  add_condition (listing, OF_CLASS "c.cell = ", query->cell, ")");
  add_condition (listing, OF_CLASS "c.host_name = ", query->host, ")");
  add_condition (listing, OF_CLASS "c.state = ", query->state, ")");
  if (query->arch != MACHTYPE_ARCH_UNKNOWN)
    add_condition (listing, OF_CLASS "c.arch = ", machtype_arch_to_string (query->arch), ")");
  add_condition (listing, OF_CLASS "c.machine LIKE ", listing->texts[0], ")");
  add_condition (listing, "r.name LIKE ", listing->texts[1], "");
  add_condition (listing, "r.name = ", query->name, "");
  if (query->seen_before != 0) {
    mt_pg_add_int (&listing->values, query->seen_before);
    g_string_append_printf (listing->sql, " AND r.seen_at < $%d", listing->values.n);
  }
  if (query->record_class != NULL) {
    mt_pg_make_class_id (query->record_class, NULL, &listing->class_id);
    add_condition (listing, "r.class = ", listing->class_id.text, "");
  }
}

/* Called for each row; *more is TRUE, and FALSE ends the listing. Returns FALSE on error. */
typedef gboolean (*RowFunc) (MtPgStore *store, gpointer result, int row, gpointer data,
                             gboolean *more, GError **error);

/* What is done with the rows of a listing. */
typedef struct {
  const Listing *listing;
  RowFunc func;
  gpointer data;
} Call;

static gboolean
call_for_rows (MtPgStore *store, gpointer result, const Call *call, gboolean *more, GError **error)
{
  const int n = store->module->get_n_rows (result);
  int i;

  if (call->listing->class_column >= 0 &&
      !mt_pg_learn_classes (store, result, call->listing->class_column, error))
    return FALSE;
  for (i = 0; i < n && *more; i++) {
    if (!call->func (store, result, i, call->data, more, error))
      return FALSE;
  }
  return TRUE;
}

static char *
make_fetch (const char *cursor, const Listing *listing)
{
  return g_strdup_printf ("FETCH %d FROM %s", listing->part, cursor);
}

/* Declares the cursor and fetches its first part. NULL: the error is set. */
static gpointer
fetch_first (MtPgStore *store, const char *cursor, const Listing *listing, GError **error)
{
  g_autofree char *declare =
      g_strdup_printf ("DECLARE %s NO SCROLL CURSOR FOR %s", cursor, listing->sql->str);
  g_autofree char *fetch = make_fetch (cursor, listing);
  MtPgBatch batch = { .n = 0 };
  gpointer first = NULL;

  mt_pg_batch_add_sql (&batch, declare, &listing->values);
  mt_pg_batch_add_sql (&batch, fetch, NULL);
  if (mt_pg_run (store, &batch, "listing its contents", error))
    first = g_steal_pointer (&batch.results[1]);
  mt_pg_batch_clear (store, &batch);
  return first;
}

/* Calls for the rows of a part, while the next one comes; *part is replaced by that. */
static gboolean
pass_on (MtPgStore *store, const char *fetch, gpointer *part, const Call *call, gboolean *more,
         GError **error)
{
  const gboolean is_last = store->module->get_n_rows (*part) < call->listing->part;
  gpointer next = NULL;
  gboolean ok = is_last || mt_pg_send (store, fetch, &next, error);

  ok = ok && call_for_rows (store, *part, call, more, error);
  /* It may have come when the function has read something else. */
  if (store->awaited == &next) {
    if (!mt_pg_await (store, "listing its contents", ok ? error : NULL))
      ok = FALSE;
  } else if (ok && *more && !is_last && next == NULL)
    ok = mt_pg_set_damaged (store, "a listing was interrupted", error);
  store->module->free_result (*part);
  *part = next;
  return ok;
}

static gboolean
list_parts (MtPgStore *store, const char *cursor, gpointer part, const Call *call, GError **error)
{
  g_autofree char *fetch = make_fetch (cursor, call->listing);
  gboolean ok = TRUE, more = TRUE;

  while (ok && more && part != NULL)
    ok = pass_on (store, fetch, &part, call, &more, error);
  if (part != NULL)
    store->module->free_result (part);
  return ok;
}

/* The transaction may go on after the listing, which was the caller's. */
static void
close_cursor (MtPgStore *store, const char *cursor)
{
  g_autofree char *sql = g_strdup_printf ("CLOSE %s", cursor);
  MtPgBatch batch = { .n = 0 };

  if (store->is_listing && store->n_listings == 1)
    return;
  mt_pg_batch_add_sql (&batch, sql, NULL);
  mt_pg_run (store, &batch, "ending a listing", NULL);
  mt_pg_batch_clear (store, &batch);
}

static gboolean
list_long (MtPgStore *store, const Call *call, GError **error)
{
  char cursor[24];
  gpointer first;
  gboolean ok;

  mt_pg_enter_listing (store);
  g_snprintf (cursor, sizeof cursor, "listing_%u", store->n_listings);
  first = fetch_first (store, cursor, call->listing, error);
  ok = first != NULL && list_parts (store, cursor, first, call, error);
  if (ok)
    close_cursor (store, cursor);
  mt_pg_leave_listing (store);
  return ok;
}

/* Fetches what is at most one part; *rows is NULL if it is more. */
static gboolean
fetch_short (MtPgStore *store, const Listing *listing, gpointer *rows, GError **error)
{
  g_autofree char *sql = NULL;
  MtPgBatch batch = { .n = 0 };
  gboolean ok;

  if (listing->prepared >= 0)
    mt_pg_batch_add (&batch, (MtPgSql)listing->prepared, &listing->values);
  else {
    sql = g_strdup_printf ("%s LIMIT %d", listing->sql->str, listing->part + 1);
    mt_pg_batch_add_sql (&batch, sql, &listing->values);
  }
  ok = mt_pg_run (store, &batch, "listing its contents", error);
  if (ok && store->module->get_n_rows (batch.results[0]) <= listing->part)
    *rows = g_steal_pointer (&batch.results[0]);
  mt_pg_batch_clear (store, &batch);
  return ok;
}

/* A listing of one part needs no transaction: its rows are of one moment. What its function reads
 * in between is of a later one, unless the caller has begun to read. */
static gboolean
list (MtPgStore *store, const Listing *listing, RowFunc func, gpointer data, GError **error)
{
  const Call call = { listing, func, data };
  gpointer rows = NULL;
  gboolean ok, more = TRUE;

  if (mt_pg_is_in_transaction (store))
    return list_long (store, &call, error);
  ok = fetch_short (store, listing, &rows, error);
  if (ok && rows == NULL)
    return list_long (store, &call, error);
  store->n_listings++;
  ok = ok && call_for_rows (store, rows, &call, &more, error);
  store->n_listings--;
  if (rows != NULL)
    store->module->free_result (rows);
  return ok;
}

typedef struct {
  MachtypeRecordFunc func;
  gpointer data;
} RecordCall;

static gboolean
call_with_record (MtPgStore *store, gpointer result, int row, gpointer data, gboolean *more,
                  GError **error)
{
  const RecordCall *call = data;
  g_autoptr (MachtypeRecord) record = mt_pg_read_record (store, result, row, error);

  if (record == NULL)
    return FALSE;
  *more = call->func (record, call->data);
  return TRUE;
}

/* In the order of their UUIDs. */
gboolean
mt_pg_foreach_matching (MachtypeStore *base, MachtypeRecordQuery *query, MachtypeRecordFunc func,
                        gpointer user_data, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  RecordCall call = { func, user_data };
  g_autofree char *select =
      g_strdup_printf ("SELECT " MT_PG_RECORD_COLUMNS ", %s FROM " MT_PG_SCHEMA ".record AS r",
                       store->newer_columns != NULL ? store->newer_columns : "NULL::text");
  Listing listing;
  gboolean ok;

  listing_init (&listing, select, MT_PG_RECORDS_PART, 2);
  add_query (&listing, query);
  g_string_append (listing.sql, " ORDER BY r.uuid");
  ok = list (store, &listing, call_with_record, &call, error);
  listing_clear (&listing);
  return ok;
}

gboolean
mt_pg_foreach (MachtypeStore *base, const char *cell, const char *host, MachtypeRecordFunc func,
               gpointer user_data, GError **error)
{
  MachtypeRecordQuery query = { .arch = MACHTYPE_ARCH_UNKNOWN };
  gboolean ok;

  mt_ref_string_assign (&query.cell, cell);
  mt_ref_string_assign (&query.host, host);
  ok = mt_pg_foreach_matching (base, &query, func, user_data, error);
  mt_ref_string_set (&query.cell, NULL);
  mt_ref_string_set (&query.host, NULL);
  return ok;
}

typedef struct {
  MachtypeUuidFunc func;
  gpointer data;
} UuidCall;

static gboolean
call_with_uuid (MtPgStore *store, gpointer result, int row, gpointer data, gboolean *more,
                GError **error)
{
  const UuidCall *call = data;

  (void)error;
  *more = call->func (store->module->get_value (result, row, 0), call->data);
  return TRUE;
}

gboolean
mt_pg_foreach_unset (MachtypeStore *base, const char *cell, const char *host, MachtypeUuidFunc func,
                     gpointer user_data, GError **error)
{
  UuidCall call = { func, user_data };
  Listing listing = { .part = MT_PG_SHORT_PART, .class_column = -1, .prepared = -1 };
  gboolean ok;

  listing.sql = g_string_new (MT_PG_UNSET);
  if (cell == NULL && host == NULL)
    listing.prepared = MT_PG_LIST_UNSET;
  add_condition (&listing, "c.cell = ", cell, "");
  add_condition (&listing, "c.host_name = ", host, "");
  g_string_append (listing.sql, MT_PG_IN_ORDER);
  ok = list (mt_pg_store_of (base), &listing, call_with_uuid, &call, error);
  listing_clear (&listing);
  return ok;
}

typedef struct {
  MachtypeRecordClassFunc func;
  gpointer data;
} ClassCall;

static gboolean
call_with_class (MtPgStore *store, gpointer result, int row, gpointer data, gboolean *more,
                 GError **error)
{
  const ClassCall *call = data;
  const MtPgClass *class =
      mt_pg_find_class (store, store->module->get_value (result, row, 0), error);
  g_autoptr (MachtypeRecordClass) counted = NULL;

  if (class == NULL)
    return FALSE;
  counted = mt_record_class_copy (class->record_class);
  counted->count = g_ascii_strtoull (store->module->get_value (result, row, 1), NULL, 10);
  *more = call->func (counted, call->data);
  return TRUE;
}

/* The index of classes has all that is counted. */
gboolean
mt_pg_foreach_class (MachtypeStore *base, MachtypeRecordQuery *query, MachtypeRecordClassFunc func,
                     gpointer user_data, GError **error)
{
  ClassCall call = { func, user_data };
  Listing listing;
  gboolean ok;

  listing_init (&listing, "SELECT r.class, count(*) FROM " MT_PG_SCHEMA ".record AS r",
                MT_PG_SHORT_PART, 0);
  add_query (&listing, query);
  g_string_append (listing.sql, " GROUP BY r.class");
  ok = list (mt_pg_store_of (base), &listing, call_with_class, &call, error);
  listing_clear (&listing);
  return ok;
}
