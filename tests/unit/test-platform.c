/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "platform/platform-private.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Names of emulators whose guests have another architecture's name; the others have theirs. */
static const struct {
  const char *emulator;
  MachtypeArch arches[3];
} emulators[] = {
  { "arm", { MACHTYPE_ARCH_ARMV7L, MACHTYPE_ARCH_ARMV6L } },
  { "i386", { MACHTYPE_ARCH_I686 } },
  { "ppc64", { MACHTYPE_ARCH_PPC64, MACHTYPE_ARCH_PPC64LE } },
};

static void
list_arches (const char *emulator, MachtypeArch arches[3])
{
  gsize i;

  memset (arches, 0, 3 * sizeof *arches);
  for (i = 0; i < G_N_ELEMENTS (emulators); i++) {
    if (strcmp (emulators[i].emulator, emulator) == 0) {
      memcpy (arches, emulators[i].arches, sizeof emulators[i].arches);
      return;
    }
  }
  arches[0] = machtype_arch_from_string (emulator, NULL);
}

/* The entry of a name with this target: an alias can have two. */
static const MtMachine *
find_entry (const MachtypeHost *host, MachtypeArch arch, const char *name, const char *canonical)
{
  const MtRun run = mt_host_find_machines (host, arch, NULL);
  guint i;

  for (i = run.first; i < run.first + run.count; i++) {
    const MtMachine *info = MT_ROW (host->machines, MtMachine, i);

    if (strcmp (mt_host_text (host, info->name), name) == 0 &&
        strcmp (mt_host_text (host, info->canonical), canonical) == 0)
      return info;
  }
  return NULL;
}

/* What a real emulator listed of one machine type, and the host made for its platform. */
static void
compare_machine (MachtypeHost *host, MachtypeArch arch, char **cells, GHashTable *seen)
{
  const char *stands_for = strcmp (cells[1], "-") != 0 ? cells[1] : "";
  const MtMachine *info = find_entry (host, arch, cells[0], stands_for);

  ROW ("%s %s %s", machtype_arch_to_string (arch), cells[0], stands_for);
  g_hash_table_add (seen, g_strdup_printf ("%s %s", machtype_arch_to_string (arch), cells[0]));
  g_assert_nonnull (info);
  g_assert_cmpint (machtype_host_offers (host, arch, NULL, cells[0]), ==, MACHTYPE_ANSWER_YES);
  g_assert_cmpint (info->deprecated == MACHTYPE_ANSWER_YES, ==, strcmp (cells[2], "-") != 0);
}

static void
compare_row (MachtypeHost *host, const char *line, GHashTable *seen)
{
  g_auto (GStrv) cells = g_strsplit (line, "\t", -1);
  g_auto (GStrv) names = NULL;
  guint i, j;

  if (g_strv_length (cells) != 4 || strcmp (cells[0], "name") == 0 ||
      strcmp (cells[0], "none") == 0)
    return;
  names = g_strsplit (cells[3], " ", -1);
  for (i = 0; names[i] != NULL; i++) {
    MachtypeArch arches[3];

    list_arches (names[i], arches);
    for (j = 0; j < 3 && arches[j] != MACHTYPE_ARCH_UNKNOWN; j++) {
      if (mt_host_find_guest (host, arches[j]) != NULL)
        compare_machine (host, arches[j], cells, seen);
    }
  }
}

/* Everything that the host offers was seen. */
static guint
check_seen (MachtypeHost *host, GHashTable *seen)
{
  guint count = 0;
  int arch;

  for (arch = 1; arch <= MT_ARCH_LAST; arch++) {
    g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, (MachtypeArch)arch, NULL);
    guint i;

    for (i = 0; i < machines->len; i++) {
      g_autofree char *key = g_strdup_printf ("%s %s", machtype_arch_to_string ((MachtypeArch)arch),
                                              machtype_machine_get_name (machines->pdata[i]));

      ROW ("%s", key);
      g_assert_true (g_hash_table_contains (seen, key));
      count++;
    }
  }
  return count;
}

/* Platforms whose emulators were asked, and how many types of how many architectures they have:
 * without those that libvirt refuses. */
static const struct {
  const char *platform, *recorded;
  guint count;
} asked[] = {
  { "debian-12", "machines-7.2.tsv", 637 },   { "debian-12/backports", "machines-10.0.tsv", 659 },
  { "debian-13", "machines-10.0.tsv", 659 },  { "debian-13/backports", "machines-11.1.tsv", 558 },
  { "debian-sid", "machines-11.1.tsv", 558 },
};

static void
test_emulators (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (asked); i++) {
    g_autofree char *name = g_strconcat ("emulators/", asked[i].recorded, NULL);
    g_autofree char *text = test_read (name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeHost) host =
        machtype_host_new_for_platform (asked[i].platform, MACHTYPE_ARCH_UNKNOWN, &error);
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_auto (GStrv) lines = NULL;
    guint n;

    ROW ("%s", asked[i].platform);
    g_assert_no_error (error);
    lines = g_strsplit (text, "\n", -1);
    for (n = 0; lines[n] != NULL; n++) {
      if (lines[n][0] != '#')
        compare_row (host, lines[n], seen);
    }
    g_assert_cmpuint (check_seen (host, seen), ==, asked[i].count);
  }
}

/* Listings of whole hosts: what they do not list, their platform must not offer. */
static const struct {
  const char *platform;
  const char *prefix; /* of the names that the listing has */
} whole[] = {
  { "rocky-9.8", "" },
  { "rhel-8.6", "" },
  { "ubuntu-24.04", "pc-q35-" },
};

