/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hosts of a command: which they are, and asking them side by side. Threads open connections
 * and read ahead; everything else, the store above all, is used by the caller's thread alone. */

#include "hosts.h"

#include <string.h>

/* A host that has to be reached by ssh takes some processes and a second; libvirtd serves 20
 * clients at a time (max_workers in libvirtd.conf). */
#define DEFAULT_JOBS 8
#define JOBS_MAX 256

/* How much waits for its turn, before no other host is asked: a host that does not answer must not
 * make memory, or the number of open sockets, grow with the number of hosts after it. */
#define HELD_HOSTS 256
#define HELD_DOMAINS 20000

/* A file of a hundred thousand URIs. */
#define FILE_MAX (8 * 1024 * 1024)

/* Hosts that a report of progress names. */
#define NAMED_HOSTS 5

void
hosts_options_add (GOptionContext *context, HostsOptions *o, const char *connect_help)
{
  const GOptionEntry entries[] = {
    { "connect", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &o->connects, connect_help, "URI" },
    { "hosts", 0, 0, G_OPTION_ARG_FILENAME, &o->file,
      "the same for the hosts in a file, one URI a line", "FILE" },
    { "configured", 0, 0, G_OPTION_ARG_NONE, &o->configured,
      "those of machtype.conf, or qemu:///system", NULL },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &o->jobs, "how many hosts to ask at a time (default: 8)",
      "N" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &o->timeout, "how long to wait for a host (default: 120)",
      "SECONDS" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  o->timeout = DEFAULT_TIMEOUT;
  o->jobs = DEFAULT_JOBS;
  options_add_group (context, "Host", entries);
}

void
hosts_options_clear (HostsOptions *o)
{
  g_strfreev (o->connects);
  g_free (o->file);
}

gboolean
hosts_options_check (const HostsOptions *o, GError **error)
{
  char **uri;

  if (o->connects != NULL && o->file != NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--connect cannot be combined with --hosts, which names the hosts itself");
  if (o->configured && (o->connects != NULL || o->file != NULL))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--configured cannot be combined with %s, which names the hosts itself",
                      o->connects != NULL ? "--connect" : "--hosts");
  for (uri = o->connects; uri != NULL && *uri != NULL; uri++) {
    if (!check_uri (*uri, error))
      return FALSE;
  }
  if (o->jobs < 1 || o->jobs > JOBS_MAX)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--jobs must be between 1 and %d",
                      JOBS_MAX);
  return check_timeout (o->timeout, error);
}

/* "SCHEME:...", or one of the names that libvirt.conf gives to URIs (uri_aliases). Source: RFC
 * 3986, 3.1; libvirt's src/libvirt.c, virConnectOpenResolveURIAlias. */
static gboolean
is_uri (const char *text)
{
  const char *c = text;

  while (g_ascii_isalnum (*c) || *c == '+' || *c == '-' || *c == '.' || *c == '_')
    c++;
  if (*c == '\0')
    return strpbrk (text, "+.") == NULL;
  return *c == ':' && c[1] != '\0' && g_ascii_isalpha (*text);
}

/* Why a line is not a URI; NULL: it is one. What separates the hosts of machtype.conf cannot be
 * part of one here, either. */
static const char *
find_fault (const char *text)
{
  const char *c;

  if (!g_utf8_validate (text, -1, NULL))
    return "not valid UTF-8";
  for (c = text; *c != '\0'; c++) {
    if (g_ascii_isspace (*c) || *c == ';' || *c == ',')
      return "not one URI; each host has a line of its own";
    if (g_ascii_iscntrl (*c))
      return "a control character";
  }
  return is_uri (text) ? NULL : "not a libvirt URI, such as qemu+ssh://compute-1/system";
}

/* A comment begins a line, or follows a blank. */
static void
remove_comment (char *line)
{
  char *c;

  for (c = strchr (line, '#'); c != NULL; c = strchr (c + 1, '#')) {
    if (c == line || g_ascii_isspace (c[-1])) {
      *c = '\0';
      return;
    }
  }
}

