/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_CONFIG_H
#define MACHTYPE_CONFIG_H

#include <machtype/policy.h>

G_BEGIN_DECLS

/**
 * MachtypeConfig:
 *
 * What the operator of this host has configured: defaults of new guests, pin or follow, the store,
 * and the names of host and cell. Every program that loads it answers alike. Immutable and
 * reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeConfig MachtypeConfig;

/**
 * MACHTYPE_TYPE_CONFIG:
 *
 * The boxed type of [struct@Machtype.Config].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_CONFIG (machtype_config_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_config_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeConfig *machtype_config_load (const char *path, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeConfig *machtype_config_ref (MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_config_unref (MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_config_equal (const MachtypeConfig *a, const MachtypeConfig *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_config_hash (const MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePolicy *machtype_config_get_policy (const MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_config_get_store (const MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_config_get_host (const MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_config_get_cell (const MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
const char *const *machtype_config_get_hosts (const MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
const char *const *machtype_config_get_files (const MachtypeConfig *config);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_config_list_warnings (const MachtypeConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeConfig, machtype_config_unref)

G_END_DECLS

#endif /* MACHTYPE_CONFIG_H */
