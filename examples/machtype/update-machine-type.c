/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nova's command update_machine_type, with its messages and exit statuses; of several guests with a
 * report. Source: nova/cmd/manage.py (class LibvirtCommands). */

#include "guest-hosts.h"
#include "report.h"
#include "selection.h"

#include <string.h>

typedef struct {
  gboolean json, force, apply, record_only, pin, follow, require_offered, dry_run, diff;
  StoreOptions store;
  GuestHosts hosts;
  Selection selection;
} UpdateOptions;

/* One update in progress. */
typedef struct {
  const UpdateOptions *options;
  Instance at;
  MachtypeHost *host; /* NULL: none is given */
  char *defined;      /* the machine type in the domain's definition; NULL: no domain */
  Report *report;     /* NULL: it is the only one */
} Update;

static void
update_clear (Update *update)
{
  instance_clear (&update->at);
  machtype_host_unref (update->host);
  g_free (update->defined);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Update, update_clear)

static const char *
or_none (const char *machine)
{
  return machine != NULL ? machine : "None";
}

static int
get_status (const MachtypeChange *change)
{
  switch (machtype_change_get_verdict (change)) {
  case MACHTYPE_VERDICT_REFUSED_STATE:
    return NOVA_STATE;
  case MACHTYPE_VERDICT_REFUSED_INVALID:
  case MACHTYPE_VERDICT_REFUSED_UNSUPPORTED:
  case MACHTYPE_VERDICT_REFUSED_NOT_OFFERED:
    return NOVA_UNSUPPORTED;
  default:
    return NOVA_REFUSED;
  }
}

/* As Nova prints it. */
static void
print_verdict (const Update *update, const MachtypeChange *change)
{
  const char *old_type = or_none (machtype_change_get_old_machine (change));
  g_autofree char *shown = dup_shown (machtype_change_get_new_machine (change));
  gboolean json = update->options->json;

  switch (get_status (change)) {
  case NOVA_STATE:
    print_refusal (
        json,
        "Instance %s in vm_state %s. Cannot update machine type while the instance is in "
        "this state.",
        machtype_record_get_uuid (update->at.record),
        apply_get_state_word (update->at.apply, update->at.record));
    break;
  case NOVA_UNSUPPORTED:
    print_refusal (json, "Machine type %s is not supported.", shown);
    break;
  default:
    print_refusal (json, "Cannot update machine type %s to %s.", old_type, shown);
    break;
  }
}

static void
print_findings (const Update *update, const MachtypeChange *change)
{
  g_autoptr (GPtrArray) warnings = apply_list_warnings (update->at.apply, change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change), reasons = NULL;

  if (update->report == NULL) {
    change_report (change, warnings, effects);
    return;
  }
  reasons = machtype_change_list_reasons (change);
  report_findings (update->report, update->at.record, REPORT_REASONS, reasons);
  if (machtype_change_is_permitted (change))
    report_findings (update->report, update->at.record, REPORT_EFFECTS, effects);
  report_findings (update->report, update->at.record, REPORT_WARNINGS, warnings);
}

/* The machine type as libvirt writes it to a definition. */
static const char *
get_canonical (const Update *update, const MachtypeChange *change)
{
  const char *machine = machtype_change_get_machine_to_record (change);
  const char *canonical = machtype_host_get_canonical (
      update->host, machtype_record_get_arch (update->at.record), NULL, machine);

  return canonical != NULL ? canonical : machine;
}

/* The machine type that the domain is defined with, after the change was made or refused; NULL: no
 * domain. */
static const char *
get_definition (const Update *update, const MachtypeChange *change)
{
  if (update->defined == NULL || update->options->record_only ||
      !machtype_change_is_permitted (change))
    return update->defined;
  return get_canonical (update, change);
}

