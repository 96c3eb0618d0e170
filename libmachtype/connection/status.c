/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the domains of a host really are. One thread asks libvirt, the caller's reads the answers:
 * neither waits for the other. */

#include "connection/connection-private.h"

#include <string.h>

#include "domain-status/domain-status-private.h"
#include "error-private.h"

/* An answer of libvirt in a stream. The name and the text follow it there, each with its NUL. */
typedef struct {
  MtLibvirtAnswer answer; /* its pointers are not valid any more */
  gsize name_size;        /* 0: there is no name */
} Answer;

/* The data of the thread that asks. */
typedef struct {
  MtSharedConnection *shared;
  gboolean with_saved;
  char *uuid; /* NULL: all domains */
  MtStream *stream;
} Asking;

/* The data of the caller's thread. */
typedef struct {
  const char *host_name;
  MachtypeDomainReadFlags flags;
  MachtypeDomainStatusBuilder *builder; /* of the domain at hand; NULL: none */
  MachtypeDomainStatusFunc func;
  gpointer user_data;
} Reading;

static gsize
get_size (const char *text)
{
  return text != NULL ? strlen (text) + 1 : 0;
}

static gboolean
add_answer (const MtLibvirtAnswer *found, gpointer data)
{
  const Asking *asking = data;
  Answer answer = { *found, get_size (found->name) };
  const char *text = found->text != NULL ? found->text : "";
  const MtStreamPart parts[] = {
    { &answer, sizeof answer },
    { found->name, answer.name_size },
    { text, get_size (text) },
  };

  return mt_stream_add (asking->stream, parts, G_N_ELEMENTS (parts));
}

static const char *
get_name (const Answer *answer)
{
  return answer->name_size > 0 ? (const char *)(answer + 1) : NULL;
}

static const char *
get_text (const Answer *answer)
{
  return (const char *)(answer + 1) + answer->name_size;
}

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  mt_shared_connection_unref (asking->shared);
  g_free (asking->uuid);
  g_free (asking);
}

static void
ask_one (Asking *asking, GError **error)
{
  const MtLibvirt *libvirt = asking->shared->libvirt;
  char *message = NULL;
  MtLibvirtStatus status = libvirt->module->get_answers (
      libvirt->handle, asking->uuid, asking->with_saved, add_answer, asking, &message);

  if (status == MT_LIBVIRT_FAILED)
    mt_libvirt_set_error (message, "reading a domain", error);
}

static void
ask (MtStream *stream, gpointer data, GError **error)
{
  Asking *asking = data;
  const MtLibvirt *libvirt = asking->shared->libvirt;
  char *message = NULL;

  asking->stream = stream;
  if (asking->uuid != NULL)
    ask_one (asking, error);
  else if (!libvirt->module->list_answers (libvirt->handle, asking->with_saved, add_answer, asking,
                                           &message))
    mt_libvirt_set_error (message, "listing domains", error);
}

static const MachtypeDomainPart parts[] = {
  [MT_LIBVIRT_DEFINITION] = MACHTYPE_DOMAIN_PART_DEFINITION,
  [MT_LIBVIRT_LIVE] = MACHTYPE_DOMAIN_PART_RUNNING,
  [MT_LIBVIRT_SAVED] = MACHTYPE_DOMAIN_PART_SAVED,
  [MT_LIBVIRT_SNAPSHOTS] = MACHTYPE_DOMAIN_PART_SNAPSHOT,
  [MT_LIBVIRT_SNAPSHOT] = MACHTYPE_DOMAIN_PART_SNAPSHOT,
};

/* A part that cannot be read does not hide the others. */
static void
add_problem (MachtypeDomainStatusBuilder *builder, const Answer *answer, MachtypeError code,
             const char *message)
{
  const char *snapshot = answer->answer.part == MT_LIBVIRT_SNAPSHOT ? get_name (answer) : NULL;

  machtype_domain_status_builder_add_problem (builder, parts[answer->answer.part], snapshot, code,
                                              message, NULL);
}

