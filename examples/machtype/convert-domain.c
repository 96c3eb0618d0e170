/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype convert --domain, --all and filters: domains of a host. What is printed has no
 * passwords, except the XML that is to be defined by hand. */

#include "convert.h"

#include <string.h>

#include "diff.h"
#include "report.h"
#include "terminal.h"

/* A domain that is being converted. */
typedef struct {
  const ConvertOptions *options;
  MachtypeConnection *connection; /* borrowed from the instance, or own */
  MachtypeConnection *own;
  Instance at;        /* with --apply and --dry-run: its record */
  MachtypeHost *host; /* borrowed from the instance, or own */
  MachtypeHost *own_host;
  const char *name; /* as the user says it, or its UUID */
  char *uuid;
  MachtypeState state;
  Report *report; /* NULL: it is the only one */
} Target;

static void
target_clear (Target *target)
{
  instance_clear (&target->at);
  machtype_connection_unref (target->own);
  machtype_host_unref (target->own_host);
  g_free (target->uuid);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

/* Record and definition, as --apply does it; otherwise only XML is written. */
static gboolean
is_change (const ConvertOptions *options)
{
  return options->apply || options->dry_run;
}

static char *
find_uuid (MachtypeConnection *connection, const char *text, GError **error)
{
  return g_uuid_string_is_valid (text)
             ? g_ascii_strdown (text, -1)
             : machtype_connection_dup_domain_uuid (connection, text, error);
}

/* NULL: the host has no such domain. */
static MachtypeDomain *
find_domain (Target *target, GError **error)
{
  g_clear_pointer (&target->uuid, g_free);
  target->uuid = find_uuid (target->connection, target->name, error);
  return target->uuid != NULL ? machtype_connection_read_domain (target->connection, target->uuid,
                                                                 MACHTYPE_DOMAIN_READ_SAVED, error)
                              : NULL;
}

/* The host may have the domain, and only the store does not. Takes ownership of why. */
static gboolean
explain_missing (Target *target, GError *why, GError **error)
{
  g_autoptr (MachtypeDomain) domain = NULL;

  if (target->connection != NULL && g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    domain = find_domain (target, NULL);
  if (domain == NULL) {
    g_propagate_error (error, why);
    return FALSE;
  }
  g_error_free (why);
  return set_error (error, MACHTYPE_ERROR_NOT_FOUND,
                    "domain %s is not recorded; record it first: machtype record --connect %s",
                    target->name, machtype_connection_get_uri (target->connection));
}

/* With the record. */
static gboolean
read_recorded (Target *target, GError **error)
{
  Instance *at = &target->at;
  GError *why = NULL;

  if (!instance_read (at, target->name, &why)) {
    target->connection = apply_get_connection (at->apply);
    return explain_missing (target, why, error);
  }
  target->connection = apply_get_connection (at->apply);
  target->host = apply_get_host (at->apply, error);
  g_free (target->uuid);
  target->uuid = g_strdup (machtype_record_get_uuid (at->record));
  target->state = apply_get_state (at->apply, at->record);
  return target->host != NULL;
}

/* Without the record. */
static gboolean
open_domain (Target *target, GError **error)
{
  const HostOptions *host = &target->options->hosts.host;
  g_autoptr (MachtypeDomain) domain = NULL;

  target->own = open_connection (host->connect, host->timeout, error);
  target->connection = target->own;
  if (target->own != NULL)
    domain = find_domain (target, error);
  if (domain == NULL)
    return FALSE;
  target->state = machtype_domain_get_change_state (domain);
  target->host = target->own_host = read_host_of (target->own, host->connect, error);
  return target->host != NULL;
}

/* With REQUIRE_OFFERED, because libvirt would refuse to define what the host does not offer, with
 * its own message. Force is needed for another family, and must not cover the state as well.
 * Without a change, it is what could be done once the guest is shut off. */
static MachtypeConversion *
convert_definition (const Target *target, const char *xml, GError **error)
{
  guint flags = convert_get_flags (target->options);
  MachtypeState state = MACHTYPE_STATE_STOPPED;

  if (is_change (target->options))
    flags |= MACHTYPE_CHANGE_REQUIRE_OFFERED;
  if (is_change (target->options) && target->state != MACHTYPE_STATE_STOPPED) {
    flags &= ~(guint)MACHTYPE_CHANGE_FORCE;
    state = target->state;
  }
  return machtype_domain_convert (xml, -1, target->options->machine, state,
                                  (MachtypeChangeFlags)flags, target->host, error);
}

static char *
read_definition (const Target *target, MachtypeDefinitionFlags flags, GError **error)
{
  return machtype_connection_dup_definition (target->connection, target->uuid, flags, error);
}

/* Of several guests, as they are recorded. */
static const char *
get_label (const Target *target)
{
  const char *name = target->report != NULL ? machtype_record_get_name (target->at.record) : NULL;

  return name != NULL ? name : target->name;
}

static void
show_diff (const Target *target, const char *xml, const MachtypeConversion *conversion)
{
  const MachtypeChange *change = machtype_conversion_get_change (conversion);
  const char *old_machine = machtype_change_get_old_machine (change);
  const char *converted = machtype_conversion_get_xml (conversion);
  g_autofree char *diff = NULL, *old_label = NULL, *new_label = NULL, *same = NULL;

  if (converted == NULL || strcmp (converted, xml) == 0)
    return;
  /* Both in the library's spelling, which quotes differently from libvirt's. */
  same = machtype_domain_xml_with_machine (xml, -1, old_machine, NULL);
  old_label = g_strdup_printf ("%s %s", get_label (target), old_machine);
  new_label =
      g_strdup_printf ("%s %s", get_label (target), machtype_change_get_machine_to_record (change));
  diff = diff_new_unified (same != NULL ? same : xml, old_label, converted, new_label);
  terminal_print_diff (diff);
}

/* The same without passwords, where the definition is shown. *shown: NULL if it is not. */
static gboolean
convert_shown (const Target *target, MachtypeConversion **shown, GError **error)
{
  g_autofree char *xml = NULL;

  if (!target->options->diff && !target->options->json)
    return TRUE;
  xml = read_definition (target, MACHTYPE_DEFINITION_NONE, error);
  if (xml != NULL)
    *shown = convert_definition (target, xml, error);
  if (*shown != NULL && target->options->diff)
    show_diff (target, xml, *shown);
  return *shown != NULL;
}

static gboolean
is_permitted (const MachtypeConversion *conversion)
{
  return machtype_change_is_permitted (machtype_conversion_get_change (conversion));
}

static gboolean
is_noop (const MachtypeConversion *conversion)
{
  return machtype_change_get_verdict (machtype_conversion_get_change (conversion)) ==
         MACHTYPE_VERDICT_NOOP;
}

static void
print_json (const Target *target, const MachtypeConversion *shown)
{
  GString *json = json_begin_with (machtype_conversion_to_json (shown));

  if (is_change (target->options))
    json_text (json, "uuid", target->uuid);
  if (target->options->dry_run)
    json_boolean (json, "dry_run", TRUE);
  json_end (json);
}

/* The record after the conversion, or as a dry run says that it would be. */
static MachtypeRecord *
write_both (const Target *target, MachtypeConversion *conversion, GError **error)
{
  MachtypeUpdater *updater = apply_get_updater (target->at.apply);
  g_autoptr (MachtypeRecord) current = NULL;

  if (!target->options->dry_run)
    return machtype_updater_convert (updater, target->at.record, conversion, error);
  current = instance_dup_current (&target->at, error);
  return current != NULL ? machtype_updater_preview_convert (updater, current, conversion, error)
                         : NULL;
}

/* The only one. */
static void
print_done (const Target *target, const MachtypeConversion *conversion, const char *machine)
{
  const char *old_machine =
      machtype_change_get_old_machine (machtype_conversion_get_change (conversion));
  const char *done = is_noop (conversion)       ? "Unchanged"
                     : target->options->dry_run ? "Would convert"
                                                : "Converted";

  if (terminal_is_screen (stdout))
    record_print_change (done, target->at.record, machine);
  else if (is_noop (conversion))
    g_print ("%s instance %s: machine type is %s\n", done, target->uuid, machine);
  else
    g_print ("%s instance %s: machine type is %s (previously %s)\n", done, target->uuid, machine,
             old_machine);
}

/* machine: as it is recorded now; NULL: refused. */
static void
add_to_report (const Target *target, const MachtypeConversion *conversion, GPtrArray *warnings,
               const char *machine)
{
  MachtypeChange *change = machtype_conversion_get_change (conversion);
  const MachtypeRecord *record = target->at.record;
  const char *verdict = machtype_verdict_to_string (machtype_change_get_verdict (change));
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) effects = machtype_conversion_list_effects (conversion);

  if (is_noop (conversion))
    report_add_unchanged (target->report, record, machine);
  else if (machine != NULL)
    report_add (target->report, record, NULL, machtype_record_get_machine (record), machine,
                STATUS_DONE);
  else
    report_add (target->report, record, verdict, machtype_change_get_old_machine (change),
                machtype_change_get_new_machine (change), STATUS_NO);
  report_findings (target->report, record, REPORT_REASONS, reasons);
  if (machine != NULL)
    report_findings (target->report, record, REPORT_EFFECTS, effects);
  report_findings (target->report, record, REPORT_WARNINGS, warnings);
}

static void
report_conversion (const Target *target, const MachtypeConversion *conversion,
                   const MachtypeConversion *shown, const char *machine)
{
  g_autoptr (GPtrArray) warnings =
      apply_list_warnings (target->at.apply, machtype_conversion_get_change (conversion));

  if (target->options->json)
    print_json (target, shown);
  if (target->report != NULL) {
    add_to_report (target, conversion, warnings, machine);
    return;
  }
  if (target->options->json)
    return;
  if (machine != NULL)
    print_done (target, conversion, machine);
  convert_print (conversion, warnings);
}

/* The report must match what was done: signals are delayed until both are complete. */
static gboolean
write_and_report (const Target *target, MachtypeConversion *conversion,
                  const MachtypeConversion *shown, GError **error)
{
  g_autoptr (MachtypeRecord) converted = NULL;

  signals_delay ();
  converted = write_both (target, conversion, error);
  if (converted != NULL)
    report_conversion (target, conversion, shown, machtype_record_get_machine (converted));
  signals_deliver ();
  return converted != NULL;
}

/* Only the XML. */
static gboolean
print_domain (const Target *target, const MachtypeConversion *conversion,
              const MachtypeConversion *shown, GError **error)
{
  if (!target->options->diff && !convert_write_xml (target->options, conversion, error))
    return FALSE;
  report_conversion (target, conversion, shown, NULL);
  if (target->state != MACHTYPE_STATE_STOPPED)
    g_printerr ("warning: state: the domain is not shut off: --apply would refuse it now\n");
  return TRUE;
}

/* The status; -1: the error is set. */
static int
convert_target (const Target *target, GError **error)
{
  g_autofree char *xml = read_definition (target, MACHTYPE_DEFINITION_SECURE, error);
  g_autoptr (MachtypeConversion) conversion = NULL, shown = NULL;
  gboolean ok = TRUE;

  if (xml == NULL)
    return -1;
  if (target->report == NULL)
    convert_warn_of_names (target->options, xml, target->host);
  conversion = convert_definition (target, xml, error);
  if (conversion == NULL || !convert_shown (target, &shown, error))
    return -1;
  if (!is_change (target->options))
    ok = print_domain (target, conversion, shown, error);
  else if (is_permitted (conversion))
    ok = write_and_report (target, conversion, shown, error);
  else
    report_conversion (target, conversion, shown, NULL);
  return !ok ? -1 : is_permitted (conversion) ? STATUS_DONE : STATUS_NO;
}

static int
convert_one (Target *target, const char *name, GError **error)
{
  target->name = name;
  return read_recorded (target, error) ? convert_target (target, error) : -1;
}

/* Each guest is a change of its own: of one that fails nothing is done, and the others go on. */
static int
convert_several (Target *target, GPtrArray *uuids)
{
  const ConvertOptions *o = target->options;
  g_autoptr (Report) report = report_new (o->json, o->dry_run, "converted", "would be converted");
  gboolean more = TRUE;
  guint i;

  target->report = report;
  for (i = 0; i < uuids->len && more; i++) {
    g_autoptr (GError) error = NULL;

    if (convert_one (target, uuids->pdata[i], &error) >= 0)
      continue;
    report_add_error (report, uuids->pdata[i], target->at.record, error, status_of (error));
    more = !instance_ends_run (&target->at, error);
  }
  report_add_silent (report, &target->at, status_of);
  return report_end (report, uuids->len - i);
}

static int
convert_recorded (Target *target, Selection *selection, GError **error)
{
  const ConvertOptions *o = target->options;
  const ApplyOptions apply = { &o->hosts.host, FALSE, o->dry_run, o->json,
                               guest_hosts_get_several (&o->hosts) };
  const int n = o->domains != NULL ? (int)g_strv_length (o->domains) : 0;
  g_autoptr (GPtrArray) uuids = NULL;

  if (!instance_connect (&target->at, &o->store, &apply, error))
    return -1;
  if (n == 1)
    return convert_one (target, o->domains[0], error);
  uuids = selection_read (selection, &target->at, o->domains, n, error);
  return uuids != NULL ? convert_several (target, uuids) : -1;
}

int
convert_domains (ConvertOptions *options, GError **error)
{
  g_auto (Target) target = { .options = options };
  int status = -1;

  if (is_change (options))
    status = convert_recorded (&target, &options->selection, error);
  else {
    target.name = options->domains[0];
    if (open_domain (&target, error))
      status = convert_target (&target, error);
  }
  return status >= 0 ? status : report_answer (*error, options->json);
}
