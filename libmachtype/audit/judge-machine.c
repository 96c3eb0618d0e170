/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's machine type and image properties, on the host that they are judged against. */

#include "audit/audit-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "compat/compat-private.h"
#include "finding-private.h"
#include "host/host-private.h"
#include "lifecycle-private.h"
#include "properties/properties-private.h"

/* A machine type that is judged. */
typedef struct {
  const MtAuditGuest *guest;
  const char *machine;
  MachtypeHost *host; /* NULL: none */
  MachtypeName *name;
  const MtName *parsed; /* of name, and what the host adds */
} Judged;

MachtypeHost *
mt_audit_get_host (const MtAuditGuest *guest)
{
  return guest->target != NULL ? guest->target : guest->own;
}

const char *
mt_audit_get_machine (const MtAuditGuest *guest)
{
  if (guest->recorded != NULL)
    return guest->recorded;
  return guest->defined != NULL ? guest->defined : guest->running;
}

const char *
mt_audit_get_canonical (MachtypeHost *host, const MtAuditGuest *guest, const char *machine)
{
  const char *canonical =
      host != NULL ? machtype_host_get_canonical (host, guest->arch, NULL, machine) : NULL;

  return g_strcmp0 (canonical, machine) != 0 ? canonical : NULL;
}

gboolean
mt_audit_needs_force (const MtAuditGuest *guest, const char *from, const char *to)
{
  g_autoptr (MachtypeChange) change = machtype_change_check (
      from, to, guest->arch, NULL, MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_PIN, guest->own, NULL);

  return change == NULL || !machtype_change_is_permitted (change);
}

static const char *
get_place (const MtAuditGuest *guest)
{
  return guest->place != NULL ? guest->place : "its host";
}

static const char *
get_origin (const MtAuditGuest *guest)
{
  return guest->recorded != NULL ? "recorded" : "defined";
}

/* ", deprecated in QEMU 10.2, removed in QEMU 13.2"; empty: nothing is known. Never NULL. */
static char *
dup_lifecycle (const Judged *j)
{
  g_autofree char *text = j->name != NULL ? machtype_lifecycle_dup_text (j->name) : NULL;

  return text != NULL ? g_strconcat (" (", text, ")", NULL) : g_strdup ("");
}

/* Without a type that it can become, there is nothing to run: what is not offered here may be
 * offered elsewhere. */
static void
add_with_successor (GPtrArray *findings, MachtypeAuditCode code, const Judged *j, char *message)
{
  const MtAuditGuest *guest = j->guest;
  const gboolean is_offered = code == MACHTYPE_AUDIT_CODE_DEPRECATED;
  const MtAuditValues values = { .type = mt_compat_find_successor (j->host, guest->own,
                                                                   guest->qemu_version, guest->arch,
                                                                   j->machine, !is_offered) };

  if (values.type != NULL)
    mt_audit_add (findings, code, guest, &values, message);
  else
    mt_audit_add_of (findings, code, machtype_audit_code_get_severity (code), NULL, message,
                     is_offered ? NULL : g_strdup (MT_OTHER_HOST));
}

static gboolean
is_released_by (MtQemuVersion version, guint major, guint minor)
{
  return mt_qemu_version_is_set (version) &&
         (version.major > major || (version.major == major && version.minor >= minor));
}

/* Whether the host has types of QEMU itself. Some vendors' have none. */
static gboolean
has_own_types (const Judged *j)
{
  return mt_qemu_version_is_set (
      mt_host_find_release (j->host, j->guest->arch, MACHTYPE_VENDOR_UPSTREAM));
}

/* Of a type that the host does not offer: whether it had it once. */
static gboolean
is_removed (const Judged *j)
{
  const MtQemuVersion qemu = mt_host_find_qemu (j->host, j->guest->arch);
  guint major, minor;

  if (j->name == NULL)
    return FALSE;
  if (machtype_lifecycle_get_removed (j->name, &major, &minor))
    return is_released_by (qemu, major, minor) ||
           (has_own_types (j) && mt_lifecycle_can_delete (j->parsed, qemu));
  return mt_lifecycle_get_vendor_removed (j->parsed, &major) &&
         mt_host_find_release (j->host, j->guest->arch, (MachtypeVendor)j->parsed->vendor).major >=
             major;
}

