/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/migration.h>

struct _MachtypeMigration {
  gatomicrefcount refs;
  char *uuid, *name; /* NULL: unknown */
  char *machine;     /* NULL: unknown */
  gboolean is_running;
  MachtypeAnswer live, cold;
  GPtrArray *findings; /* of MachtypeFinding */
};

/* A guest and both hosts. Strings and values are borrowed; NULL: unknown. */
typedef struct {
  const char *uuid, *name, *domain_type;
  const char *machine; /* that runs or, if nothing does, is defined */
  const char *defined; /* that it is started with */
  const char *xml;     /* of what is moved */
  MachtypeArch arch;
  MachtypeHost *source, *target; /* source can be NULL */
  MachtypeAnswer cpu;
  gboolean is_running, has_saved_state;
  const GPtrArray *snapshots; /* of MachtypeDomainSnapshot */
  guint64 qemu_version;
} MtMigrating;

/* Whether QEMU loads what another release (in libvirt's encoding; 0: unknown) saves of an emulated
 * guest. */
MachtypeAnswer mt_emulation_loads (MachtypeArch arch, guint64 from, guint64 to);

/* Adds all that is against it, and lowers the answers. FALSE: the XML cannot be read. */
gboolean mt_migration_judge (MachtypeMigration *migration, const MtMigrating *guest,
                             GError **error);
