/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype audit: what is wrong with guests, and what to do. */

#include "guests.h"

#include <string.h>

#include "openmetrics.h"
#include "terminal.h"

/* As upgrade-check: the worst that was found. */
enum { AUDIT_CLEAN = 0, AUDIT_WARNING = 1, AUDIT_FAILURE = 2, AUDIT_NOT_ASKED = 3 };

typedef struct {
  GuestsOptions guests;
  char *fail_on;
  char *openmetrics; /* a file; NULL: findings are printed */
  Metrics *metrics;
  guint64 failures;     /* codes that --fail-on names, one bit each */
  Gathering *gathering; /* for a person, by cause; NULL: findings are printed as they come */
  guint64 counts[64];   /* of guests, by code */
  guint64 n_guests;
  int status;
} AuditOptions;

static gboolean
read_fail_on (AuditOptions *o, GError **error)
{
  g_auto (GStrv) words = g_strsplit (o->fail_on != NULL ? o->fail_on : "", ",", -1);
  char **word;

  for (word = words; *word != NULL; word++) {
    MachtypeAuditCode code;

    if (!machtype_audit_code_from_string (*word, &code, error)) {
      g_prefix_error (error, "--fail-on: ");
      return FALSE;
    }
    o->failures |= G_GUINT64_CONSTANT (1) << code;
  }
  return TRUE;
}

/* What a finding means for the exit status. */
static int
judge (const AuditOptions *o, const MachtypeFinding *finding)
{
  MachtypeAuditCode code;

  if (machtype_audit_code_from_string (machtype_finding_get_code (finding), &code, NULL) &&
      (o->failures & G_GUINT64_CONSTANT (1) << code) != 0)
    return AUDIT_FAILURE;
  switch (machtype_finding_get_severity (finding)) {
  case MACHTYPE_SEVERITY_ERROR:
    return AUDIT_FAILURE;
  case MACHTYPE_SEVERITY_WARNING:
    return AUDIT_WARNING;
  default:
    return AUDIT_CLEAN;
  }
}

static void
count (AuditOptions *o, const MachtypeAuditEntry *entry)
{
  guint code;

  o->n_guests++;
  for (code = 0; code < G_N_ELEMENTS (o->counts); code++)
    o->counts[code] += machtype_audit_entry_has_code (entry, (MachtypeAuditCode)code);
}

static void
print_plain (const MachtypeAuditEntry *entry, const MachtypeFinding *finding)
{
  const char *const fields[] = {
    machtype_severity_to_string (machtype_finding_get_severity (finding)),
    machtype_finding_get_code (finding),
    machtype_audit_entry_get_uuid (entry),
    machtype_audit_entry_get_name (entry),
    machtype_audit_entry_get_host_name (entry),
    machtype_audit_entry_get_machine (entry),
    machtype_finding_get_message (finding),
    machtype_finding_get_remedy (finding),
  };

  print_fields (fields, G_N_ELEMENTS (fields));
}

static void
gather (AuditOptions *o, const MachtypeAuditEntry *entry, GPtrArray *findings)
{
  const Guest guest = {
    .uuid = machtype_audit_entry_get_uuid (entry),
    .name = machtype_audit_entry_get_name (entry),
    .host = machtype_audit_entry_get_host_name (entry),
    .machine = machtype_audit_entry_get_machine (entry),
  };

  gathering_add (o->gathering, &guest, findings);
}

static void
on_guest (MachtypeAuditEntry *entry, gpointer data)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_findings (entry);
  AuditOptions *o = data;
  guint i;

  count (o, entry);
  for (i = 0; i < findings->len; i++) {
    const int one = judge (o, findings->pdata[i]);

    o->status = MAX (o->status, one);
    if (!o->guests.json && o->metrics == NULL && o->gathering == NULL)
      print_plain (entry, findings->pdata[i]);
  }
  if (o->metrics != NULL)
    metrics_add (o->metrics, entry);
  else if (o->guests.json)
    json_print (machtype_audit_entry_to_json (entry));
  else if (o->gathering != NULL)
    gather (o, entry, findings);
}

