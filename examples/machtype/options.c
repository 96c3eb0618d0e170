/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options that several commands share, and the objects created from them. */

#include "machtype-program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "terminal.h"

#define TIMEOUT_MAX 86400

/* The seconds after which the user is shown what libvirt is doing. */
#define PATIENCE_VARIABLE "MACHTYPE_PATIENCE"
#define DEFAULT_PATIENCE 3
#define MAX_PATIENCE 86400
/* The interval between such reports. */
#define REMINDER (10 * G_TIME_SPAN_SECOND)
/* A time that still fits where a second has 32 bits. */
#define NEVER (G_TIME_SPAN_DAY * 3650)

GOptionContext *
options_new (const char *arguments, const char *summary, const char *notes)
{
  GOptionContext *context = g_option_context_new (NULL);

  g_option_context_set_help_enabled (context, FALSE);
  help_begin (arguments, summary, notes);
  return context;
}

/* Where the options of a command go that is not run; NULL: commands run. */
static GArray *collected; /* of GOptionEntry */

void
options_collect (GArray *entries)
{
  collected = entries;
}

/* An integer option, as it was given. GLib would read 010 as 8, and accept 0x10 and leading blanks.
 */
typedef struct {
  const char *name;
  GOptionArg arg;
  gpointer value; /* where it is stored: a gint or gint64 */
  char *text;     /* NULL: not given */
} Number;

static GPtrArray *numbers; /* of Number; NULL: none */

static void
number_free (gpointer data)
{
  Number *number = data;

  g_free (number->text);
  g_free (number);
}

/* Instead of an integer option, GLib gets one that takes a text. */
static void
take_number (GOptionEntry *entry)
{
  Number *number = g_new0 (Number, 1);

  *number = (Number){ entry->long_name, entry->arg, entry->arg_data, NULL };
  if (numbers == NULL)
    numbers = g_ptr_array_new_with_free_func (number_free);
  g_ptr_array_add (numbers, number);
  entry->arg = G_OPTION_ARG_STRING;
  entry->arg_data = &number->text;
}

static gboolean
read_number (const Number *number, GError **error)
{
  gboolean is_int = number->arg == G_OPTION_ARG_INT;
  g_autoptr (GError) why = NULL;
  gint64 value = 0;

  if (number->text == NULL)
    return TRUE;
  if (*number->text == '+' ||
      !g_ascii_string_to_signed (number->text, 10, is_int ? G_MININT : G_MININT64,
                                 is_int ? G_MAXINT : G_MAXINT64, &value, &why)) {
    g_autofree char *shown = dup_shown (number->text);

    return set_error (
        error, MACHTYPE_ERROR_INVALID_ARGUMENT,
        g_error_matches (why, G_NUMBER_PARSER_ERROR, G_NUMBER_PARSER_ERROR_OUT_OF_BOUNDS)
            ? "--%s: %s is out of range"
            : "--%s: '%s' is not a decimal number",
        number->name, shown);
  }
  if (is_int)
    *(gint *)number->value = (gint)value;
  else
    *(gint64 *)number->value = value;
  return TRUE;
}

static gboolean
read_numbers (GError **error)
{
  gboolean ok = TRUE;
  guint i;

  for (i = 0; ok && numbers != NULL && i < numbers->len; i++)
    ok = read_number (numbers->pdata[i], error);
  g_clear_pointer (&numbers, g_ptr_array_unref);
  return ok;
}

void
options_add_group (GOptionContext *context, const char *group, const GOptionEntry *entries)
{
  g_autofree GOptionEntry *copy = NULL;
  guint n, i;

  for (n = 0; entries[n].long_name != NULL; n++) {
    if ((entries[n].flags & G_OPTION_FLAG_HIDDEN) == 0)
      help_add (group, &entries[n]);
  }
  if (collected != NULL)
    g_array_append_vals (collected, entries, n);
  copy = g_memdup2 (entries, (n + 1) * sizeof *entries);
  for (i = 0; collected == NULL && i < n; i++) {
    if (copy[i].arg == G_OPTION_ARG_INT || copy[i].arg == G_OPTION_ARG_INT64)
      take_number (&copy[i]);
  }
  g_option_context_add_main_entries (context, copy, NULL);
}

