/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The known image properties and extra specs, their values, which wins if both request the same,
 * and the result: one table for all. */

#include "properties/properties-private.h"

#include <string.h>

#include "string-private.h"

/* Sources:
 *   names and values  nova/objects/image_meta.py and nova/objects/fields.py; of extra specs
 *                     nova/api/validation/extra_specs/ (hw.py, hw_rng.py, hw_video.py, os.py,
 *                     null.py). os:secure_boot=optional, which the API of Zed refused, is
 *                     accepted.
 *   old               the driver's spelling of the CPU limits, cpu_max, is nova/virt/hardware.py's;
 *                     the API knew only max_cpu: both are read.
 *                     nova/virt/libvirt/driver.py reads hw:maxphysaddr_mode and _bits, which the
 *                     API refuses as well.
 *   winner, conflict  nova/virt/hardware.py (get_*_constraint), nova/virt/libvirt/driver.py.
 * An extra spec takes the words of its image property. */
#define BUSES "virtio scsi ide sata usb fdc xen lxc uml"
#define FLAVOR(name, slot)                                                                         \
  {                                                                                                \
    name, MT_SPEC_##slot                                                                           \
  }

/* At the beginning of a page: strcmp of the C library takes its slow path when the offsets of its
 * two strings, ORed, are near the end of a page, and every resolution compares the first rows. */
