/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Architectures: their spellings, and facts that do not depend on a host. */

#include "arch-private.h"
#include "error-private.h"
#include "string-private.h"
#include "text-private.h"

#include <string.h>

/* The columns of data/archs.tsv. Character arrays instead of pointers, so that the table needs no
 * relocation and stays read-only. */
typedef struct {
  char libvirt[MT_ARCH_NAME_SIZE];
  char glance[MT_ARCH_NAME_SIZE];
  char uname[MT_ARCH_NAME_SIZE];
  char debian[MT_ARCH_NAME_SIZE];
  char qemu[MT_ARCH_NAME_SIZE];
  char machine[MT_MACHINE_NAME_SIZE];
  char package[MT_PACKAGE_NAME_SIZE];
  char firmware_package[MT_PACKAGE_NAME_SIZE];
  guint64 kvm_on;
  char libvirt_from[8]; /* the first version that knows it; empty: all do */
} ArchInfo;

/* Spellings that identify one architecture: libvirt's, Glance's and Debian's names, and aliases. */
typedef struct {
  char text[MT_ARCH_NAME_SIZE];
  guint8 length;
  guint8 arch;
} Spelling;

#include "data/archs.inc"

G_STATIC_ASSERT (G_N_ELEMENTS (archs) == MT_ARCH_LAST + 1);
G_STATIC_ASSERT (MT_ARCH_LAST < 64);

gboolean
mt_arch_is_in_libvirt (MachtypeArch arch, guint major, guint minor)
{
  const char *from = archs[arch].libvirt_from;
  char *end = NULL;
  guint64 first;

  if (from[0] == '\0' || (major == 0 && minor == 0))
    return TRUE;
  first = g_ascii_strtoull (from, &end, 10);
  return major > first ||
         (major == first && minor >= g_ascii_strtoull (end + (*end == '.'), NULL, 10));
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

static inline MachtypeArch
find_spelling (const char *text, gsize length)
{
  guint slot = spelling_slot (text, length);
  guint row;

  while ((row = spelling_slots[slot]) != 0) {
    const Spelling *spelling = &spellings[row - 1];

    if (spelling->length == length && memcmp (spelling->text, text, length) == 0)
      return (MachtypeArch)spelling->arch;
    slot = (slot + 1) % G_N_ELEMENTS (spelling_slots);
  }
  return MACHTYPE_ARCH_UNKNOWN;
}

static MachtypeArch
find_in_lower_case (const char *text, gsize length)
{
  char lower[MT_ARCH_NAME_SIZE];
  gsize i;

  for (i = 0; i < length; i++)
    lower[i] = g_ascii_tolower (text[i]);
  return find_spelling (lower, length);
}

/* The emulator's suffix (arm, ppc, hppa) is not a spelling unless it is also another naming
 * scheme's: it often serves several architectures. Neither is uname's name: where it differs from
 * libvirt's it is the name of another architecture (mips, sh4, xtensa). */
MachtypeArch
mt_arch_find (const char *text, gsize length)
{
  MachtypeArch arch;

  /* The shortest is "rx". */
  if (length < 2 || length >= MT_ARCH_NAME_SIZE)
    return MACHTYPE_ARCH_UNKNOWN;
  arch = find_spelling (text, length);
  return arch != MACHTYPE_ARCH_UNKNOWN ? arch : find_in_lower_case (text, length);
}

/* QEMU's name can be that of several architectures. */
static char *
dup_archs_of_emulator (const char *text)
{
  GString *list = g_string_new (NULL);
  gsize i;

  for (i = 1; *text != '\0' && i < G_N_ELEMENTS (archs); i++) {
    if (g_ascii_strcasecmp (archs[i].qemu, text) == 0)
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "", archs[i].libvirt);
  }
  return g_string_free (list, list->len == 0);
}

char *
mt_arch_dup_hint (const char *text)
{
  const char *words[G_N_ELEMENTS (spellings) + 1] = { NULL };
  g_autofree char *list = dup_archs_of_emulator (text);
  gsize i;

  if (list != NULL)
    return g_strdup_printf ("; did you mean one of %s?", list);
  for (i = 0; i < G_N_ELEMENTS (spellings); i++)
    words[i] = spellings[i].text;
  return mt_dup_similar_hint (text, words);
}

/**
 * machtype_arch_from_string:
 * @text: an architecture in the spelling of Glance, `uname -m`, Debian or libvirt, in any case;
 *   must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an architecture by name: `aarch64` and `arm64`, `x86_64` and `amd64`, `ppc64le` and
 * `ppc64el`, `i386` and `i686`, and so on. Linux prints `mips` for both byte orders; here it is
 * big-endian, as everywhere else.
 *
 * Raises %MACHTYPE_ERROR_UNKNOWN_ARCH. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN on error
 * Since: 1.0
 */
