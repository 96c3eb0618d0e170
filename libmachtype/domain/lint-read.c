/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads everything in a domain that lint checks (https://libvirt.org/formatdomain.html). */

#include "domain/lint-private.h"

#include <machtype/text.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch-private.h"
#include "domain/arguments-private.h"
#include "error-private.h"
#include "host/domain-type.h"
#include "string-private.h"
#include "xml-reader.h"

/* More than any machine can have; input from outside must not determine how much is kept. */
#define DEVICES_MAX 10000
/* Of a usual guest; a larger one takes more memory twice. */
#define DEVICES_USUAL 32

static const char elements[][12] = {
  [MT_LINT_DISK] = "disk",
  [MT_LINT_CONTROLLER] = "controller",
  [MT_LINT_INTERFACE] = "interface",
  [MT_LINT_VIDEO] = "video",
  [MT_LINT_INPUT] = "input",
  [MT_LINT_WATCHDOG] = "watchdog",
  [MT_LINT_TPM] = "tpm",
  [MT_LINT_IOMMU] = "iommu",
  [MT_LINT_SOUND] = "sound",
  [MT_LINT_PANIC] = "panic",
  [MT_LINT_SERIAL] = "serial",
  [MT_LINT_CONSOLE] = "console",
  [MT_LINT_PARALLEL] = "parallel",
  [MT_LINT_CHANNEL] = "channel",
  [MT_LINT_MEMORY] = "memory",
  [MT_LINT_MEMBALLOON] = "memballoon",
  [MT_LINT_RNG] = "rng",
  [MT_LINT_HOSTDEV] = "hostdev",
  [MT_LINT_REDIRDEV] = "redirdev",
  [MT_LINT_HUB] = "hub",
  [MT_LINT_SMARTCARD] = "smartcard",
  [MT_LINT_FILESYSTEM] = "filesystem",
  [MT_LINT_VSOCK] = "vsock",
  [MT_LINT_SHMEM] = "shmem",
  [MT_LINT_NVRAM] = "nvram",
  [MT_LINT_GRAPHICS] = "graphics",
};

G_STATIC_ASSERT (G_N_ELEMENTS (elements) == MT_LINT_LAST + 1);

typedef enum {
  IN_NOTHING,
  IN_OS,
  IN_FEATURES,
  IN_CPU,
  IN_CLOCK,
  IN_DEVICES,
  IN_VCPUS,
  IN_COMMAND_LINE
} Section;

typedef enum {
  WANT_NOTHING,
  WANT_MEMORY,
  WANT_VCPUS,
  WANT_CPU_MODEL,
  WANT_EMULATOR,
  WANT_TSEG,
  WANT_NODE,
  WANT_SERIAL
} Wanted;

/* The child of a part that was read last, if its own children count. */
typedef enum { IN_NO_CHILD, IN_ADDRESS, IN_TARGET, IN_PORT, IN_NUMA } Child;

typedef struct {
  MtLintDomain *domain;
  MtXmlReader *reader;
  Section section;
  Wanted wanted;
  guint64 unit;              /* of the memory, in bytes */
  const char *last_argument; /* of QEMU */
  MtQemuArguments arguments; /* all of QEMU's own */
  gboolean in_part;          /* in a child of the section whose children count */
  Child child;
  guint counts[MT_LINT_LAST + 1];
} Reading;

/* NULL: missing, or empty. */
static const char *
keep (Reading *reading, const MtXmlAttributes *attributes, const char *name)
{
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, name, &length);

  if (value == NULL || length == 0)
    return NULL;
  return g_string_chunk_insert_len (reading->domain->strings, value, (gssize)length);
}

static void
keep_first (Reading *reading, const MtXmlAttributes *attributes, const char *name,
            const char **slot)
{
  if (*slot == NULL)
    *slot = keep (reading, attributes, name);
}

