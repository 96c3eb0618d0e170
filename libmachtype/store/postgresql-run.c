/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statements on a PostgreSQL database of records, and the transactions that they are in.
 *
 * Transactions of different processes run at the same time. A transaction locks the records that it
 * reads (FOR UPDATE), and changes only what is still as it was read. Those that would wait for each
 * other for ever are found by the server, which ends one of them: that one is repeated from its
 * first step, and so is one whose connection is lost before it has been committed. A step that then
 * finds something else than before is a conflict, for the caller to decide. */

#include "store/postgresql-private.h"

#include <string.h>

#include "error-private.h"

/* More steps are not kept: a transaction that long is not repeated. */
#define STEPS_MAX 4096
#define TRIES_MAX 20
#define PAUSE_MAX_US 50000

/* How long a lost server is waited for, if there is no timeout. */
#define PATIENCE_MS 60000

#define RECORD MT_PG_SCHEMA ".record AS r"

/* What a newer release has added. */
#define NEWER "@"

#define GET_FROM "SELECT " MT_PG_RECORD_COLUMNS ", " NEWER " FROM " RECORD " WHERE "
#define GET GET_FROM "r.uuid = $1"

/* The stored record must be everything that was read: see machtype_record_equal. */
#define EXPECTED                                                                                   \
  "r.uuid = $1 AND r.revision = $2 AND r.class = $3 AND r.requested IS NOT DISTINCT FROM $4 "      \
  "AND r.source = $5 AND r.name IS NOT DISTINCT FROM $6 AND r.seen_at = $7 "                       \
  "AND r.transient = $8 AND r.unknown IS NOT DISTINCT FROM $9"

#define UPDATE                                                                                     \
  "UPDATE " RECORD " SET revision = $10, class = $11, requested = $12, source = $13, name = $14, " \
  "recorded_at = $15, seen_at = $16, transient = $17, unknown = $18 WHERE " EXPECTED

#define HISTORY_COLUMNS                                                                            \
  "revision, changed_at, author, action, forced, undoes, old_machine, new_machine, "               \
  "old_requested, old_source, old_arch, old_properties, old_definition, new_definition"

#define INTENTION_COLUMNS                                                                          \
  "uuid, revision, token, started_at, author, action, forced, undoes, host_name, host_uuid, uri, " \
  "definition, old_machine, machine, requested, source, arch, properties, old_xml"

/* In place, so that the dynamic linker has no pointers to set in a program that uses no server. */
static const char statements[][1152] = {
  [MT_PG_GET] = GET,
  [MT_PG_GET_LOCKED] = GET " FOR UPDATE",
  [MT_PG_GET_SEVERAL] = GET_FROM "r.uuid = ANY ($1::uuid[])",
  [MT_PG_UPDATE] = UPDATE,
  /* What a newer release knows of a record may not go with the change. */
  [MT_PG_UPDATE_WITH_HISTORY] = UPDATE " AND " NEWER " IS NULL",
  /* Everything that a change depends on. The record was locked before, so that this statement sees
   * what others have begun until then. */
  [MT_PG_UPDATE_ALONE] =
      "WITH changed AS (" UPDATE " AND " NEWER " IS NULL "
      "AND NOT EXISTS (SELECT FROM " MT_PG_SCHEMA ".intention AS i WHERE i.uuid = $1) "
      "AND (SELECT version FROM " MT_PG_SCHEMA ".store) = $34 RETURNING r.uuid) "
      "INSERT INTO " MT_PG_SCHEMA ".history (uuid, " HISTORY_COLUMNS ") "
      "SELECT $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33 "
      "FROM changed",
  [MT_PG_DELETE] = "DELETE FROM " RECORD " WHERE " EXPECTED " AND " NEWER " IS NULL",
  [MT_PG_INSERT] = "INSERT INTO " MT_PG_SCHEMA ".record (uuid, revision, class, requested, source, "
                   "name, recorded_at, seen_at, transient, unknown) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (uuid) DO NOTHING",
  [MT_PG_INSERT_HISTORY] = "INSERT INTO " MT_PG_SCHEMA ".history (uuid, " HISTORY_COLUMNS ") "
                           "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                           "$15)",
  [MT_PG_LIST_HISTORY] = "SELECT " HISTORY_COLUMNS " FROM " MT_PG_SCHEMA ".history "
                         "WHERE uuid = $1 ORDER BY revision",
  [MT_PG_DELETE_HISTORY] = "DELETE FROM " MT_PG_SCHEMA ".history WHERE uuid = $1",
  [MT_PG_ADD_CLASS] =
      "INSERT INTO " MT_PG_SCHEMA ".class (id, host_name, host_uuid, qemu_version, "
      "libvirt_version, machine, arch, state, cell, properties) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
  [MT_PG_GET_CLASSES] =
      "SELECT host_name, host_uuid, qemu_version, libvirt_version, machine, arch, "
      "state, cell, properties, id FROM " MT_PG_SCHEMA ".class "
      "WHERE id = ANY ($1::uuid[])",
  [MT_PG_ADD_INTENTION] = "INSERT INTO " MT_PG_SCHEMA ".intention (" INTENTION_COLUMNS ") "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                          "$15, $16, $17, $18, $19)",
  [MT_PG_DELETE_INTENTION] = "DELETE FROM " MT_PG_SCHEMA ".intention WHERE uuid = $1",
  [MT_PG_LOCK] = "SELECT FROM " RECORD " WHERE r.uuid = $1 FOR UPDATE",
  [MT_PG_GET_INTENTION] = "SELECT " INTENTION_COLUMNS " FROM " MT_PG_SCHEMA ".intention "
                          "WHERE uuid = $1",
  [MT_PG_ALL_INTENTIONS] = "SELECT " INTENTION_COLUMNS " FROM " MT_PG_SCHEMA ".intention "
                           "ORDER BY uuid",
  /* One more than a part. Without parameters, it is planned once. */
  [MT_PG_LIST_UNSET] = MT_PG_UNSET MT_PG_IN_ORDER " LIMIT 1 + " G_STRINGIFY (MT_PG_SHORT_PART),
};

