/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spool in which libvirt's hook keeps guests until they are recorded, on this host. */

#include "spool.h"

#include <errno.h>
#include <glib/gstdio.h>
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

/* Records on their way into a spool. */
typedef struct {
  const char *directory;
  guint n;
  GError *error;
} Keeping;

static void
set_path_error (GError **error, const char *path, int number)
{
  g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (number), "%s: %s", path,
               g_strerror (number));
}

/* Under a hidden name until it is whole. */
static gboolean
keep_record (MachtypeRecord *record, gpointer data)
{
  Keeping *keeping = data;
  const gint64 now = g_get_real_time ();
  g_autofree char *name =
      g_strdup_printf ("%" G_GINT64_FORMAT ".%06u%03u-%d.json", now / G_TIME_SPAN_SECOND,
                       (guint)(now % G_TIME_SPAN_SECOND), keeping->n % 1000, (int)getpid ());
  g_autofree char *hidden = g_strconcat (keeping->directory, "/.", name, NULL);
  g_autofree char *path = g_build_filename (keeping->directory, name, NULL);
  g_autofree char *json = machtype_record_to_json (record);

  if (!g_file_set_contents_full (
          hidden, json, -1,
          (GFileSetContentsFlags)(G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE),
          0600, &keeping->error))
    return FALSE;
  if (g_rename (hidden, path) != 0) {
    set_path_error (&keeping->error, path, errno);
    g_unlink (hidden);
    return FALSE;
  }
  keeping->n++;
  return TRUE;
}

gboolean
spool_keep (MachtypeStore *store, const char *directory, guint *n_kept, GError **error)
{
  Keeping keeping = { directory, 0, NULL };

  if (g_mkdir_with_parents (directory, 0700) != 0) {
    set_path_error (error, directory, errno);
    return FALSE;
  }
  if (!machtype_store_foreach (store, NULL, NULL, keep_record, &keeping, error)) {
    g_clear_error (&keeping.error);
    return FALSE;
  }
  *n_kept = keeping.n;
  if (keeping.error == NULL)
    return TRUE;
  g_propagate_error (error, keeping.error);
  return FALSE;
}
