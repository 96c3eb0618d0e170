/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt is asked about, for a domain that can come from anyone. */

#include "test.h"

#include <string.h>

#include "domain/domain-private.h"

#define OPEN "<domain type='qemu'><name>machtype-lint</name>"

typedef struct {
  const char *xml; /* within <domain type='qemu'> */
  const char *reduced;
  const char *left_out;
} Row;

#define OS "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
#define EMULATOR "<emulator>/usr/bin/qemu-system-x86_64</emulator>"
#define IN(text) "<devices>" text "</devices>"
#define LEFT(path) "/domain/devices/" path
#define NO_FILE "<source file='/nonexistent'/>"

static const Row rows[] = {
  { "", "", "" },
  { "<name>a</name><uuid>b</uuid><description>c</description>", "",
    "/domain/name /domain/uuid /domain/description" },
  { OS, OS, "" },
  { "<memory unit='MiB'> 512\n</memory>", "<memory unit='MiB'>512</memory>", "" },
  { "<memory unit='MiB'>/a</memory>", "", "/domain/memory" },
  { "<vcpu placement='auto' cpuset='0-3'>4</vcpu>", "<vcpu>4</vcpu>",
    "/domain/vcpu/@placement /domain/vcpu/@cpuset" },
  { "<on_crash>coredump-destroy</on_crash>", "<on_crash>coredump-destroy</on_crash>", "" },
  { "<features><acpi/><hyperv><vendor_id state='on' value='x'/><vapic state='on'/></hyperv>"
    "</features>",
    "<features><acpi></acpi><hyperv><vapic state='on'></vapic></hyperv></features>",
    "/domain/features/hyperv/vendor_id" },
  { "<cpu mode='custom'><model>z13.2-base</model><feature policy='require' name='sse4.1'/></cpu>",
    "<cpu mode='custom'><model>z13.2-base</model><feature policy='require' name='sse4.1'></feature>"
    "</cpu>",
    "" },
  /* Outside of devices, what does not fit is omitted, and nothing else. */
  { "<cpu mode='custom'><model>../a</model><topology sockets='1' cores='0x2'/></cpu>",
    "<cpu mode='custom'><topology sockets='1' cores='0x2'></topology></cpu>", "/domain/cpu/model" },
  { "<clock offset='timezone' timezone='a'/>", "", "/domain/clock" },
  { "<clock offset='variable' adjustment='-3600'/>",
    "<clock offset='variable' adjustment='-3600'></clock>", "" },
  /* Firmware: that there is some, and of which kind. */
  { "<os firmware='efi'><loader secure='yes'/></os>",
    "<os firmware='efi'><loader secure='yes'></loader></os>", "" },
  { "<os firmware='efi'><loader type='pflash'>/a</loader><nvram>/b</nvram></os>",
    "<os firmware='efi'><loader type='pflash'></loader></os>",
    "/domain/os/loader/text() /domain/os/nvram" },
  { "<os><loader readonly='yes' type='pflash'>/a</loader></os>",
    "<os><loader readonly='yes' type='pflash'>/nonexistent</loader></os>",
    "/domain/os/loader/text()" },
  { "<os><kernel>/a</kernel><boot dev='hd'/><smbios mode='sysinfo'/></os>",
    "<os><boot dev='hd'></boot></os>", "/domain/os/kernel /domain/os/smbios" },
  /* Hard disks, and drives with a medium, get one that does not exist. */
  { IN ("<disk type='network' device='disk'><source protocol='nbd'/><target dev='vda'/></disk>"),
    IN ("<disk type='file' device='disk'>" NO_FILE "<target dev='vda'></target></disk>"),
    LEFT ("disk/@type") " " LEFT ("disk/source") },
  { IN ("<disk><target dev='vda'/></disk>"),
    IN ("<disk type='file'>" NO_FILE "<target dev='vda'></target></disk>"), "" },
  { IN ("<disk model='virtio'/>"), IN ("<disk type='file' model='virtio'>" NO_FILE "</disk>"), "" },
  { IN ("<disk device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"),
    IN ("<disk type='file' device='cdrom'><target dev='sda' bus='sata'></target>"
        "<readonly></readonly></disk>"),
    "" },
  { IN ("<disk device='cdrom' type='file'><target dev='sda' bus='usb'/><source file='/a'/></disk>"),
    IN ("<disk type='file' device='cdrom'><target dev='sda' bus='usb'></target>" NO_FILE "</disk>"),
    LEFT ("disk/@type") " " LEFT ("disk/source") },
  { IN ("<disk device='floppy'><source dev='/a'/><target dev='fda'/><source dev='/b'/></disk>"),
    IN ("<disk type='file' device='floppy'>" NO_FILE "<target dev='fda'></target></disk>"),
    LEFT ("disk/source") },
  { IN ("<disk device='cdrom'><source startupPolicy='optional'/><target dev='sda'/></disk>"),
    IN ("<disk type='file' device='cdrom'><target dev='sda'></target></disk>"),
    LEFT ("disk/source") },
  { IN ("<disk device='lun'><target dev='sdab' bus='scsi'/></disk>"),
    IN ("<disk type='block' device='lun'><source dev='/nonexistent'/>"
        "<target dev='sdab' bus='scsi'></target></disk>"),
    "" },
  /* A device that does not fit is omitted as a whole; its path distinguishes it from others of its
   * kind. */
  { IN ("<disk device='tape'><target dev='vda'/></disk><disk device='floppy'/>"),
    IN ("<disk type='file' device='floppy'></disk>"), LEFT ("disk[1]") },
  { IN ("<disk><target dev='a'><x/></target><readonly/></disk><disk device='floppy'/>"),
    IN ("<disk type='file' device='floppy'></disk>"), LEFT ("disk[1]") },
  { IN ("<input type='mouse'/><input type='evdev'><source dev='/a'/></input>"
        "<input type='tablet'/>"),
    IN ("<input type='mouse'></input><input type='tablet'></input>"), LEFT ("input[2]") },
  { IN ("<channel type='unix'><target type='guestfwd' address='10.0.0.1'/></channel>"), IN (""),
    LEFT ("channel/@type") " " LEFT ("channel[1]") },
  { IN ("<memory model='dimm'><target><size>/a</size></target></memory><memballoon model='none'/>"),
    IN ("<memballoon model='none'></memballoon>"), LEFT ("memory[1]") },
  { IN ("<memory model='nvdimm'><source><path>/a</path></source></memory>"), IN (""),
    LEFT ("memory[1]") },
  { IN ("<interface type='ethernet'><script path='/a'/></interface><interface/><interface/>"),
    IN (""), LEFT ("interface") },
  { IN ("<serial type='tcp'><source host='a'/><target type='isa-serial' port='0'/></serial>"),
    IN ("<serial type='null'><target type='isa-serial' port='0'></target></serial>"),
    LEFT ("serial/@type") " " LEFT ("serial/source") },
  { IN ("<rng model='virtio'><backend model='random'>/dev/random</backend></rng>"),
    IN ("<rng model='virtio'><backend model='builtin'></backend></rng>"),
    LEFT ("rng/backend/@model") " " LEFT ("rng/backend/text()") },
  { IN ("<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"),
    IN ("<tpm model='tpm-crb'><backend type='emulator' version='2.0'></backend></tpm>"), "" },
  { IN ("<tpm><backend type='passthrough'><device path='/a'/></backend></tpm>"), IN (""),
    LEFT ("tpm[1]") },
  { IN ("<hub type='usb'><address type='usb' bus='0' port='1.12.3'/></hub>"),
    IN ("<hub type='usb'><address type='usb' bus='0' port='1.12.3'></address></hub>"), "" },
  { IN ("<hub type='usb'><address type='usb' bus='0' port='127.0.0.1'/></hub>"), IN (""),
    LEFT ("hub[1]") },
  /* libvirt creates everything up to this number. */
  { "<iothreads>65535</iothreads>", "<iothreads>65535</iothreads>", "" },
  { "<iothreads>65536</iothreads>", "", "/domain/iothreads" },
  { IN ("<controller type='scsi' index='0xff'/><controller type='scsi' index='256'/>"),
    IN ("<controller type='scsi' index='0xff'></controller>"), LEFT ("controller[2]") },
  { IN ("<disk><address type='drive' controller='0x100'/></disk>"), IN (""), LEFT ("disk[1]") },
  { IN ("<disk><address type='drive' controller='18446744073709551616'/></disk>"), IN (""),
    LEFT ("disk[1]") },
  /* The emulator comes from the host, wherever the architecture is in the document. */
  { OS IN (EMULATOR "<hub/>"), OS IN (EMULATOR "<hub></hub>"), "" },
  { IN ("<hub/>" EMULATOR) OS, IN (EMULATOR "<hub></hub>") OS, "" },
  { OS IN ("<emulator>/usr/bin/qemu-system-x86_64 </emulator>"), OS IN (EMULATOR), "" },
  { OS IN ("<emulator>/a</emulator>"), OS IN (""), LEFT ("emulator") },
  { IN (EMULATOR), IN (""), LEFT ("emulator") },
  { OS IN ("<emulator>/a</emulator>" EMULATOR), OS IN (""), LEFT ("emulator") },
  { OS IN ("<emulator x='1'>/usr/bin/qemu-system-x86_64</emulator>"), OS IN (EMULATOR),
    LEFT ("emulator/@x") },
  { OS EMULATOR, OS, "/domain/emulator" },
  /* Names in other namespaces. */
  { "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-a'/>"
    "</q:commandline>",
    "", "/domain/*:commandline" },
  { "<memory xmlns='urn:a'>1</memory>", "", "/domain/*:memory" },
  { "<memory xmlns:a='urn:a' a:unit='b'>1</memory>", "<memory>1</memory>", "/domain/memory/@*" },
  { "<domain type='qemu'/><devices><devices/></devices>", IN (""),
    "/domain/domain /domain/devices/devices" },
  /* Entities are replaced by their text. */
  { "<os><type machine='a&#98;c'>h&#118;m</type></os>", "<os><type machine='abc'>hvm</type></os>",
    "" },
  { "<os><type machine='a&apos;b'>hvm</type></os>", "<os></os>", "/domain/os/type" },
};

