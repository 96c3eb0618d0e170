/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a recorder reports: an object, so that later releases can add to it. */

#include "recorder/record-result-private.h"

#include "finding-private.h"

struct _MachtypeRecordResult {
  gatomicrefcount refs;
  char *file; /* NULL: it is not of a spool */
  char *uuid;
  MachtypeDomain *domain;  /* NULL: the host has none */
  char *defined, *running; /* NULL: none, or unknown */
  MachtypeRecord *record;  /* NULL: error is set */
  MachtypeChange *change;  /* NULL: none was accepted */
  MachtypeStoreOutcome outcome;
  gboolean differs;
  GPtrArray *warnings; /* of MachtypeFinding */
  GError *error;
  guint n_done, n_total;
};

G_DEFINE_BOXED_TYPE (MachtypeRecordResult, machtype_record_result, machtype_record_result_ref,
                     machtype_record_result_unref)

MachtypeRecordResult *
mt_record_result_new (const MtRecordResultParts *parts)
{
  MachtypeRecordResult *result = g_new0 (MachtypeRecordResult, 1);

  g_atomic_ref_count_init (&result->refs);
  result->file = g_strdup (parts->file);
  result->uuid = g_strdup (parts->uuid);
  if (parts->domain != NULL)
    result->domain = machtype_domain_ref (parts->domain);
  result->defined = g_strdup (parts->defined);
  result->running = g_strdup (parts->running);
  if (parts->record != NULL)
    result->record = machtype_record_ref (parts->record);
  if (parts->change != NULL)
    result->change = machtype_change_ref (parts->change);
  result->outcome = parts->error == NULL ? parts->outcome : MACHTYPE_STORE_OUTCOME_NONE;
  result->differs = parts->differs;
  result->warnings =
      parts->warnings != NULL ? mt_findings_copy (parts->warnings) : mt_findings_new ();
  result->error = parts->error != NULL ? g_error_copy (parts->error) : NULL;
  result->n_done = parts->n_done;
  result->n_total = parts->n_total;
  return result;
}

/**
 * machtype_record_result_ref:
 * @result: a record result; must not be %NULL
 *
 * Increases the reference count of @result. Thread-safe.
 *
 * Returns: (transfer full): @result
 * Since: 1.0
 */
MachtypeRecordResult *
machtype_record_result_ref (MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);

  g_atomic_ref_count_inc (&result->refs);
  return result;
}

/**
 * machtype_record_result_unref:
 * @result: (transfer full) (nullable): a record result; %NULL does nothing
 *
 * Decreases the reference count of @result; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_record_result_unref (MachtypeRecordResult *result)
{
  if (result == NULL || !g_atomic_ref_count_dec (&result->refs))
    return;
  g_free (result->file);
  g_free (result->uuid);
  machtype_domain_unref (result->domain);
  g_free (result->defined);
  g_free (result->running);
  machtype_record_unref (result->record);
  machtype_change_unref (result->change);
  g_ptr_array_unref (result->warnings);
  g_clear_error (&result->error);
  g_free (result);
}

/**
 * machtype_record_result_get_uuid:
 * @result: a record result; must not be %NULL
 *
 * Gets the UUID of the instance, whether or not it has a domain. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @result; %NULL only of a damaged
 *   file of a spool
 * Since: 1.0
 */
const char *
machtype_record_result_get_uuid (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->uuid;
}

/**
 * machtype_record_result_get_file:
 * @result: a record result; must not be %NULL
 *
 * Gets the name of the file that was taken from a spool ([method@Machtype.Recorder.take_spool]).
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, without its folder, valid as long as @result;
 *   %NULL if the instance is not from a spool
 * Since: 1.0
 */
const char *
machtype_record_result_get_file (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->file;
}

/**
 * machtype_record_result_get_domain:
 * @result: a record result; must not be %NULL
 *
 * Gets the domain as it was found: as it runs or, if it is shut off, as it is defined. Of a domain
 * that could not be read, only the UUID, the state and the error are known
 * ([method@Machtype.Domain.get_error]). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the domain, valid as long as @result; %NULL if the host has
 *   none of this instance
 * Since: 1.0
 */
