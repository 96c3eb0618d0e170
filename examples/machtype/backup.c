/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype store backup: a copy of the store, which can be in use. */

#include "machtype-program.h"

static void
print_json (const char *path)
{
  GString *json = json_begin ();

  json_text (json, "file", path);
  json_end (json);
}

static gboolean
back_up (const StoreOptions *options, const char *path, gboolean json, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  gboolean ok;

  if (store == NULL)
    return FALSE;
  /* The file is complete or absent, even if the command is interrupted. */
  signals_delay ();
  ok = machtype_store_backup (store, path, error);
  if (ok && json)
    print_json (path);
  else if (ok)
    g_print ("The backup is complete: %s\n", path);
  signals_deliver ();
  return ok;
}

int
command_store_backup (int argc, char **argv)
{
  StoreOptions options = { 0 };
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context =
      options_new ("FILE",
                   "Copies the store with all histories to FILE, which must not exist. The store\n"
                   "can be in use. The file appears once it is complete and on disk.",
                   "Exit status: 0 done, 1 FILE exists, 2 usage, 3 the store or a file failed.\n\n"
                   "Example:\n"
                   "  machtype store backup /srv/backup/records.db");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &options, FALSE);
  options_add_output (context, &json, "print a JSON object");
  if (options_parse (context, &argc, &argv, 1, 1, &status))
    status = back_up (&options, argv[1], json, &error) ? STATUS_DONE : report_answer (error, json);
  store_options_clear (&options);
  return status;
}
