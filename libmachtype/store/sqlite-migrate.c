/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of an SQLite database of records, version by version. */

#include "store/sqlite-private.h"

#include <stdlib.h>

#include "arch-private.h"

/* What migrates the tables of one version to the next; the first creates them. A step that has been
 * released is never changed. A step after which an older release would misread the tables, or write
 * what is wrong, renames "record" and "history": a process that has the store open then finds
 * nothing, and reports why. A step that only adds does not need to. "text" is stored in few tables:
 * see sqlite-dictionary.c. The index contains everything that listing uses, including the column
 * that is tested, because otherwise SQLite (3.40) looks up every row. */
static const char *const migrations[] = {
  "CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
  "CREATE TABLE host (id INTEGER PRIMARY KEY, name TEXT, uuid TEXT, qemu_version INTEGER NOT NULL,"
  "  libvirt_version INTEGER NOT NULL) STRICT;"
  "CREATE INDEX host_name ON host (name, uuid);"
  "CREATE TABLE property_set (id INTEGER PRIMARY KEY, properties TEXT NOT NULL UNIQUE) STRICT;"
  "CREATE TABLE record (uuid BLOB PRIMARY KEY, revision INTEGER NOT NULL, machine INTEGER,"
  "  asked INTEGER, source INTEGER NOT NULL, arch INTEGER NOT NULL, state INTEGER, host INTEGER,"
  "  cell INTEGER, name TEXT, properties INTEGER, recorded_at INTEGER NOT NULL,"
  "  seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
  "CREATE INDEX record_unset ON record (machine, uuid, state, cell, host) WHERE machine IS NULL;",

  "CREATE TABLE history (uuid BLOB NOT NULL, revision INTEGER NOT NULL, changed_at INTEGER NOT "
  "NULL,"
  "  who INTEGER, action INTEGER NOT NULL, forced INTEGER NOT NULL, undoes INTEGER NOT NULL,"
  "  old_machine INTEGER, new_machine INTEGER, old_asked INTEGER, old_source INTEGER NOT NULL,"
  "  old_arch INTEGER NOT NULL,"
  "  old_properties INTEGER, PRIMARY KEY (uuid, revision)) STRICT, WITHOUT ROWID;",

  /* Since then 0 is the source without a machine type (MachtypeSource). */
  ("UPDATE record SET source = CASE WHEN machine IS NULL THEN 0 ELSE source + 1 END;"
   "UPDATE history SET old_source = CASE WHEN old_machine IS NULL THEN 0 ELSE old_source + 1 END;"),

  /* Changes of record and definition that are in progress. */
  "CREATE TABLE intention (uuid BLOB PRIMARY KEY, revision INTEGER NOT NULL,"
  "  token INTEGER NOT NULL, started_at INTEGER NOT NULL, who INTEGER, action INTEGER NOT NULL,"
  "  forced INTEGER NOT NULL, undoes INTEGER NOT NULL, host_name INTEGER NOT NULL,"
  "  host_uuid INTEGER, uri INTEGER NOT NULL, definition INTEGER NOT NULL, old_machine INTEGER,"
  "  machine INTEGER NOT NULL, asked INTEGER, source INTEGER NOT NULL, arch INTEGER NOT NULL,"
  "  properties INTEGER) STRICT, WITHOUT ROWID;",

  /* Members of JSON that were not known when the record was written. And what classes have in
   * common: the index contains everything that counting them uses. Since then image properties can
   * be defaults, too: see encoding-private.h. */
  "ALTER TABLE record ADD COLUMN unknown TEXT;"
  "CREATE INDEX record_class ON record (host, machine, arch, state, cell, properties);",

  /* A guest is looked up by its name, too. Those of one name are in the order of their UUIDs. */
  "CREATE INDEX record_name ON record (name) WHERE name IS NOT NULL;",

  /* Whether the instance was a transient domain when it was last seen; and whether an update took
   * over what the domain was defined with: for an older release it is an update like any other. */
  "ALTER TABLE record ADD COLUMN transient INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE history ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;",

  /* Definitions that a change replaced. */
  "ALTER TABLE history ADD COLUMN old_definition TEXT;"
  "ALTER TABLE history ADD COLUMN new_definition TEXT;"
  "ALTER TABLE intention ADD COLUMN old_xml TEXT;",
};

G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == MT_SQLITE_VERSION);

/* The numbers that are stored in the tables; MACHTYPE_HISTORY_ACTION_ACCEPT is not one of them. An
 * older library treats an unknown one as damage: appending to one of these enumerations requires a
 * migration, even if it only renames tables, which lets the older library report that a newer one
 * has written the store. */
G_STATIC_ASSERT (MT_SQLITE_VERSION == 8 && MT_ARCH_LAST == MACHTYPE_ARCH_XTENSAEB &&
                 MT_SOURCE_LAST == MACHTYPE_SOURCE_IMPORT &&
                 MT_HISTORY_ACTION_LAST == MACHTYPE_HISTORY_ACTION_ACCEPT);

gboolean
mt_sqlite_migrate (sqlite3 *db, int to, char **message)
{
  g_autofree char *version = mt_sqlite_query_text (db, "PRAGMA user_version"), *stamp = NULL;
  int from;

  if (version == NULL)
    return FALSE;
  for (from = atoi (version); from < to; from++) {
    if (mt_sqlite->exec (db, migrations[from], NULL, NULL, message) != SQLITE_OK)
      return FALSE;
  }
  stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d",
                           MT_SQLITE_APPLICATION, to);
  return mt_sqlite->exec (db, stamp, NULL, NULL, message) == SQLITE_OK;
}
