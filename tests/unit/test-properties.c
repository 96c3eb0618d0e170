/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#include "compat/compat-private.h"
#include "properties/properties-private.h"

/* Sources: nova/objects/image_meta.py and nova/objects/fields.py. checked: in libvirt's spelling;
 * NULL: the value is refused. */
typedef struct {
  MtProperty property;
  const char *value;
  const char *checked;
} Row;

static const Row rows[] = {
  { MT_PROPERTY_ARCHITECTURE, "x86_64", "x86_64" },
  { MT_PROPERTY_ARCHITECTURE, "AMD64", "AMD64" },
  { MT_PROPERTY_ARCHITECTURE, "riscv64", "riscv64" },
  { MT_PROPERTY_ARCHITECTURE, "", NULL },
  { MT_PROPERTY_ARCHITECTURE, "x86_64 ", NULL },
  { MT_PROPERTY_ARCHITECTURE, "z80", NULL },
  { MT_PROPERTY_EMULATION_ARCHITECTURE, "mipsel", "mipsel" },
  { MT_PROPERTY_EMULATION_ARCHITECTURE, "ppc64el", "ppc64el" },
  { MT_PROPERTY_EMULATION_ARCHITECTURE, "arm", NULL },
  { MT_PROPERTY_MACHINE_TYPE, "q35", "q35" },
  { MT_PROPERTY_MACHINE_TYPE, "pc-q35-9.2+pve1", "pc-q35-9.2+pve1" },
  { MT_PROPERTY_MACHINE_TYPE, "unknown-to_all.1", "unknown-to_all.1" },
  { MT_PROPERTY_MACHINE_TYPE, " q35", NULL },
  { MT_PROPERTY_MACHINE_TYPE, "q35=pc", NULL },
  { MT_PROPERTY_MACHINE_TYPE, "q35'/>", NULL },
  { MT_PROPERTY_FIRMWARE_TYPE, "uefi", "uefi" },
  { MT_PROPERTY_FIRMWARE_TYPE, "bios", "bios" },
  { MT_PROPERTY_FIRMWARE_TYPE, "UEFI", NULL },
  { MT_PROPERTY_FIRMWARE_TYPE, "efi", NULL },
  { MT_PROPERTY_FIRMWARE_TYPE, "", NULL },
  { MT_PROPERTY_FIRMWARE_TYPE, "uefi bios", NULL },
  { MT_PROPERTY_DISK_BUS, "virtio", "virtio" },
  { MT_PROPERTY_DISK_BUS, "scsi", "scsi" },
  { MT_PROPERTY_DISK_BUS, "ide", "ide" },
  { MT_PROPERTY_DISK_BUS, "sata", "sata" },
  { MT_PROPERTY_DISK_BUS, "usb", "usb" },
  { MT_PROPERTY_DISK_BUS, "fdc", "fdc" },
  { MT_PROPERTY_DISK_BUS, "xen", "xen" },
  { MT_PROPERTY_DISK_BUS, "lxc", "lxc" },
  { MT_PROPERTY_DISK_BUS, "uml", "uml" },
  { MT_PROPERTY_DISK_BUS, "nvme", NULL },
  { MT_PROPERTY_DISK_BUS, "VIRTIO", NULL },
  { MT_PROPERTY_CDROM_BUS, "sata", "sata" },
  { MT_PROPERTY_CDROM_BUS, "sat", NULL },
  { MT_PROPERTY_SCSI_MODEL, "virtio-scsi", "virtio-scsi" },
  { MT_PROPERTY_SCSI_MODEL, "VirtIO-SCSI", "virtio-scsi" },
  { MT_PROPERTY_SCSI_MODEL, "lsisas1068", "lsisas1068" },
  { MT_PROPERTY_SCSI_MODEL, "lsilogicsas", "lsisas1068" },
  { MT_PROPERTY_SCSI_MODEL, "LsiLogicSAS", "lsisas1068" },
  { MT_PROPERTY_SCSI_MODEL, "paraVirtual", "vmpvscsi" },
  { MT_PROPERTY_SCSI_MODEL, "ibmvscsi", "ibmvscsi" },
  { MT_PROPERTY_SCSI_MODEL, "buslogic", "buslogic" },
  { MT_PROPERTY_SCSI_MODEL, "lsilogic", "lsilogic" },
  { MT_PROPERTY_SCSI_MODEL, "lsisas1078", "lsisas1078" },
  { MT_PROPERTY_SCSI_MODEL, "vmpvscsi", "vmpvscsi" },
  { MT_PROPERTY_SCSI_MODEL, "paravirtual=vmpvscsi", NULL },
  { MT_PROPERTY_SCSI_MODEL, "virtio", NULL },
  { MT_PROPERTY_VIDEO_MODEL, "virtio", "virtio" },
  { MT_PROPERTY_VIDEO_MODEL, "vga", "vga" },
  { MT_PROPERTY_VIDEO_MODEL, "cirrus", "cirrus" },
  { MT_PROPERTY_VIDEO_MODEL, "bochs", "bochs" },
  { MT_PROPERTY_VIDEO_MODEL, "qxl", "qxl" },
  { MT_PROPERTY_VIDEO_MODEL, "vmvga", "vmvga" },
  { MT_PROPERTY_VIDEO_MODEL, "xen", "xen" },
  { MT_PROPERTY_VIDEO_MODEL, "gop", "gop" },
  { MT_PROPERTY_VIDEO_MODEL, "none", "none" },
  { MT_PROPERTY_VIDEO_MODEL, "QXL", NULL },
  { MT_PROPERTY_VIF_MODEL, "virtio", "virtio" },
  { MT_PROPERTY_VIF_MODEL, "E1000E", "e1000e" },
  { MT_PROPERTY_VIF_MODEL, "e1000", "e1000" },
  { MT_PROPERTY_VIF_MODEL, "rtl8139", "rtl8139" },
  { MT_PROPERTY_VIF_MODEL, "pcnet", "pcnet" },
  { MT_PROPERTY_VIF_MODEL, "ne2k_pci", "ne2k_pci" },
  { MT_PROPERTY_VIF_MODEL, "spapr-vlan", "spapr-vlan" },
  { MT_PROPERTY_VIF_MODEL, "lan9118", "lan9118" },
  { MT_PROPERTY_VIF_MODEL, "netfront", "netfront" },
  { MT_PROPERTY_VIF_MODEL, "sriov", "sriov" },
  { MT_PROPERTY_VIF_MODEL, "vmxnet", "vmxnet" },
  { MT_PROPERTY_VIF_MODEL, "vmxnet3", "vmxnet3" },
  { MT_PROPERTY_VIF_MODEL, "igb", "igb" },
  /* VMware's names, as Nova maps them (VIFModel.coerce). */
  { MT_PROPERTY_VIF_MODEL, "VirtualE1000", "e1000" },
  { MT_PROPERTY_VIF_MODEL, "VirtualE1000e", "e1000e" },
  { MT_PROPERTY_VIF_MODEL, "VirtualPCNet32", "pcnet" },
  { MT_PROPERTY_VIF_MODEL, "VirtualSriovEthernetCard", "sriov" },
  { MT_PROPERTY_VIF_MODEL, "VirtualVmxnet", "vmxnet" },
  { MT_PROPERTY_VIF_MODEL, "VirtualVmxnet3", "vmxnet3" },
  { MT_PROPERTY_VIF_MODEL, "virtio-net", NULL },
  { MT_PROPERTY_INPUT_BUS, "usb", "usb" },
  { MT_PROPERTY_INPUT_BUS, "virtio", "virtio" },
  { MT_PROPERTY_INPUT_BUS, "ps2", NULL },
  { MT_PROPERTY_POINTER_MODEL, "usbtablet", "usbtablet" },
  { MT_PROPERTY_POINTER_MODEL, "tablet", NULL },
  { MT_PROPERTY_POINTER_MODEL, "%s%n", NULL },
};

