/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype undo: the last change of one guest, or of each of several. */

#include "guest-hosts.h"
#include "report.h"
#include "selection.h"

#include <string.h>

typedef struct {
  gboolean json, force, apply, record_only, dry_run, diff;
  StoreOptions store;
  GuestHosts hosts;
  Selection selection;
} UndoOptions;

/* One undo in progress. */
typedef struct {
  const UndoOptions *options;
  Instance at;
  MachtypeRecord *undone; /* as it was or would be recorded */
  MachtypeChange *change; /* of the machine type, for its effects; NULL: it does not change */
  GPtrArray *saved;       /* what has the old machine type in its saved state; NULL: nothing */
  GPtrArray *forced;      /* what would be refused without --force; NULL: nothing */
  Report *report;         /* NULL: it is the only one */
} Undo;

static void
clear_one (Undo *undo)
{
  g_clear_pointer (&undo->undone, machtype_record_unref);
  g_clear_pointer (&undo->change, machtype_change_unref);
  g_clear_pointer (&undo->saved, g_ptr_array_unref);
  g_clear_pointer (&undo->forced, g_ptr_array_unref);
}

static void
undo_clear (Undo *undo)
{
  clear_one (undo);
  instance_clear (&undo->at);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Undo, undo_clear)

static MachtypeChangeFlags
get_flags (const Undo *undo)
{
  return undo->options->force ? MACHTYPE_CHANGE_FORCE : MACHTYPE_CHANGE_NONE;
}

/* What would be undone; NULL: the error is set. */
static MachtypeRecord *
preview (const Undo *undo, GError **error)
{
  g_autoptr (MachtypeRecord) current = instance_dup_current (&undo->at, error);

  if (current == NULL)
    return NULL;
  if (undo->at.apply == NULL)
    return machtype_store_preview_undo (undo->at.store, current, get_flags (undo), error);
  return machtype_updater_preview_undo (apply_get_updater (undo->at.apply), current,
                                        get_flags (undo), error);
}

/* --force covers every refusal: each is reported. */
static gboolean
find_forced (Undo *undo, GError **error)
{
  g_autoptr (MachtypeRecord) current = NULL;

  if (!undo->options->force)
    return TRUE;
  current = instance_dup_current (&undo->at, error);
  if (current == NULL)
    return FALSE;
  undo->forced =
      undo->at.apply != NULL
          ? machtype_updater_list_undo_refusals (apply_get_updater (undo->at.apply), current, error)
          : machtype_store_list_undo_refusals (undo->at.store, current, error);
  return undo->forced != NULL;
}

/* If there is a domain, its definition is restored as well, provided that the machine type changes.
 */
static MachtypeRecord *
write_undo (const Undo *undo, GError **error)
{
  g_autofree char *author = dup_author ();

  if (undo->at.apply == NULL)
    return machtype_store_undo (undo->at.store, undo->at.record, get_flags (undo), author, error);
  return machtype_updater_undo (apply_get_updater (undo->at.apply), undo->at.record,
                                get_flags (undo), error);
}

/* Undoing is allowed whatever a change would be: only its effects count, and saved state. */
static gboolean
judge (Undo *undo, GError **error)
{
  const char *now = machtype_record_get_machine (undo->undone);
  const char *before = machtype_record_get_machine (undo->at.record);

  if (now == NULL || before == NULL || strcmp (now, before) == 0)
    return TRUE;
  undo->saved = apply_list_saved (undo->at.apply);
  undo->change = machtype_change_check (before, now, machtype_record_get_arch (undo->undone), NULL,
                                        apply_get_state (undo->at.apply, undo->at.record),
                                        MACHTYPE_CHANGE_FORCE, NULL, error);
  return undo->change != NULL;
}

/* The image properties that change, in the order of their names. */
static char **
dup_changed (const Undo *undo)
{
  MachtypeProperties *before = machtype_record_get_properties (undo->at.record);
  MachtypeProperties *now = machtype_record_get_properties (undo->undone);
  g_auto (GStrv) before_names = machtype_properties_dup_image_names (before);
  g_auto (GStrv) now_names = machtype_properties_dup_image_names (now);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  char **name;

  for (name = before_names; *name != NULL; name++) {
    if (g_strcmp0 (machtype_properties_get_image (before, *name),
                   machtype_properties_get_image (now, *name)) != 0)
      g_strv_builder_add (builder, *name);
  }
  for (name = now_names; *name != NULL; name++) {
    if (machtype_properties_get_image (before, *name) == NULL)
      g_strv_builder_add (builder, *name);
  }
  return g_strv_builder_end (builder);
}

static const char *
or_none (const char *text)
{
  return text != NULL ? text : "None";
}

