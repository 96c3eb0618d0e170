/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records every domain of a host in a store: what each host does when it boots. */

#include <machtype/recorder.h>

#include <string.h>

#include "connection/connection-private.h"
#include "domain/domain-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "guest/guest-private.h"
#include "name/name-private.h"
#include "properties/properties-private.h"
#include "record/record-private.h"
#include "recorder/record-result-private.h"
#include "store/store-private.h"

struct _MachtypeRecorder {
  gatomicrefcount refs;
  MachtypeStore *store;
  MachtypePolicy *policy; /* NULL: none */
  char *host_name;        /* NULL: the name that the host reports */
  char *cell;             /* NULL: unknown */
  char *author;           /* NULL: unknown */
  gboolean dry_run;
};

/* The device properties of the previous domain: those of one host are mostly alike. */
typedef struct {
  MachtypeProperties *devices; /* borrowed; NULL: none yet */
  const MtRecipe *recipe;
  MachtypeProperties *all;
} Devices;

/* One host being recorded. */
typedef struct {
  const MachtypeRecorder *recorder;
  MachtypeConnection *connection;
  const char *host_name;
  char *host_uuid;    /* NULL: unknown */
  MachtypeHost *host; /* NULL: not needed yet */
  Devices before;
  gint64 now; /* seconds */
} Run;

G_DEFINE_BOXED_TYPE (MachtypeRecorder, machtype_recorder, machtype_recorder_ref,
                     machtype_recorder_unref)

/**
 * machtype_recorder_new:
 * @store: the store to record in; must not be %NULL
 * @policy: (nullable): the operator's defaults, for domains without a machine type; %NULL for none
 *
 * Creates a recorder.
 *
 * Returns: (transfer full): the recorder
 * Since: 1.0
 */
MachtypeRecorder *
machtype_recorder_new (MachtypeStore *store, MachtypePolicy *policy)
{
  MachtypeRecorder *recorder;

  g_return_val_if_fail (MACHTYPE_IS_STORE (store), NULL);

  recorder = g_new0 (MachtypeRecorder, 1);
  g_atomic_ref_count_init (&recorder->refs);
  recorder->store = g_object_ref (store);
  if (policy != NULL)
    recorder->policy = machtype_policy_ref (policy);
  return recorder;
}

/**
 * machtype_recorder_ref:
 * @recorder: a recorder; must not be %NULL
 *
 * Increases the reference count of @recorder. Thread-safe.
 *
 * Returns: (transfer full): @recorder
 * Since: 1.0
 */
MachtypeRecorder *
machtype_recorder_ref (MachtypeRecorder *recorder)
{
  g_return_val_if_fail (recorder != NULL, NULL);

  g_atomic_ref_count_inc (&recorder->refs);
  return recorder;
}

