/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one host offers. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"

G_DEFINE_BOXED_TYPE (MachtypeHost, machtype_host, machtype_host_ref, machtype_host_unref)

/**
 * machtype_host_ref:
 * @host: a host; must not be %NULL
 *
 * Increases the reference count of @host. Thread-safe.
 *
 * Returns: (transfer full): @host
 * Since: 1.0
 */
MachtypeHost *
machtype_host_ref (MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, NULL);

  g_atomic_ref_count_inc (&host->refs);
  return host;
}

/**
 * machtype_host_unref:
 * @host: (transfer full) (nullable): a host; %NULL does nothing
 *
 * Decreases the reference count of @host; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_host_unref (MachtypeHost *host)
{
  if (host == NULL || !g_atomic_ref_count_dec (&host->refs))
    return;
  g_string_free (host->strings, TRUE);
  g_array_unref (host->machines);
  g_array_unref (host->domains);
  g_array_unref (host->guests);
  g_array_unref (host->offers);
  g_array_unref (host->domain_capabilities);
  if (host->origin != NULL)
    host->free_origin (host->origin);
  g_free (host->index);
  g_free (host);
}

/**
 * machtype_host_get_arch:
 * @host: a host; must not be %NULL
 *
 * Gets the host's architecture. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if it is not known
 * Since: 1.0
 */
MachtypeArch
machtype_host_get_arch (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, MACHTYPE_ARCH_UNKNOWN);
  return host->arch;
}

/**
 * machtype_host_get_uuid:
 * @host: a host; must not be %NULL
 *
 * Gets the host's UUID, as in its capabilities. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @host; %NULL if it is not known
 * Since: 1.0
 */
const char *
machtype_host_get_uuid (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, NULL);
  return host->uuid != 0 ? mt_host_text (host, host->uuid) : NULL;
}

/**
 * machtype_host_get_platform:
 * @host: a host; must not be %NULL
 *
 * Gets the name of the platform that a host was made for. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the name, valid as long as @host; %NULL for a real host
 * Since: 1.0
 */
const char *
machtype_host_get_platform (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, NULL);
  return host->platform != 0 ? mt_host_text (host, host->platform) : NULL;
}

/**
 * machtype_host_has_capabilities:
 * @host: a host; must not be %NULL
 *
 * Checks whether a host's capabilities are known: without them it is not known what it runs, even
 * if domain capabilities are known. Thread-safe.
 *
 * Returns: %TRUE if its capabilities were read
 * Since: 1.0
 */
gboolean
machtype_host_has_capabilities (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, FALSE);
  return host->has_capabilities;
}

/* A complete host has an index; one that is being built is searched. */
const MtGuestInfo *
mt_host_find_guest (const MachtypeHost *host, MachtypeArch arch)
{
  return host->index != NULL ? mt_host_index_get_guest (host->index, arch)
                             : mt_host_scan_guest (host, arch);
}

/**
 * machtype_host_dup_domain_types:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 *
 * Lists the domain types (`kvm`, `qemu`, ...) that a host has for guests of an architecture, in the
 * order of its capabilities. Thread-safe.
 *
 * Returns: (transfer full) (array zero-terminated=1): the types; empty if there are none
 * Since: 1.0
 */
char **
machtype_host_dup_domain_types (const MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  const MtGuestInfo *guest;
  guint i;

  g_return_val_if_fail (host != NULL, NULL);

  guest = mt_host_find_guest (host, arch);
  for (i = 0; guest != NULL && i < guest->domains.count; i++) {
    const MtDomainType *domain = MT_ROW (host->domains, MtDomainType, guest->domains.first + i);

    g_ptr_array_add (types, g_strdup (mt_host_text (host, domain->type)));
  }
  g_ptr_array_add (types, NULL);
  return (char **)g_ptr_array_steal (types, NULL);
}

