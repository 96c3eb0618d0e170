/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "name/name-private.h"

/* Whether the newest release that these tables know has this version of QEMU. */
gboolean mt_lifecycle_is_released (guint major, guint minor);

/* FALSE: a version that no release has, or will have within a year. */
gboolean mt_lifecycle_may_exist (const MtName *name);

/* Of a version that does not exist: whether a later release could still have it. */
gboolean mt_lifecycle_is_future (const MtName *name);

/* Whether a type is so old that this QEMU can lack it already, although only a later one always
 * does: from 9.1 on, QEMU_DELETE_MACHINES=1 deletes the types that are six years old (QEMU
 * include/hw/boards.h). */
gboolean mt_lifecycle_can_delete (const MtName *name, MtQemuVersion qemu);

/* The major release of its vendor since which a type is deprecated, or which removed it. FALSE:
 * unknown, or not a vendor's. */
gboolean mt_lifecycle_get_vendor_deprecated (const MtName *name, guint *major);
gboolean mt_lifecycle_get_vendor_removed (const MtName *name, guint *major);

/* Whether the newest surveyed release of its vendor has this major version. */
gboolean mt_lifecycle_is_vendor_released (const MtName *name, guint major);

/* Whether a release of its vendor is known to have a type (has), or known not to (lacks); neither:
 * unknown. Only of vendors whose types do not follow QEMU's. */
typedef struct {
  gboolean has, lacks;
} MtVendorHas;

MtVendorHas mt_lifecycle_ask_vendor (const MtName *name, MtQemuVersion release);

/* Year and month until which its vendor supports the release that it is named after; NULL: unknown.
 */
const char *mt_lifecycle_get_end_of_support (const MtName *name);

/* machtype_lifecycle_dup_text; deprecated FALSE: without since when it is deprecated. */
char *mt_lifecycle_dup_text (const MachtypeName *name, gboolean deprecated);
