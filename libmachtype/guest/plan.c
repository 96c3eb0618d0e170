/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decides the settings of a guest, and checks them against its machine type and host. */

#include "guest/guest-private.h"

#include <string.h>

#include "error-private.h"
#include "finding-private.h"
#include "host/domain-type.h"

static const char *
get_machine (const MtGuestPlan *plan)
{
  return machtype_resolution_get_machine_to_record (plan->request->resolution);
}

static const char *
get_arch_name (const MtGuestPlan *plan)
{
  return machtype_arch_to_string (machtype_resolution_get_arch (plan->request->resolution));
}

/* What libvirt's domain capabilities deny is not written; what they do not mention is. */
static gboolean
check_host (const MtGuestPlan *plan, const char *device, const char *name, const char *value,
            GError **error)
{
  g_autofree char *listed = NULL;

  if (plan->capabilities == NULL ||
      mt_host_ask_domain_capabilities (plan->request->host, plan->capabilities, device, name,
                                       value) != MACHTYPE_ANSWER_NO)
    return TRUE;
  listed = mt_host_dup_listed (plan->request->host, plan->capabilities, device, name);
  mt_fail (error, MACHTYPE_ERROR_NOT_OFFERED, "the host has no %s %s for %s guests on %s; %s%s",
           value, device, get_arch_name (plan), get_machine (plan),
           listed != NULL ? "it has " : "it has none", listed != NULL ? listed : "");
  return FALSE;
}

/* Who says that the guest's machine does not support it. */
static MachtypeAuthority
ask (const MtGuestPlan *plan, MtDeviceKind kind, const char *value)
{
  const MtRule *rule = mt_rule_choose (kind, value, &plan->versions);

  return rule != NULL ? mt_rule_ask (rule, (MtMachineClass)plan->recipe->class)
                      : MACHTYPE_AUTHORITY_LIBMACHTYPE;
}

/* The value that properties request for a kind, already checked; otherwise the machine's default.
 */
static const char *
choose (const MtGuestPlan *plan, MtDeviceKind kind, const char *usual)
{
  const char *wanted = mt_device_requests_get (&plan->device_requests, kind);

  return wanted != NULL ? wanted : usual;
}

static gboolean
plan_recipe (MtGuestPlan *plan, GError **error)
{
  const char *type = machtype_resolution_get_domain_type (plan->request->resolution);
  const MachtypeArch arch = machtype_resolution_get_arch (plan->request->resolution);
  g_autofree char *list = NULL;

  plan->recipe = mt_recipe_find (arch, plan->machine.class);
  if (plan->recipe == NULL) {
    list = mt_recipe_dup_list ();
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "cannot generate domain XML for %s guests on %s; supported are: %s",
                    get_arch_name (plan), get_machine (plan), list);
  }
  if (!mt_domain_type_is_written (type))
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "cannot generate domain XML for domain type %s, only for qemu, kvm and hvf",
                    type);
  return TRUE;
}

static gboolean
plan_size (MtGuestPlan *plan, GError **error)
{
  const MtClassFacts *facts = mt_class_get ((MtMachineClass)plan->recipe->class);
  const MtMachine *offered = plan->machine.info;
  guint limit = offered != NULL ? offered->max_cpus : 0, memory = facts->max_memory_mib, least;

  /* The board's limit is what works; the host's can be lower for an old version. */
  limit = limit != 0 ? MIN (limit, facts->max_vcpus) : facts->max_vcpus;
  if (plan->request->vcpus > limit)
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "%s guests on %s have at most %u vCPU%s, not %u", get_arch_name (plan),
                    get_machine (plan), limit, limit == 1 ? "" : "s", plan->request->vcpus);
  if (memory != 0 && plan->request->memory_mib > memory)
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "%s guests on %s have at most %u MiB of memory, not %" G_GUINT64_FORMAT,
                    get_arch_name (plan), get_machine (plan), memory, plan->request->memory_mib);
  least =
      mt_host_get_least_memory (plan->request->host, (MtMachineClass)plan->recipe->class,
                                machtype_resolution_get_arch (plan->request->resolution),
                                machtype_resolution_get_domain_type (plan->request->resolution));
  if (plan->request->memory_mib < least)
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "%s guests on %s have at least %u MiB of memory with the host's QEMU, not "
                    "%" G_GUINT64_FORMAT,
                    get_arch_name (plan), get_machine (plan), least, plan->request->memory_mib);
  return TRUE;
}

