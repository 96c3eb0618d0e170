/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

/* What is read of each; NULL: it is not given. */
static const struct {
  const char *xml;
  const char *type, *name, *uuid, *machine;
  MachtypeArch arch;
} rows[] = {
  { "<domain type='kvm'><name>a</name><uuid>u</uuid><os><type arch='x86_64' machine='pc-q35-7.2'>"
    "hvm</type></os></domain>",
    "kvm", "a", "u", "pc-q35-7.2", MACHTYPE_ARCH_X86_64 },
  { "<?xml version='1.0'?><!-- by hand -->\n<domain type=\"qemu\">\n <name>&lt;b&gt;</name>\n"
    "<metadata><x:os xmlns:x='urn:x'><type machine='not-this'/></x:os></metadata><os "
    "firmware='efi'>"
    "<loader/><type machine=\"virt\" arch=\"aarch64\">hvm</type></os></domain>",
    "qemu", "<b>", NULL, "virt", MACHTYPE_ARCH_AARCH64 },
  { "<domain><os><type>hvm</type></os></domain>", NULL, NULL, NULL, NULL, MACHTYPE_ARCH_UNKNOWN },
  { "<domain type='lxc'><name>c</name><os><type arch='pdp11' machine=''>exe</type></os></domain>",
    "lxc", "c", NULL, NULL, MACHTYPE_ARCH_UNKNOWN },
  /* A document without <os>, to its end. */
  { "<domain type='test'><name>d</name></domain>", "test", "d", NULL, NULL, MACHTYPE_ARCH_UNKNOWN },
  /* Nothing after <type> is read. */
  { "<domain type='qemu'><os><type machine='malta' arch='mipsel'>hvm</type></o", "qemu", NULL, NULL,
    "malta", MACHTYPE_ARCH_MIPSEL },
  /* <type> elsewhere is something else. */
  { "<domain type='qemu'><devices><type machine='no'/></devices><os><type machine='pc'/></os>"
    "</domain>",
    "qemu", NULL, NULL, "pc", MACHTYPE_ARCH_UNKNOWN },
};

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;
    g_autoptr (MachtypeDomain) domain =
        machtype_domain_new_from_xml (rows[i].xml, -1, MACHTYPE_DOMAIN_READ_NONE, &error);

    ROW ("%s", rows[i].xml);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_domain_get_domain_type (domain), ==, rows[i].type);
    g_assert_cmpstr (machtype_domain_get_name (domain), ==, rows[i].name);
    g_assert_cmpstr (machtype_domain_get_uuid (domain), ==, rows[i].uuid);
    g_assert_cmpstr (machtype_domain_get_machine (domain), ==, rows[i].machine);
    g_assert_cmpint (machtype_domain_get_arch (domain), ==, rows[i].arch);
  }
}

#define ID "6f1d4b5e-0000-4000-8000-000000000001"

static MachtypeDomain *
read_domain (const char *xml)
{
  GError *error = NULL;
  MachtypeDomain *domain =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_DEVICES, &error);

  g_assert_no_error (error);
  return domain;
}

/* A builder that knows an image property, a device, and where the machine type comes from. */
static MachtypeRecordBuilder *
make_builder (void)
{
  MachtypeRecordBuilder *builder = machtype_record_builder_new (ID, NULL);

  g_assert_true (machtype_record_builder_set_name (builder, "old", NULL));
  g_assert_true (machtype_record_builder_set_property (builder, "os_type", "linux", NULL));
  g_assert_true (machtype_record_builder_set_property (builder, "hw_disk_bus", "ide", NULL));
  g_assert_true (
      machtype_record_builder_set_machine (builder, "q35", NULL, MACHTYPE_SOURCE_IMAGE, NULL));
  return builder;
}

