/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes record and definition together, or not at all.
 *
 * The order is: write the intention, commit; begin a second transaction, check that the
 * intention still exists, define the domain, write the record, remove the intention, commit. The
 * second transaction keeps the store locked while libvirt works. Therefore a live process cannot be
 * mistaken for one that was killed: settling requires the lock first. */

#include <string.h>

#include "change-private.h"
#include "connection/connection-private.h"
#include "domain/domain-private.h"
#include "error-private.h"
#include "guest/guest-private.h"
#include "host/host-private.h"
#include "properties/properties-private.h"
#include "record/record-private.h"
#include "updater/settlement-private.h"
#include "updater/updater-private.h"

/* One change that is being made. */
typedef struct {
  MachtypeUpdater *updater;
  MachtypeRecord *record; /* as it was read and judged; borrowed */
  gboolean force;
  MachtypeIntention *intention;
  char *before, *after; /* the definition, with its secrets: nothing of it is stored or printed */
  gboolean replaces; /* more of it changes than the machine type: the history keeps the old one */
} Work;

G_DEFINE_BOXED_TYPE (MachtypeUpdater, machtype_updater, machtype_updater_ref,
                     machtype_updater_unref)

static void
work_clear (Work *work)
{
  machtype_intention_unref (work->intention);
  g_free (work->before);
  g_free (work->after);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

/**
 * machtype_updater_new:
 * @store: the store that has the records; must not be %NULL
 * @connection: the host on which the domains are defined; must not be %NULL
 *
 * Creates an updater, which holds references to both.
 *
 * Returns: (transfer full): the updater
 * Since: 1.0
 */
MachtypeUpdater *
machtype_updater_new (MachtypeStore *store, MachtypeConnection *connection)
{
  MachtypeUpdater *updater;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);
  g_return_val_if_fail (connection != NULL, NULL);

  updater = g_new0 (MachtypeUpdater, 1);
  g_atomic_ref_count_init (&updater->refs);
  updater->store = g_object_ref (store);
  updater->connection = machtype_connection_ref (connection);
  return updater;
}

/**
 * machtype_updater_ref:
 * @updater: an updater; must not be %NULL
 *
 * Increases the reference count of @updater. Thread-safe.
 *
 * Returns: (transfer full): @updater
 * Since: 1.0
 */
MachtypeUpdater *
machtype_updater_ref (MachtypeUpdater *updater)
{
  g_return_val_if_fail (updater != NULL, NULL);

  g_atomic_ref_count_inc (&updater->refs);
  return updater;
}

/**
 * machtype_updater_unref:
 * @updater: (transfer full) (nullable): an updater; %NULL does nothing
 *
 * Decreases the reference count of @updater; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_updater_unref (MachtypeUpdater *updater)
{
  if (updater == NULL || !g_atomic_ref_count_dec (&updater->refs))
    return;
  g_object_unref (updater->store);
  machtype_connection_unref (updater->connection);
  machtype_host_unref (updater->host);
  g_free (updater->host_uuid);
  g_free (updater->author);
  g_free (updater);
}

/**
 * machtype_updater_set_author:
 * @updater: an updater; must not be %NULL
 * @author: (nullable): who makes the changes, for the history, copied; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets who makes the changes.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_updater_set_author (MachtypeUpdater *updater, const char *author, GError **error)
{
  g_return_val_if_fail (updater != NULL, FALSE);

  if (!mt_store_check_author (author, error))
    return FALSE;
  g_free (updater->author);
  updater->author = g_strdup (author);
  return TRUE;
}

/**
 * machtype_updater_set_record_only:
 * @updater: an updater; must not be %NULL
 * @record_only: %TRUE to leave definitions unchanged
 *
 * Sets whether only records are changed. The domain's state is still the one that is checked, if
 * the host has the domain. Record and definition then differ until the definition is changed.
 *
 * Since: 1.0
 */
void
machtype_updater_set_record_only (MachtypeUpdater *updater, gboolean record_only)
{
  g_return_if_fail (updater != NULL);
  updater->record_only = record_only;
}

/* The error that the caller has does not cover it any more: the change remains pending. */
static MachtypeRecord *
leave_pending (const Work *work, GError *why, GError **error)
{
  g_autoptr (GError) pending = NULL;

  mt_intention_set_pending (work->intention, &pending);
  mt_fail (error, MACHTYPE_ERROR_PENDING, "%s; %s", why->message, pending->message);
  g_error_free (why);
  return NULL;
}

/* If the connection to libvirt is lost, over another connection; not after a call that did not
 * return, because the host was waited for long enough. */
