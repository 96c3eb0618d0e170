/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spool: what waits to be recorded, a file each. doc/spool.md
 * describes its form. A file is removed only once the store has it on its disk: whoever is
 * interrupted before that takes it again, which changes nothing. */

#include "recorder/recorder-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/domain-private.h"
#include "error-private.h"
#include "record/record-private.h"
#include "recorder/record-result-private.h"

/* libvirt's hook keeps no larger ones. */
#define MAX_SIZE (8 << 20)

/* The files of one transaction: others can write in between. */
#define CHUNK 64

/* A file that is being written has a dot before its name. One that is older has no writer any more,
 * in seconds. */
#define HIDDEN_MAX_AGE 3600

#define DAMAGED "damaged"
#define STARTED "started"

typedef enum { KIND_XML, KIND_JSON, KIND_UNKNOWN } Kind;

typedef struct {
  char *name;
  gint64 seconds, nanoseconds, pid;
  Kind kind;
} File;

/* What a file was found to be. */
typedef struct {
  const File *file;
  char uuid[MT_UUID_LENGTH + 1];
  MachtypeDomainStatus *status;
  MachtypeRecord *record;
  MachtypeRecordResult *result;
  gboolean is_gone;    /* another process has taken it */
  gboolean is_damaged; /* error is about the file, and will be the next time */
  GError *error;
} Entry;

typedef struct {
  const MachtypeRecorder *recorder; /* NULL: nothing is taken */
  int dir;
  const char *path;
  GHashTable *seen; /* names of files that stay: they are taken once */
} Spool;

static void
spool_clear (Spool *spool)
{
  if (spool->dir >= 0)
    close (spool->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spool, spool_clear)

static void
file_clear (gpointer data)
{
  g_free (((File *)data)->name);
}

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  machtype_domain_status_unref (entry->status);
  machtype_record_unref (entry->record);
  machtype_record_result_unref (entry->result);
  g_clear_error (&entry->error);
}

static gboolean
read_number (const char **text, char end, gint64 *number)
{
  char *rest;

  if (!g_ascii_isdigit (**text))
    return FALSE;
  *number = g_ascii_strtoll (*text, &rest, 10);
  *text = rest + 1;
  return *rest == end && *number < G_MAXINT64;
}

/* SECONDS.NANOSECONDS-PID.WORD.xml; SECONDS.NANOSECONDS-PID.json. */
static Kind
parse_name (const char *name, File *file)
{
  const char *rest = name, *dot;

  if (!read_number (&rest, '.', &file->seconds) || !read_number (&rest, '-', &file->nanoseconds) ||
      !read_number (&rest, '.', &file->pid))
    return KIND_UNKNOWN;
  if (strcmp (rest, "json") == 0)
    return KIND_JSON;
  dot = strchr (rest, '.');
  return dot != NULL && dot != rest && strcmp (dot, ".xml") == 0 ? KIND_XML : KIND_UNKNOWN;
}

static int
compare_numbers (gint64 a, gint64 b)
{
  return (a > b) - (a < b);
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const File *x = a, *y = b;
  int order = compare_numbers (x->seconds, y->seconds);

  if (order == 0)
    order = compare_numbers (x->nanoseconds, y->nanoseconds);
  if (order == 0)
    order = compare_numbers (x->pid, y->pid);
  return order != 0 ? order : strcmp (x->name, y->name);
}

/* Whether no file of it is changed. */
static gboolean
is_read_only (const Spool *spool)
{
  return spool->recorder == NULL || spool->recorder->dry_run;
}

static gboolean
set_failed (const Spool *spool, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the spool %s: %s", spool->path, g_strerror (errno));
}

/* What its writer has left when it was killed. */
static void
remove_hidden (const Spool *spool, const char *name)
{
  struct stat file;

  if (!is_read_only (spool) && fstatat (spool->dir, name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISREG (file.st_mode) &&
      file.st_mtime < g_get_real_time () / G_TIME_SPAN_SECOND - HIDDEN_MAX_AGE)
    unlinkat (spool->dir, name, 0);
}

static gboolean
is_folder (const char *name)
{
  return strcmp (name, DAMAGED) == 0 || strcmp (name, STARTED) == 0;
}

static void
add_file (const Spool *spool, GArray *files, const char *name)
{
  File file = { 0 };

  if (*name == '.')
    remove_hidden (spool, name);
  if (*name == '.' || is_folder (name) || g_hash_table_contains (spool->seen, name))
    return;
  file.kind = parse_name (name, &file);
  file.name = g_strdup (name);
  g_array_append_val (files, file);
}

/* Those that this run has not seen, in the order in which they were written. NULL: the error is
 * set. */
static GArray *
list_files (const Spool *spool, GError **error)
{
  int fd = openat (spool->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;
  GArray *files;

  if (dir == NULL) {
    set_failed (spool, error);
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  files = g_array_new (FALSE, TRUE, sizeof (File));
  g_array_set_clear_func (files, file_clear);
  while ((entry = readdir (dir)) != NULL)
    add_file (spool, files, entry->d_name);
  closedir (dir);
  g_array_sort (files, compare_files);
  return files;
}

/* Raises an error for what no writer of a spool makes. */
static gboolean
check_file (const struct stat *file, GError **error)
{
  if (!S_ISREG (file->st_mode))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "not a regular file");
  if (file->st_size > MAX_SIZE)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "larger than %d bytes", MAX_SIZE);
  return file->st_size != 0 || mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                                        "empty, as after a failure of the power or of the disk");
}