/**
 * machtype_host_get_domain_type:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 *
 * Gets the best domain type for guests of an architecture: acceleration before emulation. Without
 * capabilities the architectures decide ([func@Machtype.Arch.can_accelerate]). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the type, valid as long as @host; %NULL if the host has
 *   capabilities and does not run guests of this architecture
 * Since: 1.0
 */
const char *
machtype_host_get_domain_type (const MachtypeHost *host, MachtypeArch arch)
{
  const MtGuestInfo *guest;

  g_return_val_if_fail (host != NULL, NULL);

  if (!host->has_capabilities)
    return machtype_arch_can_accelerate (arch, host->arch) ? "kvm" : "qemu";
  if (host->index != NULL)
    return mt_host_index_get_domain_type (host->index, arch);
  guest = mt_host_scan_guest (host, arch);
  return guest != NULL ? mt_host_scan_domain_type (host, guest) : NULL;
}

/* Finds a domain type, NULL being the best: if an old libvirt lists none at all there is no row.
 * FALSE: others are listed, but not this one. */
static gboolean
choose_domain (const MachtypeHost *host, MachtypeArch arch, const MtGuestInfo *guest,
               const char *domain_type, const MtDomainType **domain)
{
  if (domain_type == NULL)
    domain_type = machtype_host_get_domain_type (host, arch);
  *domain = domain_type != NULL ? mt_host_scan_domain (host, guest, domain_type) : NULL;
  return *domain != NULL || domain_type == NULL || guest->domains.count == 0;
}

MtRun
mt_host_find_machines (const MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  const MtRun none = { 0, 0 };
  const MtGuestInfo *guest;
  const MtDomainType *domain;
  MtRun run;

  if (host->index != NULL && mt_host_index_get_machines (host->index, arch, domain_type, &run))
    return run;
  guest = mt_host_find_guest (host, arch);
  if (guest == NULL || !choose_domain (host, arch, guest, domain_type, &domain))
    return none;
  return mt_host_choose_run (guest, domain);
}

/**
 * machtype_host_get_emulator:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 *
 * Gets the path of the emulator for guests of an architecture. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the path, valid as long as @host; %NULL if there is none
 * Since: 1.0
 */
const char *
machtype_host_get_emulator (const MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  const MtGuestInfo *guest;
  const MtDomainType *domain;
  MtText emulator;

  g_return_val_if_fail (host != NULL, NULL);

  guest = mt_host_find_guest (host, arch);
  if (guest == NULL || !choose_domain (host, arch, guest, domain_type, &domain))
    return NULL;
  emulator = domain != NULL && domain->emulator != 0 ? domain->emulator : guest->emulator;
  return emulator != 0 ? mt_host_text (host, emulator) : NULL;
}

gboolean
mt_host_lists_emulator (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                        const char *emulator)
{
  const char *listed = machtype_host_get_emulator (host, arch, domain_type);

  return listed != NULL && strcmp (listed, emulator) == 0;
}

const MtMachine *
mt_host_find_machine (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                      const char *machine)
{
  MtRun run = mt_host_find_machines (host, arch, domain_type);

  return host->index != NULL ? mt_host_index_find (host, run, machine)
                             : mt_host_scan_machine (host, run, machine);
}

/**
 * machtype_host_get_canonical:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 * @machine: a machine type; must not be %NULL
 *
 * Gets the canonical name of a machine type that a host offers: `pc-q35-7.2` for `q35`, and the
 * name itself if it is not an alias. Old libvirt versions list some types only as the target of an
 * alias; these count as offered. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the canonical name, valid as long as @host; %NULL if the
 *   host does not offer @machine
 * Since: 1.0
 */
const char *
machtype_host_get_canonical (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                             const char *machine)
{
  const MtMachine *info;

  g_return_val_if_fail (host != NULL && machine != NULL, NULL);

  info = mt_host_find_machine (host, arch, domain_type, machine);
  if (info == NULL)
    return NULL;
  return mt_host_text (host, info->canonical != 0 ? info->canonical : info->name);
}

