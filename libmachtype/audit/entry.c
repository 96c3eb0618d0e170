/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an audit says of one guest. */

#include "audit/audit-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "finding-private.h"
#include "json/json-private.h"

struct _MachtypeAuditEntry {
  gatomicrefcount refs;
  char *uuid; /* all strings but this one: NULL if unknown, or not there */
  char *name, *host_name, *uri, *cell, *state;
  char *recorded, *defined, *running, *saved;
  MachtypePlatform *platform, *end, *unsure; /* NULL: unknown, or none */
  char *newest;
  char *canonical; /* of an alias; NULL: another name */
  MachtypeArch arch;
  gint64 seen_at;
  GPtrArray *findings; /* of MachtypeFinding */
  GPtrArray *targets;  /* of MtAuditTarget */
};

G_DEFINE_BOXED_TYPE (MachtypeAuditEntry, machtype_audit_entry, machtype_audit_entry_ref,
                     machtype_audit_entry_unref)

static MachtypePlatform *
ref_platform (MachtypePlatform *platform)
{
  return platform != NULL ? machtype_platform_ref (platform) : NULL;
}

static void
use_future (MachtypeAuditEntry *entry, const MtAuditFuture *future)
{
  entry->platform = ref_platform (future->platform);
  entry->end = ref_platform (future->end);
  entry->unsure = ref_platform (future->unsure);
  entry->newest = g_strdup (future->newest);
}

/* What its alias stands for, on its own host or, if that is not known, where it is judged. NULL:
 * another name. */
static const char *
find_canonical (const MtAuditGuest *guest)
{
  const char *machine = mt_audit_get_machine (guest);
  MachtypeHost *host = guest->own;

  if (host == NULL && guest->targets != NULL && guest->targets->len != 0)
    host = guest->targets->pdata[0];
  return machine != NULL ? mt_audit_get_canonical (host, guest, machine) : NULL;
}

MachtypeAuditEntry *
mt_audit_entry_new (const MtAuditGuest *guest, GPtrArray *findings, GPtrArray *targets,
                    const MtAuditFuture *future)
{
  MachtypeAuditEntry *entry = g_new0 (MachtypeAuditEntry, 1);

  g_atomic_ref_count_init (&entry->refs);
  entry->uuid = g_strdup (guest->uuid);
  entry->name = g_strdup (guest->name);
  entry->host_name = g_strdup (guest->host_name);
  entry->uri = g_strdup (guest->uri);
  entry->cell = g_strdup (guest->cell);
  entry->state = g_strdup (guest->state);
  entry->recorded = g_strdup (guest->recorded);
  entry->defined = g_strdup (guest->defined);
  entry->running = g_strdup (guest->running);
  entry->saved = g_strdup (guest->saved);
  entry->canonical = g_strdup (find_canonical (guest));
  entry->arch = guest->arch;
  entry->seen_at = guest->seen_at;
  entry->findings = findings;
  entry->targets = targets;
  if (future != NULL)
    use_future (entry, future);
  return entry;
}

/**
 * machtype_audit_entry_ref:
 * @entry: an entry; must not be %NULL
 *
 * Increases the reference count of @entry. Thread-safe.
 *
 * Returns: (transfer full): @entry
 * Since: 1.0
 */
MachtypeAuditEntry *
machtype_audit_entry_ref (MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);

  g_atomic_ref_count_inc (&entry->refs);
  return entry;
}

