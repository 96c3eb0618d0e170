/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The judgment on a conversion: what is refused, with which reasons and warnings. What a conversion
 * changes is in test-convert.c. */

#include "test.h"

#include <string.h>

#define FORCE MACHTYPE_CHANGE_FORCE
#define PIN MACHTYPE_CHANGE_PIN
#define OFFERED MACHTYPE_CHANGE_REQUIRE_OFFERED
#define HEAD "<domain type='kvm'><os><type arch='x86_64' machine='"
#define TAIL "'>hvm</type></os><features><acpi/></features><devices/></domain>"
#define PC HEAD "pc" TAIL
#define PC72 HEAD "pc-i440fx-7.2" TAIL
#define Q35(os)                                                                                    \
  "<domain type='kvm'><os><type arch='x86_64' machine='q35'>hvm</type>" os "</os></domain>"
#define BOARD(machine)                                                                             \
  "<domain type='qemu'><os><type arch='aarch64' machine='" machine "'>hvm</type></os></domain>"

static MachtypeConversion *
convert (const char *xml, const char *machine, MachtypeState state, guint flags, MachtypeHost *host)
{
  GError *error = NULL;
  MachtypeConversion *conversion =
      machtype_domain_convert (xml, -1, machine, state, (MachtypeChangeFlags)flags, host, &error);

  g_assert_no_error (error);
  return conversion;
}

/* A refusal has no XML; whatever is permitted has. */
static void
assert_judgment (const MachtypeConversion *conversion, MachtypeVerdict verdict, const char *reasons)
{
  MachtypeChange *change = machtype_conversion_get_change (conversion);
  g_autofree char *codes = test_join_codes (machtype_change_list_reasons (change));
  g_autofree char *effects = test_join_codes (machtype_change_list_effects (change));
  g_autofree char *same = test_join_codes (machtype_conversion_list_effects (conversion));

  g_assert_cmpstr (machtype_verdict_to_string (machtype_change_get_verdict (change)), ==,
                   machtype_verdict_to_string (verdict));
  g_assert_cmpstr (codes, ==, reasons);
  g_assert_cmpstr (effects, ==, same);
  g_assert_cmpint (machtype_conversion_get_xml (conversion) != NULL, ==,
                   machtype_change_is_permitted (change));
}

#define REFUSED(kind) MACHTYPE_VERDICT_REFUSED_##kind

