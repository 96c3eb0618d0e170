/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether libvirt has called the hook that keeps guests in a spool. libvirt remembers that there
 * was none until it is reloaded, and a hook that cannot write says so only in the log. */

#include "audit/run-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "recorder/recorder-private.h"

/* libvirt calls the hook before QEMU starts, and waits for it and for the other hooks: how long, in
 * seconds, that can take. */
#define MAX_STARTING 300

struct _MtAuditHook {
  char *program, *spool, *runtime;
  GHashTable *seen;   /* names of files of the spool */
  GHashTable *starts; /* of gint64, by UUID */
};

MtAuditHook *
mt_audit_hook_new (const char *program, const char *spool, const char *runtime)
{
  MtAuditHook *hook = g_new0 (MtAuditHook, 1);

  hook->program = g_strdup (program);
  hook->spool = g_strdup (spool);
  hook->runtime = g_strdup (runtime);
  hook->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  hook->starts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return hook;
}

void
mt_audit_hook_free (MtAuditHook *hook)
{
  if (hook == NULL)
    return;
  g_free (hook->program);
  g_free (hook->spool);
  g_free (hook->runtime);
  g_hash_table_unref (hook->seen);
  g_hash_table_unref (hook->starts);
  g_free (hook);
}

static gint64
get_time (const struct timespec *time)
{
  return (gint64)time->tv_sec * G_TIME_SPAN_SECOND + time->tv_nsec / 1000;
}

/* When a path became what it is, in microseconds: a package keeps the time of its build as that of
 * modification. A link can be newer than its file, and older. 0: there is no such file. */
static gint64
read_installed (const char *path)
{
  struct stat link, file;

  if (lstat (path, &link) != 0 || stat (path, &file) != 0)
    return 0;
  return MAX (get_time (&link.st_ctim), get_time (&file.st_ctim));
}

/* When QEMU was started: libvirt writes its number then, and never again. 0: not known. Source:
 * libvirt's src/qemu/qemu_process.c, qemuProcessPrepareHost and qemuProcessLaunch. */
static gint64
read_started (const MtAuditHook *hook, const char *name)
{
  g_autofree char *file_name = g_strconcat (name, ".pid", NULL);
  g_autofree char *path = g_build_filename (hook->runtime, file_name, NULL);
  struct stat file;

  if (strchr (name, '/') != NULL || stat (path, &file) != 0)
    return 0;
  return get_time (&file.st_mtim);
}

gboolean
mt_audit_hook_is_silent (MtAuditHook *hook, const char *name, const char *uuid)
{
  const gint64 installed = read_installed (hook->program);
  const gint64 started = installed != 0 ? read_started (hook, name) : 0;
  g_autoptr (GError) why = NULL;
  gint64 told = 0;

  if (started <= installed)
    return FALSE;
  /* A hook that was never called has made no spool. */
  if (!mt_spool_find_start (hook->spool, hook->seen, hook->starts, uuid, &told, &why))
    return g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND);
  return told < started / G_TIME_SPAN_SECOND - MAX_STARTING;
}