/**
 * machtype_audit_entry_unref:
 * @entry: (transfer full) (nullable): an entry; %NULL does nothing
 *
 * Decreases the reference count of @entry; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_audit_entry_unref (MachtypeAuditEntry *entry)
{
  if (entry == NULL || !g_atomic_ref_count_dec (&entry->refs))
    return;
  g_free (entry->uuid);
  g_free (entry->name);
  g_free (entry->host_name);
  g_free (entry->uri);
  g_free (entry->cell);
  g_free (entry->state);
  g_free (entry->recorded);
  g_free (entry->defined);
  g_free (entry->canonical);
  g_free (entry->running);
  g_free (entry->saved);
  machtype_platform_unref (entry->platform);
  machtype_platform_unref (entry->end);
  machtype_platform_unref (entry->unsure);
  g_free (entry->newest);
  g_ptr_array_unref (entry->findings);
  g_ptr_array_unref (entry->targets);
  g_free (entry);
}

/**
 * machtype_audit_entry_get_uuid:
 * @entry: an entry; must not be %NULL
 *
 * Gets the UUID of the instance, in lower case. Thread-safe.
 *
 * Returns: (transfer none): the UUID, valid as long as @entry
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_uuid (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->uuid;
}

/**
 * machtype_audit_entry_get_name:
 * @entry: an entry; must not be %NULL
 *
 * Gets the name of the guest: of its domain, otherwise as recorded. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_name (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->name;
}

/**
 * machtype_audit_entry_get_host_name:
 * @entry: an entry; must not be %NULL
 *
 * Gets the name of the host that has the domain, otherwise of the one where the instance was last
 * seen. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_host_name (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->host_name;
}

/**
 * machtype_audit_entry_get_cell:
 * @entry: an entry; must not be %NULL
 *
 * Gets the cell of the host, as recorded. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the cell, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_cell (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->cell;
}

/**
 * machtype_audit_entry_get_state:
 * @entry: an entry; must not be %NULL
 *
 * Gets the state of the guest, by Nova's name: of its domain, otherwise as recorded. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the state, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_state (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->state;
}

/**
 * machtype_audit_entry_get_arch:
 * @entry: an entry; must not be %NULL
 *
 * Gets the architecture of the guest. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if unknown
 * Since: 1.0
 */
MachtypeArch
machtype_audit_entry_get_arch (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, MACHTYPE_ARCH_UNKNOWN);
  return entry->arch;
}

/**
 * machtype_audit_entry_get_seen_at:
 * @entry: an entry; must not be %NULL
 *
 * Gets when the instance was last seen, as recorded. Thread-safe.
 *
 * Returns: seconds since 1970; 0 if it never was
 * Since: 1.0
 */
gint64
machtype_audit_entry_get_seen_at (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, 0);
  return entry->seen_at;
}

/**
 * machtype_audit_entry_get_recorded:
 * @entry: an entry; must not be %NULL
 *
 * Gets the recorded machine type. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if none is recorded
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_recorded (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->recorded;
}

/**
 * machtype_audit_entry_get_defined:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type that the domain is defined with. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if it has none
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_defined (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->defined;
}

/**
 * machtype_audit_entry_get_running:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type that the guest runs with. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if it does not run
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_running (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->running;
}

/**
 * machtype_audit_entry_get_saved:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type of its managed save image. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if it has none
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_saved (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->saved;
}

/**
 * machtype_audit_entry_get_machine:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type that counts for the guest: the recorded one, otherwise the one that the
 * domain is defined with or, of a transient domain, runs with. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_machine (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  if (entry->recorded != NULL)
    return entry->recorded;
  return entry->defined != NULL ? entry->defined : entry->running;
}

/**
 * machtype_audit_entry_get_canonical:
 * @entry: an entry; must not be %NULL
 *
 * Gets the machine type that counts for the guest ([method@Machtype.AuditEntry.get_machine]); if
 * that is an alias on the guest's own host or, if this is unknown, on the target, the one that it
 * stands for there. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_canonical (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->canonical != NULL ? entry->canonical : machtype_audit_entry_get_machine (entry);
}

/**
 * machtype_audit_entry_get_removed_in:
 * @entry: an entry; must not be %NULL
 * @major: (out) (optional): return location for the major version; %NULL if it is not needed
 * @minor: (out) (optional): return location for the minor version; %NULL if it is not needed
 *
 * Gets the version of QEMU that does not have the machine type of the guest
 * ([method@Machtype.AuditEntry.get_machine]) any more, as
 * [func@Machtype.lifecycle_get_removed] does. Thread-safe.
 *
 * Returns: %FALSE if it is unknown, or the machine type is never removed
 * Since: 1.0
 */
