/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype instance add, set, delete; history, undo. */

#include "machtype-program.h"

#include <string.h>

#include "terminal.h"

typedef struct {
  char *name, *host, *host_uuid, *cell, *arch, *state, *machine;
  char **properties;
  gboolean json, force;
  StoreOptions store;
} InstanceOptions;

static void
add_store (GOptionContext *context, InstanceOptions *o)
{
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

/* NULL: it was not stored, which is FALSE. */
static gboolean
print_stored (const InstanceOptions *o, const MachtypeRecord *stored)
{
  if (stored != NULL && o->json)
    json_print (machtype_record_to_json (stored));
  return stored != NULL;
}

static gboolean
add_instance (const InstanceOptions *o, const char *uuid, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, error);
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeRecord) record = NULL, added = NULL;
  g_autofree char *author = dup_author ();

  if (builder == NULL || (o->machine != NULL && !check_possible (o->machine, error)) ||
      !set_place (builder, o, NULL, error) || !set_properties (builder, o->properties, error) ||
      !machtype_record_builder_set_machine (builder, o->machine, NULL, MACHTYPE_SOURCE_OPERATOR,
                                            error))
    return FALSE;
  record = machtype_record_builder_end (builder);
  store = store_options_open (&o->store, MACHTYPE_STORE_OPEN_CREATE, error);
  if (store != NULL)
    added = machtype_store_add (store, record, author, error);
  if (added != NULL)
    warn_of_unknown_names ("warning", machtype_record_get_properties (record));
  return print_stored (o, added);
}

static gboolean
set_instance (const InstanceOptions *o, const char *text, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open (&o->store, MACHTYPE_STORE_OPEN_NONE, error);
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
  stored = machtype_store_replace (store, record, changed, author, error);
  return print_stored (o, stored);
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
delete_instance (const InstanceOptions *o, const char *text, GError **error)
{
  g_autoptr (MachtypeStore) store = store_options_open (&o->store, MACHTYPE_STORE_OPEN_NONE, error);
  g_autoptr (MachtypeRecord) record = NULL;

  if (store != NULL)
    record = find_record_of (store, text, error);
  return record != NULL &&
         (!o->force || drop_pending (store, machtype_record_get_uuid (record), error)) &&
         machtype_store_remove (store, record, error) && print_stored (o, record);
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
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "GUEST", "Deletes the record and the history of an instance that no longer exists.",
      "Exit status: 0 done, 1 no such instance, 2 bad input or usage, 3 the store\n"
      "failed, 75 changed concurrently, or a change is pending.\n\n"
      "Example:\n"
      "  machtype instance delete web");

  options_add (context, entries);
  add_store (context, &o);
  return run (argc, argv, context, &o, delete_instance);
}

/* One change in a line: of a pipe, or (table is not NULL) of a table. */
static void
print_change (Table *table, const char *const fields[6])
{
  const char *old_machine = fields[3], *new_machine = fields[4];
  g_autofree char *time = NULL, *machine = NULL;

  if (table == NULL) {
    print_fields (fields, 6);
    return;
  }
  /* To the minute: YYYY-MM-DDTHH:MM is enough for a person. */
  time = g_strndup (fields[1], strlen ("YYYY-MM-DDTHH:MM"));
  g_strdelimit (time, "T", ' ');
  if (g_strcmp0 (old_machine, new_machine) == 0 || old_machine == NULL)
    machine = g_strdup (new_machine);
  else
    machine = g_strdup_printf ("%s -> %s", old_machine, new_machine != NULL ? new_machine : "-");
  table_add (table, STYLE_PLAIN, fields[0]);
  table_add (table, STYLE_PLAIN, time);
  table_add (table, STYLE_PLAIN, fields[2]);
  table_add (table, STYLE_NAME, machine);
  table_add (table, STYLE_DIM, fields[5]);
}

