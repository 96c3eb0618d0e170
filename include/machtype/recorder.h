/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_RECORDER_H
#define MACHTYPE_RECORDER_H

#include <machtype/connection.h>
#include <machtype/policy.h>
#include <machtype/store.h>

G_BEGIN_DECLS

/**
 * MachtypeRecorder:
 *
 * Records the domains of hosts. Reference-counted. Use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecorder MachtypeRecorder;

/**
 * MachtypeRecorderFlags:
 * @MACHTYPE_RECORDER_NONE: record what is missing, and change nothing that is recorded
 * @MACHTYPE_RECORDER_ACCEPT: take over the machine type that a domain is defined with, where
 * another one is recorded; only of domains that were named ([method@Machtype.Recorder.add_domain])
 * @MACHTYPE_RECORDER_REFRESH: renew the recorded devices from the domain's definition, where the
 *   machine type is the recorded one
 *
 * What a recorder does besides recording what is missing.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_RECORDER_NONE = 0,
  MACHTYPE_RECORDER_ACCEPT = 1 << 0,
  MACHTYPE_RECORDER_REFRESH = 1 << 1
} MachtypeRecorderFlags;

/**
 * MACHTYPE_TYPE_RECORDER:
 *
 * The boxed type of [struct@Machtype.Recorder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORDER (machtype_recorder_get_type ())

/**
 * MachtypeRecordResult:
 *
 * The result of recording one domain with a [struct@Machtype.Recorder]. Immutable and
 * reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecordResult MachtypeRecordResult;

/**
 * MACHTYPE_TYPE_RECORD_RESULT:
 *
 * The boxed type of [struct@Machtype.RecordResult].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORD_RESULT (machtype_record_result_get_type ())

/**
 * MachtypeRecorderFunc:
 * @result: the result for one instance
 * @user_data: the data that was passed with the function
 *
 * Called once for each instance, inside the transaction if there is one; a dry run has none.
 *
 * Returns: %TRUE to continue, %FALSE to record nothing at all
 * Since: 1.0
 */
typedef gboolean (*MachtypeRecorderFunc) (MachtypeRecordResult *result, gpointer user_data);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_recorder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecorder *machtype_recorder_new (MachtypeStore *store, MachtypePolicy *policy);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecorder *machtype_recorder_ref (MachtypeRecorder *recorder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_recorder_unref (MachtypeRecorder *recorder);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_set_host_name (MachtypeRecorder *recorder, const char *host_name,
                                          GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_set_cell (MachtypeRecorder *recorder, const char *cell, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_set_author (MachtypeRecorder *recorder, const char *author,
                                       GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_recorder_set_dry_run (MachtypeRecorder *recorder, gboolean dry_run);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_set_flags (MachtypeRecorder *recorder, MachtypeRecorderFlags flags,
                                      GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_add_domain (MachtypeRecorder *recorder, const char *domain,
                                       GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_run (MachtypeRecorder *recorder, MachtypeConnection *connection,
                                MachtypeRecorderFunc func, gpointer user_data, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_take_spool (MachtypeRecorder *recorder, const char *directory,
                                       MachtypeRecorderFunc func, gpointer user_data,
                                       GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_record_result_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordResult *machtype_record_result_ref (MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_result_unref (MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_result_get_file (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_result_get_uuid (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_record_result_get_domain (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_result_get_defined_machine (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_result_get_running_machine (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_result_get_differs (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_record_result_get_record (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStoreOutcome machtype_record_result_get_outcome (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeChange *machtype_record_result_get_change (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
const GError *machtype_record_result_get_error (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_record_result_list_warnings (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_record_result_get_n_done (const MachtypeRecordResult *result);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_record_result_get_n_total (const MachtypeRecordResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecorder, machtype_recorder_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecordResult, machtype_record_result_unref)

G_END_DECLS

#endif /* MACHTYPE_RECORDER_H */
