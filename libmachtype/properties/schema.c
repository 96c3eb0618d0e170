/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which image properties there are, and what values they take. */

#include "properties/properties-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "name/name-private.h"

/* Sources: nova/objects/image_meta.py and nova/objects/fields.py (names and values). */
#define BUSES "virtio scsi ide sata usb fdc xen lxc uml"

static const MtSchema schema[] = {
  [MT_PROPERTY_ARCHITECTURE] = { "hw_architecture", MT_VALUE_ARCH, "" },
  [MT_PROPERTY_EMULATION_ARCHITECTURE] = { "hw_emulation_architecture", MT_VALUE_ARCH, "" },
  [MT_PROPERTY_MACHINE_TYPE] = { "hw_machine_type", MT_VALUE_MACHINE, "" },
  [MT_PROPERTY_FIRMWARE_TYPE] = { "hw_firmware_type", MT_VALUE_ENUM, "uefi bios" },
  [MT_PROPERTY_DISK_BUS] = { "hw_disk_bus", MT_VALUE_ENUM, BUSES },
  [MT_PROPERTY_CDROM_BUS] = { "hw_cdrom_bus", MT_VALUE_ENUM, BUSES },
  [MT_PROPERTY_SCSI_MODEL] = { "hw_scsi_model", MT_VALUE_FOLDED_ENUM,
                               "virtio-scsi buslogic ibmvscsi lsilogic lsisas1068 lsisas1078 "
                               "vmpvscsi lsilogicsas=lsisas1068 paravirtual=vmpvscsi" },
  [MT_PROPERTY_VIDEO_MODEL] = { "hw_video_model", MT_VALUE_ENUM,
                                "virtio vga cirrus bochs qxl vmvga xen gop none" },
  [MT_PROPERTY_VIF_MODEL] = { "hw_vif_model", MT_VALUE_FOLDED_ENUM,
                              "virtio e1000 e1000e igb rtl8139 pcnet ne2k_pci spapr-vlan lan9118 "
                              "netfront sriov vmxnet vmxnet3 virtuale1000=e1000 "
                              "virtuale1000e=e1000e virtualpcnet32=pcnet "
                              "virtualsriovethernetcard=sriov virtualvmxnet=vmxnet "
                              "virtualvmxnet3=vmxnet3" },
  [MT_PROPERTY_INPUT_BUS] = { "hw_input_bus", MT_VALUE_ENUM, "usb virtio" },
  [MT_PROPERTY_POINTER_MODEL] = { "hw_pointer_model", MT_VALUE_ENUM, "usbtablet" },
  [MT_PROPERTY_FLOPPY_BUS] = { "hw_floppy_bus", MT_VALUE_ENUM, BUSES },
  [MT_PROPERTY_VIDEO_RAM] = { "hw_video_ram", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_GUEST_AGENT] = { "hw_qemu_guest_agent", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_BOOT_MENU] = { "hw_boot_menu", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_HPET] = { "hw_time_hpet", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_PMU] = { "hw_pmu", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_LOCKED_MEMORY] = { "hw_locked_memory", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_MEM_ENCRYPTION] = { "hw_mem_encryption", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_MULTIQUEUE] = { "hw_vif_multiqueue_enabled", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_WATCHDOG_ACTION] = { "hw_watchdog_action", MT_VALUE_ENUM,
                                    "none pause poweroff reset disabled" },
  [MT_PROPERTY_RNG_MODEL] = { "hw_rng_model", MT_VALUE_ENUM, "virtio" },
  [MT_PROPERTY_SERIAL_PORT_COUNT] = { "hw_serial_port_count", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_CPU_SOCKETS] = { "hw_cpu_sockets", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_CPU_CORES] = { "hw_cpu_cores", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_CPU_THREADS] = { "hw_cpu_threads", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_CPU_MAX_SOCKETS] = { "hw_cpu_max_sockets", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_CPU_MAX_CORES] = { "hw_cpu_max_cores", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_CPU_MAX_THREADS] = { "hw_cpu_max_threads", MT_VALUE_INTEGER, "" },
  [MT_PROPERTY_CPU_REALTIME_MASK] = { "hw_cpu_realtime_mask", MT_VALUE_TEXT, "" },
  [MT_PROPERTY_MEM_PAGE_SIZE] = { "hw_mem_page_size", MT_VALUE_TEXT, "" },
  [MT_PROPERTY_VIOMMU_MODEL] = { "hw_viommu_model", MT_VALUE_ENUM, "intel smmuv3 virtio auto" },
  [MT_PROPERTY_TPM_MODEL] = { "hw_tpm_model", MT_VALUE_ENUM, "tpm-tis tpm-crb" },
  [MT_PROPERTY_TPM_VERSION] = { "hw_tpm_version", MT_VALUE_ENUM, "1.2 2.0" },
  [MT_PROPERTY_HIDE_HYPERVISOR] = { "img_hide_hypervisor_id", MT_VALUE_BOOLEAN, "" },
  [MT_PROPERTY_SECURE_BOOT] = { "os_secure_boot", MT_VALUE_ENUM, "required disabled optional" },
  [MT_PROPERTY_OS_TYPE] = { "os_type", MT_VALUE_FOLDED_ENUM, "linux windows" },

  /* Checked and kept, not acted on. */
  { "hw_rescue_bus", MT_VALUE_ENUM, BUSES },
  { "hw_rescue_device", MT_VALUE_ENUM, "cdrom disk floppy fs lun" },
  { "hw_ipxe_boot", MT_VALUE_BOOLEAN, "" },
  { "hw_mem_encryption_model", MT_VALUE_ENUM, "amd-sev amd-sev-es amd-sev-snp" },
  { "hw_virtio_packed_ring", MT_VALUE_BOOLEAN, "" },
  { "hw_firmware_stateless", MT_VALUE_BOOLEAN, "" },
  { "hw_ephemeral_encryption", MT_VALUE_BOOLEAN, "" },
  { "hw_ephemeral_encryption_format", MT_VALUE_ENUM, "plain luks luksv2" },
  { "hw_ephemeral_encryption_secret_uuid", MT_VALUE_TEXT, "" },
  { "hw_cpu_policy", MT_VALUE_ENUM, "dedicated shared mixed" },
  { "hw_cpu_thread_policy", MT_VALUE_ENUM, "isolate prefer require" },
  { "hw_numa_nodes", MT_VALUE_INTEGER, "" },
  { "hw_pci_numa_affinity_policy", MT_VALUE_ENUM, "required legacy preferred socket" },
  { "hw_maxphysaddr_mode", MT_VALUE_ENUM, "emulate passthrough" },
  { "hw_maxphysaddr_bits", MT_VALUE_INTEGER, "" },
  { "hw_sound_model", MT_VALUE_ENUM, "sb16 es1370 pcspk ac97 ich6 ich9 usb ich7 virtio" },
  { "hw_usb_model", MT_VALUE_ENUM, "none nec-xhci qemu-xhci" },
  { "hw_redirected_usb_ports", MT_VALUE_INTEGER, "" },
  { "hw_vm_mode", MT_VALUE_FOLDED_ENUM, "hvm xen uml exe pv=xen hv=hvm baremetal=hvm" },
  { "hw_auto_disk_config", MT_VALUE_TEXT, "" },
  { "hw_device_id", MT_VALUE_INTEGER, "" },
  { "hw_disk_type", MT_VALUE_TEXT, "" },
  { "img_bdm_v2", MT_VALUE_BOOLEAN, "" },
  { "img_bittorrent", MT_VALUE_BOOLEAN, "" },
  { "img_cache_in_nova", MT_VALUE_BOOLEAN, "" },
  { "img_compression_level", MT_VALUE_INTEGER, "" },
  { "img_config_drive", MT_VALUE_ENUM, "mandatory optional" },
  { "img_hv_requested_version", MT_VALUE_TEXT, "" },
  { "img_hv_type", MT_VALUE_FOLDED_ENUM,
    "kvm qemu baremetal bhyve docker fake hyperv ironic kqemu lxc lxd openvz parallels phyp prsm "
    "test uml vbox vmware vz xen zvm powervm=phyp xapi=xen" },
  { "img_linked_clone", MT_VALUE_BOOLEAN, "" },
  { "img_owner_id", MT_VALUE_TEXT, "" },
  { "img_root_device_name", MT_VALUE_TEXT, "" },
  { "img_signature", MT_VALUE_TEXT, "" },
  { "img_signature_certificate_uuid", MT_VALUE_TEXT, "" },
  { "img_signature_hash_method", MT_VALUE_ENUM, "SHA-224 SHA-256 SHA-384 SHA-512" },
  { "img_signature_key_type", MT_VALUE_ENUM,
    "DSA ECC_SECT571K1 ECC_SECT409K1 ECC_SECT571R1 ECC_SECT409R1 ECC_SECP521R1 ECC_SECP384R1 "
    "RSA-PSS" },
  { "img_use_agent", MT_VALUE_BOOLEAN, "" },
  { "img_version", MT_VALUE_INTEGER, "" },
  { "os_admin_user", MT_VALUE_TEXT, "" },
  { "os_command_line", MT_VALUE_TEXT, "" },
  { "os_distro", MT_VALUE_TEXT, "" },
  { "os_require_quiesce", MT_VALUE_BOOLEAN, "" },
  { "os_skip_agent_inject_files_at_boot", MT_VALUE_BOOLEAN, "" },
  { "os_skip_agent_inject_ssh", MT_VALUE_BOOLEAN, "" },
};