static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) properties = NULL;
    const char *name = mt_property_name (rows[i].property);
    GError *error = NULL;

    ROW ("%s='%s'", name, rows[i].value);
    g_assert_cmpint (machtype_properties_builder_add_image (builder, name, rows[i].value, &error),
                     ==, rows[i].checked != NULL);
    if (rows[i].checked == NULL)
      test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, name);
    else
      g_assert_no_error (error);
    properties = machtype_properties_builder_end (builder);
    g_assert_cmpstr (mt_properties_get (properties, rows[i].property), ==, rows[i].checked);
    g_assert_cmpstr (machtype_properties_get_image (properties, name), ==,
                     rows[i].checked != NULL ? rows[i].value : NULL);
  }
}

/* What is recorded is kept, valid or not; only a valid value counts. */
static void
test_kept (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) properties = NULL;
    g_auto (GStrv) unused = NULL;
    const char *name = mt_property_name (rows[i].property);
    GError *error = NULL;

    ROW ("%s='%s'", name, rows[i].value);
    g_assert_true (machtype_properties_builder_keep_image (builder, name, rows[i].value, &error));
    g_assert_no_error (error);
    properties = machtype_properties_builder_end (builder);
    g_assert_cmpstr (mt_properties_get (properties, rows[i].property), ==, rows[i].checked);
    g_assert_cmpstr (machtype_properties_get_image (properties, name), ==, rows[i].value);
    unused = machtype_properties_dup_unused_names (properties);
    g_assert_cmpstr (unused[0], ==, rows[i].checked == NULL ? name : NULL);
  }
}

/* A kept value replaces a valid one and is replaced by one, in a copy, too; a request is refused as
 * ever; what is not valid text is not kept. */
