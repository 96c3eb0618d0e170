/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host as a platform will be: the machine types that its QEMU has for each architecture. */

#include "platform/platform-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "lifecycle-private.h"

/* Beyond the minor releases of any major one; lifecycles.tsv says which exist. */
#define NEWEST_MINOR 19

typedef struct {
  MachtypeHost *host;
  const MachtypePlatform *platform;
  MachtypeArch arch;  /* of the guests */
  GArray *machines;   /* MtMachine, of this architecture */
  GArray *unsure;     /* the same */
  gboolean may_exist; /* QEMU itself may have a machine: it is a release to come */
} Building;

static const MtPlatformRow *
get_row (const Building *building)
{
  return building->platform->row;
}

static MtText
add_text (const Building *building, const char *text)
{
  return mt_host_add_text (building->host, text, strlen (text));
}

static gboolean
is_about (const MtAbsentRow *absent, const Building *building)
{
  const MtPlatformRow *row = get_row (building);

  return (absent->arches & mt_arch_bit (building->arch)) != 0 &&
         mt_qemu_version_compare (absent->first, row->qemu) <= 0 &&
         (!mt_qemu_version_is_set (absent->last) ||
          mt_qemu_version_compare (row->qemu, absent->last) <= 0);
}

/* Whether its build lacks a machine type; NULL: it has it. Rows of the distribution replace those
 * of any. */
static const MtAbsentRow *
find_absent (const Building *building, const char *machine)
{
  const MtDistribution *distribution = get_row (building)->distribution;
  const GPtrArray *absent = building->platform->table->absent;
  const MtAbsentRow *found = NULL;
  gboolean has_own = FALSE;
  guint i;

  for (i = 0; i < absent->len; i++) {
    const MtAbsentRow *row = absent->pdata[i];

    if (strcmp (row->machine, machine) != 0 ||
        (row->distribution != NULL && row->distribution != distribution))
      continue;
    has_own |= row->distribution != NULL;
    if (is_about (row, building) && (row->distribution != NULL || !has_own))
      found = row;
  }
  return found;
}

/* stands_for: NULL if it is not an alias. */
static void
add (Building *building, const char *name, const char *stands_for, gboolean is_deprecated,
     gboolean is_unsure)
{
  MtMachine machine = { 0 };

  machine.name = add_text (building, name);
  if (stands_for != NULL)
    machine.canonical = add_text (building, stands_for);
  machine.deprecated = is_deprecated ? MACHTYPE_ANSWER_YES : MACHTYPE_ANSWER_NO;
  g_array_append_val (is_unsure ? building->unsure : building->machines, machine);
}

static void
add_revisions (Building *building, const char *name, gboolean is_deprecated)
{
  const MtPlatformRow *row = get_row (building);
  const GPtrArray *revisions = building->platform->table->revisions;
  MtQemuVersion version;
  MtName parsed;
  guint i, revision;

  if (!mt_name_parse (name, strlen (name), building->arch, &parsed) ||
      !mt_name_upstream_base (&parsed, &version))
    return;
  for (i = 0; i < revisions->len; i++) {
    const MtRevisionRow *other = revisions->pdata[i];

    if (other->vendor != row->distribution->vendor ||
        mt_qemu_version_compare (other->version, version) != 0)
      continue;
    for (revision = other->last; revision > 0; revision--) {
      g_autofree char *text = g_strdup_printf ("%s+pve%u", name, revision);

      add (building, text, NULL, is_deprecated, FALSE);
    }
  }
}

static gboolean
has_code_names (const Building *building)
{
  guint16 version[2];

  return mt_codename_get (get_row (building)->distribution->vendor, 0, version) != NULL;
}

static void
add_upstream (const MtEmulatorMachine *machine, gpointer data)
{
  Building *building = data;
  const MtAbsentRow *absent = find_absent (building, machine->name);

  if (absent != NULL && !absent->is_unknown)
    return;
  building->may_exist |= machine->is_unsure;
  add (building, machine->name, machine->stands_for, machine->is_deprecated,
       machine->is_unsure || absent != NULL ||
           (machine->stands_for != NULL && has_code_names (building)));
  if (machine->stands_for == NULL && !machine->is_unsure)
    add_revisions (building, machine->name, machine->is_deprecated);
}

/* What is found of one family of a vendor's own types, the newest first. */
typedef struct {
  const MtFamily *family;
  char *newest; /* NULL: none yet */
  gboolean is_newest_unsure;
} Family;

static gboolean
is_flagged (const Building *building, const MtName *name)
{
  const char *release = get_row (building)->release;
  guint major;

  return mt_lifecycle_get_vendor_deprecated (name, &major) && release != NULL &&
         g_ascii_strtoull (release, NULL, 10) >= major;
}

static void
add_own_type (Building *building, Family *found, const char *text, const MtName *name,
              gboolean is_unsure)
{
  add (building, text, NULL, is_flagged (building, name), is_unsure);
  if (found->newest == NULL) {
    found->newest = g_strdup (text);
    found->is_newest_unsure = is_unsure;
  }
}

