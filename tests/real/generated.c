/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "generated.h"

#include <string.h>

#include "differences.h"
#include "test.h"

/* Every value of every image property and extra spec that the library acts on. */
const char generated_choices[][64] = {
  "",
  "hw_firmware_type=uefi",
  "hw_firmware_type=bios",
  "hw_disk_bus=virtio",
  "hw_disk_bus=scsi",
  "hw_disk_bus=ide",
  "hw_disk_bus=sata",
  "hw_disk_bus=usb",
  "hw_disk_bus=fdc",
  "hw_cdrom_bus=scsi",
  "hw_cdrom_bus=ide",
  "hw_cdrom_bus=sata",
  "hw_cdrom_bus=usb",
  "hw_cdrom_bus=virtio",
  "hw_floppy_bus=fdc",
  "hw_floppy_bus=ide",
  "hw_scsi_model=virtio-scsi",
  "hw_scsi_model=lsilogic",
  "hw_scsi_model=lsisas1068",
  "hw_scsi_model=lsisas1078",
  "hw_scsi_model=vmpvscsi",
  "hw_scsi_model=buslogic",
  "hw_scsi_model=ibmvscsi",
  "hw_video_model=virtio",
  "hw_video_model=vga",
  "hw_video_model=cirrus",
  "hw_video_model=bochs",
  "hw_video_model=qxl",
  "hw_video_model=vmvga",
  "hw_video_model=none",
  "hw_vif_model=virtio",
  "hw_vif_model=e1000",
  "hw_vif_model=e1000e",
  "hw_vif_model=rtl8139",
  "hw_vif_model=pcnet",
  "hw_vif_model=ne2k_pci",
  "hw_vif_model=spapr-vlan",
  "hw_vif_model=vmxnet3",
  "hw_input_bus=usb",
  "hw_input_bus=virtio",
  "hw_pointer_model=usbtablet",
  /* From here on, features that a guest can have several of at once. */
  "hw_qemu_guest_agent=yes",
  "hw_watchdog_action=none",
  "hw_watchdog_action=pause",
  "hw_watchdog_action=poweroff",
  "hw_watchdog_action=reset",
  "hw_watchdog_action=disabled",
  "hw:watchdog_action=reset",
  "hw_rng:allowed=no",
  "hw_rng:rate_bytes=2048",
  "hw_rng:rate_bytes=2048 hw_rng:rate_period=500",
  "hw_pmu=yes",
  "hw_pmu=no",
  "hw:pmu=no",
  "img_hide_hypervisor_id=yes",
  "hw:hide_hypervisor_id=yes",
  "hide_hypervisor_id=yes",
  "os_type=windows",
  "os_type=linux",
  "os_type=windows img_hide_hypervisor_id=yes",
  "hw_boot_menu=yes",
  "hw:boot_menu=yes",
  "hw_time_hpet=yes",
  "hw_time_hpet=no",
  "hw_video_ram=16 hw_video:ram_max_mb=64",
  "hw_video_model=vga hw_video_ram=16 hw_video:ram_max_mb=64",
  "hw_video_model=qxl hw_video_ram=16 hw_video:ram_max_mb=64",
  "hw_video_model=bochs hw_video_ram=16 hw_video:ram_max_mb=64",
  "hw_video_model=cirrus hw_video_ram=16 hw_video:ram_max_mb=64",
  "hw_serial_port_count=1",
  "hw_serial_port_count=2",
  "hw_serial_port_count=3",
  "hw:serial_port_count=3",
  "hw_viommu_model=auto",
  "hw_viommu_model=virtio",
  "hw_viommu_model=intel",
  "hw_viommu_model=smmuv3",
  "hw:viommu_model=intel",
  "hw_tpm_version=2.0",
  "hw_tpm_version=1.2",
  "hw_tpm_model=tpm-tis hw_tpm_version=2.0",
  "hw_tpm_model=tpm-crb hw_tpm_version=2.0",
  "hw:tpm_version=2.0",
  "hw:mem_page_size=small",
  "hw_cpu_cores=2",
  "hw_cpu_sockets=1",
  "hw_cpu_threads=2",
  "hw:cpu_max_sockets=1",
  "hw_vif_multiqueue_enabled=yes",
  "os_secure_boot=required hw_firmware_type=uefi",
  "os_secure_boot=optional hw_firmware_type=uefi",
  "os:secure_boot=required",
  "hw_mem_encryption=yes hw_firmware_type=uefi",
  "hw_numa_nodes=2",
  "hw_cpu_policy=dedicated",
  "pci_passthrough:alias=a:1",
  "resources:VGPU=1",
  "hw:pmem=a",

  /* From here on, what this machine may not be able to start: no huge pages, no right to lock
   * memory. */
  "hw:mem_page_size=large",
  "hw:mem_page_size=2MB",
  "hw_locked_memory=yes hw:mem_page_size=small",
  "hw:locked_memory=yes hw:mem_page_size=small",
  "hw:cpu_realtime=yes",
};

const GeneratedShape generated_shapes[] = {
  { "bare", 0, 0, 0, MACHTYPE_GRAPHICS_TYPE_NONE, NULL },
  { "usual", 1, 1, 1, MACHTYPE_GRAPHICS_TYPE_VNC, NULL },
  { "many", 3, 2, 3, MACHTYPE_GRAPHICS_TYPE_SPICE, "scsi" },
};

