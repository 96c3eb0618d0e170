/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeRecordBuilder: what to record about one instance, validated. */

#include "record/record-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "name/name-private.h"
#include "properties/properties-private.h"

struct _MachtypeRecordBuilder {
  gatomicrefcount refs;
  MachtypeRecord *record;      /* not shared: private to the builder until the end */
  MachtypeProperties *given;   /* by the caller; in the record these are used first */
  MachtypeProperties *devices; /* of a guest; NULL: none */
};

G_DEFINE_BOXED_TYPE (MachtypeRecordBuilder, machtype_record_builder, machtype_record_builder_ref,
                     machtype_record_builder_unref)

/* None: the same for all records, because they are never changed. */
static MachtypeProperties *
ref_no_properties (void)
{
  static MachtypeProperties *none;
  static gsize once;

  if (g_once_init_enter (&once)) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

    none = machtype_properties_builder_end (builder);
    g_once_init_leave (&once, 1);
  }
  return machtype_properties_ref (none);
}

static MachtypeRecordBuilder *
builder_new (MachtypeRecord *record)
{
  MachtypeRecordBuilder *builder = g_new0 (MachtypeRecordBuilder, 1);

  g_atomic_ref_count_init (&builder->refs);
  builder->record = record;
  builder->given = machtype_properties_ref (record->properties);
  return builder;
}

/**
 * machtype_record_builder_new:
 * @uuid: the instance's UUID; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Creates a builder for the record of an instance about which nothing but its UUID is known. Unless
 * set otherwise, it is recorded now.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid UUID.
 *
 * Returns: (transfer full): the builder, or %NULL on error
 * Since: 1.0
 */
MachtypeRecordBuilder *
machtype_record_builder_new (const char *uuid, GError **error)
{
  MachtypeRecord *record;
  MtUuid parsed;

  g_return_val_if_fail (uuid != NULL, NULL);

  if (!mt_uuid_parse (uuid, &parsed, error))
    return NULL;
  record = mt_record_new ();
  record->uuid = parsed;
  record->source = MACHTYPE_SOURCE_NONE;
  record->properties = ref_no_properties ();
  record->recorded_at = g_get_real_time () / G_TIME_SPAN_SECOND;
  return builder_new (record);
}

/**
 * machtype_record_builder_new_from:
 * @record: a record; must not be %NULL
 *
 * Creates a builder with everything from a record, including its revision.
 *
 * Returns: (transfer full): the builder
 * Since: 1.0
 */
MachtypeRecordBuilder *
machtype_record_builder_new_from (const MachtypeRecord *record)
{
  g_return_val_if_fail (record != NULL, NULL);
  return builder_new (mt_record_copy (record));
}

/**
 * machtype_record_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Increases the reference count of @builder. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypeRecordBuilder *
machtype_record_builder_ref (MachtypeRecordBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

/**
 * machtype_record_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Decreases the reference count of @builder; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_record_builder_unref (MachtypeRecordBuilder *builder)
{
  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  machtype_record_unref (builder->record);
  machtype_properties_unref (builder->given);
  machtype_properties_unref (builder->devices);
  g_free (builder);
}

static void
set_text (char **slot, const char *text)
{
  char *old = *slot;

  *slot = text != NULL && *text != '\0' ? g_ref_string_new (text) : NULL;
  if (old != NULL)
    g_ref_string_release (old);
}

/* NULL and the empty string mean "unknown". */
static gboolean
check_and_set (char **slot, const char *what, const char *text, GError **error)
{
  if (text != NULL && !mt_check_text (what, text, MACHTYPE_RECORD_MAX_TEXT, error))
    return FALSE;
  set_text (slot, text);
  return TRUE;
}

