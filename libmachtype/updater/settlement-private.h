/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/updater.h>

/* What became of an intention. definition: what the domain is defined with, copied; NULL: nothing
 * that could be read. */
MachtypeSettlement *mt_settlement_new (MachtypeIntention *intention,
                                       MachtypeSettlementOutcome outcome, const char *definition);
