/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/updater.h>

/* The settlement of an intention. definition: the machine type that the domain is defined with,
 * copied; NULL: it could not be read. */
MachtypeSettlement *mt_settlement_new (MachtypeIntention *intention,
                                       MachtypeSettlementOutcome outcome, const char *definition);
