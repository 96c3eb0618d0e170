/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype import and export: records as JSON Lines. */

#include "machtype-program.h"

#include <string.h>

/* The number of records that are sorted before they are written: an ordered store grows at its end.
 */
#define BATCH 10000

typedef struct {
  guint64 line;
  MachtypeRecord *record;
} Item;

typedef struct {
  gboolean json, skip_bad, dry_run;
  StoreOptions store_options;
  MachtypeStore *store;
  MachtypeStore *original; /* of a dry run, which is only read; NULL: none */
  GArray *batch;           /* of Item */
  guint64 line, bad;
  guint64 counts[N_STORE_OUTCOMES];
  gboolean pending; /* some failed because a change is pending */
  GError *error;    /* that stops it */
} Import;

static void
item_clear (gpointer data)
{
  machtype_record_unref (((Item *)data)->record);
}

static void
refuse (Import *import, guint64 line, const GError *error)
{
  GString *json;

  g_printerr ("line %" G_GUINT64_FORMAT ": %s\n", line, error->message);
  import->bad++;
  if (!import->json)
    return;
  json = json_begin ();
  json_integer (json, "line", line);
  json_text (json, "error", code_of (error));
  json_text (json, "message", error->message);
  json_end (json);
}

/* Images name it, too, by hw_architecture or Glance's own name. */
static gboolean
add_arch (MachtypeRecordBuilder *builder, const MachtypeRecord *record, GError **error)
{
  const MachtypeArch arch = machtype_properties_get_guest_arch (
      machtype_record_get_properties (record), MACHTYPE_ARCH_UNKNOWN);

  return machtype_record_get_arch (record) != MACHTYPE_ARCH_UNKNOWN ||
         arch == MACHTYPE_ARCH_UNKNOWN || machtype_record_builder_set_arch (builder, arch, error);
}

/* The revision is that of another store. */
static MachtypeRecord *
read_record (const char *line, GError **error)
{
  g_autoptr (MachtypeRecord) record =
      machtype_record_new_from_json (line, -1, MACHTYPE_JSON_READ_STRICT, error);
  g_autoptr (MachtypeRecordBuilder) builder = NULL;

  if (record == NULL)
    return NULL;
  builder = machtype_record_builder_new_from (record);
  machtype_record_builder_set_revision (builder, 0);
  return add_arch (builder, record, error) ? machtype_record_builder_end (builder) : NULL;
}

/* By instance; if one occurs twice, in the order of the lines. */
static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;
  int order = strcmp (machtype_record_get_uuid (x->record), machtype_record_get_uuid (y->record));

  return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* A dry run writes to a store in memory, which has a copy of each record that it is about. */
static gboolean
copy_record (const Import *import, const char *uuid, GError **error)
{
  g_autoptr (MachtypeRecord) copied = machtype_store_read_record (import->store, uuid, NULL);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL;
  g_autoptr (GError) why = NULL;

  if (copied != NULL)
    return TRUE;
  record = machtype_store_read_record (import->original, uuid, &why);
  if (record != NULL) {
    added = machtype_store_add (import->store, record, NULL, error);
    return added != NULL;
  }
  if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* NULL: the error is set. */
static MachtypeRecord *
write_record (const Import *import, MachtypeRecord *record, const char *author,
              MachtypeStoreOutcome *outcome, GError **error)
{
  const char *uuid = machtype_record_get_uuid (record);
  g_autoptr (MachtypeRecord) stored = NULL;

  if (import->original != NULL && !copy_record (import, uuid, error))
    return NULL;
  stored = machtype_store_record_missing (import->store, record, author, outcome, error);
  if (stored == NULL || import->original == NULL || *outcome != MACHTYPE_STORE_OUTCOME_FILLED)
    return g_steal_pointer (&stored);
  return pending_check (import->original, uuid, error) ? g_steal_pointer (&stored) : NULL;
}

static void
write_item (Import *import, const Item *item, const char *author)
{
  g_autoptr (MachtypeRecord) stored = NULL;
  g_autoptr (GError) error = NULL;
  MachtypeStoreOutcome outcome;

  stored = write_record (import, item->record, author, &outcome, &error);
  if (stored != NULL)
    import->counts[outcome_find (outcome)]++;
  else if (status_of (error) == STATUS_BACKEND)
    import->error = g_steal_pointer (&error);
  else {
    import->pending |= g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_PENDING);
    refuse (import, item->line, error);
  }
}

