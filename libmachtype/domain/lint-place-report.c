/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lint says about places: one row for each thing that libvirt refuses, with the function of
 * libvirt that does so. Measured with libvirt 9.0 and 12.8. */

#include "domain/lint-places-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"

#define DEFINE MACHTYPE_AUTHORITY_LIBVIRT_DEFINE
#define QEMU MACHTYPE_AUTHORITY_QEMU
#define NONE MACHTYPE_AUTHORITY_NONE

#define DEVICE_CONF "libvirt src/conf/device_conf.c, "
#define DOMAIN_ADDR "libvirt src/conf/domain_addr.c, "
#define DOMAIN_CONF "libvirt src/conf/domain_conf.c, "
#define DOMAIN_VALIDATE "libvirt src/conf/domain_validate.c, "
#define POSTPARSE "libvirt src/conf/domain_postparse.c, "
#define QEMU_ADDRESS "libvirt src/qemu/qemu_domain_address.c, "
#define QEMU_VALIDATE "libvirt src/qemu/qemu_validate.c, "
#define QEMU_POSTPARSE "libvirt src/qemu/qemu_domain.c, "

static const MtPlaceRule rules[] = {
  [MT_PLACE_FINE] = { "", 0, 0, 0, "", "", "" },
  [MT_PLACE_ADDRESS_TYPE_MISSING] = { "address-type-missing", DEFINE, 0, 0,
                                      "the address has no type", "add type='pci', or remove it",
                                      DOMAIN_CONF "virDomainDeviceAddressParseXML" },
  [MT_PLACE_ADDRESS_TYPE_UNKNOWN] = { "address-type-unknown", DEFINE, 0, 0,
                                      "libvirt does not know this type of address",
                                      "remove the address: libvirt assigns one",
                                      DOMAIN_CONF "virDomainDeviceAddressParseXML" },
  [MT_PLACE_ADDRESS_VALUE] = { "address-value", DEFINE, 0, 0,
                               "libvirt cannot read this value of the address",
                               "write a number, or remove the address: libvirt assigns one",
                               DEVICE_CONF "virPCIDeviceAddressParseXML" },
  [MT_PLACE_ADDRESS_RANGE] = { "address-range", DEFINE, 0, 0, "the address is out of range",
                               "remove the address: libvirt assigns one",
                               "libvirt src/util/virpci.c, virPCIDeviceAddressIsValid" },
  [MT_PLACE_ADDRESS_KIND] = { "address-kind", DEFINE, 0, 0,
                              "the device cannot have this type of address",
                              "remove the address: libvirt assigns one",
                              DOMAIN_VALIDATE "virDomainDiskAddressDiskBusCompatibility" },
  [MT_PLACE_PCI_DOMAIN] = { "pci-domain", DEFINE, MT_HAS_PCI, 0, "guests have only PCI domain 0",
                            "use domain='0x0000'", DOMAIN_ADDR "virDomainPCIAddressValidate" },
  [MT_PLACE_PCI_DOUBLE] = { "pci-address-twice", DEFINE, MT_HAS_PCI, 0,
                            "another device has this PCI address",
                            "remove the address: libvirt assigns one",
                            DOMAIN_ADDR "virDomainPCIAddressReserveAddrInternal" },
  [MT_PLACE_PCI_BOARD] = { "pci-address-board", DEFINE, MT_HAS_PCI | MT_HAS_X86, 0,
                           "the board itself has a device at this PCI address",
                           "remove the address: libvirt assigns one",
                           QEMU_ADDRESS "qemuDomainValidateDevicePCISlots..." },
  [MT_PLACE_PCI_OWN] = { "pci-address-controller", DEFINE, MT_HAS_PCI | MT_HAS_X86, 0,
                         "the board has this controller at another PCI address",
                         "remove the address, or use the board's",
                         QEMU_ADDRESS "qemuDomainValidateDevicePCISlots..." },
  [MT_PLACE_PCI_SLOT] = { "pci-slot", DEFINE, MT_HAS_PCI, 0, "the PCI bus has no such slot",
                          "remove the address: libvirt assigns one",
                          DOMAIN_ADDR "virDomainPCIAddressValidate" },
  [MT_PLACE_PCI_BUS_MISSING] = { "pci-bus-missing", DEFINE, MT_HAS_PCI, 0,
                                 "no controller provides this PCI bus, and libvirt cannot add one",
                                 "remove the address, or add the controller",
                                 DOMAIN_ADDR "virDomainPCIAddressSetGrow" },
  [MT_PLACE_PCI_PLUG] = { "pci-plug", DEFINE, MT_HAS_PCI, 0,
                          "the PCI bus does not accept this device",
                          "remove the address: libvirt assigns one",
                          DOMAIN_ADDR "virDomainPCIAddressFlagsCompatible" },
  [MT_PLACE_PCI_INTEGRATED] = { "pci-bus-not-0", DEFINE, MT_HAS_PCI, 0,
                                "the device can be only on PCI bus 0", "use bus='0x00'",
                                DOMAIN_ADDR "virDomainPCIAddressFlagsCompatible" },
  [MT_PLACE_PCI_BRIDGE_INDEX] = { "pci-bridge-index", DEFINE, MT_HAS_PCI, 0,
                                  "the index of a bridge must be larger than the bus that it is on",
                                  "use a larger index",
                                  QEMU_ADDRESS "qemuDomainAssignPCIAddresses" },
  [MT_PLACE_NO_PCI] = { "pci-unavailable", QEMU, 0, MT_HAS_PCI,
                        "libvirt gives this board no PCI bus, which the device needs",
                        "remove the device",
                        "libvirt src/qemu/qemu_domain.c, qemuDomainSupportsPCI" },
  [MT_PLACE_NO_PCI_VERSATILE] = { "pci-unavailable", NONE, 0, MT_HAS_PCI,
                                  "libvirt 9.0 gives this board no PCI bus; newer versions do",
                                  "remove the device, or use a newer libvirt",
                                  "libvirt src/qemu/qemu_domain.c, qemuDomainSupportsPCI" },
  [MT_PLACE_NO_PCI_DEFINE] = { "pci-unavailable", DEFINE, 0, MT_HAS_PCI,
                               "libvirt gives this board no PCI bus, which the device needs",
                               "remove the device", DOMAIN_ADDR "virDomainPCIAddressValidate" },
  [MT_PLACE_NO_PCI_IMPLIED] = { "pci-implied", DEFINE, 0, MT_HAS_PCI,
                                "libvirt adds devices for which the board has no PCI bus",
                                "add <memballoon model='none'/> and <controller type='usb' "
                                "model='none'/>",
                                "libvirt src/qemu/qemu_domain.c, qemuDomainDefAddDefaultDevices" },
  [MT_PLACE_DRIVE_DOUBLE] = { "drive-address-twice", DEFINE, 0, 0, "another drive has this address",
                              "remove the address: libvirt assigns one",
                              DOMAIN_VALIDATE "virDomainDefDuplicateDriveAddressesValidate" },
  [MT_PLACE_DRIVE_NUMBER] = { "drive-address", DEFINE, 0, 0,
                              "the controller has no such place for a drive", "use 0",
                              QEMU_VALIDATE "qemuValidateDomainDeviceDefDiskFrontend" },
  [MT_PLACE_USB_DOUBLE] = { "usb-address-twice", DEFINE, 0, 0, "another USB device has this port",
                            "remove the address: libvirt assigns one",
                            DOMAIN_ADDR "virDomainUSBAddressReserve" },
  [MT_PLACE_USB_BUS_MISSING] = { "usb-bus-missing", DEFINE, 0, 0,
                                 "no USB controller has the index of this bus",
                                 "remove the address, or add the controller",
                                 DOMAIN_ADDR "virDomainUSBAddressFindPort" },
  [MT_PLACE_USB_MISSING] = { "usb-without-controller", DEFINE, 0, MT_HAS_OWN_USB,
                             "libvirt does not add a USB controller on this board",
                             "remove the device", QEMU_ADDRESS "qemuDomainUSBAddressAddHubs" },
  [MT_PLACE_USB_UNAVAILABLE] = { "usb-unavailable", DEFINE, 0, MT_HAS_PCI,
                                 "this machine has no PCI bus for a USB controller",
                                 "use <controller type='usb' model='none'/>",
                                 DOMAIN_ADDR "virDomainPCIAddressReserveNextAddr" },
  [MT_PLACE_USB_PORT_MISSING] = { "usb-port-missing", DEFINE, 0, 0,
                                  "the USB controller or hub has no such port",
                                  "remove the address: libvirt assigns one",
                                  DOMAIN_ADDR "virDomainUSBAddressFindPort" },
  [MT_PLACE_USB_HUB_MISSING] = { "usb-hub-missing", DEFINE, 0, 0,
                                 "there is no USB hub at this port",
                                 "remove the address, or add a hub with the address of the port",
                                 DOMAIN_ADDR "virDomainUSBAddressFindPort" },
  [MT_PLACE_SERIAL_DOUBLE] = { "virtio-serial-twice", DEFINE, 0, 0,
                               "another channel or console has this port",
                               "remove the address: libvirt assigns one",
                               DOMAIN_ADDR "virDomainVirtioSerialAddrReserve" },
  [MT_PLACE_SERIAL_PORT_MISSING] = { "virtio-serial-port", DEFINE, 0, 0,
                                     "the virtio-serial controller has no such port",
                                     "remove the address: libvirt assigns one",
                                     DOMAIN_ADDR "virDomainVirtioSerialAddrReserve" },
  [MT_PLACE_CCW_PARTIAL] = { "ccw-address-partial", DEFINE, 0, 0,
                             "an address on CCW needs cssid, ssid and devno", "add all three",
                             DEVICE_CONF "virCCWDeviceAddressParseXML" },
  [MT_PLACE_CCW_DOUBLE] = { "ccw-address-twice", DEFINE, MT_HAS_CHANNELS, 0,
                            "another device has this address on CCW",
                            "remove the address: libvirt assigns one",
                            DOMAIN_ADDR "virDomainCCWAddressAssign" },
  [MT_PLACE_ZPCI_UNAVAILABLE] = { "zpci-unavailable", DEFINE, 0, MT_HAS_CHANNELS,
                                  "only s390x has zPCI", "remove <zpci>",
                                  QEMU_VALIDATE "qemuValidateDomainDeviceDefZPCIAddress" },
  [MT_PLACE_ZPCI_UID] = { "zpci-uid", DEFINE, MT_HAS_CHANNELS, 0,
                          "the uid of zPCI must be from 0x0001 to 0xffff", "remove uid",
                          QEMU_VALIDATE "qemuValidateDomainDeviceDefZPCIAddress" },
  [MT_PLACE_ZPCI_DOUBLE] = { "zpci-twice", DEFINE, MT_HAS_CHANNELS, 0,
                             "another device has this uid or fid of zPCI",
                             "remove <zpci>: libvirt assigns it",
                             DOMAIN_ADDR "virDomainZPCIAddressReserveId" },
  [MT_PLACE_VIO_DOUBLE] = { "spapr-vio-twice", DEFINE, 0, 0,
                            "another device has this address of the virtual I/O bus",
                            "remove the address: libvirt assigns one",
                            QEMU_ADDRESS "qemuDomainAssignSpaprVIOAddress" },
  [MT_PLACE_CONTROLLER_TYPE] = { "controller-type-unknown", DEFINE, 0, 0,
                                 "libvirt does not know this type of controller",
                                 "remove the controller",
                                 DOMAIN_CONF "virDomainControllerDefParseXML" },
  [MT_PLACE_CONTROLLER_MODEL] = { "controller-model-unknown", DEFINE, 0, 0,
                                  "libvirt does not know this model of the controller",
                                  "remove the model: libvirt chooses one, except for PCI",
                                  DOMAIN_CONF "virDomainControllerDefParseXML" },
  [MT_PLACE_CONTROLLER_NO_MODEL] = { "controller-model-missing", DEFINE, 0, 0,
                                     "a PCI controller needs a model",
                                     "add the model, or remove the controller",
                                     DOMAIN_ADDR "virDomainPCIAddressBusSetModel" },
  [MT_PLACE_CONTROLLER_FOREIGN] = { "controller-type-foreign", DEFINE, 0, 0,
                                    "QEMU guests cannot have this type of controller",
                                    "remove the controller",
                                    DOMAIN_ADDR "virDomainPCIAddressSetGrow" },
  [MT_PLACE_CONTROLLER_XEN] = { "controller-model-xen", DEFINE, 0, 0,
                                "only Xen has this USB controller", "use model='qemu-xhci'",
                                QEMU_POSTPARSE "qemuDomainControllerDefPostParse" },
  [MT_PLACE_CONTROLLER_VALUE] = { "controller-value", DEFINE, 0, 0,
                                  "libvirt cannot read this value of the controller",
                                  "remove it, or write a value that libvirt documents",
                                  DOMAIN_CONF "virDomainControllerDefParseXML" },
  [MT_PLACE_CONTROLLER_DOUBLE] = { "controller-index-twice", DEFINE, 0, 0,
                                   "another controller of this type has the same index",
                                   "use another index, or remove one of them",
                                   POSTPARSE "virDomainDefRejectDuplicateControllers" },
  [MT_PLACE_CONTROLLER_PART_TWICE] = { "controller-part-twice", DEFINE, 0, 0,
                                       "a controller can have only one <target> and one <model>",
                                       "remove the other",
                                       DOMAIN_CONF "virDomainControllerDefParseXML" },
  [MT_PLACE_ROOT_ADDRESS] = { "pci-root-address", DEFINE, 0, 0,
                              "the PCI root cannot have an address", "remove the address",
                              DOMAIN_VALIDATE "virDomainControllerDefValidate" },
  [MT_PLACE_ROOT_INDEX] = { "pci-root-index", DEFINE, 0, MT_HAS_PAPR,
                            "the PCI root must have index 0", "use index='0'",
                            QEMU_POSTPARSE "qemuDomainControllerDefPostParse" },
  [MT_PLACE_ROOT_MISSING] = { "pci-index-0", DEFINE, MT_HAS_PCI, 0,
                              "the PCI controller with index 0 must be the machine's root",
                              "use another index, or add the root before it",
                              QEMU_POSTPARSE "qemuDomainDefAddDefaultDevices" },
  [MT_PLACE_PCI_INDEX] = { "pci-index", DEFINE, 0, 0,
                           "the index of a PCI controller must be at most 255",
                           "use a smaller index",
                           DOMAIN_VALIDATE "virDomainControllerDefValidate" },
  [MT_PLACE_MODEL_NAME] = { "pci-model-name", DEFINE, 0, 0,
                            "the PCI controller cannot have this model name",
                            "remove <model>: libvirt chooses it",
                            QEMU_VALIDATE "qemuValidateDomainDeviceDefControllerPCI" },
  [MT_PLACE_PCI_OPTION] = { "pci-option", DEFINE, 0, 0,
                            "this kind of PCI controller does not have this option", "remove it",
                            QEMU_VALIDATE "qemuValidateDomainDeviceDefControllerPCI" },
  [MT_PLACE_PCI_OPTION_RANGE] = { "pci-option-range", DEFINE, 0, 0,
                                  "the option of the PCI controller is out of range",
                                  "remove it: libvirt chooses it",
                                  DOMAIN_VALIDATE "virDomainControllerDefValidate" },
  [MT_PLACE_PHB_INDEX] = { "pci-target-index", DEFINE, MT_HAS_PAPR, 0,
                           "target index 0 is that of the PCI controller with index 0, and no "
                           "other",
                           "remove the target index: libvirt chooses it",
                           DOMAIN_VALIDATE "virDomainControllerDefValidate" },
  [MT_PLACE_PCI_NODE] = { "pci-numa-node", DEFINE, 0, 0,
                          "the guest does not have the NUMA node of the PCI controller",
                          "add the node to <numa>, or remove <node>",
                          QEMU_POSTPARSE "qemuDomainControllerDefPostParse" },
  [MT_PLACE_USB_NONE_AND_OTHER] = { "usb-none-and-other", DEFINE, 0, 0,
                                    "a USB controller of model 'none' must be the only one",
                                    "remove one of them",
                                    DOMAIN_CONF "virDomainDefControllersParse" },
  [MT_PLACE_USB_NO_MASTER] = { "usb-no-master", DEFINE, 0, 0,
                               "a companion USB controller needs a controller without <master>",
                               "add <controller type='usb' model='ich9-ehci1'/> with the same "
                               "index",
                               DOMAIN_CONF "virDomainDefControllersParse" },
  [MT_PLACE_USB_PORTS] = { "usb-ports", DEFINE, 0, 0, "the USB controller has at most 15 ports",
                           "use fewer ports", QEMU_POSTPARSE "qemuDomainControllerDefPostParse" },
  [MT_PLACE_USB_PORTS_NEWER] = { "usb-ports", NONE, 0, 0,
                                 "newer libvirt accepts a number of ports only for xHCI",
                                 "remove ports, or use model='qemu-xhci'",
                                 QEMU_POSTPARSE "qemuDomainControllerDefPostParse" },
  [MT_PLACE_USB_INDEX] = { "usb-index-twice", DEFINE, 0, 0,
                           "another USB controller has the same index", "use another index",
                           DOMAIN_ADDR "virDomainUSBAddressSetAddController" },
  [MT_PLACE_TSEG] = { "tseg-size", DEFINE, MT_HAS_ICH9, 0,
                      "the size of TSEG must be a multiple of 1 MiB", "use whole MiB",
                      QEMU_POSTPARSE "qemuDomainDefTsegPostParse" },
  [MT_PLACE_PANIC_DOUBLE] = { "panic-twice", DEFINE, 0, 0,
                              "another panic device has the same model", "remove one of them",
                              POSTPARSE "virDomainDefRejectDuplicatePanics" },
  [MT_PLACE_TPM_DOUBLE] = { "tpm-twice", DEFINE, 0, 0, "a guest can have only one TPM",
                            "remove one of them", QEMU_VALIDATE "qemuValidateDomainDefTPMs" },
  [MT_PLACE_PS2_OFF] = { "ps2-off", DEFINE, 0, 0, "PS/2 is disabled by <ps2 state='off'/>",
                         "remove <ps2>, or use bus='usb'",
                         QEMU_VALIDATE "qemuValidateDomainDeviceDefInput" },
  [MT_PLACE_PS2_OFF_VMPORT] = { "ps2-off-vmport", DEFINE, 0, 0,
                                "vmport needs PS/2, which is disabled", "remove <ps2>, or <vmport>",
                                QEMU_VALIDATE "qemuValidateDomainDefFeatures" },
  [MT_PLACE_NVRAM] = { "nvram-unavailable", DEFINE, 0, MT_HAS_PAPR, "only pseries has this device",
                       "remove it", QEMU_VALIDATE "qemuValidateDomainDeviceDefNVRAM" },
  [MT_PLACE_GRAPHICS_LISTEN] = { "graphics-listen", DEFINE, 0, 0,
                                 "it must be the address of the first <listen>",
                                 "remove the attribute listen",
                                 DOMAIN_CONF "virDomainGraphicsListensParseXML" },
  /* Newer libvirt refuses to define it. */
  [MT_PLACE_GRAPHICS_LISTENS] = { "graphics-listens", QEMU, 0, 0,
                                  "QEMU supports only one <listen> for a display",
                                  "remove the others, or add another <graphics>",
                                  "libvirt src/qemu/qemu_process.c, "
                                  "qemuProcessStartValidateGraphics" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (rules) == MT_PLACE_LAST + 1);

const MtPlaceRule *
mt_place_rule_get (MtPlaceCode code)
{
  return &rules[code];
}

void
mt_place_report_at (const MtPlacing *placing, MtPlaceCode code, const char *subject,
                    const char *detail)
{
  const MtPlaceRule *rule = &rules[code];
  g_autofree char *shown = detail != NULL ? mt_escape_for_message (detail) : NULL;
  char *message =
      g_strdup_printf ("%s: %s%s%s%s", subject, rule->message, shown != NULL ? " (" : "",
                       shown != NULL ? shown : "", shown != NULL ? ")" : "");

  g_ptr_array_add (placing->findings,
                   mt_finding_new_of (rule->code, message, g_strdup (rule->remedy), subject,
                                      (MachtypeAuthority)rule->authority, rule->source));
}

void
mt_place_report (const MtPlacing *placing, MtPlaceCode code, const MtLintDevice *device,
                 const char *detail)
{
  g_autofree char *subject = mt_lint_dup_subject (device);

  mt_place_report_at (placing, code, subject, detail);
}

/* Devices whose address libvirt replaces or drops: channels get a port of virtio-serial. */
static const struct {
  guint8 element;
  guint16 offset;
  char value[8];
} unplaced[] = {
  { MT_LINT_CHANNEL, G_STRUCT_OFFSET (MtLintDevice, target_type), "virtio" },
  { MT_LINT_MEMBALLOON, G_STRUCT_OFFSET (MtLintDevice, model), "none" },
  { MT_LINT_VIDEO, G_STRUCT_OFFSET (MtLintDevice, model), "none" },
  { MT_LINT_CONTROLLER, G_STRUCT_OFFSET (MtLintDevice, model), "none" },
};

gboolean
mt_place_is_address_kept (const MtLintDevice *device)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (unplaced); i++) {
    const char *word = *(const char *const *)((const char *)device + unplaced[i].offset);

    if (unplaced[i].element == device->element && word != NULL &&
        mt_is_word (word, unplaced[i].value))
      return device->at.kind == MT_ADDRESS_VIRTIO_SERIAL;
  }
  return TRUE;
}

