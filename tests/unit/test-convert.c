/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <string.h>

static MachtypeConversion *
convert (const char *xml, const char *machine, guint flags, GError **error)
{
  return machtype_domain_convert (xml, -1, machine, MACHTYPE_STATE_STOPPED,
                                  (MachtypeChangeFlags)flags, NULL, error);
}

static MachtypeConversion *
force (const char *xml, const char *machine)
{
  GError *error = NULL;
  MachtypeConversion *conversion = convert (xml, machine, MACHTYPE_CHANGE_FORCE, &error);

  g_assert_no_error (error);
  g_assert_nonnull (machtype_conversion_get_xml (conversion));
  return conversion;
}

static char *
force_xml (const char *xml, const char *machine)
{
  g_autoptr (MachtypeConversion) conversion = force (xml, machine);

  return g_strdup (machtype_conversion_get_xml (conversion));
}

/* What can change; everything else must not. */
static const char *const same_family[] = {
  "/domain/os/type/@machine",
  "/domain/metadata/m:record/@machine",
  "/domain/metadata/m:record/@asked",
  NULL,
};
static const char *const other_family[] = {
  "/domain/os/type/@machine",
  "/domain/metadata/m:record/@machine",
  "/domain/metadata/m:record/@asked",
  "/domain/os/boot",
  "/domain/devices/*/boot",
  "/domain/features/smm/tseg",
  "/domain/devices/controller[@type='pci' or @type='ide' or @type='sata' or @type='usb']",
  "/domain/devices/*[namespace-uri()='']/address[@type='pci' or @type='virtio-mmio']",
  "/domain/devices/disk[not(@device='floppy')]/address[@type='drive']",
  "/domain/devices/disk/target[@bus='ide' or @bus='sata' or not(@bus)]",
  "/domain/devices/memory/address/@base",
  "/domain/devices/watchdog/@model",
  "/domain/devices/iommu",
  NULL,
};

static void
remove_all (xmlXPathContext *context, const char *path)
{
  xmlXPathObject *found = xmlXPathEvalExpression ((const xmlChar *)path, context);
  int i;

  g_assert_nonnull (found);
  for (i = found->nodesetval != NULL ? found->nodesetval->nodeNr : 0; i-- > 0;) {
    xmlNode *node = found->nodesetval->nodeTab[i];

    found->nodesetval->nodeTab[i] = NULL;
    if (node->type == XML_ATTRIBUTE_NODE) {
      xmlRemoveProp ((xmlAttr *)node);
    } else {
      xmlUnlinkNode (node);
      xmlFreeNode (node);
    }
  }
  xmlXPathFreeObject (found);
}

/* Canonical XML, with comments, without the parts and without layout. */
static char *
make_canonical (const char *xml, const char *const *without)
{
  xmlDoc *document = xmlReadMemory (xml, (int)strlen (xml), NULL, NULL, XML_PARSE_NOBLANKS);
  xmlXPathContext *context;
  xmlChar *text = NULL;
  char *canonical;

  g_assert_nonnull (document);
  context = xmlXPathNewContext (document);
  xmlXPathRegisterNs (context, (const xmlChar *)"m", (const xmlChar *)"urn:libmachtype:record:1");
  for (; *without != NULL; without++)
    remove_all (context, *without);
  xmlXPathFreeContext (context);
  g_assert_cmpint (xmlC14NDocDumpMemory (document, NULL, XML_C14N_1_0, NULL, 1, &text), >=, 0);
  canonical = g_strdup ((const char *)text);
  xmlFree (text);
  xmlFreeDoc (document);
  return canonical;
}

static void
assert_rest_equal (const char *before, const char *after, const char *const *without)
{
  g_autofree char *a = make_canonical (before, without), *b = make_canonical (after, without);

  g_assert_cmpstr (b, ==, a);
}

/* Whole documents: libvirt's own, the library's own, and odd ones. */
static const struct {
  const char *file, *machine, *golden;
  const char *codes;
} documents[] = {
  { "convert/pc-libvirt.xml", "pc-q35-7.2", "convert/pc-to-q35.xml",
    "board disk-bus disk-bus boot-driver pci-controllers usb-controller watchdog-model "
    "pci-addresses network-name virtio-1 saved-state" },
  { "convert/q35-libvirt.xml", "pc-i440fx-7.2", "convert/q35-to-pc.xml",
    "board pci-controllers iommu-model pci-addresses smm network-name saved-state" },
  { "convert/odd.xml", "pc-q35-7.2", "convert/odd-to-q35.xml",
    "board disk-bus disk-bus disk-bus boot-order boot-driver pci-controllers pci-hotplug "
    "usb-controller "
    "usb-controller watchdog-model pci-addresses network-name virtio-1 passthrough firmware "
    "saved-state qemu-arguments qemu-arguments" },
  { "guests/pc.xml", "pc-q35-7.2", "convert/guest-to-q35.xml",
    "board disk-bus pci-controllers network-name virtio-1 saved-state" },
  { "guests/q35.xml", "pc-i440fx-7.2", "convert/guest-to-pc.xml",
    "board pci-controllers network-name saved-state" },
  { "guests/pc-uefi-mirror.xml", "pc-q35-7.2", "convert/uefi-to-q35.xml",
    "board pci-controllers firmware saved-state" },
};

static void
test_documents (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    g_autofree char *xml = test_read (documents[i].file, NULL), *codes = NULL;
    g_autoptr (MachtypeConversion) conversion = NULL;

    ROW ("%s to %s", documents[i].file, documents[i].machine);
    conversion = force (xml, documents[i].machine);
    codes = test_join_codes (machtype_conversion_list_effects (conversion));
    test_assert_golden (documents[i].golden, machtype_conversion_get_xml (conversion));
    assert_rest_equal (xml, machtype_conversion_get_xml (conversion), other_family);
    g_assert_cmpstr (codes, ==, documents[i].codes);
    g_assert_cmpint (machtype_change_get_verdict (machtype_conversion_get_change (conversion)), ==,
                     MACHTYPE_VERDICT_FORCED);
  }
}