static gboolean
is (const MtXmlAttributes *attributes, const char *name, const char *wanted)
{
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, name, &length);

  return value != NULL && mt_is_text (value, length, wanted);
}

/* Parsed as libvirt does: decimal, or hexadecimal with 0x; -1: missing, or not a small number. */
static int
read_number (Reading *reading, const MtXmlAttributes *attributes, const char *name)
{
  const char *text = keep (reading, attributes, name);
  char *end = NULL;
  guint64 number;

  if (text == NULL)
    return -1;
  number = g_ascii_strtoull (text, &end, 0);
  return *end == '\0' && number <= 0xffff ? (int)number : -1;
}

static void
add (Reading *reading, MtDeviceKind kind, const char *value, const char *subject)
{
  const MtLintThing thing = { (guint8)kind, g_string_chunk_insert (reading->domain->strings, value),
                              g_string_chunk_insert (reading->domain->strings, subject) };

  if (reading->domain->things->len < DEVICES_MAX)
    g_array_append_val (reading->domain->things, thing);
}

static void
start_loader (Reading *reading, const MtXmlAttributes *attributes)
{
  reading->domain->has_loader = TRUE;
  if (is (attributes, "type", "pflash"))
    add (reading, MT_KIND_FIRMWARE, "pflash", "/domain/os/loader");
  if (is (attributes, "secure", "yes"))
    add (reading, MT_KIND_FIRMWARE, "secure-boot", "/domain/os/loader");
}

static void
start_os (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  MtLintDomain *domain = reading->domain;

  if (mt_is_word (element, "type")) {
    keep_first (reading, attributes, "arch", &domain->arch_text);
    keep_first (reading, attributes, "machine", &domain->machine);
  } else if (mt_is_word (element, "loader"))
    start_loader (reading, attributes);
  else if (mt_is_word (element, "kernel"))
    domain->has_kernel = TRUE;
  else if (mt_is_word (element, "smbios"))
    domain->has_smbios = !is (attributes, "mode", "emulate");
  else if (mt_is_word (element, "bios"))
    domain->has_bios_serial = is (attributes, "useserial", "yes");
}

static void
start_gic (Reading *reading, const MtXmlAttributes *attributes)
{
  const char *version = keep (reading, attributes, "version");

  reading->domain->gic = version != NULL ? version : "";
  add (reading, MT_KIND_FEATURE, g_strcmp0 (version, "3") == 0 ? "gic-3" : "gic",
       "/domain/features/gic");
}

/* Some features that are switched off are as if they were not there; others count anyway. */
static gboolean
is_off (const char *element, const MtXmlAttributes *attributes)
{
  return (mt_is_word (element, "hap") || mt_is_word (element, "vmcoreinfo")) &&
         is (attributes, "state", "off");
}

static void
start_feature (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  g_autofree char *subject = g_strconcat ("/domain/features/", element, NULL);

  reading->in_part = mt_is_word (element, "kvm") || mt_is_word (element, "smm");
  if (mt_is_word (element, "smm"))
    reading->domain->smm_off = is (attributes, "state", "off");
  else if (mt_is_word (element, "ps2"))
    reading->domain->ps2_off = is (attributes, "state", "off");
  else if (mt_is_word (element, "vmport"))
    reading->domain->vmport_on = is (attributes, "state", "on");
  if (mt_is_word (element, "gic"))
    start_gic (reading, attributes);
  else if (mt_is_word (element, "pmu"))
    add (reading, MT_KIND_FEATURE, is (attributes, "state", "off") ? "pmu-off" : "pmu-on", subject);
  else if (mt_rule_find (MT_KIND_FEATURE, element) != NULL && !is_off (element, attributes))
    add (reading, MT_KIND_FEATURE, element, subject);
}

static void
start_cpu (Reading *reading, const MtXmlAttributes *attributes)
{
  MtLintDomain *domain = reading->domain;

  keep_first (reading, attributes, "mode", &domain->cpu_mode);
  /* What libvirt assumes for an element without a mode. */
  add (reading, MT_KIND_CPU_MODE, domain->cpu_mode != NULL ? domain->cpu_mode : "custom",
       "/domain/cpu");
}

