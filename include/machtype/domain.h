/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_DOMAIN_H
#define MACHTYPE_DOMAIN_H

#include <machtype/change.h>
#include <machtype/host.h>
#include <machtype/properties.h>
#include <machtype/record.h>

G_BEGIN_DECLS

/**
 * MachtypeDomain:
 *
 * The machine type and devices of an existing domain, as read from its XML. Immutable and
 * reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeDomain MachtypeDomain;

/**
 * MACHTYPE_TYPE_DOMAIN:
 *
 * The boxed type of [struct@Machtype.Domain].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_DOMAIN (machtype_domain_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_domain_get_type (void);

/**
 * MachtypeDomainReadFlags:
 * @MACHTYPE_DOMAIN_READ_NONE: the machine type alone
 * @MACHTYPE_DOMAIN_READ_DEVICES: also the devices that are recorded with a machine type
 * @MACHTYPE_DOMAIN_READ_SAVED: also whether its RAM is saved, and which snapshots contain RAM: only
 *   a host knows that ([method@Machtype.Connection.read_domain])
 *
 * What to read of a domain.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_DOMAIN_READ_NONE = 0,
  MACHTYPE_DOMAIN_READ_DEVICES = 1 << 0,
  MACHTYPE_DOMAIN_READ_SAVED = 1 << 1
} MachtypeDomainReadFlags;

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_domain_new_from_xml (const char *xml, gssize length,
                                              MachtypeDomainReadFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_domain_xml_with_machine (const char *xml, gssize length, const char *machine,
                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_domain_xml_with_name (const char *xml, gssize length, const char *name,
                                     GError **error);

/**
 * MachtypeConversion:
 *
 * A domain's XML converted to another machine type: the judgment, with the effects on the guest,
 * and the new XML unless it is refused. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeConversion MachtypeConversion;

/**
 * MACHTYPE_TYPE_CONVERSION:
 *
 * The boxed type of [struct@Machtype.Conversion].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_CONVERSION (machtype_conversion_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_conversion_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeConversion *machtype_domain_convert (const char *xml, gssize length, const char *machine,
                                             MachtypeState state, MachtypeChangeFlags flags,
                                             MachtypeHost *host, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeConversion *machtype_conversion_ref (MachtypeConversion *conversion);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_conversion_unref (MachtypeConversion *conversion);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeChange *machtype_conversion_get_change (const MachtypeConversion *conversion);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_conversion_get_xml (const MachtypeConversion *conversion);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_conversion_equal (const MachtypeConversion *a, const MachtypeConversion *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_conversion_hash (const MachtypeConversion *conversion);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_conversion_list_effects (const MachtypeConversion *conversion);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_conversion_to_json (const MachtypeConversion *conversion) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_domain_lint (const char *xml, gssize length, MachtypeHost *host,
                                 GError **error);

/**
 * MachtypeContainedDomain:
 *
 * A domain in a document of libvirt, such as a snapshot. Immutable and reference-counted; any
 * thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeContainedDomain MachtypeContainedDomain;

/**
 * MACHTYPE_TYPE_CONTAINED_DOMAIN:
 *
 * The boxed type of [struct@Machtype.ContainedDomain].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_CONTAINED_DOMAIN (machtype_contained_domain_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_contained_domain_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_domain_list_contained (const char *xml, gssize length, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeContainedDomain *machtype_contained_domain_ref (MachtypeContainedDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_contained_domain_unref (MachtypeContainedDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_contained_domain_equal (const MachtypeContainedDomain *a,
                                          const MachtypeContainedDomain *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_contained_domain_hash (const MachtypeContainedDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_contained_domain_get_document (const MachtypeContainedDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_contained_domain_get_element (const MachtypeContainedDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_contained_domain_get_document_name (const MachtypeContainedDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_contained_domain_get_xml (const MachtypeContainedDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_domain_ref (MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_domain_unref (MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_get_domain_type (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_get_name (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_get_uuid (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_domain_get_arch (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_get_machine (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_get_state (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_has_saved_state (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_domain_dup_memory_snapshots (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_domain_list_saved (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeState machtype_domain_get_change_state (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_domain_get_devices (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
const GError *machtype_domain_get_error (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_equal (const MachtypeDomain *a, const MachtypeDomain *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_domain_hash (const MachtypeDomain *domain);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_domain (MachtypeRecordBuilder *builder, MachtypeDomain *domain,
                                             GError **error);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_domain_to_json (const MachtypeDomain *domain) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeContainedDomain, machtype_contained_domain_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeDomain, machtype_domain_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeConversion, machtype_conversion_unref)

G_END_DECLS

#endif /* MACHTYPE_DOMAIN_H */
