/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See raw-postgresql.h. */

#include "raw-postgresql.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define COPY_PART 65536
/* So many are sent before the first result is read; both sides have room for them. */
#define PIPE_PART 500
#define CLASS_COLUMNS 10
#define NUMBER_SIZE 24

#define COLUMNS                                                                                    \
  "r.uuid, r.revision, r.class, r.requested, r.source, r.name, r.recorded_at, r.seen_at, "         \
  "r.transient, r.unknown"
#define SELECT "SELECT " COLUMNS " FROM machtype.record AS r"

typedef struct {
  char *values[CLASS_COLUMNS]; /* as in the table: id, host_name; NULL is null */
  gboolean is_there;           /* in this database */
} Class;

struct _RawServer {
  PGconn *connection;
  GHashTable *classes; /* id to Class */
  GHashTable *ids;     /* "host machine" to id */
};

enum { HOST_NAME = 1, MACHINE = 5 };

static const struct {
  const char *name, *sql;
} prepared[] = {
  { "get", SELECT " WHERE r.uuid = $1" },
  { "get_several", SELECT " WHERE r.uuid = ANY ($1::uuid[])" },
  { "all", SELECT " ORDER BY r.uuid" },
  { "lock", "SELECT FROM machtype.record AS r WHERE r.uuid = $1 FOR UPDATE" },
  { "update",
    "WITH changed AS (UPDATE machtype.record AS r SET revision = revision + 1, class = $2, "
    "requested = $3, source = 'operator' WHERE r.uuid = $1 AND r.revision = 1 AND r.class = $4 "
    "AND NOT EXISTS (SELECT FROM machtype.intention AS i WHERE i.uuid = $1) RETURNING r.uuid) "
    "INSERT INTO machtype.history (uuid, revision, changed_at, author, action, forced, undoes, "
    "old_machine, new_machine, old_requested, old_source, old_arch, old_properties) "
    "SELECT uuid, 2, $6, $5, 'update', false, 0, $7, $3, $7, 'domain', 'unknown', '' FROM "
    "changed" },
  { "add_class", "INSERT INTO machtype.class VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
                 "ON CONFLICT (id) DO NOTHING" },
  { "unset", "SELECT r.uuid FROM machtype.class AS c JOIN machtype.record AS r ON r.class = c.id "
             "WHERE c.machine IS NULL AND (c.state IS NULL OR c.state NOT IN ('building', "
             "'deleted')) ORDER BY r.uuid" },
  { "count", "SELECT r.class, count(*) FROM machtype.record AS r GROUP BY r.class" },
};

static PGresult *
check (const RawServer *server, PGresult *result)
{
  const ExecStatusType status = PQresultStatus (result);

  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN &&
      status != PGRES_PIPELINE_SYNC && status != PGRES_SINGLE_TUPLE)
    g_error ("%s", PQerrorMessage (server->connection));
  return result;
}

static void
check_sent (const RawServer *server, int ok)
{
  if (ok != 1)
    g_error ("%s", PQerrorMessage (server->connection));
}

static void
class_free (gpointer data)
{
  Class *class = data;
  guint i;

  for (i = 0; i < CLASS_COLUMNS; i++)
    g_free (class->values[i]);
  g_free (class);
}

RawServer *
raw_server_open_empty (const char *database)
{
  g_autofree char *conninfo = g_strdup_printf ("dbname=%s", database);
  RawServer *server = g_new0 (RawServer, 1);

  server->connection = PQconnectdb (conninfo);
  if (PQstatus (server->connection) != CONNECTION_OK)
    g_error ("%s", PQerrorMessage (server->connection));
  server->classes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, class_free);
  server->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return server;
}

RawServer *
raw_server_open (const char *database)
{
  RawServer *server = raw_server_open_empty (database);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (prepared); i++)
    PQclear (
        check (server, PQprepare (server->connection, prepared[i].name, prepared[i].sql, 0, NULL)));
  return server;
}

void
raw_server_close (RawServer *server)
{
  g_hash_table_unref (server->ids);
  g_hash_table_unref (server->classes);
  PQfinish (server->connection);
  g_free (server);
}

char *
raw_server_query (RawServer *server, const char *sql)
{
  PGresult *result = check (server, PQexec (server->connection, sql));
  char *value = PQntuples (result) > 0 ? g_strdup (PQgetvalue (result, 0, 0)) : NULL;

  PQclear (result);
  return value;
}

static char *
make_key (const char *host, const char *machine)
{
  return g_strconcat (host, " ", machine != NULL ? machine : "-", NULL);
}

static void
keep_class (RawServer *server, const PGresult *result, int row)
{
  Class *class = g_new0 (Class, 1);
  int i;

  for (i = 0; i < CLASS_COLUMNS; i++) {
    if (!PQgetisnull (result, row, i))
      class->values[i] = g_strdup (PQgetvalue (result, row, i));
  }
  g_hash_table_insert (server->classes, class->values[0], class);
  g_hash_table_insert (server->ids, make_key (class->values[HOST_NAME], class->values[MACHINE]),
                       class->values[0]);
}

