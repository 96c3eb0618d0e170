/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Controllers that libvirt refuses: their indexes, and the options of PCI controllers. */

#include "domain/lint-places-private.h"

#include <string.h>

#include "string-private.h"

/* Indexes above are not looked up. */
#define INDEX_MAX 0xffff

static gpointer
make_key (guint kind, int index)
{
  return GUINT_TO_POINTER (kind << 16 | (guint)index);
}

const MtLintDevice *
mt_place_find_controller (const MtPlacing *placing, MtControllerKind kind, int index)
{
  if (index < 0 || index > INDEX_MAX)
    return NULL;
  return g_hash_table_lookup (placing->controllers, make_key (kind, index));
}

/* They share the index of another controller. */
static gboolean
is_companion (const MtLintController *controller)
{
  return controller->is_companion || controller->model == MT_USB_ICH9_UHCI1 ||
         controller->model == MT_USB_ICH9_UHCI2 || controller->model == MT_USB_ICH9_UHCI3;
}

/* Model 'none' has no ports. */
static gboolean
is_alone (const MtLintController *controller)
{
  if (controller->kind != MT_CONTROLLER_USB)
    return TRUE;
  return !is_companion (controller) && controller->model != MT_USB_NONE &&
         controller->numbers[MT_CONTROLLER_PORTS] != 0;
}

static void
enter (const MtPlacing *placing, MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;
  const int index = controller->index;
  gboolean usb = controller->kind == MT_CONTROLLER_USB;

  if (index < 0 || index > INDEX_MAX || !is_alone (controller))
    return;
  if (g_hash_table_lookup (placing->controllers, make_key (controller->kind, index)) != NULL) {
    mt_place_report (placing, usb ? MT_PLACE_USB_INDEX : MT_PLACE_CONTROLLER_DOUBLE, device, NULL);
    return;
  }
  g_hash_table_insert (placing->controllers, make_key (controller->kind, index), device);
}

/* Source: libvirt src/conf/domain_conf.c, virDomainControllerFindUnusedIndex. */
static void
choose_indexes (const MtPlacing *placing)
{
  int next[MT_CONTROLLER_KINDS] = { 0 };
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    MtLintDevice *device = mt_place_get_device (placing, i);
    MtLintController *controller = &device->settings;

    if (device->element != MT_LINT_CONTROLLER || controller->fault != MT_PLACE_FINE ||
        controller->index >= 0)
      continue;
    while (mt_place_find_controller (placing, (MtControllerKind)controller->kind,
                                     next[controller->kind]) != NULL)
      next[controller->kind]++;
    controller->index = next[controller->kind]++;
    enter (placing, device);
  }
}

/* What a PCI controller can have, and the one model name that it can have. Source: libvirt
 * src/qemu/qemu_validate.c, qemuValidateDomainDeviceDefControllerPCI. */
static const struct {
  char name[24], other_name[24];
  guint32 numbers; /* one bit for each MtControllerNumber */
  gboolean hotplug;
} pci[] = {
  [MT_PCI_ROOT] = { "", "", 0, FALSE },
  [MT_PCIE_ROOT] = { "", "", 0, FALSE },
  [MT_PCI_BRIDGE] = { "pci-bridge", "", 1 << MT_CONTROLLER_CHASSIS_NR, FALSE },
  [MT_DMI_TO_PCI_BRIDGE] = { "i82801b11-bridge", "", 0, FALSE },
  [MT_PCIE_TO_PCI_BRIDGE] = { "pcie-pci-bridge", "", 0, FALSE },
  [MT_PCIE_ROOT_PORT] = { "pcie-root-port", "ioh3420",
                          1 << MT_CONTROLLER_CHASSIS | 1 << MT_CONTROLLER_PORT, TRUE },
  [MT_PCIE_UPSTREAM] = { "x3130-upstream", "", 0, FALSE },
  [MT_PCIE_DOWNSTREAM] = { "xio3130-downstream", "",
                           1 << MT_CONTROLLER_CHASSIS | 1 << MT_CONTROLLER_PORT, TRUE },
  [MT_PCI_EXPANDER] = { "pxb", "", 1 << MT_CONTROLLER_BUS_NR | 1 << MT_CONTROLLER_NODE, FALSE },
  [MT_PCIE_EXPANDER] = { "pxb-pcie", "", 1 << MT_CONTROLLER_BUS_NR | 1 << MT_CONTROLLER_NODE,
                         FALSE },
};

