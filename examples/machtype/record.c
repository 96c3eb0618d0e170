/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype record: records every domain of hosts, for life. */

#include "record-names.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spool.h"
#include "terminal.h"

typedef struct {
  gboolean json, dry_run, mirror, verbose, quiet, changed, accept, refresh, spool;
  char **names;      /* of the domains that are wanted, borrowed; empty: all */
  const char *taken; /* the spool that is taken, borrowed; NULL: none */
  HostsOptions hosts;
  char *cell, *host;
  GuestOptions guest;
  StoreOptions store;
} RecordOptions;

typedef struct {
  const RecordOptions *options;
  MachtypeStore *store;
  MachtypePolicy *policy;
  const char *cell, *host;
  const RecordNames *found; /* the domains that are named, of several hosts; NULL: not both */
  GPtrArray *results;       /* of MachtypeRecordResult; printed only once the run is committed */
  const char *uri;          /* of the host, or the spool */
  gboolean is_spool;
  gboolean shows_progress;
  int status;
} Run;

static gboolean
on_domain (MachtypeRecordResult *result, gpointer user_data)
{
  guint n_done = machtype_record_result_get_n_done (result);
  guint n_total = machtype_record_result_get_n_total (result);
  Run *run = user_data;

  g_ptr_array_add (run->results, machtype_record_result_ref (result));
  if (run->shows_progress) {
    g_autofree char *uri = machtype_text_escape_message (run->uri);

    g_autofree char *line = g_strdup_printf ("%s: %u of %u", uri, n_done, n_total);
    gboolean fits = terminal_count_columns (line) <= terminal_get_width (stderr);

    /* A line that wraps could not be written over. */
    fprintf (stderr, "\r%s%s", fits ? line : strrchr (line, ':') + 2,
             n_done == n_total ? "\n" : "");
  }
  return TRUE;
}

/* NULL: unknown. */
static const char *
get_name (const MachtypeRecordResult *result)
{
  const MachtypeDomain *domain = machtype_record_result_get_domain (result);
  const MachtypeRecord *record = machtype_record_result_get_record (result);

  if (domain != NULL)
    return machtype_domain_get_name (domain);
  return record != NULL ? machtype_record_get_name (record) : NULL;
}

/* A dry run does nothing. */
static char *
dup_done (const Run *run, guint outcome)
{
  const char *word = outcome_to_word (outcome);

  return run->options->dry_run && outcome_writes (outcome) ? g_strconcat ("would be ", word, NULL)
                                                           : g_strdup (word);
}

static void
print_result_json (const Run *run, const MachtypeRecordResult *result, const char *outcome)
{
  MachtypeRecord *record = machtype_record_result_get_record (result);
  g_autoptr (GPtrArray) warnings = machtype_record_result_list_warnings (result);
  const GError *error = machtype_record_result_get_error (result);
  GString *json =
      record != NULL ? json_begin_with (machtype_record_to_json (record)) : json_begin ();

  if (record == NULL)
    json_text (json, "uuid", machtype_record_result_get_uuid (result));
  json_text (json, run->is_spool ? "spool" : "uri", run->uri);
  json_text (json, "file", machtype_record_result_get_file (result));
  json_text (json, "outcome", error == NULL ? outcome : NULL);
  json_text (json, "error", error != NULL ? code_of (error) : NULL);
  if (run->options->dry_run)
    json_boolean (json, "dry_run", TRUE);
  json_text (json, "definition", machtype_record_result_get_defined_machine (result));
  json_text (json, "running", machtype_record_result_get_running_machine (result));
  json_text (json, "message", error != NULL ? error->message : NULL);
  if (machtype_record_result_get_change (result) != NULL && error == NULL)
    json_value (json, "change",
                machtype_change_to_json (machtype_record_result_get_change (result)));
  json_findings (json, "warnings", warnings);
  json_end (json);
}

static void
warn (const Run *run, const MachtypeRecordResult *result)
{
  g_autoptr (GPtrArray) warnings = NULL;
  g_autofree char *label = NULL;

  if (terminal_is_screen (stderr))
    return;
  warnings = machtype_record_result_list_warnings (result);
  label = g_strdup_printf ("warning: %s: domain %s", run->uri,
                           machtype_record_result_get_uuid (result));

  findings_warn (label, warnings, FINDING_MESSAGE);
}

