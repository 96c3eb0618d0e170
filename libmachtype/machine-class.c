/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each class of machines has: one row each. What does not follow from it is in
 * compat/rules.c.
 *
 * Sources of the columns:
 *   PCI, PCIE        libvirt src/qemu/qemu_domain.c, qemuDomainDefAddDefaultDevices (addPCIRoot,
 *                    addPCIeRoot); without a root qemu_domain_address.c refuses PCI addresses.
 *   OWN_USB          the same, addDefaultUSB; on microvm and m68k it cannot be placed.
 *   USB              QEMU: a controller on PCI; libvirt src/qemu/qemu_validate.c, not on s390x.
 *   ISA, PS2         QEMU hw/i386/pc.c, hw/isa/piix.c (malta); libvirt src/qemu/qemu_validate.c,
 *                    qemuDomainDefValidateInput for PS/2.
 *   IDE              libvirt src/qemu/qemu_domain.c, qemuDomainHasBuiltinIDE.
 *   VIRTIO_MMIO      QEMU hw/arm/virt.c, hw/riscv/virt.c, hw/m68k/virt.c, hw/i386/microvm.c.
 *   PAPR, CHANNELS   QEMU hw/ppc/spapr_vio.c, hw/s390x/ccw-device.c.
 *   BOARD_UART       QEMU hw/arm/virt.c, hw/riscv/virt.c, hw/loongarch/virt.c; libvirt's
 *                    system-serial.
 *   ICH9             QEMU hw/i386/pc_q35.c.
 *   GIC              QEMU hw/arm/virt.c.
 *   CPU_DRIVER       libvirt 9.0 src/cpu/cpu.c, the list of drivers.
 *   ACPI, SMBIOS     QEMU hw/i386/acpi-build.c, hw/arm/virt-acpi-build.c,
 *                    hw/loongarch/acpi-build.c; qemu-options.hx, -smbios.
 *   FIRMWARE         QEMU pc-bios: SeaBIOS, SLOF, s390-ccw.img.
 *   UEFI, FLASH      QEMU pc-bios/descriptors, packages ovmf, qemu-efi-*; pflash_cfi01 of the
 *                    board.
 *   SECURE_BOOT      packages ovmf and qemu-efi-aarch64: firmware descriptors with it; guests
 *                    booted with it (suite devices).
 *   SMM              QEMU docs/specs, System Management Mode protects flash memory only on q35;
 *                    OVMF has it for x86_64.
 *   ENCRYPTION       libvirt docs/kbase/launch_security_sev.rst; nova/virt/hardware.py requires
 *                    q35.
 *   LONG_MODE        QEMU target/i386/cpu.c: qemu-system-i386 has no CPU with it.
 *   serial_ports     Nova's limit, for all but s390x (QEMU hw/char/sclpconsole.c, "Multiple
 *                    VT220 operator consoles are not supported").
 *   max_vcpus        QEMU's mc->max_cpus, -smp; x86: more than 255 need an IOMMU; malta: more than
 *                    one hangs the guest, libvirt accepts 16 (QEMU hw/mips/malta.c).
 *                    QEMU include/hw/loongarch/virt.h, LOONGARCH_MAX_CPUS; hosts report fewer for
 *                    older ones.
 *   memory           QEMU hw/mips/malta.c; hw/loongarch/virt.c at 9.0, "ram_size must be greater
 *                    than 1G"; armv7l: Debian's LPAE kernel oopses above (suite boot).
 *   interrupt_slots  Linux arch/mips/pci/fixup-malta.c, irq_tab.
 *   narrow_cpus      QEMU hw/arm/virt.c, valid_cpus, the 32-bit ones. */

#include "machine-class-private.h"

#include <string.h>

#include "arch-private.h"
#include "name/name-private.h"
#include "string-private.h"

#define ARCH(name) MT_ARCH_BIT (MACHTYPE_ARCH_##name)
#define SLOT(number) (1u << (number))

#define X86_HAS                                                                                    \
  (MT_HAS_X86 | MT_HAS_ISA | MT_HAS_PS2 | MT_HAS_CPU_DRIVER | MT_HAS_ACPI | MT_HAS_SMBIOS |        \
   MT_HAS_FIRMWARE)
