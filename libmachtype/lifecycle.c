/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a machine type was introduced, is deprecated, and is removed. */

#include <machtype/lifecycle.h>

#include "lifecycle-private.h"

#include <string.h>

#include "json/json-private.h"

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

/* The last minor release of a major one. */
typedef struct {
  guint8 vendor;
  guint8 major, last;
} Major;

/* The last third number that a version was released with. */
typedef struct {
  guint8 vendor;
  guint32 families; /* one bit each */
  MtQemuVersion version;
  guint8 last;
} Micro;

/* Versions without a type, between others that have one. */
typedef struct {
  guint8 vendor;
  guint32 families; /* one bit each */
  MtQemuVersion first, last;
} Skipped;

/* Of a vendor's types from a version on: deprecated so many major versions later. */
typedef struct {
  guint8 vendor;
  MtQemuVersion first;
  guint years;
  guint keeps; /* the first major release that keeps its types as long as it lasts */
} VendorRule;

/* A vendor's types, by the vendor's own releases. 0.0: unknown. */
typedef struct {
  guint8 vendor;
  guint32 families;          /* one bit each */
  MtQemuVersion first, last; /* of the types */
  MtQemuVersion deprecated, last_seen, removed;
} VendorType;

typedef struct {
  guint8 vendor;
  guint16 version[2];
  char until[8]; /* year and month */
} EndOfLife;

#include "data/lifecycles.inc"

/* The newest release when the tables were last compared with it. Source: QEMU's release tags. */
static const MtQemuVersion newest_release = { 11, 1 };

/* The vendor's version of a name, in two numbers that fit into a byte each; 0.0: it does not. */
static MtQemuVersion
get_version (const MtName *name)
{
  MtQemuVersion version = { 0, 0 };

  if (name->version[0] <= G_MAXUINT8 && name->version[1] <= G_MAXUINT8) {
    version.major = (guint8)name->version[0];
    version.minor = (guint8)name->version[1];
  }
  return version;
}

/* Of a vendor without such types, nothing is known. */
static gboolean
has_micro (const MtName *name)
{
  gboolean is_listed = FALSE;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (micros) && name->version[2] != 0; i++) {
    if (micros[i].vendor != name->vendor)
      continue;
    is_listed = TRUE;
    if ((micros[i].families & (1u << name->family)) != 0 &&
        mt_qemu_version_compare (micros[i].version, get_version (name)) == 0 &&
        name->version[2] <= micros[i].last)
      return TRUE;
  }
  return !is_listed;
}

static gboolean
is_skipped (const MtName *name)
{
  const MtQemuVersion version = get_version (name);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (skipped); i++) {
    if (skipped[i].vendor == name->vendor && (skipped[i].families & (1u << name->family)) != 0 &&
        mt_qemu_version_compare (version, skipped[i].first) >= 0 &&
        mt_qemu_version_compare (version, skipped[i].last) <= 0)
      return TRUE;
  }
  return FALSE;
}

/* Only of versions that are QEMU's, or a vendor's name for them. */
static gboolean
precedes_family (const MtName *name)
{
  return mt_vendor_info (name->vendor)->version_is_base &&
         mt_qemu_version_compare (get_version (name),
                                  mt_family_info ((MachtypeFamily)name->family)->first) < 0;
}

gboolean
mt_lifecycle_may_exist (const MtName *name)
{
  const guint vendor = mt_vendor_info (name->vendor)->counts_as;
  gboolean is_listed = FALSE;
  gsize i;

  if (name->kind != MACHTYPE_NAME_KIND_VERSIONED)
    return TRUE;
  if (precedes_family (name) || is_skipped (name))
    return FALSE;
  for (i = 0; i < G_N_ELEMENTS (majors); i++) {
    if (majors[i].vendor != vendor)
      continue;
    is_listed = TRUE;
    if (majors[i].major == name->version[0])
      return name->version[1] <= majors[i].last && has_micro (name);
  }
  return !is_listed; /* code names are listed */
}

gboolean
mt_lifecycle_is_future (const MtName *name)
{
  const guint vendor = mt_vendor_info (name->vendor)->counts_as;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (majors); i++) {
    if (majors[i].vendor == vendor && majors[i].major > name->version[0])
      return FALSE;
  }
  return TRUE;
}

gboolean
mt_lifecycle_is_released (guint major, guint minor)
{
  return major < newest_release.major ||
         (major == newest_release.major && minor <= newest_release.minor);
}

/* The lifecycle of QEMU's own types is known; vendors keep and drop theirs as they see fit. */
static gboolean
is_governed (const MtName *name, MtQemuVersion *version)
{
  const MtFamily *family = mt_family_info ((MachtypeFamily)name->family);

  if (name->kind != MACHTYPE_NAME_KIND_VERSIONED || !family->age_rule ||
      !mt_vendor_info (name->vendor)->age_rule || !mt_lifecycle_may_exist (name))
    return FALSE;
  /* Before its family was introduced there was no such type, even if its name is well-formed. */
  return mt_name_upstream_base (name, version) &&
         mt_qemu_version_compare (*version, family->first) >= 0;
}

