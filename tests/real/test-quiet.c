/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether anything prints that a connection cannot be opened. libvirt has one handler of errors for
 * the whole process, so each row has its own process. It does not link libvirt: whether libvirt is
 * loaded before the library's module loads it makes the difference. */

#include <machtype/machtype.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nothing listens there. */
#define URI "qemu+unix:///system?socket=/nonexistent/socket"

typedef struct {
  const char *author;
  gboolean has_libvirt;             /* the program has loaded libvirt before the library needs it */
  gboolean sets_before, sets_after; /* it sets a handler: before the library opens a host, after */
  gboolean host, own, connection;   /* whether the failure of each opening is printed */
  int heard;                        /* how many of them reach the program's handler */
} Row;

static const Row rows[] = {
  { "no other user of libvirt", FALSE, FALSE, FALSE, FALSE, TRUE, FALSE, 0 },
  { "the program sets a handler later", FALSE, FALSE, TRUE, FALSE, FALSE, FALSE, 2 },
  { "the program has a handler", TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, 3 },
  { "the program has a handler, and another one later", TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, 3 },
  { "the program has libvirt print", TRUE, FALSE, FALSE, TRUE, TRUE, TRUE, 0 },
};

/* libvirt's functions, with the types of its headers. */
typedef void (*ErrorFunc) (void *data, void *error);
typedef void (*SetErrorFunc) (void *data, ErrorFunc func);
typedef void *(*OpenFunc) (const char *uri);

static int heard;

static void
hear (void *data, void *error)
{
  (void)data;
  (void)error;
  heard++;
}

static void
fail (const char *what)
{
  fprintf (stdout, "FAIL: %s\n", what);
  exit (1);
}

static void *
find (const char *symbol)
{
  void *libvirt = dlopen ("libvirt.so.0", RTLD_NOW | RTLD_LOCAL);
  void *found = libvirt != NULL ? dlsym (libvirt, symbol) : NULL;

  if (found == NULL)
    fail (dlerror ());
  return found;
}

static void
set_handler (void)
{
  SetErrorFunc set_error_func;

  *(void **)&set_error_func = find ("virSetErrorFunc");
  set_error_func (NULL, hear);
}

/* Whether anything was printed since the last time. */
static void
check_printed (const char *what, gboolean wanted)
{
  static off_t before = 0;
  struct stat status;

  if (fstat (STDERR_FILENO, &status) != 0)
    fail ("fstat");
  if ((status.st_size != before) != wanted)
    fail (what);
  before = status.st_size;
}

static void
open_own (void)
{
  OpenFunc open_connection;

  *(void **)&open_connection = find ("virConnectOpen");
  if (open_connection (URI) != NULL)
    fail ("another process listens");
}

static void
open_host (void)
{
  g_autoptr (GError) error = NULL;

  if (machtype_host_open (URI, MACHTYPE_HOST_OPEN_NONE, -1, &error) != NULL)
    fail ("another process listens");
  if (!g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT))
    fail (error->message);
}

static void
open_connection (void)
{
  g_autoptr (GError) error = NULL;

  if (machtype_connection_open (URI, MACHTYPE_CONNECTION_OPEN_NONE, -1, &error) != NULL)
    fail ("another process listens");
  if (!g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT))
    fail (error->message);
}

static void
run (const Row *row, const char *file)
{
  int fd = open (file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  if (fd < 0 || dup2 (fd, STDERR_FILENO) < 0)
    fail ("standard error");
  if (row->has_libvirt)
    find ("virConnectOpen");
  if (row->sets_before)
    set_handler ();
  open_host ();
  check_printed ("a host is opened", row->host);
  if (row->sets_after)
    set_handler ();
  open_own ();
  check_printed ("the program opens a connection of its own", row->own);
  open_connection ();
  check_printed ("a connection is opened", row->connection);
  if (heard != row->heard)
    fail ("the program's handler has not heard what it should");
  exit (0);
}

int
main (void)
{
  g_autofree char *dir = g_dir_make_tmp ("mt.XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "stderr", NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    int status = 0;
    pid_t child;

    printf ("%s\n", rows[i].author);
    fflush (stdout);
    child = fork ();
    if (child == 0)
      run (&rows[i], file);
    waitpid (child, &status, 0);
    if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
      return 1;
  }
  remove (file);
  rmdir (dir);
  return 0;
}
