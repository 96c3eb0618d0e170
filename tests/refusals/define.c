/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* define URI [--dump]
 *
 * Reads names of files, one a line. libvirt defines the domain in each of them, and undefines it
 * again; nothing is started. For each file, one line of output: "accepted", or "refused" and
 * libvirt's message. With --dump, libvirt's version of an accepted domain is written to a file of
 * the same name with .full at the end. If libvirt crashes or hangs, the process ends, and the
 * caller notices that an answer is missing. */

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* libvirt never comes back from some domains. As it is the processor's time, a busy machine makes
 * no difference. */
static const struct itimerval cpu_limit = { .it_value = { .tv_sec = 3 } };

static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

static void
dump (virDomain *domain, const char *path)
{
  char *xml = virDomainGetXMLDesc (domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
  g_autofree char *full = g_strconcat (path, ".full", NULL);
  GError *error = NULL;

  if (xml == NULL)
    g_error ("no XML of %s: %s", path, virGetLastErrorMessage ());
  if (!g_file_set_contents (full, xml, -1, &error))
    g_error ("%s", error->message);
  free (xml);
}

/* Files that the definition names are kept: it may name any. */
static void
undefine (virDomain *domain)
{
  if (virDomainUndefineFlags (domain, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM) != 0)
    g_error ("cannot undefine: %s", virGetLastErrorMessage ());
  virDomainFree (domain);
}

static void
define (virConnect *connection, const char *path, gboolean with_dump)
{
  g_autofree char *xml = NULL;
  GError *error = NULL;
  virDomain *domain;

  if (!g_file_get_contents (path, &xml, NULL, &error))
    g_error ("%s", error->message);
  if (setitimer (ITIMER_PROF, &cpu_limit, NULL) != 0)
    g_error ("no limit of time");
  domain = virDomainDefineXMLFlags (connection, xml, 0);
  if (domain == NULL) {
    g_autofree char *message = g_strdelimit (g_strdup (virGetLastErrorMessage ()), "\n\r", ' ');

    printf ("refused %s\n", message);
  } else {
    if (with_dump)
      dump (domain, path);
    undefine (domain);
    puts ("accepted");
  }
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  ssize_t length;
  virConnect *connection;

  if (argc < 2 || argc > 3)
    return 2;
  virSetErrorFunc (NULL, ignore_error);
  /* The embedded driver wants one, although nothing here waits for an event. */
  connection = virEventRegisterDefaultImpl () == 0 ? virConnectOpen (argv[1]) : NULL;
  if (connection == NULL)
    g_error ("%s", virGetLastErrorMessage ());
  while ((length = getline (&line, &size, stdin)) > 0) {
    line[strcspn (line, "\n")] = '\0';
    define (connection, line, argc == 3);
  }
  return virConnectClose (connection) == 0 ? 0 : 1;
}