static const char names[][20] = {
  [MT_PG_GET] = "get",
  [MT_PG_GET_LOCKED] = "get_locked",
  [MT_PG_GET_SEVERAL] = "get_several",
  [MT_PG_UPDATE] = "update",
  [MT_PG_UPDATE_WITH_HISTORY] = "update_with_history",
  [MT_PG_UPDATE_ALONE] = "update_alone",
  [MT_PG_DELETE] = "delete",
  [MT_PG_INSERT] = "insert",
  [MT_PG_INSERT_HISTORY] = "insert_history",
  [MT_PG_LIST_HISTORY] = "list_history",
  [MT_PG_DELETE_HISTORY] = "delete_history",
  [MT_PG_ADD_CLASS] = "add_class",
  [MT_PG_GET_CLASSES] = "get_classes",
  [MT_PG_ADD_INTENTION] = "add_intention",
  [MT_PG_DELETE_INTENTION] = "delete_intention",
  [MT_PG_LOCK] = "lock",
  [MT_PG_GET_INTENTION] = "get_intention",
  [MT_PG_ALL_INTENTIONS] = "all_intentions",
  [MT_PG_LIST_UNSET] = "list_unset",
};

G_STATIC_ASSERT (G_N_ELEMENTS (statements) == MT_PG_N && G_N_ELEMENTS (names) == MT_PG_N);

void
mt_pg_add_text (MtPgValues *values, const char *text)
{
  values->values[values->n++] = text;
}

void
mt_pg_add_int (MtPgValues *values, gint64 number)
{
  char *text = values->numbers[values->n];

  g_snprintf (text, sizeof values->numbers[0], "%" G_GINT64_FORMAT, number);
  mt_pg_add_text (values, text);
}

void
mt_pg_add_boolean (MtPgValues *values, gboolean value)
{
  mt_pg_add_text (values, value ? "t" : "f");
}

char *
mt_pg_make_array (const char *const *uuids, guint n)
{
  GString *array = g_string_sized_new ((gsize)n * sizeof (MtUuid) + 2);
  guint i;

  for (i = 0; i < n; i++) {
    g_string_append_c (array, i == 0 ? '{' : ',');
    g_string_append (array, uuids[i]);
  }
  g_string_append_c (array, '}');
  return g_string_free (array, FALSE);
}

static gboolean
take (char **slot, const char *text, gsize max)
{
  if (text == NULL)
    return TRUE;
  if (!mt_check_text ("text", text, max, NULL))
    return FALSE;
  *slot = g_ref_string_new (text);
  return TRUE;
}

