/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which image properties there are, and what values they take. */

#include "properties/properties-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "name/name-private.h"

typedef enum {
  KIND_ARCH,
  KIND_MACHINE,
  KIND_ENUM,
  KIND_FOLDED_ENUM,
  KIND_BOOLEAN,
  KIND_INTEGER,
  KIND_TEXT
} Kind;

/* Sources: nova/objects/image_meta.py and nova/objects/fields.py (names and values). A word that
 * libvirt spells another way stands as "word=libvirt". Folded: Nova lower-cases these values. */
typedef struct {
  char name[40];
  guint8 kind;
  char words[256]; /* separated by blanks */
} Schema;

#define BUSES "virtio scsi ide sata usb fdc xen lxc uml"

static const Schema schema[] = {
  [MT_PROPERTY_ARCHITECTURE] = { "hw_architecture", KIND_ARCH, "" },
  [MT_PROPERTY_EMULATION_ARCHITECTURE] = { "hw_emulation_architecture", KIND_ARCH, "" },
  [MT_PROPERTY_MACHINE_TYPE] = { "hw_machine_type", KIND_MACHINE, "" },
  [MT_PROPERTY_FIRMWARE_TYPE] = { "hw_firmware_type", KIND_ENUM, "uefi bios" },
  [MT_PROPERTY_DISK_BUS] = { "hw_disk_bus", KIND_ENUM, BUSES },
  [MT_PROPERTY_CDROM_BUS] = { "hw_cdrom_bus", KIND_ENUM, BUSES },
  [MT_PROPERTY_SCSI_MODEL] = { "hw_scsi_model", KIND_FOLDED_ENUM,
                               "virtio-scsi buslogic ibmvscsi lsilogic lsisas1068 lsisas1078 "
                               "vmpvscsi lsilogicsas=lsisas1068 paravirtual=vmpvscsi" },
  [MT_PROPERTY_VIDEO_MODEL] = { "hw_video_model", KIND_ENUM,
                                "virtio vga cirrus bochs qxl vmvga xen gop none" },
  [MT_PROPERTY_VIF_MODEL] = { "hw_vif_model", KIND_FOLDED_ENUM,
                              "virtio e1000 e1000e igb rtl8139 pcnet ne2k_pci spapr-vlan lan9118 "
                              "netfront sriov vmxnet vmxnet3 virtuale1000=e1000 "
                              "virtuale1000e=e1000e virtualpcnet32=pcnet "
                              "virtualsriovethernetcard=sriov virtualvmxnet=vmxnet "
                              "virtualvmxnet3=vmxnet3" },
  [MT_PROPERTY_INPUT_BUS] = { "hw_input_bus", KIND_ENUM, "usb virtio" },
  [MT_PROPERTY_POINTER_MODEL] = { "hw_pointer_model", KIND_ENUM, "usbtablet" },

  /* Checked and kept, not acted on. */
  { "hw_floppy_bus", KIND_ENUM, BUSES },
  { "hw_rescue_bus", KIND_ENUM, BUSES },
  { "hw_rescue_device", KIND_ENUM, "cdrom disk floppy fs lun" },
  { "hw_video_ram", KIND_INTEGER, "" },
  { "hw_qemu_guest_agent", KIND_BOOLEAN, "" },
  { "hw_boot_menu", KIND_BOOLEAN, "" },
  { "hw_time_hpet", KIND_BOOLEAN, "" },
  { "hw_ipxe_boot", KIND_BOOLEAN, "" },
  { "hw_pmu", KIND_BOOLEAN, "" },
  { "hw_locked_memory", KIND_BOOLEAN, "" },
  { "hw_mem_encryption", KIND_BOOLEAN, "" },
  { "hw_mem_encryption_model", KIND_ENUM, "amd-sev amd-sev-es amd-sev-snp" },
  { "hw_vif_multiqueue_enabled", KIND_BOOLEAN, "" },
  { "hw_virtio_packed_ring", KIND_BOOLEAN, "" },
  { "hw_firmware_stateless", KIND_BOOLEAN, "" },
  { "hw_ephemeral_encryption", KIND_BOOLEAN, "" },
  { "hw_ephemeral_encryption_format", KIND_ENUM, "plain luks luksv2" },
  { "hw_ephemeral_encryption_secret_uuid", KIND_TEXT, "" },
  { "hw_watchdog_action", KIND_ENUM, "none pause poweroff reset disabled" },
  { "hw_rng_model", KIND_ENUM, "virtio" },
  { "hw_serial_port_count", KIND_INTEGER, "" },
  { "hw_cpu_sockets", KIND_INTEGER, "" },
  { "hw_cpu_cores", KIND_INTEGER, "" },
  { "hw_cpu_threads", KIND_INTEGER, "" },
  { "hw_cpu_max_sockets", KIND_INTEGER, "" },
  { "hw_cpu_max_cores", KIND_INTEGER, "" },
  { "hw_cpu_max_threads", KIND_INTEGER, "" },
  { "hw_cpu_policy", KIND_ENUM, "dedicated shared mixed" },
  { "hw_cpu_thread_policy", KIND_ENUM, "isolate prefer require" },
  { "hw_cpu_realtime_mask", KIND_TEXT, "" },
  { "hw_mem_page_size", KIND_TEXT, "" },
  { "hw_numa_nodes", KIND_INTEGER, "" },
  { "hw_pci_numa_affinity_policy", KIND_ENUM, "required legacy preferred socket" },
  { "hw_viommu_model", KIND_ENUM, "intel smmuv3 virtio auto" },
  { "hw_tpm_model", KIND_ENUM, "tpm-tis tpm-crb" },
  { "hw_tpm_version", KIND_ENUM, "1.2 2.0" },
  { "hw_maxphysaddr_mode", KIND_ENUM, "emulate passthrough" },
  { "hw_maxphysaddr_bits", KIND_INTEGER, "" },
  { "hw_sound_model", KIND_ENUM, "sb16 es1370 pcspk ac97 ich6 ich9 usb ich7 virtio" },
  { "hw_usb_model", KIND_ENUM, "none nec-xhci qemu-xhci" },
  { "hw_redirected_usb_ports", KIND_INTEGER, "" },
  { "hw_vm_mode", KIND_FOLDED_ENUM, "hvm xen uml exe pv=xen hv=hvm baremetal=hvm" },
  { "hw_auto_disk_config", KIND_TEXT, "" },
  { "hw_device_id", KIND_INTEGER, "" },
  { "hw_disk_type", KIND_TEXT, "" },
  { "img_bdm_v2", KIND_BOOLEAN, "" },
  { "img_bittorrent", KIND_BOOLEAN, "" },
  { "img_cache_in_nova", KIND_BOOLEAN, "" },
  { "img_compression_level", KIND_INTEGER, "" },
  { "img_config_drive", KIND_ENUM, "mandatory optional" },
  { "img_hide_hypervisor_id", KIND_BOOLEAN, "" },
  { "img_hv_requested_version", KIND_TEXT, "" },
  { "img_hv_type", KIND_FOLDED_ENUM,
    "kvm qemu baremetal bhyve docker fake hyperv ironic kqemu lxc lxd openvz parallels phyp prsm "
    "test uml vbox vmware vz xen zvm powervm=phyp xapi=xen" },
  { "img_linked_clone", KIND_BOOLEAN, "" },
  { "img_owner_id", KIND_TEXT, "" },
  { "img_root_device_name", KIND_TEXT, "" },
  { "img_signature", KIND_TEXT, "" },
  { "img_signature_certificate_uuid", KIND_TEXT, "" },
  { "img_signature_hash_method", KIND_ENUM, "SHA-224 SHA-256 SHA-384 SHA-512" },
  { "img_signature_key_type", KIND_ENUM,
    "DSA ECC_SECT571K1 ECC_SECT409K1 ECC_SECT571R1 ECC_SECT409R1 ECC_SECP521R1 ECC_SECP384R1 "
    "RSA-PSS" },
  { "img_use_agent", KIND_BOOLEAN, "" },
  { "img_version", KIND_INTEGER, "" },
  { "os_admin_user", KIND_TEXT, "" },
  { "os_command_line", KIND_TEXT, "" },
  { "os_distro", KIND_TEXT, "" },
  { "os_require_quiesce", KIND_BOOLEAN, "" },
  { "os_secure_boot", KIND_ENUM, "required disabled optional" },
  { "os_skip_agent_inject_files_at_boot", KIND_BOOLEAN, "" },
  { "os_skip_agent_inject_ssh", KIND_BOOLEAN, "" },
  { "os_type", KIND_FOLDED_ENUM, "linux windows" },
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
set_invalid (const Schema *row, const char *value, const char *allowed, GError **error)
{
  g_autofree char *shown = mt_shown (value);

  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_PROPERTY,
               "image property %s cannot be '%s'; %s", row->name, shown, allowed);
  return FALSE;
}

