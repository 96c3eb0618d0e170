/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Starts a domain with libvirt and waits until a text appears on its console.  README.md has the
 * options and exit codes.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define SECOND ((gint64)G_USEC_PER_SEC)
#define POLL_INTERVAL (SECOND / 10)
/* A guest that has printed everything usually powers off; there is no need to wait for long. */
#define GRACE (5 * SECOND)
#define NOTE_INTERVAL (10 * SECOND)
#define TAIL_LINES 40

enum { EXIT_SEEN = 0, EXIT_MISSED = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3 };

typedef enum { FATE_RUNNING, FATE_OFF, FATE_CRASHED } Fate;

typedef struct {
  gchar *uri;
  gchar *log;
  gchar *until;
  gint timeout;
  gint silence;
  gboolean print;
  gboolean warm;
  gchar **files;
} Options;

typedef struct {
  const Options *options;
  int fd;
  GString *partial;
  GQueue tail;
  gint64 grown;
  gboolean seen;
} Console;

/* libvirt's event loop: the embedded driver makes no progress without one. */
typedef struct {
  GThread *thread;
  gint quit;
} Loop;

/* Explains now and then why nothing seems to happen. */
typedef struct {
  GThread *thread;
  GMutex mutex;
  GCond cond;
  gboolean done;
} Progress;

static volatile sig_atomic_t interrupted;

static void
connection_unref (virConnectPtr connection)
{
  virConnectClose (connection);
}

