/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an SQLite database of records is whole: for SQLite, and for us. */

#include "store/sqlite-store-private.h"

#include <string.h>

#include "error-private.h"
#include "store/check-private.h"

typedef struct {
  MtSqliteStore *store;
  GPtrArray *problems;
} Check;

static gboolean
is_full (const Check *check)
{
  return check->problems->len >= MT_STORE_PROBLEMS_MAX;
}

/* Adds what SQLite says, which can quote the file. FALSE: others use the database. */
static gboolean
add_failure (const Check *check, const char *doing, GError **error)
{
  g_autoptr (GError) why = NULL;

  mt_sqlite_set_error (&check->store->sqlite, doing, &why);
  if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_BUSY)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  mt_store_add_problem (check->problems, MT_STORE_DAMAGED, NULL, g_strdup (why->message));
  return TRUE;
}

/* Called for each row. FALSE: others use the database. */
typedef gboolean (*RowFunc) (const Check *check, sqlite3_stmt *row, GError **error);

/* A damaged page can end a statement at any row: that is a finding, too. FALSE: others use the
 * database. */
static gboolean
for_each (const Check *check, const char *sql, RowFunc func, GError **error)
{
  sqlite3_stmt *statement = NULL;
  sqlite3 *db = check->store->sqlite.db;
  int status = mt_sqlite->prepare_v2 (db, sql, -1, &statement, NULL);
  gboolean ok = TRUE;

  while (ok && !is_full (check) && (status == SQLITE_OK || status == SQLITE_ROW)) {
    status = mt_sqlite->step (statement);
    if (status == SQLITE_ROW)
      ok = func (check, statement, error);
  }
  if (ok && status != SQLITE_DONE && status != SQLITE_ROW && status != SQLITE_OK)
    ok = add_failure (check, "checking it", error);
  mt_sqlite->finalize (statement);
  return ok;
}

/* "ok" is the one row of a whole database. A row can have several lines, one per fault, below a
 * heading: "*** in database main ***". */
static gboolean
add_damage (const Check *check, sqlite3_stmt *row, GError **error)
{
  const char *said = (const char *)mt_sqlite->column_text (row, 0);
  g_auto (GStrv) lines = NULL;
  char **line;

  (void)error;
  if (said == NULL || strcmp (said, "ok") == 0)
    return TRUE;
  lines = g_strsplit (said, "\n", -1);
  for (line = lines; *line != NULL && !is_full (check); line++) {
    g_autofree char *shown = mt_quoting_message (*line);

    if (**line != '\0' && !g_str_has_prefix (*line, "***"))
      mt_store_add_problem (check->problems, MT_STORE_DAMAGED, NULL,
                            g_strdup_printf ("SQLite's integrity check: %s", shown));
  }
  return TRUE;
}

/* Tables and indexes as they are, or as they have to be: name and SQL. */
static GHashTable *
read_schema (sqlite3 *db)
{
  static const char sql[] =
      "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  GHashTable *schema = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sqlite3_stmt *statement = NULL;

  if (mt_sqlite->prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK) {
    while (mt_sqlite->step (statement) == SQLITE_ROW)
      g_hash_table_insert (schema, g_strdup ((const char *)mt_sqlite->column_text (statement, 0)),
                           g_strdup ((const char *)mt_sqlite->column_text (statement, 1)));
  }
  mt_sqlite->finalize (statement);
  return schema;
}

