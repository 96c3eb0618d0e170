/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows that others refer to by number: strings, hosts, sets of image properties. Rows of these
 * tables are never changed or removed, so that what was read once remains valid. */

#include "store/sqlite-store-private.h"

#include "error-private.h"
#include "store/encoding-private.h"

/* Whether the dictionary can hold a number from the database. */
static gboolean
check_id (const MtSqlite *sqlite, gint64 id, GError **error)
{
  return mt_dictionary_can_hold (id) ||
         mt_sqlite_set_damaged (sqlite, "an ID is larger than any that was assigned", error);
}

/* A shared row: found, or added. Both statements have the same parameters, which bind sets. */
typedef void (*BindFunc) (sqlite3_stmt *statement, gconstpointer data);

/* *id is 0 if there is none. */
static gboolean
find_id (MtSqlite *sqlite, MtSql find, BindFunc bind, gconstpointer data, gint64 *id,
         GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (sqlite, find, error);
  gboolean found;

  *id = 0;
  if (statement == NULL)
    return FALSE;
  bind (statement, data);
  if (!mt_sqlite_fetch (sqlite, statement, &found, "looking up a name", error))
    return FALSE;
  if (!found)
    return TRUE;
  *id = mt_sqlite->column_int64 (statement, 0);
  mt_sqlite->reset (statement);
  return TRUE;
}

static gboolean
find_or_add (MtSqlite *sqlite, MtSql find, MtSql add, BindFunc bind, gconstpointer data, gint64 *id,
             GError **error)
{
  sqlite3_stmt *statement;

  if (!find_id (sqlite, find, bind, data, id, error))
    return FALSE;
  if (*id != 0)
    return check_id (sqlite, *id, error);
  statement = mt_sqlite_prepare (sqlite, add, error);
  if (statement == NULL)
    return FALSE;
  bind (statement, data);
  if (!mt_sqlite_run (sqlite, statement, "adding a name", error))
    return FALSE;
  *id = mt_sqlite->last_insert_rowid (sqlite->db);
  return check_id (sqlite, *id, error);
}

static void
bind_text (sqlite3_stmt *statement, gconstpointer data)
{
  mt_sqlite_bind_text (statement, 1, data);
}

static void
bind_host (sqlite3_stmt *statement, gconstpointer data)
{
  const MtDictionaryHost *host = data;

  mt_sqlite_bind_text (statement, 1, host->name);
  mt_sqlite_bind_text (statement, 2, host->uuid);
  mt_sqlite->bind_int64 (statement, 3, (gint64)host->qemu_version);
  mt_sqlite->bind_int64 (statement, 4, (gint64)host->libvirt_version);
}

static gboolean
keep_text (MtSqliteStore *store, gint64 id, char *text, GError **error)
{
  return mt_dictionary_keep_text (&store->dictionary, id, text) ||
         mt_sqlite_set_damaged (&store->sqlite, "one ID refers to two texts", error);
}

static gboolean
keep_host (MtSqliteStore *store, gint64 id, const MtDictionaryHost *host, GError **error)
{
  return mt_dictionary_keep_host (&store->dictionary, id, host) ||
         mt_sqlite_set_damaged (&store->sqlite, "one ID refers to two hosts", error);
}

gboolean
mt_sqlite_get_text_id (MtSqliteStore *store, const char *text, gint64 *id, GError **error)
{
  char *kept;
  gboolean ok;

  *id = 0;
  if (text == NULL)
    return TRUE;
  *id = mt_dictionary_find_text_id (&store->dictionary, text);
  if (*id != 0)
    return TRUE;
  if (!find_or_add (&store->sqlite, MT_SQL_FIND_TEXT, MT_SQL_ADD_TEXT, bind_text, text, id, error))
    return FALSE;
  kept = g_ref_string_new (text);
  ok = keep_text (store, *id, kept, error);
  g_ref_string_release (kept);
  return ok;
}

gboolean
mt_sqlite_get_host_id (MtSqliteStore *store, const MachtypeRecord *record, gint64 *id,
                       GError **error)
{
  const MtDictionaryHost host = { record->host_name, record->host_uuid, record->qemu_version,
                                  record->libvirt_version };

  *id = 0;
  if (host.name == NULL && host.uuid == NULL && host.qemu_version == 0 && host.libvirt_version == 0)
    return TRUE;
  *id = mt_dictionary_find_host_id (&store->dictionary, &host);
  if (*id != 0)
    return TRUE;
  return find_or_add (&store->sqlite, MT_SQL_FIND_HOST, MT_SQL_ADD_HOST, bind_host, &host, id,
                      error) &&
         keep_host (store, *id, &host, error);
}

gboolean
mt_sqlite_get_properties_id (MtSqliteStore *store, MachtypeProperties *properties, gint64 *id,
                             GError **error)
{
  MtDictionary *dictionary = &store->dictionary;
  g_autofree char *encoded = NULL;

  *id = mt_dictionary_find_object_id (dictionary, properties);
  if (*id != 0)
    return TRUE;
  encoded = mt_properties_encode (properties);
  if (*encoded == '\0')
    return TRUE;
  *id = mt_dictionary_find_encoded_id (dictionary, encoded);
  if (*id == 0) {
    if (!find_or_add (&store->sqlite, MT_SQL_FIND_PROPERTIES, MT_SQL_ADD_PROPERTIES, bind_text,
                      encoded, id, error))
      return FALSE;
    mt_dictionary_keep_properties (dictionary, *id, properties, encoded);
  }
  mt_dictionary_remember_object (dictionary, properties, *id);
  return TRUE;
}

