/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparing and printing all of the properties of a guest. */

#include <machtype/json.h>

#include <string.h>

#include "error-private.h"
#include "properties/contents-private.h"

static gboolean
has_same_specs (const MachtypeProperties *a, const MachtypeProperties *b)
{
  GHashTableIter iter;
  gpointer name, value;

  if (g_hash_table_size (a->contents.extra_specs) != g_hash_table_size (b->contents.extra_specs))
    return FALSE;
  g_hash_table_iter_init (&iter, a->contents.extra_specs);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (g_strcmp0 (machtype_properties_get_extra_spec (b, name), value) != 0)
      return FALSE;
  }
  return TRUE;
}

/**
 * machtype_properties_equal:
 * @a: properties; must not be %NULL
 * @b: others, or the same; must not be %NULL
 *
 * Checks whether properties are equal: image properties, and which of them are only defaults, extra
 * specs, and the architecture that the program has set. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_properties_equal (const MachtypeProperties *a, const MachtypeProperties *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return mt_properties_equal (a, b) && has_same_specs (a, b) &&
         a->contents.own_arch == b->contents.own_arch;
}

static guint
hash_specs (const MachtypeProperties *properties)
{
  GHashTableIter iter;
  gpointer name, value;
  guint hash = 0;

  g_hash_table_iter_init (&iter, properties->contents.extra_specs);
  while (g_hash_table_iter_next (&iter, &name, &value))
    hash += g_str_hash (name) * 31 + g_str_hash (value); /* in any order */
  return hash;
}

/**
 * machtype_properties_hash:
 * @properties: properties; must not be %NULL
 *
 * Computes a hash of properties, for hash tables: equal properties have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_properties_hash (const MachtypeProperties *properties)
{
  g_return_val_if_fail (properties != NULL, 0);
  return mt_properties_hash (properties) + hash_specs (properties) * 31 +
         (guint)properties->contents.own_arch;
}

static void
append_pairs (GString *text, GHashTable *table)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (table), (GCompareFunc)strcmp);
  const GList *name;

  for (name = names; name != NULL; name = name->next) {
    g_autofree char *value = machtype_json_quote (g_hash_table_lookup (table, name->data));
    g_autofree char *shown = mt_escape_for_message (name->data);

    g_string_append_printf (text, "%s%s=%s", text->len != 0 ? " " : "", shown, value);
  }
}

/**
 * machtype_properties_to_string:
 * @properties: properties; must not be %NULL
 *
 * Describes properties on one line, for logs and debuggers: the architecture that the program has
 * set, image properties and extra specs, each sorted by name. It is not meant to be read again.
 * Thread-safe.
 *
 * Returns: (transfer full): the description; empty if there are none
 * Since: 1.0
 */
char *
machtype_properties_to_string (const MachtypeProperties *properties)
{
  GString *text;

  g_return_val_if_fail (properties != NULL, NULL);

  text = g_string_new (properties->contents.own_arch != MACHTYPE_ARCH_UNKNOWN
                           ? machtype_arch_to_string (properties->contents.own_arch)
                           : "");
  append_pairs (text, properties->contents.images);
  append_pairs (text, properties->contents.extra_specs);
  return g_string_free (text, FALSE);
}
