/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which properties a machine and a host do not support, and the table behind it. */

#include "test.h"

#include <string.h>

#include "compat/compat-private.h"

#define HOST "x86_64.xml"

typedef struct {
  const char *properties;
  MachtypeArch arch;
  const char *machine;
  const char *domain_capabilities; /* with HOST; NULL: no host */
  const char *codes;
  const char *subject; /* of the first; NULL: there is no finding */
  MachtypeAuthority authority;
  const char *words; /* in the first one's message and remedy */
} CheckRow;

#define X86 MACHTYPE_ARCH_X86_64
#define ARM MACHTYPE_ARCH_AARCH64
#define ARM32 MACHTYPE_ARCH_ARMV7L
#define IBM_Z MACHTYPE_ARCH_S390X
#define DEFINE MACHTYPE_AUTHORITY_LIBVIRT_DEFINE
#define QEMU MACHTYPE_AUTHORITY_QEMU
#define GUEST MACHTYPE_AUTHORITY_GUEST
#define OURS MACHTYPE_AUTHORITY_LIBMACHTYPE
#define LISTED MACHTYPE_AUTHORITY_DOMAIN_CAPABILITIES
#define NO_AUTHORITY MACHTYPE_AUTHORITY_NONE

#define UEFI_SEV "hw_firmware_type=uefi hw_mem_encryption=yes "
#define TDX "hw_firmware_stateless=yes hw_mem_encryption_model=intel-tdx hw_video_model=none"

