/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "libvirt/module.h"

/* Something that blocks and cannot be interrupted. Returns its result, or NULL with the error set.
 */
typedef gpointer (*MtCallFunc) (gpointer data, GError **error);

/* Runs func in a thread of its own and waits for it for so long (-1: as long as it takes). Data
 * belongs to the call. After the time is up the thread is left to itself, and whatever it still
 * finds is freed; TIMEOUT says that who did not answer. */
gpointer mt_call_with_timeout (MtCallFunc func, gpointer data, GDestroyNotify free_data,
                               GDestroyNotify free_result, int timeout_ms, const char *peer,
                               GError **error);

/* A connection that is open. What module has for it may block: it is called within
 * mt_call_with_timeout. */
typedef struct {
  const MtLibvirtModule *module;
  gpointer handle;
  char *uri;
  int timeout_ms; /* of each call; -1: for ever */
} MtLibvirt;

/* Takes the connection over, and has to close it. */
typedef gpointer (*MtLibvirtFunc) (MtLibvirt *libvirt, GError **error);

/* Whether a URI and a limit can be meant. */
gboolean mt_libvirt_check_uri (const char *uri, int timeout_ms, GError **error);

/* Opens a connection and runs func on it, together within timeout_ms. */
gpointer mt_libvirt_open (const char *uri, gboolean event_loop, int timeout_ms, MtLibvirtFunc func,
                          GDestroyNotify free_result, GError **error);

/* Blocks. */
void mt_libvirt_close (MtLibvirt *libvirt);

/* As a call of its own, with the limit of all. */
void mt_libvirt_close_in_time (MtLibvirt *libvirt);

/* Raises libvirt's own words with what was being done; takes the message over. Always FALSE. */
gboolean mt_libvirt_set_error (char *message, const char *doing, GError **error);

/* The host's capabilities, to be freed with the module's free_text. Blocks. */
char *mt_libvirt_get_capabilities (const MtLibvirt *libvirt, GError **error);
