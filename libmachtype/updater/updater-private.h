/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/updater.h>

#include "connection/connection-private.h"
#include "store/store-private.h"

struct _MachtypeUpdater {
  gatomicrefcount refs;
  MachtypeStore *store;
  MachtypeConnection *connection;
  MachtypeHost *host; /* NULL: not read yet */
  char *host_uuid;    /* NULL: not read yet; "": unknown */
  char *author;       /* NULL: unknown */
  gboolean record_only;
};

/* The machine type of a definition. */
char *mt_updater_dup_machine (const char *xml, GError **error);

/* The machine type that a domain is defined with. */
char *mt_updater_read_defined (MachtypeConnection *connection, const char *uuid, GError **error);

/* The same, after a change. The checksum of a definition that replaced another one is kept in the
 * intention: without it the old one could not be brought back safely. */
char *mt_updater_read_changed (MachtypeConnection *connection, MachtypeIntention *intention,
                               GError **error);

/* The SHA-256 of a definition's lines in sorted order: libvirt writes the controllers that it added
 * in another order once it has read the definition from its file. The mirror of the record does not
 * count: it is written again whenever the guest is recorded. Nor does the domain's name, which
 * virsh domrename changes: that of another definition is used, the one that was replaced. */
char *mt_updater_compute_checksum (const char *xml, const char *named);

/* Whether a domain is defined with this machine type, or with what it resolves to on the host. */
gboolean mt_updater_is_defined_with (MachtypeUpdater *updater, const char *defined,
                                     MachtypeArch arch, const char *machine, gboolean *answer,
                                     GError **error);
gboolean mt_updater_is_intended (MachtypeUpdater *updater, const MachtypeIntention *intention,
                                 const char *defined, gboolean *answer, GError **error);

/* Whether a domain is still defined as the conversion left it that is to be undone. */
gboolean mt_updater_is_still_converted (MachtypeUpdater *updater, const char *uuid,
                                        const MachtypeHistoryEntry *entry, gboolean *answer,
                                        GError **error);

/* Whether undoing changes the definition: a conversion between names of one machine type replaced
 * it as well. */
gboolean mt_updater_changes_definition (const MachtypeRecord *record,
                                        const MachtypeHistoryEntry *entry);

/* What undoing this is refused for without force: see machtype_updater_list_undo_refusals(). */
GPtrArray *mt_updater_list_refusals (MachtypeUpdater *updater, const MachtypeRecord *record,
                                     const MachtypeHistoryEntry *entry, GError **error);

/* The identity of the host: its name alone can be that of many. */
const char *mt_updater_need_host_uuid (MachtypeUpdater *updater, GError **error);

/* Settles one change, in a transaction of its own. NULL without an error: another process has
 * settled it. */
MachtypeSettlement *mt_updater_settle_alone (MachtypeUpdater *updater, MachtypeIntention *intention,
                                             GError **error);
