/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encodings that every database of records shares, whatever its tables and its API. */

#include "store/encoding-private.h"

#include <string.h>

#include "error-private.h"
#include "json/json-private.h"

/* Before the name of a property that is only a default. No name begins with it: a backslash in a
 * name is escaped. */
#define DEFAULT_MARK "\\?"

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

char *
mt_properties_encode (MachtypeProperties *properties)
{
  g_auto (GStrv) names = machtype_properties_dup_image_names (properties);
  GString *text = g_string_new (NULL);
  gsize i;

  for (i = 0; names[i] != NULL; i++) {
    if (machtype_properties_is_default (properties, names[i]))
      g_string_append (text, DEFAULT_MARK);
    append_escaped (text, names[i]);
    g_string_append_c (text, '=');
    append_escaped (text, machtype_properties_get_image (properties, names[i]));
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/* Reads up to an unescaped end character. NULL: there is none. */
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
    gboolean is_default = g_str_has_prefix (text, DEFAULT_MARK);

    if (is_default)
      text += strlen (DEFAULT_MARK);
    text = read_escaped (text, '=', name);
    if (text != NULL)
      text = read_escaped (text, '\n', value);
    if (text == NULL ||
        !machtype_properties_builder_keep_image (builder, name->str, value->str, NULL) ||
        (is_default && !machtype_properties_builder_mark_default (builder, name->str)))
      return FALSE;
  }
  return TRUE;
}

MachtypeProperties *
mt_properties_decode (const char *text)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  return parse_into (builder, text) ? machtype_properties_builder_end (builder) : NULL;
}

/* What the library has read does not become longer than this when it is written again: a character
 * of one byte that is escaped has six then, and a number of three (0.1) has at most twenty. */
#define MEMBERS_MAX ((gsize)8 * MACHTYPE_JSON_MAX_SIZE)

gboolean
mt_members_check (const char *text)
{
  guint64 members = 0;

  return g_str_has_prefix (text, "{") && g_str_has_suffix (text, "}") &&
         mt_check_text ("members", text, MEMBERS_MAX, NULL) &&
         mt_json_check (text, &members, NULL) && members != 0;
}