static const MtSchema schema[] __attribute__ ((aligned (4096))) = {
  [MT_PROPERTY_ARCHITECTURE] = { "hw_architecture", .type = MT_VALUE_ARCH },
  [MT_PROPERTY_EMULATION_ARCHITECTURE] = { "hw_emulation_architecture", .type = MT_VALUE_ARCH },
  [MT_PROPERTY_MACHINE_TYPE] = { "hw_machine_type", .type = MT_VALUE_MACHINE },
  [MT_PROPERTY_FIRMWARE_TYPE] = { "hw_firmware_type", .type = MT_VALUE_ENUM,
                                  .kind = MT_KIND_FIRMWARE,
                                  .becomes = { { "uefi", "efi" }, { MT_ANY_VALUE, "" } },
                                  .words = "uefi bios" },
  [MT_PROPERTY_DISK_BUS] = { "hw_disk_bus", .type = MT_VALUE_ENUM, .kind = MT_KIND_DISK_BUS,
                             .words = BUSES },
  [MT_PROPERTY_CDROM_BUS] = { "hw_cdrom_bus", .type = MT_VALUE_ENUM, .kind = MT_KIND_CDROM_BUS,
                              .words = BUSES },
  [MT_PROPERTY_SCSI_MODEL] = { "hw_scsi_model", .type = MT_VALUE_FOLDED_ENUM,
                               .kind = MT_KIND_SCSI_MODEL,
                               .words =
                                   "virtio-scsi buslogic ibmvscsi lsilogic lsisas1068 lsisas1078 "
                                   "vmpvscsi lsilogicsas=lsisas1068 paravirtual=vmpvscsi" },
  [MT_PROPERTY_VIDEO_MODEL] = { "hw_video_model", .type = MT_VALUE_ENUM,
                                .kind = MT_KIND_VIDEO_MODEL,
                                .words = "virtio vga cirrus bochs qxl vmvga xen gop none" },
  [MT_PROPERTY_VIF_MODEL] = { "hw_vif_model", .type = MT_VALUE_FOLDED_ENUM,
                              .kind = MT_KIND_VIF_MODEL,
                              .words = "virtio e1000 e1000e igb rtl8139 pcnet ne2k_pci spapr-vlan "
                                       "lan9118 netfront sriov vmxnet vmxnet3 virtuale1000=e1000 "
                                       "virtuale1000e=e1000e virtualpcnet32=pcnet "
                                       "virtualsriovethernetcard=sriov virtualvmxnet=vmxnet "
                                       "virtualvmxnet3=vmxnet3" },
  [MT_PROPERTY_INPUT_BUS] = { "hw_input_bus", .type = MT_VALUE_ENUM, .kind = MT_KIND_INPUT_BUS,
                              .words = "usb virtio" },
  /* The only pointer model is on USB. */
  [MT_PROPERTY_POINTER_MODEL] = { "hw_pointer_model", .type = MT_VALUE_ENUM, .own = TRUE,
                                  .kind = MT_KIND_INPUT_BUS, .becomes = { { "usbtablet", "usb" } },
                                  .words = "usbtablet" },
  [MT_PROPERTY_FLOPPY_BUS] = { "hw_floppy_bus", .type = MT_VALUE_ENUM, .kind = MT_KIND_FLOPPY_BUS,
                               .words = BUSES },
  [MT_PROPERTY_VIDEO_RAM] = { "hw_video_ram", .type = MT_VALUE_INTEGER,
                              .flavor = FLAVOR ("hw_video:ram_max_mb", VIDEO_RAM_MAX),
                              .spec_type = MT_VALUE_UNSIGNED, .winner = MT_WINNER_LIMIT,
                              .own = TRUE, .conflict = "RequestedVRamTooHigh" },
  [MT_PROPERTY_GUEST_AGENT] = { "hw_qemu_guest_agent", .type = MT_VALUE_BOOLEAN },
  [MT_PROPERTY_BOOT_MENU] = { "hw_boot_menu", .type = MT_VALUE_BOOLEAN,
                              .flavor = FLAVOR ("hw:boot_menu", BOOT_MENU),
                              .winner = MT_WINNER_IMAGE },
  [MT_PROPERTY_HPET] = { "hw_time_hpet", .type = MT_VALUE_BOOLEAN, .kind = MT_KIND_TIMER,
                         .becomes = { { "yes", "hpet" }, { MT_ANY_VALUE, "" } } },
  [MT_PROPERTY_PMU] = { "hw_pmu", .type = MT_VALUE_BOOLEAN, .flavor = FLAVOR ("hw:pmu", PMU),
                        .winner = MT_WINNER_BOTH, .kind = MT_KIND_FEATURE,
                        .becomes = { { "yes", "pmu-on" }, { "no", "pmu-off" } } },
  [MT_PROPERTY_LOCKED_MEMORY] = { "hw_locked_memory", .type = MT_VALUE_BOOLEAN,
                                  .flavor = FLAVOR ("hw:locked_memory", LOCKED_MEMORY),
                                  .winner = MT_WINNER_BOTH, .own = TRUE,
                                  .conflict = "FlavorImageLockedMemoryConflict" },
  [MT_PROPERTY_MEM_ENCRYPTION] = { "hw_mem_encryption", .type = MT_VALUE_BOOLEAN,
                                   .flavor = FLAVOR ("hw:mem_encryption", MEM_ENCRYPTION),
                                   .winner = MT_WINNER_BOTH, .own = TRUE },
  [MT_PROPERTY_MULTIQUEUE] = { "hw_vif_multiqueue_enabled", .type = MT_VALUE_BOOLEAN,
                               .flavor = FLAVOR ("hw:vif_multiqueue_enabled", MULTIQUEUE),
                               .winner = MT_WINNER_BOTH, .own = TRUE },
  [MT_PROPERTY_WATCHDOG_ACTION] = { "hw_watchdog_action", .type = MT_VALUE_ENUM,
                                    .flavor = FLAVOR ("hw:watchdog_action", WATCHDOG_ACTION),
                                    .winner = MT_WINNER_IMAGE, .kind = MT_KIND_WATCHDOG_MODEL,
                                    .becomes = { { "disabled", "" },
                                                 { MT_ANY_VALUE, MT_BEST_MODEL } },
                                    .words = "none pause poweroff reset disabled" },
  [MT_PROPERTY_RNG_MODEL] = { "hw_rng_model", .type = MT_VALUE_ENUM, .words = "virtio" },
  [MT_PROPERTY_SERIAL_PORT_COUNT] = { "hw_serial_port_count", .type = MT_VALUE_INTEGER,
                                      .flavor = FLAVOR ("hw:serial_port_count", SERIAL_PORT_COUNT),
                                      .spec_type = MT_VALUE_UNSIGNED, .winner = MT_WINNER_LIMIT,
                                      .own = TRUE,
                                      .conflict = "ImageSerialPortNumberExceedFlavorValue",
                                      .invalid = "ImageSerialPortNumberInvalid" },
  [MT_PROPERTY_CPU_SOCKETS] = { "hw_cpu_sockets", .type = MT_VALUE_INTEGER,
                                .flavor = FLAVOR ("hw:cpu_sockets", CPU_SOCKETS),
                                .spec_type = MT_VALUE_POSITIVE, .winner = MT_WINNER_LIMIT,
                                .own = TRUE, .conflict = "ImageVCPUTopologyRangeExceeded" },
  [MT_PROPERTY_CPU_CORES] = { "hw_cpu_cores", .type = MT_VALUE_INTEGER,
                              .flavor = FLAVOR ("hw:cpu_cores", CPU_CORES),
                              .spec_type = MT_VALUE_POSITIVE, .winner = MT_WINNER_LIMIT,
                              .own = TRUE, .conflict = "ImageVCPUTopologyRangeExceeded" },
  [MT_PROPERTY_CPU_THREADS] = { "hw_cpu_threads", .type = MT_VALUE_INTEGER,
                                .flavor = FLAVOR ("hw:cpu_threads", CPU_THREADS),
                                .spec_type = MT_VALUE_POSITIVE, .winner = MT_WINNER_LIMIT,
                                .own = TRUE, .conflict = "ImageVCPUTopologyRangeExceeded" },
  [MT_PROPERTY_CPU_MAX_SOCKETS] = { "hw_cpu_max_sockets", .type = MT_VALUE_INTEGER,
                                    .flavor = FLAVOR ("hw:cpu_max_sockets", CPU_MAX_SOCKETS),
                                    .old = FLAVOR ("hw:max_cpu_sockets", MAX_CPU_SOCKETS),
                                    .spec_type = MT_VALUE_POSITIVE, .winner = MT_WINNER_LIMIT,
                                    .own = TRUE, .conflict = "ImageVCPULimitsRangeExceeded" },
  [MT_PROPERTY_CPU_MAX_CORES] = { "hw_cpu_max_cores", .type = MT_VALUE_INTEGER,
                                  .flavor = FLAVOR ("hw:cpu_max_cores", CPU_MAX_CORES),
                                  .old = FLAVOR ("hw:max_cpu_cores", MAX_CPU_CORES),
                                  .spec_type = MT_VALUE_POSITIVE, .winner = MT_WINNER_LIMIT,
                                  .own = TRUE, .conflict = "ImageVCPULimitsRangeExceeded" },
  [MT_PROPERTY_CPU_MAX_THREADS] = { "hw_cpu_max_threads", .type = MT_VALUE_INTEGER,
                                    .flavor = FLAVOR ("hw:cpu_max_threads", CPU_MAX_THREADS),
                                    .old = FLAVOR ("hw:max_cpu_threads", MAX_CPU_THREADS),
                                    .spec_type = MT_VALUE_POSITIVE, .winner = MT_WINNER_LIMIT,
                                    .own = TRUE, .conflict = "ImageVCPULimitsRangeExceeded" },
  [MT_PROPERTY_CPU_REALTIME_MASK] = { "hw_cpu_realtime_mask", .type = MT_VALUE_TEXT,
                                      .flavor = FLAVOR ("hw:cpu_realtime_mask", CPU_REALTIME_MASK),
                                      .winner = MT_WINNER_IMAGE, .own = TRUE },
  [MT_PROPERTY_MEM_PAGE_SIZE] = { "hw_mem_page_size", .type = MT_VALUE_TEXT,
                                  .flavor = FLAVOR ("hw:mem_page_size", MEM_PAGE_SIZE),
                                  .winner = MT_WINNER_PERMITTED, .own = TRUE,
                                  .conflict = "MemoryPageSizeForbidden" },
  [MT_PROPERTY_VIOMMU_MODEL] = { "hw_viommu_model", .type = MT_VALUE_ENUM,
                                 .flavor = FLAVOR ("hw:viommu_model", VIOMMU_MODEL),
                                 .winner = MT_WINNER_FLAVOR, .kind = MT_KIND_IOMMU_MODEL,
                                 .becomes = { { "auto", MT_BEST_MODEL } },
                                 .words = "intel smmuv3 virtio auto" },
  /* A version alone requests the machine's own model. */
  [MT_PROPERTY_TPM_MODEL] = { "hw_tpm_model", .type = MT_VALUE_ENUM,
                              .flavor = FLAVOR ("hw:tpm_model", TPM_MODEL),
                              .winner = MT_WINNER_BOTH, .own = TRUE, .kind = MT_KIND_TPM_MODEL,
                              .becomes = { { "1.2", MT_BEST_MODEL }, { "2.0", MT_BEST_MODEL } },
                              .words = "tpm-tis tpm-crb" },
  [MT_PROPERTY_TPM_VERSION] = { "hw_tpm_version", .type = MT_VALUE_ENUM,
                                .flavor = FLAVOR ("hw:tpm_version", TPM_VERSION),
                                .winner = MT_WINNER_BOTH, .own = TRUE, .kind = MT_KIND_TPM_VERSION,
                                .words = "1.2 2.0" },
  [MT_PROPERTY_HIDE_HYPERVISOR] = { "img_hide_hypervisor_id", .type = MT_VALUE_BOOLEAN,
                                    .flavor = FLAVOR ("hw:hide_hypervisor_id", HIDE_HYPERVISOR),
                                    .old = FLAVOR ("hide_hypervisor_id", HIDE_HYPERVISOR_OLD),
                                    .winner = MT_WINNER_EITHER, .own = TRUE,
                                    .kind = MT_KIND_FEATURE,
                                    .becomes = { { "yes", "kvm-hidden" }, { MT_ANY_VALUE, "" } } },
  [MT_PROPERTY_SECURE_BOOT] = { "os_secure_boot", .type = MT_VALUE_ENUM,
                                .flavor = FLAVOR ("os:secure_boot", SECURE_BOOT),
                                .winner = MT_WINNER_BOTH, .kind = MT_KIND_FIRMWARE,
                                .becomes = { { "required", "secure-boot" }, { MT_ANY_VALUE, "" } },
                                .words = "required disabled optional" },
  [MT_PROPERTY_OS_TYPE] = { "os_type", .type = MT_VALUE_FOLDED_ENUM, .words = "linux windows" },
  [MT_PROPERTY_FIRMWARE_STATELESS] = { "hw_firmware_stateless", .type = MT_VALUE_BOOLEAN },
  [MT_PROPERTY_MEM_ENCRYPTION_MODEL] = { "hw_mem_encryption_model", .type = MT_VALUE_ENUM,
                                         .flavor = FLAVOR ("hw:mem_encryption_model",
                                                           MEM_ENCRYPTION_MODEL),
                                         .winner = MT_WINNER_BOTH, .own = TRUE,
                                         .words = "amd-sev amd-sev-es amd-sev-snp intel-tdx" },
  [MT_PROPERTY_PACKED_RING] = { "hw_virtio_packed_ring", .type = MT_VALUE_BOOLEAN,
                                .flavor = FLAVOR ("hw:virtio_packed_ring", PACKED_RING),
                                .winner = MT_WINNER_BOTH },
  [MT_PROPERTY_MAXPHYSADDR_MODE] = { "hw_maxphysaddr_mode", .type = MT_VALUE_ENUM,
                                     .flavor = FLAVOR ("hw:maxphysaddr_mode", MAXPHYSADDR_MODE),
                                     .winner = MT_WINNER_BOTH, .words = "emulate passthrough" },
  [MT_PROPERTY_MAXPHYSADDR_BITS] = { "hw_maxphysaddr_bits", .type = MT_VALUE_INTEGER,
                                     .flavor = FLAVOR ("hw:maxphysaddr_bits", MAXPHYSADDR_BITS),
                                     .spec_type = MT_VALUE_UNSIGNED, .winner = MT_WINNER_FLAVOR,
                                     .own = TRUE },
  [MT_PROPERTY_SOUND_MODEL] = { "hw_sound_model", .type = MT_VALUE_ENUM,
                                .flavor = FLAVOR ("hw:sound_model", SOUND_MODEL),
                                .winner = MT_WINNER_BOTH, .kind = MT_KIND_SOUND_MODEL,
                                .words = "sb16 es1370 pcspk ac97 ich6 ich9 usb virtio" },
  [MT_PROPERTY_USB_MODEL] = { "hw_usb_model", .type = MT_VALUE_ENUM,
                              .flavor = FLAVOR ("hw:usb_model", USB_MODEL),
                              .winner = MT_WINNER_BOTH, .kind = MT_KIND_USB_CONTROLLER,
                              .becomes = { { "none", "" } }, .words = "none nec-xhci qemu-xhci" },
  [MT_PROPERTY_REDIRECTED_USB_PORTS] = { "hw_redirected_usb_ports", .type = MT_VALUE_INTEGER,
                                         .flavor = FLAVOR ("hw:redirected_usb_ports",
                                                           REDIRECTED_USB_PORTS),
                                         .spec_type = MT_VALUE_USB_PORTS, .winner = MT_WINNER_BOTH,
                                         .own = TRUE },
  [MT_PROPERTY_RNG_ALLOWED] = { "", .type = MT_VALUE_BOOLEAN,
                                .flavor = FLAVOR ("hw_rng:allowed", RNG_ALLOWED) },
  [MT_PROPERTY_RNG_RATE_BYTES] = { "", .type = MT_VALUE_UNSIGNED,
                                   .flavor = FLAVOR ("hw_rng:rate_bytes", RNG_RATE_BYTES) },
  [MT_PROPERTY_RNG_RATE_PERIOD] = { "", .type = MT_VALUE_UNSIGNED,
                                    .flavor = FLAVOR ("hw_rng:rate_period", RNG_RATE_PERIOD) },
  [MT_PROPERTY_CPU_REALTIME] = { "", .type = MT_VALUE_BOOLEAN,
                                 .flavor = FLAVOR ("hw:cpu_realtime", CPU_REALTIME) },
  [MT_PROPERTY_TPM_SECRET_SECURITY] = { "", .type = MT_VALUE_ENUM,
                                        .flavor =
                                            FLAVOR ("hw:tpm_secret_security", TPM_SECRET_SECURITY),
                                        .words = "user host deployment" },

  /* Validated and stored, not acted on. */
  { "hw_rescue_bus", .type = MT_VALUE_ENUM, .words = BUSES },
  { "hw_rescue_device", .type = MT_VALUE_ENUM, .words = "cdrom disk floppy fs lun" },
  { "hw_ipxe_boot", .type = MT_VALUE_BOOLEAN },
  { "hw_ephemeral_encryption", .type = MT_VALUE_BOOLEAN },
  { "hw_ephemeral_encryption_format", .type = MT_VALUE_ENUM, .words = "plain luks luksv2" },
  { "hw_ephemeral_encryption_secret_uuid", .type = MT_VALUE_TEXT },
  { "hw_cpu_policy", .type = MT_VALUE_ENUM, .words = "dedicated shared mixed" },
  { "hw_cpu_thread_policy", .type = MT_VALUE_ENUM, .words = "isolate prefer require" },
  { "hw_numa_nodes", .type = MT_VALUE_INTEGER },
  { "hw_pci_numa_affinity_policy", .type = MT_VALUE_ENUM,
    .words = "required legacy preferred socket" },
  { "hw_vm_mode", .type = MT_VALUE_FOLDED_ENUM,
    .words = "hvm xen uml exe pv=xen hv=hvm baremetal=hvm" },
  { "hw_auto_disk_config", .type = MT_VALUE_TEXT },
  { "hw_device_id", .type = MT_VALUE_INTEGER },
  { "hw_disk_type", .type = MT_VALUE_TEXT },
  { "img_bdm_v2", .type = MT_VALUE_BOOLEAN },
  { "img_bittorrent", .type = MT_VALUE_BOOLEAN },
  { "img_cache_in_nova", .type = MT_VALUE_BOOLEAN },
  { "img_compression_level", .type = MT_VALUE_INTEGER },
  { "img_config_drive", .type = MT_VALUE_ENUM, .words = "mandatory optional" },
  { "img_hv_requested_version", .type = MT_VALUE_TEXT },
  { "img_hv_type", .type = MT_VALUE_FOLDED_ENUM,
    .words = "kvm qemu baremetal bhyve docker fake hyperv ironic kqemu lxc lxd openvz parallels "
             "phyp prsm test uml vbox vmware vz xen zvm powervm=phyp xapi=xen" },
  { "img_linked_clone", .type = MT_VALUE_BOOLEAN },
  { "img_owner_id", .type = MT_VALUE_TEXT },
  { "img_root_device_name", .type = MT_VALUE_TEXT },
  { "img_signature", .type = MT_VALUE_TEXT },
  { "img_signature_certificate_uuid", .type = MT_VALUE_TEXT },
  { "img_signature_hash_method", .type = MT_VALUE_ENUM,
    .words = "SHA-224 SHA-256 SHA-384 SHA-512" },
  { "img_signature_key_type", .type = MT_VALUE_ENUM,
    .words = "DSA ECC_SECT571K1 ECC_SECT409K1 ECC_SECT571R1 ECC_SECT409R1 ECC_SECP521R1 "
             "ECC_SECP384R1 RSA-PSS" },
  { "img_use_agent", .type = MT_VALUE_BOOLEAN },
  { "img_version", .type = MT_VALUE_INTEGER },
  { "os_admin_user", .type = MT_VALUE_TEXT },
  { "os_command_line", .type = MT_VALUE_TEXT },
  { "os_distro", .type = MT_VALUE_TEXT },
  { "os_require_quiesce", .type = MT_VALUE_BOOLEAN },
  { "os_skip_agent_inject_files_at_boot", .type = MT_VALUE_BOOLEAN },
  { "os_skip_agent_inject_ssh", .type = MT_VALUE_BOOLEAN },
};

