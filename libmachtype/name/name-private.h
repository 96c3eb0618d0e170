/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/name.h>

#include "arch-private.h"

/* A version of QEMU; 0.0 is "none". */
typedef struct {
  guint8 major, minor;
} MtQemuVersion;

static inline gboolean
mt_qemu_version_is_set (MtQemuVersion version)
{
  return version.major != 0 || version.minor != 0;
}

/* Below, equal to or above 0: a is older than b, the same, or later. */
static inline int
mt_qemu_version_compare (MtQemuVersion a, MtQemuVersion b)
{
  return a.major != b.major ? a.major - b.major : a.minor - b.minor;
}

/* As libvirt counts: major * 1000000 + minor * 1000 + micro. */
static inline guint64
mt_qemu_version_encode (MtQemuVersion version)
{
  return version.major * G_GUINT64_CONSTANT (1000000) + version.minor * 1000u;
}

/* Without the micro version. What does not fit is the largest that does. */
static inline MtQemuVersion
mt_qemu_version_decode (guint64 number)
{
  return (MtQemuVersion){ (guint8)MIN (number / 1000000, G_MAXUINT8),
                          (guint8)MIN (number / 1000 % 1000, G_MAXUINT8) };
}

/* A machine type without versions. */
typedef struct {
  char name[MT_BOARD_NAME_SIZE];
  guint64 arches; /* one bit each (MT_ARCH_BIT); 0: the source does not list them */
  guint8 vendor;  /* MachtypeVendor */
  gboolean is_alias;
  MtQemuVersion introduced, deprecated, removed; /* 0.0: not listed, or never */
} MtBoard;

/* A parsed name, without a copy and without an allocation. */
typedef struct {
  guint64 arches;     /* architectures that have it; 0: unknown, G_MAXUINT64: any */
  guint16 version[3]; /* Ubuntu: year, month */
  guint16 revision;   /* N of Proxmox's +pveN and Ubuntu's -vN; 0: none */
  guint8 kind;        /* MachtypeNameKind */
  guint8 family;      /* MachtypeFamily */
  guint8 vendor;      /* MachtypeVendor */
  guint8 variant;     /* one bit each; see data/vendors.tsv */
  guint8 tag;         /* where the tag starts in the text; 0: none */
} MtName;

struct _MachtypeName {
  gatomicrefcount refs;
  guint line;        /* mt_name_line of parsed, with arch in the upper half; 0: none */
  guint64 key;       /* mt_name_key of parsed */
  MachtypeArch arch; /* as requested; MACHTYPE_ARCH_UNKNOWN: any */
  MtName parsed;
  const char *tag; /* within text, or NULL */
  char text[];
};

/* Facts about a family that do not depend on a version. */
typedef struct {
  char name[MT_FAMILY_NAME_SIZE];   /* followed by "-" and a version, a type */
  char alias[MT_FAMILY_NAME_SIZE];  /* QEMU's alias for the newest */
  char label[MT_FAMILY_LABEL_SIZE]; /* for people */
  guint8 length;                    /* of name */
  MtQemuVersion first;
  guint64 arches;
  guint64 later;     /* those of them that have it since a later version */
  gboolean age_rule; /* its types are deprecated and removed by age */
} MtFamily;

/* Facts about vendors of machine types: see data/vendors.tsv. */
typedef struct {
  char word[MT_VENDOR_WORD_SIZE];     /* for programs */
  char label[MT_VENDOR_LABEL_SIZE];   /* for people */
  char product[MT_VENDOR_LABEL_SIZE]; /* what its releases are called */
  guint8 counts_as;                   /* MachtypeVendor by which its versions are ordered */
  gboolean age_rule;                  /* its types are deprecated and removed by age */
  gboolean version_is_base;           /* they are based on the QEMU that they are named after */
} MtVendor;

/* What a tag says of a type: see data/vendors.tsv. */
typedef struct {
  char name[MT_VARIANT_NAME_SIZE];
  char meaning[MT_VARIANT_MEANING_SIZE]; /* for people */
  gboolean kept;                         /* a guest keeps it at any version */
} MtVariant;

/* The first one that one of two types has and the other has not, of those that a guest keeps. NULL:
 * none. */
const MtVariant *mt_variant_find_different (const MtName *a, const MtName *b);

const MtBoard *mt_board_find (const char *text, gsize length);

/* All of them. */
const MtBoard *mt_boards_get (gsize *count);

/* The board that this is in another case; NULL: none. */
const char *mt_board_find_folded (const char *text);

/* MACHTYPE_FAMILY_NONE has no row: NULL. */
const MtFamily *mt_family_info (MachtypeFamily family);

/* Every vendor has a row, including MACHTYPE_VENDOR_UNKNOWN. */
const MtVendor *mt_vendor_info (guint vendor);

/* The first alias of a vendor's own for the newest type of a family; NULL: it has none. */
const char *mt_alias_find (const MtFamily *family, MachtypeVendor vendor);

/* Whether a text has the length and the characters of a name, which is all that parsing requires.
 */
gboolean mt_name_is_valid (const char *text, gsize length);

/* Parses a name. FALSE: it is not a valid name, and out is not set. With an architecture, names
 * that only other architectures have are MACHTYPE_NAME_KIND_UNKNOWN; arches is set anyway. */
gboolean mt_name_parse (const char *text, gsize length, MachtypeArch arch, MtName *out);
const MtName *mt_name_get_parsed (const MachtypeName *name);

/* The family whose name and "-" are at the start of text, within the first length bytes. */
const MtFamily *mt_family_of_prefix (const char *text, gsize length);

/* The order of two valid names; same: the texts are equal. */
MachtypeOrder mt_name_order (const MtName *a, const MtName *b, gboolean same);

/* The same by numbers: types of one line (0: no line, nothing to compare) are ordered by keys. */
guint mt_name_line (const MtName *name);
guint64 mt_name_key (const MtName *name);
MachtypeOrder mt_name_order_keys (guint64 a, guint64 b);

/* A total order for display: negative, 0 only for equal texts, positive. */
int mt_name_collate (const MtName *a, const char *a_text, const MtName *b, const char *b_text);

/* The same, but within a line the newest first: readers of a list look for those. */
int mt_name_collate_newest (const MtName *a, const char *a_text, const MtName *b,
                            const char *b_text);

/* The upstream QEMU that a vendor's type is based on: a hint, never an equality. */
gboolean mt_name_upstream_base (const MtName *name, MtQemuVersion *base);

/* The version of a vendor's code name. */
gboolean mt_codename_find (guint vendor, const char *codename, gsize length, guint16 version[3]);

/* The code names of a vendor, the oldest first, and their versions; NULL: there are no more. */
const char *mt_codename_get (guint vendor, gsize i, guint16 version[2]);

/* Why guests of an architecture cannot have a valid name that other architectures have; usual is
 * what they usually have instead, or NULL. NULL: they can have it, or no architecture is known to.
 */
char *mt_name_dup_foreign (const MtName *name, const char *machine, MachtypeArch arch,
                           const char *usual);

/* Raises MACHTYPE_ERROR_INVALID_NAME; the message says what is valid. */
void mt_name_set_invalid (const char *text, GError **error);

/* Whether a text is a valid name; raises the same. */
gboolean mt_name_check (const char *text, GError **error);