gboolean
machtype_audit_entry_get_removed_in (const MachtypeAuditEntry *entry, guint *major, guint *minor)
{
  g_autoptr (MachtypeName) name = NULL;
  const char *machine;

  g_return_val_if_fail (entry != NULL, FALSE);

  machine = machtype_audit_entry_get_machine (entry);
  if (machine != NULL)
    name = machtype_name_new (machine, entry->arch, NULL);
  return name != NULL && machtype_lifecycle_get_removed (name, major, minor);
}

/**
 * machtype_audit_entry_list_findings:
 * @entry: an entry; must not be %NULL
 *
 * Lists the findings, in the order in which they were found: what the record and the domain say,
 * then the machine type, then the image properties. Their codes are words of
 * [func@Machtype.AuditCode.to_string]. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings; empty if there are
 *   none
 * Since: 1.0
 */
GPtrArray *
machtype_audit_entry_list_findings (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return mt_findings_copy (entry->findings);
}

/**
 * machtype_audit_entry_get_severity:
 * @entry: an entry; must not be %NULL
 *
 * Gets the severity of the most severe finding. Thread-safe.
 *
 * Returns: the severity; %MACHTYPE_SEVERITY_NONE if there are no findings
 * Since: 1.0
 */
MachtypeSeverity
machtype_audit_entry_get_severity (const MachtypeAuditEntry *entry)
{
  MachtypeSeverity severity = MACHTYPE_SEVERITY_NONE;
  guint i;

  g_return_val_if_fail (entry != NULL, MACHTYPE_SEVERITY_NONE);

  for (i = 0; i < entry->findings->len; i++)
    severity = MAX (severity, machtype_finding_get_severity (entry->findings->pdata[i]));
  return severity;
}

/**
 * machtype_audit_entry_has_code:
 * @entry: an entry; must not be %NULL
 * @code: a code
 *
 * Checks whether a finding has this code. Thread-safe.
 *
 * Returns: %TRUE if one has
 * Since: 1.0
 */
