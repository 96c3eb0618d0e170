/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports of USB: those that do not exist, and those that are used twice. Source: libvirt
 * src/conf/domain_addr.c, virDomainUSBAddressFindPort. */

#include "domain/lint-places-private.h"

#include <string.h>

#include "string-private.h"

/* The ports of the models, in the order of MtUsbModel; 0: they share the bus of another controller.
 */
static const guint8 model_ports[MT_USB_MODELS] = {
  [MT_USB_PIIX3] = 2,     [MT_USB_PIIX4] = 2, [MT_USB_EHCI] = 6,     [MT_USB_ICH9_EHCI1] = 6,
  [MT_USB_VT82C686B] = 2, [MT_USB_OHCI] = 3,  [MT_USB_NEC_XHCI] = 4, [MT_USB_QEMU_XHCI] = 4,
};

#define HUB_PORTS 8

/* Their own USB controller is a part of the chipset. */
#define PIIX3_BOARD (MT_HAS_X86 | MT_HAS_IDE)

#define WORD(member) G_STRUCT_OFFSET (MtLintDevice, member)

/* USB devices; the word that says so. */
static const struct {
  guint8 element;
  guint16 offset;
  char value[12];
} users[] = {
  { MT_LINT_DISK, WORD (bus), "usb" },
  { MT_LINT_INPUT, WORD (bus), "usb" },
  { MT_LINT_REDIRDEV, WORD (bus), "usb" },
  { MT_LINT_HOSTDEV, WORD (type), "usb" },
  { MT_LINT_HUB, WORD (type), "usb" },
  { MT_LINT_SOUND, WORD (model), "usb" },
  { MT_LINT_SERIAL, WORD (target_type), "usb-serial" },
};

gboolean
mt_place_is_usb (const MtLintDevice *device)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (users); i++) {
    const char *word = *(const char *const *)((const char *)device + users[i].offset);

    if (users[i].element == device->element && g_strcmp0 (word, users[i].value) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The ports of the controller of a bus; 0: there is none; G_MAXUINT32: unknown. */
static guint32
count_ports (const MtPlacing *placing, guint32 bus)
{
  const MtLintDevice *controller =
      bus <= G_MAXUINT16 ? mt_place_find_controller (placing, MT_CONTROLLER_USB, (int)bus) : NULL;
  const MtLintController *settings;

  if (bus == 0 && (controller == NULL || controller->settings.model < 0) &&
      mt_class_has (placing->domain->class, PIIX3_BOARD))
    return model_ports[MT_USB_PIIX3];
  if (controller == NULL)
    return bus == 0 && mt_class_has (placing->domain->class, MT_HAS_OWN_USB) ? G_MAXUINT32 : 0;
  settings = &controller->settings;
  if (settings->model < 0)
    return G_MAXUINT32;
  if (settings->numbers[MT_CONTROLLER_PORTS] >= 0)
    return (guint32)settings->numbers[MT_CONTROLLER_PORTS];
  return model_ports[settings->model];
}

/* The number of ports of the path; the others are 0. */
static guint
get_depth (const MtLintAddress *address)
{
  guint depth = 0;

  while (depth < MT_USB_DEPTH && address->ports[depth] != 0)
    depth++;
  return depth;
}

/* The bus, and the first ports of the path, 16 bits each. */
static void
fill_key (const MtLintAddress *address, guint depth, MtPlaceKey *key)
{
  guint i;

  key->major = address->numbers[MT_USB_BUS];
  key->minor = 0;
  for (i = 0; i < depth; i++)
    key->minor |= (guint64)(address->ports[i] & 0xffff) << (16 * i);
}

static guint
hash_key (gconstpointer pointer)
{
  const MtPlaceKey *key = pointer;

  return (guint)(key->major * 31 + key->minor + (key->minor >> 16) * 17 + (key->minor >> 32) * 13);
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const MtPlaceKey *left = a, *right = b;

  return left->major == right->major && left->minor == right->minor;
}

static char *
dup_path (const MtLintAddress *address)
{
  GString *text = g_string_new (NULL);
  guint i;

  g_string_append_printf (text, "bus %u, port ", address->numbers[MT_USB_BUS]);
  for (i = 0; i < get_depth (address); i++)
    g_string_append_printf (text, "%s%u", i != 0 ? "." : "", address->ports[i]);
  return g_string_free (text, FALSE);
}

static MtPlaceCode
find_fault (const MtPlacing *placing, const MtLintAddress *address, GHashTable *hubs)
{
  const guint32 ports = count_ports (placing, address->numbers[MT_USB_BUS]);
  const guint depth = get_depth (address);
  guint i;

  if (ports == 0)
    return MT_PLACE_USB_BUS_MISSING;
  if (depth != 0 && address->ports[0] > ports)
    return MT_PLACE_USB_PORT_MISSING;
  for (i = 1; i < depth; i++) {
    MtPlaceKey key = { 0 };

    fill_key (address, i, &key);
    if (!g_hash_table_contains (hubs, &key))
      return MT_PLACE_USB_HUB_MISSING;
    if (address->ports[i] > HUB_PORTS)
      return MT_PLACE_USB_PORT_MISSING;
  }
  return MT_PLACE_FINE;
}

/* Whether there is USB: otherwise another check says so. */
static gboolean
has_usb (const MtPlacing *placing)
{
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);

    if (device->element == MT_LINT_CONTROLLER && device->settings.kind == MT_CONTROLLER_USB)
      return device->settings.fault == MT_PLACE_FINE && device->settings.model != MT_USB_NONE;
  }
  return mt_class_has (placing->domain->class, MT_HAS_OWN_USB);
}

static void
collect (const MtPlacing *placing, GArray *keys)
{
  guint i;

  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);
    MtPlaceKey key = { 0, 0, i };

    if (device->at.kind != MT_ADDRESS_USB || !mt_place_is_usb (device))
      continue;
    fill_key (&device->at, get_depth (&device->at), &key);
    g_array_append_val (keys, key);
  }
}

static void
check_users (const MtPlacing *placing, GArray *keys)
{
  g_autoptr (GHashTable) hubs = g_hash_table_new (hash_key, equal_keys);
  guint i;

  for (i = 0; i < keys->len; i++) {
    MtPlaceKey *key = &g_array_index (keys, MtPlaceKey, i);

    if (mt_place_get_device (placing, key->device)->element == MT_LINT_HUB && key->minor != 0)
      g_hash_table_add (hubs, key);
  }
  for (i = 0; i < keys->len; i++) {
    const MtPlaceKey *key = &g_array_index (keys, MtPlaceKey, i);
    const MtLintDevice *device = mt_place_get_device (placing, key->device);
    const MtPlaceCode fault = find_fault (placing, &device->at, hubs);
    g_autofree char *path = fault != MT_PLACE_FINE ? dup_path (&device->at) : NULL;

    if (fault != MT_PLACE_FINE)
      mt_place_report (placing, fault, device, path);
  }
}

void
mt_place_check_usb (const MtPlacing *placing)
{
  g_autoptr (GArray) keys = NULL;
  guint i;

  if (!has_usb (placing))
    return;
  keys = g_array_new (FALSE, FALSE, sizeof (MtPlaceKey));
  collect (placing, keys);
  check_users (placing, keys);
  /* A port that libvirt assigns is not a twin of another. */
  for (i = keys->len; i > 0; i--) {
    if (g_array_index (keys, MtPlaceKey, i - 1).minor == 0)
      g_array_remove_index_fast (keys, i - 1);
  }
  mt_place_report_twins (placing, keys, MT_PLACE_USB_DOUBLE, NULL);
}
