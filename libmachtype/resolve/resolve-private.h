/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/resolve.h>

#include "arch-private.h"

/* The input of a decision; all strings are borrowed. */
typedef struct {
  MachtypeArch own_arch, emulation_arch, image_arch; /* MACHTYPE_ARCH_UNKNOWN: unset */
  const char *machine_type;                          /* of the image; NULL: unset */
  const MachtypePolicy *policy;                      /* NULL: none */
  MachtypeHost *host;                                /* NULL: nothing is known */
  const char *recorded;                              /* NULL: nothing */
  MtDefaultMachineFunc get_default;
} MtResolveInput;

/* The decision, before it is put into words; all strings are borrowed. */
typedef struct {
  MachtypeArch arch;
  const char *arch_from; /* the property that arch comes from; empty: the program; NULL: the host */
  const char *machine;
  MachtypeSource source;
  const char *canonical; /* NULL: no host resolved it */
  const char *domain_type;
  gboolean prefers_type; /* the operator requested it */
} MtDecision;

gboolean mt_decide (const MtResolveInput *in, MtDecision *out, GError **error);

static inline gboolean
mt_is_pinned (const MachtypePolicy *policy)
{
  return policy == NULL || machtype_policy_get_pinning (policy) == MACHTYPE_PINNING_PIN;
}

/* The name to record. */
static inline const char *
mt_decision_get_record (const MtResolveInput *in, const MtDecision *out)
{
  return mt_is_pinned (in->policy) && out->canonical != NULL ? out->canonical : out->machine;
}

/* The policy's, in MiB; 0: QEMU's default. */
guint mt_resolution_get_tb_cache (const MachtypeResolution *resolution);

/* machtype_resolve with the given built-in defaults: see MtDefaultMachineFunc. */
MachtypeResolution *mt_resolve (MachtypeProperties *properties, MachtypePolicy *policy,
                                MachtypeHost *host, const char *recorded,
                                MtDefaultMachineFunc get_default, GError **error);
