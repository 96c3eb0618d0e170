/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype instance add, set, delete; history. */

#include "report.h"
#include "selection.h"

#include <string.h>

#include "terminal.h"

typedef struct {
  char *name, *host, *host_uuid, *cell, *arch, *state, *machine;
  char **properties;
  gboolean json, force, dry_run, yes;
  StoreOptions store;
  Selection selection;
} InstanceOptions;

static void
add_store (GOptionContext *context, InstanceOptions *o)
{
  const GOptionEntry entries[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry_run, "report what would be done, write nothing",
      NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add (context, entries);
  options_add_store (context, &o->store, FALSE);
  options_add_output (context, &o->json, "print the record as a JSON object");
}

static void
add_entries (GOptionContext *context, InstanceOptions *o, gboolean with_machine)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name, "the instance's name", "NAME" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &o->host, "the name of its host", "NAME" },
    { "host-uuid", 0, 0, G_OPTION_ARG_STRING, &o->host_uuid, "the UUID of its host", "UUID" },
    { "cell", 0, 0, G_OPTION_ARG_STRING, &o->cell, "the cell of its host", "CELL" },
    { "arch", 0, 0, G_OPTION_ARG_STRING, &o->arch, "the guest's architecture", "ARCH" },
    { "state", 0, 0, G_OPTION_ARG_STRING, &o->state, "its state, as Nova or libvirt names it",
      "STATE" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  const GOptionEntry machine_entries[] = {
    { "machine", 0, 0, G_OPTION_ARG_STRING, &o->machine, "its machine type", "TYPE" },
    { "property", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &o->properties,
      "an image property; can be repeated", "NAME=VALUE" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add (context, entries);
  if (with_machine)
    options_add (context, machine_entries);
  add_store (context, o);
}

static void
instance_options_clear (InstanceOptions *o)
{
  g_free (o->name);
  g_free (o->host);
  g_free (o->host_uuid);
  g_free (o->cell);
  g_free (o->arch);
  g_free (o->state);
  g_free (o->machine);
  g_strfreev (o->properties);
  store_options_clear (&o->store);
  selection_clear (&o->selection);
}

static gboolean
set_arch (MachtypeRecordBuilder *builder, const char *text, GError **error)
{
  MachtypeArch arch = machtype_arch_from_string (text, error);

  return arch != MACHTYPE_ARCH_UNKNOWN && machtype_record_builder_set_arch (builder, arch, error);
}

/* What was not given is unchanged. */
static gboolean
set_place (MachtypeRecordBuilder *builder, const InstanceOptions *o, const MachtypeRecord *there,
           GError **error)
{
  const char *host = o->host, *host_uuid = o->host_uuid;

  /* A host with another name is another host. */
  if (there != NULL &&
      (host == NULL || g_strcmp0 (host, machtype_record_get_host_name (there)) == 0)) {
    host = host != NULL ? host : machtype_record_get_host_name (there);
    host_uuid = host_uuid != NULL ? host_uuid : machtype_record_get_host_uuid (there);
  }
  return (o->name == NULL || machtype_record_builder_set_name (builder, o->name, error)) &&
         ((o->host == NULL && o->host_uuid == NULL) ||
          machtype_record_builder_set_host (builder, host, host_uuid, error)) &&
         (o->cell == NULL || machtype_record_builder_set_cell (builder, o->cell, error)) &&
         (o->state == NULL || machtype_record_builder_set_state (builder, o->state, error)) &&
         (o->arch == NULL || set_arch (builder, o->arch, error));
}

static gboolean
set_properties (MachtypeRecordBuilder *builder, char **properties, GError **error)
{
  for (; properties != NULL && *properties != NULL; properties++) {
    g_autofree char *name = NULL;
    const char *value = NULL;

    if (!split_pair (*properties, "--property", &name, &value, error) ||
        !machtype_record_builder_set_property (builder, name, value, error))
      return FALSE;
  }
  return TRUE;
}

/* What was done, or would be. NULL: it was not stored, which is FALSE. */
static gboolean
print_stored (const InstanceOptions *o, const MachtypeRecord *stored, const char *would)
{
  GString *json;

  if (stored == NULL)
    return FALSE;
  if (!o->json) {
    if (o->dry_run)
      g_print ("Would %s the record of instance %s\n", would, machtype_record_get_uuid (stored));
    return TRUE;
  }
  json = json_begin_with (machtype_record_to_json (stored));
  if (o->dry_run)
    json_boolean (json, "dry_run", TRUE);
  json_end (json);
  return TRUE;
}

static MachtypeStore *
open_store (const InstanceOptions *o, GError **error)
{
  return store_options_open (
      &o->store, o->dry_run ? MACHTYPE_STORE_OPEN_READ_ONLY : MACHTYPE_STORE_OPEN_NONE, error);
}

/* NULL: the error is set. */
static MachtypeRecord *
preview_adding (const InstanceOptions *o, MachtypeRecord *record, GError **error)
{
  const char *uuid = machtype_record_get_uuid (record);
  g_autoptr (MachtypeStore) store = store_options_open_or_empty (&o->store, error);
  g_autoptr (MachtypeRecord) there = NULL;
  g_autoptr (GError) why = NULL;

  if (store == NULL)
    return NULL;
  there = machtype_store_read_record (store, uuid, &why);
  if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return machtype_record_ref (record);
  if (there != NULL)
    set_error (error, MACHTYPE_ERROR_EXISTS, "instance %s already has a record", uuid);
  else
    g_propagate_error (error, g_steal_pointer (&why));
  return NULL;
}

static MachtypeRecord *
add_record (const InstanceOptions *o, MachtypeRecord *record, GError **error)
{
  g_autofree char *author = dup_author ();
  g_autoptr (MachtypeStore) store = NULL;

  if (o->dry_run)
    return preview_adding (o, record, error);
  store = store_options_open (&o->store, MACHTYPE_STORE_OPEN_CREATE, error);
  return store != NULL ? machtype_store_add (store, record, author, error) : NULL;
}

static gboolean
add_instance (const InstanceOptions *o, const char *uuid, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, error);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL;

  if (builder == NULL || (o->machine != NULL && !check_possible (o->machine, error)) ||
      !set_place (builder, o, NULL, error) || !set_properties (builder, o->properties, error) ||
      !machtype_record_builder_set_machine (builder, o->machine, NULL, MACHTYPE_SOURCE_OPERATOR,
                                            error))
    return FALSE;
  record = machtype_record_builder_end (builder);
  added = add_record (o, record, error);
  if (added != NULL)
    warn_of_unknown_names ("warning", machtype_record_get_properties (record));
  return print_stored (o, added, "add");
}

static gboolean
set_instance (const InstanceOptions *o, const char *text, GError **error)
{
  g_autoptr (MachtypeStore) store = open_store (o, error);
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) record = NULL, changed = NULL, stored = NULL;
  g_autofree char *author = dup_author ();

  if (store != NULL)
    record = find_record_of (store, text, error);
  if (record == NULL)
    return FALSE;
  builder = machtype_record_builder_new_from (record);
  if (!set_place (builder, o, record, error))
    return FALSE;
  changed = machtype_record_builder_end (builder);
  stored = o->dry_run ? machtype_record_ref (changed)
                      : machtype_store_replace (store, record, changed, author, error);
  return print_stored (o, stored, "change");
}

