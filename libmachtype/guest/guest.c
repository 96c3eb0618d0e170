/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing the domain XML of a guest (https://libvirt.org/formatdomain.html) from its plan. Nothing
 * is decided here. */

#include "guest/guest-private.h"

#include <string.h>

#include "xml-writer.h"

/* Functions of a PCI slot, and which of the fixed slot's is whose: function 0 must be there for the
 * others to be seen, and every guest has a memballoon. */
#define FUNCTIONS 8
enum {
  FIXED_MEMBALLOON,
  FIXED_RNG,
  FIXED_SCSI,
  FIXED_USB,
  FIXED_VIDEO,
  FIXED_TABLET,
  FIXED_KEYBOARD
};

typedef struct {
  MtXmlWriter xml;
  const MtGuestPlan *plan;
  const MtRecipe *recipe;
} Writer;

static gboolean
has_feature (const Writer *w, guint feature)
{
  return (w->recipe->features & feature) != 0;
}

static void
write_hex (Writer *w, guint value)
{
  char text[12];

  g_snprintf (text, sizeof text, "0x%02x", value);
  mt_xml_append (&w->xml, text, strlen (text));
}

/* Does nothing on boards where libvirt may choose. */
static void
write_pci_address (Writer *w, guint slot, guint function)
{
  if (slot == 0)
    return;
  mt_xml_literal (&w->xml, "      <address type='pci' domain='0x0000' bus='0x00' slot='");
  write_hex (w, slot);
  mt_xml_literal (&w->xml, "' function='0x");
  mt_xml_uint (&w->xml, function);
  mt_xml_literal (&w->xml, "'");
  if (function == 0)
    mt_xml_literal (&w->xml, " multifunction='on'");
  mt_xml_literal (&w->xml, "/>\n");
}

static void
write_metadata (Writer *w)
{
  const MachtypeResolution *r = w->plan->resolution;

  if (!w->plan->mirror)
    return;
  mt_xml_literal (&w->xml, "  <metadata>\n"
                           "    <machtype:record xmlns:machtype='urn:libmachtype:record:1'");
  mt_xml_attribute_word (&w->xml, "arch",
                         machtype_arch_to_string (machtype_resolution_get_arch (r)));
  mt_xml_attribute_word (&w->xml, "machine", machtype_resolution_get_machine_to_record (r));
  mt_xml_attribute_word (&w->xml, "asked", machtype_resolution_get_machine (r));
  mt_xml_attribute_word (&w->xml, "source",
                         machtype_source_to_string (machtype_resolution_get_source (r)));
  mt_xml_literal (&w->xml, "/>\n  </metadata>\n");
}

static gboolean
is_accelerated (const Writer *w)
{
  return !mt_is_word (machtype_resolution_get_domain_type (w->plan->resolution), "qemu");
}

static gboolean
has_qemu_cpu (const Writer *w)
{
  return w->recipe->qemu_cpu[0] != '\0' && !is_accelerated (w);
}

static void
write_head (Writer *w)
{
  const MtGuestPlan *plan = w->plan;

  mt_xml_literal (&w->xml, "<domain");
  if (has_qemu_cpu (w))
    mt_xml_literal (&w->xml, " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'");
  mt_xml_attribute_word (&w->xml, "type", machtype_resolution_get_domain_type (plan->resolution));
  mt_xml_literal (&w->xml, ">\n");
  mt_xml_element (&w->xml, "  ", "name", plan->name);
  if (plan->uuid != NULL)
    mt_xml_element (&w->xml, "  ", "uuid", plan->uuid);
  write_metadata (w);
  mt_xml_literal (&w->xml, "  <memory unit='MiB'>");
  mt_xml_uint (&w->xml, plan->memory_mib);
  mt_xml_literal (&w->xml, "</memory>\n  <vcpu placement='static'>");
  mt_xml_uint (&w->xml, plan->vcpus);
  mt_xml_literal (&w->xml, "</vcpu>\n");
}

static void
write_os (Writer *w)
{
  const MtGuestPlan *plan = w->plan;

  mt_xml_literal (&w->xml, "  <os");
  if (plan->uefi)
    mt_xml_attribute_word (&w->xml, "firmware", "efi");
  mt_xml_literal (&w->xml, ">\n    <type");
  mt_xml_attribute_word (&w->xml, "arch",
                         machtype_arch_to_string (machtype_resolution_get_arch (plan->resolution)));
  mt_xml_attribute_word (&w->xml, "machine",
                         machtype_resolution_get_machine_to_record (plan->resolution));
  mt_xml_literal (&w->xml, ">hvm</type>\n");
  /* Otherwise libvirt may choose firmware with Secure Boot and enrolled keys, which refuses an
   * unsigned kernel without a word. */
  if (plan->uefi)
    mt_xml_literal (&w->xml, "    <firmware>\n"
                             "      <feature enabled='no' name='enrolled-keys'/>\n"
                             "      <feature enabled='no' name='secure-boot'/>\n"
                             "    </firmware>\n");
  if (plan->kernel != NULL)
    mt_xml_element (&w->xml, "    ", "kernel", plan->kernel);
  if (plan->initrd != NULL)
    mt_xml_element (&w->xml, "    ", "initrd", plan->initrd);
  if (plan->cmdline != NULL)
    mt_xml_element (&w->xml, "    ", "cmdline", plan->cmdline);
  if (plan->kernel == NULL && plan->disks->len != 0)
    mt_xml_literal (&w->xml, "    <boot dev='hd'/>\n    <boot dev='cdrom'/>\n");
  mt_xml_literal (&w->xml, "  </os>\n");
}

static void
write_features (Writer *w)
{
  gsize before = w->xml.length, inside;

  mt_xml_literal (&w->xml, "  <features>\n");
  inside = w->xml.length;
  if (has_feature (w, MT_FEATURE_ACPI) || (has_feature (w, MT_FEATURE_ACPI_UEFI) && w->plan->uefi))
    mt_xml_literal (&w->xml, "    <acpi/>\n");
  if (has_feature (w, MT_FEATURE_APIC))
    mt_xml_literal (&w->xml, "    <apic/>\n");
  if (has_feature (w, MT_FEATURE_PAE))
    mt_xml_literal (&w->xml, "    <pae/>\n");
  if (has_feature (w, MT_FEATURE_GIC3) && !is_accelerated (w))
    mt_xml_literal (&w->xml, "    <gic version='3'/>\n");
  if (has_feature (w, MT_FEATURE_VMCOREINFO))
    mt_xml_literal (&w->xml, "    <vmcoreinfo state='on'/>\n");
  if (w->xml.length == inside)
    w->xml.length = before; /* nothing to say */
  else
    mt_xml_literal (&w->xml, "  </features>\n");
}

static void
write_cpu (Writer *w)
{
  const char *mode = is_accelerated (w) ? w->recipe->kvm_cpu_mode : w->recipe->cpu_mode;

  if (*mode == '\0')
    return;
  mt_xml_literal (&w->xml, "  <cpu");
  mt_xml_attribute_word (&w->xml, "mode", mode);
  if (!mt_is_word (mode, "custom")) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, " match='exact' check='none'>\n    <model fallback='forbid'>");
  mt_xml_value (&w->xml, w->recipe->cpu_model);
  mt_xml_literal (&w->xml, "</model>\n  </cpu>\n");
}

