/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module that opens libvirt connections. Loaded at the first call that needs one, so that
 * programs that only compare names do not pay for libvirt and what it links. */

#include "modules/libvirt-module.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <machtype/version.h>

static void
store_last_error (char **message)
{
  const virError *last = virGetLastError ();

  *message =
      g_strdup (last != NULL && last->message != NULL ? last->message : "libvirt gave no reason");
}

/* libvirt's event loop runs as long as the process: there is no way to unregister it. */
static gpointer
run_events (gpointer data)
{
  (void)data;
  while (virEventRunDefaultImpl () == 0)
    ;
  return NULL;
}

static gboolean
run_events_in_thread (char **message)
{
  g_autoptr (GError) error = NULL;
  GThread *thread;

  if (virEventRegisterDefaultImpl () < 0) {
    store_last_error (message);
    return FALSE;
  }
  thread = g_thread_try_new ("machtype-events", run_events, NULL, &error);
  if (thread == NULL) {
    *message = g_strdup (error->message);
    return FALSE;
  }
  g_thread_unref (thread);
  return TRUE;
}

/* Only what succeeded is not done again. */
static gboolean
start_event_loop (char **message)
{
  static GMutex mutex;
  static gboolean started = FALSE;
  gboolean ok;

  g_mutex_lock (&mutex);
  if (!started)
    started = run_events_in_thread (message);
  ok = started;
  g_mutex_unlock (&mutex);
  return ok;
}

/* Connections answer their own errors only by the return value; the default would print them. */
static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

static gpointer
open_connection (const char *uri, char **message)
{
  virConnect *connection = virConnectOpen (uri);

  if (connection == NULL)
    store_last_error (message);
  else
    virConnSetErrorFunc (connection, NULL, ignore_error);
  return connection;
}

static char *
get_capabilities (gpointer connection, char **message)
{
  char *xml = virConnectGetCapabilities (connection);

  if (xml == NULL)
    store_last_error (message);
  return xml;
}

static char *
get_domain_capabilities (gpointer connection, const char *emulator, const char *arch,
                         const char *machine, const char *domain_type, char **message)
{
  char *xml = virConnectGetDomainCapabilities (connection, emulator, arch, machine, domain_type, 0);

  if (xml == NULL)
    store_last_error (message);
  return xml;
}

/* libvirt's texts come from malloc, which need not be what g_free frees. */
static void
free_text (char *text)
{
  free (text);
}

static void
close_connection (gpointer connection)
{
  virConnectClose (connection);
}

__attribute__ ((visibility ("default"))) extern const MtLibvirtModule machtype_libvirt_module;

const MtLibvirtModule machtype_libvirt_module = {
  sizeof (MtLibvirtModule), MACHTYPE_VERSION_STRING, start_event_loop, open_connection,
  get_capabilities,         get_domain_capabilities, free_text,        close_connection,
};