/**
 * machtype_recorder_unref:
 * @recorder: (transfer full) (nullable): a recorder; %NULL does nothing
 *
 * Decreases the reference count of @recorder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_recorder_unref (MachtypeRecorder *recorder)
{
  if (recorder == NULL || !g_atomic_ref_count_dec (&recorder->refs))
    return;
  g_object_unref (recorder->store);
  machtype_policy_unref (recorder->policy);
  g_free (recorder->host_name);
  g_free (recorder->cell);
  g_free (recorder->author);
  g_free (recorder);
}

static gboolean
set_text (char **slot, const char *what, const char *text, GError **error)
{
  if (text != NULL && !mt_check_text (what, text, MACHTYPE_RECORD_MAX_TEXT, error))
    return FALSE;
  g_free (*slot);
  *slot = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  return TRUE;
}

/**
 * machtype_recorder_set_host_name:
 * @recorder: a recorder; must not be %NULL
 * @host_name: (nullable): the host's name, copied; %NULL for the name that the host reports
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the name under which the host is recorded, for a tool that has its own names for hosts.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_set_host_name (MachtypeRecorder *recorder, const char *host_name, GError **error)
{
  g_return_val_if_fail (recorder != NULL, FALSE);
  return set_text (&recorder->host_name, "the host's name", host_name, error);
}

/**
 * machtype_recorder_set_cell:
 * @recorder: a recorder; must not be %NULL
 * @cell: (nullable): the cell that the host is in, copied; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the cell to record.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_set_cell (MachtypeRecorder *recorder, const char *cell, GError **error)
{
  g_return_val_if_fail (recorder != NULL, FALSE);
  return set_text (&recorder->cell, "the cell", cell, error);
}

/**
 * machtype_recorder_set_author:
 * @recorder: a recorder; must not be %NULL
 * @author: (nullable): who records, for the history, copied; %NULL if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets who records.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_set_author (MachtypeRecorder *recorder, const char *author, GError **error)
{
  g_return_val_if_fail (recorder != NULL, FALSE);
  return set_text (&recorder->author, "the name of the operator", author, error);
}

/**
 * machtype_recorder_set_dry_run:
 * @recorder: a recorder; must not be %NULL
 * @dry_run: %TRUE to only report what would be recorded
 *
 * Sets whether the recorder only reports the outcome, and writes nothing.
 *
 * Since: 1.0
 */
void
machtype_recorder_set_dry_run (MachtypeRecorder *recorder, gboolean dry_run)
{
  g_return_if_fail (recorder != NULL);
  recorder->dry_run = dry_run;
}

/* Read once, and only if something cannot be known otherwise: it takes as long as thirty domains.
 */
static MachtypeHost *
need_host (Run *run, GError **error)
{
  if (run->host == NULL)
    run->host = machtype_connection_read_host (run->connection, MACHTYPE_HOST_READ_NONE, error);
  return run->host;
}

/* One domain, and its result. */
typedef struct {
  MachtypeDomain *domain; /* unread, then read: without devices if they are not needed */
  MachtypeRecord *there;  /* NULL: none */
  MachtypeRecord *record; /* NULL: not created, or error is set */
  GPtrArray *warnings;    /* of MachtypeFinding; NULL: none */
  GError *error;
} Item;

static void
item_clear (gpointer data)
{
  Item *item = data;

  machtype_domain_unref (item->domain);
  machtype_record_unref (item->there);
  machtype_record_unref (item->record);
  g_clear_pointer (&item->warnings, g_ptr_array_unref);
  g_clear_error (&item->error);
}

/* Takes ownership of the message. */
static void
warn (Item *item, const char *code, char *message)
{
  if (item->warnings == NULL)
    item->warnings = mt_findings_new ();
  g_ptr_array_add (item->warnings, mt_finding_new (code, message, NULL));
}

/* What only describes a domain must not decide whether it is recorded, because it is chosen by
 * whoever creates guests. */
static void
leave_out (Item *item, const char *code, const char *what, const GError *why)
{
  warn (item, code, g_strdup_printf ("%s is not recorded: %s", what, why->message));
}

static void
set_name (MachtypeRecordBuilder *builder, Item *item)
{
  g_autoptr (GError) why = NULL;

  if (!machtype_record_builder_set_name (builder, machtype_domain_get_name (item->domain), &why))
    leave_out (item, "name-not-recorded", "the domain's name", why);
}

static void
set_host (const Run *run, MachtypeRecordBuilder *builder, Item *item, const char *uuid)
{
  g_autoptr (GError) why = NULL;

  if (machtype_record_builder_set_host (builder, run->host_name, uuid, &why))
    return;
  leave_out (item, "host-name-not-recorded", "the host's name", why);
  machtype_record_builder_set_host (builder, NULL, uuid, NULL);
}