/* Whether the machine type supports a default: it may be that of another one. */
static gboolean
is_supported (const MtGuestPlan *plan, MachtypeProperties *properties, const char *name)
{
  const MachtypeResolution *resolution = plan->request->resolution;
  g_autoptr (MachtypePropertiesBuilder) builder = mt_properties_builder_new_from (properties, name);
  g_autoptr (MachtypeProperties) requested = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  guint i;

  if (!machtype_properties_builder_add_image (
          builder, name, machtype_properties_get_image (properties, name), NULL))
    return FALSE;
  requested = machtype_properties_builder_end (builder);
  findings = machtype_compat_check (requested, machtype_resolution_get_arch (resolution),
                                    machtype_resolution_get_domain_type (resolution),
                                    get_machine (plan), plan->request->host);
  for (i = 0; i < findings->len; i++) {
    if (g_strcmp0 (machtype_finding_get_subject (findings->pdata[i]), name) == 0)
      return FALSE;
  }
  return TRUE;
}

/* The default of another machine type is replaced by the recipe's. */
static MachtypeProperties *
dup_supported (const MtGuestPlan *plan)
{
  MachtypeProperties *properties = plan->request->properties;
  g_auto (GStrv) names = NULL;
  char **name;

  if (properties == NULL)
    return NULL;
  machtype_properties_ref (properties);
  if (!mt_properties_has_defaults (properties))
    return properties;
  names = machtype_properties_dup_default_names (properties);
  for (name = names; *name != NULL; name++) {
    g_autoptr (MachtypePropertiesBuilder) without = NULL;

    if (is_supported (plan, properties, *name))
      continue;
    without = mt_properties_builder_new_from (properties, *name);
    machtype_properties_unref (properties);
    properties = machtype_properties_builder_end (without);
  }
  return properties;
}

/* If anything is refused, the plan fails; the first refusal is reported. */
static gboolean
plan_properties (MtGuestPlan *plan, GError **error)
{
  const MtJudgedMachine machine = { machtype_resolution_get_arch (plan->request->resolution),
                                    get_machine (plan), (MtMachineClass)plan->recipe->class };
  const char *remedy;
  g_autoptr (GPtrArray) findings = NULL;
  const MachtypeFinding *finding;

  plan->properties = dup_supported (plan);
  if (!mt_features_decide (plan->properties, TRUE, &plan->features, error))
    return FALSE;
  mt_device_requests_collect (&plan->features, machine.class, &plan->device_requests);
  mt_device_requests_check (&plan->device_requests, plan->properties, &plan->features, &machine,
                            plan->request->host, plan->capabilities, &plan->versions, &findings);
  if (findings == NULL)
    return TRUE;
  finding = findings->pdata[0];
  remedy = machtype_finding_get_remedy (finding);
  return mt_fail (error,
                  machtype_finding_get_authority (finding) == MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES
                      ? MACHTYPE_ERROR_NOT_OFFERED
                      : MACHTYPE_ERROR_UNSUPPORTED,
                  "%s%s%s", machtype_finding_get_message (finding), remedy != NULL ? "; " : "",
                  remedy != NULL ? remedy : "");
}

/* Before, it is refused ("loader attribute 'secure' cannot be specified when firmware autoselection
 * is enabled"), and the firmware's features say the same. Source: libvirt NEWS, 9.2.0; libvirt 9.0
 * and 11.3 (suite devices). */
static const MtVersionRange insecure_loader = { .from = { 9, 2 } };

/* Firmware of confidential guests, which is not in flash memory, starts nothing else. Where a
 * distribution's descriptors name it first, libvirt chooses it for every guest that does not ask
 * for flash memory. Sources: libvirt 12.8 with OVMF 2026.08 of Debian sid ("No bootable option was
 * found"); libvirt 11.3 accepts the question, too (suite boot of the platforms). */
static const MtVersionRange flash_loader = { .from = { 11, 3 } };

static gboolean
needs_flash_loader (const MtGuestPlan *plan)
{
  MtQemuVersion libvirt;

  if (!plan->uefi || plan->stateless || plan->features.encryption != NULL ||
      plan->recipe->class != MT_CLASS_Q35 || plan->request->host == NULL)
    return FALSE;
  libvirt = mt_host_get_libvirt (plan->request->host);
  return mt_qemu_version_is_set (libvirt) && mt_version_is_within (libvirt, &flash_loader);
}

