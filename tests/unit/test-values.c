/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all values have: they are made from others, compared, hashed and printed. */

#include "test.h"

#include "properties/properties-private.h"

/* The architecture that a program sets itself is above both properties, and none itself. */
static const struct {
  MachtypeArch own;
  const char *properties, *host;
  MachtypeArch guest;
  const char *machine, *step;
} archs[] = {
  { MACHTYPE_ARCH_UNKNOWN, "", "x86_64", MACHTYPE_ARCH_X86_64, "pc",
    "architecture: x86_64, the host's own" },
  { MACHTYPE_ARCH_AARCH64, "", "x86_64", MACHTYPE_ARCH_AARCH64, "virt",
    "architecture: aarch64, set by the program; the host's is x86_64" },
  { MACHTYPE_ARCH_AARCH64, "", NULL, MACHTYPE_ARCH_AARCH64, "virt",
    "architecture: aarch64, set by the program; the host's is unknown" },
  { MACHTYPE_ARCH_S390X, "hw_architecture=x86_64 hw_emulation_architecture=mipsel", "x86_64",
    MACHTYPE_ARCH_S390X, "s390-ccw-virtio",
    "architecture: s390x, set by the program; the host's is x86_64" },
  { MACHTYPE_ARCH_UNKNOWN, "hw_architecture=x86_64 hw_emulation_architecture=mipsel", "x86_64",
    MACHTYPE_ARCH_MIPSEL, "malta",
    "architecture: mipsel, from image property hw_emulation_architecture; the host's is x86_64" },
  { MACHTYPE_ARCH_RISCV64, "hw_machine_type=virt", "x86_64", MACHTYPE_ARCH_RISCV64, "virt",
    "architecture: riscv64, set by the program; the host's is x86_64" },
};

/* With the properties of a row, and this architecture. */
static MachtypeProperties *
make_properties (const char *text, MachtypeArch arch)
{
  g_autoptr (MachtypeProperties) plain = test_make_properties (text);
  g_autoptr (MachtypePropertiesBuilder) builder = mt_properties_builder_new_from (plain, NULL);
  GError *error = NULL;

  g_assert_true (machtype_properties_builder_set_arch (builder, arch, &error));
  g_assert_no_error (error);
  return machtype_properties_builder_end (builder);
}

static void
test_arch (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (archs); i++) {
    g_autoptr (MachtypeProperties) properties = make_properties (archs[i].properties, archs[i].own);
    g_autoptr (MachtypeHost) host = test_make_host (archs[i].host);
    g_autoptr (MachtypeResolution) resolution = NULL;
    g_auto (GStrv) unused = machtype_properties_dup_unused_names (properties);
    GError *error = NULL;

    ROW ("%s, %s", machtype_arch_to_string (archs[i].own), archs[i].properties);
    resolution = machtype_resolve (properties, NULL, host, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (machtype_resolution_get_arch (resolution), ==, archs[i].guest);
    g_assert_cmpstr (machtype_resolution_get_machine (resolution), ==, archs[i].machine);
    g_assert_cmpstr (machtype_resolution_get_steps (resolution)[0], ==, archs[i].step);
    g_assert_cmpint (machtype_properties_get_guest_arch (properties, MACHTYPE_ARCH_PPC64), ==,
                     archs[i].host == NULL || archs[i].own != MACHTYPE_ARCH_UNKNOWN ||
                             *archs[i].properties != '\0'
                         ? archs[i].guest
                         : MACHTYPE_ARCH_PPC64);
    g_assert_null (unused[0]);
  }
}

/* A copy has it, too; without extra specs for a record it has not; what is laid over it wins. */
static void
test_arch_copies (void)
{
  static const struct {
    const char *base, *over;
    MachtypeArch base_arch, over_arch, arch;
  } rows[] = {
    { "", "", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_S390X },
    { "", "", MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_S390X },
    { "", "", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_MIPS, MACHTYPE_ARCH_MIPS },
    { "", "os_type=linux", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_S390X },
    { "os_type=linux", "", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_S390X },
    { "os_type=linux", "", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_MIPS, MACHTYPE_ARCH_MIPS },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) base = make_properties (rows[i].base, rows[i].base_arch);
    g_autoptr (MachtypeProperties) over = make_properties (rows[i].over, rows[i].over_arch);
    g_autoptr (MachtypeProperties) all = mt_properties_overlay (base, over, NULL);
    g_autoptr (MachtypeProperties) images = mt_properties_dup_images (all);

    ROW ("%" G_GSIZE_FORMAT, i);
    g_assert_cmpint (mt_properties_get_own_arch (all), ==, rows[i].arch);
    g_assert_cmpint (mt_properties_get_own_arch (images), ==, MACHTYPE_ARCH_UNKNOWN);
    g_assert_true (mt_properties_equal (images, all));
  }
}

