/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-frozen connection|host URI LIMIT: opens a host, which freezes in the meantime. frozen.py
 * runs it. */

#include <machtype/machtype.h>

#include <stdio.h>
#include <string.h>

static int
tell (const char *what, const GError *error)
{
  printf ("%s\n", error != NULL ? error->message : what);
  fflush (stdout);
  return error != NULL ? 1 : 0;
}

/* Between opening and closing it waits for a line. */
static int
close_connection (const char *uri, int timeout_ms)
{
  g_autoptr (GError) error = NULL;
  MachtypeConnection *connection =
      machtype_connection_open (uri, MACHTYPE_CONNECTION_OPEN_NONE, timeout_ms, &error);

  if (tell ("open", error) != 0)
    return 1;
  getchar ();
  machtype_connection_unref (connection);
  return tell ("closed", NULL);
}

static int
open_host (const char *uri, int timeout_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeHost) host =
      machtype_host_open (uri, MACHTYPE_HOST_OPEN_NONE, timeout_ms, &error);

  return tell (host != NULL ? "host" : "", error);
}

int
main (int argc, char **argv)
{
  int timeout_ms;

  if (argc != 4)
    return 2;
  timeout_ms = (int)g_ascii_strtoll (argv[3], NULL, 10) * 1000;
  return strcmp (argv[1], "host") == 0 ? open_host (argv[2], timeout_ms)
                                       : close_connection (argv[2], timeout_ms);
}