/* words: of the first reason. */
static const struct {
  const char *xml, *machine;
  guint flags;
  MachtypeVerdict verdict;
  const char *reasons, *words;
} refusals[] = {
  { PC72, "pc-q35-7.2", 0, REFUSED (FAMILY), "refused-family", "different machines" },
  { PC72, "pc-i440fx-6.2", 0, REFUSED (DOWNGRADE), "refused-downgrade", "older" },
  { PC72, "pc-i440fx-rhel7.6.0", 0, REFUSED (VENDOR), "refused-vendor", "Red Hat" },
  { PC72, "pc", 0, REFUSED (ALIAS), "refused-alias", "alias" },
  { PC, "q35", 0, REFUSED (FAMILY), "refused-family", "different machines" },
  { PC, "q 35", 0, REFUSED (INVALID), "refused-invalid", "'q 35'" },
  { PC, "q 35", FORCE, REFUSED (INVALID), "refused-invalid", "'q 35'" },
  { PC, "", FORCE, REFUSED (INVALID), "refused-invalid", "''" },
  /* Not a target: forced or not. */
  { PC72, "nonsense", 0, REFUSED (UNSUPPORTED), "target refused-unsupported refused-family",
    "pc or q35" },
  { PC72, "nonsense", FORCE, REFUSED (UNSUPPORTED), "target refused-unsupported refused-family",
    "pc or q35" },
  { PC72, "microvm", FORCE, REFUSED (UNSUPPORTED), "target refused-family", "pc or q35" },
  { PC72, "isapc", 0, REFUSED (UNSUPPORTED), "target refused-family", "pc or q35" },
  { BOARD ("sbsa-ref"), "virt-7.2", FORCE, REFUSED (UNSUPPORTED), "target refused-family",
    "pc or q35" },
  /* Another architecture, or none. */
  { PC72, "virt", 0, REFUSED (UNSUPPORTED), "architecture refused-unsupported refused-family",
    "virt architecture" },
  { PC72, "virt-7.2", FORCE, REFUSED (UNSUPPORTED),
    "architecture refused-unsupported refused-family", "virt-7.2 architecture" },
  { BOARD ("virt-7.2"), "pc-q35-7.2", FORCE, REFUSED (UNSUPPORTED),
    "architecture refused-unsupported refused-family", "pc-q35-7.2 architecture" },
  { "<domain><os><type machine='pc'/></os></domain>", "q35", 0, REFUSED (UNSUPPORTED),
    "architecture refused-family", "no known architecture" },
  { "<domain><os><type machine='pc'/></os></domain>", "q35", FORCE, REFUSED (UNSUPPORTED),
    "architecture refused-family", "no known architecture" },
  { "<domain><os><type arch='pdp11' machine='pc'/></os></domain>", "q35", FORCE,
    REFUSED (UNSUPPORTED), "architecture refused-family", "no known architecture" },
  /* Other hypervisors. */
  { "<domain type='xen'><os><type arch='x86_64' machine='xenfv-4.2'/></os></domain>", "pc-q35-7.2",
    FORCE, REFUSED (UNSUPPORTED), "domain-type refused-family", "QEMU" },
  { "<domain type='bhyve'><os><type arch='x86_64' machine='pc-i440fx-7.2'/></os></domain>",
    "pc-q35-7.2", FORCE, REFUSED (UNSUPPORTED), "domain-type refused-family", "QEMU" },
  /* What only q35 can have. */
  { Q35 ("<loader secure='yes'/>"), "pc", FORCE, REFUSED (UNSUPPORTED),
    "secure-boot refused-family", "Secure Boot" },
  { Q35 ("<firmware><feature enabled='yes' name='secure-boot'/></firmware>"), "pc", FORCE,
    REFUSED (UNSUPPORTED), "secure-boot refused-family", "Secure Boot" },
  { Q35 ("<firmware><feature enabled='yes' name='enrolled-keys'/></firmware>"), "pc", 0,
    REFUSED (UNSUPPORTED), "secure-boot refused-family", "Secure Boot" },
  { "<domain><vcpu> 256 </vcpu><os><type arch='x86_64' machine='q35'/></os></domain>", "pc", FORCE,
    REFUSED (UNSUPPORTED), "vcpus refused-family", "256 255 pc" },
  { "<domain><vcpu>999</vcpu><os><type arch='x86_64' machine='q35'/><loader secure='yes'/></os>"
    "</domain>",
    "pc", FORCE, REFUSED (UNSUPPORTED), "secure-boot vcpus refused-family", "Secure Boot" },
};

static void
assert_words (const char *text, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  gsize i;

  for (i = 0; list[i] != NULL; i++)
    g_assert_nonnull (strstr (text, list[i]));
}

static void
test_refused (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autoptr (GPtrArray) reasons = NULL;

    ROW ("%s%s: %s", refusals[i].machine, refusals[i].flags != 0 ? ", forced" : "",
         refusals[i].xml);
    conversion = convert (refusals[i].xml, refusals[i].machine, MACHTYPE_STATE_STOPPED,
                          refusals[i].flags, NULL);
    assert_judgment (conversion, refusals[i].verdict, refusals[i].reasons);
    reasons = machtype_change_list_reasons (machtype_conversion_get_change (conversion));
    assert_words (machtype_finding_get_message (reasons->pdata[0]), refusals[i].words);
  }
}

/* A refusal has the effects of the conversion, too, if there is one; and nothing is called forced.
 */