static gboolean
set_place (const Run *run, MachtypeRecordBuilder *builder, Item *item, GError **error)
{
  MtUuid parsed;
  const char *uuid;

  /* A driver may report an invalid one. */
  uuid =
      run->host_uuid != NULL && mt_uuid_parse (run->host_uuid, &parsed, NULL) ? parsed.text : NULL;
  machtype_record_builder_set_versions (builder,
                                        machtype_connection_get_qemu_version (run->connection),
                                        machtype_connection_get_libvirt_version (run->connection));
  machtype_record_builder_set_recorded_at (builder, run->now);
  machtype_record_builder_set_seen_at (builder, run->now);
  set_host (run, builder, item, uuid);
  set_name (builder, item);
  return machtype_record_builder_set_cell (builder, run->recorder->cell, error) &&
         machtype_record_builder_set_state (builder, machtype_domain_get_state (item->domain),
                                            error);
}

/* The devices that the domain has, and the recipe's as defaults where it has none. */
static MachtypeProperties *
complete_devices (const MtRecipe *recipe, MachtypeProperties *devices, GError **error)
{
  g_autoptr (MachtypeProperties) defaults = NULL;

  if (recipe != NULL)
    defaults = mt_recipe_dup_devices (recipe, devices, 0);
  return mt_properties_fill (devices, defaults, error);
}

/* Domains with the same devices share one object, which stores recognize without inspecting it.
 * NULL with an error: they cannot be stored. */
static MachtypeProperties *
get_devices (Run *run, MachtypeProperties *devices, const MtRecipe *recipe, GError **error)
{
  Devices *before = &run->before;
  MachtypeProperties *all;

  if (before->devices != NULL && before->recipe == recipe &&
      mt_properties_equal (before->devices, devices))
    return before->all;
  all = complete_devices (recipe, devices, error);
  if (all == NULL)
    return NULL;
  machtype_properties_unref (before->all);
  *before = (Devices){ devices, recipe, all };
  return all;
}

/* The host says what a name is that the tables do not know. */
static gboolean
parse_name (Run *run, const Item *item, const char *machine, MachtypeArch arch, MtName *parsed)
{
  if (!mt_name_parse (machine, strlen (machine), arch, parsed))
    return FALSE;
  return parsed->kind != MACHTYPE_NAME_KIND_UNKNOWN || need_host (run, NULL) == NULL ||
         mt_host_parse_name (run->host, arch, machtype_domain_get_domain_type (item->domain),
                             machine, strlen (machine), parsed);
}

static MtMachineClass
get_class (Run *run, const Item *item, const char *machine, MachtypeArch arch)
{
  MtName parsed;

  parse_name (run, item, machine, arch, &parsed);
  return mt_host_get_class (run->host, arch, machtype_domain_get_domain_type (item->domain),
                            machine);
}

static void
set_devices (Run *run, MachtypeRecordBuilder *builder, Item *item, const char *machine,
             MachtypeArch arch)
{
  MachtypeProperties *devices = machtype_domain_get_devices (item->domain), *all;
  g_autoptr (GError) why = NULL;

  if (devices == NULL)
    return;
  all =
      get_devices (run, devices, mt_recipe_find (arch, get_class (run, item, machine, arch)), &why);
  if (all == NULL || !machtype_record_builder_set_properties (builder, all, &why))
    leave_out (item, "devices-not-recorded", "the domain's list of devices", why);
}

/* A domain without a machine type gets that of a new guest: by the image properties that are stored
 * for it, the operator's default, the built-in default. */
