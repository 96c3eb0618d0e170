/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module that speaks to PostgreSQL. Loaded when a store in a PostgreSQL database is opened, so
 * that other programs do not pay for libpq and what it needs. It knows no tables. */

#include "store/postgresql-module.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#include <machtype/version.h>

/* What the server's log and pg_stat_activity show, unless the connection string says otherwise. */
#define APPLICATION "machtype"

/* COPY is sent in parts of this size. */
#define COPY_PART ((gsize)1 << 16)

static void
set_failure (MtPgFailure *failure, const PGconn *connection, const PGresult *result)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char *message =
      result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  const char *detail = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL) : NULL;

  failure->is_lost |= PQstatus (connection) != CONNECTION_OK;
  if (failure->message != NULL)
    return;
  if (state != NULL)
    g_strlcpy (failure->state, state, sizeof failure->state);
  if (message != NULL && detail != NULL)
    failure->message = g_strdup_printf ("%s (%s)", message, detail);
  else
    failure->message = g_strdup (message != NULL ? message : PQerrorMessage (connection));
  g_strchomp (failure->message);
}

static void
set_message (MtPgFailure *failure, const char *message)
{
  if (failure->message == NULL)
    failure->message = g_strdup (message);
}

/* Every option of a connection string has a name, whatever its form. */
static const char *
find_option (const PQconninfoOption *options, const char *name)
{
  for (; options->keyword != NULL; options++) {
    if (strcmp (options->keyword, name) == 0 && options->val != NULL && *options->val != '\0')
      return options->val;
  }
  return NULL;
}

static void
append_option (GString *text, const PQconninfoOption *options, const char *name)
{
  const char *value = find_option (options, name);

  if (value != NULL)
    g_string_append_printf (text, "%s%s=%s", text->len != 0 ? " " : "", name, value);
}

static char *
describe (const char *conninfo, MtPgFailure *failure)
{
  static const char *const shown[] = { "service", "host", "hostaddr", "port", "dbname", "user" };
  char *message = NULL;
  PQconninfoOption *options = PQconninfoParse (conninfo, &message);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i;

  if (options == NULL) {
    set_message (failure, message != NULL ? g_strchomp (message) : "out of memory");
    PQfreemem (message);
    return NULL;
  }
  for (i = 0; i < G_N_ELEMENTS (shown); i++)
    append_option (text, options, shown[i]);
  PQconninfoFree (options);
  return g_strconcat ("postgresql:", text->str, NULL);
}

/* The time at which waiting ends; -1: never. */
static gint64
get_end (int timeout_ms)
{
  return timeout_ms < 0 ? -1 : g_get_monotonic_time () + (gint64)timeout_ms * 1000;
}

/* FALSE: the time is over. */
static gboolean
wait_for (const PGconn *connection, short events, gint64 end)
{
  struct pollfd socket = { .fd = PQsocket (connection), .events = events };
  int status;

  do {
    const gint64 left = end < 0 ? -1 : (end - g_get_monotonic_time () + 999) / 1000;

    if (end >= 0 && left <= 0)
      return FALSE;
    status = poll (&socket, 1, (int)MIN (left, G_MAXINT));
  } while (status == 0 || (status < 0 && errno == EINTR));
  return TRUE;
}

static void
set_timeout (MtPgFailure *failure)
{
  failure->is_lost = TRUE;
  set_message (failure, "the server does not answer in time");
}

static void
ignore_notice (void *data, const PGresult *notice)
{
  (void)data;
  (void)notice;
}

static PGconn *
start (const char *conninfo)
{
  /* The string stands for the name of the database, which libpq then takes apart; what comes later
   * in the list wins, so that the character set is ours. */
  static const char *const names[] = { "fallback_application_name", "dbname", "client_encoding",
                                       NULL };
  const char *const values[] = { APPLICATION, conninfo, "UTF8", NULL };

  return PQconnectStartParams (names, values, 1);
}

/* FALSE: the time is over. */
static gboolean
connect_in_time (PGconn *connection, gint64 end)
{
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;

  while (PQstatus (connection) != CONNECTION_BAD && status != PGRES_POLLING_OK &&
         status != PGRES_POLLING_FAILED) {
    if (!wait_for (connection, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, end))
      return FALSE;
    status = PQconnectPoll (connection);
  }
  return TRUE;
}

