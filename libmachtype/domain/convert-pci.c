/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers and addresses of a domain that is converted to another family. */

#include "domain/convert-private.h"

#include <string.h>

/* libvirt src/conf/domain_conf.c, virDomainControllerDefParseXML: a controller without a type. */
#define TYPE_UNSAID "ide"

/* The others are below it. */
static gboolean
is_root (MtXmlNode *controller)
{
  g_autofree char *index = mt_xml_node_dup (controller, "index");
  g_autofree char *model = mt_xml_node_dup (controller, "model");

  return (index != NULL && strcmp (index, "0") == 0) || g_strcmp0 (model, "pci-root") == 0 ||
         g_strcmp0 (model, "pcie-root") == 0;
}

static gboolean
is_expander (MtXmlNode *controller)
{
  return mt_xml_node_has_value (controller, "model", "pci-expander-bus") ||
         mt_xml_node_has_value (controller, "model", "pcie-expander-bus");
}

static MtXmlNode *
add_root (const MtConversion *move)
{
  MtXmlNode *device = mt_conversion_next_device (move, NULL), *last = NULL, *root;

  for (; device != NULL; device = mt_conversion_next_device (move, device)) {
    if (mt_xml_node_is (device, NULL, "controller"))
      last = device;
  }
  if (last != NULL)
    root = mt_xml_node_add_after (last, "controller");
  else
    root = mt_xml_node_add_in (mt_xml_node_find (move->root, "devices"), "controller");
  if (root != NULL) {
    mt_xml_node_set (root, "type", "pci");
    mt_xml_node_set (root, "index", "0");
  }
  return root;
}

/* As guests of this library have them: on PCI Express a separate port for each device, and some
 * free ones, because nothing can be hot-plugged otherwise. */
static void
add_root_ports (const MtConversion *move, MtXmlNode *root)
{
  MtXmlNode *last = root;
  guint i;

  for (i = 1; last != NULL && move->recipe->root_ports && i <= MT_ROOT_PORTS; i++) {
    g_autofree char *index = g_strdup_printf ("%u", i);

    last = mt_xml_node_add_after (last, "controller");
    if (last == NULL)
      return;
    mt_xml_node_set (last, "type", "pci");
    mt_xml_node_set (last, "index", index);
    mt_xml_node_set (last, "model", "pcie-root-port");
  }
}

/* The tree of PCI buses is created again, and of the root only the size of the 64-bit hole is kept,
 * which both kinds have (libvirt src/qemu/qemu_validate.c: hot-plug belongs to a root port on one,
 * to the root on the other). */
static void
convert_pci_controllers (const MtConversion *move)
{
  g_autofree char *others = NULL;
  MtXmlNode *device, *next, *root = NULL;
  gboolean fixed = FALSE;
  guint gone = 0, expanders = 0;

  for (device = mt_conversion_next_device (move, NULL); device != NULL; device = next) {
    next = mt_conversion_next_device (move, device);
    if (!mt_xml_node_is_controller (device, "pci"))
      continue;
    fixed |= mt_xml_node_has_value (mt_xml_node_find (device, "target"), "hotplug", "off");
    if (root == NULL && is_root (device)) {
      root = device;
      continue;
    }
    gone++;
    expanders += is_expander (device) ? 1 : 0;
    mt_xml_node_remove (device);
  }
  if (root == NULL)
    root = add_root (move);
  if (root == NULL)
    return;
  mt_xml_node_set (root, "model", move->recipe->pci_root);
  mt_xml_node_remove_children (root, "pcihole64");
  add_root_ports (move, root);
  if (gone != 0)
    others = g_strdup_printf ("; other PCI controllers removed: %u", gone);
  mt_conversion_add_effect (
      move, "pci-controllers", NULL, "the PCI root becomes %s%s%s%s", move->recipe->pci_root,
      move->recipe->root_ports != 0 ? ", with a root port for each device" : "",
      others != NULL ? others : "",
      expanders != 0 ? ", and with them the NUMA affinity of devices" : "");
  if (fixed)
    mt_conversion_add_effect (
        move, "pci-hotplug", "add <target hotplug='off'/> to the new PCI controllers where needed",
        "hot-plug was disabled on PCI controllers of the old machine and is now enabled");
}

/* q35 has a built-in AHCI controller, which libvirt writes into the XML; on another machine it
 * would be an additional, unused device. */
static void
remove_idle_sata (const MtConversion *move)
{
  MtXmlNode *device, *next;
  gboolean used = mt_class_has (move->to, MT_HAS_ICH9);

  for (device = mt_conversion_next_device (move, NULL); device != NULL && !used;
       device = mt_conversion_next_device (move, device))
    used = mt_xml_node_is (device, NULL, "disk") &&
           mt_xml_node_has_value (mt_xml_node_find (device, "target"), "bus", "sata");
  for (device = used ? NULL : mt_conversion_next_device (move, NULL); device != NULL;
       device = next) {
    next = mt_conversion_next_device (move, device);
    if (mt_xml_node_is_controller (device, "sata"))
      mt_xml_node_remove (device);
  }
}

/* Controllers of buses that do not exist; their drives have moved. */
static void
remove_controllers (const MtConversion *move)
{
  MtXmlNode *device, *next;

  for (device = mt_conversion_next_device (move, NULL); device != NULL; device = next) {
    g_autofree char *type = NULL;

    next = mt_conversion_next_device (move, device);
    if (!mt_xml_node_is (device, NULL, "controller"))
      continue;
    type = mt_xml_node_dup (device, "type");
    if (mt_conversion_is_unfit (move, MT_KIND_DISK_BUS, type != NULL ? type : TYPE_UNSAID))
      mt_xml_node_remove (device);
  }
}

/* The address of a device in the guest; that on the host is deeper, in <source>. PCI addresses have
 * no meaning on another board. The address of a DIMM depends on where the board has its memory
 * (QEMU hw/i386/pc_q35.c, pc_piix.c: the split below 4 GiB), so QEMU chooses it again. */
static guint
convert_address (const MtConversion *move, MtXmlNode *device)
{
  MtXmlNode *child, *next;
  guint gone = 0;

  for (child = mt_xml_node_first (device); child != NULL; child = next) {
    g_autofree char *type = NULL;

    next = mt_xml_node_next (child);
    if (!mt_xml_node_is (child, NULL, "address"))
      continue;
    type = mt_xml_node_dup (child, "type");
    if (type != NULL && strcmp (type, "dimm") == 0)
      mt_xml_node_unset (child, "base");
    if (type == NULL ||
        (strcmp (type, "pci") != 0 && !mt_conversion_is_unfit (move, MT_KIND_ADDRESS_TYPE, type)))
      continue;
    mt_xml_node_remove (child);
    gone++;
  }
  return gone;
}

void
mt_convert_addresses (const MtConversion *move)
{
  MtXmlNode *device = mt_conversion_next_device (move, NULL);
  guint gone = 0;

  for (; device != NULL; device = mt_conversion_next_device (move, device))
    gone += convert_address (move, device);
  if (gone != 0)
    mt_conversion_add_effect (move, "pci-addresses", NULL,
                              "%u %s and get%s a new one from libvirt: names by path change, and "
                              "multifunction devices are split across slots",
                              gone,
                              gone == 1 ? "device loses its address" : "devices lose their address",
                              gone == 1 ? "s" : "");
}

void
mt_convert_controllers (const MtConversion *move)
{
  remove_controllers (move);
  remove_idle_sata (move);
  convert_pci_controllers (move);
}
