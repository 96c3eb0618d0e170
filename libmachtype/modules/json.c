/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module that parses JSON. Loaded at the first call that needs it, so that programs that only
 * write JSON do not pay for json-glib and GIO. */

#include "json/module.h"

#include <json-glib/json-glib.h>

#include <machtype/version.h>

static GVariant *convert (JsonNode *node, guint64 *members);

/* From the end, and frees each item when it was converted: both forms take far more memory than the
 * text. */
static GVariant *
convert_array (JsonArray *array, guint64 *members)
{
  const guint n = json_array_get_length (array);
  g_autofree GVariant **items = g_new (GVariant *, n);
  guint i;

  for (i = n; i-- > 0;) {
    items[i] = g_variant_new_variant (convert (json_array_get_element (array, i), members));
    json_array_remove_element (array, i);
  }
  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, items, n);
}

static GVariant *
convert_object (JsonObject *object, guint64 *members)
{
  GVariantBuilder builder;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    ++*members;
    g_variant_builder_add_value (
        &builder, g_variant_new_dict_entry (g_variant_new_string (name),
                                            g_variant_new_variant (convert (node, members))));
  }
  return g_variant_builder_end (&builder);
}

/* A floating reference. */
static GVariant *
convert (JsonNode *node, guint64 *members)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return g_variant_new_maybe (G_VARIANT_TYPE_VARIANT, NULL);
  if (JSON_NODE_HOLDS_OBJECT (node))
    return convert_object (json_node_get_object (node), members);
  if (JSON_NODE_HOLDS_ARRAY (node))
    return convert_array (json_node_get_array (node), members);
  switch (json_node_get_value_type (node)) {
  case G_TYPE_STRING:
    return g_variant_new_string (json_node_get_string (node));
  case G_TYPE_INT64:
    return g_variant_new_int64 (json_node_get_int (node));
  case G_TYPE_BOOLEAN:
    return g_variant_new_boolean (json_node_get_boolean (node));
  default:
    return g_variant_new_double (json_node_get_double (node));
  }
}

static GVariant *
parse (const char *text, guint64 *members, char **message)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  *members = 0;
  if (!json_parser_load_from_data (parser, text, -1, &error)) {
    *message = g_strdup (error->message);
    return NULL;
  }
  if (json_parser_get_root (parser) == NULL) {
    *message = g_strdup ("there is no value");
    return NULL;
  }
  return g_variant_ref_sink (convert (json_parser_get_root (parser), members));
}

__attribute__ ((visibility ("default"))) extern const MtJsonModule machtype_json_module;

const MtJsonModule machtype_json_module = {
  .head = { .size = sizeof (MtJsonModule), .version = MACHTYPE_VERSION_STRING },
  .parse = parse,
};