/* Optional Secure Boot is enabled if it is known to be possible. */
static void
plan_firmware (MtGuestPlan *plan)
{
  const char *wanted = plan->features.requested[MT_PROPERTY_SECURE_BOOT].value;
  guint features = plan->recipe->features;

  plan->uefi = plan->device_requests.uefi;
  plan->insecure_loader =
      plan->request->host == NULL ||
      mt_version_is_within (mt_host_get_libvirt (plan->request->host), &insecure_loader);
  plan->stateless =
      plan->uefi && mt_features_has (&plan->features, MT_PROPERTY_FIRMWARE_STATELESS, "yes");
  plan->flash_loader = needs_flash_loader (plan);
  plan->acpi =
      (features & MT_FEATURE_ACPI) != 0 || ((features & MT_FEATURE_ACPI_UEFI) != 0 && plan->uefi);
  if (wanted == NULL || mt_is_word (wanted, "disabled"))
    return;
  plan->secure_boot =
      mt_is_word (wanted, "required") ||
      (plan->uefi && plan->capabilities != NULL &&
       mt_class_has ((MtMachineClass)plan->recipe->class, MT_HAS_SECURE_BOOT) &&
       mt_compat_ask_secure_boot (plan->request->host, plan->capabilities,
                                  (MtMachineClass)plan->recipe->class) == MACHTYPE_ANSWER_YES);
}

/* Threads of a core require KVM on POWER, and are not supported on IBM Z. Sources: QEMU
 * hw/ppc/spapr.c ("TCG cannot support more than 1 thread/core"), hw/s390x/s390-virtio-ccw.c. */
static gboolean
check_threads (const MtGuestPlan *plan, GError **error)
{
  guint features = plan->recipe->features;

  if (plan->topology.threads <= 1 || (features & MT_FEATURE_ONE_THREAD) == 0 ||
      ((features & MT_FEATURE_KVM_THREADS) != 0 && mt_guest_is_accelerated (plan)))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "%s: %s guests on %s have one thread for each core here, not %u",
                  plan->features.topology_by, get_arch_name (plan), get_machine (plan),
                  plan->topology.threads);
}

/* Source: QEMU target/i386/cpu.c, "phys-bits is not user-configurable in 32 bit": the emulated CPU
 * of such a guest has no other mode. */
static gboolean
check_address_bits (const MtGuestPlan *plan, GError **error)
{
  if (plan->features.address_bits == 0 || mt_guest_is_accelerated (plan) ||
      mt_class_has ((MtMachineClass)plan->recipe->class, MT_HAS_LONG_MODE))
    return TRUE;
  return mt_fail (
      error, MACHTYPE_ERROR_UNSUPPORTED,
      "%s=emulate: the emulated CPU of %s guests on %s is not a 64-bit one, whose width "
      "of addresses could be set",
      plan->features.requested[MT_PROPERTY_MAXPHYSADDR_MODE].by, get_arch_name (plan),
      get_machine (plan));
}

static gboolean
plan_topology (MtGuestPlan *plan, GError **error)
{
  if (plan->features.topology_by == NULL ||
      mt_compat_ask (MT_KIND_CPU_TOPOLOGY, "topology", (MtMachineClass)plan->recipe->class) !=
          MACHTYPE_AUTHORITY_NONE)
    return TRUE;
  return mt_topology_choose (&plan->features, plan->request->vcpus, &plan->topology, error) &&
         check_threads (plan, error);
}

/* "0-3,^1": those in the list except those with a '^', wherever it is; a list that begins with one
 * means all others. Source: nova/virt/hardware.py (get_realtime_cpu_constraint, parse_cpu_spec). */
static gboolean
mark_cpus (const char *spec, guint8 *cpus, guint8 *excluded, guint vcpus)
{
  g_auto (GStrv) parts = g_strsplit (spec, ",", -1);
  char **part;

  for (part = parts; *part != NULL; part++) {
    char *text = g_strstrip (*part), *dash;
    guint8 *marks = *text == '^' ? excluded : cpus;
    guint64 first, last;

    if (*text == '\0')
      continue;
    text += *text == '^' ? 1 : 0;
    dash = strchr (text, '-');
    if (dash != NULL)
      *dash = '\0';
    if (!g_ascii_string_to_unsigned (text, 10, 0, vcpus - 1, &first, NULL) ||
        !g_ascii_string_to_unsigned (dash != NULL ? dash + 1 : text, 10, first, vcpus - 1, &last,
                                     NULL))
      return FALSE;
    memset (marks + first, 1, last - first + 1);
  }
  return TRUE;
}

