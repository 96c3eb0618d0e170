/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One change of a record. */

#include "store/store-private.h"

#include <string.h>

#include "error-private.h"
#include "string-private.h"

G_DEFINE_BOXED_TYPE (MachtypeHistoryEntry, machtype_history_entry, machtype_history_entry_ref,
                     machtype_history_entry_unref)

MachtypeHistoryEntry *
mt_history_entry_alloc (void)
{
  MachtypeHistoryEntry *entry = g_new0 (MachtypeHistoryEntry, 1);

  g_atomic_ref_count_init (&entry->refs);
  return entry;
}

gboolean
mt_store_check_author (const char *author, GError **error)
{
  return author == NULL ||
         mt_check_text ("the name of the operator", author, MACHTYPE_RECORD_MAX_TEXT, error);
}

static void
set_old (MachtypeHistoryEntry *entry, const MachtypeRecord *record)
{
  g_autoptr (MachtypePropertiesBuilder) none = NULL;

  if (record == NULL) {
    none = machtype_properties_builder_new ();
    entry->old_properties = machtype_properties_builder_end (none);
    return;
  }
  entry->old_machine = mt_ref_string_dup (record->machine);
  entry->old_requested = mt_ref_string_dup (record->requested);
  entry->old_source = record->source;
  entry->old_arch = record->arch;
  entry->old_properties = machtype_properties_ref (record->properties);
}

/**
 * machtype_history_entry_new:
 * @old_record: (nullable): the record before the change; %NULL: @record was added
 * @record: the record after it; must not be %NULL
 * @action: what was done
 * @forced: whether a refusal was overridden
 * @author: (nullable): who did it, copied; %NULL if unknown
 * @seconds: when, in seconds since 1970-01-01 00:00 UTC
 * @undoes: the revision of the change that is undone; 0 for none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Creates a history entry, for implementations of stores. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid action and for an @author that has control
 * characters or is not valid UTF-8, %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: (transfer full): the entry, or %NULL on error
 * Since: 1.0
 */
MachtypeHistoryEntry *
machtype_history_entry_new (MachtypeRecord *old_record, MachtypeRecord *record,
                            MachtypeHistoryAction action, gboolean forced, const char *author,
                            gint64 seconds, guint64 undoes, GError **error)
{
  MachtypeHistoryEntry *entry;

  g_return_val_if_fail (record != NULL, NULL);

  if (!mt_store_check_author (author, error))
    return NULL;
  if ((guint)action > MT_HISTORY_ACTION_LAST) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown history action %d", (int)action);
    return NULL;
  }
  entry = mt_history_entry_alloc ();
  entry->action = action;
  entry->forced = forced;
  entry->revision = record->revision;
  entry->undoes = undoes;
  entry->changed_at = seconds;
  entry->author = author != NULL ? g_ref_string_new (author) : NULL;
  entry->new_machine = mt_ref_string_dup (record->machine);
  set_old (entry, old_record);
  return entry;
}

/**
 * machtype_history_entry_ref:
 * @entry: an entry; must not be %NULL
 *
 * Increases the reference count of @entry. Thread-safe.
 *
 * Returns: (transfer full): @entry
 * Since: 1.0
 */
MachtypeHistoryEntry *
machtype_history_entry_ref (MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);

  g_atomic_ref_count_inc (&entry->refs);
  return entry;
}

/**
 * machtype_history_entry_unref:
 * @entry: (transfer full) (nullable): an entry; %NULL does nothing
 *
 * Decreases the reference count of @entry; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_history_entry_unref (MachtypeHistoryEntry *entry)
{
  if (entry == NULL || !g_atomic_ref_count_dec (&entry->refs))
    return;
  mt_ref_string_set (&entry->author, NULL);
  mt_ref_string_set (&entry->old_machine, NULL);
  mt_ref_string_set (&entry->new_machine, NULL);
  mt_ref_string_set (&entry->old_requested, NULL);
  mt_ref_string_set (&entry->old_definition, NULL);
  mt_ref_string_set (&entry->new_definition, NULL);
  mt_ref_string_set (&entry->unknown_members, NULL);
  mt_ref_string_set (&entry->action_word, NULL);
  machtype_properties_unref (entry->old_properties);
  g_free (entry);
}

/**
 * machtype_history_entry_get_action:
 * @entry: an entry; must not be %NULL
 *
 * Gets the action. Thread-safe.
 *
 * Returns: the action
 * Since: 1.0
 */
MachtypeHistoryAction
machtype_history_entry_get_action (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, MACHTYPE_HISTORY_ACTION_RECORD);
  return entry->action;
}

/**
 * machtype_history_entry_get_revision:
 * @entry: an entry; must not be %NULL
 *
 * Gets the revision that the change created. Thread-safe.
 *
 * Returns: the revision
 * Since: 1.0
 */
guint64
machtype_history_entry_get_revision (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, 0);
  return entry->revision;
}

/**
 * machtype_history_entry_get_undoes:
 * @entry: an entry; must not be %NULL
 *
 * Gets the revision of the change that was undone. Thread-safe.
 *
 * Returns: the revision; 0 for an entry that is not an undo
 * Since: 1.0
 */
guint64
machtype_history_entry_get_undoes (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, 0);
  return entry->undoes;
}