static void
want_text (Reading *reading, Wanted wanted)
{
  reading->wanted = wanted;
  mt_xml_reader_want_text (reading->reader);
}

static void
start_cpu_part (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  if (mt_is_word (element, "model"))
    want_text (reading, WANT_CPU_MODEL);
  else if (mt_is_word (element, "feature") && is (attributes, "name", "x2apic"))
    reading->domain->has_x2apic =
        !is (attributes, "policy", "disable") && !is (attributes, "policy", "forbid");
  else if (mt_is_word (element, "numa")) {
    reading->domain->has_numa = TRUE;
    reading->child = IN_NUMA;
  } else if (mt_is_word (element, "topology"))
    reading->domain->threads = (guint)MAX (read_number (reading, attributes, "threads"), 0);
}

/* Those that are disabled do not matter, except kvmclock: QEMU has to know it to disable it. */
static void
start_timer (Reading *reading, const MtXmlAttributes *attributes)
{
  const char *name = keep (reading, attributes, "name");
  g_autofree char *subject = NULL;

  if (name == NULL)
    return;
  if (mt_is_word (name, "rtc") && is (attributes, "tickpolicy", "catchup"))
    name = "rtc-catchup";
  else if (is (attributes, "present", "no") != mt_is_word (name, "kvmclock"))
    return;
  subject = g_strdup_printf ("/domain/clock/timer[@name='%s']",
                             mt_is_word (name, "rtc-catchup") ? "rtc" : name);
  if (mt_rule_find (MT_KIND_TIMER, name) != NULL)
    add (reading, MT_KIND_TIMER, name, subject);
}

static gboolean
start_device (Reading *reading, const char *element, const MtXmlAttributes *attributes,
              GError **error)
{
  MtLintDevice device = { 0 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (elements) && !mt_is_word (elements[i], element); i++)
    ;
  reading->in_part = i < G_N_ELEMENTS (elements);
  if (!reading->in_part) {
    if (mt_is_word (element, "emulator"))
      want_text (reading, WANT_EMULATOR);
    return TRUE;
  }
  if (reading->domain->devices->len == DEVICES_MAX)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "domain: there are more than %d devices",
                    DEVICES_MAX);
  device.element = (guint8)i;
  device.kind = (guint8)mt_kind_of_element (element);
  device.number = ++reading->counts[i];
  device.type = keep (reading, attributes, "type");
  device.device = keep (reading, attributes, "device");
  /* That of a disk is in its target. */
  if (device.element != MT_LINT_DISK)
    device.bus = keep (reading, attributes, "bus");
  device.model = keep (reading, attributes, "model");
  device.index = read_number (reading, attributes, "index");
  device.slot = device.pci_bus = device.controller = -1;
  if (device.element == MT_LINT_CONTROLLER) {
    mt_place_read_controller (reading->domain->strings, attributes, &device.settings);
    reading->domain->has_pci_root |=
        device.settings.kind == MT_CONTROLLER_PCI &&
        (device.settings.model == MT_PCI_ROOT || device.settings.model == MT_PCIE_ROOT);
  } else if (device.element == MT_LINT_GRAPHICS)
    device.target = keep (reading, attributes, "listen");
  g_array_append_val (reading->domain->devices, device);
  return TRUE;
}

/* The one that is being read. */
static MtLintDevice *
get_device (const Reading *reading)
{
  GArray *devices = reading->domain->devices;

  return &g_array_index (devices, MtLintDevice, devices->len - 1);
}

