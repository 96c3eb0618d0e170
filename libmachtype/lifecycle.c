/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a machine type was introduced, is deprecated, and is removed. */

#include <machtype/lifecycle.h>

#include "name/name-private.h"

#include <string.h>

/* One major version a year: so many later, but not before the rule was in force. */
typedef struct {
  guint years;
  MtQemuVersion since;
} AgeRule;

/* Types that predate the rules. 0.0: never deprecated, only removed. */
typedef struct {
  guint8 family;
  MtQemuVersion first, last; /* of the types */
  MtQemuVersion deprecated, removed;
} Exception;

#include "data/lifecycles.inc"

static int
compare_versions (MtQemuVersion a, MtQemuVersion b)
{
  return a.major != b.major ? a.major - b.major : a.minor - b.minor;
}

/* The lifecycle of QEMU's own types is known; vendors keep and drop theirs as they see fit. */
static gboolean
is_governed (const MtName *name, MtQemuVersion *version)
{
  const MtFamily *family = mt_family_info ((MachtypeFamily)name->family);

  if (name->kind != MACHTYPE_NAME_KIND_VERSIONED || !family->age_rule ||
      !mt_vendor_info (name->vendor)->age_rule)
    return FALSE;
  /* Before its family was introduced there was no such type, even if its name is well-formed. */
  return mt_name_upstream_base (name, version) && compare_versions (*version, family->first) >= 0;
}

static const Exception *
find_exception (const MtName *name, MtQemuVersion version)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    if (exceptions[i].family == name->family &&
        compare_versions (version, exceptions[i].first) >= 0 &&
        compare_versions (version, exceptions[i].last) <= 0)
      return &exceptions[i];
  }
  return NULL;
}

/* Boards are not removed by age: each has its own history. */
static const MtBoard *
find_board (const MachtypeName *name)
{
  const MtName *parsed = mt_name_get_parsed (name);

  if (parsed->family != MACHTYPE_FAMILY_NONE || parsed->kind == MACHTYPE_NAME_KIND_UNKNOWN)
    return NULL;
  return mt_board_find (machtype_name_get_text (name), strlen (machtype_name_get_text (name)));
}

static gboolean
store (MtQemuVersion version, guint *major, guint *minor)
{
  if (version.major == 0 && version.minor == 0)
    return FALSE;
  if (major != NULL)
    *major = version.major;
  if (minor != NULL)
    *minor = version.minor;
  return TRUE;
}

static gboolean
by_age (MtQemuVersion version, const AgeRule *rule, guint *major, guint *minor)
{
  if (version.major + rule->years > G_MAXUINT8)
    return FALSE;
  version.major = (guint8)(version.major + rule->years);
  return store (compare_versions (version, rule->since) < 0 ? rule->since : version, major, minor);
}

/**
 * machtype_lifecycle_get_introduced:
 * @name: a name; must not be %NULL
 * @major: (out) (optional): major version of QEMU, or %NULL
 * @minor: (out) (optional): minor version of QEMU, or %NULL
 *
 * Gets the QEMU release that introduced an upstream machine type. Thread-safe.
 *
 * Returns: %TRUE if it is known; otherwise the numbers are not set
 * Since: 1.0
 */
gboolean
machtype_lifecycle_get_introduced (const MachtypeName *name, guint *major, guint *minor)
{
  const MtBoard *board;
  MtQemuVersion version;

  g_return_val_if_fail (name != NULL, FALSE);

  board = find_board (name);
  if (board != NULL)
    return store (board->introduced, major, minor);
  return is_governed (mt_name_get_parsed (name), &version) && store (version, major, minor);
}

/**
 * machtype_lifecycle_get_deprecated:
 * @name: a name; must not be %NULL
 * @major: (out) (optional): major version of QEMU, or %NULL
 * @minor: (out) (optional): minor version of QEMU, or %NULL
 *
 * Gets the QEMU release since which an upstream machine type is deprecated: by the three-year rule,
 * or as it was before that rule. Nothing is known about vendors' types; a host reports its own
 * ([method@Machtype.Machine.get_deprecated]). Thread-safe.
 *
 * Source: QEMU `include/hw/boards.h`, `docs/about/deprecated.rst`.
 *
 * Returns: %TRUE if it is known; otherwise the numbers are not set
 * Since: 1.0
 */
gboolean
machtype_lifecycle_get_deprecated (const MachtypeName *name, guint *major, guint *minor)
{
  const Exception *exception;
  const MtBoard *board;
  MtQemuVersion version;

  g_return_val_if_fail (name != NULL, FALSE);

  board = find_board (name);
  if (board != NULL)
    return store (board->deprecated, major, minor);
  if (!is_governed (mt_name_get_parsed (name), &version))
    return FALSE;
  exception = find_exception (mt_name_get_parsed (name), version);
  if (exception != NULL)
    return store (exception->deprecated, major, minor);
  return by_age (version, &deprecated_rule, major, minor);
}

/**
 * machtype_lifecycle_get_removed:
 * @name: a name; must not be %NULL
 * @major: (out) (optional): major version of QEMU, or %NULL
 * @minor: (out) (optional): minor version of QEMU, or %NULL
 *
 * Gets the QEMU release that removed an upstream machine type: by the six-year rule, or as it was
 * before that rule. Thread-safe.
 *
 * Source: QEMU `include/hw/boards.h`, `docs/about/removed-features.rst`.
 *
 * Returns: %TRUE if it is known; otherwise the numbers are not set
 * Since: 1.0
 */
gboolean
machtype_lifecycle_get_removed (const MachtypeName *name, guint *major, guint *minor)
{
  const Exception *exception;
  const MtBoard *board;
  MtQemuVersion version;

  g_return_val_if_fail (name != NULL, FALSE);

  board = find_board (name);
  if (board != NULL)
    return store (board->removed, major, minor);
  if (!is_governed (mt_name_get_parsed (name), &version))
    return FALSE;
  exception = find_exception (mt_name_get_parsed (name), version);
  if (exception != NULL)
    return store (exception->removed, major, minor);
  return by_age (version, &removed_rule, major, minor);
}
