/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queries on an SQLite database of records: the database selects, and counts classes. */

#include "store/sqlite-store-private.h"

#include "store/encoding-private.h"

/* A pattern is matched by the same code in all stores. */
#define MATCHES "machtype_matches"

#define TEXT_ID(number) "(SELECT id FROM text WHERE text = " number ")"

/* Those of a class, and the order of the index record_class. */
#define CLASS_COLUMNS "host, machine, arch, state, cell, properties"

static void
match (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *pattern = (const char *)mt_sqlite->value_text (values[0]);
  const char *text = (const char *)mt_sqlite->value_text (values[1]);

  (void)n;
  if (pattern == NULL || (text == NULL && mt_sqlite->value_type (values[1]) != SQLITE_NULL))
    mt_sqlite->result_error_nomem (context);
  else
    mt_sqlite->result_int (context, text != NULL && mt_pattern_matches (pattern, text));
}

gboolean
mt_sqlite_add_functions (const MtSqlite *sqlite, GError **error)
{
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

  return mt_sqlite->create_function_v2 (sqlite->db, MATCHES, 2, flags, NULL, match, NULL, NULL,
                                        NULL) == SQLITE_OK ||
         mt_sqlite_set_error (sqlite, "opening the database", error);
}

static void
add_condition (GString *sql, gboolean is_set, const char *condition)
{
  if (is_set)
    g_string_append_printf (sql, " AND %s", condition);
}

/* What is unknown in a class is unknown in its records. */
static void
add_same (GString *sql, const char *column, gboolean is_known, const char *id)
{
  if (is_known)
    g_string_append_printf (sql, " AND %s = %s", column, id);
  else
    g_string_append_printf (sql, " AND %s IS NULL", column);
}

static gboolean
has_host (const MachtypeRecordClass *record_class)
{
  return record_class->host_name != NULL || record_class->host_uuid != NULL ||
         record_class->qemu_version != 0 || record_class->libvirt_version != 0;
}

static void
add_class (GString *sql, const MachtypeRecordClass *record_class, const char *properties)
{
  add_same (sql, "host", has_host (record_class),
            "(SELECT id FROM host WHERE name IS ?9 AND uuid IS ?10 AND qemu_version = ?11 AND "
            "libvirt_version = ?12)");
  add_same (sql, "machine", record_class->machine != NULL, TEXT_ID ("?13"));
  add_condition (sql, TRUE, "arch = ?14");
  add_same (sql, "state", record_class->state != NULL, TEXT_ID ("?15"));
  add_same (sql, "cell", record_class->cell != NULL, TEXT_ID ("?16"));
  add_same (sql, "properties", *properties != '\0',
            "(SELECT id FROM property_set WHERE properties = ?17)");
}

/* A plus sign prevents SQLite (3.40) from using an index for a condition and then sorting the
 * records, or from sorting classes that an index has in their order. */
static void
add_conditions (GString *sql, const MachtypeRecordQuery *query)
{
  add_condition (sql, query->cell != NULL, "+cell = " TEXT_ID ("?1"));
  add_condition (sql, query->state != NULL, "+state = " TEXT_ID ("?3"));
  add_condition (sql, query->arch != MACHTYPE_ARCH_UNKNOWN, "+arch = ?4");
  add_condition (sql, query->machine_pattern != NULL,
                 "+machine IN (SELECT id FROM text WHERE " MATCHES " (?5, text))");
  add_condition (sql, query->name_pattern != NULL, MATCHES " (?6, name)");
  add_condition (sql, query->seen_before != 0, "seen_at < ?7");
  add_condition (sql, query->name != NULL, "name = ?8");
}

static void
bind_class (sqlite3_stmt *listing, const MachtypeRecordClass *record_class, const char *properties)
{
  mt_sqlite_bind_text (listing, 9, record_class->host_name);
  mt_sqlite_bind_text (listing, 10, record_class->host_uuid);
  mt_sqlite->bind_int64 (listing, 11, (gint64)record_class->qemu_version);
  mt_sqlite->bind_int64 (listing, 12, (gint64)record_class->libvirt_version);
  mt_sqlite_bind_text (listing, 13, record_class->machine);
  mt_sqlite->bind_int (listing, 14, (int)record_class->arch);
  mt_sqlite_bind_text (listing, 15, record_class->state);
  mt_sqlite_bind_text (listing, 16, record_class->cell);
  mt_sqlite_bind_text (listing, 17, properties);
}

/* A number that the statement does not have is not bound. */
static void
bind_conditions (sqlite3_stmt *listing, const MachtypeRecordQuery *query)
{
  mt_sqlite_bind_text (listing, 1, query->cell);
  mt_sqlite_bind_text (listing, 2, query->host);
  mt_sqlite_bind_text (listing, 3, query->state);
  mt_sqlite->bind_int (listing, 4, (int)query->arch);
  mt_sqlite_bind_text (listing, 5, query->machine_pattern);
  mt_sqlite_bind_text (listing, 6, query->name_pattern);
  mt_sqlite->bind_int64 (listing, 7, query->seen_before);
  mt_sqlite_bind_text (listing, 8, query->name);
}

