/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_CONNECTION_H
#define MACHTYPE_CONNECTION_H

#include <machtype/domain-status.h>
#include <machtype/domain.h>
#include <machtype/host.h>
#include <machtype/record.h>

G_BEGIN_DECLS

/**
 * MachtypeConnection:
 *
 * A libvirt connection to a host. Reference-counted. Use it from one thread at a time; different
 * connections can be used in different threads at the same time, also to the same host. Every call
 * can block, up to the timeout that it was opened with. A program that has its own `virConnectPtr`
 * does not need one.
 *
 * Since: 1.0
 */
typedef struct _MachtypeConnection MachtypeConnection;

/**
 * MachtypeDefinitionCheck:
 *
 * The result of asking libvirt about a domain without defining it: what libvirt says, and what it
 * was not asked about. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeDefinitionCheck MachtypeDefinitionCheck;

/**
 * MachtypeConnectionOpenFlags:
 * @MACHTYPE_CONNECTION_OPEN_NONE: no flags
 * @MACHTYPE_CONNECTION_OPEN_EVENT_LOOP: the same as %MACHTYPE_HOST_OPEN_EVENT_LOOP
 * @MACHTYPE_CONNECTION_OPEN_READ_ONLY: only read: libvirt permits it to more users, and refuses
 *   everything else, and domain capabilities and secrets as well
 *
 * How to open a connection.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_CONNECTION_OPEN_NONE = 0,
  MACHTYPE_CONNECTION_OPEN_EVENT_LOOP = 1 << 0,
  MACHTYPE_CONNECTION_OPEN_READ_ONLY = 1 << 1
} MachtypeConnectionOpenFlags;

/**
 * MachtypeDefinitionFlags:
 * @MACHTYPE_DEFINITION_NONE: without secrets, such as graphics passwords
 * @MACHTYPE_DEFINITION_SECURE: with all secrets, which libvirt returns only to read-write
 *   connections: required for a definition that is to be defined again
 * @MACHTYPE_DEFINITION_RUNNING: what runs; the definition if it does not run
 *
 * How to read a definition.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_DEFINITION_NONE = 0,
  MACHTYPE_DEFINITION_SECURE = 1 << 0,
  MACHTYPE_DEFINITION_RUNNING = 1 << 1
} MachtypeDefinitionFlags;

/**
 * MachtypeDefineFlags:
 * @MACHTYPE_DEFINE_NONE: no flags
 *
 * How to define a domain, and how to check whether it could be defined.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_DEFINE_NONE = 0,
} MachtypeDefineFlags;

/**
 * MachtypeReadAheadFlags:
 * @MACHTYPE_READ_AHEAD_NONE: the status of the domains, and the host's UUID
 * @MACHTYPE_READ_AHEAD_HOST: what the host offers as well
 *
 * What to read of a host ahead ([method@Machtype.Connection.read_ahead]).
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_READ_AHEAD_NONE = 0,
  MACHTYPE_READ_AHEAD_HOST = 1 << 0
} MachtypeReadAheadFlags;

/**
 * MachtypeDomainStatusFunc:
 * @status: the status of a domain
 * @user_data: the data that was passed with the function
 *
 * Called once for each domain.
 *
 * Returns: %TRUE to continue, %FALSE to stop
 * Since: 1.0
 */
typedef gboolean (*MachtypeDomainStatusFunc) (MachtypeDomainStatus *status, gpointer user_data);

/**
 * MACHTYPE_TYPE_CONNECTION:
 *
 * The boxed type of [struct@Machtype.Connection].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_CONNECTION (machtype_connection_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_connection_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeConnection *machtype_connection_open (const char *uri, MachtypeConnectionOpenFlags flags,
                                              int timeout_ms, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeConnection *machtype_connection_ref (MachtypeConnection *connection);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_connection_unref (MachtypeConnection *connection);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_connection_get_uri (const MachtypeConnection *connection);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_connection_get_host_name (const MachtypeConnection *connection);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_connection_get_qemu_version (const MachtypeConnection *connection);

MACHTYPE_AVAILABLE_IN_1_0
guint64 machtype_connection_get_libvirt_version (const MachtypeConnection *connection);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHost *machtype_connection_read_host (MachtypeConnection *connection,
                                             MachtypeHostReadFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_connection_list_domains (MachtypeConnection *connection,
                                             MachtypeDomainReadFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomain *machtype_connection_read_domain (MachtypeConnection *connection, const char *uuid,
                                                 MachtypeDomainReadFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_connection_foreach_status (MachtypeConnection *connection,
                                             MachtypeDomainReadFlags flags,
                                             MachtypeDomainStatusFunc func, gpointer user_data,
                                             GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_connection_read_ahead (MachtypeConnection *connection,
                                         MachtypeReadAheadFlags flags,
                                         MachtypeDomainReadFlags domain_flags, guint *n_domains,
                                         GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDomainStatus *machtype_connection_read_status (MachtypeConnection *connection,
                                                       const char *uuid,
                                                       MachtypeDomainReadFlags flags,
                                                       GError **error);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_connection_dup_domain_uuid (MachtypeConnection *connection, const char *name,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_connection_dup_definition (MachtypeConnection *connection, const char *uuid,
                                          MachtypeDefinitionFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_connection_define (MachtypeConnection *connection, const char *xml,
                                     MachtypeDefineFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDefinitionCheck *machtype_connection_check_definition (MachtypeConnection *connection,
                                                               const char *xml,
                                                               MachtypeDefineFlags flags,
                                                               GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_connection_compare_cpu (MachtypeConnection *connection, const char *xml,
                                                GError **error);

/**
 * MACHTYPE_TYPE_DEFINITION_CHECK:
 *
 * The boxed type of [struct@Machtype.DefinitionCheck].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_DEFINITION_CHECK (machtype_definition_check_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_definition_check_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeDefinitionCheck *machtype_definition_check_ref (MachtypeDefinitionCheck *check);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_definition_check_unref (MachtypeDefinitionCheck *check);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_definition_check_equal (const MachtypeDefinitionCheck *a,
                                          const MachtypeDefinitionCheck *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_definition_check_hash (const MachtypeDefinitionCheck *check);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_definition_check_get_accepted (const MachtypeDefinitionCheck *check);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_definition_check_get_refusal (const MachtypeDefinitionCheck *check);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeFinding *machtype_definition_check_dup_finding (const MachtypeDefinitionCheck *check);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_definition_check_dup_unchecked (const MachtypeDefinitionCheck *check);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_connection_write_metadata (MachtypeConnection *connection, MachtypeRecord *record,
                                             MachtypeDefineFlags flags, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeConnection, machtype_connection_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeDefinitionCheck, machtype_definition_check_unref)

G_END_DECLS

#endif /* MACHTYPE_CONNECTION_H */
