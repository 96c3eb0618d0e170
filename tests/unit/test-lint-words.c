/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes of devices for which libvirt knows a few words. */

#include "test.h"

#include <string.h>

#include "domain/lint-private.h"
#include "facts.h"

#define DOMAIN                                                                                     \
  "<domain type='qemu' xmlns:x='urn:x'><os><type arch='%s' machine='%s'>hvm</type></os>"           \
  "<devices>%s</devices></domain>"

#define CAPABILITIES                                                                               \
  "<domainCapabilities><domain>qemu</domain><machine>pc-q35-8.0</machine><arch>x86_64</arch>"      \
  "<devices><video supported='yes'><enum name='modelType'><value>vga</value></enum></video>"       \
  "<rng supported='yes'><enum name='model'><value>virtio</value><value>new</value></enum>"         \
  "<enum name='backendModel'><value>random</value></enum></rng></devices></domainCapabilities>"

/* The codes of this check, in order, with their subjects. */
static char *
dup_found (const char *machine, const char *arch, const char *devices)
{
  g_autofree char *xml = g_strdup_printf (DOMAIN, arch, machine, devices);
  GError *error = NULL;
  g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, NULL, &error);
  GString *found = g_string_new (NULL);
  guint i;

  g_assert_no_error (error);
  ROW ("%s", xml);
  for (i = 0; i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];

    if (machtype_finding_get_authority (finding) != MACHTYPE_AUTHORITY_LIBVIRT_DEFINE ||
        !g_str_equal (machtype_finding_get_source (finding), "libvirt src/conf/domain_conf.c"))
      continue;
    g_assert_cmpint (machtype_finding_get_severity (finding), ==, MACHTYPE_SEVERITY_ERROR);
    g_assert_true (g_str_has_prefix (machtype_finding_get_message (finding),
                                     machtype_finding_get_subject (finding)));
    g_string_append_printf (found, "%s%s %s", found->len != 0 ? ", " : "",
                            machtype_finding_get_code (finding),
                            machtype_finding_get_subject (finding));
  }
  return g_string_free (found, FALSE);
}

/* Every word of the table is one of libvirt's, whatever the machine; nothing else is. */
static char *
dup_device (const MtWordRow *row, const char *value)
{
  const MtLintDevice device = { .element = (guint8)row->element };
  const char *element = mt_lint_get_element (&device), *part = row->part;
  g_autofree char *attribute =
      value != NULL ? g_strdup_printf (" %s='%s'", row->attribute, value) : g_strdup ("");

  if (*part == '\0')
    return g_strdup_printf ("<%s%s/>", element, attribute);
  if (strcmp (part, "target/model") == 0)
    return g_strdup_printf ("<%s><target><model%s/></target></%s>", element, attribute, element);
  return g_strdup_printf ("<%s><%s%s/></%s>", element, part, attribute, element);
}

/* Whether the attribute is found with this value; NULL: it is missing. */
static gboolean
is_found (const MtWordRow *row, const char *value, const char *suffix)
{
  g_autofree char *device = dup_device (row, value),
                  *found = dup_found ("pc-q35-8.0", "x86_64", device);
  g_autofree char *code = g_strconcat (row->code, suffix, " ", NULL);

  return strstr (found, code) != NULL;
}

static void
test_table (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const MtWordRow *row;
  gsize i, k;

  for (i = 0; (row = mt_lint_words_get (i)) != NULL; i++) {
    const MtLintDevice device = { .element = (guint8)row->element };
    g_auto (GStrv) words = g_strsplit (row->words, " ", -1);
    const gboolean takes_empty = !is_found (row, "", "-unknown");

    for (k = 0; words[k] != NULL; k++) {
      g_autofree char *longer = g_strconcat (words[k], "x", NULL);
      g_autofree char *shorter = g_strndup (words[k], strlen (words[k]) - 1);

      g_assert_false (is_found (row, words[k], "-unknown"));
      g_assert_true (is_found (row, longer, "-unknown"));
      g_assert_true (is_found (row, shorter, "-unknown"));
    }
    g_assert_true (is_found (row, "Virtio", "-unknown"));
    g_assert_true (is_found (row, "virtio ide", "-unknown"));
    g_assert_cmpint (is_found (row, NULL, "-missing"), ==, (row->flags & MT_WORD_REQUIRED) != 0);
    facts_add (text, row->code, mt_lint_get_element (&device), row->part, row->attribute,
               row->words, (row->flags & MT_WORD_REQUIRED) != 0 ? "required" : "",
               takes_empty ? "or empty" : "", NULL);
  }
  facts_check ("lint-words.tsv", text->str);
}

static gboolean
has_code (const GPtrArray *findings, const char *code)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (g_str_equal (machtype_finding_get_code (findings->pdata[i]), code))
      return TRUE;
  }
  return FALSE;
}

