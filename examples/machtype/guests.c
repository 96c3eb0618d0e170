/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guests that list and audit look at. */

#include "guests.h"

#include <stdlib.h>
#include <string.h>

#include "spool.h"

typedef struct {
  const GuestsOptions *options;
  GuestFunc func;
  gpointer data;
  GuestsResult *result;
  GStrvBuilder *hosts;        /* the names of those that answered */
  MachtypePlatform *platform; /* that --on names, for the forecast; NULL: none */
  gboolean has_warned;        /* that the platform of this host is unknown */
} Run;

void
guests_options_add_source (GOptionContext *context, GuestsOptions *o)
{
  o->filter.not_seen = -1;
  hosts_options_add (context, &o->hosts, "look at the guests of this host; can be repeated");
  options_add_store (context, &o->store, FALSE);
}

void
guests_options_add (GOptionContext *context, GuestsOptions *o)
{
  const GOptionEntry target_entries[] = {
    { "target", 0, 0, G_OPTION_ARG_STRING, &o->target.connect,
      "judge on the host at this URI (default: its own)", "URI" },
    { "capabilities", 0, 0, G_OPTION_ARG_FILENAME, &o->target.capabilities,
      "judge on the host with these capabilities", "FILE" },
    { "domain-capabilities", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->target.domain_capabilities,
      "and these domain capabilities", "FILE" },
    { "on", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->platforms,
      "judge on this platform; can be repeated", "PLATFORM" },
    { "host-arch", 0, 0, G_OPTION_ARG_STRING, &o->target.host_arch,
      "its architecture (default: x86_64)", "ARCH" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  guests_options_add_source (context, o);
  options_add_group (context, "Target", target_entries);
  filter_add (context, &o->filter);
}

void
guests_options_clear (GuestsOptions *o)
{
  hosts_options_clear (&o->hosts);
  host_options_clear (&o->target);
  g_strfreev (o->platforms);
  store_options_clear (&o->store);
  filter_clear (&o->filter);
}

static gboolean
on_entry (MachtypeAuditEntry *entry, gpointer data)
{
  const Run *run = data;

  if (filter_wants (&run->options->filter, entry)) {
    run->result->n_guests++;
    run->func (entry, run->data);
  }
  return TRUE;
}

static void
report_failure (const Run *run, const char *uri, const GError *error)
{
  run->result->has_failed = TRUE;
  host_report_failure (uri, error, run->options->json);
}

/* The hosts that are asked. */
typedef struct {
  Run *run;
  MachtypeAudit *audit;
  const char *name; /* of the only host, as it is configured; NULL: what each calls itself */
} Source;

static void
take_failure (const Source *source, const char *uri, const GError *error)
{
  machtype_audit_add_failure (source->audit, uri);
  report_failure (source->run, uri, error);
}

/* The platform of a host that is not this one is not known. */
static void
set_platform (const Source *source, const char *uri, MachtypeConnection *connection)
{
  Run *run = source->run;
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypePlatform) local = NULL;

  if (run->platform != NULL)
    return;
  if (uri_is_local (uri))
    local = platform_open_local (machtype_connection_get_qemu_version (connection), &why);
  machtype_audit_set_platform (source->audit, local);
  if (local != NULL || run->has_warned)
    return;
  run->has_warned = TRUE;
  g_printerr ("warning: %s: what it runs is unknown%s%s; name it with --on PLATFORM\n", uri,
              why != NULL ? ": " : "", why != NULL ? why->message : "");
}

static void
check_host (const char *uri, MachtypeConnection *connection, const GError *error, gpointer data)
{
  const Source *source = data;
  g_autoptr (GError) why = NULL;

  if (connection == NULL) {
    take_failure (source, uri, error);
    return;
  }
  if (source->run->options->forecast)
    set_platform (source, uri, connection);
  if (!machtype_audit_check_connection (source->audit, connection, source->name, on_entry,
                                        source->run, &why)) {
    take_failure (source, uri, why);
    return;
  }
  source->run->result->n_hosts++;
  g_strv_builder_add (source->run->hosts, source->name != NULL
                                              ? source->name
                                              : machtype_connection_get_host_name (connection));
}

static void
check_hosts (Run *run, MachtypeAudit *audit, char **uris, const MachtypeConfig *config)
{
  static const HostsQuestion question = { TRUE, MACHTYPE_READ_AHEAD_HOST,
                                          MACHTYPE_DOMAIN_READ_SAVED };
  Source source = { run, audit, NULL };
  g_autoptr (GError) error = NULL;

  if (uris[1] == NULL)
    source.name = machtype_config_get_host (config);
  if (!hosts_ask (&run->options->hosts, uris, &question, check_host, &source, &error))
    report_failure (run, NULL, error);
}

/* NULL: it could not be opened, and that was reported. */
static MachtypeStore *
open_store (Run *run)
{
  g_autoptr (GError) error = NULL;
  MachtypeStore *store = store_options_open_or_empty (&run->options->store, &error);

  if (store == NULL)
    report_failure (run, NULL, error);
  return store;
}

static gboolean
on_any (MachtypeRecord *record, gpointer data)
{
  (void)record;
  *(gboolean *)data = TRUE;
  return FALSE;
}

/* An empty list is not a clean one: perhaps nothing was recorded, or a host was meant. */
static void
hint (MachtypeStore *store, MachtypeAuditFlags flags)
{
  gboolean has_records = FALSE;

  if (!machtype_store_foreach (store, NULL, NULL, on_any, &has_records, NULL))
    return;
  if (!has_records)
    g_printerr ("the store has no records: 'machtype record --connect URI' records the guests of a "
                "host, 'machtype list --connect URI' lists them\n");
  else if ((flags & MACHTYPE_AUDIT_FINDINGS_ONLY) == 0)
    g_printerr ("no record in the store is of such a guest; --connect URI asks a host for its "
                "guests\n");
}

/* A host that does not answer hides nothing of the others. */
static void
check_all (Run *run, MachtypeAudit *audit, char **uris, const MachtypeConfig *config)
{
  const gboolean has_hosts = *uris != NULL;
  g_autoptr (GError) error = NULL;

  if (has_hosts)
    check_hosts (run, audit, uris, config);
  if ((!has_hosts || run->result->n_hosts != 0) &&
      !machtype_audit_check_records (audit, on_entry, run, &error))
    report_failure (run, NULL, error);
}

/* What is not found may not exist. A host that could not be asked may be the one. */
static gboolean
check_place (Run *run, MachtypeStore *store, const MachtypeConfig *config, GError **error)
{
  const GuestFilter *filter = &run->options->filter;
  g_autofree char *unknown = NULL;
  g_auto (GStrv) hosts = NULL;

  if (run->result->n_guests != 0 || run->result->has_failed)
    return TRUE;
  if (machtype_config_get_host (config) != NULL)
    g_strv_builder_add (run->hosts, machtype_config_get_host (config));
  hosts = g_strv_builder_end (run->hosts);
  if (!find_unknown_place (store, filter->cell, filter->host, (const char *const *)hosts, &unknown,
                           error))
    return FALSE;
  return unknown == NULL || set_error (error, MACHTYPE_ERROR_NOT_FOUND, "%s", unknown);
}

static gboolean
check_options (const GuestsOptions *o, GError **error)
{
  if (o->target.connect != NULL &&
      (o->target.capabilities != NULL || o->target.domain_capabilities))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--target cannot be combined with --capabilities or --domain-capabilities: "
                      "it asks the host itself");
  if (o->platforms != NULL && (o->target.connect != NULL || o->target.capabilities != NULL))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--on cannot be combined with --target or --capabilities");
  if (o->target.host_arch != NULL && o->platforms == NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--host-arch needs --on PLATFORM");
  if (o->forecast && o->target.host_arch != NULL)
    return set_error (
        error, MACHTYPE_ERROR_INVALID_ARGUMENT,
        "--host-arch cannot be combined with --forecast: each guest's own host counts, "
        "or one that accelerates it");
  if (o->forecast && o->platforms != NULL && o->platforms[1] != NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--forecast takes one --on: what the hosts run now");
  return hosts_options_check (&o->hosts, error);
}

static gboolean
add_target (MachtypeAudit *audit, const HostOptions *options, GPtrArray *names, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeHost) target = host_options_open (options, &why);
  const char *platform = target != NULL ? machtype_host_get_platform (target) : NULL;

  if (why != NULL) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  /* Two names can be those of one platform. */
  if (target == NULL || g_ptr_array_find_with_equal_func (names, platform, g_str_equal, NULL))
    return TRUE;
  if (platform != NULL)
    g_ptr_array_add (names, g_strdup (platform));
  machtype_audit_add_target (audit, target);
  return TRUE;
}

static gboolean
add_targets (MachtypeAudit *audit, const GuestsOptions *o, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  HostOptions options = o->target;
  char **platform;

  options.timeout = o->hosts.timeout;
  if (o->platforms == NULL || o->forecast)
    return add_target (audit, &options, names, error);
  for (platform = o->platforms; *platform != NULL; platform++) {
    options.platform = *platform;
    if (!add_target (audit, &options, names, error))
      return FALSE;
  }
  return TRUE;
}

/* A target that cannot be asked leaves nothing to judge against. FALSE without an error: that was
 * reported. */
static gboolean
set_targets (Run *run, MachtypeAudit *audit, GError **error)
{
  g_autoptr (GError) why = NULL;

  add_targets (audit, run->options, &why);
  if (why != NULL && status_of (why) == STATUS_BACKEND) {
    report_failure (run, run->options->target.connect, why);
    return FALSE;
  }
  return pass_on (error, &why);
}

/* Records without a host are forecast as well. */
static gboolean
read_platform (Run *run, MachtypeAudit *audit, GError **error)
{
  const GuestsOptions *o = run->options;

  if (!o->forecast)
    return TRUE;
  if (o->platforms != NULL) {
    run->platform = machtype_platform_new (o->platforms[0], error);
    machtype_audit_set_platform (audit, run->platform);
    return run->platform != NULL;
  }
  return TRUE;
}

gboolean
guests_run (GuestsOptions *options, MachtypeAuditFlags flags, GuestFunc func, gpointer data,
            GuestsResult *result, GError **error)
{
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();
  g_autoptr (MachtypePlatform) platform = NULL;
  Run run = { options, func, data, result, hosts, NULL, FALSE };
  const MachtypeConfig *config = NULL;
  g_autoptr (MachtypeRecordQuery) query = NULL;
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeAudit) audit = NULL;
  g_auto (GStrv) uris = NULL;
  g_autoptr (GError) why = NULL;

  if (!check_options (options, error))
    return FALSE;
  query = filter_read (&options->filter, error);
  config = query != NULL ? config_get (error) : NULL;
  if (config != NULL)
    uris = hosts_options_dup_uris (&options->hosts, machtype_config_get_hosts (config), &why);
  if (why != NULL && status_of (why) == STATUS_BACKEND) {
    report_failure (&run, NULL, why);
    return TRUE;
  }
  if (uris == NULL) {
    pass_on (error, &why);
    return FALSE;
  }
  /* Without the records, every guest would seem to have none. */
  store = open_store (&run);
  if (store == NULL)
    return TRUE;
  audit = machtype_audit_new (store);
  machtype_audit_set_query (audit, query);
  machtype_audit_set_hook (audit, HOOK_FILE, SPOOL_DIRECTORY, RUNTIME_DIRECTORY);
  if (!read_platform (&run, audit, error))
    return FALSE;
  platform = run.platform;
  if (!machtype_audit_set_flags (audit, flags, error) || !set_targets (&run, audit, error))
    return result->has_failed;
  check_all (&run, audit, uris, config);
  if (!check_place (&run, store, config, error))
    return FALSE;
  if (*uris == NULL && result->n_guests == 0)
    hint (store, flags);
  else if (*uris == NULL && options->forecast && platform == NULL)
    g_printerr ("warning: what the hosts of these records run is unknown; name it with --on "
                "PLATFORM\n");
  return TRUE;
}

