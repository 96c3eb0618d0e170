/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparing and combining image properties. What was validated once is copied without validation.
 */

#include "properties/contents-private.h"

#include <string.h>

#include "error-private.h"

gboolean
mt_properties_equal (const MachtypeProperties *a, const MachtypeProperties *b)
{
  GHashTableIter iter;
  gpointer name, value;

  if (a == b)
    return TRUE;
  if (g_hash_table_size (a->contents.images) != g_hash_table_size (b->contents.images))
    return FALSE;
  g_hash_table_iter_init (&iter, a->contents.images);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (g_strcmp0 (machtype_properties_get_image (b, name), value) != 0 ||
        mt_names_have (a->contents.defaults, name) != mt_names_have (b->contents.defaults, name))
      return FALSE;
  }
  return TRUE;
}

guint
mt_properties_hash (const MachtypeProperties *properties)
{
  GHashTableIter iter;
  gpointer name, value;
  guint hash = 0;

  g_hash_table_iter_init (&iter, properties->contents.images);
  while (g_hash_table_iter_next (&iter, &name, &value))
    hash += g_str_hash (name) * 31 + g_str_hash (value); /* in any order */
  return hash;
}

static void
copy_image (MachtypePropertiesBuilder *to, const MachtypePropertiesBuilder *from, const char *name,
            const char *value)
{
  int row = mt_schema_find (name);

  g_hash_table_replace (to->images, g_strdup (name), g_strdup (value));
  if (mt_names_have (from->defaults, name))
    mt_names_add (&to->defaults, name);
  else
    mt_names_remove (&to->defaults, name);
  if (row < 0 || row > MT_PROPERTY_LAST)
    return;
  g_free (to->values[row]);
  to->values[row] = g_strdup (from->values[row]);
  if (row <= MT_PROPERTY_EMULATION_ARCHITECTURE)
    to->archs[row] = from->archs[row];
}

/* The names that are copied; NULL: all. */
typedef gboolean (*NameFunc) (const MachtypePropertiesBuilder *to, const MachtypeProperties *from,
                              const char *name);

static void
copy_images (MachtypePropertiesBuilder *to, const MachtypeProperties *from, NameFunc func,
             const char *except)
{
  GHashTableIter iter;
  gpointer name, value;

  to->has_features |= from->contents.has_features;
  to->has_refused |= from->contents.has_refused;
  to->has_unknown |= from->contents.has_unknown;
  g_hash_table_iter_init (&iter, from->contents.images);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (g_strcmp0 (name, except) != 0 && (func == NULL || func (to, from, name)))
      copy_image (to, &from->contents, name, value);
  }
}

static MachtypePropertiesBuilder *
copy_some (const MachtypeProperties *properties, NameFunc func, const char *except)
{
  MachtypePropertiesBuilder *builder = machtype_properties_builder_new ();
  GHashTableIter iter;
  gpointer name, value;
  gsize i;

  copy_images (builder, properties, func, except);
  builder->own_arch = properties->contents.own_arch;
  g_hash_table_iter_init (&iter, properties->contents.extra_specs);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_replace (builder->extra_specs, g_strdup (name), g_strdup (value));
  for (i = 0; i < G_N_ELEMENTS (builder->specs); i++)
    builder->specs[i] = g_strdup (properties->contents.specs[i]);
  return builder;
}

static gboolean
is_empty (const MachtypeProperties *properties)
{
  return g_hash_table_size (properties->contents.images) == 0 &&
         g_hash_table_size (properties->contents.extra_specs) == 0 &&
         properties->contents.own_arch == MACHTYPE_ARCH_UNKNOWN;
}

MachtypePropertiesBuilder *
mt_properties_builder_new_from (MachtypeProperties *properties, const char *except)
{
  return copy_some (properties, NULL, except);
}

static MachtypeProperties *
end_within_limit (MachtypePropertiesBuilder *builder, GError **error)
{
  if (g_hash_table_size (builder->images) + g_hash_table_size (builder->extra_specs) <=
      MACHTYPE_PROPERTIES_MAX)
    return machtype_properties_builder_end (builder);
  mt_properties_set_too_many (error);
  return NULL;
}

