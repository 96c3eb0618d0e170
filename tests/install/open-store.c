/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens a store in a file, for which the library loads a module. */
#include <machtype/machtype.h>

int
main (int argc, char **argv)
{
  GError *error = NULL;
  MachtypeStore *store =
      machtype_store_open (argc == 2 ? argv[1] : "", MACHTYPE_STORE_OPEN_CREATE, 10000, &error);

  if (store == NULL)
    g_printerr ("%s\n", error->message);
  g_clear_error (&error);
  if (store == NULL)
    return 1;
  g_object_unref (store);
  return 0;
}