static gboolean
add_line (GPtrArray *uris, const char *name, guint number, char *line, GError **error)
{
  g_autofree char *shown = NULL;
  const char *fault;

  remove_comment (line);
  g_strstrip (line);
  if (*line == '\0')
    return TRUE;
  fault = find_fault (line);
  if (fault == NULL) {
    g_ptr_array_add (uris, g_strdup (line));
    return TRUE;
  }
  shown = dup_shown (line);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s:%u: '%s': %s", name, number, shown,
                    fault);
}

static gboolean
read_uris (GPtrArray *uris, const char *path, GError **error)
{
  const char *name = strcmp (path, "-") == 0 ? "standard input" : path;
  gsize length = 0;
  g_autofree char *text = read_input (path, FILE_MAX, &length, error);
  g_auto (GStrv) lines = NULL;
  guint i;

  if (text == NULL)
    return FALSE;
  if (strlen (text) != length)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s: contains a NUL byte", name);
  lines = g_strsplit (text, "\n", -1);
  for (i = 0; lines[i] != NULL; i++) {
    if (!add_line (uris, name, i + 1, lines[i], error))
      return FALSE;
  }
  /* A list that could not be made must not be mistaken for hosts without faults. */
  return uris->len != 0 || set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                                      "%s: names no host; it has one URI a line", name);
}

/* Those of machtype.conf or, if it names none, this one. */
static gboolean
add_configured (GPtrArray *uris, GError **error)
{
  const MachtypeConfig *config = config_get (error);
  const char *const *uri;

  if (config == NULL)
    return FALSE;
  for (uri = machtype_config_get_hosts (config); uri != NULL && *uri != NULL; uri++)
    g_ptr_array_add (uris, g_strdup (*uri));
  if (uris->len == 0)
    g_ptr_array_add (uris, g_strdup (LOCAL_URI));
  return TRUE;
}

/* A host that is asked twice would be counted twice. */
static char **
dup_once (GPtrArray *uris)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint i;

  for (i = 0; i < uris->len; i++) {
    if (g_hash_table_add (seen, uris->pdata[i]))
      g_strv_builder_add (builder, uris->pdata[i]);
    else
      g_printerr ("warning: %s is named twice; it is asked once\n", (const char *)uris->pdata[i]);
  }
  return g_strv_builder_end (builder);
}

char **
hosts_options_dup_uris (const HostsOptions *o, const char *const *others, GError **error)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  const char *const *uri = o->connects != NULL ? (const char *const *)o->connects : others;

  if (o->file != NULL) {
    if (!read_uris (uris, o->file, error))
      return NULL;
  } else if (o->configured) {
    if (!add_configured (uris, error))
      return NULL;
  } else {
    for (; uri != NULL && *uri != NULL; uri++)
      g_ptr_array_add (uris, g_strdup (*uri));
  }
  return dup_once (uris);
}

void
host_report_failure (const char *uri, const GError *error, gboolean json)
{
  GString *builder;

  if (uri != NULL && strstr (error->message, uri) == NULL)
    g_printerr ("machtype: %s: %s\n", uri, error->message);
  else
    g_printerr ("machtype: %s\n", error->message);
  if (!json)
    return;
  builder = json_begin ();
  json_text (builder, "uri", uri);
  json_text (builder, "error", code_of (error));
  json_text (builder, "message", error->message);
  json_end (builder);
}

typedef enum { HOST_WAITS, HOST_IS_ASKED, HOST_HAS_ANSWERED } HostState;

/* One host. What a thread has found belongs to the caller's thread from HOST_HAS_ANSWERED on. */
typedef struct {
  const char *uri;
  HostState state;
  MachtypeConnection *connection; /* NULL: error says why */
  GError *error;
  GError *only_reads; /* why the connection only reads; NULL: it does not */
  guint n_domains;
} Host;

/* All hosts. The caller takes them in order; threads ask them in the same order. The one whose turn
 * it is may be asked however many are held, as soon as a thread has closed what it closes. */