/* What makes the exit status another one than 0 is always shown. */
static gboolean
is_shown (const Run *run, const MachtypeRecordResult *result)
{
  const RecordOptions *o = run->options;

  if (machtype_record_result_get_error (result) != NULL ||
      machtype_record_result_get_differs (result))
    return TRUE;
  return !o->quiet && (!o->changed || machtype_record_result_get_outcome (result) !=
                                          MACHTYPE_STORE_OUTCOME_UNCHANGED);
}

/* What is accepted is never silent: the guest notices it, as it does an update. */
static void
report_accepted (const Run *run, const MachtypeRecordResult *result)
{
  const MachtypeChange *change = machtype_record_result_get_change (result);
  const char *name = get_name (result);
  const gboolean dry_run = run->options->dry_run;
  g_autoptr (GPtrArray) warnings = NULL, effects = NULL;

  if (machtype_record_result_get_error (result) != NULL)
    return;
  if (name == NULL)
    name = machtype_record_result_get_uuid (result);
  if (change == NULL) {
    if (machtype_record_result_get_outcome (result) == MACHTYPE_STORE_OUTCOME_UNCHANGED)
      g_printerr ("%s: nothing to accept: %s is recorded\n", name,
                  machtype_record_get_machine (machtype_record_result_get_record (result)));
    return;
  }
  warnings = machtype_change_list_warnings (change);
  effects = machtype_change_list_effects (change);
  g_printerr ("%s: %s %s instead of %s\n", name, dry_run ? "would accept" : "accepted",
              machtype_change_get_machine_to_record (change),
              machtype_change_get_old_machine (change));
  change_report (change, warnings, effects);
}

static void
report_failure (const Run *run, const MachtypeRecordResult *result)
{
  const char *file = machtype_record_result_get_file (result);

  g_printerr ("machtype: %s: %s %s: %s\n", run->uri, file != NULL ? "file" : "domain",
              file != NULL ? file : machtype_record_result_get_uuid (result),
              machtype_record_result_get_error (result)->message);
}

static void
print_result (const Run *run, const MachtypeRecordResult *result)
{
  const guint outcome = outcome_find (machtype_record_result_get_outcome (result));
  g_autofree char *done = dup_done (run, outcome);
  const char *fields[6] = { NULL };
  MachtypeRecord *record = machtype_record_result_get_record (result);
  if (machtype_record_result_get_error (result) != NULL)
    report_failure (run, result);
  if (!run->options->quiet || is_shown (run, result))
    warn (run, result);
  if (run->options->accept)
    report_accepted (run, result);
  if (!is_shown (run, result))
    return;
  if (run->options->json) {
    print_result_json (run, result, outcome_to_word (outcome));
    return;
  }
  if (record == NULL || run->options->quiet || terminal_is_screen (stdout))
    return;
  fields[0] = done;
  fields[1] = machtype_record_result_get_uuid (result);
  fields[2] = machtype_record_get_machine (record);
  if (fields[2] != NULL)
    fields[3] = machtype_source_to_string (machtype_record_get_source (record));
  fields[4] = get_name (result);
  fields[5] = machtype_record_get_host_name (record);
  print_fields (fields, G_N_ELEMENTS (fields));
}