gboolean
mt_pg_take_text (char **slot, const char *text)
{
  return take (slot, text, MACHTYPE_RECORD_MAX_TEXT);
}

gboolean
mt_pg_take_long_text (char **slot, const char *text)
{
  return take (slot, text, MACHTYPE_JSON_MAX_SIZE);
}

static void
add (MtPgBatch *batch, int own, const char *sql, const MtPgValues *values)
{
  MtPgStatement *statement = &batch->statements[batch->n];

  /* Two more begin the transaction. */
  g_assert (batch->n < MT_PG_BATCH_MAX - 2);
  statement->name = NULL;
  statement->sql = sql;
  statement->n_values = values != NULL ? values->n : 0;
  statement->values = values != NULL ? values->values : NULL;
  batch->results[batch->n] = NULL;
  batch->own[batch->n++] = own;
}

void
mt_pg_batch_add (MtPgBatch *batch, MtPgSql which, const MtPgValues *values)
{
  add (batch, (int)which, NULL, values);
}

void
mt_pg_batch_add_sql (MtPgBatch *batch, const char *sql, const MtPgValues *values)
{
  add (batch, -1, sql, values);
}

static void
free_results (const MtPgStore *store, MtPgBatch *batch)
{
  int i;

  for (i = 0; i < batch->n; i++) {
    if (batch->results[i] != NULL)
      store->module->free_result (g_steal_pointer (&batch->results[i]));
  }
}

guint64
mt_pg_get_n_changed (const MtPgStore *store, gpointer result)
{
  const char *tag = store->module->get_tag (result);
  const char *number = strrchr (tag, ' ');

  return number != NULL ? g_ascii_strtoull (number + 1, NULL, 10) : 0;
}

static void
step_free (gpointer data)
{
  MtPgStep *step = data;

  machtype_record_unref (step->old_record);
  machtype_record_unref (step->record);
  machtype_history_entry_unref (step->entry);
  machtype_intention_unref (step->intention);
  g_free (step);
}

void
mt_pg_remember (MtPgStore *store, const MtPgStep *step)
{
  MtPgStep *kept;

  if (!store->is_writing || store->steps == NULL)
    return;
  if (store->steps->len >= STEPS_MAX) {
    g_clear_pointer (&store->steps, g_ptr_array_unref);
    return;
  }
  kept = g_memdup2 (step, sizeof *step);
  if (kept->old_record != NULL)
    machtype_record_ref (kept->old_record);
  if (kept->record != NULL)
    machtype_record_ref (kept->record);
  if (kept->entry != NULL)
    machtype_history_entry_ref (kept->entry);
  if (kept->intention != NULL)
    machtype_intention_ref (kept->intention);
  g_ptr_array_add (store->steps, kept);
}

/* An error that the same statements need not have again: of another transaction (class 40), or of
 * a server that is being started again. */
static gboolean
is_worth_trying (const MtPgFailure *failure)
{
  return failure->is_lost || g_str_has_prefix (failure->state, "40") ||
         strcmp (failure->state, "57P03") == 0;
}

/* A statement with the columns of a newer release in place of the mark. */
static char *
make_sql (const MtPgStore *store, MtPgSql which)
{
  const char *sql = statements[which], *mark = strstr (sql, NEWER);

  if (mark == NULL)
    return g_strdup (sql);
  return g_strdup_printf ("%.*s%s%s", (int)(mark - sql), sql,
                          store->newer_columns != NULL ? store->newer_columns : "NULL::text",
                          mark + strlen (NEWER));
}

/* Completes the statements of a batch for this connection, each with its text only where it is to
 * be prepared. Returns those that are. */
static guint32
complete (const MtPgStore *store, MtPgBatch *batch, char **texts)
{
  guint32 now = 0;
  int i;

  for (i = 0; i < batch->n; i++) {
    const int own = batch->own[i];

    if (own < 0)
      continue;
    batch->statements[i].name = batch->names[i];
    g_snprintf (batch->names[i], sizeof batch->names[i], "%s_%u", names[own], store->generation);
    batch->statements[i].sql = NULL;
    if (((store->prepared | now) & 1u << own) == 0)
      batch->statements[i].sql = texts[i] = make_sql (store, (MtPgSql)own);
    now |= 1u << own;
  }
  return now & ~store->prepared;
}

