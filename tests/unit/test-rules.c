/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of what machines support, by itself. compat, guest and lint show its contents. */

#include "test.h"

#include "compat/compat-private.h"

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
    g_assert_true (mt_rule_find ((MtDeviceKind)rules[i].kind, rules[i].value) == &rules[i]);
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

/* Rules for some versions: of two for one value, the first that applies counts. */
static void
test_versions (void)
{
  static const MtRule table[] = {
    { MT_KIND_SCSI_MODEL, "igb", .works = MT_ON_TRIED },
    { MT_KIND_VIF_MODEL, "igb", .needs = MT_HAS_NEVER, .qemu = { .before = { 8, 0 } } },
    { MT_KIND_VIF_MODEL, "igb", .needs = MT_HAS_PCI, .qemu = { .from = { 8, 0 } } },
    { MT_KIND_VIF_MODEL, "new", .qemu = { { 7, 2 }, { 10, 0 } }, .libvirt = { .from = { 9, 1 } } },
    { MT_KIND_SOUND_MODEL, "new", .works = MT_ON_TRIED },
  };
  static const struct {
    MtVersions versions;
    const char *found; /* the row of "igb", then of "new", then those of the kind */
  } rows[] = {
    { { { 0, 0 }, { 0, 0 } }, "1 3 13" },   { { { 7, 2 }, { 0, 0 } }, "1 3 13" },
    { { { 7, 1 }, { 0, 0 } }, "1 - 1" },    { { { 7, 255 }, { 9, 0 } }, "1 - 1" },
    { { { 8, 0 }, { 9, 1 } }, "2 3 23" },   { { { 8, 1 }, { 10, 0 } }, "2 3 23" },
    { { { 9, 255 }, { 0, 0 } }, "2 3 23" }, { { { 10, 0 }, { 10, 0 } }, "2 - 2" },
    { { { 0, 0 }, { 9, 0 } }, "1 - 1" },
  };
  gsize i, at;

  for (i = 0; i <= G_N_ELEMENTS (rows); i++) {
    const MtVersions *versions = i < G_N_ELEMENTS (rows) ? &rows[i].versions : NULL;
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/table", test_table);
  g_test_add_func ("/rules/new-class", test_new_class);
  g_test_add_func ("/rules/new-reason", test_new_reason);
  g_test_add_func ("/rules/versions", test_versions);
  return g_test_run ();
}
