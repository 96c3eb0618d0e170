/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Instances of several hosts: which of them has the domain. */

#include "guest-hosts.h"
#include "report.h"

#include <string.h>

void
guest_hosts_add (GOptionContext *context, GuestHosts *hosts)
{
  hosts_options_add (context, &hosts->many, "ask the host at this libvirt URI; can be repeated");
  options_add_host_files (context, &hosts->host);
}

void
guest_hosts_clear (GuestHosts *hosts)
{
  host_options_clear (&hosts->host);
  hosts_options_clear (&hosts->many);
  g_strfreev (hosts->uris);
}

gboolean
guest_hosts_read (GuestHosts *hosts, GError **error)
{
  g_auto (GStrv) uris = NULL;

  if (!hosts_options_check (&hosts->many, error))
    return FALSE;
  uris = hosts_options_dup_uris (&hosts->many, NULL, error);
  if (uris == NULL)
    return FALSE;
  hosts->host.timeout = hosts->many.timeout;
  hosts->host.connect = g_strdup (uris[0]);
  if (uris[0] != NULL && uris[1] != NULL)
    hosts->uris = g_steal_pointer (&uris);
  return host_options_check (&hosts->host, error);
}

const GuestHosts *
guest_hosts_get_several (const GuestHosts *hosts)
{
  return hosts->uris != NULL ? hosts : NULL;
}

static void
silent_free (gpointer data)
{
  SilentHost *silent = data;

  g_free (silent->uri);
  g_error_free (silent->error);
  g_free (silent);
}

static void
add_silent (Instance *instance, const char *uri, const GError *error)
{
  SilentHost *silent = g_new (SilentHost, 1);

  silent->uri = g_strdup (uri);
  silent->error = g_error_copy (error);
  g_ptr_array_add (instance->silent, silent);
}

void
instance_drop_host (Instance *instance, Apply *apply, const GError *error)
{
  const char *uri = machtype_connection_get_uri (apply_get_connection (apply));

  host_report_failure (uri, error, FALSE);
  add_silent (instance, uri, error);
  if (instance->apply == apply)
    instance->apply = NULL;
  g_ptr_array_remove (instance->applies, apply);
}

typedef struct {
  Instance *instance;
  const ApplyOptions *options;
} Connecting;

static Apply *
open_apply (const Connecting *connecting, MachtypeConnection *connection, GError **error)
{
  MachtypeStore *store = connecting->instance->store;

  return connecting->options->dry_run || pending_settle_alone (store, connection, error)
             ? apply_new (connecting->options, store, connection, error)
             : NULL;
}

static void
on_host (const char *uri, MachtypeConnection *connection, const GError *error, gpointer data)
{
  const Connecting *connecting = data;
  g_autoptr (GError) why = NULL;
  Apply *apply = connection != NULL ? open_apply (connecting, connection, &why) : NULL;

  if (apply != NULL) {
    g_ptr_array_add (connecting->instance->applies, apply);
    return;
  }
  if (connection != NULL)
    error = why;
  host_report_failure (uri, error, connecting->options->json);
  add_silent (connecting->instance, uri, error);
}

gboolean
instance_connect_several (Instance *instance, const ApplyOptions *options, GError **error)
{
  /* What selecting guests will ask for. */
  static const HostsQuestion question = { FALSE, MACHTYPE_READ_AHEAD_HOST,
                                          MACHTYPE_DOMAIN_READ_SAVED };
  Connecting connecting = { instance, options };

  instance->applies = g_ptr_array_new_with_free_func ((GDestroyNotify)apply_free);
  instance->silent = g_ptr_array_new_with_free_func (silent_free);
  return hosts_ask (&options->several->many, options->several->uris, &question, on_host,
                    &connecting, error) &&
         pending_warn (instance->store, NULL, error);
}

gboolean
instance_ends_run (Instance *instance, const GError *error)
{
  if (!report_ends_run (error))
    return FALSE;
  if (instance->applies == NULL || !g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT))
    return TRUE;
  if (instance->apply != NULL)
    instance_drop_host (instance, instance->apply, error);
  return FALSE;
}

/* The domains of one name: a guest can be on one of the hosts only. */
static gboolean
set_ambiguous (const char *text, const char *uuids, GError **error)
{
  g_autofree char *shown = dup_shown (text);

  return set_error (error, MACHTYPE_ERROR_NOT_FOUND,
                    "several domains are named '%s': %s; name one by its UUID", shown, uuids);
}

