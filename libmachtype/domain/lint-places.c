/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and controllers that libvirt refuses: the suite real defines them again. What libvirt's
 * allocator of addresses decides is not checked. */

#include "domain/lint-places-private.h"

#include <string.h>

#include "string-private.h"

#define WORD(member) G_STRUCT_OFFSET (MtLintDevice, member)
#define PCI MT_ADDRESS_BIT (PCI)
#define CCW MT_ADDRESS_BIT (CCW)
#define MMIO MT_ADDRESS_BIT (VIRTIO_MMIO)
#define DRIVE MT_ADDRESS_BIT (DRIVE)
#define USB MT_ADDRESS_BIT (USB)
#define ISA MT_ADDRESS_BIT (ISA)
#define NO_ADDRESS 0

/* The types of addresses that a device can have; the first row that fits. libvirt accepts any for
 * devices that are not listed. */
static const struct {
  guint32 has; /* for machines that have this */
  guint8 element;
  guint16 offset;
  char value[16]; /* of the word there; empty: any, or none */
  gboolean or_none;
  guint32 kinds;
} kinds[] = {
  { 0, MT_LINT_DISK, WORD (bus), "ide", FALSE, DRIVE },
  { 0, MT_LINT_DISK, WORD (bus), "sata", FALSE, DRIVE },
  { 0, MT_LINT_DISK, WORD (bus), "scsi", FALSE, DRIVE },
  { 0, MT_LINT_DISK, WORD (bus), "fdc", FALSE, DRIVE },
  { 0, MT_LINT_DISK, WORD (bus), "usb", FALSE, USB },
  { MT_HAS_PCI, MT_LINT_DISK, WORD (bus), "virtio", FALSE, PCI | CCW | MMIO },
  { 0, MT_LINT_INPUT, WORD (bus), "usb", FALSE, USB },
  { 0, MT_LINT_REDIRDEV, WORD (bus), "usb", FALSE, USB },
  { MT_HAS_X86, MT_LINT_SERIAL, WORD (target_type), "isa-serial", TRUE, ISA },
  { MT_HAS_BOARD_UART, MT_LINT_SERIAL, WORD (target_type), "isa-serial", TRUE, NO_ADDRESS },
  { MT_HAS_BOARD_UART, MT_LINT_SERIAL, WORD (target_type), "system-serial", FALSE, NO_ADDRESS },
  { MT_HAS_CHANNELS, MT_LINT_SERIAL, WORD (target_type), "isa-serial", TRUE, NO_ADDRESS },
  { MT_HAS_CHANNELS, MT_LINT_SERIAL, WORD (target_type), "sclp-serial", FALSE, NO_ADDRESS },
  { 0, MT_LINT_SERIAL, WORD (target_type), "pci-serial", FALSE, PCI },
  { 0, MT_LINT_SERIAL, WORD (target_type), "usb-serial", FALSE, USB },
  { 0, MT_LINT_WATCHDOG, WORD (model), "i6300esb", FALSE, PCI },
  { 0, MT_LINT_WATCHDOG, WORD (model), "ib700", FALSE, NO_ADDRESS },
  { 0, MT_LINT_WATCHDOG, WORD (model), "diag288", FALSE, NO_ADDRESS },
  { 0, MT_LINT_WATCHDOG, WORD (model), "itco", FALSE, NO_ADDRESS },
  { 0, MT_LINT_PANIC, WORD (model), "isa", FALSE, ISA },
  { 0, MT_LINT_PANIC, WORD (model), "hyperv", FALSE, NO_ADDRESS },
  { 0, MT_LINT_PANIC, WORD (model), "pseries", FALSE, NO_ADDRESS },
  { 0, MT_LINT_PANIC, WORD (model), "s390", FALSE, NO_ADDRESS },
  { 0, MT_LINT_SMARTCARD, WORD (type), "", FALSE, MT_ADDRESS_BIT (CCID) },
  { 0, MT_LINT_HOSTDEV, WORD (type), "usb", FALSE, USB },
  { 0, MT_LINT_HOSTDEV, WORD (type), "pci", FALSE, PCI | MT_ADDRESS_BIT (UNASSIGNED) },
  { 0, MT_LINT_HOSTDEV, WORD (type), "scsi", FALSE, DRIVE },
  { 0, MT_LINT_HOSTDEV, WORD (type), "scsi_host", FALSE, PCI | CCW },
  { 0, MT_LINT_HOSTDEV, WORD (model), "vfio-pci", FALSE, PCI },
  { 0, MT_LINT_HOSTDEV, WORD (model), "vfio-ccw", FALSE, CCW },
  { 0, MT_LINT_VIDEO, WORD (model), "ramfb", FALSE, NO_ADDRESS },
  { 0, MT_LINT_IOMMU, WORD (model), "intel", FALSE, NO_ADDRESS },
  { 0, MT_LINT_IOMMU, WORD (model), "smmuv3", FALSE, NO_ADDRESS },
  { 0, MT_LINT_IOMMU, WORD (model), "virtio", FALSE, PCI },
};

