/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains with one more thing: of every kind and value in the rules of compat. */

#include "snippets.h"

#include <libxml/parser.h>
#include <string.h>

#define BIT MT_CLASS_BIT
#define NO_PCI (BIT (MT_CLASS_ISAPC) | BIT (MT_CLASS_MICROVM) | BIT (MT_CLASS_M68K_VIRT))
#define MALTAS (BIT (MT_CLASS_MALTA) | BIT (MT_CLASS_MALTA_64EL))
#define PCIE                                                                                       \
  (BIT (MT_CLASS_Q35) | BIT (MT_CLASS_Q35_32) | BIT (MT_CLASS_AARCH64_VIRT) |                      \
   BIT (MT_CLASS_ARM_VIRT) | BIT (MT_CLASS_RISCV_VIRT) | BIT (MT_CLASS_LOONGARCH_VIRT))
#define PCS                                                                                        \
  (BIT (MT_CLASS_I440FX) | BIT (MT_CLASS_I440FX_32) | BIT (MT_CLASS_Q35) | BIT (MT_CLASS_Q35_32))
#define Q35S (BIT (MT_CLASS_Q35) | BIT (MT_CLASS_Q35_32))
#define NO_FIRMWARE                                                                                \
  (MALTAS | BIT (MT_CLASS_AARCH64_VIRT) | BIT (MT_CLASS_ARM_VIRT) | BIT (MT_CLASS_RISCV_VIRT) |    \
   BIT (MT_CLASS_LOONGARCH_VIRT) | BIT (MT_CLASS_M68K_VIRT))

#define SECURE                                                                                     \
  "<loader type='pflash' readonly='yes' secure='yes'>/usr/share/OVMF/OVMF_CODE_4M.ms.fd</loader>"