static void
test_kept_replaced (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new (), copy = NULL;
  g_autoptr (MachtypeProperties) kept = NULL, valid = NULL;
  GError *error = NULL;

  g_assert_true (machtype_properties_builder_add_image (builder, "hw_disk_bus", "sata", &error));
  g_assert_true (machtype_properties_builder_keep_image (builder, "hw_disk_bus", "nvme", &error));
  g_assert_false (machtype_properties_builder_add_image (builder, "hw_disk_bus", "nvme", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "hw_disk_bus 'nvme'");
  g_assert_false (machtype_properties_builder_keep_image (builder, "", "nvme", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "empty");
  g_assert_false (machtype_properties_builder_keep_image (builder, "hw_pmu", "\xff", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "hw_pmu");
  kept = machtype_properties_builder_end (builder);
  g_assert_null (mt_properties_get (kept, MT_PROPERTY_DISK_BUS));
  copy = mt_properties_builder_new_from (kept, NULL);
  g_assert_true (machtype_properties_builder_add_image (copy, "hw_disk_bus", "scsi", &error));
  valid = machtype_properties_builder_end (copy);
  g_assert_cmpstr (mt_properties_get (valid, MT_PROPERTY_DISK_BUS), ==, "scsi");
}

/* An old name, too, whose meaning is stored. */
static void
test_kept_legacy (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;
  GError *error = NULL;

  g_assert_true (machtype_properties_builder_keep_image (builder, "architecture", "z", &error));
  g_assert_true (machtype_properties_builder_keep_image (builder, "architecture", "y", &error));
  g_assert_false (machtype_properties_builder_add_image (builder, "architecture", "x", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "architecture 'x'");
  properties = machtype_properties_builder_end (builder);
  g_assert_cmpstr (machtype_properties_get_image (properties, "hw_architecture"), ==, "y");
}

/* What decides the machine is never replaced by a default. */
static void
test_kept_deciding (void)
{
  static const struct {
    const char *name, *other, *recorded;
    gboolean resolves;
  } cases[] = {
    { "hw_architecture", NULL, NULL, FALSE },
    { "hw_architecture", NULL, "q35", FALSE },
    { "hw_architecture", "hw_emulation_architecture", NULL, TRUE },
    { "hw_emulation_architecture", "hw_architecture", NULL, FALSE },
    { "hw_machine_type", NULL, NULL, FALSE },
    { "hw_machine_type", NULL, "q35", TRUE },
    { "hw_disk_bus", "hw_architecture", NULL, TRUE },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) properties = NULL;
    g_autoptr (MachtypeHostBuilder) host_builder = machtype_host_builder_new ();
    g_autoptr (MachtypeHost) host = NULL;
    g_autoptr (MachtypeResolution) resolution = NULL;
    GError *error = NULL;

    ROW ("%s, %s, %s", cases[i].name, cases[i].other, cases[i].recorded);
    machtype_properties_builder_keep_image (builder, cases[i].name, "a b", &error);
    if (cases[i].other != NULL)
      machtype_properties_builder_keep_image (builder, cases[i].other, "x86_64", &error);
    properties = machtype_properties_builder_end (builder);
    machtype_host_builder_set_arch (host_builder, MACHTYPE_ARCH_X86_64, &error);
    host = machtype_host_builder_end (host_builder);
    resolution = machtype_resolve (properties, NULL, host, cases[i].recorded, &error);
    g_assert_cmpint (resolution != NULL, ==, cases[i].resolves);
    if (!cases[i].resolves)
      test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, cases[i].name);
    g_assert_no_error (error);
  }
}

/* A refusal names the property, the given value and the valid ones. */
static void
test_messages (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  GError *error = NULL;

  g_assert_false (machtype_properties_builder_add_image (builder, "hw_disk_bus", "nvme", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY,
                     "hw_disk_bus 'nvme' virtio, scsi, ide, sata, usb, fdc, xen, lxc, uml");
  g_assert_false (machtype_properties_builder_add_image (builder, "hw_scsi_model", "x", &error));
  g_assert_null (strchr (error->message, '='));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY,
                     "hw_scsi_model 'x' virtio-scsi lsilogicsas paravirtual");
  g_assert_false (machtype_properties_builder_add_image (builder, "hw_architecture", "z", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "hw_architecture 'z' aarch64");
  g_assert_false (
      machtype_properties_builder_add_image (builder, "hw_machine_type", "a b", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "hw_machine_type 'a b' q35");
}

static MachtypeProperties *
make (const char *name, const char *value)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();

  g_assert_true (machtype_properties_builder_add_image (builder, name, value, NULL));
  return machtype_properties_builder_end (builder);
}

static void
test_arch (void)
{
  g_autoptr (MachtypeProperties) properties = make ("hw_architecture", "ARM64");

  g_assert_cmpint (mt_properties_get_arch (properties, MT_PROPERTY_ARCHITECTURE), ==,
                   MACHTYPE_ARCH_AARCH64);
  g_assert_cmpint (mt_properties_get_arch (properties, MT_PROPERTY_EMULATION_ARCHITECTURE), ==,
                   MACHTYPE_ARCH_UNKNOWN);
  g_assert_null (mt_properties_get (properties, MT_PROPERTY_MACHINE_TYPE));
  g_assert_null (mt_properties_get (NULL, MT_PROPERTY_MACHINE_TYPE));
  g_assert_cmpint (mt_properties_get_arch (NULL, MT_PROPERTY_ARCHITECTURE), ==,
                   MACHTYPE_ARCH_UNKNOWN);
}

/* Nova's defect 26: an empty machine type is set for some of its parts and unset for others. */
static void
test_empty_machine_type (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;

  g_assert_true (machtype_properties_builder_add_image (builder, "hw_machine_type", "q35", NULL));
  g_assert_true (machtype_properties_builder_add_image (builder, "hw_machine_type", "", NULL));
  properties = machtype_properties_builder_end (builder);
  g_assert_null (mt_properties_get (properties, MT_PROPERTY_MACHINE_TYPE));
  g_assert_cmpstr (machtype_properties_get_image (properties, "hw_machine_type"), ==, "");
}

static void
test_replace (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;
  GError *error = NULL;

  g_assert_true (machtype_properties_builder_add_image (builder, "hw_disk_bus", "ide", NULL));
  g_assert_true (machtype_properties_builder_add_image (builder, "hw_disk_bus", "sata", NULL));
  /* An error leaves the contents unchanged. */
  g_assert_false (machtype_properties_builder_add_image (builder, "hw_disk_bus", "x", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "hw_disk_bus");
  g_assert_false (machtype_properties_builder_add_image (builder, "hw_disk_bus", "\x01", NULL));
  g_assert_true (machtype_properties_builder_add_extra_spec (builder, "a", "1", NULL));
  g_assert_true (machtype_properties_builder_add_extra_spec (builder, "a", "2", NULL));
  g_assert_false (machtype_properties_builder_add_extra_spec (builder, "a", "\xff", NULL));
  properties = machtype_properties_builder_end (builder);
  g_assert_cmpstr (mt_properties_get (properties, MT_PROPERTY_DISK_BUS), ==, "sata");
  g_assert_cmpstr (machtype_properties_get_image (properties, "hw_disk_bus"), ==, "sata");
  g_assert_cmpstr (machtype_properties_get_extra_spec (properties, "a"), ==, "2");
  g_assert_null (machtype_properties_get_image (properties, "a"));
  g_assert_null (machtype_properties_get_extra_spec (properties, "hw_disk_bus"));
}

/* The result is unchanged if its builder is used again. */
static void
test_reuse (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) first = NULL, second = NULL;

  g_assert_true (machtype_properties_builder_add_image (builder, "hw_machine_type", "pc", NULL));
  g_assert_true (machtype_properties_builder_add_image (builder, "hw_architecture", "i686", NULL));
  g_assert_true (machtype_properties_builder_add_extra_spec (builder, "a", "1", NULL));
  first = machtype_properties_builder_end (builder);
  g_assert_true (machtype_properties_builder_add_image (builder, "hw_vif_model", "IGB", NULL));
  second = machtype_properties_builder_end (builder);
  g_assert_cmpstr (mt_properties_get (first, MT_PROPERTY_MACHINE_TYPE), ==, "pc");
  g_assert_cmpstr (machtype_properties_get_extra_spec (first, "a"), ==, "1");
  g_assert_null (mt_properties_get (first, MT_PROPERTY_VIF_MODEL));
  g_assert_null (mt_properties_get (second, MT_PROPERTY_MACHINE_TYPE));
  g_assert_cmpint (mt_properties_get_arch (second, MT_PROPERTY_ARCHITECTURE), ==,
                   MACHTYPE_ARCH_UNKNOWN);
  g_assert_null (machtype_properties_get_extra_spec (second, "a"));
  g_assert_cmpstr (mt_properties_get (second, MT_PROPERTY_VIF_MODEL), ==, "igb");
}

static void
test_ignored (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL, empty = NULL;
  g_auto (GStrv) names = NULL, none = NULL;
  g_autofree char *joined = NULL;

  empty = machtype_properties_builder_end (builder);
  none = machtype_properties_dup_unused_names (empty);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_true (machtype_properties_builder_add_image (builder, "os_type", "linux", NULL));
  g_assert_true (machtype_properties_builder_add_image (builder, "hw_disk_bus", "ide", NULL));
  g_assert_true (machtype_properties_builder_add_image (builder, "HW_DISK_BUS", "what", NULL));
  g_assert_true (machtype_properties_builder_add_extra_spec (builder, "hw:pmu", "true", NULL));
  g_assert_true (machtype_properties_builder_add_extra_spec (builder, "hw_disk_bus", "x", NULL));
  g_assert_true (machtype_properties_builder_add_extra_spec (builder, "hw:numa_nodes", "1", NULL));
  g_assert_true (machtype_properties_builder_add_image (builder, "img_version", "1", NULL));
  properties = machtype_properties_builder_end (builder);
  names = machtype_properties_dup_unused_names (properties);
  joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, "HW_DISK_BUS hw:numa_nodes hw_disk_bus img_version");
}

/* Glance's old names: what was added, what is stored, and the architecture. */
static void
test_legacy (void)
{
  static const struct {
    const char *added, *stored;
  } legacies[] = {
    { "architecture=aarch64", "hw_architecture=aarch64" },
    { "architecture=aarch64 hw_architecture=s390x", "hw_architecture=s390x" },
    { "hw_architecture=s390x architecture=aarch64", "hw_architecture=s390x" },
    { "architecture=aarch64 architecture=ppc64le", "hw_architecture=ppc64le" },
    { "architecture=i686 hw_architecture=s390x architecture=aarch64", "hw_architecture=s390x" },
    { "hypervisor_type=kvm", "img_hv_type=kvm" },
    { "vm_mode=hvm", "hw_vm_mode=hvm" },
    { "auto_disk_config=True", "hw_auto_disk_config=True" },
    { "owner_id=me vmware_ostype=windows9Guest", "img_owner_id=me os_distro=windows9Guest" },
    { "vmware_adaptertype=ide", "hw_disk_bus=ide" },
    { "vmware_adaptertype=lsiLogic", "hw_disk_bus=scsi hw_scsi_model=lsiLogic" },
    { "vmware_adaptertype=paraVirtual hw_disk_bus=virtio",
      "hw_disk_bus=virtio hw_scsi_model=paraVirtual" },
    { "vmware_adaptertype=", "" },
    { "mappings=x", "mappings=x" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (legacies); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) properties = NULL;
    g_auto (GStrv) pairs = g_strsplit (legacies[i].added, " ", -1), names = NULL;
    g_autoptr (GString) stored = g_string_new (NULL);
    char **pair, **name;

    ROW ("%s", legacies[i].added);
    for (pair = pairs; *pair != NULL; pair++) {
      g_auto (GStrv) parts = g_strsplit (*pair, "=", 2);
      GError *error = NULL;

      machtype_properties_builder_add_image (builder, parts[0], parts[1], &error);
      g_assert_no_error (error);
    }
    properties = machtype_properties_builder_end (builder);
    names = machtype_properties_dup_image_names (properties);
    for (name = names; *name != NULL; name++)
      g_string_append_printf (stored, "%s%s=%s", stored->len != 0 ? " " : "", *name,
                              machtype_properties_get_image (properties, *name));
    g_assert_cmpstr (stored->str, ==, legacies[i].stored);
  }
}

static void
test_legacy_values (void)
{
  static const struct {
    const char *name, *value, *words;
  } invalid[] = {
    { "architecture", "arm64x", "architecture hw_architecture arm64x" },
    { "vmware_adaptertype", "nvme", "vmware_adaptertype hw_scsi_model nvme" },
    { "hypervisor_type", "what", "hypervisor_type img_hv_type what" },
  };
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;
  g_auto (GStrv) names = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (invalid); i++) {
    GError *error = NULL;

    ROW ("%s=%s", invalid[i].name, invalid[i].value);
    g_assert_false (
        machtype_properties_builder_add_image (builder, invalid[i].name, invalid[i].value, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, invalid[i].words);
  }
  properties = machtype_properties_builder_end (builder);
  names = machtype_properties_dup_image_names (properties);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
}

typedef gboolean (*AddFunc) (MachtypePropertiesBuilder *builder, const char *name,
                             const char *value, GError **error);

static const AddFunc adders[] = {
  machtype_properties_builder_add_image,
  machtype_properties_builder_add_extra_spec,
};

static const struct {
  const char *name, *value;
  int code;
  const char *words;
} hostile[] = {
  { "", "x", MACHTYPE_ERROR_INVALID_ARGUMENT, "name empty" },
  { "a\nb", "x", MACHTYPE_ERROR_INVALID_ARGUMENT, "name control a\\nb" },
  { "\xff", "x", MACHTYPE_ERROR_INVALID_ARGUMENT, "name UTF-8" },
  { "a", "\xc3(", MACHTYPE_ERROR_INVALID_ARGUMENT, "value 'a' UTF-8" },
};

static void
test_hostile (void)
{
  gsize i, a;

  for (i = 0; i < G_N_ELEMENTS (hostile) * G_N_ELEMENTS (adders); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) properties = NULL;
    g_auto (GStrv) names = NULL;
    GError *error = NULL;

    a = i % G_N_ELEMENTS (adders);
    ROW ("row %u, adder %u", (guint)(i / G_N_ELEMENTS (adders)), (guint)a);
    g_assert_false (adders[a](builder, hostile[i / 2].name, hostile[i / 2].value, &error));
    test_assert_error (&error, hostile[i / 2].code, hostile[i / 2].words);
    properties = machtype_properties_builder_end (builder);
    names = machtype_properties_dup_unused_names (properties);
    g_assert_cmpuint (g_strv_length (names), ==, 0);
  }
}

/* What is not used can contain anything, on several lines; what the library acts on cannot. */
static void
test_lines (void)
{
  static const char *const known[] = { "hw_machine_type", "hw_disk_bus", "hw_architecture",
                                       "hw_vif_model" };
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  GError *error = NULL;
  gsize i;

  g_assert_true (machtype_properties_builder_add_image (builder, "description", "a\n\tb", &error));
  g_assert_true (
      machtype_properties_builder_add_extra_spec (builder, "note", "a\r\n\x1b[2J", &error));
  g_assert_no_error (error);
  for (i = 0; i < G_N_ELEMENTS (known); i++) {
    ROW ("%s", known[i]);
    g_assert_false (machtype_properties_builder_add_image (builder, known[i], "virtio\n", &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, known[i]);
  }
}

static void
test_lengths (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autofree char *name = g_strnfill (MACHTYPE_PROPERTY_MAX_NAME + 1, 'n');
  g_autofree char *value = g_strnfill (MACHTYPE_PROPERTY_MAX_VALUE + 1, 'v');
  GError *error = NULL;
  gsize a;

  for (a = 0; a < G_N_ELEMENTS (adders); a++) {
    g_assert_false (adders[a](builder, name, "v", &error));
    test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "name nnnn... 255");
    g_assert_false (adders[a](builder, "n", value, &error));
    test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "value 'n' 65536");
    g_assert_true (adders[a](builder, name + 1, value + 1, &error));
    g_assert_no_error (error);
  }
}

