/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

/* Sources: QEMU docs/about/deprecated.rst and removed-features.rst at the release tags;
 * include/hw/boards.h for the rule. 0.0: unknown. */
typedef struct {
  const char *name;
  guint introduced[2], deprecated[2], removed[2];
} Row;

static const Row rows[] = {
  { "pc-i440fx-4.2", { 4, 2 }, { 9, 1 }, { 10, 2 } },
  { "pc-q35-5.0", { 5, 0 }, { 9, 1 }, { 11, 0 } },
  { "pc-q35-5.1", { 5, 1 }, { 9, 1 }, { 11, 1 } },
  { "virt-6.0", { 6, 0 }, { 9, 1 }, { 12, 0 } },
  { "virt-6.2", { 6, 2 }, { 9, 2 }, { 12, 2 } },
  { "pc-q35-7.0", { 7, 0 }, { 10, 0 }, { 13, 0 } },
  { "s390-ccw-virtio-7.2", { 7, 2 }, { 10, 2 }, { 13, 2 } },
  { "pseries-8.1", { 8, 1 }, { 11, 1 }, { 14, 1 } },
  { "pc-q35-9.0", { 9, 0 }, { 12, 0 }, { 15, 0 } },
  { "pc-q35-11.1", { 11, 1 }, { 14, 1 }, { 17, 1 } },
  { "pc-q35-4.0.1", { 4, 0 }, { 9, 1 }, { 10, 1 } },
  { "pc-q35-9.2+pve1", { 9, 2 }, { 12, 2 }, { 15, 2 } },
  { "pc-0.10", { 0, 10 }, { 3, 0 }, { 4, 0 } },
  { "pc-0.15", { 0, 15 }, { 4, 0 }, { 5, 0 } },
  { "pc-1.3", { 1, 3 }, { 5, 0 }, { 6, 0 } },
  { "pc-i440fx-1.7", { 1, 7 }, { 7, 0 }, { 8, 2 } },
  { "pc-i440fx-2.3", { 2, 3 }, { 8, 2 }, { 9, 1 } },
  { "pc-i440fx-2.4", { 2, 4 }, { 9, 1 }, { 10, 1 } },
  { "pc-q35-2.3", { 2, 3 }, { 0, 0 }, { 2, 6 } },
  { "pc-q35-2.12", { 2, 12 }, { 9, 1 }, { 10, 1 } },
  { "pseries-2.12-sxxm", { 2, 12 }, { 9, 1 }, { 9, 2 } },
  { "pseries-3.0", { 3, 0 }, { 9, 1 }, { 10, 1 } },
  { "s390-ccw-virtio-2.8", { 2, 8 }, { 9, 1 }, { 10, 0 } },
  { "s390-ccw-virtio-2.9", { 2, 9 }, { 9, 1 }, { 10, 1 } },
  /* Never existed. */
  { "virt-1.0", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pc-q35-1.3", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pseries-2.0", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pc-q35-rhel9.2.0", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pc-q35-jammy", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "xenfv-4.2", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "q35", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "raspi3b", { 5, 2 }, { 0, 0 }, { 0, 0 } },
  /* Boards: according to QEMU's release notes and docs/about/removed-features.rst. */
  { "raspi2", { 2, 6 }, { 0, 0 }, { 6, 2 } },
  { "swift-bmc", { 4, 1 }, { 6, 2 }, { 7, 0 } },
  { "taihu", { 0, 0 }, { 7, 0 }, { 7, 2 } },
  { "z2", { 1, 0 }, { 9, 0 }, { 9, 2 } },
  { "s390-virtio", { 0, 12 }, { 0, 0 }, { 2, 6 } },
  { "malta", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "highbank", { 1, 1 }, { 10, 1 }, { 11, 0 } },
  { "sonorapass-bmc", { 5, 1 }, { 10, 2 }, { 11, 1 } },
  { "shakti_c", { 0, 0 }, { 11, 1 }, { 0, 0 } },
  { "nitro-enclave", { 9, 2 }, { 0, 0 }, { 11, 0 } },
  { "nitro", { 11, 0 }, { 0, 0 }, { 0, 0 } },
  { "loongson7a_v1.0", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "no-such-board", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pc-q35-9999.9999", { 0, 0 }, { 0, 0 }, { 0, 0 } },
};

typedef gboolean (*LifecycleFunc) (const MachtypeName *name, guint *major, guint *minor);

static void
assert_release (LifecycleFunc func, const MachtypeName *name, const guint expected[2])
{
  guint major = 0, minor = 0;

  g_assert_cmpint (func (name, &major, &minor), ==, expected[0] != 0 || expected[1] != 0);
  g_assert_cmpuint (major, ==, expected[0]);
  g_assert_cmpuint (minor, ==, expected[1]);
  /* Either number can be omitted. */
  g_assert_cmpint (func (name, NULL, NULL), ==, expected[0] != 0 || expected[1] != 0);
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeName) name = machtype_name_new (rows[i].name, MACHTYPE_ARCH_UNKNOWN, NULL);

    ROW ("%s", rows[i].name);
    g_assert_nonnull (name);
    assert_release (machtype_lifecycle_get_introduced, name, rows[i].introduced);
    assert_release (machtype_lifecycle_get_deprecated, name, rows[i].deprecated);
    assert_release (machtype_lifecycle_get_removed, name, rows[i].removed);
  }
}

