/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads addresses and controllers as libvirt does: what it cannot read, it refuses. Sources:
 * libvirt src/conf/device_conf.c, domain_conf.c (virDomainDeviceAddressParseXML,
 * virDomainControllerDefParseXML), src/util/virxml.c (virXMLPropUInt), each measured with libvirt
 * 9.0 and 12.8. */

#include "domain/lint-place-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "string-private.h"

/* The number of an attribute: its base (0: as in C; 10; 16), the highest value that libvirt's
 * parser accepts. */
typedef struct {
  char name[12];
  guint8 base;
  guint32 max;
} Number;

static const struct {
  char type[16];
  Number numbers[4];
} kinds[] = {
  [MT_ADDRESS_NONE] = { "", { { "", 0, 0 } } },
  [MT_ADDRESS_PCI] = { "pci",
                       { { "domain", 0, G_MAXUINT32 },
                         { "bus", 0, 0xff },
                         { "slot", 0, 0x1f },
                         { "function", 0, 7 } } },
  [MT_ADDRESS_DRIVE] = { "drive",
                         { { "controller", 10, G_MAXUINT32 },
                           { "bus", 10, G_MAXUINT32 },
                           { "target", 10, G_MAXUINT32 },
                           { "unit", 10, G_MAXUINT32 } } },
  [MT_ADDRESS_VIRTIO_SERIAL] = { "virtio-serial",
                                 { { "controller", 10, G_MAXUINT32 },
                                   { "bus", 10, G_MAXUINT32 },
                                   { "port", 10, G_MAXUINT32 } } },
  [MT_ADDRESS_CCID] = { "ccid",
                        { { "controller", 10, G_MAXUINT32 }, { "slot", 10, G_MAXUINT32 } } },
  [MT_ADDRESS_USB] = { "usb", { { "bus", 10, G_MAXUINT32 } } },
  [MT_ADDRESS_SPAPR_VIO] = { "spapr-vio", { { "", 0, 0 } } },
  [MT_ADDRESS_VIRTIO_S390] = { "virtio-s390", { { "", 0, 0 } } },
  [MT_ADDRESS_CCW] = { "ccw", { { "cssid", 0, 0xfe }, { "ssid", 0, 3 }, { "devno", 0, 0xffff } } },
  [MT_ADDRESS_VIRTIO_MMIO] = { "virtio-mmio", { { "", 0, 0 } } },
  [MT_ADDRESS_ISA] = { "isa", { { "iobase", 16, G_MAXUINT32 }, { "irq", 16, G_MAXUINT32 } } },
  [MT_ADDRESS_DIMM] = { "dimm", { { "slot", 10, G_MAXUINT32 } } },
  [MT_ADDRESS_UNASSIGNED] = { "unassigned", { { "", 0, 0 } } },
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == MT_ADDRESS_LAST + 1);

static const char controller_types[][16] = {
  "ide", "fdc", "scsi", "sata", "virtio-serial", "ccid", "usb", "pci", "xenbus", "isa", "nvme",
};

G_STATIC_ASSERT (G_N_ELEMENTS (controller_types) == MT_CONTROLLER_KINDS);

static const char pci_models[][28] = {
  "pci-root",
  "pcie-root",
  "pci-bridge",
  "dmi-to-pci-bridge",
  "pcie-to-pci-bridge",
  "pcie-root-port",
  "pcie-switch-upstream-port",
  "pcie-switch-downstream-port",
  "pci-expander-bus",
  "pcie-expander-bus",
};

G_STATIC_ASSERT (G_N_ELEMENTS (pci_models) == MT_PCI_MODELS);

static const char usb_models[][28] = {
  "piix3-uhci", "piix4-uhci", "ehci",           "ich9-ehci1", "ich9-uhci1",
  "ich9-uhci2", "ich9-uhci3", "vt82c686b-uhci", "pci-ohci",   "nec-xhci",
  "qusb1",      "qusb2",      "qemu-xhci",      "none",
};

G_STATIC_ASSERT (G_N_ELEMENTS (usb_models) == MT_USB_MODELS);

