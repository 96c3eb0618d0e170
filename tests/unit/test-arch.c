/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "arch-private.h"

/* Sources: libvirt src/util/virarch.c; nova/objects/fields.py (Architecture); uname -m of Linux;
 * Debian's ports; QEMU configs/targets; the default machines of the design, completed from libvirt
 * src/qemu/qemu_capabilities.c; Debian 12's packages. NULL: there is none. */
typedef struct {
  MachtypeArch arch;
  int number;               /* frozen */
  const char *spellings[5]; /* by MachtypeArchNaming: libvirt, Glance, uname, Debian, QEMU */
  const char *machine;
  const char *package;
  const char *firmware;
} Row;

static const Row rows[] = {
  { MACHTYPE_ARCH_AARCH64,
    1,
    { "aarch64", "aarch64", "aarch64", "arm64", "aarch64" },
    "virt",
    "qemu-system-arm",
    "qemu-efi-aarch64" },
  { MACHTYPE_ARCH_ALPHA,
    2,
    { "alpha", "alpha", "alpha", "alpha", "alpha" },
    "clipper",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_ARMV6L,
    3,
    { "armv6l", "armv6", "armv6l", "armel", "arm" },
    "virt",
    "qemu-system-arm",
    NULL },
  { MACHTYPE_ARCH_ARMV7B,
    4,
    { "armv7b", "armv7b", "armv7b", NULL, "arm" },
    NULL,
    "qemu-system-arm",
    NULL },
  { MACHTYPE_ARCH_ARMV7L,
    5,
    { "armv7l", "armv7l", "armv7l", "armhf", "arm" },
    "virt",
    "qemu-system-arm",
    "qemu-efi-arm" },
  { MACHTYPE_ARCH_AVR, 6, { "avr", NULL, NULL, NULL, "avr" }, NULL, "qemu-system-misc", NULL },
  { MACHTYPE_ARCH_CRIS,
    7,
    { "cris", "cris", "cris", NULL, "cris" },
    "axis-dev88",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_I686,
    8,
    { "i686", "i686", "i686", "i386", "i386" },
    "pc",
    "qemu-system-x86",
    "ovmf-ia32" },
  { MACHTYPE_ARCH_IA64, 9, { "ia64", "ia64", "ia64", "ia64", NULL }, NULL, NULL, NULL },
  { MACHTYPE_ARCH_LM32, 10, { "lm32", "lm32", NULL, NULL, "lm32" }, "lm32-evr", NULL, NULL },
  { MACHTYPE_ARCH_LOONGARCH64,
    11,
    { "loongarch64", NULL, "loongarch64", "loong64", "loongarch64" },
    "virt",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_M68K,
    12,
    { "m68k", "m68k", "m68k", "m68k", "m68k" },
    "mcf5208evb",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_MICROBLAZE,
    13,
    { "microblaze", "microblaze", "microblaze", NULL, "microblaze" },
    "petalogix-s3adsp1800",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_MICROBLAZEEL,
    14,
    { "microblazeel", "microblazeel", "microblaze", NULL, "microblazeel" },
    "petalogix-s3adsp1800",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_MIPS,
    15,
    { "mips", "mips", "mips", "mips", "mips" },
    "malta",
    "qemu-system-mips",
    NULL },
  { MACHTYPE_ARCH_MIPSEL,
    16,
    { "mipsel", "mipsel", "mips", "mipsel", "mipsel" },
    "malta",
    "qemu-system-mips",
    NULL },
  { MACHTYPE_ARCH_MIPS64,
    17,
    { "mips64", "mips64", "mips64", "mips64", "mips64" },
    "malta",
    "qemu-system-mips",
    NULL },
  { MACHTYPE_ARCH_MIPS64EL,
    18,
    { "mips64el", "mips64el", "mips64", "mips64el", "mips64el" },
    "malta",
    "qemu-system-mips",
    NULL },
  { MACHTYPE_ARCH_NIOS2,
    19,
    { "nios2", NULL, "nios2", NULL, "nios2" },
    NULL,
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_OPENRISC,
    20,
    { "or32", "openrisc", "openrisc", "or1k", "or1k" },
    "or1k-sim",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_PARISC,
    21,
    { "parisc", "parisc", "parisc", "hppa", "hppa" },
    NULL,
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_PARISC64,
    22,
    { "parisc64", "parisc64", "parisc64", NULL, "hppa" },
    NULL,
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_PPC,
    23,
    { "ppc", "ppc", "ppc", "powerpc", "ppc" },
    "g3beige",
    "qemu-system-ppc",
    NULL },
  { MACHTYPE_ARCH_PPCLE,
    24,
    { "ppcle", "ppcle", "ppcle", NULL, "ppc" },
    NULL,
    "qemu-system-ppc",
    NULL },
  { MACHTYPE_ARCH_PPC64,
    25,
    { "ppc64", "ppc64", "ppc64", "ppc64", "ppc64" },
    "pseries",
    "qemu-system-ppc",
    NULL },
  { MACHTYPE_ARCH_PPC64LE,
    26,
    { "ppc64le", "ppc64le", "ppc64le", "ppc64el", "ppc64" },
    "pseries",
    "qemu-system-ppc",
    NULL },
  { MACHTYPE_ARCH_PPCEMB, 27, { "ppcemb", "ppcemb", NULL, NULL, "ppcemb" }, NULL, NULL, NULL },
  { MACHTYPE_ARCH_RISCV32,
    28,
    { "riscv32", NULL, "riscv32", "riscv32", "riscv32" },
    "virt",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_RISCV64,
    29,
    { "riscv64", NULL, "riscv64", "riscv64", "riscv64" },
    "virt",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_RX, 30, { "rx", NULL, NULL, NULL, "rx" }, NULL, "qemu-system-misc", NULL },
  { MACHTYPE_ARCH_S390,
    31,
    { "s390", "s390", "s390", "s390", "s390x" },
    "s390-ccw-virtio",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_S390X,
    32,
    { "s390x", "s390x", "s390x", "s390x", "s390x" },
    "s390-ccw-virtio",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_SH4,
    33,
    { "sh4", "sh4", "sh4", "sh4", "sh4" },
    "shix",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_SH4EB,
    34,
    { "sh4eb", "sh4eb", "sh4", NULL, "sh4eb" },
    "shix",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_SPARC,
    35,
    { "sparc", "sparc", "sparc", "sparc", "sparc" },
    "SS-5",
    "qemu-system-sparc",
    NULL },
  { MACHTYPE_ARCH_SPARC64,
    36,
    { "sparc64", "sparc64", "sparc64", "sparc64", "sparc64" },
    "sun4u",
    "qemu-system-sparc",
    NULL },
  { MACHTYPE_ARCH_TRICORE,
    37,
    { "tricore", NULL, NULL, NULL, "tricore" },
    NULL,
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_UNICORE32,
    38,
    { "unicore32", "unicore32", "unicore32", NULL, "unicore32" },
    NULL,
    NULL,
    NULL },
  { MACHTYPE_ARCH_X86_64,
    39,
    { "x86_64", "x86_64", "x86_64", "amd64", "x86_64" },
    "pc",
    "qemu-system-x86",
    "ovmf" },
  { MACHTYPE_ARCH_XTENSA,
    40,
    { "xtensa", "xtensa", "xtensa", NULL, "xtensa" },
    "sim",
    "qemu-system-misc",
    NULL },
  { MACHTYPE_ARCH_XTENSAEB,
    41,
    { "xtensaeb", "xtensaeb", "xtensa", NULL, "xtensaeb" },
    "sim",
    "qemu-system-misc",
    NULL },
};

