/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every row of the tables of what machines can carry, and who says so. */

#include "facts.h"

#include <string.h>

#include "compat/compat-private.h"

/* Machines whose class is asked, of every architecture. */
static const char machines[][20] = {
  "pc",       "q35",        "isapc",        "microvm",        "virt",           "s390-ccw-virtio",
  "pseries",  "malta",      "xenfv",        "ubuntu",         "ubuntu-q35",     "pc-i440fx-7.2",
  "pc-1.0",   "pc-q35-8.0", "pc-q35-focal", "virt-8.0",       "virt-rhel8.2.0", "pseries-9.0",
  "s390-ccw", "xenfv-4.2",  "boston",       "loongson3-virt", "powernv",        "mac99",
  "raspi3b",  "mcf5208evb", "sun4u",        "none",
};

/* One for each class, in the columns' order. */
static const struct {
  MachtypeArch arch;
  char machine[16];
} samples[] = {
  { MACHTYPE_ARCH_X86_64, "pc" },
  { MACHTYPE_ARCH_X86_64, "q35" },
  { MACHTYPE_ARCH_I686, "pc" },
  { MACHTYPE_ARCH_I686, "q35" },
  { MACHTYPE_ARCH_X86_64, "isapc" },
  { MACHTYPE_ARCH_X86_64, "microvm" },
  { MACHTYPE_ARCH_AARCH64, "virt" },
  { MACHTYPE_ARCH_ARMV7L, "virt" },
  { MACHTYPE_ARCH_S390X, "s390-ccw-virtio" },
  { MACHTYPE_ARCH_PPC64LE, "pseries" },
  { MACHTYPE_ARCH_MIPSEL, "malta" },
  { MACHTYPE_ARCH_MIPS64EL, "malta" },
  { MACHTYPE_ARCH_RISCV64, "virt" },
  { MACHTYPE_ARCH_LOONGARCH64, "virt" },
  { MACHTYPE_ARCH_M68K, "virt" },
};

static MtClass
get_class (gsize sample)
{
  return mt_class_find (samples[sample].arch, samples[sample].machine);
}

static char *
dup_label (gsize sample)
{
  return g_strdup_printf ("%s %s", machtype_arch_to_string (samples[sample].arch),
                          samples[sample].machine);
}

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

/* The sample of a class; every class has one. */
static gsize
find_sample (MtClass class)
{
  gsize i;

  for (i = 0; get_class (i) != class; i++)
    g_assert_cmpuint (i + 1, <, G_N_ELEMENTS (samples));
  return i;
}

static void
add_class (GString *text, MachtypeArch arch, const char *machine)
{
  const MtClass class = mt_class_find (arch, machine);
  g_autofree char *label = NULL, *like = NULL, *ports = NULL;

  if (class == MT_CLASS_NONE)
    return;
  label = g_strdup_printf ("%s %s", machtype_arch_to_string (arch), machine);
  like = dup_label (find_sample (class));
  ports = g_strdup_printf ("%u", mt_class_get_serial_ports (class));
  facts_add (text, label, like, mt_class_get_machine (class),
             mt_class_prefers_uefi (class) ? "UEFI" : "", ports,
             mt_class_can_encrypt (class) ? "encrypts" : "",
             machtype_guest_can_generate (arch, machine) ? "generated" : "", NULL);
}

static void
test_classes (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  gsize i;

  while ((arch = facts_next_arch (arch)) != MACHTYPE_ARCH_UNKNOWN) {
    for (i = 0; i < G_N_ELEMENTS (machines); i++)
      add_class (text, arch, machines[i]);
  }
  facts_check ("classes.tsv", text->str);
}

