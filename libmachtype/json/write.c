/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes JSON (RFC 8259): ASCII outside of strings, and nothing invisible in them. */

#include "json/json-private.h"

#include <string.h>
#include <time.h>

#include <machtype/text.h>

#include "string-private.h"

static void
append_escape (GString *json, gunichar character)
{
  /* In UTF-16, as JSON requires. */
  if (character > 0xffff) {
    g_string_append_printf (json, "\\u%04x", 0xd7c0 + (character >> 10));
    character = 0xdc00 + (character & 0x3ff);
  }
  g_string_append_printf (json, "\\u%04x", character);
}

/* Returns what follows. */
static const char *
append_special (GString *json, const char *text)
{
  gunichar character = g_utf8_get_char_validated (text, -1);

  if (*text == '"' || *text == '\\') {
    g_string_append_c (json, '\\');
    g_string_append_c (json, *text);
    return text + 1;
  }
  /* A byte that is not UTF-8. */
  if (character == (gunichar)-1 || character == (gunichar)-2) {
    append_escape (json, 0xfffd);
    return text + 1;
  }
  if (machtype_text_is_visible (character))
    g_string_append_unichar (json, character);
  else
    append_escape (json, character);
  return text + g_utf8_skip[(guchar)*text];
}

static void
append_string (GString *json, const char *text)
{
  const char *end = text + strlen (text);

  g_string_append_c (json, '"');
  while (text < end) {
    gsize n = mt_count_plain (text, (gsize)(end - text), '"', '\\');

    mt_string_append (json, text, n);
    text += n;
    if (text < end)
      text = append_special (json, text);
  }
  g_string_append_c (json, '"');
}

/* What precedes a value: a comma, unless it is the first one, and the name of a member. */
static void
append_name (GString *json, const char *name)
{
  const char last = json->len != 0 ? json->str[json->len - 1] : '[';

  if (last != '[' && last != '{')
    g_string_append_c (json, ',');
  if (name == NULL)
    return;
  append_string (json, name);
  g_string_append_c (json, ':');
}

void
mt_json_begin (GString *json, const char *name, char bracket)
{
  append_name (json, name);
  g_string_append_c (json, bracket);
}

void
mt_json_end (GString *json, char bracket)
{
  g_string_append_c (json, bracket);
}

void
mt_json_text (GString *json, const char *name, const char *value)
{
  if (value == NULL)
    return;
  append_name (json, name);
  append_string (json, value);
}

void
mt_json_uint (GString *json, const char *name, guint64 value)
{
  append_name (json, name);
  g_string_append_printf (json, "%" G_GUINT64_FORMAT, value);
}

void
mt_json_boolean (GString *json, const char *name, gboolean value)
{
  append_name (json, name);
  g_string_append (json, value ? "true" : "false");
}

/* ISO 8601 has four digits for the year. */
static gboolean
format_time (gint64 seconds, char text[32])
{
  const time_t time = (time_t)seconds;
  struct tm parts;

  return (gint64)time == seconds && gmtime_r (&time, &parts) != NULL && parts.tm_year >= -1899 &&
         parts.tm_year <= 9999 - 1900 &&
         g_snprintf (text, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                     parts.tm_sec) > 0;
}

void
mt_json_time (GString *json, const char *name, gint64 seconds)
{
  char text[32];

  if (format_time (seconds, text)) {
    mt_json_text (json, name, text);
    return;
  }
  append_name (json, name);
  g_string_append_printf (json, "%" G_GINT64_FORMAT, seconds);
}

void
mt_json_version (GString *json, const char *name, guint64 version)
{
  char text[64];

  if (version == 0)
    return;
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT ".%u.%u", version / 1000000,
              (guint)(version / 1000 % 1000), (guint)(version % 1000));
  mt_json_text (json, name, text);
}

static void
append_number (GString *json, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  append_name (json, name);
  g_string_append (json, g_ascii_dtostr (text, sizeof text, value));
}

static void append_children (GString *json, GVariant *value);

void
mt_json_variant (GString *json, const char *name, GVariant *value)
{
  const gboolean is_object = g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    mt_json_text (json, name, g_variant_get_string (value, NULL));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    mt_json_boolean (json, name, g_variant_get_boolean (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    append_number (json, name, g_variant_get_double (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_MAYBE)) {
    append_name (json, name);
    g_string_append (json, "null");
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64)) {
    append_name (json, name);
    g_string_append_printf (json, "%" G_GINT64_FORMAT, g_variant_get_int64 (value));
  } else {
    mt_json_begin (json, name, is_object ? '{' : '[');
    append_children (json, value);
    mt_json_end (json, is_object ? '}' : ']');
  }
}

/* Of an object, or of an array. JSON's depth is bounded by the parser. */
static void
append_children (GString *json, GVariant *value)
{
  gsize i, n = g_variant_n_children (value);

  for (i = 0; i < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (value, i), inner = NULL;
    const char *name = NULL;

    if (g_variant_is_of_type (child, G_VARIANT_TYPE_DICT_ENTRY))
      g_variant_get (child, "{&sv}", &name, &inner);
    else
      inner = g_variant_get_variant (child);
    mt_json_variant (json, name, inner);
  }
}

void
mt_json_members (GString *json, const char *object)
{
  const char *next;

  if (strlen (object) <= strlen ("{}"))
    return;
  append_name (json, NULL);
  for (object++; *object != '\0'; object = next) {
    gunichar character = g_utf8_get_char (object);

    next = object + g_utf8_skip[(guchar)*object];
    if (*next == '\0')
      break;
    if (machtype_text_is_visible (character))
      g_string_append_len (json, object, next - object);
    else
      append_escape (json, character);
  }
}

GString *
mt_json_begin_value (void)
{
  GString *json = g_string_sized_new (512);

  mt_json_begin (json, NULL, '{');
  mt_json_uint (json, "format", MACHTYPE_JSON_FORMAT);
  return json;
}

char *
mt_json_end_value (GString *json)
{
  mt_json_end (json, '}');
  return g_string_free (json, FALSE);
}

gboolean
mt_json_equal (char *a, char *b)
{
  const gboolean equal = strcmp (a, b) == 0;

  g_free (a);
  g_free (b);
  return equal;
}

guint
mt_json_hash (char *value)
{
  const guint hash = g_str_hash (value);

  g_free (value);
  return hash;
}

/**
 * machtype_json_quote:
 * @text: a text; must not be %NULL
 *
 * Writes a text as a JSON string, in quotation marks. Characters that a terminal would interpret,
 * or that cannot be seen, are escaped; bytes that are not UTF-8 become U+FFFD. For programs that
 * write members of their own next to the library's. Thread-safe.
 *
 * Returns: (transfer full): the JSON string
 * Since: 1.0
 */
char *
machtype_json_quote (const char *text)
{
  GString *json;

  g_return_val_if_fail (text != NULL, NULL);

  json = g_string_sized_new (strlen (text) + 3);
  append_string (json, text);
  return g_string_free (json, FALSE);
}