static void
add_absent (GPtrArray *findings, const Judged *j)
{
  g_autofree char *why = NULL, *life = dup_lifecycle (j);

  if (is_removed (j)) {
    add_with_successor (findings, MACHTYPE_AUDIT_CODE_REMOVED, j,
                        g_strdup_printf ("the QEMU of %s does not have the %s machine type %s any "
                                         "more%s",
                                         get_place (j->guest), get_origin (j->guest), j->machine,
                                         life));
    return;
  }
  why = mt_host_dup_why_absent (j->host, j->guest->arch, NULL, j->machine);
  add_with_successor (findings, MACHTYPE_AUDIT_CODE_NOT_OFFERED, j,
                      g_strdup_printf ("%s does not offer the %s machine type %s%s",
                                       get_place (j->guest), get_origin (j->guest), j->machine,
                                       why));
}

/* FALSE: the host does not offer it. */
static gboolean
judge_offer (GPtrArray *findings, const Judged *j)
{
  switch (machtype_host_offers (j->host, j->guest->arch, NULL, j->machine)) {
  case MACHTYPE_ANSWER_YES:
    return TRUE;
  case MACHTYPE_ANSWER_NO:
    add_absent (findings, j);
    return FALSE;
  case MACHTYPE_ANSWER_UNKNOWN:
  default:
    mt_audit_add (findings, MACHTYPE_AUDIT_CODE_NOT_CHECKED, j->guest, NULL,
                  g_strdup_printf ("it is unknown whether %s offers the %s machine type %s",
                                   get_place (j->guest), get_origin (j->guest), j->machine));
    return TRUE;
  }
}

/* The release in which it goes is part of the message. */
static void
judge_deprecation (GPtrArray *findings, const Judged *j)
{
  g_autofree char *life = NULL;

  if (!mt_compat_is_deprecated (j->host, j->guest->arch, j->machine))
    return;
  life = dup_lifecycle (j);
  add_with_successor (findings, MACHTYPE_AUDIT_CODE_DEPRECATED, j,
                      g_strdup_printf ("the %s machine type %s is deprecated on %s%s",
                                       get_origin (j->guest), j->machine, get_place (j->guest),
                                       life));
}

/* What the guest has now, rather than what the target would make of it. */
static const char *
find_pinned (const Judged *j)
{
  const MtAuditGuest *guest = j->guest;
  MtName name;

  if (guest->defined != NULL &&
      mt_name_parse (guest->defined, strlen (guest->defined), guest->arch, &name) &&
      name.kind == MACHTYPE_NAME_KIND_VERSIONED && name.family == j->parsed->family)
    return guest->defined;
  return mt_audit_get_canonical (guest->own, guest, j->machine);
}

static void
judge_alias (GPtrArray *findings, const Judged *j)
{
  const char *there = mt_audit_get_canonical (j->host, j->guest, j->machine);
  MtAuditValues values = { .type = find_pinned (j) };
  g_autofree char *becomes = NULL;

  if (there != NULL)
    becomes = g_strdup_printf (": on %s it becomes %s", get_place (j->guest), there);
  values.needs_force = values.type != NULL && j->guest->own != NULL &&
                       mt_audit_needs_force (j->guest, j->machine, values.type);
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_ALIAS, j->guest, &values,
                g_strdup_printf ("the %s machine type %s is an alias, which stands for another "
                                 "type with another QEMU%s",
                                 get_origin (j->guest), j->machine,
                                 becomes != NULL ? becomes : ""));
}

/* Nothing is known of the host but its QEMU, when the guest was last seen there. Vendors mark their
 * own types in their own releases, which its version does not show. */
static void
judge_recorded_qemu (GPtrArray *findings, const Judged *j)
{
  const guint64 qemu = j->guest->qemu_version;
  g_autofree char *life = NULL;
  guint major, minor;

  if (j->name == NULL || qemu == 0 ||
      !machtype_lifecycle_get_deprecated (j->name, &major, &minor) ||
      qemu < (guint64)major * 1000000 + (guint64)minor * 1000)
    return;
  life = dup_lifecycle (j);
  add_with_successor (findings, MACHTYPE_AUDIT_CODE_DEPRECATED, j,
                      g_strdup_printf ("the %s machine type %s is deprecated in the QEMU that its "
                                       "host had%s",
                                       get_origin (j->guest), j->machine, life));
}

/* Without a host, only what no QEMU can have is certain. */
static void
judge_name (GPtrArray *findings, const Judged *j)
{
  g_autofree char *intended = NULL;
  MtAuditValues values = { 0 };

  if (mt_compat_is_impossible (j->machine, j->guest->arch, &intended)) {
    values.type = intended;
    values.needs_force = TRUE; /* no change from such a name can be judged */
    mt_audit_add (
        findings, MACHTYPE_AUDIT_CODE_NOT_OFFERED, j->guest, &values,
        g_strdup_printf ("no QEMU has the %s machine type %s", get_origin (j->guest), j->machine));
  } else if (j->parsed->kind == MACHTYPE_NAME_KIND_UNKNOWN)
    mt_audit_add (findings, MACHTYPE_AUDIT_CODE_NOT_CHECKED, j->guest, NULL,
                  g_strdup_printf ("nothing is known of the %s machine type %s",
                                   get_origin (j->guest), j->machine));
}