/**
 * machtype_history_entry_get_changed_at:
 * @entry: an entry; must not be %NULL
 *
 * Gets the time of the change. Thread-safe.
 *
 * Returns: seconds since 1970-01-01 00:00 UTC
 * Since: 1.0
 */
gint64
machtype_history_entry_get_changed_at (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, 0);
  return entry->changed_at;
}

/**
 * machtype_history_entry_get_author:
 * @entry: an entry; must not be %NULL
 *
 * Gets the author of the change. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_history_entry_get_author (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->author;
}

/**
 * machtype_history_entry_get_forced:
 * @entry: an entry; must not be %NULL
 *
 * Checks whether a refusal was overridden. Thread-safe.
 *
 * Returns: %TRUE if one was overridden
 * Since: 1.0
 */
gboolean
machtype_history_entry_get_forced (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, FALSE);
  return entry->forced;
}

/**
 * machtype_history_entry_get_old_machine:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type before the change. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL for none
 * Since: 1.0
 */
const char *
machtype_history_entry_get_old_machine (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->old_machine;
}

/**
 * machtype_history_entry_get_new_machine:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type after the change. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL for none
 * Since: 1.0
 */
const char *
machtype_history_entry_get_new_machine (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->new_machine;
}

/**
 * machtype_history_entry_get_old_requested:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type that was requested before the change. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL for none
 * Since: 1.0
 */
const char *
machtype_history_entry_get_old_requested (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->old_requested;
}

/**
 * machtype_history_entry_get_old_source:
 * @entry: an entry; must not be %NULL
 *
 * Gets the source of the machine type before the change. Thread-safe.
 *
 * Returns: the source; %MACHTYPE_SOURCE_NONE if there was no machine type
 * Since: 1.0
 */
MachtypeSource
machtype_history_entry_get_old_source (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, MACHTYPE_SOURCE_NONE);
  return entry->old_source;
}

/**
 * machtype_history_entry_get_old_arch:
 * @entry: an entry; must not be %NULL
 *
 * Gets the architecture before the change. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if unknown
 * Since: 1.0
 */
MachtypeArch
machtype_history_entry_get_old_arch (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, MACHTYPE_ARCH_UNKNOWN);
  return entry->old_arch;
}

/**
 * machtype_history_entry_get_old_properties:
 * @entry: an entry; must not be %NULL
 *
 * Gets the image properties before the change. Thread-safe.
 *
 * Returns: (transfer none): the properties, valid as long as @entry
 * Since: 1.0
 */
MachtypeProperties *
machtype_history_entry_get_old_properties (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->old_properties;
}

/**
 * machtype_history_entry_get_old_definition:
 * @entry: an entry; must not be %NULL
 *
 * Gets the domain's definition before the change, if the change replaced more of it than the
 * machine type, as [method@Machtype.Updater.convert] does. It is libvirt's XML without passwords.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the XML, valid as long as @entry; %NULL if the change did
 *   not replace the definition
 * Since: 1.0
 */
const char *
machtype_history_entry_get_old_definition (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->old_definition;
}

static gboolean
is_checksum (const char *text)
{
  return strlen (text) == 2 * (gsize)g_checksum_type_get_length (G_CHECKSUM_SHA256) &&
         strspn (text, "0123456789abcdef") == strlen (text);
}

gboolean
mt_history_check_definitions (const char *old_definition, const char *new_definition,
                              GError **error)
{
  if ((old_definition == NULL) != (new_definition == NULL))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "a change has either both old and new definition or neither");
  if (old_definition == NULL)
    return TRUE;
  if (strlen (old_definition) > MT_DEFINITION_MAX_SIZE)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE,
                    "the old definition is longer than %d bytes, which is the most that a history "
                    "keeps",
                    MT_DEFINITION_MAX_SIZE);
  if (!g_utf8_validate (old_definition, -1, NULL))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "the old definition is not valid UTF-8");
  return is_checksum (new_definition) ||
         mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "the new definition is not a SHA-256 in lower case");
}

static const char history_actions[][12] = {
  [MACHTYPE_HISTORY_ACTION_RECORD] = "record",         [MACHTYPE_HISTORY_ACTION_UPDATE] = "update",
  [MACHTYPE_HISTORY_ACTION_PROPERTIES] = "properties", [MACHTYPE_HISTORY_ACTION_UNDO] = "undo",
  [MACHTYPE_HISTORY_ACTION_REBUILD] = "rebuild",       [MACHTYPE_HISTORY_ACTION_ACCEPT] = "accept",
};

/**
 * machtype_history_action_to_string:
 * @action: an action of the history
 *
 * Gets the word for an action of the history: `record`, `update`, `properties`, `undo`, `rebuild`.
 * Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_history_action_to_string (MachtypeHistoryAction action)
{
  return MT_WORD (history_actions, action);
}

/**
 * machtype_history_action_from_string:
 * @text: the word for an action of the history; must not be %NULL
 * @action: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an action of the history by its word, as machtype_history_action_to_string() returns it.
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @action is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_history_action_from_string (const char *text, MachtypeHistoryAction *action,
                                     GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (history_actions, "action of the history", text, error);
  if (found >= 0 && action != NULL)
    *action = (MachtypeHistoryAction)found;
  return found >= 0;
}
