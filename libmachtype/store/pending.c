/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pending changes of record and definition in a store: starting, finding and ending them. */

#include "store/store-private.h"

#include "error-private.h"
#include "properties/properties-private.h"

gboolean
mt_store_check_settled (MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeIntention) there = mt_store_get_intention (store, uuid, &why);

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  return there == NULL || mt_intention_set_pending (there, error);
}

/* Another process has settled it, and possibly started another one. */
gboolean
mt_store_check_intention (MachtypeStore *store, const MachtypeIntention *intention, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeIntention) there = mt_store_get_intention (store, intention->uuid.text, &why);

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (there != NULL && there->token == intention->token)
    return TRUE;
  mt_fail (
      error, MACHTYPE_ERROR_CONFLICT,
      "the change of instance %s was settled by another process; check the record and try again",
      intention->uuid.text);
  return FALSE;
}

static gboolean
intend_inside (MachtypeStore *store, const MachtypeRecord *expected, MachtypeIntention *intention,
               GError **error)
{
  g_autoptr (MachtypeRecord) there = NULL;

  if (!mt_store_check_settled (store, intention->uuid.text, error))
    return FALSE;
  there = mt_store_get (store, intention->uuid.text, error);
  if (there == NULL)
    return FALSE;
  if (!mt_record_is_same_choice (there, expected) || !mt_record_is_same_place (there, expected))
    return mt_store_set_conflict (expected, error);
  return mt_store_add_intention (store, intention, error);
}

gboolean
mt_store_intend (MachtypeStore *store, const MachtypeRecord *expected, MachtypeIntention *intention,
                 GError **error)
{
  if (!machtype_store_begin (store, error))
    return FALSE;
  if (intend_inside (store, expected, intention, error))
    return machtype_store_commit (store, error);
  machtype_store_rollback (store);
  return FALSE;
}

/* The intended record, based on the stored one: host and state of the instance may have been
 * updated since. */
static MachtypeRecord *
make_intended (const MachtypeRecord *there, const MachtypeIntention *intention)
{
  MachtypeRecord *record = mt_record_copy (there);

  mt_ref_string_set (&record->machine, intention->machine);
  mt_ref_string_set (&record->requested, intention->requested);
  record->source = intention->source;
  record->arch = intention->arch;
  mt_properties_set (&record->properties, intention->properties);
  return record;
}

MachtypeRecord *
mt_store_fulfil (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  const MtStoreChange change = {
    .action = intention->action,
    .forced = intention->forced,
    .author = intention->author,
    .undoes = intention->undoes,
    .old_definition = intention->new_definition != NULL ? intention->old_xml : NULL,
    .new_definition = intention->old_xml != NULL ? intention->new_definition : NULL,
  };
  g_autoptr (MachtypeRecord) there = NULL, record = NULL;

  if (!mt_store_check_intention (store, intention, error))
    return NULL;
  there = mt_store_get (store, intention->uuid.text, error);
  if (there == NULL)
    return NULL;
  if (there->revision != intention->revision) {
    mt_store_set_conflict (there, error);
    return NULL;
  }
  record = make_intended (there, intention);
  if (!mt_store_remove_intention (store, intention, error) ||
      !mt_store_put (store, there, record, &change, error))
    return NULL;
  return g_steal_pointer (&record);
}

gboolean
mt_store_confirm_intention (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  if (!machtype_store_begin (store, error))
    return FALSE;
  if (mt_store_check_intention (store, intention, error) &&
      mt_store_remove_intention (store, intention, error) &&
      mt_store_add_intention (store, intention, error))
    return machtype_store_commit (store, error);
  machtype_store_rollback (store);
  return FALSE;
}

/**
 * machtype_store_find_intention:
 * @store: a store; must not be %NULL
 * @uuid: the instance's UUID; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Looks up the pending change of record and definition of an instance: one that is in progress in
 * another process, or was interrupted. Until it is settled ([method@Machtype.Updater.settle]),
 * every other change of the record's machine type or properties raises %MACHTYPE_ERROR_PENDING. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid UUID, %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full) (nullable): the intention; %NULL without an error if there is none
 * Since: 1.0
 */
MachtypeIntention *
machtype_store_find_intention (MachtypeStore *store, const char *uuid, GError **error)
{
  MtUuid parsed;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (uuid != NULL, NULL);

  return mt_uuid_parse (uuid, &parsed, error) ? mt_store_get_intention (store, parsed.text, error)
                                              : NULL;
}

/**
 * machtype_store_drop_intention:
 * @store: a store; must not be %NULL
 * @intention: a pending change of the store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Drops a pending change without asking libvirt, for a host that no longer exists. The record is
 * unchanged; the definition of the domain, if it still exists, is then unknown. May block.
 *
 * Raises %MACHTYPE_ERROR_CONFLICT if the store no longer has it, %MACHTYPE_ERROR_BUSY and
 * %MACHTYPE_ERROR_STORE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_store_drop_intention (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  gboolean own, ok;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), FALSE);
  g_return_val_if_fail (intention != NULL, FALSE);

  if (!mt_store_begin_own (store, &own, error))
    return FALSE;
  ok = mt_store_check_intention (store, intention, error) &&
       mt_store_remove_intention (store, intention, error);
  return mt_store_end_own (store, own, ok, error);
}

static gboolean
keep_intention (MachtypeIntention *intention, gpointer user_data)
{
  g_ptr_array_add (user_data, machtype_intention_ref (intention));
  return TRUE;
}

/**
 * machtype_store_list_intentions:
 * @store: a store; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the pending changes of record and definition, ordered by UUID. May block.
 *
 * Raises %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer container) (element-type MachtypeIntention): the intentions, usually none;
 *   %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_store_list_intentions (MachtypeStore *store, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_intention_unref);
  if (!mt_store_foreach_intention (store, keep_intention, list, error))
    return NULL;
  return g_steal_pointer (&list);
}