static void
test_effects (void)
{
  static const struct {
    const char *xml, *machine;
    guint flags;
    const char *effects, *warnings;
  } rows[] = {
    { PC72, "pc-q35-9.1", 0, "board pci-controllers saved-state", "lifecycle" },
    { PC72, "pc-q35-9.1", FORCE, "board pci-controllers saved-state", "lifecycle forced" },
    { Q35 ("<loader secure='yes' type='pflash'/>"), "pc", FORCE,
      "board acpi-missing firmware saved-state", "" },
    { PC72, "microvm", FORCE, "board", "" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autofree char *effects = NULL, *warnings = NULL;

    ROW ("%s: %s", rows[i].machine, rows[i].xml);
    conversion =
        convert (rows[i].xml, rows[i].machine, MACHTYPE_STATE_STOPPED, rows[i].flags, NULL);
    effects = test_join_codes (machtype_conversion_list_effects (conversion));
    g_assert_cmpstr (effects, ==, rows[i].effects);
    warnings = test_join_codes (
        machtype_change_list_warnings (machtype_conversion_get_change (conversion)));
    g_assert_cmpstr (warnings, ==, rows[i].warnings);
  }
}

/* The remedy of the first reason; NULL: none. */
static void
test_remedies (void)
{
  static const struct {
    const char *xml, *machine;
    guint flags;
    const char *words;
  } rows[] = {
    { PC72, "pc-q35-7.2", 0, "force" },
    { PC72, "pc-q35-7.2", FORCE, NULL }, /* it is */
    { PC72, "pc-i440fx-6.2", 0, NULL },
    { PC, "pc-i440fx-7.2", 0, "--pin" },
    { PC72, "microvm", 0, NULL }, /* does not help */
    { Q35 ("<loader secure='yes'/>"), "pc", 0, "disable Secure Boot" },
    { "<domain><os><type machine='pc'/></os></domain>", "q35", 0, "arch host" },
    { "<domain><vcpu>256</vcpu><os><type arch='x86_64' machine='q35'/></os></domain>", "pc", 0,
      "reduce" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autoptr (GPtrArray) reasons = NULL;
    const char *remedy;

    ROW ("%s: %s", rows[i].machine, rows[i].xml);
    conversion =
        convert (rows[i].xml, rows[i].machine, MACHTYPE_STATE_STOPPED, rows[i].flags, NULL);
    reasons = machtype_change_list_reasons (machtype_conversion_get_change (conversion));
    remedy = machtype_finding_get_remedy (reasons->pdata[0]);
    if (rows[i].words != NULL)
      assert_words (remedy, rows[i].words);
    else
      g_assert_null (remedy);
  }
}

static void
test_state (void)
{
  static const struct {
    MachtypeState state;
    guint flags;
    const char *machine;
    MachtypeVerdict verdict;
    const char *reasons;
  } rows[] = {
    { MACHTYPE_STATE_STOPPED, 0, "pc-i440fx-8.0", MACHTYPE_VERDICT_ALLOWED, "" },
    { MACHTYPE_STATE_SHELVED, 0, "pc-i440fx-8.0", MACHTYPE_VERDICT_ALLOWED, "" },
    { MACHTYPE_STATE_SHELVED_OFFLOADED, 0, "pc-i440fx-8.0", MACHTYPE_VERDICT_ALLOWED, "" },
    { MACHTYPE_STATE_OTHER, 0, "pc-i440fx-8.0", REFUSED (STATE), "refused-state" },
    { MACHTYPE_STATE_UNKNOWN, 0, "pc-i440fx-8.0", REFUSED (STATE), "refused-state" },
    { MACHTYPE_STATE_SAVED, 0, "pc-i440fx-8.0", REFUSED (STATE), "saved-state" },
    { MACHTYPE_STATE_OTHER, FORCE, "pc-i440fx-8.0", MACHTYPE_VERDICT_FORCED, "refused-state" },
    { MACHTYPE_STATE_OTHER, 0, "pc-q35-7.2", REFUSED (STATE), "refused-state refused-family" },
    { MACHTYPE_STATE_OTHER, 0, "virt", REFUSED (UNSUPPORTED),
      "architecture refused-state refused-unsupported refused-family" },
    { MACHTYPE_STATE_OTHER, 0, "pc-i440fx-7.2", MACHTYPE_VERDICT_NOOP, "" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;

    ROW ("state %d, %s", rows[i].state, rows[i].machine);
    conversion = convert (PC72, rows[i].machine, rows[i].state, rows[i].flags, NULL);
    assert_judgment (conversion, rows[i].verdict, rows[i].reasons);
  }
}

/* libvirt writes the ID of a domain while it runs. */
static void
test_live (void)
{
#define WITH(attributes)                                                                           \
  "<domain type='kvm'" attributes "><os><type arch='x86_64' "                                      \
  "machine='pc-i440fx-7.2'/></os></domain>"
  static const struct {
    const char *xml, *machine, *warnings;
  } rows[] = {
    { WITH (""), "pc-i440fx-9.1", "lifecycle" },
    { WITH (" id='1'"), "pc-i440fx-9.1", "lifecycle live-xml" },
    { WITH (" id='12'"), "pc-i440fx-7.2", "live-xml" },
    { WITH (" id='1'"), "pc-q35-9.1", "lifecycle live-xml" },
    { WITH (" xmlns:x='urn:x' x:id='1'"), "pc-i440fx-9.1", "lifecycle" },
  };
#undef WITH
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autofree char *warnings = NULL;

    ROW ("%s: %s", rows[i].machine, rows[i].xml);
    conversion = convert (rows[i].xml, rows[i].machine, MACHTYPE_STATE_STOPPED, 0, NULL);
    warnings = test_join_codes (
        machtype_change_list_warnings (machtype_conversion_get_change (conversion)));
    g_assert_cmpstr (warnings, ==, rows[i].warnings);
  }
}

#define ARGUMENTS(machine, arguments)                                                              \
  "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><os><type "             \
  "arch='x86_64' machine='" machine "'/></os><q:commandline>" arguments                            \
  "</q:commandline></domain>"
#define ARGUMENT(value) "<q:arg value='" value "'/>"

/* A machine type in QEMU's own arguments would run after the conversion, too. */
static void
test_arguments (void)
{
  static const struct {
    const char *xml, *machine;
    guint flags;
    MachtypeVerdict verdict;
    const char *reasons;
  } rows[] = {
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("-machine") ARGUMENT ("type=pc-q35-3.1,accel=kvm")),
      "pc-i440fx-8.0", 0, REFUSED (UNSUPPORTED), "machine-argument" },
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("-M") ARGUMENT ("q35")), "pc-i440fx-8.0", FORCE,
      REFUSED (UNSUPPORTED), "machine-argument" },
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("--machine") ARGUMENT ("pc-i440fx-6.2")), "pc-q35-7.2",
      FORCE, REFUSED (UNSUPPORTED), "machine-argument refused-family" },
    /* Nothing would change, but another one runs. */
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("-M") ARGUMENT ("q35")), "pc-i440fx-7.2", 0,
      REFUSED (UNSUPPORTED), "machine-argument" },
    /* Only QEMU's own arguments name one. */
    { "<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><os><type>hvm</type></os>"
      "<q:commandline>" ARGUMENT ("-M") ARGUMENT ("pc-q35-3.1") "</q:commandline></domain>",
      "pc-q35-7.2", FORCE, REFUSED (UNSUPPORTED), "machine-argument" },
    { "<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><os><type>hvm</type></os>"
      "<q:commandline>" ARGUMENT ("-M") ARGUMENT ("pc-q35-3.1") "</q:commandline></domain>",
      "pc-i440fx-7.2", 0, REFUSED (UNSUPPORTED), "machine-argument architecture refused-family" },
    /* The one that runs is the one that is wanted; others are not types. */
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("-M") ARGUMENT ("pc-i440fx-8.0")), "pc-i440fx-8.0", 0,
      MACHTYPE_VERDICT_ALLOWED, "" },
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("-machine") ARGUMENT ("vmport=off")), "pc-i440fx-8.0",
      0, MACHTYPE_VERDICT_ALLOWED, "" },
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("-device") ARGUMENT ("q35")), "pc-i440fx-8.0", 0,
      MACHTYPE_VERDICT_ALLOWED, "" },
    { ARGUMENTS ("pc-i440fx-7.2", ARGUMENT ("-M") ARGUMENT ("q35")), "q 35", 0, REFUSED (INVALID),
      "refused-invalid" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;

    ROW ("%s: %s", rows[i].machine, rows[i].xml);
    conversion =
        convert (rows[i].xml, rows[i].machine, MACHTYPE_STATE_STOPPED, rows[i].flags, NULL);
    assert_judgment (conversion, rows[i].verdict, rows[i].reasons);
  }
}

