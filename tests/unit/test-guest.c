/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#define HOST "x86_64.xml"
#define UUID "12345678-9abc-4def-8123-456789abcdef"

/* A guest; the builder decides what is NULL or 0. */
typedef struct {
  const char *properties;
  const char *host, *domain_capabilities;
  const char *recorded, *prefer;
  const char *disks;    /* "PATH|FORMAT|BUS ...", FORMAT and BUS are optional */
  const char *cdroms;   /* "PATH ..." */
  const char *networks; /* "user network=NAME bridge=NAME" */
  const char *kernel, *initrd, *cmdline, *console_log;
  const char *name, *uuid;
  guint64 memory;
  guint vcpus;
  MachtypeGraphicsType graphics;
  gboolean mirror;
} Spec;

#define ARM "hw_architecture=aarch64"
#define IBM_Z "hw_architecture=s390x"
#define POWER "hw_architecture=ppc64le"
#define MIPS "hw_architecture=mipsel"
#define Q35 "hw_architecture=x86_64 hw_machine_type=pc-q35-7.2"
#define PC "hw_architecture=x86_64 hw_machine_type=pc-i440fx-7.2"
#define NONE MACHTYPE_GRAPHICS_TYPE_NONE
#define VNC MACHTYPE_GRAPHICS_TYPE_VNC
#define SPICE MACHTYPE_GRAPHICS_TYPE_SPICE

static MachtypeResolution *
resolve (const Spec *spec, MachtypeProperties *properties, MachtypeHost *host)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  MachtypeResolution *resolution;

  machtype_policy_builder_set_domain_type (builder, spec->prefer, &error);
  g_assert_no_error (error);
  policy = machtype_policy_builder_end (builder);
  resolution = machtype_resolve (properties, policy, host, spec->recorded, &error);
  g_assert_no_error (error);
  return resolution;
}