static void
start_device_part (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  MtLintDevice *device = get_device (reading);

  reading->child = IN_NO_CHILD;
  if (device->element == MT_LINT_CONTROLLER) {
    mt_place_read_controller_part (reading->domain->strings, element, attributes,
                                   &device->settings);
    reading->child = mt_is_word (element, "target") ? IN_TARGET : IN_NO_CHILD;
  }
  if (device->element == MT_LINT_GRAPHICS && mt_is_word (element, "listen"))
    mt_place_read_listen (reading->domain->strings, attributes, device->target, &device->at);
  if (device->element == MT_LINT_DISK) {
    device->has_wwn |= mt_is_word (element, "wwn");
    device->is_readonly |= mt_is_word (element, "readonly");
    device->has_translation |=
        mt_is_word (element, "geometry") && keep (reading, attributes, "trans") != NULL;
  }
  if ((device->element == MT_LINT_DISK || device->element == MT_LINT_CONTROLLER) &&
      mt_is_word (element, "serial"))
    want_text (reading, WANT_SERIAL);
  else if (mt_is_word (element, "target")) {
    if (device->element == MT_LINT_SERIAL)
      reading->child = IN_PORT;
    keep_first (reading, attributes, "dev", &device->target);
    keep_first (reading, attributes, "type", &device->target_type);
    keep_first (reading, attributes, "bus", &device->bus);
  } else if (mt_is_word (element, "model") &&
             (device->element == MT_LINT_INTERFACE || device->element == MT_LINT_VIDEO))
    keep_first (reading, attributes, "type", &device->model);
  else if (mt_is_word (element, "address") && device->element != MT_LINT_GRAPHICS) {
    keep_first (reading, attributes, "type", &device->address);
    mt_place_read_address (reading->domain->strings, attributes, &device->at);
    reading->child = IN_ADDRESS;
    device->slot = read_number (reading, attributes, "slot");
    device->pci_bus = read_number (reading, attributes, "bus");
    device->controller = read_number (reading, attributes, "controller");
  } else if (device->element == MT_LINT_TPM && mt_is_word (element, "backend"))
    keep_first (reading, attributes, "version", &device->version);
  else if (device->element == MT_LINT_IOMMU && mt_is_word (element, "driver"))
    reading->domain->has_eim = is (attributes, "eim", "on");
}

/* A child of a child of a device. */
static void
start_device_child (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  GArray *devices = reading->domain->devices;
  MtLintDevice *device = &g_array_index (devices, MtLintDevice, devices->len - 1);

  if (reading->child == IN_ADDRESS && mt_is_word (element, "zpci"))
    mt_place_read_zpci (reading->domain->strings, attributes, &device->at);
  else if (reading->child == IN_TARGET && mt_is_word (element, "node"))
    want_text (reading, WANT_NODE);
  else if (reading->child == IN_PORT && mt_is_word (element, "model"))
    keep_first (reading, attributes, "name", &device->target_model);
}

/* Source: libvirt src/util/virutil.c, virScaleInteger. */
static guint64
read_unit (const MtXmlAttributes *attributes, guint64 usual)
{
  static const struct {
    char name[8];
    guint64 bytes;
  } units[] = {
    { "b", 1 },
    { "bytes", 1 },
    { "KB", 1000 },
    { "k", 1 << 10 },
    { "KiB", 1 << 10 },
    { "MB", 1000000 },
    { "M", 1 << 20 },
    { "MiB", 1 << 20 },
    { "GB", 1000000000 },
    { "G", 1 << 30 },
    { "GiB", 1 << 30 },
    { "TB", G_GUINT64_CONSTANT (1000000000000) },
    { "T", G_GUINT64_CONSTANT (1) << 40 },
    { "TiB", G_GUINT64_CONSTANT (1) << 40 },
  };
  gsize i, length = 0;
  const char *unit = mt_xml_attribute (attributes, "unit", &length);

  for (i = 0; unit != NULL && i < G_N_ELEMENTS (units); i++) {
    if (strlen (units[i].name) == length && g_ascii_strncasecmp (units[i].name, unit, length) == 0)
      return units[i].bytes;
  }
  return usual;
}

