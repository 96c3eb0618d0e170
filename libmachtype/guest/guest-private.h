/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/guest.h>

#include "host/host-private.h"
#include "name/name-private.h"
#include "xml-writer.h"

/* Features of a guest, as far as they differ by machine. */
enum {
  MT_FEATURE_ACPI = 1 << 0,      /* always */
  MT_FEATURE_ACPI_UEFI = 1 << 1, /* with UEFI only: libvirt refuses it without */
  MT_FEATURE_APIC = 1 << 2,
  MT_FEATURE_PAE = 1 << 3,
  MT_FEATURE_VMCOREINFO = 1 << 4,
  MT_FEATURE_GIC3 = 1 << 5,        /* emulated only: KVM takes the host's */
  MT_FEATURE_X86_TIMERS = 1 << 6,  /* rtc, pit, hpet */
  MT_FEATURE_KEYBOARD = 1 << 7,    /* the board has none built in */
  MT_FEATURE_USB_DISPLAY = 1 << 9, /* libvirt adds USB input to graphics: there must be a bus */
  MT_FEATURE_NO_BOOT = 1 << 8,     /* no firmware at all: nothing boots without a kernel */
};

typedef enum {
  MT_UEFI_NEVER,    /* firmware comes with QEMU, or there is none */
  MT_UEFI_OPTIONAL, /* hw_firmware_type=uefi */
  MT_UEFI_DEFAULT,  /* unless hw_firmware_type=bios */
} MtUefi;

/* PCI slots to be named, for a board on which only some have an interrupt. 0: libvirt chooses. */
typedef struct {
  guint8 fixed; /* one function each: memballoon, rng, scsi, usb, video, inputs */
  guint8 network;
  guint8 disk[2]; /* eight functions each */
} MtPciSlots;

/* What a guest of one architecture and machine family is given. The first word of a list is the
 * default, the others are possible; an empty list: it cannot have any. */
typedef struct {
  guint8 arch;
  guint8 family;
  char board[16]; /* of MACHTYPE_FAMILY_NONE */
  guint16 max_vcpus;
  guint32 max_memory_mib; /* 0: no limit of the board's */
  guint32 min_memory_mib; /* 0: no limit of the board's */
  guint16 features;
  guint8 uefi;           /* MtUefi */
  char cpu_mode[12];     /* emulated; empty: no <cpu> */
  char cpu_model[12];    /* of mode custom */
  char kvm_cpu_mode[20]; /* accelerated */
  char qemu_cpu[20];     /* emulated, past libvirt, which has no CPU driver for the architecture */
  char console[8];       /* <serial> or <console> */
  char console_target[20];
  char console_device[12]; /* what Linux calls it */
  char pci_root[12];       /* empty: no need to say */
  guint8 root_ports;
  char usb[12]; /* controller model; empty: no USB */
  char disk_buses[32];
  char cdrom_buses[16];
  char scsi_models[64];
  char networks[64];
  char videos[36];
  char inputs[12];
  MtPciSlots slots;
} MtRecipe;

/* How drives sit on a SCSI controller: mt_scsi_find finds those that recipes name. */
typedef struct {
  char model[12];
  guint8 places;      /* 0: enough for every guest */
  gboolean by_target; /* the target counts drives, not the unit (LUN), of which there is one */
} MtScsiModel;

const MtScsiModel *mt_scsi_find (const char *model);

/* NULL: no guests are made of this machine. */
const MtRecipe *mt_recipe_find (MachtypeArch arch, const char *machine);

/* "aarch64 virt, s390x s390-ccw-virtio, ...": what guests are made of. */
char *mt_recipe_dup_list (void);

/* A word of a recipe's list. */
typedef struct {
  char text[16];
} MtWord;

typedef struct {
  char *path;
  char *format;
  MtWord asked_bus; /* empty: the property's, or the recipe's */
  MtWord bus;       /* decided at the end */
  gboolean is_cdrom;
  guint unit;      /* on its bus */
  char target[12]; /* vda, sdb, hdc */
} MtDisk;

typedef struct {
  MachtypeNetwork kind;
  char *source; /* NULL for user */
} MtInterface;

/* Everything a domain XML is written from, decided and checked. */
typedef struct {
  MachtypeResolution *resolution;
  MachtypeProperties *properties; /* NULL: none */
  MachtypeHost *host;             /* NULL: none */
  char *name;
  char *uuid; /* NULL: libvirt's choice */
  guint64 memory_mib;
  guint vcpus;
  char *kernel, *initrd, *cmdline; /* NULL: none */
  char *console_log;               /* NULL: none */
  GPtrArray *disks;                /* of MtDisk */
  GPtrArray *interfaces;           /* of MtInterface */
  MachtypeGraphics graphics;
  gboolean mirror;
  const MtRecipe *recipe;
  gboolean uefi;
  const MtDomainCapabilities *capabilities; /* NULL: none are known */
  MtWord video, input, network, scsi;       /* empty: none */
  gboolean needs_usb, needs_scsi;
} MtGuestPlan;

/* The XML of a plan. */
char *mt_guest_write (const MtGuestPlan *plan);

/* The device defaults of a guest as image properties: what was asked for, else the recipe's. */
MachtypeProperties *mt_guest_dup_defaults (const MachtypeGuest *guest);
const MachtypeResolution *mt_guest_get_resolution (const MachtypeGuest *guest);

/* properties may be NULL: nothing was asked for. */
MachtypeProperties *mt_recipe_dup_defaults (const MtRecipe *recipe,
                                            const MachtypeProperties *properties);