/* A record's architecture is above what an operation sets. */
static void
test_arch_of_record (void)
{
  g_autoptr (MachtypeRecordBuilder) builder =
      machtype_record_builder_new ("6f1d4b5e-0000-4000-8000-000000000001", NULL);
  g_autoptr (MachtypeProperties) s390x = make_properties ("", MACHTYPE_ARCH_S390X);
  g_autoptr (MachtypeResolution) first = NULL, other = NULL, rebuilt = NULL;
  g_autoptr (MachtypeProperties) mips = make_properties ("", MACHTYPE_ARCH_MIPS);
  g_autoptr (MachtypeRecord) record = NULL;

  first = machtype_resolve (s390x, NULL, NULL, NULL, NULL);
  g_assert_true (machtype_record_builder_set_resolution (builder, first, NULL));
  g_assert_true (machtype_record_builder_set_properties (builder, s390x, NULL));
  record = machtype_record_builder_end (builder);
  g_assert_cmpint (machtype_record_get_arch (record), ==, MACHTYPE_ARCH_S390X);
  other = machtype_record_resolve (record, MACHTYPE_OPERATION_RESIZE, mips, NULL, NULL, NULL);
  g_assert_cmpint (machtype_resolution_get_arch (other), ==, MACHTYPE_ARCH_S390X);
  rebuilt = machtype_record_resolve (record, MACHTYPE_OPERATION_REBUILD, mips, NULL, NULL, NULL);
  g_assert_cmpint (machtype_resolution_get_arch (rebuilt), ==, MACHTYPE_ARCH_MIPS);
}

/* Properties of which only the architecture is known. */
static void
test_arch_alone (void)
{
  static const int bad[] = { MACHTYPE_ARCH_UNKNOWN, -1, 9999 };
  g_autoptr (MachtypeProperties) alone =
      machtype_properties_new_for_arch (MACHTYPE_ARCH_S390X, NULL);
  g_auto (GStrv) names = machtype_properties_dup_image_names (alone);
  gsize i;

  g_assert_cmpint (mt_properties_get_own_arch (alone), ==, MACHTYPE_ARCH_S390X);
  g_assert_null (names[0]);
  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;

    ROW ("%d", bad[i]);
    g_assert_null (machtype_properties_new_for_arch ((MachtypeArch)bad[i], &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "architecture");
  }
}

/* An instance without a record is a new one, in every operation. */
static void
test_no_record (void)
{
  static const MachtypeOperation operations[] = {
    MACHTYPE_OPERATION_SPAWN,
    MACHTYPE_OPERATION_RESIZE,
    MACHTYPE_OPERATION_REBUILD,
  };
  g_autoptr (MachtypeProperties) asked = make_properties ("os_type=linux", MACHTYPE_ARCH_S390X);
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (operations); i++) {
    g_autoptr (MachtypeProperties) all = NULL, none = NULL;
    g_autoptr (MachtypeResolution) resolution = NULL;

    ROW ("%s", machtype_operation_to_string (operations[i]));
    all = machtype_record_dup_guest_properties (NULL, operations[i], asked, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_properties_get_image (all, "os_type"), ==, "linux");
    none = machtype_record_dup_guest_properties (NULL, operations[i], NULL, &error);
    g_assert_no_error (error);
    g_assert_nonnull (none);
    resolution = machtype_record_resolve (NULL, operations[i], asked, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_resolution_get_machine (resolution), ==, "s390-ccw-virtio");
    g_assert_cmpint (machtype_resolution_get_source (resolution), ==, MACHTYPE_SOURCE_BUILTIN);
  }
  g_assert_null (
      machtype_record_resolve (NULL, MACHTYPE_OPERATION_UNKNOWN, asked, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown operation");
}

/* On error nothing changes; the builder is empty after its end. */
static void
test_arch_bad (void)
{
  static const int bad[] = { -1, 9999 };
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) first = NULL, second = NULL;
  gsize i;

  g_assert_true (machtype_properties_builder_set_arch (builder, MACHTYPE_ARCH_S390X, NULL));
  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;

    ROW ("%d", bad[i]);
    g_assert_false (machtype_properties_builder_set_arch (builder, (MachtypeArch)bad[i], &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "architecture");
  }
  first = machtype_properties_builder_end (builder);
  second = machtype_properties_builder_end (builder);
  g_assert_cmpint (mt_properties_get_own_arch (first), ==, MACHTYPE_ARCH_S390X);
  g_assert_cmpint (mt_properties_get_own_arch (second), ==, MACHTYPE_ARCH_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/arch", test_arch);
  g_test_add_func ("/values/arch-copies", test_arch_copies);
  g_test_add_func ("/values/arch-of-record", test_arch_of_record);
  g_test_add_func ("/values/arch-alone", test_arch_alone);
  g_test_add_func ("/values/arch-bad", test_arch_bad);
  g_test_add_func ("/values/no-record", test_no_record);
  return g_test_run ();
}