static const CheckRow checks[] = {
  { "hw_disk_bus=virtio hw_qemu_guest_agent=yes", X86, "pc-q35-7.2", NULL, "", NULL, NO_AUTHORITY,
    NULL },
  { "hw_disk_bus=ide", X86, "pc-i440fx-7.2", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_disk_bus=ide", X86, "pc-q35-7.2", NULL, "disk-bus-ide", "hw_disk_bus", DEFINE,
    "hw_disk_bus=ide x86_64 pc-q35-7.2 define virtio, scsi, sata, usb" },
  { "hw_disk_bus=ide", X86, "q35", NULL, "disk-bus-ide", "hw_disk_bus", DEFINE, "q35" },
  { "hw_floppy_bus=fdc", ARM, "virt-7.2", NULL, "floppy-bus-fdc", "hw_floppy_bus", QEMU,
    "aarch64 virt-7.2 not start floppy" },
  { "hw_cdrom_bus=usb", X86, "q35", NULL, "cdrom-bus-usb", "hw_cdrom_bus", GUEST, "hard disk" },
  { "hw_vif_model=igb", X86, "q35", NULL, "vif-model-igb", "hw_vif_model", QEMU,
    "QEMU 8.0 libvirt 9.3 name host" },
  { "hw_vif_model=igb", X86, "pc-q35-7.2", NULL, "vif-model-igb", "hw_vif_model", QEMU,
    "QEMU 8.0" },
  { "hw_vif_model=igb", X86, "pc-q35-8.0", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_vif_model=igb", X86, "pc-q35-8.0", "domcaps-q35.xml", "", NULL, NO_AUTHORITY, NULL },
  { "hw_vif_model=igb", X86, "pc-q35-7.2", "domcaps-q35.xml", "vif-model-igb", "hw_vif_model", QEMU,
    "QEMU 8.0 host has QEMU 7.2 virtio" },
  { "hw_vif_model=igb", X86, "pc-i440fx-8.0", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_sound_model=virtio", X86, "pc-q35-8.1", NULL, "sound-model-virtio", "hw_sound_model", QEMU,
    "QEMU 8.2 libvirt 10.4" },
  { "hw:sound_model=virtio", X86, "pc-q35-8.2", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_sound_model=pcspk", X86, "q35", NULL, "sound-model-pcspk", "hw_sound_model", QEMU,
    "libvirt 9.6 name host newer QEMU" },
  { "hw_sound_model=pcspk", X86, "pc-q35-8.0", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_sound_model=pcspk", ARM, "virt", NULL, "sound-model-pcspk", "hw_sound_model", QEMU,
    "aarch64 not start ich9, ich6" },
  { "hw_usb_model=nec-xhci", IBM_Z, "s390-ccw-virtio", NULL, "usb-controller-nec-xhci",
    "hw_usb_model", QEMU, "nec-xhci" },
  { "hw_usb_model=none", IBM_Z, "s390-ccw-virtio", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_redirected_usb_ports=1", IBM_Z, "s390-ccw-virtio", NULL, "usb-unavailable",
    "hw_redirected_usb_ports", DEFINE, "s390x remove" },
  { "hw_redirected_usb_ports=0", IBM_Z, "s390-ccw-virtio", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_maxphysaddr_mode=passthrough", X86, "q35", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw:maxphysaddr_mode=passthrough", ARM, "virt", NULL, "maxphysaddr", "hw:maxphysaddr_mode",
    DEFINE, "aarch64 virt remove" },
  { UEFI_SEV "hw_mem_encryption_model=amd-sev-es", X86, "pc-q35-7.2", NULL, "memory-encryption",
    "hw_mem_encryption_model", QEMU, "QEMU 8.0" },
  { UEFI_SEV "hw:mem_encryption_model=amd-sev-es", X86, "pc-q35-8.0", NULL, "", NULL, NO_AUTHORITY,
    NULL },
  { UEFI_SEV "hw_mem_encryption_model=amd-sev", X86, "pc-q35-7.2", NULL, "", NULL, NO_AUTHORITY,
    NULL },
  { UEFI_SEV "hw_firmware_stateless=yes hw_mem_encryption_model=amd-sev-snp", X86, "pc-q35-9.0",
    NULL, "memory-encryption", "hw_mem_encryption_model", QEMU, "QEMU 9.1 libvirt 10.5" },
  { UEFI_SEV "hw_firmware_stateless=yes hw_mem_encryption_model=amd-sev-snp", X86, "pc-q35-9.1",
    NULL, "", NULL, NO_AUTHORITY, NULL },
  { UEFI_SEV TDX, X86, "pc-q35-10.0", NULL, "memory-encryption", "hw_mem_encryption_model", QEMU,
    "intel-tdx QEMU 10.1 libvirt 11.6" },
  { UEFI_SEV TDX, X86, "pc-q35-10.1", NULL, "", NULL, NO_AUTHORITY, NULL },
  { UEFI_SEV TDX, X86, "pc-q35-10.1", "domcaps-q35-tdx.xml", "", NULL, NO_AUTHORITY, NULL },
  { UEFI_SEV "hw_mem_encryption_model=amd-sev", X86, "pc-q35-10.1", "domcaps-q35-tdx.xml",
    "memory-encryption", "hw_mem_encryption", LISTED, "host does not support" },
  { UEFI_SEV TDX, X86, "pc-q35-7.2", "domcaps-q35-secure.xml", "memory-encryption",
    "hw_mem_encryption", LISTED, "host does not support" },
  { UEFI_SEV "hw_mem_encryption_model=amd-sev-snp", X86, "q35", NULL, "contradiction", NULL, OURS,
    "StatelessFirmwareRequired hw_firmware_stateless=yes" },
  { "hw_mem_encryption_model=amd-sev-snp", X86, "q35", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_vif_model=netfront", X86, "q35", NULL, "vif-model-netfront", "hw_vif_model", OURS,
    "netfront virtio, e1000" },
  { "hw_watchdog_action=reset", IBM_Z, "s390-ccw-virtio", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw:watchdog_action=reset", X86, "microvm", NULL, "watchdog-model-i6300esb",
    "hw:watchdog_action", DEFINE, "extra spec hw:watchdog_action=reset microvm" },
  { "hw_tpm_version=2.0", IBM_Z, "s390-ccw-virtio-7.2", NULL, "tpm-model-tpm-tis tpm-version-2.0",
    "hw_tpm_version", DEFINE, "s390x TPM remove" },
  { "hw_input_bus=usb hw_video_model=vga", IBM_Z, "s390-ccw-virtio", NULL,
    "video-model-vga input-bus-usb", "hw_video_model", DEFINE, "virtio, none" },
  { "os_secure_boot=required hw_firmware_type=uefi", X86, "pc", NULL, "firmware-secure-boot",
    "os_secure_boot", DEFINE, "System Management Mode" },
  { "os_secure_boot=required", ARM, "virt", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "os_secure_boot=required hw_firmware_type=uefi", ARM32, "virt", NULL, "firmware-secure-boot",
    "os_secure_boot", DEFINE, "System Management Mode" },
  { "os_secure_boot=required", X86, "q35", NULL, "secure-boot-without-uefi", "os_secure_boot", OURS,
    "SecureBootNotSupported hw_firmware_type=uefi" },
  { "hw_tpm_version=2.0 hw_tpm_model=tpm-tis", X86, "isapc", "domcaps-isapc.xml",
    "tpm-model-tpm-tis", "hw_tpm_model", LISTED, "tpm-tis isapc remove hw_tpm_model" },
  { "hw_numa_nodes=2", X86, "q35", NULL, "not-generated", "hw_numa_nodes", OURS, "NUMA" },
  { "hw_serial_port_count=2", IBM_Z, "s390-ccw-virtio", NULL, "serial-port-count",
    "hw_serial_port_count", QEMU, "one" },

  /* What a flavor would have to permit may only be unknown. */
  { "hw_locked_memory=yes hw_mem_page_size=large hw_video_ram=64", X86, "q35", NULL, "", NULL,
    NO_AUTHORITY, NULL },

  /* The host. */
  { "hw_video_model=qxl", X86, "pc-q35-7.2", "domcaps-q35.xml", "video-model-qxl", "hw_video_model",
    LISTED, "qxl domain capabilities virtio" },
  { "hw_video_model=qxl", X86, "pc-q35-7.2", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "hw_tpm_version=2.0", X86, "pc-q35-7.2", "domcaps-q35.xml", "tpm-model-tpm-tis",
    "hw_tpm_version", LISTED, "swtpm" },
  { "", ARM, "virt-7.2", "domcaps-virt.xml", "firmware-efi", NULL, LISTED,
    "default efi aarch64 qemu-efi-aarch64" },
  { "hw_firmware_type=bios", ARM, "virt-7.2", "domcaps-virt.xml", "", NULL, NO_AUTHORITY, NULL },
  { "hw_disk_bus=ide", X86, "pc-q35-7.2", "domcaps-q35.xml", "disk-bus-ide", "hw_disk_bus", DEFINE,
    "and the host's domain capabilities do not list it" },

  /* The guest does not have what is only a default. */
  { "?hw_disk_bus=ide", X86, "pc-q35-7.2", "domcaps-q35.xml", "", NULL, NO_AUTHORITY, NULL },
  { "?hw_video_model=qxl", X86, "pc-q35-7.2", "domcaps-q35.xml", "", NULL, NO_AUTHORITY, NULL },
  { "?hw_numa_nodes=2", X86, "q35", NULL, "", NULL, NO_AUTHORITY, NULL },
  { "?hw_cdrom_bus=ide hw_disk_bus=ide", X86, "q35", NULL, "disk-bus-ide", "hw_disk_bus", DEFINE,
    "hw_disk_bus=ide" },

  /* Nothing is known about it. */
  { "hw_disk_bus=ide", ARM, "raspi3b", NULL, "machine-unknown", NULL, NO_AUTHORITY,
    "aarch64 raspi3b" },
};

static void
test_check (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (checks); i++) {
    const CheckRow *row = &checks[i];
    g_autoptr (MachtypeProperties) properties = *row->properties != '\0'
                                                    ? test_make_properties (row->properties)
                                                    : test_make_properties ("img_version=1");
    g_autoptr (MachtypeHost) host = NULL;
    g_autofree char *codes = NULL, *told = NULL;
    const MachtypeFinding *first;
    GPtrArray *findings;
    GError *error = NULL;

    ROW ("%s, %s %s", row->properties, machtype_arch_to_string (row->arch), row->machine);
    if (row->domain_capabilities != NULL)
      host = test_read_host (HOST, row->domain_capabilities);
    findings = machtype_compat_check (properties, row->arch, NULL, row->machine, host);
    if (findings->len != 0) {
      first = findings->pdata[0];
      g_assert_cmpstr (machtype_finding_get_subject (first), ==, row->subject);
      g_assert_cmpint (machtype_finding_get_authority (first), ==, row->authority);
      g_assert_cmpint (machtype_finding_get_source (first) != NULL, ==,
                       row->authority != NO_AUTHORITY);
      told = g_strconcat (machtype_finding_get_message (first), "; ",
                          machtype_finding_get_remedy (first), NULL);
      error = g_error_new_literal (MACHTYPE_ERROR, 0, told);
      test_assert_error (&error, 0, row->words);
    }
    codes = test_join_codes (findings);
    g_assert_cmpstr (codes, ==, row->codes);
  }
}

