/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "name/name-private.h"

/* Adds what a guest of an architecture (MACHTYPE_ARCH_UNKNOWN: any) notices when its machine type
 * changes from one name to another of the same family. For vendors' types these are the effects of
 * the QEMU versions that they are based on, as a hint, and those of the vendor's own revisions. */
void mt_effects_add (GPtrArray *findings, const MtName *from, const MtName *to, MachtypeArch arch);

/* Adds the compatibility properties that QEMU sets for one of the two types but not for the other.
 * See data/compat.tsv. */
void mt_compat_properties_add (GPtrArray *findings, const MtName *from, const MtName *to);
