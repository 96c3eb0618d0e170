/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_PLATFORM_H
#define MACHTYPE_PLATFORM_H

#include <machtype/host.h>

G_BEGIN_DECLS

/**
 * MachtypePlatform:
 *
 * A release of a distribution, with the QEMU and libvirt that its packages have, or a release of
 * QEMU itself: a host that is not there yet. Immutable and reference-counted; any thread can read
 * it.
 *
 * Since: 1.0
 */
typedef struct _MachtypePlatform MachtypePlatform;

/**
 * MACHTYPE_TYPE_PLATFORM:
 *
 * The boxed type of [struct@Machtype.Platform].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_PLATFORM (machtype_platform_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_platform_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePlatform *machtype_platform_new (const char *name, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePlatform *machtype_platform_new_for_os_release (const char *text, guint64 qemu_version,
                                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_platform_list (GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePlatform *machtype_platform_ref (MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_platform_unref (MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_name (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_label (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_release (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_stack (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_platform_get_qemu (const MachtypePlatform *platform, guint *major, guint *minor);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_platform_get_libvirt (const MachtypePlatform *platform, guint *major,
                                        guint *minor);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeVendor machtype_platform_get_vendor (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_released (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_end_of_life (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_platform_was_run (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_source (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_platform_get_table_date (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_platform_to_json (const MachtypePlatform *platform) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_platform_equal (const MachtypePlatform *a, const MachtypePlatform *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_platform_hash (const MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHost *machtype_host_new_for_platform (const char *platform, MachtypeArch host_arch,
                                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypePlatform, machtype_platform_unref)

G_END_DECLS

#endif /* MACHTYPE_PLATFORM_H */
