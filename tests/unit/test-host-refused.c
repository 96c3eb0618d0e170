/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host whose libvirt refuses an emulator that its capabilities list: libvirt 12.9 takes
 * qemu-system-mipsel of QEMU 11.1 for one of mips. */

#include "test.h"

#include <string.h>

#include "host/host-private.h"

#define SENTENCE "architecture from emulator 'mips' doesn't match given architecture 'mipsel'"
#define YES MACHTYPE_ANSWER_YES
#define NO MACHTYPE_ANSWER_NO

/* The host, also as a copy of one that was built before. */
static MachtypeHost *
refuse (MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new_from (host);

  machtype_host_builder_set_refusal (builder, arch, SENTENCE);
  return machtype_host_builder_end (builder);
}

static MachtypeHost *
copy_host (const MachtypeHost *host)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new_from (host);

  return machtype_host_builder_end (builder);
}

/* Such guests are not offered; others are, and the host that was copied still offers them. */
static void
test_offers (void)
{
  static const struct {
    MachtypeArch refused, arch;
    const char *machine;
    MachtypeAnswer before, after;
  } rows[] = {
    { MACHTYPE_ARCH_MIPSEL, MACHTYPE_ARCH_MIPSEL, "malta", YES, NO },
    { MACHTYPE_ARCH_MIPSEL, MACHTYPE_ARCH_RISCV64, "virt", YES, YES },
    { MACHTYPE_ARCH_MIPSEL, MACHTYPE_ARCH_X86_64, "q35", YES, YES },
    { MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64, "q35", YES, NO },
    /* Of these the host has none anyway. */
    { MACHTYPE_ARCH_IA64, MACHTYPE_ARCH_IA64, "none", NO, NO },
  };
  g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHost) after = refuse (host, rows[i].refused);
    g_auto (GStrv) types = machtype_host_dup_domain_types (after, rows[i].arch);

    ROW ("%s: %s", machtype_arch_to_string (rows[i].refused),
         machtype_arch_to_string (rows[i].arch));
    g_assert_cmpint (machtype_host_offers (host, rows[i].arch, NULL, rows[i].machine), ==,
                     rows[i].before);
    g_assert_cmpint (machtype_host_offers (after, rows[i].arch, NULL, rows[i].machine), ==,
                     rows[i].after);
    g_assert_cmpint (types[0] != NULL, ==, rows[i].after == YES);
    g_assert_cmpint (machtype_host_equal (host, after), ==, rows[i].arch == MACHTYPE_ARCH_IA64);
  }
}

/* libvirt's sentence is among what is missing, also of a copy. */
static void
test_missing (void)
{
  g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", NULL);
  g_autoptr (MachtypeHost) refused = refuse (host, MACHTYPE_ARCH_MIPSEL),
                           copy = copy_host (refused);
  g_autoptr (GPtrArray) missing = machtype_host_list_missing (copy, MACHTYPE_ARCH_MIPSEL);
  g_autofree char *json = machtype_host_to_json (copy), *arch_json = NULL;

  g_assert_true (machtype_host_equal (copy, refused));
  g_assert_cmpuint (missing->len, ==, 1);
  g_assert_cmpstr (machtype_finding_get_code (missing->pdata[0]), ==, "emulator-refused");
  g_assert_cmpstr (machtype_finding_get_message (missing->pdata[0]), ==,
                   "libvirt refuses the host's emulator for mipsel guests: " SENTENCE);
  g_assert_cmpstr (machtype_finding_get_remedy (missing->pdata[0]), ==, NULL);
  arch_json = machtype_host_arch_to_json (copy, MACHTYPE_ARCH_MIPSEL);
  g_assert_nonnull (
      strstr (arch_json, "\"machines\":[],\"missing\":[{\"code\":\"emulator-refused\""));
  g_assert_nonnull (strstr (json, "\"missing\":[{\"code\":\"emulator-refused\""));
}

/* No guest is resolved, and lint finds it. */
static void
test_guests (void)
{
  static const char xml[] =
      "<domain type='qemu'><os><type arch='mipsel' machine='malta'>hvm</type></os>"
      "</domain>";
  g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", NULL);
  g_autoptr (MachtypeHost) refused = refuse (host, MACHTYPE_ARCH_MIPSEL);
  g_autoptr (MachtypeProperties) properties =
      machtype_properties_new_for_arch (MACHTYPE_ARCH_MIPSEL, NULL);
  g_autoptr (MachtypeResolution) before = NULL, resolution = NULL;
  g_autofree char *codes = NULL, *why = NULL;
  GError *error = NULL;

  before = machtype_resolve (properties, NULL, host, NULL, &error);
  g_assert_no_error (error);
  resolution = machtype_resolve (properties, NULL, refused, NULL, &error);
  g_assert_null (resolution);
  test_assert_error (
      &error, MACHTYPE_ERROR_NOT_OFFERED,
      "the host cannot run mipsel guests: libvirt refuses its emulator for them: " SENTENCE);
  codes = test_join_codes (machtype_domain_lint (xml, -1, refused, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (codes, "emulator-refused"));
  /* Why the type is not offered: QEMU was not built without it. */
  why = mt_host_dup_why_absent (refused, MACHTYPE_ARCH_MIPSEL, NULL, "malta");
  g_assert_cmpstr (why, ==, ": libvirt refuses the host's emulator for mipsel guests: " SENTENCE);
}

/* What libvirt writes is text from outside. */
static void
test_text (void)
{
  g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", NULL);
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new_from (host);
  g_autoptr (MachtypeHost) refused = NULL;
  g_autoptr (GPtrArray) missing = NULL;

  machtype_host_builder_set_refusal (builder, MACHTYPE_ARCH_S390X, "one\nline \033[31m");
  refused = machtype_host_builder_end (builder);
  missing = machtype_host_list_missing (refused, MACHTYPE_ARCH_S390X);
  g_assert_cmpstr (machtype_finding_get_message (missing->pdata[0]), ==,
                   "libvirt refuses the host's emulator for s390x guests: one\\nline \\033[31m");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-refused/offers", test_offers);
  g_test_add_func ("/host-refused/missing", test_missing);
  g_test_add_func ("/host-refused/guests", test_guests);
  g_test_add_func ("/host-refused/text", test_text);
  return g_test_run ();
}
