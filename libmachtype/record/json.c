/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records as JSON. */

#include "record/record-private.h"

#include "error-private.h"
#include "json/json-private.h"
#include "properties/properties-private.h"

/**
 * machtype_record_to_json:
 * @record: a record; must not be %NULL
 *
 * Writes a record as a JSON object on one line: `{"format":2,"uuid":...}`. What is unknown is
 * absent; times are ISO 8601 in UTC. Members that [ctor@Machtype.Record.new_from_json] did not know
 * are written again. `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_record_to_json (const MachtypeRecord *record)
{
  GString *json;

  g_return_val_if_fail (record != NULL, NULL);

  json = mt_json_begin_value ();
  mt_json_text (json, "uuid", record->uuid.text);
  mt_json_text (json, "name", record->name);
  mt_json_text (json, "host", record->host_name);
  mt_json_text (json, "host_uuid", record->host_uuid);
  mt_json_text (json, "cell", record->cell);
  if (record->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (record->arch));
  else
    mt_json_text (json, "arch", record->arch_word);
  mt_json_text (json, "state", record->state);
  mt_json_text (json, "machine", record->machine);
  mt_json_text (json, "requested", record->requested);
  if (record->machine != NULL)
    mt_json_text (json, "source",
                  record->source_word != NULL ? record->source_word
                                              : machtype_source_to_string (record->source));
  mt_json_version (json, "qemu_version", record->qemu_version);
  mt_json_version (json, "libvirt_version", record->libvirt_version);
  mt_json_time (json, "recorded_at", record->recorded_at);
  if (record->seen_at != 0)
    mt_json_time (json, "seen_at", record->seen_at);
  if (record->is_transient)
    mt_json_boolean (json, "transient", TRUE);
  if (record->revision != 0)
    mt_json_uint (json, "revision", record->revision);
  mt_properties_write (json, "properties", record->properties);
  mt_properties_write_defaults (json, "defaults", record->properties);
  if (record->unknown_members != NULL)
    mt_json_members (json, record->unknown_members);
  return mt_json_end_value (json);
}

static gboolean
read_place (MachtypeRecordBuilder *builder, const MtJsonObject *object, GError **error)
{
  const char *name = NULL, *host = NULL, *host_uuid = NULL, *cell = NULL, *state = NULL;

  return mt_json_get_text (object, "name", &name, error) &&
         mt_json_get_text (object, "host", &host, error) &&
         mt_json_get_text (object, "host_uuid", &host_uuid, error) &&
         mt_json_get_text (object, "cell", &cell, error) &&
         mt_json_get_text (object, "state", &state, error) &&
         machtype_record_builder_set_name (builder, name, error) &&
         machtype_record_builder_set_host (builder, host, host_uuid, error) &&
         machtype_record_builder_set_cell (builder, cell, error) &&
         machtype_record_builder_set_state (builder, state, error);
}

static gboolean
read_arch (MachtypeRecordBuilder *builder, const MtJsonObject *object, GError **error)
{
  const char *text = NULL;
  MachtypeArch arch;

  if (!mt_json_get_text (object, "arch", &text, error))
    return FALSE;
  if (text == NULL || *text == '\0')
    return TRUE;
  arch = machtype_arch_from_string (text, error);
  return arch != MACHTYPE_ARCH_UNKNOWN && machtype_record_builder_set_arch (builder, arch, error);
}

/* A tool that does not say where it got the machine type from, imports it. */
static gboolean
read_machine (MachtypeRecordBuilder *builder, const MtJsonObject *object, GError **error)
{
  const char *machine = NULL, *requested = NULL, *word = NULL;
  MachtypeSource source = MACHTYPE_SOURCE_IMPORT;

  return mt_json_get_text (object, "machine", &machine, error) &&
         mt_json_get_text (object, "asked", &requested, error) &&
         mt_json_get_text (object, "requested", &requested, error) &&
         mt_json_get_text (object, "source", &word, error) &&
         (word == NULL || machtype_source_from_string (word, &source, error)) &&
         machtype_record_builder_set_machine (builder, machine, requested, source, error);
}

