/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads JSON: a check, then modules/json, which is loaded on first use. */

#include "json/json-private.h"

#include <string.h>

#include "error-private.h"
#include "json/module.h"
#include "string-private.h"

typedef struct {
  char *name; /* the value owns it */
  GVariant *value;
} Member;

struct MtJsonObject {
  GVariant *value;
  gsize n;
  Member *members; /* in the order of the text */
};

static const MtJsonModule *
load (GError **error)
{
  static GMutex mutex;
  static const MtJsonModule *module = NULL;

  g_mutex_lock (&mutex);
  if (module == NULL)
    module = (const MtJsonModule *)mt_module_load ("json", sizeof *module, error);
  g_mutex_unlock (&mutex);
  return module;
}

/* Parses a text that was checked. */
static GVariant *
parse (const char *text, guint64 members, GError **error)
{
  const MtJsonModule *module = load (error);
  g_autofree char *message = NULL;
  g_autoptr (GVariant) value = NULL;
  guint64 found = 0;

  if (module == NULL)
    return NULL;
  value = module->parse (text, &found, &message);
  if (value == NULL) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "invalid JSON: %s", message);
    return NULL;
  }
  /* json-glib keeps the last one of two. */
  if (found != members) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "duplicate member in a JSON object");
    return NULL;
  }
  return g_steal_pointer (&value);
}

static GVariant *
check_and_parse (const char *text, gssize length, GError **error)
{
  g_autofree char *copy = NULL;
  guint64 members;
  gsize size;

  if (!mt_check_length ("the JSON text", text, length, MACHTYPE_JSON_MAX_SIZE, &size, error))
    return NULL;
  copy = g_strndup (text, size);
  if (strlen (copy) != size || !g_utf8_validate (copy, (gssize)size, NULL)) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the JSON text is not valid UTF-8");
    return NULL;
  }
  return mt_json_check (copy, &members, error) ? parse (copy, members, error) : NULL;
}

/**
 * machtype_json_parse:
 * @text: a JSON text (RFC 8259); must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated; at most %MACHTYPE_JSON_MAX_SIZE
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Parses JSON: an object becomes `a{sv}`, an array `av`, a string `s`, an integer `x`, another
 * number `d`, `true` and `false` `b`, `null` an empty `mv`. Text from outside can be hostile: it is
 * bounded in size and depth. Loads the module `json`, and with it json-glib, on first use.
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for what is not JSON, and for an object with two members
 * of one name, %MACHTYPE_ERROR_TOO_LARGE, %MACHTYPE_ERROR_MODULE.
 *
 * Returns: (transfer full): the value, or %NULL on error
 * Since: 1.0
 */
GVariant *
machtype_json_parse (const char *text, gssize length, GError **error)
{
  GVariant *value;

  g_return_val_if_fail (text != NULL, NULL);

  value = check_and_parse (text, length, error);
  /* In one piece: strings that are borrowed from it stay where they are. */
  if (value != NULL)
    g_variant_get_data (value);
  return value;
}

static MtJsonObject *
object_new (GVariant *value)
{
  MtJsonObject *object = g_new (MtJsonObject, 1);
  GVariantIter iter;
  gsize i = 0;

  object->value = g_variant_ref (value);
  object->n = g_variant_iter_init (&iter, value);
  object->members = g_new (Member, object->n);
  while (i < object->n &&
         g_variant_iter_next (&iter, "{&sv}", &object->members[i].name, &object->members[i].value))
    i++;
  return object;
}

void
mt_json_object_free (MtJsonObject *object)
{
  gsize i;

  for (i = 0; i < object->n; i++)
    g_variant_unref (object->members[i].value);
  g_free (object->members);
  g_variant_unref (object->value);
  g_free (object);
}

/* Not in one piece: that takes as long as the rest. A text that is borrowed from the parts is valid
 * until they are put into one, which no function for reading does. */
MtJsonObject *
mt_json_parse_object (const char *text, gssize length, GError **error)
{
  g_autoptr (GVariant) value = check_and_parse (text, length, error);

  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return object_new (value);
  mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the JSON text is not an object");
  return NULL;
}

