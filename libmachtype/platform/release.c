/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which release a host has, and which come after it. */

#include "platform/platform-private.h"

#include <string.h>

#include "error-private.h"

/* os-release is a few hundred bytes. */
#define TEXT_MAX (64 * 1024)

/* A variable of os-release, as a shell would read it; NULL: it is not there, or empty. Source:
 * os-release(5). */
static char *
dup_variable (const char *text, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const gsize length = strlen (name);
  char *value = NULL;
  char **line;

  /* The last one counts. */
  for (line = lines; *line != NULL; line++) {
    if (strncmp (*line, name, length) != 0 || (*line)[length] != '=')
      continue;
    g_free (value);
    value = g_shell_unquote (g_strchomp (*line + length + 1), NULL);
  }
  if (value != NULL && *value == '\0')
    g_clear_pointer (&value, g_free);
  return value;
}

static gboolean
is_number (const char *release)
{
  return release != NULL && g_ascii_isdigit (*release);
}

/* A release without a number is the one that is being made ("sid"), or there are none. */
static gboolean
is_release (const MtPlatformRow *row, const char *version)
{
  const gsize length = row->release != NULL ? strlen (row->release) : 0;

  if (version == NULL)
    return !is_number (row->release);
  if (!is_number (row->release))
    return row->release == NULL;
  /* 3.22 is the release of 3.22.1. */
  return strncmp (row->release, version, length) == 0 &&
         (version[length] == '\0' || version[length] == '.');
}

/* One row fits better than another. */
static gboolean
is_better (const MtPlatformRow *row, const MtPlatformRow *than, MtQemuVersion qemu)
{
  const gsize a = row->release != NULL ? strlen (row->release) : 0;
  const gsize b = than != NULL && than->release != NULL ? strlen (than->release) : 0;

  if (than == NULL || a != b)
    return than == NULL || a > b;
  return mt_qemu_version_compare (row->qemu, qemu) == 0 &&
         mt_qemu_version_compare (than->qemu, qemu) != 0;
}

static const MtPlatformRow *
find_row (const MtPlatformTable *table, const char *id, const char *version, MtQemuVersion qemu)
{
  const MtPlatformRow *found = NULL;
  guint i;

  for (i = 0; i < table->platforms->len; i++) {
    const MtPlatformRow *row = table->platforms->pdata[i];

    if (strcmp (row->distribution->id, id) == 0 && is_release (row, version) &&
        (row->stack == NULL || found != NULL) && is_better (row, found, qemu))
      found = row;
  }
  return found;
}

static void
set_unknown (const char *id, const char *version, GError **error)
{
  g_autofree char *name = g_strjoin (version != NULL ? " " : NULL, id, version, NULL);
  g_autofree char *shown = mt_escape_for_message (name);

  mt_fail (error, MACHTYPE_ERROR_NOT_FOUND, "the table of platforms has no %s", shown);
}

/**
 * machtype_platform_new_for_os_release:
 * @text: the text of the file `os-release` of a host; must not be %NULL
 * @qemu_version: the version of its QEMU, as major * 1,000,000 + minor * 1,000 + micro; 0 if
 *   unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds the platform that a host is. Of several sets of packages of its release it is the one with
 * that QEMU, otherwise the release's own. Proxmox VE has the `os-release` of Debian. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if the table has no such release,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for a text that does not name its distribution,
 * %MACHTYPE_ERROR_TOO_LARGE, %MACHTYPE_ERROR_INVALID_CONFIG for a table that is damaged or for a
 * later release.
 *
 * Source: os-release(5), `libmachtype/data/platforms.tsv`.
 *
 * Returns: (transfer full): the platform, or %NULL on error
 * Since: 1.0
 */
MachtypePlatform *
machtype_platform_new_for_os_release (const char *text, guint64 qemu_version, GError **error)
{
  g_autoptr (MtPlatformTable) table = NULL;
  g_autofree char *id = NULL, *version = NULL;
  const MtPlatformRow *row;

  g_return_val_if_fail (text != NULL, NULL);

  if (strlen (text) > TEXT_MAX) {
    mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "os-release is longer than %d bytes", TEXT_MAX);
    return NULL;
  }
  id = dup_variable (text, "ID");
  version = dup_variable (text, "VERSION_ID");
  if (id == NULL) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "os-release does not name the distribution");
    return NULL;
  }
  table = mt_platform_load_table (error);
  if (table == NULL)
    return NULL;
  row = find_row (table, id, version, mt_qemu_version_decode (qemu_version));
  if (row != NULL)
    return mt_platform_new (table, row);
  set_unknown (id, version, error);
  return NULL;
}

/* By the numbers that both have, each of which is a decimal. Moves to what follows them. */
static int
compare_common (const char **a, const char **b)
{
  while (**a != '\0' && **b != '\0') {
    char *a_end, *b_end;
    const guint64 x = g_ascii_strtoull (*a, &a_end, 10), y = g_ascii_strtoull (*b, &b_end, 10);

    if (x != y)
      return x < y ? -1 : 1;
    *a = *a_end == '.' ? a_end + 1 : a_end;
    *b = *b_end == '.' ? b_end + 1 : b_end;
    if (!g_ascii_isdigit (**a) || !g_ascii_isdigit (**b))
      break;
  }
  return 0;
}

/* What has no more numbers is older. */
static int
compare_numbers (const char *a, const char *b)
{
  const int order = compare_common (&a, &b);

  return order != 0 ? order : (*a != '\0') - (*b != '\0');
}

int
mt_platform_compare_packages (const MtPlatformRow *a, const MtPlatformRow *b)
{
  const char *x = a->release, *y = b->release;
  int order;

  if (is_number (x) && is_number (y))
    order = compare_common (&x, &y);
  else
    order = !is_number (x) - !is_number (y);
  if (order != 0 || !mt_qemu_version_is_set (a->qemu) || !mt_qemu_version_is_set (b->qemu))
    return order;
  return mt_qemu_version_compare (a->qemu, b->qemu);
}

/* The one that is being made is the newest. */
static int
compare_releases (const MtPlatformRow *a, const MtPlatformRow *b)
{
  if (!is_number (a->release) || !is_number (b->release))
    return !is_number (a->release) - !is_number (b->release);
  return compare_numbers (a->release, b->release);
}

static int
compare_platforms (gconstpointer a, gconstpointer b)
{
  return compare_releases ((*(MachtypePlatform *const *)a)->row,
                           (*(MachtypePlatform *const *)b)->row);
}

GPtrArray *
mt_platform_list_later (const MachtypePlatform *platform)
{
  const MtPlatformRow *row = platform->row;
  GPtrArray *later = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_platform_unref);
  guint i;

  for (i = 0; row->release != NULL && i < platform->table->platforms->len; i++) {
    const MtPlatformRow *other = platform->table->platforms->pdata[i];

    if (other->distribution == row->distribution && other->release != NULL &&
        (other->stack == NULL || g_strcmp0 (other->stack, row->stack) == 0) &&
        compare_releases (other, row) > 0 && mt_platform_compare_packages (other, row) >= 0)
      g_ptr_array_add (later, mt_platform_new (platform->table, other));
  }
  g_ptr_array_sort (later, compare_platforms);
  return later;
}
