/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The codes of an audit: what each means, how bad it is, and what to do. */

#include "audit/audit-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "string-private.h"

#define UPDATE "'machtype update-machine-type {UUID} {TYPE} --connect {URI}{FORCE}'"
#define RECORD "'machtype record --connect {URI}'"

static const MtAuditRow rows[] = {
  [MACHTYPE_AUDIT_CODE_UNRECORDED] = {
    "unrecorded", MACHTYPE_SEVERITY_WARNING, FALSE,
    "no machine type is recorded for the guest",
    "run " RECORD,
    "record it with 'machtype update-machine-type {UUID} {TYPE}'",
  },
  [MACHTYPE_AUDIT_CODE_NO_DOMAIN] = {
    "no-domain", MACHTYPE_SEVERITY_WARNING, FALSE,
    "the host was asked, and has no domain for the record",
    "if the guest is gone for good, remove the record with 'machtype prune --connect {URI} "
    "--older-than 30 --yes', or at once with 'machtype instance delete {UUID}'; if it has moved, "
    "run 'machtype record --connect URI' for its new host",
    "",
  },
  [MACHTYPE_AUDIT_CODE_DIFFERS] = {
    "differs", MACHTYPE_SEVERITY_ERROR, TRUE,
    "the domain is not defined with the recorded machine type",
    "restore the recorded type with " UPDATE ", or record the defined one with 'machtype record "
    "--connect {URI} --accept {UUID}'",
    "",
  },
  [MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING] = {
    "differs-running", MACHTYPE_SEVERITY_ERROR, FALSE,
    "the guest does not run with the recorded machine type",
    "shut the guest down and start it again: 'virsh -c {URI} shutdown {UUID}', then "
    "'virsh -c {URI} start {UUID}'",
    "",
  },
  [MACHTYPE_AUDIT_CODE_SAVED_STATE] = {
    "saved-state", MACHTYPE_SEVERITY_WARNING, FALSE,
    "the guest has a managed save image of another machine type, and resumes with that",
    "discard its saved RAM with 'virsh -c {URI} managedsave-remove {UUID}', or start the guest and "
    "shut it down",
    "",
  },
  [MACHTYPE_AUDIT_CODE_SNAPSHOT_STATE] = {
    "snapshot-state", MACHTYPE_SEVERITY_WARNING, FALSE,
    "a snapshot with RAM is of another machine type, which a revert brings back",
    "if it is not needed, delete it with 'virsh -c {URI} snapshot-delete {UUID} {SNAPSHOT}'",
    "",
  },
  [MACHTYPE_AUDIT_CODE_PENDING] = {
    "pending", MACHTYPE_SEVERITY_WARNING, FALSE,
    "a change of record and definition was interrupted",
    "settle it with " RECORD,
    "",
  },
  [MACHTYPE_AUDIT_CODE_ALIAS] = {
    "alias", MACHTYPE_SEVERITY_WARNING, TRUE,
    "the machine type is an alias, which becomes another type with another QEMU",
    "pin it with 'machtype update-machine-type {UUID} {TYPE} --pin --connect {URI}{FORCE}'",
    "",
  },
  [MACHTYPE_AUDIT_CODE_UNVERSIONED] = {
    "unversioned", MACHTYPE_SEVERITY_NOTE, FALSE,
    "the machine type has no versions, so that QEMU may change it",
    "",
    "",
  },
  [MACHTYPE_AUDIT_CODE_DEPRECATED] = {
    "deprecated", MACHTYPE_SEVERITY_WARNING, TRUE,
    "the target marks the machine type as deprecated",
    "update it with " UPDATE,
    "",
  },
  [MACHTYPE_AUDIT_CODE_REMOVED] = {
    "removed", MACHTYPE_SEVERITY_ERROR, TRUE,
    "the machine type was removed from the target's QEMU",
    "update it with " UPDATE,
    "",
  },
  [MACHTYPE_AUDIT_CODE_NOT_OFFERED] = {
    "not-offered", MACHTYPE_SEVERITY_ERROR, TRUE,
    "the target does not offer the machine type",
    "update it with " UPDATE,
    "",
  },
  [MACHTYPE_AUDIT_CODE_PROPERTY_UNFIT] = {
    "property-unfit", MACHTYPE_SEVERITY_ERROR, FALSE,
    "the machine type does not support a recorded image property on the target",
    "change it with 'machtype image-property set {UUID} --property {PROPERTY}={VALUE}'",
    "",
  },
  [MACHTYPE_AUDIT_CODE_TWICE] = {
    "twice", MACHTYPE_SEVERITY_ERROR, FALSE,
    "two hosts have a domain of the same UUID, with different machine types",
    "undefine the wrong one of both, such as 'virsh -c {URI} undefine {UUID}'",
    "",
  },
  [MACHTYPE_AUDIT_CODE_NOT_CHECKED] = {
    "not-checked", MACHTYPE_SEVERITY_WARNING, FALSE,
    "something about the guest could not be checked",
    "",
    "",
  },
  [MACHTYPE_AUDIT_CODE_HOOK_SILENT] = {
    "hook-silent", MACHTYPE_SEVERITY_WARNING, FALSE,
    "the guest has started since libvirt's hook was installed, and the hook has kept nothing of it",
    "restart libvirt's daemon, which guests do not notice ('systemctl restart libvirtd' or "
    "virtqemud): it finds the hook, and calls it for the guests that run; if that does not help, "
    "'journalctl -t machtype-hook' says why it cannot write",
    "",
  },
};

