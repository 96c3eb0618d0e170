/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The image properties and extra specs that are probably misspelled. */

#include "properties/properties-private.h"

#include "finding-private.h"
#include "text-private.h"

static gboolean
is_known (const char *name, gboolean is_spec)
{
  return is_spec ? machtype_extra_spec_is_known (name) : machtype_image_property_is_known (name);
}

/* Images have many properties of other programs. These namespaces are Nova's, and all that is in
 * them is known. An unknown extra spec in one of Nova's is an error. */
static gboolean
is_novas (const char *name, gboolean is_spec)
{
  return !is_spec && (g_str_has_prefix (name, "hw_") || g_str_has_prefix (name, "img_"));
}

/* names: those that are known, of its kind. */
static void
add_unknown (GPtrArray *findings, const char *name, gboolean is_spec, char **names)
{
  g_autofree char *hint = mt_dup_similar_hint (name, (const char *const *)names), *shown = NULL;

  if (*hint == '\0' && !is_novas (name, is_spec))
    return;
  shown = mt_escape_for_message (name);
  g_ptr_array_add (findings, mt_finding_new_of (
                                 "property-unknown",
                                 g_strdup_printf ("%s is not a known %s%s", shown,
                                                  is_spec ? "extra spec" : "image property", hint),
                                 NULL, name, MACHTYPE_AUTHORITY_LIBMACHTYPE, NULL));
}

/**
 * machtype_properties_list_unknown:
 * @properties: properties; must not be %NULL
 *
 * Lists the image properties and extra specs that are probably misspelled: their names are unknown,
 * and either similar to a known one, which the message suggests, or in one of Nova's namespaces.
 * The code is `property-unknown`, the subject the name. Names of other programs are not listed.
 * Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings, sorted by name; empty
 *   if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_properties_list_unknown (const MachtypeProperties *properties)
{
  GPtrArray *findings = mt_findings_new ();
  g_auto (GStrv) names = NULL, images = NULL, specs = NULL;
  char **name;

  g_return_val_if_fail (properties != NULL, findings);

  names = machtype_properties_dup_unused_names (properties);
  for (name = names; *name != NULL; name++) {
    gboolean is_spec = machtype_properties_get_image (properties, *name) == NULL;

    if (is_known (*name, is_spec))
      continue;
    /* An image can have many unknown properties; most have none. */
    if (is_spec && specs == NULL)
      specs = machtype_extra_spec_dup_names ();
    if (!is_spec && images == NULL)
      images = machtype_image_property_dup_names ();
    add_unknown (findings, *name, is_spec, is_spec ? specs : images);
  }
  return findings;
}
