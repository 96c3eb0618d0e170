/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt adds to a definition does not count as a difference; what an operator changes does.
 */

#include "test.h"

#include "domain/domain-private.h"

#define DOMAIN(devices) "<domain><name>a</name><devices>" devices "</devices></domain>"
#define NIC "<interface type='user'/>"
#define OTHER "<watchdog model='i6300esb' action='pause'/>"

static void
test_added (void)
{
  static const struct {
    const char *before, *after;
    gboolean is_same;
  } rows[] = {
    { DOMAIN (NIC), DOMAIN (NIC), TRUE },
    { DOMAIN (NIC), DOMAIN ("<controller type='usb' index='0'/>" NIC), TRUE },
    { DOMAIN (NIC), DOMAIN ("<interface type='user'><address type='pci' slot='0x03'/></interface>"),
      TRUE },
    /* libvirt from 9.1 on writes down the watchdog of q35's chipset. */
    { DOMAIN (NIC), DOMAIN (NIC "<watchdog model='itco' action='reset'/>"), TRUE },
    { DOMAIN (NIC "<watchdog model='itco' action='reset'/>"), DOMAIN (NIC), TRUE },
    { DOMAIN (OTHER), DOMAIN (OTHER "<watchdog model='itco' action='pause'/>"), TRUE },
    { DOMAIN (OTHER), DOMAIN (OTHER "<watchdog model='itco' action='reset'/>"), FALSE },
    { DOMAIN (OTHER), DOMAIN ("<watchdog model='itco' action='pause'/>"), FALSE },
    { DOMAIN (NIC), DOMAIN (NIC "<watchdog model='itco' action='poweroff'/>"), FALSE },
    { DOMAIN (NIC), DOMAIN (NIC "<watchdog model='i6300esb' action='reset'/>"), FALSE },
    { DOMAIN (NIC), DOMAIN (NIC "<watchdog/>"), FALSE },
    { DOMAIN (NIC), DOMAIN (NIC NIC), FALSE },
    { DOMAIN (NIC), DOMAIN (""), FALSE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;
    g_autofree char *before = mt_domain_dup_comparable (rows[i].before, &error);
    g_autofree char *after = NULL;

    ROW ("%s: %s", rows[i].before, rows[i].after);
    g_assert_no_error (error);
    after = mt_domain_dup_comparable (rows[i].after, &error);
    g_assert_no_error (error);
    g_assert_cmpint (g_strcmp0 (before, after) == 0, ==, rows[i].is_same);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/comparable/added", test_added);
  return g_test_run ();
}
