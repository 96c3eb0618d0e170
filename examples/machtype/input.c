/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Standard input, one case a line. */

#include "machtype-program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
handle_line (char *line, gsize length, LineFunc func, LineFunc bad, gpointer data)
{
  if (length > 0 && line[length - 1] == '\n')
    line[--length] = '\0';
  if (strlen (line) != length)
    bad ("the line has a NUL byte in it", data);
  else if (length > LINE_MAX_LENGTH)
    bad ("the line is too long", data);
  else if (!g_utf8_validate (line, (gssize)length, NULL))
    bad ("the line is not valid UTF-8", data);
  else
    func (line, data);
  /* A program at the other end of a pipe waits for its answer. */
  fflush (stdout);
}

int
for_each_line (LineFunc func, LineFunc bad, gpointer data)
{
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  int status = STATUS_DONE;

  while ((length = getline (&line, &size, stdin)) >= 0)
    handle_line (line, (gsize)length, func, bad, data);
  if (ferror (stdin) != 0) {
    g_printerr ("machtype: standard input: %s\n", g_strerror (errno));
    status = STATUS_BELOW;
  }
  free (line);
  return status;
}
