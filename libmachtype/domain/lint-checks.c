/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions of more than one thing, which no rule of compat can express: each is a small function
 * in a table. Measured with libvirt 9.0 and QEMU 7.2: the suites real and slow check the
 * authorities define and qemu again; statements about guests were observed in booted guests. */

#include "domain/lint-private.h"

#include <stdlib.h>
#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "string-private.h"

#define DEFINE MACHTYPE_AUTHORITY_LIBVIRT_DEFINE
#define QEMU MACHTYPE_AUTHORITY_QEMU
#define GUEST MACHTYPE_AUTHORITY_GUEST

#define WORD(member) G_STRUCT_OFFSET (MtLintDevice, member)

static gboolean
has_feature (const MtLintDomain *domain, const char *feature)
{
  return mt_lint_has (domain, MT_KIND_FEATURE, feature);
}

static gboolean
has_firmware (const MtLintDomain *domain, const char *firmware)
{
  return mt_lint_has (domain, MT_KIND_FIRMWARE, firmware);
}

gboolean
mt_lint_has_uefi (const MtLintDomain *domain)
{
  return has_firmware (domain, "efi") || has_firmware (domain, "pflash");
}

gboolean
mt_lint_is_emulated (const MtLintDomain *domain)
{
  return g_strcmp0 (domain->type, "qemu") == 0;
}

const MtLintDevice *
mt_lint_find_device (const MtLintDomain *domain, MtLintElement element, const char *type)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (device->element == element && (type == NULL || g_strcmp0 (device->type, type) == 0))
      return device;
  }
  return NULL;
}

static char *
find_acpi_without_uefi (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!has_feature (domain, "acpi") || mt_lint_has_uefi (domain))
    return NULL;
  return g_strdup ("/domain/features/acpi");
}

static char *
find_uefi_without_acpi (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return mt_lint_has_uefi (domain) && !has_feature (domain, "acpi") ? g_strdup ("/domain/os")
                                                                    : NULL;
}

/* With an explicit loader, libvirt does not enable it automatically. */
static char *
find_secure_without_smm (const MtLintDomain *domain, char **detail)
{
  const gboolean smm = has_feature (domain, "smm") && !domain->smm_off;

  (void)detail;
  if (!has_firmware (domain, "secure-boot") || has_firmware (domain, "efi") || smm)
    return NULL;
  return g_strdup ("/domain/os/loader/@secure");
}

static char *
find_secure_with_smm_off (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!has_firmware (domain, "secure-boot") || !has_firmware (domain, "efi") || !domain->smm_off)
    return NULL;
  return g_strdup ("/domain/features/smm");
}

static char *
find_no_acpi (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  /* With UEFI libvirt refuses it: that is another check. */
  if (has_feature (domain, "acpi") || mt_lint_has_uefi (domain))
    return NULL;
  return g_strdup ("/domain/features");
}

/* Of every domain without it. Without a host, it is not known which libvirt there will be. */
static char *
find_acpi_option (const MtLintDomain *domain, char **detail)
{
  const MtVersionRanges *versions = &domain->versions;

  if (has_feature (domain, "acpi") || !mt_qemu_version_is_set (versions->libvirt.from))
    return NULL;
  *detail = g_strdup_printf ("libvirt %u.%u and QEMU %u.%u", versions->libvirt.from.major,
                             versions->libvirt.from.minor, versions->qemu.from.major,
                             versions->qemu.from.minor);
  return g_strdup ("/domain/features");
}

static char *
find_iommu_without_acpi (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *iommu = mt_lint_find_device (domain, MT_LINT_IOMMU, NULL);

  (void)detail;
  if (iommu == NULL || g_strcmp0 (iommu->model, "virtio") != 0 || has_feature (domain, "acpi"))
    return NULL;
  return mt_lint_dup_subject (iommu);
}

static gboolean
is_nvme_controller (const MtLintDevice *device)
{
  return device->element == MT_LINT_CONTROLLER && device->type != NULL &&
         mt_is_word (device->type, "nvme");
}

static gboolean
has_nvme_index (const MtLintDomain *domain, int index)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (is_nvme_controller (device) && device->index == index)
      return TRUE;
  }
  return FALSE;
}