typedef struct {
  const HostsQuestion *question;
  int timeout_ms;
  Host *hosts;
  guint n_hosts;

  GMutex mutex;     /* of all that follows, and of the states */
  GCond answered;   /* for the caller */
  GCond work;       /* for the threads: to ask or to close, or the end */
  guint next, turn; /* the host to be asked, and the one to be taken */
  guint n_held_hosts, n_held_domains;
  GPtrArray *to_close; /* of Host: their turn is over, and they are still held */
  gboolean is_over;
} Asking;

static MachtypeConnection *
open_host (const Asking *asking, Host *host, MachtypeConnectionOpenFlags flags, GError **error)
{
  return machtype_connection_open (host->uri, MACHTYPE_CONNECTION_OPEN_EVENT_LOOP | flags,
                                   asking->timeout_ms, error);
}

/* libvirt lets every local user read, and only some do more. */
static void
open_any (const Asking *asking, Host *host)
{
  host->connection = open_host (asking, host, MACHTYPE_CONNECTION_OPEN_NONE, &host->error);
  if (host->connection != NULL || !asking->question->only_reads ||
      g_error_matches (host->error, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT))
    return;
  host->connection = open_host (asking, host, MACHTYPE_CONNECTION_OPEN_READ_ONLY, NULL);
  if (host->connection != NULL)
    host->only_reads = g_steal_pointer (&host->error);
}

/* A failure to read is that of the calls that use what was read. */
static void
ask (const Asking *asking, Host *host)
{
  const HostsQuestion *question = asking->question;

  open_any (asking, host);
  if (host->connection != NULL)
    machtype_connection_read_ahead (host->connection, question->flags, question->domain_flags,
                                    &host->n_domains, NULL);
}

static gboolean
may_ask (const Asking *asking)
{
  return asking->next < asking->n_hosts &&
         (asking->next == asking->turn ||
          (asking->n_held_hosts < HELD_HOSTS && asking->n_held_domains < HELD_DOMAINS));
}

static void
ask_next (Asking *asking)
{
  Host *host = &asking->hosts[asking->next++];

  host->state = HOST_IS_ASKED;
  g_mutex_unlock (&asking->mutex);
  ask (asking, host);
  g_mutex_lock (&asking->mutex);
  host->state = HOST_HAS_ANSWERED;
  asking->n_held_hosts += host->connection != NULL;
  asking->n_held_domains += host->n_domains;
  g_cond_signal (&asking->answered);
}

/* libvirt waits for the host when it closes a connection. */
static void
close_one (Asking *asking)
{
  Host *host = g_ptr_array_steal_index_fast (asking->to_close, asking->to_close->len - 1);

  g_mutex_unlock (&asking->mutex);
  g_clear_pointer (&host->connection, machtype_connection_unref);
  g_mutex_lock (&asking->mutex);
  asking->n_held_hosts--;
  asking->n_held_domains -= host->n_domains;
  g_cond_broadcast (&asking->work);
}

static gpointer
work (gpointer data)
{
  Asking *asking = data;

  g_mutex_lock (&asking->mutex);
  while (TRUE) {
    if (may_ask (asking))
      ask_next (asking);
    else if (asking->to_close->len != 0)
      close_one (asking);
    else if (asking->is_over)
      break;
    else
      g_cond_wait (&asking->work, &asking->mutex);
  }
  g_mutex_unlock (&asking->mutex);
  return NULL;
}

/* "qemu:///system", or "3 hosts: a, b, c". While all threads close connections, no host is asked:
 * the caller waits for the one whose turn it is. */
static char *
dup_asked (const Asking *asking)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0, i;

  for (i = asking->turn; i < asking->next; i++) {
    if (asking->hosts[i].state != HOST_IS_ASKED)
      continue;
    if (n++ < NAMED_HOSTS)
      g_string_append_printf (names, "%s%s", n > 1 ? ", " : "", asking->hosts[i].uri);
  }
  if (n == 0)
    return g_strdup (asking->hosts[asking->turn].uri);
  if (n == 1)
    return g_string_free (g_steal_pointer (&names), FALSE);
  if (n > NAMED_HOSTS)
    g_string_append_printf (names, " and %u more", n - NAMED_HOSTS);
  return g_strdup_printf ("%u hosts: %s", n, names->str);
}