static void
check_listed (MachtypeHost *host, MachtypeArch arch, char **cells)
{
  const char *name = cells[2];
  const MachtypeAnswer answer = machtype_host_offers (host, arch, NULL, name);
  const MtMachine *info = mt_host_find_machine (host, arch, NULL, name);

  ROW ("%s %s", cells[0], name);
  g_assert_cmpint (answer, !=, MACHTYPE_ANSWER_NO);
  if (answer == MACHTYPE_ANSWER_UNKNOWN)
    return;
  if (strcmp (cells[3], "-") != 0)
    g_assert_cmpstr (mt_host_text (host, info->canonical), ==, cells[3]);
  if (strcmp (cells[4], "?") != 0)
    g_assert_cmpint (info->deprecated == MACHTYPE_ANSWER_YES, ==, strcmp (cells[4], "yes") == 0);
}

static void
check_unlisted (const char *platform, const char *prefix, GHashTable *listed)
{
  g_autoptr (MachtypeHost) host =
      machtype_host_new_for_platform (platform, MACHTYPE_ARCH_X86_64, NULL);
  g_autoptr (GPtrArray) machines = machtype_host_list_machines (host, MACHTYPE_ARCH_X86_64, NULL);
  guint i, count = 0;

  for (i = 0; i < machines->len; i++) {
    const char *name = machtype_machine_get_name (machines->pdata[i]);
    g_autofree char *key = g_strdup_printf ("%s %s", platform, name);

    if (!g_str_has_prefix (name, prefix))
      continue;
    ROW ("%s", key);
    g_assert_true (g_hash_table_contains (listed, key));
    count++;
  }
  g_assert_cmpuint (count, >, 15);
}

static void
test_listings (void)
{
  g_autofree char *text = test_read ("platforms/listings.tsv", NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GHashTable) listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint i;

  for (i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
    g_autoptr (MachtypeHost) host = NULL;
    MachtypeArch arch;

    if (lines[i][0] == '#' || g_strv_length (cells) != 6 || strcmp (cells[1], "arch") == 0)
      continue;
    arch = machtype_arch_from_string (cells[1], NULL);
    host = machtype_host_new_for_platform (cells[0], arch, NULL);
    check_listed (host, arch, cells);
    g_hash_table_add (listed, g_strdup_printf ("%s %s", cells[0], cells[2]));
  }
  for (i = 0; i < G_N_ELEMENTS (whole); i++)
    check_unlisted (whole[i].platform, whole[i].prefix, listed);
}

#define YES MACHTYPE_ANSWER_YES
#define NO MACHTYPE_ANSWER_NO
#define UNKNOWN MACHTYPE_ANSWER_UNKNOWN