/* Domain capabilities list what the emulator does not have: the message says that they disagree. */
static void
test_disagree (void)
{
  g_autoptr (MachtypeProperties) properties =
      test_make_properties ("hw_floppy_bus=fdc hw_firmware_type=bios");
  g_autoptr (MachtypeHost) host = test_read_host (HOST, "domcaps-virt.xml");
  g_autoptr (GPtrArray) findings = machtype_compat_check (properties, ARM, NULL, "virt-7.2", host);

  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpstr (machtype_finding_get_code (findings->pdata[0]), ==, "floppy-bus-fdc");
  g_assert_nonnull (strstr (machtype_finding_get_message (findings->pdata[0]),
                            "although the host's domain capabilities list it"));
}

/* Then nothing else is reported; and it is reported whatever was before. */
static void
test_contradiction (void)
{
  static const struct {
    const char *properties, *words;
  } rows[] = {
    { "hw_pmu=yes hw:pmu=no hw_disk_bus=ide", "FlavorImageConflict" },
    { "hw_vif_multiqueue_enabled=yes hw:vif_multiqueue_enabled=no", "FlavorImageConflict" },
    { "hw_serial_port_count=9", "SerialPortNumberLimitExceeded" },
    { "hw:cpu_realtime=yes hw:cpu_realtime_mask=abc", "RealtimeMaskNotFoundOrInvalid" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) properties = test_make_properties (rows[i].properties);
    GPtrArray *findings = machtype_compat_check (properties, X86, NULL, "q35", NULL);
    g_autofree char *codes = NULL, *broken = NULL;

    ROW ("%s", rows[i].properties);
    g_assert_nonnull (strstr (machtype_finding_get_message (findings->pdata[0]), rows[i].words));
    codes = test_join_codes (findings);
    g_assert_cmpstr (codes, ==, "contradiction");
    broken =
        test_join_codes (machtype_compat_compare (properties, X86, NULL, "q35", NULL, "q35", NULL));
    g_assert_cmpstr (broken, ==, "contradiction");
  }
}