static const Exception *
find_exception (const MtName *name, MtQemuVersion version)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    if (exceptions[i].family == name->family &&
        mt_qemu_version_compare (version, exceptions[i].first) >= 0 &&
        mt_qemu_version_compare (version, exceptions[i].last) <= 0)
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
  if (!mt_qemu_version_is_set (version))
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
  return store (mt_qemu_version_compare (version, rule->since) < 0 ? rule->since : version, major,
                minor);
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

gboolean
mt_lifecycle_can_delete (const MtName *name, MtQemuVersion qemu)
{
  MtQemuVersion version;

  return mt_qemu_version_compare (qemu, deprecated_rule.since) >= 0 &&
         is_governed (name, &version) && find_exception (name, version) == NULL &&
         (version.major + removed_rule.years < qemu.major ||
          (version.major + removed_rule.years == qemu.major && version.minor <= qemu.minor));
}

static const VendorType *
find_vendor_type (const MtName *name)
{
  const MtQemuVersion version = get_version (name);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (vendor_types); i++) {
    const VendorType *type = &vendor_types[i];

    if (type->vendor == name->vendor && (type->families & (1u << name->family)) != 0 &&
        mt_qemu_version_compare (version, type->first) >= 0 &&
        mt_qemu_version_compare (version, type->last) <= 0)
      return type;
  }
  return NULL;
}

/* 0.0: by no rule. */
static MtQemuVersion
get_ruled_deprecation (const MtName *name)
{
  MtQemuVersion version = get_version (name), none = { 0, 0 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (vendor_rules); i++) {
    if (vendor_rules[i].vendor == name->vendor &&
        mt_qemu_version_compare (version, vendor_rules[i].first) >= 0 &&
        version.major + vendor_rules[i].years <= G_MAXUINT8) {
      version.major = (guint8)(version.major + vendor_rules[i].years);
      version.minor = 0;
      return version;
    }
  }
  return none;
}

const char *
mt_lifecycle_get_end_of_support (const MtName *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (ends_of_life); i++) {
    if (ends_of_life[i].vendor == name->vendor && ends_of_life[i].version[0] == name->version[0] &&
        ends_of_life[i].version[1] == name->version[1])
      return ends_of_life[i].until;
  }
  return NULL;
}

G_GNUC_PRINTF (2, 3)
static void
append_part (GString *text, const char *format, ...)
{
  va_list arguments;

  if (text->len != 0)
    g_string_append (text, ", ");
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

gboolean
mt_lifecycle_get_vendor_deprecated (const MtName *name, guint *major)
{
  const VendorType *type = find_vendor_type (name);

  return store (type != NULL ? type->deprecated : get_ruled_deprecation (name), major, NULL);
}

gboolean
mt_lifecycle_get_vendor_removed (const MtName *name, guint *major)
{
  const VendorType *type = find_vendor_type (name);

  return type != NULL && store (type->removed, major, NULL);
}

static gboolean
keeps_own (const MtName *name, MtQemuVersion release)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (vendor_rules); i++) {
    if (vendor_rules[i].vendor == name->vendor)
      return name->version[0] == release.major && release.major >= vendor_rules[i].keeps;
  }
  return FALSE;
}

/* Whether a release with this version, or a later one, was surveyed for types of its family. */
static gboolean
is_surveyed (const MtName *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (vendor_types); i++) {
    if (vendor_types[i].vendor == name->vendor &&
        (vendor_types[i].families & (1u << name->family)) != 0 &&
        mt_qemu_version_compare (vendor_types[i].last_seen, get_version (name)) >= 0)
      return TRUE;
  }
  return FALSE;
}

MtVendorHas
mt_lifecycle_ask_vendor (const MtName *name, MtQemuVersion release)
{
  const VendorType *type = find_vendor_type (name);
  MtVendorHas answer = { FALSE, FALSE };

  answer.lacks = mt_qemu_version_compare (get_version (name), release) > 0 ||
                 !mt_lifecycle_may_exist (name) || (type == NULL && is_surveyed (name)) ||
                 (type != NULL && mt_qemu_version_is_set (type->removed) &&
                  mt_qemu_version_compare (type->removed, release) <= 0);
  answer.has =
      !answer.lacks && type != NULL &&
      (mt_qemu_version_compare (release, type->last_seen) <= 0 || keeps_own (name, release));
  return answer;
}

gboolean
mt_lifecycle_is_vendor_released (const MtName *name, guint major)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (vendor_types); i++) {
    if (vendor_types[i].vendor == name->vendor && vendor_types[i].last_seen.major >= major)
      return TRUE;
  }
  return FALSE;
}

