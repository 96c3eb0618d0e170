/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record against what its domain really is. */

#include "audit/audit-private.h"

#include <string.h>

#include "compat/compat-private.h"
#include "finding-private.h"
#include "host/host-private.h"
#include "store/store-private.h"

/* The question that recording asks, too, so that both agree. */
static gboolean
is_recorded (const MtAuditGuest *guest, const char *machine)
{
  return mt_host_is_recorded (guest->own, guest->arch, guest->recorded, machine);
}

/* Without a record, what is defined is what the guest is going to be. */
static gboolean
is_expected (const MtAuditGuest *guest, const char *machine)
{
  const char *expected = mt_audit_get_machine (guest);

  if (expected == NULL || strcmp (expected, machine) == 0)
    return TRUE;
  return guest->recorded != NULL && is_recorded (guest, machine);
}

static void
judge_record (GPtrArray *findings, const MtAuditGuest *guest)
{
  if (guest->recorded != NULL || (!guest->has_domain && guest->is_missing))
    return;
  mt_audit_add (
      findings, MACHTYPE_AUDIT_CODE_UNRECORDED, guest, NULL,
      g_strdup (guest->has_record ? "the record has no machine type" : "the guest has no record"));
}

static void
judge_missing (GPtrArray *findings, const MtAuditGuest *guest)
{
  if (guest->is_missing)
    mt_audit_add (findings, MACHTYPE_AUDIT_CODE_NO_DOMAIN, guest, NULL,
                  g_strdup_printf ("host %s has no domain of this UUID", guest->host_name));
}

/* The defined machine type: of an alias, what it is on the guest's host. */
static const char *
get_defined (const MtAuditGuest *guest)
{
  const char *canonical = mt_audit_get_canonical (guest->own, guest, guest->defined);

  return canonical != NULL ? canonical : guest->defined;
}

/* The record is for life; but perhaps whoever changed the definition meant it. */
static void
judge_definition (GPtrArray *findings, const MtAuditGuest *guest)
{
  MtAuditValues values = { .type = guest->recorded };
  const char *defined;

  if (guest->recorded == NULL || guest->defined == NULL || is_recorded (guest, guest->defined))
    return;
  defined = get_defined (guest);
  values.needs_force = mt_audit_needs_force (guest, defined, guest->recorded);
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_DIFFERS, guest, &values,
                strcmp (defined, guest->defined) == 0
                    ? g_strdup_printf ("the domain is defined with %s, but %s is recorded", defined,
                                       guest->recorded)
                    : g_strdup_printf ("the domain is defined with %s, which is %s on its host, "
                                       "but %s is recorded",
                                       guest->defined, defined, guest->recorded));
}

/* The record has the version; a definition of an alias gets another one at its next start. */
static void
judge_defined_alias (GPtrArray *findings, const MtAuditGuest *guest)
{
  MtAuditValues values = { .type = guest->recorded };
  MtName name, recorded;

  if (guest->recorded == NULL || guest->defined == NULL ||
      !mt_host_parse_name (guest->own, guest->arch, NULL, guest->defined, strlen (guest->defined),
                           &name) ||
      name.kind != MACHTYPE_NAME_KIND_ALIAS ||
      (mt_name_parse (guest->recorded, strlen (guest->recorded), guest->arch, &recorded) &&
       recorded.kind == MACHTYPE_NAME_KIND_ALIAS))
    return;
  values.needs_force =
      guest->own != NULL && mt_audit_needs_force (guest, get_defined (guest), guest->recorded);
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_ALIAS, guest, &values,
                g_strdup_printf ("the defined machine type %s is an alias, which stands for "
                                 "another type with another QEMU; %s is recorded",
                                 guest->defined, guest->recorded));
}

static void
judge_running (GPtrArray *findings, const MtAuditGuest *guest)
{
  if (guest->running == NULL || is_expected (guest, guest->running))
    return;
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING, guest, NULL,
                g_strdup_printf ("the guest runs with %s, but %s is %s", guest->running,
                                 mt_audit_get_machine (guest),
                                 guest->recorded != NULL ? "recorded" : "defined"));
}

/* Why it could not be read is a finding of its own. */
static gboolean
is_unread (const MtAuditGuest *guest, MachtypeDomainPart part)
{
  guint i;

  for (i = 0; guest->unread != NULL && i < guest->unread->len; i++) {
    if (machtype_domain_problem_get_part (guest->unread->pdata[i]) == part)
      return TRUE;
  }
  return FALSE;
}

