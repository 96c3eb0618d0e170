/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_RESOLVE_H
#define MACHTYPE_RESOLVE_H

#include <machtype/host.h>
#include <machtype/policy.h>
#include <machtype/properties.h>

G_BEGIN_DECLS

/**
 * MachtypeSource:
 * @MACHTYPE_SOURCE_NONE: none, as there is no machine type
 * @MACHTYPE_SOURCE_RECORDED: what was recorded for the instance
 * @MACHTYPE_SOURCE_IMAGE: the image property `hw_machine_type`
 * @MACHTYPE_SOURCE_CONFIG: the operator's default for the architecture
 * @MACHTYPE_SOURCE_BUILTIN: the library's default for the architecture
 * @MACHTYPE_SOURCE_DOMAIN: the definition of a guest that had no record; only in records
 * @MACHTYPE_SOURCE_OPERATOR: an operator's word; only in records
 * @MACHTYPE_SOURCE_IMPORT: what another tool had recorded; only in records
 *
 * Which rule decided.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_SOURCE_NONE = 0,
  MACHTYPE_SOURCE_RECORDED = 1,
  MACHTYPE_SOURCE_IMAGE = 2,
  MACHTYPE_SOURCE_CONFIG = 3,
  MACHTYPE_SOURCE_BUILTIN = 4,
  MACHTYPE_SOURCE_DOMAIN = 5,
  MACHTYPE_SOURCE_OPERATOR = 6,
  MACHTYPE_SOURCE_IMPORT = 7
} MachtypeSource;

/**
 * MachtypePair: (skip)
 * @name: name of a property, never %NULL
 * @value: its value, never %NULL
 *
 * A property by name, both borrowed: for [func@Machtype.resolve_pairs].
 *
 * Since: 1.0
 */
typedef struct {
  const char *name;
  const char *value;
} MachtypePair;

/**
 * MachtypeResolution:
 *
 * A decided machine type, and why. Immutable and reference-counted; any thread may read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeResolution MachtypeResolution;

/**
 * MACHTYPE_TYPE_RESOLUTION:
 *
 * The boxed type of [struct@Machtype.Resolution].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RESOLUTION (machtype_resolution_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_source_to_string (MachtypeSource source);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_resolution_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeResolution *machtype_resolve (MachtypeProperties *properties, MachtypePolicy *policy,
                                      MachtypeHost *host, const char *recorded, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_resolve_pairs (const MachtypePair *image, gsize n_image,
                                    const MachtypePolicy *policy, MachtypeHost *host,
                                    const char *recorded, MachtypeArch *arch,
                                    MachtypeSource *source, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeResolution *machtype_resolution_ref (MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_resolution_unref (MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_resolution_get_arch (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_resolution_get_machine (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_resolution_get_canonical (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_resolution_get_machine_to_record (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSource machtype_resolution_get_source (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_resolution_get_domain_type (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_resolution_get_explanation (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
const char *const *machtype_resolution_get_steps (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_resolution_list_warnings (const MachtypeResolution *resolution);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeResolution, machtype_resolution_unref)

G_END_DECLS

#endif /* MACHTYPE_RESOLVE_H */