static char *
dup_cpus (const guint8 *cpus, const guint8 *excluded, guint vcpus)
{
  GString *list = g_string_new (NULL);
  guint i;

  for (i = 0; i < vcpus; i++) {
    if (cpus[i] && !excluded[i])
      g_string_append_printf (list, "%s%u", list->len != 0 ? "," : "", i);
  }
  return g_string_free (list, list->len == 0);
}

static gboolean
plan_realtime (MtGuestPlan *plan, GError **error)
{
  const MtRequested *requested = &plan->features.requested[MT_PROPERTY_CPU_REALTIME_MASK];
  const char *mask = requested->value;
  g_autofree guint8 *cpus = NULL, *excluded = NULL;
  g_autofree char *shown = NULL;

  if (!mt_features_has (&plan->features, MT_PROPERTY_CPU_REALTIME, "yes"))
    return TRUE;
  cpus = g_malloc0 (plan->request->vcpus);
  excluded = g_malloc0 (plan->request->vcpus);
  memset (cpus, mask == NULL || mask[strspn (mask, " ")] == '^', plan->request->vcpus);
  if (mask == NULL || mark_cpus (mask, cpus, excluded, plan->request->vcpus))
    plan->realtime_cpus = dup_cpus (cpus, excluded, plan->request->vcpus);
  if (plan->realtime_cpus != NULL)
    return TRUE;
  shown = mt_escape_for_message (mask);
  mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY,
           "RealtimeMaskNotFoundOrInvalid: %s=%s selects none of the guest's %u vCPUs; ^0 selects "
           "all but the first",
           requested->by, shown, plan->request->vcpus);
  return FALSE;
}

/* The maximum memory of a video device, in MiB. Sources: QEMU hw/display/bochs-display.c; libvirt
 * src/qemu/qemu_command.c counts KiB in 32 bits, qxl's in 22. */
static const struct {
  char model[12]; /* empty: the others */
  guint least, most;
} video_rams[] = {
  { "bochs", 4, 256 },
  { "", 1, 2048 },
};

static gboolean
check_video_ram (const MtGuestPlan *plan, GError **error)
{
  guint mib = plan->features.video_ram_mib;
  gsize i = 0;

  if (mib == 0 || plan->request->graphics == MACHTYPE_GRAPHICS_TYPE_NONE ||
      mt_is_word (plan->video, "none"))
    return TRUE;
  while (video_rams[i].model[0] != '\0' && !mt_is_word (video_rams[i].model, plan->video))
    i++;
  if (mib >= video_rams[i].least && mib <= video_rams[i].most)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "image property hw_video_ram=%u: video model %s supports %u to %u MiB of memory",
                  mib, plan->video, video_rams[i].least, video_rams[i].most);
}

static void
set_target (MtPlace *place, const char *prefix, guint index)
{
  char letters[8];
  gsize at = sizeof letters, length;

  for (index++; index != 0; index = (index - 1) / 26)
    letters[--at] = (char)('a' + (index - 1) % 26);
  length = sizeof letters - at;
  memcpy (place->target.text, prefix, 2);
  memcpy (place->target.text + 2, letters + at, length);
  place->target.length = (guint8)(2 + length);
}

/* The buses of disks: the prefix of their targets, and the number of places on each. */
static const struct {
  MtXmlShort name;
  char prefix[4];
  guint8 target; /* scsi, sata and usb count their targets together */
  guint8 places; /* 0: no practical limit */
} buses[] = {
#define BUS(name)                                                                                  \
  {                                                                                                \
    name, sizeof (name) - 1                                                                        \
  }
  [MT_BUS_VIRTIO] = { BUS ("virtio"), "vd", 0, 0 },
  [MT_BUS_SCSI] = { BUS ("scsi"), "sd", 1, 0 },
  [MT_BUS_SATA] = { BUS ("sata"), "sd", 1, 0 },
  [MT_BUS_USB] = { BUS ("usb"), "sd", 1, 0 },
  [MT_BUS_IDE] = { BUS ("ide"), "hd", 2, MT_IDE_DRIVES },
  [MT_BUS_FDC] = { BUS ("fdc"), "fd", 3, MT_FDC_DRIVES },
#undef BUS
};
G_STATIC_ASSERT (G_N_ELEMENTS (buses) == MT_BUS_LAST + 1);