/* The result of a conversion fits: converted again, from the old type, nothing more changes. Within
 * a family only the type changes. */
static void
test_again (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (documents); i++) {
    const char *machine = documents[i].machine;
    g_autofree char *xml = test_read (documents[i].file, NULL);
    g_autoptr (MachtypeDomain) domain =
        machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, NULL);
    g_autofree char *once = force_xml (xml, machine), *old = NULL, *twice = NULL, *noop = NULL;
    g_autofree char *older = NULL, *newer = NULL;

    ROW ("%s to %s", documents[i].file, machine);
    noop = force_xml (once, machine);
    g_assert_cmpstr (noop, ==, once);
    old = machtype_domain_xml_with_machine (once, -1, machtype_domain_get_machine (domain), NULL);
    twice = force_xml (old, machine);
    g_assert_cmpstr (twice, ==, once);
    older = force_xml (once, strstr (machine, "q35") != NULL ? "pc-q35-5.2" : "pc-i440fx-5.2");
    assert_rest_equal (once, older, same_family);
    newer = force_xml (older, machine);
    g_assert_cmpstr (newer, ==, once);
  }
}

#define ACPI "<features><acpi/></features>"

/* One thing at a time, from pc to q35 or back: the resulting contents of <devices>. PORTS are the
 * root and its ports; effects other than those of every conversion. */
