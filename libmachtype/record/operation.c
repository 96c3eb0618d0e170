/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a record applies to operations on its instance. Nova loses it in resize, rescue and unshelve,
 * where it uses the image properties of a request or of another image; here one rule applies to
 * all: a record wins, and only a rebuild discards it. */

#include "record/record-private.h"

#include <string.h>

#include "error-private.h"
#include "properties/properties-private.h"
#include "string-private.h"
#include "text-private.h"

/* Sources: the actions of Nova's API (nova/objects/fields.py, NotificationAction; the words of its
 * command line). */
static const char operations[][16] = {
  [MACHTYPE_OPERATION_UNKNOWN] = "unknown",
  [MACHTYPE_OPERATION_SPAWN] = "spawn",
  [MACHTYPE_OPERATION_HARD_REBOOT] = "hard-reboot",
  [MACHTYPE_OPERATION_RESIZE] = "resize",
  [MACHTYPE_OPERATION_REVERT_RESIZE] = "revert-resize",
  [MACHTYPE_OPERATION_COLD_MIGRATE] = "cold-migrate",
  [MACHTYPE_OPERATION_LIVE_MIGRATE] = "live-migrate",
  [MACHTYPE_OPERATION_EVACUATE] = "evacuate",
  [MACHTYPE_OPERATION_RESCUE] = "rescue",
  [MACHTYPE_OPERATION_UNRESCUE] = "unrescue",
  [MACHTYPE_OPERATION_SHELVE] = "shelve",
  [MACHTYPE_OPERATION_UNSHELVE] = "unshelve",
  [MACHTYPE_OPERATION_REBUILD] = "rebuild",
};

/**
 * machtype_operation_to_string:
 * @operation: an operation
 *
 * Gets the word for an operation, such as `hard-reboot`. Thread-safe.
 *
 * Returns: (transfer none): a constant string
 * Since: 1.0
 */
const char *
machtype_operation_to_string (MachtypeOperation operation)
{
  return MT_WORD (operations, operation);
}

/**
 * machtype_operation_from_string:
 * @text: an operation, such as `hard-reboot`, `hard_reboot` or `Hard reboot`; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an operation by name. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown operation; the message lists the known
 * ones.
 *
 * Returns: the operation, or %MACHTYPE_OPERATION_UNKNOWN on error
 * Since: 1.0
 */
MachtypeOperation
machtype_operation_from_string (const char *text, GError **error)
{
  const char *words[G_N_ELEMENTS (operations)] = { NULL };
  g_autofree char *folded = NULL, *shown = NULL, *known = NULL, *hint = NULL;
  gsize i;

  g_return_val_if_fail (text != NULL, MACHTYPE_OPERATION_UNKNOWN);

  folded = g_strdelimit (g_ascii_strdown (text, -1), "_ ", '-');
  for (i = MACHTYPE_OPERATION_UNKNOWN + 1; i < G_N_ELEMENTS (operations); i++) {
    if (strcmp (folded, operations[i]) == 0)
      return (MachtypeOperation)i;
    words[i - 1] = operations[i];
  }
  shown = mt_escape_for_message (text);
  known = g_strjoinv (", ", (char **)(gpointer)words);
  hint = mt_dup_similar_hint (folded, words);
  mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "'%s' is not a valid operation; use one of %s%s",
           shown, known, hint);
  return MACHTYPE_OPERATION_UNKNOWN;
}

static gboolean
check_operation (MachtypeOperation operation, GError **error)
{
  if (operation != MACHTYPE_OPERATION_UNKNOWN && (guint)operation < G_N_ELEMENTS (operations))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown operation %d", (int)operation);
}

static MachtypeProperties *
with_arch (MachtypeProperties *properties, MachtypeArch arch, GError **error)
{
  const char *name = mt_property_name (MT_PROPERTY_EMULATION_ARCHITECTURE);
  g_autoptr (MachtypePropertiesBuilder) builder = NULL;

  if (arch == MACHTYPE_ARCH_UNKNOWN)
    return machtype_properties_ref (properties);
  builder = mt_properties_builder_new_from (properties, name);
  if (!machtype_properties_builder_add_image (builder, name, machtype_arch_to_string (arch),
                                              error) ||
      !machtype_properties_builder_set_arch (builder, MACHTYPE_ARCH_UNKNOWN, error))
    return NULL;
  return machtype_properties_builder_end (builder);
}

/**
 * machtype_record_dup_guest_properties:
 * @record: (nullable): a record; %NULL for an instance that has none
 * @operation: what is done with the instance
 * @properties: (nullable): image properties and extra specs of the operation: those of a rescue
 *   image, of a new flavor; %NULL for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Gets the properties to create the instance's guest with: @properties, overridden by those of the
 * record, its architecture included. For a rebuild, and without a record, they are @properties
 * alone. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid operation, %MACHTYPE_ERROR_TOO_LARGE if
 * there are too many properties.
 *
 * Returns: (transfer full): the properties, or %NULL on error
 * Since: 1.0
 */
MachtypeProperties *
machtype_record_dup_guest_properties (const MachtypeRecord *record, MachtypeOperation operation,
                                      MachtypeProperties *properties, GError **error)
{
  g_autoptr (MachtypeProperties) overlaid = NULL;

  if (!check_operation (operation, error))
    return NULL;
  if (record == NULL || operation == MACHTYPE_OPERATION_REBUILD)
    return mt_properties_overlay (properties, NULL, error);
  overlaid = mt_properties_overlay (properties, record->properties, error);
  return overlaid != NULL ? with_arch (overlaid, record->arch, error) : NULL;
}