static gpointer
open_connection (const char *conninfo, int timeout_ms, MtPgFailure *failure)
{
  PGconn *connection = start (conninfo);
  const gboolean in_time = connection != NULL && connect_in_time (connection, get_end (timeout_ms));

  if (in_time && PQstatus (connection) == CONNECTION_OK) {
    PQsetNoticeReceiver (connection, ignore_notice, NULL);
    PQsetnonblocking (connection, 1);
    return connection;
  }
  if (!in_time && connection != NULL)
    set_timeout (failure);
  else
    set_failure (failure, connection, NULL);
  failure->is_lost = TRUE;
  PQfinish (connection);
  return NULL;
}

static void
close_connection (gpointer connection)
{
  PQfinish (connection);
}

/* While it sends, the server may have to get rid of what it answers. FALSE: the connection is lost,
 * or the time is over. */
static gboolean
flush (PGconn *connection, gint64 end, MtPgFailure *failure)
{
  int status;

  while ((status = PQflush (connection)) == 1) {
    if (!wait_for (connection, POLLIN | POLLOUT, end)) {
      set_timeout (failure);
      return FALSE;
    }
    if (PQconsumeInput (connection) == 0)
      break;
  }
  if (status == 0)
    return TRUE;
  set_failure (failure, connection, NULL);
  return FALSE;
}

/* The next result; NULL: there is none, or it failed. */
static PGresult *
get_result (PGconn *connection, gint64 end, MtPgFailure *failure)
{
  if (!flush (connection, end, failure))
    return NULL;
  while (PQisBusy (connection) != 0) {
    if (!wait_for (connection, POLLIN, end)) {
      set_timeout (failure);
      return NULL;
    }
    if (PQconsumeInput (connection) == 0) {
      set_failure (failure, connection, NULL);
      /* What the server has said before it went away says more. */
      if (PQisBusy (connection) != 0)
        return NULL;
    }
  }
  return PQgetResult (connection);
}

static gboolean
is_good (const PGresult *result)
{
  const ExecStatusType status = PQresultStatus (result);

  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
}

/* Reads the result of one command up to its end. NULL: it failed. */
static PGresult *
read_one (PGconn *connection, gint64 end, MtPgFailure *failure)
{
  PGresult *result = get_result (connection, end, failure), *more;

  if (result == NULL) {
    if (failure->message == NULL)
      set_failure (failure, connection, NULL);
    return NULL;
  }
  if (!is_good (result)) {
    set_failure (failure, connection, result);
    g_clear_pointer (&result, PQclear);
  }
  while (!failure->is_lost && (more = get_result (connection, end, failure)) != NULL)
    PQclear (more);
  return result;
}

static gboolean
send_statement (PGconn *connection, const MtPgStatement *statement)
{
  if (statement->name == NULL)
    return PQsendQueryParams (connection, statement->sql, statement->n_values, NULL,
                              statement->values, NULL, NULL, 0) != 0;
  return PQsendQueryPrepared (connection, statement->name, statement->n_values, statement->values,
                              NULL, NULL, 0) != 0;
}

static gboolean
must_prepare (const MtPgStatement *statement)
{
  return statement->name != NULL && statement->sql != NULL;
}

static gboolean
send_prepare (PGconn *connection, const MtPgStatement *statement)
{
  return PQsendPrepare (connection, statement->name, statement->sql, statement->n_values, NULL) !=
         0;
}

/* Several round trips become one. */
static gboolean
send_all (PGconn *connection, const MtPgStatement *statements, int n)
{
  int i;

  for (i = 0; i < n; i++) {
    if ((must_prepare (&statements[i]) && !send_prepare (connection, &statements[i])) ||
        !send_statement (connection, &statements[i]))
      return FALSE;
  }
  return PQpipelineSync (connection) != 0;
}

static void
read_sync (PGconn *connection, gint64 end, MtPgFailure *failure)
{
  PGresult *result = NULL;
  gboolean is_sync = FALSE;

  while (!failure->is_lost && !is_sync) {
    result = get_result (connection, end, failure);
    if (result == NULL && PQstatus (connection) != CONNECTION_OK)
      set_failure (failure, connection, NULL);
    is_sync = result != NULL && PQresultStatus (result) == PGRES_PIPELINE_SYNC;
    PQclear (result);
  }
}

static void
read_all (PGconn *connection, const MtPgStatement *statements, int n, gpointer *results, gint64 end,
          MtPgFailure *failure)
{
  int i;

  for (i = 0; i < n && failure->message == NULL; i++) {
    if (must_prepare (&statements[i]))
      PQclear (read_one (connection, end, failure));
    if (failure->message == NULL)
      results[i] = read_one (connection, end, failure);
  }
  read_sync (connection, end, failure);
}

