/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest notices when its machine type passes a version. See data/effects.tsv. */

#include "effect-private.h"

#include "finding-private.h"

/* Versions with three numbers, as one that can be compared; 0: none. */
#define VERSION(major, minor, micro) ((guint32)(major) << 16 | (guint32)(minor) << 8 | (micro))

/* Types that have an effect: those of a range of versions, or of a vendor's revisions. */
typedef struct {
  guint32 families;               /* one bit each */
  guint64 arches;                 /* one bit each */
  guint32 since, until;           /* VERSION; until 0: all later ones */
  char release[MT_REVISION_SIZE]; /* for people; empty: not of a vendor's revision */
  guint16 version[2], revision;   /* of the vendor */
  guint8 vendor;
  gboolean later; /* and of the vendor's later versions */
} Step;

typedef struct {
  char text[MT_EFFECT_SIZE];
  guint32 families; /* of all its steps */
  guint16 first, count;
} Effect;

/* A property that QEMU sets for all types up to a version. */
typedef struct {
  guint32 families; /* one bit each */
  guint32 last;     /* VERSION */
  char text[MT_COMPAT_SIZE];
} Property;

#include "data/effects.inc"

/* One of the two types. */
typedef struct {
  const MtName *name;
  guint32 base; /* VERSION; 0: unknown */
  guint vendor; /* the other type's, if that is of the same line and more specific */
} Side;

/* The versions of a stable QEMU count where the name has them: pc-q35-4.0.1 undoes a step. */
static guint32
get_base (const MtName *name)
{
  MtQemuVersion base;

  if (!mt_name_upstream_base (name, &base))
    return 0;
  return VERSION (base.major, base.minor,
                  mt_vendor_info (name->vendor)->version_is_base ? MIN (name->version[2], 255) : 0);
}

/* A plain version is Proxmox's revision 0 if the other type is Proxmox's. */
static guint
get_vendor (const MtName *name, const MtName *other)
{
  return mt_vendor_info (other->vendor)->counts_as == name->vendor ? other->vendor : name->vendor;
}

static gboolean
is_of_revision (const Step *step, const Side *side)
{
  const MtName *name = side->name;

  if (step->vendor != side->vendor)
    return FALSE;
  if (name->version[0] == step->version[0] && name->version[1] == step->version[1])
    return name->revision >= step->revision;
  return step->later &&
         (name->version[0] > step->version[0] ||
          (name->version[0] == step->version[0] && name->version[1] > step->version[1]));
}

static gboolean
applies (const Step *step, const Side *side)
{
  if (step->release[0] != '\0')
    return is_of_revision (step, side);
  return side->base >= step->since && (step->until == 0 || side->base < step->until);
}

static gboolean
is_for (const Step *step, guint family, MachtypeArch arch)
{
  return (step->families & (1u << family)) != 0 &&
         (arch == MACHTYPE_ARCH_UNKNOWN || (step->arches & mt_arch_bit (arch)) != 0);
}

/* Three numbers of at most five digits, with dots. */
#define VERSION_SIZE 20

static char *
write_number (guint number, char *at)
{
  char digits[5];
  guint n = 0;

  do
    digits[n++] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  while (n > 0)
    *at++ = digits[--n];
  return at;
}

/* A change has dozens of effects, and printf takes longer than everything else that they cost. */
static void
write_version (guint32 version, char text[VERSION_SIZE])
{
  char *at = write_number (version >> 16, text);

  *at++ = '.';
  at = write_number (version >> 8 & 0xff, at);
  if ((version & 0xff) != 0) {
    *at++ = '.';
    at = write_number (version & 0xff, at);
  }
  *at = '\0';
}

/* Where it is on the way. The end of a range is passed upwards by losing the effect, downwards by
 * getting it. */
static char *
dup_message (const Effect *effect, const Step *step, const Side *outside, gboolean gained)
{
  const gboolean at_end =
      step->release[0] == '\0' && step->until != 0 && outside->base >= step->until;
  char version[VERSION_SIZE];

  if (step->release[0] == '\0')
    write_version (at_end ? step->until : step->since, version);
  if (at_end)
    return g_strconcat (gained ? "before " : "reverted in ", version, ": ", effect->text, NULL);
  return g_strconcat ("since ", step->release[0] != '\0' ? step->release : version,
                      gained ? "" : " (reverted)", ": ", effect->text, NULL);
}

/* Different steps can have one effect: a guest that has it already does not get it again. */
static void
add_effect (GPtrArray *findings, const Effect *effect, const Side *from, const Side *to,
            MachtypeArch arch)
{
  gboolean before = FALSE, after = FALSE;
  const Step *changed = NULL;
  guint i;

  for (i = effect->first; i < (guint)effect->first + effect->count; i++) {
    const Step *step = &steps[i];
    gboolean old_has, new_has;

    if (!is_for (step, to->name->family, arch))
      continue;
    old_has = applies (step, from);
    new_has = applies (step, to);
    before |= old_has;
    after |= new_has;
    if (changed == NULL && old_has != new_has)
      changed = step;
  }
  if (before == after)
    return;
  g_ptr_array_add (
      findings,
      mt_finding_new ("version", dup_message (effect, changed, after ? from : to, after), NULL));
}

void
mt_effects_add (GPtrArray *findings, const MtName *from, const MtName *to, MachtypeArch arch)
{
  const Side a = { from, get_base (from), get_vendor (from, to) };
  const Side b = { to, get_base (to), get_vendor (to, from) };
  gsize i;

  if (a.base == 0 || b.base == 0)
    return;
  for (i = 0; i < G_N_ELEMENTS (effects); i++) {
    if ((effects[i].families & (1u << to->family)) != 0)
      add_effect (findings, &effects[i], &a, &b, arch);
  }
}

void
mt_compat_properties_add (GPtrArray *findings, const MtName *from, const MtName *to)
{
  const guint32 old = get_base (from), new = get_base (to);
  gsize i;

  if (old == 0 || new == 0)
    return;
  for (i = 0; i < G_N_ELEMENTS (properties); i++) {
    const Property *property = &properties[i];
    const gboolean was = old <= property->last, is = new <= property->last;

    if ((property->families & (1u << to->family)) == 0 || was == is)
      continue;
    g_ptr_array_add (
        findings,
        mt_finding_new ("property",
                        g_strdup_printf ("%s: %s (types up to %u.%u)", is ? "set" : "no longer set",
                                         property->text, property->last >> 16,
                                         property->last >> 8 & 0xff),
                        NULL));
  }
}
