/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/guest.h>

#include "compat/compat-private.h"
#include "host/host-private.h"
#include "properties/features-private.h"
#include "xml-writer.h"

/* Features of a guest that differ by machine. */
enum {
  MT_FEATURE_ACPI = 1 << 0,      /* always */
  MT_FEATURE_ACPI_UEFI = 1 << 1, /* with UEFI only: otherwise libvirt refuses it */
  MT_FEATURE_APIC = 1 << 2,
  MT_FEATURE_PAE = 1 << 3,
  MT_FEATURE_VMCOREINFO = 1 << 4,
  MT_FEATURE_GIC3 = 1 << 5,         /* emulated only: KVM uses the host's */
  MT_FEATURE_X86_TIMERS = 1 << 6,   /* rtc, pit, hpet */
  MT_FEATURE_KEYBOARD = 1 << 7,     /* the board has none built in */
  MT_FEATURE_USB_DISPLAY = 1 << 9,  /* libvirt adds USB input to graphics, which requires a bus */
  MT_FEATURE_NO_BOOT = 1 << 8,      /* no firmware at all: nothing boots without a kernel */
  MT_FEATURE_ONE_THREAD = 1 << 10,  /* for each core */
  MT_FEATURE_KVM_THREADS = 1 << 11, /* more under KVM */
};

/* Fixed PCI slots, for a board on which only some have an interrupt. 0: libvirt chooses. */
typedef struct {
  guint8 fixed; /* one function each: memballoon, rng, scsi, usb, video, inputs, virtio-serial */
  guint8 network;
  guint8 disk[2]; /* eight functions each */
  guint8 watchdog;
  guint8 sound;
} MtPciSlots;

/* For the devices that libvirt adds, and those that are plugged in later. */
#define MT_ROOT_PORTS 16

/* The defaults of a guest of one architecture and machine. What it supports instead:
 * compat/rules.c; the limits: machine-class.c. */
typedef struct {
  guint8 arch;
  guint8 class; /* MtMachineClass */
  guint16 features;
  char cpu_mode[12];     /* emulated; empty: no <cpu> */
  char cpu_model[12];    /* of mode custom */
  char kvm_cpu_mode[20]; /* accelerated */
  char qemu_cpu[20];     /* emulated, past libvirt, which has no CPU driver for the architecture */
  char console[8];       /* <serial> or <console> */
  char console_target[20];
  char more_ports[20];     /* the target of serial ports after the first; empty: the board's own */
  char console_device[12]; /* Linux's name of it */
  char pci_root[12];       /* empty: not needed */
  gboolean root_ports;     /* MT_ROOT_PORTS */
  char usb[12];            /* controller model; empty: no USB */
  char disk_bus[8];
  char cdrom_bus[8];
  char scsi_model[12];
  char network[8];
  char video[8];
  char input[8];
  MtPciSlots slots;
} MtRecipe;

/* How drives are attached to a SCSI controller: mt_scsi_find finds those that recipes name. */
typedef struct {
  char model[12];
  guint8 places;      /* 0: no practical limit */
  gboolean by_target; /* the target counts drives, not the unit (LUN), of which there is one */
} MtScsiModel;

const MtScsiModel *mt_scsi_find (const char *model);

/* NULL: guests cannot be generated for this machine. */
const MtRecipe *mt_recipe_find (MachtypeArch arch, MtMachineClass class);

/* "aarch64 virt, s390x s390-ccw-virtio, ...": what guests can be generated for. */
char *mt_recipe_dup_list (void);

typedef enum { MT_DRIVE_DISK, MT_DRIVE_CDROM, MT_DRIVE_FLOPPY } MtDrive;

typedef struct {
  MtXmlPart head; /* up to its target */
  char bus[8];    /* empty: the property's, or the recipe's */
  MtDrive kind;
} MtDisk;

typedef struct {
  MtXmlPart head; /* up to its model */
  MachtypeInterfaceType type;
  char *model; /* NULL: the property's, or the recipe's */
} MtInterface;

/* Where a serial port listens. */
typedef struct {
  char *host;
  guint port;
} MtTcpPort;

