/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a cell or a host is known: a misspelled one must not be mistaken for one that is empty.
 */

#include "machtype-program.h"

/* Its name, which can be NULL, as a class of records has it. */
typedef const char *(*NameFunc) (const MachtypeRecordClass *class);

typedef struct {
  NameFunc func;
  GStrvBuilder *names;
} Names;

static gboolean
add_name (MachtypeRecordClass *class, gpointer data)
{
  const Names *names = data;
  const char *name = names->func (class);

  if (name != NULL)
    g_strv_builder_add (names->names, name);
  return TRUE;
}

static gboolean
on_any (MachtypeRecord *record, gpointer data)
{
  (void)record;
  *(gboolean *)data = TRUE;
  return FALSE;
}

/* ". Did you mean 'NAME'?"; without a name that is similar, ".". Never NULL. */
static char *
dup_end (MachtypeStore *store, const char *text, NameFunc func, const char *const *more)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  Names names = { func, builder };
  g_auto (GStrv) list = NULL;
  g_autofree char *similar = NULL, *shown = NULL;

  /* Without the names of the store, the message is the same. */
  machtype_store_foreach_class (store, NULL, add_name, &names, NULL);
  for (; more != NULL && *more != NULL; more++)
    g_strv_builder_add (builder, *more);
  list = g_strv_builder_end (builder);
  similar = machtype_text_dup_similar (text, (const char *const *)list);
  if (similar == NULL)
    return g_strdup (".");
  shown = dup_shown (similar);
  return g_strdup_printf (". Did you mean '%s'?", shown);
}

gboolean
find_unknown_place (MachtypeStore *store, const char *cell, const char *host,
                    const char *const *hosts, char **unknown, GError **error)
{
  gboolean has_cell = cell == NULL;
  gboolean has_host = host == NULL || (hosts != NULL && g_strv_contains (hosts, host));
  g_autofree char *end = NULL, *shown = NULL;

  if ((!has_cell && !machtype_store_foreach (store, cell, NULL, on_any, &has_cell, error)) ||
      (!has_host && !machtype_store_foreach (store, NULL, host, on_any, &has_host, error)))
    return FALSE;
  if (has_cell && has_host)
    return TRUE;
  shown = dup_shown (has_cell ? host : cell);
  if (!has_cell) {
    end = dup_end (store, cell, machtype_record_class_get_cell, NULL);
    *unknown = g_strdup_printf ("Cell %s has no mapping%s", shown, end);
  } else {
    end = dup_end (store, host, machtype_record_class_get_host_name, hosts);
    *unknown = g_strdup_printf ("Host %s has no instances%s", shown, end);
  }
  return TRUE;
}