/* Its host may no longer exist, either. */
static gboolean
drop_pending (MachtypeStore *store, const char *uuid, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeIntention) intention = NULL;

  if (!pending_warn (store, uuid, error))
    return FALSE;
  intention = machtype_store_find_intention (store, uuid, &why);
  if (intention != NULL)
    return machtype_store_drop_intention (store, intention, error);
  return pass_on (error, &why);
}

static gboolean
delete_record (const InstanceOptions *o, MachtypeStore *store, MachtypeRecord *record,
               GError **error)
{
  if (o->dry_run)
    return o->force || pending_check (store, machtype_record_get_uuid (record), error);
  return (!o->force || drop_pending (store, machtype_record_get_uuid (record), error)) &&
         machtype_store_remove (store, record, error);
}

static int
delete_several (const InstanceOptions *o, MachtypeStore *store, GPtrArray *uuids)
{
  g_autoptr (Report) report = report_new (o->json, o->dry_run, "deleted", "would be deleted");
  gboolean more = TRUE;
  guint i;

  for (i = 0; i < uuids->len && more; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuids->pdata[i], &error);

    if (record != NULL && delete_record (o, store, record, &error)) {
      const char *machine = machtype_record_get_machine (record);

      report_add (report, record, NULL, machine, machine, STATUS_DONE);
      if (o->json)
        print_stored (o, record, "delete");
      continue;
    }
    report_add_error (report, uuids->pdata[i], record, error, status_of (error));
    more = !report_ends_run (error);
  }
  return report_end (report, uuids->len - i);
}

