/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets, cores and threads. Source: nova/virt/hardware.py (get_cpu_topology_constraints,
 * _get_possible_cpu_topologies, _sort_possible_cpu_topologies). */

#include "properties/features-private.h"

#include <string.h>

#include "error-private.h"

/* What is not limited can be up to Nova's own limit. */
#define UNLIMITED 65536

static guint
get_count (const char *checked)
{
  gint64 number = checked != NULL ? g_ascii_strtoll (checked, NULL, 10) : 0;

  return number > 0 ? (guint)number : 0;
}

static MtTopology
get_image (const MachtypeProperties *properties, MtProperty first)
{
  return (MtTopology){
    get_count (mt_properties_get (properties, first)),
    get_count (mt_properties_get (properties, (MtProperty)(first + 1))),
    get_count (mt_properties_get (properties, (MtProperty)(first + 2))),
  };
}

static MtTopology
get_flavor (const MachtypeProperties *properties, MtSpec first)
{
  return (MtTopology){
    get_count (mt_properties_get_spec (properties, first)),
    get_count (mt_properties_get_spec (properties, (MtSpec)(first + 1))),
    get_count (mt_properties_get_spec (properties, (MtSpec)(first + 2))),
  };
}

static gboolean
is_set (const MtTopology *topology)
{
  return topology->sockets != 0 || topology->cores != 0 || topology->threads != 0;
}

/* Which of the three exceeds its limit, 0 to 2; -1: none. What limit does not contain is not
 * limited. */
static int
find_excess (const MtTopology *topology, const MtTopology *limit)
{
  if (limit->sockets != 0 && topology->sockets > limit->sockets)
    return 0;
  if (limit->cores != 0 && topology->cores > limit->cores)
    return 1;
  return limit->threads != 0 && topology->threads > limit->threads ? 2 : -1;
}

static guint
get_number (const MtTopology *topology, int which)
{
  const guint numbers[] = { topology->sockets, topology->cores, topology->threads };

  return numbers[which];
}

static gboolean
refuse_excess (MtProperty first, int which, const MtTopology *topology, const MtTopology *limit,
               GError **error)
{
  const MtSchema *row = mt_schema_get ((int)first + which);
  const MtSchema *limiting = mt_schema_get (MT_PROPERTY_CPU_MAX_SOCKETS + which);

  return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                  "%s: image property %s=%u exceeds the limit of %u (%s, %s)", row->conflict,
                  row->image, get_number (topology, which), get_number (limit, which),
                  limiting->image, limiting->flavor.name);
}

/* Each number of first if it has one, otherwise that of second. */
static MtTopology
fill (const MtTopology *first, const MtTopology *second)
{
  return (MtTopology){
    first->sockets != 0 ? first->sockets : second->sockets,
    first->cores != 0 ? first->cores : second->cores,
    first->threads != 0 ? first->threads : second->threads,
  };
}

/* Nova's API in Zed had another name for the limits than its driver. */
static MtTopology
get_flavor_limit (const MachtypeProperties *properties)
{
  MtTopology limit = get_flavor (properties, MT_SPEC_CPU_MAX_SOCKETS);
  MtTopology old = get_flavor (properties, MT_SPEC_MAX_CPU_SOCKETS);

  return fill (&limit, &old);
}

/* The first property that contains it, for messages; NULL: none. */
static const char *
find_requesting (const MachtypeProperties *properties)
{
  int i;

  for (i = MT_PROPERTY_CPU_SOCKETS; i <= MT_PROPERTY_CPU_MAX_THREADS; i++) {
    if (get_count (mt_properties_get (properties, (MtProperty)i)) != 0)
      return mt_property_name ((MtProperty)i);
  }
  for (i = MT_SPEC_CPU_SOCKETS; i <= MT_SPEC_MAX_CPU_THREADS; i++) {
    if (mt_properties_get_spec (properties, (MtSpec)i) != NULL)
      return mt_spec_name ((MtSpec)i);
  }
  return NULL;
}

gboolean
mt_topology_decide (const MachtypeProperties *properties, MtFeatures *features, GError **error)
{
  MtTopology image_limit = get_image (properties, MT_PROPERTY_CPU_MAX_SOCKETS);
  MtTopology flavor_limit = get_flavor_limit (properties);
  MtTopology image = get_image (properties, MT_PROPERTY_CPU_SOCKETS);
  MtTopology flavor = get_flavor (properties, MT_SPEC_CPU_SOCKETS);
  int which;

  which = find_excess (&image_limit, &flavor_limit);
  if (which >= 0)
    return refuse_excess (MT_PROPERTY_CPU_MAX_SOCKETS, which, &image_limit, &flavor_limit, error);
  features->topology_limit = fill (&image_limit, &flavor_limit);
  which = find_excess (&image, &features->topology_limit);
  if (which >= 0)
    return refuse_excess (MT_PROPERTY_CPU_SOCKETS, which, &image, &features->topology_limit, error);
  if (find_excess (&flavor, &features->topology_limit) >= 0)
    memset (&flavor, 0, sizeof flavor);
  features->topology = is_set (&image) ? image : flavor;
  features->topology_by = find_requesting (properties);
  return TRUE;
}

gboolean
mt_topology_is_requested (const MtFeatures *features)
{
  return is_set (&features->topology);
}

static guint
clamp (guint limit, guint vcpus)
{
  return MIN (limit != 0 ? limit : UNLIMITED, vcpus);
}

static guint
get_score (const MtTopology *topology, const MtTopology *wanted)
{
  return (topology->sockets == wanted->sockets) + (topology->cores == wanted->cores) +
         (topology->threads == wanted->threads);
}

/* More of what is requested; then fewer threads, then more sockets. */
static gboolean
is_better (const MtTopology *a, const MtTopology *b, const MtTopology *wanted)
{
  guint a_score = get_score (a, wanted), b_score = get_score (b, wanted);

  if (a_score != b_score)
    return a_score > b_score;
  return a->threads != b->threads ? a->threads < b->threads : a->sockets > b->sockets;
}

gboolean
mt_topology_choose (const MtFeatures *features, guint vcpus, MtTopology *chosen, GError **error)
{
  const MtTopology *limit = &features->topology_limit;
  guint threads, cores;

  memset (chosen, 0, sizeof *chosen);
  for (threads = 1; threads <= clamp (limit->threads, vcpus); threads++) {
    if (vcpus % threads != 0)
      continue;
    for (cores = 1; cores <= clamp (limit->cores, vcpus / threads); cores++) {
      MtTopology found = { vcpus / threads / cores, cores, threads };

      if (vcpus / threads % cores != 0 || found.sockets > clamp (limit->sockets, vcpus))
        continue;
      if (chosen->sockets == 0 || is_better (&found, chosen, &features->topology))
        *chosen = found;
    }
  }
  if (chosen->sockets != 0)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                  "ImageVCPULimitsRangeImpossible: %u vCPUs do not fit %u sockets, %u "
                  "cores, %u threads (%s)",
                  vcpus, clamp (limit->sockets, vcpus), clamp (limit->cores, vcpus),
                  clamp (limit->threads, vcpus), features->topology_by);
}
