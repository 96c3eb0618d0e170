/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's hook for QEMU: keeps the XML of every guest that starts in the spool, from which
 * "machtype record --spool" records it. See doc/spool.md.
 *
 *   50-machtype GUEST OPERATION SUB-OPERATION EXTRA <XML
 *
 * libvirt waits for it before a guest starts, and does not start the guest if it fails. So it needs
 * nothing but libc, parses nothing, takes no lock, never calls libvirt, prints nothing, and exits
 * with 0 whatever is wrong, which it logs. It writes in a process of its own, which has none of
 * libvirt's pipes: if that is killed, or the disk does not answer, the guest still starts.
 *
 * Only if the configuration has the line "enforce = yes" it asks another program whether the guest
 * may start, and passes a refusal on: "machtype enforce". */

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* What "machtype record" reads of a file: a definition of libvirt has some KiB. */
#define MAX_SIZE (8 << 20)

/* What the spool leaves of its file system to others, in bytes. */
#define MIN_FREE (16 << 20)

/* How long a guest waits for a disk or a store, in seconds. */
#ifndef DEADLINE
#define DEADLINE 5
#endif

#define MAX_MESSAGE 4096

/* Not on the stack, and not read from a file: pages that are not used cost nothing. */
static char xml[MAX_SIZE + 1];
static size_t xml_size;

static void __attribute__ ((format (printf, 1, 2))) complain (const char *format, ...)
{
  va_list args;

  openlog ("machtype-hook", LOG_PID, LOG_DAEMON);
  va_start (args, format);
  vsyslog (LOG_WARNING, format, args);
  va_end (args);
}

/* Those with which libvirt calls when a guest gets its machine type on this host, all of them with
 * its XML on standard input. What they print would replace the XML of "restore" and "migrate". */
static bool
is_known (const char *operation)
{
  static const char *const known[] = { "prepare", "restore", "migrate", "reconnect" };
  size_t i;

  for (i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp (operation, known[i]) == 0)
      return true;
  }
  return false;
}

static bool
read_xml (void)
{
  ssize_t n;

  while (xml_size < sizeof xml) {
    n = read (STDIN_FILENO, xml + xml_size, sizeof xml - xml_size);
    if (n == 0)
      return true;
    if (n > 0)
      xml_size += (size_t)n;
    else if (errno != EINTR) {
      complain ("cannot read the XML of the guest: %m");
      return false;
    }
  }
  complain ("the XML of the guest is larger than %d bytes", MAX_SIZE);
  return false;
}

