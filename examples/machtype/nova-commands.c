/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nova's commands on machine types, with its messages and exit statuses: get, update, list_unset,
 * upgrade check. Sources: nova/cmd/manage.py (class LibvirtCommands), nova/cmd/status.py. */

#include "hosts.h"

#include <string.h>

#include "terminal.h"

typedef struct {
  gboolean json, force, apply, record_only, pin, follow, require_offered;
  StoreOptions store;
  HostOptions host;
} UpdateOptions;

/* Nova's commands have a separate status for usage errors: 2 is "not found". */
static gboolean
parse (GOptionContext *context, int *argc, char ***argv, int least, int most, int *status)
{
  gboolean ok = options_parse (context, argc, argv, least, most, status);

  *status = NOVA_USAGE;
  return ok;
}

static gboolean
json_whole_record (MachtypeStore *store, const MachtypeRecord *record, GError **error)
{
  GString *json = json_begin_with (machtype_record_to_json (record));

  if (json_pending (json, store, machtype_record_get_uuid (record), error)) {
    json_end (json);
    return TRUE;
  }
  g_string_free (json, TRUE);
  return FALSE;
}

static int
get_machine_type (const StoreOptions *options, const char *text, gboolean json, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autoptr (MachtypeRecord) record = NULL;
  const char *machine;

  if (store != NULL)
    record = find_record_of (store, text, error);
  if (record == NULL || !pending_warn (store, machtype_record_get_uuid (record), error))
    return NOVA_UNEXPECTED;
  machine = machtype_record_get_machine (record);
  if (json) {
    if (!json_whole_record (store, record, error))
      return NOVA_UNEXPECTED;
  } else if (machine != NULL)
    g_print ("%s\n", machine);
  if (machine != NULL)
    return NOVA_DONE;
  g_printerr ("No machine type registered for instance %s\n", machtype_record_get_uuid (record));
  return NOVA_STATE;
}

int
command_get_machine_type (int argc, char **argv)
{
  StoreOptions store = { 0 };
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context = options_new (
      "GUEST", "Shows the machine type recorded for an instance.",
      "Exit status: 0 done, 1 failed, 2 no such instance, 3 none recorded, 64 usage.\n\n"
      "Example:\n"
      "  machtype get-machine-type web");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &store, FALSE);
  options_add_output (context, &json, "print the whole record as a JSON object");
  if (parse (context, &argc, &argv, 1, 1, &status))
    status = get_machine_type (&store, argv[1], json, &error);
  if (error != NULL)
    status = report_nova (error, json);
  store_options_clear (&store);
  return status;
}

/* One update in progress. */
typedef struct {
  const UpdateOptions *options;
  MachtypeStore *store;
  MachtypeRecord *record;
  MachtypeHost *host;
  Apply *apply;
  char *defined; /* the machine type in the domain's definition; NULL: no domain */
} Update;

static void
update_clear (Update *update)
{
  g_clear_object (&update->store);
  machtype_record_unref (update->record);
  machtype_host_unref (update->host);
  apply_free (update->apply);
  g_free (update->defined);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Update, update_clear)

static const char *
or_none (const char *machine)
{
  return machine != NULL ? machine : "None";
}

static int
print_verdict (const Update *update, const MachtypeChange *change)
{
  const char *old_type = or_none (machtype_change_get_old_machine (change));
  const char *new_type = machtype_change_get_new_machine (change);
  g_autofree char *shown = dup_shown (new_type);
  gboolean json = update->options->json;

  switch (machtype_change_get_verdict (change)) {
  case MACHTYPE_VERDICT_REFUSED_STATE:
    print_refusal (
        json,
        "Instance %s in vm_state %s. Cannot update machine type while the instance is in "
        "this state.",
        machtype_record_get_uuid (update->record),
        apply_get_state_word (update->apply, update->record));
    return NOVA_STATE;
  case MACHTYPE_VERDICT_REFUSED_INVALID:
  case MACHTYPE_VERDICT_REFUSED_UNSUPPORTED:
  case MACHTYPE_VERDICT_REFUSED_NOT_OFFERED:
    print_refusal (json, "Machine type %s is not supported.", shown);
    return NOVA_UNSUPPORTED;
  default:
    print_refusal (json, "Cannot update machine type %s to %s.", old_type, shown);
    return NOVA_REFUSED;
  }
}

