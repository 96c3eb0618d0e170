/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "xml-reader.h"

/* Where devices are: addresses and controllers, as lint-place-read.c reads them. */

/* libvirt's types of addresses; _NONE: there is none, or libvirt cannot read it. */
typedef enum {
  MT_ADDRESS_NONE,
  MT_ADDRESS_PCI,
  MT_ADDRESS_DRIVE,
  MT_ADDRESS_VIRTIO_SERIAL,
  MT_ADDRESS_CCID,
  MT_ADDRESS_USB,
  MT_ADDRESS_SPAPR_VIO,
  MT_ADDRESS_VIRTIO_S390,
  MT_ADDRESS_CCW,
  MT_ADDRESS_VIRTIO_MMIO,
  MT_ADDRESS_ISA,
  MT_ADDRESS_DIMM,
  MT_ADDRESS_UNASSIGNED,
  MT_ADDRESS_LAST = MT_ADDRESS_UNASSIGNED
} MtAddressKind;

#define MT_ADDRESS_BIT(kind) (1u << MT_ADDRESS_##kind)

/* The numbers of an address, by their place in the table of lint-place-read.c. */
enum { MT_PCI_DOMAIN, MT_PCI_BUS, MT_PCI_SLOT, MT_PCI_FUNCTION };
enum { MT_DRIVE_CONTROLLER, MT_DRIVE_BUS, MT_DRIVE_TARGET, MT_DRIVE_UNIT };
enum { MT_SERIAL_CONTROLLER, MT_SERIAL_BUS, MT_SERIAL_PORT };
enum { MT_CCW_CSSID, MT_CCW_SSID, MT_CCW_DEVNO };
enum { MT_USB_BUS };

#define MT_USB_DEPTH 4

/* What libvirt does not accept about places: rows of the table in lint-place-report.c. */
typedef enum {
  MT_PLACE_FINE,
  MT_PLACE_ADDRESS_TYPE_MISSING,
  MT_PLACE_ADDRESS_TYPE_UNKNOWN,
  MT_PLACE_ADDRESS_VALUE,
  MT_PLACE_ADDRESS_RANGE,
  MT_PLACE_ADDRESS_KIND,
  MT_PLACE_PCI_DOMAIN,
  MT_PLACE_PCI_DOUBLE,
  MT_PLACE_PCI_BOARD,
  MT_PLACE_PCI_OWN,
  MT_PLACE_PCI_SLOT,
  MT_PLACE_PCI_BUS_MISSING,
  MT_PLACE_PCI_PLUG,
  MT_PLACE_PCI_INTEGRATED,
  MT_PLACE_PCI_BRIDGE_INDEX,
  MT_PLACE_NO_PCI,
  MT_PLACE_NO_PCI_VERSATILE,
  MT_PLACE_NO_PCI_DEFINE,
  MT_PLACE_NO_PCI_IMPLIED,
  MT_PLACE_DRIVE_DOUBLE,
  MT_PLACE_DRIVE_NUMBER,
  MT_PLACE_USB_DOUBLE,
  MT_PLACE_USB_BUS_MISSING,
  MT_PLACE_USB_MISSING,
  MT_PLACE_USB_UNAVAILABLE,
  MT_PLACE_USB_PORT_MISSING,
  MT_PLACE_USB_HUB_MISSING,
  MT_PLACE_SERIAL_DOUBLE,
  MT_PLACE_SERIAL_PORT_MISSING,
  MT_PLACE_CCW_PARTIAL,
  MT_PLACE_CCW_DOUBLE,
  MT_PLACE_ZPCI_UNAVAILABLE,
  MT_PLACE_ZPCI_UID,
  MT_PLACE_ZPCI_DOUBLE,
  MT_PLACE_VIO_DOUBLE,
  MT_PLACE_CONTROLLER_TYPE,
  MT_PLACE_CONTROLLER_MODEL,
  MT_PLACE_CONTROLLER_NO_MODEL,
  MT_PLACE_CONTROLLER_FOREIGN,
  MT_PLACE_CONTROLLER_XEN,
  MT_PLACE_CONTROLLER_VALUE,
  MT_PLACE_CONTROLLER_DOUBLE,
  MT_PLACE_CONTROLLER_PART_TWICE,
  MT_PLACE_ROOT_ADDRESS,
  MT_PLACE_ROOT_INDEX,
  MT_PLACE_ROOT_MISSING,
  MT_PLACE_PCI_INDEX,
  MT_PLACE_MODEL_NAME,
  MT_PLACE_PCI_OPTION,
  MT_PLACE_PCI_OPTION_RANGE,
  MT_PLACE_PHB_INDEX,
  MT_PLACE_PCI_NODE,
  MT_PLACE_USB_NONE_AND_OTHER,
  MT_PLACE_USB_NO_MASTER,
  MT_PLACE_USB_PORTS,
  MT_PLACE_USB_PORTS_NEWER,
  MT_PLACE_USB_INDEX,
  MT_PLACE_TSEG,
  MT_PLACE_PANIC_DOUBLE,
  MT_PLACE_TPM_DOUBLE,
  MT_PLACE_PS2_OFF,
  MT_PLACE_PS2_OFF_VMPORT,
  MT_PLACE_NVRAM,
  MT_PLACE_GRAPHICS_LISTEN,
  MT_PLACE_GRAPHICS_LISTENS,
  MT_PLACE_LAST = MT_PLACE_GRAPHICS_LISTENS
} MtPlaceCode;

