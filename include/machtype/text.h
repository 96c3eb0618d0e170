/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_TEXT_H
#define MACHTYPE_TEXT_H

#include <machtype/version.h>

G_BEGIN_DECLS

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_text_escape (const char *text, gssize length, gsize max) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_text_escape_message (const char *message) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_text_is_visible (gunichar character);

G_END_DECLS

#endif /* MACHTYPE_TEXT_H */