/* What a new store has, or a new replica. NULL: no memory. */
static GHashTable *
make_schema (gboolean is_replica)
{
  GHashTable *schema = NULL;
  sqlite3 *db = NULL;

  if (mt_sqlite->open_v2 (":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
          SQLITE_OK &&
      mt_sqlite_migrate (db, MT_SQLITE_VERSION, NULL) &&
      (!is_replica || mt_sqlite_create_replica (db)))
    schema = read_schema (db);
  mt_sqlite->close_v2 (db);
  return schema;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

/* Adds what the first has and the second has not, or (changed) has in another form. */
static void
compare_schemas (const Check *check, GHashTable *first, GHashTable *second, const char *missing,
                 const char *changed)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (first), compare_names);
  const GList *name;

  for (name = names; name != NULL && !is_full (check); name = name->next) {
    const char *other = g_hash_table_lookup (second, name->data);
    const char *what = missing;
    g_autofree char *shown = mt_quoting_message (name->data);

    if (g_hash_table_contains (second, name->data)) {
      if (changed == NULL || g_strcmp0 (other, g_hash_table_lookup (first, name->data)) == 0)
        continue;
      what = changed;
    }
    mt_store_add_problem (check->problems, MT_STORE_SCHEMA, NULL,
                          g_strdup_printf ("'%s' in the schema %s", shown, what));
  }
}

static gboolean
check_schema (const Check *check, GError **error)
{
  g_autoptr (GHashTable) there = read_schema (check->store->sqlite.db);
  g_autoptr (GHashTable) wanted = make_schema (g_hash_table_contains (there, "replica"));

  if (wanted == NULL)
    return mt_fail (error, MACHTYPE_ERROR_STORE, "checking the tables: out of memory");
  compare_schemas (check, wanted, there, "is missing", "is not as libmachtype has made it");
  compare_schemas (check, there, wanted, "is not libmachtype's", NULL);
  return TRUE;
}

static gboolean
add_orphan (const Check *check, sqlite3_stmt *row, GError **error)
{
  MtUuid uuid;
  const gboolean is_valid = mt_sqlite_read_uuid (&check->store->sqlite, row, &uuid, NULL);
  const gint64 n = mt_sqlite->column_int64 (row, 1);

  (void)error;
  mt_store_add_problem (check->problems, MT_STORE_ORPHAN, is_valid ? uuid.text : NULL,
                        g_strdup_printf ("a history of %" G_GINT64_FORMAT
                                         " change%s is of an instance that has no record",
                                         n, n == 1 ? "" : "s"));
  return TRUE;
}

/* Everything that its row refers to is read with it. */
static gboolean
check_record (const Check *check, sqlite3_stmt *row, GError **error)
{
  MachtypeStore *store = MACHTYPE_STORE (check->store);
  g_autoptr (GError) why = NULL;
  MtUuid uuid;

  if (mt_sqlite_read_uuid (&check->store->sqlite, row, &uuid, &why))
    return mt_store_check_record (store, uuid.text, check->problems, error);
  mt_store_add_problem (check->problems, MT_STORE_UNREADABLE, NULL, g_strdup (why->message));
  return TRUE;
}

static void
check_version (const Check *check)
{
  const int version = check->store->sqlite.old_version;

  if (version != 0)
    mt_store_add_problem (
        check->problems, MT_STORE_OLD_VERSION, NULL,
        g_strdup_printf ("the tables have version %d; the first command that opens the store for "
                         "writing updates them to version %d",
                         version, MT_SQLITE_VERSION));
}

gboolean
mt_sqlite_check (MachtypeStore *base, GPtrArray *problems, GError **error)
{
  MtSqliteStore *store = mt_sqlite_store_of (base);
  const Check check = { store, problems };

  if (!mt_sqlite_check_usable (&store->sqlite, error) ||
      !for_each (&check, "PRAGMA integrity_check", add_damage, error) ||
      !check_schema (&check, error))
    return FALSE;
  check_version (&check);
  return for_each (&check,
                   "SELECT uuid, count(*) FROM history WHERE uuid NOT IN "
                   "(SELECT uuid FROM record) GROUP BY uuid ORDER BY uuid",
                   add_orphan, error) &&
         for_each (&check, "SELECT uuid FROM record ORDER BY uuid", check_record, error) &&
         mt_store_check_intentions (base, problems, error) &&
         mt_sqlite_check_usable (&store->sqlite, error);
}
