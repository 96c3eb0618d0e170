/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/change.h>

/* Finds a state by Nova's or libvirt's word, in any case. Returns Nova's word for it; NULL if it is
 * none. */
const char *mt_state_find (const char *text, MachtypeState *state);
gboolean mt_state_may_change (MachtypeState state);
