/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "error-private.h"

#define STOPPED MACHTYPE_STATE_STOPPED
#define OTHER MACHTYPE_STATE_OTHER
#define SAVED MACHTYPE_STATE_SAVED
#define FORCE MACHTYPE_CHANGE_FORCE
#define PIN MACHTYPE_CHANGE_PIN
#define REQUIRE MACHTYPE_CHANGE_REQUIRE_OFFERED
#define ANY MACHTYPE_ARCH_UNKNOWN
#define X86_64 MACHTYPE_ARCH_X86_64

/* defect: the number of Nova's defect (doc/where-the-documents-are-wrong.md) that the row guards
 * against; 0: none. */
typedef struct {
  guint defect;
  const char *old_type, *new_type;
  MachtypeArch arch;
  MachtypeState state;
  guint flags;
  const char *host; /* NULL: none */
  MachtypeVerdict verdict;
  const char *reasons, *warnings, *effects; /* codes, each once */
} Row;

#define V(word) MACHTYPE_VERDICT_##word

static const Row rows[] = {
  /* New name invalid: forced or not, and before everything else. */
  { 26, "pc", "", ANY, STOPPED, 0, NULL, V (REFUSED_INVALID), "refused-invalid", "", "" },
  { 19, "pc", "q35\n", ANY, STOPPED, 0, NULL, V (REFUSED_INVALID), "refused-invalid", "", "" },
  { 0, "pc", "pc q35", ANY, STOPPED, FORCE, NULL, V (REFUSED_INVALID), "refused-invalid", "", "" },
  { 0, "pc q35", "pc q35", ANY, STOPPED, 0, NULL, V (REFUSED_INVALID), "refused-invalid", "", "" },
  { 0, NULL, "\xff", ANY, OTHER, FORCE, NULL, V (REFUSED_INVALID), "refused-invalid", "", "" },
  /* The same: in any state, for any name. */
  { 0, "pc", "pc", ANY, STOPPED, 0, NULL, V (NOOP), "", "", "" },
  { 0, "pc", "pc", ANY, OTHER, 0, NULL, V (NOOP), "", "", "" },
  { 0, "pc", "pc", ANY, OTHER, FORCE, NULL, V (NOOP), "", "", "" },
  { 0, "whatever", "whatever", ANY, OTHER, 0, NULL, V (NOOP), "", "", "" },
  { 0, "virt", "virt", X86_64, OTHER, REQUIRE, "x86_64.xml", V (NOOP), "", "", "" },
  /* State. */
  { 0, "pc-q35-5.2", "pc-q35-6.2", ANY, OTHER, 0, NULL, V (REFUSED_STATE), "refused-state",
    "lifecycle", "version" },
  { 0, "pc-q35-5.2", "pc-q35-6.2", ANY, MACHTYPE_STATE_SHELVED, 0, NULL, V (ALLOWED), "",
    "lifecycle", "version" },
  { 0, "pc-q35-5.2", "pc-q35-6.2", ANY, MACHTYPE_STATE_SHELVED_OFFLOADED, 0, NULL, V (ALLOWED), "",
    "lifecycle", "version" },
  { 39, "pc-q35-5.2", "pc-q35-6.2", ANY, OTHER, FORCE, NULL, V (FORCED), "refused-state",
    "forced lifecycle", "version" },
  { 0, "pc-q35-6.2", "pc-i440fx-5.2", ANY, OTHER, 0, NULL, V (REFUSED_STATE),
    "refused-state refused-family", "lifecycle", "board" },
  { 0, NULL, "q35", ANY, OTHER, 0, NULL, V (REFUSED_STATE), "refused-state", "", "" },
  /* Saved RAM: shut off, but still with the old machine type. */
  { 0, "pc-q35-5.2", "pc-q35-6.2", ANY, SAVED, 0, NULL, V (REFUSED_STATE), "saved-state",
    "lifecycle", "version" },
  { 0, "pc-q35-6.2", "pc-i440fx-5.2", ANY, SAVED, 0, NULL, V (REFUSED_STATE),
    "saved-state refused-family", "lifecycle", "board" },
  { 0, "pc-q35-5.2", "pc-q35-6.2", ANY, SAVED, FORCE, NULL, V (FORCED), "saved-state",
    "forced saved-state lifecycle", "version" },
  { 0, NULL, "q35", ANY, SAVED, 0, NULL, V (REFUSED_STATE), "saved-state", "", "" },
  { 0, "pc", "pc", ANY, SAVED, 0, NULL, V (NOOP), "", "", "" },
  /* Unknown. */
  { 19, "pc", "pc-100", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED),
    "refused-unsupported refused-family refused-alias", "", "board" },
  { 19, "virt-6.0", "virt-6.2rc1", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED),
    "refused-unsupported refused-family", "", "board" },
  { 0, NULL, "pc-q35-07.2", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED), "refused-unsupported",
    "", "" },
  { 0, "", "PC", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED), "refused-unsupported", "", "" },
  { 11, NULL, "virt", MACHTYPE_ARCH_MIPSEL, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED),
    "refused-unsupported", "", "" },
  { 0, NULL, "pc-i440fx-strange", ANY, STOPPED, FORCE, NULL, V (FORCED), "refused-unsupported",
    "forced", "" },
  /* A host knows more than the tables. */
  { 0, NULL, "qbit", MACHTYPE_ARCH_LOONGARCH64, STOPPED, 0, "odd.xml", V (REFUSED_UNSUPPORTED),
    "refused-unsupported", "not-offered", "" },
  /* Another family or board. */
  { 0, "pc-i440fx-5.2", "pc-q35-5.2", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family",
    "lifecycle", "board" },
  { 0, "pc", "q35", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family", "", "board" },
  { 0, "pc", "q35", ANY, STOPPED, PIN, "x86_64.xml", V (REFUSED_FAMILY), "refused-family", "",
    "board" },
  { 0, "pc-1.3", "pc-q35-2.4", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family",
    "lifecycle", "board" },
  { 6, "pseries-7.2", "pc-q35-7.2", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family",
    "lifecycle", "board" },
  { 6, "virt-rhel9.2.0", "pc", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY),
    "refused-family refused-alias", "", "board" },
  { 6, "pc-q35-jammy", "s390-ccw-virtio", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY),
    "refused-family refused-alias", "", "board" },
  { 0, "raspi3b", "raspi3ap", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family", "",
    "board" },
  { 0, "malta", "mipssim", ANY, STOPPED, FORCE, NULL, V (FORCED), "refused-family",
    "forced lifecycle", "board" },
  { 6, "unknown-to-all", "pc-q35-7.2", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family",
    "lifecycle", "board" },
  { 6, "\x1b[31m", "pc-q35-7.2", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family",
    "lifecycle", "board" },
  { 0, "\xff\xfe", "pc", ANY, STOPPED, FORCE, NULL, V (FORCED), "refused-family refused-alias",
    "forced", "board" },
  /* Another vendor, in either direction; the base is a hint, not a permission. */
  { 0, "pc-q35-4.2", "pc-q35-rhel8.2.0", ANY, STOPPED, 0, NULL, V (REFUSED_VENDOR),
    "refused-vendor", "lifecycle", "" },
  { 0, "pc-q35-rhel8.2.0", "pc-q35-4.2", ANY, STOPPED, 0, NULL, V (REFUSED_VENDOR),
    "refused-vendor", "lifecycle", "" },
  { 0, "pc-q35-jammy", "pc-q35-7.2", ANY, STOPPED, 0, NULL, V (REFUSED_VENDOR), "refused-vendor",
    "lifecycle", "version" },
  { 0, "pc-q35-jammy", "pc-q35-rhel9.2.0", ANY, STOPPED, 0, NULL, V (REFUSED_VENDOR),
    "refused-vendor", "lifecycle", "version" },
  { 0, "pc-i440fx-rhel7.6.0", "pc-i440fx-9.2", ANY, STOPPED, 0, NULL, V (REFUSED_VENDOR),
    "refused-vendor", "lifecycle", "version" },
  /* Aliases. */
  { 0, "pc", "pc-i440fx-7.2", ANY, STOPPED, 0, NULL, V (REFUSED_ALIAS), "refused-alias",
    "lifecycle", "" },
  { 0, "pc-i440fx-7.2", "pc", ANY, STOPPED, 0, NULL, V (REFUSED_ALIAS), "refused-alias", "", "" },
  { 0, "pc", "pc-i440fx-7.2", ANY, STOPPED, PIN, NULL, V (REFUSED_ALIAS), "refused-alias",
    "lifecycle", "" },
  { 0, "pc", "pc-i440fx-7.2", ANY, STOPPED, 0, "x86_64.xml", V (REFUSED_ALIAS), "refused-alias",
    "lifecycle", "" },
  { 5, "pc", "pc-i440fx-7.2", ANY, STOPPED, PIN, "x86_64.xml", V (ALLOWED), "", "lifecycle", "" },
  { 0, "pc-i440fx-7.2", "pc", ANY, STOPPED, PIN, "x86_64.xml", V (ALLOWED), "", "", "" },
  { 0, "pc", "pc-i440fx-6.2", ANY, STOPPED, PIN, "x86_64.xml", V (REFUSED_ALIAS), "refused-alias",
    "lifecycle", "" },
  { 0, "pc", "pc-i440fx-7.2", ANY, OTHER, PIN, "x86_64.xml", V (REFUSED_STATE), "refused-state",
    "lifecycle", "" },
  { 0, "q35", "pc-q35-rhel7.1.0", ANY, STOPPED, PIN, "alias-only.xml", V (ALLOWED), "", "lifecycle",
    "" },
  { 0, "pc", "pc-q35-7.2", ANY, STOPPED, PIN, "x86_64.xml", V (REFUSED_FAMILY),
    "refused-family refused-alias", "lifecycle", "board" },
  { 0, "virt", "virt-7.2", ANY, STOPPED, PIN, "x86_64.xml", V (ALLOWED), "", "lifecycle", "" },
  { 0, "virt", "virt-7.2", MACHTYPE_ARCH_AARCH64, STOPPED, PIN, "x86_64.xml", V (ALLOWED), "",
    "lifecycle", "" },
  { 0, "powernv", "powernv9", ANY, STOPPED, 0, NULL, V (REFUSED_FAMILY),
    "refused-family refused-alias", "", "board" },
  { 0, "powernv", "powernv10", ANY, STOPPED, PIN, "powernv.xml", V (ALLOWED), "", "", "" },
  { 0, "ubuntu", "pc", ANY, STOPPED, 0, NULL, V (REFUSED_ALIAS), "refused-alias", "", "" },
  { 0, "pc", "pc-i440fx-rhel7.6.0", ANY, STOPPED, 0, NULL, V (REFUSED_ALIAS), "refused-alias",
    "lifecycle", "" },
  /* Variants. */
  { 0, "pc-q35-jammy", "pc-q35-jammy-hpb", ANY, STOPPED, 0, NULL, V (REFUSED_VARIANT),
    "refused-variant", "lifecycle", "" },
  { 0, "pseries-2.12-sxxm", "pseries-2.12", ANY, STOPPED, 0, NULL, V (REFUSED_VARIANT),
    "refused-variant", "lifecycle", "" },
  { 0, "pc-q35-focal-hpb", "pc-q35-jammy", ANY, STOPPED, 0, NULL, V (REFUSED_VARIANT),
    "refused-variant", "lifecycle", "version" },
  { 0, "pc-q35-jammy", "pc-q35-noble-maxcpus", ANY, STOPPED, 0, NULL, V (REFUSED_VARIANT),
    "refused-variant", "lifecycle", "version" },
  { 0, "pc-q35-focal-hpb", "pc-q35-jammy-hpb-maxcpus", ANY, STOPPED, FORCE, NULL, V (FORCED),
    "refused-variant", "forced lifecycle", "version" },
  { 0, "pc-q35-focal-hpb", "pc-q35-jammy-hpb", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 0, "pseries-2.12-sxxm", "pseries-4.0", ANY, STOPPED, 0, NULL, V (REFUSED_VARIANT),
    "refused-variant", "lifecycle", "version" },
  { 0, "pc-1.0-qemu-kvm", "pc-i440fx-trusty", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "" },
  /* Versions that no QEMU has, or will have soon; and what the host has is there. */
  { 0, "pc-i440fx-9.0", "pc-i440fx-99.0", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED),
    "refused-unsupported", "", "version" },
  { 0, "pc-i440fx-9.0", "pc-i440fx-102.0", ANY, STOPPED, FORCE, NULL, V (FORCED),
    "refused-unsupported", "forced", "version" },
  { 0, NULL, "pc-q35-13.0", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED), "refused-unsupported",
    "", "" },
  { 0, NULL, "pc-q35-12.2", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle", "" },
  { 0, NULL, "pc-q35-7.3", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED), "refused-unsupported",
    "", "" },
  { 0, NULL, "pc-q35-13.0+pve1", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED),
    "refused-unsupported", "", "" },
  { 0, NULL, "virt-rhel12.0.0", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED),
    "refused-unsupported", "", "" },
  { 0, "virt-11.1", "virt-11.2", MACHTYPE_ARCH_LOONGARCH64, STOPPED, 0, NULL, V (ALLOWED), "",
    "lifecycle", "" },
  { 0, "virt", "virt-11.1", MACHTYPE_ARCH_LOONGARCH64, STOPPED, 0, NULL, V (REFUSED_ALIAS),
    "refused-alias", "lifecycle", "" },
  /* The host's own word about age. */
  { 0, NULL, "pc-i440fx-1.7", ANY, STOPPED, 0, "x86_64.xml", V (ALLOWED), "", "lifecycle", "" },
  /* Older. */
  { 0, "pc-q35-7.2", "pc-q35-6.2", ANY, STOPPED, 0, NULL, V (REFUSED_DOWNGRADE),
    "refused-downgrade", "lifecycle", "version" },
  { 0, "pc-q35-7.2", "pc-q35-6.2", ANY, STOPPED, FORCE, NULL, V (FORCED), "refused-downgrade",
    "forced lifecycle", "version" },
  { 0, "pc-q35-2.10", "pc-q35-2.9", ANY, STOPPED, 0, NULL, V (REFUSED_DOWNGRADE),
    "refused-downgrade", "lifecycle", "version" },
  { 7, "pc-q35-4.1", "pc-q35-4.0.1", ANY, STOPPED, 0, NULL, V (REFUSED_DOWNGRADE),
    "refused-downgrade", "lifecycle", "version" },
  { 7, "pc-i440fx-jammy-hpb", "pc-i440fx-focal", ANY, STOPPED, 0, NULL, V (REFUSED_VARIANT),
    "refused-variant refused-downgrade", "lifecycle", "version" },
  { 7, "pseries-2.12-sxxm", "pseries-2.11", ANY, STOPPED, 0, NULL, V (REFUSED_VARIANT),
    "refused-variant refused-downgrade", "lifecycle", "version" },
  { 0, "pc-i440fx-2.0", "pc-1.3", ANY, STOPPED, 0, NULL, V (REFUSED_DOWNGRADE), "refused-downgrade",
    "lifecycle", "" },
  { 0, "pc-q35-9.2+pve1", "pc-q35-9.2", ANY, STOPPED, 0, NULL, V (REFUSED_DOWNGRADE),
    "refused-downgrade", "lifecycle", "version" },
  { 0, "pc-q35-rhel9.2.0", "pc-q35-rhel8.6.0", ANY, STOPPED, 0, NULL, V (REFUSED_DOWNGRADE),
    "refused-downgrade", "lifecycle", "version" },
  /* Newer, or the same under another name. */
  { 0, "pc-q35-5.2", "pc-q35-7.2", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle", "version" },
  { 0, "pc-q35-5.2", "pc-q35-7.2", ANY, STOPPED, FORCE, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 0, "pc-q35-2.9", "pc-q35-2.10", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 7, "pc-q35-4.0.1", "pc-q35-4.1", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 0, "pc-1.3", "pc-i440fx-2.0", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle", "" },
  { 0, "rhel6.6.0", "pc-i440fx-rhel7.0.0", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "" },
  { 17, "pseries-7.2", "pseries-8.2", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 17, "pc-q35-rhel9.6.0", "pc-q35-rhel10.0.0", ANY, STOPPED, 0, NULL, V (ALLOWED), "",
    "lifecycle", "" },
  { 17, "virt-rhel9.0.0", "virt-rhel9.2.0", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 17, "s390-ccw-virtio-rhel9.2.0", "s390-ccw-virtio-rhel9.4.0", ANY, STOPPED, 0, NULL,
    V (ALLOWED), "", "lifecycle", "version" },
  { 17, "pc-i440fx-focal", "pc-i440fx-jammy", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 0, "pc-i440fx-noble", "pc-i440fx-noble-v2", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 0, "pc-q35-9.2", "pc-q35-9.2+pve0", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle", "" },
  { 18, "pc-q35-5.2", "q35", ANY, STOPPED, 0, NULL, V (REFUSED_ALIAS), "refused-alias", "", "" },
  { 18, "virt-6.2", "virt", ANY, STOPPED, 0, NULL, V (REFUSED_ALIAS), "refused-alias", "", "" },
  { 18, "pc-i440fx-5.2", "pc-i440fx-jammy", ANY, STOPPED, 0, NULL, V (REFUSED_VENDOR),
    "refused-vendor", "lifecycle", "version" },
  /* Nothing recorded. */
  { 0, NULL, "pc-q35-7.2", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle", "" },
  { 26, "", "q35", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "", "" },
  { 0, "", "q35", ANY, STOPPED, PIN, "x86_64.xml", V (ALLOWED), "", "", "" },
  { 17, NULL, "pseries-rhel9.2.0", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle", "" },
  /* Offered or not. */
  { 0, "pc-q35-5.2", "pc-q35-7.1", ANY, STOPPED, 0, "x86_64.xml", V (ALLOWED), "",
    "not-offered lifecycle", "version" },
  { 0, "pc-q35-5.2", "pc-q35-7.1", ANY, STOPPED, REQUIRE, "x86_64.xml", V (REFUSED_NOT_OFFERED),
    "refused-not-offered", "lifecycle", "version" },
  { 0, "pc-q35-5.2", "pc-q35-7.1", ANY, STOPPED, REQUIRE | FORCE, "x86_64.xml", V (FORCED),
    "refused-not-offered", "forced lifecycle", "version" },
  { 0, "pc-q35-5.2", "pc-q35-7.2", ANY, STOPPED, REQUIRE, "x86_64.xml", V (ALLOWED), "",
    "lifecycle", "version" },
  { 0, "pc-q35-5.2", "pc-q35-7.1", ANY, STOPPED, REQUIRE, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 0, NULL, "pc", ANY, STOPPED, REQUIRE, "lxc.xml", V (ALLOWED), "", "", "" },
  { 0, NULL, "s390-ccw-virtio", ANY, STOPPED, REQUIRE, "x86_64.xml", V (ALLOWED), "", "", "" },
  { 13, NULL, "virt", X86_64, STOPPED, REQUIRE, "x86_64.xml", V (REFUSED_UNSUPPORTED),
    "refused-unsupported refused-not-offered", "", "" },
  { 0, "pc-q35-7.2", "pc-q35-5.1", ANY, OTHER, REQUIRE, "x86_64.xml", V (REFUSED_STATE),
    "refused-state refused-downgrade refused-not-offered", "lifecycle", "version" },
  /* Names that only the host knows: of the family of the alias that stands for them there. */
  { 0, "pc", "pc-i440fx-house-2.1", ANY, STOPPED, 0, "vendor.xml", V (REFUSED_ALIAS),
    "refused-alias", "", "" },
  { 0, "pc", "pc-i440fx-house-2.1", ANY, STOPPED, PIN, "vendor.xml", V (ALLOWED), "", "", "" },
  { 0, "house", "box-3", ANY, STOPPED, 0, "vendor.xml", V (REFUSED_ALIAS), "refused-alias", "",
    "" },
  { 0, "house", "box-3", X86_64, STOPPED, PIN, "vendor.xml", V (ALLOWED), "", "", "" },
  { 0, "box-3", "q35", ANY, STOPPED, 0, "vendor.xml", V (REFUSED_ALIAS), "refused-alias", "", "" },
  { 0, "pc-i440fx-house-2.1", "box-3", ANY, STOPPED, 0, "vendor.xml", V (REFUSED_FAMILY),
    "refused-family refused-vendor", "", "board" },
  { 0, "pc-q35-9.0", "box-3", ANY, STOPPED, 0, "vendor.xml", V (REFUSED_VENDOR), "refused-vendor",
    "", "" },
  { 0, "pc-i440fx-house-2.0", "pc-i440fx-house-2.1", X86_64, STOPPED, 0, "vendor.xml",
    V (REFUSED_VENDOR), "refused-vendor", "", "" },
  { 0, "pc-i440fx-house-2.1", "pc-i440fx-house-1.0", X86_64, STOPPED, FORCE, "vendor.xml",
    V (FORCED), "refused-vendor", "forced lifecycle", "" },
  { 0, "pc-i440fx-house-2.1", "pc-i440fx-house-3.0", X86_64, STOPPED, 0, "vendor.xml",
    V (REFUSED_UNSUPPORTED), "refused-unsupported refused-family", "not-offered", "board" },
  { 0, "box-3", "pc-q35-9.0", X86_64, STOPPED, 0, NULL, V (REFUSED_FAMILY), "refused-family",
    "lifecycle", "board" },
  /* Few versions have a third number. */
  { 0, "pc-q35-7.2", "pc-q35-7.2.1", ANY, STOPPED, 0, NULL, V (REFUSED_UNSUPPORTED),
    "refused-unsupported", "", "" },
  { 0, "pc-q35-4.0", "pc-q35-4.0.1", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "version" },
  { 0, "pc-q35-7.2+pve1", "pc-q35-7.2.1+pve1", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "lifecycle",
    "" },
  /* An alias that is given again is pinned, or nothing. */
  { 0, "q35", "q35", X86_64, STOPPED, PIN, "x86_64.xml", V (ALLOWED), "", "", "" },
  { 0, "q35", "q35", X86_64, OTHER, PIN, "x86_64.xml", V (REFUSED_STATE), "refused-state", "", "" },
  { 0, "q35", "q35", X86_64, OTHER, PIN, NULL, V (NOOP), "", "", "" },
  { 0, "q35", "q35", X86_64, OTHER, 0, "x86_64.xml", V (NOOP), "", "", "" },
  { 0, "pc-q35-7.2", "pc-q35-7.2", X86_64, OTHER, PIN, "x86_64.xml", V (NOOP), "", "", "" },
  /* The host marks deprecated types, but not this one. */
  { 0, NULL, "pc-q35-rhel9.4.0", X86_64, STOPPED, 0, "rhel10.xml", V (ALLOWED), "", "lifecycle",
    "" },
};

/* Several findings with one code count as one: the number of steps between two versions is data. */
static char *
join_unique (GPtrArray *findings)
{
  g_autofree char *all = test_join_codes (findings);
  g_auto (GStrv) words = g_strsplit (all, " ", -1);
  GString *codes = g_string_new (NULL);
  gsize i;

  for (i = 0; words[i] != NULL; i++) {
    if (i == 0 || strcmp (words[i], words[i - 1]) != 0)
      g_string_append_printf (codes, "%s%s", codes->len != 0 ? " " : "", words[i]);
  }
  return g_string_free (codes, FALSE);
}

static int
compare_words (const void *a, const void *b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* The order of warnings does not matter. */
static char *
sort_words (char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  g_free (text);
  qsort (words, g_strv_length (words), sizeof *words, compare_words);
  return g_strjoinv (" ", words);
}

static MachtypeChange *
check (const Row *row)
{
  g_autoptr (MachtypeHost) host = row->host != NULL ? test_read_host (row->host, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  MachtypeChange *change =
      machtype_change_check (row->old_type, row->new_type, row->arch, NULL, row->state,
                             (MachtypeChangeFlags)row->flags, host, &error);

  g_assert_no_error (error);
  return change;
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeChange) change = check (&rows[i]);
    g_autofree char *reasons = join_unique (machtype_change_list_reasons (change));
    g_autofree char *warnings = sort_words (join_unique (machtype_change_list_warnings (change)));
    g_autofree char *expected = sort_words (g_strdup (rows[i].warnings));
    g_autofree char *effects = join_unique (machtype_change_list_effects (change));
    g_autofree char *from =
        mt_escape_for_message (rows[i].old_type != NULL ? rows[i].old_type : "nothing");
    g_autofree char *to = mt_escape_for_message (rows[i].new_type);
    MachtypeVerdict verdict = machtype_change_get_verdict (change);

    ROW ("%" G_GSIZE_FORMAT ": %s to %s, flags %u, host %s, defect %u", i, from, to, rows[i].flags,
         rows[i].host != NULL ? rows[i].host : "none", rows[i].defect);
    g_assert_cmpstr (machtype_verdict_to_string (verdict), ==,
                     machtype_verdict_to_string (rows[i].verdict));
    g_assert_cmpstr (reasons, ==, rows[i].reasons);
    g_assert_cmpstr (warnings, ==, expected);
    g_assert_cmpstr (effects, ==, rows[i].effects);
    g_assert_cmpint (machtype_change_is_permitted (change), ==,
                     verdict == V (ALLOWED) || verdict == V (NOOP) || verdict == V (FORCED));
  }
}

/* What a message must contain: names, the remedy, and nothing unescaped from outside. */
static void
test_messages (void)
{
  static const struct {
    Row row;
    const char *words;
  } cases[] = {
    { { 0, "pc-q35-rhel8.2.0", "pc-q35-4.2", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "", "" },
      "Red QEMU 4.2 base" },
    { { 0, "pc", "pc-i440fx-6.2", ANY, STOPPED, PIN, "x86_64.xml", V (ALLOWED), "", "", "" },
      "pc-i440fx-7.2 pc-i440fx-6.2 alias" },
    { { 0, "pc-q35-7.2", "q35", ANY, STOPPED, 0, "x86_64.xml", V (ALLOWED), "", "", "" },
      "unpin pc-q35-7.2 alias" },
    { { 0, "q35", "pc-q35-7.2", ANY, STOPPED, 0, "x86_64.xml", V (ALLOWED), "", "", "" },
      "would pin the alias" },
    { { 0, "pc-q35-jammy-hpb", "pc-q35-noble", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "", "" },
      "hpb host-phys-bits" },
    { { 0, NULL, "pc-q35-99.0", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "", "" },
      "no release pc-q35-99.0" },
    { { 0, "pc", "q35", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "", "" }, "i440FX Q35" },
    { { 0, "pc", "vort", X86_64, STOPPED, 0, NULL, V (ALLOWED), "", "", "" }, "vort x86_64" },
    { { 11, "malta", "virt", MACHTYPE_ARCH_MIPSEL, STOPPED, 0, NULL, V (ALLOWED), "", "", "" },
      "virt mipsel exist" },
    { { 0, NULL, "virt", X86_64, STOPPED, 0, NULL, V (ALLOWED), "", "", "" }, "virt x86_64" },
    { { 0, "\x1b[1m", "pc", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "", "" }, "\\033[1m unknown" },
    { { 0, "pc", "\x1b[1m", ANY, STOPPED, 0, NULL, V (ALLOWED), "", "", "" }, "\\033[1m" },
    { { 0, NULL, "pc-q35-7.1", ANY, STOPPED, REQUIRE, "x86_64.xml", V (ALLOWED), "", "", "" },
      "pc-q35-7.1 pc-q35-7.2 q35 pc-q35-6.2" },
    { { 0, NULL, "pc", ANY, OTHER, 0, NULL, V (ALLOWED), "", "", "" }, "stopped shelved" },
  };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypeChange) change = check (&cases[i].row);
    g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);
    g_auto (GStrv) words = g_strsplit (cases[i].words, " ", -1);
    const char *message;

    g_assert_cmpuint (reasons->len, >, 0);
    message = machtype_finding_get_message (reasons->pdata[0]);
    ROW ("%s", message);
    for (k = 0; words[k] != NULL; k++)
      g_assert_nonnull (strstr (message, words[k]));
  }
}

/* The remedy of an alias names what pins it. */
static void
test_alias_remedies (void)
{
  static const char *const pairs[][3] = {
    { "pc-q35-7.2", "q35", "use --pin to write pc-q35-7.2 instead of the alias" },
    { "q35", "pc-q35-7.2", "use --pin" },
    { "pc-q35-6.2", "q35", "request pc-q35-7.2 by its name" },
    { "q35", "pc-q35-6.2", "pin the guest to pc-q35-7.2 first, with --pin" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (pairs); i++) {
    const Row row = { 0,           pairs[i][0], pairs[i][1], ANY, STOPPED, 0, "x86_64.xml",
                      V (ALLOWED), "",          "",          "" };
    g_autoptr (MachtypeChange) change = check (&row);
    g_autoptr (GPtrArray) reasons = machtype_change_list_reasons (change);

    ROW ("%s to %s", pairs[i][0], pairs[i][1]);
    g_assert_cmpuint (reasons->len, ==, 1);
    g_assert_cmpstr (machtype_finding_get_remedy (reasons->pdata[0]), ==, pairs[i][2]);
  }
}

/* No text from outside is printed unescaped, in any finding. */
static void
test_nothing_raw (void)
{
  static const char *const names[] = { "\x1b[31m", "a\nb", "\xff", "a\tb\x7f" };
  gsize i, k;
  guint n;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    const Row row = {
      0, names[i], "pc-q35-7.2", ANY, STOPPED, FORCE, NULL, V (ALLOWED), "", "", ""
    };
    g_autoptr (MachtypeChange) change = check (&row);
    GPtrArray *lists[] = { machtype_change_list_reasons (change),
                           machtype_change_list_warnings (change),
                           machtype_change_list_effects (change) };

    for (k = 0; k < G_N_ELEMENTS (lists); k++) {
      for (n = 0; n < lists[k]->len; n++) {
        const char *p = machtype_finding_get_message (lists[k]->pdata[n]);

        ROW ("%s", p);
        for (; *p != '\0'; p++)
          g_assert_true (g_ascii_isprint (*p));
      }
      g_ptr_array_unref (lists[k]);
    }
  }
}

static void
test_effects (void)
{
  static const struct {
    const char *old_type, *new_type;
    guint flags;
    const char *words; /* separated by "|", each in one effect; NULL: no effect */
  } cases[] = {
    { "pc-i440fx-5.1", "pc-i440fx-5.2", 0, "since 5.2: the ACPI identity" },
    { "pc-i440fx-5.2", "pc-i440fx-5.1", FORCE, "since 5.2 (reverted)" },
    { "pc-q35-6.0", "pc-q35-9.0", 0, "since 6.1|since 6.2|4096 vCPUs" },
    { "pseries-7.2", "pseries-9.0", 0, "POWER10" },
    { "virt-6.2", "virt-7.2", 0, "since 7.0: TCG|since 7.2: memory regions" },
    { "virt-5.0", "virt-5.1", 0, "since 5.1: NUMA" },
    { "s390-ccw-virtio-5.2", "s390-ccw-virtio-6.0", 0, "discard granularity" },
    { "pc-q35-10.2", "pc-q35-11.0", 0, NULL },
    { "pc-q35-5.2", "pc-q35-5.2", 0, NULL },
    { "pc-i440fx-focal", "pc-i440fx-jammy", 0, "since 5.2: |since 6.2: " },
    { "pc-i440fx-7.2", "pc-q35-7.2", 0, "every device gets a new address" },
  };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Row row = { 0,
                      cases[i].old_type,
                      cases[i].new_type,
                      ANY,
                      STOPPED,
                      cases[i].flags,
                      NULL,
                      V (ALLOWED),
                      "",
                      "",
                      "" };
    g_autoptr (MachtypeChange) change = check (&row);
    g_autoptr (GPtrArray) effects = machtype_change_list_effects (change);
    g_auto (GStrv) words = g_strsplit (cases[i].words != NULL ? cases[i].words : "", "|", -1);
    GString *all = g_string_new (NULL);
    guint n;

    for (n = 0; n < effects->len; n++)
      g_string_append_printf (all, "%s\n", machtype_finding_get_message (effects->pdata[n]));
    ROW ("%s to %s: %s", cases[i].old_type, cases[i].new_type, all->str);
    g_assert_cmpint (effects->len != 0, ==, cases[i].words != NULL);
    for (k = 0; words[k] != NULL; k++)
      g_assert_nonnull (strstr (all->str, words[k]));
    g_string_free (all, TRUE);
  }
}

