/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host offers and supports what is recorded: after an upgrade of QEMU, or on another
 * host. */

#include "compat/compat-private.h"

#include "finding-private.h"
#include "record/record-private.h"

static void
check_machine (GPtrArray *findings, const MachtypeRecord *record, MachtypeHost *host)
{
  g_autofree char *why = NULL;

  if (machtype_host_offers (host, record->arch, NULL, record->machine) != MACHTYPE_ANSWER_NO)
    return;
  why = mt_host_dup_why_absent (host, record->arch, NULL, record->machine);
  g_ptr_array_add (findings,
                   mt_finding_new_of ("not-offered",
                                      g_strdup_printf ("the host does not offer machine type %s%s",
                                                       record->machine, why),
                                      NULL, NULL, MACHTYPE_AUTHORITY_LIBVIRT_DEFINE,
                                      "virConnectGetCapabilities"));
}

/**
 * machtype_record_check_host:
 * @record: a record; must not be %NULL
 * @host: the host that would run the instance; must not be %NULL
 *
 * Lists why a host could not run an instance as it is recorded: because it does not offer the
 * machine type, or does not support a stored property ([func@Machtype.compat_compare]). What no
 * host supports with this machine type is not specific to this host, and is not listed. If no
 * machine type is recorded, there is nothing to check. Thread-safe.
 *
 * Codes: `not-offered`, `arch-not-recorded` (nothing was checked), which come first, and those of
 * [func@Machtype.compat_check].
 *
 * Returns: (transfer container) (element-type MachtypeFinding): findings; empty if there are none
 * Since: 1.0
 */
GPtrArray *
machtype_record_check_host (const MachtypeRecord *record, MachtypeHost *host)
{
  g_autoptr (GPtrArray) findings = NULL, broken = NULL;
  const char *machine;

  g_return_val_if_fail (record != NULL && host != NULL, NULL);

  machine = record->machine;
  findings = mt_findings_new ();
  if (machine == NULL)
    return g_steal_pointer (&findings);
  if (record->arch == MACHTYPE_ARCH_UNKNOWN) {
    g_ptr_array_add (findings,
                     mt_finding_new ("arch-not-recorded",
                                     g_strdup ("not checked: its architecture is not recorded"),
                                     NULL));
    return g_steal_pointer (&findings);
  }
  check_machine (findings, record, host);
  broken = machtype_compat_compare (record->properties, record->arch, NULL, machine, NULL, machine,
                                    host);
  g_ptr_array_extend_and_steal (findings, g_steal_pointer (&broken));
  return g_steal_pointer (&findings);
}
