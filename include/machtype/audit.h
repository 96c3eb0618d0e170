/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_AUDIT_H
#define MACHTYPE_AUDIT_H

#include <machtype/connection.h>
#include <machtype/domain-status.h>
#include <machtype/platform.h>
#include <machtype/store.h>

G_BEGIN_DECLS

/**
 * MachtypeAuditCode:
 * @MACHTYPE_AUDIT_CODE_UNRECORDED: a guest without a recorded machine type
 * @MACHTYPE_AUDIT_CODE_NO_DOMAIN: a record whose host has no such domain
 * @MACHTYPE_AUDIT_CODE_DIFFERS: the domain is not defined with what is recorded
 * @MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING: the guest does not run with what is recorded
 * @MACHTYPE_AUDIT_CODE_SAVED_STATE: its saved RAM is of another machine type
 * @MACHTYPE_AUDIT_CODE_SNAPSHOT_STATE: a snapshot with RAM is of another machine type
 * @MACHTYPE_AUDIT_CODE_PENDING: a change of record and definition was interrupted
 * @MACHTYPE_AUDIT_CODE_ALIAS: an alias, which becomes another machine type with another QEMU
 * @MACHTYPE_AUDIT_CODE_UNVERSIONED: a board without versions, which cannot be pinned
 * @MACHTYPE_AUDIT_CODE_DEPRECATED: the machine type is deprecated
 * @MACHTYPE_AUDIT_CODE_REMOVED: the machine type was removed
 * @MACHTYPE_AUDIT_CODE_NOT_OFFERED: the machine type is not offered
 * @MACHTYPE_AUDIT_CODE_PROPERTY_UNFIT: the machine type does not support a recorded image property
 * @MACHTYPE_AUDIT_CODE_TWICE: two hosts have a domain of this UUID, with different machine types
 * @MACHTYPE_AUDIT_CODE_NOT_CHECKED: something about the guest could not be checked
 * @MACHTYPE_AUDIT_CODE_HOOK_SILENT: the guest has started, and libvirt's hook has kept nothing of
 * it
 *
 * What an audit finds. The word for it ([func@Machtype.AuditCode.to_string]) is the code of the
 * finding.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_AUDIT_CODE_UNRECORDED = 0,
  MACHTYPE_AUDIT_CODE_NO_DOMAIN = 1,
  MACHTYPE_AUDIT_CODE_DIFFERS = 2,
  MACHTYPE_AUDIT_CODE_DIFFERS_RUNNING = 3,
  MACHTYPE_AUDIT_CODE_SAVED_STATE = 4,
  MACHTYPE_AUDIT_CODE_SNAPSHOT_STATE = 5,
  MACHTYPE_AUDIT_CODE_PENDING = 6,
  MACHTYPE_AUDIT_CODE_ALIAS = 7,
  MACHTYPE_AUDIT_CODE_UNVERSIONED = 8,
  MACHTYPE_AUDIT_CODE_DEPRECATED = 9,
  MACHTYPE_AUDIT_CODE_REMOVED = 10,
  MACHTYPE_AUDIT_CODE_NOT_OFFERED = 11,
  MACHTYPE_AUDIT_CODE_PROPERTY_UNFIT = 12,
  MACHTYPE_AUDIT_CODE_TWICE = 13,
  MACHTYPE_AUDIT_CODE_NOT_CHECKED = 14,
  MACHTYPE_AUDIT_CODE_HOOK_SILENT = 15
} MachtypeAuditCode;

/**
 * MachtypeAuditFlags:
 * @MACHTYPE_AUDIT_NONE: report every guest
 * @MACHTYPE_AUDIT_FINDINGS_ONLY: report only guests with findings
 *
 * What an audit reports.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_AUDIT_NONE = 0,
  MACHTYPE_AUDIT_FINDINGS_ONLY = 1 << 0
} MachtypeAuditFlags;

/**
 * MachtypeAudit:
 *
 * Compares records with domains, and both with hosts. Reference-counted. Use it from one thread at
 * a time.
 *
 * An audit is a run over some hosts, or over a store alone. Hosts come first, one after the other:
 * each as a connection ([method@Machtype.Audit.check_connection]), or by a tool with its own
 * connection ([method@Machtype.Audit.begin_host], [method@Machtype.Audit.check_domain],
 * [method@Machtype.Audit.end_host]). Then [method@Machtype.Audit.check_records] reports the records
 * that have no domain on these hosts or, if there were none, all records. Entries are reported one
 * by one; the memory does not grow with the number of records.
 *
 * Since: 1.0
 */