/* NULL without an error: no host has a domain of this name. */
static char *
find_by_name (Instance *instance, const char *text, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *found = NULL;
  gboolean is_ambiguous = FALSE;
  guint i;

  for (i = instance->applies->len; i-- > 0;) {
    Apply *apply = instance->applies->pdata[i];
    MachtypeConnection *connection = apply_get_connection (apply);
    g_autoptr (GError) why = NULL;
    g_autofree char *uuid = machtype_connection_dup_domain_uuid (connection, text, &why);

    if (why != NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
      instance_drop_host (instance, apply, why);
    if (uuid == NULL)
      continue;
    g_string_append_printf (list, "%s%s on %s", list->len != 0 ? ", " : "", uuid,
                            machtype_connection_get_uri (connection));
    is_ambiguous |= found != NULL && strcmp (found, uuid) != 0;
    g_free (found);
    found = g_steal_pointer (&uuid);
  }
  if (is_ambiguous && !set_ambiguous (text, list->str, error))
    return NULL;
  return g_steal_pointer (&found);
}

char *
instance_find_uuid (Instance *instance, const char *text, GError **error)
{
  g_autoptr (GError) why = NULL;
  char *uuid;

  if (instance->applies == NULL || g_uuid_string_is_valid (text) || *text == '\0')
    return find_instance (instance->store, apply_get_connection (instance->apply), text, error);
  uuid = find_by_name (instance, text, &why);
  if (uuid != NULL || !pass_on (error, &why))
    return uuid;
  return find_instance (instance->store, NULL, text, error);
}

/* The machine that a URI names, or this one (https://libvirt.org/uri.html). NULL: not known, as
 * for a name of libvirt.conf. */
static char *
dup_machine_of (const char *uri)
{
  g_autofree char *host = uri_dup_host (uri);

  return host != NULL && *host == '\0' ? g_strdup (g_get_host_name ()) : g_steal_pointer (&host);
}

/* "compute-1" and "compute-1.example.org" */
static gboolean
is_same_machine (const char *a, const char *b)
{
  const gsize n = MIN (strlen (a), strlen (b));

  return g_ascii_strncasecmp (a, b, n) == 0 && (a[n] == '\0' || a[n] == '.') &&
         (b[n] == '\0' || b[n] == '.');
}

static gboolean
is_of (const SilentHost *silent, const MachtypeRecord *record)
{
  const char *name = machtype_record_get_host_name (record);
  g_autofree char *machine = dup_machine_of (silent->uri);

  return name != NULL && machine != NULL && is_same_machine (machine, name);
}

static const SilentHost *
find_silent (const Instance *instance, const MachtypeRecord *record)
{
  guint i;

  for (i = 0; i < instance->silent->len; i++) {
    if (is_of (instance->silent->pdata[i], record))
      return instance->silent->pdata[i];
  }
  return NULL;
}

static gboolean
is_recorded_for (const Apply *apply, const MachtypeRecord *record)
{
  const char *name = machtype_connection_get_host_name (apply_get_connection (apply));

  return g_strcmp0 (machtype_record_get_host_name (record), name) == 0;
}

static gboolean
has_domain (Instance *instance, Apply *apply, const char *uuid)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeDomain) domain = machtype_connection_read_domain (
      apply_get_connection (apply), uuid, MACHTYPE_DOMAIN_READ_NONE, &why);

  if (why != NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    instance_drop_host (instance, apply, why);
  return domain != NULL;
}

/* NULL: none of the hosts that answer. */
static Apply *
find_apply (Instance *instance, const MachtypeRecord *record)
{
  const char *uuid = machtype_record_get_uuid (record);
  g_autoptr (GPtrArray) applies = g_ptr_array_new ();
  guint i, n_first = 0;

  for (i = 0; i < instance->applies->len; i++) {
    Apply *apply = instance->applies->pdata[i];

    g_ptr_array_insert (applies, is_recorded_for (apply, record) ? (int)n_first++ : -1, apply);
  }
  for (i = 0; i < applies->len; i++) {
    if (has_domain (instance, applies->pdata[i], uuid))
      return applies->pdata[i];
  }
  return NULL;
}

gboolean
instance_is_missing (Instance *instance, const MachtypeRecord *record)
{
  return find_silent (instance, record) != NULL && find_apply (instance, record) == NULL;
}

static gboolean
set_missing (const Instance *instance, const MachtypeRecord *record, GError **error)
{
  const char *uuid = machtype_record_get_uuid (record);
  const SilentHost *silent = find_silent (instance, record);

  if (silent == NULL && instance->silent->len != 0)
    silent = instance->silent->pdata[0];
  if (silent == NULL)
    return set_error (
        error, MACHTYPE_ERROR_NOT_FOUND,
        "none of the hosts has the domain of instance %s; use --record-only to change "
        "only the record",
        uuid);
  g_set_error (error, silent->error->domain, silent->error->code,
               "no host that has answered has its domain; %s: %s", silent->uri,
               silent->error->message);
  return FALSE;
}

gboolean
instance_read_several (Instance *instance, const char *text, GError **error)
{
  g_autofree char *uuid = instance_find_uuid (instance, text, error);
  g_autoptr (MachtypeRecord) record = NULL;

  instance->apply = NULL;
  if (uuid != NULL)
    record = machtype_store_read_record (instance->store, uuid, error);
  if (record == NULL)
    return FALSE;
  instance->apply = find_apply (instance, record);
  /* The record alone, by its own state, if no host can have the domain. */
  if (instance->apply == NULL && instance->silent->len == 0 &&
      apply_is_record_only (instance->applies->pdata[0]))
    instance->apply = instance->applies->pdata[0];
  if (instance->apply != NULL)
    return apply_read (instance->apply, uuid, &instance->record, error);
  instance->record = g_steal_pointer (&record);
  return set_missing (instance, instance->record, error);
}
