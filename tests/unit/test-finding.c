/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include "finding-private.h"

static const struct {
  MachtypeAuthority authority;
  MachtypeSeverity severity;
} severities[] = {
  { MACHTYPE_AUTHORITY_NONE, MACHTYPE_SEVERITY_WARNING },
  { MACHTYPE_AUTHORITY_LIBMACHTYPE, MACHTYPE_SEVERITY_WARNING },
  { MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES, MACHTYPE_SEVERITY_ERROR },
  { MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, MACHTYPE_SEVERITY_ERROR },
  { MACHTYPE_AUTHORITY_QEMU, MACHTYPE_SEVERITY_ERROR },
  { MACHTYPE_AUTHORITY_GUEST, MACHTYPE_SEVERITY_ERROR },
  { MACHTYPE_AUTHORITY_IGNORED, MACHTYPE_SEVERITY_WARNING },
};

static void
test_severity (void)
{
  g_autoptr (GEnumClass) authorities = g_type_class_ref (MACHTYPE_TYPE_AUTHORITY);
  gsize i;

  g_assert_cmpuint (G_N_ELEMENTS (severities), ==, authorities->n_values);
  for (i = 0; i < G_N_ELEMENTS (severities); i++) {
    g_autoptr (MachtypeFinding) finding =
        mt_finding_new_of ("code", g_strdup ("message"), NULL, NULL, severities[i].authority, NULL);

    ROW ("%s", machtype_authority_to_string (severities[i].authority));
    g_assert_cmpint (machtype_finding_get_severity (finding), ==, severities[i].severity);
  }
}

static void
test_simple (void)
{
  g_autoptr (MachtypeFinding) finding =
      mt_finding_new ("code", g_strdup ("a\033[m"), g_strdup ("b\n"));

  g_assert_cmpstr (machtype_finding_get_code (finding), ==, "code");
  g_assert_cmpstr (machtype_finding_get_message (finding), ==, "a\\033[m");
  g_assert_cmpstr (machtype_finding_get_remedy (finding), ==, "b\\n");
  g_assert_null (machtype_finding_get_subject (finding));
  g_assert_null (machtype_finding_get_source (finding));
  g_assert_cmpint (machtype_finding_get_authority (finding), ==, MACHTYPE_AUTHORITY_NONE);
  g_assert_cmpint (machtype_finding_get_severity (finding), ==, MACHTYPE_SEVERITY_WARNING);
}

/* Code that looks for the most severe of many compares numbers. */
static void
test_order (void)
{
  g_assert_cmpint (MACHTYPE_SEVERITY_NONE, <, MACHTYPE_SEVERITY_WARNING);
  g_assert_cmpint (MACHTYPE_SEVERITY_WARNING, <, MACHTYPE_SEVERITY_ERROR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/finding/severity", test_severity);
  g_test_add_func ("/finding/simple", test_simple);
  g_test_add_func ("/finding/order", test_order);
  return g_test_run ();
}
