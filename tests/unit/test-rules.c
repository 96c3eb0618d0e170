/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of what machines support, by itself. compat, guest and lint show its contents. */

#include "test.h"

#include <string.h>

#include "compat/compat-private.h"

/* Of the rows of a value, which are adjacent. */
static const MtRule *
find_first (const MtRule *rules, gsize i)
{
  while (i > 0 && rules[i - 1].kind == rules[i].kind &&
         strcmp (rules[i - 1].value, rules[i].value) == 0)
    i--;
  return &rules[i];
}

/* One column for each machine, one row for each value, a machine for each kind; what a machine
 * lacks is not repeated. */
static void
test_table (void)
{
  gsize n, i, j;
  const MtRule *rules = mt_rules_get (&n);
  guint kinds[MT_KIND_LAST + 1] = { 0 };

  for (i = 0; i < n; i++) {
    const guint32 columns[] = { rules[i].define, rules[i].start, rules[i].guest, rules[i].ignored };
    guint32 seen = 0;
    guint class;

    ROW ("%s-%s", mt_kind_get_code ((MtDeviceKind)rules[i].kind), rules[i].value);
    kinds[rules[i].kind]++;
    for (j = 0; j < G_N_ELEMENTS (columns); j++) {
      g_assert_cmphex (columns[j] & seen, ==, 0);
      seen |= columns[j];
    }
    g_assert_cmphex (
        (seen | rules[i].works | rules[i].uefi) & ~(MT_CLASS_BIT (MT_CLASS_LAST + 1) - 2), ==, 0);
    g_assert_cmphex (rules[i].uefi & ~rules[i].works, ==, 0);
    g_assert_true (i == 0 || rules[i].kind >= rules[i - 1].kind);
    for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
      if ((rules[i].define & MT_CLASS_BIT (class)) != 0)
        g_assert_true (mt_class_has ((MtMachineClass) class, rules[i].needs));
      if ((rules[i].start & MT_CLASS_BIT (class)) != 0)
        g_assert_true (
            mt_class_has ((MtMachineClass) class, rules[i].needs | rules[i].needs_to_start));
    }
    g_assert_true (mt_rule_find ((MtDeviceKind)rules[i].kind, rules[i].value) ==
                   find_first (rules, i));
  }
  for (i = MT_KIND_NONE + 1; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpuint (kinds[i], >, 0);
}

/* The authority for a machine that no rule names: what it lacks decides, and if it lacks nothing,
 * the value is untested. */
static MachtypeAuthority
get_new (const MtRule *rule, guint32 has)
{
  if ((rule->needs & ~has) != 0)
    return MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
  if ((rule->needs_to_start & ~has) != 0)
    return MACHTYPE_AUTHORITY_QEMU;
  return (rule->needs_for_effect & ~has) != 0 ? MACHTYPE_AUTHORITY_IGNORED
                                              : MACHTYPE_AUTHORITY_LIBMACHTYPE;
}

/* A newly added class is not assumed to support anything, whatever its features. */
static void
test_new_class (void)
{
  const MtMachineClass new_class = (MtMachineClass)(MT_CLASS_LAST + 1);
  gsize n, i;
  const MtRule *rules = mt_rules_get (&n);
  guint bit;

  for (i = 0; i < n; i++) {
    for (bit = 0; bit <= 32; bit++) {
      const guint32 has = bit < 32 ? 1u << bit : G_MAXUINT32;
      const MachtypeAuthority authority = mt_rule_judge (&rules[i], new_class, has);

      ROW ("%s-%s, a machine that has %x: %s", mt_kind_get_code ((MtDeviceKind)rules[i].kind),
           rules[i].value, has, machtype_authority_to_string (authority));
      g_assert_cmpint (authority, ==, get_new (&rules[i], has));
      g_assert_cmpint (authority, !=, MACHTYPE_AUTHORITY_NONE);
    }
  }
}

/* Nor is it assumed to lack what the unsupporting classes lack. */
static void
test_new_reason (void)
{
  const MtJudgedMachine machine = { MACHTYPE_ARCH_SH4, "r2d", MT_CLASS_NONE };
  g_autoptr (MachtypeFinding) unproven = mt_compat_new_finding (
      MT_KIND_DISK_BUS, "virtio", MACHTYPE_AUTHORITY_LIBMACHTYPE, "x", &machine);
  g_autoptr (MachtypeFinding) refused = mt_compat_new_finding (
      MT_KIND_DISK_BUS, "virtio", MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "x", &machine);

  g_assert_cmpstr (
      machtype_finding_get_message (unproven), ==,
      "x: sh4 guests on r2d cannot have disk bus virtio: it is untested on this machine");
  g_assert_cmpstr (machtype_finding_get_message (refused), ==,
                   "x: sh4 guests on r2d cannot have disk bus virtio: libvirt refuses to define it "
                   "(libvirt finds no PCI bus on this machine)");
}