/* Single types: whether a platform offers them, and what an alias stands for. */
static const struct {
  const char *platform;
  MachtypeArch host_arch, arch;
  const char *machine;
  MachtypeAnswer offers;
  const char *canonical; /* NULL: itself, or none */
} types[] = {
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "q35", YES, "pc-q35-10.0" },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "pc-q35-10.1", NO, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "pc-q35-7.3", NO, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.6.0", NO, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "pc-q35-noble", NO, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "virt", NO, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "pc-q35-vz7.12.0", UNKNOWN, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "not a name", NO, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_X86_64, "xenfv", NO, NULL },
  { "fedora-44", 0, MACHTYPE_ARCH_X86_64, "xenfv", UNKNOWN, NULL },
  { "fedora-44", 0, MACHTYPE_ARCH_AARCH64, "vmapple", NO, NULL },
  { "debian-12", 0, MACHTYPE_ARCH_LOONGARCH64, "virt", NO, NULL },
  { "debian-13", 0, MACHTYPE_ARCH_LOONGARCH64, "virt", YES, NULL },
  { "debian-13/backports", 0, MACHTYPE_ARCH_LOONGARCH64, "virt", YES, "virt-11.1" },
  /* libvirt takes the emulator of 11.1 for one of mips; of later ones that is unknown. */
  { "debian-13", 0, MACHTYPE_ARCH_MIPSEL, "malta", YES, NULL },
  { "debian-13/backports", 0, MACHTYPE_ARCH_MIPSEL, "malta", NO, NULL },
  { "debian-13/backports", 0, MACHTYPE_ARCH_MIPS64EL, "malta", NO, NULL },
  { "debian-13/backports", 0, MACHTYPE_ARCH_MIPS, "malta", YES, NULL },
  { "qemu-11.0", 0, MACHTYPE_ARCH_MIPSEL, "malta", YES, NULL },
  { "qemu-11.2", 0, MACHTYPE_ARCH_MIPSEL, "malta", UNKNOWN, NULL },
  { "qemu-7.0", 0, MACHTYPE_ARCH_LOONGARCH64, "virt", NO, NULL },
  { "qemu-7.1", 0, MACHTYPE_ARCH_LOONGARCH64, "virt", YES, NULL },
  { "qemu-10.0", 0, MACHTYPE_ARCH_X86_64, "pc-i440fx-2.4", YES, NULL },
  { "qemu-10.1", 0, MACHTYPE_ARCH_X86_64, "pc-i440fx-2.4", NO, NULL },
  { "qemu-11.0", 0, MACHTYPE_ARCH_PPC64, "powernv", UNKNOWN, NULL },
  /* Of a release to come: its types, and not its boards. */
  { "qemu-12.1", 0, MACHTYPE_ARCH_X86_64, "q35", YES, "pc-q35-12.1" },
  { "qemu-12.1", 0, MACHTYPE_ARCH_X86_64, "pc-q35-6.1", NO, NULL },
  { "qemu-12.1", 0, MACHTYPE_ARCH_X86_64, "isapc", UNKNOWN, NULL },
  { "qemu-12.1", 0, MACHTYPE_ARCH_RISCV64, "virt", UNKNOWN, NULL },
  { "qemu-12.1", 0, MACHTYPE_ARCH_MIPS, "malta", UNKNOWN, NULL },
  /* Red Hat: its own types alone, and of the host's own architecture. */
  { "rhel-9.8", 0, MACHTYPE_ARCH_X86_64, "q35", YES, "pc-q35-rhel9.8.0" },
  { "rhel-9.8", 0, MACHTYPE_ARCH_X86_64, "pc", YES, "pc-i440fx-rhel7.6.0" },
  { "rhel-9.8", 0, MACHTYPE_ARCH_X86_64, "pc-q35-rhel7.6.0", YES, NULL },
  { "rhel-9.8", 0, MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.7.0", NO, NULL },
  { "rhel-9.8", 0, MACHTYPE_ARCH_X86_64, "pc-q35-9.1", NO, NULL },
  { "rhel-9.8", 0, MACHTYPE_ARCH_X86_64, "isapc", NO, NULL },
  { "rhel-9.8", 0, MACHTYPE_ARCH_AARCH64, "virt", NO, NULL },
  { "rhel-9.8", MACHTYPE_ARCH_AARCH64, MACHTYPE_ARCH_AARCH64, "virt", YES, "virt-rhel9.8.0" },
  { "rhel-9.8", MACHTYPE_ARCH_AARCH64, MACHTYPE_ARCH_X86_64, "q35", NO, NULL },
  { "rhel-9.4", 0, MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.6.0", NO, NULL },
  { "rhel-10", 0, MACHTYPE_ARCH_X86_64, "q35", YES, "pc-q35-rhel10.2.0" },
  { "rhel-10", 0, MACHTYPE_ARCH_X86_64, "pc", YES, "pc-i440fx-rhel10.0.0" },
  { "rhel-10", 0, MACHTYPE_ARCH_X86_64, "pc-q35-rhel8.6.0", NO, NULL },
  { "rhel-10", 0, MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.4.0", UNKNOWN, NULL },
  { "rhel-10.0", 0, MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.4.0", YES, NULL },
  /* Ubuntu: QEMU's types, and its own as long as their releases are supported. */
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-8.2", YES, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-noble", YES, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-jammy", YES, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-xenial", UNKNOWN, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-noble-v2", UNKNOWN, NULL },
  { "ubuntu-22.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-noble-v2", NO, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "pc-i440fx-noble-hpb-maxcpus", UNKNOWN, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-questing", NO, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "q35", UNKNOWN, NULL },
  { "ubuntu-24.04", 0, MACHTYPE_ARCH_X86_64, "ubuntu-q35", UNKNOWN, NULL },
  { "ubuntu-26.04", 0, MACHTYPE_ARCH_AARCH64, "virt-resolute", UNKNOWN, NULL },
  { "ubuntu-26.10", 0, MACHTYPE_ARCH_X86_64, "pc-q35-stonking", UNKNOWN, NULL },
  { "ubuntu-26.04", 0, MACHTYPE_ARCH_X86_64, "pc-q35-stonking", NO, NULL },
  { "ubuntu-26.04/hwe", 0, MACHTYPE_ARCH_X86_64, "pc-q35-resolute", YES, NULL },
  /* Proxmox: revisions of QEMU's types. */
  { "proxmox-9/latest", 0, MACHTYPE_ARCH_X86_64, "pc-q35-9.2+pve1", YES, NULL },
  { "proxmox-9/latest", 0, MACHTYPE_ARCH_X86_64, "pc-q35-9.2+pve7", UNKNOWN, NULL },
  { "proxmox-9/latest", 0, MACHTYPE_ARCH_X86_64, "pc-q35-11.0+pve7", UNKNOWN, NULL },
  { "proxmox-9", 0, MACHTYPE_ARCH_X86_64, "pc-q35-11.0+pve2", NO, NULL },
  { "proxmox-9", 0, MACHTYPE_ARCH_X86_64, "pc-q35-10.0+pve7", UNKNOWN, NULL },
  { "proxmox-9/latest", 0, MACHTYPE_ARCH_X86_64, "pc-q35-9.2", YES, NULL },
  /* Where not even the QEMU is known, nothing is. */
  { "opensuse-tumbleweed", 0, MACHTYPE_ARCH_X86_64, "q35", UNKNOWN, NULL },
};

/* A copy of a host keeps its platform alive as well. */
static void
test_copy (void)
{
  g_autoptr (GError) error = NULL;
  MachtypeHost *host = machtype_host_new_for_platform ("debian-13", MACHTYPE_ARCH_X86_64, &error);
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new_from (host);
  g_autoptr (MachtypeHost) copy = machtype_host_builder_end (builder);
  MachtypePlatform *platform = copy->origin;

  g_assert_no_error (error);
  g_assert_true (g_atomic_ref_count_compare (&platform->refs, 2));
  g_assert_true (machtype_host_equal (host, copy));
  machtype_host_unref (host);
  g_assert_true (g_atomic_ref_count_compare (&platform->refs, 1));
  g_assert_cmpstr (machtype_platform_get_name (platform), ==, "debian-13");
}

static void
test_types (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeHost) host =
        machtype_host_new_for_platform (types[i].platform, types[i].host_arch, &error);
    const char *canonical = types[i].canonical;

    ROW ("%s %s", types[i].platform, types[i].machine);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_host_get_platform (host), !=, NULL);
    g_assert_cmpint (machtype_host_offers (host, types[i].arch, NULL, types[i].machine), ==,
                     types[i].offers);
    if (canonical == NULL && types[i].offers == YES)
      canonical = types[i].machine;
    g_assert_cmpstr (machtype_host_get_canonical (host, types[i].arch, NULL, types[i].machine), ==,
                     canonical);
  }
}

/* Names, and the row that is found; NULL: none. */
static const struct {
  const char *name, *found, *message;
} names[] = {
  { "debian-13", "debian-13", NULL },
  { "rhel-9", "rhel-9.8", NULL },
  { "rhel-9.8", "rhel-9.8", NULL },
  { "ubuntu-26", "ubuntu-26.10", NULL },
  { "ubuntu-26/hwe", "ubuntu-26.04/hwe", NULL },
  { "arch", "arch", NULL },
  { "qemu-11.1", "qemu-11.1", NULL },
  /* Of several that are as similar, the newest; without one, the newest of its distribution. */
  { "debian", NULL, "unknown platform 'debian'; the newest of Debian is 'debian-13' (" },
  { "debian-", NULL, "unknown platform 'debian-'; did you mean 'debian-13'?" },
  { "debian-1", NULL, "unknown platform 'debian-1'; did you mean 'debian-13'?" },
  { "debian-14", NULL, "did you mean 'debian-13'?" },
  { "debian-trixie", NULL, "the newest of Debian is 'debian-13' (" },
  { "debian-13/", NULL, "did you mean 'debian-13'?" },
  { "debian-13/hwe", NULL, "the newest of Debian is 'debian-13' (" },
  { "debian-sid/backports", NULL, "did you mean 'debian-13/backports'?" },
  { "rhel-9.9", NULL, "did you mean 'rhel-9.8'?" },
  { "fedora-46", NULL, "did you mean 'fedora-45'?" },
  { "centos-stream-10", NULL, "the newest of CentOS Stream is 'centos-10' (" },
  { "opensuse-tumbleweed-2026", NULL,
    "the newest of openSUSE Tumbleweed is 'opensuse-tumbleweed' (" },
  { "debianoid-from-elsewhere", NULL, "unknown platform 'debianoid-from-elsewhere' (" },
  { "/backports", NULL, "unknown platform" },
  { "", NULL, "unknown platform ''" },
  { "debain-13", NULL, "did you mean 'debian-13'" },
  { "qemu-3.1", NULL, "older than 4.0" },
  { "qemu-11.3", NULL, "no such release of QEMU" },
  { "qemu-11", NULL, "no such release of QEMU" },
  { "qemu-11.1.2", NULL, "no such release of QEMU" },
  { "qemu-11.1+pve1", NULL, "no such release of QEMU" },
  { "a\033[31mb", NULL, "unknown platform" },
};

static void
test_names (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypePlatform) platform = machtype_platform_new (names[i].name, &error);

    test_row_text (names[i].name);
    if (names[i].found != NULL) {
      g_assert_no_error (error);
      g_assert_cmpstr (machtype_platform_get_name (platform), ==, names[i].found);
      continue;
    }
    g_assert_null (platform);
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT);
    test_assert_visible (error->message);
    g_assert_nonnull (strstr (error->message, names[i].message));
  }
}

