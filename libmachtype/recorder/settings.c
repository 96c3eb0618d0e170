/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a recorder: whom it records, and how. */

#include "recorder/recorder-private.h"

#include <string.h>

#include "error-private.h"
#include "record/record-private.h"

G_DEFINE_BOXED_TYPE (MachtypeRecorder, machtype_recorder, machtype_recorder_ref,
                     machtype_recorder_unref)

/**
 * machtype_recorder_new:
 * @store: the store to record in; must not be %NULL
 * @policy: (nullable): the operator's defaults, for domains without a machine type; %NULL for none
 *
 * Creates a recorder.
 *
 * Returns: (transfer full): the recorder
 * Since: 1.0
 */
MachtypeRecorder *
machtype_recorder_new (MachtypeStore *store, MachtypePolicy *policy)
{
  MachtypeRecorder *recorder;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);

  recorder = g_new0 (MachtypeRecorder, 1);
  g_atomic_ref_count_init (&recorder->refs);
  recorder->store = g_object_ref (store);
  if (policy != NULL)
    recorder->policy = machtype_policy_ref (policy);
  return recorder;
}

/**
 * machtype_recorder_ref:
 * @recorder: a recorder; must not be %NULL
 *
 * Increases the reference count of @recorder. Thread-safe.
 *
 * Returns: (transfer full): @recorder
 * Since: 1.0
 */
MachtypeRecorder *
machtype_recorder_ref (MachtypeRecorder *recorder)
{
  g_return_val_if_fail (recorder != NULL, NULL);

  g_atomic_ref_count_inc (&recorder->refs);
  return recorder;
}

/**
 * machtype_recorder_unref:
 * @recorder: (transfer full) (nullable): a recorder; %NULL does nothing
 *
 * Decreases the reference count of @recorder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_recorder_unref (MachtypeRecorder *recorder)
{
  if (recorder == NULL || !g_atomic_ref_count_dec (&recorder->refs))
    return;
  g_object_unref (recorder->store);
  machtype_policy_unref (recorder->policy);
  g_free (recorder->host_name);
  g_free (recorder->cell);
  g_free (recorder->author);
  g_clear_pointer (&recorder->only, g_ptr_array_unref);
  g_free (recorder);
}

static gboolean
set_text (char **slot, const char *what, const char *text, GError **error)
{
  if (text != NULL && !mt_check_text (what, text, MACHTYPE_RECORD_MAX_TEXT, error))
    return FALSE;
  g_free (*slot);
  *slot = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  return TRUE;
}

/**
 * machtype_recorder_set_host_name:
 * @recorder: a recorder; must not be %NULL
 * @host_name: (nullable): the host's name, copied; %NULL for the name that the host reports
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the name under which the host is recorded, for a tool that has its own names for hosts.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_set_host_name (MachtypeRecorder *recorder, const char *host_name, GError **error)
{
  g_return_val_if_fail (recorder != NULL, FALSE);
  return set_text (&recorder->host_name, "the host's name", host_name, error);
}

/**
 * machtype_recorder_set_cell:
 * @recorder: a recorder; must not be %NULL
 * @cell: (nullable): the cell that the host is in, copied; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the cell to record.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_set_cell (MachtypeRecorder *recorder, const char *cell, GError **error)
{
  g_return_val_if_fail (recorder != NULL, FALSE);
  return set_text (&recorder->cell, "the cell", cell, error);
}

/**
 * machtype_recorder_set_author:
 * @recorder: a recorder; must not be %NULL
 * @author: (nullable): who records, for the history, copied; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets who records.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_set_author (MachtypeRecorder *recorder, const char *author, GError **error)
{
  g_return_val_if_fail (recorder != NULL, FALSE);
  return set_text (&recorder->author, "the name of the operator", author, error);
}

/**
 * machtype_recorder_set_dry_run:
 * @recorder: a recorder; must not be %NULL
 * @dry_run: %TRUE to only report what would be recorded
 *
 * Sets whether the recorder only reports the outcome, and writes nothing.
 *
 * Since: 1.0
 */
