/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_CHANGE_H
#define MACHTYPE_CHANGE_H

#include <machtype/host.h>
#include <machtype/record.h>

G_BEGIN_DECLS

/**
 * MachtypeChangeFlags:
 * @MACHTYPE_CHANGE_NONE: the default rules
 * @MACHTYPE_CHANGE_FORCE: turn every refusal except `refused-invalid` into `forced`
 * @MACHTYPE_CHANGE_PIN: allow an alias to be replaced by the type that it resolves to on the host,
 *   and the reverse
 * @MACHTYPE_CHANGE_REQUIRE_OFFERED: refuse a type that the host does not offer
 * @MACHTYPE_CHANGE_PROPERTIES: list, after the effects, the compatibility properties that QEMU sets
 *   for one of the types alone, with the code `property`
 *
 * How to judge a change.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_CHANGE_NONE = 0,
  MACHTYPE_CHANGE_FORCE = 1 << 0,
  MACHTYPE_CHANGE_PIN = 1 << 1,
  MACHTYPE_CHANGE_REQUIRE_OFFERED = 1 << 2,
  MACHTYPE_CHANGE_PROPERTIES = 1 << 3
} MachtypeChangeFlags;

/**
 * MachtypeVerdict:
 * @MACHTYPE_VERDICT_ALLOWED: the change is allowed
 * @MACHTYPE_VERDICT_NOOP: nothing would change
 * @MACHTYPE_VERDICT_FORCED: it would have been refused, but force was given
 * @MACHTYPE_VERDICT_REFUSED_INVALID: the new name is not a valid machine type name
 * @MACHTYPE_VERDICT_REFUSED_STATE: the instance is not stopped, shelved or shelved_offloaded, or
 *   its RAM is saved
 * @MACHTYPE_VERDICT_REFUSED_UNSUPPORTED: the new name is unknown
 * @MACHTYPE_VERDICT_REFUSED_FAMILY: another family or board
 * @MACHTYPE_VERDICT_REFUSED_VENDOR: another vendor
 * @MACHTYPE_VERDICT_REFUSED_ALIAS: from an alias to a versioned type, or the reverse
 * @MACHTYPE_VERDICT_REFUSED_VARIANT: another variant of the same version
 * @MACHTYPE_VERDICT_REFUSED_DOWNGRADE: an older version
 * @MACHTYPE_VERDICT_REFUSED_NOT_OFFERED: the host does not offer it, and that was required
 *
 * The verdict on a change, and the code of each reason for it.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_VERDICT_ALLOWED = 0,
  MACHTYPE_VERDICT_NOOP = 1,
  MACHTYPE_VERDICT_FORCED = 2,
  MACHTYPE_VERDICT_REFUSED_INVALID = 3,
  MACHTYPE_VERDICT_REFUSED_STATE = 4,
  MACHTYPE_VERDICT_REFUSED_UNSUPPORTED = 5,
  MACHTYPE_VERDICT_REFUSED_FAMILY = 6,
  MACHTYPE_VERDICT_REFUSED_VENDOR = 7,
  MACHTYPE_VERDICT_REFUSED_ALIAS = 8,
  MACHTYPE_VERDICT_REFUSED_VARIANT = 9,
  MACHTYPE_VERDICT_REFUSED_DOWNGRADE = 10,
  MACHTYPE_VERDICT_REFUSED_NOT_OFFERED = 11
} MachtypeVerdict;

/**
 * MachtypeChange:
 *
 * A judged change of a machine type: the verdict, all reasons, warnings, and the effects on the
 * guest. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeChange MachtypeChange;

/**
 * MACHTYPE_TYPE_CHANGE:
 *
 * The boxed type of [struct@Machtype.Change].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_CHANGE (machtype_change_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_verdict_to_string (MachtypeVerdict verdict);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_verdict_from_string (const char *text, MachtypeVerdict *verdict, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_change_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeChange *machtype_change_check (const char *old_machine, const char *new_machine,
                                       MachtypeArch arch, const char *domain_type,
                                       MachtypeState state, MachtypeChangeFlags flags,
                                       MachtypeHost *host, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeChange *machtype_change_ref (MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_change_unref (MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeVerdict machtype_change_get_verdict (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_change_is_permitted (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_change_get_old_machine (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_change_get_new_machine (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_change_get_machine_to_record (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_change_list_reasons (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_change_list_warnings (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_change_list_effects (const MachtypeChange *change);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_change_to_json (const MachtypeChange *change) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_change_equal (const MachtypeChange *a, const MachtypeChange *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_change_hash (const MachtypeChange *change);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeChange, machtype_change_unref)

G_END_DECLS

#endif /* MACHTYPE_CHANGE_H */
