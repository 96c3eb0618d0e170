/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Architectures: their spellings, and the facts of each that need no host. */

#include "arch-private.h"
#include "error-private.h"

#include <string.h>

#define PKG(name) "qemu-system-" name
#define BIT(name) MT_ARCH_BIT (MACHTYPE_ARCH_##name)

/* Character arrays rather than pointers: the table then needs no relocation and stays read-only.
 *
 * Sources of the columns:
 *   libvirt   libvirt src/util/virarch.c (virArchData)
 *   glance    nova/objects/fields.py (Architecture); empty where Nova has no name
 *   uname     Linux arch/<arch>/Makefile UTS_MACHINE; empty where there is no Linux port
 *   debian    Debian's ports
 *   qemu      QEMU configs/targets/<target>-softmmu.mak
 *   aliases   nova/objects/fields.py (Architecture.canonicalize) and the GNU triplets
 *   machine   design rule; libvirt src/qemu/qemu_capabilities.c (preferredMachines) for the rest
 *   packages  Debian 12, files of qemu-system-* and the firmware packages
 *   kvm_on    QEMU target/<arch>/kvm: hosts whose KVM runs these guests
 */
typedef struct {
  char libvirt[MT_ARCH_NAME_SIZE];
  char glance[MT_ARCH_NAME_SIZE];
  char uname[MT_ARCH_NAME_SIZE];
  char debian[MT_ARCH_NAME_SIZE];
  char qemu[MT_ARCH_NAME_SIZE];
  char aliases[48]; /* separated by blanks */
  char machine[24];
  char package[24];
  char firmware_package[24]; /* of UEFI; empty where the firmware is built in or there is none */
  guint64 kvm_on;
} ArchInfo;

