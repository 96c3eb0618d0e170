/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/arch.h>

#include "data/tables.h"

/* One bit an architecture, for columns that list several. */
#define MT_ARCH_BIT(arch) (G_GUINT64_CONSTANT (1) << (arch))

/* Raises INVALID_ARGUMENT for a number that is no architecture; UNKNOWN is one. */
gboolean mt_arch_check (MachtypeArch arch, GError **error);

/* The rule that gives a default machine: a parameter of resolving, so that a test can swap the
 * defaults and prove that guests with a record never notice. */
typedef const char *(*MtDefaultMachineFunc) (MachtypeArch arch);

/* Finds an architecture by any of its spellings; MACHTYPE_ARCH_UNKNOWN for none. */
MachtypeArch mt_arch_find (const char *text, gsize length);

gboolean mt_arch_is_valid (MachtypeArch arch);

/* The Debian package that brings QEMU for an architecture; NULL where Debian has none. */
const char *mt_arch_get_emulator_package (MachtypeArch arch);

/* The Debian package that brings UEFI for its guests; NULL where they have none, or firmware comes
 * with QEMU. */
const char *mt_arch_get_firmware_package (MachtypeArch arch);

/* "install package NAME"; NULL for NULL. */
char *mt_package_dup_remedy (const char *package);

/* The same for an architecture that a caller may have made up: no bit for a number that is none. */
static inline guint64
mt_arch_bit (MachtypeArch arch)
{
  return arch > MACHTYPE_ARCH_UNKNOWN && arch <= MT_ARCH_LAST ? MT_ARCH_BIT (arch) : 0;
}
