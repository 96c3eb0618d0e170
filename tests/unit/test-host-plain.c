/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The documents of a host are read by the scan where they are plain, and by libxml2 otherwise: the
 * host is the same, and so are the errors. */

#include "test.h"

#include <string.h>

typedef gboolean (*ReadFunc) (MachtypeHostBuilder *builder, const char *xml, gssize length,
                              GError **error);

/* A comment at the beginning is left to libxml2 at once; one at the end, after everything was read.
 */
#define COMMENT "<!-- -->"

static const struct {
  const char *file;
  ReadFunc read;
} documents[] = {
  { "hosts/alias-first.xml", machtype_host_builder_set_capabilities },
  { "hosts/domain-machines.xml", machtype_host_builder_set_capabilities },
  { "hosts/loongarch64.xml", machtype_host_builder_set_capabilities },
  { "hosts/vendor.xml", machtype_host_builder_set_capabilities },
  { "hosts/x86_64-10.0.xml", machtype_host_builder_set_capabilities },
  { "hosts/xen.xml", machtype_host_builder_set_capabilities },
  { "hosts/domcaps-i440fx.xml", machtype_host_builder_add_domain_capabilities },
  { "hosts/domcaps-q35-tdx.xml", machtype_host_builder_add_domain_capabilities },
  { "hosts/domcaps-virt.xml", machtype_host_builder_add_domain_capabilities },
};

/* The host that is read after another document, and the error. */
static MachtypeHost *
read_after (const char *first, ReadFunc read, const char *before, const char *text,
            const char *after, char **message)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *xml = g_strconcat (before, text, after, NULL);
  g_autoptr (GError) error = NULL;

  machtype_host_builder_add_domain_capabilities (builder, first, -1, &error);
  g_assert_no_error (error);
  g_assert_true (read (builder, xml, -1, &error) == (error == NULL));
  *message = error != NULL ? g_strdup (error->message) : NULL;
  return machtype_host_builder_end (builder);
}

static void
compare (const char *first, ReadFunc read, const char *before, const char *text, const char *after)
{
  g_autofree char *message = NULL, *plain_message = NULL;
  g_autoptr (MachtypeHost) plain = read_after (first, read, "", text, "", &plain_message);
  g_autoptr (MachtypeHost) host = read_after (first, read, before, text, after, &message);

  g_assert_cmpstr (message, ==, plain_message);
  g_assert_true (machtype_host_equal (plain, host));
}

static void
test_same (void)
{
  g_autofree char *first = test_read ("hosts/domcaps-q35.xml", NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *text = test_read (documents[i].file, NULL);

    ROW ("%s", documents[i].file);
    compare (first, documents[i].read, COMMENT, text, "");
    compare (first, documents[i].read, "", text, COMMENT);
  }
}

/* A byte somewhere is another one. */
static void
test_changed (void)
{
  static const char others[] = "<>&'\"/= :\n]-!?a1\x7f\xc3";
  g_autofree char *first = test_read ("hosts/domcaps-q35.xml", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  gsize i, length;
  guint j;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *text = test_read (documents[i].file, &length);

    for (j = 0; j < 500; j++) {
      const gsize at = (gsize)g_rand_int_range (random, 0, (gint32)length);
      const char had = text[at];

      text[at] = others[g_rand_int_range (random, 0, sizeof others - 1)];
      ROW ("%s: byte %u is '%c'", documents[i].file, (guint)at, text[at]);
      compare (first, documents[i].read, COMMENT, text, "");
      text[at] = had;
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/plain/same", test_same);
  g_test_add_func ("/host/plain/changed", test_changed);
  return g_test_run ();
}