/**
 * machtype_record_builder_set_name:
 * @builder: a builder; must not be %NULL
 * @name: (nullable): the instance's name, copied; %NULL or empty if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the name of the instance.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_name (MachtypeRecordBuilder *builder, const char *name, GError **error)
{
  g_return_val_if_fail (builder != NULL && builder->record != NULL, FALSE);
  return check_and_set (&builder->record->name, "the instance's name", name, error);
}

/**
 * machtype_record_builder_set_host:
 * @builder: a builder; must not be %NULL
 * @name: (nullable): the host's name, copied; %NULL or empty if unknown
 * @uuid: (nullable): the host's UUID, copied; %NULL or empty if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the host that the instance is on.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters, text that is not valid UTF-8 and
 * an invalid UUID, %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_host (MachtypeRecordBuilder *builder, const char *name,
                                  const char *uuid, GError **error)
{
  MtUuid parsed;

  g_return_val_if_fail (builder != NULL && builder->record != NULL, FALSE);

  if (uuid != NULL && *uuid != '\0' && !mt_uuid_parse (uuid, &parsed, error))
    return FALSE;
  if (!check_and_set (&builder->record->host_name, "the host's name", name, error))
    return FALSE;
  set_text (&builder->record->host_uuid, uuid != NULL && *uuid != '\0' ? parsed.text : NULL);
  return TRUE;
}

/**
 * machtype_record_builder_set_versions:
 * @builder: a builder; must not be %NULL
 * @qemu: the host's QEMU version, major * 1000000 + minor * 1000 + micro; 0 if unknown
 * @libvirt: the host's libvirt version, in the same form
 *
 * Sets the versions of QEMU and libvirt on the host that the instance is on.
 *
 * Since: 1.0
 */
void
machtype_record_builder_set_versions (MachtypeRecordBuilder *builder, guint64 qemu, guint64 libvirt)
{
  g_return_if_fail (builder != NULL && builder->record != NULL);
  builder->record->qemu_version = MIN (qemu, G_MAXINT64);
  builder->record->libvirt_version = MIN (libvirt, G_MAXINT64);
}

/**
 * machtype_record_builder_set_cell:
 * @builder: a builder; must not be %NULL
 * @cell: (nullable): the cell, copied; %NULL or empty if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the cell, Nova's word for a part of a fleet.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for control characters and text that is not valid UTF-8,
 * %MACHTYPE_ERROR_TOO_LARGE. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_cell (MachtypeRecordBuilder *builder, const char *cell, GError **error)
{
  g_return_val_if_fail (builder != NULL && builder->record != NULL, FALSE);
  return check_and_set (&builder->record->cell, "the cell", cell, error);
}

/**
 * machtype_record_builder_set_arch:
 * @builder: a builder; must not be %NULL
 * @arch: the guest's architecture; %MACHTYPE_ARCH_UNKNOWN if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the guest's architecture.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an invalid value. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_arch (MachtypeRecordBuilder *builder, MachtypeArch arch, GError **error)
{
  g_return_val_if_fail (builder != NULL && builder->record != NULL, FALSE);

  if (!mt_arch_check (arch, error))
    return FALSE;
  builder->record->arch = arch;
  return TRUE;
}

/**
 * machtype_record_builder_set_state:
 * @builder: a builder; must not be %NULL
 * @state: (nullable): the state by Nova's or libvirt's name, in any case (`stopped`, `shut off`,
 *   `ACTIVE`), stored as Nova's; %NULL or empty if unknown
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the state of the instance.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown state. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_state (MachtypeRecordBuilder *builder, const char *state,
                                   GError **error)
{
  MachtypeState ignored;

  g_return_val_if_fail (builder != NULL && builder->record != NULL, FALSE);

  if (state == NULL || *state == '\0') {
    set_text (&builder->record->state, NULL);
    return TRUE;
  }
  if (machtype_state_from_string (state, error) == MACHTYPE_STATE_UNKNOWN)
    return FALSE;
  set_text (&builder->record->state, mt_state_find (state, &ignored));
  return TRUE;
}

static gboolean
check_source (MachtypeSource source, GError **error)
{
  if (source > MACHTYPE_SOURCE_NONE && source <= MT_SOURCE_LAST)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown machine type source %d",
                  (int)source);
}

gboolean
mt_record_set_machine (MachtypeRecord *record, const char *machine, const char *requested,
                       MachtypeSource source, GError **error)
{
  if (machine == NULL || *machine == '\0') {
    machine = requested = NULL;
    source = MACHTYPE_SOURCE_NONE;
  } else if (requested == NULL || *requested == '\0')
    requested = machine;
  if (machine != NULL && (!mt_name_check (machine, error) ||
                          (requested != machine && !mt_name_check (requested, error)) ||
                          !check_source (source, error)))
    return FALSE;
  set_text (&record->machine, machine);
  if (requested == machine)
    mt_ref_string_set (&record->requested, record->machine);
  else
    set_text (&record->requested, requested);
  record->source = source;
  return TRUE;
}

/**
 * machtype_record_builder_set_machine:
 * @builder: a builder; must not be %NULL
 * @machine: (nullable): the machine type to record, copied; %NULL or empty for none
 * @requested: (nullable): the machine type that was requested, copied; %NULL or empty for @machine
 * @source: where @machine comes from; ignored if there is none
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets the machine type.
 *
 * Raises %MACHTYPE_ERROR_INVALID_NAME for an invalid machine type name,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT if @machine is set and @source is %MACHTYPE_SOURCE_NONE or
 * invalid. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_machine (MachtypeRecordBuilder *builder, const char *machine,
                                     const char *requested, MachtypeSource source, GError **error)
{
  g_return_val_if_fail (builder != NULL && builder->record != NULL, FALSE);
  return mt_record_set_machine (builder->record, machine, requested, source, error);
}

/* Sets the record's properties. On error the builder is unchanged. */
static gboolean
take_properties (MachtypeRecordBuilder *builder, MachtypeProperties *given,
                 MachtypeProperties *devices, GError **error)
{
  g_autoptr (MachtypeProperties) all = mt_properties_fill (given, devices, error);

  if (all == NULL || !mt_record_check_properties (all, error))
    return FALSE;
  mt_properties_set (&builder->record->properties, all);
  mt_properties_set (&builder->given, given);
  mt_properties_set (&builder->devices, devices);
  return TRUE;
}

