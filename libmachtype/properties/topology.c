/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets, cores and threads. Source: nova/virt/hardware.py (get_cpu_topology_constraints,
 * _get_possible_cpu_topologies, _sort_possible_cpu_topologies). */

#include "properties/features-private.h"

#include <string.h>

/* What is not limited may be as many as Nova's own limit. */
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

/* What limit does not say is no limit. */
static gboolean
exceeds (const MtTopology *topology, const MtTopology *limit)
{
  return (limit->sockets != 0 && topology->sockets > limit->sockets) ||
         (limit->cores != 0 && topology->cores > limit->cores) ||
         (limit->threads != 0 && topology->threads > limit->threads);
}

/* Each number of first, where it says one, else that of second. */
static MtTopology
fill (const MtTopology *first, const MtTopology *second)
{
  return (MtTopology){
    first->sockets != 0 ? first->sockets : second->sockets,
    first->cores != 0 ? first->cores : second->cores,
    first->threads != 0 ? first->threads : second->threads,
  };
}

/* The API of Nova's Zed knew the limits by another name than its driver. */
static MtTopology
get_flavor_limit (const MachtypeProperties *properties)
{
  MtTopology limit = get_flavor (properties, MT_SPEC_CPU_MAX_SOCKETS);
  MtTopology old = get_flavor (properties, MT_SPEC_MAX_CPU_SOCKETS);

  return fill (&limit, &old);
}

/* The first property that speaks of it, for messages; NULL: none. */
static const char *
find_asking (const MachtypeProperties *properties)
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

  if (exceeds (&image_limit, &flavor_limit))
    return mt_features_refuse (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                               "ImageVCPULimitsRangeExceeded: image properties hw_cpu_max_sockets, "
                               "hw_cpu_max_cores, hw_cpu_max_threads are more than extra specs "
                               "hw:cpu_max_sockets, hw:cpu_max_cores, hw:cpu_max_threads permit");
  features->topology_limit = fill (&image_limit, &flavor_limit);
  if (exceeds (&image, &features->topology_limit))
    return mt_features_refuse (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                               "ImageVCPUTopologyRangeExceeded: image properties hw_cpu_sockets, "
                               "hw_cpu_cores, hw_cpu_threads are more than hw_cpu_max_sockets, "
                               "hw_cpu_max_cores, hw_cpu_max_threads or those of the flavor "
                               "permit");
  if (exceeds (&flavor, &features->topology_limit))
    memset (&flavor, 0, sizeof flavor);
  features->topology = is_set (&image) ? image : flavor;
  features->topology_by = find_asking (properties);
  return TRUE;
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

/* More of what is wanted; then fewer threads, then more sockets. */
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
  return mt_features_refuse (error, MACHTYPE_ERROR_FLAVOR_FORBIDS,
                             "ImageVCPULimitsRangeImpossible: %u vCPUs do not fit %u sockets, %u "
                             "cores, %u threads (%s)",
                             vcpus, clamp (limit->sockets, vcpus), clamp (limit->cores, vcpus),
                             clamp (limit->threads, vcpus), features->topology_by);
}