static void
json_change (const Update *update, const MachtypeChange *change, GPtrArray *broken)
{
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) warnings = apply_list_warnings (update->at.apply, change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
  GString *json = json_begin ();

  json_text (json, "uuid", machtype_record_get_uuid (update->at.record));
  json_text (json, "old", machtype_record_get_machine (update->at.record));
  json_text (json, "new", machtype_change_get_new_machine (change));
  json_text (json, "record",
             machtype_change_is_permitted (change) ? machtype_change_get_machine_to_record (change)
                                                   : NULL);
  json_text (json, "verdict", machtype_verdict_to_string (machtype_change_get_verdict (change)));
  json_findings (json, "reasons", reasons);
  json_findings (json, "warnings", warnings);
  json_findings (json, "effects", effects);
  json_findings (json, "incompatible", broken);
  json_text (json, "definition", get_definition (update, change));
  if (update->options->dry_run)
    json_boolean (json, "dry_run", TRUE);
  json_end (json);
}

/* Writes the record and, if there is a domain, its definition: both or neither. */
static gboolean
write_both (Update *update, MachtypeChange *change, GError **error)
{
  g_autofree char *author = dup_author ();
  g_autoptr (MachtypeRecord) updated = NULL;

  if (update->at.apply == NULL)
    updated =
        machtype_store_update_machine (update->at.store, update->at.record, change, author, error);
  else
    updated = machtype_updater_update (apply_get_updater (update->at.apply), update->at.record,
                                       change, error);
  return updated != NULL;
}

static MachtypeChangeFlags
get_flags (const UpdateOptions *options, gboolean pin)
{
  guint flags = MACHTYPE_CHANGE_NONE;

  if (options->force)
    flags |= MACHTYPE_CHANGE_FORCE;
  if (pin)
    flags |= MACHTYPE_CHANGE_PIN;
  /* libvirt would refuse to define what the host does not offer, with its own message. */
  if (options->require_offered || (options->hosts.host.connect != NULL && !options->record_only))
    flags |= MACHTYPE_CHANGE_REQUIRE_OFFERED;
  return (MachtypeChangeFlags)flags;
}

static MachtypeChange *
judge (const Update *update, const char *from, const char *to, gboolean pin, GError **error)
{
  return machtype_change_check (from, to, machtype_record_get_arch (update->at.record), NULL,
                                apply_get_state (update->at.apply, update->at.record),
                                get_flags (update->options, pin), update->host, error);
}

static int
report_refusal (const Update *update, const MachtypeChange *change)
{
  const int status = get_status (change);

  if (update->report == NULL)
    print_verdict (update, change);
  else
    report_add (update->report, update->at.record,
                machtype_verdict_to_string (machtype_change_get_verdict (change)),
                machtype_change_get_old_machine (change), machtype_change_get_new_machine (change),
                status);
  if (update->options->json)
    json_change (update, change, NULL);
  print_findings (update, change);
  return status;
}

/* Of several guests, the report has the reasons. */
static void
print_forcing (const Update *update)
{
  if (update->report == NULL)
    g_printerr (update->options->dry_run ? "Would force the update of the machine type.\n"
                                         : "Forcing update of machine type.\n");
}

static void
report_forced (const Update *update, const MachtypeChange *change)
{
  if (machtype_change_get_verdict (change) != MACHTYPE_VERDICT_FORCED)
    return;
  print_forcing (update);
  print_findings (update, change);
}

/* The guest has the machine type in its definition, whatever is recorded: the change must be safe
 * from that one, too. NULL without an error: there is no definition to check. */
static MachtypeChange *
judge_definition (const Update *update, const MachtypeChange *change, gboolean pin, GError **error)
{
  if (update->defined == NULL || update->options->record_only)
    return NULL;
  return judge (update, update->defined, get_canonical (update, change), pin, error);
}

/* The machine type that the kept image property names; NULL: none. */
static const char *
get_kept (const Update *update)
{
  const char *kept = machtype_properties_get_image (
      machtype_record_get_properties (update->at.record), "hw_machine_type");

  return kept != NULL && strspn (kept, " \t\r\n") != strlen (kept) ? kept : NULL;
}

/* Without a record, the guest has run with the machine type of its image. NULL without an error:
 * there is nothing to check. */
static MachtypeChange *
judge_kept (const Update *update, const char *wanted, gboolean pin, GError **error)
{
  const char *kept = get_kept (update);

  if (machtype_record_get_machine (update->at.record) != NULL || kept == NULL)
    return NULL;
  return judge (update, kept, wanted, pin, error);
}

