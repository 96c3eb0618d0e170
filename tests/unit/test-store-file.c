/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of stores: where they are, who can have written them, and their backups. */

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "store-place.h"
#include "store/sqlite-store-private.h"

#define UUID(n) "00000000-0000-4000-8000-00000000000" #n

/* Replaces the C library's function: the file system that the store appears to be on. */
static gsize fake_file_system = 0;                    /* 0: the real one */
static const char *swap_from = NULL, *swap_to = NULL; /* what then replaces the store */

int
fstatfs (int fd, struct statfs *system)
{
  int status = (int)syscall (SYS_fstatfs, fd, system);

  if (swap_from != NULL)
    g_assert_cmpint (rename (swap_from, swap_to), ==, 0);

  if (fake_file_system != 0)
    system->f_type = (__fsword_t)fake_file_system;
  return status;
}

/* The same: whether the disk confirms writes. */
static gboolean fake_sync_fails = FALSE;
static int signal_at_sync = 0, syncs_before_signal = 0; /* 0: none */
static const char *made_at_sync = NULL; /* a file that is then created by another process */

int
fdatasync (int fd)
{
  if (!fake_sync_fails)
    return (int)syscall (SYS_fdatasync, fd);
  errno = EIO;
  return -1;
}

int
fsync (int fd)
{
  if (made_at_sync != NULL)
    g_assert_true (g_file_set_contents (made_at_sync, "another file", -1, NULL));
  if (signal_at_sync != 0 && syncs_before_signal-- == 0)
    raise (signal_at_sync);
  if (!fake_sync_fails)
    return (int)syscall (SYS_fsync, fd);
  errno = EIO;
  return -1;
}

/* An existing store, and one that would be created: neither is opened, nor left behind. */
static void
test_network (void)
{
  static const gsize types[] = { 0x6969, 0xff534d42, 0x01021997 };
  GError *error = NULL;
  Place place;
  gsize i;

  place_init (&place);
  place_fill (&place);
  for (i = 0; i < G_N_ELEMENTS (types); i++) {
    ROW ("%" G_GSIZE_MODIFIER "x", types[i]);
    fake_file_system = types[i];
    g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_CREATE, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "network file system");
    g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "network file system");
  }
  g_assert_cmpint (g_remove (place.path), ==, 0);
  g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_CREATE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "network file system");
  g_assert_false (g_file_test (place.path, G_FILE_TEST_EXISTS));
  fake_file_system = 0;
  place_clear (&place);
}

/* Accessible only to its owner, and so is the log. */
static void
test_mode (void)
{
  static const mode_t umasks[] = { 0, 022, 0077, 0777 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (umasks); i++) {
    MachtypeStore *store;
    GError *error = NULL;
    g_autofree char *log = NULL;
    struct stat file;
    Place place;
    mode_t old;

    ROW ("umask %04o", (guint)umasks[i]);
    place_init (&place);
    log = g_strconcat (place.path, "-wal", NULL);
    g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_NONE, &error));
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "records.db No such file");
    old = umask (umasks[i]);
    store = place_create (&place);
    g_assert_true (place_add (store, UUID (1), NULL, NULL));
    umask (old);
    g_assert_cmpint (stat (place.path, &file), ==, 0);
    g_assert_cmpuint (file.st_mode & 0777, ==, 0600);
    g_assert_cmpint (stat (log, &file), ==, 0);
    g_assert_cmpuint (file.st_mode & 0777, ==, 0600);
    g_object_unref (store);
    place_clear (&place);
  }
}