#define HEAD "%table\nformat\tdate\n1\t2026-12-01\n"
#define DISTRIBUTIONS "%distributions\ndistribution\tlabel\ttypes\tarchs\nx\tX\tupstream\tall\n"
#define PLATFORM_COLUMNS                                                                           \
  "%platforms\ndistribution\trelease\tstack\tqemu\tlibvirt\treleased\tend\tevidence\tsource\n"
#define PLATFORM PLATFORM_COLUMNS "x\t1\tbase\t7.2\t-\t-\t-\tread\t-\n"
#define ONE_PLATFORM(cells) HEAD DISTRIBUTIONS PLATFORM_COLUMNS cells

#define MIGRATION(cells)                                                                           \
  HEAD DISTRIBUTIONS PLATFORM                                                                      \
      "#: page a page\n%migrations\ndistribution\tfrom\tto\tstack\tanswer\tsource\n" cells

/* Tables, and the message; NULL: it is read. */
static const struct {
  const char *text, *message;
} tables[] = {
  { HEAD DISTRIBUTIONS PLATFORM, NULL },
  { "# comment\n\n" HEAD DISTRIBUTIONS PLATFORM, NULL },
  /* Of a later release: a section and a column that this one does not know. */
  { HEAD "%news\nword\nx\ty\tz\n" DISTRIBUTIONS PLATFORM, NULL },
  { HEAD DISTRIBUTIONS "%platforms\ndistribution\trelease\tmood\tqemu\tevidence\n"
                       "x\t1\tgood\t7.2\tread\n",
    NULL },
  { "", "section 'table' has no row" },
  { HEAD DISTRIBUTIONS, "section 'platforms' has no row" },
  { DISTRIBUTIONS PLATFORM, "section 'table' has no row" },
  { "x\ty\n", "FILE:1: a row before the name of its section" },
  { "%table\nformat\tdate\n2\t2026-12-01\n", "FILE:3: format '2' is not the one" },
  { "%table\nformat\tdate\n1\t2026-13-01\n", "FILE:3: column 'date': '2026-13-01' is not a date" },
  { "%table\nformat\tdate\n1\t2026-02-30\n", "'2026-02-30' is not a date" },
  { "%table\nformat\tdate\n1\t2026\n", "'2026' is not a date" },
  /* Dates are compared as texts. */
  { "%table\nformat\tdate\n1\t2026-12-2\n", "'2026-12-2' is not a date" },
  { "%table\nformat\tdate\n1\t2026-8\n", "'2026-8' is not a date" },
  { "%table\nformat\tdate\n1\t02026-8\n", "'02026-8' is not a date" },
  { "%table\nformat\tdate\n1\t2026-008-1\n", "'2026-008-1' is not a date" },
  { "%table\nformat\tdate\n1\t2026-08-01-\n", "'2026-08-01-' is not a date" },
  { "%table\nformat\tdate\n1\t-\n", "column 'date' is empty" },
  { "%table\nformat\tdate\n1\n", "FILE:3: 1 cells, 2 columns" },
  { ONE_PLATFORM ("y\t1\tbase\t7.2\t-\t-\t-\tread\t-\n"),
    "FILE:9: section 'distributions' has no 'y'" },
  { ONE_PLATFORM ("x\t1\tbase\t7\t-\t-\t-\tread\t-\n"), "'7' is not a version" },
  { ONE_PLATFORM ("x\t1\tbase\t7.256\t-\t-\t-\tread\t-\n"), "'7.256' is not a version" },
  { ONE_PLATFORM ("x\t1\tbase\t7.2\t9.x\t-\t-\tread\t-\n"), "column 'libvirt': '9.x'" },
  { ONE_PLATFORM ("x\t1\tbase\t7.2\t-\tsoon\t-\tread\t-\n"), "column 'released': 'soon'" },
  { ONE_PLATFORM ("x\t1\tbase\t7.2\t-\t2025-8-9\t-\tread\t-\n"), "column 'released': '2025-8-9'" },
  { ONE_PLATFORM ("x\t1\tbase\t7.2\t-\t-\t-\tread\t-\nx\t1\t-\t7.1\t-\t-\t-\tread\t-\n"),
    "FILE:10: 'x-1' is there twice" },
  { ONE_PLATFORM ("x\t1\tbase\t7.2\t-\t-\tnever\tread\t-\n"), "column 'end': 'never'" },
  { ONE_PLATFORM ("x\t1\tbase\t7.2\t-\t-\t-\tguessed\t-\n"), "'guessed' is neither run nor read" },
  { ONE_PLATFORM ("x\t1\tbase\t7.2\t-\t-\t-\tread\tnowhere\n"), "unknown source 'nowhere'" },
  { HEAD "%distributions\ndistribution\tlabel\ttypes\tarchs\nx\tX\tibm\tall\n",
    "unknown vendor 'ibm'" },
  { HEAD "%distributions\ndistribution\tlabel\ttypes\tarchs\nx\tX\trhel\tx86_65\n",
    "unknown architecture 'x86_65'" },
  { HEAD DISTRIBUTIONS PLATFORM "\xff\n", "not valid UTF-8" },
  { MIGRATION (""), NULL },
  { MIGRATION ("x\t1\tolder\tbase\tunsupported\tpage\nx\t-\t-\t-\tsupported\tpage\n"), NULL },
  { MIGRATION ("y\t1\t1\tbase\tsupported\tpage\n"), "FILE:13: section 'distributions' has no 'y'" },
  { MIGRATION ("-\t1\t1\tbase\tsupported\tpage\n"), "column 'distribution' is empty" },
  { MIGRATION ("x\t2\t1\tbase\tsupported\tpage\n"), "FILE:13: section 'platforms' has no 'x-2'" },
  { MIGRATION ("x\t1\t2\tbase\tsupported\tpage\n"), "section 'platforms' has no 'x-2'" },
  { MIGRATION ("x\tnewer\t1\tbase\tsupported\tpage\n"), "'platforms' has no 'x-newer'" },
  { MIGRATION ("x\t1\t1\thwe\tsupported\tpage\n"), "column 'stack': 'hwe' is neither" },
  { MIGRATION ("x\t1\t1\tbase\tyes\tpage\n"), "FILE:13: column 'answer': 'yes' is neither" },
  { MIGRATION ("x\t1\t1\tbase\t-\tpage\n"), "column 'answer' is empty" },
  { MIGRATION ("x\t1\t1\tbase\tsupported\t-\n"), "column 'source' is empty" },
  { MIGRATION ("x\t1\t1\tbase\tsupported\tforum\n"), "unknown source 'forum'" },
  { MIGRATION ("x\t1\t1\tbase\tsupported\n"), "FILE:13: 5 cells, 6 columns" },
};

