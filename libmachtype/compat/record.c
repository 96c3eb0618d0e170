/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host offers and supports what is recorded: after an upgrade of QEMU, or on another
 * host. */

#include "compat/compat-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "record/record-private.h"

/* The command that changes a recorded machine type. type is NULL if it is not known; options begin
 * with a space. */
static char *
dup_update (const MachtypeRecord *record, const char *type, const char *options)
{
  return g_strdup_printf ("'machtype update-machine-type %s %s%s'", record->uuid.text,
                          type != NULL ? type : "TYPE", options);
}

/* NULL: there is no newer type. */
static char *
dup_successor_remedy (const MachtypeRecord *record, const MachtypeHost *host,
                      gboolean with_deprecated)
{
  const char *type = mt_compat_find_successor (host, NULL, record->qemu_version, record->arch,
                                               record->machine, with_deprecated);
  g_autofree char *command = NULL;

  if (type == NULL)
    return NULL;
  command = dup_update (record, type, " --connect URI");
  return g_strconcat ("update it with ", command, NULL);
}

static void
check_machine (GPtrArray *findings, const MachtypeRecord *record, MachtypeHost *host)
{
  g_autofree char *why = NULL;
  char *remedy;

  if (machtype_host_offers (host, record->arch, NULL, record->machine) != MACHTYPE_ANSWER_NO)
    return;
  why = mt_host_dup_why_absent (host, record->arch, NULL, record->machine);
  remedy = dup_successor_remedy (record, host, TRUE);
  g_ptr_array_add (
      findings, mt_finding_new_of ("not-offered",
                                   g_strdup_printf ("the host does not offer machine type %s%s",
                                                    record->machine, why),
                                   remedy != NULL ? remedy : g_strdup (MT_OTHER_HOST), NULL,
                                   MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, "virConnectGetCapabilities"));
}

/* What this library does not know or generate is not a statement about the host. */
static gboolean
is_gap_of_ours (const MachtypeFinding *finding)
{
  const char *code = machtype_finding_get_code (finding);

  return strcmp (code, "not-generated") == 0 || strcmp (code, "machine-unknown") == 0;
}

GPtrArray *
mt_record_list_unfit (MachtypeProperties *properties, MachtypeArch arch, const char *machine,
                      MachtypeHost *host)
{
  g_autoptr (GPtrArray) all = machtype_compat_check (properties, arch, NULL, machine, host);
  GPtrArray *unfit = mt_findings_new ();
  guint i;

  for (i = 0; i < all->len; i++) {
    if (!is_gap_of_ours (all->pdata[i]))
      g_ptr_array_add (unfit, machtype_finding_ref (all->pdata[i]));
  }
  return unfit;
}

/**
 * machtype_record_check_host:
 * @record: a record; must not be %NULL
 * @host: the host that would run the instance; must not be %NULL
 *
 * Lists why a guest cannot be created on a host from what is recorded: the host does not offer the
 * machine type, or the machine type does not support a stored property there
 * ([func@Machtype.compat_check]). What libmachtype does not generate, such as NUMA, is not listed:
 * the host may support it. If no machine type is recorded, there is nothing to check. Thread-safe.
 *
 * Codes: `not-offered`, `arch-not-recorded` (nothing was checked), which come first, and those of
 * [func@Machtype.compat_check].
 *
 * Returns: (transfer container) (element-type MachtypeFinding): findings, in this order; empty if
 *   there are none
 * Since: 1.0
 */
GPtrArray *
machtype_record_check_host (const MachtypeRecord *record, MachtypeHost *host)
{
  g_autoptr (GPtrArray) findings = NULL;
  const char *machine;

  g_return_val_if_fail (record != NULL && host != NULL, NULL);

  machine = record->machine;
  findings = mt_findings_new ();
  if (machine == NULL)
    return g_steal_pointer (&findings);
  if (record->arch == MACHTYPE_ARCH_UNKNOWN) {
    g_ptr_array_add (findings,
                     mt_finding_new ("arch-not-recorded",
                                     g_strdup_printf ("machine type %s is not checked: the guest's "
                                                      "architecture is not recorded",
                                                      machine),
                                     g_strdup ("record it with 'machtype record --connect URI'")));
    return g_steal_pointer (&findings);
  }
  check_machine (findings, record, host);
  g_ptr_array_extend_and_steal (
      findings, mt_record_list_unfit (record->properties, record->arch, machine, host));
  return g_steal_pointer (&findings);
}

