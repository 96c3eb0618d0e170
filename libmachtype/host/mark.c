/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document that cannot be read, or must be read once more, leaves nothing in the host. */

#include "host/host-private.h"

void
mt_host_mark (const MachtypeHost *host, MtHostMark *mark)
{
  mark->host = *host;
  mark->strings = host->strings->len;
  mark->machines = host->machines->len;
  mark->domains = host->domains->len;
  mark->guests = host->guests->len;
  mark->offers = host->offers->len;
  mark->domain_capabilities = host->domain_capabilities->len;
}

void
mt_host_roll_back (MachtypeHost *host, const MtHostMark *mark)
{
  host->arch = mark->host.arch;
  host->uuid = mark->host.uuid;
  host->has_capabilities = mark->host.has_capabilities;
  host->marks_deprecated = mark->host.marks_deprecated;
  g_string_truncate (host->strings, mark->strings);
  g_array_set_size (host->machines, mark->machines);
  g_array_set_size (host->domains, mark->domains);
  g_array_set_size (host->guests, mark->guests);
  g_array_set_size (host->offers, mark->offers);
  g_array_set_size (host->domain_capabilities, mark->domain_capabilities);
}
