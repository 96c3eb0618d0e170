/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Standard input and files, one case per line. */

#include "machtype-program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Anything longer than this is not a line, but something that never ends, such as /dev/zero. */
#define LINE_SKIP_MAX (128 * 1024 * 1024)

typedef enum { LINE_READ, LINE_NONE, LINE_ENDLESS } LineResult;

/* Reads a line without its end. Of one that is too long only the start is kept: input must not
 * determine how much memory is used. */
static LineResult
read_line (FILE *stream, GString *line)
{
  gsize n = 0;
  int c;

  g_string_truncate (line, 0);
  while ((c = getc_unlocked (stream)) != EOF && c != '\n') {
    if (++n > LINE_SKIP_MAX)
      return LINE_ENDLESS;
    if (line->len <= LINE_MAX_LENGTH)
      g_string_append_c (line, (char)c);
  }
  return n > 0 || c == '\n' ? LINE_READ : LINE_NONE;
}

/* A line can end as on Windows. */
static void
remove_return (GString *line)
{
  if (line->len > 0 && line->len <= LINE_MAX_LENGTH && line->str[line->len - 1] == '\r')
    g_string_truncate (line, line->len - 1);
}

static void
handle_line (const GString *line, LineFunc func, LineFunc bad, gpointer data)
{
  if (line->len > LINE_MAX_LENGTH)
    bad ("the line is too long", data);
  else if (strlen (line->str) != line->len)
    bad ("the line contains a NUL byte", data);
  else if (!g_utf8_validate (line->str, (gssize)line->len, NULL))
    bad ("the line is not valid UTF-8", data);
  else
    func (line->str, data);
  /* A program at the other end of a pipe is waiting for its answer. */
  fflush (stdout);
}

static int
read_stream (FILE *stream, const char *name, LineFunc func, LineFunc bad, gpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);
  LineResult result;

  while ((result = read_line (stream, line)) == LINE_READ) {
    remove_return (line);
    handle_line (line, func, bad, data);
  }
  if (result == LINE_ENDLESS) {
    g_printerr ("machtype: %s: a line is longer than %d MiB\n", name,
                LINE_SKIP_MAX / (1024 * 1024));
    return STATUS_USAGE;
  }
  if (ferror (stream) == 0)
    return STATUS_DONE;
  g_printerr ("machtype: %s: %s\n", name, g_strerror (errno));
  return STATUS_BACKEND;
}

typedef struct {
  gboolean json;
  LineFunc func, bad;
  gpointer data;
} Answering;

/* An empty line has an empty answer, so that answers stay next to their lines; in JSON, whose
 * readers do not expect it, none. */
static void
answer (const char *line, gpointer data)
{
  const Answering *answering = data;

  if (*line != '\0')
    answering->func (line, answering->data);
  else if (!answering->json)
    write_output ("\n");
}

static void
answer_bad (const char *why, gpointer data)
{
  const Answering *answering = data;

  answering->bad (why, answering->data);
}

int
for_each_line (gboolean json, LineFunc func, LineFunc bad, gpointer data)
{
  Answering answering = { json, func, bad, data };

  return read_stream (stdin, "standard input", answer, answer_bad, &answering);
}

int
for_each_line_of (const char *path, LineFunc func, LineFunc bad, gpointer data)
{
  FILE *stream;
  int status;

  if (path == NULL)
    return read_stream (stdin, "standard input", func, bad, data);
  stream = fopen (path, "re");
  if (stream == NULL) {
    g_printerr ("machtype: %s: %s\n", path, g_strerror (errno));
    return STATUS_BACKEND;
  }
  status = read_stream (stream, path, func, bad, data);
  fclose (stream);
  return status;
}
