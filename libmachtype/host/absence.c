/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a host does not offer a machine type, and how old its emulator makes those that it offers. */

#include "host/host-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "lifecycle-private.h"

/* What is known about a host's emulator: what libvirt says or, without that, what the types show.
 */
typedef struct {
  MtQemuVersion qemu;    /* 0.0: unknown */
  gboolean is_exact;     /* each QEMU adds types; a vendor can add its own years later */
  const MtMachine *same; /* the newest of the wanted type's vendor; NULL: none */
  MtName same_name;      /* parsed */
} Emulator;

static gboolean
is_later (MtQemuVersion a, MtQemuVersion b)
{
  return mt_qemu_version_compare (a, b) > 0;
}

/* QEMU's own versions are those of all families, also as a vendor revises them. */
static gboolean
is_of_vendor (const MtName *name, guint vendor)
{
  return vendor == MACHTYPE_VENDOR_UPSTREAM ? mt_vendor_info (name->vendor)->version_is_base
                                            : name->vendor == vendor;
}

/* Newer, or as new and of the wanted family. */
static gboolean
is_better (const MtName *name, const MtName *wanted, const Emulator *emulator)
{
  const guint64 key = mt_name_key (name), same = mt_name_key (&emulator->same_name);

  if (emulator->same == NULL || name->version[0] != emulator->same_name.version[0] ||
      name->version[1] != emulator->same_name.version[1])
    return emulator->same == NULL || key > same;
  if ((name->family == wanted->family) != (emulator->same_name.family == wanted->family))
    return name->family == wanted->family;
  return key > same;
}

static void
look_at (const MachtypeHost *host, const MtMachine *info, const MtName *wanted, Emulator *emulator)
{
  const char *text = mt_host_text (host, info->name);
  gboolean is_exact;
  MtQemuVersion base;
  MtName name;

  if (!mt_name_parse (text, strlen (text), MACHTYPE_ARCH_UNKNOWN, &name) ||
      name.kind != MACHTYPE_NAME_KIND_VERSIONED || !mt_lifecycle_may_exist (&name))
    return;
  if (is_of_vendor (&name, wanted->vendor) && is_better (&name, wanted, emulator)) {
    emulator->same = info;
    emulator->same_name = name;
  }
  is_exact = mt_vendor_info (name.vendor)->version_is_base;
  if (!mt_name_upstream_base (&name, &base) || (emulator->is_exact && !is_exact))
    return;
  if (is_later (base, emulator->qemu) || (is_exact && !emulator->is_exact))
    emulator->qemu = base;
  emulator->is_exact = is_exact;
}

static void
look_at_run (const MachtypeHost *host, MtRun run, const MtName *wanted, Emulator *emulator)
{
  guint i;

  for (i = run.first; i < run.first + run.count; i++)
    look_at (host, MT_ROW (host->machines, MtMachine, i), wanted, emulator);
}

/* Each architecture can have an emulator of its own; if its machines have no versions, the others
 * are likely to be of the same release. */
static void
get_emulator (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
              const MtName *wanted, Emulator *emulator)
{
  const MtRun all = { 0, host->machines->len };

  memset (emulator, 0, sizeof *emulator);
  look_at_run (host, mt_host_find_machines (host, arch, domain_type), wanted, emulator);
  if (!mt_qemu_version_is_set (emulator->qemu))
    look_at_run (host, all, wanted, emulator);
  if (host->qemu_version == 0)
    return;
  emulator->qemu = mt_host_find_qemu (host, arch);
  emulator->is_exact = TRUE;
}

MtQemuVersion
mt_host_get_qemu_version (const MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  const MtName any = { .vendor = MACHTYPE_VENDOR_UPSTREAM };
  const MtQemuVersion unknown = { 0, 0 };
  Emulator emulator;

  get_emulator (host, arch, domain_type, &any, &emulator);
  return emulator.is_exact ? emulator.qemu : unknown;
}

guint
mt_host_get_least_memory (const MachtypeHost *host, MtMachineClass class, MachtypeArch arch,
                          const char *domain_type)
{
  const MtClassFacts *facts = mt_class_get (class);
  MtQemuVersion qemu = { 0, 0 };

  if (host != NULL && facts->min_memory_mib != 0)
    qemu = mt_host_get_qemu_version (host, arch, domain_type);
  return qemu.major != 0 && is_later (facts->min_memory_before, qemu) ? facts->min_memory_mib : 0;
}

typedef gboolean (*GetReleaseFunc) (const MachtypeName *name, guint *major, guint *minor);

