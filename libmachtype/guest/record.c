/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records a guest. */

#include "guest/guest-private.h"
#include "record/record-private.h"

/**
 * machtype_record_builder_set_guest:
 * @builder: a builder; must not be %NULL
 * @guest: a guest; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets machine type and architecture of a guest that is about to be started for the first time, and
 * what was decided with them about its devices (disk, CD-ROM, input, pointer, video, network). For
 * a device that the guest does not have, the property is set as a default
 * ([method@Machtype.Properties.is_default]). Each is set only if the builder does not have the
 * property yet, has it only as a default, or has it from a guest that was set before.
 *
 * Raises %MACHTYPE_ERROR_TOO_LARGE if there are too many properties. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_guest (MachtypeRecordBuilder *builder, const MachtypeGuest *guest,
                                   GError **error)
{
  g_autoptr (MachtypeProperties) devices = NULL;

  g_return_val_if_fail (builder != NULL && guest != NULL, FALSE);

  devices = mt_guest_dup_devices (guest);
  return mt_record_builder_set_devices (builder, devices, error) &&
         machtype_record_builder_set_resolution (builder, mt_guest_get_resolution (guest), error);
}
