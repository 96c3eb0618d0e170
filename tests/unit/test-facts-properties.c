/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every image property and extra spec: its name, its values, and which wins if both request
 * something. */

#include "facts.h"

#include <string.h>

/* The values that are tried for each: the words of all of them, and values of other kinds. */
static const char *const values[] = {
  "",
  "yes",
  "no",
  "True",
  "off",
  "maybe",
  "0",
  "1",
  "-1",
  " 7 ",
  "2147483647",
  "2147483648",
  "-2147483648",
  "-2147483649",
  "1.5",
  "any text",
  "x86_64",
  "AMD64",
  "q35",
  "pc-q35-8.2",
  "q 35",
  "uefi",
  "bios",
  "UEFI",
  "virtio",
  "VIRTIO",
  "scsi",
  "ide",
  "sata",
  "usb",
  "fdc",
  "xen",
  "lxc",
  "uml",
  "sd",
  "virtio-scsi",
  "buslogic",
  "ibmvscsi",
  "lsilogic",
  "lsisas1068",
  "lsisas1078",
  "vmpvscsi",
  "lsilogicsas",
  "lsiLogicsas",
  "paravirtual",
  "ParaVirtual",
  "vga",
  "cirrus",
  "bochs",
  "qxl",
  "vmvga",
  "gop",
  "ramfb",
  "none",
  "e1000",
  "e1000e",
  "igb",
  "rtl8139",
  "pcnet",
  "ne2k_pci",
  "spapr-vlan",
  "lan9118",
  "netfront",
  "sriov",
  "vmxnet",
  "vmxnet3",
  "virtuale1000",
  "VirtualE1000",
  "virtuale1000e",
  "virtualpcnet32",
  "virtualsriovethernetcard",
  "virtualvmxnet",
  "virtualvmxnet3",
  "usbtablet",
  "ps2mouse",
  "pause",
  "poweroff",
  "reset",
  "disabled",
  "shutdown",
  "intel",
  "smmuv3",
  "auto",
  "tpm-tis",
  "tpm-crb",
  "tpm-spapr",
  "1.2",
  "2.0",
  "required",
  "optional",
  "linux",
  "windows",
  "Windows",
  "cdrom",
  "disk",
  "floppy",
  "fs",
  "lun",
  "amd-sev",
  "amd-sev-es",
  "amd-sev-snp",
  "intel-tdx",
  "plain",
  "luks",
  "luksv2",
  "dedicated",
  "shared",
  "mixed",
  "isolate",
  "prefer",
  "require",
  "legacy",
  "preferred",
  "socket",
  "emulate",
  "passthrough",
  "sb16",
  "es1370",
  "pcspk",
  "ac97",
  "ich6",
  "ich7",
  "ich9",
  "nec-xhci",
  "qemu-xhci",
  "hvm",
  "exe",
  "pv",
  "hv",
  "baremetal",
  "mandatory",
  "kvm",
  "qemu",
  "bhyve",
  "docker",
  "fake",
  "hyperv",
  "ironic",
  "kqemu",
  "lxd",
  "openvz",
  "parallels",
  "phyp",
  "powervm",
  "prsm",
  "test",
  "vbox",
  "vmware",
  "vz",
  "xapi",
  "zvm",
  "SHA-224",
  "SHA-256",
  "SHA-384",
  "SHA-512",
  "sha-256",
  "DSA",
  "ECC_SECT571K1",
  "ECC_SECT409K1",
  "ECC_SECT571R1",
  "ECC_SECT409R1",
  "ECC_SECP521R1",
  "ECC_SECP384R1",
  "RSA-PSS",
};

static gboolean
is_spec (const char *name)
{
  return strchr (name, ':') != NULL || strcmp (name, "hide_hypervisor_id") == 0;
}