/* The file must not be a link; the directory can be reached through one. */
static void
test_links (void)
{
  Place place, link;
  g_autofree char *folder = NULL, *through = NULL;
  GError *error = NULL;
  MachtypeStore *store;

  place_init (&place);
  place_init (&link);
  place_fill (&place);
  g_assert_cmpint (symlink (place.path, link.path), ==, 0);
  g_assert_null (place_open (&link, MACHTYPE_STORE_OPEN_CREATE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "symbolic link");
  folder = g_build_filename (link.dir, "folder", NULL);
  g_assert_cmpint (symlink (place.dir, folder), ==, 0);
  through = g_build_filename (folder, "records.db", NULL);
  store = machtype_store_open (through, MACHTYPE_STORE_OPEN_NONE, 0, &error);
  g_assert_no_error (error);
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  g_object_unref (store);
  place_clear (&link);
  place_clear (&place);
}

/* The user that opens a store, and the state of its file. */
#define UID_NOBODY 65534
#define UID_DAEMON 1

typedef struct {
  uid_t caller, owner;
  gid_t group;
  mode_t mode;
  guint links;
  gboolean read_only; /* it cannot be opened otherwise */
  const char *words;  /* NULL: it is opened */
} Trust;

static const Trust trusts[] = {
  { 0, 0, 0, 0600, 1, FALSE, NULL },
  { 0, 0, 0, 0644, 1, FALSE, NULL },
  { 0, 0, 0, 0400, 1, FALSE, NULL },
  { 0, 0, UID_NOBODY, 0660, 1, FALSE, NULL },
  { 0, UID_NOBODY, UID_NOBODY, 0600, 1, FALSE, "owned user 65534 must be owned by root chown 0" },
  { 0, UID_NOBODY, 0, 0400, 1, FALSE, "owned user 65534 chown" },
  { 0, 0, 0, 0666, 1, FALSE, "writable 0666 chmod o-w" },
  { 0, 0, 0, 0602, 1, FALSE, "writable 0602 chmod o-w" },
  { 0, 0, 0, 0600, 2, FALSE, "2 hard links" },
  { 0, 0, 0, 0600, 3, FALSE, "3 hard links" },
  { UID_NOBODY, UID_NOBODY, UID_NOBODY, 0600, 1, FALSE, NULL },
  { UID_NOBODY, UID_NOBODY, 0, 0644, 1, FALSE, NULL },
  { UID_NOBODY, UID_NOBODY, UID_NOBODY, 0606, 1, FALSE, "writable 0606 chmod o-w" },
  { UID_NOBODY, UID_NOBODY, UID_NOBODY, 0600, 2, FALSE, "2 hard links" },
  { UID_NOBODY, 0, UID_NOBODY, 0660, 1, FALSE, NULL },
  { UID_NOBODY, 0, 0, 0644, 1, TRUE, NULL },
  { UID_NOBODY, 0, 0, 0666, 1, FALSE, "writable 0666" },
  { UID_NOBODY, UID_DAEMON, UID_NOBODY, 0660, 1, FALSE,
    "owned user 1 must be owned by you or root chown 65534" },
  { UID_NOBODY, UID_DAEMON, 0, 0644, 1, TRUE, "owned user 1" },
};

/* Only root can act as another user. */
static gboolean
become (uid_t user)
{
  if (geteuid () == user)
    return TRUE;
  return getuid () == 0 && seteuid (0) == 0 && setegid (user) == 0 && seteuid (user) == 0;
}

static void
assert_opened (const Place *place, uid_t caller, MachtypeStoreOpenFlags flags, const char *words)
{
  g_autoptr (MachtypeStore) store = NULL;
  GError *error = NULL;

  g_assert_true (become (caller));
  store = place_open (place, flags, &error);
  if (words != NULL) {
    g_assert_null (store);
    test_assert_error (&error, MACHTYPE_ERROR_STORE, words);
  } else {
    g_assert_no_error (error);
    place_assert_machine (store, UUID (1), "pc-q35-6.2");
  }
  g_clear_object (&store);
  g_assert_true (become (getuid ()));
}

static void
assert_trusted (const Trust *trust)
{
  Place place;
  guint i;

  place_init (&place);
  place_fill (&place);
  g_assert_cmpint (chmod (place.path, trust->mode), ==, 0);
  for (i = 1; i < trust->links; i++) {
    g_autofree char *name = g_strdup_printf ("%s.%u", place.path, i);

    g_assert_cmpint (link (place.path, name), ==, 0);
  }
  if (getuid () == 0) {
    g_assert_cmpint (chown (place.path, trust->owner, trust->group), ==, 0);
    g_assert_cmpint (chown (place.dir, trust->caller, trust->caller), ==, 0);
  }
  assert_opened (&place, trust->caller, MACHTYPE_STORE_OPEN_READ_ONLY, trust->words);
  if (!trust->read_only) {
    assert_opened (&place, trust->caller, MACHTYPE_STORE_OPEN_NONE, trust->words);
    assert_opened (&place, trust->caller, MACHTYPE_STORE_OPEN_CREATE, trust->words);
  }
  place_clear (&place);
}

/* Without root, the tests of other users' files use this user's. */
static void
test_trust (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (trusts); i++) {
    Trust trust = trusts[i];

    ROW ("user %u opens a store of %u:%u, mode %04o, with %u links", (guint)trust.caller,
         (guint)trust.owner, (guint)trust.group, (guint)trust.mode, trust.links);
    if (getuid () != 0) {
      if (trust.caller != UID_NOBODY || trust.owner != UID_NOBODY)
        continue;
      trust.caller = trust.owner = getuid ();
    }
    assert_trusted (&trust);
  }
}