MachtypeArch
machtype_arch_from_string (const char *text, GError **error)
{
  g_autofree char *shown = NULL, *hint = NULL;
  MachtypeArch arch;

  g_return_val_if_fail (text != NULL, MACHTYPE_ARCH_UNKNOWN);

  arch = mt_arch_find (text, strnlen (text, MT_ARCH_NAME_SIZE));
  if (arch != MACHTYPE_ARCH_UNKNOWN)
    return arch;
  shown = mt_escape_for_message (text);
  hint = mt_arch_dup_hint (text);
  mt_fail (error, MACHTYPE_ERROR_UNKNOWN_ARCH,
           "unknown architecture '%s'; examples are x86_64, aarch64, s390x, ppc64le, mipsel, "
           "riscv64%s",
           shown, hint);
  return MACHTYPE_ARCH_UNKNOWN;
}

/**
 * machtype_arch_to_string:
 * @arch: an architecture
 *
 * Gets libvirt's name of an architecture, as used in domain XML. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for %MACHTYPE_ARCH_UNKNOWN and for an
 *   invalid value
 * Since: 1.0
 */
const char *
machtype_arch_to_string (MachtypeArch arch)
{
  return mt_arch_is_valid (arch) ? archs[arch].libvirt : "unknown";
}

/**
 * machtype_arch_get_name:
 * @arch: an architecture
 * @naming: the naming scheme
 *
 * Gets the name of an architecture in a naming scheme. Thread-safe.
 *
 * Returns: (transfer none) (nullable): a constant string; %NULL if the scheme has no name for it
 * Since: 1.0
 */
const char *
machtype_arch_get_name (MachtypeArch arch, MachtypeArchNaming naming)
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
 * Gets the built-in default machine type of an architecture. It is data: a release can change it,
 * with a line in NEWS; instances that have a record are not affected. Thread-safe.
 *
 * Source: Nova's built-in defaults, completed from libvirt's qemu_capabilities.c; see
 * `libmachtype/data/archs.tsv`.
 *
 * Returns: (transfer none) (nullable): a constant string; %NULL if there is no default
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

/* A package that is installed does not help a libvirt that does not know its emulator. */
char *
mt_arch_dup_emulator_remedy (MachtypeArch arch)
{
  g_autofree char *remedy = mt_package_dup_remedy (mt_arch_get_emulator_package (arch));

  if (!mt_arch_is_valid (arch) || archs[arch].libvirt_from[0] == '\0')
    return g_steal_pointer (&remedy);
  return g_strdup_printf ("libvirt before %s does not know %s; use a newer one%s%s",
                          archs[arch].libvirt_from, archs[arch].libvirt,
                          remedy != NULL ? ", and " : "", remedy != NULL ? remedy : "");
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
 * Checks whether KVM on a host of one architecture can run guests of another, judged by the
 * architectures alone. A host's capabilities are more precise. Thread-safe.
 *
 * Returns: %TRUE if KVM can; %FALSE if only emulation can, or if either is unknown
 * Since: 1.0
 */
gboolean
machtype_arch_can_accelerate (MachtypeArch guest, MachtypeArch host)
{
  if (!mt_arch_is_valid (guest) || !mt_arch_is_valid (host))
    return FALSE;
  return (archs[guest].kvm_on & MT_ARCH_BIT (host)) != 0;
}

static const char arch_namings[][8] = {
  [MACHTYPE_ARCH_NAMING_LIBVIRT] = "libvirt", [MACHTYPE_ARCH_NAMING_GLANCE] = "glance",
  [MACHTYPE_ARCH_NAMING_UNAME] = "uname",     [MACHTYPE_ARCH_NAMING_DEBIAN] = "debian",
  [MACHTYPE_ARCH_NAMING_QEMU] = "qemu",
};

/**
 * machtype_arch_naming_to_string:
 * @naming: a naming scheme
 *
 * Gets the word for a naming scheme: `libvirt`, `glance`, `uname`, `debian`, `qemu`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_arch_naming_to_string (MachtypeArchNaming naming)
{
  return MT_WORD (arch_namings, naming);
}

/**
 * machtype_arch_naming_from_string:
 * @text: the word for a naming scheme; must not be %NULL
 * @naming: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a naming scheme by its word, as machtype_arch_naming_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @naming is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_arch_naming_from_string (const char *text, MachtypeArchNaming *naming, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (arch_namings, "naming scheme", text, error);
  if (found >= 0 && naming != NULL)
    *naming = (MachtypeArchNaming)found;
  return found >= 0;
}
