/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/connection.h>

/* Takes ownership of both. refusal: libvirt's message; NULL: it accepts. */
MachtypeDefinitionCheck *mt_definition_check_new (char *refusal, char **not_asked);

/* machtype_connection_list_domains, but nothing is parsed: the domains keep their XML. */
GPtrArray *mt_connection_list_unread (MachtypeConnection *connection, GError **error);

/* The host's UUID, in lower case; "" if the host does not report one. */
char *mt_connection_read_host_uuid (MachtypeConnection *connection, GError **error);

/* Opens another connection in the same way. */
MachtypeConnection *mt_connection_open_again (const MachtypeConnection *connection, GError **error);
