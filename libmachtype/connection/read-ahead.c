/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading what a host will be asked for: many hosts can be asked at the same time, each in a thread
 * of its own, for a store or an audit that is used in one. */

#include "connection/connection-private.h"

#include "error-private.h"

static gboolean
keep_status (MachtypeDomainStatus *status, gpointer user_data)
{
  g_ptr_array_add (user_data, machtype_domain_status_ref (status));
  return TRUE;
}

/* Where one of them fails, the others are not read: the host does not answer. */
static void
read_all (MachtypeConnection *connection, MachtypeReadAheadFlags flags, MtAhead *ahead)
{
  if ((flags & MACHTYPE_READ_AHEAD_HOST) != 0) {
    ahead->host =
        machtype_connection_read_host (connection, MACHTYPE_HOST_READ_NONE, &ahead->host_error);
    if (ahead->host == NULL)
      return;
  }
  ahead->statuses = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_domain_status_unref);
  if (machtype_connection_foreach_status (connection, ahead->domain_flags, keep_status,
                                          ahead->statuses, &ahead->statuses_error) &&
      ahead->host == NULL)
    ahead->host_uuid = mt_connection_read_host_uuid (connection, NULL);
}

/**
 * machtype_connection_read_ahead:
 * @connection: a connection; must not be %NULL
 * @flags: what to read of the host
 * @domain_flags: what to read of each domain, as for
 *   [method@Machtype.Connection.foreach_status]
 * @n_domains: (out) (optional): return location for the number of domains that were read, or %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads what the host will be asked for, and keeps it: the next
 * [method@Machtype.Connection.foreach_status] with the same flags and, with
 * %MACHTYPE_READ_AHEAD_HOST, the next [method@Machtype.Connection.read_host] answer from it, once,
 * without asking the host. So does what uses these: [method@Machtype.Recorder.run] after
 * %MACHTYPE_DOMAIN_READ_DEVICES, [method@Machtype.Audit.check_connection] after
 * %MACHTYPE_DOMAIN_READ_SAVED with %MACHTYPE_READ_AHEAD_HOST.
 *
 * This is how many hosts are asked at the same time: open each connection and read ahead in a
 * thread of its own, then hand the connections over, one after the other, to the thread with the
 * recorder or the audit. The memory for all domains of a host is needed until then. What was kept
 * is forgotten when the connection changes a domain ([method@Machtype.Connection.define],
 * [method@Machtype.Connection.write_metadata]), and when it reads ahead again.
 *
 * A failure is kept as well: the call that uses what was read returns the domains that were read
 * before it, and the same error.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for unknown flags; then nothing is kept. Otherwise
 * %MACHTYPE_ERROR_LIBVIRT and %MACHTYPE_ERROR_TIMEOUT, as the calls that it stands for. May block;
 * the timeout of @connection is that of each question to libvirt.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_connection_read_ahead (MachtypeConnection *connection, MachtypeReadAheadFlags flags,
                                MachtypeDomainReadFlags domain_flags, guint *n_domains,
                                GError **error)
{
  const GError *why;
  MtAhead *ahead;

  g_return_val_if_fail (connection != NULL, FALSE);

  if (n_domains != NULL)
    *n_domains = 0;
  if (!mt_check_flags ("reading ahead", flags, MACHTYPE_READ_AHEAD_HOST, error) ||
      !mt_check_flags ("reading the status of domains", domain_flags,
                       MACHTYPE_DOMAIN_READ_DEVICES | MACHTYPE_DOMAIN_READ_SAVED, error))
    return FALSE;
  mt_ahead_clear (connection);
  ahead = g_new0 (MtAhead, 1);
  ahead->domain_flags = domain_flags;
  read_all (connection, flags, ahead);
  connection->ahead = ahead;
  if (n_domains != NULL && ahead->statuses != NULL)
    *n_domains = ahead->statuses->len;
  why = ahead->host_error != NULL ? ahead->host_error : ahead->statuses_error;
  if (why == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (why));
  return FALSE;
}
