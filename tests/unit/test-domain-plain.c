/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain is read by the scan where its definition is plain, and by libxml2 otherwise: what is
 * read and found is the same, and so are the errors. */

#include "test.h"

#include <string.h>

/* At the beginning, the definition is left to libxml2 at once; at the end, after everything was
 * read. */
#define COMMENT "<!-- -->"

#define QEMU "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
#define TYPE "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"

/* Each also with a comment before every "<": what was read before it does not count twice. */
static const char *const texts[] = {
  "<domain type='kvm'><name>a</name><uuid>b</uuid>" TYPE "</domain>",
  "<domain type='kvm' id='1'><memory unit='GiB'>4</memory><vcpu>300</vcpu>" TYPE
  "<features><acpi/></features><cpu mode='custom'><model>qemu64</model></cpu></domain>",
  "<domain type='kvm' " QEMU ">" TYPE "<qemu:commandline><qemu:arg value='-machine'/>"
  "<qemu:arg value='pc'/><qemu:arg value='-cpu'/><qemu:arg value='max'/></qemu:commandline>"
  "</domain>",
  "<domain type='kvm'><metadata><m:record xmlns:m='urn:libmachtype:record:1' arch='x86_64' "
  "machine='pc' asked='q35' source='image'/></metadata>" TYPE "</domain>",
  "<domain type='kvm'>" TYPE "<devices><emulator>/usr/bin/qemu</emulator>"
  "<disk type='file' device='disk'><serial>1</serial><target dev='hda' bus='ide'/></disk>"
  "<disk type='file' device='cdrom'><target dev='hdb' bus='none'/></disk>"
  "<controller type='nvme' index='0'/><disk><target dev='nvme0n1' bus='nvme'/></disk>"
  "<controller type='pci' index='1' model='pcie-root-port'><target chassis='1' port='0x300'/>"
  "</controller><hub/><hub/><rng model='a'/><input type='tablet' bus='xen'/></devices></domain>",
};

/* What is found in it, or why nothing is. */
static char *
dup_findings (const char *xml)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, NULL, &error);
  GString *text = g_string_new (error != NULL ? error->message : NULL);
  guint i;

  for (i = 0; findings != NULL && i < findings->len; i++) {
    g_autofree char *finding = machtype_finding_to_json (findings->pdata[i]);

    g_string_append_printf (text, "%s\n", finding);
  }
  return g_string_free (text, FALSE);
}

static void
compare_domains (const char *plain, const char *xml)
{
  g_autoptr (GError) plain_error = NULL, error = NULL;
  g_autoptr (MachtypeDomain) a =
      machtype_domain_new_from_xml (plain, -1, MACHTYPE_DOMAIN_READ_DEVICES, &plain_error);
  g_autoptr (MachtypeDomain) b =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_DEVICES, &error);

  if (a == NULL)
    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, plain_error->message);
  else
    g_assert_true (b != NULL && machtype_domain_equal (a, b));
}

static void
compare (const char *plain, const char *before, const char *text, const char *after)
{
  g_autofree char *xml = g_strconcat (before, text, after, NULL);
  g_autofree char *plain_findings = dup_findings (plain), *findings = dup_findings (xml);

  g_assert_cmpstr (findings, ==, plain_findings);
  compare_domains (plain, xml);
}

static void
test_texts (void)
{
  const char *at;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++) {
    for (at = strchr (texts[i], '<'); at != NULL; at = strchr (at + 1, '<')) {
      g_autofree char *before = g_strndup (texts[i], (gsize)(at - texts[i]));

      ROW ("%s" COMMENT "%s", before, at);
      compare (texts[i], before, COMMENT, at);
    }
  }
}

/* A byte somewhere is another one. */
static void
change (const char *name, char *text, gsize length)
{
  static const char others[] = "<>&'\"/= :\n]-!?a1\x7f\xc3";
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint i;

  for (i = 0; i < 100; i++) {
    const gsize at = (gsize)g_rand_int_range (random, 0, (gint32)length);
    const char had = text[at];

    text[at] = others[g_rand_int_range (random, 0, sizeof others - 1)];
    ROW ("%s: byte %u is 0x%02x", name, (guint)at, (guchar)text[at]);
    compare (text, COMMENT, text, "");
    text[at] = had;
  }
}

static void
test_guests (void)
{
  g_autofree char *path = test_data ("guests");
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("guests", name, NULL);
    gsize length;
    g_autofree char *text = test_read (file, &length);

    ROW ("%s", name);
    compare (text, COMMENT, text, "");
    compare (text, "", text, COMMENT);
    change (name, text, length);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/plain/texts", test_texts);
  g_test_add_func ("/domain/plain/guests", test_guests);
  return g_test_run ();
}
