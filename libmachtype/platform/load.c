/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which table of platforms counts, and finding rows in it. */

#include "platform/table-private.h"

#include <string.h>

#include "config/config-private.h"
#include "data/platforms.inc"
#include "error-private.h"
#include "text-private.h"

#define BUILT_IN "the table of platforms in libmachtype"

/* Dates of the form 2026-12 and 2026-12-01 are in order as texts. */
static gboolean
is_newer (const MtPlatformTable *a, const MtPlatformTable *b)
{
  return strcmp (a->date, b->date) > 0;
}

/* Keeps the newer one in *table. A file that does not exist is left out. */
static gboolean
consider (const char *path, MtPlatformTable **table, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (MtPlatformTable) other = NULL;
  gboolean found;

  if (!mt_config_read_text (path, TRUE, text, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  other = mt_platform_table_read (text->str, text->len, path, error);
  if (other == NULL)
    return FALSE;
  if (is_newer (other, *table)) {
    mt_platform_table_unref (*table);
    *table = g_steal_pointer (&other);
  }
  return TRUE;
}

MtPlatformTable *
mt_platform_table_load (const char *const *paths, GError **error)
{
  g_autoptr (MtPlatformTable) table =
      mt_platform_table_read (platforms_text, sizeof platforms_text, BUILT_IN, error);
  gsize i;

  for (i = 0; table != NULL && paths[i] != NULL; i++) {
    if (!consider (paths[i], &table, error))
      return NULL;
  }
  return g_steal_pointer (&table);
}

/* Whether a row's release begins with this one: 10.2 with 10, and the stack is the same. */
static gboolean
begins_with (const MtPlatformRow *row, const char *name)
{
  const gsize stack = row->stack != NULL ? strlen (row->stack) + 1 : 0;
  const gsize length = strlen (name), head = strlen (row->name) - stack;

  if (length <= stack || strcmp (row->name + head, name + length - stack) != 0)
    return FALSE;
  return head > length - stack && strncmp (row->name, name, length - stack) == 0 &&
         row->name[length - stack] == '.';
}

/* Releases of one distribution are listed from the oldest to the newest. */
const MtPlatformRow *
mt_platform_table_find (const MtPlatformTable *table, const char *name)
{
  const MtPlatformRow *newest = NULL;
  guint i;

  for (i = 0; i < table->platforms->len; i++) {
    const MtPlatformRow *row = table->platforms->pdata[i];

    if (strcmp (row->name, name) == 0)
      return row;
    if (begins_with (row, name))
      newest = row;
  }
  return newest;
}

/* Whether a name begins with that of a distribution. */
static gboolean
is_of (const char *name, const MtDistribution *distribution)
{
  const gsize length = strlen (distribution->id);

  return strncmp (name, distribution->id, length) == 0 &&
         (name[length] == '\0' || name[length] == '-');
}

static gboolean
is_numbered (const MtPlatformRow *row)
{
  return row->release != NULL && g_ascii_isdigit (*row->release);
}

/* The newest release of the distribution that a name begins with; one that has no number yet only
 * if no other has one. NULL: it begins with none. */
static const MtPlatformRow *
find_newest (const MtPlatformTable *table, const char *name)
{
  const MtPlatformRow *newest = NULL;
  guint i;

  for (i = 0; i < table->platforms->len; i++) {
    const MtPlatformRow *row = table->platforms->pdata[i];

    if (row->stack == NULL && is_of (name, row->distribution) &&
        (newest == NULL || is_numbered (row) || !is_numbered (newest)))
      newest = row;
  }
  return newest;
}

/* Of several that are as similar, the one that is listed last is the newest. */
static char *
dup_hint (const MtPlatformTable *table, const char *name)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const MtPlatformRow *newest = find_newest (table, name);
  g_autofree char *similar = NULL;
  guint i;

  for (i = table->platforms->len; i > 0; i--)
    g_ptr_array_add (names, ((MtPlatformRow *)table->platforms->pdata[i - 1])->name);
  g_ptr_array_add (names, NULL);
  similar = machtype_text_dup_similar (name, (const char *const *)names->pdata);
  if (similar != NULL)
    return g_strdup_printf ("; did you mean '%s'?", similar);
  if (newest != NULL)
    return g_strdup_printf ("; the newest of %s is '%s'", newest->distribution->label,
                            newest->name);
  return g_strdup ("");
}

void
mt_platform_table_set_unknown (const MtPlatformTable *table, const char *name, GError **error)
{
  g_autofree char *shown = mt_escape_for_message (name), *hint = dup_hint (table, name);

  mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
           "unknown platform '%s'%s (machtype platforms lists them; qemu-X.Y is any QEMU)", shown,
           hint);
}