G_STATIC_ASSERT (G_N_ELEMENTS (schema) > MT_PROPERTY_LAST);

const MtSchema *
mt_schema_get (int row)
{
  return (gsize)row < G_N_ELEMENTS (schema) ? &schema[row] : NULL;
}

const char *
mt_property_name (MtProperty property)
{
  return schema[property].image;
}

int
mt_schema_find (const char *name)
{
  gsize i;

  if (*name == '\0')
    return -1;
  for (i = 0; i < G_N_ELEMENTS (schema); i++) {
    if (strcmp (schema[i].image, name) == 0)
      return (int)i;
  }
  return -1;
}

/* spec is that of a row. */
static const MtSpecName *
get_spec_name (const MtSchema *row, MtSpec spec)
{
  return row->flavor.spec == spec ? &row->flavor : row->old.spec == spec ? &row->old : NULL;
}

const MtSchema *
mt_spec_get (MtSpec spec)
{
  gsize i;

  for (i = 0; i <= MT_PROPERTY_LAST; i++) {
    if (get_spec_name (&schema[i], spec) != NULL)
      return &schema[i];
  }
  g_return_val_if_reached (NULL);
}

const char *
mt_spec_name (MtSpec spec)
{
  return get_spec_name (mt_spec_get (spec), spec)->name;
}

