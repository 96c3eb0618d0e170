/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the tests of stores in files. */

#include "store-place.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n

void
place_init (Place *place)
{
  place->dir = g_dir_make_tmp ("machtype-store-XXXXXX", NULL);
  g_assert_nonnull (place->dir);
  place->path = g_build_filename (place->dir, "records.db", NULL);
}

void
place_clear (Place *place)
{
  GDir *list = g_dir_open (place->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (list)) != NULL) {
    g_autofree char *path = g_build_filename (place->dir, name, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_dir_close (list);
  g_assert_cmpint (g_rmdir (place->dir), ==, 0);
  g_free (place->dir);
  g_free (place->path);
}

MachtypeStore *
place_open (const Place *place, MachtypeStoreOpenFlags flags, GError **error)
{
  return machtype_store_open (place->path, flags, 200, error);
}

MachtypeStore *
place_create (const Place *place)
{
  GError *error = NULL;
  MachtypeStore *store = place_open (place, MACHTYPE_STORE_OPEN_CREATE, &error);

  g_assert_no_error (error);
  return store;
}

gboolean
place_add (MachtypeStore *store, const char *uuid, const char *machine, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL;

  machtype_record_builder_set_machine (builder, machine, NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
  machtype_record_builder_set_state (builder, "stopped", NULL);
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, NULL, error);
  return added != NULL;
}

void
place_fill (const Place *place)
{
  MachtypeStore *store = place_create (place);

  g_assert_true (place_add (store, UUID (1), "pc-q35-6.2", NULL));
  g_object_unref (store);
}

void
place_assert_machine (MachtypeStore *store, const char *uuid, const char *machine)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (machtype_record_get_machine (record), ==, machine);
  g_assert_cmpstr (machtype_record_get_state (record), ==, "stopped");
}

void
place_run_sql (const Place *place, const char *sql)
{
  sqlite3 *db = NULL;
  char *message = NULL;

  g_assert_cmpint (sqlite3_open (place->path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}
