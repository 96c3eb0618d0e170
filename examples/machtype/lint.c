/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What domains have that their machine types do not support, and what libvirt itself says about
 * them. */

#include "filter.h"

#include <string.h>

#include "agreement.h"
#include "terminal.h"

typedef struct {
  gboolean json;
  HostOptions host_options;
  gboolean all;                   /* domains of the connection */
  GuestFilter filter;             /* those of them */
  StoreOptions store;             /* for the filter */
  char **domains;                 /* these, by name or UUID; NULL: none */
  MachtypeHost *host;             /* NULL: none */
  MachtypeConnection *connection; /* NULL: libvirt is not asked */
} LintOptions;

/* Where a document comes from: a file, or a domain of the connection. */
typedef struct {
  char *label; /* for people */
  char *file;  /* NULL: a domain */
  char *domain, *uuid;
} Origin;

/* libvirt's answer, in addition to the findings. */
typedef enum { NOT_ASKED, AGREES, ACCEPTS, REFUSES } Agreement;

/* How the files are: STATUS_DONE, STATUS_NO, or worse. */
#define N_COUNTS 3

static const char agreements[][12] = { "", "agrees", "accepts", "refuses" };

typedef struct {
  GPtrArray *findings; /* of lint; and libvirt's refusal if lint did not find its reason */
  guint n_found;       /* by lint */
  Agreement agreement;
  MachtypeDefinitionCheck *check; /* NULL: libvirt was not asked */
  char **not_asked;               /* what it was not asked about; NULL: it was not asked at all */
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->findings, g_ptr_array_unref);
  g_clear_pointer (&answer->check, machtype_definition_check_unref);
  g_clear_pointer (&answer->not_asked, g_strfreev);
}

/* NULL: it would accept the domain. */
static const char *
get_refusal (const Answer *answer)
{
  return answer->check != NULL ? machtype_definition_check_get_refusal (answer->check) : NULL;
}