static const ArchInfo archs[] = {
  [MACHTYPE_ARCH_AARCH64] = { "aarch64", "aarch64", "aarch64", "arm64", "aarch64", "armv8 armv8a",
                              "virt", PKG ("arm"), "qemu-efi-aarch64", BIT (AARCH64) },
  [MACHTYPE_ARCH_ALPHA] = { "alpha", "alpha", "alpha", "alpha", "alpha", "", "clipper",
                            PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_ARMV6L] = { "armv6l", "armv6", "armv6l", "armel", "arm", "", "virt", PKG ("arm"),
                             "", BIT (AARCH64) | BIT (ARMV7L) | BIT (ARMV6L) },
  [MACHTYPE_ARCH_ARMV7B] = { "armv7b", "armv7b", "armv7b", "", "arm", "", "", PKG ("arm"), "", 0 },
  [MACHTYPE_ARCH_ARMV7L] = { "armv7l", "armv7l", "armv7l", "armhf", "arm", "armv7 armv8l", "virt",
                             PKG ("arm"), "qemu-efi-arm", BIT (AARCH64) | BIT (ARMV7L) },
  [MACHTYPE_ARCH_AVR] = { "avr", "", "", "", "avr", "", "", PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_CRIS] = { "cris", "cris", "cris", "", "cris", "", "axis-dev88", PKG ("misc"), "",
                           0 },
  [MACHTYPE_ARCH_I686] = { "i686", "i686", "i686", "i386", "i386", "i486 i586 x86 x86_32 x86_32p",
                           "pc", PKG ("x86"), "ovmf-ia32", BIT (I686) | BIT (X86_64) },
  [MACHTYPE_ARCH_IA64] = { "ia64", "ia64", "ia64", "ia64", "", "", "", "", "", 0 },
  [MACHTYPE_ARCH_LM32] = { "lm32", "lm32", "", "", "lm32", "", "lm32-evr", "", "", 0 },
  [MACHTYPE_ARCH_LOONGARCH64] = { "loongarch64", "", "loongarch64", "loong64", "loongarch64", "",
                                  "virt", PKG ("misc"), "", BIT (LOONGARCH64) },
  [MACHTYPE_ARCH_M68K] = { "m68k", "m68k", "m68k", "m68k", "m68k", "", "mcf5208evb", PKG ("misc"),
                           "", 0 },
  [MACHTYPE_ARCH_MICROBLAZE] = { "microblaze", "microblaze", "microblaze", "", "microblaze", "",
                                 "petalogix-s3adsp1800", PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_MICROBLAZEEL] = { "microblazeel", "microblazeel", "microblaze", "", "microblazeel",
                                   "", "petalogix-s3adsp1800", PKG ("misc"), "", 0 },
  /* Linux prints "mips" and "mips64" for either byte order. */
  [MACHTYPE_ARCH_MIPS] = { "mips", "mips", "mips", "mips", "mips", "mipseb", "malta", PKG ("mips"),
                           "", BIT (MIPS) | BIT (MIPS64) },
  [MACHTYPE_ARCH_MIPSEL] = { "mipsel", "mipsel", "mips", "mipsel", "mipsel", "mipsle mips32el",
                             "malta", PKG ("mips"), "", BIT (MIPSEL) | BIT (MIPS64EL) },
  [MACHTYPE_ARCH_MIPS64] = { "mips64", "mips64", "mips64", "mips64", "mips64", "", "malta",
                             PKG ("mips"), "", BIT (MIPS64) },
  [MACHTYPE_ARCH_MIPS64EL] = { "mips64el", "mips64el", "mips64", "mips64el", "mips64el", "mips64le",
                               "malta", PKG ("mips"), "", BIT (MIPS64EL) },
  [MACHTYPE_ARCH_NIOS2] = { "nios2", "", "nios2", "", "nios2", "", "", PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_OPENRISC] = { "or32", "openrisc", "openrisc", "or1k", "or1k", "", "or1k-sim",
                               PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_PARISC] = { "parisc", "parisc", "parisc", "hppa", "hppa", "hppa2.0", "",
                             PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_PARISC64] = { "parisc64", "parisc64", "parisc64", "", "hppa", "hppa64", "",
                               PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_PPC] = { "ppc", "ppc", "ppc", "powerpc", "ppc", "", "g3beige", PKG ("ppc"), "",
                          BIT (PPC) | BIT (PPC64) },
  [MACHTYPE_ARCH_PPCLE] = { "ppcle", "ppcle", "ppcle", "", "ppc", "powerpcle", "", PKG ("ppc"), "",
                            0 },
  [MACHTYPE_ARCH_PPC64] = { "ppc64", "ppc64", "ppc64", "ppc64", "ppc64", "powerpc64", "pseries",
                            PKG ("ppc"), "", BIT (PPC64) | BIT (PPC64LE) },
  [MACHTYPE_ARCH_PPC64LE] = { "ppc64le", "ppc64le", "ppc64le", "ppc64el", "ppc64", "powerpc64le",
                              "pseries", PKG ("ppc"), "", BIT (PPC64) | BIT (PPC64LE) },
  [MACHTYPE_ARCH_PPCEMB] = { "ppcemb", "ppcemb", "", "", "ppcemb", "", "", "", "", 0 },
  [MACHTYPE_ARCH_RISCV32] = { "riscv32", "", "riscv32", "riscv32", "riscv32", "", "virt",
                              PKG ("misc"), "", BIT (RISCV32) },
  [MACHTYPE_ARCH_RISCV64] = { "riscv64", "", "riscv64", "riscv64", "riscv64", "", "virt",
                              PKG ("misc"), "", BIT (RISCV64) },
  [MACHTYPE_ARCH_RX] = { "rx", "", "", "", "rx", "", "", PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_S390] = { "s390", "s390", "s390", "s390", "s390x", "", "s390-ccw-virtio",
                           PKG ("misc"), "", BIT (S390X) },
  [MACHTYPE_ARCH_S390X] = { "s390x", "s390x", "s390x", "s390x", "s390x", "", "s390-ccw-virtio",
                            PKG ("misc"), "", BIT (S390X) },
  [MACHTYPE_ARCH_SH4] = { "sh4", "sh4", "sh4", "sh4", "sh4", "", "shix", PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_SH4EB] = { "sh4eb", "sh4eb", "sh4", "", "sh4eb", "", "shix", PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_SPARC] = { "sparc", "sparc", "sparc", "sparc", "sparc", "", "SS-5", PKG ("sparc"),
                            "", 0 },
  [MACHTYPE_ARCH_SPARC64] = { "sparc64", "sparc64", "sparc64", "sparc64", "sparc64", "", "sun4u",
                              PKG ("sparc"), "", 0 },
  [MACHTYPE_ARCH_TRICORE] = { "tricore", "", "", "", "tricore", "", "", PKG ("misc"), "", 0 },
  [MACHTYPE_ARCH_UNICORE32] = { "unicore32", "unicore32", "unicore32", "", "unicore32", "", "", "",
                                "", 0 },
  [MACHTYPE_ARCH_X86_64] = { "x86_64", "x86_64", "x86_64", "amd64", "x86_64", "x86-64 x64", "pc",
                             PKG ("x86"), "ovmf", BIT (X86_64) },
  [MACHTYPE_ARCH_XTENSA] = { "xtensa", "xtensa", "xtensa", "", "xtensa", "", "sim", PKG ("misc"),
                             "", 0 },
  [MACHTYPE_ARCH_XTENSAEB] = { "xtensaeb", "xtensaeb", "xtensa", "", "xtensaeb", "", "sim",
                               PKG ("misc"), "", 0 },
};