static void
add_kind (GString *text, MtKind kind)
{
  const char *device = "", *name = "";
  gsize i;

  mt_kind_get_capability (kind, &device, &name);
  facts_add (text, mt_kind_get_code (kind), mt_kind_get_label (kind),
             mt_kind_is_choice (kind) ? "choice" : "", device, name, NULL);
  for (i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autofree char *label = dup_label (i),
                    *possible = mt_compat_dup_possible (kind, get_class (i));
    g_autofree char *remedy = mt_compat_dup_remedy (kind, get_class (i));

    facts_add (text, mt_kind_get_code (kind), label, or_nothing (possible),
               or_nothing (mt_compat_get_best (kind, get_class (i), TRUE)),
               or_nothing (mt_compat_get_best (kind, get_class (i), FALSE)), or_nothing (remedy),
               NULL);
  }
}

static void
test_kinds (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint kind;

  for (kind = 0; kind <= MT_KIND_LAST; kind++)
    add_kind (text, (MtKind)kind);
  facts_check ("kinds.tsv", text->str);
}

/* Who says no to each class, and in which words the first of each authority does. */
static void
add_rule (GString *text, MtKind kind, const char *value)
{
  static const char letters[][12] = { "-",     "unproven", "listed", "define",
                                      "start", "guest",    "ignored" };
  g_autofree char *code = g_strdup_printf ("%s %s", mt_kind_get_code (kind), value);
  g_autoptr (GPtrArray) findings =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_finding_unref);
  g_autofree char *words = NULL;
  guint seen = 0;
  gsize i;

  g_string_append (text, code);
  for (i = 0; i < G_N_ELEMENTS (samples); i++) {
    const MachtypeAuthority authority = mt_compat_ask (kind, value, get_class (i));

    g_string_append_printf (text, "\t%s", letters[authority]);
    if (authority != MACHTYPE_AUTHORITY_NONE && (seen & 1u << authority) == 0)
      g_ptr_array_add (findings, mt_compat_new_finding (kind, value, authority, "x",
                                                        samples[i].arch, samples[i].machine));
    seen |= 1u << authority;
  }
  words = facts_dup_findings (findings);
  g_string_append_c (text, '\t');
  facts_add (text, words, NULL);
}

static void
test_rules (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, count;
  const MtRule *rules = mt_rules_get (&count);

  for (i = 0; i < count; i++)
    add_rule (text, (MtKind)rules[i].kind, rules[i].value);
  add_rule (text, MT_KIND_DISK_BUS, "no-such-bus");
  facts_check ("rules.tsv", text->str);
}