/* Saved state of the guest, except what the judgment has already reported. */
static GPtrArray *
list_warnings (const Update *update, const MachtypeChange *change)
{
  GPtrArray *warnings = machtype_change_list_warnings (change);
  g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
  g_autoptr (GPtrArray) saved = apply_list_saved (update->apply);
  guint i;

  for (i = 0; i < saved->len; i++) {
    const char *code = machtype_finding_get_code (saved->pdata[i]);

    if (!findings_have_code (warnings, code) && !findings_have_code (reasons, code))
      g_ptr_array_add (warnings, machtype_finding_ref (saved->pdata[i]));
  }
  return warnings;
}

static void
print_findings (const Update *update, const MachtypeChange *change)
{
  g_autoptr (GPtrArray) warnings = list_warnings (update, change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);

  change_report (change, warnings, effects);
}

/* The machine type as libvirt writes it to a definition. */
static const char *
get_canonical (const Update *update, const MachtypeChange *change)
{
  const char *machine = machtype_change_get_machine_to_record (change);
  const char *canonical = machtype_host_get_canonical (
      update->host, machtype_record_get_arch (update->record), NULL, machine);

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
  g_autoptr (GPtrArray) warnings = list_warnings (update, change);
  g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
  GString *json = json_begin ();

  json_text (json, "uuid", machtype_record_get_uuid (update->record));
  json_text (json, "old", machtype_record_get_machine (update->record));
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
  json_end (json);
}

/* Writes the record and, if there is a domain, its definition: both or neither. */
static gboolean
write_both (Update *update, MachtypeChange *change, GError **error)
{
  g_autofree char *author = dup_author ();
  g_autoptr (MachtypeRecord) updated = NULL;

  if (update->apply == NULL)
    updated = machtype_store_update_machine (update->store, update->record, change, author, error);
  else
    updated =
        machtype_updater_update (apply_get_updater (update->apply), update->record, change, error);
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
  if (options->require_offered || (options->host.connect != NULL && !options->record_only))
    flags |= MACHTYPE_CHANGE_REQUIRE_OFFERED;
  return (MachtypeChangeFlags)flags;
}

static MachtypeChange *
judge (const Update *update, const char *from, const char *to, gboolean pin, GError **error)
{
  return machtype_change_check (from, to, machtype_record_get_arch (update->record), NULL,
                                apply_get_state (update->apply, update->record),
                                get_flags (update->options, pin), update->host, error);
}

static int
report_refusal (const Update *update, const MachtypeChange *change)
{
  int status = print_verdict (update, change);

  if (update->options->json)
    json_change (update, change, NULL);
  print_findings (update, change);
  return status;
}

static void
report_forced (const Update *update, const MachtypeChange *change)
{
  if (machtype_change_get_verdict (change) != MACHTYPE_VERDICT_FORCED)
    return;
  g_printerr ("Forcing update of machine type.\n");
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
  const char *kept = machtype_properties_get_image (machtype_record_get_properties (update->record),
                                                    "hw_machine_type");

  return kept != NULL && strspn (kept, " \t\r\n") != strlen (kept) ? kept : NULL;
}

/* Without a record, the guest has run with the machine type of its image. NULL without an error:
 * there is nothing to check. */
static MachtypeChange *
judge_kept (const Update *update, const char *wanted, gboolean pin, GError **error)
{
  const char *kept = get_kept (update);

  if (machtype_record_get_machine (update->record) != NULL || kept == NULL)
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
  return list_broken (machtype_record_get_properties (update->record),
                      machtype_record_get_arch (update->record),
                      machtype_record_get_machine (update->record), machine, update->host);
}

static void
report_update (const Update *update, const MachtypeChange *change, GPtrArray *broken)
{
  if (update->options->json)
    json_change (update, change, broken);
  else if (terminal_is_screen (stdout))
    record_print_change ("Updated", update->record, machtype_change_get_machine_to_record (change));
  else
    g_print ("Updated instance %s machine type to %s (previously %s)\n",
             machtype_record_get_uuid (update->record),
             machtype_change_get_machine_to_record (change),
             or_none (machtype_record_get_machine (update->record)));
  print_findings (update, change);
  if (update->options->record_only)
    apply_warn_of_definition (update->defined, machtype_change_get_machine_to_record (change));
}

