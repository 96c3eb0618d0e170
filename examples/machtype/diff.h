/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What turns one text into another, as a unified diff with three lines of context, which patch(1)
 * understands; empty if they are the same. Owned by the caller. Two texts with very many
 * differences are shown as one large replacement. */
char *diff_new_unified (const char *old_text, const char *old_label, const char *new_text,
                        const char *new_label);
