/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "config/config-private.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* A directory of the test's own. */
typedef struct {
  char *path, *file, *drop_ins, *own;
} Folder;

static void
set_up (Folder *folder, gconstpointer data)
{
  (void)data;
  folder->path = g_dir_make_tmp ("config-XXXXXX", NULL);
  folder->file = g_build_filename (folder->path, "machtype.conf", NULL);
  folder->drop_ins = g_build_filename (folder->path, "machtype.conf.d", NULL);
  folder->own = g_build_filename (folder->path, "own.conf", NULL);
  g_assert_cmpint (g_mkdir (folder->drop_ins, 0755), ==, 0);
}

static void
remove_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_remove (file);
  }
}

static void
tear_down (Folder *folder, gconstpointer data)
{
  (void)data;
  remove_files (folder->drop_ins);
  remove_files (folder->path);
  g_assert_cmpint (g_rmdir (folder->path), ==, 0);
  g_free (folder->path);
  g_free (folder->file);
  g_free (folder->drop_ins);
  g_free (folder->own);
}

static void
write_file (const char *path, const char *text)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
}

static void
write_drop_in (const Folder *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder->drop_ins, name, NULL);

  write_file (path, text);
}

static MachtypeConfig *
load (const Folder *folder, GError **error)
{
  const MtConfigPlaces places = { folder->file, folder->drop_ins, folder->own, TRUE };

  return mt_config_load_from (&places, error);
}

/* One file: what is read, and the warnings without the path. */
static const struct {
  const char *text;
  const char *q35, *virt; /* defaults of x86_64 and aarch64 */
  MachtypePinning pinning;
  const char *store, *host, *cell, *hosts;
  const char *warnings;
} rows[] = {
  { "", NULL, NULL, MACHTYPE_PINNING_PIN, NULL, NULL, NULL, "", "" },
  { "[machtype]\n", NULL, NULL, MACHTYPE_PINNING_PIN, NULL, NULL, NULL, "", "" },
  { "[machtype]\nstore = /srv/a.db\npin = false\ndefaults = x86_64=q35; aarch64=virt-6.2\n"
    "host = compute-1\ncell = cell1\nhosts = qemu+ssh://a/system; qemu+ssh://b/system\n",
    "q35", "virt-6.2", MACHTYPE_PINNING_FOLLOW, "/srv/a.db", "compute-1", "cell1",
    "qemu+ssh://a/system qemu+ssh://b/system", "" },
  { "[machtype]\ndefaults = ; x86_64 = q35 ,\nhosts = ,\n", "q35", NULL, MACHTYPE_PINNING_PIN, NULL,
    NULL, NULL, "", "" },
  { "[machtype]\npin = true\nstore =\nhost =  \n", NULL, NULL, MACHTYPE_PINNING_PIN, NULL, NULL,
    NULL, "", "" },
  { "# comment\n\n[machtype]\n\nstroe = /srv/a.db\n", NULL, NULL, MACHTYPE_PINNING_PIN, NULL, NULL,
    NULL, "", ":5: unknown key 'stroe'; did you mean 'store'?" },
  { "[machtype]\ncolour = blue", NULL, NULL, MACHTYPE_PINNING_PIN, NULL, NULL, NULL, "",
    ":2: unknown key 'colour'" },
  { "[other]\npin = false\n  [machtype]\n  pin = perhaps\n", NULL, NULL, MACHTYPE_PINNING_PIN, NULL,
    NULL, NULL, "",
    ":1: unknown group [other]; only [machtype] is read\n"
    ":4: pin must be true or false; it is ignored" },
  /* GKeyFile keeps the last one. */
  { "[machtype]\npin=no\npin=maybe\n[other]\npin=x\n[machtype]\npin = maybe\n", NULL, NULL,
    MACHTYPE_PINNING_PIN, NULL, NULL, NULL, "",
    ":4: unknown group [other]; only [machtype] is read\n"
    ":7: pin must be true or false; it is ignored" },
  { "[machtype]\ndefaults = q35; x86_64=q35; z80=zx; x86_64=pc\n", "q35", NULL,
    MACHTYPE_PINNING_PIN, NULL, NULL, NULL, "",
    ":2: default machine type 'q35' is skipped: it is not in the form ARCH=TYPE, such as "
    "aarch64=virt-6.2\n"
    ":2: default machine type 'z80=zx' is skipped: the architecture before the '=' is unknown\n"
    ":2: default machine type 'x86_64=pc' is skipped: x86_64 already has the default q35" },
  { "[machtype]\nhost = a\\nb\ncell = ok\n", NULL, NULL, MACHTYPE_PINNING_PIN, NULL, NULL, "ok", "",
    ":2: host contains a control character: 'a\\nb'; it is ignored" },
};

