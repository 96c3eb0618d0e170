/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_DOMAIN_STATUS_H
#define MACHTYPE_DOMAIN_STATUS_H

#include <machtype/domain.h>
#include <machtype/record.h>

G_BEGIN_DECLS

/**
 * MachtypeDomainPart:
 * @MACHTYPE_DOMAIN_PART_DEFINITION: its definition, which takes effect at its next start
 * @MACHTYPE_DOMAIN_PART_RUNNING: what runs
 * @MACHTYPE_DOMAIN_PART_SAVED: its saved RAM (`virsh managedsave`)
 * @MACHTYPE_DOMAIN_PART_SNAPSHOT: a snapshot, or the list of its snapshots
 * @MACHTYPE_DOMAIN_PART_METADATA: the record in its metadata
 *
 * A part of a domain that has a machine type of its own.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_DOMAIN_PART_DEFINITION = 0,
  MACHTYPE_DOMAIN_PART_RUNNING = 1,
  MACHTYPE_DOMAIN_PART_SAVED = 2,
  MACHTYPE_DOMAIN_PART_SNAPSHOT = 3,
  MACHTYPE_DOMAIN_PART_METADATA = 4
} MachtypeDomainPart;

/**
 * MachtypeDomainStatus:
 *
 * What a domain really is: its state, and the machine type of its definition, of what runs, of its
 * saved RAM, of each of its snapshots and of its metadata. A part that could not be read does not
 * hide the others. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeDomainStatus MachtypeDomainStatus;

/**
 * MachtypeDomainStatusBuilder:
 *
 * Builds a [struct@Machtype.DomainStatus] from XML, for programs with their own connection. Use it
 * from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeDomainStatusBuilder MachtypeDomainStatusBuilder;

/**
 * MachtypeDomainSnapshot:
 *
 * A snapshot of a domain. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeDomainSnapshot MachtypeDomainSnapshot;

/**
 * MachtypeDomainProblem:
 *
 * A part of a domain that could not be read, and why. Immutable and reference-counted; any thread
 * can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeDomainProblem MachtypeDomainProblem;

/**
 * MACHTYPE_TYPE_DOMAIN_STATUS:
 *
 * The boxed type of [struct@Machtype.DomainStatus].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_DOMAIN_STATUS (machtype_domain_status_get_type ())

/**
 * MACHTYPE_TYPE_DOMAIN_STATUS_BUILDER:
 *
 * The boxed type of [struct@Machtype.DomainStatusBuilder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_DOMAIN_STATUS_BUILDER (machtype_domain_status_builder_get_type ())

/**
 * MACHTYPE_TYPE_DOMAIN_SNAPSHOT:
 *
 * The boxed type of [struct@Machtype.DomainSnapshot].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_DOMAIN_SNAPSHOT (machtype_domain_snapshot_get_type ())

/**
 * MACHTYPE_TYPE_DOMAIN_PROBLEM:
 *
 * The boxed type of [struct@Machtype.DomainProblem].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_DOMAIN_PROBLEM (machtype_domain_problem_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_part_to_string (MachtypeDomainPart part);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_part_from_string (const char *text, MachtypeDomainPart *part,
                                           GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_domain_status_builder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainStatusBuilder *machtype_domain_status_builder_new (const char *uuid,
                                                                 MachtypeDomainReadFlags flags,
                                                                 GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainStatusBuilder *
machtype_domain_status_builder_ref (MachtypeDomainStatusBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_domain_status_builder_unref (MachtypeDomainStatusBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_set_name (MachtypeDomainStatusBuilder *builder,
                                                  const char *name, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_set_host_name (MachtypeDomainStatusBuilder *builder,
                                                       const char *host_name, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_set_state (MachtypeDomainStatusBuilder *builder,
                                                   const char *state, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_domain_status_builder_set_persistent (MachtypeDomainStatusBuilder *builder,
                                                    gboolean is_persistent);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_set_definition (MachtypeDomainStatusBuilder *builder,
                                                        const char *xml, gssize length,
                                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_set_running (MachtypeDomainStatusBuilder *builder,
                                                     const char *xml, gssize length,
                                                     GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_domain_status_builder_set_has_saved_state (MachtypeDomainStatusBuilder *builder,
                                                         gboolean has_saved_state);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_set_saved (MachtypeDomainStatusBuilder *builder,
                                                   const char *xml, gssize length, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_add_snapshot (MachtypeDomainStatusBuilder *builder,
                                                      const char *xml, gssize length,
                                                      GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_builder_add_problem (MachtypeDomainStatusBuilder *builder,
                                                     MachtypeDomainPart part, const char *snapshot,
                                                     MachtypeError code, const char *message,
                                                     GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainStatus *machtype_domain_status_builder_end (MachtypeDomainStatusBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_domain_status_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainStatus *machtype_domain_status_ref (MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_domain_status_unref (MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_equal (const MachtypeDomainStatus *a,
                                       const MachtypeDomainStatus *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_domain_status_hash (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_domain_status_to_json (const MachtypeDomainStatus *status) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_status_get_uuid (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_status_get_name (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_status_get_host_name (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_status_get_state (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeState machtype_domain_status_get_change_state (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_is_persistent (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_status_has_saved_state (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_domain_status_get_definition (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_domain_status_get_running (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_domain_status_get_saved (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_domain_status_get_metadata (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_domain_status_list_snapshots (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_domain_status_list_problems (const MachtypeDomainStatus *status);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_domain_snapshot_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainSnapshot *machtype_domain_snapshot_ref (MachtypeDomainSnapshot *snapshot);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_domain_snapshot_unref (MachtypeDomainSnapshot *snapshot);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_snapshot_get_name (const MachtypeDomainSnapshot *snapshot);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_domain_snapshot_has_memory (const MachtypeDomainSnapshot *snapshot);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_domain_snapshot_get_domain (const MachtypeDomainSnapshot *snapshot);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_domain_snapshot_get_inactive (const MachtypeDomainSnapshot *snapshot);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_domain_problem_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainProblem *machtype_domain_problem_ref (MachtypeDomainProblem *problem);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_domain_problem_unref (MachtypeDomainProblem *problem);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainPart machtype_domain_problem_get_part (const MachtypeDomainProblem *problem);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_domain_problem_get_snapshot (const MachtypeDomainProblem *problem);

MACHTYPE_AVAILABLE_IN_1_0
const GError *machtype_domain_problem_get_error (const MachtypeDomainProblem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeDomainProblem, machtype_domain_problem_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeDomainSnapshot, machtype_domain_snapshot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeDomainStatus, machtype_domain_status_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeDomainStatusBuilder, machtype_domain_status_builder_unref)

G_END_DECLS

#endif /* MACHTYPE_DOMAIN_STATUS_H */
