/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib/gstdio.h>
#include <machtype/store.h>

/* The kinds of stores: what all stores share is tested on each of them. A new kind is a row. */
typedef struct {
  const char *name;
  const char *scheme; /* of its places, which are in a directory of the test; NULL: in memory */
} StoreKind;

static const StoreKind store_kinds[] = {
  { "memory", NULL },
  { "sqlite", "" },
};

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
  g_autofree char *place = NULL;
  GError *error = NULL;
  MachtypeStore *store;

  if (kind->scheme == NULL)
    return machtype_store_open_memory ();
  place = g_strconcat (kind->scheme, dir, "/records.db", NULL);
  store = machtype_store_open (place, MACHTYPE_STORE_OPEN_CREATE, 1000, &error);
  g_assert_no_error (error);
  return store;
}