/* What a builder keeps of a value; NULL: it is refused. */
static char *
dup_kept (const char *name, const char *value, GError **error)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;

  if (is_spec (name)) {
    if (!machtype_properties_builder_add_extra_spec (builder, name, value, error))
      return NULL;
  } else if (!machtype_properties_builder_add_image (builder, name, value, error))
    return NULL;
  properties = machtype_properties_builder_end (builder);
  return g_strdup (is_spec (name) ? machtype_properties_get_extra_spec (properties, name)
                                  : machtype_properties_get_image (properties, name));
}

/* The first refusal lists the valid values: it is the same for every value of a name. */
static void
add_property (GString *text, const char *name)
{
  g_autoptr (GString) kept = g_string_new (NULL);
  g_autoptr (GError) refused = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *value = dup_kept (name, values[i], refused == NULL ? &refused : NULL);

    if (value == NULL)
      continue;
    g_string_append_printf (kept, "%s'%s'", kept->len != 0 ? " " : "", values[i]);
    if (strcmp (value, values[i]) != 0)
      g_string_append_printf (kept, "='%s'", value);
  }
  facts_add (text, name, machtype_image_property_is_known (name) ? "known" : "",
             refused == NULL ? "" : refused->message, refused == NULL ? "any" : kept->str, NULL);
}

/* The file lists the names. */
static void
test_values (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) keys = facts_read_keys ("properties.tsv");
  gsize i;

  for (i = 0; keys[i] != NULL; i++)
    add_property (text, keys[i]);
  facts_check ("properties.tsv", text->str);
}

/* Properties for which nothing is generated, and which of their values request nothing. */
static void
test_refusals (void)
{
  static const char *const tried[] = { "1",       "0",       "yes",       "no",      "False",
                                       "shared",  "share",   "dedicated", "mixed",   "prefer",
                                       "require", "isolate", "legacy",    "amd-sev", "amd-sev-es",
                                       "hvm",     "hv",      "xen" };
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (GStrv) keys = facts_read_keys ("refusals.tsv");
  gsize i, k;

  for (i = 0; keys[i] != NULL; i++) {
    if (i != 0 && strcmp (keys[i], keys[i - 1]) == 0)
      continue;
    for (k = 0; k < G_N_ELEMENTS (tried); k++) {
      g_autofree char *pair = g_strdup_printf ("%s=%s", keys[i], tried[k]), *said = NULL;
      g_autofree char *kept = dup_kept (keys[i], tried[k], NULL);
      g_autoptr (MachtypeProperties) properties = NULL;
      g_autoptr (GPtrArray) findings = NULL;

      if (kept == NULL)
        continue;
      properties = test_make_properties (pair);
      findings = machtype_compat_check (properties, MACHTYPE_ARCH_X86_64, NULL, "q35", NULL);
      said = facts_dup_findings (findings);
      facts_add (text, keys[i], tried[k], said, NULL);
    }
  }
  facts_check ("refusals.tsv", text->str);
}

