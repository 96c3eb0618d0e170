/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guests that a command is about. */

#include "selection.h"

#include <string.h>

static void
add_all (GOptionContext *context, Selection *selection)
{
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &selection->all, "all guests of the host or the store",
      NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add_group (context, "Selection", entries);
}

void
selection_add (GOptionContext *context, Selection *selection)
{
  add_all (context, selection);
  filter_add (context, &selection->filter);
}

void
selection_add_current (GOptionContext *context, Selection *selection)
{
  add_all (context, selection);
  filter_add_current (context, &selection->filter);
}

void
selection_clear (Selection *selection)
{
  filter_clear (&selection->filter);
}

gboolean
selection_is_set (const Selection *selection)
{
  return selection->all || filter_is_set (&selection->filter);
}

gboolean
selection_check (const Selection *selection, int names, GError **error)
{
  if (names != 0 && selection_is_set (selection))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "guests are either named or selected, not both");
  return filter_check_given (&selection->filter, error);
}

gboolean
selection_check_needed (const Selection *selection, int names, GError **error)
{
  if (names == 0 && !selection_is_set (selection))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "too few arguments: name a guest, or select guests with --all or filters");
  return selection_check (selection, names, error);
}

static gboolean
has (const GPtrArray *uuids, const char *uuid)
{
  guint i;

  for (i = 0; i < uuids->len; i++) {
    if (strcmp (uuids->pdata[i], uuid) == 0)
      return TRUE;
  }
  return FALSE;
}

GPtrArray *
selection_find (MachtypeStore *store, MachtypeConnection *connection, char **names, int n,
                GError **error)
{
  g_autoptr (GPtrArray) uuids = g_ptr_array_new_with_free_func (g_free);
  int i;

  for (i = 0; i < n; i++) {
    g_autofree char *uuid = find_instance (store, connection, names[i], error);

    if (uuid == NULL)
      return NULL;
    if (!has (uuids, uuid))
      g_ptr_array_add (uuids, g_steal_pointer (&uuid));
  }
  return g_steal_pointer (&uuids);
}

/* What an audit reports, and which of it is wanted. */
typedef struct {
  const GuestFilter *filter;
  MachtypeStore *store;
  GPtrArray *uuids;
  guint n_unrecorded;
  GError *error; /* that of reading a record */
} Listing;

static gboolean
on_entry (MachtypeAuditEntry *entry, gpointer data)
{
  Listing *listing = data;
  const char *uuid = machtype_audit_entry_get_uuid (entry);
  g_autoptr (MachtypeRecord) record = NULL;
  g_autoptr (GError) why = NULL;

  if (!filter_wants (listing->filter, entry))
    return TRUE;
  record = machtype_store_read_record (listing->store, uuid, &why);
  if (record != NULL)
    g_ptr_array_add (listing->uuids, g_strdup (uuid));
  else if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    listing->n_unrecorded++;
  else
    listing->error = g_steal_pointer (&why);
  return listing->error == NULL;
}

/* A host is recorded under its configured name. */
static gboolean
run_audit (Listing *listing, MachtypeRecordQuery *query, MachtypeConnection *connection,
           GError **error)
{
  const MachtypeConfig *config = config_get (error);
  g_autoptr (MachtypeAudit) audit = NULL;

  if (config == NULL)
    return FALSE;
  audit = machtype_audit_new (listing->store);
  machtype_audit_set_query (audit, query);
  if (connection == NULL)
    return machtype_audit_check_records (audit, on_entry, listing, error);
  return machtype_audit_check_connection (audit, connection, machtype_config_get_host (config),
                                          on_entry, listing, error);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Perhaps the cell or host is misspelled. */
static void
set_nothing (const GuestFilter *filter, MachtypeStore *store, GError **error)
{
  g_autofree char *unknown = NULL;

  if (!find_unknown_place (store, filter->cell, filter->host, NULL, &unknown, error))
    return;
  set_error (error, MACHTYPE_ERROR_NOT_FOUND, "%s",
             unknown != NULL ? unknown
                             : "No guest with a record is selected; 'machtype list' shows them");
}

/* In the order of UUIDs, whether a host or the store was asked. */
GPtrArray *
selection_list (Selection *selection, MachtypeStore *store, MachtypeConnection *connection,
                GError **error)
{
  g_autoptr (MachtypeRecordQuery) query = filter_read (&selection->filter, error);
  g_autoptr (GPtrArray) uuids = g_ptr_array_new_with_free_func (g_free);
  Listing listing = { &selection->filter, store, uuids, 0, NULL };

  if (query == NULL || !run_audit (&listing, query, connection, error)) {
    g_clear_error (&listing.error);
    return NULL;
  }
  if (!pass_on (error, &listing.error))
    return NULL;
  if (listing.n_unrecorded != 0)
    g_printerr ("warning: %u selected guest%s no record and %s left out: 'machtype record "
                "--connect URI' records the guests of a host\n",
                listing.n_unrecorded, listing.n_unrecorded == 1 ? " has" : "s have",
                listing.n_unrecorded == 1 ? "was" : "were");
  if (uuids->len == 0) {
    set_nothing (&selection->filter, store, error);
    return NULL;
  }
  g_ptr_array_sort (uuids, compare_texts);
  return g_steal_pointer (&uuids);
}

GPtrArray *
selection_read (Selection *selection, MachtypeStore *store, MachtypeConnection *connection,
                char **names, int n, GError **error)
{
  if (selection_is_set (selection))
    return selection_list (selection, store, connection, error);
  return selection_find (store, connection, names, n, error);
}
