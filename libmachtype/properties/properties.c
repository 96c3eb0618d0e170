/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The image properties and flavor extra specs of one guest. */

#include "properties/contents-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"

G_DEFINE_BOXED_TYPE (MachtypePropertiesBuilder, machtype_properties_builder,
                     machtype_properties_builder_ref, machtype_properties_builder_unref)
G_DEFINE_BOXED_TYPE (MachtypeProperties, machtype_properties, machtype_properties_ref,
                     machtype_properties_unref)

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
mt_names_add (GHashTable **names, const char *name)
{
  if (*names == NULL)
    *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (*names, g_strdup (name));
}

void
mt_names_remove (GHashTable **names, const char *name)
{
  if (*names == NULL)
    return;
  g_hash_table_remove (*names, name);
  if (g_hash_table_size (*names) == 0)
    g_clear_pointer (names, g_hash_table_unref);
}

gboolean
mt_properties_set_too_many (GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "more than %d image properties and extra specs",
                  MACHTYPE_PROPERTIES_MAX);
}

/**
 * machtype_properties_builder_new:
 *
 * Creates a builder without image properties and extra specs.
 *
 * Returns: (transfer full): the builder
 * Since: 1.0
 */
MachtypePropertiesBuilder *
machtype_properties_builder_new (void)
{
  MachtypePropertiesBuilder *builder = g_new0 (MachtypePropertiesBuilder, 1);

  g_atomic_ref_count_init (&builder->refs);
  builder->images = new_table ();
  builder->extra_specs = new_table ();
  return builder;
}

/**
 * machtype_properties_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Increases the reference count of @builder. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypePropertiesBuilder *
machtype_properties_builder_ref (MachtypePropertiesBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

static void
clear (MachtypePropertiesBuilder *contents)
{
  gsize i;

  g_clear_pointer (&contents->images, g_hash_table_unref);
  g_clear_pointer (&contents->extra_specs, g_hash_table_unref);
  g_clear_pointer (&contents->legacy, g_hash_table_unref);
  g_clear_pointer (&contents->defaults, g_hash_table_unref);
  for (i = 0; i <= MT_PROPERTY_LAST_DEVICE; i++)
    g_clear_pointer (&contents->values[i], g_free);
  if (!contents->has_features)
    return;
  for (; i < G_N_ELEMENTS (contents->values); i++)
    g_clear_pointer (&contents->values[i], g_free);
  for (i = 0; i < G_N_ELEMENTS (contents->specs); i++)
    g_clear_pointer (&contents->specs[i], g_free);
}

/**
 * machtype_properties_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Decreases the reference count of @builder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_properties_builder_unref (MachtypePropertiesBuilder *builder)
{
  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  clear (builder);
  g_free (builder);
}

/* Reports what is wrong with a name or value; a description can have several lines, the values that
 * matter are validated by their schema. */
static gboolean
explain_pair (const char *what, const char *name, const char *value, GError **error)
{
  g_autofree char *shown = mt_escape_for_message (name);
  g_autofree char *name_label = g_strdup_printf ("the name of %s '%s'", what, shown);
  g_autofree char *value_label = g_strdup_printf ("the value of %s '%s'", what, shown);

  if (*name == '\0')
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is empty", name_label);
  return mt_check_text (name_label, name, MACHTYPE_PROPERTY_MAX_NAME, error) &&
         mt_check_utf8 (value_label, value, MACHTYPE_PROPERTY_MAX_VALUE, error);
}

/* Most pairs are valid: labels for messages are created only for the others. */
static gboolean
check_pair (const char *what, const char *name, const char *value, GError **error)
{
  if (*name != '\0' && mt_check_text (what, name, MACHTYPE_PROPERTY_MAX_NAME, NULL) &&
      mt_check_utf8 (what, value, MACHTYPE_PROPERTY_MAX_VALUE, NULL))
    return TRUE;
  return explain_pair (what, name, value, error);
}

/* Replacing does not increase the size; the name is looked up only if that matters. */
static gboolean
has_room (const MachtypePropertiesBuilder *builder, GHashTable *table, const char *name,
          GError **error)
{
  if (g_hash_table_size (builder->images) + g_hash_table_size (builder->extra_specs) <
          MACHTYPE_PROPERTIES_MAX ||
      g_hash_table_contains (table, name))
    return TRUE;
  return mt_properties_set_too_many (error);
}