/* A machine type has a separate limit. */
static void
test_long_machine_type (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autofree char *value = g_strnfill (MACHTYPE_NAME_MAX_LENGTH + 1, 'v');
  GError *error = NULL;

  g_assert_false (
      machtype_properties_builder_add_image (builder, "hw_machine_type", value, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "hw_machine_type");
  g_assert_true (
      machtype_properties_builder_add_image (builder, "hw_machine_type", value + 1, &error));
}

static void
test_count (void)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;
  GError *error = NULL;
  char name[16];
  guint i;

  for (i = 0; i < MACHTYPE_PROPERTIES_MAX; i++) {
    g_snprintf (name, sizeof name, "p%u", i);
    g_assert_true (adders[i % 2](builder, name, "x", &error));
  }
  for (i = 0; i < 2; i++) {
    g_assert_false (adders[i](builder, "more", "x", &error));
    test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "4096");
    /* Existing properties can still be replaced. */
    g_assert_true (adders[i](builder, i == 0 ? "p0" : "p1", "y", &error));
    g_assert_no_error (error);
  }
  properties = machtype_properties_builder_end (builder);
  g_assert_cmpstr (machtype_properties_get_image (properties, "p0"), ==, "y");
  g_assert_null (machtype_properties_get_image (properties, "more"));
}