static void
check_alias (GPtrArray *findings, const MachtypeRecord *record, const MachtypeHost *host)
{
  const char *canonical = NULL;
  g_autofree char *here = NULL, *command = NULL;
  MtName parsed;

  if (!mt_name_parse (record->machine, strlen (record->machine), record->arch, &parsed) ||
      parsed.kind != MACHTYPE_NAME_KIND_ALIAS)
    return;
  if (host != NULL)
    canonical = machtype_host_get_canonical (host, record->arch, NULL, record->machine);
  if (canonical != NULL && strcmp (canonical, record->machine) != 0)
    here = g_strdup_printf (" (on this host it is %s)", canonical);
  command = dup_update (record, NULL, " --pin --connect URI");
  g_ptr_array_add (
      findings,
      mt_finding_new (
          "machine-alias",
          g_strdup_printf ("the recorded machine type %s is an alias: the guest's "
                           "machine type changes when QEMU's does%s",
                           record->machine, here != NULL ? here : ""),
          g_strdup_printf ("record the machine type that it stands for with %s", command)));
}

/* A host that offers it is right. No change from such a name can be judged. */
static void
check_possible (GPtrArray *findings, const MachtypeRecord *record, const MachtypeHost *host)
{
  g_autofree char *intended = NULL, *command = NULL;

  if (!mt_compat_is_impossible (record->machine, record->arch, &intended) ||
      (host != NULL &&
       machtype_host_offers (host, record->arch, NULL, record->machine) == MACHTYPE_ANSWER_YES))
    return;
  command = dup_update (record, intended, " --connect URI --force");
  g_ptr_array_add (
      findings,
      mt_finding_new ("machine-impossible",
                      g_strdup_printf ("no QEMU has the recorded machine type %s", record->machine),
                      g_strdup_printf ("update it with %s", command)));
}

static void
check_deprecated (GPtrArray *findings, const MachtypeRecord *record, const MachtypeHost *host)
{
  g_autoptr (MachtypeName) name = machtype_name_new (record->machine, record->arch, NULL);
  g_autofree char *life = NULL;
  char *remedy;

  if (!mt_compat_is_deprecated (host, record->arch, record->machine))
    return;
  if (name != NULL)
    life = machtype_lifecycle_dup_text (name);
  remedy = dup_successor_remedy (record, host, FALSE);
  if (remedy == NULL)
    remedy = g_strdup ("update it to a newer type before QEMU removes it");
  g_ptr_array_add (
      findings, mt_finding_new ("machine-deprecated",
                                g_strdup_printf ("the recorded machine type is deprecated on this "
                                                 "host: %s%s%s",
                                                 record->machine, life != NULL ? ", " : "",
                                                 life != NULL ? life : ""),
                                remedy));
}

/**
 * machtype_record_check_machine:
 * @record: a record; must not be %NULL
 * @host: (nullable): the host that runs the instance; %NULL if nothing is known about it
 *
 * Lists what may change or end the recorded machine type. If none is recorded, there is nothing to
 * check. Thread-safe.
 *
 * Codes: `machine-impossible`, for a name that no QEMU has, unless the host offers it;
 * `machine-alias`, for a type that changes with QEMU; `machine-deprecated`, if the host's
 * capabilities mark the type, if the host's QEMU is as new as the release that deprecates it
 * upstream, or if the host offers machine types of the vendor's release that deprecates it.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): warnings, in the order of these
 *   codes; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_record_check_machine (const MachtypeRecord *record, MachtypeHost *host)
{
  GPtrArray *findings;

  g_return_val_if_fail (record != NULL, NULL);

  findings = mt_findings_new ();
  if (record->machine == NULL)
    return findings;
  check_possible (findings, record, host);
  check_alias (findings, record, host);
  if (host != NULL)
    check_deprecated (findings, record, host);
  return findings;
}