/* Those that changed, what was done most first; the others only with --verbose. */
static void
print_table (const Run *run)
{
  static const char *const heads[] = { "NAME", "DONE", "MACHINE TYPE", "SOURCE", "UUID", NULL };
  static const Style styles[N_OUTCOMES] = { STYLE_GOOD,    STYLE_GOOD, STYLE_GOOD, STYLE_DIM,
                                            STYLE_WARNING, STYLE_GOOD, STYLE_GOOD };
  g_autoptr (Table) table = table_new (heads);
  guint outcome, i;

  for (outcome = 0; outcome < N_OUTCOMES; outcome++) {
    g_autofree char *done = dup_done (run, outcome);

    for (i = 0; i < run->results->len; i++) {
      const MachtypeRecordResult *result = run->results->pdata[i];
      MachtypeRecord *record = machtype_record_result_get_record (result);
      const char *name = get_name (result);
      const char *machine = record != NULL ? machtype_record_get_machine (record) : NULL;

      if (record == NULL || outcome_find (machtype_record_result_get_outcome (result)) != outcome ||
          (outcome == N_STORE_OUTCOMES - 1 && !run->options->verbose))
        continue;
      table_add (table, STYLE_NAME, or_dash (name));
      table_add (table, styles[outcome], done);
      table_add (table, STYLE_PLAIN, or_dash (machine));
      table_add (table, STYLE_PLAIN,
                 machine != NULL ? machtype_source_to_string (machtype_record_get_source (record))
                                 : NULL);
      table_add (table, STYLE_DIM, machtype_record_result_get_uuid (result));
    }
  }
  if (table_get_n_rows (table) != 0)
    table_print (table, stdout, 0);
}

/* What is wrong with several domains in one place. */
static void
print_warnings (const Run *run)
{
  g_autoptr (Gathering) gathering = gathering_new ();
  guint i;

  for (i = 0; i < run->results->len; i++) {
    const MachtypeRecordResult *result = run->results->pdata[i];
    g_autoptr (GPtrArray) warnings = machtype_record_result_list_warnings (result);
    const char *name = get_name (result);

    gathering_add (
        gathering,
        &(Guest){ .name = name != NULL ? name : machtype_record_result_get_uuid (result) },
        warnings);
  }
  gathering_print (gathering, stderr, "Warnings", '!');
}

/* "5 domains: 2 added, 3 unchanged" */
static void
print_summary (const Run *run, const guint counts[N_OUTCOMES], guint failed)
{
  g_autoptr (Text) text = text_new ();
  guint i, n = 0;

  text_add (text, STYLE_NAME, "%s", run->uri);
  text_add (text, STYLE_PLAIN, ": %u %s%s", run->results->len, run->is_spool ? "start" : "domain",
            run->results->len == 1 ? "" : "s");
  for (i = 0; i < N_OUTCOMES; i++) {
    g_autofree char *done = dup_done (run, i);

    if (counts[i] != 0)
      text_add (text, i < N_STORE_OUTCOMES ? STYLE_PLAIN : STYLE_WARNING, "%s %u %s",
                n++ == 0 ? ":" : ",", counts[i], done);
  }
  if (failed != 0) {
    text_add (text, STYLE_PLAIN, "%s ", n == 0 ? ":" : ",");
    text_add (text, STYLE_BAD, "%u failed", failed);
  }
  if (run->options->dry_run)
    text_add (text, STYLE_PLAIN, "; nothing was written (--dry-run)");
  text_print (text, stderr, 0, 2, NULL);
}

/* One object for the host, after those of its domains. */
static void
print_host_json (const Run *run, const char *host_name, const guint counts[N_OUTCOMES],
                 guint failed)
{
  GString *json = json_begin ();
  guint i;

  json_text (json, run->is_spool ? "spool" : "uri", run->uri);
  json_text (json, "host", host_name);
  json_integer (json, "domains", run->results->len);
  json_open (json, "counts", '{');
  for (i = 0; i < N_OUTCOMES; i++)
    json_integer (json, outcome_to_word (i), counts[i]);
  json_integer (json, "failed", failed);
  json_close (json, '}');
  if (run->options->dry_run)
    json_boolean (json, "dry_run", TRUE);
  json_end (json);
}

static void
summarize (const Run *run, const char *host_name)
{
  guint counts[N_OUTCOMES] = { 0 }, failed = 0, i;

  for (i = 0; i < run->results->len; i++) {
    const MachtypeRecordResult *result = run->results->pdata[i];

    if (machtype_record_result_get_error (result) != NULL)
      failed++;
    else
      counts[outcome_find (machtype_record_result_get_outcome (result))]++;
  }
  if (run->options->json)
    print_host_json (run, host_name, counts, failed);
  if (terminal_is_screen (stderr)) {
    print_summary (run, counts, failed);
    return;
  }
  g_printerr ("%s: %u %s: ", run->uri, run->results->len, run->is_spool ? "starts" : "domains");
  for (i = 0; i < N_OUTCOMES; i++) {
    g_autofree char *done = dup_done (run, i);

    if (i < N_STORE_OUTCOMES || counts[i] != 0)
      g_printerr ("%u %s, ", counts[i], done);
  }
  g_printerr ("%u failed%s\n", failed,
              run->options->dry_run ? "; nothing was written (--dry-run)" : "");
}