/* A new reference; NULL: there is none. */
static GVariant *
look_up (const MtJsonObject *object, const char *name)
{
  gsize i;

  for (i = 0; i < object->n; i++) {
    if (strcmp (object->members[i].name, name) == 0)
      return g_variant_ref (object->members[i].value);
  }
  return NULL;
}

/* Finds a member; *found is NULL if it is missing or null. FALSE: it has another type, which is
 * none of those wanted. */
static gboolean
find (const MtJsonObject *object, const char *name, const GVariantType *type,
      const GVariantType *other, const char *kind, GVariant **found, GError **error)
{
  *found = look_up (object, name);
  if (*found != NULL && g_variant_is_of_type (*found, G_VARIANT_TYPE_MAYBE))
    g_clear_pointer (found, g_variant_unref);
  if (*found == NULL || g_variant_is_of_type (*found, type) ||
      (other != NULL && g_variant_is_of_type (*found, other)))
    return TRUE;
  g_clear_pointer (found, g_variant_unref);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not %s", name, kind);
}

gboolean
mt_json_get_text (const MtJsonObject *object, const char *name, const char **value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!find (object, name, G_VARIANT_TYPE_STRING, NULL, "a JSON string", &found, error))
    return FALSE;
  /* The text is the object's: it lives as long as that. */
  if (found != NULL)
    *value = g_variant_get_string (found, NULL);
  return TRUE;
}

gboolean
mt_json_get_uint (const MtJsonObject *object, const char *name, guint64 *value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!find (object, name, G_VARIANT_TYPE_INT64, NULL, "a non-negative integer", &found, error))
    return FALSE;
  if (found == NULL)
    return TRUE;
  if (g_variant_get_int64 (found) < 0)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not a non-negative integer",
                    name);
  *value = (guint64)g_variant_get_int64 (found);
  return TRUE;
}

gboolean
mt_json_get_boolean (const MtJsonObject *object, const char *name, gboolean *value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!find (object, name, G_VARIANT_TYPE_BOOLEAN, NULL, "true or false", &found, error))
    return FALSE;
  if (found != NULL)
    *value = g_variant_get_boolean (found);
  return TRUE;
}

gboolean
mt_json_get_time (const MtJsonObject *object, const char *name, gint64 *seconds, GError **error)
{
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (!find (object, name, G_VARIANT_TYPE_STRING, G_VARIANT_TYPE_INT64,
             "a time such as 2026-11-30T22:30:00Z", &found, error))
    return FALSE;
  if (found == NULL)
    return TRUE;
  if (g_variant_is_of_type (found, G_VARIANT_TYPE_INT64))
    *seconds = g_variant_get_int64 (found);
  else {
    /* Without a time zone it would be local time, which differs from host to host. */
    time = g_date_time_new_from_iso8601 (g_variant_get_string (found, NULL), NULL);
    if (time == NULL)
      return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "%s is not a time such as 2026-11-30T22:30:00Z", name);
    *seconds = g_date_time_to_unix (time);
  }
  return *seconds >= 0 ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is a time before 1970", name);
}

/* Each part has at most three digits, except for the first. */
static gboolean
parse_version (const char *text, guint64 *version)
{
  guint64 parts[3] = { 0 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (parts); i++) {
    char *end;

    if (!g_ascii_isdigit (*text))
      return FALSE;
    parts[i] = g_ascii_strtoull (text, &end, 10);
    text = end + (*end == '.' && i + 1 < G_N_ELEMENTS (parts));
    if (i != 0 && parts[i] > 999)
      return FALSE;
    if (text == end)
      break;
  }
  *version = parts[0] * 1000000 + parts[1] * 1000 + parts[2];
  return *text == '\0' && parts[0] <= (G_MAXUINT64 - 999999) / 1000000;
}

