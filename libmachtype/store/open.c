/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens a store of the kind that the scheme of its place selects. */

#include "store/open-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "config/config-private.h"
#include "error-private.h"

#define SCHEME_MAX 16

typedef struct {
  char scheme[SCHEME_MAX];
  MtStoreOpenFunc *open;
} Kind;

#define AS_ROW(scheme, open) { scheme, open },
static const Kind kinds[] = { MT_STORE_KINDS (AS_ROW) };

/* NULL: there is no kind of store with this scheme. */
static MtStoreOpenFunc *
find_kind (const char *place)
{
  gsize i, length = mt_store_scheme_length (place), path_length;

  if (mt_store_find_server (place, &path_length) != NULL)
    return mt_replica_store_open;
  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (strlen (kinds[i].scheme) == length && memcmp (kinds[i].scheme, place, length) == 0)
      return kinds[i].open;
  }
  return NULL;
}

static gboolean
check_flags (MachtypeStoreOpenFlags flags, GError **error)
{
  const guint known = MACHTYPE_STORE_OPEN_CREATE | MACHTYPE_STORE_OPEN_READ_ONLY;

  if (((guint)flags & ~known) == 0 && (guint)flags != known)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                  "unknown or contradictory flags 0x%x for opening a store", (guint)flags);
}

/**
 * machtype_store_open:
 * @path: where to keep records: an SQLite database, such as `/var/lib/machtype/records.db`; a
 *   connection string of PostgreSQL's, such as `postgresql://db.example.org/fleet` or
 *   `postgresql:service=fleet`; or both, separated by a comma; must not be %NULL
 * @flags: how to open it
 * @timeout_ms: how long to wait for others that write, in milliseconds; 0 to not wait at all, -1 to
 *   wait indefinitely
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Opens a store in a file, or in a PostgreSQL database. Tables of an older version of the library
 * are migrated, for reading in memory. May block.
 *
 * Whatever a call or a commit has reported as written is on disk, whenever the process ends, and
 * nothing is ever written in part. What was not committed is discarded at the next opening. After
 * %MACHTYPE_ERROR_STORE from a commit, or from a call that writes outside a transaction, read
 * again: the change may or may not have been made.
 *
 * A store that cannot undo a failed change, for example because memory has run out, is broken: it
 * refuses every further call with %MACHTYPE_ERROR_STORE, while others can write. Open it again.
 *
 * A path, a comma and a connection string name a server's store with a replica in a file, such as
 * `/var/lib/machtype/replica.db, postgresql:service=fleet`: one record is read from the file, and
 * from the server if the file does not have it; what lists records asks the server; what writes,
 * writes to the server, and then the file gets what the server has. So what this host has recorded
 * can be read while the server is away. What other hosts have changed since is not seen until this
 * host records the instance again; a change that is based on it is refused, as every change of a
 * record that was changed concurrently.
 *
 * With %MACHTYPE_STORE_OPEN_READ_ONLY a store can be read where nothing can be written: on a full
 * or read-only disk, in a directory of another user, and whatever a process that was killed has
 * left in SQLite's log. If it cannot even be locked there, or its tables are older, calls raise
 * %MACHTYPE_ERROR_BUSY once others have written to it: open it again.
 *
 * An existing store must belong to the effective user of the process or to root, must have one hard
 * link, must not be writable by everyone, and must be in a directory where not everyone can replace
 * files. The message says what to change.
 *
 * In PostgreSQL, the tables are in the schema `machtype`; with %MACHTYPE_STORE_OPEN_CREATE they are
 * created. Many processes write at the same time. Those that are in each other's way are repeated;
 * a lost connection is opened again, and what was not committed is repeated, too: up to
 * @timeout_ms. A connection that is lost during a commit raises %MACHTYPE_ERROR_STORE. Passwords
 * and TLS are configured by libpq's own means: a service file, a password file. What needs libpq is
 * a module, which is loaded with the first such store.
 *
 * Raises %MACHTYPE_ERROR_STORE for a file that does not exist, one that others may have written, a
 * symbolic link, a database that is damaged, newer or of another program, one that cannot be
 * written or, if it is only read, is an empty file, and one on a network file system;
 * %MACHTYPE_ERROR_STORE for a server that cannot be reached or refuses, and a database with another
 * program's tables; %MACHTYPE_ERROR_MODULE if the module of SQLite or PostgreSQL cannot be loaded;
 * %MACHTYPE_ERROR_BUSY if others did not finish in time; %MACHTYPE_ERROR_INVALID_ARGUMENT for
 * another URI, a connection string that is invalid, a path that is empty, is not valid UTF-8 or has
 * control characters, unknown flags and a timeout below -1.
 *
 * Returns: (transfer full): the store, or %NULL on error
 * Since: 1.0
 */
MachtypeStore *
machtype_store_open (const char *path, MachtypeStoreOpenFlags flags, int timeout_ms, GError **error)
{
  MtStoreOpenFunc *open;

  g_return_val_if_fail (path != NULL, NULL);

  if (!mt_store_check_place (path, error))
    return NULL;
  open = find_kind (path);
  if (open == NULL) {
    mt_store_set_uri (path, error);
    return NULL;
  }
  if (!mt_check_timeout (timeout_ms, error) || !check_flags (flags, error))
    return NULL;
  return open (path, flags, timeout_ms, error);
}

/* The default store's directory is created, another one's is up to the operator. */
static gboolean
make_folder (const MachtypeConfig *config, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (config->store);

  return config->has_store || g_mkdir_with_parents (folder, 0700) == 0 ||
         mt_fail (error, MACHTYPE_ERROR_STORE, "%s: %s", folder, g_strerror (errno));
}

/**
 * machtype_store_open_default:
 * @flags: how to open it; with %MACHTYPE_STORE_OPEN_CREATE, the directory of a store that is not
 *   configured is created, too
 * @timeout_ms: how long to wait for others that write, in milliseconds; 0 to not wait at all, -1 to
 *   wait indefinitely
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Opens the store of this host: the one that machtype_config_load() finds, which is also that of
 * the program `machtype`. Otherwise as machtype_store_open(). May block.
 *
 * Raises %MACHTYPE_ERROR_INVALID_CONFIG for a configuration that cannot be read, and the errors of
 * machtype_store_open().
 *
 * Returns: (transfer full): the store, or %NULL on error
 * Since: 1.0
 */
MachtypeStore *
machtype_store_open_default (MachtypeStoreOpenFlags flags, int timeout_ms, GError **error)
{
  g_autoptr (MachtypeConfig) config = machtype_config_load (NULL, error);

  if (config == NULL || ((flags & MACHTYPE_STORE_OPEN_CREATE) != 0 && !make_folder (config, error)))
    return NULL;
  return machtype_store_open (config->store, flags, timeout_ms, error);
}
