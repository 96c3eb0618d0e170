/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of others in a locale: libvirt and the loader use the user's language in the locale's
 * encoding, and a GError is UTF-8. Run in the set-ups of meson.build. */

#include <machtype/machtype.h>

/* Opens a connection, which fails; German words that only libvirt uses are required if a
 * translation is installed. */
static void
assert_error (const char *uri, int code, const char *domain, const char *words)
{
  g_autofree char *catalog = g_strdup_printf ("/usr/share/locale/de/LC_MESSAGES/%s.mo", domain);
  g_autoptr (GError) error = NULL;

  g_assert_null (machtype_host_open (uri, MACHTYPE_HOST_OPEN_NONE, 60000, &error));
  g_assert_error (error, MACHTYPE_ERROR, code);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_test_message ("%s", error->message);
  if (!g_str_has_prefix (g_getenv ("MACHTYPE_TEST_LOCALE"), "de_"))
    return;
  if (!g_file_test (catalog, G_FILE_TEST_EXISTS) && g_getenv ("MACHTYPE_TEST_REQUIRE") == NULL)
    g_test_skip ("no German (packages locales, libvirt-l10n)");
  else
    g_assert_nonnull (g_strstr_len (error->message, -1, words));
}

static void
test_module (void)
{
  g_autofree char *folder = g_strdup (g_getenv ("MACHTYPE_MODULE_DIR"));

  g_setenv ("MACHTYPE_MODULE_DIR", "/nonexistent", TRUE);
  assert_error ("test:///default", MACHTYPE_ERROR_MODULE, "libc", "öffnen");
  g_setenv ("MACHTYPE_MODULE_DIR", folder, TRUE);
}

static void
test_libvirt (void)
{
  assert_error ("qemu+ext:///system", MACHTYPE_ERROR_LIBVIRT, "libvirt", "Ungültiges Argument");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("LANGUAGE");
  if (g_getenv ("MACHTYPE_TEST_LOCALE") != NULL) {
    g_test_add_func ("/errors/module", test_module);
    g_test_add_func ("/errors/libvirt", test_libvirt);
  }
  return g_test_run ();
}