static const struct {
  const char *machine;
  const char *devices, *expected;
  const char *codes;
} rows[] = {
  { "q35", "", "PORTS", "" },
  { "pc", "", "<controller type='pci' index='0' model='pci-root'/>", "" },
  { "q35", "<controller type='pci' index='0' model='pci-root'/>", "PORTS", "" },
  { "q35", "<controller type='pci' model='pci-root'><target hotplug='off'/></controller>",
    "<controller type='pci' model='pcie-root'/>PORTS", "pci-hotplug" },
  { "pc",
    "<controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='0' "
    "model='pcie-root'><pcihole64 unit='KiB'>1</pcihole64></controller><controller type='pci' "
    "index='2' model='pcie-to-pci-bridge'/>",
    "<controller type='pci' index='0' model='pci-root'><pcihole64 unit='KiB'>1</pcihole64>"
    "</controller>",
    "" },
  /* Drives. */
  { "q35", "<disk><target dev='hda' bus='ide'/></disk>",
    "<disk><target dev='sda' bus='sata'/>DRIVE 0 0</disk>PORTS", "disk-bus boot-driver" },
  { "q35", "<disk device='lun'><target dev='hda' bus='ide'/></disk>",
    "<disk device='lun'><target dev='sda' bus='sata'/>DRIVE 0 0</disk>PORTS",
    "disk-bus boot-driver" },
  /* What SATA cannot have: a WWN, and a BIOS translation. */
  { "q35",
    "<disk><target dev='hda' bus='ide'/><wwn> 5000c50015ea71ad </wwn><serial>s1</serial></disk>",
    "<disk><target dev='sda' bus='sata'/><serial>s1</serial>DRIVE 0 0</disk>PORTS",
    "disk-bus disk-wwn boot-driver" },
  { "q35",
    "<disk device='cdrom'><target dev='hdc' bus='ide'/><wwn>5000c50015ea71ad</wwn>"
    "<x:wwn xmlns:x='urn:x'/><wwn/></disk>",
    "<disk device='cdrom'><target dev='sdc' bus='sata'/><x:wwn xmlns:x='urn:x'/>DRIVE 0 0</disk>"
    "PORTS",
    "disk-bus disk-wwn disk-wwn" },
  { "q35",
    "<disk><target dev='hda'/><geometry cyls='16383' heads='16' secs='63' trans='lba'/></disk>",
    "<disk><target dev='sda' bus='sata'/><geometry cyls='16383' heads='16' secs='63'/>DRIVE 0 0"
    "</disk>PORTS",
    "disk-bus disk-geometry boot-driver" },
  { "q35",
    "<disk><target dev='hda' bus='ide'/><geometry cyls='16383' heads='16' secs='63'/></disk>",
    "<disk><target dev='sda' bus='sata'/><geometry cyls='16383' heads='16' secs='63'/>DRIVE 0 0"
    "</disk>PORTS",
    "disk-bus boot-driver" },
  { "q35",
    "<disk><target dev='sda' bus='scsi'/><wwn>5000c50015ea71ad</wwn><vendor>v</vendor></disk><disk>"
    "<target dev='sdb' bus='sata'/><serial>s</serial></disk>",
    "<disk><target dev='sda' bus='scsi'/><wwn>5000c50015ea71ad</wwn><vendor>v</vendor></disk><disk>"
    "<target dev='sdb' bus='sata'/><serial>s</serial></disk>PORTS",
    "" },
  { "pc",
    "<disk><target dev='sda' bus='scsi'/><wwn>5000c50015ea71ad</wwn></disk><disk><target dev='sdb' "
    "bus='sata'/><geometry cyls='16383' heads='16' secs='63'/></disk>",
    "<disk><target dev='sda' bus='scsi'/><wwn>5000c50015ea71ad</wwn></disk><disk><target dev='sdb' "
    "bus='sata'/><geometry cyls='16383' heads='16' secs='63'/></disk><controller type='pci' "
    "index='0' model='pci-root'/>",
    "" },
  { "q35", "<disk device='cdrom'><target dev='hdd'/></disk>",
    "<disk device='cdrom'><target dev='sdd' bus='sata'/>DRIVE 0 0</disk>PORTS", "disk-bus" },
  { "q35",
    "<disk><target dev='sda' bus='scsi'/></disk><disk><target dev='hdb' bus='ide'/><address "
    "type='drive' controller='0' bus='0' target='0' unit='1'/></disk><disk><target dev='hda' "
    "bus='ide'/></disk>",
    "<disk><target dev='sda' bus='scsi'/></disk><disk><target dev='sdb' bus='sata'/><address "
    "type='drive' controller='0' bus='0' target='0' unit='0'/></disk><disk><target dev='sdc' "
    "bus='sata'/>DRIVE 0 1</disk>PORTS",
    "disk-bus disk-bus boot-driver" },
  { "q35", "<disk><target dev='sdk' bus='ide'/></disk><disk><target dev='x' bus='ide'/></disk>",
    "<disk><target dev='sdk' bus='sata'/>DRIVE 0 0</disk><disk><target dev='sda' bus='sata'/>DRIVE "
    "0 1</disk>PORTS",
    "disk-bus disk-bus boot-driver" },
  /* A full controller: the seventh port is on the next one. */
  { "q35",
    "<disk><target dev='sda' bus='sata'/></disk><disk><target dev='sdb' bus='sata'/></disk><disk>"
    "<target dev='sdc' bus='sata'/></disk><disk><target dev='sdd' bus='sata'/></disk><disk><target "
    "dev='sde' bus='sata'/></disk><disk><target dev='sdf' bus='sata'/></disk><disk><target "
    "dev='hdg' bus='ide'/></disk>",
    "<disk><target dev='sda' bus='sata'/></disk><disk><target dev='sdb' bus='sata'/></disk><disk>"
    "<target dev='sdc' bus='sata'/></disk><disk><target dev='sdd' bus='sata'/></disk><disk><target "
    "dev='sde' bus='sata'/></disk><disk><target dev='sdf' bus='sata'/></disk><disk><target "
    "dev='sdg' bus='sata'/>DRIVE 1 0</disk>PORTS",
    "disk-bus boot-driver" },
  /* The first drive remains the first: SATA drives are sorted among themselves. */
  { "q35", "<disk><target dev='hdb' bus='ide'/></disk><disk><target dev='sda' bus='sata'/></disk>",
    "<disk><target dev='sdb' bus='sata'/>DRIVE 0 1<boot order='1'/></disk><disk><target dev='sda' "
    "bus='sata'/></disk>PORTS",
    "disk-bus boot-order boot-driver" },
  { "q35",
    "<disk><boot order='2'/><target dev='hdb' bus='ide'/></disk><disk><boot order='1'/><target "
    "dev='sda' bus='sata'/></disk>",
    "<disk><boot order='2'/><target dev='sdb' bus='sata'/>DRIVE 0 1</disk><disk><boot order='1'/>"
    "<target dev='sda' bus='sata'/></disk>PORTS",
    "disk-bus boot-driver" },
  { "q35", "<disk><target dev='sda' bus='sata'/></disk><disk><target dev='hda' bus='ide'/></disk>",
    "<disk><target dev='sda' bus='sata'/></disk><disk><target dev='sdb' bus='sata'/>DRIVE 0 1"
    "</disk>PORTS",
    "disk-bus boot-driver" },
  { "q35", "<disk device='floppy'><target dev='fda' bus='fdc'/></disk><controller type='fdc'/>",
    "<disk device='floppy'><target dev='fda' bus='fdc'/></disk><controller type='fdc'/>PORTS", "" },
  { "q35", "<disk device='cdrom'><target dev='sda' bus='usb'/></disk><disk/><disk><target/></disk>",
    "<disk device='cdrom'><target dev='sda' bus='usb'/></disk><disk/><disk><target/></disk>PORTS",
    "" },
  { "pc",
    "<disk><target dev='sda' bus='sata'/><address type='drive' unit='0'/></disk><controller "
    "type='sata' index='0'><address type='pci' slot='0x1f' function='0x2'/></controller>",
    "<disk><target dev='sda' bus='sata'/><address type='drive' unit='0'/></disk><controller "
    "type='sata' index='0'/><controller type='pci' index='0' model='pci-root'/>",
    "pci-addresses" },
  { "pc", "<controller type='sata' index='0'/>",
    "<controller type='pci' index='0' model='pci-root'/>", "" },
  { "q35",
    "<controller type='ide' index='0'/><controller type='sata' index='0'/><controller index='0'/>",
    "<controller type='sata' index='0'/>PORTS", "" },
  /* USB. */
  { "q35", "<controller type='usb' index='0'/>",
    "<controller type='usb' index='0' model='qemu-xhci' ports='15'/>PORTS", "usb-controller" },
  { "q35", "<controller type='usb' model='piix4-uhci'><alias name='ua-u'/><x/></controller>",
    "<controller type='usb' model='qemu-xhci' ports='15'><alias name='ua-u'/></controller>PORTS",
    "usb-controller" },
  { "q35",
    "<controller type='usb' index='0' model='none'/><controller type='usb' index='1' "
    "model='nec-xhci'/>",
    "<controller type='usb' index='0' model='none'/><controller type='usb' index='1' "
    "model='nec-xhci'/>PORTS",
    "" },
  { "pc", "<controller type='usb' index='0' model='ich9-ehci1'/>",
    "<controller type='usb' index='0' model='ich9-ehci1'/><controller type='pci' index='0' "
    "model='pci-root'/>",
    "" },
  /* Others. */
  { "q35", "<watchdog model='ib700' action='none'/>",
    "<watchdog model='i6300esb' action='none'/>PORTS", "watchdog-model" },
  { "pc", "<watchdog model='itco' action='reset'/><watchdog model='i6300esb'/>",
    "<watchdog model='i6300esb'/><controller type='pci' index='0' model='pci-root'/>",
    "watchdog-model" },
  { "pc", "<iommu model='intel'/>", "<controller type='pci' index='0' model='pci-root'/>",
    "iommu-model" },
  { "pc", "<iommu model='amd'><driver intremap='on'/><address type='pci' slot='0x01'/></iommu>",
    "<controller type='pci' index='0' model='pci-root'/>", "iommu-model" },
  { "pc", "<iommu model='virtio'/>", "<controller type='pci' index='0' model='pci-root'/>",
    "iommu-model" },
  { "pc", "<iommu model='smmuv3'/>", "<controller type='pci' index='0' model='pci-root'/>",
    "iommu-model" },
  { "pc", "<iommu model='future'/><iommu/>", "<controller type='pci' index='0' model='pci-root'/>",
    "iommu-model iommu-model" },
  { "q35", "<iommu model='intel'/>", "<iommu model='intel'/>PORTS", "" },
  { "q35", "<iommu model='virtio'/>", "<iommu model='virtio'/>PORTS", "" },
  { "q35", "<iommu model='future'/>", "<iommu model='future'/>PORTS", "" },
  { "q35", "<iommu model='smmuv3'/>", "PORTS", "iommu-model" },
  { "pc",
    "<disk><driver iommu='on' ats='on' name='qemu'/></disk><interface><mac address='a'/><model "
    "type='virtio-non-transitional'/><driver iommu='on'/></interface><rng "
    "model='virtio-non-transitional'><driver iommu='on'/></rng>",
    "<disk><driver name='qemu'/></disk><interface><mac address='a'/><model "
    "type='virtio-non-transitional'/><driver iommu='on'/></interface><rng "
    "model='virtio-non-transitional'><driver iommu='on'/></rng><controller type='pci' index='0' "
    "model='pci-root'/>",
    "iommu-model network-name" },
  { "q35", "<rng><driver iommu='on' ats='on'/></rng>",
    "<rng><driver iommu='on' ats='on'/></rng>PORTS", "" },
  { "q35", "<video><model type='xen'/></video><video><model type='cirrus'/></video>",
    "<video><model type='virtio'/></video><video><model type='cirrus'/></video>PORTS",
    "video-model" },
  { "q35", "<input type='mouse' bus='ps2'/><tpm model='tpm-tis'/><panic model='isa'/>",
    "<input type='mouse' bus='ps2'/><tpm model='tpm-tis'/><panic model='isa'/>PORTS", "" },
  { "q35", "<memory><address type='dimm' slot='1' base='0x1'/></memory>",
    "<memory><address type='dimm' slot='1'/></memory>PORTS", "" },
  { "q35", "<rng><address type='ccw'/></rng><sound><address/></sound>",
    "<rng/><sound><address/></sound>PORTS", "pci-addresses" },
  { "q35",
    "<hostdev type='usb'><source><address bus='1'/></source><address type='usb' port='1'/>"
    "</hostdev><channel><address type='virtio-serial' port='1'/></channel>",
    "<hostdev type='usb'><source><address bus='1'/></source><address type='usb' port='1'/>"
    "</hostdev><channel><address type='virtio-serial' port='1'/></channel>PORTS",
    "" },
  { "q35", "<interface><mac address='a'/></interface><interface><acpi index='1'/></interface>",
    "<interface><mac address='a'/></interface><interface><acpi index='1'/></interface>PORTS",
    "network-name" },
  { "q35", "<disk model='virtio-transitional'><target dev='vda' bus='virtio'/></disk>",
    "<disk model='virtio-transitional'><target dev='vda' bus='virtio'/></disk>PORTS", "" },
  { "q35", "<controller type='scsi' model='virtio-scsi'/>",
    "<controller type='scsi' model='virtio-scsi'/>PORTS", "virtio-1" },
  { "pc", "<disk><target dev='vda' bus='virtio'/></disk>",
    "<disk><target dev='vda' bus='virtio'/></disk><controller type='pci' index='0' "
    "model='pci-root'/>",
    "" },
};

