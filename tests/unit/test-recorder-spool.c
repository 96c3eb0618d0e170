/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking a spool, as a program does that wants to know each file; tests/program/test-spool.py has
 * the files. */

#include "test.h"

#include <glib/gstdio.h>

typedef struct {
  char *spool;
  MachtypeStore *store;
  MachtypeRecorder *recorder;
  guint n_files;    /* that the function was called for */
  guint n_more;     /* files that it still writes, as a hook does meanwhile */
  guint stop_after; /* 0: never */
} Run;

static void
write_start (const Run *run, guint number)
{
  g_autofree char *path = g_strdup_printf ("%s/%u.0-1.prepare.xml", run->spool, number);
  g_autofree char *xml = g_strdup_printf (
      "<domain type='qemu'><name>guest%u</name><uuid>00000000-0000-4000-8000-%012u</uuid><os><type "
      "arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>",
      number, number);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, xml, -1, &error));
  g_assert_no_error (error);
}

static void
run_init (Run *run, guint n_files)
{
  g_autoptr (GError) error = NULL;
  guint i;

  *run = (Run){ .spool = g_dir_make_tmp ("spool-XXXXXX", &error) };
  g_assert_no_error (error);
  run->store = machtype_store_open_memory ();
  run->recorder = machtype_recorder_new (run->store, NULL);
  for (i = 1; i <= n_files; i++)
    write_start (run, i);
}

static guint
count_waiting (const Run *run)
{
  g_autoptr (GDir) dir = g_dir_open (run->spool, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, ".xml");
  return n;
}

static void
remove_in (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    remove_in (file);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
run_clear (Run *run)
{
  machtype_recorder_unref (run->recorder);
  g_object_unref (run->store);
  remove_in (run->spool);
  g_free (run->spool);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static gboolean
on_file (MachtypeRecordResult *result, gpointer data)
{
  Run *run = data;

  g_assert_no_error (machtype_record_result_get_error (result));
  run->n_files++;
  if (run->n_more != 0) {
    run->n_more--;
    write_start (run, 1000 + run->n_more);
  }
  return run->n_files != run->stop_after;
}

/* Whoever waits for a change of the spool may not see one that comes meanwhile. */
static void
test_meanwhile (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (Run) run;

  run_init (&run, 2);
  run.n_more = 3;
  g_assert_true (machtype_recorder_take_spool (run.recorder, run.spool, on_file, &run, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (run.n_files, ==, 5);
  g_assert_cmpuint (count_waiting (&run), ==, 0);
}

/* The files of the transaction before are recorded; the next run takes the others. */
static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (Run) run;

  run_init (&run, 100);
  run.stop_after = 3;
  g_assert_false (machtype_recorder_take_spool (run.recorder, run.spool, on_file, &run, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CANCELLED, "cancelled");
  g_assert_cmpuint (run.n_files, ==, 3);
  g_assert_cmpuint (count_waiting (&run), <, 100);
  g_assert_cmpuint (count_waiting (&run), >, 0);
  run.n_files = run.stop_after = 0;
  g_assert_true (machtype_recorder_take_spool (run.recorder, run.spool, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_waiting (&run), ==, 0);
}

/* What would be a misuse: nothing is taken. */
static void
test_refused (void)
{
  static const struct {
    const char *what;
    gboolean in_transaction;
    MachtypeRecorderFlags flags;
    const char *domain;
    const char *folder; /* below the spool */
    int code;
  } rows[] = {
    { "inside a transaction", TRUE, MACHTYPE_RECORDER_NONE, NULL, "",
      MACHTYPE_ERROR_INVALID_ARGUMENT },
    { "with flags", FALSE, MACHTYPE_RECORDER_ACCEPT, NULL, "", MACHTYPE_ERROR_INVALID_ARGUMENT },
    { "of one guest", FALSE, MACHTYPE_RECORDER_NONE, "guest1", "",
      MACHTYPE_ERROR_INVALID_ARGUMENT },
    { "no spool", FALSE, MACHTYPE_RECORDER_NONE, NULL, "none", MACHTYPE_ERROR_NOT_FOUND },
    { "a file", FALSE, MACHTYPE_RECORDER_NONE, NULL, "1.0-1.prepare.xml", MACHTYPE_ERROR_STORE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = NULL;
    g_autoptr (GError) error = NULL;
    g_auto (Run) run;

    ROW ("%s", rows[i].what);
    run_init (&run, 1);
    path = g_build_filename (run.spool, rows[i].folder, NULL);
    if (rows[i].in_transaction)
      g_assert_true (machtype_store_begin (run.store, &error));
    g_assert_true (machtype_recorder_set_flags (run.recorder, rows[i].flags, &error));
    if (rows[i].domain != NULL)
      g_assert_true (machtype_recorder_add_domain (run.recorder, rows[i].domain, &error));
    g_assert_no_error (error);
    g_assert_false (machtype_recorder_take_spool (run.recorder, path, on_file, &run, &error));
    g_assert_error (error, MACHTYPE_ERROR, rows[i].code);
    g_assert_cmpuint (run.n_files, ==, 0);
    g_assert_cmpuint (count_waiting (&run), ==, 1);
    if (rows[i].in_transaction)
      machtype_store_rollback (run.store);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recorder-spool/meanwhile", test_meanwhile);
  g_test_add_func ("/recorder-spool/cancelled", test_cancelled);
  g_test_add_func ("/recorder-spool/refused", test_refused);
  return g_test_run ();
}
