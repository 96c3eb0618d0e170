/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype prune: removes records of instances that no host has any more. What the audit finds
 * decides (no-domain): it says so only of hosts that were asked and have answered. */

#include "guests.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "terminal.h"

#define SECONDS_A_DAY (24 * 60 * 60)

typedef struct {
  GuestsOptions guests;
  int older_than; /* days; -1: not given */
  gboolean yes, transient;
  char *save; /* NULL: next to the store */
} PruneOptions;

/* A record without a domain, that is old enough. */
typedef struct {
  MachtypeRecord *record;
  gint64 changed_at; /* when it was last seen, or changed */
  gboolean is_wanted;
} Candidate;

typedef struct {
  const PruneOptions *options;
  MachtypeStore *store;
  GPtrArray *entries;    /* of MachtypeAuditEntry, without a domain */
  GPtrArray *candidates; /* of Candidate */
  guint n_wanted, n_removed;
  gboolean has_conflict;
  char *file; /* where what is removed was written; NULL: nowhere */
} Prune;

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  machtype_record_unref (candidate->record);
  g_free (candidate);
}

static void
on_guest (MachtypeAuditEntry *entry, gpointer data)
{
  if (machtype_audit_entry_has_code (entry, MACHTYPE_AUDIT_CODE_NO_DOMAIN))
    g_ptr_array_add (data, machtype_audit_entry_ref (entry));
}

/* Seen, recorded, or changed: whatever was last. */
static gboolean
find_last_change (const Prune *prune, const MachtypeRecord *record, gint64 *at, GError **error)
{
  g_autoptr (GPtrArray) history =
      machtype_store_list_history (prune->store, machtype_record_get_uuid (record), error);
  guint i;

  *at = MAX (machtype_record_get_seen_at (record), machtype_record_get_recorded_at (record));
  for (i = 0; history != NULL && i < history->len; i++)
    *at = MAX (*at, machtype_history_entry_get_changed_at (history->pdata[i]));
  return history != NULL;
}

/* The record may have changed since the audit has read it: recorded on another host, or shelved. A
 * change that is pending decides first what the record is. */
static gboolean
is_still_missing (const Prune *prune, const MachtypeAuditEntry *entry, const MachtypeRecord *record,
                  gboolean *answer, GError **error)
{
  g_autoptr (MachtypeIntention) pending = NULL;
  g_autoptr (GError) why = NULL;

  pending = machtype_store_find_intention (prune->store, machtype_record_get_uuid (record), &why);
  *answer = pending == NULL &&
            machtype_record_get_change_state (record) != MACHTYPE_STATE_SHELVED_OFFLOADED &&
            g_strcmp0 (machtype_record_get_host_name (record),
                       machtype_audit_entry_get_host_name (entry)) == 0;
  return pass_on (error, &why);
}

/* With 0 days every record is: also one of this second, or of a clock that was ahead. */
static gboolean
is_old_enough (const Prune *prune, gint64 changed_at)
{
  const gint64 now = g_get_real_time () / G_TIME_SPAN_SECOND;
  const gint64 days = prune->options->older_than;

  return days == 0 || now - changed_at > days * SECONDS_A_DAY;
}

static gboolean
examine (Prune *prune, const MachtypeAuditEntry *entry, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (MachtypeRecord) record =
      machtype_store_read_record (prune->store, machtype_audit_entry_get_uuid (entry), &why);
  gboolean is_missing;
  Candidate *candidate;
  gint64 at;

  if (g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return TRUE;
  if (record == NULL)
    return pass_on (error, &why);
  if (!is_still_missing (prune, entry, record, &is_missing, error) ||
      !find_last_change (prune, record, &at, error))
    return FALSE;
  if (!is_missing || !is_old_enough (prune, at))
    return TRUE;
  candidate = g_new0 (Candidate, 1);
  candidate->record = g_steal_pointer (&record);
  candidate->changed_at = at;
  candidate->is_wanted =
      prune->options->transient || !machtype_record_is_transient (candidate->record);
  prune->n_wanted += candidate->is_wanted;
  g_ptr_array_add (prune->candidates, candidate);
  return TRUE;
}

static gboolean
set_file_error (GError **error, const char *path, int number)
{
  g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (number), "%s: %s", path,
               g_strerror (number));
  return FALSE;
}

