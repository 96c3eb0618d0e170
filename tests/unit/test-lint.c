/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "conditions.h"
#include "domain/lint-places-private.h"
#include "snippets.h"

/* A directory of domains that were booted as they are (*.xml). */
#define DOMAINS_VARIABLE "MACHTYPE_DOMAINS"

static GPtrArray *
lint (const char *xml, MachtypeHost *host)
{
  GError *error = NULL;
  GPtrArray *findings = machtype_domain_lint (xml, -1, host, &error);

  g_assert_no_error (error);
  g_assert_nonnull (findings);
  return findings;
}

static const MachtypeFinding *
find (GPtrArray *findings, const char *code)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (strcmp (machtype_finding_get_code (findings->pdata[i]), code) == 0)
      return findings->pdata[i];
  }
  return NULL;
}

/* What every finding must contain. */
static void
assert_helpful (const MachtypeFinding *finding)
{
  g_autofree char *start = g_strconcat (machtype_finding_get_subject (finding), ": ", NULL);

  g_assert_true (g_str_has_prefix (start, "/domain"));
  g_assert_true (g_str_has_prefix (machtype_finding_get_message (finding), start));
  g_assert_nonnull (machtype_finding_get_source (finding));
}

/* What the rules for a value say as long as no version is known. */
static MtVerdict
judge (const MtRule *rule, MtMachineClass class)
{
  static const MtVersionRanges any;

  return mt_compat_judge ((MtDeviceKind)rule->kind, rule->value, class, &any);
}

/* The rule alone: exactly its finding where it applies, and no such finding where it does not. What
 * is untested is not reported. */
static void
check_rule (const MtRule *rule, MtMachineClass class)
{
  const MtVerdict verdict = judge (rule, class);
  const MachtypeAuthority authority = verdict.authority;
  const gboolean speaks = authority != MACHTYPE_AUTHORITY_NONE;
  g_autofree char *base = snippet_dup_domain (class), *xml = NULL, *label = NULL, *code = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  gboolean in_smm;

  xml = snippet_add (base, (MtDeviceKind)rule->kind, rule->value, class, TRUE, "/images/a");
  code = g_strdup_printf ("%s-%s", mt_kind_get_code ((MtDeviceKind)rule->kind), rule->value);
  label = snippet_dup_label (class);
  ROW ("%s, %s, %s", label, code, machtype_authority_to_string (authority));
  findings = lint (xml, NULL);
  if (!speaks) {
    g_assert_null (find (findings, code));
    return;
  }
  /* TSEG memory is written inside <smm>, which most machines do not support either. */
  in_smm = strcmp (rule->value, "tseg") == 0 && find (findings, "feature-smm") != NULL;
  if (findings->len != 1)
    ROW ("%s", xml);
  g_assert_nonnull (find (findings, code));
  g_assert_cmpint (machtype_finding_get_authority (find (findings, code)), ==, authority);
  if (verdict.is_partial) {
    g_autofree char *versions = mt_versions_dup_text (&verdict.versions);

    g_assert_cmpint (machtype_finding_get_severity (find (findings, code)), ==,
                     MACHTYPE_SEVERITY_WARNING);
    g_assert_nonnull (strstr (machtype_finding_get_message (find (findings, code)), versions));
  }
  assert_helpful (find (findings, code));
  g_assert_cmpuint (findings->len, ==, in_smm ? 2 : 1);
}

static void
test_rules (void)
{
  guint spoken = 0, silent = 0, class;
  gsize i, count;
  const MtRule *rules = mt_rules_get (&count);

  for (i = 0; i < count; i++) {
    for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
      if (!snippet_can_show ((MtDeviceKind)rules[i].kind, (MtMachineClass) class))
        continue;
      check_rule (&rules[i], (MtMachineClass) class);
      if (judge (&rules[i], (MtMachineClass) class).authority == MACHTYPE_AUTHORITY_NONE)
        silent++;
      else
        spoken++;
    }
  }
  g_test_message ("%" G_GSIZE_FORMAT " rules: %u findings, %u cases without", count, spoken,
                  silent);
}

/* The domains on which rules and checks are tried have no findings of their own. */
static void
test_bases (void)
{
  guint class;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    g_autofree char *xml = snippet_dup_domain ((MtMachineClass) class), *codes = NULL;

    ROW ("%s", xml);
    codes = test_join_codes (lint (xml, NULL));
    g_assert_cmpstr (codes, ==, "");
  }
}

static void
test_conditions (void)
{
  gsize i, count;
  const Condition *conditions = conditions_get (&count);

  for (i = 0; i < count; i++) {
    g_autofree char *xml = condition_dup_domain (&conditions[i]), *codes = NULL;
    g_autoptr (GPtrArray) findings = lint (xml, NULL);

    ROW ("%s", xml);
    if (findings->len != 0) {
      g_assert_cmpint (machtype_finding_get_authority (findings->pdata[0]), ==,
                       conditions[i].authority);
      assert_helpful (findings->pdata[0]);
      g_assert_nonnull (machtype_finding_get_remedy (findings->pdata[0]));
    }
    codes = test_join_codes (g_ptr_array_ref (findings));
    g_assert_cmpstr (codes, ==, conditions[i].codes);
  }
}

/* Every check has a row above; those that require a host have a separate test. */
static void
test_conditions_whole (void)
{
  gsize i, j, count, rows;
  const MtLintCheck *checks;
  const Condition *conditions = conditions_get (&rows);
  guint group;

  for (group = 0; (checks = mt_lint_checks_get (group, &count)) != NULL; group++)
    for (i = 0; i < count; i++) {
      gboolean found = strcmp (checks[i].code, "cpu-host-model") == 0 ||
                       strcmp (checks[i].code, "memory-too-little") == 0 ||
                       strcmp (checks[i].code, "pci-root-wanted") == 0 ||
                       strcmp (checks[i].code, "acpi-option") == 0;

      ROW ("%s %s", checks[i].code,
           machtype_authority_to_string ((MachtypeAuthority)checks[i].authority));
      for (j = 0; j < rows && !found; j++)
        found = strstr (conditions[j].codes, checks[i].code) != NULL &&
                conditions[j].authority == checks[i].authority &&
                mt_lint_check_is_for (&checks[i], (MtMachineClass)conditions[j].class);
      g_assert_true (found);
    }
}

