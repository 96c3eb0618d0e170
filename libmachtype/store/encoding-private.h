/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "arch-private.h"
#include "store/store-private.h"

/* How any database keeps what is no number and no text of its own, and whether what it answers can
 * be what was kept. */

/* "name=value" by name, a line each; backslash, equals sign and newline behind a backslash. Equal
 * properties give equal texts; none give "". */
char *mt_properties_encode (MachtypeProperties *properties);

/* NULL: it is not such a text. */
MachtypeProperties *mt_properties_decode (const char *text);

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

static inline gboolean
mt_action_decode (gint64 number, MachtypeHistoryAction *action)
{
  if (number < 0 || number > MT_HISTORY_ACTION_LAST)
    return FALSE;
  *action = (MachtypeHistoryAction)number;
  return TRUE;
}
