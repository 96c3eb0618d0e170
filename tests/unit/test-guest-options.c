/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest has beyond its properties: consoles on TCP, a TPM's secret, a translation cache,
 * what SPICE needs; and what depends on the versions of the host. */

#include "test.h"

#include <string.h>

#define Q35 "hw_architecture=x86_64 hw_machine_type=pc-q35-7.2 "
#define KVM "hw_machine_type=pc-q35-7.2 "
#define ARM "hw_architecture=aarch64 "
#define IBM_Z "hw_architecture=s390x "
#define MIPS "hw_architecture=mipsel "
#define RISCV "hw_architecture=riscv64 "
#define UEFI "hw_firmware_type=uefi "

#define SECRET "6f1d4b5e-0000-4000-8000-000000000001"
#define HOST "x86_64.xml"

/* Most rows set few fields. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

typedef struct {
  const char *properties;
  const char *path, *expected; /* words of the error, if path is NULL */
  const char *host;            /* NULL: none */
  guint64 qemu, libvirt;       /* the host's versions; 0: unknown */
  const char *tcp;             /* ports, separated by blanks */
  const char *log;
  guint tb_cache;
  gboolean spice;
  const char *secret;
} OptionRow;

#define SPICE .spice = TRUE
#define VERSIONS(QEMU, LIBVIRT) .host = HOST, .qemu = QEMU, .libvirt = LIBVIRT