/* libvirt gives the controllers without an index those that are unused, in their order. */
static int
get_nvme_index (const MtLintDomain *domain, const MtLintDevice *controller)
{
  const MtLintDevice *device = (const MtLintDevice *)(gconstpointer)domain->devices->data;
  int index = controller->index < 0 ? -1 : controller->index;

  for (; controller->index < 0 && device <= controller; device++) {
    if (!is_nvme_controller (device) || device->index >= 0)
      continue;
    do
      index++;
    while (has_nvme_index (domain, index));
  }
  return index;
}

/* NVMe: the controller that a device is, or is on; -1: none. nvme1n2 is on the second. */
static int
get_nvme (const MtLintDomain *domain, const MtLintDevice *device)
{
  if (is_nvme_controller (device))
    return get_nvme_index (domain, device);
  if (device->element != MT_LINT_DISK || g_strcmp0 (mt_lint_get_bus (device), "nvme") != 0)
    return -1;
  if (device->controller >= 0)
    return device->controller;
  return device->target != NULL && g_str_has_prefix (device->target, "nvme")
             ? atoi (device->target + strlen ("nvme"))
             : 0;
}

static const MtLintDevice *
find_nvme (const MtLintDomain *domain, int number, const char *other_serial, gboolean has_serial)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (get_nvme (domain, device) == number && (!has_serial || device->serial != NULL) &&
        (other_serial == NULL || strcmp (device->serial, other_serial) != 0))
      return device;
  }
  return NULL;
}

/* libvirt adds the controllers before the last one, and gives each the serial number of its disks.
 */
static char *
find_nvme_without_serial (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *first = NULL, *device;
  int last = -1, number;
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    device = &g_array_index (domain->devices, MtLintDevice, i);
    number = get_nvme (domain, device);
    if (first == NULL && number >= 0)
      first = device;
    last = MAX (last, number);
  }
  for (number = 0; number <= last; number++) {
    if (find_nvme (domain, number, NULL, TRUE) != NULL)
      continue;
    device = find_nvme (domain, number, NULL, FALSE);
    *detail = g_strdup_printf ("controller %d", number);
    return mt_lint_dup_subject (device != NULL ? device : first);
  }
  return NULL;
}

static char *
find_nvme_with_serials (const MtLintDomain *domain, char **detail)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i), *other;
    const int number = get_nvme (domain, device);

    other = number >= 0 && device->serial != NULL ? find_nvme (domain, number, device->serial, TRUE)
                                                  : NULL;
    if (other == NULL)
      continue;
    *detail = g_strdup_printf ("controller %d", number);
    return mt_lint_dup_subject (other);
  }
  return NULL;
}

/* hda to hdd are on the first controller, in the order in which libvirt numbers them. */
static gboolean
is_on_second_ide (const MtLintDomain *domain, const MtLintDevice *device)
{
  const char *bus;

  (void)domain;
  if (device->element == MT_LINT_CONTROLLER)
    return g_strcmp0 (device->type, "ide") == 0 && device->index > 0;
  bus = device->element == MT_LINT_DISK ? mt_lint_get_bus (device) : NULL;
  if (g_strcmp0 (bus, "ide") != 0)
    return FALSE;
  if (device->controller >= 0)
    return device->controller > 0;
  return device->target != NULL && strlen (device->target) == 3 && device->target[2] > 'd';
}

/* libvirt's sclp-serial is the same console, unless its model is the other one. */
static gboolean
is_sclp (const MtLintDevice *device)
{
  if (device->element == MT_LINT_CONSOLE)
    return g_strcmp0 (device->target_type, "sclp") == 0;
  return device->element == MT_LINT_SERIAL &&
         g_strcmp0 (device->target_model, "sclplmconsole") != 0 &&
         (device->target_type == NULL || strcmp (device->target_type, "sclp-serial") == 0);
}

static char *
find_second_sclp (const MtLintDomain *domain, char **detail)
{
  gboolean seen = FALSE;
  guint i;

  (void)detail;
  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (!is_sclp (device))
      continue;
    if (seen)
      return mt_lint_dup_subject (device);
    seen = TRUE;
  }
  return NULL;
}

/* Devices that are on a bus by themselves: on USB, or on PCI with an interrupt, which displays do
 * not need. Some devices have no rule in compat. */
