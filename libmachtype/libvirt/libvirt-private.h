/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "libvirt/module.h"

/* A function that blocks and cannot be interrupted. Returns its result, or NULL with the error set.
 */
typedef gpointer (*MtCallFunc) (gpointer data, GError **error);

/* Runs func in a new thread and waits for it up to the timeout (-1: indefinitely). The call owns
 * the data. After the timeout the thread is abandoned, and its result is freed; the TIMEOUT error
 * says that who did not answer. */
gpointer mt_call_with_timeout (MtCallFunc func, gpointer data, GDestroyNotify free_data,
                               GDestroyNotify free_result, int timeout_ms, const char *peer,
                               GError **error);

/* An open connection. The functions of module can block on it: call them within
 * mt_call_with_timeout. */
typedef struct {
  const MtLibvirtModule *module;
  gpointer handle;
  char *uri;
  int timeout_ms; /* of each call; -1: no timeout */
} MtLibvirt;

/* Takes ownership of the connection, and must close it. */
typedef gpointer (*MtLibvirtFunc) (MtLibvirt *libvirt, GError **error);

/* Checks whether a URI and a timeout are valid. */
gboolean mt_libvirt_check_uri (const char *uri, int timeout_ms, GError **error);

/* Opens a connection and runs func on it, together within timeout_ms. */
gpointer mt_libvirt_open (const char *uri, gboolean event_loop, int timeout_ms, MtLibvirtFunc func,
                          GDestroyNotify free_result, GError **error);

/* Blocks. */
void mt_libvirt_close (MtLibvirt *libvirt);

/* A separate call, with the timeout of all. */
void mt_libvirt_close_in_time (MtLibvirt *libvirt);

/* Raises libvirt's message with what was being done; takes ownership of the message. Always FALSE.
 */
gboolean mt_libvirt_set_error (char *message, const char *doing, GError **error);

/* The host's capabilities; free them with the module's free_text. Blocks. */
char *mt_libvirt_get_capabilities (const MtLibvirt *libvirt, GError **error);
