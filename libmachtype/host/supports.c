/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host supports, by its domain capabilities, and what it lacks. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"
#include "finding-private.h"

/* Of one family, whatever the vendor and version: they support the same devices. */
static gboolean
is_of_family (const MachtypeHost *host, MachtypeArch arch, const char *domain_type, const char *a,
              const char *b)
{
  MtName x, y;

  return mt_host_parse_name (host, arch, domain_type, a, strlen (a), &x) &&
         mt_host_parse_name (host, arch, domain_type, b, strlen (b), &y) &&
         x.family != MACHTYPE_FAMILY_NONE && x.family == y.family;
}

/* The domain capabilities of exactly that machine and domain type; otherwise of that machine, whose
 * devices hardly differ; otherwise of its family, whose devices are the same. */
const MtDomainCapabilities *
mt_host_find_domain_capabilities (const MachtypeHost *host, MachtypeArch arch,
                                  const char *domain_type, const char *machine)
{
  const MtDomainCapabilities *best = NULL;
  const char *canonical = NULL;
  guint i, best_rank = 0;

  if (host->domain_capabilities->len == 0)
    return NULL;
  if (domain_type == NULL)
    domain_type = machtype_host_get_domain_type (host, arch);
  if (machine != NULL && host->has_capabilities)
    canonical = machtype_host_get_canonical (host, arch, domain_type, machine);
  for (i = 0; i < host->domain_capabilities->len; i++) {
    const MtDomainCapabilities *caps = MT_ROW (host->domain_capabilities, MtDomainCapabilities, i);
    const char *name = mt_host_text (host, caps->machine);
    guint rank = 0;

    if (caps->arch != arch)
      continue;
    if (machine == NULL || strcmp (name, machine) == 0 || g_strcmp0 (name, canonical) == 0)
      rank = 3;
    else if (is_of_family (host, arch, domain_type, name, machine))
      rank = 1;
    if (rank != 0 && g_strcmp0 (mt_host_text (host, caps->domain_type), domain_type) == 0)
      rank++;
    if (rank > best_rank) {
      best = caps;
      best_rank = rank;
    }
  }
  return best;
}

MachtypeAnswer
mt_host_ask_domain_capabilities (const MachtypeHost *host, const MtDomainCapabilities *caps,
                                 const char *device, const char *name, const char *value)
{
  MachtypeAnswer answer = MACHTYPE_ANSWER_UNKNOWN;
  guint i;

  for (i = 0; caps != NULL && i < caps->offers.count; i++) {
    const MtOffer *offer = MT_ROW (host->offers, MtOffer, caps->offers.first + i);

    if (strcmp (mt_host_text (host, offer->device), device) != 0)
      continue;
    if (strcmp (mt_host_text (host, offer->name), name) == 0) {
      if (strcmp (mt_host_text (host, offer->value), value) == 0)
        return MACHTYPE_ANSWER_YES;
      answer = MACHTYPE_ANSWER_NO;
    } else if (strcmp (mt_host_text (host, offer->name), "supported") == 0 &&
               strcmp (mt_host_text (host, offer->value), "no") == 0)
      return MACHTYPE_ANSWER_NO; /* "supported" precedes the enumerations */
  }
  return answer;
}

char *
mt_host_dup_listed (const MachtypeHost *host, const MtDomainCapabilities *caps, const char *device,
                    const char *name)
{
  GString *list = g_string_new (NULL);
  guint i;

  for (i = 0; i < caps->offers.count; i++) {
    const MtOffer *offer = MT_ROW (host->offers, MtOffer, caps->offers.first + i);

    if (offer->value != 0 && strcmp (mt_host_text (host, offer->device), device) == 0 &&
        strcmp (mt_host_text (host, offer->name), name) == 0)
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "",
                              mt_host_text (host, offer->value));
  }
  return g_string_free (list, list->len == 0);
}