static gboolean
read_xml (MachtypeDomainStatusBuilder *builder, const Answer *answer, GError **error)
{
  switch (answer->answer.part) {
  case MT_LIBVIRT_DEFINITION:
    return machtype_domain_status_builder_set_definition (builder, get_text (answer), -1, error);
  case MT_LIBVIRT_LIVE:
    return mt_domain_status_builder_set_live (builder, get_text (answer), error);
  case MT_LIBVIRT_SAVED:
    return machtype_domain_status_builder_set_saved (builder, get_text (answer), -1, error);
  default:
    return machtype_domain_status_builder_add_snapshot (builder, get_text (answer), -1, error);
  }
}

static void
read_part (MachtypeDomainStatusBuilder *builder, const Answer *answer)
{
  const MtLibvirtStatus status = answer->answer.status;
  g_autoptr (GError) why = NULL;
  g_autofree char *message = NULL;

  if (status != MT_LIBVIRT_DONE) {
    message = mt_foreign_message (get_text (answer));
    add_problem (builder, answer,
                 status == MT_LIBVIRT_DENIED ? MACHTYPE_ERROR_DENIED : MACHTYPE_ERROR_LIBVIRT,
                 message);
  } else if (!read_xml (builder, answer, &why))
    add_problem (builder, answer, (MachtypeError)why->code, why->message);
}

/* A name that is too long is still in the XML. */
static void
begin (Reading *reading, const Answer *answer)
{
  const MtLibvirtAnswer *found = &answer->answer;
  const char *state;

  reading->builder = machtype_domain_status_builder_new (found->uuid, reading->flags, NULL);
  if (reading->builder == NULL)
    return;
  machtype_state_from_libvirt (found->state, &state);
  machtype_domain_status_builder_set_state (reading->builder, state, NULL);
  machtype_domain_status_builder_set_name (reading->builder, get_name (answer), NULL);
  machtype_domain_status_builder_set_host_name (reading->builder, reading->host_name, NULL);
  machtype_domain_status_builder_set_persistent (reading->builder, found->is_persistent);
}

static gboolean
end (Reading *reading, const Answer *answer)
{
  g_autoptr (MachtypeDomainStatus) status =
      mt_domain_status_builder_finish (g_steal_pointer (&reading->builder));

  if (answer->answer.status == MT_LIBVIRT_NO_DOMAIN)
    return TRUE;
  return reading->func (status, reading->user_data);
}

static gboolean
read_answer (gconstpointer item, gpointer data)
{
  Reading *reading = data;
  const Answer *answer = item;

  if (answer->answer.part == MT_LIBVIRT_DOMAIN)
    begin (reading, answer);
  else if (reading->builder == NULL)
    return TRUE; /* libvirt has no domain without a valid UUID */
  else if (answer->answer.part == MT_LIBVIRT_END)
    return end (reading, answer);
  else
    read_part (reading->builder, answer);
  return TRUE;
}

static gboolean
read_statuses (MachtypeConnection *connection, const char *uuid, MachtypeDomainReadFlags flags,
               MachtypeDomainStatusFunc func, gpointer user_data, GError **error)
{
  const MtLibvirt *libvirt = connection->shared->libvirt;
  Reading reading = { connection->shared->host_name, flags, NULL, func, user_data };
  GError *why = NULL;
  Asking *asking;

  if (!mt_connection_check (connection, error))
    return FALSE;
  asking = g_new0 (Asking, 1);
  asking->shared = mt_shared_connection_ref (connection->shared);
  asking->with_saved = (flags & MACHTYPE_DOMAIN_READ_SAVED) != 0;
  asking->uuid = g_strdup (uuid);
  mt_stream_run (ask, asking, asking_free, read_answer, &reading, libvirt->timeout_ms, libvirt->uri,
                 &why);
  machtype_domain_status_builder_unref (reading.builder);
  mt_connection_see (connection, why);
  if (why == NULL)
    return TRUE;
  g_propagate_error (error, why);
  return FALSE;
}

