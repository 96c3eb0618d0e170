/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/connection.h>

/* Takes both over. refusal: libvirt's words; NULL: it accepts. */
MachtypeDefinitionCheck *mt_definition_check_new (char *refusal, char **not_asked);

/* machtype_connection_list_domains, but that nothing is read: the domains keep their texts. */
GPtrArray *mt_connection_list_unread (MachtypeConnection *connection, GError **error);

/* The host's UUID, in lower case; "" where it does not tell one. */
char *mt_connection_read_host_uuid (MachtypeConnection *connection, GError **error);

/* Opens another connection, in the same way. */
MachtypeConnection *mt_connection_open_again (const MachtypeConnection *connection, GError **error);
