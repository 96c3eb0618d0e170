/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "private-root.h"

#include <string.h>

static gboolean
run (char **argv, char **output)
{
  GError *error = NULL;
  int status;

  if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, output, NULL, &status,
                     &error))
    g_error ("%s: %s", argv[0], error->message);
  return g_spawn_check_wait_status (status, NULL);
}

gboolean
private_root_init (PrivateRoot *root)
{
  const char *cache = g_getenv ("MACHTYPE_LIBVIRT_CACHE");
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "boot", "embed-root.sh", NULL);
  g_autofree char *below = NULL;
  g_autofree char *warm = g_strdup (cache);
  char shell[] = "sh";
  char *argv[] = { shell, script, NULL, warm, NULL };

  memset (root, 0, sizeof *root);
  if (cache == NULL || !g_file_test (cache, G_FILE_TEST_IS_DIR)) {
    g_test_skip ("MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt");
    if (g_getenv ("MACHTYPE_TEST_REQUIRE") != NULL)
      g_test_fail ();
    return FALSE;
  }
  /* Short: libvirt creates sockets below it. */
  root->dir = g_dir_make_tmp ("mt.XXXXXX", NULL);
  g_assert_nonnull (root->dir);
  below = g_build_filename (root->dir, "r", NULL);
  argv[2] = below;
  g_assert_true (run (argv, &root->uri));
  g_strchomp (root->uri);
  return TRUE;
}

void
private_root_clear (PrivateRoot *root)
{
  char rm[] = "rm", options[] = "-rf";
  char *argv[] = { rm, options, root->dir, NULL };

  if (root->dir != NULL)
    g_assert_true (run (argv, NULL));
  g_free (root->dir);
  g_free (root->uri);
}
