/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guests that have started since libvirt's hook is installed, and of which it has kept nothing. */

#include "test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "audit-run.h"

#define LOCAL "qemu:///system"
#define SILENT "unrecorded hook-silent"
#define TOLD "unrecorded"

/* Times in seconds. NEVER: there is no such file. */
#define NEVER G_MAXINT

typedef struct {
  const char *what;
  const char *uri, *running;
  int started;          /* after the hook was installed */
  int waiting, taken;   /* after that start: what the spool knows */
  const char *waits_as; /* the name of the file that waits; NULL: the hook's */
  const char *codes;
} Row;

static const Row rows[] = {
  { "started before the hook", LOCAL, SAME, -1, NEVER, NEVER, NULL, TOLD },
  { "started after it", LOCAL, SAME, 1, NEVER, NEVER, NULL, SILENT },
  { "kept", LOCAL, SAME, 60, 0, NEVER, NULL, TOLD },
  { "kept, and the start took minutes", LOCAL, SAME, 1000, -299, NEVER, NULL, TOLD },
  { "the start before was kept", LOCAL, SAME, 1000, -400, NEVER, NULL, SILENT },
  { "kept and taken", LOCAL, SAME, 60, NEVER, 0, NULL, TOLD },
  { "the start before was taken", LOCAL, SAME, 1000, NEVER, -400, NULL, SILENT },
  { "the start before was taken, this one waits", LOCAL, SAME, 1000, -1, -400, NULL, TOLD },
  { "the start before waits, this one was taken", LOCAL, SAME, 1000, -400, -1, NULL, TOLD },
  { "kept when the daemon was restarted", LOCAL, SAME, 60, 5000, NEVER, NULL, TOLD },
  { "what is being written is not kept yet", LOCAL, SAME, 60, 0, NEVER, ".%d.0-1.prepare.xml",
    SILENT },
  { "a record of another tool does not count as a start", LOCAL, SAME, 60, 0, NEVER, "%d.0-1.json",
    SILENT },
  { "a name that the hook does not write", LOCAL, SAME, 60, 0, NEVER, "%d.xml", SILENT },
  { "shut off", LOCAL, NULL, 60, NEVER, NEVER, NULL, TOLD },
  { "when it started is not known", LOCAL, SAME, NEVER, NEVER, NEVER, NULL, TOLD },
  { "by a socket", "qemu+unix:///system?socket=/run/a", SAME, 60, NEVER, NEVER, NULL, SILENT },
  { "a session", "qemu:///session", SAME, 60, NEVER, NEVER, NULL, TOLD },
  { "not quite the system", "qemu:///systems", SAME, 60, NEVER, NEVER, NULL, TOLD },
  { "another host", "qemu+ssh://root@a/system", SAME, 60, NEVER, NEVER, NULL, TOLD },
  { "another driver", "xen:///system", SAME, 60, NEVER, NEVER, NULL, TOLD },
  { "no URI", "system", SAME, 60, NEVER, NEVER, NULL, TOLD },
  { "an unknown URI", NULL, SAME, 60, NEVER, NEVER, NULL, TOLD },
};

/* Where this machine has its files. */
typedef struct {
  char *dir, *hook, *spool, *runtime;
  gint64 installed; /* seconds */
} Place;

static gint64
read_change_time (const char *path)
{
  struct stat file;

  g_assert_cmpint (lstat (path, &file), ==, 0);
  return file.st_ctim.tv_sec;
}

static void
place_init (Place *place)
{
  g_autoptr (GError) error = NULL;

  place->dir = g_dir_make_tmp ("hook-XXXXXX", &error);
  g_assert_no_error (error);
  place->hook = g_build_filename (place->dir, "50-machtype", NULL);
  place->spool = g_build_filename (place->dir, "spool", NULL);
  place->runtime = g_build_filename (place->dir, "run", NULL);
  g_assert_cmpint (g_mkdir (place->runtime, 0755), ==, 0);
  g_assert_true (g_file_set_contents (place->hook, "", 0, &error));
  place->installed = read_change_time (place->hook);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir =
      g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    remove_all (file);
  }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
