/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records every domain of a host in a store: what each host does when it boots. */

#include "recorder/recorder-private.h"

#include <stdlib.h>
#include <string.h>

#include "connection/connection-private.h"
#include "domain/domain-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "guest/guest-private.h"
#include "host/host-private.h"
#include "name/name-private.h"
#include "properties/properties-private.h"
#include "record/record-private.h"
#include "recorder/record-result-private.h"
#include "store/store-private.h"

/* The device properties of the previous domain: those of one host are mostly alike. */
typedef struct {
  MachtypeProperties *devices; /* borrowed; NULL: none yet */
  const MtRecipe *recipe;
  MachtypeProperties *all;
} Devices;

/* One host being recorded. */
typedef struct {
  const MachtypeRecorder *recorder;
  MachtypeConnection *connection; /* NULL: the spool's guests, of which no host is asked */
  const char *host_name;          /* NULL: unknown, and then not recorded */
  char *host_uuid;                /* NULL: unknown */
  MachtypeHost *host;             /* NULL: not needed yet */
  Devices before;
  gint64 now; /* seconds */
} Run;

/* Read once, and only if something cannot be known otherwise: it takes as long as thirty domains.
 */
static MachtypeHost *
need_host (Run *run, GError **error)
{
  if (run->host == NULL && run->connection == NULL)
    mt_fail (error, MACHTYPE_ERROR_NO_DEFAULT, "the domain names no machine type");
  else if (run->host == NULL)
    run->host = machtype_connection_read_host (run->connection, MACHTYPE_HOST_READ_NONE, error);
  return run->host;
}

/* One instance, and its result. */
typedef struct {
  char uuid[MT_UUID_LENGTH + 1];
  MachtypeDomainStatus *status; /* NULL: the host has no domain of the instance */
  MachtypeDomain *domain;       /* as it runs or, if it is shut off, as it is defined; the same */
  MachtypeRecord *there;        /* NULL: none */
  MachtypeRecord *record;       /* NULL: not created, or error is set */
  MachtypeChange *change;       /* that is accepted; NULL: none */
  gboolean is_renewed;          /* with other devices than are recorded */
  gboolean is_kept;             /* nothing is written */
  gboolean has_devices;         /* that could be recorded */
  gboolean differs;
  gboolean is_unread;  /* error is about this domain alone, whatever its code */
  GPtrArray *warnings; /* of MachtypeFinding; NULL: none */
  GError *error;
} Item;

/* The others cannot be recorded either. */
static gboolean
ends_run (const Item *item)
{
  return item->error != NULL && !item->is_unread && mt_error_ends_run (item->error);
}

static void
item_clear (gpointer data)
{
  Item *item = data;

  machtype_domain_unref (item->domain);
  machtype_domain_status_unref (item->status);
  machtype_record_unref (item->there);
  machtype_record_unref (item->record);
  machtype_change_unref (item->change);
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
  if (run->connection != NULL)
    machtype_record_builder_set_versions (
        builder, machtype_connection_get_qemu_version (run->connection),
        machtype_connection_get_libvirt_version (run->connection));
  machtype_record_builder_set_recorded_at (builder, run->now);
  machtype_record_builder_set_seen_at (builder, run->now);
  machtype_record_builder_set_transient (builder,
                                         !machtype_domain_status_is_persistent (item->status));
  set_host (run, builder, item, uuid);
  set_name (builder, item);
  return machtype_record_builder_set_cell (builder, run->recorder->cell, error) &&
         machtype_record_builder_set_state (builder, machtype_domain_get_state (item->domain),
                                            error);
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
  all = mt_recipe_complete_devices (recipe, devices, error);
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
  item->has_devices = all != NULL && machtype_record_builder_set_properties (builder, all, &why);
  if (!item->has_devices)
    leave_out (item, "devices-not-recorded", "the domain's list of devices", why);
}

/* Without a machine type, an instance gets that of a new guest: by the image properties that are
 * stored for it, the operator's default, the built-in default. */
