/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is against the migration of a guest. */

#include "migration/migration-private.h"

#include <string.h>

#include "compat/compat-private.h"
#include "domain/domain-private.h"
#include "domain/lint-private.h"
#include "finding-private.h"
#include "host/host-private.h"
#include "platform/platform-private.h"

/* What each reason means for both ways. Unknown: it may work. Yes: a remark. */
typedef enum {
  REASON_NOT_OFFERED,
  REASON_MAYBE_OFFERED,
  REASON_NO_MACHINE,
  REASON_SAME_HOST,
  REASON_ALIAS,
  REASON_MAYBE_ALIAS,
  REASON_VENDOR,
  REASON_UNSUPPORTED,
  REASON_SAVED_STATE,
  REASON_SNAPSHOTS,
  REASON_DEVICE,
  REASON_MAYBE_DEVICE,
  REASON_HOST_BOUND,
  REASON_CPU,
  REASON_CPU_NOT_CHECKED,
  REASON_EMULATION,
  REASON_MAYBE_EMULATION
} Reason;

#define EMULATION "QEMU target/*/machine.c"

static const struct {
  char code[20];
  guint8 live, cold; /* MachtypeAnswer */
  char source[76];   /* empty: none */
} reasons[] = {
#define NO MACHTYPE_ANSWER_NO
#define YES MACHTYPE_ANSWER_YES
#define MAYBE MACHTYPE_ANSWER_UNKNOWN
  [REASON_NOT_OFFERED] = { "not-offered", NO, NO, "" },
  [REASON_MAYBE_OFFERED] = { "offer-unknown", MAYBE, MAYBE, "" },
  [REASON_NO_MACHINE] = { "machine-unknown", MAYBE, MAYBE, "" },
  /* "Attempt to migrate guest to the same host" */
  [REASON_SAME_HOST] = { "same-host", NO, NO,
                         "libvirt, src/qemu/qemu_migration_cookie.c, qemuMigrationCookieXMLParse" },
  [REASON_ALIAS] = { "alias-differs", NO, NO, "" },
  [REASON_MAYBE_ALIAS] = { "alias-unknown", MAYBE, MAYBE, "" },
  /* Of Ubuntu's with upstream's types, for example, it "might work". */
  [REASON_VENDOR] = { "vendor-differs", YES, YES, "Ubuntu's server documentation, Live migration" },
  /* The source is that of the row. */
  [REASON_UNSUPPORTED] = { "vendor-unsupported", YES, YES, "" },
  [REASON_SAVED_STATE] = { "saved-state", YES, NO, "" },
  [REASON_SNAPSHOTS] = { "snapshots", NO, NO,
                         "libvirt, src/qemu/qemu_migration.c, qemuMigrationSrcIsAllowed" },
  [REASON_DEVICE] = { "device", NO, NO, "" },
  [REASON_MAYBE_DEVICE] = { "device-unknown", MAYBE, MAYBE, "" },
  /* libvirt before 8.5 refuses; since then it asks QEMU. */
  [REASON_HOST_BOUND] = { "host-bound", MAYBE, YES,
                          "libvirt, src/qemu/qemu_migration.c, qemuMigrationSrcIsAllowed" },
  [REASON_CPU] = { "cpu-incompatible", NO, NO, "virConnectCompareHypervisorCPU" },
  [REASON_CPU_NOT_CHECKED] = { "cpu-not-checked", YES, YES, "" },
  [REASON_EMULATION] = { "emulation-differs", NO, YES, EMULATION },
  [REASON_MAYBE_EMULATION] = { "emulation-unknown", MAYBE, YES, EMULATION },
#undef NO
#undef YES
#undef MAYBE
};

static void
lower (MachtypeAnswer *answer, MachtypeAnswer to)
{
  if (*answer == MACHTYPE_ANSWER_NO || to == MACHTYPE_ANSWER_YES)
    return;
  *answer = to;
}