MachtypeProperties *
mt_properties_overlay (MachtypeProperties *base, MachtypeProperties *over, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = NULL;

  if (over != NULL && (base == NULL || is_empty (base)))
    return machtype_properties_ref (over);
  if (base != NULL && (over == NULL || (g_hash_table_size (over->contents.images) == 0 &&
                                        over->contents.own_arch == MACHTYPE_ARCH_UNKNOWN)))
    return machtype_properties_ref (base);
  builder = base != NULL ? mt_properties_builder_new_from (base, NULL)
                         : machtype_properties_builder_new ();
  if (over != NULL) {
    copy_images (builder, over, NULL, NULL);
    if (over->contents.own_arch != MACHTYPE_ARCH_UNKNOWN)
      builder->own_arch = over->contents.own_arch;
  }
  return end_within_limit (builder, error);
}

static gboolean
is_missing (const MachtypePropertiesBuilder *to, const MachtypeProperties *from, const char *name)
{
  if (!g_hash_table_contains (to->images, name))
    return TRUE;
  return mt_names_have (to->defaults, name) && !mt_names_have (from->contents.defaults, name);
}

static gboolean
is_any_missing (const MachtypeProperties *there, const MachtypeProperties *more)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, more->contents.images);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (is_missing (&there->contents, more, name))
      return TRUE;
  }
  return FALSE;
}

MachtypeProperties *
mt_properties_fill (MachtypeProperties *there, MachtypeProperties *more, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = NULL;

  if (more == NULL || more == there || !is_any_missing (there, more))
    return machtype_properties_ref (there);
  builder = mt_properties_builder_new_from (there, NULL);
  copy_images (builder, more, is_missing, NULL);
  return end_within_limit (builder, error);
}

/* What a domain has and a machine type gives it: see machtype_domain_get_devices. */
static gboolean
is_device (const char *name)
{
  static const MtProperty devices[] = {
    MT_PROPERTY_DISK_BUS,      MT_PROPERTY_CDROM_BUS,   MT_PROPERTY_INPUT_BUS,
    MT_PROPERTY_POINTER_MODEL, MT_PROPERTY_VIDEO_MODEL, MT_PROPERTY_VIF_MODEL,
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (devices); i++) {
    if (strcmp (name, mt_property_name (devices[i])) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_lasting (const MachtypePropertiesBuilder *to, const MachtypeProperties *from, const char *name)
{
  (void)to;
  return !is_device (name) && !mt_names_have (from->contents.defaults, name);
}

MachtypeProperties *
mt_properties_renew (MachtypeProperties *there, MachtypeProperties *devices, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = copy_some (there, is_lasting, NULL);

  copy_images (builder, devices, NULL, NULL);
  return end_within_limit (builder, error);
}

static gboolean
is_no_default_device (const MachtypePropertiesBuilder *to, const MachtypeProperties *from,
                      const char *name)
{
  (void)to;
  return !is_device (name) || !mt_names_have (from->contents.defaults, name);
}

MachtypeProperties *
mt_properties_renew_defaults (MachtypeProperties *there, MachtypeProperties *defaults,
                              GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = copy_some (there, is_no_default_device, NULL);

  if (defaults != NULL)
    copy_images (builder, defaults, is_missing, NULL);
  return end_within_limit (builder, error);
}

static gboolean
is_requested (const MachtypePropertiesBuilder *to, const MachtypeProperties *from, const char *name)
{
  (void)to;
  return !mt_names_have (from->contents.defaults, name);
}

MachtypeProperties *
mt_properties_dup_requested (MachtypeProperties *properties)
{
  g_autoptr (MachtypePropertiesBuilder) builder = NULL;

  if (properties->contents.defaults == NULL)
    return machtype_properties_ref (properties);
  builder = copy_some (properties, is_requested, NULL);
  return machtype_properties_builder_end (builder);
}

MachtypeProperties *
mt_properties_dup_images (MachtypeProperties *properties)
{
  g_autoptr (MachtypePropertiesBuilder) builder = NULL;

  if (g_hash_table_size (properties->contents.extra_specs) == 0 &&
      properties->contents.own_arch == MACHTYPE_ARCH_UNKNOWN)
    return machtype_properties_ref (properties);
  builder = machtype_properties_builder_new ();
  copy_images (builder, properties, NULL, NULL);
  return machtype_properties_builder_end (builder);
}