static gboolean
add_disks (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  g_auto (GStrv) disks = g_strsplit (text, " ", -1);
  gsize i;

  for (i = 0; disks[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (disks[i], "|", -1);
    const guint n = g_strv_length (parts);

    if (!machtype_guest_builder_add_disk (builder, parts[0],
                                          n > 1 && *parts[1] != '\0' ? parts[1] : NULL,
                                          n > 2 ? parts[2] : NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_cdroms (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  g_auto (GStrv) paths = g_strsplit (text, " ", -1);
  gsize i;

  for (i = 0; paths[i] != NULL; i++) {
    if (!machtype_guest_builder_add_cdrom (builder, paths[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_networks (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  g_auto (GStrv) networks = g_strsplit (text, " ", -1);
  gsize i;

  for (i = 0; networks[i] != NULL; i++) {
    const char *equals = strchr (networks[i], '=');
    MachtypeInterfaceType kind =
        networks[i][0] == 'b' ? MACHTYPE_INTERFACE_TYPE_BRIDGE : MACHTYPE_INTERFACE_TYPE_NETWORK;

    if (!machtype_guest_builder_add_interface (builder,
                                               equals != NULL ? kind : MACHTYPE_INTERFACE_TYPE_USER,
                                               equals != NULL ? equals + 1 : NULL, NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
set_all (MachtypeGuestBuilder *b, const Spec *s, GError **error)
{
  machtype_guest_builder_set_metadata (b, s->mirror);
  return (s->name == NULL || machtype_guest_builder_set_name (b, s->name, error)) &&
         machtype_guest_builder_set_uuid (b, s->uuid, error) &&
         (s->memory == 0 || machtype_guest_builder_set_memory (b, s->memory, error)) &&
         (s->vcpus == 0 || machtype_guest_builder_set_vcpus (b, s->vcpus, error)) &&
         (s->kernel == NULL ||
          machtype_guest_builder_set_kernel (b, s->kernel, s->initrd, s->cmdline, error)) &&
         machtype_guest_builder_set_console_log (b, s->console_log, error) &&
         machtype_guest_builder_set_graphics (b, s->graphics, error) &&
         (s->disks == NULL || add_disks (b, s->disks, error)) &&
         (s->cdroms == NULL || add_cdroms (b, s->cdroms, error)) &&
         (s->networks == NULL || add_networks (b, s->networks, error));
}

static MachtypeGuestBuilder *
make_builder (const Spec *spec)
{
  g_autoptr (MachtypeProperties) properties = test_make_properties (spec->properties);
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (GError) error = NULL;
  MachtypeGuestBuilder *builder;

  host = spec->domain_capabilities != NULL ? test_read_host (spec->host, spec->domain_capabilities)
                                           : test_make_host (spec->host);
  resolution = resolve (spec, properties, host);
  builder = machtype_guest_builder_new (resolution, properties, host);
  set_all (builder, spec, &error);
  g_assert_no_error (error);
  return builder;
}

static MachtypeGuest *
make_guest (const Spec *spec)
{
  g_autoptr (MachtypeGuestBuilder) builder = make_builder (spec);
  g_autoptr (GError) error = NULL;
  MachtypeGuest *guest = machtype_guest_builder_end (builder, &error);

  g_assert_no_error (error);
  return guest;
}

static char *
find_in_guest (const MachtypeGuest *guest, const char *path)
{
  return test_find_in_xml (machtype_guest_get_xml (guest), path);
}

typedef struct {
  const char *file;
  const char *console_device;
  const char *warning; /* words of it; NULL: none */
  Spec spec;
} GoldenRow;

#define KERNEL .kernel = "/boot/vmlinuz", .initrd = "/boot/initrd.img", .cmdline = "root=/dev/vda1"
#define DISKS .disks = "/images/root.img /images/data.qcow2|qcow2 /dev/vg/home|raw"
#define USUAL DISKS, .networks = "user"

static const GoldenRow goldens[] = {
  { "aarch64-uefi",
    "ttyAMA0",
    NULL,
    { .properties = ARM, .graphics = VNC, USUAL, .cdroms = "/images/install.iso" } },
  { "aarch64-bios",
    "ttyAMA0",
    NULL,
    { .properties = ARM " hw_firmware_type=bios",
      KERNEL,
      .vcpus = 4,
      .console_log = "/var/log/guest.log" } },
  { "aarch64-hvf", "ttyAMA0", NULL, { .host = "hvf.xml", .graphics = VNC, .vcpus = 2 } },
  { "s390x",
    "ttysclp0",
    NULL,
    { .properties = IBM_Z, .graphics = VNC, USUAL, .cdroms = "/images/install.iso" } },
  { "s390x-host",
    "ttysclp0",
    NULL,
    { .properties = IBM_Z, .host = HOST, .console_log = "/var/log/guest.log" } },
  { "ppc64le",
    "hvc0",
    NULL,
    { .properties = POWER, .graphics = VNC, USUAL, .cdroms = "/images/install.iso" } },
  { "ppc64le-vscsi",
    "hvc0",
    NULL,
    { .properties = POWER " hw_scsi_model=ibmvscsi hw_vif_model=spapr-vlan hw_disk_bus=scsi",
      USUAL } },
  { "armv6l",
    "ttyAMA0",
    NULL,
    { .properties = "hw_emulation_architecture=armv6l",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "armv7l",
    "ttyAMA0",
    NULL,
    { .properties = "hw_emulation_architecture=armv7l",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "i686",
    "ttyS0",
    NULL,
    { .properties = "hw_emulation_architecture=i686",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "loongarch64",
    "ttyS0",
    NULL,
    { .properties = "hw_emulation_architecture=loongarch64",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso",
      .memory = 2048 } },
  { "vendor",
    "ttyS0",
    NULL,
    { .properties = "hw_machine_type=q35", .host = "vendor.xml", .vcpus = 200 } },
  { "mips",
    "ttyS0",
    NULL,
    { .properties = "hw_emulation_architecture=mips",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "mips64",
    "ttyS0",
    NULL,
    { .properties = "hw_emulation_architecture=mips64",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "mips64el",
    "ttyS0",
    NULL,
    { .properties = "hw_emulation_architecture=mips64el",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "ppc64",
    "hvc0",
    NULL,
    { .properties = "hw_emulation_architecture=ppc64",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "riscv64",
    "ttyS0",
    NULL,
    { .properties = "hw_emulation_architecture=riscv64",
      .graphics = VNC,
      USUAL,
      KERNEL,
      .cdroms = "/images/install.iso" } },
  { "mipsel",
    "ttyS0",
    NULL,
    { .properties = MIPS,
      .graphics = VNC,
      KERNEL,
      .disks = "/a /b /c /d /e /f /g /h /i /j /k|qcow2|ide /l|raw|scsi /m|raw|usb",
      .cdroms = "/images/install.iso",
      .networks = "user user bridge=br0 network=default" } },
  { "mipsel-virtio-input",
    "ttyS0",
    "firmware kernel",
    { .properties = MIPS " hw_input_bus=virtio hw_video_model=virtio",
      .host = HOST,
      .graphics = VNC } },
  { "q35",
    "ttyS0",
    NULL,
    { .properties = "hw_machine_type=q35",
      .host = HOST,
      .prefer = "qemu",
      .graphics = VNC,
      USUAL,
      .cdroms = "/images/install.iso",
      .memory = 4096,
      .vcpus = 2 } },
  { "q35-kvm",
    "ttyS0",
    NULL,
    { .properties = "hw_machine_type=q35",
      .host = HOST,
      .graphics = VNC,
      .domain_capabilities = "domcaps-q35.xml",
      USUAL } },
  { "q35-unknown-host", "ttyS0", NULL, { .properties = Q35 } },
  { "pc",
    "ttyS0",
    NULL,
    { .host = HOST,
      .prefer = "qemu",
      .graphics = VNC,
      DISKS,
      .cdroms = "/images/install.iso",
      .networks = "network=default bridge=br0" } },
  { "pc-uefi-mirror",
    "ttyS0",
    NULL,
    { .properties = "hw_firmware_type=uefi hw_video_model=qxl",
      .host = HOST,
      .uuid = UUID,
      .graphics = SPICE,
      .name = "vm-1",
      .mirror = TRUE } },
  { "q35-scsi",
    "ttyS0",
    NULL,
    { .properties = Q35 " hw_scsi_model=paravirtual hw_disk_bus=scsi hw_cdrom_bus=scsi",
      USUAL,
      .cdroms = "/images/install.iso" } },
};

static void
assert_warnings (const MachtypeGuest *guest, const char *words)
{
  g_autoptr (GPtrArray) warnings = machtype_guest_list_warnings (guest);
  g_auto (GStrv) list = g_strsplit (words != NULL ? words : "", " ", -1);
  gsize i;

  g_assert_cmpint (warnings->len != 0, ==, words != NULL);
  for (i = 0; list[i] != NULL; i++)
    g_assert_nonnull (strstr (machtype_finding_get_message (warnings->pdata[0]), list[i]));
}

static void
test_golden (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (goldens); i++) {
    g_autofree char *file = g_strdup_printf ("guests/%s.xml", goldens[i].file);
    g_autoptr (MachtypeGuest) guest = NULL;

    ROW ("%s", goldens[i].file);
    guest = make_guest (&goldens[i].spec);
    test_assert_golden (file, machtype_guest_get_xml (guest));
    g_assert_cmpstr (machtype_guest_get_console_device (guest), ==, goldens[i].console_device);
    assert_warnings (guest, goldens[i].warning);
  }
}

typedef struct {
  guint defect; /* the number of Nova's defect that the row guards against; 0: none */
  int code;
  const char *words;
  Spec spec;
} RefusalRow;

#define UNSUPPORTED MACHTYPE_ERROR_UNSUPPORTED
#define NOT_OFFERED MACHTYPE_ERROR_NOT_OFFERED
#define NINE "user user user user user user user user user"
#define SEVENTEEN "/a /b /c /d /e /f /g /h /i /j /k /l /m /n /o /p /q"

static const RefusalRow refusals[] = {
  /* Firmware. */
  { 0,
    UNSUPPORTED,
    "hw_firmware_type=uefi s390x s390-ccw-virtio",
    { .properties = IBM_Z " hw_firmware_type=uefi" } },
  { 0,
    UNSUPPORTED,
    "hw_firmware_type=uefi ppc64le",
    { .properties = POWER " hw_firmware_type=uefi" } },
  { 0,
    UNSUPPORTED,
    "hw_firmware_type=uefi mipsel malta",
    { .properties = MIPS " hw_firmware_type=uefi" } },
  { 12,
    NOT_OFFERED,
    "firmware efi aarch64 install package qemu-efi-aarch64",
    { .properties = ARM, .host = HOST, .domain_capabilities = "domcaps-virt.xml" } },
  /* Buses. */
  { 34,
    UNSUPPORTED,
    "x86_64 pc-q35-7.2 ide virtio sata",
    { .properties = Q35, .disks = "/a||ide" } },
  { 34,
    UNSUPPORTED,
    "hw_disk_bus=ide x86_64 pc-q35-7.2 virtio",
    { .properties = Q35 " hw_disk_bus=ide" } },
  { 9, UNSUPPORTED, "hw_cdrom_bus=ide aarch64 scsi", { .properties = ARM " hw_cdrom_bus=ide" } },
  { 9, UNSUPPORTED, "hw_cdrom_bus=virtio x86_64", { .properties = PC " hw_cdrom_bus=virtio" } },
  { 10, UNSUPPORTED, "s390x usb virtio scsi", { .properties = IBM_Z, .disks = "/a||usb" } },
  { 0, UNSUPPORTED, "s390x sata virtio scsi", { .properties = IBM_Z, .disks = "/a||sata" } },
  { 0, UNSUPPORTED, "mipsel sata virtio ide", { .properties = MIPS, .disks = "/a||sata" } },
  { 0, UNSUPPORTED, "hw_disk_bus=fdc virtio", { .properties = PC " hw_disk_bus=fdc" } },
  { 34,
    NOT_OFFERED,
    "ide disk x86_64 scsi",
    { .properties = "hw_machine_type=pc-i440fx-7.2",
      .host = HOST,
      .prefer = "qemu",
      .domain_capabilities = "domcaps-i440fx.xml",
      .disks = "/a||ide" } },
  /* Models. */
  { 34,
    UNSUPPORTED,
    "hw_video_model=qxl aarch64 virtio",
    { .properties = ARM " hw_video_model=qxl" } },
  { 10,
    UNSUPPORTED,
    "hw_video_model=vga s390x virtio",
    { .properties = IBM_Z " hw_video_model=vga" } },
  { 34,
    UNSUPPORTED,
    "hw_vif_model=spapr-vlan x86_64 e1000",
    { .properties = Q35 " hw_vif_model=spapr-vlan" } },
  { 0,
    UNSUPPORTED,
    "hw_vif_model=e1000 s390x virtio",
    { .properties = IBM_Z " hw_vif_model=e1000" } },
  { 0,
    UNSUPPORTED,
    "hw_vif_model=pcnet mipsel e1000",
    { .properties = MIPS " hw_vif_model=pcnet" } },
  { 0,
    UNSUPPORTED,
    "hw_scsi_model=lsilogic ppc64le virtio-scsi",
    { .properties = POWER " hw_scsi_model=lsilogic" } },
  { 10, UNSUPPORTED, "hw_input_bus=usb s390x virtio", { .properties = IBM_Z " hw_input_bus=usb" } },
  { 10,
    UNSUPPORTED,
    "hw_pointer_model=usbtablet s390x hw_input_bus: virtio",
    { .properties = IBM_Z " hw_pointer_model=usbtablet", .graphics = VNC } },
  { 0,
    NOT_OFFERED,
    "spice graphics x86_64 pc-q35-7.2",
    { .properties = "hw_machine_type=q35",
      .host = HOST,
      .domain_capabilities = "domcaps-q35.xml",
      .graphics = SPICE } },
  { 0,
    NOT_OFFERED,
    "video qxl",
    { .properties = "hw_machine_type=q35 hw_video_model=qxl",
      .host = HOST,
      .domain_capabilities = "domcaps-q35.xml",
      .graphics = VNC } },
  /* Numbers. */
  { 0, UNSUPPORTED, "mipsel malta 1 vCPU, 2", { .properties = MIPS, .vcpus = 2 } },
  { 0, UNSUPPORTED, "mipsel malta 2048 2049", { .properties = MIPS, .memory = 2049 } },
  { 0,
    UNSUPPORTED,
    "loongarch64 virt 256 257",
    { .properties = "hw_architecture=loongarch64", KERNEL, .vcpus = 257 } },
  { 0,
    UNSUPPORTED,
    "loongarch64 virt 1024 1023 QEMU",
    { .properties = "hw_architecture=loongarch64",
      KERNEL,
      .host = "loongarch64.xml",
      .memory = 1023 } },
  { 0, UNSUPPORTED, "x86_64 255 256", { .properties = Q35, .vcpus = 256 } },
  { 0, UNSUPPORTED, "aarch64 512 513", { .properties = ARM, .vcpus = 513 } },
  { 0, UNSUPPORTED, "s390x 248 249", { .properties = IBM_Z, .vcpus = 249 } },
  { 0,
    UNSUPPORTED,
    "pc-q35-rhel7.1.0 8 9",
    { .properties = "hw_machine_type=q35", .host = "alias-only.xml", .vcpus = 9 } },
  { 0, UNSUPPORTED, "mipsel malta 8 network", { .properties = MIPS, .networks = NINE } },
  { 0, UNSUPPORTED, "mipsel malta 16 virtio", { .properties = MIPS, .disks = SEVENTEEN } },
  { 0,
    UNSUPPORTED,
    "x86_64 4 ide",
    { .properties = PC, .disks = "/a||ide /b||ide /c||ide", .cdroms = "/d /e" } },
  { 0,
    UNSUPPORTED,
    "x86_64 7 scsi",
    { .properties = PC " hw_scsi_model=lsilogic hw_disk_bus=scsi",
      .disks = "/a /b /c /d /e /f /g /h" } },
  /* Machines for which guests cannot be generated. */
  { 0,
    UNSUPPORTED,
    "x86_64 isapc aarch64 virt s390x malta q35",
    { .properties = "hw_machine_type=isapc", .host = HOST } },
  { 0, UNSUPPORTED, "aarch64 raspi3b", { .properties = ARM " hw_machine_type=raspi3b" } },
  { 23, UNSUPPORTED, "alpha clipper", { .properties = "hw_architecture=alpha" } },
  { 0, UNSUPPORTED, "x86_64 xenfv", { .host = "xen.xml", .properties = "hw_machine_type=xenfv" } },
  { 0, UNSUPPORTED, "domain type lxc", { .host = "lxc.xml" } },
  { 0, UNSUPPORTED, "domain type bhyve", { .host = "bhyve.xml" } },
};

/* A refusal leaves the builder unchanged: it refuses again, with the same message. */
static void
test_refusals (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (MachtypeGuestBuilder) builder = NULL;
    g_autofree char *first = NULL;
    GError *error = NULL;

    ROW ("%" G_GSIZE_FORMAT ": %s, defect %u", i, refusals[i].spec.properties, refusals[i].defect);
    builder = make_builder (&refusals[i].spec);
    g_assert_null (machtype_guest_builder_end (builder, &error));
    first = g_strdup (error->message);
    test_assert_error (&error, refusals[i].code, refusals[i].words);
    g_assert_null (machtype_guest_builder_end (builder, NULL));
    g_assert_null (machtype_guest_builder_end (builder, &error));
    g_assert_cmpstr (error->message, ==, first);
    g_clear_error (&error);
  }
}

typedef gboolean (*SetText) (MachtypeGuestBuilder *builder, const char *text, GError **error);

static gboolean
set_kernel (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  return machtype_guest_builder_set_kernel (builder, text, NULL, NULL, error);
}

static gboolean
set_initrd (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  return machtype_guest_builder_set_kernel (builder, "/k", text, NULL, error);
}

static gboolean
set_cmdline (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  return machtype_guest_builder_set_kernel (builder, "/k", NULL, text, error);
}

static gboolean
add_disk (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  return machtype_guest_builder_add_disk (builder, text, NULL, NULL, error);
}

static gboolean
add_disk_format (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  return machtype_guest_builder_add_disk (builder, "/a", text, NULL, error);
}

static gboolean
add_disk_bus (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  return machtype_guest_builder_add_disk (builder, "/a", NULL, text, error);
}

static gboolean
add_bridge (MachtypeGuestBuilder *builder, const char *text, GError **error)
{
  return machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_BRIDGE, text, NULL,
                                               error);
}

/* Where a caller's text is used, and whether it must be a path. */
static const struct {
  const char *label;
  SetText set;
  const char *path; /* XPath of where it is written */
  gboolean is_path;
} setters[] = {
  { "name", machtype_guest_builder_set_name, "/domain/name", FALSE },
  { "kernel", set_kernel, "/domain/os/kernel", TRUE },
  { "initrd", set_initrd, "/domain/os/initrd", TRUE },
  { "cmdline", set_cmdline, "/domain/os/cmdline", FALSE },
  { "disk", add_disk, "//disk[@device='disk']/source/@file", TRUE },
  { "cdrom", machtype_guest_builder_add_cdrom, "//disk[@device='cdrom']/source/@file", TRUE },
  { "bridge", add_bridge, "//interface/source/@bridge", FALSE },
  { "log", machtype_guest_builder_set_console_log, "//serial/source/@path", TRUE },
};

static const Spec plain = { .properties = Q35 };

static void
test_hostile_survives (void)
{
  static const char *const texts[] = {
    "'\"><&]]>",
    "</name><devices/>",
    "&amp;&#10;&lt;",
    "Grüße, 世界, 🙂",
    "  two  blanks  ",
    "$(reboot)`id`;%s%n",
    "-",
    "<!-- -->",
  };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (setters); i++) {
    for (k = 0; k < G_N_ELEMENTS (texts); k++) {
      g_autofree char *text = g_strconcat (setters[i].is_path ? "/" : "", texts[k], NULL);
      g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);
      g_autoptr (MachtypeGuest) guest = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *found = NULL;

      ROW ("%s: %s", setters[i].label, text);
      /* A '/' is the only character that a name must not have. */
      if (!setters[i].is_path && strcmp (setters[i].label, "name") == 0)
        g_strdelimit (text, "/", '|');
      setters[i].set (builder, text, &error);
      g_assert_no_error (error);
      guest = machtype_guest_builder_end (builder, &error);
      g_assert_no_error (error);
      found = find_in_guest (guest, setters[i].path);
      g_assert_cmpstr (found, ==, text);
    }
  }
}

static void
test_hostile_refused (void)
{
  static const struct {
    const char *text, *words;
  } texts[] = {
    { "a\nb", "control" },   { "\x1b[31m", "control \\033" }, { "\x7f", "control" },
    { "\x01", "control" },   { "\xff\xfe", "UTF-8" },         { "\xed\xa0\x80", "UTF-8" },
    { "\xc0\xaf", "UTF-8" }, { "\xef\xbf\xbf", "control" },
  };
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (setters); i++) {
    g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);
    g_autoptr (MachtypeGuest) before = machtype_guest_builder_end (builder, NULL), after = NULL;

    for (k = 0; k < G_N_ELEMENTS (texts); k++) {
      g_autofree char *text = g_strconcat (setters[i].is_path ? "/" : "", texts[k].text, NULL);
      GError *error = NULL;

      ROW ("%s, text %" G_GSIZE_FORMAT, setters[i].label, k);
      g_assert_false (setters[i].set (builder, text, &error));
      test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, texts[k].words);
    }
    after = machtype_guest_builder_end (builder, NULL);
    g_assert_cmpstr (machtype_guest_get_xml (after), ==, machtype_guest_get_xml (before));
  }
}

static void
test_long (void)
{
  static const gsize most[] = { 255, 4096, 4096, 65536, 4096, 4096, 255, 4096 };
  gsize i;

  G_STATIC_ASSERT (G_N_ELEMENTS (most) == G_N_ELEMENTS (setters));
  for (i = 0; i < G_N_ELEMENTS (setters); i++) {
    g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);
    g_autofree char *text = g_strnfill (most[i] + 1, 'x');
    g_autoptr (MachtypeGuest) guest = NULL;
    GError *error = NULL;

    ROW ("%s", setters[i].label);
    if (setters[i].is_path)
      text[0] = '/';
    g_assert_false (setters[i].set (builder, text, &error));
    test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "longer bytes");
    text[most[i]] = '\0';
    g_assert_true (setters[i].set (builder, text, &error));
    guest = machtype_guest_builder_end (builder, &error);
    g_assert_no_error (error);
  }
}

static void
test_bad_arguments (void)
{
  static const struct {
    SetText set;
    const char *text, *words;
  } rows[] = {
    { machtype_guest_builder_set_name, "", "empty" },
    { machtype_guest_builder_set_name, "a/b", "'/'" },
    { machtype_guest_builder_set_uuid, "12345678", "12345678 UUID" },
    { machtype_guest_builder_set_uuid, "", "UUID" },
    { machtype_guest_builder_set_uuid, UUID "0", "UUID" },
    { machtype_guest_builder_set_uuid, "\x1b", "\\033 UUID" },
    { set_kernel, "vmlinuz", "kernel absolute vmlinuz" },
    { set_initrd, "../initrd", "initrd absolute" },
    { set_kernel, "", "absolute" },
    { add_disk, "disk.img", "disk absolute disk.img" },
    { machtype_guest_builder_add_cdrom, "cd.iso", "CD-ROM absolute cd.iso" },
    { machtype_guest_builder_set_console_log, "log", "console absolute" },
    { add_disk_format, "qcow", "raw qcow2 vmdk" },
    { add_disk_format, "", "raw qcow2" },
    { add_disk_format, "raw qcow2", "raw, qcow2" },
    { add_disk_bus, "xen", "virtio ide" },
    { add_disk_bus, "", "virtio ide" },
    { add_disk_bus, "virtio scsi", "virtio, scsi" },
    { add_bridge, "", "name" },
    { add_bridge, NULL, "name" },
  };
  g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    GError *error = NULL;

    ROW ("%" G_GSIZE_FORMAT ": %s", i, rows[i].text != NULL ? rows[i].text : "none");
    g_assert_false (rows[i].set (builder, rows[i].text, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, rows[i].words);
  }
}

/* Each interface has its own model, checked against the machine. */
static void
test_interface_models (void)
{
  static const char *const bad[] = { "", "e100", "virtio-net", "e1000 ", "e1000'/>" };
  static const struct {
    const char *model;    /* given */
    const char *expected; /* NULL: not on this machine */
  } rows[] = {
    { "e1000", "<model type='e1000'/>" },
    { "E1000", "<model type='e1000'/>" },
    { "VirtualPCNet32", "<model type='pcnet'/>" },
    { NULL, "<model type='virtio'/>" },
    { "spapr-vlan", NULL },
    { "vmxnet", NULL },
  };
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);

    ROW ("%s", bad[i]);
    g_assert_false (machtype_guest_builder_add_interface_of_model (
        builder, MACHTYPE_INTERFACE_TYPE_BRIDGE, "br0", NULL, bad[i], &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "model");
  }
  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);
    g_autoptr (MachtypeGuest) guest = NULL;

    ROW ("%s", rows[i].model != NULL ? rows[i].model : "none");
    g_assert_true (machtype_guest_builder_add_interface_of_model (
        builder, MACHTYPE_INTERFACE_TYPE_BRIDGE, "br0", NULL, rows[i].model, &error));
    guest = machtype_guest_builder_end (builder, &error);
    if (rows[i].expected == NULL) {
      test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "model");
      continue;
    }
    g_assert_no_error (error);
    g_assert_nonnull (strstr (machtype_guest_get_xml (guest), rows[i].expected));
  }
}

static void
test_bad_numbers (void)
{
  g_autoptr (MachtypeGuestBuilder) b = make_builder (&plain);
  GError *error = NULL;

  g_assert_false (machtype_guest_builder_set_memory (b, 0, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "memory 1 2^30");
  g_assert_false (
      machtype_guest_builder_set_memory (b, (G_GUINT64_CONSTANT (1) << 30) + 1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "memory 1 2^30");
  g_assert_false (machtype_guest_builder_set_memory (b, G_MAXUINT64, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "memory");
  g_assert_false (machtype_guest_builder_set_vcpus (b, 0, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "vCPU");
  g_assert_false (machtype_guest_builder_set_graphics (b, (MachtypeGraphicsType)3, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "graphics");
  g_assert_false (
      machtype_guest_builder_add_interface (b, (MachtypeInterfaceType)3, "x", NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "interface");
  g_assert_false (
      machtype_guest_builder_add_interface (b, MACHTYPE_INTERFACE_TYPE_USER, "x", NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "network");
}

/* If a disk alone does not boot, it is reported. */
static void
test_no_firmware (void)
{
  static const struct {
    const char *image;
    gboolean warned;
  } rows[] = {
    { "hw_emulation_architecture=x86_64", FALSE },
    { "hw_emulation_architecture=aarch64", FALSE },
    { "hw_emulation_architecture=s390x", FALSE },
    { "hw_emulation_architecture=ppc64le", FALSE },
    { "hw_emulation_architecture=armv7l", TRUE },
    { "hw_emulation_architecture=armv7l hw_firmware_type=uefi", FALSE },
    { "hw_emulation_architecture=armv6l", TRUE },
    { "hw_emulation_architecture=mipsel", TRUE },
    { "hw_emulation_architecture=riscv64", TRUE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) image = test_make_properties (rows[i].image);
    g_autoptr (MachtypeHost) host = test_make_host ("x86_64");
    g_autoptr (MachtypeResolution) resolution = machtype_resolve (image, NULL, host, NULL, NULL);
    g_autoptr (MachtypeGuestBuilder) builder = machtype_guest_builder_new (resolution, image, host);
    g_autoptr (MachtypeGuest) guest = machtype_guest_builder_end (builder, NULL);
    g_autoptr (GPtrArray) warnings = machtype_guest_list_warnings (guest);

    ROW ("%s", rows[i].image);
    g_assert_cmpuint (warnings->len, ==, rows[i].warned);
    if (rows[i].warned)
      g_assert_cmpstr (machtype_finding_get_code (warnings->pdata[0]), ==, "no-firmware");
  }
}

static void
test_mac (void)
{
  static const char *const bad[] = { "",
                                     "52:54:00:12:34",
                                     "52:54:00:12:34:5",
                                     "52:54:00:12:34:567",
                                     "52-54-00-12-34-56",
                                     "53:54:00:12:34:56",
                                     "ff:ff:ff:ff:ff:ff",
                                     "52:54:00:12:34:5g",
                                     "52:54:00:12:34:56'/>",
                                     "525400123456" };
  g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);
  g_autoptr (MachtypeGuest) guest = NULL;
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (bad); i++) {
    ROW ("%s", bad[i]);
    g_assert_false (machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER,
                                                          NULL, bad[i], &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "MAC");
  }
  g_assert_true (machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER, NULL,
                                                       "52:54:00:AB:cd:56", &error));
  guest = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (machtype_guest_get_xml (guest), "<mac address='52:54:00:AB:cd:56'/>"));
}

/* vda to vdz, then vdaa; and not more than the builder accepts. */
static void
test_targets (void)
{
  g_autoptr (MachtypeGuestBuilder) builder = make_builder (&plain);
  g_autoptr (MachtypeGuest) guest = NULL;
  g_autofree char *found = NULL;
  g_auto (GStrv) targets = NULL;
  GError *error = NULL;
  guint i;

  for (i = 0; i < MACHTYPE_GUEST_MAX_DEVICES; i++) {
    g_assert_true (add_disk (builder, "/a", NULL));
    g_assert_true (machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER,
                                                         NULL, NULL, NULL));
  }
  g_assert_false (add_disk (builder, "/a", &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "256 disks");
  g_assert_false (machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER, NULL,
                                                        NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "256 network");
  guest = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  found = find_in_guest (guest, "//disk/target/@dev");
  targets = g_strsplit (found, "\n", -1);
  g_assert_cmpuint (g_strv_length (targets), ==, MACHTYPE_GUEST_MAX_DEVICES);
  g_assert_cmpstr (targets[0], ==, "vda");
  g_assert_cmpstr (targets[25], ==, "vdz");
  g_assert_cmpstr (targets[26], ==, "vdaa");
  g_assert_cmpstr (targets[51], ==, "vdaz");
  g_assert_cmpstr (targets[52], ==, "vdba");
  g_assert_cmpstr (targets[255], ==, "vdiv");
}

/* Dense for each bus; buses that share a prefix share its letters, but not their units. */
static void
test_mixed_buses (void)
{
  static const Spec spec = {
    .properties = PC,
    .disks = "/a||sata /b||scsi /c||usb /d||virtio /e||ide /f||sata /g||scsi /h||virtio /i||sata "
             "/j||sata /k||sata /l||sata /m||sata",
    .cdroms = "/n",
  };
  g_autoptr (MachtypeGuest) guest = make_guest (&spec);
  g_autofree char *targets = find_in_guest (guest, "//disk/target/@dev");
  g_autofree char *sata = find_in_guest (guest, "//disk[target/@bus='sata']/address/@unit");
  g_autofree char *controllers =
      find_in_guest (guest, "//disk[target/@bus='sata']/address/@controller");
  g_autofree char *scsi = find_in_guest (guest, "//disk[target/@bus='scsi']/address/@unit");

  g_assert_cmpstr (targets, ==,
                   "sda\nsdb\nsdc\nvda\nhda\nsdd\nsde\nvdb\nsdf\nsdg\nsdh\nsdi\nsdj\nhdb");
  g_assert_cmpstr (sata, ==, "0\n1\n2\n3\n4\n5\n0");
  g_assert_cmpstr (controllers, ==, "0\n0\n0\n0\n0\n0\n1");
  g_assert_cmpstr (scsi, ==, "0\n1");
}

static void
test_disk_types (void)
{
  static const Spec spec = { .properties = Q35,
                             .disks = "/images/a.img /dev/vg/lv|qcow2 /device/x /dev",
                             .cdroms = "/dev/sr0" };
  g_autoptr (MachtypeGuest) guest = make_guest (&spec);
  g_autofree char *types = find_in_guest (guest, "//disk/@type");
  g_autofree char *files = find_in_guest (guest, "//disk/source/@file");
  g_autofree char *blocks = find_in_guest (guest, "//disk/source/@dev");
  g_autofree char *formats = find_in_guest (guest, "//disk/driver/@type");

  g_assert_cmpstr (types, ==, "file\nblock\nfile\nfile\nblock");
  g_assert_cmpstr (files, ==, "/images/a.img\n/device/x\n/dev");
  g_assert_cmpstr (blocks, ==, "/dev/vg/lv\n/dev/sr0");
  g_assert_cmpstr (formats, ==, "raw\nqcow2\nraw\nraw\nraw");
}

/* Malta's slots: which have an interrupt, and whether a device is in this function of it. */
static void
test_malta_addresses (void)
{
  static const Spec spec = {
    .properties = MIPS " hw_input_bus=virtio hw_disk_bus=virtio",
    .graphics = VNC,
    .disks = "/a /b /c /d /e /f /g /h /i /j /k /l /m /n /o /p /q||scsi /r||usb",
    .networks = "user user user user user user user user",
  };
  g_autoptr (MachtypeGuest) guest = make_guest (&spec);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *all = find_in_guest (guest, "//address[@type='pci']/@slot");
  g_autofree char *functions = find_in_guest (guest, "//address[@type='pci']/@function");
  g_autofree char *multi = find_in_guest (guest, "//address[@multifunction='on']/@function");
  g_autofree char *first = find_in_guest (guest, "//address[@function='0x0']/@slot");
  g_autofree char *without = find_in_guest (
      guest, "//*[self::interface or self::disk[target/@bus='virtio'] or self::rng or "
             "self::memballoon or self::video or self::input or "
             "self::controller[@type!='pci']][not(.//address)]/@*[1]");
  g_auto (GStrv) slots = g_strsplit (all, "\n", -1), numbers = g_strsplit (functions, "\n", -1);
  gsize i;

  g_assert_cmpstr (without, ==, "");
  g_assert_cmpuint (g_strv_length (slots), ==, 16 + 8 + 7);
  for (i = 0; slots[i] != NULL; i++) {
    ROW ("slot %s, function %s", slots[i], numbers[i]);
    g_assert_nonnull (strstr ("0x12 0x13 0x14 0x15", slots[i]));
    g_assert_true (g_hash_table_add (seen, g_strconcat (slots[i], ".", numbers[i], NULL)));
  }
  g_assert_cmpstr (multi, ==, "0x0\n0x0\n0x0\n0x0");
  g_assert_cmpstr (first, ==, "0x12\n0x15\n0x14\n0x13");
}

/* No graphics: no video, pointer or keyboard, and no USB for them. */
static void
test_no_graphics (void)
{
  static const char *const properties[] = {
    ARM, IBM_Z, POWER, MIPS, Q35, PC, PC " hw_video_model=qxl hw_input_bus=usb"
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (properties); i++) {
    const Spec spec = { .properties = properties[i], .graphics = NONE };
    g_autoptr (MachtypeGuest) guest = make_guest (&spec);
    g_autofree char *usb = find_in_guest (guest, "//controller[@type='usb']/@model");

    ROW ("%s", properties[i]);
    g_assert_null (strstr (machtype_guest_get_xml (guest), "<video"));
    g_assert_null (strstr (machtype_guest_get_xml (guest), "<input"));
    g_assert_null (strstr (machtype_guest_get_xml (guest), "<graphics"));
    g_assert_cmpstr (usb, ==, "none");
  }
}

/* A builder can be changed and ended again, after success and after failure. */
static void
test_again (void)
{
  static const Spec spec = { .properties = MIPS, .vcpus = 2, .disks = "/a", .graphics = VNC };
  g_autoptr (MachtypeGuestBuilder) builder = make_builder (&spec);
  g_autoptr (MachtypeGuest) first = NULL, second = NULL, third = NULL;
  g_autofree char *names = NULL;
  GError *error = NULL;

  g_assert_null (machtype_guest_builder_end (builder, &error));
  test_assert_error (&error, MACHTYPE_ERROR_UNSUPPORTED, "vCPU");
  g_assert_true (machtype_guest_builder_set_vcpus (builder, 1, NULL));
  first = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  second = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_guest_get_xml (first), ==, machtype_guest_get_xml (second));
  g_assert_true (machtype_guest_builder_add_disk (builder, "/b", NULL, "scsi", NULL));
  third = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  names = find_in_guest (third, "//disk/target/@dev");
  g_assert_cmpstr (names, ==, "vda\nsda");
}

/* The resolution is in the domain, with the name to record. */
static void
test_machine (void)
{
  static const struct {
    Spec spec;
    const char *domain_type, *arch, *machine, *emulator;
  } rows[] = {
    { { .host = HOST }, "kvm", "x86_64", "pc-i440fx-7.2", "/usr/bin/qemu-system-x86_64" },
    { { .host = HOST, .recorded = "q35" },
      "kvm",
      "x86_64",
      "pc-q35-7.2",
      "/usr/bin/qemu-system-x86_64" },
    { { .host = HOST, .properties = POWER },
      "qemu",
      "ppc64le",
      "pseries-7.2",
      "/usr/bin/qemu-system-ppc64le" },
    { { .properties = ARM }, "qemu", "aarch64", "virt", "" },
    { { .host = "alias-first.xml" }, "kvm", "s390x", "s390-ccw-virtio-2.12", "/usr/bin/qemu-kvm" },
    { { .host = "alias-first.xml", .prefer = "qemu" },
      "qemu",
      "s390x",
      "s390-ccw-virtio-2.12",
      "/usr/bin/qemu-system-s390x" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeGuest) guest = make_guest (&rows[i].spec);
    g_autofree char *type = find_in_guest (guest, "/domain/@type");
    g_autofree char *arch = find_in_guest (guest, "/domain/os/type/@arch");
    g_autofree char *machine = find_in_guest (guest, "/domain/os/type/@machine");
    g_autofree char *emulator = find_in_guest (guest, "/domain/devices/emulator");

    ROW ("%s %s", rows[i].arch, rows[i].machine);
    g_assert_cmpstr (type, ==, rows[i].domain_type);
    g_assert_cmpstr (arch, ==, rows[i].arch);
    g_assert_cmpstr (machine, ==, rows[i].machine);
    g_assert_cmpstr (emulator, ==, rows[i].emulator);
  }
}

/* What hangs a guest, or is refused only when it starts (Nova's defects 10, 11, 12, 21). */
static void
test_never (void)
{
  static const struct {
    guint defect;
    const char *properties, *path;
  } rows[] = {
    { 11, MIPS, "/domain/cpu" },
    { 11, MIPS, "//timer" },
    { 10, IBM_Z, "//*[@bus='usb']" },
    { 10, IBM_Z, "/domain/features/acpi" },
    { 10, IBM_Z, "//watchdog" },
    { 10, IBM_Z, "/domain/devices/serial" },
    { 12, ARM " hw_firmware_type=bios", "/domain/features/acpi" },
    { 12, ARM, "/domain/features/ioapic" },
    { 12, ARM, "/domain/features/apic" },
    { 21, ARM, "/domain/cpu/feature" },
    { 0, POWER, "/domain/features/acpi" },
    { 0, POWER, "//*[@bus='ide']" },
    { 9, ARM, "//disk[@device='cdrom']/target[@bus='ide']" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Spec spec = { .properties = rows[i].properties, .graphics = VNC, .cdroms = "/cd.iso" };
    g_autoptr (MachtypeGuest) guest = make_guest (&spec);
    g_autofree char *found = NULL;

    ROW ("%s: %s, defect %u", rows[i].properties, rows[i].path, rows[i].defect);
    found = find_in_guest (guest, rows[i].path);
    g_assert_cmpstr (found, ==, "");
  }
}

/* UEFI that the host denies, and that none of Debian's packages provides. */
static void
test_no_package (void)
{
  static const char capabilities[] =
      "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
      "<arch name='loongarch64'><emulator>/usr/bin/qemu-system-loongarch64</emulator>"
      "<machine>virt</machine><domain type='qemu'/></arch></guest></capabilities>";
  static const char domain_capabilities[] =
      "<domainCapabilities><domain>qemu</domain><machine>virt</machine><arch>loongarch64</arch>"
      "<os supported='yes'><enum name='firmware'/></os></domainCapabilities>";
  g_autoptr (MachtypeProperties) properties =
      test_make_properties ("hw_architecture=loongarch64 hw_firmware_type=uefi");
  g_autoptr (MachtypeHostBuilder) host_builder = machtype_host_builder_new ();
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;
  GError *error = NULL;

  machtype_host_builder_set_capabilities (host_builder, capabilities, -1, &error);
  g_assert_no_error (error);
  machtype_host_builder_add_domain_capabilities (host_builder, domain_capabilities, -1, &error);
  g_assert_no_error (error);
  host = machtype_host_builder_end (host_builder);
  resolution = machtype_resolve (properties, NULL, host, NULL, &error);
  g_assert_no_error (error);
  builder = machtype_guest_builder_new (resolution, properties, host);
  machtype_guest_builder_set_memory (builder, 2048, NULL);
  g_assert_null (machtype_guest_builder_end (builder, &error));
  g_assert_null (strstr (error->message, "package"));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_OFFERED, "firmware efi loongarch64");
}

static void
test_can_generate (void)
{
  static const struct {
    MachtypeArch arch;
    const char *machine;
    gboolean can;
  } rows[] = {
    { MACHTYPE_ARCH_X86_64, NULL, TRUE },       { MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.2.0", TRUE },
    { MACHTYPE_ARCH_X86_64, "microvm", FALSE }, { MACHTYPE_ARCH_X86_64, "virt", FALSE },
    { MACHTYPE_ARCH_X86_64, "", FALSE },        { MACHTYPE_ARCH_AARCH64, "virt-2.6", TRUE },
    { MACHTYPE_ARCH_MIPSEL, NULL, TRUE },       { MACHTYPE_ARCH_MIPSEL, "mipssim", FALSE },
    { MACHTYPE_ARCH_I686, NULL, TRUE },         { MACHTYPE_ARCH_AVR, NULL, FALSE },
    { MACHTYPE_ARCH_RISCV64, "virt", TRUE },    { MACHTYPE_ARCH_RISCV64, "spike", FALSE },
    { MACHTYPE_ARCH_UNKNOWN, NULL, FALSE },     { MACHTYPE_ARCH_UNKNOWN, "q35", FALSE },
    { (MachtypeArch)4711, NULL, FALSE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    ROW ("%s %s", machtype_arch_to_string (rows[i].arch),
         rows[i].machine != NULL ? rows[i].machine : "default");
    g_assert_cmpint (machtype_guest_can_generate (rows[i].arch, rows[i].machine), ==, rows[i].can);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guest/golden", test_golden);
  g_test_add_func ("/guest/refusals", test_refusals);
  g_test_add_func ("/guest/hostile-survives", test_hostile_survives);
  g_test_add_func ("/guest/hostile-refused", test_hostile_refused);
  g_test_add_func ("/guest/long", test_long);
  g_test_add_func ("/guest/bad-arguments", test_bad_arguments);
  g_test_add_func ("/guest/bad-numbers", test_bad_numbers);
  g_test_add_func ("/guest/interface-models", test_interface_models);
  g_test_add_func ("/guest/no-firmware", test_no_firmware);
  g_test_add_func ("/guest/mac", test_mac);
  g_test_add_func ("/guest/targets", test_targets);
  g_test_add_func ("/guest/mixed-buses", test_mixed_buses);
  g_test_add_func ("/guest/disk-types", test_disk_types);
  g_test_add_func ("/guest/malta-addresses", test_malta_addresses);
  g_test_add_func ("/guest/no-graphics", test_no_graphics);
  g_test_add_func ("/guest/again", test_again);
  g_test_add_func ("/guest/machine", test_machine);
  g_test_add_func ("/guest/never", test_never);
  g_test_add_func ("/guest/can-generate", test_can_generate);
  g_test_add_func ("/guest/no-package", test_no_package);
  return g_test_run ();
}
