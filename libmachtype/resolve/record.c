/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolves what was recorded, and records what was resolved. */

#include "record/record-private.h"

#include <machtype/resolve.h>

/**
 * machtype_record_builder_set_resolution:
 * @builder: a builder; must not be %NULL
 * @resolution: a resolution; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets machine type and architecture as they were resolved.
 *
 * Returns: %TRUE, or %FALSE on error; currently it cannot fail
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_resolution (MachtypeRecordBuilder *builder,
                                        const MachtypeResolution *resolution, GError **error)
{
  g_return_val_if_fail (builder != NULL && resolution != NULL, FALSE);

  return machtype_record_builder_set_machine (
             builder, machtype_resolution_get_machine_to_record (resolution),
             machtype_resolution_get_machine (resolution),
             machtype_resolution_get_source (resolution), error) &&
         machtype_record_builder_set_arch (builder, machtype_resolution_get_arch (resolution),
                                           error);
}

/**
 * machtype_record_resolve:
 * @record: (nullable): a record; %NULL for an instance that has none
 * @operation: what is done with the instance
 * @properties: (nullable): image properties and extra specs of the operation, or %NULL for none
 * @policy: (nullable): the operator's defaults, or %NULL for none, and to pin
 * @host: (nullable): the host, or %NULL if nothing is known about it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Decides the machine type of an instance that has a record: the recorded one in every operation
 * except a rebuild. For a rebuild, for a record without a machine type, and without a record, the
 * rules of [func@Machtype.resolve] apply. Create the guest with the properties of
 * [method@Machtype.Record.dup_guest_properties]. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid operation, and what
 * [func@Machtype.resolve] raises.
 *
 * Returns: (transfer full): the resolution, or %NULL on error
 * Since: 1.0
 */
MachtypeResolution *
machtype_record_resolve (const MachtypeRecord *record, MachtypeOperation operation,
                         MachtypeProperties *properties, MachtypePolicy *policy, MachtypeHost *host,
                         GError **error)
{
  g_autoptr (MachtypeProperties) all = NULL;
  const char *recorded = NULL;

  all = machtype_record_dup_guest_properties (record, operation, properties, error);
  if (all == NULL)
    return NULL;
  if (record != NULL && operation != MACHTYPE_OPERATION_REBUILD)
    recorded = record->machine;
  return machtype_resolve (all, policy, host, recorded, error);
}