static gboolean
set_resolved (Run *run, MachtypeRecordBuilder *builder, Item *item, GError **error)
{
  const MachtypeRecord *there = item->there;
  g_autoptr (MachtypePropertiesBuilder) properties = NULL;
  g_autoptr (MachtypeProperties) all = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  MachtypeArch arch = machtype_domain_get_arch (item->domain);

  if (need_host (run, error) == NULL)
    return FALSE;
  properties = there != NULL ? mt_properties_builder_new_from (there->properties, NULL)
                             : machtype_properties_builder_new ();
  if (arch != MACHTYPE_ARCH_UNKNOWN &&
      !machtype_properties_builder_add_image (properties,
                                              mt_property_name (MT_PROPERTY_EMULATION_ARCHITECTURE),
                                              machtype_arch_to_string (arch), error))
    return FALSE;
  all = machtype_properties_builder_end (properties);
  resolution = machtype_resolve (all, run->recorder->policy, run->host, NULL, error);
  if (resolution == NULL || !machtype_record_builder_set_resolution (builder, resolution, error))
    return FALSE;
  set_devices (run, builder, item, machtype_resolution_get_machine_to_record (resolution),
               machtype_resolution_get_arch (resolution));
  return TRUE;
}

/* An alias resolves to another type on each host, and only the host knows to which. */
static gboolean
is_alias (Run *run, const Item *item, const char *machine, MachtypeArch arch)
{
  MtName parsed;

  return parse_name (run, item, machine, arch, &parsed) && parsed.kind == MACHTYPE_NAME_KIND_ALIAS;
}

/* The recorded machine type is kept, although the guest has another one. */
static void
warn_of_difference (Run *run, Item *item, const char *machine, MachtypeArch arch)
{
  const char *recorded = item->there != NULL ? item->there->machine : NULL;

  if (recorded != NULL && machine != NULL && strcmp (recorded, machine) != 0 &&
      !is_alias (run, item, recorded, arch))
    warn (
        item, "definition-differs",
        g_strdup_printf ("the domain has machine type %s, but %s is recorded", machine, recorded));
}

/* The machine type that QEMU runs. */
static const char *
get_machine (Item *item)
{
  const char *machine = machtype_domain_get_machine (item->domain);
  const char *argument = mt_domain_get_argument_machine (item->domain);

  if (argument == NULL || g_strcmp0 (argument, machine) == 0)
    return machine;
  warn (item, "machine-argument",
        g_strdup_printf ("QEMU's own arguments (<qemu:commandline>) name machine type %s, which "
                         "runs instead of %s",
                         argument, machine != NULL ? machine : "the default"));
  return argument;
}

static gboolean
set_machine (Run *run, MachtypeRecordBuilder *builder, Item *item, GError **error)
{
  const MachtypeRecord *there = item->there;
  const char *machine = get_machine (item), *requested = NULL;
  MachtypeArch arch = machtype_domain_get_arch (item->domain);
  MachtypeSource source = MACHTYPE_SOURCE_DOMAIN;

  if (!machtype_record_builder_set_arch (builder, arch, error))
    return FALSE;
  warn_of_difference (run, item, machine, arch);
  /* It is set again, because the record may be deleted in the meantime. */
  if (there != NULL && there->machine != NULL) {
    machine = there->machine;
    requested = there->requested;
    source = there->source;
  }
  if (machine == NULL)
    return set_resolved (run, builder, item, error);
  if (!machtype_record_builder_set_machine (builder, machine, requested, source, error))
    return FALSE;
  set_devices (run, builder, item, machine, arch);
  return TRUE;
}

static MachtypeRecord *
make_record (Run *run, Item *item, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder =
      machtype_record_builder_new (machtype_domain_get_uuid (item->domain), error);

  if (builder == NULL || !set_place (run, builder, item, error) ||
      !set_machine (run, builder, item, error))
    return NULL;
  return machtype_record_builder_end (builder);
}

/* What is missing in a record, or only a default, and can be filled in from the domain's devices. A
 * pointer model exists only with a tablet on USB. */
static gboolean
wants_devices (const MachtypeRecord *there)
{
  static const MtProperty properties[] = { MT_PROPERTY_DISK_BUS, MT_PROPERTY_CDROM_BUS,
                                           MT_PROPERTY_INPUT_BUS, MT_PROPERTY_VIDEO_MODEL,
                                           MT_PROPERTY_VIF_MODEL };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (properties) && there != NULL; i++) {
    if (mt_properties_get (there->properties, properties[i]) == NULL ||
        machtype_properties_is_default (there->properties, mt_property_name (properties[i])))
      return TRUE;
  }
  return there == NULL;
}

