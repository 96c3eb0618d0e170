/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain really is, as a value. */

#include "domain-status/domain-status-private.h"

#include "json/json-private.h"
#include "properties/properties-private.h"

G_DEFINE_BOXED_TYPE (MachtypeDomainStatus, machtype_domain_status, machtype_domain_status_ref,
                     machtype_domain_status_unref)

MachtypeDomainStatus *
mt_domain_status_new (const MtUuid *uuid)
{
  MachtypeDomainStatus *status = g_new0 (MachtypeDomainStatus, 1);

  g_atomic_ref_count_init (&status->refs);
  status->uuid = *uuid;
  status->snapshots =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_domain_snapshot_unref);
  status->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_domain_problem_unref);
  return status;
}

/**
 * machtype_domain_status_ref:
 * @status: a status; must not be %NULL
 *
 * Increases the reference count of @status. Thread-safe.
 *
 * Returns: (transfer full): @status
 * Since: 1.0
 */
MachtypeDomainStatus *
machtype_domain_status_ref (MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);

  g_atomic_ref_count_inc (&status->refs);
  return status;
}

/**
 * machtype_domain_status_unref:
 * @status: (transfer full) (nullable): a status; %NULL does nothing
 *
 * Decreases the reference count of @status; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_domain_status_unref (MachtypeDomainStatus *status)
{
  if (status == NULL || !g_atomic_ref_count_dec (&status->refs))
    return;
  g_free (status->name);
  g_free (status->host_name);
  machtype_domain_unref (status->definition);
  machtype_domain_unref (status->running);
  machtype_domain_unref (status->saved);
  machtype_record_unref (status->metadata);
  g_ptr_array_unref (status->snapshots);
  g_ptr_array_unref (status->problems);
  g_free (status);
}

/**
 * machtype_domain_status_get_uuid:
 * @status: a status; must not be %NULL
 *
 * Gets the domain's UUID, in lower case. Thread-safe.
 *
 * Returns: (transfer none): the UUID, valid as long as @status
 * Since: 1.0
 */
const char *
machtype_domain_status_get_uuid (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->uuid.text;
}

/**
 * machtype_domain_status_get_name:
 * @status: a status; must not be %NULL
 *
 * Gets the domain's name: text from outside. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @status; %NULL if it is
 *   unknown
 * Since: 1.0
 */
const char *
machtype_domain_status_get_name (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->name;
}

/**
 * machtype_domain_status_get_host_name:
 * @status: a status; must not be %NULL
 *
 * Gets the name of the host that the domain is on, as the host reports it. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @status; %NULL if it is
 *   unknown
 * Since: 1.0
 */
const char *
machtype_domain_status_get_host_name (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->host_name;
}

/**
 * machtype_domain_status_get_state:
 * @status: a status; must not be %NULL
 *
 * Gets the domain's state by Nova's name (`active`, `stopped`). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the state, a constant string; %NULL if it is unknown
 * Since: 1.0
 */
const char *
machtype_domain_status_get_state (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->state;
}

/**
 * machtype_domain_status_get_change_state:
 * @status: a status; must not be %NULL
 *
 * Gets the domain's state, reduced to what matters for a change of its machine type. Thread-safe.
 *
 * Returns: the state; %MACHTYPE_STATE_UNKNOWN if it is unknown
 * Since: 1.0
 */
MachtypeState
machtype_domain_status_get_change_state (const MachtypeDomainStatus *status)
{
  MachtypeState state = MACHTYPE_STATE_UNKNOWN;

  g_return_val_if_fail (status != NULL, MACHTYPE_STATE_UNKNOWN);

  if (status->state != NULL)
    mt_state_find (status->state, &state);
  return status->has_saved_state && mt_state_may_change (state) ? MACHTYPE_STATE_SAVED : state;
}

/**
 * machtype_domain_status_is_persistent:
 * @status: a status; must not be %NULL
 *
 * Checks whether the domain has a definition that remains when it is shut off. A transient
 * domain has none. Thread-safe.
 *
 * Returns: %TRUE if it has
 * Since: 1.0
 */
gboolean
machtype_domain_status_is_persistent (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, FALSE);
  return status->is_persistent;
}

/**
 * machtype_domain_status_has_saved_state:
 * @status: a status; must not be %NULL
 *
 * Checks whether the domain's RAM is saved (`virsh managedsave`): at its next start the guest
 * resumes on the machine type that it was saved with. Thread-safe.
 *
 * Returns: %TRUE if it is saved
 * Since: 1.0
 */
gboolean
machtype_domain_status_has_saved_state (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, FALSE);
  return status->has_saved_state;
}

/**
 * machtype_domain_status_get_definition:
 * @status: a status; must not be %NULL
 *
 * Gets the definition of the domain, which takes effect at its next start. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the definition, valid as long as @status; %NULL for a
 *   transient domain, and if it could not be read
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_status_get_definition (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->definition;
}

/**
 * machtype_domain_status_get_running:
 * @status: a status; must not be %NULL
 *
 * Gets what runs. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the running domain, valid as long as @status; %NULL if it
 *   does not run, and if it could not be read
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_status_get_running (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->running;
}

/**
 * machtype_domain_status_get_saved:
 * @status: a status; must not be %NULL
 *
 * Gets the domain as it was when its RAM was saved. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the saved domain, valid as long as @status; %NULL if no
 *   RAM is saved, and if it could not be read
 * Since: 1.0
 */
