/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_RECORD_H
#define MACHTYPE_RECORD_H

#include <machtype/json.h>
#include <machtype/name.h>
#include <machtype/properties.h>

G_BEGIN_DECLS

/**
 * MACHTYPE_RECORD_MAX_TEXT:
 *
 * The maximum length of the name of an instance, a host, a cell or an operator, in bytes. Nova
 * allows names of 255 characters.
 *
 * Since: 1.0
 */
#define MACHTYPE_RECORD_MAX_TEXT 1024

/**
 * MACHTYPE_RECORD_MAX_PROPERTIES:
 *
 * The maximum size of the image properties of one instance, names and values together, in bytes.
 *
 * Since: 1.0
 */
#define MACHTYPE_RECORD_MAX_PROPERTIES (1024 * 1024)

/**
 * MachtypeSource:
 * @MACHTYPE_SOURCE_NONE: no source, because no machine type is known
 * @MACHTYPE_SOURCE_RECORDED: the machine type recorded for the instance
 * @MACHTYPE_SOURCE_IMAGE: the image property `hw_machine_type`
 * @MACHTYPE_SOURCE_CONFIG: the operator's default for the architecture
 * @MACHTYPE_SOURCE_BUILTIN: the library's default for the architecture
 * @MACHTYPE_SOURCE_DOMAIN: the definition of a guest that had no record; only in records
 * @MACHTYPE_SOURCE_OPERATOR: set by an operator; only in records
 * @MACHTYPE_SOURCE_IMPORT: recorded by another tool; only in records
 *
 * The rule that decided a machine type.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_SOURCE_NONE = 0,
  MACHTYPE_SOURCE_RECORDED = 1,
  MACHTYPE_SOURCE_IMAGE = 2,
  MACHTYPE_SOURCE_CONFIG = 3,
  MACHTYPE_SOURCE_BUILTIN = 4,
  MACHTYPE_SOURCE_DOMAIN = 5,
  MACHTYPE_SOURCE_OPERATOR = 6,
  MACHTYPE_SOURCE_IMPORT = 7
} MachtypeSource;

/**
 * MachtypeState:
 * @MACHTYPE_STATE_UNKNOWN: unknown; judged like @MACHTYPE_STATE_OTHER
 * @MACHTYPE_STATE_STOPPED: shut off
 * @MACHTYPE_STATE_SHELVED: shelved
 * @MACHTYPE_STATE_SHELVED_OFFLOADED: shelved and removed from its host
 * @MACHTYPE_STATE_OTHER: any state in which the machine type must not change
 * @MACHTYPE_STATE_SAVED: shut off, but its RAM is saved: at its next start it resumes on the old
 *   machine type, so the machine type must not change
 *
 * The state of an instance, reduced to what matters for a change of its machine type.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_STATE_UNKNOWN = 0,
  MACHTYPE_STATE_STOPPED = 1,
  MACHTYPE_STATE_SHELVED = 2,
  MACHTYPE_STATE_SHELVED_OFFLOADED = 3,
  MACHTYPE_STATE_OTHER = 4,
  MACHTYPE_STATE_SAVED = 5
} MachtypeState;

/**
 * MachtypeOperation:
 * @MACHTYPE_OPERATION_UNKNOWN: none; no function accepts it
 * @MACHTYPE_OPERATION_SPAWN: the instance is started for the first time
 * @MACHTYPE_OPERATION_HARD_REBOOT: its domain is created again, as by a stop and a start
 * @MACHTYPE_OPERATION_RESIZE: it gets another flavor
 * @MACHTYPE_OPERATION_REVERT_RESIZE: it gets its old flavor back
 * @MACHTYPE_OPERATION_COLD_MIGRATE: it is migrated while it is stopped
 * @MACHTYPE_OPERATION_LIVE_MIGRATE: it is migrated while it is running
 * @MACHTYPE_OPERATION_EVACUATE: it is started on another host after its host has failed
 * @MACHTYPE_OPERATION_RESCUE: it is started from a rescue image
 * @MACHTYPE_OPERATION_UNRESCUE: it is started from its own disk again
 * @MACHTYPE_OPERATION_SHELVE: it is stopped and its disk becomes an image
 * @MACHTYPE_OPERATION_UNSHELVE: it is created again from that image
 * @MACHTYPE_OPERATION_REBUILD: it is created again from an image: a new guest under the old name
 *
 * An operation on an instance, by Nova's name. Only a rebuild discards what was recorded.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_OPERATION_UNKNOWN = 0,
  MACHTYPE_OPERATION_SPAWN = 1,
  MACHTYPE_OPERATION_HARD_REBOOT = 2,
  MACHTYPE_OPERATION_RESIZE = 3,
  MACHTYPE_OPERATION_REVERT_RESIZE = 4,
  MACHTYPE_OPERATION_COLD_MIGRATE = 5,
  MACHTYPE_OPERATION_LIVE_MIGRATE = 6,
  MACHTYPE_OPERATION_EVACUATE = 7,
  MACHTYPE_OPERATION_RESCUE = 8,
  MACHTYPE_OPERATION_UNRESCUE = 9,
  MACHTYPE_OPERATION_SHELVE = 10,
  MACHTYPE_OPERATION_UNSHELVE = 11,
  MACHTYPE_OPERATION_REBUILD = 12
} MachtypeOperation;

/**
 * MachtypeRecord:
 *
 * What was chosen for one instance: its machine type for life, the device defaults that were
 * decided with it, and where it was last seen. Immutable and reference-counted; any thread can read
 * it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecord MachtypeRecord;

/**
 * MachtypeRecordBuilder:
 *
 * Builds a [struct@Machtype.Record]. Use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeRecordBuilder MachtypeRecordBuilder;

/**
 * MACHTYPE_TYPE_RECORD:
 *
 * The boxed type of [struct@Machtype.Record].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORD (machtype_record_get_type ())

/**
 * MACHTYPE_TYPE_RECORD_BUILDER:
 *
 * The boxed type of [struct@Machtype.RecordBuilder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_RECORD_BUILDER (machtype_record_builder_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_source_to_string (MachtypeSource source);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_source_from_string (const char *text, MachtypeSource *source, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_state_to_string (MachtypeState state);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeState machtype_state_from_string (const char *text, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeState machtype_state_from_libvirt (int number, const char **word);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeOperation machtype_operation_from_string (const char *text, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_operation_to_string (MachtypeOperation operation);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_record_builder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordBuilder *machtype_record_builder_new (const char *uuid, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordBuilder *machtype_record_builder_new_from (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecordBuilder *machtype_record_builder_ref (MachtypeRecordBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_builder_unref (MachtypeRecordBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_name (MachtypeRecordBuilder *builder, const char *name,
                                           GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_host (MachtypeRecordBuilder *builder, const char *name,
                                           const char *uuid, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_builder_set_versions (MachtypeRecordBuilder *builder, guint64 qemu,
                                           guint64 libvirt);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_cell (MachtypeRecordBuilder *builder, const char *cell,
                                           GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_arch (MachtypeRecordBuilder *builder, MachtypeArch arch,
                                           GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_state (MachtypeRecordBuilder *builder, const char *state,
                                            GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_machine (MachtypeRecordBuilder *builder, const char *machine,
                                              const char *requested, MachtypeSource source,
                                              GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_property (MachtypeRecordBuilder *builder, const char *name,
                                               const char *value, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_default (MachtypeRecordBuilder *builder, const char *name,
                                              const char *value, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_builder_set_properties (MachtypeRecordBuilder *builder,
                                                 MachtypeProperties *properties, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_builder_set_recorded_at (MachtypeRecordBuilder *builder, gint64 seconds);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_builder_set_transient (MachtypeRecordBuilder *builder, gboolean is_transient);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_builder_set_seen_at (MachtypeRecordBuilder *builder, gint64 seconds);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_builder_set_revision (MachtypeRecordBuilder *builder, guint64 revision);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_record_builder_end (MachtypeRecordBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_record_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_record_ref (MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_record_unref (MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_equal (const MachtypeRecord *a, const MachtypeRecord *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_record_hash (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_record_to_json (const MachtypeRecord *record) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_record_new_from_json (const char *json, gssize length,
                                               MachtypeJsonReadFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_uuid (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_name (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_host_name (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_host_uuid (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_record_get_qemu_version (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_record_get_libvirt_version (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_cell (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_record_get_arch (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_state (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeState machtype_record_get_change_state (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_machine (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_record_get_requested (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSource machtype_record_get_source (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_record_get_revision (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_record_get_recorded_at (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_record_is_transient (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_record_get_seen_at (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_record_get_properties (const MachtypeRecord *record);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeProperties *machtype_record_dup_guest_properties (const MachtypeRecord *record,
                                                          MachtypeOperation operation,
                                                          MachtypeProperties *properties,
                                                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecord, machtype_record_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeRecordBuilder, machtype_record_builder_unref)

G_END_DECLS

#endif /* MACHTYPE_RECORD_H */
