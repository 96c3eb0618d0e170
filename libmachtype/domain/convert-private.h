/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

#include "compat/compat-private.h"
#include "guest/guest-private.h"
#include "xml-tree.h"

/* A domain that is being converted to another family: from which machine, and to which. */
typedef struct {
  MtXmlNode *root;
  gboolean to_other_family;
  /* For another family: */
  MtMachineClass to;      /* one that mt_conversion_is_target names */
  const MtRecipe *recipe; /* the defaults of guests of the new machine; NULL: no supported target */
  GPtrArray *reasons;     /* of MachtypeFinding: why it is impossible */
  GPtrArray *effects;     /* of MachtypeFinding: the effects on the guest */
} MtConversion;

G_GNUC_PRINTF (4, 5)
void mt_conversion_add_effect (const MtConversion *move, const char *code, const char *remedy,
                               const char *format, ...);

/* Adds a reason against the conversion, which no force overrides. */
G_GNUC_PRINTF (4, 5)
void mt_conversion_refuse (const MtConversion *move, const char *code, const char *remedy,
                           const char *format, ...);

/* Whether machines of the class are known not to support it. */
gboolean mt_conversion_is_unfit (const MtConversion *move, MtDeviceKind kind, const char *value);

/* Iterates over the devices of a domain, in no namespace. libvirt reads every <devices> element.
 * Start with NULL; NULL: no more. */
MtXmlNode *mt_conversion_next_device (const MtConversion *move, MtXmlNode *device);

/* Whether a node has an attribute with that value. node can be NULL. */
gboolean mt_xml_node_has_value (MtXmlNode *node, const char *attribute, const char *value);

gboolean mt_xml_node_is_controller (MtXmlNode *device, const char *type);

/* Removes all child elements except those with a name. */
void mt_xml_node_remove_children (MtXmlNode *node, const char *kept);

/* Whether machines of the class are supported as targets. */
gboolean mt_conversion_is_target (MtMachineClass class);

/* Refuses what no change of devices can fix. */
void mt_conversion_check (const MtConversion *move);

/* Replaces or removes everything that the new machine does not support. */
void mt_convert_devices (const MtConversion *move);

/* The same for PCI, the controllers of drives, and the addresses of devices. */
void mt_convert_controllers (const MtConversion *move);
void mt_convert_addresses (const MtConversion *move);

/* Moves drives on a bus that the machine does not have to one that it has. The domain then boots
 * from the same drive. */
void mt_convert_disks (const MtConversion *move);