static void
test_references (void)
{
  MachtypePropertiesBuilder *builder = machtype_properties_builder_new ();
  MachtypePropertiesBuilder *other = g_boxed_copy (MACHTYPE_TYPE_PROPERTIES_BUILDER, builder);
  MachtypeProperties *properties = machtype_properties_builder_end (builder);

  g_assert_true (other == builder);
  g_boxed_free (MACHTYPE_TYPE_PROPERTIES_BUILDER, other);
  machtype_properties_builder_unref (builder);
  g_assert_true (g_boxed_copy (MACHTYPE_TYPE_PROPERTIES, properties) == properties);
  g_boxed_free (MACHTYPE_TYPE_PROPERTIES, properties);
  machtype_properties_unref (properties);
  machtype_properties_builder_unref (NULL);
  machtype_properties_unref (NULL);
}

/* What a copy requests is what the original requests. */
static void
test_copies (void)
{
  g_autoptr (MachtypeProperties) properties =
      test_make_properties ("hw_architecture=s390x hw_emulation_architecture=aarch64 os_type=linux "
                            "hw_pmu=yes hw:pmu=no hw_numa_nodes=2");
  g_autoptr (MachtypeProperties) empty = test_make_properties ("img_version=1");
  g_autoptr (MachtypePropertiesBuilder) builder = mt_properties_builder_new_from (properties, NULL);
  g_autoptr (MachtypeProperties) copy = machtype_properties_builder_end (builder);
  g_autoptr (MachtypeProperties) over = mt_properties_overlay (empty, properties, NULL);
  g_autoptr (MachtypeProperties) images = mt_properties_dup_images (properties);
  MachtypeProperties *const all[] = { properties, copy, over, images };
  MtRefused refused;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (all); i++) {
    ROW ("%" G_GSIZE_FORMAT, i);
    g_assert_cmpint (mt_properties_get_arch (all[i], MT_PROPERTY_ARCHITECTURE), ==,
                     MACHTYPE_ARCH_S390X);
    g_assert_cmpint (mt_properties_get_arch (all[i], MT_PROPERTY_EMULATION_ARCHITECTURE), ==,
                     MACHTYPE_ARCH_AARCH64);
    g_assert_cmpstr (mt_properties_get (all[i], MT_PROPERTY_OS_TYPE), ==, "linux");
    g_assert_cmpstr (mt_properties_get (all[i], MT_PROPERTY_PMU), ==, "yes");
    g_assert_cmpstr (mt_properties_get_spec (all[i], MT_SPEC_PMU), ==, i < 2 ? "no" : NULL);
    g_assert_true (mt_properties_has_features (all[i]));
    g_assert_true (mt_properties_find_refused (all[i], &refused));
    g_assert_cmpstr (refused.name, ==, "hw_numa_nodes");
    g_assert_cmpstr (refused.why, ==, "NUMA");
    g_assert_false (refused.is_spec);
  }
  g_assert_false (mt_properties_has_features (empty));
  g_assert_false (mt_properties_find_refused (empty, &refused));
}