/* Each code that was found: how often, and what it means. */
static void
print_summary (const AuditOptions *o)
{
  static const char *const heads[] = { ">", "", "", NULL };
  static const Style styles[] = { STYLE_DIM, STYLE_DIM, STYLE_WARNING, STYLE_BAD };
  g_autoptr (Table) table = table_new (heads);
  guint code;

  if (o->n_guests == 0) {
    g_printerr ("nothing was found\n");
    return;
  }
  g_printerr ("%" G_GUINT64_FORMAT " guest%s with findings:\n", o->n_guests,
              o->n_guests == 1 ? "" : "s");
  for (code = 0; code < G_N_ELEMENTS (o->counts); code++) {
    g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, o->counts[code]);

    if (o->counts[code] == 0)
      continue;
    table_add (table, STYLE_PLAIN, number);
    table_add (table, styles[machtype_audit_code_get_severity ((MachtypeAuditCode)code)],
               machtype_audit_code_to_string ((MachtypeAuditCode)code));
    table_add (table, STYLE_PLAIN, machtype_audit_code_get_meaning ((MachtypeAuditCode)code));
  }
  table_print (table, stderr, 2);
}

/* Instead of findings: all guests are counted. */
static int
write_metrics (AuditOptions *o, GError **error)
{
  GuestsResult result = { 0 };

  o->metrics = metrics_new ();
  if (!guests_run (&o->guests, MACHTYPE_AUDIT_NONE, on_guest, o, &result, error))
    return NOVA_USAGE;
  if (!metrics_write (o->metrics, o->openmetrics, result.n_hosts, result.has_failed, error))
    return AUDIT_NOT_ASKED;
  return result.has_failed ? AUDIT_NOT_ASKED : o->status;
}

static int
audit (AuditOptions *o, GError **error)
{
  GuestsResult result = { 0 };

  if (!read_fail_on (o, error))
    return NOVA_USAGE;
  if (o->openmetrics != NULL && o->guests.json) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "--openmetrics cannot be combined with --json");
    return NOVA_USAGE;
  }
  if (o->openmetrics != NULL)
    return write_metrics (o, error);
  if (!o->guests.json && terminal_is_screen (stdout))
    o->gathering = gathering_new ();
  if (!guests_run (&o->guests, MACHTYPE_AUDIT_FINDINGS_ONLY, on_guest, o, &result, error))
    return NOVA_USAGE;
  if (o->gathering == NULL)
    return result.has_failed ? AUDIT_NOT_ASKED : o->status;
  gathering_print (o->gathering, stdout, NULL, 0);
  if (o->n_guests != 0 || !result.has_failed)
    print_summary (o);
  return result.has_failed ? AUDIT_NOT_ASKED : o->status;
}

int
command_audit (int argc, char **argv)
{
  AuditOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "fail-on", 0, 0, G_OPTION_ARG_STRING, &o.fail_on, "count these findings as failures",
      "CODE,..." },
    { "openmetrics", 0, 0, G_OPTION_ARG_FILENAME, &o.openmetrics,
      "write metrics for Prometheus, print nothing", "FILE" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Compares records with domains, and both with the host that they are judged\n"
      "against. Prints what it finds, and what to do. The guests are those of the\n"
      "hosts of --connect or, without it, of machtype.conf (hosts); if that names\n"
      "none, the records of the store.",
      "Exit status: 0 clean (notes are not counted), 1 warnings, 2 failures, 3 a host\n"
      "or the store could not be asked, 64 usage.\n\n"
      "Example:\n"
      "  machtype audit --connect qemu:///system --capabilities next-host.xml\n"
      "  machtype audit --on debian-13 --on ubuntu-26.04");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  guests_options_add (context, &o.guests);
  options_add_output (context, &o.guests.json, "print JSON, one object per guest");
  if (options_parse (context, &argc, &argv, 0, 0, &status))
    status = audit (&o, &error);
  else if (status == STATUS_USAGE)
    status = NOVA_USAGE;
  if (error != NULL)
    report_answer (error, o.guests.json);
  gathering_free (o.gathering);
  metrics_free (o.metrics);
  g_free (o.openmetrics);
  g_free (o.fail_on);
  guests_options_clear (&o.guests);
  return status;
}
