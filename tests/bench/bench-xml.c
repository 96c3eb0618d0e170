/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domain XML of a q35 guest with five disks and four networks. */

#include "bench.h"
#include "fixtures.h"
#include "gconfig-guest.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>
#include <string.h>

static MachtypeGuestBuilder *builder;

/* ---- The library ---- */

static gsize
build (void)
{
  MachtypeGuest *guest = machtype_guest_builder_end (builder, NULL);
  gsize sum = (guchar)machtype_guest_get_xml (guest)[0];

  machtype_guest_unref (guest);
  return sum;
}

static char *
build_xml (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MachtypeGuest) guest = machtype_guest_builder_end (builder, &error);

  if (guest == NULL)
    g_error ("%s", error->message);
  return g_strdup (machtype_guest_get_xml (guest));
}

/* ---- GString: the same bytes by hand, without decisions or checks ---- */

static void
put_value (GString *xml, const char *value)
{
  static const char *const references[128] = {
    ['&'] = "&amp;",  ['<'] = "&lt;",  ['>'] = "&gt;",   ['\''] = "&apos;",
    ['"'] = "&quot;", ['\t'] = "&#9;", ['\n'] = "&#10;", ['\r'] = "&#13;",
  };

  for (;;) {
    gsize length = strcspn (value, "&<>'\"\t\n\r");

    g_string_append_len (xml, value, (gssize)length);
    value += length;
    if (*value == '\0')
      return;
    g_string_append (xml, references[(guchar)*value++]);
  }
}

static void
put_uint (GString *xml, guint value)
{
  char digits[10];
  guint at = sizeof digits;

  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  g_string_append_len (xml, digits + at, (gssize)(sizeof digits - at));
}

static void
put_head (GString *xml)
{
  g_string_append (xml, "<domain type='kvm'>\n  <name>");
  put_value (xml, fixture_guest.name);
  g_string_append (xml, "</name>\n  <uuid>");
  put_value (xml, fixture_guest.uuid);
  g_string_append (xml, "</uuid>\n  <memory unit='MiB'>");
  put_uint (xml, fixture_guest.memory_mib);
  g_string_append (xml, "</memory>\n  <vcpu placement='static'>");
  put_uint (xml, fixture_guest.vcpus);
  g_string_append (
      xml, "</vcpu>\n  <iothreads>1</iothreads>\n  <os>\n    <type arch='x86_64' machine='");
  put_value (xml, fixture_guest.machine);
  g_string_append (xml, "'>hvm</type>\n    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n  </os>\n"
                        "  <features>\n    <acpi/>\n    <apic/>\n    <vmcoreinfo state='on'/>\n"
                        "  </features>\n  <cpu mode='host-model'/>\n  <clock offset='utc'>\n"
                        "    <timer name='rtc' tickpolicy='catchup'/>\n"
                        "    <timer name='pit' tickpolicy='delay'/>\n"
                        "    <timer name='hpet' present='no'/>\n  </clock>\n"
                        "  <on_poweroff>destroy</on_poweroff>\n"
                        "  <on_reboot>restart</on_reboot>\n"
                        "  <on_crash>destroy</on_crash>\n  <devices>\n    <emulator>");
  put_value (xml, fixture_guest.emulator);
  g_string_append (xml, "</emulator>\n");
}

static void
put_disks (GString *xml)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (fixture_guest.disks); i++) {
    g_string_append (xml, "    <disk type='file' device='disk'>\n"
                          "      <driver name='qemu' type='qcow2'/>\n      <source file='");
    put_value (xml, fixture_guest.disks[i]);
    g_string_append (xml, "'/>\n      <target dev='vd");
    g_string_append_c (xml, (char)('a' + i));
    g_string_append (xml, "' bus='virtio'/>\n    </disk>\n");
  }
  g_string_append (xml, "    <disk type='file' device='cdrom'>\n"
                        "      <driver name='qemu' type='raw'/>\n      <source file='");
  put_value (xml, fixture_guest.cdrom);
  g_string_append (xml, "'/>\n      <target dev='sda' bus='sata'/>\n      <readonly/>\n"
                        "      <address type='drive' controller='0' bus='0' target='0' unit='0'/>\n"
                        "    </disk>\n    <controller type='pci' index='0' model='pcie-root'/>\n");
}