place_clear (Place *place)
{
  remove_all (place->dir);
  g_free (place->dir);
  g_free (place->hook);
  g_free (place->spool);
  g_free (place->runtime);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* In microseconds. */
static void
set_time (const char *path, gint64 time)
{
  const struct timespec at = { .tv_sec = (time_t)(time / G_TIME_SPAN_SECOND),
                               .tv_nsec = (long)(time % G_TIME_SPAN_SECOND * 1000) };
  const struct timespec times[] = { at, at };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
write_file (const char *folder, const char *name, const char *text, gint64 time)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, &error));
  g_assert_no_error (error);
  set_time (path, time * G_TIME_SPAN_SECOND);
}

static void
fill (const Place *place, const Row *row)
{
  static const char xml[] =
      "<domain type='qemu'><name>web</name><uuid>" UUID
      "</uuid><os><type arch='x86_64' machine='" SAME "'>hvm</type></os></domain>";
  const gint64 started = place->installed + row->started;
  g_autofree char *folder = g_build_filename (place->spool, "started", NULL);
  g_auto (GStrv) form =
      g_strsplit (row->waits_as != NULL ? row->waits_as : "%d.5-1.prepare.xml", "%d", 2);

  if (row->started != NEVER)
    write_file (place->runtime, "web.pid", "1", started);
  if (row->waiting != NEVER) {
    g_autofree char *name =
        g_strdup_printf ("%s%" G_GINT64_FORMAT "%s", form[0], started + row->waiting, form[1]);

    write_file (place->spool, name, xml, started);
  }
  if (row->taken != NEVER)
    write_file (folder, UUID, "", started + row->taken);
}

/* What the audit says of the only guest. */
static char *
dup_codes (const Place *place, const char *uri, const Found *found)
{
  g_autoptr (GError) error = NULL;
  g_auto (Run) run;

  run_init (&run);
  machtype_audit_set_hook (run.audit, place->hook, place->spool, place->runtime);
  g_assert_true (machtype_audit_begin_host (run.audit, "a", uri, NULL, &error));
  run_check_found (&run, found);
  return entry_dup_codes (run.entries->pdata[0]);
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    g_autofree char *codes = NULL;
    g_auto (Place) place;

    ROW ("%s", row->what);
    place_init (&place);
    fill (&place, row);
    codes = dup_codes (
        &place, row->uri,
        &(Found){ .defined = row->running == NULL ? SAME : NULL, .running = row->running });
    g_assert_cmpstr (codes, ==, row->codes);
  }
}

typedef struct {
  const char *what;
  const char *name;    /* of the guest */
  const char *command; /* in the place, where HOOK and SPOOL are */
  const char *codes;
} DamageRow;

/* Of a guest that would be found otherwise. */
static const DamageRow damages[] = {
  { "nothing", "web", "true", SILENT },
  { "no hook", "web", "rm HOOK", TOLD },
  { "a link", "web", "mv HOOK there; touch -d 2001-01-01 there; ln -s there HOOK", SILENT },
  { "a link to nowhere", "web", "ln -sf nowhere HOOK", TOLD },
  { "a file in place of the spool", "web", "echo x >SPOOL", TOLD },
  { "a spool that others write", "web", "mkdir SPOOL; chmod 0777 SPOOL", TOLD },
  { "an empty spool", "web", "mkdir -m 0700 SPOOL", SILENT },
  { "damaged files", "web",
    "mkdir -m 0700 SPOOL; echo x >SPOOL/1.0-1.prepare.xml; mkdir SPOOL/2.0-2.prepare.xml", SILENT },
  { "a file in place of a folder", "web", "mkdir -m 0700 SPOOL; echo x >SPOOL/started", TOLD },
  { "a name that leads elsewhere", "../run/web", "true", TOLD },
};