G_STATIC_ASSERT (G_N_ELEMENTS (archs) == MT_ARCH_LAST + 1);
G_STATIC_ASSERT (MT_ARCH_LAST < 64);

/* Where libvirt's names are, by a hash without collisions among them: most names are these, and a
 * search would touch every row. A test looks every one up; a new architecture may need other
 * factors. */
#define SLOTS 128

static guint
get_slot (const char *name, gsize length)
{
  const guchar *p = (const guchar *)name;

  return (p[0] * 82u + p[length / 2] * 96u + p[length - 2] * 27u + p[length - 1] * 76u +
          (guint)length * 32u) %
         SLOTS;
}

static const guint8 slots[SLOTS] = {
  [0] = MACHTYPE_ARCH_PPCLE,         [1] = MACHTYPE_ARCH_MIPSEL,
  [4] = MACHTYPE_ARCH_IA64,          [5] = MACHTYPE_ARCH_PARISC,
  [6] = MACHTYPE_ARCH_S390X,         [18] = MACHTYPE_ARCH_I686,
  [22] = MACHTYPE_ARCH_M68K,         [23] = MACHTYPE_ARCH_PPCEMB,
  [24] = MACHTYPE_ARCH_SPARC64,      [30] = MACHTYPE_ARCH_SH4,
  [33] = MACHTYPE_ARCH_MICROBLAZEEL, [34] = MACHTYPE_ARCH_PARISC64,
  [38] = MACHTYPE_ARCH_RISCV64,      [42] = MACHTYPE_ARCH_TRICORE,
  [52] = MACHTYPE_ARCH_AARCH64,      [53] = MACHTYPE_ARCH_SH4EB,
  [61] = MACHTYPE_ARCH_RISCV32,      [64] = MACHTYPE_ARCH_SPARC,
  [66] = MACHTYPE_ARCH_PPC64,        [68] = MACHTYPE_ARCH_MICROBLAZE,
  [77] = MACHTYPE_ARCH_CRIS,         [79] = MACHTYPE_ARCH_XTENSAEB,
  [84] = MACHTYPE_ARCH_ARMV6L,       [93] = MACHTYPE_ARCH_XTENSA,
  [94] = MACHTYPE_ARCH_MIPS,         [96] = MACHTYPE_ARCH_PPC64LE,
  [97] = MACHTYPE_ARCH_MIPS64EL,     [103] = MACHTYPE_ARCH_OPENRISC,
  [106] = MACHTYPE_ARCH_RX,          [108] = MACHTYPE_ARCH_MIPS64,
  [111] = MACHTYPE_ARCH_ARMV7L,      [113] = MACHTYPE_ARCH_LM32,
  [114] = MACHTYPE_ARCH_X86_64,      [115] = MACHTYPE_ARCH_UNICORE32,
  [116] = MACHTYPE_ARCH_PPC,         [117] = MACHTYPE_ARCH_NIOS2,
  [118] = MACHTYPE_ARCH_ALPHA,       [119] = MACHTYPE_ARCH_ARMV7B,
  [121] = MACHTYPE_ARCH_S390,        [122] = MACHTYPE_ARCH_LOONGARCH64,
  [124] = MACHTYPE_ARCH_AVR,
};