/* What both image and flavor can request; what is required in addition. */
static const struct {
  char image[28], flavor[28];
  const char *values; /* with blanks between */
  const char *more;
} twins[] = {
  { "hw_watchdog_action", "hw:watchdog_action", "reset disabled pause", "" },
  { "hw_pmu", "hw:pmu", "yes no", "" },
  { "img_hide_hypervisor_id", "hw:hide_hypervisor_id", "yes no", "" },
  { "img_hide_hypervisor_id", "hide_hypervisor_id", "yes no", "" },
  { "img_hide_hypervisor_id", "hide_hypervisor_id", "yes no", "hw:hide_hypervisor_id=no" },
  { "img_hide_hypervisor_id", "hide_hypervisor_id", "yes no", "os_type=windows" },
  { "hw_locked_memory", "hw:locked_memory", "yes no", "hw:mem_page_size=small" },
  { "hw_locked_memory", "hw:locked_memory", "yes no", "" },
  { "hw_mem_page_size", "hw:mem_page_size",
    "large small any 4 5 2048 2MB 2MiB 1GB 0 4KB 1024b 1023b 8kbit 1B 1PB 2bananas -1 1023 "
    "1125899906842624 1099511627776 1099511627777 1048576GB 1025TB 1024TB 1kib 1024B 1023B 8192b",
    "" },
  { "hw_mem_encryption", "hw:mem_encryption", "yes no", "hw_firmware_type=uefi" },
  { "hw_mem_encryption", "hw:mem_encryption", "yes no", "" },
  { "hw_cpu_realtime_mask", "hw:cpu_realtime_mask", "^0 0-1 ^0-3 0-3,^1 2,1 3 4 0-4 3-2 ^3-4 a 1-",
    "hw:cpu_realtime=yes" },
  { "hw_cpu_realtime_mask", "hw:cpu_realtime_mask", "^0 0-1", "" },
  { "hw_boot_menu", "hw:boot_menu", "yes no", "" },
  { "hw_vif_multiqueue_enabled", "hw:vif_multiqueue_enabled", "yes no", "" },
  { "hw_video_ram", "hw_video:ram_max_mb", "0 1 15 16 17 2048 2049", "" },
  { "hw_serial_port_count", "hw:serial_port_count", "0 1 2 3 4", "" },
  { "hw_cpu_sockets", "hw:cpu_sockets", "1 2 4 8", "" },
  { "hw_cpu_cores", "hw:cpu_cores", "1 2 4 8", "" },
  { "hw_cpu_threads", "hw:cpu_threads", "1 2 4 8", "" },
  { "hw_cpu_max_sockets", "hw:cpu_max_sockets", "1 2 4 65536", "" },
  { "hw_cpu_max_cores", "hw:cpu_max_cores", "1 2 4 65535", "" },
  { "hw_cpu_max_threads", "hw:cpu_max_threads", "1 2 4 65537", "" },
  { "hw_cpu_max_sockets", "hw:max_cpu_sockets", "1 2 4", "" },
  { "hw_cpu_max_cores", "hw:max_cpu_cores", "1 2 4", "hw:cpu_sockets=2" },
  { "hw_cpu_max_threads", "hw:max_cpu_threads", "1 2 4", "hw:cpu_max_threads=2" },
  { "hw_cpu_max_threads", "hw:max_cpu_threads", "1 2 4", "hw_cpu_max_sockets=2" },
  { "hw_cpu_max_sockets", "hw:cpu_sockets", "1 2 4", "" },
  { "hw_cpu_sockets", "hw:cpu_max_sockets", "1 2 4", "" },
  { "os_secure_boot", "os:secure_boot", "required optional disabled", "hw_firmware_type=uefi" },
  { "os_secure_boot", "os:secure_boot", "required optional disabled", "" },
  { "hw_viommu_model", "hw:viommu_model", "auto intel virtio", "hw_firmware_type=uefi" },
  { "hw_tpm_version", "hw:tpm_version", "1.2 2.0", "" },
  { "hw_tpm_model", "hw:tpm_model", "tpm-tis tpm-crb", "" },
  { "hw_tpm_model", "hw:tpm_model", "tpm-tis tpm-crb", "hw:tpm_version=2.0" },
  { "hw_tpm_model", "hw:tpm_model", "tpm-tis tpm-crb", "hw_tpm_version=1.2" },
  { "hw_rng_model", "hw_rng:allowed", "yes no virtio", "" },
  { "hw_rng_model", "hw_rng:rate_bytes", "virtio 0 1 2048", "" },
  { "hw_rng_model", "hw_rng:rate_bytes", "virtio 0 1 2048", "hw_rng:rate_period=7" },
  { "hw_rng_model", "hw_rng:rate_period", "virtio 0 1 7", "" },
  { "hw_time_hpet", "hw:cpu_realtime", "yes no", "" },
  { "hw_qemu_guest_agent", "hw:cpu_realtime", "yes no", "" },
  { "os_type", "hw:hide_hypervisor_id", "windows linux yes", "" },
};

