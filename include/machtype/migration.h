/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_MIGRATION_H
#define MACHTYPE_MIGRATION_H

#include <machtype/domain-status.h>
#include <machtype/host.h>
#include <machtype/record.h>

G_BEGIN_DECLS

/**
 * MachtypeMigration:
 *
 * Whether a guest can be migrated from one host to another, live or cold, and what is against it.
 * Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeMigration MachtypeMigration;

/**
 * MACHTYPE_TYPE_MIGRATION:
 *
 * The boxed type of [struct@Machtype.Migration].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_MIGRATION (machtype_migration_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_migration_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeMigration *machtype_migration_check (MachtypeDomainStatus *status, const char *xml,
                                             MachtypeHost *source, MachtypeHost *target,
                                             MachtypeAnswer cpu, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeMigration *machtype_migration_check_record (MachtypeRecord *record, MachtypeHost *source,
                                                    MachtypeHost *target);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeMigration *machtype_migration_ref (MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_migration_unref (MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_migration_get_uuid (const MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_migration_get_name (const MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_migration_get_machine (const MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_migration_is_running (const MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_migration_get_live (const MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_migration_get_cold (const MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_migration_list_findings (const MachtypeMigration *migration);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_migration_to_json (const MachtypeMigration *migration) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_migration_equal (const MachtypeMigration *a, const MachtypeMigration *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_migration_hash (const MachtypeMigration *migration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeMigration, machtype_migration_unref)

G_END_DECLS

#endif /* MACHTYPE_MIGRATION_H */