/* What is asked of every machine. */
static const char *const asked[] = {
  "hw_firmware_type=uefi",
  "hw_firmware_type=bios",
  "os:secure_boot=required",
  "os:secure_boot=required hw_firmware_type=uefi",
  "os:secure_boot=optional hw_firmware_type=uefi",
  "hw_disk_bus=virtio",
  "hw_disk_bus=scsi",
  "hw_disk_bus=sata",
  "hw_disk_bus=ide",
  "hw_disk_bus=usb",
  "hw_disk_bus=fdc",
  "hw_disk_bus=xen",
  "hw_disk_bus=lxc",
  "hw_disk_bus=uml",
  "hw_cdrom_bus=virtio",
  "hw_cdrom_bus=scsi",
  "hw_cdrom_bus=sata",
  "hw_cdrom_bus=ide",
  "hw_cdrom_bus=usb",
  "hw_cdrom_bus=fdc",
  "hw_cdrom_bus=xen",
  "hw_cdrom_bus=lxc",
  "hw_cdrom_bus=uml",
  "hw_floppy_bus=virtio",
  "hw_floppy_bus=fdc",
  "hw_floppy_bus=xen",
  "hw_floppy_bus=lxc",
  "hw_floppy_bus=uml",
  "hw_scsi_model=virtio-scsi",
  "hw_scsi_model=buslogic",
  "hw_scsi_model=ibmvscsi",
  "hw_scsi_model=lsilogic",
  "hw_scsi_model=lsisas1068",
  "hw_scsi_model=lsisas1078",
  "hw_scsi_model=vmpvscsi",
  "hw_video_model=virtio",
  "hw_video_model=vga",
  "hw_video_model=cirrus",
  "hw_video_model=bochs",
  "hw_video_model=qxl",
  "hw_video_model=vmvga",
  "hw_video_model=xen",
  "hw_video_model=gop",
  "hw_video_model=none",
  "hw_vif_model=virtio",
  "hw_vif_model=e1000",
  "hw_vif_model=e1000e",
  "hw_vif_model=igb",
  "hw_vif_model=rtl8139",
  "hw_vif_model=pcnet",
  "hw_vif_model=ne2k_pci",
  "hw_vif_model=spapr-vlan",
  "hw_vif_model=lan9118",
  "hw_vif_model=netfront",
  "hw_vif_model=sriov",
  "hw_vif_model=vmxnet",
  "hw_vif_model=vmxnet3",
  "hw_input_bus=usb",
  "hw_input_bus=virtio",
  "hw_pointer_model=usbtablet",
  "hw_pointer_model=usbtablet hw_input_bus=virtio",
  "hw_watchdog_action=reset",
  "hw:watchdog_action=pause",
  "hw_watchdog_action=disabled",
  "hw_tpm_version=2.0",
  "hw:tpm_version=1.2",
  "hw_tpm_version=2.0 hw_tpm_model=tpm-tis",
  "hw_tpm_version=2.0 hw_tpm_model=tpm-crb",
  "hw_tpm_version=1.2 hw_tpm_model=tpm-crb",
  "hw_viommu_model=virtio hw_firmware_type=uefi",
  "hw_viommu_model=virtio hw_firmware_type=bios",
  "hw_viommu_model=intel",
  "hw:viommu_model=smmuv3",
  "hw_viommu_model=auto hw_firmware_type=uefi",
  "hw_viommu_model=auto hw_firmware_type=bios",
  "hw_pmu=yes",
  "hw:pmu=no",
  "img_hide_hypervisor_id=yes",
  "hw:hide_hypervisor_id=yes",
  "hw_time_hpet=yes",
  "hw_cpu_sockets=2",
  "hw:cpu_threads=2",
  "hw_mem_encryption=yes hw_firmware_type=uefi",
  "hw_serial_port_count=1",
  "hw_serial_port_count=2",
  "hw:serial_port_count=3",
};

static void
add_asked (GString *text, gsize sample, const char *properties, MachtypeHost *host,
           const char *host_name)
{
  g_autoptr (MachtypeProperties) made = test_make_properties (properties);
  g_autoptr (GPtrArray) findings =
      machtype_compat_check (made, samples[sample].arch, NULL, samples[sample].machine, host);
  g_autofree char *label = dup_label (sample), *said = facts_dup_findings (findings);

  if (findings->len != 0)
    facts_add (text, label, host_name, properties, said, NULL);
}

/* Those of which nothing is found have no row. */
static void
test_asked (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (samples); i++) {
    for (k = 0; k < G_N_ELEMENTS (asked); k++)
      add_asked (text, i, asked[k], NULL, "");
  }
  facts_check ("asked.tsv", text->str);
}

/* The same of hosts whose domain capabilities are known. */
static void
test_asked_of_hosts (void)
{
  static const struct {
    char file[24];
    gsize sample;
  } hosts[] = { { "domcaps-i440fx.xml", 0 },     { "domcaps-q35.xml", 1 },
                { "domcaps-q35-secure.xml", 1 }, { "domcaps-odd.xml", 1 },
                { "domcaps-isapc.xml", 4 },      { "domcaps-virt.xml", 6 } };
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", hosts[i].file);

    for (k = 0; k < G_N_ELEMENTS (asked); k++)
      add_asked (text, hosts[i].sample, asked[k], host, hosts[i].file);
  }
  facts_check ("asked-of-hosts.tsv", text->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/facts/classes", test_classes);
  g_test_add_func ("/facts/kinds", test_kinds);
  g_test_add_func ("/facts/rules", test_rules);
  g_test_add_func ("/facts/asked", test_asked);
  g_test_add_func ("/facts/asked-of-hosts", test_asked_of_hosts);
  return g_test_run ();
}
