/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Standard input, one case a line. */

#include "machtype-program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Reads a line without its end. Of one that is too long only the start is kept: what comes in must
 * not decide how much memory is used. */
static gboolean
read_line (GString *line)
{
  gboolean any = FALSE;
  int c;

  g_string_truncate (line, 0);
  while ((c = getc_unlocked (stdin)) != EOF && c != '\n') {
    any = TRUE;
    if (line->len <= LINE_MAX_LENGTH)
      g_string_append_c (line, (char)c);
  }
  return any || c == '\n';
}

static void
handle_line (const GString *line, LineFunc func, LineFunc bad, gpointer data)
{
  if (line->len > LINE_MAX_LENGTH)
    bad ("the line is too long", data);
  else if (strlen (line->str) != line->len)
    bad ("the line has a NUL byte in it", data);
  else if (!g_utf8_validate (line->str, (gssize)line->len, NULL))
    bad ("the line is not valid UTF-8", data);
  else
    func (line->str, data);
  /* A program at the other end of a pipe waits for its answer. */
  fflush (stdout);
}

int
for_each_line (LineFunc func, LineFunc bad, gpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);
  int status = STATUS_DONE;

  while (read_line (line))
    handle_line (line, func, bad, data);
  if (ferror (stdin) != 0) {
    g_printerr ("machtype: standard input: %s\n", g_strerror (errno));
    status = STATUS_BELOW;
  }
  return status;
}