static void
print_json (const Undo *undo, GPtrArray *effects)
{
  g_auto (GStrv) names = dup_changed (undo);
  GString *json = json_begin ();

  json_text (json, "uuid", machtype_record_get_uuid (undo->undone));
  json_text (json, "old", machtype_record_get_machine (undo->at.record));
  json_text (json, "new", machtype_record_get_machine (undo->undone));
  json_findings (json, "warnings", undo->saved);
  if (undo->forced != NULL && undo->forced->len != 0)
    json_findings (json, "forced", undo->forced);
  json_findings (json, "effects", effects);
  if (*names != NULL)
    json_texts (json, "properties", (const char *const *)names);
  if (undo->options->dry_run)
    json_boolean (json, "dry_run", TRUE);
  json_end (json);
}

/* What the undone change was about. */
static void
print_properties (const Undo *undo)
{
  g_auto (GStrv) names = dup_changed (undo);
  char **name;

  for (name = names; *name != NULL; name++)
    g_printerr ("image property %s: %s (previously %s)\n", *name,
                or_none (machtype_properties_get_image (
                    machtype_record_get_properties (undo->undone), *name)),
                or_none (machtype_properties_get_image (
                    machtype_record_get_properties (undo->at.record), *name)));
}

static void
print_one (const Undo *undo)
{
  const char *now = machtype_record_get_machine (undo->undone);
  const char *before = machtype_record_get_machine (undo->at.record);
  const char *done = undo->options->dry_run ? "Would undo" : "Undid";

  if (terminal_is_screen (stdout)) {
    g_autofree char *words = g_strconcat (done, " the last change of", NULL);

    record_print_change (words, undo->at.record, now);
  } else
    g_print ("%s the last change of instance %s: machine type is %s (previously %s)\n", done,
             machtype_record_get_uuid (undo->undone), or_none (now), or_none (before));
  print_properties (undo);
}

static void
print_effects (const Undo *undo, GPtrArray *effects)
{
  if (undo->report != NULL) {
    report_findings (undo->report, undo->at.record, REPORT_EFFECTS, effects);
    report_findings (undo->report, undo->at.record, REPORT_WARNINGS, undo->forced);
    report_findings (undo->report, undo->at.record, REPORT_WARNINGS, undo->saved);
    return;
  }
  if (effects != NULL && terminal_is_screen (stderr))
    findings_print (stderr,
                    undo->options->dry_run ? "The guest would notice" : "The guest will notice",
                    effects, FINDING_CODE, '-');
  else if (effects != NULL)
    findings_warn ("effect", effects, FINDING_CODE);
  if (undo->forced != NULL && terminal_is_screen (stderr))
    findings_print (stderr, "Forced", undo->forced, FINDING_CODE, '!');
  else
    findings_warn ("forced", undo->forced, FINDING_CODE);
  findings_warn ("warning", undo->saved, FINDING_CODE);
}

static gboolean
report_undo (const Undo *undo, GError **error)
{
  const char *now = machtype_record_get_machine (undo->undone);
  const char *before = machtype_record_get_machine (undo->at.record);
  g_autoptr (GPtrArray) effects =
      undo->change != NULL ? machtype_change_list_effects (undo->change) : NULL;
  g_autofree char *defined = NULL;
  g_autoptr (GError) why = NULL;

  if (undo->options->json)
    print_json (undo, effects);
  if (undo->report != NULL)
    report_add (undo->report, undo->at.record, NULL, before, now, STATUS_DONE);
  else if (!undo->options->json)
    print_one (undo);
  print_effects (undo, effects);
  if (undo->at.apply == NULL || !undo->options->record_only || undo->options->dry_run ||
      g_strcmp0 (now, before) == 0)
    return TRUE;
  defined = apply_dup_defined (undo->at.apply, &why);
  apply_warn_of_definition (defined, now);
  return pass_on (error, &why);
}

/* The report must match what was done. */
static gboolean
write_and_report (Undo *undo, GError **error)
{
  gboolean ok;

  signals_delay ();
  g_clear_pointer (&undo->undone, machtype_record_unref);
  undo->undone = write_undo (undo, error);
  ok = undo->undone != NULL && report_undo (undo, error);
  signals_deliver ();
  return ok;
}

/* What was previewed. */
static MachtypeHistoryEntry *
find_undoable (const Undo *undo, GError **error)
{
  const char *uuid = machtype_record_get_uuid (undo->at.record);
  g_autoptr (GError) why = NULL;
  MachtypeHistoryEntry *entry = machtype_store_find_undoable (undo->at.store, uuid, &why);

  if (entry == NULL && why == NULL)
    set_error (error, MACHTYPE_ERROR_CONFLICT,
               "the history of instance %s was changed concurrently; check it and try again", uuid);
  pass_on (error, &why);
  return entry;
}

/* A conversion is undone with everything that it replaced. What was taken over from the definition
 * is undone in the record alone. */
