/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A change of record and definition that is in progress. It is written to the store before libvirt
 * is asked, so that after a process was killed, the next one knows what to look for. */

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
  intention->author = dup_known (change->author);
  intention->host_name = dup_known (place->host_name);
  intention->host_uuid = dup_known (place->host_uuid);
  intention->uri = dup_known (place->uri);
  intention->definition = dup_known (place->definition);
  intention->old_machine = mt_ref_string_dup (old_record->machine);
  intention->machine = mt_ref_string_dup (record->machine);
  intention->requested = mt_ref_string_dup (record->requested);
  intention->source = record->source;
  intention->arch = record->arch;
  intention->properties = machtype_properties_ref (record->properties);
  intention->old_xml = dup_known (change->old_definition);
  return intention;
}

/**
 * machtype_intention_ref:
 * @intention: an intention; must not be %NULL
 *
 * Increases the reference count of @intention. Thread-safe.
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
 * Decreases the reference count of @intention; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_intention_unref (MachtypeIntention *intention)
{
  if (intention == NULL || !g_atomic_ref_count_dec (&intention->refs))
    return;
  mt_ref_string_set (&intention->author, NULL);
  mt_ref_string_set (&intention->host_name, NULL);
  mt_ref_string_set (&intention->host_uuid, NULL);
  mt_ref_string_set (&intention->uri, NULL);
  mt_ref_string_set (&intention->definition, NULL);
  mt_ref_string_set (&intention->old_machine, NULL);
  mt_ref_string_set (&intention->machine, NULL);
  mt_ref_string_set (&intention->requested, NULL);
  mt_ref_string_set (&intention->old_xml, NULL);
  mt_ref_string_set (&intention->new_definition, NULL);
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
 * Gets the action that was intended. Thread-safe.
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
 * Gets the intended machine type of record and definition. Thread-safe.
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
 * Gets the time when the change was started. Thread-safe.
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
 * machtype_intention_get_author:
 * @intention: an intention; must not be %NULL
 *
 * Gets the author of the change. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @intention; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_intention_get_author (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, NULL);
  return intention->author;
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

/**
 * machtype_intention_equal:
 * @a: an intention; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two intentions are equal: the same change of the same revision. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_intention_equal (const MachtypeIntention *a, const MachtypeIntention *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return strcmp (a->uuid.text, b->uuid.text) == 0 && a->revision == b->revision &&
         a->token == b->token && a->action == b->action && a->started_at == b->started_at;
}

/**
 * machtype_intention_hash:
 * @intention: an intention; must not be %NULL
 *
 * Computes a hash of an intention, for hash tables: equal intentions have equal hashes.
 * Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_intention_hash (const MachtypeIntention *intention)
{
  g_return_val_if_fail (intention != NULL, 0);
  return g_str_hash (intention->uuid.text);
}