static const struct {
  guint8 element;
  guint32 bus; /* MT_HAS_USB, MT_HAS_PCI */
  guint16 offset;
  char value[16];     /* of the word there; empty: any */
  char not_model[12]; /* a model that is not on it; empty: none */
  gboolean has_no_rule;
} hangs[] = {
  { MT_LINT_DISK, MT_HAS_USB, WORD (bus), "usb", "", FALSE },
  { MT_LINT_INPUT, MT_HAS_USB, WORD (bus), "usb", "", FALSE },
  { MT_LINT_SOUND, MT_HAS_USB, WORD (model), "usb", "", FALSE },
  { MT_LINT_SERIAL, MT_HAS_USB, WORD (target_type), "usb-serial", "", FALSE },
  { MT_LINT_REDIRDEV, MT_HAS_USB, WORD (bus), "usb", "", TRUE },
  { MT_LINT_HOSTDEV, MT_HAS_USB, WORD (type), "usb", "", TRUE },
  { MT_LINT_HUB, MT_HAS_USB, WORD (type), "usb", "", TRUE },
  { MT_LINT_SMARTCARD, MT_HAS_USB, WORD (type), "", "", TRUE }, /* its accessor */
  { MT_LINT_DISK, MT_HAS_PCI, WORD (bus), "virtio", "", FALSE },
  { MT_LINT_CONTROLLER, MT_HAS_PCI, WORD (type), "scsi", "", FALSE },
  { MT_LINT_CONTROLLER, MT_HAS_PCI, WORD (type), "sata", "", FALSE },
  { MT_LINT_CONTROLLER, MT_HAS_PCI, WORD (type), "virtio-serial", "", FALSE },
  { MT_LINT_CONTROLLER, MT_HAS_PCI, WORD (type), "usb", "none", FALSE },
  { MT_LINT_INTERFACE, MT_HAS_PCI, WORD (type), "", "ne2k_isa", FALSE },
  { MT_LINT_INPUT, MT_HAS_PCI, WORD (bus), "virtio", "", FALSE },
  { MT_LINT_SOUND, MT_HAS_PCI, WORD (model), "ich6", "", FALSE },
  { MT_LINT_SOUND, MT_HAS_PCI, WORD (model), "ich9", "", FALSE },
  { MT_LINT_SOUND, MT_HAS_PCI, WORD (model), "ac97", "", FALSE },
  { MT_LINT_SOUND, MT_HAS_PCI, WORD (model), "es1370", "", FALSE },
  { MT_LINT_MEMBALLOON, MT_HAS_PCI, WORD (type), "", "none", FALSE },
  { MT_LINT_RNG, MT_HAS_PCI, WORD (type), "", "", FALSE },
  { MT_LINT_FILESYSTEM, MT_HAS_PCI, WORD (type), "", "", FALSE },
  { MT_LINT_VSOCK, MT_HAS_PCI, WORD (type), "", "", FALSE },
};

static const char *
get_word (const MtLintDevice *device, gsize row)
{
  if (device->element == MT_LINT_DISK)
    return mt_lint_get_bus (device);
  return *(const char *const *)((const char *)device + hangs[row].offset);
}

/* The row that says that a device is on a bus; -1: none. */
static int
find_hang (const MtLintDevice *device, guint32 bus)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (hangs); i++) {
    if (hangs[i].element != device->element || hangs[i].bus != bus ||
        (hangs[i].value[0] != '\0' && g_strcmp0 (get_word (device, i), hangs[i].value) != 0))
      continue;
    if (hangs[i].not_model[0] == '\0' || g_strcmp0 (device->model, hangs[i].not_model) != 0)
      return (int)i;
  }
  return -1;
}

static gboolean
is_usb_without_rule (const MtLintDomain *domain, const MtLintDevice *device)
{
  const int row = find_hang (device, MT_HAS_USB);

  (void)domain;
  return row >= 0 && hangs[row].has_no_rule;
}

static gboolean
is_ps2_tablet (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return device->element == MT_LINT_INPUT && g_strcmp0 (device->type, "tablet") == 0 &&
         g_strcmp0 (device->bus, "ps2") == 0;
}

static gboolean
is_transitional (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return device->model != NULL && g_str_has_prefix (device->model, "virtio-") &&
         g_str_has_suffix (device->model, "-transitional");
}

/* Only type "passthrough" has such models. */
static gboolean
is_transitional_input (const MtLintDomain *domain, const MtLintDevice *device)
{
  static const char *const types[] = { "keyboard", "mouse", "tablet", NULL };

  return device->element == MT_LINT_INPUT && device->type != NULL &&
         g_strv_contains (types, device->type) && is_transitional (domain, device);
}