static void
write_batch (Import *import)
{
  g_autofree char *author = dup_author ();
  guint i;

  g_array_sort (import->batch, compare_items);
  for (i = 0; i < import->batch->len && import->error == NULL; i++)
    write_item (import, &g_array_index (import->batch, Item, i), author);
  g_array_set_size (import->batch, 0);
}

/* What another tool or an older version has recorded is kept. */
static void
warn_of_name (const Item *item)
{
  const char *machine = machtype_record_get_machine (item->record);
  g_autofree char *label = g_strdup_printf ("line %" G_GUINT64_FORMAT ": warning", item->line);

  if (machine != NULL)
    warn_of_impossible (label, machine, machtype_record_get_arch (item->record), NULL);
}

/* A later release may have written a value that this one does not know. */
static void
warn_of_properties (const Item *item)
{
  MachtypeProperties *properties = machtype_record_get_properties (item->record);
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_auto (GStrv) unused = machtype_properties_dup_unused_names (properties);
  g_autofree char *label = g_strdup_printf ("line %" G_GUINT64_FORMAT ": warning", item->line);
  guint i;

  warn_of_unknown_names (label, properties);
  for (i = 0; unused[i] != NULL; i++) {
    g_autoptr (GError) why = NULL;

    if (!machtype_properties_builder_add_image (
            builder, unused[i], machtype_properties_get_image (properties, unused[i]), &why))
      g_printerr ("%s: %s; the value is kept\n", label, why->message);
  }
}

static void
on_line (const char *line, gpointer data)
{
  Import *import = data;
  g_autoptr (GError) error = NULL;
  Item item = { ++import->line, NULL };

  if (import->error != NULL || *line == '\0')
    return;
  item.record = read_record (line, &error);
  if (item.record == NULL && status_of (error) == STATUS_BACKEND)
    import->error = g_steal_pointer (&error);
  else if (item.record == NULL)
    refuse (import, item.line, error);
  if (item.record == NULL)
    return;
  warn_of_name (&item);
  warn_of_properties (&item);
  g_array_append_val (import->batch, item);
  if (import->batch->len == BATCH)
    write_batch (import);
}

static void
on_bad_line (const char *why, gpointer data)
{
  Import *import = data;
  g_autoptr (GError) error =
      g_error_new_literal (MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, why);

  refuse (import, ++import->line, error);
}

static void
print_counts (const Import *import, gboolean is_written)
{
  GString *json = json_begin ();
  guint i;

  json_integer (json, "lines", import->line);
  for (i = 0; i < N_STORE_OUTCOMES; i++)
    json_integer (json, outcome_to_word (i), import->counts[i]);
  json_integer (json, "bad", import->bad);
  json_boolean (json, "written", is_written);
  json_end (json);
}

static int
end_import (Import *import, GError **error)
{
  gboolean keep = !import->dry_run && (import->bad == 0 || import->skip_bad);
  gboolean all = import->bad == 0;
  guint i;

  if (!keep)
    machtype_store_rollback (import->store);
  else if (!machtype_store_commit (import->store, error))
    return STATUS_BACKEND;
  g_printerr ("%" G_GUINT64_FORMAT " lines: ", import->line);
  for (i = 0; i < N_STORE_OUTCOMES; i++)
    g_printerr ("%" G_GUINT64_FORMAT " %s, ", import->counts[i], outcome_to_word (i));
  g_printerr ("%" G_GUINT64_FORMAT " bad%s\n", import->bad, keep ? "" : "; nothing was written");
  if (import->json)
    print_counts (import, keep);
  if (import->pending)
    return STATUS_CONFLICT;
  return all ? STATUS_DONE : STATUS_NO;
}

