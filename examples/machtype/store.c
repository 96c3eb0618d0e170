/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store, and records as text. */

#include "machtype-program.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "terminal.h"

/* Others write for milliseconds; a process that applies a change, as long as libvirt needs. */
#define STORE_TIMEOUT_MS 30000

#define SYSTEM_STORE "/var/lib/machtype/records.db"

void
options_add_store (GOptionContext *context, StoreOptions *options, gboolean with_instance)
{
  const GOptionEntry store_entries[] = {
    { "store", 0, 0, G_OPTION_ARG_FILENAME, &options->path, "the store (root: " SYSTEM_STORE ")",
      "FILE" },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  const GOptionEntry instance_entries[] = {
    { "instance", 0, 0, G_OPTION_ARG_STRING, &options->instance, "use the record of this instance",
      "GUEST" },
    { "operation", 0, 0, G_OPTION_ARG_STRING, &options->operation,
      "spawn (default), rebuild, resize, ...", "OPERATION" },
    { "record", 0, 0, G_OPTION_ARG_NONE, &options->record,
      "record the result (for spawn and rebuild)", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  options_add_group (context, "Store", store_entries);
  if (with_instance)
    options_add_group (context, "Instance", instance_entries);
}

void
store_options_clear (StoreOptions *options)
{
  g_free (options->path);
  g_free (options->instance);
  g_free (options->operation);
  machtype_record_unref (options->found);
}

char *
store_options_dup_path (const StoreOptions *options, GError **error)
{
  const MachtypeConfig *config = config_get (error);

  if (config == NULL)
    return NULL;
  /* A variable that is not set must not be taken for an empty store. */
  if (options->path != NULL && *options->path == '\0') {
    set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--store: the path is empty");
    return NULL;
  }
  return g_strdup (options->path != NULL ? options->path : machtype_config_get_store (config));
}

MachtypeStore *
store_options_open (const StoreOptions *options, MachtypeStoreOpenFlags flags, GError **error)
{
  if (config_get (error) == NULL)
    return NULL;
  if (options->path != NULL)
    return machtype_store_open (options->path, flags, STORE_TIMEOUT_MS, error);
  return machtype_store_open_default (flags, STORE_TIMEOUT_MS, error);
}

gboolean
store_has_server (const char *path)
{
  return g_regex_match_simple ("^postgresql:|,[ \t]*postgresql:", path, 0, 0);
}

/* Whether a store in a database exists, only the server knows. */
gboolean
store_may_exist (const char *path)
{
  return store_has_server (path) || g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Before anything is recorded, there is no store. One that is named has to be in a directory that
 * exists: otherwise its name is a mistake. */
MachtypeStore *
store_options_open_or_empty (const StoreOptions *options, GError **error)
{
  static gboolean has_warned = FALSE;
  g_autofree char *path = store_options_dup_path (options, error);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

  if (path == NULL)
    return NULL;
  if (store_may_exist (path) ||
      (options->path != NULL && !g_file_test (folder, G_FILE_TEST_IS_DIR)))
    return store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  if (!has_warned)
    g_printerr ("warning: the store %s does not exist yet; run 'machtype record' on the host to "
                "create it\n",
                path);
  has_warned = TRUE;
  return machtype_store_open_memory ();
}

/* GLib's function warns if the machine does not know the user, as in containers. */
static const char *
get_user_name (void)
{
  const struct passwd *entry = getpwuid (getuid ());

  return entry != NULL ? entry->pw_name : "unknown";
}

/* For the history. With sudo, the original user. */
char *
dup_author (void)
{
  const char *sudo = geteuid () == 0 ? g_getenv ("SUDO_USER") : NULL;
  const char *sudo_uid = g_getenv ("SUDO_UID");
  g_autofree char *uid = g_strdup_printf ("%u", (guint)getuid ());
  g_autofree char *author = NULL;

  if (sudo != NULL && *sudo != '\0' && sudo_uid != NULL)
    author = g_strdup_printf ("%.64s (uid %.12s)", sudo, sudo_uid);
  else
    author = g_strdup_printf ("%.64s (uid %s)", get_user_name (), uid);
  return machtype_text_escape_message (author);
}

char *
dup_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("?");
}

static gboolean
fill_builder (MachtypeRecordBuilder *builder, const MachtypeResolution *resolution,
              const MachtypeGuest *guest, GError **error)
{
  if (guest != NULL)
    return machtype_record_builder_set_guest (builder, guest, error);
  return machtype_record_builder_set_resolution (builder, resolution, error);
}

static MachtypeRecord *
make_record (const StoreOptions *options, const MachtypeResolution *resolution,
             const MachtypeGuest *guest, MachtypeProperties *properties, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder =
      machtype_record_builder_new (options->instance, error);

  if (builder == NULL || !machtype_record_builder_set_properties (builder, properties, error) ||
      !fill_builder (builder, resolution, guest, error))
    return NULL;
  return machtype_record_builder_end (builder);
}

/* Another process may have recorded the same instance since we looked: then it does not get what we
 * have decided. */
static gboolean
check_stored (const MachtypeRecord *wanted, const MachtypeRecord *stored, GError **error)
{
  if (g_strcmp0 (machtype_record_get_machine (wanted), machtype_record_get_machine (stored)) == 0)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_CONFLICT,
                    "%s was recorded concurrently for instance %s; try again",
                    machtype_record_get_machine (stored), machtype_record_get_uuid (stored));
}

static gboolean
check_operation (const StoreOptions *options, MachtypeOperation *operation, GError **error)
{
  *operation = MACHTYPE_OPERATION_SPAWN;
  if (options->operation != NULL)
    *operation = machtype_operation_from_string (options->operation, error);
  if (*operation == MACHTYPE_OPERATION_UNKNOWN)
    return FALSE;
  if (*operation == MACHTYPE_OPERATION_SPAWN || *operation == MACHTYPE_OPERATION_REBUILD)
    return TRUE;
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--record needs operation spawn or rebuild: %s records nothing",
                    machtype_operation_to_string (*operation));
}

gboolean
store_options_record (const StoreOptions *options, const MachtypeResolution *resolution,
                      const MachtypeGuest *guest, MachtypeProperties *properties, GError **error)
{
  g_autoptr (MachtypeStore) store = NULL;
  g_autoptr (MachtypeRecord) record = NULL, stored = NULL;
  g_autofree char *author = NULL;
  MachtypeOperation operation;

  if (!options->record)
    return TRUE;
  if (!check_operation (options, &operation, error) ||
      (machtype_resolution_get_canonical (resolution) == NULL &&
       machtype_resolution_get_source (resolution) != MACHTYPE_SOURCE_RECORDED &&
       !check_possible (machtype_resolution_get_machine (resolution), error)))
    return FALSE;
  record = make_record (options, resolution, guest, properties, error);
  if (record != NULL)
    store = store_options_open (options, MACHTYPE_STORE_OPEN_CREATE, error);
  if (store == NULL)
    return FALSE;
  author = dup_author ();
  stored = operation == MACHTYPE_OPERATION_REBUILD
               ? machtype_store_rebuild (store, options->found, record, author, error)
               : machtype_store_record (store, record, author, NULL, error);
  return stored != NULL && check_stored (record, stored, error);
}

void
record_print_change (const char *done, const MachtypeRecord *before, const char *machine)
{
  const char *name = machtype_record_get_name (before), *uuid = machtype_record_get_uuid (before);
  const char *old_machine = machtype_record_get_machine (before);
  g_autoptr (Text) text = text_new ();

  text_add (text, STYLE_GOOD, "%s", done);
  text_add (text, STYLE_NAME, " %s", name != NULL ? name : uuid);
  text_add (text, STYLE_PLAIN, ": %s", old_machine != NULL ? old_machine : "none");
  if (g_strcmp0 (old_machine, machine) != 0)
    text_add (text, STYLE_PLAIN, " -> %s", machine != NULL ? machine : "none");
  text_print (text, stdout, 0, 2, name != NULL ? uuid : NULL);
}