static void
write_clock (Writer *w)
{
  if (has_feature (w, MT_FEATURE_X86_TIMERS))
    mt_xml_literal (&w->xml, "  <clock offset='utc'>\n"
                             "    <timer name='rtc' tickpolicy='catchup'/>\n"
                             "    <timer name='pit' tickpolicy='delay'/>\n"
                             "    <timer name='hpet' present='no'/>\n"
                             "  </clock>\n");
  else
    mt_xml_literal (&w->xml, "  <clock offset='utc'/>\n");
  mt_xml_literal (&w->xml, "  <on_poweroff>destroy</on_poweroff>\n"
                           "  <on_reboot>restart</on_reboot>\n"
                           "  <on_crash>destroy</on_crash>\n");
}

/* SCSI and SATA: the unit is said, for libvirt would take it from the target's letter, which the
 * two share, and add controllers of its own choice for what seems to be missing. */
static void
write_drive_address (Writer *w, const MtDisk *disk)
{
  const guint per_controller = 6; /* ports of an AHCI controller */
  guint controller = 0, target = 0, unit = disk->unit;

  if (mt_is_word (disk->bus.text, "sata")) {
    controller = disk->unit / per_controller;
    unit = disk->unit % per_controller;
  } else if (!mt_is_word (disk->bus.text, "scsi"))
    return;
  else if (mt_scsi_find (w->plan->scsi.text)->by_target) {
    target = disk->unit;
    unit = 0;
  }
  mt_xml_literal (&w->xml, "      <address type='drive' controller='");
  mt_xml_uint (&w->xml, controller);
  mt_xml_literal (&w->xml, "' bus='0' target='");
  mt_xml_uint (&w->xml, target);
  mt_xml_literal (&w->xml, "' unit='");
  mt_xml_uint (&w->xml, unit);
  mt_xml_literal (&w->xml, "'/>\n");
}

