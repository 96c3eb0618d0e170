/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "machtype-program.h"

/* The host whose guests the hook of this one sees, and which is asked unless others are named. */
#define LOCAL_URI "qemu:///system"

/* The hosts whose guests a command looks at, and how they are asked: the options that the commands
 * of several hosts share. */
typedef struct {
  char **connects; /* NULL: none */
  char *file;      /* of URIs; NULL: none */
  gboolean configured;
  int timeout; /* seconds */
  int jobs;
} HostsOptions;

/* connect_help describes --connect. */
void hosts_options_add (GOptionContext *context, HostsOptions *options, const char *connect_help);
void hosts_options_clear (HostsOptions *options);

/* Errors in the options themselves, before anything is contacted or read. */
gboolean hosts_options_check (const HostsOptions *options, GError **error);

/* The URIs that the options name, each once, in their order; if they name none, a copy of others
 * (NULL: none). NULL: the error is set. */
char **hosts_options_dup_uris (const HostsOptions *options, const char *const *others,
                               GError **error);

/* What a command asks each host. */
typedef struct {
  gboolean only_reads; /* a read-only connection is enough */
  MachtypeReadAheadFlags flags;
  MachtypeDomainReadFlags domain_flags;
} HostsQuestion;

/* Called for each host in the order of the URIs, in the thread of the caller. The connection has
 * read ahead, and its failures are those of its next calls. NULL: it could not be opened, and the
 * error says why. */
typedef void (*HostFunc) (const char *uri, MachtypeConnection *connection, const GError *error,
                          gpointer data);

/* Asks the hosts side by side, as many at a time as the options say, each within its own timeout.
 * FALSE: the error is set, and no host was asked. */
gboolean hosts_ask (const HostsOptions *options, char **uris, const HostsQuestion *question,
                    HostFunc func, gpointer data, GError **error);

/* Names what could not be asked, in what programs read, too. uri is NULL for what is not a host. */
void host_report_failure (const char *uri, const GError *error, gboolean json);

/* check-guests.c: calls the function for each domain of these hosts that has no record at all. A
 * host that cannot be asked is reported, and *has_failed set. */
gboolean foreach_forgotten (MachtypeStore *store, const HostsOptions *hosts, char **uris,
                            gboolean json, MachtypeUuidFunc func, gpointer data,
                            gboolean *has_failed, GError **error);
