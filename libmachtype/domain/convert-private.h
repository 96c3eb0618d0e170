/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

#include "compat/compat-private.h"
#include "guest/guest-private.h"
#include "xml-tree.h"

/* A domain on its way to a machine of another family: what is there, and where it goes. */
typedef struct {
  MtXmlNode *root;
  MtMachineClass to;      /* one that mt_conversion_is_target names */
  const MtRecipe *recipe; /* what guests of the new machine are given */
  GPtrArray *effects;     /* of MachtypeFinding: what the guest will notice */
} MtConversion;

G_GNUC_PRINTF (4, 5)
void mt_conversion_add_effect (const MtConversion *move, const char *code, const char *remedy,
                               const char *format, ...);

/* Whether a machine of the class cannot carry it, as far as somebody has said so. */
gboolean mt_conversion_is_unfit (const MtConversion *move, MtDeviceKind kind, const char *value);

/* The devices of a domain one after the other, in no namespace. libvirt takes those of every
 * <devices> there is. Start with NULL; NULL: no more. */
MtXmlNode *mt_conversion_next_device (const MtConversion *move, MtXmlNode *device);

/* Whether a node has an attribute of that value. node may be NULL. */
gboolean mt_xml_node_has_value (MtXmlNode *node, const char *attribute, const char *value);

gboolean mt_xml_node_is_controller (MtXmlNode *device, const char *type);

/* All elements in it but those of a name. */
void mt_xml_node_remove_children (MtXmlNode *node, const char *kept);

/* Whether domains are moved to machines of the class. */
gboolean mt_conversion_is_target (MtMachineClass class);

/* What no change of devices can help: raises MACHTYPE_ERROR_UNSUPPORTED, or INVALID_XML. */
gboolean mt_conversion_check (const MtConversion *move, GError **error);

/* Everything that does not fit the new machine becomes what fits, or goes. */
void mt_convert_devices (const MtConversion *move);

/* The same for PCI and what drives hang on, and for where devices sit. */
void mt_convert_controllers (const MtConversion *move);
void mt_convert_addresses (const MtConversion *move);

/* Drives on a bus that the machine does not have move to one that it has. Afterwards it boots from
 * the same one. */
void mt_convert_disks (const MtConversion *move);