static void
write_disk (Writer *w, const MtDisk *disk)
{
  const MtPciSlots *slots = &w->recipe->slots;
  gboolean block = g_str_has_prefix (disk->path, "/dev/");

  mt_xml_literal (&w->xml, "    <disk");
  mt_xml_attribute_word (&w->xml, "type", block ? "block" : "file");
  mt_xml_attribute_word (&w->xml, "device", disk->is_cdrom ? "cdrom" : "disk");
  mt_xml_literal (&w->xml, ">\n      <driver name='qemu'");
  mt_xml_attribute_word (&w->xml, "type", disk->format);
  mt_xml_literal (&w->xml, "/>\n      <source");
  if (block)
    mt_xml_attribute_value (&w->xml, "dev", disk->path);
  else
    mt_xml_attribute_value (&w->xml, "file", disk->path);
  mt_xml_literal (&w->xml, "/>\n      <target");
  mt_xml_attribute_word (&w->xml, "dev", disk->target);
  mt_xml_attribute_word (&w->xml, "bus", disk->bus.text);
  mt_xml_literal (&w->xml, "/>\n");
  if (disk->is_cdrom)
    mt_xml_literal (&w->xml, "      <readonly/>\n");
  write_drive_address (w, disk);
  if (mt_is_word (disk->bus.text, "virtio"))
    write_pci_address (w, slots->disk[(disk->unit / FUNCTIONS) % G_N_ELEMENTS (slots->disk)],
                       disk->unit % FUNCTIONS);
  mt_xml_literal (&w->xml, "    </disk>\n");
}

/* A controller, with an address where the board needs one. */
static void
write_controller (Writer *w, const char *type, const char *model, guint function)
{
  mt_xml_literal (&w->xml, "    <controller");
  mt_xml_attribute_word (&w->xml, "type", type);
  mt_xml_literal (&w->xml, " index='0'");
  mt_xml_attribute_word (&w->xml, "model", model);
  if (w->recipe->slots.fixed == 0) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, ">\n");
  write_pci_address (w, w->recipe->slots.fixed, function);
  mt_xml_literal (&w->xml, "    </controller>\n");
}

