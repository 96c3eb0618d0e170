/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "name/name-private.h"

#define ANY MACHTYPE_ARCH_UNKNOWN
#define NONE MACHTYPE_FAMILY_NONE
#define I440FX MACHTYPE_FAMILY_PC_I440FX
#define Q35 MACHTYPE_FAMILY_PC_Q35
#define VIRT MACHTYPE_FAMILY_VIRT
#define S390 MACHTYPE_FAMILY_S390_CCW_VIRTIO
#define PSERIES MACHTYPE_FAMILY_PSERIES
#define XENFV MACHTYPE_FAMILY_XENFV
#define NO_VENDOR MACHTYPE_VENDOR_UNKNOWN
#define UPSTREAM MACHTYPE_VENDOR_UPSTREAM
#define RHEL MACHTYPE_VENDOR_RHEL
#define UBUNTU MACHTYPE_VENDOR_UBUNTU
#define PROXMOX MACHTYPE_VENDOR_PROXMOX
#define UNKNOWN MACHTYPE_NAME_KIND_UNKNOWN
#define ALIAS MACHTYPE_NAME_KIND_ALIAS
#define VERSIONED MACHTYPE_NAME_KIND_VERSIONED
#define BOARD MACHTYPE_NAME_KIND_BOARD

/* Sources: QEMU's machine definitions at the release tags, query-machines of QEMU 7.2, the
 * downstream packages of Red Hat, Ubuntu and Proxmox. */
typedef struct {
  const char *text;
  MachtypeArch arch;
  MachtypeNameKind kind;
  MachtypeFamily family;
  MachtypeVendor vendor;
  guint version[3];
  guint revision;
  const char *tag;
  const char *base;
} Row;

