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

/* The row of a known image property: the first ones are MtProperty; -1 if nobody knows it. */
int mt_schema_find (const char *name);

/* Checks a value. *checked is then its spelling in libvirt (or NULL where it has none), the
 * caller's; *arch what it stands for where it is an architecture. */
gboolean mt_schema_check (int row, const char *value, char **checked, MachtypeArch *arch,
                          GError **error);

/* Whether a known image property can have a value; raises what adding it would. */
gboolean mt_property_check (const char *name, const char *value, GError **error);

/* The checked value, in the spelling that libvirt uses; NULL where it is unset. properties may be
 * NULL: nothing is set. */
const char *mt_properties_get (const MachtypeProperties *properties, MtProperty property);

/* MACHTYPE_ARCH_UNKNOWN where it is unset. */
MachtypeArch mt_properties_get_arch (const MachtypeProperties *properties, MtProperty property);

/* How much the image properties take, names and values together, in bytes. */
gsize mt_properties_get_size (const MachtypeProperties *properties);

/* A builder with all that properties hold, but for one image property (NULL: none is left out). */
MachtypePropertiesBuilder *mt_properties_builder_new_from (MachtypeProperties *properties,
                                                           const char *except);

/* base, over which the image properties of over win. Each may be NULL: nothing. */
MachtypeProperties *mt_properties_overlay (MachtypeProperties *base, MachtypeProperties *over,
                                           GError **error);

gboolean mt_properties_equal (const MachtypeProperties *a, const MachtypeProperties *b);

/* The same without extra specs: itself, where there are none. */
MachtypeProperties *mt_properties_dup_images (MachtypeProperties *properties);