static char *
make_lines (const Prune *prune)
{
  GString *lines = g_string_new (NULL);
  guint i;

  for (i = 0; i < prune->candidates->len; i++) {
    const Candidate *candidate = prune->candidates->pdata[i];
    g_autofree char *line = NULL;

    if (!candidate->is_wanted)
      continue;
    line = machtype_record_to_json (candidate->record);
    g_string_append_printf (lines, "%s\n", line);
  }
  return g_string_free (lines, FALSE);
}

static gboolean
write_all (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left != 0) {
    const gssize written = write (fd, text, left);

    if (written < 0 && errno != EINTR)
      return FALSE;
    if (written > 0) {
      text += written;
      left -= (gsize)written;
    }
  }
  return fsync (fd) == 0;
}

/* The name is on disk only when the folder is. */
static gboolean
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

/* A new file, never one that is there. */
static int
make_file (const Prune *prune, char **path, GError **error)
{
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%SZ"), *base = NULL;
  int fd, i;

  *path = g_strdup (prune->options->save);
  if (*path == NULL) {
    base = store_options_dup_path (&prune->options->guests.store, error);
    if (base == NULL)
      return -1;
    if (store_has_server (base)) {
      set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                 "use --save FILE: next to a store in a database there is no place for a file");
      return -1;
    }
    *path = g_strdup_printf ("%s.pruned-%s.jsonl", base, time);
  }
  fd = open (*path, flags, 0600);
  for (i = 2; fd < 0 && errno == EEXIST && base != NULL && i < 1000; i++) {
    g_free (*path);
    *path = g_strdup_printf ("%s.pruned-%s-%d.jsonl", base, time, i);
    fd = open (*path, flags, 0600);
  }
  if (fd < 0 && errno == EEXIST)
    set_error (error, MACHTYPE_ERROR_EXISTS, "%s already exists, and is not overwritten", *path);
  else if (fd < 0)
    set_file_error (error, *path, errno);
  return fd;
}

/* On disk before anything is removed. */
static gboolean
save (Prune *prune, GError **error)
{
  g_autofree char *lines = make_lines (prune), *path = NULL;
  int fd = make_file (prune, &path, error);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = write_all (fd, lines) && sync_folder (path);
  if (!ok) {
    set_file_error (error, path, errno);
    unlink (path);
  }
  close (fd);
  if (ok)
    prune->file = g_steal_pointer (&path);
  return ok;
}

/* Only the record that was shown, and that is in the file: not one that was changed meanwhile. */
static gboolean
remove_one (Prune *prune, const Candidate *candidate, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (machtype_store_remove (prune->store, candidate->record, &why)) {
    prune->n_removed++;
    return TRUE;
  }
  if (!g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT) &&
      !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_PENDING) &&
      !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    return pass_on (error, &why);
  prune->has_conflict = TRUE;
  g_printerr ("machtype: not removed: %s\n", why->message);
  return TRUE;
}

static gboolean
remove_all (Prune *prune, GError **error)
{
  guint i;

  if (!machtype_store_begin (prune->store, error))
    return FALSE;
  for (i = 0; i < prune->candidates->len; i++) {
    const Candidate *candidate = prune->candidates->pdata[i];

    if (!candidate->is_wanted || remove_one (prune, candidate, error))
      continue;
    machtype_store_rollback (prune->store);
    return FALSE;
  }
  return machtype_store_commit (prune->store, error);
}

