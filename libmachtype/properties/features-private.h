/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "properties/properties-private.h"
#include "string-private.h"

/* The sizes of a guest's memory pages. */
typedef enum {
  MT_PAGES_ANY,   /* nothing is asked for, or whatever there is */
  MT_PAGES_SMALL, /* the host's smallest */
  MT_PAGES_LARGE, /* the host's own choice of huge pages */
  MT_PAGES_SIZE
} MtPages;

/* Sockets, cores, threads; 0: not said. */
typedef struct {
  guint sockets, cores, threads;
} MtTopology;

/* What an image and its flavor ask for together by one property. */
typedef struct {
  const char *value; /* checked; NULL: nothing */
  const char *by;    /* the image property or extra spec that says it: a constant */
} MtRequested;

/* What image properties and extra specs ask for together, where they do not contradict each
 * other. */
typedef struct {
  gboolean flavor_known; /* else nothing is forbidden for lack of an extra spec */
  MtRequested requested[MT_PROPERTY_LAST + 1];
  int last; /* nothing is asked for beyond this MtProperty */

  /* What more than one property says, and numbers. */
  guint rng_bytes;  /* a period; 0: no limit */
  guint rng_period; /* milliseconds */
  gboolean locked_memory;
  MtPages pages;
  guint64 page_kib;                    /* of MT_PAGES_SIZE */
  guint serial_ports;                  /* 0: not said */
  guint video_ram_mib;                 /* 0: not said */
  gboolean tpm_unversioned;            /* a model, and no version: nothing comes of it */
  MtTopology topology, topology_limit; /* of vCPUs */
  const char *topology_by;             /* NULL: nothing is asked for */
} MtFeatures;

/* Whether a property asks for this word. */
static inline gboolean
mt_features_has (const MtFeatures *features, MtProperty property, const char *word)
{
  const char *value = features->requested[property].value;

  return value != NULL && mt_is_word (value, word);
}

/* properties may be NULL. Texts are borrowed from them. flavor_known: extra specs that are not
 * there are unset; FALSE where they may only not be known, as in a record. */
gboolean mt_features_decide (const MachtypeProperties *properties, gboolean flavor_known,
                             MtFeatures *features, GError **error);

/* Whether network interfaces have a queue for each vCPU: of guests that have several. */
gboolean mt_features_decide_queues (const MachtypeProperties *properties, gboolean *multiqueue,
                                    GError **error);

/* topology.c: what is asked for of the topology. */
gboolean mt_topology_decide (const MachtypeProperties *properties, MtFeatures *features,
                             GError **error);

/* Whether one is asked for: limits alone ask for none. */
gboolean mt_topology_is_requested (const MtFeatures *features);

/* The sockets, cores and threads of so many vCPUs that come nearest to what is asked for. */
gboolean mt_topology_choose (const MtFeatures *features, guint vcpus, MtTopology *chosen,
                             GError **error);
