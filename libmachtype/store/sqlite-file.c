/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of an SQLite database of records: where it is, and whether anyone except the caller
 * could have written it. */

#include "store/sqlite-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "error-private.h"

/* Inspects a file without opening it: closing a descriptor of a file removes all locks that the
 * process has on it (fcntl (2)), including those of another store in this process. */
#define LOOK (O_PATH | O_NOFOLLOW | O_CLOEXEC)

/* Magic numbers of statfs (2), by the file system's name. Sources: statfs(2); Linux
 * include/uapi/linux/magic.h; fs/smb/client (SMB2), fs/gfs2, fs/ocfs2, Lustre's lustre_user.h. */
typedef struct {
  guint64 magic;
  char name[10];
} NetworkFileSystem;

static const NetworkFileSystem network_file_systems[] = {
  { 0x6969, "nfs" },        { 0x517b, "smb" },          { 0xff534d42, "cifs" },
  { 0xfe534d42, "smb2" },   { 0x01021997, "9p" },       { 0x5346414f, "afs" },
  { 0x6b414653, "kafs" },   { 0x73757245, "coda" },     { 0x00c36400, "ceph" },
  { 0x0bd00bd0, "lustre" }, { 0x7461636f, "ocfs2" },    { 0x01161970, "gfs2" },
  { 0x47504653, "gpfs" },   { 0x20030528, "orangefs" },
};

gboolean
mt_is_network_file_system (guint64 type)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (network_file_systems); i++) {
    if (network_file_systems[i].magic == (type & G_MAXUINT32))
      return TRUE;
  }
  return FALSE;
}

static gboolean
set_failed (const char *path, GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s: %s", path, g_strerror (errno));
}

/* Where everyone can replace files, the contents can be anyone's. With the sticky bit, as in /tmp,
 * only the owners of file and directory can. */
static gboolean
check_folder (const char *path, GError **error)
{
  struct stat folder;

  if (stat (path, &folder) != 0)
    return mt_fail (error, MACHTYPE_ERROR_STORE, "the folder %s: %s", path, g_strerror (errno));
  if ((folder.st_mode & S_IWOTH) == 0 || (folder.st_mode & S_ISVTX) != 0)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the folder %s is writable by all users (mode %04o), who could replace the "
                  "store: run chmod o-w, or keep the store elsewhere",
                  path, folder.st_mode & 07777);
}

/* The directory can be reached through symbolic links, as homes often are; the file itself cannot,
 * because whoever can create one there would choose what is written. */
char *
mt_sqlite_resolve (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *base = g_path_get_basename (path);
  char resolved[PATH_MAX];

  if (*path == '\0' || g_str_has_suffix (path, "/")) {
    mt_fail (error, MACHTYPE_ERROR_STORE, "'%s' is not a valid file name for a store", path);
    return NULL;
  }
  if (realpath (folder, resolved) == NULL) {
    mt_fail (error, MACHTYPE_ERROR_STORE, "the folder of %s: %s", path, g_strerror (errno));
    return NULL;
  }
  return check_folder (resolved, error) ? g_build_filename (resolved, base, NULL) : NULL;
}

static gboolean
check_type (const char *path, const struct stat *file, GError **error)
{
  if (S_ISLNK (file->st_mode))
    return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s is a symbolic link", path);
  if (!S_ISREG (file->st_mode))
    return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s is not a regular file", path);
  return TRUE;
}

/* What others can write is not trusted when reading, either. */
static gboolean
check_writers (const char *path, const struct stat *file, GError **error)
{
  if ((file->st_mode & S_IWOTH) != 0)
    return mt_fail (error, MACHTYPE_ERROR_STORE,
                    "the store %s is writable by all users (mode %04o): if you trust its contents, "
                    "run chmod o-w",
                    path, file->st_mode & 07777);
  if (file->st_nlink > 1)
    return mt_fail (error, MACHTYPE_ERROR_STORE,
                    "the store %s has %lu hard links, but must have only one: remove the other "
                    "names, or copy it to a new file",
                    path, (gulong)file->st_nlink);
  return TRUE;
}

static gboolean
check_owner (const char *path, const struct stat *file, GError **error)
{
  uid_t user = geteuid ();

  if (file->st_uid == user || file->st_uid == 0)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s is owned by user %u, but must be owned by %s: if you trust its "
                  "contents, run chown %u",
                  path, (guint)file->st_uid, user != 0 ? "you or root" : "root", (guint)user);
}

static gboolean
check_system (const char *path, int fd, GError **error)
{
  struct statfs system;

  if (fstatfs (fd, &system) != 0)
    return set_failed (path, error);
  if (!mt_is_network_file_system ((guint64)system.f_type))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s is on a network file system, where access from several hosts would "
                  "damage it: use a local one",
                  path);
}

static gboolean
check_file (const char *path, int fd, GError **error)
{
  struct stat file;

  if (fstat (fd, &file) != 0)
    return set_failed (path, error);
  return check_type (path, &file, error) && check_owner (path, &file, error) &&
         check_writers (path, &file, error) && check_system (path, fd, error);
}

/* Accessible only to its owner, whatever the umask: SQLite gives its helper files the same mode. */
static gboolean
make_file (const char *path)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean ok = fd >= 0 && fchmod (fd, 0600) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

/* A file that must not be where it was created is removed. */
static int
find_file (const char *path, MachtypeStoreOpenFlags flags, GError **error)
{
  gboolean made = FALSE;
  int fd = open (path, LOOK);

  if (fd < 0 && errno == ENOENT && (flags & MACHTYPE_STORE_OPEN_CREATE) != 0) {
    made = make_file (path);
    fd = open (path, LOOK);
  }
  if (fd < 0) {
    set_failed (path, error);
    return -1;
  }
  if (check_file (path, fd, error))
    return fd;
  close (fd);
  if (made)
    unlink (path);
  return -1;
}