static const Row rows[] = {
  /* Upstream. */
  { "pc-i440fx-7.2", ANY, VERSIONED, I440FX, UPSTREAM, { 7, 2, 0 }, 0, NULL, "7.2" },
  { "pc-q35-4.0.1", ANY, VERSIONED, Q35, UPSTREAM, { 4, 0, 1 }, 0, NULL, "4.0" },
  { "virt-10.0", MACHTYPE_ARCH_AARCH64, VERSIONED, VIRT, UPSTREAM, { 10, 0, 0 }, 0, NULL, "10.0" },
  { "virt-6.0", MACHTYPE_ARCH_M68K, VERSIONED, VIRT, UPSTREAM, { 6, 0, 0 }, 0, NULL, "6.0" },
  { "virt-6.0", MACHTYPE_ARCH_RISCV64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "virt-6.0", MACHTYPE_ARCH_X86_64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "s390-ccw-virtio-2.4", ANY, VERSIONED, S390, UPSTREAM, { 2, 4, 0 }, 0, NULL, "2.4" },
  { "pseries-2.12-sxxm", ANY, VERSIONED, PSERIES, UPSTREAM, { 2, 12, 0 }, 0, "sxxm", "2.12" },
  { "pseries-7.2", MACHTYPE_ARCH_PPC64LE, VERSIONED, PSERIES, UPSTREAM, { 7, 2 }, 0, NULL, "7.2" },
  { "pseries-7.2", MACHTYPE_ARCH_PPC, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "xenfv-4.2", ANY, VERSIONED, XENFV, UPSTREAM, { 4, 2, 0 }, 0, NULL, "4.2" },
  /* The i440fx types before they had that name. */
  { "pc-0.10", ANY, VERSIONED, I440FX, UPSTREAM, { 0, 10, 0 }, 0, NULL, "0.10" },
  { "pc-0.15", ANY, VERSIONED, I440FX, UPSTREAM, { 0, 15, 0 }, 0, NULL, "0.15" },
  { "pc-1.3", MACHTYPE_ARCH_I686, VERSIONED, I440FX, UPSTREAM, { 1, 3, 0 }, 0, NULL, "1.3" },
  { "pc-0.9", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "pc-0.16", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "pc-1.4", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "pc-2.0", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "pc-1.0.1", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "pc-1.0-qemu-kvm", ANY, VERSIONED, I440FX, UBUNTU, { 12, 4, 0 }, 0, "qemu-kvm", NULL },
  { "pc-1.0-precise", ANY, ALIAS, I440FX, UBUNTU, { 0 }, 0, NULL, NULL },
  { "pc-1.1-qemu-kvm", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  /* Red Hat. */
  { "pc-i440fx-rhel7.6.0", ANY, VERSIONED, I440FX, RHEL, { 7, 6, 0 }, 0, NULL, "2.12" },
  { "pc-q35-rhel10.0.0", ANY, VERSIONED, Q35, RHEL, { 10, 0, 0 }, 0, NULL, "9.1" },
  { "pc-q35-rhel9.6.0", ANY, VERSIONED, Q35, RHEL, { 9, 6, 0 }, 0, NULL, "9.1" },
  { "pc-q35-rhel8.2.0", ANY, VERSIONED, Q35, RHEL, { 8, 2, 0 }, 0, NULL, "4.2" },
  { "pc-q35-rhel99.0.0", ANY, VERSIONED, Q35, RHEL, { 99, 0, 0 }, 0, NULL, NULL },
  { "virt-rhel8.6.0", ANY, VERSIONED, VIRT, RHEL, { 8, 6, 0 }, 0, NULL, "6.2" },
  { "s390-ccw-virtio-rhel7.5.0", ANY, VERSIONED, S390, RHEL, { 7, 5, 0 }, 0, NULL, "2.10" },
  { "pseries-rhel7.6.0-sxxm", ANY, VERSIONED, PSERIES, RHEL, { 7, 6, 0 }, 0, "sxxm", "2.12" },
  { "rhel6.6.0", ANY, VERSIONED, I440FX, RHEL, { 6, 6, 0 }, 0, NULL, "0.12" },
  { "rhel5.4.4", ANY, VERSIONED, I440FX, RHEL, { 5, 4, 4 }, 0, NULL, "0.9" },
  { "rhel7.0.0", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "rhel4.0.0", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "rhel6.6", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "rhel6.6.0", MACHTYPE_ARCH_AARCH64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  /* Ubuntu: year and month. */
  { "pc-q35-jammy", ANY, VERSIONED, Q35, UBUNTU, { 22, 4, 0 }, 0, NULL, "6.2" },
  { "pc-q35-jammy-hpb-maxcpus", ANY, VERSIONED, Q35, UBUNTU, { 22, 4 }, 0, "hpb-maxcpus", "6.2" },
  { "pc-i440fx-mantic-maxcpus", ANY, VERSIONED, I440FX, UBUNTU, { 23, 10 }, 0, "maxcpus", "8.0" },
  { "pc-i440fx-noble-v2", ANY, VERSIONED, I440FX, UBUNTU, { 24, 4, 0 }, 2, NULL, "8.2" },
  { "pc-q35-cosmic", ANY, VERSIONED, Q35, UBUNTU, { 18, 10, 0 }, 0, NULL, "2.11" },
  { "pc-q35-cosmic-hpb", ANY, VERSIONED, Q35, UBUNTU, { 18, 10, 0 }, 0, "hpb", "2.12" },
  { "pc-i440fx-hirsute-hpb", ANY, VERSIONED, I440FX, UBUNTU, { 21, 4, 0 }, 0, "hpb", "5.1" },
  { "pc-i440fx-focal", ANY, VERSIONED, I440FX, UBUNTU, { 20, 4, 0 }, 0, NULL, "4.0" },
  { "pseries-bionic-sxxm", ANY, VERSIONED, PSERIES, UBUNTU, { 18, 4, 0 }, 0, "sxxm", "2.11" },
  { "s390-ccw-virtio-eoan", ANY, VERSIONED, S390, UBUNTU, { 19, 10, 0 }, 0, NULL, "3.1" },
  { "s390-ccw-virtio-kinetic", ANY, VERSIONED, S390, UBUNTU, { 22, 10, 0 }, 0, NULL, "6.2" },
  { "pc-i440fx-stonking", ANY, VERSIONED, I440FX, UBUNTU, { 26, 10, 0 }, 0, NULL, NULL },
  { "pc-q35-trusty", ANY, VERSIONED, Q35, UBUNTU, { 14, 4, 0 }, 0, NULL, NULL },
  { "virt-resolute", ANY, VERSIONED, VIRT, UBUNTU, { 26, 4, 0 }, 0, NULL, NULL },
  { "pc-q35-zebra", ANY, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  /* Proxmox. */
  { "pc-q35-9.2+pve1", ANY, VERSIONED, Q35, PROXMOX, { 9, 2, 0 }, 1, NULL, "9.2" },
  { "pc-q35-9.2+pve0", ANY, VERSIONED, Q35, PROXMOX, { 9, 2, 0 }, 0, NULL, "9.2" },
  { "pc-i440fx-2.1.pxe", ANY, VERSIONED, I440FX, PROXMOX, { 2, 1, 0 }, 0, "pxe", "2.1" },
  { "pc-i440fx-4.1+pve2.pxe", ANY, VERSIONED, I440FX, PROXMOX, { 4, 1, 0 }, 2, "pxe", "4.1" },
  { "virt-9.2+pve1", ANY, VERSIONED, VIRT, PROXMOX, { 9, 2, 0 }, 1, NULL, "9.2" },
  /* Aliases. */
  { "pc", ANY, ALIAS, I440FX, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "q35", ANY, ALIAS, Q35, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "q35", MACHTYPE_ARCH_S390X, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "pseries", ANY, ALIAS, PSERIES, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "s390-ccw-virtio", ANY, ALIAS, S390, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "s390-ccw", ANY, ALIAS, S390, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "xenfv", ANY, ALIAS, XENFV, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "ubuntu", ANY, ALIAS, I440FX, UBUNTU, { 0 }, 0, NULL, NULL },
  { "ubuntu-q35", ANY, ALIAS, Q35, UBUNTU, { 0 }, 0, NULL, NULL },
  /* "virt" is four different things, and does not exist on mipsel despite Nova's document. */
  { "virt", ANY, ALIAS, VIRT, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "virt", MACHTYPE_ARCH_AARCH64, ALIAS, VIRT, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "virt", MACHTYPE_ARCH_ARMV7L, ALIAS, VIRT, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "virt", MACHTYPE_ARCH_M68K, ALIAS, VIRT, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "virt", MACHTYPE_ARCH_RISCV64, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "virt", MACHTYPE_ARCH_LOONGARCH64, ALIAS, VIRT, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "virt-11.1",
    MACHTYPE_ARCH_LOONGARCH64,
    VERSIONED,
    VIRT,
    UPSTREAM,
    { 11, 1, 0 },
    0,
    NULL,
    "11.1" },
  { "virt-11.0", MACHTYPE_ARCH_LOONGARCH64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "virt-12.0",
    MACHTYPE_ARCH_LOONGARCH64,
    VERSIONED,
    VIRT,
    UPSTREAM,
    { 12, 0, 0 },
    0,
    NULL,
    "12.0" },
  { "virt-rhel10.0.0", MACHTYPE_ARCH_LOONGARCH64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "virt-6.0", MACHTYPE_ARCH_M68K, VERSIONED, VIRT, UPSTREAM, { 6, 0, 0 }, 0, NULL, "6.0" },
  { "virt-5.2", MACHTYPE_ARCH_M68K, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "virt", MACHTYPE_ARCH_MIPSEL, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "virt", MACHTYPE_ARCH_X86_64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  /* Boards, whose digits are not a version. */
  { "raspi3b", ANY, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "raspi3b", MACHTYPE_ARCH_ARMV7L, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "raspi2", MACHTYPE_ARCH_ARMV6L, ALIAS, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "raspi2", MACHTYPE_ARCH_AARCH64, ALIAS, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "opentitan", MACHTYPE_ARCH_RISCV64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  /* Loongnix, of which no version of QEMU has it. */
  { "loongson7a_v1.0", MACHTYPE_ARCH_LOONGARCH64, BOARD, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "loongson7a_v1.0", ANY, BOARD, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "loongson7a_v1.0", MACHTYPE_ARCH_X86_64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "loongson7a", ANY, ALIAS, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "powernv9", ANY, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "powernv", ANY, ALIAS, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "2009", MACHTYPE_ARCH_AVR, ALIAS, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "2009", MACHTYPE_ARCH_X86_64, UNKNOWN, NONE, NO_VENDOR, { 0 }, 0, NULL, NULL },
  { "virtex-ml507", MACHTYPE_ARCH_PPC, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "spike_v1.9.1", ANY, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "SS-20", ANY, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "malta", MACHTYPE_ARCH_MIPSEL, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "none", MACHTYPE_ARCH_TRICORE, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "microvm", ANY, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "10m50-ghrd", ANY, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  { "z2", ANY, BOARD, NONE, UPSTREAM, { 0 }, 0, NULL, NULL },
  /* Numbers. */
  { "pc-q35-9999.9999", ANY, VERSIONED, Q35, UPSTREAM, { 9999, 9999, 0 }, 0, NULL, NULL },
  { "pc-q35-0.0", ANY, VERSIONED, Q35, UPSTREAM, { 0, 0, 0 }, 0, NULL, NULL },
  { "pc-q35-300.1", ANY, VERSIONED, Q35, UPSTREAM, { 300, 1, 0 }, 0, NULL, NULL },
  { "pc-q35-9.2+pve9999", ANY, VERSIONED, Q35, PROXMOX, { 9, 2, 0 }, 9999, NULL, "9.2" },
};

static void
assert_version (const MachtypeName *name, const Row *row)
{
  guint major = 0, minor = 0, micro = 0;

  g_assert_cmpint (machtype_name_get_version (name, &major, &minor, &micro), ==,
                   row->kind == VERSIONED);
  g_assert_cmpuint (major, ==, row->version[0]);
  g_assert_cmpuint (minor, ==, row->version[1]);
  g_assert_cmpuint (micro, ==, row->version[2]);
  g_assert_cmpint (machtype_name_get_version (name, NULL, NULL, NULL), ==, row->kind == VERSIONED);
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeName) name = machtype_name_new (rows[i].text, rows[i].arch, NULL);
    g_autofree char *base = NULL;

    ROW ("%s (%s)", rows[i].text, machtype_arch_to_string (rows[i].arch));
    g_assert_nonnull (name);
    base = machtype_name_dup_upstream_base (name);
    g_assert_cmpstr (machtype_name_get_text (name), ==, rows[i].text);
    g_assert_cmpint (machtype_name_get_kind (name), ==, rows[i].kind);
    g_assert_cmpint (machtype_name_get_family (name), ==, rows[i].family);
    g_assert_cmpint (machtype_name_get_vendor (name), ==, rows[i].vendor);
    assert_version (name, &rows[i]);
    g_assert_cmpuint (machtype_name_get_revision (name), ==, rows[i].revision);
    g_assert_cmpstr (machtype_name_get_tag (name), ==, rows[i].tag);
    g_assert_cmpstr (base, ==, rows[i].base);
    g_assert_cmpint (machtype_name_compare (name, name), ==, MACHTYPE_ORDER_EQ);
  }
}

/* Valid names that do not exist: Nova accepts several of them (its defects 18 and 19). */
static const char *const malformed[] = {
  "pc-q35",
  "pc-q35-",
  "pc-q35-5",
  "pc-q35-5.",
  "pc-q35-.5",
  "pc-q35-5..2",
  "pc-q35--5.2",
  "pc-q35-5.2.",
  "pc-q35-5.2.0.0",
  "pc-q35-05.2",
  "pc-q35-5.02",
  "pc-q35-5.2.01",
  "pc-q35-00.1",
  "pc-q35-5.2rc1",
  "pc-q35-5.2-rc1",
  "pc-q35-v5.2",
  "pc-q35-5.2-machine",
  "pc-q35-0x5.2",
  "pc-q35-10000.0",
  "pc-q35-5.10000",
  "pc-q35-5.2.10000",
  "pc-q35-5.99999999999999999999",
  "PC-Q35-5.2",
  "Pc-q35-5.2",
  "pc_q35-5.2",
  "q35-5.2",
  "Q35",
  "PC",
  "pc-",
  "pc-100",
  "-",
  "+",
  ".",
  "_",
  "pc-i440fx",
  "pc-i440fx-",
  "virt-",
  "pseries-",
  "s390-ccw-virtio-",
  "xenfv-",
  "virt-6.2rc1",
  "virt-6",
  "virt6.2",
  "pseries-2.12-foo",
  "pseries-2.12-sxxm-sxxm",
  "pc-q35-5.2-sxxm",
  "pc-q35-rhel",
  "pc-q35-rhel8",
  "pc-q35-rhel8.2",
  "pc-q35-rhel8.2.0.0",
  "pc-q35-rhel08.2.0",
  "pc-q35-RHEL8.2.0",
  "pc-q35-rhel8.2.0-hpb",
  "pc-q35-Jammy",
  "pc-q35-jammy-",
  "pc-q35-jammyx",
  "pc-q35-jamm",
  "pc-q35-jammy-hpbx",
  "pc-q35-jammy-v",
  "pc-q35-jammy-v0",
  "pc-q35-jammy-v02",
  "pc-q35-jammy-v2-v3",
  "pc-q35-jammy-hpb-hpb",
  "pc-q35-jammy-maxcpus-hpb",
  "pc-q35-noble-v2-hpb",
  "pc-q35-jammy+pve1",
  "pc-q35-9.2+pve",
  "pc-q35-9.2+PVE1",
  "pc-q35-9.2+pve-1",
  "pc-q35-9.2+pve01",
  "pc-q35-9.2+pve10000",
  "pc-q35-9.2+pve1+pve2",
  "pc-q35-9.2.pxe+pve1",
  "pc-q35-9.2.pxe.pxe",
  "pc-q35-9.2+",
  "rhel",
  "rhel6",
  "rhel6.6.0-sxxm",
  "ubuntu-",
  "ubuntu-i440fx",
  "ubuntu-pc",
};

static void
test_malformed (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (malformed); i++) {
    g_autoptr (MachtypeName) name = machtype_name_new (malformed[i], ANY, NULL);

    ROW ("%s", malformed[i]);
    g_assert_nonnull (name);
    g_assert_cmpint (machtype_name_get_kind (name), ==, UNKNOWN);
    g_assert_cmpint (machtype_name_get_family (name), ==, NONE);
    g_assert_cmpint (machtype_name_get_vendor (name), ==, NO_VENDOR);
    g_assert_cmpuint (machtype_name_get_revision (name), ==, 0);
    g_assert_null (machtype_name_get_tag (name));
    g_assert_cmpint (machtype_name_compare_strings (malformed[i], "pc-q35-5.2", ANY), ==,
                     MACHTYPE_ORDER_INCOMPARABLE);
    g_assert_cmpint (machtype_name_compare_strings (malformed[i], malformed[i], ANY), ==,
                     MACHTYPE_ORDER_EQ);
  }
}

static const struct {
  const char *text;
  const char *words;
} invalid[] = {
  { "", "empty" },
  { " ", "' ' pc-q35-5.2" },
  { "pc-q35-5.2 ", "'pc-q35-5.2 '" },
  { " pc-q35-5.2", "letters" },
  { "q35\n", "q35\\n" },
  { "pc-q35-5\n.2", "5\\n.2" },
  { "pc-q35-5,2", "'pc-q35-5,2'" },
  { "type=pc-q35-5.2", "'type=pc-q35-5.2'" },
  { "pc-q35-5.2;rm", "'pc-q35-5.2;rm'" },
  { "%s%n", "'%s%n'" },
  { "pc-q35-\xef\xbc\x95.2", "\\u{ff15}" },
  { "pc-q35-5.2\xe2\x80\x8b", "\\u{200b}" },
  { "\xff", "\\377" },
  { "\x7f", "\\177" },
  { "a/b", "'a/b'" },
  { "../q35", "'../q35'" },
  { "<q35/>", "'<q35/>'" },
  { "\"q35\"", "\\\"q35" },
  { "q35\t", "q35\\t" },
};

static void
test_invalid (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (invalid); i++) {
    GError *error = NULL;

    ROW ("row %u", (guint)i);
    g_assert_null (machtype_name_new (invalid[i].text, ANY, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_NAME, invalid[i].words);
    g_assert_null (machtype_name_new (invalid[i].text, MACHTYPE_ARCH_X86_64, NULL));
    g_assert_cmpint (machtype_name_compare_strings (invalid[i].text, "q35", ANY), ==,
                     MACHTYPE_ORDER_INVALID);
    g_assert_cmpint (machtype_name_compare_strings ("q35", invalid[i].text, ANY), ==,
                     MACHTYPE_ORDER_INVALID);
    g_assert_cmpint (machtype_name_compare_strings (invalid[i].text, invalid[i].text, ANY), ==,
                     MACHTYPE_ORDER_INVALID);
  }
}

static void
test_length (void)
{
  g_autofree char *longest = g_strnfill (MACHTYPE_NAME_MAX_LENGTH, 'a');
  g_autofree char *longer = g_strnfill (MACHTYPE_NAME_MAX_LENGTH + 1, 'a');
  g_autofree char *other = g_strnfill (MACHTYPE_NAME_MAX_LENGTH + 2, 'a');
  g_autofree char *huge = g_strnfill (1024 * 1024, 'a');
  g_autoptr (MachtypeName) name = machtype_name_new (longest, ANY, NULL);
  GError *error = NULL;

  g_assert_cmpstr (machtype_name_get_text (name), ==, longest);
  g_assert_null (machtype_name_new (longer, ANY, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_NAME, "aaa... longer 128");
  g_assert_null (machtype_name_new (huge, ANY, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_NAME, "aaa... longer 128");
  g_assert_cmpint (machtype_name_compare_strings (longest, longest, ANY), ==, MACHTYPE_ORDER_EQ);
  g_assert_cmpint (machtype_name_compare_strings (longer, longer, ANY), ==, MACHTYPE_ORDER_INVALID);
  g_assert_cmpint (machtype_name_compare_strings (longer, other, ANY), ==, MACHTYPE_ORDER_INVALID);
  g_assert_cmpint (machtype_name_compare_strings (huge, "q35", ANY), ==, MACHTYPE_ORDER_INVALID);
}

static MachtypeOrder
reverse (MachtypeOrder order)
{
  if (order == MACHTYPE_ORDER_LT)
    return MACHTYPE_ORDER_GT;
  return order == MACHTYPE_ORDER_GT ? MACHTYPE_ORDER_LT : order;
}

/* Written independently of the library's own check. */
static gboolean
can_be_name (const char *text)
{
  return g_regex_match_simple ("\\A[A-Za-z0-9._+-]{1,128}\\z", text, G_REGEX_RAW, 0);
}

static MachtypeOrder
parse_order (const char *word, const char *a, const char *b)
{
  if (g_str_equal (word, "lt"))
    return MACHTYPE_ORDER_LT;
  if (g_str_equal (word, "gt"))
    return MACHTYPE_ORDER_GT;
  if (g_str_equal (word, "eq"))
    return MACHTYPE_ORDER_EQ;
  g_assert_cmpstr (word, ==, "incomparable");
  return can_be_name (a) && can_be_name (b) ? MACHTYPE_ORDER_INCOMPARABLE : MACHTYPE_ORDER_INVALID;
}

static MachtypeOrder
compare_values (const char *a, const char *b, MachtypeArch arch)
{
  g_autoptr (MachtypeName) x = machtype_name_new (a, arch, NULL);
  g_autoptr (MachtypeName) y = machtype_name_new (b, arch, NULL);

  return x != NULL && y != NULL ? machtype_name_compare (x, y) : MACHTYPE_ORDER_INVALID;
}

static void
assert_order (const char *a, const char *b, MachtypeArch arch, MachtypeOrder expected)
{
  g_assert_cmpint (machtype_name_compare_strings (a, b, arch), ==, expected);
  g_assert_cmpint (machtype_name_compare_strings (b, a, arch), ==, reverse (expected));
  g_assert_cmpint (compare_values (a, b, arch), ==, expected);
  g_assert_cmpint (compare_values (b, a, arch), ==, reverse (expected));
}

/* A C string cannot contain a NUL: the code that reads such a name has to refuse it. json-glib
 * would silently cut the name there, so a mark represents it. */
#define NUL_MARK "\\u0001"

static char *
read_vectors (void)
{
  g_autofree char *text = test_read ("order-vectors.json", NULL);
  GString *marked = g_string_new (text);

  g_assert_null (strstr (text, NUL_MARK));
  g_string_replace (marked, "\\u0000", NUL_MARK, 0);
  return g_string_free (marked, FALSE);
}

/* Source of the vectors: their own "notes", and the reason of each. */
static gboolean
check_vector (JsonObject *vector)
{
  const char *a = json_object_get_string_member (vector, "a");
  const char *b = json_object_get_string_member (vector, "b");
  const char *arch_name = json_object_get_string_member_with_default (vector, "arch", NULL);
  const char *word = json_object_get_string_member (vector, "expected");
  MachtypeArch arch = ANY;

  ROW ("'%s' '%s' %s (%s)", a, b, word, arch_name != NULL ? arch_name : "any");
  if (strchr (a, '\x01') != NULL || strchr (b, '\x01') != NULL)
    return FALSE;
  if (arch_name != NULL) {
    arch = machtype_arch_from_string (arch_name, NULL);
    g_assert_cmpint (arch, !=, ANY);
  }
  assert_order (a, b, arch, parse_order (word, a, b));
  return TRUE;
}

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *text = read_vectors ();
  guint i, n, n_skipped = 0;
  GError *error = NULL;
  JsonArray *vectors;
  JsonObject *root;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  vectors = json_object_get_array_member (root, "vectors");
  n = json_array_get_length (vectors);
  g_assert_cmpint (n, ==, json_object_get_int_member (root, "count"));
  for (i = 0; i < n; i++) {
    if (!check_vector (json_array_get_object_element (vectors, i)))
      n_skipped++;
  }
  g_test_message ("%u of %u vectors have a NUL in a name and are skipped", n_skipped, n);
  g_assert_cmpuint (n_skipped, ==, 4);
}

/* Beyond the vectors. Nova allows types of three numbers and with a suffix to be downgraded (its
 * defect 7), and does not know pseries, rhel10 or Ubuntu's names (6 and 17). */
static const struct {
  const char *a, *b;
  MachtypeOrder order;
} orders[] = {
  { "pc-q35-5.2.0", "pc-q35-5.2", MACHTYPE_ORDER_EQ },
  { "pc-q35-9.2+pve0", "pc-q35-9.2", MACHTYPE_ORDER_EQ },
  { "pc-q35-9.2+pve1", "pc-q35-9.2", MACHTYPE_ORDER_GT },
  { "pc-q35-9.2+pve9999", "pc-q35-10.0", MACHTYPE_ORDER_LT },
  { "pc-q35-9.2+pve2", "pc-q35-9.2+pve10", MACHTYPE_ORDER_LT },
  { "pc-q35-4.0", "pc-q35-4.0.1", MACHTYPE_ORDER_LT },
  { "pc-q35-4.0.1", "pc-q35-4.1", MACHTYPE_ORDER_LT },
  { "pc-0.15", "pc-i440fx-2.0", MACHTYPE_ORDER_LT },
  { "pc-1.3", "pc-q35-2.0", MACHTYPE_ORDER_INCOMPARABLE },
  { "rhel6.6.0", "pc-i440fx-rhel7.0.0", MACHTYPE_ORDER_LT },
  { "rhel6.6.0", "pc-q35-rhel7.3.0", MACHTYPE_ORDER_INCOMPARABLE },
  { "pc-q35-rhel9.8.0", "pc-q35-rhel10.0.0", MACHTYPE_ORDER_LT },
  { "pc-i440fx-zesty", "pc-i440fx-artful", MACHTYPE_ORDER_LT },
  { "pc-i440fx-noble", "pc-i440fx-noble-v2", MACHTYPE_ORDER_LT },
  { "pc-i440fx-noble-v2", "pc-i440fx-oracular", MACHTYPE_ORDER_LT },
  { "pc-1.0-qemu-kvm", "pc-i440fx-trusty", MACHTYPE_ORDER_LT },
  { "pc-1.0-qemu-kvm", "pc-1.0", MACHTYPE_ORDER_INCOMPARABLE },
  { "pc-q35-jammy-hpb", "pc-q35-noble", MACHTYPE_ORDER_LT },
  { "pc-q35-jammy-hpb", "pc-q35-jammy-hpb-v2", MACHTYPE_ORDER_LT },
  { "pc-i440fx-2.1.pxe", "pc-i440fx-2.1+pve0.pxe", MACHTYPE_ORDER_EQ },
  { "pc-i440fx-2.1.pxe", "pc-i440fx-2.2", MACHTYPE_ORDER_LT },
  { "q35", "pc-q35-7.2", MACHTYPE_ORDER_INCOMPARABLE },
  { "pc", "q35", MACHTYPE_ORDER_INCOMPARABLE },
  { "powernv", "powernv10", MACHTYPE_ORDER_INCOMPARABLE },
  { "powernv9", "powernv10", MACHTYPE_ORDER_INCOMPARABLE },
  { "unheard-of", "nothing", MACHTYPE_ORDER_INCOMPARABLE },
};

/* Next to the digits there are '/' and ':': with one of them anywhere in a version it is not a
 * name, even on the fast path of comparing. */
static void
test_beside_digits (void)
{
  static const char *const names[] = { "pc-i440fx-12.13", "pc-q35-9.2", "virt-2.10",
                                       "pseries-2.7.9",   "pc-0.15",    "pc-q35-rhel9.4.0" };
  static const char beside[] = { '/', ':' };
  gsize i, k, at;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    for (at = 0; names[i][at] != '\0'; at++) {
      for (k = 0; k < G_N_ELEMENTS (beside); k++) {
        g_autofree char *bad = g_strdup (names[i]);

        bad[at] = beside[k];
        ROW ("%s %s", names[i], bad);
        g_assert_cmpint (machtype_name_compare_strings (names[i], bad, MACHTYPE_ARCH_UNKNOWN), ==,
                         MACHTYPE_ORDER_INVALID);
        g_assert_cmpint (machtype_name_compare_strings (bad, names[i], MACHTYPE_ARCH_UNKNOWN), ==,
                         MACHTYPE_ORDER_INVALID);
      }
    }
  }
}

/* Unknown names have no version, even if a part of them can be parsed: they are ordered by their
 * texts. */
static void
test_collate_unknown (void)
{
  static const char *const names[] = {
    "aaa",
    "pc-10.2",
    "pc-2.5",
    "pc-9.1",
    "pc-i440fx-2.5x",
    "pc-q35-10.1rc1",
    "pc-q35-9.2.",
    "pc-q35-noble+",
    "pseries-9.0-x",
    "rhel7.6.0",
    "rhel9.0.0",
    "virt-6.2rc1",
    "xenfv-4.2a",
    "zzz",
  };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    for (k = 0; k < G_N_ELEMENTS (names); k++) {
      g_autoptr (MachtypeName) a = machtype_name_new (names[i], MACHTYPE_ARCH_UNKNOWN, NULL);
      g_autoptr (MachtypeName) b = machtype_name_new (names[k], MACHTYPE_ARCH_UNKNOWN, NULL);
      const int wanted = strcmp (names[i], names[k]), found = machtype_name_collate (a, b);

      ROW ("%s %s", names[i], names[k]);
      g_assert_cmpint (machtype_name_get_kind (a), ==, MACHTYPE_NAME_KIND_UNKNOWN);
      g_assert_cmpint ((found > 0) - (found < 0), ==, (wanted > 0) - (wanted < 0));
    }
  }
}

static void
test_orders (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (orders); i++) {
    ROW ("%s %s", orders[i].a, orders[i].b);
    assert_order (orders[i].a, orders[i].b, ANY, orders[i].order);
  }
}

/* The same spelling on two architectures means two machines. */
static void
test_two_archs (void)
{
  g_autoptr (MachtypeName) arm = machtype_name_new ("virt-6.0", MACHTYPE_ARCH_AARCH64, NULL);
  g_autoptr (MachtypeName) m68k = machtype_name_new ("virt-6.0", MACHTYPE_ARCH_M68K, NULL);
  g_autoptr (MachtypeName) newer = machtype_name_new ("virt-6.1", MACHTYPE_ARCH_M68K, NULL);
  g_autoptr (MachtypeName) any = machtype_name_new ("virt-6.0", ANY, NULL);

  g_assert_cmpint (machtype_name_compare (arm, m68k), ==, MACHTYPE_ORDER_INCOMPARABLE);
  g_assert_cmpint (machtype_name_compare (arm, newer), ==, MACHTYPE_ORDER_INCOMPARABLE);
  g_assert_cmpint (machtype_name_compare (m68k, newer), ==, MACHTYPE_ORDER_LT);
  g_assert_cmpint (machtype_name_compare (any, newer), ==, MACHTYPE_ORDER_LT);
  g_assert_cmpint (machtype_name_compare (any, arm), ==, MACHTYPE_ORDER_EQ);
}

/* A column of the survey: its word, which is the enumeration's nickname. */
static int
parse_nick (GType type, const char *nick)
{
  g_autoptr (GEnumClass) enumeration = g_type_class_ref (type);
  const GEnumValue *value = g_enum_get_value_by_nick (enumeration, nick);

  g_assert_nonnull (value);
  return value->value;
}

static void
check_columns (char **columns, MachtypeArch arch)
{
  g_autoptr (MachtypeName) name = machtype_name_new (columns[0], arch, NULL);
  g_autofree char *version = NULL;
  guint major, minor, micro;

  ROW ("%s (%s)", columns[0], machtype_arch_to_string (arch));
  g_assert_nonnull (name);
  g_assert_cmpint (machtype_name_get_family (name), ==,
                   g_str_equal (columns[2], "-") ? NONE
                                                 : parse_nick (MACHTYPE_TYPE_FAMILY, columns[2]));
  g_assert_cmpint (machtype_name_get_vendor (name), ==,
                   g_str_equal (columns[4], "unknown")
                       ? NO_VENDOR
                       : parse_nick (MACHTYPE_TYPE_VENDOR, columns[3]));
  g_assert_cmpint (machtype_name_get_kind (name), ==,
                   parse_nick (MACHTYPE_TYPE_NAME_KIND, columns[4]));
  if (machtype_name_get_version (name, &major, &minor, &micro))
    version = g_strdup_printf ("%u.%u.%u", major, minor, micro);
  g_assert_cmpstr (version != NULL ? version : "-", ==, columns[5]);
}

static void
check_line (const char *line)
{
  g_auto (GStrv) columns = g_strsplit (line, "\t", -1), archs = NULL;
  gsize i;

  g_assert_cmpuint (g_strv_length (columns), ==, 6);
  if (g_str_equal (columns[1], "-")) {
    check_columns (columns, ANY);
    return;
  }
  archs = g_strsplit (columns[1], ";", -1);
  for (i = 0; archs[i] != NULL; i++) {
    MachtypeArch arch = machtype_arch_from_string (archs[i], NULL);

    g_assert_cmpint (arch, !=, ANY);
    check_columns (columns, arch);
  }
}

/* Every name in any known release of QEMU or a distribution. */
static void
test_survey (void)
{
  g_autofree char *text = test_read ("machine-names.tsv", NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint i, n = 0;

  for (i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '\0' || *lines[i] == '#')
      continue;
    check_line (lines[i]);
    n++;
  }
  g_assert_cmpuint (n, ==, 985);
}

/* The pool of the property tests: families, versions, tags and suffixes, in every combination, most
 * of them unknown names. */
static const char *const heads[] = {
  "pc-i440fx-", "pc-q35-", "virt-",   "s390-ccw-virtio-", "pseries-",       "xenfv-",
  "pc-",        "rhel",    "",        "pc-q35-rhel",      "pc-i440fx-rhel", "PC-Q35-",
  "q35",        "pc",      "ubuntu-",
};
static const char *const bodies[] = {
  "",      "2.9",      "2.10",      "4.0",   "4.0.1",   "4.1",   "10.0",   "0.12",
  "1.3",   "5.2.0",    "7.6.0",     "6.6.0", "10.0.0",  "zesty", "artful", "jammy",
  "noble", "stonking", "9999.9999", "05.2",  "10000.0", "5",     "malta",  "2009",
};
static const char *const tails[] = {
  "",      "-hpb", "-maxcpus",  "-hpb-maxcpus", "-v2",  "-v3", "-sxxm", "+pve0", "+pve1",
  "+pve2", ".pxe", "+pve1.pxe", "-qemu-kvm",    "-rc1", " ",   "\n",    "\xff",  ",",
};

static guint
count_rounds (void)
{
  return test_is_short () ? 2000 : 20000;
}

#define PICK(list) list[g_test_rand_int_range (0, G_N_ELEMENTS (list))]

/* Mostly with the given head, and without a tail, so that some can be compared. */
static char *
random_name (const char *head)
{
  if (g_test_rand_int_range (0, 8) == 0)
    head = PICK (heads);
  return g_strconcat (head, PICK (bodies), g_test_rand_int_range (0, 4) == 0 ? PICK (tails) : "",
                      NULL);
}

static MachtypeArch
random_arch (void)
{
  static const MachtypeArch archs[] = { ANY,
                                        ANY,
                                        MACHTYPE_ARCH_X86_64,
                                        MACHTYPE_ARCH_AARCH64,
                                        MACHTYPE_ARCH_PPC64,
                                        MACHTYPE_ARCH_RISCV64 };

  return PICK (archs);
}

/* What is true of two names, in whatever order and way they are compared. */
static MachtypeOrder
checked_order (const char *a, const char *b, MachtypeArch arch)
{
  MachtypeOrder order = machtype_name_compare_strings (a, b, arch);

  if (order != compare_values (a, b, arch))
    g_error ("'%s' and '%s' (%s): values disagree", a, b, machtype_arch_to_string (arch));
  if (order != reverse (machtype_name_compare_strings (b, a, arch)))
    g_error ("'%s' and '%s' (%s): not reversed", a, b, machtype_arch_to_string (arch));
  if ((order == MACHTYPE_ORDER_INVALID) != !(can_be_name (a) && can_be_name (b)))
    g_error ("'%s' or '%s' is a name, or not", a, b);
  return order;
}

static gboolean
is_ordered (MachtypeOrder order)
{
  return order <= MACHTYPE_ORDER_GT;
}

/* GLib prints the seed ("random seed"), and --seed repeats it. */
static void
test_properties (void)
{
  guint i, n_ordered = 0;

  for (i = 0; i < count_rounds (); i++) {
    const char *head = g_test_rand_bit () ? "pc-i440fx-" : PICK (heads);
    g_autofree char *a = random_name (head), *b = random_name (head), *c = random_name (head);
    MachtypeArch arch = random_arch ();
    MachtypeOrder ab = checked_order (a, b, arch), bc = checked_order (b, c, arch);
    MachtypeOrder ac = checked_order (a, c, arch);

    if (checked_order (a, a, arch) !=
        (can_be_name (a) ? MACHTYPE_ORDER_EQ : MACHTYPE_ORDER_INVALID))
      g_error ("'%s' is not equal to itself", a);
    if (!is_ordered (ab) || !is_ordered (bc) || ab * bc < 0)
      continue;
    n_ordered++;
    if (ac != (ab != MACHTYPE_ORDER_EQ ? ab : bc))
      g_error ("'%s', '%s' and '%s' (%s) are not in line", a, b, c, machtype_arch_to_string (arch));
  }
  g_test_message ("%u triples were ordered", n_ordered);
  g_assert_cmpuint (n_ordered, >, count_rounds () / 400);
}

/* Any byte anywhere: nothing outside the text is read (for valgrind and the sanitizers). */
static void
test_noise (void)
{
  guint i;

  for (i = 0; i < count_rounds (); i++) {
    g_autofree char *text = random_name (PICK (heads));
    g_autoptr (MachtypeName) name = NULL;
    gsize length = strlen (text);

    if (length > 0)
      text[g_test_rand_int_range (0, (gint32)length)] = (char)g_test_rand_int_range (0, 256);
    name = machtype_name_new (text, random_arch (), NULL);
    if ((name != NULL) != can_be_name (text))
      g_error ("'%s' is a name, or not", text);
    if (name != NULL)
      g_free (machtype_name_dup_upstream_base (name));
  }
}

static void
test_numbers (void)
{
  g_assert_cmpint (MACHTYPE_ORDER_LT, ==, -1);
  g_assert_cmpint (MACHTYPE_ORDER_EQ, ==, 0);
  g_assert_cmpint (MACHTYPE_ORDER_GT, ==, 1);
  g_assert_cmpint (MACHTYPE_ORDER_INCOMPARABLE, ==, 2);
  g_assert_cmpint (MACHTYPE_ORDER_INVALID, ==, 3);
  g_assert_cmpint (UNKNOWN, ==, 0);
  g_assert_cmpint (ALIAS, ==, 1);
  g_assert_cmpint (VERSIONED, ==, 2);
  g_assert_cmpint (BOARD, ==, 3);
  g_assert_cmpint (NONE, ==, 0);
  g_assert_cmpint (I440FX, ==, 1);
  g_assert_cmpint (Q35, ==, 2);
  g_assert_cmpint (VIRT, ==, 3);
  g_assert_cmpint (S390, ==, 4);
  g_assert_cmpint (PSERIES, ==, 5);
  g_assert_cmpint (XENFV, ==, 6);
  g_assert_cmpint (NO_VENDOR, ==, 0);
  g_assert_cmpint (UPSTREAM, ==, 1);
  g_assert_cmpint (RHEL, ==, 2);
  g_assert_cmpint (UBUNTU, ==, 3);
  g_assert_cmpint (PROXMOX, ==, 4);
}

static void
test_references (void)
{
  MachtypeName *name = machtype_name_new ("q35", ANY, NULL);

  g_assert_true (g_boxed_copy (MACHTYPE_TYPE_NAME, name) == name);
  g_boxed_free (MACHTYPE_TYPE_NAME, name);
  g_assert_cmpstr (machtype_name_get_text (name), ==, "q35");
  machtype_name_unref (name);
  machtype_name_unref (NULL);
}

/* The private facts of the families, which other rooms use. */
static void
test_families (void)
{
  int family;

  g_assert_null (mt_family_info (NONE));
  g_assert_null (mt_family_info ((MachtypeFamily)-1));
  g_assert_null (mt_family_info ((MachtypeFamily)(XENFV + 1)));
  for (family = I440FX; family <= XENFV; family++) {
    const MtFamily *info = mt_family_info ((MachtypeFamily)family);

    ROW ("%s", info->name);
    g_assert_cmpuint (info->length, ==, strlen (info->name));
    g_assert_cmpuint (info->arches, !=, 0);
    g_assert_cmpstr (info->label, !=, "");
  }
}

/* An invalid architecture has no machine types: 103 and 39, x86_64, share a bit on processors that
 * shift by the remainder. */
static void
test_no_arch (void)
{
  static const int numbers[] = { -1, 42, 64, 103, G_MAXINT };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++) {
    const MachtypeArch arch = (MachtypeArch)numbers[i];
    g_autoptr (MachtypeName) name = machtype_name_new ("pc-q35-7.2", arch, NULL);

    ROW ("%d", numbers[i]);
    g_assert_cmpint (machtype_name_get_kind (name), ==, MACHTYPE_NAME_KIND_UNKNOWN);
    g_assert_cmpint (machtype_name_compare_strings ("pc-q35-7.1", "pc-q35-7.2", arch), ==,
                     MACHTYPE_ORDER_INCOMPARABLE);
    g_assert_false (machtype_guest_can_generate (arch, "q35"));
  }
}

