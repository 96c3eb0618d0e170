/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/change.h>

/* The code of the finding about a guest whose RAM is saved. */
#define MT_CODE_SAVED_STATE "saved-state"

/* Adds the finding about a guest whose RAM is saved. */
void mt_change_add_saved_state (GPtrArray *findings);

/* Raises MACHTYPE_ERROR_REFUSED because of a guest's saved RAM. Always FALSE. */
gboolean mt_change_set_saved_state (GError **error);
