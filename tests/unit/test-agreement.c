/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "../../examples/machtype/agreement.h"

#include "finding-private.h"
#include "test.h"

#define IDE                                                                                        \
  "unsupported configuration: IDE controllers are unsupported for this QEMU binary or machine "    \
  "type"

/* What lint finds, and what libvirt says. Messages of libvirt 9.0 and 11.3. */
static const struct {
  const char *code, *message, *subject, *refusal;
  gboolean is_same;
} rows[] = {
  { "disk-bus-ide", "", "/domain/devices/disk[target/@dev='hda']", IDE, TRUE },
  { "disk-bus-sata", "", "/domain/devices/disk[target/@dev='sda']", IDE, FALSE },
  { "controller-ide", "", NULL, IDE, TRUE },
  /* A word, not a part of one. */
  { "feature-side", "", NULL, IDE, FALSE },
  { "dimm-without-acpi", "", NULL,
    "unsupported configuration: ACPI requires UEFI on this architecture", TRUE },
  { "dimm-without-acpi", "", NULL,
    "internal error: hugetlbfs filesystem is not mounted or disabled by administrator config",
    FALSE },
  /* Words that say nothing about the reason. */
  { "machine-not-offered", "", NULL, "missing TPM device backend", FALSE },
  { "machine-not-offered", "", NULL,
    "unsupported configuration: Emulator '/usr/bin/qemu' does not support machine type "
    "'pc-q35-99.0'",
    TRUE },
  { "domain-type-not-offered", "", NULL,
    "invalid argument: could not find capabilities for domaintype=kvm", FALSE },
  { "domain-type-not-offered", "", NULL, "unsupported configuration: domain type kvm is missing",
    TRUE },
  { "vcpus", "", NULL,
    "unsupported configuration: Maximum CPUs greater than specified machine type limit 1", TRUE },
  { "vcpus", "", NULL, "unsupported configuration: more than 255 vCPUs are not supported", TRUE },
  { "vcpus", "", NULL, IDE, FALSE },
  { "pci-address-twice", "", NULL, "XML error: Attempted double use of PCI Address 0000:00:02.0",
    TRUE },
  { "pci-address-twice", "", NULL, "XML error: no USB controller with index 1", FALSE },
  { "usb-unavailable", "it finds no PCI bus", NULL, "internal error: No PCI buses available",
    TRUE },
  { "usb-unavailable", "it has none", NULL, "internal error: No PCI buses available", FALSE },
  /* The name of the device. */
  { "disk-address", "", "/domain/devices/disk[target/@dev='vdb']",
    "unsupported configuration: target 'vdb' duplicated for disk sources", TRUE },
  { "disk-address", "", "/domain/devices/disk[target/@dev='vdb']",
    "unsupported configuration: target 'vdbc' duplicated for disk sources", FALSE },
  { "disk-address", "", NULL, "", FALSE },
};

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeFinding) finding =
        mt_finding_new_of (rows[i].code, g_strdup (rows[i].message), NULL, rows[i].subject,
                           MACHTYPE_AUTHORITY_LIBVIRT_DEFINE, NULL);

    ROW ("%s: %s", rows[i].code, rows[i].refusal);
    g_assert_cmpint (finding_is_same_refusal (finding, rows[i].refusal), ==, rows[i].is_same);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agreement/rows", test_rows);
  return g_test_run ();
}