static void
judge_saved (GPtrArray *findings, const MtAuditGuest *guest)
{
  if (!guest->has_saved || (guest->saved != NULL && is_expected (guest, guest->saved)) ||
      is_unread (guest, MACHTYPE_DOMAIN_PART_SAVED))
    return;
  if (guest->saved == NULL)
    mt_audit_add (findings, MACHTYPE_AUDIT_CODE_NOT_CHECKED, guest, NULL,
                  g_strdup ("the guest has a managed save image, whose machine type is not known"));
  else
    mt_audit_add (findings, MACHTYPE_AUDIT_CODE_SAVED_STATE, guest, NULL,
                  g_strdup_printf ("its saved RAM is of %s, which the guest resumes on; %s is %s",
                                   guest->saved, mt_audit_get_machine (guest),
                                   guest->recorded != NULL ? "recorded" : "defined"));
}

static void
judge_snapshot (GPtrArray *findings, const MtAuditGuest *guest, const MtAuditSnapshot *snapshot)
{
  const MtAuditValues values = { .snapshot = snapshot->name };

  if (snapshot->machine == NULL || is_expected (guest, snapshot->machine))
    return;
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_SNAPSHOT_STATE, guest, &values,
                g_strdup_printf ("snapshot '%s' contains RAM of %s: to revert to it brings that "
                                 "machine type back; %s is %s",
                                 snapshot->name, snapshot->machine, mt_audit_get_machine (guest),
                                 guest->recorded != NULL ? "recorded" : "defined"));
}

static void
judge_unread (GPtrArray *findings, const MtAuditGuest *guest, const MachtypeDomainProblem *problem)
{
  static const char parts[][20] = {
    [MACHTYPE_DOMAIN_PART_DEFINITION] = "definition",
    [MACHTYPE_DOMAIN_PART_RUNNING] = "running domain",
    [MACHTYPE_DOMAIN_PART_SAVED] = "managed save image",
    [MACHTYPE_DOMAIN_PART_SNAPSHOT] = "snapshots",
    [MACHTYPE_DOMAIN_PART_METADATA] = "metadata",
  };
  const char *why = machtype_domain_problem_get_error (problem)->message;
  const char *snapshot = machtype_domain_problem_get_snapshot (problem);

  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_NOT_CHECKED, guest, NULL,
                snapshot != NULL
                    ? g_strdup_printf ("its snapshot '%s' could not be read: %s", snapshot, why)
                    : g_strdup_printf ("its %s could not be read: %s",
                                       parts[machtype_domain_problem_get_part (problem)], why));
}

static void
judge_pending (GPtrArray *findings, const MtAuditGuest *guest)
{
  const MachtypeIntention *pending = guest->pending;
  const char *old;
  MtAuditGuest there = *guest;

  if (pending == NULL)
    return;
  there.uri = pending->uri;
  old = pending->old_machine != NULL ? pending->old_machine : "no machine type";
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_PENDING, &there, NULL,
                g_strdup_printf ("a change from %s to %s was interrupted: the domain may be "
                                 "defined with either",
                                 old, pending->machine));
}

static void
judge_twice (GPtrArray *findings, const MtAuditGuest *guest)
{
  if (guest->twice_on == NULL)
    return;
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_TWICE, guest, NULL,
                g_strdup_printf ("host %s has a domain of the same UUID, with %s", guest->twice_on,
                                 guest->twice_machine));
}

static void
judge_hook (GPtrArray *findings, const MtAuditGuest *guest)
{
  if (guest->is_hook_silent)
    mt_audit_add (
        findings, MACHTYPE_AUDIT_CODE_HOOK_SILENT, guest, NULL,
        g_strdup ("the guest has started since libvirt's hook was installed, but the hook "
                  "has kept nothing of it"));
}

void
mt_audit_judge_domain (GPtrArray *findings, const MtAuditGuest *guest)
{
  guint i;

  judge_record (findings, guest);
  judge_missing (findings, guest);
  judge_definition (findings, guest);
  judge_defined_alias (findings, guest);
  judge_running (findings, guest);
  judge_saved (findings, guest);
  for (i = 0; guest->snapshots != NULL && i < guest->snapshots->len; i++)
    judge_snapshot (findings, guest, &g_array_index (guest->snapshots, MtAuditSnapshot, i));
  judge_pending (findings, guest);
  judge_twice (findings, guest);
  judge_hook (findings, guest);
  for (i = 0; guest->unread != NULL && i < guest->unread->len; i++)
    judge_unread (findings, guest, guest->unread->pdata[i]);
}

/* An instance that is being built gets its record with its domain, and of one that is deleted
 * nothing is left to protect. Source: nova/objects/instance.py, machine types of instances. */