static gboolean
set_resolved (Run *run, MachtypeRecordBuilder *builder, Item *item, MachtypeArch arch,
              GError **error)
{
  const MachtypeRecord *there = item->there;
  g_autoptr (MachtypePropertiesBuilder) properties = NULL;
  g_autoptr (MachtypeProperties) all = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;

  if (need_host (run, error) == NULL)
    return FALSE;
  properties = there != NULL ? mt_properties_builder_new_from (there->properties, NULL)
                             : machtype_properties_builder_new ();
  if (arch != MACHTYPE_ARCH_UNKNOWN &&
      !machtype_properties_builder_set_arch (properties, arch, error))
    return FALSE;
  all = machtype_properties_builder_end (properties);
  resolution = machtype_resolve (all, run->recorder->policy, run->host, NULL, error);
  if (resolution == NULL || !machtype_record_builder_set_resolution (builder, resolution, error))
    return FALSE;
  if (item->domain != NULL)
    set_devices (run, builder, item, machtype_resolution_get_machine_to_record (resolution),
                 machtype_resolution_get_arch (resolution));
  return TRUE;
}

static void
warn_of_argument (Item *item)
{
  const char *machine = machtype_domain_get_machine (item->domain);
  const char *argument = mt_domain_get_argument_machine (item->domain);

  if (argument == NULL || g_strcmp0 (argument, machine) == 0)
    return;
  warn (item, "machine-argument",
        g_strdup_printf ("QEMU's own arguments (<qemu:commandline>) name machine type %s, which "
                         "runs instead of %s",
                         argument, machine != NULL ? machine : "the default"));
}

/* Reads the host only if the names differ. */
static gboolean
is_recorded (Run *run, const char *recorded, const char *machine, MachtypeArch arch)
{
  return recorded == NULL || machine == NULL || strcmp (recorded, machine) == 0 ||
         mt_host_is_recorded (need_host (run, NULL), arch, recorded, machine);
}

/* The recorded machine type is kept, although the guest has another one. */
static void
compare (Run *run, Item *item, const char *recorded)
{
  const MachtypeArch arch = machtype_domain_get_arch (item->domain);
  const char *defined =
      mt_domain_get_qemu_machine (machtype_domain_status_get_definition (item->status));
  const char *running =
      mt_domain_get_qemu_machine (machtype_domain_status_get_running (item->status));

  if (!is_recorded (run, recorded, defined, arch)) {
    item->differs = TRUE;
    warn (item, "definition-differs",
          g_strdup_printf ("the domain is defined with %s, but %s is recorded", defined, recorded));
  }
  if (!is_recorded (run, recorded, running, arch)) {
    item->differs = TRUE;
    warn (item, "running-differs",
          g_strdup_printf ("the guest runs with %s, but %s is recorded", running, recorded));
  }
}

/* The devices of a domain with another machine type are not those of the recorded one. */
static gboolean
set_machine (Run *run, MachtypeRecordBuilder *builder, Item *item, GError **error)
{
  const MachtypeRecord *there = item->there;
  const char *machine = mt_domain_get_qemu_machine (item->domain), *requested = NULL;
  MachtypeArch arch = machtype_domain_get_arch (item->domain);
  MachtypeSource source = MACHTYPE_SOURCE_DOMAIN;
  gboolean is_kept = there != NULL && there->machine != NULL;

  if (!machtype_record_builder_set_arch (builder, arch, error))
    return FALSE;
  warn_of_argument (item);
  /* It is set again, because the record may be deleted in the meantime. */
  if (is_kept) {
    machine = there->machine;
    requested = there->requested;
    source = there->source;
  }
  compare (run, item, machine);
  if (machine == NULL)
    return set_resolved (run, builder, item, arch, error);
  if (!machtype_record_builder_set_machine (builder, machine, requested, source, error))
    return FALSE;
  if (!is_kept || !item->differs)
    set_devices (run, builder, item, machine, arch);
  return TRUE;
}

/* An instance that is on the host, but has no domain there, gets only a machine type: it was not
 * seen, and has no devices yet. */
static MachtypeRecord *
make_without_domain (Run *run, Item *item, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (item->there);

  return set_resolved (run, builder, item, item->there->arch, error)
             ? machtype_record_builder_end (builder)
             : NULL;
}