static const char *
get_word (const MtLintDevice *device, gsize row)
{
  if (device->element == MT_LINT_DISK)
    return mt_lint_get_bus (device);
  return *(const char *const *)((const char *)device + kinds[row].offset);
}

static gboolean
is_row (const MtLintDevice *device, gsize row)
{
  const char *word = get_word (device, row);

  if (word == NULL)
    return kinds[row].or_none || kinds[row].value[0] == '\0';
  return kinds[row].value[0] == '\0' || mt_is_word (kinds[row].value, word);
}

static gboolean
has_serial (const MtLintDomain *domain)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    if (g_array_index (domain->devices, MtLintDevice, i).element == MT_LINT_SERIAL)
      return TRUE;
  }
  return FALSE;
}

/* Whether libvirt makes a serial port of it, of the board's type. With a serial port, the first
 * console is only its second name. Source: libvirt src/conf/domain_postparse.c,
 * virDomainDefAddConsoleCompat. */
static gboolean
is_only_serial (const MtPlacing *placing, const MtLintDevice *device)
{
  return device->element == MT_LINT_CONSOLE && device->number == 1 &&
         (device->target_type == NULL || strcmp (device->target_type, "serial") == 0) &&
         !has_serial (placing->domain);
}

/* The types of addresses that it can have; G_MAXUINT32: any. */
static guint32
get_kinds (const MtPlacing *placing, const MtLintDevice *device)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].element == device->element &&
        mt_class_has (placing->domain->class, kinds[i].has) && is_row (device, i))
      return kinds[i].kinds;
  }
  if (device->element == MT_LINT_HOSTDEV || device->element == MT_LINT_HUB)
    return G_MAXUINT32;
  return G_MAXUINT32 & ~MT_ADDRESS_BIT (UNASSIGNED);
}

static void
check_kind (const MtPlacing *placing, const MtLintDevice *device)
{
  static const MtLintDevice serial = { .element = MT_LINT_SERIAL };
  const guint32 bit = 1u << device->at.kind;
  const gboolean is_serial = is_only_serial (placing, device);

  /* That only s390x has CCW is a rule of compat. */
  if ((!is_serial && !mt_place_is_placed (device)) ||
      (device->at.kind == MT_ADDRESS_CCW &&
       !mt_class_has (placing->domain->class, MT_HAS_CHANNELS)) ||
      (get_kinds (placing, is_serial ? &serial : device) & bit) != 0)
    return;
  mt_place_report (placing, MT_PLACE_ADDRESS_KIND, device,
                   mt_place_get_address_kind ((MtAddressKind)device->at.kind));
}

/* What the number must be. Source: libvirt src/qemu/qemu_validate.c,
 * qemuValidateDomainDeviceDefDiskFrontend. The controller of IDE is a check of lint-checks.c. */
static const struct {
  char bus[8], name[12];
  guint8 number;
} drives[] = {
  { "ide", "target", MT_DRIVE_TARGET },  { "sata", "bus", MT_DRIVE_BUS },
  { "sata", "target", MT_DRIVE_TARGET }, { "fdc", "controller", MT_DRIVE_CONTROLLER },
  { "fdc", "bus", MT_DRIVE_BUS },        { "fdc", "target", MT_DRIVE_TARGET },
  { "scsi", "bus", MT_DRIVE_BUS },
};

static gboolean
is_on_lsi (const MtPlacing *placing, const MtLintDevice *disk)
{
  const MtLintDevice *controller = mt_place_find_controller (
      placing, MT_CONTROLLER_SCSI, (int)disk->at.numbers[MT_DRIVE_CONTROLLER]);

  return controller != NULL && g_strcmp0 (controller->model, "lsilogic") == 0;
}

static void
check_drive (const MtPlacing *placing, const MtLintDevice *disk)
{
  const char *bus = mt_lint_get_bus (disk);
  gsize i;

  if (bus == NULL)
    return;
  for (i = 0; i < G_N_ELEMENTS (drives); i++) {
    if (mt_is_word (drives[i].bus, bus) && disk->at.numbers[drives[i].number] != 0) {
      g_autofree char *detail =
          g_strdup_printf ("%s='%u'", drives[i].name, disk->at.numbers[drives[i].number]);

      mt_place_report (placing, MT_PLACE_DRIVE_NUMBER, disk, detail);
      return;
    }
  }
  if (mt_is_word (bus, "scsi") && disk->at.numbers[MT_DRIVE_TARGET] != 0 &&
      is_on_lsi (placing, disk))
    mt_place_report (placing, MT_PLACE_DRIVE_NUMBER, disk, "target, on lsilogic");
}