gboolean
mt_json_get_version (const MtJsonObject *object, const char *name, guint64 *version, GError **error)
{
  static const char kind[] = "a version such as 7.2.22";
  g_autoptr (GVariant) found = NULL;

  if (!find (object, name, G_VARIANT_TYPE_STRING, G_VARIANT_TYPE_INT64, kind, &found, error))
    return FALSE;
  if (found == NULL)
    return TRUE;
  if (g_variant_is_of_type (found, G_VARIANT_TYPE_INT64))
    return mt_json_get_uint (object, name, version, error);
  return parse_version (g_variant_get_string (found, NULL), version) ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not %s", name, kind);
}

gboolean
mt_json_get_object (const MtJsonObject *object, const char *name, GVariant **value, GError **error)
{
  return find (object, name, G_VARIANT_TYPE_VARDICT, NULL, "a JSON object", value, error);
}

gboolean
mt_json_get_texts (const MtJsonObject *object, const char *name, GVariant **value, GError **error)
{
  static const char kind[] = "a JSON array of strings";
  g_autoptr (GVariant) found = NULL;
  gsize i;

  if (!find (object, name, G_VARIANT_TYPE ("av"), NULL, kind, &found, error))
    return FALSE;
  for (i = 0; found != NULL && i < g_variant_n_children (found); i++) {
    g_autoptr (GVariant) item = NULL;

    g_variant_get_child (found, i, "v", &item);
    if (!g_variant_is_of_type (item, G_VARIANT_TYPE_STRING))
      return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not %s", name, kind);
  }
  *value = g_steal_pointer (&found);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const Member *const *)a)->name, (*(const Member *const *)b)->name);
}

/* Borrowed from the object. */
static GPtrArray *
list_unknown (const MtJsonObject *object, const MtJsonNames *known)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  gsize i;

  for (i = 0; i < object->n; i++) {
    if (mt_word_find (known->first, known->n, known->stride, object->members[i].name) < 0)
      g_ptr_array_add (members, &object->members[i]);
  }
  return g_steal_pointer (&members);
}

/* Sorts them by their names. */
static char *
dup_members (GPtrArray *members)
{
  GString *json = g_string_new (NULL);
  guint i;

  g_ptr_array_sort (members, compare_names);
  mt_json_begin (json, NULL, '{');
  for (i = 0; i < members->len; i++) {
    const Member *member = members->pdata[i];

    mt_json_variant (json, member->name, member->value);
  }
  mt_json_end (json, '}');
  return g_string_free (json, FALSE);
}

gboolean
mt_json_check_value (const MtJsonObject *object, const MtJsonNames *known,
                     MachtypeJsonReadFlags flags, char **unknown, GError **error)
{
  g_autoptr (GPtrArray) members = NULL;
  guint64 format;

  if (!mt_check_flags ("reading JSON", flags, MACHTYPE_JSON_READ_STRICT, error) ||
      !mt_json_get_uint (object, "format", &format, error))
    return FALSE;
  members = list_unknown (object, known);
  if ((flags & MACHTYPE_JSON_READ_STRICT) != 0 && members->len != 0) {
    g_ptr_array_sort (members, compare_names);
    return mt_word_value (known->first, known->n, known->stride, "member",
                          ((const Member *)members->pdata[0])->name, error) >= 0;
  }
  *unknown = members->len != 0 ? dup_members (members) : NULL;
  return TRUE;
}

static void
add_members (GHashTable *members, const MtJsonObject *object)
{
  gsize i;

  for (i = 0; i < object->n; i++)
    g_hash_table_insert (members, object->members[i].name, &object->members[i]);
}

char *
mt_json_merge_members (const char *first, const char *second, GError **error)
{
  g_autoptr (MtJsonObject) object = mt_json_parse_object (first, -1, error), other = NULL;
  g_autoptr (GHashTable) members = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer member;

  if (object != NULL)
    other = mt_json_parse_object (second, -1, error);
  if (other == NULL)
    return NULL;
  members = g_hash_table_new (g_str_hash, g_str_equal);
  add_members (members, other);
  add_members (members, object);
  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, NULL, &member))
    g_ptr_array_add (list, member);
  return dup_members (list);
}