/* Before anything changes: which stored properties the new machine type does not support. */
static GPtrArray *
find_broken (const Update *update, const MachtypeChange *change)
{
  const char *machine = machtype_change_get_machine_to_record (change);

  if (machtype_change_get_verdict (change) == MACHTYPE_VERDICT_NOOP)
    return NULL;
  return list_broken (machtype_record_get_properties (update->at.record),
                      machtype_record_get_arch (update->at.record),
                      machtype_record_get_machine (update->at.record), machine, update->host);
}

static void
print_update (const Update *update, const char *machine)
{
  const gboolean dry_run = update->options->dry_run;
  const MachtypeRecord *record = update->at.record;

  if (terminal_is_screen (stdout))
    record_print_change (dry_run ? "Would update" : "Updated", record, machine);
  else
    g_print ("%s instance %s machine type to %s (previously %s)\n",
             dry_run ? "Would update" : "Updated", machtype_record_get_uuid (record), machine,
             or_none (machtype_record_get_machine (record)));
}

/* Whether neither the record nor the definition changes. */
static gboolean
is_same (const Update *update, const MachtypeChange *change)
{
  return machtype_change_get_verdict (change) == MACHTYPE_VERDICT_NOOP &&
         (update->defined == NULL || update->options->record_only ||
          strcmp (update->defined, get_canonical (update, change)) == 0);
}

static void
report_update (const Update *update, const MachtypeChange *change, GPtrArray *broken)
{
  const MachtypeRecord *record = update->at.record;
  const char *machine = machtype_change_get_machine_to_record (change);

  if (update->options->json)
    json_change (update, change, broken);
  if (update->report != NULL && is_same (update, change))
    report_add_unchanged (update->report, record, machine);
  else if (update->report != NULL)
    report_add (update->report, record, NULL, machtype_record_get_machine (record), machine,
                NOVA_DONE);
  else if (!update->options->json)
    print_update (update, machine);
  print_findings (update, change);
  if (update->options->record_only && !update->options->dry_run)
    apply_warn_of_definition (update->defined, machine);
}

/* The report must match what was done: signals are delayed until both are complete. */
static gboolean
write_and_report (Update *update, MachtypeChange *change, GPtrArray *broken, GError **error)
{
  gboolean done;

  signals_delay ();
  done = write_both (update, change, error);
  if (done)
    report_update (update, change, broken);
  signals_deliver ();
  return done;
}

static int
carry_out (Update *update, MachtypeChange *change, GError **error)
{
  const UpdateOptions *options = update->options;
  g_autoptr (GPtrArray) broken = find_broken (update, change);

  if (update->report != NULL)
    report_findings (update->report, update->at.record, REPORT_WARNINGS, broken);
  else
    warn_of_broken (broken);
  if (machtype_change_get_verdict (change) == MACHTYPE_VERDICT_FORCED)
    print_forcing (update);
  if (options->diff && !apply_print_diff (update->at.apply, update->at.record,
                                          get_canonical (update, change), NULL, error))
    return NOVA_UNEXPECTED;
  if (!options->dry_run)
    return write_and_report (update, change, broken, error) ? NOVA_DONE : NOVA_UNEXPECTED;
  if (!pending_check (update->at.store, machtype_record_get_uuid (update->at.record), error))
    return NOVA_UNEXPECTED;
  report_update (update, change, broken);
  return NOVA_DONE;
}

static int
judge_and_write (Update *update, const char *wanted, GError **error)
{
  const UpdateOptions *options = update->options;
  const MachtypeConfig *config = config_get (error);
  g_autoptr (MachtypeChange) change = NULL, defined = NULL, kept = NULL;
  g_autoptr (GError) why = NULL;
  gboolean pin;

  if (config == NULL)
    return NOVA_UNEXPECTED;
  pin = options->pin ||
        (!options->follow &&
         machtype_policy_get_pinning (machtype_config_get_policy (config)) == MACHTYPE_PINNING_PIN);
  if (update->report == NULL)
    warn_of_impossible ("warning", wanted, machtype_record_get_arch (update->at.record),
                        update->host);
  change = judge (update, machtype_record_get_machine (update->at.record), wanted, pin, error);
  if (change == NULL)
    return NOVA_UNEXPECTED;
  if (!machtype_change_is_permitted (change))
    return report_refusal (update, change);
  kept = judge_kept (update, wanted, pin, &why);
  if (!pass_on (error, &why))
    return NOVA_UNEXPECTED;
  if (kept != NULL && !machtype_change_is_permitted (kept))
    return report_refusal (update, kept);
  if (kept != NULL)
    report_forced (update, kept);
  defined = judge_definition (update, change, pin, &why);
  if (!pass_on (error, &why))
    return NOVA_UNEXPECTED;
  if (defined != NULL && !machtype_change_is_permitted (defined))
    return report_refusal (update, defined);
  if (defined != NULL && machtype_change_get_verdict (change) == MACHTYPE_VERDICT_NOOP)
    report_forced (update, defined);
  return carry_out (update, change, error);
}