static char *
reduce (const char *xml, char **left_out, GError **error)
{
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64.xml");
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  char *reduced = mt_domain_reduce (xml, host, list, error);

  g_ptr_array_add (list, NULL);
  *left_out = g_strjoinv (" ", (char **)list->pdata);
  return reduced;
}

static void
test_reduce (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *xml = g_strconcat ("<domain type='qemu'>", rows[i].xml, "</domain>", NULL);
    g_autofree char *wanted = g_strconcat (OPEN, rows[i].reduced, "</domain>", NULL);
    g_autofree char *left_out = NULL, *reduced = NULL;
    GError *error = NULL;

    ROW ("%" G_GSIZE_FORMAT, i);
    test_row_text (rows[i].xml);
    reduced = reduce (xml, &left_out, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (reduced, ==, wanted);
    g_assert_cmpstr (left_out, ==, rows[i].left_out);
  }
}

/* All input is bounded, and unreadable input yields nothing. */
static void
test_errors (void)
{
  static const struct {
    const char *xml;
    int code;
    const char *words;
  } errors[] = {
    { "", MACHTYPE_ERROR_INVALID_XML, "empty" },
    { "<domain type='qemu'>", MACHTYPE_ERROR_INVALID_XML, "domain line" },
    { "<network/>", MACHTYPE_ERROR_INVALID_XML, "network domain" },
    { "<domain xmlns='urn:a'/>", MACHTYPE_ERROR_INVALID_XML, "domain" },
    { "<!DOCTYPE domain [<!ENTITY a SYSTEM '/etc/passwd'>]><domain>&a;</domain>",
      MACHTYPE_ERROR_INVALID_XML, "document type" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autofree char *left_out = NULL, *reduced = NULL;
    GError *error = NULL;

    ROW ("%s", errors[i].xml);
    reduced = reduce (errors[i].xml, &left_out, &error);
    g_assert_null (reduced);
    test_assert_error (&error, errors[i].code, errors[i].words);
  }
}

/* A document determines neither how much is listed nor how deep it is read. */
static void
test_bounds (void)
{
  g_autoptr (GString) xml = g_string_new ("<domain><cpu>");
  g_autofree char *left_out = NULL, *reduced = NULL;
  g_auto (GStrv) list = NULL;
  GError *error = NULL;
  int i;

  for (i = 0; i < 1000; i++)
    g_string_append_printf (xml, "<a%d/>", i);
  g_string_append (xml, "<numa><cell><distances><sibling>");
  for (i = 0; i < 50; i++)
    g_string_append (xml, "<sibling>");
  for (i = 0; i < 50; i++)
    g_string_append (xml, "</sibling>");
  g_string_append (xml, "</sibling></distances></cell></numa></cpu></domain>");
  reduced = reduce (xml->str, &left_out, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reduced, ==,
                   "<domain><name>machtype-lint</name><cpu><numa><cell><distances><sibling>"
                   "</sibling></distances></cell></numa></cpu></domain>");
  list = g_strsplit (left_out, " ", -1);
  g_assert_cmpuint (g_strv_length (list), ==, 256);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reduce/rows", test_reduce);
  g_test_add_func ("/reduce/errors", test_errors);
  g_test_add_func ("/reduce/bounds", test_bounds);
  return g_test_run ();
}