static void
test_numbers (void)
{
  GEnumClass *enumeration = g_type_class_ref (MACHTYPE_TYPE_ARCH);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    ROW ("%s", rows[i].spellings[0]);
    g_assert_cmpint (rows[i].arch, ==, rows[i].number);
  }
  g_assert_cmpint (MACHTYPE_ARCH_UNKNOWN, ==, 0);
  g_assert_cmpint (MT_ARCH_LAST, ==, G_N_ELEMENTS (rows));
  g_assert_cmpuint (enumeration->n_values, ==, G_N_ELEMENTS (rows) + 1);
  g_type_class_unref (enumeration);
}

static void
test_facts (void)
{
  gsize i, naming;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    MachtypeArch arch = rows[i].arch;

    ROW ("%s", rows[i].spellings[0]);
    g_assert_cmpstr (machtype_arch_to_string (arch), ==, rows[i].spellings[0]);
    for (naming = 0; naming < G_N_ELEMENTS (rows[i].spellings); naming++)
      g_assert_cmpstr (machtype_arch_get_name (arch, (MachtypeArchNaming)naming), ==,
                       rows[i].spellings[naming]);
    g_assert_cmpstr (machtype_arch_get_default_machine (arch), ==, rows[i].machine);
    g_assert_cmpstr (mt_arch_get_emulator_package (arch), ==, rows[i].package);
    g_assert_cmpstr (mt_arch_get_firmware_package (arch), ==, rows[i].firmware);
  }
}

