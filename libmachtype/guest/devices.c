/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes <devices> of a guest's domain XML. Nothing is decided here. */

#include "guest/guest-private.h"

#include <string.h>

#include "xml-writer.h"

/* Linux's tun device does not support more queues. */
#define QUEUES_MAX 256
/* The functions of the fixed slot: function 0 must exist for the others to be visible, and every
 * guest has a memballoon. */
enum {
  FIXED_MEMBALLOON,
  FIXED_RNG,
  FIXED_SCSI,
  FIXED_USB,
  FIXED_VIDEO,
  FIXED_TABLET,
  FIXED_KEYBOARD,
  FIXED_VIRTIO_SERIAL
};

static void
write_hex (MtGuestWriter *w, guint value)
{
  char text[12];

  g_snprintf (text, sizeof text, "0x%02x", value);
  mt_xml_append (&w->xml, text, strlen (text));
}

/* Does nothing on boards where libvirt can choose. */
static void
write_pci_address (MtGuestWriter *w, guint slot, guint function)
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

/* SCSI and SATA: the unit is written, because libvirt would derive it from the target's letter,
 * which the two share, and add controllers of its choice for those that seem to be missing. */
static void
write_drive_address (MtGuestWriter *w, const MtPlace *place)
{
  guint controller = 0, target = 0, unit = place->unit;

  if (place->bus == MT_BUS_SATA) {
    controller = place->unit / MT_AHCI_PORTS;
    unit = place->unit % MT_AHCI_PORTS;
  } else if (place->bus != MT_BUS_SCSI)
    return;
  else if (mt_scsi_find (w->plan->scsi)->by_target) {
    target = place->unit;
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

MtXmlPart
mt_guest_write_disk_head (MtDrive kind, const char *path, const char *format)
{
  static const char kinds[][8] = { "disk", "cdrom", "floppy" };
  gboolean block = g_str_has_prefix (path, "/dev/");
  MtXmlWriter xml;

  mt_xml_writer_init (&xml);
  mt_xml_literal (&xml, "    <disk");
  mt_xml_attribute_word (&xml, "type", block ? "block" : "file");
  mt_xml_attribute_word (&xml, "device", kinds[kind]);
  mt_xml_literal (&xml, ">\n      <driver name='qemu'");
  mt_xml_attribute_word (&xml, "type", format);
  mt_xml_literal (&xml, "/>\n      <source");
  if (block)
    mt_xml_attribute_value (&xml, "dev", path);
  else
    mt_xml_attribute_value (&xml, "file", path);
  mt_xml_literal (&xml, "/>\n");
  return mt_xml_writer_end_part (&xml);
}

static void
write_disk (MtGuestWriter *w, const MtDisk *disk, const MtPlace *place)
{
  const MtPciSlots *slots = &w->recipe->slots;

  mt_xml_part (&w->xml, &disk->head);
  mt_xml_literal (&w->xml, "      <target dev='");
  mt_xml_short (&w->xml, &place->target);
  mt_xml_literal (&w->xml, "' bus='");
  mt_xml_short (&w->xml, mt_bus_get_name (place->bus));
  mt_xml_literal (&w->xml, "'/>\n");
  if (disk->kind == MT_DRIVE_CDROM)
    mt_xml_literal (&w->xml, "      <readonly/>\n");
  write_drive_address (w, place);
  if (place->bus == MT_BUS_VIRTIO)
    write_pci_address (w,
                       slots->disk[(place->unit / MT_PCI_FUNCTIONS) % G_N_ELEMENTS (slots->disk)],
                       place->unit % MT_PCI_FUNCTIONS);
  mt_xml_literal (&w->xml, "    </disk>\n");
}

static gboolean
has_spice (const MtGuestWriter *w)
{
  return w->request->graphics == MACHTYPE_GRAPHICS_TYPE_SPICE;
}

/* A controller, with an address if the board needs one. model: NULL for the only one. */
static void
write_controller (MtGuestWriter *w, const char *type, const char *model, guint function)
{
  mt_xml_literal (&w->xml, "    <controller");
  mt_xml_attribute_word (&w->xml, "type", type);
  mt_xml_literal (&w->xml, " index='0'");
  if (model != NULL)
    mt_xml_attribute_word (&w->xml, "model", model);
  if (w->recipe->slots.fixed == 0) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, ">\n");
  write_pci_address (w, w->recipe->slots.fixed, function);
  mt_xml_literal (&w->xml, "    </controller>\n");
}

/* All at once: they are the same for every guest. */
static void
write_root_ports (MtGuestWriter *w)
{
#define ROOT_PORT(index) "    <controller type='pci' index='" #index "' model='pcie-root-port'/>\n"
  mt_xml_literal (&w->xml, ROOT_PORT (1) ROOT_PORT (2) ROOT_PORT (3) ROOT_PORT (4) ROOT_PORT (5)
                               ROOT_PORT (6) ROOT_PORT (7) ROOT_PORT (8) ROOT_PORT (9)
                                   ROOT_PORT (10) ROOT_PORT (11) ROOT_PORT (12) ROOT_PORT (13)
                                       ROOT_PORT (14) ROOT_PORT (15) ROOT_PORT (16));
  G_STATIC_ASSERT (MT_ROOT_PORTS == 16);
}

static void
write_controllers (MtGuestWriter *w)
{
  if (w->recipe->pci_root[0] != '\0') {
    mt_xml_literal (&w->xml, "    <controller type='pci' index='0'");
    mt_xml_attribute_word (&w->xml, "model", w->recipe->pci_root);
    mt_xml_literal (&w->xml, "/>\n");
  }
  if (w->recipe->root_ports)
    write_root_ports (w);
  if (w->plan->needs_scsi)
    write_controller (w, "scsi", w->plan->scsi, FIXED_SCSI);
  if (has_spice (w) || mt_features_has (&w->plan->features, MT_PROPERTY_GUEST_AGENT, "yes"))
    write_controller (w, "virtio-serial", NULL, FIXED_VIRTIO_SERIAL);
  if (w->plan->needs_usb)
    write_controller (w, "usb", w->plan->usb, FIXED_USB);
  else /* otherwise libvirt adds one, on Malta without an interrupt */
    mt_xml_literal (&w->xml, "    <controller type='usb' index='0' model='none'/>\n");
}

static const char *
get_interface_model (const MtGuestWriter *w, const MtInterface *interface)
{
  return interface->model != NULL ? interface->model : w->plan->network;
}

/* Nova packs the rings of network interfaces alone. One queue for each vCPU, if the network
 * supports queues at all: libvirt refuses them for user mode. Source: nova/virt/libvirt/vif.py. */
static void
write_interface_driver (MtGuestWriter *w, const MtInterface *interface)
{
  const MtGuestPlan *plan = w->plan;
  gboolean virtio = mt_is_word (get_interface_model (w, interface), "virtio");
  gboolean queues = virtio && plan->multiqueue && interface->type != MACHTYPE_INTERFACE_TYPE_USER;
  gboolean packed = virtio && plan->features.last == MT_PROPERTY_LAST &&
                    mt_features_has (&plan->features, MT_PROPERTY_PACKED_RING, "yes");

  if (!queues && !packed)
    return;
  mt_xml_literal (&w->xml, "      <driver");
  if (queues) {
    mt_xml_literal (&w->xml, " name='vhost' queues='");
    mt_xml_uint (&w->xml, MIN (w->request->vcpus, QUEUES_MAX));
    mt_xml_literal (&w->xml, "'");
  }
  if (packed)
    mt_xml_literal (&w->xml, " packed='on'");
  mt_xml_literal (&w->xml, "/>\n");
}

MtXmlPart
mt_guest_write_interface_head (MachtypeInterfaceType type, const char *source, const char *mac)
{
  static const char types[][8] = {
    [MACHTYPE_INTERFACE_TYPE_USER] = "user",
    [MACHTYPE_INTERFACE_TYPE_NETWORK] = "network",
    [MACHTYPE_INTERFACE_TYPE_BRIDGE] = "bridge",
  };
  MtXmlWriter xml;

  mt_xml_writer_init (&xml);
  mt_xml_literal (&xml, "    <interface");
  mt_xml_attribute_word (&xml, "type", types[type]);
  mt_xml_literal (&xml, ">\n");
  if (source != NULL) {
    mt_xml_literal (&xml, "      <source");
    if (type == MACHTYPE_INTERFACE_TYPE_BRIDGE)
      mt_xml_attribute_value (&xml, "bridge", source);
    else
      mt_xml_attribute_value (&xml, "network", source);
    mt_xml_literal (&xml, "/>\n");
  }
  if (mac != NULL) {
    mt_xml_literal (&xml, "      <mac");
    mt_xml_attribute_word (&xml, "address", mac);
    mt_xml_literal (&xml, "/>\n");
  }
  return mt_xml_writer_end_part (&xml);
}

static void
write_interface (MtGuestWriter *w, const MtInterface *interface, guint index)
{
  mt_xml_part (&w->xml, &interface->head);
  mt_xml_literal (&w->xml, "      <model");
  mt_xml_attribute_word (&w->xml, "type", get_interface_model (w, interface));
  mt_xml_literal (&w->xml, "/>\n");
  write_interface_driver (w, interface);
  write_pci_address (w, w->recipe->slots.network, index % MT_PCI_FUNCTIONS);
  mt_xml_literal (&w->xml, "    </interface>\n");
}

/* NULL: it is not on TCP. */
static const MtTcpPort *
get_tcp_port (const MtGuestWriter *w, guint port)
{
  const GPtrArray *tcp = w->request->tcp;

  return tcp != NULL && port < tcp->len ? tcp->pdata[port] : NULL;
}

/* The log belongs to the first one. Source: nova/virt/libvirt/config.py. */
static void
write_port_source (MtGuestWriter *w, const MtTcpPort *tcp, const char *log)
{
  if (tcp != NULL) {
    mt_xml_literal (&w->xml, "      <source mode='bind'");
    mt_xml_attribute_value (&w->xml, "host", tcp->host);
    mt_xml_literal (&w->xml, " service='");
    mt_xml_uint (&w->xml, tcp->port);
    mt_xml_literal (&w->xml, "'/>\n");
  }
  if (log == NULL)
    return;
  if (tcp != NULL) {
    mt_xml_literal (&w->xml, "      <log");
    mt_xml_attribute_value (&w->xml, "file", log);
    mt_xml_literal (&w->xml, " append='off'/>\n");
    return;
  }
  mt_xml_literal (&w->xml, "      <source");
  mt_xml_attribute_value (&w->xml, "path", log);
  mt_xml_literal (&w->xml, "/>\n");
}

static void
write_console (MtGuestWriter *w)
{
  const char *element = w->recipe->console;
  const char *log = w->request->console_log;
  const MtTcpPort *tcp = get_tcp_port (w, 0);

  mt_xml_literal (&w->xml, "    <");
  mt_xml_word (&w->xml, element);
  mt_xml_attribute_word (&w->xml, "type", tcp != NULL ? "tcp" : log != NULL ? "file" : "pty");
  mt_xml_literal (&w->xml, ">\n");
  write_port_source (w, tcp, log);
  mt_xml_literal (&w->xml, "      <target");
  if (w->recipe->console_target[0] != '\0')
    mt_xml_attribute_word (&w->xml, "type", w->recipe->console_target);
  mt_xml_literal (&w->xml, " port='0'/>\n    </");
  mt_xml_word (&w->xml, element);
  mt_xml_literal (&w->xml, ">\n");
}

static void
write_more_serial_ports (MtGuestWriter *w)
{
  guint i;

  for (i = 1; i < w->plan->features.serial_ports; i++) {
    const MtTcpPort *tcp = get_tcp_port (w, i);

    mt_xml_literal (&w->xml, "    <serial");
    mt_xml_attribute_word (&w->xml, "type", tcp != NULL ? "tcp" : "pty");
    mt_xml_literal (&w->xml, ">\n");
    write_port_source (w, tcp, NULL);
    mt_xml_literal (&w->xml, "      <target");
    if (w->recipe->more_ports[0] != '\0')
      mt_xml_attribute_word (&w->xml, "type", w->recipe->more_ports);
    mt_xml_literal (&w->xml, " port='");
    mt_xml_uint (&w->xml, i);
    mt_xml_literal (&w->xml, "'/>\n    </serial>\n");
  }
}

/* libvirt places its socket. Source: nova/virt/libvirt/config.py; qemu-ga's default port. */
static void
write_agent (MtGuestWriter *w)
{
  if (mt_features_has (&w->plan->features, MT_PROPERTY_GUEST_AGENT, "yes"))
    mt_xml_literal (&w->xml, "    <channel type='unix'>\n"
                             "      <target type='virtio' name='org.qemu.guest_agent.0'/>\n"
                             "    </channel>\n");
}

/* The guest's agent for the clipboard and the pointer. Source: nova/virt/libvirt/driver.py. */
static void
write_spice_agent (MtGuestWriter *w)
{
  if (has_spice (w))
    mt_xml_literal (&w->xml, "    <channel type='spicevmc'>\n"
                             "      <target type='virtio' name='com.redhat.spice.0'/>\n"
                             "    </channel>\n");
}

static void
write_redirections (MtGuestWriter *w)
{
  guint i;

  for (i = 0; i < w->plan->features.usb_ports; i++)
    mt_xml_literal (&w->xml, "    <redirdev bus='usb' type='spicevmc'/>\n");
}

/* On malta the fixed slot is full: it has one of its own, as the watchdog. */
static void
write_sound (MtGuestWriter *w)
{
  const char *model = mt_device_requests_get (&w->plan->device_requests, MT_KIND_SOUND_MODEL);

  if (model == NULL)
    return;
  mt_xml_literal (&w->xml, "    <sound");
  mt_xml_attribute_word (&w->xml, "model", model);
  if (w->recipe->slots.sound == 0 || mt_is_word (model, "usb") || mt_is_word (model, "sb16")) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, ">\n");
  write_pci_address (w, w->recipe->slots.sound, 0);
  mt_xml_literal (&w->xml, "    </sound>\n");
}