/* name, arch, machine, requested, source, hw_disk_bus, os_type */
static char *
describe_record (MachtypeRecordBuilder *builder)
{
  g_autoptr (MachtypeRecord) record = machtype_record_builder_end (builder);
  MachtypeProperties *properties = machtype_record_get_properties (record);

  return g_strdup_printf ("%s %s %s %s %s %s %s", machtype_record_get_name (record),
                          machtype_arch_to_string (machtype_record_get_arch (record)),
                          machtype_record_get_machine (record),
                          machtype_record_get_requested (record),
                          machtype_source_to_string (machtype_record_get_source (record)),
                          machtype_properties_get_image (properties, "hw_disk_bus"),
                          machtype_properties_get_image (properties, "os_type"));
}

#define DISK "<devices><disk device='disk'><target bus='scsi'/></disk></devices>"

static void
test_record (void)
{
  static const struct {
    const char *xml, *record;
  } cases[] = {
    { "<domain><name>a</name><uuid>" ID "</uuid><os><type arch='s390x' "
      "machine='s390-ccw-virtio-7.2'/></os>" DISK "</domain>",
      "a s390x s390-ccw-virtio-7.2 s390-ccw-virtio-7.2 domain scsi linux" },
    /* The same UUID in other letters. What is not there is kept. */
    { "<domain><uuid>6F1D4B5E-0000-4000-8000-000000000001</uuid><os><type arch='x86_64'/></os>"
      "</domain>",
      "old x86_64 q35 q35 image ide linux" },
    { "<domain><name>b</name></domain>", "b unknown q35 q35 image ide linux" },
    /* What QEMU's own arguments name is what runs. */
    { "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><os><type arch='x86_64' "
      "machine='pc-q35-7.2'/></os><qemu:commandline><qemu:arg value='-machine'/><qemu:arg "
      "value='pc-q35-6.2'/></qemu:commandline></domain>",
      "old x86_64 pc-q35-6.2 pc-q35-6.2 domain ide linux" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypeDomain) domain = read_domain (cases[i].xml);
    g_autoptr (MachtypeRecordBuilder) builder = make_builder ();
    g_autofree char *record = NULL;
    GError *error = NULL;

    ROW ("%s", cases[i].xml);
    g_assert_true (machtype_record_builder_set_domain (builder, domain, &error));
    g_assert_no_error (error);
    record = describe_record (builder);
    g_assert_cmpstr (record, ==, cases[i].record);
  }
}

/* All of it or nothing. */
static void
test_record_bad (void)
{
  static const struct {
    const char *xml;
    int code;
    const char *words;
  } cases[] = {
    { "<domain><name>a</name><uuid>6f1d4b5e-0000-4000-8000-000000000002</uuid></domain>",
      MACHTYPE_ERROR_INVALID_ARGUMENT, "domain 000000000002 record 000000000001" },
    { "<domain><name>a</name><uuid>u</uuid></domain>", MACHTYPE_ERROR_INVALID_ARGUMENT, "UUID" },
    { "<domain><name>a&#10;b</name></domain>", MACHTYPE_ERROR_INVALID_ARGUMENT, "name" },
    { "<domain><name>a</name><os><type arch='s390x' machine='not a name'/></os></domain>",
      MACHTYPE_ERROR_INVALID_NAME, "not a name" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypeDomain) domain = read_domain (cases[i].xml);
    g_autoptr (MachtypeRecordBuilder) builder = make_builder ();
    g_autofree char *record = NULL;
    GError *error = NULL;

    ROW ("%s", cases[i].xml);
    g_assert_false (machtype_record_builder_set_domain (builder, domain, &error));
    test_assert_error (&error, cases[i].code, cases[i].words);
    g_assert_false (machtype_record_builder_set_domain (builder, domain, NULL));
    record = describe_record (builder);
    g_assert_cmpstr (record, ==, "old unknown q35 q35 image ide linux");
  }
}