/* A default that the grammar does not know for exactly that architecture would not be a machine
 * type. */
static void
test_defaults_are_known (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeName) name = NULL;

    if (rows[i].machine == NULL)
      continue;
    ROW ("%s of %s", rows[i].machine, rows[i].spellings[0]);
    name = machtype_name_new (rows[i].machine, rows[i].arch, NULL);
    g_assert_nonnull (name);
    g_assert_cmpint (machtype_name_get_kind (name), !=, MACHTYPE_NAME_KIND_UNKNOWN);
  }
}

/* Every other letter in upper case: aArCh64. */
static char *
mix_case (const char *text)
{
  char *mixed = g_strdup (text);
  gsize i;

  for (i = 0; mixed[i] != '\0'; i++) {
    if (i % 2 == 1)
      mixed[i] = g_ascii_toupper (mixed[i]);
  }
  return mixed;
}

static void
assert_found (const char *spelling, MachtypeArch expected)
{
  g_autofree char *upper = g_ascii_strup (spelling, -1), *mixed = mix_case (spelling);
  const char *const cases[] = { spelling, upper, mixed };
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    ROW ("'%s' is %s", cases[i], machtype_arch_to_string (expected));
    g_assert_cmpint (machtype_arch_from_string (cases[i], &error), ==, expected);
    g_assert_no_error (error);
  }
}

