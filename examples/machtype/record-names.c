/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains that are named, and several hosts: all are asked before anything is recorded. */

#include "record-names.h"

#include <string.h>

typedef struct {
  char **names;
  GPtrArray **hosts; /* of each name: the URIs of the hosts that have it */
  gboolean json;
  int status;
} Search;

void
record_names_free (RecordNames *found)
{
  if (found == NULL)
    return;
  g_strfreev (found->uris);
  g_hash_table_unref (found->names);
  g_free (found);
}

char **
record_names_get (const RecordNames *found, const char *uri)
{
  GPtrArray *names = g_hash_table_lookup (found->names, uri);

  return (char **)names->pdata;
}

static gboolean
ask (MachtypeConnection *connection, const char *name, gboolean *has, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeDomain) domain = NULL;
  g_autofree char *uuid = NULL;

  if (g_uuid_string_is_valid (name))
    domain = machtype_connection_read_domain (connection, name, MACHTYPE_DOMAIN_READ_NONE, &why);
  else
    uuid = machtype_connection_dup_domain_uuid (connection, name, &why);
  *has = why == NULL;
  return g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND) || pass_on (error, &why);
}

static gboolean
ask_for_all (Search *search, const char *uri, MachtypeConnection *connection, GError **error)
{
  guint i;

  for (i = 0; search->names[i] != NULL; i++) {
    gboolean has = FALSE;

    if (!ask (connection, search->names[i], &has, error))
      return FALSE;
    if (has)
      g_ptr_array_add (search->hosts[i], g_strdup (uri));
  }
  return TRUE;
}

static void
on_host (const char *uri, MachtypeConnection *connection, const GError *error, gpointer data)
{
  Search *search = data;
  g_autoptr (GError) why = NULL;

  if (connection != NULL && ask_for_all (search, uri, connection, &why))
    return;
  if (connection != NULL)
    error = why;
  host_report_failure (uri, error, search->json);
  search->status = MAX (search->status, status_of (error));
}

/* A host that could not be asked may have it: then the others are recorded. */
static gboolean
check_missing (const Search *search, const char *name, GError **error)
{
  g_autofree char *shown = dup_shown (name), *message = NULL;

  if (search->status == STATUS_DONE)
    return set_error (error, MACHTYPE_ERROR_NOT_FOUND, "none of the hosts has domain '%s'", shown);
  message = g_strdup_printf ("no host that has answered has domain '%s'", shown);
  g_printerr ("machtype: %s\n", message);
  if (search->json)
    json_message (MACHTYPE_ERROR_NOT_FOUND, message);
  return TRUE;
}

static gboolean
set_twice (const char *name, GPtrArray *hosts, GError **error)
{
  g_autofree char *shown = dup_shown (name), *list = NULL;

  g_ptr_array_add (hosts, NULL);
  list = g_strjoinv (", ", (char **)hosts->pdata);
  return set_error (error, MACHTYPE_ERROR_NOT_FOUND,
                    "several hosts have domain '%s': %s; name it by its UUID, or one host", shown,
                    list);
}

/* The names in the order in which they were given. */
static void
add_name (RecordNames *found, const char *uri, char *name)
{
  GPtrArray *names = g_hash_table_lookup (found->names, uri);

  if (names == NULL) {
    names = g_ptr_array_new ();
    g_ptr_array_add (names, NULL);
    g_hash_table_insert (found->names, g_strdup (uri), names);
  }
  g_ptr_array_insert (names, (int)names->len - 1, name);
}

static char **
dup_uris (const RecordNames *found, char **uris)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (; *uris != NULL; uris++) {
    if (g_hash_table_contains (found->names, *uris))
      g_strv_builder_add (builder, *uris);
  }
  return g_strv_builder_end (builder);
}

static RecordNames *
collect (const Search *search, char **uris, GError **error)
{
  g_autoptr (RecordNames) found = g_new0 (RecordNames, 1);
  guint i;

  found->status = search->status;
  found->names =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  for (i = 0; search->names[i] != NULL; i++) {
    GPtrArray *hosts = search->hosts[i];

    if (hosts->len > 1 && !set_twice (search->names[i], hosts, error))
      return NULL;
    if (hosts->len == 1)
      add_name (found, hosts->pdata[0], search->names[i]);
    else if (!check_missing (search, search->names[i], error))
      return NULL;
  }
  found->uris = dup_uris (found, uris);
  return g_steal_pointer (&found);
}

RecordNames *
record_names_find (const HostsOptions *hosts, char **uris, char **names, gboolean json,
                   GError **error)
{
  static const HostsQuestion question = { FALSE, MACHTYPE_READ_AHEAD_NONE,
                                          MACHTYPE_DOMAIN_READ_NONE };
  const guint n = g_strv_length (names);
  g_autofree GPtrArray **found = g_new (GPtrArray *, n);
  Search search = { names, found, json, STATUS_DONE };
  RecordNames *result = NULL;
  guint i;

  for (i = 0; i < n; i++)
    found[i] = g_ptr_array_new_with_free_func (g_free);
  if (hosts_ask (hosts, uris, &question, on_host, &search, error))
    result = collect (&search, uris, error);
  for (i = 0; i < n; i++)
    g_ptr_array_unref (found[i]);
  return result;
}
