/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest of each architecture and machine family is given.
 *
 * Source of every column: the suite tests/boot boots the rows to userspace with libvirt 9.0 and
 * QEMU 7.2 under TCG, but for armv6l, loongarch64, mips, mips64, ppc64 and q35 of i686, which
 * follow their relatives; the other words of the lists are those that libvirt's define accepts for
 * the machine and for which QEMU's binary has the device (`-device help`). Reasons that a reader
 * would miss:
 *   aarch64  the default CPU, cortex-a15, hangs a 64-bit kernel; `maximum` is three times slower
 *            (pointer authentication). gic 2, libvirt's default, allows 8 vCPUs.
 *   mips     libvirt has no CPU driver for it: no <cpu> in any form. More than one vCPU hangs.
 *            Only slots 0x0b, 0x0c and 0x12 to 0x15 have an interrupt (Linux
 *            arch/mips/pci/fixup-malta.c), so every PCI device is placed; pcnet would need 0x0b.
 *            No firmware. SATA controllers start and are dead.
 *   ppc64le  lsilogic and cirrus hang the guest.
 *   s390x    no USB, no PCI video but virtio; i6300esb and the like do not exist.
 *   x86      without <acpi/> i440FX guests never power off. More than 255 vCPUs need an IOMMU.
 *   mips64   the default CPU, 20Kc, hangs Debian's kernel (MIPS64 release 2).
 *   armv7l   above 3 GiB Debian's LPAE kernel oopses; a kernel without LPAE sees no PCI at all.
 *            gic 2 is all that 32-bit guests can have, and it allows 8 vCPUs.
 *   armv6l   QEMU's virt has no ARMv6 CPU: these guests run on an ARMv7 one.
 *   riscv64  libvirt 9.0 has no CPU driver for it. OpenSBI comes with QEMU and wants a kernel.
 *   loongarch64 unknown to libvirt 9.0: written as later libvirt documents it, and started by
 *            QEMU 7.2 itself, which wants more than 1 GiB.
 *   CD-ROM   on USB the guest sees a hard disk, so usb is not among the buses. */

#include "guest/guest-private.h"

#include <string.h>

#include "properties/properties-private.h"

#define X86_FEATURES                                                                               \
  (MT_FEATURE_ACPI | MT_FEATURE_APIC | MT_FEATURE_VMCOREINFO | MT_FEATURE_X86_TIMERS)
#define X86_SCSI "virtio-scsi lsilogic lsisas1068 lsisas1078 vmpvscsi"
#define X86_NETWORKS "virtio e1000 e1000e rtl8139 pcnet ne2k_pci vmxnet3"

/* The boards that several architectures share. */
#define ARM32(name)                                                                                \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .family = MACHTYPE_FAMILY_VIRT, .max_vcpus = 8,                  \
    .max_memory_mib = 3072, .features = MT_FEATURE_ACPI_UEFI | MT_FEATURE_KEYBOARD,                \
    .uefi = MT_UEFI_OPTIONAL, .cpu_mode = "custom", .cpu_model = "cortex-a15",                     \
    .kvm_cpu_mode = "host-passthrough", .console = "serial", .console_target = "system-serial",    \
    .console_device = "ttyAMA0", .pci_root = "pcie-root", .root_ports = 16, .usb = "qemu-xhci",    \
    .disk_buses = "virtio scsi sata usb", .cdrom_buses = "scsi sata", .scsi_models = X86_SCSI,     \
    .networks = X86_NETWORKS, .videos = "virtio vga bochs cirrus none", .inputs = "usb virtio",    \
  }
#define PSERIES(name)                                                                              \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .family = MACHTYPE_FAMILY_PSERIES, .max_vcpus = 1024,            \
    .features = MT_FEATURE_KEYBOARD | MT_FEATURE_USB_DISPLAY, .cpu_mode = "custom",                \
    .cpu_model = "POWER9", .kvm_cpu_mode = "host-model", .console = "serial",                      \
    .console_target = "spapr-vio-serial", .console_device = "hvc0", .usb = "qemu-xhci",            \
    .disk_buses = "virtio scsi sata usb", .cdrom_buses = "scsi sata",                              \
    .scsi_models = "virtio-scsi ibmvscsi",                                                         \
    .networks = "virtio spapr-vlan e1000 e1000e rtl8139 pcnet ne2k_pci",                           \
    .videos = "vga virtio bochs none", .inputs = "usb virtio",                                     \
  }
