/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A definition without what libvirt adds to it when it is defined, for comparing what was intended
 * with what is defined. */

#include "domain/domain-private.h"

#include <string.h>

#include "xml-tree.h"

/* The address of a device in the guest; that on the host is deeper, in <source>. Without it, a
 * device that has nothing else in it is written like one that never had it. */
static void
remove_address (MtXmlNode *device)
{
  MtXmlNode *address = mt_xml_node_find (device, "address");

  if (address == NULL)
    return;
  mt_xml_node_remove (address);
  if (mt_xml_node_first (device) == NULL)
    mt_xml_node_set_text (device, "");
}

/* libvirt adds controllers, addresses of devices (src/qemu/qemu_domain_address.c), and models and
 * numbers in controllers (qemuDomainControllerDefPostParse in src/qemu/qemu_domain.c). */
static void
remove_added (MtXmlNode *devices)
{
  MtXmlNode *device = mt_xml_node_first (devices), *next;

  for (; device != NULL; device = next) {
    next = mt_xml_node_next (device);
    if (mt_xml_node_is (device, NULL, "controller"))
      mt_xml_node_remove (device);
    else
      remove_address (device);
  }
}

char *
mt_domain_dup_comparable (const char *xml, GError **error)
{
  g_autoptr (MtXmlTree) tree = mt_domain_read_tree (xml, strlen (xml), error);

  if (tree == NULL)
    return NULL;
  remove_added (mt_xml_node_find (mt_xml_tree_get_root (tree), "devices"));
  return mt_xml_tree_write (tree, error);
}
