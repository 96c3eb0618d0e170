/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses machine type names by the grammar in data/vendors.tsv. Their order is in name/order.c.
 *
 * QEMU compares names byte by byte (hw/core/machine.c), so there is no folding of any kind. */

#include "name/name-private.h"

#include <string.h>

#include "string-private.h"

/* The letters that represent numbers in a form, in this order: X, Y, Z, R. */
#define N_NUMBERS 4

/* A form of names, letter by letter:
 *   X Y Z    the numbers of the version
 *   R        the revision
 *   C        a code name of the vendor
 *   [ ]      around an optional part; its first byte is the number of bytes up to ]
 *   <        starts a tag; a number below 32, that of its variant from 1 on, ends it
 * Everything else is literal. */
typedef struct {
  char pattern[MT_FORM_SIZE];
  guint8 vendor;
  guint8 family;    /* of a name as a whole */
  guint32 families; /* after whose names it can follow, one bit each */
  guint16 low[N_NUMBERS], high[N_NUMBERS];
  guint16 version[2]; /* what it means, if the name does not contain it; 0.0: it does */
} Form;

/* A name that resolves to others, of the families and in addition to them. */
typedef struct {
  char name[MT_ALIAS_NAME_SIZE];
  guint8 family;
  guint8 vendor;
} Alias;

/* Architectures that have a family since a later version than others. */
typedef struct {
  guint8 family;
  guint64 arches;
  MtQemuVersion first;
} Later;

#include "data/parse.inc"

G_STATIC_ASSERT (G_N_ELEMENTS (families) == MT_FAMILY_LAST + 1);

const MtFamily *
mt_family_info (MachtypeFamily family)
{
  if (family <= MACHTYPE_FAMILY_NONE || family > MT_FAMILY_LAST)
    return NULL;
  return &families[family];
}

const char *
mt_alias_find (const MtFamily *family, MachtypeVendor vendor)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (aliases); i++) {
    if (&families[aliases[i].family] == family && aliases[i].vendor == vendor)
      return aliases[i].name;
  }
  return NULL;
}

const MtFamily *
mt_family_of_prefix (const char *text, gsize length)
{
  if (length < MT_FAMILY_SHORTEST)
    return NULL;
  switch (text[MT_FAMILY_BYTE]) {
#define PREFIX(byte, family, prefix)                                                               \
  case byte:                                                                                       \
    return length >= sizeof (prefix) - 1 && memcmp (text, prefix, sizeof (prefix) - 1) == 0        \
               ? &families[family]                                                                 \
               : NULL;
    MT_FAMILY_PREFIXES (PREFIX)
#undef PREFIX
  default:
    return NULL;
  }
}

gboolean
mt_name_is_valid (const char *text, gsize length)
{
  static const guint8 allowed[256] = {
    ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['.'] = 1,
    ['_'] = 1,         ['+'] = 1,         ['-'] = 1,
  };
  gsize i;

  if (length == 0 || length > MACHTYPE_NAME_MAX_LENGTH)
    return FALSE;
  for (i = 0; i < length; i++) {
    if (!allowed[(guchar)text[i]])
      return FALSE;
  }
  return TRUE;
}

/* Returns what follows a number, or NULL if the grammar and the form do not allow it. */
static inline const char *
read_number (const char *at, const char *end, const Form *form, guint which, guint16 *value)
{
  const char *start = at;
  guint n = 0, digit;

  while (at < end && (digit = (guint)(*at - '0')) <= 9) {
    if (at++ - start == 4)
      return NULL;
    n = n * 10 + digit;
  }
  if (at == start || (*start == '0' && at - start > 1) || n < form->low[which] ||
      n > form->high[which])
    return NULL;
  *value = (guint16)n;
  return at;
}

static const char *
read_codename (const char *at, const char *end, const Form *form, MtName *out)
{
  const char *start = at;

  while (at < end && g_ascii_islower (*at))
    at++;
  return mt_codename_find (form->vendor, start, (gsize)(at - start), out->version) ? at : NULL;
}

/* Returns what follows one letter of a form, or NULL if the name has something else there. */
static inline const char *
read_letter (char letter, const char *at, const char *end, const Form *form, MtName *out)
{
  switch (letter) {
  case 'X':
  case 'Y':
  case 'Z':
    return read_number (at, end, form, (guint)(letter - 'X'), &out->version[letter - 'X']);
  case 'R':
    return read_number (at, end, form, N_NUMBERS - 1, &out->revision);
  case 'C':
    return read_codename (at, end, form, out);
  default:
    return at < end && *at == letter ? at + 1 : NULL;
  }
}

/* Parses the rest of a text, from at on, by a form. This is unambiguous: nothing optional starts
 * like what can follow it. */
