/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON objects: writing those that commands print, and reading those of standard input. What the
 * library writes as JSON is taken from there; the rest has the same form (doc/json.md). */

#include "machtype-program.h"

#include <string.h>

/* What begins each of the library's objects. */
static const char head[] = "{\"format\":" G_STRINGIFY (MACHTYPE_JSON_FORMAT);

GString *
json_begin (void)
{
  return g_string_new (head);
}

GString *
json_begin_with (char *value)
{
  GString *json = g_string_new (value);

  g_free (value);
  return g_string_truncate (json, json->len - strlen ("}"));
}

/* A comma unless it is the first one, and the name of a member. */
static void
add_name (GString *json, const char *name)
{
  g_autofree char *quoted = name != NULL ? machtype_json_quote (name) : NULL;

  if (strchr ("[{", json->str[json->len - 1]) == NULL)
    g_string_append_c (json, ',');
  if (quoted != NULL)
    g_string_append_printf (json, "%s:", quoted);
}

void
json_open (GString *json, const char *name, char bracket)
{
  add_name (json, name);
  g_string_append_c (json, bracket);
}

void
json_close (GString *json, char bracket)
{
  g_string_append_c (json, bracket);
}

void
json_text (GString *json, const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? machtype_json_quote (value) : NULL;

  if (quoted == NULL)
    return;
  add_name (json, name);
  g_string_append (json, quoted);
}

void
json_integer (GString *json, const char *name, guint64 value)
{
  add_name (json, name);
  g_string_append_printf (json, "%" G_GUINT64_FORMAT, value);
}

void
json_boolean (GString *json, const char *name, gboolean value)
{
  add_name (json, name);
  g_string_append (json, value ? "true" : "false");
}

void
json_texts (GString *json, const char *name, const char *const *values)
{
  json_open (json, name, '[');
  for (; *values != NULL; values++)
    json_text (json, NULL, *values);
  json_close (json, ']');
}

void
json_value (GString *json, const char *name, char *value)
{
  const char *members = value + strlen (head);

  json_open (json, name, '{');
  g_string_append (json, members + strspn (members, ","));
  g_free (value);
}

void
json_findings (GString *json, const char *name, GPtrArray *findings)
{
  guint i;

  json_open (json, name, '[');
  for (i = 0; findings != NULL && i < findings->len; i++)
    json_value (json, NULL, machtype_finding_to_json (findings->pdata[i]));
  json_close (json, ']');
}

void
json_end (GString *json)
{
  g_string_append (json, "}\n");
  write_output (json->str);
  g_string_free (json, TRUE);
}

void
json_print (char *value)
{
  json_end (json_begin_with (value));
}

void
json_error (const GError *error)
{
  GString *json = json_begin ();

  json_text (json, "error", code_of (error));
  json_text (json, "message", error->message);
  json_end (json);
}

void
json_message (MachtypeError code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (MACHTYPE_ERROR, (int)code, message);

  json_error (error);
}

GVariant *
parse_object (const char *line, GError **error)
{
  g_autoptr (GVariant) value = machtype_json_parse (line, -1, error);

  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return g_steal_pointer (&value);
  set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the line is not a JSON object");
  return NULL;
}

GVariant *
find_member (GVariant *object, const char *member)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (object, member, NULL);

  if (value == NULL || g_variant_is_of_type (value, G_VARIANT_TYPE_MAYBE))
    return NULL;
  return g_steal_pointer (&value);
}

gboolean
read_string (GVariant *object, const char *member, const char **value, GError **error)
{
  g_autoptr (GVariant) found = find_member (object, member);

  *value = NULL;
  if (found == NULL)
    return TRUE;
  if (!g_variant_is_of_type (found, G_VARIANT_TYPE_STRING))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not a JSON string", member);
  /* The text is the object's, and lives as long as that. */
  *value = g_variant_get_string (found, NULL);
  return TRUE;
}

static gboolean
refuse_member (const char *name, const char *const *known, GError **error)
{
  g_autofree char *shown = dup_shown (name), *hint = dup_hint (name, known);
  g_autoptr (GString) list = g_string_new (NULL);
  gsize i;

  for (i = 0; known[i] != NULL; i++)
    g_string_append_printf (list, "%s%s", i != 0 ? ", " : "", known[i]);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown member '%s'; known: %s%s",
                    shown, list->str, hint);
}

/* A misspelled member would silently change the answer. */
gboolean
check_members (GVariant *object, const char *const *known, GError **error)
{
  GVariantIter iter;
  const char *name;

  g_variant_iter_init (&iter, object);
  while (g_variant_iter_next (&iter, "{&sv}", &name, NULL)) {
    if (!g_strv_contains (known, name))
      return refuse_member (name, known, error);
  }
  return TRUE;
}

gboolean
add_members (MachtypePropertiesBuilder *builder, AddPairFunc add, GVariant *object,
             const char *member, GError **error)
{
  g_autoptr (GVariant) members = find_member (object, member);
  gsize i, n;

  if (members == NULL)
    return TRUE;
  if (!g_variant_is_of_type (members, G_VARIANT_TYPE_VARDICT))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not a JSON object", member);
  n = g_variant_n_children (members);
  for (i = 0; i < n; i++) {
    g_autoptr (GVariant) value = NULL;
    const char *name;

    g_variant_get_child (members, i, "{&sv}", &name, &value);
    if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
      return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                        "a value in %s is not a JSON string", member);
    if (!add (builder, name, g_variant_get_string (value, NULL), error))
      return FALSE;
  }
  return TRUE;
}