static const OptionRow rows[] = {
  /* Serial ports on TCP. */
  { Q35, "//serial/@type", "tcp", .tcp = "4555" },
  { Q35, "//serial/source/@*", "bind\n::1\n4555", .tcp = "4555" },
  { Q35, "count(//serial/log)", "0", .tcp = "4555" },
  { Q35, "//serial/log/@*", "/log\noff", .tcp = "4555", .log = "/log" },
  { Q35, "//serial/@type | //serial/source/@*", "file\n/log", .log = "/log" },
  { Q35 "hw_serial_port_count=3", "//serial/@type", "tcp\ntcp\npty", .tcp = "1 65535" },
  { Q35 "hw_serial_port_count=2", "//serial/source/@service | //serial/log/@append", "1\noff\n2",
    .tcp = "1 2", .log = "/log" },
  { Q35 "hw_serial_port_count=2", "//serial/target/@port", "0\n1", .tcp = "1 2" },
  { IBM_Z, "//console/@type | //console/target/@type", "tcp\nsclp", .tcp = "1" },
  { Q35, NULL, "1 serial port not 2 hw_serial_port_count", .tcp = "1 2" },
  { Q35 "hw:serial_port_count=2", NULL, "2 serial ports not 3", .tcp = "1 2 3" },

  /* The cache of translated code. */
  { Q35, "count(//tcg)", "0" },
  { Q35, "//features/tcg/tb-cache/@unit | //features/tcg/tb-cache", "64\nMiB", .tb_cache = 64 },
  { IBM_Z, "//features/tcg/tb-cache", "1", .tb_cache = 1 },
  { KVM, NULL, "emulated kvm", .host = HOST, .tb_cache = 64 },

  /* The TPM's secret. */
  { Q35 "hw_tpm_version=2.0", "count(//encryption)", "0" },
  { Q35 "hw_tpm_version=2.0", "//tpm/backend/encryption/@secret", SECRET, .secret = SECRET },
  { Q35 "hw_tpm_version=2.0 hw:tpm_secret_security=host", "//tpm/backend/@version", "2.0",
    .secret = SECRET },
  { Q35 "hw_tpm_version=2.0 hw:tpm_secret_security=deployment", NULL,
    "Invalid hw:tpm_secret_security=deployment secret" },
  { Q35 "hw:tpm_secret_security=user", "count(//tpm)", "0" },
  { Q35, NULL, "TPM hw_tpm_version", .secret = SECRET },
  { Q35 "hw_tpm_model=tpm-tis", NULL, "TPM hw_tpm_version", .secret = SECRET },

  /* SPICE: the channel of its agent, and USB ports. */
  { Q35, "count(//channel) + count(//controller[@type='virtio-serial'])", "0" },
  { Q35, "//channel/@type | //channel/target/@*", "spicevmc\nvirtio\ncom.redhat.spice.0", SPICE },
  { Q35, "count(//controller[@type='virtio-serial'])", "1", SPICE },
  { Q35 "hw_qemu_guest_agent=yes", "//channel/target/@name",
    "org.qemu.guest_agent.0\ncom.redhat.spice.0", SPICE },
  { Q35 "hw_qemu_guest_agent=yes", "count(//controller[@type='virtio-serial'])", "1", SPICE },
  { MIPS, "//controller[@type='virtio-serial']/address/@function", "0x7", SPICE },
  { Q35 "hw_redirected_usb_ports=2", "//redirdev/@bus | //redirdev/@type",
    "usb\nspicevmc\nusb\nspicevmc", SPICE },
  { Q35 "hw:redirected_usb_ports=15", "count(//redirdev)", "15", SPICE },
  { Q35 "hw_redirected_usb_ports=0 hw:redirected_usb_ports=3", "count(//redirdev)", "3", SPICE },
  { Q35 "hw_redirected_usb_ports=3 hw:redirected_usb_ports=0", "count(//redirdev)", "3", SPICE },
  { Q35 "hw_redirected_usb_ports=0", "count(//redirdev)", "0" },
  { Q35 "hw_redirected_usb_ports=1 hw_input_bus=virtio", "//controller[@type='usb']/@model",
    "qemu-xhci", SPICE },
  { Q35 "hw_redirected_usb_ports=1 hw_input_bus=virtio hw_usb_model=nec-xhci",
    "//controller[@type='usb']/@model", "nec-xhci", SPICE },
  { Q35 "hw_redirected_usb_ports=1", NULL, "hw_redirected_usb_ports=1 SPICE vnc" },
  { IBM_Z "hw_redirected_usb_ports=1", NULL, "hw_redirected_usb_ports=1 s390x", SPICE },

  /* Versions. */
  { KVM, "//memballoon/@freePageReporting", "on", .host = HOST },
  { KVM, "//memballoon/@freePageReporting", "on", VERSIONS (5001000, 6009000) },
  { KVM, "count(//memballoon/@freePageReporting) + count(//memballoon/@autodeflate)", "1",
    VERSIONS (5000999, 6009000) },
  { KVM "hw_vif_model=igb", "//iothreads", "1", VERSIONS (8000000, 9003000) },
  { KVM "hw_vif_model=igb", "//iothreads", "1", VERSIONS (8000000, 0) },
  { KVM "hw_vif_model=igb", NULL, "igb QEMU 8.0 libvirt 9.3 host QEMU 7.2 libvirt 10.0",
    VERSIONS (7002999, 10000000) },
  { KVM "hw_vif_model=igb", NULL, "igb libvirt 9.3 host QEMU 8.0 libvirt 9.2",
    VERSIONS (8000000, 9002999) },
  { KVM "hw_sound_model=virtio", "//sound/@model", "virtio", VERSIONS (8002000, 10004000) },
  { KVM "hw_sound_model=virtio", NULL, "virtio libvirt 10.4 possible ich9",
    VERSIONS (8002000, 10003999) },
  { KVM "hw_sound_model=pcspk", "//sound/@model", "pcspk", VERSIONS (7002000, 9006000) },
  { KVM "hw_sound_model=pcspk", NULL, "pcspk libvirt 9.6 host libvirt 9.5 possible ich9",
    VERSIONS (7002000, 9005999) },
  { IBM_Z "hw_usb_model=qemu-xhci", "//controller[@type='usb']/@model", "qemu-xhci",
    VERSIONS (8000000, 9003000) },
  { IBM_Z "hw_usb_model=qemu-xhci", NULL, "qemu-xhci s390x not start",
    VERSIONS (7002999, 9003000) },
  { RISCV "hw_tpm_version=2.0", "//tpm/@model", "tpm-tis", VERSIONS (8000000, 9003000) },
  { RISCV "hw_tpm_version=2.0", NULL, "hw_tpm_version riscv64 misbehaves QEMU before 8.0",
    VERSIONS (7002999, 9003000) },
  { Q35 "hw_cdrom_bus=usb", "//iothreads", "1", VERSIONS (7002000, 11005000) },
  { Q35 "hw_cdrom_bus=usb", NULL, "hw_cdrom_bus=usb misbehaves libvirt before 11.5",
    VERSIONS (7002000, 11004999) },
  { KVM "hw_virtio_packed_ring=yes", "//iothreads", "1", VERSIONS (4002000, 6003000) },
  { KVM "hw_virtio_packed_ring=yes", NULL, "hw_virtio_packed_ring QEMU 4.2",
    VERSIONS (4001999, 6003000) },
  { KVM "hw:virtio_packed_ring=yes", NULL, "hw:virtio_packed_ring libvirt 6.3",
    VERSIONS (4002000, 6002999) },
  { KVM "hw_virtio_packed_ring=no", "//iothreads", "1", VERSIONS (4001999, 6002999) },
  { KVM UEFI "hw_firmware_stateless=yes", "//loader/@stateless", "yes",
    VERSIONS (7002000, 8006000) },
  { KVM UEFI "hw_firmware_stateless=yes", NULL, "hw_firmware_stateless libvirt 8.6",
    VERSIONS (7002000, 8005999) },
  { KVM UEFI "hw_firmware_stateless=no", "//iothreads", "1", VERSIONS (7002000, 8005999) },
  /* Before 9.2, libvirt refuses an insecure loader that it is to choose. */
  { KVM UEFI "hw_firmware_stateless=yes", "count(//loader/@*)", "1", VERSIONS (7002000, 9001999) },
  { KVM UEFI "hw_firmware_stateless=yes", "//loader/@secure", "no", VERSIONS (7002000, 9002000) },
  { KVM UEFI "hw_firmware_stateless=yes", "//loader/@secure", "no", VERSIONS (7002000, 0) },
  /* Where firmware of confidential guests may be listed first, flash memory is asked for. */
  { KVM UEFI, "//loader/@type", "pflash", VERSIONS (10000000, 11003000) },
  { KVM UEFI "os_secure_boot=required", "//loader/@type", "pflash", VERSIONS (10000000, 11003000) },
  { KVM UEFI, "count(//loader)", "0", VERSIONS (10000000, 11002999) },
  { KVM UEFI, "count(//loader)", "0", VERSIONS (10000000, 0) },
  { Q35 UEFI, "count(//loader)", "0" },
  { KVM, "count(//loader)", "0", VERSIONS (10000000, 11003000) },
  { "hw_machine_type=pc-i440fx-7.2 " UEFI, "count(//loader)", "0", VERSIONS (10000000, 11003000) },
  { ARM UEFI, "count(//loader)", "0", VERSIONS (10000000, 11003000) },
  { KVM UEFI "hw_firmware_stateless=yes", "count(//loader/@type)", "0",
    VERSIONS (10000000, 11003000) },
  { KVM UEFI "hw_mem_encryption=yes", "count(//loader/@type)", "0", VERSIONS (10000000, 11003000) },
  { KVM "hw_maxphysaddr_mode=passthrough", "//maxphysaddr/@mode", "passthrough",
    VERSIONS (7002000, 8007000) },
  { KVM "hw_maxphysaddr_mode=passthrough", NULL, "hw_maxphysaddr_mode libvirt 8.7",
    VERSIONS (7002000, 8006999) },
};