/* "machine", or NULL if it was refused. */
static char *
find_machine (const MachtypeConversion *conversion)
{
  const char *xml = machtype_conversion_get_xml (conversion);

  return xml != NULL ? test_find_in_xml (xml, "string(/domain/os/type/@machine)") : NULL;
}

/* On this host, pc is pc-i440fx-7.2 and q35 is pc-q35-7.2. With pinning, an alias becomes that
 * without force, also if it is requested by itself. */
static void
test_pin (void)
{
  static const struct {
    const char *old_type, *machine;
    guint flags;
    MachtypeVerdict verdict;
    const char *reasons, *result; /* NULL: refused */
  } rows[] = {
    { "pc", "pc-i440fx-7.2", PIN, MACHTYPE_VERDICT_ALLOWED, "", "pc-i440fx-7.2" },
    { "pc", "pc", PIN, MACHTYPE_VERDICT_ALLOWED, "", "pc-i440fx-7.2" },
    { "q35", "q35", PIN, MACHTYPE_VERDICT_ALLOWED, "", "pc-q35-7.2" },
    { "q35", "pc-q35-7.2", PIN, MACHTYPE_VERDICT_ALLOWED, "", "pc-q35-7.2" },
    { "pc-i440fx-7.2", "pc", PIN, MACHTYPE_VERDICT_ALLOWED, "", "pc-i440fx-7.2" },
    { "pc-i440fx-7.2", "pc-i440fx-7.2", PIN, MACHTYPE_VERDICT_NOOP, "", "pc-i440fx-7.2" },
    { "pc", "pc", 0, MACHTYPE_VERDICT_NOOP, "", "pc" },
    { "pc", "pc-i440fx-7.2", 0, REFUSED (ALIAS), "refused-alias", NULL },
    { "pc", "pc-i440fx-6.2", PIN, REFUSED (ALIAS), "refused-alias", NULL },
    { "pc", "pc-i440fx-7.2", FORCE, MACHTYPE_VERDICT_FORCED, "refused-alias", "pc-i440fx-7.2" },
    { "pc", "q35", PIN, REFUSED (FAMILY), "refused-family", NULL },
    { "pc", "q35", PIN | FORCE, MACHTYPE_VERDICT_FORCED, "refused-family", "pc-q35-7.2" },
    { "pc", "q35", FORCE, MACHTYPE_VERDICT_FORCED, "refused-family", "q35" },
    { "pc-i440fx-7.1", "pc-i440fx-99.1", OFFERED, REFUSED (UNSUPPORTED),
      "refused-unsupported refused-not-offered", NULL },
    { "pc-q35-6.2", "pc-q35-7.1", OFFERED, REFUSED (NOT_OFFERED), "refused-not-offered", NULL },
    /* Force is needed for each other family; it does not make the host offer the machine type. */
    { "pc-i440fx-7.2", "pc-q35-7.1", OFFERED | FORCE, REFUSED (NOT_OFFERED), "refused-not-offered",
      NULL },
    { "pc-i440fx-7.2", "pc-q35-99.1", OFFERED | FORCE, REFUSED (NOT_OFFERED), "refused-not-offered",
      NULL },
    { "pc-i440fx-7.2", "pc-q35-7.1", OFFERED, REFUSED (FAMILY),
      "refused-family refused-not-offered", NULL },
    { "pc-i440fx-7.2", "pc-q35-7.1", FORCE, MACHTYPE_VERDICT_FORCED, "refused-family",
      "pc-q35-7.1" },
    { "pc-i440fx-7.2", "pc-q35-7.2", OFFERED | FORCE, MACHTYPE_VERDICT_FORCED, "refused-family",
      "pc-q35-7.2" },
  };
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64.xml");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = g_strdup_printf (HEAD "%s" TAIL, rows[i].old_type), *found = NULL;
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autofree char *warnings = NULL;

    ROW ("%s to %s, flags %u", rows[i].old_type, rows[i].machine, rows[i].flags);
    conversion = convert (xml, rows[i].machine, MACHTYPE_STATE_STOPPED, rows[i].flags, host);
    assert_judgment (conversion, rows[i].verdict, rows[i].reasons);
    found = find_machine (conversion);
    g_assert_cmpstr (found, ==, rows[i].result);
    warnings = test_join_codes (
        machtype_change_list_warnings (machtype_conversion_get_change (conversion)));
    g_assert_cmpint (strstr (warnings, "forced") != NULL, ==,
                     rows[i].verdict == MACHTYPE_VERDICT_FORCED);
  }
}

