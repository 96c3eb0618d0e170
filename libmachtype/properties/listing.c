/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The known image properties and extra specs, and their values, for programs that offer them. */

#include "properties/properties-private.h"

#include "arch-private.h"
#include "error-private.h"
#include "string-private.h"

static MachtypeValueType
get_public_type (MtValueType type)
{
  static const guint8 types[] = {
    [MT_VALUE_SAME] = MACHTYPE_VALUE_TYPE_UNKNOWN,
    [MT_VALUE_ARCH] = MACHTYPE_VALUE_TYPE_ARCH,
    [MT_VALUE_MACHINE] = MACHTYPE_VALUE_TYPE_MACHINE,
    [MT_VALUE_ENUM] = MACHTYPE_VALUE_TYPE_WORD,
    [MT_VALUE_FOLDED_ENUM] = MACHTYPE_VALUE_TYPE_WORD,
    [MT_VALUE_BOOLEAN] = MACHTYPE_VALUE_TYPE_BOOLEAN,
    [MT_VALUE_INTEGER] = MACHTYPE_VALUE_TYPE_INTEGER,
    [MT_VALUE_UNSIGNED] = MACHTYPE_VALUE_TYPE_INTEGER,
    [MT_VALUE_POSITIVE] = MACHTYPE_VALUE_TYPE_INTEGER,
    [MT_VALUE_USB_PORTS] = MACHTYPE_VALUE_TYPE_INTEGER,
    [MT_VALUE_TEXT] = MACHTYPE_VALUE_TYPE_TEXT,
  };

  return (MachtypeValueType)types[type];
}

