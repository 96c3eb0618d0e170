/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain-status.h>

#include "domain/domain-private.h"
#include "record/record-private.h"

struct _MachtypeDomainSnapshot {
  gatomicrefcount refs;
  MtDomainSnapshot read; /* its name is never NULL */
};

struct _MachtypeDomainProblem {
  gatomicrefcount refs;
  MachtypeDomainPart part;
  char *snapshot; /* NULL: not one in particular */
  GError *error;  /* never NULL */
};

struct _MachtypeDomainStatus {
  gatomicrefcount refs;
  MtUuid uuid;
  char *name;        /* NULL: unknown */
  char *host_name;   /* NULL: unknown */
  const char *state; /* Nova's word; NULL: unknown */
  gboolean is_persistent;
  gboolean has_saved_state;
  MachtypeDomain *definition; /* NULL: none, or not read */
  MachtypeDomain *running;    /* NULL: it does not run, or not read */
  MachtypeDomain *saved;      /* NULL: no RAM is saved, or not read */
  MachtypeRecord *metadata;   /* NULL: none, or not read */
  GPtrArray *snapshots;       /* of MachtypeDomainSnapshot */
  GPtrArray *problems;        /* of MachtypeDomainProblem */
};

/* Takes ownership of what was read, which has a name. */
MachtypeDomainSnapshot *mt_domain_snapshot_new (MtDomainSnapshot *read);

/* Takes ownership of the error. snapshot can be NULL. */
MachtypeDomainProblem *mt_domain_problem_new (MachtypeDomainPart part, const char *snapshot,
                                              GError *error);

/* machtype_domain_status_builder_set_running, but XML of a domain that does not run any more is
 * ignored. */
gboolean mt_domain_status_builder_set_live (MachtypeDomainStatusBuilder *builder, const char *xml,
                                            GError **error);

/* machtype_domain_status_builder_end, but takes ownership of the only reference to the builder,
 * and copies nothing. */
MachtypeDomainStatus *mt_domain_status_builder_finish (MachtypeDomainStatusBuilder *builder);

gboolean mt_domain_part_is_valid (MachtypeDomainPart part);

/* A status of which nothing is known but its UUID. */
MachtypeDomainStatus *mt_domain_status_new (const MtUuid *uuid);

/* A list for the caller, of items that it owns. */
GPtrArray *mt_domain_snapshots_copy (const GPtrArray *snapshots);
GPtrArray *mt_domain_problems_copy (const GPtrArray *problems);
