/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/platform.h>

#include "host/host-private.h"
#include "platform/table-private.h"

struct _MachtypePlatform {
  gatomicrefcount refs;
  MtPlatformTable *table;
  const MtPlatformRow *row; /* of the table, or own */
  MtPlatformRow own;        /* a release of QEMU */
};

/* The table that counts. */
MtPlatformTable *mt_platform_load_table (GError **error);

MachtypePlatform *mt_platform_new (MtPlatformTable *table, const MtPlatformRow *row);

/* A release of QEMU, which may still come. */
MachtypePlatform *mt_platform_new_for_qemu (MtPlatformTable *table, MtQemuVersion version);

/* The releases of its distribution after it, from the oldest to the newest: those with the same
 * stack, and those without one, but none with older packages (proxmox-9.0 is not after
 * proxmox-9/latest). Empty: there are none, or it has no releases. */
GPtrArray *mt_platform_list_later (const MachtypePlatform *platform);

/* Which of two platforms of a distribution has the newer packages: that of the newer release, by
 * the numbers that both give (9 is any of 9.0 to 9.2), or with the newer QEMU. 0: neither, or it is
 * unknown. */
int mt_platform_compare_packages (const MtPlatformRow *a, const MtPlatformRow *b);

/* What is published about migrating running guests from one to the other. NULL: nothing, or both
 * are the same. */
const MtMigrationRow *mt_platform_find_migration (const MachtypePlatform *from,
                                                  const MachtypePlatform *to);

/* The newest platform to which one migration is supported, and from which another one is to the
 * target. NULL: none. */
const MtPlatformRow *mt_platform_find_between (const MachtypePlatform *from,
                                               const MachtypePlatform *to);

/* A host as it will be. */
MachtypeHost *mt_platform_make_host (MachtypePlatform *platform, MachtypeArch host_arch);

/* A machine type that an emulator of a QEMU release has. */
typedef struct {
  const char *name;
  const char *stands_for; /* NULL: it is not an alias */
  gboolean is_deprecated;
  gboolean is_unsure; /* it is an alias, but it is unknown for what, or whether it still is one */
} MtEmulatorMachine;

typedef void (*MtEmulatorFunc) (const MtEmulatorMachine *machine, gpointer data);

/* Calls func for each machine type that QEMU's own release has for guests of an architecture, as
 * far as libvirt lists it: the aliases of families first, then their types, the newest first, then
 * boards. What it passes is valid during the call. */
void mt_emulator_foreach (MtQemuVersion qemu, MachtypeArch arch, MtEmulatorFunc func,
                          gpointer data);

/* Whether QEMU's release has an emulator that libvirt finds for guests of the architecture. */
gboolean mt_emulator_exists (MtQemuVersion qemu, MachtypeArch arch);

/* The architecture that libvirt takes the emulator for, and so refuses guests of its own; NULL: it
 * does not. is_sure: FALSE: that was so in an older release; it is not set for NULL. */
const char *mt_emulator_find_misnomer (MtQemuVersion qemu, MachtypeArch arch, gboolean *is_sure);
