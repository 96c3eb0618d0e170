/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "recorded.h"

#include <stdio.h>
#include <string.h>

static void
free_machine (gpointer data)
{
  Machine *machine = data;

  g_free (machine->stands_for);
  g_free (machine);
}

static void
free_qemu (gpointer data)
{
  Qemu *qemu = data;

  g_hash_table_unref (qemu->emulators);
  g_free (qemu);
}

GPtrArray *
recorded_read_part (const char *path, const char *part, guint n_columns)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean is_in = part == NULL, is_first = TRUE;
  gsize i;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) columns = NULL;

    if (lines[i][0] == '%')
      is_in = g_str_equal (lines[i], part);
    if (!is_in || strchr ("#%", lines[i][0]) != NULL)
      continue;
    columns = g_strsplit (lines[i], "\t", -1);
    g_assert_cmpuint (g_strv_length (columns), ==, n_columns);
    if (!is_first)
      g_ptr_array_add (rows, g_steal_pointer (&columns));
    is_first = FALSE;
  }
  return rows;
}

GPtrArray *
recorded_read_rows (const char *path, guint n_columns)
{
  return recorded_read_part (path, NULL, n_columns);
}

static void
add_machine (Qemu *qemu, char **row)
{
  g_auto (GStrv) emulators = g_strsplit (row[3], " ", -1);
  gsize i;

  for (i = 0; emulators[i] != NULL; i++) {
    GHashTable *machines = g_hash_table_lookup (qemu->emulators, emulators[i]);
    Machine *machine = g_new0 (Machine, 1);

    if (machines == NULL) {
      machines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_machine);
      g_hash_table_insert (qemu->emulators, g_strdup (emulators[i]), machines);
    }
    machine->stands_for = strcmp (row[1], "-") != 0 ? g_strdup (row[1]) : NULL;
    machine->deprecated = strcmp (row[2], "deprecated") == 0;
    g_hash_table_insert (machines, g_strdup (row[0]), machine);
  }
}

static Qemu *
read_qemu (const char *path, guint version)
{
  g_autoptr (GPtrArray) rows = recorded_read_rows (path, 4);
  Qemu *qemu = g_new0 (Qemu, 1);
  guint i;

  qemu->version = version;
  qemu->emulators =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  for (i = 0; i < rows->len; i++)
    add_machine (qemu, rows->pdata[i]);
  return qemu;
}

char *
recorded_dup_folder (void)
{
  const char *folder = g_getenv ("MACHTYPE_EMULATORS");

  return folder != NULL && *folder != '\0' ? g_strdup (folder) : test_data ("emulators");
}

GPtrArray *
recorded_read_all (void)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (free_qemu);
  g_autofree char *folder = recorded_dup_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    guint major, minor;

    if (sscanf (name, "machines-%u.%u.tsv", &major, &minor) == 2)
      g_ptr_array_add (all, read_qemu (path, V (major, minor)));
  }
  g_assert_cmpuint (all->len, >, 0);
  return all;
}
