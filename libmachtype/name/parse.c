/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of machine type names. Their order is in name/order.c.
 *
 *   name     = upstream | rhel | ubuntu | proxmox | alias | board
 *   upstream = family "-" num "." num [ "." num ] [ "-sxxm" ]
 *   legacy   = "pc-0." 10..15 | "pc-1." 0..3                       (the i440fx line)
 *   rhel     = family "-rhel" num "." num "." num [ "-sxxm" ] | "rhel" (5|6) "." num "." num
 *   ubuntu   = family "-" codename [ "-hpb" ] [ "-maxcpus" ] [ "-sxxm" ] [ "-v" num ]
 *   proxmox  = upstream [ "+pve" num ] [ ".pxe" ]
 *   num      = "0" | one to four digits without a leading zero
 *
 * QEMU compares names byte by byte (hw/core/machine.c), so there is no folding of any kind. */

#include "name/name-private.h"

#include <string.h>

#include "string-private.h"

#define A(arch) MT_ARCH_BIT (MACHTYPE_ARCH_##arch)
#define ARM (A (AARCH64) | A (ARMV6L) | A (ARMV7L))
#define X86 (A (I686) | A (X86_64))

/* Sources: QEMU hw/i386/pc_piix.c, pc_q35.c, hw/arm/virt.c, hw/m68k/virt.c,
 * hw/s390x/s390-virtio-ccw.c, hw/ppc/spapr.c, at the release that brought the first versioned type
 * of each family. */
static const MtFamily families[] = {
  [MACHTYPE_FAMILY_PC_I440FX] = { "pc-i440fx", "pc", "PC (i440FX, PCI)", 9, { 0, 10 }, X86 },
  [MACHTYPE_FAMILY_PC_Q35] = { "pc-q35", "q35", "PC (Q35, PCI Express)", 6, { 1, 4 }, X86 },
  [MACHTYPE_FAMILY_VIRT] = { "virt",
                             "virt",
                             "QEMU virtual machine (virt)",
                             4,
                             { 2, 6 },
                             ARM | A (M68K) },
  [MACHTYPE_FAMILY_S390_CCW_VIRTIO] = { "s390-ccw-virtio",
                                        "s390-ccw-virtio",
                                        "IBM Z (channel I/O)",
                                        15,
                                        { 2, 4 },
                                        A (S390) | A (S390X) },
  [MACHTYPE_FAMILY_PSERIES] = { "pseries",
                                "pseries",
                                "IBM pSeries (PAPR)",
                                7,
                                { 2, 1 },
                                A (PPC64) | A (PPC64LE) },
  [MACHTYPE_FAMILY_XENFV] = { "xenfv", "xenfv", "Xen, fully virtualised", 5, { 3, 1 }, X86 },
};

/* Aliases beside those of the families. Sources: QEMU hw/s390x/s390-virtio-ccw.c up to 2.3;
 * Ubuntu's define-ubuntu-machine-types.patch. */
typedef struct {
  char name[16];
  guint8 family;
  guint8 vendor;
} Alias;

static const Alias aliases[] = {
  { "s390-ccw", MACHTYPE_FAMILY_S390_CCW_VIRTIO, MACHTYPE_VENDOR_UPSTREAM },
  { "ubuntu", MACHTYPE_FAMILY_PC_I440FX, MACHTYPE_VENDOR_UBUNTU },
  { "ubuntu-q35", MACHTYPE_FAMILY_PC_Q35, MACHTYPE_VENDOR_UBUNTU },
  { "pc-1.0-precise", MACHTYPE_FAMILY_PC_I440FX, MACHTYPE_VENDOR_UBUNTU },
};

/* What is left to read of a name. */
typedef struct {
  const char *at, *end;
} Cursor;

const MtFamily *
mt_family_info (MachtypeFamily family)
{
  if (family <= MACHTYPE_FAMILY_NONE || family > MACHTYPE_FAMILY_XENFV)
    return NULL;
  return &families[family];
}

/* By the first byte: no two families but the two PCs share it with another. */
static MachtypeFamily
guess_family (const char *text)
{
  switch (text[0]) {
  case 'p':
    if (text[1] == 's')
      return MACHTYPE_FAMILY_PSERIES;
    return text[1] == 'c' && text[2] == '-' && text[3] == 'q' ? MACHTYPE_FAMILY_PC_Q35
                                                              : MACHTYPE_FAMILY_PC_I440FX;
  case 'v':
    return MACHTYPE_FAMILY_VIRT;
  case 's':
    return MACHTYPE_FAMILY_S390_CCW_VIRTIO;
  case 'x':
    return MACHTYPE_FAMILY_XENFV;
  default:
    return MACHTYPE_FAMILY_NONE;
  }
}

const MtFamily *
mt_family_of_prefix (const char *text, gsize length)
{
  const MtFamily *family;

  if (length < 5) /* of "virt-", the shortest */
    return NULL;
  family = &families[guess_family (text)];
  if (family->length == 0 || length <= family->length || text[family->length] != '-' ||
      memcmp (text, family->name, family->length) != 0)
    return NULL;
  return family;
}

