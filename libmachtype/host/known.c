/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host says about a machine type whose name the tables do not know. Vendors name their types
 * as they like (Virtuozzo's pc-i440fx-vz7.12.0), but keep QEMU's aliases for them. */

#include "host/host-private.h"

#include <string.h>

static gboolean
parse_known (MachtypeArch arch, const char *machine, MtName *parsed)
{
  return mt_name_parse (machine, strlen (machine), arch, parsed) &&
         parsed->kind != MACHTYPE_NAME_KIND_UNKNOWN;
}

/* The first alias that resolves to it and is known itself; NULL: none. */
static const char *
find_known_alias (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                  const char *canonical, MtName *parsed)
{
  const MtRun run = mt_host_find_machines (host, arch, domain_type);
  guint i;

  for (i = run.first; i < run.first + run.count; i++) {
    const MtMachine *info = MT_ROW (host->machines, MtMachine, i);
    const char *name = mt_host_text (host, info->name);

    if (info->canonical != 0 && strcmp (mt_host_text (host, info->canonical), canonical) == 0 &&
        parse_known (arch, name, parsed))
      return name;
  }
  return NULL;
}

/* The alias of the family that a name begins with: of what a host offers, that is its family. NULL:
 * none, or not one of this architecture. */
static const char *
find_family_alias (MachtypeArch arch, const char *machine, MtName *parsed)
{
  const MtFamily *family = mt_family_of_prefix (machine, strlen (machine));

  return family != NULL && (family->arches & mt_arch_bit (arch)) != 0 &&
                 mt_name_parse (family->alias, strlen (family->alias), arch, parsed)
             ? family->alias
             : NULL;
}

/* NULL: the host, which offers it, says nothing that is known; parsed is not set then. */
static const char *
find_known_name (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                 const MtMachineFound *found, MtName *parsed)
{
  const MtMachine *info = found->info;
  const char *name = mt_host_text (host, info->name), *canonical = name, *known;

  if (info->canonical != 0) {
    canonical = mt_host_text (host, info->canonical);
    if (parse_known (arch, canonical, parsed))
      return canonical;
    if (parse_known (arch, name, parsed))
      return name;
  } else if (found->name.kind != MACHTYPE_NAME_KIND_UNKNOWN) {
    *parsed = found->name; /* it was found by this name */
    return name;
  }
  known = find_known_alias (host, arch, domain_type, canonical, parsed);
  return known != NULL ? known : find_family_alias (arch, canonical, parsed);
}

/* found: what the name says by itself. */
static void
set_known (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
           MtMachineFound *found)
{
  const char *known = NULL;
  MtName parsed;

  if (found->info != NULL)
    known = find_known_name (host, arch, domain_type, found, &parsed);
  if (known != NULL)
    found->known = known;
  found->class = mt_class_find_parsed (arch, found->known, known != NULL ? &parsed : &found->name);
}

/* Names in capabilities can contain anything: what cannot be a name has no class. */
void
mt_host_look_up (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                 const char *machine, MtMachineFound *found)
{
  found->info = host != NULL ? mt_host_find_machine (host, arch, domain_type, machine) : NULL;
  found->known = machine;
  found->class = MT_CLASS_NONE;
  found->is_valid = mt_name_parse (machine, strlen (machine), arch, &found->name);
  if (found->is_valid)
    set_known (host, arch, domain_type, found);
}

const char *
mt_host_get_known_name (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                        const char *machine)
{
  MtMachineFound found;

  mt_host_look_up (host, arch, domain_type, machine, &found);
  return found.known;
}

MtMachineClass
mt_host_get_class (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                   const char *machine)
{
  MtMachineFound found;

  mt_host_look_up (host, arch, domain_type, machine, &found);
  return found.class;
}

/* The family, the architecture and, of a name that only this host has, whether it is an alias. Its
 * vendor and version stay unknown. */
static void
add_known (const MtName *known, gboolean is_alias, MachtypeArch arch, MtName *out)
{
  out->family = known->family;
  out->arches |= mt_arch_bit (arch);
  if (out->kind == MACHTYPE_NAME_KIND_UNKNOWN && is_alias)
    out->kind = MACHTYPE_NAME_KIND_ALIAS;
}

gboolean
mt_host_parse_name (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                    const char *machine, gsize length, MtName *out)
{
  const MtMachine *info;
  const char *name;
  MtName known;

  if (!mt_name_parse (machine, length, arch, out))
    return FALSE;
  if (host == NULL || arch == MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  info = mt_host_find_machine (host, arch, domain_type, machine);
  if (info == NULL)
    return TRUE;
  name = mt_host_get_known_name (host, arch, domain_type, machine);
  if (name != machine && mt_name_parse (name, strlen (name), arch, &known))
    add_known (&known,
               info->canonical != 0 && strcmp (mt_host_text (host, info->name), machine) == 0, arch,
               out);
  return TRUE;
}

static gboolean
is_family (const MtName *alias, const MtName *name)
{
  return alias->kind == MACHTYPE_NAME_KIND_ALIAS && alias->family != MACHTYPE_FAMILY_NONE &&
         alias->family == name->family;
}

gboolean
mt_host_is_recorded (const MachtypeHost *host, MachtypeArch arch, const char *recorded,
                     const char *machine)
{
  const char *stands_for = NULL;
  MtName a, b;

  if (strcmp (recorded, machine) == 0)
    return TRUE;
  if (!mt_host_parse_name (host, arch, NULL, recorded, strlen (recorded), &a) ||
      !mt_host_parse_name (host, arch, NULL, machine, strlen (machine), &b))
    return FALSE;
  if (a.kind == MACHTYPE_NAME_KIND_ALIAS && host != NULL)
    stands_for = machtype_host_get_canonical (host, arch, NULL, recorded);
  if (is_family (&a, &b) || g_strcmp0 (stands_for, machine) == 0)
    return TRUE;
  stands_for = NULL;
  if (b.kind == MACHTYPE_NAME_KIND_ALIAS && host != NULL)
    stands_for = machtype_host_get_canonical (host, arch, NULL, machine);
  return stands_for != NULL ? strcmp (stands_for, recorded) == 0 : is_family (&b, &a);
}