/* Whether libvirt was asked about the subject: nothing on the path to it was omitted. */
static gboolean
was_asked (const Answer *answer, const MachtypeFinding *finding)
{
  const char *subject = machtype_finding_get_subject (finding);
  char **path;

  for (path = answer->not_asked; *path != NULL && subject != NULL; path++) {
    gsize length = strlen (*path);

    if (strncmp (subject, *path, length) == 0 && strchr ("/[", subject[length]) != NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_asked_of_any (const Answer *answer)
{
  guint i;

  for (i = 0; i < answer->findings->len; i++) {
    if (was_asked (answer, answer->findings->pdata[i]))
      return TRUE;
  }
  return FALSE;
}

/* Whether a finding that is enough to refuse the domain is about what libvirt refuses. */
static gboolean
has_found (const Answer *answer)
{
  const char *refusal = get_refusal (answer);
  guint i;

  for (i = 0; i < answer->findings->len; i++) {
    const MachtypeFinding *finding = answer->findings->pdata[i];
    const MachtypeAuthority authority = machtype_finding_get_authority (finding);

    if ((authority == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE || authority == MACHTYPE_AUTHORITY_QEMU ||
         authority == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES) &&
        finding_is_same_refusal (finding, refusal))
      return TRUE;
  }
  return FALSE;
}

/* What libvirt defines does not always start: such findings do not contradict it, and it may still
 * know about them. Neither do findings about what it was not asked about. */
static Agreement
compare (const Answer *answer)
{
  if (get_refusal (answer) == NULL)
    return is_asked_of_any (answer) ? ACCEPTS : AGREES;
  return has_found (answer) ? AGREES : REFUSES;
}

static void
ask_libvirt (const LintOptions *options, const char *xml, Answer *answer, GError **error)
{
  answer->check =
      machtype_connection_check_definition (options->connection, xml, MACHTYPE_DEFINE_NONE, error);
  if (answer->check == NULL)
    return;
  answer->not_asked = machtype_definition_check_dup_unchecked (answer->check);
  answer->agreement = compare (answer);
  answer->n_found = answer->findings->len;
  if (answer->agreement == REFUSES)
    g_ptr_array_add (answer->findings, machtype_definition_check_dup_finding (answer->check));
}

/* What libvirt says of it. */
static char *
dup_libvirt (const Answer *answer)
{
  const char *refusal = get_refusal (answer);

  if (answer->agreement == AGREES && refusal == NULL)
    return g_strdup ("libvirt agrees: it would define what it checked");
  if (answer->agreement == AGREES)
    return g_strdup_printf ("libvirt refuses it, too: %s", refusal);
  if (answer->agreement == ACCEPTS)
    return g_strdup ("libvirt would define what it checked anyway");
  if (answer->n_found == 0)
    return g_strdup_printf ("libvirt refuses it, although lint found nothing: %s", refusal);
  return g_strdup_printf ("libvirt refuses it for another reason: %s", refusal);
}

static guint
count (const Answer *answer, MachtypeSeverity severity)
{
  guint n = 0, i;

  for (i = 0; i < answer->findings->len; i++)
    n += machtype_finding_get_severity (answer->findings->pdata[i]) == severity;
  return n;
}

/* Notes change nothing about the result. */
static gboolean
is_ok (const Answer *answer)
{
  return count (answer, MACHTYPE_SEVERITY_NOTE) == answer->findings->len &&
         get_refusal (answer) == NULL;
}

/* "2 errors, 1 warning" */
static char *
dup_counts (const Answer *answer)
{
  MachtypeSeverity severity;
  GString *counts = g_string_new (NULL);

  for (severity = MACHTYPE_SEVERITY_ERROR; severity > MACHTYPE_SEVERITY_NONE; severity--) {
    guint n = count (answer, severity);

    if (n != 0)
      g_string_append_printf (counts, "%s%u %s%s", counts->len != 0 ? ", " : "", n,
                              machtype_severity_to_string (severity), n == 1 ? "" : "s");
  }
  return g_string_free (counts, FALSE);
}

/* The file, what it is a domain of, and whether all is well. */
static void
print_title (const char *file, const char *xml, const Answer *answer)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, NULL);
  g_autofree char *counts = dup_counts (answer);
  const char *machine = domain != NULL ? machtype_domain_get_machine (domain) : NULL;
  gboolean ok = is_ok (answer);
  g_autoptr (Text) title = text_new ();

  text_add (title, STYLE_NAME, "%s", file);
  if (machine != NULL)
    text_add (title, STYLE_PLAIN, ": %s, %s", machine,
              machtype_arch_to_string (machtype_domain_get_arch (domain)));
  text_add (title, STYLE_PLAIN, ": ");
  if (ok)
    text_add (title, STYLE_GOOD, "ok%s%s", *counts != '\0' ? ", " : "", counts);
  else
    text_add (title, count (answer, MACHTYPE_SEVERITY_ERROR) != 0 ? STYLE_BAD : STYLE_WARNING, "%s",
              counts);
  text_print (title, stdout, 0, 2, NULL);
}

static void
print_screen (const char *file, const char *xml, const Answer *answer)
{
  g_autofree char *libvirt = NULL, *not_asked = NULL;

  print_title (file, xml, answer);
  findings_print (stdout, NULL, answer->findings, FINDING_ALL, 0);
  if (answer->check == NULL)
    return;
  libvirt = dup_libvirt (answer);
  print_line ("  %s", libvirt);
  not_asked = g_strjoinv (", ", answer->not_asked);
  if (*not_asked != '\0')
    print_line ("  libvirt did not check: %s", not_asked);
}

static void
print_answer (const char *file, const char *xml, const Answer *answer)
{
  g_autofree char *libvirt = NULL, *not_asked = NULL;
  guint i;

  if (terminal_is_screen (stdout)) {
    print_screen (file, xml, answer);
    return;
  }
  for (i = 0; i < answer->findings->len; i++) {
    g_autofree char *text = finding_to_text (answer->findings->pdata[i], FINDING_ALL);

    print_line ("%s: %s", file, text);
  }
  if (answer->check == NULL)
    return;
  libvirt = dup_libvirt (answer);
  print_line ("%s: %s", file, libvirt);
  not_asked = g_strjoinv (", ", answer->not_asked);
  if (*not_asked != '\0')
    print_line ("%s: libvirt did not check: %s", file, not_asked);
}

static void
origin_free (gpointer data)
{
  Origin *origin = data;

  g_free (origin->label);
  g_free (origin->file);
  g_free (origin->domain);
  g_free (origin->uuid);
  g_free (origin);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Origin, origin_free)

/* domain: which one of the document; NULL: none in particular. */
static GString *
begin_json (const Origin *origin, const MachtypeContainedDomain *domain)
{
  GString *json = json_begin ();

  json_text (json, "file", origin->file);
  json_text (json, "domain", origin->domain);
  json_text (json, "uuid", origin->uuid);
  if (domain == NULL)
    return json;
  json_text (json, "document", machtype_contained_domain_get_document (domain));
  json_text (json, "document_name", machtype_contained_domain_get_document_name (domain));
  json_text (json, "element", machtype_contained_domain_get_element (domain));
  return json;
}

static void
print_json (const Origin *origin, const MachtypeContainedDomain *domain, const Answer *answer)
{
  GString *json = begin_json (origin, domain);

  json_findings (json, "findings", answer->findings);
  json_text (json, "libvirt",
             answer->agreement != NOT_ASKED ? agreements[answer->agreement] : NULL);
  json_text (json, "libvirt_message", get_refusal (answer));
  if (answer->not_asked != NULL)
    json_texts (json, "libvirt_not_asked", (const char *const *)answer->not_asked);
  json_end (json);
}

/* label: NULL if the message already contains it. */
static int
report_origin (const LintOptions *options, const Origin *origin, const char *label,
               const MachtypeContainedDomain *domain, const GError *error)
{
  GString *json;

  if (label != NULL)
    g_printerr ("machtype: %s: %s\n", label, error->message);
  else
    report (error);
  if (!options->json)
    return status_of (error);
  json = begin_json (origin, domain);
  json_text (json, "error", code_of (error));
  json_text (json, "message", error->message);
  json_end (json);
  return status_of (error);
}

/* Which domain of the file: "web.xml (snapshot before-update, inactive)". It is the active one only
 * where there is an inactive one as well. */
static char *
dup_label (const char *file, const MachtypeContainedDomain *domain, gboolean is_alone)
{
  static const struct {
    char document[20], word[12];
  } words[] = {
    { "domainsnapshot", "snapshot" },
    { "domaincheckpoint", "checkpoint" },
    { "domstatus", "status" },
  };
  const char *document = machtype_contained_domain_get_document (domain);
  const char *name = machtype_contained_domain_get_document_name (domain);
  g_autofree char *shown = name != NULL ? machtype_text_escape_message (name) : NULL;
  const char *which = "";
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (words) && strcmp (words[i].document, document) != 0; i++)
    continue;
  if (i == G_N_ELEMENTS (words))
    return g_strdup (file);
  if (!is_alone)
    which = strcmp (machtype_contained_domain_get_element (domain), "domain") == 0 ? ", active"
                                                                                   : ", inactive";
  return g_strdup_printf ("%s (%s%s%s%s)", file, words[i].word, shown != NULL ? " " : "",
                          shown != NULL ? shown : "", which);
}