void
machtype_recorder_set_dry_run (MachtypeRecorder *recorder, gboolean dry_run)
{
  g_return_if_fail (recorder != NULL);
  recorder->dry_run = dry_run;
}

/**
 * machtype_recorder_set_flags:
 * @recorder: a recorder; must not be %NULL
 * @flags: what to do besides recording what is missing
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets what the recorder does with domains that have a record.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_set_flags (MachtypeRecorder *recorder, MachtypeRecorderFlags flags,
                             GError **error)
{
  g_return_val_if_fail (recorder != NULL, FALSE);

  if (!mt_check_flags ("recording", flags, MACHTYPE_RECORDER_ACCEPT | MACHTYPE_RECORDER_REFRESH,
                       error))
    return FALSE;
  recorder->flags = flags;
  return TRUE;
}

/**
 * machtype_recorder_add_domain:
 * @recorder: a recorder; must not be %NULL
 * @domain: the name or the UUID of a domain, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Records only the domains that are added, instead of all domains of the host, and no instance
 * without a domain. A UUID is that of a domain rather than the name of another one.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an empty name and one that is not valid UTF-8.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_add_domain (MachtypeRecorder *recorder, const char *domain, GError **error)
{
  g_return_val_if_fail (recorder != NULL && domain != NULL, FALSE);

  if (*domain == '\0')
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the name of a domain is empty");
  if (!mt_check_utf8 ("the name of the domain", domain, MACHTYPE_RECORD_MAX_TEXT, error))
    return FALSE;
  if (recorder->only == NULL)
    recorder->only = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (recorder->only, g_strdup (domain));
  return TRUE;
}

static MachtypeDomainStatus *
find_domain (const GPtrArray *statuses, const char *wanted)
{
  MachtypeDomainStatus *named = NULL;
  MtUuid uuid;
  const gboolean is_uuid = mt_uuid_parse (wanted, &uuid, NULL);
  guint i;

  for (i = 0; i < statuses->len; i++) {
    MachtypeDomainStatus *status = statuses->pdata[i];

    if (is_uuid && strcmp (machtype_domain_status_get_uuid (status), uuid.text) == 0)
      return status;
    if (g_strcmp0 (machtype_domain_status_get_name (status), wanted) == 0)
      named = status;
  }
  return named;
}

static gboolean
set_unknown (const GPtrArray *statuses, const char *wanted, const char *host_name, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *similar = NULL;
  guint i;

  for (i = 0; i < statuses->len; i++) {
    const char *name = machtype_domain_status_get_name (statuses->pdata[i]);

    if (name != NULL)
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_add (names, NULL);
  similar = machtype_text_dup_similar (wanted, (const char *const *)names->pdata);
  if (similar != NULL)
    return mt_fail (error, MACHTYPE_ERROR_NOT_FOUND,
                    "host %s has no domain '%s'; did you mean '%s'?", host_name, wanted, similar);
  return mt_fail (error, MACHTYPE_ERROR_NOT_FOUND, "host %s has no domain '%s'", host_name, wanted);
}

gboolean
mt_recorder_select (const MachtypeRecorder *recorder, GPtrArray *statuses, const char *host_name,
                    GError **error)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  guint i;

  if (recorder->only == NULL)
    return TRUE;
  for (i = 0; i < recorder->only->len; i++) {
    MachtypeDomainStatus *status = find_domain (statuses, recorder->only->pdata[i]);

    if (status == NULL)
      return set_unknown (statuses, recorder->only->pdata[i], host_name, error);
    g_hash_table_add (wanted, status);
  }
  for (i = statuses->len; i-- > 0;) {
    if (!g_hash_table_contains (wanted, statuses->pdata[i]))
      g_ptr_array_remove_index (statuses, i);
  }
  return TRUE;
}