#define MALTA(name, cpu)                                                                           \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .board = "malta", .max_vcpus = 1, .max_memory_mib = 2048,        \
    .features = MT_FEATURE_KEYBOARD | MT_FEATURE_NO_BOOT, .qemu_cpu = cpu, .console = "serial",    \
    .console_device = "ttyS0", .usb = "piix3-uhci", .disk_buses = "virtio ide scsi usb",           \
    .cdrom_buses = "ide scsi", .scsi_models = "virtio-scsi lsilogic",                              \
    .networks = "virtio e1000 rtl8139 ne2k_pci", .videos = "vga cirrus bochs virtio none",         \
    .inputs = "usb virtio", .slots = { .fixed = 0x13, .network = 0x14, .disk = { 0x12, 0x15 } },   \
  }
#define X86(name, chipset, cpu, more, root, ports, disks, cdroms)                                  \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .family = MACHTYPE_FAMILY_PC_##chipset, .max_vcpus = 255,        \
    .features = X86_FEATURES | (more), .uefi = MT_UEFI_OPTIONAL, .cpu_mode = cpu,                  \
    .kvm_cpu_mode = "host-model", .console = "serial", .console_target = "isa-serial",             \
    .console_device = "ttyS0", .pci_root = root, .root_ports = ports, .usb = "qemu-xhci",          \
    .disk_buses = disks, .cdrom_buses = cdroms, .scsi_models = X86_SCSI, .networks = X86_NETWORKS, \
    .videos = "virtio vga cirrus bochs qxl none", .inputs = "usb virtio",                          \
  }
#define PC(name, cpu, more)                                                                        \
  X86 (name, I440FX, cpu, more, "pci-root", 0, "virtio scsi ide sata usb", "ide sata scsi")
#define Q35(name, cpu, more)                                                                       \
  X86 (name, Q35, cpu, more, "pcie-root", 16, "virtio scsi sata usb", "sata scsi")

static const MtRecipe recipes[] = {
  {
      .arch = MACHTYPE_ARCH_AARCH64,
      .family = MACHTYPE_FAMILY_VIRT,
      .max_vcpus = 512,
      .features = MT_FEATURE_ACPI_UEFI | MT_FEATURE_GIC3 | MT_FEATURE_KEYBOARD,
      .uefi = MT_UEFI_DEFAULT,
      .cpu_mode = "custom",
      .cpu_model = "cortex-a57",
      .kvm_cpu_mode = "host-passthrough",
      .console = "serial",
      .console_target = "system-serial",
      .console_device = "ttyAMA0",
      .pci_root = "pcie-root",
      .root_ports = 16,
      .usb = "qemu-xhci",
      .disk_buses = "virtio scsi sata usb",
      .cdrom_buses = "scsi sata",
      .scsi_models = X86_SCSI,
      .networks = X86_NETWORKS,
      .videos = "virtio vga bochs cirrus none",
      .inputs = "usb virtio",
  },
  {
      .arch = MACHTYPE_ARCH_S390X,
      .family = MACHTYPE_FAMILY_S390_CCW_VIRTIO,
      .max_vcpus = 248,
      .features = MT_FEATURE_KEYBOARD,
      .kvm_cpu_mode = "host-model",
      .console = "console",
      .console_target = "sclp",
      .console_device = "ttysclp0",
      .disk_buses = "virtio scsi",
      .cdrom_buses = "scsi",
      .scsi_models = "virtio-scsi",
      .networks = "virtio",
      .videos = "virtio none",
      .inputs = "virtio",
  },
  PSERIES (PPC64LE),
  PSERIES (PPC64),
  MALTA (MIPSEL, ""),
  MALTA (MIPS, ""),
  MALTA (MIPS64EL, "MIPS64R2-generic"),
  MALTA (MIPS64, "MIPS64R2-generic"),
  ARM32 (ARMV7L),
  ARM32 (ARMV6L),
  {
      .arch = MACHTYPE_ARCH_RISCV64,
      .board = "virt",
      .max_vcpus = 512,
      .features = MT_FEATURE_KEYBOARD | MT_FEATURE_NO_BOOT,
      .console = "serial",
      .console_target = "system-serial",
      .console_device = "ttyS0",
      .pci_root = "pcie-root",
      .root_ports = 16,
      .usb = "qemu-xhci",
      .disk_buses = "virtio scsi sata usb",
      .cdrom_buses = "scsi sata",
      .scsi_models = X86_SCSI,
      .networks = "virtio e1000 e1000e rtl8139 pcnet ne2k_pci",
      .videos = "virtio vga bochs cirrus none",
      .inputs = "usb virtio",
  },
  {
      .arch = MACHTYPE_ARCH_LOONGARCH64,
      .board = "virt",
      .max_vcpus = 4,
      .min_memory_mib = 1025,
      .features = MT_FEATURE_ACPI_UEFI | MT_FEATURE_KEYBOARD | MT_FEATURE_NO_BOOT,
      .uefi = MT_UEFI_OPTIONAL,
      .kvm_cpu_mode = "host-passthrough",
      .console = "serial",
      .console_target = "system-serial",
      .console_device = "ttyS0",
      .pci_root = "pcie-root",
      .root_ports = 16,
      .usb = "qemu-xhci",
      .disk_buses = "virtio scsi usb",
      .cdrom_buses = "scsi",
      .scsi_models = "virtio-scsi",
      .networks = "virtio e1000 e1000e rtl8139",
      .videos = "virtio none",
      .inputs = "usb virtio",
  },
  PC (X86_64, "maximum", 0),
  Q35 (X86_64, "maximum", 0),
  PC (I686, "", MT_FEATURE_PAE),
  Q35 (I686, "", MT_FEATURE_PAE),
};

