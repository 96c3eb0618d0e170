/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A change of record and definition that is under way. It is written down before libvirt is asked,
 * so that whoever comes after a process that was killed knows what to look for. */

#include "store/store-private.h"

#include <string.h>

#include "error-private.h"

G_DEFINE_BOXED_TYPE (MachtypeIntention, machtype_intention, machtype_intention_ref,
                     machtype_intention_unref)

MachtypeIntention *
mt_intention_alloc (void)
{
  MachtypeIntention *intention = g_new0 (MachtypeIntention, 1);

  g_atomic_ref_count_init (&intention->refs);
  return intention;
}

static char *
dup_known (const char *text)
{
  return text != NULL ? g_ref_string_new (text) : NULL;
}

MachtypeIntention *
mt_intention_new (const MachtypeRecord *old_record, const MachtypeRecord *record,
                  const MtStoreChange *change, const MtIntentionPlace *place)
{
  MachtypeIntention *intention = mt_intention_alloc ();

  intention->uuid = old_record->uuid;
  intention->revision = old_record->revision;
  intention->token = ((guint64)g_random_int () << 31) ^ g_random_int ();
  intention->started_at = g_get_real_time () / G_TIME_SPAN_SECOND;
  intention->action = change->action;
  intention->forced = change->forced;
  intention->undoes = change->undoes;
  intention->who = dup_known (change->who);
  intention->host_name = dup_known (place->host_name);
  intention->host_uuid = dup_known (place->host_uuid);
  intention->uri = dup_known (place->uri);
  intention->definition = dup_known (place->definition);
  intention->old_machine = mt_ref_string_dup (old_record->machine);
  intention->machine = mt_ref_string_dup (record->machine);
  intention->asked = mt_ref_string_dup (record->asked);
  intention->source = record->source;
  intention->arch = record->arch;
  intention->properties = machtype_properties_ref (record->properties);
  return intention;
}

/**
 * machtype_intention_ref:
 * @intention: an intention; must not be %NULL
 *
 * Increases the reference count. Thread-safe.
 *
 * Returns: (transfer full): @intention
 * Since: 1.0
 */
MachtypeIntention *
machtype_intention_ref (MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);

  g_atomic_ref_count_inc (&intention->refs);
  return intention;
}

/**
 * machtype_intention_unref:
 * @intention: (transfer full) (nullable): an intention; %NULL does nothing
 *
 * Decreases the reference count; the last reference frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_intention_unref (MachtypeIntention *intention)
{
  if (intention == NULL || !g_atomic_ref_count_dec (&intention->refs))
    return;
  mt_ref_string_set (&intention->who, NULL);
  mt_ref_string_set (&intention->host_name, NULL);
  mt_ref_string_set (&intention->host_uuid, NULL);
  mt_ref_string_set (&intention->uri, NULL);
  mt_ref_string_set (&intention->definition, NULL);
  mt_ref_string_set (&intention->old_machine, NULL);
  mt_ref_string_set (&intention->machine, NULL);
  mt_ref_string_set (&intention->asked, NULL);
  machtype_properties_unref (intention->properties);
  g_free (intention);
}

/**
 * machtype_intention_get_uuid:
 * @intention: an intention; must not be %NULL
 *
 * Gets the UUID of the instance. Thread-safe.
 *
 * Returns: (transfer none): the UUID, in lower case, valid as long as @intention
 * Since: 1.0
 */
const char *
machtype_intention_get_uuid (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->uuid.text;
}

/**
 * machtype_intention_get_action:
 * @intention: an intention; must not be %NULL
 *
 * Gets what was to be done. Thread-safe.
 *
 * Returns: the action
 * Since: 1.0
 */
MachtypeHistoryAction
machtype_intention_get_action (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, MACHTYPE_HISTORY_ACTION_UPDATE);
  return intention->action;
}

/**
 * machtype_intention_get_old_machine:
 * @intention: an intention; must not be %NULL
 *
 * Gets the machine type that is recorded until the change is made. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @intention; %NULL for none
 * Since: 1.0
 */
const char *
machtype_intention_get_old_machine (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->old_machine;
}