static void
start_number (Reading *reading, Wanted wanted, const MtXmlAttributes *attributes)
{
  reading->unit = wanted == WANT_MEMORY ? read_unit (attributes, 1 << 10) : 1;
  want_text (reading, wanted);
}

static void
start_section (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  static const struct {
    char name[12];
    guint8 section;
  } sections[] = {
    { "os", IN_OS },       { "features", IN_FEATURES }, { "cpu", IN_CPU },
    { "clock", IN_CLOCK }, { "devices", IN_DEVICES },   { "vcpus", IN_VCPUS },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (sections); i++) {
    if (mt_is_word (sections[i].name, element))
      reading->section = (Section)sections[i].section;
  }
  if (reading->section == IN_OS && is (attributes, "firmware", "efi"))
    add (reading, MT_KIND_FIRMWARE, "efi", "/domain/os/@firmware");
  else if (reading->section == IN_CPU)
    start_cpu (reading, attributes);
  else if (mt_is_word (element, "memory"))
    start_number (reading, WANT_MEMORY, attributes);
  else if (mt_is_word (element, "vcpu"))
    start_number (reading, WANT_VCPUS, attributes);
  else if (mt_is_word (element, "genid"))
    add (reading, MT_KIND_FEATURE, "genid", "/domain/genid");
  else if (mt_is_word (element, "maxMemory"))
    reading->domain->has_max_memory = TRUE;
}

/* <qemu:arg value='-cpu'/><qemu:arg value='MIPS64R2-generic'/> */
static void
start_argument (Reading *reading, const MtXmlAttributes *attributes)
{
  const char *value = keep (reading, attributes, "value");

  if (g_strcmp0 (reading->last_argument, "-cpu") == 0)
    reading->domain->qemu_cpu = value;
  reading->last_argument = value;
  mt_qemu_arguments_add (&reading->arguments, value);
}

static void
keep_arguments (Reading *reading)
{
  const MtQemuArguments *arguments = &reading->arguments;
  MtLintDomain *domain = reading->domain;

  if (arguments->machine != NULL)
    domain->qemu_machine = g_string_chunk_insert (domain->strings, arguments->machine->str);
  if (arguments->unreadable != NULL)
    domain->unread_argument = g_string_chunk_insert (domain->strings, arguments->unreadable->str);
}

static gboolean
start_part (Reading *reading, const char *element, const MtXmlAttributes *attributes,
            GError **error)
{
  reading->in_part = FALSE;
  reading->child = IN_NO_CHILD;
  switch (reading->section) {
  case IN_OS:
    start_os (reading, element, attributes);
    break;
  case IN_FEATURES:
    start_feature (reading, element, attributes);
    break;
  case IN_CPU:
    start_cpu_part (reading, element, attributes);
    break;
  case IN_CLOCK:
    if (mt_is_word (element, "timer"))
      start_timer (reading, attributes);
    break;
  case IN_DEVICES:
    return start_device (reading, element, attributes, error);
  case IN_VCPUS:
    if (is (attributes, "hotpluggable", "yes"))
      reading->domain->has_hotplug_vcpus = TRUE;
    break;
  case IN_COMMAND_LINE:
  case IN_NOTHING:
  default:
    break;
  }
  return TRUE;
}

/* Elements in another namespace do not matter, except QEMU's arguments. */
static void
start_foreign (Reading *reading, const char *element, guint depth,
               const MtXmlAttributes *attributes)
{
  const gboolean qemu = strcmp (attributes->uri, MT_QEMU_URI) == 0;

  /* Within a device the rest of it still counts. */
  if (depth <= 3)
    reading->in_part = FALSE;
  if (depth <= 4)
    reading->child = IN_NO_CHILD;
  if (depth == 2)
    reading->section = qemu && mt_is_word (element, "commandline") ? IN_COMMAND_LINE : IN_NOTHING;
  else if (depth == 3 && qemu && reading->section == IN_COMMAND_LINE && mt_is_word (element, "arg"))
    start_argument (reading, attributes);
}