gboolean
mt_record_builder_set_devices (MachtypeRecordBuilder *builder, MachtypeProperties *devices,
                               GError **error)
{
  return take_properties (builder, builder->given, devices, error);
}

gboolean
mt_record_builder_add_properties (MachtypeRecordBuilder *builder, MachtypeProperties *properties,
                                  GError **error)
{
  g_autoptr (MachtypeProperties) images = mt_properties_dup_images (properties);
  g_autoptr (MachtypeProperties) given = mt_properties_overlay (builder->given, images, error);

  return given != NULL && take_properties (builder, given, builder->devices, error);
}

MachtypeRecordBuilder *
mt_record_builder_copy (const MachtypeRecordBuilder *builder)
{
  MachtypeRecordBuilder *copy = builder_new (mt_record_copy (builder->record));

  mt_properties_set (&copy->given, builder->given);
  mt_properties_set (&copy->devices, builder->devices);
  return copy;
}

void
mt_record_builder_swap (MachtypeRecordBuilder *a, MachtypeRecordBuilder *b)
{
  MachtypeRecordBuilder contents = *a;

  a->record = b->record;
  a->given = b->given;
  a->devices = b->devices;
  b->record = contents.record;
  b->given = contents.given;
  b->devices = contents.devices;
}

const char *
mt_record_builder_get_uuid (const MachtypeRecordBuilder *builder)
{
  return builder->record->uuid.text;
}

gboolean
mt_record_check_properties (MachtypeProperties *properties, GError **error)
{
  if (mt_properties_get_size (properties) <= MACHTYPE_RECORD_MAX_PROPERTIES)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE,
                  "the image properties of one instance exceed %d bytes",
                  MACHTYPE_RECORD_MAX_PROPERTIES);
}