static void
put_tail (GString *xml)
{
  gsize i;

  for (i = 1; i <= 16; i++) {
    g_string_append (xml, "    <controller type='pci' index='");
    put_uint (xml, (guint)i);
    g_string_append (xml, "' model='pcie-root-port'/>\n");
  }
  g_string_append (xml, "    <controller type='usb' index='0' model='qemu-xhci'/>\n");
  for (i = 0; i < G_N_ELEMENTS (fixture_guest.bridges); i++) {
    g_string_append (xml, "    <interface type='bridge'>\n      <source bridge='");
    put_value (xml, fixture_guest.bridges[i]);
    g_string_append (xml, "'/>\n      <model type='virtio'/>\n    </interface>\n");
  }
  g_string_append (xml, "    <serial type='pty'>\n      <target type='isa-serial' port='0'/>\n"
                        "    </serial>\n    <input type='tablet' bus='usb'/>\n"
                        "    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>\n"
                        "    <video>\n      <model type='virtio'/>\n    </video>\n"
                        "    <memballoon model='virtio' autodeflate='on' freePageReporting='on'>\n"
                        "      <stats period='10'/>\n    </memballoon>\n    <rng model='virtio'>\n"
                        "      <backend model='random'>/dev/urandom</backend>\n    </rng>\n"
                        "  </devices>\n</domain>\n");
}

static char *
write_by_gstring (void)
{
  GString *xml = g_string_sized_new (4096);

  put_head (xml);
  put_disks (xml);
  put_tail (xml);
  return g_string_free (xml, FALSE);
}

/* ---- xmlTextWriter: the document written event by event ---- */

typedef struct {
  enum { ELEMENT, ATTRIBUTE, TEXT, END } kind;
  xmlChar *name, *value;
} Event;

static GArray *events;

static void
record (int kind, const xmlChar *name, xmlChar *value)
{
  Event event = { kind, name != NULL ? xmlStrdup (name) : NULL, value };

  g_array_append_val (events, event);
}

static void
record_element (xmlNode *node)
{
  const xmlAttr *attribute;
  xmlNode *child;

  record (ELEMENT, node->name, NULL);
  for (attribute = node->properties; attribute != NULL; attribute = attribute->next)
    record (ATTRIBUTE, attribute->name, xmlNodeListGetString (node->doc, attribute->children, 1));
  for (child = node->children; child != NULL; child = child->next) {
    if (child->type == XML_ELEMENT_NODE)
      record_element (child);
    else
      record (TEXT, NULL, xmlNodeGetContent (child));
  }
  record (END, NULL, NULL);
}

static xmlDoc *
parse (const char *xml)
{
  xmlDoc *doc = xmlReadDoc ((const xmlChar *)xml, NULL, NULL, XML_PARSE_NOBLANKS);

  if (doc == NULL)
    g_error ("not well-formed: %s", xml);
  return doc;
}

static void
record_events (void)
{
  g_autofree char *xml = build_xml ();
  xmlDoc *doc = parse (xml);

  events = g_array_new (FALSE, FALSE, sizeof (Event));
  record_element (xmlDocGetRootElement (doc));
  xmlFreeDoc (doc);
}

static void
write_event (xmlTextWriter *writer, const Event *event)
{
  switch (event->kind) {
  case ELEMENT:
    xmlTextWriterStartElement (writer, event->name);
    break;
  case ATTRIBUTE:
    xmlTextWriterWriteAttribute (writer, event->name, event->value);
    break;
  case TEXT:
    xmlTextWriterWriteString (writer, event->value);
    break;
  case END:
    xmlTextWriterEndElement (writer);
    break;
  }
}

static char *
write_by_writer (void)
{
  xmlBuffer *buffer = xmlBufferCreate ();
  xmlTextWriter *writer = xmlNewTextWriterMemory (buffer, 0);
  char *xml;
  guint i;

  xmlTextWriterSetIndent (writer, 1);
  for (i = 0; i < events->len; i++)
    write_event (writer, &g_array_index (events, Event, i));
  xmlFreeTextWriter (writer);
  xml = (char *)xmlBufferDetach (buffer);
  xmlBufferFree (buffer);
  return xml;
}