static const char scsi_models[][28] = {
  "auto",     "buslogic",    "lsilogic",   "lsisas1068",          "vmpvscsi",
  "ibmvscsi", "virtio-scsi", "lsisas1078", "virtio-transitional", "virtio-non-transitional",
  "ncr53c90", "dc390",       "am53c974",
};

static const char ide_models[][28] = { "piix3", "piix4", "ich6" };

static const char serial_models[][28] = {
  "virtio",
  "virtio-transitional",
  "virtio-non-transitional",
};

/* Types that are not listed have no models. */
static const struct {
  guint8 kind, count;
  const char (*words)[28];
} models[] = {
  { MT_CONTROLLER_PCI, G_N_ELEMENTS (pci_models), pci_models },
  { MT_CONTROLLER_USB, G_N_ELEMENTS (usb_models), usb_models },
  { MT_CONTROLLER_SCSI, G_N_ELEMENTS (scsi_models), scsi_models },
  { MT_CONTROLLER_IDE, G_N_ELEMENTS (ide_models), ide_models },
  { MT_CONTROLLER_VIRTIO_SERIAL, G_N_ELEMENTS (serial_models), serial_models },
};

/* Of <model name='...'/>. */
static const char model_names[][24] = {
  "none",
  "pci-bridge",
  "i82801b11-bridge",
  "ioh3420",
  "x3130-upstream",
  "xio3130-downstream",
  "pxb",
  "pxb-pcie",
  "pcie-root-port",
  "spapr-pci-host-bridge",
  "pcie-pci-bridge",
};

static const struct {
  char element[12]; /* empty: the controller itself */
  char name[12];
  guint8 base, number;
} controller_numbers[] = {
  { "", "index", 10, MT_CONTROLLER_INDEX },
  { "", "ports", 10, MT_CONTROLLER_PORTS },
  { "", "vectors", 10, MT_CONTROLLER_VECTORS },
  { "target", "chassisNr", 0, MT_CONTROLLER_CHASSIS_NR },
  { "target", "chassis", 0, MT_CONTROLLER_CHASSIS },
  { "target", "port", 0, MT_CONTROLLER_PORT },
  { "target", "busNr", 0, MT_CONTROLLER_BUS_NR },
  { "target", "index", 0, MT_CONTROLLER_TARGET_INDEX },
};

const char *
mt_place_get_pci_model (guint model)
{
  return model < MT_PCI_MODELS ? pci_models[model] : "PCI device";
}

const char *
mt_place_get_address_kind (MtAddressKind kind)
{
  return kinds[kind].type;
}

/* Longer than every word and number that libvirt accepts. */
typedef struct {
  char text[64];
} Value;

/* The text of the attribute, cut if it is too long; NULL: there is none. */
static const char *
get_attribute (const MtXmlAttributes *attributes, const char *name, Value *copy)
{
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, name, &length);

  if (value == NULL)
    return NULL;
  length = MIN (length, sizeof copy->text - 1);
  memcpy (copy->text, value, length);
  copy->text[length] = '\0';
  return copy->text;
}

/* As virStrToLong_uip: white space and a plus sign before it are accepted, nothing after it. */
static gboolean
parse (const char *text, guint base, guint64 max, guint64 *number)
{
  char *end = NULL;

  while (g_ascii_isspace (*text))
    text++;
  errno = 0;
  *number = g_ascii_strtoull (text, &end, base);
  return *text != '-' && end != text && *end == '\0' && errno == 0 && *number <= max;
}

static const char *
describe (GStringChunk *strings, const char *name, const char *value, const char *more)
{
  g_autofree char *text = g_strdup_printf ("%s='%s'%s", name, value, more);

  return g_string_chunk_insert (strings, text);
}

static void
spoil (GStringChunk *strings, MtLintAddress *address, MtPlaceCode fault, const char *name,
       const char *value, const char *more)
{
  address->kind = MT_ADDRESS_NONE;
  address->fault = (guint8)fault;
  address->detail = describe (strings, name, value, more);
}

