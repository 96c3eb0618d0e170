/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of a domain that moves to a machine of another family. What a machine cannot carry is
 * known to the compat room; here is where that stands in a domain, and what becomes of it. */

#include "domain/convert-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "host/domain-type.h"
#include "string-private.h"

/* Those for which all that is here was tried: defined and booted by the suites real and boot. */
#define TARGETS MT_ON_PCS

/* Where a device says what it is. A value that the new machine cannot carry becomes the best that
 * it can; where nothing may stand for it, the device goes. */
typedef struct {
  char element[12];
  char part[8]; /* the child that says it; empty: the element */
  char attribute[8];
  guint8 kind; /* MtKind */
  gboolean is_replaced;
} Place;

static const Place places[] = {
  { "video", "model", "type", MT_KIND_VIDEO_MODEL, TRUE },
  { "input", "", "bus", MT_KIND_INPUT_BUS, TRUE },
  /* q35's itco comes and goes with the chipset: nobody asked for it. */
  { "watchdog", "", "model", MT_KIND_WATCHDOG_MODEL, FALSE },
  { "iommu", "", "model", MT_KIND_IOMMU_MODEL, FALSE },
  { "panic", "", "model", MT_KIND_PANIC_MODEL, FALSE },
  { "tpm", "", "model", MT_KIND_TPM_MODEL, FALSE },
  { "sound", "", "model", MT_KIND_SOUND_MODEL, FALSE },
};

/* What the new machine could carry and is not to: parts of the other one's chipset, which a guest
 * there knows better substitutes for. Sources: QEMU hw/usb/hcd-uhci.c (PIIX3 and PIIX4 are
 * functions of those bridges), hw/usb/hcd-ehci-pci.c (ICH9's EHCI, at function 7, is dead without
 * its companions at the functions below); libvirt NEWS 9.3.0: ib700 is for i440FX. */
typedef struct {
  guint32 has; /* of the new machine (MT_HAS_*) */
  char element[12];
  char value[12];
  char instead[12];
} Alien;

static const Alien aliens[] = {
  { MT_HAS_ICH9, "controller", "piix3-uhci", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "piix4-uhci", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ehci", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ich9-ehci1", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ich9-uhci1", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ich9-uhci2", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ich9-uhci3", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ich9-uhci4", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ich9-uhci5", "qemu-xhci" },
  { MT_HAS_ICH9, "controller", "ich9-uhci6", "qemu-xhci" },
  { MT_HAS_ICH9, "watchdog", "ib700", "i6300esb" },
};

/* libvirt src/qemu/qemu_domain.c: a USB controller without a model, on x86. */
#define USB_MODEL_UNSAID "piix3-uhci"

/* As many as qemu-xhci can have (QEMU hw/usb/hcd-xhci.h, XHCI_MAXPORTS_2): the guest's devices keep
 * their ports, which libvirt counts up to six on ICH9. */
#define USB_PORTS "15"

#define SAVED_REMEDY "remove them: virsh managedsave-remove, virsh snapshot-delete"

gboolean
mt_adapt_is_target (MtClass class)
{
  return (MT_CLASS_BIT (class) & TARGETS) != 0;
}

/* Whatever it says is a word of the rules if it does not fit. */
static void
fit (const MtMove *move, MtXmlNode *device, const Place *place)
{
  MtXmlNode *part = place->part[0] != '\0' ? mt_xml_node_find (device, place->part) : device;
  g_autofree char *value = mt_xml_node_dup (part, place->attribute), *possible = NULL;
  const char *code = mt_kind_get_code ((MtKind)place->kind);
  const char *label = mt_kind_get_label ((MtKind)place->kind), *best = NULL;

  if (value == NULL || !mt_move_is_unfit (move, (MtKind)place->kind, value))
    return;
  if (place->is_replaced)
    best = mt_compat_get_best ((MtKind)place->kind, move->to, FALSE);
  if (best != NULL) {
    mt_xml_node_set (part, place->attribute, best);
    mt_move_tell (move, code, NULL, "%s %s becomes %s", label, value, best);
    return;
  }
  possible = mt_compat_dup_possible ((MtKind)place->kind, move->to);
  mt_move_tell (move, code, NULL, "%s %s is gone: the new machine has none such; %s%s", label,
                value, possible != NULL ? "possible: " : "it has none at all",
                possible != NULL ? possible : "");
  mt_xml_node_remove (device);
}

static const Alien *
find_alien (const MtMove *move, MtXmlNode *device, const char *model)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (aliens); i++) {
    if (mt_class_has (move->to, aliens[i].has) && strcmp (aliens[i].value, model) == 0 &&
        mt_xml_node_is (device, NULL, aliens[i].element))
      return &aliens[i];
  }
  return NULL;
}