/* The root of pseries is a host bridge, of which there can be several. */
#define PHB_NAME "spapr-pci-host-bridge"
#define PHB_NUMBERS (1 << MT_CONTROLLER_TARGET_INDEX | 1 << MT_CONTROLLER_NODE)

/* Source: libvirt src/conf/domain_validate.c, virDomainControllerDefValidate. */
static const struct {
  char name[12];
  guint8 number;
  guint16 min, max;
} options[] = {
  { "chassisNr", MT_CONTROLLER_CHASSIS_NR, 1, 255 },
  { "chassis", MT_CONTROLLER_CHASSIS, 0, 255 },
  { "port", MT_CONTROLLER_PORT, 0, 255 },
  { "busNr", MT_CONTROLLER_BUS_NR, 1, 254 },
  { "index", MT_CONTROLLER_TARGET_INDEX, 0, 30 },
  { "node", MT_CONTROLLER_NODE, 0, G_MAXUINT16 },
};

static gboolean
is_root (const MtLintController *controller)
{
  return controller->model == MT_PCI_ROOT || controller->model == MT_PCIE_ROOT;
}

static gboolean
is_phb (const MtPlacing *placing, const MtLintController *controller)
{
  return controller->model == MT_PCI_ROOT && mt_class_has (placing->domain->class, MT_HAS_PAPR);
}

static void
check_options (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;
  const guint32 numbers =
      is_phb (placing, controller) ? PHB_NUMBERS : pci[controller->model].numbers;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (options); i++) {
    const gint64 number = controller->numbers[options[i].number];
    g_autofree char *detail =
        number >= 0 ? g_strdup_printf ("%s='%" G_GINT64_FORMAT "'", options[i].name, number) : NULL;

    if (number < 0)
      continue;
    if (number < options[i].min || number > options[i].max)
      mt_place_report (placing, MT_PLACE_PCI_OPTION_RANGE, device, detail);
    else if ((numbers & 1u << options[i].number) == 0)
      mt_place_report (placing, MT_PLACE_PCI_OPTION, device, detail);
  }
  if (controller->has_hotplug && !pci[controller->model].hotplug)
    mt_place_report (placing, MT_PLACE_PCI_OPTION, device, "hotplug");
}

static void
check_model_name (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;
  const char *name = controller->model_name;

  if (name == NULL || mt_is_word (name, "none") || strcmp (name, pci[controller->model].name) == 0)
    return;
  if (is_phb (placing, controller) ? mt_is_word (name, PHB_NAME)
                                   : strcmp (name, pci[controller->model].other_name) == 0)
    return;
  mt_place_report (placing, MT_PLACE_MODEL_NAME, device, name);
}

static void
check_root (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;

  if (device->at.kind != MT_ADDRESS_NONE)
    mt_place_report (placing, MT_PLACE_ROOT_ADDRESS, device, NULL);
  if (controller->index > 0 && !mt_class_has (placing->domain->class, MT_HAS_PAPR))
    mt_place_report (placing, MT_PLACE_ROOT_INDEX, device, NULL);
}

static void
check_node (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;
  const gint64 node = controller->numbers[MT_CONTROLLER_NODE];

  if (node >= 0 && controller->index == 0)
    mt_place_report (placing, MT_PLACE_PCI_OPTION, device, "node, of index 0");
  else if (node >= placing->domain->numa_cells)
    mt_place_report (placing, MT_PLACE_PCI_NODE, device, NULL);
}

/* Otherwise a rule of compat says it. */
static gboolean
is_supported (const MtPlacing *placing, const MtLintController *controller)
{
  return mt_compat_ask (MT_KIND_PCI_CONTROLLER, mt_place_get_pci_model ((guint)controller->model),
                        placing->domain->class) == MACHTYPE_AUTHORITY_NONE;
}

static void
check_pci (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;
  const gint64 target = controller->numbers[MT_CONTROLLER_TARGET_INDEX];

  if (controller->is_twice)
    mt_place_report (placing, MT_PLACE_CONTROLLER_PART_TWICE, device, NULL);
  if (controller->model < 0) {
    mt_place_report (placing, MT_PLACE_CONTROLLER_NO_MODEL, device, NULL);
    return;
  }
  if (is_root (controller))
    check_root (placing, device);
  else if (controller->index == 0 && mt_class_has (placing->domain->class, MT_HAS_PCI) &&
           is_supported (placing, controller))
    mt_place_report (placing, MT_PLACE_ROOT_MISSING, device, NULL);
  if (controller->index > 255)
    mt_place_report (placing, MT_PLACE_PCI_INDEX, device, NULL);
  check_options (placing, device);
  check_model_name (placing, device);
  check_node (placing, device);
  if (is_phb (placing, controller) && target >= 0 && (target == 0) != (controller->index == 0))
    mt_place_report (placing, MT_PLACE_PHB_INDEX, device, NULL);
}