/* row: of the name. */
static gboolean
add_image (MachtypePropertiesBuilder *builder, int row, const char *name, const char *value,
           GError **error)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  char *checked = NULL;

  if (!has_room (builder, builder->images, name, error))
    return FALSE;
  if (row >= 0 && !(row == MT_PROPERTY_MACHINE_TYPE && mt_is_blank (value)) &&
      !mt_schema_check (row, value, &checked, &arch, builder->keeps ? NULL : error)) {
    if (!builder->keeps)
      return FALSE;
    builder->has_refused = TRUE;
  }
  if (row > MT_PROPERTY_LAST)
    g_free (checked);
  if (row < 0 || row > MT_PROPERTY_LAST)
    builder->has_refused |= mt_property_get_refusal (name, value) != NULL;
  else {
    g_free (builder->values[row]);
    builder->values[row] = checked;
    if (row <= MT_PROPERTY_EMULATION_ARCHITECTURE)
      builder->archs[row] = arch;
    builder->has_features |= row > MT_PROPERTY_LAST_DEVICE;
  }
  builder->has_unknown |= row < 0;
  mt_names_remove (&builder->defaults, name);
  g_hash_table_replace (builder->images, g_strdup (name), g_strdup (value));
  return TRUE;
}

/* A current name overrides the old one, whichever was added first. */
static gboolean
add_legacy (MachtypePropertiesBuilder *builder, const MtLegacy *meaning, GError **error)
{
  if (g_hash_table_contains (builder->images, meaning->name) &&
      !mt_names_have (builder->legacy, meaning->name) &&
      !mt_names_have (builder->defaults, meaning->name))
    return builder->keeps || mt_property_check (meaning->name, meaning->value, error);
  if (!add_image (builder, mt_schema_find (meaning->name), meaning->name, meaning->value, error))
    return FALSE;
  mt_names_add (&builder->legacy, meaning->name);
  return TRUE;
}

