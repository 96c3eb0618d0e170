/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine types of a host that are nearest to one that it does not offer. */

#include "host/host-private.h"

#include <string.h>

#include "text-private.h"

/* The number of names that a message proposes. */
#define NEAR_MAX 6

/* What is wanted. */
typedef struct {
  const char *text;
  MtName name;
  guint8 family; /* also of an unknown name that begins with it */
  MtQemuVersion base;
  gboolean has_base;
} Wanted;

/* A machine that the host offers. The lower, the nearer: first the kind of similarity, then the
 * distance within it, then the order of display. */
typedef struct {
  const char *name;
  MtName parsed; /* as the host knows it */
  gboolean is_alias;
  guint tier;
  guint64 distance;
  guint place;
} Near;

enum {
  TIER_SPELLING, /* a misspelled name is probably this */
  TIER_LINE,     /* another version of the same vendor */
  TIER_BASE,     /* another vendor, made from a version of QEMU */
  TIER_FAMILY,
  TIER_ALIAS, /* of another family: what most guests have */
  TIER_OTHER,
};

static guint64
get_difference (guint64 a, guint64 b)
{
  return a > b ? a - b : b - a;
}

static guint64
get_base_key (MtQemuVersion version)
{
  const MtName name = { .version = { version.major, version.minor } };

  return mt_name_key (&name);
}

static void
set_wanted (Wanted *wanted, MachtypeArch arch, const char *machine)
{
  const MtFamily *prefix = mt_family_of_prefix (machine, strlen (machine));
  g_autoptr (MachtypeName) name = machtype_name_new (machine, arch, NULL);
  g_autofree char *intended = name != NULL ? machtype_name_dup_intended (name) : NULL;
  MtName parsed;
  guint8 family;

  memset (wanted, 0, sizeof *wanted);
  wanted->text = machine;
  if (!mt_name_parse (machine, strlen (machine), arch, &wanted->name))
    return;
  wanted->family = wanted->name.family;
  wanted->has_base = mt_name_upstream_base (&wanted->name, &wanted->base);
  if (intended != NULL && mt_name_parse (intended, strlen (intended), arch, &parsed))
    wanted->family = parsed.family;
  for (family = MACHTYPE_FAMILY_NONE;
       wanted->family == MACHTYPE_FAMILY_NONE && prefix != NULL && family <= MT_FAMILY_LAST;
       family++) {
    if (mt_family_info ((MachtypeFamily)family) == prefix)
      wanted->family = family;
  }
}

/* Of one family: by version or, across vendors, by what they are made from. */
static void
rate_version (const Wanted *wanted, Near *near)
{
  MtQemuVersion base;

  if (mt_name_line (&wanted->name) != 0 &&
      mt_name_line (&wanted->name) == mt_name_line (&near->parsed)) {
    near->tier = TIER_LINE;
    near->distance = get_difference (mt_name_key (&wanted->name), mt_name_key (&near->parsed));
  } else if (wanted->has_base && mt_name_upstream_base (&near->parsed, &base)) {
    near->tier = TIER_BASE;
    near->distance = get_difference (get_base_key (wanted->base), get_base_key (base));
  } else
    near->tier = TIER_FAMILY;
}

static void
rate (const Wanted *wanted, Near *near)
{
  const guint edits = wanted->name.kind == MACHTYPE_NAME_KIND_VERSIONED
                          ? G_MAXUINT
                          : mt_text_count_errors (wanted->text, near->name);

  near->distance = 0;
  if (edits != G_MAXUINT) {
    near->tier = TIER_SPELLING;
    near->distance = edits;
  } else if (wanted->family != MACHTYPE_FAMILY_NONE && near->parsed.family == wanted->family)
    rate_version (wanted, near);
  else
    near->tier = near->is_alias ? TIER_ALIAS : TIER_OTHER;
}

static int
compare_near (gconstpointer a, gconstpointer b)
{
  const Near *x = a, *y = b;

  if (x->tier != y->tier)
    return x->tier < y->tier ? -1 : 1;
  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

static GArray *
list_rated (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
            const Wanted *wanted)
{
  g_autoptr (GArray) shown = mt_host_list_shown (host, arch, domain_type);
  GArray *list = g_array_sized_new (FALSE, FALSE, sizeof (Near), shown->len);
  guint i;

  for (i = 0; i < shown->len; i++) {
    const MtMachine *info = g_array_index (shown, const MtMachine *, i);
    Near near = { .name = mt_host_text (host, info->name),
                  .is_alias = info->canonical != 0,
                  .place = i };

    if (!mt_host_parse_name (host, arch, domain_type, near.name, strlen (near.name), &near.parsed))
      continue;
    rate (wanted, &near);
    g_array_append_val (list, near);
  }
  g_array_sort (list, compare_near);
  return list;
}

/* The alias of the family is always worth a place: of the wanted one or, if it is misspelled, of
 * the most similar type. NULL: none. */
static const char *
find_alias (const GArray *list, const Wanted *wanted)
{
  guint8 family = wanted->family;
  guint i;

  if (family == MACHTYPE_FAMILY_NONE && list->len != 0 &&
      g_array_index (list, Near, 0).tier == TIER_SPELLING)
    family = g_array_index (list, Near, 0).parsed.family;
  for (i = 0; i < list->len && family != MACHTYPE_FAMILY_NONE; i++) {
    const Near *near = &g_array_index (list, Near, i);

    if (near->is_alias && near->parsed.family == family)
      return near->name;
  }
  return NULL;
}

/* With some that are near, all others are not. */
static void
drop_far (GArray *list)
{
  guint n = 0;

  if (list->len == 0 || g_array_index (list, Near, 0).tier >= TIER_ALIAS)
    return;
  while (n < list->len && g_array_index (list, Near, n).tier < TIER_ALIAS)
    n++;
  g_array_set_size (list, n);
}

char *
mt_host_dup_near (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                  const char *machine)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) list = NULL;
  const char *alias;
  guint i, n = 0;
  Wanted wanted;

  set_wanted (&wanted, arch, machine);
  list = list_rated (host, arch, domain_type, &wanted);
  alias = find_alias (list, &wanted);
  drop_far (list);
  for (i = 0; i < list->len && n < NEAR_MAX - (alias != NULL); i++) {
    const char *name = g_array_index (list, Near, i).name;

    if (name != alias)
      g_string_append_printf (text, "%s%s", n++ != 0 ? ", " : "", name);
  }
  if (alias != NULL)
    g_string_append_printf (text, "%s%s", n != 0 ? ", " : "", alias);
  return text->len != 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