/* An element that contradicts the definition that it is in would mislead whoever reads it. */
static gboolean
may_mirror (const MachtypeRecordResult *result)
{
  const MachtypeRecord *record = machtype_record_result_get_record (result);
  g_autoptr (GPtrArray) warnings = machtype_record_result_list_warnings (result);

  return record != NULL && machtype_record_get_machine (record) != NULL &&
         machtype_record_result_get_domain (result) != NULL &&
         !findings_have_code (warnings, "definition-differs") &&
         !findings_have_code (warnings, "definition-not-read") &&
         (machtype_record_result_get_defined_machine (result) != NULL ||
          !machtype_record_result_get_differs (result));
}

/* The mirror is a hint: a failure to write it is not a failure of recording. */
static void
mirror (const Run *run, MachtypeConnection *connection)
{
  guint i;

  for (i = 0; i < run->results->len; i++) {
    const MachtypeRecordResult *result = run->results->pdata[i];
    MachtypeRecord *record = machtype_record_result_get_record (result);
    g_autoptr (GError) error = NULL;

    if (!may_mirror (result))
      continue;
    if (!machtype_connection_write_metadata (connection, record, MACHTYPE_DEFINE_NONE, &error) &&
        !g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
      g_printerr ("warning: %s: cannot write the metadata of domain %s: %s\n", run->uri,
                  machtype_record_result_get_uuid (result), error->message);
  }
}

static int
print_all (const Run *run, const char *host_name)
{
  int status = STATUS_DONE;
  guint i;

  for (i = 0; i < run->results->len; i++) {
    const MachtypeRecordResult *result = run->results->pdata[i];

    print_result (run, result);
    if (machtype_record_result_get_error (result) != NULL ||
        machtype_record_result_get_differs (result))
      status = STATUS_NO;
  }
  if (!run->options->json && !run->options->quiet && terminal_is_screen (stdout))
    print_table (run);
  if (terminal_is_screen (stderr))
    print_warnings (run);
  if (!run->options->quiet)
    summarize (run, host_name);
  return status;
}

static gboolean
set_domains (const Run *run, MachtypeRecorder *recorder, GError **error)
{
  MachtypeRecorderFlags flags = MACHTYPE_RECORDER_NONE;
  char **name;

  if (run->options->accept)
    flags |= MACHTYPE_RECORDER_ACCEPT;
  if (run->options->refresh)
    flags |= MACHTYPE_RECORDER_REFRESH;
  name = run->found != NULL ? record_names_get (run->found, run->uri) : run->options->names;
  for (; *name != NULL; name++) {
    if (!machtype_recorder_add_domain (recorder, *name, error))
      return FALSE;
  }
  return machtype_recorder_set_flags (recorder, flags, error);
}

static gboolean
run_recorder (Run *run, MachtypeConnection *connection, GError **error)
{
  g_autoptr (MachtypeRecorder) recorder = machtype_recorder_new (run->store, run->policy);
  g_autofree char *author = dup_author ();

  machtype_recorder_set_dry_run (recorder, run->options->dry_run);
  return set_domains (run, recorder, error) &&
         machtype_recorder_set_author (recorder, author, error) &&
         machtype_recorder_set_cell (recorder, run->cell, error) &&
         machtype_recorder_set_host_name (recorder, run->host, error) &&
         machtype_recorder_run (recorder, connection, on_domain, run, error);
}

/* A dry run writes nothing, so it only reports what is pending. */
static gboolean
settle (const Run *run, MachtypeConnection *connection, GError **error)
{
  return run->options->dry_run ? pending_warn (run->store, NULL, error)
                               : pending_settle (run->store, connection, error);
}

static int
record_connection (Run *run, MachtypeConnection *connection, GError **error)
{
  int status = STATUS_BACKEND;

  if (!settle (run, connection, error))
    return status;
  run->results = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_result_unref);
  if (run_recorder (run, connection, error)) {
    status = print_all (run, run->host != NULL ? run->host
                                               : machtype_connection_get_host_name (connection));
    if (run->options->mirror && !run->options->dry_run)
      mirror (run, connection);
  }
  g_ptr_array_unref (run->results);
  return status;
}