static void
test_bad (void)
{
  static const struct {
    const char *xml;
    const char *words;
  } bad[] = {
    { "", "domain empty" },
    { "<capabilities/>", "capabilities domain" },
    { "<domain><os><typ", "domain line" },
    { "<domain><name>a</nam></domain>", "domain line" },
    { "<!DOCTYPE domain [<!ENTITY a 'b'>]><domain/>", "document type" },
    { "<domain/>x", "domain" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;

    ROW ("%s", bad[i].xml);
    g_assert_null (
        machtype_domain_new_from_xml (bad[i].xml, -1, MACHTYPE_DOMAIN_READ_NONE, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, bad[i].words);
  }
}

/* What a message repeats is cut, but never in the middle of a character. */
static void
test_bad_utf8 (void)
{
  GError *error = NULL;

  g_assert_null (machtype_domain_new_from_xml (
      "<a\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
      "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
      "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"
      "\303\251\303\251\303\251\303\251\303\251\303\251/>",
      -1, MACHTYPE_DOMAIN_READ_NONE, &error));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "not <domain>");
}

static void
test_bad_flags (void)
{
  GError *error = NULL;

  g_assert_null (
      machtype_domain_new_from_xml ("<domain/>", -1, (MachtypeDomainReadFlags)6, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x6");
}

/* If it is truncated anywhere before the type is complete, there is an error, and never another
 * machine. */
static void
test_truncated (void)
{
  const char *xml = rows[0].xml;
  gsize enough = (gsize)(strstr (xml, "</os>") - xml), i;

  for (i = 0; i < strlen (xml); i++) {
    GError *error = NULL;
    g_autoptr (MachtypeDomain) domain =
        machtype_domain_new_from_xml (xml, (gssize)i, MACHTYPE_DOMAIN_READ_NONE, &error);

    ROW ("%" G_GSIZE_FORMAT " bytes", i);
    g_assert_cmpint (domain != NULL, ==, i >= enough);
    if (domain != NULL)
      g_assert_cmpstr (machtype_domain_get_machine (domain), ==, "pc-q35-7.2");
    g_clear_error (&error);
  }
}

/* The library reads what it writes. */
static void
test_guest (void)
{
  g_autofree char *xml = test_read ("guests/s390x.xml", NULL);
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, NULL);

  g_assert_nonnull (domain);
  g_assert_cmpstr (machtype_domain_get_machine (domain), ==, "s390-ccw-virtio");
  g_assert_cmpint (machtype_domain_get_arch (domain), ==, MACHTYPE_ARCH_S390X);
}

/* The recorded devices, in Nova's words: the first of a kind, and only if Nova has a word for it.
 */
static void
test_devices (void)
{
  static const struct {
    const char *devices;
    const char *disk, *cdrom, *input, *pointer, *video, *vif;
  } devices[] = {
    { "", NULL, NULL, NULL, NULL, NULL, NULL },
    { "<disk device='disk'><target dev='vda' bus='virtio'/></disk>"
      "<disk type='file'><target dev='sda' bus='sata'/></disk>"
      "<disk device='cdrom'><target dev='hdc' bus='ide'/></disk>"
      "<disk device='floppy'><target dev='fda' bus='fdc'/></disk>"
      "<input type='mouse' bus='ps2'/><input type='tablet' bus='usb'/>"
      "<video><model type='cirrus' vram='16384'/></video>"
      "<interface type='user'><model type='e1000'/></interface>",
      "virtio", "ide", "usb", "usbtablet", "cirrus", "e1000" },
    { "<disk device='lun'><target bus='scsi'/></disk><disk><target bus='nvme'/></disk>"
      "<input type='tablet' bus='virtio'/><video><model type='ramfb'/></video>"
      "<interface><source network='x'/></interface><interface><model type='virtio'/></interface>",
      NULL, NULL, "virtio", NULL, NULL, "virtio" },
    { "<sound model='ich6'/><tpm model='tpm-tis'><model type='qxl'/></tpm><model type='vga'/>"
      "<disk><backingStore><target bus='ide'/></backingStore></disk>",
      NULL, NULL, NULL, NULL, NULL, NULL },
  };
  static const char *const names[] = { "hw_disk_bus",      "hw_cdrom_bus",   "hw_input_bus",
                                       "hw_pointer_model", "hw_video_model", "hw_vif_model" };
  gsize i, j;

  for (i = 0; i < G_N_ELEMENTS (devices); i++) {
    g_autofree char *xml =
        g_strconcat ("<domain><name>n</name><os><type machine='pc'>hvm</type></os><devices>",
                     devices[i].devices, "</devices></domain>", NULL);
    const char *expected[] = { devices[i].disk,    devices[i].cdrom, devices[i].input,
                               devices[i].pointer, devices[i].video, devices[i].vif };
    GError *error = NULL;
    g_autoptr (MachtypeDomain) domain =
        machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_DEVICES, &error);

    ROW ("%s", xml);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_domain_get_machine (domain), ==, "pc");
    for (j = 0; j < G_N_ELEMENTS (names); j++)
      g_assert_cmpstr (
          machtype_properties_get_image (machtype_domain_get_devices (domain), names[j]), ==,
          expected[j]);
  }
}