#define PC_HAS (X86_HAS | MT_HAS_PCI | MT_HAS_USB | MT_HAS_OWN_USB | MT_HAS_UEFI | MT_HAS_FLASH)
#define I440FX_HAS (PC_HAS | MT_HAS_IDE)
#define Q35_HAS (PC_HAS | MT_HAS_PCIE | MT_HAS_ICH9)
/* The boards called virt that have PCI Express. */
#define VIRT_HAS (MT_HAS_PCI | MT_HAS_PCIE | MT_HAS_USB | MT_HAS_FLASH | MT_HAS_BOARD_UART)
#define ARM_HAS                                                                                    \
  (VIRT_HAS | MT_HAS_GIC | MT_HAS_VIRTIO_MMIO | MT_HAS_CPU_DRIVER | MT_HAS_ACPI | MT_HAS_SMBIOS |  \
   MT_HAS_UEFI)
#define MALTA_HAS (MT_HAS_PCI | MT_HAS_ISA | MT_HAS_USB | MT_HAS_OWN_USB | MT_HAS_IDE | MT_HAS_PS2)
#define MALTA_SLOTS                                                                                \
  (SLOT (0x0b) | SLOT (0x0c) | SLOT (MT_MALTA_SLOT) | SLOT (MT_MALTA_NEXT_SLOT) | SLOT (0x14) |    \
   SLOT (MT_MALTA_LAST_SLOT))

const MtClassFacts mt_class_facts[] = {
  [MT_CLASS_I440FX] = { .archs = ARCH (X86_64),
                        .family = MACHTYPE_FAMILY_PC_I440FX,
                        .machine = "pc",
                        .has = I440FX_HAS | MT_HAS_LONG_MODE,
                        .serial_ports = MT_NOVA_SERIAL_PORTS,
                        .max_vcpus = 255 },
  [MT_CLASS_Q35] = { .archs = ARCH (X86_64),
                     .family = MACHTYPE_FAMILY_PC_Q35,
                     .machine = "q35",
                     .has = Q35_HAS | MT_HAS_SECURE_BOOT | MT_HAS_SMM | MT_HAS_ENCRYPTION |
                            MT_HAS_LONG_MODE,
                     .serial_ports = MT_NOVA_SERIAL_PORTS,
                     .max_vcpus = 255 },
  [MT_CLASS_I440FX_32] = { .archs = ARCH (I686),
                           .family = MACHTYPE_FAMILY_PC_I440FX,
                           .machine = "pc",
                           .has = I440FX_HAS,
                           .serial_ports = MT_NOVA_SERIAL_PORTS,
                           .max_vcpus = 255 },
  [MT_CLASS_Q35_32] = { .archs = ARCH (I686),
                        .family = MACHTYPE_FAMILY_PC_Q35,
                        .machine = "q35",
                        .has = Q35_HAS,
                        .serial_ports = MT_NOVA_SERIAL_PORTS,
                        .max_vcpus = 255 },
  [MT_CLASS_ISAPC] = { .archs = ARCH (X86_64) | ARCH (I686),
                       .machine = "isapc",
                       .has = X86_HAS,
                       .serial_ports = MT_NOVA_SERIAL_PORTS },
  [MT_CLASS_MICROVM] = { .archs = ARCH (X86_64) | ARCH (I686),
                         .machine = "microvm",
                         .has = X86_HAS | MT_HAS_OWN_USB | MT_HAS_VIRTIO_MMIO,
                         .serial_ports = MT_NOVA_SERIAL_PORTS },
  [MT_CLASS_AARCH64_VIRT] = { .archs = ARCH (AARCH64),
                              .family = MACHTYPE_FAMILY_VIRT,
                              .machine = "virt",
                              .has = ARM_HAS | MT_HAS_SECURE_BOOT,
                              .prefers_uefi = TRUE,
                              .serial_ports = MT_NOVA_SERIAL_PORTS,
                              .max_vcpus = 512,
                              .narrow_cpus = { "cortex-a15", "cortex-a7" } },
  [MT_CLASS_ARM_VIRT] = { .archs = ARCH (ARMV7L) | ARCH (ARMV6L),
                          .family = MACHTYPE_FAMILY_VIRT,
                          .machine = "virt",
                          .has = ARM_HAS,
                          .serial_ports = MT_NOVA_SERIAL_PORTS,
                          .max_vcpus = MT_GIC2_VCPUS,
                          .max_memory_mib = 3072 },
  [MT_CLASS_S390X] = { .archs = ARCH (S390X) | ARCH (S390),
                       .family = MACHTYPE_FAMILY_S390_CCW_VIRTIO,
                       .machine = "s390-ccw-virtio",
                       .has = MT_HAS_PCI | MT_HAS_CHANNELS | MT_HAS_CPU_DRIVER | MT_HAS_FIRMWARE,
                       .serial_ports = 1,
                       .max_vcpus = 248 },
  [MT_CLASS_PSERIES] = { .archs = ARCH (PPC64) | ARCH (PPC64LE),
                         .family = MACHTYPE_FAMILY_PSERIES,
                         .machine = "pseries",
                         .has = MT_HAS_PCI | MT_HAS_USB | MT_HAS_OWN_USB | MT_HAS_PS2 |
                                MT_HAS_PAPR | MT_HAS_CPU_DRIVER | MT_HAS_FIRMWARE,
                         .serial_ports = MT_NOVA_SERIAL_PORTS,
                         .max_vcpus = 1024 },
  [MT_CLASS_MALTA] = { .archs = ARCH (MIPS) | ARCH (MIPSEL) | ARCH (MIPS64),
                       .machine = "malta",
                       .has = MALTA_HAS,
                       .serial_ports = MT_NOVA_SERIAL_PORTS,
                       .max_vcpus = 1,
                       .define_vcpus = 16,
                       .max_memory_mib = 2048,
                       .interrupt_slots = MALTA_SLOTS },
  [MT_CLASS_MALTA_64EL] = { .archs = ARCH (MIPS64EL),
                            .machine = "malta",
                            .has = MALTA_HAS,
                            .serial_ports = MT_NOVA_SERIAL_PORTS,
                            .max_vcpus = 1,
                            .define_vcpus = 16,
                            .max_memory_mib = 2048,
                            .interrupt_slots = MALTA_SLOTS },
  [MT_CLASS_RISCV_VIRT] = { .archs = ARCH (RISCV64) | ARCH (RISCV32),
                            .machine = "virt",
                            .has = VIRT_HAS | MT_HAS_VIRTIO_MMIO,
                            .serial_ports = MT_NOVA_SERIAL_PORTS,
                            .max_vcpus = 512 },
  [MT_CLASS_LOONGARCH_VIRT] = { .archs = ARCH (LOONGARCH64),
                                .family = MACHTYPE_FAMILY_VIRT,
                                .machine = "virt",
                                .has = VIRT_HAS | MT_HAS_CPU_DRIVER | MT_HAS_ACPI | MT_HAS_SMBIOS |
                                       MT_HAS_UEFI,
                                .serial_ports = MT_NOVA_SERIAL_PORTS,
                                .max_vcpus = 256,
                                .min_memory_mib = 1024,
                                .min_memory_before = { 9, 1 } },
  [MT_CLASS_M68K_VIRT] = { .archs = ARCH (M68K),
                           .family = MACHTYPE_FAMILY_VIRT,
                           .machine = "virt",
                           .has = MT_HAS_OWN_USB | MT_HAS_VIRTIO_MMIO,
                           .serial_ports = MT_NOVA_SERIAL_PORTS },
};