static gboolean
read_numbers (MachtypeRecordBuilder *builder, const MtJsonObject *object, GError **error)
{
  guint64 qemu = 0, libvirt = 0, revision = 0;
  gint64 recorded_at = -1, seen_at = 0;
  gboolean is_transient = FALSE;

  if (!mt_json_get_version (object, "qemu_version", &qemu, error) ||
      !mt_json_get_version (object, "libvirt_version", &libvirt, error) ||
      !mt_json_get_uint (object, "revision", &revision, error) ||
      !mt_json_get_time (object, "recorded_at", &recorded_at, error) ||
      !mt_json_get_time (object, "seen_at", &seen_at, error) ||
      !mt_json_get_boolean (object, "transient", &is_transient, error))
    return FALSE;
  machtype_record_builder_set_transient (builder, is_transient);
  machtype_record_builder_set_versions (builder, qemu, libvirt);
  machtype_record_builder_set_revision (builder, revision);
  machtype_record_builder_set_seen_at (builder, seen_at);
  if (recorded_at >= 0)
    machtype_record_builder_set_recorded_at (builder, recorded_at);
  return TRUE;
}

static gboolean
read_properties (MachtypeRecordBuilder *builder, const MtJsonObject *object, GError **error)
{
  g_autoptr (MachtypeProperties) properties =
      mt_properties_read (object, "properties", "defaults", error);

  return properties != NULL && machtype_record_builder_set_properties (builder, properties, error);
}

/* Sets *unknown to the members that are not known, NULL for none. */
static gboolean
check_members (const MtJsonObject *object, MachtypeJsonReadFlags flags, char **unknown,
               GError **error)
{
  static const char words[][16] = {
    "format",    "uuid",        "name",       "host",         "host_uuid",
    "cell",      "arch",        "state",      "machine",      "asked",
    "requested", "source",      "seen_at",    "qemu_version", "libvirt_version",
    "revision",  "recorded_at", "properties", "defaults",     "transient",
  };
  const MtJsonNames known = { words[0], G_N_ELEMENTS (words), sizeof words[0] };

  return mt_json_check_value (object, &known, flags, unknown, error);
}

/**
 * machtype_record_new_from_json:
 * @json: a record as a JSON object, as [method@Machtype.Record.to_json] writes it; must not be
 * %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @flags: how it is read
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Reads a record. Only `uuid` has to be there. A record that a later release wrote can have members
 * that this one does not know: they are kept, compared, and written again, also by the library's
 * stores, unless @flags refuses them. Also reads format 1, which `machtype export` wrote before
 * 1.0: `asked` for `requested`, times as seconds, versions as numbers. Loads the module `json` on
 * first use. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for what is not JSON, not an object, or has a member with
 * an invalid value, %MACHTYPE_ERROR_INVALID_NAME for an invalid machine type,
 * %MACHTYPE_ERROR_UNKNOWN_ARCH, %MACHTYPE_ERROR_TOO_LARGE, %MACHTYPE_ERROR_MODULE.
 *
 * Returns: (transfer full): the record, or %NULL on error
 * Since: 1.0
 */
MachtypeRecord *
machtype_record_new_from_json (const char *json, gssize length, MachtypeJsonReadFlags flags,
                               GError **error)
{
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  g_autoptr (MtJsonObject) object = NULL;
  g_autofree char *unknown = NULL;
  const char *uuid = "";

  g_return_val_if_fail (json != NULL, NULL);

  object = mt_json_parse_object (json, length, error);
  if (object == NULL || !check_members (object, flags, &unknown, error) ||
      !mt_json_get_text (object, "uuid", &uuid, error))
    return NULL;
  builder = machtype_record_builder_new (uuid, error);
  if (builder == NULL || !read_place (builder, object, error) ||
      !read_arch (builder, object, error) || !read_machine (builder, object, error) ||
      !read_numbers (builder, object, error) || !read_properties (builder, object, error))
    return NULL;
  record = machtype_record_builder_end (builder);
  record->unknown_members = unknown != NULL ? g_ref_string_new (unknown) : NULL;
  return g_steal_pointer (&record);
}
