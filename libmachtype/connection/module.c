/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading modules/libvirt, and opening connections with it. */

#include "connection/connection-private.h"

#include <dlfcn.h>
#include <gmodule.h>
#include <string.h>
#include <sys/auxv.h>

#include "error-private.h"

/* Where modules are looked for instead of MACHTYPE_MODULE_DIR, for a tree that is not installed.
 * Ignored where the caller's environment must not be trusted. */
#define MODULE_DIR_VARIABLE "MACHTYPE_MODULE_DIR"

/* The same since libvirt 0.0.2. */
#define LIBVIRT_SONAME "libvirt.so.0"

static const char *
get_module_dir (void)
{
  const char *override = getauxval (AT_SECURE) == 0 ? g_getenv (MODULE_DIR_VARIABLE) : NULL;

  return override != NULL && *override != '\0' ? override : MACHTYPE_MODULE_DIR;
}

static GModule *
open_module (const char *path, GError **error)
{
  GModule *module = g_module_open (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  g_autofree char *why = NULL;

  if (module != NULL) {
    /* libvirt starts threads and registers atexit functions: its code must stay. */
    g_module_make_resident (module);
    return module;
  }
  why = mt_foreign_message (g_module_error ());
  mt_fail (error, MACHTYPE_ERROR_MODULE, "the libvirt module of libmachtype cannot be loaded: %s",
           why);
  return NULL;
}

static const MtLibvirtModule *
load (GError **error)
{
  const MtLibvirtModule *vtable = NULL;
  g_autofree char *path = g_build_filename (get_module_dir (), "libmachtype-libvirt.so", NULL);
  GModule *module = open_module (path, error);
  gpointer symbol = NULL;

  if (module == NULL)
    return NULL;
  if (g_module_symbol (module, MT_LIBVIRT_MODULE_SYMBOL, &symbol))
    vtable = symbol;
  if (vtable == NULL || vtable->size != sizeof *vtable ||
      strcmp (vtable->version, MACHTYPE_VERSION_STRING) != 0) {
    mt_fail (error, MACHTYPE_ERROR_MODULE, "the module %s is not of this build of libmachtype (%s)",
             path, MACHTYPE_VERSION_STRING);
    return NULL;
  }
  return vtable;
}

/* Whoever has libvirt in the process may have told it what to do with errors. */
static gboolean
is_libvirt_loaded (void)
{
  void *found = dlopen (LIBVIRT_SONAME, RTLD_LAZY | RTLD_NOLOAD);

  if (found == NULL)
    return FALSE;
  dlclose (found);
  return TRUE;
}

const MtLibvirtModule *
mt_libvirt_load (GError **error)
{
  static GMutex mutex;
  const MtLibvirtModule *module;
  gboolean was_loaded;

  g_mutex_lock (&mutex);
  was_loaded = is_libvirt_loaded ();
  module = load (error);
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

gpointer
mt_libvirt_open (const MtLibvirtModule *module, const char *uri, gboolean event_loop,
                 GError **error)
{
  g_autofree char *shown = NULL, *doing = NULL;
  char *message = NULL;
  gpointer connection;

  if (event_loop && !module->start_event_loop (&message)) {
    mt_libvirt_set_error (message, "registering an event loop", error);
    return NULL;
  }
  connection = module->open (uri, &message);
  if (connection != NULL)
    return connection;
  shown = mt_shown (uri);
  doing = g_strdup_printf ("opening %s", shown);
  mt_libvirt_set_error (message, doing, error);
  return NULL;
}
