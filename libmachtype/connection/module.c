/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loading modules/libvirt, and opening connections with it. */

#include "connection/connection-private.h"

#include <gmodule.h>
#include <string.h>
#include <sys/auxv.h>

#include "error-private.h"

/* Where modules are looked for instead of MACHTYPE_MODULE_DIR, for a tree that is not installed.
 * Ignored where the caller's environment must not be trusted. */
#define MODULE_DIR_VARIABLE "MACHTYPE_MODULE_DIR"

static const char *
get_module_dir (void)
{
  const char *override = getauxval (AT_SECURE) == 0 ? g_getenv (MODULE_DIR_VARIABLE) : NULL;

  return override != NULL && *override != '\0' ? override : MACHTYPE_MODULE_DIR;
}

const MtLibvirtModule *
mt_libvirt_load (GError **error)
{
  const MtLibvirtModule *vtable = NULL;
  g_autofree char *path = NULL;
  GModule *module;
  gpointer symbol = NULL;

  path = g_build_filename (get_module_dir (), "libmachtype-libvirt.so", NULL);
  module = g_module_open (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  if (module == NULL) {
    g_autofree char *why = mt_locale_to_utf8 (g_module_error ());

    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE,
                 "the libvirt module of libmachtype cannot be loaded: %s", why);
    return NULL;
  }
  /* libvirt starts threads and registers atexit functions: its code must stay. */
  g_module_make_resident (module);
  if (g_module_symbol (module, MT_LIBVIRT_MODULE_SYMBOL, &symbol))
    vtable = symbol;
  if (vtable == NULL || vtable->size != sizeof *vtable ||
      strcmp (vtable->version, MACHTYPE_VERSION_STRING) != 0) {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE,
                 "the module %s is not of this build of libmachtype (%s)", path,
                 MACHTYPE_VERSION_STRING);
    return NULL;
  }
  return vtable;
}

gboolean
mt_libvirt_set_error (char *message, const char *doing, GError **error)
{
  g_autofree char *why = mt_locale_to_utf8 (message != NULL ? message : "unknown error");

  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT, "%s: %s", doing, why);
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