/* After a failure it is not known which of them the server has prepared: they get other names. */
static gboolean
run_on_connection (MtPgStore *store, MtPgBatch *batch, MtPgFailure *failure)
{
  char *texts[MT_PG_BATCH_MAX] = { NULL };
  const guint32 now = complete (store, batch, texts);
  gboolean ok;
  int i;

  ok = store->module->run (store->connection, batch->statements, batch->n, batch->results,
                           mt_pg_get_patience (store), failure);
  for (i = 0; i < batch->n; i++)
    g_free (texts[i]);
  if (ok)
    store->prepared |= now;
  else if (now != 0)
    mt_pg_forget_prepared (store);
  /* The server says so before it closes the connection. */
  failure->is_lost |= strcmp (failure->state, "57P01") == 0 ||
                      strcmp (failure->state, "57P02") == 0 ||
                      g_str_has_prefix (failure->state, "08");
  return ok;
}

void
mt_pg_forget_prepared (MtPgStore *store)
{
  store->prepared = 0;
  store->generation++;
}

gboolean
mt_pg_is_in_transaction (const MtPgStore *store)
{
  return store->is_writing || store->is_reading || store->is_listing;
}

static void
shift (MtPgBatch *batch, int by)
{
  const int from = by < 0 ? -by : 0, to = by < 0 ? 0 : by, n = batch->n - from;

  memmove (batch->statements + to, batch->statements + from, (gsize)n * sizeof *batch->statements);
  memmove (batch->results + to, batch->results + from, (gsize)n * sizeof *batch->results);
  memmove (batch->own + to, batch->own + from, (gsize)n * sizeof *batch->own);
  batch->n += by;
}

/* A write looks, in the same round trip, at what version the tables have by now. */
#define BEGIN_READ "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#define BEGIN_WRITE "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
#define GET_VERSION "SELECT version FROM " MT_PG_SCHEMA ".store"

/* Begins the transaction together with its first statements. */
static gboolean
begin_with (MtPgStore *store, MtPgBatch *batch, MtPgFailure *failure)
{
  const int n = store->is_writing ? 2 : 1;
  MtPgStatement begin = { .sql = store->is_writing ? BEGIN_WRITE : BEGIN_READ };
  gboolean ok;
  int i;

  shift (batch, n);
  batch->statements[0] = begin;
  batch->statements[1] = n == 2 ? (MtPgStatement){ .sql = GET_VERSION } : batch->statements[1];
  batch->own[0] = -1;
  batch->own[1] = n == 2 ? -1 : batch->own[1];
  ok = run_on_connection (store, batch, failure);
  store->is_begun = !failure->is_lost;
  if (ok && n == 2)
    store->is_outdated = g_ascii_strtoll (store->module->get_value (batch->results[1], 0, 0), NULL,
                                          10) != store->version;
  for (i = 0; i < n; i++) {
    if (ok)
      store->module->free_result (batch->results[i]);
  }
  shift (batch, -n);
  return ok;
}

static gboolean
run_once (MtPgStore *store, MtPgBatch *batch, MtPgFailure *failure)
{
  gboolean ok;

  if (mt_pg_is_in_transaction (store) && !store->is_begun)
    ok = begin_with (store, batch, failure);
  else
    ok = run_on_connection (store, batch, failure);
  if (failure->is_lost)
    mt_pg_disconnect (store);
  return ok;
}

/* Statements that are not prepared, and whose results are not looked at. */
static gboolean
run_plain (MtPgStore *store, const char *sql, MtPgFailure *failure)
{
  MtPgBatch batch = { .n = 0 };
  gboolean ok;

  mt_pg_batch_add_sql (&batch, sql, NULL);
  ok = run_on_connection (store, &batch, failure);
  mt_pg_batch_clear (store, &batch);
  if (failure->is_lost)
    mt_pg_disconnect (store);
  return ok;
}

static void
forget_classes (MtPgStore *store)
{
  guint i;

  for (i = 0; i < store->new_classes->len; i++)
    ((MtPgClass *)store->new_classes->pdata[i])->is_added = FALSE;
  g_ptr_array_set_size (store->new_classes, 0);
}

/* Ends the transaction on the server, so that it can be begun again. */
static void
abandon (MtPgStore *store)
{
  MtPgFailure failure = { 0 };

  if (store->connection != NULL && store->is_begun && !run_plain (store, "ROLLBACK", &failure))
    mt_pg_disconnect (store);
  store->is_begun = FALSE;
  forget_classes (store);
  g_free (failure.message);
}

