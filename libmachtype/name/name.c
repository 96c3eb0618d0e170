/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeName: a machine type name as a value. The grammar is in data/vendors.tsv. */

#include "name/name-private.h"
#include "error-private.h"
#include "string-private.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (MachtypeName, machtype_name, machtype_name_ref, machtype_name_unref)

void
mt_name_set_invalid (const char *text, GError **error)
{
  g_autofree char *shown = mt_escape_for_message (text);

  if (*text == '\0')
    mt_fail (error, MACHTYPE_ERROR_INVALID_NAME, "a machine type name must not be empty");
  else if (strnlen (text, MACHTYPE_NAME_MAX_LENGTH + 1) > MACHTYPE_NAME_MAX_LENGTH)
    mt_fail (error, MACHTYPE_ERROR_INVALID_NAME, "machine type name '%s' is longer than %d bytes",
             shown, MACHTYPE_NAME_MAX_LENGTH);
  else
    mt_fail (error, MACHTYPE_ERROR_INVALID_NAME,
             "'%s' is not a valid machine type name: only letters, digits and . _ + - are allowed, "
             "as in pc-q35-5.2",
             shown);
}

gboolean
mt_name_check (const char *text, GError **error)
{
  MtName parsed;

  if (mt_name_parse (text, strnlen (text, MACHTYPE_NAME_MAX_LENGTH + 1), MACHTYPE_ARCH_UNKNOWN,
                     &parsed))
    return TRUE;
  mt_name_set_invalid (text, error);
  return FALSE;
}

static char *
dup_arch_names (guint64 arches)
{
  GString *list = g_string_new (NULL);
  int i;

  for (i = 1; i <= MT_ARCH_LAST; i++) {
    if ((arches & MT_ARCH_BIT (i)) != 0)
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "",
                              machtype_arch_to_string ((MachtypeArch)i));
  }
  return g_string_free (list, FALSE);
}

char *
mt_name_dup_foreign (const MtName *name, const char *machine, MachtypeArch arch, const char *usual)
{
  g_autofree char *arches = NULL, *hint = NULL;
  const char *shown = machtype_arch_to_string (arch);

  if (name->arches == 0 || (name->arches & MT_ARCH_BIT (arch)) != 0)
    return NULL;
  arches = dup_arch_names (name->arches);
  hint = usual != NULL ? g_strdup_printf ("; the usual one for %s is %s", shown, usual)
                       : g_strdup ("");
  return g_strdup_printf ("machine type %s does not exist for %s guests, only for %s%s", machine,
                          shown, arches, hint);
}

/**
 * machtype_name_new:
 * @text: a machine type name as used in domain XML or on QEMU's command line; must not be %NULL
 * @arch: the architecture of the guest, for names that mean different machines (`virt`);
 *   %MACHTYPE_ARCH_UNKNOWN for any
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Parses a machine type name. Every valid name is accepted; an unknown one is of kind
 * %MACHTYPE_NAME_KIND_UNKNOWN. Names are compared byte by byte, as QEMU does, without case folding
 * or trimming.
 *
 * Raises %MACHTYPE_ERROR_INVALID_NAME for an empty text, one longer than
 * [const@Machtype.NAME_MAX_LENGTH] bytes, and one with characters outside `[A-Za-z0-9._+-]`.
 * Thread-safe.
 *
 * Returns: (transfer full): the name, or %NULL on error
 * Since: 1.0
 */
MachtypeName *
machtype_name_new (const char *text, MachtypeArch arch, GError **error)
{
  MachtypeName *name;
  MtName parsed;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  length = strnlen (text, MACHTYPE_NAME_MAX_LENGTH + 1);
  if (!mt_name_parse (text, length, arch, &parsed)) {
    mt_name_set_invalid (text, error);
    return NULL;
  }
  name = g_malloc (sizeof *name + length + 1);
  g_atomic_ref_count_init (&name->refs);
  name->arch = arch;
  name->parsed = parsed;
  name->line = mt_name_line (&parsed);
  if (name->line != 0)
    name->line |= (guint)arch << 16;
  name->key = mt_name_key (&parsed);
  memcpy (name->text, text, length + 1);
  name->tag = parsed.tag != 0 ? name->text + parsed.tag : NULL;
  return name;
}