/* With devices, all of the document is read, and must be well-formed. */
static void
test_devices_bad (void)
{
  static const char xml[] = "<domain><os><type machine='pc'>hvm</type></os><devices></domain>";
  GError *error = NULL;
  g_autoptr (MachtypeDomain) short_read =
      machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_NONE, &error);

  g_assert_no_error (error);
  g_assert_null (machtype_domain_get_devices (short_read));
  g_assert_null (machtype_domain_get_state (short_read));
  g_assert_null (machtype_domain_new_from_xml (xml, -1, MACHTYPE_DOMAIN_READ_DEVICES, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_XML, "domain line");
}

/* Only the attribute changes, whatever else is in the document. */
static void
test_with_machine (void)
{
  static const struct {
    const char *xml, *machine, *expected; /* NULL: an error */
    int code;
    const char *words;
  } edits[] = {
    { "<domain type='kvm'>\n  <!-- by hand -->\n  <os>\n    <type arch='x86_64' "
      "machine='pc-q35-6.2'>hvm</type>\n  </os>\n  <x:y xmlns:x='urn:x' z='&lt;&amp;&quot;'/>\n"
      "  <description>a &lt; b\n\xc3\xa9</description></domain>",
      "pc-q35-7.2",
      "<domain type=\"kvm\">\n  <!-- by hand -->\n  <os>\n    <type arch=\"x86_64\" "
      "machine=\"pc-q35-7.2\">hvm</type>\n  </os>\n  <x:y xmlns:x=\"urn:x\" "
      "z=\"&lt;&amp;&quot;\"/>\n  <description>a &lt; b\n\xc3\xa9</description></domain>\n",
      0, NULL },
    { "<domain><metadata><os><type "
      "machine='no'/></os></metadata><os><type>hvm</type></os></domain>",
      "pc",
      "<domain><metadata><os><type machine=\"no\"/></os></metadata><os><type machine=\"pc\">hvm"
      "</type></os></domain>\n",
      0, NULL },
    { "<domain><os/></domain>", "pc", NULL, MACHTYPE_ERROR_INVALID_XML, "no <type>" },
    { "<domain/>", "pc", NULL, MACHTYPE_ERROR_INVALID_XML, "no <type>" },
    { "<capabilities/>", "pc", NULL, MACHTYPE_ERROR_INVALID_XML, "capabilities" },
    { "<domain><os><type>hvm</type></os><a></domain>", "pc", NULL, MACHTYPE_ERROR_INVALID_XML,
      "line" },
    { "<!DOCTYPE domain [<!ENTITY a 'b'>]><domain><os><type/></os></domain>", "pc", NULL,
      MACHTYPE_ERROR_INVALID_XML, "document type" },
    { "<domain><os><type/></os></domain>", "q 35", NULL, MACHTYPE_ERROR_INVALID_NAME, "q 35" },
    { "<domain><os><type/></os></domain>", "", NULL, MACHTYPE_ERROR_INVALID_NAME, "empty" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (edits); i++) {
    GError *error = NULL;
    g_autofree char *edited =
        machtype_domain_xml_with_machine (edits[i].xml, -1, edits[i].machine, &error);

    ROW ("%s: %s", edits[i].machine, edits[i].xml);
    g_assert_cmpstr (edited, ==, edits[i].expected);
    if (edits[i].expected == NULL)
      test_assert_error (&error, edits[i].code, edits[i].words);
    else
      g_assert_no_error (error);
  }
}

static void
test_with_name (void)
{
  static const struct {
    const char *xml, *name, *expected; /* NULL: an error */
    int code;
    const char *words;
  } edits[] = {
    { "<domain type='kvm'>\n  <name>a<!-- --><b/></name>\n  <devices><name>c</name></devices>"
      "</domain>",
      "new & <name>",
      "<domain type=\"kvm\">\n  <name>new &amp; &lt;name&gt;</name>\n  <devices><name>c</name>"
      "</devices></domain>\n",
      0, NULL },
    { "<domain><metadata><name>a</name></metadata><name/></domain>", "b",
      "<domain><metadata><name>a</name></metadata><name>b</name></domain>\n", 0, NULL },
    { "<domain><metadata><name>a</name></metadata></domain>", "b", NULL, MACHTYPE_ERROR_INVALID_XML,
      "no <name>" },
    { "<capabilities/>", "b", NULL, MACHTYPE_ERROR_INVALID_XML, "capabilities" },
    { "<domain><name>a</domain>", "b", NULL, MACHTYPE_ERROR_INVALID_XML, "line" },
    { "<domain><name>a</name></domain>", "", NULL, MACHTYPE_ERROR_INVALID_ARGUMENT, "empty" },
    { "<domain><name>a</name></domain>", "b\nc", NULL, MACHTYPE_ERROR_INVALID_ARGUMENT, "control" },
    { "<domain><name>a</name></domain>", "\xff", NULL, MACHTYPE_ERROR_INVALID_ARGUMENT, "UTF-8" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (edits); i++) {
    GError *error = NULL;
    g_autofree char *edited =
        machtype_domain_xml_with_name (edits[i].xml, -1, edits[i].name, &error);

    ROW ("%s: %s", edits[i].name, edits[i].xml);
    g_assert_cmpstr (edited, ==, edits[i].expected);
    if (edits[i].expected == NULL)
      test_assert_error (&error, edits[i].code, edits[i].words);
    else
      g_assert_no_error (error);
  }
}

static void
test_references (void)
{
  MachtypeDomain *domain =
      machtype_domain_new_from_xml (rows[0].xml, -1, MACHTYPE_DOMAIN_READ_NONE, NULL);

  g_assert_true (g_boxed_copy (MACHTYPE_TYPE_DOMAIN, domain) == domain);
  g_boxed_free (MACHTYPE_TYPE_DOMAIN, domain);
  machtype_domain_unref (domain);
  machtype_domain_unref (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/rows", test_rows);
  g_test_add_func ("/domain/record", test_record);
  g_test_add_func ("/domain/record-bad", test_record_bad);
  g_test_add_func ("/domain/bad", test_bad);
  g_test_add_func ("/domain/bad-utf8", test_bad_utf8);
  g_test_add_func ("/domain/bad-flags", test_bad_flags);
  g_test_add_func ("/domain/truncated", test_truncated);
  g_test_add_func ("/domain/guest", test_guest);
  g_test_add_func ("/domain/devices", test_devices);
  g_test_add_func ("/domain/devices-bad", test_devices_bad);
  g_test_add_func ("/domain/with-machine", test_with_machine);
  g_test_add_func ("/domain/with-name", test_with_name);
  g_test_add_func ("/domain/references", test_references);
  return g_test_run ();
}