/* Sources: QEMU hw/scsi/ (max_target and max_lun of each SCSIBusInfo; megasas.c takes LUN 0 only);
 * libvirt src/qemu/qemu_command.c, which makes the unit of lsilogic its SCSI id. */
static const MtScsiModel scsi_models[] = {
  { "virtio-scsi", 0, FALSE }, { "lsilogic", 7, FALSE },  { "ibmvscsi", 7, FALSE },
  { "lsisas1068", 7, TRUE },   { "lsisas1078", 7, TRUE }, { "vmpvscsi", 7, TRUE },
};

const MtScsiModel *
mt_scsi_find (const char *model)
{
  gsize i;

  for (i = 0; !mt_is_word (scsi_models[i].model, model); i++)
    g_return_val_if_fail (i + 1 < G_N_ELEMENTS (scsi_models), NULL);
  return &scsi_models[i];
}

const MtRecipe *
mt_recipe_find (MachtypeArch arch, const char *machine)
{
  MtName parsed;
  gsize i;

  if (!mt_name_parse (machine, strlen (machine), arch, &parsed))
    return NULL;
  for (i = 0; i < G_N_ELEMENTS (recipes); i++) {
    if (recipes[i].arch != arch || recipes[i].family != parsed.family)
      continue;
    if (recipes[i].family != MACHTYPE_FAMILY_NONE || mt_is_word (recipes[i].board, machine))
      return &recipes[i];
  }
  return NULL;
}

char *
mt_recipe_dup_list (void)
{
  GString *list = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (recipes); i++) {
    const MtFamily *family = mt_family_info ((MachtypeFamily)recipes[i].family);

    g_string_append_printf (list, "%s%s %s", i != 0 ? ", " : "",
                            machtype_arch_to_string ((MachtypeArch)recipes[i].arch),
                            family != NULL ? family->alias : recipes[i].board);
  }
  return g_string_free (list, FALSE);
}

/* The spelling of an image property, which Nova stores for "usb": a tablet on that bus. */
#define USB_TABLET "usbtablet"

static void
add_default (MachtypePropertiesBuilder *builder, const MachtypeProperties *asked,
             MtProperty property, const char *words)
{
  const char *name = mt_property_name (property);
  const char *value = asked != NULL ? machtype_properties_get_image (asked, name) : NULL;
  g_autofree char *first = g_strndup (words, strcspn (words, " "));

  if (value == NULL)
    value = first;
  if (*value != '\0')
    machtype_properties_builder_add_image (builder, name, value, NULL);
}

MachtypeProperties *
mt_recipe_dup_defaults (const MtRecipe *recipe, const MachtypeProperties *properties)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  const char *input = mt_properties_get (properties, MT_PROPERTY_INPUT_BUS);
  gboolean usb = g_str_has_prefix (input != NULL ? input : recipe->inputs, "usb");

  add_default (builder, properties, MT_PROPERTY_DISK_BUS, recipe->disk_buses);
  add_default (builder, properties, MT_PROPERTY_CDROM_BUS, recipe->cdrom_buses);
  add_default (builder, properties, MT_PROPERTY_INPUT_BUS, recipe->inputs);
  add_default (builder, properties, MT_PROPERTY_POINTER_MODEL, usb ? USB_TABLET : "");
  add_default (builder, properties, MT_PROPERTY_VIDEO_MODEL, recipe->videos);
  add_default (builder, properties, MT_PROPERTY_VIF_MODEL, recipe->networks);
  return machtype_properties_builder_end (builder);
}
