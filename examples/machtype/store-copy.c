/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype store copy: moves a store, for example from a file to a database. */

#include "machtype-program.h"

static void
print_json (guint64 n_copied, guint64 n_present)
{
  GString *json = json_begin ();

  json_integer (json, "copied", n_copied);
  json_integer (json, "present", n_present);
  json_end (json);
}

static MachtypeStore *
open_place (char *place, MachtypeStoreOpenFlags flags, GError **error)
{
  const StoreOptions options = { .path = place };

  return store_options_open (&options, flags, error);
}

static gboolean
copy (char *const *places, gboolean json, GError **error)
{
  g_autoptr (MachtypeStore) from = NULL, to = NULL;
  guint64 n_copied = 0, n_present = 0;

  from = open_place (places[0], MACHTYPE_STORE_OPEN_READ_ONLY, error);
  if (from != NULL)
    to = open_place (places[1], MACHTYPE_STORE_OPEN_CREATE, error);
  if (to == NULL || !machtype_store_copy (from, to, &n_copied, &n_present, error))
    return FALSE;
  if (json)
    print_json (n_copied, n_present);
  else
    g_print ("%" G_GUINT64_FORMAT " copied, %" G_GUINT64_FORMAT " already there; both stores have "
             "the same records and histories\n",
             n_copied, n_present);
  return TRUE;
}

int
command_store_copy (int argc, char **argv)
{
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context = options_new (
      "FROM TO",
      "Copies the store FROM with all histories and pending changes to the store TO,\n"
      "which is created if it does not exist, and compares both. Each is a file or a\n"
      "PostgreSQL database. After an interruption, run it again: what is there and\n"
      "is the same is left alone, what differs is reported and not replaced.",
      "Exit status: 0 done, 1 TO has other records of the same instances, 2 usage, 3 a\n"
      "store failed.\n\n"
      "Example:\n"
      "  machtype store copy /var/lib/machtype/records.db postgresql:service=fleet");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_output (context, &json, "print a JSON object");
  if (options_parse (context, &argc, &argv, 2, 2, &status))
    status = copy (argv + 1, json, &error) ? STATUS_DONE : report_answer (error, json);
  return status;
}