static void
write_input (MtGuestWriter *w, const char *type, guint function)
{
  mt_xml_literal (&w->xml, "    <input");
  mt_xml_attribute_word (&w->xml, "type", type);
  mt_xml_attribute_word (&w->xml, "bus", w->plan->input);
  if (!mt_is_word (w->plan->input, "virtio") || w->recipe->slots.fixed == 0) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, ">\n");
  write_pci_address (w, w->recipe->slots.fixed, function);
  mt_xml_literal (&w->xml, "    </input>\n");
}

static void
write_graphics (MtGuestWriter *w)
{
  if (w->request->graphics == MACHTYPE_GRAPHICS_TYPE_NONE)
    return;
  write_input (w, "tablet", FIXED_TABLET);
  if (w->plan->keyboard)
    write_input (w, "keyboard", FIXED_KEYBOARD);
  if (w->request->graphics == MACHTYPE_GRAPHICS_TYPE_SPICE)
    mt_xml_literal (&w->xml, "    <graphics type='spice' autoport='yes' listen='127.0.0.1'/>\n");
  else
    mt_xml_literal (&w->xml,
                    "    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>\n");
}

/* "none" is written explicitly: libvirt adds a video device to every guest with graphics. */
static void
write_video (MtGuestWriter *w)
{
  if (w->request->graphics == MACHTYPE_GRAPHICS_TYPE_NONE)
    return;
  mt_xml_literal (&w->xml, "    <video>\n      <model");
  mt_xml_attribute_word (&w->xml, "type", w->plan->video);
  if (w->plan->features.video_ram_mib != 0 && !mt_is_word (w->plan->video, "none")) {
    mt_xml_literal (&w->xml, " vram='");
    mt_xml_uint (&w->xml, (guint64)w->plan->features.video_ram_mib * 1024);
    mt_xml_literal (&w->xml, "'");
  }
  mt_xml_literal (&w->xml, "/>\n");
  if (!mt_is_word (w->plan->video, "none"))
    write_pci_address (w, w->recipe->slots.fixed, FIXED_VIDEO);
  mt_xml_literal (&w->xml, "    </video>\n");
}