static void
wait_for_turn (Asking *asking, Progress *progress)
{
  const Host *host = &asking->hosts[asking->turn];

  g_mutex_lock (&asking->mutex);
  while (host->state != HOST_HAS_ANSWERED) {
    g_autofree char *asked = NULL;

    if (g_cond_wait_until (&asking->answered, &asking->mutex, progress->next))
      continue;
    asked = dup_asked (asking);
    progress_report (progress, asked);
  }
  g_mutex_unlock (&asking->mutex);
}

static void
end_turn (Asking *asking)
{
  Host *host = &asking->hosts[asking->turn];

  g_clear_error (&host->error);
  g_clear_error (&host->only_reads);
  g_mutex_lock (&asking->mutex);
  asking->turn++;
  if (host->connection != NULL)
    g_ptr_array_add (asking->to_close, host);
  g_cond_broadcast (&asking->work);
  g_mutex_unlock (&asking->mutex);
}

static void
take_all (Asking *asking, HostFunc func, gpointer data)
{
  Progress progress = progress_begin ();

  while (asking->turn < asking->n_hosts) {
    const Host *host = &asking->hosts[asking->turn];

    wait_for_turn (asking, &progress);
    if (host->only_reads != NULL)
      g_printerr ("warning: %s: only read, without domain capabilities: %s\n", host->uri,
                  host->only_reads->message);
    func (host->uri, host->connection, host->error, data);
    end_turn (asking);
  }
}

static void
end_threads (Asking *asking, GPtrArray *threads)
{
  guint i;

  g_mutex_lock (&asking->mutex);
  asking->is_over = TRUE;
  g_cond_broadcast (&asking->work);
  g_mutex_unlock (&asking->mutex);
  for (i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
}

/* With fewer threads than wanted, it takes longer. */
static GPtrArray *
start_threads (Asking *asking, guint n, GError **error)
{
  GPtrArray *threads = g_ptr_array_new ();
  g_autoptr (GError) why = NULL;

  while (threads->len < n && why == NULL) {
    GThread *thread = g_thread_try_new ("host", work, asking, &why);

    if (thread != NULL)
      g_ptr_array_add (threads, thread);
  }
  if (threads->len != 0)
    return threads;
  g_ptr_array_unref (threads);
  set_error (error, MACHTYPE_ERROR_LIBVIRT, "cannot start a thread to ask hosts: %s", why->message);
  return NULL;
}

static gboolean
ask_all (Asking *asking, guint n_threads, HostFunc func, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) threads = start_threads (asking, n_threads, error);

  if (threads == NULL)
    return FALSE;
  take_all (asking, func, data);
  end_threads (asking, threads);
  return TRUE;
}

gboolean
hosts_ask (const HostsOptions *options, char **uris, const HostsQuestion *question, HostFunc func,
           gpointer data, GError **error)
{
  Asking asking = { 0 };
  gboolean done;
  guint i;

  asking.question = question;
  asking.timeout_ms = options->timeout * 1000;
  asking.n_hosts = g_strv_length (uris);
  if (asking.n_hosts == 0)
    return TRUE;
  asking.hosts = g_new0 (Host, asking.n_hosts);
  for (i = 0; i < asking.n_hosts; i++)
    asking.hosts[i].uri = uris[i];
  g_mutex_init (&asking.mutex);
  g_cond_init (&asking.answered);
  g_cond_init (&asking.work);
  asking.to_close = g_ptr_array_new ();
  done = ask_all (&asking, MIN ((guint)options->jobs, asking.n_hosts), func, data, error);
  g_ptr_array_unref (asking.to_close);
  g_cond_clear (&asking.work);
  g_cond_clear (&asking.answered);
  g_mutex_clear (&asking.mutex);
  g_free (asking.hosts);
  return done;
}
