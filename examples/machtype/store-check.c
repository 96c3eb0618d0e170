/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype store check, machtype store info: whether the store is whole, and what is in it. */

#include "machtype-program.h"

#include "terminal.h"

static MachtypeStore *
open_store (const StoreOptions *options, GError **error)
{
  return store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
}

/* A note is worth knowing, and nothing is wrong. */
static gboolean
is_clean (GPtrArray *problems)
{
  guint i;

  for (i = 0; i < problems->len; i++) {
    if (machtype_finding_get_severity (problems->pdata[i]) > MACHTYPE_SEVERITY_NOTE)
      return FALSE;
  }
  return TRUE;
}

static void
print_check_json (const char *path, GPtrArray *problems)
{
  GString *json = json_begin ();

  json_text (json, "path", path);
  json_boolean (json, "clean", is_clean (problems));
  json_findings (json, "findings", problems);
  json_end (json);
}

static void
print_problem (const MachtypeFinding *problem)
{
  const char *const fields[] = {
    machtype_severity_to_string (machtype_finding_get_severity (problem)),
    machtype_finding_get_code (problem),
    machtype_finding_get_subject (problem),
    machtype_finding_get_message (problem),
    machtype_finding_get_remedy (problem),
  };

  print_fields (fields, G_N_ELEMENTS (fields));
}

static void
print_check (const char *path, GPtrArray *problems)
{
  guint i;

  if (problems->len != 0 && terminal_is_screen (stdout))
    findings_print (stdout, NULL, problems, FINDING_REMEDY, 0);
  else {
    for (i = 0; i < problems->len; i++)
      print_problem (problems->pdata[i]);
  }
  if (is_clean (problems))
    g_printerr ("the store %s is whole\n", path);
  else
    g_printerr ("the store %s has %u finding%s\n", path, problems->len,
                problems->len == 1 ? "" : "s");
}

/* A connection string can have a password in it, which the store does not show. */
static char *
dup_shown_path (MachtypeStore *store, const char *path)
{
  g_autoptr (MachtypeStoreInfo) info = NULL;

  if (!store_has_server (path))
    return g_strdup (path);
  info = machtype_store_read_info (store, NULL);
  return g_strdup (info != NULL ? machtype_store_info_get_path (info) : "postgresql:");
}

static int
check (const StoreOptions *options, gboolean json, GError **error)
{
  g_autofree char *given = store_options_dup_path (options, error);
  g_autoptr (MachtypeStore) store = given != NULL ? open_store (options, error) : NULL;
  g_autofree char *path = store != NULL ? dup_shown_path (store, given) : NULL;
  g_autoptr (GPtrArray) problems = store != NULL ? machtype_store_check (store, error) : NULL;

  if (problems == NULL)
    return STATUS_BACKEND;
  if (json)
    print_check_json (path, problems);
  else
    print_check (path, problems);
  return is_clean (problems) ? STATUS_DONE : STATUS_NO;
}

int
command_store_check (int argc, char **argv)
{
  StoreOptions options = { 0 };
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Reads everything in the store, and checks whether it is whole: SQLite's own\n"
      "check, the tables, each record and its history, and what belongs to no\n"
      "record. The store can be in use, and read-only. Nothing is changed.",
      "Exit status: 0 clean (notes are not counted), 1 findings, 2 usage, 3 the store\n"
      "cannot be read.\n\n"
      "Example:\n"
      "  machtype store check");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &options, FALSE);
  options_add_output (context, &json, "print a JSON object");
  if (options_parse (context, &argc, &argv, 0, 0, &status))
    status = check (&options, json, &error);
  if (error != NULL)
    status = report_answer (error, json);
  store_options_clear (&options);
  return status;
}

static void
add_row (Table *table, const char *what, const char *value)
{
  if (value == NULL)
    return;
  table_add (table, STYLE_DIM, what);
  table_add (table, STYLE_PLAIN, value);
}

static void
add_number (Table *table, const char *what, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  add_row (table, what, text);
}

static void
add_time (Table *table, const char *what, gint64 seconds)
{
  g_autofree char *text = seconds != 0 ? dup_time (seconds) : NULL;

  add_row (table, what, text);
}

/* A pipe gets plain numbers. */
static void
print_info (const MachtypeStoreInfo *info)
{
  static const char *const heads[] = { "", "", NULL };
  g_autoptr (Table) table = table_new (heads);
  const guint64 size = machtype_store_info_get_size (info);
  g_autofree char *text = terminal_is_screen (stdout)
                              ? g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS)
                              : g_strdup_printf ("%" G_GUINT64_FORMAT, size);

  add_row (table, "path", machtype_store_info_get_path (info));
  add_row (table, "kind", machtype_store_info_get_kind (info));
  add_number (table, "table version", machtype_store_info_get_table_version (info));
  add_row (table, "journal mode", machtype_store_info_get_journal_mode (info));
  add_row (table, "size", text);
  add_number (table, "records", machtype_store_info_get_n_records (info));
  add_number (table, "hosts", machtype_store_info_get_n_hosts (info));
  add_number (table, "changes", machtype_store_info_get_n_changes (info));
  add_number (table, "pending", machtype_store_info_get_n_pending (info));
  add_time (table, "first change", machtype_store_info_get_first_change (info));
  add_time (table, "last change", machtype_store_info_get_last_change (info));
  table_print (table, stdout, 0);
}

static gboolean
show_info (const StoreOptions *options, gboolean json, GError **error)
{
  g_autoptr (MachtypeStore) store = open_store (options, error);
  g_autoptr (MachtypeStoreInfo) info =
      store != NULL ? machtype_store_read_info (store, error) : NULL;

  if (info == NULL)
    return FALSE;
  if (json)
    json_print (machtype_store_info_to_json (info));
  else
    print_info (info);
  return TRUE;
}

int
command_store_info (int argc, char **argv)
{
  StoreOptions options = { 0 };
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context =
      options_new (NULL,
                   "Shows where the store is and what is in it: the version of its tables, the\n"
                   "journal mode, the size, the numbers of records, hosts, changes and pending\n"
                   "changes, and when the first record was added and the last change made. The\n"
                   "store can be in use, and read-only.",
                   "Exit status: 0 done, 2 usage, 3 the store cannot be read.\n\n"
                   "Example:\n"
                   "  machtype store info");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &options, FALSE);
  options_add_output (context, &json, "print a JSON object");
  if (options_parse (context, &argc, &argv, 0, 0, &status))
    status = show_info (&options, json, &error) ? STATUS_DONE : report_answer (error, json);
  store_options_clear (&options);
  return status;
}
