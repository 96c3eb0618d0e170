/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches a host's lists: for a host that is being built, and once for each question that its
 * index answers later. */

#include "host/host-private.h"

#include <string.h>

#include "host/domain-type.h"

/* The guest entry for an architecture: full virtualization before anything else that the same
 * architecture may have (Xen's paravirtualized guests, containers). */
const MtGuestInfo *
mt_host_scan_guest (const MachtypeHost *host, MachtypeArch arch)
{
  const MtGuestInfo *other = NULL;
  guint i;

  for (i = 0; i < host->guests->len; i++) {
    const MtGuestInfo *guest = MT_ROW (host->guests, MtGuestInfo, i);

    if (guest->arch != arch || arch == MACHTYPE_ARCH_UNKNOWN || guest->refusal != 0)
      continue;
    if (strcmp (mt_host_text (host, guest->os_type), "hvm") == 0)
      return guest;
    if (other == NULL)
      other = guest;
  }
  return other;
}

const MtDomainType *
mt_host_scan_domain (const MachtypeHost *host, const MtGuestInfo *guest, const char *type)
{
  guint i;

  for (i = 0; i < guest->domains.count; i++) {
    const MtDomainType *domain = MT_ROW (host->domains, MtDomainType, guest->domains.first + i);

    if (mt_is_word (mt_host_text (host, domain->type), type))
      return domain;
  }
  return NULL;
}

const char *
mt_host_scan_domain_type (const MachtypeHost *host, const MtGuestInfo *guest)
{
  const char *type;
  guint i;

  for (i = 0; (type = mt_domain_type_get_best (i)) != NULL; i++) {
    const MtDomainType *domain = mt_host_scan_domain (host, guest, type);

    if (domain != NULL)
      return mt_host_text (host, domain->type);
  }
  if (guest->domains.count == 0)
    return NULL;
  return mt_host_text (host, MT_ROW (host->domains, MtDomainType, guest->domains.first)->type);
}

MtRun
mt_host_choose_run (const MtGuestInfo *guest, const MtDomainType *domain)
{
  return domain != NULL && domain->machines.count != 0 ? domain->machines : guest->machines;
}

const MtMachine *
mt_host_scan_machine (const MachtypeHost *host, MtRun run, const char *machine)
{
  const MtMachine *alias = NULL;
  guint i;

  for (i = 0; i < run.count; i++) {
    const MtMachine *info = MT_ROW (host->machines, MtMachine, run.first + i);

    if (strcmp (mt_host_text (host, info->name), machine) == 0)
      return info;
    if (info->canonical != 0 && strcmp (mt_host_text (host, info->canonical), machine) == 0)
      alias = info;
  }
  return alias;
}