static gboolean
has_unfit_wwn (const MtLintDomain *domain, const MtLintDevice *device)
{
  const char *bus = device->element == MT_LINT_DISK ? mt_lint_get_bus (device) : NULL;

  (void)domain;
  return device->has_wwn && bus != NULL && strcmp (bus, "ide") != 0 && strcmp (bus, "scsi") != 0;
}

static gboolean
has_unfit_translation (const MtLintDomain *domain, const MtLintDevice *device)
{
  const char *bus = device->element == MT_LINT_DISK ? mt_lint_get_bus (device) : NULL;

  (void)domain;
  return device->has_translation && bus != NULL && strcmp (bus, "ide") != 0;
}

static gboolean
is_readonly_disk (const MtLintDomain *domain, const MtLintDevice *device)
{
  const char *bus = device->element == MT_LINT_DISK ? mt_lint_get_bus (device) : NULL;

  (void)domain;
  return device->is_readonly && bus != NULL &&
         (device->device == NULL || strcmp (device->device, "disk") == 0) &&
         (strcmp (bus, "ide") == 0 || strcmp (bus, "sata") == 0);
}

static gboolean
is_shmem (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return device->element == MT_LINT_SHMEM;
}

static char *
find_smbios (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_smbios ? g_strdup ("/domain/os/smbios") : NULL;
}

static char *
find_bios_serial (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  return domain->has_bios_serial ? g_strdup ("/domain/os/bios") : NULL;
}

static const MtLintDevice *
find_usb_device (const MtLintDomain *domain)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (find_hang (device, MT_HAS_USB) >= 0)
      return device;
  }
  return NULL;
}

gboolean
mt_lint_can_have_usb (const MtLintDomain *domain)
{
  const MtLintDevice *controller = mt_lint_find_device (domain, MT_LINT_CONTROLLER, "usb");

  if (controller == NULL)
    return mt_class_has (domain->class, MT_HAS_OWN_USB);
  return g_strcmp0 (controller->model, "none") != 0;
}

static char *
find_usb_switched_off (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *controller = mt_lint_find_device (domain, MT_LINT_CONTROLLER, "usb"), *device;

  (void)detail;
  if (controller == NULL || g_strcmp0 (controller->model, "none") != 0)
    return NULL;
  device = find_usb_device (domain);
  return device != NULL ? mt_lint_dup_subject (device) : NULL;
}

static char *
find_usb_without_controller (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *device;

  (void)detail;
  if (mt_lint_find_device (domain, MT_LINT_CONTROLLER, "usb") != NULL)
    return NULL;
  device = find_usb_device (domain);
  return device != NULL ? mt_lint_dup_subject (device) : NULL;
}

/* It is function 7 of its slot: a guest sees it only if there is a function 0. */
static char *
find_lone_ehci (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *ehci = NULL;
  guint i;

  (void)detail;
  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (device->element != MT_LINT_CONTROLLER || device->model == NULL)
      continue;
    if (mt_is_word (device->model, "ich9-uhci1"))
      return NULL;
    if (mt_is_word (device->model, "ich9-ehci1"))
      ehci = device;
  }
  return ehci != NULL ? mt_lint_dup_subject (ehci) : NULL;
}

static char *
find_no_kernel (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (domain->has_kernel || domain->has_loader || mt_lint_has_uefi (domain))
    return NULL;
  return g_strdup ("/domain/os");
}

/* On boards without PCI: what libvirt adds unless it is disabled. */
static char *
find_implied_pci (const MtLintDomain *domain, char **detail)
{
  const MtLintDevice *balloon = mt_lint_find_device (domain, MT_LINT_MEMBALLOON, NULL);
  const MtLintDevice *usb = mt_lint_find_device (domain, MT_LINT_CONTROLLER, "usb");

  if (domain->has_pci_root)
    return NULL;
  if (balloon == NULL || (balloon->address == NULL && g_strcmp0 (balloon->model, "none") != 0))
    *detail = g_strdup ("<memballoon model='none'/>");
  else if (mt_class_has (domain->class, MT_HAS_OWN_USB) && usb == NULL)
    *detail = g_strdup ("<controller type='usb' model='none'/>");
  return *detail != NULL ? g_strdup ("/domain/devices") : NULL;
}

/* What libvirt has written itself was not refused: without a host nothing is said. */
static char *
find_wanted_root (const MtLintDomain *domain, char **detail)
{
  (void)detail;
  if (!mt_qemu_version_is_set (domain->versions.libvirt.from))
    return NULL;
  return g_strdup ("/domain/os/type/@machine");
}

