/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

/* Sources: QEMU docs/about/deprecated.rst and removed-features.rst at the release tags;
 * include/hw/boards.h for the rule. 0.0: not known. */
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
  /* Never were. */
  { "virt-1.0", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pc-q35-1.3", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pseries-2.0", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pc-q35-rhel9.2.0", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "pc-q35-jammy", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "xenfv-4.2", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "q35", { 0, 0 }, { 0, 0 }, { 0, 0 } },
  { "raspi3b", { 5, 2 }, { 0, 0 }, { 0, 0 } },
  /* Boards: what QEMU's release notes and docs/about/removed-features.rst say. */
  { "raspi2", { 2, 6 }, { 0, 0 }, { 6, 2 } },
  { "swift-bmc", { 4, 1 }, { 6, 2 }, { 7, 0 } },
  { "taihu", { 0, 0 }, { 7, 0 }, { 7, 2 } },
  { "z2", { 1, 0 }, { 9, 0 }, { 9, 2 } },
  { "s390-virtio", { 0, 12 }, { 0, 0 }, { 2, 6 } },
  { "malta", { 0, 0 }, { 0, 0 }, { 0, 0 } },
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
  /* Either number may be left out. */
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lifecycle/rows", test_rows);
  return g_test_run ();
}