/* That of the instance. */
static gboolean
use_host (Update *update, GError **error)
{
  MachtypeHost *host = apply_get_host (update->at.apply, error);

  g_clear_pointer (&update->host, machtype_host_unref);
  update->host = host != NULL ? machtype_host_ref (host) : NULL;
  return host != NULL;
}

/* The store, and the host if one is given, which stay open. */
static gboolean
open_both (Update *update, GError **error)
{
  const UpdateOptions *options = update->options;
  const ApplyOptions apply = { &options->hosts.host, options->record_only, options->dry_run,
                               options->json, guest_hosts_get_several (&options->hosts) };
  g_autoptr (GError) why = NULL;

  if (!instance_connect (&update->at, &options->store, &apply, error))
    return FALSE;
  if (options->hosts.host.connect != NULL)
    return update->at.apply == NULL || use_host (update, error);
  update->host = host_options_open (&options->hosts.host, &why);
  return pass_on (error, &why);
}

/* The record, and the domain. */
static gboolean
read_both (Update *update, const char *text, GError **error)
{
  g_autoptr (GError) why = NULL;

  g_clear_pointer (&update->defined, g_free);
  if (!instance_read (&update->at, text, error))
    return FALSE;
  if (update->at.apply == NULL)
    return TRUE;
  update->defined = apply_dup_defined (update->at.apply, &why);
  return pass_on (error, &why) && use_host (update, error);
}

/* Reported, or the error is set; the status. */
static int
update_one (Update *update, const char *text, const char *wanted, GError **error)
{
  if (!read_both (update, text, error))
    return NOVA_UNEXPECTED;
  /* For shelved instances, whose image still has the machine type that they were created with. */
  if (wanted == NULL)
    wanted = get_kept (update);
  if (wanted != NULL)
    return judge_and_write (update, wanted, error);
  set_error (error, MACHTYPE_ERROR_NOT_FOUND,
             "No machine type given, and no image property hw_machine_type recorded for instance "
             "%s; name one as the second argument",
             machtype_record_get_uuid (update->at.record));
  return NOVA_NOT_FOUND;
}

/* Each guest is a change of its own: of one that fails nothing is done, and the others go on. */
static int
update_several (Update *update, GPtrArray *uuids, const char *wanted)
{
  const UpdateOptions *options = update->options;
  g_autoptr (Report) report =
      report_new (options->json, options->dry_run, "updated", "would be updated");
  gboolean more = TRUE;
  guint i;

  update->report = report;
  for (i = 0; i < uuids->len && more; i++) {
    g_autoptr (GError) error = NULL;

    update_one (update, uuids->pdata[i], wanted, &error);
    if (error == NULL)
      continue;
    report_add_error (report, uuids->pdata[i], update->at.record, error, nova_status_of (error));
    more = !instance_ends_run (&update->at, error);
  }
  report_add_silent (report, &update->at, nova_status_of);
  return report_end (report, uuids->len - i);
}

/* The guests and the machine type: "GUEST [TYPE]" as in Nova, "GUEST GUEST... TYPE", or "[TYPE]" if
 * guests are selected. */