static char *
join_warnings (const MachtypeConfig *config, const char *path)
{
  g_autoptr (GPtrArray) warnings = machtype_config_list_warnings (config);
  GString *all = g_string_new (NULL);
  guint i;

  for (i = 0; i < warnings->len; i++) {
    const char *message = machtype_finding_get_message (warnings->pdata[i]);

    g_assert_true (g_str_has_prefix (message, path));
    g_string_append_printf (all, "%s%s", i != 0 ? "\n" : "", message + strlen (path));
  }
  return g_string_free (all, FALSE);
}

static void
test_rows (Folder *folder, gconstpointer data)
{
  gsize i;

  (void)data;
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConfig) config = NULL;
    g_autofree char *warnings = NULL, *hosts = NULL;
    MachtypePolicy *policy;
    GError *error = NULL;

    ROW ("%s", rows[i].text);
    write_file (folder->file, rows[i].text);
    config = load (folder, &error);
    g_assert_no_error (error);
    policy = machtype_config_get_policy (config);
    g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64), ==, rows[i].q35);
    g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_AARCH64), ==, rows[i].virt);
    g_assert_cmpint (machtype_policy_get_pinning (policy), ==, rows[i].pinning);
    if (rows[i].store != NULL)
      g_assert_cmpstr (machtype_config_get_store (config), ==, rows[i].store);
    else
      g_assert_true (g_str_has_suffix (machtype_config_get_store (config), "machtype/records.db"));
    g_assert_cmpstr (machtype_config_get_host (config), ==, rows[i].host);
    g_assert_cmpstr (machtype_config_get_cell (config), ==, rows[i].cell);
    hosts = g_strjoinv (" ", (char **)config->hosts->pdata);
    g_assert_cmpstr (hosts, ==, rows[i].hosts);
    warnings = join_warnings (config, folder->file);
    g_assert_cmpstr (warnings, ==, rows[i].warnings);
  }
}

/* Later files replace what earlier ones have set, of the defaults those of the same architecture.
 */
static void
test_order (Folder *folder, gconstpointer data)
{
  g_autoptr (MachtypeConfig) config = NULL;
  g_autofree char *files = NULL, *hosts = NULL, *wanted = NULL;
  MachtypePolicy *policy;

  (void)data;
  write_file (folder->file, "[machtype]\nstore = /a\nhost = a\ncell = a\npin = false\n"
                            "defaults = x86_64=pc; aarch64=virt-6.0; s390x=s390-ccw-virtio-6.0\n"
                            "hosts = a; b\n");
  write_drop_in (folder, "20-b.conf", "[machtype]\nhost = c\ndefaults = x86_64=q35\nhosts = c\n");
  write_drop_in (folder, "10-a.conf", "[machtype]\nhost = b\nstore = /b\n");
  write_drop_in (folder, "30-c.conf.dpkg-old", "[machtype]\nhost = wrong\n");
  write_drop_in (folder, ".hidden.conf", "[machtype]\nhost = wrong\n");
  write_file (folder->own, "[machtype]\nstore = /own\ndefaults = aarch64=virt-7.2\n");
  config = load (folder, NULL);
  policy = machtype_config_get_policy (config);
  g_assert_cmpstr (machtype_config_get_store (config), ==, "/own");
  g_assert_cmpstr (machtype_config_get_host (config), ==, "c");
  g_assert_cmpstr (machtype_config_get_cell (config), ==, "a");
  g_assert_cmpint (machtype_policy_get_pinning (policy), ==, MACHTYPE_PINNING_FOLLOW);
  g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_X86_64), ==, "q35");
  g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_AARCH64), ==, "virt-7.2");
  g_assert_cmpstr (machtype_policy_get_default (policy, MACHTYPE_ARCH_S390X), ==,
                   "s390-ccw-virtio-6.0");
  hosts = g_strjoinv (" ", (char **)config->hosts->pdata);
  g_assert_cmpstr (hosts, ==, "c");
  files = g_strjoinv ("\n", (char **)config->files->pdata);
  wanted = g_strdup_printf ("%s\n%s/10-a.conf\n%s/20-b.conf\n%s", folder->file, folder->drop_ins,
                            folder->drop_ins, folder->own);
  g_assert_cmpstr (files, ==, wanted);
}

