/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-reduce CAPABILITIES: for each domain on standard input, one per line, prints the line that
 * libvirt is asked about on such a host, and a line of what it is not asked about. schema.py runs
 * it. */

#include "domain/domain-private.h"

#include <stdio.h>

static void
reduce (const char *line, const MachtypeHost *host)
{
  g_autoptr (GPtrArray) left_out = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *reduced = mt_domain_reduce (line, host, left_out, &error), *list = NULL;

  g_ptr_array_add (left_out, NULL);
  list = g_strjoinv (" ", (char **)left_out->pdata);
  printf ("%s\n%s\n", reduced != NULL ? reduced : error->message, list);
}

static MachtypeHost *
read_host (const char *path, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error) ||
      !machtype_host_builder_set_capabilities (builder, text, -1, error))
    return NULL;
  return machtype_host_builder_end (builder);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeHost) host = argc == 2 ? read_host (argv[1], &error) : NULL;
  char *line = NULL;
  size_t size = 0;

  if (host == NULL)
    return 2;
  while (getline (&line, &size, stdin) > 0)
    reduce (line, host);
  free (line);
  return 0;
}
