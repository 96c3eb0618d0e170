/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "properties/properties-private.h"
#include "string-private.h"

/* The sizes of a guest's memory pages. */
typedef enum {
  MT_PAGES_ANY,   /* not requested, or any */
  MT_PAGES_SMALL, /* the host's smallest */
  MT_PAGES_LARGE, /* the host's choice of huge pages */
  MT_PAGES_SIZE
} MtPages;

/* Sockets, cores, threads; 0: not given. */
typedef struct {
  guint sockets, cores, threads;
} MtTopology;

/* What an image and its flavor request together by one property. */
typedef struct {
  const char *value; /* validated; NULL: nothing */
  const char *by;    /* the image property or extra spec that contains it: a constant */
} MtRequested;

/* How a guest's memory is encrypted: the values of hw_mem_encryption_model. */
typedef struct {
  char model[12];
  guint8 type;              /* MtEncryptionType: what is generated */
  gboolean locks_memory;    /* all of it, for the guest's life */
  gboolean needs_stateless; /* firmware: variables that the host stores could be changed */
  gboolean needs_no_video;
  gboolean is_rom;   /* its firmware: System Management Mode has no flash memory to protect */
  char cpu_mode[20]; /* the only one; empty: the machine's */
} MtEncryption;

typedef enum {
  MT_ENCRYPTION_SEV,
  MT_ENCRYPTION_SEV_ES,
  MT_ENCRYPTION_SEV_SNP,
  MT_ENCRYPTION_TDX
} MtEncryptionType;

/* What image properties and extra specs request together, if they do not contradict each other. */
typedef struct {
  gboolean flavor_known; /* otherwise nothing is forbidden because an extra spec is missing */
  MtRequested requested[MT_PROPERTY_LAST + 1];
  int last; /* nothing is requested beyond this MtProperty */

  /* Requests that depend on more than one property, and numbers. */
  guint rng_bytes;                /* per period; 0: no limit */
  guint rng_period;               /* milliseconds */
  const MtEncryption *encryption; /* NULL: none */
  guint usb_ports;                /* redirected */
  guint address_bits;             /* 0: not given */
  gboolean locked_memory;
  MtPages pages;
  guint64 page_kib;                    /* of MT_PAGES_SIZE */
  guint serial_ports;                  /* 0: not given */
  guint video_ram_mib;                 /* 0: not given */
  gboolean tpm_unversioned;            /* a model without a version: it has no effect */
  MtTopology topology, topology_limit; /* of vCPUs */
  const char *topology_by;             /* NULL: not requested */
} MtFeatures;

/* Whether a property requests this word. */
static inline gboolean
mt_features_has (const MtFeatures *features, MtProperty property, const char *word)
{
  const char *value = features->requested[property].value;

  return value != NULL && mt_is_word (value, word);
}

/* properties can be NULL. Strings are borrowed from them. flavor_known: missing extra specs are
 * unset; FALSE if they may only be unknown, as in a record. */
gboolean mt_features_decide (const MachtypeProperties *properties, gboolean flavor_known,
                             MtFeatures *features, GError **error);

/* Whether network interfaces have a queue for each vCPU: for guests that have several. */
gboolean mt_features_decide_queues (const MachtypeProperties *properties, gboolean *multiqueue,
                                    GError **error);

/* topology.c: the requested topology. */
gboolean mt_topology_decide (const MachtypeProperties *properties, MtFeatures *features,
                             GError **error);

/* Whether one is requested: limits alone do not request one. */
gboolean mt_topology_is_requested (const MtFeatures *features);

/* The sockets, cores and threads for the given number of vCPUs that come nearest to the request. */
gboolean mt_topology_choose (const MtFeatures *features, guint vcpus, MtTopology *chosen,
                             GError **error);
