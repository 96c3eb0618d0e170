/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A copy of an SQLite database of records, created while others write. */

#include "store/sqlite-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "error-private.h"

static gboolean
set_failed (GError **error, const char *path, const char *why)
{
  return mt_fail (error, MACHTYPE_ERROR_STORE, "the backup %s: %s", path, why);
}

static gboolean
set_there (GError **error, const char *path)
{
  return mt_fail (error, MACHTYPE_ERROR_EXISTS,
                  "%s already exists, and a backup does not overwrite files", path);
}

/* Another process may create it in the meantime: this only reports it before the work is done. */
static gboolean
check_free (const char *path, GError **error)
{
  struct stat file;

  if (lstat (path, &file) == 0)
    return set_there (error, path);
  return errno == ENOENT || set_failed (error, path, g_strerror (errno));
}

/* SQLite's message about the copy, with the reason if it is the operating system's. */
static gboolean
set_copy_failed (GError **error, const char *path, sqlite3 *copy, int code)
{
  int number = copy != NULL ? mt_sqlite->system_errno (copy) : 0;
  gboolean of_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;

  if ((code & 0xff) == SQLITE_FULL)
    number = ENOSPC;
  else if (!of_system)
    number = 0;
  return set_failed (error, path, number != 0 ? g_strerror (number) : mt_sqlite->errstr (code));
}

int
mt_sqlite_copy_pages (sqlite3 *from, sqlite3 *to)
{
  sqlite3_backup *backup = mt_sqlite->backup_init (to, "main", from, "main");
  int code, end;

  if (backup == NULL)
    return mt_sqlite->errcode (to);
  code = mt_sqlite->backup_step (backup, -1);
  end = mt_sqlite->backup_finish (backup);
  if (code == SQLITE_DONE)
    return end;
  return code != SQLITE_OK ? code : SQLITE_BUSY;
}

/* The file is not visible to others yet: no journal, and the caller syncs the disk. */
static gboolean
copy_database (const MtSqlite *sqlite, const char *temporary, const char *path, GError **error)
{
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3 *copy = NULL;
  int code = mt_sqlite->open_v2 (temporary, &copy, flags, NULL);
  gboolean busy, ok;

  if (code == SQLITE_OK)
    code = mt_sqlite->exec (copy, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL,
                            NULL);
  if (code == SQLITE_OK)
    code = mt_sqlite_copy_pages (sqlite->db, copy);
  busy = mt_sqlite_is_busy (code);
  if (busy)
    mt_fail (error, MACHTYPE_ERROR_BUSY, "the store %s: " MT_SQLITE_BUSY, sqlite->path);
  ok = code == SQLITE_OK || (!busy && set_copy_failed (error, path, copy, code));
  mt_sqlite->close (copy);
  return ok;
}

/* Some file systems cannot rename without replacing, but can link. */
static gboolean
give_name (const char *temporary, const char *path, GError **error)
{
  if (syscall (SYS_renameat2, AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if ((errno == EINVAL || errno == ENOSYS) && link (temporary, path) == 0) {
    unlink (temporary);
    return TRUE;
  }
  return errno == EEXIST ? set_there (error, path) : set_failed (error, path, g_strerror (errno));
}

/* The name is on disk only when the directory is. */
static gboolean
sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    set_failed (error, path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
fill (const MtSqlite *sqlite, int fd, const char *temporary, const char *path, GError **error)
{
  if (fchmod (fd, 0600) != 0) /* whatever the umask */
    return set_failed (error, path, g_strerror (errno));
  if (!copy_database (sqlite, temporary, path, error) || !mt_sqlite_check_usable (sqlite, error))
    return FALSE;
  return fsync (fd) == 0 || set_failed (error, path, g_strerror (errno));
}

gboolean
mt_sqlite_backup (const MtSqlite *sqlite, const char *path, GError **error)
{
  g_autofree char *resolved = mt_sqlite_resolve (path, error), *temporary = NULL;
  gboolean ok;
  int fd;

  if (resolved == NULL || !mt_sqlite_check_usable (sqlite, error) || !check_free (resolved, error))
    return FALSE;
  temporary = g_strconcat (resolved, ".part-XXXXXX", NULL);
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return set_failed (error, resolved, g_strerror (errno));
  ok = fill (sqlite, fd, temporary, resolved, error) && give_name (temporary, resolved, error);
  close (fd);
  if (!ok) {
    unlink (temporary);
    return FALSE;
  }
  if (sync_folder (resolved, error))
    return TRUE;
  unlink (resolved);
  return FALSE;
}