static gboolean
needs_slot (const MtLintDevice *device)
{
  return find_hang (device, MT_HAS_PCI) >= 0;
}

static gboolean
has_no_slot (const MtLintDomain *domain, const MtLintDevice *device)
{
  (void)domain;
  return needs_slot (device) && device->slot < 0 &&
         (device->address == NULL || strcmp (device->address, "pci") == 0);
}

static gboolean
is_in_dead_slot (const MtLintDomain *domain, const MtLintDevice *device)
{
  const guint32 slots = mt_class_get (domain->class)->interrupt_slots;
  const int slot = device->slot;

  if (!needs_slot (device) || slot < 0)
    return FALSE;
  return device->pci_bus > 0 || slot > 31 || (slots & 1u << slot) == 0;
}

static gboolean
has_virtio_channel (const MtLintDomain *domain)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if ((device->element == MT_LINT_CHANNEL || device->element == MT_LINT_CONSOLE) &&
        g_strcmp0 (device->target_type, "virtio") == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_scsi_disk (const MtLintDomain *domain)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (device->element == MT_LINT_DISK && g_strcmp0 (mt_lint_get_bus (device), "scsi") == 0)
      return TRUE;
  }
  return FALSE;
}

/* What libvirt adds to malta, in slots without an interrupt. */
static char *
find_implied_slot (const MtLintDomain *domain, char **detail)
{
  if (mt_lint_find_device (domain, MT_LINT_MEMBALLOON, NULL) == NULL)
    *detail = g_strdup ("memballoon");
  else if (find_usb_device (domain) != NULL &&
           mt_lint_find_device (domain, MT_LINT_CONTROLLER, "usb") == NULL)
    *detail = g_strdup ("USB controller");
  else if (has_scsi_disk (domain) &&
           mt_lint_find_device (domain, MT_LINT_CONTROLLER, "scsi") == NULL)
    *detail = g_strdup ("SCSI controller");
  else if (has_virtio_channel (domain) &&
           mt_lint_find_device (domain, MT_LINT_CONTROLLER, "virtio-serial") == NULL)
    *detail = g_strdup ("virtio-serial controller");
  return *detail != NULL ? g_strdup ("/domain/devices") : NULL;
}

/* As in compat/rules.c. */
#define BEFORE(what, major, minor) .versions = { .what = { .before = { major, minor } } }
#define FROM(what, major, minor) .versions = { .what = { .from = { major, minor } } }
#define AS_OF_LIBVIRT_9_0 BEFORE (libvirt, 9, 1)

#define BOTH(qemu_range, libvirt_range)                                                            \
  .versions = { .qemu = { qemu_range }, .libvirt = { libvirt_range } }
#define UNTIL(major, minor) .before = { major, minor }
#define SINCE(major, minor) .from = { major, minor }

#define VALIDATE "libvirt src/qemu/qemu_validate.c"
#define NVME_SERIALS "libvirt, virDomainDefMaybeAssignNvmeControllerSerials"
#define HW_VIRT "QEMU hw/arm/virt.c"
#define MALTA_SLOTS "Linux arch/mips/pci/fixup-malta.c"
#define FIRST_SLOT G_STRINGIFY (MT_MALTA_SLOT)
#define LAST_SLOT G_STRINGIFY (MT_MALTA_LAST_SLOT)
#define GIVE_SLOT                                                                                  \
  "use <address type='pci' bus='0x00' slot='" FIRST_SLOT                                           \
  "'/>, or " G_STRINGIFY (MT_MALTA_NEXT_SLOT) " to " LAST_SLOT