/* 0.0: unknown. */
static MtQemuVersion
get_release (const MachtypeName *name, GetReleaseFunc get)
{
  MtQemuVersion version = { 0, 0 };
  guint major, minor;

  if (get (name, &major, &minor)) {
    version.major = (guint8)major;
    version.minor = (guint8)minor;
  }
  return version;
}

/* By QEMU's releases. */
static char *
dup_by_release (const MachtypeName *name, const Emulator *emulator)
{
  const MtQemuVersion added = get_release (name, machtype_lifecycle_get_introduced);
  const MtQemuVersion removed = get_release (name, machtype_lifecycle_get_removed);
  const MtQemuVersion qemu = emulator->qemu;

  if (emulator->is_exact && is_later (added, qemu))
    return g_strdup_printf (": it needs QEMU %u.%u, which is newer than the host's %u.%u",
                            added.major, added.minor, qemu.major, qemu.minor);
  if (removed.major != 0 && !is_later (removed, qemu))
    return g_strdup_printf (": QEMU %u.%u removed it, and the host has %s%u.%u", removed.major,
                            removed.minor, emulator->is_exact ? "" : "at least ", qemu.major,
                            qemu.minor);
  if (emulator->is_exact && emulator->same != NULL &&
      mt_lifecycle_can_delete (mt_name_get_parsed (name), qemu))
    return g_strdup_printf (": QEMU removes it from %u.%u on, and the host's %u.%u does so already",
                            removed.major, removed.minor, qemu.major, qemu.minor);
  if (emulator->is_exact)
    return g_strdup_printf (": the host's QEMU %u.%u was built without it", qemu.major, qemu.minor);
  return g_strdup ("");
}

/* By the releases of a vendor. */
static char *
dup_by_vendor (const MtName *name, const MachtypeHost *host, const Emulator *emulator)
{
  const MtVendor *vendor = mt_vendor_info (name->vendor);
  guint removed;

  if (mt_name_key (name) > mt_name_key (&emulator->same_name))
    return g_strdup_printf (": it is newer than the newest type of %s that the host offers, %s",
                            vendor->label, mt_host_text (host, emulator->same->name));
  if (mt_lifecycle_get_vendor_removed (name, &removed) && removed <= emulator->same_name.version[0])
    return g_strdup_printf (": %s %u removed it", vendor->product, removed);
  return g_strdup ("");
}

static char *
dup_for_no_release (const MtName *name, const Emulator *emulator)
{
  const MtVendor *vendor = mt_vendor_info (name->vendor);

  if (!mt_lifecycle_is_future (name))
    return g_strdup_printf (": no release of %s ever had it", vendor->product);
  if (vendor->version_is_base && emulator->is_exact)
    return g_strdup_printf (": no release of QEMU has it yet; it is newer than the host's %u.%u",
                            emulator->qemu.major, emulator->qemu.minor);
  return g_strdup_printf (": no release of %s has it yet", vendor->product);
}

/* Without the version of the host's QEMU. */
static char *
dup_for_first (const MachtypeName *name)
{
  const MtQemuVersion added = get_release (name, machtype_lifecycle_get_introduced);
  const MtFamily *family = mt_family_info ((MachtypeFamily)mt_name_get_parsed (name)->family);

  return g_strdup_printf (
      ": it needs QEMU %u.%u, which is newer than the host's, whose %s has no version", added.major,
      added.minor, family->alias);
}

/* The name without a version was a machine of its own before the family had versions: on the host
 * it still is one. */
static gboolean
has_no_versions_yet (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                     const MtName *name)
{
  const MtFamily *family = mt_family_info ((MachtypeFamily)name->family);
  const MtMachine *info = mt_host_find_machine (host, arch, domain_type, family->alias);

  return name->vendor == MACHTYPE_VENDOR_UPSTREAM && info != NULL && info->canonical == 0;
}

static char *
dup_for_version (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                 const MachtypeName *name, const Emulator *emulator)
{
  const MtName *parsed = mt_name_get_parsed (name);
  const MtVendor *vendor = mt_vendor_info (parsed->vendor);

  if (!mt_lifecycle_may_exist (parsed))
    return dup_for_no_release (parsed, emulator);
  if (emulator->same == NULL && has_no_versions_yet (host, arch, domain_type, parsed))
    return emulator->is_exact ? dup_by_release (name, emulator) : dup_for_first (name);
  if (emulator->same == NULL)
    return g_strdup_printf (": it is one of the types of %s%s, and the host offers none of these",
                            vendor->label,
                            parsed->vendor == MACHTYPE_VENDOR_UPSTREAM ? " itself" : "");
  if (!vendor->version_is_base ||
      (parsed->revision != 0 && mt_name_key (parsed) > mt_name_key (&emulator->same_name)))
    return dup_by_vendor (parsed, host, emulator);
  return dup_by_release (name, emulator);
}

