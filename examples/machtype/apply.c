/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's definition gets the recorded machine type. The order is: write the record, define the
 * domain, commit. Whoever else would change this instance waits meanwhile, so that what is defined
 * and what is recorded are always from the same hand. */

#include "machtype-program.h"

#include <string.h>

struct Apply {
  MachtypeConnection *connection;
  MachtypeHost *host; /* NULL: not asked yet */
  MachtypeArch arch;
  const char *state; /* a constant; NULL: not known */
  char *uuid;
};

gboolean
apply_check (gboolean apply, const HostOptions *host, GError **error)
{
  const char *message = NULL;

  if (apply && host->connect == NULL)
    message = "--apply needs --connect URI: the host on which the domain is defined";
  else if (apply && host->capabilities != NULL)
    message = "--apply asks the host itself: --capabilities has no place";
  if (message == NULL)
    return host_options_check (host, error);
  g_set_error_literal (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

void
apply_free (Apply *apply)
{
  if (apply == NULL)
    return;
  machtype_connection_unref (apply->connection);
  machtype_host_unref (apply->host);
  g_free (apply->uuid);
  g_free (apply);
}

/* libvirt has no word for an instance that is shelved: to it, that is one that is shut off. */
static gboolean
is_same_state (const MachtypeRecord *record, const char *state)
{
  if (g_strcmp0 (state, machtype_record_get_state (record)) == 0)
    return TRUE;
  return machtype_record_get_change_state (record) == MACHTYPE_STATE_SHELVED && state != NULL &&
         machtype_state_from_string (state, NULL) == MACHTYPE_STATE_STOPPED;
}

/* The store may not know what has happened on the host: the state is libvirt's. */
static gboolean
refresh_state (Apply *apply, MachtypeStore *store, MachtypeRecord **record, GError **error)
{
  g_autoptr (MachtypeDomain) domain = machtype_connection_read_domain (
      apply->connection, apply->uuid, MACHTYPE_DOMAIN_READ_NONE, error);
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) changed = NULL;
  MachtypeRecord *stored;

  if (domain == NULL)
    return FALSE;
  apply->arch = machtype_domain_get_arch (domain);
  apply->state = machtype_domain_get_state (domain);
  if (is_same_state (*record, machtype_domain_get_state (domain)))
    return TRUE;
  builder = machtype_record_builder_new_from (*record);
  if (!machtype_record_builder_set_state (builder, machtype_domain_get_state (domain), error))
    return FALSE;
  changed = machtype_record_builder_end (builder);
  stored = machtype_store_replace (store, *record, changed, NULL, error);
  if (stored == NULL)
    return FALSE;
  machtype_record_unref (*record);
  *record = stored;
  return TRUE;
}

Apply *
apply_open (const char *uri, int timeout, MachtypeStore *store, MachtypeRecord **record,
            GError **error)
{
  g_autoptr (Apply) apply = NULL;
  MachtypeConnection *connection = open_connection (uri, timeout, error);

  if (connection == NULL)
    return NULL;
  apply = g_new0 (Apply, 1);
  apply->connection = connection;
  apply->uuid = g_strdup (machtype_record_get_uuid (*record));
  return refresh_state (apply, store, record, error) ? g_steal_pointer (&apply) : NULL;
}

static gpointer
read_host (gpointer data, GError **error)
{
  return machtype_connection_read_host (data, MACHTYPE_HOST_READ_NONE, error);
}

MachtypeHost *
apply_get_host (Apply *apply, GError **error)
{
  if (apply->host == NULL)
    apply->host = be_patient (read_host, apply->connection, error);
  return apply->host;
}

char *
apply_dup_defined (Apply *apply, GError **error)
{
  g_autofree char *xml = machtype_connection_dup_definition (apply->connection, apply->uuid,
                                                             MACHTYPE_DEFINITION_SECURE, error);
  g_autoptr (MachtypeDomain) domain = NULL;

  if (xml != NULL)
    domain = machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, error);
  return domain != NULL ? g_strdup (machtype_domain_get_machine (domain)) : NULL;
}

/* libvirt must have taken the machine type, or what it stands for, and no other one in its place.
 */
static gboolean
check_defined (Apply *apply, const char *machine, GError **error)
{
  g_autofree char *defined = apply_dup_defined (apply, error);
  const MachtypeHost *host;

  if (defined == NULL)
    return FALSE;
  if (strcmp (defined, machine) == 0)
    return TRUE;
  host = apply_get_host (apply, error);
  if (host == NULL)
    return FALSE;
  if (g_strcmp0 (machtype_host_get_canonical (host, apply->arch, NULL, machine), defined) == 0)
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT,
               "libvirt has defined machine type %s in the place of %s", defined, machine);
  return FALSE;
}

/* What was defined before comes back; if that fails as well, the operator has to know it all. */
static void
put_back (Apply *apply, const char *xml)
{
  g_autoptr (GError) error = NULL;

  if (machtype_connection_define (apply->connection, xml, MACHTYPE_DEFINE_NONE, &error))
    return;
  g_printerr ("machtype: the definition of domain %s could not be put back: %s\n", apply->uuid,
              error->message);
}

/* What was judged is the state that the domain had then. */
static gboolean
check_state (Apply *apply, GError **error)
{
  g_autoptr (MachtypeDomain) domain = machtype_connection_read_domain (
      apply->connection, apply->uuid, MACHTYPE_DOMAIN_READ_NONE, error);

  if (domain == NULL)
    return FALSE;
  if (g_strcmp0 (machtype_domain_get_state (domain), apply->state) == 0)
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT,
               "domain %s was started or stopped meanwhile; try again", apply->uuid);
  return FALSE;
}

gboolean
apply_run (Apply *apply, MachtypeStore *store, const char *machine, GError **error)
{
  g_autofree char *before = NULL, *after = NULL;

  if (check_state (apply, error))
    before = machtype_connection_dup_definition (apply->connection, apply->uuid,
                                                 MACHTYPE_DEFINITION_SECURE, error);
  if (before != NULL)
    after = machtype_domain_xml_with_machine (before, -1, machine, error);
  if (after == NULL ||
      !machtype_connection_define (apply->connection, after, MACHTYPE_DEFINE_NONE, error)) {
    machtype_store_rollback (store);
    if (after != NULL && g_error_matches (*error, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT))
      g_prefix_error (error,
                      "nothing is recorded, but libvirt may still define the domain, look at "
                      "it once it answers (virsh dumpxml --inactive): ");
    return FALSE;
  }
  if (!check_defined (apply, machine, error)) {
    machtype_store_rollback (store);
    put_back (apply, before);
    return FALSE;
  }
  if (machtype_store_commit (store, error))
    return TRUE;
  put_back (apply, before);
  return FALSE;
}