static gboolean
read_form (const char *text, const char *at, const char *end, const Form *form, MtName *out)
{
  const char *p, *next, *tag = NULL;
  const char *optional = NULL, *behind = NULL; /* where to continue without the optional part */

  for (p = form->pattern; *p != '\0'; p++) {
    if (*p == '[') {
      optional = at;
      behind = p + 1 + p[1];
      p++;
    } else if (*p == ']')
      optional = NULL;
    else if (*p == '<')
      tag = at;
    else if (*p < ' ') {
      if (out->tag == 0)
        out->tag = (guint8)(tag - text);
      out->variant |= (guint8)(1u << (*p - 1));
    } else if ((next = read_letter (*p, at, end, form, out)) != NULL)
      at = next;
    else if (optional != NULL) {
      at = optional;
      p = behind;
      optional = NULL;
    } else
      return FALSE;
  }
  return at == end;
}

static gboolean
is_before (const MtName *name, MtQemuVersion first)
{
  return !mt_vendor_info (name->vendor)->version_is_base || name->version[0] < first.major ||
         (name->version[0] == first.major && name->version[1] < first.minor);
}

static void
remove_later_arches (MtName *out)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (later_archs); i++) {
    if (later_archs[i].family == out->family && is_before (out, later_archs[i].first))
      out->arches &= ~later_archs[i].arches;
  }
}

static void
set_versioned (MtName *out, guint family, const Form *form)
{
  out->kind = MACHTYPE_NAME_KIND_VERSIONED;
  out->family = (guint8)family;
  out->vendor = form->vendor;
  out->arches = families[family].arches;
  if (form->version[0] != 0) {
    out->version[0] = form->version[0];
    out->version[1] = form->version[1];
  }
  if (families[family].later != 0)
    remove_later_arches (out);
}

static gboolean
parse_in_family (const char *text, const char *at, const char *end, guint family, MtName *out)
{
  gboolean is_number = at < end && g_ascii_isdigit (*at);
  gsize i = is_number ? 0 : N_NUMBER_FORMS;
  gsize n = is_number ? N_NUMBER_FORMS : G_N_ELEMENTS (forms);

  for (; i < n; i++) {
    if ((forms[i].families & (1u << family)) == 0)
      continue;
    if (read_form (text, at, end, &forms[i], out)) {
      set_versioned (out, family, &forms[i]);
      return TRUE;
    }
    memset (out, 0, sizeof *out);
  }
  return FALSE;
}

static gboolean
parse_versioned (const char *text, gsize length, MtName *out)
{
  const MtFamily *family = mt_family_of_prefix (text, length);
  gsize i;

  if (family != NULL)
    return parse_in_family (text, text + family->length + 1, text + length,
                            (guint)(family - families), out);
  for (i = 0; i < G_N_ELEMENTS (whole_forms); i++) {
    if (read_form (text, text, text + length, &whole_forms[i], out)) {
      set_versioned (out, whole_forms[i].family, &whole_forms[i]);
      return TRUE;
    }
    memset (out, 0, sizeof *out);
  }
  return FALSE;
}

static gboolean
parse_alias (const char *text, gsize length, MtName *out)
{
  guint slot, row;

  if (length < 2 || length >= sizeof aliases[0].name)
    return FALSE;
  slot = alias_slot (text, length);
  while ((row = alias_slots[slot]) != 0) {
    const Alias *alias = &aliases[row - 1];

    if (mt_is_text (text, length, alias->name)) {
      out->kind = MACHTYPE_NAME_KIND_ALIAS;
      out->family = alias->family;
      out->vendor = alias->vendor;
      out->arches = families[alias->family].arches;
      return TRUE;
    }
    slot = (slot + 1) % G_N_ELEMENTS (alias_slots);
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
  out->vendor = board->vendor;
  out->arches = board->arches;
}

gboolean
mt_name_parse (const char *text, gsize length, MachtypeArch arch, MtName *out)
{
  MtName family = { 0 };
  gboolean in_family;

  if (!mt_name_is_valid (text, length))
    return FALSE;
  in_family = parse_versioned (text, length, &family) || parse_alias (text, length, &family);
  if (in_family && has_arch (&family, arch)) {
    *out = family;
    return TRUE;
  }
  /* "virt" is an alias on Arm and a board on RISC-V: the board counts if the family does not exist
   * for this architecture. */
  parse_board (text, length, out);
  if (!has_arch (out, arch)) {
    out->kind = MACHTYPE_NAME_KIND_UNKNOWN;
    out->vendor = MACHTYPE_VENDOR_UNKNOWN;
  }
  if (in_family)
    out->arches |= family.arches;
  return TRUE;
}
