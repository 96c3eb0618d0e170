/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What very many records share is kept once and named by number: machine types, cells, states,
 * hosts with their versions, sets of image properties. */

#include "store/sqlite-private.h"

#include <string.h>

#include "error-private.h"
#include "properties/properties-private.h"

/* How much of it is kept in memory: a database may have any number. */
#define TEXTS_MAX 65536
#define PROPERTIES_MAX 4096

static void
release (gpointer text)
{
  g_ref_string_release (text);
}

static void
host_free (gpointer data)
{
  MtSqliteHost *host = data;

  mt_ref_string_set (&host->name, NULL);
  mt_ref_string_set (&host->uuid, NULL);
  g_free (host);
}

static guint
host_hash (gconstpointer data)
{
  const MtSqliteHost *host = data;

  return (host->name != NULL ? g_str_hash (host->name) : 0) * 31 + (guint)host->qemu_version;
}

static gboolean
host_equal (gconstpointer a, gconstpointer b)
{
  const MtSqliteHost *x = a, *y = b;

  return x->qemu_version == y->qemu_version && x->libvirt_version == y->libvirt_version &&
         mt_ref_string_equal (x->name, y->name) && mt_ref_string_equal (x->uuid, y->uuid);
}

/* Whether a pointer holds a number, which on 32 bits it need not: one that was cut off would be
 * another text's. */
static gboolean
fits (gint64 id)
{
  return (gint64)(gsize)id == id;
}

static gboolean
set_too_large (MtSqliteStore *store, GError **error)
{
  return mt_sqlite_set_damaged (store, "a number is larger than any that was given", error);
}

/* Numbers are SQLite's, counted from 1; under 0 nothing is kept. */
static gpointer
key_of (gint64 id)
{
  return fits (id) ? GSIZE_TO_POINTER ((gsize)id) : NULL;
}

void
mt_dictionary_init (MtDictionary *dictionary)
{
  dictionary->texts = g_hash_table_new_full (NULL, NULL, NULL, release);
  dictionary->text_ids = g_hash_table_new (g_str_hash, g_str_equal);
  dictionary->hosts = g_hash_table_new_full (NULL, NULL, NULL, host_free);
  dictionary->host_ids = g_hash_table_new (host_hash, host_equal);
  dictionary->properties =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)machtype_properties_unref);
  dictionary->property_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  dictionary->object_ids = g_hash_table_new (NULL, NULL);
}

static void
forget_texts (MtDictionary *dictionary)
{
  g_hash_table_remove_all (dictionary->text_ids);
  g_hash_table_remove_all (dictionary->texts);
}

static void
forget_hosts (MtDictionary *dictionary)
{
  g_hash_table_remove_all (dictionary->host_ids);
  g_hash_table_remove_all (dictionary->hosts);
}

static void
forget_properties (MtDictionary *dictionary)
{
  g_clear_pointer (&dictionary->last_properties, machtype_properties_unref);
  g_hash_table_remove_all (dictionary->object_ids);
  g_hash_table_remove_all (dictionary->property_ids);
  g_hash_table_remove_all (dictionary->properties);
}

/* After a rollback numbers that were given in it may be given again, to something else. */
void
mt_dictionary_clear (MtDictionary *dictionary)
{
  forget_texts (dictionary);
  forget_hosts (dictionary);
  forget_properties (dictionary);
}

/* A number that stands for two texts is nothing that we have written: the table was changed so that
 * it takes different texts for the same. */
static gboolean
keep_text (MtSqliteStore *store, gint64 id, char *text, GError **error)
{
  MtDictionary *dictionary = &store->dictionary;

  if (g_hash_table_contains (dictionary->texts, key_of (id))) {
    g_ref_string_release (text);
    return mt_sqlite_set_damaged (store, "a number stands for two texts", error);
  }
  if (g_hash_table_size (dictionary->texts) >= TEXTS_MAX)
    forget_texts (dictionary);
  g_hash_table_replace (dictionary->text_ids, text, key_of (id));
  g_hash_table_replace (dictionary->texts, key_of (id), text);
  return TRUE;
}