const MtXmlShort *
mt_bus_get_name (MtBus bus)
{
  return &buses[bus].name;
}

/* A property's value or a recipe's word, all of which are checked. */
static MtBus
find_bus (const char *name)
{
  MtBus bus = MT_BUS_VIRTIO;

  while (!mt_is_word (buses[bus].name.text, name))
    bus++;
  return bus;
}

/* The controller that a drive is attached to. */
static const struct {
  guint8 kind;
  char label[12];
} drives[] = {
  [MT_DRIVE_DISK] = { MT_KIND_DISK_BUS, "disk" },
  [MT_DRIVE_CDROM] = { MT_KIND_CDROM_BUS, "CD-ROM" },
  [MT_DRIVE_FLOPPY] = { MT_KIND_FLOPPY_BUS, "floppy" },
};

/* Counters of units by bus, and of targets by prefix; what has been asked about already, one bit
 * for each bus. */
typedef struct {
  guint units[G_N_ELEMENTS (buses)];
  guint targets[4];
  guint asked[G_N_ELEMENTS (drives)], asked_of_host;
} Counters;

/* Whether it is the first time. */
static gboolean
is_first (guint *asked, MtBus bus)
{
  const guint before = *asked;

  *asked |= 1u << bus;
  return *asked != before;
}

/* The controller's model and the board's slots can leave fewer places than the bus has. */
static guint
get_places (const MtGuestPlan *plan, MtBus bus)
{
  if (bus == MT_BUS_SCSI)
    return mt_scsi_find (plan->scsi)->places;
  if (bus == MT_BUS_VIRTIO && plan->recipe->slots.disk[0] != 0)
    return G_N_ELEMENTS (plan->recipe->slots.disk) * MT_PCI_FUNCTIONS;
  return buses[bus].places;
}

static gboolean
place_disk (MtGuestPlan *plan, const MtDisk *disk, MtPlace *place, Counters *counters,
            GError **error)
{
  const MtBus bus = place->bus;
  const char *name = buses[bus].name.text;
  guint places = get_places (plan, bus);

  place->unit = counters->units[bus]++;
  set_target (place, buses[bus].prefix, counters->targets[buses[bus].target]++);
  if (places != 0 && place->unit >= places)
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "%s guests on %s have at most %u drives on bus %s", get_arch_name (plan),
                    get_machine (plan), places, name);
  plan->needs_scsi |= bus == MT_BUS_SCSI;
  plan->needs_usb |= bus == MT_BUS_USB;
  plan->has_floppy |= disk->kind == MT_DRIVE_FLOPPY;
  return !is_first (&counters->asked_of_host, bus) || check_host (plan, "disk", "bus", name, error);
}

static const char *
get_usual_bus (const MtGuestPlan *plan, MtDrive kind)
{
  if (kind == MT_DRIVE_FLOPPY)
    return "fdc";
  return kind == MT_DRIVE_CDROM ? plan->recipe->cdrom_bus : plan->recipe->disk_bus;
}

static gboolean
plan_disk_bus (const MtGuestPlan *plan, const MtDisk *disk, MtPlace *place, Counters *counters,
               GError **error)
{
  MtDeviceKind kind = (MtDeviceKind)drives[disk->kind].kind;
  const char *name =
      disk->bus[0] != '\0' ? disk->bus : choose (plan, kind, get_usual_bus (plan, disk->kind));
  g_autofree char *remedy = NULL;

  place->bus = find_bus (name);
  /* A property's value has been checked, and the machine's default is valid; not every machine has
   * a floppy. */
  if (disk->bus[0] == '\0' && disk->kind != MT_DRIVE_FLOPPY)
    return TRUE;
  if (!is_first (&counters->asked[disk->kind], place->bus) ||
      ask (plan, kind, name) == MACHTYPE_AUTHORITY_NONE)
    return TRUE;
  remedy = mt_compat_dup_remedy (kind, (MtMachineClass)plan->recipe->class);
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "%s guests on %s cannot have a %s on bus %s; %s", get_arch_name (plan),
                  get_machine (plan), drives[disk->kind].label, name, remedy);
}