/**
 * machtype_name_ref:
 * @name: a name; must not be %NULL
 *
 * Increases the reference count of @name. Thread-safe.
 *
 * Returns: (transfer full): @name
 * Since: 1.0
 */
MachtypeName *
machtype_name_ref (MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  g_atomic_ref_count_inc (&name->refs);
  return name;
}

/**
 * machtype_name_unref:
 * @name: (transfer full) (nullable): a name; %NULL does nothing
 *
 * Decreases the reference count of @name; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_name_unref (MachtypeName *name)
{
  if (name != NULL && g_atomic_ref_count_dec (&name->refs))
    g_free (name);
}

const MtName *
mt_name_get_parsed (const MachtypeName *name)
{
  return &name->parsed;
}

/**
 * machtype_name_get_text:
 * @name: a name; must not be %NULL
 *
 * Gets the name as it was given. Thread-safe.
 *
 * Returns: (transfer none): the text, valid as long as @name
 * Since: 1.0
 */
const char *
machtype_name_get_text (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, NULL);
  return name->text;
}

/**
 * machtype_name_get_kind:
 * @name: a name; must not be %NULL
 *
 * Gets the kind of a name. Thread-safe.
 *
 * Returns: the kind
 * Since: 1.0
 */
MachtypeNameKind
machtype_name_get_kind (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, MACHTYPE_NAME_KIND_UNKNOWN);
  return (MachtypeNameKind)name->parsed.kind;
}

/* Families begin with the kind of computer: the rest alone is often written. */
static const char *
find_alias_of_family (const char *lower)
{
  guint family;

  for (family = MACHTYPE_FAMILY_NONE + 1; family <= MT_FAMILY_LAST; family++) {
    const MtFamily *info = mt_family_info ((MachtypeFamily)family);
    const char *dash = strchr (info->name, '-');

    if (strcmp (info->name, lower) == 0 || (dash != NULL && strcmp (dash + 1, lower) == 0))
      return info->alias;
  }
  return NULL;
}

/**
 * machtype_name_dup_intended:
 * @name: a name; must not be %NULL
 *
 * Finds the machine type that was probably meant by a name that no QEMU can have: a family without
 * a version (`pc-q35`, `i440fx`), or a known name in another case (`Q35`). A name that is merely
 * unknown can be that of a vendor. Thread-safe.
 *
 * Returns: (transfer full) (nullable): the machine type; %NULL: the name can exist
 * Since: 1.0
 */
char *
machtype_name_dup_intended (const MachtypeName *name)
{
  g_autofree char *lower = NULL;
  const char *intended;
  MtName parsed;

  g_return_val_if_fail (name != NULL, NULL);

  if (name->parsed.kind != MACHTYPE_NAME_KIND_UNKNOWN || name->parsed.arches != 0)
    return NULL;
  lower = g_ascii_strdown (name->text, -1);
  intended = find_alias_of_family (lower);
  if (intended == NULL)
    intended = mt_board_find_folded (name->text);
  if (intended == NULL && strcmp (lower, name->text) != 0 &&
      mt_name_parse (lower, strlen (lower), MACHTYPE_ARCH_UNKNOWN, &parsed) &&
      parsed.kind != MACHTYPE_NAME_KIND_UNKNOWN)
    intended = lower;
  return intended != NULL && strcmp (intended, name->text) != 0 ? g_strdup (intended) : NULL;
}

/**
 * machtype_name_get_family:
 * @name: a name; must not be %NULL
 *
 * Gets the family of an alias or a versioned name. Thread-safe.
 *
 * Returns: the family; %MACHTYPE_FAMILY_NONE for boards and unknown names
 * Since: 1.0
 */
MachtypeFamily
machtype_name_get_family (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, MACHTYPE_FAMILY_NONE);
  return (MachtypeFamily)name->parsed.family;
}