char *
guest_dup_removed_in (const MachtypeAuditEntry *entry)
{
  guint major, minor;

  if (!machtype_audit_entry_get_removed_in (entry, &major, &minor))
    return NULL;
  return g_strdup_printf ("%u.%u", major, minor);
}

/* Each once, in the order in which they were found. */
static char *
dup_codes (const GPtrArray *findings, MachtypeSeverity least)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; i < findings->len; i++) {
    const char *code = machtype_finding_get_code (findings->pdata[i]);

    if (machtype_finding_get_severity (findings->pdata[i]) >= least &&
        !g_ptr_array_find_with_equal_func (codes, code, g_str_equal, NULL))
      g_ptr_array_add (codes, g_strdup (code));
  }
  if (codes->len == 0)
    return NULL;
  g_ptr_array_add (codes, NULL);
  return g_strjoinv (", ", (char **)codes->pdata);
}

char *
guest_dup_codes (const MachtypeAuditEntry *entry)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_findings (entry);

  return dup_codes (findings, MACHTYPE_SEVERITY_NONE);
}

/* What the answer of a target says, and nothing else does. */
static gboolean
is_answer (const MachtypeFinding *finding)
{
  MachtypeAuditCode code;

  return machtype_finding_get_severity (finding) == MACHTYPE_SEVERITY_ERROR ||
         (machtype_audit_code_from_string (machtype_finding_get_code (finding), &code, NULL) &&
          code == MACHTYPE_AUDIT_CODE_DEPRECATED);
}

