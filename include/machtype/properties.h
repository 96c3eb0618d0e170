/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_PROPERTIES_H
#define MACHTYPE_PROPERTIES_H

#include <machtype/arch.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_PROPERTY_MAX_NAME:
 *
 * The maximum length of the name of an image property or extra spec, in bytes. Glance allows 255.
 *
 * Since: 1.0
 */
#define MACHTYPE_PROPERTY_MAX_NAME 255

/**
 * MACHTYPE_PROPERTY_MAX_VALUE:
 *
 * The maximum length of the value of an image property or extra spec, in bytes. Glance allows
 * 65535.
 *
 * Since: 1.0
 */
#define MACHTYPE_PROPERTY_MAX_VALUE 65536

/**
 * MACHTYPE_PROPERTIES_MAX:
 *
 * The maximum number of image properties and extra specs of one guest. Glance allows 128 by
 * default.
 *
 * Since: 1.0
 */
#define MACHTYPE_PROPERTIES_MAX 4096

/**
 * MachtypeProperties:
 *
 * The image properties and flavor extra specs of one guest, validated. Immutable and
 * reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeProperties MachtypeProperties;

/**
 * MachtypePropertiesBuilder:
 *
 * Builds a [struct@Machtype.Properties]. Use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypePropertiesBuilder MachtypePropertiesBuilder;

/**
 * MachtypeValueType:
 * @MACHTYPE_VALUE_TYPE_UNKNOWN: unknown
 * @MACHTYPE_VALUE_TYPE_WORD: one of a list of words
 * @MACHTYPE_VALUE_TYPE_BOOLEAN: yes or no, in any of their spellings
 * @MACHTYPE_VALUE_TYPE_INTEGER: an integer
 * @MACHTYPE_VALUE_TYPE_TEXT: any text
 * @MACHTYPE_VALUE_TYPE_ARCH: an architecture
 * @MACHTYPE_VALUE_TYPE_MACHINE: a machine type
 *
 * The type of the values of an image property or extra spec. Later releases add types.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_VALUE_TYPE_UNKNOWN = 0,
  MACHTYPE_VALUE_TYPE_WORD = 1,
  MACHTYPE_VALUE_TYPE_BOOLEAN = 2,
  MACHTYPE_VALUE_TYPE_INTEGER = 3,
  MACHTYPE_VALUE_TYPE_TEXT = 4,
  MACHTYPE_VALUE_TYPE_ARCH = 5,
  MACHTYPE_VALUE_TYPE_MACHINE = 6
} MachtypeValueType;

/**
 * MACHTYPE_TYPE_PROPERTIES:
 *
 * The boxed type of [struct@Machtype.Properties].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_PROPERTIES (machtype_properties_get_type ())

/**
 * MACHTYPE_TYPE_PROPERTIES_BUILDER:
 *
 * The boxed type of [struct@Machtype.PropertiesBuilder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_PROPERTIES_BUILDER (machtype_properties_builder_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_properties_builder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePropertiesBuilder *machtype_properties_builder_new (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePropertiesBuilder *machtype_properties_builder_ref (MachtypePropertiesBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_properties_builder_unref (MachtypePropertiesBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_builder_add_image (MachtypePropertiesBuilder *builder,
                                                const char *name, const char *value,
                                                GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_builder_keep_image (MachtypePropertiesBuilder *builder,
                                                 const char *name, const char *value,
                                                 GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_builder_mark_default (MachtypePropertiesBuilder *builder,
                                                   const char *name);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_builder_add_extra_spec (MachtypePropertiesBuilder *builder,
                                                     const char *name, const char *value,
                                                     GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_builder_set_arch (MachtypePropertiesBuilder *builder,
                                               MachtypeArch arch, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_properties_builder_end (MachtypePropertiesBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_properties_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_properties_new_for_arch (MachtypeArch arch, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_properties_ref (MachtypeProperties *properties);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_properties_unref (MachtypeProperties *properties);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_properties_get_image (const MachtypeProperties *properties, const char *name);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_is_default (const MachtypeProperties *properties, const char *name);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_properties_get_extra_spec (const MachtypeProperties *properties,
                                                const char *name);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_properties_get_guest_arch (const MachtypeProperties *properties,
                                                 MachtypeArch host_arch);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_properties_dup_unused_names (const MachtypeProperties *properties);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_properties_list_unknown (const MachtypeProperties *properties);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_properties_dup_image_names (const MachtypeProperties *properties);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_properties_dup_default_names (const MachtypeProperties *properties);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_check (const MachtypeProperties *properties, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_properties_equal (const MachtypeProperties *a, const MachtypeProperties *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_properties_hash (const MachtypeProperties *properties);

MACHTYPE_AVAILABLE_IN_1_0
char *
machtype_properties_to_string (const MachtypeProperties *properties) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_image_property_is_known (const char *name);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_image_property_dup_names (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeValueType machtype_image_property_get_value_type (const char *name);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_image_property_dup_values (const char *name);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_extra_spec_dup_names (void);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_extra_spec_is_known (const char *name);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeValueType machtype_extra_spec_get_value_type (const char *name);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_extra_spec_dup_values (const char *name);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_value_type_to_string (MachtypeValueType type);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_value_type_from_string (const char *text, MachtypeValueType *type,
                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeProperties, machtype_properties_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypePropertiesBuilder, machtype_properties_builder_unref)

G_END_DECLS

#endif /* MACHTYPE_PROPERTIES_H */