static gboolean
set_refused (GError **error, const char *code, char *why)
{
  g_autofree char *reason = why;

  return mt_fail (error, MACHTYPE_ERROR_REFUSED,
                  "%s: %s; only a machine type that the whole guest has can be accepted", code,
                  reason);
}

/* RAM that is saved with another machine type would bring that back. */
static gboolean
check_saved (Run *run, const Item *item, const char *machine, GError **error)
{
  const char *saved = mt_domain_get_qemu_machine (machtype_domain_status_get_saved (item->status));

  if (!machtype_domain_status_has_saved_state (item->status) ||
      (saved != NULL && is_recorded (run, machine, saved, machtype_domain_get_arch (item->domain))))
    return TRUE;
  return set_refused (error, "saved-state",
                      g_strdup_printf ("the domain is defined with %s, but its saved RAM is of %s",
                                       machine, saved != NULL ? saved : "an unknown machine type"));
}

/* What is defined; of a transient domain, what runs. A guest that runs with something else would
 * have another machine type than its record. NULL: the error is set. */
static const char *
find_accepted (Run *run, const Item *item, GError **error)
{
  const char *defined =
      mt_domain_get_qemu_machine (machtype_domain_status_get_definition (item->status));
  const char *running =
      mt_domain_get_qemu_machine (machtype_domain_status_get_running (item->status));
  const char *machine = defined != NULL ? defined : running;

  if (running != NULL &&
      !is_recorded (run, machine, running, machtype_domain_get_arch (item->domain))) {
    set_refused (error, "refused-state",
                 g_strdup_printf ("the domain is defined with %s, but the guest runs with %s",
                                  machine, running));
    return NULL;
  }
  return check_saved (run, item, machine, error) ? machine : NULL;
}

/* The definition is there already: it is accepted whatever the rules say, which judge it. */
static gboolean
judge_accepted (Run *run, Item *item, const char *machine, GError **error)
{
  const MachtypeChangeFlags flags = MACHTYPE_CHANGE_FORCE | MACHTYPE_CHANGE_PIN;

  if (need_host (run, error) == NULL)
    return FALSE;
  item->change =
      machtype_change_check (item->there->machine, machine, machtype_domain_get_arch (item->domain),
                             machtype_domain_get_domain_type (item->domain), MACHTYPE_STATE_STOPPED,
                             flags, run->host, error);
  return item->change != NULL &&
         (machtype_change_is_permitted (item->change) ||
          mt_fail (error, MACHTYPE_ERROR_REFUSED, "%s: machine type %s cannot be recorded",
                   machtype_verdict_to_string (machtype_change_get_verdict (item->change)),
                   machine));
}

/* The record as it was, where and in which state the guest is now. Its devices are those of found,
 * unless these could not be recorded. NULL: the error is set. */
static MachtypeRecord *
renew (const Item *item, const MachtypeRecord *found, GError **error)
{
  g_autoptr (MachtypeProperties) properties = NULL;
  g_autoptr (MachtypeRecord) record = mt_record_copy (item->there);

  mt_record_take_place (record, found);
  if (!item->has_devices)
    return g_steal_pointer (&record);
  properties = mt_properties_renew (item->there->properties, found->properties, error);
  if (properties == NULL || !mt_record_check_properties (properties, error))
    return NULL;
  mt_properties_set (&record->properties, properties);
  return g_steal_pointer (&record);
}

/* Takes over what is defined. What was warned of is then no longer true. */
static MachtypeRecord *
accept (Run *run, Item *item, const MachtypeRecord *place, GError **error)
{
  const char *machine = find_accepted (run, item, error), *accepted;
  const MachtypeArch arch = machtype_domain_get_arch (item->domain);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (place);
  g_autoptr (MachtypeRecord) found = NULL, record = NULL;

  if (machine == NULL || !judge_accepted (run, item, machine, error))
    return NULL;
  item->differs = FALSE;
  g_clear_pointer (&item->warnings, g_ptr_array_unref);
  warn_of_argument (item);
  accepted = machtype_change_get_machine_to_record (item->change);
  if (!machtype_record_builder_set_machine (builder, accepted, machine, MACHTYPE_SOURCE_DOMAIN,
                                            error))
    return NULL;
  set_devices (run, builder, item, accepted, arch);
  found = machtype_record_builder_end (builder);
  record = renew (item, found, error);
  if (record == NULL)
    return NULL;
  record->arch = arch;
  record->source = found->source;
  mt_ref_string_set (&record->machine, found->machine);
  mt_ref_string_set (&record->requested, found->requested);
  return g_steal_pointer (&record);
}