/* What was taken before an error is recorded. */
static int
take_spool (Run *run, MachtypeRecorder *recorder, GError **error)
{
  g_autoptr (GError) why = NULL;
  int status;

  run->results = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_record_result_unref);
  if (!machtype_recorder_take_spool (recorder, run->uri, on_domain, run, &why) &&
      g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND) &&
      strcmp (run->uri, SPOOL_DIRECTORY) == 0)
    g_clear_error (&why); /* no guest has started yet */
  status = why == NULL || run->results->len != 0 ? print_all (run, run->host) : STATUS_DONE;
  g_clear_pointer (&run->results, g_ptr_array_unref);
  return pass_on (error, &why) ? status : STATUS_BACKEND;
}

/* Before the hosts: what a guest was started with first is recorded for life. */
static void
record_spool (Run *run)
{
  Run spool = *run;
  g_autoptr (MachtypeRecorder) recorder = machtype_recorder_new (run->store, run->policy);
  g_autofree char *author = dup_author (), *host = NULL;
  g_autoptr (GError) why = NULL;
  int status = STATUS_BACKEND;

  spool.is_spool = TRUE;
  spool.uri = run->options->taken;
  if (spool.host == NULL)
    spool.host = host = spool_dup_host_name ();
  machtype_recorder_set_dry_run (recorder, run->options->dry_run);
  if (machtype_recorder_set_author (recorder, author, &why) &&
      machtype_recorder_set_cell (recorder, run->cell, &why) &&
      machtype_recorder_set_host_name (recorder, spool.host, &why))
    status = take_spool (&spool, recorder, &why);
  if (why != NULL) {
    report_answer (why, run->options->json);
    status = status_of (why);
  }
  run->status = MAX (run->status, status);
}

/* A host that does not answer is reported, and the others are still recorded. */
static void
record_host (const char *uri, MachtypeConnection *connection, const GError *error, gpointer data)
{
  Run *run = data;
  g_autoptr (GError) why = NULL;
  int status = STATUS_DONE;

  run->uri = uri;
  if (connection != NULL)
    status = record_connection (run, connection, &why);
  else
    why = g_error_copy (error);
  if (why != NULL) {
    host_report_failure (uri, why, run->options->json);
    status = status_of (why);
  }
  run->status = MAX (run->status, status);
}

/* A dry run writes nothing at all: it neither creates nor migrates a store. */
static MachtypeStore *
open_store (const RecordOptions *options, GError **error)
{
  g_autofree char *path = NULL;

  if (!options->dry_run)
    return store_options_open (&options->store, MACHTYPE_STORE_OPEN_CREATE, error);
  path = store_options_dup_path (&options->store, error);
  if (path == NULL)
    return NULL;
  if (!store_may_exist (path))
    return machtype_store_open_memory ();
  return store_options_open (&options->store, MACHTYPE_STORE_OPEN_READ_ONLY, error);
}

static void
use_options (Run *run, const RecordOptions *options, char **uris, const MachtypeConfig *config)
{
  run->options = options;
  run->cell = options->cell != NULL ? options->cell : machtype_config_get_cell (config);
  if (uris[0] == NULL || uris[1] == NULL)
    run->host = options->host != NULL ? options->host : machtype_config_get_host (config);
  run->shows_progress = isatty (STDERR_FILENO) == 1 && !options->quiet;
}

/* A server that cannot be reached does not keep a host from recording: see keep_for_later. What an
 * operator decides has to be decided with what is recorded. */
static gboolean
is_away (const RecordOptions *options, const GError *error)
{
  g_autofree char *path = store_options_dup_path (&options->store, NULL);

  return path != NULL && store_has_server (path) && !options->dry_run && !options->accept &&
         !options->refresh &&
         (g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_STORE) ||
          g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_BUSY));
}