static char **
dup_archs (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  guint i;

  for (i = MACHTYPE_ARCH_UNKNOWN + 1; i <= MT_ARCH_LAST; i++)
    g_ptr_array_add (names, g_strdup (machtype_arch_to_string ((MachtypeArch)i)));
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

static char **
dup_values (MtValueType type, const char *words)
{
  if (type == MT_VALUE_ARCH)
    return dup_archs ();
  return mt_words_dup (type == MT_VALUE_BOOLEAN ? "yes no" : words);
}

static const char value_types[][8] = {
  [MACHTYPE_VALUE_TYPE_UNKNOWN] = "unknown", [MACHTYPE_VALUE_TYPE_WORD] = "word",
  [MACHTYPE_VALUE_TYPE_BOOLEAN] = "boolean", [MACHTYPE_VALUE_TYPE_INTEGER] = "integer",
  [MACHTYPE_VALUE_TYPE_TEXT] = "text",       [MACHTYPE_VALUE_TYPE_ARCH] = "arch",
  [MACHTYPE_VALUE_TYPE_MACHINE] = "machine",
};

/**
 * machtype_value_type_to_string:
 * @type: a value type
 *
 * Gets the word for a value type, such as `boolean`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for %MACHTYPE_VALUE_TYPE_UNKNOWN and for
 *   an invalid value
 * Since: 1.0
 */
const char *
machtype_value_type_to_string (MachtypeValueType type)
{
  return MT_WORD (value_types, type);
}

/**
 * machtype_value_type_from_string:
 * @text: the word for a value type; must not be %NULL
 * @type: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a value type by its word, as machtype_value_type_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @type is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_value_type_from_string (const char *text, MachtypeValueType *type, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (value_types, "value type", text, error);
  if (found >= 0 && type != NULL)
    *type = (MachtypeValueType)found;
  return found >= 0;
}

/**
 * machtype_image_property_dup_names:
 *
 * Lists the image properties that Nova has. Those that the library acts on come first; for the
 * others, only the values are checked. Traits (`trait:...`), which are unlimited in number, are not
 * listed. Thread-safe.
 *
 * Source: nova/objects/image_meta.py.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, always in the same order
 * Since: 1.0
 */
char **
machtype_image_property_dup_names (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const MtSchema *row;
  int i;

  for (i = 0; (row = mt_schema_get (i)) != NULL; i++) {
    if (row->image[0] != '\0')
      g_ptr_array_add (names, g_strdup (row->image));
  }
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

/**
 * machtype_image_property_get_value_type:
 * @name: name of an image property; must not be %NULL
 *
 * Gets the type of the values of an image property. Thread-safe.
 *
 * Returns: the type; %MACHTYPE_VALUE_TYPE_UNKNOWN for a name that
 *   [func@Machtype.image_property_dup_names] does not list
 * Since: 1.0
 */
MachtypeValueType
machtype_image_property_get_value_type (const char *name)
{
  int row;

  g_return_val_if_fail (name != NULL, MACHTYPE_VALUE_TYPE_UNKNOWN);
  row = mt_schema_find (name);
  return get_public_type (row >= 0 ? (MtValueType)mt_schema_get (row)->type : MT_VALUE_SAME);
}

/**
 * machtype_image_property_dup_values:
 * @name: name of an image property; must not be %NULL
 *
 * Lists the values that an image property takes, if they can be listed: words, `yes` and `no`,
 * architectures. Other spellings may be accepted as well, such as `true`. Thread-safe.
 *
 * Source: nova/objects/fields.py.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values, in the order of the library's
 *   table, architectures in the order of [enum@Machtype.Arch]; empty for types that have no list,
 *   and for an unknown name
 * Since: 1.0
 */
char **
machtype_image_property_dup_values (const char *name)
{
  const MtSchema *row;

  g_return_val_if_fail (name != NULL, NULL);
  row = mt_schema_get (mt_schema_find (name));
  return row != NULL ? dup_values ((MtValueType)row->type, row->words) : g_new0 (char *, 1);
}

/**
 * machtype_extra_spec_is_known:
 * @name: name of an extra spec; must not be %NULL
 *
 * Checks whether Nova has an extra spec of this name. Those with a number or a name of a deployment
 * in theirs count as well, such as `hw:numa_cpus.0` and `trait:...`. Thread-safe.
 *
 * Source: nova/api/validation/extra_specs.
 *
 * Returns: %TRUE if it has one
 * Since: 1.0
 */
gboolean
machtype_extra_spec_is_known (const char *name)
{
  const char *words;

  g_return_val_if_fail (name != NULL, FALSE);
  return mt_spec_find (name) != MT_SPEC_NONE ||
         mt_other_spec_get_type (name, &words) != MT_VALUE_SAME;
}

/**
 * machtype_extra_spec_get_value_type:
 * @name: name of an extra spec; must not be %NULL
 *
 * Gets the type of the values of an extra spec. Thread-safe.
 *
 * Returns: the type; %MACHTYPE_VALUE_TYPE_UNKNOWN for a name that Nova does not have
 * Since: 1.0
 */
MachtypeValueType
machtype_extra_spec_get_value_type (const char *name)
{
  const char *words;
  MtSpec spec;

  g_return_val_if_fail (name != NULL, MACHTYPE_VALUE_TYPE_UNKNOWN);
  spec = mt_spec_find (name);
  return get_public_type (spec != MT_SPEC_NONE ? mt_schema_get_spec_type (mt_spec_get (spec))
                                               : mt_other_spec_get_type (name, &words));
}

/**
 * machtype_extra_spec_dup_values:
 * @name: name of an extra spec; must not be %NULL
 *
 * Lists the values that an extra spec takes, if they can be listed: words, `yes` and `no`. Other
 * spellings may be accepted as well, such as `true`. Thread-safe.
 *
 * Source: nova/api/validation/extra_specs.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values, in the order of the library's
 *   table; empty for types that have no list, and for an unknown name
 * Since: 1.0
 */
char **
machtype_extra_spec_dup_values (const char *name)
{
  const MtSchema *row;
  const char *words;
  MtValueType type;
  MtSpec spec;

  g_return_val_if_fail (name != NULL, NULL);
  spec = mt_spec_find (name);
  if (spec == MT_SPEC_NONE) {
    type = mt_other_spec_get_type (name, &words);
    return dup_values (type, words);
  }
  row = mt_spec_get (spec);
  return dup_values (mt_schema_get_spec_type (row), row->words);
}
