/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library says of machine types, against what real emulators list (recorded.h). */

#include "recorded.h"

#include <string.h>

#include "data/tables.h"

enum { OLDEST = 0, NEWEST = G_MAXUINT16 };

/* Where the library's tables and an emulator may differ, each with its reason. The first two
 * versions are those of QEMU; arch and name are patterns. */
typedef struct {
  guint first, last;
  const char *arch, *name, *reason;
} Exception;

static const Exception exceptions[] = {
  { OLDEST, NEWEST, "*", "xenpv*", "Debian builds it into qemu-system-xen" },
  { OLDEST, NEWEST, "ppcle", "*", "QEMU has no emulator for it: this one is big endian" },
  { OLDEST, NEWEST, "armv7b", "virt*",
    "libvirt has no emulator for it: this one is little endian" },
  { OLDEST, NEWEST, "a*", "x-remote", "needs KVM of the guest's architecture" },
  { OLDEST, NEWEST, "l*", "x-remote", "needs KVM of the guest's architecture" },
  { OLDEST, NEWEST, "p*", "x-remote", "needs KVM of the guest's architecture" },
  { OLDEST, NEWEST, "r*", "x-remote", "needs KVM of the guest's architecture" },
  { OLDEST, NEWEST, "s*", "x-remote", "needs KVM of the guest's architecture" },
  { V (10, 0), NEWEST, "aarch64", "vmapple", "for hosts of macOS" },
  { V (10, 0), V (10, 2), "*86*", "nitro-enclave", "needs libcbor, which Debian's build lacks" },
  { V (11, 0), NEWEST, "aarch64", "nitro", "needs an accelerator of the guest's architecture" },
  { OLDEST, V (10, 1), "aarch64", "xlnx-versal-virt", "a board of its own until 10.1" },
  { OLDEST, V (11, 0), "loongarch64", "virt", "a board of its own until 11.0" },
  { V (9, 2), V (10, 2), "microblaze", "petalogix-ml605", "deprecated until 10.2 if big endian" },
  { V (9, 2), V (10, 2), "microblaze", "xlnx-zynqmp-pmu", "deprecated until 10.2 if big endian" },
};

static guint n_used[G_N_ELEMENTS (exceptions)];

static gboolean
is_excepted (guint version, MachtypeArch arch, const char *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    const Exception *one = &exceptions[i];

    if (version >= one->first && version <= one->last &&
        g_pattern_match_simple (one->arch, machtype_arch_to_string (arch)) &&
        g_pattern_match_simple (one->name, name)) {
      n_used[i]++;
      return TRUE;
    }
  }
  return FALSE;
}

/* What the tables know: the boards, and every version of every family. */
static void
add_known (GHashTable *names)
{
  static const char *const families[] = { "pc-i440fx", "pc-q35", "virt", "pseries",
                                          "s390-ccw-virtio" };
  g_autofree char *path = test_data ("..", "..", "libmachtype", "data", "boards.tsv");
  g_autoptr (GPtrArray) boards = recorded_read_rows (path, 8);
  guint i, major, minor;

  for (i = 0; i < boards->len; i++)
    g_hash_table_add (names, g_strdup (((char **)boards->pdata[i])[0]));
  for (i = 0; i < G_N_ELEMENTS (families); i++) {
    for (major = 0; major <= 13; major++) {
      for (minor = 0; minor <= 15; minor++)
        g_hash_table_add (names, g_strdup_printf ("%s-%u.%u", families[i], major, minor));
    }
  }
}

typedef gboolean (*LifecycleFunc) (const MachtypeName *name, guint *major, guint *minor);

static gboolean
has_come (LifecycleFunc func, const MachtypeName *name, guint version, gboolean unknown)
{
  guint major, minor;

  return func (name, &major, &minor) ? V (major, minor) <= version : unknown;
}

static gboolean
is_expected (const MachtypeName *name, guint version)
{
  const MachtypeNameKind kind = machtype_name_get_kind (name);

  return kind != MACHTYPE_NAME_KIND_UNKNOWN &&
         machtype_name_get_vendor (name) == MACHTYPE_VENDOR_UPSTREAM &&
         has_come (machtype_lifecycle_get_introduced, name, version,
                   kind != MACHTYPE_NAME_KIND_VERSIONED) &&
         !has_come (machtype_lifecycle_get_removed, name, version, FALSE);
}

