/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vendors' names for their versions, and the QEMU that each is based on. See data/vendors.tsv. */

#include "name/name-private.h"

#include "string-private.h"

typedef struct {
  char name[MT_CODENAME_SIZE];
  guint8 vendor;
  guint16 version[2];
} Codename;

typedef struct {
  guint8 vendor;
  guint8 variant;  /* of the types with another base than the others of the version */
  guint8 revision; /* the first one with this base */
  gboolean any_minor;
  guint16 version[2];
  guint32 families; /* one bit each */
  MtQemuVersion base;
} Release;

#include "data/vendors.inc"

G_STATIC_ASSERT (G_N_ELEMENTS (vendors) == MT_VENDOR_LAST + 1);

const MtVendor *
mt_vendor_info (guint vendor)
{
  return &vendors[vendor <= MT_VENDOR_LAST ? vendor : MACHTYPE_VENDOR_UNKNOWN];
}

const MtVariant *
mt_variant_find_different (const MtName *a, const MtName *b)
{
  const guint different = a->variant ^ b->variant;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (variants); i++) {
    if ((different & (1u << i)) != 0 && variants[i].kept)
      return &variants[i];
  }
  return NULL;
}

gboolean
mt_codename_find (guint vendor, const char *codename, gsize length, guint16 version[3])
{
  guint slot, row;

  if (length < 2 || length >= sizeof codenames[0].name)
    return FALSE;
  slot = codename_slot (codename, length);
  while ((row = codename_slots[slot]) != 0) {
    const Codename *found = &codenames[row - 1];

    if (found->vendor == vendor && mt_is_text (codename, length, found->name)) {
      version[0] = found->version[0];
      version[1] = found->version[1];
      version[2] = 0;
      return TRUE;
    }
    slot = (slot + 1) % G_N_ELEMENTS (codename_slots);
  }
  return FALSE;
}

const char *
mt_codename_get (guint vendor, gsize i, guint16 version[2])
{
  gsize row;

  for (row = 0; row < G_N_ELEMENTS (codenames); row++) {
    if (codenames[row].vendor != vendor || i-- != 0)
      continue;
    version[0] = codenames[row].version[0];
    version[1] = codenames[row].version[1];
    return codenames[row].name;
  }
  return NULL;
}

static gboolean
is_of_release (const MtName *name, const Release *release)
{
  return release->vendor == name->vendor && release->version[0] == name->version[0] &&
         (release->any_minor || release->version[1] == name->version[1]) &&
         (release->families & (1u << name->family)) != 0 &&
         (release->variant & ~name->variant) == 0 && release->revision <= name->revision;
}

gboolean
mt_name_upstream_base (const MtName *name, MtQemuVersion *base)
{
  gsize i;

  if (name->kind != MACHTYPE_NAME_KIND_VERSIONED)
    return FALSE;
  if (mt_vendor_info (name->vendor)->version_is_base) {
    if (name->version[0] > G_MAXUINT8 || name->version[1] > G_MAXUINT8)
      return FALSE;
    base->major = (guint8)name->version[0];
    base->minor = (guint8)name->version[1];
    return mt_qemu_version_is_set (*base);
  }
  /* Bases of a variant or of a revision precede those of the others. */
  for (i = 0; i < G_N_ELEMENTS (releases); i++) {
    if (is_of_release (name, &releases[i])) {
      *base = releases[i].base;
      return TRUE;
    }
  }
  return FALSE;
}