static MachtypeSeverity
get_severity (Reason reason)
{
  if (reasons[reason].live == MACHTYPE_ANSWER_NO || reasons[reason].cold == MACHTYPE_ANSWER_NO)
    return MACHTYPE_SEVERITY_ERROR;
  return reason == REASON_CPU_NOT_CHECKED ? MACHTYPE_SEVERITY_NOTE : MACHTYPE_SEVERITY_WARNING;
}

/* Takes ownership of message and remedy, which can be NULL. source: NULL: none. */
static void
add_from (MachtypeMigration *migration, Reason reason, const char *source, const char *subject,
          char *message, char *remedy)
{
  MachtypeFinding *finding = mt_finding_new_of (reasons[reason].code, message, remedy, subject,
                                                MACHTYPE_AUTHORITY_NONE, source);

  mt_finding_set_severity (finding, get_severity (reason));
  g_ptr_array_add (migration->findings, finding);
  lower (&migration->live, (MachtypeAnswer)reasons[reason].live);
  lower (&migration->cold, (MachtypeAnswer)reasons[reason].cold);
}

static void
add (MachtypeMigration *migration, Reason reason, const char *subject, char *message, char *remedy)
{
  const char *source = *reasons[reason].source != '\0' ? reasons[reason].source : NULL;

  add_from (migration, reason, source, subject, message, remedy);
}

/* A type that both hosts have for certain: the guest gets it before it is moved. NULL: none. */
static const char *
find_successor (const MtMigrating *guest, const char *machine)
{
  const char *type;

  if (guest->source == NULL)
    return mt_compat_find_successor (guest->target, NULL, guest->qemu_version, guest->arch, machine,
                                     TRUE);
  type = mt_compat_find_successor (guest->source, guest->target, 0, guest->arch, machine, TRUE);
  return type != NULL && machtype_host_offers (guest->target, guest->arch, guest->domain_type,
                                               type) == MACHTYPE_ANSWER_YES
             ? type
             : NULL;
}

static char *
dup_successor_remedy (const MtMigrating *guest, const char *machine)
{
  const char *type = find_successor (guest, machine);

  if (type == NULL)
    return g_strdup (MT_OTHER_HOST);
  return g_strdup_printf ("shut the guest down and run 'machtype update-machine-type %s %s', then "
                          "migrate it cold",
                          guest->uuid != NULL ? guest->uuid : "UUID", type);
}

static void
judge_offer (MachtypeMigration *migration, const MtMigrating *guest, const char *machine)
{
  g_autofree char *why = NULL;

  switch (machtype_host_offers (guest->target, guest->arch, guest->domain_type, machine)) {
  case MACHTYPE_ANSWER_YES:
    return;
  case MACHTYPE_ANSWER_NO:
    why = mt_host_dup_why_absent (guest->target, guest->arch, guest->domain_type, machine);
    add (migration, REASON_NOT_OFFERED, NULL,
         g_strdup_printf ("the target does not offer machine type %s%s", machine, why),
         dup_successor_remedy (guest, machine));
    return;
  default:
    add (migration, REASON_MAYBE_OFFERED, NULL,
         g_strdup_printf ("it is unknown whether the target offers machine type %s", machine),
         g_strdup ("ask the target itself: give its URI, or a file of its capabilities"));
  }
}

static const char *
get_canonical (MachtypeHost *host, const MtMigrating *guest, const char *machine)
{
  const char *canonical =
      host != NULL ? machtype_host_get_canonical (host, guest->arch, guest->domain_type, machine)
                   : NULL;

  return g_strcmp0 (canonical, machine) != 0 ? canonical : NULL;
}