/* What is read, on which machines, and what the finding is about. */
static void
test_places (void)
{
  static const struct {
    const char *machine, *arch, *devices, *found;
  } rows[] = {
    { "pc", "x86_64", "<rng model='a'/>", "rng-model-unknown /domain/devices/rng[1]/@model" },
    { "malta", "mipsel", "<rng model='a'/>", "rng-model-unknown /domain/devices/rng[1]/@model" },
    { "raspi3b", "aarch64", "<hub/>", "hub-type-missing /domain/devices/hub[1]/@type" },
    { "unknown", "x86_64", "<hub/>", "hub-type-missing /domain/devices/hub[1]/@type" },
    { "pc", "nothing", "<hub/>", "hub-type-missing /domain/devices/hub[1]/@type" },
    { "pc", "x86_64", "<hub type='usb'/><hub/>", "hub-type-missing /domain/devices/hub[2]/@type" },
    { "pc", "x86_64", "<hub/><rng model='a'/><hub/>",
      "hub-type-missing /domain/devices/hub[1]/@type, "
      "rng-model-unknown /domain/devices/rng[1]/@model, "
      "hub-type-missing /domain/devices/hub[2]/@type" },
    { "pc", "x86_64", "<disk><target dev='sda' bus='b'/></disk>",
      "disk-bus-unknown /domain/devices/disk[target/@dev='sda']/target/@bus" },
    /* libvirt reads the first one, or refuses two. */
    { "pc", "x86_64", "<disk><target bus='sata'/><target bus='b'/></disk>", "" },
    { "pc", "x86_64", "<disk><target bus='b'/></disk><disk><target bus='c'/></disk>",
      "disk-bus-unknown /domain/devices/disk[1]/target/@bus, "
      "disk-bus-unknown /domain/devices/disk[2]/target/@bus" },
    { "pc", "x86_64", "<serial type='p'><target type='t'><model name='m'/></target></serial>",
      "serial-source-unknown /domain/devices/serial[1]/@type, "
      "serial-target-unknown /domain/devices/serial[1]/target/@type, "
      "serial-target-model-unknown /domain/devices/serial[1]/target/model/@name" },
    /* Elsewhere, in another namespace, and what is not a device. */
    { "pc", "x86_64", "<serial><source><model name='m'/></source></serial>", "" },
    { "pc", "x86_64", "<serial><x:target><model name='m'/></x:target></serial>", "" },
    { "pc", "x86_64", "<x:hub/><x:disk type='t'/>", "" },
    { "pc", "x86_64", "<hub type='usb'><x:target/></hub><video><x:model type='y'/></video>", "" },
    { "pc", "x86_64", "<audio type='a'/>", "" },
    { "pc", "x86_64", "<disk><rng model='a'/></disk>", "" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *found = dup_found (rows[i].machine, rows[i].arch, rows[i].devices);

    g_assert_cmpstr (found, ==, rows[i].found);
  }
}

/* Other hypervisors have other drivers. */
static void
test_hypervisor (void)
{
  g_autoptr (GPtrArray) findings =
      machtype_domain_lint ("<domain type='xen'><os><type arch='x86_64'>hvm</type></os>"
                            "<devices><hub/></devices></domain>",
                            -1, NULL, NULL);

  g_assert_cmpuint (findings->len, ==, 1);
}

/* The host's own words count, if its domain capabilities list them. */
static void
test_host (void)
{
  static const struct {
    const char *devices, *found; /* found without a host, and: */
    gboolean with_host;
  } rows[] = {
    { "<video><model type='a'/></video>", "video-model-unknown", FALSE },
    { "<rng model='a'><backend model='random'/></rng>", "rng-model-unknown", TRUE },
    { "<rng model='virtio'><backend model='b'/></rng>", "rng-backend-unknown", TRUE },
    { "<rng model='new'><backend model='random'/></rng>", "rng-model-unknown", FALSE },
    { "<watchdog model='new'/>", "watchdog-model-unknown", TRUE },
    { "<rng><backend model='random'/></rng>", "rng-model-missing", TRUE },
  };
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  GError *error = NULL;
  gsize i;

  machtype_host_builder_add_domain_capabilities (builder, CAPABILITIES, -1, &error);
  g_assert_no_error (error);
  host = machtype_host_builder_end (builder);
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = g_strdup_printf (DOMAIN, "x86_64", "pc-q35-8.0", rows[i].devices);
    g_autoptr (GPtrArray) without = machtype_domain_lint (xml, -1, NULL, &error);
    g_autoptr (GPtrArray) with = machtype_domain_lint (xml, -1, host, &error);

    ROW ("%s", xml);
    g_assert_true (has_code (without, rows[i].found));
    g_assert_cmpint (has_code (with, rows[i].found), ==, rows[i].with_host);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lint-words/table", test_table);
  g_test_add_func ("/lint-words/places", test_places);
  g_test_add_func ("/lint-words/host", test_host);
  g_test_add_func ("/lint-words/hypervisor", test_hypervisor);
  return g_test_run ();
}
