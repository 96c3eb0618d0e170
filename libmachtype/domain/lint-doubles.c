/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of drives, USB, virtio-serial, CCW, zPCI and POWER's virtual I/O that exist twice, and
 * ports of USB that do not exist. */

#include "domain/lint-places-private.h"

#include <string.h>

#include "string-private.h"

static void
add_key (GArray *keys, guint64 major, guint64 minor, guint device)
{
  const MtPlaceKey key = { major, minor, device };

  g_array_append_val (keys, key);
}

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
static void
add_drive (GArray *keys, const MtLintDevice *disk, guint device)
{
  const char *bus = disk->element == MT_LINT_DISK ? mt_lint_get_bus (disk) : disk->type;
  const guint32 *numbers = disk->at.numbers;
  gsize i;
  int letter;

  if (disk->element != MT_LINT_DISK && disk->element != MT_LINT_HOSTDEV)
    return;
  for (i = 0; bus != NULL && i < G_N_ELEMENTS (buses) && !mt_is_word (buses[i].bus, bus); i++)
    ;
  if (bus == NULL || i == G_N_ELEMENTS (buses) || disk->at.fault != MT_PLACE_FINE)
    return;
  if (disk->at.kind == MT_ADDRESS_DRIVE) {
    add_key (keys, (guint64)i << 32 | numbers[MT_DRIVE_CONTROLLER],
             (guint64)(numbers[MT_DRIVE_BUS] & 0xffff) << 48 |
                 (guint64)(numbers[MT_DRIVE_TARGET] & 0xffff) << 32 | numbers[MT_DRIVE_UNIT],
             device);
    return;
  }
  letter =
      disk->target != NULL && disk->at.kind == MT_ADDRESS_NONE ? get_letter (disk->target) : -1;
  if (letter >= 0)
    add_key (keys, (guint64)i << 32 | (guint32)(letter / buses[i].per_controller),
             (guint64)(guint32)(letter % buses[i].per_controller / buses[i].per_bus) << 48 |
                 (guint32)(letter % buses[i].per_bus),
             device);
}

static void
add_vio (GArray *keys, const MtLintDevice *device, guint number)
{
  if (device->at.kind == MT_ADDRESS_SPAPR_VIO && device->at.has_reg)
    add_key (keys, 0, device->at.reg, number);
}

static void
add_ccw (GArray *keys, const MtLintDevice *device, guint number)
{
  const guint32 *numbers = device->at.numbers;

  if (device->at.kind == MT_ADDRESS_CCW && device->at.given == 7)
    add_key (keys, numbers[MT_CCW_CSSID],
             (guint64)numbers[MT_CCW_SSID] << 32 | numbers[MT_CCW_DEVNO], number);
}

static void
add_uid (GArray *keys, const MtLintDevice *device, guint number)
{
  if (device->at.kind == MT_ADDRESS_PCI && device->at.has_uid)
    add_key (keys, 0, device->at.uid, number);
}

static void
add_fid (GArray *keys, const MtLintDevice *device, guint number)
{
  if (device->at.kind == MT_ADDRESS_PCI && device->at.has_fid)
    add_key (keys, 0, device->at.fid, number);
}

/* libvirt's virtio-serial controllers have 31 ports; port 0 is for it to assign. */
static void
add_serial (GArray *keys, const MtLintDevice *device, guint number)
{
  const guint32 *numbers = device->at.numbers;

  if ((device->element == MT_LINT_CHANNEL || device->element == MT_LINT_CONSOLE) &&
      device->at.kind == MT_ADDRESS_VIRTIO_SERIAL && numbers[MT_SERIAL_PORT] != 0)
    add_key (keys, numbers[MT_SERIAL_CONTROLLER], numbers[MT_SERIAL_PORT], number);
}

static const struct {
  guint32 has; /* for machines that have this */
  guint8 code;
  void (*add) (GArray *keys, const MtLintDevice *device, guint number);
} families[] = {
  { 0, MT_PLACE_DRIVE_DOUBLE, add_drive },
  { 0, MT_PLACE_SERIAL_DOUBLE, add_serial },
  { 0, MT_PLACE_VIO_DOUBLE, add_vio },
  { MT_HAS_CHANNELS, MT_PLACE_CCW_DOUBLE, add_ccw },
  { MT_HAS_CHANNELS, MT_PLACE_ZPCI_DOUBLE, add_uid },
  { MT_HAS_CHANNELS, MT_PLACE_ZPCI_DOUBLE, add_fid },
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

      if (mt_place_is_placed (device))
        families[row].add (keys, device, i);
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