#define PC(machine)                                                                                \
  "<domain type='qemu'><os><type arch='x86_64' machine='" machine "'>hvm</type></os><features>"    \
  "<acpi/></features></domain>"
#define Q35_WITH(first, second)                                                                    \
  "<domain type='qemu' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><os><type "            \
  "arch='x86_64' machine='q35'>hvm</type></os><q:commandline><q:arg value='" first "'/>"           \
  "<q:arg value='" second "'/></q:commandline></domain>"

/* What depends on the host, or has nothing to do with devices. host: as for test_make_host. */
static const struct {
  const char *host, *xml, *codes;
} machine_rows[] = {
  { NULL, "<domain type='qemu'><os><type arch='sparc'>hvm</type></os></domain>",
    "machine-missing" },
  { NULL, "<domain type='qemu'><os><type machine='pc'>hvm</type></os></domain>", "arch-missing" },
  { NULL, "<domain type='qemu'><os><type arch='pdp11' machine='pc'>hvm</type></os></domain>",
    "arch-unknown" },
  { NULL,
    "<domain type='qemu'><os><type arch='amd64' machine='q35'>hvm</type></os><features><acpi/>"
    "</features></domain>",
    "arch-spelling" },
  /* An element in another namespace does not hide what follows it. */
  { NULL,
    "<domain type='qemu'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"
    "</features><devices><disk device='disk'><x:note xmlns:x='urn:x'/><target dev='hda' "
    "bus='ide'/></disk></devices></domain>",
    "disk-bus-ide" },
  { NULL, "<domain type='qemu'/>", "arch-missing" },
  { NULL, "<domain type='lxc'><os><type arch='x86_64'>exe</type></os></domain>",
    "hypervisor-unknown" },
  { NULL,
    "<domain type='qemu'><os><type arch='aarch64' machine='raspi3b'>hvm</type></os><features>"
    "<hyperv/></features></domain>",
    "machine-unknown" },
  { NULL, "<domain type='qemu'><os><type arch='mipsel' machine='virt'>hvm</type></os></domain>",
    "machine-of-other-arch" },
  { NULL, "<domain type='qemu'><os><type arch='mipsel' machine='\xf0\x9f\x92\xa9'/></os></domain>",
    "machine-unknown" },
  /* Nothing is known about the board, but what needs acceleration needs it everywhere. */
  { NULL,
    "<domain type='qemu'><os><type arch='aarch64' machine='raspi3b'>hvm</type></os>"
    "<cpu mode='host-passthrough'/></domain>",
    "machine-unknown cpu-host-passthrough" },
  { NULL,
    "<domain type='kvm'><os><type arch='aarch64' machine='raspi3b'>hvm</type></os>"
    "<cpu mode='host-passthrough'/></domain>",
    "machine-unknown" },
  { NULL,
    "<domain type='qemu'><os><type arch='aarch64' machine='raspi3b'>hvm</type></os>"
    "<cpu mode='host-model'/></domain>",
    "machine-unknown" },
  { "x86_64",
    "<domain type='qemu'><os><type arch='aarch64' machine='raspi3b'>hvm</type></os>"
    "<cpu mode='host-model'/></domain>",
    "machine-unknown cpu-host-model" },
  { NULL,
    "<domain type='qemu'><os><type arch='x86_64' machine='virt-7.2'>hvm</type></os>"
    "<cpu mode='host-passthrough'/></domain>",
    "machine-of-other-arch cpu-host-passthrough" },
  { "x86_64.xml",
    "<domain type='qemu'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"
    "</features></domain>",
    "" },
  /* QEMU's own arguments. */
  { NULL, Q35_WITH ("-machine", "type=pc-i440fx-2.12,accel=kvm"), "machine-argument" },
  { NULL, Q35_WITH ("-machine", "q35,accel=tcg"), "" },
  { NULL, Q35_WITH ("-machine", "pc-q35-10.0"), "machine-argument" },
  { NULL, Q35_WITH ("-append", "-machine"), "" },
  { NULL, Q35_WITH ("-machine=pc", "-S"), "machine-argument" },
  { "x86_64.xml", Q35_WITH ("-machine", "pc-q35-7.2"), "" },
  { "x86_64.xml", Q35_WITH ("-machine", "pc-q35-7.1"), "machine-argument" },
  { "x86_64.xml", Q35_WITH ("-machine", "frobnicate"), "machine-argument" },
  { NULL,
    "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><os>"
    "<type>hvm</type></os><q:commandline><q:arg value='-M'/><q:arg value='q35'/></q:commandline>"
    "</domain>",
    "machine-argument arch-missing" },
  /* The age of a type; a host knows better. */
  { NULL, PC ("pc-i440fx-2.3"), "machine-removed" },
  { NULL, PC ("pc-i440fx-5.1"), "machine-removed" },
  { NULL, PC ("pc-i440fx-5.2"), "machine-deprecated" },
  { NULL, PC ("pc-i440fx-8.1"), "machine-deprecated" },
  { NULL, PC ("pc-i440fx-8.2"), "" },
  /* Of a vendor's types by the vendor's releases, as far as they are known; with a host as well. */
  { NULL, PC ("pc-i440fx-rhel7.6.0"), "machine-removed" },
  { NULL, PC ("pc-q35-rhel7.3.0"), "machine-removed" },
  { NULL, PC ("pc-q35-rhel9.4.0"), "machine-deprecated" },
  { NULL, PC ("pc-q35-rhel10.0.0"), "" },
  { NULL, PC ("pc-i440fx-xenial"), "machine-end-of-support" },
  { NULL, PC ("pc-q35-noble"), "machine-end-of-support" },
  { "rhel9.xml", PC ("pc-q35-rhel8.6.0"), "machine-removed" },
  { "rhel9.xml", PC ("pc-q35-rhel9.4.0"), "" }, /* this release does not deprecate it */
/* usb-bot has a real CD-ROM drive. */
#define USB_DRIVE(arch, machine, model)                                                            \
  "<domain type='kvm'><os><type arch='" arch "' machine='" machine "'>hvm</type></os><features>"   \
  "<acpi/></features><devices><disk device='cdrom'" model "><target dev='sda' bus='usb'/></disk>"  \
  "</devices></domain>"
  { NULL, USB_DRIVE ("x86_64", "pc", ""), "cdrom-bus-usb" },
  { NULL, USB_DRIVE ("x86_64", "pc", " model='usb-storage'"), "cdrom-bus-usb" },
  { NULL, USB_DRIVE ("x86_64", "pc", " model='usb-bot'"), "" },
  { NULL, USB_DRIVE ("x86_64", "q35", " model='usb-bot'"), "" },
  { NULL, USB_DRIVE ("x86_64", "pc", " model='usb-bots'"), "disk-model-unknown cdrom-bus-usb" },
  { NULL, USB_DRIVE ("s390x", "s390-ccw-virtio", " model='usb-bot'"), "feature-acpi disk-bus-usb" },
#undef USB_DRIVE
/* A value that is longer than every known one is left to libvirt. */
#define VIF(model)                                                                                 \
  "<domain type='kvm'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"      \
  "</features><devices><interface type='user'><model type='" model "'/></interface></devices>"     \
  "</domain>"
  { NULL, VIF ("az-09_.789abcdefghi"), "vif-model-unknown" },
  { NULL, VIF ("az-09_.789abcdefghij"), "" },
  { NULL, VIF ("azA"), "" },
  { NULL, VIF ("az a"), "" },
#undef VIF
  { "x86_64.xml", PC ("pc-i440fx-7.2"), "" },
  { "x86_64.xml", PC ("pc-i440fx-2.3"), "machine-not-offered" },
  { "x86_64.xml",
    "<domain type='kvm'><os><type arch='x86_64' machine='pc-q35-99.0'>hvm</type></os><features>"
    "<acpi/></features></domain>",
    "machine-not-offered" },
  { "x86_64.xml",
    "<domain type='kvm'><os><type arch='aarch64' machine='virt'>hvm</type><kernel>k</kernel></os>"
    "</domain>",
    "domain-type-not-offered" },
  { "x86_64.xml",
    "<domain type='hvf'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"
    "</features></domain>",
    "domain-type-not-offered" },
  { "x86_64.xml",
    "<domain type='qemu'><os><type arch='loongarch64' machine='virt'>hvm</type><kernel>k</kernel>"
    "</os></domain>",
    "emulator-missing" },
  { "x86_64.xml",
    "<domain type='qemu'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"
    "</features><devices><emulator>/usr/bin/qemu-system-x86_64\n</emulator></devices></domain>",
    "" },
  { "x86_64.xml",
    "<domain type='qemu'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"
    "</features><devices><emulator>/usr/bin/qemu-system-i386</emulator></devices></domain>",
    "emulator-not-listed" },
  { NULL,
    "<domain type='qemu'><os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/>"
    "</features><devices><emulator>/a</emulator></devices></domain>",
    "" },
  { "x86_64",
    "<domain type='kvm'><os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type></os>"
    "</domain>",
    "domain-type-not-offered" },
  { "s390x",
    "<domain type='kvm'><os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type></os>"
    "</domain>",
    "" },
  { "x86_64",
    "<domain type='qemu'><os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type></os>"
    "<cpu mode='host-model'/></domain>",
    "cpu-host-model" },
  { "x86_64",
    "<domain type='qemu'><os><type arch='i686' machine='q35'>hvm</type></os><features><acpi/>"
    "</features><cpu mode='host-model'/></domain>",
    "" },
  { NULL,
    "<domain type='qemu'><os><type arch='s390x' machine='s390-ccw-virtio'>hvm</type></os>"
    "<cpu mode='host-model'/></domain>",
    "" },
/* A limit of an older QEMU, to the KiB. */
#define LOONGARCH(memory)                                                                          \
  "<domain type='qemu'><os><type arch='loongarch64' machine='virt'>hvm</type><kernel>k</kernel>"   \
  "</os><memory>" memory "</memory></domain>"
  { "loongarch64.xml", LOONGARCH ("1048575"), "memory-too-little" },
  { "loongarch64.xml", LOONGARCH ("1048576"), "" },
  { NULL, LOONGARCH ("131072"), "" },
#undef LOONGARCH
/* Names that only the host knows: of the family of the alias that stands for them there. */
#define IDE(machine)                                                                               \
  "<domain type='kvm'><os><type arch='x86_64' machine='" machine "'>hvm</type></os><features>"     \
  "<acpi/></features><devices><disk device='cdrom'><target dev='hda' bus='ide'/></disk>"           \
  "</devices></domain>"
  { "vendor.xml", IDE ("box-3"), "cdrom-bus-ide" },
  { "vendor.xml", IDE ("house"), "cdrom-bus-ide" },
  { "vendor.xml", IDE ("pc-i440fx-house-2.1"), "" },
  { "vendor.xml", IDE ("pc-i440fx-house-2.0"), "" },
  { "vendor.xml", IDE ("pc-i440fx-house-1.0"), "machine-deprecated" },
  { "vendor.xml", IDE ("pc-i440fx-house-3.0"), "machine-not-offered machine-unknown" },
  { "vendor.xml", IDE ("virt-house"), "machine-unknown" },
  { NULL, IDE ("box-3"), "machine-unknown" },
  /* A name that no QEMU has. */
  { NULL, IDE ("pc-q35"), "impossible-name" },
  { NULL, IDE ("Q35"), "impossible-name" },
  { "x86_64.xml", IDE ("pc-q35"), "machine-not-offered impossible-name" },
  /* A version that no QEMU has. */
  { NULL, IDE ("pc-i440fx-8.5"), "unreleased-version" },
  { NULL, IDE ("pc-i440fx-rhel9.2.0"), "unreleased-version" },
  { NULL, IDE ("pc-i440fx-11.1"), "" },
  { "x86_64.xml", IDE ("pc-i440fx-8.5"), "machine-not-offered" },
#undef IDE
};

