/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a recorder hands over: an object, so that later releases can tell more. */

#include "recorder/recording-private.h"

#include "finding-private.h"

struct _MachtypeRecording {
  gatomicrefcount refs;
  MachtypeDomain *domain;
  MachtypeRecord *record; /* NULL: error is set */
  MachtypeStoreOutcome outcome;
  GPtrArray *warnings; /* of MachtypeFinding */
  GError *error;
  guint n_done, n_all;
};

G_DEFINE_BOXED_TYPE (MachtypeRecording, machtype_recording, machtype_recording_ref,
                     machtype_recording_unref)

MachtypeRecording *
mt_recording_new (MachtypeDomain *domain, MachtypeRecord *record, MachtypeStoreOutcome outcome,
                  const GPtrArray *warnings, const GError *error, guint n_done, guint n_all)
{
  MachtypeRecording *recording = g_new0 (MachtypeRecording, 1);

  g_atomic_ref_count_init (&recording->refs);
  recording->domain = machtype_domain_ref (domain);
  if (record != NULL)
    recording->record = machtype_record_ref (record);
  recording->outcome = error == NULL ? outcome : MACHTYPE_STORE_OUTCOME_NONE;
  recording->warnings = warnings != NULL ? mt_findings_copy (warnings) : mt_findings_new ();
  recording->error = error != NULL ? g_error_copy (error) : NULL;
  recording->n_done = n_done;
  recording->n_all = n_all;
  return recording;
}

/**
 * machtype_recording_ref:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @recording
 * Since: 1.0
 */
MachtypeRecording *
machtype_recording_ref (MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, NULL);

  g_atomic_ref_count_inc (&recording->refs);
  return recording;
}

/**
 * machtype_recording_unref:
 * @recording: (transfer full) (nullable): what was done with a domain; %NULL does nothing
 *
 * Gives a reference back; the last one frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_recording_unref (MachtypeRecording *recording)
{
  if (recording == NULL || !g_atomic_ref_count_dec (&recording->refs))
    return;
  machtype_domain_unref (recording->domain);
  machtype_record_unref (recording->record);
  g_ptr_array_unref (recording->warnings);
  g_clear_error (&recording->error);
  g_free (recording);
}

/**
 * machtype_recording_get_domain:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Tells the domain as it was found; of one that could not be read, its UUID and what the problem is
 * ([method@Machtype.Domain.get_problem]). Thread-safe.
 *
 * Returns: (transfer none): the domain, valid as long as @recording
 * Since: 1.0
 */
MachtypeDomain *
machtype_recording_get_domain (const MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, NULL);
  return recording->domain;
}

/**
 * machtype_recording_get_record:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Tells the record of the domain as it is stored, or as it would be in a dry run. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the record, valid as long as @recording; %NULL if there was
 *   an error
 * Since: 1.0
 */
MachtypeRecord *
machtype_recording_get_record (const MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, NULL);
  return recording->record;
}

/**
 * machtype_recording_get_outcome:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Tells what recording the domain did. Thread-safe.
 *
 * Returns: the outcome; %MACHTYPE_STORE_OUTCOME_NONE if there was an error
 * Since: 1.0
 */
MachtypeStoreOutcome
machtype_recording_get_outcome (const MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, MACHTYPE_STORE_OUTCOME_NONE);
  return recording->outcome;
}

/**
 * machtype_recording_get_error:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Tells why the domain was not recorded. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the error, valid as long as @recording; %NULL if there was
 *   none
 * Since: 1.0
 */
const GError *
machtype_recording_get_error (const MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, NULL);
  return recording->error;
}

/**
 * machtype_recording_list_warnings:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Lists what of the domain could not be recorded though the domain was: `name-not-recorded`,
 * `host-name-not-recorded`, `devices-not-recorded`. And `definition-differs` where the domain has
 * another machine type than the recorded one, which stays. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings; empty if there are
 *   none
 * Since: 1.0
 */
GPtrArray *
machtype_recording_list_warnings (const MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, NULL);
  return mt_findings_copy (recording->warnings);
}

/**
 * machtype_recording_get_n_done:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Tells how many domains of this host are done, this one included. Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint
machtype_recording_get_n_done (const MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, 0);
  return recording->n_done;
}

/**
 * machtype_recording_get_n_all:
 * @recording: what was done with a domain; must not be %NULL
 *
 * Tells how many domains the host has. Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint
machtype_recording_get_n_all (const MachtypeRecording *recording)
{
  g_return_val_if_fail (recording != NULL, 0);
  return recording->n_all;
}
