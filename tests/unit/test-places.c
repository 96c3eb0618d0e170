/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and controllers: each row of tests/data/places.tsv, which the suite real holds against
 * libvirt. */

#include "test.h"

#include <string.h>

#include "domain/lint-places-private.h"
#include "places.h"

static GArray *
read_places (void)
{
  g_autofree char *text = test_read ("places.tsv", NULL);

  return places_read (text);
}

static gboolean
is_own (const char *code)
{
  guint i;

  for (i = 1; i <= MT_PLACE_LAST; i++) {
    if (strcmp (mt_place_rule_get ((MtPlaceCode)i)->code, code) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The codes of this table, and whether one of all findings says that libvirt refuses it. */
static char *
lint (const char *xml, gboolean *refused)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, NULL, &error);
  GString *codes = g_string_new (NULL);
  guint i;

  g_assert_no_error (error);
  *refused = FALSE;
  for (i = 0; i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];

    *refused |= machtype_finding_get_authority (finding) == MACHTYPE_AUTHORITY_LIBVIRT_DEFINE;
    if (!is_own (machtype_finding_get_code (finding)))
      continue;
    test_assert_visible (machtype_finding_get_message (finding));
    g_assert_nonnull (machtype_finding_get_remedy (finding));
    g_assert_nonnull (machtype_finding_get_source (finding));
    g_assert_true (g_str_has_prefix (machtype_finding_get_subject (finding), "/domain/"));
    g_string_append_printf (codes, "%s%s", codes->len != 0 ? " " : "",
                            machtype_finding_get_code (finding));
  }
  return g_string_free (codes, FALSE);
}

static void
test_rows (void)
{
  g_autoptr (GArray) places = read_places ();
  guint i, refusals = 0;

  for (i = 0; i < places->len; i++) {
    const Place *place = &g_array_index (places, Place, i);
    g_autofree char *codes = NULL;
    gboolean refused;

    ROW ("%s: %s", place->machine, place->xml);
    codes = lint (place->xml, &refused);
    g_assert_cmpstr (codes, ==, place->codes);
    g_assert_cmpint (refused, ==, place->refused);
    refusals += place->refused;
  }
  g_test_message ("%u refused, %u accepted", refusals, places->len - refusals);
}

/* Every rule has a row, and its fields are filled. */
static void
test_rules (void)
{
  g_autoptr (GArray) places = read_places ();
  guint i, j;

  for (i = 1; i <= MT_PLACE_LAST; i++) {
    const MtPlaceRule *rule = mt_place_rule_get ((MtPlaceCode)i);
    gboolean found = FALSE;

    ROW ("%s", rule->code);
    g_assert_cmpstr (rule->message, !=, "");
    g_assert_cmpstr (rule->remedy, !=, "");
    g_assert_nonnull (strstr (rule->source, "libvirt src/"));
    for (j = 0; j < places->len && !found; j++) {
      const Place *place = &g_array_index (places, Place, j);
      g_auto (GStrv) codes = g_strsplit (place->codes, " ", -1);

      found = g_strv_contains ((const char *const *)codes, rule->code);
    }
    g_assert_true (found);
  }
}

static char *
repeat (guint n, const char *(*make) (guint i, char *buffer, gsize size))
{
  GString *text = g_string_new ("<domain type='qemu'><os><type arch='x86_64' machine='q35'>hvm"
                                "</type></os><features><acpi/></features><devices>");
  char buffer[512];
  guint i;

  for (i = 0; i < n; i++)
    g_string_append (text, make (i, buffer, sizeof buffer));
  g_string_append (text, "</devices></domain>");
  return g_string_free (text, FALSE);
}

static const char *
make_same (guint i, char *buffer, gsize size)
{
  (void)i;
  g_strlcpy (buffer,
             "<rng model='virtio'><backend model='builtin'/><address type='pci' bus='0' slot='4' "
             "function='0'/></rng>",
             size);
  return buffer;
}

static const char *
make_controller (guint i, char *buffer, gsize size)
{
  (void)i;
  g_strlcpy (buffer, "<controller type='scsi' model='virtio-scsi'/>", size);
  return buffer;
}

/* All of the same address but the first are reported; controllers without an index get one. */
static void
test_many (void)
{
  static const struct {
    const char *(*make) (guint i, char *buffer, gsize size);
    guint findings;
  } rows[] = {
    { make_same, 4999 },
    { make_controller, 0 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = repeat (5000, rows[i].make);
    GError *error = NULL;
    g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, NULL, &error);

    g_assert_no_error (error);
    ROW ("%" G_GSIZE_FORMAT ": %u", i, findings->len);
    g_assert_cmpuint (findings->len, ==, rows[i].findings);
  }
}

/* A second finding names the first device. */
static void
test_words (void)
{
  static const struct {
    const char *devices, *message;
  } rows[] = {
    { "<rng model='virtio'><backend model='builtin'/><address type='pci' bus='0' slot='4'/></rng>"
      "<vsock><address type='pci' bus='0x00' slot='0x04' function='0x0'/></vsock>",
      "/domain/devices/vsock[1]: another device has this PCI address (00:04.0, "
      "/domain/devices/rng[1])" },
    { "<rng model='virtio'><backend model='builtin'/><address type='pci' slot='0x1f' "
      "function='3'/></rng>",
      "/domain/devices/rng[1]: the board itself has a device at this PCI address (00:1f.3: the "
      "SMBus controller)" },
    { "<controller type='sata' index='0'><address type='pci' slot='4'/></controller>",
      "/domain/devices/controller[1]: the board has this controller at another PCI address "
      "(00:1f.2)" },
    { "<rng model='virtio'><backend model='builtin'/><address type='pci' slot='x'/></rng>",
      "/domain/devices/rng[1]: libvirt cannot read this value of the address (slot='x')" },
    { "<rng model='virtio'><backend model='builtin'/><address type='pci' slot='0x20'/></rng>",
      "/domain/devices/rng[1]: the address is out of range (slot='0x20'; at most 0x1f)" },
    { "<controller type='pci' index='1' model='pcie-root-port'/>"
      "<rng model='virtio'><backend model='builtin'/><address type='pci' bus='1' slot='2'/></rng>",
      "/domain/devices/rng[1]: the PCI bus has no such slot (slot 0x02 on pcie-root-port: at most "
      "0x00)" },
    { "<controller type='pci' index='1' model='pcie-root-port'/>"
      "<controller type='pci' index='2' model='pcie-expander-bus'>"
      "<address type='pci' bus='1' slot='0'/></controller>",
      "/domain/devices/controller[2]: the PCI bus does not accept this device (a pcie-expander-bus "
      "on bus 0x01, a pcie-root-port)" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = g_strdup_printf (
        "<domain type='qemu'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"
        "</features><devices>%s</devices></domain>",
        rows[i].devices);
    GError *error = NULL;
    g_autoptr (GPtrArray) findings = machtype_domain_lint (xml, -1, NULL, &error);

    g_assert_no_error (error);
    ROW ("%s", xml);
    g_assert_cmpuint (findings->len, ==, 1);
    g_assert_cmpstr (machtype_finding_get_message (findings->pdata[0]), ==, rows[i].message);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/places/rows", test_rows);
  g_test_add_func ("/places/rules", test_rules);
  g_test_add_func ("/places/many", test_many);
  g_test_add_func ("/places/words", test_words);
  return g_test_run ();
}