/* Source: nova/virt/libvirt/config.py; the period is its mem_stats_period_seconds. */
static void
write_memballoon (MtGuestWriter *w)
{
  if (w->plan->page_reporting)
    mt_xml_literal (&w->xml,
                    "    <memballoon model='virtio' autodeflate='on' freePageReporting='on'>\n"
                    "      <stats period='10'/>\n");
  else
    mt_xml_literal (&w->xml, "    <memballoon model='virtio' autodeflate='on'>\n"
                             "      <stats period='10'/>\n");
  write_pci_address (w, w->recipe->slots.fixed, FIXED_MEMBALLOON);
  mt_xml_literal (&w->xml, "    </memballoon>\n");
}

static void
write_rng_device (MtGuestWriter *w)
{
  mt_xml_literal (&w->xml, "      <backend model='random'>");
  mt_xml_value (&w->xml, w->request->rng_device);
  mt_xml_literal (&w->xml, "</backend>\n");
}

static void
write_rng (MtGuestWriter *w)
{
  const MtFeatures *features = &w->plan->features;

  if (mt_features_has (features, MT_PROPERTY_RNG_ALLOWED, "no"))
    return;
  mt_xml_literal (&w->xml, "    <rng model='virtio'>\n");
  if (features->rng_bytes != 0) {
    mt_xml_literal (&w->xml, "      <rate bytes='");
    mt_xml_uint (&w->xml, features->rng_bytes);
    mt_xml_literal (&w->xml, "' period='");
    mt_xml_uint (&w->xml, features->rng_period);
    mt_xml_literal (&w->xml, "'/>\n");
  }
  if (w->request->rng_device != NULL)
    write_rng_device (w);
  else
    mt_xml_literal (&w->xml, "      <backend model='random'>/dev/urandom</backend>\n");
  write_pci_address (w, w->recipe->slots.fixed, FIXED_RNG);
  mt_xml_literal (&w->xml, "    </rng>\n");
}

