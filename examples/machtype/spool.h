/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"

/* See hook/hook.c. */
#define SPOOL_DIRECTORY "/var/lib/machtype/spool"

/* Where a distribution's libvirt looks for the hook, and has the files of guests that run. */
#define HOOK_FILE "/etc/libvirt/hooks/qemu.d/50-machtype"
#define RUNTIME_DIRECTORY "/run/libvirt/qemu"

/* Whether these are the guests of this host alone, and its hook is in use. */
gboolean spool_is_usual (char **uris);

/* Keeps all records of a store in a spool, from where they are recorded later; see doc/spool.md. */
gboolean spool_keep (MachtypeStore *store, const char *directory, guint *n_kept, GError **error);

/* The name of this host; NULL: it has none. */
char *spool_dup_host_name (void);