static gboolean
keep_host (MtSqliteStore *store, MtSqliteHost *host, GError **error)
{
  MtDictionary *dictionary = &store->dictionary;

  if (g_hash_table_contains (dictionary->hosts, key_of (host->id))) {
    host_free (host);
    return mt_sqlite_set_damaged (store, "a number stands for two hosts", error);
  }
  if (g_hash_table_size (dictionary->hosts) >= TEXTS_MAX)
    forget_hosts (dictionary);
  g_hash_table_replace (dictionary->host_ids, host, key_of (host->id));
  g_hash_table_replace (dictionary->hosts, key_of (host->id), host);
  return TRUE;
}

static void
keep_properties (MtDictionary *dictionary, gint64 id, MachtypeProperties *properties,
                 const char *serialized)
{
  if (g_hash_table_contains (dictionary->properties, key_of (id)))
    return;
  if (g_hash_table_size (dictionary->properties) >= PROPERTIES_MAX)
    forget_properties (dictionary);
  g_hash_table_replace (dictionary->property_ids, g_strdup (serialized), key_of (id));
  g_hash_table_replace (dictionary->object_ids, properties, key_of (id));
  g_hash_table_replace (dictionary->properties, key_of (id), machtype_properties_ref (properties));
}

/* Runs a statement that answers at most one number; *id stays as it is if it answers none. */
static gboolean
query_id (MtSqliteStore *store, sqlite3_stmt *statement, gint64 *id, GError **error)
{
  int status = sqlite3_step (statement);

  if (status == SQLITE_ROW)
    *id = sqlite3_column_int64 (statement, 0);
  if (status == SQLITE_ROW || status == SQLITE_DONE) {
    sqlite3_reset (statement);
    return TRUE;
  }
  mt_sqlite_set_error (store, "looking a name up", error);
  sqlite3_reset (statement);
  return FALSE;
}

/* A row that is the same for everybody: found, or added. Both statements take the same bindings,
 * which bind makes. */
typedef void (*BindFunc) (sqlite3_stmt *statement, gconstpointer data);

static gboolean
find_or_add (MtSqliteStore *store, MtSql find, MtSql add, BindFunc bind, gconstpointer data,
             gint64 *id, GError **error)
{
  sqlite3_stmt *statement = mt_sqlite_prepare (store, find, error);

  *id = 0;
  if (statement == NULL)
    return FALSE;
  bind (statement, data);
  if (!query_id (store, statement, id, error))
    return FALSE;
  if (*id != 0)
    return fits (*id) || set_too_large (store, error);
  statement = mt_sqlite_prepare (store, add, error);
  if (statement == NULL)
    return FALSE;
  bind (statement, data);
  if (!mt_sqlite_run (store, statement, "adding a name", error))
    return FALSE;
  *id = sqlite3_last_insert_rowid (store->db);
  return fits (*id) || set_too_large (store, error);
}

static void
bind_text (sqlite3_stmt *statement, gconstpointer data)
{
  sqlite3_bind_text (statement, 1, data, -1, SQLITE_STATIC);
}

static void
bind_optional_text (sqlite3_stmt *statement, int at, const char *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, at, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, at);
}

static void
bind_host (sqlite3_stmt *statement, gconstpointer data)
{
  const MtSqliteHost *host = data;

  bind_optional_text (statement, 1, host->name);
  bind_optional_text (statement, 2, host->uuid);
  sqlite3_bind_int64 (statement, 3, (gint64)host->qemu_version);
  sqlite3_bind_int64 (statement, 4, (gint64)host->libvirt_version);
}

gboolean
mt_dictionary_get_text_id (MtSqliteStore *store, const char *text, gint64 *id, GError **error)
{
  *id = 0;
  if (text == NULL)
    return TRUE;
  *id = (gint64)GPOINTER_TO_SIZE (g_hash_table_lookup (store->dictionary.text_ids, text));
  if (*id != 0)
    return TRUE;
  if (!find_or_add (store, MT_SQL_FIND_TEXT, MT_SQL_ADD_TEXT, bind_text, text, id, error))
    return FALSE;
  return keep_text (store, *id, g_ref_string_new (text), error);
}