static gboolean
read_number (GStringChunk *strings, const MtXmlAttributes *attributes, const Number *row,
             guint number, MtLintAddress *address)
{
  Value copy;
  const char *value = get_attribute (attributes, row->name, &copy);
  guint64 parsed;

  if (value == NULL)
    return TRUE;
  if (!parse (value, row->base, G_MAXUINT32, &parsed)) {
    spoil (strings, address, MT_PLACE_ADDRESS_VALUE, row->name, value, "");
    return FALSE;
  }
  address->numbers[number] = (guint32)parsed;
  address->given |= (guint8)(1u << number);
  return TRUE;
}

/* An address of PCI without domain, bus and slot is one that libvirt assigns. */
static gboolean
is_to_be_assigned (const MtLintAddress *address)
{
  return address->kind == MT_ADDRESS_PCI &&
         (address->numbers[MT_PCI_DOMAIN] | address->numbers[MT_PCI_BUS] |
          address->numbers[MT_PCI_SLOT]) == 0;
}

static void
check_ranges (GStringChunk *strings, MtLintAddress *address)
{
  const Number *rows = kinds[address->kind].numbers;
  guint i;

  if (is_to_be_assigned (address))
    return;
  for (i = 0; i < G_N_ELEMENTS (kinds->numbers) && rows[i].name[0] != '\0'; i++) {
    if (address->numbers[i] > rows[i].max) {
      g_autofree char *value = g_strdup_printf ("0x%x", address->numbers[i]);
      g_autofree char *more = g_strdup_printf ("; at most 0x%x", rows[i].max);

      spoil (strings, address, MT_PLACE_ADDRESS_RANGE, rows[i].name, value, more);
      return;
    }
  }
}

/* "1.2": the ports of hubs, and the device's own. */
static void
read_ports (GStringChunk *strings, const MtXmlAttributes *attributes, MtLintAddress *address)
{
  Value copy;
  const char *value = get_attribute (attributes, "port", &copy);
  g_auto (GStrv) parts = value != NULL ? g_strsplit (value, ".", -1) : NULL;
  guint64 port = 0;
  guint i;

  if (value == NULL)
    return;
  for (i = 0; i < MT_USB_DEPTH && parts[i] != NULL; i++) {
    if (!parse (parts[i], 10, G_MAXUINT32, &port))
      break;
    address->ports[i] = (guint32)port;
  }
  if (i == 0 || parts[i] != NULL)
    spoil (strings, address, MT_PLACE_ADDRESS_VALUE, "port", value, "");
}

static void
read_reg (GStringChunk *strings, const MtXmlAttributes *attributes, MtLintAddress *address)
{
  Value copy;
  const char *value = get_attribute (attributes, "reg", &copy);

  if (value == NULL)
    return;
  address->has_reg = TRUE;
  if (!parse (value, 16, G_MAXUINT64, &address->reg))
    spoil (strings, address, MT_PLACE_ADDRESS_VALUE, "reg", value, "");
  else if (address->reg > G_MAXUINT32)
    spoil (strings, address, MT_PLACE_ADDRESS_RANGE, "reg", value, "; at most 0xffffffff");
}

static void
read_multifunction (GStringChunk *strings, const MtXmlAttributes *attributes,
                    MtLintAddress *address)
{
  Value copy;
  const char *value = get_attribute (attributes, "multifunction", &copy);

  if (value != NULL && !mt_is_word (value, "on") && !mt_is_word (value, "off"))
    spoil (strings, address, MT_PLACE_ADDRESS_VALUE, "multifunction", value, "");
}

static void
read_numbers (GStringChunk *strings, const MtXmlAttributes *attributes, MtLintAddress *address)
{
  const Number *rows = kinds[address->kind].numbers;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (kinds->numbers) && rows[i].name[0] != '\0'; i++) {
    if (!read_number (strings, attributes, &rows[i], i, address))
      return;
  }
  check_ranges (strings, address);
  if (address->kind == MT_ADDRESS_PCI)
    read_multifunction (strings, attributes, address);
  else if (address->kind == MT_ADDRESS_USB)
    read_ports (strings, attributes, address);
  else if (address->kind == MT_ADDRESS_SPAPR_VIO)
    read_reg (strings, attributes, address);
}

