/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The partial order of machine type names, and the total one for showing them sorted. */

#include "name/name-private.h"

#include <string.h>

/* A key holds what orders two types of one line: version, variant, revision, from the top. Numbers
 * have four digits at most, so 14 bits each are enough. */
#define NUMBER_BITS 14
#define VARIANT_BITS 8
#define VARIANT_SHIFT NUMBER_BITS
#define VERSION_SHIFT (NUMBER_BITS + VARIANT_BITS)

G_STATIC_ASSERT (3 * NUMBER_BITS + VERSION_SHIFT <= 64);

static guint64
make_key (const guint16 version[3], guint variant, guint revision)
{
  guint64 key = version[0];

  key = key << NUMBER_BITS | version[1];
  key = key << NUMBER_BITS | version[2];
  return key << VERSION_SHIFT | (guint64)variant << VARIANT_SHIFT | revision;
}

guint64
mt_name_key (const MtName *name)
{
  return make_key (name->version, name->variant, name->revision);
}

/* Proxmox's +pveN counts within the upstream line; everybody else's versions are their own. */
guint
mt_name_line (const MtName *name)
{
  guint vendor = name->vendor == MACHTYPE_VENDOR_PROXMOX ? MACHTYPE_VENDOR_UPSTREAM : name->vendor;

  if (name->kind != MACHTYPE_NAME_KIND_VERSIONED)
    return 0;
  return (guint)name->family << 8 | vendor;
}

MachtypeOrder
mt_name_order_keys (guint64 a, guint64 b)
{
  guint64 differ = a ^ b;

  if (differ == 0)
    return MACHTYPE_ORDER_EQ;
  /* Of one version and not of one variant. */
  if (differ >> VERSION_SHIFT == 0 && differ >> VARIANT_SHIFT != 0)
    return MACHTYPE_ORDER_INCOMPARABLE;
  return a < b ? MACHTYPE_ORDER_LT : MACHTYPE_ORDER_GT;
}

MachtypeOrder
mt_name_order (const MtName *a, const MtName *b, gboolean same)
{
  guint line = mt_name_line (a);

  if (same)
    return MACHTYPE_ORDER_EQ;
  if (line == 0 || line != mt_name_line (b))
    return MACHTYPE_ORDER_INCOMPARABLE;
  return mt_name_order_keys (mt_name_key (a), mt_name_key (b));
}

/* The key of a version that is all there is from p to the end of the text; 0: there is more to it.
 * Without branches on the digits: where a number ends is what a processor cannot foresee. */
static inline guint64
read_plain_key (const char *p, guint least)
{
  guint64 key = 0;
  guint number = 0, digits = 0, numbers = 0, bad = 0;
  guint c;

  for (; (c = (guchar)*p) != '\0'; p++) {
    guint digit = c - '0', dot = c == '.';

    bad |= (digit > 9) & !dot;
    bad |= dot & (digits == 0);
    key = dot ? key << NUMBER_BITS | number : key;
    numbers += dot;
    number = dot ? 0 : number * 10 + digit;
    digits = dot ? 0 : digits + 1;
    bad |= (digits > 4) | ((digits > 1) & (number < 10)); /* too long, a leading zero */
  }
  if ((bad | (digits == 0) | (numbers < least) | (numbers > 2)) != 0)
    return 0;
  key = key << NUMBER_BITS | number;
  return key << (numbers == 1 ? NUMBER_BITS + VERSION_SHIFT : VERSION_SHIFT);
}

/* The family of the first so many bytes, which are there: sizes that are known when compiling. */
#define IS_PREFIX(text, length, prefix)                                                            \
  ((length) >= sizeof (prefix) - 1 && memcmp (text, prefix, sizeof (prefix) - 1) == 0)

static inline MachtypeFamily
find_plain_family (const char *text, gsize length)
{
  if (IS_PREFIX (text, length, "pc-q35-"))
    return MACHTYPE_FAMILY_PC_Q35;
  if (IS_PREFIX (text, length, "pc-i440fx-"))
    return MACHTYPE_FAMILY_PC_I440FX;
  if (IS_PREFIX (text, length, "virt-"))
    return MACHTYPE_FAMILY_VIRT;
  if (IS_PREFIX (text, length, "s390-ccw-virtio-"))
    return MACHTYPE_FAMILY_S390_CCW_VIRTIO;
  if (IS_PREFIX (text, length, "pseries-"))
    return MACHTYPE_FAMILY_PSERIES;
  return MACHTYPE_FAMILY_NONE;
}

/* Most comparisons are of two plain versions of one family: their common start tells the family
 * once for both, and nothing is copied or looked up. Everything else takes the grammar; a test
 * holds the two against each other. */