static void
test_machines (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (machine_rows); i++) {
    g_autoptr (MachtypeHost) host = test_make_host (machine_rows[i].host);
    g_autofree char *codes = NULL;

    ROW ("%s: %s", machine_rows[i].host != NULL ? machine_rows[i].host : "no host",
         machine_rows[i].xml);
    codes = test_join_codes (lint (machine_rows[i].xml, host));
    g_assert_cmpstr (codes, ==, machine_rows[i].codes);
  }
}

/* Domain capabilities may lack what the rules allow. */
static void
test_domain_capabilities (void)
{
  static const char xml[] =
      "<domain type='kvm'><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
      "<features><acpi/></features><devices><video><model type='%s'/></video>"
      "<disk><target dev='vda' bus='%s'/></disk></devices></domain>";
  static const struct {
    const char *video, *bus, *codes;
  } rows[] = {
    { "virtio", "virtio", "" },
    { "frobnicate", "virtio", "video-model-frobnicate" },
    { "virtio", "frobnicate", "disk-bus-frobnicate" },
    { "virtio", "ide", "disk-bus-ide" },
    { "virtio", "not&#10;one\xc3\xa9", "" },
  };
  g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", "domcaps-q35.xml");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GString) text = g_string_new (xml);
    g_autoptr (GPtrArray) findings = NULL;
    g_autofree char *codes = NULL;

    g_string_replace (text, "%s", rows[i].video, 1);
    g_string_replace (text, "%s", rows[i].bus, 1);
    ROW ("%s", text->str);
    findings = lint (text->str, host);
    if (strstr (rows[i].codes, "frobnicate") != NULL)
      g_assert_cmpint (machtype_finding_get_authority (findings->pdata[0]), ==,
                       MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES);
    codes = test_join_codes (g_ptr_array_ref (findings));
    g_assert_cmpstr (codes, ==, rows[i].codes);
  }
}