/* A host of the same name and versions is the one that was recorded before, unless the host has no
 * name. */
static gboolean
is_known_host (const Run *run, const MachtypeRecord *there)
{
  return there != NULL && there->host_uuid != NULL &&
         mt_ref_string_equal (there->host_name, run->host_name) &&
         !g_str_has_prefix (run->host_name, "localhost") &&
         there->qemu_version == machtype_connection_get_qemu_version (run->connection) &&
         there->libvirt_version == machtype_connection_get_libvirt_version (run->connection);
}

static gboolean
look_up (const Run *run, Item *item)
{
  const char *uuid = machtype_domain_get_uuid (item->domain);
  g_autoptr (GError) why = NULL;

  item->there = machtype_store_read_record (run->recorder->store, uuid, &why);
  if (item->there == NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    item->error = g_steal_pointer (&why);
  return item->error == NULL;
}

static gpointer
ask_host_uuid (gpointer data)
{
  return mt_connection_read_host_uuid (data, NULL);
}

static void
read_item (Item *item)
{
  MachtypeDomainReadFlags flags =
      wants_devices (item->there) ? MACHTYPE_DOMAIN_READ_DEVICES : MACHTYPE_DOMAIN_READ_NONE;
  MachtypeDomain *read;

  if (item->error != NULL)
    return;
  read = mt_domain_read (item->domain, flags, &item->error);
  if (read == NULL)
    read =
        mt_domain_new_problem (machtype_domain_get_uuid (item->domain), g_error_copy (item->error));
  machtype_domain_unref (item->domain);
  item->domain = read;
}

/* If the host's identity is unknown, the host is asked for it while domains are read. */
static void
read_all (Run *run, GArray *items)
{
  GThread *thread = NULL;
  guint i;

  if (run->host_uuid == NULL)
    thread = g_thread_try_new ("machtype-host", ask_host_uuid, run->connection, NULL);
  for (i = 0; i < items->len; i++)
    read_item (&g_array_index (items, Item, i));
  if (thread != NULL)
    run->host_uuid = g_thread_join (thread);
}

static gboolean
make_records (Run *run, GArray *items, GError **error)
{
  guint i;

  for (i = 0; i < items->len; i++) {
    Item *item = &g_array_index (items, Item, i);

    if (item->error == NULL)
      item->record = make_record (run, item, &item->error);
    if (item->error != NULL && mt_error_ends_run (item->error)) {
      g_propagate_error (error, g_steal_pointer (&item->error));
      return FALSE;
    }
  }
  return TRUE;
}

/* Determines what to record. The store is not locked in the meantime, because libvirt may have to
 * be asked. */
static GArray *
prepare (Run *run, GPtrArray *domains, GError **error)
{
  g_autoptr (GArray) items = g_array_sized_new (FALSE, TRUE, sizeof (Item), domains->len);
  guint i;

  if (domains->len == 0)
    return g_steal_pointer (&items);
  g_array_set_clear_func (items, item_clear);
  if (!machtype_store_begin_read (run->recorder->store, error))
    return NULL;
  for (i = 0; i < domains->len; i++) {
    Item item = { .domain = machtype_domain_ref (domains->pdata[i]) };

    if (look_up (run, &item) && run->host_uuid == NULL && is_known_host (run, item.there))
      run->host_uuid = g_strdup (item.there->host_uuid);
    g_array_append_val (items, item);
  }
  machtype_store_end_read (run->recorder->store);
  read_all (run, items);
  return make_records (run, items, error) ? g_steal_pointer (&items) : NULL;
}

static gboolean
set_cancelled (GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_CANCELLED, "cancelled by the caller; nothing was recorded");
}

