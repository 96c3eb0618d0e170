/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/change.h>

/* The code of what is found out about a guest whose RAM is saved. */
#define MT_CODE_SAVED_STATE "saved-state"

/* Finds a state by Nova's or libvirt's word, in any case. Returns Nova's word for it; NULL if it is
 * none. */
const char *mt_state_find (const char *text, MachtypeState *state);
gboolean mt_state_may_change (MachtypeState state);

/* Adds what to know of a guest whose RAM is saved. */
void mt_change_add_saved_state (GPtrArray *findings);

/* Raises MACHTYPE_ERROR_REFUSED because of a guest's saved RAM. Always FALSE. */
gboolean mt_change_set_saved_state (GError **error);