/**
 * machtype_name_get_vendor:
 * @name: a name; must not be %NULL
 *
 * Gets the vendor that defined the machine type, according to its name. Some vendors ship modified
 * code under upstream names (openEuler). Thread-safe.
 *
 * Returns: the vendor; %MACHTYPE_VENDOR_UNKNOWN for a name of an unknown kind
 * Since: 1.0
 */
MachtypeVendor
machtype_name_get_vendor (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, MACHTYPE_VENDOR_UNKNOWN);
  return (MachtypeVendor)name->parsed.vendor;
}

/**
 * machtype_name_get_version:
 * @name: a name; must not be %NULL
 * @major: (out) (optional): first number, or %NULL
 * @minor: (out) (optional): second number, or %NULL
 * @micro: (out) (optional): third number, 0 where there is none, or %NULL
 *
 * Gets the version of a versioned name, as its vendor counts: QEMU's version for upstream, the
 * distribution's for Red Hat, year and month of the release for Ubuntu (`pc-q35-jammy` is 22, 4,
 * 0). Thread-safe.
 *
 * Returns: %TRUE if the name has a version; otherwise the numbers are not set
 * Since: 1.0
 */
gboolean
machtype_name_get_version (const MachtypeName *name, guint *major, guint *minor, guint *micro)
{
  g_return_val_if_fail (name != NULL, FALSE);

  if (name->parsed.kind != MACHTYPE_NAME_KIND_VERSIONED)
    return FALSE;
  if (major != NULL)
    *major = name->parsed.version[0];
  if (minor != NULL)
    *minor = name->parsed.version[1];
  if (micro != NULL)
    *micro = name->parsed.version[2];
  return TRUE;
}

/**
 * machtype_name_get_revision:
 * @name: a name; must not be %NULL
 *
 * Gets a vendor's revision of a version: N of Proxmox's `+pveN` and of Ubuntu's `-vN`. Thread-safe.
 *
 * Returns: the revision; 0 if there is none
 * Since: 1.0
 */
guint
machtype_name_get_revision (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, 0);
  return name->parsed.revision;
}

/**
 * machtype_name_get_tag:
 * @name: a name; must not be %NULL
 *
 * Gets the tag that makes a name a variant of its version: `hpb`, `hpb-maxcpus`, `sxxm`, `pxe`,
 * `qemu-kvm`. A revision after the tag is part of the result (`hpb-v2`). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the tag, valid as long as @name; %NULL if there is none
 * Since: 1.0
 */
const char *
machtype_name_get_tag (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, NULL);
  return name->tag;
}

/**
 * machtype_name_dup_upstream_base:
 * @name: a name; must not be %NULL
 *
 * Gets the QEMU version that a machine type is based on, for example `4.2` for `pc-q35-rhel8.2.0`.
 * For vendors' types this is a hint: they have additions of their own, so equal bases do not make
 * equal machines. Thread-safe.
 *
 * Source: the table of releases in `libmachtype/data/vendors.tsv`.
 *
 * Returns: (transfer full) (nullable): major and minor version; %NULL if unknown
 * Since: 1.0
 */
char *
machtype_name_dup_upstream_base (const MachtypeName *name)
{
  MtQemuVersion base;

  g_return_val_if_fail (name != NULL, NULL);

  if (!mt_name_upstream_base (&name->parsed, &base))
    return NULL;
  return g_strdup_printf ("%u.%u", base.major, base.minor);
}

/**
 * machtype_family_to_string:
 * @family: a family
 *
 * Gets the word for a family, such as `pc-q35`: the part before the version in the names of its
 * types; `none` for %MACHTYPE_FAMILY_NONE. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_family_to_string (MachtypeFamily family)
{
  const MtFamily *info = mt_family_info (family);

  if (info != NULL)
    return info->name;
  return family == MACHTYPE_FAMILY_NONE ? "none" : "unknown";
}

/**
 * machtype_family_from_string:
 * @text: the word for a family; must not be %NULL
 * @family: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a family by its word, as machtype_family_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @family is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_family_from_string (const char *text, MachtypeFamily *family, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  /* The rows of the table are numbered from 1; there is none for MACHTYPE_FAMILY_NONE. */
  found = MACHTYPE_FAMILY_NONE - 1;
  if (strcmp (text, "none") != 0) {
    found = mt_word_value (mt_family_info (1)->name, MT_FAMILY_LAST, sizeof (MtFamily), "family",
                           text, error);
    if (found < 0)
      return FALSE;
  }
  if (family != NULL)
    *family = (MachtypeFamily)(found + 1);
  return TRUE;
}

