/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every row of the tables of what machines support, and the authority. */

#include "facts.h"

#include <string.h>

#include "compat/compat-private.h"
#include "snippets.h"

/* Machines whose class is checked, of every architecture. */
static const char machines[][20] = {
  "pc",       "q35",        "isapc",        "microvm",        "virt",           "s390-ccw-virtio",
  "pseries",  "malta",      "xenfv",        "ubuntu",         "ubuntu-q35",     "pc-i440fx-7.2",
  "pc-1.0",   "pc-q35-8.0", "pc-q35-focal", "virt-8.0",       "virt-rhel8.2.0", "pseries-9.0",
  "s390-ccw", "xenfv-4.2",  "boston",       "loongson3-virt", "powernv",        "mac99",
  "raspi3b",  "mcf5208evb", "sun4u",        "none",
};

static const char *
or_nothing (const char *text)
{
  return text != NULL ? text : "";
}

static void
add_class (GString *text, MachtypeArch arch, const char *machine)
{
  const MtMachineClass class = mt_class_find (arch, machine);
  g_autofree char *label = NULL, *like = NULL, *ports = NULL;

  if (class == MT_CLASS_NONE)
    return;
  label = g_strdup_printf ("%s %s", machtype_arch_to_string (arch), machine);
  like = snippet_dup_label (class);
  ports = g_strdup_printf ("%u", mt_class_get_serial_ports (class));
  facts_add (text, label, like, mt_class_get_machine (class),
             mt_class_prefers_uefi (class) ? "UEFI" : "", ports,
             mt_class_can_encrypt (class) ? "encrypts" : "",
             machtype_guest_can_generate (arch, machine) ? "generated" : "", NULL);
}

static void
test_limits (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint class;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    const MtClassFacts *facts = mt_class_get ((MtMachineClass) class);
    g_autofree char *label = snippet_dup_label ((MtMachineClass) class);
    g_autofree char *vcpus = g_strdup_printf ("%u", facts->max_vcpus);
    g_autofree char *define = g_strdup_printf ("%u", facts->define_vcpus);
    g_autofree char *most = g_strdup_printf ("%u", facts->max_memory_mib);
    g_autofree char *least =
        facts->min_memory_mib == 0
            ? g_strdup ("0")
            : g_strdup_printf ("%u before %u.%u", facts->min_memory_mib,
                               facts->min_memory_before.major, facts->min_memory_before.minor);
    g_autofree char *slots = g_strdup_printf ("0x%x", facts->interrupt_slots);

    facts_add (text, label, vcpus, define, most, least, slots, facts->narrow_cpus[0],
               facts->narrow_cpus[1], NULL);
  }
  facts_check ("limits.tsv", text->str);
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
add_kind (GString *text, MtDeviceKind kind)
{
  const char *device = "", *name = "";
  guint class;

  mt_kind_get_capability (kind, &device, &name);
  facts_add (text, mt_kind_get_code (kind), mt_kind_get_label (kind),
             mt_kind_is_choice (kind) ? "choice" : "", device, name, NULL);
  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    g_autofree char *label = snippet_dup_label ((MtMachineClass) class),
                    *possible = mt_compat_dup_possible (kind, (MtMachineClass) class);
    g_autofree char *remedy = mt_compat_dup_remedy (kind, (MtMachineClass) class);

    facts_add (text, mt_kind_get_code (kind), label, or_nothing (possible),
               or_nothing (mt_compat_get_best (kind, (MtMachineClass) class, TRUE)),
               or_nothing (mt_compat_get_best (kind, (MtMachineClass) class, FALSE)),
               or_nothing (remedy), NULL);
  }
}

static void
test_kinds (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint kind;

  for (kind = MT_KIND_NONE + 1; kind <= MT_KIND_LAST; kind++)
    add_kind (text, (MtDeviceKind)kind);
  facts_check ("kinds.tsv", text->str);
}