static void
replace (GString *text, const char *find, const char *by)
{
  g_string_replace (text, find, by, 0);
}

/* The contents of <devices>, with single quotes; NULL: there are none. */
static char *
cut_devices (const char *xml)
{
  const char *start = strstr (xml, "<devices>"), *end = strstr (xml, "</devices>");

  if (start == NULL || end == NULL)
    return NULL;
  start += strlen ("<devices>");
  return g_strdelimit (g_strndup (start, (gsize)(end - start)), "\"", '\'');
}

static char *
expand (const char *expected)
{
  g_autoptr (GString) ports = g_string_new (NULL);
  GString *text = g_string_new (expected);
  guint i, j;

  if (strstr (expected, "model='pcie-root'") == NULL)
    g_string_append (ports, "<controller type='pci' index='0' model='pcie-root'/>");
  for (i = 1; i <= 16; i++)
    g_string_append_printf (ports, "<controller type='pci' index='%u' model='pcie-root-port'/>", i);
  replace (text, "PORTS", ports->str);
  for (i = 0; i < 2; i++) {
    for (j = 0; j < 6; j++) {
      g_autofree char *find = g_strdup_printf ("DRIVE %u %u", i, j);
      g_autofree char *by = g_strdup_printf (
          "<address type='drive' controller='%u' bus='0' target='0' unit='%u'/>", i, j);

      replace (text, find, by);
    }
  }
  return g_string_free (text, FALSE);
}

static char *
make_domain (const char *machine, const char *head, const char *devices)
{
  return g_strdup_printf ("<domain type='kvm'>%s<os><type arch='x86_64' machine='%s'>hvm</type>"
                          "</os><devices><a/>%s</devices></domain>",
                          head, machine, devices);
}