typedef struct {
  guint8 kind;  /* MtAddressKind */
  guint8 fault; /* MtPlaceCode: libvirt cannot read it */
  guint8 given; /* one bit for each number */
  guint has_uid : 1, has_fid : 1, has_reg : 1;
  guint32 numbers[4];
  guint32 ports[MT_USB_DEPTH]; /* of USB; 0 ends them */
  guint32 uid, fid;            /* of zPCI */
  guint64 reg;                 /* of the POWER virtual I/O bus */
  const char *detail;          /* of the fault */
} MtLintAddress;

/* The numbers of a controller. */
typedef enum {
  MT_CONTROLLER_INDEX,
  MT_CONTROLLER_PORTS,
  MT_CONTROLLER_VECTORS,
  MT_CONTROLLER_CHASSIS_NR,
  MT_CONTROLLER_CHASSIS,
  MT_CONTROLLER_PORT,
  MT_CONTROLLER_BUS_NR,
  MT_CONTROLLER_TARGET_INDEX,
  MT_CONTROLLER_NODE,
  MT_CONTROLLER_NUMBERS
} MtControllerNumber;

typedef struct {
  guint8 fault; /* MtPlaceCode: libvirt cannot read it */
  guint has_hotplug : 1, is_companion : 1, is_twice : 1, has_target : 1, has_model : 1;
  guint8 kind;                           /* MtControllerKind of the type */
  gint8 model;                           /* its number in the models of the type; -1: none */
  int index;                             /* as libvirt chooses it if it is not given; -1: unknown */
  gint64 numbers[MT_CONTROLLER_NUMBERS]; /* -1: not given */
  const char *model_name;                /* <model name='...'/> */
  const char *detail;                    /* of the fault */
} MtLintController;

/* libvirt's types of controllers. */
typedef enum {
  MT_CONTROLLER_IDE, /* also without a type */
  MT_CONTROLLER_FDC,
  MT_CONTROLLER_SCSI,
  MT_CONTROLLER_SATA,
  MT_CONTROLLER_VIRTIO_SERIAL,
  MT_CONTROLLER_CCID,
  MT_CONTROLLER_USB,
  MT_CONTROLLER_PCI,
  MT_CONTROLLER_XENBUS,
  MT_CONTROLLER_ISA,
  MT_CONTROLLER_NVME,
  MT_CONTROLLER_KINDS,
  MT_CONTROLLER_UNKNOWN = MT_CONTROLLER_KINDS
} MtControllerKind;

/* The models of PCI controllers, in libvirt's order. */
typedef enum {
  MT_PCI_ROOT,
  MT_PCIE_ROOT,
  MT_PCI_BRIDGE,
  MT_DMI_TO_PCI_BRIDGE,
  MT_PCIE_TO_PCI_BRIDGE,
  MT_PCIE_ROOT_PORT,
  MT_PCIE_UPSTREAM,
  MT_PCIE_DOWNSTREAM,
  MT_PCI_EXPANDER,
  MT_PCIE_EXPANDER,
  MT_PCI_MODELS
} MtPciModel;

/* The models of USB controllers that are looked at, in libvirt's order. */
typedef enum {
  MT_USB_PIIX3,
  MT_USB_PIIX4,
  MT_USB_EHCI,
  MT_USB_ICH9_EHCI1,
  MT_USB_ICH9_UHCI1,
  MT_USB_ICH9_UHCI2,
  MT_USB_ICH9_UHCI3,
  MT_USB_VT82C686B,
  MT_USB_OHCI,
  MT_USB_NEC_XHCI,
  MT_USB_QUSB1,
  MT_USB_QUSB2,
  MT_USB_QEMU_XHCI,
  MT_USB_NONE,
  MT_USB_MODELS
} MtUsbModel;

/* Reads <address>; the first one of a device counts. Strings go to the chunk. */
void mt_place_read_address (GStringChunk *strings, const MtXmlAttributes *attributes,
                            MtLintAddress *address);

/* <zpci> in it. */
void mt_place_read_zpci (GStringChunk *strings, const MtXmlAttributes *attributes,
                         MtLintAddress *address);

/* The first <listen> of a display, which has a listen attribute as well, or NULL. */
void mt_place_read_listen (GStringChunk *strings, const MtXmlAttributes *attributes,
                           const char *listen, MtLintAddress *address);

/* Reads <controller>, and a child of it. */
void mt_place_read_controller (GStringChunk *strings, const MtXmlAttributes *attributes,
                               MtLintController *controller);
void mt_place_read_controller_part (GStringChunk *strings, const char *element,
                                    const MtXmlAttributes *attributes,
                                    MtLintController *controller);

/* The text of <target><node>. */
void mt_place_read_node (GStringChunk *strings, const char *text, MtLintController *controller);

/* "pcie-root-port"; MT_PCI_MODELS: "PCI device". */
const char *mt_place_get_pci_model (guint model);

/* "pci", and "drive", as they are written. */
const char *mt_place_get_address_kind (MtAddressKind kind);
