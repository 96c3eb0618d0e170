/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/connection.h>

#include "libvirt/libvirt-private.h"

/* libvirt's connection, shared with calls that have not returned in time: the last of them closes
 * it. */
typedef struct {
  gatomicrefcount refs;
  MtLibvirt *libvirt;
  char *host_name;
  guint64 qemu_version, libvirt_version;
  MachtypeHost *host; /* from its capabilities; NULL: not read yet */
} MtSharedConnection;

/* What was read before it is asked for. */
typedef struct {
  MachtypeDomainReadFlags domain_flags;
  GPtrArray *statuses;    /* of MachtypeDomainStatus; NULL: not read, or taken */
  GError *statuses_error; /* after these */
  MachtypeHost *host;     /* NULL: not read, or taken */
  GError *host_error;
  char *host_uuid; /* NULL: not read */
} MtAhead;

struct _MachtypeConnection {
  gatomicrefcount refs;
  MtSharedConnection *shared;
  MachtypeConnectionOpenFlags flags;
  gboolean hangs; /* a call did not return: another one would wait for it */
  MtAhead *ahead; /* NULL: nothing */
};

MtSharedConnection *mt_shared_connection_ref (MtSharedConnection *shared);
void mt_shared_connection_unref (gpointer data);

/* Before a call: whether the host can be asked. After it, with its error or NULL: whether it can be
 * asked again. */
gboolean mt_connection_check (const MachtypeConnection *connection, GError **error);
void mt_connection_see (MachtypeConnection *connection, const GError *error);

/* ahead.c: what was read ahead is used once. FALSE: it was not read, and the host has to be asked.
 * Otherwise *done is whether reading succeeded; if not, the error is set. */
gboolean mt_ahead_foreach_status (MachtypeConnection *connection, MachtypeDomainReadFlags flags,
                                  MachtypeDomainStatusFunc func, gpointer user_data, gboolean *done,
                                  GError **error);
gboolean mt_ahead_take_host (MachtypeConnection *connection, MachtypeHost **host, GError **error);

/* NULL: it was not read. */
char *mt_ahead_dup_host_uuid (const MachtypeConnection *connection);

/* Before the host changes: what was read may not be true any more. */
void mt_ahead_clear (MachtypeConnection *connection);

/* Takes ownership of both. refusal: libvirt's message; NULL: it accepts. */
MachtypeDefinitionCheck *mt_definition_check_new (char *refusal, char **not_asked);

/* The host's UUID, in lower case; "" if the host does not report one. */
char *mt_connection_read_host_uuid (MachtypeConnection *connection, GError **error);

/* Opens another connection in the same way. */
MachtypeConnection *mt_connection_open_again (const MachtypeConnection *connection, GError **error);