int
mt_sqlite_find_file (const MtSqlite *sqlite, MachtypeStoreOpenFlags flags, GError **error)
{
  /* One at a time in this process: a file must not have locks between its creation and the
   * closing of the descriptor that created it. */
  static GMutex mutex;
  int fd;

  g_mutex_lock (&mutex);
  fd = find_file (sqlite->path, flags, error);
  g_mutex_unlock (&mutex);
  return fd;
}

/* SQLite opens the file by name: it must be the one that was checked. */
static gboolean
check_same (const MtSqlite *sqlite, const struct stat *looked_at, GError **error)
{
  struct stat there;
  int moved = 1;

  if (mt_sqlite->file_control (sqlite->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
      moved == 0 && lstat (sqlite->path, &there) == 0 && there.st_dev == looked_at->st_dev &&
      there.st_ino == looked_at->st_ino)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s was replaced while it was being opened", sqlite->path);
}

/* SQLite applies what is in the log and the journal, and trusts the shared memory. They are created
 * by whoever writes, which can be another permitted member of the group. */
static gboolean
check_helper (const char *path, const struct stat *store, GError **error)
{
  struct stat helper;

  if (lstat (path, &helper) != 0)
    return errno == ENOENT || set_failed (path, error);
  if (!check_type (path, &helper, error) || !check_writers (path, &helper, error))
    return FALSE;
  if (helper.st_uid == store->st_uid ||
      ((store->st_mode & S_IWGRP) != 0 && helper.st_gid == store->st_gid))
    return TRUE;
  return check_owner (path, &helper, error);
}

gboolean
mt_sqlite_check_opened (const MtSqlite *sqlite, int fd, GError **error)
{
  static const char *const suffixes[] = { "-wal", "-shm", "-journal" };
  struct stat file;
  gsize i;

  if (fstat (fd, &file) != 0)
    return set_failed (sqlite->path, error);
  for (i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = g_strconcat (sqlite->path, suffixes[i], NULL);

    if (!check_helper (path, &file, error))
      return FALSE;
  }
  return check_same (sqlite, &file, error);
}

/* A log next to the store contains what the store does not; an empty one, and one that does not
 * exist, have size 0. FALSE: it, or a journal, may contain what cannot be known. */
static gboolean
look_at_log (const MtSqlite *sqlite, struct stat *log)
{
  g_autofree char *path = g_strconcat (sqlite->path, "-wal", NULL);
  g_autofree char *journal = g_strconcat (sqlite->path, "-journal", NULL);
  struct stat file = { 0 };

  *log = file;
  return (lstat (path, log) == 0 || errno == ENOENT) &&
         (lstat (journal, &file) == 0 ? file.st_size == 0 : errno == ENOENT);
}

gboolean
mt_sqlite_freeze (MtSqlite *sqlite, int fd)
{
  sqlite->frozen = fstat (fd, &sqlite->frozen_as) == 0 && look_at_log (sqlite, &sqlite->frozen_log);
  return sqlite->frozen;
}

gboolean
mt_sqlite_has_log (const MtSqlite *sqlite)
{
  return sqlite->frozen_log.st_size != 0;
}

static gboolean
is_same_time (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static gboolean
is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
         is_same_time (&a->st_mtim, &b->st_mtim) && is_same_time (&a->st_ctim, &b->st_ctim);
}

gboolean
mt_sqlite_is_as_frozen (const MtSqlite *sqlite)
{
  struct stat now, log;

  return lstat (sqlite->path, &now) == 0 && is_same_file (&now, &sqlite->frozen_as) &&
         look_at_log (sqlite, &log) &&
         (log.st_size == 0 ? !mt_sqlite_has_log (sqlite)
                           : is_same_file (&log, &sqlite->frozen_log));
}

static gboolean
check_journal (const MtSqlite *sqlite, GError **error)
{
  g_autofree char *path = g_strconcat (sqlite->path, "-journal", NULL);
  struct stat journal;

  if (lstat (path, &journal) != 0 || journal.st_size == 0)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_STORE,
                  "the store %s has the journal of an interrupted change, %s, which has to be "
                  "undone: open it once as a user who can write",
                  sqlite->path, path);
}

gboolean
mt_sqlite_check_readable (const MtSqlite *sqlite, GError **error)
{
  g_autofree char *path = g_strconcat (sqlite->path, "-wal", NULL);

  if (faccessat (AT_FDCWD, path, R_OK, AT_EACCESS) != 0 && errno != ENOENT)
    return mt_fail (error, MACHTYPE_ERROR_STORE, "the store %s: its log %s cannot be read: %s",
                    sqlite->path, path, g_strerror (errno));
  return check_journal (sqlite, error);
}

/* For errors of the operating system SQLite reports only that there was one, and for a file that it
 * cannot write not why. */
const char *
mt_sqlite_explain (const MtSqlite *sqlite, int code)
{
  g_autofree char *folder = g_path_get_dirname (sqlite->path);
  int number;

  switch (code & 0xff) {
  case SQLITE_IOERR:
    number = mt_sqlite->system_errno (sqlite->db);
    return number != 0 ? g_strerror (number) : NULL;
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
    if (faccessat (AT_FDCWD, sqlite->path, W_OK, AT_EACCESS) == 0 &&
        faccessat (AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0)
      return NULL;
    return g_strerror (errno);
  default:
    return NULL;
  }
}
