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

/* What both kinds of calls do: a thread, and the TIMEOUT error. */
GThread *mt_call_thread_new (GThreadFunc func, gpointer data, GError **error);
void mt_call_set_timeout (int timeout_ms, const char *peer, GError **error);

/* A run of calls in a thread of its own. */
typedef struct MtStream MtStream;

/* Makes the calls, and adds an item after each. On failure it sets the error. */
typedef void (*MtProduceFunc) (MtStream *stream, gpointer data, GError **error);

/* Gets each item, in their order, in the thread of the caller. It is valid during the call, and
 * aligned like memory of malloc. FALSE: no more. */
typedef gboolean (*MtConsumeFunc) (gconstpointer item, gpointer data);

typedef struct {
  gconstpointer data; /* NULL only if the size is 0 */
  gsize size;
} MtStreamPart;

/* For a MtProduceFunc. Copies the item, of several parts without gaps. Waits while too many items
 * were not taken. FALSE: no more are wanted. */
gboolean mt_stream_add (MtStream *stream, const MtStreamPart *parts, guint n_parts);

/* Runs produce, which owns data, and consume, until one of them ends. The timeout is that of each
 * call: how long nothing may be added (-1: indefinitely). After that the thread is abandoned, and
 * the TIMEOUT error says who did not answer. TRUE also if consume wanted no more. */
gboolean mt_stream_run (MtProduceFunc produce, gpointer data, GDestroyNotify free_data,
                        MtConsumeFunc consume, gpointer consumer_data, int timeout_ms,
                        const char *peer, GError **error);

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

/* The numbers are those of MachtypeHostOpenFlags and MachtypeConnectionOpenFlags. */
typedef enum {
  MT_LIBVIRT_OPEN_NONE = 0,
  MT_LIBVIRT_OPEN_EVENT_LOOP = 1 << 0,
  MT_LIBVIRT_OPEN_READ_ONLY = 1 << 1
} MtLibvirtOpenFlags;

/* Opens a connection and runs func on it, together within timeout_ms. */
gpointer mt_libvirt_open (const char *uri, MtLibvirtOpenFlags flags, int timeout_ms,
                          MtLibvirtFunc func, GDestroyNotify free_result, GError **error);

/* Blocks. */
void mt_libvirt_close (MtLibvirt *libvirt);

/* A separate call, with the timeout of all. */
void mt_libvirt_close_in_time (MtLibvirt *libvirt);

/* Raises libvirt's message with what was being done; takes ownership of the message. Always FALSE.
 */
gboolean mt_libvirt_set_error (char *message, const char *doing, GError **error);

/* The host's capabilities; free them with the module's free_text. Blocks. */
char *mt_libvirt_get_capabilities (const MtLibvirt *libvirt, GError **error);