/* Only what would break, not what never worked. */
static void
test_compare (void)
{
  static const struct {
    const char *properties;
    const char *old_machine, *old_capabilities, *new_machine, *new_capabilities;
    const char *codes;
  } rows[] = {
    { "hw_disk_bus=ide hw_vif_model=netfront", "pc-i440fx-7.2", NULL, "pc-q35-7.2", NULL,
      "disk-bus-ide" },
    { "hw_disk_bus=ide", "pc-q35-6.2", NULL, "pc-q35-7.2", NULL, "" },
    { "hw_disk_bus=ide", NULL, NULL, "pc-q35-7.2", NULL, "disk-bus-ide" },
    { "hw_disk_bus=virtio", "pc-i440fx-7.2", NULL, "pc-q35-7.2", NULL, "" },
    { "?hw_disk_bus=ide", "pc-i440fx-7.2", NULL, "pc-q35-7.2", NULL, "" },
    { "?hw_disk_bus=ide", NULL, NULL, "pc-q35-7.2", NULL, "" },
    { "hw_video_model=qxl", "pc-q35-7.2", NULL, "pc-q35-7.2", "domcaps-q35.xml",
      "video-model-qxl" },
    { "hw_video_model=xen", "pc-q35-7.2", NULL, "pc-q35-7.2", "domcaps-q35.xml", "" },
    { "hw_video_model=qxl", "pc-q35-7.2", "domcaps-q35.xml", "pc-q35-7.2", "domcaps-q35.xml", "" },
    { "hw_viommu_model=intel os_secure_boot=required hw_firmware_type=uefi", "pc-q35-7.2", NULL,
      "pc-i440fx-7.2", NULL, "firmware-secure-boot iommu-model-intel" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) properties = test_make_properties (rows[i].properties);
    g_autoptr (MachtypeHost) old_host = NULL, new_host = NULL;
    g_autofree char *codes = NULL;
    GPtrArray *broken;

    ROW ("%s: %s to %s", rows[i].properties, rows[i].old_machine, rows[i].new_machine);
    if (rows[i].old_capabilities != NULL)
      old_host = test_read_host (HOST, rows[i].old_capabilities);
    if (rows[i].new_capabilities != NULL)
      new_host = test_read_host (HOST, rows[i].new_capabilities);
    broken = machtype_compat_compare (properties, X86, NULL, rows[i].old_machine, old_host,
                                      rows[i].new_machine, new_host);
    codes = test_join_codes (broken);
    g_assert_cmpstr (codes, ==, rows[i].codes);
  }
}