/* Sources: nova/virt/libvirt/utils.py (get_arch), nova/objects/image_meta.py. */
static void
test_guest_arch (void)
{
  static const struct {
    const char *properties; /* NULL: none */
    MachtypeArch host;
    MachtypeArch guest;
  } cases[] = {
    { NULL, MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_UNKNOWN },
    { NULL, MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_X86_64 },
    { "hw_disk_bus=scsi", MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_UNKNOWN },
    { "hw_disk_bus=scsi", MACHTYPE_ARCH_S390X, MACHTYPE_ARCH_S390X },
    { "hw_architecture=arm64", MACHTYPE_ARCH_UNKNOWN, MACHTYPE_ARCH_AARCH64 },
    { "hw_architecture=arm64", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_AARCH64 },
    { "hw_emulation_architecture=ppc64el", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_PPC64LE },
    { "hw_architecture=x86_64 hw_emulation_architecture=mipsel", MACHTYPE_ARCH_X86_64,
      MACHTYPE_ARCH_MIPSEL },
    { "architecture=arm64", MACHTYPE_ARCH_X86_64, MACHTYPE_ARCH_AARCH64 },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (MachtypeProperties) properties =
        cases[i].properties != NULL ? test_make_properties (cases[i].properties) : NULL;

    ROW ("%s, %s", cases[i].properties, machtype_arch_to_string (cases[i].host));
    g_assert_cmpint (machtype_properties_get_guest_arch (properties, cases[i].host), ==,
                     cases[i].guest);
  }
}