/* What is selected is shown first: it is more than was typed. */
static int
delete_instances (InstanceOptions *o, char **names, int n, GError **error)
{
  const gboolean only_shown = selection_is_set (&o->selection) && !o->yes && !o->dry_run;
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  g_autoptr (GPtrArray) uuids = NULL;
  int status;

  o->dry_run |= only_shown;
  store = open_store (o, error);
  if (store != NULL && n == 1) {
    record = find_record_of (store, names[0], error);
    return record != NULL && delete_record (o, store, record, error) &&
                   print_stored (o, record, "delete")
               ? STATUS_DONE
               : STATUS_NO;
  }
  if (store != NULL)
    uuids = selection_read (&o->selection, &(Instance){ .store = store }, names, n, error);
  if (uuids == NULL)
    return STATUS_NO;
  status = delete_several (o, store, uuids);
  if (only_shown)
    g_printerr ("--yes deletes them\n");
  return status;
}

typedef gboolean (*InstanceFunc) (const InstanceOptions *o, const char *text, GError **error);

static int
run (int argc, char **argv, GOptionContext *context, InstanceOptions *o, InstanceFunc func)
{
  g_autoptr (GError) error = NULL;
  int status;

  if (options_parse (context, &argc, &argv, 1, 1, &status))
    status = func (o, argv[1], &error) ? STATUS_DONE : report_answer (error, o->json);
  instance_options_clear (o);
  return status;
}

int
command_instance_add (int argc, char **argv)
{
  InstanceOptions o = { 0 };
  g_autoptr (GOptionContext) context =
      options_new ("UUID", "Adds a record for an instance that has none.",
                   "Exit status: 0 done, 1 there is a record, 2 bad input or usage, 3 the store\n"
                   "failed, 75 changed concurrently.\n\n"
                   "Example:\n"
                   "  machtype instance add 6f1d4b5e-4a0e-4d6c-9f6e-2b1a8c0f7d35 --name web \\\n"
                   "      --arch x86_64 --machine pc-q35-7.2 --state stopped");

  add_entries (context, &o, TRUE);
  return run (argc, argv, context, &o, add_instance);
}

int
command_instance_set (int argc, char **argv)
{
  InstanceOptions o = { 0 };
  g_autoptr (GOptionContext) context =
      options_new ("GUEST",
                   "Changes the name, host, cell, architecture or state in a record. Use\n"
                   "update-machine-type to change the machine type, and image-property set to\n"
                   "change image properties.",
                   "Exit status: 0 done, 1 no such instance, 2 bad input or usage, 3 the store\n"
                   "failed, 75 changed concurrently.\n\n"
                   "Example:\n"
                   "  machtype instance set web --state stopped");

  add_entries (context, &o, FALSE);
  return run (argc, argv, context, &o, set_instance);
}

int
command_instance_delete (int argc, char **argv)
{
  InstanceOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &o.force, "even while a change of it is pending", NULL },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &o.yes, "delete what is selected, not only show it", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "[GUEST...]",
      "Deletes the records and the history of instances that no longer exist. Guests\n"
      "that are selected, not named, are only shown without --yes.",
      "Exit status: 0 done, 1 no such instance, 2 bad input or usage, 3 the store\n"
      "failed, 75 changed concurrently, or a change is pending; of several guests that\n"
      "of all that failed, if it is the same, otherwise 1.\n\n"
      "Example:\n"
      "  machtype instance delete web\n"
      "  machtype instance delete --not-seen 90 --host compute-1");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  selection_add (context, &o.selection);
  add_store (context, &o);
  if (options_parse (context, &argc, &argv, 0, G_MAXINT, &status)) {
    if (selection_check_needed (&o.selection, argc - 1, &error))
      status = delete_instances (&o, argv + 1, argc - 1, &error);
    if (error != NULL)
      status = report_answer (error, o.json);
  }
  instance_options_clear (&o);
  return status;
}

