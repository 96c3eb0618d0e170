/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine types whose domain capabilities are worth asking for. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"

/* Of exactly this machine and domain type. */
static gboolean
has_domain_capabilities (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                         const MtMachine *machine)
{
  const char *name = mt_host_text (host, machine->name);
  const char *canonical = mt_host_text (host, machine->canonical);
  guint i;

  for (i = 0; i < host->domain_capabilities->len; i++) {
    const MtDomainCapabilities *caps = MT_ROW (host->domain_capabilities, MtDomainCapabilities, i);
    const char *other = mt_host_text (host, caps->machine);

    if (caps->arch == arch && strcmp (mt_host_text (host, caps->domain_type), domain_type) == 0 &&
        (strcmp (other, name) == 0 || strcmp (other, canonical) == 0))
      return TRUE;
  }
  return FALSE;
}

/* name can be NULL: nothing is wanted. */
static void
call_if_wanted (const MachtypeHost *host, MachtypeArch arch, const char *name, MtWantedFunc func,
                gpointer data)
{
  const char *domain_type = machtype_host_get_domain_type (host, arch);
  const MtMachine *machine = name != NULL && domain_type != NULL
                                 ? mt_host_find_machine (host, arch, domain_type, name)
                                 : NULL;

  if (machine != NULL && !has_domain_capabilities (host, arch, domain_type, machine))
    func (host, arch, domain_type, machine, data);
}

void
mt_host_foreach_wanted (const MachtypeHost *host, MtWantedFunc func, gpointer data)
{
  int arch, family;

  for (arch = 1; arch <= MT_ARCH_LAST; arch++) {
    const char *machine = machtype_arch_get_default_machine ((MachtypeArch)arch);

    for (family = MACHTYPE_FAMILY_PC_I440FX; family <= MT_FAMILY_LAST; family++) {
      const MtFamily *info = mt_family_info ((MachtypeFamily)family);

      if ((info->arches & MT_ARCH_BIT (arch)) == 0)
        continue;
      call_if_wanted (host, (MachtypeArch)arch, info->alias, func, data);
      if (g_strcmp0 (machine, info->alias) == 0)
        machine = NULL;
    }
    call_if_wanted (host, (MachtypeArch)arch, machine, func, data);
  }
}

typedef struct {
  MachtypeHost *host;
  GPtrArray *list;
} Listing;

static void
add_machine (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
             const MtMachine *machine, gpointer data)
{
  const Listing *listing = data;

  (void)host;
  g_ptr_array_add (listing->list, mt_machine_new (listing->host, machine, arch, domain_type));
}

/**
 * machtype_host_list_wanted:
 * @host: a host; must not be %NULL
 *
 * Lists the machine types whose domain capabilities a program should ask libvirt for, if it uses a
 * connection of its own: those that guests usually have, with the best domain type of each
 * architecture. Pass emulator, architecture, name and domain type of each to
 * `virConnectGetDomainCapabilities`, and the answer to
 * [method@Machtype.HostBuilder.add_domain_capabilities] of a builder from
 * [ctor@Machtype.HostBuilder.new_from]; what libvirt refuses, to
 * [method@Machtype.HostBuilder.set_refusal]. [func@Machtype.Host.open] asks for the same.
 * Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeMachine): the machine types, by architecture
 *   in the order of [enum@Machtype.Arch], the newest of each family in the order of
 *   [enum@Machtype.Family], then the default if it has no family; empty if the host has no
 *   capabilities, or all domain capabilities that are wanted
 * Since: 1.0
 */
GPtrArray *
machtype_host_list_wanted (MachtypeHost *host)
{
  Listing listing = { host, NULL };

  g_return_val_if_fail (host != NULL, NULL);

  listing.list = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_machine_unref);
  mt_host_foreach_wanted (host, add_machine, &listing);
  return listing.list;
}