static int
lint_domain (const LintOptions *options, const Origin *origin,
             const MachtypeContainedDomain *domain, gboolean is_alone)
{
  const char *xml = machtype_contained_domain_get_xml (domain);
  g_autofree char *label = dup_label (origin->label, domain, is_alone);
  g_autoptr (GError) error = NULL;
  Answer answer = { 0 };
  int status;

  answer.findings = machtype_domain_lint (xml, -1, options->host, &error);
  if (answer.findings != NULL && options->connection != NULL)
    ask_libvirt (options, xml, &answer, &error);
  /* What was found before libvirt could not be asked is still reported. */
  if (!options->json && answer.findings != NULL)
    print_answer (label, xml, &answer);
  else if (error == NULL)
    print_json (origin, domain, &answer);
  if (error != NULL)
    status = report_origin (options, origin, label, domain, error);
  else
    status = is_ok (&answer) ? STATUS_DONE : STATUS_NO;
  answer_clear (&answer);
  return status;
}

static int
lint_document (const LintOptions *options, const Origin *origin, const char *xml, gssize length)
{
  g_autoptr (GPtrArray) domains = NULL;
  g_autoptr (GError) error = NULL;
  int worst = STATUS_DONE;
  guint i;

  domains = machtype_domain_list_contained (xml, length, &error);
  if (domains == NULL)
    return report_origin (options, origin, origin->label, NULL, error);
  for (i = 0; i < domains->len; i++) {
    const int status = lint_domain (options, origin, domains->pdata[i], domains->len == 1);

    worst = MAX (worst, status);
  }
  return worst;
}