static const MtLintCheck checks[] = {
  { "acpi-without-uefi", .on = MT_ON (AARCH64_VIRT), .authority = DEFINE,
    .message = "libvirt requires UEFI for ACPI on this machine",
    .remedy = "remove <acpi/>, or use <os firmware='efi'>", .source = VALIDATE,
    .find = find_acpi_without_uefi },
  { "acpi-without-uefi", .on = MT_ON (ARM_VIRT), .authority = MACHTYPE_AUTHORITY_IGNORED,
    .message = "ACPI is ignored without UEFI", .remedy = "remove <acpi/>",
    .source = "libvirt src/qemu/qemu_command.c", .find = find_acpi_without_uefi },
  { "uefi-without-acpi", .has = MT_HAS_X86, .authority = DEFINE,
    .message = "libvirt requires ACPI for UEFI on this machine", .remedy = "add <acpi/>",
    .source = VALIDATE, .find = find_uefi_without_acpi },
  { "secure-boot-without-smm", .has = MT_HAS_ICH9, .authority = DEFINE,
    .message = "Secure Boot requires System Management Mode", .remedy = "add <smm state='on'/>",
    .source = VALIDATE, .find = find_secure_without_smm },
  { "secure-boot-without-smm", .has = MT_HAS_ICH9, .authority = QEMU, .define_from = { 9, 2 },
    .message = "Secure Boot requires System Management Mode", .remedy = "remove <smm state='off'/>",
    .source = "libvirt src/qemu/qemu_firmware.c; NEWS, 9.2.0", .find = find_secure_with_smm_off },
  { "acpi-missing", .on = MT_ON_I440FXS, .authority = GUEST,
    .message = "without ACPI, the guest never powers off", .remedy = "add <acpi/>",
    .source = "guests booted without it", .find = find_no_acpi },
  { "acpi-option", .has = MT_HAS_X86, .on = MT_ON (AARCH64_VIRT), .authority = QEMU,
    BOTH (SINCE (9, 0), UNTIL (9, 1)),
    .message = "without ACPI, libvirt before 9.1 passes -no-acpi, which QEMU 9.0 has removed",
    .remedy = "use a host with libvirt 9.1 or newer",
    .source = "QEMU docs/about/removed-features.rst, 9.0", .find = find_acpi_option },
  { "iommu-without-acpi", .on = MT_ON_Q35S, .authority = DEFINE,
    .message = "libvirt requires ACPI for this vIOMMU", .remedy = "add <acpi/>", .source = VALIDATE,
    .find = find_iommu_without_acpi },
  { "iommu-without-acpi", .on = MT_ON_ARM, .authority = DEFINE,
    .message = "libvirt requires ACPI for this vIOMMU",
    .remedy = "add <acpi/>, which requires UEFI", .source = VALIDATE,
    .find = find_iommu_without_acpi },
  { "ide-second-controller", .has = MT_HAS_IDE, .authority = DEFINE,
    .message = "the machine has one IDE controller, for four drives",
    .remedy = "use hda to hdd, or another bus", .source = VALIDATE,
    .find_device = is_on_second_ide },
  { "sclp-second-console", .has = MT_HAS_CHANNELS, .authority = QEMU,
    .message = "the machine supports only one SCLP console",
    .remedy = "use <console> with <target type='virtio'/>, or sclplm",
    .source = "QEMU hw/char/sclpconsole.c", .find = find_second_sclp },
  { "usb-switched-off", .has = MT_HAS_USB, .authority = DEFINE,
    .message = "USB is disabled by controller model 'none'",
    .remedy = "use <controller type='usb' model='qemu-xhci'/>", .source = VALIDATE,
    .find = find_usb_switched_off },
  { "usb-without-controller", .has = MT_HAS_USB, .lacks = MT_HAS_OWN_USB, .authority = DEFINE,
    .message = "libvirt does not add a USB controller on this machine",
    .remedy = "use <controller type='usb' model='qemu-xhci'/>",
    .source = "libvirt src/qemu/qemu_domain.c", .find = find_usb_without_controller },
  { "usb-unavailable", .lacks = MT_HAS_USB, .authority = DEFINE,
    .message = "this machine has no USB", .remedy = "remove the device", .source = VALIDATE,
    .find_device = is_usb_without_rule },
  { "ps2-tablet", .has = MT_HAS_PS2 | MT_HAS_PCI, .authority = DEFINE,
    .message = "PS/2 does not support tablets", .remedy = "use bus='usb' or bus='virtio'",
    .source = "libvirt src/conf/domain_conf.c", .find_device = is_ps2_tablet },
  { "ps2-tablet", .on = MT_ON (ISAPC) | MT_ON (MICROVM), .authority = DEFINE,
    .message = "PS/2 does not support tablets", .remedy = "remove the tablet, or use a PS/2 mouse",
    .source = "libvirt src/conf/domain_conf.c", .find_device = is_ps2_tablet },
  { "virtio-transitional", .has = MT_HAS_CHANNELS, .authority = QEMU,
    .message = "virtio on CCW has no transitional models", .remedy = "use model='virtio'",
    .source = "QEMU hw/virtio/virtio-pci.h", .find_device = is_transitional },
  { "input-transitional", .lacks = MT_HAS_NEVER, .authority = DEFINE,
    .message = "this input device has no transitional or non-transitional model",
    .remedy = "remove the model", .source = VALIDATE, .find_device = is_transitional_input },
  { "disk-wwn", .lacks = MT_HAS_NEVER, .authority = DEFINE,
    .message = "only disks on IDE and SCSI have a WWN", .remedy = "remove <wwn>, or use bus='scsi'",
    .source = VALIDATE, .find_device = has_unfit_wwn },
  { "nvme-serial", .has = MT_HAS_PCI, FROM (libvirt, 11, 5), .authority = DEFINE,
    .message = "libvirt requires a serial number for each NVMe controller",
    .remedy = "add <serial> to a disk of it, or to the controller", .source = NVME_SERIALS,
    .find = find_nvme_without_serial },
  { "nvme-serials", .has = MT_HAS_PCI, FROM (libvirt, 11, 5), .authority = DEFINE,
    .message = "an NVMe controller has one serial number, which all of its disks have",
    .remedy = "use the same <serial>, or one more controller", .source = NVME_SERIALS,
    .find = find_nvme_with_serials },
  { "disk-geometry", .lacks = MT_HAS_NEVER, .authority = DEFINE,
    .message = "only disks on IDE have a translation of their geometry",
    .remedy = "remove trans from <geometry>", .source = VALIDATE,
    .find_device = has_unfit_translation },
  { "disk-readonly", .lacks = MT_HAS_NEVER, .authority = DEFINE,
    .message = "disks on IDE and SATA cannot be read-only", .remedy = "remove <readonly/>",
    .source = VALIDATE, .find_device = is_readonly_disk },
  { "shmem", .on = MT_ON (S390X), .authority = DEFINE,
    .message = "QEMU does not support ivshmem on this machine",
    .remedy = "remove the shared memory", .source = VALIDATE, .find_device = is_shmem },
  { "smbios", .lacks = MT_HAS_SMBIOS, .authority = QEMU,
    .message = "the machine does not support SMBIOS", .remedy = "remove <smbios>",
    .source = "QEMU qemu-options.hx, -smbios", .find = find_smbios },
  { "bios-serial", .lacks = MT_HAS_X86, .authority = DEFINE,
    .message = "the firmware of this machine has no serial console", .remedy = "remove useserial",
    .source = VALIDATE, .find = find_bios_serial },
  { "usb-ehci-alone", .on = MT_ON_Q35S | MT_ON_ARM | MT_ON (RISCV_VIRT), .authority = GUEST,
    .message =
        "ich9-ehci1 without ich9-uhci1 is function 7 without function 0: guests do not detect it",
    .remedy = "use model qemu-xhci", .source = "libvirt src/qemu/qemu_domain_address.c",
    .find = find_lone_ehci },
  { "kernel-missing", .has = MT_HAS_UEFI, .lacks = MT_HAS_FIRMWARE, .authority = GUEST,
    .message = "the machine has no firmware: it cannot boot without a kernel or a loader",
    .remedy = "add <os firmware='efi'> or <kernel>", .source = "guests started without one",
    .find = find_no_kernel },
  { "kernel-missing", .on = MT_ON_MALTAS | MT_ON (RISCV_VIRT) | MT_ON (M68K_VIRT),
    .authority = GUEST,
    .message = "the machine has no firmware: it cannot boot without a kernel or a loader",
    .remedy = "add <kernel>", .source = "guests started without one", .find = find_no_kernel },
  { "pci-implied", .on = MT_ON (ISAPC) | MT_ON (MICROVM), BEFORE (libvirt, 11, 4),
    .authority = DEFINE, .message = "libvirt adds devices for which the machine has no bus",
    .remedy = "disable them", .source = "libvirt src/qemu/qemu_domain.c",
    .find = find_implied_pci },
  { "pci-implied", .on = MT_ON (M68K_VIRT), AS_OF_LIBVIRT_9_0, .authority = DEFINE,
    .message = "libvirt adds devices for which the machine has no bus", .remedy = "disable them",
    .source = "libvirt src/qemu/qemu_domain.c", .find = find_implied_pci },
  { "pci-root-wanted", .on = MT_ON (M68K_VIRT), FROM (libvirt, 11, 4), .authority = DEFINE,
    .message = "libvirt takes the machine for one with PCI, and refuses every domain of it",
    .remedy = "use a host with libvirt before 11.4", .source = "libvirt src/qemu/qemu_postparse.c",
    .find = find_wanted_root },
  { "pci-slot-implied", .on = MT_ON_MALTAS, .authority = GUEST,
    .message = "libvirt adds a device in a slot without an interrupt",
    .remedy = "add it, with an address in slot " FIRST_SLOT " to " LAST_SLOT, .source = MALTA_SLOTS,
    .find = find_implied_slot },
  { "pci-slot-missing", .on = MT_ON_MALTAS, .authority = GUEST,
    .message = "libvirt assigns a slot without an interrupt", .remedy = GIVE_SLOT,
    .source = MALTA_SLOTS, .find_device = has_no_slot },
  { "pci-slot-dead", .on = MT_ON_MALTAS, .authority = GUEST, .message = "the slot has no interrupt",
    .remedy = GIVE_SLOT, .source = MALTA_SLOTS, .find_device = is_in_dead_slot },
};

