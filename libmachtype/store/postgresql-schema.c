/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of a PostgreSQL database of records.
 *
 * Enumerations are words, and what very many records share is a class, whose id is made from its
 * contents: so hosts that write the same need not ask each other for numbers. A step that has been
 * released is never changed. Steps only add: tables, columns that can be null, indexes. A release
 * reads and keeps words and columns that it does not know, and refuses only to change such a
 * record. */

#include "store/postgresql-private.h"

#include <stdlib.h>
#include <string.h>

#include "error-private.h"

#define TEXT "text COLLATE \"C\""

/* For each version; the last statement says that the tables have it. */
static const char *const steps[] = {
  "CREATE TABLE machtype.store (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
  " program text NOT NULL, version integer NOT NULL, oldest integer NOT NULL);"
  "CREATE TABLE machtype.class (id uuid PRIMARY KEY, host_name " TEXT ", host_uuid " TEXT ","
  " qemu_version bigint NOT NULL, libvirt_version bigint NOT NULL, machine " TEXT ","
  " arch " TEXT " NOT NULL, state " TEXT ", cell " TEXT ", properties text NOT NULL);"
  "CREATE INDEX class_host ON machtype.class (host_name);"
  "CREATE INDEX class_unset ON machtype.class (id) WHERE machine IS NULL;"
  "CREATE TABLE machtype.record (uuid uuid PRIMARY KEY, revision bigint NOT NULL,"
  " class uuid NOT NULL, requested " TEXT ", source " TEXT " NOT NULL, name " TEXT ","
  " recorded_at bigint NOT NULL, seen_at bigint NOT NULL, transient boolean NOT NULL,"
  " unknown text);"
  /* Of one class, in their order; and what counting them uses. */
  "CREATE INDEX record_class ON machtype.record (class, uuid);"
  "CREATE INDEX record_name ON machtype.record (name, uuid) WHERE name IS NOT NULL;"
  "CREATE INDEX record_seen ON machtype.record (seen_at);"
  "CREATE TABLE machtype.history (uuid uuid NOT NULL, revision bigint NOT NULL,"
  " changed_at bigint NOT NULL, author text, action " TEXT " NOT NULL, forced boolean NOT NULL,"
  " undoes bigint NOT NULL, old_machine text, new_machine text, old_requested text,"
  " old_source " TEXT " NOT NULL, old_arch " TEXT " NOT NULL, old_properties text NOT NULL,"
  " old_definition text, new_definition text, PRIMARY KEY (uuid, revision));"
  "CREATE TABLE machtype.intention (uuid uuid PRIMARY KEY, revision bigint NOT NULL,"
  " token bigint NOT NULL, started_at bigint NOT NULL, author text, action " TEXT " NOT NULL,"
  " forced boolean NOT NULL, undoes bigint NOT NULL, host_name text NOT NULL, host_uuid text,"
  " uri text NOT NULL, definition text NOT NULL, old_machine text, machine text NOT NULL,"
  " requested text, source " TEXT " NOT NULL, arch " TEXT " NOT NULL, properties text NOT NULL,"
  " old_xml text);"
  "INSERT INTO machtype.store (program, version, oldest) VALUES ('" MT_PG_PROGRAM "', 1, 1)",
};

G_STATIC_ASSERT (G_N_ELEMENTS (steps) == MT_PG_VERSION);

/* Those of the table "record" that this release knows. */
#define KNOWN_COLUMNS                                                                              \
  "'uuid', 'revision', 'class', 'requested', 'source', 'name', 'recorded_at', 'seen_at', "         \
  "'transient', 'unknown'"

/* What is there: whether the schema exists, has our table, or only others; in one statement,
 * because the table cannot be named before it is known to exist. */
#define LOOK                                                                                       \
  "SELECT to_regnamespace('" MT_PG_SCHEMA "') IS NOT NULL, "                                       \
  "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('" MT_PG_SCHEMA        \
  ".store') AND attname = 'oldest'), "                                                             \
  "EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = to_regnamespace('" MT_PG_SCHEMA    \
  "')), "                                                                                          \
  "(SELECT string_agg('CASE WHEN r.' || quote_ident(attname) || ' IS NOT NULL THEN ' || "          \
  "quote_literal(attname) || ' END', ', ' ORDER BY attnum) FROM pg_catalog.pg_attribute "          \
  "WHERE attrelid = to_regclass('" MT_PG_SCHEMA ".record') AND attnum > 0 AND NOT attisdropped "   \
  "AND attname NOT IN (" KNOWN_COLUMNS "))"

/* What was found. */
typedef struct {
  gboolean has_schema, is_ours, has_tables;
  char *newer_columns;
} Found;

static gboolean
is_true (const char *value)
{
  return value != NULL && *value == 't';
}

/* Runs a statement outside a transaction; NULL: the error is set. */
static gpointer
query (MtPgStore *store, const char *sql, const char *doing, GError **error)
{
  const MtPgStatement statement = { .sql = sql };
  MtPgFailure failure = { 0 };
  gpointer result = NULL;

  if (!store->module->run (store->connection, &statement, 1, &result, mt_pg_get_patience (store),
                           &failure))
    mt_pg_set_error (store, &failure, doing, error);
  if (failure.is_lost)
    mt_pg_disconnect (store);
  g_free (failure.message);
  return result;
}