/* How an alias and what it stands for are related, too. */
static const char *
find_difference_of_kind (const MachtypeName *name, MachtypeArch arch, const Machine *machine)
{
  const gboolean is_alias = machtype_name_get_kind (name) == MACHTYPE_NAME_KIND_ALIAS;
  g_autoptr (MachtypeName) target = NULL;

  if (is_alias != (machine->stands_for != NULL))
    return is_alias ? "is not an alias" : "is an alias";
  if (!is_alias)
    return NULL;
  target = machtype_name_new (machine->stands_for, arch, NULL);
  if (machtype_name_get_family (target) != machtype_name_get_family (name))
    return "stands for a type of another family";
  return NULL;
}

/* NULL: none. */
static const char *
find_difference (const char *text, MachtypeArch arch, guint version, const Machine *machine)
{
  g_autoptr (MachtypeName) name = machtype_name_new (text, arch, NULL);
  const gboolean expected = is_expected (name, version);
  const char *difference;

  if (machine == NULL)
    return expected ? "does not exist" : NULL;
  if (!expected)
    return "exists";
  difference = find_difference_of_kind (name, arch, machine);
  if (difference != NULL || machine->stands_for != NULL)
    return difference;
  if (machine->deprecated == has_come (machtype_lifecycle_get_deprecated, name, version, FALSE))
    return NULL;
  return machine->deprecated ? "is deprecated" : "is not deprecated";
}

/* The number of differences. */
static guint
compare (const Qemu *qemu, MachtypeArch arch, GHashTable *machines, GHashTable *names)
{
  GHashTableIter iter;
  gpointer name;
  guint n = 0;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    const char *difference =
        find_difference (name, arch, qemu->version, g_hash_table_lookup (machines, name));

    if (difference == NULL || is_excepted (qemu->version, arch, name))
      continue;
    g_test_message ("QEMU %u.%u, %s: %s %s", qemu->version >> 8, qemu->version & 0xff,
                    machtype_arch_to_string (arch), (char *)name, difference);
    n++;
  }
  return n;
}

static GHashTable *
make_names (GHashTable *machines)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name;

  add_known (names);
  g_hash_table_iter_init (&iter, machines);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (names, g_strdup (name));
  return names;
}

/* Every architecture that one of its emulators is for. */
static guint
compare_all (const Qemu *qemu)
{
  guint arch, n_archs = 0, n = 0;

  for (arch = 1; arch <= MT_ARCH_LAST; arch++) {
    const char *emulator = machtype_arch_get_name (arch, MACHTYPE_ARCH_NAMING_QEMU);
    GHashTable *machines = emulator ? g_hash_table_lookup (qemu->emulators, emulator) : NULL;
    g_autoptr (GHashTable) names = NULL;

    if (machines == NULL)
      continue;
    names = make_names (machines);
    n += compare (qemu, arch, machines, names);
    n_archs++;
  }
  g_test_message ("QEMU %u.%u: %u architectures, %u differences", qemu->version >> 8,
                  qemu->version & 0xff, n_archs, n);
  g_assert_cmpuint (n_archs, >, 0);
  return n;
}

static void
test_machines (void)
{
  g_autoptr (GPtrArray) all = recorded_read_all ();
  guint i, n = 0;

  for (i = 0; i < all->len; i++)
    n += compare_all (all->pdata[i]);
  g_assert_cmpuint (n, ==, 0);
}

/* Of what is recorded here, each exception is one. */
static void
test_exceptions (void)
{
  gsize i;

  if (g_getenv ("MACHTYPE_EMULATORS") != NULL) {
    g_test_skip ("this is not what is recorded");
    return;
  }
  for (i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    ROW ("%s %s: %u", exceptions[i].arch, exceptions[i].name, n_used[i]);
    g_assert_cmpuint (n_used[i], >, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emulators/machines", test_machines);
  g_test_add_func ("/emulators/exceptions", test_exceptions);
  return g_test_run ();
}
