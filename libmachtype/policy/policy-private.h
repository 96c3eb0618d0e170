/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/policy.h>

/* Reads a nova.conf of size bytes, as oslo.config does. The caller owns *list: the value of
 * hw_machine_type in section [libvirt], NULL if it is not set. */
gboolean mt_nova_conf_read (const char *text, gsize size, char **list, GError **error);

/* MachtypeFinding objects, valid as long as the policy. */
const GPtrArray *mt_policy_get_warnings (const MachtypePolicy *policy);
