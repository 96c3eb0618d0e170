/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of a domain that is converted to another family. The compat room knows what a machine
 * does not support; this file knows where it is in a domain, and what replaces it. */

#include "domain/convert-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "string-private.h"

/* Those for which everything here was tested: defined and booted by the suites real and boot. */
#define TARGETS MT_ON_PCS

/* What the new machine supports but does not get: parts of the other chipset, for which a guest
 * there has better substitutes. Sources: QEMU hw/usb/hcd-uhci.c (PIIX3 and PIIX4 are functions of
 * those bridges), hw/usb/hcd-ehci-pci.c (ICH9's EHCI, at function 7, is dead without its companions
 * at the functions below); libvirt NEWS 9.3.0: ib700 is for i440FX. */
typedef struct {
  guint32 has; /* of the new machine (MT_HAS_*) */
  char element[12];
  char value[12];
  char instead[12];
} ReplacedModel;

static const ReplacedModel replaced_models[] = {
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

/* The maximum of qemu-xhci (QEMU hw/usb/hcd-xhci.h, XHCI_MAXPORTS_2): the guest's devices keep
 * their ports, which libvirt counts up to six on ICH9. */
#define USB_PORTS "15"

#define SAVED_REMEDY "remove them with virsh managedsave-remove and virsh snapshot-delete"

gboolean
mt_conversion_is_target (MtMachineClass class)
{
  return (MT_CLASS_BIT (class) & TARGETS) != 0;
}

/* A value that the rules refuse; and any value, known or not, of what machines of the class do not
 * have at all. */
static gboolean
is_value_unfit (const MtConversion *move, MtDeviceKind kind, const char *value)
{
  g_autofree char *possible = mt_compat_dup_possible (kind, move->to);

  return possible == NULL || (value != NULL && mt_conversion_is_unfit (move, kind, value));
}

static void
replace_unfit (const MtConversion *move, MtXmlNode *device, MtDeviceKind kind)
{
  const MtKindPlace *place = mt_kind_get_place (kind);
  MtXmlNode *part = place->part[0] != '\0' ? mt_xml_node_find (device, place->part) : device;
  g_autofree char *value = mt_xml_node_dup (part, place->attribute), *possible = NULL;
  g_autofree char *shown = mt_escape_for_message (value != NULL ? value : "of no model");
  const char *code = mt_kind_get_code (kind);
  const char *label = mt_kind_get_label (kind), *best = NULL;

  if (!is_value_unfit (move, kind, value))
    return;
  if (place->unfit == MT_UNFIT_REPLACED)
    best = mt_compat_get_best (kind, move->to, FALSE);
  if (best != NULL) {
    mt_xml_node_set (part, place->attribute, best);
    mt_conversion_add_effect (move, code, NULL, "%s %s becomes %s", label, shown, best);
    return;
  }
  possible = mt_compat_dup_possible (kind, move->to);
  mt_conversion_add_effect (
      move, code, NULL, "%s %s is removed: the new machine does not support it; %s%s", label, shown,
      possible != NULL ? "possible: " : "it supports none", possible != NULL ? possible : "");
  mt_xml_node_remove (device);
}

static const ReplacedModel *
find_replaced_model (const MtConversion *move, MtXmlNode *device, const char *model)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (replaced_models); i++) {
    if (mt_class_has (move->to, replaced_models[i].has) &&
        strcmp (replaced_models[i].value, model) == 0 &&
        mt_xml_node_is (device, NULL, replaced_models[i].element))
      return &replaced_models[i];
  }
  return NULL;
}

