/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the operator program, and keeps what it prints as JSON: each answer to a call with --json is
 * copied to a file of its own, which validated.py reads. Otherwise it is replaced by the program,
 * so that no test sees a difference.
 *
 * MACHTYPE_WATCHED is the program, MACHTYPE_WATCHED_FOLDER where the files are written: the number
 * of arguments, the arguments, the output, each ended by a NUL except the last. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
fail (const char *what)
{
  fprintf (stderr, "watch-json: %s: %s\n", what, strerror (errno));
  exit (125);
}

static int
has_json (char **argv)
{
  for (argv++; *argv != NULL; argv++) {
    if (strcmp (*argv, "--json") == 0)
      return 1;
  }
  return 0;
}

/* A terminal or a full device has to be the program's own. */
static int
can_copy (void)
{
  struct stat out;

  return fstat (STDOUT_FILENO, &out) == 0 && (S_ISREG (out.st_mode) || S_ISFIFO (out.st_mode));
}

static void
write_all (int fd, const char *data, size_t n)
{
  while (n != 0) {
    const ssize_t done = write (fd, data, n);

    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      fail ("write");
    data += done;
    n -= (size_t)done;
  }
}

static int
begin_copy (const char *folder, char **argv, int argc)
{
  char path[4096], count[16];
  int i, fd;

  snprintf (path, sizeof path, "%s/XXXXXX", folder);
  fd = mkstemp (path);
  if (fd < 0)
    fail (path);
  snprintf (count, sizeof count, "%d", argc - 1);
  write_all (fd, count, strlen (count) + 1);
  for (i = 1; i < argc; i++)
    write_all (fd, argv[i], strlen (argv[i]) + 1);
  return fd;
}

/* As it comes: another program can be waiting for an answer. */
static void
copy (int from, int to)
{
  char data[65536];
  ssize_t n;

  while ((n = read (from, data, sizeof data)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      fail ("read");
    write_all (to, data, (size_t)n);
    write_all (STDOUT_FILENO, data, (size_t)n);
  }
}

static void
end_like (pid_t child)
{
  int status;

  while (waitpid (child, &status, 0) != child) {
    if (errno != EINTR)
      fail ("waitpid");
  }
  if (WIFSIGNALED (status)) {
    signal (WTERMSIG (status), SIG_DFL);
    raise (WTERMSIG (status));
  }
  exit (WEXITSTATUS (status));
}

int
main (int argc, char **argv)
{
  const char *program = getenv ("MACHTYPE_WATCHED");
  const char *folder = getenv ("MACHTYPE_WATCHED_FOLDER");
  int pipes[2];
  pid_t child;

  if (program == NULL || folder == NULL) {
    errno = EINVAL;
    fail ("MACHTYPE_WATCHED, MACHTYPE_WATCHED_FOLDER");
  }
  if (!has_json (argv) || !can_copy ()) {
    execv (program, argv);
    fail (program);
  }
  if (pipe (pipes) != 0)
    fail ("pipe");
  child = fork ();
  if (child < 0)
    fail ("fork");
  if (child == 0) {
    dup2 (pipes[1], STDOUT_FILENO);
    close (pipes[0]);
    close (pipes[1]);
    execv (program, argv);
    fail (program);
  }
  close (pipes[1]);
  copy (pipes[0], begin_copy (folder, argv, argc));
  end_like (child);
}
