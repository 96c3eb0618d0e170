/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds and loads libmachtype's modules. */

#include "module-private.h"

#include <dlfcn.h>
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

/* A module's libraries can start threads and register atexit functions, as libvirt does: its code
 * must stay. dlopen itself, because GModule is one more library that every program would load. */
static void *
open_module (const char *name, const char *path, GError **error)
{
  void *module = dlopen (path, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  g_autofree char *why = NULL;

  if (module != NULL)
    return module;
  why = mt_foreign_message (dlerror ());
  mt_fail (error, MACHTYPE_ERROR_MODULE, "cannot load libmachtype's %s module: %s", name, why);
  return NULL;
}

const MtModuleHead *
mt_module_load (const char *name, gsize size, GError **error)
{
  g_autofree char *file = g_strdup_printf ("libmachtype-%s.so", name);
  g_autofree char *symbol = g_strdup_printf ("machtype_%s_module", name);
  g_autofree char *path = g_build_filename (get_module_dir (), file, NULL);
  void *module = open_module (name, path, error);
  const MtModuleHead *head;

  if (module == NULL)
    return NULL;
  head = dlsym (module, symbol);
  if (head != NULL && head->size == size && strcmp (head->version, MACHTYPE_VERSION_STRING) == 0)
    return head;
  mt_fail (error, MACHTYPE_ERROR_MODULE,
           "the module %s does not belong to this build of libmachtype (%s)", path,
           MACHTYPE_VERSION_STRING);
  return NULL;
}