/* All meanings are validated before one is added. */
static gboolean
add_legacies (MachtypePropertiesBuilder *builder, const char *name,
              const MtLegacy meanings[MT_LEGACY_MAX], GError **error)
{
  int i;

  for (i = 0; i < MT_LEGACY_MAX && meanings[i].name != NULL; i++) {
    if (!builder->keeps && !mt_property_check (meanings[i].name, meanings[i].value, error)) {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  }
  for (i = 0; i < MT_LEGACY_MAX && meanings[i].name != NULL; i++) {
    if (!add_legacy (builder, &meanings[i], error))
      return FALSE;
  }
  return TRUE;
}

/* After its text was checked. */
static gboolean
add_checked (MachtypePropertiesBuilder *builder, const char *name, const char *value,
             GError **error)
{
  MtLegacy meanings[MT_LEGACY_MAX];
  const int row = mt_schema_find (name);

  if (row < 0 && mt_legacy_find (name, value, meanings))
    return add_legacies (builder, name, meanings, error);
  mt_names_remove (&builder->legacy, name);
  return add_image (builder, row, name, value, error);
}

/**
 * machtype_properties_builder_add_image:
 * @builder: a builder; must not be %NULL
 * @name: name of the property, such as `hw_machine_type`; must not be %NULL
 * @value: its value, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds an image property, or replaces the one of the same name. Properties that the library knows
 * are validated; others are kept and ignored ([method@Machtype.Properties.dup_unused_names]). An
 * empty `hw_machine_type` counts as unset. The names that Glance's images had before, such as
 * `architecture` and `vmware_adaptertype`, are stored under their current names, which override
 * them.
 *
 * Raises %MACHTYPE_ERROR_INVALID_PROPERTY for an invalid value, %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for a name that is empty or has control characters and for text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_properties_builder_add_image (MachtypePropertiesBuilder *builder, const char *name,
                                       const char *value, GError **error)
{
  g_return_val_if_fail (builder != NULL && builder->images != NULL, FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  return check_pair ("image property", name, value, error) &&
         add_checked (builder, name, value, error);
}

/**
 * machtype_properties_builder_keep_image:
 * @builder: a builder; must not be %NULL
 * @name: name of the property; must not be %NULL
 * @value: its value, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds an image property that is already recorded for an instance, as
 * [method@Machtype.PropertiesBuilder.add_image] does. A value that this release does not know is
 * stored unchanged, because a later release may have written it: the property then counts as unset,
 * is listed by [method@Machtype.Properties.dup_unused_names], and no guest is generated with it. A
 * new request belongs in [method@Machtype.PropertiesBuilder.add_image].
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for a name that is empty or has control characters and
 * for text that is not valid UTF-8, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_properties_builder_keep_image (MachtypePropertiesBuilder *builder, const char *name,
                                        const char *value, GError **error)
{
  gboolean added;

  g_return_val_if_fail (builder != NULL && builder->images != NULL, FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (!check_pair ("image property", name, value, error))
    return FALSE;
  builder->keeps = TRUE;
  added = add_checked (builder, name, value, error);
  builder->keeps = FALSE;
  return added;
}

/**
 * machtype_properties_builder_mark_default:
 * @builder: a builder; must not be %NULL
 * @name: current name of an image property, such as `hw_cdrom_bus`; must not be %NULL
 *
 * Makes an image property that was added a default: what a guest gets if it is given such a device,
 * although nothing requested it and the guest has none. It is not judged
 * ([func@Machtype.compat_check]), and where a machine type does not support it, the default of that
 * machine type is used instead. Adding the property again makes it a request.
 *
 * Returns: %TRUE, or %FALSE if the builder does not have the property
 * Since: 1.0
 */
gboolean
machtype_properties_builder_mark_default (MachtypePropertiesBuilder *builder, const char *name)
{
  g_return_val_if_fail (builder != NULL && builder->images != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!g_hash_table_contains (builder->images, name))
    return FALSE;
  if (!mt_names_have (builder->defaults, name))
    mt_names_add (&builder->defaults, name);
  return TRUE;
}

/**
 * machtype_properties_builder_add_extra_spec:
 * @builder: a builder; must not be %NULL
 * @name: name of the extra spec, such as `hw:watchdog_action`; must not be %NULL
 * @value: its value, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a flavor extra spec, or replaces the one of the same name. Extra specs of Nova are
 * validated; those that the library does not act on are kept
 * ([method@Machtype.Properties.dup_unused_names]). So are those of other programs: all that are not
 * in one of Nova's namespaces, such as `hw:` and `quota:`.
 *
 * Raises %MACHTYPE_ERROR_INVALID_PROPERTY for an invalid value and for a name that Nova refuses,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for a name that is empty or has control characters and for text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_properties_builder_add_extra_spec (MachtypePropertiesBuilder *builder, const char *name,
                                            const char *value, GError **error)
{
  char *checked = NULL;
  MtSpec spec;

  g_return_val_if_fail (builder != NULL && builder->extra_specs != NULL, FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (!check_pair ("extra spec", name, value, error) ||
      !has_room (builder, builder->extra_specs, name, error))
    return FALSE;
  spec = mt_spec_find (name);
  if (spec != MT_SPEC_NONE) {
    if (!mt_spec_check (spec, value, &checked, error))
      return FALSE;
    g_free (builder->specs[spec]);
    builder->specs[spec] = checked;
    builder->has_features = TRUE;
  } else {
    if (!mt_other_spec_check (name, value, error))
      return FALSE;
    builder->has_refused |= mt_property_get_refusal (name, value) != NULL;
    builder->has_unknown = TRUE;
  }
  g_hash_table_replace (builder->extra_specs, g_strdup (name), g_strdup (value));
  return TRUE;
}

/**
 * machtype_properties_builder_set_arch:
 * @builder: a builder; must not be %NULL
 * @arch: the guest's architecture; %MACHTYPE_ARCH_UNKNOWN if the properties decide it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the guest's architecture, for a program that knows it without image properties. It overrides
 * `hw_emulation_architecture` and `hw_architecture`, and is not a property itself: it is not
 * listed, and a record stores it as its architecture.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid value. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_properties_builder_set_arch (MachtypePropertiesBuilder *builder, MachtypeArch arch,
                                      GError **error)
{
  g_return_val_if_fail (builder != NULL && builder->images != NULL, FALSE);

  if (!mt_arch_check (arch, error))
    return FALSE;
  builder->own_arch = arch;
  return TRUE;
}

/**
 * machtype_properties_builder_end:
 * @builder: a builder; must not be %NULL
 *
 * Builds the properties. The builder is empty afterwards and can be used again.
 *
 * Returns: (transfer full): the properties
 * Since: 1.0
 */
MachtypeProperties *
machtype_properties_builder_end (MachtypePropertiesBuilder *builder)
{
  MachtypeProperties *properties;

  g_return_val_if_fail (builder != NULL && builder->images != NULL, NULL);

  properties = g_new0 (MachtypeProperties, 1);
  g_clear_pointer (&builder->legacy, g_hash_table_unref);
  properties->contents = *builder;
  g_atomic_ref_count_init (&properties->contents.refs);
  memset (builder->values, 0, sizeof builder->values);
  memset (builder->archs, 0, sizeof builder->archs);
  builder->own_arch = MACHTYPE_ARCH_UNKNOWN;
  memset (builder->specs, 0, sizeof builder->specs);
  builder->has_features = builder->has_refused = builder->has_unknown = FALSE;
  builder->images = new_table ();
  builder->extra_specs = new_table ();
  builder->defaults = NULL;
  return properties;
}

/**
 * machtype_properties_new_for_arch:
 * @arch: the guest's architecture
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Creates properties of which only the guest's architecture is known, for a program without images
 * and flavors. It is as if it was set with [method@Machtype.PropertiesBuilder.set_arch].
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid value and for %MACHTYPE_ARCH_UNKNOWN.
 *
 * Returns: (transfer full): the properties, or %NULL on error
 * Since: 1.0
 */
MachtypeProperties *
machtype_properties_new_for_arch (MachtypeArch arch, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  if (arch == MACHTYPE_ARCH_UNKNOWN) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the guest's architecture is unknown");
    return NULL;
  }
  if (!machtype_properties_builder_set_arch (builder, arch, error))
    return NULL;
  return machtype_properties_builder_end (builder);
}