static void
write_watchdog (MtGuestWriter *w)
{
  const char *model = mt_device_requests_get (&w->plan->device_requests, MT_KIND_WATCHDOG_MODEL);

  if (model == NULL)
    return;
  mt_xml_literal (&w->xml, "    <watchdog");
  mt_xml_attribute_word (&w->xml, "model", model);
  mt_xml_attribute_word (&w->xml, "action",
                         w->plan->features.requested[MT_PROPERTY_WATCHDOG_ACTION].value);
  if (w->recipe->slots.watchdog == 0) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, ">\n");
  write_pci_address (w, w->recipe->slots.watchdog, 0);
  mt_xml_literal (&w->xml, "    </watchdog>\n");
}

static void
write_tpm (MtGuestWriter *w)
{
  const char *model = mt_device_requests_get (&w->plan->device_requests, MT_KIND_TPM_MODEL);

  if (model == NULL)
    return;
  mt_xml_literal (&w->xml, "    <tpm");
  mt_xml_attribute_word (&w->xml, "model", model);
  mt_xml_literal (&w->xml, ">\n      <backend type='emulator'");
  mt_xml_attribute_word (&w->xml, "version",
                         w->plan->features.requested[MT_PROPERTY_TPM_VERSION].value);
  if (w->request->tpm_secret != NULL) {
    mt_xml_literal (&w->xml, ">\n        <encryption");
    mt_xml_attribute_word (&w->xml, "secret", w->request->tpm_secret);
    mt_xml_literal (&w->xml, "/>\n      </backend>\n    </tpm>\n");
    return;
  }
  mt_xml_literal (&w->xml, "/>\n    </tpm>\n");
}

