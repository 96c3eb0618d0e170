/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/recorder.h>

/* Either record or error is NULL, not both; warnings can be NULL: none. */
MachtypeRecordResult *mt_record_result_new (MachtypeDomain *domain, MachtypeRecord *record,
                                            MachtypeStoreOutcome outcome, const GPtrArray *warnings,
                                            const GError *error, guint n_done, guint n_total);