static gboolean
check_flags (MachtypeDomainReadFlags flags, GError **error)
{
  return mt_check_flags ("reading the status of domains", flags,
                         MACHTYPE_DOMAIN_READ_DEVICES | MACHTYPE_DOMAIN_READ_SAVED, error);
}

/**
 * machtype_connection_foreach_status:
 * @connection: a connection; must not be %NULL
 * @flags: what to read of each domain: its definition and what runs, with
 *   %MACHTYPE_DOMAIN_READ_SAVED also its saved RAM and its snapshots, with
 *   %MACHTYPE_DOMAIN_READ_DEVICES the devices of each
 * @func: (scope call) (closure user_data): the function to call for each domain; must not be %NULL
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Calls a function with the status of each domain of the host, running and not, one at a time, in
 * the order in which libvirt lists them: memory does not grow with their number. Nothing is
 * written, so a read-only connection suffices ([flags@Machtype.ConnectionOpenFlags]).
 *
 * A part of a domain that cannot be read is in the status, with the reason
 * ([method@Machtype.DomainStatus.list_problems]). A domain that disappears in the meantime is
 * omitted. @func is called in the thread of the caller, while another one asks libvirt; it can use
 * @connection. The timeout of @connection is that of each question to libvirt, not of all of them.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags, %MACHTYPE_ERROR_LIBVIRT if domains
 * cannot be listed or the connection breaks, %MACHTYPE_ERROR_TIMEOUT. @func may already have been
 * called.
 *
 * Returns: %TRUE, even if @func stopped early; %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_connection_foreach_status (MachtypeConnection *connection, MachtypeDomainReadFlags flags,
                                    MachtypeDomainStatusFunc func, gpointer user_data,
                                    GError **error)
{
  gboolean done = FALSE;

  g_return_val_if_fail (connection != NULL && func != NULL, FALSE);

  if (!check_flags (flags, error))
    return FALSE;
  if (mt_ahead_foreach_status (connection, flags, func, user_data, &done, error))
    return done;
  return read_statuses (connection, NULL, flags, func, user_data, error);
}

static gboolean
keep_status (MachtypeDomainStatus *status, gpointer user_data)
{
  MachtypeDomainStatus **kept = user_data;

  *kept = machtype_domain_status_ref (status);
  return TRUE;
}

/**
 * machtype_connection_read_status:
 * @connection: a connection; must not be %NULL
 * @uuid: the domain's UUID; must not be %NULL
 * @flags: what to read of it, as for [method@Machtype.Connection.foreach_status]
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads the status of one domain.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if the host has no such domain, %MACHTYPE_ERROR_INVALID_ARGUMENT
 * for an invalid UUID and unknown flags, %MACHTYPE_ERROR_LIBVIRT, %MACHTYPE_ERROR_TIMEOUT. A part
 * that cannot be read is not an error ([method@Machtype.DomainStatus.list_problems]).
 *
 * Returns: (transfer full): the status, or %NULL on error
 * Since: 1.0
 */
MachtypeDomainStatus *
machtype_connection_read_status (MachtypeConnection *connection, const char *uuid,
                                 MachtypeDomainReadFlags flags, GError **error)
{
  MachtypeDomainStatus *status = NULL;
  MtUuid parsed;

  g_return_val_if_fail (connection != NULL && uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error) || !check_flags (flags, error) ||
      !read_statuses (connection, parsed.text, flags, keep_status, &status, error))
    return NULL;
  if (status == NULL)
    mt_fail (error, MACHTYPE_ERROR_NOT_FOUND, "there is no domain %s on host %s", parsed.text,
             connection->shared->host_name);
  return status;
}