static inline gboolean
order_fast (const char *a, const char *b, MachtypeArch arch, MachtypeOrder *order)
{
  const MtFamily *family;
  gsize same = 0, start;
  gboolean rhel;
  guint64 x, y;

  while (a[same] == b[same] && a[same] != '\0')
    same++;
  family = mt_family_info (find_plain_family (a, same));
  if (family == NULL ||
      (arch != MACHTYPE_ARCH_UNKNOWN && (family->arches & mt_arch_bit (arch)) == 0))
    return FALSE;
  start = family->length + 1u;
  rhel = a[start] == 'r' && IS_PREFIX (a + start, same - start, "rhel");
  start += rhel ? 4 : 0;
  x = read_plain_key (a + start, rhel ? 2 : 1);
  y = read_plain_key (b + start, rhel ? 2 : 1);
  if (x == 0 || y == 0)
    return FALSE;
  *order = mt_name_order_keys (x, y);
  return TRUE;
}

static int
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? -1 : a > b;
}

int
mt_name_collate (const MtName *a, const char *a_text, const MtName *b, const char *b_text)
{
  int order;

  /* Families first, in the order of the enumeration; boards and strangers after them. */
  order = compare_numbers (a->family - 1u, b->family - 1u);
  if (order == 0)
    order = compare_numbers (mt_name_line (a), mt_name_line (b));
  if (order == 0)
    order = compare_numbers (mt_name_key (a), mt_name_key (b));
  return order != 0 ? order : strcmp (a_text, b_text);
}

/**
 * machtype_name_compare:
 * @a: a name; must not be %NULL
 * @b: another name; must not be %NULL
 *
 * Orders two machine types. The order is partial: [enum@Machtype.Order] says when there is none.
 * Names of two different architectures are incomparable, even when they are spelt alike (`virt-6.0`
 * of Arm and of m68k). Do not sort with it. Thread-safe, allocates nothing.
 *
 * Returns: the order of @a relative to @b, never %MACHTYPE_ORDER_INVALID
 * Since: 1.0
 */
MachtypeOrder
machtype_name_compare (const MachtypeName *a, const MachtypeName *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, MACHTYPE_ORDER_INVALID);

  if (a->line == b->line && a->line != 0)
    return mt_name_order_keys (a->key, b->key);
  if (a->arch != b->arch && a->arch != MACHTYPE_ARCH_UNKNOWN && b->arch != MACHTYPE_ARCH_UNKNOWN)
    return MACHTYPE_ORDER_INCOMPARABLE;
  return mt_name_order (&a->parsed, &b->parsed, a == b || strcmp (a->text, b->text) == 0);
}

/**
 * machtype_name_compare_strings:
 * @a: a machine type name; must not be %NULL
 * @b: another machine type name; must not be %NULL
 * @arch: the architecture of both; %MACHTYPE_ARCH_UNKNOWN for any
 *
 * Orders two machine types by their names, as [method@Machtype.Name.compare] does. Thread-safe,
 * allocates nothing.
 *
 * Returns: the order of @a relative to @b; %MACHTYPE_ORDER_INVALID if one can be no name
 * Since: 1.0
 */
MachtypeOrder
machtype_name_compare_strings (const char *a, const char *b, MachtypeArch arch)
{
  MachtypeOrder order;
  MtName x, y;

  g_return_val_if_fail (a != NULL && b != NULL, MACHTYPE_ORDER_INVALID);

  if (order_fast (a, b, arch, &order))
    return order;
  if (!mt_name_parse (a, strnlen (a, MACHTYPE_NAME_MAX_LENGTH + 1), arch, &x) ||
      !mt_name_parse (b, strnlen (b, MACHTYPE_NAME_MAX_LENGTH + 1), arch, &y))
    return MACHTYPE_ORDER_INVALID;
  return mt_name_order (&x, &y, strcmp (a, b) == 0);
}

/**
 * machtype_name_collate:
 * @a: a name; must not be %NULL
 * @b: another name; must not be %NULL
 *
 * Orders two names for display: a total order, fit for sorting. Families come first, within them
 * upstream, Red Hat, Ubuntu, aliases before versions, versions by number; then boards and unknown
 * names by their bytes. Where [method@Machtype.Name.compare] knows an order this is the same;
 * otherwise it says nothing of the machines. Thread-safe, allocates nothing.
 *
 * Returns: negative if @a comes first, 0 if the names are the same text, positive otherwise
 * Since: 1.0
 */
int
machtype_name_collate (const MachtypeName *a, const MachtypeName *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, 0);
  return mt_name_collate (&a->parsed, a->text, &b->parsed, b->text);
}