static gboolean
print_diff (Undo *undo, GError **error)
{
  const char *now = machtype_record_get_machine (undo->undone);
  g_autoptr (MachtypeHistoryEntry) entry = NULL;

  if (!undo->options->diff || now == NULL)
    return TRUE;
  entry = find_undoable (undo, error);
  if (entry == NULL)
    return FALSE;
  return machtype_history_entry_get_action (entry) == MACHTYPE_HISTORY_ACTION_ACCEPT ||
         apply_print_diff (undo->at.apply, undo->at.record, now,
                           machtype_history_entry_get_old_definition (entry), error);
}

static gboolean
undo_one (Undo *undo, const char *text, GError **error)
{
  const UndoOptions *o = undo->options;

  clear_one (undo);
  if (!instance_read (&undo->at, text, error))
    return FALSE;
  undo->undone = preview (undo, error);
  if (undo->undone == NULL || !judge (undo, error))
    return FALSE;
  if (!find_forced (undo, error) || !print_diff (undo, error))
    return FALSE;
  return o->dry_run ? report_undo (undo, error) : write_and_report (undo, error);
}

static int
undo_several (Undo *undo, GPtrArray *uuids)
{
  const UndoOptions *o = undo->options;
  g_autoptr (Report) report = report_new (o->json, o->dry_run, "undone", "would be undone");
  gboolean more = TRUE;
  guint i;

  undo->report = report;
  for (i = 0; i < uuids->len && more; i++) {
    g_autoptr (GError) error = NULL;

    if (undo_one (undo, uuids->pdata[i], &error))
      continue;
    report_add_error (report, uuids->pdata[i], undo->at.record, error, status_of (error));
    more = !instance_ends_run (&undo->at, error);
  }
  report_add_silent (report, &undo->at, status_of);
  return report_end (report, uuids->len - i);
}

/* The status; the error is set for all guests. */
static int
undo_all (UndoOptions *o, char **names, int n, GError **error)
{
  const ApplyOptions apply = { &o->hosts.host, o->record_only, o->dry_run, o->json,
                               guest_hosts_get_several (&o->hosts) };
  g_auto (Undo) undo = { .options = o };
  g_autoptr (GPtrArray) uuids = NULL;

  if (!instance_connect (&undo.at, &o->store, &apply, error))
    return STATUS_NO;
  if (n == 1)
    return undo_one (&undo, names[0], error) ? STATUS_DONE : STATUS_NO;
  uuids = selection_read (&o->selection, &undo.at, names, n, error);
  return uuids != NULL ? undo_several (&undo, uuids) : STATUS_NO;
}

static gboolean
check (UndoOptions *o, int n, GError **error)
{
  if (!guest_hosts_read (&o->hosts, error))
    return FALSE;
  if (o->diff && (o->hosts.host.connect == NULL || o->record_only))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--diff needs --connect URI, the host on which the domain is defined, and "
                      "cannot be combined with --record-only");
  return selection_check_needed (&o->selection, n, error) &&
         apply_check (o->apply, o->record_only, &o->hosts.host, error);
}

static void
add_entries (GOptionContext *context, UndoOptions *o)
{
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &o->force, "override refusals, each of which is reported",
      NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry_run, "report what would be done, write nothing",
      NULL },
    { "diff", 0, 0, G_OPTION_ARG_NONE, &o->diff, "show what changes in the definition", NULL },
    { "apply", 0, 0, G_OPTION_ARG_NONE, &o->apply, "change the definition (default with --connect)",
      NULL },
    { "record-only", 0, 0, G_OPTION_ARG_NONE, &o->record_only, "change only the record", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add (context, entries);
  selection_add (context, &o->selection);
  options_add_store (context, &o->store, FALSE);
  guest_hosts_add (context, &o->hosts);
  options_add_output (context, &o->json, "print JSON, one object per guest");
}

int
command_undo (int argc, char **argv)
{
  UndoOptions o = { 0 };
  g_autoptr (GOptionContext) context = options_new (
      "[GUEST...]",
      "Undoes the last change of the machine type or image properties of instances.\n"
      "When run again, undoes the change before that one. If one of several is\n"
      "unknown, nothing is changed; one that is refused does not keep the others from\n"
      "being changed.",
      "Exit status: 0 done, 1 no such instance, refused, or nothing to undo, 2 bad\n"
      "input or usage, 3 libvirt or the store failed, 75 changed concurrently, or a\n"
      "change is pending; of several guests that of all that failed, if it is the\n"
      "same, otherwise 1.\n\n"
      "Example:\n"
      "  machtype undo web\n"
      "  machtype undo --connect qemu:///system --all --dry-run");
  g_autoptr (GError) error = NULL;
  int status;

  add_entries (context, &o);
  if (options_parse (context, &argc, &argv, 0, G_MAXINT, &status)) {
    if (check (&o, argc - 1, &error))
      status = undo_all (&o, argv + 1, argc - 1, &error);
    if (error != NULL)
      status = report_answer (error, o.json);
  }
  selection_clear (&o.selection);
  store_options_clear (&o.store);
  guest_hosts_clear (&o.hosts);
  return status;
}