void
raw_server_learn_classes (RawServer *server, const char *database)
{
  RawServer *other = raw_server_open (database);
  PGresult *result =
      check (other, PQexec (other->connection,
                            "SELECT id, host_name, host_uuid, qemu_version, libvirt_version, "
                            "machine, arch, state, cell, properties FROM machtype.class"));
  int i;

  for (i = 0; i < PQntuples (result); i++)
    keep_class (server, result, i);
  PQclear (result);
  raw_server_close (other);
}

const char *
raw_server_find_class (RawServer *server, const char *host, const char *machine)
{
  g_autofree char *key = make_key (host, machine);
  const char *id = g_hash_table_lookup (server->ids, key);

  g_assert (id != NULL);
  return id;
}

static Class *
find_class (const RawServer *server, const char *id)
{
  Class *class = g_hash_table_lookup (server->classes, id);

  g_assert (class != NULL);
  return class;
}

/* All that are new, in one round trip. */
static void
add_classes (RawServer *server, const RawGuest *guests, guint n)
{
  PGresult *result;
  guint i, n_new = 0;

  check_sent (server, PQenterPipelineMode (server->connection));
  for (i = 0; i < n; i++) {
    Class *class = find_class (server, guests[i].class_id);

    if (class->is_there)
      continue;
    class->is_there = TRUE;
    n_new++;
    check_sent (server, PQsendQueryPrepared (server->connection, "add_class", CLASS_COLUMNS,
                                             (const char *const *)class->values, NULL, NULL, 0));
  }
  check_sent (server, PQpipelineSync (server->connection));
  for (i = 0; i < n_new; i++) {
    PQclear (check (server, PQgetResult (server->connection)));
    g_assert (PQgetResult (server->connection) == NULL);
  }
  while ((result = PQgetResult (server->connection)) != NULL)
    PQclear (check (server, result));
  check_sent (server, PQexitPipelineMode (server->connection));
}

void
raw_server_copy (RawServer *server, const RawGuest *guests, guint n)
{
  static char part[COPY_PART];
  PGresult *result;
  int length = 0;
  guint i;

  add_classes (server, guests, n);
  PQclear (check (server, PQexec (server->connection,
                                  "COPY machtype.record (uuid, revision, class, requested, source, "
                                  "name, recorded_at, seen_at, transient, unknown) FROM STDIN")));
  for (i = 0; i < n; i++) {
    const RawGuest *guest = &guests[i];

    length += g_snprintf (part + length, sizeof part - (gsize)length,
                          "%s\t1\t%s\t%s\t%s\t%s\t1800000000\t1800000000\tf\t\\N\n", guest->uuid,
                          guest->class_id, guest->machine != NULL ? guest->machine : "\\N",
                          guest->machine != NULL ? "domain" : "none", guest->name);
    if (length > COPY_PART - 512 || i + 1 == n) {
      check_sent (server, PQputCopyData (server->connection, part, length));
      length = 0;
    }
  }
  check_sent (server, PQputCopyEnd (server->connection, NULL));
  while ((result = PQgetResult (server->connection)) != NULL)
    PQclear (check (server, result));
}

guint64
raw_server_get_end (const char *text)
{
  return text != NULL && *text != '\0' ? (guint64)text[strlen (text) - 1] : 0;
}

static guint64
sum_record (const RawServer *server, const PGresult *result, int row)
{
  const Class *class = find_class (server, PQgetvalue (result, row, 2));

  return g_ascii_strtoull (PQgetvalue (result, row, 1), NULL, 10) +
         g_ascii_strtoull (PQgetvalue (result, row, 6), NULL, 10) +
         raw_server_get_end (PQgetvalue (result, row, 5)) +
         raw_server_get_end (class->values[MACHINE]) +
         raw_server_get_end (class->values[HOST_NAME]);
}

static guint64
sum_result (const RawServer *server, PGresult *result)
{
  guint64 sum = 0;
  int i;

  for (i = 0; i < PQntuples (check (server, result)); i++)
    sum += sum_record (server, result, i);
  PQclear (result);
  return sum;
}

static guint64
get_part (RawServer *server, const char *const *uuids, guint n)
{
  guint64 sum = 0;
  guint i;

  for (i = 0; i < n; i++)
    check_sent (server,
                PQsendQueryPrepared (server->connection, "get", 1, &uuids[i], NULL, NULL, 0));
  check_sent (server, PQpipelineSync (server->connection));
  for (i = 0; i < n; i++) {
    sum += sum_result (server, PQgetResult (server->connection));
    g_assert (PQgetResult (server->connection) == NULL);
  }
  PQclear (check (server, PQgetResult (server->connection)));
  return sum;
}