static void
test_tables (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MtPlatformTable) table =
        mt_platform_table_read (tables[i].text, strlen (tables[i].text), "FILE", &error);

    ROW ("%" G_GSIZE_FORMAT, i);
    if (tables[i].message == NULL) {
      g_assert_no_error (error);
      g_assert_cmpuint (table->platforms->len, ==, 1);
      continue;
    }
    g_assert_null (table);
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_CONFIG);
    if (strstr (error->message, tables[i].message) == NULL)
      g_error ("%s", error->message);
  }
}

/* Files, and whose date counts. */
static const struct {
  const char *first, *second;
  const char *date; /* NULL: an error */
} files[] = {
  { NULL, NULL, "2026-12-02" },           { "2027-01-15", NULL, "2027-01-15" },
  { NULL, "2027-01-15", "2027-01-15" },   { "2027-01-15", "2027-02", "2027-02" },
  { "2027-02", "2027-01-15", "2027-02" }, { "2020-01-15", NULL, "2026-12-02" },
  { "2027-99-15", NULL, NULL },
};

static char *
write_table (const char *folder, const char *name, const char *date)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = g_strconcat ("%table\nformat\tdate\n1\t", date != NULL ? date : "", "\n",
                                       DISTRIBUTIONS PLATFORM, NULL);

  if (date != NULL) {
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  }
  return path;
}

