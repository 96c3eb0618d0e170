/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guests that a command is about. */

#include "selection.h"

#include <string.h>

#include "guest-hosts.h"

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

static GPtrArray *
find_named (Instance *instance, char **names, int n, GError **error)
{
  g_autoptr (GPtrArray) uuids = g_ptr_array_new_with_free_func (g_free);
  int i;

  for (i = 0; i < n; i++) {
    g_autofree char *uuid = instance_find_uuid (instance, names[i], error);

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
  Instance *instance;
  GPtrArray *wanted; /* UUIDs whose records are still to be read */
  GHashTable *uuids;
  guint n_unrecorded;
} Listing;

static gboolean
on_entry (MachtypeAuditEntry *entry, gpointer data)
{
  const Listing *listing = data;

  if (filter_wants (listing->filter, entry))
    g_ptr_array_add (listing->wanted, g_strdup (machtype_audit_entry_get_uuid (entry)));
  return TRUE;
}

/* Keeps those that have a record, of all hosts or of those that could not be asked. */
static gboolean
keep_recorded (Listing *listing, gboolean only_of_silent, GError **error)
{
  const guint n = listing->wanted->len;
  g_autoptr (GPtrArray) records = NULL;
  guint i;

  g_ptr_array_add (listing->wanted, NULL);
  records = machtype_store_read_records (listing->instance->store,
                                         (const char *const *)listing->wanted->pdata, error);
  g_ptr_array_set_size (listing->wanted, 0);
  if (records == NULL)
    return FALSE;
  listing->n_unrecorded += n - records->len;
  for (i = 0; i < records->len; i++) {
    MachtypeRecord *record = records->pdata[i];

    if (!only_of_silent || instance_is_missing (listing->instance, record))
      g_hash_table_add (listing->uuids, g_strdup (machtype_record_get_uuid (record)));
  }
  return TRUE;
}

static MachtypeAudit *
new_audit (const Listing *listing, MachtypeRecordQuery *query)
{
  MachtypeAudit *audit = machtype_audit_new (listing->instance->store);

  machtype_audit_set_query (audit, query);
  return audit;
}

/* A host that fails is not asked any more. */
static void
check_several (Listing *listing, MachtypeAudit *audit)
{
  Instance *instance = listing->instance;
  guint i;

  for (i = 0; i < instance->applies->len;) {
    Apply *apply = instance->applies->pdata[i];
    g_autoptr (GError) why = NULL;

    if (machtype_audit_check_connection (audit, apply_get_connection (apply), NULL, on_entry,
                                         listing, &why))
      i++;
    else
      instance_drop_host (instance, apply, why);
  }
}

/* What the store has of those that could not be asked. */
static gboolean
check_silent (Listing *listing, MachtypeRecordQuery *query, GError **error)
{
  g_autoptr (MachtypeAudit) audit = new_audit (listing, query);

  if (listing->instance->silent->len == 0)
    return TRUE;
  return machtype_audit_check_records (audit, on_entry, listing, error) &&
         keep_recorded (listing, TRUE, error);
}

/* A host is recorded under its configured name; several, under what each calls itself. */
static gboolean
run_audit (Listing *listing, MachtypeRecordQuery *query, GError **error)
{
  const MachtypeConfig *config = config_get (error);
  MachtypeConnection *connection = apply_get_connection (listing->instance->apply);
  g_autoptr (MachtypeAudit) audit = NULL;

  if (config == NULL)
    return FALSE;
  audit = new_audit (listing, query);
  if (listing->instance->applies != NULL) {
    check_several (listing, audit);
    return keep_recorded (listing, FALSE, error) && check_silent (listing, query, error);
  }
  if (connection == NULL)
    return machtype_audit_check_records (audit, on_entry, listing, error) &&
           keep_recorded (listing, FALSE, error);
  return machtype_audit_check_connection (audit, connection, machtype_config_get_host (config),
                                          on_entry, listing, error) &&
         keep_recorded (listing, FALSE, error);
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

static void
warn_of_unrecorded (guint n)
{
  if (n != 0)
    g_printerr ("warning: %u selected guest%s no record and %s left out: 'machtype record "
                "--connect URI' records the guests of a host\n",
                n, n == 1 ? " has" : "s have", n == 1 ? "was" : "were");
}

static GPtrArray *
dup_sorted (GHashTable *uuids)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer uuid;

  g_hash_table_iter_init (&iter, uuids);
  while (g_hash_table_iter_next (&iter, &uuid, NULL))
    g_ptr_array_add (list, g_strdup (uuid));
  g_ptr_array_sort (list, compare_texts);
  return list;
}

static GPtrArray *
list_selected (Selection *selection, Instance *instance, GError **error)
{
  g_autoptr (MachtypeRecordQuery) query = filter_read (&selection->filter, error);
  g_autoptr (GHashTable) uuids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  Listing listing = { &selection->filter, instance, wanted, uuids, 0 };

  if (query == NULL || !run_audit (&listing, query, error))
    return NULL;
  warn_of_unrecorded (listing.n_unrecorded);
  if (g_hash_table_size (uuids) == 0 && (instance->silent == NULL || instance->silent->len == 0)) {
    set_nothing (&selection->filter, instance->store, error);
    return NULL;
  }
  return dup_sorted (uuids);
}

GPtrArray *
selection_read (Selection *selection, Instance *instance, char **names, int n, GError **error)
{
  if (selection_is_set (selection))
    return list_selected (selection, instance, error);
  return find_named (instance, names, n, error);
}