static int
update_machine_type (UpdateOptions *options, char **words, int n, GError **error)
{
  const gboolean selected = selection_is_set (&options->selection);
  const int n_guests = selected ? 0 : MAX (n - 1, 1);
  const char *wanted = n > n_guests ? words[n_guests] : NULL;
  g_auto (Update) update = { .options = options };
  g_autoptr (GPtrArray) uuids = NULL;

  if (!open_both (&update, error))
    return NOVA_UNEXPECTED;
  if (!selected && n_guests == 1)
    return update_one (&update, words[0], wanted, error);
  uuids = selection_read (&options->selection, &update.at, words, n_guests, error);
  return uuids != NULL ? update_several (&update, uuids, wanted) : NOVA_UNEXPECTED;
}

static gboolean
check_words (const UpdateOptions *o, int n, GError **error)
{
  const gboolean selected = selection_is_set (&o->selection);

  if (selected && n > 1)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "guests are either named or selected, not both");
  return selection_check_needed (&o->selection, selected ? 0 : n, error);
}

static gboolean
check_update (UpdateOptions *o, int n, GError **error)
{
  const char *message = NULL;

  if (!guest_hosts_read (&o->hosts, error))
    return FALSE;

  if (o->pin && o->follow)
    message = "--pin and --follow are mutually exclusive";
  else if (o->diff && (o->hosts.host.connect == NULL || o->record_only))
    message = "--diff needs --connect URI, the host on which the domain is defined, and cannot be "
              "combined with --record-only";
  if (message != NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", message);
  return check_words (o, n, error) && apply_check (o->apply, o->record_only, &o->hosts.host, error);
}

static void
add_entries (GOptionContext *context, UpdateOptions *o)
{
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &o->force, "override refusals; likely to break the guest",
      NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry_run, "report what would be done, write nothing",
      NULL },
    { "diff", 0, 0, G_OPTION_ARG_NONE, &o->diff, "show what changes in the definition", NULL },
    { "apply", 0, 0, G_OPTION_ARG_NONE, &o->apply, "change the definition (default with --connect)",
      NULL },
    { "record-only", 0, 0, G_OPTION_ARG_NONE, &o->record_only, "change only the record", NULL },
    { "require-offered", 0, 0, G_OPTION_ARG_NONE, &o->require_offered,
      "refuse what the host does not offer", NULL },
    { "pin", 0, 0, G_OPTION_ARG_NONE, &o->pin, "record what an alias resolves to (default)", NULL },
    { "follow", 0, 0, G_OPTION_ARG_NONE, &o->follow, "record an alias as it is", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add (context, entries);
  selection_add (context, &o->selection);
  guest_hosts_add (context, &o->hosts);
  options_add_store (context, &o->store, FALSE);
  options_add_output (context, &o->json, "print JSON, one object per guest");
}

int
command_update_machine_type (int argc, char **argv)
{
  UpdateOptions o = { 0 };
  g_autoptr (GOptionContext) context = options_new (
      "[GUEST...] [TYPE]",
      "Changes the machine type recorded for instances and, with --connect, the one in\n"
      "their domains' definitions. Without TYPE, changes it to the recorded image\n"
      "property hw_machine_type, as for shelved instances. Of one argument or two, the\n"
      "first is the guest; of more, all but the last. If one is unknown, nothing is\n"
      "changed; one that is refused does not keep the others from being changed.",
      "Exit status: 0 done, 1 failed, 2 no such instance or no type, 3 not in this\n"
      "state, 4 refused, 5 type unknown or not offered, 64 usage, 75 changed\n"
      "concurrently, or a change is pending; of several guests that of all that were\n"
      "not changed, if it is the same, otherwise 1.\n\n"
      "Example:\n"
      "  machtype update-machine-type web pc-q35-7.2\n"
      "  machtype update-machine-type --machine 'pc-q35-6.*' --dry-run pc-q35-7.2");
  g_autoptr (GError) error = NULL;
  int status;

  add_entries (context, &o);
  if (!options_parse (context, &argc, &argv, 0, G_MAXINT, &status))
    status = NOVA_USAGE;
  else if (!check_update (&o, argc - 1, &error)) {
    report_answer (error, o.json);
    status = NOVA_USAGE;
  } else {
    status = update_machine_type (&o, argv + 1, argc - 1, &error);
    if (error != NULL)
      status = report_nova (error, o.json);
  }
  selection_clear (&o.selection);
  store_options_clear (&o.store);
  guest_hosts_clear (&o.hosts);
  return status;
}