/**
 * machtype_host_supports:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 * @machine: (nullable): the machine type, or %NULL for any of the architecture
 * @device: an element of domain capabilities: `video`, `disk`, `os`, `rng`; must not be %NULL
 * @name: the name of an enumeration in it, such as `modelType`, `bus`, `firmware`; `supported` for
 *   the device itself; must not be %NULL
 * @value: the value, such as `virtio`, `scsi`, `efi`; `yes` with `supported`; must not be %NULL
 *
 * Checks whether libvirt's domain capabilities list a value. They are what libvirt says, which is
 * not always what QEMU can do. If there are none for exactly this machine type and domain type,
 * those of the machine type are used, otherwise those of its family. Thread-safe.
 *
 * Returns: the answer; %MACHTYPE_ANSWER_UNKNOWN if there are no domain capabilities, or they do not
 *   mention it
 * Since: 1.0
 */
MachtypeAnswer
machtype_host_supports (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                        const char *machine, const char *device, const char *name,
                        const char *value)
{
  g_return_val_if_fail (host != NULL, MACHTYPE_ANSWER_UNKNOWN);
  g_return_val_if_fail (device != NULL && name != NULL && value != NULL, MACHTYPE_ANSWER_UNKNOWN);

  return mt_host_ask_domain_capabilities (
      host, mt_host_find_domain_capabilities (host, arch, domain_type, machine), device, name,
      value);
}

const char *
mt_host_get_refusal (const MachtypeHost *host, MachtypeArch arch)
{
  guint i;

  for (i = 0; i < host->guests->len; i++) {
    const MtGuestInfo *guest = MT_ROW (host->guests, MtGuestInfo, i);

    if (guest->arch == arch && guest->refusal != 0)
      return mt_host_text (host, guest->refusal);
  }
  return NULL;
}

/* A platform's packages are not to be installed: none of them has it. */
char *
mt_host_dup_emulator_remedy (const MachtypeHost *host, MachtypeArch arch)
{
  if (host != NULL && (host->platform != 0 || mt_host_get_refusal (host, arch) != NULL))
    return NULL;
  return mt_arch_dup_emulator_remedy (arch);
}

const char *
mt_host_get_no_emulator_code (const MachtypeHost *host, MachtypeArch arch)
{
  return mt_host_get_refusal (host, arch) != NULL ? "emulator-refused" : "emulator-missing";
}

char *
mt_host_dup_no_emulator (const MachtypeHost *host, MachtypeArch arch)
{
  const char *refusal = mt_host_get_refusal (host, arch);

  if (refusal == NULL)
    return g_strdup_printf ("the host has no emulator for %s guests",
                            machtype_arch_to_string (arch));
  return g_strdup_printf ("libvirt refuses the host's emulator for %s guests: %s",
                          machtype_arch_to_string (arch), refusal);
}

static void
add_missing_emulator (const MachtypeHost *host, GPtrArray *missing, MachtypeArch arch)
{
  g_ptr_array_add (missing, mt_finding_new (mt_host_get_no_emulator_code (host, arch),
                                            mt_host_dup_no_emulator (host, arch),
                                            mt_host_dup_emulator_remedy (host, arch)));
}

/**
 * machtype_host_list_missing:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 *
 * Lists what a host lacks to run guests of an architecture, each with the Debian package that
 * provides it. Codes: `emulator-missing`, `emulator-refused` (with what libvirt says against the
 * emulator, which the host has: [method@Machtype.HostBuilder.set_refusal]), `firmware-missing`
 * (only if domain capabilities are known). Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): what is missing, in the order of
 *   these codes; empty if nothing is missing or nothing is known
 * Since: 1.0
 */
GPtrArray *
machtype_host_list_missing (const MachtypeHost *host, MachtypeArch arch)
{
  const char *firmware = mt_arch_get_firmware_package (arch);
  GPtrArray *missing;

  g_return_val_if_fail (host != NULL, NULL);

  missing = mt_findings_new ();
  if (!host->has_capabilities)
    return missing;
  if (mt_host_find_guest (host, arch) == NULL)
    add_missing_emulator (host, missing, arch);
  else if (firmware != NULL && machtype_host_supports (host, arch, NULL, NULL, "os", "firmware",
                                                       "efi") == MACHTYPE_ANSWER_NO)
    g_ptr_array_add (missing,
                     mt_finding_new ("firmware-missing",
                                     g_strdup_printf ("the host has no UEFI firmware for %s guests",
                                                      machtype_arch_to_string (arch)),
                                     mt_package_dup_remedy (firmware)));
  return missing;
}
