/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host offers, as JSON. */

#include "host/host-private.h"

#include <machtype/lifecycle.h>

#include "arch-private.h"
#include "finding-private.h"
#include "json/json-private.h"

static void
write_release (GString *json, const char *member, guint major, guint minor)
{
  g_autofree char *release = g_strdup_printf ("%u.%u", major, minor);

  mt_json_text (json, member, release);
}

/* When QEMU deprecates and removes it; for a name that can be none, nothing. */
static void
write_releases (GString *json, const MachtypeHost *host, MachtypeArch arch,
                const MtMachine *machine)
{
  g_autoptr (MachtypeName) name =
      machtype_name_new (mt_host_text (host, machine->name), arch, NULL);
  guint major, minor;

  if (name == NULL)
    return;
  if (!mt_host_denies_deprecation (host, arch, machine, name) &&
      machtype_lifecycle_get_deprecated (name, &major, &minor))
    write_release (json, "deprecated_in", major, minor);
  if (machtype_lifecycle_get_removed (name, &major, &minor))
    write_release (json, "removed_in", major, minor);
}

static void
write_machine (GString *json, const MachtypeHost *host, MachtypeArch arch, const MtMachine *machine)
{
  const MachtypeAnswer deprecated = mt_host_ask_deprecated (host, machine);
  g_autofree char *lifecycle = mt_host_dup_lifecycle (host, arch, machine);

  mt_json_begin (json, NULL, '{');
  mt_json_text (json, "name", mt_host_text (host, machine->name));
  if (machine->canonical != 0)
    mt_json_text (json, "canonical", mt_host_text (host, machine->canonical));
  if (machine->max_cpus != 0)
    mt_json_uint (json, "max_cpus", machine->max_cpus);
  if (deprecated != MACHTYPE_ANSWER_UNKNOWN)
    mt_json_boolean (json, "deprecated", deprecated == MACHTYPE_ANSWER_YES);
  write_releases (json, host, arch, machine);
  mt_json_text (json, "lifecycle", lifecycle);
  mt_json_end (json, '}');
}

static void
write_machines (GString *json, const MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (GArray) machines = mt_host_list_shown (host, arch, NULL);
  guint i;

  mt_json_begin (json, "machines", '[');
  for (i = 0; i < machines->len; i++)
    write_machine (json, host, arch, g_array_index (machines, const MtMachine *, i));
  mt_json_end (json, ']');
}

/* The members of an architecture. */
static void
write_arch (GString *json, const MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (GPtrArray) missing = machtype_host_list_missing (host, arch);
  g_auto (GStrv) types = machtype_host_dup_domain_types (host, arch);
  char **type;

  mt_json_text (json, "arch", machtype_arch_to_string (arch));
  mt_json_begin (json, "domain_types", '[');
  for (type = types; *type != NULL; type++)
    mt_json_text (json, NULL, *type);
  mt_json_end (json, ']');
  if (mt_host_find_guest (host, arch) != NULL)
    mt_json_text (json, "domain_type", machtype_host_get_domain_type (host, arch));
  mt_json_text (json, "emulator", machtype_host_get_emulator (host, arch, NULL));
  write_machines (json, host, arch);
  mt_findings_write (json, "missing", missing);
}

/**
 * machtype_host_arch_to_json:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 *
 * Writes what a host offers to guests of one architecture as a JSON object on one line: the domain
 * types, the machine types of the best one in the order of [method@Machtype.Machine.collate], and
 * what is missing. `doc/json.md` documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_host_arch_to_json (const MachtypeHost *host, MachtypeArch arch)
{
  GString *json;

  g_return_val_if_fail (host != NULL, NULL);

  json = mt_json_begin_value ();
  if (host->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "host_arch", machtype_arch_to_string (host->arch));
  write_arch (json, host, arch);
  return mt_json_end_value (json);
}

/**
 * machtype_host_to_json:
 * @host: a host; must not be %NULL
 *
 * Writes what a host is and offers as a JSON object on one line, with an object for each
 * architecture whose guests it runs, or would run if libvirt did not refuse them, as
 * [method@Machtype.Host.arch_to_json] writes it. Its domain
 * capabilities are not written: [method@Machtype.Host.supports] answers from them. `doc/json.md`
 * documents the members. Thread-safe.
 *
 * Returns: (transfer full): the JSON text
 * Since: 1.0
 */
char *
machtype_host_to_json (const MachtypeHost *host)
{
  MachtypeArch arch;
  GString *json;

  g_return_val_if_fail (host != NULL, NULL);

  json = mt_json_begin_value ();
  if (host->arch != MACHTYPE_ARCH_UNKNOWN)
    mt_json_text (json, "arch", machtype_arch_to_string (host->arch));
  mt_json_text (json, "uuid", machtype_host_get_uuid (host));
  mt_json_text (json, "platform", machtype_host_get_platform (host));
  mt_json_version (json, "qemu_version", host->qemu_version);
  mt_json_version (json, "libvirt_version", host->libvirt_version);
  mt_json_begin (json, "archs", '[');
  for (arch = MACHTYPE_ARCH_UNKNOWN + 1; arch <= MT_ARCH_LAST; arch++) {
    if (mt_host_find_guest (host, arch) == NULL && mt_host_get_refusal (host, arch) == NULL)
      continue;
    mt_json_begin (json, NULL, '{');
    write_arch (json, host, arch);
    mt_json_end (json, '}');
  }
  mt_json_end (json, ']');
  return mt_json_end_value (json);
}
