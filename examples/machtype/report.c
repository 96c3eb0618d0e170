/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was done with several guests. */

#include "report.h"

#include "guest-hosts.h"

#include <string.h>

struct Report {
  gboolean json, dry_run;
  const char *done, *would;
  Table *table; /* NULL: a line is printed at once */
  Gathering *parts[N_REPORT_PARTS];
  guint n, n_done, n_unchanged, n_failed, n_silent;
  int status; /* of those that failed */
};

Report *
report_new (gboolean json, gboolean dry_run, const char *done, const char *would)
{
  static const char *const heads[] = { "NAME", "DONE", "MACHINE TYPE", "UUID", NULL };
  Report *report = g_new0 (Report, 1);
  int part;

  report->json = json;
  report->dry_run = dry_run;
  report->done = done;
  report->would = would;
  report->table = !json && terminal_is_screen (stdout) ? table_new (heads) : NULL;
  for (part = 0; part < N_REPORT_PARTS; part++)
    report->parts[part] = gathering_new ();
  return report;
}

void
report_free (Report *report)
{
  int part;

  if (report == NULL)
    return;
  g_clear_pointer (&report->table, table_free);
  for (part = 0; part < N_REPORT_PARTS; part++)
    gathering_free (report->parts[part]);
  g_free (report);
}

static const char *
get_name (const MachtypeRecord *record)
{
  return machtype_record_get_name (record) != NULL ? machtype_record_get_name (record)
                                                   : machtype_record_get_uuid (record);
}

static void
add_row (Report *report, const char *name, Style style, const char *done, const char *old_machine,
         const char *new_machine, const char *uuid)
{
  g_autofree char *machine = NULL;

  if (g_strcmp0 (old_machine, new_machine) == 0)
    machine = g_strdup (or_dash (new_machine));
  else
    machine = g_strdup_printf ("%s -> %s", or_dash (old_machine), or_dash (new_machine));
  table_add (report->table, STYLE_NAME, or_dash (name));
  table_add (report->table, style, done);
  table_add (report->table, STYLE_PLAIN, machine);
  table_add (report->table, STYLE_DIM, uuid);
}

static void
add_line (Report *report, const char *uuid, const char *name, Style style, const char *done,
          const char *old_machine, const char *new_machine)
{
  const char *const fields[] = { done, uuid, old_machine, new_machine, name };

  report->n++;
  if (report->table != NULL)
    add_row (report, name, style, done, old_machine, new_machine, uuid);
  else if (!report->json)
    print_fields (fields, G_N_ELEMENTS (fields));
}

static void
add_status (Report *report, int status)
{
  report->status = join_status (report->status, status);
  report->n_failed++;
}

void
report_add (Report *report, const MachtypeRecord *record, const char *done, const char *old_machine,
            const char *new_machine, int status)
{
  if (status == STATUS_DONE) {
    report->n_done++;
    done = report->dry_run ? report->would : report->done;
  } else
    add_status (report, status);
  add_line (report, machtype_record_get_uuid (record), machtype_record_get_name (record),
            status == STATUS_DONE ? STYLE_GOOD : STYLE_BAD, done, old_machine, new_machine);
}

void
report_add_unchanged (Report *report, const MachtypeRecord *record, const char *machine)
{
  report->n_unchanged++;
  add_line (report, machtype_record_get_uuid (record), machtype_record_get_name (record), STYLE_DIM,
            "unchanged", machine, machine);
}

static void
json_failure (const char *uuid, const GError *error)
{
  GString *json = json_begin ();

  json_text (json, "uuid", uuid);
  json_text (json, "error", code_of (error));
  json_text (json, "message", error->message);
  json_end (json);
}

void
report_add_error (Report *report, const char *uuid, const MachtypeRecord *record,
                  const GError *error, int status)
{
  const char *machine = record != NULL ? machtype_record_get_machine (record) : NULL;

  add_status (report, status);
  g_printerr ("machtype: %s: %s\n", record != NULL ? get_name (record) : uuid, error->message);
  add_line (report, uuid, record != NULL ? machtype_record_get_name (record) : NULL, STYLE_BAD,
            code_of (error), machine, machine);
  if (report->json)
    json_failure (uuid, error);
}

gboolean
report_ends_run (const GError *error)
{
  return g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT) ||
         g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE);
}

void
report_add_silent (Report *report, const Instance *instance,
                   int (*get_status) (const GError *error))
{
  guint i;

  for (i = 0; instance->silent != NULL && i < instance->silent->len; i++) {
    const SilentHost *silent = instance->silent->pdata[i];

    report->status = join_status (report->status, get_status (silent->error));
    report->n_silent++;
  }
}

void
report_findings (Report *report, const MachtypeRecord *record, ReportPart part, GPtrArray *findings)
{
  if (findings != NULL)
    gathering_add (report->parts[part], &(Guest){ .name = get_name (record) }, findings);
}

static void
print_summary (const Report *report, guint left)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%u guest%s: %u %s", report->n, report->n == 1 ? "" : "s",
                          report->n_done, report->dry_run ? report->would : report->done);
  if (report->n_unchanged != 0)
    g_string_append_printf (text, ", %u unchanged", report->n_unchanged);
  if (report->n_failed != 0)
    g_string_append_printf (text, ", %u refused or failed", report->n_failed);
  if (report->n_silent != 0)
    g_string_append_printf (text, "; %u host%s could not be asked", report->n_silent,
                            report->n_silent == 1 ? "" : "s");
  if (left != 0)
    g_string_append_printf (text, "; %u more not reached", left);
  g_printerr ("%s%s\n", text->str, report->dry_run ? "; nothing was written (--dry-run)" : "");
}

int
report_end (Report *report, guint left)
{
  static const struct {
    const char *heading;
    char mark;
  } parts[N_REPORT_PARTS] = {
    [REPORT_REASONS] = { "Refused or forced because", 'x' },
    [REPORT_EFFECTS] = { "The guests will notice", '-' },
    [REPORT_WARNINGS] = { "Warnings", '!' },
  };
  int part;

  if (report->table != NULL && report->n != 0)
    table_print (report->table, stdout, 0);
  for (part = 0; part < N_REPORT_PARTS; part++)
    gathering_print (report->parts[part], stderr, parts[part].heading, parts[part].mark);
  print_summary (report, left);
  return report->status;
}
