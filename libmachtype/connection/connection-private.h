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

struct _MachtypeConnection {
  gatomicrefcount refs;
  MtSharedConnection *shared;
  MachtypeConnectionOpenFlags flags;
  gboolean hangs; /* a call did not return: another one would wait for it */
};

MtSharedConnection *mt_shared_connection_ref (MtSharedConnection *shared);
void mt_shared_connection_unref (gpointer data);

/* Before a call: whether the host can be asked. After it, with its error or NULL: whether it can be
 * asked again. */
gboolean mt_connection_check (const MachtypeConnection *connection, GError **error);
void mt_connection_see (MachtypeConnection *connection, const GError *error);

/* Takes ownership of both. refusal: libvirt's message; NULL: it accepts. */
MachtypeDefinitionCheck *mt_definition_check_new (char *refusal, char **not_asked);

/* The host's UUID, in lower case; "" if the host does not report one. */
char *mt_connection_read_host_uuid (MachtypeConnection *connection, GError **error);

/* Opens another connection in the same way. */
MachtypeConnection *mt_connection_open_again (const MachtypeConnection *connection, GError **error);