/* A statement on the records that a query wants. */
typedef struct {
  const char *select;
  const char *of_host; /* the condition for those of one host */
  const char *end;
} Listing;

static const Listing matching = {
  "SELECT " MT_SQLITE_COLUMNS " FROM record",
  "+host IN (SELECT id FROM host WHERE name = ?2)",
  " ORDER BY uuid",
};

/* Classes of one host are adjacent in the index. */
static const Listing classes = {
  "SELECT " CLASS_COLUMNS ", count(*) FROM record",
  "host IN (SELECT id FROM host WHERE name = ?2)",
  " GROUP BY " CLASS_COLUMNS,
};

/* query can be NULL: all. */
static gboolean
list (MtSqliteStore *store, const Listing *what, const MachtypeRecordQuery *query,
      MtSqliteRowFunc func, gpointer data, GError **error)
{
  const MachtypeRecordClass *record_class = query != NULL ? query->record_class : NULL;
  g_autofree char *properties =
      record_class != NULL ? mt_properties_encode (record_class->properties) : NULL;
  g_autoptr (GString) sql = g_string_new (what->select);
  sqlite3_stmt *listing;

  g_string_append (sql, " WHERE TRUE");
  if (query != NULL) {
    add_condition (sql, query->host != NULL, what->of_host);
    add_conditions (sql, query);
  }
  if (record_class != NULL)
    add_class (sql, record_class, properties);
  g_string_append (sql, what->end);
  listing = mt_sqlite_prepare_listing (&store->sqlite, sql->str, error);
  if (listing == NULL)
    return FALSE;
  if (query != NULL)
    bind_conditions (listing, query);
  if (record_class != NULL)
    bind_class (listing, record_class, properties);
  return mt_sqlite_for_each_row (&store->sqlite, listing, func, data, error);
}

/* Records are read in the order in which they are stored: to sort them would take memory for all of
 * them. In the index of a class they have the same order. */
gboolean
mt_sqlite_foreach_matching (MachtypeStore *base, MachtypeRecordQuery *query,
                            MachtypeRecordFunc func, gpointer user_data, GError **error)
{
  MtSqliteRecordCall call = { mt_sqlite_store_of (base), func, user_data };

  return list (call.store, &matching, query, mt_sqlite_call_with_record, &call, error);
}

/* The callback for each class. */
typedef struct {
  MtSqliteStore *store;
  MachtypeRecordClassFunc func;
  gpointer data;
} ClassCall;

static gboolean
read_host (MtSqliteStore *store, sqlite3_stmt *row, MachtypeRecordClass *record_class,
           GError **error)
{
  gint64 id = mt_sqlite->column_int64 (row, 0);
  const MtDictionaryHost *host = id != 0 ? mt_sqlite_get_host (store, id, error) : NULL;

  if (host == NULL)
    return id == 0;
  record_class->host_name = mt_ref_string_dup (host->name);
  record_class->host_uuid = mt_ref_string_dup (host->uuid);
  record_class->qemu_version = host->qemu_version;
  record_class->libvirt_version = host->libvirt_version;
  return TRUE;
}

/* A row of CLASS_COLUMNS, and the number of records. */
static MachtypeRecordClass *
read_class (MtSqliteStore *store, sqlite3_stmt *row, GError **error)
{
  g_autoptr (MachtypeRecordClass) record_class = mt_record_class_alloc ();

  if (!mt_sqlite_read_properties (store, row, 5, &record_class->properties, error) ||
      !read_host (store, row, record_class, error) ||
      !mt_sqlite_read_text (store, row, 1, &record_class->machine, error) ||
      !mt_sqlite_read_text (store, row, 3, &record_class->state, error) ||
      !mt_sqlite_read_text (store, row, 4, &record_class->cell, error))
    return NULL;
  record_class->count = (guint64)mt_sqlite->column_int64 (row, 6);
  if (mt_arch_decode (mt_sqlite->column_int64 (row, 2), &record_class->arch))
    return g_steal_pointer (&record_class);
  mt_sqlite_set_damaged (&store->sqlite, "a number is out of range", error);
  return NULL;
}

static gboolean
call_with_class (sqlite3_stmt *row, gpointer data, gboolean *more, GError **error)
{
  const ClassCall *call = data;
  g_autoptr (MachtypeRecordClass) record_class = read_class (call->store, row, error);

  if (record_class == NULL)
    return FALSE;
  *more = call->func (record_class, call->data);
  return TRUE;
}

/* Whether a query has a condition on what the index of classes does not have. To look it up for
 * each entry takes longer than to read the records that are wanted, which usually are few. */
static gboolean
is_outside_index (const MachtypeRecordQuery *query)
{
  return query != NULL &&
         (query->name_pattern != NULL || query->name != NULL || query->seen_before != 0);
}

gboolean
mt_sqlite_foreach_class (MachtypeStore *base, MachtypeRecordQuery *query,
                         MachtypeRecordClassFunc func, gpointer user_data, GError **error)
{
  ClassCall call = { mt_sqlite_store_of (base), func, user_data };

  if (is_outside_index (query))
    return mt_store_foreach_class_slowly (base, query, func, user_data, error);
  return list (call.store, &classes, query, call_with_class, &call, error);
}
