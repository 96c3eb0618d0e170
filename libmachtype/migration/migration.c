/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeMigration: may a guest be migrated. */

#include "migration/migration-private.h"

#include <string.h>

#include "domain/domain-private.h"
#include "finding-private.h"
#include "host/host-private.h"
#include "json/json-private.h"
#include "record/record-private.h"

G_DEFINE_BOXED_TYPE (MachtypeMigration, machtype_migration, machtype_migration_ref,
                     machtype_migration_unref)

static MachtypeMigration *
migration_new (const MtMigrating *guest)
{
  MachtypeMigration *migration = g_new0 (MachtypeMigration, 1);

  g_atomic_ref_count_init (&migration->refs);
  migration->uuid = g_strdup (guest->uuid);
  migration->name = g_strdup (guest->name);
  migration->machine = g_strdup (guest->machine);
  migration->is_running = guest->is_running;
  migration->live = MACHTYPE_ANSWER_YES;
  migration->cold = MACHTYPE_ANSWER_YES;
  migration->findings = mt_findings_new ();
  return migration;
}

static MachtypeMigration *
check (const MtMigrating *guest, GError **error)
{
  g_autoptr (MachtypeMigration) migration = migration_new (guest);

  return mt_migration_judge (migration, guest, error) ? g_steal_pointer (&migration) : NULL;
}

/**
 * machtype_migration_check:
 * @status: the guest as it is on the source; must not be %NULL
 * @xml: (nullable): what is moved, the domain XML of the running guest or, if it does not run, of
 * its definition; %NULL: devices are not checked
 * @source: (nullable): the host that it is on; %NULL if unknown
 * @target: the host that it is to be on, which can be a platform; must not be %NULL
 * @cpu: whether the target provides the guest's CPU, as
 *   [method@Machtype.Connection.compare_cpu] says; %MACHTYPE_ANSWER_UNKNOWN: it was not checked
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Checks whether a guest can be migrated: live, with its RAM, and cold, shut off. Everything that
 * is against it, or could be, is a finding with a remedy. Nothing is contacted. Thread-safe.
 *
 * The codes of findings, and what they mean: `not-offered`, `same-host`, `alias-differs`,
 * `snapshots`, `device`, `cpu-incompatible` (neither live nor cold), `saved-state` (not cold: the
 * saved RAM stays behind), `emulation-differs` (not live: QEMU there does not load the state of
 * this emulated CPU), `offer-unknown`, `machine-unknown`, `alias-unknown`, `device-unknown`
 * (unknown), `host-bound`, `emulation-unknown` (live is unknown), `vendor-differs`,
 * `vendor-unsupported` (between two releases of one distribution, by what its vendor publishes) and
 * `cpu-not-checked` (remarks). What lint finds of the domain on the source as well is not against
 * it.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML and %MACHTYPE_ERROR_TOO_LARGE for the XML.
 *
 * Source: libvirt, `src/qemu/qemu_migration.c`; tests/platforms/migration.py migrates. What vendors
 * publish: `libmachtype/data/platforms.tsv`.
 *
 * Returns: (transfer full): the answer, or %NULL on error
 * Since: 1.0
 */
MachtypeMigration *
machtype_migration_check (MachtypeDomainStatus *status, const char *xml, MachtypeHost *source,
                          MachtypeHost *target, MachtypeAnswer cpu, GError **error)
{
  g_autoptr (GPtrArray) snapshots = NULL;
  const MachtypeDomain *definition, *running, *domain;
  MtMigrating guest = { 0 };

  g_return_val_if_fail (status != NULL && target != NULL, NULL);

  definition = machtype_domain_status_get_definition (status);
  running = machtype_domain_status_get_running (status);
  domain = running != NULL ? running : definition;
  snapshots = machtype_domain_status_list_snapshots (status);
  guest.uuid = machtype_domain_status_get_uuid (status);
  guest.name = machtype_domain_status_get_name (status);
  if (domain != NULL) {
    guest.arch = machtype_domain_get_arch (domain);
    guest.domain_type = machtype_domain_get_domain_type (domain);
    guest.machine = mt_domain_get_qemu_machine (domain);
  }
  guest.defined = mt_domain_get_qemu_machine (definition);
  guest.xml = xml;
  guest.source = source;
  guest.target = target;
  guest.cpu = cpu;
  guest.is_running = running != NULL;
  guest.has_saved_state = machtype_domain_status_has_saved_state (status);
  guest.snapshots = snapshots;
  return check (&guest, error);
}

/**
 * machtype_migration_check_record:
 * @record: the record of the guest; must not be %NULL
 * @source: (nullable): the host that it is on; %NULL if unknown
 * @target: the host that it is to be on, which can be a platform; must not be %NULL
 *
 * Checks whether a guest can be migrated, as far as its record says: its machine type. Its devices,
 * its CPU and what is saved of it are not checked. Thread-safe.
 *
 * Returns: (transfer full): the answer
 * Since: 1.0
 */
