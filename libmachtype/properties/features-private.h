/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "properties/properties-private.h"

typedef enum { MT_UNSET, MT_NO, MT_YES } MtSwitch;

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

/* What image properties and extra specs ask for together, where they do not contradict each other.
 * A name tells who has asked: a constant. */
typedef struct {
  gboolean flavor_known; /* else nothing is forbidden for lack of an extra spec */
  gboolean agent;
  const char *watchdog; /* its action; NULL: none is asked for */
  const char *watchdog_by;
  gboolean no_rng;
  guint rng_bytes;  /* a period; 0: no limit */
  guint rng_period; /* milliseconds */
  MtSwitch pmu;
  const char *pmu_by;
  gboolean hidden;
  const char *hidden_by;
  gboolean windows;
  gboolean locked_memory;
  gboolean realtime;
  const char *realtime_mask; /* NULL: every vCPU */
  const char *realtime_mask_by;
  gboolean encryption;
  const char *encryption_by;
  MtPages pages;
  guint64 page_kib; /* of MT_PAGES_SIZE */
  gboolean boot_menu;
  MtSwitch hpet;
  const char *secure_boot; /* required, optional or disabled; NULL: not said */
  const char *secure_boot_by;
  guint serial_ports; /* 0: not said */
  const char *serial_ports_by;
  guint video_ram_mib; /* 0: not said */
  const char *iommu;   /* a model or auto; NULL: none */
  const char *iommu_by;
  const char *tpm_version; /* NULL: no TPM */
  const char *tpm_model;   /* NULL: the machine's */
  const char *tpm_by;      /* who has named the model, else the version */
  const char *tpm_version_by;
  gboolean tpm_unversioned;            /* a model, and no version: nothing comes of it */
  MtTopology topology, topology_limit; /* of vCPUs */
  const char *topology_by;             /* NULL: nothing is asked for */
} MtFeatures;

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
gboolean mt_topology_is_asked (const MtFeatures *features);

/* The sockets, cores and threads of so many vCPUs that come nearest to what is asked for. */
gboolean mt_topology_choose (const MtFeatures *features, guint vcpus, MtTopology *chosen,
                             GError **error);
