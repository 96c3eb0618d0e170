/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A definition without what libvirt adds to it when it is defined, for comparing what was intended
 * with what is defined, and for what is sent to another host. */

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

static gboolean
is_itco (MtXmlNode *device)
{
  g_autofree char *model = mt_xml_node_dup (device, "model");

  return mt_xml_node_is (device, NULL, "watchdog") && g_strcmp0 (model, "itco") == 0;
}

/* What the first watchdog does that is not of the chipset; without one, libvirt's default. */
static char *
dup_action (MtXmlNode *devices)
{
  MtXmlNode *device = mt_xml_node_find (devices, "watchdog");
  char *action;

  while (device != NULL && (!mt_xml_node_is (device, NULL, "watchdog") || is_itco (device)))
    device = mt_xml_node_next (device);
  action = mt_xml_node_dup (device, "action");
  return action != NULL ? action : g_strdup ("reset");
}

/* The watchdog of q35's chipset, which libvirt from 9.1 on writes down, with the action of the
 * others (src/qemu/qemu_postparse.c). */
static gboolean
is_added_watchdog (MtXmlNode *device, const char *action)
{
  g_autofree char *own = is_itco (device) ? mt_xml_node_dup (device, "action") : NULL;

  return g_strcmp0 (own, action) == 0;
}

/* libvirt adds controllers, addresses of devices (src/qemu/qemu_domain_address.c), models and
 * numbers in controllers (qemuDomainControllerDefPostParse in src/qemu/qemu_domain.c), and a
 * watchdog. */
static void
remove_added (MtXmlNode *devices)
{
  MtXmlNode *device = mt_xml_node_first (devices), *next;
  g_autofree char *action = dup_action (devices);

  for (; device != NULL; device = next) {
    next = mt_xml_node_next (device);
    if (mt_xml_node_is (device, NULL, "controller") || is_added_watchdog (device, action))
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

/* The chipset's watchdog with its default action is not sent (qemuDomainDefFormatBufInternal in
 * src/qemu/qemu_domain.c). */
char *
mt_domain_dup_migratable (const char *xml, GError **error)
{
  g_autoptr (MtXmlTree) tree = mt_domain_read_tree (xml, strlen (xml), error);
  MtXmlNode *device, *next;

  if (tree == NULL)
    return NULL;
  device = mt_xml_node_find (mt_xml_tree_get_root (tree), "devices");
  for (device = mt_xml_node_first (device); device != NULL; device = next) {
    next = mt_xml_node_next (device);
    if (is_added_watchdog (device, "reset"))
      mt_xml_node_remove (device);
  }
  return mt_xml_tree_write (tree, error);
}