static void
test_files (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *folder = g_dir_make_tmp ("platform-XXXXXX", NULL);
    g_autofree char *first = write_table (folder, "a.tsv", files[i].first);
    g_autofree char *second = write_table (folder, "b.tsv", files[i].second);
    const char *const paths[] = { first, second, NULL };
    g_autoptr (GError) error = NULL;
    g_autoptr (MtPlatformTable) table = mt_platform_table_load (paths, &error);

    ROW ("%s %s", files[i].first, files[i].second);
    g_remove (first);
    g_remove (second);
    g_rmdir (folder);
    if (files[i].date == NULL)
      g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_CONFIG);
    else
      g_assert_cmpstr (table->date, ==, files[i].date);
  }
}

/* Every row of our own table: its host can be made, and its name finds it. */
static void
test_all (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = machtype_platform_list (&error);
  guint i;

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, >, 90);
  for (i = 0; i < list->len; i++) {
    MachtypePlatform *platform = list->pdata[i];
    const char *name = machtype_platform_get_name (platform);
    g_autoptr (MachtypePlatform) found = NULL;
    g_autoptr (MachtypeHost) host = NULL;
    guint major;

    ROW ("%s", name);
    found = machtype_platform_new (name, &error);
    g_assert_no_error (error);
    g_assert_true (machtype_platform_equal (platform, found));
    g_assert_cmpuint (machtype_platform_hash (platform), ==, machtype_platform_hash (found));
    g_assert_cmpstr (machtype_platform_get_source (platform), !=, "");
    host = machtype_host_new_for_platform (name, MACHTYPE_ARCH_UNKNOWN, &error);
    g_assert_no_error (error);
    machtype_platform_get_qemu (platform, &major, NULL);
    /* The newest type of CentOS Stream has the number of a minor release to come. */
    g_assert_cmpint (machtype_host_offers (host, MACHTYPE_ARCH_X86_64, NULL, "q35"), ==,
                     major != 0 && strcmp (name, "centos-10") != 0 &&
                             !g_str_has_prefix (name, "ubuntu")
                         ? YES
                         : UNKNOWN);
  }
}

/* Which platform a host is, by its os-release and its QEMU. */
static const struct {
  const char *text;
  guint64 qemu;
  const char *found, *message;
} hosts[] = {
  { "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n", 0,
    "debian-12", NULL },
  { "ID=debian\nVERSION_ID=\"12\"\n", 7002022, "debian-12", NULL },
  { "ID=debian\nVERSION_ID=\"12\"\n", 10000002, "debian-12/backports", NULL },
  { "ID=debian\nVERSION_ID=\"12\"\n", 9000000, "debian-12", NULL },
  { "ID=debian\nVERSION_CODENAME=forky\n", 0, "debian-sid", NULL },
  { "ID=ubuntu\nVERSION_ID='26.04'", 0, "ubuntu-26.04", NULL },
  { "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.1\n", 0, "alpine-3.22", NULL },
  { "ID=\"rhel\"\nVERSION_ID=\"9.6\"\n", 0, "rhel-9.6", NULL },
  { "ID=\"rhel\"\nVERSION_ID=\"8.10\"\n", 0, "rhel-8.10", NULL },
  { "ID=arch\nBUILD_ID=rolling\n", 0, "arch", NULL },
  { "ID=opensuse-tumbleweed\nVERSION_ID=\"20261130\"\n", 0, "opensuse-tumbleweed", NULL },
  { "ID=debian\nID=ubuntu\nVERSION_ID=24.04\r\n", 0, "ubuntu-24.04", NULL },
  { "ID=debian\nVERSION_ID=99\n", 0, NULL, "the table of platforms has no debian 99" },
  { "ID=rhel\nVERSION_ID=9.60\n", 0, NULL, "has no rhel 9.60" },
  { "ID=ubuntu\n", 0, NULL, "has no ubuntu" },
  { "ID=gentoo\n", 0, NULL, "has no gentoo" },
  { "ID=a\033[31mb\n", 0, NULL, "has no a\\033" },
  { "ID=\"debian\nVERSION_ID=12\n", 0, NULL, "does not name the distribution" },
  { "VERSION_ID=12\nXID=debian\n", 0, NULL, "does not name the distribution" },
  { "", 0, NULL, "does not name the distribution" },
};

