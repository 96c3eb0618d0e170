/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections to libvirt: loading modules/libvirt, opening and closing, errors. libvirt's answers
 * are text; the rooms below interpret them. */

#include "libvirt/libvirt-private.h"

#include <dlfcn.h>

#include "error-private.h"
#include "xml-input.h"

/* Unchanged since libvirt 0.0.2. */
#define LIBVIRT_SONAME "libvirt.so.0"

/* libvirt URIs are short; a longer text is not a URI. */
#define URI_MAX 4096

/* A connection that is being opened, and its purpose. */
typedef struct {
  char *uri;
  MtLibvirtOpenFlags flags;
  int timeout_ms;
  MtLibvirtFunc func;
} Opening;

/* Other users of libvirt in the process may have set an error handler. */
static gboolean
is_libvirt_loaded (void)
{
  void *found = dlopen (LIBVIRT_SONAME, RTLD_LAZY | RTLD_NOLOAD);

  if (found == NULL)
    return FALSE;
  dlclose (found);
  return TRUE;
}

static const MtLibvirtModule *
load (GError **error)
{
  static GMutex mutex;
  const MtLibvirtModule *module;
  gboolean was_loaded;

  mt_xml_start ();
  g_mutex_lock (&mutex);
  was_loaded = is_libvirt_loaded ();
  module = (const MtLibvirtModule *)mt_module_load ("libvirt", sizeof *module, error);
  if (module != NULL && !was_loaded)
    module->keep_quiet ();
  g_mutex_unlock (&mutex);
  return module;
}

gboolean
mt_libvirt_set_error (char *message, const char *doing, GError **error)
{
  g_autofree char *why = mt_foreign_message (message != NULL ? message : "unknown error");

  mt_fail (error, MACHTYPE_ERROR_LIBVIRT, "%s: %s", doing, why);
  g_free (message);
  return FALSE;
}

gboolean
mt_libvirt_check_uri (const char *uri, int timeout_ms, GError **error)
{
  /* For libvirt it is its own default: a variable that is not set must not open that. */
  if (*uri == '\0')
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "the URI must not be empty; libvirt's default is qemu:///system for root");
  return mt_check_text ("the URI", uri, URI_MAX, error) && mt_check_timeout (timeout_ms, error);
}

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->uri);
  g_free (opening);
}

static gpointer
open_handle (const MtLibvirtModule *module, const Opening *opening, GError **error)
{
  g_autofree char *shown = NULL, *doing = NULL;
  char *message = NULL;
  gpointer handle;

  if ((opening->flags & MT_LIBVIRT_OPEN_EVENT_LOOP) != 0 && !module->start_event_loop (&message)) {
    mt_libvirt_set_error (message, "registering an event loop", error);
    return NULL;
  }
  handle = module->open (opening->uri, (opening->flags & MT_LIBVIRT_OPEN_READ_ONLY) != 0, &message);
  if (handle != NULL)
    return handle;
  shown = mt_escape_for_message (opening->uri);
  doing = g_strdup_printf ("opening %s", shown);
  mt_libvirt_set_error (message, doing, error);
  return NULL;
}

static gpointer
do_open (gpointer data, GError **error)
{
  const Opening *opening = data;
  const MtLibvirtModule *module = load (error);
  gpointer handle = module != NULL ? open_handle (module, opening, error) : NULL;
  MtLibvirt *libvirt;

  if (handle == NULL)
    return NULL;
  libvirt = g_new0 (MtLibvirt, 1);
  libvirt->module = module;
  libvirt->handle = handle;
  libvirt->uri = g_strdup (opening->uri);
  libvirt->timeout_ms = opening->timeout_ms;
  return opening->func (libvirt, error);
}

gpointer
mt_libvirt_open (const char *uri, MtLibvirtOpenFlags flags, int timeout_ms, MtLibvirtFunc func,
                 GDestroyNotify free_result, GError **error)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->uri = g_strdup (uri);
  opening->flags = flags;
  opening->timeout_ms = timeout_ms;
  opening->func = func;
  return mt_call_with_timeout (do_open, opening, opening_free, free_result, timeout_ms, uri, error);
}

static void
libvirt_free (gpointer data)
{
  MtLibvirt *libvirt = data;

  g_free (libvirt->uri);
  g_free (libvirt);
}

void
mt_libvirt_close (MtLibvirt *libvirt)
{
  libvirt->module->close (libvirt->handle);
  libvirt_free (libvirt);
}

static gpointer
do_close (gpointer data, GError **error)
{
  const MtLibvirt *libvirt = data;

  (void)error;
  libvirt->module->close (libvirt->handle);
  return NULL;
}

/* libvirt says goodbye to the daemon and waits for its answer, so this is a call like any other,
 * with the same timeout. If a thread cannot be started, the connection stays open: that is better
 * than waiting indefinitely. */
void
mt_libvirt_close_in_time (MtLibvirt *libvirt)
{
  mt_call_with_timeout (do_close, libvirt, libvirt_free, NULL, libvirt->timeout_ms, libvirt->uri,
                        NULL);
}

char *
mt_libvirt_get_capabilities (const MtLibvirt *libvirt, GError **error)
{
  char *message = NULL;
  char *xml = libvirt->module->get_capabilities (libvirt->handle, &message);

  if (xml == NULL)
    mt_libvirt_set_error (message, "getting the capabilities", error);
  return xml;
}