/* How the history of an instance is printed. */
typedef struct {
  gboolean json;
  Table *table;     /* NULL: lines */
  const char *uuid; /* of one of several; NULL: it is the only one */
} Printing;

/* One change in a line: of a pipe, or of a table. */
static void
print_change (const Printing *printing, const char *const fields[6])
{
  Table *table = printing->table;
  const char *old_machine = fields[3], *new_machine = fields[4];
  g_autofree char *time = NULL, *machine = NULL;

  if (table == NULL) {
    const char *line[7] = { printing->uuid };

    memcpy (line + 1, fields, 6 * sizeof *fields);
    print_fields (printing->uuid != NULL ? line : fields, printing->uuid != NULL ? 7 : 6);
    return;
  }
  /* To the minute: YYYY-MM-DDTHH:MM is enough for a person. */
  time = g_strndup (fields[1], strlen ("YYYY-MM-DDTHH:MM"));
  g_strdelimit (time, "T", ' ');
  if (g_strcmp0 (old_machine, new_machine) == 0 || old_machine == NULL)
    machine = g_strdup (new_machine);
  else
    machine = g_strdup_printf ("%s -> %s", old_machine, or_dash (new_machine));
  table_add (table, STYLE_PLAIN, fields[0]);
  table_add (table, STYLE_PLAIN, time);
  table_add (table, STYLE_PLAIN, fields[2]);
  table_add (table, STYLE_NAME, machine);
  table_add (table, STYLE_DIM, fields[5]);
}

static void
print_entry (const Printing *printing, const MachtypeHistoryEntry *entry)
{
  g_autofree char *time = dup_time (machtype_history_entry_get_changed_at (entry));
  const char *action =
      machtype_history_action_to_string (machtype_history_entry_get_action (entry));
  gboolean forced = machtype_history_entry_get_forced (entry);
  GString *json;

  if (!printing->json) {
    g_autofree char *revision =
        g_strdup_printf ("%" G_GUINT64_FORMAT, machtype_history_entry_get_revision (entry));
    const char *what =
        machtype_history_entry_get_old_definition (entry) != NULL ? "convert" : action;
    g_autofree char *done = g_strconcat (what, forced ? " (forced)" : NULL, NULL);
    const char *const fields[] = {
      revision,
      time,
      done,
      machtype_history_entry_get_old_machine (entry),
      machtype_history_entry_get_new_machine (entry),
      machtype_history_entry_get_author (entry),
    };

    print_change (printing, fields);
    return;
  }
  json = json_begin_with (machtype_history_entry_to_json (entry));
  json_text (json, "uuid", printing->uuid);
  json_end (json);
}

/* The first recording is an entry only if its author is known; its contents are those before the
 * oldest change. */
static const char *
get_first_author (GPtrArray *history)
{
  const MachtypeHistoryEntry *first = history->len != 0 ? history->pdata[0] : NULL;

  return first != NULL && machtype_history_entry_get_revision (first) == 1
             ? machtype_history_entry_get_author (first)
             : NULL;
}

