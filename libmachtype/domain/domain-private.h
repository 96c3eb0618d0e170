/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

#include "xml-tree.h"

/* The record in a domain's metadata, as it is written there. */
typedef struct {
  char *arch, *machine, *requested, *source; /* NULL: not given */
} MtDomainMirror;

/* What a snapshot contains. */
typedef struct {
  char *name; /* NULL: not given */
  gboolean has_memory;
  MachtypeDomain *domain;   /* NULL: libvirt before 0.9.5 wrote only the UUID */
  MachtypeDomain *inactive; /* the definition, if it was another one; NULL: none */
} MtDomainSnapshot;

/* Reads a snapshot (virDomainSnapshotGetXMLDesc). On error nothing is set. */
gboolean mt_domain_read_snapshot (const char *xml, gssize length, MachtypeDomainReadFlags flags,
                                  MtDomainSnapshot *snapshot, GError **error);
void mt_domain_snapshot_clear (MtDomainSnapshot *snapshot);

/* Whether it is the XML of a running domain. */
gboolean mt_domain_is_live (const MachtypeDomain *domain);

/* NULL: its metadata has none, or not before <os>. */
const MtDomainMirror *mt_domain_get_mirror (const MachtypeDomain *domain);

/* A domain that exists but cannot be read; takes ownership of the error. */
MachtypeDomain *mt_domain_new_problem (const char *uuid, GError *problem);

/* For a domain that is not shared yet. The state is a constant. */
void mt_domain_set_state (MachtypeDomain *domain, const char *state);

/* The same; takes ownership of the names, which can be NULL. */
void mt_domain_set_saved (MachtypeDomain *domain, gboolean has_saved_state,
                          char **memory_snapshots);

/* The machine type in QEMU's own arguments, which runs instead of that of <os>; NULL: they name
 * none.
 */
const char *mt_domain_get_argument_machine (const MachtypeDomain *domain);

/* The machine type that QEMU runs. NULL: none. domain can be NULL: none. */
const char *mt_domain_get_qemu_machine (const MachtypeDomain *domain);

/* The domain as a modifiable tree. size is that of the text. */
MtXmlTree *mt_domain_read_tree (const char *xml, gsize size, GError **error);

/* The XML that was converted. */
const char *mt_conversion_get_original (const MachtypeConversion *conversion);

/* A domain's XML without secrets, with those that another one has: of the same displays and the
 * same sources on the network. */
char *mt_domain_put_secrets (const char *xml, const char *secure, GError **error);

/* A domain's XML without what libvirt adds when it defines a domain, in the library's spelling. The
 * lines of two are those of one domain if they are equal once they are sorted. */
char *mt_domain_dup_comparable (const char *xml, GError **error);

/* What libvirt sends to another host when it migrates the domain. */
char *mt_domain_dup_migratable (const char *xml, GError **error);

/* What libvirt can be asked about: a new domain of hardware, numbers and switches, in which nothing
 * names a path, a host or a program, except an emulator that this host lists. What is omitted is
 * added to left_out as paths (char *, which it frees). */
char *mt_domain_reduce (const char *xml, const MachtypeHost *host, GPtrArray *left_out,
                        GError **error);