/**
 * machtype_intention_get_new_machine:
 * @intention: an intention; must not be %NULL
 *
 * Gets the machine type that record and definition were to have. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @intention
 * Since: 1.0
 */
const char *
machtype_intention_get_new_machine (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->machine;
}

/**
 * machtype_intention_get_old_definition:
 * @intention: an intention; must not be %NULL
 *
 * Gets the machine type that the domain was defined with before the change. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @intention
 * Since: 1.0
 */
const char *
machtype_intention_get_old_definition (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->definition;
}

/**
 * machtype_intention_get_host_name:
 * @intention: an intention; must not be %NULL
 *
 * Gets the name of the domain's host, as the host itself reports it. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @intention
 * Since: 1.0
 */
const char *
machtype_intention_get_host_name (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->host_name;
}

/**
 * machtype_intention_get_uri:
 * @intention: an intention; must not be %NULL
 *
 * Gets the libvirt URI through which the change was made. Thread-safe.
 *
 * Returns: (transfer none): the URI, valid as long as @intention
 * Since: 1.0
 */
const char *
machtype_intention_get_uri (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->uri;
}

/**
 * machtype_intention_get_started_at:
 * @intention: an intention; must not be %NULL
 *
 * Gets when the change was begun. Thread-safe.
 *
 * Returns: seconds since 1970-01-01 00:00 UTC
 * Since: 1.0
 */
gint64
machtype_intention_get_started_at (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, 0);
  return intention->started_at;
}

/**
 * machtype_intention_get_who:
 * @intention: an intention; must not be %NULL
 *
 * Gets who began the change. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @intention; %NULL if not known
 * Since: 1.0
 */
const char *
machtype_intention_get_who (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->who;
}

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

gboolean
mt_intention_set_pending (const MachtypeIntention *intention, GError **error)
{
  mt_fail (error, MACHTYPE_ERROR_PENDING,
           "pending: a change of instance %s on host %s (%s) was interrupted: %s is recorded, "
           "and the domain may be defined with %s",
           intention->uuid.text, intention->host_name, intention->uri,
           intention->old_machine != NULL ? intention->old_machine : "no machine type",
           intention->machine);
  return FALSE;
}

/* Somebody else has settled it, and perhaps begun another one. */
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
  mt_fail (error, MACHTYPE_ERROR_CONFLICT,
           "the change of instance %s was settled by another process; look at the record and "
           "try again",
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

/* The record as it was intended, made of the one that is there: where the instance is and in which
 * state may have been brought up to date since. */
static MachtypeRecord *
make_intended (const MachtypeRecord *there, const MachtypeIntention *intention)
{
  MachtypeRecord *record = mt_record_copy (there);

  mt_ref_string_set (&record->machine, intention->machine);
  mt_ref_string_set (&record->asked, intention->asked);
  record->source = intention->source;
  record->arch = intention->arch;
  machtype_properties_unref (record->properties);
  record->properties = machtype_properties_ref (intention->properties);
  return record;
}

MachtypeRecord *
mt_store_fulfil (MachtypeStore *store, MachtypeIntention *intention, GError **error)
{
  const MtStoreChange change = { intention->action, intention->forced, intention->who,
                                 intention->undoes };
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
      !mt_store_write_entry (store, there, record, &change, error))
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
 * Looks up whether a change of record and definition is pending for an instance: it is under way in
 * another process, or was interrupted. Until it is settled ([method@Machtype.Updater.settle]),
 * whatever else would change the record's machine type or properties raises
 * %MACHTYPE_ERROR_PENDING. May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for a text that is not a UUID, %MACHTYPE_ERROR_STORE.
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
 * Gives a pending change up without asking libvirt: for a host that is gone for good. The record
 * stays as it is; what the domain is defined with, if it is still there, is not known then. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_CONFLICT if the store does not have it any more, %MACHTYPE_ERROR_BUSY and
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
 * Lists the changes of record and definition that are pending, in the order of their UUIDs. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer container) (element-type MachtypeIntention): the intentions; mostly there are
 *   none; %NULL on error
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