#define ANY                                                                                        \
  {                                                                                                \
    { 0, 0 },                                                                                      \
    {                                                                                              \
      0, 0                                                                                         \
    }                                                                                              \
  }
#define ONE(major, minor)                                                                          \
  {                                                                                                \
    { major, minor },                                                                              \
    {                                                                                              \
      major, minor + 1                                                                             \
    }                                                                                              \
  }

/* Rules for some versions: of two for one value, the first that applies counts. */
static void
test_versions (void)
{
  static const MtRule table[] = {
    { MT_KIND_SCSI_MODEL, "igb", .works = MT_ON_TRIED },
    { MT_KIND_VIF_MODEL, "igb", .needs = MT_HAS_NEVER,
      .versions = { .qemu = { .before = { 8, 0 } } } },
    { MT_KIND_VIF_MODEL, "igb", .needs = MT_HAS_PCI, .versions = { .qemu = { .from = { 8, 0 } } } },
    { MT_KIND_VIF_MODEL, "new",
      .versions = { .qemu = { { 7, 2 }, { 10, 0 } }, .libvirt = { .from = { 9, 1 } } } },
    { MT_KIND_SOUND_MODEL, "new", .works = MT_ON_TRIED },
  };
  static const struct {
    MtVersionRanges versions;
    const char *found; /* the row of "igb", then of "new", then those of the kind */
  } rows[] = {
    { { ANY, ANY }, "1 3 13" },
    { { ONE (7, 2), ANY }, "1 3 13" },
    { { ONE (7, 1), ANY }, "1 - 1" },
    { { { { 7, 255 }, { 8, 0 } }, ONE (9, 0) }, "1 - 1" },
    { { ONE (8, 0), ONE (9, 1) }, "2 3 23" },
    { { ONE (8, 1), ONE (10, 0) }, "2 3 23" },
    { { { { 9, 255 }, { 10, 0 } }, ANY }, "2 3 23" },
    { { ONE (10, 0), ONE (10, 0) }, "2 - 2" },
    { { ANY, ONE (9, 0) }, "1 - 1" },
    /* At least, or before. */
    { { { { 8, 0 }, { 0, 0 } }, ANY }, "2 3 23" },
    { { { { 0, 0 }, { 8, 0 } }, ANY }, "1 3 13" },
    { { { { 0, 0 }, { 7, 2 } }, ANY }, "1 - 1" },
    { { ANY, { { 0, 0 }, { 9, 1 } } }, "1 - 1" },
    { { ANY, { { 9, 0 }, { 0, 0 } } }, "1 3 13" },
  };
  gsize i, at;

  for (i = 0; i <= G_N_ELEMENTS (rows); i++) {
    const MtVersionRanges *versions = i < G_N_ELEMENTS (rows) ? &rows[i].versions : NULL;
    const char *expected = i < G_N_ELEMENTS (rows) ? rows[i].found : rows[0].found;
    g_autoptr (GString) found = g_string_new (NULL);
    const MtRule *rule;

    ROW ("row %" G_GSIZE_FORMAT ": %s", i, expected);
    rule = mt_rule_find_in (table, G_N_ELEMENTS (table), MT_KIND_VIF_MODEL, "igb", versions);
    g_string_append_printf (found, "%d ", (int)(rule - table));
    rule = mt_rule_find_in (table, G_N_ELEMENTS (table), MT_KIND_VIF_MODEL, "new", versions);
    g_string_append (found, rule != NULL ? "3 " : "- ");
    for (at = 0; (rule = mt_rule_next (table, G_N_ELEMENTS (table), &at, MT_KIND_VIF_MODEL,
                                       versions)) != NULL;)
      g_string_append_printf (found, "%d", (int)(rule - table));
    g_assert_cmpstr (found->str, ==, expected);
  }
}

