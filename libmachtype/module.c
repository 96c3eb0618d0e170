/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds and loads libmachtype's modules. */

#include "module-private.h"

#include <gmodule.h>
#include <string.h>
#include <sys/auxv.h>

#include "error-private.h"

/* The directory of modules instead of MACHTYPE_MODULE_DIR, for a tree that is not installed.
 * Ignored if the caller's environment must not be trusted. */
#define MODULE_DIR_VARIABLE "MACHTYPE_MODULE_DIR"

static const char *
get_module_dir (void)
{
  const char *override = getauxval (AT_SECURE) == 0 ? g_getenv (MODULE_DIR_VARIABLE) : NULL;

  return override != NULL && *override != '\0' ? override : MACHTYPE_MODULE_DIR;
}

static GModule *
open_module (const char *name, const char *path, GError **error)
{
  GModule *module = g_module_open (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  g_autofree char *why = NULL;

  if (module != NULL) {
    /* A module's libraries can start threads and register atexit functions, as libvirt does: its
     * code must stay. */
    g_module_make_resident (module);
    return module;
  }
  why = mt_foreign_message (g_module_error ());
  mt_fail (error, MACHTYPE_ERROR_MODULE, "cannot load libmachtype's %s module: %s", name, why);
  return NULL;
}

const MtModuleHead *
mt_module_load (const char *name, gsize size, GError **error)
{
  g_autofree char *file = g_strdup_printf ("libmachtype-%s.so", name);
  g_autofree char *symbol = g_strdup_printf ("machtype_%s_module", name);
  g_autofree char *path = g_build_filename (get_module_dir (), file, NULL);
  GModule *module = open_module (name, path, error);
  const MtModuleHead *head = NULL;
  gpointer found = NULL;

  if (module == NULL)
    return NULL;
  if (g_module_symbol (module, symbol, &found))
    head = found;
  if (head != NULL && head->size == size && strcmp (head->version, MACHTYPE_VERSION_STRING) == 0)
    return head;
  mt_fail (error, MACHTYPE_ERROR_MODULE,
           "the module %s does not belong to this build of libmachtype (%s)", path,
           MACHTYPE_VERSION_STRING);
  return NULL;
}