/* Subjects are XPaths, which show an operator which element is meant. */
static void
test_subjects (void)
{
  g_autofree char *base = snippet_dup_domain (MT_CLASS_S390X), *xml = NULL, *other = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  static const char *const subjects[] = {
    "/domain/features/acpi",
    "/domain/devices/disk[target/@dev='hda']",
    "/domain/devices/disk[2]",
    "/domain/devices/watchdog[1]",
  };
  gsize i;

  xml = snippet_edit (base, "devices",
                      "<disk><target dev='hda'/></disk><disk><target dev='h&apos;a' bus='ide'/>"
                      "</disk><watchdog model='i6300esb'/>",
                      NULL, NULL);
  other = snippet_edit (xml, "features", "<acpi/>", NULL, NULL);
  findings = lint (other, NULL);
  g_assert_cmpuint (findings->len, ==, G_N_ELEMENTS (subjects));
  for (i = 0; i < G_N_ELEMENTS (subjects); i++)
    g_assert_cmpstr (machtype_finding_get_subject (findings->pdata[i]), ==, subjects[i]);
}

/* Elements in another namespace, or elsewhere, are not part of the domain. */
static void
test_elsewhere (void)
{
  static const char *const fragments[] = {
    "<metadata><devices><watchdog model='i6300esb'/></devices></metadata>",
    "<x:devices xmlns:x='urn:x'><watchdog model='i6300esb'/></x:devices>",
    "<features><x:acpi xmlns:x='urn:x'/><x:kvm xmlns:x='urn:x'><hidden "
    "state='on'/></x:kvm></features>",
    "<devices><x:watchdog xmlns:x='urn:x' model='i6300esb'/><x:disk xmlns:x='urn:x'>"
    "<target bus='ide'/></x:disk></devices>",
    "<devices><watchdog xmlns:x='urn:x' x:model='i6300esb' model='diag288'/></devices>",
    "<devices><disk><source><target bus='ide'/></source><backingStore><target bus='ide'/>"
    "</backingStore></disk></devices>",
    "<features/><other><acpi/></other>",
    "<devices><disk/><graphics><target bus='ide'/></graphics></devices>",
    "<devices><controller type='scsi'><model type='lsilogic'/></controller></devices>",
    "<os><watchdog model='i6300esb'/></os>",
    "<watchdog model='i6300esb'/>",
    "<devices><filesystem><codec type='usb'/><watchdog model='i6300esb'/></filesystem></devices>",
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (fragments); i++) {
    g_autofree char *base = snippet_dup_domain (MT_CLASS_S390X), *codes = NULL;
    g_autofree char *xml = snippet_edit (base, "", fragments[i], NULL, NULL);

    ROW ("%s", xml);
    codes = test_join_codes (lint (xml, NULL));
    g_assert_cmpstr (codes, ==, "");
  }
}

static void
test_hostile (void)
{
  static const struct {
    const char *xml, *words;
  } rows[] = {
    { "", "empty" },
    { "garbage", "domain line" },
    { "<capabilities/>", "capabilities domain" },
    { "<x:domain xmlns:x='urn:x'/>", "domain" },
    { "<domain><devices><disk></domain>", "domain line" },
    { "<domain><devices/></domain>x", "domain" },
    { "<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>", "document type" },
    { "<domain><devices>&a;</devices></domain>", "entit" },
  };
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    ROW ("%s", rows[i].xml);
    g_assert_null (machtype_domain_lint (rows[i].xml, -1, NULL, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, rows[i].words);
  }
}