static void
check_spec (const MtSpecName *name, guint *seen)
{
  g_assert_cmpint (name->name[0] != '\0', ==, name->spec != MT_SPEC_NONE);
  if (name->spec == MT_SPEC_NONE)
    return;
  seen[name->spec]++;
  g_assert_cmpint (mt_spec_find (name->name), ==, name->spec);
  g_assert_cmpstr (mt_spec_name ((MtSpec)name->spec), ==, name->name);
  g_assert_cmpint (mt_schema_find (name->name), ==, -1);
}

/* What a row requests is something that has rules. */
static void
check_becomes (const MtSchema *row)
{
  gsize i;

  g_assert_cmpint (row->kind, <=, MT_KIND_LAST);
  for (i = 0; i < G_N_ELEMENTS (row->becomes) && row->becomes[i].value[0] != '\0'; i++) {
    const char *wanted = row->becomes[i].wanted;

    g_assert_cmpint (row->kind, !=, MT_KIND_NONE);
    if (*wanted != '\0' && strcmp (wanted, MT_BEST_MODEL) != 0)
      g_assert_nonnull (mt_rule_find ((MtDeviceKind)row->kind, wanted));
  }
}

/* Each row is complete, and each extra spec is in one. */
static void
test_table (void)
{
  guint seen[MT_SPEC_LAST + 1] = { 0 };
  const MtSchema *row;
  int i;

  for (i = 0; (row = mt_schema_get (i)) != NULL; i++) {
    gboolean twins = row->image[0] != '\0' && row->flavor.name[0] != '\0';

    ROW ("%d %s %s", i, row->image, row->flavor.name);
    g_assert_cmpint (mt_schema_find (row->image), ==, row->image[0] != '\0' ? i : -1);
    g_assert_true (row->image[0] != '\0' || row->flavor.name[0] != '\0');
    g_assert_cmpint (row->type, !=, MT_VALUE_SAME);
    g_assert_cmpint (row->winner != MT_WINNER_NONE, ==, twins);
    g_assert_true (row->old.spec == MT_SPEC_NONE || row->flavor.spec != MT_SPEC_NONE);
    if (row->winner == MT_WINNER_LIMIT || row->winner == MT_WINNER_PERMITTED)
      g_assert_cmpstr (row->conflict, !=, "");
    check_spec (&row->flavor, seen);
    check_spec (&row->old, seen);
    check_becomes (row);
  }
  g_assert_cmpint (i, >, MT_PROPERTY_LAST);
  for (i = MT_SPEC_NONE + 1; i <= MT_SPEC_LAST; i++)
    g_assert_cmpuint (seen[i], ==, 1);
  g_assert_null (mt_schema_get (-1));
  g_assert_cmpint (mt_spec_find (""), ==, MT_SPEC_NONE);
  g_assert_cmpint (mt_spec_find ("hw_pmu"), ==, MT_SPEC_NONE);
}

typedef struct {
  gboolean spec;
  const char *name, *type, *values;
} ListedRow;

static const ListedRow listed[] = {
  { FALSE, "hw_disk_bus", "word", "virtio scsi ide sata usb fdc xen lxc uml" },
  { FALSE, "hw_scsi_model", "word",
    "virtio-scsi buslogic ibmvscsi lsilogic lsisas1068 lsisas1078 vmpvscsi lsilogicsas "
    "paravirtual" },
  { FALSE, "os_type", "word", "linux windows" },
  { FALSE, "hw_pmu", "boolean", "yes no" },
  { FALSE, "hw_video_ram", "integer", "" },
  { FALSE, "hw_mem_page_size", "text", "" },
  { FALSE, "hw_machine_type", "machine", "" },
  { FALSE, "img_signature_hash_method", "word", "SHA-224 SHA-256 SHA-384 SHA-512" },
  { FALSE, "hw:pmu", "unknown", "" },
  { FALSE, "trait:HW_CPU_X86_AVX", "unknown", "" },
  { FALSE, "", "unknown", "" },
  { TRUE, "hw:watchdog_action", "word", "none pause poweroff reset disabled" },
  { TRUE, "hide_hypervisor_id", "boolean", "yes no" },
  { TRUE, "hw_video:ram_max_mb", "integer", "" },
  { TRUE, "hw:cpu_realtime_mask", "text", "" },
  { TRUE, "hw_pmu", "unknown", "" },
  { TRUE, "", "unknown", "" },
};