/* The helper files that SQLite applies. */
typedef struct {
  const char *suffix;
  uid_t owner;
  gid_t group;
  mode_t store_mode, mode;
  guint links;
  const char *words; /* NULL: it is opened */
} Helper;

static const Helper helpers[] = {
  { "-wal", 0, 0, 0600, 0600, 1, NULL },
  { "-shm", 0, 0, 0600, 0600, 1, NULL },
  { "-wal", UID_NOBODY, UID_NOBODY, 0600, 0600, 1, "records.db-wal owned user 65534" },
  { "-wal", UID_NOBODY, UID_NOBODY, 0660, 0600, 1, "records.db-wal owned user 65534" },
  { "-wal", UID_NOBODY, UID_DAEMON, 0600, 0660, 1, "records.db-wal owned user 65534" },
  { "-wal", UID_NOBODY, UID_DAEMON, 0660, 0660, 1, NULL },
  { "-shm", UID_NOBODY, UID_NOBODY, 0600, 0600, 1, "records.db-shm owned user 65534" },
  { "-journal", UID_NOBODY, UID_NOBODY, 0600, 0600, 1, "records.db-journal owned user 65534" },
  { "-wal", 0, 0, 0600, 0666, 1, "writable records.db-wal 0666" },
  { "-shm", 0, 0, 0600, 0602, 1, "writable records.db-shm 0602" },
  { "-journal", 0, 0, 0600, 0666, 1, "writable records.db-journal 0666" },
  { "-wal", 0, 0, 0600, 0600, 2, "records.db-wal 2 hard links" },
  { "-shm", 0, 0, 0600, 0600, 2, "records.db-shm 2 hard links" },
  { "-wal", 0, 0, 0600, 0600, 0, "records.db-wal symbolic link" },
  { "-shm", 0, 0, 0600, 0600, 0, "records.db-shm symbolic link" },
  { "-journal", 0, 0, 0600, 0600, 0, "records.db-journal symbolic link" },
};

static void
make_helper (const Place *place, const Helper *helper)
{
  g_autofree char *path = g_strconcat (place->path, helper->suffix, NULL);
  g_autofree char *other = g_strconcat (place->path, ".other", NULL);

  g_assert_true (g_file_set_contents (other, "", 0, NULL));
  g_assert_cmpint (chmod (other, helper->mode), ==, 0);
  g_assert_cmpint (chmod (place->path, helper->store_mode), ==, 0);
  if (getuid () == 0) {
    g_assert_cmpint (chown (place->path, 0, UID_DAEMON), ==, 0);
    g_assert_cmpint (chown (other, helper->owner, helper->group), ==, 0);
  }
  if (helper->links == 0)
    g_assert_cmpint (symlink (other, path), ==, 0);
  else if (helper->links == 1)
    g_assert_cmpint (rename (other, path), ==, 0);
  else
    g_assert_cmpint (link (other, path), ==, 0);
}

