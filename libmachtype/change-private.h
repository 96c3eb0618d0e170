/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/change.h>

/* The code of the finding about a guest whose RAM is saved. */
#define MT_CODE_SAVED_STATE "saved-state"

/* Adds the finding about a guest whose RAM is saved. */
void mt_change_add_saved_state (GPtrArray *findings);

/* Raises MACHTYPE_ERROR_REFUSED because of a guest's saved RAM. Always FALSE. */
gboolean mt_change_set_saved_state (GError **error);

/* For a judgment that is not shared yet: another room adds what it knows. */
GPtrArray *mt_change_get_warnings (MachtypeChange *change);
GPtrArray *mt_change_get_effects (MachtypeChange *change);

/* The same: refuses it as unsupported for these reasons, which come before its own. */
void mt_change_refuse (MachtypeChange *change, GPtrArray *reasons);

/* The same: the remedy of the reason with this code, if it has none. */
void mt_change_set_remedy (MachtypeChange *change, MachtypeVerdict code, const char *remedy);

/* The same: what force does not help against, if it is a reason; force has settled the others. */
void mt_change_keep_refused (MachtypeChange *change, MachtypeVerdict code);

/* The members of its JSON object. */
void mt_change_write (GString *json, const MachtypeChange *change);