/* In the vendor's own releases. */
static void
append_vendor (GString *text, const MtName *name, gboolean with_deprecated)
{
  const char *product = mt_vendor_info (name->vendor)->product;
  const VendorType *type = find_vendor_type (name);
  const char *until = mt_lifecycle_get_end_of_support (name);
  guint deprecated;

  if (with_deprecated && mt_lifecycle_get_vendor_deprecated (name, &deprecated))
    append_part (text, "deprecated in %s %u", product, deprecated);
  if (type != NULL && mt_qemu_version_is_set (type->removed))
    append_part (text, "removed in %s %u", product, type->removed.major);
  if (type != NULL)
    append_part (text, "last seen in %s %u.%u", product, type->last_seen.major,
                 type->last_seen.minor);
  if (until != NULL)
    append_part (text, "%s %u.%02u is supported until %s", product, name->version[0],
                 name->version[1], until);
}

char *
mt_lifecycle_dup_text (const MachtypeName *name, gboolean deprecated)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint major, minor;

  if (deprecated && machtype_lifecycle_get_deprecated (name, &major, &minor))
    append_part (text, "deprecated in QEMU %u.%u", major, minor);
  if (machtype_lifecycle_get_removed (name, &major, &minor))
    append_part (text, "removed in QEMU %u.%u", major, minor);
  if (mt_name_get_parsed (name)->kind == MACHTYPE_NAME_KIND_VERSIONED &&
      mt_lifecycle_may_exist (mt_name_get_parsed (name)))
    append_vendor (text, mt_name_get_parsed (name), deprecated);
  return text->len != 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/**
 * machtype_lifecycle_dup_text:
 * @name: a name; must not be %NULL
 *
 * Describes the lifecycle of a machine type in a few words: of an upstream type by QEMU's releases,
 * of a vendor's type by the vendor's, with the release in which it was last seen and the end of the
 * life of its release. For example "deprecated in QEMU 10.2, removed in QEMU 13.2". Thread-safe.
 *
 * Source: QEMU `include/hw/boards.h`, also that of CentOS Stream 10; Debian's distro-info-data.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if nothing is known
 * Since: 1.0
 */
char *
machtype_lifecycle_dup_text (const MachtypeName *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  return mt_lifecycle_dup_text (name, TRUE);
}

/* Ubuntu's releases have a month of two digits; a third number of 0 is Red Hat's alone. */
static void
write_version (GString *json, const MachtypeName *name)
{
  const MachtypeVendor vendor = machtype_name_get_vendor (name);
  guint major, minor, micro;
  char text[64];

  if (!machtype_name_get_version (name, &major, &minor, &micro))
    return;
  if (vendor == MACHTYPE_VENDOR_UBUNTU)
    g_snprintf (text, sizeof text, "%u.%02u", major, minor);
  else if (micro == 0 && vendor != MACHTYPE_VENDOR_RHEL)
    g_snprintf (text, sizeof text, "%u.%u", major, minor);
  else
    g_snprintf (text, sizeof text, "%u.%u.%u", major, minor, micro);
  mt_json_text (json, "version", text);
}

typedef gboolean (*ReleaseFunc) (const MachtypeName *name, guint *major, guint *minor);

static void
write_release (GString *json, const char *member, const MachtypeName *name, ReleaseFunc func)
{
  guint major, minor;
  char text[64];

  if (!func (name, &major, &minor))
    return;
  g_snprintf (text, sizeof text, "%u.%u", major, minor);
  mt_json_text (json, member, text);
}

/**
 * machtype_name_to_json:
 * @name: a name; must not be %NULL
 *
 * Writes what is known about a machine type's name as a JSON object on one line, its lifecycle
 * included. `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_name_to_json (const MachtypeName *name)
{
  g_autofree char *base = NULL, *text = NULL;
  GString *json;

  g_return_val_if_fail (name != NULL, NULL);

  base = machtype_name_dup_upstream_base (name);
  text = machtype_lifecycle_dup_text (name);
  json = mt_json_begin_value ();
  mt_json_text (json, "name", machtype_name_get_text (name));
  if (name->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (name->arch));
  mt_json_text (json, "kind", machtype_name_kind_to_string (machtype_name_get_kind (name)));
  if (machtype_name_get_family (name) != MACHTYPE_FAMILY_NONE)
    mt_json_text (json, "family", machtype_family_to_string (machtype_name_get_family (name)));
  if (machtype_name_get_vendor (name) != MACHTYPE_VENDOR_UNKNOWN)
    mt_json_text (json, "vendor", machtype_vendor_to_string (machtype_name_get_vendor (name)));
  write_version (json, name);
  if (machtype_name_get_revision (name) != 0)
    mt_json_uint (json, "revision", machtype_name_get_revision (name));
  mt_json_text (json, "tag", machtype_name_get_tag (name));
  mt_json_text (json, "upstream_base", base);
  write_release (json, "introduced_in", name, machtype_lifecycle_get_introduced);
  write_release (json, "deprecated_in", name, machtype_lifecycle_get_deprecated);
  write_release (json, "removed_in", name, machtype_lifecycle_get_removed);
  mt_json_text (json, "lifecycle", text);
  return mt_json_end_value (json);
}