static void
check_ccw (const MtPlacing *placing, const MtLintDevice *device)
{
  if (device->at.given != 0 && device->at.given != 7)
    mt_place_report (placing, MT_PLACE_CCW_PARTIAL, device, NULL);
}

static void
check_zpci (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintAddress *address = &device->at;

  if (!address->has_uid && !address->has_fid)
    return;
  if (placing->domain->class != MT_CLASS_NONE &&
      !mt_class_has (placing->domain->class, MT_HAS_CHANNELS))
    mt_place_report (placing, MT_PLACE_ZPCI_UNAVAILABLE, device, NULL);
  else if (address->has_uid && (address->uid == 0 || address->uid > 0xffff))
    mt_place_report (placing, MT_PLACE_ZPCI_UID, device, NULL);
}

/* libvirt does not read the addresses of displays on other than VNC and SPICE, of a memory balloon
 * that is switched off, and of a USB controller that is. */
static gboolean
is_address_read (const MtLintDevice *device)
{
  if (device->element == MT_LINT_GRAPHICS)
    return g_strcmp0 (device->type, "vnc") == 0 || g_strcmp0 (device->type, "spice") == 0;
  if (device->element == MT_LINT_CONTROLLER || device->element == MT_LINT_MEMBALLOON)
    return g_strcmp0 (device->model, "none") != 0;
  return TRUE;
}

static void
check_device (const MtPlacing *placing, const MtLintDevice *device)
{
  const MtLintAddress *address = &device->at;

  if (device->element == MT_LINT_NVRAM && placing->domain->class != MT_CLASS_NONE &&
      !mt_class_has (placing->domain->class, MT_HAS_PAPR))
    mt_place_report (placing, MT_PLACE_NVRAM, device, NULL);
  if (!is_address_read (device))
    return;
  if (address->fault != MT_PLACE_FINE)
    mt_place_report (placing, (MtPlaceCode)address->fault, device, address->detail);
  if (address->kind == MT_ADDRESS_NONE)
    return;
  check_kind (placing, device);
  if (device->element == MT_LINT_DISK && address->kind == MT_ADDRESS_DRIVE)
    check_drive (placing, device);
  else if (address->kind == MT_ADDRESS_CCW)
    check_ccw (placing, device);
  else if (address->kind == MT_ADDRESS_PCI && mt_place_is_placed (device))
    check_zpci (placing, device);
}

static gboolean
is_ps2 (const MtPlacing *placing, const MtLintDevice *device)
{
  if (device->element != MT_LINT_INPUT)
    return FALSE;
  return g_strcmp0 (device->bus, "ps2") == 0 ||
         (device->bus == NULL && mt_class_has (placing->domain->class, MT_HAS_X86) &&
          g_strcmp0 (device->type, "tablet") != 0);
}

static void
check_features (const MtPlacing *placing)
{
  MtLintDomain *domain = placing->domain;
  guint i;

  if (domain->tseg_bytes % (1 << 20) != 0 && mt_class_has (domain->class, MT_HAS_ICH9))
    mt_place_report_at (placing, MT_PLACE_TSEG, "/domain/features/smm/tseg", NULL);
  if (!domain->ps2_off)
    return;
  if (domain->vmport_on)
    mt_place_report_at (placing, MT_PLACE_PS2_OFF_VMPORT, "/domain/features/vmport", NULL);
  for (i = 0; i < domain->devices->len; i++) {
    if (is_ps2 (placing, mt_place_get_device (placing, i)))
      mt_place_report (placing, MT_PLACE_PS2_OFF, mt_place_get_device (placing, i), NULL);
  }
}

void
mt_lint_places_check (MtLintDomain *domain, GPtrArray *findings)
{
  g_autoptr (GHashTable) controllers = g_hash_table_new (NULL, NULL);
  const MtPlacing placing = { domain, findings, controllers };
  guint i;

  mt_place_check_controllers (&placing);
  for (i = 0; i < domain->devices->len; i++)
    check_device (&placing, mt_place_get_device (&placing, i));
  mt_place_check_pci (&placing);
  mt_place_check_usb (&placing);
  mt_place_check_doubles (&placing);
  check_features (&placing);
}