/* libvirt writes the version into a definition; other tools and records keep the alias. */
static void
judge_alias (MachtypeMigration *migration, const MtMigrating *guest, const char *machine)
{
  const char *here = get_canonical (guest->source, guest, machine);
  const char *there = get_canonical (guest->target, guest, machine);
  MtName name;

  if (!mt_name_parse (machine, strlen (machine), guest->arch, &name) ||
      (name.kind != MACHTYPE_NAME_KIND_ALIAS && here == NULL && there == NULL))
    return;
  if (here == NULL || there == NULL)
    add (migration, REASON_MAYBE_ALIAS, NULL,
         g_strdup_printf ("machine type %s is an alias, and it is unknown what it stands for on %s",
                          machine, here == NULL ? "the source" : "the target"),
         g_strdup ("pin it to a version with 'machtype update-machine-type --pin'"));
  else if (strcmp (here, there) != 0)
    add (migration, REASON_ALIAS, NULL,
         g_strdup_printf ("machine type %s is an alias: of %s on the source, of %s on the target",
                          machine, here, there),
         g_strdup_printf ("pin it with 'machtype update-machine-type %s %s --pin'",
                          guest->uuid != NULL ? guest->uuid : "UUID", here));
}

/* Only platforms say whose packages they have. */
static void
judge_vendor (MachtypeMigration *migration, const MtMigrating *guest)
{
  if (guest->source == NULL || machtype_host_get_platform (guest->source) == NULL ||
      machtype_host_get_platform (guest->target) == NULL ||
      guest->source->vendor == guest->target->vendor)
    return;
  add (migration, REASON_VENDOR, NULL,
       g_strdup_printf ("%s and %s are of different vendors, none of whom supports a migration "
                        "between both",
                        machtype_host_get_platform (guest->source),
                        machtype_host_get_platform (guest->target)),
       g_strdup ("try it with a guest that is not needed"));
}

/* Of a guest that cannot be migrated cold as it is, another reason says what is against that. */
static char *
dup_supported_way (const MachtypeMigration *migration, const MachtypePlatform *here,
                   const MachtypePlatform *there)
{
  const MtPlatformRow *between;

  if (migration->cold != MACHTYPE_ANSWER_YES)
    return g_strdup ("do what the other reasons say, then shut the guest down and migrate it cold");
  between = mt_platform_find_between (here, there);
  return g_strdup_printf ("shut the guest down and migrate it cold%s%s",
                          between != NULL ? ", or migrate it live by way of " : "",
                          between != NULL ? between->name : "");
}

/* What a vendor does not support may work: it is a remark. */
static void
judge_support (MachtypeMigration *migration, const MtMigrating *guest)
{
  const MachtypePlatform *here = guest->source != NULL ? guest->source->origin : NULL;
  const MachtypePlatform *there = guest->target->origin;
  const MtMigrationRow *row;

  row = here != NULL && there != NULL ? mt_platform_find_migration (here, there) : NULL;
  if (row == NULL || row->is_supported)
    return;
  add_from (migration, REASON_UNSUPPORTED, row->source, NULL,
            g_strdup_printf ("%s does not support live migration from %s to %s (source: %s)",
                             machtype_platform_get_label (here), machtype_platform_get_name (here),
                             machtype_platform_get_name (there), row->source),
            dup_supported_way (migration, here, there));
}

static void
judge_hosts (MachtypeMigration *migration, const MtMigrating *guest)
{
  const char *here = guest->source != NULL ? machtype_host_get_uuid (guest->source) : NULL;
  const char *there = machtype_host_get_uuid (guest->target);

  if (here != NULL && there != NULL && g_ascii_strcasecmp (here, there) == 0)
    add (migration, REASON_SAME_HOST, NULL,
         g_strdup_printf ("source and target are the same host to libvirt: both have UUID %s",
                          there),
         g_strdup ("if they are two machines, give each its own host_uuid in libvirtd.conf"));
  judge_vendor (migration, guest);
}