static gboolean
store_all (const Run *run, GArray *items, MachtypeRecorderFunc func, gpointer user_data,
           GError **error)
{
  guint i;

  for (i = 0; i < items->len; i++) {
    Item *item = &g_array_index (items, Item, i);
    MachtypeStoreOutcome outcome = MACHTYPE_STORE_OUTCOME_NONE;
    g_autoptr (MachtypeRecord) stored = NULL;

    if (item->record != NULL && run->recorder->dry_run)
      stored = mt_store_preview (run->recorder->store, item->record, &outcome, &item->error);
    else if (item->record != NULL)
      stored = mt_store_record_over (run->recorder->store, item->there, item->record,
                                     run->recorder->author, &outcome, &item->error);
    if (item->error != NULL && mt_error_ends_run (item->error)) {
      g_propagate_error (error, g_steal_pointer (&item->error));
      return FALSE;
    }
    if (func != NULL) {
      g_autoptr (MachtypeRecordResult) result = mt_record_result_new (
          item->domain, stored, outcome, item->warnings, item->error, i + 1, items->len);

      if (!func (result, user_data))
        return set_cancelled (error);
    }
  }
  return TRUE;
}

static int
compare_uuids (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (machtype_domain_get_uuid (*(MachtypeDomain *const *)a),
                    machtype_domain_get_uuid (*(MachtypeDomain *const *)b));
}

/**
 * machtype_recorder_run:
 * @recorder: a recorder; must not be %NULL
 * @connection: the host; must not be %NULL
 * @func: (nullable) (scope call) (closure user_data): the function to call for each domain; %NULL
 *   for none
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Records every domain of a host in one transaction, as [method@Machtype.Store.record] does. The
 * machine type comes from the running domain, or from its definition if it is shut off; otherwise
 * from the image properties that are stored for it, the operator's default, or the built-in
 * default. With it are recorded the devices that the domain has and, as defaults
 * ([method@Machtype.Properties.is_default]), those of the machine type that it does not have. A
 * domain that cannot be recorded is reported to @func, and the others are still recorded. A domain
 * whose name cannot be stored (it has control characters, or is longer than
 * %MACHTYPE_RECORD_MAX_TEXT) is recorded without it
 * ([method@Machtype.RecordResult.list_warnings]). Running it again updates only state, host and the
 * time when each was last seen; nothing is ever deleted. May block.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT and %MACHTYPE_ERROR_TIMEOUT if the host does not answer,
 * %MACHTYPE_ERROR_STORE and %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_INVALID_ARGUMENT inside a
 * transaction and after [method@Machtype.Store.begin_read], %MACHTYPE_ERROR_CANCELLED if @func
 * returned %FALSE, in which case nothing is recorded.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_run (MachtypeRecorder *recorder, MachtypeConnection *connection,
                       MachtypeRecorderFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray) domains = NULL;
  g_autoptr (GArray) items = NULL;
  Run run = { 0 };

  g_return_val_if_fail (recorder != NULL && connection != NULL, FALSE);

  domains = mt_connection_list_unread (connection, error);
  if (domains == NULL)
    return FALSE;
  g_ptr_array_sort (domains, compare_uuids);
  run.recorder = recorder;
  run.connection = connection;
  run.host_name = recorder->host_name != NULL ? recorder->host_name
                                              : machtype_connection_get_host_name (connection);
  run.now = g_get_real_time () / G_TIME_SPAN_SECOND;
  items = prepare (&run, domains, error);
  machtype_host_unref (run.host);
  machtype_properties_unref (run.before.all);
  g_free (run.host_uuid);
  if (items == NULL)
    return FALSE;
  if (recorder->dry_run)
    return store_all (&run, items, func, user_data, error);
  if (!machtype_store_begin (recorder->store, error))
    return FALSE;
  if (store_all (&run, items, func, user_data, error))
    return machtype_store_commit (recorder->store, error);
  machtype_store_rollback (recorder->store);
  return FALSE;
}