guint64
raw_server_get_piped (RawServer *server, const char *const *uuids, guint n)
{
  guint64 sum = 0;
  guint i;

  check_sent (server, PQenterPipelineMode (server->connection));
  for (i = 0; i < n; i += PIPE_PART)
    sum += get_part (server, uuids + i, MIN (n - i, PIPE_PART));
  check_sent (server, PQexitPipelineMode (server->connection));
  return sum;
}

static PGresult *
run (RawServer *server, const char *name, int n, const char *const *values)
{
  return check (server, PQexecPrepared (server->connection, name, n, values, NULL, NULL, 0));
}

guint64
raw_server_get_by_arrays (RawServer *server, const char *const *uuids, guint n)
{
  g_autoptr (GString) array = g_string_sized_new (PIPE_PART * RAW_ID_SIZE);
  guint64 sum = 0;
  guint i, j;

  for (i = 0; i < n; i += PIPE_PART) {
    g_string_assign (array, "{");
    for (j = i; j < MIN (n, i + PIPE_PART); j++) {
      if (j > i)
        g_string_append_c (array, ',');
      g_string_append (array, uuids[j]);
    }
    g_string_append_c (array, '}');
    sum += sum_result (server, run (server, "get_several", 1, (const char *const *)&array->str));
  }
  return sum;
}

guint64
raw_server_get_one_by_one (RawServer *server, const char *const *uuids, guint n)
{
  guint64 sum = 0;
  guint i;

  for (i = 0; i < n; i++)
    sum += sum_result (server, run (server, "get", 1, &uuids[i]));
  return sum;
}

/* In single-row mode. */
guint64
raw_server_sum_all (RawServer *server)
{
  guint64 sum = 0;
  PGresult *result;

  check_sent (server, PQsendQueryPrepared (server->connection, "all", 0, NULL, NULL, NULL, 0));
  check_sent (server, PQsetSingleRowMode (server->connection));
  while ((result = PQgetResult (server->connection)) != NULL)
    sum += sum_result (server, result);
  return sum;
}

static void
send_class (RawServer *server, const char *id)
{
  const Class *class = find_class (server, id);

  check_sent (server, PQsendQueryPrepared (server->connection, "add_class", CLASS_COLUMNS,
                                           (const char *const *)class->values, NULL, NULL, 0));
}

/* The statements up to the end of the pipeline are one transaction. */
void
raw_server_update (RawServer *server, const RawUpdate *update, const char *author)
{
  Class *class = find_class (server, update->class_id);
  char now[NUMBER_SIZE];
  const char *const values[] = { update->guest->uuid,     update->class_id, update->machine,
                                 update->guest->class_id, author,           now,
                                 update->guest->machine };
  PGresult *result;
  gboolean is_done = FALSE;
  int i, n = class->is_there ? 2 : 3;

  g_snprintf (now, sizeof now, "%" G_GINT64_FORMAT, g_get_real_time () / G_TIME_SPAN_SECOND);
  check_sent (server, PQenterPipelineMode (server->connection));
  check_sent (server, PQsendQueryPrepared (server->connection, "lock", 1, values, NULL, NULL, 0));
  if (n == 3)
    send_class (server, update->class_id);
  check_sent (server, PQsendQueryPrepared (server->connection, "update", G_N_ELEMENTS (values),
                                           values, NULL, NULL, 0));
  check_sent (server, PQpipelineSync (server->connection));
  for (i = 0; i < n; i++) {
    while ((result = PQgetResult (server->connection)) != NULL) {
      is_done = strcmp (PQcmdTuples (check (server, result)), "1") == 0;
      PQclear (result);
    }
  }
  g_assert (is_done);
  PQclear (check (server, PQgetResult (server->connection)));
  check_sent (server, PQexitPipelineMode (server->connection));
  class->is_there = TRUE;
}

guint64
raw_server_sum_unset (RawServer *server)
{
  PGresult *result = run (server, "unset", 0, NULL);
  guint64 sum = 0;
  int i;

  for (i = 0; i < PQntuples (result); i++)
    sum += raw_server_get_end (PQgetvalue (result, i, 0));
  PQclear (result);
  return sum;
}

guint64
raw_server_sum_classes (RawServer *server)
{
  PGresult *result = run (server, "count", 0, NULL);
  guint64 sum = 0;
  int i;

  for (i = 0; i < PQntuples (result); i++) {
    const Class *class = find_class (server, PQgetvalue (result, i, 0));

    sum += g_ascii_strtoull (PQgetvalue (result, i, 1), NULL, 10) *
           (raw_server_get_end (class->values[HOST_NAME]) +
            raw_server_get_end (class->values[MACHINE]));
  }
  PQclear (result);
  return sum;
}