typedef struct _MachtypeAudit MachtypeAudit;

/**
 * MachtypeAuditEntry:
 *
 * What an audit says of one guest. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeAuditEntry MachtypeAuditEntry;

/**
 * MachtypeAuditFunc:
 * @entry: what the audit says of one guest
 * @user_data: the data that was passed with the function
 *
 * Called once for each guest.
 *
 * Returns: %TRUE to continue, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeAuditFunc) (MachtypeAuditEntry *entry, gpointer user_data);

/**
 * MACHTYPE_TYPE_AUDIT:
 *
 * The boxed type of [struct@Machtype.Audit].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_AUDIT (machtype_audit_get_type ())

/**
 * MACHTYPE_TYPE_AUDIT_ENTRY:
 *
 * The boxed type of [struct@Machtype.AuditEntry].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_AUDIT_ENTRY (machtype_audit_entry_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_code_to_string (MachtypeAuditCode code);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_code_from_string (const char *text, MachtypeAuditCode *code,
                                          GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSeverity machtype_audit_code_get_severity (MachtypeAuditCode code);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_code_get_meaning (MachtypeAuditCode code);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_audit_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAudit *machtype_audit_new (MachtypeStore *store);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAudit *machtype_audit_ref (MachtypeAudit *audit);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_unref (MachtypeAudit *audit);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_set_flags (MachtypeAudit *audit, MachtypeAuditFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_set_target (MachtypeAudit *audit, MachtypeHost *target);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_add_target (MachtypeAudit *audit, MachtypeHost *target);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_set_platform (MachtypeAudit *audit, MachtypePlatform *platform);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_set_query (MachtypeAudit *audit, MachtypeRecordQuery *query);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_set_hook (MachtypeAudit *audit, const char *hook, const char *spool,
                              const char *runtime);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_check_connection (MachtypeAudit *audit, MachtypeConnection *connection,
                                          const char *host_name, MachtypeAuditFunc func,
                                          gpointer user_data, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_begin_host (MachtypeAudit *audit, const char *host_name, const char *uri,
                                    MachtypeHost *host, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAuditEntry *machtype_audit_check_domain (MachtypeAudit *audit, MachtypeDomainStatus *status,
                                                 GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_end_host (MachtypeAudit *audit);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_add_failure (MachtypeAudit *audit, const char *uri);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_check_records (MachtypeAudit *audit, MachtypeAuditFunc func,
                                       gpointer user_data, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_audit_entry_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAuditEntry *machtype_audit_entry_ref (MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_audit_entry_unref (MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_uuid (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_name (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_host_name (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_cell (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_state (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_audit_entry_get_arch (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
gint64 machtype_audit_entry_get_seen_at (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_recorded (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_defined (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_running (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_saved (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_machine (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_canonical (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_entry_get_removed_in (const MachtypeAuditEntry *entry, guint *major,
                                              guint *minor);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_audit_entry_list_findings (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSeverity machtype_audit_entry_get_severity (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_entry_has_code (const MachtypeAuditEntry *entry, MachtypeAuditCode code);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_audit_entry_get_n_targets (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_target_platform (const MachtypeAuditEntry *entry,
                                                      guint target);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_audit_entry_get_target_offers (const MachtypeAuditEntry *entry,
                                                       guint target);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_audit_entry_get_target_deprecated (const MachtypeAuditEntry *entry,
                                                           guint target);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_audit_entry_list_target_findings (const MachtypeAuditEntry *entry,
                                                      guint target);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePlatform *machtype_audit_entry_get_platform (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePlatform *machtype_audit_entry_get_end (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
MachtypePlatform *machtype_audit_entry_get_unsure (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_audit_entry_get_newest (const MachtypeAuditEntry *entry);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_audit_entry_to_json (const MachtypeAuditEntry *entry) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_audit_entry_equal (const MachtypeAuditEntry *a, const MachtypeAuditEntry *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_audit_entry_hash (const MachtypeAuditEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeAudit, machtype_audit_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeAuditEntry, machtype_audit_entry_unref)

G_END_DECLS

#endif /* MACHTYPE_AUDIT_H */
