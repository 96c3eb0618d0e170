/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"

/* What an audit finds, as metrics for Prometheus: see doc/unattended.md. */
typedef struct _Metrics Metrics;

Metrics *metrics_new (void);
void metrics_free (Metrics *metrics); /* NULL does nothing */
void metrics_add (Metrics *metrics, const MachtypeAuditEntry *entry);

/* Writes them to a file, which is complete or as it was before. "-" is standard output. */
gboolean metrics_write (Metrics *metrics, const char *path, guint n_hosts, guint n_failed,
                        GError **error);