/* ---- The comparison ---- */

/* The contents of a document, one per line: "domain/devices/disk@device=cdrom". Layout and the
 * order of attributes are ignored, the order of elements is not. */
static void
add_facts (GString *facts, const char *above, xmlNode *node)
{
  g_autofree char *path = g_strconcat (above, "/", node->name, NULL);
  const xmlAttr *attribute;
  xmlNode *child;

  g_string_append_printf (facts, "%s\n", path);
  for (attribute = node->properties; attribute != NULL; attribute = attribute->next) {
    xmlChar *value = xmlNodeListGetString (node->doc, attribute->children, 1);

    g_string_append_printf (facts, "%s@%s=%s\n", path, attribute->name, value);
    xmlFree (value);
  }
  for (child = node->children; child != NULL; child = child->next) {
    if (child->type == XML_ELEMENT_NODE)
      add_facts (facts, path, child);
    else
      g_string_append_printf (facts, "%s=%s\n", path, child->content);
  }
}

static char *
dup_facts (char *taken)
{
  g_autofree char *xml = taken;
  GString *facts = g_string_new (NULL);
  xmlDoc *doc = parse (xml);

  add_facts (facts, "", xmlDocGetRootElement (doc));
  xmlFreeDoc (doc);
  return g_string_free (facts, FALSE);
}

static gsize
finish (char *xml)
{
  gsize first = (guchar)xml[0];

  g_free (xml);
  return first;
}

static char *
answer_build (guint i)
{
  (void)i;
  return dup_facts (build_xml ());
}

static char *
answer_writer (guint i)
{
  (void)i;
  return dup_facts (write_by_writer ());
}

static char *
answer_gstring (guint i)
{
  g_autofree char *ours = build_xml ();
  g_autofree char *theirs = write_by_gstring ();

  (void)i;
  if (strcmp (ours, theirs) != 0)
    g_error ("GString writes other bytes:\n%s---- than the library:\n%s", theirs, ours);
  return dup_facts (g_steal_pointer (&theirs));
}

BENCH_RUN (run_build, build ())
BENCH_RUN (run_gstring, finish (write_by_gstring ()))
BENCH_RUN (run_writer, finish (write_by_writer ()))

#ifdef HAVE_GCONFIG
BENCH_RUN (run_gconfig, finish (bench_write_by_gconfig ()))

/* libvirt-gconfig cannot express all of the document (controllers, rng, emulator): what it contains
 * must also be in ours, and can be less. It counts memory in KiB. */
static void
check_gconfig (void)
{
  g_autofree char *ours = dup_facts (build_xml ());
  g_autofree char *theirs = dup_facts (bench_write_by_gconfig ());
  g_auto (GStrv) all = g_strsplit (ours, "\n", -1);
  g_auto (GStrv) some = g_strsplit (theirs, "\n", -1);
  guint i;

  for (i = 0; some[i] != NULL; i++) {
    if (!g_str_has_prefix (some[i], "/domain/memory") &&
        !g_strv_contains ((const char *const *)all, some[i]))
      g_error ("libvirt-gconfig says %s, the library does not", some[i]);
  }
  g_print ("# libvirt-gconfig says %u of %u facts\n", g_strv_length (some), g_strv_length (all));
}
#endif

static const BenchContestant contestants[] = {
  { .name = "machtype_guest_builder_end, and unref", .run = run_build, .answer = answer_build },
  { .name = "GString, strcspn, same bytes",
    .run = run_gstring,
    .answer = answer_gstring,
    .limit = 1.1 },
  { .name = "xmlTextWriter", .run = run_writer, .answer = answer_writer, .limit = 1 / 13.0 },
#ifdef HAVE_GCONFIG
  { .name = "libvirt-gconfig (says less)", .run = run_gconfig, .limit = 1 / 75.0 },
#else
  { .name = "libvirt-gconfig", .note = "no libvirt-glib-1.0-dev" },
#endif
};

static const Bench bench = { "xml", 1, .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

int
main (int argc, char **argv)
{
  builder = fixture_guest_builder ();
  record_events ();
#ifdef HAVE_GCONFIG
  check_gconfig ();
#endif
  return bench_main (&bench, argc, argv);
}