static MachtypeGuest *
make_guest (MachtypeProperties *properties, const char *arch, const char *machine, guint vcpus,
            GError **error)
{
  g_autofree char *text = g_strdup_printf ("hw_architecture=%s hw_machine_type=%s", arch, machine);
  g_autoptr (MachtypeProperties) own = test_make_properties (text);
  g_autoptr (MachtypeHost) host = test_make_host (arch);
  g_autoptr (MachtypePolicyBuilder) policy_builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;

  machtype_policy_builder_set_domain_type (policy_builder, "kvm", NULL);
  policy = machtype_policy_builder_end (policy_builder);
  resolution = machtype_resolve (own, policy, host, NULL, NULL);
  builder = machtype_guest_builder_new (resolution, properties, NULL);
  g_assert_true (machtype_guest_builder_set_vcpus (builder, vcpus, NULL));
  g_assert_true (machtype_guest_builder_set_graphics (builder, MACHTYPE_GRAPHICS_TYPE_VNC, NULL));
  g_assert_true (machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_BRIDGE,
                                                       "br0", NULL, NULL));
  return machtype_guest_builder_end (builder, error);
}

/* said: findings about the properties without a machine; NULL: none. */
static char *
dup_outcome (MachtypeProperties *properties, const char *arch, const char *machine, guint vcpus,
             const char *said)
{
  g_autoptr (MachtypeGuest) usual = make_guest (NULL, arch, machine, vcpus, NULL), guest = NULL;
  g_autoptr (GError) error = NULL;

  guest = make_guest (properties, arch, machine, vcpus, &error);
  if (guest == NULL)
    return g_strdup_printf ("error %d: %s", error->code,
                            g_strcmp0 (error->message, said) != 0 ? error->message : "the same");
  return facts_dup_difference (machtype_guest_get_xml (usual), machtype_guest_get_xml (guest));
}

/* Unset in one, or not a value of it. */
static gboolean
append_pair (GString *text, const char *name, const char *value)
{
  g_autofree char *kept = *value != '\0' ? dup_kept (name, value, NULL) : NULL;

  if (kept != NULL)
    g_string_append_printf (text, "%s%s=%s", text->len != 0 ? " " : "", name, value);
  return *value == '\0' || kept != NULL;
}

static void
add_pair (GString *text, gsize twin, const char *image, const char *flavor)
{
  g_autoptr (GString) requested = g_string_new (twins[twin].more);
  g_autofree char *pc = NULL, *arm = NULL, *alone = NULL;
  g_autoptr (MachtypeProperties) properties = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError) error = NULL;

  if (!append_pair (requested, twins[twin].image, image) ||
      !append_pair (requested, twins[twin].flavor, flavor) || requested->len == 0)
    return;
  properties = test_make_properties (requested->str);
  /* An image alone, as it is stored: the flavor is unknown. */
  findings = machtype_compat_check (properties, MACHTYPE_ARCH_X86_64, NULL, "q35", NULL);
  alone = test_join_codes (g_steal_pointer (&findings));
  machtype_properties_check (properties, &error);
  pc = dup_outcome (properties, "x86_64", "q35", 4, error != NULL ? error->message : NULL);
  arm = dup_outcome (properties, "aarch64", "virt", 1, error != NULL ? error->message : NULL);
  facts_add (text, requested->str, error != NULL ? error->message : "", alone, pc, arm, NULL);
}

/* This many values of one are combined with those of the other; the others with themselves, and
 * with nothing. */
#define PAIRED 5

static void
test_twins (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize i, k, l;

  for (i = 0; i < G_N_ELEMENTS (twins); i++) {
    g_autofree char *all = g_strconcat (" ", twins[i].values, NULL);
    g_auto (GStrv) list = g_strsplit (all, " ", -1);

    for (k = 0; list[k] != NULL; k++) {
      for (l = 0; list[l] != NULL; l++) {
        if (k == 0 || l == 0 || k == l || MAX (k, l) <= PAIRED)
          add_pair (text, i, list[k], list[l]);
      }
    }
  }
  facts_check ("twins.tsv", text->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/facts/properties", test_values);
  g_test_add_func ("/facts/refusals", test_refusals);
  g_test_add_func ("/facts/twins", test_twins);
  return g_test_run ();
}