char *
guest_dup_other_codes (const MachtypeAuditEntry *entry)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_findings (entry);
  guint i, j;

  for (i = 0; i < machtype_audit_entry_get_n_targets (entry); i++) {
    g_autoptr (GPtrArray) there = machtype_audit_entry_list_target_findings (entry, i);

    for (j = 0; j < there->len; j++) {
      guint k;

      if (is_answer (there->pdata[j]) &&
          g_ptr_array_find_with_equal_func (findings, there->pdata[j],
                                            (GEqualFunc)machtype_finding_equal, &k))
        g_ptr_array_remove_index (findings, k);
    }
  }
  return dup_codes (findings, MACHTYPE_SEVERITY_NONE);
}

char *
guest_dup_answer (const MachtypeAuditEntry *entry, guint target)
{
  g_autoptr (GPtrArray) findings = machtype_audit_entry_list_target_findings (entry, target);
  char *failures = dup_codes (findings, MACHTYPE_SEVERITY_ERROR);

  if (failures != NULL)
    return failures;
  if (machtype_audit_entry_get_target_deprecated (entry, target) == MACHTYPE_ANSWER_YES)
    return g_strdup ("deprecated");
  return g_strdup (
      machtype_answer_to_string (machtype_audit_entry_get_target_offers (entry, target)));
}

const char *
guest_get_arch (const MachtypeAuditEntry *entry)
{
  const MachtypeArch arch = machtype_audit_entry_get_arch (entry);

  return arch != MACHTYPE_ARCH_UNKNOWN ? machtype_arch_to_string (arch) : NULL;
}

/* "debian-14": the first release that does not start it; "unknown". */
const char *
guest_get_end (const MachtypeAuditEntry *entry)
{
  const MachtypePlatform *end = machtype_audit_entry_get_end (entry);

  return end != NULL ? machtype_platform_get_name (end) : "unknown";
}

const char *
guest_get_unsure (const MachtypeAuditEntry *entry)
{
  const MachtypePlatform *unsure = machtype_audit_entry_get_unsure (entry);

  return unsure != NULL ? machtype_platform_get_name (unsure) : NULL;
}

const char *
guest_get_date (const MachtypeAuditEntry *entry)
{
  const MachtypePlatform *end = machtype_audit_entry_get_end (entry);

  return end != NULL ? machtype_platform_get_released (end) : NULL;
}