/**
 * machtype_properties_ref:
 * @properties: properties; must not be %NULL
 *
 * Increases the reference count of @properties. Thread-safe.
 *
 * Returns: (transfer full): @properties
 * Since: 1.0
 */
MachtypeProperties *
machtype_properties_ref (MachtypeProperties *properties)
{
  g_return_val_if_fail (properties != NULL, NULL);

  g_atomic_ref_count_inc (&properties->contents.refs);
  return properties;
}

/**
 * machtype_properties_unref:
 * @properties: (transfer full) (nullable): properties; %NULL does nothing
 *
 * Decreases the reference count of @properties; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_properties_unref (MachtypeProperties *properties)
{
  if (properties == NULL || !g_atomic_ref_count_dec (&properties->contents.refs))
    return;
  clear (&properties->contents);
  g_free (properties);
}

/* The new one can be the one that is set. */
void
mt_properties_set (MachtypeProperties **slot, MachtypeProperties *properties)
{
  MachtypeProperties *old = *slot;

  *slot = properties != NULL ? machtype_properties_ref (properties) : NULL;
  machtype_properties_unref (old);
}

/**
 * machtype_properties_get_image:
 * @properties: properties; must not be %NULL
 * @name: name of an image property; must not be %NULL
 *
 * Looks up the value of an image property, as it was given. Thread-safe.
 *
 * Returns: (transfer none) (nullable): its value, valid as long as @properties; %NULL if it is not
 *   set
 * Since: 1.0
 */
const char *
machtype_properties_get_image (const MachtypeProperties *properties, const char *name)
{
  g_return_val_if_fail (properties != NULL && name != NULL, NULL);
  return g_hash_table_lookup (properties->contents.images, name);
}

/**
 * machtype_properties_is_default:
 * @properties: properties; must not be %NULL
 * @name: name of an image property; must not be %NULL
 *
 * Checks whether an image property is only a default
 * ([method@Machtype.PropertiesBuilder.mark_default]). Thread-safe.
 *
 * Returns: %TRUE if it is; %FALSE if it was requested, or is not set
 * Since: 1.0
 */
gboolean
machtype_properties_is_default (const MachtypeProperties *properties, const char *name)
{
  g_return_val_if_fail (properties != NULL && name != NULL, FALSE);
  return mt_names_have (properties->contents.defaults, name);
}