gboolean
mt_dictionary_get_host_id (MtSqliteStore *store, const MachtypeRecord *record, gint64 *id,
                           GError **error)
{
  const MtSqliteHost wanted = { 0, record->host_name, record->host_uuid, record->qemu_version,
                                record->libvirt_version };
  MtSqliteHost *host;

  *id = 0;
  if (wanted.name == NULL && wanted.uuid == NULL && wanted.qemu_version == 0 &&
      wanted.libvirt_version == 0)
    return TRUE;
  *id = (gint64)GPOINTER_TO_SIZE (g_hash_table_lookup (store->dictionary.host_ids, &wanted));
  if (*id != 0)
    return TRUE;
  if (!find_or_add (store, MT_SQL_FIND_HOST, MT_SQL_ADD_HOST, bind_host, &wanted, id, error))
    return FALSE;
  host = g_new (MtSqliteHost, 1);
  *host = wanted;
  host->id = *id;
  host->name = mt_ref_string_dup (wanted.name);
  host->uuid = mt_ref_string_dup (wanted.uuid);
  return keep_host (store, host, error);
}

static void
append_escaped (GString *text, const char *part)
{
  for (; *part != '\0'; part++) {
    if (*part == '\n')
      g_string_append (text, "\\n");
    else if (*part == '\\' || *part == '=') {
      g_string_append_c (text, '\\');
      g_string_append_c (text, *part);
    } else
      g_string_append_c (text, *part);
  }
}

/* "name=value" by name, a line each; backslash, equals sign and newline behind a backslash. Equal
 * properties give equal texts. */