static int
lint_file (const LintOptions *options, const char *path)
{
  g_autoptr (Origin) origin = g_new0 (Origin, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = NULL;
  gsize length = 0;

  origin->file = g_filename_display_name (path);
  origin->label = g_strdup (origin->file);
  xml = read_input (path, MACHTYPE_XML_MAX_SIZE, &length, &error);
  if (xml == NULL)
    return report_origin (options, origin, NULL, NULL, error);
  return lint_document (options, origin, xml, (gssize)length);
}

/* A transient domain has no definition: then it is what runs. */
static char *
dup_definition (const LintOptions *options, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  char *xml = machtype_connection_dup_definition (options->connection, uuid,
                                                  MACHTYPE_DEFINITION_NONE, &why);

  if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED))
    return machtype_connection_dup_definition (options->connection, uuid,
                                               MACHTYPE_DEFINITION_RUNNING, error);
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return xml;
}

/* One of all domains can have disappeared since they were listed. */
static int
lint_of_host (const LintOptions *options, const Origin *origin)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = dup_definition (options, origin->uuid, &error);

  if (xml != NULL)
    return lint_document (options, origin, xml, -1);
  if (options->domains == NULL && g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return STATUS_DONE;
  return report_origin (options, origin, origin->label, NULL, error);
}

static Origin *
origin_new_domain (const char *name, const char *uuid)
{
  Origin *origin = g_new0 (Origin, 1);

  origin->domain = g_strdup (name);
  origin->uuid = g_strdup (uuid);
  origin->label = machtype_text_escape_message (name != NULL ? name : uuid);
  return origin;
}

static gboolean
add_origin (MachtypeDomainStatus *status, gpointer data)
{
  g_ptr_array_add (data, origin_new_domain (machtype_domain_status_get_name (status),
                                            machtype_domain_status_get_uuid (status)));
  return TRUE;
}

static int
compare_origins (gconstpointer a, gconstpointer b)
{
  const Origin *first = *(Origin *const *)a, *second = *(Origin *const *)b;
  const int order = g_strcmp0 (first->domain, second->domain);

  return order != 0 ? order : strcmp (first->uuid, second->uuid);
}