/**
 * machtype_record_builder_set_property:
 * @builder: a builder; must not be %NULL
 * @name: name of an image property, such as `hw_disk_bus`; must not be %NULL
 * @value: (nullable): its value; %NULL to remove it
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets an image property that is stored for the instance.
 *
 * Raises what [method@Machtype.PropertiesBuilder.add_image] raises, and %MACHTYPE_ERROR_TOO_LARGE
 * beyond [const@Machtype.RECORD_MAX_PROPERTIES]. On error the builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_property (MachtypeRecordBuilder *builder, const char *name,
                                      const char *value, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) changed = NULL, without = NULL;
  g_autoptr (MachtypeProperties) given = NULL, devices = NULL;

  g_return_val_if_fail (builder != NULL && builder->record != NULL && name != NULL, FALSE);

  changed = mt_properties_builder_new_from (builder->given, name);
  if (value != NULL && !machtype_properties_builder_add_image (changed, name, value, error))
    return FALSE;
  given = machtype_properties_builder_end (changed);
  if (builder->devices != NULL) {
    without = mt_properties_builder_new_from (builder->devices, name);
    devices = machtype_properties_builder_end (without);
  }
  return take_properties (builder, given, devices, error);
}

/**
 * machtype_record_builder_set_default:
 * @builder: a builder; must not be %NULL
 * @name: current name of an image property, such as `hw_cdrom_bus`; must not be %NULL
 * @value: its value; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets an image property that is stored for the instance as a default, for a device that the guest
 * does not have ([method@Machtype.PropertiesBuilder.mark_default]). It does nothing if the builder
 * has the property as a request, or as that of a device that the guest has.
 *
 * Raises what [method@Machtype.PropertiesBuilder.add_image] raises,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for an old name, such as `architecture`, and
 * %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.RECORD_MAX_PROPERTIES]. On error the builder is
 * unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_default (MachtypeRecordBuilder *builder, const char *name,
                                     const char *value, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) changed = NULL;
  g_autoptr (MachtypeProperties) given = NULL;

  g_return_val_if_fail (builder != NULL && builder->record != NULL, FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (machtype_properties_get_image (builder->given, name) != NULL &&
      !machtype_properties_is_default (builder->given, name))
    return mt_property_check (name, value, error);
  changed = mt_properties_builder_new_from (builder->given, NULL);
  if (!machtype_properties_builder_add_image (changed, name, value, error))
    return FALSE;
  if (!machtype_properties_builder_mark_default (changed, name))
    return mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "%s is an old name; a default needs the current one", name);
  given = machtype_properties_builder_end (changed);
  return take_properties (builder, given, builder->devices, error);
}

/**
 * machtype_record_builder_set_properties:
 * @builder: a builder; must not be %NULL
 * @properties: image properties; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Sets all image properties that are stored for the instance, with what is only a default among
 * them ([method@Machtype.Properties.is_default]). They replace those that were set before, except
 * for the devices of a guest ([method@Machtype.RecordBuilder.set_guest]) that @properties does not
 * contain, or only as a default. Extra specs belong to the flavor and are not stored.
 *
 * Raises %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.RECORD_MAX_PROPERTIES]. On error the
 * builder is unchanged.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_record_builder_set_properties (MachtypeRecordBuilder *builder,
                                        MachtypeProperties *properties, GError **error)
{
  g_autoptr (MachtypeProperties) images = NULL;

  g_return_val_if_fail (builder != NULL && builder->record != NULL && properties != NULL, FALSE);

  images = mt_properties_dup_images (properties);
  return take_properties (builder, images, builder->devices, error);
}

/**
 * machtype_record_builder_set_recorded_at:
 * @builder: a builder; must not be %NULL
 * @seconds: seconds since 1970-01-01 00:00 UTC; earlier times count as that time
 *
 * Sets when the instance was first recorded.
 *
 * Since: 1.0
 */
void
machtype_record_builder_set_recorded_at (MachtypeRecordBuilder *builder, gint64 seconds)
{
  g_return_if_fail (builder != NULL && builder->record != NULL);
  builder->record->recorded_at = MAX (seconds, 0);
}

/**
 * machtype_record_builder_set_transient:
 * @builder: a builder; must not be %NULL
 * @is_transient: whether the instance is a transient domain
 *
 * Sets whether libvirt forgets the domain when it is shut off (`virDomainIsPersistent`).
 *
 * Since: 1.0
 */
void
machtype_record_builder_set_transient (MachtypeRecordBuilder *builder, gboolean is_transient)
{
  g_return_if_fail (builder != NULL && builder->record != NULL);
  builder->record->is_transient = is_transient != FALSE;
}

/**
 * machtype_record_builder_set_seen_at:
 * @builder: a builder; must not be %NULL
 * @seconds: seconds since 1970-01-01 00:00 UTC; 0 for never
 *
 * Sets when the instance was last seen on its host.
 *
 * Since: 1.0
 */
void
machtype_record_builder_set_seen_at (MachtypeRecordBuilder *builder, gint64 seconds)
{
  g_return_if_fail (builder != NULL && builder->record != NULL);
  builder->record->seen_at = MAX (seconds, 0);
}

/**
 * machtype_record_builder_set_revision:
 * @builder: a builder; must not be %NULL
 * @revision: the revision; 0 for a record that is not in a store yet
 *
 * Sets the revision, for a store implementation that reads what it has stored. Stores count
 * revisions themselves, from 1: a revision that is passed to a store must be the one that the store
 * holds.
 *
 * Since: 1.0
 */
void
machtype_record_builder_set_revision (MachtypeRecordBuilder *builder, guint64 revision)
{
  g_return_if_fail (builder != NULL && builder->record != NULL);
  builder->record->revision = MIN (revision, G_MAXINT64);
}

/**
 * machtype_record_builder_end:
 * @builder: a builder; must not be %NULL
 *
 * Builds the record. The builder keeps its contents and can be used again.
 *
 * Returns: (transfer full): the record
 * Since: 1.0
 */
MachtypeRecord *
machtype_record_builder_end (MachtypeRecordBuilder *builder)
{
  MachtypeRecord *record;

  g_return_val_if_fail (builder != NULL && builder->record != NULL, NULL);

  record = builder->record;
  builder->record = mt_record_copy (record);
  return record;
}