const GeneratedMachine generated_machines[] = {
  { "armv6l", "virt" },
  { "armv7l", "virt" },
  { "i686", "pc" },
  { "i686", "q35" },
  { "mips", "malta" },
  { "mips64", "malta" },
  { "mips64el", "malta" },
  { "ppc64", "pseries" },
  { "riscv64", "virt" },
  { "aarch64", "virt" },
  { "s390x", "s390-ccw-virtio" },
  { "ppc64le", "pseries" },
  { "mipsel", "malta" },
  { "x86_64", "pc" },
  { "x86_64", "q35" },
};

const guint n_generated_choices = G_N_ELEMENTS (generated_choices);
const guint n_generated_shapes = G_N_ELEMENTS (generated_shapes);
const guint n_generated_machines = G_N_ELEMENTS (generated_machines);

static MachtypeProperties *
make_properties (const GeneratedMachine *machine, const char *choice)
{
  g_autofree char *text =
      g_strdup_printf ("hw_architecture=%s hw_machine_type=%s%s%s", machine->arch, machine->machine,
                       *choice != '\0' ? " " : "", choice);

  return test_make_properties (text);
}

/* A name with every kind of character; see generated_set_images. */
static const char *disk_path = "/var/tmp/no such <disk> & 'more'";
static const char *disk_format = "qcow2";
static const char *cdrom_path = "/var/tmp/cd.iso";

void
generated_set_images (const char *disk, const char *format, const char *cdrom)
{
  disk_path = disk;
  disk_format = format;
  cdrom_path = cdrom;
}

static void
add_devices (MachtypeGuestBuilder *builder, const GeneratedShape *shape)
{
  GError *error = NULL;
  guint i;

  for (i = 0; i < shape->disks; i++)
    machtype_guest_builder_add_disk (builder, disk_path, disk_format,
                                     i == 1 ? shape->scsi_bus : NULL, &error);
  for (i = 0; i < shape->cdroms; i++)
    machtype_guest_builder_add_cdrom (builder, cdrom_path, &error);
  for (i = 0; i < shape->networks; i++)
    machtype_guest_builder_add_interface (
        builder, i == 0 ? MACHTYPE_INTERFACE_TYPE_USER : MACHTYPE_INTERFACE_TYPE_BRIDGE,
        i == 0 ? NULL : "br0", NULL, &error);
  machtype_guest_builder_set_graphics (builder, shape->graphics, &error);
  machtype_guest_builder_set_metadata (builder, shape->disks != 0);
  g_assert_no_error (error);
}

/* What a host may lack: 32-bit UEFI, CPUs that encrypt, and a display that QEMU 10.0 has for x86
 * and MIPS only. */
static gboolean
may_lack (const char *choice)
{
  return strstr (choice, "uefi") != NULL || strstr (choice, "encryption") != NULL ||
         strstr (choice, "vmvga") != NULL;
}

/* The message names one of the properties of the choice. */
static void
check_refused (GError *error, const GeneratedMachine *machine, const char *choice)
{
  g_autofree char *label = g_strdup_printf ("%s %s, %s", machine->arch, machine->machine, choice);
  g_auto (GStrv) names = g_strsplit_set (choice, "= ", -1);
  gboolean lacks =
      may_lack (choice) && g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_OFFERED);
  guint i, n = g_strv_length (names);

  for (i = 0; i + 1 < n && strstr (error->message, names[i]) == NULL;)
    i += 2;
  ROW ("refused: %s", error->message);
  if (i >= n)
    difference (label, "a refusal names the property", error->message);
  if (!lacks && !g_error_matches (error, MACHTYPE_ERROR, MACHTYPE_ERROR_UNSUPPORTED))
    difference (label, "a refusal is 'unsupported'", error->message);
}

/* As many vCPUs as the machine supports, up to four: topologies and queues need some. */
static void
set_vcpus (MachtypeGuestBuilder *builder)
{
  guint vcpus;

  for (vcpus = 4; vcpus > 1; vcpus /= 2) {
    g_autoptr (MachtypeGuest) guest = NULL;
    GError *error = NULL;

    machtype_guest_builder_set_vcpus (builder, vcpus, NULL);
    guest = machtype_guest_builder_end (builder, &error);
    if (guest != NULL || strstr (error->message, "at most") == NULL) {
      g_clear_error (&error);
      return;
    }
    g_clear_error (&error);
  }
  machtype_guest_builder_set_vcpus (builder, 1, NULL);
}

MachtypeGuest *
generated_try_guest (MachtypeHost *host, MachtypePolicy *policy, const GeneratedMachine *machine,
                     const char *choice, const GeneratedShape *shape, GError **error)
{
  g_autoptr (MachtypeProperties) properties = make_properties (machine, choice);
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;
  GError *trouble = NULL;

  resolution = machtype_resolve (properties, policy, host, NULL, &trouble);
  if (resolution == NULL) {
    g_propagate_error (error, trouble);
    return NULL;
  }
  builder = machtype_guest_builder_new (resolution, properties, host);
  /* libvirt keeps UEFI's variables by name: those of two architectures must not mix. */
  machtype_guest_builder_set_name (builder, machine->arch, &trouble);
  g_assert_no_error (trouble);
  add_devices (builder, shape);
  set_vcpus (builder);
  return machtype_guest_builder_end (builder, error);
}

MachtypeGuest *
generated_make_guest (MachtypeHost *host, MachtypePolicy *policy, const GeneratedMachine *machine,
                      const char *choice, const GeneratedShape *shape)
{
  GError *error = NULL;
  MachtypeGuest *guest = generated_try_guest (host, policy, machine, choice, shape, &error);

  if (guest == NULL)
    check_refused (error, machine, choice);
  g_clear_error (&error);
  return guest;
}