gboolean
mt_arch_is_valid (MachtypeArch arch)
{
  return arch > MACHTYPE_ARCH_UNKNOWN && arch <= MT_ARCH_LAST;
}

gboolean
mt_arch_check (MachtypeArch arch, GError **error)
{
  if (arch == MACHTYPE_ARCH_UNKNOWN || mt_arch_is_valid (arch))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown architecture %u", (guint)arch);
}

static const char *
text_or_null (const char *text)
{
  return text[0] != '\0' ? text : NULL;
}

static gboolean
is_word_of (const char *words, const char *word, gsize length)
{
  const char *p;

  for (p = words; *p != '\0'; p += strspn (p, " ")) {
    gsize n = strcspn (p, " ");

    if (n == length && memcmp (p, word, n) == 0)
      return TRUE;
    p += n;
  }
  return FALSE;
}

static gboolean
has_spelling (const ArchInfo *info, const char *text, gsize length)
{
  /* uname's spelling is left out: where it differs from libvirt's it is another architecture's
   * name (mips, sh4, xtensa), except for openrisc, which is also Nova's. */
  return strcmp (info->libvirt, text) == 0 || strcmp (info->glance, text) == 0 ||
         strcmp (info->debian, text) == 0 || is_word_of (info->aliases, text, length);
}

/* Not by the emulator's suffix (arm, ppc, hppa): it often serves several architectures and names
 * none of them, unless it is somebody's name of one, too. */
MachtypeArch
mt_arch_find (const char *text, gsize length)
{
  char lower[MT_ARCH_NAME_SIZE];
  const ArchInfo *info;
  gsize i;

  /* The shortest is "rx". */
  if (length < 2 || length >= sizeof lower)
    return MACHTYPE_ARCH_UNKNOWN;
  info = &archs[slots[get_slot (text, length)]];
  if (strncmp (info->libvirt, text, length) == 0 && info->libvirt[length] == '\0')
    return (MachtypeArch)(info - archs);
  for (i = 0; i < length; i++)
    lower[i] = g_ascii_tolower (text[i]);
  lower[length] = '\0';
  if (strlen (lower) != length)
    return MACHTYPE_ARCH_UNKNOWN;

  for (i = 1; i < G_N_ELEMENTS (archs); i++) {
    if (has_spelling (&archs[i], lower, length))
      return (MachtypeArch)i;
  }
  return MACHTYPE_ARCH_UNKNOWN;
}

/**
 * machtype_arch_from_string:
 * @text: an architecture as Glance, `uname -m`, Debian or libvirt spell it, in any case; must not
 *   be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an architecture by name: `aarch64` and `arm64`, `x86_64` and `amd64`, `ppc64le` and
 * `ppc64el`, `i386` and `i686`, and so on. Linux prints `mips` for both byte orders; here it is the
 * big-endian one, as everywhere else.
 *
 * Raises %MACHTYPE_ERROR_UNKNOWN_ARCH. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN on error
 * Since: 1.0
 */