/* The report must match what was done: signals are delayed until both are complete. */
static int
write_and_report (Update *update, MachtypeChange *change, GError **error)
{
  g_autoptr (GPtrArray) broken = find_broken (update, change);
  gboolean done;

  warn_of_broken (broken);
  if (machtype_change_get_verdict (change) == MACHTYPE_VERDICT_FORCED)
    g_printerr ("Forcing update of machine type.\n");
  signals_delay ();
  done = write_both (update, change, error);
  if (done)
    report_update (update, change, broken);
  signals_deliver ();
  return done ? NOVA_DONE : NOVA_UNEXPECTED;
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
  warn_of_impossible ("warning", wanted, machtype_record_get_arch (update->record), update->host);
  change = judge (update, machtype_record_get_machine (update->record), wanted, pin, error);
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
  return write_and_report (update, change, error);
}

/* The domain, and the record updated from it. */
static gboolean
open_domain (Update *update, const char *text, GError **error)
{
  const UpdateOptions *options = update->options;
  const ApplyOptions apply = { &options->host, options->record_only };
  g_autoptr (GError) why = NULL;

  update->apply = apply_open (&apply, text, update->store, &update->record, error);
  if (update->apply == NULL)
    return FALSE;
  update->host = apply_get_host (update->apply, error);
  if (update->host == NULL)
    return FALSE;
  machtype_host_ref (update->host);
  update->defined = apply_dup_defined (update->apply, &why);
  return pass_on (error, &why);
}

static gboolean
open_record (Update *update, const char *text, GError **error)
{
  const UpdateOptions *options = update->options;
  g_autoptr (GError) why = NULL;

  update->store = store_options_open (&options->store, MACHTYPE_STORE_OPEN_NONE, error);
  if (update->store == NULL)
    return FALSE;
  if (options->host.connect != NULL)
    return open_domain (update, text, error);
  update->record = find_record_of (update->store, text, error);
  if (update->record == NULL)
    return FALSE;
  update->host = host_options_open (&options->host, &why);
  return pass_on (error, &why);
}

static int
report_no_type (const Update *update)
{
  g_autofree char *message = g_strdup_printf (
      "No machine type given, and no image property hw_machine_type recorded for instance %s; name "
      "one as the second argument",
      machtype_record_get_uuid (update->record));

  g_printerr ("%s\n", message);
  if (update->options->json)
    json_message (MACHTYPE_ERROR_NOT_FOUND, message);
  return NOVA_NOT_FOUND;
}

static int
update_machine_type (const UpdateOptions *options, const char *text, const char *wanted,
                     GError **error)
{
  g_auto (Update) update = { options, NULL, NULL, NULL, NULL, NULL };

  if (!open_record (&update, text, error))
    return NOVA_UNEXPECTED;
  /* For shelved instances, whose image still has the machine type that they were created with. */
  if (wanted == NULL)
    wanted = get_kept (&update);
  if (wanted == NULL)
    return report_no_type (&update);
  return judge_and_write (&update, wanted, error);
}

static gboolean
check_update (const UpdateOptions *o, GError **error)
{
  if (!o->pin || !o->follow)
    return apply_check (o->apply, o->record_only, &o->host, error);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--pin and --follow are mutually exclusive");
}