static gboolean
check_word (const Schema *row, const char *value, char **checked, GError **error)
{
  g_autofree char *folded =
      row->kind == KIND_FOLDED_ENUM ? g_ascii_strdown (value, -1) : g_strdup (value);
  g_autofree char *allowed = NULL;

  *checked = find_word (row->words, folded);
  if (*checked != NULL)
    return TRUE;
  allowed = dup_allowed (row->words);
  return set_invalid (row, value, allowed, error);
}

static gboolean
check_arch (const Schema *row, const char *value, MachtypeArch *arch, GError **error)
{
  *arch = mt_arch_find (value, strlen (value));
  if (*arch != MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  return set_invalid (
      row, value, "it takes an architecture, as x86_64, aarch64, s390x, ppc64le, mipsel", error);
}

static gboolean
check_machine (const Schema *row, const char *value, GError **error)
{
  MtName parsed;

  if (mt_name_parse (value, strlen (value), MACHTYPE_ARCH_UNKNOWN, &parsed))
    return TRUE;
  return set_invalid (row, value, "it takes a machine type, as q35 or pc-q35-5.2", error);
}

/* Nova takes every other word for false, and turns off what was to be turned on. */
static gboolean
check_boolean (const Schema *row, const char *value, GError **error)
{
  static const char words[] = "1 t true on y yes 0 f false off n no";
  g_autofree char *folded = g_strstrip (g_ascii_strdown (value, -1));
  g_autofree char *word = find_word (words, folded);

  return word != NULL || set_invalid (row, value, "it takes yes or no", error);
}

/* As Python's int () does, which Nova uses: blanks around, a sign. */
static gboolean
check_integer (const Schema *row, const char *value, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (value));

  return g_ascii_string_to_signed (stripped, 10, G_MININT, G_MAXINT, NULL, NULL) ||
         set_invalid (row, value, "it takes a whole number", error);
}

static gboolean
check_value (const Schema *row, const char *value, char **checked, MachtypeArch *arch,
             GError **error)
{
  switch (row->kind) {
  case KIND_ARCH:
    if (!check_arch (row, value, arch, error))
      return FALSE;
    break;
  case KIND_MACHINE:
    if (!check_machine (row, value, error))
      return FALSE;
    break;
  case KIND_BOOLEAN:
    if (!check_boolean (row, value, error))
      return FALSE;
    break;
  case KIND_INTEGER:
    if (!check_integer (row, value, error))
      return FALSE;
    break;
  case KIND_TEXT:
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
  return check_value (&schema[row], value, checked, arch, error);
}

gboolean
mt_property_check (const char *name, const char *value, GError **error)
{
  g_autofree char *checked = NULL;
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  int row = mt_schema_find (name);

  return row < 0 || check_value (&schema[row], value, &checked, &arch, error);
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
