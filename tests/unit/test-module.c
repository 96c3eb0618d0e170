/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "module-private.h"

#include <machtype/error.h>

#include "libvirt/module.h"
#include "test.h"

typedef struct {
  const char *name;
  gsize size;
  const char *message; /* a part of it; NULL: it is loaded */
} Case;

static gboolean
is_built (const char *name)
{
  const char *folder = g_getenv ("MACHTYPE_MODULE_DIR");
  g_autofree char *file = g_strdup_printf ("libmachtype-%s.so", name);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, file, NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
check (const Case *c)
{
  g_autoptr (GError) error = NULL;
  const MtModuleHead *head = mt_module_load (c->name, c->size, &error);

  g_test_message ("%s, %" G_GSIZE_FORMAT " bytes: %s", c->name, c->size,
                  error != NULL ? error->message : "loaded");
  if (c->message == NULL) {
    g_assert_no_error (error);
    g_assert_cmpstr (head->version, ==, MACHTYPE_VERSION_STRING);
    g_assert_true (mt_module_load (c->name, c->size, NULL) == head);
    return;
  }
  g_assert_null (head);
  g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE);
  g_assert_nonnull (strstr (error->message, c->message));
}

static void
test_missing (void)
{
  static const Case cases[] = {
    { "nothing", sizeof (MtModuleHead), "cannot load libmachtype's nothing module: " },
    { "", sizeof (MtModuleHead), "libmachtype-.so" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

/* A table with one byte more or less is that of another build. */
static void
test_build (void)
{
  static const Case cases[] = {
    { "libvirt", sizeof (MtLibvirtModule), NULL },
    { "libvirt", sizeof (MtLibvirtModule) - 1,
      "libmachtype-libvirt.so does not belong to this build" },
    { "libvirt", sizeof (MtLibvirtModule) + 1,
      "libmachtype-libvirt.so does not belong to this build" },
    { "libvirt", 0, "libmachtype-libvirt.so does not belong to this build" },
  };
  gsize i;

  if (!is_built ("libvirt")) {
    g_test_skip ("built without libvirt");
    return;
  }
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/module/missing", test_missing);
  g_test_add_func ("/module/build", test_build);
  return g_test_run ();
}