static MachtypeSettlement *
settle_anew (MachtypeUpdater *updater, MachtypeIntention *intention)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeConnection) again = NULL;
  g_autoptr (MachtypeUpdater) asking = NULL;
  MachtypeSettlement *settlement = mt_updater_settle_alone (updater, intention, &why);

  if (settlement != NULL || !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT))
    return settlement;
  again = mt_connection_open_again (updater->connection, NULL);
  if (again == NULL)
    return NULL;
  asking = machtype_updater_new (updater->store, again);
  return mt_updater_settle_alone (asking, intention, NULL);
}

/* It is unknown whether the domain is defined with the new machine type. Takes ownership of why. */
static MachtypeRecord *
look_again (const Work *work, GError *why, GError **error)
{
  g_autoptr (MachtypeSettlement) settlement = settle_anew (work->updater, work->intention);
  MachtypeSettlementOutcome outcome = MACHTYPE_SETTLEMENT_OUTCOME_PENDING;

  if (settlement != NULL)
    outcome = machtype_settlement_get_outcome (settlement);
  if (outcome == MACHTYPE_SETTLEMENT_OUTCOME_PENDING)
    return leave_pending (work, why, error);
  if (outcome == MACHTYPE_SETTLEMENT_OUTCOME_FINISHED ||
      outcome == MACHTYPE_SETTLEMENT_OUTCOME_EDITED) {
    g_error_free (why);
    return machtype_store_read_record (work->updater->store, work->intention->uuid.text, error);
  }
  g_propagate_error (error, why);
  return NULL;
}

/* Inside a transaction, which it ends: nothing remains pending. Takes ownership of why. */
static MachtypeRecord *
withdraw (const Work *work, GError *why, GError **error)
{
  MachtypeStore *store = work->updater->store;

  if (!mt_store_remove_intention (store, work->intention, NULL) ||
      !machtype_store_commit (store, NULL)) {
    machtype_store_rollback (store);
    return leave_pending (work, why, error);
  }
  g_propagate_error (error, why);
  return NULL;
}

/* The same, and the old definition is to be restored. */
static MachtypeRecord *
put_back (const Work *work, GError *why, GError **error)
{
  const MachtypeUpdater *updater = work->updater;

  if (machtype_connection_define (updater->connection, work->before, MACHTYPE_DEFINE_NONE, NULL))
    return withdraw (work, why, error);
  machtype_store_rollback (updater->store);
  return leave_pending (work, why, error);
}

/* A commit that failed may still take effect when the log is read at the next opening. The
 * definition is restored only if that is impossible; otherwise it remains the new one, so that it
 * agrees with either the record or the intention, whichever takes effect. Takes ownership of why.
 */
static MachtypeRecord *
after_failed_commit (const Work *work, GError *why, GError **error)
{
  MachtypeStore *store = work->updater->store;

  if (!mt_store_confirm_intention (store, work->intention, NULL) ||
      !machtype_store_begin (store, NULL))
    return leave_pending (work, why, error);
  if (mt_store_check_intention (store, work->intention, NULL))
    return put_back (work, why, error);
  /* Another process has settled it in the meantime. */
  machtype_store_rollback (store);
  g_propagate_error (error, why);
  return NULL;
}

/* libvirt has defined the domain: with the intended machine type? */
static gboolean
check_defined (const Work *work, gboolean *intended, GError **error)
{
  g_autofree char *defined =
      mt_updater_read_changed (work->updater->connection, work->intention, error);

  if (defined == NULL ||
      !mt_updater_is_intended (work->updater, work->intention, defined, intended, error))
    return FALSE;
  if (!*intended)
    mt_fail (error, MACHTYPE_ERROR_LIBVIRT, "libvirt defined machine type %s instead of %s",
             defined, work->intention->machine);
  return *intended;
}

/* libvirt has no word for a shelved instance: for libvirt it is shut off. */
static gboolean
is_same_state (const MachtypeRecord *record, const MachtypeDomain *domain)
{
  const char *state = machtype_domain_get_state (domain);
  MachtypeState found = MACHTYPE_STATE_UNKNOWN;

  if (g_strcmp0 (state, record->state) == 0)
    return TRUE;
  return machtype_record_get_change_state (record) == MACHTYPE_STATE_SHELVED && state != NULL &&
         mt_state_find (state, &found) != NULL && found == MACHTYPE_STATE_STOPPED;
}