/* Without the codes of every conversion. */
static char *
join_other_codes (const MachtypeConversion *conversion)
{
  g_autofree char *all = test_join_codes (machtype_conversion_list_effects (conversion));
  g_auto (GStrv) codes = g_strsplit (all, " ", -1);
  GString *others = g_string_new (NULL);
  gsize i, n = 0;

  for (i = 0; codes[i] != NULL; i++) {
    if (strcmp (codes[i], "board") == 0 || strcmp (codes[i], "pci-controllers") == 0 ||
        strcmp (codes[i], "saved-state") == 0)
      n++;
    else
      g_string_append_printf (others, "%s%s", others->len != 0 ? " " : "", codes[i]);
  }
  g_assert_cmpuint (n, ==, 3);
  return g_string_free (others, FALSE);
}

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *old = strcmp (rows[i].machine, "pc") == 0 ? "q35" : "pc";
    g_autofree char *xml = make_domain (old, ACPI, rows[i].devices), *codes = NULL, *devices = NULL;
    g_autofree char *expected = expand (rows[i].expected), *whole = NULL;
    g_autoptr (MachtypeConversion) conversion = NULL;

    ROW ("to %s: %s", rows[i].machine, rows[i].devices);
    conversion = force (xml, rows[i].machine);
    devices = cut_devices (machtype_conversion_get_xml (conversion));
    whole = g_strconcat ("<a/>", expected, NULL);
    g_assert_cmpstr (devices, ==, whole);
    codes = join_other_codes (conversion);
    g_assert_cmpstr (codes, ==, rows[i].codes);
  }
}

/* "target:order" of each disk and interface, - if it has none. */
static char *
list_orders (const char *xml)
{
  static const char path[] = "/domain/devices/*[self::disk or self::interface]";
  xmlDoc *document = xmlReadMemory (xml, (int)strlen (xml), NULL, NULL, 0);
  xmlXPathContext *context = xmlXPathNewContext (document);
  xmlXPathObject *found = xmlXPathEvalExpression ((const xmlChar *)path, context);
  GString *list = g_string_new (NULL);
  int i;

  for (i = 0; i < found->nodesetval->nodeNr; i++) {
    xmlXPathObject *texts[2];
    guint j;

    xmlXPathSetContextNode (found->nodesetval->nodeTab[i], context);
    texts[0] = xmlXPathEvalExpression ((const xmlChar *)"string(target/@dev)", context);
    texts[1] = xmlXPathEvalExpression ((const xmlChar *)"string(boot/@order)", context);
    for (j = 0; j < 2; j++) {
      const char *text = (const char *)texts[j]->stringval;

      g_string_append (list, j != 0 ? ":" : i != 0 ? " " : "");
      g_string_append (list, *text != '\0' ? text : "-");
      xmlXPathFreeObject (texts[j]);
    }
  }
  xmlXPathFreeObject (found);
  xmlXPathFreeContext (context);
  xmlFreeDoc (document);
  return g_string_free (list, FALSE);
}

/* The boot order in <os>, by kinds of devices, is set on each device, in the same order; otherwise
 * it is unchanged. */