MachtypeDomain *
machtype_domain_status_get_saved (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->saved;
}

/**
 * machtype_domain_status_get_metadata:
 * @status: a status; must not be %NULL
 *
 * Gets the record in the domain's metadata ([method@Machtype.Connection.write_metadata]): a
 * hint, which has at most an architecture, a machine type, the requested one and its source.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the record, valid as long as @status; %NULL if there is
 *   none, and if it could not be read
 * Since: 1.0
 */
MachtypeRecord *
machtype_domain_status_get_metadata (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return status->metadata;
}

/**
 * machtype_domain_status_list_snapshots:
 * @status: a status; must not be %NULL
 *
 * Lists the snapshots of the domain. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeDomainSnapshot): the snapshots, in the order
 *   in which they were added or libvirt lists them; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_domain_status_list_snapshots (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return mt_domain_snapshots_copy (status->snapshots);
}

/**
 * machtype_domain_status_list_problems:
 * @status: a status; must not be %NULL
 *
 * Lists the parts of the domain that could not be read. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeDomainProblem): the problems, in the order in
 *   which the parts were read; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_domain_status_list_problems (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, NULL);
  return mt_domain_problems_copy (status->problems);
}

static void
write_members (GString *json, const MachtypeDomain *domain)
{
  const MachtypeArch arch = machtype_domain_get_arch (domain);
  const MachtypeProperties *devices = machtype_domain_get_devices (domain);

  if (arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (arch));
  mt_json_text (json, "machine", machtype_domain_get_machine (domain));
  mt_json_text (json, "domain_type", machtype_domain_get_domain_type (domain));
  if (devices != NULL)
    mt_properties_write (json, "devices", devices);
}

static void
write_domain (GString *json, const char *name, const MachtypeDomain *domain)
{
  if (domain == NULL)
    return;
  mt_json_begin (json, name, '{');
  write_members (json, domain);
  mt_json_end (json, '}');
}

static void
write_metadata (GString *json, const MachtypeRecord *record)
{
  if (record == NULL)
    return;
  mt_json_begin (json, "metadata", '{');
  if (record->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (record->arch));
  mt_json_text (json, "machine", record->machine);
  mt_json_text (json, "requested", record->requested);
  mt_json_text (json, "source", machtype_source_to_string (record->source));
  mt_json_end (json, '}');
}

static void
write_snapshots (GString *json, const GPtrArray *snapshots)
{
  guint i;

  if (snapshots->len == 0)
    return;
  mt_json_begin (json, "snapshots", '[');
  for (i = 0; i < snapshots->len; i++) {
    const MtDomainSnapshot *read = &((const MachtypeDomainSnapshot *)snapshots->pdata[i])->read;

    mt_json_begin (json, NULL, '{');
    mt_json_text (json, "name", read->name);
    mt_json_boolean (json, "memory", read->has_memory);
    if (read->domain != NULL)
      write_members (json, read->domain);
    write_domain (json, "inactive", read->inactive);
    mt_json_end (json, '}');
  }
  mt_json_end (json, ']');
}

static void
write_problems (GString *json, const GPtrArray *problems)
{
  guint i;

  if (problems->len == 0)
    return;
  mt_json_begin (json, "problems", '[');
  for (i = 0; i < problems->len; i++) {
    const MachtypeDomainProblem *problem = problems->pdata[i];

    mt_json_begin (json, NULL, '{');
    mt_json_text (json, "part", machtype_domain_part_to_string (problem->part));
    mt_json_text (json, "snapshot", problem->snapshot);
    mt_json_text (json, "error", machtype_error_to_string (problem->error->code));
    mt_json_text (json, "message", problem->error->message);
    mt_json_end (json, '}');
  }
  mt_json_end (json, ']');
}

/**
 * machtype_domain_status_to_json:
 * @status: a status; must not be %NULL
 *
 * Writes a status as a JSON object on one line. What is unknown is absent. `doc/json.md` documents
 * the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_domain_status_to_json (const MachtypeDomainStatus *status)
{
  GString *json;

  g_return_val_if_fail (status != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "uuid", status->uuid.text);
  mt_json_text (json, "name", status->name);
  mt_json_text (json, "host", status->host_name);
  mt_json_text (json, "state", status->state);
  mt_json_boolean (json, "persistent", status->is_persistent);
  mt_json_boolean (json, "has_saved_state", status->has_saved_state);
  write_domain (json, "definition", status->definition);
  write_domain (json, "running", status->running);
  write_domain (json, "saved", status->saved);
  write_metadata (json, status->metadata);
  write_snapshots (json, status->snapshots);
  write_problems (json, status->problems);
  return mt_json_end_value (json);
}

/**
 * machtype_domain_status_equal:
 * @a: a status; must not be %NULL
 * @b: another status, or the same; must not be %NULL
 *
 * Checks whether two statuses are equal: everything that
 * [method@Machtype.DomainStatus.to_json] writes. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_domain_status_equal (const MachtypeDomainStatus *a, const MachtypeDomainStatus *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return mt_json_equal (machtype_domain_status_to_json (a), machtype_domain_status_to_json (b));
}

/**
 * machtype_domain_status_hash:
 * @status: a status; must not be %NULL
 *
 * Computes a hash of a status, for hash tables: equal statuses have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_domain_status_hash (const MachtypeDomainStatus *status)
{
  g_return_val_if_fail (status != NULL, 0);
  return mt_json_hash (machtype_domain_status_to_json (status));
}
