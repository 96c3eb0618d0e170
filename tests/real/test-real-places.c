/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt defines each domain of tests/data/places.tsv, and refuses those that the table says: that
 * is libvirt 9.0. Of another, lint says what it refuses; of boards without a class lint says
 * nothing. What an emulator that is not installed would say is unknown. */

#include "test.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "differences.h"
#include "domain/lint-places-private.h"
#include "machine-class-private.h"
#include "places.h"
#include "private-root.h"

static PrivateRoot root;
static virConnect *libvirt;
static MachtypeHost *host;

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

static gboolean
has_class (const char *machine)
{
  g_auto (GStrv) words = g_strsplit (machine, " ", 2);

  return mt_class_find (machtype_arch_from_string (words[0], NULL), words[1]) != MT_CLASS_NONE;
}

/* A code whose rules say that define accepts it, but another version does not. */
static gboolean
is_newer_code (const char *code)
{
  guint i;

  for (i = 1; i <= MT_PLACE_LAST; i++) {
    const MtPlaceRule *rule = mt_place_rule_get ((MtPlaceCode)i);

    if (rule->authority != MACHTYPE_AUTHORITY_LIBVIRT_DEFINE && strcmp (rule->code, code) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_tables_libvirt (void)
{
  unsigned long version;

  g_assert_cmpint (virConnectGetLibVersion (libvirt, &version), ==, 0);
  return version / 1000 == 9000;
}

/* Whether there is a finding for the host that libvirt refuses it; or one of this table that newer
 * libvirt does, whose versions it does not have. */
static gboolean
is_found (const char *xml, gboolean *is_newer)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, host, &error);
  gboolean found = FALSE;
  guint i;

  g_assert_no_error (error);
  *is_newer = FALSE;
  for (i = 0; i < findings->len; i++) {
    found |=
        machtype_finding_get_authority (findings->pdata[i]) == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
    *is_newer |= is_newer_code (machtype_finding_get_code (findings->pdata[i]));
  }
  return found;
}

/* What is expected of this host's libvirt; a message, NULL if it is as expected. */
static const char *
judge (const Place *place, const char *refusal)
{
  gboolean expected = place->refused, is_newer = FALSE;

  if (!is_tables_libvirt ()) {
    if (!has_class (place->machine))
      return NULL;
    expected = is_found (place->xml, &is_newer);
  }
  if ((refusal != NULL) == expected || (refusal != NULL && is_newer))
    return NULL;
  return expected ? "define refuses" : "define accepts";
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
    const char *wanted;

    ROW ("%s: %s", place->machine, refusal != NULL ? refusal : "accepted");
    if (refusal != NULL && strstr (refusal, "No emulator found") != NULL) {
      skipped++;
      continue;
    }
    refused += refusal != NULL;
    wanted = judge (place, refusal);
    if (wanted != NULL)
      difference (place->xml, wanted, refusal);
  }
  g_test_message ("%u refused, %u accepted, %u without an emulator, %u otherwise", refused,
                  places->len - refused - skipped, skipped, difference_count ());
  difference_end ();
  g_assert_cmpuint (skipped, <, places->len / 10);
}

int
main (int argc, char **argv)
{
  GError *error = NULL;
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
  host = machtype_host_open (root.uri, MACHTYPE_HOST_OPEN_NONE, -1, &error);
  g_assert_no_error (error);
  g_test_add_func ("/places/define", test_rows);
  status = g_test_run ();
  machtype_host_unref (host);
  g_assert_cmpint (virConnectClose (libvirt), ==, 0);
  private_root_clear (&root);
  return status;
}