static char *
serialize (MachtypeProperties *properties)
{
  g_auto (GStrv) names = machtype_properties_dup_image_names (properties);
  GString *text = g_string_new (NULL);
  gsize i;

  for (i = 0; names[i] != NULL; i++) {
    append_escaped (text, names[i]);
    g_string_append_c (text, '=');
    append_escaped (text, machtype_properties_get_image (properties, names[i]));
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* Reads up to an end character that has no backslash before it. NULL: there is none. */
static const char *
read_escaped (const char *text, char end, GString *part)
{
  g_string_truncate (part, 0);
  for (; *text != end; text++) {
    gboolean escaped = *text == '\\';

    text += escaped;
    if (*text == '\0')
      return NULL;
    g_string_append_c (part, escaped && *text == 'n' ? '\n' : *text);
  }
  return text + 1;
}

static gboolean
parse_into (MachtypePropertiesBuilder *builder, const char *text)
{
  g_autoptr (GString) name = g_string_new (NULL), value = g_string_new (NULL);

  while (*text != '\0') {
    text = read_escaped (text, '=', name);
    if (text != NULL)
      text = read_escaped (text, '\n', value);
    if (text == NULL ||
        !machtype_properties_builder_add_image (builder, name->str, value->str, NULL))
      return FALSE;
  }
  return TRUE;
}

/* Looks an object up without looking into it: most records share few of them, those that were read
 * from this store or the one that a caller has for all. 0: it was not met. */
static gint64
find_object (const MtDictionary *dictionary, const MachtypeProperties *properties)
{
  if (properties == dictionary->last_properties)
    return dictionary->last_properties_id;
  return (gint64)GPOINTER_TO_SIZE (g_hash_table_lookup (dictionary->object_ids, properties));
}

/* It is kept alive, for another one at the same address would pass for it. */
static void
remember_object (MtDictionary *dictionary, MachtypeProperties *properties, gint64 id)
{
  machtype_properties_ref (properties);
  machtype_properties_unref (dictionary->last_properties);
  dictionary->last_properties = properties;
  dictionary->last_properties_id = id;
}

gboolean
mt_dictionary_get_properties_id (MtSqliteStore *store, MachtypeProperties *properties, gint64 *id,
                                 GError **error)
{
  MtDictionary *dictionary = &store->dictionary;
  g_autofree char *serialized = NULL;

  *id = find_object (dictionary, properties);
  if (*id != 0)
    return TRUE;
  serialized = serialize (properties);
  if (*serialized == '\0')
    return TRUE;
  *id = (gint64)GPOINTER_TO_SIZE (g_hash_table_lookup (dictionary->property_ids, serialized));
  if (*id == 0) {
    if (!find_or_add (store, MT_SQL_FIND_PROPERTIES, MT_SQL_ADD_PROPERTIES, bind_text, serialized,
                      id, error))
      return FALSE;
    keep_properties (dictionary, *id, properties, serialized);
  }
  remember_object (dictionary, properties, *id);
  return TRUE;
}

/* The one row of a number; NULL: the error is set. */
static sqlite3_stmt *
find_row (MtSqliteStore *store, MtSql get, gint64 id, GError **error)
{
  sqlite3_stmt *statement;
  int status;

  if (!fits (id)) {
    set_too_large (store, error);
    return NULL;
  }
  statement = mt_sqlite_prepare (store, get, error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, id);
  status = sqlite3_step (statement);
  if (status == SQLITE_ROW)
    return statement;
  if (status == SQLITE_DONE)
    mt_sqlite_set_damaged (store, "a record names something that is not there", error);
  else
    mt_sqlite_set_error (store, "looking a number up", error);
  sqlite3_reset (statement);
  return NULL;
}

/* A text of a row, if it can be one that we have written. */
static gboolean
read_text (MtSqliteStore *store, sqlite3_stmt *statement, int column, char **text, GError **error)
{
  const char *read = (const char *)sqlite3_column_text (statement, column);

  *text = NULL;
  if (read == NULL)
    return TRUE;
  if (!mt_check_text ("text", read, MACHTYPE_RECORD_MAX_TEXT, NULL))
    return mt_sqlite_set_damaged (store, "a text is none", error);
  *text = g_ref_string_new (read);
  return TRUE;
}

gboolean
mt_dictionary_get_text (MtSqliteStore *store, gint64 id, char **text, GError **error)
{
  sqlite3_stmt *statement;
  gboolean ok;

  *text = NULL;
  if (id == 0)
    return TRUE;
  *text = g_hash_table_lookup (store->dictionary.texts, key_of (id));
  if (*text != NULL) {
    g_ref_string_acquire (*text);
    return TRUE;
  }
  statement = find_row (store, MT_SQL_GET_TEXT, id, error);
  if (statement == NULL)
    return FALSE;
  ok = read_text (store, statement, 0, text, error);
  sqlite3_reset (statement);
  if (!ok || *text == NULL)
    return ok && mt_sqlite_set_damaged (store, "a text is missing", error);
  if (keep_text (store, id, g_ref_string_acquire (*text), error))
    return TRUE;
  g_clear_pointer (text, g_ref_string_release);
  return FALSE;
}

const MtSqliteHost *
mt_dictionary_get_host (MtSqliteStore *store, gint64 id, GError **error)
{
  MtSqliteHost *host = g_hash_table_lookup (store->dictionary.hosts, key_of (id));
  sqlite3_stmt *statement;
  gboolean ok;

  if (host != NULL)
    return host;
  statement = find_row (store, MT_SQL_GET_HOST, id, error);
  if (statement == NULL)
    return NULL;
  host = g_new0 (MtSqliteHost, 1);
  host->id = id;
  ok = read_text (store, statement, 0, &host->name, error) &&
       read_text (store, statement, 1, &host->uuid, error);
  host->qemu_version = (guint64)sqlite3_column_int64 (statement, 2);
  host->libvirt_version = (guint64)sqlite3_column_int64 (statement, 3);
  sqlite3_reset (statement);
  if (!ok) {
    host_free (host);
    return NULL;
  }
  return keep_host (store, host, error) ? host : NULL;
}

MachtypeProperties *
mt_dictionary_get_properties (MtSqliteStore *store, gint64 id, GError **error)
{
  MachtypeProperties *properties = g_hash_table_lookup (store->dictionary.properties, key_of (id));
  g_autoptr (MachtypePropertiesBuilder) builder = NULL;
  g_autofree char *serialized = NULL;
  sqlite3_stmt *statement;

  if (properties != NULL)
    return machtype_properties_ref (properties);
  builder = machtype_properties_builder_new ();
  if (id == 0)
    return machtype_properties_builder_end (builder);
  statement = find_row (store, MT_SQL_GET_PROPERTIES, id, error);
  if (statement == NULL)
    return NULL;
  serialized = g_strdup ((const char *)sqlite3_column_text (statement, 0));
  sqlite3_reset (statement);
  if (serialized == NULL || !parse_into (builder, serialized)) {
    mt_sqlite_set_damaged (store, "image properties cannot be read", error);
    return NULL;
  }
  properties = machtype_properties_builder_end (builder);
  keep_properties (&store->dictionary, id, properties, serialized);
  return properties;
}