static void
judge_machine (MachtypeMigration *migration, const MtMigrating *guest)
{
  if (guest->machine == NULL || guest->arch == MACHTYPE_ARCH_UNKNOWN) {
    add (migration, REASON_NO_MACHINE, NULL,
         g_strdup_printf ("its %s is unknown",
                          guest->machine == NULL ? "machine type" : "architecture"),
         g_strdup ("record the guest with 'machtype record --connect URI'"));
    return;
  }
  judge_offer (migration, guest, guest->machine);
  judge_alias (migration, guest, guest->machine);
  if (guest->defined == NULL || strcmp (guest->defined, guest->machine) == 0)
    return;
  /* What the guest becomes when it is started there. */
  judge_offer (migration, guest, guest->defined);
  judge_alias (migration, guest, guest->defined);
}

static void
judge_saved (MachtypeMigration *migration, const MtMigrating *guest)
{
  if (guest->has_saved_state && !guest->is_running)
    add (migration, REASON_SAVED_STATE, NULL,
         g_strdup ("its RAM is in a managed save image, which stays on the source"),
         g_strdup_printf ("start the guest and migrate it live, or discard its RAM with 'virsh "
                          "managedsave-remove %s'",
                          guest->uuid));
  if (guest->snapshots != NULL && guest->snapshots->len != 0)
    add (
        migration, REASON_SNAPSHOTS, NULL,
        g_strdup_printf ("libvirt migrates no guest with snapshots; it has %u",
                         guest->snapshots->len),
        g_strdup_printf ("delete them with 'virsh snapshot-delete %s NAME', or with --metadata, to "
                         "define them again on the target",
                         guest->uuid));
}

static gboolean
is_same (const MachtypeFinding *a, const MachtypeFinding *b)
{
  return strcmp (machtype_finding_get_code (a), machtype_finding_get_code (b)) == 0 &&
         g_strcmp0 (machtype_finding_get_subject (a), machtype_finding_get_subject (b)) == 0;
}

/* What is found on the source as well, the guest already has. */
static gboolean
is_known (const GPtrArray *findings, const MachtypeFinding *finding)
{
  guint i;

  for (i = 0; findings != NULL && i < findings->len; i++) {
    if (is_same (findings->pdata[i], finding))
      return TRUE;
  }
  return FALSE;
}

static void
take_device (MachtypeMigration *migration, const MachtypeFinding *finding)
{
  const MachtypeSeverity severity = machtype_finding_get_severity (finding);
  const char *remedy = machtype_finding_get_remedy (finding);

  /* The type itself is judged above. */
  if (severity < MACHTYPE_SEVERITY_WARNING ||
      g_str_has_prefix (machtype_finding_get_code (finding), "machine-"))
    return;
  add (migration, severity == MACHTYPE_SEVERITY_ERROR ? REASON_DEVICE : REASON_MAYBE_DEVICE,
       machtype_finding_get_subject (finding),
       g_strdup_printf ("on the target: %s", machtype_finding_get_message (finding)),
       remedy != NULL ? g_strdup (remedy) : g_strdup ("shut the guest down and remove it"));
}

static gboolean
judge_devices (MachtypeMigration *migration, const MtMigrating *guest, GError **error)
{
  g_autofree char *sent = mt_domain_dup_migratable (guest->xml, error);
  g_autoptr (GPtrArray) here = NULL, there = NULL;
  guint i;

  if (sent != NULL)
    there = machtype_domain_lint (sent, -1, guest->target, error);
  if (there == NULL)
    return FALSE;
  here = machtype_domain_lint (guest->xml, -1, guest->source, NULL);
  for (i = 0; i < there->len; i++) {
    if (!is_known (here, there->pdata[i]))
      take_device (migration, there->pdata[i]);
  }
  return TRUE;
}

static gboolean
is_bound (const MtLintDevice *device)
{
  return (device->element == MT_LINT_HOSTDEV && g_strcmp0 (device->type, "usb") != 0) ||
         device->element == MT_LINT_SHMEM || device->element == MT_LINT_FILESYSTEM ||
         (device->element == MT_LINT_INTERFACE && g_strcmp0 (device->type, "hostdev") == 0);
}

