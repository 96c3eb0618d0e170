/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/arch.h>

#include "data/tables.h"

/* One bit for each architecture, for columns that list several. */
#define MT_ARCH_BIT(arch) (G_GUINT64_CONSTANT (1) << (arch))

/* Raises INVALID_ARGUMENT for an invalid architecture; UNKNOWN is valid. */
gboolean mt_arch_check (MachtypeArch arch, GError **error);

/* Returns the default machine type: a parameter of resolving, so that a test can replace the
 * defaults and prove that guests with a record are not affected. */
typedef const char *(*MtDefaultMachineFunc) (MachtypeArch arch);

/* Finds an architecture by any of its spellings; MACHTYPE_ARCH_UNKNOWN if it is unknown. */
MachtypeArch mt_arch_find (const char *text, gsize length);

/* Whether a version of libvirt knows the architecture; 0, 0: any version may be meant. */
gboolean mt_arch_is_in_libvirt (MachtypeArch arch, guint major, guint minor);

/* What was probably meant, for the end of a message: "; did you mean 'aarch64'?". Never NULL. */
char *mt_arch_dup_hint (const char *text);

static inline gboolean
mt_arch_is_valid (MachtypeArch arch)
{
  return arch > MACHTYPE_ARCH_UNKNOWN && arch <= MT_ARCH_LAST;
}

/* The Debian package that provides QEMU for an architecture; NULL if Debian has none. */
const char *mt_arch_get_emulator_package (MachtypeArch arch);

/* The Debian package that provides UEFI for its guests; NULL if there is none, or if QEMU includes
 * the firmware. */
const char *mt_arch_get_firmware_package (MachtypeArch arch);

/* "install package NAME"; NULL for NULL. */
char *mt_package_dup_remedy (const char *package);

/* What to do if a host has no emulator for an architecture; NULL: unknown. */
char *mt_arch_dup_emulator_remedy (MachtypeArch arch);

/* The same for an architecture that a caller may have invented: no bit for an invalid one. */
static inline guint64
mt_arch_bit (MachtypeArch arch)
{
  return arch > MACHTYPE_ARCH_UNKNOWN && arch <= MT_ARCH_LAST ? MT_ARCH_BIT (arch) : 0;
}
