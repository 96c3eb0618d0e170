/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hosts.h"

/* The hosts of a command that changes guests: one or several to ask, or files that describe one. */
struct GuestHosts {
  HostOptions host; /* with the URI of the first one */
  HostsOptions many;
  char **uris; /* NULL: there are not several */
};

void guest_hosts_add (GOptionContext *context, GuestHosts *hosts);
void guest_hosts_clear (GuestHosts *hosts);

/* Reads and checks the options. Call it once, before anything else. */
gboolean guest_hosts_read (GuestHosts *hosts, GError **error);

/* For ApplyOptions; NULL: there are not several. */
const GuestHosts *guest_hosts_get_several (const GuestHosts *hosts);

/* A host that could not be asked. */
typedef struct {
  char *uri;
  GError *error;
} SilentHost;

/* Opens all; hosts that fail are reported, and hide nothing of the others. */
gboolean instance_connect_several (Instance *instance, const ApplyOptions *options, GError **error);

/* Reads the record of the instance and its domain: on the host that it is recorded for, otherwise
 * on the first one that has it. A host that does not answer may be the one: that is its error. */
gboolean instance_read_several (Instance *instance, const char *text, GError **error);

/* The UUID of the guest that a UUID or a name stands for, on all hosts, otherwise in the store. */
char *instance_find_uuid (Instance *instance, const char *text, GError **error);

/* This host (of several) is not asked any more. */
void instance_drop_host (Instance *instance, Apply *apply, const GError *error);

/* Whether, after this error, the other guests are not to be tried: report_ends_run; of several
 * hosts, only those of this one. */
gboolean instance_ends_run (Instance *instance, const GError *error);

/* Whether a record is probably of a host that could not be asked: no other one has its domain. */
gboolean instance_is_missing (Instance *instance, const MachtypeRecord *record);
