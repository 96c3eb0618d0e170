/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt defines each domain of tests/data/places.tsv, and refuses those that the table says. What
 * an emulator that is not installed would say is unknown. */

#include "test.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "differences.h"
#include "places.h"
#include "private-root.h"

static PrivateRoot root;
static virConnect *libvirt;

static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

/* NULL: libvirt defines it. */
static char *
dup_refusal (const char *xml)
{
  virDomain *domain = virDomainDefineXMLFlags (libvirt, xml, 0);

  if (domain == NULL)
    return g_strdup (virGetLastErrorMessage ());
  g_assert_cmpint (virDomainUndefineFlags (domain, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM), ==, 0);
  virDomainFree (domain);
  return NULL;
}

static void
test_rows (void)
{
  g_autofree char *text = test_read ("places.tsv", NULL);
  g_autoptr (GArray) places = places_read (text);
  guint i, refused = 0, skipped = 0;

  for (i = 0; i < places->len; i++) {
    const Place *place = &g_array_index (places, Place, i);
    g_autofree char *refusal = dup_refusal (place->xml);

    ROW ("%s: %s", place->machine, refusal != NULL ? refusal : "accepted");
    if (refusal != NULL && strstr (refusal, "No emulator found") != NULL) {
      skipped++;
      continue;
    }
    refused += refusal != NULL;
    if ((refusal != NULL) == place->refused)
      continue;
    difference (place->xml, place->refused ? "define refuses" : "define accepts", refusal);
  }
  g_test_message ("%u refused, %u accepted, %u without an emulator, %u otherwise", refused,
                  places->len - refused - skipped, skipped, difference_count ());
  difference_end ();
  g_assert_cmpuint (skipped, <, places->len / 10);
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("LIBVIRT_DEBUG", "4", FALSE);
  g_test_init (&argc, &argv, NULL);
  if (!private_root_init (&root))
    return g_getenv ("MACHTYPE_TEST_REQUIRE") != NULL ? 1 : 77;
  virSetErrorFunc (NULL, ignore_error);
  /* The embedded driver wants one, although nothing here waits for an event. */
  g_assert_cmpint (virEventRegisterDefaultImpl (), ==, 0);
  libvirt = virConnectOpen (root.uri);
  g_assert_nonnull (libvirt);
  g_test_add_func ("/places/define", test_rows);
  status = g_test_run ();
  g_assert_cmpint (virConnectClose (libvirt), ==, 0);
  private_root_clear (&root);
  return status;
}