/* Whether uname's spelling is the name of one architecture, or that of its first one. */
static gboolean
is_ambiguous (gsize row, const char *uname)
{
  gsize i;

  for (i = 0; i < row; i++) {
    if (g_strcmp0 (rows[i].spellings[MACHTYPE_ARCH_NAMING_UNAME], uname) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
test_spellings (void)
{
  gsize i, naming;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (naming = 0; naming < MACHTYPE_ARCH_NAMING_QEMU; naming++) {
      const char *spelling = rows[i].spellings[naming];

      if (spelling == NULL || (naming == MACHTYPE_ARCH_NAMING_UNAME && is_ambiguous (i, spelling)))
        continue;
      assert_found (spelling, rows[i].arch);
    }
  }
}

/* Sources: nova/objects/fields.py (Architecture.canonicalize), GNU triplets, common usage. Nova
 * itself knows few of these, and neither riscv64 nor loongarch64 (its defect 23). */
static const struct {
  const char *alias;
  MachtypeArch arch;
} aliases[] = {
  { "i386", MACHTYPE_ARCH_I686 },
  { "i486", MACHTYPE_ARCH_I686 },
  { "i586", MACHTYPE_ARCH_I686 },
  { "x86_32", MACHTYPE_ARCH_I686 },
  { "x86_32p", MACHTYPE_ARCH_I686 },
  { "x86", MACHTYPE_ARCH_I686 },
  { "amd64", MACHTYPE_ARCH_X86_64 },
  { "x86-64", MACHTYPE_ARCH_X86_64 },
  { "x64", MACHTYPE_ARCH_X86_64 },
  { "arm64", MACHTYPE_ARCH_AARCH64 },
  { "armv8", MACHTYPE_ARCH_AARCH64 },
  { "armv8l", MACHTYPE_ARCH_ARMV7L },
  { "armv7", MACHTYPE_ARCH_ARMV7L },
  { "armhf", MACHTYPE_ARCH_ARMV7L },
  { "armv6", MACHTYPE_ARCH_ARMV6L },
  { "armel", MACHTYPE_ARCH_ARMV6L },
  { "ppc64el", MACHTYPE_ARCH_PPC64LE },
  { "powerpc64le", MACHTYPE_ARCH_PPC64LE },
  { "powerpc64", MACHTYPE_ARCH_PPC64 },
  { "powerpc", MACHTYPE_ARCH_PPC },
  { "mipsle", MACHTYPE_ARCH_MIPSEL },
  { "mips64le", MACHTYPE_ARCH_MIPS64EL },
  { "loong64", MACHTYPE_ARCH_LOONGARCH64 },
  { "or1k", MACHTYPE_ARCH_OPENRISC },
  { "openrisc", MACHTYPE_ARCH_OPENRISC },
  { "hppa", MACHTYPE_ARCH_PARISC },
  { "hppa64", MACHTYPE_ARCH_PARISC64 },
  { "mips", MACHTYPE_ARCH_MIPS },
  { "sh4", MACHTYPE_ARCH_SH4 },
  { "xtensa", MACHTYPE_ARCH_XTENSA },
};

static void
test_aliases (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (aliases); i++)
    assert_found (aliases[i].alias, aliases[i].arch);
}

static const char *const unknown[] = {
  "",
  " ",
  "x86_64 ",
  " x86_64",
  "x86_64\n",
  "x86_64\r",
  "x86_64\t",
  "x86 64",
  "arm",
  "z80",
  "unknown",
  "aarch64_be",
  "riscv",
  "riscv128",
  "x86_6",
  "x86_644",
  "%s",
  "\xc3\xa9",
  "\xff\xfe",
  "i486 i586",
  "i386,x86_64",
  "x86_64_16_bytes",
  "x86_64_17_bytes_",
  "\xef\xbd\x98_64", /* a full-width x */
};

static void
test_unknown (void)
{
  g_autofree char *hundred = g_strnfill (100, 'x');
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (unknown); i++) {
    test_row_text (unknown[i]);
    g_assert_cmpint (machtype_arch_from_string (unknown[i], &error), ==, MACHTYPE_ARCH_UNKNOWN);
    test_assert_error (&error, MACHTYPE_ERROR_UNKNOWN_ARCH, "unknown architecture x86_64");
  }
  g_assert_cmpint (machtype_arch_from_string (hundred, &error), ==, MACHTYPE_ARCH_UNKNOWN);
  test_assert_error (&error, MACHTYPE_ERROR_UNKNOWN_ARCH, "xxx...");
  g_assert_cmpint (machtype_arch_from_string ("no", NULL), ==, MACHTYPE_ARCH_UNKNOWN);
}

/* Texts with a length: a NUL inside is part of the text, not its end. */
static void
test_counted (void)
{
  g_assert_cmpint (mt_arch_find ("x86_64", 6), ==, MACHTYPE_ARCH_X86_64);
  g_assert_cmpint (mt_arch_find ("x86_64=q35", 6), ==, MACHTYPE_ARCH_X86_64);
  g_assert_cmpint (mt_arch_find ("x86_64\0", 7), ==, MACHTYPE_ARCH_UNKNOWN);
  g_assert_cmpint (mt_arch_find ("x86_64\0junk", 11), ==, MACHTYPE_ARCH_UNKNOWN);
  g_assert_cmpint (mt_arch_find ("\0x86_64", 7), ==, MACHTYPE_ARCH_UNKNOWN);
  g_assert_cmpint (mt_arch_find ("x86_64", 0), ==, MACHTYPE_ARCH_UNKNOWN);
  g_assert_cmpint (mt_arch_find ("x86_64", G_MAXSIZE), ==, MACHTYPE_ARCH_UNKNOWN);
}

