/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib/gstdio.h>
#include <machtype/store.h>
#include <string.h>

/* The kinds of stores: what all stores share is tested on each of them. A new kind is a row. */
typedef struct {
  const char *name;
  const char *scheme; /* of its places, which are in a directory of the test; NULL: in memory */
} StoreKind;

/* In a database of the server that tests/postgresql/cluster.sh runs, under the directory's name. */
#define POSTGRESQL_SCHEME "postgresql:dbname="

/* The same, behind a replica in the test's directory. */
#define REPLICA_SCHEME ", " POSTGRESQL_SCHEME

static const StoreKind store_kinds[] = {
  { "memory", NULL },
  { "sqlite", "" },
#ifdef TEST_POSTGRESQL
  { "postgresql", POSTGRESQL_SCHEME },
  { "replica", REPLICA_SCHEME },
#endif
};

/* Creates the database of a kind in a directory, unless it is there. */
static inline char *
store_database_make (const StoreKind *kind, const char *dir)
{
  g_autofree char *base = g_path_get_basename (dir);
  g_autofree char *name = g_strconcat (base, "-", kind->name, NULL);
  g_autofree char *sql = g_strdup_printf ("CREATE DATABASE \"%s\"", name);
  char psql[] = "psql", quiet[] = "-q", command[] = "-c";
  char *argv[] = { psql, quiet, command, sql, NULL };
  GError *error = NULL;

  g_spawn_sync (NULL, argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&name);
}

static inline char *
store_dir_make (void)
{
  GError *error = NULL;
  char *dir = g_dir_make_tmp ("machtype-store-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static inline void
store_dir_remove (const char *dir)
{
  GDir *list = g_dir_open (dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (list)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_dir_close (list);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static inline MachtypeStore *
store_kind_open (const StoreKind *kind, const char *dir)
{
  g_autofree char *place = NULL, *database = NULL;
  GError *error = NULL;
  MachtypeStore *store;

  if (kind->scheme == NULL)
    return machtype_store_open_memory ();
  if (strstr (kind->scheme, POSTGRESQL_SCHEME) != NULL)
    database = store_database_make (kind, dir);
  if (database == NULL)
    place = g_strconcat (kind->scheme, dir, "/records.db", NULL);
  else if (strcmp (kind->scheme, REPLICA_SCHEME) == 0)
    place = g_strconcat (dir, "/replica.db", kind->scheme, database, NULL);
  else
    place = g_strconcat (kind->scheme, database, NULL);
  store = machtype_store_open (place, MACHTYPE_STORE_OPEN_CREATE, 1000, &error);
  g_assert_no_error (error);
  return store;
}

/* What all stores do. */
typedef struct {
  const char *name;
  void (*run) (MachtypeStore *store); /* a new one */
} StoreBehaviour;

typedef struct {
  const StoreKind *kind;
  void (*run) (MachtypeStore *store);
} StoreCase;

static inline void
store_run_case (gconstpointer data)
{
  const StoreCase *one = data;
  g_autofree char *dir = store_dir_make ();
  MachtypeStore *store = store_kind_open (one->kind, dir);

  one->run (store);
  g_object_unref (store);
  store_dir_remove (dir);
}

/* Adds a test of each behaviour of each kind: "/PREFIX/KIND/NAME". */
static inline void
store_add_behaviours (const char *prefix, const StoreBehaviour *behaviours, gsize n)
{
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    for (j = 0; j < n; j++) {
      g_autofree char *path =
          g_strdup_printf ("/%s/%s/%s", prefix, store_kinds[i].name, behaviours[j].name);
      StoreCase *one = g_new (StoreCase, 1);

      *one = (StoreCase){ &store_kinds[i], behaviours[j].run };
      g_test_add_data_func_full (path, one, store_run_case, g_free);
    }
  }
}