/* The release as its vendor's types are numbered; 0.0: it is not. */
static MtQemuVersion
get_release (const MtPlatformRow *row)
{
  MtQemuVersion version = { 0, 0 };
  char *end = NULL;

  if (row->release == NULL)
    return version;
  version.major = (guint8)MIN (g_ascii_strtoull (row->release, &end, 10), G_MAXUINT8);
  if (*end == '.')
    version.minor = (guint8)MIN (g_ascii_strtoull (end + 1, NULL, 10), G_MAXUINT8);
  else
    version.minor = G_MAXUINT8; /* without minor releases: what the newest has */
  return version;
}

static void
add_by_number (Building *building, Family *found)
{
  const MtQemuVersion release = get_release (get_row (building));
  int major, minor;

  for (major = release.major; major > 0; major--) {
    for (minor = NEWEST_MINOR; minor >= 0; minor--) {
      g_autofree char *text = g_strdup_printf ("%s-rhel%d.%d.0", found->family->name, major, minor);
      MtVendorHas answer;
      MtName name;

      if (!mt_name_parse (text, strlen (text), building->arch, &name) ||
          name.kind != MACHTYPE_NAME_KIND_VERSIONED)
        continue;
      answer = mt_lifecycle_ask_vendor (&name, release);
      if (!answer.lacks)
        add_own_type (building, found, text, &name, !answer.has);
    }
  }
}

/* A vendor keeps the types of a release as long as it supports the release, and can drop them
 * later. */
static gboolean
is_supported (const Building *building, const MtName *name)
{
  const char *until = mt_lifecycle_get_end_of_support (name);
  const char *released = get_row (building)->released;

  return until != NULL && released != NULL && strncmp (until, released, strlen (until)) >= 0;
}

static gboolean
is_later_release (const guint16 version[2], MtQemuVersion release)
{
  return version[0] > release.major || (version[0] == release.major && version[1] > release.minor);
}

static void
add_by_code_name (Building *building, Family *found)
{
  const MtPlatformRow *row = get_row (building);
  const MachtypeVendor vendor = row->distribution->vendor;
  const MtQemuVersion release = get_release (row);
  const char *word;
  guint16 version[2];
  gsize count = 0;

  while (mt_codename_get (vendor, count, version) != NULL)
    count++;
  while (count-- > 0) {
    g_autofree char *text = NULL;
    MtQemuVersion base;
    gboolean is_unsure;
    MtName name;

    word = mt_codename_get (vendor, count, version);
    text = g_strdup_printf ("%s-%s", found->family->name, word);
    if (is_later_release (version, release) ||
        !mt_name_parse (text, strlen (text), building->arch, &name) ||
        name.kind != MACHTYPE_NAME_KIND_VERSIONED)
      continue;
    /* Not every family has a type of every release. */
    is_unsure = !mt_name_upstream_base (&name, &base) || !is_supported (building, &name);
    add_own_type (building, found, text, &name, is_unsure);
  }
}

/* With code names, an update of a release can add a revision of its type, and the alias then stands
 * for that; QEMU's own alias can stand for two types. */
static void
add_alias (Building *building, const Family *found, gboolean has_code_names)
{
  const char *alias = has_code_names
                          ? mt_alias_find (found->family, get_row (building)->distribution->vendor)
                          : found->family->alias;

  if (alias != NULL && found->newest != NULL)
    add (building, alias, found->newest, FALSE, has_code_names || found->is_newest_unsure);
}

static void
add_own_types (Building *building)
{
  int i;

  for (i = MACHTYPE_FAMILY_NONE + 1; i <= MT_FAMILY_LAST; i++) {
    Family found = { mt_family_info ((MachtypeFamily)i), NULL, FALSE };

    if ((found.family->arches & mt_arch_bit (building->arch)) == 0)
      continue;
    if (has_code_names (building))
      add_by_code_name (building, &found);
    else
      add_by_number (building, &found);
    add_alias (building, &found, has_code_names (building));
    g_free (found.newest);
  }
}

/* A vendor that counts by numbers of its own has no others; one with code names has QEMU's, too. */
static void
add_machines (Building *building)
{
  const MtPlatformRow *row = get_row (building);
  const gboolean has_own = !mt_vendor_info (row->distribution->vendor)->version_is_base;

  if (has_own)
    add_own_types (building);
  if (!has_own || has_code_names (building))
    mt_emulator_foreach (row->qemu, building->arch, add_upstream, building);
}

static void
add_domain (const Building *building, const char *type)
{
  MtDomainType domain = { 0 };

  domain.type = add_text (building, type);
  g_array_append_val (building->host->domains, domain);
}

static MtRun
append_run (GArray *all, const GArray *rows)
{
  const MtRun run = { all->len, rows->len };

  g_array_append_vals (all, rows->data, rows->len);
  return run;
}

/* As libvirt says it. */
static MtText
add_refusal (const Building *building, const char *taken_as)
{
  g_autofree char *text =
      g_strdup_printf ("architecture from emulator '%s' doesn't match given architecture '%s'",
                       taken_as, machtype_arch_to_string (building->arch));

  return add_text (building, text);
}