void
mt_lint_add (MtLint *lint, const char *code, MachtypeAuthority authority, const char *subject,
             const char *source, char *message, char *remedy)
{
  g_ptr_array_add (lint->findings,
                   mt_finding_new_of (code, message, remedy, subject, authority, source));
}

const MtLintCheck *
mt_lint_device_checks_get (gsize *count)
{
  *count = G_N_ELEMENTS (checks);
  return checks;
}

gboolean
mt_lint_check_is_for (const MtLintCheck *check, MtMachineClass class)
{
  const guint32 has = mt_class_get (class)->has, bit = MT_CLASS_BIT (class);

  if ((check->on & bit) != 0 || class == MT_CLASS_NONE)
    return (check->on & bit) != 0;
  return (check->has | check->lacks) != 0 && (check->not_on & bit) == 0 &&
         (check->has & ~has) == 0 && (check->lacks == 0 || (check->lacks & ~has) != 0);
}

/* "(256; at most 255), but only with libvirt before 10.10" */
static char *
dup_message (const MtLintCheck *check, const MtLintDomain *domain, const char *subject,
             const char *detail)
{
  GString *message = g_string_new (NULL);
  g_autofree char *versions = NULL;

  g_string_append_printf (message, "%s: %s", subject, check->message);
  if (detail != NULL) {
    g_autofree char *shown = mt_escape_for_message (detail);

    g_string_append_printf (message, " (%s)", shown);
  }
  if (!mt_versions_apply (&check->versions, &domain->versions))
    versions = mt_versions_dup_text (&check->versions);
  if (versions != NULL)
    g_string_append_printf (message, ", but only with %s", versions);
  return g_string_free (message, FALSE);
}