static const SnippetMachine machines[] = {
  { MT_CLASS_NONE, MACHTYPE_ARCH_UNKNOWN, "" },
  { MT_CLASS_I440FX, MACHTYPE_ARCH_X86_64, "pc" },
  { MT_CLASS_Q35, MACHTYPE_ARCH_X86_64, "q35" },
  { MT_CLASS_I440FX_32, MACHTYPE_ARCH_I686, "pc" },
  { MT_CLASS_Q35_32, MACHTYPE_ARCH_I686, "q35" },
  { MT_CLASS_ISAPC, MACHTYPE_ARCH_X86_64, "isapc" },
  { MT_CLASS_MICROVM, MACHTYPE_ARCH_X86_64, "microvm" },
  { MT_CLASS_AARCH64_VIRT, MACHTYPE_ARCH_AARCH64, "virt" },
  { MT_CLASS_ARM_VIRT, MACHTYPE_ARCH_ARMV7L, "virt" },
  { MT_CLASS_S390X, MACHTYPE_ARCH_S390X, "s390-ccw-virtio" },
  { MT_CLASS_PSERIES, MACHTYPE_ARCH_PPC64LE, "pseries" },
  { MT_CLASS_MALTA, MACHTYPE_ARCH_MIPSEL, "malta" },
  { MT_CLASS_MALTA_64EL, MACHTYPE_ARCH_MIPS64EL, "malta" },
  { MT_CLASS_RISCV_VIRT, MACHTYPE_ARCH_RISCV64, "virt" },
  { MT_CLASS_LOONGARCH_VIRT, MACHTYPE_ARCH_LOONGARCH64, "virt" },
  { MT_CLASS_M68K_VIRT, MACHTYPE_ARCH_M68K, "virt" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (machines) == MT_CLASS_LAST + 1);

const SnippetMachine *
snippet_machine (MtMachineClass class)
{
  g_assert_cmpint (machines[class].class, ==, class);
  return &machines[class];
}

char *
snippet_dup_label (MtMachineClass class)
{
  return g_strdup_printf ("%s %s", machtype_arch_to_string (machines[class].arch),
                          machines[class].machine);
}

static gboolean
is_in (MtMachineClass class, guint32 classes)
{
  return (BIT (class) & classes) != 0;
}

char *
snippet_dup_domain (MtMachineClass class)
{
  const SnippetMachine *machine = &machines[class];

  return g_strdup_printf (
      "<domain type='qemu'%s><name>guest</name><memory unit='MiB'>1280</memory><vcpu>1</vcpu>"
      "<os><type arch='%s' machine='%s'>hvm</type>%s</os>%s%s<devices>"
      "<controller type='usb' index='0' model='none'/><memballoon model='none'/></devices>%s"
      "</domain>",
      class == MT_CLASS_MALTA_64EL ? " xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'" : "",
      machtype_arch_to_string (machine->arch), machine->machine,
      is_in (class, NO_FIRMWARE) ? "<kernel>/boot/vmlinuz</kernel>" : "",
      is_in (class, PCS) ? "<features><acpi/><apic/></features>" : "",
      class == MT_CLASS_AARCH64_VIRT
          ? "<cpu mode='custom' match='exact' check='none'><model>cortex-a57</model></cpu>"
          : "",
      class == MT_CLASS_MALTA_64EL ? "<q:commandline><q:arg value='-cpu'/><q:arg "
                                     "value='MIPS64R2-generic'/></q:commandline>"
                                   : "");
}

static xmlDoc *
read_xml (const char *xml)
{
  xmlDoc *doc = xmlReadMemory (xml, (int)strlen (xml), NULL, NULL, XML_PARSE_NONET);

  g_assert_nonnull (doc);
  return doc;
}

static xmlNode *
find_child (xmlNode *node, const char *name)
{
  xmlNode *child;

  for (child = node->children; child != NULL; child = child->next) {
    if (child->type == XML_ELEMENT_NODE && strcmp ((const char *)child->name, name) == 0)
      return child;
  }
  return NULL;
}

/* attributes: "name=value name=value"; NULL: any. */
static gboolean
has_attributes (xmlNode *node, const char *attributes)
{
  g_auto (GStrv) list = g_strsplit (attributes != NULL ? attributes : "", " ", -1);
  gsize i;

  for (i = 0; list[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (list[i], "=", 2);
    xmlChar *value = xmlGetProp (node, (const xmlChar *)pair[0]);
    gboolean same = value != NULL && strcmp ((const char *)value, pair[1]) == 0;

    xmlFree (value);
    if (!same)
      return FALSE;
  }
  return TRUE;
}

static void
remove_children (xmlNode *parent, const char *name, const char *attribute)
{
  xmlNode *child, *next;

  for (child = parent->children; child != NULL; child = next) {
    next = child->next;
    if (child->type != XML_ELEMENT_NODE || strcmp ((const char *)child->name, name) != 0 ||
        !has_attributes (child, attribute))
      continue;
    xmlUnlinkNode (child);
    xmlFreeNode (child);
  }
}

static void
add_fragment (xmlDoc *doc, xmlNode *parent, const char *fragment)
{
  g_autofree char *whole = g_strconcat ("<all>", fragment, "</all>", NULL);
  xmlDoc *other;
  xmlNode *child;

  if (*fragment == '@') {
    g_auto (GStrv) pair = g_strsplit (fragment + 1, "=", 2);

    if (*pair[1] != '\0')
      xmlSetProp (parent, (const xmlChar *)pair[0], (const xmlChar *)pair[1]);
    else
      xmlUnsetProp (parent, (const xmlChar *)pair[0]);
    return;
  }
  other = read_xml (whole);
  for (child = xmlDocGetRootElement (other)->children; child != NULL; child = child->next)
    xmlAddChild (parent, xmlDocCopyNode (child, doc, 1));
  xmlFreeDoc (other);
}

char *
snippet_edit (const char *xml, const char *parent, const char *fragment, const char *replaced,
              const char *attribute)
{
  xmlDoc *doc = read_xml (xml);
  xmlNode *node = xmlDocGetRootElement (doc), *child;
  xmlChar *text = NULL;
  char *copy;
  int length = 0;

  if (*parent != '\0') {
    child = find_child (node, parent);
    node = child != NULL ? child : xmlNewChild (node, NULL, (const xmlChar *)parent, NULL);
  }
  if (replaced != NULL)
    remove_children (node, replaced, attribute);
  add_fragment (doc, node, fragment);
  xmlDocDumpMemory (doc, &text, &length);
  copy = g_strndup ((const char *)text, (gsize)length);
  xmlFree (text);
  xmlFreeDoc (doc);
  return copy;
}

/* How a thing of a kind is written: %v the value, %i an image, %a an address on a bus of which only
 * some work, %t a drive's target, %s its serial number, if it needs one. */
static const struct {
  guint8 kind;
  const char *parent, *fragment;
  const char *replaced, *attribute;
} kinds[] = {
  { MT_KIND_DISK_BUS, "devices",
    "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%i'/>"
    "<target dev='%t' bus='%v'/>%s%a</disk>",
    NULL, NULL },
  { MT_KIND_CDROM_BUS, "devices",
    "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='%i'/>"
    "<target dev='%t' bus='%v'/><readonly/>%a</disk>",
    NULL, NULL },
  { MT_KIND_FLOPPY_BUS, "devices",
    "<disk type='file' device='floppy'><driver name='qemu' type='raw'/><source file='%i'/>"
    "<target dev='fda' bus='%v'/></disk>",
    NULL, NULL },
  { MT_KIND_SCSI_MODEL, "devices", "<controller type='scsi' index='1' model='%v'>%a</controller>",
    NULL, NULL },
  { MT_KIND_VIF_MODEL, "devices", "<interface type='user'><model type='%v'/>%a</interface>", NULL,
    NULL },
  { MT_KIND_VIDEO_MODEL, "devices", "<video><model type='%v'/></video>", "video", NULL },
  { MT_KIND_INPUT_BUS, "devices", "<input type='keyboard' bus='%v'>%a</input>", NULL, NULL },
  { MT_KIND_WATCHDOG_MODEL, "devices", "<watchdog model='%v' action='reset'/>", "watchdog", NULL },
  { MT_KIND_TPM_MODEL, "devices", "<tpm model='%v'><backend type='emulator' version='2.0'/></tpm>",
    "tpm", NULL },
  { MT_KIND_TPM_VERSION, "devices", "<tpm><backend type='emulator' version='%v'/></tpm>", "tpm",
    NULL },
  { MT_KIND_IOMMU_MODEL, "devices", "<iommu model='%v'/>", "iommu", NULL },
  { MT_KIND_SOUND_MODEL, "devices", "<sound model='%v'>%a</sound>", NULL, NULL },
  { MT_KIND_USB_CONTROLLER, "devices",
    "<controller type='usb' index='0' model='%v'>%a</controller>", "controller", "type=usb" },
  { MT_KIND_PCI_ROOT, "devices", "<controller type='pci' index='0' model='%v'/>", "controller",
    "type=pci index=0" },
  { MT_KIND_PCI_CONTROLLER, "devices", "<controller type='pci' model='%v'/>", NULL, NULL },
  { MT_KIND_ADDRESS_TYPE, "devices",
    "<rng model='virtio'><backend model='builtin'/><address type='%v'/></rng>", NULL, NULL },
  { MT_KIND_SERIAL_TARGET, "devices", "<serial type='null'><target type='%v' port='0'/></serial>",
    "serial", NULL },
  { MT_KIND_CONSOLE_TARGET, "devices",
    "<console type='null'><target type='%v' port='0'/></console>", "console", NULL },
  { MT_KIND_PARALLEL, "devices", "<parallel type='null'/>", NULL, NULL },
  { MT_KIND_PANIC_MODEL, "devices", "<panic model='%v'/>", "panic", NULL },
  { MT_KIND_MEMORY_MODEL, "devices",
    "<memory model='%v'><target><size unit='MiB'>256</size><node>0</node></target></memory>", NULL,
    NULL },
};

/* Those whose fragment depends on the value. */
static const struct {
  guint8 kind;
  const char *value, *parent, *fragment;
  const char *replaced, *attribute;
} values[] = {
  { MT_KIND_FIRMWARE, "efi", "os", "@firmware=efi", "loader", NULL },
  { MT_KIND_FIRMWARE, "pflash", "os",
    "<loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>", "loader",
    NULL },
  { MT_KIND_FIRMWARE, "secure-boot", "os",
    "<loader readonly='yes' secure='yes'>/usr/share/OVMF/OVMF_CODE.fd</loader>", "loader", NULL },
  { MT_KIND_FEATURE, "smm", "features", "<smm state='on'/>", "smm", NULL },
  { MT_KIND_FEATURE, "tseg", "features", "<smm state='on'><tseg unit='MiB'>48</tseg></smm>", "smm",
    NULL },
  { MT_KIND_FEATURE, "gic", "features", "<gic version='2'/>", "gic", NULL },
  { MT_KIND_FEATURE, "gic-3", "features", "<gic version='3'/>", "gic", NULL },
  { MT_KIND_FEATURE, "hyperv", "features", "<hyperv><relaxed state='on'/></hyperv>", NULL, NULL },
  { MT_KIND_FEATURE, "kvm-hidden", "features", "<kvm><hidden state='on'/></kvm>", "kvm", NULL },
  { MT_KIND_FEATURE, "pmu-on", "features", "<pmu state='on'/>", "pmu", NULL },
  { MT_KIND_FEATURE, "pmu-off", "features", "<pmu state='off'/>", "pmu", NULL },
  { MT_KIND_FEATURE, "vmcoreinfo", "features", "<vmcoreinfo state='on'/>", "vmcoreinfo", NULL },
  { MT_KIND_FEATURE, "ioapic", "features", "<ioapic driver='qemu'/>", NULL, NULL },
  { MT_KIND_FEATURE, "vmport", "features", "<vmport state='off'/>", NULL, NULL },
  { MT_KIND_FEATURE, "hpt", "features", "<hpt resizing='enabled'/>", NULL, NULL },
  { MT_KIND_FEATURE, "htm", "features", "<htm state='on'/>", NULL, NULL },
  { MT_KIND_FEATURE, "nested-hv", "features", "<nested-hv state='off'/>", NULL, NULL },
  { MT_KIND_FEATURE, "cfpc", "features", "<cfpc value='workaround'/>", NULL, NULL },
  { MT_KIND_FEATURE, "sbbc", "features", "<sbbc value='workaround'/>", NULL, NULL },
  { MT_KIND_FEATURE, "ibs", "features", "<ibs value='workaround'/>", NULL, NULL },
  { MT_KIND_FEATURE, "ccf-assist", "features", "<ccf-assist state='off'/>", NULL, NULL },
  { MT_KIND_FEATURE, "genid", "", "<genid/>", NULL, NULL },
  { MT_KIND_TIMER, "kvmclock", "clock", "<timer name='kvmclock' present='no'/>", "timer",
    "name=kvmclock" },
  { MT_KIND_TIMER, "rtc-catchup", "clock", "<timer name='rtc' tickpolicy='catchup'/>", "timer",
    "name=rtc" },
  { MT_KIND_TIMER, "hpet", "clock", "<timer name='hpet' present='yes'/>", "timer", "name=hpet" },
  { MT_KIND_TIMER, "tsc", "clock", "<timer name='tsc' present='yes'/>", "timer", "name=tsc" },
  { MT_KIND_TIMER, "hypervclock", "clock", "<timer name='hypervclock' present='yes'/>", "timer",
    "name=hypervclock" },
  { MT_KIND_CPU_MODE, "custom", "",
    "<cpu mode='custom' match='exact' check='none'><model>%c</model></cpu>", "cpu", NULL },
  { MT_KIND_CPU_MODE, "maximum", "", "<cpu mode='maximum'/>", "cpu", NULL },
  { MT_KIND_CPU_MODE, "host-model", "", "<cpu mode='host-model'/>", "cpu", NULL },
  { MT_KIND_CPU_MODE, "host-passthrough", "", "<cpu mode='host-passthrough'/>", "cpu", NULL },
};

/* A model that the emulator of a class has. */
static const char *
get_cpu (MtMachineClass class)
{
  static const char *const cpus[] = {
    [MT_CLASS_NONE] = "",
    [MT_CLASS_I440FX] = "qemu64",
    [MT_CLASS_Q35] = "qemu64",
    [MT_CLASS_I440FX_32] = "qemu32",
    [MT_CLASS_Q35_32] = "qemu32",
    [MT_CLASS_ISAPC] = "qemu64",
    [MT_CLASS_MICROVM] = "qemu64",
    [MT_CLASS_AARCH64_VIRT] = "cortex-a57",
    [MT_CLASS_ARM_VIRT] = "cortex-a15",
    [MT_CLASS_S390X] = "qemu",
    [MT_CLASS_PSERIES] = "POWER9",
    [MT_CLASS_MALTA] = "24Kf",
    [MT_CLASS_MALTA_64EL] = "MIPS64R2-generic",
    [MT_CLASS_RISCV_VIRT] = "rv64",
    [MT_CLASS_LOONGARCH_VIRT] = "la464",
    [MT_CLASS_M68K_VIRT] = "m68040",
  };

  return cpus[class];
}

static const char *
get_target (const char *bus)
{
  if (strcmp (bus, "virtio") == 0)
    return "vdy";
  if (strcmp (bus, "nvme") == 0)
    return "nvme0n1";
  return strcmp (bus, "ide") == 0 ? "hdd" : "sdc";
}

/* malta: a slot that has an interrupt, and that the library's guests do not use. */
static const char *
get_address (MtDeviceKind kind, const char *value, MtMachineClass class)
{
  if (!is_in (class, MALTAS) ||
      ((kind == MT_KIND_DISK_BUS || kind == MT_KIND_CDROM_BUS || kind == MT_KIND_INPUT_BUS) &&
       strcmp (value, "virtio") != 0) ||
      strcmp (value, "sb16") == 0 || strcmp (value, "pcspk") == 0 || strcmp (value, "usb") == 0)
    return "";
  return "<address type='pci' domain='0x0000' bus='0x00' slot='0x15' function='0x0'/>";
}

static char *
fill_in (const char *fragment, MtDeviceKind kind, const char *value, MtMachineClass class,
         const char *image)
{
  GString *text = g_string_new (fragment);

  g_string_replace (text, "%a", get_address (kind, value, class), 0);
  g_string_replace (text, "%v", value, 0);
  g_string_replace (text, "%t", get_target (value), 0);
  g_string_replace (text, "%s", strcmp (value, "nvme") == 0 ? "<serial>1</serial>" : "", 0);
  g_string_replace (text, "%i", image, 0);
  g_string_replace (text, "%c", get_cpu (class), 0);
  if (kind == MT_KIND_ADDRESS_TYPE && strcmp (value, "pci") == 0 && is_in (class, MALTAS))
    g_string_replace (text, "type='pci'", "type='pci' bus='0x00' slot='0x15' function='0x0'", 0);
  return g_string_free (text, FALSE);
}

/* One more edit; takes ownership of the text. */
static char *
edit (char *xml, const char *parent, const char *fragment, const char *replaced,
      const char *attribute)
{
  char *edited = snippet_edit (xml, parent, fragment, replaced, attribute);

  g_free (xml);
  return edited;
}

/* A controller for what is on USB, if it is possible. */
static char *
add_usb (char *xml, MtMachineClass class)
{
  if (is_in (class, NO_PCI | BIT (MT_CLASS_S390X)))
    return xml;
  return edit (xml, "devices",
               is_in (class, MALTAS)
                   ? "<controller type='usb' index='0' model='qemu-xhci'><address type='pci' "
                     "domain='0x0000' bus='0x00' slot='0x15' function='0x7'/></controller>"
                   : "<controller type='usb' index='0' model='qemu-xhci'/>",
               "controller", "type=usb");
}

static gboolean
is_on_usb (MtDeviceKind kind, const char *value)
{
  return (strcmp (value, "usb") == 0 || strcmp (value, "usb-serial") == 0) &&
         kind != MT_KIND_USB_CONTROLLER;
}

/* Not every machine has NUMA, and it has its own findings. */
static char *
add_max_memory (char *xml)
{
  xml = edit (xml, "", "<maxMemory slots='4' unit='GiB'>4</maxMemory>", NULL, NULL);
  return edit (xml, "cpu", "<numa><cell id='0' cpus='0' memory='1024' unit='MiB'/></numa>", NULL,
               NULL);
}

/* What is required in addition. */
static char *
add_company (char *xml, MtDeviceKind kind, const char *value, MtMachineClass class,
             gboolean of_rules)
{
  if (is_on_usb (kind, value))
    xml = add_usb (xml, class);
  if (kind == MT_KIND_USB_CONTROLLER && strcmp (value, "ich9-ehci1") == 0 && is_in (class, PCIE))
    xml = edit (xml, "devices",
                "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/>"
                "</controller>",
                NULL, NULL);
  if ((kind == MT_KIND_DISK_BUS || kind == MT_KIND_CDROM_BUS) && strcmp (value, "scsi") == 0 &&
      is_in (class, MALTAS))
    xml = edit (xml, "devices",
                "<controller type='scsi' index='0' model='virtio-scsi'><address type='pci' "
                "domain='0x0000' bus='0x00' slot='0x15' function='0x6'/></controller>",
                "controller", "type=scsi");
  if (kind == MT_KIND_MEMORY_MODEL && !of_rules)
    xml = add_max_memory (xml);
  if (class == MT_CLASS_AARCH64_VIRT &&
      ((kind == MT_KIND_IOMMU_MODEL && strcmp (value, "virtio") == 0) ||
       (kind == MT_KIND_FEATURE && strcmp (value, "acpi") == 0))) {
    xml = edit (xml, "os", "@firmware=efi", NULL, NULL);
    xml = edit (xml, "features", "<acpi/>", "acpi", NULL);
  }
  if (kind == MT_KIND_FIRMWARE && strcmp (value, "efi") != 0) {
    xml = edit (xml, "os", "@firmware=", "firmware", NULL);
    xml = edit (xml, "os", "", "nvram", NULL);
  }
  if (kind == MT_KIND_FIRMWARE && is_in (class, BIT (MT_CLASS_ISAPC) | BIT (MT_CLASS_MICROVM)))
    xml = edit (xml, "features", "<acpi/>", "acpi", NULL);
  if (kind == MT_KIND_FIRMWARE && strcmp (value, "secure-boot") == 0 && !of_rules)
    xml = edit (xml, "os", SECURE, "loader", NULL);
  if (kind == MT_KIND_FIRMWARE && strcmp (value, "secure-boot") == 0 && is_in (class, Q35S)) {
    xml = edit (xml, "os", SECURE, "loader", NULL);
    xml = edit (xml, "features", "<smm state='on'/>", "smm", NULL);
  }
  if (kind == MT_KIND_SERIAL_TARGET)
    xml = edit (xml, "devices", "", "console", NULL);
  if (kind == MT_KIND_CONSOLE_TARGET)
    xml = edit (xml, "devices", "", "serial", NULL);
  return xml;
}

gboolean
snippet_can_show (MtDeviceKind kind, MtMachineClass class)
{
  if (kind == MT_KIND_TPM_VERSION) {
    static const MtVersionRanges any;

    /* If there is no such TPM, nothing is said about its version. */
    return mt_compat_judge (MT_KIND_TPM_MODEL, class == MT_CLASS_PSERIES ? "tpm-spapr" : "tpm-tis",
                            class, &any)
               .authority == MACHTYPE_AUTHORITY_NONE;
  }
  return kind != MT_KIND_CPU_TOPOLOGY;
}

char *
snippet_add (const char *xml, MtDeviceKind kind, const char *value, MtMachineClass class,
             gboolean of_rules, const char *image)
{
  const char *parent = NULL, *fragment = NULL, *replaced = NULL, *attribute = NULL;
  g_autofree char *filled = NULL, *plain = NULL;
  char *edited;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i].kind == kind) {
      parent = kinds[i].parent, fragment = kinds[i].fragment;
      replaced = kinds[i].replaced, attribute = kinds[i].attribute;
    }
  }
  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    if (values[i].kind == kind && strcmp (values[i].value, value) == 0) {
      parent = values[i].parent, fragment = values[i].fragment;
      replaced = values[i].replaced, attribute = values[i].attribute;
    }
  }
  /* The other features are their elements. */
  if (fragment == NULL && kind == MT_KIND_FEATURE) {
    parent = "features", replaced = value;
    fragment = plain = g_strdup_printf ("<%s/>", value);
  }
  g_assert_nonnull (fragment);
  filled = fill_in (fragment, kind, value, class, image);
  edited = snippet_edit (xml, parent, filled, replaced, attribute);
  return add_company (edited, kind, value, class, of_rules);
}