/* What was set on the builder, which owns it. */
typedef struct {
  MachtypeResolution *resolution;
  MachtypeProperties *properties; /* NULL: none */
  MachtypeHost *host;             /* NULL: none */
  char *name;
  char *uuid; /* NULL: libvirt chooses */
  guint64 memory_mib;
  guint vcpus;
  char *kernel, *initrd, *cmdline; /* NULL: none */
  char *console_log;               /* NULL: none */
  GPtrArray *disks;                /* of MtDisk */
  GPtrArray *interfaces;           /* of MtInterface */
  MachtypeGraphicsType graphics;
  gboolean mirror;
  char *rng_device;             /* NULL: the default */
  char *tpm_secret;             /* a UUID; NULL: none */
  guint tb_cache_mib;           /* 0: QEMU's default */
  gboolean tb_cache_is_default; /* the policy's, for emulated guests only */
  GPtrArray *tcp; /* of MtTcpPort: the serial ports, the first one first; NULL: none */
} MtGuestRequest;

typedef enum { MT_BUS_VIRTIO, MT_BUS_SCSI, MT_BUS_SATA, MT_BUS_USB, MT_BUS_IDE, MT_BUS_FDC } MtBus;
#define MT_BUS_LAST MT_BUS_FDC

/* The place of a disk. */
typedef struct {
  MtBus bus;
  guint unit;        /* on it */
  MtXmlShort target; /* vda, sdb, hdc */
} MtPlace;

/* The result of a request: everything a domain XML is written from, decided and checked. Strings
 * are borrowed from its properties and from tables. */
typedef struct {
  const MtGuestRequest *request;
  MachtypeProperties *properties; /* those of the request that count; NULL: none */
  const MtRecipe *recipe;
  const MtDomainCapabilities *capabilities; /* NULL: unknown */
  MtVersions versions;                      /* that the guest will meet at least */
  MtTopology topology;                      /* 0 sockets: not given */
  char *realtime_cpus;                      /* owned; NULL: none */
  gboolean uefi, secure_boot, stateless, acpi, page_reporting;
  gboolean insecure_loader; /* libvirt accepts that attribute of a loader that it is to choose */
  gboolean flash_loader;    /* libvirt may choose other firmware, which does not start the guest */
  const char *video, *input, *network, *scsi, *usb; /* empty: none */
  gboolean needs_usb, needs_scsi, keyboard, multiqueue, has_floppy;

  /* Large, and set as a whole by the function that decides them: zeroing them first costs time. */
  MtMachineFound machine; /* on the host */
  MtFeatures features;
  MtDeviceRequests device_requests;
  MtPlace places[MACHTYPE_GUEST_MAX_DEVICES]; /* one for each disk of the request */
} MtGuestPlan;

/* Decides what was left open and checks everything. The plan must be cleared, even on error. */
gboolean mt_guest_plan (const MtGuestRequest *request, MtGuestPlan *plan, GError **error);
void mt_guest_plan_clear (MtGuestPlan *plan);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MtGuestPlan, mt_guest_plan_clear)

/* Findings about what is possible but probably not intended. */
void mt_guest_add_warnings (const MtGuestPlan *plan, GPtrArray *warnings);

/* Writing the XML, in two files. */
typedef struct {
  MtXmlWriter xml;
  const MtGuestRequest *request;
  const MtGuestPlan *plan;
  const MtRecipe *recipe;
} MtGuestWriter;

gboolean mt_guest_is_accelerated (const MtGuestPlan *plan);

const MtXmlShort *mt_bus_get_name (MtBus bus);

/* The parts of a device that its request alone decides. source and mac can be NULL: none. */
MtXmlPart mt_guest_write_disk_head (MtDrive kind, const char *path, const char *format);
MtXmlPart mt_guest_write_interface_head (MachtypeInterfaceType type, const char *source,
                                         const char *mac);

void mt_guest_write_devices (MtGuestWriter *w);

/* The image properties that decide about a device that the guest has: one bit for each MtProperty.
 */
guint mt_guest_plan_find_present (const MtGuestPlan *plan);

/* The XML of a plan. */
char *mt_guest_write (const MtGuestPlan *plan);

/* The devices of a guest as image properties: the requested ones, otherwise the recipe's, which are
 * only defaults for devices that the guest does not have. */
MachtypeProperties *mt_guest_dup_devices (const MachtypeGuest *guest);
const MachtypeResolution *mt_guest_get_resolution (const MachtypeGuest *guest);

/* The same, for a guest that has the devices of these properties (one bit for each MtProperty).
 * properties can be NULL: nothing was requested. */
MachtypeProperties *mt_recipe_dup_devices (const MtRecipe *recipe,
                                           const MachtypeProperties *properties, guint present);

/* The devices that a guest has, and the recipe's as defaults where it has none. recipe can be NULL.
 * NULL with an error: they cannot be stored. */
MachtypeProperties *mt_recipe_complete_devices (const MtRecipe *recipe, MachtypeProperties *devices,
                                                GError **error);
