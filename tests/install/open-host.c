/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens a host that does not exist, to see which module is loaded for it. */
#include <machtype/machtype.h>

int
main (void)
{
  GError *error = NULL;
  MachtypeHost *host = machtype_host_open ("qemu+unix:///system?socket=/nonexistent",
                                           MACHTYPE_HOST_OPEN_NONE, 10000, &error);

  if (host == NULL)
    g_printerr ("%s\n", error->message);
  g_clear_error (&error);
  machtype_host_unref (host);
  return 0;
}