/* Without files everything is the default. */
static void
test_nothing (Folder *folder, gconstpointer data)
{
  g_autoptr (MachtypeConfig) config = load (folder, NULL), none = NULL, again = NULL;

  (void)data;
  g_assert_null (*machtype_config_get_files (config));
  g_assert_null (*machtype_config_get_hosts (config));
  g_assert_null (machtype_config_get_host (config));
  none = machtype_config_load ("", NULL);
  g_assert_null (*machtype_config_get_files (none));
  again = machtype_config_ref (none);
  g_assert_true (again == none);
}

static const struct {
  const char *text;
  int mode; /* -1: there is no file */
  const char *words;
} bad[] = {
  { "[machtype]\n", -1, "No such file" },
  { "pin = true\n", 0644, "machtype.conf" },
  { "[machtype\n", 0644, "machtype.conf" },
  { "[machtype]\npin\n", 0644, "machtype.conf" },
  { "[machtype]\n", 0666, "world-writable 0666 chmod o-w" },
  { "[machtype]\n", 0602, "world-writable 0602 chmod o-w" },
};

static void
test_bad (Folder *folder, gconstpointer data)
{
  gsize i;

  (void)data;
  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;

    ROW ("%s %04o", bad[i].text, bad[i].mode);
    if (bad[i].mode >= 0) {
      write_file (folder->file, bad[i].text);
      g_assert_cmpint (g_chmod (folder->file, bad[i].mode), ==, 0);
    }
    g_assert_null (machtype_config_load (folder->file, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_CONFIG, bad[i].words);
  }
  {
    GError *error = NULL;

    g_assert_null (machtype_config_load (folder->path, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_CONFIG, "not a regular file");
  }
}

static void
test_large (Folder *folder, gconstpointer data)
{
  g_autofree char *text = g_strnfill (MACHTYPE_CONFIG_MAX_SIZE + 1, '\n');
  g_autoptr (MachtypeConfig) config = NULL;
  GError *error = NULL;

  (void)data;
  write_file (folder->file, text);
  g_assert_null (load (folder, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_CONFIG, "larger than");
  text[MACHTYPE_CONFIG_MAX_SIZE] = '\0';
  write_file (folder->file, text);
  config = load (folder, &error);
  g_assert_no_error (error);
}

/* Two programs that open the default store use the same one. */
static void
test_store (Folder *folder, gconstpointer data)
{
  g_autofree char *store = g_build_filename (folder->path, "records.db", NULL);
  g_autofree char *text = g_strdup_printf ("[machtype]\nstore = %s\n", store);
  g_autoptr (MachtypeStore) opened = NULL;
  GError *error = NULL;

  (void)data;
  write_file (folder->file, text);
  g_setenv ("MACHTYPE_CONF", folder->file, TRUE);
  opened = machtype_store_open_default (MACHTYPE_STORE_OPEN_CREATE, 0, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (store, G_FILE_TEST_IS_REGULAR));
  g_setenv ("MACHTYPE_CONF", folder->path, TRUE);
  g_assert_null (machtype_store_open_default (MACHTYPE_STORE_OPEN_READ_ONLY, 0, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_CONFIG, "not a regular file");
  g_unsetenv ("MACHTYPE_CONF");
}

#define ADD(name, function) g_test_add (name, Folder, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/config/rows", test_rows);
  ADD ("/config/order", test_order);
  ADD ("/config/nothing", test_nothing);
  ADD ("/config/bad", test_bad);
  ADD ("/config/large", test_large);
  ADD ("/config/store", test_store);
  return g_test_run ();
}