void
mt_place_read_address (GStringChunk *strings, const MtXmlAttributes *attributes,
                       MtLintAddress *address)
{
  const char *type;
  Value copy;
  guint kind;

  if (address->kind != MT_ADDRESS_NONE || address->fault != MT_PLACE_FINE)
    return;
  type = get_attribute (attributes, "type", &copy);
  if (type == NULL) {
    address->fault = MT_PLACE_ADDRESS_TYPE_MISSING;
    return;
  }
  for (kind = 1; kind < G_N_ELEMENTS (kinds) && !mt_is_word (kinds[kind].type, type); kind++)
    ;
  if (kind == G_N_ELEMENTS (kinds) || kind == MT_ADDRESS_VIRTIO_S390) {
    spoil (strings, address, MT_PLACE_ADDRESS_TYPE_UNKNOWN, "type", type, "");
    return;
  }
  address->kind = (guint8)kind;
  read_numbers (strings, attributes, address);
}

void
mt_place_read_zpci (GStringChunk *strings, const MtXmlAttributes *attributes,
                    MtLintAddress *address)
{
  const char *uid, *fid;
  Value uid_copy, fid_copy;
  guint64 number = 0;

  if (address->kind != MT_ADDRESS_PCI)
    return;
  uid = get_attribute (attributes, "uid", &uid_copy);
  fid = get_attribute (attributes, "fid", &fid_copy);
  address->has_uid = uid != NULL;
  address->has_fid = fid != NULL;
  if (uid != NULL && !parse (uid, 0, G_MAXUINT32, &number))
    spoil (strings, address, MT_PLACE_ADDRESS_VALUE, "uid", uid, "");
  address->uid = (guint32)number;
  if (fid != NULL && !parse (fid, 0, G_MAXUINT32, &number))
    spoil (strings, address, MT_PLACE_ADDRESS_VALUE, "fid", fid, "");
  address->fid = (guint32)number;
}

/* Source: libvirt src/conf/domain_conf.c, virDomainGraphicsListensParseXML. */
void
mt_place_read_listen (GStringChunk *strings, const MtXmlAttributes *attributes, const char *listen,
                      MtLintAddress *address)
{
  Value type_copy, copy;
  const char *type = get_attribute (attributes, "type", &type_copy), *value;

  if (address->given != 0) {
    if (address->fault == MT_PLACE_FINE)
      spoil (strings, address, MT_PLACE_GRAPHICS_LISTENS, "type", type != NULL ? type : "", "");
    return;
  }
  address->given = 1;
  value = get_attribute (attributes, "address", &copy);
  if (listen == NULL || value == NULL || type == NULL || !mt_is_word (type, "address") ||
      strcmp (listen, value) == 0)
    return;
  spoil (strings, address, MT_PLACE_GRAPHICS_LISTEN, "listen", listen, "");
}

static void
spoil_controller (GStringChunk *strings, MtLintController *controller, MtPlaceCode fault,
                  const char *name, const char *value)
{
  if (controller->fault != MT_PLACE_FINE)
    return;
  controller->fault = (guint8)fault;
  controller->detail = describe (strings, name, value, "");
}

static void
read_controller_numbers (GStringChunk *strings, const char *element,
                         const MtXmlAttributes *attributes, MtLintController *controller)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (controller_numbers); i++) {
    const char *value;
    guint64 number;
    Value copy;

    if (!mt_is_word (controller_numbers[i].element, element))
      continue;
    value = get_attribute (attributes, controller_numbers[i].name, &copy);
    if (value == NULL)
      continue;
    if (parse (value, controller_numbers[i].base, G_MAXINT32, &number))
      controller->numbers[controller_numbers[i].number] = (gint64)number;
    else
      spoil_controller (strings, controller, MT_PLACE_CONTROLLER_VALUE, controller_numbers[i].name,
                        value);
  }
}