/* An alias stands for the same type whatever accelerates the guest: this host has no hvf. */
static void
test_pin_of_type (void)
{
  static const struct {
    guint flags;
    MachtypeVerdict verdict;
    const char *reasons, *warnings;
  } rows[] = {
    { PIN, MACHTYPE_VERDICT_ALLOWED, "", "not-offered lifecycle" },
    { PIN | OFFERED, REFUSED (NOT_OFFERED), "refused-not-offered", "lifecycle" },
    { 0, REFUSED (ALIAS), "refused-alias", "not-offered lifecycle" },
  };
  static const char xml[] =
      "<domain type='hvf'><os><type arch='x86_64' machine='pc'>hvm</type></os></domain>";
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64.xml");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autofree char *warnings = NULL;

    ROW ("flags %u", rows[i].flags);
    conversion = convert (xml, "pc-i440fx-7.2", MACHTYPE_STATE_STOPPED, rows[i].flags, host);
    assert_judgment (conversion, rows[i].verdict, rows[i].reasons);
    warnings = test_join_codes (
        machtype_change_list_warnings (machtype_conversion_get_change (conversion)));
    g_assert_cmpstr (warnings, ==, rows[i].warnings);
  }
}

static MachtypeHost *
make_vendor_host (void)
{
  static const char xml[] =
      "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
      "<arch name='x86_64'><emulator>/e</emulator><machine>acme-3</machine>"
      "<machine canonical='acme-3'>q35</machine><machine>acme-old</machine>"
      "<machine canonical='acme-old'>pc</machine><machine>acme-2</machine>"
      "<machine>pc-q35-acme1</machine><domain type='kvm'/></arch></guest></capabilities>";
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  GError *error = NULL;

  machtype_host_builder_set_capabilities (builder, xml, -1, &error);
  g_assert_no_error (error);
  return machtype_host_builder_end (builder);
}