static void
test_trust_helpers (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (helpers); i++) {
    const Helper *helper = &helpers[i];
    Place place;

    ROW ("%s of %u:%u, mode %04o beside %04o, with %u links", helper->suffix, (guint)helper->owner,
         (guint)helper->group, (guint)helper->mode, (guint)helper->store_mode, helper->links);
    if (getuid () != 0 && helper->owner != 0)
      continue;
    place_init (&place);
    place_fill (&place);
    make_helper (&place, helper);
    assert_opened (&place, getuid (), MACHTYPE_STORE_OPEN_READ_ONLY, helper->words);
    assert_opened (&place, getuid (), MACHTYPE_STORE_OPEN_NONE, helper->words);
    place_clear (&place);
  }
}

/* Where everyone could put another file in its place. */
static void
test_trust_folders (void)
{
  static const struct {
    mode_t mode;
    const char *words; /* NULL: it is opened */
  } rows_of_folders[] = {
    { 0700, NULL },
    { 0755, NULL },
    { 0775, NULL },
    { 01777, NULL },
    { 0777, "writable folder 0777 chmod o-w" },
    { 0703, "writable folder 0703 chmod o-w" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows_of_folders); i++) {
    Place place;

    ROW ("a folder of mode %04o", (guint)rows_of_folders[i].mode);
    place_init (&place);
    place_fill (&place);
    g_assert_cmpint (chmod (place.dir, rows_of_folders[i].mode), ==, 0);
    assert_opened (&place, getuid (), MACHTYPE_STORE_OPEN_READ_ONLY, rows_of_folders[i].words);
    assert_opened (&place, getuid (), MACHTYPE_STORE_OPEN_CREATE, rows_of_folders[i].words);
    place_clear (&place);
  }
}

/* Another store replaces it after it was checked, and before SQLite opens it. */
static void
test_swapped (void)
{
  static const MachtypeStoreOpenFlags flags[] = { MACHTYPE_STORE_OPEN_NONE,
                                                  MACHTYPE_STORE_OPEN_READ_ONLY };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (flags); i++) {
    Place place, evil;
    GError *error = NULL;

    ROW ("flags %u", flags[i]);
    place_init (&place);
    place_init (&evil);
    place_fill (&place);
    place_fill (&evil);
    swap_from = evil.path;
    swap_to = place.path;
    g_assert_null (place_open (&place, flags[i], &error));
    swap_from = NULL;
    test_assert_error (&error, MACHTYPE_ERROR_STORE, "replaced while it was being opened");
    place_clear (&place);
    place_clear (&evil);
  }
}

static guint
count_files (const Place *place)
{
  GDir *list = g_dir_open (place->dir, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (list) != NULL)
    n++;
  g_dir_close (list);
  return n;
}

/* Stops the listing that calls it. */
static gboolean
write_meanwhile (MachtypeRecord *record, gpointer data)
{
  const Place *place = data;
  g_autoptr (MachtypeStore) writer = NULL;

  (void)record;
  g_assert_true (become (0));
  writer = place_create (place);
  g_assert_true (place_add (writer, UUID (3), "pc", NULL));
  g_clear_object (&writer);
  g_assert_true (become (UID_NOBODY));
  return FALSE;
}

/* Where no file can be created next to it, a store without a log is read as it is, until it is
 * changed. */