static void
test_hosts (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypePlatform) platform =
        machtype_platform_new_for_os_release (hosts[i].text, hosts[i].qemu, &error);

    ROW ("%" G_GSIZE_FORMAT ": %s", i, hosts[i].text);
    if (hosts[i].found != NULL) {
      g_assert_no_error (error);
      g_assert_cmpstr (machtype_platform_get_name (platform), ==, hosts[i].found);
      continue;
    }
    g_assert_null (platform);
    g_assert_cmpstr (strstr (error->message, hosts[i].message) != NULL ? hosts[i].message
                                                                       : error->message,
                     ==, hosts[i].message);
  }
}

static MachtypeAnswer
ask_migration (const char *from, const char *to, char **between)
{
  g_autoptr (MachtypePlatform) a = machtype_platform_new (from, NULL);
  g_autoptr (MachtypePlatform) b = machtype_platform_new (to, NULL);
  const MtMigrationRow *row = mt_platform_find_migration (a, b);
  const MtPlatformRow *found = NULL;

  if (row != NULL && !row->is_supported)
    found = mt_platform_find_between (a, b);
  *between = found != NULL ? g_strdup (found->name) : NULL;
  if (row == NULL)
    return UNKNOWN;
  g_assert_cmpstr (row->source, !=, "");
  return row->is_supported ? YES : NO;
}

/* Ubuntu's matrix as it is published: from one of LTS, Int, Int+1, Int+2, LTS+1, Int+3, Int+4,
 * Int+5, LTS+2 to another. */
static const char ubuntu_paths[9][10] = {
  "YY..Y...Y", /* LTS */
  ".YY......", /* Int */
  "..YY.....", /* Int+1 */
  "...YY....", /* Int+2 */
  "....YY..Y", /* LTS+1 */
  ".....YY..", /* Int+3 */
  "......YY.", /* Int+4 */
  ".......YY", /* Int+5 */
  "........Y", /* LTS+2 */
};

/* The releases that these are; NULL: none of the table. */
static const char *const ubuntu_releases[][9] = {
  { "20.04", NULL, NULL, NULL, "22.04", NULL, NULL, NULL, "24.04" },
  { "22.04", NULL, NULL, NULL, "24.04", "24.10", "25.04", "25.10", "26.04" },
  { "24.04", "24.10", "25.04", "25.10", "26.04", "26.10", NULL, NULL, NULL },
};

static void
check_ubuntu (const char *const releases[9], guint from, guint to)
{
  g_autofree char *a = g_strconcat ("ubuntu-", releases[from], NULL);
  g_autofree char *b = g_strconcat ("ubuntu-", releases[to], NULL), *between = NULL;

  ROW ("%s to %s", a, b);
  /* A release and itself are one host to us. */
  g_assert_cmpint (ask_migration (a, b, &between), ==,
                   from == to                      ? UNKNOWN
                   : ubuntu_paths[from][to] == 'Y' ? YES
                                                   : NO);
}

/* A new release needs its place in the matrix: what is not in it would be unsupported. */
static void
check_releases (void)
{
  g_autoptr (GPtrArray) list = machtype_platform_list (NULL);
  guint i, j, count;

  for (i = 0; i < list->len; i++) {
    const MachtypePlatform *platform = list->pdata[i];

    if (!g_str_has_prefix (machtype_platform_get_name (platform), "ubuntu-"))
      continue;
    ROW ("%s", machtype_platform_get_name (platform));
    for (j = count = 0; j < G_N_ELEMENTS (ubuntu_releases) * 9; j++)
      count +=
          g_strcmp0 (ubuntu_releases[j / 9][j % 9], machtype_platform_get_release (platform)) == 0;
    g_assert_cmpuint (count, !=, 0);
  }
}

static void
test_ubuntu (void)
{
  guint i, from, to;

  check_releases ();
  for (i = 0; i < G_N_ELEMENTS (ubuntu_releases); i++) {
    for (from = 0; from < 9; from++) {
      for (to = 0; to < 9; to++) {
        if (ubuntu_releases[i][from] != NULL && ubuntu_releases[i][to] != NULL)
          check_ubuntu (ubuntu_releases[i], from, to);
      }
    }
  }
}