static void
run_in_pipeline (PGconn *connection, const MtPgStatement *statements, int n, gpointer *results,
                 gint64 end, MtPgFailure *failure)
{
  if (PQenterPipelineMode (connection) == 0 || !send_all (connection, statements, n))
    set_failure (failure, connection, NULL);
  else
    read_all (connection, statements, n, results, end, failure);
  if (!failure->is_lost && PQexitPipelineMode (connection) == 0) {
    set_failure (failure, connection, NULL);
    failure->is_lost = TRUE;
  }
}

static void
run_one (PGconn *connection, const MtPgStatement *statement, gpointer *result, gint64 end,
         MtPgFailure *failure)
{
  if (!send_statement (connection, statement))
    set_failure (failure, connection, NULL);
  else
    *result = read_one (connection, end, failure);
}

static gboolean
is_alive (gpointer connection)
{
  struct pollfd socket = { .fd = PQsocket (connection), .events = POLLIN };

  while (poll (&socket, 1, 0) > 0) {
    if (PQconsumeInput (connection) == 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
run (gpointer connection, const MtPgStatement *statements, int n, gpointer *results, int timeout_ms,
     MtPgFailure *failure)
{
  const gint64 end = get_end (timeout_ms);
  int i;

  memset (results, 0, (gsize)n * sizeof *results);
  if (n == 1 && !must_prepare (statements))
    run_one (connection, statements, results, end, failure);
  else
    run_in_pipeline (connection, statements, n, results, end, failure);
  if (failure->message == NULL)
    return TRUE;
  for (i = 0; i < n; i++)
    PQclear (g_steal_pointer (&results[i]));
  return FALSE;
}

static gboolean
send (gpointer connection, const char *sql, MtPgFailure *failure)
{
  if (PQsendQueryParams (connection, sql, 0, NULL, NULL, NULL, NULL, 0) != 0 &&
      PQflush (connection) >= 0)
    return TRUE;
  set_failure (failure, connection, NULL);
  return FALSE;
}

static gpointer
receive (gpointer connection, int timeout_ms, MtPgFailure *failure)
{
  return read_one (connection, get_end (timeout_ms), failure);
}

/* FALSE: the connection is lost, or the time is over. */
static gboolean
put_copy (PGconn *connection, const char *data, gsize length, gint64 end, MtPgFailure *failure)
{
  while (length > 0) {
    const gsize part = MIN (length, COPY_PART);
    int status = PQputCopyData (connection, data, (int)part);

    if (status < 0) {
      set_failure (failure, connection, NULL);
      return FALSE;
    }
    if (status > 0) {
      data += part;
      length -= part;
    }
    if (!flush (connection, end, failure))
      return FALSE;
  }
  return TRUE;
}

static gboolean
copy (gpointer connection, const char *sql, const char *data, gsize length, int timeout_ms,
      MtPgFailure *failure)
{
  const gint64 end = get_end (timeout_ms);
  PGresult *result = NULL;

  if (PQsendQuery (connection, sql) != 0)
    result = get_result (connection, end, failure);
  if (PQresultStatus (result) != PGRES_COPY_IN) {
    set_failure (failure, connection, result);
    PQclear (result);
    while (!failure->is_lost && (result = get_result (connection, end, failure)) != NULL)
      PQclear (result);
    return FALSE;
  }
  PQclear (result);
  if (!put_copy (connection, data, length, end, failure))
    return FALSE;
  if (PQputCopyEnd (connection, NULL) != 1)
    set_failure (failure, connection, NULL);
  else
    PQclear (read_one (connection, end, failure));
  return failure->message == NULL;
}

static int
get_n_rows (gpointer result)
{
  return PQntuples (result);
}

static const char *
get_value (gpointer result, int row, int column)
{
  return PQgetisnull (result, row, column) ? NULL : PQgetvalue (result, row, column);
}

static const char *
get_tag (gpointer result)
{
  return PQcmdStatus (result);
}

static void
free_result (gpointer result)
{
  PQclear (result);
}

__attribute__ ((visibility ("default"))) extern const MtPgModule machtype_postgresql_module;

const MtPgModule machtype_postgresql_module = {
  .head = { .size = sizeof (MtPgModule), .version = MACHTYPE_VERSION_STRING },
  .describe = describe,
  .open = open_connection,
  .close = close_connection,
  .is_alive = is_alive,
  .run = run,
  .send = send,
  .receive = receive,
  .copy = copy,
  .get_n_rows = get_n_rows,
  .get_value = get_value,
  .get_tag = get_tag,
  .free_result = free_result,
};