static void
write_controllers (Writer *w)
{
  guint i;

  if (w->recipe->pci_root[0] != '\0') {
    mt_xml_literal (&w->xml, "    <controller type='pci' index='0'");
    mt_xml_attribute_word (&w->xml, "model", w->recipe->pci_root);
    mt_xml_literal (&w->xml, "/>\n");
  }
  for (i = 1; i <= w->recipe->root_ports; i++) {
    mt_xml_literal (&w->xml, "    <controller type='pci' index='");
    mt_xml_uint (&w->xml, i);
    mt_xml_literal (&w->xml, "' model='pcie-root-port'/>\n");
  }
  if (w->plan->needs_scsi && mt_is_word (w->plan->scsi.text, "ibmvscsi"))
    mt_xml_literal (&w->xml, "    <controller type='scsi' index='0' model='ibmvscsi'/>\n");
  else if (w->plan->needs_scsi)
    write_controller (w, "scsi", w->plan->scsi.text, FIXED_SCSI);
  if (w->plan->needs_usb)
    write_controller (w, "usb", w->recipe->usb, FIXED_USB);
  else /* otherwise libvirt adds one of its own, on Malta without an interrupt */
    mt_xml_literal (&w->xml, "    <controller type='usb' index='0' model='none'/>\n");
}

static void
write_interface (Writer *w, const MtInterface *interface, guint index)
{
  static const char kinds[][8] = {
    [MACHTYPE_NETWORK_USER] = "user",
    [MACHTYPE_NETWORK_NETWORK] = "network",
    [MACHTYPE_NETWORK_BRIDGE] = "bridge",
  };
  const char *kind = kinds[interface->kind];

  mt_xml_literal (&w->xml, "    <interface");
  mt_xml_attribute_word (&w->xml, "type", kind);
  mt_xml_literal (&w->xml, ">\n");
  if (interface->source != NULL) {
    mt_xml_literal (&w->xml, "      <source");
    if (interface->kind == MACHTYPE_NETWORK_BRIDGE)
      mt_xml_attribute_value (&w->xml, "bridge", interface->source);
    else
      mt_xml_attribute_value (&w->xml, "network", interface->source);
    mt_xml_literal (&w->xml, "/>\n");
  }
  mt_xml_literal (&w->xml, "      <model");
  mt_xml_attribute_word (&w->xml, "type", w->plan->network.text);
  mt_xml_literal (&w->xml, "/>\n");
  if (!mt_is_word (w->plan->network.text, "spapr-vlan"))
    write_pci_address (w, w->recipe->slots.network, index % FUNCTIONS);
  mt_xml_literal (&w->xml, "    </interface>\n");
}

static void
write_console (Writer *w)
{
  const char *element = w->recipe->console;
  const char *log = w->plan->console_log;

  mt_xml_literal (&w->xml, "    <");
  mt_xml_append (&w->xml, element, strlen (element));
  mt_xml_attribute_word (&w->xml, "type", log != NULL ? "file" : "pty");
  mt_xml_literal (&w->xml, ">\n");
  if (log != NULL) {
    mt_xml_literal (&w->xml, "      <source");
    mt_xml_attribute_value (&w->xml, "path", log);
    mt_xml_literal (&w->xml, "/>\n");
  }
  mt_xml_literal (&w->xml, "      <target");
  if (w->recipe->console_target[0] != '\0')
    mt_xml_attribute_word (&w->xml, "type", w->recipe->console_target);
  mt_xml_literal (&w->xml, " port='0'/>\n    </");
  mt_xml_append (&w->xml, element, strlen (element));
  mt_xml_literal (&w->xml, ">\n");
}

static void
write_input (Writer *w, const char *type, guint function)
{
  mt_xml_literal (&w->xml, "    <input");
  mt_xml_attribute_word (&w->xml, "type", type);
  mt_xml_attribute_word (&w->xml, "bus", w->plan->input.text);
  if (w->recipe->slots.fixed == 0 || !mt_is_word (w->plan->input.text, "virtio")) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, ">\n");
  write_pci_address (w, w->recipe->slots.fixed, function);
  mt_xml_literal (&w->xml, "    </input>\n");
}