static void
keep_for_later (MachtypeStore *store, const char *directory)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  if (spool_keep (store, directory, &n, &error))
    g_printerr ("warning: %u guest%s kept in %s; 'machtype record --spool' records them later\n", n,
                n == 1 ? " is" : "s are", directory);
  else
    g_printerr ("machtype: %s\n", error->message);
}

/* Asks the hosts without the store. */
static int
record_away (const RecordOptions *options, char **uris, MachtypePolicy *policy,
             const HostsQuestion *question, GError **error)
{
  g_autoptr (MachtypeStore) store = machtype_store_open_memory ();
  const char *directory = options->taken != NULL ? options->taken : SPOOL_DIRECTORY;
  Run run = { 0 };

  use_options (&run, options, uris, config_get (NULL));
  run.store = store;
  run.policy = policy;
  if (!hosts_ask (&options->hosts, uris, question, record_host, &run, error))
    return STATUS_BACKEND;
  keep_for_later (store, directory);
  return STATUS_BACKEND;
}

static int
record_hosts (const RecordOptions *options, char **uris, GError **error)
{
  const HostsQuestion question = { FALSE, MACHTYPE_READ_AHEAD_NONE,
                                   options->accept
                                       ? MACHTYPE_DOMAIN_READ_DEVICES | MACHTYPE_DOMAIN_READ_SAVED
                                       : MACHTYPE_DOMAIN_READ_DEVICES };
  const MachtypeConfig *config = config_get (error);
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (GPtrArray) warnings = NULL;
  g_autoptr (RecordNames) found = NULL;
  Run run = { 0 };

  if (config != NULL)
    policy = guest_options_get_policy (&options->guest, error);
  if (policy != NULL)
    store = open_store (options, error);
  if (store == NULL && policy != NULL && uris[0] != NULL && *options->names == NULL &&
      is_away (options, *error)) {
    g_printerr ("machtype: %s\n", (*error)->message);
    g_clear_error (error);
    return record_away (options, uris, policy, &question, error);
  }
  if (store == NULL)
    return STATUS_USAGE;
  warnings = machtype_policy_list_warnings (policy);
  findings_warn ("warning", warnings, FINDING_MESSAGE);
  use_options (&run, options, uris, config);
  run.store = store;
  run.policy = policy;
  if (options->taken != NULL)
    record_spool (&run);
  if (uris[0] == NULL)
    return run.status;
  if (*options->names != NULL && uris[1] != NULL) {
    run.found = found =
        record_names_find (&options->hosts, uris, options->names, options->json, error);
    if (found == NULL)
      return STATUS_NO;
    run.status = found->status;
    uris = found->uris;
  }
  return hosts_ask (&options->hosts, uris, &question, record_host, &run, error) ? run.status
                                                                                : STATUS_BACKEND;
}

/* Which spool is taken. The usual one is, if this host's guests are recorded at their usual place,
 * even without --spool. */
static gboolean
choose_spool (RecordOptions *o, char **uris, GError **error)
{
  if (o->spool && (o->accept || o->refresh || (*o->names != NULL && o->names[1] != NULL)))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--spool takes the whole of one directory: it cannot be combined with %s",
                      o->accept    ? "--accept"
                      : o->refresh ? "--refresh"
                                   : "names of domains");
  if (o->spool) {
    o->taken = *o->names != NULL ? *o->names : SPOOL_DIRECTORY;
    if (*o->names != NULL)
      o->names++;
  } else if (*o->names == NULL && !o->accept && !o->refresh && o->store.path == NULL &&
             spool_is_usual (uris))
    o->taken = SPOOL_DIRECTORY;
  return TRUE;
}

/* Without --connect, the host is libvirt's default; with --spool, none. */
static char **
dup_uris (RecordOptions *o, GError **error)
{
  const char *const others[] = { o->spool ? NULL : get_default_uri (), NULL };
  g_auto (GStrv) uris = NULL;

  if (o->accept && *o->names == NULL) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "--accept: name the domains whose machine type is to be taken over");
    return NULL;
  }
  if (!hosts_options_check (&o->hosts, error))
    return NULL;
  uris = hosts_options_dup_uris (&o->hosts, others, error);
  if (uris == NULL || !choose_spool (o, uris, error))
    return NULL;
  if (o->host == NULL || uris[0] == NULL || uris[1] == NULL)
    return g_steal_pointer (&uris);
  set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
             "--host cannot be combined with several hosts: it names one");
  return NULL;
}

