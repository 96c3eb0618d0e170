/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which guest a person means: by UUID, or by a name that only one has. */

#include "machtype-program.h"

/* More guests of one name than these are only counted. */
#define LISTED_MAX 10

/* The guests of one name, as a message lists them. */
typedef struct {
  guint n;
  char *uuid; /* of the first */
  GString *list;
} Named;

static void
named_clear (Named *named)
{
  g_free (named->uuid);
  g_string_free (named->list, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Named, named_clear)

static gboolean
on_named (MachtypeRecord *record, gpointer data)
{
  Named *named = data;
  const char *host = machtype_record_get_host_name (record);

  if (named->n++ == 0)
    named->uuid = g_strdup (machtype_record_get_uuid (record));
  if (named->n <= LISTED_MAX)
    g_string_append_printf (named->list, "%s%s%s%s", named->n != 1 ? ", " : "",
                            machtype_record_get_uuid (record), host != NULL ? " on " : "",
                            host != NULL ? host : "");
  return TRUE;
}

static gboolean
find_named (MachtypeStore *store, const char *name, Named *named, GError **error)
{
  g_autoptr (MachtypeRecordQueryBuilder) builder = machtype_record_query_builder_new ();
  g_autoptr (MachtypeRecordQuery) query = NULL;

  /* What cannot be a name is not the name of any. */
  if (!machtype_record_query_builder_set_name (builder, name, NULL))
    return TRUE;
  query = machtype_record_query_builder_end (builder);
  return machtype_store_foreach_matching (store, query, on_named, named, error);
}

static gboolean
set_ambiguous (const Named *named, const char *name, GError **error)
{
  g_autofree char *shown = dup_shown (name);

  if (named->n > LISTED_MAX)
    g_string_append_printf (named->list, ", and %u more", named->n - LISTED_MAX);
  return set_error (error, MACHTYPE_ERROR_NOT_FOUND,
                    "%u instances are named '%s': %s; name one by its UUID", named->n, shown,
                    named->list->str);
}

static gboolean
add_name (MachtypeRecord *record, gpointer data)
{
  if (machtype_record_get_name (record) != NULL)
    g_strv_builder_add (data, machtype_record_get_name (record));
  return TRUE;
}

static gboolean
add_domain_name (MachtypeDomainStatus *status, gpointer data)
{
  if (machtype_domain_status_get_name (status) != NULL)
    g_strv_builder_add (data, machtype_domain_status_get_name (status));
  return TRUE;
}

/* A hint is only a help: without one, the message is the same. */
static gboolean
set_unknown (MachtypeStore *store, MachtypeConnection *connection, const char *name, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  g_autofree char *shown = dup_shown (name), *hint = NULL;

  if (connection != NULL)
    machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_NONE, add_domain_name,
                                        builder, NULL);
  machtype_store_foreach (store, NULL, NULL, add_name, builder, NULL);
  names = g_strv_builder_end (builder);
  hint = dup_hint (name, (const char *const *)names);
  return set_error (error, MACHTYPE_ERROR_NOT_FOUND, "No instance is named '%s'%s", shown, hint);
}

/* NULL without an error: the host has no domain of this name. */
static char *
find_domain (MachtypeConnection *connection, const char *name, GError **error)
{
  g_autoptr (GError) why = NULL;
  char *uuid = machtype_connection_dup_domain_uuid (connection, name, &why);

  if (uuid == NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&why));
  return uuid;
}

char *
find_instance (MachtypeStore *store, MachtypeConnection *connection, const char *text,
               GError **error)
{
  g_auto (Named) named = { 0, NULL, g_string_new (NULL) };
  g_autoptr (GError) why = NULL;
  char *uuid;

  if (g_uuid_string_is_valid (text))
    return g_ascii_strdown (text, -1);
  /* A variable that is not set. */
  if (*text == '\0') {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "the name of the instance is empty");
    return NULL;
  }
  uuid = connection != NULL ? find_domain (connection, text, &why) : NULL;
  if (uuid != NULL || !pass_on (error, &why))
    return uuid;
  if (!find_named (store, text, &named, error))
    return NULL;
  if (named.n == 1)
    return g_steal_pointer (&named.uuid);
  if (named.n == 0)
    set_unknown (store, connection, text, error);
  else
    set_ambiguous (&named, text, error);
  return NULL;
}

MachtypeRecord *
find_record_of (MachtypeStore *store, const char *text, GError **error)
{
  g_autofree char *uuid = find_instance (store, NULL, text, error);

  return uuid != NULL ? machtype_store_read_record (store, uuid, error) : NULL;
}