/* One controller of several functions, EHCI and its companions, becomes one that is whole. */
static void
fit_usb (const MtMove *move, MtXmlNode *device, GHashTable *replaced)
{
  g_autofree char *model = mt_xml_node_dup (device, "model");
  g_autofree char *shown = NULL;
  char *index = mt_xml_node_dup (device, "index");
  const Alien *alien = find_alien (move, device, model != NULL ? model : USB_MODEL_UNSAID);

  if (index == NULL)
    index = g_strdup ("0");
  if (alien == NULL) {
    g_free (index);
  } else if (!g_hash_table_add (replaced, index)) {
    mt_xml_node_remove (device);
  } else {
    mt_xml_node_set (device, "model", alien->instead);
    mt_xml_node_set (device, "ports", USB_PORTS);
    mt_node_remove_children (device, "alias");
    shown = mt_shown (index);
    mt_move_tell (move, "usb-controller", NULL,
                  "USB controller %s (%s) becomes %s: the guest needs its driver (Windows has it "
                  "from version 8 on)",
                  shown, model != NULL ? model : USB_MODEL_UNSAID, alien->instead);
  }
}

static void
fit_usb_controllers (const MtMove *move)
{
  g_autoptr (GHashTable) replaced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  MtXmlNode *device, *next;

  for (device = mt_move_next_device (move, NULL); device != NULL; device = next) {
    next = mt_move_next_device (move, device);
    if (mt_node_is_controller (device, "usb"))
      fit_usb (move, device, replaced);
  }
}

static void
fit_watchdogs (const MtMove *move)
{
  MtXmlNode *device = mt_move_next_device (move, NULL);

  for (; device != NULL; device = mt_move_next_device (move, device)) {
    g_autofree char *model =
        mt_xml_node_is (device, NULL, "watchdog") ? mt_xml_node_dup (device, "model") : NULL;
    const Alien *alien = model != NULL ? find_alien (move, device, model) : NULL;

    if (alien == NULL)
      continue;
    mt_xml_node_set (device, "model", alien->instead);
    mt_move_tell (move, mt_kind_get_code (MT_KIND_WATCHDOG_MODEL), NULL,
                  "watchdog %s becomes %s: the guest needs its driver", model, alien->instead);
  }
}

static void
fit_places (const MtMove *move)
{
  MtXmlNode *device, *next;
  gsize i;

  for (device = mt_move_next_device (move, NULL); device != NULL; device = next) {
    next = mt_move_next_device (move, device);
    for (i = 0; i < G_N_ELEMENTS (places); i++) {
      if (mt_xml_node_is (device, NULL, places[i].element)) {
        fit (move, device, &places[i]);
        break;
      }
    }
  }
}

/* libvirt src/qemu/qemu_validate.c: only q35 has a TSEG; SMM itself is for both. */
static void
fit_smm (const MtMove *move)
{
  MtXmlNode *smm = mt_xml_node_find (mt_xml_node_find (move->root, "features"), "smm");
  MtXmlNode *tseg = mt_xml_node_find (smm, "tseg");

  if (tseg == NULL || mt_class_has (move->to, MT_HAS_ICH9))
    return;
  mt_xml_node_remove (tseg);
  mt_move_tell (move, "smm", NULL, "<tseg> is gone: only q35 has that memory");
}

static gboolean
is_non_transitional (MtXmlNode *device)
{
  return mt_node_says (device, "model", "virtio-non-transitional") ||
         mt_node_says (mt_xml_node_find (device, "model"), "type", "virtio-non-transitional");
}

/* Where there is no vIOMMU, virtio devices have their legacy interface, and with that they do not
 * start if they are to be behind one (QEMU hw/virtio/virtio-pci.c, virtio_pci_device_plugged). For
 * a guest whose memory is encrypted it means something else, which must not be lost. */
static void
fit_drivers (const MtMove *move)
{
  g_autofree char *possible = mt_compat_dup_possible (MT_KIND_IOMMU_MODEL, move->to);
  MtXmlNode *device = mt_move_next_device (move, NULL);
  guint n = 0;

  if (possible != NULL || mt_xml_node_find (move->root, "launchSecurity") != NULL)
    return;
  for (; device != NULL; device = mt_move_next_device (move, device)) {
    MtXmlNode *driver = mt_xml_node_find (device, "driver");

    if (!mt_node_says (driver, "iommu", "on") || is_non_transitional (device))
      continue;
    mt_xml_node_unset (driver, "iommu");
    mt_xml_node_unset (driver, "ats");
    n++;
  }
  if (n != 0)
    mt_move_tell (move, mt_kind_get_code (MT_KIND_IOMMU_MODEL), NULL,
                  "%u devices are no longer behind a vIOMMU (<driver iommu='on'>)", n);
}

static void
tell_of_interface (const MtMove *move, MtXmlNode *device)
{
  g_autofree char *mac = mt_xml_node_dup (mt_xml_node_find (device, "mac"), "address");
  g_autofree char *shown = mac != NULL ? mt_shown (mac) : NULL;

  /* <acpi index='1'/>: the guest names it by that (eno1). */
  if (mt_xml_node_find (device, "acpi") == NULL)
    mt_move_tell (move, "network-name", "let the guest's configuration match the MAC address",
                  "network interface %s is at another PCI address: a name made of that (ens3, "
                  "enp1s0) changes",
                  shown != NULL ? shown : "without <mac>");
}