/* A type that is based on a newer QEMU than the host has. */
static gboolean
is_too_new (const MachtypeHost *host, const MtName *name)
{
  MtQemuVersion base;

  return host->qemu_version != 0 && mt_name_upstream_base (name, &base) &&
         mt_qemu_version_encode (base) > host->qemu_version;
}

/* What the tables cannot answer for a platform: a name that they do not know, a revision or variant
 * of its vendor that is not listed, and what they list as unsure. */
static gboolean
is_unsure (const MachtypeHost *host, const MtGuestInfo *guest, MachtypeArch arch,
           const char *machine)
{
  MtName name;
  guint i;

  for (i = 0; i < guest->unsure.count; i++) {
    const MtMachine *info = MT_ROW (host->machines, MtMachine, guest->unsure.first + i);

    if (strcmp (mt_host_text (host, info->name), machine) == 0)
      return TRUE;
  }
  if (!mt_name_parse (machine, strlen (machine), arch, &name))
    return FALSE;
  if (name.kind != MACHTYPE_NAME_KIND_VERSIONED)
    return name.kind == MACHTYPE_NAME_KIND_UNKNOWN && name.arches == 0;
  return host->vendor != MACHTYPE_VENDOR_UPSTREAM && name.vendor == host->vendor &&
         !is_too_new (host, &name) &&
         (name.variant != 0 || name.revision != 0 || mt_vendor_info (name.vendor)->version_is_base);
}

/**
 * machtype_host_offers:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 * @machine: a machine type; must not be %NULL
 *
 * Checks whether a host offers a machine type for guests of an architecture. A domain type that the
 * host does not have offers none. Thread-safe.
 *
 * Returns: the answer; %MACHTYPE_ANSWER_UNKNOWN without capabilities, if they list no machine types
 *   at all for guests that the host does run (containers, bhyve), or for what is not known about a
 *   platform ([ctor@Machtype.Host.new_for_platform])
 * Since: 1.0
 */
MachtypeAnswer
machtype_host_offers (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                      const char *machine)
{
  const MtGuestInfo *guest;
  const MtDomainType *domain;

  g_return_val_if_fail (host != NULL && machine != NULL, MACHTYPE_ANSWER_UNKNOWN);

  if (!host->has_capabilities)
    return MACHTYPE_ANSWER_UNKNOWN;
  guest = mt_host_find_guest (host, arch);
  if (guest == NULL || !choose_domain (host, arch, guest, domain_type, &domain))
    return MACHTYPE_ANSWER_NO;
  if (mt_host_choose_run (guest, domain).count == 0)
    return MACHTYPE_ANSWER_UNKNOWN;
  if (machtype_host_get_canonical (host, arch, domain_type, machine) != NULL)
    return MACHTYPE_ANSWER_YES;
  return host->platform != 0 && is_unsure (host, guest, arch, machine) ? MACHTYPE_ANSWER_UNKNOWN
                                                                       : MACHTYPE_ANSWER_NO;
}

static const char answers[][8] = {
  [MACHTYPE_ANSWER_UNKNOWN] = "unknown",
  [MACHTYPE_ANSWER_NO] = "no",
  [MACHTYPE_ANSWER_YES] = "yes",
};

/**
 * machtype_answer_to_string:
 * @answer: an answer
 *
 * Gets the word for an answer: `unknown`, `no`, `yes`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_answer_to_string (MachtypeAnswer answer)
{
  return MT_WORD (answers, answer);
}

/**
 * machtype_answer_from_string:
 * @text: the word for an answer; must not be %NULL
 * @answer: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an answer by its word, as machtype_answer_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @answer is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_answer_from_string (const char *text, MachtypeAnswer *answer, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (answers, "answer", text, error);
  if (found >= 0 && answer != NULL)
    *answer = (MachtypeAnswer)found;
  return found >= 0;
}
