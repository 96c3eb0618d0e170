/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-status [--read-only] [--devices] [--no-saved] [--timeout MS] [--stop N] URI [UUID]: prints
 * the status of each domain of a host, or of one, as JSON. Exit status: 0, or 1 with the word and
 * the message of an error. */

#include <machtype/machtype.h>

#include <stdio.h>

typedef struct {
  gboolean read_only, devices, no_saved;
  int timeout;
  int stop; /* after so many; 0: never */
  int n;
} Options;

static gboolean
print_status (MachtypeDomainStatus *status, gpointer user_data)
{
  Options *options = user_data;
  g_autofree char *json = machtype_domain_status_to_json (status);

  puts (json);
  return ++options->n != options->stop;
}

static gboolean
run (Options *options, const char *uri, const char *uuid, GError **error)
{
  const MachtypeDomainReadFlags flags =
      (options->devices ? MACHTYPE_DOMAIN_READ_DEVICES : MACHTYPE_DOMAIN_READ_NONE) |
      (options->no_saved ? MACHTYPE_DOMAIN_READ_NONE : MACHTYPE_DOMAIN_READ_SAVED);
  g_autoptr (MachtypeConnection) connection = machtype_connection_open (
      uri, options->read_only ? MACHTYPE_CONNECTION_OPEN_READ_ONLY : MACHTYPE_CONNECTION_OPEN_NONE,
      options->timeout, error);
  g_autoptr (MachtypeDomainStatus) status = NULL;

  if (connection == NULL)
    return FALSE;
  if (uuid == NULL)
    return machtype_connection_foreach_status (connection, flags, print_status, options, error);
  status = machtype_connection_read_status (connection, uuid, flags, error);
  if (status != NULL)
    print_status (status, options);
  return status != NULL;
}

int
main (int argc, char **argv)
{
  Options options = { FALSE, FALSE, FALSE, -1, 0, 0 };
  const GOptionEntry entries[] = {
    { "read-only", 0, 0, G_OPTION_ARG_NONE, &options.read_only, NULL, NULL },
    { "devices", 0, 0, G_OPTION_ARG_NONE, &options.devices, NULL, NULL },
    { "no-saved", 0, 0, G_OPTION_ARG_NONE, &options.no_saved, NULL, NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &options.timeout, NULL, NULL },
    { "stop", 0, 0, G_OPTION_ARG_INT, &options.stop, NULL, NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("URI [UUID]");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2 || argc > 3) {
    fprintf (stderr, "%s\n", error != NULL ? error->message : "usage");
    return 2;
  }
  if (run (&options, argv[1], argv[2], &error))
    return 0;
  fflush (stdout);
  fprintf (stderr, "%s: %s\n", machtype_error_to_string (error->code), error->message);
  return 1;
}