/* The rows of a value are for all versions: at each limit, and on both sides of it, one applies. */
static void
check_covered (const MtRule *rules, gsize count, gsize i)
{
  const MtVersionRange *ranges[] = { &rules[i].versions.qemu, &rules[i].versions.libvirt };
  gsize j;

  for (j = 0; j < G_N_ELEMENTS (ranges); j++) {
    const MtVersionRange before = { { 0, 0 }, ranges[j]->from },
                         after = { ranges[j]->before, { 0, 0 } };
    MtVersionRanges versions[2] = { 0 };

    if (j == 0)
      versions[0].qemu = before, versions[1].qemu = after;
    else
      versions[0].libvirt = before, versions[1].libvirt = after;
    ROW ("%s-%s, range %" G_GSIZE_FORMAT, mt_kind_get_code ((MtDeviceKind)rules[i].kind),
         rules[i].value, j);
    if (ranges[j]->from.major != 0)
      g_assert_nonnull (mt_rule_find_in (rules, count, (MtDeviceKind)rules[i].kind, rules[i].value,
                                         &versions[0]));
    if (ranges[j]->before.major != 0)
      g_assert_nonnull (mt_rule_find_in (rules, count, (MtDeviceKind)rules[i].kind, rules[i].value,
                                         &versions[1]));
  }
}

static void
test_covered (void)
{
  gsize n, i;
  const MtRule *rules = mt_rules_get (&n);

  for (i = 0; i < n; i++)
    check_covered (rules, n, i);
}

/* A warning names all versions that refuse a value, unless these have no limit. */
static void
test_widened (void)
{
  static const struct {
    MtDeviceKind kind;
    const char *value;
    MtMachineClass class;
    const char *versions;
  } rows[] = {
    { MT_KIND_FIRMWARE, "efi", MT_CLASS_RISCV_VIRT, "QEMU before 8.1" },
    { MT_KIND_CPU_MODE, "maximum", MT_CLASS_RISCV_VIRT, "libvirt before 9.1" },
    { MT_KIND_VIF_MODEL, "igb", MT_CLASS_Q35, "QEMU before 8.0" },
    { MT_KIND_SOUND_MODEL, "virtio", MT_CLASS_Q35, "libvirt before 10.4" },
  };
  static const MtVersionRanges any;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const MtVerdict verdict = mt_compat_judge (rows[i].kind, rows[i].value, rows[i].class, &any);
    g_autofree char *versions = mt_versions_dup_text (&verdict.versions);

    ROW ("%s: %s", rows[i].value, rows[i].versions);
    g_assert_true (verdict.is_partial);
    g_assert_cmpstr (versions, ==, rows[i].versions);
  }
}