/* By UUID, or by name. */
static Origin *
find_domain (const LintOptions *options, const char *text, GError **error)
{
  g_autoptr (MachtypeDomainStatus) status = NULL;
  g_autofree char *uuid = NULL;
  g_autoptr (GError) why = NULL;

  if (g_uuid_string_is_valid (text))
    status = machtype_connection_read_status (options->connection, text, MACHTYPE_DOMAIN_READ_NONE,
                                              &why);
  if (status != NULL)
    return origin_new_domain (machtype_domain_status_get_name (status),
                              machtype_domain_status_get_uuid (status));
  if (why != NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  uuid = machtype_connection_dup_domain_uuid (options->connection, text, error);
  return uuid != NULL ? origin_new_domain (text, uuid) : NULL;
}

/* Several in one line: how many are well. */
static void
print_summary (const char *what, const guint counts[N_COUNTS])
{
  static const struct {
    Style style;
    const char *what;
  } words[N_COUNTS] = {
    { STYLE_GOOD, "ok" },
    { STYLE_BAD, "with findings" },
    { STYLE_BAD, "could not be checked" },
  };
  g_autoptr (Text) text = text_new ();
  guint n = 0, i;

  for (i = 0; i < N_COUNTS; i++)
    n += counts[i];
  text_add (text, STYLE_PLAIN, "%u %s:", n, what);
  for (n = 0, i = 0; i < N_COUNTS; i++) {
    if (counts[i] == 0)
      continue;
    text_add (text, STYLE_PLAIN, "%s ", n++ != 0 ? "," : "");
    text_add (text, words[i].style, "%u %s", counts[i], words[i].what);
  }
  text_print (text, stdout, 0, 2, NULL);
}

static gboolean
open_host (LintOptions *options, GError **error)
{
  const HostOptions *host = &options->host_options;
  g_autoptr (GError) why = NULL;

  if (!host_options_check (host, error))
    return FALSE;
  if (host->connect == NULL) {
    options->host = host_options_open (host, &why);
    return pass_on (error, &why);
  }
  options->connection = open_connection (host->connect, host->timeout, error);
  if (options->connection != NULL)
    options->host = read_host_of (options->connection, host->connect, error);
  return options->host != NULL && host_options_fit (host, options->host, error);
}

static gboolean
check_options (const LintOptions *options, int argc, GError **error)
{
  const gboolean selected = options->all || filter_is_set (&options->filter);
  const gboolean of_host = selected || options->domains != NULL;
  const char *message = NULL;

  if (of_host && argc > 1)
    message = "FILE cannot be combined with --all, --domain or a filter";
  else if (selected && options->domains != NULL)
    message = "--all and filters cannot be combined with --domain";
  else if (of_host && options->host_options.connect == NULL)
    message = "--all, --domain and filters need --connect URI, the host that has the domains";
  else if (!of_host && argc < 2)
    message = "too few arguments: name a FILE, or use --all or --domain NAME with --connect URI";
  if (message != NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", message);
  return filter_check_given (&options->filter, error);
}

/* What was checked so far. */
typedef struct {
  guint counts[N_COUNTS];
  guint n;
  int worst;
} Result;

static void
add_status (Result *result, int status)
{
  result->n++;
  result->counts[MIN (status, N_COUNTS - 1)]++;
  result->worst = MAX (result->worst, status);
}

static void
lint_named (const LintOptions *options, Result *result)
{
  char **name;

  for (name = options->domains; *name != NULL; name++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Origin) origin = find_domain (options, *name, &error), missing = NULL;
    int status;

    if (origin != NULL) {
      add_status (result, lint_of_host (options, origin));
      continue;
    }
    missing = origin_new_domain (*name, NULL);
    status = report_origin (options, missing, NULL, NULL, error);
    /* Not the answer "no": that would be findings. */
    add_status (result, MAX (status, STATUS_USAGE));
  }
}

/* In the order of their names. */
/* Which domains an audit reports and the filter wants. */
typedef struct {
  const GuestFilter *filter;
  GPtrArray *origins;
} Wanted;

static gboolean
add_wanted (MachtypeAuditEntry *entry, gpointer data)
{
  const Wanted *wanted = data;

  if (filter_wants (wanted->filter, entry))
    g_ptr_array_add (wanted->origins, origin_new_domain (machtype_audit_entry_get_name (entry),
                                                         machtype_audit_entry_get_uuid (entry)));
  return TRUE;
}

static gboolean
list_wanted (LintOptions *options, GPtrArray *origins, GError **error)
{
  Wanted wanted = { &options->filter, origins };
  g_autoptr (MachtypeRecordQuery) query = filter_read (&options->filter, error);
  const MachtypeConfig *config = query != NULL ? config_get (error) : NULL;
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeAudit) audit = NULL;

  if (config != NULL)
    store = store_options_open_or_empty (&options->store, error);
  if (store == NULL)
    return FALSE;
  audit = machtype_audit_new (store);
  machtype_audit_set_query (audit, query);
  return machtype_audit_check_connection (
      audit, options->connection, machtype_config_get_host (config), add_wanted, &wanted, error);
}