/* The judgment was about the state that the domain had then. */
static gboolean
check_domain (const MachtypeUpdater *updater, const MachtypeRecord *record, gboolean force,
              GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeDomain) domain = machtype_connection_read_domain (
      updater->connection, record->uuid.text, MACHTYPE_DOMAIN_READ_SAVED, &why);

  if (domain == NULL) {
    if (updater->record_only && g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  if (!is_same_state (record, domain)) {
    mt_fail (error, MACHTYPE_ERROR_CONFLICT,
             "domain %s is %s, but its record says %s; update the record's state and try again",
             record->uuid.text, machtype_domain_get_state (domain),
             record->state != NULL ? record->state : "no state");
    return FALSE;
  }
  return force || !machtype_domain_has_saved_state (domain) || mt_change_set_saved_state (error);
}

/* What was judged, and the definition that is about to be replaced, must not have changed. libvirt
 * cannot compare and define in one step, so this check comes last. */
static gboolean
check_unchanged (const Work *work, GError **error)
{
  const MachtypeUpdater *updater = work->updater;
  const char *uuid = work->record->uuid.text;
  g_autofree char *now = machtype_connection_dup_definition (updater->connection, uuid,
                                                             MACHTYPE_DEFINITION_SECURE, error);

  if (now == NULL)
    return FALSE;
  if (strcmp (now, work->before) == 0)
    return check_domain (updater, work->record, work->force, error);
  return mt_fail (error, MACHTYPE_ERROR_CONFLICT,
                  "the definition of domain %s was changed concurrently; check it and try again",
                  uuid);
}

/* Inside the second transaction, which it ends. */
static MachtypeRecord *
define_and_write (const Work *work, GError **error)
{
  const MachtypeUpdater *updater = work->updater;
  g_autoptr (MachtypeRecord) written = NULL;
  gboolean intended = TRUE;
  GError *why = NULL;

  if (!machtype_connection_define (updater->connection, work->after, MACHTYPE_DEFINE_NONE, &why) ||
      !check_defined (work, &intended, &why)) {
    if (!intended)
      return put_back (work, why, error);
    machtype_store_rollback (updater->store);
    return look_again (work, why, error);
  }
  written = mt_store_fulfil (updater->store, work->intention, &why);
  if (written == NULL) {
    machtype_store_rollback (updater->store);
    return after_failed_commit (work, why, error);
  }
  if (machtype_store_commit (updater->store, &why))
    return g_steal_pointer (&written);
  return after_failed_commit (work, why, error);
}

/* The strings that the store will hold; libvirt's come from outside. */
static gboolean
check_place (const MtIntentionPlace *place, GError **error)
{
  return mt_check_text ("the host's name", place->host_name, MACHTYPE_RECORD_MAX_TEXT, error) &&
         mt_check_text ("the URI", place->uri, MACHTYPE_RECORD_MAX_TEXT, error) &&
         mt_check_text ("the domain's machine type", place->definition, MACHTYPE_RECORD_MAX_TEXT,
                        error);
}

/* The definition as it is and as it will be, unless they are known, and the machine type that it
 * has now. */
static char *
prepare_definition (Work *work, const MachtypeRecord *changed, GError **error)
{
  g_autofree char *machine = NULL;

  if (work->before == NULL)
    work->before = machtype_connection_dup_definition (
        work->updater->connection, work->record->uuid.text, MACHTYPE_DEFINITION_SECURE, error);
  if (work->before != NULL)
    machine = mt_updater_dup_machine (work->before, error);
  if (machine != NULL && work->after == NULL)
    work->after = machtype_domain_xml_with_machine (work->before, -1, changed->machine, error);
  return work->after != NULL ? g_steal_pointer (&machine) : NULL;
}

/* The definition without its secrets, for the history. */
static char *
read_replaced (const Work *work, GError **error)
{
  g_autofree char *xml = machtype_connection_dup_definition (
      work->updater->connection, work->record->uuid.text, MACHTYPE_DEFINITION_NONE, error);

  if (xml == NULL || strlen (xml) <= MT_DEFINITION_MAX_SIZE)
    return g_steal_pointer (&xml);
  mt_fail (
      error, MACHTYPE_ERROR_TOO_LARGE,
      "the definition of domain %s is larger than %d bytes, which is the most that its history "
      "keeps",
      work->record->uuid.text, MT_DEFINITION_MAX_SIZE);
  return NULL;
}

static gboolean
prepare (Work *work, MachtypeRecord *record, MachtypeRecord *changed, MtStoreChange *change,
         GError **error)
{
  MachtypeUpdater *updater = work->updater;
  g_autofree char *definition = prepare_definition (work, changed, error), *replaced = NULL;
  MtIntentionPlace place = { 0 };

  if (definition == NULL || mt_updater_need_host_uuid (updater, error) == NULL)
    return FALSE;
  if (work->replaces && (replaced = read_replaced (work, error)) == NULL)
    return FALSE;
  place.host_name = machtype_connection_get_host_name (updater->connection);
  place.host_uuid = *updater->host_uuid != '\0' ? updater->host_uuid : NULL;
  place.uri = machtype_connection_get_uri (updater->connection);
  place.definition = definition;
  if (!check_place (&place, error))
    return FALSE;
  change->author = updater->author;
  change->old_definition = replaced;
  work->intention = mt_intention_new (record, changed, change, &place);
  return TRUE;
}

/* Whether the record is unchanged since it was read. */
static gboolean
check_record (const Work *work, GError **error)
{
  g_autoptr (MachtypeRecord) there = NULL;

  if (!mt_store_check_settled (work->updater->store, work->record->uuid.text, error))
    return FALSE;
  there = mt_store_get (work->updater->store, work->record->uuid.text, error);
  if (there == NULL || mt_record_is_same_choice (there, work->record))
    return there != NULL;
  return mt_store_set_conflict (work->record, error);
}

/* The record is already correct, and the definition is not: nothing can be lost between them while
 * the store is locked. */
static MachtypeRecord *
define_alone (const Work *work, GError **error)
{
  const MachtypeUpdater *updater = work->updater;
  gboolean intended = TRUE, ok;

  if (!machtype_store_begin (updater->store, error))
    return NULL;
  ok = check_record (work, error) && check_unchanged (work, error) &&
       machtype_connection_define (updater->connection, work->after, MACHTYPE_DEFINE_NONE, error) &&
       check_defined (work, &intended, error);
  if (!intended)
    machtype_connection_define (updater->connection, work->before, MACHTYPE_DEFINE_NONE, NULL);
  machtype_store_rollback (updater->store);
  return ok ? machtype_record_ref (work->record) : NULL;
}

static MachtypeRecord *
define_if_different (const Work *work, GError **error)
{
  gboolean is_right;

  if (!mt_updater_is_intended (work->updater, work->intention, work->intention->definition,
                               &is_right, error))
    return NULL;
  return is_right ? machtype_record_ref (work->record) : define_alone (work, error);
}

/* Inside the second transaction, which it ends. Nothing was changed yet. */
static MachtypeRecord *
carry_out (const Work *work, GError **error)
{
  GError *why = NULL;

  if (!mt_store_check_intention (work->updater->store, work->intention, error)) {
    machtype_store_rollback (work->updater->store);
    return NULL;
  }
  return check_unchanged (work, &why) ? define_and_write (work, error)
                                      : withdraw (work, why, error);
}

static MachtypeRecord *
change_both (Work *work, MachtypeRecord *changed, MtStoreChange *change, GError **error)
{
  GError *why = NULL;

  if (!prepare (work, work->record, changed, change, error))
    return NULL;
  if (changed == work->record)
    return define_if_different (work, error);
  if (!mt_store_intend (work->updater->store, work->record, work->intention, error))
    return NULL;
  if (!machtype_store_begin (work->updater->store, &why))
    return leave_pending (work, why, error);
  return carry_out (work, error);
}

/**
 * machtype_updater_refresh:
 * @updater: an updater; must not be %NULL
 * @record: the record as it was read; must not be %NULL
 * @domain: the domain as it was read through the connection; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Updates the state in the record: the store may not know what happened on the host. An instance
 * that is recorded as shelved remains so, because libvirt knows only that it is shut off. May
 * block.
 *
 * Raises %MACHTYPE_ERROR_CONFLICT if the record was changed concurrently, %MACHTYPE_ERROR_PENDING
 * if a change is pending, %MACHTYPE_ERROR_NOT_FOUND if the record no longer exists,
 * %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_updater_refresh (MachtypeUpdater *updater, MachtypeRecord *record, MachtypeDomain *domain,
                          GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) changed = NULL;

  g_return_val_if_fail (updater != NULL, NULL);
  g_return_val_if_fail (record != NULL && domain != NULL, NULL);

  if (is_same_state (record, domain))
    return machtype_record_ref (record);
  builder = machtype_record_builder_new_from (record);
  if (!machtype_record_builder_set_state (builder, machtype_domain_get_state (domain), error))
    return NULL;
  changed = machtype_record_builder_end (builder);
  return machtype_store_replace (updater->store, record, changed, updater->author, error);
}

/**
 * machtype_updater_update:
 * @updater: an updater; must not be %NULL
 * @record: the record as it was read and judged, with the state of the domain; must not be %NULL
 * @change: the judgment of [func@Machtype.Change.check] on the record's machine type and the new
 *   one; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Changes the machine type in the record and in the domain's definition, if the judgment permits
 * it, the record was not changed, and the domain was not started since @record was read. The store
 * remains locked while libvirt defines the domain. May block.
 *
 * A process that is killed in the meantime leaves the change pending. A program that handles
 * signals should delay them until the call has returned.
 *
 * Only the recorded machine type was judged. If the domain is defined with another one, judge the
 * change from that one as well. libvirt cannot compare and define in one step: a change that is
 * made to the domain at the moment of the definition is overwritten.
 *
 * Raises %MACHTYPE_ERROR_REFUSED if the judgment does not permit it, or the domain's RAM is saved
 * and the judgment was not forced; %MACHTYPE_ERROR_CONFLICT if the record or the domain was
 * changed concurrently; %MACHTYPE_ERROR_PENDING if another change is pending, or if it is not known
 * whether this one was made; %MACHTYPE_ERROR_NOT_FOUND if there is no such record or domain;
 * %MACHTYPE_ERROR_UNSUPPORTED for a transient domain, and for a store without intentions;
 * %MACHTYPE_ERROR_LIBVIRT, %MACHTYPE_ERROR_TIMEOUT, %MACHTYPE_ERROR_BUSY and %MACHTYPE_ERROR_STORE.
 * Except with %MACHTYPE_ERROR_PENDING, neither has then changed.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_updater_update (MachtypeUpdater *updater, MachtypeRecord *record, MachtypeChange *change,
                         GError **error)
{
  g_auto (Work) work = { .updater = updater, .record = record };
  g_autoptr (MachtypeRecord) changed = NULL;
  MtStoreChange made = { 0 };

  g_return_val_if_fail (updater != NULL, NULL);
  g_return_val_if_fail (record != NULL && change != NULL, NULL);

  changed = mt_store_make_update (record, change, &made, error);
  if (changed == NULL)
    return NULL;
  if (changed != record && !check_domain (updater, record, made.forced, error))
    return NULL;
  if (updater->record_only)
    return machtype_store_update_machine (updater->store, record, change, updater->author, error);
  work.force = made.forced;
  return change_both (&work, changed, &made, error);
}

/* The devices that the converted domain has, instead of those that were recorded. */
static gboolean
set_converted_devices (MachtypeRecordBuilder *builder, const MachtypeRecord *record,
                       const MachtypeConversion *conversion, GError **error)
{
  g_autoptr (MachtypeDomain) domain = machtype_domain_new_from_xml (
      machtype_conversion_get_xml (conversion), -1, MACHTYPE_DOMAIN_READ_DEVICES, error);
  g_autoptr (MachtypeProperties) devices = NULL, properties = NULL;
  MachtypeArch arch;

  if (domain == NULL)
    return FALSE;
  arch = machtype_domain_get_arch (domain);
  devices = mt_recipe_complete_devices (
      mt_recipe_find (arch, mt_class_find (arch, machtype_domain_get_machine (domain))),
      machtype_domain_get_devices (domain), error);
  if (devices != NULL)
    properties = mt_properties_renew (record->properties, devices, error);
  return properties != NULL && machtype_record_builder_set_properties (builder, properties, error);
}

/* The record after a conversion. */
static MachtypeRecord *
make_converted (MachtypeRecord *record, const MachtypeConversion *conversion, GError **error)
{
  const MachtypeChange *change = machtype_conversion_get_change (conversion);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (record);

  if (!machtype_record_builder_set_machine (builder, machtype_change_get_machine_to_record (change),
                                            machtype_change_get_new_machine (change),
                                            MACHTYPE_SOURCE_OPERATOR, error) ||
      !set_converted_devices (builder, record, conversion, error))
    return NULL;
  return machtype_record_builder_end (builder);
}

/* Whether the conversion is one of the guest that is recorded. */
static gboolean
check_conversion (MachtypeUpdater *updater, const MachtypeRecord *record,
                  const MachtypeConversion *conversion, GError **error)
{
  const MachtypeChange *change = machtype_conversion_get_change (conversion);
  const char *converted = machtype_change_get_old_machine (change);
  gboolean agrees = TRUE;

  if (!machtype_change_is_permitted (change))
    return mt_fail (error, MACHTYPE_ERROR_REFUSED, "Cannot convert machine type %s to %s: %s",
                    converted, machtype_change_get_new_machine (change),
                    machtype_verdict_to_string (machtype_change_get_verdict (change)));
  /* A change is made from one recorded machine type to another, or it could not be undone. */
  if (record->machine == NULL)
    return mt_fail (error, MACHTYPE_ERROR_REFUSED,
                    "unrecorded: no machine type is recorded for domain %s; record it first",
                    record->uuid.text);
  if (!mt_updater_is_defined_with (updater, converted, record->arch, record->machine, &agrees,
                                   error))
    return FALSE;
  return agrees || mt_fail (error, MACHTYPE_ERROR_REFUSED,
                            "definition-differs: domain %s is defined with %s, but %s is recorded; "
                            "make them agree first",
                            record->uuid.text, converted, record->machine);
}

/* Force is needed for every conversion to another family; it must not cover this as well. */
static gboolean
check_stopped (const MachtypeRecord *record, GError **error)
{
  return mt_state_may_change (machtype_record_get_change_state (record)) ||
         mt_fail (error, MACHTYPE_ERROR_REFUSED,
                  "refused-state: instance %s is %s: it can be converted only while it is stopped",
                  record->uuid.text, record->state != NULL ? record->state : "in an unknown state");
}

/* The record after a conversion that may be made: the same one, if nothing changes. */
static MachtypeRecord *
make_conversion (MachtypeUpdater *updater, MachtypeRecord *record,
                 const MachtypeConversion *conversion, GError **error)
{
  const MachtypeChange *change = machtype_conversion_get_change (conversion);

  if (updater->record_only) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "a conversion changes the definition");
    return NULL;
  }
  if (!check_conversion (updater, record, conversion, error))
    return NULL;
  if (machtype_change_get_verdict (change) == MACHTYPE_VERDICT_NOOP)
    return machtype_record_ref (record);
  if (!check_stopped (record, error) || !check_domain (updater, record, FALSE, error))
    return NULL;
  return make_converted (record, conversion, error);
}

