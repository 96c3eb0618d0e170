/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "module-private.h"

#include <machtype/error.h>

#include "libvirt/module.h"
#include "store-place.h"
#include "store/sqlite-module.h"
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

/* The one that every build has. */
static void
test_sqlite (void)
{
  static const Case cases[] = {
    { "sqlite", sizeof (MtSqliteModule), NULL },
    { "sqlite", sizeof (MtSqliteModule) - sizeof (gpointer),
      "libmachtype-sqlite.so does not belong to this build" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    check (&cases[i]);
}

static void
refuse_store (const Place *place, MachtypeStoreOpenFlags flags)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (machtype_store_open (place->path, flags, 0, &error));
  g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE);
  g_assert_nonnull (strstr (error->message, "cannot load libmachtype's sqlite module: "));
  g_assert_false (g_file_test (place->path, G_FILE_TEST_EXISTS));
}

/* A store in a file needs its module, one in memory does not. A failure is not remembered. */
static void
test_store (void)
{
  g_autofree char *folder = g_strdup (g_getenv ("MACHTYPE_MODULE_DIR"));
  g_autoptr (MachtypeStore) memory = NULL, store = NULL;
  g_autoptr (GError) error = NULL;
  Place place;

  place_init (&place);
  g_setenv ("MACHTYPE_MODULE_DIR", place.dir, TRUE);
  refuse_store (&place, MACHTYPE_STORE_OPEN_CREATE);
  refuse_store (&place, MACHTYPE_STORE_OPEN_READ_ONLY);
  memory = machtype_store_open_memory ();
  g_assert_nonnull (memory);
  g_setenv ("MACHTYPE_MODULE_DIR", folder, TRUE);
  store = machtype_store_open (place.path, MACHTYPE_STORE_OPEN_CREATE, 0, &error);
  g_assert_no_error (error);
  g_clear_object (&store);
  place_clear (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/module/missing", test_missing);
  g_test_add_func ("/module/build", test_build);
  g_test_add_func ("/module/store", test_store);
  g_test_add_func ("/module/sqlite", test_sqlite);
  return g_test_run ();
}