static gboolean
plan_disks (MtGuestPlan *plan, GError **error)
{
  const GPtrArray *disks = plan->request->disks;
  Counters counters = { 0 };
  guint i;

  for (i = 0; i < disks->len; i++) {
    if (!plan_disk_bus (plan, disks->pdata[i], &plan->places[i], &counters, error) ||
        !place_disk (plan, disks->pdata[i], &plan->places[i], &counters, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_interface_version (const MtGuestPlan *plan, const char *model, GError **error)
{
  const MtRule *rule = mt_rule_find (MT_KIND_VIF_MODEL, model);
  g_autofree char *missing = NULL;

  if (!mt_rule_is_new (rule))
    return TRUE;
  missing = mt_compat_dup_missing (&rule->versions.qemu, &rule->versions.libvirt, &plan->versions);
  return missing == NULL ||
         mt_fail (error, MACHTYPE_ERROR_NOT_OFFERED,
                  "a network interface of model %s needs %s on the host", model, missing);
}

/* A property's model has been checked, and the machine's default is valid. */
static gboolean
check_interface_model (const MtGuestPlan *plan, const MtInterface *interface, GError **error)
{
  const MtMachineClass class = (MtMachineClass)plan->recipe->class;
  g_autofree char *remedy = NULL;

  if (interface->model == NULL)
    return TRUE;
  if (ask (plan, MT_KIND_VIF_MODEL, interface->model) == MACHTYPE_AUTHORITY_NONE)
    return check_interface_version (plan, interface->model, error);
  remedy = mt_compat_dup_remedy (MT_KIND_VIF_MODEL, class);
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "%s guests on %s cannot have a network interface of model %s; %s",
                  get_arch_name (plan), get_machine (plan), interface->model, remedy);
}

static gboolean
plan_interfaces (MtGuestPlan *plan, GError **error)
{
  const guint places = plan->recipe->slots.network != 0 ? MT_PCI_FUNCTIONS : 0;
  guint i;

  for (i = 0; i < plan->request->interfaces->len; i++) {
    if (!check_interface_model (plan, plan->request->interfaces->pdata[i], error))
      return FALSE;
  }

  if (places != 0 && plan->request->interfaces->len > places)
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "%s guests on %s have at most %u network interfaces", get_arch_name (plan),
                    get_machine (plan), places);
  return plan->request->vcpus == 1 ||
         mt_features_decide_queues (plan->properties, &plan->multiqueue, error);
}

/* Source: libvirt src/qemu/qemu_validate.c, "chardev 'spicevmc' not supported without spice". */
static gboolean
check_redirection (const MtGuestPlan *plan, GError **error)
{
  if (plan->features.usb_ports == 0 || plan->request->graphics == MACHTYPE_GRAPHICS_TYPE_SPICE)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "%s=%u: redirected USB ports need SPICE, and the guest's graphical console is %s",
                  plan->features.requested[MT_PROPERTY_REDIRECTED_USB_PORTS].by,
                  plan->features.usb_ports,
                  machtype_graphics_type_to_string (plan->request->graphics));
}

static gboolean
plan_graphics (MtGuestPlan *plan, GError **error)
{
  if (!check_redirection (plan, error))
    return FALSE;
  if (!check_video_ram (plan, error))
    return FALSE;
  if (plan->request->graphics == MACHTYPE_GRAPHICS_TYPE_NONE)
    return TRUE;
  if (plan->request->graphics == MACHTYPE_GRAPHICS_TYPE_SPICE &&
      !check_host (plan, "graphics", "type", "spice", error))
    return FALSE;
  plan->needs_usb |=
      mt_is_word (plan->input, "usb") || (plan->recipe->features & MT_FEATURE_USB_DISPLAY) != 0;
  return mt_is_word (plan->video, "none") ||
         check_host (plan, "video", "modelType", plan->video, error);
}

static void
plan_models (MtGuestPlan *plan)
{
  const MtRecipe *recipe = plan->recipe;

  plan->scsi = choose (plan, MT_KIND_SCSI_MODEL, recipe->scsi_model);
  plan->network = choose (plan, MT_KIND_VIF_MODEL, recipe->network);
  plan->video = choose (plan, MT_KIND_VIDEO_MODEL, recipe->video);
  plan->input = choose (plan, MT_KIND_INPUT_BUS, recipe->input);
  plan->usb = choose (plan, MT_KIND_USB_CONTROLLER, recipe->usb);
  /* A controller that a property names is always present: for disks that are added later, and in
   * addition to what is built in. */
  plan->needs_scsi = mt_device_requests_get (&plan->device_requests, MT_KIND_SCSI_MODEL) != NULL;
  plan->needs_usb =
      mt_device_requests_get (&plan->device_requests, MT_KIND_USB_CONTROLLER) != NULL ||
      plan->features.usb_ports != 0 ||
      mt_features_has (&plan->features, MT_PROPERTY_SOUND_MODEL, "usb");
  plan->keyboard = (recipe->features & MT_FEATURE_KEYBOARD) != 0 ||
                   plan->features.requested[MT_PROPERTY_INPUT_BUS].value != NULL;
}

/* Source: libvirt NEWS, 6.9.0; QEMU 5.1, hw/virtio/virtio-balloon.c. */
#define PAGE_REPORTING_QEMU 0x501

static void
plan_memballoon (MtGuestPlan *plan)
{
  MtQemuVersion qemu = { 0, 0 };

  if (plan->request->host != NULL)
    qemu = mt_host_find_qemu (plan->request->host,
                              machtype_resolution_get_arch (plan->request->resolution));
  plan->page_reporting = qemu.major == 0 || MT_QEMU_NUMBER (qemu) >= PAGE_REPORTING_QEMU;
}

/* Nova never creates a TPM without a secret. Source: nova/virt/libvirt/driver.py,
 * _add_vtpm_device. */
static gboolean
check_tpm_secret (const MtGuestPlan *plan, GError **error)
{
  const MtRequested *security = &plan->features.requested[MT_PROPERTY_TPM_SECRET_SECURITY];
  gboolean tpm = mt_device_requests_get (&plan->device_requests, MT_KIND_TPM_MODEL) != NULL;

  if (plan->request->tpm_secret != NULL && !tpm)
    return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                    "the guest has no TPM for the secret; request one with hw_tpm_version or "
                    "hw:tpm_version");
  if (plan->request->tpm_secret != NULL || !tpm || plan->features.last != MT_PROPERTY_LAST ||
      security->value == NULL)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "Invalid: %s=%s: an encrypted TPM needs the UUID of a libvirt secret",
                  security->by, security->value);
}

