/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_POLICY_H
#define MACHTYPE_POLICY_H

#include <machtype/name.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_CONFIG_MAX_SIZE:
 *
 * The maximum size of a configuration text, in bytes.
 *
 * Since: 1.0
 */
#define MACHTYPE_CONFIG_MAX_SIZE (4 * 1024 * 1024)

/**
 * MachtypePinning:
 * @MACHTYPE_PINNING_PIN: record the canonical name if a host is known that resolves the alias
 *   (`pc-q35-7.2`)
 * @MACHTYPE_PINNING_FOLLOW: record the requested name (`q35`), as Nova does
 *
 * What is recorded if the requested name is an alias.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_PINNING_PIN = 0,
  MACHTYPE_PINNING_FOLLOW = 1
} MachtypePinning;

/**
 * MachtypePolicy:
 *
 * The operator's decisions: default machine types by architecture, the preferred domain type, and
 * whether to pin or follow aliases. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypePolicy MachtypePolicy;

/**
 * MachtypePolicyBuilder:
 *
 * Builds a [struct@Machtype.Policy]. Use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypePolicyBuilder MachtypePolicyBuilder;

/**
 * MACHTYPE_TYPE_POLICY:
 *
 * The boxed type of [struct@Machtype.Policy].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_POLICY (machtype_policy_get_type ())

/**
 * MACHTYPE_TYPE_POLICY_BUILDER:
 *
 * The boxed type of [struct@Machtype.PolicyBuilder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_POLICY_BUILDER (machtype_policy_builder_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_policy_builder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePolicyBuilder *machtype_policy_builder_new (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePolicyBuilder *machtype_policy_builder_ref (MachtypePolicyBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_policy_builder_unref (MachtypePolicyBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_policy_builder_add_default (MachtypePolicyBuilder *builder, const char *entry);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_policy_builder_add_policy (MachtypePolicyBuilder *builder,
                                         const MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_policy_builder_add_nova_conf (MachtypePolicyBuilder *builder, const char *text,
                                                gssize length, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_policy_builder_set_pinning (MachtypePolicyBuilder *builder, MachtypePinning pinning);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_policy_builder_set_domain_type (MachtypePolicyBuilder *builder,
                                                  const char *domain_type, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePolicy *machtype_policy_builder_end (MachtypePolicyBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_policy_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePolicy *machtype_policy_ref (MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_policy_unref (MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_policy_get_default (const MachtypePolicy *policy, MachtypeArch arch);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePinning machtype_policy_get_pinning (const MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_policy_get_domain_type (const MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_policy_get_tb_cache (const MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_policy_list_warnings (const MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_policy_equal (const MachtypePolicy *a, const MachtypePolicy *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_policy_hash (const MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_policy_to_string (const MachtypePolicy *policy) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_pinning_to_string (MachtypePinning pinning);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_pinning_from_string (const char *text, MachtypePinning *pinning, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypePolicy, machtype_policy_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypePolicyBuilder, machtype_policy_builder_unref)

G_END_DECLS

#endif /* MACHTYPE_POLICY_H */
