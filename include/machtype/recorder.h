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
 * Records the domains of hosts. Reference-counted; for one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecorder MachtypeRecorder;

/**
 * MACHTYPE_TYPE_RECORDER:
 *
 * The boxed type of [struct@Machtype.Recorder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORDER (machtype_recorder_get_type ())

/**
 * MachtypeRecording:
 *
 * What a [struct@Machtype.Recorder] has done with one domain. Immutable and reference-counted; any
 * thread may read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecording MachtypeRecording;

/**
 * MACHTYPE_TYPE_RECORDING:
 *
 * The boxed type of [struct@Machtype.Recording].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORDING (machtype_recording_get_type ())

/**
 * MachtypeRecorderFunc:
 * @recording: what was done with a domain
 * @user_data: what was given with the function
 *
 * Is called for one domain after the other, inside the transaction if there is one: a dry run has
 * none.
 *
 * Returns: %TRUE to go on, %FALSE to record nothing at all
 * Since: 1.0
 */
typedef gboolean (*MachtypeRecorderFunc) (MachtypeRecording *recording, gpointer user_data);

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
gboolean machtype_recorder_set_who (MachtypeRecorder *recorder, const char *who, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_recorder_set_dry_run (MachtypeRecorder *recorder, gboolean dry_run);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_recorder_run (MachtypeRecorder *recorder, MachtypeConnection *connection,
                                MachtypeRecorderFunc func, gpointer user_data, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_recording_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecording *machtype_recording_ref (MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_recording_unref (MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_recording_get_domain (const MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_recording_get_record (const MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeStoreOutcome machtype_recording_get_outcome (const MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
const GError *machtype_recording_get_error (const MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_recording_list_warnings (const MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_recording_get_n_done (const MachtypeRecording *recording);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_recording_get_n_all (const MachtypeRecording *recording);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecorder, machtype_recorder_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecording, machtype_recording_unref)

G_END_DECLS

#endif /* MACHTYPE_RECORDER_H */
