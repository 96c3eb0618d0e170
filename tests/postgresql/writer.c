/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* writer PLACE add UUID
 * writer PLACE update UUID N AUTHOR [END]
 * writer PLACE steps
 *
 * Records an instance, or changes its machine type N times, or until there is a file END, each time
 * as another author: AUTHOR-1, AUTHOR-2. Prints the outcome of each: "ok AUTHOR REVISION";
 * "conflict AUTHOR"; "unknown AUTHOR" (the change may or may not have been made); "failed AUTHOR:
 * ...". It goes on after each of them, as the next process would.
 *
 * With "steps" it does what its input says, a line each, and reports each: "begin", "read UUID",
 * "update AUTHOR" (the record that was read last), "commit". */

#include <machtype/machtype.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 1000
#define PAUSE_US 20000

static int
fail (const char *what, const GError *error)
{
  fprintf (stderr, "writer: %s: %s\n", what, error->message);
  return 1;
}

static int
add (MachtypeStore *store, const char *uuid)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (uuid, NULL);
  g_autoptr (MachtypeRecord) record = NULL, added = NULL;
  g_autoptr (GError) error = NULL;

  machtype_record_builder_set_machine (builder, "pc-q35-6.2", NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
  machtype_record_builder_set_state (builder, "stopped", NULL);
  record = machtype_record_builder_end (builder);
  added = machtype_store_add (store, record, NULL, &error);
  return added != NULL ? 0 : fail ("add", error);
}

static MachtypeRecord *
change_record (MachtypeStore *store, MachtypeRecord *record, const char *author, GError **error)
{
  g_autoptr (MachtypeChange) change = NULL;
  const char *to;

  to = strcmp (machtype_record_get_machine (record), "pc-q35-6.2") == 0 ? "pc-q35-7.2"
                                                                        : "pc-q35-6.2";
  change = machtype_change_check (
      machtype_record_get_machine (record), to, machtype_record_get_arch (record), NULL,
      machtype_record_get_change_state (record), MACHTYPE_CHANGE_FORCE, NULL, error);
  return change != NULL ? machtype_store_update_machine (store, record, change, author, error)
                        : NULL;
}

static MachtypeRecord *
update_once (MachtypeStore *store, const char *uuid, const char *author, GError **error)
{
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, uuid, error);

  return record != NULL ? change_record (store, record, author, error) : NULL;
}

static void
report (const MachtypeRecord *record, const char *author, const GError *error)
{
  if (record != NULL)
    printf ("ok %s %" G_GUINT64_FORMAT "\n", author, machtype_record_get_revision (record));
  else if (g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT))
    printf ("conflict %s\n", author);
  else if (strstr (error->message, "may or may not have been made") != NULL)
    printf ("unknown %s\n", author);
  else
    printf ("failed %s: %d: %s\n", author, error->code, error->message);
  fflush (stdout);
}

static gboolean
has_ended (const char *end)
{
  return end != NULL && g_file_test (end, G_FILE_TEST_EXISTS);
}

static int
update (MachtypeStore *store, const char *uuid, int n, const char *prefix, const char *end)
{
  int i;

  for (i = 0; i < n && !has_ended (end); i++) {
    g_autofree char *author = g_strdup_printf ("%s-%d", prefix, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (MachtypeRecord) record = update_once (store, uuid, author, &error);

    report (record, author, error);
    if (record == NULL && !g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_CONFLICT))
      g_usleep (PAUSE_US);
  }
  return 0;
}

/* *record: what was read last. */
static gboolean
do_step (MachtypeStore *store, MachtypeRecord **record, const char *what, const char *argument,
         GError **error)
{
  MachtypeRecord *result;

  if (strcmp (what, "begin") == 0)
    return machtype_store_begin (store, error);
  if (strcmp (what, "commit") == 0)
    return machtype_store_commit (store, error);
  result = strcmp (what, "read") == 0 ? machtype_store_read_record (store, argument, error)
                                      : change_record (store, *record, argument, error);
  if (result == NULL)
    return FALSE;
  g_clear_pointer (record, machtype_record_unref);
  *record = result;
  return TRUE;
}

static int
steps (MachtypeStore *store)
{
  g_autoptr (MachtypeRecord) record = NULL;
  char line[128], what[16], argument[64];

  while (fgets (line, sizeof line, stdin) != NULL) {
    g_autoptr (GError) error = NULL;

    *argument = '\0';
    if (sscanf (line, "%15s %63s", what, argument) < 1)
      return 2;
    if (do_step (store, &record, what, argument, &error)) {
      printf ("ok %s\n", what);
      fflush (stdout);
    } else
      report (NULL, what, error);
  }
  return 0;
}

/* With an end, the server may be down just now. */
static MachtypeStore *
open_store (const char *place, const char *end, GError **error)
{
  MachtypeStore *store;

  while ((store = machtype_store_open (place, MACHTYPE_STORE_OPEN_CREATE, TIMEOUT_MS, error)) ==
             NULL &&
         end != NULL && !has_ended (end)) {
    g_clear_error (error);
    g_usleep (PAUSE_US);
  }
  return store;
}

int
main (int argc, char **argv)
{
  const char *end = argc > 6 ? argv[6] : NULL;
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (GError) error = NULL;

  if (argc < 3 || (argc < 4 && strcmp (argv[2], "steps") != 0))
    return 2;
  store = open_store (argv[1], end, &error);
  if (store == NULL)
    return fail ("open", error);
  if (strcmp (argv[2], "add") == 0)
    return add (store, argv[3]);
  if (strcmp (argv[2], "steps") == 0)
    return steps (store);
  return update (store, argv[3], atoi (argv[4]), argv[5], end);
}