/* libvirt's default unit is 1 MiB; without System Management Mode it ignores the size. */
static void
start_tseg (Reading *reading, const MtXmlAttributes *attributes)
{
  if (reading->domain->smm_off)
    return;
  add (reading, MT_KIND_FEATURE, "tseg", "/domain/features/smm/tseg");
  reading->unit = read_unit (attributes, 1 << 20);
  want_text (reading, WANT_TSEG);
}

/* Anything below a part of a section. */
static void
start_child (Reading *reading, const char *element, guint depth, const MtXmlAttributes *attributes)
{
  if (depth == 4 && reading->section == IN_CPU && reading->child == IN_NUMA)
    reading->domain->numa_cells += mt_is_word (element, "cell");
  else if (!reading->in_part)
    return;
  else if (depth == 4 && reading->section == IN_DEVICES)
    start_device_part (reading, element, attributes);
  else if (depth == 5 && reading->section == IN_DEVICES)
    start_device_child (reading, element, attributes);
  else if (depth == 4 && mt_is_word (element, "hidden") && is (attributes, "state", "on"))
    add (reading, MT_KIND_FEATURE, "kvm-hidden", "/domain/features/kvm/hidden");
  else if (depth == 4 && mt_is_word (element, "tseg"))
    start_tseg (reading, attributes);
}

static gboolean
start_element (Reading *reading, const char *element, guint depth,
               const MtXmlAttributes *attributes, GError **error)
{
  if (depth == 1 && (strcmp (element, "domain") != 0 || attributes->uri != NULL)) {
    return mt_xml_set_wrong_root ("domain", element, "domain", error);
  }
  if (depth == 2)
    reading->section = IN_NOTHING;
  if (attributes->uri != NULL)
    start_foreign (reading, element, depth, attributes);
  else if (depth == 1)
    reading->domain->type = keep (reading, attributes, "type");
  else if (depth == 2)
    start_section (reading, element, attributes);
  else if (depth == 3)
    return start_part (reading, element, attributes, error);
  else
    start_child (reading, element, depth, attributes);
  return TRUE;
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Reading *reading = data;

  if (!start_element (reading, element, depth, attributes, error))
    return FALSE;
  if (reading->section == IN_DEVICES && reading->in_part)
    mt_lint_words_read (&reading->domain->words, reading->domain->devices, depth, element,
                        attributes);
  return TRUE;
}

/* Anything but a number remains 0: unknown. */
static guint64
read_text_number (const char *text)
{
  char *end = NULL;
  guint64 number;

  while (g_ascii_isspace (*text))
    text++;
  if (!g_ascii_isdigit (*text))
    return 0;
  errno = 0;
  number = g_ascii_strtoull (text, &end, 10);
  while (g_ascii_isspace (*end))
    end++;
  return *end == '\0' && errno == 0 ? number : 0;
}

static const char *
keep_text (MtLintDomain *domain, const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return g_string_chunk_insert (domain->strings, stripped);
}

/* An empty one counts as missing. */
static void
keep_serial (Reading *reading, const char *text)
{
  if (*text != '\0')
    get_device (reading)->serial = g_string_chunk_insert (reading->domain->strings, text);
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Reading *reading = data;
  MtLintDomain *domain = reading->domain;
  guint64 number;

  (void)element;
  (void)depth;
  (void)length;
  if (text == NULL)
    return;
  number = read_text_number (text);
  if (reading->wanted == WANT_CPU_MODEL)
    domain->cpu_model = keep_text (domain, text);
  else if (reading->wanted == WANT_EMULATOR)
    domain->emulator = keep_text (domain, text);
  else if (reading->wanted == WANT_SERIAL)
    keep_serial (reading, text);
  else if (reading->wanted == WANT_VCPUS)
    domain->vcpus = number;
  else if (reading->wanted == WANT_NODE)
    mt_place_read_node (
        domain->strings, text,
        &g_array_index (domain->devices, MtLintDevice, domain->devices->len - 1).settings);
  else if (reading->wanted == WANT_TSEG)
    domain->tseg_bytes = number <= G_MAXUINT64 / reading->unit ? number * reading->unit : 0;
  else if (number <= G_MAXUINT64 / reading->unit)
    domain->memory_kib = number * reading->unit / 1024;
}