static void
read_model (GStringChunk *strings, const MtXmlAttributes *attributes, MtLintController *controller)
{
  Value copy;
  const char *value = get_attribute (attributes, "model", &copy);
  gsize i;

  if (value == NULL)
    return;
  for (i = 0; i < G_N_ELEMENTS (models); i++) {
    if (models[i].kind == controller->kind)
      controller->model =
          (gint8)mt_word_find (*models[i].words, models[i].count, sizeof *models[i].words, value);
  }
  if (controller->model < 0)
    spoil_controller (strings, controller, MT_PLACE_CONTROLLER_MODEL, "model", value);
}

void
mt_place_read_controller (GStringChunk *strings, const MtXmlAttributes *attributes,
                          MtLintController *controller)
{
  Value copy;
  const char *type = get_attribute (attributes, "type", &copy);
  int kind = MT_CONTROLLER_IDE;
  guint i;

  controller->model = -1;
  for (i = 0; i < MT_CONTROLLER_NUMBERS; i++)
    controller->numbers[i] = -1;
  if (type != NULL)
    kind = mt_word_find (*controller_types, G_N_ELEMENTS (controller_types),
                         sizeof *controller_types, type);
  if (kind < 0) {
    controller->kind = MT_CONTROLLER_UNKNOWN;
    spoil_controller (strings, controller, MT_PLACE_CONTROLLER_TYPE, "type", type);
    return;
  }
  controller->kind = (guint8)kind;
  read_model (strings, attributes, controller);
  read_controller_numbers (strings, "", attributes, controller);
  controller->index = (int)controller->numbers[MT_CONTROLLER_INDEX];
}

static void
read_hotplug (GStringChunk *strings, const MtXmlAttributes *attributes,
              MtLintController *controller)
{
  Value copy;
  const char *value = get_attribute (attributes, "hotplug", &copy);

  if (value == NULL)
    return;
  controller->has_hotplug = TRUE;
  if (!mt_is_word (value, "on") && !mt_is_word (value, "off"))
    spoil_controller (strings, controller, MT_PLACE_CONTROLLER_VALUE, "hotplug", value);
}

static void
read_model_name (GStringChunk *strings, const MtXmlAttributes *attributes,
                 MtLintController *controller)
{
  Value copy;
  const char *value = get_attribute (attributes, "name", &copy);

  if (value == NULL)
    return;
  controller->model_name = g_string_chunk_insert (strings, value);
  if (mt_word_find (*model_names, G_N_ELEMENTS (model_names), sizeof *model_names, value) < 0)
    spoil_controller (strings, controller, MT_PLACE_CONTROLLER_VALUE, "name", value);
}

void
mt_place_read_controller_part (GStringChunk *strings, const char *element,
                               const MtXmlAttributes *attributes, MtLintController *controller)
{
  const char *value;
  guint64 number;
  Value copy;

  if (mt_is_word (element, "master")) {
    controller->is_companion = TRUE;
    value = get_attribute (attributes, "startport", &copy);
    if (value != NULL && controller->kind == MT_CONTROLLER_USB &&
        !parse (value, 10, G_MAXUINT32, &number))
      spoil_controller (strings, controller, MT_PLACE_CONTROLLER_VALUE, "startport", value);
  }
  if (controller->kind != MT_CONTROLLER_PCI)
    return;
  if (mt_is_word (element, "target")) {
    controller->is_twice |= controller->has_target;
    controller->has_target = TRUE;
    read_controller_numbers (strings, "target", attributes, controller);
    read_hotplug (strings, attributes, controller);
  } else if (mt_is_word (element, "model")) {
    controller->is_twice |= controller->has_model;
    controller->has_model = TRUE;
    read_model_name (strings, attributes, controller);
  }
}

void
mt_place_read_node (GStringChunk *strings, const char *text, MtLintController *controller)
{
  guint64 number;

  if (controller->kind != MT_CONTROLLER_PCI)
    return;
  if (parse (text, 10, G_MAXINT32, &number))
    controller->numbers[MT_CONTROLLER_NODE] = (gint64)number;
  else
    spoil_controller (strings, controller, MT_PLACE_CONTROLLER_VALUE, "node", text);
}