static gboolean
is_name_character (guchar c)
{
  return g_ascii_isalnum (c) || c == '.' || c == '_' || c == '+' || c == '-';
}

static gboolean
is_name (const char *text, gsize length)
{
  gsize i;

  if (length == 0 || length > MACHTYPE_NAME_MAX_LENGTH)
    return FALSE;
  for (i = 0; i < length; i++) {
    if (!is_name_character ((guchar)text[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
skip (Cursor *c, const char *word, gsize length)
{
  if ((gsize)(c->end - c->at) < length || memcmp (c->at, word, length) != 0)
    return FALSE;
  c->at += length;
  return TRUE;
}

#define SKIP(cursor, literal) skip (cursor, literal, sizeof (literal) - 1)

static gboolean
read_number (Cursor *c, guint16 *value)
{
  const char *start = c->at;
  guint n = 0;

  while (c->at < c->end && g_ascii_isdigit (*c->at) && c->at - start < 4)
    n = n * 10 + (guint)(*c->at++ - '0');
  if (c->at == start || (*start == '0' && c->at - start > 1))
    return FALSE;
  if (c->at < c->end && g_ascii_isdigit (*c->at))
    return FALSE;
  *value = (guint16)n;
  return TRUE;
}

/* Two or three numbers with dots between; returns how many, 0 if there are not even two. */
static guint
read_version (Cursor *c, guint16 version[3])
{
  if (!read_number (c, &version[0]) || !SKIP (c, ".") || !read_number (c, &version[1]))
    return 0;
  version[2] = 0;
  /* ".pxe" is a tag, not a third number. */
  if (c->end - c->at >= 2 && c->at[0] == '.' && g_ascii_isdigit (c->at[1])) {
    c->at++;
    return read_number (c, &version[2]) ? 3 : 0;
  }
  return 2;
}

static void
set_versioned (MtName *out, MachtypeFamily family, MachtypeVendor vendor)
{
  out->kind = MACHTYPE_NAME_KIND_VERSIONED;
  out->family = (guint8)family;
  out->vendor = (guint8)vendor;
  out->arches = families[family].arches;
}

static void
set_tag (MtName *out, const char *text, const char *at, guint8 variant)
{
  if (out->tag == 0)
    out->tag = (guint8)(at - text);
  out->variant |= variant;
}

static gboolean
parse_upstream (const char *text, Cursor c, MachtypeFamily family, MtName *out)
{
  MachtypeVendor vendor = MACHTYPE_VENDOR_UPSTREAM;

  if (read_version (&c, out->version) == 0)
    return FALSE;
  if (family == MACHTYPE_FAMILY_PSERIES && SKIP (&c, "-sxxm"))
    set_tag (out, text, c.at - 4, MT_VARIANT_SXXM);
  if (SKIP (&c, "+pve")) {
    vendor = MACHTYPE_VENDOR_PROXMOX;
    if (!read_number (&c, &out->revision))
      return FALSE;
  }
  if (SKIP (&c, ".pxe")) {
    vendor = MACHTYPE_VENDOR_PROXMOX;
    set_tag (out, text, c.at - 3, MT_VARIANT_PXE);
  }
  if (c.at != c.end)
    return FALSE;
  set_versioned (out, family, vendor);
  return TRUE;
}

static gboolean
parse_rhel (const char *text, Cursor c, MachtypeFamily family, MtName *out)
{
  if (read_version (&c, out->version) != 3)
    return FALSE;
  if (family == MACHTYPE_FAMILY_PSERIES && SKIP (&c, "-sxxm"))
    set_tag (out, text, c.at - 4, MT_VARIANT_SXXM);
  if (c.at != c.end)
    return FALSE;
  set_versioned (out, family, MACHTYPE_VENDOR_RHEL);
  return TRUE;
}

/* Tags in one order only, as Ubuntu writes them: in another order it is another name to QEMU, and
 * nobody has it. */
static gboolean
parse_ubuntu (const char *text, Cursor c, MachtypeFamily family, MtName *out)
{
  const char *codename = c.at, *tags;

  while (c.at < c.end && g_ascii_islower (*c.at))
    c.at++;
  if (!mt_ubuntu_find (codename, (gsize)(c.at - codename), out->version))
    return FALSE;
  tags = c.at;
  if (SKIP (&c, "-hpb"))
    set_tag (out, text, tags + 1, MT_VARIANT_HPB);
  if (SKIP (&c, "-maxcpus"))
    set_tag (out, text, tags + 1, MT_VARIANT_MAXCPUS);
  if (SKIP (&c, "-sxxm"))
    set_tag (out, text, tags + 1, MT_VARIANT_SXXM);
  if (SKIP (&c, "-v") && (!read_number (&c, &out->revision) || out->revision == 0))
    return FALSE;
  if (c.at != c.end)
    return FALSE;
  set_versioned (out, family, MACHTYPE_VENDOR_UBUNTU);
  return TRUE;
}

/* "pc-" and a version, without a chipset: what QEMU 0.10 to 1.3 called the i440fx types. Any later
 * "pc-2.x" was never a machine type, and libvirt does not take it for one either. */
static gboolean
parse_legacy_pc (const char *text, Cursor c, MtName *out)
{
  guint minor;

  if (read_version (&c, out->version) != 2)
    return FALSE;
  minor = out->version[1];
  if (out->version[0] == 0 ? minor < 10 || minor > 15 : out->version[0] != 1 || minor > 3)
    return FALSE;
  if (c.at == c.end) {
    set_versioned (out, MACHTYPE_FAMILY_PC_I440FX, MACHTYPE_VENDOR_UPSTREAM);
    return TRUE;
  }
  if (out->version[0] != 1 || minor != 0 || !SKIP (&c, "-qemu-kvm") || c.at != c.end)
    return FALSE;
  set_tag (out, text, c.at - strlen ("qemu-kvm"), MT_VARIANT_QEMU_KVM);
  set_versioned (out, MACHTYPE_FAMILY_PC_I440FX, MACHTYPE_VENDOR_UBUNTU);
  out->version[0] = 12;
  out->version[1] = 4;
  return TRUE;
}

static gboolean
parse_family (const char *text, Cursor c, MachtypeFamily family, MtName *out)
{
  if (c.at < c.end && g_ascii_isdigit (*c.at))
    return parse_upstream (text, c, family, out);
  if (SKIP (&c, "rhel"))
    return parse_rhel (text, c, family, out);
  return parse_ubuntu (text, c, family, out);
}

static gboolean
parse_versioned (const char *text, gsize length, MtName *out)
{
  Cursor c = { text, text + length };
  const MtFamily *family;

  family = mt_family_of_prefix (text, length);
  if (family != NULL) {
    c.at += family->length + 1;
    return parse_family (text, c, (MachtypeFamily)(family - families), out);
  }
  if (SKIP (&c, "pc-"))
    return parse_legacy_pc (text, c, out);
  if (SKIP (&c, "rhel"))
    return parse_rhel (text, c, MACHTYPE_FAMILY_PC_I440FX, out) && out->version[0] >= 5 &&
           out->version[0] <= 6;
  return FALSE;
}

static void
set_alias (MtName *out, MachtypeFamily family, MachtypeVendor vendor)
{
  /* A version may have been read on the way, as of pc-1.0-precise. */
  memset (out, 0, sizeof *out);
  out->kind = MACHTYPE_NAME_KIND_ALIAS;
  out->family = (guint8)family;
  out->vendor = (guint8)vendor;
  out->arches = families[family].arches;
}

static gboolean
parse_alias (const char *text, gsize length, MtName *out)
{
  gsize i;

  if (length >= sizeof families[0].alias)
    return FALSE;
  for (i = MACHTYPE_FAMILY_PC_I440FX; i < G_N_ELEMENTS (families); i++) {
    if (mt_is_text (text, length, families[i].alias)) {
      set_alias (out, (MachtypeFamily)i, MACHTYPE_VENDOR_UPSTREAM);
      return TRUE;
    }
  }
  for (i = 0; i < G_N_ELEMENTS (aliases); i++) {
    if (mt_is_text (text, length, aliases[i].name)) {
      set_alias (out, (MachtypeFamily)aliases[i].family, (MachtypeVendor)aliases[i].vendor);
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
has_arch (const MtName *name, MachtypeArch arch)
{
  return arch == MACHTYPE_ARCH_UNKNOWN || name->arches == 0 ||
         (name->arches & mt_arch_bit (arch)) != 0;
}

static void
parse_board (const char *text, gsize length, MtName *out)
{
  const MtBoard *board = mt_board_find (text, length);

  memset (out, 0, sizeof *out);
  if (board == NULL)
    return;
  out->kind = board->is_alias ? MACHTYPE_NAME_KIND_ALIAS : MACHTYPE_NAME_KIND_BOARD;
  out->vendor = MACHTYPE_VENDOR_UPSTREAM;
  out->arches = board->arches;
}

gboolean
mt_name_parse (const char *text, gsize length, MachtypeArch arch, MtName *out)
{
  MtName family = { 0 };
  gboolean in_family;

  if (!is_name (text, length))
    return FALSE;
  in_family = parse_versioned (text, length, &family) || parse_alias (text, length, &family);
  if (in_family && has_arch (&family, arch)) {
    *out = family;
    return TRUE;
  }
  /* "virt" is an alias on Arm and a board of its own on RISC-V: the board counts where the family
   * is not one of this architecture. */
  parse_board (text, length, out);
  if (!has_arch (out, arch)) {
    out->kind = MACHTYPE_NAME_KIND_UNKNOWN;
    out->vendor = MACHTYPE_VENDOR_UNKNOWN;
  }
  if (in_family)
    out->arches |= family.arches;
  return TRUE;
}