static gboolean
look (MtPgStore *store, Found *found, GError **error)
{
  gpointer result = query (store, LOOK, "reading its tables", error);

  if (result == NULL)
    return FALSE;
  found->has_schema = is_true (store->module->get_value (result, 0, 0));
  found->is_ours = is_true (store->module->get_value (result, 0, 1));
  found->has_tables = is_true (store->module->get_value (result, 0, 2));
  found->newer_columns = g_strdup (store->module->get_value (result, 0, 3));
  store->module->free_result (result);
  return TRUE;
}

static gboolean
execute (MtPgStore *store, const char *sql, GError **error)
{
  gpointer result = query (store, sql, "creating its tables", error);

  if (result == NULL)
    return FALSE;
  store->module->free_result (result);
  return TRUE;
}

/* One statement after the other: a prepared one is only one. */
static gboolean
execute_all (MtPgStore *store, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  gsize i;

  for (i = 0; parts[i] != NULL; i++) {
    if (*parts[i] != '\0' && !execute (store, parts[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
set_foreign (const MtPgStore *store, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s: the schema " MT_PG_SCHEMA
                  " is not libmachtype's; use another database",
                  store->shown);
}

static gboolean
check_version (MtPgStore *store, const char *program, int version, int oldest, GError **error)
{
  if (program == NULL || strcmp (program, MT_PG_PROGRAM) != 0)
    return set_foreign (store, error);
  if (oldest > MT_PG_VERSION)
    return mt_fail (error, MACHTYPE_ERROR_STORE,
                    "the store %s was written by a newer libmachtype (table version %d, which "
                    "needs a libmachtype of table version %d; this one has %d)",
                    store->shown, version, oldest, MT_PG_VERSION);
  store->version = version;
  return TRUE;
}

static gboolean
read_version (MtPgStore *store, GError **error)
{
  gpointer result = query (store, "SELECT program, version, oldest FROM " MT_PG_SCHEMA ".store",
                           "reading its tables", error);
  const MtPgModule *module = store->module;
  gboolean ok;

  if (result == NULL)
    return FALSE;
  if (module->get_n_rows (result) == 1)
    ok = check_version (store, module->get_value (result, 0, 0),
                        atoi (module->get_value (result, 0, 1)),
                        atoi (module->get_value (result, 0, 2)), error);
  else
    ok = set_foreign (store, error);
  module->free_result (result);
  return ok;
}

/* Inside a transaction of its own: two hosts may be the first. */
static gboolean
add_steps_inside (MtPgStore *store, GError **error)
{
  Found found = { 0 };
  gboolean ok = TRUE;
  int i;

  if (!execute (store, "SELECT pg_advisory_xact_lock(1836349808)", error) ||
      !look (store, &found, error))
    return FALSE;
  g_free (found.newer_columns);
  store->version = 0;
  if (found.is_ours && !read_version (store, error))
    return FALSE;
  if (!found.is_ours && found.has_tables)
    return set_foreign (store, error);
  if (!found.has_schema)
    ok = execute (store, "CREATE SCHEMA " MT_PG_SCHEMA, error);
  for (i = store->version; ok && i < MT_PG_VERSION; i++)
    ok = execute_all (store, steps[i], error);
  return ok;
}

/* Creates the tables, or what this release has added to those of an older one. */
static gboolean
add_steps (MtPgStore *store, GError **error)
{
  if (!execute (store, "BEGIN", error))
    return FALSE;
  if (add_steps_inside (store, error))
    return execute (store, "COMMIT", error);
  if (store->connection != NULL)
    execute (store, "ROLLBACK", NULL);
  return FALSE;
}

/* Hosts only read and write records: the owner of the database is the one who can change tables. */
static gboolean
upgrade (MtPgStore *store, GError **error)
{
  const int version = store->version;

  if ((store->flags & MACHTYPE_STORE_OPEN_READ_ONLY) != 0)
    return mt_fail (error, MACHTYPE_ERROR_STORE,
                    "the store %s has the tables of an older libmachtype (version %d; this one "
                    "needs %d); the first command that writes as the owner of the database adds "
                    "what is missing",
                    store->shown, version, MT_PG_VERSION);
  if (add_steps (store, error))
    return read_version (store, error);
  g_prefix_error (error,
                  "adding to the tables of an older libmachtype (version %d), which the owner of "
                  "the database has to do once: ",
                  version);
  return FALSE;
}

/* What newer releases have added, as an expression that names the columns with a value. */
static void
learn (MtPgStore *store, const Found *found)
{
  g_free (store->newer_columns);
  store->newer_columns =
      found->newer_columns != NULL
          ? g_strdup_printf ("nullif(concat_ws(', ', %s), '')", found->newer_columns)
          : NULL;
  mt_pg_forget_prepared (store);
}

gboolean
mt_pg_check_schema (MtPgStore *store, GError **error)
{
  Found found = { 0 };
  gboolean ok = look (store, &found, error);

  if (ok && !found.is_ours && found.has_tables)
    ok = set_foreign (store, error);
  else if (ok && !found.is_ours && (store->flags & MACHTYPE_STORE_OPEN_CREATE) == 0)
    ok = mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s does not exist yet: the database has no schema " MT_PG_SCHEMA
                  " with tables",
                  store->shown);
  else if (ok && !found.is_ours)
    ok = add_steps (store, error);
  ok = ok && read_version (store, error) &&
       (store->version >= MT_PG_VERSION || upgrade (store, error));
  if (ok)
    learn (store, &found);
  g_free (found.newer_columns);
  return ok;
}
