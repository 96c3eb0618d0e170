/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What image properties and extra specs ask of a machine, as things that the rules speak of. What
 * becomes of which stands in properties/schema.c. */

#include "compat/compat-private.h"

#include "string-private.h"

/* Findings come in the order of kinds, but firmware stands before the models, which may need it. */
static guint
get_turn (MtKind kind)
{
  return kind == MT_KIND_FIRMWARE ? 2 * MT_KIND_INPUT_BUS + 1 : 2 * (guint)kind;
}

/* Of one turn, the first comes first. */
static void
add (MtWishes *wishes, const char *name, const char *value, MtKind kind, const char *wanted)
{
  guint at, turn = get_turn (kind);

  g_assert (wishes->count < MT_WISHES_MAX);
  for (at = wishes->count++; at > 0 && get_turn (wishes->list[at - 1].kind) > turn; at--)
    wishes->list[at] = wishes->list[at - 1];
  wishes->list[at] = (MtWish){ name, value, kind, wanted };
}

/* The machine's best; where it has none, the usual one, which says why. */
static const char *
choose_model (MtKind kind, MtClass class, gboolean uefi)
{
  const char *best = mt_compat_get_best (kind, class, uefi);
  gsize at = 0, n;
  const MtRule *rules = mt_rules_get (&n);

  return best != NULL ? best : mt_rule_next (rules, n, &at, kind, NULL)->value;
}

/* What a value of the row asks for; empty: nothing. */
static const char *
find_wanted (const MtSchema *row, const char *value, MtClass class, gboolean uefi)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (row->becomes); i++) {
    const MtBecomes *becomes = &row->becomes[i];

    if (!mt_is_word (becomes->value, MT_ANY_VALUE) && !mt_is_word (becomes->value, value))
      continue;
    return mt_is_word (becomes->wanted, MT_BEST_MODEL)
               ? choose_model ((MtKind)row->kind, class, uefi)
               : becomes->wanted;
  }
  return value;
}

static void
add_asked (MtWishes *wishes, const MtSchema *row, const MtAsked *asked, MtClass class)
{
  const char *wanted = find_wanted (row, asked->value, class, wishes->uefi);

  if (*wanted != '\0')
    add (wishes, asked->by, asked->value, (MtKind)row->kind, wanted);
}

void
mt_wishes_collect (const MtFeatures *features, MtClass class, MtWishes *wishes)
{
  const char *firmware = features->asked[MT_PROPERTY_FIRMWARE_TYPE].value;
  int i;

  /* Not the list: it is long, and mostly unused. */
  wishes->count = 0;
  wishes->uefi = firmware != NULL ? mt_is_word (firmware, "uefi") : mt_class_prefers_uefi (class);
  if (firmware == NULL && wishes->uefi)
    add (wishes, NULL, "uefi", MT_KIND_FIRMWARE, "efi");
  for (i = 0; i <= features->last; i++) {
    const MtAsked *asked = &features->asked[i];

    if (asked->value != NULL && mt_schema_get (i)->kind != MT_KIND_NONE)
      add_asked (wishes, mt_schema_get (i), asked, class);
  }
  if (mt_topology_is_asked (features))
    add (wishes, features->topology_by, NULL, MT_KIND_CPU_TOPOLOGY, "topology");
}

const char *
mt_wishes_get (const MtWishes *wishes, MtKind kind)
{
  guint i;

  for (i = 0; i < wishes->count; i++) {
    if (wishes->list[i].kind == kind)
      return wishes->list[i].wanted;
  }
  return NULL;
}