static void
write_graphics (Writer *w)
{
  if (w->plan->graphics == MACHTYPE_GRAPHICS_NONE)
    return;
  write_input (w, "tablet", FIXED_TABLET);
  if (has_feature (w, MT_FEATURE_KEYBOARD))
    write_input (w, "keyboard", FIXED_KEYBOARD);
  if (w->plan->graphics == MACHTYPE_GRAPHICS_SPICE)
    mt_xml_literal (&w->xml, "    <graphics type='spice' autoport='yes' listen='127.0.0.1'/>\n");
  else
    mt_xml_literal (&w->xml,
                    "    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>\n");
}

/* "none" is said, too: libvirt adds a video device to every guest with graphics. */
static void
write_video (Writer *w)
{
  if (w->plan->graphics == MACHTYPE_GRAPHICS_NONE)
    return;
  mt_xml_literal (&w->xml, "    <video>\n      <model");
  mt_xml_attribute_word (&w->xml, "type", w->plan->video.text);
  mt_xml_literal (&w->xml, "/>\n");
  if (!mt_is_word (w->plan->video.text, "none"))
    write_pci_address (w, w->recipe->slots.fixed, FIXED_VIDEO);
  mt_xml_literal (&w->xml, "    </video>\n");
}

static void
write_memballoon (Writer *w)
{
  if (w->recipe->slots.fixed == 0) {
    mt_xml_literal (&w->xml, "    <memballoon model='virtio'/>\n");
    return;
  }
  mt_xml_literal (&w->xml, "    <memballoon model='virtio'>\n");
  write_pci_address (w, w->recipe->slots.fixed, FIXED_MEMBALLOON);
  mt_xml_literal (&w->xml, "    </memballoon>\n");
}

static void
write_rng (Writer *w)
{
  mt_xml_literal (&w->xml, "    <rng model='virtio'>\n"
                           "      <backend model='random'>/dev/urandom</backend>\n");
  write_pci_address (w, w->recipe->slots.fixed, FIXED_RNG);
  mt_xml_literal (&w->xml, "    </rng>\n");
}

static void
write_devices (Writer *w)
{
  const MtGuestPlan *plan = w->plan;
  const char *emulator = NULL;
  guint i;

  if (plan->host != NULL)
    emulator =
        machtype_host_get_emulator (plan->host, machtype_resolution_get_arch (plan->resolution),
                                    machtype_resolution_get_domain_type (plan->resolution));
  mt_xml_literal (&w->xml, "  <devices>\n");
  if (emulator != NULL)
    mt_xml_element (&w->xml, "    ", "emulator", emulator);
  for (i = 0; i < plan->disks->len; i++)
    write_disk (w, plan->disks->pdata[i]);
  write_controllers (w);
  for (i = 0; i < plan->interfaces->len; i++)
    write_interface (w, plan->interfaces->pdata[i], i);
  write_console (w);
  write_graphics (w);
  write_video (w);
  write_memballoon (w);
  write_rng (w);
  mt_xml_literal (&w->xml, "  </devices>\n");
}

static void
write_qemu_cpu (Writer *w)
{
  if (!has_qemu_cpu (w))
    return;
  mt_xml_literal (&w->xml, "  <qemu:commandline>\n    <qemu:arg value='-cpu'/>\n    <qemu:arg");
  mt_xml_attribute_word (&w->xml, "value", w->recipe->qemu_cpu);
  mt_xml_literal (&w->xml, "/>\n  </qemu:commandline>\n");
}

char *
mt_guest_write (const MtGuestPlan *plan)
{
  Writer w;

  mt_xml_writer_init (&w.xml);
  w.plan = plan;
  w.recipe = plan->recipe;
  write_head (&w);
  write_os (&w);
  write_features (&w);
  write_cpu (&w);
  write_clock (&w);
  write_devices (&w);
  write_qemu_cpu (&w);
  mt_xml_literal (&w.xml, "</domain>\n");
  return mt_xml_writer_end (&w.xml);
}
