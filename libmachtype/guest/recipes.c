/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The defaults of guests by architecture and machine family.
 *
 * Source of every column: the suites tests/boot and tests/devices boot the rows to userspace with
 * libvirt 9.0 and QEMU 7.2 under TCG, except armv6l, loongarch64, mips, mips64 and ppc64, which
 * follow their relatives. What else a machine supports is in compat/rules.c. Reasons that are not
 * obvious:
 *   aarch64  the default CPU, cortex-a15, hangs a 64-bit kernel; `maximum` is three times slower
 *            (pointer authentication). gic 2, libvirt's default, allows 8 vCPUs.
 *   mips     libvirt has no CPU driver for it: no <cpu> in any form. More than one vCPU hangs.
 *            Only slots 0x0b, 0x0c and 0x12 to 0x15 have an interrupt (Linux
 *            arch/mips/pci/fixup-malta.c), so every PCI device is placed; pcnet would need 0x0b.
 *            No firmware. SATA controllers start, but are dead.
 *   ppc64le  lsilogic and cirrus hang the guest.
 *   s390x    no USB, no PCI video except virtio; i6300esb and the like do not exist.
 *   x86      without <acpi/> i440FX guests never power off. More than 255 vCPUs need an IOMMU.
 *   mips64   the default CPU, 20Kc, hangs Debian's kernel (MIPS64 release 2).
 *   armv7l   above 3 GiB Debian's LPAE kernel oopses; a kernel without LPAE sees no PCI at all.
 *            32-bit guests support only gic 2, which allows 8 vCPUs.
 *   armv6l   QEMU's virt has no ARMv6 CPU: these guests run on an ARMv7 one.
 *   riscv64  libvirt 9.0 has no CPU driver for it. OpenSBI comes with QEMU and requires a kernel.
 *   loongarch64 unknown to libvirt 9.0: written as later libvirt documents it, and started by
 *            QEMU 7.2 itself, which requires more than 1 GiB.
 *   virt     one UART: further serial ports are PCI devices. */

#include "guest/guest-private.h"

#include <string.h>

#include "properties/properties-private.h"

#define X86_FEATURES                                                                               \
  (MT_FEATURE_ACPI | MT_FEATURE_APIC | MT_FEATURE_VMCOREINFO | MT_FEATURE_X86_TIMERS)

/* The boards that several architectures share. */
#define ARM32_RECIPE(name)                                                                         \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .class = MT_CLASS_ARM_VIRT,                                      \
    .features = MT_FEATURE_ACPI_UEFI | MT_FEATURE_KEYBOARD | MT_FEATURE_NO_BOOT,                   \
    .cpu_mode = "custom", .cpu_model = "cortex-a15", .kvm_cpu_mode = "host-passthrough",           \
    .console = "serial", .console_target = "system-serial", .more_ports = "pci-serial",            \
    .console_device = "ttyAMA0", .pci_root = "pcie-root", .root_ports = TRUE, .usb = "qemu-xhci",  \
    .disk_bus = "virtio", .cdrom_bus = "scsi", .scsi_model = "virtio-scsi", .network = "virtio",   \
    .video = "virtio", .input = "usb",                                                             \
  }
#define PSERIES_RECIPE(name)                                                                       \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .class = MT_CLASS_PSERIES,                                       \
    .features = MT_FEATURE_KEYBOARD | MT_FEATURE_USB_DISPLAY | MT_FEATURE_ONE_THREAD |             \
                MT_FEATURE_KVM_THREADS,                                                            \
    .cpu_mode = "custom", .cpu_model = "POWER9", .kvm_cpu_mode = "host-model",                     \
    .console = "serial", .console_target = "spapr-vio-serial", .more_ports = "spapr-vio-serial",   \
    .console_device = "hvc0", .usb = "qemu-xhci", .disk_bus = "virtio", .cdrom_bus = "scsi",       \
    .scsi_model = "virtio-scsi", .network = "virtio", .video = "vga", .input = "usb",              \
  }
