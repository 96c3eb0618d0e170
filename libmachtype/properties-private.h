/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/properties.h>

/* The image properties that the library acts on: those of Nova's documents on machine types and on
 * architecture emulation, and the device defaults that Nova stores beside the machine type. */
typedef enum {
  MT_PROPERTY_ARCHITECTURE,
  MT_PROPERTY_EMULATION_ARCHITECTURE,
  MT_PROPERTY_MACHINE_TYPE,
  MT_PROPERTY_FIRMWARE_TYPE,
  MT_PROPERTY_DISK_BUS,
  MT_PROPERTY_CDROM_BUS,
  MT_PROPERTY_SCSI_MODEL,
  MT_PROPERTY_VIDEO_MODEL,
  MT_PROPERTY_VIF_MODEL,
  MT_PROPERTY_INPUT_BUS,
  MT_PROPERTY_POINTER_MODEL,
  MT_PROPERTY_LAST = MT_PROPERTY_POINTER_MODEL
} MtProperty;

const char *mt_property_name (MtProperty property);

/* Whether a known image property can have a value; raises what adding it would. */
gboolean mt_property_check (const char *name, const char *value, GError **error);

/* The checked value, in the spelling that libvirt uses; NULL where it is unset. properties may be
 * NULL: nothing is set. */
const char *mt_properties_get (const MachtypeProperties *properties, MtProperty property);

/* MACHTYPE_ARCH_UNKNOWN where it is unset. */
MachtypeArch mt_properties_get_arch (const MachtypeProperties *properties, MtProperty property);