static void
test_states (void)
{
  static const struct {
    const char *words;
    MachtypeState state;
  } cases[] = {
    { "stopped,STOPPED,Stopped,shut off,Shut Off,shutoff,SHUTOFF", STOPPED },
    { "shelved,SHELVED", MACHTYPE_STATE_SHELVED },
    { "shelved_offloaded,SHELVED_OFFLOADED", MACHTYPE_STATE_SHELVED_OFFLOADED },
    { "active,ACTIVE,building,paused,suspended,rescued,resized,soft-delete,deleted,error,running,"
      "idle,blocked,in shutdown,crashed,dying,pmsuspended,no state",
      OTHER },
    { "saved,SAVED", SAVED },
  };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) words = g_strsplit (cases[i].words, ",", -1);

    for (k = 0; words[k] != NULL; k++) {
      g_autoptr (GError) error = NULL;

      ROW ("%s", words[k]);
      g_assert_cmpint (machtype_state_from_string (words[k], &error), ==, cases[i].state);
      g_assert_no_error (error);
    }
  }
}

static void
test_no_states (void)
{
  static const char *const words[] = { "",    " stopped", "stopped ",    "shelved-offloaded",
                                       "off", "\xff",     "stop\x1b[31m" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (words); i++) {
    GError *error = NULL;

    g_assert_cmpint (machtype_state_from_string (words[i], &error), ==, MACHTYPE_STATE_UNKNOWN);
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "state stopped running");
  }
}