static MachtypeHost *
make_host (const OptionRow *row)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *path = NULL, *xml = NULL;
  GError *error = NULL;

  if (row->host == NULL)
    return NULL;
  path = g_test_build_filename (G_TEST_DIST, "data", "hosts", row->host, NULL);
  g_file_get_contents (path, &xml, NULL, &error);
  g_assert_no_error (error);
  machtype_host_builder_set_capabilities (builder, xml, -1, &error);
  g_assert_no_error (error);
  machtype_host_builder_set_versions (builder, row->qemu, row->libvirt);
  return machtype_host_builder_end (builder);
}

static void
set_options (MachtypeGuestBuilder *builder, const OptionRow *row)
{
  g_auto (GStrv) ports = g_strsplit (row->tcp != NULL ? row->tcp : "", " ", -1);
  GError *error = NULL;
  char **port;

  for (port = ports; *port != NULL; port++) {
    machtype_guest_builder_add_tcp_console (builder, "::1", (guint)atoi (*port), &error);
    g_assert_no_error (error);
  }
  machtype_guest_builder_set_tb_cache (builder, row->tb_cache);
  machtype_guest_builder_set_console_log (builder, row->log, &error);
  g_assert_no_error (error);
  machtype_guest_builder_set_tpm_secret (builder, row->secret, &error);
  g_assert_no_error (error);
  machtype_guest_builder_set_graphics (
      builder, row->spice ? MACHTYPE_GRAPHICS_TYPE_SPICE : MACHTYPE_GRAPHICS_TYPE_VNC, NULL);
}