/* Only intel's takes attributes. Extended interrupt mode requires KVM (QEMU hw/i386/intel_iommu.c).
 */
static void
write_iommu (MtGuestWriter *w)
{
  const char *model = mt_device_requests_get (&w->plan->device_requests, MT_KIND_IOMMU_MODEL);

  if (model == NULL)
    return;
  mt_xml_literal (&w->xml, "    <iommu");
  mt_xml_attribute_word (&w->xml, "model", model);
  if (!mt_is_word (model, "intel")) {
    mt_xml_literal (&w->xml, "/>\n");
    return;
  }
  mt_xml_literal (&w->xml, ">\n      <driver intremap='on' caching_mode='on'");
  if (mt_guest_is_accelerated (w->plan))
    mt_xml_literal (&w->xml, " eim='on'");
  mt_xml_literal (&w->xml, " iotlb='on' aw_bits='48'/>\n    </iommu>\n");
}

void
mt_guest_write_devices (MtGuestWriter *w)
{
  const MtGuestRequest *request = w->request;
  const char *emulator = NULL;
  guint i;

  if (request->host != NULL)
    emulator = machtype_host_get_emulator (
        request->host, machtype_resolution_get_arch (request->resolution),
        machtype_resolution_get_domain_type (request->resolution));
  mt_xml_literal (&w->xml, "  <devices>\n");
  if (emulator != NULL)
    mt_xml_element (&w->xml, "    ", "emulator", emulator);
  for (i = 0; i < request->disks->len; i++)
    write_disk (w, request->disks->pdata[i], &w->plan->places[i]);
  write_controllers (w);
  for (i = 0; i < request->interfaces->len; i++)
    write_interface (w, request->interfaces->pdata[i], i);
  write_console (w);
  write_more_serial_ports (w);
  write_agent (w);
  write_spice_agent (w);
  write_sound (w);
  write_redirections (w);
  write_graphics (w);
  write_video (w);
  write_memballoon (w);
  write_rng (w);
  write_watchdog (w);
  write_tpm (w);
  write_iommu (w);
  mt_xml_literal (&w->xml, "  </devices>\n");
}
