/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain's architecture and machine type do not support. */

#include "domain/lint-private.h"

#include <string.h>

#include "finding-private.h"
#include "host/domain-type.h"
#include "host/host-private.h"

const MtLintCheck *
mt_lint_checks_get (guint group, gsize *count)
{
  static const MtLintCheck *(*const groups[]) (gsize *) = { mt_lint_device_checks_get,
                                                            mt_lint_cpu_checks_get };

  return group < G_N_ELEMENTS (groups) ? groups[group](count) : NULL;
}

static void
run_checks (MtLint *lint)
{
  const MtLintCheck *checks;
  gsize count, i;
  guint group;

  for (group = 0; (checks = mt_lint_checks_get (group, &count)) != NULL; group++) {
    for (i = 0; i < count; i++)
      mt_lint_check_run (&checks[i], lint->domain, lint->findings);
  }
}

static void
check_domain (MtLint *lint)
{
  MtLintDomain *domain = lint->domain;

  if (domain->type != NULL && !mt_domain_type_is_qemu (domain->type)) {
    mt_lint_check_hypervisor (lint);
    return;
  }
  mt_lint_words_check (domain, lint->caps, lint->findings);
  mt_lint_check_arguments (lint);
  if (!mt_lint_check_arch (lint))
    return;
  mt_lint_check_host (lint);
  mt_lint_check_machine (lint);
  if (domain->class != MT_CLASS_NONE)
    mt_lint_check_values (lint);
  run_checks (lint);
  if (domain->machine != NULL)
    mt_lint_places_check (domain, lint->findings);
  mt_lint_note_lifecycle (lint);
}

/**
 * machtype_domain_lint:
 * @xml: the text of a domain's definition (`virsh dumpxml`), or of a planned one; must not be %NULL
 * @length: its length in bytes, or -1 if it is NUL-terminated
 * @host: (nullable): the host that is to run it, or %NULL to check only what does not depend on the
 *   host
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Lists the devices and settings of a domain that its architecture or machine type does not
 * support, each with the authority ([method@Machtype.Finding.get_authority]) and what to do
 * instead; the subject of a finding is an XPath. libvirt is not contacted:
 * [method@Machtype.Connection.check_definition] returns what libvirt says about the domain.
 * Thread-safe.
 *
 * The code of a single unsupported value is its kind, a dash and the value: `disk-bus-ide`,
 * `watchdog-model-i6300esb`, `feature-acpi`. Combinations have their own codes:
 * `acpi-without-uefi`, `vcpus`, `pci-slot-dead`. Codes for the machine: `machine-of-other-arch`,
 * `machine-argument` (QEMU's own arguments name another one), `machine-removed` and
 * `machine-deprecated` (notes without a host, and about a vendor's types), `machine-end-of-support`
 * (a note), `machine-unknown` (nothing is known about it, so nothing else is checked),
 * `machine-missing`, `arch-missing`, `arch-unknown`, `arch-spelling`, `hypervisor-unknown`,
 * `impossible-name`, `unreleased-version` (without a host); with a host, `machine-not-offered`,
 * `machine-deprecated`, `domain-type-not-offered`, `emulator-missing`, `emulator-refused`,
 * `emulator-not-listed`.
 *
 * Raises %MACHTYPE_ERROR_INVALID_XML for XML that is malformed, is not a domain or has a document
 * type; %MACHTYPE_ERROR_TOO_LARGE beyond [const@Machtype.XML_MAX_SIZE],
 * [const@Machtype.XML_MAX_DEPTH] or ten thousand devices.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): the findings, in the order of what
 *   they are about: words, QEMU's arguments, the host and the machine type, single values, and what
 *   depends on several things; empty if there are none; or %NULL on error
 * Since: 1.0
 */
GPtrArray *
machtype_domain_lint (const char *xml, gssize length, MachtypeHost *host, GError **error)
{
  g_autoptr (MtLintDomain) domain = NULL;
  MtLint lint = { 0 };

  g_return_val_if_fail (xml != NULL, NULL);

  domain = mt_lint_read (xml, length, error);
  if (domain == NULL)
    return NULL;
  domain->host = host;
  domain->versions = mt_versions_find (host, domain->machine, domain->arch);
  lint.domain = domain;
  lint.host = host;
  lint.findings = mt_findings_new ();
  if (host != NULL && domain->arch != MACHTYPE_ARCH_UNKNOWN && domain->machine != NULL)
    lint.caps =
        mt_host_find_domain_capabilities (host, domain->arch, domain->type, domain->machine);
  check_domain (&lint);
  return lint.findings;
}