/**
 * machtype_updater_convert:
 * @updater: an updater; must not be %NULL
 * @record: the record as it was read, with the state of the domain; must not be %NULL
 * @conversion: the conversion of the domain's definition, read with
 *   %MACHTYPE_DEFINITION_SECURE; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Defines a domain as it was converted, and records its machine type and its devices: both or
 * neither, as [method@Machtype.Updater.update] does. The history keeps the previous definition,
 * without its passwords, and [method@Machtype.Updater.undo] brings it back. If the conversion
 * changes nothing, nothing is written. May block.
 *
 * Raises %MACHTYPE_ERROR_REFUSED if the conversion is refused, no machine type is recorded, record
 * and definition differ, or, even if it was forced, the domain runs or its RAM is saved;
 * %MACHTYPE_ERROR_CONFLICT if the definition is not the one that was converted any more;
 * %MACHTYPE_ERROR_INVALID_ARGUMENT if only records are to be changed; %MACHTYPE_ERROR_TOO_LARGE if
 * the definition is larger than 1 MiB; and what [method@Machtype.Updater.update] raises.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_updater_convert (MachtypeUpdater *updater, MachtypeRecord *record,
                          MachtypeConversion *conversion, GError **error)
{
  g_auto (Work) work = { .updater = updater, .record = record, .replaces = TRUE };
  MtStoreChange made = { .action = MACHTYPE_HISTORY_ACTION_UPDATE };
  g_autoptr (MachtypeRecord) changed = NULL;

  g_return_val_if_fail (updater != NULL, NULL);
  g_return_val_if_fail (record != NULL && conversion != NULL, NULL);

  changed = make_conversion (updater, record, conversion, error);
  if (changed == NULL || changed == record)
    return g_steal_pointer (&changed);
  made.forced = machtype_change_get_verdict (machtype_conversion_get_change (conversion)) ==
                MACHTYPE_VERDICT_FORCED;
  work.before = g_strdup (mt_conversion_get_original (conversion));
  work.after = g_strdup (machtype_conversion_get_xml (conversion));
  return change_both (&work, changed, &made, error);
}

/**
 * machtype_updater_preview_convert:
 * @updater: an updater; must not be %NULL
 * @record: the record as it was read, with the state that its domain has now
 *   ([method@Machtype.Updater.refresh]); must not be %NULL
 * @conversion: the conversion of the domain's definition; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds what [method@Machtype.Updater.convert] would record, with the same checks of record and
 * domain, and writes nothing: neither the record nor the definition. May block.
 *
 * Raises what [method@Machtype.Updater.convert] raises, except what libvirt would refuse to define.
 *
 * Returns: (transfer full): the record as it would be, with the revision of @record, or %NULL on
 *   error
 * Since: 1.0
 */
