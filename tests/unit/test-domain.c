/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

/* What is read of each; NULL: it is not said. */
static const struct {
  const char *xml;
  const char *type, *name, *uuid, *machine;
  MachtypeArch arch;
} rows[] = {
  { "<domain type='kvm'><name>a</name><uuid>u</uuid><os><type arch='x86_64' machine='pc-q35-7.2'>"
    "hvm</type></os></domain>",
    "kvm", "a", "u", "pc-q35-7.2", MACHTYPE_ARCH_X86_64 },
  { "<?xml version='1.0'?><!-- by hand -->\n<domain type=\"qemu\">\n <name>&lt;b&gt;</name>\n"
    "<metadata><x:os xmlns:x='urn:x'><type machine='not-this'/></x:os></metadata><os "
    "firmware='efi'>"
    "<loader/><type machine=\"virt\" arch=\"aarch64\">hvm</type></os></domain>",
    "qemu", "<b>", NULL, "virt", MACHTYPE_ARCH_AARCH64 },
  { "<domain><os><type>hvm</type></os></domain>", NULL, NULL, NULL, NULL, MACHTYPE_ARCH_UNKNOWN },
  { "<domain type='lxc'><name>c</name><os><type arch='pdp11' machine=''>exe</type></os></domain>",
    "lxc", "c", NULL, NULL, MACHTYPE_ARCH_UNKNOWN },
  /* A document without <os>, to its end. */
  { "<domain type='test'><name>d</name></domain>", "test", "d", NULL, NULL, MACHTYPE_ARCH_UNKNOWN },
  /* Nothing behind <type> is looked at. */
  { "<domain type='qemu'><os><type machine='malta' arch='mipsel'>hvm</type></o", "qemu", NULL, NULL,
    "malta", MACHTYPE_ARCH_MIPSEL },
  /* <type> elsewhere is another. */
  { "<domain type='qemu'><devices><type machine='no'/></devices><os><type machine='pc'/></os>"
    "</domain>",
    "qemu", NULL, NULL, "pc", MACHTYPE_ARCH_UNKNOWN },
};

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;
    g_autoptr (MachtypeDomain) domain = machtype_domain_new_from_xml (rows[i].xml, -1, &error);

    ROW ("%s", rows[i].xml);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_domain_get_domain_type (domain), ==, rows[i].type);
    g_assert_cmpstr (machtype_domain_get_name (domain), ==, rows[i].name);
    g_assert_cmpstr (machtype_domain_get_uuid (domain), ==, rows[i].uuid);
    g_assert_cmpstr (machtype_domain_get_machine (domain), ==, rows[i].machine);
    g_assert_cmpint (machtype_domain_get_arch (domain), ==, rows[i].arch);
  }
}

static void
test_bad (void)
{
  static const struct {
    const char *xml;
    const char *words;
  } bad[] = {
    { "", "domain empty" },
    { "<capabilities/>", "capabilities domain" },
    { "<domain><os><typ", "domain line" },
    { "<domain><name>a</nam></domain>", "domain line" },
    { "<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>", "document type" },
    { "<domain/>x", "domain" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;

    ROW ("%s", bad[i].xml);
    g_assert_null (machtype_domain_new_from_xml (bad[i].xml, -1, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, bad[i].words);
  }
}

/* Cut anywhere before the type is complete there is an error, and never another machine. */
static void
test_truncated (void)
{
  const char *xml = rows[0].xml;
  gsize enough = (gsize)(strstr (xml, "</os>") - xml), i;

  for (i = 0; i < strlen (xml); i++) {
    GError *error = NULL;
    g_autoptr (MachtypeDomain) domain = machtype_domain_new_from_xml (xml, (gssize)i, &error);

    ROW ("%" G_GSIZE_FORMAT " bytes", i);
    g_assert_cmpint (domain != NULL, ==, i >= enough);
    if (domain != NULL)
      g_assert_cmpstr (machtype_domain_get_machine (domain), ==, "pc-q35-7.2");
    g_clear_error (&error);
  }
}

/* What the library writes it reads. */
static void
test_guest (void)
{
  g_autofree char *xml = test_read ("guests/s390x.xml", NULL);
  g_autoptr (MachtypeDomain) domain = machtype_domain_new_from_xml (xml, -1, NULL);

  g_assert_nonnull (domain);
  g_assert_cmpstr (machtype_domain_get_machine (domain), ==, "s390-ccw-virtio");
  g_assert_cmpint (machtype_domain_get_arch (domain), ==, MACHTYPE_ARCH_S390X);
}

static void
test_references (void)
{
  MachtypeDomain *domain = machtype_domain_new_from_xml (rows[0].xml, -1, NULL);

  g_assert_true (g_boxed_copy (MACHTYPE_TYPE_DOMAIN, domain) == domain);
  g_boxed_free (MACHTYPE_TYPE_DOMAIN, domain);
  machtype_domain_unref (domain);
  machtype_domain_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/rows", test_rows);
  g_test_add_func ("/domain/bad", test_bad);
  g_test_add_func ("/domain/truncated", test_truncated);
  g_test_add_func ("/domain/guest", test_guest);
  g_test_add_func ("/domain/references", test_references);
  return g_test_run ();
}