static void
judge_kind (GPtrArray *findings, const Judged *j)
{
  if (j->parsed->kind == MACHTYPE_NAME_KIND_ALIAS)
    judge_alias (findings, j);
  else if (j->parsed->kind == MACHTYPE_NAME_KIND_BOARD)
    mt_audit_add (
        findings, MACHTYPE_AUDIT_CODE_UNVERSIONED, j->guest, NULL,
        g_strdup_printf ("machine type %s has no versions: it cannot be pinned", j->machine));
}

/* The architecture decides what a name means and which emulator has it. */
static gboolean
can_judge (GPtrArray *findings, const Judged *j)
{
  if (j->guest->arch != MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  mt_audit_add (findings, MACHTYPE_AUDIT_CODE_NOT_CHECKED, j->guest, NULL,
                g_strdup_printf ("its architecture is not recorded, so machine type %s cannot be "
                                 "checked on %s",
                                 j->machine, get_place (j->guest)));
  return FALSE;
}

void
mt_audit_judge_machine (GPtrArray *findings, const MtAuditGuest *guest)
{
  const char *machine = mt_audit_get_machine (guest);
  g_autoptr (MachtypeName) name = NULL;
  MtName parsed;
  Judged j;

  if (machine == NULL)
    return;
  j = (Judged){ guest, machine, mt_audit_get_host (guest), NULL, &parsed };
  if (!mt_host_parse_name (j.host, guest->arch, NULL, machine, strlen (machine), &parsed)) {
    mt_audit_add (
        findings, MACHTYPE_AUDIT_CODE_NOT_OFFERED, guest, NULL,
        g_strdup_printf ("no QEMU can have the %s machine type '%s'", get_origin (guest), machine));
    return;
  }
  j.name = name = machtype_name_new (machine, guest->arch, NULL);
  judge_kind (findings, &j);
  if (j.host == NULL) {
    judge_name (findings, &j);
    judge_recorded_qemu (findings, &j);
  } else if (can_judge (findings, &j) && judge_offer (findings, &j))
    judge_deprecation (findings, &j);
}

static char *
dup_property_remedy (const MtAuditGuest *guest, const MachtypeFinding *finding)
{
  const char *remedy = machtype_finding_get_remedy (finding);
  const char *subject = machtype_finding_get_subject (finding);
  const char *prefix = "possible: ";
  g_auto (GStrv) possible = NULL;

  if (remedy == NULL || subject == NULL || !g_str_has_prefix (remedy, prefix))
    return g_strdup (remedy);
  possible = g_strsplit (remedy + strlen (prefix), ", ", 2);
  return mt_audit_dup_remedy (MACHTYPE_AUDIT_CODE_PROPERTY_UNFIT, guest,
                              &(MtAuditValues){ .property = subject, .value = possible[0] });
}

/* Of several targets, it has to say which one. */
static char *
dup_property_message (const MtAuditGuest *guest, const MachtypeFinding *finding)
{
  const char *message = machtype_finding_get_message (finding);

  return guest->targets != NULL && guest->targets->len > 1
             ? g_strdup_printf ("on %s: %s", guest->place, message)
             : g_strdup (message);
}

/* What is only ignored, or refused only by some versions, is not a failure. */
void
mt_audit_judge_properties (GPtrArray *findings, const MtAuditGuest *guest)
{
  g_autoptr (GPtrArray) unfit = NULL;
  guint i;

  if (guest->recorded == NULL || guest->properties == NULL || guest->arch == MACHTYPE_ARCH_UNKNOWN)
    return;
  unfit = mt_record_list_unfit (guest->properties, guest->arch, guest->recorded,
                                mt_audit_get_host (guest));
  for (i = 0; i < unfit->len; i++) {
    const MachtypeFinding *finding = unfit->pdata[i];

    mt_audit_add_of (findings, MACHTYPE_AUDIT_CODE_PROPERTY_UNFIT,
                     machtype_finding_get_severity (finding),
                     machtype_finding_get_subject (finding), dup_property_message (guest, finding),
                     dup_property_remedy (guest, finding));
  }
}