static void
damage (const Place *place, const char *command)
{
  g_autoptr (GString) script = g_string_new (command);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_string_replace (script, "HOOK", "50-machtype", 0);
  g_string_replace (script, "SPOOL", "spool", 0);
  g_strv_builder_add_many (builder, "sh", "-euc", script->str, NULL);
  words = g_strv_builder_end (builder);
  g_assert_true (g_spawn_sync (place->dir, words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                               &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
test_damage (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (damages); i++) {
    const DamageRow *row = &damages[i];
    g_autofree char *codes = NULL;
    g_auto (Place) place;

    ROW ("%s", row->what);
    place_init (&place);
    write_file (place.runtime, "web.pid", "1", place.installed + 1000);
    damage (&place, row->command);
    codes = dup_codes (&place, LOCAL, &(Found){ .name = row->name, .running = SAME });
    g_assert_cmpstr (codes, ==, row->codes);
  }
}

/* When a file was last changed, in microseconds. */
static gint64
read_changed (const Place *place, const char *name)
{
  g_autofree char *path = g_build_filename (place->dir, name, NULL);
  struct stat file;

  g_assert_cmpint (lstat (path, &file), ==, 0);
  return file.st_ctim.tv_sec * G_TIME_SPAN_SECOND + file.st_ctim.tv_nsec / 1000;
}

/* The hook is what its link and its file are together: a guest that started in between is not
 * judged. */
static void
test_replaced (void)
{
  static const struct {
    const char *what, *first, *changed, *then;
  } steps[] = {
    { "the file", "mv HOOK there; ln -s there HOOK", "50-machtype", "touch -d 2001-01-01 there" },
    { "the link", "mv HOOK there", "there", "ln -s there HOOK" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *pid = NULL, *codes = NULL;
    gint64 changed;
    g_auto (Place) place;

    ROW ("%s is newer", steps[i].what);
    place_init (&place);
    damage (&place, steps[i].first);
    changed = read_changed (&place, steps[i].changed);
    /* Until the file system's clock has gone on. */
    do
      damage (&place, ": >clock");
    while (read_changed (&place, "clock") <= changed + 1);
    damage (&place, steps[i].then);
    write_file (place.runtime, "web.pid", "1", 0);
    pid = g_build_filename (place.runtime, "web.pid", NULL);
    set_time (pid, changed + 1);
    codes = dup_codes (&place, LOCAL, &(Found){ .running = SAME });
    g_assert_cmpstr (codes, ==, TOLD);
  }
}

/* It is not asked for, or not any more. */
static void
test_unset (void)
{
  const Row row = { .started = 60, .waiting = NEVER, .taken = NEVER };
  g_autofree char *codes = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Place) place;
  g_auto (Run) run;

  place_init (&place);
  fill (&place, &row);
  run_init (&run);
  machtype_audit_set_hook (run.audit, place.hook, place.spool, place.runtime);
  machtype_audit_set_hook (run.audit, NULL, NULL, NULL);
  g_assert_true (machtype_audit_begin_host (run.audit, "a", LOCAL, NULL, &error));
  run_check_found (&run, &(Found){ .running = SAME });
  codes = entry_dup_codes (run.entries->pdata[0]);
  g_assert_cmpstr (codes, ==, TOLD);
}

/* What is kept while the audit runs is found, too; and what another process takes meanwhile. */
static void
test_meanwhile (void)
{
  static const Row before = { .started = 1000, .waiting = NEVER, .taken = NEVER },
                   earlier = { .started = 1000, .waiting = -400, .taken = NEVER },
                   waiting = { .started = 1000, .waiting = -1, .taken = NEVER },
                   taken = { .started = 1000, .waiting = NEVER, .taken = -1 };
  static const struct {
    const Row *row;
    const char *codes;
  } steps[] = { { &before, SILENT }, { &earlier, SILENT }, { &waiting, TOLD }, { &taken, TOLD } };
  g_autoptr (GError) error = NULL;
  g_auto (Place) place;
  g_auto (Run) run;
  guint i;

  place_init (&place);
  run_init (&run);
  machtype_audit_set_hook (run.audit, place.hook, place.spool, place.runtime);
  g_assert_true (machtype_audit_begin_host (run.audit, "a", LOCAL, NULL, &error));
  for (i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autofree char *codes = NULL;

    ROW ("step %u", i);
    fill (&place, steps[i].row);
    run_check_found (&run, &(Found){ .running = SAME });
    codes = entry_dup_codes (run.entries->pdata[i]);
    g_assert_cmpstr (codes, ==, steps[i].codes);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit-hook/rows", test_rows);
  g_test_add_func ("/audit-hook/damage", test_damage);
  g_test_add_func ("/audit-hook/replaced", test_replaced);
  g_test_add_func ("/audit-hook/unset", test_unset);
  g_test_add_func ("/audit-hook/meanwhile", test_meanwhile);
  return g_test_run ();
}
