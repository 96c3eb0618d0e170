/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_RECORDER_H
#define MACHTYPE_RECORDER_H

#include <machtype/connection.h>
#include <machtype/policy.h>

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
 * MachtypeRecorderFunc:
 * @domain: the domain as it was found
 * @record: (nullable): its record as it is stored; %NULL on error
 * @outcome: what recording it did; of no meaning on error
 * @error: (nullable): why it was not recorded; %NULL if it was
 * @n_done: how many domains of this host are done, this one included
 * @n_all: how many domains the host has
 * @data: what was given with the function
 *
 * Is called for one domain after the other, inside the transaction.
 *
 * Since: 1.0
 */
typedef void (*MachtypeRecorderFunc) (MachtypeDomain *domain, MachtypeRecord *record,
                                      MachtypeStoreOutcome outcome, const GError *error,
                                      guint n_done, guint n_all, gpointer data);

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
                                MachtypeRecorderFunc func, gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecorder, machtype_recorder_unref)

G_END_DECLS

#endif /* MACHTYPE_RECORDER_H */