/* The family of an unknown type: that of the alias on the host, or of its prefix. The PCI root
 * shows to what it was converted. */
static void
test_family (void)
{
  static const struct {
    const char *old_type, *machine;
    gboolean with_host;
    const char *root; /* of the result; empty: none was written; NULL: refused */
  } rows[] = {
    { "pc-i440fx-7.2", "acme-3", TRUE, "pcie-root" },
    { "pc-q35-7.2", "acme-old", TRUE, "pci-root" },
    { "pc-q35-7.2", "acme-3", TRUE, "" },
    { "acme-3", "pc-q35-7.2", TRUE, "" },
    { "acme-3", "pc-i440fx-7.2", TRUE, "pci-root" },
    { "acme-old", "acme-3", TRUE, "pcie-root" },
    { "pc-i440fx-7.2", "pc-q35-acme1", TRUE, "pcie-root" },
    /* No alias stands for it. */
    { "pc-i440fx-7.2", "acme-2", TRUE, NULL },
    { "pc-i440fx-7.2", "acme-3", FALSE, NULL },
    { "pc-i440fx-7.2", "pc-q35-acme9", FALSE, "pcie-root" },
    { "pc-q35-7.2", "pc-q35-acme9", FALSE, "" },
    { "pc-q35-7.2", "pc-i440fx-acme9", FALSE, "pci-root" },
    { "pc-i440fx-7.2", "virt-acme9", FALSE, NULL },
  };
  g_autoptr (MachtypeHost) host = make_vendor_host ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = g_strdup_printf (HEAD "%s" TAIL, rows[i].old_type), *root = NULL;
    g_autoptr (MachtypeConversion) conversion = NULL;
    const char *result;

    ROW ("%s to %s, %s", rows[i].old_type, rows[i].machine, rows[i].with_host ? "host" : "none");
    conversion = convert (xml, rows[i].machine, MACHTYPE_STATE_STOPPED, FORCE,
                          rows[i].with_host ? host : NULL);
    result = machtype_conversion_get_xml (conversion);
    if (result != NULL)
      root = test_find_in_xml (
          result, "string(/domain/devices/controller[@type='pci' and @index='0']/@model)");
    g_assert_cmpstr (root, ==, rows[i].root);
  }
}