/* NULL: the entry says why. */
static char *
read_file (const Spool *spool, Entry *entry, gsize *length)
{
  int fd = openat (spool->dir, entry->file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  g_autofree char *text = NULL;
  struct stat file;
  gssize n = 0;

  if (fd < 0) {
    entry->is_gone = errno == ENOENT;
    entry->is_damaged = errno == ELOOP || errno == ENXIO;
    set_failed (spool, &entry->error);
    return NULL;
  }
  if (fstat (fd, &file) != 0)
    set_failed (spool, &entry->error);
  else if (!check_file (&file, &entry->error))
    entry->is_damaged = TRUE;
  else {
    text = g_malloc ((gsize)file.st_size + 1);
    for (*length = 0; *length < (gsize)file.st_size; *length += (gsize)n) {
      n = read (fd, text + *length, (gsize)file.st_size - *length);
      if (n <= 0)
        break;
    }
    if (n < 0)
      set_failed (spool, &entry->error);
  }
  close (fd);
  return entry->error == NULL ? g_steal_pointer (&text) : NULL;
}

/* A guest that starts. */
static gboolean
read_domain (Entry *entry, const char *text, gsize length)
{
  g_autoptr (MachtypeDomainStatusBuilder) builder = NULL;
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (text, (gssize)length, MACHTYPE_DOMAIN_READ_NONE, &entry->error);
  const char *uuid = domain != NULL ? machtype_domain_get_uuid (domain) : NULL;

  if (domain == NULL)
    return FALSE;
  if (uuid == NULL)
    return mt_fail (&entry->error, MACHTYPE_ERROR_INVALID_XML, "the domain has no UUID");
  builder = machtype_domain_status_builder_new (uuid, MACHTYPE_DOMAIN_READ_DEVICES, &entry->error);
  if (builder == NULL ||
      !machtype_domain_status_builder_set_state (builder, "running", &entry->error) ||
      !machtype_domain_status_builder_set_running (builder, text, (gssize)length, &entry->error))
    return FALSE;
  machtype_domain_status_builder_set_persistent (builder, TRUE);
  entry->status = machtype_domain_status_builder_end (builder);
  g_strlcpy (entry->uuid, machtype_domain_status_get_uuid (entry->status), sizeof entry->uuid);
  return TRUE;
}

static gboolean
read_record (Entry *entry, const char *text, gsize length)
{
  entry->record =
      machtype_record_new_from_json (text, (gssize)length, MACHTYPE_JSON_READ_NONE, &entry->error);
  if (entry->record == NULL)
    return FALSE;
  g_strlcpy (entry->uuid, machtype_record_get_uuid (entry->record), sizeof entry->uuid);
  return TRUE;
}

/* Errors that are over the next time, and say nothing about the file. */
static gboolean
is_temporary (const GError *error)
{
  return g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_PENDING) ||
         g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT) ||
         g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_MODULE);
}

static void
read_entry (const Spool *spool, Entry *entry)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (entry->file->kind == KIND_UNKNOWN) {
    mt_fail (&entry->error, MACHTYPE_ERROR_INVALID_ARGUMENT, "not a name of a spool's file");
    entry->is_damaged = TRUE;
    return;
  }
  text = read_file (spool, entry, &length);
  if (text == NULL)
    return;
  if (!(entry->file->kind == KIND_XML ? read_domain : read_record) (entry, text, length))
    entry->is_damaged = !is_temporary (entry->error);
}

/* With what is wrong with it, if it cannot be read. */
static MachtypeRecordResult *
make_failure (const Entry *entry, guint n_done, guint n_total)
{
  MtRecordResultParts parts = { 0 };

  parts.file = entry->file->name;
  parts.error = entry->error;
  parts.n_done = n_done;
  parts.n_total = n_total;
  return mt_record_result_new (&parts);
}

