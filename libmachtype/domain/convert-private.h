/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

#include "compat/compat-private.h"
#include "guest/guest-private.h"
#include "xml-tree.h"

/* A domain on its way to a machine of another family: what is there, and where it goes. */
typedef struct {
  MtXmlNode *root;
  MtClass to;             /* one that mt_adapt_is_target names */
  const MtRecipe *recipe; /* what guests of the new machine are given */
  GPtrArray *effects;     /* of MachtypeFinding: what the guest will notice */
} MtMove;

G_GNUC_PRINTF (4, 5)
void mt_move_tell (const MtMove *move, const char *code, const char *remedy, const char *format,
                   ...);

/* Whether a machine of the class cannot carry it, as far as somebody has said so. */
gboolean mt_move_is_unfit (const MtMove *move, MtKind kind, const char *value);

/* The devices of a domain one after the other, in no namespace. libvirt takes those of every
 * <devices> there is. Start with NULL; NULL: no more. */
MtXmlNode *mt_move_next_device (const MtMove *move, MtXmlNode *device);

/* Whether a node has an attribute of that value. node may be NULL. */
gboolean mt_node_says (MtXmlNode *node, const char *attribute, const char *value);

gboolean mt_node_is_controller (MtXmlNode *device, const char *type);

/* All elements in it but those of a name. */
void mt_node_remove_children (MtXmlNode *node, const char *kept);

/* Whether domains are moved to machines of the class. */
gboolean mt_adapt_is_target (MtClass class);

/* What no change of devices can help: raises MACHTYPE_ERROR_UNSUPPORTED, or INVALID_XML. */
gboolean mt_adapt_check (const MtMove *move, GError **error);

/* Everything that does not fit the new machine becomes what fits, or goes. */
void mt_adapt_devices (const MtMove *move);

/* The same for PCI and what drives hang on, and for where devices sit. */
void mt_adapt_controllers (const MtMove *move);
void mt_adapt_addresses (const MtMove *move);

/* Drives on a bus that the machine does not have move to one that it has. Afterwards it boots from
 * the same one. */
void mt_adapt_disks (const MtMove *move);