static void
test_bad_arguments (void)
{
  GError *error = NULL;

  g_assert_null (machtype_change_check ("pc", "pc", ANY, NULL, STOPPED, (MachtypeChangeFlags)0x100,
                                        NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown flags 0x100");
  g_assert_null (machtype_change_check ("pc", "pc", ANY, NULL, (MachtypeState)6,
                                        MACHTYPE_CHANGE_NONE, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown state 6");
  g_assert_null (machtype_change_check ("pc", "q35", (MachtypeArch)99, NULL, STOPPED,
                                        MACHTYPE_CHANGE_NONE, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown architecture 99");
  g_assert_cmpstr (machtype_verdict_to_string ((MachtypeVerdict)99), ==, "unknown");
  g_assert_cmpstr (machtype_verdict_to_string ((MachtypeVerdict)-1), ==, "unknown");
}

/* What Nova was asked about, and what it does not know. */
static const char *const pool[] = {
  "pc",
  "q35",
  "virt",
  "s390-ccw-virtio",
  "pseries",
  "ubuntu",
  "ubuntu-q35",
  "pc-0.10",
  "pc-1.0",
  "pc-1.3",
  "pc-i440fx-1.4",
  "pc-i440fx-2.9",
  "pc-i440fx-2.10",
  "pc-i440fx-2.12",
  "pc-i440fx-7.2",
  "pc-i440fx-10.0",
  "pc-i440fx-rhel7.0.0",
  "pc-i440fx-rhel7.6.0",
  "pc-i440fx-rhel10.0.0",
  "rhel5.5.0",
  "rhel6.6.0",
  "pc-i440fx-focal",
  "pc-i440fx-jammy",
  "pc-i440fx-jammy-hpb",
  "pc-i440fx-noble",
  "pc-i440fx-noble-v2",
  "pc-q35-2.4",
  "pc-q35-4.0",
  "pc-q35-4.0.1",
  "pc-q35-4.1",
  "pc-q35-7.2",
  "pc-q35-9.2",
  "pc-q35-9.2+pve0",
  "pc-q35-9.2+pve1",
  "pc-q35-9.2.pxe",
  "pc-q35-rhel8.6.0",
  "pc-q35-rhel9.2.0",
  "pc-q35-rhel10.0.0",
  "pc-q35-jammy",
  "virt-2.6",
  "virt-6.2",
  "virt-rhel9.2.0",
  "s390-ccw-virtio-2.4",
  "s390-ccw-virtio-7.2",
  "s390-ccw-virtio-rhel9.2.0",
  "pseries-2.12",
  "pseries-2.12-sxxm",
  "pseries-7.2",
  "pseries-rhel9.2.0",
  "xenfv-3.1",
  "xenfv-4.2",
  "microvm",
  "isapc",
  "malta",
  "powernv",
  "powernv9",
  "raspi3b",
  "none",
  "pc-100",
  "virt-6.2rc1",
  "pc-q35-07.2",
  "unknown-board",
  "q35\n",
  "pc q35",
  "\xff",
};

static MachtypeVerdict
judge (const char *a, const char *b, MachtypeState state, guint flags)
{
  g_autoptr (MachtypeChange) change =
      machtype_change_check (a, b, ANY, NULL, state, (MachtypeChangeFlags)flags, NULL, NULL);

  g_assert_nonnull (change);
  return machtype_change_get_verdict (change);
}

/* Of the pool. */
static gboolean
is_variant (const char *name)
{
  return strstr (name, "-hpb") != NULL || strstr (name, "-sxxm") != NULL ||
         strstr (name, ".pxe") != NULL;
}

/* A known order is decisive, except that variants are kept; an unknown one permits nothing. */
static void
assert_follows_order (const char *a, const char *b, MachtypeVerdict verdict)
{
  MachtypeOrder order = machtype_name_compare_strings (a, b, ANY);

  if (machtype_name_compare_strings (b, b, ANY) == MACHTYPE_ORDER_INVALID)
    g_assert_cmpint (verdict, ==, V (REFUSED_INVALID));
  else if (strcmp (a, b) == 0)
    g_assert_cmpint (verdict, ==, V (NOOP));
  else if (order <= MACHTYPE_ORDER_GT && is_variant (a) != is_variant (b))
    g_assert_cmpint (verdict, ==, V (REFUSED_VARIANT));
  else if (order == MACHTYPE_ORDER_LT || order == MACHTYPE_ORDER_EQ)
    g_assert_cmpint (verdict, ==, V (ALLOWED));
  else if (order == MACHTYPE_ORDER_GT)
    g_assert_cmpint (verdict, ==, V (REFUSED_DOWNGRADE));
  else
    g_assert_true (verdict >= V (REFUSED_UNSUPPORTED) && verdict <= V (REFUSED_VARIANT));
}

static void
assert_force_and_state (const char *a, const char *b, MachtypeVerdict verdict)
{
  gboolean final = verdict == V (NOOP) || verdict == V (REFUSED_INVALID);

  g_assert_cmpint (judge (a, b, OTHER, 0), ==, final ? verdict : V (REFUSED_STATE));
  g_assert_cmpint (judge (a, b, STOPPED, FORCE), ==,
                   final || verdict == V (ALLOWED) ? verdict : V (FORCED));
  g_assert_cmpint (judge (a, b, OTHER, FORCE), ==, final ? verdict : V (FORCED));
  /* Without a host, an alias cannot be pinned and no type can be missing. */
  g_assert_cmpint (judge (a, b, STOPPED, PIN | REQUIRE), ==, verdict);
}

static void
test_pairs (void)
{
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (pool); i++) {
    for (k = 0; k < G_N_ELEMENTS (pool); k++) {
      MachtypeVerdict verdict = judge (pool[i], pool[k], STOPPED, 0);
      g_autofree char *from = mt_escape_for_message (pool[i]),
                      *to = mt_escape_for_message (pool[k]);

      ROW ("%s to %s: %s", from, to, machtype_verdict_to_string (verdict));
      assert_follows_order (pool[i], pool[k], verdict);
      assert_force_and_state (pool[i], pool[k], verdict);
    }
  }
}

/* Nothing recorded: every known name is allowed. */
static void
test_from_nothing (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (pool); i++) {
    g_autoptr (MachtypeName) name = machtype_name_new (pool[i], ANY, NULL);
    g_autofree char *shown = mt_escape_for_message (pool[i]);
    MachtypeVerdict expected = V (ALLOWED);

    if (name == NULL)
      expected = V (REFUSED_INVALID);
    else if (machtype_name_get_kind (name) == MACHTYPE_NAME_KIND_UNKNOWN)
      expected = V (REFUSED_UNSUPPORTED);
    ROW ("%s", shown);
    g_assert_cmpint (judge (NULL, pool[i], STOPPED, 0), ==, expected);
    g_assert_cmpint (judge ("", pool[i], STOPPED, 0), ==, expected);
  }
}

static void
test_long_name (void)
{
  g_autofree char *most = g_strnfill (MACHTYPE_NAME_MAX_LENGTH, 'a');
  g_autofree char *more = g_strnfill (MACHTYPE_NAME_MAX_LENGTH + 1, 'a');
  g_autofree char *huge = g_strnfill (5000000, 'a');

  g_assert_cmpint (judge (NULL, most, STOPPED, 0), ==, V (REFUSED_UNSUPPORTED));
  g_assert_cmpint (judge (NULL, more, STOPPED, FORCE), ==, V (REFUSED_INVALID));
  g_assert_cmpint (judge ("pc", huge, STOPPED, FORCE), ==, V (REFUSED_INVALID));
  g_assert_cmpint (judge (huge, "pc", STOPPED, 0), ==, V (REFUSED_FAMILY));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change/rows", test_rows);
  g_test_add_func ("/change/messages", test_messages);
  g_test_add_func ("/change/alias-remedies", test_alias_remedies);
  g_test_add_func ("/change/nothing-raw", test_nothing_raw);
  g_test_add_func ("/change/effects", test_effects);
  g_test_add_func ("/change/states", test_states);
  g_test_add_func ("/change/no-states", test_no_states);
  g_test_add_func ("/change/bad-arguments", test_bad_arguments);
  g_test_add_func ("/change/pairs", test_pairs);
  g_test_add_func ("/change/from-nothing", test_from_nothing);
  g_test_add_func ("/change/long-name", test_long_name);
  return g_test_run ();
}