static char *
repeat (const char *start, const char *part, guint times, const char *end)
{
  GString *text = g_string_new (start);

  while (times-- > 0)
    g_string_append (text, part);
  g_string_append (text, end);
  return g_string_free (text, FALSE);
}

static void
test_much (void)
{
  static const char start[] = "<domain type='qemu'><os><type arch='s390x' machine="
                              "'s390-ccw-virtio'>hvm</type></os><devices>";
  static const char end[] = "</devices></domain>";
  g_autofree char *many = repeat (start, "<sound model='ich6'/>", 500, end), *codes = NULL;
  g_autofree char *too_many = repeat (start, "<sound/>", 10001, end);
  g_autofree char *deep = repeat ("<domain>", "<a>", MACHTYPE_XML_MAX_DEPTH, "");
  g_autofree char *long_text = repeat (start, "a", 100000, end);
  g_autofree char *long_value = repeat ("<domain type='qemu'><os><type arch='s390x' machine='", "a",
                                        100000, "'/></os></domain>");
  g_autoptr (GPtrArray) findings = lint (many, NULL);
  GError *error = NULL;

  g_assert_cmpuint (findings->len, ==, 500);
  g_assert_cmpstr (machtype_finding_get_subject (findings->pdata[499]), ==,
                   "/domain/devices/sound[500]");
  g_assert_null (machtype_domain_lint (too_many, -1, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "devices");
  g_assert_null (machtype_domain_lint (deep, -1, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "deeper");
  codes = test_join_codes (lint (long_text, NULL));
  g_assert_cmpstr (codes, ==, "");
  g_free (codes);
  codes = test_join_codes (lint (long_value, NULL));
  g_assert_cmpstr (codes, ==, "machine-unknown");
}

/* Truncated anywhere: an error, and nothing worse. */
static void
test_truncated (void)
{
  g_autofree char *xml = test_read ("guests/mipsel.xml", NULL);
  gsize i, length = strlen (g_strchomp (xml));

  for (i = 0; i < length; i += test_is_short () ? 97 : 1) {
    GError *error = NULL;

    if (machtype_domain_lint (xml, (gssize)i, NULL, &error) != NULL)
      g_error ("%" G_GSIZE_FORMAT " bytes of %" G_GSIZE_FORMAT, i, length);
    g_assert_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_XML);
    g_clear_error (&error);
  }
}

/* Numbers of all kinds are handled: an invalid one yields no finding. */
static void
test_numbers (void)
{
  static const char *const numbers[] = { "",    "-1",   "18446744073709551616",
                                         "1e9", "0x10", "many",
                                         "+",   "9 9",  "99999999999999999999999" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *base = snippet_dup_domain (MT_CLASS_MALTA), *codes = NULL;
    g_autofree char *xml = NULL, *fragment = NULL;

    fragment = g_strdup_printf ("<vcpu>%s</vcpu><memory unit='%s'>%s</memory>", numbers[i],
                                numbers[i], numbers[i]);
    xml = snippet_edit (base, "", fragment, NULL, NULL);
    ROW ("%s", xml);
    codes = test_join_codes (lint (xml, NULL));
    g_assert_cmpstr (codes, ==, "");
  }
}

#define SECURE_WITHOUT_SMM                                                                         \
  "<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type><loader secure='yes'/></os>"     \
  "<features><acpi/><smm state='off'/></features>"

#define X2APIC(policy)                                                                             \
  "<vcpu>256</vcpu><cpu><model>qemu64</model><feature policy='" policy "' name='x2apic'/></cpu>"

/* "acpi-missing:g": without notes. */
static char *
join_authorities (const char *xml, MachtypeHost *host)
{
  g_autoptr (GPtrArray) findings = lint (xml, host);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < findings->len; i++) {
    const MachtypeFinding *finding = findings->pdata[i];
    const char *authority = machtype_authority_to_string (machtype_finding_get_authority (finding));

    if (machtype_finding_get_severity (finding) != MACHTYPE_SEVERITY_NOTE)
      g_string_append_printf (
          text, "%s%s:%c%s", text->len != 0 ? " " : "", machtype_finding_get_code (finding),
          *authority,
          strstr (machtype_finding_get_message (finding), ", but only with") != NULL ? "?" : "");
  }
  return g_string_free (text, FALSE);
}

#define SERIAL(text) "<serial>" text "</serial>"
#define NVME(name, serial)                                                                         \
  "<disk type='file'><source file='/n'/><target dev='nvme" name "' bus='nvme'/>" serial "</disk>"

#define CONTROLLER(index, serial) "<controller type='nvme'" index ">" serial "</controller>"