/* What a record that is there already becomes. Takes ownership of found. */
static MachtypeRecord *
change_record (Run *run, Item *item, MachtypeRecord *found, GError **error)
{
  const MachtypeRecorderFlags flags = run->recorder->flags;
  g_autoptr (MachtypeRecord) place = found, renewed = NULL;

  if ((flags & MACHTYPE_RECORDER_ACCEPT) != 0 && item->differs)
    return accept (run, item, place, error);
  if ((flags & MACHTYPE_RECORDER_REFRESH) != 0 && !item->differs) {
    renewed = renew (item, place, error);
    if (renewed == NULL)
      return NULL;
    item->is_renewed = !mt_properties_equal (renewed->properties, item->there->properties);
    if (item->is_renewed)
      return g_steal_pointer (&renewed);
  }
  item->is_kept = flags == MACHTYPE_RECORDER_ACCEPT;
  return g_steal_pointer (&place);
}

static MachtypeRecord *
make_record (Run *run, Item *item, GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) found = NULL;

  if (item->domain == NULL)
    return make_without_domain (run, item, error);
  builder = machtype_record_builder_new (item->uuid, error);
  if (builder == NULL || !set_place (run, builder, item, error) ||
      !set_machine (run, builder, item, error))
    return NULL;
  found = machtype_record_builder_end (builder);
  if (item->there != NULL && item->there->machine != NULL)
    return change_record (run, item, g_steal_pointer (&found), error);
  if ((run->recorder->flags & MACHTYPE_RECORDER_ACCEPT) == 0)
    return g_steal_pointer (&found);
  mt_fail (error, MACHTYPE_ERROR_NOT_FOUND,
           "no machine type is recorded for it, so that there is nothing to replace: record it");
  return NULL;
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
  g_autoptr (GError) why = NULL;

  item->there = machtype_store_read_record (run->recorder->store, item->uuid, &why);
  if (item->there == NULL && !g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    item->error = g_steal_pointer (&why);
  return item->error == NULL;
}

/* Why the domain, as it runs or is defined, is not known; NULL: it is. */
static const GError *
find_problem (Item *item)
{
  g_autoptr (GPtrArray) problems = machtype_domain_status_list_problems (item->status);
  guint i;

  for (i = 0; i < problems->len; i++) {
    const MachtypeDomainProblem *problem = problems->pdata[i];
    const MachtypeDomainPart part = machtype_domain_problem_get_part (problem);
    const GError *why = machtype_domain_problem_get_error (problem);

    if (part == MACHTYPE_DOMAIN_PART_RUNNING ||
        (part == MACHTYPE_DOMAIN_PART_DEFINITION &&
         machtype_domain_status_get_running (item->status) == NULL))
      return why;
    if (part == MACHTYPE_DOMAIN_PART_DEFINITION)
      warn (item, "definition-not-read",
            g_strdup_printf ("the domain's definition could not be read: %s", why->message));
  }
  return NULL;
}

/* FALSE: a transient domain that has disappeared in between. */
static gboolean
choose_domain (Item *item)
{
  MachtypeDomain *domain = machtype_domain_status_get_running (item->status);
  const GError *problem = find_problem (item);

  if (domain == NULL)
    domain = machtype_domain_status_get_definition (item->status);
  if (problem != NULL) {
    item->is_unread = TRUE;
    item->error = g_error_copy (problem);
    item->domain = mt_domain_new_problem (item->uuid, g_error_copy (problem));
  } else if (domain != NULL)
    item->domain = machtype_domain_ref (domain);
  else
    return FALSE;
  mt_domain_set_state (item->domain, machtype_domain_status_get_state (item->status));
  return TRUE;
}