static void
print_entry (Table *table, const MachtypeHistoryEntry *entry, gboolean json)
{
  g_autofree char *time = dup_time (machtype_history_entry_get_changed_at (entry));
  const char *action =
      machtype_history_action_to_string (machtype_history_entry_get_action (entry));
  gboolean forced = machtype_history_entry_get_forced (entry);

  if (!json) {
    g_autofree char *revision =
        g_strdup_printf ("%" G_GUINT64_FORMAT, machtype_history_entry_get_revision (entry));
    g_autofree char *done = g_strconcat (action, forced ? " (forced)" : NULL, NULL);
    const char *const fields[] = {
      revision,
      time,
      done,
      machtype_history_entry_get_old_machine (entry),
      machtype_history_entry_get_new_machine (entry),
      machtype_history_entry_get_author (entry),
    };

    print_change (table, fields);
    return;
  }
  json_print (machtype_history_entry_to_json (entry));
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
print_first (Table *table, const MachtypeRecord *record, const char *author,
             const MachtypeHistoryEntry *oldest, gboolean json)
{
  g_autofree char *time = dup_time (machtype_record_get_recorded_at (record));
  const char *machine = oldest != NULL ? machtype_history_entry_get_old_machine (oldest)
                                       : machtype_record_get_machine (record);
  MachtypeSource source = oldest != NULL ? machtype_history_entry_get_old_source (oldest)
                                         : machtype_record_get_source (record);
  const char *word = machine != NULL ? machtype_source_to_string (source) : NULL;
  GString *object;

  if (!json) {
    g_autofree char *done = word != NULL ? g_strdup_printf ("add (%s)", word) : g_strdup ("add");
    const char *const fields[] = { "1", time, done, NULL, machine, author };

    print_change (table, fields);
    return;
  }
  object = json_begin ();
  json_integer (object, "revision", 1);
  json_text (object, "changed_at", time);
  json_text (object, "action", "add");
  json_text (object, "new", machine);
  json_text (object, "source", word);
  json_text (object, "author", author);
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

static gboolean
print_history (const StoreOptions *options, const char *text, gboolean json, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autoptr (MachtypeRecord) record = NULL;
  g_autoptr (GPtrArray) history = NULL;
  static const char *const heads[] = { ">REV", "TIME (UTC)", "CHANGE", "MACHINE TYPE", "BY", NULL };
  g_autoptr (Table) table = NULL;
  const char *author;
  guint i;

  if (store != NULL && machtype_store_begin_read (store, error))
    record = find_record_of (store, text, error);
  if (record != NULL)
    history = machtype_store_list_history (store, machtype_record_get_uuid (record), error);
  if (history == NULL || !pending_warn (store, machtype_record_get_uuid (record), error))
    return FALSE;
  if (!json && terminal_is_screen (stdout))
    table = table_new (heads);
  author = get_first_author (history);
  i = author != NULL ? 1 : 0;
  print_first (table, record, author, i < history->len ? history->pdata[i] : NULL, json);
  for (; i < history->len; i++)
    print_entry (table, history->pdata[i], json);
  if (table != NULL) {
    print_title (record);
    table_print (table, stdout, 0);
  }
  return TRUE;
}

int
command_history (int argc, char **argv)
{
  StoreOptions store = { 0 };
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context =
      options_new ("GUEST",
                   "Lists what was recorded for an instance and all changes since, oldest first:\n"
                   "revision, time, action, old and new machine type, author.",
                   "Exit status: 0 done, 1 no such instance, 2 bad input or usage, 3 the store\n"
                   "failed.\n\n"
                   "Example:\n"
                   "  machtype history web");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &store, FALSE);
  options_add_output (context, &json, "print JSON, one object per line");
  if (options_parse (context, &argc, &argv, 1, 1, &status))
    status =
        print_history (&store, argv[1], json, &error) ? STATUS_DONE : report_answer (error, json);
  store_options_clear (&store);
  return status;
}

typedef struct {
  gboolean json, force, apply, record_only;
  StoreOptions store;
  HostOptions host;
} UndoOptions;

/* If there is a domain, its definition is restored as well, provided that the machine type changes.
 */
static MachtypeRecord *
undo_change (const UndoOptions *o, const Instance *undo, GError **error)
{
  MachtypeChangeFlags flags = o->force ? MACHTYPE_CHANGE_FORCE : MACHTYPE_CHANGE_NONE;
  g_autofree char *author = dup_author ();

  if (undo->apply == NULL)
    return machtype_store_undo (undo->store, undo->record, flags, author, error);
  return machtype_updater_undo (apply_get_updater (undo->apply), undo->record, flags, error);
}

static void
print_undone (const UndoOptions *o, const Instance *undo, const MachtypeRecord *undone,
              GPtrArray *saved)
{
  const char *now = machtype_record_get_machine (undone);
  const char *before = machtype_record_get_machine (undo->record);
  GString *json;

  if (o->json) {
    json = json_begin ();
    json_text (json, "uuid", machtype_record_get_uuid (undone));
    json_text (json, "old", before);
    json_text (json, "new", now);
    json_findings (json, "warnings", saved);
    json_end (json);
  } else if (terminal_is_screen (stdout))
    record_print_change ("Undid the last change of", undo->record, now);
  else
    g_print ("Undid the last change of instance %s: machine type is %s (previously %s)\n",
             machtype_record_get_uuid (undone), now != NULL ? now : "None",
             before != NULL ? before : "None");
  findings_warn ("warning", saved, FINDING_CODE);
}

static gboolean
print_undo (const UndoOptions *o, const Instance *undo, const MachtypeRecord *undone,
            GError **error)
{
  const char *now = machtype_record_get_machine (undone);
  const gboolean is_changed =
      undo->apply != NULL && g_strcmp0 (now, machtype_record_get_machine (undo->record)) != 0;
  g_autoptr (GPtrArray) saved = is_changed ? apply_list_saved (undo->apply) : NULL;
  g_autofree char *defined = NULL;
  g_autoptr (GError) why = NULL;

  print_undone (o, undo, undone, saved);
  if (!is_changed || !o->record_only)
    return TRUE;
  defined = apply_dup_defined (undo->apply, &why);
  apply_warn_of_definition (defined, now);
  return pass_on (error, &why);
}

static gboolean
undo_last (const UndoOptions *o, const char *text, GError **error)
{
  const ApplyOptions apply = { &o->host, o->record_only };
  g_auto (Instance) undo = { NULL, NULL, NULL };
  g_autoptr (MachtypeRecord) undone = NULL;
  gboolean ok;

  if (!instance_open (&undo, &o->store, &apply, text, error))
    return FALSE;
  signals_delay ();
  undone = undo_change (o, &undo, error);
  ok = undone != NULL && print_undo (o, &undo, undone, error);
  signals_deliver ();
  return ok;
}

int
command_undo (int argc, char **argv)
{
  UndoOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &o.force, "even while the instance is not stopped", NULL },
    { "apply", 0, 0, G_OPTION_ARG_NONE, &o.apply, "change the definition (default with --connect)",
      NULL },
    { "record-only", 0, 0, G_OPTION_ARG_NONE, &o.record_only, "change only the record", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      "GUEST",
      "Undoes the last change of an instance's machine type or image properties. When\n"
      "run again, undoes the change before that one.",
      "Exit status: 0 done, 1 refused, or nothing to undo, 2 bad input or usage, 3\n"
      "libvirt or the store failed, 75 changed concurrently, or a change is pending.\n\n"
      "Example:\n"
      "  machtype undo web");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_store (context, &o.store, FALSE);
  options_add_host (context, &o.host);
  options_add_output (context, &o.json, "print a JSON object");
  if (options_parse (context, &argc, &argv, 1, 1, &status))
    status =
        apply_check (o.apply, o.record_only, &o.host, &error) && undo_last (&o, argv[1], &error)
            ? STATUS_DONE
            : report_answer (error, o.json);
  store_options_clear (&o.store);
  host_options_clear (&o.host);
  return status;
}
