/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/name.h>

#include "arch-private.h"

/* A version of QEMU; 0.0 is "none". */
typedef struct {
  guint8 major, minor;
} MtQemuVersion;

/* A machine type without versions. */
typedef struct {
  char name[28];
  guint64 arches; /* one bit each (MT_ARCH_BIT); 0: not told by the source */
  gboolean is_alias;
  MtQemuVersion introduced, deprecated, removed; /* 0.0: not told, or not so */
} MtBoard;

/* Variants of one version: same base, other knobs, so no order between them. */
enum {
  MT_VARIANT_HPB = 1 << 0,      /* Ubuntu: host-phys-bits=on */
  MT_VARIANT_MAXCPUS = 1 << 1,  /* Ubuntu: 1024 vCPUs */
  MT_VARIANT_SXXM = 1 << 2,     /* pseries: Spectre mitigations on */
  MT_VARIANT_PXE = 1 << 3,      /* Proxmox: other option ROMs */
  MT_VARIANT_QEMU_KVM = 1 << 4, /* Ubuntu 12.04: pc-1.0 as qemu-kvm built it */
};

/* A name taken apart, without a copy and without an allocation. */
typedef struct {
  guint64 arches;     /* architectures that have it; 0: not known, G_MAXUINT64: any */
  guint16 version[3]; /* Ubuntu: year, month */
  guint16 revision;   /* Proxmox +pveN, Ubuntu -vN; 0: none */
  guint8 kind;        /* MachtypeNameKind */
  guint8 family;      /* MachtypeFamily */
  guint8 vendor;      /* MachtypeVendor */
  guint8 variant;     /* MT_VARIANT_* */
  guint8 tag;         /* where the tag starts in the text; 0: none */
} MtName;

struct _MachtypeName {
  gatomicrefcount refs;
  guint line;        /* mt_name_line of parsed, with arch in the upper half; 0: none */
  guint64 key;       /* mt_name_key of parsed */
  MachtypeArch arch; /* as asked for; MACHTYPE_ARCH_UNKNOWN: any */
  MtName parsed;
  const char *tag; /* within text, or NULL */
  char text[];
};

/* Facts of a family that have no place in a version. */
typedef struct {
  char name[16];  /* with "-" and a version behind it, a type */
  char alias[16]; /* QEMU's alias for the newest */
  char label[40]; /* for people */
  guint8 length;  /* of name */
  MtQemuVersion first;
  guint64 arches;
} MtFamily;

const MtBoard *mt_board_find (const char *text, gsize length);

/* MACHTYPE_FAMILY_NONE has no row: NULL. */
const MtFamily *mt_family_info (MachtypeFamily family);

/* Takes a name apart. FALSE: it can be no name at all, and out is not set. With an architecture,
 * names that only others have are MACHTYPE_NAME_KIND_UNKNOWN; the arches stay filled in. */
gboolean mt_name_parse (const char *text, gsize length, MachtypeArch arch, MtName *out);
const MtName *mt_name_get_parsed (const MachtypeName *name);

/* The family whose name and "-" stand at the start of text, within the first so many bytes. */
const MtFamily *mt_family_of_prefix (const char *text, gsize length);

/* The order of two that are valid; same: the texts are equal. */
MachtypeOrder mt_name_order (const MtName *a, const MtName *b, gboolean same);

/* The same by numbers: types of one line (0: no line, nothing to compare) are ordered by keys. */
guint mt_name_line (const MtName *name);
guint64 mt_name_key (const MtName *name);
MachtypeOrder mt_name_order_keys (guint64 a, guint64 b);

/* A total order for display: negative, 0 only for equal texts, positive. */
int mt_name_collate (const MtName *a, const char *a_text, const MtName *b, const char *b_text);

/* The upstream QEMU that a vendor's type was made from: a hint, never an equality. */
gboolean mt_name_upstream_base (const MtName *name, MtQemuVersion *base);

/* Ubuntu's code names. */
gboolean mt_ubuntu_find (const char *codename, gsize length, guint16 version[3]);

/* Raises MACHTYPE_ERROR_INVALID_NAME and says what would be right. */
void mt_name_set_invalid (const char *text, GError **error);

/* Whether a text can be a name at all; raises the same. */
gboolean mt_name_check (const char *text, GError **error);
