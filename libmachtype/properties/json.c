/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Image properties as JSON. */

#include "properties/properties-private.h"

#include "error-private.h"
#include "json/json-private.h"

void
mt_properties_write (GString *json, const char *member, const MachtypeProperties *properties)
{
  g_auto (GStrv) names = machtype_properties_dup_image_names (properties);
  char **name;

  if (*names == NULL)
    return;
  mt_json_begin (json, member, '{');
  for (name = names; *name != NULL; name++)
    mt_json_text (json, *name, machtype_properties_get_image (properties, *name));
  mt_json_end (json, '}');
}

void
mt_properties_write_defaults (GString *json, const char *member,
                              const MachtypeProperties *properties)
{
  g_auto (GStrv) names = machtype_properties_dup_default_names (properties);
  char **name;

  if (*names == NULL)
    return;
  mt_json_begin (json, member, '[');
  for (name = names; *name != NULL; name++)
    mt_json_text (json, NULL, *name);
  mt_json_end (json, ']');
}

static gboolean
read_property (MachtypePropertiesBuilder *builder, const char *name, GVariant *value,
               GError **error)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_MAYBE))
    return TRUE; /* null: not set */
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return machtype_properties_builder_keep_image (builder, name,
                                                   g_variant_get_string (value, NULL), error);
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "the value of property %s is not a JSON "
                  "string",
                  name);
}

static gboolean
read_defaults (MachtypePropertiesBuilder *builder, const MtJsonObject *object, const char *member,
               GError **error)
{
  g_autoptr (GVariant) names = NULL;
  gsize i;

  if (!mt_json_get_texts (object, member, &names, error))
    return FALSE;
  for (i = 0; names != NULL && i < g_variant_n_children (names); i++) {
    g_autoptr (GVariant) name = NULL;

    g_variant_get_child (names, i, "v", &name);
    machtype_properties_builder_mark_default (builder, g_variant_get_string (name, NULL));
  }
  return TRUE;
}

MachtypeProperties *
mt_properties_read (const MtJsonObject *object, const char *member, const char *defaults,
                    GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (GVariant) members = NULL;
  gsize i;

  if (!mt_json_get_object (object, member, &members, error))
    return NULL;
  for (i = 0; members != NULL && i < g_variant_n_children (members); i++) {
    g_autoptr (GVariant) value = NULL;
    g_autofree char *name = NULL;

    g_variant_get_child (members, i, "{sv}", &name, &value);
    if (!read_property (builder, name, value, error))
      return NULL;
  }
  return read_defaults (builder, object, defaults, error)
             ? machtype_properties_builder_end (builder)
             : NULL;
}