const char *
mt_property_name (MtProperty property)
{
  return schema[property].name;
}

int
mt_schema_find (const char *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (schema); i++) {
    if (strcmp (schema[i].name, name) == 0)
      return (int)i;
  }
  return -1;
}

/* The word's spelling in libvirt, or NULL if it is none of them. */
static char *
find_word (const char *words, const char *value)
{
  gsize wanted = strlen (value);
  const char *word;

  for (word = words; *word != '\0'; word += strspn (word, " ")) {
    gsize all = strcspn (word, " "), length = strcspn (word, " =");

    if (length == wanted && memcmp (word, value, wanted) == 0)
      return length != all ? g_strndup (word + length + 1, all - length - 1) : g_strdup (value);
    word += all;
  }
  return NULL;
}

/* The words for a message, without what libvirt calls them. */
static char *
dup_allowed (const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autofree char *joined = NULL;
  gsize i;

  for (i = 0; list[i] != NULL; i++)
    list[i][strcspn (list[i], "=")] = '\0';
  joined = g_strjoinv (", ", list);
  return g_strconcat ("it takes one of: ", joined, NULL);
}

static gboolean
set_invalid (const MtSchema *row, const char *value, const char *allowed, GError **error)
{
  g_autofree char *shown = mt_shown (value);

  return mt_fail (error, MACHTYPE_ERROR_INVALID_PROPERTY, "%s %s cannot be '%s'; %s",
                  mt_schema_find (row->name) >= 0 ? "image property" : "extra spec", row->name,
                  shown, allowed);
}