static void
test_frozen (void)
{
  MachtypeStore *reader, *again, *writer;
  GError *error = NULL;
  Place place, copies;

  if (getuid () != 0) {
    g_test_skip ("only root can become a user who cannot write");
    return;
  }
  place_init (&place);
  place_init (&copies);
  place_fill (&place);
  g_assert_true (chmod (place.dir, 0755) == 0 && chmod (place.path, 0644) == 0);
  g_assert_cmpint (chown (copies.dir, UID_NOBODY, UID_NOBODY), ==, 0);
  g_assert_true (become (UID_NOBODY));
  reader = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (MT_SQLITE_STORE (reader)->sqlite.frozen);
  place_assert_machine (reader, UUID (1), "pc-q35-6.2");
  g_assert_true (machtype_store_backup (reader, copies.path, &error));
  g_assert_cmpint (g_remove (copies.path), ==, 0);
  g_assert_true (become (0));
  writer = place_create (&place);
  g_assert_true (place_add (writer, UUID (2), "pc", &error));
  g_assert_true (become (UID_NOBODY));
  g_assert_null (machtype_store_read_record (reader, UUID (1), &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "changed open it again");
  /* A writer shares a file: no need to freeze. */
  again = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_false (MT_SQLITE_STORE (again)->sqlite.frozen);
  place_assert_machine (again, UUID (2), "pc");
  g_clear_object (&again);
  g_assert_true (become (0));
  g_clear_object (&writer);
  g_assert_true (become (UID_NOBODY));
  g_assert_false (machtype_store_backup (reader, copies.path, &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "changed open it again");
  g_assert_cmpuint (count_files (&copies), ==, 0);
  g_clear_object (&reader);
  reader = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (MT_SQLITE_STORE (reader)->sqlite.frozen);
  place_assert_machine (reader, UUID (2), "pc");
  g_assert_false (machtype_store_foreach (reader, NULL, NULL, write_meanwhile, &place, &error));
  test_assert_error (&error, MACHTYPE_ERROR_BUSY, "changed open it again");
  g_clear_object (&reader);
  g_assert_true (become (0));
  place_clear (&copies);
  place_clear (&place);
}

static MachtypeRecord *
change_machine (MachtypeStore *store, const char *from, const char *to)
{
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, UUID (1), NULL);
  g_autoptr (MachtypeChange) change =
      machtype_change_check (from, to, MACHTYPE_ARCH_UNKNOWN, NULL, MACHTYPE_STATE_STOPPED,
                             MACHTYPE_CHANGE_NONE, NULL, NULL);

  return machtype_store_update_machine (store, record, change, "me", NULL);
}

static void
assert_backup (const char *path, const char *machine, guint changes)
{
  GError *error = NULL;
  g_autoptr (MachtypeStore) copy =
      machtype_store_open (path, MACHTYPE_STORE_OPEN_READ_ONLY, 0, &error);
  g_autoptr (GPtrArray) history = NULL;
  struct stat file;

  g_assert_no_error (error);
  place_assert_machine (copy, UUID (1), machine);
  history = machtype_store_list_history (copy, UUID (1), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, changes);
  g_assert_cmpint (stat (path, &file), ==, 0);
  g_assert_cmpuint (file.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (file.st_nlink, ==, 1);
}

/* A process without standard input gets its number for the first file that it opens. */
static void
test_no_standard_input (void)
{
  g_autoptr (MachtypeStore) store = NULL;
  const int input = dup (STDIN_FILENO);
  GError *error = NULL;
  Place place;

  place_init (&place);
  close (STDIN_FILENO);
  fake_file_system = 0x6969; /* NFS: a file that was created there is removed */
  g_assert_null (place_open (&place, MACHTYPE_STORE_OPEN_CREATE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "network");
  g_assert_false (g_file_test (place.path, G_FILE_TEST_EXISTS));
  fake_file_system = 0;
  store = place_open (&place, MACHTYPE_STORE_OPEN_CREATE, &error);
  g_assert_no_error (error);
  g_assert_true (place_add (store, UUID (1), "pc", &error));
  g_clear_object (&store);
  /* No descriptor remains open. */
  g_assert_cmpint (fcntl (STDIN_FILENO, F_GETFD), ==, -1);
  if (input >= 0) {
    g_assert_cmpint (dup2 (input, STDIN_FILENO), ==, STDIN_FILENO);
    close (input);
  }
  place_clear (&place);
}

/* Whatever the umask; a snapshot of the moment when it was begun; and it can replace the store. */
static void
test_backup (void)
{
  static const mode_t umasks[] = { 0, 077, 0777 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (umasks); i++) {
    g_autoptr (MachtypeStore) store = NULL, other = NULL;
    g_autoptr (MachtypeRecord) changed = NULL, again = NULL;
    GError *error = NULL;
    Place place, copies;
    g_autofree char *later = NULL;
    mode_t old;

    ROW ("umask %04o", (guint)umasks[i]);
    place_init (&place);
    place_init (&copies);
    later = g_build_filename (copies.dir, "later.db", NULL);
    old = umask (umasks[i]);
    place_fill (&place);
    store = place_create (&place);
    other = place_create (&place);
    changed = change_machine (store, "pc-q35-6.2", "pc-q35-7.0");
    g_assert_nonnull (changed);
    g_assert_true (machtype_store_begin_read (store, &error));
    place_assert_machine (store, UUID (1), "pc-q35-7.0");
    again = change_machine (other, "pc-q35-7.0", "pc-q35-7.2");
    g_assert_nonnull (again);
    g_assert_true (machtype_store_backup (store, copies.path, &error));
    machtype_store_end_read (store);
    g_assert_true (machtype_store_backup (store, later, &error));
    umask (old);
    g_assert_cmpuint (count_files (&copies), ==, 2);
    assert_backup (copies.path, "pc-q35-7.0", 1);
    assert_backup (later, "pc-q35-7.2", 2);
    g_clear_object (&store);
    g_clear_object (&other);
    g_assert_cmpint (rename (copies.path, place.path), ==, 0);
    store = place_create (&place);
    place_assert_machine (store, UUID (1), "pc-q35-7.0");
    g_assert_true (place_add (store, UUID (2), "pc", &error));
    g_clear_object (&store);
    place_clear (&copies);
    place_clear (&place);
  }
}

/* Names that are not a place for a backup; existing files are kept. */
static void
test_backup_refused (void)
{
  static const struct {
    const char *name; /* in the directory of the store */
    int code;
    const char *words;
  } rows[] = {
    { "records.db", MACHTYPE_ERROR_EXISTS, "records.db exists overwrite" },
    { "file", MACHTYPE_ERROR_EXISTS, "file exists" },
    { "folder", MACHTYPE_ERROR_EXISTS, "folder exists" },
    { "link", MACHTYPE_ERROR_EXISTS, "link exists" },
    { "dangling", MACHTYPE_ERROR_EXISTS, "dangling exists" },
    { "folder/", MACHTYPE_ERROR_STORE, "not a valid file name" },
    { "nowhere/copy.db", MACHTYPE_ERROR_STORE, "nowhere No such file" },
    { "open/copy.db", MACHTYPE_ERROR_STORE, "writable open 0777 chmod o-w" },
    { "a\nb", MACHTYPE_ERROR_INVALID_ARGUMENT, "control" },
    { "file:///copy.db", MACHTYPE_ERROR_INVALID_ARGUMENT, "URI path" },
  };
  g_autoptr (MachtypeStore) store = NULL;
  g_autofree char *file = NULL, *folder = NULL, *link = NULL, *dangling = NULL, *open_folder = NULL;
  g_autofree char *text = NULL;
  Place place;
  guint files;
  gsize i;

  place_init (&place);
  file = g_build_filename (place.dir, "file", NULL);
  folder = g_build_filename (place.dir, "folder", NULL);
  link = g_build_filename (place.dir, "link", NULL);
  dangling = g_build_filename (place.dir, "dangling", NULL);
  open_folder = g_build_filename (place.dir, "open", NULL);
  place_fill (&place);
  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  g_assert_true (g_mkdir (folder, 0700) == 0 && g_mkdir (open_folder, 0700) == 0);
  g_assert_cmpint (chmod (open_folder, 0777), ==, 0);
  g_assert_true (symlink (file, link) == 0 && symlink ("/nonexistent/copy.db", dangling) == 0);
  store = place_open (&place, MACHTYPE_STORE_OPEN_READ_ONLY, NULL);
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  files = count_files (&place);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat (place.dir, "/", rows[i].name, NULL);
    GError *error = NULL;

    test_row_text (rows[i].name);
    g_assert_false (machtype_store_backup (store, path, &error));
    test_assert_error (&error, rows[i].code, rows[i].words);
    g_assert_cmpuint (count_files (&place), ==, files);
  }
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  place_assert_machine (store, UUID (1), "pc-q35-6.2");
  g_clear_object (&store);
  place_clear (&place);
}

static void
test_backup_when (void)
{
  g_autoptr (MachtypeStore) store = NULL, memory = machtype_store_open_memory ();
  GError *error = NULL;
  Place place, copies;

  place_init (&place);
  place_init (&copies);
  place_fill (&place);
  store = place_create (&place);
  g_assert_true (machtype_store_begin (store, &error));
  g_assert_false (machtype_store_backup (store, copies.path, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "is in a transaction");
  machtype_store_rollback (store);
  g_assert_false (machtype_store_backup (memory, copies.path, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "MtMemoryStore");
  /* The disk does not confirm it, or another process was faster. */
  fake_sync_fails = TRUE;
  g_assert_false (machtype_store_backup (store, copies.path, &error));
  fake_sync_fails = FALSE;
  test_assert_error (&error, MACHTYPE_ERROR_STORE, "backup Input/output error");
  g_assert_cmpuint (count_files (&copies), ==, 0);
  made_at_sync = copies.path;
  g_assert_false (machtype_store_backup (store, copies.path, &error));
  made_at_sync = NULL;
  test_assert_error (&error, MACHTYPE_ERROR_EXISTS, "records.db exists");
  g_assert_cmpuint (count_files (&copies), ==, 1);
  g_clear_object (&store);
  place_clear (&copies);
  place_clear (&place);
}

/* Ended by a signal while the file is written, and while its name is: it is complete or absent. */
static void
test_backup_killed (void)
{
  static const struct {
    int signal;
    int syncs;
    gboolean there;
  } rows[] = {
    { SIGKILL, 0, FALSE }, { SIGTERM, 0, FALSE }, { SIGINT, 0, FALSE },
    { SIGKILL, 1, TRUE },  { SIGTERM, 1, TRUE },  { SIGINT, 1, TRUE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    Place place, copies;
    int status;
    pid_t pid;

    ROW ("signal %d after %d syncs", rows[i].signal, rows[i].syncs);
    place_init (&place);
    place_init (&copies);
    place_fill (&place);
    pid = fork ();
    g_assert_cmpint (pid, >=, 0);
    if (pid == 0) {
      MachtypeStore *store = place_create (&place);

      signal_at_sync = rows[i].signal;
      syncs_before_signal = rows[i].syncs;
      machtype_store_backup (store, copies.path, NULL);
      _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == rows[i].signal);
    g_assert_cmpint (g_file_test (copies.path, G_FILE_TEST_EXISTS), ==, rows[i].there);
    if (rows[i].there)
      assert_backup (copies.path, "pc-q35-6.2", 0);
    place_clear (&copies);
    place_clear (&place);
  }
}

static void
test_network_file_systems (void)
{
  static const struct {
    guint64 type;
    gboolean network;
  } rows[] = {
    { 0x6969, TRUE },      { 0xff534d42, TRUE },
    { 0xfe534d42, TRUE },  { 0xffffffffff534d42, TRUE }, /* signed on some machines */
    { 0x01021997, TRUE },  { 0x00c36400, TRUE },
    { 0xef53, FALSE },     { 0x58465342, FALSE },
    { 0x9123683e, FALSE }, { 0x01021994, FALSE },
    { 0x794c7630, FALSE }, { 0x2fc12fc1, FALSE },
    { 0x65735546, FALSE }, /* FUSE: also used by rootless containers */
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    ROW ("%" G_GINT64_MODIFIER "x", rows[i].type);
    g_assert_cmpint (mt_is_network_file_system (rows[i].type), ==, rows[i].network);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-file/network", test_network);
  g_test_add_func ("/store-file/mode", test_mode);
  g_test_add_func ("/store-file/links", test_links);
  g_test_add_func ("/store-file/trust", test_trust);
  g_test_add_func ("/store-file/trust-helpers", test_trust_helpers);
  g_test_add_func ("/store-file/trust-folders", test_trust_folders);
  g_test_add_func ("/store-file/swapped", test_swapped);
  g_test_add_func ("/store-file/frozen", test_frozen);
  g_test_add_func ("/store-file/no-standard-input", test_no_standard_input);
  g_test_add_func ("/store-file/backup", test_backup);
  g_test_add_func ("/store-file/backup-refused", test_backup_refused);
  g_test_add_func ("/store-file/backup-when", test_backup_when);
  g_test_add_func ("/store-file/backup-killed", test_backup_killed);
  g_test_add_func ("/store-file/network-file-systems", test_network_file_systems);
  return g_test_run ();
}