gboolean
mt_place_is_placed (const MtLintDevice *device)
{
  if (device->element == MT_LINT_CONSOLE &&
      (device->target_type == NULL || strcmp (device->target_type, "serial") == 0))
    return FALSE;
  return mt_place_is_address_kept (device);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const MtPlaceKey *left = a, *right = b;

  if (left->major != right->major)
    return left->major < right->major ? -1 : 1;
  if (left->minor != right->minor)
    return left->minor < right->minor ? -1 : 1;
  return left->device < right->device ? -1 : left->device > right->device;
}

void
mt_place_report_twins (const MtPlacing *placing, GArray *keys, MtPlaceCode code,
                       char *(*describe) (const MtPlaceKey *key))
{
  guint i;

  g_array_sort (keys, compare_keys);
  for (i = 1; i < keys->len; i++) {
    const MtPlaceKey *key = &g_array_index (keys, MtPlaceKey, i), *before = key - 1;
    g_autofree char *what = NULL, *other = NULL, *detail = NULL;

    if (key->major != before->major || key->minor != before->minor)
      continue;
    what = describe != NULL ? describe (key) : NULL;
    other = mt_lint_dup_subject (mt_place_get_device (placing, before->device));
    detail = what != NULL ? g_strconcat (what, ", ", other, NULL) : g_strdup (other);
    mt_place_report (placing, code, mt_place_get_device (placing, key->device), detail);
  }
}