static char **
dup_values (gboolean spec, const char *name)
{
  return spec ? machtype_extra_spec_dup_values (name) : machtype_image_property_dup_values (name);
}

static MachtypeValueType
get_value_type (gboolean spec, const char *name)
{
  return spec ? machtype_extra_spec_get_value_type (name)
              : machtype_image_property_get_value_type (name);
}

static void
test_listed (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (listed); i++) {
    g_auto (GStrv) values = dup_values (listed[i].spec, listed[i].name);
    g_autofree char *joined = g_strjoinv (" ", values);

    ROW ("%d %s", listed[i].spec, listed[i].name);
    g_assert_cmpstr (joined, ==, listed[i].values);
    g_assert_cmpstr (
        machtype_value_type_to_string (get_value_type (listed[i].spec, listed[i].name)), ==,
        listed[i].type);
  }
  g_assert_cmpstr (machtype_value_type_to_string ((MachtypeValueType)99), ==, "unknown");
}

/* Every listed value is accepted; words that are not listed are refused. */
static void
check_names (gboolean spec, char **names)
{
  gboolean (*add) (MachtypePropertiesBuilder *, const char *, const char *, GError **) =
      spec ? machtype_properties_builder_add_extra_spec : machtype_properties_builder_add_image;
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  char **name, **value;

  for (name = names; *name != NULL; name++) {
    g_auto (GStrv) values = dup_values (spec, *name);
    MachtypeValueType type = get_value_type (spec, *name);

    ROW ("%s", *name);
    g_assert_cmpint (type, !=, MACHTYPE_VALUE_TYPE_UNKNOWN);
    for (value = values; *value != NULL; value++)
      g_assert_true (add (builder, *name, *value, NULL));
    g_assert_cmpint (values[0] != NULL, ==,
                     type == MACHTYPE_VALUE_TYPE_WORD || type == MACHTYPE_VALUE_TYPE_BOOLEAN ||
                         type == MACHTYPE_VALUE_TYPE_ARCH);
    g_assert_cmpint (add (builder, *name, "no word", NULL), ==, type == MACHTYPE_VALUE_TYPE_TEXT);
    g_assert_cmpint (add (builder, *name, "1", NULL), ==,
                     type != MACHTYPE_VALUE_TYPE_WORD && type != MACHTYPE_VALUE_TYPE_ARCH);
  }
}

static void
test_names_listed (void)
{
  g_auto (GStrv) images = machtype_image_property_dup_names ();
  g_auto (GStrv) specs = machtype_extra_spec_dup_names ();
  g_auto (GStrv) archs = machtype_image_property_dup_values ("hw_architecture");
  int i;

  g_assert_cmpstr (images[0], ==, "hw_architecture");
  for (i = 0; i < MT_SPEC_LAST; i++)
    g_assert_cmpstr (specs[i], ==, mt_spec_name ((MtSpec)(i + 1)));
  g_assert_cmpstr (specs[MT_SPEC_LAST], ==, "hw:cpu_policy");
  g_assert_false (g_strv_contains ((const char *const *)specs, "hw:numa_cpus.#"));
  g_assert_true (g_strv_contains ((const char *const *)archs, "mipsel"));
  g_assert_false (g_strv_contains ((const char *const *)archs, "unknown"));
  check_names (FALSE, images);
  check_names (TRUE, specs);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/properties/rows", test_rows);
  g_test_add_func ("/properties/kept", test_kept);
  g_test_add_func ("/properties/kept-replaced", test_kept_replaced);
  g_test_add_func ("/properties/kept-legacy", test_kept_legacy);
  g_test_add_func ("/properties/kept-deciding", test_kept_deciding);
  g_test_add_func ("/properties/messages", test_messages);
  g_test_add_func ("/properties/arch", test_arch);
  g_test_add_func ("/properties/empty-machine-type", test_empty_machine_type);
  g_test_add_func ("/properties/replace", test_replace);
  g_test_add_func ("/properties/reuse", test_reuse);
  g_test_add_func ("/properties/ignored", test_ignored);
  g_test_add_func ("/properties/legacy", test_legacy);
  g_test_add_func ("/properties/legacy-values", test_legacy_values);
  g_test_add_func ("/properties/hostile", test_hostile);
  g_test_add_func ("/properties/lengths", test_lengths);
  g_test_add_func ("/properties/lines", test_lines);
  g_test_add_func ("/properties/long-machine-type", test_long_machine_type);
  g_test_add_func ("/properties/count", test_count);
  g_test_add_func ("/properties/references", test_references);
  g_test_add_func ("/properties/copies", test_copies);
  g_test_add_func ("/properties/guest-arch", test_guest_arch);
  g_test_add_func ("/properties/table", test_table);
  g_test_add_func ("/properties/listed", test_listed);
  g_test_add_func ("/properties/names-listed", test_names_listed);
  return g_test_run ();
}