static void
add_item (Run *run, GArray *items, const char *uuid, MachtypeDomainStatus *status)
{
  Item item = { 0 };

  g_strlcpy (item.uuid, uuid, sizeof item.uuid);
  if (status != NULL) {
    item.status = machtype_domain_status_ref (status);
    if (!choose_domain (&item)) {
      item_clear (&item);
      return;
    }
  }
  if (item.error == NULL && look_up (run, &item) && run->host_uuid == NULL && status != NULL &&
      is_known_host (run, item.there))
    run->host_uuid = g_strdup (item.there->host_uuid);
  g_array_append_val (items, item);
}

static int
compare_uuids (gconstpointer a, gconstpointer b)
{
  return strcmp (machtype_domain_status_get_uuid (*(MachtypeDomainStatus *const *)a),
                 machtype_domain_status_get_uuid (*(MachtypeDomainStatus *const *)b));
}

/* Instances of the host without a machine type, as the store knows them. */
typedef struct {
  const GPtrArray *statuses; /* of the host's domains, sorted */
  GPtrArray *uuids;
} Missing;

static int
compare_uuid (gconstpointer uuid, gconstpointer status)
{
  return strcmp (uuid, machtype_domain_status_get_uuid (*(MachtypeDomainStatus *const *)status));
}

static gboolean
add_missing (const char *uuid, gpointer data)
{
  const Missing *missing = data;
  const GPtrArray *statuses = missing->statuses;

  if (statuses->len == 0 ||
      bsearch (uuid, statuses->pdata, statuses->len, sizeof *statuses->pdata, compare_uuid) == NULL)
    g_ptr_array_add (missing->uuids, g_strdup (uuid));
  return TRUE;
}

static gboolean
add_missing_items (Run *run, GArray *items, GPtrArray *statuses, GError **error)
{
  g_autoptr (GPtrArray) uuids = g_ptr_array_new_with_free_func (g_free);
  Missing missing = { statuses, uuids };
  guint i;

  if (!machtype_store_foreach_unset (run->recorder->store, NULL, run->host_name, add_missing,
                                     &missing, error))
    return FALSE;
  for (i = 0; i < uuids->len; i++)
    add_item (run, items, uuids->pdata[i], NULL);
  return TRUE;
}

static gboolean
is_other (const char *a, const char *b)
{
  return a != NULL && b != NULL && strcmp (a, b) != 0;
}

/* Several hosts can have one name, and one that is shelved_offloaded is on none. */
static gboolean
is_here (const Run *run, const MachtypeRecord *there)
{
  return there != NULL &&
         machtype_record_get_change_state (there) != MACHTYPE_STATE_SHELVED_OFFLOADED &&
         !is_other (there->host_uuid, run->host_uuid) &&
         !is_other (there->cell, run->recorder->cell);
}

static void
remove_elsewhere (const Run *run, GArray *items)
{
  guint i;

  for (i = items->len; i-- > 0;) {
    const Item *item = &g_array_index (items, Item, i);

    if (item->status == NULL && item->error == NULL && !is_here (run, item->there))
      g_array_remove_index (items, i);
  }
}