static void
add_guest (Building *building)
{
  MachtypeHost *host = building->host;
  MtGuestInfo guest = { 0 };
  gboolean is_refused = FALSE;
  const char *taken_as =
      mt_emulator_find_misnomer (get_row (building)->qemu, building->arch, &is_refused);

  g_array_set_size (building->machines, 0);
  g_array_set_size (building->unsure, 0);
  building->may_exist = FALSE;
  add_machines (building);
  if (building->machines->len == 0 && !building->may_exist)
    return;
  if (is_refused)
    guest.refusal = add_refusal (building, taken_as);
  else if (taken_as != NULL) {
    g_array_append_vals (building->unsure, building->machines->data, building->machines->len);
    g_array_set_size (building->machines, 0);
  }
  guest.arch = building->arch;
  guest.os_type = add_text (building, "hvm");
  guest.domains.first = host->domains->len;
  add_domain (building, "qemu");
  if (machtype_arch_can_accelerate (building->arch, host->arch))
    add_domain (building, "kvm");
  guest.domains.count = host->domains->len - guest.domains.first;
  guest.machines = append_run (host->machines, building->machines);
  guest.unsure = append_run (host->machines, building->unsure);
  g_array_append_val (host->guests, guest);
}

static gboolean
has_emulator (const MtPlatformRow *row, MachtypeArch arch, MachtypeArch host_arch)
{
  const MtDistribution *distribution = row->distribution;

  if (distribution->is_native)
    return (distribution->arches & mt_arch_bit (host_arch)) != 0 &&
           machtype_arch_can_accelerate (arch, host_arch);
  return (distribution->arches & mt_arch_bit (arch)) != 0 && mt_emulator_exists (row->qemu, arch) &&
         mt_arch_is_in_libvirt (arch, row->libvirt.major, row->libvirt.minor);
}

static gpointer
ref_platform (gpointer platform)
{
  return machtype_platform_ref (platform);
}

static void
unref_platform (gpointer platform)
{
  machtype_platform_unref (platform);
}

MachtypeHost *
mt_platform_make_host (MachtypePlatform *platform, MachtypeArch host_arch)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (GArray) machines = g_array_new (FALSE, FALSE, sizeof (MtMachine));
  g_autoptr (GArray) unsure = g_array_new (FALSE, FALSE, sizeof (MtMachine));
  Building building = {
    mt_host_builder_get (builder), platform, MACHTYPE_ARCH_UNKNOWN, machines, unsure, FALSE
  };
  MachtypeHost *host = building.host;
  int arch;

  host->arch = host_arch;
  host->has_capabilities = mt_qemu_version_is_set (platform->row->qemu);
  host->marks_deprecated = TRUE;
  host->platform = add_text (&building, platform->row->name);
  host->origin = machtype_platform_ref (platform);
  host->ref_origin = ref_platform;
  host->free_origin = unref_platform;
  host->vendor = platform->row->distribution->vendor;
  host->qemu_version = mt_qemu_version_encode (platform->row->qemu);
  host->libvirt_version = mt_qemu_version_encode (platform->row->libvirt);
  for (arch = 1; arch <= MT_ARCH_LAST && host->has_capabilities; arch++) {
    building.arch = (MachtypeArch)arch;
    if (has_emulator (platform->row, building.arch, host_arch))
      add_guest (&building);
  }
  return machtype_host_builder_end (builder);
}

/**
 * machtype_host_new_for_platform: (constructor)
 * @platform: the name of a platform, as for [ctor@Machtype.Platform.new]; must not be %NULL
 * @host_arch: architecture of the host; %MACHTYPE_ARCH_UNKNOWN for %MACHTYPE_ARCH_X86_64
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Makes a host as one of this platform will be, if all emulators are installed: its machine types,
 * aliases and deprecation marks, and the versions of QEMU and libvirt. It has no domain
 * capabilities and no paths of emulators; if its QEMU is unknown, nothing is known about it. Where
 * nothing is known the answer is unknown, never no: [method@Machtype.Host.offers] returns
 * %MACHTYPE_ANSWER_UNKNOWN for a name that the tables do not know, and for a vendor's type that the
 * release may have dropped. Thread-safe.
 *
 * Raises the errors of [ctor@Machtype.Platform.new], the same for an invalid architecture.
 *
 * Source: `libmachtype/data/platforms.tsv`, `emulators.tsv`, `boards.tsv`, `lifecycles.tsv`.
 *
 * Returns: (transfer full): the host, or %NULL on error
 * Since: 1.0
 */
MachtypeHost *
machtype_host_new_for_platform (const char *platform, MachtypeArch host_arch, GError **error)
{
  g_autoptr (MachtypePlatform) found = NULL;

  g_return_val_if_fail (platform != NULL, NULL);

  if (host_arch == MACHTYPE_ARCH_UNKNOWN)
    host_arch = MACHTYPE_ARCH_X86_64;
  if (!mt_arch_check (host_arch, error))
    return NULL;
  found = machtype_platform_new (platform, error);
  return found != NULL ? mt_platform_make_host (found, host_arch) : NULL;
}
