/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Standard input and files, one case per line. */

#include "machtype-program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Anything longer than this is not a line, but something that never ends, such as /dev/zero. */
#define LINE_SKIP_MAX (128 * 1024 * 1024)

typedef enum { LINE_READ, LINE_NONE, LINE_ENDLESS, LINE_FAILED } LineResult;

typedef struct {
  int fd;
  gsize at, end; /* in bytes: what was read and not yet taken */
  char bytes[64 * 1024];
} Input;

static gboolean
is_waiting (int fd)
{
  struct pollfd input = { .fd = fd, .events = POLLIN };

  return poll (&input, 1, 0) > 0;
}

/* Returns the number of bytes; 0: the end, -1: it failed. A program at the other end of a pipe that
 * has sent all its questions is waiting for the answers. */
static gssize
fill (Input *input)
{
  gssize n;

  if (!is_waiting (input->fd))
    fflush (stdout);
  do
    n = read (input->fd, input->bytes, sizeof input->bytes);
  while (n < 0 && errno == EINTR);
  input->at = 0;
  input->end = (gsize)MAX (n, 0);
  return n;
}

/* Reads a line without its end. Of one that is too long only the start is kept: input must not
 * determine how much memory is used. */
static LineResult
read_line (Input *input, GString *line)
{
  gsize length = 0;

  g_string_truncate (line, 0);
  while (length <= LINE_SKIP_MAX) {
    const gssize more = input->at < input->end ? 1 : fill (input);
    const char *start = input->bytes + input->at, *stop;
    gsize n;

    if (more < 0)
      return LINE_FAILED;
    if (more == 0)
      return length > 0 ? LINE_READ : LINE_NONE;
    stop = memchr (start, '\n', input->end - input->at);
    n = stop != NULL ? (gsize)(stop - start) : input->end - input->at;
    if (line->len <= LINE_MAX_LENGTH)
      g_string_append_len (line, start, (gssize)n);
    length += n;
    input->at += n + (stop != NULL ? 1 : 0);
    if (stop != NULL)
      return LINE_READ;
  }
  return LINE_ENDLESS;
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
}

static int
read_lines (int fd, const char *name, LineFunc func, LineFunc bad, gpointer data)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree Input *input = g_new0 (Input, 1);
  LineResult result;

  input->fd = fd;
  while ((result = read_line (input, line)) == LINE_READ) {
    remove_return (line);
    handle_line (line, func, bad, data);
  }
  if (result == LINE_NONE)
    return STATUS_DONE;
  if (result == LINE_FAILED) {
    g_printerr ("machtype: %s: %s\n", name, g_strerror (errno));
    return STATUS_BACKEND;
  }
  g_printerr ("machtype: %s: a line is longer than %d MiB\n", name, LINE_SKIP_MAX / (1024 * 1024));
  return STATUS_USAGE;
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
  int status;

  output_hold ();
  status = read_lines (STDIN_FILENO, "standard input", answer, answer_bad, &answering);
  output_release ();
  return status;
}

int
for_each_line_of (const char *path, LineFunc func, LineFunc bad, gpointer data)
{
  int fd, status;

  if (path == NULL)
    return read_lines (STDIN_FILENO, "standard input", func, bad, data);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    g_printerr ("machtype: %s: %s\n", path, g_strerror (errno));
    return STATUS_BACKEND;
  }
  status = read_lines (fd, path, func, bad, data);
  close (fd);
  return status;
}