static gboolean
make_records (Run *run, GArray *items, GError **error)
{
  guint i;

  for (i = 0; i < items->len; i++) {
    Item *item = &g_array_index (items, Item, i);

    if (item->error == NULL)
      item->record = make_record (run, item, &item->error);
    if (ends_run (item)) {
      g_propagate_error (error, g_steal_pointer (&item->error));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
look_up_all (Run *run, GArray *items, GPtrArray *statuses, GError **error)
{
  gboolean ok;
  guint i;

  if (!machtype_store_begin_read (run->recorder->store, error))
    return FALSE;
  for (i = 0; i < statuses->len; i++)
    add_item (run, items, machtype_domain_status_get_uuid (statuses->pdata[i]), statuses->pdata[i]);
  ok = run->recorder->only != NULL || add_missing_items (run, items, statuses, error);
  machtype_store_end_read (run->recorder->store);
  return ok;
}

/* Determines what to record. The store is not locked in the meantime, because libvirt may have to
 * be asked. */
static GArray *
prepare (Run *run, GPtrArray *statuses, GError **error)
{
  g_autoptr (GArray) items = g_array_sized_new (FALSE, TRUE, sizeof (Item), statuses->len);

  g_array_set_clear_func (items, item_clear);
  if (!look_up_all (run, items, statuses, error))
    return NULL;
  if (run->host_uuid == NULL && items->len != 0)
    run->host_uuid = mt_connection_read_host_uuid (run->connection, NULL);
  remove_elsewhere (run, items);
  return make_records (run, items, error) ? g_steal_pointer (&items) : NULL;
}

static gboolean
set_cancelled (GError **error)
{
  return mt_fail (error, MACHTYPE_ERROR_CANCELLED, "cancelled by the caller; nothing was recorded");
}

/* A change that is made on purpose, of the record as it was read: it has an entry in the history.
 */
static MachtypeRecord *
store_change (const Run *run, Item *item, MachtypeStoreOutcome *outcome)
{
  const MachtypeRecorder *recorder = run->recorder;
  MtStoreChange change = { .action = MACHTYPE_HISTORY_ACTION_PROPERTIES,
                           .author = recorder->author };

  *outcome = MACHTYPE_STORE_OUTCOME_RENEWED;
  if (item->change != NULL) {
    *outcome = MACHTYPE_STORE_OUTCOME_ACCEPTED;
    change.action = MACHTYPE_HISTORY_ACTION_ACCEPT;
    change.forced = machtype_change_get_verdict (item->change) == MACHTYPE_VERDICT_FORCED;
  }
  if (!mt_store_check_settled (recorder->store, item->uuid, &item->error) ||
      (!recorder->dry_run &&
       !mt_store_put (recorder->store, item->there, item->record, &change, &item->error)))
    return NULL;
  return machtype_record_ref (item->record);
}

static MachtypeRecord *
store_one (const Run *run, Item *item, MachtypeStoreOutcome *outcome)
{
  const MachtypeRecorder *recorder = run->recorder;
  MachtypeRecord *stored = NULL;

  if (item->record != NULL && (item->change != NULL || item->is_renewed))
    return store_change (run, item, outcome);
  if (item->record != NULL && item->is_kept) {
    *outcome = MACHTYPE_STORE_OUTCOME_UNCHANGED;
    return machtype_record_ref (item->there);
  }
  if (item->record != NULL && recorder->dry_run)
    stored = mt_store_preview (recorder->store, item->record, outcome, &item->error);
  else if (item->record != NULL)
    stored = mt_store_record_over (recorder->store, item->there, item->record, recorder->author,
                                   outcome, &item->error);
  /* One that was only recorded now has that outcome. */
  if (item->differs && item->there != NULL && item->there->machine != NULL)
    *outcome = MACHTYPE_STORE_OUTCOME_DIFFERS;
  return stored;
}

static MachtypeRecordResult *
make_result (const Item *item, MachtypeRecord *stored, MachtypeStoreOutcome outcome,
             const MtSpooled *entry)
{
  MtRecordResultParts parts = { 0 };

  parts.uuid = item->uuid;
  parts.domain = item->domain;
  if (item->status != NULL) {
    parts.defined =
        mt_domain_get_qemu_machine (machtype_domain_status_get_definition (item->status));
    parts.running = mt_domain_get_qemu_machine (machtype_domain_status_get_running (item->status));
  }
  parts.record = stored;
  parts.outcome = outcome;
  parts.change = item->change;
  parts.differs = item->differs;
  parts.warnings = item->warnings;
  parts.error = item->error;
  parts.file = entry->file;
  parts.n_done = entry->n_done;
  parts.n_total = entry->n_total;
  return mt_record_result_new (&parts);
}

/* Whether the store knows the guest as it was later. */
static gboolean
is_outdated (const Run *run, const Item *item)
{
  return item->there != NULL && item->there->seen_at > run->now;
}

/* A guest that started. Its XML does not say whether it is transient. */
static void
make_spooled (Run *run, Item *item, const MtSpooled *entry)
{
  item->status = machtype_domain_status_ref (entry->status);
  if (!choose_domain (item) || item->error != NULL)
    return;
  item->record = make_record (run, item, &item->error);
  if (item->record != NULL)
    item->record->is_transient = item->there != NULL && item->there->is_transient;
}

/* What was recorded while there was no store. */
static void
take_record (Item *item, MachtypeRecord *record)
{
  const char *recorded = item->there != NULL ? item->there->machine : NULL;

  item->record = machtype_record_ref (record);
  if (recorded == NULL || record->machine == NULL || strcmp (recorded, record->machine) == 0)
    return;
  item->differs = TRUE;
  warn (item, "running-differs",
        g_strdup_printf ("the guest had %s, but %s is recorded", record->machine, recorded));
}

static MachtypeRecord *
store_spooled (const Run *run, Item *item, MachtypeStoreOutcome *outcome)
{
  const MachtypeRecorder *recorder = run->recorder;

  /* Whether it differs is not known before that. */
  if (item->there != NULL && item->error == NULL &&
      !mt_store_check_settled (recorder->store, item->uuid, &item->error))
    return NULL;
  if (item->record == NULL || !is_outdated (run, item))
    return store_one (run, item, outcome);
  *outcome = item->differs ? MACHTYPE_STORE_OUTCOME_DIFFERS : MACHTYPE_STORE_OUTCOME_UNCHANGED;
  if (item->differs || recorder->dry_run)
    return machtype_record_ref (item->there);
  return machtype_store_record_missing (recorder->store, item->record, recorder->author, outcome,
                                        &item->error);
}

MachtypeRecordResult *
mt_recorder_store_spooled (const MachtypeRecorder *recorder, const MtSpooled *entry, GError **error)
{
  Run run = { .recorder = recorder, .host_name = recorder->host_name, .now = entry->time };
  Item item = { 0 };
  MachtypeStoreOutcome outcome = MACHTYPE_STORE_OUTCOME_NONE;
  g_autoptr (MachtypeRecord) stored = NULL;
  MachtypeRecordResult *result = NULL;

  g_strlcpy (item.uuid, entry->uuid, sizeof item.uuid);
  if (look_up (&run, &item) && entry->record != NULL)
    take_record (&item, entry->record);
  else if (item.error == NULL)
    make_spooled (&run, &item, entry);
  stored = store_spooled (&run, &item, &outcome);
  if (ends_run (&item))
    g_propagate_error (error, g_steal_pointer (&item.error));
  else
    result = make_result (&item, stored, outcome, entry);
  machtype_properties_unref (run.before.all);
  item_clear (&item);
  return result;
}

static gboolean
store_all (const Run *run, GArray *items, MachtypeRecorderFunc func, gpointer user_data,
           GError **error)
{
  guint i;

  for (i = 0; i < items->len; i++) {
    Item *item = &g_array_index (items, Item, i);
    MachtypeStoreOutcome outcome = MACHTYPE_STORE_OUTCOME_NONE;
    g_autoptr (MachtypeRecord) stored = store_one (run, item, &outcome);

    if (ends_run (item)) {
      g_propagate_error (error, g_steal_pointer (&item->error));
      return FALSE;
    }
    if (func != NULL) {
      const MtSpooled place = { .n_done = i + 1, .n_total = items->len };
      g_autoptr (MachtypeRecordResult) result = make_result (item, stored, outcome, &place);

      if (!func (result, user_data))
        return set_cancelled (error);
    }
  }
  return TRUE;
}

static gboolean
keep_status (MachtypeDomainStatus *status, gpointer user_data)
{
  g_ptr_array_add (user_data, machtype_domain_status_ref (status));
  return TRUE;
}

/* NULL: the error is set. */
static GPtrArray *
read_statuses (const Run *run, GError **error)
{
  const gboolean accepts = (run->recorder->flags & MACHTYPE_RECORDER_ACCEPT) != 0;
  MachtypeDomainReadFlags flags = MACHTYPE_DOMAIN_READ_DEVICES;
  g_autoptr (GPtrArray) statuses =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_domain_status_unref);

  if (accepts && run->recorder->only == NULL) {
    mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
             "which domains are accepted? Name each of them: a record is for life");
    return NULL;
  }
  if (accepts)
    flags |= MACHTYPE_DOMAIN_READ_SAVED;
  if (!machtype_connection_foreach_status (run->connection, flags, keep_status, statuses, error))
    return NULL;
  g_ptr_array_sort (statuses, compare_uuids);
  return mt_recorder_select (run->recorder, statuses, run->host_name, error)
             ? g_steal_pointer (&statuses)
             : NULL;
}

/**
 * machtype_recorder_run:
 * @recorder: a recorder; must not be %NULL
 * @connection: the host; must not be %NULL
 * @func: (nullable) (scope call) (closure user_data): the function to call for each instance;
 *   %NULL for none
 * @user_data: data to pass to @func
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Records every domain of a host in one transaction, as [method@Machtype.Store.record] does. The
 * machine type comes from the running domain, or from its definition if it is shut off; otherwise
 * from the image properties that are stored for it, the operator's default, or the built-in
 * default. With it are recorded the devices that the domain has and, as defaults
 * ([method@Machtype.Properties.is_default]), those of the machine type that it does not have. A
 * recorded machine type is kept; if the domain is defined or runs with another one, the outcome is
 * %MACHTYPE_STORE_OUTCOME_DIFFERS, and its devices are not recorded.
 *
 * An instance that the store knows to be on this host, that has no domain here and no recorded
 * machine type gets one from the image properties, the operator's default, or the built-in default,
 * unless it is `shelved_offloaded`, being built or deleted.
 *
 * If domains were added ([method@Machtype.Recorder.add_domain]), only these are recorded. With
 * %MACHTYPE_RECORDER_ACCEPT, the machine type of one that differs replaces the recorded one
 * (outcome %MACHTYPE_STORE_OUTCOME_ACCEPTED), with an entry in its history, and so do its devices;
 * [method@Machtype.RecordResult.get_change] is the judgment of that change, with its effects. It is
 * refused (the result's error is %MACHTYPE_ERROR_REFUSED) if the guest runs with another machine
 * type than it is defined with, or its saved RAM is of another one; while a change is pending
 * (%MACHTYPE_ERROR_PENDING); and without a recorded machine type (%MACHTYPE_ERROR_NOT_FOUND).
 * Nothing else is recorded. With %MACHTYPE_RECORDER_REFRESH, the devices of a guest that is as
 * recorded replace the recorded ones (outcome %MACHTYPE_STORE_OUTCOME_RENEWED), with an entry in
 * its history, if they are others. [method@Machtype.Store.undo] undoes both.
 *
 * An instance that cannot be recorded is reported to @func, and the others are still recorded. A
 * domain whose name cannot be stored (it has control characters, or is longer than
 * %MACHTYPE_RECORD_MAX_TEXT) is recorded without it ([method@Machtype.RecordResult.list_warnings]).
 * Running it again updates only state, host and the time when each was last seen; nothing is ever
 * deleted. May block.
 *
 * Raises %MACHTYPE_ERROR_LIBVIRT and %MACHTYPE_ERROR_TIMEOUT if the host does not answer,
 * %MACHTYPE_ERROR_STORE and %MACHTYPE_ERROR_BUSY, %MACHTYPE_ERROR_INVALID_ARGUMENT inside a
 * transaction, after [method@Machtype.Store.begin_read], and with %MACHTYPE_RECORDER_ACCEPT if no
 * domain was added, %MACHTYPE_ERROR_NOT_FOUND if the host does not have one that was added,
 * %MACHTYPE_ERROR_CANCELLED if @func returned %FALSE, in which case nothing is recorded.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_recorder_run (MachtypeRecorder *recorder, MachtypeConnection *connection,
                       MachtypeRecorderFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray) statuses = NULL;
  g_autoptr (GArray) items = NULL;
  Run run = { 0 };

  g_return_val_if_fail (recorder != NULL && connection != NULL, FALSE);

  run.recorder = recorder;
  run.connection = connection;
  run.host_name = recorder->host_name != NULL ? recorder->host_name
                                              : machtype_connection_get_host_name (connection);
  statuses = read_statuses (&run, error);
  if (statuses == NULL)
    return FALSE;
  run.now = g_get_real_time () / G_TIME_SPAN_SECOND;
  items = prepare (&run, statuses, error);
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
