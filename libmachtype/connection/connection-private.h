/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/connection.h>

#include "modules/libvirt-module.h"

/* NULL: the error is set. */
const MtLibvirtModule *mt_libvirt_load (GError **error);

/* Raises libvirt's own words with what was being done; takes the message over. Always FALSE. */
gboolean mt_libvirt_set_error (char *message, const char *doing, GError **error);

/* Something that blocks and cannot be interrupted. Returns its result, or NULL with the error set.
 */
typedef gpointer (*MtCallFunc) (gpointer data, GError **error);

/* Runs func in a thread of its own and waits for it for so long (-1: as long as it takes). Data
 * belongs to the call. After the time is up the thread is left to itself, and whatever it still
 * finds is freed; TIMEOUT says that who did not answer. */
gpointer mt_call (MtCallFunc func, gpointer data, GDestroyNotify free_data,
                  GDestroyNotify free_result, int timeout_ms, const char *who, GError **error);

/* Opens a connection that has to be closed with the module's close. Blocks. */
gpointer mt_libvirt_open (const MtLibvirtModule *module, const char *uri, gboolean event_loop,
                          GError **error);

/* Asks for all that is known of a host. Blocks. */
MachtypeHost *mt_libvirt_read_host (const MtLibvirtModule *module, gpointer connection,
                                    GError **error);

/* Takes both over. refusal: libvirt's words; NULL: it accepts. */
MachtypeDefinitionCheck *mt_definition_check_new (char *refusal, char **not_asked);

/* machtype_connection_list_domains, but that nothing is read: the domains keep their texts. */
GPtrArray *mt_connection_list_unread (MachtypeConnection *connection, GError **error);

/* The host's UUID, in lower case; "" where it does not tell one. */
char *mt_connection_read_host_uuid (MachtypeConnection *connection, GError **error);

/* Opens another connection, in the same way. */
MachtypeConnection *mt_connection_open_again (const MachtypeConnection *connection, GError **error);

gboolean mt_host_check_open (const char *uri, int timeout_ms, GError **error);