static gboolean
list_origins (LintOptions *options, GPtrArray *origins, GError **error)
{
  if (filter_is_set (&options->filter))
    return list_wanted (options, origins, error);
  return machtype_connection_foreach_status (options->connection, MACHTYPE_DOMAIN_READ_NONE,
                                             add_origin, origins, error);
}

static void
lint_all (LintOptions *options, Result *result)
{
  g_autoptr (GPtrArray) origins = g_ptr_array_new_with_free_func (origin_free);
  g_autoptr (GError) error = NULL;
  guint i;

  if (!list_origins (options, origins, &error)) {
    result->worst = report_answer (error, options->json);
    return;
  }
  if (origins->len == 0)
    g_printerr ("machtype: %s has no %sdomains\n",
                machtype_connection_get_uri (options->connection),
                filter_is_set (&options->filter) ? "such " : "");
  /* As for a domain that is named and does not exist. */
  if (origins->len == 0 && filter_is_set (&options->filter))
    result->worst = STATUS_USAGE;
  g_ptr_array_sort (origins, compare_origins);
  for (i = 0; i < origins->len; i++)
    add_status (result, lint_of_host (options, origins->pdata[i]));
}

static int
lint (LintOptions *options, int argc, char **argv)
{
  Result result = { { 0 }, 0, STATUS_DONE };
  int i;

  if (options->all || filter_is_set (&options->filter))
    lint_all (options, &result);
  else if (options->domains != NULL)
    lint_named (options, &result);
  for (i = 1; i < argc; i++)
    add_status (&result, lint_file (options, argv[i]));
  if (result.n > 1 && !options->json && terminal_is_screen (stdout))
    print_summary (argc > 1 ? "files" : "domains", result.counts);
  return result.worst;
}

static int
run (int argc, char **argv, LintOptions *options)
{
  g_autoptr (GOptionContext) context = options_new (
      "[FILE...]",
      "Reports devices and settings that a domain's architecture or machine type does\n"
      "not support, who says so, and what to use instead. FILE is the output of virsh\n"
      "dumpxml, snapshot-dumpxml or checkpoint-dumpxml; - is standard input. With\n"
      "--connect, libvirt checks the hardware, too: nothing is defined, and nothing\n"
      "that a domain names (a program, file or host) is run, opened, created or\n"
      "contacted. What libvirt did not check is listed. Of the host's own domains, the\n"
      "definition is checked; of a transient one, what runs. Filters select some of\n"
      "them.",
      "Exit status: 0 nothing found, 1 findings, 2 bad input or usage, 3 libvirt or a\n"
      "file failed.\n\n"
      "Example:\n"
      "  machtype lint --connect qemu:///system web.xml\n"
      "  machtype lint --connect qemu:///system --deprecated");
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &options->all, "check all domains of the host", NULL },
    { "domain", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->domains,
      "check this one, by name or UUID; can be repeated", "NAME" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  filter_add (context, &options->filter);
  options_add_host (context, &options->host_options);
  options_add_store (context, &options->store, FALSE);
  options_add_output (context, &options->json, "print JSON, one object per domain");
  if (!options_parse (context, &argc, &argv, 0, G_MAXINT, &status))
    return status;
  if (!check_options (options, argc, &error) || !open_host (options, &error))
    return report_answer (error, options->json);
  return lint (options, argc, argv);
}

int
command_lint (int argc, char **argv)
{
  LintOptions options = { 0 };
  int status = run (argc, argv, &options);

  machtype_host_unref (options.host);
  machtype_connection_unref (options.connection);
  host_options_clear (&options.host_options);
  g_strfreev (options.domains);
  filter_clear (&options.filter);
  store_options_clear (&options.store);
  return status;
}
