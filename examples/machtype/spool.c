/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spool in which libvirt's hook keeps guests until they are recorded, on this host. */

#include "spool.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hosts.h"

gboolean
spool_is_usual (char **uris)
{
  return uris[0] != NULL && uris[1] == NULL && strcmp (uris[0], LOCAL_URI) == 0 &&
         geteuid () == 0 && g_file_test (SPOOL_DIRECTORY, G_FILE_TEST_IS_DIR);
}

/* As libvirt names its host, so that a record from the spool and one from libvirt have the same.
 * Source: libvirt's src/util/virutil.c, virGetHostname. */
char *
spool_dup_host_name (void)
{
  char name[256] = "";
  const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_flags = AI_CANONNAME };
  struct addrinfo *found = NULL;
  char *full = NULL;

  if (gethostname (name, sizeof name - 1) != 0 || *name == '\0')
    return NULL;
  if (strchr (name, '.') != NULL || g_str_has_prefix (name, "localhost"))
    return g_strdup (name);
  if (getaddrinfo (name, NULL, &hints, &found) == 0 && found->ai_canonname != NULL &&
      !g_str_has_prefix (found->ai_canonname, "localhost"))
    full = g_strdup (found->ai_canonname);
  if (found != NULL)
    freeaddrinfo (found);
  return full != NULL ? full : g_strdup (name);
}
