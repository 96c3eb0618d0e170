/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_GUEST_H
#define MACHTYPE_GUEST_H

#include <machtype/resolve.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_GUEST_MAX_DEVICES:
 *
 * The maximum number of disks, and of network interfaces, of one guest.
 *
 * Since: 1.0
 */
#define MACHTYPE_GUEST_MAX_DEVICES 256

/**
 * MachtypeInterfaceType:
 * @MACHTYPE_INTERFACE_TYPE_USER: QEMU's user-mode network; no source
 * @MACHTYPE_INTERFACE_TYPE_NETWORK: a libvirt network, by name
 * @MACHTYPE_INTERFACE_TYPE_BRIDGE: a bridge of the host, by name
 *
 * What a network interface is connected to.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_INTERFACE_TYPE_USER = 0,
  MACHTYPE_INTERFACE_TYPE_NETWORK = 1,
  MACHTYPE_INTERFACE_TYPE_BRIDGE = 2
} MachtypeInterfaceType;

/**
 * MachtypeGraphicsType:
 * @MACHTYPE_GRAPHICS_TYPE_NONE: no graphics, video, pointer or keyboard
 * @MACHTYPE_GRAPHICS_TYPE_VNC: VNC on the loopback address, port chosen by libvirt
 * @MACHTYPE_GRAPHICS_TYPE_SPICE: SPICE on the loopback address, port chosen by libvirt
 *
 * The graphical console.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_GRAPHICS_TYPE_NONE = 0,
  MACHTYPE_GRAPHICS_TYPE_VNC = 1,
  MACHTYPE_GRAPHICS_TYPE_SPICE = 2
} MachtypeGraphicsType;

/**
 * MachtypeGuest:
 *
 * A complete guest as libvirt domain XML. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeGuest MachtypeGuest;

/**
 * MachtypeGuestBuilder:
 *
 * Builds a [struct@Machtype.Guest]. Use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeGuestBuilder MachtypeGuestBuilder;

/**
 * MACHTYPE_TYPE_GUEST:
 *
 * The boxed type of [struct@Machtype.Guest].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_GUEST (machtype_guest_get_type ())

/**
 * MACHTYPE_TYPE_GUEST_BUILDER:
 *
 * The boxed type of [struct@Machtype.GuestBuilder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_GUEST_BUILDER (machtype_guest_builder_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_can_generate (MachtypeArch arch, const char *machine);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_guest_builder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeGuestBuilder *machtype_guest_builder_new (MachtypeResolution *resolution,
                                                  MachtypeProperties *properties,
                                                  MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeGuestBuilder *machtype_guest_builder_ref (MachtypeGuestBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_guest_builder_unref (MachtypeGuestBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_name (MachtypeGuestBuilder *builder, const char *name,
                                          GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_uuid (MachtypeGuestBuilder *builder, const char *uuid,
                                          GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_memory (MachtypeGuestBuilder *builder, guint64 mib,
                                            GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_vcpus (MachtypeGuestBuilder *builder, guint vcpus,
                                           GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_kernel (MachtypeGuestBuilder *builder, const char *kernel,
                                            const char *initrd, const char *cmdline,
                                            GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_add_disk (MachtypeGuestBuilder *builder, const char *path,
                                          const char *format, const char *bus, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_add_cdrom (MachtypeGuestBuilder *builder, const char *path,
                                           GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_add_floppy (MachtypeGuestBuilder *builder, const char *path,
                                            GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_rng_device (MachtypeGuestBuilder *builder, const char *path,
                                                GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_add_interface (MachtypeGuestBuilder *builder,
                                               MachtypeInterfaceType type, const char *source,
                                               const char *mac, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_add_interface_of_model (MachtypeGuestBuilder *builder,
                                                        MachtypeInterfaceType type,
                                                        const char *source, const char *mac,
                                                        const char *model, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_console_log (MachtypeGuestBuilder *builder, const char *path,
                                                 GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_tpm_secret (MachtypeGuestBuilder *builder, const char *uuid,
                                                GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_guest_builder_set_tb_cache (MachtypeGuestBuilder *builder, guint mib);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_add_tcp_console (MachtypeGuestBuilder *builder, const char *host,
                                                 guint port, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_builder_set_graphics (MachtypeGuestBuilder *builder,
                                              MachtypeGraphicsType graphics, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_guest_builder_set_metadata (MachtypeGuestBuilder *builder, gboolean mirror);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeGuest *machtype_guest_builder_end (MachtypeGuestBuilder *builder, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_guest_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeGuest *machtype_guest_ref (MachtypeGuest *guest);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_guest_unref (MachtypeGuest *guest);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_guest_get_xml (const MachtypeGuest *guest);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_guest_equal (const MachtypeGuest *a, const MachtypeGuest *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_guest_hash (const MachtypeGuest *guest);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_guest_get_console_device (const MachtypeGuest *guest);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_guest_list_warnings (const MachtypeGuest *guest);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_interface_type_to_string (MachtypeInterfaceType type);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_interface_type_from_string (const char *text, MachtypeInterfaceType *type,
                                              GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_graphics_type_to_string (MachtypeGraphicsType type);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_graphics_type_from_string (const char *text, MachtypeGraphicsType *type,
                                             GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_guest (MachtypeRecordBuilder *builder,
                                            const MachtypeGuest *guest, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeGuest, machtype_guest_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeGuestBuilder, machtype_guest_builder_unref)

G_END_DECLS

#endif /* MACHTYPE_GUEST_H */
