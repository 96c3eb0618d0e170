/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

#include "xml-tree.h"

/* A domain of which nothing but its UUID is known yet: it keeps its text. */
MachtypeDomain *mt_domain_new_unread (const char *uuid, const char *xml);

/* Reads a domain that has kept its text, with its devices or without. */
MachtypeDomain *mt_domain_read (const MachtypeDomain *unread, MachtypeDomainReadFlags flags,
                                GError **error);

/* A domain that is there, and cannot be read; takes the error over. */
MachtypeDomain *mt_domain_new_problem (const char *uuid, GError *problem);

/* Of a domain that nobody else has seen yet. The state is a constant. */
void mt_domain_set_state (MachtypeDomain *domain, const char *state);

/* The same; takes the names over, which may be NULL. */
void mt_domain_set_saved (MachtypeDomain *domain, gboolean has_saved_state,
                          char **memory_snapshots);

/* The domain as a tree, to be changed. size is that of the text. */
MtXmlTree *mt_domain_read_tree (const char *xml, gsize size, GError **error);

/* What libvirt can be asked about: a new domain of hardware, numbers and switches, in which nothing
 * names a path, a host or a program, but an emulator that this host lists. What is left out of it
 * is added to left_out, by paths (char *, which it frees). */
char *mt_domain_reduce (const char *xml, const MachtypeHost *host, GPtrArray *left_out,
                        GError **error);