/* The picture of doc/pinning.md: a bar for each version, over the releases of QEMU. */
enum { PICTURE_LEFT = 124, PICTURE_TOP = 72, RELEASE_WIDTH = 11, ROW_HEIGHT = 15 };

static const char picture_style[] =
    "<style>\n"
    ".bg{fill:#fff}.old{fill:#e66100}.new{fill:#1a5fb4}\n"
    "text{font:14px system-ui,sans-serif;fill:#24292f}.h{font-weight:600}.dim{fill:#57606a}\n"
    ".code{font:12px ui-monospace,\"DejaVu Sans Mono\",monospace}"
    ".mid{text-anchor:middle}.end{text-anchor:end}\n"
    ".grid{stroke:#d0d7de;stroke-width:1}\n"
    "@media(prefers-color-scheme:dark){\n"
    ".bg{fill:#16191d}.old{fill:#ffa348}.new{fill:#62a0ea}"
    "text{fill:#e6edf3}.dim{fill:#adbac7}.grid{stroke:#373e47}}\n"
    "</style>\n";

/* The newest type that is drawn, and the last release it is drawn for. */
enum { NEWEST_MAJOR = 11, NEWEST_MINOR = 1, LAST_MAJOR = 17 };

/* Releases of a major version: 2.4 is the first one that is drawn; since 4.0 there are three a
 * year. */
static guint
last_minor (guint major)
{
  if (major == NEWEST_MAJOR)
    return NEWEST_MINOR;
  return major == 2 ? 12 : major == 3 ? 1 : 2;
}

static guint
release_index (guint major, guint minor)
{
  if (major == 2)
    return minor - 4;
  return major == 3 ? 9 + minor : 11 + (major - 4) * 3 + minor;
}

static guint
release_x (guint major, guint minor)
{
  return PICTURE_LEFT + release_index (major, minor) * RELEASE_WIDTH;
}

static void
draw_line (GString *svg, guint major, guint minor, guint height)
{
  const guint x = release_x (major, minor);

  g_string_append_printf (svg,
                          "<path class=\"grid\" d=\"M%u %uV%u\"/>"
                          "<text class=\"dim code mid\" x=\"%u\" y=\"%u\">%u.%u</text>\n",
                          x, PICTURE_TOP - 8, height - 8, x, PICTURE_TOP - 12, major, minor);
}

static void
draw_grid (GString *svg, guint height)
{
  guint major;

  draw_line (svg, 2, 4, height);
  /* Before 4.0 the releases are too close for their numbers. */
  for (major = 4; major <= LAST_MAJOR; major++)
    draw_line (svg, major, 0, height);
}

static void
draw_type (GString *svg, guint major, guint minor, guint row)
{
  g_autofree char *text = g_strdup_printf ("pc-q35-%u.%u", major, minor);
  g_autoptr (MachtypeName) name = machtype_name_new (text, MACHTYPE_ARCH_UNKNOWN, NULL);
  const guint y = PICTURE_TOP + row * ROW_HEIGHT;
  guint versions[3][2], x[3], i;

  g_assert_nonnull (name);
  g_assert_true (machtype_lifecycle_get_introduced (name, &versions[0][0], &versions[0][1]));
  g_assert_true (machtype_lifecycle_get_deprecated (name, &versions[1][0], &versions[1][1]));
  g_assert_true (machtype_lifecycle_get_removed (name, &versions[2][0], &versions[2][1]));
  for (i = 0; i < G_N_ELEMENTS (versions); i++)
    x[i] = release_x (versions[i][0], versions[i][1]);
  g_string_append_printf (svg,
                          "<text class=\"code end\" x=\"%u\" y=\"%u\">%s</text>"
                          "<rect class=\"new\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"9\"/>"
                          "<rect class=\"old\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"9\"/>"
                          "<text class=\"dim code\" x=\"%u\" y=\"%u\">%u.%u</text>\n",
                          PICTURE_LEFT - 8, y + 9, text, x[0], y, x[1] - x[0], x[1], y, x[2] - x[1],
                          x[2] + 4, y + 9, versions[2][0], versions[2][1]);
}