static gboolean
repeat_steps (MtPgStore *store, GError **error)
{
  gboolean ok = TRUE;
  guint i;

  abandon (store);
  store->is_failed = FALSE;
  if (store->connection == NULL && !mt_pg_connect (store, error))
    return FALSE;
  if (store->is_outdated && !store->learn (store, error))
    return FALSE;
  store->is_outdated = FALSE;
  if (store->steps == NULL)
    return TRUE;
  store->is_repeating = TRUE;
  for (i = 0; ok && i < store->steps->len; i++) {
    const MtPgStep *step = store->steps->pdata[i];

    ok = step->again (store, step, error);
  }
  store->is_repeating = FALSE;
  return ok;
}

/* Whether what has failed can be repeated: what was only read and given to the caller cannot, in
 * the state of the store that it was read from. */
static gboolean
can_repeat (const MtPgStore *store, gboolean was_begun)
{
  if (store->is_repeating)
    return FALSE;
  if (store->is_writing)
    return store->steps != NULL;
  return !mt_pg_is_in_transaction (store) || !was_begun;
}

/* Until when a server that does not answer is tried again. */
static gint64
get_deadline (const MtPgStore *store)
{
  const int ms = store->timeout_ms < 0 ? PATIENCE_MS : store->timeout_ms;

  return g_get_monotonic_time () + (gint64)ms * 1000;
}

static void
take_pause (int tries)
{
  g_usleep ((gulong)g_random_int_range (1, MIN (1000 << MIN (tries, 6), PAUSE_MAX_US)));
}

/* Repeats the transaction up to here, several times. TRUE: it is as it was. */
static gboolean
recover (MtPgStore *store, int *tries, gint64 deadline, GError **error)
{
  while (*tries < TRIES_MAX || g_get_monotonic_time () < deadline) {
    g_autoptr (GError) why = NULL;

    take_pause (++*tries);
    store->was_in_the_way = FALSE;
    if (repeat_steps (store, &why))
      return TRUE;
    /* Something else than before was found, or it failed for good. */
    if (store->connection != NULL && !store->was_in_the_way) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
    if (g_get_monotonic_time () >= deadline) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  }
  return mt_fail (error, MACHTYPE_ERROR_BUSY,
                  "the store %s: other transactions were in the way %d times, try again",
                  store->shown, *tries);
}

/* Raises an error after which nothing more can be done in the transaction, and remembers the first
 * one. Takes ownership of why. Always FALSE. */
static gboolean
set_failed (MtPgStore *store, GError *why, GError **error)
{
  store->is_failed = mt_pg_is_in_transaction (store);
  if (store->is_failed && !store->is_repeating && store->why == NULL)
    store->why = g_error_copy (why);
  g_propagate_error (error, why);
  return FALSE;
}

/* Raises what has failed. Always FALSE. */
static gboolean
give_up (MtPgStore *store, const MtPgFailure *failure, const char *doing, GError **error)
{
  GError *why = NULL;

  store->was_in_the_way = is_worth_trying (failure);
  mt_pg_set_error (store, failure, doing, &why);
  if (failure->is_lost && store->is_writing)
    g_prefix_error (&why, "nothing of the transaction was written: ");
  return set_failed (store, why, error);
}

static gboolean
set_rolled_back (const MtPgStore *store, MachtypeError code, GError **error)
{
  return mt_fail (error, code,
                  "the store %s: the transaction was rolled back after a failure, nothing was "
                  "written%s%s",
                  store->shown, store->why != NULL ? ": " : "",
                  store->why != NULL ? store->why->message : "");
}

/* A call after one that has failed fails in the same way: a conflict remains one. */
static gboolean
check_usable (const MtPgStore *store, GError **error)
{
  if (!store->is_failed || !mt_pg_is_in_transaction (store) || store->is_repeating)
    return TRUE;
  return set_rolled_back (
      store, store->why != NULL ? (MachtypeError)store->why->code : MACHTYPE_ERROR_STORE, error);
}

