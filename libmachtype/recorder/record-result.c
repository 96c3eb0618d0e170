/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a recorder reports: an object, so that later releases can add to it. */

#include "recorder/record-result-private.h"

#include "finding-private.h"

struct _MachtypeRecordResult {
  gatomicrefcount refs;
  MachtypeDomain *domain;
  MachtypeRecord *record; /* NULL: error is set */
  MachtypeStoreOutcome outcome;
  GPtrArray *warnings; /* of MachtypeFinding */
  GError *error;
  guint n_done, n_total;
};

G_DEFINE_BOXED_TYPE (MachtypeRecordResult, machtype_record_result, machtype_record_result_ref,
                     machtype_record_result_unref)

MachtypeRecordResult *
mt_record_result_new (MachtypeDomain *domain, MachtypeRecord *record, MachtypeStoreOutcome outcome,
                      const GPtrArray *warnings, const GError *error, guint n_done, guint n_total)
{
  MachtypeRecordResult *result = g_new0 (MachtypeRecordResult, 1);

  g_atomic_ref_count_init (&result->refs);
  result->domain = machtype_domain_ref (domain);
  if (record != NULL)
    result->record = machtype_record_ref (record);
  result->outcome = error == NULL ? outcome : MACHTYPE_STORE_OUTCOME_NONE;
  result->warnings = warnings != NULL ? mt_findings_copy (warnings) : mt_findings_new ();
  result->error = error != NULL ? g_error_copy (error) : NULL;
  result->n_done = n_done;
  result->n_total = n_total;
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
  machtype_domain_unref (result->domain);
  machtype_record_unref (result->record);
  g_ptr_array_unref (result->warnings);
  g_clear_error (&result->error);
  g_free (result);
}

/**
 * machtype_record_result_get_domain:
 * @result: a record result; must not be %NULL
 *
 * Gets the domain as it was found. Of a domain that could not be read, only the UUID, the state and
 * the error are known ([method@Machtype.Domain.get_error]). Thread-safe.
 *
 * Returns: (transfer none): the domain, valid as long as @result
 * Since: 1.0
 */
MachtypeDomain *
machtype_record_result_get_domain (const MachtypeRecordResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  return result->domain;
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
 * `host-name-not-recorded`, `devices-not-recorded`; and `definition-differs` if the domain has
 * another machine type than the recorded one, which is kept. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the warnings; empty if there are
 *   none
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
 * Gets the number of domains of this host that are done, including this one. Thread-safe.
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
 * Gets the number of domains of the host. Thread-safe.
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