MachtypeArch
machtype_arch_from_string (const char *text, GError **error)
{
  g_autofree char *shown = NULL;
  MachtypeArch arch;

  g_return_val_if_fail (text != NULL, MACHTYPE_ARCH_UNKNOWN);

  arch = mt_arch_find (text, strnlen (text, MT_ARCH_NAME_SIZE));
  if (arch != MACHTYPE_ARCH_UNKNOWN)
    return arch;
  shown = mt_shown (text);
  mt_fail (error, MACHTYPE_ERROR_UNKNOWN_ARCH,
           "unknown architecture '%s'; known are for example x86_64, aarch64, s390x, ppc64le, "
           "mipsel, riscv64",
           shown);
  return MACHTYPE_ARCH_UNKNOWN;
}

/**
 * machtype_arch_to_string:
 * @arch: an architecture
 *
 * Tells libvirt's name of an architecture, as it stands in domain XML. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for %MACHTYPE_ARCH_UNKNOWN and for a
 *   number that is none
 * Since: 1.0
 */
const char *
machtype_arch_to_string (MachtypeArch arch)
{
  return mt_arch_is_valid (arch) ? archs[arch].libvirt : "unknown";
}

/**
 * machtype_arch_get_spelling:
 * @arch: an architecture
 * @naming: whose spelling
 *
 * Tells how somebody spells an architecture. Thread-safe.
 *
 * Returns: (transfer none) (nullable): a constant string; %NULL where they have no name for it
 * Since: 1.0
 */
const char *
machtype_arch_get_spelling (MachtypeArch arch, MachtypeArchNaming naming)
{
  if (!mt_arch_is_valid (arch))
    return NULL;
  switch (naming) {
  case MACHTYPE_ARCH_NAMING_LIBVIRT:
    return archs[arch].libvirt;
  case MACHTYPE_ARCH_NAMING_GLANCE:
    return text_or_null (archs[arch].glance);
  case MACHTYPE_ARCH_NAMING_UNAME:
    return text_or_null (archs[arch].uname);
  case MACHTYPE_ARCH_NAMING_DEBIAN:
    return text_or_null (archs[arch].debian);
  case MACHTYPE_ARCH_NAMING_QEMU:
    return text_or_null (archs[arch].qemu);
  default:
    return NULL;
  }
}

/**
 * machtype_arch_get_default_machine:
 * @arch: an architecture
 *
 * Tells the built-in default machine type of an architecture. It is data: a release may change it,
 * with a line in NEWS, and instances with a record never notice. Thread-safe.
 *
 * Source: Nova's built-in defaults, completed from libvirt's qemu_capabilities.c; see
 * `libmachtype/arch.c`.
 *
 * Returns: (transfer none) (nullable): a constant string; %NULL where there is no default
 * Since: 1.0
 */
const char *
machtype_arch_get_default_machine (MachtypeArch arch)
{
  return mt_arch_is_valid (arch) ? text_or_null (archs[arch].machine) : NULL;
}

const char *
mt_arch_get_emulator_package (MachtypeArch arch)
{
  return mt_arch_is_valid (arch) ? text_or_null (archs[arch].package) : NULL;
}

const char *
mt_arch_get_firmware_package (MachtypeArch arch)
{
  return mt_arch_is_valid (arch) ? text_or_null (archs[arch].firmware_package) : NULL;
}

char *
mt_package_dup_remedy (const char *package)
{
  return package != NULL ? g_strdup_printf ("install package %s", package) : NULL;
}

/**
 * machtype_arch_can_accelerate:
 * @guest: architecture of the guest
 * @host: architecture of the host
 *
 * Tells whether KVM on a host of one architecture can run guests of another, as far as the
 * architectures alone decide. A host's capabilities know better. Thread-safe.
 *
 * Returns: %TRUE if KVM could; %FALSE if only emulation can, or either is unknown
 * Since: 1.0
 */
gboolean
machtype_arch_can_accelerate (MachtypeArch guest, MachtypeArch host)
{
  if (!mt_arch_is_valid (guest) || !mt_arch_is_valid (host))
    return FALSE;
  return (archs[guest].kvm_on & MT_ARCH_BIT (host)) != 0;
}