static gboolean
has_guest (const MtAuditGuest *guest)
{
  static const char *const without[] = { "building", "deleted", NULL };

  return guest->has_domain || guest->state == NULL || !g_strv_contains (without, guest->state);
}

static void
target_free (gpointer data)
{
  MtAuditTarget *target = data;

  g_free (target->platform);
  g_ptr_array_unref (target->findings);
  g_free (target);
}

GPtrArray *
mt_audit_targets_new (void)
{
  return g_ptr_array_new_with_free_func (target_free);
}

/* Several targets can say the same of a name. */
static void
add_new (GPtrArray *findings, const GPtrArray *others)
{
  guint i;

  for (i = 0; i < others->len; i++) {
    if (!g_ptr_array_find_with_equal_func (findings, others->pdata[i],
                                           (GEqualFunc)machtype_finding_equal, NULL))
      g_ptr_array_add (findings, machtype_finding_ref (others->pdata[i]));
  }
}

static MtAuditTarget *
target_new (const MtAuditGuest *guest, GPtrArray *findings)
{
  const char *machine = mt_audit_get_machine (guest);
  MtAuditTarget *target = g_new0 (MtAuditTarget, 1);
  const gboolean can_ask = machine != NULL && guest->arch != MACHTYPE_ARCH_UNKNOWN;

  target->platform = g_strdup (machtype_host_get_platform (guest->target));
  target->findings = g_ptr_array_ref (findings);
  target->offers = can_ask ? machtype_host_offers (guest->target, guest->arch, NULL, machine)
                           : MACHTYPE_ANSWER_UNKNOWN;
  if (target->offers != MACHTYPE_ANSWER_YES)
    target->deprecated = MACHTYPE_ANSWER_UNKNOWN;
  else
    target->deprecated = mt_compat_is_deprecated (guest->target, guest->arch, machine)
                             ? MACHTYPE_ANSWER_YES
                             : MACHTYPE_ANSWER_NO;
  return target;
}

/* NULL: on its own host. */
static GPtrArray *
judge_on (const MtAuditGuest *guest, MachtypeHost *target, guint number, GPtrArray *targets)
{
  g_autoptr (GPtrArray) findings = mt_findings_new ();
  g_autofree char *numbered = g_strdup_printf ("target %u", number + 1);
  MtAuditGuest there = *guest;

  if (target != NULL) {
    there.target = target;
    there.place = machtype_host_get_platform (target);
    if (there.place == NULL)
      there.place = guest->targets->len > 1 ? numbered : "the target";
  }
  if (has_guest (guest)) {
    mt_audit_judge_machine (findings, &there);
    mt_audit_judge_properties (findings, &there);
  }
  if (target != NULL && targets != NULL)
    g_ptr_array_add (targets, target_new (&there, findings));
  return g_steal_pointer (&findings);
}

static void
judge_on_all (GPtrArray *findings, const MtAuditGuest *guest, GPtrArray *targets)
{
  const guint n = guest->targets != NULL ? guest->targets->len : 0;
  guint i;

  for (i = 0; i < MAX (n, 1); i++) {
    MachtypeHost *target = n != 0 ? guest->targets->pdata[i] : NULL;
    g_autoptr (GPtrArray) found = judge_on (guest, target, i, targets);

    add_new (findings, found);
  }
}

GPtrArray *
mt_audit_judge (const MtAuditGuest *guest, GPtrArray *targets)
{
  GPtrArray *findings = mt_findings_new ();

  if (has_guest (guest))
    mt_audit_judge_domain (findings, guest);
  judge_on_all (findings, guest, targets);
  return findings;
}

static gboolean
is_wanted (const char *wanted, const char *text)
{
  return wanted == NULL || g_strcmp0 (wanted, text) == 0;
}

static gboolean
matches_pattern (const char *pattern, const char *text)
{
  return pattern == NULL || (text != NULL && mt_pattern_matches (pattern, text));
}

gboolean
mt_audit_matches (const MtAuditGuest *guest, const MachtypeRecordQuery *query)
{
  if (query == NULL)
    return TRUE;
  return (query->arch == MACHTYPE_ARCH_UNKNOWN || query->arch == guest->arch) &&
         (query->seen_before == 0 || (!guest->has_domain && guest->seen_at < query->seen_before)) &&
         is_wanted (query->cell, guest->cell) && is_wanted (query->host, guest->host_name) &&
         is_wanted (query->state, guest->state) &&
         matches_pattern (query->machine_pattern, mt_audit_get_machine (guest)) &&
         matches_pattern (query->name_pattern, guest->name) &&
         is_wanted (query->name, guest->name) &&
         (query->record_class == NULL ||
          (guest->record != NULL &&
           machtype_record_class_contains (query->record_class, guest->record)));
}
