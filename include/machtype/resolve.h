/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_RESOLVE_H
#define MACHTYPE_RESOLVE_H

#include <machtype/host.h>
#include <machtype/policy.h>
#include <machtype/properties.h>
#include <machtype/record.h>

G_BEGIN_DECLS

/**
 * MachtypePair: (skip)
 * @name: the name of a property, never %NULL
 * @value: its value, never %NULL
 *
 * A property name and value, both borrowed, for [func@Machtype.resolve_pairs].
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
 * A resolved machine type and the reasons for it. Immutable and reference-counted; any thread can
 * read it.
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

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_resolution_to_json (const MachtypeResolution *resolution) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_resolution_equal (const MachtypeResolution *a, const MachtypeResolution *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_resolution_hash (const MachtypeResolution *resolution);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_resolution (MachtypeRecordBuilder *builder,
                                                 const MachtypeResolution *resolution,
                                                 GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeResolution *machtype_record_resolve (const MachtypeRecord *record,
                                             MachtypeOperation operation,
                                             MachtypeProperties *properties, MachtypePolicy *policy,
                                             MachtypeHost *host, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeResolution, machtype_resolution_unref)

G_END_DECLS

#endif /* MACHTYPE_RESOLVE_H */
