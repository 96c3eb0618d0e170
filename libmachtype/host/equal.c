/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether two hosts are equal. Their strings can be at other places. */

#include "host/host-private.h"

#include <string.h>

/* What is compared of two hosts. */
typedef struct {
  const MachtypeHost *a, *b;
} Pair;

static gboolean
is_same_text (const Pair *pair, MtText a, MtText b)
{
  return strcmp (mt_host_text (pair->a, a), mt_host_text (pair->b, b)) == 0;
}

static gboolean
is_same_run (MtRun a, MtRun b)
{
  return a.count == b.count && (a.count == 0 || a.first == b.first);
}

static gboolean
is_same_machine (const Pair *pair, guint i)
{
  const MtMachine *a = MT_ROW (pair->a->machines, MtMachine, i);
  const MtMachine *b = MT_ROW (pair->b->machines, MtMachine, i);

  return is_same_text (pair, a->name, b->name) && is_same_text (pair, a->canonical, b->canonical) &&
         a->max_cpus == b->max_cpus && a->deprecated == b->deprecated;
}

static gboolean
is_same_domain (const Pair *pair, guint i)
{
  const MtDomainType *a = MT_ROW (pair->a->domains, MtDomainType, i);
  const MtDomainType *b = MT_ROW (pair->b->domains, MtDomainType, i);

  return is_same_text (pair, a->type, b->type) && is_same_text (pair, a->emulator, b->emulator) &&
         is_same_run (a->machines, b->machines);
}

static gboolean
is_same_guest (const Pair *pair, guint i)
{
  const MtGuestInfo *a = MT_ROW (pair->a->guests, MtGuestInfo, i);
  const MtGuestInfo *b = MT_ROW (pair->b->guests, MtGuestInfo, i);

  return a->arch == b->arch && is_same_text (pair, a->os_type, b->os_type) &&
         is_same_text (pair, a->emulator, b->emulator) && is_same_run (a->machines, b->machines) &&
         is_same_run (a->domains, b->domains) && is_same_run (a->unsure, b->unsure) &&
         is_same_text (pair, a->refusal, b->refusal);
}

static gboolean
is_same_offer (const Pair *pair, guint i)
{
  const MtOffer *a = MT_ROW (pair->a->offers, MtOffer, i);
  const MtOffer *b = MT_ROW (pair->b->offers, MtOffer, i);

  return is_same_text (pair, a->device, b->device) && is_same_text (pair, a->name, b->name) &&
         is_same_text (pair, a->value, b->value);
}

static gboolean
is_same_capabilities (const Pair *pair, guint i)
{
  const MtDomainCapabilities *a = MT_ROW (pair->a->domain_capabilities, MtDomainCapabilities, i);
  const MtDomainCapabilities *b = MT_ROW (pair->b->domain_capabilities, MtDomainCapabilities, i);

  return a->arch == b->arch && is_same_text (pair, a->machine, b->machine) &&
         is_same_text (pair, a->domain_type, b->domain_type) && is_same_run (a->offers, b->offers);
}

typedef gboolean (*SameFunc) (const Pair *pair, guint i);

static gboolean
is_same_array (const Pair *pair, const GArray *a, const GArray *b, SameFunc is_same)
{
  guint i;

  if (a->len != b->len)
    return FALSE;
  for (i = 0; i < a->len; i++) {
    if (!is_same (pair, i))
      return FALSE;
  }
  return TRUE;
}

/**
 * machtype_host_equal:
 * @a: a host; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two hosts are equal: everything that is known about them, in the same
 * order. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_host_equal (const MachtypeHost *a, const MachtypeHost *b)
{
  const Pair pair = { a, b };

  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a == b ||
         (a->arch == b->arch && a->has_capabilities == b->has_capabilities &&
          is_same_text (&pair, a->uuid, b->uuid) &&
          is_same_text (&pair, a->platform, b->platform) && a->qemu_version == b->qemu_version &&
          a->libvirt_version == b->libvirt_version &&
          is_same_array (&pair, a->machines, b->machines, is_same_machine) &&
          is_same_array (&pair, a->domains, b->domains, is_same_domain) &&
          is_same_array (&pair, a->guests, b->guests, is_same_guest) &&
          is_same_array (&pair, a->offers, b->offers, is_same_offer) &&
          is_same_array (&pair, a->domain_capabilities, b->domain_capabilities,
                         is_same_capabilities));
}

/**
 * machtype_host_hash:
 * @host: a host; must not be %NULL
 *
 * Computes a hash of a host, for hash tables: equal hosts have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_host_hash (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, 0);
  /* The number of machines hardly is the same on hosts that differ. */
  return g_str_hash (mt_host_text (host, host->uuid)) * 31 + host->machines->len * 7 +
         host->offers->len;
}