#define MALTA_RECIPE(name, class_name, cpu)                                                        \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .class = MT_CLASS_##class_name,                                  \
    .features = MT_FEATURE_KEYBOARD | MT_FEATURE_NO_BOOT, .qemu_cpu = cpu, .console = "serial",    \
    .console_device = "ttyS0", .usb = "piix3-uhci", .disk_bus = "virtio", .cdrom_bus = "ide",      \
    .scsi_model = "virtio-scsi", .network = "virtio", .video = "virtio", .input = "usb",           \
    .slots = {                                                                                     \
      .fixed = 0x13, .network = 0x14, .disk = { 0x12, 0x15 }, .watchdog = 0x0b, .sound = 0x0c      \
    },                                                                                             \
  }
#define X86_RECIPE(name, class_name, cpu, more, root, ports, cdrom)                                \
  {                                                                                                \
    .arch = MACHTYPE_ARCH_##name, .class = MT_CLASS_##class_name,                                  \
    .features = X86_FEATURES | (more), .cpu_mode = cpu, .kvm_cpu_mode = "host-model",              \
    .console = "serial", .console_target = "isa-serial", .more_ports = "isa-serial",               \
    .console_device = "ttyS0", .pci_root = root, .root_ports = ports, .usb = "qemu-xhci",          \
    .disk_bus = "virtio", .cdrom_bus = cdrom, .scsi_model = "virtio-scsi", .network = "virtio",    \
    .video = "virtio", .input = "usb",                                                             \
  }
#define PC_RECIPE(name, class_name, cpu, more)                                                     \
  X86_RECIPE (name, class_name, cpu, more, "pci-root", FALSE, "ide")
#define Q35_RECIPE(name, class_name, cpu, more)                                                    \
  X86_RECIPE (name, class_name, cpu, more, "pcie-root", TRUE, "sata")