/* One controller with several functions, EHCI and its companions, is replaced by a single one. */
static void
replace_usb_model (const MtConversion *move, MtXmlNode *device, GHashTable *replaced)
{
  g_autofree char *model = mt_xml_node_dup (device, "model");
  g_autofree char *shown = NULL;
  char *index = mt_xml_node_dup (device, "index");
  const ReplacedModel *row =
      find_replaced_model (move, device, model != NULL ? model : USB_MODEL_UNSAID);

  if (index == NULL)
    index = g_strdup ("0");
  if (row == NULL) {
    g_free (index);
  } else if (!g_hash_table_add (replaced, index)) {
    mt_xml_node_remove (device);
  } else {
    mt_xml_node_set (device, "model", row->instead);
    mt_xml_node_set (device, "ports", USB_PORTS);
    mt_xml_node_remove_children (device, "alias");
    shown = mt_escape_for_message (index);
    mt_conversion_add_effect (move, "usb-controller", NULL,
                              "USB controller %s (%s) becomes %s: the guest needs its driver "
                              "(included in Windows 8 and later)",
                              shown, model != NULL ? model : USB_MODEL_UNSAID, row->instead);
  }
}

static void
replace_usb_models (const MtConversion *move)
{
  g_autoptr (GHashTable) replaced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  MtXmlNode *device, *next;

  for (device = mt_conversion_next_device (move, NULL); device != NULL; device = next) {
    next = mt_conversion_next_device (move, device);
    if (mt_xml_node_is_controller (device, "usb"))
      replace_usb_model (move, device, replaced);
  }
}

static void
replace_watchdogs (const MtConversion *move)
{
  MtXmlNode *device = mt_conversion_next_device (move, NULL);

  for (; device != NULL; device = mt_conversion_next_device (move, device)) {
    g_autofree char *model =
        mt_xml_node_is (device, NULL, "watchdog") ? mt_xml_node_dup (device, "model") : NULL;
    const ReplacedModel *row = model != NULL ? find_replaced_model (move, device, model) : NULL;

    if (row == NULL)
      continue;
    mt_xml_node_set (device, "model", row->instead);
    mt_conversion_add_effect (move, mt_kind_get_code (MT_KIND_WATCHDOG_MODEL), NULL,
                              "watchdog %s becomes %s: the guest needs its driver", model,
                              row->instead);
  }
}

static void
replace_unfit_models (const MtConversion *move)
{
  MtXmlNode *device, *next;
  guint kind;

  for (device = mt_conversion_next_device (move, NULL); device != NULL; device = next) {
    next = mt_conversion_next_device (move, device);
    for (kind = MT_KIND_NONE; kind <= MT_KIND_LAST; kind++) {
      const MtKindPlace *place = mt_kind_get_place ((MtDeviceKind)kind);

      if (place != NULL && place->unfit != MT_UNFIT_KEPT &&
          mt_xml_node_is (device, NULL, place->element)) {
        replace_unfit (move, device, (MtDeviceKind)kind);
        break;
      }
    }
  }
}

/* libvirt src/qemu/qemu_validate.c: only q35 has a TSEG; both have SMM. */
static void
convert_smm (const MtConversion *move)
{
  MtXmlNode *smm = mt_xml_node_find (mt_xml_node_find (move->root, "features"), "smm");
  MtXmlNode *tseg = mt_xml_node_find (smm, "tseg");

  if (tseg == NULL || mt_class_has (move->to, MT_HAS_ICH9))
    return;
  mt_xml_node_remove (tseg);
  mt_conversion_add_effect (move, "smm", NULL, "<tseg> is removed: only q35 supports it");
}

/* On i440FX only ACPI powers off; SeaBIOS and Linux know the port of ICH9 without it. Both were
 * booted. */
static void
report_power_off (const MtConversion *move)
{
  if ((MT_CLASS_BIT (move->to) & MT_ON_I440FXS) == 0 ||
      mt_xml_node_find (mt_xml_node_find (move->root, "features"), "acpi") != NULL)
    return;
  mt_conversion_add_effect (
      move, "acpi-missing", "add <acpi/> to <features>, if the guest supports ACPI",
      "the guest has no ACPI, and without it %s does not power off: after a shutdown it stays "
      "halted until it is destroyed",
      mt_class_get_machine (move->to));
}