static GOptionContext *
new_context (void)
{
  return options_new (
      "[NAME... | DIRECTORY]",
      "Records the machine type of every domain, or only of those that are named, by\n"
      "name or UUID, if none is recorded: that of the running domain or, if it is shut\n"
      "off, of its definition; failing that, of the image property, the operator's\n"
      "default or the built-in default. A recorded machine type stays, unless --accept\n"
      "is given, and nothing is deleted. Prints one line per domain; one that is\n"
      "defined or runs with another type differs. The host is, without --connect, that\n"
      "of LIBVIRT_DEFAULT_URI or qemu:///system; with --spool, none: the guests are\n"
      "those whose start libvirt's hook has kept in DIRECTORY, which is by "
      "default\n" SPOOL_DIRECTORY ".",
      "Exit status: 0 done, 1 a domain failed or differs from its record, 2 bad input\n"
      "or usage, 3 a host or the store failed, 75 changed concurrently.\n\n"
      "Example:\n"
      "  machtype record --connect qemu:///system");
}

static void
add_policy (GOptionContext *context, GuestOptions *guest)
{
  const GOptionEntry entries[] = {
    { "default", 0, 0, G_OPTION_ARG_STRING_ARRAY, &guest->defaults,
      "the operator's default; can be repeated", "ARCH=TYPE" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &guest->config,
      "a nova.conf with [libvirt] hw_machine_type", "FILE" },
    { "pin", 0, 0, G_OPTION_ARG_NONE, &guest->pin, "record what an alias resolves to (default)",
      NULL },
    { "follow", 0, 0, G_OPTION_ARG_NONE, &guest->follow, "record an alias as it is", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add (context, entries);
}

int
command_record (int argc, char **argv)
{
  RecordOptions o = { 0 };
  const GOptionEntry host_entries[] = {
    { "cell", 0, 0, G_OPTION_ARG_STRING, &o.cell, "the cell of the hosts", "CELL" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &o.host, "the host's name (default: what it calls itself)",
      "NAME" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  const GOptionEntry entries[] = {
    { "accept", 0, 0, G_OPTION_ARG_NONE, &o.accept,
      "take over what the named domains are defined with", NULL },
    { "refresh", 0, 0, G_OPTION_ARG_NONE, &o.refresh,
      "renew the recorded devices from the definition", NULL },
    { "spool", 0, 0, G_OPTION_ARG_NONE, &o.spool, "record the starts in a spool: of DIRECTORY",
      NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &o.dry_run,
      "report what would be recorded, write nothing", NULL },
    { "mirror", 0, 0, G_OPTION_ARG_NONE, &o.mirror,
      "write the record into the domain's metadata, too", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &o.verbose,
      "on a terminal, list unchanged domains, too", NULL },
    { "changed", 0, 0, G_OPTION_ARG_NONE, &o.changed, "print only domains that changed", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &o.quiet,
      "print only what failed and what differs, and no summary", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = new_context ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;
  int status;

  options_add (context, entries);
  add_policy (context, &o.guest);
  hosts_options_add (context, &o.hosts, "a host's libvirt URI; can be repeated");
  options_add_group (context, "Host", host_entries);
  options_add_store (context, &o.store, FALSE);
  options_add_output (context, &o.json, "print JSON, one object per line");
  if (options_parse (context, &argc, &argv, 0, G_MAXINT, &status)) {
    o.names = argv + 1;
    uris = dup_uris (&o, &error);
  }
  if (uris != NULL)
    status = record_hosts (&o, uris, &error);
  if (error != NULL)
    status = report_answer (error, o.json);
  hosts_options_clear (&o.hosts);
  g_free (o.cell);
  g_free (o.host);
  guest_options_clear (&o.guest);
  store_options_clear (&o.store);
  return status;
}
