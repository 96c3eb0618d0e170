/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What refuses to undo a change unless it is forced, and what force then causes. */

#include "updater/updater-private.h"

#include <string.h>

#include "change-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "record/record-private.h"

gboolean
mt_updater_is_still_converted (MachtypeUpdater *updater, const char *uuid,
                               const MachtypeHistoryEntry *entry, gboolean *answer, GError **error)
{
  g_autofree char *xml = machtype_connection_dup_definition (updater->connection, uuid,
                                                             MACHTYPE_DEFINITION_NONE, error);
  g_autofree char *checksum = NULL;

  if (xml == NULL)
    return FALSE;
  checksum = mt_updater_compute_checksum (xml, entry->old_definition);
  *answer = strcmp (checksum, entry->new_definition) == 0;
  return TRUE;
}

static gboolean
add_saved (MachtypeUpdater *updater, const MachtypeRecord *record, GPtrArray *refusals,
           GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeDomain) domain = machtype_connection_read_domain (
      updater->connection, record->uuid.text, MACHTYPE_DOMAIN_READ_SAVED, &why);

  if (domain != NULL && machtype_domain_has_saved_state (domain))
    mt_change_add_saved_state (refusals);
  if (domain != NULL ||
      (updater->record_only && g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
add_differing (MachtypeUpdater *updater, const MachtypeRecord *record, GPtrArray *refusals,
               GError **error)
{
  g_autofree char *defined =
      mt_updater_read_defined (updater->connection, record->uuid.text, error);
  gboolean agrees = TRUE;

  if (defined == NULL ||
      (record->machine != NULL && !mt_updater_is_defined_with (updater, defined, record->arch,
                                                               record->machine, &agrees, error)))
    return FALSE;
  if (!agrees)
    g_ptr_array_add (refusals,
                     mt_finding_new ("definition-differs",
                                     g_strdup_printf ("the domain is defined with %s, but %s is "
                                                      "recorded: both are replaced",
                                                      defined, record->machine),
                                     NULL));
  return TRUE;
}

static gboolean
add_changed (MachtypeUpdater *updater, const MachtypeRecord *record,
             const MachtypeHistoryEntry *entry, GPtrArray *refusals, GError **error)
{
  gboolean is_same = TRUE;

  if (entry->old_definition != NULL &&
      !mt_updater_is_still_converted (updater, record->uuid.text, entry, &is_same, error))
    return FALSE;
  if (!is_same)
    g_ptr_array_add (refusals,
                     mt_finding_new ("definition-changed",
                                     g_strdup ("the domain was redefined after the conversion: "
                                               "what was changed since is lost"),
                                     NULL));
  return TRUE;
}

gboolean
mt_updater_changes_definition (const MachtypeRecord *record, const MachtypeHistoryEntry *entry)
{
  return entry->old_machine != NULL && (entry->old_definition != NULL ||
                                        !mt_ref_string_equal (entry->old_machine, record->machine));
}

GPtrArray *
mt_updater_list_refusals (MachtypeUpdater *updater, const MachtypeRecord *record,
                          const MachtypeHistoryEntry *entry, GError **error)
{
  g_autoptr (GPtrArray) refusals = mt_findings_new ();
  const gboolean replaces = mt_updater_changes_definition (record, entry);

  mt_store_add_undo_refusals (record, entry, updater->record_only || !replaces, refusals);
  if (replaces && !add_saved (updater, record, refusals, error))
    return NULL;
  if (replaces && !updater->record_only &&
      (!add_differing (updater, record, refusals, error) ||
       !add_changed (updater, record, entry, refusals, error)))
    return NULL;
  return g_steal_pointer (&refusals);
}

/**
 * machtype_updater_list_undo_refusals:
 * @updater: an updater; must not be %NULL
 * @record: the record as it was read, with the state that its domain has now
 *   ([method@Machtype.Updater.refresh]); must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists everything for which [method@Machtype.Updater.undo] refuses to undo the last change without
 * %MACHTYPE_CHANGE_FORCE, and what it causes if it is forced. Nothing is written. Codes:
 * `refused-state`, `definition-replaced`, `saved-state`, `definition-differs`,
 * `definition-changed`. May block.
 *
 * Raises what [method@Machtype.Store.list_history] raises, %MACHTYPE_ERROR_NOT_FOUND if the host
 * has no such domain, %MACHTYPE_ERROR_LIBVIRT and %MACHTYPE_ERROR_TIMEOUT.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings, in the order of these
 *   codes; empty if undoing needs no force, or there is no change to undo; %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_updater_list_undo_refusals (MachtypeUpdater *updater, MachtypeRecord *record,
                                     GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  g_autoptr (GError) why = NULL;

  g_return_val_if_fail (updater != NULL, NULL);
  g_return_val_if_fail (record != NULL, NULL);

  entry = machtype_store_find_undoable (updater->store, record->uuid.text, &why);
  if (entry != NULL)
    return mt_updater_list_refusals (updater, record, entry, error);
  if (why == NULL)
    return mt_findings_new ();
  g_propagate_error (error, g_steal_pointer (&why));
  return NULL;
}