static gboolean
is_virtio (MtXmlNode *device)
{
  MtXmlNode *model = mt_xml_node_find (device, "model");
  MtXmlNode *target = mt_xml_node_find (device, "target");

  if (mt_xml_node_is (device, NULL, "disk"))
    return mt_node_says (target, "bus", "virtio") &&
           !mt_node_says (device, "model", "virtio-transitional");
  if (mt_xml_node_is (device, NULL, "interface"))
    return mt_node_says (model, "type", "virtio");
  return mt_node_is_controller (device, "scsi") && mt_node_says (device, "model", "virtio-scsi");
}

static gboolean
is_passed_through (MtXmlNode *device)
{
  return (mt_xml_node_is (device, NULL, "hostdev") || mt_xml_node_is (device, NULL, "interface")) &&
         (mt_node_says (device, "type", "pci") || mt_node_says (device, "type", "hostdev"));
}

static void
tell_of_devices (const MtMove *move)
{
  MtXmlNode *device = mt_move_next_device (move, NULL);
  gboolean virtio = FALSE, passed = FALSE;

  for (; device != NULL; device = mt_move_next_device (move, device)) {
    virtio |= is_virtio (device);
    passed |= is_passed_through (device);
    if (mt_xml_node_is (device, NULL, "interface"))
      tell_of_interface (move, device);
  }
  /* QEMU hw/virtio/virtio-pci.c: on a PCI Express port the legacy interface is off. */
  if (virtio && move->recipe->root_ports != 0)
    mt_move_tell (
        move, "virtio-1", "give such devices the model virtio-transitional",
        "virtio devices are of version 1.0 only: a guest with older drivers (Linux before "
        "4.0, RHEL 6) does not see them");
  if (passed)
    mt_move_tell (move, "passthrough", NULL,
                  "devices of the host are behind %s: drivers may behave differently",
                  move->recipe->pci_root);
}

static void
tell_of_firmware (const MtMove *move)
{
  MtXmlNode *os = mt_xml_node_find (move->root, "os");

  if (mt_xml_node_find (os, "nvram") != NULL || mt_node_says (os, "firmware", "efi") ||
      mt_node_says (mt_xml_node_find (os, "loader"), "type", "pflash"))
    mt_move_tell (move, "firmware",
                  "if it does not boot, add the entry again in the firmware's menu",
                  "UEFI keeps its variables, whose boot entries may name devices by their old PCI "
                  "address");
  mt_move_tell (move, "saved-state", SAVED_REMEDY,
                "saved states and snapshots with memory are of the old machine and cannot be "
                "resumed");
}

void
mt_adapt_devices (const MtMove *move)
{
  mt_adapt_controllers (move);
  fit_usb_controllers (move);
  fit_watchdogs (move);
  fit_places (move);
  fit_drivers (move);
  mt_adapt_addresses (move);
  fit_smm (move);
  tell_of_devices (move);
  tell_of_firmware (move);
}

/* https://libvirt.org/formatdomain.html#bios-bootloader: said of the loader, or asked of the choice
 * of firmware. Enrolled keys are of use to Secure Boot alone. */
static gboolean
has_secure_boot (MtXmlNode *os)
{
  MtXmlNode *feature = mt_xml_node_first (mt_xml_node_find (os, "firmware"));

  if (mt_node_says (mt_xml_node_find (os, "loader"), "secure", "yes"))
    return TRUE;
  for (; feature != NULL; feature = mt_xml_node_next (feature)) {
    if (mt_node_says (feature, "enabled", "yes") &&
        (mt_node_says (feature, "name", "secure-boot") ||
         mt_node_says (feature, "name", "enrolled-keys")))
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_vcpus (const MtMove *move, GError **error)
{
  g_autofree char *text = mt_xml_node_dup_text (mt_xml_node_find (move->root, "vcpu"));
  const guint64 n = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
  const guint limit = mt_class_get (move->to)->max_vcpus;
  g_autofree char *message = NULL;

  if (n <= limit)
    return TRUE;
  message = g_strdup_printf ("it has %" G_GUINT64_FORMAT " vCPUs, and %s guests have at most %u: "
                             "take some away before it is converted",
                             n, mt_class_get_machine (move->to), limit);
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED, "domain: %s", message);
}

gboolean
mt_adapt_check (const MtMove *move, GError **error)
{
  g_autofree char *type = mt_xml_node_dup (move->root, "type");

  if (type != NULL && !mt_domain_type_is_written (type))
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "domain: only guests of QEMU (type qemu, kvm, hvf) can be converted");
  if (mt_move_is_unfit (move, MT_KIND_FIRMWARE, "secure-boot") &&
      has_secure_boot (mt_xml_node_find (move->root, "os")))
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "domain: it boots with Secure Boot, which only q35 of x86_64 protects "
                    "(System Management Mode): the guest would not start, or trust "
                    "what it should not; switch Secure Boot off first");
  return check_vcpus (move, error);
}
