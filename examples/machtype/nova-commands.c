/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nova's commands on machine types, with its messages and exit statuses: get, update, list_unset,
 * upgrade check. Sources: nova/cmd/manage.py (class LibvirtCommands), nova/cmd/status.py. */

#include "hosts.h"
#include "selection.h"

#include <string.h>

#include "terminal.h"

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

typedef struct {
  gboolean json;
  StoreOptions store;
  Selection selection;
} GetOptions;

/* Alone, the machine type is all that is printed. */
static void
print_machine (const MachtypeRecord *record, gboolean is_alone)
{
  const char *const fields[] = { machtype_record_get_uuid (record),
                                 machtype_record_get_machine (record),
                                 machtype_record_get_name (record) };

  if (!is_alone)
    print_fields (fields, G_N_ELEMENTS (fields));
  else if (fields[1] != NULL)
    g_print ("%s\n", fields[1]);
}

static int
get_one (const GetOptions *o, MachtypeStore *store, const char *uuid, gboolean is_alone,
         GError **error)
{
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, error);

  if (record == NULL || !pending_warn (store, uuid, error))
    return NOVA_UNEXPECTED;
  if (o->json && !json_whole_record (store, record, error))
    return NOVA_UNEXPECTED;
  if (!o->json)
    print_machine (record, is_alone);
  if (machtype_record_get_machine (record) != NULL)
    return NOVA_DONE;
  g_printerr ("No machine type registered for instance %s\n", uuid);
  return NOVA_STATE;
}

static int
get_machine_type (GetOptions *o, char **names, int n, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (&o->store, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autoptr (GPtrArray) uuids = NULL;
  int status = NOVA_DONE;
  guint i;

  if (store != NULL)
    uuids = selection_read (&o->selection, &(Instance){ .store = store }, names, n, error);
  if (uuids == NULL)
    return NOVA_UNEXPECTED;
  if (n == 1)
    return get_one (o, store, uuids->pdata[0], TRUE, error);
  for (i = 0; i < uuids->len; i++) {
    g_autoptr (GError) why = NULL;
    int next = get_one (o, store, uuids->pdata[i], FALSE, &why);

    if (why != NULL)
      next = report_nova (why, o->json);
    status = join_status (status, next);
  }
  return status;
}

int
command_get_machine_type (int argc, char **argv)
{
  GetOptions o = { 0 };
  g_autoptr (GOptionContext) context =
      options_new ("[GUEST...]",
                   "Shows the machine type recorded for an instance; of several, one line each:\n"
                   "UUID, machine type, name.",
                   "Exit status: 0 done, 1 failed, 2 no such instance, 3 none recorded, 64 usage;\n"
                   "of several guests that of all that failed, if it is the same, otherwise 1.\n\n"
                   "Example:\n"
                   "  machtype get-machine-type web");
  g_autoptr (GError) error = NULL;
  int status;

  selection_add (context, &o.selection);
  options_add_store (context, &o.store, FALSE);
  options_add_output (context, &o.json, "print the whole record as a JSON object");
  if (parse (context, &argc, &argv, 0, G_MAXINT, &status)) {
    if (!selection_check_needed (&o.selection, argc - 1, &error))
      report_answer (error, o.json);
    else {
      status = get_machine_type (&o, argv + 1, argc - 1, &error);
      if (error != NULL)
        status = report_nova (error, o.json);
    }
  }
  selection_clear (&o.selection);
  store_options_clear (&o.store);
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
  hosts_options_add (context, &o.hosts, "also list its domains without a record; can be repeated");
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
