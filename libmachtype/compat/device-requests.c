/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What image properties and extra specs request of a machine, in the terms of the rules. The
 * mapping is in properties/schema.c. */

#include "compat/compat-private.h"

#include "string-private.h"

/* Findings are ordered by kind, but firmware precedes the models, which may need it. */
static guint
get_turn (MtDeviceKind kind)
{
  return kind == MT_KIND_FIRMWARE ? 2 * MT_KIND_INPUT_BUS + 1 : 2 * (guint)kind;
}

/* Of the same rank, the first one precedes. */
static void
add (MtDeviceRequests *requests, const char *name, const char *value, MtDeviceKind kind,
     const char *wanted)
{
  guint at, turn = get_turn (kind);

  g_assert (requests->count < MT_DEVICE_REQUESTS_MAX);
  for (at = requests->count++; at > 0 && get_turn (requests->list[at - 1].kind) > turn; at--)
    requests->list[at] = requests->list[at - 1];
  requests->list[at] = (MtDeviceRequest){ name, value, kind, wanted };
}

/* The machine's best; if it supports none, the usual one, which yields the reason. */
static const char *
choose_model (MtDeviceKind kind, MtMachineClass class, gboolean uefi)
{
  const char *best = mt_compat_get_best (kind, class, uefi);
  gsize at = 0, n;
  const MtRule *rules = mt_rules_get (&n);

  return best != NULL ? best : mt_rule_next (rules, n, &at, kind, NULL)->value;
}

/* What a value of the row requests; empty: nothing. */
static const char *
find_wanted (const MtSchema *row, const char *value, MtMachineClass class, gboolean uefi)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (row->becomes); i++) {
    const MtBecomes *becomes = &row->becomes[i];

    if (!mt_is_word (becomes->value, MT_ANY_VALUE) && !mt_is_word (becomes->value, value))
      continue;
    return mt_is_word (becomes->wanted, MT_BEST_MODEL)
               ? choose_model ((MtDeviceKind)row->kind, class, uefi)
               : becomes->wanted;
  }
  return value;
}

static void
add_requested (MtDeviceRequests *requests, const MtSchema *row, const MtRequested *requested,
               MtMachineClass class)
{
  const char *wanted = find_wanted (row, requested->value, class, requests->uefi);

  if (*wanted != '\0')
    add (requests, requested->by, requested->value, (MtDeviceKind)row->kind, wanted);
}

void
mt_device_requests_collect (const MtFeatures *features, MtMachineClass class,
                            MtDeviceRequests *requests)
{
  const char *firmware = features->requested[MT_PROPERTY_FIRMWARE_TYPE].value;
  int i;

  /* Not the list: it is long and mostly unused. */
  requests->count = 0;
  requests->uefi = firmware != NULL ? mt_is_word (firmware, "uefi") : mt_class_prefers_uefi (class);
  if (firmware == NULL && requests->uefi)
    add (requests, NULL, "uefi", MT_KIND_FIRMWARE, "efi");
  for (i = 0; i <= features->last; i++) {
    const MtRequested *requested = &features->requested[i];

    if (requested->value != NULL && mt_schema_get (i)->kind != MT_KIND_NONE &&
        !(i == MT_PROPERTY_SECURE_BOOT && mt_class_boots_signed (class)))
      add_requested (requests, mt_schema_get (i), requested, class);
  }
  if (mt_topology_is_requested (features))
    add (requests, features->topology_by, NULL, MT_KIND_CPU_TOPOLOGY, "topology");
}

const char *
mt_device_requests_get (const MtDeviceRequests *requests, MtDeviceKind kind)
{
  guint i;

  for (i = 0; i < requests->count; i++) {
    if (requests->list[i].kind == kind)
      return requests->list[i].wanted;
  }
  return NULL;
}