static void
domain_unref (virDomainPtr domain)
{
  virDomainFree (domain);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (virConnect, connection_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (virDomain, domain_unref)

static void
options_clear (Options *options)
{
  g_free (options->uri);
  g_free (options->log);
  g_free (options->until);
  g_strfreev (options->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
console_clear (Console *console)
{
  if (console->fd >= 0)
    close (console->fd);
  g_string_free (console->partial, TRUE);
  g_queue_clear_full (&console->tail, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Console, console_clear)

static void
console_init (Console *console, const Options *options)
{
  console->options = options;
  console->fd = -1;
  console->partial = g_string_new (NULL);
  g_queue_init (&console->tail);
  console->grown = g_get_monotonic_time ();
  console->seen = FALSE;
}

/* Makes bytes of a console safe for a terminal and for the log of a test. */
static gchar *
console_text (const gchar *bytes, gsize length)
{
  gchar *text = g_utf8_make_valid (bytes, length);
  gchar *to = text;

  for (const gchar *from = text; *from; from++) {
    if (!g_ascii_iscntrl (*from) || *from == '\t')
      *to++ = *from;
  }
  *to = '\0';
  return text;
}

/* The part of a line that our init wrote: kernel and firmware may have left text before it. */
static const gchar *
console_message (const gchar *line)
{
  const gchar *guest = strstr (line, "GUEST-");
  const gchar *fact = strstr (line, "FACT ");

  if (!guest || !fact)
    return guest ? guest : fact;
  return MIN (guest, fact);
}

static void
console_add_line (Console *console, const gchar *bytes, gsize length)
{
  const Options *options = console->options;
  g_autofree gchar *line = console_text (bytes, length);
  const gchar *message = console_message (line);

  if (!*line)
    return;
  if (options->print && message)
    g_print ("%s\n", message);
  if (g_str_has_prefix (line, options->until) ||
      (message && g_str_has_prefix (message, options->until)))
    console->seen = TRUE;
  g_queue_push_tail (&console->tail, g_steal_pointer (&line));
  if (console->tail.length > TAIL_LINES)
    g_free (g_queue_pop_head (&console->tail));
}

/* Removes the complete lines from what was read; consoles end them by CR, LF or both. */
static void
console_split (Console *console)
{
  GString *partial = console->partial;
  gsize start = 0;

  for (gsize i = 0; i < partial->len; i++) {
    if (partial->str[i] != '\n' && partial->str[i] != '\r')
      continue;
    console_add_line (console, partial->str + start, i - start);
    start = i + 1;
  }
  g_string_erase (partial, 0, start);
}

static void
console_read (Console *console)
{
  char buffer[4096];
  gssize n;

  if (console->fd < 0)
    console->fd = g_open (console->options->log, O_RDONLY | O_CLOEXEC, 0);
  if (console->fd < 0)
    return;
  while ((n = read (console->fd, buffer, sizeof buffer)) > 0) {
    g_string_append_len (console->partial, buffer, n);
    console->grown = g_get_monotonic_time ();
  }
  console_split (console);
}

/* A prompt, for example, is never completed. */
static void
console_finish (Console *console)
{
  console_read (console);
  console_add_line (console, console->partial->str, console->partial->len);
  g_string_truncate (console->partial, 0);
}

static void
console_print_tail (const Console *console)
{
  if (!console->tail.length)
    g_printerr ("boot-domain: the console is empty\n");
  for (const GList *line = console->tail.head; line; line = line->next)
    g_printerr ("  | %s\n", (const gchar *)line->data);
}

static gpointer
progress_run (gpointer data)
{
  Progress *progress = data;
  gint64 begin = g_get_monotonic_time ();
  gint64 next = begin + NOTE_INTERVAL;

  g_mutex_lock (&progress->mutex);
  while (!progress->done) {
    if (g_cond_wait_until (&progress->cond, &progress->mutex, next))
      continue;
    g_printerr ("boot-domain: libvirt is asking every emulator what it can do ... %d s\n",
                (int)((next - begin) / SECOND));
    next += NOTE_INTERVAL;
  }
  g_mutex_unlock (&progress->mutex);
  return NULL;
}

static void
progress_start (Progress *progress)
{
  g_mutex_init (&progress->mutex);
  g_cond_init (&progress->cond);
  progress->done = FALSE;
  progress->thread = g_thread_new ("progress", progress_run, progress);
}

static void
progress_stop (Progress *progress)
{
  g_mutex_lock (&progress->mutex);
  progress->done = TRUE;
  g_cond_signal (&progress->cond);
  g_mutex_unlock (&progress->mutex);
  g_thread_join (progress->thread);
  g_mutex_clear (&progress->mutex);
  g_cond_clear (&progress->cond);
}

static gpointer
loop_run (gpointer data)
{
  Loop *loop = data;

  while (!g_atomic_int_get (&loop->quit)) {
    if (virEventRunDefaultImpl () < 0)
      break;
  }
  return NULL;
}

static void
loop_start (Loop *loop)
{
  virEventRegisterDefaultImpl ();
  loop->quit = FALSE;
  loop->thread = g_thread_new ("libvirt-events", loop_run, loop);
}

static void
loop_wake (int timer, G_GNUC_UNUSED void *data)
{
  virEventRemoveTimeout (timer);
}

static void
loop_stop (Loop *loop)
{
  g_atomic_int_set (&loop->quit, TRUE);
  virEventAddTimeout (0, loop_wake, NULL, NULL);
  g_thread_join (loop->thread);
}

static void
ignore_error (G_GNUC_UNUSED void *data, G_GNUC_UNUSED virErrorPtr error)
{
}

static int
refused (void)
{
  g_autofree gchar *message = g_strchomp (g_strdup (virGetLastErrorMessage ()));

  g_printerr ("boot-domain: libvirt: %s\n", message);
  return EXIT_REFUSED;
}

static virConnectPtr
open_connection (const gchar *uri)
{
  Progress progress;
  virConnectPtr connection;

  progress_start (&progress);
  connection = virConnectOpen (uri);
  progress_stop (&progress);
  return connection;
}

/* Only the event contains how a transient domain ended: afterwards libvirt has forgotten it. */
static int
note_fate (G_GNUC_UNUSED virConnectPtr connection, G_GNUC_UNUSED virDomainPtr domain, int event,
           int detail, void *data)
{
  gint *fate = data;

  if (event == VIR_DOMAIN_EVENT_CRASHED)
    g_atomic_int_set (fate, FATE_CRASHED);
  if (event != VIR_DOMAIN_EVENT_STOPPED)
    return 0;
  if (detail == VIR_DOMAIN_EVENT_STOPPED_CRASHED || detail == VIR_DOMAIN_EVENT_STOPPED_FAILED)
    g_atomic_int_set (fate, FATE_CRASHED);
  else
    g_atomic_int_compare_and_exchange (fate, FATE_RUNNING, FATE_OFF);
  return 0;
}

/* Follows the console until the text was seen and returns NULL; otherwise returns what happened
 * instead. */
static const gchar *
await_text (Console *console, gint *fate)
{
  const Options *options = console->options;
  gint64 end = g_get_monotonic_time () + options->timeout * SECOND;

  for (;;) {
    Fate now = g_atomic_int_get (fate);

    console_read (console);
    if (now != FATE_RUNNING)
      console_finish (console);
    if (console->seen)
      return NULL;
    if (now != FATE_RUNNING)
      return now == FATE_CRASHED ? "crashed" : "powered off";
    if (interrupted)
      return "interrupted";
    if (g_get_monotonic_time () >= end)
      return "timed out";
    if (options->silence && g_get_monotonic_time () >= console->grown + options->silence * SECOND)
      return "silent";
    g_usleep (POLL_INTERVAL);
  }
}

/* Gives the guest some time to power off, and prints its remaining output. */
static void
await_end (Console *console, gint *fate)
{
  gint64 end = g_get_monotonic_time () + GRACE;

  while (g_atomic_int_get (fate) == FATE_RUNNING && !interrupted && g_get_monotonic_time () < end) {
    g_usleep (POLL_INTERVAL);
    console_read (console);
  }
}

static int
follow (const Options *options, gint *fate)
{
  g_auto (Console) console;
  gint64 begin = g_get_monotonic_time ();
  const gchar *failure;
  gdouble seconds;

  console_init (&console, options);
  failure = await_text (&console, fate);
  seconds = (g_get_monotonic_time () - begin) / (gdouble)SECOND;
  if (!failure) {
    g_printerr ("boot-domain: %s after %.1f s\n", options->until, seconds);
    await_end (&console, fate);
    return EXIT_SEEN;
  }
  console_finish (&console);
  g_printerr ("boot-domain: no %s: %s after %.1f s; the end of the console:\n", options->until,
              failure, seconds);
  console_print_tail (&console);
  return EXIT_MISSED;
}

/* libvirt's macro casts one type of function to another, which is its intended use. */
static virConnectDomainEventGenericCallback
get_callback (void)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-function-type"
  return VIR_DOMAIN_EVENT_CALLBACK (note_fate);
#pragma GCC diagnostic pop
}

static int
boot (virConnectPtr connection, const Options *options, const gchar *xml)
{
  g_autoptr (virDomain) domain = NULL;
  gint fate = FATE_RUNNING;
  int callback;
  int result;

  callback = virConnectDomainEventRegisterAny (connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                               get_callback (), &fate, NULL);
  if (callback < 0)
    return refused ();
  domain = virDomainCreateXML (connection, xml, VIR_DOMAIN_START_VALIDATE);
  result = domain ? follow (options, &fate) : refused ();
  virConnectDomainEventDeregisterAny (connection, callback);
  if (domain)
    virDomainDestroy (domain);
  return result;
}

/* Makes libvirt fill its cache with the capabilities of every emulator. */
static int
warm (virConnectPtr connection)
{
  Progress progress;
  g_autofree gchar *capabilities = NULL;

  progress_start (&progress);
  capabilities = virConnectGetCapabilities (connection);
  progress_stop (&progress);
  return capabilities ? EXIT_SEEN : refused ();
}

static int
run (const Options *options)
{
  g_autoptr (virConnect) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *xml = NULL;

  if (!options->warm && !g_file_get_contents (options->files[0], &xml, NULL, &error)) {
    g_printerr ("boot-domain: %s\n", error->message);
    return EXIT_USAGE;
  }
  if (!options->warm && g_unlink (options->log) < 0 && errno != ENOENT) {
    g_printerr ("boot-domain: cannot remove %s: %s\n", options->log, g_strerror (errno));
    return EXIT_USAGE;
  }
  connection = open_connection (options->uri);
  if (!connection)
    return refused ();
  return options->warm ? warm (connection) : boot (connection, options, xml);
}

static gboolean
options_check (const Options *options)
{
  guint files = options->files ? g_strv_length (options->files) : 0;

  if (!options->uri)
    g_printerr ("boot-domain: --connect is missing\n");
  else if (options->warm && files)
    g_printerr ("boot-domain: --warm takes no domain\n");
  else if (!options->warm && files != 1)
    g_printerr ("boot-domain: needs one DOMAIN.xml\n");
  else if (!options->warm && !options->log)
    g_printerr ("boot-domain: --console-log is missing\n");
  else if (options->timeout <= 0 || options->silence < 0)
    g_printerr ("boot-domain: a time must be positive\n");
  else
    return TRUE;
  return FALSE;
}

static gboolean
options_parse (Options *options, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "connect", 'c', 0, G_OPTION_ARG_STRING, &options->uri, "Connection of libvirt", "URI" },
    { "console-log", 'l', 0, G_OPTION_ARG_FILENAME, &options->log,
      "File the domain's console is written to", "FILE" },
    { "timeout", 't', 0, G_OPTION_ARG_INT, &options->timeout,
      "Longest time to wait for the text (120)", "SECONDS" },
    { "silence", 's', 0, G_OPTION_ARG_INT, &options->silence,
      "Give up when the console is silent for so long", "SECONDS" },
    { "until", 'u', 0, G_OPTION_ARG_STRING, &options->until,
      "Start of the line to wait for (GUEST-END)", "TEXT" },
    { "print", 'p', 0, G_OPTION_ARG_NONE, &options->print, "Print what the guest reports", NULL },
    { "warm", 'w', 0, G_OPTION_ARG_NONE, &options->warm, "Only fill libvirt's cache", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, "DOMAIN.xml" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("boot-domain: %s\n", error->message);
    return FALSE;
  }
  if (!options->until)
    options->until = g_strdup ("GUEST-END");
  return options_check (options);
}

static void
interrupt (G_GNUC_UNUSED int number)
{
  interrupted = TRUE;
}

/* A test that is stopped must not leave its guest behind. */
static void
catch_signals (void)
{
  const struct sigaction action = { .sa_handler = interrupt };

  sigaction (SIGHUP, &action, NULL);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { .timeout = 120 };
  Loop loop;
  int result;

  if (!options_parse (&options, argc, argv))
    return EXIT_USAGE;
  /* The embedded driver would write a daemon's log to stderr. */
  g_setenv ("LIBVIRT_DEBUG", "4", FALSE);
  virSetErrorFunc (NULL, ignore_error);
  loop_start (&loop);
  catch_signals ();
  result = run (&options);
  loop_stop (&loop);
  return result;
}