/* Source: libvirt src/qemu/qemu_validate.c, "TCG features are incompatible with domain type". */
static gboolean
check_tb_cache (const MtGuestPlan *plan, GError **error)
{
  if (plan->request->tb_cache_mib == 0 || plan->request->tb_cache_is_default ||
      !mt_guest_is_accelerated (plan))
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "only emulated guests have a translation cache; this one has domain type %s",
                  machtype_resolution_get_domain_type (plan->request->resolution));
}

static gboolean
check_tcp_ports (const MtGuestPlan *plan, GError **error)
{
  guint ports = MAX (plan->features.serial_ports, 1);

  if (plan->request->tcp == NULL || plan->request->tcp->len <= ports)
    return TRUE;
  return mt_fail (error, MACHTYPE_ERROR_UNSUPPORTED,
                  "the guest has %u serial port%s, not %u; request more with hw_serial_port_count",
                  ports, ports == 1 ? "" : "s", plan->request->tcp->len);
}

/* What is requested, but depends on something that is not. */
static void
add_ignored (const MtGuestPlan *plan, MtProperty property, const char *without, GPtrArray *warnings)
{
  const MtRequested *requested = &plan->features.requested[property];

  if (requested->value == NULL)
    return;
  g_ptr_array_add (
      warnings,
      mt_finding_new_of ("property-ignored",
                         g_strdup_printf ("%s has no effect without %s", requested->by, without),
                         NULL, requested->by, MACHTYPE_AUTHORITY_IGNORED, NULL));
}

static void
add_all_ignored (const MtGuestPlan *plan, GPtrArray *warnings)
{
  const MtFeatures *features = &plan->features;

  if (features->last != MT_PROPERTY_LAST)
    return;
  if (!plan->uefi)
    add_ignored (plan, MT_PROPERTY_FIRMWARE_STATELESS, "UEFI firmware", warnings);
  if (features->encryption == NULL)
    add_ignored (plan, MT_PROPERTY_MEM_ENCRYPTION_MODEL, "hw_mem_encryption or hw:mem_encryption",
                 warnings);
  if (features->requested[MT_PROPERTY_MAXPHYSADDR_MODE].value == NULL)
    add_ignored (plan, MT_PROPERTY_MAXPHYSADDR_BITS, "hw_maxphysaddr_mode or hw:maxphysaddr_mode",
                 warnings);
  if (features->requested[MT_PROPERTY_TPM_VERSION].value == NULL)
    add_ignored (plan, MT_PROPERTY_TPM_SECRET_SECURITY, "a TPM", warnings);
}