/* What vendors publish of others; if they do not support it, by way of which release they do. */
static const struct {
  const char *from, *to;
  MachtypeAnswer answer;
  const char *between;
} migrations[] = {
  { "ubuntu-20.04", "ubuntu-26.04", NO, "ubuntu-24.04" },
  { "ubuntu-20.04", "ubuntu-26.10", NO, NULL },
  { "ubuntu-24.04", "ubuntu-25.04", NO, "ubuntu-24.10" },
  { "ubuntu-24.04", "ubuntu-25.10", NO, NULL },
  { "ubuntu-26.04", "ubuntu-24.04", NO, NULL },
  /* Of the HWE stack nothing is published. */
  { "ubuntu-26.04", "ubuntu-26.04/hwe", UNKNOWN, NULL },
  { "ubuntu-24.04", "ubuntu-26.04/hwe", UNKNOWN, NULL },
  { "ubuntu-26.04/hwe", "ubuntu-26.10", UNKNOWN, NULL },
  { "sles-15.5", "sles-15.6", YES, NULL },
  { "sles-15.6", "sles-15.7", YES, NULL },
  { "sles-15.5", "sles-15.7", UNKNOWN, NULL },
  { "sles-15.7", "sles-16.0", UNKNOWN, NULL },
  { "sles-15.6", "sles-15.5", NO, NULL },
  { "sles-15.7", "sles-15.5", NO, NULL },
  { "sles-16.0", "sles-15.7", NO, NULL },
  { "opensuse-leap-15.6", "opensuse-leap-15.5", UNKNOWN, NULL },
  { "proxmox-8.4", "proxmox-9.0", YES, NULL },
  { "proxmox-8", "proxmox-9", YES, NULL },
  { "proxmox-7/latest", "proxmox-9.2", YES, NULL },
  { "proxmox-9.0", "proxmox-8.4", NO, NULL },
  { "proxmox-9", "proxmox-8/latest", NO, NULL },
  { "proxmox-8.1", "proxmox-8.2", YES, NULL },
  { "proxmox-8.2", "proxmox-8.1", NO, NULL },
  /* Within a release by QEMU; what is the same is neither newer nor older. */
  { "proxmox-9", "proxmox-9/latest", YES, NULL },
  { "proxmox-9/latest", "proxmox-9", NO, NULL },
  { "proxmox-9/latest", "proxmox-9.1", NO, NULL },
  { "proxmox-9/latest", "proxmox-9.2", UNKNOWN, NULL },
  { "proxmox-9", "proxmox-9.0", UNKNOWN, NULL },
  /* Nothing is published, or not of both together. */
  { "debian-12", "debian-13", UNKNOWN, NULL },
  { "debian-13/backports", "debian-13", UNKNOWN, NULL },
  { "fedora-44", "fedora-43", UNKNOWN, NULL },
  { "rhel-9.6", "rhel-9.4", UNKNOWN, NULL },
  { "rhel-9.6", "rhel-10.0", UNKNOWN, NULL },
  { "rhel-9.6", "rocky-9.6", UNKNOWN, NULL },
  { "alpine-3.24", "alpine-edge", UNKNOWN, NULL },
  { "arch", "arch", UNKNOWN, NULL },
  { "qemu-10.0", "qemu-9.0", UNKNOWN, NULL },
  { "debian-13", "ubuntu-26.04", UNKNOWN, NULL },
  { "ubuntu-26.04", "debian-13", UNKNOWN, NULL },
  { "proxmox-9.2", "sles-15.7", UNKNOWN, NULL },
};

static void
test_migrations (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (migrations); i++) {
    g_autofree char *between = NULL;

    ROW ("%s to %s", migrations[i].from, migrations[i].to);
    g_assert_cmpint (ask_migration (migrations[i].from, migrations[i].to, &between), ==,
                     migrations[i].answer);
    g_assert_cmpstr (between, ==, migrations[i].between);
  }
}

/* Tables of before: they say nothing about migrations. The first row that applies counts. */
static void
test_migration_rows (void)
{
#define TWO DISTRIBUTIONS PLATFORM "x\t2\tbase\t8.0\t-\t-\t-\tread\t-\n"
#define SECTION "#: page a page\n%migrations\ndistribution\tfrom\tto\tstack\tanswer\tsource\n"
  static const struct {
    const char *text;
    MachtypeAnswer there, back;
  } some[] = {
    { HEAD TWO, UNKNOWN, UNKNOWN },
    { HEAD TWO SECTION, UNKNOWN, UNKNOWN },
    { HEAD TWO SECTION "x\t1\t2\tbase\tsupported\tpage\nx\t-\t-\t-\tunsupported\tpage\n", YES, NO },
    { HEAD TWO SECTION "x\t-\t-\t-\tunsupported\tpage\nx\t1\t2\tbase\tsupported\tpage\n", NO, NO },
    { HEAD TWO SECTION "x\t2\t-\t-\tunsupported\tpage\n", UNKNOWN, NO },
    { HEAD TWO SECTION "x\t-\tolder\t-\tunsupported\tpage\n", UNKNOWN, NO },
    { HEAD TWO SECTION "x\t-\tnewer\t-\tunsupported\tpage\n", NO, UNKNOWN },
    { HEAD TWO SECTION "x\t1\tolder\t-\tunsupported\tpage\n", UNKNOWN, UNKNOWN },
  };
#undef TWO
#undef SECTION
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (some); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MtPlatformTable) table =
        mt_platform_table_read (some[i].text, strlen (some[i].text), "FILE", &error);
    g_autoptr (MachtypePlatform) a = NULL, b = NULL;
    const MtMigrationRow *there, *back;

    ROW ("%" G_GSIZE_FORMAT, i);
    g_assert_no_error (error);
    a = mt_platform_new (table, table->platforms->pdata[0]);
    b = mt_platform_new (table, table->platforms->pdata[1]);
    there = mt_platform_find_migration (a, b);
    back = mt_platform_find_migration (b, a);
    g_assert_cmpint (there == NULL ? UNKNOWN : there->is_supported ? YES : NO, ==, some[i].there);
    g_assert_cmpint (back == NULL ? UNKNOWN : back->is_supported ? YES : NO, ==, some[i].back);
    g_assert_null (mt_platform_find_migration (a, a));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/emulators", test_emulators);
  g_test_add_func ("/platform/listings", test_listings);
  g_test_add_func ("/platform/types", test_types);
  g_test_add_func ("/platform/copy", test_copy);
  g_test_add_func ("/platform/names", test_names);
  g_test_add_func ("/platform/tables", test_tables);
  g_test_add_func ("/platform/files", test_files);
  g_test_add_func ("/platform/all", test_all);
  g_test_add_func ("/platform/hosts", test_hosts);
  g_test_add_func ("/platform/ubuntu", test_ubuntu);
  g_test_add_func ("/platform/migrations", test_migrations);
  g_test_add_func ("/platform/migration-rows", test_migration_rows);
  return g_test_run ();
}