gboolean
machtype_audit_entry_has_code (const MachtypeAuditEntry *entry, MachtypeAuditCode code)
{
  const char *word = machtype_audit_code_to_string (code);
  guint i;

  g_return_val_if_fail (entry != NULL, FALSE);

  for (i = 0; i < entry->findings->len; i++) {
    if (strcmp (machtype_finding_get_code (entry->findings->pdata[i]), word) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
write_removal (GString *json, const MachtypeAuditEntry *entry)
{
  guint major, minor;
  char text[64];

  if (!machtype_audit_entry_get_removed_in (entry, &major, &minor))
    return;
  g_snprintf (text, sizeof text, "%u.%u", major, minor);
  mt_json_text (json, "removed_in", text);
}

static const MtAuditTarget *
get_target (const MachtypeAuditEntry *entry, guint target)
{
  return target < entry->targets->len ? entry->targets->pdata[target] : NULL;
}

/**
 * machtype_audit_entry_get_n_targets:
 * @entry: an entry; must not be %NULL
 *
 * Gets on how many targets the guest was judged ([method@Machtype.Audit.add_target]). Thread-safe.
 *
 * Returns: the number; 0 if it was judged on its own host, or not judged
 * Since: 1.0
 */
guint
machtype_audit_entry_get_n_targets (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, 0);
  return entry->targets->len;
}

/**
 * machtype_audit_entry_get_target_platform:
 * @entry: an entry; must not be %NULL
 * @target: the number of the target, in the order in which they were added, from 0 on
 *
 * Gets the name of the platform that a target is. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @entry; %NULL if the target is
 *   not a platform, or there is no such target
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_target_platform (const MachtypeAuditEntry *entry, guint target)
{
  const MtAuditTarget *found;

  g_return_val_if_fail (entry != NULL, NULL);

  found = get_target (entry, target);
  return found != NULL ? found->platform : NULL;
}

/**
 * machtype_audit_entry_get_target_offers:
 * @entry: an entry; must not be %NULL
 * @target: the number of the target, in the order in which they were added, from 0 on
 *
 * Gets whether a target offers the machine type of the guest
 * ([method@Machtype.AuditEntry.get_machine]). Thread-safe.
 *
 * Returns: the answer; %MACHTYPE_ANSWER_UNKNOWN if there is no such target
 * Since: 1.0
 */
MachtypeAnswer
machtype_audit_entry_get_target_offers (const MachtypeAuditEntry *entry, guint target)
{
  const MtAuditTarget *found;

  g_return_val_if_fail (entry != NULL, MACHTYPE_ANSWER_UNKNOWN);

  found = get_target (entry, target);
  return found != NULL ? found->offers : MACHTYPE_ANSWER_UNKNOWN;
}

/**
 * machtype_audit_entry_get_target_deprecated:
 * @entry: an entry; must not be %NULL
 * @target: the number of the target, in the order in which they were added, from 0 on
 *
 * Gets whether the machine type of the guest is deprecated on a target that offers it.
 * Thread-safe.
 *
 * Returns: the answer; %MACHTYPE_ANSWER_UNKNOWN if the target does not offer it, or there is no
 *   such target
 * Since: 1.0
 */
MachtypeAnswer
machtype_audit_entry_get_target_deprecated (const MachtypeAuditEntry *entry, guint target)
{
  const MtAuditTarget *found;

  g_return_val_if_fail (entry != NULL, MACHTYPE_ANSWER_UNKNOWN);

  found = get_target (entry, target);
  return found != NULL ? found->deprecated : MACHTYPE_ANSWER_UNKNOWN;
}

/**
 * machtype_audit_entry_list_target_findings:
 * @entry: an entry; must not be %NULL
 * @target: the number of the target, in the order in which they were added, from 0 on
 *
 * Lists the findings about the guest on one target. They are also among those of
 * [method@Machtype.AuditEntry.list_findings]. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings; empty if there are
 *   none, or no such target
 * Since: 1.0
 */
GPtrArray *
machtype_audit_entry_list_target_findings (const MachtypeAuditEntry *entry, guint target)
{
  const MtAuditTarget *found;

  g_return_val_if_fail (entry != NULL, NULL);

  found = get_target (entry, target);
  return found != NULL ? mt_findings_copy (found->findings) : mt_findings_new ();
}

static void
write_target (GString *json, const MtAuditTarget *target)
{
  guint i;

  mt_json_begin (json, NULL, '{');
  mt_json_text (json, "platform", target->platform);
  mt_json_text (json, "offers", machtype_answer_to_string (target->offers));
  mt_json_text (json, "deprecated", machtype_answer_to_string (target->deprecated));
  mt_json_begin (json, "codes", '[');
  for (i = 0; i < target->findings->len; i++)
    mt_json_text (json, NULL, machtype_finding_get_code (target->findings->pdata[i]));
  mt_json_end (json, ']');
  mt_json_end (json, '}');
}

static void
write_targets (GString *json, const GPtrArray *targets)
{
  guint i;

  if (targets->len == 0)
    return;
  mt_json_begin (json, "targets", '[');
  for (i = 0; i < targets->len; i++)
    write_target (json, targets->pdata[i]);
  mt_json_end (json, ']');
}

/**
 * machtype_audit_entry_get_platform:
 * @entry: an entry; must not be %NULL
 *
 * Gets the platform that the guest's host runs, as it was set
 * ([method@Machtype.Audit.set_platform]). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the platform, valid as long as @entry; %NULL if unknown
 * Since: 1.0
 */
MachtypePlatform *
machtype_audit_entry_get_platform (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->platform;
}

/**
 * machtype_audit_entry_get_end:
 * @entry: an entry; must not be %NULL
 *
 * Gets the first release of the distribution of the guest's host, from the present one on, that is
 * known not to start the guest with its machine type
 * ([method@Machtype.AuditEntry.get_machine]). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the release, valid as long as @entry; %NULL if none is known
 * Since: 1.0
 */
MachtypePlatform *
machtype_audit_entry_get_end (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->end;
}

/**
 * machtype_audit_entry_get_unsure:
 * @entry: an entry; must not be %NULL
 *
 * Gets the first release after the present one, and before that of
 * [method@Machtype.AuditEntry.get_end], of which it is unknown whether it starts the guest.
 * Thread-safe.
 *
 * Returns: (transfer none) (nullable): the release, valid as long as @entry; %NULL if there is none
 * Since: 1.0
 */
MachtypePlatform *
machtype_audit_entry_get_unsure (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->unsure;
}

/**
 * machtype_audit_entry_get_newest:
 * @entry: an entry; must not be %NULL
 *
 * Gets the newest machine type that the guest can have on its present host: of the same family,
 * vendor and variant, newer than its own and not deprecated there. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the machine type, valid as long as @entry; %NULL if there is
 *   none, or the host's platform is unknown
 * Since: 1.0
 */
const char *
machtype_audit_entry_get_newest (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, NULL);
  return entry->newest;
}

static const char *
get_name (const MachtypePlatform *platform)
{
  return platform != NULL ? machtype_platform_get_name (platform) : NULL;
}

static void
write_forecast (GString *json, const MachtypeAuditEntry *entry)
{
  if (entry->platform == NULL)
    return;
  mt_json_begin (json, "forecast", '{');
  mt_json_text (json, "platform", get_name (entry->platform));
  mt_json_text (json, "ends_on", get_name (entry->end));
  if (entry->end != NULL)
    mt_json_text (json, "date", machtype_platform_get_released (entry->end));
  mt_json_text (json, "unsure_on", get_name (entry->unsure));
  mt_json_text (json, "newest", entry->newest);
  mt_json_end (json, '}');
}

/**
 * machtype_audit_entry_to_json:
 * @entry: an entry; must not be %NULL
 *
 * Writes an entry as a JSON object on one line. `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_audit_entry_to_json (const MachtypeAuditEntry *entry)
{
  GString *json;

  g_return_val_if_fail (entry != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "uuid", entry->uuid);
  mt_json_text (json, "name", entry->name);
  mt_json_text (json, "host", entry->host_name);
  mt_json_text (json, "uri", entry->uri);
  mt_json_text (json, "cell", entry->cell);
  mt_json_text (json, "state", entry->state);
  if (entry->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (entry->arch));
  if (entry->seen_at != 0)
    mt_json_time (json, "seen_at", entry->seen_at);
  mt_json_text (json, "recorded", entry->recorded);
  mt_json_text (json, "defined", entry->defined);
  mt_json_text (json, "running", entry->running);
  mt_json_text (json, "saved", entry->saved);
  mt_json_text (json, "canonical", entry->canonical);
  write_removal (json, entry);
  write_targets (json, entry->targets);
  write_forecast (json, entry);
  mt_findings_write (json, "findings", entry->findings);
  return mt_json_end_value (json);
}

/**
 * machtype_audit_entry_equal:
 * @a: an entry; must not be %NULL
 * @b: another entry, or the same; must not be %NULL
 *
 * Checks whether two entries are equal in everything. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_audit_entry_equal (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a == b ||
         mt_json_equal (machtype_audit_entry_to_json (a), machtype_audit_entry_to_json (b));
}

/**
 * machtype_audit_entry_hash:
 * @entry: an entry; must not be %NULL
 *
 * Computes a hash of an entry, for hash tables: equal entries have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_audit_entry_hash (const MachtypeAuditEntry *entry)
{
  g_return_val_if_fail (entry != NULL, 0);
  return mt_json_hash (machtype_audit_entry_to_json (entry));
}