static gboolean
run_with_repetition (MtPgStore *store, MtPgBatch *batch, const char *doing, GError **error)
{
  const gint64 deadline = get_deadline (store);
  int tries = 0;

  for (;;) {
    const gboolean was_begun = store->is_begun;
    MtPgFailure failure = { 0 };
    gboolean ok = FALSE, again;
    GError *why = NULL;

    if (store->connection != NULL)
      ok = run_once (store, batch, &failure);
    else
      failure.is_lost = TRUE;
    if (ok && !store->is_outdated)
      return TRUE;
    if (ok)
      free_results (store, batch);
    again = can_repeat (store, was_begun) && (ok || is_worth_trying (&failure));
    if (!again)
      give_up (store, &failure, doing, error);
    g_free (failure.message);
    if (!again)
      return FALSE;
    if (!recover (store, &tries, deadline, &why))
      return set_failed (store, why, error);
  }
}

void
mt_pg_batch_clear (const MtPgStore *store, MtPgBatch *batch)
{
  free_results (store, batch);
  batch->n = 0;
}

gboolean
mt_pg_run (MtPgStore *store, MtPgBatch *batch, const char *doing, GError **error)
{
  return check_usable (store, error) && mt_pg_await (store, doing, error) &&
         store->flush (store, error) && run_with_repetition (store, batch, doing, error);
}

gboolean
mt_pg_send (MtPgStore *store, const char *sql, gpointer *result, GError **error)
{
  MtPgFailure failure = { 0 };
  const gboolean ok = store->module->send (store->connection, sql, &failure);

  *result = NULL;
  if (ok)
    store->awaited = result;
  else {
    if (failure.is_lost)
      mt_pg_disconnect (store);
    give_up (store, &failure, "listing its contents", error);
  }
  g_free (failure.message);
  return ok;
}

gboolean
mt_pg_await (MtPgStore *store, const char *doing, GError **error)
{
  gpointer *result = g_steal_pointer (&store->awaited);
  MtPgFailure failure = { 0 };

  if (result == NULL)
    return TRUE;
  *result = store->module->receive (store->connection, mt_pg_get_patience (store), &failure);
  if (*result != NULL)
    return TRUE;
  if (failure.is_lost)
    mt_pg_disconnect (store);
  give_up (store, &failure, doing, error);
  g_free (failure.message);
  return FALSE;
}

gboolean
mt_pg_copy (MtPgStore *store, const char *sql, const GString *data, GError **error)
{
  MtPgFailure failure = { 0 };
  gboolean ok;

  if (store->connection == NULL)
    return check_usable (store, error);
  ok = store->module->copy (store->connection, sql, data->str, data->len,
                            mt_pg_get_patience (store), &failure);
  if (!ok) {
    if (failure.is_lost)
      mt_pg_disconnect (store);
    give_up (store, &failure, "adding records", error);
  }
  g_free (failure.message);
  return ok;
}

/* Forgets the transaction; what it was is on the server, or nowhere. */
static void
forget (MtPgStore *store)
{
  store->is_writing = store->is_reading = store->is_listing = FALSE;
  store->is_begun = store->is_failed = store->has_written = FALSE;
  store->is_appending = store->was_asked = FALSE;
  g_string_truncate (store->records, 0);
  g_string_truncate (store->history, 0);
  g_clear_error (&store->why);
  forget_classes (store);
  g_clear_pointer (&store->steps, g_ptr_array_unref);
}

gboolean
mt_pg_begin (MachtypeStore *base, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);

  if ((store->flags & MACHTYPE_STORE_OPEN_READ_ONLY) != 0)
    return mt_fail (error, MACHTYPE_ERROR_STORE,
                    "the store %s: beginning a write transaction: it was opened only to be read",
                    store->shown);
  if (store->n_listings != 0)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "the store is being listed: nothing can be written until that has ended");
  forget (store);
  store->is_writing = TRUE;
  store->steps = g_ptr_array_new_with_free_func (step_free);
  return TRUE;
}

void
mt_pg_rollback (MachtypeStore *base)
{
  MtPgStore *store = mt_pg_store_of (base);

  mt_pg_await (store, "rolling back", NULL);
  abandon (store);
  forget (store);
}

gboolean
mt_pg_begin_read (MachtypeStore *base, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);

  (void)error;
  forget (store);
  store->is_reading = TRUE;
  return TRUE;
}

void
mt_pg_end_read (MachtypeStore *base)
{
  mt_pg_rollback (base);
}

void
mt_pg_enter_listing (MtPgStore *store)
{
  if (store->n_listings++ == 0 && !mt_pg_is_in_transaction (store))
    store->is_listing = TRUE;
}

void
mt_pg_leave_listing (MtPgStore *store)
{
  if (--store->n_listings == 0 && store->is_listing)
    mt_pg_rollback (MACHTYPE_STORE (store));
}