/* An alias of a family, all of whose types the host lacks. */
static char *
dup_for_alias (const MachtypeHost *host, MachtypeArch arch, MtRun run, const MtName *name)
{
  const MtFamily *family = mt_family_info ((MachtypeFamily)name->family);
  guint i;

  for (i = run.first; i < run.first + run.count; i++) {
    const char *text = mt_host_text (host, MT_ROW (host->machines, MtMachine, i)->name);
    MtName other;

    if (mt_name_parse (text, strlen (text), arch, &other) && other.family == name->family)
      return g_strdup ("");
  }
  return g_strdup_printf (": it offers no type of the family %s", family->name);
}

static char *
dup_for_unknown (MachtypeArch arch, const MachtypeName *name)
{
  g_autofree char *intended = machtype_name_dup_intended (name);

  if (intended != NULL)
    return g_strdup_printf (": no QEMU has a machine type of this name (did you mean '%s'?)",
                            intended);
  if (mt_name_get_parsed (name)->arches != 0)
    return g_strdup_printf (": it does not exist for %s guests", machtype_arch_to_string (arch));
  return g_strdup ("");
}

char *
mt_host_dup_why_absent (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                        const char *machine)
{
  g_autoptr (MachtypeName) name = machtype_name_new (machine, arch, NULL);
  const MtName *parsed;
  Emulator emulator;

  if (name == NULL)
    return g_strdup ("");
  if (host != NULL && mt_host_get_refusal (host, arch) != NULL) {
    g_autofree char *refusal = mt_host_dup_no_emulator (host, arch);

    return g_strconcat (": ", refusal, NULL);
  }
  parsed = mt_name_get_parsed (name);
  get_emulator (host, arch, domain_type, parsed, &emulator);
  switch (parsed->kind) {
  case MACHTYPE_NAME_KIND_VERSIONED:
    return dup_for_version (host, arch, domain_type, name, &emulator);
  case MACHTYPE_NAME_KIND_UNKNOWN:
    return dup_for_unknown (arch, name);
  default:
    if (parsed->family != MACHTYPE_FAMILY_NONE)
      return dup_for_alias (host, arch, mt_host_find_machines (host, arch, domain_type), parsed);
    return dup_by_release (name, &emulator);
  }
}

MachtypeAnswer
mt_host_ask_deprecated (const MachtypeHost *host, const MtMachine *machine)
{
  if (machine->deprecated == MACHTYPE_ANSWER_UNKNOWN && host->marks_deprecated)
    return MACHTYPE_ANSWER_NO;
  return (MachtypeAnswer)machine->deprecated;
}

gboolean
mt_host_denies_deprecation (const MachtypeHost *host, MachtypeArch arch, const MtMachine *machine,
                            const MachtypeName *name)
{
  const MtName *parsed = mt_name_get_parsed (name);
  MtQemuVersion deprecated = get_release (name, machtype_lifecycle_get_deprecated);
  Emulator emulator;
  guint major;

  if (mt_host_ask_deprecated (host, machine) != MACHTYPE_ANSWER_NO)
    return FALSE;
  get_emulator (host, arch, NULL, parsed, &emulator);
  if (deprecated.major != 0)
    return emulator.is_exact && !is_later (deprecated, emulator.qemu);
  return mt_lifecycle_get_vendor_deprecated (parsed, &major) && emulator.same != NULL &&
         major <= emulator.same_name.version[0];
}

#define DEPRECATED_IN "deprecated in "

char *
mt_host_dup_lifecycle (const MachtypeHost *host, MachtypeArch arch, const MtMachine *machine)
{
  g_autoptr (MachtypeName) name =
      machtype_name_new (mt_host_text (host, machine->name), arch, NULL);
  const gboolean is_marked = mt_host_ask_deprecated (host, machine) == MACHTYPE_ANSWER_YES;
  g_autofree char *text = NULL;

  if (name != NULL)
    text = mt_lifecycle_dup_text (name, !mt_host_denies_deprecation (host, arch, machine, name));
  if (!is_marked)
    return g_steal_pointer (&text);
  if (text == NULL)
    return g_strdup ("deprecated");
  /* It is now: with "in", it could still be to come. */
  return g_str_has_prefix (text, DEPRECATED_IN)
             ? g_strconcat ("deprecated since ", text + strlen (DEPRECATED_IN), NULL)
             : g_strconcat ("deprecated, ", text, NULL);
}
