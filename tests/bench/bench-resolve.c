/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the properties of an image to the canonical machine type on this host. */

#include "bench.h"
#include "fixtures.h"

#include <stdlib.h>
#include <string.h>

#define ARCHES 64
#define SLOTS 256

static MachtypeHost *host;
static MachtypePolicy *policy;
static FixtureImage images[FIXTURE_IMAGES];
static MachtypeProperties *properties[FIXTURE_IMAGES];

/* ---- The floor: arrays, and nothing that is not needed ---- */

typedef struct {
  const char *name, *canonical;
} Machine;

/* What the floor knows about an architecture. */
typedef struct {
  const char *name, *usual;
  Machine *machines; /* sorted */
  guint count;
} Arch;

static Arch arches[ARCHES];
static guint8 slots[SLOTS]; /* of arches, by a hash without collisions */
static guint multiplier;
static struct {
  const char *name, *value;
  gsize length;
} entries[FIXTURE_IMAGES][FIXTURE_PROPERTIES_MAX];

static guint
get_slot (const char *name, gsize length)
{
  guint last = (guchar)name[length - 1], middle = (guchar)name[length / 2];

  return ((guchar)name[0] + (guint)length * multiplier + last * (multiplier >> 4) +
          middle * (multiplier >> 8)) %
         SLOTS;
}

static const char *
find_canonical (const Arch *arch, const char *machine)
{
  guint low = 0, high = arch->count;

  while (low < high) {
    guint middle = (low + high) / 2;
    int order = strcmp (machine, arch->machines[middle].name);

    if (order == 0)
      return arch->machines[middle].canonical;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

static const char *
find_property (guint i, const char *name, gsize length)
{
  guint at;

  for (at = 0; at < images[i].count; at++) {
    if (entries[i][at].length == length && memcmp (entries[i][at].name, name, length) == 0)
      return entries[i][at].value;
  }
  return NULL;
}

static const char *
resolve_floor (guint i)
{
  const char *machine = find_property (i, "hw_machine_type", strlen ("hw_machine_type"));
  const char *name = find_property (i, "hw_architecture", strlen ("hw_architecture"));
  const Arch *arch = &arches[slots[get_slot (name, strlen (name))]];

  if (strcmp (arch->name, name) != 0)
    return NULL;
  return find_canonical (arch, machine != NULL ? machine : arch->usual);
}

static int
by_name (const void *a, const void *b)
{
  return strcmp (((const Machine *)a)->name, ((const Machine *)b)->name);
}

static void
fill_arch (Arch *row, MachtypeArch arch)
{
  g_autoptr (GPtrArray) list = machtype_host_list_machines (host, arch, NULL);
  guint i;

  row->name = machtype_arch_to_string (arch);
  row->usual = machtype_policy_get_default (policy, arch);
  if (row->usual == NULL)
    row->usual = machtype_arch_get_default_machine (arch);
  row->machines = g_new (Machine, list->len);
  row->count = list->len;
  for (i = 0; i < list->len; i++) {
    const char *canonical = machtype_machine_get_canonical (list->pdata[i]);

    row->machines[i].name = machtype_machine_get_name (list->pdata[i]);
    row->machines[i].canonical = canonical != NULL ? canonical : row->machines[i].name;
  }
  qsort (row->machines, row->count, sizeof (Machine), by_name);
}

/* Whether the multiplier gives each architecture of the host a separate slot. */
static gboolean
fill_slots (void)
{
  guint i;

  memset (slots, 0, sizeof slots);
  for (i = 1; i < ARCHES; i++) {
    guint slot;

    if (arches[i].count == 0)
      continue;
    slot = get_slot (arches[i].name, strlen (arches[i].name));
    if (slots[slot] != 0)
      return FALSE;
    slots[slot] = (guint8)i;
  }
  return TRUE;
}

static void
set_up_floor (void)
{
  guint i, at;

  for (i = MACHTYPE_ARCH_AARCH64; i <= MACHTYPE_ARCH_XTENSAEB; i++)
    fill_arch (&arches[i], (MachtypeArch)i);
  arches[0].name = "";
  for (multiplier = 1; !fill_slots (); multiplier++)
    ;
  for (i = 0; i < FIXTURE_IMAGES; i++) {
    for (at = 0; at < images[i].count; at++) {
      entries[i][at].name = images[i].pairs[at].name;
      entries[i][at].value = images[i].pairs[at].value;
      entries[i][at].length = strlen (entries[i][at].name);
    }
  }
}

/* ---- The library ---- */

static gsize
resolve (guint i, MachtypeProperties *given)
{
  MachtypeResolution *resolution = machtype_resolve (given, policy, host, NULL, NULL);
  gsize first = (guchar)machtype_resolution_get_canonical (resolution)[0];

  (void)i;
  machtype_resolution_unref (resolution);
  return first;
}

static gsize
resolve_new (guint i)
{
  MachtypeProperties *given = fixture_properties (&images[i]);
  gsize first = resolve (i, given);

  machtype_properties_unref (given);
  return first;
}

static char *
answer_resolve (guint i)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeResolution) resolution =
      machtype_resolve (properties[i], policy, host, NULL, &error);

  if (resolution == NULL)
    g_error ("image %u: %s", i, error->message);
  return g_strdup (machtype_resolution_get_canonical (resolution));
}

static const char *
resolve_pairs (guint i)
{
  return machtype_resolve_pairs (images[i].pairs, images[i].count, policy, host, NULL, NULL, NULL,
                                 NULL);
}

static char *
answer_pairs (guint i)
{
  return g_strdup (resolve_pairs (i));
}

static char *
answer_floor (guint i)
{
  return g_strdup (resolve_floor (i));
}

BENCH_RUN (run_resolve, resolve (i, properties[i]))
BENCH_RUN (run_resolve_new, resolve_new (i))
BENCH_RUN (run_pairs, (gsize)resolve_pairs (i))
BENCH_RUN (run_floor, (gsize)resolve_floor (i))

/* The goal is for the call that does not allocate. */
static const BenchContestant contestants[] = {
  { .name = "machtype_resolve, and unref", .run = run_resolve, .answer = answer_resolve },
  { .name = "machtype_resolve_pairs",
    .run = run_pairs,
    .answer = answer_pairs,
    .no_allocations = TRUE },
  { .name = "array floor",
    .run = run_floor,
    .answer = answer_floor,
    .limit = 1.3,
    .subject = "machtype_resolve_pairs" },
  { .name = "properties built, then resolved", .run = run_resolve_new, .answer = answer_resolve },
};

static const Bench bench = { "resolve", FIXTURE_IMAGES, .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

int
main (int argc, char **argv)
{
  guint i;

  host = fixture_host ();
  policy = fixture_policy ();
  fixture_images (images, host, policy);
  for (i = 0; i < FIXTURE_IMAGES; i++)
    properties[i] = fixture_properties (&images[i]);
  set_up_floor ();
  return bench_main (&bench, argc, argv);
}
