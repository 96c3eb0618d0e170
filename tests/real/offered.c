/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "offered.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "differences.h"

gboolean
offered_ask (virConnect *libvirt, const MachtypeHost *host, const char *arch, const char *machine)
{
  const gboolean offered =
      machtype_host_get_emulator (host, machtype_arch_from_string (arch, NULL), "qemu") != NULL;
  char *capabilities = virConnectGetDomainCapabilities (libvirt, NULL, arch, machine, "qemu", 0);
  g_autofree char *label = g_strdup_printf ("%s %s", arch, machine);

  free (capabilities);
  if (capabilities == NULL)
    g_test_message ("%s: not on this host: %s", label, virGetLastErrorMessage ());
  /* Nothing may be skipped where the tests have to run. */
  if (capabilities == NULL && g_getenv ("MACHTYPE_TEST_REQUIRE") != NULL &&
      strstr (virGetLastErrorMessage (), "find any emulator") != NULL)
    difference (label, "an emulator is installed", virGetLastErrorMessage ());
  if (capabilities == NULL && offered)
    difference (label, "the library offers it", virGetLastErrorMessage ());
  if (capabilities != NULL && !offered)
    difference (label, "the library does not offer it", "libvirt has its capabilities");
  return capabilities != NULL;
}
