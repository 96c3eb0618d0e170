/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The partial order of machine type names, and the total order for display. */

#include "name/name-private.h"

#include <string.h>

/* A key contains what orders two types of one line: version, variant, revision, from the top.
 * Numbers have at most four digits, so 14 bits each are enough. */
#define NUMBER_BITS 14
#define VARIANT_BITS 8
#define VARIANT_SHIFT NUMBER_BITS
#define VERSION_SHIFT (NUMBER_BITS + VARIANT_BITS)

G_STATIC_ASSERT (3 * NUMBER_BITS + VERSION_SHIFT <= 64);
G_STATIC_ASSERT (MT_N_VARIANTS <= VARIANT_BITS);

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

guint
mt_name_line (const MtName *name)
{
  if (name->kind != MACHTYPE_NAME_KIND_VERSIONED)
    return 0;
  return (guint)name->family << 8 | mt_vendor_info (name->vendor)->counts_as;
}

MachtypeOrder
mt_name_order_keys (guint64 a, guint64 b)
{
  guint64 differ = a ^ b;

  /* The same version, but different variants. */
  if (G_UNLIKELY (differ >> VERSION_SHIFT == 0 && differ >> VARIANT_SHIFT != 0))
    return MACHTYPE_ORDER_INCOMPARABLE;
  /* Not a branch: the processor could not predict it. */
  return (MachtypeOrder)((a > b) - (a < b));
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

/* Parses the number at text; returns what follows it, or NULL if the grammar does not allow it. */
static inline const char *
read_number (const char *text, guint *value)
{
  guint n = (guint)(*text++ - '0'), digit;

  if (n > 9)
    return NULL;
  if (n == 0) {
    *value = 0;
    return (guint)(*text - '0') > 9 ? text : NULL;
  }
  while ((digit = (guint)(*text - '0')) <= 9) {
    n = n * 10 + digit;
    text++;
    if (n > 9999)
      return NULL;
  }
  *value = n;
  return text;
}

/* A version that extends to the end of the text, as a number that can be compared. */
static inline gboolean
read_version (const char *text, gboolean three, guint64 *version)
{
  guint major, minor, micro = 0;

  text = read_number (text, &major);
  if (text == NULL || *text++ != '.' || (text = read_number (text, &minor)) == NULL)
    return FALSE;
  if (*text == '.') {
    text = read_number (text + 1, &micro);
    if (text == NULL)
      return FALSE;
  } else if (three)
    return FALSE;
  *version = (guint64)major << 32 | (guint64)minor << 16 | micro;
  return *text == '\0';
}

/* The family that both names start with, and the length of its prefix; shorter is the length of the
 * shorter one. */
static inline MachtypeFamily
find_common_family (const char *a, const char *b, gsize shorter, gsize *length)
{
  if (shorter < MT_FAMILY_SHORTEST)
    return MACHTYPE_FAMILY_NONE;
  switch (a[MT_FAMILY_BYTE]) {
#define PREFIX(byte, family, prefix)                                                               \
  case byte:                                                                                       \
    *length = sizeof (prefix) - 1;                                                                 \
    return shorter >= sizeof (prefix) && memcmp (a, prefix, sizeof (prefix) - 1) == 0 &&           \
                   memcmp (b, prefix, sizeof (prefix) - 1) == 0                                    \
               ? family                                                                            \
               : MACHTYPE_FAMILY_NONE;
    MT_FAMILY_PREFIXES (PREFIX)
#undef PREFIX
  default:
    return MACHTYPE_FAMILY_NONE;
  }
}

/* The number of bytes in both before a version that can be the rest, and whether it has three
 * numbers; FALSE: they do not start alike. The empty marker is that of all other names. */
static inline gboolean
find_marker (const char *a, const char *b, gsize *length, gboolean *three)
{
#define FORM(marker, has_three)                                                                    \
  if (sizeof (marker) == 1)                                                                        \
    *three = has_three;                                                                            \
  else if (*a == (marker)[0]) {                                                                    \
    *three = has_three;                                                                            \
    *length = sizeof (marker) - 1;                                                                 \
    return strncmp (a, marker, sizeof (marker) - 1) == 0 &&                                        \
           strncmp (b, marker, sizeof (marker) - 1) == 0;                                          \
  }
  *length = 0;
  MT_PLAIN_FORMS (FORM)
#undef FORM
  return TRUE;
}

/* Whether all versions of a family exist for an architecture, and so need not be looked at. */
static inline gboolean
has_all (MachtypeFamily family, MachtypeArch arch)
{
  const MtFamily *info = mt_family_info (family);

  return arch == MACHTYPE_ARCH_UNKNOWN || (info->arches & ~info->later & mt_arch_bit (arch)) != 0;
}

/* Most comparisons are between two plain versions of one family: they need no grammar, no table and
 * no copy. Everything else does; the tests compare the two ways. */
static inline gboolean
order_fast (const char *a, const char *b, MachtypeArch arch, MachtypeOrder *order)
{
  gsize a_length = strlen (a), b_length = strlen (b), length = 0;
  MachtypeFamily family = find_common_family (a, b, MIN (a_length, b_length), &length);
  gboolean three = FALSE;
  guint64 x, y;

  if (family == MACHTYPE_FAMILY_NONE || !has_all (family, arch))
    return FALSE;
  a += length;
  b += length;
  if (!find_marker (a, b, &length, &three) || !read_version (a + length, three, &x) ||
      !read_version (b + length, three, &y))
    return FALSE;
  *order = (MachtypeOrder)((x > y) - (x < y));
  return TRUE;
}

static int
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? -1 : a > b;
}

/* Families first, in the order of the enumeration; boards and unknown names after them. */
static int
compare_lines (const MtName *a, const MtName *b)
{
  int order = compare_numbers (a->family - 1u, b->family - 1u);

  return order != 0 ? order : compare_numbers (mt_name_line (a), mt_name_line (b));
}

int
mt_name_collate (const MtName *a, const char *a_text, const MtName *b, const char *b_text)
{
  int order = compare_lines (a, b);

  if (order == 0)
    order = compare_numbers (mt_name_key (a), mt_name_key (b));
  return order != 0 ? order : strcmp (a_text, b_text);
}

int
mt_name_collate_newest (const MtName *a, const char *a_text, const MtName *b, const char *b_text)
{
  int order = compare_lines (a, b);

  if (order == 0)
    order = compare_numbers (mt_name_key (b), mt_name_key (a));
  return order != 0 ? order : strcmp (a_text, b_text);
}

/**
 * machtype_name_compare:
 * @a: a name; must not be %NULL
 * @b: another name; must not be %NULL
 *
 * Compares two machine types. The order is partial: [enum@Machtype.Order] lists when there is none.
 * Names of two different architectures are incomparable, even if they are spelled alike (`virt-6.0`
 * of Arm and of m68k). Do not use it for sorting. Thread-safe; does not allocate.
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
 * Compares two machine types by name, as [method@Machtype.Name.compare] does. Thread-safe; does not
 * allocate.
 *
 * Returns: the order of @a relative to @b; %MACHTYPE_ORDER_INVALID if one is not a valid name
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
 * Compares two names for display: a total order, suitable for sorting. Families come first, within
 * them upstream, Red Hat, Ubuntu, aliases before versions, versions by number; then boards and
 * unknown names by their bytes. If [method@Machtype.Name.compare] knows an order, this is the same;
 * otherwise it has no meaning for the machines. Thread-safe; does not allocate.
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
