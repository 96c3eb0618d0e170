/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of drives, USB, virtio-serial, CCW, zPCI and POWER's virtual I/O that exist twice, and
 * ports of USB that do not exist. */

#include "domain/lint-places-private.h"

#include <string.h>

#include "string-private.h"

/* How libvirt makes an address from the name of a drive. Source: libvirt
 * src/conf/domain_conf.c, virDomainDiskDefAssignAddress. */
static const struct {
  char bus[8];
  guint8 per_controller, per_bus;
} buses[] = {
  { "ide", 4, 2 },
  { "sata", 6, 6 },
  { "scsi", 7, 7 },
  { "fdc", 2, 2 },
};

/* "sdb": 1; -1: not a name of a drive. Source: libvirt src/util/virutil.c, virDiskNameParse. */
static int
get_letter (const char *target)
{
  static const char prefixes[][4] = { "fd", "hd", "vd", "sd", "xvd", "ubd" };
  const char *letters = NULL;
  int number = 0;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    if (g_str_has_prefix (target, prefixes[i]))
      letters = target + strlen (prefixes[i]);
  }
  if (letters == NULL || *letters == '\0' || strlen (letters) > 3)
    return -1;
  for (; *letters != '\0'; letters++) {
    if (!g_ascii_islower (*letters))
      return -1;
    number = number * 26 + (*letters - 'a' + 1);
  }
  return number - 1;
}

/* Drives, and host devices on SCSI. */
static gboolean
get_drive (const MtLintDevice *disk, MtPlaceKey *key)
{
  const guint32 *numbers = disk->at.numbers;
  const char *bus;
  gsize i;
  int letter;

  if (disk->element != MT_LINT_DISK && disk->element != MT_LINT_HOSTDEV)
    return FALSE;
  bus = disk->element == MT_LINT_DISK ? mt_lint_get_bus (disk) : disk->type;
  for (i = 0; bus != NULL && i < G_N_ELEMENTS (buses) && !mt_is_word (buses[i].bus, bus); i++)
    ;
  if (bus == NULL || i == G_N_ELEMENTS (buses) || disk->at.fault != MT_PLACE_FINE)
    return FALSE;
  if (disk->at.kind == MT_ADDRESS_DRIVE) {
    key->major = (guint64)i << 32 | numbers[MT_DRIVE_CONTROLLER];
    key->minor = (guint64)(numbers[MT_DRIVE_BUS] & 0xffff) << 48 |
                 (guint64)(numbers[MT_DRIVE_TARGET] & 0xffff) << 32 | numbers[MT_DRIVE_UNIT];
    return TRUE;
  }
  letter =
      disk->target != NULL && disk->at.kind == MT_ADDRESS_NONE ? get_letter (disk->target) : -1;
  if (letter < 0)
    return FALSE;
  key->major = (guint64)i << 32 | (guint32)(letter / buses[i].per_controller);
  key->minor = (guint64)(guint32)(letter % buses[i].per_controller / buses[i].per_bus) << 48 |
               (guint32)(letter % buses[i].per_bus);
  return TRUE;
}

static gboolean
get_vio (const MtLintDevice *device, MtPlaceKey *key)
{
  key->minor = device->at.reg;
  return device->at.kind == MT_ADDRESS_SPAPR_VIO && device->at.has_reg;
}

static gboolean
get_ccw (const MtLintDevice *device, MtPlaceKey *key)
{
  const guint32 *numbers = device->at.numbers;

  if (device->at.kind != MT_ADDRESS_CCW || device->at.given != 7)
    return FALSE;
  key->major = numbers[MT_CCW_CSSID];
  key->minor = (guint64)numbers[MT_CCW_SSID] << 32 | numbers[MT_CCW_DEVNO];
  return TRUE;
}

static gboolean
get_uid (const MtLintDevice *device, MtPlaceKey *key)
{
  key->minor = device->at.uid;
  return device->at.kind == MT_ADDRESS_PCI && device->at.has_uid;
}

static gboolean
get_fid (const MtLintDevice *device, MtPlaceKey *key)
{
  key->minor = device->at.fid;
  return device->at.kind == MT_ADDRESS_PCI && device->at.has_fid;
}

/* libvirt's virtio-serial controllers have 31 ports; port 0 is for it to assign. */
static gboolean
get_serial (const MtLintDevice *device, MtPlaceKey *key)
{
  const guint32 *numbers = device->at.numbers;

  key->major = numbers[MT_SERIAL_CONTROLLER];
  key->minor = numbers[MT_SERIAL_PORT];
  return (device->element == MT_LINT_CHANNEL || device->element == MT_LINT_CONSOLE) &&
         device->at.kind == MT_ADDRESS_VIRTIO_SERIAL && numbers[MT_SERIAL_PORT] != 0;
}

static const struct {
  guint32 has; /* for machines that have this */
  guint8 code;
  gboolean (*get) (const MtLintDevice *device, MtPlaceKey *key); /* FALSE: it has none */
} families[] = {
  { 0, MT_PLACE_DRIVE_DOUBLE, get_drive },
  { 0, MT_PLACE_SERIAL_DOUBLE, get_serial },
  { 0, MT_PLACE_VIO_DOUBLE, get_vio },
  { MT_HAS_CHANNELS, MT_PLACE_CCW_DOUBLE, get_ccw },
  { MT_HAS_CHANNELS, MT_PLACE_ZPCI_DOUBLE, get_uid },
  { MT_HAS_CHANNELS, MT_PLACE_ZPCI_DOUBLE, get_fid },
};

#define VIRTIO_SERIAL_PORTS 31

static void
check_serial_port (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintDevice *controller = mt_place_find_controller (
      placing, MT_CONTROLLER_VIRTIO_SERIAL, (int)device->at.numbers[MT_SERIAL_CONTROLLER]);
  gint64 ports = VIRTIO_SERIAL_PORTS;

  if (controller != NULL && controller->settings.numbers[MT_CONTROLLER_PORTS] >= 0)
    ports = controller->settings.numbers[MT_CONTROLLER_PORTS];
  if (device->at.numbers[MT_SERIAL_PORT] != 0 && device->at.numbers[MT_SERIAL_PORT] >= ports)
    mt_place_report (placing, MT_PLACE_SERIAL_PORT_MISSING, device, NULL);
}

void
mt_place_check_doubles (const MtPlacing *placing)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (MtPlaceKey));
  gsize row;
  guint i;

  for (row = 0; row < G_N_ELEMENTS (families); row++) {
    if (!mt_class_has (placing->domain->class, families[row].has))
      continue;
    g_array_set_size (keys, 0);
    for (i = 0; i < placing->domain->devices->len; i++) {
      const MtLintDevice *device = mt_place_get_device (placing, i);
      MtPlaceKey key = { 0, 0, i };

      if (families[row].get (device, &key) && mt_place_is_placed (device))
        g_array_append_val (keys, key);
    }
    mt_place_report_twins (placing, keys, (MtPlaceCode)families[row].code, NULL);
  }
  for (i = 0; i < placing->domain->devices->len; i++) {
    const MtLintDevice *device = mt_place_get_device (placing, i);

    if (device->at.kind == MT_ADDRESS_VIRTIO_SERIAL &&
        (device->element == MT_LINT_CHANNEL || device->element == MT_LINT_CONSOLE))
      check_serial_port (placing, device);
  }
}