/**
 * machtype_properties_get_extra_spec:
 * @properties: properties; must not be %NULL
 * @name: name of an extra spec; must not be %NULL
 *
 * Looks up the value of an extra spec, as it was given. Thread-safe.
 *
 * Returns: (transfer none) (nullable): its value, valid as long as @properties; %NULL if it is not
 *   set
 * Since: 1.0
 */
const char *
machtype_properties_get_extra_spec (const MachtypeProperties *properties, const char *name)
{
  g_return_val_if_fail (properties != NULL && name != NULL, NULL);
  return g_hash_table_lookup (properties->contents.extra_specs, name);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Whether the value of a row, up to MT_PROPERTY_LAST, was kept although it is invalid. */
static gboolean
is_kept (const MachtypePropertiesBuilder *contents, int row)
{
  const char *value;

  if (!contents->has_refused || contents->values[row] != NULL)
    return FALSE;
  value = g_hash_table_lookup (contents->images, mt_property_name ((MtProperty)row));
  return value != NULL && !(row == MT_PROPERTY_MACHINE_TYPE && mt_is_blank (value));
}

/**
 * machtype_properties_dup_unused_names:
 * @properties: properties; must not be %NULL
 *
 * Lists the image properties and extra specs that this release of the library ignores, so that a
 * program can report them; also those that were kept with a value that it does not know
 * ([method@Machtype.PropertiesBuilder.keep_image]). Thread-safe.
 *
 * Returns: (transfer full) (array zero-terminated=1): names, sorted; empty if there are none
 * Since: 1.0
 */
char **
machtype_properties_dup_unused_names (const MachtypeProperties *properties)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;
  int row;

  g_return_val_if_fail (properties != NULL, NULL);

  g_hash_table_iter_init (&iter, properties->contents.images);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    row = mt_schema_find (key);
    if (row < 0 || row > MT_PROPERTY_LAST || is_kept (&properties->contents, row))
      g_ptr_array_add (names, g_strdup (key));
  }
  g_hash_table_iter_init (&iter, properties->contents.extra_specs);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (mt_spec_find (key) == MT_SPEC_NONE)
      g_ptr_array_add (names, g_strdup (key));
  }
  g_ptr_array_sort (names, compare_texts);
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

/* NULL: none. */
static char **
dup_sorted_names (GHashTable *table)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  if (table != NULL) {
    g_hash_table_iter_init (&iter, table);
    while (g_hash_table_iter_next (&iter, &key, NULL))
      g_ptr_array_add (names, g_strdup (key));
  }
  g_ptr_array_sort (names, compare_texts);
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

/**
 * machtype_properties_dup_image_names:
 * @properties: properties; must not be %NULL
 *
 * Lists the names of the image properties, not those of the extra specs. Thread-safe.
 *
 * Returns: (transfer full) (array zero-terminated=1): names, sorted; empty if there are none
 * Since: 1.0
 */
char **
machtype_properties_dup_image_names (const MachtypeProperties *properties)
{
  g_return_val_if_fail (properties != NULL, NULL);
  return dup_sorted_names (properties->contents.images);
}

/**
 * machtype_properties_dup_default_names:
 * @properties: properties; must not be %NULL
 *
 * Lists the image properties that are only defaults
 * ([method@Machtype.PropertiesBuilder.mark_default]). Thread-safe.
 *
 * Returns: (transfer full) (array zero-terminated=1): their names, in alphabetical order
 * Since: 1.0
 */
char **
machtype_properties_dup_default_names (const MachtypeProperties *properties)
{
  g_return_val_if_fail (properties != NULL, NULL);
  return dup_sorted_names (properties->contents.defaults);
}

gboolean
mt_properties_has_defaults (const MachtypeProperties *properties)
{
  return properties != NULL && properties->contents.defaults != NULL;
}

const char *
mt_properties_get (const MachtypeProperties *properties, MtProperty property)
{
  return properties != NULL ? properties->contents.values[property] : NULL;
}

const char *
mt_properties_get_spec (const MachtypeProperties *properties, MtSpec spec)
{
  return properties != NULL ? properties->contents.specs[spec] : NULL;
}

gboolean
mt_properties_has_features (const MachtypeProperties *properties)
{
  return properties != NULL && properties->contents.has_features;
}

gboolean
mt_properties_has_unknown (const MachtypeProperties *properties)
{
  return properties != NULL && properties->contents.has_unknown;
}