static MachtypeAuthority
get_authority (const MtLintCheck *check, const MtLintDomain *domain)
{
  if (mt_qemu_version_is_set (check->define_from) &&
      mt_qemu_version_compare (domain->versions.libvirt.from, check->define_from) >= 0)
    return DEFINE;
  return (MachtypeAuthority)check->authority;
}

static void
report (const MtLintCheck *check, const MtLintDomain *domain, const char *subject,
        const char *detail, GPtrArray *findings)
{
  char *message = dup_message (check, domain, subject, detail);
  char *remedy = check->dup_remedy != NULL ? check->dup_remedy (domain) : g_strdup (check->remedy);
  MachtypeFinding *finding = mt_finding_new_of (check->code, message, remedy, subject,
                                                get_authority (check, domain), check->source);

  if (!mt_versions_apply (&check->versions, &domain->versions))
    mt_finding_lower (finding, MACHTYPE_SEVERITY_WARNING);
  g_ptr_array_add (findings, finding);
}

static void
run_on_devices (const MtLintCheck *check, const MtLintDomain *domain, GPtrArray *findings)
{
  guint i;

  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);
    g_autofree char *subject = NULL;

    if (!check->find_device (domain, device))
      continue;
    subject = mt_lint_dup_subject (device);
    report (check, domain, subject, NULL, findings);
  }
}

void
mt_lint_check_run (const MtLintCheck *check, const MtLintDomain *domain, GPtrArray *findings)
{
  g_autofree char *subject = NULL, *detail = NULL;

  if (!mt_lint_check_is_for (check, domain->class) ||
      !mt_versions_may_apply (&check->versions, &domain->versions))
    return;
  if (check->find_device != NULL) {
    run_on_devices (check, domain, findings);
    return;
  }
  subject = check->find (domain, &detail);
  if (subject != NULL)
    report (check, domain, subject, detail, findings);
}