/* The words for a range; whether it may apply, and whether it does. */
static void
test_ranges (void)
{
  static const struct {
    MtVersionRanges rule, known;
    const char *text;
    gboolean may, does;
  } rows[] = {
    { { ANY, ANY }, { ANY, ANY }, NULL, TRUE, TRUE },
    { { ANY, { { 0, 0 }, { 9, 6 } } }, { ANY, ANY }, "libvirt before 9.6", TRUE, FALSE },
    { { ANY, { { 0, 0 }, { 9, 6 } } }, { ANY, ONE (9, 5) }, "libvirt before 9.6", TRUE, TRUE },
    { { ANY, { { 0, 0 }, { 9, 6 } } }, { ANY, ONE (9, 6) }, "libvirt before 9.6", FALSE, FALSE },
    { { { { 8, 0 }, { 0, 0 } }, ANY }, { ONE (8, 0), ANY }, "QEMU from 8.0 on", TRUE, TRUE },
    { { { { 8, 0 }, { 0, 0 } }, ANY }, { ONE (7, 2), ANY }, "QEMU from 8.0 on", FALSE, FALSE },
    { { { { 8, 0 }, { 0, 0 } }, ANY },
      { { { 7, 2 }, { 0, 0 } }, ANY },
      "QEMU from 8.0 on",
      TRUE,
      FALSE },
    { { { { 8, 0 }, { 9, 0 } }, { { 9, 1 }, { 0, 0 } } },
      { ONE (8, 2), ONE (9, 1) },
      "libvirt from 9.1 on and QEMU from 8.0 on, before 9.0",
      TRUE,
      TRUE },
    { { { { 8, 0 }, { 9, 0 } }, { { 9, 1 }, { 0, 0 } } },
      { ONE (8, 2), ONE (9, 0) },
      "libvirt from 9.1 on and QEMU from 8.0 on, before 9.0",
      FALSE,
      FALSE },
    { { { { 0, 0 }, { 8, 1 } }, ANY },
      { { { 8, 1 }, { 0, 0 } }, ANY },
      "QEMU before 8.1",
      FALSE,
      FALSE },
    { { { { 0, 0 }, { 8, 1 } }, ANY },
      { { { 8, 0 }, { 0, 0 } }, ANY },
      "QEMU before 8.1",
      TRUE,
      FALSE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = mt_versions_dup_text (&rows[i].rule);

    ROW ("row %" G_GSIZE_FORMAT ": %s", i, text != NULL ? text : "all");
    g_assert_cmpstr (text, ==, rows[i].text);
    g_assert_cmpint (mt_versions_may_apply (&rows[i].rule, &rows[i].known), ==, rows[i].may);
    g_assert_cmpint (mt_versions_apply (&rows[i].rule, &rows[i].known), ==, rows[i].does);
  }
}

/* What is known of the versions of a guest. */
static void
test_known (void)
{
  static const struct {
    const char *host, *machine;
    MachtypeArch arch;
    MtVersionRanges known;
  } rows[] = {
    { NULL, NULL, MACHTYPE_ARCH_X86_64, { ANY, ANY } },
    { NULL, "pc", MACHTYPE_ARCH_X86_64, { ANY, ANY } },
    { NULL, "pc-q35-9.2", MACHTYPE_ARCH_X86_64, { { { 9, 2 }, { 0, 0 } }, ANY } },
    { NULL, "pc-q35-rhel9.2.0", MACHTYPE_ARCH_X86_64, { { { 7, 2 }, { 0, 0 } }, ANY } },
    { NULL, "frobnicate", MACHTYPE_ARCH_X86_64, { ANY, ANY } },
    { NULL, "b\xc3\xa9", MACHTYPE_ARCH_X86_64, { ANY, ANY } },
    { "x86_64", "pc-q35-9.2", MACHTYPE_ARCH_X86_64, { { { 9, 2 }, { 0, 0 } }, ANY } },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeHost) host = test_make_host (rows[i].host);
    const MtVersionRanges known = mt_versions_find (host, rows[i].machine, rows[i].arch);

    ROW ("%s: QEMU %u.%u to %u.%u", rows[i].machine, known.qemu.from.major, known.qemu.from.minor,
         known.qemu.before.major, known.qemu.before.minor);
    g_assert_cmpmem (&known, sizeof known, &rows[i].known, sizeof known);
  }
}

/* The machines that a host offers show which QEMU it has. */
static void
test_host_versions (void)
{
  static const struct {
    const char *machines;
    MtVersionRange qemu;
  } rows[] = {
    { "<machine>pc</machine>", ANY },
    { "<machine>pc-q35-7.2</machine><machine>pc-i440fx-10.0</machine><machine>malta</machine>",
      ONE (10, 0) },
    { "<machine canonical='pc-i440fx-2.12'>pc</machine>", ONE (2, 12) },
    { "<machine>pc-q35-rhel9.2.0</machine>", { { 7, 2 }, { 0, 0 } } },
    { "<machine>pc-q35-rhel9.2.0</machine><machine>pc-q35-7.1</machine>", { { 7, 2 }, { 0, 0 } } },
    { "<machine>pc-q35-rhel9.2.0</machine><machine>pc-q35-7.2</machine>", ONE (7, 2) },
    { "<machine>pc-q35-7.2</machine><machine>pc-q35-rhel9.2.0</machine>", ONE (7, 2) },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = g_strdup_printf (
        "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
        "<arch name='x86_64'><emulator>/q</emulator>%s<domain type='qemu'/></arch></guest>"
        "</capabilities>",
        rows[i].machines);
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    GError *error = NULL;
    MtVersionRanges known;

    ROW ("%s", rows[i].machines);
    machtype_host_builder_set_capabilities (builder, xml, -1, &error);
    g_assert_no_error (error);
    host = machtype_host_builder_end (builder);
    known = mt_versions_find (host, NULL, MACHTYPE_ARCH_X86_64);
    g_assert_cmpmem (&known.qemu, sizeof known.qemu, &rows[i].qemu, sizeof known.qemu);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/widened", test_widened);
  g_test_add_func ("/rules/table", test_table);
  g_test_add_func ("/rules/new-class", test_new_class);
  g_test_add_func ("/rules/new-reason", test_new_reason);
  g_test_add_func ("/rules/versions", test_versions);
  g_test_add_func ("/rules/covered", test_covered);
  g_test_add_func ("/rules/ranges", test_ranges);
  g_test_add_func ("/rules/known", test_known);
  g_test_add_func ("/rules/host-versions", test_host_versions);
  return g_test_run ();
}
