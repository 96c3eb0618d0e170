/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Standard input and files, one case per line; JSON objects. */

#include "machtype-program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Anything longer than this is not a line, but something that never ends, such as /dev/zero. */
#define LINE_SKIP_MAX (128 * 1024 * 1024)

typedef enum { LINE_READ, LINE_NONE, LINE_ENDLESS } LineResult;

/* Reads a line without its end. Of one that is too long only the start is kept: input must not
 * determine how much memory is used. */
static LineResult
read_line (FILE *stream, GString *line)
{
  gsize n = 0;
  int c;

  g_string_truncate (line, 0);
  while ((c = getc_unlocked (stream)) != EOF && c != '\n') {
    if (++n > LINE_SKIP_MAX)
      return LINE_ENDLESS;
    if (line->len <= LINE_MAX_LENGTH)
      g_string_append_c (line, (char)c);
  }
  return n > 0 || c == '\n' ? LINE_READ : LINE_NONE;
}

/* A line can end as on Windows. */
static void
remove_return (GString *line)
{
  if (line->len > 0 && line->len <= LINE_MAX_LENGTH && line->str[line->len - 1] == '\r')
    g_string_truncate (line, line->len - 1);
}

static void
handle_line (const GString *line, LineFunc func, LineFunc bad, gpointer data)
{
  if (line->len > LINE_MAX_LENGTH)
    bad ("the line is too long", data);
  else if (strlen (line->str) != line->len)
    bad ("the line contains a NUL byte", data);
  else if (!g_utf8_validate (line->str, (gssize)line->len, NULL))
    bad ("the line is not valid UTF-8", data);
  else
    func (line->str, data);
  /* A program at the other end of a pipe is waiting for its answer. */
  fflush (stdout);
}

static int
read_stream (FILE *stream, const char *name, LineFunc func, LineFunc bad, gpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);
  LineResult result;

  while ((result = read_line (stream, line)) == LINE_READ) {
    remove_return (line);
    handle_line (line, func, bad, data);
  }
  if (result == LINE_ENDLESS) {
    g_printerr ("machtype: %s: a line is longer than %d MiB\n", name,
                LINE_SKIP_MAX / (1024 * 1024));
    return STATUS_USAGE;
  }
  if (ferror (stream) == 0)
    return STATUS_DONE;
  g_printerr ("machtype: %s: %s\n", name, g_strerror (errno));
  return STATUS_BACKEND;
}

typedef struct {
  gboolean json;
  LineFunc func, bad;
  gpointer data;
} Answering;

/* An empty line has an empty answer, so that answers stay next to their lines; in JSON, whose
 * readers do not expect it, none. */
static void
answer (const char *line, gpointer data)
{
  const Answering *answering = data;

  if (*line != '\0')
    answering->func (line, answering->data);
  else if (!answering->json)
    write_output ("\n");
}

static void
answer_bad (const char *why, gpointer data)
{
  const Answering *answering = data;

  answering->bad (why, answering->data);
}

int
for_each_line (gboolean json, LineFunc func, LineFunc bad, gpointer data)
{
  Answering answering = { json, func, bad, data };

  return read_stream (stdin, "standard input", answer, answer_bad, &answering);
}

int
for_each_line_of (const char *path, LineFunc func, LineFunc bad, gpointer data)
{
  FILE *stream;
  int status;

  if (path == NULL)
    return read_stream (stdin, "standard input", func, bad, data);
  stream = fopen (path, "re");
  if (stream == NULL) {
    g_printerr ("machtype: %s: %s\n", path, g_strerror (errno));
    return STATUS_BACKEND;
  }
  status = read_stream (stream, path, func, bad, data);
  fclose (stream);
  return status;
}

static guint64
count_members (JsonNode *node)
{
  guint64 n = 0;
  guint i;

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    JsonNode *value;

    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, NULL, &value))
      n += 1 + count_members (value);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (i = 0; i < json_array_get_length (array); i++)
      n += count_members (json_array_get_element (array, i));
  }
  return n;
}

JsonObject *
parse_object (const char *line, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) why = NULL;
  guint64 members;
  JsonNode *root;

  if (!json_check (line, &members, error))
    return NULL;
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, line, -1, &why)) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", why->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the line is not a JSON object");
    return NULL;
  }
  /* json-glib keeps the last one of two. */
  if (count_members (root) != members) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "duplicate member in a JSON object");
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

static gboolean
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

gboolean
read_string (JsonObject *object, const char *member, const char **value, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  *value = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!holds (node, G_TYPE_STRING)) {
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not a JSON string", member);
  }
  *value = json_node_get_string (node);
  return TRUE;
}

gboolean
read_integer (JsonObject *object, const char *member, gint64 *value, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!holds (node, G_TYPE_INT64) || json_node_get_int (node) < 0) {
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not a non-negative integer",
                      member);
  }
  *value = json_node_get_int (node);
  return TRUE;
}

/* A misspelled member would silently change the answer. */
gboolean
check_members (JsonObject *object, const char *const *known, GError **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, NULL)) {
    g_autoptr (GString) list = NULL;
    g_autofree char *shown = NULL, *hint = NULL;
    gsize i;

    if (g_strv_contains (known, name))
      continue;
    shown = dup_shown (name);
    list = g_string_new (NULL);
    for (i = 0; known[i] != NULL; i++)
      g_string_append_printf (list, "%s%s", i != 0 ? ", " : "", known[i]);
    hint = dup_hint (name, known);
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown member '%s'; known: %s%s",
                      shown, list->str, hint);
  }
  return TRUE;
}

gboolean
add_members (MachtypePropertiesBuilder *builder, AddPairFunc add, JsonObject *object,
             const char *member, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is not a JSON object", member);
  }
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value)) {
    if (!holds (value, G_TYPE_STRING)) {
      return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                        "a value in %s is not a JSON string", member);
    }
    if (!add (builder, name, json_node_get_string (value), error))
      return FALSE;
  }
  return TRUE;
}