MachtypeMigration *
machtype_migration_check_record (MachtypeRecord *record, MachtypeHost *source, MachtypeHost *target)
{
  MtMigrating guest = { 0 };

  g_return_val_if_fail (record != NULL && target != NULL, NULL);

  guest.uuid = record->uuid.text;
  guest.name = record->name;
  guest.arch = record->arch;
  guest.machine = record->machine;
  guest.source = source;
  guest.target = target;
  guest.cpu = MACHTYPE_ANSWER_UNKNOWN;
  guest.qemu_version = record->qemu_version;
  guest.is_running = machtype_record_get_change_state (record) == MACHTYPE_STATE_OTHER;
  return check (&guest, NULL);
}

/**
 * machtype_migration_ref:
 * @migration: an answer; must not be %NULL
 *
 * Increases the reference count of @migration. Thread-safe.
 *
 * Returns: (transfer full): @migration
 * Since: 1.0
 */
MachtypeMigration *
machtype_migration_ref (MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, NULL);

  g_atomic_ref_count_inc (&migration->refs);
  return migration;
}

/**
 * machtype_migration_unref:
 * @migration: (transfer full) (nullable): an answer; %NULL does nothing
 *
 * Decreases the reference count of @migration; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_migration_unref (MachtypeMigration *migration)
{
  if (migration == NULL || !g_atomic_ref_count_dec (&migration->refs))
    return;
  g_free (migration->uuid);
  g_free (migration->name);
  g_free (migration->machine);
  g_ptr_array_unref (migration->findings);
  g_free (migration);
}

/**
 * machtype_migration_get_uuid:
 * @migration: an answer; must not be %NULL
 *
 * Gets the UUID of the guest. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @migration; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_migration_get_uuid (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, NULL);
  return migration->uuid;
}

/**
 * machtype_migration_get_name:
 * @migration: an answer; must not be %NULL
 *
 * Gets the name of the guest. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @migration; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_migration_get_name (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, NULL);
  return migration->name;
}

/**
 * machtype_migration_get_machine:
 * @migration: an answer; must not be %NULL
 *
 * Gets the machine type that the guest runs with or, if it does not run, is defined with.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @migration; %NULL if
 *   unknown
 * Since: 1.0
 */
const char *
machtype_migration_get_machine (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, NULL);
  return migration->machine;
}

/**
 * machtype_migration_is_running:
 * @migration: an answer; must not be %NULL
 *
 * Checks whether the guest runs, so that it would be migrated live. Thread-safe.
 *
 * Returns: %TRUE if it does
 * Since: 1.0
 */
gboolean
machtype_migration_is_running (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, FALSE);
  return migration->is_running;
}

/**
 * machtype_migration_get_live:
 * @migration: an answer; must not be %NULL
 *
 * Gets whether the guest can be migrated live; if it does not run, once it does. Thread-safe.
 *
 * Returns: the answer
 * Since: 1.0
 */
MachtypeAnswer
machtype_migration_get_live (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, MACHTYPE_ANSWER_UNKNOWN);
  return migration->live;
}

/**
 * machtype_migration_get_cold:
 * @migration: an answer; must not be %NULL
 *
 * Gets whether the guest can be migrated cold; if it runs, once it is shut down. Thread-safe.
 *
 * Returns: the answer
 * Since: 1.0
 */
MachtypeAnswer
machtype_migration_get_cold (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, MACHTYPE_ANSWER_UNKNOWN);
  return migration->cold;
}

/**
 * machtype_migration_list_findings:
 * @migration: an answer; must not be %NULL
 *
 * Lists what is against the migration, or could be, in the order in which it was found: the machine
 * type, the hosts, what is saved, devices, the CPU. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings; empty if there are
 *   none
 * Since: 1.0
 */
GPtrArray *
machtype_migration_list_findings (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, NULL);
  return mt_findings_copy (migration->findings);
}

/**
 * machtype_migration_to_json:
 * @migration: an answer; must not be %NULL
 *
 * Writes an answer as a JSON object on one line. `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_migration_to_json (const MachtypeMigration *migration)
{
  GString *json;

  g_return_val_if_fail (migration != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "uuid", migration->uuid);
  mt_json_text (json, "name", migration->name);
  mt_json_text (json, "machine", migration->machine);
  mt_json_boolean (json, "running", migration->is_running);
  mt_json_text (json, "live", machtype_answer_to_string (migration->live));
  mt_json_text (json, "cold", machtype_answer_to_string (migration->cold));
  mt_findings_write (json, "findings", migration->findings);
  return mt_json_end_value (json);
}

/**
 * machtype_migration_equal:
 * @a: an answer; must not be %NULL
 * @b: another answer, or the same; must not be %NULL
 *
 * Checks whether two answers are equal in everything. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_migration_equal (const MachtypeMigration *a, const MachtypeMigration *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return a == b || mt_json_equal (machtype_migration_to_json (a), machtype_migration_to_json (b));
}

/**
 * machtype_migration_hash:
 * @migration: an answer; must not be %NULL
 *
 * Computes a hash of an answer, for hash tables: equal answers have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_migration_hash (const MachtypeMigration *migration)
{
  g_return_val_if_fail (migration != NULL, 0);
  return mt_json_hash (machtype_migration_to_json (migration));
}