static const MtRecipe recipes[] = {
  {
      .arch = MACHTYPE_ARCH_AARCH64,
      .class = MT_CLASS_AARCH64_VIRT,
      .features =
          MT_FEATURE_ACPI_UEFI | MT_FEATURE_GIC3 | MT_FEATURE_KEYBOARD | MT_FEATURE_VMCOREINFO,

      .cpu_mode = "custom",
      .cpu_model = "cortex-a57",
      .kvm_cpu_mode = "host-passthrough",
      .console = "serial",
      .console_target = "system-serial",
      .more_ports = "pci-serial",
      .console_device = "ttyAMA0",
      .pci_root = "pcie-root",
      .root_ports = TRUE,
      .usb = "qemu-xhci",
      .disk_bus = "virtio",
      .cdrom_bus = "scsi",
      .scsi_model = "virtio-scsi",
      .network = "virtio",
      .video = "virtio",
      .input = "usb",
  },
  {
      .arch = MACHTYPE_ARCH_S390X,
      .class = MT_CLASS_S390X,
      .features = MT_FEATURE_KEYBOARD | MT_FEATURE_ONE_THREAD,
      .kvm_cpu_mode = "host-model",
      .console = "console",
      .console_target = "sclp",
      .console_device = "ttysclp0",
      .disk_bus = "virtio",
      .cdrom_bus = "scsi",
      .scsi_model = "virtio-scsi",
      .network = "virtio",
      .video = "virtio",
      .input = "virtio",
  },
  PSERIES_RECIPE (PPC64LE),
  PSERIES_RECIPE (PPC64),
  MALTA_RECIPE (MIPSEL, MALTA, ""),
  MALTA_RECIPE (MIPS, MALTA, ""),
  MALTA_RECIPE (MIPS64EL, MALTA_64EL, "MIPS64R2-generic"),
  MALTA_RECIPE (MIPS64, MALTA, "MIPS64R2-generic"),
  ARM32_RECIPE (ARMV7L),
  ARM32_RECIPE (ARMV6L),
  {
      .arch = MACHTYPE_ARCH_RISCV64,
      .class = MT_CLASS_RISCV_VIRT,
      .features = MT_FEATURE_KEYBOARD | MT_FEATURE_NO_BOOT,
      .console = "serial",
      .console_target = "system-serial",
      .more_ports = "pci-serial",
      .console_device = "ttyS0",
      .pci_root = "pcie-root",
      .root_ports = TRUE,
      .usb = "qemu-xhci",
      .disk_bus = "virtio",
      .cdrom_bus = "scsi",
      .scsi_model = "virtio-scsi",
      .network = "virtio",
      .video = "virtio",
      .input = "usb",
  },
  {
      .arch = MACHTYPE_ARCH_LOONGARCH64,
      .class = MT_CLASS_LOONGARCH_VIRT,
      .features = MT_FEATURE_ACPI_UEFI | MT_FEATURE_KEYBOARD | MT_FEATURE_NO_BOOT,

      .kvm_cpu_mode = "host-passthrough",
      .console = "serial",
      .console_target = "system-serial",
      .more_ports = "pci-serial",
      .console_device = "ttyS0",
      .pci_root = "pcie-root",
      .root_ports = TRUE,
      .usb = "qemu-xhci",
      .disk_bus = "virtio",
      .cdrom_bus = "scsi",
      .scsi_model = "virtio-scsi",
      .network = "virtio",
      .video = "virtio",
      .input = "usb",
  },
  PC_RECIPE (X86_64, I440FX, "maximum", 0),
  Q35_RECIPE (X86_64, Q35, "maximum", 0),
  PC_RECIPE (I686, I440FX_32, "", MT_FEATURE_PAE),
  Q35_RECIPE (I686, Q35_32, "", MT_FEATURE_PAE),
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
mt_recipe_find (MachtypeArch arch, MtMachineClass class)
{
  gsize i;

  if (class == MT_CLASS_NONE)
    return NULL;
  for (i = 0; i < G_N_ELEMENTS (recipes); i++) {
    if (recipes[i].arch == arch && recipes[i].class == class)
      return &recipes[i];
  }
  return NULL;
}

char *
mt_recipe_dup_list (void)
{
  GString *list = g_string_new (NULL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (recipes); i++)
    g_string_append_printf (list, "%s%s %s", i != 0 ? ", " : "",
                            machtype_arch_to_string ((MachtypeArch)recipes[i].arch),
                            mt_class_get_machine ((MtMachineClass)recipes[i].class));
  return g_string_free (list, FALSE);
}

/* The spelling of an image property, which Nova stores for "usb": a tablet on that bus. */
#define USB_TABLET "usbtablet"

/* What the devices of a guest are decided by. */
typedef struct {
  MachtypePropertiesBuilder *builder;
  const MachtypeProperties *requested; /* NULL: nothing */
  guint present;
} Deciding;

/* word: of the recipe; empty: none. */
static void
add_device (const Deciding *deciding, MtProperty property, const char *word)
{
  const char *name = mt_property_name (property), *value = NULL;
  gboolean counts = (deciding->present & (1u << property)) != 0;

  if (deciding->requested != NULL)
    value = machtype_properties_get_image (deciding->requested, name);
  counts |= value != NULL && !machtype_properties_is_default (deciding->requested, name);
  if (value == NULL)
    value = word;
  if (*value == '\0')
    return;
  machtype_properties_builder_add_image (deciding->builder, name, value, NULL);
  if (!counts)
    machtype_properties_builder_mark_default (deciding->builder, name);
}

MachtypeProperties *
mt_recipe_dup_devices (const MtRecipe *recipe, const MachtypeProperties *properties, guint present)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  const Deciding deciding = { builder, properties, present };
  const char *input = mt_properties_get (properties, MT_PROPERTY_INPUT_BUS);
  gboolean usb = g_str_has_prefix (input != NULL ? input : recipe->input, "usb");

  add_device (&deciding, MT_PROPERTY_DISK_BUS, recipe->disk_bus);
  add_device (&deciding, MT_PROPERTY_CDROM_BUS, recipe->cdrom_bus);
  add_device (&deciding, MT_PROPERTY_INPUT_BUS, recipe->input);
  add_device (&deciding, MT_PROPERTY_POINTER_MODEL, usb ? USB_TABLET : "");
  add_device (&deciding, MT_PROPERTY_VIDEO_MODEL, recipe->video);
  add_device (&deciding, MT_PROPERTY_VIF_MODEL, recipe->network);
  return machtype_properties_builder_end (builder);
}

MachtypeProperties *
mt_recipe_complete_devices (const MtRecipe *recipe, MachtypeProperties *devices, GError **error)
{
  g_autoptr (MachtypeProperties) defaults = NULL;

  if (recipe != NULL)
    defaults = mt_recipe_dup_devices (recipe, devices, 0);
  return mt_properties_fill (devices, defaults, error);
}