G_STATIC_ASSERT (G_N_ELEMENTS (mt_class_facts) == MT_CLASS_LAST + 1);

MtMachineClass
mt_class_find_parsed (MachtypeArch arch, const char *machine, const MtName *parsed)
{
  gsize i;

  for (i = 1; i < G_N_ELEMENTS (mt_class_facts); i++) {
    const MtClassFacts *facts = &mt_class_facts[i];

    if ((facts->archs & mt_arch_bit (arch)) == 0 || facts->family != parsed->family)
      continue;
    if (facts->family != MACHTYPE_FAMILY_NONE || mt_is_word (facts->machine, machine))
      return (MtMachineClass)i;
  }
  return MT_CLASS_NONE;
}

MtMachineClass
mt_class_find (MachtypeArch arch, const char *machine)
{
  MtName parsed;

  if (!mt_name_parse (machine, strlen (machine), arch, &parsed))
    return MT_CLASS_NONE;
  return mt_class_find_parsed (arch, machine, &parsed);
}

const char *
mt_class_get_machine (MtMachineClass class)
{
  return mt_class_facts[class].machine;
}

gboolean
mt_class_prefers_uefi (MtMachineClass class)
{
  return mt_class_facts[class].prefers_uefi;
}

gboolean
mt_class_boots_signed (MtMachineClass class)
{
  return mt_class_has (class, MT_HAS_SECURE_BOOT) && !mt_class_has (class, MT_HAS_SMM);
}

gboolean
mt_class_can_encrypt (MtMachineClass class)
{
  return mt_class_has (class, MT_HAS_ENCRYPTION);
}

guint
mt_class_get_serial_ports (MtMachineClass class)
{
  return mt_class_facts[class].serial_ports;
}