static gboolean
judge_bound (MachtypeMigration *migration, const MtMigrating *guest, GError **error)
{
  g_autoptr (MtLintDomain) domain = mt_lint_read (guest->xml, -1, error);
  guint i;

  if (domain == NULL)
    return FALSE;
  for (i = 0; i < domain->devices->len; i++) {
    const MtLintDevice *device = &g_array_index (domain->devices, MtLintDevice, i);

    if (is_bound (device))
      add (migration, REASON_HOST_BOUND, mt_lint_get_element (device),
           g_strdup_printf ("%s %u is bound to its host: whether it can be migrated live depends "
                            "on its driver, and the target needs the same",
                            mt_lint_get_element (device), device->number),
           g_strdup ("detach it first, or migrate cold"));
  }
  return TRUE;
}

static void
judge_cpu (MachtypeMigration *migration, const MtMigrating *guest)
{
  if (guest->cpu == MACHTYPE_ANSWER_NO)
    add (migration, REASON_CPU, NULL,
         g_strdup (
             "libvirt on the target says that its hypervisor does not provide the guest's CPU"),
         g_strdup ("give the guest a CPU model that both hosts have: 'virsh "
                   "hypervisor-cpu-baseline'"));
  else if (guest->cpu == MACHTYPE_ANSWER_UNKNOWN)
    add (migration, REASON_CPU_NOT_CHECKED, NULL, g_strdup ("the CPU was not checked"),
         g_strdup ("ask both hosts by their URIs, or compare it with 'virsh "
                   "hypervisor-cpu-compare'"));
}

/* In libvirt's encoding; 0: unknown. */
static guint64
get_qemu_version (const MachtypeHost *host)
{
  const MtVersionRange range = mt_versions_find (host, NULL, MACHTYPE_ARCH_UNKNOWN).qemu;

  if (host != NULL && host->qemu_version != 0)
    return host->qemu_version;
  return mt_qemu_version_is_set (range.before) ? mt_qemu_version_encode (range.from) : 0;
}

static char *
dup_qemu (guint64 version)
{
  const guint major = (guint)(version / 1000000), minor = (guint)(version / 1000 % 1000);

  if (version == 0)
    return g_strdup ("an unknown QEMU");
  /* A platform has any of its fixes. */
  return version % 1000 == 0
             ? g_strdup_printf ("QEMU %u.%u", major, minor)
             : g_strdup_printf ("QEMU %u.%u.%u", major, minor, (guint)(version % 1000));
}

static void
judge_emulation (MachtypeMigration *migration, const MtMigrating *guest)
{
  const guint64 here = get_qemu_version (guest->source), there = get_qemu_version (guest->target);
  const MachtypeAnswer answer = mt_emulation_loads (guest->arch, here, there);
  g_autofree char *a = NULL, *b = NULL;

  if (g_strcmp0 (guest->domain_type, "qemu") != 0 || answer == MACHTYPE_ANSWER_YES)
    return;
  a = dup_qemu (here);
  b = dup_qemu (there);
  add (migration, answer == MACHTYPE_ANSWER_NO ? REASON_EMULATION : REASON_MAYBE_EMULATION, NULL,
       g_strdup_printf ("%s%s on the target %s the state of an emulated %s guest that %s saves",
                        answer == MACHTYPE_ANSWER_NO ? "" : "it is unknown whether ", b,
                        answer == MACHTYPE_ANSWER_NO ? "does not load" : "loads",
                        machtype_arch_to_string (guest->arch), a),
       g_strdup ("shut the guest down and migrate it cold"));
}

gboolean
mt_migration_judge (MachtypeMigration *migration, const MtMigrating *guest, GError **error)
{
  judge_machine (migration, guest);
  judge_hosts (migration, guest);
  judge_saved (migration, guest);
  if (guest->xml != NULL &&
      (!judge_devices (migration, guest, error) || !judge_bound (migration, guest, error)))
    return FALSE;
  judge_cpu (migration, guest);
  judge_emulation (migration, guest);
  judge_support (migration, guest);
  return TRUE;
}