static void
print_json (const Candidate *candidate)
{
  GString *json = json_begin_with (machtype_record_to_json (candidate->record));
  g_autofree char *at = dup_time (candidate->changed_at);

  json_text (json, "last_change", at);
  json_boolean (json, "prune", candidate->is_wanted);
  json_end (json);
}

static void
print_plain (const Candidate *candidate)
{
  const MachtypeRecord *record = candidate->record;
  g_autofree char *at = dup_time (candidate->changed_at);
  const char *const fields[] = {
    candidate->is_wanted ? "prune" : "transient",
    machtype_record_get_name (record),
    machtype_record_get_uuid (record),
    machtype_record_get_host_name (record),
    machtype_record_get_machine (record),
    at,
  };

  print_fields (fields, G_N_ELEMENTS (fields));
}

/* The day is enough for a person. */
static char *
dup_day (gint64 seconds)
{
  g_autofree char *time = dup_time (seconds);

  return g_strndup (time, strcspn (time, "T"));
}

static void
print_table (const Prune *prune, gboolean is_wanted)
{
  static const char *const heads[] = { "NAME", "CHANGED", "HOST", "MACHINE", "UUID", NULL };
  g_autoptr (Table) table = table_new (heads);
  guint i;

  for (i = 0; i < prune->candidates->len; i++) {
    const Candidate *candidate = prune->candidates->pdata[i];
    const MachtypeRecord *record = candidate->record;
    g_autofree char *day = dup_day (candidate->changed_at);
    const char *name = machtype_record_get_name (record);

    if (candidate->is_wanted != is_wanted)
      continue;
    table_add (table, STYLE_NAME, or_dash (name));
    table_add (table, STYLE_PLAIN, day);
    table_add (table, STYLE_PLAIN, machtype_record_get_host_name (record));
    table_add (table, STYLE_PLAIN, machtype_record_get_machine (record));
    table_add (table, STYLE_DIM, machtype_record_get_uuid (record));
  }
  if (table_get_n_rows (table) == 0)
    return;
  if (!is_wanted)
    terminal_print_heading (stdout, "Transient domains that have ended (removed with --transient)");
  table_print (table, stdout, 0);
}

static void
print_all (const Prune *prune)
{
  guint i;

  if (!prune->options->guests.json && terminal_is_screen (stdout)) {
    print_table (prune, TRUE);
    print_table (prune, FALSE);
    return;
  }
  for (i = 0; i < prune->candidates->len; i++) {
    if (prune->options->guests.json)
      print_json (prune->candidates->pdata[i]);
    else
      print_plain (prune->candidates->pdata[i]);
  }
}

static void
print_end (const Prune *prune)
{
  GString *json;

  if (prune->file != NULL && prune->options->guests.json) {
    json = json_begin ();
    json_integer (json, "pruned", prune->n_removed);
    json_text (json, "file", prune->file);
    json_end (json);
  }
  if (prune->file != NULL)
    g_printerr ("%u record%s removed; 'machtype import %s' brings back %s\n", prune->n_removed,
                prune->n_removed == 1 ? " was" : "s were", prune->file,
                prune->n_removed == 1 ? "the record, without its history"
                                      : "the records, without their histories");
  else if (prune->n_wanted == 0)
    g_printerr ("nothing to prune\n");
  else
    g_printerr ("%u record%s can be removed: repeat the command with --yes\n", prune->n_wanted,
                prune->n_wanted == 1 ? "" : "s");
}

/* Signals wait: what is in the file is then removed as well. */
static gboolean
save_and_remove (Prune *prune, GError **error)
{
  gboolean ok;

  signals_delay ();
  ok = save (prune, error) && remove_all (prune, error);
  if (ok)
    print_end (prune);
  else if (prune->file != NULL)
    g_printerr ("nothing was removed; %s has what would have been\n", prune->file);
  signals_deliver ();
  return ok;
}

