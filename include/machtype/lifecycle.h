/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_LIFECYCLE_H
#define MACHTYPE_LIFECYCLE_H

#include <machtype/name.h>

G_BEGIN_DECLS

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_lifecycle_get_introduced (const MachtypeName *name, guint *major, guint *minor);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_lifecycle_get_deprecated (const MachtypeName *name, guint *major, guint *minor);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_lifecycle_get_removed (const MachtypeName *name, guint *major, guint *minor);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_lifecycle_dup_text (const MachtypeName *name);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_name_to_json (const MachtypeName *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

#endif /* MACHTYPE_LIFECYCLE_H */
