/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/recorder.h>

/* What a result consists of, which is copied. */
typedef struct {
  const char *file;              /* of a spool; NULL: none */
  const char *uuid;              /* NULL: only of a file that cannot be read */
  MachtypeDomain *domain;        /* NULL: the host has none */
  const char *defined, *running; /* machine types; NULL: none, or unknown */
  MachtypeRecord *record;        /* NULL: error is set */
  MachtypeChange *change;        /* that was accepted; NULL: none */
  MachtypeStoreOutcome outcome;
  gboolean differs;
  const GPtrArray *warnings; /* NULL: none */
  const GError *error;       /* NULL: record is set */
  guint n_done, n_total;
} MtRecordResultParts;

MachtypeRecordResult *mt_record_result_new (const MtRecordResultParts *parts);