/* A vendor's type of the family of the alias that stands for it on the host: on either host, if
 * only one is known. */
static void
test_vendor (void)
{
  static const struct {
    const char *machine;
    gboolean old_host, new_host;
    const char *checked, *broken; /* with hw_disk_bus=ide, from pc to the machine */
  } rows[] = {
    { "box-3", FALSE, TRUE, "disk-bus-ide", "disk-bus-ide" },
    { "box-3", TRUE, FALSE, "machine-unknown", "disk-bus-ide" },
    { "pc-i440fx-house-2.1", TRUE, TRUE, "", "" },
    { "box-3", FALSE, FALSE, "machine-unknown", "machine-unknown" },
  };
  g_autoptr (MachtypeProperties) properties = test_make_properties ("hw_disk_bus=ide");
  g_autoptr (MachtypeHost) host = test_read_host ("vendor.xml", NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    MachtypeHost *old_host = rows[i].old_host ? host : NULL;
    MachtypeHost *new_host = rows[i].new_host ? host : NULL;
    g_autofree char *checked =
        test_join_codes (machtype_compat_check (properties, X86, NULL, rows[i].machine, new_host));
    g_autofree char *broken = test_join_codes (
        machtype_compat_compare (properties, X86, NULL, "pc", old_host, rows[i].machine, new_host));
    g_autofree char *same = test_join_codes (machtype_compat_compare (
        properties, X86, NULL, rows[i].machine, old_host, rows[i].machine, new_host));

    ROW ("%s, %d, %d", rows[i].machine, rows[i].old_host, rows[i].new_host);
    g_assert_cmpstr (checked, ==, rows[i].checked);
    g_assert_cmpstr (broken, ==, rows[i].broken);
    g_assert_cmpstr (same, ==, "");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compat/check", test_check);
  g_test_add_func ("/compat/disagree", test_disagree);
  g_test_add_func ("/compat/contradiction", test_contradiction);
  g_test_add_func ("/compat/compare", test_compare);
  g_test_add_func ("/compat/vendor", test_vendor);
  return g_test_run ();
}