/* What the versions of a host decide: the findings, and what is left open without a host. */
static const struct {
  guint8 class;
  const char *parent, *fragment, *replaced;
  guint64 qemu, libvirt; /* both 0: no host */
  const char *codes;     /* with the first letter of each authority, and "?" after what is open */
} by_version[] = {
  /* What libvirt adds by itself does not mean that the others are meant. */
  { MT_CLASS_Q35, "devices", "<watchdog model='itco'/>", "watchdog", 0, 0, "" },
  { MT_CLASS_Q35, "devices", "<watchdog model='itco'/>", "watchdog", 7002000, 9000000,
    "watchdog-model-itco:l" },
  { MT_CLASS_Q35, "devices", "<watchdog model='itco'/>", "watchdog", 7002000, 9001000, "" },
  { MT_CLASS_I440FX, "devices", "<watchdog model='itco'/>", "watchdog", 0, 0,
    "watchdog-model-itco:l" },
  { MT_CLASS_RISCV_VIRT, "", "<cpu><model>rv64</model></cpu>", NULL, 0, 0, "" },
  { MT_CLASS_RISCV_VIRT, "", "<cpu><model>rv64</model></cpu>", NULL, 7002000, 9000000,
    "cpu-mode-custom:q" },
  { MT_CLASS_RISCV_VIRT, "", "<cpu><model>rv64</model></cpu>", NULL, 10000000, 11003000, "" },
  { MT_CLASS_MICROVM, "devices", "<input type='mouse' bus='ps2'/>", NULL, 0, 0, "" },
  { MT_CLASS_MICROVM, "devices", "<input type='mouse' bus='ps2'/>", NULL, 10000000, 11003000,
    "input-bus-ps2:l" },
  { MT_CLASS_PSERIES, "devices", "<input type='mouse' bus='ps2'/>", NULL, 0, 0,
    "input-bus-ps2:l?" },
  /* The same is refused earlier. */
  { MT_CLASS_S390X, "features", "<acpi/>", NULL, 7002000, 9000000, "feature-acpi:i" },
  { MT_CLASS_S390X, "features", "<acpi/>", NULL, 10000000, 9000000, "feature-acpi:i" },
  { MT_CLASS_S390X, "features", "<acpi/>", NULL, 7002000, 11003000, "feature-acpi:i" },
  { MT_CLASS_S390X, "features", "<acpi/>", NULL, 10000000, 11003000, "feature-acpi:l" },
  { MT_CLASS_PSERIES, "os", "@firmware=efi", NULL, 10000000, 9001000, "firmware-efi:q" },
  { MT_CLASS_PSERIES, "os", "@firmware=efi", NULL, 7002000, 9002000, "firmware-efi:l" },
  { MT_CLASS_RISCV_VIRT, "os", "@firmware=efi", NULL, 8000000, 9002000, "firmware-efi:q" },
  { MT_CLASS_RISCV_VIRT, "os", "@firmware=efi", NULL, 8001000, 9002000, "" },
  { MT_CLASS_Q35, "", SECURE_WITHOUT_SMM, "os", 10000000, 9001000, "secure-boot-without-smm:q" },
  { MT_CLASS_Q35, "", SECURE_WITHOUT_SMM, "os", 10000000, 9002000, "secure-boot-without-smm:l" },
  /* Every domain, which is not said of what libvirt may have written. */
  { MT_CLASS_M68K_VIRT, "devices", "", NULL, 10000000, 11003000, "" },
  { MT_CLASS_M68K_VIRT, "devices", "", NULL, 10000000, 11004000, "pci-root-wanted:l" },
  /* Each NVMe controller needs one serial number: the ones before it that libvirt adds as well. */
  { MT_CLASS_Q35, "devices", NVME ("0n1", ""), NULL, 11001000, 12009000, "nvme-serial:l" },
  { MT_CLASS_Q35, "devices", NVME ("0n1", "<serial/>"), NULL, 11001000, 12009000, "nvme-serial:l" },
  { MT_CLASS_Q35, "devices", NVME ("0n1", ""), NULL, 11001000, 11004000, "disk-bus-nvme:l" },
  { MT_CLASS_Q35, "devices", NVME ("0n1", SERIAL ("1")), NULL, 11001000, 12009000, "" },
  { MT_CLASS_Q35, "devices", NVME ("1n1", SERIAL ("1")), NULL, 11001000, 12009000,
    "nvme-serial:l" },
  { MT_CLASS_Q35, "devices", NVME ("0n1", "") NVME ("0n2", SERIAL ("1")), NULL, 11001000, 12009000,
    "" },
  { MT_CLASS_Q35, "devices", NVME ("0n1", SERIAL ("1")) NVME ("1n1", ""), NULL, 11001000, 12009000,
    "nvme-serial:l" },
  { MT_CLASS_Q35, "devices", NVME ("0n1", SERIAL ("1")) NVME ("0n2", SERIAL ("2")), NULL, 11001000,
    12009000, "nvme-serials:l" },
  { MT_CLASS_Q35, "devices", CONTROLLER (" index='0'", SERIAL ("1")) NVME ("0n1", ""), NULL,
    11001000, 12009000, "" },
  /* libvirt numbers those without an index. */
  { MT_CLASS_Q35, "devices", CONTROLLER (" index='0'", SERIAL ("1")) CONTROLLER ("", SERIAL ("2")),
    NULL, 11001000, 12009000, "" },
  { MT_CLASS_Q35, "devices",
    CONTROLLER ("", SERIAL ("1")) CONTROLLER ("", SERIAL ("2")) NVME ("2n1", ""), NULL, 11001000,
    12009000, "nvme-serial:l" },
  { MT_CLASS_Q35, "devices", "<controller type='nvme' index='0'/>", NULL, 11001000, 12009000,
    "nvme-serial:l" },
  /* QEMU 9.0 has removed what libvirt 9.0 switches ACPI off with: every domain without it. */
  { MT_CLASS_AARCH64_VIRT, "devices", "", NULL, 0, 0, "" },
  { MT_CLASS_AARCH64_VIRT, "devices", "", NULL, 8002000, 9000000, "" },
  { MT_CLASS_AARCH64_VIRT, "devices", "", NULL, 9000000, 9000000, "acpi-option:q" },
  { MT_CLASS_AARCH64_VIRT, "devices", "", NULL, 9000000, 9001000, "" },
  { MT_CLASS_ARM_VIRT, "devices", "", NULL, 10000000, 9000000, "" },
  { MT_CLASS_Q35, "features", "", "acpi", 10000000, 9000000, "acpi-option:q" },
  { MT_CLASS_Q35, "features", "", "acpi", 10000000, 11003000, "" },
  { MT_CLASS_Q35, "devices", "", NULL, 10000000, 9000000, "" },
  { MT_CLASS_MICROVM, "features", "", "acpi", 10000000, 9000000, "acpi-option:q" },
  /* What remains open. */
  { MT_CLASS_ISAPC, "devices", "<controller type='pci' index='0' model='pci-root'/>", NULL, 0, 0,
    "pci-root-pci-root:i" },
  { MT_CLASS_ISAPC, "devices", "<controller type='pci' index='0' model='pci-root'/>", NULL,
    10000000, 11004000, "pci-root-pci-root:l" },
  { MT_CLASS_Q35, "", "<vcpu>256</vcpu><cpu mode='maximum'/>", "vcpu", 8002000, 10010000,
    "vcpus-x2apic:q" },
  { MT_CLASS_Q35, "", "<vcpu>256</vcpu><cpu mode='maximum'/>", "vcpu", 9000000, 10010000, "" },
  { MT_CLASS_Q35, "", "<vcpu>256</vcpu>", "vcpu", 9000000, 10010000, "vcpus-x2apic:q" },
  { MT_CLASS_Q35, "", X2APIC ("require"), "vcpu", 9000000, 10010000, "" },
  { MT_CLASS_Q35, "", X2APIC ("disable"), "vcpu", 9000000, 10010000, "vcpus-x2apic:q" },
  { MT_CLASS_Q35, "", "<vcpu>256</vcpu>", "vcpu", 9000000, 10009000, "vcpus:l vcpus-x2apic:q" },
  { MT_CLASS_ARM_VIRT, "", "<vcpu>9</vcpu>", "vcpu", 0, 0, "gic-vcpus:q?" },
  { MT_CLASS_ARM_VIRT, "", "<vcpu>9</vcpu>", "vcpu", 7002000, 9000000, "gic-vcpus:q" },
  { MT_CLASS_ARM_VIRT, "", "<vcpu>9</vcpu>", "vcpu", 10000000, 9000000, "" },
};