/* The authorities that refuse for each class, and the words of the first of each. */
static void
add_rule (GString *text, const MtRule *rule, MtDeviceKind kind, const char *value)
{
  static const char letters[][12] = { "-",     "unproven", "listed", "define",
                                      "start", "guest",    "ignored" };
  g_autofree char *versions = rule != NULL ? mt_versions_dup_text (&rule->versions) : NULL;
  g_autofree char *code =
      g_strdup_printf ("%s %s%s%s", mt_kind_get_code (kind), value, versions != NULL ? ", " : "",
                       versions != NULL ? versions : "");
  g_autoptr (GPtrArray) findings =
      g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_finding_unref);
  g_autofree char *words = NULL;
  guint seen = 0, class;

  g_string_append (text, code);
  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    const SnippetMachine *machine = snippet_machine ((MtMachineClass) class);
    const MtJudgedMachine judged = { machine->arch, machine->machine, (MtMachineClass) class };
    const MachtypeAuthority authority =
        rule != NULL ? mt_rule_ask (rule, (MtMachineClass) class) : MACHTYPE_AUTHORITY_LIBMACHTYPE;

    g_string_append_printf (text, "\t%s", letters[authority]);
    if (authority != MACHTYPE_AUTHORITY_NONE && (seen & 1u << authority) == 0)
      g_ptr_array_add (findings, mt_compat_new_finding (kind, value, authority, "x", &judged));
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
    add_rule (text, &rules[i], (MtDeviceKind)rules[i].kind, rules[i].value);
  add_rule (text, NULL, MT_KIND_DISK_BUS, "no-such-bus");
  facts_check ("rules.tsv", text->str);
}

/* What is checked on every machine. */
static const char *const requested[] = {
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
add_requested (GString *text, MtMachineClass class, const char *properties, MachtypeHost *host,
               const char *host_name)
{
  const SnippetMachine *machine = snippet_machine (class);
  g_autoptr (MachtypeProperties) made = test_make_properties (properties);
  g_autoptr (GPtrArray) findings =
      machtype_compat_check (made, machine->arch, NULL, machine->machine, host);
  g_autofree char *label = snippet_dup_label (class), *said = facts_dup_findings (findings);

  if (findings->len != 0)
    facts_add (text, label, host_name, properties, said, NULL);
}

/* Those without findings have no row. */
static void
test_asked (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint class;
  gsize k;

  for (class = MT_CLASS_NONE + 1; class <= MT_CLASS_LAST; class ++) {
    for (k = 0; k < G_N_ELEMENTS (requested); k++)
      add_requested (text, (MtMachineClass) class, requested[k], NULL, "");
  }
  facts_check ("asked.tsv", text->str);
}

/* The same for hosts whose domain capabilities are known. */
static void
test_asked_of_hosts (void)
{
  static const struct {
    char file[24];
    guint8 class;
  } hosts[] = {
    { "domcaps-i440fx.xml", MT_CLASS_I440FX },  { "domcaps-q35.xml", MT_CLASS_Q35 },
    { "domcaps-q35-secure.xml", MT_CLASS_Q35 }, { "domcaps-odd.xml", MT_CLASS_Q35 },
    { "domcaps-isapc.xml", MT_CLASS_ISAPC },    { "domcaps-virt.xml", MT_CLASS_AARCH64_VIRT }
  };
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, k;

  for (i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_autoptr (MachtypeHost) host = test_read_host ("x86_64.xml", hosts[i].file);

    for (k = 0; k < G_N_ELEMENTS (requested); k++)
      add_requested (text, (MtMachineClass)hosts[i].class, requested[k], host, hosts[i].file);
  }
  facts_check ("asked-of-hosts.tsv", text->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/facts/classes", test_classes);
  g_test_add_func ("/facts/limits", test_limits);
  g_test_add_func ("/facts/kinds", test_kinds);
  g_test_add_func ("/facts/rules", test_rules);
  g_test_add_func ("/facts/asked", test_asked);
  g_test_add_func ("/facts/asked-of-hosts", test_asked_of_hosts);
  return g_test_run ();
}