MachtypeRecord *
machtype_updater_preview_convert (MachtypeUpdater *updater, MachtypeRecord *record,
                                  MachtypeConversion *conversion, GError **error)
{
  g_return_val_if_fail (updater != NULL, NULL);
  g_return_val_if_fail (record != NULL && conversion != NULL, NULL);

  if (!mt_store_check_settled (updater->store, record->uuid.text, error))
    return NULL;
  return make_conversion (updater, record, conversion, error);
}

static gboolean
check_still_converted (const Work *work, const MachtypeHistoryEntry *entry, GError **error)
{
  const char *uuid = work->record->uuid.text;
  gboolean is_same = FALSE;

  if (!work->force && !mt_updater_is_still_converted (work->updater, uuid, entry, &is_same, error))
    return FALSE;
  return work->force || is_same ||
         mt_fail (error, MACHTYPE_ERROR_REFUSED,
                  "definition-changed: domain %s was redefined after the conversion; use force to "
                  "bring back the previous definition, without what was changed since",
                  uuid);
}

/* A history can come from a file. An alias can have been recorded, which no definition has. */
static gboolean
check_restored (const Work *work, const char *machine, GError **error)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (work->after, -1, MACHTYPE_DOMAIN_READ_NONE, error);
  const char *defined = domain != NULL ? machtype_domain_get_machine (domain) : NULL;
  gboolean agrees = FALSE;

  if (domain == NULL ||
      (defined != NULL &&
       !mt_updater_is_defined_with (work->updater, defined, machtype_domain_get_arch (domain),
                                    machine, &agrees, error)))
    return FALSE;
  return (agrees && g_strcmp0 (machtype_domain_get_uuid (domain), work->record->uuid.text) == 0) ||
         mt_fail (error, MACHTYPE_ERROR_REFUSED,
                  "the definition in the history is not one of domain %s with %s",
                  work->record->uuid.text, machine);
}