void
options_add (GOptionContext *context, const GOptionEntry *entries)
{
  options_add_group (context, "Options", entries);
}

void
options_add_output (GOptionContext *context, gboolean *json, const char *description)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, json, description, NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add_group (context, "Output", entries);
}

static gboolean
on_help (const char *option, const char *value, gpointer data, GError **error)
{
  (void)option;
  (void)value;
  (void)data;
  (void)error;
  help_print ();
  exit (check_output (STATUS_DONE, STATUS_BACKEND));
}

/* The last one of its group, and not for completion, which offers it itself. */
static void
add_help (GOptionContext *context)
{
  static const GOptionEntry entries[] = {
    { "help", 'h', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, (gpointer)on_help, HELP_DESCRIPTION,
      NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  help_add ("Options", &entries[0]);
  g_option_context_add_main_entries (context, entries, NULL);
}

void
options_add_host_files (GOptionContext *context, HostOptions *options)
{
  const GOptionEntry entries[] = {
    { "capabilities", 0, 0, G_OPTION_ARG_FILENAME, &options->capabilities,
      "output of virsh capabilities", "FILE" },
    { "domain-capabilities", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->domain_capabilities,
      "output of virsh domcapabilities; can be repeated", "FILE" },
    { "on", 0, 0, G_OPTION_ARG_STRING, &options->platform, "a host as this platform will be",
      "PLATFORM" },
    { "host-arch", 0, 0, G_OPTION_ARG_STRING, &options->host_arch, "the host's architecture",
      "ARCH" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add_group (context, "Host", entries);
}

/* What names a host, and what else is said of it. */
static void
add_host_entries (GOptionContext *context, HostOptions *options, const GOptionEntry *names)
{
  const GOptionEntry entries[] = {
    names[0],
    { "capabilities", 0, 0, G_OPTION_ARG_FILENAME, &options->capabilities,
      "output of virsh capabilities", "FILE" },
    { "domain-capabilities", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->domain_capabilities,
      "output of virsh domcapabilities; can be repeated", "FILE" },
    names[1],
    { "host-arch", 0, 0, G_OPTION_ARG_STRING, &options->host_arch, "the host's architecture",
      "ARCH" },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout,
      "how long to wait for the host (default: 120)", "SECONDS" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options->timeout = DEFAULT_TIMEOUT;
  options_add_group (context, "Host", entries);
}

void
options_add_host (GOptionContext *context, HostOptions *options)
{
  const GOptionEntry names[] = {
    { "connect", 'c', 0, G_OPTION_ARG_STRING, &options->connect, "ask the host at this libvirt URI",
      "URI" },
    { "on", 0, 0, G_OPTION_ARG_STRING, &options->platform, "a host as this platform will be",
      "PLATFORM" },
  };

  add_host_entries (context, options, names);
}

void
options_add_hosts (GOptionContext *context, HostOptions *options, char ***connects,
                   char ***platforms)
{
  const GOptionEntry names[] = {
    { "connect", 'c', 0, G_OPTION_ARG_STRING_ARRAY, connects, "ask the host at this libvirt URI",
      "URI" },
    { "on", 0, 0, G_OPTION_ARG_STRING_ARRAY, platforms, "a host as this platform will be",
      "PLATFORM" },
  };

  add_host_entries (context, options, names);
}

void
options_add_guest (GOptionContext *context, GuestOptions *options)
{
  const GOptionEntry entries[] = {
    { "property", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &options->properties,
      "an image property; can be repeated", "NAME=VALUE" },
    { "extra-spec", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->extra_specs,
      "a flavor extra spec; can be repeated", "NAME=VALUE" },
    { "default", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->defaults,
      "the operator's default; can be repeated", "ARCH=TYPE" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config,
      "a nova.conf, for its section [libvirt]", "FILE" },
    { "recorded", 0, 0, G_OPTION_ARG_STRING, &options->recorded,
      "the machine type recorded for the instance", "TYPE" },
    { "domain-type", 0, 0, G_OPTION_ARG_STRING, &options->domain_type,
      "domain type (default: kvm if available)", "TYPE" },
    { "pin", 0, 0, G_OPTION_ARG_NONE, &options->pin, "record what an alias resolves to (default)",
      NULL },
    { "follow", 0, 0, G_OPTION_ARG_NONE, &options->follow, "record an alias as it is", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add_group (context, "Guest", entries);
}

void
host_options_clear (HostOptions *options)
{
  g_free (options->connect);
  g_free (options->capabilities);
  g_strfreev (options->domain_capabilities);
  g_free (options->platform);
  g_free (options->host_arch);
}

void
guest_options_clear (GuestOptions *options)
{
  g_strfreev (options->properties);
  g_strfreev (options->extra_specs);
  g_strfreev (options->defaults);
  g_free (options->config);
  g_free (options->recorded);
  g_free (options->domain_type);
}

/* GLib leaves "--" in the list if something that looks like an option follows it. */
static void
remove_separator (int *argc, char **argv)
{
  int i;

  for (i = 1; i < *argc && strcmp (argv[i], "--") != 0; i++)
    ;
  if (i == *argc)
    return;
  memmove (&argv[i], &argv[i + 1], (gsize)(*argc - i) * sizeof *argv);
  (*argc)--;
}

/* GLib's message ends with the option, as it was written. */
static void
report_option (const GError *error)
{
  const char *option = strstr (error->message, "--");
  g_autofree char *name = NULL, *similar = NULL;

  if (g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) && option != NULL) {
    name = g_strndup (option + 2, strcspn (option + 2, "="));
    similar = help_dup_similar (name);
  }
  if (similar != NULL)
    g_printerr ("machtype: %s; did you mean --%s?\n", error->message, similar);
  else
    report (error);
}

gboolean
options_parse (GOptionContext *context, int *argc, char ***argv, int least, int most, int *status)
{
  g_autofree char *color = NULL;
  const GOptionEntry entries[] = {
    { "color", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &color, COLOR_DESCRIPTION,
      "auto|always|never" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GError) error = NULL;
  int given;

  *status = STATUS_USAGE;
  options_add (context, entries);
  if (collected != NULL)
    return FALSE;
  add_help (context);
  if (!g_option_context_parse (context, argc, argv, &error) || !read_numbers (&error) ||
      (color != NULL && !terminal_set_color (color, &error))) {
    report_option (error);
    return FALSE;
  }
  remove_separator (argc, *argv);
  given = *argc - 1;
  if (given >= least && given <= most)
    return TRUE;
  if (given == 1 && strcmp ((*argv)[1], "-") == 0 && least > 0)
    return TRUE;
  g_printerr ("machtype: too %s arguments; see '%s --help'\n", given < least ? "few" : "many",
              g_get_prgname ());
  return FALSE;
}

/* In seconds; 0: never report. */
static guint64
read_patience (void)
{
  const char *text = g_getenv (PATIENCE_VARIABLE);
  guint64 seconds;

  if (text == NULL || *text == '\0')
    return DEFAULT_PATIENCE;
  if (g_ascii_string_to_unsigned (text, 10, 0, MAX_PATIENCE, &seconds, NULL))
    return seconds;
  g_printerr ("warning: " PATIENCE_VARIABLE ": '%s' is not a number of seconds from 0 to %d; %d is "
              "used\n",
              text, MAX_PATIENCE, DEFAULT_PATIENCE);
  return DEFAULT_PATIENCE;
}

/* Read once: a command can wait several times, and warns once. */
static guint64
get_patience (void)
{
  static gsize read = 0; /* 1 + the seconds; 0: not read yet */

  if (g_once_init_enter (&read))
    g_once_init_leave (&read, (gsize)read_patience () + 1);
  return read - 1;
}

Progress
progress_begin (void)
{
  const gint64 now = g_get_monotonic_time ();
  const guint64 patience = get_patience ();

  /* The embedded driver is a daemon, and logs like one; here it should log only errors. */
  g_setenv ("LIBVIRT_DEBUG", "4", FALSE);
  return (Progress){ now, now + (patience == 0 ? NEVER : (gint64)patience * G_TIME_SPAN_SECOND) };
}

void
progress_report (Progress *progress, const char *whom)
{
  g_printerr ("machtype: still waiting for %s (%d s); after an upgrade libvirt probes every "
              "emulator once, which takes about a minute\n",
              whom, (int)((g_get_monotonic_time () - progress->start) / G_TIME_SPAN_SECOND));
  progress->next += REMINDER;
}

/* Reports to a waiting user what takes so long. */
typedef struct {
  const char *uri;
  Progress progress;
  GMutex mutex;
  GCond condition;
  gboolean done;
} Patience;

static gpointer
report_progress (gpointer data)
{
  Patience *patience = data;

  g_mutex_lock (&patience->mutex);
  while (!patience->done) {
    if (!g_cond_wait_until (&patience->condition, &patience->mutex, patience->progress.next))
      progress_report (&patience->progress, patience->uri);
  }
  g_mutex_unlock (&patience->mutex);
  return NULL;
}

gpointer
run_with_progress (const char *uri, PatientFunc func, gpointer data, GError **error)
{
  Patience patience = { 0 };
  gpointer result;
  GThread *thread;

  patience.uri = uri;
  patience.progress = progress_begin ();
  g_mutex_init (&patience.mutex);
  g_cond_init (&patience.condition);
  thread = g_thread_new ("progress", report_progress, &patience);
  result = func (data, error);
  g_mutex_lock (&patience.mutex);
  patience.done = TRUE;
  g_cond_signal (&patience.condition);
  g_mutex_unlock (&patience.mutex);
  g_thread_join (thread);
  g_mutex_clear (&patience.mutex);
  g_cond_clear (&patience.condition);
  return result;
}

typedef struct {
  const char *uri;
  int timeout_ms;
  MachtypeConnectionOpenFlags flags;
} Opening;

static gpointer
start_opening (gpointer data, GError **error)
{
  const Opening *opening = data;

  return machtype_connection_open (opening->uri,
                                   MACHTYPE_CONNECTION_OPEN_EVENT_LOOP | opening->flags,
                                   opening->timeout_ms, error);
}

MachtypeConnection *
open_connection (const char *uri, int timeout, GError **error)
{
  Opening opening = { uri, timeout * 1000, MACHTYPE_CONNECTION_OPEN_NONE };

  return run_with_progress (uri, start_opening, &opening, error);
}

/* libvirt lets every local user read, and only some do more; a driver without a daemon may have no
 * connection that only reads. */
MachtypeConnection *
open_connection_to_read (const char *uri, int timeout, GError **error)
{
  Opening opening = { uri, timeout * 1000, MACHTYPE_CONNECTION_OPEN_READ_ONLY };
  g_autoptr (GError) why = NULL;
  MachtypeConnection *connection = open_connection (uri, timeout, &why);

  if (connection == NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT))
    connection = run_with_progress (uri, start_opening, &opening, NULL);
  if (connection == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else if (why != NULL)
    g_printerr ("warning: %s: only read, without domain capabilities: %s\n", uri, why->message);
  return connection;
}

static gpointer
start_reading (gpointer data, GError **error)
{
  return machtype_connection_read_host (data, MACHTYPE_HOST_READ_NONE, error);
}

MachtypeHost *
read_host_of (MachtypeConnection *connection, const char *uri, GError **error)
{
  return run_with_progress (uri, start_reading, connection, error);
}

static gpointer
open_host (gpointer data, GError **error)
{
  const HostOptions *options = data;

  return machtype_host_open (options->connect, MACHTYPE_HOST_OPEN_EVENT_LOOP,
                             options->timeout * 1000, error);
}

/* Not g_file_get_contents, which would read any size; not a mapping, because a path can be a pipe
 * (<(virsh capabilities)). */
static char *
read_stream (FILE *stream, const char *path, gsize limit, gsize *length, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 block[16384];
  gsize n;

  while ((n = fread (block, 1, sizeof block, stream)) != 0 && bytes->len <= limit)
    g_byte_array_append (bytes, block, (guint)n);
  if (ferror (stream) != 0) {
    g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (errno), "%s: %s", path,
                 g_strerror (errno));
    return NULL;
  }
  if (bytes->len > limit) {
    set_error (error, MACHTYPE_ERROR_TOO_LARGE, "%s is larger than %" G_GSIZE_FORMAT " bytes", path,
               limit);
    return NULL;
  }
  *length = bytes->len;
  g_byte_array_append (bytes, (const guint8 *)"", 1);
  return (char *)g_byte_array_steal (bytes, NULL);
}

char *
read_file (const char *path, gsize limit, gsize *length, GError **error)
{
  FILE *stream;
  char *text;

  /* An unset variable in a script. */
  if (*path == '\0') {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the name of a file is empty");
    return NULL;
  }
  stream = fopen (path, "re");
  if (stream == NULL) {
    g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (errno), "%s: %s", path,
                 g_strerror (errno));
    return NULL;
  }
  text = read_stream (stream, path, limit, length, error);
  fclose (stream);
  return text;
}

char *
read_input (const char *path, gsize limit, gsize *length, GError **error)
{
  if (strcmp (path, "-") == 0)
    return read_stream (stdin, "standard input", limit, length, error);
  return read_file (path, limit, length, error);
}

typedef gboolean (*AddFunc) (MachtypeHostBuilder *builder, const char *xml, gssize length,
                             GError **error);

static gboolean
add_file (MachtypeHostBuilder *builder, AddFunc add, const char *path, GError **error)
{
  gsize length = 0;
  g_autofree char *text = read_file (path, MACHTYPE_XML_MAX_SIZE, &length, error);

  if (text == NULL)
    return FALSE;
  if (add (builder, text, (gssize)length, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

static gboolean
add_arch (MachtypeHostBuilder *builder, const char *text, GError **error)
{
  MachtypeArch arch = machtype_arch_from_string (text, error);

  return arch != MACHTYPE_ARCH_UNKNOWN && machtype_host_builder_set_arch (builder, arch, error);
}

static MachtypeHost *
build_host (const HostOptions *options, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  char **path;

  if (options->host_arch != NULL && !add_arch (builder, options->host_arch, error))
    return NULL;
  if (options->capabilities != NULL &&
      !add_file (builder, machtype_host_builder_set_capabilities, options->capabilities, error))
    return NULL;
  for (path = options->domain_capabilities; path != NULL && *path != NULL; path++) {
    if (!add_file (builder, machtype_host_builder_add_domain_capabilities, *path, error))
      return NULL;
  }
  return machtype_host_builder_end (builder);
}

gboolean
check_timeout (int timeout, GError **error)
{
  if (timeout >= 1 && timeout <= TIMEOUT_MAX)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--timeout must be between 1 and %d seconds", TIMEOUT_MAX);
}

const char *
get_default_uri (void)
{
  const char *uri = g_getenv ("LIBVIRT_DEFAULT_URI");

  return uri != NULL && *uri != '\0' ? uri : "qemu:///system";
}

/* For libvirt, an empty URI is its own default: a variable that is not set must not open it. */
gboolean
check_uri (const char *uri, GError **error)
{
  return *uri != '\0' || set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                                    "--connect: the URI is empty; use, for example, "
                                    "qemu:///system");
}

gboolean
host_options_have_host (const HostOptions *options)
{
  return options->connect != NULL || options->capabilities != NULL || options->platform != NULL;
}

gboolean
host_options_check (const HostOptions *options, GError **error)
{
  const char *message = NULL;

  if (options->connect != NULL && !check_uri (options->connect, error))
    return FALSE;
  if (options->connect != NULL &&
      (options->capabilities != NULL || options->domain_capabilities != NULL))
    message = "--connect cannot be combined with --capabilities or --domain-capabilities: it asks "
              "the host itself";
  else if (options->platform != NULL &&
           (options->connect != NULL || options->capabilities != NULL ||
            options->domain_capabilities != NULL))
    message = "--on cannot be combined with --connect or --capabilities: it is a host of its own";
  else if (options->domain_capabilities != NULL && options->capabilities == NULL)
    message = "--domain-capabilities needs --capabilities FILE";
  if (message == NULL)
    return check_timeout (options->timeout, error) &&
           (options->host_arch == NULL ||
            machtype_arch_from_string (options->host_arch, error) != MACHTYPE_ARCH_UNKNOWN);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", message);
}

gboolean
host_options_fit (const HostOptions *options, const MachtypeHost *host, GError **error)
{
  const char *text = options->host_arch;
  MachtypeArch arch;

  if (text == NULL)
    return TRUE;
  arch = machtype_arch_from_string (text, error);
  if (arch == MACHTYPE_ARCH_UNKNOWN)
    return FALSE;
  if (arch == machtype_host_get_arch (host))
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--host-arch %s: the host's architecture is %s", text,
                    machtype_arch_to_string (machtype_host_get_arch (host)));
}

static MachtypeHost *
open_platform (const HostOptions *options, GError **error)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  if (options->host_arch != NULL) {
    arch = machtype_arch_from_string (options->host_arch, error);
    if (arch == MACHTYPE_ARCH_UNKNOWN)
      return NULL;
  }
  return machtype_host_new_for_platform (options->platform, arch, error);
}

MachtypeHost *
host_options_open (const HostOptions *options, GError **error)
{
  g_autoptr (MachtypeHost) host = NULL;
  HostOptions copy = *options; /* that the thread can access */

  if (!host_options_check (options, error))
    return NULL;
  if (options->connect != NULL)
    host = run_with_progress (options->connect, open_host, &copy, error);
  else if (options->platform != NULL)
    host = open_platform (options, error);
  else if (options->capabilities != NULL || options->host_arch != NULL)
    host = build_host (options, error);
  return host != NULL && host_options_fit (options, host, error) ? g_steal_pointer (&host) : NULL;
}

MachtypeHost *
host_new_of_arch (const char *arch, const MachtypeProperties *properties, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (GError) why = NULL;

  if (add_arch (builder, arch, &why))
    return machtype_host_builder_end (builder);
  if (machtype_properties_get_guest_arch (properties, MACHTYPE_ARCH_UNKNOWN) ==
      MACHTYPE_ARCH_UNKNOWN) {
    g_propagate_error (error, g_steal_pointer (&why));
    return NULL;
  }
  return machtype_host_builder_end (builder);
}

MachtypeHost *
host_options_open_or_local (const HostOptions *options, GError **error)
{
  g_autoptr (GError) why = NULL;
  HostOptions local = *options;
  struct utsname names;
  MachtypeHost *host = host_options_open (options, &why);

  if (host != NULL)
    return host;
  if (!pass_on (error, &why))
    return NULL;
  uname (&names);
  if (machtype_arch_from_string (names.machine, NULL) != MACHTYPE_ARCH_UNKNOWN)
    local.host_arch = names.machine;
  return build_host (&local, error);
}

/* NULL without an error: there is none, which is expected at a first start. */
static MachtypeRecord *
find_record (StoreOptions *options, MachtypeOperation operation, GError **error)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autofree char *uuid = NULL;
  g_autoptr (GError) why = NULL;
  MachtypeRecord *record = NULL;

  store = store_options_open (
      options, options->record ? MACHTYPE_STORE_OPEN_CREATE : MACHTYPE_STORE_OPEN_READ_ONLY, error);
  if (store == NULL)
    return NULL;
  uuid = find_instance (store, NULL, options->instance, error);
  if (uuid == NULL)
    return NULL;
  /* Its record is made for the UUID, too. */
  g_free (options->instance);
  options->instance = g_steal_pointer (&uuid);
  record = machtype_store_read_record (store, options->instance, &why);
  if (record != NULL && pending_warn (store, options->instance, error))
    return record;
  if (record != NULL) {
    machtype_record_unref (record);
    return NULL;
  }
  if (operation != MACHTYPE_OPERATION_SPAWN ||
      !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&why));
  else if (!options->record)
    g_printerr ("warning: instance %s has no record; use --record to create one\n",
                options->instance);
  return NULL;
}

/* What an operator can make the default: an alias if there is one. */
static const char *
find_default (GPtrArray *machines)
{
  guint i;

  for (i = 0; i < machines->len; i++) {
    if (machtype_machine_get_canonical (machines->pdata[i]) != NULL)
      return machtype_machine_get_name (machines->pdata[i]);
  }
  return machines->len != 0 ? machtype_machine_get_name (machines->pdata[0]) : "TYPE";
}

/* If the host lacks the built-in default, which the operator did not choose, an option helps. */
static MachtypeResolution *
resolve (MachtypeProperties *properties, MachtypePolicy *policy, MachtypeHost *host,
         const char *recorded, GError **error)
{
  MachtypeArch arch =
      machtype_properties_get_guest_arch (properties, machtype_host_get_arch (host));
  g_autoptr (GPtrArray) machines = NULL;
  g_autoptr (GError) why = NULL;
  MachtypeResolution *resolution = machtype_resolve (properties, policy, host, recorded, &why);

  if (resolution != NULL)
    return resolution;
  machines = list_machines (host, arch);
  if (recorded != NULL || machtype_policy_get_default (policy, arch) != NULL ||
      machtype_properties_get_image (properties, "hw_machine_type") != NULL ||
      (machines->len == 0 && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NO_DEFAULT)) ||
      arch == MACHTYPE_ARCH_UNKNOWN)
    g_propagate_error (error, g_steal_pointer (&why));
  else
    g_set_error (error, why->domain, why->code, "%s; for this command, --default %s=%s",
                 why->message, machtype_arch_to_string (arch), find_default (machines));
  return NULL;
}

static MachtypeResolution *
resolve_instance (StoreOptions *options, MachtypePolicy *policy, MachtypeHost *host,
                  MachtypeProperties **properties, GError **error)
{
  MachtypeRecord *record;
  g_autoptr (MachtypeProperties) given = *properties;
  g_autoptr (GError) why = NULL;
  MachtypeOperation operation = MACHTYPE_OPERATION_SPAWN;

  *properties = NULL;
  if (options->operation != NULL)
    operation = machtype_operation_from_string (options->operation, error);
  if (operation == MACHTYPE_OPERATION_UNKNOWN)
    return NULL;
  options->found = record = find_record (options, operation, &why);
  if (!pass_on (error, &why))
    return NULL;
  if (record == NULL) {
    *properties = g_steal_pointer (&given);
    return resolve (*properties, policy, host, NULL, error);
  }
  *properties = machtype_record_dup_guest_properties (record, operation, given, error);
  if (*properties == NULL)
    return NULL;
  return machtype_record_resolve (record, operation, given, policy, host, error);
}

static gboolean
check_instance (const GuestOptions *guest, const StoreOptions *store, GError **error)
{
  const char *message = NULL;

  if (store->instance != NULL && guest->recorded != NULL)
    message = "--recorded cannot be combined with --instance, which reads the record";
  else if (store->instance == NULL && (store->operation != NULL || store->record))
    message = "--operation and --record need --instance GUEST";
  if (message == NULL)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", message);
}

static MachtypeHost *
open_host_for (const HostOptions *options, const MachtypeProperties *properties, GError **error)
{
  if (options->host_arch != NULL && !host_options_have_host (options) &&
      options->domain_capabilities == NULL)
    return check_timeout (options->timeout, error)
               ? host_new_of_arch (options->host_arch, properties, error)
               : NULL;
  return host_options_open_or_local (options, error);
}

MachtypeResolution *
options_resolve (const GuestOptions *guest, const HostOptions *host_options, StoreOptions *store,
                 MachtypeProperties **properties, MachtypeHost **host, GError **error)
{
  g_autoptr (MachtypePolicy) policy = NULL;

  if (!check_instance (guest, store, error))
    return NULL;
  *properties = guest_options_get_properties (guest, error);
  if (*properties != NULL)
    policy = guest_options_get_policy (guest, error);
  if (policy != NULL && store->instance != NULL)
    pending_settle_on (store, host_options);
  if (policy != NULL)
    *host = open_host_for (host_options, *properties, error);
  if (*host == NULL)
    return NULL;
  if (store->instance != NULL)
    return resolve_instance (store, policy, *host, properties, error);
  return resolve (*properties, policy, *host, guest->recorded, error);
}

MachtypePolicy *
guest_options_get_policy (const GuestOptions *options, GError **error)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  const MachtypeConfig *config = config_get (error);
  char **entry;

  if (config == NULL)
    return NULL;
  if (options->pin && options->follow) {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--pin and --follow are mutually exclusive");
    return NULL;
  }
  if (!machtype_policy_builder_set_domain_type (builder, options->domain_type, error))
    return NULL;
  for (entry = options->defaults; entry != NULL && *entry != NULL; entry++)
    machtype_policy_builder_add_default (builder, *entry);
  if (options->config != NULL) {
    gsize length = 0;
    g_autofree char *text = read_file (options->config, MACHTYPE_CONFIG_MAX_SIZE, &length, error);

    if (text == NULL ||
        !machtype_policy_builder_add_nova_conf (builder, text, (gssize)length, error))
      return NULL;
  }
  machtype_policy_builder_add_policy (builder, machtype_config_get_policy (config));
  if (options->pin || options->follow)
    machtype_policy_builder_set_pinning (builder, options->pin ? MACHTYPE_PINNING_PIN
                                                               : MACHTYPE_PINNING_FOLLOW);
  return machtype_policy_builder_end (builder);
}

gboolean
read_state (const char *text, MachtypeState *state, GError **error)
{
  *state = MACHTYPE_STATE_STOPPED;
  if (text == NULL || *text == '\0')
    return TRUE;
  *state = machtype_state_from_string (text, error);
  return *state != MACHTYPE_STATE_UNKNOWN;
}

gboolean
split_pair (const char *pair, const char *option, char **name, const char **value, GError **error)
{
  const char *equals = strchr (pair, '=');

  if (equals == NULL) {
    g_autofree char *shown = dup_shown (pair);

    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "%s: '%s' is not of the form NAME=VALUE", option, shown);
  }
  *name = g_strndup (pair, (gsize)(equals - pair));
  *value = equals + 1;
  return TRUE;
}

static gboolean
add_pairs (MachtypePropertiesBuilder *builder, AddPairFunc add, const char *option, char **pairs,
           GError **error)
{
  for (; pairs != NULL && *pairs != NULL; pairs++) {
    g_autofree char *name = NULL;
    const char *value;

    if (!split_pair (*pairs, option, &name, &value, error) || !add (builder, name, value, error))
      return FALSE;
  }
  return TRUE;
}

MachtypeProperties *
guest_options_get_properties (const GuestOptions *options, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  if (!add_pairs (builder, machtype_properties_builder_add_image, "--property", options->properties,
                  error) ||
      !add_pairs (builder, machtype_properties_builder_add_extra_spec, "--extra-spec",
                  options->extra_specs, error))
    return NULL;
  return machtype_properties_builder_end (builder);
}