/* This test draws the picture of the documentation; it is not a copy. */
static void
test_picture (void)
{
  const guint rows_drawn = 9 + 2 + 7 * 3 + 2, width = 752,
              height = PICTURE_TOP + rows_drawn * ROW_HEIGHT + 12;
  g_autoptr (GString) svg = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                          "<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->\n"
                                          "<!-- Written by the unit test `lifecycle` "
                                          "(MACHTYPE_TEST_UPDATE=1). -->\n");
  guint major, minor, row = 0;

  g_string_append_printf (
      svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
      "viewBox=\"0 0 %u %u\" role=\"img\" aria-labelledby=\"title desc\">\n"
      "<title id=\"title\">When each pc-q35 machine type is deprecated and removed</title>\n"
      "<desc id=\"desc\">A bar for each version, from the release of QEMU that introduces it to "
      "the one that removes it. The orange end of a bar is the time it is deprecated.</desc>\n"
      "%s<rect class=\"bg\" width=\"%u\" height=\"%u\" rx=\"8\"/>\n"
      "<text class=\"h\" x=\"14\" y=\"28\">Releases of QEMU</text>"
      "<rect class=\"new\" x=\"190\" y=\"18\" width=\"28\" height=\"10\"/>"
      "<text x=\"226\" y=\"28\">offered</text>"
      "<rect class=\"old\" x=\"316\" y=\"18\" width=\"28\" height=\"10\"/>"
      "<text x=\"352\" y=\"28\">deprecated</text>"
      "<text class=\"dim code\" x=\"470\" y=\"28\">10.1</text>"
      "<text x=\"508\" y=\"28\">removed in this release</text>\n",
      width, height, width, height, picture_style, width, height);
  draw_grid (svg, height);
  for (major = 2; major <= NEWEST_MAJOR; major++) {
    for (minor = major == 2 ? 4 : 0; minor <= last_minor (major); minor++)
      draw_type (svg, major, minor, row++);
  }
  g_assert_cmpuint (row, ==, rows_drawn);
  g_string_append (svg, "</svg>\n");
  test_assert_golden ("../../doc/lifecycle.svg", svg->str);
}

static const struct {
  const char *name, *text;
} texts[] = {
  { "pc-q35-7.2", "deprecated in QEMU 10.2, removed in QEMU 13.2" },
  { "pc-q35-2.3", "removed in QEMU 2.6" },
  { "pc-q35-7.2+pve1", "deprecated in QEMU 10.2, removed in QEMU 13.2" },
  { "q35", NULL },
  /* No QEMU has it. */
  { "pc-q35-99.0", NULL },
  { "pc-q35-rhel12.0.0", NULL },
  /* Skipped by Red Hat, and their neighbours; AlmaLinux has types of pseries there. */
  { "pc-q35-rhel7.7.0", NULL },
  { "pc-q35-rhel7.9.0", NULL },
  { "pc-q35-rhel8.0.0", "deprecated in RHEL 9, removed in RHEL 10, last seen in RHEL 9.8" },
  { "pc-q35-rhel9.1.0", NULL },
  { "pc-q35-rhel9.3.0", NULL },
  { "pc-q35-rhel9.4.0", "deprecated in RHEL 10, last seen in RHEL 10.0" },
  { "pc-q35-rhel9.5.0", NULL },
  { "pc-q35-rhel10.3.0", "deprecated in RHEL 11" },
  { "pseries-rhel9.1.0", "deprecated in RHEL 10" },
  { "pc-q35-rhel7.6.0", "deprecated in RHEL 9, removed in RHEL 10, last seen in RHEL 9.8" },
  { "pc-q35-rhel8.6.0", "deprecated in RHEL 9, removed in RHEL 10, last seen in RHEL 9.8" },
  { "pc-q35-rhel9.2.0", "deprecated in RHEL 10, last seen in RHEL 10.0" },
  { "pc-q35-rhel10.2.0", "deprecated in RHEL 11, last seen in RHEL 10.2" },
  /* Deprecated since it exists. */
  { "pc-i440fx-rhel10.0.0", "deprecated in RHEL 10, last seen in RHEL 10.2" },
  { "pc-i440fx-xenial", "Ubuntu 16.04 is supported until 2021-04" },
  { "pc-q35-focal-hpb", "Ubuntu 20.04 is supported until 2025-05" },
  { "pc-q35-noble-v2", "Ubuntu 24.04 is supported until 2029-05" },
  { "virt-questing", "Ubuntu 25.10 is supported until 2026-07" },
};

static void
test_texts (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (MachtypeName) name = machtype_name_new (texts[i].name, MACHTYPE_ARCH_UNKNOWN, NULL);
    g_autofree char *text = machtype_lifecycle_dup_text (name);

    ROW ("%s", texts[i].name);
    g_assert_cmpstr (text, ==, texts[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lifecycle/rows", test_rows);
  g_test_add_func ("/lifecycle/texts", test_texts);
  g_test_add_func ("/lifecycle/picture", test_picture);
  return g_test_run ();
}