static MtLintDomain *
lint_domain_new (void)
{
  MtLintDomain *domain = g_new0 (MtLintDomain, 1);

  domain->strings = g_string_chunk_new (1024);
  domain->devices = g_array_sized_new (FALSE, FALSE, sizeof (MtLintDevice), DEVICES_USUAL);
  domain->things = g_array_new (FALSE, FALSE, sizeof (MtLintThing));
  mt_lint_words_init (&domain->words, domain->strings);
  return domain;
}

void
mt_lint_free (MtLintDomain *domain)
{
  if (domain == NULL)
    return;
  g_string_chunk_free (domain->strings);
  g_array_unref (domain->devices);
  g_array_unref (domain->things);
  mt_lint_words_clear (&domain->words);
  g_free (domain);
}

static void
restart (gpointer data)
{
  Reading *reading = data;
  MtXmlReader *reader = reading->reader;

  mt_qemu_arguments_clear (&reading->arguments);
  mt_lint_free (reading->domain);
  *reading = (Reading){ .reader = reader, .domain = lint_domain_new () };
}

MtLintDomain *
mt_lint_read (const char *xml, gssize length, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  g_autoptr (MtLintDomain) domain = NULL;
  Reading reading = { 0 };
  gboolean is_read;
  gsize size;

  if (!mt_check_length ("domain", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return NULL;
  reading.domain = lint_domain_new ();
  is_read =
      mt_xml_read_plain (xml, size, "domain", &handler, restart, &reading, &reading.reader, error);
  domain = reading.domain;
  keep_arguments (&reading);
  mt_qemu_arguments_clear (&reading.arguments);
  if (!is_read)
    return NULL;
  if (domain->arch_text != NULL)
    domain->arch = mt_arch_find (domain->arch_text, strlen (domain->arch_text));
  return g_steal_pointer (&domain);
}

/* Only what needs no quoting in an XPath. */
static gboolean
is_plain (const char *text)
{
  gsize length = strlen (text);

  return length <= 16 && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789") == length;
}

const char *
mt_lint_get_element (const MtLintDevice *device)
{
  return elements[device->element];
}

char *
mt_lint_dup_subject (const MtLintDevice *device)
{
  const char *name = mt_lint_get_element (device);

  if (device->element == MT_LINT_DISK && device->target != NULL && is_plain (device->target))
    return g_strdup_printf ("/domain/devices/%s[target/@dev='%s']", name, device->target);
  return g_strdup_printf ("/domain/devices/%s[%u]", name, device->number);
}

gboolean
mt_lint_has (const MtLintDomain *domain, MtDeviceKind kind, const char *value)
{
  guint i;

  for (i = 0; i < domain->things->len; i++) {
    const MtLintThing *thing = &g_array_index (domain->things, MtLintThing, i);

    if (thing->kind == kind && strcmp (thing->value, value) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Source: libvirt src/conf/domain_postparse.c and domain_conf.c, the bus by the target's name. */
const char *
mt_lint_get_bus (const MtLintDevice *device)
{
  static const struct {
    char prefix[4], bus[8];
  } names[] = {
    { "hd", "ide" }, { "sd", "scsi" }, { "vd", "virtio" },
    { "fd", "fdc" }, { "xvd", "xen" }, { "ubd", "uml" },
  };
  gsize i;

  if (device->bus != NULL || device->target == NULL)
    return device->bus;
  for (i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_has_prefix (device->target, names[i].prefix))
      return names[i].bus;
  }
  return NULL;
}