/* What was meant by names that no QEMU can have. */
static void
test_intended (void)
{
  static const struct {
    const char *text;
    MachtypeArch arch;
    const char *intended; /* NULL: it can exist */
  } impossible[] = {
    { "pc-q35", MACHTYPE_ARCH_UNKNOWN, "q35" },
    { "pc-q35", MACHTYPE_ARCH_X86_64, "q35" },
    { "pc-i440fx", MACHTYPE_ARCH_UNKNOWN, "pc" },
    { "i440fx", MACHTYPE_ARCH_UNKNOWN, "pc" },
    { "ccw-virtio", MACHTYPE_ARCH_S390X, "s390-ccw-virtio" },
    { "Q35", MACHTYPE_ARCH_UNKNOWN, "q35" },
    { "VIRT-7.2", MACHTYPE_ARCH_AARCH64, "virt-7.2" },
    { "ss-5", MACHTYPE_ARCH_SPARC, "SS-5" },
    { "q35", MACHTYPE_ARCH_UNKNOWN, NULL },
    { "virt", MACHTYPE_ARCH_MIPSEL, NULL },
    { "pc-q35-7.2", MACHTYPE_ARCH_UNKNOWN, NULL },
    { "pc-q35-acme1.2", MACHTYPE_ARCH_UNKNOWN, NULL },
    { "pc-q35-", MACHTYPE_ARCH_UNKNOWN, NULL },
    { "nonsense", MACHTYPE_ARCH_UNKNOWN, NULL },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (impossible); i++) {
    g_autoptr (MachtypeName) name =
        machtype_name_new (impossible[i].text, impossible[i].arch, NULL);
    g_autofree char *intended = machtype_name_dup_intended (name);

    ROW ("%s", impossible[i].text);
    g_assert_cmpstr (intended, ==, impossible[i].intended);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name/numbers", test_numbers);
  g_test_add_func ("/name/rows", test_rows);
  g_test_add_func ("/name/malformed", test_malformed);
  g_test_add_func ("/name/invalid", test_invalid);
  g_test_add_func ("/name/length", test_length);
  g_test_add_func ("/name/families", test_families);
  g_test_add_func ("/name/references", test_references);
  g_test_add_func ("/name/survey", test_survey);
  g_test_add_func ("/name/order/vectors", test_vectors);
  g_test_add_func ("/name/order/more", test_orders);
  g_test_add_func ("/name/order/two-archs", test_two_archs);
  g_test_add_func ("/name/order/beside-digits", test_beside_digits);
  g_test_add_func ("/name/order/unknown", test_collate_unknown);
  g_test_add_func ("/name/order/properties", test_properties);
  g_test_add_func ("/name/noise", test_noise);
  g_test_add_func ("/name/no-arch", test_no_arch);
  g_test_add_func ("/name/intended", test_intended);
  return g_test_run ();
}
