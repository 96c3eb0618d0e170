/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vendors publish about migrations between their releases. */

#include "platform/platform-private.h"

#include <string.h>

static gboolean
is_release (const char *wanted, const MtPlatformRow *row)
{
  return wanted == NULL || g_strcmp0 (wanted, row->release) == 0;
}

static gboolean
is_order (int wanted, int order)
{
  return wanted == 0 || (wanted < 0 ? order < 0 : order > 0);
}

/* The rows may be of two tables. */
static gboolean
is_about (const MtMigrationRow *row, const MtPlatformRow *from, const MtPlatformRow *to)
{
  if (strcmp (row->distribution->id, from->distribution->id) != 0 ||
      strcmp (row->distribution->id, to->distribution->id) != 0)
    return FALSE;
  return (!row->is_base || (from->stack == NULL && to->stack == NULL)) &&
         is_release (row->from, from) && is_release (row->to, to) &&
         is_order (row->order, mt_platform_compare_packages (to, from));
}

static const MtMigrationRow *
find (const MtPlatformTable *table, const MtPlatformRow *from, const MtPlatformRow *to)
{
  guint i;

  if (strcmp (from->name, to->name) == 0)
    return NULL;
  for (i = 0; i < table->migrations->len; i++) {
    const MtMigrationRow *row = table->migrations->pdata[i];

    if (is_about (row, from, to))
      return row;
  }
  return NULL;
}

const MtMigrationRow *
mt_platform_find_migration (const MachtypePlatform *from, const MachtypePlatform *to)
{
  return find (from->table, from->row, to->row);
}

static gboolean
is_supported (const MtPlatformTable *table, const MtPlatformRow *from, const MtPlatformRow *to)
{
  const MtMigrationRow *row = find (table, from, to);

  return row != NULL && row->is_supported;
}

/* Releases of one distribution are listed from the oldest to the newest. */
const MtPlatformRow *
mt_platform_find_between (const MachtypePlatform *from, const MachtypePlatform *to)
{
  const MtPlatformTable *table = from->table;
  const MtPlatformRow *newest = NULL;
  guint i;

  for (i = 0; i < table->platforms->len; i++) {
    const MtPlatformRow *row = table->platforms->pdata[i];

    if (row->distribution == from->row->distribution && is_supported (table, from->row, row) &&
        is_supported (table, row, to->row))
      newest = row;
  }
  return newest;
}