/* libvirt refuses to define a domain of this UUID under another name than it has. */
static char *
put_name (const char *xml, const char *named, GError **error)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (named, -1, MACHTYPE_DOMAIN_READ_NONE, error);
  const char *name = domain != NULL ? machtype_domain_get_name (domain) : NULL;

  if (domain == NULL)
    return NULL;
  return name != NULL ? machtype_domain_xml_with_name (xml, -1, name, error) : g_strdup (xml);
}

/* The definition that the change replaced, with the passwords and the name that the domain has now.
 */
static gboolean
restore_definition (Work *work, const MachtypeHistoryEntry *entry, GError **error)
{
  g_autofree char *secured = NULL;

  if (entry->old_definition == NULL)
    return TRUE;
  work->before = machtype_connection_dup_definition (
      work->updater->connection, work->record->uuid.text, MACHTYPE_DEFINITION_SECURE, error);
  if (work->before == NULL || !check_still_converted (work, entry, error))
    return FALSE;
  secured = mt_domain_put_secrets (entry->old_definition, work->before, error);
  work->after = secured != NULL ? put_name (secured, work->before, error) : NULL;
  return work->after != NULL && check_restored (work, entry->old_machine, error);
}

/* The previously recorded machine type is the guest's previous one only if the guest now has the
 * recorded one. */