static gboolean
is_non_transitional (MtXmlNode *device)
{
  return mt_xml_node_has_value (device, "model", "virtio-non-transitional") ||
         mt_xml_node_has_value (mt_xml_node_find (device, "model"), "type",
                                "virtio-non-transitional");
}

/* Without a vIOMMU, virtio devices have their legacy interface, and with that they do not start if
 * they are meant to be behind one (QEMU hw/virtio/virtio-pci.c, virtio_pci_device_plugged). For a
 * guest whose memory is encrypted it has another meaning, which must be kept. */
static void
convert_drivers (const MtConversion *move)
{
  g_autofree char *possible = mt_compat_dup_possible (MT_KIND_IOMMU_MODEL, move->to);
  MtXmlNode *device = mt_conversion_next_device (move, NULL);
  guint n = 0;

  if (possible != NULL || mt_xml_node_find (move->root, "launchSecurity") != NULL)
    return;
  for (; device != NULL; device = mt_conversion_next_device (move, device)) {
    MtXmlNode *driver = mt_xml_node_find (device, "driver");

    if (!mt_xml_node_has_value (driver, "iommu", "on") || is_non_transitional (device))
      continue;
    mt_xml_node_unset (driver, "iommu");
    mt_xml_node_unset (driver, "ats");
    n++;
  }
  if (n != 0)
    mt_conversion_add_effect (move, mt_kind_get_code (MT_KIND_IOMMU_MODEL), NULL,
                              "%u devices are no longer behind a vIOMMU (<driver iommu='on'>)", n);
}

/* Counts an interface whose name may change. With <acpi index='1'/> the guest derives it from that
 * (eno1). */
static void
count_interface (MtXmlNode *device, guint *count, char **mac)
{
  if (!mt_xml_node_is (device, NULL, "interface") || mt_xml_node_find (device, "acpi") != NULL)
    return;
  if ((*count)++ == 0)
    *mac = mt_xml_node_dup (mt_xml_node_find (device, "mac"), "address");
}

/* mac: of the first one; NULL: it has none. */
static void
report_interfaces (const MtConversion *move, guint count, const char *mac)
{
  static const char code[] = "network-name";
  static const char remedy[] = "match interfaces by MAC address in the guest's configuration";
  g_autofree char *shown = mac != NULL ? mt_escape_for_message (mac) : NULL;

  if (count == 1)
    mt_conversion_add_effect (move, code, remedy,
                              "network interface %s gets a new PCI address: names derived from it "
                              "(ens3, enp1s0) change",
                              shown != NULL ? shown : "without <mac>");
  else if (count > 1)
    mt_conversion_add_effect (move, code, remedy,
                              "%u network interfaces get new PCI addresses: names derived from "
                              "them (ens3, enp1s0) change",
                              count);
}

static gboolean
is_virtio (MtXmlNode *device)
{
  MtXmlNode *model = mt_xml_node_find (device, "model");
  MtXmlNode *target = mt_xml_node_find (device, "target");

  if (mt_xml_node_is (device, NULL, "disk"))
    return mt_xml_node_has_value (target, "bus", "virtio") &&
           !mt_xml_node_has_value (device, "model", "virtio-transitional");
  if (mt_xml_node_is (device, NULL, "interface"))
    return mt_xml_node_has_value (model, "type", "virtio");
  return mt_xml_node_is_controller (device, "scsi") &&
         mt_xml_node_has_value (device, "model", "virtio-scsi");
}

static gboolean
is_passed_through (MtXmlNode *device)
{
  return (mt_xml_node_is (device, NULL, "hostdev") || mt_xml_node_is (device, NULL, "interface")) &&
         (mt_xml_node_has_value (device, "type", "pci") ||
          mt_xml_node_has_value (device, "type", "hostdev"));
}

