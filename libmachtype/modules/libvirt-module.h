/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What the library and its libvirt module say to each other. Private: both come from one build,
 * and version must be the library's to the letter. */

#define MT_LIBVIRT_MODULE_SYMBOL "machtype_libvirt_module"

/* A call that fails returns NULL (or FALSE) and stores why in *message, the caller's to free with
 * g_free. Every call may block. */
typedef struct {
  guint32 size; /* of this struct */
  char version[20];
  gboolean (*start_event_loop) (char **message);
  gpointer (*open) (const char *uri, char **message);
  char *(*get_capabilities) (gpointer connection, char **message);
  char *(*get_domain_capabilities) (gpointer connection, const char *emulator, const char *arch,
                                    const char *machine, const char *domain_type, char **message);
  void (*free_text) (char *text);
  void (*close) (gpointer connection);
} MtLibvirtModule;