/* xHCI: QEMU hw/usb/hcd-xhci.h, MAXPORTS. */
#define XHCI_PORTS 15

static void
check_usb (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;
  const gint64 ports = controller->numbers[MT_CONTROLLER_PORTS];

  if (controller->model == MT_USB_QUSB1 || controller->model == MT_USB_QUSB2)
    mt_place_report (placing, MT_PLACE_CONTROLLER_XEN, device, NULL);
  if (controller->model == MT_USB_QEMU_XHCI || controller->model == MT_USB_NEC_XHCI) {
    if (ports > XHCI_PORTS)
      mt_place_report (placing, MT_PLACE_USB_PORTS, device, NULL);
  } else if (ports >= 0 &&
             (controller->model >= 0 || mt_class_has (placing->domain->class, MT_HAS_X86)))
    mt_place_report (placing, MT_PLACE_USB_PORTS_NEWER, device, NULL);
}

/* A controller of model 'none' disables USB; companions alone do nothing. */
static void
check_usb_together (const MtPlacing *placing)
{
  const MtLintDevice *none = NULL, *other = NULL, *companion = NULL;
  gboolean master = FALSE;
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);

    if (device->element != MT_LINT_CONTROLLER || device->settings.kind != MT_CONTROLLER_USB)
      continue;
    if (device->settings.model == MT_USB_NONE) {
      if (none != NULL)
        mt_place_report (placing, MT_PLACE_USB_NONE_AND_OTHER, device, NULL);
      none = device;
    } else
      other = device;
    master |= !is_companion (&device->settings);
    if (is_companion (&device->settings))
      companion = device;
  }
  if (none != NULL && other != NULL)
    mt_place_report (placing, MT_PLACE_USB_NONE_AND_OTHER, other, NULL);
  if (companion != NULL && !master)
    mt_place_report (placing, MT_PLACE_USB_NO_MASTER, companion, NULL);
}

static void
check_controller (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintController *controller = &device->settings;

  if (controller->fault != MT_PLACE_FINE)
    mt_place_report (placing, (MtPlaceCode)controller->fault, device, controller->detail);
  else if (controller->kind == MT_CONTROLLER_XENBUS || controller->kind == MT_CONTROLLER_ISA)
    mt_place_report (placing, MT_PLACE_CONTROLLER_FOREIGN, device, NULL);
  else if (controller->kind == MT_CONTROLLER_PCI)
    check_pci (placing, device);
  else if (controller->kind == MT_CONTROLLER_USB)
    check_usb (placing, device);
}

/* Devices of which there is one, or one of each model. */
static void
check_singles (const MtPlacing *placing)
{
  static const char panics[][8] = { "isa", "hyperv", "pseries", "s390", "pvpanic" };
  guint32 seen = 0, i;
  guint tpms[2] = { 0 };

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);
    int panic;

    if (device->element == MT_LINT_TPM &&
        tpms[g_strcmp0 (device->model, "spapr-tpm-proxy") == 0]++ != 0)
      mt_place_report (placing, MT_PLACE_TPM_DOUBLE, device, NULL);
    if (device->element != MT_LINT_PANIC || device->model == NULL)
      continue;
    panic = mt_word_find (*panics, G_N_ELEMENTS (panics), sizeof *panics, device->model);
    if (panic >= 0 && (seen & 1u << panic) != 0)
      mt_place_report (placing, MT_PLACE_PANIC_DOUBLE, device, NULL);
    seen |= panic >= 0 ? 1u << panic : 0;
  }
}

void
mt_place_check_controllers (const MtPlacing *placing)
{
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    MtLintDevice *device = mt_place_get_device (placing, i);

    if (device->element == MT_LINT_CONTROLLER && device->settings.fault == MT_PLACE_FINE)
      enter (placing, device);
  }
  choose_indexes (placing);
  for (i = 0; i < placing->domain->devices->len; i++) {
    if (mt_place_get_device (placing, i)->element == MT_LINT_CONTROLLER)
      check_controller (placing, mt_place_get_device (placing, i));
  }
  check_usb_together (placing);
  check_singles (placing);
}