static void
test_versions (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (by_version); i++) {
    g_autofree char *base = snippet_dup_domain ((MtMachineClass)by_version[i].class);
    g_autofree char *xml = snippet_edit (base, by_version[i].parent, by_version[i].fragment,
                                         by_version[i].replaced, NULL);
    g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    g_autofree char *codes = NULL;

    machtype_host_builder_set_versions (builder, by_version[i].qemu, by_version[i].libvirt);
    host = machtype_host_builder_end (builder);
    ROW ("%s: %s", xml, by_version[i].codes);
    codes = join_authorities (xml, by_version[i].libvirt != 0 ? host : NULL);
    g_assert_cmpstr (codes, ==, by_version[i].codes);
  }
}

/* The age of the types of stored domains does not matter. */
static char *
join_without_notes (GPtrArray *findings)
{
  guint i;

  for (i = findings->len; i-- > 0;) {
    if (machtype_finding_get_severity (findings->pdata[i]) == MACHTYPE_SEVERITY_NOTE)
      g_ptr_array_remove_index (findings, i);
  }
  return test_join_codes (findings);
}

static void
lint_folder (const char *folder, const char *const *exceptions)
{
  GError *error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL), *xml = NULL, *codes = NULL;
    g_autoptr (MachtypeHost) host = NULL;
    gsize length;

    if (!g_str_has_suffix (name, ".xml"))
      continue;
    g_file_get_contents (path, &xml, &length, &error);
    g_assert_no_error (error);
    ROW ("%s", name);
    /* Only the host knows what machine it is. */
    if (strcmp (name, "vendor.xml") == 0)
      host = test_read_host (name, NULL);
    codes = join_without_notes (lint (xml, host));
    g_assert_cmpstr (codes, ==, g_strv_contains (exceptions, name) ? "kernel-missing" : "");
    n++;
  }
  g_test_message ("%u domains", n);
  g_assert_cmpuint (n, >, 0);
}

/* Guests of this library; for one of them the library itself reports that it cannot boot. */
static void
test_guests (void)
{
  static const char *const exceptions[] = { "mipsel-virtio-input.xml", NULL };
  g_autofree char *folder = test_data ("guests");

  lint_folder (folder, exceptions);
}

/* A domain that the library has converted to another machine has nothing left that this one does
 * not support. */
static void
test_converted (void)
{
  static const char *const names[] = { "guest-to-pc.xml", "guest-to-q35.xml", "pc-to-q35.xml",
                                       "q35-to-pc.xml", "uefi-to-q35.xml" };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = g_build_filename ("convert", names[i], NULL), *codes = NULL;
    g_autofree char *xml = test_read (name, NULL);

    ROW ("%s", name);
    codes = join_without_notes (lint (xml, NULL));
    g_assert_cmpstr (codes, ==, "");
  }
}

static void
test_booted (void)
{
  static const char *const exceptions[] = { NULL };
  const char *folder = g_getenv (DOMAINS_VARIABLE);

  if (folder == NULL) {
    g_test_skip (DOMAINS_VARIABLE " names no folder of domains that were booted");
    return;
  }
  lint_folder (folder, exceptions);
}

/* "x86_64 pc, x86_64 q35", or "all but m68k virt" where that is shorter. */
static char *
dup_classes (guint32 classes)
{
  g_autoptr (GString) in = g_string_new (NULL), out = g_string_new (NULL);
  guint class, inside = 0, outside = 0;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    const gboolean is_in = (classes & MT_CLASS_BIT (class)) != 0;
    GString *list = is_in ? in : out;
    g_autofree char *label = snippet_dup_label ((MtMachineClass) class);

    g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "", label);
    *(is_in ? &inside : &outside) += 1;
  }
  if (outside == 0)
    return g_strdup ("all");
  return inside > outside ? g_strdup_printf ("all but %s", out->str) : g_strdup (in->str);
}

/* The machines for which an authority refuses a rule's value. */
static guint32
list_refused (const MtRule *rule, MachtypeAuthority authority)
{
  guint32 classes = 0;
  guint class;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    if (mt_rule_ask (rule, (MtMachineClass) class) == authority)
      classes |= MT_CLASS_BIT (class);
  }
  return classes;
}