static gboolean
check_word (const MtSchema *row, const char *value, char **checked, GError **error)
{
  g_autofree char *folded =
      row->kind == MT_VALUE_FOLDED_ENUM ? g_ascii_strdown (value, -1) : g_strdup (value);
  g_autofree char *allowed = NULL;

  *checked = find_word (row->words, folded);
  if (*checked != NULL)
    return TRUE;
  allowed = dup_allowed (row->words);
  return set_invalid (row, value, allowed, error);
}

static gboolean
check_arch (const MtSchema *row, const char *value, MachtypeArch *arch, GError **error)
{
  *arch = mt_arch_find (value, strlen (value));
  if (*arch != MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  return set_invalid (
      row, value, "it takes an architecture, as x86_64, aarch64, s390x, ppc64le, mipsel", error);
}

static gboolean
check_machine (const MtSchema *row, const char *value, GError **error)
{
  MtName parsed;

  if (mt_name_parse (value, strlen (value), MACHTYPE_ARCH_UNKNOWN, &parsed))
    return TRUE;
  return set_invalid (row, value, "it takes a machine type, as q35 or pc-q35-5.2", error);
}

/* Nova takes every other word for false, and turns off what was to be turned on. */
static gboolean
check_boolean (const MtSchema *row, const char *value, char **checked, GError **error)
{
  static const char words[] =
      "1=yes t=yes true=yes on=yes y=yes yes 0=no f=no false=no off=no n=no no";
  g_autofree char *folded = g_strstrip (g_ascii_strdown (value, -1));

  *checked = find_word (words, folded);
  return *checked != NULL || set_invalid (row, value, "it takes yes or no", error);
}

/* As Python's int () does, which Nova uses: blanks around, a sign. */
static gboolean
check_integer (const MtSchema *row, const char *value, gint64 least, char **checked, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (value));
  gint64 number;

  if (!g_ascii_string_to_signed (stripped, 10, least, G_MAXINT, &number, NULL))
    return set_invalid (row, value,
                        least < 0    ? "it takes a whole number"
                        : least == 0 ? "it takes a whole number, 0 or more"
                                     : "it takes a whole number, 1 or more",
                        error);
  *checked = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  return TRUE;
}

gboolean
mt_schema_check_row (const MtSchema *row, const char *value, char **checked, MachtypeArch *arch,
                     GError **error)
{
  switch (row->kind) {
  case MT_VALUE_ARCH:
    if (!check_arch (row, value, arch, error))
      return FALSE;
    break;
  case MT_VALUE_MACHINE:
    if (!check_machine (row, value, error))
      return FALSE;
    break;
  case MT_VALUE_BOOLEAN:
    return check_boolean (row, value, checked, error);
  case MT_VALUE_INTEGER:
    return check_integer (row, value, G_MININT, checked, error);
  case MT_VALUE_UNSIGNED:
    return check_integer (row, value, 0, checked, error);
  case MT_VALUE_POSITIVE:
    return check_integer (row, value, 1, checked, error);
  case MT_VALUE_TEXT:
    break;
  default:
    return check_word (row, value, checked, error);
  }
  *checked = g_strdup (value);
  return TRUE;
}

gboolean
mt_schema_check (int row, const char *value, char **checked, MachtypeArch *arch, GError **error)
{
  return mt_schema_check_row (&schema[row], value, checked, arch, error);
}

gboolean
mt_property_check (const char *name, const char *value, GError **error)
{
  g_autofree char *checked = NULL;
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  int row = mt_schema_find (name);

  return row < 0 || mt_schema_check_row (&schema[row], value, &checked, &arch, error);
}

/**
 * machtype_image_property_is_known:
 * @name: name of an image property; must not be %NULL
 *
 * Tells whether Nova has an image property of this name. Traits (`trait:...`) count. Thread-safe.
 *
 * Source: nova/objects/image_meta.py.
 *
 * Returns: %TRUE if it has
 * Since: 1.0
 */
gboolean
machtype_image_property_is_known (const char *name)
{
  g_return_val_if_fail (name != NULL, FALSE);
  return mt_schema_find (name) >= 0 || g_str_has_prefix (name, "trait:");
}
