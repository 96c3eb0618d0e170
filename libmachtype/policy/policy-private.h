/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/policy.h>

/* The options of a nova.conf that are read. */
typedef enum {
  MT_NOVA_MACHINE_TYPE,
  MT_NOVA_TB_CACHE_SIZE,
  MT_NOVA_LAST = MT_NOVA_TB_CACHE_SIZE
} MtNovaOption;

/* Reads a nova.conf of size bytes, as oslo.config does. The caller owns the values, NULL for an
 * option that is not set; on error all are NULL. */
gboolean mt_nova_conf_read (const char *text, gsize size, char *values[MT_NOVA_LAST + 1],
                            GError **error);

/* MachtypeFinding objects, valid as long as the policy. */
const GPtrArray *mt_policy_get_warnings (const MachtypePolicy *policy);