static gboolean
check_agrees (MachtypeUpdater *updater, const MachtypeRecord *record, GError **error)
{
  g_autofree char *defined =
      mt_updater_read_defined (updater->connection, record->uuid.text, error);
  gboolean agrees;

  if (defined == NULL)
    return FALSE;
  if (record->machine == NULL)
    return TRUE;
  if (!mt_updater_is_defined_with (updater, defined, record->arch, record->machine, &agrees,
                                   error) ||
      agrees)
    return agrees;
  return mt_fail (error, MACHTYPE_ERROR_REFUSED,
                  "definition-differs: domain %s is defined with %s, but %s is recorded; use force "
                  "to undo the change in both",
                  record->uuid.text, defined, record->machine);
}

static MachtypeRecord *
undo_record_alone (const MachtypeRecord *record, MachtypeRecord *undone,
                   const MachtypeHistoryEntry *entry, MachtypeChangeFlags flags, GError **error)
{
  return mt_store_check_undo_alone (record, entry, flags, error) ? machtype_record_ref (undone)
                                                                 : NULL;
}

/* The history says whether force was needed. */
static gboolean
find_forced (Work *work, const MachtypeHistoryEntry *entry, MtStoreChange *made, GError **error)
{
  g_autoptr (GPtrArray) refusals = NULL;

  if (!work->force)
    return TRUE;
  refusals = mt_updater_list_refusals (work->updater, work->record, entry, error);
  made->forced = refusals != NULL && refusals->len != 0;
  return refusals != NULL;
}