static void
test_no_arch (void)
{
  const int none[] = { 0, -1, MT_ARCH_LAST + 1, 63, 64, 65, G_MAXINT, G_MININT };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (none); i++) {
    MachtypeArch arch = (MachtypeArch)none[i];

    ROW ("%d", none[i]);
    g_assert_false (mt_arch_is_valid (arch));
    g_assert_cmpstr (machtype_arch_to_string (arch), ==, "unknown");
    g_assert_null (machtype_arch_get_name (arch, MACHTYPE_ARCH_NAMING_LIBVIRT));
    g_assert_null (machtype_arch_get_default_machine (arch));
    g_assert_null (mt_arch_get_emulator_package (arch));
    g_assert_null (mt_arch_get_firmware_package (arch));
    g_assert_false (machtype_arch_can_accelerate (arch, MACHTYPE_ARCH_X86_64));
    g_assert_false (machtype_arch_can_accelerate (MACHTYPE_ARCH_X86_64, arch));
  }
  g_assert_null (machtype_arch_get_name (MACHTYPE_ARCH_X86_64, (MachtypeArchNaming)5));
  g_assert_null (machtype_arch_get_name (MACHTYPE_ARCH_X86_64, (MachtypeArchNaming)-1));
}

/* Source: QEMU target/ARCH/kvm; a 64-bit host runs 32-bit guests of its own kind. */
static const struct {
  const char *guest, *host;
  gboolean can;
} accelerated[] = {
  { "x86_64", "x86_64", TRUE },     { "i686", "x86_64", TRUE },
  { "i686", "i686", TRUE },         { "x86_64", "i686", FALSE },
  { "aarch64", "aarch64", TRUE },   { "armv7l", "aarch64", TRUE },
  { "armv6l", "aarch64", TRUE },    { "armv7l", "armv7l", TRUE },
  { "aarch64", "armv7l", FALSE },   { "ppc64le", "ppc64le", TRUE },
  { "ppc64", "ppc64le", TRUE },     { "ppc64le", "ppc64", TRUE },
  { "s390x", "s390x", TRUE },       { "s390", "s390x", TRUE },
  { "riscv64", "riscv64", TRUE },   { "loongarch64", "loongarch64", TRUE },
  { "mips64el", "mips64el", TRUE }, { "mipsel", "mips64", FALSE },
  { "aarch64", "x86_64", FALSE },   { "x86_64", "aarch64", FALSE },
  { "ppc64le", "x86_64", FALSE },   { "s390x", "x86_64", FALSE },
  { "riscv64", "x86_64", FALSE },   { "sparc64", "sparc64", FALSE },
  { "m68k", "m68k", FALSE },        { "alpha", "alpha", FALSE },
};

static void
test_can_accelerate (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (accelerated); i++) {
    ROW ("%s on %s", accelerated[i].guest, accelerated[i].host);
    g_assert_cmpint (
        machtype_arch_can_accelerate (machtype_arch_from_string (accelerated[i].guest, NULL),
                                      machtype_arch_from_string (accelerated[i].host, NULL)),
        ==, accelerated[i].can);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arch/numbers", test_numbers);
  g_test_add_func ("/arch/facts", test_facts);
  g_test_add_func ("/arch/defaults-are-known", test_defaults_are_known);
  g_test_add_func ("/arch/spellings", test_spellings);
  g_test_add_func ("/arch/aliases", test_aliases);
  g_test_add_func ("/arch/unknown", test_unknown);
  g_test_add_func ("/arch/counted", test_counted);
  g_test_add_func ("/arch/no-arch", test_no_arch);
  g_test_add_func ("/arch/can-accelerate", test_can_accelerate);
  return g_test_run ();
}