/* What is not a refusal: no domain, too large, bad arguments. */
static void
test_errors (void)
{
  static const struct {
    const char *xml;
    guint state, flags;
    int code;
    const char *words;
  } rows[] = {
    { "<domain><os/></domain>", 1, 0, MACHTYPE_ERROR_INVALID_XML, "machine" },
    { "<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><os/><q:commandline>" ARGUMENT (
          "-M") ARGUMENT ("pc-q35-3.1") "</q:commandline></domain>",
      1, 0, MACHTYPE_ERROR_INVALID_XML, "machine" },
    { "<domain><os><type arch='x86_64'/></os></domain>", 1, 0, MACHTYPE_ERROR_INVALID_XML,
      "machine" },
    { "<domain><os><type machine=''/></os></domain>", 1, 0, MACHTYPE_ERROR_INVALID_XML, "machine" },
    { "<domain xmlns='urn:x'><os><type machine='pc'/></os></domain>", 1, 0,
      MACHTYPE_ERROR_INVALID_XML, "machine" },
    { "<capabilities/>", 1, 0, MACHTYPE_ERROR_INVALID_XML, "capabilities" },
    { "", 1, 0, MACHTYPE_ERROR_INVALID_XML, "empty" },
    { "garbage", 1, 0, MACHTYPE_ERROR_INVALID_XML, "line" },
    { PC "<x/>", 1, 0, MACHTYPE_ERROR_INVALID_XML, "line" },
    { "<!DOCTYPE domain [<!ENTITY a 'b'>]>" PC, 1, FORCE, MACHTYPE_ERROR_INVALID_XML,
      "document type" },
    { PC, 1, 1u << 20, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags" },
    { PC, 99, 0, MACHTYPE_ERROR_INVALID_ARGUMENT, "state" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;

    ROW ("%s", rows[i].xml);
    g_assert_null (machtype_domain_convert (rows[i].xml, -1, "q35", (MachtypeState)rows[i].state,
                                            (MachtypeChangeFlags)rows[i].flags, NULL, &error));
    test_assert_error (&error, rows[i].code, rows[i].words);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conversion/refused", test_refused);
  g_test_add_func ("/conversion/effects", test_effects);
  g_test_add_func ("/conversion/remedies", test_remedies);
  g_test_add_func ("/conversion/state", test_state);
  g_test_add_func ("/conversion/live", test_live);
  g_test_add_func ("/conversion/arguments", test_arguments);
  g_test_add_func ("/conversion/pin", test_pin);
  g_test_add_func ("/conversion/pin-of-type", test_pin_of_type);
  g_test_add_func ("/conversion/family", test_family);
  g_test_add_func ("/conversion/errors", test_errors);
  return g_test_run ();
}