/* What undoing records, if it is allowed, and the definition that it brings back. */
static MachtypeRecord *
make_undo (Work *work, MachtypeChangeFlags flags, MtStoreChange *made, MachtypeHistoryEntry **entry,
           GError **error)
{
  MachtypeUpdater *updater = work->updater;
  g_autoptr (MachtypeRecord) undone = NULL;

  if (!mt_check_flags ("undoing a change", flags, MACHTYPE_CHANGE_FORCE, error))
    return NULL;
  work->force = (flags & MACHTYPE_CHANGE_FORCE) != 0;
  undone = mt_store_make_undo (updater->store, work->record, flags, made, entry, error);
  if (undone == NULL)
    return NULL;
  if (!mt_updater_changes_definition (work->record, *entry))
    return undo_record_alone (work->record, undone, *entry, flags, error);
  if (!check_domain (updater, work->record, work->force, error))
    return NULL;
  if (updater->record_only)
    return undo_record_alone (work->record, undone, *entry, flags, error);
  return (work->force || check_agrees (updater, work->record, error)) &&
                 restore_definition (work, *entry, error) && find_forced (work, *entry, made, error)
             ? g_steal_pointer (&undone)
             : NULL;
}

/**
 * machtype_updater_undo:
 * @updater: an updater; must not be %NULL
 * @record: the record as it was read, with the state of the domain; must not be %NULL
 * @flags: %MACHTYPE_CHANGE_FORCE to change the machine type in any state
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Undoes the last change, as [method@Machtype.Store.undo] does, and if that changes the machine
 * type, also in the domain's definition. What [method@Machtype.Updater.convert] replaced is brought
 * back as a whole, with the passwords and the name that the domain has now. If the change took over
 * what the domain was defined with (%MACHTYPE_HISTORY_ACTION_ACCEPT), only the record changes. A
 * process that is killed in the meantime leaves the change pending. May block.
 *
 * Raises what [method@Machtype.Updater.update] raises, and %MACHTYPE_ERROR_NOT_FOUND if there is no
 * change to undo, %MACHTYPE_ERROR_REFUSED if the machine type would change while the instance is
 * not stopped, or its RAM is saved, or the domain is not defined with the recorded machine type, or
 * it was redefined after a conversion,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for other flags.
 *
 * Returns: (transfer full): the record as it is stored, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_updater_undo (MachtypeUpdater *updater, MachtypeRecord *record, MachtypeChangeFlags flags,
                       GError **error)
{
  g_auto (Work) work = { .updater = updater, .record = record };
  g_autoptr (MachtypeRecord) undone = NULL;
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  MtStoreChange made = { 0 };

  g_return_val_if_fail (updater != NULL, NULL);
  g_return_val_if_fail (record != NULL, NULL);

  undone = make_undo (&work, flags, &made, &entry, error);
  if (undone == NULL)
    return NULL;
  if (updater->record_only || !mt_updater_changes_definition (record, entry))
    return machtype_store_undo (updater->store, record, flags, updater->author, error);
  /* What was defined was taken over: the domain was not changed, and is not changed back. */
  if (machtype_history_entry_get_action (entry) == MACHTYPE_HISTORY_ACTION_ACCEPT)
    return machtype_store_undo (updater->store, record, flags, updater->author, error);
  return change_both (&work, undone, &made, error);
}

/**
 * machtype_updater_preview_undo:
 * @updater: an updater; must not be %NULL
 * @record: the record as it was read, with the state that its domain has now
 *   ([method@Machtype.Updater.refresh]); must not be %NULL
 * @flags: %MACHTYPE_CHANGE_FORCE to change the machine type in any state
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds what [method@Machtype.Updater.undo] would record, with the same checks of record and
 * domain, and writes nothing: neither the record nor the definition. May block.
 *
 * Raises what [method@Machtype.Updater.undo] raises, except what libvirt would refuse to define.
 *
 * Returns: (transfer full): the record as it would be, with the revision of @record, or %NULL on
 *   error
 * Since: 1.0
 */
MachtypeRecord *
machtype_updater_preview_undo (MachtypeUpdater *updater, MachtypeRecord *record,
                               MachtypeChangeFlags flags, GError **error)
{
  g_auto (Work) work = { .updater = updater, .record = record };
  g_autoptr (MachtypeHistoryEntry) entry = NULL;
  MtStoreChange made = { 0 };

  g_return_val_if_fail (updater != NULL, NULL);
  g_return_val_if_fail (record != NULL, NULL);

  return make_undo (&work, flags, &made, &entry, error);
}
