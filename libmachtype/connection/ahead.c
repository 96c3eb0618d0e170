/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host has answered before it is asked for. read-ahead.c reads it. */

#include "connection/connection-private.h"

void
mt_ahead_clear (MachtypeConnection *connection)
{
  MtAhead *ahead = g_steal_pointer (&connection->ahead);

  if (ahead == NULL)
    return;
  g_clear_pointer (&ahead->statuses, g_ptr_array_unref);
  g_clear_error (&ahead->statuses_error);
  machtype_host_unref (ahead->host);
  g_clear_error (&ahead->host_error);
  g_free (ahead->host_uuid);
  g_free (ahead);
}

gboolean
mt_ahead_foreach_status (MachtypeConnection *connection, MachtypeDomainReadFlags flags,
                         MachtypeDomainStatusFunc func, gpointer user_data, gboolean *done,
                         GError **error)
{
  MtAhead *ahead = connection->ahead;
  g_autoptr (GPtrArray) statuses = NULL;
  g_autoptr (GError) why = NULL;
  guint i;

  if (ahead == NULL || ahead->statuses == NULL || ahead->domain_flags != flags)
    return FALSE;
  statuses = g_steal_pointer (&ahead->statuses);
  why = g_steal_pointer (&ahead->statuses_error);
  *done = TRUE;
  /* The function can use the connection, so ahead may be gone. */
  for (i = 0; i < statuses->len; i++) {
    if (!func (statuses->pdata[i], user_data))
      return TRUE;
  }
  if (why != NULL) {
    *done = FALSE;
    g_propagate_error (error, g_steal_pointer (&why));
  }
  return TRUE;
}

gboolean
mt_ahead_take_host (MachtypeConnection *connection, MachtypeHost **host, GError **error)
{
  MtAhead *ahead = connection->ahead;

  if (ahead == NULL || (ahead->host == NULL && ahead->host_error == NULL))
    return FALSE;
  *host = g_steal_pointer (&ahead->host);
  if (ahead->host_error != NULL)
    g_propagate_error (error, g_steal_pointer (&ahead->host_error));
  return TRUE;
}

char *
mt_ahead_dup_host_uuid (const MachtypeConnection *connection)
{
  return connection->ahead != NULL ? g_strdup (connection->ahead->host_uuid) : NULL;
}