G_STATIC_ASSERT (G_N_ELEMENTS (rows) == MT_AUDIT_CODE_LAST + 1);

const MtAuditRow *
mt_audit_row (MachtypeAuditCode code)
{
  return (gsize)code < G_N_ELEMENTS (rows) ? &rows[code] : NULL;
}

/**
 * machtype_audit_code_to_string:
 * @code: a code
 *
 * Gets the word for a code, such as `differs-running`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_audit_code_to_string (MachtypeAuditCode code)
{
  const MtAuditRow *row = mt_audit_row (code);

  return row != NULL ? row->word : "unknown";
}

/**
 * machtype_audit_code_from_string:
 * @text: the word for a code; must not be %NULL
 * @code: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a code by its word, as machtype_audit_code_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @code is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_audit_code_from_string (const char *text, MachtypeAuditCode *code, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found =
      mt_word_value (rows[0].word, G_N_ELEMENTS (rows), sizeof rows[0], "audit code", text, error);
  if (found >= 0 && code != NULL)
    *code = (MachtypeAuditCode)found;
  return found >= 0;
}

/**
 * machtype_audit_code_get_severity:
 * @code: a code
 *
 * Gets how severe a finding with this code usually is: an error is a failure of the audit, a
 * warning is not, and a note is only worth knowing. Thread-safe.
 *
 * Returns: the severity; %MACHTYPE_SEVERITY_NONE for an invalid value
 * Since: 1.0
 */
MachtypeSeverity
machtype_audit_code_get_severity (MachtypeAuditCode code)
{
  const MtAuditRow *row = mt_audit_row (code);

  return row != NULL ? (MachtypeSeverity)row->severity : MACHTYPE_SEVERITY_NONE;
}

/**
 * machtype_audit_code_get_meaning:
 * @code: a code
 *
 * Gets what a code means, in a few English words for people. Thread-safe.
 *
 * Returns: (transfer none) (nullable): a constant string; %NULL for an invalid value
 * Since: 1.0
 */
const char *
machtype_audit_code_get_meaning (MachtypeAuditCode code)
{
  const MtAuditRow *row = mt_audit_row (code);

  return row != NULL ? row->meaning : NULL;
}

/* The commands are quoted already, and are read by a shell: what is not plain becomes its word. */
static gboolean
is_safe (const char *value)
{
  return value != NULL && *value != '\0' && *value != '-' &&
         value[strspn (value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                              "-_./:+@=?%,")] == '\0';
}

static void
append_value (GString *text, const char *word, gsize length, const MtAuditGuest *guest,
              const MtAuditValues *values)
{
  static const MtAuditValues none = { 0 };
  const MtAuditValues *given = values != NULL ? values : &none;
  const struct {
    char word[12];
    const char *value;
  } known[] = {
    { "UUID", guest->uuid },         { "URI", guest->uri },           { "TYPE", given->type },
    { "SNAPSHOT", given->snapshot }, { "PROPERTY", given->property }, { "VALUE", given->value },
  };
  const char *value = NULL;
  gsize i;

  if (mt_is_text (word, length, "FORCE")) {
    g_string_append (text, given->needs_force ? " --force" : "");
    return;
  }
  for (i = 0; i < G_N_ELEMENTS (known); i++) {
    if (mt_is_text (word, length, known[i].word))
      value = known[i].value;
  }
  if (is_safe (value))
    g_string_append (text, value);
  else
    g_string_append_len (text, word, (gssize)length);
}

static char *
fill_in (const char *remedy, const MtAuditGuest *guest, const MtAuditValues *values)
{
  GString *text = g_string_new (NULL);

  while (*remedy != '\0') {
    const char *end = *remedy == '{' ? strchr (remedy, '}') : NULL;

    if (end == NULL) {
      g_string_append_c (text, *remedy++);
      continue;
    }
    append_value (text, remedy + 1, (gsize)(end - remedy - 1), guest, values);
    remedy = end + 1;
  }
  return g_string_free (text, FALSE);
}

/* No host can be asked about it. */
static gboolean
is_on_no_host (const MtAuditGuest *guest)
{
  return !guest->has_domain && (guest->host_name == NULL || guest->is_offloaded);
}

char *
mt_audit_dup_remedy (MachtypeAuditCode code, const MtAuditGuest *guest, const MtAuditValues *values)
{
  const MtAuditRow *row = &rows[code];
  const char *remedy = is_on_no_host (guest) && *row->other != '\0' ? row->other : row->remedy;
  g_autofree char *filled = NULL;

  if (*remedy == '\0')
    return NULL;
  filled = fill_in (remedy, guest, values);
  if (!row->stops || !guest->has_domain || guest->is_off)
    return g_steal_pointer (&filled);
  return g_strconcat ("shut the guest down, then ", filled, NULL);
}

void
mt_audit_add_of (GPtrArray *findings, MachtypeAuditCode code, MachtypeSeverity severity,
                 const char *subject, char *message, char *remedy)
{
  MachtypeFinding *finding =
      mt_finding_new_of (rows[code].word, message, remedy, subject, MACHTYPE_AUTHORITY_NONE, NULL);

  mt_finding_set_severity (finding, severity);
  g_ptr_array_add (findings, finding);
}

void
mt_audit_add (GPtrArray *findings, MachtypeAuditCode code, const MtAuditGuest *guest,
              const MtAuditValues *values, char *message)
{
  const MtAuditRow *row = &rows[code];

  mt_audit_add_of (findings, code, (MachtypeSeverity)row->severity, NULL, message,
                   mt_audit_dup_remedy (code, guest, values));
}