MachtypeDomain *
machtype_record_result_get_domain (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->domain;
}

/**
 * machtype_record_result_get_defined_machine:
 * @result: a record result; must not be %NULL
 *
 * Gets the machine type of the domain's definition, which its next start uses. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @result; %NULL if the
 *   domain is transient, has none, or could not be read
 * Since: 1.0
 */
const char *
machtype_record_result_get_defined_machine (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->defined;
}

/**
 * machtype_record_result_get_running_machine:
 * @result: a record result; must not be %NULL
 *
 * Gets the machine type that the guest runs with. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @result; %NULL if it does
 *   not run, or could not be read
 * Since: 1.0
 */
const char *
machtype_record_result_get_running_machine (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->running;
}

/**
 * machtype_record_result_get_differs:
 * @result: a record result; must not be %NULL
 *
 * Checks whether the domain is defined, or runs, with another machine type than the recorded one;
 * also if it was only recorded now, and runs with another one than it is defined with. Thread-safe.
 *
 * Returns: %TRUE if it does; the warnings say which of them
 *   ([method@Machtype.RecordResult.list_warnings])
 * Since: 1.0
 */
gboolean
machtype_record_result_get_differs (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, FALSE);
  return result->differs;
}

/**
 * machtype_record_result_get_record:
 * @result: a record result; must not be %NULL
 *
 * Gets the record of the domain as it is stored, or as it would be stored in a dry run.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the record, valid as long as @result; %NULL if there was an
 *   error
 * Since: 1.0
 */
MachtypeRecord *
machtype_record_result_get_record (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->record;
}

/**
 * machtype_record_result_get_outcome:
 * @result: a record result; must not be %NULL
 *
 * Gets the outcome of recording the domain. Thread-safe.
 *
 * Returns: the outcome; %MACHTYPE_STORE_OUTCOME_NONE if there was an error
 * Since: 1.0
 */
MachtypeStoreOutcome
machtype_record_result_get_outcome (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, MACHTYPE_STORE_OUTCOME_NONE);
  return result->outcome;
}

/**
 * machtype_record_result_get_change:
 * @result: a record result; must not be %NULL
 *
 * Gets how the change that was accepted is judged (%MACHTYPE_RECORDER_ACCEPT): from the machine
 * type that was recorded to that of the domain. One that an update would have refused is forced. It
 * has the effects that the guest notices. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the judgment, valid as long as @result; %NULL if nothing was
 *   accepted
 * Since: 1.0
 */
MachtypeChange *
machtype_record_result_get_change (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->change;
}

/**
 * machtype_record_result_get_error:
 * @result: a record result; must not be %NULL
 *
 * Gets the reason why the domain was not recorded. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the error, valid as long as @result; %NULL if there was none
 * Since: 1.0
 */
const GError *
machtype_record_result_get_error (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->error;
}

/**
 * machtype_record_result_list_warnings:
 * @result: a record result; must not be %NULL
 *
 * Lists what could not be recorded although the domain was: `name-not-recorded`,
 * `host-name-not-recorded`, `devices-not-recorded`; what could not be compared:
 * `definition-not-read`; and `definition-differs` and `running-differs` if the domain is defined,
 * or runs, with another machine type than the recorded one, which is kept. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings, in the order in which
 *   they were found; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_record_result_list_warnings (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return mt_findings_copy (result->warnings);
}

/**
 * machtype_record_result_get_n_done:
 * @result: a record result; must not be %NULL
 *
 * Gets the number of instances of this host that are done, including this one. Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint
machtype_record_result_get_n_done (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, 0);
  return result->n_done;
}

/**
 * machtype_record_result_get_n_total:
 * @result: a record result; must not be %NULL
 *
 * Gets the number of instances of the host: its domains, and those without a domain that get a
 * machine type. Thread-safe.
 *
 * Returns: the number
 * Since: 1.0
 */
guint
machtype_record_result_get_n_total (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, 0);
  return result->n_total;
}