static void
add_rules (GString *text)
{
  gsize i, count;
  const MtRule *rules = mt_rules_get (&count);

  g_string_append (
      text, "## Rules for one value\n\n| code | versions | refused by libvirt's define | does not "
            "start | harms the guest | no effect |\n| --- | --- | --- | --- | --- | --- |\n");
  for (i = 0; i < count; i++) {
    const guint32 define = list_refused (&rules[i], MACHTYPE_AUTHORITY_LIBVIRT_DEFINE);
    const guint32 start = list_refused (&rules[i], MACHTYPE_AUTHORITY_QEMU);
    const guint32 guest = list_refused (&rules[i], MACHTYPE_AUTHORITY_GUEST);
    const guint32 ignored = list_refused (&rules[i], MACHTYPE_AUTHORITY_IGNORED);
    g_autofree char *on_define = dup_classes (define), *on_start = dup_classes (start);
    g_autofree char *on_guest = dup_classes (guest), *on_ignored = dup_classes (ignored);
    g_autofree char *versions = mt_versions_dup_text (&rules[i].versions);

    if (rules[i].kind != MT_KIND_CPU_TOPOLOGY && (define | start | guest | ignored) != 0)
      g_string_append_printf (text, "| `%s-%s` | %s | %s | %s | %s | %s |\n",
                              mt_kind_get_code ((MtDeviceKind)rules[i].kind), rules[i].value,
                              versions != NULL ? versions : "all", on_define, on_start, on_guest,
                              on_ignored);
  }
}

static char *
dup_checked (const MtLintCheck *check)
{
  guint32 classes = 0;
  guint class;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    if (mt_lint_check_is_for (check, (MtMachineClass) class))
      classes |= MT_CLASS_BIT (class);
  }
  return dup_classes (classes);
}

static char *
dup_authorities (const MtLintCheck *check)
{
  const char *authority = machtype_authority_to_string ((MachtypeAuthority)check->authority);

  if (!mt_qemu_version_is_set (check->define_from))
    return g_strdup (authority);
  return g_strdup_printf ("%s; libvirt-define with libvirt from %u.%u on", authority,
                          check->define_from.major, check->define_from.minor);
}

static void
add_checks (GString *text)
{
  const MtLintCheck *checks;
  gsize i, count;
  guint group;

  g_string_append (
      text, "\n## Rules for several values\n\n| code | machines | versions | authority | what | "
            "remedy | source |\n| --- | --- | --- | --- | --- | --- | --- |\n");
  for (group = 0; (checks = mt_lint_checks_get (group, &count)) != NULL; group++)
    for (i = 0; i < count; i++) {
      g_autofree char *classes = dup_checked (&checks[i]);
      g_autofree char *versions = mt_versions_dup_text (&checks[i].versions);
      const char *remedy = checks[i].dup_remedy != NULL ? "depends on the host" : checks[i].remedy;
      g_autofree char *authority = dup_authorities (&checks[i]);

      g_string_append_printf (text, "| `%s` | %s | %s | %s | %s | `%s` | %s |\n", checks[i].code,
                              classes, versions != NULL ? versions : "all", authority,
                              checks[i].message, remedy, checks[i].source);
    }
}

/* For machines that have, or lack, what the columns say; "any": also those of no class. */
static char *
dup_placed (const MtPlaceRule *rule)
{
  guint32 classes = 0;
  guint class;

  if ((rule->has | rule->lacks) == 0)
    return g_strdup ("any");
  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    if (mt_class_has ((MtMachineClass) class, rule->has) &&
        (rule->lacks == 0 || !mt_class_has ((MtMachineClass) class, rule->lacks)))
      classes |= MT_CLASS_BIT (class);
  }
  return dup_classes (classes);
}

static void
add_places (GString *text)
{
  guint i;

  g_string_append (text,
                   "\n## Rules for addresses and controllers\n\n| code | machines | authority "
                   "| what | remedy | source |\n| --- | --- | --- | --- | --- | --- |\n");
  for (i = 1; i <= MT_PLACE_LAST; i++) {
    const MtPlaceRule *rule = mt_place_rule_get ((MtPlaceCode)i);
    g_autofree char *classes = dup_placed (rule);

    g_string_append_printf (text, "| `%s` | %s | %s | %s | `%s` | %s |\n", rule->code, classes,
                            machtype_authority_to_string ((MachtypeAuthority)rule->authority),
                            rule->message, rule->remedy, rule->source);
  }
}

/* This test writes the table of the documentation; it is not a copy. */
static void
test_documented (void)
{
  g_autoptr (GString) text =
      g_string_new ("# Lint: the rules\n\nEvery code that `machtype lint` reports, with the "
                    "machines it applies to. "
                    "The unit test `lint`\nwrites this page (MACHTYPE_TEST_UPDATE=1) from "
                    "`libmachtype/compat/rules.c`,\n`libmachtype/domain/lint-checks.c` and "
                    "`lint-place-report.c`.\n\n");

  add_rules (text);
  add_checks (text);
  add_places (text);
  test_assert_golden ("../../doc/lint-rules.md", text->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lint/bases", test_bases);
  g_test_add_func ("/lint/rules", test_rules);
  g_test_add_func ("/lint/conditions", test_conditions);
  g_test_add_func ("/lint/conditions-whole", test_conditions_whole);
  g_test_add_func ("/lint/machines", test_machines);
  g_test_add_func ("/lint/domain-capabilities", test_domain_capabilities);
  g_test_add_func ("/lint/subjects", test_subjects);
  g_test_add_func ("/lint/elsewhere", test_elsewhere);
  g_test_add_func ("/lint/hostile", test_hostile);
  g_test_add_func ("/lint/much", test_much);
  g_test_add_func ("/lint/truncated", test_truncated);
  g_test_add_func ("/lint/numbers", test_numbers);
  g_test_add_func ("/lint/versions", test_versions);
  g_test_add_func ("/lint/guests", test_guests);
  g_test_add_func ("/lint/converted", test_converted);
  g_test_add_func ("/lint/booted", test_booted);
  g_test_add_func ("/lint/documented", test_documented);
  return g_test_run ();
}