/* The one row for a number; NULL: the error is set. */
static sqlite3_stmt *
find_row (MtSqlite *sqlite, MtSql get, gint64 id, GError **error)
{
  sqlite3_stmt *statement;
  gboolean found;

  if (!check_id (sqlite, id, error))
    return NULL;
  statement = mt_sqlite_prepare (sqlite, get, error);
  if (statement == NULL)
    return NULL;
  mt_sqlite->bind_int64 (statement, 1, id);
  if (!mt_sqlite_fetch (sqlite, statement, &found, "looking up an ID", error))
    return NULL;
  if (found)
    return statement;
  mt_sqlite_set_damaged (sqlite, "a record refers to a missing entry", error);
  return NULL;
}

/* A string in a row, if it can be one that we have written. */
static gboolean
read_text (const MtSqlite *sqlite, sqlite3_stmt *row, int column, char **text, GError **error)
{
  const char *read = (const char *)mt_sqlite->column_text (row, column);

  *text = NULL;
  if (read == NULL)
    return TRUE;
  if (!mt_check_text ("text", read, MACHTYPE_RECORD_MAX_TEXT, NULL))
    return mt_sqlite_set_damaged (sqlite, "invalid text", error);
  *text = g_ref_string_new (read);
  return TRUE;
}

static gboolean
load_text (MtSqliteStore *store, gint64 id, char **text, GError **error)
{
  sqlite3_stmt *row = find_row (&store->sqlite, MT_SQL_GET_TEXT, id, error);
  gboolean ok;

  if (row == NULL)
    return FALSE;
  ok = read_text (&store->sqlite, row, 0, text, error);
  mt_sqlite->reset (row);
  if (!ok || *text == NULL)
    return ok && mt_sqlite_set_damaged (&store->sqlite, "a text is missing", error);
  if (keep_text (store, id, *text, error))
    return TRUE;
  g_clear_pointer (text, g_ref_string_release);
  return FALSE;
}

gboolean
mt_sqlite_read_text (MtSqliteStore *store, sqlite3_stmt *row, int column, char **text,
                     GError **error)
{
  gint64 id = mt_sqlite->column_int64 (row, column);

  *text = NULL;
  if (id == 0)
    return TRUE;
  *text = mt_dictionary_find_text (&store->dictionary, id);
  if (*text == NULL)
    return load_text (store, id, text, error);
  g_ref_string_acquire (*text);
  return TRUE;
}

static gboolean
load_host (MtSqliteStore *store, gint64 id, GError **error)
{
  sqlite3_stmt *row = find_row (&store->sqlite, MT_SQL_GET_HOST, id, error);
  MtDictionaryHost host = { 0 };
  gboolean ok;

  if (row == NULL)
    return FALSE;
  ok = read_text (&store->sqlite, row, 0, &host.name, error) &&
       read_text (&store->sqlite, row, 1, &host.uuid, error);
  host.qemu_version = (guint64)mt_sqlite->column_int64 (row, 2);
  host.libvirt_version = (guint64)mt_sqlite->column_int64 (row, 3);
  mt_sqlite->reset (row);
  ok = ok && keep_host (store, id, &host, error);
  mt_ref_string_set (&host.name, NULL);
  mt_ref_string_set (&host.uuid, NULL);
  return ok;
}

const MtDictionaryHost *
mt_sqlite_get_host (MtSqliteStore *store, gint64 id, GError **error)
{
  const MtDictionaryHost *host = mt_dictionary_find_host (&store->dictionary, id);

  if (host == NULL && load_host (store, id, error))
    host = mt_dictionary_find_host (&store->dictionary, id);
  return host;
}

static MachtypeProperties *
load_properties (MtSqliteStore *store, gint64 id, GError **error)
{
  sqlite3_stmt *row = find_row (&store->sqlite, MT_SQL_GET_PROPERTIES, id, error);
  g_autofree char *encoded = NULL;
  MachtypeProperties *properties;

  if (row == NULL)
    return NULL;
  encoded = g_strdup ((const char *)mt_sqlite->column_text (row, 0));
  mt_sqlite->reset (row);
  properties = encoded != NULL ? mt_properties_decode (encoded) : NULL;
  if (properties != NULL)
    mt_dictionary_keep_properties (&store->dictionary, id, properties, encoded);
  else
    mt_sqlite_set_damaged (&store->sqlite, "invalid image properties", error);
  return properties;
}

static MachtypeProperties *
make_empty (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  return machtype_properties_builder_end (builder);
}

gboolean
mt_sqlite_read_properties (MtSqliteStore *store, sqlite3_stmt *row, int column,
                           MachtypeProperties **properties, GError **error)
{
  gint64 id = mt_sqlite->column_int64 (row, column);

  *properties = mt_dictionary_find_properties (&store->dictionary, id);
  if (*properties != NULL)
    machtype_properties_ref (*properties);
  else if (id != 0)
    *properties = load_properties (store, id, error);
  else
    *properties = make_empty ();
  return *properties != NULL;
}
