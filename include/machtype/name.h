/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_NAME_H
#define MACHTYPE_NAME_H

#include <machtype/arch.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_NAME_MAX_LENGTH:
 *
 * The maximum length of a machine type name, in bytes. The longest known name has 28
 * (`pc-i440fx-mantic-hpb-maxcpus`).
 *
 * Since: 1.0
 */
#define MACHTYPE_NAME_MAX_LENGTH 128

/**
 * MachtypeFamily:
 * @MACHTYPE_FAMILY_NONE: no family: a board, or an unknown name
 * @MACHTYPE_FAMILY_PC_I440FX: `pc`, `pc-i440fx-*`, `pc-0.x`, `pc-1.x`, `rhel5.*`, `rhel6.*`
 * @MACHTYPE_FAMILY_PC_Q35: `q35`, `pc-q35-*`
 * @MACHTYPE_FAMILY_VIRT: `virt`, `virt-*` of Arm, m68k and, from QEMU 11.1 on, LoongArch
 * @MACHTYPE_FAMILY_S390_CCW_VIRTIO: `s390-ccw-virtio`, `s390-ccw-virtio-*`
 * @MACHTYPE_FAMILY_PSERIES: `pseries`, `pseries-*`
 * @MACHTYPE_FAMILY_XENFV: `xenfv`, `xenfv-*`
 *
 * The families of versioned machine types.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_FAMILY_NONE = 0,
  MACHTYPE_FAMILY_PC_I440FX = 1,
  MACHTYPE_FAMILY_PC_Q35 = 2,
  MACHTYPE_FAMILY_VIRT = 3,
  MACHTYPE_FAMILY_S390_CCW_VIRTIO = 4,
  MACHTYPE_FAMILY_PSERIES = 5,
  MACHTYPE_FAMILY_XENFV = 6
} MachtypeFamily;

/**
 * MachtypeVendor:
 * @MACHTYPE_VENDOR_UNKNOWN: unknown: the name is of an unknown kind
 * @MACHTYPE_VENDOR_UPSTREAM: QEMU itself
 * @MACHTYPE_VENDOR_RHEL: Red Hat Enterprise Linux and its rebuilds: `-rhelX.Y.Z`
 * @MACHTYPE_VENDOR_UBUNTU: Ubuntu: `-codename`
 * @MACHTYPE_VENDOR_PROXMOX: Proxmox VE: `+pveN` after an upstream name
 *
 * The vendor that defined a machine type.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_VENDOR_UNKNOWN = 0,
  MACHTYPE_VENDOR_UPSTREAM = 1,
  MACHTYPE_VENDOR_RHEL = 2,
  MACHTYPE_VENDOR_UBUNTU = 3,
  MACHTYPE_VENDOR_PROXMOX = 4
} MachtypeVendor;

/**
 * MachtypeNameKind:
 * @MACHTYPE_NAME_KIND_UNKNOWN: no family, and no board that QEMU ever had
 * @MACHTYPE_NAME_KIND_ALIAS: an alias: it resolves to another name, which depends on the QEMU
 *   version
 * @MACHTYPE_NAME_KIND_VERSIONED: one version of a family
 * @MACHTYPE_NAME_KIND_BOARD: a board without versions; digits in its name are part of the model
 *
 * The kind of a machine type name.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_NAME_KIND_UNKNOWN = 0,
  MACHTYPE_NAME_KIND_ALIAS = 1,
  MACHTYPE_NAME_KIND_VERSIONED = 2,
  MACHTYPE_NAME_KIND_BOARD = 3
} MachtypeNameKind;

/**
 * MachtypeOrder:
 * @MACHTYPE_ORDER_LT: the first is older
 * @MACHTYPE_ORDER_EQ: the same machine
 * @MACHTYPE_ORDER_GT: the first is newer
 * @MACHTYPE_ORDER_INCOMPARABLE: there is no order: the names differ in architecture, family,
 *   vendor, variant or board, or one is an alias or unknown. This is an answer, not an error
 * @MACHTYPE_ORDER_INVALID: one of them is not a valid machine type name
 *
 * The order of one name relative to another. It is a partial order.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_ORDER_LT = -1,
  MACHTYPE_ORDER_EQ = 0,
  MACHTYPE_ORDER_GT = 1,
  MACHTYPE_ORDER_INCOMPARABLE = 2,
  MACHTYPE_ORDER_INVALID = 3
} MachtypeOrder;

/**
 * MachtypeName:
 *
 * A parsed machine type name. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeName MachtypeName;

/**
 * MACHTYPE_TYPE_NAME:
 *
 * The boxed type of [struct@Machtype.Name].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_NAME (machtype_name_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_name_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeName *machtype_name_new (const char *text, MachtypeArch arch, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeName *machtype_name_ref (MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_name_unref (MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_name_get_text (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeNameKind machtype_name_get_kind (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeFamily machtype_name_get_family (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeVendor machtype_name_get_vendor (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_name_get_version (const MachtypeName *name, guint *major, guint *minor,
                                    guint *micro);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_name_get_revision (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_name_get_tag (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_name_dup_intended (const MachtypeName *name) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_name_dup_upstream_base (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeOrder machtype_name_compare (const MachtypeName *a, const MachtypeName *b);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeOrder machtype_name_compare_strings (const char *a, const char *b, MachtypeArch arch);

MACHTYPE_AVAILABLE_IN_1_0
int machtype_name_collate (const MachtypeName *a, const MachtypeName *b);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_name_equal (const MachtypeName *a, const MachtypeName *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_name_hash (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_family_to_string (MachtypeFamily family);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_family_from_string (const char *text, MachtypeFamily *family, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_vendor_to_string (MachtypeVendor vendor);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_vendor_from_string (const char *text, MachtypeVendor *vendor, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_name_kind_to_string (MachtypeNameKind kind);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_name_kind_from_string (const char *text, MachtypeNameKind *kind, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_order_to_string (MachtypeOrder order);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_order_from_string (const char *text, MachtypeOrder *order, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeName, machtype_name_unref)

G_END_DECLS

#endif /* MACHTYPE_NAME_H */
