/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_HOST_H
#define MACHTYPE_HOST_H

#include <machtype/finding.h>
#include <machtype/name.h>

G_BEGIN_DECLS

/**
 * MachtypeAnswer:
 * @MACHTYPE_ANSWER_UNKNOWN: what is known about the host does not answer it
 * @MACHTYPE_ANSWER_NO: no
 * @MACHTYPE_ANSWER_YES: yes
 *
 * The answer to a question about a host.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_ANSWER_UNKNOWN = 0,
  MACHTYPE_ANSWER_NO = 1,
  MACHTYPE_ANSWER_YES = 2
} MachtypeAnswer;

/**
 * MachtypeHostOpenFlags:
 * @MACHTYPE_HOST_OPEN_NONE: no flags
 * @MACHTYPE_HOST_OPEN_EVENT_LOOP: register libvirt's default event loop for this process and run it
 *   in its own thread until the process ends. Only for programs that do not use libvirt themselves;
 *   the embedded driver (`qemu:///embed?root=...`) needs it
 *
 * How to open a host.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_HOST_OPEN_NONE = 0,
  MACHTYPE_HOST_OPEN_EVENT_LOOP = 1 << 0
} MachtypeHostOpenFlags;

/**
 * MachtypeHostReadFlags:
 * @MACHTYPE_HOST_READ_NONE: capabilities, and the domain capabilities of the usual machine types
 *
 * What to read from a host.
 *
 * Since: 1.0
 */
typedef enum /*< flags,since=1.0 >*/ {
  MACHTYPE_HOST_READ_NONE = 0,
} MachtypeHostReadFlags;

/**
 * MachtypeHost:
 *
 * What a host offers: machine types by architecture and domain type, aliases, emulators, device
 * models, firmware. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeHost MachtypeHost;

/**
 * MachtypeHostBuilder:
 *
 * Builds a [struct@Machtype.Host]. Use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeHostBuilder MachtypeHostBuilder;

/**
 * MachtypeMachine:
 *
 * One machine type that a host offers. Immutable and reference-counted; any thread can read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeMachine MachtypeMachine;

/**
 * MACHTYPE_TYPE_HOST:
 *
 * The boxed type of [struct@Machtype.Host].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_HOST (machtype_host_get_type ())

/**
 * MACHTYPE_TYPE_HOST_BUILDER:
 *
 * The boxed type of [struct@Machtype.HostBuilder].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_HOST_BUILDER (machtype_host_builder_get_type ())

/**
 * MACHTYPE_TYPE_MACHINE:
 *
 * The boxed type of [struct@Machtype.Machine].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_MACHINE (machtype_machine_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_host_builder_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHostBuilder *machtype_host_builder_new (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHostBuilder *machtype_host_builder_new_from (const MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHostBuilder *machtype_host_builder_ref (MachtypeHostBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_host_builder_unref (MachtypeHostBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_host_builder_set_arch (MachtypeHostBuilder *builder, MachtypeArch arch,
                                         GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_host_builder_set_versions (MachtypeHostBuilder *builder, guint64 qemu,
                                         guint64 libvirt);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_host_builder_set_refusal (MachtypeHostBuilder *builder, MachtypeArch arch,
                                        const char *message);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_host_builder_set_capabilities (MachtypeHostBuilder *builder, const char *xml,
                                                 gssize length, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_host_builder_add_domain_capabilities (MachtypeHostBuilder *builder,
                                                        const char *xml, gssize length,
                                                        GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHost *machtype_host_builder_end (MachtypeHostBuilder *builder);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_host_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHost *machtype_host_open (const char *uri, MachtypeHostOpenFlags flags, int timeout_ms,
                                  GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeHost *machtype_host_ref (MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_host_unref (MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_host_get_arch (const MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_host_get_uuid (const MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_host_get_platform (const MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_host_has_capabilities (const MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
char **machtype_host_dup_domain_types (const MachtypeHost *host, MachtypeArch arch);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_host_get_domain_type (const MachtypeHost *host, MachtypeArch arch);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_host_get_emulator (const MachtypeHost *host, MachtypeArch arch,
                                        const char *domain_type);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_host_list_machines (MachtypeHost *host, MachtypeArch arch,
                                        const char *domain_type);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_host_list_wanted (MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_host_get_canonical (const MachtypeHost *host, MachtypeArch arch,
                                         const char *domain_type, const char *machine);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_host_offers (const MachtypeHost *host, MachtypeArch arch,
                                     const char *domain_type, const char *machine);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_host_supports (const MachtypeHost *host, MachtypeArch arch,
                                       const char *domain_type, const char *machine,
                                       const char *device, const char *name, const char *value);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_host_equal (const MachtypeHost *a, const MachtypeHost *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_host_hash (const MachtypeHost *host);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_host_list_missing (const MachtypeHost *host, MachtypeArch arch);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_host_arch_to_json (const MachtypeHost *host,
                                  MachtypeArch arch) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_host_to_json (const MachtypeHost *host) G_GNUC_WARN_UNUSED_RESULT;

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_machine_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeMachine *machtype_machine_ref (MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_machine_unref (MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_machine_get_name (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
int machtype_machine_collate (const MachtypeMachine *a, const MachtypeMachine *b);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_machine_equal (const MachtypeMachine *a, const MachtypeMachine *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_machine_hash (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_machine_get_canonical (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeArch machtype_machine_get_arch (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_machine_get_domain_type (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_machine_get_emulator (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_machine_get_max_cpus (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeAnswer machtype_machine_get_deprecated (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_machine_get_deprecated_in (const MachtypeMachine *machine, guint *major,
                                             guint *minor);

MACHTYPE_AVAILABLE_IN_1_0
char *machtype_machine_dup_lifecycle (const MachtypeMachine *machine);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_answer_to_string (MachtypeAnswer answer);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_answer_from_string (const char *text, MachtypeAnswer *answer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeHost, machtype_host_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeHostBuilder, machtype_host_builder_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeMachine, machtype_machine_unref)

G_END_DECLS

#endif /* MACHTYPE_HOST_H */