MtSpec
mt_spec_find (const char *name)
{
  gsize i;

  if (*name == '\0')
    return MT_SPEC_NONE;
  for (i = 0; i <= MT_PROPERTY_LAST; i++) {
    if (mt_is_word (schema[i].flavor.name, name))
      return (MtSpec)schema[i].flavor.spec;
    if (mt_is_word (schema[i].old.name, name))
      return (MtSpec)schema[i].old.spec;
  }
  return MT_SPEC_NONE;
}

MtValueType
mt_schema_get_spec_type (const MtSchema *row)
{
  return (MtValueType)(row->spec_type != MT_VALUE_SAME ? row->spec_type : row->type);
}

const char *
mt_winner_get_label (MtWinner winner)
{
  static const char labels[][64] = {
    [MT_WINNER_NONE] = "",
    [MT_WINNER_IMAGE] = "image",
    [MT_WINNER_FLAVOR] = "flavor",
    [MT_WINNER_BOTH] = "must agree",
    [MT_WINNER_LIMIT] = "image, up to the flavor's value",
    [MT_WINNER_PERMITTED] = "flavor; image if the flavor says `any` or `large`",
    [MT_WINNER_EITHER] = "either is enough",
  };

  return labels[winner];
}

char **
mt_words_dup (const char *words)
{
  char **list = g_strsplit (words, " ", -1);
  gsize i;

  for (i = 0; list[i] != NULL; i++)
    list[i][strcspn (list[i], "=")] = '\0';
  return list;
}

/* Of a NUMA node: its name ends with the node's number. Source: nova/objects/image_meta.py,
 * _set_numa_mem. */
static gboolean
is_of_node (const char *name)
{
  static const char prefixes[][16] = { "hw_numa_cpus.", "hw_numa_mem." };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    const char *number = name + strlen (prefixes[i]);

    if (g_str_has_prefix (name, prefixes[i]) && *number != '\0' &&
        number[strspn (number, "0123456789")] == '\0')
      return TRUE;
  }
  return FALSE;
}

/**
 * machtype_image_property_is_known:
 * @name: name of an image property; must not be %NULL
 *
 * Checks whether Nova has an image property of this name. Traits (`trait:...`) and those of a NUMA
 * node (`hw_numa_cpus.0`) count. Thread-safe.
 *
 * Source: nova/objects/image_meta.py.
 *
 * Returns: %TRUE if it has one
 * Since: 1.0
 */
gboolean
machtype_image_property_is_known (const char *name)
{
  g_return_val_if_fail (name != NULL, FALSE);
  return mt_schema_find (name) >= 0 || g_str_has_prefix (name, "trait:") || is_of_node (name);
}
