/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_FINDING_H
#define MACHTYPE_FINDING_H

#include <machtype/error.h>

G_BEGIN_DECLS

/**
 * MachtypeAuthority:
 * @MACHTYPE_AUTHORITY_NONE: no authority in particular
 * @MACHTYPE_AUTHORITY_LIBMACHTYPE: this library, which generates only what a guest was seen to use
 * @MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES: the host's domain capabilities do not list it
 * @MACHTYPE_AUTHORITY_LIBVIRT_DEFINE: libvirt refuses to define it
 * @MACHTYPE_AUTHORITY_QEMU: libvirt defines it, but it does not start: the emulator does not have
 *   it
 * @MACHTYPE_AUTHORITY_GUEST: it starts, but in the guest it is dead, harmful or something else
 * @MACHTYPE_AUTHORITY_IGNORED: it starts, but has no effect
 *
 * The authority for a statement that a machine type does not support something. Authorities
 * disagree: domain capabilities list devices that the emulator does not have, and libvirt defines
 * domains that do not start.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_AUTHORITY_NONE = 0,
  MACHTYPE_AUTHORITY_LIBMACHTYPE = 1,
  MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES = 2,
  MACHTYPE_AUTHORITY_LIBVIRT_DEFINE = 3,
  MACHTYPE_AUTHORITY_QEMU = 4,
  MACHTYPE_AUTHORITY_GUEST = 5,
  MACHTYPE_AUTHORITY_IGNORED = 6
} MachtypeAuthority;

/**
 * MachtypeSeverity:
 * @MACHTYPE_SEVERITY_NONE: no findings
 * @MACHTYPE_SEVERITY_NOTE: it works, and is worth knowing
 * @MACHTYPE_SEVERITY_WARNING: it works, but perhaps not as expected or not everywhere
 * @MACHTYPE_SEVERITY_ERROR: it does not work
 *
 * The severity of a finding. A greater number is more severe.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_SEVERITY_NONE = 0,
  MACHTYPE_SEVERITY_NOTE = 1,
  MACHTYPE_SEVERITY_WARNING = 2,
  MACHTYPE_SEVERITY_ERROR = 3
} MachtypeSeverity;

/**
 * MachtypeFinding:
 *
 * Something that was found: a code for programs, a message for people and, if one is known, a
 * remedy. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeFinding MachtypeFinding;

/**
 * MACHTYPE_TYPE_FINDING:
 *
 * The boxed type of [struct@Machtype.Finding].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_FINDING (machtype_finding_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_finding_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeFinding *machtype_finding_ref (MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_finding_unref (MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_finding_get_code (const MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_finding_get_message (const MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_finding_get_remedy (const MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_finding_get_subject (const MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAuthority machtype_finding_get_authority (const MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_finding_get_source (const MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_finding_to_json (const MachtypeFinding *finding) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_finding_equal (const MachtypeFinding *a, const MachtypeFinding *b);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSeverity machtype_finding_get_severity (const MachtypeFinding *finding);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_authority_to_string (MachtypeAuthority authority);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_authority_from_string (const char *text, MachtypeAuthority *authority,
                                         GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_severity_to_string (MachtypeSeverity severity);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_severity_from_string (const char *text, MachtypeSeverity *severity,
                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_finding_hash (const MachtypeFinding *finding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeFinding, machtype_finding_unref)

G_END_DECLS

#endif /* MACHTYPE_FINDING_H */