void
mt_guest_add_warnings (const MtGuestPlan *plan, GPtrArray *warnings)
{
  gboolean firmware = plan->uefi || (!mt_class_prefers_uefi ((MtMachineClass)plan->recipe->class) &&
                                     (plan->recipe->features & MT_FEATURE_NO_BOOT) == 0);

  if (plan->request->kernel == NULL && !firmware)
    g_ptr_array_add (
        warnings,
        mt_finding_new ("no-firmware",
                        g_strdup_printf ("%s guests on %s have no firmware here: without a kernel, "
                                         "the guest does not boot and prints nothing",
                                         get_arch_name (plan), get_machine (plan)),
                        NULL));
  if (plan->features.topology_by != NULL && plan->topology.sockets == 0)
    g_ptr_array_add (warnings,
                     mt_finding_new_of ("topology-ignored",
                                        g_strdup_printf ("%s has no effect on %s guests on %s",
                                                         plan->features.topology_by,
                                                         get_arch_name (plan), get_machine (plan)),
                                        NULL, plan->features.topology_by,
                                        MACHTYPE_AUTHORITY_IGNORED, NULL));
  if (plan->features.tpm_unversioned)
    g_ptr_array_add (
        warnings,
        mt_finding_new (
            "tpm-without-version",
            g_strdup ("a TPM model has no effect without hw_tpm_version or hw:tpm_version"), NULL));
  add_all_ignored (plan, warnings);
}

guint
mt_guest_plan_find_present (const MtGuestPlan *plan)
{
  static const guint of_graphics =
      1u << MT_PROPERTY_INPUT_BUS | 1u << MT_PROPERTY_POINTER_MODEL | 1u << MT_PROPERTY_VIDEO_MODEL;
  const MtGuestRequest *request = plan->request;
  guint present = request->graphics != MACHTYPE_GRAPHICS_TYPE_NONE ? of_graphics : 0, i;

  for (i = 0; i < request->disks->len; i++) {
    const MtDisk *disk = request->disks->pdata[i];

    if (disk->bus[0] == '\0' && disk->kind == MT_DRIVE_DISK)
      present |= 1u << MT_PROPERTY_DISK_BUS;
    else if (disk->bus[0] == '\0' && disk->kind == MT_DRIVE_CDROM)
      present |= 1u << MT_PROPERTY_CDROM_BUS;
  }
  for (i = 0; i < request->interfaces->len; i++) {
    const MtInterface *interface = request->interfaces->pdata[i];

    if (interface->model == NULL)
      present |= 1u << MT_PROPERTY_VIF_MODEL;
  }
  return present;
}

static void
look_up_host (MtGuestPlan *plan)
{
  const MachtypeHost *host = plan->request->host;
  const MachtypeArch arch = machtype_resolution_get_arch (plan->request->resolution);
  const char *type = machtype_resolution_get_domain_type (plan->request->resolution);
  const char *machine = get_machine (plan);

  mt_host_look_up (host, arch, type, machine, &plan->machine);
  plan->versions = mt_compat_find_versions (host, arch, &plan->machine);
  if (host != NULL)
    plan->capabilities = mt_host_find_domain_capabilities (host, arch, type, machine);
}

gboolean
mt_guest_plan (const MtGuestRequest *request, MtGuestPlan *plan, GError **error)
{
  memset (plan, 0, G_STRUCT_OFFSET (MtGuestPlan, machine));
  plan->request = request;
  look_up_host (plan);
  if (!plan_recipe (plan, error) || !plan_size (plan, error) || !plan_properties (plan, error))
    return FALSE;
  plan_firmware (plan);
  plan_models (plan);
  plan_memballoon (plan);
  return check_address_bits (plan, error) && plan_topology (plan, error) &&
         plan_realtime (plan, error) && plan_disks (plan, error) && plan_interfaces (plan, error) &&
         plan_graphics (plan, error) && check_tpm_secret (plan, error) &&
         check_tb_cache (plan, error) && check_tcp_ports (plan, error);
}

void
mt_guest_plan_clear (MtGuestPlan *plan)
{
  g_free (plan->realtime_cpus);
  machtype_properties_unref (plan->properties);
}

gboolean
mt_guest_is_accelerated (const MtGuestPlan *plan)
{
  return !mt_is_word (machtype_resolution_get_domain_type (plan->request->resolution), "qemu");
}