/**
 * machtype_vendor_to_string:
 * @vendor: a vendor
 *
 * Gets the word for a vendor, such as `upstream`, `rhel` or `ubuntu`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_vendor_to_string (MachtypeVendor vendor)
{
  return mt_vendor_info ((guint)vendor)->word;
}

/**
 * machtype_vendor_from_string:
 * @text: the word for a vendor; must not be %NULL
 * @vendor: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a vendor by its word, as machtype_vendor_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @vendor is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_vendor_from_string (const char *text, MachtypeVendor *vendor, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = mt_word_value (mt_vendor_info (0)->word, MT_VENDOR_LAST + 1, sizeof (MtVendor), "vendor",
                         text, error);
  if (found >= 0 && vendor != NULL)
    *vendor = (MachtypeVendor)found;
  return found >= 0;
}

static const char name_kinds[][12] = {
  [MACHTYPE_NAME_KIND_UNKNOWN] = "unknown",
  [MACHTYPE_NAME_KIND_ALIAS] = "alias",
  [MACHTYPE_NAME_KIND_VERSIONED] = "versioned",
  [MACHTYPE_NAME_KIND_BOARD] = "board",
};

/**
 * machtype_name_kind_to_string:
 * @kind: a kind of name
 *
 * Gets the word for a kind of name: `unknown`, `alias`, `versioned`, `board`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_name_kind_to_string (MachtypeNameKind kind)
{
  return MT_WORD (name_kinds, kind);
}

/**
 * machtype_name_kind_from_string:
 * @text: the word for a kind of name; must not be %NULL
 * @kind: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a kind of name by its word, as machtype_name_kind_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @kind is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_name_kind_from_string (const char *text, MachtypeNameKind *kind, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (name_kinds, "kind of name", text, error);
  if (found >= 0 && kind != NULL)
    *kind = (MachtypeNameKind)found;
  return found >= 0;
}

/* The numbers start at -1. */
static const char orders[][16] = {
  [MACHTYPE_ORDER_LT + 1] = "lt",           [MACHTYPE_ORDER_EQ + 1] = "eq",
  [MACHTYPE_ORDER_GT + 1] = "gt",           [MACHTYPE_ORDER_INCOMPARABLE + 1] = "incomparable",
  [MACHTYPE_ORDER_INVALID + 1] = "invalid",
};

/**
 * machtype_order_to_string:
 * @order: an order
 *
 * Gets the word for an order: `lt`, `eq`, `gt`, `incomparable`, `invalid`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_order_to_string (MachtypeOrder order)
{
  return MT_WORD (orders, (guint)order + 1);
}

/**
 * machtype_order_from_string:
 * @text: the word for an order; must not be %NULL
 * @order: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an order by its word, as machtype_order_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @order is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_order_from_string (const char *text, MachtypeOrder *order, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (orders, "order", text, error);
  if (found >= 0 && order != NULL)
    *order = (MachtypeOrder)(found - 1);
  return found >= 0;
}

/**
 * machtype_name_equal:
 * @a: a name; must not be %NULL
 * @b: another name, or the same; must not be %NULL
 *
 * Checks whether two names are the same text, parsed for the same architecture.
 * [method@Machtype.Name.compare] compares what they mean. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_name_equal (const MachtypeName *a, const MachtypeName *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return a->arch == b->arch && strcmp (a->text, b->text) == 0;
}

/**
 * machtype_name_hash:
 * @name: a name; must not be %NULL
 *
 * Computes a hash of a name, for hash tables: equal names have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_name_hash (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, 0);
  return g_str_hash (name->text);
}
