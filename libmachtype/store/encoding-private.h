/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "arch-private.h"
#include "store/store-private.h"

/* How every database stores values that are neither numbers nor text, and the checks on what it
 * returns. */

/* "name=value", sorted by name, one per line; backslash, equals sign and newline are escaped by a
 * backslash, and an escaped question mark precedes the name of a default. Equal properties have
 * equal encodings; none are encoded as "". */
char *mt_properties_encode (MachtypeProperties *properties);

/* NULL: not a valid encoding. */
MachtypeProperties *mt_properties_decode (const char *text);

/* Whether members of JSON, as an object, can be what a record was read from: the text is written
 * again as it is. */
gboolean mt_members_check (const char *text);

/* FALSE: the number is out of range. */
static inline gboolean
mt_source_decode (gint64 number, MachtypeSource *source)
{
  if (number < 0 || number > MT_SOURCE_LAST)
    return FALSE;
  *source = (MachtypeSource)number;
  return TRUE;
}

static inline gboolean
mt_arch_decode (gint64 number, MachtypeArch *arch)
{
  if (number < 0 || number > MT_ARCH_LAST)
    return FALSE;
  *arch = (MachtypeArch)number;
  return TRUE;
}

/* What came later has no number of its own, which older releases would refuse, but a column. */
static inline gboolean
mt_action_decode (gint64 number, MachtypeHistoryAction *action)
{
  if (number < 0 || number > MACHTYPE_HISTORY_ACTION_REBUILD)
    return FALSE;
  *action = (MachtypeHistoryAction)number;
  return TRUE;
}