int
command_update_machine_type (int argc, char **argv)
{
  UpdateOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &o.force, "override refusals; likely to break the guest",
      NULL },
    { "apply", 0, 0, G_OPTION_ARG_NONE, &o.apply, "change the definition (default with --connect)",
      NULL },
    { "record-only", 0, 0, G_OPTION_ARG_NONE, &o.record_only, "change only the record", NULL },
    { "require-offered", 0, 0, G_OPTION_ARG_NONE, &o.require_offered,
      "refuse what the host does not offer", NULL },
    { "pin", 0, 0, G_OPTION_ARG_NONE, &o.pin, "record what an alias resolves to (default)", NULL },
    { "follow", 0, 0, G_OPTION_ARG_NONE, &o.follow, "record an alias as it is", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "GUEST [TYPE]",
      "Changes the machine type recorded for an instance and, with --connect, the one\n"
      "in its domain's definition. Without TYPE, changes it to the recorded image\n"
      "property hw_machine_type, as for shelved instances.",
      "Exit status: 0 done, 1 failed, 2 no such instance or no type, 3 not in this\n"
      "state, 4 refused, 5 type unknown or not offered, 64 usage, 75 changed\n"
      "concurrently, or a change is pending.\n\n"
      "Example:\n"
      "  machtype update-machine-type web pc-q35-7.2");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_store (context, &o.store, FALSE);
  options_add_host (context, &o.host);
  options_add_output (context, &o.json, "print a JSON object");
  if (parse (context, &argc, &argv, 1, 2, &status)) {
    if (!check_update (&o, &error))
      report_answer (error, o.json);
    else {
      status = update_machine_type (&o, argv[1], argc > 2 ? argv[2] : NULL, &error);
      if (error != NULL)
        status = report_nova (error, o.json);
    }
  }
  store_options_clear (&o.store);
  host_options_clear (&o.host);
  return status;
}

typedef struct {
  gboolean json, print;
  char *cell, *host;
  guint64 found;
  char *unknown;        /* a message; NULL: cell and host are known */
  Gathering *gathering; /* NULL: findings are printed as they come */
  Gathering *machines;  /* the same, of aliases and deprecated types */
  Gathering *guests;    /* the same, of the host's guests */
  HostsOptions hosts;   /* whose domains are listed as well */
  char **uris;          /* theirs; NULL: only the store */
  gboolean has_failed;  /* one of them */
  StoreOptions store;
} UnsetOptions;

static void
print_uuid (const char *uuid)
{
  GString *json = json_begin ();

  json_text (json, "uuid", uuid);
  json_end (json);
}

static gboolean
on_unset (const char *uuid, gpointer data)
{
  UnsetOptions *options = data;

  options->found++;
  if (options->print && options->json)
    print_uuid (uuid);
  else if (options->print)
    g_print ("%s\n", uuid);
  return TRUE;
}

/* FALSE without an error: options->unknown says what does not exist. */
static gboolean
find_unset (UnsetOptions *options, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open_or_empty (&options->store, error);
  return store != NULL && pending_warn (store, NULL, error) &&
         machtype_store_foreach_unset (store, options->cell, options->host, on_unset, options,
                                       error) &&
         (options->uris == NULL ||
          foreach_forgotten (store, &options->hosts, options->uris, options->json, on_unset,
                             options, &options->has_failed, error)) &&
         (options->found != 0 || options->has_failed ||
          find_unknown_place (store, options->cell, options->host, NULL, &options->unknown,
                              error)) &&
         options->unknown == NULL;
}