static void
test_boot_order (void)
{
  static const struct {
    const char *boot, *disks, *expected; /* device:order */
  } orders[] = {
    { "<boot dev='network'/><boot dev='hd'/><boot dev='cdrom'/><boot dev='fd'/>",
      "<disk><target dev='hdb' bus='ide'/></disk><disk><target dev='sda' bus='sata'/></disk>"
      "<disk device='cdrom'><target dev='hdc' bus='ide'/></disk><disk device='floppy'><target "
      "dev='fda' bus='fdc'/></disk><interface/><interface/>",
      "sdb:2 sda:- sdc:3 fda:4 -:1 -:-" },
    /* None is given: libvirt uses the disk. And what does not exist is not booted. */
    { "", "<disk><target dev='hdb' bus='ide'/></disk><disk><target dev='sda' bus='sata'/></disk>",
      "sdb:1 sda:-" },
    { "<boot dev='cdrom'/><boot dev='hd'/>",
      "<disk><target dev='hdb' bus='ide'/></disk><disk><target dev='sda' bus='sata'/></disk>",
      "sdb:2 sda:-" },
    /* A drive in between: libvirt would put the SATA ones next to each other. */
    { "<boot dev='hd'/>",
      "<disk device='cdrom'><target dev='hdc' bus='ide'/></disk><disk><target dev='vda' "
      "bus='virtio'/></disk><disk><target dev='sda' bus='sata'/></disk>",
      "sdc:- vda:1 sda:-" },
    /* As libvirt parses them: hda before hdb. */
    { "<boot dev='hd'/>",
      "<disk><target dev='hdb' bus='ide'/></disk><disk><target dev='hda' bus='ide'/></disk>",
      "sdb:- sda:-" },
    { "<boot dev='hd'/>",
      "<disk device='lun'><target dev='hda' bus='ide'/></disk><disk><target dev='hdb' bus='ide'/>"
      "</disk>",
      "sda:- sdb:-" },
    /* A disk of the host is a disk. */
    { "<boot dev='hd'/>",
      "<disk device='lun'><target dev='hdb' bus='ide'/></disk><disk><target dev='sda' bus='sata'/>"
      "</disk>",
      "sdb:1 sda:-" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autofree char *domain = make_domain ("pc", "", orders[i].disks), *xml = NULL, *found = NULL;
    g_autoptr (GString) text = g_string_new (domain);
    gboolean kept;

    ROW ("%s: %s", orders[i].boot, orders[i].disks);
    replace (text, "</os>", orders[i].boot);
    replace (text, "<devices>", "</os><devices>");
    xml = force_xml (text->str, "q35");
    found = list_orders (xml);
    g_assert_cmpstr (found, ==, orders[i].expected);
    kept = strstr (xml, "<boot dev=") != NULL;
    g_assert_cmpint (kept, ==, orders[i].boot[0] != '\0' && strpbrk (found, "1234") == NULL);
  }
}

/* Within a family the type changes, and so does the copy of it in the metadata. */
static void
test_same_family (void)
{
  static const struct {
    const char *old_type, *new_type;
    guint flags;
    MachtypeVerdict verdict;
    const char *codes;
  } changes[] = {
    { "pc-q35-10.2", "pc-q35-11.0", 0, MACHTYPE_VERDICT_ALLOWED, "" },
    { "pc-q35-6.2", "pc-q35-7.0", 0, MACHTYPE_VERDICT_ALLOWED, "version" },
    { "pc-q35-7.0", "pc-q35-7.1", 0, MACHTYPE_VERDICT_ALLOWED, "version version" },
    { "pc-q35-7.1", "pc-q35-7.0", MACHTYPE_CHANGE_FORCE, MACHTYPE_VERDICT_FORCED,
      "version version" },
    { "pc-i440fx-7.2", "pc", MACHTYPE_CHANGE_FORCE, MACHTYPE_VERDICT_FORCED, "" },
    { "pc-q35-4.2", "pc-q35-rhel8.2.0", MACHTYPE_CHANGE_FORCE, MACHTYPE_VERDICT_FORCED, "" },
    /* An unknown type of a vendor still belongs to its family. */
    { "pc-q35-7.2", "pc-q35-acme1", MACHTYPE_CHANGE_FORCE, MACHTYPE_VERDICT_FORCED, "board" },
    { "pc-0.12", "pc-i440fx-7.2", 0, MACHTYPE_VERDICT_ALLOWED, NULL },
  };
  g_autofree char *odd = test_read ("convert/odd.xml", NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *xml = machtype_domain_xml_with_machine (odd, -1, changes[i].old_type, NULL);
    g_autofree char *codes = NULL, *mirror = NULL;
    g_autoptr (MachtypeConversion) conversion = NULL;
    GError *error = NULL;

    ROW ("%s to %s", changes[i].old_type, changes[i].new_type);
    conversion = convert (xml, changes[i].new_type, changes[i].flags, &error);
    g_assert_no_error (error);
    g_assert_cmpint (machtype_change_get_verdict (machtype_conversion_get_change (conversion)), ==,
                     changes[i].verdict);
    assert_rest_equal (xml, machtype_conversion_get_xml (conversion), same_family);
    mirror = g_strdup_printf ("arch=\"x86_64\" machine=\"%s\" asked=\"%s\"", changes[i].new_type,
                              changes[i].new_type);
    g_assert_nonnull (strstr (machtype_conversion_get_xml (conversion), mirror));
    g_assert_nonnull (
        strstr (machtype_conversion_get_xml (conversion), "machine=\"pc-i440fx-6.2\""));
    codes = test_join_codes (machtype_conversion_list_effects (conversion));
    if (changes[i].codes != NULL)
      g_assert_cmpstr (codes, ==, changes[i].codes);
  }
}

/* The same type: the same bytes, whatever they are. */
static void
test_noop (void)
{
  g_autofree char *xml = test_read ("convert/odd.xml", NULL);
  static const char latin[] = "<?xml version='1.0' encoding='ISO-8859-1'?><domain><name>\xe9</name>"
                              "<os><type machine='pc'>hvm</type></os></domain>";
  g_autoptr (MachtypeConversion) conversion = convert (xml, "pc-i440fx-6.2", 0, NULL);
  g_autoptr (MachtypeConversion) other = convert (latin, "pc", 0, NULL);
  GPtrArray *effects = machtype_conversion_list_effects (conversion);

  g_assert_cmpstr (machtype_conversion_get_xml (conversion), ==, xml);
  g_assert_cmpuint (effects->len, ==, 0);
  g_ptr_array_unref (effects);
  g_assert_cmpint (machtype_change_get_verdict (machtype_conversion_get_change (conversion)), ==,
                   MACHTYPE_VERDICT_NOOP);
  g_assert_cmpstr (
      machtype_conversion_get_xml (other), ==,
      "<domain><name>\xc3\xa9</name><os><type machine=\"pc\">hvm</type></os></domain>\n");
}

#define HEAD "<domain type='kvm'><os><type arch='x86_64' machine='"
#define TAIL "'>hvm</type></os><devices/></domain>"
#define PC HEAD "pc" TAIL
#define Q35(os)                                                                                    \
  "<domain type='kvm'><os><type arch='x86_64' machine='q35'>hvm</type>" os "</os>" ACPI "</"       \
  "domain>"
#define FORCE MACHTYPE_CHANGE_FORCE

/* What is not Secure Boot is converted; UEFI remembers where it booted from. */
static void
test_firmware (void)
{
  static const struct {
    const char *xml, *codes;
  } systems[] = {
    { Q35 ("<loader type='pflash' secure='no'/>"), "board firmware saved-state" },
    { Q35 ("<nvram>/x</nvram>"), "board firmware saved-state" },
    { Q35 ("<firmware><feature enabled='no' name='secure-boot'/></firmware>"),
      "board saved-state" },
    { Q35 ("<loader type='rom'>/x</loader>"), "board saved-state" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (systems); i++) {
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autofree char *codes = NULL;

    ROW ("%s", systems[i].xml);
    conversion = force (systems[i].xml, "pc");
    assert_rest_equal (systems[i].xml, machtype_conversion_get_xml (conversion), other_family);
    codes = test_join_codes (machtype_conversion_list_effects (conversion));
    g_assert_cmpstr (codes, ==, systems[i].codes);
  }
}

/* Only pc needs ACPI to power off. Another family's devices do not matter. */
static void
test_power_off (void)
{
  static const struct {
    const char *machine, *features, *codes;
  } systems[] = {
    { "pc", "", "acpi-missing" },
    { "pc", "<features/>", "acpi-missing" },
    { "pc", "<features><apic/><x:acpi xmlns:x='urn:x'/></features>", "acpi-missing" },
    { "pc-i440fx-7.2", "<x:features xmlns:x='urn:x'><acpi/></x:features>", "acpi-missing" },
    { "pc", "<features><pae/><acpi/></features>", "" },
    { "q35", "", "" },
    { "q35", "<features><acpi/></features>", "" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (systems); i++) {
    const char *old = strcmp (systems[i].machine, "q35") == 0 ? "pc" : "q35";
    g_autofree char *xml = make_domain (old, systems[i].features, ""), *codes = NULL;
    g_autoptr (MachtypeConversion) conversion = NULL;

    ROW ("%s to %s: %s", old, systems[i].machine, systems[i].features);
    conversion = force (xml, systems[i].machine);
    assert_rest_equal (xml, machtype_conversion_get_xml (conversion), other_family);
    codes = join_other_codes (conversion);
    g_assert_cmpstr (codes, ==, systems[i].codes);
  }
}

/* One effect, however many they are. */
static void
test_interfaces (void)
{
  static const struct {
    guint count;
    const char *more, *words; /* NULL: no effect */
  } rows_of[] = {
    { 0, "", NULL },
    { 0, "<interface><acpi index='1'/></interface>", NULL },
    { 1, "", "network interface 52:54:00:00:00:00 gets a new PCI address" },
    { 1, "<interface><acpi index='1'/></interface>", "interface 52:54:00:00:00:00 gets" },
    { 0, "<interface/>", "network interface without <mac> gets" },
    { 2, "", "2 network interfaces get new PCI addresses" },
    { 30, "<interface/>", "31 network interfaces get new" },
  };
  gsize i;
  guint j, n;

  for (i = 0; i < G_N_ELEMENTS (rows_of); i++) {
    g_autoptr (GString) devices = g_string_new (rows_of[i].more);
    g_autofree char *xml = NULL;
    g_autoptr (MachtypeConversion) conversion = NULL;
    g_autoptr (GPtrArray) effects = NULL;

    ROW ("%u, and %s", rows_of[i].count, rows_of[i].more);
    for (j = 0; j < rows_of[i].count; j++)
      g_string_append_printf (devices,
                              "<interface><mac address='52:54:00:00:00:%02x'/></interface>", j);
    xml = make_domain ("pc", "", devices->str);
    conversion = force (xml, "q35");
    effects = machtype_conversion_list_effects (conversion);
    for (j = n = 0; j < effects->len; j++) {
      if (strcmp (machtype_finding_get_code (effects->pdata[j]), "network-name") != 0)
        continue;
      n++;
      g_assert_nonnull (rows_of[i].words);
      g_assert_nonnull (
          strstr (machtype_finding_get_message (effects->pdata[j]), rows_of[i].words));
    }
    g_assert_cmpuint (n, ==, rows_of[i].words != NULL ? 1 : 0);
  }
}

/* With encrypted memory, devices need it. */
static void
test_encrypted (void)
{
  static const char xml[] =
      "<domain><os><type arch='x86_64' machine='q35'/></os><devices><controller type='pci' "
      "index='0' model='pcie-root'/><rng><driver iommu='on'/></rng></devices><launchSecurity "
      "type='sev'/></domain>";
  g_autofree char *converted = force_xml (xml, "pc");

  assert_rest_equal (xml, converted, other_family);
}

/* Truncated, or damaged in any byte: an error, or a document that can be converted again. */
static void
test_damaged (void)
{
  g_autofree char *xml = test_read ("convert/odd.xml", NULL);
  const gsize length = strlen (xml), step = test_is_short () ? 97 : g_test_slow () ? 1 : 4;
  static const char bytes[] = "<>&\"'/ \x01\xff";
  gsize i, j, n = 0;

  for (i = 0; i < length; i += step) {
    g_autofree char *damaged = g_strndup (xml, i);
    MachtypeConversion *conversion = convert (damaged, "q35", FORCE, NULL);

    ROW ("%" G_GSIZE_FORMAT " bytes", i);
    /* Only the comment after the document may be missing. */
    g_assert_true (conversion == NULL || i >= (gsize)(strstr (xml, "</domain>") - xml));
    machtype_conversion_unref (conversion);
  }
  for (i = 0; i < length; i += step) {
    for (j = i % 3; j < sizeof bytes - 1; j += 3) {
      g_autofree char *damaged = g_strdup (xml), *again = NULL;
      g_autoptr (MachtypeConversion) conversion = NULL;

      damaged[i] = bytes[j];
      conversion = convert (damaged, "pc-q35-7.2", FORCE, NULL);
      if (conversion == NULL || machtype_conversion_get_xml (conversion) == NULL)
        continue;
      n++;
      again = force_xml (machtype_conversion_get_xml (conversion), "pc-q35-7.2");
      g_assert_cmpstr (again, ==, machtype_conversion_get_xml (conversion));
    }
  }
  ROW ("%" G_GSIZE_FORMAT " converted", n);
  g_assert_cmpuint (n, >, 10);
}

static void
test_depth (void)
{
  g_autoptr (GString) xml = g_string_new (HEAD "pc'/></os><devices>");
  GError *error = NULL;
  guint i;

  for (i = 0; i < MACHTYPE_XML_MAX_DEPTH; i++)
    g_string_append (xml, "<disk>");
  for (i = 0; i < MACHTYPE_XML_MAX_DEPTH; i++)
    g_string_append (xml, "</disk>");
  g_string_append (xml, "</devices></domain>");
  g_assert_null (convert (xml->str, "q35", FORCE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "deeper");
}

/* The data kept for each device would exceed 32 bits of address space, and GLib would abort. */
static void
test_crowd (void)
{
  g_autoptr (GString) xml = g_string_new (HEAD "pc'/></os><devices>");
  g_autoptr (MachtypeConversion) conversion = NULL;
  GError *error = NULL;
  guint i;

  for (i = 0; i < 100000; i++)
    g_string_append (xml, "<sound/>");
  g_string_append (xml, "</devices><devices/></domain>");
  conversion = convert (xml->str, "q35", FORCE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (conversion);
  g_string_replace (xml, "<devices/>", "<devices><disk/></devices>", 1);
  g_assert_null (convert (xml->str, "q35", FORCE, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "devices");
}

/* Text of a document is used in messages, and so printed to terminals: on one line, and escaped. */
static void
test_messages (void)
{
  static const char devices[] =
      "<disk><target dev='hda&#10;warning: x&#x9b;2J' bus='ide'/></disk><interface><mac address='a"
      "&#10;b'/></interface><controller type='usb' index='1&#10;'/><video><model "
      "type='gop&#10;'/></video><video><model type='gop'/></video>";
  g_autofree char *xml = make_domain ("pc", "", devices);
  g_autoptr (MachtypeConversion) conversion = force (xml, "q35");
  g_autoptr (GPtrArray) effects = machtype_conversion_list_effects (conversion);
  guint i;

  g_assert_cmpuint (effects->len, >, 5);
  for (i = 0; i < effects->len; i++) {
    const char *message = machtype_finding_get_message (effects->pdata[i]);

    ROW ("%s", message);
    g_assert_null (strpbrk (message, "\n\xc2"));
  }
}

/* The time for very many devices is proportional to their number. */
static void
test_many (void)
{
  const guint n = test_is_short () ? 200 : g_test_slow () ? 20000 : 5000;
  g_autoptr (GString) xml = g_string_new (HEAD "pc'/></os><devices>");
  g_autofree char *converted = NULL;
  guint i;

  for (i = 0; i < n; i++)
    g_string_append_printf (xml,
                            "<disk><target dev='hda' bus='ide'/></disk><interface><address "
                            "type='pci'/></interface><controller type='usb' index='%u'/>"
                            "<controller type='pci' index='%u'/>",
                            i, i);
  g_string_append (xml, "</devices></domain>");
  converted = force_xml (xml->str, "q35");
  g_assert_null (strstr (converted, "bus=\"ide\""));
  ROW ("%u devices", n);
}

static void
test_references (void)
{
  MachtypeConversion *conversion = convert (PC, "pc", 0, NULL);

  g_assert_true (g_boxed_copy (MACHTYPE_TYPE_CONVERSION, conversion) == conversion);
  g_boxed_free (MACHTYPE_TYPE_CONVERSION, conversion);
  machtype_conversion_unref (conversion);
  machtype_conversion_unref (NULL);
}

/* What a vendor's type is, the host says. */
static void
test_vendor (void)
{
  static const struct {
    const char *from, *to, *written;
  } vendor_rows[] = {
    { "pc-i440fx-house-2.1", "q35", "machine=\"box-3\" bus=\"sata\"" },
    { "pc-i440fx-house-2.1", "box-3", "machine=\"box-3\" bus=\"sata\"" },
    { "pc", "house", "machine=\"box-3\" bus=\"sata\"" },
    /* Of the same family: nothing else changes. */
    { "pc-i440fx-house-2.1", "pc", "machine=\"pc-i440fx-house-2.1\" bus=\"ide\"" },
    { "box-3", "pc-q35-9.0", "machine=\"pc-q35-9.0\" bus=\"ide\"" },
  };
  g_autoptr (MachtypeHost) host = test_make_host ("vendor.xml");
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (vendor_rows); i++) {
    g_autofree char *xml = g_strdup_printf (
        "<domain type='kvm'><os><type arch='x86_64' machine='%s'>hvm</type></os><devices>"
        "<disk device='cdrom'><target dev='hda' bus='ide'/></disk></devices></domain>",
        vendor_rows[i].from);
    g_autoptr (MachtypeConversion) conversion =
        machtype_domain_convert (xml, -1, vendor_rows[i].to, MACHTYPE_STATE_STOPPED,
                                 MACHTYPE_CHANGE_FORCE | MACHTYPE_CHANGE_PIN, host, NULL);
    g_auto (GStrv) words = g_strsplit (vendor_rows[i].written, " ", -1);

    ROW ("%s to %s", vendor_rows[i].from, vendor_rows[i].to);
    g_assert_nonnull (conversion);
    for (k = 0; words[k] != NULL; k++)
      g_assert_nonnull (strstr (machtype_conversion_get_xml (conversion), words[k]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/convert/documents", test_documents);
  g_test_add_func ("/convert/again", test_again);
  g_test_add_func ("/convert/rows", test_rows);
  g_test_add_func ("/convert/boot-order", test_boot_order);
  g_test_add_func ("/convert/same-family", test_same_family);
  g_test_add_func ("/convert/noop", test_noop);
  g_test_add_func ("/convert/power-off", test_power_off);
  g_test_add_func ("/convert/interfaces", test_interfaces);
  g_test_add_func ("/convert/firmware", test_firmware);
  g_test_add_func ("/convert/encrypted", test_encrypted);
  g_test_add_func ("/convert/damaged", test_damaged);
  g_test_add_func ("/convert/depth", test_depth);
  g_test_add_func ("/convert/crowd", test_crowd);
  g_test_add_func ("/convert/messages", test_messages);
  g_test_add_func ("/convert/many", test_many);
  g_test_add_func ("/convert/references", test_references);
  g_test_add_func ("/convert/vendor", test_vendor);
  return g_test_run ();
}
