/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to a PostgreSQL database, and its errors. */

#include "store/postgresql-private.h"

#include <string.h>

#include "error-private.h"

/* A server that others keep busy may take longer than they are waited for. */
#define PATIENCE_MS 60000

/* What states of the server mean, by the beginning of their code (PostgreSQL, appendix A). */
static const struct {
  char state[MT_PG_STATE_LENGTH + 1];
  guint8 code; /* MachtypeError */
  char remedy[84];
} states[] = {
  { "40", MACHTYPE_ERROR_BUSY, "another transaction was in the way, try again" },
  { "55P03", MACHTYPE_ERROR_BUSY, "another process is using it, try again" },
  { "57P03", MACHTYPE_ERROR_BUSY, "the server is starting or stopping, try again" },
  { "53300", MACHTYPE_ERROR_BUSY, "the server has too many connections, try again" },
  { "42501", MACHTYPE_ERROR_STORE,
    "the role needs the rights that doc/fleet.md gives to those that record or read" },
  { "25006", MACHTYPE_ERROR_STORE, "the server or the role can only read" },
  { "53100", MACHTYPE_ERROR_STORE, "make room on the server's disk" },
  { "42P01", MACHTYPE_ERROR_STORE, "the tables were changed by another program or release" },
  { "42703", MACHTYPE_ERROR_STORE, "the tables were changed by another program or release" },
};

int
mt_pg_get_patience (const MtPgStore *store)
{
  return store->timeout_ms < 0 ? -1 : (int)MIN ((gint64)store->timeout_ms + PATIENCE_MS, G_MAXINT);
}

/* On one line; and without the connection string, which can have a password in it. */
char *
mt_pg_dup_message (const MtPgStore *store, const MtPgFailure *failure)
{
  const char *said = failure->message != NULL ? failure->message : "out of memory";
  g_auto (GStrv) parts = g_strsplit (said, store->conninfo, -1);
  g_autofree char *without = *store->conninfo != '\0' ? g_strjoinv ("...", parts) : g_strdup (said);

  g_strdelimit (without, "\n\t", ' ');
  return mt_quoting_message (without);
}

gboolean
mt_pg_set_error (const MtPgStore *store, const MtPgFailure *failure, const char *doing,
                 GError **error)
{
  g_autofree char *said = mt_pg_dup_message (store, failure);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (states); i++) {
    if (*failure->state != '\0' && g_str_has_prefix (failure->state, states[i].state))
      return mt_fail (error, (MachtypeError)states[i].code, "the store %s: %s: %s; %s",
                      store->shown, doing, said, states[i].remedy);
  }
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s: %s: %s", store->shown, doing, said);
}

gboolean
mt_pg_set_damaged (const MtPgStore *store, const char *what, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s is damaged: %s", store->shown, what);
}

void
mt_pg_disconnect (MtPgStore *store)
{
  if (store->connection != NULL)
    store->module->close (g_steal_pointer (&store->connection));
  store->prepared = 0;
  store->is_begun = FALSE;
  store->awaited = NULL;
}

/* Nothing is looked up in another schema, which others may write to. A commit that was reported is
 * on disk. Listings are read to their end. */
static char *
make_settings (const MtPgStore *store)
{
  /* 0 would be to wait without an end. */
  const int lock_ms = store->timeout_ms < 0 ? 0 : MAX (store->timeout_ms, 1);

  return g_strdup_printf (
      "SELECT set_config('search_path', 'pg_catalog', false), "
      "set_config('default_transaction_isolation', 'read committed', false), "
      "set_config('cursor_tuple_fraction', '1', false), "
      "set_config('lock_timeout', '%d', false), "
      "set_config('default_transaction_read_only', '%s', false), "
      "set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
      "WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false), "
      "current_setting('server_encoding')",
      lock_ms, (store->flags & MACHTYPE_STORE_OPEN_READ_ONLY) != 0 ? "on" : "off");
}

static gboolean
check_encoding (const MtPgStore *store, const char *encoding, GError **error)
{
  return strcmp (encoding, "UTF8") == 0 ||
         mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s: the database has the encoding %s; create one with UTF8 "
                  "(createdb --encoding=UTF8 --template=template0)",
                  store->shown, encoding);
}

static gboolean
set_up (MtPgStore *store, MtPgFailure *failure, GError **error)
{
  g_autofree char *sql = make_settings (store);
  const MtPgStatement statement = { .sql = sql };
  gpointer result;
  gboolean ok;

  if (!store->module->run (store->connection, &statement, 1, &result, mt_pg_get_patience (store),
                           failure))
    return mt_pg_set_error (store, failure, "preparing the session", error);
  ok = check_encoding (store, store->module->get_value (result, 0, 6), error);
  store->module->free_result (result);
  return ok;
}

gboolean
mt_pg_connect (MtPgStore *store, GError **error)
{
  MtPgFailure failure = { 0 };
  gboolean ok;

  mt_pg_disconnect (store);
  store->connection = store->module->open (store->conninfo, mt_pg_get_patience (store), &failure);
  ok = store->connection != NULL ? set_up (store, &failure, error)
                                 : mt_pg_set_error (store, &failure, "connecting", error);
  if (!ok)
    mt_pg_disconnect (store);
  g_free (failure.message);
  return ok;
}