static gboolean
store_entries (const Spool *spool, GArray *entries, guint n_before, guint n_total, GError **error)
{
  guint i;

  for (i = 0; i < entries->len; i++) {
    Entry *entry = &g_array_index (entries, Entry, i);
    const MtSpooled spooled = { .file = entry->file->name,
                                .uuid = entry->uuid,
                                .time = entry->file->seconds,
                                .status = entry->status,
                                .record = entry->record,
                                .n_done = n_before + i + 1,
                                .n_total = n_total };

    if (entry->error != NULL) {
      entry->result = make_failure (entry, spooled.n_done, n_total);
      continue;
    }
    entry->result = mt_recorder_store_spooled (spool->recorder, &spooled, error);
    if (entry->result == NULL)
      return FALSE;
    if (machtype_record_result_get_error (entry->result) != NULL)
      entry->is_damaged = !is_temporary (machtype_record_result_get_error (entry->result));
  }
  return TRUE;
}

static gboolean
store_in_transaction (const Spool *spool, GArray *entries, guint n_before, guint n_total,
                      GError **error)
{
  MachtypeStore *store = spool->recorder->store;

  if (is_read_only (spool))
    return store_entries (spool, entries, n_before, n_total, error);
  if (!machtype_store_begin (store, error))
    return FALSE;
  if (store_entries (spool, entries, n_before, n_total, error))
    return machtype_store_commit (store, error);
  machtype_store_rollback (store);
  return FALSE;
}

/* When a guest last started, as the time of an empty file: the audit asks whether the hook has told
 * of it. Of two processes that take files of one guest, the one with the older file can be the
 * later one: time does not go back. */