static void
print_first (const Printing *printing, const MachtypeRecord *record, const char *author,
             const MachtypeHistoryEntry *oldest)
{
  g_autofree char *time = dup_time (machtype_record_get_recorded_at (record));
  const char *machine = oldest != NULL ? machtype_history_entry_get_old_machine (oldest)
                                       : machtype_record_get_machine (record);
  MachtypeSource source = oldest != NULL ? machtype_history_entry_get_old_source (oldest)
                                         : machtype_record_get_source (record);
  const char *word = machine != NULL ? machtype_source_to_string (source) : NULL;
  GString *object;

  if (!printing->json) {
    g_autofree char *done = word != NULL ? g_strdup_printf ("add (%s)", word) : g_strdup ("add");
    const char *const fields[] = { "1", time, done, NULL, machine, author };

    print_change (printing, fields);
    return;
  }
  object = json_begin ();
  json_integer (object, "revision", 1);
  json_text (object, "changed_at", time);
  json_text (object, "action", "add");
  json_text (object, "new", machine);
  json_text (object, "source", word);
  json_text (object, "author", author);
  json_text (object, "uuid", printing->uuid);
  json_end (object);
}

static void
print_title (const MachtypeRecord *record)
{
  const char *name = machtype_record_get_name (record);
  const char *host = machtype_record_get_host_name (record);
  g_autoptr (Text) title = text_new ();

  if (name != NULL)
    text_add (title, STYLE_NAME, "%s ", name);
  text_add (title, name != NULL ? STYLE_DIM : STYLE_NAME, "%s", machtype_record_get_uuid (record));
  if (host != NULL)
    text_add (title, STYLE_PLAIN, " on %s", host);
  text_print (title, stdout, 0, 2, NULL);
}

typedef struct {
  gboolean json;
  StoreOptions store;
  Selection selection;
} HistoryOptions;

static gboolean
print_history (const HistoryOptions *o, MachtypeStore *store, const char *uuid, gboolean is_alone,
               GError **error)
{
  static const char *const heads[] = { ">REV", "TIME (UTC)", "CHANGE", "MACHINE TYPE", "BY", NULL };
  Printing printing = { o->json, NULL, is_alone ? NULL : uuid };
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, error);
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (Table) table = NULL;
  const char *author;
  guint i;

  if (record != NULL)
    history = machtype_store_list_history (store, uuid, error);
  if (history == NULL || !pending_warn (store, uuid, error))
    return FALSE;
  if (!o->json && terminal_is_screen (stdout))
    printing.table = table = table_new (heads);
  author = get_first_author (history);
  i = author != NULL ? 1 : 0;
  print_first (&printing, record, author, i < history->len ? history->pdata[i] : NULL);
  for (; i < history->len; i++)
    print_entry (&printing, history->pdata[i]);
  if (table != NULL) {
    print_title (record);
    table_print (table, stdout, 0);
  }
  return TRUE;
}

static int
print_histories (HistoryOptions *o, char **names, int n, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (&o->store, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autoptr (GPtrArray) uuids = NULL;
  int status = STATUS_DONE;
  guint i;

  if (store != NULL && machtype_store_begin_read (store, error))
    uuids = selection_read (&o->selection, &(Instance){ .store = store }, names, n, error);
  if (uuids == NULL)
    return STATUS_NO;
  for (i = 0; i < uuids->len; i++) {
    g_autoptr (GError) why = NULL;

    if (!print_history (o, store, uuids->pdata[i], n == 1, &why))
      status = join_status (status, report_answer (why, o->json));
  }
  return status;
}

int
command_history (int argc, char **argv)
{
  HistoryOptions o = { 0 };
  g_autoptr (GOptionContext) context =
      options_new ("[GUEST...]",
                   "Lists what was recorded for instances and all changes since, oldest first:\n"
                   "revision, time, action, old and new machine type, author; of several\n"
                   "instances, with the UUID before them.",
                   "Exit status: 0 done, 1 no such instance, 2 bad input or usage, 3 the store\n"
                   "failed.\n\n"
                   "Example:\n"
                   "  machtype history web");
  g_autoptr (GError) error = NULL;
  int status;

  selection_add (context, &o.selection);
  options_add_store (context, &o.store, FALSE);
  options_add_output (context, &o.json, "print JSON, one object per line");
  if (options_parse (context, &argc, &argv, 0, G_MAXINT, &status)) {
    if (selection_check_needed (&o.selection, argc - 1, &error))
      status = print_histories (&o, argv + 1, argc - 1, &error);
    if (error != NULL)
      status = report_answer (error, o.json);
  }
  selection_clear (&o.selection);
  store_options_clear (&o.store);
  return status;
}