/* The first by name, so that it is always the same one. */
static void
find_refused (GHashTable *table, MtRefused *refused, gboolean is_spec)
{
  GHashTableIter iter;
  gpointer key, text;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, &text)) {
    const char *why = mt_property_get_refusal (key, text);

    if (why != NULL && (refused->name == NULL || strcmp (key, refused->name) < 0))
      *refused = (MtRefused){ key, why, is_spec };
  }
}

/* The first of the table, so that it is always the same one. */
static void
find_kept (const MachtypePropertiesBuilder *contents, MtRefused *refused)
{
  int i;

  for (i = 0; i <= MT_PROPERTY_LAST; i++) {
    const char *name = mt_property_name ((MtProperty)i);

    if (*name != '\0' && is_kept (contents, i)) {
      *refused = (MtRefused){ name, NULL, FALSE };
      return;
    }
  }
}

gboolean
mt_properties_check_deciding (const MachtypeProperties *properties, gboolean has_machine,
                              GError **error)
{
  static const MtProperty deciding[] = { MT_PROPERTY_EMULATION_ARCHITECTURE,
                                         MT_PROPERTY_ARCHITECTURE, MT_PROPERTY_MACHINE_TYPE };
  gboolean has_arch;
  gsize i;

  if (properties == NULL || !properties->contents.has_refused)
    return TRUE;
  has_arch = properties->contents.own_arch != MACHTYPE_ARCH_UNKNOWN;
  for (i = 0; i < G_N_ELEMENTS (deciding); i++) {
    const MtProperty row = deciding[i];
    const gboolean decided = row == MT_PROPERTY_MACHINE_TYPE ? has_machine : has_arch;
    const char *name = mt_property_name (row);

    if (!decided && is_kept (&properties->contents, (int)row))
      return mt_property_check (name, machtype_properties_get_image (properties, name), error);
    has_arch |= properties->contents.values[row] != NULL;
  }
  return TRUE;
}

gboolean
mt_properties_find_refused (const MachtypeProperties *properties, MtRefused *refused)
{
  memset (refused, 0, sizeof *refused);
  if (properties == NULL || !properties->contents.has_refused)
    return FALSE;
  find_kept (&properties->contents, refused);
  if (refused->name == NULL)
    find_refused (properties->contents.images, refused, FALSE);
  if (refused->name == NULL)
    find_refused (properties->contents.extra_specs, refused, TRUE);
  return refused->name != NULL;
}

MachtypeArch
mt_properties_get_arch (const MachtypeProperties *properties, MtProperty property)
{
  return properties != NULL ? properties->contents.archs[property] : MACHTYPE_ARCH_UNKNOWN;
}

MachtypeArch
mt_properties_get_own_arch (const MachtypeProperties *properties)
{
  return properties != NULL ? properties->contents.own_arch : MACHTYPE_ARCH_UNKNOWN;
}

/**
 * machtype_properties_get_guest_arch:
 * @properties: (nullable): properties, or %NULL for none
 * @host_arch: the architecture of the host; %MACHTYPE_ARCH_UNKNOWN if it is not known
 *
 * Gets the architecture of the guest, as [func@Machtype.resolve] decides it: that of
 * [method@Machtype.PropertiesBuilder.set_arch], otherwise `hw_emulation_architecture`, otherwise
 * `hw_architecture`, otherwise that of the host. Thread-safe.
 *
 * Source: `get_arch` of nova/virt/libvirt/utils.py; the emulated architecture takes precedence over
 * what it reads.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if it is not known
 * Since: 1.0
 */
MachtypeArch
machtype_properties_get_guest_arch (const MachtypeProperties *properties, MachtypeArch host_arch)
{
  const char *from;

  return mt_choose_guest_arch (
      mt_properties_get_own_arch (properties),
      mt_properties_get_arch (properties, MT_PROPERTY_EMULATION_ARCHITECTURE),
      mt_properties_get_arch (properties, MT_PROPERTY_ARCHITECTURE), host_arch, &from);
}

gsize
mt_properties_get_size (const MachtypeProperties *properties)
{
  GHashTableIter iter;
  gpointer name, value;
  gsize size = 0;

  g_hash_table_iter_init (&iter, properties->contents.images);
  while (g_hash_table_iter_next (&iter, &name, &value))
    size += strlen (name) + strlen (value);
  return size;
}