static void
report_devices (const MtConversion *move)
{
  MtXmlNode *device = mt_conversion_next_device (move, NULL);
  gboolean virtio = FALSE, passed = FALSE;
  g_autofree char *mac = NULL;
  guint interfaces = 0;

  for (; device != NULL; device = mt_conversion_next_device (move, device)) {
    virtio |= is_virtio (device);
    passed |= is_passed_through (device);
    count_interface (device, &interfaces, &mac);
  }
  report_interfaces (move, interfaces, mac);
  /* QEMU hw/virtio/virtio-pci.c: on a PCI Express port the legacy interface is off. */
  if (virtio && move->recipe->root_ports)
    mt_conversion_add_effect (move, "virtio-1", "use model virtio-transitional for these devices",
                              "virtio devices support virtio 1.0 only: guests with older drivers "
                              "(Linux before 4.0, RHEL 6) do not detect them");
  if (passed)
    mt_conversion_add_effect (
        move, "passthrough", NULL,
        "passed-through host devices are behind %s: drivers may behave differently",
        move->recipe->pci_root);
}

static void
report_firmware (const MtConversion *move)
{
  MtXmlNode *os = mt_xml_node_find (move->root, "os");

  if (mt_xml_node_find (os, "nvram") != NULL || mt_xml_node_has_value (os, "firmware", "efi") ||
      mt_xml_node_has_value (mt_xml_node_find (os, "loader"), "type", "pflash"))
    mt_conversion_add_effect (
        move, "firmware",
        "if the guest does not boot, add the boot entry again in the firmware menu",
        "the UEFI variables are kept, but their boot entries may refer to old PCI addresses");
  mt_conversion_add_effect (
      move, "saved-state", SAVED_REMEDY,
      "saved states and memory snapshots belong to the old machine and cannot be resumed");
}

void
mt_convert_devices (const MtConversion *move)
{
  mt_convert_controllers (move);
  replace_usb_models (move);
  replace_watchdogs (move);
  replace_unfit_models (move);
  convert_drivers (move);
  mt_convert_addresses (move);
  convert_smm (move);
  report_power_off (move);
  report_devices (move);
  report_firmware (move);
}

/* https://libvirt.org/formatdomain.html#bios-bootloader: an attribute of the loader, or a
 * requirement for the choice of firmware. Enrolled keys matter only to Secure Boot. */
static gboolean
has_secure_boot (MtXmlNode *os)
{
  MtXmlNode *feature = mt_xml_node_first (mt_xml_node_find (os, "firmware"));

  if (mt_xml_node_has_value (mt_xml_node_find (os, "loader"), "secure", "yes"))
    return TRUE;
  for (; feature != NULL; feature = mt_xml_node_next (feature)) {
    if (mt_xml_node_has_value (feature, "enabled", "yes") &&
        (mt_xml_node_has_value (feature, "name", "secure-boot") ||
         mt_xml_node_has_value (feature, "name", "enrolled-keys")))
      return TRUE;
  }
  return FALSE;
}

static void
check_vcpus (const MtConversion *move)
{
  g_autofree char *text = mt_xml_node_dup_text (mt_xml_node_find (move->root, "vcpu"));
  const guint64 n = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
  const guint limit = mt_class_get (move->to)->max_vcpus;

  if (n > limit)
    mt_conversion_refuse (move, "vcpus", "reduce them before the conversion",
                          "it has %" G_GUINT64_FORMAT " vCPUs, but %s guests have at most %u", n,
                          mt_class_get_machine (move->to), limit);
}

void
mt_conversion_check (const MtConversion *move)
{
  if (mt_conversion_is_unfit (move, MT_KIND_FIRMWARE, "secure-boot") &&
      has_secure_boot (mt_xml_node_find (move->root, "os")))
    mt_conversion_refuse (
        move, "secure-boot", "disable Secure Boot first",
        "it uses Secure Boot, which only x86_64 q35 protects (System Management Mode): the guest "
        "would not start, or would trust what it should not");
  check_vcpus (move);
}