/* After COMMIT was sent, only the server knows. */
gboolean
mt_pg_set_unknown (const MtPgStore *store, const char *said, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s: the connection was lost during the commit (%s): the change may or "
                  "may not have been made; read again before you rely on either",
                  store->shown, said);
}

/* COMMIT of a transaction that has failed is a rollback, which the server says. */
static gboolean
send_commit (MtPgStore *store, gboolean *is_done, MtPgFailure *failure)
{
  MtPgBatch batch = { .n = 0 };
  gboolean ok;

  mt_pg_batch_add_sql (&batch, "COMMIT", NULL);
  ok = run_on_connection (store, &batch, failure);
  *is_done = ok && strcmp (store->module->get_tag (batch.results[0]), "COMMIT") == 0;
  mt_pg_batch_clear (store, &batch);
  return ok;
}

static void
keep_classes (const MtPgStore *store)
{
  guint i;

  for (i = 0; i < store->new_classes->len; i++)
    ((MtPgClass *)store->new_classes->pdata[i])->is_stored = TRUE;
}

static gboolean
commit (MtPgStore *store, GError **error)
{
  const gint64 deadline = get_deadline (store);
  int tries = 0;

  for (;;) {
    MtPgFailure failure = { 0 };
    gboolean is_done = FALSE, is_known;
    const gboolean ok = send_commit (store, &is_done, &failure);

    is_known = ok || !failure.is_lost;
    if (failure.is_lost)
      mt_pg_disconnect (store);
    if (!is_known) {
      g_autofree char *said = mt_pg_dup_message (store, &failure);

      mt_pg_set_unknown (store, said, error);
    } else if (!ok && !is_worth_trying (&failure))
      mt_pg_set_error (store, &failure, "writing", error);
    g_free (failure.message);
    if (ok && !is_done)
      return set_rolled_back (store, MACHTYPE_ERROR_STORE, error);
    if (ok)
      return TRUE;
    if (!is_known || !is_worth_trying (&failure) || store->steps == NULL ||
        !recover (store, &tries, deadline, error))
      return FALSE;
  }
}

gboolean
mt_pg_commit (MachtypeStore *base, GError **error)
{
  MtPgStore *store = mt_pg_store_of (base);
  gboolean ok = !store->is_failed || set_rolled_back (store, MACHTYPE_ERROR_STORE, error);

  ok = ok && mt_pg_await (store, "writing", error) && store->flush (store, error);

  if (ok && store->has_written) {
    ok = store->connection != NULL && store->is_begun
             ? commit (store, error)
             : mt_fail (error, MACHTYPE_ERROR_STORE,
                        "the store %s: the connection was lost before the commit, nothing was "
                        "written",
                        store->shown);
    if (ok) {
      keep_classes (store);
      store->is_begun = FALSE;
    }
  }
  mt_pg_rollback (base);
  return ok;
}

/* The statements up to the end of a pipeline are one transaction, without BEGIN and COMMIT. */
static gboolean
run_until_done (MtPgStore *store, MtPgBatch *batch, const char *doing, gboolean *was_lost,
                GError **error)
{
  const gint64 deadline = get_deadline (store);
  int tries = 0;

  for (;;) {
    const gboolean is_alive =
        store->connection != NULL && store->module->is_alive (store->connection);
    MtPgFailure failure = { .is_lost = !is_alive };
    const gboolean ok = is_alive && run_once (store, batch, &failure);
    const gboolean again = !ok && is_worth_trying (&failure);

    *was_lost |= !ok && failure.is_lost && is_alive;
    if (!is_alive)
      mt_pg_disconnect (store);
    if (!ok && !again)
      mt_pg_set_error (store, &failure, doing, error);
    g_free (failure.message);
    if (!again || !recover (store, &tries, deadline, error))
      return ok;
  }
}

gboolean
mt_pg_run_alone (MtPgStore *store, MtPgBatch *batch, const char *doing, gboolean *was_lost,
                 GError **error)
{
  g_autoptr (GError) why = NULL;

  *was_lost = FALSE;
  if (run_until_done (store, batch, doing, was_lost, &why)) {
    keep_classes (store);
    forget_classes (store);
    return TRUE;
  }
  forget_classes (store);
  if (*was_lost)
    return mt_pg_set_unknown (store, why->message, error);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}