/* A dry run opens the store only to read. */
static gboolean
open_store (Import *import, GError **error)
{
  if (!import->dry_run) {
    import->store = store_options_open (&import->store_options, MACHTYPE_STORE_OPEN_CREATE, error);
    return import->store != NULL;
  }
  import->original = store_options_open_or_empty (&import->store_options, error);
  if (import->original != NULL)
    import->store = machtype_store_open_memory ();
  return import->original != NULL;
}

static int
import_lines (Import *import, const char *path, GError **error)
{
  int status;

  if (!open_store (import, error) || !machtype_store_begin (import->store, error))
    return STATUS_BACKEND;
  import->batch = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (import->batch, item_clear);
  status = for_each_line_of (path, on_line, on_bad_line, import);
  write_batch (import);
  g_array_unref (import->batch);
  if (status != STATUS_DONE || import->error != NULL) {
    machtype_store_rollback (import->store);
    if (import->error != NULL)
      g_propagate_error (error, g_steal_pointer (&import->error));
    return status != STATUS_DONE ? status : STATUS_BACKEND;
  }
  return end_import (import, error);
}

int
command_import (int argc, char **argv)
{
  Import import = { 0 };
  const GOptionEntry entries[] = {
    { "skip-bad", 0, 0, G_OPTION_ARG_NONE, &import.skip_bad, "skip bad lines, write the others",
      NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &import.dry_run,
      "report what would be done, write nothing", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "FILE|-",
      "Reads records from JSON Lines, as export writes them. What is recorded stays,\n"
      "what is missing is filled in. Bad lines are reported with their number and the\n"
      "reason; if there are any, nothing is written. A value of a property that this\n"
      "release does not know is kept, with a warning.",
      "Exit status: 0 done, 1 some lines are bad, 2 usage, 3 the store or a file\n"
      "failed, 75 changed concurrently, or a change is pending.\n\n"
      "Example:\n"
      "  machtype import --dry-run records.jsonl");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_store (context, &import.store_options, FALSE);
  options_add_output (context, &import.json, "print JSON: each bad line, then the counts");
  if (options_parse (context, &argc, &argv, 1, 1, &status))
    status = import_lines (&import, strcmp (argv[1], "-") != 0 ? argv[1] : NULL, &error);
  if (error != NULL)
    status = report_answer (error, import.json);
  g_clear_object (&import.store);
  g_clear_object (&import.original);
  store_options_clear (&import.store_options);
  return status;
}

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  (void)data;
  json_print (machtype_record_to_json (record));
  return TRUE;
}

/* Without any record, the place may be unknown. */
static gboolean
export_records (const StoreOptions *options, const char *cell, const char *host, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autofree char *unknown = NULL;

  if (store == NULL || !pending_warn (store, NULL, error) ||
      !find_unknown_place (store, cell, host, NULL, &unknown, error))
    return FALSE;
  if (unknown != NULL)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s", unknown);
  return machtype_store_foreach (store, cell, host, on_record, NULL, error);
}

int
command_export (int argc, char **argv)
{
  StoreOptions store_options = { 0 };
  char *cell = NULL, *host = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "cell", 0, 0, G_OPTION_ARG_STRING, &cell, "only instances of this cell", "CELL" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &host, "only instances on this host", "NAME" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Writes all records as JSON Lines, for import and other tools. Histories are not\n"
      "exported.",
      "Exit status: 0 done, 2 no such cell or host, or usage, 3 the store failed.\n\n"
      "Example:\n"
      "  machtype export --host compute-1 >records.jsonl");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_store (context, &store_options, FALSE);
  options_add_output (context, &json, "print JSON, as without it; also an error");
  if (options_parse (context, &argc, &argv, 0, 0, &status) &&
      export_records (&store_options, cell, host, &error))
    status = STATUS_DONE;
  if (error != NULL)
    status = report_answer (error, json);
  g_free (cell);
  g_free (host);
  store_options_clear (&store_options);
  return status;
}
