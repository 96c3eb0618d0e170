/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine as a host. */

#include "machtype-program.h"

#include <unistd.h>

/* More than any os-release has. */
#define TEXT_MAX (64 * 1024)

/* Proxmox VE has the os-release of Debian, and a command of its own. */
#define PROXMOX_COMMAND "/usr/bin/pveversion"

char *
uri_dup_host (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NON_DNS, NULL);
  const char *host = parsed != NULL ? g_uri_get_host (parsed) : NULL;

  if (parsed == NULL)
    return NULL;
  return g_strdup (host != NULL ? host : "");
}

gboolean
uri_is_local (const char *uri)
{
  g_autofree char *host = uri_dup_host (uri);

  return host != NULL && *host == '\0';
}

MachtypePlatform *
platform_open_local (guint64 qemu_version, GError **error)
{
  static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
  const char *path = access (paths[0], F_OK) == 0 ? paths[0] : paths[1];
  g_autofree char *text = NULL;
  gsize length;

  if (access (PROXMOX_COMMAND, F_OK) == 0) {
    set_error (error, MACHTYPE_ERROR_NOT_FOUND,
               "it runs Proxmox VE, whose release os-release does not name");
    return NULL;
  }
  text = read_file (path, TEXT_MAX, &length, error);
  return text != NULL ? machtype_platform_new_for_os_release (text, qemu_version, error) : NULL;
}
