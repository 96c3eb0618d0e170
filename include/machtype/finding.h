/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_FINDING_H
#define MACHTYPE_FINDING_H

#include <machtype/error.h>

G_BEGIN_DECLS

/**
 * MachtypeFinding:
 *
 * Something found out: a code for programs, a message for people and, where one is known, the
 * remedy. Immutable and reference-counted; any thread may read it.
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeFinding, machtype_finding_unref)

G_END_DECLS

#endif /* MACHTYPE_FINDING_H */
