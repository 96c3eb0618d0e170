/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of stores, whatever they keep records in. */

#include "test.h"

#include <limits.h>
#include <string.h>

#include "properties/properties-private.h"
#include "store/dictionary-private.h"
#include "store/encoding-private.h"

static void
test_path_length (void)
{
  static const struct {
    gsize length;
    int code;
    const char *words;
  } rows[] = {
    { PATH_MAX - 1, MACHTYPE_ERROR_STORE, "folder name too long" },
    { PATH_MAX, MACHTYPE_ERROR_STORE, "folder name too long" },
    { PATH_MAX + 1, MACHTYPE_ERROR_TOO_LARGE, "path of the store" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strnfill (rows[i].length, 'a');
    GError *error = NULL;

    ROW ("%" G_GSIZE_FORMAT, rows[i].length);
    path[0] = path[rows[i].length - 2] = '/';
    g_assert_null (machtype_store_open (path, MACHTYPE_STORE_OPEN_CREATE, 0, &error));
    test_assert_error (&error, rows[i].code, rows[i].words);
  }
}

static void
test_scheme (void)
{
  static const struct {
    const char *place;
    gsize length;
  } rows[] = {
    { "", 0 },     { "/var/lib/records.db", 0 }, { "a:/b", 0 },     { "a:b://", 6 },
    { "://x", 3 }, { "file:///x", 7 },           { "a://b://", 4 }, { "/a://b", 5 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    test_row_text (rows[i].place);
    g_assert_cmpuint (mt_store_scheme_length (rows[i].place), ==, rows[i].length);
  }
}

/* A server's store with a replica in a file. */
static void
test_find_server (void)
{
  static const struct {
    const char *place, *path, *server; /* NULL: it has not this form */
  } rows[] = {
    { "", NULL, NULL },
    { "/var/lib/records.db", NULL, NULL },
    { "postgresql:service=fleet", NULL, NULL },
    { "postgresql://a,b/fleet", NULL, NULL },
    { "postgresql:host=a, postgresql:b", NULL, NULL },
    { "/r.db postgresql:service=fleet", NULL, NULL },
    { "/r.db, postgres:service=fleet", NULL, NULL },
    { "/r.db, postgresql:service=fleet", "/r.db", "postgresql:service=fleet" },
    { "/r.db,postgresql://a,b/fleet", "/r.db", "postgresql://a,b/fleet" },
    { "/r.db \t,\t postgresql:", "/r.db", "postgresql:" },
    { "/a,b/r.db, postgresql:dbname=x", "/a,b/r.db", "postgresql:dbname=x" },
    { ", postgresql:x", "", "postgresql:x" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    gsize length = G_MAXSIZE;
    const char *server = mt_store_find_server (rows[i].place, &length);

    test_row_text (rows[i].place);
    g_assert_cmpstr (server, ==, rows[i].server);
    if (server == NULL)
      continue;
    g_assert_cmpuint (length, ==, strlen (rows[i].path));
    g_assert_cmpmem (rows[i].place, length, rows[i].path, length);
  }
}

/* The last numbers are today's: a new one requires a migration. */
static void
test_numbers (void)
{
  static const struct {
    gint64 number;
    gboolean source, arch, action;
  } rows[] = {
    { -1, FALSE, FALSE, FALSE },
    { 0, TRUE, TRUE, TRUE },
    { MACHTYPE_HISTORY_ACTION_REBUILD, TRUE, TRUE, TRUE },
    { MACHTYPE_HISTORY_ACTION_REBUILD + 1, TRUE, TRUE, FALSE },
    { MACHTYPE_SOURCE_IMPORT, TRUE, TRUE, FALSE },
    { MACHTYPE_SOURCE_IMPORT + 1, FALSE, TRUE, FALSE },
    { MACHTYPE_ARCH_XTENSAEB, FALSE, TRUE, FALSE },
    { MACHTYPE_ARCH_XTENSAEB + 1, FALSE, FALSE, FALSE },
    { (gint64)1 << 32, FALSE, FALSE, FALSE },
    { G_MININT64, FALSE, FALSE, FALSE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    MachtypeHistoryAction action = MACHTYPE_HISTORY_ACTION_UPDATE;
    MachtypeSource source = MACHTYPE_SOURCE_DOMAIN;
    MachtypeArch arch = MACHTYPE_ARCH_X86_64;

    ROW ("%" G_GINT64_FORMAT, rows[i].number);
    g_assert_cmpint (mt_source_decode (rows[i].number, &source), ==, rows[i].source);
    g_assert_cmpint (mt_arch_decode (rows[i].number, &arch), ==, rows[i].arch);
    g_assert_cmpint (mt_action_decode (rows[i].number, &action), ==, rows[i].action);
    g_assert_cmpint (source, ==, rows[i].source ? rows[i].number : MACHTYPE_SOURCE_DOMAIN);
    g_assert_cmpint (arch, ==, rows[i].arch ? rows[i].number : MACHTYPE_ARCH_X86_64);
    g_assert_cmpint (action, ==, rows[i].action ? rows[i].number : MACHTYPE_HISTORY_ACTION_UPDATE);
  }
}

/* The text is in databases: if it changes, existing ones cannot be read. */
static void
test_properties_text (void)
{
  static const struct {
    const char *name, *value, *text;
  } rows[] = {
    { "hw_disk_bus", "virtio", "hw_disk_bus=virtio\n" },
    { "os_x", "a=b", "os_x=a\\=b\n" },
    { "os_x", "a\\b", "os_x=a\\\\b\n" },
    { "os_x", "", "os_x=\n" },
    /* of a later release */
    { "hw_disk_bus", "nvme", "hw_disk_bus=nvme\n" },
    /* like the mark of a default, which only the encoding has */
    { "?hw_disk_bus", "virtio", "?hw_disk_bus=virtio\n" },
    { "\\?hw_disk_bus", "virtio", "\\\\?hw_disk_bus=virtio\n" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) properties = NULL, decoded = NULL;
    g_autofree char *text = NULL;
    GError *error = NULL;

    ROW ("%s=%s", rows[i].name, rows[i].value);
    machtype_properties_builder_keep_image (builder, rows[i].name, rows[i].value, &error);
    g_assert_no_error (error);
    properties = machtype_properties_builder_end (builder);
    text = mt_properties_encode (properties);
    g_assert_cmpstr (text, ==, rows[i].text);
    decoded = mt_properties_decode (text);
    g_assert_cmpstr (machtype_properties_get_image (decoded, rows[i].name), ==, rows[i].value);
  }
}

static void
test_defaults_text (void)
{
  static const struct {
    const char *properties, *text;
  } rows[] = {
    { "?hw_disk_bus=virtio", "\\?hw_disk_bus=virtio\n" },
    { "os_x=1 ?hw_vif_model=virtio hw_disk_bus=sata",
      "hw_disk_bus=sata\n\\?hw_vif_model=virtio\nos_x=1\n" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) properties = test_make_properties (rows[i].properties);
    g_autoptr (MachtypeProperties) decoded = NULL;
    g_autofree char *text = mt_properties_encode (properties);

    ROW ("%s", rows[i].properties);
    g_assert_cmpstr (text, ==, rows[i].text);
    decoded = mt_properties_decode (text);
    g_assert_true (mt_properties_equal (decoded, properties));
  }
}

static void
test_properties_nonsense (void)
{
  static const char *const rows[] = { "a",    "a=b",     "a=b\\",  "a\nb=c\n",
                                      "=x\n", "\\?=x\n", "\\?a\n", "\\?architecture=x86_64\n" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    test_row_text (rows[i]);
    g_assert_null (mt_properties_decode (rows[i]));
  }
}

static void
test_dictionary (void)
{
  char *pc = g_ref_string_new ("pc"), *virt = g_ref_string_new ("virt");
  const MtDictionaryHost host = { pc, NULL, 7002000, 0 }, other = { pc, NULL, 8000000, 0 };
  MtDictionary dictionary = { 0 };

  mt_dictionary_init (&dictionary);
  g_assert_cmpint (mt_dictionary_find_text_id (&dictionary, "pc"), ==, 0);
  g_assert_true (mt_dictionary_keep_text (&dictionary, 1, pc));
  g_assert_false (mt_dictionary_keep_text (&dictionary, 1, virt));
  g_assert_true (mt_dictionary_keep_text (&dictionary, 2, virt));
  g_assert_cmpint (mt_dictionary_find_text_id (&dictionary, "virt"), ==, 2);
  g_assert_cmpstr (mt_dictionary_find_text (&dictionary, 1), ==, "pc");
  g_assert_cmpint (mt_dictionary_find_text_id (&dictionary, pc), ==, 1);
  g_assert_cmpint (mt_dictionary_find_text_id (&dictionary, pc), ==, 1);
  g_assert_true (mt_dictionary_keep_host (&dictionary, 1, &host));
  g_assert_false (mt_dictionary_keep_host (&dictionary, 1, &other));
  g_assert_cmpint (mt_dictionary_find_host_id (&dictionary, &host), ==, 1);
  g_assert_cmpint (mt_dictionary_find_host_id (&dictionary, &host), ==, 1);
  g_assert_cmpint (mt_dictionary_find_host_id (&dictionary, &other), ==, 0);
  g_assert_true (mt_dictionary_keep_host (&dictionary, 2, &other));
  g_assert_cmpint (mt_dictionary_find_host_id (&dictionary, &other), ==, 2);
  g_assert_cmpint (mt_dictionary_find_host_id (&dictionary, &host), ==, 1);
  g_assert_cmpuint (mt_dictionary_find_host (&dictionary, 1)->qemu_version, ==, 7002000);
  mt_dictionary_forget (&dictionary);
  g_assert_null (mt_dictionary_find_text (&dictionary, 1));
  g_assert_null (mt_dictionary_find_host (&dictionary, 1));
  /* The same addresses, with other numbers. */
  g_assert_cmpint (mt_dictionary_find_text_id (&dictionary, pc), ==, 0);
  g_assert_cmpint (mt_dictionary_find_host_id (&dictionary, &host), ==, 0);
  g_assert_true (mt_dictionary_keep_text (&dictionary, 1, virt));
  g_assert_true (mt_dictionary_keep_text (&dictionary, 2, pc));
  g_assert_cmpint (mt_dictionary_find_text_id (&dictionary, pc), ==, 2);
  g_assert_true (mt_dictionary_keep_host (&dictionary, 3, &host));
  g_assert_cmpint (mt_dictionary_find_host_id (&dictionary, &host), ==, 3);
  mt_dictionary_clear (&dictionary);
  g_ref_string_release (pc);
  g_ref_string_release (virt);
}

/* Numbers that a damaged database can have, too; those of the array and of the table beyond it. */
static const gint64 ids[] = { G_MININT64, -1, 0, 1, 2, 255, 256, 257, 65536, G_MAXINT64 };

/* Every number has its own value, whatever was added before, and none after they are forgotten. */
static void
test_dictionary_ids (void)
{
  MtDictionary dictionary = { 0 };
  guint turn;
  gsize i;

  mt_dictionary_init (&dictionary);
  for (turn = 0; turn < 2; turn++) {
    for (i = 0; i < G_N_ELEMENTS (ids); i++) {
      g_autofree char *text = g_strdup_printf ("pc-%u-%" G_GSIZE_FORMAT, turn, i);
      char *kept = g_ref_string_new (text);

      ROW ("%" G_GINT64_FORMAT, ids[i]);
      g_assert_null (mt_dictionary_find_text (&dictionary, ids[i]));
      if (mt_dictionary_can_hold (ids[i])) {
        g_assert_true (mt_dictionary_keep_text (&dictionary, ids[i], kept));
        g_assert_false (mt_dictionary_keep_text (&dictionary, ids[i], kept));
        g_assert_true (mt_dictionary_find_text (&dictionary, ids[i]) == kept);
        g_assert_cmpint (mt_dictionary_find_text_id (&dictionary, text), ==, ids[i]);
      }
      g_ref_string_release (kept);
    }
    mt_dictionary_forget (&dictionary);
  }
  mt_dictionary_clear (&dictionary);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-parts/path-length", test_path_length);
  g_test_add_func ("/store-parts/scheme", test_scheme);
  g_test_add_func ("/store-parts/find-server", test_find_server);
  g_test_add_func ("/store-parts/numbers", test_numbers);
  g_test_add_func ("/store-parts/properties-text", test_properties_text);
  g_test_add_func ("/store-parts/defaults-text", test_defaults_text);
  g_test_add_func ("/store-parts/properties-nonsense", test_properties_nonsense);
  g_test_add_func ("/store-parts/dictionary", test_dictionary);
  g_test_add_func ("/store-parts/dictionary-ids", test_dictionary_ids);
  return g_test_run ();
}