static gboolean
examine_all (Prune *prune, GError **error)
{
  const MachtypeStoreOpenFlags flags =
      prune->options->yes ? MACHTYPE_STORE_OPEN_NONE : MACHTYPE_STORE_OPEN_READ_ONLY;
  guint i;

  if (prune->entries->len == 0)
    return TRUE;
  prune->store = store_options_open (&prune->options->guests.store, flags, error);
  for (i = 0; prune->store != NULL && i < prune->entries->len; i++) {
    if (!examine (prune, prune->entries->pdata[i], error))
      return FALSE;
  }
  return prune->store != NULL;
}

static int
run (Prune *prune, const GuestsResult *result, GError **error)
{
  if (!examine_all (prune, error))
    return STATUS_BACKEND;
  print_all (prune);
  if (prune->options->yes && prune->n_wanted != 0) {
    if (!save_and_remove (prune, error))
      return STATUS_BACKEND;
  } else
    print_end (prune);
  if (result->has_failed)
    return STATUS_BACKEND;
  if (prune->has_conflict)
    return STATUS_CONFLICT;
  return prune->n_wanted != 0 && !prune->options->yes ? STATUS_NO : STATUS_DONE;
}

static gboolean
check_options (const PruneOptions *o, GError **error)
{
  if (o->older_than < 0)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--older-than DAYS: for how long must a guest not have been seen?");
  if (o->save != NULL && !o->yes)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--save needs --yes: without it nothing is removed");
  if (o->save != NULL && *o->save == '\0')
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--save: the path is empty");
  return TRUE;
}

static int
prune_records (PruneOptions *o, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_audit_entry_unref);
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (candidate_free);
  Prune prune = { o, NULL, entries, candidates, 0, 0, FALSE, NULL };
  GuestsResult result = { 0 };
  int status = STATUS_USAGE;

  if (!check_options (o, error) ||
      !guests_run (&o->guests, MACHTYPE_AUDIT_FINDINGS_ONLY, on_guest, entries, &result, error))
    return STATUS_USAGE;
  if (result.n_hosts == 0 && !result.has_failed)
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
               "which hosts are asked? --connect URI, or hosts in machtype.conf");
  else
    status = run (&prune, &result, error);
  g_clear_object (&prune.store);
  g_free (prune.file);
  return status;
}

int
command_prune (int argc, char **argv)
{
  PruneOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "older-than", 0, 0, G_OPTION_ARG_INT, &o.older_than,
      "only records neither seen nor changed for so long", "DAYS" },
    { "transient", 0, 0, G_OPTION_ARG_NONE, &o.transient,
      "also those of transient domains that have ended", NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &o.yes, "remove what is shown", NULL },
    { "save", 0, 0, G_OPTION_ARG_FILENAME, &o.save,
      "write them to a new file first (default: beside the store)", "FILE" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = options_new (
      NULL,
      "Shows the records of hosts that were asked, have answered, and have no domain\n"
      "of that UUID. Never one that is shelved_offloaded or has a pending change,\n"
      "whose host was not asked or did not answer, or whose UUID another host has.\n"
      "Transient domains that have ended are listed apart. With --yes the records\n"
      "are removed, with their histories, after they were written to a file that\n"
      "import reads.",
      "Exit status: 0 done, or nothing to prune, 1 records can be removed, or FILE\n"
      "exists, 2 usage, 3 a host, the store or a file failed, 75 changed concurrently.\n\n"
      "Example:\n"
      "  machtype prune --connect qemu:///system --older-than 30");
  g_autoptr (GError) error = NULL;
  int status;

  o.older_than = -1;
  options_add (context, entries);
  guests_options_add_source (context, &o.guests);
  options_add_output (context, &o.guests.json, "print JSON, one object per record");
  if (options_parse (context, &argc, &argv, 0, 0, &status))
    status = prune_records (&o, &error);
  if (error != NULL)
    status = report_answer (error, o.guests.json);
  g_free (o.save);
  guests_options_clear (&o.guests);
  return status;
}