static bool
write_xml (int fd)
{
  size_t done = 0;

  while (done < xml_size) {
    ssize_t n = write (fd, xml + done, xml_size - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    done += (size_t)n;
  }
  return true;
}

/* Usually a package has made it. It and its parent: /var/lib/machtype also has the records. */
static int
open_spool (void)
{
  static const char path[] = MACHTYPE_SPOOL;
  char parent[sizeof path];
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0 || errno != ENOENT)
    return fd;
  memcpy (parent, path, sizeof path);
  *strrchr (parent, '/') = '\0';
  mkdir (parent, 0700);
  mkdir (path, 0700);
  return open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A spool that is never read must not take the disk from guests. */
static bool
has_space (int spool)
{
  struct statvfs fs;

  if (fstatvfs (spool, &fs) != 0)
    return true;
  if ((unsigned long long)fs.f_bavail * fs.f_frsize >= MIN_FREE + (unsigned long long)xml_size)
    return true;
  errno = ENOSPC;
  return false;
}

/* Under its name only once it is whole; a dot before that. It is not flushed to the disk: guests
 * that ran when the power failed start again. */
static bool
keep_in (int spool, const char *operation)
{
  struct timespec now;
  char hidden[96];
  int fd;

  clock_gettime (CLOCK_REALTIME, &now);
  snprintf (hidden, sizeof hidden, ".%lld.%09ld-%ld.%s.xml", (long long)now.tv_sec, now.tv_nsec,
            (long)getpid (), operation);
  fd = openat (spool, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return false;
  if (write_xml (fd) && close (fd) == 0 && renameat (spool, hidden, spool, hidden + 1) == 0)
    return true;
  {
    const int why = errno;

    unlinkat (spool, hidden, 0);
    errno = why;
  }
  return false;
}

static void
keep (const char *guest, const char *operation)
{
  int spool = open_spool ();

  if (spool < 0 || !has_space (spool) || !keep_in (spool, operation))
    complain ("guest %s (%s): cannot write to %s: %m; 'machtype record' records it later", guest,
              operation, MACHTYPE_SPOOL);
}

/* Waits for a child. FALSE: it has not ended in time. */
static bool
wait_for (pid_t child, int *status)
{
  const struct timespec deadline = { .tv_sec = DEADLINE };
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  /* The signal can be that of another one, which was given up. */
  while (waitpid (child, status, WNOHANG) != child) {
    if (sigtimedwait (&set, NULL, &deadline) < 0 && errno == EAGAIN)
      return false;
  }
  return true;
}

/* libvirt waits until its pipes are closed, too. */
static void
keep_apart (const char *guest, const char *operation)
{
  pid_t child = fork ();
  int status = 0;

  if (child < 0) {
    keep (guest, operation);
    return;
  }
  if (child == 0) {
    close (STDIN_FILENO);
    close (STDOUT_FILENO);
    close (STDERR_FILENO);
    keep (guest, operation);
    _exit (0);
  }
  if (!wait_for (child, &status))
    complain ("guest %s (%s): %s has not answered in %d seconds", guest, operation, MACHTYPE_SPOOL,
              DEADLINE);
  else if (WIFSIGNALED (status))
    complain ("guest %s (%s): killed by signal %d; 'machtype record' records it later", guest,
              operation, WTERMSIG (status));
}

/* Whether a line is WORD = yes. */
static bool
says_yes (const char *line, const char *word)
{
  char key[32], value[32], rest;

  return sscanf (line, " %31[a-z] = %31[a-z] %c", key, value, &rest) == 2 &&
         strcmp (key, word) == 0 && strcmp (value, "yes") == 0;
}

static bool
is_enforcing (void)
{
  char text[4097], *line, *next = text;
  int fd = open (MACHTYPE_HOOK_CONF, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t n;

  if (fd < 0)
    return false;
  n = read (fd, text, sizeof text - 1);
  close (fd);
  text[n > 0 ? n : 0] = '\0';
  while ((line = strsep (&next, "\n")) != NULL) {
    if (says_yes (line, "enforce"))
      return true;
  }
  return false;
}

/* In the child: its output is a file, because a pipe of libvirt would not end with us. */
static void
ask (const char *guest, int input, int message)
{
  sigset_t none;
  int null = open ("/dev/null", O_WRONLY);

  sigemptyset (&none);
  if (dup2 (input, STDIN_FILENO) < 0 || dup2 (null, STDOUT_FILENO) < 0 ||
      dup2 (message, STDERR_FILENO) < 0 || sigprocmask (SIG_SETMASK, &none, NULL) != 0)
    _exit (127);
  execl (MACHTYPE_PROGRAM, "machtype", "enforce", "--", guest, (char *)NULL);
  _exit (127);
}

/* What the program has said, for whoever starts the guest. */
static void
pass_on (int message)
{
  char text[MAX_MESSAGE];
  ssize_t n = pread (message, text, sizeof text, 0), i;

  for (i = 0; i < n; i++) {
    if (iscntrl ((unsigned char)text[i]) && text[i] != '\n')
      text[i] = '?';
  }
  if (n > 0 && write (STDERR_FILENO, text, (size_t)n) < 0)
    complain ("cannot tell why: %m");
}

/* Only a clear no is one: without an answer the guest starts. */
static bool
is_refused (const char *guest)
{
  const int input = memfd_create ("xml", MFD_CLOEXEC), message = memfd_create ("message", 0);
  pid_t child;
  int status = 0;

  if (input < 0 || message < 0 || !write_xml (input) || lseek (input, 0, SEEK_SET) != 0 ||
      (child = fork ()) < 0) {
    complain ("guest %s starts unchecked: %m", guest);
    return false;
  }
  if (child == 0)
    ask (guest, input, message);
  if (!wait_for (child, &status)) {
    kill (child, SIGKILL);
    complain ("guest %s starts unchecked: no answer in %d seconds", guest, DEADLINE);
    return false;
  }
  if (WIFEXITED (status) && WEXITSTATUS (status) == 1) {
    pass_on (message);
    return true;
  }
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    complain ("guest %s starts unchecked: %s has failed (status %d)", guest, MACHTYPE_PROGRAM,
              status);
  return false;
}

int
main (int argc, char **argv)
{
  sigset_t all;

  if (argc < 3 || !is_known (argv[2]))
    return 0;
  /* A limit on sizes, or who hangs up, must not end us: the call fails instead. */
  sigfillset (&all);
  sigprocmask (SIG_BLOCK, &all, NULL);
  signal (SIGCHLD, SIG_DFL);
  if (!read_xml ())
    return 0;
  if (strcmp (argv[2], "prepare") == 0 && is_enforcing () && is_refused (argv[1]))
    return 1;
  keep_apart (argv[1], argv[2]);
  return 0;
}