static void
add_unset_entries (GOptionContext *context, UnsetOptions *o)
{
  const GOptionEntry entries[] = {
    { "cell", 0, 0, G_OPTION_ARG_STRING, &o->cell, "only instances of this cell", "CELL" },
    { "cell-uuid", 0, 0, G_OPTION_ARG_STRING, &o->cell, "Nova's name for --cell", "CELL" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &o->host, "only instances on this host", "NAME" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add (context, entries);
  options_add_store (context, &o->store, FALSE);
}

static void
unset_clear (UnsetOptions *o)
{
  g_free (o->cell);
  g_free (o->host);
  g_free (o->unknown);
  gathering_free (o->gathering);
  gathering_free (o->machines);
  gathering_free (o->guests);
  store_options_clear (&o->store);
  hosts_options_clear (&o->hosts);
  g_strfreev (o->uris);
}

static int
list_unset (UnsetOptions *o)
{
  g_autoptr (GError) error = NULL;
  const gboolean done = find_unset (o, &error);

  if (error != NULL)
    return report_nova (error, o->json);
  if (!done) {
    g_printerr ("%s\n", o->unknown);
    if (o->json)
      json_message (MACHTYPE_ERROR_NOT_FOUND, o->unknown);
    return NOVA_NOT_FOUND;
  }
  if (o->has_failed)
    return NOVA_UNEXPECTED;
  if (o->found != 0)
    return NOVA_STATE;
  if (!o->json)
    g_print ("No instances found without hw_machine_type set.\n");
  return NOVA_DONE;
}

static gboolean
read_unset_hosts (UnsetOptions *o, GError **error)
{
  if (!hosts_options_check (&o->hosts, error))
    return FALSE;
  if (o->hosts.connects == NULL && o->hosts.file == NULL)
    return TRUE;
  o->uris = hosts_options_dup_uris (&o->hosts, NULL, error);
  return o->uris != NULL;
}

int
command_list_unset_machine_type (int argc, char **argv)
{
  UnsetOptions o = { 0 };
  g_autoptr (GOptionContext) context =
      options_new (NULL,
                   "Lists the instances without a recorded machine type, except those that are\n"
                   "being built or deleted. With --connect also the domains of those hosts that\n"
                   "have no record.",
                   "Exit status: 0 none, 1 failed, 2 no such cell or host, 3 some, 64 usage.\n\n"
                   "Example:\n"
                   "  machtype list-unset-machine-type --host compute-1");
  g_autoptr (GError) error = NULL;
  int status;

  add_unset_entries (context, &o);
  options_add_output (context, &o.json, "print JSON, one object per instance");
  hosts_options_add (context, &o.hosts,
                     "also list domains of this host that have no record; can be repeated");
  o.print = TRUE;
  if (parse (context, &argc, &argv, 0, 0, &status)) {
    if (read_unset_hosts (&o, &error))
      status = list_unset (&o);
    else if (report (error) == STATUS_BACKEND)
      status = NOVA_UNEXPECTED;
  }
  unset_clear (&o);
  return status;
}

/* nova-status's table: one box per check, lines cut to its width. Source: nova/cmd/status.py, oslo
 * upgradecheck.py. */
#define TABLE_WIDTH 62

static void
print_row (const char *label, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (GString) line = g_string_new (label);
  char **word;

  for (word = words; *word != NULL; word++) {
    if (line->len + 1 + strlen (*word) > TABLE_WIDTH) {
      g_print ("| %-*s |\n", TABLE_WIDTH, line->str);
      g_string_assign (line, " ");
    }
    g_string_append_printf (line, " %s", *word);
  }
  g_print ("| %-*s |\n", TABLE_WIDTH, line->str);
}

static void
print_rule (void)
{
  g_autofree char *dashes = g_strnfill (TABLE_WIDTH + 2, '-');

  g_print ("+%s+\n", dashes);
}

enum { CHECK_SUCCESS = 0, CHECK_WARNING = 1, CHECK_FAILURE = 2, CHECK_ERROR = 255 };

/* CHECK_HOST only with a host, CHECK_MACHINES and CHECK_GUESTS only if there is something to say.
 */
enum { CHECK_UNSET, CHECK_HOST, CHECK_MACHINES, CHECK_GUESTS, N_CHECKS };

/* The result of a check. */
typedef struct {
  const char *check;
  int status;
  char *details; /* NULL: none */
} CheckResult;

static const char *
get_word (const CheckResult *result)
{
  static const char *const words[] = { "Success", "Warning", "Failure" };

  return words[result->status];
}

static void
print_box (const CheckResult *result)
{
  print_row ("Check:", result->check);
  print_row ("Result:", get_word (result));
  print_row ("Details:", result->details != NULL ? result->details : "None");
  print_rule ();
}

/* For a person, without the boxes. */
static gboolean
is_shown (const CheckResult results[N_CHECKS], guint check, gboolean with_host)
{
  return check == CHECK_UNSET || (check == CHECK_HOST && with_host) ||
         results[check].status != CHECK_SUCCESS;
}

static void
print_results (const CheckResult results[N_CHECKS], gboolean with_host)
{
  static const char *const heads[] = { "", "", NULL };
  static const Style styles[] = { STYLE_GOOD, STYLE_WARNING, STYLE_BAD };
  static const char *const good[] = { "every instance has a recorded machine type",
                                      "this host can start all instances as recorded" };
  g_autoptr (Table) table = table_new (heads);
  guint i;

  for (i = 0; i < N_CHECKS; i++) {
    const CheckResult *result = &results[i];

    if (!is_shown (results, i, with_host))
      continue;
    table_add (table, styles[result->status], get_word (result));
    table_add (table, STYLE_PLAIN, result->details != NULL ? result->details : good[i]);
  }
  table_print (table, stdout, 0);
}

static void
json_result (GString *json, const CheckResult *result)
{
  json_text (json, "check", result->check);
  json_text (json, "result", get_word (result));
  json_text (json, "details", result->details);
}

static void
check_unset (const UnsetOptions *o, CheckResult *result)
{
  if (o->found == 0)
    return;
  result->status = CHECK_WARNING;
  result->details = g_strdup_printf (
      "%" G_GUINT64_FORMAT " instances found without hw_machine_type set: the next upgrade may "
      "change their virtual hardware. List them with 'machtype list-unset-machine-type'; record "
      "them now with 'machtype record --connect URI'.",
      o->found);
}

/* The JSON object of these checks is printed incrementally: it can be long. */
static gboolean
end_result (GString *json, const CheckResult *result, gboolean done)
{
  if (json != NULL && done) {
    json_result (json, result);
    json_end (json);
  } else if (json != NULL)
    g_string_free (json, TRUE);
  return done;
}

static gboolean
check_machine_types (UnsetOptions *o, MachtypeHost *host, CheckResult *result, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open_or_empty (&o->store, error);
  GString *json = o->json ? json_begin () : NULL;
  gboolean done;
  NextHostCount count = { 0, 0, NULL };

  if (!o->json && terminal_is_screen (stderr))
    count.gathering = o->machines = gathering_new ();
  done = store != NULL && check_machines (store, o->cell, o->host, host, json, &count, error);
  if (count.bad == 0) {
    if (json != NULL)
      g_string_free (json, TRUE);
    return done;
  }
  result->status = CHECK_WARNING;
  result->details =
      g_strdup_printf ("%" G_GUINT64_FORMAT " instance%s recorded with an alias, which changes "
                       "with QEMU, or with a deprecated machine type.",
                       count.bad, count.bad == 1 ? " is" : "s are");
  return end_result (json, result, done);
}

static gboolean
check_host (UnsetOptions *o, MachtypeHost *host, CheckResult *result, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open_or_empty (&o->store, error);
  GString *json = o->json ? json_begin () : NULL;
  gboolean done;
  NextHostCount count = { 0, 0, NULL };

  if (!o->json && terminal_is_screen (stderr))
    count.gathering = o->gathering = gathering_new ();
  done = store != NULL && check_next_host (store, o->cell, o->host, host, json, &count, error);
  if (count.bad != 0 || count.unjudged != 0) {
    result->status = count.bad != 0 ? CHECK_FAILURE : CHECK_WARNING;
    result->details =
        g_strdup_printf ("%" G_GUINT64_FORMAT
                         " instance%s could not start on this host as recorded; %" G_GUINT64_FORMAT
                         " could not be checked.",
                         count.bad, count.bad == 1 ? "" : "s", count.unjudged);
  }
  return end_result (json, result, done);
}

/* A check of the store alone does not see what the host has besides. */
static gboolean
check_host_guests (UnsetOptions *o, const HostOptions *host, CheckResult *result, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open_or_empty (&o->store, error);
  GString *json = o->json ? json_begin () : NULL;
  GuestCount count = { 0, 0, 0, NULL };
  gboolean done;

  if (!o->json && terminal_is_screen (stderr))
    count.gathering = o->guests = gathering_new ();
  done = store != NULL && check_guests (store, host, json, &count, error);
  if (count.n_failures + count.n_unrecorded + count.n_warnings == 0) {
    if (json != NULL)
      g_string_free (json, TRUE);
    return done;
  }
  result->status = count.n_failures != 0 ? CHECK_FAILURE : CHECK_WARNING;
  result->details =
      g_strdup_printf ("guests of this host: %" G_GUINT64_FORMAT
                       " not as recorded, %" G_GUINT64_FORMAT " not recorded, %" G_GUINT64_FORMAT
                       " with other warnings. 'machtype audit --connect URI' says "
                       "what to do.",
                       count.n_failures, count.n_unrecorded, count.n_warnings);
  return end_result (json, result, done);
}

static gboolean
run_checks (UnsetOptions *o, const HostOptions *host_options, MachtypeHost *host,
            CheckResult results[N_CHECKS], GError **error)
{
  GString *json;
  guint i;

  if (!find_unset (o, error))
    return FALSE;
  check_unset (o, &results[CHECK_UNSET]);
  if (o->json) {
    json = json_begin ();
    json_result (json, &results[CHECK_UNSET]);
    json_end (json);
  }
  if ((host != NULL && !check_host (o, host, &results[CHECK_HOST], error)) ||
      !check_machine_types (o, host, &results[CHECK_MACHINES], error) ||
      (host_options->connect != NULL &&
       !check_host_guests (o, host_options, &results[CHECK_GUESTS], error)))
    return FALSE;
  if (o->json)
    return TRUE;
  if (terminal_is_screen (stdout)) {
    print_results (results, host != NULL);
    return TRUE;
  }
  print_rule ();
  print_row ("Upgrade Check Results", "");
  print_rule ();
  for (i = 0; i < N_CHECKS; i++) {
    if (is_shown (results, i, host != NULL))
      print_box (&results[i]);
  }
  return TRUE;
}

static int
upgrade_check (UnsetOptions *o, const HostOptions *host_options)
{
  CheckResult results[N_CHECKS] = {
    [CHECK_UNSET] = { "hw_machine_type unset", CHECK_SUCCESS, NULL },
    [CHECK_MACHINES] = { "aliases and deprecated machine types", CHECK_SUCCESS, NULL },
    [CHECK_GUESTS] = { "the host's guests are as recorded", CHECK_SUCCESS, NULL },
    [CHECK_HOST] = { "the new host offers and carries what is recorded", CHECK_SUCCESS, NULL },
  };
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (GError) error = NULL;
  int status, i;

  pending_settle_on (&o->store, host_options);
  host = host_options_open (host_options, &error);
  if (error == NULL && run_checks (o, host_options, host, results, &error)) {
    for (status = i = 0; i < N_CHECKS; i++)
      status = MAX (status, results[i].status);
    if (o->gathering != NULL)
      gathering_print (o->gathering, stderr, "Would not start here as recorded, or not checked", 0);
    if (o->machines != NULL)
      gathering_print (o->machines, stderr, "An alias, or deprecated", 0);
    if (o->guests != NULL)
      gathering_print (o->guests, stderr, "Not recorded, or not as recorded", 0);
  } else {
    if (error == NULL)
      set_error (&error, MACHTYPE_ERROR_NOT_FOUND, "%s", o->unknown);
    report_answer (error, o->json);
    status = CHECK_ERROR;
  }
  for (i = 0; i < N_CHECKS; i++)
    g_free (results[i].details);
  return status;
}

int
command_upgrade_check (int argc, char **argv)
{
  UnsetOptions o = { 0 };
  HostOptions host = { 0 };
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Checks whether an upgrade would change guests: whether every instance has a\n"
      "recorded machine type, whether that is an alias or deprecated and, if a host is\n"
      "given (as it is after the upgrade), whether that host can start all of them\n"
      "with their recorded image properties. With --connect also whether each guest of\n"
      "the host is recorded, and is as recorded.",
      "Exit status: 0 success, 1 warning, 2 failure, 64 usage, 255 the check failed.\n\n"
      "Example:\n"
      "  machtype upgrade-check --connect qemu:///system");
  g_autoptr (GError) error = NULL;
  int status;

  add_unset_entries (context, &o);
  options_add_host (context, &host);
  options_add_output (context, &o.json, "print JSON, one object per check");
  if (parse (context, &argc, &argv, 0, 0, &status)) {
    if (host_options_check (&host, &error))
      status = upgrade_check (&o, &host);
    else
      report_answer (error, o.json);
  }
  unset_clear (&o);
  host_options_clear (&host);
  return status;
}
