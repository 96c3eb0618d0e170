/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of the history as JSON. */

#include "store/store-private.h"

#include "error-private.h"
#include "json/json-private.h"
#include "name/name-private.h"
#include "properties/properties-private.h"

/**
 * machtype_history_entry_to_json:
 * @entry: an entry; must not be %NULL
 *
 * Writes an entry of the history as a JSON object on one line. `doc/json.md` documents the members.
 * Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_history_entry_to_json (const MachtypeHistoryEntry *entry)
{
  GString *json;

  g_return_val_if_fail (entry != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_uint (json, "revision", entry->revision);
  mt_json_time (json, "changed_at", entry->changed_at);
  mt_json_text (json, "action",
                entry->action_word != NULL ? entry->action_word
                                           : machtype_history_action_to_string (entry->action));
  mt_json_text (json, "old", entry->old_machine);
  mt_json_text (json, "new", entry->new_machine);
  mt_json_text (json, "author", entry->author);
  mt_json_boolean (json, "forced", entry->forced);
  if (entry->undoes != 0)
    mt_json_uint (json, "undoes", entry->undoes);
  mt_json_text (json, "old_requested", entry->old_requested);
  if (entry->old_machine != NULL)
    mt_json_text (json, "old_source", machtype_source_to_string (entry->old_source));
  if (entry->old_arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "old_arch", machtype_arch_to_string (entry->old_arch));
  mt_properties_write (json, "old_properties", entry->old_properties);
  mt_properties_write_defaults (json, "old_defaults", entry->old_properties);
  mt_json_text (json, "old_definition", entry->old_definition);
  mt_json_text (json, "new_definition_sha256", entry->new_definition);
  if (entry->unknown_members != NULL)
    mt_json_members (json, entry->unknown_members);
  return mt_json_end_value (json);
}

static gboolean
read_what (MachtypeHistoryEntry *entry, const MtJsonObject *object, GError **error)
{
  const char *action = NULL, *author = NULL;

  if (!mt_json_get_uint (object, "revision", &entry->revision, error) ||
      !mt_json_get_uint (object, "undoes", &entry->undoes, error) ||
      !mt_json_get_boolean (object, "forced", &entry->forced, error) ||
      !mt_json_get_time (object, "changed_at", &entry->changed_at, error) ||
      !mt_json_get_text (object, "action", &action, error) ||
      !mt_json_get_text (object, "author", &author, error) ||
      !mt_store_check_author (author, error) ||
      !machtype_history_action_from_string (action != NULL ? action : "", &entry->action, error))
    return FALSE;
  entry->author = author != NULL ? g_ref_string_new (author) : NULL;
  return TRUE;
}

static gboolean
read_name (const MtJsonObject *object, const char *member, char **name, GError **error)
{
  const char *text = NULL;

  if (!mt_json_get_text (object, member, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!mt_name_check (text, error))
    return FALSE;
  *name = g_ref_string_new (text);
  return TRUE;
}

static gboolean
read_before (MachtypeHistoryEntry *entry, const MtJsonObject *object, GError **error)
{
  const char *source = NULL, *arch = NULL;

  if (!read_name (object, "old", &entry->old_machine, error) ||
      !read_name (object, "new", &entry->new_machine, error) ||
      !read_name (object, "old_requested", &entry->old_requested, error) ||
      !mt_json_get_text (object, "old_source", &source, error) ||
      !mt_json_get_text (object, "old_arch", &arch, error) ||
      (source != NULL && !machtype_source_from_string (source, &entry->old_source, error)))
    return FALSE;
  if (arch != NULL)
    entry->old_arch = machtype_arch_from_string (arch, error);
  if (arch != NULL && entry->old_arch == MACHTYPE_ARCH_UNKNOWN)
    return FALSE;
  entry->old_properties = mt_properties_read (object, "old_properties", "old_defaults", error);
  return entry->old_properties != NULL;
}

static gboolean
read_definitions (MachtypeHistoryEntry *entry, const MtJsonObject *object, GError **error)
{
  const char *before = NULL, *after = NULL;

  if (!mt_json_get_text (object, "old_definition", &before, error) ||
      !mt_json_get_text (object, "new_definition_sha256", &after, error) ||
      !mt_history_check_definitions (before, after, error))
    return FALSE;
  mt_ref_string_assign (&entry->old_definition, before);
  mt_ref_string_assign (&entry->new_definition, after);
  return TRUE;
}

static gboolean
check_members (const MtJsonObject *object, MachtypeJsonReadFlags flags, char **unknown,
               GError **error)
{
  static const char words[][24] = {
    "format",
    "revision",
    "changed_at",
    "action",
    "old",
    "new",
    "author",
    "forced",
    "undoes",
    "old_requested",
    "old_source",
    "old_arch",
    "old_properties",
    "old_defaults",
    "old_definition",
    "new_definition_sha256",
  };
  const MtJsonNames known = { words[0], G_N_ELEMENTS (words), sizeof words[0] };

  return mt_json_check_value (object, &known, flags, unknown, error);
}

/**
 * machtype_history_entry_new_from_json:
 * @json: an entry as a JSON object, as [method@Machtype.HistoryEntry.to_json] writes it; must not
 * be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @flags: how it is read
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads an entry of the history, for implementations of stores. Members that this release does not
 * know are kept and written again, unless @flags refuses them. Loads the module `json` on first
 * use. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for what is not JSON, not an object, or has a member with
 * an invalid value, %MACHTYPE_ERROR_INVALID_NAME for an invalid machine type,
 * %MACHTYPE_ERROR_UNKNOWN_ARCH, %MACHTYPE_ERROR_TOO_LARGE, %MACHTYPE_ERROR_MODULE.
 *
 * Returns: (transfer full): the entry, or %NULL on error
 * Since: 1.0
 */
MachtypeHistoryEntry *
machtype_history_entry_new_from_json (const char *json, gssize length, MachtypeJsonReadFlags flags,
                                      GError **error)
{
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  g_autoptr (MtJsonObject) object = NULL;
  g_autofree char *unknown = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  object = mt_json_parse_object (json, length, error);
  if (object == NULL || !check_members (object, flags, &unknown, error))
    return NULL;
  entry = mt_history_entry_alloc ();
  entry->unknown_members = unknown != NULL ? g_ref_string_new (unknown) : NULL;
  if (!read_what (entry, object, error) || !read_before (entry, object, error) ||
      !read_definitions (entry, object, error))
    return NULL;
  return g_steal_pointer (&entry);
}

/**
 * machtype_history_entry_equal:
 * @a: an entry; must not be %NULL
 * @b: another entry, or the same; must not be %NULL
 *
 * Checks whether two entries of the history are equal. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_history_entry_equal (const MachtypeHistoryEntry *a, const MachtypeHistoryEntry *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return mt_json_equal (machtype_history_entry_to_json (a), machtype_history_entry_to_json (b));
}

/**
 * machtype_history_entry_hash:
 * @entry: an entry; must not be %NULL
 *
 * Computes a hash of an entry, for hash tables: equal entries have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_history_entry_hash (const MachtypeHistoryEntry *entry)
{
  g_return_val_if_fail (entry != NULL, 0);
  return mt_json_hash (machtype_history_entry_to_json (entry));
}