static void
mark_started (const Spool *spool, const Entry *entry)
{
  g_autofree char *name = g_strconcat (STARTED "/", entry->uuid, NULL);
  const struct timespec time = { .tv_sec = (time_t)entry->file->seconds,
                                 .tv_nsec = (long)entry->file->nanoseconds };
  const struct timespec times[] = { time, time };
  struct stat before;
  gboolean is_new;
  int fd;

  mkdirat (spool->dir, STARTED, 0700);
  is_new = fstatat (spool->dir, name, &before, AT_SYMLINK_NOFOLLOW) != 0;
  fd = openat (spool->dir, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (fd < 0)
    return;
  if (is_new || before.st_mtim.tv_sec < time.tv_sec ||
      (before.st_mtim.tv_sec == time.tv_sec && before.st_mtim.tv_nsec < time.tv_nsec))
    futimens (fd, times);
  close (fd);
}

static void
put_aside (const Spool *spool, const char *name)
{
  g_autofree char *aside = g_strconcat (DAMAGED "/", name, NULL);

  mkdirat (spool->dir, DAMAGED, 0700);
  renameat (spool->dir, name, spool->dir, aside);
}

/* Once the store has it. */
static void
finish_entry (const Spool *spool, const Entry *entry)
{
  const char *name = entry->file->name;

  if (!is_read_only (spool) && entry->is_damaged)
    put_aside (spool, name);
  else if (!is_read_only (spool) && machtype_record_result_get_error (entry->result) == NULL) {
    if (entry->status != NULL)
      mark_started (spool, entry);
    unlinkat (spool->dir, name, 0);
  }
  g_hash_table_add (spool->seen, g_strdup (name));
}

static gboolean
take_chunk (const Spool *spool, const GArray *files, guint first, MachtypeRecorderFunc func,
            gpointer user_data, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  guint i;

  g_array_set_clear_func (entries, entry_clear);
  for (i = first; i < MIN (files->len, first + CHUNK); i++) {
    Entry entry = { .file = &g_array_index (files, File, i) };

    read_entry (spool, &entry);
    if (entry.is_gone)
      entry_clear (&entry);
    else
      g_array_append_val (entries, entry);
  }
  if (!store_in_transaction (spool, entries, first, files->len, error))
    return FALSE;
  for (i = 0; i < entries->len; i++)
    finish_entry (spool, &g_array_index (entries, Entry, i));
  for (i = 0; func != NULL && i < entries->len; i++) {
    if (!func (g_array_index (entries, Entry, i).result, user_data))
      return mt_fail (error, MACHTYPE_ERROR_CANCELLED, "cancelled by the caller");
  }
  return TRUE;
}

/* Until nothing new is there: whoever waits for a change may not see one that comes meanwhile. */
static gboolean
take_all (const Spool *spool, MachtypeRecorderFunc func, gpointer user_data, GError **error)
{
  for (;;) {
    g_autoptr (GArray) files = list_files (spool, error);
    guint first;

    if (files == NULL)
      return FALSE;
    if (files->len == 0)
      return TRUE;
    for (first = 0; first < files->len; first += CHUNK) {
      if (!take_chunk (spool, files, first, func, user_data, error))
        return FALSE;
    }
  }
}

/* What is in it becomes a record: no other user may write there. */
static gboolean
check_trust (const Spool *spool, GError **error)
{
  struct stat dir;

  if (fstat (spool->dir, &dir) != 0)
    return set_failed (spool, error);
  if ((dir.st_uid == geteuid () || dir.st_uid == 0) && (dir.st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_DENIED,
                  "the spool %s can be written by others (user %u, mode %04o); check it, then run "
                  "chown root and chmod 0700",
                  spool->path, (guint)dir.st_uid, (guint)dir.st_mode & 07777);
}

static gboolean
open_spool (Spool *spool, GError **error)
{
  spool->dir = open (spool->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (spool->dir < 0 && errno == ENOENT)
    return mt_fail (error, MACHTYPE_ERROR_NOT_FOUND, "there is no spool %s", spool->path);
  if (spool->dir < 0)
    return set_failed (spool, error);
  return check_trust (spool, error);
}

static gboolean
check_settings (const MachtypeRecorder *recorder, GError **error)
{
  if (recorder->flags == MACHTYPE_RECORDER_NONE && recorder->only == NULL)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "a spool is taken as a whole, and replaces nothing that is recorded");
}

/**
 * machtype_recorder_take_spool:
 * @recorder: a recorder; must not be %NULL
 * @directory: (type filename): the spool, such as `/var/lib/machtype/spool`; must not be %NULL
 * @func: (nullable) (scope call) (closure user_data): the function to call for each file; %NULL for
 *   none
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Records what waits in a spool: guests that have started, as libvirt's hook keeps them, and
 * records that another tool could not deliver. No host is asked. The files are taken in the order
 * in which they were written, some in each transaction, and each is removed once the store has it,
 * so that an interrupted run is continued by the next one, and nothing is recorded twice. When it
 * returns, the spool has no file that is left to take.
 *
 * A recorded machine type is kept: if a guest has started with another one, the outcome is
 * %MACHTYPE_STORE_OUTCOME_DIFFERS. Host, state and the like are those of the start, unless the
 * store has seen the guest later. The host's name is that of
 * [method@Machtype.Recorder.set_host_name], otherwise unknown.
 *
 * A damaged file is moved to the folder `damaged` of the spool; its result has an error, and the
 * other files are taken. A record of which a change is pending stays in the spool. @func is called
 * after the transaction. Dry runs change no file. May block.
 *
 * Raises %MACHTYPE_ERROR_NOT_FOUND if there is no such directory, %MACHTYPE_ERROR_DENIED if others
 * can write there, %MACHTYPE_ERROR_STORE and %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_INVALID_ARGUMENT
 * inside a transaction, with flags, and if domains were added, %MACHTYPE_ERROR_CANCELLED if @func
 * returned %FALSE: the files of the transaction before are recorded.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_take_spool (MachtypeRecorder *recorder, const char *directory,
                              MachtypeRecorderFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (Spool) spool = { recorder, -1, directory, seen };

  g_return_val_if_fail (recorder != NULL && directory != NULL, FALSE);

  return check_settings (recorder, error) && open_spool (&spool, error) &&
         take_all (&spool, func, user_data, error);
}

/* Of a guest that has started, the last time. */
static void
note_start (GHashTable *starts, const Entry *entry)
{
  const gint64 time = entry->file->seconds;
  const gint64 *known = g_hash_table_lookup (starts, entry->uuid);

  if (known == NULL || *known < time)
    g_hash_table_insert (starts, g_strdup (entry->uuid), g_memdup2 (&time, sizeof time));
}

/* Those of the files that were not read before. */
static gboolean
read_starts (const Spool *spool, GHashTable *starts, GError **error)
{
  g_autoptr (GArray) files = list_files (spool, error);
  guint i;

  for (i = 0; files != NULL && i < files->len; i++) {
    Entry entry = { .file = &g_array_index (files, File, i) };

    if (entry.file->kind == KIND_XML)
      read_entry (spool, &entry);
    if (entry.status != NULL)
      note_start (starts, &entry);
    g_hash_table_add (spool->seen, g_strdup (entry.file->name));
    entry_clear (&entry);
  }
  return files != NULL;
}

gboolean
mt_spool_find_start (const char *directory, GHashTable *seen, GHashTable *starts, const char *uuid,
                     gint64 *time, GError **error)
{
  g_auto (Spool) spool = { NULL, -1, directory, seen };
  g_autofree char *name = g_strconcat (STARTED "/", uuid, NULL);
  const gint64 *waiting;
  struct stat file;

  if (!open_spool (&spool, error) || !read_starts (&spool, starts, error))
    return FALSE;
  waiting = g_hash_table_lookup (starts, uuid);
  *time = waiting != NULL ? *waiting : 0;
  /* After the files: who takes one says so here before it is removed. */
  if (fstatat (spool.dir, name, &file, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT || set_failed (&spool, error);
  *time = MAX (*time, file.st_mtime);
  return TRUE;
}