static void
test_options (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *stripped = g_strchomp (g_strdup (rows[i].properties)), *found = NULL;
    g_autoptr (MachtypeProperties) properties = test_make_properties (stripped);
    g_autoptr (MachtypeHost) host = make_host (&rows[i]);
    g_autoptr (MachtypeResolution) resolution = NULL;
    g_autoptr (MachtypeGuestBuilder) builder = NULL;
    g_autoptr (MachtypeGuest) guest = NULL;
    GError *error = NULL;

    ROW ("%s: %s", rows[i].properties, rows[i].expected);
    resolution = machtype_resolve (properties, NULL, host, NULL, &error);
    g_assert_no_error (error);
    builder = machtype_guest_builder_new (resolution, properties, host);
    set_options (builder, &rows[i]);
    guest = machtype_guest_builder_end (builder, &error);
    if (rows[i].path == NULL) {
      test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, rows[i].expected);
      continue;
    }
    g_assert_no_error (error);
    found = test_find_in_xml (machtype_guest_get_xml (guest), rows[i].path);
    g_assert_cmpstr (found, ==, rows[i].expected);
  }
}

/* The builder refuses what no guest can have, and is then unchanged. */
static void
test_bad_options (void)
{
  static const struct {
    const char *host;
    guint port;
    const char *words;
  } consoles[] = {
    { "", 1, "address port 65535" },
    { "::1", 0, "address port 65535" },
    { "::1", 65536, "address port 65535" },
    { "a\nb", 1, "serial console control" },
  };
  g_autoptr (MachtypeProperties) properties = test_make_properties ("hw_architecture=x86_64");
  g_autoptr (MachtypeResolution) resolution = machtype_resolve (properties, NULL, NULL, NULL, NULL);
  g_autoptr (MachtypeGuestBuilder) builder =
      machtype_guest_builder_new (resolution, properties, NULL);
  g_autoptr (MachtypeGuest) guest = NULL;
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (consoles); i++) {
    ROW ("%s, %u", consoles[i].host, consoles[i].port);
    g_assert_false (machtype_guest_builder_add_tcp_console (builder, consoles[i].host,
                                                            consoles[i].port, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, consoles[i].words);
  }
  g_assert_false (machtype_guest_builder_set_tpm_secret (builder, "secret", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "TPM secret UUID");
  guest = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (machtype_guest_get_xml (guest), "tcp"));
  for (i = 0; i < 3; i++)
    g_assert_true (machtype_guest_builder_add_tcp_console (builder, "::1", 1, NULL));
  g_assert_false (machtype_guest_builder_add_tcp_console (builder, "::1", 1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "3 serial ports");
}

/* What is requested, but depends on something that is not. */
static void
test_ignored (void)
{
  static const struct {
    const char *properties, *subject, *words; /* NULL: nothing is ignored */
  } ignored[] = {
    { Q35 "hw_firmware_stateless=yes", "hw_firmware_stateless", "UEFI" },
    { Q35 UEFI "hw_firmware_stateless=yes", NULL, NULL },
    { Q35 "hw:mem_encryption_model=amd-sev-es", "hw:mem_encryption_model", "hw_mem_encryption" },
    { Q35 UEFI "hw_mem_encryption=yes hw_mem_encryption_model=amd-sev", NULL, NULL },
    { Q35 "hw:maxphysaddr_bits=42", "hw:maxphysaddr_bits", "hw_maxphysaddr_mode" },
    { Q35 "hw:maxphysaddr_bits=42 hw_maxphysaddr_mode=emulate", NULL, NULL },
    { Q35 "hw:tpm_secret_security=user", "hw:tpm_secret_security", "TPM" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (ignored); i++) {
    g_autofree char *stripped = g_strchomp (g_strdup (ignored[i].properties));
    g_autoptr (MachtypeProperties) properties = test_make_properties (stripped);
    g_autoptr (MachtypeResolution) resolution =
        machtype_resolve (properties, NULL, NULL, NULL, NULL);
    g_autoptr (MachtypeGuestBuilder) builder =
        machtype_guest_builder_new (resolution, properties, NULL);
    g_autoptr (MachtypeGuest) guest = NULL;
    g_autoptr (GPtrArray) warnings = NULL;
    GError *error = NULL;

    ROW ("%s", ignored[i].properties);
    guest = machtype_guest_builder_end (builder, &error);
    g_assert_no_error (error);
    warnings = machtype_guest_list_warnings (guest);
    g_assert_cmpuint (warnings->len, ==, ignored[i].subject != NULL);
    if (warnings->len == 0)
      continue;
    g_assert_cmpstr (machtype_finding_get_code (warnings->pdata[0]), ==, "property-ignored");
    g_assert_cmpstr (machtype_finding_get_subject (warnings->pdata[0]), ==, ignored[i].subject);
    g_assert_nonnull (strstr (machtype_finding_get_message (warnings->pdata[0]), ignored[i].words));
  }
}

static const struct {
  const char *os, *policy;
  const char *expected; /* of the firmware's features; NULL: refused */
} signed_firmware[] = {
  { "", "optional", "no\nno" },
  { "", "required", "yes\nyes" },
  { "<loader supported='yes'><value>/f/AAVMF_CODE.fd</value></loader>", "optional", "no\nno" },
  { "<loader supported='yes'><value>/f/AAVMF_CODE.fd</value></loader>", "required", "yes\nyes" },
  { "<loader supported='yes'><value>/f/AAVMF_CODE.ms.fd</value></loader>", "optional", "yes\nyes" },
  { "<loader supported='yes'><value>/f/AAVMF_CODE.ms.fd</value></loader>", "disabled", "no\nno" },
  { "<loader supported='yes'><value>/f/AAVMF_CODE.secboot.fd</value></loader>", "optional",
    "yes\nyes" },
  { "<firmwareFeatures supported='yes'><enum name='secureBoot'><value>yes</value>"
    "<value>no</value></enum></firmwareFeatures>",
    "optional", "yes\nyes" },
  { "<loader supported='yes'><value>/f/AAVMF_CODE.ms.fd</value></loader>"
    "<firmwareFeatures supported='yes'><enum name='secureBoot'><value>no</value></enum>"
    "</firmwareFeatures>",
    "optional", "no\nno" },
  { "<firmwareFeatures supported='yes'><enum name='secureBoot'><value>no</value></enum>"
    "</firmwareFeatures>",
    "required", NULL },
};

/* Secure Boot of aarch64 is a matter of the host's firmware: what it lists, else a file's name. */
static void
test_signed_firmware (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (signed_firmware); i++) {
    g_autofree char *capabilities = g_strdup_printf (
        "<domainCapabilities><domain>qemu</domain><machine>virt-7.2</machine><arch>aarch64</arch>"
        "<os supported='yes'><enum name='firmware'><value>efi</value></enum>%s</os>"
        "</domainCapabilities>",
        signed_firmware[i].os);
    g_autofree char *text = g_strconcat (
        "hw_emulation_architecture=aarch64 os_secure_boot=", signed_firmware[i].policy, NULL);
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "hosts", HOST, NULL);
    g_autofree char *xml = NULL, *found = NULL;
    g_autoptr (MachtypeProperties) properties = test_make_properties (text);
    g_autoptr (MachtypeHostBuilder) host_builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    g_autoptr (MachtypeResolution) resolution = NULL;
    g_autoptr (MachtypeGuestBuilder) builder = NULL;
    g_autoptr (MachtypeGuest) guest = NULL;
    GError *error = NULL;

    ROW ("%s: %s", signed_firmware[i].policy, signed_firmware[i].os);
    g_assert_true (g_file_get_contents (path, &xml, NULL, NULL));
    machtype_host_builder_set_capabilities (host_builder, xml, -1, &error);
    g_assert_no_error (error);
    machtype_host_builder_add_domain_capabilities (host_builder, capabilities, -1, &error);
    g_assert_no_error (error);
    host = machtype_host_builder_end (host_builder);
    resolution = machtype_resolve (properties, NULL, host, NULL, &error);
    g_assert_no_error (error);
    builder = machtype_guest_builder_new (resolution, properties, host);
    guest = machtype_guest_builder_end (builder, &error);
    if (signed_firmware[i].expected == NULL) {
      test_assert_error (&error, MACHTYPE_ERROR_NOT_OFFERED,
                         "SecureBootNotSupported os_secure_boot=required qemu-efi-aarch64");
      continue;
    }
    g_assert_no_error (error);
    found = test_find_in_xml (machtype_guest_get_xml (guest), "//os/firmware/feature/@enabled");
    g_assert_cmpstr (found, ==, signed_firmware[i].expected);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guest-options/options", test_options);
  g_test_add_func ("/guest-options/bad", test_bad_options);
  g_test_add_func ("/guest-options/ignored", test_ignored);
  g_test_add_func ("/guest-options/signed-firmware", test_signed_firmware);
  return g_test_run ();
}
